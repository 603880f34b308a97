/* SPDX-License-Identifier: MIT */
/*
 * A record is its text from the beginning: members are written behind one
 * another, and what is put into another is copied once. A report of a log has
 * millions of values, and a tree of them took longer to make and to write than
 * the log to be looked at.
 */
#include "reports/json_record.h"

#include "reports/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_ROOM 512u

/* ------------------------------------------------------------------- bytes */

/* Room for n bytes more; NULL: out of memory, now or earlier. */
static char *room(struct rj_record *r, size_t n)
{
	size_t cap = r->cap;
	char *text;

	if (r->failed)
		return NULL;
	if (n <= cap - r->len)
		return r->text + r->len;
	if (n < SIZE_MAX / 4 && cap < SIZE_MAX / 4)
		cap = 2 * cap > r->len + n ? 2 * cap : r->len + n;
	cap = cap < LEAST_ROOM ? LEAST_ROOM : cap;
	text = n < SIZE_MAX / 4 ? realloc(r->text, cap) : NULL;
	if (!text) {
		r->failed = true;
		return NULL;
	}
	r->text = text;
	r->cap = cap;
	return text + r->len;
}

static void add(struct rj_record *r, const char *bytes, size_t len)
{
	char *to = len ? room(r, len) : NULL;

	if (!to)
		return;
	memcpy(to, bytes, len);
	r->len += len;
}

/* A comma, where it is not the first, and the key, where there is one; room for
 * that and n bytes more, or NULL. */
static char *begin(struct rj_record *r, const char *key, size_t n)
{
	size_t len = key ? strlen(key) : 0;
	char *to = room(r, len + strlen(",\"\":") + n);

	if (!to)
		return NULL;
	if (r->len)
		*to++ = ',';
	if (key) {
		*to++ = '"';
		memcpy(to, key, len);
		to += len;
		*to++ = '"';
		*to++ = ':';
	}
	r->len = (size_t)(to - r->text);
	return to;
}

static void put_literal(struct rj_record *r, const char *key, const char *text)
{
	size_t len = strlen(text);
	char *to = begin(r, key, len);

	if (!to)
		return;
	memcpy(to, text, len);
	r->len += len;
}

/* ----------------------------------------------------------------- strings */

/* Text, of which nothing has to be escaped. */
static void put_plain(struct rj_record *r, const char *key, const char *text,
		      size_t len)
{
	char *to = begin(r, key, len + strlen("\"\""));

	if (!to)
		return;
	*to++ = '"';
	memcpy(to, text, len);
	to[len] = '"';
	r->len += len + 2;
}

/* The letter of a short escape, or 0. */
static char short_escape(char c)
{
	switch (c) {
	case '\b': return 'b';
	case '\n': return 'n';
	case '\r': return 'r';
	case '\t': return 't';
	case '\f': return 'f';
	case '"': return '"';
	case '\\': return '\\';
	default: return 0;
	}
}

