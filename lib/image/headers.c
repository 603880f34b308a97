/* SPDX-License-Identifier: MIT */
/*
 * Identifier and headers, [MS-VHDX] 2.2.1 and 2.2.2: which copy is current, and
 * where it says that the log is.
 */
#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "base/utf16.h"
#include "base/zeroes.h"
#include "image/image.h"

#include <string.h>

/* ------------------------------------------------------------- one copy */

struct copy {
	const struct vhdxlog_header *h;
	const uint8_t *bytes;
	uint64_t slack; /* first byte of the slot's slack that is not zero */
	bool in_file;
};

static uint64_t at(const struct copy *c, unsigned field)
{
	return c->h->offset + field;
}

static enum vhdxlog_status header_signature_bad(const void *subject,
						struct vl_detail *d)
{
	const struct copy *c = subject;

	if (!c->in_file)
		return vl_fail(d, c->h->offset, "\"head\"", "end of file");
	if (!c->h->readable)
		return vl_blocked(d, "unreadable");
	if (memcmp(c->bytes, vl_header_signature, 4) == 0)
		return vl_pass();
	return vl_fail_bytes(d, c->h->offset, "\"head\"", c->bytes, 4);
}

static enum vhdxlog_status header_checksum_bad(const void *subject,
					       struct vl_detail *d)
{
	const struct copy *c = subject;
	char want[VHDXLOG_VALUE_TEXT];

	if (c->h->checksum_stored == c->h->checksum_computed)
		return vl_pass();
	snprintf(want, sizeof(want), "0x%08x", c->h->checksum_computed);
	return vl_fail(d, at(c, VL_OFF_header_checksum), want, "0x%08x",
		       c->h->checksum_stored);
}

static enum vhdxlog_status header_reserved_nonzero(const void *subject,
						   struct vl_detail *d)
{
	const struct copy *c = subject;
	size_t i = VL_OFF_header_reserved;

	i += vl_first_nonzero(c->bytes + i, VL_SIZE_header - i);
	if (i == VL_SIZE_header)
		return vl_pass();
	return vl_fail(d, at(c, (unsigned)i), "0", "0x%02x", c->bytes[i]);
}

static enum vhdxlog_status header_slot_slack_nonzero(const void *subject,
						     struct vl_detail *d)
{
	const struct copy *c = subject;

	if (c->slack == UINT64_MAX)
		return vl_pass();
	return vl_fail(d, c->slack, "0", "a byte that is not zero");
}

static const vl_check_fn copy_checks[VLC_COUNT] = {
	[VLC_header_signature_bad] = header_signature_bad,
	[VLC_header_checksum_bad] = header_checksum_bad,
	[VLC_header_reserved_nonzero] = header_reserved_nonzero,
	[VLC_header_slot_slack_nonzero] = header_slot_slack_nonzero,
};

/*
 * The first byte in [off, end) that is not zero, or UINT64_MAX; what lies past
 * the end of the file, or cannot be read, is not looked at.
 */
static int find_nonzero(struct vl_image *image, const struct vl_view *disk,
			uint64_t off, uint64_t end, uint64_t *where,
			struct vhdxlog_error *err)
{
	uint8_t buf[65536];
	size_t step = sizeof(buf);

	*where = UINT64_MAX;
	end = vl_min64(end, disk->size);
	/* Ends: off goes up, but for once, where step goes down. */
	while (off < end && *where == UINT64_MAX) {
		size_t part = (size_t)vl_min64(end - off, step);
		size_t i;
		bool present;
		int rc = vl_structure_read(image, disk, off, buf, part,
					   &present, err);

		if (rc)
			return rc;
		/* One bad sector must not hide its neighbours. */
		if (!present && step > VL_SECTOR) {
			step = VL_SECTOR;
			continue;
		}
		i = present ? vl_first_nonzero(buf, part) : part;
		if (i < part)
			*where = off + i;
		off += part;
	}
	return 0;
}

static int read_copy(struct vl_image *image, const struct vl_view *disk,
		     unsigned slot, struct vhdxlog_error *err)
{
	struct vhdxlog_header *h = &image->header[slot - 1];
	struct vl_judgement *j = image->header_judgement[slot - 1];
	struct copy c = { h, image->header_bytes[slot - 1], UINT64_MAX, true };
	int rc;

	h->slot = slot;
	h->offset = VL_HEADER_OFFSET(slot);
	c.in_file = disk->size >= h->offset + VL_SIZE_header;
	rc = vl_structure_read(image, disk, h->offset,
			       image->header_bytes[slot - 1], VL_SIZE_header,
			       &h->readable, err);
	if (!rc && h->readable) {
		vl_header_decode(c.bytes, h);
		rc = find_nonzero(image, disk, h->offset + VL_SIZE_header,
				  h->offset + VL_SLOT_SIZE, &c.slack, err);
	}
	if (rc)
		return rc;
	vl_judge(VHDXLOG_OBJECT_HEADER, copy_checks, &c, j);
	h->valid = vl_copy_is_valid(j, VHDXLOG_OBJECT_HEADER, image->strict);
	return 0;
}

