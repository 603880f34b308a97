/* SPDX-License-Identifier: MIT */
/*
 * Emitters: each writes one finished scan in one format to a stream.
 *
 * They see vhdxlog.h only. An emitter returns 0 or a negative code; that the
 * stream took the bytes is for the caller to check (ferror, fclose), once.
 */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include <stdio.h>

#include "vhdxlog-match.h"
#include "vhdxlog.h"

/* A record of the run, for --custody. All strings borrowed. */
struct report_custody {
	const char *version, *build;
	int argc;
	char *const *argv;
	const char *user, *host;
	const char *start, *end; /* UTC, 2026-11-22T14:30:00Z */
	const char *sandbox; /* its parts: "landlock, seccomp"; or NULL: none */
	struct vhdxlog_identity before, after; /* zero: it was not to be opened */
};

struct report_options {
	const char *path; /* as the user gave it */
	const char *parent; /* likewise, of --parent; or NULL */
	bool quiet;	  /* the verdict alone */
	bool all_checks;  /* also those that passed or do not apply */
	bool verbose;
	bool color;
	unsigned width;			     /* columns, text only */
	uint64_t policies; /* of the selection, bit n: its row n; 0: all */
	const struct report_custody *custody; /* or NULL */
	/* Of the rules that this image was held against; NULL: of none. */
	const struct vhdxlog_matches *matches;
};

struct report_subject {
	struct vhdxlog_source *source;
	struct vhdxlog_scan *scan;
};

/* ----------------------------------------------------------- the whole scan */

int report_scan_text(FILE *out, const struct report_subject *subject,
		     const struct report_options *options,
		     struct vhdxlog_error *err);
int report_scan_json(FILE *out, const struct report_subject *subject,
		     const struct report_options *options,
		     struct vhdxlog_error *err);
int report_scan_jsonl(FILE *out, const struct report_subject *subject,
		      const struct report_options *options,
		      struct vhdxlog_error *err);
/* A page by itself: nothing is loaded, and there is no script. */
int report_scan_html(FILE *out, const struct report_subject *subject,
		     const struct report_options *options,
		     struct vhdxlog_error *err);

/* A row an image, for spreadsheets; below the heading, which comes once. */
void report_scan_csv_head(FILE *out);
int report_scan_csv(FILE *out, const struct report_subject *subject,
		    const struct report_options *options,
		    struct vhdxlog_error *err);

/*
 * For an image that could not be examined: the record of the run, where one was
 * asked for. message, which standard error has in any case, stands before it.
 */
int report_failure_text(FILE *out, const struct report_options *options,
			const char *message);

/*
 * The jsonl `image` record (jsonl), or the document (json), for an image that
 * could not be examined: state "unreadable", everything else null or empty.
 * message: one sentence, why.
 */
int report_failure_jsonl(FILE *out, const struct report_options *options,
			 const char *message);
int report_failure_json(FILE *out, const struct report_options *options,
			const char *message);
/* The page that says so. */
int report_failure_html(FILE *out, const struct report_options *options,
			const char *message);

/* The row of such an image: what is not known is empty. */
int report_failure_csv(FILE *out, const struct report_options *options,
		       const char *message);

/* ---------------------------------------------------------------- one thing */

/* What `show` was asked for, as parsed by report_target_parse(). */
enum report_target_kind {
	REPORT_ENTRY,	 /* E5 */
	REPORT_SEQUENCE, /* S5-7 */
	REPORT_ORPHAN,	 /* D9 */
	REPORT_HEADER,	 /* header: both copies; header1, header2: one */
	REPORT_LOG,	 /* log: the ring's map and its checks */
	REPORT_BAT,	 /* bat:17 */
	REPORT_POLICY,	 /* policy:qemu */
};

struct report_target {
	enum report_target_kind kind;
	struct vhdxlog_range range; /* E and D: first == head == the sector */
	uint64_t index;		    /* bat, policy: its row in the selection;
				       header: 1, 2, or 0 for both */
};

/* false: not an identifier. */
bool report_target_parse(const char *id, struct report_target *target);

int report_show_text(FILE *out, const struct report_subject *subject,
		     const struct report_target *target,
		     const struct report_options *options,
		     struct vhdxlog_error *err);
int report_show_json(FILE *out, const struct report_subject *subject,
		     const struct report_target *target, const char *id,
		     const struct report_options *options,
		     struct vhdxlog_error *err);

