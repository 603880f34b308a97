/* SPDX-License-Identifier: MIT */
#include "tools/common/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/common/say.h"

#define BUFFER (256 * 1024)

static int refuse(const struct tool_output *o, const char *why)
{
	tool_say_path(o->name, "%s", why);
	return TOOL_USAGE;
}

/* -------------------------------------------------------------------- open */

/* Ends: each turn writes something, or fails, but for a signal. */
static ssize_t write_all(void *cookie, const char *bytes, size_t len)
{
	struct tool_output *o = cookie;
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(o->fd, bytes + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			o->failed = n < 0 ? errno : ENOSPC;
			break;
		}
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static int close_fd(void *cookie)
{
	return close(((struct tool_output *)cookie)->fd);
}

/*
 * fd: as it was opened, or -1 with errno; handed over. A stream of stdio's own would
 * forget why it could not write, and not go on after a signal.
 */
static int use_fd(struct tool_output *o, int fd)
{
	static const cookie_io_functions_t io = { .write = write_all,
						  .close = close_fd };

	o->fd = fd;
	o->stream = fd >= 0 ? fopencookie(o, "w", io) : NULL;
	if (o->stream) {
		setvbuf(o->stream, NULL, _IOFBF, BUFFER);
		return 0;
	}
	tool_failed(o->name, "cannot be written");
	if (fd >= 0)
		close(fd);
	return TOOL_FAILED;
}

/* The stream has a descriptor of its own: it is closed before the file is. */
static int open_file(struct tool_output *o,
		     const struct tool_evidence *evidence)
{
	int status = tool_newfile_open(&o->file, o->name, true, evidence);

	if (!status)
		status = use_fd(o, fcntl(o->file.fd, F_DUPFD_CLOEXEC, 0));
	if (status)
		tool_newfile_drop(&o->file);
	return status;
}

static int open_path(struct tool_output *o,
		     const struct tool_evidence *evidence)
{
	struct stat st;

	if (stat(o->name, &st) != 0 || S_ISREG(st.st_mode))
		return open_file(o, evidence);
	if (tool_is_evidence(evidence, &st))
		return refuse(o, TOOL_IS_EVIDENCE);
	if (S_ISBLK(st.st_mode))
		return refuse(o, "a block device is not overwritten");
	return use_fd(o, open(o->name, O_WRONLY | O_CLOEXEC | O_NOCTTY));
}

static int open_stdout(struct tool_output *o,
		       const struct tool_evidence *evidence)
{
	if (tool_fd_is_evidence(evidence, STDOUT_FILENO))
		return refuse(o, TOOL_IS_EVIDENCE);
	o->stream = stdout;
	o->to_terminal = isatty(STDOUT_FILENO);
	setvbuf(stdout, NULL, _IOFBF, BUFFER);
	return 0;
}

int tool_output_open(struct tool_output *o, const char *path,
		     const struct tool_evidence *evidence)
{
	bool to_stdout = !path || strcmp(path, "-") == 0;

	*o = (struct tool_output){
		.name = to_stdout ? "standard output" : path,
	};
	if (tool_fd_is_evidence(evidence, STDERR_FILENO))
		return TOOL_USAGE;
	return to_stdout ? open_stdout(o, evidence) : open_path(o, evidence);
}

/* ------------------------------------------------------------------ sparse */

bool tool_output_is_file(const struct tool_output *o)
{
	return o->file.target;
}

int tool_output_extend(struct tool_output *o, uint64_t size)
{
	char text[VHDXLOG_SIZE_TEXT];

	if (size <= INT64_MAX && ftruncate(o->file.fd, (off_t)size) == 0)
		return 0;
	if (size <= INT64_MAX && errno != EFBIG)
		return tool_failed(o->name, "writing");
	tool_say_path(o->name,
		      "no file there can be as long as the image, which is %s, "
		      "though it takes hardly any room: its file system, or a "
		      "limit, forbids it. XFS, Btrfs and tmpfs have such files",
		      vhdxlog_size_format(size, text));
	return TOOL_FAILED;
}

int tool_output_put(struct tool_output *o, uint64_t offset, const void *bytes,
		    size_t len)
{
	const char *p = bytes;

	/* Ends: each turn writes something, or fails, but for a signal. */
	while (len) {
		ssize_t n = pwrite(o->file.fd, p, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = ENOSPC;
		if (n <= 0)
			return tool_failed(o->name, "writing");
		p += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

/* ------------------------------------------------------------------- close */

bool tool_output_works(struct tool_output *o)
{
	errno = 0;
	if (fflush(o->stream) == 0 && !ferror(o->stream))
		return true;
	if (o->failed)
		errno = o->failed;
	tool_failed(o->name, "writing");
	return false;
}

int tool_output_close(struct tool_output *o, bool keep)
{
	int status = 0;

	if (o->stream == stdout)
		return keep ? tool_flush_stdout() : 0;
	if (keep && !tool_output_works(o))
		status = TOOL_FAILED;
	if (fclose(o->stream) != 0 && keep && !status)
		status = tool_failed(o->name, "writing");
	if (!keep || status)
		tool_newfile_drop(&o->file);
	else if (o->file.target)
		status = tool_newfile_keep(&o->file);
	*o = (struct tool_output){ .stream = NULL };
	return status;
}

int tool_flush_stdout(void)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return TOOL_DONE;
	return tool_failed("standard output", "writing");
}
