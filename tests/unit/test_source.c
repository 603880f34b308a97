/* SPDX-License-Identifier: MIT */
/*
 * Evidence that cannot be read as it should: what can be is examined all the
 * same, and nothing that was not read is spoken of as if it had been.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bases.h"
#include "faulty.h"
#include "ondisk/layout.h"
#include "walk.h"

static struct base base;
static struct faulty faulty;

static void begin(void)
{
	base_make(&base, BASE_DYNAMIC);
	faulty_init(&faulty, &base.image);
}

static void end(void)
{
	base_free(&base);
}

static enum vhdxlog_sector_kind kind_at(const struct vhdxlog_scan *scan,
					uint32_t sector)
{
	struct vhdxlog_map_run run;
	uint32_t cursor = 0;

	while (vhdxlog_map_next(scan, &cursor, &run)) {
		if (sector - run.first < run.count)
			return run.kind;
	}
	cr_assert_fail("no sector %u", sector);
	return VHDXLOG_SECTOR_FOREIGN;
}

static enum vhdxlog_soundness verdict_at(struct vhdxlog_scan *scan,
					 uint32_t sector)
{
	struct vhdxlog_entry e;

	cr_assert_eq(vhdxlog_entry_at(scan, vhdxlog_entry_find(scan, sector),
				      &e, NULL), 0);
	return e.verdict;
}

static uint64_t log_sector_at(uint32_t sector)
{
	return base.log_offset + (uint64_t)sector * VL_SECTOR;
}

/* --------------------------------------------------------- holes in the log */

Test(source, a_sector_that_cannot_be_read_costs_its_entry_only,
     .init = begin, .fini = end)
{
	struct scanned s;

	faulty_add(&faulty, log_sector_at(4), 1); /* data of E3 */
	s = faulty_scan(&faulty, NULL);
	cr_expect_eq(vhdxlog_entry_count(s.scan), base.entry_count);
	cr_expect_eq(verdict_at(s.scan, 0), VHDXLOG_VALID);
	cr_expect_eq(verdict_at(s.scan, 1), VHDXLOG_VALID);
	cr_expect_eq(verdict_at(s.scan, 3), VHDXLOG_INVALID);
	cr_expect_eq(verdict_at(s.scan, 12), VHDXLOG_STALE);
	cr_expect_eq(verdict_at(s.scan, 14), VHDXLOG_VALID);
	cr_expect_eq(status_of(s.scan, "entry-checksum-bad", 2),
		     VHDXLOG_BLOCKED, "a checksum that cannot be known");
	for (uint32_t i = 0; i < 256; i++)
		cr_expect_eq(kind_at(s.scan, i) == VHDXLOG_SECTOR_UNREADABLE,
			     i == 4, "sector %u", i);
	cr_expect(has_finding(s.scan, "log-sector-unreadable"));
	cr_expect(vhdxlog_verdict(s.scan)->needs_decision);
	walk_everything(s.scan, WALK_FAULTY);
	scan_release(&s);
}

Test(source, the_header_of_an_entry_that_cannot_be_read_is_no_entry,
     .init = begin, .fini = end)
{
	struct scanned s;

	faulty_add(&faulty, log_sector_at(1) + 4095, 1);
	s = faulty_scan(&faulty, NULL);
	cr_expect_eq(vhdxlog_entry_count(s.scan), base.entry_count - 1);
	cr_expect_eq(vhdxlog_entry_find(s.scan, 1), SIZE_MAX);
	cr_expect_eq(kind_at(s.scan, 1), VHDXLOG_SECTOR_UNREADABLE);
	cr_expect_eq(kind_at(s.scan, 2), VHDXLOG_SECTOR_DATA);
	cr_expect_eq(vhdxlog_orphan_count(s.scan), 1u, "its data sector");
	walk_everything(s.scan, WALK_FAULTY);
	scan_release(&s);
}

