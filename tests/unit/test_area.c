/* SPDX-License-Identifier: MIT */
/* What a byte of the file belongs to, where structures lie in each other's way. */
#include <criterion/criterion.h>

#include "helpers.h"
#include "walk.h"

/* The area of the only descriptor of the only entry. */
static enum vhdxlog_area area_in(const char *recipe)
{
	struct buffer image = build_recipe(recipe);
	struct scanned s = scan_memory(image.at, image.len, NULL);
	struct vhdxlog_descriptors *it;
	struct vhdxlog_descriptor d;

	cr_assert_eq(vhdxlog_entry_tally(s.scan, VHDXLOG_VALID), 1u);
	cr_assert_eq(vhdxlog_descriptors_open(s.scan, 0, &it, NULL), 0);
	cr_assert_eq(vhdxlog_descriptors_next(it, &d, NULL), 0);
	vhdxlog_descriptors_close(it);
	walk_everything(s.scan, WALK_ALL);
	scan_release(&s);
	buffer_free(&image);
	return d.area;
}

static void expect_area(const char *recipe, enum vhdxlog_area want)
{
	enum vhdxlog_area got = area_in(recipe);

	cr_expect_eq(got, want, "got %s, want %s", vhdxlog_area_name(got),
		     vhdxlog_area_name(want));
}

Test(area, is_that_of_the_structure_at_the_target)
{
	expect_area("{\"about\": \"-\", \"log\": {\"entries\": [{\"writes\": "
		    "[{\"page\": \"192K\"}]}]}}",
		    VHDXLOG_AREA_REGION_TABLES);
	expect_area("{\"about\": \"-\", \"log\": {\"entries\": [{\"writes\": "
		    "[{\"page\": \"2M\"}]}]}}",
		    VHDXLOG_AREA_BAT);
	expect_area("{\"about\": \"-\", \"log\": {\"entries\": [{\"writes\": "
		    "[{\"page\": \"3M\", \"current\": true}]}]}}",
		    VHDXLOG_AREA_METADATA);
	expect_area("{\"about\": \"-\", \"image\": {\"file_size\": \"6M\"}, "
		    "\"log\": {\"entries\": [{\"writes\": "
		    "[{\"page\": \"5M\"}]}]}}",
		    VHDXLOG_AREA_UNOWNED);
	expect_area("{\"about\": \"-\", \"image\": {\"blocks\": "
		    "{\"0\": \"present@5M\"}}, \"log\": {\"entries\": "
		    "[{\"writes\": [{\"page\": \"5M+4K\"}]}]}}",
		    VHDXLOG_AREA_PAYLOAD);
}

Test(area, a_region_of_no_length_hides_no_other)
{
	expect_area("{\"about\": \"-\", \"image\": {\"regions\": "
		    "[{\"guid\": \"other\", \"offset\": \"2M+4K\", "
		    "\"length\": 0}]}, \"log\": {\"entries\": "
		    "[{\"writes\": [{\"page\": \"2M+8K\"}]}]}}",
		    VHDXLOG_AREA_BAT);
}

Test(area, a_place_of_two_blocks_is_not_unowned)
{
	enum vhdxlog_area got = area_in(
		"{\"about\": \"-\", \"image\": {\"blocks\": "
		"{\"0\": \"present@5M\"}, \"bitmaps\": {\"0\": "
		"\"present@5M\"}, \"parent\": {\"parent_linkage\": "
		"\"guid:parent\", \"relative_path\": \"p\"}}, \"log\": "
		"{\"entries\": [{\"writes\": [{\"page\": \"5M\"}]}]}}");

	cr_expect(got == VHDXLOG_AREA_PAYLOAD ||
			  got == VHDXLOG_AREA_SECTOR_BITMAP,
		  "got %s", vhdxlog_area_name(got));
}
