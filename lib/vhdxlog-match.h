/* SPDX-License-Identifier: MIT */
/*
 * YARA rules over what the log of an image holds, and what it leads to. A library
 * of its own, libvhdxlog-match.a, which needs libvhdxlog.a and libyara:
 *
 *	if (vhdxlog_rules_open(&wanted, &rules, &err) == 0 &&
 *	    vhdxlog_match(scan, rules, NULL, &matches, &err) == 0)
 *		for (i = 0; (hit = vhdxlog_match_at(matches, i)); i++)
 *			puts(hit->rule);
 *
 * Rules are compiled once, before any image, and may be used by several threads
 * at a time, each with a scan of its own. Nothing is written, and of an image no
 * more is read than the scopes name.
 */
#ifndef VHDXLOG_MATCH_H
#define VHDXLOG_MATCH_H

#include "vhdxlog.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------- rules */

/* Where rules are held against what is there. */
enum vhdxlog_match_scope {
	/* What data descriptors of sound entries write, put together; pages of an
	 * entry that are neighbours in the file as one run. */
	VHDXLOG_MATCH_PAGES,
	/* What is left of the sectors of a sound entry behind its last
	 * descriptor, and its sectors that nothing is in: neighbours as one. */
	VHDXLOG_MATCH_SLACK,
	/* Sectors of no sound entry: neighbours as one, of which the last sector
	 * of the ring and the first are two. */
	VHDXLOG_MATCH_FOREIGN,
	VHDXLOG_MATCH_RAW, /* the whole ring as it lies, which does not go round */
	/* Identifier, headers, region tables, BAT and metadata with a sequence
	 * laid over them. */
	VHDXLOG_MATCH_REPLAYED,
	/* Payload blocks that another state of the file locates and that it does
	 * not, once replayed: struct vhdxlog_ghost. */
	VHDXLOG_MATCH_GHOST,
	VHDXLOG_MATCH_SCOPES,
};

#define VHDXLOG_MATCH_DEFAULT                                       \
	(1u << VHDXLOG_MATCH_PAGES | 1u << VHDXLOG_MATCH_SLACK |    \
	 1u << VHDXLOG_MATCH_FOREIGN)

/* "pages", "slack", ...; NULL behind the last. */
VHDXLOG_API const char *
vhdxlog_match_scope_name(enum vhdxlog_match_scope scope);

struct vhdxlog_rules;

/* What is wrong, or unusual, with rules. Strings until the callback returns. */
struct vhdxlog_rules_message {
	bool is_error;
	const char *file; /* NULL: it is about a definition */
	unsigned line;	  /* 0: about the file as a whole */
	const char *text;
};

struct vhdxlog_rules_options {
	/* Each a path, or NAMESPACE:PATH; what a file of that name holds is the
	 * path first. Source or compiled, as the file itself says. Without a
	 * namespace: "default". Compiled rules have namespaces of their own. */
	const char *const *files;
	size_t file_count;
	/* NAME=VALUE: integers, floats, true and false, else strings. */
	const char *const *defines;
	size_t define_count;
	/* Called for everything that is wrong with them; may be NULL. */
	void (*say)(void *ctx, const struct vhdxlog_rules_message *message);
	void *say_ctx;
};

/*
 * Compile, or load. `include` is looked up where the file is that includes. Each
 * rule may look at five variables; what does not apply is "", -1 or false:
 *
 *	scope		string	"pages", ..
 *	entry_sequence	integer	sequence number of the entry
 *	target_region	string	vhdxlog_area_name(): where the page goes
 *	target_offset	integer	... in the file; of a run: its first page
 *	stale		boolean	the entry's LogGuid is not the current one
 *
 * VHDXLOG_E_MISUSE where anything was wrong with them, which `say` got to know.
 */
VHDXLOG_API int vhdxlog_rules_open(const struct vhdxlog_rules_options *options,
				   struct vhdxlog_rules **rules,
				   struct vhdxlog_error *err);

/* Accepts NULL. */
VHDXLOG_API void vhdxlog_rules_close(struct vhdxlog_rules *rules);

VHDXLOG_API size_t vhdxlog_rules_count(const struct vhdxlog_rules *rules);

/* ----------------------------------------------------------------- matches */

struct vhdxlog_match_options {
	size_t size;	  /* set by VHDXLOG_MATCH_OPTIONS_INIT */
	unsigned scopes;  /* a sum of 1 << VHDXLOG_MATCH_*; 0: the default */
	unsigned timeout; /* seconds for all of one image; 0: none */
	/* Milliseconds from now on after which the image as a whole is to be
	 * given up: VHDXLOG_E_LIMIT. 0: none. Needed beside the stop of struct
	 * vhdxlog_limits, as no rule that is being held asks that. */
	uint64_t limit_ms;
	/* What VHDXLOG_MATCH_REPLAYED lays over the file; else what the
	 * specification replays. */
	bool has_sequence;
	struct vhdxlog_range sequence;
	/* What cost class is tested with: every stretch by itself. */
	bool no_batches;
};

