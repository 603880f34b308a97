/* SPDX-License-Identifier: MIT */
/* What the file would hold: its structures with a sequence laid over them. */
#include "match/matches.h"

static int read_overlay(void *ctx, uint64_t from, uint8_t *to, size_t length)
{
	return vhdxlog_overlay_read(ctx, from, to, length, NULL);
}

/* Ends with the file, whatever a table says. */
static void put_structure(struct vl_match_pass *pass,
			  struct vhdxlog_overlay *overlay,
			  enum vhdxlog_area area, uint64_t from,
			  uint64_t length)
{
	const struct vhdxlog_replay *about = vhdxlog_overlay_about(overlay);
	struct vl_stretch s = {
		.scope = VHDXLOG_MATCH_REPLAYED,
		.has_target = true,
		.target = from,
		.area = area,
		.has_sequence = about->has_sequence,
		.sequence = about->sequence,
	};

	if (from >= about->size)
		return;
	if (length > about->size - from)
		length = about->size - from;
	vl_match_long(pass, s, from, length, read_overlay, overlay);
}

static void put_regions(struct vl_match_pass *pass,
			struct vhdxlog_overlay *overlay)
{
	const struct vhdxlog_region_table *table = NULL;

	for (unsigned i = 1; i <= 2 && !table; i++) {
		const struct vhdxlog_region_table *t =
			vhdxlog_region_table(pass->scan, i);

		if (t->chosen)
			table = t;
	}
	if (!table) {
		vl_match_limit(pass, "YARA rules were not held against BAT and "
				     "metadata, as no region table says where "
				     "they are");
		return;
	}
	for (size_t i = 0; i < table->region_count; i++) {
		const struct vhdxlog_region *r = &table->regions[i];

		if (!r->name || pass->failed || pass->over)
			continue;
		put_structure(pass, overlay,
			      r->name[0] == 'b' ? VHDXLOG_AREA_BAT :
						  VHDXLOG_AREA_METADATA,
			      r->offset, r->length);
	}
}

static int open_overlay(struct vl_match_pass *pass,
			struct vhdxlog_overlay **overlay,
			struct vhdxlog_error *err)
{
	if (pass->options->has_sequence)
		return vhdxlog_overlay_sequence(
			pass->scan, pass->options->sequence, overlay, err);
	return vhdxlog_overlay_policy(pass->scan, 0, overlay, err);
}

void vl_match_replayed(struct vl_match_pass *pass)
{
	static const struct {
		enum vhdxlog_area area;
		uint64_t from, length;
	} fixed[] = {
		{ VHDXLOG_AREA_IDENTIFIER, 0, 0x10000 },
		{ VHDXLOG_AREA_HEADERS, 0x10000, 0x10000 },
		{ VHDXLOG_AREA_HEADERS, 0x20000, 0x10000 },
		{ VHDXLOG_AREA_REGION_TABLES, 0x30000, 0x10000 },
		{ VHDXLOG_AREA_REGION_TABLES, 0x40000, 0x10000 },
	};
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vhdxlog_overlay *overlay;
	int rc;

	if (!vl_match_wants(pass, VHDXLOG_MATCH_REPLAYED))
		return;
	rc = open_overlay(pass, &overlay, &err);
	if (rc == VHDXLOG_E_NOMEM)
		pass->failed = rc;
	if (rc) {
		vl_match_limit(pass, "YARA rules were not held against what a "
				     "replay would leave: %s",
			       err.what ? err.what :
					  vhdxlog_strerror(err.code));
		return;
	}
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		put_structure(pass, overlay, fixed[i].area, fixed[i].from,
			      fixed[i].length);
	put_regions(pass, overlay);
	/* What is in the buffer is bytes; the overlay is not asked again. */
	vhdxlog_overlay_close(overlay);
}
