/* SPDX-License-Identifier: MIT */
/*
 * A patch of a small file: it is refused and the fault says why, or what is made of
 * the file, and of that again, is what the patch says, and fits the next one.
 *
 * The digest at its end is made right, so that what it is of is reached, unless the
 * text begins with a space.
 */
#include <criterion/criterion.h>

#include <stdlib.h>

#include "base/digest.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/patch_case.h"

#define MOST_SIZE (UINT64_C(1) << 22)

/* The text with its last line, if that is the end, sealed. */
static struct buffer sealed(const uint8_t *data, size_t size)
{
	static const char end[] = "{\"type\":\"end\",\"pieces\":";
	struct buffer b = { malloc(size + 200), size };
	char digest[VHDXLOG_SHA256_TEXT];
	uint8_t *last = NULL, *p;
	unsigned lines = 0;

	cr_assert(b.at);
	if (size)
		memcpy(b.at, data, size);
	for (p = b.at; p + sizeof(end) <= b.at + size; p++) {
		lines += p > b.at && p[-1] == '\n';
		if ((p == b.at || p[-1] == '\n') &&
		    memcmp(p, end, sizeof(end) - 1) == 0) {
			last = p;
			break;
		}
	}
	if (!last || *b.at == ' ')
		return b;
	vl_sha256(b.at, (size_t)(last - b.at), digest);
	b.len = (size_t)(last - b.at) +
		(size_t)snprintf((char *)last, 200, "%s%u,\"sha256\":\"%s\"}\n",
				 end, lines - 1, digest);
	return b;
}

static void try_direction(const struct buffer *text, bool backwards,
			  const struct file *old)
{
	struct opened o =
		open_patch(text->at, text->len, backwards, old);
	struct file new;

	if (o.rc == 0 && o.change.new_size <= MOST_SIZE) {
		new = change_result(old, &o.change);
		close_patch(&o);
		/* What was made can be taken back, to the same. */
		o = open_patch(text->at, text->len, !backwards, &new);
		cr_assert_eq(o.rc, 0, "%s", o.fault.text);
		if (o.rc == 0) {
			struct file back = change_result(&new, &o.change);

			cr_assert(same_file(&back, old));
			file_free(&back);
		}
		file_free(&new);
	} else {
		cr_assert(o.rc == 0 || o.rc == VHDXLOG_E_MISUSE);
	}
	close_patch(&o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct file old, new;
	struct buffer text = sealed(data, size), first;

	if (!old.bytes.at) {
		first = small_patch(&old, &new);
		buffer_free(&first);
	}
	try_direction(&text, false, &old);
	try_direction(&text, true, &new);
	buffer_free(&text);
	return 0;
}
