/* SPDX-License-Identifier: MIT */
/*
 * QEMU, block/vhdx-log.c: how it replays the chain that it found.
 *
 * Its way through the chain is not that of the search: it goes on behind the
 * data sectors that it used, not where EntryLength says, and reads nothing at
 * or behind the chain's end. It asks for no checksum again, and reads the log
 * as it is by then. What it has written when it gives up stays.
 */
#include "policy/qemu.h"

#include "base/bytes.h"
#include "base/guid.h"
#include "policy/qemu_ring.h"

#include <string.h>

/* It knows the length of a file in blocks of 512 bytes. */
#define BLOCK 512u

/* Where it writes the second header at the end: the file is no shorter. */
#define MIN_LENGTH (VL_HEADER_OFFSET(2) + 80)

/* Pages of one range of zeroes that its counter cannot count: 8 TiB. */
#define MAX_PAGES (UINT64_C(1) << 31)

struct flush {
	struct vl_case *c;
	const struct vl_chain *chain;
	struct vl_qemu_ring ring;
	uint32_t read;
	const char *why; /* it gave up; NULL: not yet */
	bool hangs;
};

static uint64_t round_up(uint64_t n, uint64_t unit)
{
	return vl_div_up(n, unit) * unit;
}

/* The length of the file as it knows it. */
static uint64_t known_length(const struct flush *f)
{
	return round_up(f->c->choice->length, BLOCK);
}

static uint32_t step(const struct flush *f, uint64_t sectors)
{
	return vl_ring_wrap(&f->c->log->ring, f->read + sectors);
}

/* ------------------------------------------------- an entry by its bytes */

/* One sector with header and descriptors, as it is buffered. */
struct buffered {
	uint32_t sector;
	uint8_t bytes[VL_SECTOR];
	struct vl_entry_header h;
	bool keeps; /* pages are kept, as the log may not hold them for long */
};

static bool header_is_good(const struct flush *f, const struct buffered *b)
{
	const struct vl_entry_header *h = &b->h;

	return memcmp(b->bytes, vl_entry_signature, 4) == 0 &&
	       h->entry_length <= f->c->log->pub.length &&
	       h->entry_length % VL_SECTOR == 0 && h->sequence_number &&
	       vl_guid_equal(&h->log_guid, &f->c->guid) &&
	       (uint64_t)h->descriptor_count * VL_DESCRIPTOR_SIZE <=
		       h->entry_length;
}

static void decode(const struct buffered *b, uint32_t i,
		   struct vl_descriptor *d)
{
	vl_descriptor_decode(b->bytes + VL_FIRST_DESCRIPTOR +
				     i * VL_DESCRIPTOR_SIZE,
			     d);
}

static bool descriptors_are_good(const struct buffered *b)
{
	struct vl_descriptor d;

	if (b->h.descriptor_count > VL_QEMU_DESCRIPTORS)
		return false;
	for (uint32_t i = 0; i < b->h.descriptor_count; i++) {
		decode(b, i, &d);
		if (d.kind == VHDXLOG_DESCRIPTOR_UNKNOWN ||
		    d.sequence_number != b->h.sequence_number ||
		    d.file_offset % VL_SECTOR || d.length % VL_SECTOR)
			return false;
	}
	return true;
}

/* What is written so far is on the pile with the rest of the entry. */
static int add(struct flush *f, bool keeps, uint64_t off, uint64_t len,
	       const uint8_t *page, uint64_t value, struct vhdxlog_error *err)
{
	struct vl_choice *choice = f->c->choice;
	struct vl_target t = { off | VL_TARGET_ZERO, len };
	int rc = 0;

	if (page)
		t = (struct vl_target){ off, value };
	if (page && keeps)
		rc = vl_log_keep_page(f->c->log, page, &t.value, err);
	if (!rc)
		rc = vl_log_add_target(f->c->log, t, err);
	if (!rc)
		rc = vl_qemu_ring_write(&f->ring, off, len, page, err);
	choice->length = vl_max64(choice->length, off + len);
	return rc;
}

/* The next sector of the chain as the data of descriptor i. */
static int write_data(struct flush *f, const struct buffered *b, uint32_t i,
		      uint64_t off, struct vhdxlog_error *err)
{
	uint32_t sector = f->read;
	const uint8_t *p;
	uint8_t page[VL_SECTOR];

	if (sector == f->chain->end) {
		f->why = "the chain ends before its data";
		return 0;
	}
	p = vl_qemu_ring_sector(&f->ring, sector);
	if (!p)
		return VHDXLOG_E_IO;
	f->read = step(f, 1);
	if (vl_data_number(p) != b->h.sequence_number)
		f->why = "a data sector has another number";
	else if (off > VL_QEMU_MAX_END - VL_SECTOR)
		f->why = "a target lies beyond what a file can be";
	if (f->why)
		return 0;
	vl_page_join(b->bytes + VL_FIRST_DESCRIPTOR + i * VL_DESCRIPTOR_SIZE,
		     p, page);
	return add(f, b->keeps, off, VL_SECTOR, page,
		   (uint64_t)i << 32 | sector, err);
}

