/* SPDX-License-Identifier: MIT */
/*
 * The cheapest way first. The kernel has many reasons not to share or to copy,
 * and an error number for each that differs between releases, so none of them is
 * looked at: what it would not do is read and written, which either does it or
 * says what is wrong, on which side and where.
 */
#include "write/copy.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "ondisk/layout.h"
#include "source/holes.h"
#include "write/fd.h"

#include <errno.h>
#include <isa-l/mem_routines.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER VL_MIB
#define RANGE (16 * VL_MIB) /* of one copy_file_range, so that progress is told */
#define UNIT (64 * VL_KIB)  /* of zeroes that are not written */

const char *vl_copy_way_name(enum vl_copy_way way)
{
	switch (way) {
	case VL_COPY_REFLINK: return "reflink";
	case VL_COPY_RANGES: return "copy_file_range";
	case VL_COPY_PLAIN:
	case VL_COPY_WAYS: break;
	}
	return "plain";
}

static void tell(const struct vl_copy *c, uint64_t done, uint64_t total)
{
	if (c->progress)
		c->progress(c->progress_ctx, done, total);
}

static int became_shorter(uint64_t at, struct vhdxlog_error *err)
{
	return vl_error(err, VHDXLOG_E_IO, 0, at, "the image became shorter");
}

/* -------------------------------------------------------- read and write */

static int read_all(const struct vl_copy *c, uint64_t at, uint8_t *buf,
		    size_t len, struct vhdxlog_error *err)
{
	size_t done;

	if (vl_fd_read(c->from, c->offset + at, buf, len, &done))
		return 0;
	return errno ? vl_error(err, VHDXLOG_E_IO, errno, at + done,
				"reading the image") :
		       became_shorter(at + done, err);
}

static int write_all(const struct vl_copy *c, uint64_t at, const uint8_t *buf,
		     size_t len, struct vhdxlog_error *err)
{
	size_t done;

	return vl_fd_write(c->to, at, buf, len, &done) ?
		       0 :
		       vl_error(err, VHDXLOG_E_IO, errno, at + done,
				"writing the copy");
}

static int set_size(const struct vl_copy *c, uint64_t size,
		    struct vhdxlog_error *err)
{
	return vl_fd_resize(c->to, size) ?
		       0 :
		       vl_error(err, VHDXLOG_E_IO, errno, size,
				"writing the copy: its length");
}

/* Where the unit that holds offset `at` ends, or end. */
static uint64_t unit_end(uint64_t at, uint64_t end)
{
	return vl_min64(end, (at / UNIT + 1) * UNIT);
}

/* Write what lies at offset `at`, but for zeroes: they are there already. */
static int write_nonzero(const struct vl_copy *c, uint64_t at, uint8_t *buf,
			 size_t len, struct vhdxlog_error *err)
{
	uint64_t end = at + len, run = at, next;
	int rc = 0;

	for (uint64_t unit = at; rc == 0 && unit < end; unit = next) {
		next = unit_end(unit, end);
		if (isal_zero_detect(buf + (unit - at), next - unit))
			continue;
		rc = write_all(c, run, buf + (run - at), unit - run, err);
		run = next;
	}
	return rc < 0 ? rc :
			write_all(c, run, buf + (run - at), end - run, err);
}

/* How much fits into the buffer, so that the next begins with a whole unit. */
static size_t buffer_part(uint64_t at, uint64_t end)
{
	return (size_t)vl_min64(end - at, BUFFER - at % UNIT);
}

static int plain_stretch(const struct vl_copy *c, uint64_t at, uint64_t end,
			 uint8_t *buf, struct vhdxlog_error *err)
{
	int rc = 0;

	while (rc == 0 && at < end) {
		size_t part = buffer_part(at, end);

		rc = read_all(c, at, buf, part, err);
		if (rc == 0)
			rc = write_nonzero(c, at, buf, part, err);
		at += part;
		if (rc == 0)
			tell(c, at, c->size);
	}
	return rc;
}

