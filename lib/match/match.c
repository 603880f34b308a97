/* SPDX-License-Identifier: MIT */
/* One scan under all rules: the pass, and what came of it. */
#include "match/matches.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "scan.h"
#include "source/source.h"

/* ------------------------------------------------------------- limitations */

void vl_match_limit(struct vl_match_pass *pass, const char *format, ...)
{
	struct vhdxlog_matches *m = pass->matches;
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	if (n < 0 || !vl_reserve((void **)&m->limitations,
				 &m->limitation_room, m->limitation_count + 1,
				 sizeof(*m->limitations))) {
		if (n >= 0)
			free(text);
		pass->failed = VHDXLOG_E_NOMEM;
		return;
	}
	m->limitations[m->limitation_count++] = text;
}

/* Once, however often. */
void vl_match_limit_string(struct vl_match_pass *pass, const char *rule,
			   const char *string)
{
	struct vhdxlog_matches *m = pass->matches;
	char *last;

	vl_match_limit(pass,
		       "string %s of the YARA rule %s has so many matches in a "
		       "stretch that libyara counts and tells no more of them",
		       string, rule);
	last = pass->failed ? NULL : m->limitations[m->limitation_count - 1];
	for (size_t i = 0; last && i + 1 < m->limitation_count; i++) {
		if (strcmp(m->limitations[i], last) != 0)
			continue;
		m->limitation_count--;
		free(last);
		last = NULL;
	}
}

/* What a reader of the report would take for having been looked at. */
static void say_scopes(struct vl_match_pass *pass)
{
	char list[96];
	size_t length = 0;

	for (int i = 0; i < VHDXLOG_MATCH_SCOPES; i++) {
		if (vl_match_wants(pass, (enum vhdxlog_match_scope)i))
			continue;
		length += (size_t)snprintf(list + length, sizeof(list) - length,
					   "%s%s", length ? ", " : "",
					   vhdxlog_match_scope_name(
						   (enum vhdxlog_match_scope)i));
	}
	if (length)
		vl_match_limit(pass, "YARA rules were not held against: %s",
			       list);
}

static void say_caps(struct vl_match_pass *pass)
{
	const struct vhdxlog_matches *m = pass->matches;
	size_t capped = 0;

	for (size_t i = 0; i < m->rule_count; i++)
		capped += m->told[i] > VHDXLOG_MATCH_MOST;
	if (capped)
		vl_match_limit(pass,
			       "%zu YARA rules have more than %d hits; the "
			       "first %d of each are told",
			       capped, VHDXLOG_MATCH_MOST, VHDXLOG_MATCH_MOST);
	if (pass->over)
		vl_match_limit(pass,
			       "yara-timeout: the YARA rules were given up "
			       "after %u s, and what is behind was not looked "
			       "at",
			       pass->options->timeout);
	if (pass->cut)
		vl_match_limit(pass,
			       "%llu stretches are longer than 8 MiB: YARA rules "
			       "were held against pieces of them, each by itself",
			       (unsigned long long)pass->cut);
	if (pass->unread)
		vl_match_limit(pass,
			       "YARA rules were not held against %llu bytes "
			       "that could not be read",
			       (unsigned long long)pass->unread);
}

/* ------------------------------------------------------------- the buffer */

uint8_t *vl_match_room(struct vl_match_pass *pass, size_t length)
{
	if (pass->failed ||
	    !vl_reserve((void **)&pass->bytes, &pass->byte_room,
			pass->byte_count + length, 1)) {
		pass->failed = pass->failed ? pass->failed : VHDXLOG_E_NOMEM;
		return NULL;
	}
	return pass->bytes + pass->byte_count;
}

void vl_match_flush(struct vl_match_pass *pass)
{
	int rc = 0;

	if (pass->stretch_count && !vl_match_is_late(pass))
		rc = vl_match_batch(pass);
	if (!pass->failed)
		pass->failed = rc;
	pass->stretch_count = 0;
	pass->byte_count = 0;
	pass->page_count = 0;
}

bool vl_match_put(struct vl_match_pass *pass, struct vl_stretch stretch)
{
	if (pass->failed || pass->over)
		return false;
	if (!vl_reserve((void **)&pass->stretches, &pass->stretch_room,
			pass->stretch_count + 1, sizeof(*pass->stretches))) {
		pass->failed = VHDXLOG_E_NOMEM;
		return false;
	}
	stretch.at = pass->byte_count;
	if (!stretch.own)
		stretch.own = stretch.length;
	if (!stretch.later) {
		pass->numbers++;
		pass->cut += stretch.own < stretch.length;
	}
	stretch.number = pass->numbers;
	pass->stretches[pass->stretch_count++] = stretch;
	pass->byte_count += stretch.length;
	if (pass->byte_count >= VL_BATCH)
		vl_match_flush(pass);
	return !pass->failed && !pass->over;
}

/* --------------------------------------------------------------- the pass */

/* false: out of memory. */
static bool list_parts(struct vl_match_scanner *s, const YR_RULES *rules)
{
	s->parts = vl_calloc(rules->num_strings + 1, sizeof(*s->parts));
	if (!s->parts)
		return false;
	for (uint32_t i = 0; i < rules->num_strings; i++)
		if (STRING_IS_CHAIN_PART(&rules->strings_table[i]))
			s->parts[s->part_count++] = i;
	return true;
}

