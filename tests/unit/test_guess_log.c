/* SPDX-License-Identifier: MIT */
/*
 * Where the log is and which session waits, when headers do not say it: the same
 * entries and sequences as before they were destroyed, and nothing more guessed, or
 * read, where they are whole.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "bases.h"
#include "ondisk/layout.h"
#include "random_bat.h"

#define IMAGES 120u

/* What a header has to say, and what is found without it. */
static const struct vhdxlog_guess *assumed(const struct vhdxlog_scan *scan,
					   enum vhdxlog_guess_kind kind)
{
	for (size_t i = 0; i < vhdxlog_guess_count(scan); i++) {
		const struct vhdxlog_guess *g = vhdxlog_guess_at(scan, i);

		if (g->kind == kind && g->assumed)
			return g;
	}
	return NULL;
}

/* Whether a sentence of the evidence of some guess has these words. */
static bool has_evidence(const struct vhdxlog_scan *scan, const char *words)
{
	for (size_t i = 0; i < vhdxlog_guess_count(scan); i++) {
		size_t n = vhdxlog_guess_at(scan, i)->evidence_count;

		for (size_t k = 0; k < n; k++) {
			if (strstr(vhdxlog_guess_evidence(scan, i, k), words))
				return true;
		}
	}
	return false;
}

