/* SPDX-License-Identifier: MIT */
/* Making a change, looking whether it is there, and laying it over a stream. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "list_change.h"
#include "write/encode.h"
#include "write_trace.h"

#define FILE_SIZE (512 * VL_KIB)

/* ------------------------------------------------------------------ headers */

static void add_header(struct list_change *l, unsigned slot, uint64_t number,
		       bool valid)
{
	struct vhdxlog_header h = { .sequence_number = number, .version = 1 };
	uint8_t b[VL_SIZE_header];

	vl_header_encode(&h, b);
	if (!valid)
		b[100] ^= 1;
	list_add(l, VL_HEADER_OFFSET(slot), b, sizeof(b));
}

/* What the steps of a trace are: "B" the body, "1" and "2" a header, "=" the
 * length, "." a flush; of the same kind in a row only one. */
static const char *shape(const struct trace *t, char text[64])
{
	size_t n = 0;

	for (size_t i = 0; i < t->count && n < 63; i++) {
		const struct trace_step *s = &t->steps[i];
		char c = 'B';

		if (s->flush)
			c = '.';
		else if (!s->bytes)
			c = '=';
		for (unsigned slot = 1; slot <= 2; slot++) {
			if (c == 'B' && vl_overlap(s->off, s->len,
						   VL_HEADER_OFFSET(slot),
						   VL_SIZE_header))
				c = (char)('0' + slot);
		}
		if (n == 0 || text[n - 1] != c)
			text[n++] = c;
	}
	text[n] = '\0';
	return text;
}

/* Write on a medium that remembers, and look in which order. */
static void expect_shape(struct list_change *l, const char *want)
{
	struct vl_change c = list_change(l, FILE_SIZE, FILE_SIZE);
	struct vl_medium m;
	struct trace t;
	char text[64];

	trace_open(&t, FILE_SIZE, &m);
	cr_assert_eq(vl_change_write(&c, &m, NULL), 0);
	cr_expect_str_eq(shape(&t, text), want);
	cr_expect_eq(vl_change_verify(&c, &m, NULL), 0);
	trace_close(&t);
	list_release(l);
}

static const struct {
	uint64_t number[2];
	bool valid[2];
	const char *shape;
} header_cases[] = {
	{ { 8, 9 }, { true, true }, "=B.1.2." },
	{ { 9, 8 }, { true, true }, "=B.2.1." },
	{ { 8, 8 }, { true, true }, "=B.1.2." },
	/* Above 2^63 a number is no less than below. */
	{ { UINT64_MAX, 1 }, { true, true }, "=B.2.1." },
	/* One that will not be valid does not take over. */
	{ { 8, 9 }, { true, false }, "=B.2.1." },
	{ { 9, 8 }, { false, true }, "=B.1.2." },
};

Test(change, header_that_takes_over_is_written_last)
{
	for (size_t i = 0; i < sizeof(header_cases) / sizeof(*header_cases);
	     i++) {
		struct list_change l = { 0 };

		for (unsigned slot = 1; slot <= 2; slot++)
			add_header(&l, slot, header_cases[i].number[slot - 1],
				   header_cases[i].valid[slot - 1]);
		list_add(&l, 300 * VL_KIB, "body", 4);
		expect_shape(&l, header_cases[i].shape);
	}
}

Test(change, body_before_and_between_the_headers_comes_first)
{
	struct list_change l = { 0 };

	list_add(&l, 0, "first", 5);
	add_header(&l, 1, 9, true);
	list_add(&l, 100 * VL_KIB, NULL, 4096);
	add_header(&l, 2, 8, true);
	list_add(&l, FILE_SIZE - 4, "last", 4);
	expect_shape(&l, "=B.2.1.");
}

Test(change, header_alone_is_written_and_flushed)
{
	struct list_change l = { 0 };

	add_header(&l, 2, 9, true);
	expect_shape(&l, "=.2.");
	add_header(&l, 1, 9, true);
	expect_shape(&l, "=.1.");
}

Test(change, headers_in_parts_are_written_in_ascending_order)
{
	struct list_change l = { 0 };

	list_add(&l, VL_HEADER_OFFSET(1) + 8, "\377\377", 2);
	add_header(&l, 2, 1, true);
	expect_shape(&l, "=.1.2.");
	list_add(&l, VL_HEADER_OFFSET(1) - 100, "abcdefgh", 8);
	list_add(&l, VL_HEADER_OFFSET(1) + 8, "z", 1);
	list_add(&l, VL_HEADER_OFFSET(2) + 4094, "1234", 4);
	expect_shape(&l, "=B.1.2.");
}

