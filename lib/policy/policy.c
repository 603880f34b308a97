/* SPDX-License-Identifier: MIT */
/* Every reader in turn, and what the file would hold afterwards. */
#include "policy/case.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "overlay/compare.h"

#include <stdlib.h>
#include <string.h>

const char *vl_policy_name(size_t index)
{
	return vl_policy_table[index].name;
}

const char *vl_policy_reader(size_t index)
{
	return vl_policy_table[index].reader;
}

const char *vl_policy_remark(size_t index)
{
	return vl_policy_table[index].remark;
}

/* ------------------------------------------------------------------- lists */

/* A list that holds what was picked: one that is there already, or a new one. */
static int share(struct vl_policies *p, const struct vl_picks *picks,
		 struct vl_list *list, struct vhdxlog_error *err)
{
	size_t bytes = picks->n * sizeof(*picks->value);
	uint32_t *copy;

	*list = (struct vl_list){ NULL, picks->n };
	for (size_t i = 0; picks->n && i < p->n_lists; i++) {
		if (p->list[i].n == picks->n &&
		    memcmp(p->list[i].sector, picks->value, bytes) == 0)
			list->sector = p->list[i].sector;
	}
	if (!picks->n || list->sector)
		return 0;
	copy = vl_calloc(picks->n, sizeof(*copy));
	if (!copy)
		return vl_nomem(err);
	memcpy(copy, picks->value, bytes);
	list->sector = copy;
	p->list[p->n_lists++] = *list;
	return 0;
}

/* ------------------------------------------------------------------ result */

/* Whether two choices come to the same file: lists are shared. */
static bool same_result(const struct vl_choice *a, const struct vl_choice *b)
{
	bool cut = (a->effects | b->effects) &
		   VL_READER_BIT(VLC_reader_truncates);

	return a->applied.sector == b->applied.sector &&
	       a->parts == b->parts && a->reordered == b->reordered &&
	       a->rewritten == b->rewritten &&
	       (!cut || a->length == b->length);
}

/* Bits for what a pile writes over that no log should touch. */
static int find_targets(const struct vl_overlay *o, unsigned *hits,
			struct vhdxlog_error *err)
{
	const struct vl_range *own = &o->log->own;
	struct vl_segment segment;
	struct vl_sweep sweep;
	int rc = vl_overlay_sweep(o, &sweep, err);

	if (!rc && vl_sweep_next(&sweep, &segment) &&
	    segment.off < VL_RESERVED_OFFSET)
		*hits |= VL_READER_BIT(VLC_reader_writes_headers);
	if (!rc && own->len) {
		vl_sweep_seek(&sweep, own->off);
		if (vl_sweep_next(&sweep, &segment) &&
		    segment.off < own->off + own->len)
			*hits |= VL_READER_BIT(VLC_reader_writes_log);
	}
	vl_sweep_release(&sweep);
	return rc;
}

/* Make the overlay of what was applied, and tell what it comes to. */
static int digest(struct vl_policies *p, struct vl_case *c,
		  struct vhdxlog_error *err)
{
	struct vl_choice *choice = c->choice;
	struct vl_pile pile = { c->pile.value, c->pile.n };
	struct vl_overlay o;
	int rc;

	c->pile = (struct vl_picks){ 0 }; /* the overlay's now */
	rc = vl_overlay_of(&o, c->disk, c->log, pile, choice->length, err);
	if (!rc)
		rc = find_targets(&o, &choice->hits, err);
	if (!rc)
		rc = vl_overlay_digest(&o, choice->result, err);
	p->n_results++;
	vl_overlay_release(&o);
	return rc;
}

static int settle_result(struct vl_policies *p, size_t index,
			 struct vl_case *c, struct vhdxlog_error *err)
{
	struct vl_choice *choice = &p->choice[index];
	bool raw = c->log->disk_size == UINT64_MAX;

	if (!choice->applied.n || choice->unknown || raw)
		return 0;
	for (size_t i = 0; i < index; i++) {
		const struct vl_choice *before = &p->choice[i];

		if (!before->applied.n || !same_result(before, choice))
			continue;
		memcpy(choice->result, before->result, sizeof(choice->result));
		choice->hits = before->hits;
		return 0;
	}
	return digest(p, c, err);
}

