/* SPDX-License-Identifier: MIT */
#include "reports/readers.h"

#include <string.h>

const struct vhdxlog_selection *readers_find(const struct vhdxlog_scan *scan,
					     const char *policy)
{
	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		const struct vhdxlog_selection *s =
			vhdxlog_selection_at(scan, i);

		if (strcmp(s->policy, policy) == 0)
			return s;
	}
	return NULL;
}

static bool same_list(const uint32_t *a, uint64_t n_a, const uint32_t *b,
		      uint64_t n_b)
{
	return n_a == n_b &&
	       (a == b || n_a == 0 || memcmp(a, b, n_a * sizeof(*a)) == 0);
}

bool readers_agree(const struct vhdxlog_selection *a,
		   const struct vhdxlog_selection *b)
{
	if (a->outcome != b->outcome || a->known != b->known)
		return false;
	if (a->outcome != VHDXLOG_OUTCOME_REPLAY &&
	    a->outcome != VHDXLOG_OUTCOME_PARTIAL)
		return true;
	return strcmp(a->result, b->result) == 0 &&
	       same_list(a->entries, a->entry_count, b->entries,
			 b->entry_count) &&
	       same_list(a->applied, a->applied_count, b->applied,
			 b->applied_count);
}

bool readers_chose(const struct vhdxlog_selection *s,
		   struct vhdxlog_range range)
{
	return s->has_sequence && s->sequence.first == range.first &&
	       s->sequence.head == range.head;
}

unsigned readers_that_apply(const struct vhdxlog_scan *scan)
{
	unsigned n = 0;

	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++)
		n += vhdxlog_selection_at(scan, i)->applied_count != 0;
	return n;
}

bool readers_all_clean(const struct vhdxlog_scan *scan)
{
	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		if (vhdxlog_selection_at(scan, i)->outcome !=
		    VHDXLOG_OUTCOME_CLEAN)
			return false;
	}
	return true;
}

bool readers_is_found(const struct vhdxlog_scan *scan, size_t finding,
		      const char *policy)
{
	static const char prefix[] = "policy:";
	const size_t n = sizeof(prefix) - 1;
	char id[VHDXLOG_ID_TEXT];
	size_t cursor = 0;

	while (vhdxlog_finding_where(scan, finding, &cursor, id)) {
		if (strncmp(id, prefix, n) != 0)
			return false; /* about something else, all of it */
		if (strcmp(id + n, policy) == 0)
			return true;
	}
	return false;
}

static bool has_disk(const struct vhdxlog_selection *s)
{
	return readers_completes(s) && *s->result;
}

/* Whether a reader before number `end` has this result. */
static bool is_seen(const struct vhdxlog_scan *scan, size_t end,
		    const char *result)
{
	for (size_t i = 0; i < end; i++) {
		const struct vhdxlog_selection *s =
			vhdxlog_selection_at(scan, i);

		if (has_disk(s) && strcmp(s->result, result) == 0)
			return true;
	}
	return false;
}

/* How many disks there are until the first reader with this one (NULL: all). */
static unsigned disks_before(const struct vhdxlog_scan *scan,
			     const char *result)
{
	unsigned n = 0;

	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		const struct vhdxlog_selection *s =
			vhdxlog_selection_at(scan, i);

		if (!has_disk(s))
			continue;
		if (result && strcmp(s->result, result) == 0)
			break;
		n += !is_seen(scan, i, s->result);
	}
	return n;
}

unsigned readers_disks(const struct vhdxlog_scan *scan)
{
	return disks_before(scan, NULL);
}

unsigned readers_disk(const struct vhdxlog_scan *scan,
		      const struct vhdxlog_selection *s)
{
	return has_disk(s) ? disks_before(scan, s->result) : READERS_NO_DISK;
}

const struct vhdxlog_selection *readers_rival(const struct vhdxlog_scan *scan,
					      const struct vhdxlog_selection *s)
{
	for (size_t i = 0; i < vhdxlog_selection_count(scan); i++) {
		const struct vhdxlog_selection *other =
			vhdxlog_selection_at(scan, i);

		if (has_disk(other) && strcmp(other->result, s->result) != 0)
			return other;
	}
	return NULL;
}