static bool same_guid(const struct vhdxlog_guid *a,
		      const struct vhdxlog_guid *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* --------------------------------------------------------------- the same log */

static void compare_entries(struct vhdxlog_scan *was, struct vhdxlog_scan *is,
			    const char *what)
{
	cr_assert_eq(vhdxlog_entry_count(is), vhdxlog_entry_count(was), "%s",
		     what);
	for (size_t i = 0; i < vhdxlog_entry_count(was); i++) {
		struct vhdxlog_entry a, b;

		cr_assert_eq(vhdxlog_entry_at(was, i, &a, NULL), 0);
		cr_assert_eq(vhdxlog_entry_at(is, i, &b, NULL), 0);
		cr_assert_eq(a.sector, b.sector, "%s", what);
		cr_assert_eq(a.sequence_number, b.sequence_number);
		cr_assert_eq(a.verdict == VHDXLOG_INVALID,
			     b.verdict == VHDXLOG_INVALID, "%s: E%u", what,
			     a.sector);
	}
}

static void compare_sequences(struct vhdxlog_scan *was,
			      struct vhdxlog_scan *is, const char *what)
{
	for (size_t i = 0; i < vhdxlog_sequence_count(was); i++) {
		struct vhdxlog_sequence a, b;

		cr_assert_eq(vhdxlog_sequence_at(was, i, &a, NULL), 0);
		/* What a reader makes of it is another matter without header. */
		if (a.verdict == VHDXLOG_SEQUENCE_RUN)
			continue;
		cr_assert_eq(vhdxlog_sequence_from(is, a.id, &b, NULL), 0);
		cr_assert_neq(b.index, SIZE_MAX, "%s", what);
		cr_assert_eq(a.verdict, b.verdict, "%s", what);
		cr_assert_eq(a.entries, b.entries, "%s", what);
	}
}

/* Also fails where the place is another. */
static void compare_logs(struct vhdxlog_scan *was, struct vhdxlog_scan *is,
			 const char *what)
{
	const struct vhdxlog_log *a = vhdxlog_log(was), *b = vhdxlog_log(is);

	cr_assert(b->known, "%s", what);
	cr_assert_eq(b->offset, a->offset, "%s: at %ju", what,
		     (uintmax_t)b->offset);
	cr_assert_eq(b->length, a->length, "%s: %u long", what, b->length);
	compare_entries(was, is, what);
	compare_sequences(was, is, what);
}

/* ------------------------------------------------------------------- damages */

enum damage {
	ZEROES_FOR_HEADERS,
	NOISE_FOR_HEADERS,
	ZEROES_FOR_FIRST_MIB,
	NOISE_FOR_FIRST_MIB,
	FIRST_MIB_OF_ANOTHER,
	DAMAGES,
};

static const char *const damage_names[DAMAGES] = {
	"headers of zeroes", "headers of noise", "first MiB of zeroes",
	"first MiB of noise", "first MiB of another image",
};

static uint8_t *copy_of(const struct buffer *image)
{
	uint8_t *p = malloc(image->len);

	cr_assert(p);
	memcpy(p, image->at, image->len);
	return p;
}

static uint8_t *damaged(const struct buffer *image, enum damage damage,
			uint64_t seed)
{
	struct rng r = rng_seed(seed);
	uint8_t *p = copy_of(image);
	struct base other;

	switch (damage) {
	case ZEROES_FOR_HEADERS: memset(p + 0x10000, 0, 0x20000); break;
	case NOISE_FOR_HEADERS: rng_fill(&r, p + 0x10000, 0x20000); break;
	case ZEROES_FOR_FIRST_MIB: memset(p, 0, VL_MIB); break;
	case NOISE_FOR_FIRST_MIB: rng_fill(&r, p, VL_MIB); break;
	case FIRST_MIB_OF_ANOTHER:
		base_make(&other, BASE_DIFFERENCING);
		memcpy(p, other.image.at, VL_MIB);
		base_free(&other);
		break;
	case DAMAGES: break;
	}
	return p;
}

static void try_damages(const struct buffer *image, uint64_t seed)
{
	struct scanned was = scan_memory(image->at, image->len, NULL);

	for (unsigned d = 0; d < DAMAGES; d++) {
		uint8_t *p = damaged(image, d, seed);
		struct scanned is = scan_memory(p, image->len, NULL);
		char what[80];

		snprintf(what, sizeof(what), "seed %ju, %s", (uintmax_t)seed,
			 damage_names[d]);
		compare_logs(was.scan, is.scan, what);
		if (d != FIRST_MIB_OF_ANOTHER) {
			cr_assert_eq(vhdxlog_verdict(is.scan)->state,
				     VHDXLOG_HEADERS_LOST);
			cr_assert(assumed(is.scan, VHDXLOG_GUESS_LOG));
			cr_assert(assumed(is.scan, VHDXLOG_GUESS_LOG_GUID));
			cr_assert(vhdxlog_log(is.scan)->assumed);
		}
		scan_release(&is);
		free(p);
	}
	scan_release(&was);
}

Test(guess_log, random_rings)
{
	for (uint64_t seed = 0; seed < rounds(IMAGES); seed++) {
		struct base b;

		base_make_random(&b, seed);
		try_damages(&b.image, seed);
		base_free(&b);
	}
}

Test(guess_log, random_tables)
{
	for (uint64_t seed = 0; seed < rounds(IMAGES); seed++) {
		struct buffer image = random_bat(seed, seed % 2);

		try_damages(&image, seed);
		buffer_free(&image);
	}
}

/* ------------------------------------------------------------ offset, length */

struct placed {
	unsigned offset, length; /* MiB */
	unsigned bat, metadata, rest; /* where else things are */
};

/* A log that was gone round: `first` is the sector of the entry over its end. */
static struct buffer gone_round(const struct placed *p)
{
	char text[1024];
	unsigned first = p->length * 256 - 3;

	snprintf(text, sizeof(text),
		 "{\"about\": \"round\", \"image\": {"
		 " \"log\": {\"offset\": \"%uM\", \"length\": \"%uM\"},"
		 " \"bat\": {\"offset\": \"%uM\"},"
		 " \"metadata\": {\"offset\": \"%uM\"},"
		 " \"blocks\": {\"0\": \"present@%uM\"},"
		 " \"file_size\": \"32M\"},"
		 " \"log\": {\"entries\": ["
		 "  {\"at\": %u, \"sequence\": 900, \"writes\": ["
		 "   {\"bat\": {\"1\": \"present@%uM\"}},"
		 "   {\"page\": \"%uM\", \"current\": true, \"repeat\": 5}]},"
		 "  {\"tail\": \"self\", \"writes\": ["
		 "   {\"bat\": {\"2\": \"present@%uM\"}}]}]}}",
		 p->offset, p->length, p->bat, p->metadata, p->rest, first,
		 p->rest + 1, p->metadata, p->rest + 2);
	return build_recipe(text);
}

Test(guess_log, proven_lengths)
{
	static const struct placed places[] = {
		{ 1, 1, 2, 3, 20 },  { 1, 2, 3, 4, 20 },
		{ 1, 4, 8, 5, 20 },  { 4, 3, 1, 2, 20 },
		{ 6, 10, 1, 2, 20 }, { 1, 16, 17, 18, 20 },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct buffer image = gone_round(&places[i]);
		uint8_t *p = damaged(&image, ZEROES_FOR_FIRST_MIB, 0);
		struct scanned was = scan_memory(image.at, image.len, NULL);
		struct scanned is = scan_memory(p, image.len, NULL);
		char what[80];

		snprintf(what, sizeof(what), "%u MiB at %u MiB",
			 places[i].length, places[i].offset);
		cr_assert_eq(vhdxlog_verdict(was.scan)->state, VHDXLOG_DIRTY,
			     "%s", what);
		compare_logs(was.scan, is.scan, what);
		/* Elsewhere a BAT must tell that it is not a guest's. */
		cr_assert_eq(assumed(is.scan, VHDXLOG_GUESS_LOG)->certain,
			     places[i].offset == 1, "%s", what);
		cr_assert(same_guid(&vhdxlog_log(is.scan)->guid,
				    &vhdxlog_log(was.scan)->guid),
			  "%s", what);
		scan_release(&is);
		scan_release(&was);
		free(p);
		buffer_free(&image);
	}
}

/* An option says a part, the rest is guessed. */
Test(guess_log, options_come_first)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	struct base b;
	uint8_t *p;
	struct scanned s;

	base_make(&b, BASE_DYNAMIC);
	p = damaged(&b.image, ZEROES_FOR_FIRST_MIB, 0);
	o.has_log_offset = true;
	o.log_offset = 2 * VL_MIB;
	s = scan_memory(p, b.image.len, &o);
	cr_assert_eq(vhdxlog_log(s.scan)->offset, 2 * VL_MIB);
	cr_assert_eq(vhdxlog_log(s.scan)->length, VL_MIB);
	scan_release(&s);
	o.has_log_offset = false;
	o.has_log_length = true;
	o.log_length = 128 * 1024;
	s = scan_memory(p, b.image.len, &o);
	cr_assert_eq(vhdxlog_log(s.scan)->offset, VL_MIB);
	cr_assert_eq(vhdxlog_log(s.scan)->length, 128 * 1024);
	scan_release(&s);
	o.has_log_length = false;
	o.has_log_guid = true;
	memset(&o.log_guid, 7, sizeof(o.log_guid));
	s = scan_memory(p, b.image.len, &o);
	cr_assert(same_guid(&vhdxlog_log(s.scan)->guid, &o.log_guid));
	cr_assert_null(assumed(s.scan, VHDXLOG_GUESS_LOG_GUID));
	scan_release(&s);
	free(p);
	base_free(&b);
}