/* --------------------------------------------------------------------- ask */

static void note_outcome(struct vl_choice *choice)
{
	if (choice->outcome == VHDXLOG_OUTCOME_HANG)
		choice->effects |= VL_READER_BIT(VLC_reader_hangs);
	if (choice->outcome == VHDXLOG_OUTCOME_PARTIAL)
		choice->effects |= VL_READER_BIT(VLC_reader_partial);
	if (choice->aborts)
		choice->effects |= VL_READER_BIT(VLC_reader_aborts);
}

/* What the reader does, without what it comes to. */
static int choose(struct vl_case *c, struct vhdxlog_error *err)
{
	int rc = c->policy->run(c, err);

	/* A search leaves what it chose; then the rules of replay say more. */
	if (!rc && c->chosen.n && !*c->choice->reason)
		rc = vl_apply(c, err);
	/* What could be read once and now cannot leaves this reader's outcome
	 * open, not that of the scan. */
	if (rc == VHDXLOG_E_IO) {
		vl_decide(c, VHDXLOG_OUTCOME_REFUSE,
			  "a sector of the log could not be read again");
		c->choice->unknown = true;
		rc = 0;
	}
	note_outcome(c->choice);
	return rc;
}

static int ask(struct vl_policies *p, size_t index, struct vl_case *c,
	       struct vhdxlog_error *err)
{
	struct vl_choice *choice = c->choice;
	int rc = choose(c, err);

	if (!rc)
		rc = share(p, &c->chosen, &choice->chosen, err);
	if (!rc)
		rc = share(p, &c->applied, &choice->applied, err);
	if (!rc)
		rc = settle_result(p, index, c, err);
	if (!c->policy->in_memory)
		choice->effects |= choice->hits;
	return rc;
}

static struct vl_case case_of(size_t index, const struct vl_asked *asked,
			      struct vl_choice *choice)
{
	choice->parts = UINT32_MAX;
	choice->length = asked->disk->size;
	return (struct vl_case){
		.policy = &vl_policy_table[index],
		.log = asked->log,
		.image = asked->image,
		.options = asked->options,
		.disk = asked->disk,
		.choice = choice,
	};
}

static void release_case(struct vl_case *c)
{
	free(c->chosen.value);
	free(c->applied.value);
	free(c->pile.value);
}

int vl_policies_ask(struct vl_policies *p, const struct vl_asked *asked,
		    struct vhdxlog_error *err)
{
	int rc = 0;

	*p = (struct vl_policies){ 0 };
	for (size_t i = 0; !rc && i < VL_POLICIES; i++) {
		struct vl_case c = case_of(i, asked, &p->choice[i]);

		rc = ask(p, i, &c, err);
		release_case(&c);
	}
	vl_log_forget(asked->log);
	return rc;
}

int vl_policy_overlay(size_t index, const struct vl_asked *asked,
		      struct vl_choice *choice, uint32_t **applied,
		      struct vl_overlay *o, struct vhdxlog_error *err)
{
	struct vl_case c;
	int rc;

	*choice = (struct vl_choice){ 0 };
	*applied = NULL;
	c = case_of(index, asked, choice);
	rc = choose(&c, err);
	if (!rc && choice->unknown)
		rc = vl_error(err, VHDXLOG_E_RANGE, 0, 0,
			      "telling what the reader would apply");
	if (!rc) {
		rc = vl_overlay_of(o, asked->disk, asked->log,
				   (struct vl_pile){ c.pile.value, c.pile.n },
				   choice->length, err);
		c.pile = (struct vl_picks){ 0 }; /* the overlay's now */
	}
	if (!rc) {
		choice->applied = (struct vl_list){ c.applied.value,
						    c.applied.n };
		*applied = c.applied.value;
		c.applied = (struct vl_picks){ 0 };
	}
	release_case(&c);
	return rc;
}

void vl_policies_release(struct vl_policies *p)
{
	for (size_t i = 0; i < p->n_lists; i++)
		free((void *)p->list[i].sector);
	*p = (struct vl_policies){ 0 };
}
