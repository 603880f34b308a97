/* SPDX-License-Identifier: MIT */
#include "write/fix.h"

#include "base/bytes.h"
#include "source/source.h"

#include <errno.h>
#include <string.h>

/* ------------------------------------------------------- pages over a view */

/* Lay those pages over buf that touch it. */
static void lay(const struct vl_pages *p, uint64_t off, uint8_t *buf,
		size_t len)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (p->list[mid].offset + VL_SECTOR <= off)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < p->n && p->list[low].offset < off + len; low++) {
		const struct vl_page_change *page = &p->list[low];
		uint64_t from = vl_max64(off, page->offset);
		uint64_t to = vl_min64(off + len, page->offset + VL_SECTOR);

		memcpy(buf + (from - off), page->bytes + (from - page->offset),
		       (size_t)(to - from));
	}
}

static int read_stage(const struct vl_view *view, uint64_t off, void *buf,
		      size_t len, struct vhdxlog_error *err)
{
	const struct vl_stage *s = (const struct vl_stage *)view;
	uint64_t inside = off < s->below->size ? s->below->size - off : 0;
	size_t there = (size_t)vl_min64(inside, len);
	int rc = there ? vl_view_read(s->below, off, buf, there, err) : 0;

	if (rc)
		return rc;
	memset((uint8_t *)buf + there, 0, len - there);
	lay(s->pages, off, buf, len);
	return 0;
}

/* ------------------------------------------------------------- as a source */

static int64_t read_source(void *ctx, void *buf, size_t len, uint64_t off)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };

	if (vl_view_read(ctx, off, buf, len, &err))
		return err.sys_errno ? -err.sys_errno : -EIO;
	return (int64_t)len;
}

/* Whether the file itself changes is asked of its own source. */
static int identify(void *ctx, struct vhdxlog_identity *id)
{
	(void)ctx;
	(void)id;
	return 0;
}

int vl_stage_open(struct vl_stage *stage, const struct vl_view *below,
		  const struct vl_pages *pages, uint64_t size,
		  const struct vhdxlog_options *options,
		  struct vhdxlog_error *err)
{
	static const struct vhdxlog_source_ops ops = {
		.read = read_source,
		.identify = identify,
	};
	int rc;

	*stage = (struct vl_stage){
		.view = { .size = size, .read = read_stage },
		.below = below,
		.pages = pages,
	};
	rc = vhdxlog_source_custom(&ops, &stage->view, size, &stage->source,
				   err);
	return rc ? rc :
		    vhdxlog_scan(stage->source, options, &stage->scan, err);
}

static int read_below(const struct vl_view *view, uint64_t off, void *buf,
		      size_t len, struct vhdxlog_error *err)
{
	return vl_view_read(((const struct vl_stage *)view)->below, off, buf, len,
			    err);
}

void vl_stage_borrow(struct vl_stage *stage, const struct vl_view *below,
		     struct vhdxlog_scan *scan)
{
	*stage = (struct vl_stage){
		.view = { .size = below->size, .read = read_below },
		.below = below,
		.scan = scan,
		.is_borrowed = true,
	};
}

void vl_stage_release(struct vl_stage *stage)
{
	if (!stage->is_borrowed)
		vhdxlog_scan_close(stage->scan);
	vhdxlog_source_close(stage->source);
	*stage = (struct vl_stage){ .scan = NULL };
}

/* --------------------------------------------------------------- an overlay */

static int read_overlay(const struct vl_view *view, uint64_t off, void *buf,
			size_t len, struct vhdxlog_error *err)
{
	const struct vl_overlay_view *v = (const struct vl_overlay_view *)view;

	return vhdxlog_overlay_read(v->overlay, off, buf, len, err);
}

void vl_overlay_view_init(struct vl_overlay_view *v,
			  struct vhdxlog_overlay *overlay)
{
	*v = (struct vl_overlay_view){
		.view = { .size = vhdxlog_overlay_about(overlay)->size,
			  .read = read_overlay },
		.overlay = overlay,
	};
}