Test(change, piece_across_both_headers_is_cut_at_them)
{
	static uint8_t bytes[200 * VL_KIB];
	struct vhdxlog_header h = { .sequence_number = 9, .version = 1 };
	const uint64_t start = 10 * VL_KIB;
	struct list_change l = { 0 };

	memset(bytes, 0x5a, sizeof(bytes));
	vl_header_encode(&h, bytes + VL_HEADER_OFFSET(1) - start);
	h.sequence_number = 8;
	vl_header_encode(&h, bytes + VL_HEADER_OFFSET(2) - start);
	list_add(&l, start, bytes, sizeof(bytes));
	expect_shape(&l, "=B.2.1.");
	list_add(&l, start, NULL, sizeof(bytes));
	expect_shape(&l, "=B.1.2.");
}

Test(change, nothing_but_a_length_is_a_change)
{
	struct list_change l = { 0 };

	expect_shape(&l, "=.");
}

/* ------------------------------------------------------------------ writing */

Test(change, neighbours_are_written_together)
{
	struct list_change l = { 0 };
	struct vl_change c;
	struct vl_medium m;
	struct trace t;
	uint8_t page[4096];

	for (unsigned i = 0; i < 600; i++) {
		memset(page, (int)i, sizeof(page));
		list_add(&l, VL_MIB + i * sizeof(page), page, sizeof(page));
	}
	list_add(&l, 5 * VL_MIB, page, sizeof(page));
	c = list_change(&l, 0, 6 * VL_MIB);
	trace_open(&t, 0, &m);
	cr_assert_eq(vl_change_write(&c, &m, NULL), 0);
	/* Length, 1 MiB twice, the rest, the one that lies apart, flush. */
	cr_expect_eq(t.count, 6u);
	cr_expect_eq(t.steps[1].len, VL_MIB);
	cr_expect_eq(vl_change_verify(&c, &m, NULL), 0);
	trace_close(&t);
	list_release(&l);
}

Test(change, piece_that_is_too_long_is_misuse)
{
	struct list_change l = { 0 };
	uint8_t *bytes = calloc(1, VL_MAX_PIECE + 1);
	struct vl_change c = list_change(&l, 0, 4 * VL_MIB);
	struct vl_medium m;

	cr_assert(bytes);
	list_add(&l, VL_MIB, bytes, VL_MAX_PIECE + 1);
	cr_assert_eq(vl_medium_memory(0, &m, NULL), 0);
	cr_expect_eq(vl_change_write(&c, &m, NULL), VHDXLOG_E_MISUSE);
	vl_medium_close(&m);
	list_release(&l);
	free(bytes);
}

Test(change, every_failure_of_the_medium_comes_back)
{
	struct list_change l = { 0 };
	struct vl_change c;
	struct vl_medium m;
	struct trace t;
	size_t steps;

	add_header(&l, 1, 9, true);
	list_add(&l, 90 * VL_KIB, NULL, 4096);
	add_header(&l, 2, 8, true);
	list_add(&l, 200 * VL_KIB, "x", 1);
	list_add(&l, 300 * VL_KIB, "y", 1);
	c = list_change(&l, 0, FILE_SIZE);
	trace_open(&t, 0, &m);
	cr_assert_eq(vl_change_write(&c, &m, NULL), 0);
	steps = t.count;
	cr_assert_eq(steps, 9u);
	for (size_t i = 1; i <= steps; i++) {
		trace_forget(&t);
		t.fail_at = i;
		cr_expect_eq(vl_change_write(&c, &m, NULL), VHDXLOG_E_IO,
			     "step %zu", i);
		cr_expect_eq(t.count, i, "nothing is done behind it");
	}
	trace_close(&t);
	list_release(&l);
}