static int write_zeroes(struct flush *f, uint64_t off, uint64_t len,
			struct vhdxlog_error *err)
{
	uint64_t room = off < VL_QEMU_MAX_END ? VL_QEMU_MAX_END - off : 0;

	if (len / VL_SECTOR >= MAX_PAGES) {
		f->hangs = true;
		f->why = "it writes zeroes page by page for ever";
		return 0;
	}
	if (len > room)
		f->why = "a target lies beyond what a file can be";
	len = vl_min64(len, room);
	return len ? add(f, false, off, len, NULL, 0, err) : 0;
}

/* Carry out descriptors until one fails; *parts gets how many were. */
static int carry_out(struct flush *f, const struct buffered *b,
		     uint32_t *parts, struct vhdxlog_error *err)
{
	int rc = 0;

	for (*parts = 0; !rc && *parts < b->h.descriptor_count; ++*parts) {
		struct vl_descriptor d;

		vl_step(f->c);
		decode(b, *parts, &d);
		if (d.kind == VHDXLOG_DESCRIPTOR_DATA)
			rc = write_data(f, b, *parts, d.file_offset, err);
		else
			rc = write_zeroes(f, d.file_offset, d.length, err);
		if (f->why)
			break;
	}
	return rc;
}

/* Layers of the targets that were added, and those on the pile. */
static int pile_up(struct flush *f, const struct buffered *b, size_t first,
		   struct vhdxlog_error *err)
{
	struct vl_log *log = f->c->log;
	uint32_t entry = vl_log_entry_at(log, b->sector);
	size_t before = log->n_layers;
	int rc = vl_layers_make(log, entry == VL_NONE ? 0 : entry, first, err);

	for (size_t i = before; !rc && i < log->n_layers; i++)
		rc = vl_pick(&f->c->pile, (uint32_t)i, err);
	return rc;
}

/* All pages of an entry or none, as their order is told by one kind of number. */
static bool must_keep(const struct flush *f, const struct buffered *b)
{
	const struct vl_range *own = &f->c->log->own;
	struct vl_descriptor d;

	if (!vl_qemu_ring_is_intact(&f->ring))
		return true;
	for (uint32_t i = 0; i < b->h.descriptor_count; i++) {
		decode(b, i, &d);
		if (vl_overlap(d.file_offset, d.length, own->off, own->len))
			return true;
	}
	return false;
}

static int flush_bytes(struct flush *f, struct buffered *b,
		       struct vhdxlog_error *err)
{
	size_t first = f->c->log->n_targets;
	uint32_t parts;
	int rc;

	b->keeps = must_keep(f, b);
	rc = carry_out(f, b, &parts, err);

	if (f->why)
		f->c->choice->parts = parts;
	if (!rc && (parts || !f->why || f->c->log->n_targets > first))
		rc = vl_pick(&f->c->applied, b->sector, err);
	return rc ? rc : pile_up(f, b, first, err);
}

/* ------------------------------------------------------------ the length */

/*
 * The file grows to LastFileOffset only where that is no multiple of 1 MiB. Since
 * 2017 at the latest the length is that of before the entry's writes, so that
 * what they wrote behind is cut off again. Rounding up may come to 0.
 */
static int settle_length(struct flush *f, uint64_t before, uint64_t last,
			 struct vhdxlog_error *err)
{
	struct vl_choice *choice = f->c->choice;
	uint64_t length = vl_div_up(last, VL_MIB) * VL_MIB; /* modulo 2^64 */

	if (f->c->policy->length == VL_LENGTH_GROWN)
		before = known_length(f);
	if (before >= last || last % VL_MIB == 0)
		return 0;
	if (length > VL_QEMU_MAX_END) {
		f->why = "LastFileOffset is beyond what a file can be";
		return 0;
	}
	f->ring.erased = !length;
	if (length >= choice->length) {
		choice->length = length;
		return 0;
	}
	choice->effects |= VL_READER_BIT(VLC_reader_truncates);
	return vl_apply_cut(f->c, length, err);
}

/* ----------------------------------------------------------------- entry */

