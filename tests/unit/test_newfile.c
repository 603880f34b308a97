/* SPDX-License-Identifier: MIT */
/*
 * A new file: what it does not replace, and what is left of it. How it comes
 * through faults and signals is shown by tests/cli/newfile-killed.sh.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/common/newfile.h"
#include "tools/common/say.h"

static const struct tool_evidence none;
static char folder[] = "newfile-XXXXXX";

static void enter(void)
{
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
}

static int count_files(void)
{
	DIR *d = opendir(".");
	int n = 0;

	cr_assert_not_null(d);
	for (struct dirent *e; (e = readdir(d));)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f);
	fputs(text, f);
	fclose(f);
}

static void expect_text(const char *path, const char *want)
{
	char got[64] = "";
	FILE *f = fopen(path, "r");

	cr_assert_not_null(f, "%s is there", path);
	cr_expect_not_null(fgets(got, sizeof(got), f));
	fclose(f);
	cr_expect_str_eq(got, want);
}

static struct tool_newfile begin(const char *path, bool replaces)
{
	struct tool_newfile f;

	cr_assert_eq(tool_newfile_open(&f, path, replaces, &none), 0);
	cr_assert_null(f.refusal);
	cr_assert_eq(write(f.fd, "new", 3), 3);
	return f;
}

TestSuite(newfile, .init = enter);

Test(newfile, has_its_name_only_when_it_is_kept)
{
	struct tool_newfile f = begin("out", false);
	char back[4] = "";

	cr_expect_eq(access("out", F_OK), -1);
	cr_expect_eq(pread(f.fd, back, 3, 0), 3, "it can be read back");
	cr_expect_str_eq(back, "new");
	cr_expect_eq(tool_newfile_keep(&f), 0);
	cr_expect_null(f.target);
	expect_text("out", "new");
	cr_expect_eq(count_files(), 1);
}

Test(newfile, leaves_nothing_when_it_is_dropped)
{
	struct tool_newfile f = begin("out", false), unopened = { .fd = 0 };

	tool_newfile_drop(&f);
	tool_newfile_drop(&f);
	tool_newfile_drop(&unopened);
	cr_expect_eq(count_files(), 0);
	cr_expect_neq(fcntl(STDIN_FILENO, F_GETFD), -1,
		      "what was not opened is not closed");
}

Test(newfile, does_not_replace_unless_told_to)
{
	struct tool_newfile f;

	put("out", "old");
	cr_expect_eq(tool_newfile_open(&f, "out", false, &none), TOOL_USAGE);
	cr_assert_not_null(f.refusal);
	cr_expect_not_null(strstr(f.refusal, "--overwrite"));
	expect_text("out", "old");
	f = begin("out", true);
	expect_text("out", "old");
	cr_expect_eq(tool_newfile_keep(&f), 0);
	expect_text("out", "new");
	cr_expect_eq(count_files(), 1);
}

Test(newfile, what_came_meanwhile_stays_unless_told_to)
{
	struct tool_newfile f = begin("out", false), g = begin("out", true);

	put("out", "old");
	cr_expect_eq(tool_newfile_keep(&f), TOOL_USAGE);
	cr_expect_not_null(f.refusal, "it outlives the file");
	expect_text("out", "old");
	cr_expect_eq(tool_newfile_keep(&g), 0);
	expect_text("out", "new");
	cr_expect_eq(count_files(), 1);
}

Test(newfile, takes_the_place_of_no_other_kind)
{
	static const char *const kinds[] = { "directory", "pipe", "device" };
	struct tool_newfile f;

	cr_assert_eq(mkdir("directory", 0700), 0);
	cr_assert_eq(mkfifo("pipe", 0600), 0);
	cr_assert_eq(symlink("/dev/null", "device"), 0);
	for (int i = 0; i < 6; i++) {
		cr_expect_eq(tool_newfile_open(&f, kinds[i / 2], i % 2, &none),
			     TOOL_USAGE, "%s", kinds[i / 2]);
		cr_expect_not_null(f.refusal);
	}
	cr_expect_eq(count_files(), 3);
}

Test(newfile, is_made_behind_a_link)
{
	struct stat st;
	struct tool_newfile f;

	cr_assert_eq(mkdir("far", 0700), 0);
	cr_assert_eq(symlink("far/out", "link"), 0);
	f = begin("link", false);
	cr_expect_eq(tool_newfile_keep(&f), 0);
	expect_text("far/out", "new");
	cr_assert_eq(lstat("link", &st), 0);
	cr_expect(S_ISLNK(st.st_mode));
	cr_expect_eq(tool_newfile_open(&f, "link", false, &none), TOOL_USAGE,
		     "now there is one");
}

/* There, or still to be made. */
Test(newfile, of_two_it_is_known_whether_they_are_one)
{
	int fd;

	cr_assert_eq(mkdir("far", 0700), 0);
	cr_assert_eq(symlink("far/out", "link"), 0);
	for (unsigned made = 0; made < 2; made++) {
		cr_expect(tool_newfile_same("far/out", "link"));
		cr_expect(tool_newfile_same("far/out", "./far/../far/out"));
		cr_expect_not(tool_newfile_same("far/out", "out"));
		cr_expect_not(tool_newfile_same("far/out", "far/out2"));
		fd = open("far/out", O_WRONLY | O_CREAT, 0600);
		cr_assert_geq(fd, 0);
		cr_expect(tool_fd_is_at(fd, "link"));
		cr_expect_not(tool_fd_is_at(fd, "far"));
		close(fd);
	}
	cr_assert_eq(link("far/out", "hard"), 0);
	cr_expect(tool_newfile_same("far/out", "hard"));
}

/* Who may not read what it is made of may not read it, at no time. */
Test(newfile, may_be_read_by_no_more_than_its_source)
{
	struct stat source = { .st_mode = S_IFREG | 0440 }, st;
	struct tool_newfile f;

	umask(022);
	cr_assert_eq(tool_newfile_open(&f, "out", false, &none), 0);
	cr_assert_eq(fstat(f.fd, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600u, "until it has its rights");
	source.st_gid = st.st_gid;
	tool_newfile_limit(&f, &source);
	cr_assert_eq(tool_newfile_keep(&f), 0);
	cr_assert_eq(stat("out", &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0640u & 0777);
	source.st_gid++;
	cr_assert_eq(tool_newfile_open(&f, "other", false, &none), 0);
	tool_newfile_limit(&f, &source);
	cr_assert_eq(tool_newfile_keep(&f), 0);
	cr_assert_eq(stat("other", &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600u, "another group");
}

Test(newfile, is_never_the_evidence)
{
	const char *paths[] = { "image" };
	struct tool_evidence evidence = { .paths = paths, .count = 1 };
	struct tool_newfile f;

	put("image", "old");
	cr_assert_eq(link("image", "hard"), 0);
	cr_expect_eq(tool_newfile_open(&f, "hard", true, &evidence),
		     TOOL_USAGE);
	cr_expect_str_eq(f.refusal, TOOL_IS_EVIDENCE);
	/* One that becomes it meanwhile. */
	cr_assert_eq(tool_newfile_open(&f, "out", true, &evidence), 0);
	cr_assert_eq(link("image", "out"), 0);
	cr_expect_eq(tool_newfile_keep(&f), TOOL_USAGE);
	cr_expect_str_eq(f.refusal, TOOL_IS_EVIDENCE);
	expect_text("out", "old");
	cr_expect_eq(count_files(), 3);
}
