/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "carve/carve.h"

char *vhdxlog_carve_save(const struct vhdxlog_carve *carve)
{
	(void)carve;
	return NULL;
}

int vhdxlog_carve_restore(struct vhdxlog_carve *carve, const char *saved,
			  struct vhdxlog_error *err)
{
	(void)carve, (void)saved;
	return vl_error(err, VHDXLOG_E_MISUSE, 0, 0, "carving");
}
