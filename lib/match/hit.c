/* SPDX-License-Identifier: MIT */
/* What libyara found, with where it lies. */
#include "match/matches.h"

#include <string.h>

#include "base/alloc.h"
#include "ondisk/layout.h"

#define PIECES (sizeof(((struct vhdxlog_match *)0)->pieces) / \
		sizeof(struct vhdxlog_match_piece))

/* ------------------------------------------------------------------- where */

static void add_piece(struct vhdxlog_match *m, uint64_t file_offset,
		      uint64_t length)
{
	struct vhdxlog_match_piece *last =
		m->piece_count && m->piece_count <= PIECES ?
			&m->pieces[m->piece_count - 1] :
			NULL;

	if (last && last->file_offset + last->length == file_offset) {
		last->length += length;
		return;
	}
	if (m->piece_count < PIECES)
		m->pieces[m->piece_count] = (struct vhdxlog_match_piece){
			file_offset, length };
	m->piece_count++;
}

/* A part of a page: its ends are in the descriptor. */
static void add_page(struct vhdxlog_match *m, const struct vl_match_page *page,
		     uint64_t log_offset, size_t from, size_t to)
{
	const uint64_t data = log_offset +
			      (uint64_t)page->data_sector * VL_PAGE;
	const struct {
		size_t from, to;
		uint64_t at;
	} parts[] = {
		{ 0, 8,
		  page->descriptor + VL_OFF_data_descriptor_leading_bytes },
		{ 8, VL_PAGE - 4, data + VL_OFF_data_sector_page },
		{ VL_PAGE - 4, VL_PAGE,
		  page->descriptor + VL_OFF_data_descriptor_trailing_bytes },
	};

	for (size_t i = 0; i < 3; i++) {
		size_t low = from > parts[i].from ? from : parts[i].from;
		size_t high = to < parts[i].to ? to : parts[i].to;

		if (low < high)
			add_piece(m, parts[i].at + (low - parts[i].from),
				  high - low);
	}
}

static void place_in_pages(struct vl_match_pass *pass, struct vhdxlog_match *m,
			   const struct vl_stretch *s, size_t from, size_t to)
{
	const struct vl_match_page *pages = &pass->pages[s->first_page];
	const uint64_t log_offset = vhdxlog_log(pass->scan)->offset;

	for (size_t i = from / VL_PAGE; i * VL_PAGE < to; i++) {
		size_t at = i * VL_PAGE;

		add_page(m, &pages[i], log_offset, from > at ? from - at : 0,
			 to - at < VL_PAGE ? to - at : VL_PAGE);
	}
	m->has_file_offset = m->has_log_offset = m->has_target = true;
	m->file_offset = m->pieces[0].file_offset;
	m->log_offset = m->file_offset - log_offset;
	m->area = pages[from / VL_PAGE].area;
	m->target_offset = pages[from / VL_PAGE].target + from % VL_PAGE;
}

/* In the ring, whose end is followed by its beginning. */
static void place_in_ring(struct vl_match_pass *pass, struct vhdxlog_match *m,
			  size_t length)
{
	const struct vhdxlog_log *log = vhdxlog_log(pass->scan);
	const uint64_t ring = (uint64_t)log->sectors * VL_PAGE;
	uint64_t left;

	m->log_offset %= ring;
	m->file_offset = log->offset + m->log_offset;
	left = ring - m->log_offset;
	add_piece(m, m->file_offset, length < left ? length : left);
	if (length > left)
		add_piece(m, log->offset, length - left);
}

static void place(struct vl_match_pass *pass, struct vhdxlog_match *m,
		  const struct vl_stretch *s, size_t from, size_t length)
{
	m->scope = s->scope;
	m->entry = s->has_entry ? s->entry : VHDXLOG_NO_SECTOR;
	m->has_sequence_number = s->has_entry;
	m->sequence_number = s->sequence_number;
	m->stale = s->stale;
	m->has_sequence = s->has_sequence;
	m->sequence = s->sequence;
	if (s->page_count) {
		place_in_pages(pass, m, s, from, from + length);
		return;
	}
	m->has_file_offset = s->has_file_offset;
	m->has_log_offset = s->has_log_offset;
	m->has_target = s->has_target;
	m->has_virtual = s->has_virtual;
	m->file_offset = s->file_offset + from;
	m->log_offset = s->log_offset + from;
	m->target_offset = s->target + from;
	m->virtual_offset = s->virtual_offset + from;
	m->area = s->area;
	if (s->has_log_offset)
		place_in_ring(pass, m, length);
	else if (s->has_file_offset)
		add_piece(m, m->file_offset, length);
}

/* -------------------------------------------------------------------- what */

bool vl_match_count(struct vl_match_pass *pass, size_t rule)
{
	uint32_t *told = &pass->matches->told[rule];

	if (*told <= VHDXLOG_MATCH_MOST)
		++*told;
	return *told <= VHDXLOG_MATCH_MOST;
}

static void add(struct vl_match_pass *pass, size_t number,
		const struct vhdxlog_match *hit)
{
	struct vhdxlog_matches *all = pass->matches;

	if (!vl_match_count(pass, number))
		return;
	if (!vl_reserve((void **)&all->items, &all->room, all->count + 1,
			sizeof(*all->items))) {
		pass->failed = VHDXLOG_E_NOMEM;
		return;
	}
	all->items[all->count++] = *hit;
}

