/* SPDX-License-Identifier: MIT */
/* One policy at work: its rules, what it looks at, what it has chosen so far. */
#ifndef VL_POLICY_CASE_H
#define VL_POLICY_CASE_H

#include "policy/policy.h"

struct vl_case;

/* Whether the reader takes b for what follows a, where a ends. */
typedef bool (*vl_follows_fn)(const struct vl_case *c, const struct vl_entry *a,
			      const struct vl_entry *b);

enum vl_tie {
	VL_TIE_FIRST,	  /* of headers with the same number the first counts */
	VL_TIE_SECOND,
	VL_TIE_EVEN_INVALID, /* the second needs a higher number than the
				first, be that valid or not */
	VL_TIE_IDENTICAL, /* only where they are the same, else refused */
	VL_TIE_REFUSED,
};

enum vl_tail {
	VL_TAIL_STARTS_ENTRY, /* where an entry of the chain starts */
	VL_TAIL_IN_CHAIN,     /* any byte from the first to the end */
	VL_TAIL_TO_HEAD,      /* from the first to behind the head's header;
				 across the end of the ring, beyond it too */
};

enum vl_length_rule {
	VL_LENGTH_KEPT,	   /* as far as its writes go */
	VL_LENGTH_GROWN,   /* to the head's LastFileOffset at least */
	VL_LENGTH_SET,	   /* to the head's LastFileOffset, longer or shorter */
	VL_LENGTH_BOUNDED, /* to the highest LastFileOffset, but no further
			      than 256 MiB for each descriptor; and no target
			      may lie behind that */
};

enum vl_flushed_rule {
	VL_FLUSHED_IGNORED,
	VL_FLUSHED_HEAD,
	VL_FLUSHED_EACH, /* the head's too, and first */
};

/* A reader's rules; those that its search does not ask are zero. */
struct vl_policy {
	const char *name, *reader;
	/* Decide: fill the choice. */
	int (*run)(struct vl_case *c, struct vhdxlog_error *err);

	/* The headers: checks that make it refuse, ended by VLC_none. */
	const uint8_t *always, *dirty; /* the second by a LogGuid only */
	enum vl_tie tie;
	bool needs_version;   /* a header of another version is none */
	bool needs_own_table; /* region table 1 with header 1, 2 with 2 */
	bool empty_is_clean;  /* a LogLength of 0 means that there is no log */

	/* Entries. */
	uint64_t reject; /* checks that an entry must pass to be one */
	uint64_t aborts; /* checks whose failure ends everything */
	bool trips; /* over what is not in the entry, see trips.c; */
	/* or by an EntryLength of less or more than this; */
	uint32_t trips_below, trips_above;
	bool counts_in_32_bits; /* bytes of descriptors, with a sign; */
	bool data_first; /* looks for the data before the number */

	/* Entries that pass, and that it does not take all the same; NULL: none.
	 * For those searches that plant a forest. */
	bool (*bars)(const struct vl_case *c, const struct vl_entry *e);

	/* Search. */
	vl_follows_fn follows;
	enum vl_tail tail;
	bool steps_into_head; /* goes on behind the head's header */
	bool zero_wins;	      /* a number of 0 is better than none */
	bool skips_bodies;    /* looks for no entries inside of entries */
	bool may_fall_short;  /* the way from the Tail need not reach the head */
	bool opens_without;   /* nothing valid: it goes on as if clean */

	/* Replay. */
	uint64_t fails_at_apply; /* checks that a chosen entry must pass */
	/* Or that stop it there: what it has carried out by then stays. Of an
	 * entry that fails one the second says which descriptors it still is
	 * able to carry out. */
	uint64_t stops_at_apply;
	bool (*carries_out)(const struct vl_case *c, const struct vl_entry *e,
			    const struct vl_descriptor *d);
	bool stops_at_end; /* also where a target ends with the file */
	bool panics; /* and where it stops it crashes */
	bool needs_both_headers; /* and fails afterwards without */
	bool needs_all_copies; /* of headers: signature and version alone */
	bool zeroes_first; /* in each entry zero ranges come before data */
	bool from_tail; /* from the head's Tail, not from the chain's first */
	bool offsets_have_sign; /* so that the highest ask for nothing */
	enum vl_flushed_rule flushed;
	enum vl_length_rule length;
	unsigned leaves; /* VL_READER_BIT(): what a replay always does */
	bool in_memory; /* it never writes to the file */
	bool follows_options; /* --strict is for it, too */

	/* Those that never replay: what they do with a dirty log, and why. */
	enum vhdxlog_outcome_kind outcome;
	const char *why;
	const char *remark; /* in a word; may be NULL */
};

extern const struct vl_policy vl_policy_table[VL_POLICIES];

/* Sectors of entries, or indices of layers, gathered. */
struct vl_picks {
	uint32_t *value; /* owned */
	size_t n, cap;
};

