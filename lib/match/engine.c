/* SPDX-License-Identifier: MIT */
/*
 * Rules against a batch of stretches. What a rule says of a stretch is always what
 * libyara says of that stretch alone, with its variables; the scan of all of them
 * together before tells only in which some string is found at all. Where none is,
 * only rules that can hold without one are asked.
 */
#include "match/matches.h"

#include <string.h>

/* ---------------------------------------------------- many stretches at once */

/* libyara looks for strings in each block by itself. Each lies at a base of its
 * own, by which a match tells the block. */
struct blocks {
	const struct vl_match_pass *pass;
	const struct vl_match_scanner *by;
	size_t next;
	YR_MEMORY_BLOCK block;
};

static const uint8_t *fetch(YR_MEMORY_BLOCK *block)
{
	return block->context;
}

/*
 * Parts of strings with jumps wait in lists for those behind them. libyara drops
 * what is too far off by offsets in the block, so that parts in earlier blocks stay,
 * and each new one is held against all of them. The scan's end frees all.
 */
static void forget_parts(const struct vl_match_scanner *by)
{
	for (size_t i = 0; i < by->part_count; i++)
		by->all->unconfirmed_matches[by->parts[i]] =
			(YR_MATCHES){ .head = NULL };
}

static YR_MEMORY_BLOCK *next_block(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	struct blocks *b = iterator->context;
	const struct vl_stretch *s = &b->pass->stretches[b->next];

	iterator->last_error = ERROR_SUCCESS;
	if (b->next == b->pass->stretch_count)
		return NULL;
	b->next++;
	forget_parts(b->by);
	b->block = (YR_MEMORY_BLOCK){
		.size = s->length,
		.base = s->at,
		.context = b->pass->bytes + s->at,
		.fetch_data = fetch,
	};
	return &b->block;
}

static YR_MEMORY_BLOCK *first_block(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	struct blocks *b = iterator->context;

	b->next = 0;
	return next_block(iterator);
}

