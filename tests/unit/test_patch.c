/* SPDX-License-Identifier: MIT */
/*
 * Patches: what is written down of a change, what is made of it again, and what
 * that costs.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "patch_case.h"

#define UNIT 512u /* of what differs */

/* -------------------------------------------------------------- round trips */

/* Stretches of zeroes, of random bytes and of bytes that are mostly zero. */
static void fill_some(struct rng *r, uint8_t *bytes, size_t len)
{
	while (len) {
		size_t n = vl_min64(len, 1 + rng_below(r, 20000));

		memset(bytes, 0, n);
		if (rng_chance(r, 50))
			rng_fill(r, bytes, n);
		else if (rng_chance(r, 50))
			bytes[rng_below(r, n)] = 1;
		bytes += n;
		len -= n;
	}
}

/* What is written is often what was there, or differs in a byte or two. */
static void add_some(struct made *m, struct rng *r, const struct file *old,
		     uint64_t off, uint64_t len)
{
	uint8_t *bytes = calloc(1, len);

	if (off < old->bytes.len)
		memcpy(bytes, old->bytes.at + off,
		       vl_min64(len, old->bytes.len - off));
	switch (rng_below(r, 4)) {
	case 0:
		break;
	case 1:
		bytes[rng_below(r, len)] ^= 1;
		break;
	case 2:
		fill_some(r, bytes, len);
		break;
	default:
		made_add(m, off, len, NULL, VHDXLOG_NO_SECTOR);
		free(bytes);
		return;
	}
	made_add(m, off, len, bytes, (uint32_t)rng_below(r, 1000));
	free(bytes);
}

static uint64_t some_size(struct rng *r)
{
	static const uint64_t sizes[] = {
		0, 1, 511, 512, 65536, 65537, 131072
	};

	return rng_chance(r, 30) ? sizes[rng_below(r, 7)] :
				   rng_below(r, 300000);
}

/* A random file and a random change of it. */
static struct file some_change(struct rng *r, struct made *m)
{
	struct file old = zero_file(some_size(r));
	uint64_t new_size = rng_chance(r, 30) ? old.bytes.len : some_size(r);
	uint64_t at = 0;

	fill_some(r, old.bytes.at, old.bytes.len);
	made_open(m, old.bytes.len, new_size);
	while (m->count < MAX_PIECES && at < new_size && !rng_chance(r, 10)) {
		uint64_t off = at + rng_below(r, 30000);
		uint64_t len =
			1 + rng_below(r, rng_chance(r, 50) ? 600 : 150000);

		if (rng_chance(r, 50))
			off = at;
		if (off >= new_size)
			break;
		len = vl_min64(len, new_size - off);
		add_some(m, r, &old, off, len);
		at = off + len;
	}
	return old;
}

/* Rule: applying a patch is making the change, taking it back undoes that. */
Test(patch, apply_makes_the_change_and_unapply_takes_it_back)
{
	struct rng r = rng_seed(1);

	for (unsigned i = 0; i < rounds(400); i++) {
		struct vl_patch_tally tally;
		struct made m;
		struct file old = some_change(&r, &m);
		struct file want = change_result(&old, &m.change);
		struct buffer patch = write_patch(&m.change, &old, &tally);
		struct file got = patched(&old, &patch, false);
		struct file back = patched(&got, &patch, true);

		cr_assert(same_file(&want, &got), "round %u", i);
		cr_assert(same_file(&old, &back), "round %u", i);
		file_free(&old);
		file_free(&want);
		file_free(&got);
		file_free(&back);
		buffer_free(&patch);
		made_close(&m);
	}
}

static uint8_t byte_at(const struct file *f, uint64_t off)
{
	return off < f->bytes.len ? f->bytes.at[off] : 0;
}

/* Whether [from, to) differs, beyond the end as if it were zero. */
static uint64_t differing(const struct file *a, const struct file *b,
			  uint64_t from, uint64_t to)
{
	uint64_t n = 0;

	for (; from < to; from++)
		n += byte_at(a, from) != byte_at(b, from);
	return n;
}

/* Every unit of every piece that is given out differs. */
static uint64_t check_smallest(const struct vl_change *c,
			       const struct file *old, const struct file *new)
{
	struct vl_piece p;
	uint64_t count = 0;

	cr_assert_eq(vl_change_rewind(c, NULL), 0);
	while (vl_change_next(c, &p, NULL) == 0) {
		uint64_t at = p.offset, end = p.offset + p.length;

		cr_assert_leq(p.length, LONGEST);
		while (at < end) {
			uint64_t to = vl_min64(end, at - at % UNIT + UNIT);

			cr_assert(
				differing(old, new, at, to),
				"a piece at %ju holds a unit that is the same",
				(uintmax_t)p.offset);
			at = to;
		}
		count++;
	}
	return count;
}

