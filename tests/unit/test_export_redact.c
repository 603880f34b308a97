/* SPDX-License-Identifier: MIT */
/*
 * An image to be shared in which nothing names the disk: that is as right and as
 * wrong as before.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "exported.h"
#include "scan.h"

/* ----------------------------------------------------------------- redaction */

static const char secret_path[] = "..\\secret\\mother.vhdx";

#define REDACTED                                                             \
	"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\","            \
	" \"creator\": \"A creator of secrets\","                            \
	" \"parent\": {\"parent_linkage\": \"guid:parent\","                 \
	"  \"relative_path\": \"..\\\\secret\\\\mother.vhdx\","              \
	"  \"unknown\": \"unknown secret\"},"                                \
	" \"items\": [{\"guid\": \"mine\", \"user\": true,"                  \
	"   \"text\": \"item secret\"}],"                                    \
	" \"blocks\": {\"0\": \"partial\"},"                                 \
	" \"bitmaps\": {\"0\": \"present\"}},"                               \
	" \"log\": {\"entries\": ["                                          \
	" {\"guid\": \"older\", \"sequence\": 7, \"at\": 40,"                \
	"  \"writes\": [{\"page\": \"2M\", \"text\": \"secret\"}]},"         \
	" {\"guid\": \"gone\", \"sequence\": 9, \"at\": 60, \"writes\": ["    \
	"   {\"page\": \"3M+64K\", \"current\": true}]},"                    \
	" {\"guid\": \"current\", \"at\": 0, \"sequence\": 100},"            \
	" {\"writes\": [{\"page\": \"3M\", \"current\": true},"              \
	"   {\"page\": \"3M+64K\", \"current\": true}]},"                    \
	" {\"writes\": [{\"bat\": {\"1\": \"partial\"}},"                    \
	"   {\"page\": \"4M\", \"text\": \"a secret for the guest\"}]},"     \
	" {\"pad\": 3, \"writes\": []},"                                     \
	" {\"nested\": true, \"at\": 8, \"writes\": []},"                    \
	" {\"at\": 61, \"writes\": []}]}}"

