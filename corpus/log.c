/* SPDX-License-Identifier: MIT */
/* The entries of the log, in the order of the recipe. */
#include "corpus/image.h"

#include "base/bytes.h"
#include "base/guid.h"
#include "corpus/value.h"

#include <string.h>

/* What an entry that does not say takes from the one before. */
struct chain {
	uint32_t at; /* log offset of the next one */
	uint32_t tail;
	uint64_t sequence; /* of the last one */
	struct vhdxlog_guid guid;
	bool begun;
};

struct records {
	struct vl_record *v;
	size_t count;
};

static size_t count_records(const struct entry_spec *spec)
{
	size_t n = 0;

	for (size_t i = 0; i < spec->write_count; i++)
		n += spec->writes[i].repeat + spec->writes[i].sets.count;
	return n;
}

static void add_page(struct image *image, struct records *r, uint64_t off,
		     const uint8_t *page)
{
	uint8_t *copy = arena_calloc(&image->recipe->arena, VL_SECTOR, 1);

	memcpy(copy, page, VL_SECTOR);
	r->v[r->count++] = (struct vl_record){ VHDXLOG_DESCRIPTOR_DATA, off,
					       VL_SECTOR, copy };
}

/* One descriptor for each page of the BAT that changes. */
static void add_bat(struct image *image, struct records *r,
		    const struct bat_sets *sets)
{
	size_t first = r->count;
	uint8_t page[VL_SECTOR];

	for (size_t i = 0; i < sets->count; i++) {
		uint64_t raw = sets->v[i].value.raw;

		bat_assign(image, sets->v[i].block, raw);
		write_marker(image, sets->v[i].block, raw);
	}
	for (size_t i = 0; i < sets->count; i++) {
		uint64_t number = sets->v[i].block / (VL_SECTOR / 8);
		uint64_t off = image->bat_offset + number * VL_SECTOR;
		bool seen = false;

		for (size_t j = first; j < r->count; j++)
			seen = seen || r->v[j].file_offset == off;
		if (seen)
			continue;
		bat_page(image, number, page);
		add_page(image, r, off, page);
	}
}

static void add_write(struct image *image, struct records *r,
		      const struct write_spec *w, uint64_t off)
{
	uint8_t page[VL_SECTOR];

	if (w->kind == WRITE_ZERO) {
		r->v[r->count++] = (struct vl_record){ VHDXLOG_DESCRIPTOR_ZERO,
						       off, w->length, NULL };
		return;
	}
	memset(page, w->fill, sizeof(page));
	if (w->current)
		image_get(image, off, page, sizeof(page));
	if (w->content.len)
		memcpy(page, w->content.at, w->content.len);
	add_page(image, r, off, page);
}

static void gather(struct image *image, const struct entry_spec *spec,
		   struct records *r)
{
	for (size_t i = 0; i < spec->write_count; i++) {
		const struct write_spec *w = &spec->writes[i];

		if (w->kind == WRITE_BAT)
			add_bat(image, r, &w->sets);
		for (uint32_t j = 0; w->kind != WRITE_BAT && j < w->repeat; j++)
			add_write(image, r, w, w->offset + j * w->step);
	}
}

/* What is overwritten is no entry any more, unless the new one is nested. */
static void remember(struct image *image, const struct vl_entry_plan *plan,
		     uint32_t sector, bool nested)
{
	struct built_entry *e = &image->entries[image->entry_count];

	*e = (struct built_entry){ .sector = sector,
				   .length = (uint32_t)vl_entry_length(plan),
				   .descriptors = plan->record_count,
				   .live = true };
	e->kinds = arena_calloc(&image->recipe->arena, plan->record_count,
				sizeof(*e->kinds));
	for (uint32_t i = 0; i < plan->record_count; i++) {
		e->kinds[i] = plan->records[i].kind;
		e->data_sectors += e->kinds[i] == VHDXLOG_DESCRIPTOR_DATA;
	}
	for (size_t i = 0; !nested && i < image->entry_count; i++) {
		struct built_entry *old = &image->entries[i];

		if (entry_covers(image, old, sector * VL_SECTOR) ||
		    entry_covers(image, e, old->sector * VL_SECTOR))
			old->live = false;
	}
	image->entry_count++;
}

