/* SPDX-License-Identifier: MIT */
/* Digests as hex text, by libcrypto. */
#ifndef VL_BASE_DIGEST_H
#define VL_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct vl_digest; /* NULL stands for one that is not wanted */

/* name: "SHA256", "SHA1" or "MD5". NULL: out of memory. */
struct vl_digest *vl_digest_new(const char *name);
void vl_digest_update(struct vl_digest *d, const void *buf, size_t len);

/* Write lower-case hex and its NUL (size bytes must do), release d. */
void vl_digest_finish(struct vl_digest *d, char *text, size_t size);
void vl_digest_free(struct vl_digest *d);

/* SHA-256 of bytes that are all at hand: 64 digits and a NUL. Cannot fail. */
void vl_sha256(const void *buf, size_t len, char text[65]);

#endif
