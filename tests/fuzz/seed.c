/* SPDX-License-Identifier: MIT */
/*
 * fuzz-seed FOLDER FILE...: what fuzzing begins with. Of each recipe and each image
 * FOLDER/image/NAME, without payload where it is real, and FOLDER/ring/NAME, its
 * log alone; then what is read as text: FOLDER/patch/NAME and FOLDER/state/NAME.
 * What does not fit is left out.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/image.h"
#include "tests/fuzz/dump.h"
#include "tests/fuzz/medium.h"
#include "tests/fuzz/ring.h"
#include "tests/unit/patch_case.h"

#define MOST_INPUT (UINT32_C(128) << 10)

static const char *folder;
static struct sparse s;

static void put_file(const char *kind, const char *name, const void *bytes,
		     size_t len)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s/%s", folder, kind, name);
	out = fopen(path, "we");
	if (!out || fwrite(bytes, 1, len, out) != len || fclose(out) != 0) {
		fprintf(stderr, "fuzz-seed: cannot write %s\n", path);
		exit(3);
	}
}

/* The last two parts of a path, without its end. */
static void name_of(const char *path, char name[256])
{
	const char *from = path + strlen(path);
	size_t n;

	for (unsigned parts = 0; from > path; from--) {
		if (from[-1] == '/' && ++parts == 2)
			break;
	}
	n = strcspn(from, ".");
	snprintf(name, 256, "%.*s", n < 200 ? (int)n : 200, from);
	for (char *p = name; *p; p++)
		*p = *p == '/' ? '-' : *p;
}

/* ------------------------------------------------------------------- images */

static void build(const char *path)
{
	struct vl_medium m = fuzz_medium(&s);
	struct recipe r;

	recipe_read(path, &r);
	corpus_build(&r, &m);
	recipe_release(&r);
}

static void export(const char *path)
{
	const struct vhdxlog_export_options options = { .redact = false };
	struct vhdxlog_source *source;
	struct vhdxlog_export_piece p;
	struct vhdxlog_export *e;
	struct vhdxlog_scan *scan;

	cr_assert_eq(vhdxlog_source_open(path, 0, &source, NULL), 0, "%s",
		     path);
	cr_assert_eq(vhdxlog_scan(source, NULL, &scan, NULL), 0);
	if (vhdxlog_export_open(scan, &options, &e, NULL) == 0) {
		s.size = vhdxlog_export_size(e);
		while (vhdxlog_export_next(e, &p, NULL) == 0)
			sparse_put(&s, p.offset, p.bytes, p.length);
		vhdxlog_export_close(e);
	}
	vhdxlog_scan_close(scan);
	vhdxlog_source_close(source);
}

static void put_sparse(const char *kind, const char *name,
		       const struct sparse *what)
{
	static uint8_t data[MOST_INPUT];
	size_t len = what->count ? sparse_encode(what, data, sizeof(data)) : 0;

	if (len)
		put_file(kind, name, data, len);
}

static void put_ring(const char *name)
{
	static struct sparse log;
	struct fuzz_ring r = fuzz_ring_find(&s);

	if (!r.offset)
		return;
	sparse_decode(&log, NULL, 0);
	log.size = r.sectors * (uint64_t)SPARSE_PAGE;
	for (uint32_t i = 0; i < r.sectors; i++) {
		const uint8_t *p = fuzz_ring_sector(&s, &r, i);

		if (p)
			sparse_put(&log, i * (uint64_t)SPARSE_PAGE, p,
				   SPARSE_PAGE);
	}
	put_sparse("ring", name, &log);
}

static void put_image(const char *path)
{
	size_t len = strlen(path);
	char name[256];

	sparse_decode(&s, NULL, 0);
	if (len > 5 && strcmp(path + len - 5, ".json") == 0)
		build(path);
	else
		export(path);
	name_of(path, name);
	put_sparse("image", name, &s);
	put_ring(name);
}

/* --------------------------------------------------------------------- text */

static void put_patch(void)
{
	struct file old, new;
	struct buffer patch = small_patch(&old, &new);

	put_file("patch", "small", patch.at, patch.len);
	buffer_free(&patch);
	file_free(&old);
	file_free(&new);
}

/* A pass that was saved after each item. */
static void put_states(void)
{
	struct vhdxlog_source *source = fuzz_dump();
	struct vhdxlog_carve *carve;
	struct vhdxlog_carved item;
	char name[32], *text;
	unsigned n = 0;
	int rc;

	cr_assert_eq(vhdxlog_carve_open(source, NULL, &carve, NULL), 0);
	do {
		rc = vhdxlog_carve_next(carve, &item, NULL);
		text = vhdxlog_carve_save(carve);
		cr_assert(text);
		snprintf(name, sizeof(name), "item-%u", n++);
		put_file("state", name, text, strlen(text));
		free(text);
	} while (rc == 0);
	vhdxlog_carve_close(carve);
	vhdxlog_source_close(source);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: fuzz-seed FOLDER FILE...\n", stderr);
		return 2;
	}
	folder = argv[1];
	for (int i = 2; i < argc; i++)
		put_image(argv[i]);
	put_patch();
	put_states();
	return 0;
}
