/* SPDX-License-Identifier: MIT */
/* Sources that are files: what is opened, where the image lies in it. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bases.h"
#include "walk.h"

static struct base base;
static char folder[] = "/tmp/vhdxlog-unit.XXXXXX", path[64];

static void begin(void)
{
	base_make(&base, BASE_DYNAMIC);
	cr_assert(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/image", folder);
}

static void end(void)
{
	base_free(&base);
	unlink(path);
	rmdir(folder);
}

/* The image behind `front` bytes of something else. */
static void write_file(size_t front)
{
	FILE *f = fopen(path, "w");

	cr_assert(f);
	for (size_t i = 0; i < front; i++)
		putc('x', f);
	cr_assert_eq(fwrite(base.image.at, 1, base.image.len, f),
		     base.image.len);
	cr_assert_eq(fclose(f), 0);
}

Test(file, is_what_its_bytes_are, .init = begin, .fini = end)
{
	struct stat st;
	struct scanned s;

	write_file(0);
	cr_assert_eq(vhdxlog_source_open(path, 0, &s.source, NULL), 0);
	cr_assert_eq(vhdxlog_scan(s.source, NULL, &s.scan, NULL), 0);
	cr_expect_eq(vhdxlog_source_kind(s.source), VHDXLOG_SOURCE_FILE);
	cr_expect_eq(vhdxlog_source_size(s.source), base.image.len);
	cr_expect_eq(vhdxlog_verdict(s.scan)->state, VHDXLOG_DIRTY);
	cr_expect(vhdxlog_verdict(s.scan)->unchanged);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(vhdxlog_source_identity(s.source)->inode, st.st_ino);
	cr_expect_eq(vhdxlog_source_identity(s.source)->mtime_nsec,
		     st.st_mtim.tv_nsec);
	walk_everything(s.scan, WALK_ALL);
	scan_release(&s);
}

Test(file, image_may_begin_anywhere_in_it, .init = begin, .fini = end)
{
	struct vhdxlog_entry e;
	struct scanned s;

	write_file(12345);
	cr_assert_eq(vhdxlog_source_open(path, 12345, &s.source, NULL), 0);
	cr_expect_eq(vhdxlog_source_offset(s.source), 12345u);
	cr_expect_eq(vhdxlog_source_size(s.source), base.image.len);
	cr_expect_eq(vhdxlog_source_identity(s.source)->size,
		     base.image.len + 12345);
	cr_assert_eq(vhdxlog_scan(s.source, NULL, &s.scan, NULL), 0);
	cr_expect_eq(vhdxlog_verdict(s.scan)->state, VHDXLOG_DIRTY);
	cr_assert_eq(vhdxlog_entry_at(s.scan, 1, &e, NULL), 0);
	cr_expect_eq(e.offset, base.log_offset + 4096,
		     "offsets count from the start of the image");
	walk_everything(s.scan, WALK_ALL);
	scan_release(&s);
}

Test(file, image_may_begin_at_its_end_but_not_behind_it, .init = begin,
     .fini = end)
{
	struct vhdxlog_source *source;
	struct vhdxlog_error err;
	struct scanned s;

	write_file(0);
	cr_assert_eq(vhdxlog_source_open(path, base.image.len, &s.source,
					 NULL), 0);
	cr_assert_eq(vhdxlog_scan(s.source, NULL, &s.scan, NULL), 0);
	cr_expect_eq(vhdxlog_verdict(s.scan)->state, VHDXLOG_NOT_VHDX);
	walk_everything(s.scan, WALK_ALL);
	scan_release(&s);
	cr_expect_eq(vhdxlog_source_open(path, base.image.len + 1, &source,
					 &err), VHDXLOG_E_RANGE);
	cr_expect_null(source);
}

/* The guest may write to its disk; unstable is what the verdict rests on. */
Test(file, a_change_while_it_is_scanned_is_seen, .init = begin, .fini = end)
{
	struct scanned s;
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
				     { .tv_sec = 1000 } };

	write_file(0);
	cr_assert_eq(vhdxlog_source_open(path, 0, &s.source, NULL), 0);
	cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
	cr_assert_eq(vhdxlog_scan(s.source, NULL, &s.scan, NULL), 0);
	cr_expect_not(vhdxlog_verdict(s.scan)->unchanged);
	cr_expect_neq(vhdxlog_verdict(s.scan)->state, VHDXLOG_UNSTABLE);
	scan_release(&s);
}

Test(file, what_is_neither_file_nor_device_is_refused_at_once, .init = begin,
     .fini = end, .timeout = 10)
{
	static const char *const others[] = { "/dev/null", "/dev/zero", "/",
					      "." };
	struct vhdxlog_source *source;
	struct vhdxlog_error err;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		cr_expect_eq(vhdxlog_source_open(others[i], 0, &source, &err),
			     VHDXLOG_E_NOT_FILE, "%s", others[i]);
		cr_expect_null(source);
	}
	/* A FIFO without a writer would be waited for. */
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_expect_eq(vhdxlog_source_open(path, 0, &source, &err),
		     VHDXLOG_E_NOT_FILE);
}

Test(file, that_is_not_there_says_why, .init = begin, .fini = end)
{
	struct vhdxlog_source *source;
	struct vhdxlog_error err;

	cr_expect_eq(vhdxlog_source_open(path, 0, &source, &err),
		     VHDXLOG_E_IO);
	cr_expect_eq(err.sys_errno, ENOENT);
	cr_expect_null(source);
	cr_expect_eq(vhdxlog_source_open(path, 0, &source, NULL), VHDXLOG_E_IO,
		     "err may be NULL");
}
