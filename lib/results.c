/* SPDX-License-Identifier: MIT */
/* Image, log, map and orphans as the public interface shows them. */
#include "scan.h"

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"

#include <string.h>

const struct vhdxlog_header *vhdxlog_header(const struct vhdxlog_scan *scan,
					    unsigned slot)
{
	return slot - 1 < 2 ? &scan->image.header[slot - 1] : NULL;
}

const struct vhdxlog_region_table *
vhdxlog_region_table(const struct vhdxlog_scan *scan, unsigned number)
{
	return number - 1 < 2 ? &scan->image.table[number - 1] : NULL;
}

const struct vhdxlog_image *vhdxlog_image(const struct vhdxlog_scan *scan)
{
	return &scan->image.pub;
}

int vhdxlog_bat_entry(struct vhdxlog_scan *scan, uint64_t index,
		      struct vhdxlog_bat_entry *entry,
		      struct vhdxlog_error *err)
{
	const struct vl_image *i = &scan->image;
	struct vhdxlog_shift shift;
	uint64_t offset;
	uint8_t raw[8];
	int rc;

	if (!i->pub.bat.known ||
	    (index >= i->pub.bat.entries &&
	     vhdxlog_shift_at(scan, index, &shift, NULL)))
		return vl_error(err, VHDXLOG_E_RANGE, 0, 0,
				"asking for a BAT entry");
	offset = i->bat->offset + 8 * index;
	rc = vl_view_read(&scan->overlay.view, offset, raw, sizeof(raw), err);
	if (rc)
		return rc;
	vl_bat_decode(&i->geometry, index, vl_le64(raw), entry);
	entry->offset = offset;
	return 0;
}

/* --------------------------------------------------------------------- log */

const struct vhdxlog_log *vhdxlog_log(const struct vhdxlog_scan *scan)
{
	return scan->has_log ? &scan->log.pub : &scan->image.log;
}

const char *vhdxlog_sector_kind_name(enum vhdxlog_sector_kind kind)
{
	static const char *const names[] = { "entry",	"descriptors", "data",
					     "zero",	"padding",     "foreign",
					     "unreadable" };

	return names[kind];
}

static uint32_t owner_sector(const struct vhdxlog_scan *s, uint32_t sector)
{
	uint32_t owner = vl_map_owner(&s->log, sector);

	return owner == VL_NONE ? VHDXLOG_NO_SECTOR :
				  s->log.entries[owner].sector;
}

bool vhdxlog_map_next(const struct vhdxlog_scan *scan, uint32_t *cursor,
		      struct vhdxlog_map_run *run)
{
	const struct vl_log *log = &scan->log;
	uint32_t s = *cursor;

	if (!scan->has_log || s >= log->ring.sectors)
		return false;
	*run = (struct vhdxlog_map_run){ s, 0, vl_map_kind(log, s),
					 owner_sector(scan, s) };
	if (s >= log->ring.present) {
		/* What lies past the end of the file is one run. */
		*cursor = log->ring.sectors;
	} else {
		while (++*cursor < log->ring.present &&
		       vl_map_kind(log, *cursor) == run->kind &&
		       owner_sector(scan, *cursor) == run->owner)
			;
	}
	run->count = *cursor - s;
	return true;
}

int vhdxlog_log_sector(struct vhdxlog_scan *scan, uint32_t sector,
		       uint8_t bytes[4096], struct vhdxlog_error *err)
{
	const uint8_t *p;

	if (!scan->has_log || sector >= scan->log.ring.present)
		return vl_error(err, VHDXLOG_E_RANGE, 0, 0,
				"asking for a sector of the log");
	p = vl_ring_sector(&scan->log.ring, sector);
	if (!p)
		return vl_error(err, VHDXLOG_E_IO, 0,
				vl_ring_at(&scan->log.ring, sector),
				"reading a sector of the log");
	memcpy(bytes, p, VL_SECTOR);
	return 0;
}

/* ----------------------------------------------------------------- orphans */

size_t vhdxlog_orphan_count(const struct vhdxlog_scan *scan)
{
	return scan->log.orphans;
}

static bool is_orphan(const struct vl_log *log, uint32_t s)
{
	return vl_ring_kind(&log->ring, s) == VHDXLOG_SECTOR_DATA &&
	       vl_map_owner(log, s) == VL_NONE;
}

int vhdxlog_orphan_next(struct vhdxlog_scan *scan, uint32_t *cursor,
			struct vhdxlog_orphan *orphan,
			struct vhdxlog_error *err)
{
	struct vl_log *log = &scan->log;
	struct vl_digest *d;
	const uint8_t *p;
	uint32_t s;

	while (*cursor < log->ring.present && !is_orphan(log, *cursor))
		++*cursor;
	if (*cursor >= log->ring.present)
		return 1;
	s = (*cursor)++;
	*orphan = (struct vhdxlog_orphan){ .sector = s,
					   .sequence_number =
						   log->ring.value[s] };
	p = scan->options.hash_structures ? vl_ring_sector(&log->ring, s) :
					    NULL;
	if (!p)
		return 0;
	d = vl_digest_new("SHA256");
	if (!d)
		return vl_nomem(err);
	vl_digest_update(d, p, VL_SECTOR);
	vl_digest_finish(d, orphan->sha256, sizeof(orphan->sha256));
	orphan->has_sha256 = true;
	return 0;
}