/* ----------------------------------------------------------------- the session */

static void find_session(const char *recipe, const char *evidence, bool waits)
{
	struct buffer image = build_recipe(recipe);
	uint8_t *p = damaged(&image, NOISE_FOR_HEADERS, 3);
	struct scanned was = scan_memory(image.at, image.len, NULL);
	struct scanned is = scan_memory(p, image.len, NULL);

	compare_logs(was.scan, is.scan, evidence);
	cr_assert(same_guid(&vhdxlog_log(is.scan)->guid,
			    &vhdxlog_log(was.scan)->guid),
		  "%s", evidence);
	cr_assert(has_evidence(is.scan, evidence), "%s", evidence);
	cr_assert_eq(status_of(is.scan, "log-needs-replay", 0),
		     waits ? VHDXLOG_FAIL : VHDXLOG_PASS, "%s", evidence);
	scan_release(&is);
	scan_release(&was);
	free(p);
	buffer_free(&image);
}

#define SESSIONS(guid, entries)                                  \
	"{\"about\": \"sessions\", \"image\": {\"blocks\":"      \
	" {\"0\": \"present\"}}, \"log\": {\"guid\": \"" guid    \
	"\", \"entries\": [" entries "]}}"
#define OLDER                                                    \
	"{\"guid\": \"old\", \"sequence\": 5000, \"writes\": []}," \
	"{\"applied\": true, \"tail\": \"self\", \"writes\":"    \
	" [{\"bat\": {\"1\": \"present\"}}]},"                   \
	"{\"applied\": true, \"tail\": \"self\", \"writes\":"    \
	" [{\"bat\": {\"2\": \"present\"}}]},"