/* ------------------------------------------------------------------ replay */

enum report_replay_mode {
	REPORT_REPLAY,	/* a copy with a sequence applied */
	REPORT_REARM,	/* a copy with a sequence made the active one */
	REPORT_APPLY,	/* a copy with a patch applied */
	REPORT_UNAPPLY, /* ... taken back */
	REPORT_FIX,	/* a copy with repairs, and nothing replayed */
};

enum report_replay_outcome {
	REPORT_WRITTEN,
	REPORT_WOULD_WRITE, /* a dry run, and nothing stands against it */
	REPORT_REFUSED,
	REPORT_FAILED,
};

/* One stretch of the file that is written. */
struct report_page {
	uint64_t offset, length;
	bool zero;    /* all its new bytes */
	bool changes; /* any byte, or the file was not that long */
	uint32_t entry; /* log sector, or VHDXLOG_NO_SECTOR */
	enum vhdxlog_area area; /* of its first byte, after the change */
	/* Of old and new bytes; "" where not made: old ones beyond the file's
	 * end, or more zeroes than are worth reading. */
	char before[VHDXLOG_SHA256_TEXT], after[VHDXLOG_SHA256_TEXT];
};

/* A block of the guest's disk that a repair could not save all of. */
struct report_lost {
	uint64_t block; /* payload block, or with is_bitmap the chunk */
	bool is_bitmap;
	uint64_t index;	      /* of its BAT entry */
	uint64_t file_offset; /* of the block */
	uint64_t virtual_offset, virtual_length; /* of the guest's disk */
	uint64_t bytes; /* of it that are gone, or out of reach */
};

/* A repair. Strings borrowed. */
struct report_fix {
	const char *name;    /* "bat-shift" */
	const char *message; /* a sentence */
	const char *const *evidence; /* sentences */
	size_t evidence_count;
	uint64_t evidence_left; /* how many more there would be */
	/* Fill in the i-th block of lost_count. */
	void (*lost)(const void *ctx, size_t i, struct report_lost *lost);
	const void *ctx;
	size_t lost_count;
	uint64_t lost_left; /* how many more there are */
};

/* What vhdxlog-replay did, or would do. Strings borrowed, may be NULL. */
struct report_replay {
	enum report_replay_mode mode;
	enum report_replay_outcome outcome;
	const char *reason; /* why it was refused or failed; else NULL */
	/* Of IMAGE; NULL: it could not be examined. For REPORT_APPLY and
	 * _UNAPPLY there is a source and no scan. */
	const struct report_subject *subject;
	/* What was chosen; NULL: it did not come to that. */
	struct vhdxlog_overlay *overlay;
	const char *output; /* path; NULL: none was to be made */
	const char *patch;  /* path of the patch that is written or read */
	const char *sequence, *policy; /* as asked for */
	bool dry_run, overwrite, force, hash, strict; /* as asked for */
	bool salvage;				      /* likewise */
	const char *parent;			      /* path, as asked for */
	bool packed; /* REPORT_REARM: entries put together, to fit */
	const char *const *fix_names; /* --fix, as asked for */
	size_t fix_name_count;
	const struct report_fix *fixes; /* what was made, in order */
	size_t fix_count;
	bool has_state; /* with --fix: what a scan of the copy says */
	enum vhdxlog_state state;
	/* A check that fails before the repairs and not behind them, or NULL. */
	const struct vhdxlog_check *mended;
	/* What --force overrode: checks that failed. */
	const struct vhdxlog_check *const *overridden;
	size_t overridden_count;
	bool sizes_known;
	uint64_t size_before, size_after; /* of the file, bytes */
	/* Both copies, as they were (subject) and as they are then. */
	bool has_headers;
	struct vhdxlog_header headers[2]; /* as vhdxlog_header() gives them */
	const char *copied_by; /* "reflink", "copy_file_range", "plain" */
	const char *source_sha256, *output_sha256; /* --hash; NULL: not made */
	/* The next stretch that is written: 0, 1: no more, negative. NULL: it
	 * did not come to that. */
	int (*page)(void *ctx, struct report_page *page,
		    struct vhdxlog_error *err);
	void *page_ctx;
	const char *next; /* the command that comes next; NULL: none */
};

int report_replay_text(FILE *out, const struct report_replay *replay,
		       const struct report_options *options,
		       struct vhdxlog_error *err);
