/* SPDX-License-Identifier: MIT */
/* The file type identifier. [MS-VHDX] 2.2.1 */
#include "write/fix.h"

#include "base/error.h"
#include "write/encode.h"

#include <stdlib.h>
#include <string.h>

bool vl_fix_has_identifier(const struct vl_fix *f)
{
	uint8_t b[sizeof(vl_identifier_signature)];

	return f->view->size >= sizeof(b) &&
	       vl_view_read(f->view, 0, b, sizeof(b), NULL) == 0 &&
	       memcmp(b, vl_identifier_signature, sizeof(b)) == 0;
}

/* Who made it is not known any more; who made this is. */
int vl_fix_put_identifier(struct vl_fix *f, struct vhdxlog_error *err)
{
	static const char creator[] = "vhdxlog " VHDXLOG_VERSION;
	uint8_t units[2 * sizeof(creator)] = { 0 };
	struct vhdxlog_utf16 text = { units, sizeof(creator) - 1 };
	uint8_t *b = malloc(VL_SIZE_identifier);
	int rc;

	if (!b)
		return vl_nomem(err);
	for (size_t i = 0; i < text.units; i++)
		units[2 * i] = (uint8_t)creator[i];
	vl_identifier_encode(text, b);
	rc = vl_fix_put(f, 0, b, VL_SIZE_identifier, VHDXLOG_AREA_IDENTIFIER,
			err);
	free(b);
	if (!rc && !vl_fix_evidence(&f->record,
				    "the identifier is gone; the new one names "
				    "\"%s\" as creator, as who made the file "
				    "is not known",
				    creator))
		rc = vl_nomem(err);
	return rc;
}
