/* SPDX-License-Identifier: MIT */
/* Data that nothing owns, for block-unreferenced: reads the whole file. */
#include "base/bytes.h"
#include "image/image.h"

struct search {
	uint64_t found;	 /* offset of such a MiB, or UINT64_MAX */
	bool unreadable; /* some of what nothing owns is */
};

static enum vhdxlog_status block_unreferenced(const void *subject,
					      struct vl_detail *d)
{
	const struct search *c = subject;

	if (c->found == UINT64_MAX)
		return c->unreadable ?
			       vl_blocked(d, "not all of the file is readable") :
			       vl_pass();
	return vl_fail(d, c->found, "zeroes, or an owner",
		       "data in a MiB that nothing owns");
}

static const vl_check_fn unreferenced_checks[VLC_COUNT] = {
	[VLC_block_unreferenced] = block_unreferenced,
};

static bool is_owned(const struct vl_image *i, uint64_t off, uint64_t len)
{
	return vl_claims_at(&i->claims, off) != VL_CLAIM_NONE ||
	       vl_areas_touch(&i->areas, off, len);
}

int vl_unreferenced_find(struct vl_image *i, const struct vl_view *disk,
			 struct vhdxlog_error *err)
{
	struct search c = { .found = UINT64_MAX };
	uint64_t budget = UINT64_MAX;

	if (!i->pub.bat.known)
		return 0;
	for (uint64_t off = VL_MIB;
	     off < disk->size && c.found == UINT64_MAX; off += VL_MIB) {
		uint64_t len = vl_min64(VL_MIB, disk->size - off);
		bool zero = true;
		int rc = 0;

		if (!is_owned(i, off, len))
			rc = vl_view_is_zero(disk, off, len, &budget, &zero,
					     err);
		if (rc == VHDXLOG_E_IO)
			c.unreadable = true;
		else if (rc)
			return rc;
		else if (!zero)
			c.found = off;
	}
	vl_judge(VHDXLOG_OBJECT_IMAGE, unreferenced_checks, &c, i->judgement);
	return 0;
}
