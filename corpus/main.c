/* SPDX-License-Identifier: MIT */
/* vhdxlog-corpus: build the image that a recipe describes. */
#include "corpus/image.h"
#include "corpus/list.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: vhdxlog-corpus RECIPE.json OUTPUT\n"
	"       vhdxlog-corpus --list [FOLDER]\n"
	"       vhdxlog-corpus --fields\n"
	"\n"
	"Build the VHDX image that a recipe describes. An existing OUTPUT is\n"
	"replaced.\n"
	"\n"
	"  --list [FOLDER]  what the recipes below a folder are about\n"
	"                   (default: corpus/recipes)\n"
	"  --fields         the fields that damage can be done to, by name\n"
	"  -h, --help       this text\n"
	"  -V, --version    the version\n"
	"\n"
	"Exit status: 0 done, 2 wrong usage or recipe, 3 the image could not\n"
	"be written. corpus/README.md describes recipes.\n";

/* The output while it is not finished, to be taken back on failure. */
static const char *unfinished;

static void take_back(void)
{
	if (unfinished)
		unlink(unfinished);
}

static _Noreturn void die_output(const char *path)
{
	fprintf(stderr, "vhdxlog-corpus: %s: %s\n", path, strerror(errno));
	exit(3);
}

static int build(const char *recipe, const char *output)
{
	struct vl_medium m;
	struct recipe r;
	int fd;

	recipe_read(recipe, &r);
	fd = open(output, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		die_output(output);
	unfinished = output;
	atexit(take_back);
	if (vl_medium_fd(fd, &m, NULL) < 0)
		die_output(output);
	corpus_build(&r, &m);
	vl_medium_close(&m);
	recipe_release(&r);
	unfinished = NULL;
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "list", no_argument, NULL, 'l' },
		{ "fields", no_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int c = getopt_long(argc, argv, "hV", options, NULL);

	switch (c) {
	case 'l':
		return list_recipes(argv[optind] ? argv[optind] :
						   "corpus/recipes");
	case 'f': list_fields(); return 0;
	case 'h': fputs(usage, stdout); return 0;
	case 'V': puts("vhdxlog-corpus " VHDXLOG_VERSION); return 0;
	case '?': return 2;
	}
	if (argc - optind != 2) {
		fputs(usage, stderr);
		return 2;
	}
	return build(argv[optind], argv[optind + 1]);
}
