/* SPDX-License-Identifier: MIT */
#include "reports/json_parts.h"

static struct rj_record map_run(const struct vhdxlog_map_run *run)
{
	struct rj_record r = rj_object();

	rj_number(&r, "first", run->first);
	rj_number(&r, "count", run->count);
	rj_words(&r, "kind", vhdxlog_sector_kind_name(run->kind));
	rj_id(&r, "owner", 'E', run->owner);
	return r;
}

static void map(struct rj_out *out, const struct rj_view *view)
{
	const struct vhdxlog_scan *scan = rj_scan(view);
	struct vhdxlog_map_run run;
	uint32_t cursor = 0;

	if (!rj_open_list(out, "map", "map"))
		return;
	while (scan && vhdxlog_map_next(scan, &cursor, &run))
		rj_element(out, map_run(&run));
	rj_close(out);
}

struct rj_record rj_log_fields(const struct vhdxlog_scan *scan)
{
	static const struct vhdxlog_log none;
	const struct vhdxlog_log *log = scan ? vhdxlog_log(scan) : &none;
	struct rj_record r = rj_object();

	rj_maybe_decimal(&r, "offset", log->known, log->offset);
	rj_maybe_number(&r, "length", log->known, log->length);
	rj_maybe_guid(&r, "guid", log->has_guid, &log->guid);
	rj_number(&r, "sectors", log->sectors);
	rj_number(&r, "present", log->present);
	rj_bool(&r, "assumed", log->assumed);
	return r;
}

int rj_log(struct rj_out *out, struct rj_view *view)
{
	int rc;

	rj_open(out, "log");
	rj_members(out, rj_log_fields(rj_scan(view)));
	rc = rj_check_lines(out, view, VHDXLOG_OBJECT_LOG, "log_check");
	if (rc < 0)
		return rc;
	map(out, view);
	rj_close(out);
	return 0;
}

/* ----------------------------------------------------------------- orphans */

struct rj_record rj_orphan(const struct vhdxlog_orphan *orphan)
{
	struct rj_record r = rj_object();

	rj_id(&r, "id", 'D', orphan->sector);
	rj_number(&r, "sector", orphan->sector);
	rj_decimal(&r, "sequence_number", orphan->sequence_number);
	rj_words(&r, "sha256", orphan->has_sha256 ? orphan->sha256 : NULL);
	return r;
}

int rj_orphans(struct rj_out *out, struct rj_view *view)
{
	struct vhdxlog_scan *scan = rj_scan(view);
	struct vhdxlog_orphan orphan;
	uint32_t cursor = 0;
	int rc = 0;

	if (!rj_open_list(out, "orphans", "orphan"))
		return 0;
	while (scan && (rc = vhdxlog_orphan_next(scan, &cursor, &orphan,
						 view->err)) == 0)
		rj_element(out, rj_orphan(&orphan));
	rj_close(out);
	return rc < 0 ? rc : 0;
}
