/* SPDX-License-Identifier: MIT */
/*
 * The text that a pass of carving left, read back: it is refused, or the pass goes
 * on, ends, and tells of nothing outside the source.
 */
#include <criterion/criterion.h>

#include <stdlib.h>

#include "tests/fuzz/dump.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vhdxlog_source *source = fuzz_dump();
	uint64_t end = vhdxlog_source_size(source), told = 0;
	struct vhdxlog_carve *carve;
	struct vhdxlog_carved item;
	char *text = malloc(size + 1);
	int rc;

	cr_assert(text);
	memcpy(text, data, size);
	text[size] = '\0';
	cr_assert_eq(vhdxlog_carve_open(source, NULL, &carve, NULL), 0);
	rc = vhdxlog_carve_restore(carve, text, NULL);
	cr_assert(rc == 0 || rc == VHDXLOG_E_MISUSE);
	if (rc)
		cr_assert_eq(vhdxlog_carve_position(carve), 0);
	while (rc == 0 && vhdxlog_carve_next(carve, &item, NULL) == 0)
		cr_assert_lt(told++, size + end / 512);
	if (rc == 0) {
		cr_assert_eq(vhdxlog_carve_position(carve), end);
		free(vhdxlog_carve_save(carve));
	}
	vhdxlog_carve_close(carve);
	vhdxlog_source_close(source);
	free(text);
	return 0;
}
