/* SPDX-License-Identifier: MIT */
/* A log that waits is given up by name, not in passing; without a header any may. */
#include "write/fix_headers.h"

#include "base/guid.h"

#include <inttypes.h>
#include <stdio.h>

static bool says_none(const struct vl_fix *f)
{
	const struct vhdxlog_options *o = f->asked;

	return o && o->has_log_guid && vl_guid_is_zero(&o->log_guid);
}

bool vl_fix_is_unapplied(const struct vl_fix *f)
{
	return vl_fix_fails(f->scan, VHDXLOG_OBJECT_LOG, "log-unapplied");
}

/* Entries that are damaged may have been the ones that waited. */
static bool gives_up(const struct vl_fix *f)
{
	const struct vhdxlog_header *h = vl_fix_current(f);

	if (!says_none(f))
		return false;
	return vl_fix_is_unapplied(f) ||
	       (h ? !vl_guid_is_zero(&h->log_guid) :
		    vhdxlog_entry_count(f->scan) > 0);
}

bool vl_fix_drops_log(const struct vl_fix *f)
{
	return !f->force && gives_up(f);
}

/* ------------------------------------------------------------ what that is */

/* Entries of a kind, and the one of them with the highest number. */
struct tally {
	uint64_t n;
	uint64_t number;
	uint32_t sector;
};

static void count(struct tally *t, const struct vhdxlog_entry *e)
{
	if (!t->n++ || e->sequence_number > t->number) {
		t->number = e->sequence_number;
		t->sector = e->sector;
	}
}

/* Those of the LogGuid that the header names; where it names none, all. */
static void count_entries(const struct vl_fix *f, struct tally *sound,
			  struct tally *damaged)
{
	const struct vhdxlog_header *h = vl_fix_current(f);
	bool any = !h || vl_guid_is_zero(&h->log_guid);
	struct vhdxlog_entry e;

	for (size_t i = 0; i < vhdxlog_entry_count(f->scan); i++) {
		/* One that cannot be read again says nothing. */
		if (vhdxlog_entry_at(f->scan, i, &e, NULL) ||
		    (!any && !vl_guid_equal(&e.log_guid, &h->log_guid)))
			continue;
		count(e.verdict == VHDXLOG_INVALID ? damaged : sound, &e);
	}
}

#define TALLY_TEXT 96

static const char *say(const struct tally *t, const char *kind,
		       char text[static TALLY_TEXT])
{
	if (t->n == 1)
		snprintf(text, TALLY_TEXT,
			 "1 %s entry (E%" PRIu32 ", number %" PRIu64 ")", kind,
			 t->sector, t->number);
	else
		snprintf(text, TALLY_TEXT,
			 "%" PRIu64 " %s entries (the highest number is %" PRIu64
			 ", of E%" PRIu32 ")",
			 t->n, kind, t->number, t->sector);
	return text;
}

#define DROP_TEXT (2 * TALLY_TEXT + 8)

/* What is given up, in words. */
static const char *describe(const struct vl_fix *f,
			    char text[static DROP_TEXT])
{
	struct tally sound = { 0 }, damaged = { 0 };
	char a[TALLY_TEXT] = "", b[TALLY_TEXT] = "";

	count_entries(f, &sound, &damaged);
	if (sound.n)
		say(&sound, "sound", a);
	if (damaged.n)
		say(&damaged, "damaged", b);
	snprintf(text, DROP_TEXT, "%s%s%s", a, *a && *b ? " and " : "",
		 *a || *b ? b : "no entry that is left of it");
	return text;
}

int vl_fix_refuse_drop(struct vl_fix *f)
{
	const struct vhdxlog_header *h = vl_fix_current(f);
	char what[DROP_TEXT];

	describe(f, what);
	if (h && !vl_guid_is_zero(&h->log_guid))
		return vl_fix_refuse(f, "header %u names a log that waits, "
					"which --log-guid of zeroes would give "
					"up: %s; --force accepts that",
				     h->slot, what);
	return vl_fix_refuse(f, "entries of the log may wait, which --log-guid of "
				"zeroes would give up: %s; --force accepts that",
			     what);
}

bool vl_fix_cite_drop(struct vl_fix *f)
{
	char what[DROP_TEXT];

	return !gives_up(f) ||
	       vl_fix_evidence(&f->record,
			       "given up, should it have waited: %s",
			       describe(f, what));
}