/* Whether what the walk knows of an entry says all: nothing goes wrong. */
static bool is_plain(const struct flush *f, uint32_t i)
{
	const struct vl_entry *e = &f->c->log->entries[i];
	uint32_t n = f->c->log->ring.sectors;
	uint32_t room = (f->chain->end + n - f->read) % n;

	return vl_qemu_ring_is_intact(&f->ring) && vl_is_sound(e) &&
	       e->descriptor_count <= VL_QEMU_DESCRIPTORS &&
	       !(e->failed & (VL_BIT(VLC_zero_length_excessive) |
			      VL_BIT(VLC_desc_beyond_eof))) &&
	       e->needed <= room && vl_is_of_log(f->c, i);
}

static const char *const short_file =
	"the file is shorter than FlushedFileOffset says";

/* Without its file a log says nothing of how long that is. */
static bool is_short(const struct flush *f, uint64_t flushed)
{
	return flushed > known_length(f) &&
	       f->c->log->disk_size != UINT64_MAX;
}

static int flush_plain(struct flush *f, uint32_t i, struct vhdxlog_error *err)
{
	uint64_t before = known_length(f), flushed, last;
	int rc = vl_entry_offsets(f->c->log, i, &flushed, &last, err);

	if (!rc && is_short(f, flushed))
		f->why = short_file;
	if (rc || f->why)
		return rc;
	f->read = step(f, f->c->log->entries[i].needed);
	rc = vl_apply_entry(f->c, i, UINT32_MAX, err);
	return rc ? rc : settle_length(f, before, last, err);
}

static int flush_entry(struct flush *f, struct vhdxlog_error *err)
{
	uint32_t i = vl_log_entry_at(f->c->log, f->read);
	uint64_t before = known_length(f);
	struct buffered b = { .sector = f->read };
	const uint8_t *p;
	int rc;

	vl_step(f->c);
	if (i != VL_NONE && is_plain(f, i))
		return flush_plain(f, i, err);
	p = vl_qemu_ring_sector(&f->ring, f->read);
	if (!p)
		return VHDXLOG_E_IO;
	memcpy(b.bytes, p, VL_SECTOR);
	vl_entry_header_decode(b.bytes, &b.h);
	if (!header_is_good(f, &b))
		f->why = "it goes on where no entry is";
	else if (is_short(f, b.h.flushed_file_offset))
		f->why = short_file;
	else if (!descriptors_are_good(&b))
		f->why = "it goes on where it does not take a descriptor";
	if (f->why)
		return 0;
	f->read = step(f, 1);
	rc = flush_bytes(f, &b, err);
	return rc || f->why ? rc :
			      settle_length(f, before, b.h.last_file_offset,
					    err);
}

static int flush_chain(struct flush *f, struct vhdxlog_error *err)
{
	for (uint32_t k = 0; k < f->chain->count; k++) {
		uint32_t at = f->read;
		int rc = 0;

		if (at == f->chain->end && k)
			f->why = "the chain's end is where it begins to read";
		else if (f->chain->start == f->chain->end)
			f->why = "the chain's end is where it begins";
		else
			rc = flush_entry(f, err);
		if (rc)
			return rc;
		if (!f->why)
			continue;
		vl_decide(f->c,
			  f->hangs	   ? VHDXLOG_OUTCOME_HANG :
			  f->c->applied.n ? VHDXLOG_OUTCOME_PARTIAL :
					     VHDXLOG_OUTCOME_REFUSE,
			  "it stops at sector %u: %s", at, f->why);
		return 0;
	}
	f->c->choice->length = vl_max64(f->c->choice->length, MIN_LENGTH);
	vl_decide(f->c, VHDXLOG_OUTCOME_REPLAY,
		  "the chain whose first entry has the highest number");
	return 0;
}

int vl_qemu_flush(struct vl_case *c, const struct vl_chain *chain,
		  struct vhdxlog_error *err)
{
	struct flush f = { .c = c,
			   .chain = chain,
			   .ring = { .log = c->log },
			   .read = chain->start };
	int rc;

	c->choice->effects |= c->policy->leaves;
	rc = flush_chain(&f, err);
	/* More than is kept of a log that writes over itself. */
	if (rc == VHDXLOG_E_RANGE) {
		vl_decide(c, VHDXLOG_OUTCOME_PARTIAL,
			  "the log writes over itself; how far it gets was not "
			  "followed");
		c->choice->unknown = true;
		rc = 0;
	}
	c->choice->rewritten = !vl_qemu_ring_is_intact(&f.ring);
	vl_qemu_ring_release(&f.ring);
	return rc;
}