Test(source, a_stretch_of_the_log_that_cannot_be_read_is_a_hole_of_its_length,
     .init = begin, .fini = end)
{
	struct vhdxlog_map_run run;
	uint32_t cursor = 100;
	struct scanned s;

	faulty_add(&faulty, log_sector_at(100), 50 * VL_SECTOR);
	s = faulty_scan(&faulty, NULL);
	cr_expect_eq(vhdxlog_verdict(s.scan)->state, VHDXLOG_DIRTY,
		     "nothing was there");
	cr_assert(vhdxlog_map_next(s.scan, &cursor, &run));
	cr_expect_eq(run.kind, VHDXLOG_SECTOR_UNREADABLE);
	cr_expect_eq(run.count, 50u);
	cr_expect_eq(kind_at(s.scan, 99), VHDXLOG_SECTOR_ZERO);
	cr_expect_eq(kind_at(s.scan, 150), VHDXLOG_SECTOR_ZERO);
	walk_everything(s.scan, WALK_FAULTY);
	scan_release(&s);
}

Test(source, a_log_that_cannot_be_read_at_all_is_all_hole, .init = begin,
     .fini = end)
{
	struct scanned s;

	faulty_add(&faulty, base.log_offset, base.log_length);
	s = faulty_scan(&faulty, NULL);
	cr_expect_eq(vhdxlog_entry_count(s.scan), 0u);
	cr_expect_eq(kind_at(s.scan, 0), VHDXLOG_SECTOR_UNREADABLE);
	cr_expect_eq(kind_at(s.scan, 255), VHDXLOG_SECTOR_UNREADABLE);
	cr_expect(has_finding(s.scan, "log-sector-unreadable"));
	cr_expect_neq(vhdxlog_verdict(s.scan)->state, VHDXLOG_CLEAN);
	cr_expect_str_eq(vhdxlog_hashes(s.scan)->log, "",
			 "no digest of bytes that were not read");
	walk_everything(s.scan, WALK_FAULTY);
	scan_release(&s);
}

/* ------------------------------------------------------ holes in structures */

/* A structure that cannot be read, and what the scan makes of the image. */
static const struct {
	const char *name;
	uint64_t from, len;
	enum vhdxlog_state state;
	const char *check; /* that must not be judged as failed, or NULL */
	size_t which;
} structures[] = {
	{ "identifier", 0, 512, VHDXLOG_DIRTY, "ident-signature-bad", 0 },
	{ "header 1", 0x10000, 1, VHDXLOG_DIRTY, "header-signature-bad", 1 },
	{ "header 2", 0x20000, 1, VHDXLOG_DIRTY, "header-signature-bad", 2 },
	{ "both headers", 0x10000, 0x20000, VHDXLOG_UNREADABLE,
	  "header-signature-bad", 1 },
	{ "slack of header 1", 0x18000, 1, VHDXLOG_DIRTY,
	  "header-slot-slack-nonzero", 1 },
	{ "region table 1", 0x30000, 1, VHDXLOG_DIRTY, "region-signature-bad",
	  1 },
	{ "region table 2", 0x4ffff, 1, VHDXLOG_DIRTY, "region-signature-bad",
	  2 },
	{ "both region tables", 0x30000, 0x20000, VHDXLOG_UNREADABLE,
	  "region-signature-bad", 1 },
	{ "reserved area", 0x80000, 1, VHDXLOG_DIRTY,
	  "header-reserved-area-nonzero", 0 },
	{ "metadata table", 0x300000, 1, VHDXLOG_UNREADABLE,
	  "metadata-signature-bad", 0 },
	{ "metadata items", 0x310000, 1, VHDXLOG_UNREADABLE,
	  "metadata-block-size-invalid", 0 },
	{ "BAT", 0x201000, 1, VHDXLOG_DIRTY, "bat-trailing-entry-nonzero",
	  0 },
};

#define STRUCTURES (sizeof(structures) / sizeof(*structures))

ParameterizedTestParameters(source, a_structure_that_cannot_be_read)
{
	static size_t i[STRUCTURES];

	for (size_t k = 0; k < STRUCTURES; k++)
		i[k] = k;
	return cr_make_param_array(size_t, i, STRUCTURES);
}

