/* SPDX-License-Identifier: MIT */
/*
 * Patches that are not what they were, or not of this file: refused, and the
 * reason is told.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "patch_case.h"

/* ---------------------------------------------------------- damaged patches */

#define MAX_TEXT (1u << 20)

/* Give a text the last line that it would have if it were a patch. */
static void seal(char *text, unsigned pieces)
{
	char *last = strstr(text, "{\"type\":\"end\"");
	size_t len = last ? (size_t)(last - text) : strlen(text);
	char sha256[65];

	vl_sha256(text, len, sha256);
	snprintf(text + len, MAX_TEXT - len,
		 "{\"type\":\"end\",\"pieces\":%u,\"sha256\":\"%s\"}\n", pieces,
		 sha256);
}

/* Replace what comes first in the text. */
static bool replace(char *text, const char *from, const char *to)
{
	char *at = strstr(text, from);

	if (!at)
		return false;
	memmove(at + strlen(to), at + strlen(from),
		strlen(at + strlen(from)) + 1);
	memcpy(at, to, strlen(to));
	return true;
}

#define SHA    "\"old_sha256\":\""
#define PIECE2 "\"offset\":\"1400\""

/* Each breaks one rule, in a patch whose last line is right again. */
static const struct damage {
	const char *from, *to, *says;
	unsigned line;
} damages[] = {
	/* Schema. */
	{ "patch/1", "patch/2", "first line", 1 },
	{ "\"schema\":\"vhdxlog.patch/1\"", "\"schema\":1", "first line", 1 },
	{ "\"schema\"", "\"shema\"", "missing", 1 },
	{ "\"type\":\"patch\"", "\"type\":\"piece\"", "first line", 1 },
	{ "\"type\":\"patch\"", "\"type\":\"patch\\u0000\"", "first line", 1 },
	/* Types. */
	{ "\"made_by\":\"a test\"", "\"made_by\":7", "made_by", 1 },
	{ "\"policy\":null,", "", "\"policy\" is missing", 1 },
	{ "\"policy\":null", "\"policy\":[]", "policy", 1 },
	{ "\"headers\":null", "\"headers\":\"12\"", "no SHA-256", 1 },
	{ "\"bat\":null", "\"bat\":0", "no SHA-256", 1 },
	{ "\"sha256\":{", "\"sha256\":null,\"x\":{", "no object", 1 },
	{ "\"log\":null", "\"log\":null,\"log\":null", "twice", 1 },
	{ "\"log\":null,", "", "\"log\" is missing", 1 },
	/* Sizes. */
	{ "\"2000\"", "2000", "decimal", 1 },
	{ "\"2000\"", "\"\"", "decimal", 1 },
	{ "\"2000\"", "\"-1\"", "decimal", 1 },
	{ "\"2000\"", "\"+2000\"", "decimal", 1 },
	{ "\"2000\"", "\" 2000\"", "decimal", 1 },
	{ "\"2000\"", "\"02000\"", "decimal", 1 },
	{ "\"2000\"", "\"0x7d0\"", "decimal", 1 },
	{ "\"2000\"", "\"2000\\u0000\"", "decimal", 1 },
	{ "\"2000\"", "\"9223372036854775808\"", "more than", 1 },
	{ "\"2000\"", "\"18446744073709553616\"", "more than", 1 },
	{ "\"2000\"", "\"100000000000000000000002000\"", "more than", 1 },
	{ "\"2000\"", "\"9223372036854775807\"", "this one has", 0 },
	{ "\"2000\"", "\"1800\"", "beyond the file", 4 },
	{ "\"1500\"", "\"1450\"", "across", 3 },
	/* Members. */
	{ "\"length\":4,", "\"length\":4,\"x\":0,", "not known", 2 },
	{ "\"length\":4,", "", "\"length\" is missing", 2 },
	{ "\"length\":4,", "\"length\":4,\"length\":4,", "twice", 2 },
	{ "\"old\":\"00ab\"", "\"old\":\"ff\",\"old\":\"00ab\"", "twice", 2 },
	{ "\"policy\":null", "\"policy\":null,\"policy\":null", "twice", 1 },
	{ "\"bat\":null", "\"bat\":null,\"x\":{\"a\":1,\"a\":1}", "twice", 1 },
	{ "\"type\":\"piece\"", "\"type\":\"pieces\"", "\"type\"", 2 },
	{ "\"type\":\"piece\",", "", "\"type\" is missing", 2 },
	{ "\"type\":\"piece\"", "\"type\":null", "\"type\"", 2 },
	/* Places. */
	{ "\"offset\":\"0\"", "\"offset\":0", "decimal", 2 },
	{ "\"offset\":\"0\"", "\"offset\":\"9223372036854775807\"",
	  "beyond the file", 2 },
	{ "\"offset\":\"0\"", "\"offset\":\"1498\"", "across", 2 },
	{ "\"offset\":\"0\"", "\"offset\":\"1397\"", "one before ends", 3 },
	{ PIECE2, "\"offset\":\"3\"", "one before ends", 3 },
	{ PIECE2, "\"offset\":\"0\"", "one before ends", 3 },
	{ "\"length\":4", "\"length\":0", "not 1 to 65536", 2 },
	{ "\"length\":4", "\"length\":-4", "\"length\"", 2 },
	{ "\"length\":4", "\"length\":4.0", "\"length\"", 2 },
	{ "\"length\":4", "\"length\":4e0", "\"length\"", 2 },
	{ "\"length\":4", "\"length\":\"4\"", "\"length\"", 2 },
	{ "\"length\":4", "\"length\":65537", "not 1 to 65536", 2 },
	{ "\"length\":4", "\"length\":4294967300", "not 1 to 65536", 2 },
	{ "\"length\":4", "\"length\":18446744073709551620", "not 1 to", 2 },
	{ "\"length\":4", "\"length\":3000", "beyond the file", 2 },
	{ "\"length\":4", "\"length\":1", "more than \"length\"", 2 },
	{ "\"length\":4", "\"length\":5", "not that of \"old\"", 2 },
	/* Entries. */
	{ "\"E5\"", "\"S5\"", "entry", 2 },
	{ "\"E5\"", "\"E\"", "entry", 2 },
	{ "\"E5\"", "\"E5 \"", "entry", 2 },
	{ "\"E5\"", "5", "entry", 2 },
	{ "\"E5\"", "\"E4294967295\"", "entry", 2 },
	{ "\"E5\"", "\"E18446744073709551621\"", "entry", 2 },
	/* Bytes. */
	{ "\"00ab\"", "\"00ac\"", "not that of \"old\"", 2 },
	{ "\"00ab\"", "\"00a\"", "digits", 2 },
	{ "\"00ab\"", "\"00ag\"", "not in hex", 2 },
	{ "\"00ab\"", "\"00 ab \"", "not in hex", 2 },
	{ "\"00ab\"", "\"00ab000000\"", "more than \"length\"", 2 },
	{ "\"00ab\"", "[]", "neither", 2 },
	{ "\"00ab\"", "null", "\"old\" is null", 2 },
	{ "\"0102\"", "\"0103\"", "not that of \"new\"", 2 },
	{ "cd\",\"new\":null", "cd\",\"new\":\"\"", "\"new\" is there", 4 },
	{ "\"new_sha256\":null", "\"new_sha256\":7", "no SHA-256", 4 },
	{ SHA, SHA "0", "no SHA-256", 2 },
	{ SHA, "\"old_sha256\":null,\"x\":\"", "not known", 2 },
	/* JSON. */
	{ "{\"type\":\"piece\"", "\"type\":\"piece\"", "JSON", 2 },
	{ "\"0102\"}", "\"0102\"", "JSON", 2 },
	{ "\"0102\"}", "\"0102\"}}", "JSON", 2 },
	{ "\"0102\"}", "\"0102\",}", "JSON", 2 },
	{ "\"0102\"}", "\"0102\"}{}", "JSON", 2 },
	{ "{\"type\":\"piece\"", "{/**/\"type\":\"piece\"", "JSON", 2 },
	{ "\"type\":\"piece\"", "'type':\"piece\"", "quotes", 2 },
	{ "\"length\":4", "'length':4,\"length\":4", "quotes", 2 },
	{ "\"length\":4", "\"length\":04", "JSON", 2 },
	{ "\"type\":\"piece\"", "\"type\":\"\xff\"", "JSON", 2 },
	{ "{\"type\":\"piece\"", "\n{\"type\":\"piece\"", "JSON", 2 },
	{ "{\"type\":\"piece\"", "null\n{\"type\":\"piece\"", "JSON", 2 },
	{ "{\"type\":\"piece\"", "[]\n{\"type\":\"piece\"", "JSON object", 2 },
	{ "\"policy\":null", "\"policy\":[[[[[[[[[[[]]]]]]]]]]]", "JSON", 1 },
};