static void write_entry(struct image *image, const struct vl_entry_plan *plan,
			uint32_t sector, bool nested)
{
	uint64_t len = vl_entry_length(plan);
	uint8_t *b;

	if (len > image->log_length || sector >= image->log_length / VL_SECTOR)
		node_die(&image->recipe->root,
			 "log.entries[%zu] does not fit in the log",
			 image->entry_count);
	b = arena_calloc(&image->recipe->arena, len, 1);
	vl_entry_encode(plan, b);
	log_write(image, sector * VL_SECTOR, b, len);
	remember(image, plan, sector, nested);
	if (nested)
		seal_entries(image, sector * VL_SECTOR);
}

/* As after a crash between applying the pages and clearing the log. */
static void apply(const struct image *image, const struct vl_entry_plan *plan)
{
	static const uint8_t zeroes[VL_SECTOR];

	for (uint32_t i = 0; i < plan->record_count; i++) {
		const struct vl_record *r = &plan->records[i];

		for (uint64_t at = 0; at < r->length; at += VL_SECTOR)
			image_put(image, r->file_offset + at,
				  r->page ? r->page : zeroes, VL_SECTOR);
	}
}

/* Follow the entry before, but for what the recipe says. */
static void continue_chain(struct chain *c, const struct entry_spec *spec,
			   bool again)
{
	bool same_guid = !spec->has_guid ||
			 vl_guid_equal(&spec->guid, &c->guid);
	bool follows = c->begun && same_guid &&
		       (again || (!spec->has_at && !spec->has_sequence));

	if (spec->has_at && !again)
		c->at = spec->at * VL_SECTOR;
	if (spec->has_guid)
		c->guid = spec->guid;
	if (spec->has_sequence && !again)
		c->sequence = spec->sequence;
	else
		c->sequence = c->begun && same_guid ? c->sequence + 1 : 1;
	if (!follows)
		c->tail = c->at;
	c->begun = true;
}

static uint32_t tail_of(const struct chain *c, const struct entry_spec *spec)
{
	if (spec->has_tail && !spec->tail_self)
		return spec->tail;
	return spec->has_tail ? c->at : c->tail;
}

static void build_entry(struct image *image, struct chain *c,
			const struct entry_spec *spec, bool again)
{
	uint64_t size = image->file_size;
	struct records r = { arena_calloc(&image->recipe->arena,
					  count_records(spec), sizeof(*r.v)),
			     0 };
	struct vl_entry_plan plan;

	continue_chain(c, spec, again);
	gather(image, spec, &r);
	plan = (struct vl_entry_plan){
		.log_guid = c->guid,
		.sequence_number = c->sequence,
		.tail = tail_of(c, spec),
		.flushed_file_offset = spec->has_flushed ?
					       spec->flushed :
					       size / VL_MIB * VL_MIB,
		.last_file_offset = spec->has_last ?
					    spec->last :
					    vl_div_up(size, VL_MIB) * VL_MIB,
		.records = r.v,
		.record_count = (uint32_t)r.count,
		.padding = spec->pad,
	};
	c->tail = plan.tail;
	write_entry(image, &plan, c->at / VL_SECTOR, spec->nested);
	if (spec->applied)
		apply(image, &plan);
	c->at = (uint32_t)((c->at + vl_entry_length(&plan)) %
			   image->log_length);
}

void write_log(struct image *image)
{
	const struct log_spec *log = &image->recipe->log;
	struct chain c = { .guid = log->guid };
	size_t n = 0;

	for (size_t i = 0; i < log->entry_count; i++)
		n += log->entries[i].repeat;
	image->entries = arena_calloc(&image->recipe->arena, n,
				      sizeof(*image->entries));
	if (vl_guid_is_zero(&c.guid))
		c.guid = value_guid("current");
	for (size_t i = 0; i < log->entry_count; i++) {
		for (uint32_t j = 0; j < log->entries[i].repeat; j++)
			build_entry(image, &c, &log->entries[i], j > 0);
	}
}
