/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/dump.h"

#include <criterion/criterion.h>

#include "tests/unit/helpers.h"

struct vhdxlog_source *fuzz_dump(void)
{
	static struct buffer b;
	struct vhdxlog_source *source;

	if (!b.at)
		b = build_recipe("{\"about\": \"A small image with a log.\","
				 " \"image\": {\"virtual_size\": \"64M\"},"
				 " \"log\": {\"entries\": [{\"writes\":"
				 "  [{\"bat\": {\"1\": \"present\"}}]}]}}");
	cr_assert_eq(vhdxlog_source_memory(b.at, b.len, &source, NULL), 0);
	return source;
}