ParameterizedTest(size_t *i, source, a_structure_that_cannot_be_read,
		  .init = begin, .fini = end)
{
	enum vhdxlog_state state;
	struct scanned s;

	faulty_add(&faulty, structures[*i].from, structures[*i].len);
	s = faulty_scan(&faulty, NULL);
	state = vhdxlog_verdict(s.scan)->state;
	cr_expect_eq(state, structures[*i].state, "%s: %s", structures[*i].name,
		     vhdxlog_state_name(state));
	cr_expect(has_finding(s.scan, "image-structure-unreadable"), "%s",
		  structures[*i].name);
	cr_expect_neq(status_of(s.scan, structures[*i].check,
				structures[*i].which),
		      VHDXLOG_FAIL, "%s: %s of what was not read",
		      structures[*i].name, structures[*i].check);
	walk_everything(s.scan, WALK_FAULTY);
	scan_release(&s);
}

/* The page of the BAT that the log writes is not read from the disk. */
Test(source, a_bat_that_the_log_holds_need_not_be_readable, .init = begin,
     .fini = end)
{
	struct scanned s;

	faulty_add(&faulty, 0x200000, 4096);
	s = faulty_scan(&faulty, NULL);
	cr_expect(vhdxlog_image(s.scan)->bat.known);
	cr_expect_eq(vhdxlog_image(s.scan)->bat.present, 3u);
	walk_everything(s.scan, WALK_FAULTY);
	scan_release(&s);
}

Test(source, where_nothing_can_be_read_nothing_is_said, .init = begin,
     .fini = end)
{
	struct vhdxlog_source *source;
	struct vhdxlog_scan *scan;
	int rc;

	faulty_add(&faulty, 0, faulty.size);
	cr_assert_eq(faulty_open(&faulty, &source), 0);
	rc = vhdxlog_scan(source, NULL, &scan, NULL);
	if (rc == 0)
		cr_expect_eq(vhdxlog_verdict(scan)->state, VHDXLOG_UNREADABLE,
			     "%s",
			     vhdxlog_state_name(vhdxlog_verdict(scan)->state));
	else
		cr_expect_eq(rc, VHDXLOG_E_IO);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
}

/* ------------------------------------------------------------ other sources */

/* The same as from memory: state, entries, digest of the log. */
static void expect_all_there(const struct scanned *s)
{
	struct scanned plain =
		scan_memory(base.image.at, base.image.len, NULL);

	cr_expect_eq(vhdxlog_verdict(s->scan)->state, VHDXLOG_DIRTY);
	cr_expect_eq(vhdxlog_entry_tally(s->scan, VHDXLOG_VALID), 4u);
	cr_expect_eq(vhdxlog_finding_count(s->scan),
		     vhdxlog_finding_count(plain.scan));
	cr_expect_str_eq(vhdxlog_hashes(s->scan)->log,
			 vhdxlog_hashes(plain.scan)->log);
	cr_expect_str_eq(vhdxlog_selection_at(s->scan, 0)->result,
			 vhdxlog_selection_at(plain.scan, 0)->result);
	walk_everything(s->scan, WALK_ALL);
	scan_release(&plain);
}

Test(source, reads_that_give_less_than_asked_are_gone_on_with, .init = begin,
     .fini = end)
{
	static const uint64_t most[] = { 4095, 4096, 1000, 65537 };

	for (size_t i = 0; i < sizeof(most) / sizeof(*most); i++) {
		struct scanned s;

		faulty_init(&faulty, &base.image);
		faulty.most = most[i];
		s = faulty_scan(&faulty, NULL);
		expect_all_there(&s);
		scan_release(&s);
	}
}

Test(source, an_error_that_goes_away_when_tried_again_is_none, .init = begin,
     .fini = end)
{
	struct scanned s;

	faulty.every_second = true;
	s = faulty_scan(&faulty, NULL);
	expect_all_there(&s);
	scan_release(&s);
}

