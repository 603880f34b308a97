/* SPDX-License-Identifier: MIT */
/* Bytes of one stretch: the log, a page or a block, in one of its states. */
#include "tools/vhdxlog/extract.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "tools/common/say.h"

#define CHUNK (1024 * 1024)

/* Where it is. */
struct found {
	const struct extract_wanted *wanted;
	struct vhdxlog_overlay *overlay; /* NULL: the file as it is */
	struct vhdxlog_source *source;
	uint64_t offset, length; /* in the file, bytes */
};

/* What stands before the name of the state in messages: "as of E7". */
static const char *in_state(const struct found *w)
{
	switch (w->wanted->state.kind) {
	case REPORT_STATE_DISK: return "on ";
	case REPORT_STATE_AS_OF: return "as of ";
	default: return "in ";
	}
}

/* ----------------------------------------------------------- what is there */

/* Say why it is not written. Takes why over. */
static int refuse(const char *path, char *why)
{
	tool_say_path(path, "%s", why);
	free(why);
	return TOOL_FAILED;
}

static int fail(const char *path, const struct vhdxlog_error *err)
{
	return refuse(path, tool_error_text(err));
}

/*
 * How many of the bytes there are. What the log writes is there wherever the
 * file ends, but what a replay would only make room for is not.
 */
static int measure(const struct found *w, uint64_t *there,
		   struct vhdxlog_error *err)
{
	uint64_t end = vhdxlog_source_size(w->source);
	uint64_t size = w->overlay ? vhdxlog_overlay_about(w->overlay)->size :
				     end;
	uint32_t entry = VHDXLOG_NO_SECTOR;
	int rc = 0;

	if (w->wanted->kind == EXTRACT_A_PAGE && w->offset < size)
		rc = vhdxlog_overlay_from(w->overlay, w->offset, &entry, err);
	if (size < end || entry != VHDXLOG_NO_SECTOR)
		end = size;
	*there = end > w->offset ? end - w->offset : 0;
	if (*there > w->length)
		*there = w->length;
	return rc;
}

/* Shorten it to what is there, where that is asked for or it is the log. */
static int check_there(const struct tool_options *o, struct found *w)
{
	const char *path = o->operands[0];
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	uint64_t there;

	if (measure(w, &there, &err) != 0)
		return fail(path, &err);
	if (there == w->length)
		return TOOL_DONE;
	if (there == 0)
		return refuse(path,
			      tool_format("the file ends before 0x%" PRIx64
					  ", where it would begin",
					  w->offset));
	if (w->wanted->kind != EXTRACT_LOG && !o->short_of)
		return refuse(path,
			      tool_format("the file ends within it: %" PRIu64
					  " of its %" PRIu64 " bytes, from 0x%"
					  PRIx64 " on, are there; --short "
					  "writes these",
					  there, w->length, w->offset));
	tool_say_path(path,
		      "the file ends within it: these are %" PRIu64
		      " of its %" PRIu64 " bytes",
		      there, w->length);
	w->length = there;
	return TOOL_DONE;
}

/* ------------------------------------------------------------------ finding */

static int find_log(const struct tool_options *o, struct found *w,
		    struct vhdxlog_scan *scan)
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);

	if (!log->known)
		return refuse(o->operands[0],
			      tool_format("nothing says where the log is; see "
					  "--log-offset"));
	w->offset = log->offset;
	w->length = log->length;
	return TOOL_DONE;
}

static int find_page(const struct tool_options *o, struct found *w)
{
	w->offset = w->wanted->number;
	w->length = EXTRACT_PAGE;
	if (vhdxlog_overlay_certainty(w->overlay, w->offset) != VHDXLOG_KNOWN)
		tool_say_path(o->operands[0],
			      "what page 0x%" PRIx64 " held %s%s is inferred",
			      w->offset, in_state(w), w->wanted->state_name);
	return TOOL_DONE;
}

static int no_block(const struct tool_options *o, struct found *w)
{
	const struct vhdxlog_image *image =
		vhdxlog_overlay_image(w->overlay, NULL);
	const struct vhdxlog_metadata *m = image ? &image->metadata : NULL;

	if (!m || !m->block_size || !m->virtual_disk_size)
		return refuse(o->operands[0],
			      tool_format("the BAT cannot be found %s%s",
					  in_state(w), w->wanted->state_name));
	return refuse(o->operands[0],
		      tool_format("there is no block %" PRIu64
				  "; the last is block:%" PRIu64,
				  w->wanted->number,
				  (m->virtual_disk_size - 1) / m->block_size));
}

static const char *name_of(const struct found *w)
{
	return w->wanted->kind == EXTRACT_BLOCK ? "block" : "BAT entry";
}

/* What lies there today, where that is not the block any more. */
static void warn_overlapped(const struct tool_options *o,
			    const struct found *w,
			    const struct vhdxlog_bat_entry *entry)
{
	struct vhdxlog_ghost ghost;
	uint64_t cursor = 0;

	while (vhdxlog_overlay_ghost_next(w->overlay, &cursor, &ghost, NULL) ==
	       0) {
		if (ghost.entry.index != entry->index)
			continue;
		if (ghost.overlapped)
			tool_say_path(o->operands[0],
				      "the place of %s %" PRIu64 " %s%s "
				      "belongs to something else today (%s): "
				      "these bytes may not be the block's",
				      name_of(w), w->wanted->number, in_state(w), w->wanted->state_name,
				      vhdxlog_area_name(ghost.owner));
		return;
	}
}