static const struct damage *damage_of(size_t i, char *text, struct file *old)
{
	struct file new;
	struct buffer patch = small_patch(old, &new);

	memcpy(text, patch.at, patch.len + 1);
	buffer_free(&patch);
	file_free(&new);
	cr_assert(replace(text, damages[i].from, damages[i].to), "%s",
		  damages[i].from);
	seal(text, 3);
	return &damages[i];
}

/* Rule: each member is there once, of its type and within its bounds. */
Test(patch_damage, refuses_members_that_are_not_what_they_must_be)
{
	char *text = calloc(1, MAX_TEXT);

	for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
		struct file old;
		const struct damage *d = damage_of(i, text, &old);
		struct opened o = open_patch(text, strlen(text), false, &old);

		cr_expect_eq(o.rc, VHDXLOG_E_MISUSE, "%s", d->to);
		cr_expect(o.rc && strstr(o.fault.text, d->says),
			  "%s: \"%s\" says nothing of \"%s\"", d->to,
			  o.fault.text, d->says);
		cr_expect_eq(o.fault.line, d->line, "%s: %s", d->to,
			     o.fault.text);
		close_patch(&o);
		file_free(&old);
	}
	free(text);
}

/* The same for the last line, which is not sealed by another. */
Test(patch_damage, refuses_a_last_line_that_is_not_right)
{
	static const struct damage last[] = {
		{ "\"pieces\":3", "\"pieces\":2", "\"pieces\" is 2", 5 },
		{ "\"pieces\":3", "\"pieces\":\"3\"", "\"pieces\"", 5 },
		{ "\"pieces\":3", "\"pieces\":-1", "\"pieces\"", 5 },
		{ "\"pieces\":3,", "", "missing", 5 },
		{ "\"pieces\":3", "\"pieces\":3,\"x\":1", "not known", 5 },
		{ "\"pieces\":3", "\"pieces\":3,\"pieces\":3", "twice", 5 },
		{ "3,\"sha256\":\"", "3,\"sha256\":\"0", "no SHA-256", 5 },
		{ "3,\"sha256\":\"", "3,\"sha256\":null,\"x\":\"", "known", 5 },
		{ "\"}\n", "\"}\n\n", "behind the last", 5 },
		{ "\"}\n", "\"}\n{}\n", "behind the last", 5 },
		{ "\"}\n", "\"}", "ends here", 5 },
		{ "\"a test\"", "\"A test\"", "not this SHA-256", 5 },
	};
	struct file old, new;
	struct buffer patch = small_patch(&old, &new);
	char *text = calloc(1, MAX_TEXT);

	for (size_t i = 0; i < sizeof(last) / sizeof(*last); i++) {
		char *end;
		struct opened o;

		memcpy(text, patch.at, patch.len + 1);
		end = strstr(text, "{\"type\":\"end\"");
		if (!replace(end, last[i].from, last[i].to))
			cr_assert(replace(text, last[i].from, last[i].to));
		o = open_patch(text, strlen(text), false, &old);
		cr_expect_eq(o.rc, VHDXLOG_E_MISUSE);
		cr_expect(strstr(o.fault.text, last[i].says), "%s: %s",
			  last[i].to, o.fault.text);
		cr_expect_eq(o.fault.line, last[i].line, "%s", o.fault.text);
		close_patch(&o);
	}
	free(text);
	buffer_free(&patch);
	file_free(&old);
	file_free(&new);
}

