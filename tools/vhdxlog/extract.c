/* SPDX-License-Identifier: MIT */
/*
 * vhdxlog extract: bytes of one thing of an image, as they are in one of its
 * states. Nothing is made up: what the file does not hold is not written.
 */
#include "tools/vhdxlog/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/common/number.h"
#include "tools/common/output.h"
#include "tools/common/say.h"
#include "tools/common/state.h"
#include "tools/common/subject.h"

#define PAGE  4096
#define CHUNK (1024 * 1024)

enum kind { LOG, A_PAGE, BLOCK, BAT_ENTRY };

/* What is wanted, and when it has been found, where it is. */
struct wanted {
	enum kind kind;
	uint64_t number; /* PAGE: its offset; BLOCK, BAT_ENTRY: which */
	char *state_name; /* owned */
	struct report_state state;
	struct vhdxlog_overlay *overlay; /* NULL: the file as it is */
	struct vhdxlog_source *source;
	uint64_t offset, length; /* in the file, bytes */
};

/* -------------------------------------------------------------------- names */

static int not_a_thing(const char *what)
{
	char *escaped = tool_escape(what);

	tool_say("extract: \"%s\" is nothing that can be extracted", escaped);
	fprintf(stderr, "that can: log, page:OFFSET, block:N and bat:INDEX, of "
			"a state with @ behind it:\n"
			"block:5@E7, page:0x300000@S5-7; without, as on "
			"disk\n");
	free(escaped);
	return TOOL_USAGE;
}

/* What stands before the name of the state in messages: "as of E7". */
static const char *in_state(const struct wanted *w)
{
	switch (w->state.kind) {
	case REPORT_STATE_DISK: return "on ";
	case REPORT_STATE_AS_OF: return "as of ";
	default: return "in ";
	}
}

static int unaligned(uint64_t offset)
{
	return tool_misuse(&command_extract,
			   "a page begins at a multiple of 4096; the one with "
			   "this byte is page:0x%" PRIx64,
			   offset - offset % PAGE);
}

/* number: up to the state, if there is one. */
static int parse_thing(struct wanted *w, const char *what, const char *number)
{
	if (strncmp(what, "page:", 5) == 0 &&
	    tool_parse_bytes(number, &w->number)) {
		w->kind = A_PAGE;
		return w->number % PAGE ? unaligned(w->number) : TOOL_DONE;
	}
	if ((strncmp(what, "block:", 6) == 0 ||
	     strncmp(what, "bat:", 4) == 0) &&
	    strspn(number, "0123456789") == strlen(number) &&
	    tool_parse_bytes(number, &w->number)) {
		w->kind = *what == 'b' && what[1] == 'l' ? BLOCK : BAT_ENTRY;
		return TOOL_DONE;
	}
	return not_a_thing(what);
}

