/* SPDX-License-Identifier: MIT */
#include "reports/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "reports/assumed.h"
#include "reports/facts.h"

#define DEFAULT_WIDTH 100
#define LABEL_WIDTH   10

struct text text_begin(FILE *out, const struct report_subject *subject,
		       const struct report_options *options,
		       struct vhdxlog_error *err)
{
	return (struct text){
		.out = out,
		.program = "vhdxlog",
		.options = options,
		.source = subject ? subject->source : NULL,
		.scan = subject ? subject->scan : NULL,
		.width = options->width ? options->width : DEFAULT_WIDTH,
		.err = err,
	};
}

int text_fail(struct text *t, int code)
{
	if (t->failed)
		return t->failed;
	t->failed = (enum vhdxlog_code)code;
	if (t->err && t->err->code == VHDXLOG_OK)
		*t->err = (struct vhdxlog_error){
			.code = (enum vhdxlog_code)code,
			.what = "writing the report",
		};
	return code;
}

bool text_memo_open(struct text *t, struct text_memo *m)
{
	m->text = NULL;
	m->stream = open_memstream(&m->text, &m->size);
	if (!m->stream)
		text_fail(t, VHDXLOG_E_NOMEM);
	return m->stream;
}

char *text_memo_close(struct text *t, struct text_memo *m)
{
	bool lost = ferror(m->stream);

	/* The C library can close such a stream well and leave no text. */
	if (fclose(m->stream) == 0 && !lost && m->text)
		return m->text;
	text_fail(t, VHDXLOG_E_NOMEM);
	free(m->text);
	return NULL;
}

static const char *style_start(const struct text *t, enum text_style style)
{
	static const char *const codes[] = {
		[TEXT_PLAIN] = "",	   [TEXT_STRONG] = "\033[1m",
		[TEXT_GOOD] = "\033[32m",  [TEXT_WARN] = "\033[33m",
		[TEXT_BAD] = "\033[1;31m", [TEXT_DIM] = "\033[2m",
	};

	return t->options->color ? codes[style] : "";
}

void text_put(struct text *t, enum text_style style, const char *format, ...)
{
	const char *start = style_start(t, style);
	va_list ap;

	fputs(start, t->out);
	va_start(ap, format);
	vfprintf(t->out, format, ap);
	va_end(ap);
	if (*start)
		fputs("\033[0m", t->out);
}

void text_label(struct text *t, const char *label)
{
	text_put(t, TEXT_STRONG, "%-*s", LABEL_WIDTH, label);
}

