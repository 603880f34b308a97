/* SPDX-License-Identifier: MIT */
#include "write/fd.h"

#include <errno.h>
#include <unistd.h>

bool vl_fd_read(int fd, uint64_t off, void *buf, size_t len, size_t *done)
{
	*done = 0;
	/* Ends: it goes on only where bytes came, or for a signal. */
	while (*done < len) {
		ssize_t n = pread(fd, (uint8_t *)buf + *done, len - *done,
				  (off_t)(off + *done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = 0;
		if (n <= 0)
			return false;
		*done += (size_t)n;
	}
	return true;
}

bool vl_fd_write(int fd, uint64_t off, const void *buf, size_t len,
		 size_t *done)
{
	*done = 0;
	/* Ends: as above. */
	while (*done < len) {
		ssize_t n = pwrite(fd, (const uint8_t *)buf + *done,
				   len - *done, (off_t)(off + *done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		*done += (size_t)n;
	}
	return true;
}

bool vl_fd_resize(int fd, uint64_t size)
{
	int rc;

	do
		rc = ftruncate(fd, (off_t)size);
	while (rc < 0 && errno == EINTR);
	return rc == 0;
}
