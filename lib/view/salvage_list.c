/* SPDX-License-Identifier: MIT */
/* What was found of a row, as it is kept. */
#include "base/alloc.h"
#include "base/error.h"
#include "view/salvage_parts.h"

#include <stdlib.h>

int vl_salvage_leave(struct vl_salvage *s, uint32_t entry, uint32_t descriptor,
		     const char *reason, struct vhdxlog_error *err)
{
	void *array = s->left;

	if (!vl_reserve(&array, &s->left_cap, s->n_left + 1, sizeof(*s->left)))
		return vl_nomem(err);
	s->left = array;
	s->left[s->n_left++] =
		(struct vl_unsalvaged){ entry, descriptor, reason };
	return 0;
}

int vl_salvage_keep(struct vl_salvage *s, const struct vl_salvaged *page,
		    struct vhdxlog_error *err)
{
	void *array = s->pages;

	if (!vl_reserve(&array, &s->pages_cap, s->n_pages + 1,
			sizeof(*s->pages)))
		return vl_nomem(err);
	s->pages = array;
	s->pages[s->n_pages++] = *page;
	return 0;
}

int vl_salvage_keep_entry(struct vl_salvage *s, uint32_t entry,
			  struct vhdxlog_error *err)
{
	void *array = s->entries;

	if (!vl_reserve(&array, &s->entries_cap, s->n_entries + 1,
			sizeof(*s->entries)))
		return vl_nomem(err);
	s->entries = array;
	s->entries[s->n_entries++] = entry;
	return 0;
}

int vl_salvage_pile_up(struct vl_salvage *s, struct vl_layers layers,
		       struct vhdxlog_error *err)
{
	void *array = s->pile.layer;

	if (!vl_reserve(&array, &s->pile_cap, s->pile.n + layers.count,
			sizeof(*s->pile.layer)))
		return vl_nomem(err);
	s->pile.layer = array;
	for (uint32_t k = 0; k < layers.count; k++)
		s->pile.layer[s->pile.n++] = layers.first + k;
	return 0;
}

void vl_salvage_release(struct vl_salvage *s)
{
	free(s->pages);
	free(s->left);
	free(s->entries);
	free(s->pile.layer);
	*s = (struct vl_salvage){ .n_pages = 0 };
}