Test(change, every_failure_of_the_change_comes_back)
{
	struct list_change l = { 0 };
	struct vl_change c = list_change(&l, 0, FILE_SIZE);
	static uint8_t stretch[FILE_SIZE];
	struct vl_medium m;

	list_add(&l, 10 * VL_KIB, "x", 1);
	add_header(&l, 1, 9, true);
	list_add(&l, 90 * VL_KIB, NULL, 4096);
	list_add(&l, 200 * VL_KIB, "y", 1);
	cr_assert_eq(vl_medium_memory(0, &m, NULL), 0);
	cr_assert_eq(vl_change_write(&c, &m, NULL), 0);
	for (l.fail_at = 1; l.fail_at <= l.count; l.fail_at++) {
		struct vl_change_reader r = { .change = &c };

		cr_expect_eq(vl_change_write(&c, &m, NULL), VHDXLOG_E_IO);
		cr_expect_eq(vl_change_verify(&c, &m, NULL), VHDXLOG_E_IO);
		vl_change_rewind(&c, NULL);
		cr_expect_eq(vl_change_lay(&r, 0, stretch, FILE_SIZE, NULL),
			     VHDXLOG_E_IO);
	}
	l.fail_at = 0;
	l.fail_rewind = true;
	cr_expect_eq(vl_change_write(&c, &m, NULL), VHDXLOG_E_IO);
	cr_expect_eq(vl_change_verify(&c, &m, NULL), VHDXLOG_E_IO);
	vl_medium_close(&m);
	list_release(&l);
}

Test(change, close_accepts_nothing_and_keeps_errno)
{
	struct list_change l = { 0 };
	struct vl_change c = { 0 };

	vl_change_close(&c);
	c = list_change(&l, 1, 2);
	errno = EDOM;
	vl_change_close(&c);
	cr_expect_eq(errno, EDOM);
	vl_change_close(&c);
	cr_expect_eq(l.closed, 1u);
}

/* --------------------------------------------------- against a plain restatement */

/* A file before and after a random change. */
struct made {
	struct list_change list;
	struct vl_change change;
	uint8_t *before, *after;     /* owned; zero up to `room` */
	uint64_t old_size, new_size, room;
};

static struct made make(struct rng *r)
{
	struct made d = { .old_size = rng_below(r, FILE_SIZE),
			  .new_size = rng_below(r, FILE_SIZE),
			  .room = FILE_SIZE };

	d.before = calloc(1, d.room);
	d.after = calloc(1, d.room);
	cr_assert(d.before && d.after);
	rng_fill(r, d.before, d.old_size);
	list_random(&d.list, r, d.new_size, 30000);
	memcpy(d.after, d.before, vl_min64(d.old_size, d.new_size));
	for (size_t i = 0; i < d.list.count; i++) {
		const struct vl_piece *p = &d.list.pieces[i];

		if (p->bytes)
			memcpy(d.after + p->offset, p->bytes, p->length);
		else
			memset(d.after + p->offset, 0, p->length);
	}
	return d;
}

static void unmake(struct made *d)
{
	free(d->before);
	free(d->after);
	list_release(&d->list);
}

static void expect_written(const struct made *d, const struct vl_medium *m)
{
	uint8_t *got = malloc(d->new_size + 1);
	uint64_t size;

	cr_assert(got);
	cr_assert_eq(vl_medium_size(m, &size, NULL), 0);
	cr_assert_eq(size, d->new_size);
	cr_assert_eq(vl_medium_read(m, 0, got, size, NULL), 0);
	cr_expect(memcmp(got, d->after, size) == 0);
	free(got);
}

/* A file without a name, that goes when it is closed. */
static int scratch(void)
{
	char name[] = "change.XXXXXX";
	int fd = mkstemp(name);

	cr_assert_geq(fd, 0);
	unlink(name);
	return fd;
}

static void write_random(struct rng *r, bool file)
{
	struct made d = make(r);
	struct vl_medium m;

	d.change = list_change(&d.list, d.old_size, d.new_size);
	cr_assert_eq(file ? vl_medium_fd(scratch(), &m, NULL) :
			    vl_medium_memory(0, &m, NULL),
		     0);
	cr_assert_eq(vl_medium_write(&m, 0, d.before, d.old_size, NULL), 0);
	cr_assert_eq(vl_change_write(&d.change, &m, NULL), 0);
	expect_written(&d, &m);
	cr_expect_eq(vl_change_verify(&d.change, &m, NULL), 0);
	vl_medium_close(&m);
	unmake(&d);
}

Test(change, written_file_is_what_the_pieces_say)
{
	struct rng r = rng_seed(1);

	for (unsigned i = 0; i < rounds(200); i++)
		write_random(&r, i % 4 == 0);
}