Test(guess_log, session_that_waits)
{
	find_session(SESSIONS("new", OLDER
			      "{\"at\": 0, \"guid\": \"new\", \"sequence\": 70,"
			      " \"writes\": []},"
			      "{\"tail\": \"self\", \"writes\":"
			      " [{\"bat\": {\"9\": \"present\"}}]}"),
		     "would change the disk: it waits", true);
}

Test(guess_log, session_that_was_applied)
{
	find_session(SESSIONS("zero", OLDER
			      "{\"at\": 0, \"guid\": \"new\", \"sequence\": 70,"
			      " \"writes\": []},"
			      "{\"tail\": \"self\", \"applied\": true,"
			      " \"writes\": [{\"bat\": {\"9\": \"present\"}}]}"),
		     "would change nothing", false);
}

#define WRITTEN_LAST(header, last)                                          \
	"{\"about\": \"damaged\", \"image\": {\"blocks\":"                 \
	" {\"0\": \"present\"}}, \"log\": {\"guid\": \"" header            \
	"\", \"entries\": [{\"guid\": \"old\", \"sequence\": 5000,"        \
	" \"applied\": true, \"writes\": [{\"bat\": {\"1\": \"present\"}}]}," \
	last "]}, \"damage\": [{\"set\": \"E2.checksum\", \"to\": 1}]}"

