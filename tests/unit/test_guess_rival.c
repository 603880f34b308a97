/* SPDX-License-Identifier: MIT */
/* Two region tables that are both whole, and name different places. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/bytes.h"
#include "crc32c.h"
#include "guessed.h"
#include "ondisk/layout.h"

#define FOREIGN "region-tables-foreign"
#define UNSURE "region-tables-disagree"

/* log 1M, BAT 2M, metadata 3M, blocks from 4M */
#define EMPTY LAID("\"virtual_size\": \"64M\", \"file_size\": \"10M\"")
#define BLOCKS LAID("\"virtual_size\": \"64M\", \"file_size\": \"10M\"," \
		    "\"blocks\": {\"0\": \"present@6M\", \"3\": \"present@7M\"}")
/* Every block was given up again. */
#define LOGGED                                                         \
	"{\"about\": \"x\", \"image\": {\"virtual_size\": \"64M\","        \
	"\"file_size\": \"10M\"}, \"log\": {\"guid\": \"zero\", \"entries\": [" \
	"{\"guid\": \"earlier\", \"sequence\": 3, \"writes\":"            \
	"[{\"bat\": {\"0\": \"present@6M\"}}]}]}}"

enum { NOTHING, COPY_OF_BAT, COPY_OF_METADATA, RUBBISH };

static const struct {
	const char *what, *recipe;
	unsigned table;	 /* that names another place, */
	bool metadata;	 /* of metadata; else of the BAT: */
	uint64_t mib;
	int there;
	const char *finding; /* NULL: the first table is right */
} cases[] = {
	{ "the first, an empty MiB", BLOCKS, 1, false, 8, NOTHING, FOREIGN },
	{ "the first, a block", BLOCKS, 1, false, 6, NOTHING, FOREIGN },
	{ "the first, rubbish", BLOCKS, 1, false, 8, RUBBISH, FOREIGN },
	{ "the first, past the end", BLOCKS, 1, false, 40, NOTHING, FOREIGN },
	{ "the first, a copy", BLOCKS, 1, false, 8, COPY_OF_BAT, UNSURE },
	{ "the second, an empty MiB", BLOCKS, 2, false, 8, NOTHING, NULL },
	{ "the second, a block", BLOCKS, 2, false, 6, NOTHING, NULL },
	{ "the second, past the end", BLOCKS, 2, false, 40, NOTHING, NULL },
	{ "the second, a copy", BLOCKS, 2, false, 8, COPY_OF_BAT, UNSURE },
	{ "the second, a copy in a block", BLOCKS, 2, false, 6, COPY_OF_BAT,
	  NULL },
	{ "the first, of an empty disk", EMPTY, 1, false, 8, NOTHING, UNSURE },
	{ "the second, of an empty disk", EMPTY, 2, false, 8, NOTHING, UNSURE },
	{ "the second, where none can be", EMPTY, 2, false, 40, NOTHING, NULL },
	{ "the log wrote to the second's", LOGGED, 1, false, 8, NOTHING,
	  FOREIGN },
	{ "the log wrote to the first's", LOGGED, 2, false, 8, NOTHING, NULL },
	{ "the first, no metadata", BLOCKS, 1, true, 8, NOTHING, FOREIGN },
	{ "the second, no metadata", BLOCKS, 2, true, 8, NOTHING, NULL },
	{ "the first, other metadata", BLOCKS, 1, true, 8, COPY_OF_METADATA,
	  UNSURE },
	{ "the second, other metadata", BLOCKS, 2, true, 8, COPY_OF_METADATA,
	  UNSURE },
	{ "the second, metadata in a block", BLOCKS, 2, true, 6,
	  COPY_OF_METADATA, NULL },
};

/* Entry 0 of a table is the BAT, 1 the metadata. */
static void move_region(struct buffer *b, unsigned table, bool metadata,
			uint64_t mib)
{
	uint8_t *t = b->at + VL_TABLE_OFFSET(table);

	vl_put_le64(t + VL_SIZE_region_header + metadata * VL_SIZE_region_entry +
			    VL_OFF_region_entry_file_offset,
		    mib * VL_MIB);
	vl_put_le32(t + VL_OFF_region_header_checksum,
		    vl_crc32c_sealed(t, VL_SLOT_SIZE));
}

static void put_there(struct buffer *b, uint64_t mib, int what)
{
	struct rng rng = rng_seed(7);

	if (what == RUBBISH)
		rng_fill(&rng, b->at + mib * VL_MIB, VL_SECTOR);
	else if (what != NOTHING)
		memcpy(b->at + mib * VL_MIB,
		       b->at + (what == COPY_OF_BAT ? 2 : 3) * VL_MIB, VL_MIB);
}

Test(guess_rival, of_two_tables_the_evidence_tells_which_is_right)
{
	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		struct buffer b = build_recipe(cases[k].recipe);
		struct scanned want = scan_memory(b.at, b.len, NULL), got;
		struct buffer c = copy_of(&b);
		const char *what = cases[k].what, *finding = cases[k].finding;

		move_region(&c, cases[k].table, cases[k].metadata, cases[k].mib);
		put_there(&c, cases[k].mib, cases[k].there);
		got = scan_memory(c.at, c.len, NULL);
		for (unsigned n = 0; n < 2; n++) {
			const char *each = n ? UNSURE : FOREIGN;

			cr_assert_eq(has_finding(got.scan, each),
				     finding && strcmp(finding, each) == 0,
				     "%s: %s", what, each);
		}
		cr_assert_eq(vhdxlog_verdict(got.scan)->needs_decision,
			     finding ||
				     vhdxlog_verdict(want.scan)->needs_decision,
			     "%s", what);
		if (finding && strcmp(finding, FOREIGN) == 0)
			expect_regions(by_guess(got.scan), by_table(want.scan),
				       what);
		scan_release(&got);
		scan_release(&want);
		buffer_free(&b);
		buffer_free(&c);
	}
}
