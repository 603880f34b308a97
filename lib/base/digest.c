/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <openssl/evp.h>
#include <stdio.h>

/* An EVP_MD_CTX under a name of our own, so that callers need no header of
 * libcrypto. */
static EVP_MD_CTX *ctx_of(struct vl_digest *d)
{
	return (EVP_MD_CTX *)d;
}

struct vl_digest *vl_digest_new(const char *name)
{
	const EVP_MD *md = EVP_get_digestbyname(name);
	EVP_MD_CTX *ctx = md ? EVP_MD_CTX_new() : NULL;

	if (ctx && EVP_DigestInit_ex(ctx, md, NULL) != 1) {
		EVP_MD_CTX_free(ctx);
		ctx = NULL;
	}
	return (struct vl_digest *)ctx;
}

void vl_digest_update(struct vl_digest *d, const void *buf, size_t len)
{
	if (d)
		EVP_DigestUpdate(ctx_of(d), buf, len);
}

void vl_digest_finish(struct vl_digest *d, char *text, size_t size)
{
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	text[0] = '\0';
	if (!d)
		return;
	EVP_DigestFinal_ex(ctx_of(d), raw, &n);
	for (unsigned int i = 0; i < n && 2 * i + 2 < size; i++)
		snprintf(text + 2 * i, 3, "%02x", raw[i]);
	vl_digest_free(d);
}

void vl_digest_free(struct vl_digest *d)
{
	EVP_MD_CTX_free(ctx_of(d));
}
