/* SPDX-License-Identifier: MIT */
/*
 * A crash at any moment of a session: the image that is left has an empty log
 * or one with a valid sequence, and with it replayed it holds every write that
 * had returned, and of the one under way all or nothing.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "corpus/image.h"
#include "vhdxlog.h"
#include "write/writer.h"
#include "write_trace.h"

/* A region that means nothing to anyone, for the session to write to. */
#define TARGET	      (4 * VL_MIB)
#define TARGET_LENGTH (128 * VL_KIB)
#define WRITES	      60u

struct crash_case {
	struct vl_medium before; /* the image as the session finds it */
	struct trace trace;
	struct vl_medium medium;
	/* The target after each write, and the step at which it returned. */
	uint8_t (*target)[TARGET_LENGTH];
	size_t returned[WRITES + 1];
};

static void build_image(const struct vl_medium *m)
{
	struct recipe r;

	recipe_parse("{\"about\": \"\", \"image\": {\"regions\": "
		     "[{\"guid\": \"extra\"}]}}",
		     "by test", &r);
	corpus_build(&r, m);
	recipe_release(&r);
}

static void run_session(struct crash_case *c)
{
	static uint8_t bytes[9000];
	struct vl_log_writer w;

	cr_assert_eq(vl_writer_open(&w, &c->medium, NULL), 0);
	cr_assert_eq(vl_writer_start(&w, NULL, NULL), 0);
	c->returned[0] = c->trace.count;
	for (unsigned i = 1; i <= WRITES; i++) {
		uint64_t len = (uint64_t)rand() % sizeof(bytes);
		uint64_t off = (uint64_t)rand() % (TARGET_LENGTH - len);

		memset(bytes, rand(), len);
		memcpy(c->target[i], c->target[i - 1], TARGET_LENGTH);
		memcpy(c->target[i] + off, bytes, len);
		cr_assert_eq(
			vl_writer_write(&w, bytes, TARGET + off, len, NULL), 0);
		c->returned[i] = c->trace.count;
		if (rand() % 16 == 0)
			cr_assert_eq(vl_writer_apply(&w, NULL), 0);
	}
	cr_assert_eq(vl_writer_clear(&w, NULL), 0);
	vl_writer_release(&w);
}

static void open_case(struct crash_case *c)
{
	uint64_t size;

	cr_assert_eq(vl_medium_memory(0, &c->before, NULL), 0);
	build_image(&c->before);
	vl_medium_bytes(&c->before, &size);
	trace_open(&c->trace, size, &c->medium);
	memcpy(vl_medium_bytes(&c->trace.memory, NULL),
	       vl_medium_bytes(&c->before, NULL), size);
	c->target = calloc(WRITES + 1, sizeof(*c->target));
	srand(3);
	run_session(c);
}

static void close_case(struct crash_case *c)
{
	free(c->target);
	vl_medium_close(&c->before);
	trace_close(&c->trace);
}

static void apply_entry(struct vhdxlog_scan *scan, size_t entry, uint8_t *image)
{
	struct vhdxlog_descriptors *it;
	struct vhdxlog_descriptor d;

	cr_assert_eq(vhdxlog_descriptors_open(scan, entry, &it, NULL), 0);
	while (vhdxlog_descriptors_next(it, &d, NULL) == 0)
		cr_assert_eq(vhdxlog_descriptor_page(
				     scan, &d, image + d.file_offset, NULL),
			     0);
	vhdxlog_descriptors_close(it);
}

/* What the active sequence writes, over a copy of the image. */
static void replay(struct vhdxlog_scan *scan, uint8_t *image)
{
	struct vhdxlog_sequence s;
	size_t entry;

	for (size_t i = 0; i < vhdxlog_sequence_count(scan); i++) {
		cr_assert_eq(vhdxlog_sequence_at(scan, i, &s, NULL), 0);
		if (!s.active)
			continue;
		entry = vhdxlog_entry_find(scan, s.id.first);
		for (uint64_t n = 0; n < s.entries; n++) {
			apply_entry(scan, entry, image);
			entry = vhdxlog_entry_next(scan, entry);
		}
	}
}

static bool is_replayable(enum vhdxlog_state state)
{
	return state == VHDXLOG_CLEAN || state == VHDXLOG_DIRTY ||
	       state == VHDXLOG_DIRTY_NOOP || state == VHDXLOG_DIRTY_AMBIGUOUS;
}