/* A sector bitmap is 1 MiB; an entry behind the last block has a whole one. */
static uint64_t length_of(const struct found *w,
			  const struct vhdxlog_bat_entry *entry)
{
	const struct vhdxlog_image *image =
		vhdxlog_overlay_image(w->overlay, NULL);

	if (entry->is_bitmap)
		return CHUNK;
	if (entry->virtual_length || !image)
		return entry->virtual_length;
	return image->metadata.block_size;
}

static int place_block(const struct tool_options *o, struct found *w,
		       const struct vhdxlog_bat_entry *entry,
		       enum vhdxlog_certainty certainty)
{
	const char *path = o->operands[0];

	if (entry->state < 6)
		return refuse(path,
			      tool_format("%s %" PRIu64 " is %s %s%s: no "
					  "place in the file is its",
					  name_of(w), w->wanted->number, entry->state_name,
					  in_state(w), w->wanted->state_name));
	if (certainty != VHDXLOG_KNOWN)
		tool_say_path(path,
			      "the place of %s %" PRIu64 " %s%s is "
			      "inferred: 0x%" PRIx64,
			      name_of(w), w->wanted->number, in_state(w), w->wanted->state_name,
			      entry->file_offset);
	if (entry->state == 7 && !entry->is_bitmap)
		tool_say_path(path,
			      "%s %" PRIu64 " is partial: sectors that its "
			      "bitmap does not have are the parent's, and what "
			      "lies here in their place means nothing",
			      name_of(w), w->wanted->number);
	warn_overlapped(o, w, entry);
	w->offset = entry->file_offset;
	w->length = length_of(w, entry);
	return TOOL_DONE;
}

static int find_block(const struct tool_options *o, struct found *w)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vhdxlog_bat_entry entry;
	enum vhdxlog_certainty certainty;
	int rc = vhdxlog_overlay_block(w->overlay, w->wanted->number, &entry,
				       &certainty, &err);

	if (rc == VHDXLOG_E_RANGE)
		return no_block(o, w);
	if (rc)
		return fail(o->operands[0], &err);
	return place_block(o, w, &entry, certainty);
}

/* Any entry of the BAT, those of bitmaps and behind the last block included. */
static int find_bat_entry(const struct tool_options *o, struct found *w)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vhdxlog_bat_entry entry;
	enum vhdxlog_certainty certainty;
	uint64_t cursor = w->wanted->number;
	int rc = vhdxlog_overlay_bat_next(w->overlay, &cursor, &entry,
					  &certainty, &err);

	if (rc < 0)
		return fail(o->operands[0], &err);
	if (rc == 0 && entry.index == w->wanted->number)
		return place_block(o, w, &entry, certainty);
	return refuse(o->operands[0],
		      tool_format("BAT entry %" PRIu64 " is zero, or not there, "
				  "%s%s: no place in the file is its",
				  w->wanted->number, in_state(w), w->wanted->state_name));
}

static int find(const struct tool_options *o, struct found *w,
		struct tool_states *states)
{
	int status;

	if (w->wanted->kind == EXTRACT_LOG) {
		status = find_log(o, w, states->scan);
	} else {
		w->overlay = tool_state_open(states, &w->wanted->state);
		if (!w->overlay)
			return TOOL_FAILED;
		switch (w->wanted->kind) {
		case EXTRACT_A_PAGE: status = find_page(o, w); break;
		case EXTRACT_BLOCK: status = find_block(o, w); break;
		default: status = find_bat_entry(o, w); break;
		}
	}
	return status ? status : check_there(o, w);
}

/* ------------------------------------------------------------------ writing */

static int read_at(const struct found *w, uint64_t offset, void *buf,
		   size_t size, struct vhdxlog_error *err)
{
	if (w->overlay)
		return vhdxlog_overlay_read(w->overlay, offset, buf, size, err);
	return vhdxlog_source_read(w->source, offset, buf, size, err);
}

/* Ends with the first chunk that the output does not take. */
static int copy(const struct tool_options *o, const struct found *w,
		struct tool_output *out)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	uint8_t *chunk = tool_alloc(CHUNK, 1);
	uint64_t done = 0;
	int status = TOOL_DONE;

	while (status == TOOL_DONE && done < w->length) {
		uint64_t left = w->length - done;
		size_t n = left < CHUNK ? (size_t)left : CHUNK;

		errno = 0;
		if (read_at(w, w->offset + done, chunk, n, &err) != 0)
			status = fail(o->operands[0], &err);
		else if (fwrite(chunk, 1, n, out->stream) != n)
			status = tool_failed(out->name, "writing");
		done += n;
	}
	free(chunk);
	return status;
}

int extract_bytes(const struct tool_options *o,
		  const struct extract_wanted *wanted,
		  struct report_subject subject, struct tool_output *out)
{
	struct tool_states states = { .path = o->operands[0],
				      .scan = subject.scan };
	struct found w = { .wanted = wanted, .source = subject.source };
	int status = find(o, &w, &states);

	if (status == TOOL_DONE)
		status = copy(o, &w, out);
	tool_states_release(&states);
	return status;
}