/* What another tool might write, and means the same. */
static const struct {
	const char *from, *to;
} spellings[] = {
	{ "\"00ab\"", "\"00AB\"" },
	{ "\"00ab\"", "\"00ab0000\"" },
	{ "\"00ab\"", "\"00ab00\"" },
	{ "\"E5\"", "null" },
	{ "\"0102\"}", "\"0102\"} \t\r" },
	{ "\"policy\":null", "\"policy\":\"it's\"" },
	{ "\"length\":4", "\"length\": 4" },
	{ "\"policy\":null", "\"policy\":\"\\\"\\u00fc\\\\\"" },
	{ "\"policy\":null", "\"policy\":null,\"new\":{\"a\":[\"b\",true]}" },
	{ "\"headers\":null", "\"headers\":null,\"more\":null" },
};

/* Rule: other spellings of the same patch are the same patch. */
Test(patch_damage, takes_what_means_the_same)
{
	struct file old, new;
	struct buffer patch = small_patch(&old, &new);
	char *text = calloc(1, MAX_TEXT);

	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
		struct buffer other = { (uint8_t *)text, 0 };
		struct file got;

		memcpy(text, patch.at, patch.len + 1);
		cr_assert(replace(text, spellings[i].from, spellings[i].to));
		seal(text, 3);
		other.len = strlen(text);
		got = patched(&old, &other, false);
		cr_expect(same_file(&got, &new), "%s", spellings[i].to);
		file_free(&got);
	}
	free(text);
	buffer_free(&patch);
	file_free(&old);
	file_free(&new);
}

