/* SPDX-License-Identifier: MIT */
/* The image at a glance, in the words of the text report. */
#include "reports/html.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/facts.h"

/* Print what was said, if anything was, and release. */
static void end_fact(struct html *h, struct text_memo *m, const char *key,
		     const char *term)
{
	char *words = text_memo_close(&h->t, m);

	if (words && *words) {
		html_fact_open(h, key, term);
		html_put(h, words);
		html_fact_close(h);
	}
	free(words);
}

static void put_source(struct html *h)
{
	const struct vhdxlog_outcome *o = vhdxlog_verdict(h->t.scan);

	html_fact(h, "size", "size", "%" PRIu64 " bytes",
		  vhdxlog_source_size(h->t.source));
	html_fact(h, "unchanged", "source", "%s",
		  o->unchanged ? "unchanged while it was read" :
				 "CHANGED while it was read");
}

void html_summary(struct html *h)
{
	struct text_memo m;

	html_section(h, "image", "The image");
	html_facts(h);
	if (text_memo_open(&h->t, &m)) {
		text_say_image(&h->t, m.stream);
		end_fact(h, &m, "image", "image");
	}
	if (text_memo_open(&h->t, &m)) {
		text_say_disk(m.stream, vhdxlog_image(h->t.scan));
		end_fact(h, &m, "disk", "disk");
	}
	if (text_memo_open(&h->t, &m)) {
		text_say_blocks(m.stream, h->t.scan);
		end_fact(h, &m, "bat", "BAT");
	}
	if (text_memo_open(&h->t, &m)) {
		text_say_headers(m.stream, h->t.scan);
		end_fact(h, &m, "headers", "headers");
	}
	if (text_memo_open(&h->t, &m)) {
		text_say_log(&h->t, m.stream);
		end_fact(h, &m, "log", "log");
	}
	put_source(h);
	html_facts_end(h);
	html_section_end(h);
}