/* -------------------------------------------------------- shared blocks */

/*
 * Whether the copy is made. To the end of the source, not of what is to be
 * copied: only there may the length be no multiple of a block.
 */
static bool share(const struct vl_copy *c)
{
	struct file_clone_range range = {
		.src_fd = c->from,
		.src_offset = c->offset,
	};
	struct stat st;
	int rc;

	if (c->without[VL_COPY_REFLINK])
		return false;
	do
		rc = ioctl(c->to, FICLONERANGE, &range);
	while (rc < 0 && errno == EINTR);
	return rc == 0 && fstat(c->to, &st) == 0 &&
	       (uint64_t)st.st_size >= c->size;
}

/* Sets the length, and the way that remains where nothing could be shared. */
static int begin(struct vl_copy *c, struct vhdxlog_error *err)
{
	bool shared = share(c);
	int rc = 0;

	c->way = shared ? VL_COPY_REFLINK : VL_COPY_PLAIN;
	if (!shared && !c->hash && !c->without[VL_COPY_RANGES])
		c->way = VL_COPY_RANGES;
	/* A part may be there that is no use to us. */
	if (!shared)
		rc = set_size(c, 0, err);
	return rc < 0 ? rc : set_size(c, c->size, err);
}

/* -------------------------------------------------------- copied by the kernel */