/* Refused, or what the patch was before it was damaged. */
static bool refused_or_right(const struct buffer *patch, bool backwards,
			     const struct file *from, const struct file *to)
{
	struct opened o = open_patch(patch->at, patch->len, backwards, from);
	struct file got;
	bool right;

	if (o.rc)
		return true;
	got = change_result(from, &o.change);
	right = same_file(&got, to);
	file_free(&got);
	close_patch(&o);
	return right;
}

/* Rule: no bit of a patch can be another without being noticed. */
Test(patch_damage, a_flipped_bit_is_refused_or_means_nothing)
{
	struct file old, new;
	struct buffer patch = small_patch(&old, &new);
	/* Under a checker a part of them, each time another bit of a byte. */
	unsigned step = rounds(5) < 5 ? 37 : 1;

	for (size_t bit = 0; bit < 8 * patch.len; bit += step) {
		uint8_t *byte = &patch.at[bit / 8];
		uint8_t was = *byte;

		*byte ^= (uint8_t)(1 << bit % 8);
		cr_assert(bit % 2 ? refused_or_right(&patch, true, &new, &old) :
				    refused_or_right(&patch, false, &old, &new),
			  "bit %zu of byte %zu", bit % 8, bit / 8);
		*byte = was;
	}
	buffer_free(&patch);
	file_free(&old);
	file_free(&new);
}

/* Rule: a patch that was cut off is refused, wherever. */
Test(patch_damage, a_part_of_a_patch_is_refused)
{
	struct file old, new;
	struct buffer patch = small_patch(&old, &new);

	for (size_t len = 0; len < patch.len; len++) {
		struct opened o = open_patch(patch.at, len, false, &old);

		cr_assert_eq(o.rc, VHDXLOG_E_MISUSE, "cut to %zu bytes", len);
	}
	buffer_free(&patch);
	file_free(&old);
	file_free(&new);
}

#define MAX_LINES 8u

struct lines {
	const char *at[MAX_LINES];
	size_t len[MAX_LINES];
	size_t count;
};

static struct lines lines_of(const struct buffer *patch)
{
	struct lines l = { .count = 0 };
	const char *p = (const char *)patch->at;

	while (*p) {
		l.at[l.count] = p;
		l.len[l.count] = strcspn(p, "\n") + 1;
		p += l.len[l.count++];
	}
	return l;
}

/* Put lines together in an order; where they are sealed, as so many pieces. */
static struct opened open_lines(const struct lines *l, const size_t *order,
				size_t n, const unsigned *pieces,
				const struct file *old)
{
	char *text = calloc(1, MAX_TEXT), *to = text;
	struct opened o;

	for (size_t i = 0; i < n; i++) {
		memcpy(to, l->at[order[i]], l->len[order[i]]);
		to += l->len[order[i]];
	}
	if (pieces)
		seal(text, *pieces);
	o = open_patch(text, strlen(text), false, old);
	free(text);
	return o;
}

