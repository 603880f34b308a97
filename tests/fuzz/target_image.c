/* SPDX-License-Identifier: MIT */
/*
 * Whatever an image holds: it is opened, scanned and asked for everything that the
 * library can tell of it, and the answers fit together.
 *
 * Flags: 1 strict, 2 hashes, 4 header 2, 16 what no
 * structure owns.
 */
#include <criterion/criterion.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/sparse.h"
#include "tests/unit/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vhdxlog_options o = VHDXLOG_OPTIONS_INIT;
	static struct sparse s;
	struct vhdxlog_source *source;
	struct vhdxlog_scan *scan;

	sparse_decode(&s, data, size);
	o.strict = s.flags & 1;
	o.hash_structures = s.flags & 2;
	o.header = s.flags & 4 ? 2 : 0;
	o.unreferenced = s.flags & 16;
	source = sparse_open(&s);
	cr_assert_eq(vhdxlog_scan(source, &o, &scan, NULL), 0);
	walk_everything(scan, o.strict ? WALK_STRICT : WALK_ALL);
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
	return 0;
}
