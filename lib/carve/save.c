/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"
#include "base/bytes.h"
#include "carve/carve.h"
#include "carve/saved.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
	char *at; /* owned */
	size_t n, capacity;
	bool failed; /* out of memory */
};

static void put(struct text *t, const char *s)
{
	size_t len = strlen(s);
	void *array = t->at;

	if (t->failed ||
	    !vl_reserve(&array, &t->capacity, t->n + len + 1, 1)) {
		t->failed = true;
		return;
	}
	t->at = array;
	memcpy(t->at + t->n, s, len + 1);
	t->n += len;
}

static void put_number(struct text *t, uint64_t n)
{
	char digits[24];

	snprintf(digits, sizeof(digits), " %ju", (uintmax_t)n);
	put(t, digits);
}

static void put_guid(struct text *t, const struct vhdxlog_guid *g)
{
	char text[VHDXLOG_GUID_TEXT];

	put(t, " ");
	put(t, vhdxlog_guid_format(g, text));
}

#define N(field) put_number(t, (uint64_t)x->field);
#define G(field) put_guid(t, &x->field);
#define LINE(name, type, word, FIELDS)                           \
	static void put_##name(struct text *t, const type *x)    \
	{                                                        \
		put(t, word);                                    \
		FIELDS(N, G)                                     \
	}

LINE(pass, struct vhdxlog_carve, "pass", VL_SAVED_PASS)
LINE(item, struct vhdxlog_carved, "item", VL_SAVED_ITEM)
LINE(image, struct vl_carve_image, "image", VL_SAVED_IMAGE)
LINE(lone, struct vl_carve_lone, "lone", VL_SAVED_LONE)
LINE(seen, struct vl_carve_seen, "seen", VL_SAVED_SEEN)
LINE(loose, struct vl_carve_loose, "loose", VL_SAVED_LOOSE)

static void put_start(struct text *t, const struct vhdxlog_carve *c)
{
	put(t, VL_SAVED_TITLE "\nsource");
	put_number(t, c->in.view->size);
	put_number(t, c->source_offset);
	put_number(t, c->fingerprint);
	put(t, "\n");
	put_pass(t, c);
	put_number(t, vl_carve_passed(c));
	put_number(t, c->in.bytes_read);
	put(t, "\n");
}

static void put_lone_log(struct text *t, const struct vl_carve_lone *l)
{
	put_lone(t, l);
	put(t, "\n");
	for (uint32_t k = 0; k < l->n; k++) {
		put_seen(t, &l->seen[k]);
		put(t, "\n");
	}
}

/* The oldest first: which is overwritten next is told by how many there are. */
static void put_all_loose(struct text *t, const struct vhdxlog_carve *c)
{
	uint64_t n = vl_min64(c->loose_count, VL_CARVE_LOOSE);

	for (uint64_t k = c->loose_count - n; k < c->loose_count; k++) {
		put_loose(t, &c->loose[k % VL_CARVE_LOOSE]);
		put(t, "\n");
	}
}

char *vhdxlog_carve_save(const struct vhdxlog_carve *c)
{
	struct text t = { NULL, 0, 0, false };

	put_start(&t, c);
	for (unsigned k = 0; k < c->queued; k++) {
		put_item(&t, &c->queue[k]);
		put(&t, " ");
		put(&t, c->queue[k].detail);
		put(&t, "\n");
	}
	for (size_t k = 0; k < c->n_images; k++) {
		put_image(&t, &c->images[k]);
		put(&t, "\n");
	}
	for (size_t k = 0; k < c->n_lone; k++)
		put_lone_log(&t, &c->lone[k]);
	put_all_loose(&t, c);
	put(&t, "end\n");
	if (t.failed) {
		free(t.at);
		return NULL;
	}
	return t.at;
}