/* Rule: lines have one order, and each is there once. */
Test(patch_damage, lines_lost_doubled_or_swapped_are_refused)
{
	struct file old, new;
	struct buffer patch = small_patch(&old, &new);
	struct lines l = lines_of(&patch);

	cr_assert_eq(l.count, 5u);
	for (size_t i = 0; i < l.count; i++) {
		size_t lost[MAX_LINES], doubled[MAX_LINES], swapped[MAX_LINES];
		struct opened o;

		for (size_t k = 0; k < l.count; k++) {
			lost[k] = k < i ? k : k + 1;
			doubled[k] = k <= i ? k : k - 1;
			swapped[k] = k == i ? k + 1 : k == i + 1 ? i : k;
		}
		doubled[l.count] = l.count - 1;
		o = open_lines(&l, lost, l.count - 1, NULL, &old);
		cr_expect_eq(o.rc, VHDXLOG_E_MISUSE, "lost %zu", i);
		o = open_lines(&l, doubled, l.count + 1, NULL, &old);
		cr_expect_eq(o.rc, VHDXLOG_E_MISUSE, "doubled %zu", i);
		if (i + 1 == l.count)
			continue;
		o = open_lines(&l, swapped, l.count, NULL, &old);
		cr_expect_eq(o.rc, VHDXLOG_E_MISUSE, "swapped %zu", i);
	}
	buffer_free(&patch);
	file_free(&old);
	file_free(&new);
}

/* The same by whoever can make digests. */
Test(patch_damage,
     pieces_doubled_or_swapped_are_refused_though_digests_are_right)
{
	static const size_t doubled[] = { 0, 1, 1, 2, 3 };
	static const size_t swapped[] = { 0, 2, 1, 3 };
	static const size_t two_heads[] = { 0, 0, 1, 2, 3 };
	static const unsigned three = 3, four = 4;
	struct file old, new;
	struct buffer patch = small_patch(&old, &new);
	struct lines l = lines_of(&patch);
	struct opened o = open_lines(&l, doubled, 5, &four, &old);

	cr_expect(strstr(o.fault.text, "line 3: a piece at 0x0, where the one "
				       "before ends at 0x4"),
		  "%s", o.fault.text);
	o = open_lines(&l, swapped, 4, &three, &old);
	cr_expect(strstr(o.fault.text, "line 3: a piece at 0x0"), "%s",
		  o.fault.text);
	o = open_lines(&l, two_heads, 5, &three, &old);
	cr_expect(strstr(o.fault.text, "line 2: \"type\""), "%s", o.fault.text);
	buffer_free(&patch);
	file_free(&old);
	file_free(&new);
}

/* Rule: a line is no longer than a piece needs, whatever is in it. */
Test(patch_damage, a_line_that_does_not_end_is_refused)
{
	struct file old = zero_file(1);
	size_t len = 40 * MAX_TEXT;
	char *text = malloc(len);
	struct opened o;

	memset(text, '[', len);
	o = open_patch(text, len, false, &old);
	cr_expect(strstr(o.fault.text, "line 1: longer than a line may be"),
		  "%s", o.fault.text);
	memset(text, 0, len);
	o = open_patch(text, len, false, &old);
	cr_expect(strstr(o.fault.text, "line 1: a byte that no text has"), "%s",
		  o.fault.text);
	memset(text, '[', 200000);
	text[200000] = '\n';
	o = open_patch(text, len, false, &old);
	cr_expect(strstr(o.fault.text, "line 1: not one JSON value"), "%s",
		  o.fault.text);
	free(text);
	file_free(&old);
}

