/* SPDX-License-Identifier: MIT */
#include "reports/next_replay.h"

#include <string.h>

#include "reports/facts.h"
#include "reports/next_fix.h"
#include "reports/replay.h"

/* A region that nobody knows is kept as the table has it, which is believed. */
static bool is_kept(struct vhdxlog_scan *scan, const char *check)
{
	struct vhdxlog_verdict v;

	return strcmp(check, "region-required-unknown") == 0 &&
	       !facts_image_verdict(scan, "region-tables-foreign", &v);
}

/* Of what makes readers refuse the image, as a replay would leave it; that
 * names one such rule, and there may be more. */
static bool is_all_mended(struct vhdxlog_scan *scan, const char *names)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_verdicts(scan, VHDXLOG_OBJECT_IMAGE, 0, v, NULL);

	for (int i = 0; i < n; i++) {
		if (v[i].status == VHDXLOG_FAIL &&
		    v[i].check->class_ == VHDXLOG_CLASS_F &&
		    (!next_fix_mends(names, v[i].check->name) ||
		     is_kept(scan, v[i].check->name)))
			return false;
	}
	return true;
}

/* Headers are mended before the replay, the rest behind it. */
static bool is_mended(struct vhdxlog_scan *scan,
		      const struct vhdxlog_verdict *v, const char *names)
{
	if (strcmp(v->check->name, "replay-header-unusable") == 0)
		return strstr(names, "headers");
	if (strcmp(v->check->name, "replay-result-damaged") == 0)
		return is_all_mended(scan, names);
	return false;
}

static int find_objection(struct vhdxlog_scan *scan,
			  struct vhdxlog_overlay *overlay, const char *names,
			  bool (*stops)(const struct vhdxlog_verdict *),
			  const struct vhdxlog_check **check)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_overlay_verdicts(overlay, v, NULL);

	for (int i = 0; i < n && !*check; i++) {
		if (stops(&v[i]) && !is_mended(scan, &v[i], names))
			*check = v[i].check;
	}
	return n < 0 ? n : 0;
}

int next_replay_objection(struct vhdxlog_scan *scan,
			  const struct vhdxlog_range *range, const char *names,
			  const struct vhdxlog_check **check)
{
	struct vhdxlog_overlay *overlay;
	int rc = vhdxlog_overlay_sequence(scan, *range, &overlay, NULL);

	*check = NULL;
	if (rc)
		return rc;
	rc = find_objection(scan, overlay, names, replay_stops, check);
	vhdxlog_overlay_close(overlay);
	return rc;
}

/* What is only said of a salvage that a person asks for. */
static bool leaves_something(const struct vhdxlog_verdict *v)
{
	return replay_stops(v) ||
	       (v->status == VHDXLOG_FAIL &&
		strncmp(v->check->name, "replay-salvage-", 15) == 0);
}

int next_salvage_objection(struct vhdxlog_scan *scan, const char *names,
			   const struct vhdxlog_check **check)
{
	struct vhdxlog_overlay *overlay;
	int rc = vhdxlog_overlay_disk(scan, &overlay, NULL);

	*check = NULL;
	if (rc)
		return rc;
	rc = vhdxlog_overlay_salvage(overlay, NULL);
	if (!rc)
		rc = find_objection(scan, overlay, names, leaves_something,
				    check);
	vhdxlog_overlay_close(overlay);
	return rc;
}