int report_replay_json(FILE *out, const struct report_replay *replay,
		       const struct report_options *options,
		       struct vhdxlog_error *err);

/* ---------------------------------------------------------------- timeline */

/* A time that the user knows: all that the log tells of was no later. */
struct report_anchor {
	const char *name; /* "acquired" */
	const char *time; /* RFC 3339 in UTC: "2026-11-22T14:30:00Z" */
};

/* What is to be told of a history. Pointers borrowed, may be NULL. */
struct report_timeline {
	const struct report_subject *subject; /* NULL: could not be examined */
	struct vhdxlog_history *history;      /* NULL: there is none to tell */
	const char *error; /* why not, in a sentence; else NULL */
	const struct vhdxlog_event_filter *filter;
	const struct report_anchor *anchor;
	/* The state after an entry, in place of events; NULL: not wanted. */
	struct vhdxlog_overlay *as_of;
	uint32_t as_of_entry; /* sector */
};

int report_timeline_text(FILE *out, const struct report_timeline *timeline,
			 const struct report_options *options,
			 struct vhdxlog_error *err);
int report_timeline_json(FILE *out, const struct report_timeline *timeline,
			 const struct report_options *options,
			 struct vhdxlog_error *err);
int report_timeline_jsonl(FILE *out, const struct report_timeline *timeline,
			  const struct report_options *options,
			  struct vhdxlog_error *err);
int report_timeline_csv(FILE *out, const struct report_timeline *timeline,
			const struct report_options *options,
			struct vhdxlog_error *err);

/* ------------------------------------------------------------------ states */

enum report_state_kind {
	REPORT_STATE_DISK,     /* disk: the file as it is */
	REPORT_STATE_SEQUENCE, /* S5-7: with these entries laid over it */
	REPORT_STATE_AS_OF,    /* E7: as it stood once that was applied */
	REPORT_STATE_POLICY,   /* policy:qemu: as that reader leaves it */
};

/* A state of the file, as parsed by report_state_parse(). */
struct report_state {
	enum report_state_kind kind;
	struct vhdxlog_range range; /* E: first == head == the sector */
	size_t policy;		    /* its row in the selection */
};

/* false: names no state. */
bool report_state_parse(const char *name, struct report_state *state);

/* ----------------------------------------------------------------- compare */

/* One of two sides: an overlay on an image, and how the user named it. */
struct report_side {
	const struct report_subject *subject;
	struct vhdxlog_overlay *overlay;
	const char *path, *name; /* "disk.vhdx", "S5-7" */
	struct report_state state; /* that the name stands for */
};

