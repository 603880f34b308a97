/* SPDX-License-Identifier: MIT */
#include "guess/log_survey.h"

#include "base/bytes.h"
#include "base/guid.h"

#define SECTORS_OF_MIB ((uint32_t)(VL_MIB / VL_SECTOR))
#define MOST_BEGINNINGS 8u
/* Of checksums for lengths, which take O(log n) each. */
#define MOST_TRIALS 65536u

static uint32_t in_sectors(uint64_t bytes)
{
	return (uint32_t)(bytes / VL_SECTOR);
}

/* All that makes an entry sound but for what the ring's ends decide. */
static bool is_right(const struct vl_log *log, const struct vl_entry *e)
{
	uint64_t ends = VL_BIT(VLC_entry_tail_out_of_log) |
			VL_BIT(VLC_desc_targets_log);

	return !((e->failed | e->blocked) & log->sound_mask & ~ends);
}

/* How many entries begin in the first sectors. */
static size_t entries_within(const struct vl_log *log, uint64_t sectors)
{
	size_t low = 0, high = log->n_entries;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (log->entries[mid].sector < sectors)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_right_at(const struct vl_log *log, uint64_t sector)
{
	uint32_t i = sector < log->ring.sectors ?
			     vl_log_entry_at(log, (uint32_t)sector) :
			     VL_NONE;

	return i != VL_NONE && is_right(log, &log->entries[i]);
}

/* ----------------------------------------------------------- where it begins */

/* How many Tails name the start of a right entry, if it begins at `base`. */
static uint32_t count_begun(const struct vl_log *log, uint64_t sectors,
			    uint64_t base)
{
	size_t entries = entries_within(log, sectors);
	uint32_t n = 0;

	for (size_t i = 0; i < entries; i++) {
		const struct vl_entry *e = &log->entries[i];
		uint64_t named = base + e->tail;

		n += is_right(log, e) && named >= log->ring.offset &&
		     is_right_at(log, (named - log->ring.offset) / VL_SECTOR);
	}
	return n;
}

/* The first few offsets that entries name which are their own Tail. */
static size_t list_beginnings(const struct vl_log *log, uint64_t sectors,
			      uint64_t bases[MOST_BEGINNINGS])
{
	size_t entries = entries_within(log, sectors), n = 0;

	for (size_t i = 0; i < entries && n < MOST_BEGINNINGS; i++) {
		const struct vl_entry *e = &log->entries[i];
		uint64_t at = vl_ring_at(&log->ring, e->sector), base;
		size_t k = 0;

		if (!is_right(log, e) || e->tail > at)
			continue;
		base = at - e->tail;
		if (base % VL_MIB || base < VL_HEADER_SECTION)
			continue;
		while (k < n && bases[k] != base)
			k++;
		if (k == n)
			bases[n++] = base;
	}
	return n;
}

/* Where most Tails are right; of those as good the stretch's own start. */
static uint64_t find_beginning(const struct vl_log *log, uint64_t sectors)
{
	uint64_t bases[MOST_BEGINNINGS], best = log->ring.offset;
	size_t n = list_beginnings(log, sectors, bases);
	uint32_t most = count_begun(log, sectors, best);

	for (size_t i = 0; i < n; i++) {
		uint32_t begun = count_begun(log, sectors, bases[i]);

		if (begun > most) {
			most = begun;
			best = bases[i];
		}
	}
	return best;
}

/* --------------------------------------------------------------- how long */

/* Whether the checksum of an entry that crosses the end is right for a ring of so
 * many sectors. */
static bool is_right_for(const struct vl_log *log, const struct vl_entry *e,
			 uint32_t stored, uint32_t sectors)
{
	struct vl_ring ring = log->ring; /* borrowed; only its end is another */

	ring.sectors = sectors;
	return vl_ring_is_whole(&ring, e->sector, e->sectors) &&
	       vl_ring_crc(&ring, e->sector, e->sectors, stored) == stored;
}

static void prove(struct vl_survey *s, const struct vl_log *log,
		  const struct vl_entry *e, uint32_t sectors,
		  enum vl_length_proof proof)
{
	s->proven = (uint64_t)sectors * VL_SECTOR;
	s->proof = proof;
	s->prover = vl_ring_at(&log->ring, e->sector);
}

/* An entry that is right where it wraps, for one of the lengths that there are. */
static bool wraps_somewhere(struct vl_survey *s, struct vl_log *log, uint32_t i,
			    uint32_t *trials)
{
	const struct vl_entry *e = &log->entries[i];
	uint32_t end = (e->sector / SECTORS_OF_MIB + 1) * SECTORS_OF_MIB;
	struct vl_entry_header h;
	bool known;
	uint32_t crc;

	if (end - e->sector >= e->sectors || end > log->ring.sectors ||
	    vl_entry_header_read(log, i, &h, &known, &crc, NULL))
		return false;
	for (; end - e->sector < e->sectors && end <= log->ring.sectors &&
	       *trials;
	     end += SECTORS_OF_MIB, --*trials) {
		if (e->sectors <= end &&
		    is_right_for(log, e, h.checksum, end)) {
			prove(s, log, e, end, VL_LENGTH_BY_WRAP);
			return true;
		}
	}
	return false;
}

static bool follows(const struct vl_entry *e, const struct vl_entry *next)
{
	return next->sequence_number - 1 == e->sequence_number &&
	       next->sequence_number > 1 &&
	       (vl_guid_equal(&next->guid, &e->guid) ||
		(e->tail == e->sector * VL_SECTOR && !next->tail));
}

/* An entry that ends with a MiB, and the next of its numbers at the start. */
static bool goes_on_at_start(const struct vl_log *log,
			     const struct vl_entry *e)
{
	uint32_t end = e->sector + e->sectors;

	return end % SECTORS_OF_MIB == 0 && end <= log->ring.sectors &&
	       is_right(log, e) && is_right_at(log, 0) &&
	       !is_right_at(log, end) &&
	       follows(e, &log->entries[vl_log_entry_at(log, 0)]);
}

static void find_length(struct vl_survey *s, struct vl_log *log)
{
	uint32_t trials = MOST_TRIALS;

	for (uint32_t i = 0; i < log->n_entries; i++) {
		if (wraps_somewhere(s, log, i, &trials))
			return;
	}
	for (uint32_t i = 0; i < log->n_entries; i++) {
		const struct vl_entry *e = &log->entries[i];

		if (goes_on_at_start(log, e)) {
			prove(s, log, e, e->sector + e->sectors,
			      VL_LENGTH_BY_NEXT);
			return;
		}
	}
}

static void count_sectors(struct vl_survey *s, const struct vl_log *log,
			  uint64_t sectors)
{
	for (uint32_t at = 0; at < sectors && at < log->ring.present; at++) {
		switch (vl_ring_kind(&log->ring, at)) {
		case VHDXLOG_SECTOR_ENTRY:
		case VHDXLOG_SECTOR_DESCRIPTORS:
		case VHDXLOG_SECTOR_DATA:
			s->records++;
			s->least = ((uint64_t)at + 1) * VL_SECTOR;
			break;
		case VHDXLOG_SECTOR_FOREIGN: s->foreign++; break;
		default: break;
		}
	}
}

static void weigh(struct vl_survey *s, struct vl_log *log, uint64_t length)
{
	uint64_t sectors;
	size_t entries;

	find_length(s, log);
	sectors = in_sectors(s->proven ? s->proven : length);
	entries = entries_within(log, sectors);
	count_sectors(s, log, sectors);
	for (size_t i = 0; i < entries; i++) {
		const struct vl_entry *e = &log->entries[i];

		if (!is_right(log, e))
			continue;
		s->right++;
		/* One Tail alone may be forged, or damaged under its checksum. */
		if (is_right_at(log, e->tail / VL_SECTOR))
			s->least = vl_max64(s->least,
					    (uint64_t)e->tail + VL_SECTOR);
	}
	s->begun = count_begun(log, sectors, s->offset);
	s->least = vl_max64(vl_div_up(s->least, VL_MIB), 1) * VL_MIB;
}

/* ------------------------------------------------------------------ reading */

static int walk(struct vl_log *log, const struct vl_view *disk,
		uint64_t offset, uint64_t length, struct vhdxlog_error *err)
{
	static const struct vhdxlog_options plain = VHDXLOG_OPTIONS_INIT;
	struct vhdxlog_log place = {
		.known = true,
		.offset = offset,
		.length = (uint32_t)length,
		.sectors = in_sectors(length),
	};
	int rc;

	place.present = in_sectors(vl_min64(
		length, disk->size > offset ? disk->size - offset : 0));
	rc = vl_log_init(log, disk, &place, &plain, err);
	return rc ? rc : vl_log_walk(log, &plain, NULL, NULL, err);
}

int vl_survey_make(struct vl_survey *s, const struct vl_view *disk,
		   uint64_t offset, uint64_t length, uint64_t room,
		   struct vhdxlog_error *err)
{
	uint64_t end = offset + vl_min64(length, VL_LONGEST_LOG);
	uint64_t far = offset +
		       vl_min64(vl_max64(length, room), VL_LONGEST_LOG);
	struct vl_log log = { 0 };
	uint64_t base;
	int rc = walk(&log, disk, offset, far - offset, err);

	*s = (struct vl_survey){ .offset = offset };
	base = rc ? offset : find_beginning(&log, in_sectors(end - offset));
	if (base != offset && base < end && far - base <= VL_LONGEST_LOG) {
		vl_log_release(&log);
		rc = walk(&log, disk, base, far - base, err);
		s->offset = base;
	}
	if (!rc)
		weigh(s, &log, end - s->offset);
	vl_log_release(&log);
	return rc;
}