/* Returns how far it came. */
static uint64_t range_stretch(const struct vl_copy *c, uint64_t at,
			      uint64_t end)
{
	/* Ends: at goes up, or it breaks off, but for a signal. */
	while (at < end) {
		off_t in = (off_t)(c->offset + at), out = (off_t)at;
		ssize_t n = copy_file_range(c->from, &in, c->to, &out,
					    vl_min64(end - at, RANGE), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += (uint64_t)n;
		tell(c, at, c->size);
	}
	return at;
}

/* The next stretch of what is to be copied that is no hole. */
static bool next_data(const struct vl_copy *c, uint64_t at, uint64_t end,
		      uint64_t *from, uint64_t *to)
{
	bool any = vl_holes_next_data(c->from, c->offset + at, c->offset + end,
				      from, to);

	*from -= c->offset;
	*to -= c->offset;
	return any;
}

static int copy_data(struct vl_copy *c, uint8_t *buf, struct vhdxlog_error *err)
{
	uint64_t at, end = 0;
	int rc = 0;

	/* Ends: each stretch lies behind the one before, and none is empty. */
	while (rc == 0 && next_data(c, end, c->size, &at, &end)) {
		if (c->way == VL_COPY_RANGES)
			at = range_stretch(c, at, end);
		if (at == end)
			continue;
		c->way = VL_COPY_PLAIN;
		rc = plain_stretch(c, at, end, buf, err);
	}
	if (rc == 0)
		tell(c, c->size, c->size);
	return rc;
}

/* -------------------------------------------------------- hashed on the way */

struct hashing {
	struct vl_digest *source, *output; /* owned; output NULL: no change */
	struct vl_change_reader reader;
	uint64_t output_size;
};

/* One bufferful at `at`, which is a hole, or not. */
static int hash_part(const struct vl_copy *c, struct hashing *h, uint64_t at,
		     uint8_t *buf, size_t len, bool hole,
		     struct vhdxlog_error *err)
{
	int rc = 0;

	if (hole)
		memset(buf, 0, len);
	else
		rc = read_all(c, at, buf, len, err);
	if (rc == 0 && !hole && c->way == VL_COPY_PLAIN)
		rc = write_nonzero(c, at, buf, len, err);
	if (rc < 0)
		return rc;
	if (at < c->size)
		vl_digest_update(h->source, buf, len);
	if (at >= h->output_size)
		return 0;
	len = vl_min64(len, h->output_size - at);
	rc = vl_change_lay(&h->reader, at, buf, len, err);
	if (rc == 0)
		vl_digest_update(h->output, buf, len);
	return rc;
}

/* A stretch that is all hole, or has none. */
static int hash_stretch(const struct vl_copy *c, struct hashing *h, uint64_t at,
			uint64_t end, uint8_t *buf, bool hole,
			struct vhdxlog_error *err)
{
	uint64_t total = vl_max64(c->size, h->output_size);
	int rc = 0;

	while (rc == 0 && at < end) {
		size_t part = buffer_part(at, end);

		rc = hash_part(c, h, at, buf, part, hole, err);
		at += part;
		if (rc == 0)
			tell(c, at, total);
	}
	return rc;
}

static int hash_all(const struct vl_copy *c, struct hashing *h, uint8_t *buf,
		    struct vhdxlog_error *err)
{
	uint64_t from, to, at = 0;
	int rc = 0;

	while (rc == 0 && next_data(c, at, c->size, &from, &to)) {
		rc = hash_stretch(c, h, at, from, buf, true, err);
		if (rc == 0)
			rc = hash_stretch(c, h, from, to, buf, false, err);
		at = to;
	}
	if (rc == 0)
		rc = hash_stretch(c, h, at, c->size, buf, true, err);
	/* What grows is zero before the change is laid over it. */
	if (rc == 0)
		rc = hash_stretch(c, h, c->size, h->output_size, buf, true,
				  err);
	return rc;
}

static int copy_hashed(struct vl_copy *c, uint8_t *buf,
		       struct vhdxlog_error *err)
{
	struct hashing h = { .source = vl_digest_new("SHA256"),
			     .reader.change = c->change };
	int rc = h.source ? 0 : vl_nomem(err);

	if (rc == 0 && c->change) {
		h.output_size = c->change->new_size;
		h.output = vl_digest_new("SHA256");
		rc = h.output ? vl_change_rewind(c->change, err) :
				vl_nomem(err);
	}
	if (rc == 0)
		rc = hash_all(c, &h, buf, err);
	if (rc < 0) {
		vl_digest_free(h.source);
		vl_digest_free(h.output);
		return rc;
	}
	vl_digest_finish(h.source, c->source_sha256, VHDXLOG_SHA256_TEXT);
	vl_digest_finish(h.output, c->output_sha256, VHDXLOG_SHA256_TEXT);
	return 0;
}

/* ---------------------------------------------------------------- all of it */

/* Past the end there are no data, just as in a hole: so it is asked. */
static int still_as_long(const struct vl_copy *c, struct vhdxlog_error *err)
{
	struct stat st;

	if (fstat(c->from, &st) < 0)
		return vl_error(err, VHDXLOG_E_IO, errno, 0,
				"reading the image's size");
	if (S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size < c->offset + c->size)
		return became_shorter((uint64_t)st.st_size > c->offset ?
					      (uint64_t)st.st_size - c->offset :
					      0,
				      err);
	return 0;
}

static void forget_hashes(struct vl_copy *c)
{
	c->source_sha256[0] = c->output_sha256[0] = '\0';
}

int vl_copy_file(struct vl_copy *c, struct vhdxlog_error *err)
{
	uint8_t *buf;
	int rc;

	forget_hashes(c);
	if (vl_end(c->offset, c->size) > INT64_MAX)
		return vl_error(err, VHDXLOG_E_RANGE, 0, c->size,
				"copying past the largest offset");
	buf = vl_calloc(1, BUFFER);
	if (!buf)
		return vl_nomem(err);
	rc = begin(c, err);
	if (rc == 0 && c->hash)
		rc = copy_hashed(c, buf, err);
	else if (rc == 0 && c->way != VL_COPY_REFLINK)
		rc = copy_data(c, buf, err);
	else if (rc == 0)
		tell(c, c->size, c->size);
	if (rc == 0)
		rc = still_as_long(c, err);
	if (rc < 0)
		forget_hashes(c);
	free(buf);
	return rc;
}
