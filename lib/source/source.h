/* SPDX-License-Identifier: MIT */
#ifndef VL_SOURCE_SOURCE_H
#define VL_SOURCE_SOURCE_H

#include "source/holes.h"
#include "source/view.h"

struct vhdxlog_source {
	struct vl_view view; /* first: a source is a view */
	enum vhdxlog_source_kind kind;
	uint64_t offset; /* of the image in what ops reads */
	struct vhdxlog_source_ops ops;
	void *ctx; /* owned, released by ops.close */
	struct vhdxlog_identity identity;
	const struct vl_holes *holes; /* of ctx; NULL: it knows of none */
	struct vhdxlog_limits *limits; /* borrowed, or NULL */
};

static inline const struct vl_view *
vl_source_view(const struct vhdxlog_source *s)
{
	return &s->view;
}

/*
 * Make a source; ctx is handed over whatever happens. size counts from the start
 * of what ops reads, offset included.
 */
int vl_source_new(const struct vhdxlog_source_ops *ops, void *ctx,
		  enum vhdxlog_source_kind kind, uint64_t size,
		  uint64_t offset, struct vhdxlog_source **source,
		  struct vhdxlog_error *err);

/* Of sources whose ops.read any thread may call. */
extern const struct vl_beside vl_source_beside;

/* A read was refused by the limits: what was found since then says nothing. */
static inline bool vl_source_limited(const struct vhdxlog_source *s)
{
	return s->limits && s->limits->reached;
}

/* Ask, between reads; what is asked for later is refused then, too. */
bool vl_source_stops(struct vhdxlog_source *s);

/* The error of that. */
int vl_source_limit_error(struct vhdxlog_error *err, uint64_t off);

/*
 * Whether that can be relied on: the times of a file tell of every write, those
 * of a device's node of none.
 */
bool vl_source_tells_changes(const struct vhdxlog_source *s);

#endif
