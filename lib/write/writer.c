/* SPDX-License-Identifier: MIT */
#include "write/writer.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/guid.h"
#include "write/writer_parts.h"
#include "write/random.h"

#include <string.h>

static int check_header(const struct vhdxlog_header *h,
			struct vhdxlog_error *err)
{
	if (!vl_guid_is_zero(&h->log_guid))
		return vl_error(err, VHDXLOG_E_MISUSE, 0, h->offset,
				"the log must be replayed first");
	if (h->version != 1 || h->log_version != 0)
		return vl_error(err, VHDXLOG_E_MISUSE, 0, h->offset,
				"the header is of an unknown version");
	if (h->log_length < VL_MIB || h->log_length % VL_MIB ||
	    h->log_offset < VL_MIB || h->log_offset % VL_MIB)
		return vl_error(err, VHDXLOG_E_MISUSE, 0, h->offset,
				"the header names no usable log");
	return 0;
}

int vl_writer_open(struct vl_log_writer *w, const struct vl_medium *m,
		   struct vhdxlog_error *err)
{
	const struct vhdxlog_header *h;
	int rc;

	*w = (struct vl_log_writer){ .medium = m };
	rc = vl_header_pair_read(m, &w->headers, err);
	if (rc < 0)
		return rc;
	h = vl_header_pair_current(&w->headers);
	rc = check_header(h, err);
	if (rc == 0)
		rc = vl_medium_size(m, &w->last_size, err);
	if (rc < 0)
		return rc;
	vl_log_ring_init(&w->ring, m, h->log_offset, h->log_length);
	return 0;
}

void vl_writer_release(struct vl_log_writer *w)
{
	vl_pending_clear(&w->pending);
	vl_log_ring_release(&w->ring);
	w->started = false;
}

struct vl_entry_sizes vl_writer_sizes(const struct vl_log_writer *w)
{
	return (struct vl_entry_sizes){
		.flushed_file_offset = w->flushed_size / VL_MIB * VL_MIB,
		.last_file_offset = vl_div_up(w->last_size, VL_MIB) * VL_MIB,
	};
}

int vl_writer_append_empty(struct vl_log_writer *w, struct vhdxlog_error *err)
{
	struct vl_entry_sizes s = vl_writer_sizes(w);
	int rc = vl_log_ring_append(&w->ring, NULL, 0, &s, err);

	if (rc == 0)
		vl_log_ring_applied(&w->ring, 1);
	return rc;
}

static int flush(struct vl_log_writer *w, struct vhdxlog_error *err)
{
	int rc = vl_medium_flush(w->medium, err);

	return rc < 0 ? rc : vl_medium_size(w->medium, &w->flushed_size, err);
}

static int random_session(struct vl_session *s, struct vhdxlog_error *err)
{
	int rc = vl_guid_random(&s->log_guid, err);

	if (rc == 0)
		rc = vl_guid_random(&s->file_write_guid, err);
	return rc < 0 ? rc : vl_sequence_random(&s->first_sequence, err);
}

int vl_writer_start(struct vl_log_writer *w, const struct vl_session *session,
		    struct vhdxlog_error *err)
{
	struct vl_header_change change;
	struct vl_session s;
	int rc;

	if (w->started)
		return vl_error(err, VHDXLOG_E_MISUSE, 0, 0,
				"the log is in use already");
	rc = session ? 0 : random_session(&s, err);
	if (rc < 0)
		return rc;
	if (session)
		s = *session;
	vl_log_ring_start(&w->ring, &s.log_guid, s.first_sequence);
	rc = flush(w, err);
	if (rc == 0)
		rc = vl_writer_append_empty(w, err);
	if (rc)
		return rc;
	change = (struct vl_header_change){
		.file_write_guid = &s.file_write_guid,
		.log_guid = &s.log_guid,
	};
	rc = vl_header_update_both(w->medium, &w->headers, &change, err);
	w->started = rc == 0;
	return rc;
}

int vl_writer_read(const struct vl_log_writer *w, uint64_t off, void *buf,
		   size_t len, struct vhdxlog_error *err)
{
	return vl_pending_read(&w->pending, w->medium, off, buf, len, err);
}

int vl_writer_apply(struct vl_log_writer *w, struct vhdxlog_error *err)
{
	uint64_t last = vl_writer_sizes(w).last_file_offset, size;
	int rc = vl_pending_apply(&w->pending, w->medium, err);

	if (rc == 0)
		rc = vl_medium_size(w->medium, &size, err);
	if (rc == 0 && w->pending.count && size < last)
		rc = vl_medium_resize(w->medium, last, err);
	if (rc == 0)
		rc = flush(w, err);
	if (rc < 0)
		return rc;
	vl_pending_clear(&w->pending);
	vl_log_ring_applied(&w->ring, SIZE_MAX);
	return 0;
}

int vl_writer_clear(struct vl_log_writer *w, struct vhdxlog_error *err)
{
	static const struct vhdxlog_guid zero;
	static const struct vl_header_change change = { .log_guid = &zero };
	int rc;

	if (!w->started)
		return 0;
	rc = vl_writer_apply(w, err);
	if (rc == 0)
		rc = vl_header_update_both(w->medium, &w->headers, &change,
					   err);
	if (rc == 0)
		w->started = false;
	return rc;
}