Test(source, an_image_that_becomes_shorter_is_unstable, .init = begin,
     .fini = end)
{
	for (uint64_t after = 1; after < 60; after++) {
		struct scanned s;

		faulty_init(&faulty, &base.image);
		faulty.shrinks_after = after;
		faulty.shrinks_to = 1 + after * 40000 % faulty.size;
		s = faulty_scan(&faulty, NULL);
		cr_expect_not(vhdxlog_verdict(s.scan)->unchanged);
		cr_expect(vhdxlog_verdict(s.scan)->needs_decision);
		walk_everything(s.scan, WALK_FAULTY);
		scan_release(&s);
	}
}

Test(source, an_image_that_is_written_meanwhile_is_unstable, .init = begin,
     .fini = end)
{
	struct scanned s;

	faulty.identity_changes = true;
	s = faulty_scan(&faulty, NULL);
	cr_expect_neq(vhdxlog_verdict(s.scan)->state, VHDXLOG_UNSTABLE);
	cr_expect_not(vhdxlog_verdict(s.scan)->unchanged);
	scan_release(&s);
	/* The same, and the log reads otherwise after its first pass. */
	faulty_init(&faulty, &base.image);
	faulty.identity_changes = true;
	faulty.flips_after = 40;
	s = faulty_scan(&faulty, NULL);
	cr_expect_eq(vhdxlog_verdict(s.scan)->state, VHDXLOG_UNSTABLE);
	scan_release(&s);
}

/* --no-hash saves the digests, not the second look; nor does a hole. */
Test(source, a_log_that_changes_is_seen_without_digests, .init = begin,
     .fini = end)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;

	o.hash_structures = false;
	for (unsigned hole = 0; hole < 2; hole++) {
		struct scanned s;

		faulty_init(&faulty, &base.image);
		faulty.identity_changes = true;
		faulty.flips_after = 40;
		if (hole)
			faulty_add(&faulty, base.log_offset + 200 * 4096, 1);
		s = faulty_scan(&faulty, &o);
		cr_expect_eq(vhdxlog_verdict(s.scan)->state, VHDXLOG_UNSTABLE);
		scan_release(&s);
		/* Holes alone are no change. */
		faulty.flips_after = 0;
		s = faulty_scan(&faulty, &o);
		cr_expect_neq(vhdxlog_verdict(s.scan)->state, VHDXLOG_UNSTABLE);
		scan_release(&s);
	}
}

/* A source that cannot tell whether it changed is read again in any case. */
Test(source, without_an_identity_the_log_is_looked_at_twice, .init = begin,
     .fini = end)
{
	struct scanned s;

	faulty.no_identity = true;
	s = faulty_scan(&faulty, NULL);
	cr_expect_neq(vhdxlog_verdict(s.scan)->state, VHDXLOG_UNSTABLE);
	cr_expect(vhdxlog_verdict(s.scan)->unchanged);
	scan_release(&s);
	faulty.flips_after = faulty.reads - 20;
	faulty.reads = 0;
	s = faulty_scan(&faulty, NULL);
	cr_expect_eq(vhdxlog_verdict(s.scan)->state, VHDXLOG_UNSTABLE);
	scan_release(&s);
}

static bool is_limited(struct vhdxlog_scan *scan, const char *word)
{
	const char *text;

	for (size_t i = 0; (text = vhdxlog_limitation(scan, i)); i++) {
		if (strstr(text, word))
			return true;
	}
	return false;
}

Test(source, a_digest_that_cannot_be_made_is_said_to_be_missing, .init = begin,
     .fini = end)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	struct scanned s;

	o.hash_image = VHDXLOG_HASH_SHA256;
	s = faulty_scan(&faulty, &o);
	cr_expect_not(is_limited(s.scan, "digest"));
	scan_release(&s);
	faulty_add(&faulty, faulty.size - 4096, 4096);
	s = faulty_scan(&faulty, &o);
	cr_expect(is_limited(s.scan, "digest"));
	cr_expect_str_empty(vhdxlog_hashes(s.scan)->image);
	scan_release(&s);
}

