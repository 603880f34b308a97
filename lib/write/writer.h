/* SPDX-License-Identifier: MIT */
/*
 * The write path of a driver: metadata of the image changes through the log.
 *
 *	vl_writer_open(&w, &medium, &err);
 *	vl_writer_start(&w, NULL, &err);	    LogGuid set, log in use
 *	vl_writer_write(&w, bytes, off, len, &err); durable, in the log
 *	vl_writer_apply(&w, &err);		    in its place
 *	vl_writer_clear(&w, &err);		    LogGuid zero, log empty
 *	vl_writer_release(&w);
 *
 * A crash between any two writes of any of these leaves either an empty log or
 * one with a valid sequence, and every write that had returned is kept: the
 * initial entry is on disk before a header names its GUID, pages are in the log
 * before they are in their places, both are flushed before the log is emptied.
 */
#ifndef VL_WRITE_WRITER_H
#define VL_WRITE_WRITER_H

#include "write/header_update.h"
#include "write/pending.h"
#include "write/log_ring.h"

struct vl_log_writer {
	const struct vl_medium *medium; /* borrowed */
	struct vl_header_pair headers;
	struct vl_log_ring ring;
	struct vl_pending pending;
	uint64_t flushed_size; /* of the file when it was last flushed */
	uint64_t last_size;    /* that everything logged so far needs */
	bool started;
};

/*
 * VHDXLOG_E_MISUSE where LogGuid is not zero (that log must be replayed first)
 * or the log is of no use. Writes nothing. Release on failure is not needed.
 */
int vl_writer_open(struct vl_log_writer *w, const struct vl_medium *m,
		   struct vhdxlog_error *err);

/* How a session begins; NULL for random values. */
struct vl_session {
	struct vhdxlog_guid log_guid;	     /* not zero */
	struct vhdxlog_guid file_write_guid; /* changes once a session */
	uint64_t first_sequence;	     /* not zero */
};

int vl_writer_start(struct vl_log_writer *w, const struct vl_session *session,
		    struct vhdxlog_error *err);

/*
 * Any offset and length, in whole pages: what the first and the last one hold
 * besides is what the file holds there, pages pending in the log included.
 * Several entries where one is too short; each is all or nothing, the write as
 * a whole is not. VHDXLOG_E_MISUSE where it would touch the headers or the log.
 */
int vl_writer_write(struct vl_log_writer *w, const void *bytes, uint64_t off,
		    uint64_t len, struct vhdxlog_error *err);

/* The same with zeroes: a zero descriptor for the whole pages. */
int vl_writer_zero(struct vl_log_writer *w, uint64_t off, uint64_t len,
		   struct vhdxlog_error *err);

/* The file as it is with all that is pending; zero past its end. */
int vl_writer_read(const struct vl_log_writer *w, uint64_t off, void *buf,
		   size_t len, struct vhdxlog_error *err);

/* Everything pending goes to its place, the file grows, flush. */
int vl_writer_apply(struct vl_log_writer *w, struct vhdxlog_error *err);

/* Apply, then LogGuid becomes zero in both headers. Not started: nothing. */
int vl_writer_clear(struct vl_log_writer *w, struct vhdxlog_error *err);

/* Accepts a zeroed one. Writes nothing: without clear the log stays dirty. */
void vl_writer_release(struct vl_log_writer *w);

#endif