static int open_scanners(struct vl_match_pass *pass)
{
	pass->scanners = vl_calloc(pass->rules->set_count + 1,
				   sizeof(*pass->scanners));
	pass->held = vl_calloc(pass->rules->rule_count + 1,
			       sizeof(*pass->held));
	pass->told = vl_calloc(pass->rules->rule_count + 1,
			       sizeof(*pass->told));
	if (!pass->scanners || !pass->held || !pass->told)
		return VHDXLOG_E_NOMEM;
	for (size_t i = 0; i < pass->rules->set_count; i++) {
		const struct vl_rule_set *set = &pass->rules->sets[i];
		struct vl_match_scanner *s = &pass->scanners[i];

		if (yr_scanner_create(set->rules, &s->all) != ERROR_SUCCESS) {
			s->all = NULL;
			return VHDXLOG_E_NOMEM;
		}
		if (set->free &&
		    yr_scanner_create(set->free, &s->free) != ERROR_SUCCESS) {
			s->free = NULL;
			return VHDXLOG_E_NOMEM;
		}
		if (!list_parts(s, set->rules))
			return VHDXLOG_E_NOMEM;
	}
	return 0;
}

static void release(struct vl_match_pass *pass)
{
	for (size_t i = 0; pass->scanners && i < pass->rules->set_count; i++) {
		if (pass->scanners[i].all)
			yr_scanner_destroy(pass->scanners[i].all);
		if (pass->scanners[i].free)
			yr_scanner_destroy(pass->scanners[i].free);
		free(pass->scanners[i].parts);
	}
	free(pass->scanners);
	free(pass->held);
	free(pass->told);
	free(pass->pending);
	free(pass->stretches);
	free(pass->pages);
	free(pass->bytes);
}

static void walk(struct vl_match_pass *pass)
{
	static void (*const scopes[])(struct vl_match_pass *) = {
		vl_match_entries,  vl_match_foreign, vl_match_raw,
		vl_match_replayed, vl_match_ghosts,
	};

	for (size_t i = 0; i < sizeof(scopes) / sizeof(*scopes); i++) {
		if (pass->failed || pass->over)
			break;
		scopes[i](pass);
		vl_match_flush(pass);
	}
	vl_match_end_stretch(pass);
	if (!pass->failed && !pass->over)
		vl_match_guest(pass);
	say_scopes(pass);
	say_caps(pass);
}

int vhdxlog_match(struct vhdxlog_scan *scan, const struct vhdxlog_rules *rules,
		  const struct vhdxlog_match_options *options,
		  struct vhdxlog_matches **out, struct vhdxlog_error *err)
{
	struct vhdxlog_match_options o = VHDXLOG_MATCH_OPTIONS_INIT;
	struct vl_match_pass pass = { .scan = scan, .rules = rules,
				      .options = &o };
	struct vhdxlog_matches *m = vl_calloc(1, sizeof(*m));

	*out = NULL;
	if (options)
		o = *options;
	if (!o.scopes)
		o.scopes = VHDXLOG_MATCH_DEFAULT;
	if (m)
		m->told = vl_calloc(rules->rule_count + 1, sizeof(*m->told));
	if (!m || !m->told) {
		free(m);
		return vl_nomem(err);
	}
	m->rule_count = rules->rule_count;
	pass.matches = m;
	vl_match_begin_time(&pass);
	pass.failed = open_scanners(&pass);
	if (pass.failed == 0)
		walk(&pass);
	if (!pass.failed && vl_source_limited(scan->source))
		pass.failed = VHDXLOG_E_LIMIT;
	release(&pass);
	if (pass.failed) {
		vhdxlog_match_close(m);
		return vl_error(err, (enum vhdxlog_code)pass.failed, 0, 0,
				"holding rules against the log");
	}
	*out = m;
	return 0;
}

void vhdxlog_match_close(struct vhdxlog_matches *matches)
{
	if (!matches)
		return;
	for (size_t i = 0; i < matches->limitation_count; i++)
		free(matches->limitations[i]);
	free(matches->limitations);
	free(matches->items);
	free(matches->told);
	free(matches);
}

/* ----------------------------------------------------------------- results */

size_t vhdxlog_match_count(const struct vhdxlog_matches *matches)
{
	return matches->count;
}

size_t vhdxlog_match_rules(const struct vhdxlog_matches *matches)
{
	size_t n = 0;

	for (size_t i = 0; i < matches->rule_count; i++)
		n += matches->told[i] != 0;
	return n;
}

const struct vhdxlog_match *
vhdxlog_match_at(const struct vhdxlog_matches *matches, size_t index)
{
	return index < matches->count ? &matches->items[index] : NULL;
}

const char *vhdxlog_match_limitation(const struct vhdxlog_matches *matches,
				     size_t index)
{
	return index < matches->limitation_count ?
		       matches->limitations[index] :
		       NULL;
}

void vhdxlog_match_cost(const struct vhdxlog_matches *matches, uint64_t *scans,
			uint64_t *bytes)
{
	*scans = matches->scans;
	*bytes = matches->bytes;
}