static struct vhdxlog_match hit_of(const YR_RULE *rule)
{
	return (struct vhdxlog_match){ .rule = rule->identifier,
				       .namespace_ = rule->ns->name,
				       .origin = rule };
}

static struct vhdxlog_match string_hit(struct vl_match_pass *pass,
				       const struct vl_stretch *s,
				       const YR_RULE *rule,
				       const YR_STRING *string,
				       const YR_MATCH *match)
{
	struct vhdxlog_match m = hit_of(rule);
	const size_t from = (size_t)match->offset;
	const size_t length = (size_t)match->match_length;

	m.string = string->identifier;
	m.length = length;
	m.byte_count = length < VHDXLOG_MATCH_BYTES ? length :
						      VHDXLOG_MATCH_BYTES;
	memcpy(m.bytes, pass->bytes + s->at + from, m.byte_count);
	place(pass, &m, s, from, length);
	return m;
}

/* What of a rule is seen in a stretch. */
struct seen {
	size_t number;	/* of the rule */
	size_t waiting; /* for the next piece */
	bool any;	/* a string that is not private was found */
	bool told;
};

static void add_match(struct vl_match_pass *pass, const struct vl_stretch *s,
		      struct seen *seen, const YR_RULE *rule,
		      const YR_STRING *string, const YR_MATCH *match)
{
	const bool own = (size_t)match->offset < s->own;
	struct vhdxlog_match m;

	seen->any = true;
	seen->told |= own;
	/* Of those that are too many, the number says enough. */
	if (own ? pass->matches->told[seen->number] > VHDXLOG_MATCH_MOST :
		  seen->waiting == VHDXLOG_MATCH_MOST)
		return;
	m = string_hit(pass, s, rule, string, match);
	if (own) {
		add(pass, seen->number, &m);
		return;
	}
	seen->waiting++;
	vl_match_wait(pass, seen->number, s->number, &m);
}

static void add_matches(struct vl_match_pass *pass, const struct vl_stretch *s,
			struct seen *seen, YR_SCAN_CONTEXT *context,
			const YR_RULE *rule)
{
	const YR_STRING *string;
	YR_MATCH m;

	yr_rule_strings_foreach(rule, string)
	{
		for (const void *at = context->matches[string->idx].head;
		     at && !pass->failed; at = m.next) {
			m = vl_match_found(at);
			if (!m.is_private)
				add_match(pass, s, seen, rule, string, &m);
		}
	}
}

/* It holds, and no string is seen; of a stretch that is said once. */
static void add_rule(struct vl_match_pass *pass, const struct vl_stretch *s,
		     struct seen *seen, const YR_RULE *rule)
{
	struct vhdxlog_match m = hit_of(rule);

	if ((s->later || s->of_run) && pass->told[seen->number] == s->number)
		return;
	m.length = s->length;
	place(pass, &m, s, 0, s->length);
	add(pass, seen->number, &m);
	seen->told = true;
}

bool vl_match_tell(struct vl_match_pass *pass, const struct vl_stretch *s,
		   size_t set, YR_SCAN_CONTEXT *context, const YR_RULE *rule)
{
	struct seen seen = {
		.number = pass->rules->sets[set].first +
			  (size_t)(rule - context->rules->rules_table),
	};

	/* In the numbers of runs, so that nothing has to be forgotten. */
	if (s->of_run && pass->held[seen.number] == pass->runs)
		return true;
	if (!s->of_run)
		pass->held[seen.number] = pass->runs;
	add_matches(pass, s, &seen, context, rule);
	if (!seen.any)
		add_rule(pass, s, &seen, rule);
	if (seen.told && !s->of_run)
		pass->told[seen.number] = s->number;
	return pass->failed == 0;
}

/* ------------------------------------------------------------ tags and metas */

const char *vhdxlog_match_tag(const struct vhdxlog_match *match, size_t index)
{
	const YR_RULE *rule = match->origin;
	const char *tag;

	yr_rule_tags_foreach(rule, tag)
	{
		if (index-- == 0)
			return tag;
	}
	return NULL;
}

static void fill(const YR_META *from, struct vhdxlog_meta *meta)
{
	*meta = (struct vhdxlog_meta){ .name = from->identifier };
	switch (from->type) {
	case META_TYPE_STRING:
		meta->kind = VHDXLOG_META_STRING;
		meta->string = from->string;
		break;
	case META_TYPE_BOOLEAN:
		meta->kind = VHDXLOG_META_BOOLEAN;
		meta->integer = from->integer != 0;
		break;
	default:
		meta->kind = VHDXLOG_META_INTEGER;
		meta->integer = from->integer;
	}
}

bool vhdxlog_match_meta(const struct vhdxlog_match *match, size_t index,
			struct vhdxlog_meta *meta)
{
	const YR_RULE *rule = match->origin;
	const YR_META *from;

	yr_rule_metas_foreach(rule, from)
	{
		if (index-- == 0) {
			fill(from, meta);
			return true;
		}
	}
	return false;
}
