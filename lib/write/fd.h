/* SPDX-License-Identifier: MIT */
/* All of a read or a write, however often the system has to be asked. */
#ifndef VL_WRITE_FD_H
#define VL_WRITE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * False where it stopped short: *done bytes are read, and errno says why, 0 that
 * the file ends there.
 */
bool vl_fd_read(int fd, uint64_t off, void *buf, size_t len, size_t *done);
bool vl_fd_write(int fd, uint64_t off, const void *buf, size_t len,
		 size_t *done);

/* False with errno. */
bool vl_fd_resize(int fd, uint64_t size);

#endif