/* Rule: the bytes of a side are counted before they are stored. */
Test(patch_damage, more_bytes_than_a_piece_can_have_are_refused)
{
	struct file old, new;
	struct buffer patch = small_patch(&old, &new);
	char *text = calloc(1, MAX_TEXT), *many = calloc(1, MAX_TEXT);
	struct opened o;

	memcpy(text, patch.at, patch.len + 1);
	many[0] = '"';
	memset(many + 1, 'f', 2 * LONGEST + 2);
	many[2 * LONGEST + 3] = '"';
	cr_assert(replace(text, "\"00ab\"", many));
	cr_assert(replace(text, "\"length\":4", "\"length\":65536"));
	cr_assert(replace(text, "\"2000\"", "\"65536\""));
	cr_assert(replace(text, "\"1500\"", "\"65536\""));
	seal(text, 3);
	o = open_patch(text, strlen(text), false, &old);
	cr_expect(strstr(o.fault.text, "line 2: \"old\" has 131074 digits"),
		  "%s", o.fault.text);
	free(text);
	free(many);
	buffer_free(&patch);
	file_free(&old);
	file_free(&new);
}

/* Rule: the longest piece there can be, of bytes that no zeroes end, fits. */
Test(patch_damage, the_longest_piece_fits_in_a_line)
{
	struct file old = zero_file(2 * LONGEST);
	uint8_t *bytes = malloc(2 * LONGEST);
	struct vl_patch_tally tally;
	struct buffer patch;
	struct made m;
	struct file got;

	memset(old.bytes.at, 0x55, 2 * LONGEST);
	memset(bytes, 0xaa, 2 * LONGEST);
	made_open(&m, 2 * LONGEST, 2 * LONGEST);
	made_add(&m, 0, 2 * LONGEST, bytes, VHDXLOG_NO_SECTOR - 1);
	patch = write_patch(&m.change, &old, &tally);
	cr_expect_eq(tally.pieces, 2u);
	got = patched(&old, &patch, false);
	cr_expect_eq(memcmp(got.bytes.at, bytes, 2 * LONGEST), 0);
	file_free(&got);
	buffer_free(&patch);
	file_free(&old);
	made_close(&m);
	free(bytes);
}

/* Rule: a patch is a file that can be read twice. */
Test(patch_damage, only_a_regular_file_is_a_patch)
{
	struct vl_patch_tally tally;
	struct vl_patch_fault fault;
	struct file old = zero_file(1);
	struct vl_change change;
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	cr_expect_eq(vl_patch_open(fds[0], false, &old.view, &change, &tally,
				   &fault, NULL),
		     VHDXLOG_E_NOT_FILE);
	cr_expect_eq(close(fds[0]), -1, "it was handed over");
	cr_expect_eq(vl_patch_open(-1, false, &old.view, &change, &tally,
				   &fault, NULL),
		     VHDXLOG_E_NOT_FILE);
	close(fds[1]);
	file_free(&old);
}

/* -------------------------------------------------------------- other files */

static void expect_fault(const struct buffer *patch, bool backwards,
			 const struct file *file, const char *text)
{
	struct opened o = open_patch(patch->at, patch->len, backwards, file);

	cr_expect_eq(o.rc, VHDXLOG_E_MISUSE);
	cr_expect_str_eq(o.fault.text, text);
	close_patch(&o);
}

/* Rule: the file must have the length and the bytes that the patch expects. */
Test(patch_damage, of_another_file_is_refused)
{
	struct file old, new;
	struct buffer patch = small_patch(&old, &new);
	struct file longer = zero_file(2001);

	expect_fault(
		&patch, false, &longer,
		"this patch was made of a file of 2000 bytes, this one has "
		"2001");
	expect_fault(
		&patch, true, &longer,
		"this patch makes a file of 1500 bytes, this one has 2001");
	file_free(&longer);
	buffer_free(&patch);
	file_free(&old);
	file_free(&new);
}

/* Rule: each byte of each piece is compared, and the message has both digests.
 */
