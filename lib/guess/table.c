/* SPDX-License-Identifier: MIT */
#include "guess/table.h"

#include "base/bytes.h"
#include "image/image.h"

/* No writer known puts an item further away. */
#define MOST_LENGTH (16 * VL_MIB)

static unsigned count_broken(const struct vl_judgement *j)
{
	unsigned n = 0;

	for (unsigned i = 1; i < VLC_COUNT; i++) {
		enum vl_check_id id = (enum vl_check_id)i;

		n += vl_failed(j, id) &&
		     (vl_check(id)->class_ == VHDXLOG_CLASS_F ||
		      vl_check(id)->class_ == VHDXLOG_CLASS_M);
	}
	return n;
}

/* Whole MiB up to the end of the last item. */
static uint64_t needed(const struct vl_metadata *m)
{
	uint64_t end = VL_METADATA_TABLE_SIZE;

	for (size_t k = 0; k < m->n; k++)
		end = vl_max64(end, (uint64_t)m->entries[k].offset +
					    m->entries[k].length);
	return vl_div_up(end, VL_MIB) * VL_MIB;
}

/* *need gets the length that its items ask for. */
static int look(struct vl_table *t, const struct vl_view *view, uint64_t *need,
		struct vhdxlog_error *err)
{
	struct vhdxlog_region region = { .offset = t->offset,
					 .length = t->length };
	struct vl_image scratch;
	int rc = vl_image_init(&scratch, err);

	/* The table alone says where the BAT's geometry is. */
	scratch.bat = scratch.metadata_region = &region;
	if (!rc)
		rc = vl_metadata_read(&scratch, view, err);
	if (!rc) {
		vl_geometry_find(&scratch);
		t->usable = scratch.geometry_known;
		t->geometry = scratch.geometry;
		t->broken = count_broken(scratch.judgement);
		*need = needed(&scratch.metadata);
	}
	vl_image_release(&scratch);
	return rc;
}

int vl_table_look(struct vl_table *t, const struct vl_view *view,
		  uint64_t offset, struct vhdxlog_error *err)
{
	uint64_t need = 0;
	int rc;

	*t = (struct vl_table){ .offset = offset, .length = VL_MIB };
	rc = look(t, view, &need, err);
	if (rc || need <= t->length || need > MOST_LENGTH)
		return rc;
	t->length = (uint32_t)need;
	return look(t, view, &need, err);
}
