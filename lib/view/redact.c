/* SPDX-License-Identifier: MIT */
#include "view/redact.h"

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/guid.h"
#include "base/hex.h"
#include "overlay/overlay.h"
#include "view/held.h"

#include <errno.h>
#include <isa-l/mem_routines.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ----------------------------------------------------------- GUIDs and texts */

/*
 * The digits by which GUIDs of one writer are told from another's stay: the
 * version, which stands in byte 7 or in byte 6, and the variant. Without a key, so
 * that a disk and its parent still fit; a GUID of 122 random bits is not found by
 * trying.
 */
void vl_redact_guid(uint8_t guid[16])
{
	static const char name[16] = "vhdxlog redacted";
	uint8_t named[32];
	char text[65];

	if (isal_zero_detect(guid, 16) == 0)
		return;
	memcpy(named, name, sizeof(name));
	memcpy(named + 16, guid, 16);
	vl_sha256(named, sizeof(named), text);
	for (unsigned i = 0; i < 16; i++)
		guid[i] = (uint8_t)vl_hex_byte(text + 2 * i);
	guid[6] = (uint8_t)((guid[6] & 0x0f) | (named[16 + 6] & 0xf0));
	guid[7] = (uint8_t)((guid[7] & 0x0f) | (named[16 + 7] & 0xf0));
	guid[8] = (uint8_t)((guid[8] & 0x3f) | (named[16 + 8] & 0xc0));
}

/* SHA-256 of the key and bytes, at most a page. */
static void keyed(const struct vl_redaction *r, const uint8_t *bytes,
		  size_t len, char text[65])
{
	uint8_t buf[64 + VL_SECTOR];

	memcpy(buf, r->key, 64);
	memcpy(buf + 64, bytes, len);
	vl_sha256(buf, 64 + len, text);
}

/* What is text in UTF-16 is so again: no surrogate has such a byte. */
void vl_scramble(const struct vl_redaction *r, uint8_t *bytes, size_t len)
{
	char text[65];

	if (isal_zero_detect(bytes, len) == 0)
		return;
	keyed(r, bytes, len, text);
	for (size_t i = 0; i < len; i++) {
		if (bytes[i])
			bytes[i] = (uint8_t)text[i / 2 % 64];
	}
}

/* Pieces apart, so that one that is torn still is made of two others. */
static void scramble_pieces(const struct vl_redaction *r,
			    uint8_t page[VL_SECTOR])
{
	for (unsigned k = 0; k < VL_PIECES; k++) {
		uint8_t *piece = page + k * VL_PIECE;
		char text[65];

		if (isal_zero_detect(piece, VL_PIECE) == 0)
			continue;
		keyed(r, piece, VL_PIECE, text);
		for (unsigned i = 0; i < VL_PIECE; i++)
			piece[i] = (uint8_t)text[i % 64];
	}
}

/* ------------------------------------------------------------------- pages */

static void read_disk(struct vl_redaction *r, uint64_t off,
		      uint8_t page[VL_SECTOR])
{
	const struct vl_view *disk = r->of->disk;
	uint64_t left = off < disk->size ? disk->size - off : 0;
	size_t n = (size_t)vl_min64(left, VL_SECTOR);

	memset(page, 0, VL_SECTOR);
	if (!n || !vl_view_read(disk, off, page, n, NULL))
		return;
	memset(page, 0, VL_SECTOR);
	r->left[VL_LEFT_UNREADABLE] = true;
}

/* The data target of an entry for a page, or VL_NONE. */
static uint32_t find_target(const struct vl_log *log, uint32_t entry,
			    uint64_t off)
{
	const struct vl_entry *e = &log->entries[entry];

	for (uint32_t k = 0; vl_is_sound(e) && k < e->layer_count; k++) {
		const struct vl_layer *l = &log->layers[e->layers + k];
		uint32_t low = l->first, high = l->first + l->count;

		if (vl_target_is_zero(&log->targets[low]))
			continue;
		while (low < high) {
			uint32_t mid = low + (high - low) / 2;

			if (vl_target_offset(&log->targets[mid]) < off)
				low = mid + 1;
			else
				high = mid;
		}
		if (low < l->first + l->count &&
		    vl_target_offset(&log->targets[low]) == off)
			return low;
	}
	return VL_NONE;
}

/* What lies beside a page that an entry writes: what it writes there, too, or the
 * disk's. */
static void read_beside(struct vl_redaction *r, uint32_t entry, uint64_t off,
			uint8_t page[VL_SECTOR])
{
	uint32_t t = entry == VL_NONE ? VL_NONE :
					find_target(r->of->log, entry, off);

	if (t == VL_NONE ||
	    vl_target_page(r->of->log, entry, t, page, NULL) != 0)
		read_disk(r, off, page);
}

static void redact_metadata(struct vl_redaction *r, uint32_t entry,
			    uint64_t base, uint64_t off,
			    uint8_t page[VL_SECTOR])
{
	uint8_t three[3 * VL_SECTOR] = { 0 };

	if (off - base >= VL_SECTOR)
		read_beside(r, entry, off - VL_SECTOR, three);
	memcpy(three + VL_SECTOR, page, VL_SECTOR);
	read_beside(r, entry, off + VL_SECTOR, three + 2 * VL_SECTOR);
	vl_redact_metadata(r, base, off - base, three);
	memcpy(page, three + VL_SECTOR, VL_SECTOR);
}

/* Entries stay; of what can be none its state, and that it is none. */
static void redact_bat(uint8_t page[VL_SECTOR])
{
	for (unsigned i = 0; i < VL_SECTOR; i += 8) {
		uint64_t raw = vl_le64(page + i);

		if (VL_BAT_RESERVED(raw))
			vl_put_le64(page + i, VL_BAT_STATE(raw) | 8);
	}
}