/* Rule: only what differs is in a patch, to a unit; the tally counts bytes. */
Test(patch, holds_nothing_that_is_the_same)
{
	struct rng r = rng_seed(2);

	for (unsigned i = 0; i < rounds(200); i++) {
		struct vl_patch_tally tally;
		struct made m;
		struct file old = some_change(&r, &m);
		struct file new = change_result(&old, &m.change);
		struct buffer patch = write_patch(&m.change, &old, &tally);
		struct opened there =
			open_patch(patch.at, patch.len, false, &old);
		struct opened back =
			open_patch(patch.at, patch.len, true, &new);

		cr_assert_eq(there.rc, 0);
		cr_assert_leq(check_smallest(&there.change, &old, &new),
			      tally.pieces);
		check_smallest(&back.change, &old, &new);
		cr_assert_eq(tally.bytes,
			     differing(&old, &new, 0,
				       vl_max64(old.bytes.len, new.bytes.len)));
		cr_assert_eq(there.tally.pieces, tally.pieces);
		cr_assert_eq(there.tally.bytes, tally.bytes);
		cr_assert_eq(back.tally.bytes, tally.bytes);
		close_patch(&there);
		close_patch(&back);
		file_free(&old);
		file_free(&new);
		buffer_free(&patch);
		made_close(&m);
	}
}

/* Rule: the same change gives the same text. */
Test(patch, is_the_same_each_time)
{
	struct rng r = rng_seed(3);

	for (unsigned i = 0; i < rounds(50); i++) {
		struct vl_patch_tally tally;
		struct made m;
		struct file old = some_change(&r, &m);
		struct buffer a = write_patch(&m.change, &old, &tally);
		struct buffer b = write_patch(&m.change, &old, &tally);

		cr_assert(a.len == b.len && !memcmp(a.at, b.at, a.len));
		buffer_free(&a);
		buffer_free(&b);
		file_free(&old);
		made_close(&m);
	}
}

/* --------------------------------------------------------------- the format */

/* Rule: keys, their order and their types are the schema's. */
Test(patch, text_is_that_of_the_schema)
{
	static const char want[] =
		"{\"schema\":\"vhdxlog.patch/1\",\"type\":\"patch\","
		"\"made_by\":\"a test\",\"mode\":\"replay\","
		"\"sequence\":\"S5-7\",\"policy\":null,"
		"\"size_before\":\"2000\",\"size_after\":\"1500\",\"sha256\":"
		"{\"headers\":null,\"region_tables\":null,\"log\":null,"
		"\"metadata\":null,\"bat\":null}}\n"
		"{\"type\":\"piece\",\"offset\":\"0\",\"length\":4,"
		"\"entry\":\"E5\",\"old_sha256\":\"%s\",\"new_sha256\":\"%s\","
		"\"old\":\"00ab\",\"new\":\"0102\"}\n";
	char before[65], after[65], text[1024];
	struct file old, new;
	struct buffer patch = small_patch(&old, &new);
	const char *last;

	vl_sha256("\0\xab\0", 4, before);
	vl_sha256("\1\2\0", 4, after);
	snprintf(text, sizeof(text), want, before, after);
	cr_assert_gt(patch.len, strlen(text));
	cr_expect_eq(memcmp(patch.at, text, strlen(text)), 0, "%.*s",
		     (int)patch.len, (char *)patch.at);
	cr_expect(strstr((char *)patch.at,
			 "\"offset\":\"1536\",\"length\":464,\"entry\":null"));
	cr_expect(strstr((char *)patch.at, "\"new_sha256\":null,"
					   "\"old\":\"00cd\",\"new\":null}\n"));
	last = strstr((char *)patch.at, "{\"type\":\"end\"");
	cr_assert(last);
	vl_sha256(patch.at, (size_t)(last - (char *)patch.at), before);
	snprintf(text, sizeof(text),
		 "{\"type\":\"end\",\"pieces\":3,\"sha256\":\"%s\"}\n", before);
	cr_expect_str_eq(last, text);
	file_free(&old);
	file_free(&new);
	buffer_free(&patch);
}

/* --------------------------------------------------------------------- cost */

#define EIB (UINT64_C(1) << 60)
#define GIB (UINT64_C(1) << 30)