/* 2.2.2: the valid copy with the larger SequenceNumber; 0: none. */
static unsigned choose(const struct vl_image *i)
{
	if (!i->header[0].valid)
		return i->header[1].valid ? 2 : 0;
	if (!i->header[1].valid)
		return 1;
	return i->header[1].sequence_number > i->header[0].sequence_number ? 2 :
									      1;
}

/* --------------------------------------------------------- where the log is */

/* How much of it there is. */
static void measure_log(struct vl_image *i)
{
	struct vhdxlog_log *log = &i->log;
	uint64_t inside =
		log->offset < i->disk_size ? i->disk_size - log->offset : 0;

	log->sectors = log->length / VL_SECTOR;
	log->present = (uint32_t)vl_min64(inside / VL_SECTOR, log->sectors);
}

static void place_log(struct vl_image *i, const struct vhdxlog_options *o)
{
	const struct vhdxlog_header *h = vl_header_current(i);
	struct vhdxlog_log *log = &i->log;

	log->assumed = o->has_log_offset || o->has_log_length ||
		       o->has_log_guid || o->header ||
		       vl_failed(i->judgement,
				 VLC_header_sequence_equal_conflict);
	log->offset = o->has_log_offset ? o->log_offset : h ? h->log_offset : 0;
	log->length = o->has_log_length ? o->log_length : h ? h->log_length : 0;
	log->has_guid = o->has_log_guid || h;
	if (o->has_log_guid)
		log->guid = o->log_guid;
	else if (h)
		log->guid = h->log_guid;
	log->known = log->length &&
		     (h || (o->has_log_offset && o->has_log_length));
	if (log->known)
		measure_log(i);
}

void vl_log_assume(struct vl_image *image, uint64_t offset, uint32_t length)
{
	struct vhdxlog_log *log = &image->log;

	log->known = log->assumed = true;
	log->offset = offset;
	log->length = length;
	measure_log(image);
}

void vl_image_raw_log(struct vl_image *image, const struct vl_view *disk,
		      const struct vhdxlog_options *options)
{
	struct vhdxlog_options o = *options;

	image->disk_size = disk->size;
	o.has_log_offset = o.has_log_length = true;
	o.log_offset = 0;
	/* LogLength has 32 bits and is in MiB, so no log is longer. */
	if (!options->has_log_length)
		o.log_length = UINT32_MAX / VL_MIB * VL_MIB;
	o.log_length = (uint32_t)vl_min64(disk->size, o.log_length) /
		       VL_SECTOR * VL_SECTOR;
	place_log(image, &o);
}

static int read_identifier(struct vl_image *i, const struct vl_view *disk,
			   struct vhdxlog_error *err)
{
	size_t len = (size_t)vl_min64(disk->size, sizeof(i->identifier));
	int rc = vl_structure_read(i, disk, 0, i->identifier, len,
				   &i->identifier_readable, err);

	i->pub.creator.bytes = i->identifier + VL_OFF_identifier_creator;
	i->pub.creator.units =
		vl_utf16_length(i->pub.creator.bytes, VL_CREATOR_UNITS);
	return rc;
}

/* Identifier slack, and 0x50000 to the end of the header section. */
static int read_reserved(struct vl_image *i, const struct vl_view *disk,
			 struct vhdxlog_error *err)
{
	int rc = find_nonzero(i, disk, VL_OFF_identifier_reserved,
			      VL_HEADER_OFFSET(1), &i->reserved_nonzero, err);

	if (rc || i->reserved_nonzero != UINT64_MAX)
		return rc;
	return find_nonzero(i, disk, VL_RESERVED_OFFSET, VL_HEADER_SECTION,
			    &i->reserved_nonzero, err);
}

int vl_headers_read(struct vl_image *i, const struct vl_view *disk,
		    const struct vhdxlog_options *options,
		    struct vhdxlog_error *err)
{
	int rc;

	i->disk_size = disk->size;
	i->strict = options->strict;
	rc = read_identifier(i, disk, err);
	for (unsigned slot = 1; !rc && slot <= 2; slot++)
		rc = read_copy(i, disk, slot, err);
	if (!rc)
		rc = read_reserved(i, disk, err);
	if (rc)
		return rc;
	i->pub.current_header = choose(i);
	if (options->header && i->header[options->header - 1].readable)
		i->pub.current_header = options->header;
	vl_headers_follow(i, i->pub.current_header, options);
	return 0;
}

void vl_headers_follow(struct vl_image *i, unsigned slot,
		       const struct vhdxlog_options *options)
{
	i->pub.current_header = slot;
	for (unsigned k = 0; k < 2; k++)
		i->header[k].current = k + 1 == slot;
	vl_headers_judge(i);
	place_log(i, options);
}

void vl_headers_judge(struct vl_image *i)
{
	vl_judge(VHDXLOG_OBJECT_IMAGE, vl_header_checks, i, i->judgement);
}