Test(source, what_cannot_be_searched_does_not_lose_the_report, .init = begin,
     .fini = end)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	struct scanned s;

	o.unreferenced = true;
	faulty_add(&faulty, faulty.size - 4096, 4096);
	s = faulty_scan(&faulty, &o);
	expect_all_there(&s);
	scan_release(&s);
}

/* What was read once, and then is not: whatever is asked for ends well. */
Test(source, errors_that_begin_at_any_moment_are_survived, .init = begin,
     .fini = end, .timeout = 300)
{
	unsigned n = rounds(300);

	for (uint64_t after = 0; after < n; after++) {
		struct scanned s;

		faulty_init(&faulty, &base.image);
		faulty_add(&faulty, base.log_offset, base.log_length);
		faulty.bad_after = after;
		s = faulty_scan(&faulty, NULL);
		walk_everything(s.scan, WALK_FAULTY);
		scan_release(&s);
	}
}

Test(source, errors_anywhere_are_survived, .init = begin, .fini = end,
     .timeout = 300)
{
	unsigned n = rounds(200);

	for (unsigned seed = 0; seed < n; seed++) {
		struct scanned s;

		faulty_init(&faulty, &base.image);
		faulty.rng = rng_seed(seed);
		faulty.percent = 1 + seed % 60;
		s = faulty_scan(&faulty, NULL);
		walk_everything(s.scan, WALK_FAULTY);
		scan_release(&s);
	}
}

/* --------------------------------------------------------- opening, closing */

Test(source, close_is_called_once_whatever_happens, .init = begin, .fini = end)
{
	struct vhdxlog_source *source;

	cr_assert_eq(faulty_open(&faulty, &source), 0);
	vhdxlog_source_close(source);
	cr_expect_eq(faulty.closed, 1u);
	vhdxlog_source_close(NULL);
	faulty.identity_error = -ENXIO;
	cr_expect_eq(faulty_open(&faulty, &source), VHDXLOG_E_IO);
	cr_expect_null(source);
	cr_expect_eq(faulty.closed, 2u);
}

Test(source, a_read_says_where_it_failed, .init = begin, .fini = end)
{
	struct vhdxlog_error err;
	struct vhdxlog_source *s;
	uint8_t buf[100];

	faulty_add(&faulty, 1000, 50);
	faulty.most = 10;
	cr_assert_eq(faulty_open(&faulty, &s), 0);
	cr_expect_eq(vhdxlog_source_read(s, 900, buf, 100, &err), 0);
	cr_expect_eq(vhdxlog_source_read(s, 950, buf, 100, &err),
		     VHDXLOG_E_IO);
	cr_expect_eq(err.sys_errno, EIO);
	/* By tens: what is asked for begins in front of what is bad. */
	cr_expect_geq(err.offset, 950u);
	cr_expect_leq(err.offset, 1000u);
	cr_expect_eq(vhdxlog_source_read(s, faulty.size, buf, 0, &err), 0);
	cr_expect_eq(vhdxlog_source_read(s, faulty.size, buf, 1, &err),
		     VHDXLOG_E_RANGE);
	cr_expect_eq(vhdxlog_source_read(s, UINT64_MAX, buf, 100, &err),
		     VHDXLOG_E_RANGE);
	cr_expect_eq(vhdxlog_source_read(s, faulty.size - 99, buf, 100, &err),
		     VHDXLOG_E_RANGE);
	vhdxlog_source_close(s);
}

Test(source, options_that_were_not_initialised_are_misuse, .init = begin,
     .fini = end)
{
	struct vhdxlog_options o = { .header = 0 };
	struct vhdxlog_source *source;
	struct vhdxlog_scan *scan;

	cr_assert_eq(faulty_open(&faulty, &source), 0);
	cr_expect_eq(vhdxlog_scan(source, &o, &scan, NULL), VHDXLOG_E_MISUSE);
	cr_expect_null(scan);
	o = (struct vhdxlog_options)VHDXLOG_OPTIONS_INIT;
	o.header = 3;
	cr_expect_eq(vhdxlog_scan(source, &o, &scan, NULL), VHDXLOG_E_MISUSE);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
}