/* Rule: growth and zeroes beyond the old end cost nothing, however long. */
Test(patch, an_exbibyte_of_zeroes_costs_nothing)
{
	struct file old = zero_file(4096);
	struct vl_patch_tally tally;
	struct buffer patch;
	struct made m;
	struct opened o;

	old.bytes.at[4095] = 1;
	made_open(&m, 4096, 7 * EIB);
	made_add(&m, 4000, EIB, NULL, 3);
	patch = write_patch(&m.change, &old, &tally);
	cr_expect_eq(tally.pieces, 1u);
	cr_expect_eq(tally.bytes, 1u);
	cr_expect_leq(old.reads, 1u);
	o = open_patch(patch.at, patch.len, false, &old);
	cr_expect_eq(o.rc, 0, "%s", o.fault.text);
	cr_expect_eq(o.change.new_size, 7 * EIB);
	close_patch(&o);
	buffer_free(&patch);
	file_free(&old);
	made_close(&m);
}

/* Rule: what is zero already is read once, in stretches, and not written. */
Test(patch, zeroes_over_a_sparse_file_are_read_in_stretches)
{
	struct file old = zero_file(4096);
	struct vl_patch_tally tally;
	struct buffer patch;
	struct made m;

	memset(old.bytes.at, 1, 4096);
	old.view.size = GIB;
	made_open(&m, GIB, GIB / 2);
	made_add(&m, 2048, GIB / 4, NULL, 3);
	patch = write_patch(&m.change, &old, &tally);
	cr_expect_eq(tally.pieces, 1u);
	cr_expect_eq(tally.bytes, 2048u);
	cr_expect_leq(old.longest, LONGEST);
	cr_expect_leq(old.reads, (GIB / 4 + GIB / 2) / LONGEST + 2);
	buffer_free(&patch);
	file_free(&old);
	made_close(&m);
}

/* Rule: of a patch one line is in memory, however long it is. */
Test(patch, memory_does_not_grow_with_the_patch)
{
	static const size_t size = 16 << 20;
	const char *checker = getenv("VHDXLOG_CHECKER");
	struct file old = zero_file(size);
	struct vl_patch_tally tally;
	struct rusage before, after;
	struct buffer patch;
	struct made m;
	struct opened o;

	made_open(&m, size, size);
	memset(old.bytes.at, 7, size);
	made_add(&m, 0, size, NULL, 3);
	patch = write_patch(&m.change, &old, &tally);
	cr_assert_gt(patch.len, 2 * size);
	o.rc = memory_file(patch.at, patch.len);
	getrusage(RUSAGE_SELF, &before);
	cr_expect_eq(vl_patch_open(o.rc, false, &old.view, &o.change, &o.tally,
				   &o.fault, NULL),
		     0);
	getrusage(RUSAGE_SELF, &after);
	cr_expect_eq(o.tally.bytes, size);
	if (!checker || !*checker)
		cr_expect_leq(after.ru_maxrss - before.ru_maxrss, 4096, "KiB");
	close_patch(&o);
	buffer_free(&patch);
	file_free(&old);
	made_close(&m);
}

/* Rule: where nothing can be written, little is read. */
Test(patch, writing_stops_where_the_stream_fails)
{
	struct file old = zero_file(MAX_PIECES * LONGEST);
	FILE *out = fopen("/dev/full", "we");
	struct vl_patch_tally tally;
	uint8_t *bytes = malloc(LONGEST);
	struct made m;

	cr_assert(out);
	memset(bytes, 1, LONGEST);
	made_open(&m, old.bytes.len, old.bytes.len);
	for (unsigned i = 0; i < MAX_PIECES; i++)
		made_add(&m, i * LONGEST, LONGEST, bytes, i);
	cr_expect_eq(vl_patch_write(out, &m.change, &old.view, &patch_about,
				    &tally, NULL),
		     VHDXLOG_E_IO);
	cr_expect_eq(m.given, 1u);
	fclose(out);
	made_close(&m);
	free(bytes);
	file_free(&old);
}

/* Rule: pieces out of order, or beyond the new end, are never written down. */
Test(patch, a_change_that_is_not_in_order_is_misuse)
{
	struct file old = zero_file(4096);
	struct vl_patch_tally tally;
	FILE *out = tmpfile();
	struct made m;

	cr_assert(out);
	made_open(&m, 4096, 4096);
	made_add(&m, 512, 3, "abc", 1);
	made_add(&m, 514, 3, "abc", 1);
	cr_expect_eq(vl_patch_write(out, &m.change, &old.view, &patch_about,
				    &tally, NULL),
		     VHDXLOG_E_MISUSE);
	made_close(&m);
	made_open(&m, 4096, 4096);
	made_add(&m, 4094, 3, "abc", 1);
	cr_expect_eq(vl_patch_write(out, &m.change, &old.view, &patch_about,
				    &tally, NULL),
		     VHDXLOG_E_MISUSE);
	made_close(&m);
	made_open(&m, 4095, 4096);
	cr_expect_eq(vl_patch_write(out, &m.change, &old.view, &patch_about,
				    &tally, NULL),
		     VHDXLOG_E_MISUSE, "a change of another file");
	fclose(out);
	file_free(&old);
}