/* The stretch that has this byte of the buffer. */
static struct vl_stretch *stretch_at(struct vl_match_pass *pass, size_t at)
{
	size_t low = 0, high = pass->stretch_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (pass->stretches[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return &pass->stretches[low];
}

static void heat(struct vl_match_pass *pass, const YR_MATCHES *matches)
{
	YR_MATCH m;

	for (const void *at = matches->head; at; at = m.next) {
		m = vl_match_found(at);
		stretch_at(pass, (size_t)m.base)->hot = true;
	}
}

static void heat_all(struct vl_match_pass *pass)
{
	for (size_t i = 0; i < pass->stretch_count; i++)
		pass->stretches[i].hot = true;
}

static int on_batch(YR_SCAN_CONTEXT *context, int message, void *data,
		    void *ctx)
{
	struct vl_match_pass *pass = ctx;

	(void)data;
	if (message == CALLBACK_MSG_TOO_MANY_MATCHES)
		heat_all(pass);
	if (message != CALLBACK_MSG_SCAN_FINISHED)
		return CALLBACK_CONTINUE;
	for (uint32_t i = 0; i < context->rules->num_strings; i++)
		heat(pass, &context->matches[i]);
	return CALLBACK_CONTINUE;
}

/* ------------------------------------------------------------ one scan of all */

/* What came of a scan: 0, or the pass is over, or failed. */
static int outcome(struct vl_match_pass *pass, int error)
{
	switch (error) {
	case ERROR_SUCCESS: return 0;
	case ERROR_SCAN_TIMEOUT: vl_match_be_late(pass); return pass->failed;
	case ERROR_INSUFFICIENT_MEMORY:
	case ERROR_CALLBACK_ERROR: return VHDXLOG_E_NOMEM;
	default:
		vl_match_limit(pass,
			       "libyara gave up rules on a stretch, with its "
			       "error %d",
			       error);
		return pass->failed;
	}
}

static int find_hot(struct vl_match_pass *pass,
		    const struct vl_match_scanner *by)
{
	YR_SCANNER *scanner = by->all;
	struct blocks blocks = { .pass = pass, .by = by };
	YR_MEMORY_BLOCK_ITERATOR iterator = {
		.context = &blocks,
		.first = first_block,
		.next = next_block,
		.last_error = ERROR_SUCCESS,
	};
	int error;

	/* yr_scanner_set_timeout() knows whole seconds. */
	scanner->timeout = vl_match_time_left(pass);
	yr_scanner_set_flags(scanner, SCAN_FLAGS_NO_TRYCATCH |
					      SCAN_FLAGS_REPORT_RULES_MATCHING);
	yr_scanner_set_callback(scanner, on_batch, pass);
	pass->matches->scans++;
	pass->matches->bytes += pass->byte_count;
	error = yr_scanner_scan_mem_blocks(scanner, &iterator);
	/* Rules that fail on a batch are asked of each stretch. */
	if (error != ERROR_SUCCESS && error != ERROR_SCAN_TIMEOUT &&
	    error != ERROR_INSUFFICIENT_MEMORY) {
		heat_all(pass);
		return 0;
	}
	return outcome(pass, error);
}

/* ------------------------------------------------------- a stretch by itself */

struct look {
	struct vl_match_pass *pass;
	const struct vl_stretch *stretch;
	size_t set;
	uint8_t *hot_pages; /* a byte for each page of the run; NULL: not asked */
};

static void heat_pages(const struct look *look, const YR_SCAN_CONTEXT *context)
{
	YR_MATCH m;

	for (uint32_t i = 0; i < context->rules->num_strings; i++)
		for (const void *at = context->matches[i].head; at;
		     at = m.next) {
			m = vl_match_found(at);
			look->hot_pages[(size_t)m.offset / VL_PAGE] = 1;
		}
}

static void say_too_many(struct vl_match_pass *pass,
			 const YR_SCAN_CONTEXT *context, const YR_STRING *string)
{
	vl_match_limit_string(
		pass, context->rules->rules_table[string->rule_idx].identifier,
		string->identifier);
}

static int on_stretch(YR_SCAN_CONTEXT *context, int message, void *data,
		      void *ctx)
{
	struct look *look = ctx;

	if (message == CALLBACK_MSG_RULE_MATCHING &&
	    !vl_match_tell(look->pass, look->stretch, look->set, context, data))
		return CALLBACK_ERROR;
	if (message == CALLBACK_MSG_TOO_MANY_MATCHES)
		say_too_many(look->pass, context, data);
	if (message == CALLBACK_MSG_SCAN_FINISHED && look->hot_pages)
		heat_pages(look, context);
	return CALLBACK_CONTINUE;
}

/* Rules that were compiled without a variable do not have it. */
static void set_variables(YR_SCANNER *scanner, const struct vl_stretch *s)
{
	yr_scanner_define_string_variable(scanner, "scope",
					  vhdxlog_match_scope_name(s->scope));
	yr_scanner_define_integer_variable(
		scanner, "entry_sequence",
		s->has_entry ? (int64_t)s->sequence_number : -1);
	yr_scanner_define_string_variable(
		scanner, "target_region",
		s->has_target ? vhdxlog_area_name(s->area) : "");
	yr_scanner_define_integer_variable(
		scanner, "target_offset",
		s->has_target ? (int64_t)s->target : -1);
	yr_scanner_define_boolean_variable(scanner, "stale", s->stale);
}

static int look_at(struct look *look, YR_SCANNER *scanner)
{
	struct vl_match_pass *pass = look->pass;
	const struct vl_stretch *s = look->stretch;

	/* yr_scanner_set_timeout() knows whole seconds. */
	scanner->timeout = vl_match_time_left(pass);
	set_variables(scanner, s);
	yr_scanner_set_flags(scanner, SCAN_FLAGS_NO_TRYCATCH |
					      SCAN_FLAGS_REPORT_RULES_MATCHING);
	yr_scanner_set_callback(scanner, on_stretch, look);
	pass->matches->scans++;
	pass->matches->bytes += s->length;
	return outcome(pass, yr_scanner_scan_mem(scanner, pass->bytes + s->at,
						 s->length));
}

/* A page of a run, as a stretch of its own. */
static struct vl_stretch page_of(const struct vl_match_pass *pass,
				 const struct vl_stretch *run, size_t index)
{
	const struct vl_match_page *page =
		&pass->pages[run->first_page + index];
	struct vl_stretch s = *run;

	s.first_page = run->first_page + index;
	s.page_count = 1;
	s.at = run->at + index * VL_PAGE;
	s.length = s.own = VL_PAGE;
	s.of_run = true;
	s.later = false;
	s.target = page->target;
	s.area = page->area;
	return s;
}

/* The pages of a run one by one, with variables of their own: those where a
 * string was found, and for rules that want none the others. */
static int look_at_pages(struct look *run, const struct vl_match_scanner *by)
{
	const struct vl_stretch *s = run->stretch;
	int rc = 0;

	for (size_t i = 0; i < s->page_count && rc == 0; i++) {
		struct vl_stretch page = page_of(run->pass, s, i);
		struct look look = { run->pass, &page, run->set, NULL };
		YR_SCANNER *scanner = run->hot_pages[i] ? by->all : by->free;

		/* The page that pieces share is the next one's. */
		if (i * VL_PAGE >= s->own)
			break;
		if (scanner && !vl_match_is_late(run->pass))
			rc = look_at(&look, scanner);
	}
	return rc;
}

static int look_at_stretch(struct vl_match_pass *pass,
			   const struct vl_stretch *s, size_t set, bool hot)
{
	const struct vl_match_scanner *by = &pass->scanners[set];
	uint8_t pages[VL_STRETCH_MOST / VL_PAGE] = { 0 };
	struct look look = { pass, s, set, s->page_count > 1 ? pages : NULL };
	YR_SCANNER *scanner = hot ? by->all : by->free;
	int rc;

	if (!scanner)
		return 0;
	pass->runs++;
	rc = look_at(&look, scanner);
	if (s->page_count < 2 || rc || pass->over)
		return rc;
	if (pass->rules->sets[set].alone)
		memset(pages, 1, s->page_count);
	return look_at_pages(&look, by);
}

/* ----------------------------------------------------------------- a batch */

static bool batches(const struct vl_match_pass *pass, size_t set)
{
	return !pass->rules->sets[set].alone && !pass->options->no_batches;
}

static int heat_batch(struct vl_match_pass *pass)
{
	int rc = 0;

	for (size_t set = 0; set < pass->rules->set_count && rc == 0; set++)
		if (batches(pass, set) && !vl_match_is_late(pass))
			rc = find_hot(pass, &pass->scanners[set]);
	return rc;
}

int vl_match_batch(struct vl_match_pass *pass)
{
	int rc = heat_batch(pass);

	for (size_t i = 0; i < pass->stretch_count && rc == 0; i++) {
		const struct vl_stretch *s = &pass->stretches[i];

		vl_match_begin_piece(pass, s);
		for (size_t set = 0; set < pass->rules->set_count && rc == 0;
		     set++) {
			if (vl_match_is_late(pass))
				return 0;
			rc = look_at_stretch(pass, s, set,
					     s->hot || !batches(pass, set));
		}
		vl_match_end_piece(pass);
	}
	return rc;
}