/* The newest entry is damaged: it may be what a header named. */
Test(guess_log, entry_that_was_written_last_is_damaged)
{
	static const struct {
		const char *recipe, *says;
		bool assumed;
	} cases[] = {
		{ WRITTEN_LAST("new", "{\"guid\": \"new\", \"tail\": \"self\","
				      " \"sequence\": 5001, \"writes\":"
				      " [{\"bat\": {\"2\":"
				      " \"present\"}}]}"),
		  "E2, which is damaged, was written last", true },
		/* Not where the next one would be. */
		{ WRITTEN_LAST("new", "{\"guid\": \"new\", \"tail\": \"self\","
				      " \"sequence\": 6000, \"writes\":"
				      " [{\"bat\": {\"2\": \"present\"}}]}"),
		  "against it: E2, which is damaged, has another", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buffer image = build_recipe(cases[i].recipe);
		struct scanned was = scan_memory(image.at, image.len, NULL), is;
		uint8_t *p = damaged(&image, ZEROES_FOR_HEADERS, 3);
		const struct vhdxlog_guid *guid = &vhdxlog_log(was.scan)->guid;
		unsigned named = 0;

		is = scan_memory(p, image.len, NULL);
		compare_logs(was.scan, is.scan, cases[i].says);
		cr_assert(has_evidence(is.scan, cases[i].says), "%zu", i);
		cr_assert_eq(same_guid(&vhdxlog_log(is.scan)->guid, guid),
			     cases[i].assumed, "%zu", i);
		for (size_t k = 0; k < vhdxlog_guess_count(is.scan); k++)
			named += same_guid(&vhdxlog_guess_at(is.scan, k)->guid,
					   guid);
		cr_assert_eq(named, 1, "%zu", i);
		scan_release(&is);
		scan_release(&was);
		free(p);
		buffer_free(&image);
	}
}

/* What a session would write lies behind the end of a file that was cut. */
Test(guess_log, page_that_is_not_in_the_file)
{
	struct buffer image = build_recipe(
		"{\"about\": \"cut\", \"image\": {\"blocks\": {\"0\":"
		" \"present\"}}, \"log\": {\"guid\": \"zero\", \"entries\":"
		" [{\"guid\": \"old\", \"sequence\": 7, \"tail\": \"self\","
		" \"writes\": [{\"bat\": {\"1\": \"present\"}}]}]}}");
	struct scanned s = scan_memory(image.at, image.len, NULL);

	cr_assert(has_finding(s.scan, "log-unapplied"));
	scan_release(&s);
	s = scan_memory(image.at, 2 * VL_MIB, NULL);
	cr_assert_not(has_finding(s.scan, "log-unapplied"));
	scan_release(&s);
	buffer_free(&image);
}

/* Metadata that breaks a rule is what no other file has. */
Test(guess_log, metadata_that_breaks_a_rule_is_of_a_vhdx)
{
	struct buffer image = build_recipe(
		"{\"about\": \"rule\", \"image\": {\"parent\":"
		" {\"parent_linkage\": \"guid:parent\"}}, \"damage\":"
		" [{\"set\": \"locator.reserved\", \"to\": 1}]}");
	uint8_t *p = damaged(&image, ZEROES_FOR_FIRST_MIB, 0);
	struct scanned s = scan_memory(p, image.len, NULL);

	cr_assert_eq(vhdxlog_verdict(s.scan)->state, VHDXLOG_HEADERS_LOST);
	scan_release(&s);
	free(p);
	buffer_free(&image);
}

Test(guess_log, nothing_was_logged)
{
	find_session("{\"about\": \"new\"}", "no sound entry is in the log",
		     false);
}

/* ------------------------------------------------------- headers that are there */

static void set_header(const struct base *b, uint8_t *p, unsigned slot,
		       uint64_t number, uint8_t guids)
{
	uint8_t *h = p + VL_HEADER_OFFSET(slot);

	vl_put_le64(h + VL_OFF_header_sequence_number, number);
	memset(h + VL_OFF_header_file_write_guid, guids, 32);
	base_seal(b, p, VL_HEADER_OFFSET(slot));
}

/* By its number it is current, and by its LogGuid there is nothing to replay. */
Test(guess_log, foreign_header)
{
	for (unsigned slot = 1; slot <= 2; slot++) {
		for (unsigned guid = 0; guid < 2; guid++) {
			struct base b;
			struct scanned was, is;
			uint8_t *p;

			base_make(&b, BASE_DYNAMIC);
			p = copy_of(&b.image);
			memset(p + VL_HEADER_OFFSET(slot) +
				       VL_OFF_header_log_guid,
			       guid ? 0x99 : 0, 16);
			set_header(&b, p, slot, 900000, 0x55);
			was = scan_memory(b.image.at, b.image.len, NULL);
			is = scan_memory(p, b.image.len, NULL);
			cr_assert_eq(vhdxlog_image(is.scan)->current_header,
				     3 - slot);
			cr_assert(has_finding(is.scan, "header-foreign"));
			cr_assert_eq(vhdxlog_verdict(is.scan)->state,
				     VHDXLOG_DIRTY);
			compare_logs(was.scan, is.scan, "foreign header");
			scan_release(&is);
			scan_release(&was);
			free(p);
			base_free(&b);
		}
	}
}

/* --header is believed, whatever speaks against it. */
Test(guess_log, foreign_header_by_option)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	struct base b;
	struct scanned s;

	base_make(&b, BASE_DYNAMIC);
	memset(b.image.at + VL_HEADER_OFFSET(1) + VL_OFF_header_log_guid, 0,
	       16);
	set_header(&b, b.image.at, 1, 900000, 0x55);
	o.header = 1;
	s = scan_memory(b.image.at, b.image.len, &o);
	cr_assert_eq(vhdxlog_image(s.scan)->current_header, 1);
	cr_assert_not(has_finding(s.scan, "header-foreign"));
	cr_assert_eq(vhdxlog_guess_count(s.scan), 0);
	scan_release(&s);
	base_free(&b);
}

/* Where only one GUID, or a number one apart, is another's nothing is doubted. */
Test(guess_log, headers_of_one_file)
{
	struct base b;
	struct scanned s;

	base_make(&b, BASE_DYNAMIC);
	memset(b.image.at + VL_HEADER_OFFSET(1) + VL_OFF_header_log_guid, 0,
	       16);
	set_header(&b, b.image.at, 1, 9, 0x55);
	s = scan_memory(b.image.at, b.image.len, NULL);
	cr_assert_eq(vhdxlog_image(s.scan)->current_header, 1);
	cr_assert_not(has_finding(s.scan, "header-foreign"));
	scan_release(&s);
	base_free(&b);
}