Test(patch_damage, of_other_bytes_is_refused)
{
	struct file old, new;
	struct buffer patch = small_patch(&old, &new);
	char has[65], wants[65], text[256];

	vl_sha256(old.bytes.at + 1400, 100, wants);
	for (unsigned at = 1400; at < 1500; at += 33) {
		old.bytes.at[at] ^= 1;
		vl_sha256(old.bytes.at + 1400, 100, has);
		snprintf(text, sizeof(text),
			 "line 3: at 0x578 the file holds other bytes than the "
			 "patch expects: sha256 %s instead of %s",
			 has, wants);
		expect_fault(&patch, false, &old, text);
		old.bytes.at[at] ^= 1;
	}
	new.bytes.at[1] ^= 1;
	vl_sha256("\1\2\0", 4, wants);
	vl_sha256("\1\3\0", 4, has);
	snprintf(text, sizeof(text),
		 "line 2: at 0x0 the file holds other bytes than the patch "
		 "expects: sha256 %s instead of %s",
		 has, wants);
	expect_fault(&patch, true, &new, text);
	buffer_free(&patch);
	file_free(&old);
	file_free(&new);
}

/* Rule: who applies a patch twice is told so, and likewise backwards. */
Test(patch_damage, that_is_applied_already_is_told_from_one_of_another_file)
{
	static const char applied[] = "the patch is applied already";
	static const char undone[] = "the patch is taken back already, or was "
				     "never applied";
	struct file old, new;
	struct buffer patch = small_patch(&old, &new);
	struct vl_patch_tally tally;
	struct buffer level;
	struct made m;
	struct file after;

	expect_fault(&patch, false, &new, applied);
	expect_fault(&patch, true, &old, undone);
	new.bytes.at[0] ^= 1;
	expect_fault(
		&patch, false, &new,
		"this patch was made of a file of 2000 bytes, this one has "
		"1500");
	/* The same where the length stays. */
	made_open(&m, 2000, 2000);
	made_add(&m, 700, 1, "x", 1);
	made_add(&m, 1700, 1, "y", 2);
	after = change_result(&old, &m.change);
	level = write_patch(&m.change, &old, &tally);
	expect_fault(&level, false, &after, applied);
	expect_fault(&level, true, &old, undone);
	made_close(&m);
	buffer_free(&level);
	file_free(&after);
	buffer_free(&patch);
	file_free(&old);
	file_free(&new);
}

/* Rule: nothing is cut off that the patch could not bring back. */
Test(patch_damage, what_would_be_lost_is_refused)
{
	struct file old = zero_file(1000);
	struct vl_patch_tally tally;
	struct buffer patch;
	struct made m;
	struct file used;

	made_open(&m, 1000, 200000);
	made_add(&m, 100000, 5, "hello", 1);
	patch = write_patch(&m.change, &old, &tally);
	cr_expect_eq(tally.pieces, 1u);
	used = patched(&old, &patch, false);
	used.bytes.at[1000] = 1;
	expect_fault(&patch, true, &used,
		     "from 0x3e8 to 0x186a0 the file holds bytes that would be "
		     "cut off and that the patch does not know");
	used.bytes.at[1000] = 0;
	used.bytes.at[199999] = 1;
	expect_fault(
		&patch, true, &used,
		"from 0x186a5 to 0x30d40 the file holds bytes that would be "
		"cut off and that the patch does not know");
	used.bytes.at[199999] = 0;
	used.bytes.at[999] = 1; /* is neither cut off nor of the change */
	file_free(&old);
	old = patched(&used, &patch, true);
	cr_expect_eq(old.bytes.at[999], 1);
	made_close(&m);
	buffer_free(&patch);
	file_free(&used);
	file_free(&old);
}

/* Rule: a file that cannot be read is an error and no fault of the patch. */
Test(patch_damage, a_read_error_is_passed_on)
{
	struct vl_patch_tally tally;
	struct made m;
	struct file old = small_change(&m);
	struct buffer patch = write_patch(&m.change, &old, &tally);
	struct opened o;
	FILE *out = tmpfile();

	cr_assert(out);
	old.fails = true;
	o = open_patch(patch.at, patch.len, false, &old);
	cr_expect_eq(o.rc, VHDXLOG_E_IO);
	cr_expect_eq(vl_patch_write(out, &m.change, &old.view, &patch_about,
				    &tally, NULL),
		     VHDXLOG_E_IO);
	fclose(out);
	made_close(&m);
	buffer_free(&patch);
	file_free(&old);
}

/* ----------------------------------------------- changed between the passes */

/* Open a patch, put other text behind its file descriptor, and read it again.
 */
