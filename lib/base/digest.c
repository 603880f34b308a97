/* SPDX-License-Identifier: MIT */
/*
 * libcrypto's plain functions, not its EVP layer: that one loads providers and a
 * configuration file, keeps state for the whole process, and follows a null
 * pointer where memory runs out while it does. These only compute.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/digest.h"

#include "base/alloc.h"
#include "base/hex.h"

#include <openssl/md5.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

struct vl_digest {
	enum { SHA256_KIND, SHA1_KIND, MD5_KIND } kind;
	union {
		SHA256_CTX sha256;
		SHA_CTX sha1;
		MD5_CTX md5;
	} state;
};

struct vl_digest *vl_digest_new(const char *name)
{
	struct vl_digest *d = vl_calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	if (strcmp(name, "SHA1") == 0) {
		d->kind = SHA1_KIND;
		SHA1_Init(&d->state.sha1);
	} else if (strcmp(name, "MD5") == 0) {
		d->kind = MD5_KIND;
		MD5_Init(&d->state.md5);
	} else {
		d->kind = SHA256_KIND;
		SHA256_Init(&d->state.sha256);
	}
	return d;
}

void vl_digest_update(struct vl_digest *d, const void *buf, size_t len)
{
	if (!d)
		return;
	switch (d->kind) {
	case SHA256_KIND: SHA256_Update(&d->state.sha256, buf, len); break;
	case SHA1_KIND: SHA1_Update(&d->state.sha1, buf, len); break;
	case MD5_KIND: MD5_Update(&d->state.md5, buf, len); break;
	}
}

/* Returns the length of the digest. */
static unsigned final(struct vl_digest *d, uint8_t raw[SHA256_DIGEST_LENGTH])
{
	switch (d->kind) {
	case SHA256_KIND:
		SHA256_Final(raw, &d->state.sha256);
		return SHA256_DIGEST_LENGTH;
	case SHA1_KIND:
		SHA1_Final(raw, &d->state.sha1);
		return SHA_DIGEST_LENGTH;
	case MD5_KIND: MD5_Final(raw, &d->state.md5); break;
	}
	return MD5_DIGEST_LENGTH;
}

static void put_text(const uint8_t *raw, unsigned n, char *text, size_t size)
{
	for (unsigned i = 0; i < n && 2 * i + 2 < size; i++) {
		vl_hex_put(raw[i], text);
		text += 2;
	}
	*text = '\0';
}

void vl_digest_finish(struct vl_digest *d, char *text, size_t size)
{
	uint8_t raw[SHA256_DIGEST_LENGTH];

	text[0] = '\0';
	if (!d)
		return;
	put_text(raw, final(d, raw), text, size);
	vl_digest_free(d);
}

void vl_digest_free(struct vl_digest *d)
{
	free(d);
}

void vl_sha256(const void *buf, size_t len, char text[65])
{
	uint8_t raw[SHA256_DIGEST_LENGTH];
	SHA256_CTX state;

	SHA256_Init(&state);
	SHA256_Update(&state, buf, len);
	SHA256_Final(raw, &state);
	put_text(raw, sizeof(raw), text, 65);
}