Test(guess_log, misplaced_log)
{
	struct base b;
	struct scanned was, is;
	uint8_t *p;

	base_make(&b, BASE_DYNAMIC);
	p = copy_of(&b.image);
	for (unsigned slot = 1; slot <= 2; slot++) {
		vl_put_le64(p + VL_HEADER_OFFSET(slot) +
				    VL_OFF_header_log_offset,
			    b.image.len);
		base_seal(&b, p, VL_HEADER_OFFSET(slot));
	}
	was = scan_memory(b.image.at, b.image.len, NULL);
	is = scan_memory(p, b.image.len, NULL);
	cr_assert(has_finding(is.scan, "header-log-misplaced"));
	cr_assert(has_finding(is.scan, "header-log-beyond-eof"));
	cr_assert_str_eq(vhdxlog_verdict(is.scan)->because->name,
			 "header-log-misplaced");
	cr_assert_eq(vhdxlog_verdict(is.scan)->state, VHDXLOG_DAMAGED);
	compare_logs(was.scan, is.scan, "misplaced");
	cr_assert(same_guid(&vhdxlog_log(is.scan)->guid,
			    &vhdxlog_log(was.scan)->guid));
	scan_release(&is);
	scan_release(&was);
	free(p);
	base_free(&b);
}

/* ------------------------------------------------------------------------ cost */

/* Nothing is guessed, but what would have to be said of entries that are not on the
 * disk though the header says that nothing waits. */
Test(guess_log, whole_images_are_not_doubted)
{
	for (uint64_t seed = 0; seed < rounds(40); seed++) {
		struct buffer image = random_bat(seed, false);
		struct scanned s = scan_memory(image.at, image.len, NULL);

		cr_assert_eq(vhdxlog_guess_count(s.scan),
			     has_finding(s.scan, "log-unapplied"), "seed %ju",
			     (uintmax_t)seed);
		cr_assert_not(vhdxlog_log(s.scan)->assumed);
		cr_assert_leq(vhdxlog_cost(s.scan)->log_bytes_read,
			      2 * (uint64_t)vhdxlog_log(s.scan)->length);
		scan_release(&s);
		buffer_free(&image);
	}
}

struct counted {
	const uint8_t *bytes;
	uint64_t read, size;
};

static int64_t count_read(void *ctx, void *buf, size_t len, uint64_t off)
{
	struct counted *c = ctx;

	if (off >= c->size)
		return 0;
	len = len < c->size - off ? len : (size_t)(c->size - off);
	memcpy(buf, c->bytes + off, len);
	c->read += len;
	return (int64_t)len;
}

/*
 * Every second MiB begins as a log, and what is between is foreign, or all of a
 * BAT: one log, or many. It is read a few times, whatever it is.
 */
static void scan_hostile(uint8_t between, uint64_t most)
{
	static const struct vhdxlog_source_ops ops = { .read = count_read };
	size_t len = 128 * VL_MIB;
	uint8_t *p = calloc(1, len);
	struct counted c = { p, 0, len };
	struct vhdxlog_source *source;
	struct vhdxlog_scan *scan;

	cr_assert(p);
	for (size_t at = VL_MIB; at < len; at += 2 * VL_MIB)
		memcpy(p + at, "loge", 4);
	memcpy(p, "vhdxfile", 8);
	for (size_t at = 2 * VL_MIB; at < len; at += 2 * VL_MIB)
		p[at] = between;
	cr_assert_eq(vhdxlog_source_custom(&ops, &c, len, &source, NULL), 0);
	cr_assert_eq(vhdxlog_scan(source, NULL, &scan, NULL), 0);
	cr_assert_eq(vhdxlog_verdict(scan)->state, VHDXLOG_HEADERS_LOST);
	cr_assert_lt(c.read, most, "%ju bytes read", (uintmax_t)c.read);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
	free(p);
}

Test(guess_log, hostile_starts)
{
	scan_hostile(0x11, 8 * 128 * VL_MIB);
	scan_hostile(0x02, 64 * VL_MIB);
}