static int parse(struct wanted *w, const char *what)
{
	const char *colon = strchr(what, ':'), *at = strchr(what, '@');
	char *number;
	int status;

	if (strcmp(what, "log") == 0)
		return TOOL_DONE;
	if (strcmp(what, "metadata") == 0)
		return tool_misuse(&command_extract,
				   "\"metadata\" is not in version %s",
				   vhdxlog_version());
	if (strncmp(what, "log@", 4) == 0)
		return tool_misuse(&command_extract,
				   "the log is extracted as it lies in the "
				   "file; it has no other states");
	if (!colon || (at && at < colon))
		return not_a_thing(what);
	number = tool_format("%.*s", (int)strcspn(colon + 1, "@"), colon + 1);
	status = parse_thing(w, what, number);
	free(number);
	if (status)
		return status;
	w->state_name = tool_format("%s", at ? at + 1 : "disk");
	return tool_state_parse(&command_extract, w->state_name, &w->state);
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
static int measure(const struct wanted *w, uint64_t *there,
		   struct vhdxlog_error *err)
{
	uint64_t end = vhdxlog_source_size(w->source);
	uint64_t size = w->overlay ? vhdxlog_overlay_about(w->overlay)->size :
				     end;
	uint32_t entry = VHDXLOG_NO_SECTOR;
	int rc = 0;

	if (w->kind == A_PAGE && w->offset < size)
		rc = vhdxlog_overlay_from(w->overlay, w->offset, &entry, err);
	if (size < end || entry != VHDXLOG_NO_SECTOR)
		end = size;
	*there = end > w->offset ? end - w->offset : 0;
	if (*there > w->length)
		*there = w->length;
	return rc;
}

/* Shorten it to what is there, where that is asked for or it is the log. */
static int check_there(const struct tool_options *o, struct wanted *w)
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
	if (w->kind != LOG && !o->short_of)
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

static int find_log(const struct tool_options *o, struct wanted *w,
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

static int find_page(const struct tool_options *o, struct wanted *w)
{
	w->offset = w->number;
	w->length = PAGE;
	if (vhdxlog_overlay_certainty(w->overlay, w->offset) != VHDXLOG_KNOWN)
		tool_say_path(o->operands[0],
			      "what page 0x%" PRIx64 " held %s%s is inferred",
			      w->offset, in_state(w), w->state_name);
	return TOOL_DONE;
}

static int no_block(const struct tool_options *o, struct wanted *w)
{
	const struct vhdxlog_image *image =
		vhdxlog_overlay_image(w->overlay, NULL);
	const struct vhdxlog_metadata *m = image ? &image->metadata : NULL;

	if (!m || !m->block_size || !m->virtual_disk_size)
		return refuse(o->operands[0],
			      tool_format("the BAT cannot be found %s%s",
					  in_state(w), w->state_name));
	return refuse(o->operands[0],
		      tool_format("there is no block %" PRIu64
				  "; the last is block:%" PRIu64,
				  w->number,
				  (m->virtual_disk_size - 1) / m->block_size));
}

static const char *name_of(const struct wanted *w)
{
	return w->kind == BLOCK ? "block" : "BAT entry";
}

/* What lies there today, where that is not the block any more. */
static void warn_overlapped(const struct tool_options *o,
			    const struct wanted *w,
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
				      name_of(w), w->number, in_state(w), w->state_name,
				      vhdxlog_area_name(ghost.owner));
		return;
	}
}

/* A sector bitmap is 1 MiB; an entry behind the last block has a whole one. */
static uint64_t length_of(const struct wanted *w,
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

static int place_block(const struct tool_options *o, struct wanted *w,
		       const struct vhdxlog_bat_entry *entry,
		       enum vhdxlog_certainty certainty)
{
	const char *path = o->operands[0];

	if (entry->state < 6)
		return refuse(path,
			      tool_format("%s %" PRIu64 " is %s %s%s: no "
					  "place in the file is its",
					  name_of(w), w->number, entry->state_name,
					  in_state(w), w->state_name));
	if (certainty != VHDXLOG_KNOWN)
		tool_say_path(path,
			      "the place of %s %" PRIu64 " %s%s is "
			      "inferred: 0x%" PRIx64,
			      name_of(w), w->number, in_state(w), w->state_name,
			      entry->file_offset);
	if (entry->state == 7 && !entry->is_bitmap)
		tool_say_path(path,
			      "%s %" PRIu64 " is partial: sectors that its "
			      "bitmap does not have are the parent's, and what "
			      "lies here in their place means nothing",
			      name_of(w), w->number);
	warn_overlapped(o, w, entry);
	w->offset = entry->file_offset;
	w->length = length_of(w, entry);
	return TOOL_DONE;
}

static int find_block(const struct tool_options *o, struct wanted *w)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vhdxlog_bat_entry entry;
	enum vhdxlog_certainty certainty;
	int rc = vhdxlog_overlay_block(w->overlay, w->number, &entry,
				       &certainty, &err);

	if (rc == VHDXLOG_E_RANGE)
		return no_block(o, w);
	if (rc)
		return fail(o->operands[0], &err);
	return place_block(o, w, &entry, certainty);
}

/* Any entry of the BAT, those of bitmaps and behind the last block included. */
static int find_bat_entry(const struct tool_options *o, struct wanted *w)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vhdxlog_bat_entry entry;
	enum vhdxlog_certainty certainty;
	uint64_t cursor = w->number;
	int rc = vhdxlog_overlay_bat_next(w->overlay, &cursor, &entry,
					  &certainty, &err);

	if (rc < 0)
		return fail(o->operands[0], &err);
	if (rc == 0 && entry.index == w->number)
		return place_block(o, w, &entry, certainty);
	return refuse(o->operands[0],
		      tool_format("BAT entry %" PRIu64 " is zero, or not there, "
				  "%s%s: no place in the file is its",
				  w->number, in_state(w), w->state_name));
}

