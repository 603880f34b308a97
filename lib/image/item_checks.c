/* SPDX-License-Identifier: MIT */
/* What the known metadata items hold. [MS-VHDX] 2.6.2 */
#include "image/image.h"

#define MAX_DISK_SIZE (64 * VL_TIB)

static const struct vl_metadata *of(const void *subject)
{
	return &((const struct vl_image *)subject)->metadata;
}

/* Where the content of a known item lies; the item exists. */
static uint64_t item_at(const struct vl_metadata *m, enum vl_item item)
{
	return m->base + m->entries[m->known[item]].offset;
}

static const struct vhdxlog_metadata *items(const void *subject)
{
	return &((const struct vl_image *)subject)->pub.metadata;
}

static enum vhdxlog_status metadata_block_size_invalid(const void *subject,
						       struct vl_detail *d)
{
	uint32_t size = items(subject)->block_size;

	if (!items(subject)->has_file_parameters)
		return vl_blocked(d, "no file parameters");
	if (size >= VL_MIB && size <= 256 * VL_MIB && !(size & (size - 1)))
		return vl_pass();
	return vl_fail(d, item_at(of(subject), VL_ITEM_FILE_PARAMETERS),
		       "a power of two from 1 to 256 MiB", "%u", size);
}

static enum vhdxlog_status metadata_file_params_reserved(const void *subject,
							 struct vl_detail *d)
{
	uint32_t flags = of(subject)->file_params_flags;

	if (!items(subject)->has_file_parameters)
		return vl_blocked(d, "no file parameters");
	if (!(flags & ~(unsigned)VL_PARAM_FLAGS))
		return vl_pass();
	return vl_fail(d,
		       item_at(of(subject), VL_ITEM_FILE_PARAMETERS) +
			       VL_OFF_file_parameters_flags,
		       "bits 2 to 31 zero", "0x%08x", flags);
}

static enum vhdxlog_status sector_size(const void *subject, struct vl_detail *d,
				       enum vl_item item, bool has,
				       uint32_t size)
{
	if (!has)
		return vl_blocked(d, "no such item");
	if (size == 512 || size == 4096)
		return vl_pass();
	return vl_fail(d, item_at(of(subject), item), "512 or 4096", "%u",
		       size);
}

static enum vhdxlog_status metadata_logical_sector_invalid(const void *subject,
							   struct vl_detail *d)
{
	return sector_size(subject, d, VL_ITEM_LOGICAL_SECTOR,
			   items(subject)->has_logical_sector,
			   items(subject)->logical_sector_size);
}

static enum vhdxlog_status metadata_physical_sector_invalid(const void *subject,
							    struct vl_detail *d)
{
	return sector_size(subject, d, VL_ITEM_PHYSICAL_SECTOR,
			   items(subject)->has_physical_sector,
			   items(subject)->physical_sector_size);
}

static enum vhdxlog_status metadata_disk_size_too_large(const void *subject,
							struct vl_detail *d)
{
	uint64_t size = items(subject)->virtual_disk_size;

	if (!items(subject)->has_disk_size)
		return vl_blocked(d, "no virtual disk size");
	if (size <= MAX_DISK_SIZE)
		return vl_pass();
	return vl_fail(d, item_at(of(subject), VL_ITEM_DISK_SIZE),
		       "at most 70368744177664", "%ju", (uintmax_t)size);
}

static enum vhdxlog_status metadata_disk_size_zero(const void *subject,
						   struct vl_detail *d)
{
	if (!items(subject)->has_disk_size)
		return vl_blocked(d, "no virtual disk size");
	if (items(subject)->virtual_disk_size)
		return vl_pass();
	return vl_fail(d, item_at(of(subject), VL_ITEM_DISK_SIZE),
		       "more than 0", "0");
}

static enum vhdxlog_status metadata_disk_size_unaligned(const void *subject,
							struct vl_detail *d)
{
	const struct vhdxlog_metadata *m = items(subject);
	char want[VHDXLOG_VALUE_TEXT];

	if (!m->has_disk_size || !m->has_logical_sector)
		return vl_blocked(d, "no virtual disk size");
	if (m->virtual_disk_size % m->logical_sector_size == 0)
		return vl_pass();
	snprintf(want, sizeof(want), "a multiple of %u",
		 m->logical_sector_size);
	return vl_fail(d, item_at(of(subject), VL_ITEM_DISK_SIZE), want, "%ju",
		       (uintmax_t)m->virtual_disk_size);
}

static enum vhdxlog_status metadata_parent_locator_missing(const void *subject,
							   struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);

	if (!items(subject)->has_file_parameters)
		return vl_blocked(d, "no file parameters");
	if (!items(subject)->has_parent)
		return VHDXLOG_NOT_APPLICABLE;
	if (m->known[VL_ITEM_PARENT_LOCATOR] >= 0)
		return vl_pass();
	return vl_fail(d, m->base, "a parent locator", "none");
}

static enum vhdxlog_status
metadata_parent_locator_unexpected(const void *subject, struct vl_detail *d)
{
	const struct vl_metadata *m = of(subject);
	int n = m->known[VL_ITEM_PARENT_LOCATOR];

	if (!items(subject)->has_file_parameters)
		return vl_blocked(d, "no file parameters");
	if (items(subject)->has_parent || n < 0)
		return vl_pass();
	return vl_fail(d, m->base + VL_SIZE_metadata_header +
			       (uint64_t)n * VL_SIZE_metadata_entry, "no parent locator",
		       "one, with HasParent 0");
}

const vl_check_fn vl_item_checks[VLC_COUNT] = {
	[VLC_metadata_block_size_invalid] = metadata_block_size_invalid,
	[VLC_metadata_file_params_reserved] = metadata_file_params_reserved,
	[VLC_metadata_logical_sector_invalid] = metadata_logical_sector_invalid,
	[VLC_metadata_physical_sector_invalid] =
		metadata_physical_sector_invalid,
	[VLC_metadata_disk_size_too_large] = metadata_disk_size_too_large,
	[VLC_metadata_disk_size_zero] = metadata_disk_size_zero,
	[VLC_metadata_disk_size_unaligned] = metadata_disk_size_unaligned,
	[VLC_metadata_parent_locator_missing] = metadata_parent_locator_missing,
	[VLC_metadata_parent_locator_unexpected] =
		metadata_parent_locator_unexpected,
};