static bool is_plain(char c)
{
	return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

static void add_escaped(struct rj_record *r, char c)
{
	static const char digits[] = "0123456789abcdef";
	char text[] = { '\\', short_escape(c), '0', '0',
			digits[(unsigned char)c >> 4 & 15], digits[c & 15] };

	if (text[1]) {
		add(r, text, 2);
		return;
	}
	text[1] = 'u';
	add(r, text, sizeof(text));
}

/* A string in its quotes: what is between two escapes at once. */
static void add_string(struct rj_record *r, const char *text, size_t len)
{
	const char *end = text + len;

	add(r, "\"", 1);
	while (text < end) {
		const char *from = text;

		while (text < end && is_plain(*text))
			text++;
		add(r, from, (size_t)(text - from));
		if (text < end)
			add_escaped(r, *text++);
	}
	add(r, "\"", 1);
}

static void put_string(struct rj_record *r, const char *key, const char *text,
		       size_t len)
{
	if (begin(r, key, 0))
		add_string(r, text, len);
}

/* ----------------------------------------------------------------- records */

struct rj_record rj_object(void)
{
	return (struct rj_record){ .kind = RJ_OBJECT };
}

struct rj_record rj_list(void)
{
	return (struct rj_record){ .kind = RJ_LIST };
}

struct rj_record rj_string(const char *words)
{
	struct rj_record r = { .kind = RJ_VALUE };

	add_string(&r, words, strlen(words));
	return r;
}

void rj_drop(struct rj_record *r)
{
	free(r->text);
	*r = (struct rj_record){ .text = NULL };
}

void rj_enclose(enum rj_kind kind, const char **open, const char **close)
{
	static const char *const brackets[][2] = {
		[RJ_VALUE] = { "", "" },
		[RJ_OBJECT] = { "{", "}" },
		[RJ_LIST] = { "[", "]" },
	};

	*open = brackets[kind][0];
	*close = brackets[kind][1];
}

void rj_put(struct rj_record *r, const char *key, struct rj_record value)
{
	const char *open, *close;

	rj_enclose(value.kind, &open, &close);
	r->failed = r->failed || value.failed;
	put_literal(r, key, open);
	add(r, value.text, value.len);
	add(r, close, strlen(close));
	rj_drop(&value);
}

void rj_null(struct rj_record *r, const char *key)
{
	put_literal(r, key, "null");
}

void rj_bool(struct rj_record *r, const char *key, bool value)
{
	put_literal(r, key, value ? "true" : "false");
}

/* Write the digits of a number before `end`; returns where they begin. */
static char *digits_of(uint64_t value, char *p)
{
	do
		*--p = (char)('0' + value % 10);
	while (value /= 10);
	return p;
}

#define LONGEST_NUMBER 20 /* digits of UINT64_MAX */

void rj_number(struct rj_record *r, const char *key, uint64_t value)
{
	char digits[LONGEST_NUMBER];
	char *end = digits + sizeof(digits), *from = digits_of(value, end);
	char *to = begin(r, key, sizeof(digits));

	if (!to)
		return;
	memcpy(to, from, (size_t)(end - from));
	r->len += (size_t)(end - from);
}

void rj_decimal(struct rj_record *r, const char *key, uint64_t value)
{
	char digits[LONGEST_NUMBER];
	char *end = digits + sizeof(digits), *from = digits_of(value, end);

	put_plain(r, key, from, (size_t)(end - from));
}

void rj_words(struct rj_record *r, const char *key, const char *words)
{
	if (words && *words)
		put_string(r, key, words, strlen(words));
	else
		rj_null(r, key);
}

/* text is owned and may be NULL: out of memory. */
static void put_owned(struct rj_record *r, const char *key, char *text)
{
	if (text)
		put_string(r, key, text, strlen(text));
	else
		r->failed = true;
	free(text);
}

void rj_hex(struct rj_record *r, const char *key, const uint8_t *bytes,
	    size_t len)
{
	put_owned(r, key, report_hex(bytes, len));
}

void rj_guid(struct rj_record *r, const char *key,
	     const struct vhdxlog_guid *guid)
{
	char text[VHDXLOG_GUID_TEXT];

	vhdxlog_guid_format(guid, text);
	put_plain(r, key, text, sizeof(text) - 1);
}

void rj_id(struct rj_record *r, const char *key, char letter, uint32_t sector)
{
	char text[1 + LONGEST_NUMBER], *end = text + sizeof(text);
	char *from;

	if (sector == VHDXLOG_NO_SECTOR) {
		rj_null(r, key);
		return;
	}
	from = digits_of(sector, end);
	*--from = letter;
	put_plain(r, key, from, (size_t)(end - from));
}

void rj_range(struct rj_record *r, const char *key, struct vhdxlog_range range)
{
	char text[VHDXLOG_ID_TEXT];

	snprintf(text, sizeof(text), "S%" PRIu32 "-%" PRIu32, range.first,
		 range.head);
	rj_words(r, key, text);
}

static void put_sum(struct rj_record *r, const char *key, bool known,
		    uint32_t sum)
{
	static const char digits[] = "0123456789abcdef";
	char text[] = "0x12345678";

	for (unsigned i = 0; i < 8; i++)
		text[2 + i] = digits[sum >> (28 - 4 * i) & 15];
	if (known)
		put_plain(r, key, text, sizeof(text) - 1);
	else
		rj_null(r, key);
}

void rj_checksum(struct rj_record *r, bool stored_known, uint32_t stored,
		 bool computed_known, uint32_t computed)
{
	struct rj_record sums = rj_object();

	put_sum(&sums, "stored", stored_known, stored);
	put_sum(&sums, "computed", computed_known, computed);
	rj_put(r, "checksum", sums);
}

void rj_text(struct rj_record *r, const char *key, const char *bytes)
{
	bool faithful;

	put_owned(r, key, report_escape_json(bytes, &faithful));
}

void rj_text_twin(struct rj_record *r, const char *key, const char *hex_key,
		  const char *bytes)
{
	bool faithful = false;

	put_owned(r, key, report_escape_json(bytes, &faithful));
	if (faithful)
		rj_null(r, hex_key);
	else
		rj_hex(r, hex_key, (const uint8_t *)bytes, strlen(bytes));
}

void rj_maybe_text_twin(struct rj_record *r, const char *key,
			const char *hex_key, const char *bytes)
{
	if (bytes) {
		rj_text_twin(r, key, hex_key, bytes);
		return;
	}
	rj_null(r, key);
	rj_null(r, hex_key);
}

void rj_utf16_twin(struct rj_record *r, const char *key, const char *hex_key,
		   struct vhdxlog_utf16 text)
{
	bool faithful = false;

	put_owned(r, key, vhdxlog_utf16_to_utf8(text, &faithful));
	if (faithful)
		rj_null(r, hex_key);
	else
		rj_hex(r, hex_key, text.bytes, 2 * text.units);
}