struct report_compare {
	struct report_side a, b;
	bool two_images;
	bool bytes; /* with what differs, byte by byte */
	bool differs; /* set by the emitters */
	/* As vhdxlog_compare_progress() has it; may be NULL. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
};

/* Of each stretch that differs, so much is shown with `bytes`. */
#define REPORT_COMPARE_BYTES (64 * 1024)

int report_compare_text(FILE *out, struct report_compare *compare,
			const struct report_options *options,
			struct vhdxlog_error *err);
int report_compare_json(FILE *out, struct report_compare *compare,
			const struct report_options *options,
			struct vhdxlog_error *err);
int report_compare_csv(FILE *out, struct report_compare *compare,
		       const struct report_options *options,
		       struct vhdxlog_error *err);

/* ------------------------------------------------------------------- carve */

/*
 * What a pass over a file finds, as it finds it. Places are those of the file, an
 * --offset added. Pointers borrowed, may be NULL.
 */
struct report_carve {
	struct vhdxlog_source *source; /* NULL: it could not be opened */
	const char *error; /* why there is nothing; else NULL */
	/* The next item: 0, 1: no more, negative. NULL: it did not come to it. */
	int (*next)(void *ctx, struct vhdxlog_carved *item,
		    struct vhdxlog_error *err);
	void *ctx;
	const char *(*limitation)(void *ctx, size_t index);
	/* Set when there are no more. */
	bool done; /* the file was looked at to its end */
	uint64_t position; /* all below it was looked at */
	uint64_t bytes_read; /* vhdxlog_carve_bytes_read(), by all runs */
	/* By the emitter, of items; of logs, those with a sound entry. */
	uint64_t counts[VHDXLOG_CARVE_KINDS];
	uint64_t sound_logs;
};

int report_carve_text(FILE *out, struct report_carve *carve,
		      const struct report_options *options,
		      struct vhdxlog_error *err);
int report_carve_json(FILE *out, struct report_carve *carve,
		      const struct report_options *options,
		      struct vhdxlog_error *err);
int report_carve_jsonl(FILE *out, struct report_carve *carve,
		       const struct report_options *options,
		       struct vhdxlog_error *err);
/* A map file of ddrescue. */
int report_carve_map(FILE *out, struct report_carve *carve,
		     const struct report_options *options,
		     struct vhdxlog_error *err);

/*
 * The command that scans what was found, an image or a log; "" where there is
 * none, as for an image whose start is not known. As report_next().
 */
char *report_carve_command(const struct vhdxlog_carved *item, const char *path);

/* ---------------------------------------------------------------- sentences */

/* verdict.summary: one sentence that a person can act on; snprintf's rules. */
int report_summary(char *buf, size_t size, const struct report_subject *s);

/*
 * verdict.next: the safe next command, its arguments quoted for the shell; ""
 * where there is nothing to do. All that the scan was told about how to judge the
 * image is in it. free() it; NULL: out of memory.
 */
char *report_next(const struct report_subject *s,
		  const struct report_options *options);

/*
 * Where readers end with different disks: the command that compares what the
 * specification leaves with the first that differs; else "". As report_next().
 */
char *report_next_compare(const struct report_subject *s,
			  const struct report_options *options);

/*
 * The command that writes out a block as it lay once an entry had been written:
 * block:17@E7. As report_next().
 */
char *report_extract_block(const struct report_subject *s,
			   const struct report_options *options, uint64_t block,
			   uint32_t sector);

/* -------------------------------------------------------------- explanation */

/* What another program says, and people search for. Static. */
struct report_message {
	const char *text;    /* as it is printed: "0x80070570" */
	const char *meaning; /* what may be behind it */
	const char *next;    /* what to do with this program */
};

size_t report_message_count(void);
const struct report_message *report_message_at(size_t i);

/* Words of our own reports that are no checks: the states. */
size_t report_term_count(void);
const struct report_message *report_term_at(size_t i);
const struct report_message *report_term_find(const char *word); /* or NULL */

/* Whether one of the two contains the other, in any case of letters. */
bool report_message_matches(const struct report_message *message,
			    const char *query);

/* What `explain` found for its arguments; either list may be empty. */
int report_explain_text(FILE *out, const struct vhdxlog_check *const *checks,
			size_t n_checks,
			const struct report_message *const *messages,
			size_t n_messages,
			const struct report_options *options);
int report_explain_json(FILE *out, const struct vhdxlog_check *const *checks,
			size_t n_checks,
			const struct report_message *const *messages,
			size_t n_messages);

/* The whole catalogue: one line a check, by area. */
int report_explain_list(FILE *out, const struct report_options *options);

/* The manual page vhdxlog-checks(7), in mdoc. */
int report_explain_man(FILE *out);

/* What a class does, in words: "the entry is invalid". Static. */
const char *report_class_words(enum vhdxlog_class class_);

/* ----------------------------------------------------------------- escaping */

/*
 * For a terminal: control bytes, and bytes that are not valid UTF-8, as \xNN;
 * backslashes doubled. free() it; NULL: out of memory.
 */
char *report_escape_text(const char *bytes);

/*
 * The same for UTF-16: \xNN for a control character of ASCII, \uNNNN for each
 * unit of others that are not shown and for a lone surrogate.
 */
char *report_escape_utf16(struct vhdxlog_utf16 text);

/*
 * For JSON: control characters and invalid UTF-8 as U+FFFD; *faithful says that
 * nothing was replaced. free() it; NULL: out of memory.
 */
char *report_escape_json(const char *bytes, bool *faithful);

/*
 * For HTML, as text and in an attribute in quotes: markup as entities, and as
 * \xNN what report_escape_text() does not show. Backslashes are not doubled: what
 * must be told from an escape goes through that one first.
 */
void report_put_html(FILE *out, const char *bytes);

/* Lower-case hex of bytes. free() it; NULL: out of memory. */
char *report_hex(const uint8_t *bytes, size_t len);

/* One argument for a POSIX shell, quoted where it must be. free() it. */
char *report_quote_shell(const char *argument);

/* Exact, in the largest unit that leaves no rest: "36 MiB", "512 bytes". */
const char *report_size(uint64_t bytes, char buf[32]);

#endif