static int find(const struct tool_options *o, struct wanted *w,
		struct tool_states *states)
{
	int status;

	if (w->kind == LOG) {
		status = find_log(o, w, states->scan);
	} else {
		w->overlay = tool_state_open(states, &w->state);
		if (!w->overlay)
			return TOOL_FAILED;
		switch (w->kind) {
		case A_PAGE: status = find_page(o, w); break;
		case BLOCK: status = find_block(o, w); break;
		default: status = find_bat_entry(o, w); break;
		}
	}
	return status ? status : check_there(o, w);
}

/* ------------------------------------------------------------------ writing */

static int read_at(const struct wanted *w, uint64_t offset, void *buf,
		   size_t size, struct vhdxlog_error *err)
{
	if (w->overlay)
		return vhdxlog_overlay_read(w->overlay, offset, buf, size, err);
	return vhdxlog_source_read(w->source, offset, buf, size, err);
}

/* Ends with the first chunk that the output does not take. */
static int copy(const struct tool_options *o, const struct wanted *w,
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

static int extract(const struct tool_options *o, struct wanted *w,
		   struct tool_output *out)
{
	struct tool_subject subject = { .report = { NULL, NULL } };
	struct tool_states states = { .path = o->operands[0] };
	struct vhdxlog_source *parent;
	int status = tool_subject_open_parent(o, &parent);

	if (status == TOOL_DONE)
		status = tool_subject_open_image(&subject, o, parent,
						 o->operands[0]);
	if (status == TOOL_DONE) {
		states.scan = subject.report.scan;
		w->source = subject.report.source;
		status = find(o, w, &states);
	}
	if (status == TOOL_DONE)
		status = copy(o, w, out);
	tool_states_release(&states);
	tool_subject_release(&subject);
	vhdxlog_source_close(parent);
	return status;
}

static int parse_and_extract(const struct tool_options *o,
			     struct tool_output *out)
{
	struct wanted w = { .kind = LOG };
	int closed, status = parse(&w, o->operands[1]);

	if (status == TOOL_DONE && out->to_terminal)
		status = tool_misuse(&command_extract,
				     "bytes are not written to a terminal");
	if (status == TOOL_DONE)
		status = extract(o, &w, out);
	free(w.state_name);
	closed = tool_output_close(out, status == TOOL_DONE);
	return status == TOOL_DONE ? closed : status;
}

/* The output first: it knows whether messages may be written at all. */
static int run(const struct tool_options *o)
{
	struct tool_evidence evidence;
	struct tool_output out;
	int status;

	if (!o->output)
		return tool_misuse(&command_extract,
				   "it needs -o FILE; -o - is standard output");
	evidence = tool_evidence_of(o, 1);
	status = tool_output_open(&out, o->output, &evidence);
	if (status == TOOL_DONE)
		status = parse_and_extract(o, &out);
	tool_evidence_release(&evidence);
	return status;
}

const struct tool_command command_extract = {
	.program = "vhdxlog",
	.name = "extract",
	.operands = "IMAGE WHAT -o FILE",
	.summary = "bytes of one thing: the log, a page or a block in any "
		   "state",
	.about =
		"WHAT: log (the log as it lies; scan --raw-log reads it),\n"
		"page:0x300000 (4096 bytes of the file), block:5 (a payload\n"
		"block of the disk), bat:64 (what any entry of the BAT has,\n"
		"also a sector bitmap). With @ and a state behind it, as it is\n"
		"then: block:5@E7 where the BAT had it after that entry,\n"
		"page:0x300000@S5-7, block:5@policy:qemu. Else as on disk.\n",
	.after =
		"Examples:\n"
		"  vhdxlog extract disk.vhdx log -o disk.log\n"
		"  vhdxlog extract disk.vhdx page:3M@S5-7 -o page\n"
		"  vhdxlog extract disk.vhdx block:5@E7 -o block\n"
		"  vhdxlog extract disk.vhdx block:5 -o - | sha256sum\n"
		"\n"
		"Exit status: 0 done, 2 wrong usage, 3 the image does not\n"
		"hold it, or it could not be read or written. See\n"
		"vhdxlog-extract(1).\n",
	.groups = TOOL_IMAGE | TOOL_EXTRACT,
	.formats = 1u << TOOL_TEXT,
	.least_operands = 2,
	.most_operands = 2,
	.run = run,
};