unsigned text_columns(const char *s)
{
	unsigned n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static unsigned word_columns(const char *s, size_t length)
{
	unsigned n = 0;

	for (size_t i = 0; i < length; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	return n;
}

void text_wrap(struct text *t, unsigned at, unsigned hang, const char *words)
{
	bool line_empty = true;

	while (*words) {
		size_t length = strcspn(words, " ");
		unsigned columns = word_columns(words, length);

		if (!line_empty && at + 1 + columns > t->width) {
			fprintf(t->out, "\n%*s", (int)hang, "");
			at = hang;
			line_empty = true;
		}
		fprintf(t->out, "%s%.*s", line_empty ? "" : " ", (int)length,
			words);
		at += columns + !line_empty;
		line_empty = false;
		words += length;
		words += *words == ' ';
	}
	putc('\n', t->out);
}

char *text_format(struct text *t, const char *format, va_list ap)
{
	char *words = NULL;

	if (vasprintf(&words, format, ap) >= 0)
		return words;
	text_fail(t, VHDXLOG_E_NOMEM);
	return NULL;
}

void text_wrapf(struct text *t, unsigned at, unsigned hang, const char *format,
		...)
{
	char *words;
	va_list ap;

	va_start(ap, format);
	words = text_format(t, format, ap);
	va_end(ap);
	if (words)
		text_wrap(t, at, hang, words);
	free(words);
}

char *text_escaped(struct text *t, const char *bytes)
{
	char *escaped = report_escape_text(bytes);

	if (!escaped)
		text_fail(t, VHDXLOG_E_NOMEM);
	return escaped;
}

char *text_utf16(struct text *t, struct vhdxlog_utf16 units)
{
	char *escaped = report_escape_utf16(units);

	if (!escaped)
		text_fail(t, VHDXLOG_E_NOMEM);
	return escaped;
}

const char *text_area(enum vhdxlog_area area)
{
	switch (area) {
	case VHDXLOG_AREA_IDENTIFIER: return "identifier";
	case VHDXLOG_AREA_HEADERS: return "headers";
	case VHDXLOG_AREA_REGION_TABLES: return "region tables";
	case VHDXLOG_AREA_RESERVED: return "reserved area";
	case VHDXLOG_AREA_LOG: return "log";
	case VHDXLOG_AREA_BAT: return "BAT";
	case VHDXLOG_AREA_METADATA: return "metadata";
	case VHDXLOG_AREA_OTHER_REGION: return "other region";
	case VHDXLOG_AREA_PAYLOAD: return "guest data";
	case VHDXLOG_AREA_SECTOR_BITMAP: return "sector bitmap";
	case VHDXLOG_AREA_UNOWNED: return "unowned";
	case VHDXLOG_AREA_UNKNOWN:
	case VHDXLOG_AREA_COUNT: break;
	}
	return "unknown";
}

void text_log_place(const struct text *t, uint64_t log_offset, char buf[24])
{
	uint64_t sector = log_offset / 4096;

	if (log_offset % 4096 == 0 && sector < VHDXLOG_NO_SECTOR &&
	    vhdxlog_entry_find(t->scan, (uint32_t)sector) != SIZE_MAX)
		snprintf(buf, 24, "E%" PRIu64, sector);
	else
		snprintf(buf, 24, "0x%" PRIx64, log_offset);
}

const char *text_soundness(const struct text *t,
			   enum vhdxlog_soundness soundness)
{
	if (soundness == VHDXLOG_STALE && !vhdxlog_log(t->scan)->has_guid)
		return "sound";
	return vhdxlog_soundness_name(soundness);
}

bool text_is_current(const struct text *t, const struct vhdxlog_guid *guid)
{
	const struct vhdxlog_log *log = vhdxlog_log(t->scan);

	return log->has_guid && !facts_guid_is_zero(guid) &&
	       memcmp(guid, &log->guid, sizeof(*guid)) == 0;
}

const char *text_session(const struct text *t, const struct vhdxlog_guid *guid)
{
	bool assumed = assumed_session(t->scan);

	if (!vhdxlog_log(t->scan)->has_guid)
		return "current or earlier";
	if (text_is_current(t, guid))
		return assumed ? "taken as current" : "the header's";
	return assumed ? "not taken as current" : "earlier";
}

const char *text_verdict(const struct text *t, const struct vhdxlog_entry *e,
			 enum text_style *style)
{
	switch (e->verdict) {
	case VHDXLOG_VALID:
		*style = e->active ? TEXT_GOOD : TEXT_PLAIN;
		return e->active ? "valid, active" : "valid";
	case VHDXLOG_STALE:
		*style = vhdxlog_log(t->scan)->has_guid ? TEXT_DIM : TEXT_PLAIN;
		break;
	case VHDXLOG_INVALID: *style = TEXT_BAD; break;
	}
	return text_soundness(t, e->verdict);
}

const char *text_size(uint64_t bytes, char buf[32])
{
	if (bytes % 1024 == 0 || bytes < 100000)
		return report_size(bytes, buf);
	snprintf(buf, 32, "0x%" PRIx64, bytes);
	return buf;
}

/*
 * At least as many digits stay as tell this number from the one above; short
 * numbers are not worth shortening.
 */
const char *text_number(struct text_number *n, uint64_t value, char buf[24])
{
	enum { KEPT = 3, WORTH = 8 };
	char digits[21];
	size_t length, same = 0;

	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	length = strlen(digits);
	while (digits[same] && digits[same] == n->last[same])
		same++;
	if (length >= WORTH && strlen(n->last) == length &&
	    same >= length - KEPT)
		snprintf(buf, 24, "...%s", digits + length - KEPT);
	else
		snprintf(buf, 24, "%s", digits);
	memcpy(n->last, digits, sizeof(digits));
	return buf;
}
