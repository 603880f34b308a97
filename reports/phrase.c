/* SPDX-License-Identifier: MIT */
#include "reports/phrase.h"

#include <inttypes.h>
#include <stdarg.h>

void phrase_add(struct phrase *p, const char *format, ...)
{
	bool fits = p->length < p->size;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(fits ? p->buf + p->length : NULL,
		      fits ? p->size - p->length : 0, format, ap);
	va_end(ap);
	if (n > 0)
		p->length += (size_t)n;
}

const char *phrase_number(uint64_t n, bool capital, char buf[24])
{
	static const char *const words[] = { "no",    "one",  "two", "three",
					     "four",  "five", "six", "seven",
					     "eight", "nine", "ten", "eleven",
					     "twelve" };

	if (n >= sizeof(words) / sizeof(*words)) {
		snprintf(buf, 24, "%" PRIu64, n);
		return buf;
	}
	snprintf(buf, 24, "%s", words[n]);
	if (capital)
		buf[0] = (char)(buf[0] - 'a' + 'A');
	return buf;
}

void phrase_count(struct phrase *p, uint64_t n, const char *one,
		  const char *many, bool capital)
{
	char word[24];

	phrase_add(p, "%s %s", phrase_number(n, capital, word),
		   n == 1 ? one : many);
}

void phrase_others(struct phrase *p, uint64_t n, const char *one,
		   const char *many)
{
	char word[24];

	if (n)
		phrase_add(p, "; %s %s", phrase_number(n, false, word),
			   n == 1 ? one : many);
}

void phrase_because(struct phrase *p, const struct vhdxlog_outcome *o,
		    const char *otherwise)
{
	if (o->because)
		phrase_add(p, "%s (%s)", o->because->sentence,
			   o->because->name);
	else
		phrase_add(p, "%s", otherwise);
}

bool phrase_if_outside(struct phrase *p, const struct report_subject *s)
{
	const struct vhdxlog_log *log = vhdxlog_log(s->scan);

	if (log->present || !log->sectors)
		return false;
	phrase_add(p, "none of its %" PRIu32 " sectors lies inside the file",
		   log->sectors);
	return true;
}

static const char *area_words(enum vhdxlog_area area)
{
	switch (area) {
	case VHDXLOG_AREA_IDENTIFIER: return "of the file type identifier";
	case VHDXLOG_AREA_HEADERS: return "of the headers";
	case VHDXLOG_AREA_REGION_TABLES: return "of the region tables";
	case VHDXLOG_AREA_RESERVED: return "of the reserved area";
	case VHDXLOG_AREA_LOG: return "of the log itself";
	case VHDXLOG_AREA_BAT: return "of the BAT";
	case VHDXLOG_AREA_METADATA: return "of the metadata";
	case VHDXLOG_AREA_OTHER_REGION: return "of another region";
	case VHDXLOG_AREA_PAYLOAD: return "of guest data";
	case VHDXLOG_AREA_SECTOR_BITMAP: return "of sector bitmaps";
	case VHDXLOG_AREA_UNOWNED: return "that no structure owns";
	case VHDXLOG_AREA_UNKNOWN:
	case VHDXLOG_AREA_COUNT: break;
	}
	return "whose purpose is not known";
}

static unsigned count_areas(const struct vhdxlog_effect *e)
{
	unsigned n = 0;

	for (unsigned a = 0; a < VHDXLOG_AREA_COUNT; a++)
		n += e->area_pages[a] != 0;
	return n;
}

bool phrase_has_areas(const struct vhdxlog_effect *e)
{
	return count_areas(e) != 0;
}

void phrase_areas(struct phrase *p, const struct vhdxlog_effect *e)
{
	unsigned left = count_areas(e);
	bool first = true;
	char word[24];

	for (unsigned a = 0; a < VHDXLOG_AREA_COUNT; a++) {
		uint64_t n = e->area_pages[a];

		if (n == 0)
			continue;
		left--;
		if (first)
			phrase_count(p, n, "page", "pages", false);
		else
			phrase_add(p, "%s%s", left ? ", " : " and ",
				   phrase_number(n, false, word));
		phrase_add(p, " %s", area_words((enum vhdxlog_area)a));
		first = false;
	}
}
