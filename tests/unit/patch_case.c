/* SPDX-License-Identifier: MIT */
#include "patch_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"

static int file_read(const struct vl_view *view, uint64_t off, void *buf,
		     size_t len, struct vhdxlog_error *err)
{
	struct file *f = (struct file *)view;

	f->reads++;
	f->longest = vl_max64(f->longest, len);
	if (f->fails)
		return vl_error(err, VHDXLOG_E_IO, 5, off, "a test");
	memset(buf, 0, len);
	if (off < f->bytes.len)
		memcpy(buf, f->bytes.at + off,
		       vl_min64(len, f->bytes.len - off));
	return 0;
}

struct file zero_file(size_t len)
{
	struct file f = { .view = { .size = len, .read = file_read },
			  .bytes = { calloc(1, len ? len : 1), len } };

	cr_assert(f.bytes.at);
	return f;
}

void file_free(struct file *f)
{
	buffer_free(&f->bytes);
}

bool same_file(const struct file *a, const struct file *b)
{
	return a->bytes.len == b->bytes.len &&
	       memcmp(a->bytes.at, b->bytes.at, a->bytes.len) == 0;
}

static int made_rewind(void *ctx, struct vhdxlog_error *err)
{
	(void)err;
	((struct made *)ctx)->at = 0;
	return 0;
}

static int made_next(void *ctx, struct vl_piece *piece,
		     struct vhdxlog_error *err)
{
	struct made *m = ctx;

	(void)err;
	if (m->at == m->count)
		return 1;
	m->given++;
	*piece = m->pieces[m->at++];
	return 0;
}

void made_open(struct made *m, uint64_t old_size, uint64_t new_size)
{
	static const struct vl_change_ops ops = { made_rewind, made_next,
						  NULL };

	*m = (struct made){ .change = { old_size, new_size, &ops, m } };
}

void made_close(struct made *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->bytes[i]);
}

void made_add(struct made *m, uint64_t off, uint64_t len, const void *bytes,
	      uint32_t entry)
{
	uint8_t *copy = bytes ? malloc(len) : NULL;

	cr_assert_lt(m->count, MAX_PIECES);
	if (copy)
		memcpy(copy, bytes, len);
	m->bytes[m->count] = copy;
	m->pieces[m->count++] = (struct vl_piece){
		.offset = off, .length = len, .bytes = copy, .entry = entry
	};
}

struct file change_result(const struct file *old, const struct vl_change *c)
{
	struct file new = zero_file(c->new_size);
	struct vl_piece p;
	uint64_t end = 0;
	int rc;

	cr_assert_eq(c->old_size, old->bytes.len);
	memcpy(new.bytes.at, old->bytes.at,
	       vl_min64(old->bytes.len, new.bytes.len));
	cr_assert_eq(vl_change_rewind(c, NULL), 0);
	while ((rc = vl_change_next(c, &p, NULL)) == 0) {
		cr_assert(p.offset >= end && p.length <= VL_MAX_PIECE);
		end = p.offset + p.length;
		cr_assert_leq(end, c->new_size);
		if (p.bytes)
			memcpy(new.bytes.at + p.offset, p.bytes, p.length);
		else
			memset(new.bytes.at + p.offset, 0, p.length);
	}
	cr_assert_eq(rc, 1);
	return new;
}

const struct vl_patch_about patch_about = { .made_by = "a test",
					    .mode = "replay",
					    .sequence = "S5-7" };

struct buffer write_patch(const struct vl_change *change,
			  const struct file *old, struct vl_patch_tally *tally)
{
	struct vhdxlog_error err = { .what = "" };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	cr_assert(out);
	cr_assert_eq(vl_patch_write(out, change, &old->view, &patch_about,
				    tally, &err),
		     0, "%s", err.what);
	cr_assert_eq(fclose(out), 0);
	return (struct buffer){ (uint8_t *)text, len };
}

int memory_file(const void *text, size_t len)
{
	int fd = memfd_create("patch", MFD_CLOEXEC);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, len), (ssize_t)len);
	return fd;
}

struct opened open_patch(const void *text, size_t len, bool backwards,
			 const struct file *old)
{
	struct opened o;

	memset(&o, 0xee, sizeof(o));
	o.rc = vl_patch_open(memory_file(text, len), backwards, &old->view,
			     &o.change, &o.tally, &o.fault, NULL);
	cr_assert((o.rc == VHDXLOG_E_MISUSE) == (o.fault.text[0] != 0));
	cr_assert(o.rc == 0 || !o.change.ctx);
	return o;
}

void close_patch(struct opened *o)
{
	if (o->change.ctx)
		o->change.ops->close(o->change.ctx);
	o->change = (struct vl_change){ 0 };
}

struct file patched(const struct file *old, const struct buffer *patch,
		    bool backwards)
{
	struct opened o = open_patch(patch->at, patch->len, backwards, old);
	struct file new;

	cr_assert_eq(o.rc, 0, "%s", o.fault.text);
	new = change_result(old, &o.change);
	close_patch(&o);
	return new;
}

struct file small_change(struct made *m)
{
	struct file old = zero_file(2000);

	old.bytes.at[1] = 0xab;
	old.bytes.at[1537] = 0xcd;
	made_open(m, 2000, 1500);
	made_add(m, 0, 4, "\1\2\0", 5);
	made_add(m, 600, 3, NULL, 6);
	made_add(m, 1400, 100, old.bytes.at + 1400, 7);
	m->bytes[2][99] = 0xef;
	return old;
}

struct buffer small_patch(struct file *old, struct file *new)
{
	struct vl_patch_tally tally;
	struct buffer patch;
	struct made m;

	*old = small_change(&m);
	*new = change_result(old, &m.change);
	patch = write_patch(&m.change, old, &tally);
	made_close(&m);
	return patch;
}
