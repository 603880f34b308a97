/* SPDX-License-Identifier: MIT */
#include "reports/carve.h"

#include <string.h>

int carve_next(struct report_carve *carve, struct vhdxlog_carved *item,
	       struct vhdxlog_error *err)
{
	int rc = carve->next ? carve->next(carve->ctx, item, err) : 1;

	if (rc == 0) {
		carve->counts[item->kind]++;
		carve->sound_logs += carve_has_sound_entry(item);
	}
	return rc;
}

const char *carve_limitation(const struct report_carve *carve, size_t index)
{
	return carve->limitation ? carve->limitation(carve->ctx, index) : NULL;
}

bool carve_is_judged(enum vhdxlog_carve_kind kind)
{
	return kind != VHDXLOG_CARVE_UNREADABLE;
}

bool carve_is_structure(enum vhdxlog_carve_kind kind)
{
	return kind != VHDXLOG_CARVE_LOG && kind != VHDXLOG_CARVE_IMAGE &&
	       kind != VHDXLOG_CARVE_UNREADABLE;
}

/* Of those that are sound the newest's LogGuid is the log's. */
bool carve_has_sound_entry(const struct vhdxlog_carved *item)
{
	return item->kind == VHDXLOG_CARVE_LOG &&
	       (item->sound || carve_guid(item));
}

const struct vhdxlog_guid *carve_guid(const struct vhdxlog_carved *item)
{
	static const struct vhdxlog_guid none;

	if (item->kind == VHDXLOG_CARVE_IMAGE && !item->has_header)
		return NULL;
	return memcmp(&item->guid, &none, sizeof(none)) ? &item->guid : NULL;
}
