/* SPDX-License-Identifier: MIT */
/*
 * A ring whose checksums are right whatever is in it: alone, and as the log of an
 * image. All is asked for, and of every reader what it would leave.
 *
 * Flags: 1 strict, 2 as a log region alone, and those of placed.h.
 */
#include <criterion/criterion.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/placed.h"
#include "tests/unit/walk.h"

static void scan(const struct sparse *s, const struct vhdxlog_options *o)
{
	struct vhdxlog_source *source = sparse_open(s);
	struct vhdxlog_scan *scan;

	cr_assert_eq(vhdxlog_scan(source, o, &scan, NULL), 0);
	walk_everything(scan, o->strict ? WALK_STRICT : WALK_ALL);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	static struct sparse s, image;
	struct fuzz_ring ring = placed_ring(&s, data, size);

	o.hash_structures = false;
	o.strict = s.flags & 1;
	if (s.flags & 2) {
		o.raw_log = true;
		scan(&s, &o);
		return 0;
	}
	placed_image(&image, &s, &ring);
	scan(&image, &o);
	return 0;
}