/* Of one in the log: the entries of its first page stay, which has room for all
 * that are known. */
static void redact_table(const struct vl_redaction *r, uint64_t off,
			 uint8_t page[VL_SECTOR])
{
	uint64_t n = 0;
	size_t from = 0;

	if ((off - VL_TABLE_OFFSET(1)) % VL_SLOT_SIZE == 0 &&
	    memcmp(page, vl_region_signature, 4) == 0) {
		n = vl_le32(page + VL_OFF_region_header_entry_count);
		from = VL_SIZE_region_header;
	}
	for (; n && from + VL_SIZE_region_entry <= VL_SECTOR; n--) {
		vl_redact_region(r, page + from);
		from += VL_SIZE_region_entry;
	}
	vl_scramble(r, page + from, VL_SECTOR - from);
}

static bool is_in(const struct vhdxlog_region *region, uint64_t off)
{
	return region && off >= region->offset &&
	       off - region->offset < region->length;
}

void vl_redact_page(struct vl_redaction *r, uint32_t entry, uint64_t off,
		    uint8_t page[VL_SECTOR])
{
	const struct vl_image *const *image = r->of->image;

	for (unsigned i = 0; i < 2; i++) {
		if (is_in(image[i]->metadata_region, off)) {
			redact_metadata(r, entry,
					image[i]->metadata_region->offset, off,
					page);
			return;
		}
	}
	if (is_in(image[0]->bat, off) || is_in(image[1]->bat, off))
		redact_bat(page);
	else if (off >= VL_TABLE_OFFSET(1) && off < VL_RESERVED_OFFSET)
		redact_table(r, off, page);
	else
		scramble_pieces(r, page);
}

/* ----------------------------------------------------------------- reading */

static void read_head(const struct vl_redaction *r, uint64_t off, uint8_t *buf,
		      size_t len)
{
	size_t n = off < VL_REDACTED_HEAD ?
			   (size_t)vl_min64(len, VL_REDACTED_HEAD - off) :
			   0;

	if (n)
		memcpy(buf, r->head + off, n);
	memset(buf + n, 0, len - n);
}

/* One page, or sector of the log, and where it begins. */
static uint64_t read_page(struct vl_redaction *r, enum vl_place_kind kind,
			  uint64_t off, uint8_t page[VL_SECTOR])
{
	uint64_t base = kind == VL_PLACE_LOG ? r->of->log->ring.offset : 0;
	uint64_t at = off - (off - base) % VL_SECTOR;

	if (kind == VL_PLACE_LOG) {
		vl_redact_sector(r, (uint32_t)((at - base) / VL_SECTOR), page);
	} else {
		read_disk(r, at, page);
		vl_redact_page(r, VL_NONE, at, page);
	}
	return at;
}

void vl_redacted_read(struct vl_redaction *r, enum vl_place_kind kind,
		      uint64_t off, uint8_t *buf, size_t len)
{
	uint8_t page[VL_SECTOR];

	if (kind == VL_PLACE_HEAD) {
		read_head(r, off, buf, len);
		return;
	}
	while (len) {
		uint64_t at = read_page(r, kind, off, page);
		size_t n = (size_t)vl_min64(at + VL_SECTOR - off, len);

		memcpy(buf, page + (off - at), n);
		off += n;
		buf += n;
		len -= n;
	}
}

/* -------------------------------------------------------------------- init */

/* Make the key one of the GUID, too; false: that is no secret. */
static bool add_secret(struct vl_redaction *r, const struct vhdxlog_guid *guid)
{
	uint8_t both[64 + 16];

	if (memcmp(guid->bytes, guid->bytes + 1, 15) == 0)
		return false;
	memcpy(both, r->key, 64);
	memcpy(both + 64, guid->bytes, 16);
	vl_sha256(both, sizeof(both), r->key);
	return true;
}

/* GUIDs that are others in what is given out; how many there are. */
static size_t add_secrets(struct vl_redaction *r)
{
	const struct vl_image *i = r->of->image[0];
	const struct vl_log *log = r->of->log;
	size_t n = add_secret(r, &i->pub.metadata.virtual_disk_id);

	for (unsigned k = 0; k < 2; k++) {
		n += add_secret(r, &i->header[k].file_write_guid);
		n += add_secret(r, &i->header[k].data_write_guid);
		n += add_secret(r, &i->header[k].log_guid);
	}
	for (size_t k = 0; log && k < log->n_entries; k++)
		n += add_secret(r, &log->entries[k].guid);
	return n;
}

/* What only who has the image knows; where it holds nothing of that, nobody. */
static int make_key(struct vl_redaction *r, struct vhdxlog_error *err)
{
	uint8_t random[32];
	ssize_t n;

	vl_sha256("", 0, r->key);
	if (add_secrets(r))
		return 0;
	do
		n = getrandom(random, sizeof(random), 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(random))
		return vl_error(err, VHDXLOG_E_IO, errno, 0,
				"getting random bytes");
	vl_sha256(random, sizeof(random), r->key);
	r->left[VL_LEFT_RANDOM] = true;
	return 0;
}

int vl_redaction_init(struct vl_redaction *r, const struct vl_export_of *of,
		      bool *left, struct vhdxlog_error *err)
{
	int rc;

	*r = (struct vl_redaction){ .of = of, .left = left };
	rc = make_key(r, err);
	if (!rc)
		rc = vl_redact_head(r, err);
	if (!rc && of->log)
		rc = vl_redact_log_init(r, err);
	return rc;
}

void vl_redaction_release(struct vl_redaction *r)
{
	free(r->head);
	free(r->roles);
	free(r->checksums);
	free(r->right);
	*r = (struct vl_redaction){ 0 };
}