/* Leave something of an earlier use wherever nothing belongs. */
static void leak(struct buffer *image, const uint8_t guid[16])
{
	static const uint64_t places[] = {
		VL_OFF_identifier_reserved + 100,
		VL_HEADER_OFFSET(1) + 5000,
		VL_RESERVED_OFFSET + 77,
		VL_MIB + 200 * VL_SECTOR, /* a sector of no kind */
		3 * VL_MIB + 60 * VL_KIB, /* behind the table */
		3 * VL_MIB + 67 * VL_KIB, /* and behind the items */
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		memcpy(image->at + places[i], guid, 16);
}

static void expect_nowhere(const struct buffer *image, const void *bytes,
			   size_t n, const char *what)
{
	const uint8_t *at = memmem(image->at, image->len, bytes, n);

	cr_assert(!at, "%s is at 0x%jx", what, (uintmax_t)(at - image->at));
}

/* Text is nowhere, neither in bytes nor in UTF-16. */
static void expect_no_text(const struct buffer *image, const char *text)
{
	uint8_t wide[128] = { 0 };
	size_t n = strlen(text);

	cr_assert_leq(2 * n, sizeof(wide));
	for (size_t i = 0; i < n; i++)
		wide[2 * i] = (uint8_t)text[i];
	expect_nowhere(image, text, n, text);
	expect_nowhere(image, wide, 2 * n, text);
}

static void expect_no_guid(const struct buffer *image,
			   const struct vhdxlog_guid *guid)
{
	static const unsigned char order[16] = { 3, 2, 1, 0, 5,	 4,  7,	 6,
						 8, 9, 10, 11, 12, 13, 14, 15 };
	char text[VHDXLOG_GUID_TEXT];
	uint8_t swapped[16];

	/* Pages that are all one byte may be where it lies. */
	if (memcmp(guid->bytes, guid->bytes + 1, 15) == 0)
		return;
	for (unsigned i = 0; i < 16; i++)
		swapped[i] = guid->bytes[order[i]];
	vhdxlog_guid_format(guid, text);
	expect_nowhere(image, guid->bytes, 16, text);
	expect_nowhere(image, swapped, 16, text);
	expect_no_text(image, text);
	for (char *p = text; *p; p++)
		*p = (char)(*p >= 'a' ? *p - 'a' + 'A' : *p);
	expect_no_text(image, text);
}

/* All GUIDs of the disk, of the one that is scanned. */
static void expect_no_guids(const struct buffer *image, struct vhdxlog_scan *s)
{
	struct vhdxlog_guid last = { { 0 } };

	for (unsigned slot = 1; slot <= 2; slot++) {
		const struct vhdxlog_header *h = vhdxlog_header(s, slot);

		expect_no_guid(image, &h->file_write_guid);
		expect_no_guid(image, &h->data_write_guid);
		expect_no_guid(image, &h->log_guid);
	}
	expect_no_guid(image, &vhdxlog_image(s)->metadata.virtual_disk_id);
	for (size_t i = 0; i < vhdxlog_entry_count(s); i++) {
		struct vhdxlog_entry e;

		cr_assert_eq(vhdxlog_entry_at(s, i, &e, NULL), 0);
		if (memcmp(&e.log_guid, &last, sizeof(last)) != 0)
			expect_no_guid(image, &e.log_guid);
		last = e.log_guid;
	}
}

/* What is right of the one is right of the other. */
static void expect_as_right(struct vhdxlog_scan *a, struct vhdxlog_scan *b)
{
	cr_assert_eq(vhdxlog_verdict(a)->state, vhdxlog_verdict(b)->state);
	cr_assert_eq(vhdxlog_entry_count(a), vhdxlog_entry_count(b));
	for (unsigned k = 1; k <= 2; k++) {
		cr_assert_eq(vhdxlog_header(a, k)->valid,
			     vhdxlog_header(b, k)->valid);
		cr_assert_eq(vhdxlog_region_table(a, k)->valid,
			     vhdxlog_region_table(b, k)->valid);
	}
	for (size_t i = 0; i < vhdxlog_entry_count(a); i++) {
		struct vhdxlog_entry e, f;

		cr_assert_eq(vhdxlog_entry_at(a, i, &e, NULL), 0);
		cr_assert_eq(vhdxlog_entry_at(b, i, &f, NULL), 0);
		cr_assert_eq(e.verdict, f.verdict);
		cr_assert_eq(e.active, f.active);
		cr_assert_eq(e.checksum_stored == e.checksum_computed,
			     f.checksum_stored == f.checksum_computed, "E%u",
			     e.sector);
	}
}

Test(export_redact, names_are_nowhere_in_a_redacted_one)
{
	struct buffer image = build_recipe(REDACTED);
	struct scanned a, b;
	struct exported x, again;
	struct vhdxlog_guid parent;

	a = scan_memory(image.at, image.len, NULL);
	leak(&image, vhdxlog_header(a.scan, 1)->data_write_guid.bytes);
	scan_release(&a);
	a = scan_memory(image.at, image.len, NULL);
	export_from(&x, a.scan, true);
	export_from(&again, a.scan, true);
	cr_assert_eq(memcmp(x.image.at, again.image.at, x.image.len), 0);
	b = scan_memory(x.image.at, x.image.len, NULL);
	expect_no_guids(&x.image, a.scan);
	expect_as_right(a.scan, b.scan);
	expect_no_text(&x.image, secret_path);
	expect_no_text(&x.image, "secret");
	expect_no_text(&x.image, "mother");
	expect_no_text(&x.image, "creator");
	/* The parent's, and keys that say what the values are. */
	cr_assert(vhdxlog_image(b.scan)->metadata.locator);
	cr_assert_eq(vhdxlog_image(b.scan)->metadata.locator->pair_count, 3);
	cr_assert_eq(status_of(b.scan, "locator-linkage-missing", 0),
		     VHDXLOG_PASS);
	cr_assert_eq(status_of(b.scan, "locator-path-missing", 0),
		     VHDXLOG_PASS);
	cr_assert(vhdxlog_guid_parse("fec2da86-51fa-4dae-9017-99c067784740",
				     &parent));
	expect_no_guid(&x.image, &parent);
	scan_release(&a);
	scan_release(&b);
	buffer_free(&x.image);
	buffer_free(&again.image);
	buffer_free(&image);
}

/* Descriptors as the report has them, and which readers end with the same. */
static void expect_as_applied(struct vhdxlog_scan *a, struct vhdxlog_scan *b,
			      uint64_t seed)
{
	for (size_t i = 0; i < vhdxlog_entry_count(a); i++) {
		struct vhdxlog_descriptors *p, *q;
		struct vhdxlog_descriptor d, e;

		cr_assert_eq(vhdxlog_descriptors_open(a, i, &p, NULL), 0);
		cr_assert_eq(vhdxlog_descriptors_open(b, i, &q, NULL), 0);
		while (vhdxlog_descriptors_next(p, &d, NULL) == 0) {
			cr_assert_eq(vhdxlog_descriptors_next(q, &e, NULL), 0);
			cr_assert_eq(d.applied, e.applied,
				     "%ju: entry %zu, %u: %s, not %s",
				     (uintmax_t)seed, i, d.index,
				     vhdxlog_applied_name(e.applied),
				     vhdxlog_applied_name(d.applied));
			cr_assert_eq(d.file_offset, e.file_offset);
			cr_assert_eq(d.overwritten_by, e.overwritten_by);
		}
		vhdxlog_descriptors_close(p);
		vhdxlog_descriptors_close(q);
	}
}

Test(export_redact, a_redacted_one_is_as_right_and_as_wrong)
{
	for (uint64_t seed = 0; seed < rounds(EXPORT_IMAGES); seed++) {
		struct buffer image = export_random_image(seed);
		struct scanned a = scan_memory(image.at, image.len, NULL), b;
		struct exported x;

		export_from(&x, a.scan, true);
		b = scan_memory(x.image.at, x.image.len, NULL);
		expect_as_right(a.scan, b.scan);
		expect_as_applied(a.scan, b.scan, seed);
		if (seed % 8 == 0)
			expect_no_guids(&x.image, a.scan);
		scan_release(&a);
		scan_release(&b);
		buffer_free(&x.image);
		buffer_free(&image);
	}
}

/* Entries that lie in one another, that claim what they have not, ... */
Test(export_redact, any_ring_can_be_redacted)
{
	unsigned right = 0;

	for (uint64_t seed = 0; seed < rounds(EXPORT_IMAGES); seed++) {
		struct base b;
		struct scanned s, t;
		struct exported x;

		base_make_random(&b, seed);
		s = scan_memory(b.image.at, b.image.len, NULL);
		export_from(&x, s.scan, true);
		t = scan_memory(x.image.at, x.image.len, NULL);
		cr_assert_eq(vhdxlog_entry_count(s.scan),
			     vhdxlog_entry_count(t.scan));
		for (unsigned v = 0; v < 3; v++)
			right += vhdxlog_entry_tally(
					 s.scan, (enum vhdxlog_soundness)v) ==
				 vhdxlog_entry_tally(
					 t.scan, (enum vhdxlog_soundness)v);
		scan_release(&s);
		scan_release(&t);
		buffer_free(&x.image);
		base_free(&b);
	}
	assert_often(right, 3 * rounds(EXPORT_IMAGES) * 9 / 10, rounds(EXPORT_IMAGES));
}

/* ------------------------------------------------------------------- damage */

/* What no byte of the tables may bring to light; no part of a longer one. */
static const char *const known_texts[] = { "secretdir", "customer", "unknown-",
					   "hidden-value" };

static void expect_none_known(const struct buffer *image, uint64_t at)
{
	for (size_t i = 0; i < sizeof(known_texts) / sizeof(*known_texts); i++) {
		const char *text = known_texts[i];
		uint8_t wide[64] = { 0 };
		size_t n = strlen(text);

		for (size_t k = 0; k < n; k++)
			wide[2 * k] = (uint8_t)text[k];
		cr_assert(!memmem(image->at, image->len, text, n) &&
				  !memmem(image->at, image->len, wide, 2 * n),
			  "byte 0x%jx changed: %s", (uintmax_t)at, text);
	}
}

static void expect_none_with(struct buffer *image, uint64_t at, uint8_t byte)
{
	uint8_t before = image->at[at];
	struct exported x;

	if (byte == before)
		return;
	image->at[at] = byte;
	x = export_image(image, true);
	expect_none_known(&x.image, at);
	buffer_free(&x.image);
	image->at[at] = before;
}

static const char with_paths[] =
	"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\","
	" \"parent\": {\"parent_linkage\": \"guid:parent\","
	"  \"relative_path\": \".\\\\secretdir\\\\customer.vhdx\","
	"  \"absolute_win32_path\": \"C:\\\\secretdir\\\\customer.vhdx\","
	"  \"unknown-key\": \"hidden-value\"},"
	" \"items\": [{\"guid\": \"mine\", \"user\": true,"
	"   \"text\": \"hidden-value\"}]}}";

/* Counts that reach over texts, offsets into them, other types of locator. */
Test(export_redact, no_byte_of_table_or_locator_brings_a_path_to_light)
{
	static const uint8_t values[] = { 0, 1, 8, 0xff };
	struct buffer image = build_recipe(with_paths);
	struct scanned s = scan_memory(image.at, image.len, NULL);
	uint64_t table = s.scan->image.metadata_region->offset;
	const struct vl_metadata *m = &s.scan->image.metadata;
	const struct vl_metadata_entry *l =
		&m->entries[m->known[VL_ITEM_PARENT_LOCATOR]];
	uint64_t locator = table + l->offset;
	uint64_t table_end = table + VL_SIZE_metadata_header +
			     m->n * VL_SIZE_metadata_entry;
	uint64_t locator_end = locator + VL_SIZE_locator_header +
			       4 * VL_SIZE_locator_entry;
	/* Under a checker not each of them. */
	uint64_t step = vl_max64(1, 60 / rounds(60));

	scan_release(&s);
	for (size_t v = 0; v < sizeof(values); v++) {
		for (uint64_t at = table; at < table_end; at += step)
			expect_none_with(&image, at, values[v]);
		for (uint64_t at = locator; at < locator_end; at += step)
			expect_none_with(&image, at, values[v]);
	}
	buffer_free(&image);
}

/* What lies behind the entries of a region table that claims more. */
Test(export_redact, no_count_of_a_table_brings_to_light_what_lies_behind_it)
{
	static const uint64_t tables[] = { VL_TABLE_OFFSET(1),
					   VL_TABLE_OFFSET(2) };
	struct buffer image = build_recipe(with_paths);
	struct exported x;

	for (unsigned i = 0; i < 2; i++) {
		memset(image.at + tables[i] + 200, 's', 3000);
		image.at[tables[i] + VL_OFF_region_header_entry_count] = 0xff;
	}
	x = export_image(&image, true);
	for (unsigned i = 0; i < 2; i++)
		cr_assert(!memmem(x.image.at + tables[i], VL_SLOT_SIZE,
				  "ssssssss", 8));
	buffer_free(&x.image);
	buffer_free(&image);
}

/* Sectors that begin as those of a log do, and are pages of a text. */
Test(export_redact, texts_that_begin_as_sectors_do_are_none)
{
	enum { WORDS = 4 };
	static const char *const words[WORDS] = { "zero", "desc", "loge",
						  "data" };
	struct buffer image = build_recipe(
		"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\"},"
		" \"log\": {\"entries\": [{\"writes\": []}]}}");
	struct exported x;

	for (unsigned i = 0; i < WORDS; i++) {
		uint8_t *p = image.at + VL_MIB + (100 + 2 * i) * VL_SECTOR;

		for (unsigned k = 0; k < VL_SECTOR; k += 16)
			memcpy(p + k, k % 32 ? "abcdefghijklmnop" :
					       "desc a secret w.", 16);
		memcpy(p, words[i], 4);
	}
	x = export_image(&image, true);
	for (unsigned i = 0; i < WORDS; i++) {
		const uint8_t *p = x.image.at + VL_MIB +
				   (100 + 2 * i) * VL_SECTOR;
		/* The fields of an entry are letters without meaning. */
		unsigned kept = words[i][0] == 'l' ? VL_SIZE_entry_header : 4;

		cr_assert_eq(memcmp(p, words[i], 4), 0);
		cr_assert(is_all_zero(p + kept, VL_SECTOR - kept), "%s",
			  words[i]);
		cr_assert(!memmem(p, VL_SECTOR, "secret", 6) &&
			  !memmem(p, VL_SECTOR, "mnop", 4));
	}
	buffer_free(&x.image);
	buffer_free(&image);
}

/* A data sector that has its entry's number alone: its first bytes are none. */
Test(export_redact, a_signature_that_is_none_is_hidden)
{
	struct buffer image = build_recipe(
		"{\"about\": \"\", \"image\": {\"virtual_size\": \"64M\"},"
		" \"log\": {\"entries\": [{\"writes\": ["
		"   {\"page\": \"3M\", \"current\": true}]}]}}");
	struct scanned s = scan_memory(image.at, image.len, NULL);
	uint64_t data = vl_ring_at(&s.scan->log.ring,
				   s.scan->log.entries[0].sector + 1);
	struct exported x;

	scan_release(&s);
	cr_assert_eq(memcmp(image.at + data, vl_data_signature, 4), 0);
	memcpy(image.at + data, "SECR", 4);
	x = export_image(&image, true);
	cr_assert(!memmem(x.image.at, x.image.len, "SECR", 4));
	cr_assert_eq(memcmp(x.image.at + data + 4, image.at + data + 4, 4), 0);
	buffer_free(&x.image);
	buffer_free(&image);
}

/* Digits that anybody could make of a path that he has an idea of. */
Test(export_redact, without_guids_the_key_is_random)
{
	struct buffer image = build_recipe(with_paths);
	struct scanned s = scan_memory(image.at, image.len, NULL);
	const struct vl_metadata *m = &s.scan->image.metadata;
	uint64_t id = s.scan->image.metadata_region->offset +
		      m->entries[m->known[VL_ITEM_DISK_ID]].offset;
	struct exported a, b, c;

	scan_release(&s);
	a = export_image(&image, true);
	memset(image.at + VL_HEADER_OFFSET(1), 0, 2 * VL_SLOT_SIZE);
	memset(image.at + id, 0, 16);
	b = export_image(&image, true);
	c = export_image(&image, true);
	cr_assert_neq(memcmp(b.image.at, c.image.at, b.image.len), 0);
	cr_assert_gt(b.limitations, a.limitations);
	expect_none_known(&b.image, 0);
	buffer_free(&a.image);
	buffer_free(&b.image);
	buffer_free(&c.image);
	buffer_free(&image);
}
