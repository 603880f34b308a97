/* SPDX-License-Identifier: MIT */
#include "guess/bat.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "image/claims.h"

#include <stdlib.h>

#define CHUNK 65536u

/* Of each of some 200 pairs at the most: half a million entries. What is behind
 * them is like them, or it is no BAT. */
#define MOST_READ (4 * VL_MIB)

/* In MiB. Each entry of a hostile table can claim 256. */
#define MOST_CLAIMS 1048576u

struct fitting {
	const struct vl_bat_question *q;
	struct vl_bat_fit *fit;
	struct vl_claims claims;
	uint64_t claimed; /* MiB, as often as they are */
	bool no_memory;
};

uint32_t vl_bat_length(uint64_t entries)
{
	uint64_t mib = vl_div_up(entries, VL_MIB / 8);

	return mib <= UINT32_MAX / VL_MIB ? (uint32_t)(mib * VL_MIB) : 0;
}

static bool is_legal(const struct vl_bat_geometry *g,
		     const struct vhdxlog_bat_entry *e)
{
	enum vl_bat_fault fault = vl_bat_judge(g, e);

	/* Places are asked for by themselves. */
	return fault == VL_BAT_GOOD || fault == VL_BAT_FAULT_PLACE;
}

static bool is_misplaced(const struct vl_bat_question *q, uint64_t off,
			 uint64_t len)
{
	return off < VL_HEADER_SECTION ||
	       vl_overlap(off, len, q->offset,
			  vl_bat_length(q->geometry->entries)) ||
	       vl_ranges_find(q->structures, q->n_structures, off, len);
}

static void note_covered(struct fitting *f, uint64_t off, uint64_t len)
{
	const struct vl_bat_question *q = f->q;

	for (size_t k = 0; k < q->n_places; k++) {
		if (q->places[k] >= off && q->places[k] - off < len)
			f->fit->covered |= UINT64_C(1) << k;
	}
}

/* A block inside the file and on no structure. */
static void claim(struct fitting *f, uint64_t index, uint64_t off,
		  uint64_t len, enum vl_claim kind)
{
	bool fresh = true;

	if (f->claimed < MOST_CLAIMS &&
	    !vl_claims_add(&f->claims, off, len, kind, &fresh))
		f->no_memory = true;
	f->claimed += len / VL_MIB;
	if (!fresh) {
		f->fit->again++;
		return;
	}
	f->fit->located++;
	f->fit->last = index;
	note_covered(f, off, len);
}

static void place(struct fitting *f, const struct vhdxlog_bat_entry *e)
{
	const struct vl_bat_geometry *g = f->q->geometry;
	uint64_t size = e->is_bitmap ? VL_MIB : g->block_size;

	if (vl_end(e->file_offset, vl_bat_room(g, e)) > f->q->view->size)
		f->fit->outside++;
	else if (is_misplaced(f->q, e->file_offset, size))
		f->fit->misplaced++;
	else
		claim(f, e->index, e->file_offset, size,
		      e->is_bitmap ? VL_CLAIM_BITMAP : VL_CLAIM_PAYLOAD);
}

static void look_at(struct fitting *f, uint64_t index, uint64_t raw)
{
	const struct vl_bat_geometry *g = f->q->geometry;
	struct vhdxlog_bat_entry e;

	if (!raw)
		return;
	if (index >= g->entries) {
		f->fit->trailing++;
		return;
	}
	f->fit->nonzero++;
	vl_bat_decode(g, index, raw, &e);
	if (!is_legal(g, &e))
		f->fit->illegal++;
	else if (vl_bat_is_located(&e))
		place(f, &e);
}

static int read_entries(struct fitting *f, uint64_t len,
			struct vhdxlog_error *err)
{
	const struct vl_bat_question *q = f->q;
	uint64_t end = q->offset + len, at = q->offset, from, to;
	uint8_t buf[CHUNK];

	/* Ends: at goes up; no more than MOST_READ bytes. */
	while (vl_view_next_data(q->view, at, end, &from, &to)) {
		size_t part;
		int rc;

		at = vl_max64(at, from / 8 * 8);
		part = (size_t)vl_min64(vl_div_up(to, 8) * 8 - at, CHUNK);
		part = (size_t)vl_min64(part, end - at);
		rc = vl_view_read(q->view, at, buf, part, err);
		if (rc == VHDXLOG_E_IO)
			f->fit->readable = false;
		else if (rc)
			return rc;
		for (size_t k = 0; !rc && k < part / 8; k++)
			look_at(f, (at - q->offset) / 8 + k,
				vl_le64(buf + 8 * k));
		if (f->no_memory)
			return vl_nomem(err);
		at += part;
	}
	return 0;
}

int vl_bat_fit(struct vl_bat_fit *fit, const struct vl_bat_question *q,
	       struct vhdxlog_error *err)
{
	struct fitting f = { .q = q, .fit = fit };
	uint64_t len;
	int rc = 0;

	*fit = (struct vl_bat_fit){
		.readable = true,
		.length = vl_bat_length(q->geometry->entries),
	};
	if (q->offset >= q->view->size)
		return 0;
	len = vl_min64(q->view->size - q->offset, fit->length);
	if (!vl_claims_init(&f.claims))
		rc = vl_nomem(err);
	if (!rc)
		rc = read_entries(&f, vl_min64(len, MOST_READ) / 8 * 8, err);
	vl_claims_release(&f.claims);
	return rc;
}