struct vl_case {
	const struct vl_policy *policy;
	struct vl_log *log;
	const struct vl_image *image;
	const struct vhdxlog_options *options;
	const struct vl_view *disk;
	struct vhdxlog_guid guid; /* LogGuid, of the header that it takes */
	struct vl_choice *choice;
	struct vl_picks chosen, applied;
	struct vl_picks pile; /* indices of the layers that are applied */
};

/* Where the log is by the header that a reader takes. */
struct vl_place {
	uint64_t offset;
	uint32_t length;
	unsigned version; /* LogVersion */
	unsigned slot;	  /* of that header; 0 where there are none */
};

/* apply.c: descriptors that a reader carries out, if only their kind is known;
 * if they are the entry's, too, and end before the file does. */
bool vl_carries_any(const struct vl_case *c, const struct vl_entry *e,
		    const struct vl_descriptor *d);
bool vl_carries_inside(const struct vl_case *c, const struct vl_entry *e,
		       const struct vl_descriptor *d);

/* trips.c: whether an entry (index, or VL_NONE) ends the reader itself. */
bool vl_trips(const struct vl_case *c, uint32_t index);

/* bars.c: one that openvmm's own arithmetic, or xx-c's limit, is against. */
bool vl_bars_openvmm(const struct vl_case *c, const struct vl_entry *e);
bool vl_bars_xx_c(const struct vl_case *c, const struct vl_entry *e);

/* gate.c: where it looks for the log, and c->guid. false: the choice is made. */
bool vl_find_log(struct vl_case *c, struct vl_place *p);

/* Whether that is the log that was walked. false: the choice is made. */
bool vl_was_walked(struct vl_case *c, const struct vl_place *p);

/* gate.c: true where the headers alone decide; the choice is filled then. The
 * second asks in addition what matters to those that go on to read the log. */
bool vl_header_gate(struct vl_case *c, struct vl_place *p);
bool vl_gate(struct vl_case *c);

/* gate.c: whether a check of the image fails, as the reader sees it. */
bool vl_fails(const struct vl_case *c, enum vl_check_id id);

/* Refuse for the sake of a check; false where that is VLC_none. */
bool vl_refused(struct vl_case *c, enum vl_check_id why);

/* Fill outcome and reason. */
void vl_decide(struct vl_case *c, enum vhdxlog_outcome_kind outcome,
	       const char *format, ...) __attribute__((format(printf, 3, 4)));

int vl_pick(struct vl_picks *picks, uint32_t value, struct vhdxlog_error *err);

/* Whether an entry (index, or VL_NONE) is one by the reader's rules. */
bool vl_accepts(const struct vl_case *c, uint32_t index);

/* Whether an entry has the LogGuid that the reader goes by. */
bool vl_is_of_log(const struct vl_case *c, uint32_t index);

/* The entry that starts where e ends, or VL_NONE. */
static inline uint32_t vl_behind(const struct vl_log *log,
				 const struct vl_entry *e)
{
	return vl_log_entry_at(log, vl_entry_end(log, e));
}

/* The entry that the Tail of e names, or VL_NONE. */
static inline uint32_t vl_named_by_tail(const struct vl_log *log,
					const struct vl_entry *e)
{
	return e->tail % VL_SECTOR ?
		       VL_NONE :
		       vl_log_entry_at(log, e->tail / VL_SECTOR);
}

/* One step of a search over sectors or entries. */
static inline void vl_step(const struct vl_case *c)
{
	c->log->cost.policy_steps++;
}

/* The searches; each leaves what it found in c->chosen, or decides. */
int vl_search_scan(struct vl_case *c, struct vhdxlog_error *err);
int vl_search_newest(struct vl_case *c, struct vhdxlog_error *err);
int vl_rust_img(struct vl_case *c, struct vhdxlog_error *err);
int vl_xx_c(struct vl_case *c, struct vhdxlog_error *err);
int vl_virtdisk(struct vl_case *c, struct vhdxlog_error *err);

/* Machines of their own. */
int vl_ms_vhdx(struct vl_case *c, struct vhdxlog_error *err);
int vl_qemu(struct vl_case *c, struct vhdxlog_error *err);
int vl_urbackup(struct vl_case *c, struct vhdxlog_error *err);
int vl_calebf(struct vl_case *c, struct vhdxlog_error *err);
int vl_ignorer(struct vl_case *c, struct vhdxlog_error *err);

/* apply.c: apply what was chosen, by the policy's rules of replay. */
int vl_apply(struct vl_case *c, struct vhdxlog_error *err);

/*
 * Apply the first `parts` descriptors of an entry: put them on the pile, and let
 * the file grow by them.
 */
int vl_apply_entry(struct vl_case *c, uint32_t index, uint32_t parts,
		   struct vhdxlog_error *err);

/* Cut the file to `length`, and what was written behind it is gone. */
int vl_apply_cut(struct vl_case *c, uint64_t length,
		 struct vhdxlog_error *err);

#endif