static int read_again(const struct buffer *patch, const struct buffer *other,
		      const struct file *old)
{
	struct vl_patch_tally tally;
	struct vl_patch_fault fault;
	struct vl_change change;
	struct vl_piece p;
	int fd = memory_file(patch->at, patch->len), again = dup(fd);
	int rc = vl_patch_open(fd, false, &old->view, &change, &tally, &fault,
			       NULL);

	cr_assert_eq(rc, 0, "%s", fault.text);
	/* To its end, so that nothing of its beginning is in a buffer. */
	while (!rc)
		rc = vl_change_next(&change, &p, NULL);
	cr_assert_eq(rc, 1);
	cr_assert_eq(ftruncate(again, 0), 0);
	cr_assert_eq(pwrite(again, other->at, other->len, 0),
		     (ssize_t)other->len);
	close(again);
	rc = vl_change_rewind(&change, NULL);
	while (!rc) {
		rc = vl_change_next(&change, &p, NULL);
		cr_assert(rc || p.offset + p.length <= change.new_size);
	}
	change.ops->close(change.ctx);
	return rc;
}

static struct buffer big_patch(const struct file *old, uint64_t new_size,
			       uint8_t seed)
{
	struct vl_patch_tally tally;
	uint8_t bytes[20000];
	struct buffer patch;
	struct made m;

	memset(bytes, seed, sizeof(bytes));
	made_open(&m, old->bytes.len, new_size);
	made_add(&m, 100, sizeof(bytes), bytes, 1);
	made_add(&m, new_size - 1000, 1000, bytes, 1);
	patch = write_patch(&m.change, old, &tally);
	made_close(&m);
	return patch;
}

/* Rule: a change never ends well unless every line is the one that was checked.
 */
Test(patch_damage, a_patch_that_changes_between_the_passes_is_an_error)
{
	struct file old = zero_file(30000);
	struct buffer patch = big_patch(&old, 30000, 1);
	struct buffer sound = big_patch(&old, 30000, 2);
	struct buffer longer = big_patch(&old, 40000, 1);
	struct buffer part = { patch.at, patch.len / 2 };

	cr_expect_eq(read_again(&patch, &patch, &old), 1);
	cr_expect_eq(read_again(&patch, &sound, &old), VHDXLOG_E_IO);
	cr_expect_eq(read_again(&patch, &longer, &old), VHDXLOG_E_IO);
	cr_expect_eq(read_again(&patch, &part, &old), VHDXLOG_E_IO);
	buffer_free(&sound);
	buffer_free(&longer);
	buffer_free(&patch);
	file_free(&old);
}

/* Rule: a change can be begun again at any time, and its end stays the end. */
Test(patch_damage, can_be_read_again_from_anywhere)
{
	struct file old, new;
	struct buffer patch = small_patch(&old, &new);
	struct opened o = open_patch(patch.at, patch.len, false, &old);
	struct vl_piece p;

	cr_assert_eq(o.rc, 0);
	for (unsigned stop = 0; stop < 4; stop++) {
		unsigned i = 0;

		while (i < stop && vl_change_next(&o.change, &p, NULL) == 0)
			i++;
		cr_assert_eq(vl_change_rewind(&o.change, NULL), 0);
	}
	cr_expect_eq(vl_change_next(&o.change, &p, NULL), 0);
	cr_expect(p.offset == 0 && p.length == 4 && p.entry == 5);
	cr_expect_eq(vl_change_next(&o.change, &p, NULL), 0);
	cr_expect(p.offset == 1400 && p.entry == 7);
	cr_expect_eq(vl_change_next(&o.change, &p, NULL), 1);
	cr_expect_eq(vl_change_next(&o.change, &p, NULL), 1);
	close_patch(&o);
	o = open_patch(patch.at, patch.len, true, &new);
	cr_expect_eq(vl_change_next(&o.change, &p, NULL), 0);
	cr_expect_eq(p.entry, VHDXLOG_NO_SECTOR, "of no entry");
	cr_expect_eq(vl_change_next(&o.change, &p, NULL), 0);
	cr_expect_null(p.bytes, "zeroes");
	close_patch(&o);
	buffer_free(&patch);
	file_free(&old);
	file_free(&new);
}