/* One wrong byte is found, where it is, and only where a piece is. */
Test(change, verify_finds_each_wrong_byte)
{
	struct rng r = rng_seed(2);

	for (unsigned i = 0; i < rounds(400); i++) {
		struct made d = make(&r);
		const struct vl_piece *p;
		struct vhdxlog_error err = { 0 };
		struct vl_medium m;
		uint64_t at;

		d.change = list_change(&d.list, d.old_size, d.new_size);
		cr_assert_eq(vl_medium_memory(0, &m, NULL), 0);
		cr_assert_eq(vl_change_write(&d.change, &m, NULL), 0);
		if (d.list.count) {
			p = &d.list.pieces[rng_below(&r, d.list.count)];
			at = p->offset + rng_below(&r, p->length);
			vl_medium_bytes(&m, NULL)[at] ^= 0x80;
			cr_expect_eq(vl_change_verify(&d.change, &m, &err),
				     VHDXLOG_E_IO);
			cr_expect_eq(err.offset, at);
			vl_medium_bytes(&m, NULL)[at] ^= 0x80;
		}
		cr_expect_eq(vl_change_verify(&d.change, &m, NULL), 0);
		cr_assert_eq(vl_medium_resize(&m, d.new_size + 1, NULL), 0);
		cr_expect_eq(vl_change_verify(&d.change, &m, NULL),
			     VHDXLOG_E_IO);
		vl_medium_close(&m);
		unmake(&d);
	}
}

Test(change, verify_looks_at_pieces_alone)
{
	struct list_change l = { 0 };
	struct vl_change c = list_change(&l, 0, FILE_SIZE);
	struct vl_medium m;

	list_add(&l, 100, "abc", 3);
	list_add(&l, 200, NULL, 3);
	cr_assert_eq(vl_medium_memory(0, &m, NULL), 0);
	cr_assert_eq(vl_change_write(&c, &m, NULL), 0);
	cr_assert_eq(vl_medium_write(&m, 99, "x", 1, NULL), 0);
	cr_assert_eq(vl_medium_write(&m, 103, "x", 1, NULL), 0);
	cr_assert_eq(vl_medium_write(&m, 203, "x", 1, NULL), 0);
	cr_expect_eq(vl_change_verify(&c, &m, NULL), 0);
	cr_assert_eq(vl_medium_resize(&m, FILE_SIZE - 1, NULL), 0);
	cr_expect_eq(vl_change_verify(&c, &m, NULL), VHDXLOG_E_IO);
	vl_medium_close(&m);
	list_release(&l);
}

/* In stretches of any length, with gaps between, or in one. */
Test(change, laid_is_the_same_as_written)
{
	struct rng r = rng_seed(3);

	for (unsigned i = 0; i < rounds(400); i++) {
		struct made d = make(&r);
		struct vl_change_reader reader = { .change = &d.change };
		uint64_t max = 1 + rng_below(&r, 60000), at = 0;

		d.change = list_change(&d.list, d.old_size, d.new_size);
		cr_assert_eq(vl_change_rewind(&d.change, NULL), 0);
		if (d.old_size > d.new_size)
			memset(d.before + d.new_size, 0, d.room - d.new_size);
		while (at < d.new_size) {
			size_t len = vl_min64(1 + rng_below(&r, max),
					      d.new_size - at);

			if (rng_chance(&r, 20)) {
				at += len;
				continue;
			}
			cr_assert_eq(vl_change_lay(&reader, at, d.before + at,
						   len, NULL),
				     0);
			cr_expect(memcmp(d.before + at, d.after + at, len) ==
				  0);
			at += len;
		}
		unmake(&d);
	}
}

/* ------------------------------------------------------- many zeroes, by holes */

/* A file that counts what is read and written of it. */
struct counted {
	struct vl_medium file; /* owned */
	uint64_t read, written;
};

static int counted_read(void *ctx, uint64_t off, void *buf, size_t len,
			struct vhdxlog_error *err)
{
	struct counted *c = ctx;

	c->read += len;
	return vl_medium_read(&c->file, off, buf, len, err);
}

static int counted_write(void *ctx, uint64_t off, const void *buf, size_t len,
			 struct vhdxlog_error *err)
{
	struct counted *c = ctx;

	c->written += len;
	return vl_medium_write(&c->file, off, buf, len, err);
}

static int counted_zero(void *ctx, uint64_t off, uint64_t len,
			struct vhdxlog_error *err)
{
	struct counted *c = ctx;

	return c->file.ops->zero(c->file.ctx, off, len, err);
}

static bool counted_data(void *ctx, uint64_t off, uint64_t end, uint64_t *from,
			 uint64_t *to)
{
	struct counted *c = ctx;

	return vl_medium_next_data(&c->file, off, end, from, to);
}

static int counted_size(void *ctx, uint64_t *size, struct vhdxlog_error *err)
{
	struct counted *c = ctx;

	return vl_medium_size(&c->file, size, err);
}

