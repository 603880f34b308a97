/* SPDX-License-Identifier: MIT */
/*
 * Sentences on why a session has its place. They are made when they are asked
 * for: a log may have a session in every sector. Beyond some MiB of them they no
 * longer name what they speak of.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "overlay/overlay.h"
#include "view/order_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK (64u << 10)
#define MAX_CHUNKS 256u
#define MAX_TEXT 512u

struct vl_text_chunk {
	struct vl_text_chunk *next;
	size_t used;
	char bytes[CHUNK];
};

void vl_texts_release(struct vl_texts *t)
{
	while (t->chunk) {
		struct vl_text_chunk *next = t->chunk->next;

		free(t->chunk);
		t->chunk = next;
	}
}

static bool add_chunk(struct vl_texts *t)
{
	struct vl_text_chunk *chunk =
		t->chunks < MAX_CHUNKS ? vl_calloc(1, sizeof(*chunk)) : NULL;

	if (!chunk)
		return false;
	chunk->next = t->chunk;
	t->chunk = chunk;
	t->chunks++;
	return true;
}

int vl_texts_init(struct vl_texts *t, struct vhdxlog_error *err)
{
	return add_chunk(t) ? 0 : vl_nomem(err);
}

/* A copy that stays, or NULL. */
static const char *keep(struct vl_texts *t, const char *text)
{
	size_t len = strlen(text) + 1;
	char *copy;

	if (CHUNK - t->chunk->used < len && !add_chunk(t))
		return NULL;
	copy = t->chunk->bytes + t->chunk->used;
	t->chunk->used += len;
	return memcpy(copy, text, len);
}

/* ------------------------------------------------------------------- parts */

struct sentence {
	char text[MAX_TEXT];
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void
say(struct sentence *s, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(s->text + s->len, sizeof(s->text) - s->len, format, args);
	va_end(args);
	if (n > 0)
		s->len = vl_min64(s->len + (size_t)n, sizeof(s->text) - 1);
}

/* What the reason is in general. */
static const char *const in_general[] = {
	[VL_REASON_ALONE] = "there is no other session",
	[VL_REASON_OTHERS] =
		"what is known of the other sessions leaves no other place",
	[VL_REASON_POSITION] =
		"sessions begin at the start of the ring and write over what is there, so what is left further along is older",
	[VL_REASON_BEGINS] = "the later session begins where the earlier one ends",
	[VL_REASON_START] =
		"sessions begin at the start of the ring, so the earlier one had entries where the later one lies now",
	[VL_REASON_FOLLOWS] =
		"the later one begins where the earlier one ends and has the next number, as QEMU writes: a LogGuid for each entry",
	[VL_REASON_FRONT] =
		"the earlier session wrote more in front of what is left, where the later one lies now",
	[VL_REASON_TAIL] =
		"a Tail of the earlier session names a place where the later one lies now",
	[VL_REASON_HEADER] = "the later session is the header's, the last one",
};

static void say_reason(struct sentence *s, const struct vl_order *o,
		       const struct vl_because *b)
{
	const struct vl_entry *older = &o->log->entries[b->older];
	const struct vl_entry *newer = &o->log->entries[b->newer];

	switch (b->reason) {
	case VL_REASON_POSITION:
		say(s, "sessions begin at the start of the ring and write over what is there: E%u is left further along than E%u",
		    older->sector, newer->sector);
		break;
	case VL_REASON_BEGINS:
		say(s, "the later session begins with E%u where E%u of the earlier one ends",
		    newer->sector, older->sector);
		break;
	case VL_REASON_START:
		say(s, "sessions begin at the start of the ring, so there were entries in front of E%u; where they lay is E%u of the later session now",
		    older->sector, newer->sector);
		break;
	case VL_REASON_FOLLOWS:
		say(s, "E%u begins where E%u ends and has the next number, as QEMU writes: a LogGuid for each entry",
		    newer->sector, older->sector);
		break;
	case VL_REASON_FRONT:
		say(s, "E%u is not the first entry of its session; the one in front of it was written over by E%u of the later session",
		    older->sector, newer->sector);
		break;
	case VL_REASON_TAIL:
		say(s, "the Tail of E%u names sector %u, where E%u of the later session lies now: it was written over the earlier one",
		    older->sector, older->tail / VL_SECTOR, newer->sector);
		break;
	case VL_REASON_HEADER:
		say(s, "the LogGuid of E%u is %sthe header's, so it is the last session",
		    newer->sector, o->log->pub.assumed ? "taken for " :
							"");
		break;
	default:
		say(s, "%s", in_general[b->reason]);
	}
}

static void say_size(struct sentence *s, uint64_t bytes)
{
	if (bytes % VL_MIB)
		say(s, "%ju bytes", (uintmax_t)bytes);
	else
		say(s, "%ju MiB", (uintmax_t)(bytes / VL_MIB));
}

static void say_growth(struct sentence *s, uint64_t before, uint64_t after)
{
	if (before == after)
		return;
	say(s, "; the file %s from ", before < after ? "grew" : "shrank");
	say_size(s, before);
	say(s, " to ");
	say_size(s, after);
}

/* ------------------------------------------------------------ what is there */

static bool holds(struct vl_order *o, uint32_t entry, const uint8_t *disk)
{
	const struct vl_entry *e = &o->log->entries[entry];
	uint8_t page[VL_SECTOR];

	return vl_target_page(o->log, entry, o->log->layers[e->layers].first,
			      page, NULL) == 0 &&
	       memcmp(page, disk, VL_SECTOR) == 0;
}

/* Where the last entries of two sessions write one page: whose the disk holds. */
static void say_disk(struct sentence *s, struct vl_order *o, size_t before)
{
	const struct vl_log *log = o->log;
	uint32_t a = vl_log_entry_at(log, o->sessions[before].last);
	uint32_t b = vl_log_entry_at(log, o->sessions[before + 1].last);
	const struct vl_target *t = vl_only_page(log, &log->entries[a]);
	const struct vl_target *u = vl_only_page(log, &log->entries[b]);
	uint8_t disk[VL_SECTOR];
	bool earlier, later;

	if (!o->disk || !t || !u || vl_target_offset(t) != vl_target_offset(u) ||
	    vl_view_read(o->disk, vl_target_offset(t), disk, VL_SECTOR, NULL))
		return;
	earlier = holds(o, a, disk);
	later = holds(o, b, disk);
	if (earlier != later)
		say(s, "; %sthe disk holds the %s one's version of a page that both wrote",
		    earlier ? "but " : "", earlier ? "earlier" : "later");
}

static const char *make(struct vl_order *o, size_t index)
{
	/* The first session's place is the other side of the second's. */
	size_t later = index || o->n_sessions == 1 ? index : 1;
	const struct vl_because *b = &o->because[later];
	struct sentence s = { .len = 0 };
	const char *text;

	say_reason(&s, o, b);
	if (b->by_group)
		say(&s, ", with what else that opening of the file wrote");
	if (later) {
		say_growth(&s, o->sessions[later - 1].last_size,
			   o->sessions[later].first_size);
		if (b->reason < VL_REASON_FOLLOWS)
			say_disk(&s, o, later - 1);
	}
	if (b->against)
		say(&s, "; but other entries say that it is not so: what lies in this ring contradicts itself");
	text = keep(&o->texts, s.text);
	return text ? text : in_general[b->reason];
}

void vl_order_why(struct vl_order *o, size_t index)
{
	if (o->because[index].told)
		return;
	o->because[index].told = true;
	o->sessions[index].why = make(o, index);
}
