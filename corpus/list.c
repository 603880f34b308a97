/* SPDX-License-Identifier: MIT */
#include "corpus/list.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>

#include "corpus/recipe.h"

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_recipe(const FTSENT *f)
{
	size_t len = f->fts_namelen;

	return f->fts_info == FTS_F && len > 5 &&
	       strcmp(f->fts_name + len - 5, ".json") == 0;
}

static void print_recipe(const char *path)
{
	struct recipe r;

	recipe_read(path, &r);
	printf("%s\n\t%s\n", path, r.about);
	recipe_release(&r);
}

int list_recipes(const char *folder)
{
	char *const paths[] = { (char *)folder, NULL };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *f;
	int status = 0;

	while (fts && (f = fts_read(fts))) {
		if (is_recipe(f))
			print_recipe(f->fts_path);
		if (f->fts_info != FTS_NS && f->fts_info != FTS_ERR &&
		    f->fts_info != FTS_DNR)
			continue;
		fprintf(stderr, "vhdxlog-corpus: %s: %s\n", f->fts_path,
			strerror(f->fts_errno));
		status = 3;
	}
	if (fts)
		fts_close(fts);
	return fts ? status : 3;
}

void list_fields(void)
{
	for (unsigned s = 0; s < VHDXLOG_STRUCT_COUNT; s++) {
		size_t count;
		const struct vhdxlog_field *f = vhdxlog_layout(
			(enum vhdxlog_structure)s, &count);

		printf("%s\n",
		       vhdxlog_structure_name((enum vhdxlog_structure)s));
		for (size_t i = 0; i < count; i++)
			printf("\t%-20s %5u bytes at %u\n", f[i].name,
			       f[i].size, f[i].offset);
	}
}
