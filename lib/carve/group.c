/* SPDX-License-Identifier: MIT */
/*
 * What is open: images and logs that more may belong to. They are closed in the
 * order of where nothing more can, whenever something behind that is found, so
 * that the order of what is told does not depend on how the source is read.
 */
#include "base/bytes.h"
#include "carve/carve.h"

/* The image, or lone log, that is closed first. */
struct due {
	uint64_t at;
	size_t index;
	bool lone;
};

static struct due find_due(const struct vhdxlog_carve *c)
{
	struct due due = { UINT64_MAX, 0, false };

	for (size_t i = 0; i < c->n_lone; i++) {
		uint64_t at = vl_lone_close_at(&c->lone[i]);

		if (at < due.at)
			due = (struct due){ at, i, true };
	}
	for (size_t i = 0; i < c->n_images; i++) {
		if (c->images[i].close_at < due.at)
			due = (struct due){ c->images[i].close_at, i, false };
	}
	return due;
}

static void close_one(struct vhdxlog_carve *c, const struct due *due)
{
	if (due->lone)
		vl_lone_close(c, due->index);
	else
		vl_image_close(c, due->index);
}

bool vl_group_pass(struct vhdxlog_carve *c, uint64_t off)
{
	/* Ends: each turn but the last closes one. */
	while (c->next_close <= off) {
		struct due due = find_due(c);

		c->next_close = due.at;
		if (due.at > off)
			break;
		close_one(c, &due);
		c->next_close = 0;
		if (c->queued)
			return false;
	}
	return true;
}

/* Of those for which least speaks, the one that has been open longest. */
static size_t least_image(const struct vhdxlog_carve *c)
{
	unsigned least = UINT32_MAX;
	size_t index = 0;

	for (size_t i = 0; i < c->n_images; i++) {
		unsigned score = vl_image_score(&c->images[i]);

		if (score < least) {
			least = score;
			index = i;
		}
	}
	return index;
}

static size_t first_lone(const struct vhdxlog_carve *c)
{
	size_t index = 0;

	for (size_t i = 1; i < c->n_lone; i++) {
		if (c->lone[i].ring.to < c->lone[index].ring.to)
			index = i;
	}
	return index;
}

/* A structure may begin two images, an entry one lone log. */
static bool make_room(struct vhdxlog_carve *c)
{
	while (c->n_images + 2 > VL_CARVE_IMAGES) {
		c->limits |= VL_CARVE_LIMIT_IMAGES;
		vl_image_close(c, least_image(c));
		if (c->queued)
			return false;
	}
	while (c->n_lone + 1 > VL_CARVE_LONE) {
		c->limits |= VL_CARVE_LIMIT_LOGS;
		vl_lone_close(c, first_lone(c));
		if (c->queued)
			return false;
	}
	return true;
}

bool vl_group_prepare(struct vhdxlog_carve *c, uint64_t off)
{
	return vl_group_pass(c, off) && make_room(c);
}

bool vl_group_finish(struct vhdxlog_carve *c)
{
	/* Logs first: an image may be without its own. */
	if (c->n_lone) {
		vl_lone_close(c, first_lone(c));
		return true;
	}
	if (c->n_images) {
		struct due due = find_due(c);

		vl_image_close(c, due.index);
		return true;
	}
	return false;
}

void vl_group_add(struct vhdxlog_carve *c, struct vl_carve_find *find)
{
	if (find->item.kind == VHDXLOG_CARVE_ENTRY)
		vl_log_add(c, find);
	else
		vl_image_add(c, find);
}