static int counted_resize(void *ctx, uint64_t size, struct vhdxlog_error *err)
{
	struct counted *c = ctx;

	return vl_medium_resize(&c->file, size, err);
}

static int counted_flush(void *ctx, struct vhdxlog_error *err)
{
	struct counted *c = ctx;

	return vl_medium_flush(&c->file, err);
}

static void counted_close(void *ctx)
{
	struct counted *c = ctx;

	vl_medium_close(&c->file);
}

static struct vl_medium counted_open(struct counted *c, int fd)
{
	static const struct vl_medium_ops ops = {
		.read = counted_read,
		.write = counted_write,
		.zero = counted_zero,
		.next_data = counted_data,
		.size = counted_size,
		.resize = counted_resize,
		.flush = counted_flush,
		.close = counted_close,
	};

	*c = (struct counted){ 0 };
	cr_assert_eq(vl_medium_fd(fd, &c->file, NULL), 0);
	return (struct vl_medium){ &ops, c };
}

/* A file of many TiB in memory; without holes, no machine holds it. */
Test(change, many_tib_of_zeroes_cost_what_there_was)
{
	const uint64_t size = 60 * VL_TIB, data = 2 * VL_MIB;
	int fd = memfd_create("change", MFD_CLOEXEC);
	static uint8_t bytes[2 * VL_MIB];
	struct list_change l = { 0 };
	struct vl_change c = list_change(&l, size, size);
	struct vhdxlog_error err = { 0 };
	struct counted n;
	struct vl_medium m;
	struct stat st;

	cr_assert_geq(fd, 0);
	memset(bytes, 0xaa, sizeof(bytes));
	cr_assert_eq(ftruncate(fd, (off_t)size), 0);
	cr_assert_eq(pwrite(fd, bytes, data, 7 * VL_TIB), (ssize_t)data);
	list_add(&l, VL_MIB, NULL, size - VL_MIB);
	m = counted_open(&n, fd);
	cr_assert_eq(vl_change_write(&c, &m, NULL), 0);
	cr_assert_eq(vl_change_verify(&c, &m, NULL), 0);
	cr_expect_eq(n.written, 0u);
	cr_expect_eq(n.read, 0u);
	cr_assert_eq(fstat(fd, &st), 0);
	cr_expect_eq(st.st_blocks, 0, "what there was is a hole");
	/* What lies in no hole is still looked at. */
	cr_assert_eq(vl_medium_write(&m, 9 * VL_TIB + 5, "x", 1, NULL), 0);
	cr_expect_eq(vl_change_verify(&c, &m, &err), VHDXLOG_E_IO);
	cr_expect_eq(err.offset, 9 * VL_TIB + 5);
	vl_medium_close(&m);
	list_release(&l);
}

static void expect_zeroes(const struct vl_medium *m)
{
	uint8_t got[300];
	uint64_t size;

	memset(got, 0xaa, sizeof(got));
	cr_assert_eq(vl_medium_write(m, 0, got, 200, NULL), 0);
	cr_assert_eq(vl_medium_write_zeroes(m, 50, 0, NULL), 0);
	cr_assert_eq(vl_medium_write_zeroes(m, 100, 20, NULL), 0);
	cr_assert_eq(vl_medium_size(m, &size, NULL), 0);
	cr_expect_eq(size, 200u);
	cr_assert_eq(vl_medium_write_zeroes(m, 180, 120, NULL), 0);
	cr_assert_eq(vl_medium_size(m, &size, NULL), 0);
	cr_assert_eq(size, 300u, "it grew");
	cr_assert_eq(vl_medium_read(m, 0, got, size, NULL), 0);
	for (unsigned i = 0; i < 300; i++)
		cr_expect_eq(got[i],
			     (i >= 100 && i < 120) || i >= 180 ? 0 : 0xaa);
	cr_expect_lt(vl_medium_write_zeroes(m, UINT64_MAX - 1, 3, NULL), 0);
}

Test(medium, zeroes_are_written_on_every_kind_alike)
{
	struct vl_medium m;
	struct trace t;

	cr_assert_eq(vl_medium_memory(0, &m, NULL), 0);
	expect_zeroes(&m);
	vl_medium_close(&m);
	cr_assert_eq(vl_medium_fd(scratch(), &m, NULL), 0);
	expect_zeroes(&m);
	vl_medium_close(&m);
	trace_open(&t, 0, &m); /* one that has no way of its own */
	expect_zeroes(&m);
	trace_close(&t);
}