#define VHDXLOG_MATCH_OPTIONS_INIT                               \
	{                                                        \
		.size = sizeof(struct vhdxlog_match_options),    \
		.scopes = VHDXLOG_MATCH_DEFAULT                  \
	}

/* Of each rule so many hits are told for an image. */
#define VHDXLOG_MATCH_MOST  1000
/* So many bytes of each. */
#define VHDXLOG_MATCH_BYTES 256

/* Bytes of a hit that lie together in the file. */
struct vhdxlog_match_piece {
	uint64_t file_offset;
	uint64_t length;
};

/* A string of a rule that holds, where it was found; or a rule that holds without
 * any. Strings are those of the rules, as the user wrote them. */
struct vhdxlog_match {
	const char *rule, *namespace_;
	const char *string; /* "$a"; NULL: no string of the rule was found */
	enum vhdxlog_match_scope scope;
	uint64_t length;	  /* of the match, or without one the stretch */
	uint8_t bytes[VHDXLOG_MATCH_BYTES]; /* the first of them */
	size_t byte_count;	  /* 0 without a string */
	/* Where its first byte lies: in the image, none where only the replay
	 * puts it there; in the ring; and where it goes. */
	bool has_file_offset, has_log_offset, has_target;
	uint64_t file_offset, log_offset, target_offset;
	enum vhdxlog_area area; /* of target_offset; else UNKNOWN */
	/* What lies in descriptors and data sectors lies in pieces. */
	size_t piece_count; /* all of them */
	struct vhdxlog_match_piece pieces[8]; /* the first of them */
	uint32_t entry; /* sector, or VHDXLOG_NO_SECTOR */
	bool has_sequence_number, stale;
	uint64_t sequence_number;
	/* Of which the entry is the head; REPLAYED: what was laid over. */
	bool has_sequence;
	struct vhdxlog_range sequence;
	bool has_virtual;
	/* Bytes of the guest's disk; of a page, by the BAT as replayed. */
	uint64_t virtual_offset;
	const void *origin;	 /* the rule; for tags and metas */
};

struct vhdxlog_matches;

/*
 * Hold rules against a scan. options may be NULL. The rules are borrowed until the
 * matches are closed. VHDXLOG_E_NOMEM, _MISUSE; _LIMIT: limit_ms, or the limits of
 * the source, which are asked between stretches, too. What cannot be read, took
 * longer than `timeout` or was too much is a limitation.
 */
VHDXLOG_API int vhdxlog_match(struct vhdxlog_scan *scan,
			      const struct vhdxlog_rules *rules,
			      const struct vhdxlog_match_options *options,
			      struct vhdxlog_matches **matches,
			      struct vhdxlog_error *err);

/* Accepts NULL. */
VHDXLOG_API void vhdxlog_match_close(struct vhdxlog_matches *matches);

VHDXLOG_API size_t vhdxlog_match_count(const struct vhdxlog_matches *matches);
/* How many different rules hold somewhere. */
VHDXLOG_API size_t vhdxlog_match_rules(const struct vhdxlog_matches *matches);
/* Of each entry slack and pages, in the order of entries, then the other scopes in
 * theirs; in each by places, then rules. NULL behind the last. */
VHDXLOG_API const struct vhdxlog_match *
vhdxlog_match_at(const struct vhdxlog_matches *matches, size_t index);

/* Tag number index of the rule; NULL behind the last. */
VHDXLOG_API const char *vhdxlog_match_tag(const struct vhdxlog_match *match,
					  size_t index);

enum vhdxlog_meta_kind {
	VHDXLOG_META_INTEGER,
	VHDXLOG_META_BOOLEAN,
	VHDXLOG_META_STRING,
};

struct vhdxlog_meta {
	const char *name;
	enum vhdxlog_meta_kind kind;
	int64_t integer;    /* INTEGER; BOOLEAN: 0 or 1 */
	const char *string; /* STRING */
};

/* false behind the last. */
VHDXLOG_API bool vhdxlog_match_meta(const struct vhdxlog_match *match,
				    size_t index, struct vhdxlog_meta *meta);

/* Sentences on what was not looked at; NULL behind the last. */
VHDXLOG_API const char *
vhdxlog_match_limitation(const struct vhdxlog_matches *matches, size_t index);

/* Scans of rules over stretches, and bytes of these; for tests of cost. */
VHDXLOG_API void vhdxlog_match_cost(const struct vhdxlog_matches *matches,
				    uint64_t *scans, uint64_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