/* The image after the crash, replayed; step says when, for messages. */
static void examine(const struct vl_medium *m, size_t step, uint8_t *target)
{
	struct vhdxlog_options options = VHDXLOG_OPTIONS_INIT;
	struct vhdxlog_source *source;
	struct vhdxlog_scan *scan;
	uint64_t size;
	uint8_t *copy, *bytes = vl_medium_bytes(m, &size);

	options.hash_structures = false;
	cr_assert_eq(vhdxlog_source_memory(bytes, size, &source, NULL), 0);
	cr_assert_eq(vhdxlog_scan(source, &options, &scan, NULL), 0);
	cr_assert(is_replayable(vhdxlog_verdict(scan)->state),
		  "step %zu leaves state %s", step,
		  vhdxlog_state_name(vhdxlog_verdict(scan)->state));
	copy = malloc(size);
	memcpy(copy, bytes, size);
	replay(scan, copy);
	memcpy(target, copy + TARGET, TARGET_LENGTH);
	free(copy);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
}

/* Everything that had returned at this step, and at most one write more. */
static void expect_kept(const struct crash_case *c, size_t step,
			const struct vl_medium *m)
{
	static uint8_t target[TARGET_LENGTH];
	unsigned kept = 0;

	examine(m, step, target);
	while (kept < WRITES && c->returned[kept + 1] <= step)
		kept++;
	if (memcmp(target, c->target[kept], TARGET_LENGTH) == 0)
		return;
	cr_assert_lt(kept, WRITES, "step %zu", step);
	cr_assert_arr_eq(target, c->target[kept + 1], TARGET_LENGTH,
			 "crash at step %zu", step);
}

static void copy_medium(const struct vl_medium *from, struct vl_medium *to)
{
	uint64_t size;
	const uint8_t *bytes = vl_medium_bytes(from, &size);

	cr_assert_eq(vl_medium_memory(size, to, NULL), 0);
	memcpy(vl_medium_bytes(to, NULL), bytes, size);
}

Test(write_crash, between_any_two_writes)
{
	struct crash_case c;
	struct vl_medium m;

	open_case(&c);
	copy_medium(&c.before, &m);
	for (size_t i = 0; i < c.trace.count; i++) {
		if (!c.trace.steps[i].flush)
			expect_kept(&c, i, &m);
		trace_redo(&c.trace, i, &m);
	}
	expect_kept(&c, c.trace.count, &m);
	vl_medium_close(&m);
	close_case(&c);
}

/* The first half of a write reaches the disk, or the second. */
static void tear(const struct trace_step *s, bool second,
		 const struct vl_medium *m)
{
	uint64_t half = s->len / 2;
	uint64_t from = second ? half : 0;

	cr_assert_eq(
		vl_medium_write(m, s->off + from, s->bytes + from, half, NULL),
		0);
}

Test(write_crash, in_the_middle_of_any_write)
{
	struct vl_medium m, torn;
	struct crash_case c;

	open_case(&c);
	copy_medium(&c.before, &m);
	for (size_t i = 0; i < c.trace.count; i++) {
		for (int second = 0; second < 2 && c.trace.steps[i].bytes;
		     second++) {
			copy_medium(&m, &torn);
			tear(&c.trace.steps[i], second, &torn);
			expect_kept(&c, i, &torn);
			vl_medium_close(&torn);
		}
		trace_redo(&c.trace, i, &m);
	}
	vl_medium_close(&m);
	close_case(&c);
}

/* Writes between two flushes may reach the disk in any order. */
Test(write_crash, with_a_write_that_overtook_those_before_it)
{
	struct vl_medium m, other;
	struct crash_case c;

	open_case(&c);
	copy_medium(&c.before, &m);
	for (size_t i = 0; i < c.trace.count; i++) {
		copy_medium(&m, &other);
		for (size_t j = i + 1;
		     j < c.trace.count && !c.trace.steps[j].flush; j++)
			trace_redo(&c.trace, j, &other);
		if (!c.trace.steps[i].flush)
			expect_kept(&c, i, &other);
		vl_medium_close(&other);
		trace_redo(&c.trace, i, &m);
	}
	vl_medium_close(&m);
	close_case(&c);
}
