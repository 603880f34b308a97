/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/page.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define DEPTH 64u
#define WORD 32u

static const char elements[] =
	" html head meta title style body header main nav section footer h1 h2 "
	"p ul ol li a b br code span div details summary table caption thead "
	"tbody tr th td dl dt dd svg g defs desc rect circle path text tspan "
	"pattern ";
static const char attributes[] =
	" class id width height x y d r cx cy fill role name content scope href "
	"lang http-equiv data-object data-fact colspan charset aria-labelledby "
	"aria-hidden aria-label open patternUnits patternTransform viewBox "
	"preserveAspectRatio transform xmlns ";

struct page {
	const char *text;
	size_t len, at;
	const char *fault;
	char open[DEPTH][WORD];
	unsigned depth;
};

static bool fail(struct page *p, const char *why)
{
	p->fault = why;
	return false;
}

static bool is_at(const struct page *p, const char *word)
{
	size_t n = strlen(word);

	return p->len - p->at >= n && memcmp(p->text + p->at, word, n) == 0;
}

static bool take(struct page *p, const char *word)
{
	if (!is_at(p, word))
		return false;
	p->at += strlen(word);
	return true;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '-';
}

/* A word that is in the list, between spaces. */
static bool take_word(struct page *p, const char *list, char word[WORD])
{
	char spaced[WORD + 2];
	size_t n = 0;

	while (p->at + n < p->len && is_name(p->text[p->at + n]) &&
	       n < WORD - 1)
		n++;
	spaced[0] = ' ';
	memcpy(spaced + 1, p->text + p->at, n);
	spaced[n + 1] = ' ';
	if (!n || !memmem(list, strlen(list), spaced, n + 2))
		return false;
	memcpy(word, p->text + p->at, n);
	word[n] = '\0';
	p->at += n;
	return true;
}

/* How many bytes a character has; 0: it is none that may be shown. */
static size_t character(const uint8_t *s, size_t left)
{
	uint32_t c = s[0];
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 :
		   c < 0xf5 ? 4 : 0;

	if (!n || n > left)
		return 0;
	if (n > 1)
		c &= 0xffu >> (n + 1);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if ((c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) ||
	    (c >= 0xd800 && c < 0xe000) || c > 0x10ffff ||
	    (n == 3 && c < 0x800) || (n == 4 && c < 0x10000))
		return 0;
	/* What changes the direction of what follows. */
	if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
		return 0;
	return n;
}

static bool take_character(struct page *p)
{
	static const char *const entities[] = { "&amp;", "&lt;", "&gt;",
						"&quot;", "&#39;", "&apos;" };
	size_t n;

	if (is_at(p, "&")) {
		for (size_t i = 0; i < 6; i++) {
			if (take(p, entities[i]))
				return true;
		}
		return fail(p, "a bare &");
	}
	if (is_at(p, ">"))
		return fail(p, "a bare >");
	n = character((const uint8_t *)p->text + p->at, p->len - p->at);
	p->at += n;
	return n || fail(p, "not a character that is shown");
}

static bool take_value(struct page *p)
{
	if (!take(p, "=\""))
		return fail(p, "an attribute without a value");
	while (p->at < p->len && !is_at(p, "\"")) {
		if (is_at(p, "<"))
			return fail(p, "a < in an attribute");
		if (!take_character(p))
			return false;
	}
	return take(p, "\"") || fail(p, "an attribute without an end");
}

static bool take_element(struct page *p)
{
	char word[WORD];

	if (p->depth == DEPTH)
		return fail(p, "too deep");
	if (!take_word(p, elements, p->open[p->depth]))
		return fail(p, "an element that reports do not have");
	while (take(p, " ") || take(p, "\n")) {
		if (!take_word(p, attributes, word))
			return fail(p, "an attribute that reports do not have");
		if (!take_value(p))
			return false;
	}
	if (take(p, "/>"))
		return true;
	if (!take(p, ">"))
		return fail(p, "an element without an end");
	/* The one style sheet is ours, and no markup. */
	if (strcmp(p->open[p->depth], "style") == 0) {
		const char *end = memmem(p->text + p->at, p->len - p->at,
					 "</style>", 8);

		if (!end || p->depth != 2)
			return fail(p, "a style sheet that is not ours");
		p->at = (size_t)(end - p->text);
	}
	p->depth++;
	return true;
}

static bool take_end(struct page *p)
{
	char word[WORD];

	if (!p->depth || !take_word(p, elements, word) ||
	    strcmp(word, p->open[p->depth - 1]) != 0)
		return fail(p, "an end of another element");
	p->depth--;
	return take(p, ">") || fail(p, "an end without an end");
}

static bool take_any(struct page *p)
{
	if (take(p, "</"))
		return take_end(p);
	if (take(p, "<"))
		return take_element(p);
	return take_character(p);
}

const char *fuzz_page_fault(const char *text, size_t len, size_t *at)
{
	struct page p = { .text = text, .len = len };

	if (!take(&p, "<!DOCTYPE html>\n"))
		p.fault = "it begins with something else";
	while (!p.fault && p.at < len)
		take_any(&p);
	if (!p.fault && p.depth)
		p.fault = "an element that is open at the end";
	*at = p.at;
	return p.fault;
}
