/* SPDX-License-Identifier: MIT */
/* Digests of what was read, and the record of the run. */
#include "reports/html.h"

#include <inttypes.h>
#include <stdlib.h>

#include "reports/facts.h"

static void put_digest(struct html *h, const char *key, const char *term,
		       const char *digest)
{
	if (!*digest)
		return;
	html_fact_open(h, key, term);
	html_raw(h, "<code>");
	html_put(h, digest);
	html_raw(h, "</code>");
	html_fact_close(h);
}

void html_hashes(struct html *h)
{
	const struct vhdxlog_hashes *x = vhdxlog_hashes(h->t.scan);

	if (!*x->headers && !*x->region_tables && !*x->log && !*x->metadata &&
	    !*x->bat && !*x->image)
		return;
	html_section(h, "hashes", "Digests");
	html_facts(h);
	put_digest(h, "image", "image, SHA-256", x->image);
	put_digest(h, "image_sha1", "image, SHA-1", x->image_sha1);
	put_digest(h, "image_md5", "image, MD5", x->image_md5);
	put_digest(h, "headers", "headers, SHA-256", x->headers);
	put_digest(h, "region_tables", "region tables, SHA-256",
		   x->region_tables);
	put_digest(h, "log", "log, SHA-256", x->log);
	put_digest(h, "metadata", "metadata, SHA-256", x->metadata);
	put_digest(h, "bat", "BAT, SHA-256", x->bat);
	html_facts_end(h);
	html_section_end(h);
}

/* ----------------------------------------------------------------- custody */

static void put_value(struct html *h, const char *key, const char *value)
{
	html_fact_open(h, key, key);
	html_value(h, value ? value : "unknown");
	html_fact_close(h);
}

static void put_arguments(struct html *h, const struct report_custody *c)
{
	html_fact_open(h, "command", "command");
	html_raw(h, "<code>");
	for (int i = 0; i < c->argc; i++) {
		char *quoted = report_quote_shell(c->argv[i]);

		if (!quoted)
			text_fail(&h->t, VHDXLOG_E_NOMEM);
		html_putf(h, "%s%s", i ? " " : "", quoted ? quoted : "");
		free(quoted);
	}
	html_raw(h, "</code>");
	html_fact_close(h);
}

static const char *known_time(int64_t sec, uint32_t nsec, char time[FACTS_TIME])
{
	return *facts_time(sec, nsec, time) ? time : "unknown";
}

static void put_identity(struct html *h, const char *key,
			 const struct vhdxlog_identity *id)
{
	char modified[FACTS_TIME], changed[FACTS_TIME];

	if (!facts_identity_known(id)) {
		html_fact(h, key, key, "could not be opened");
		return;
	}
	html_fact(h, key, key,
		  "%" PRIu64 " bytes, device %" PRIu64 ", inode %" PRIu64
		  ", mtime %s, ctime %s",
		  id->size, id->device, id->inode,
		  known_time(id->mtime_sec, id->mtime_nsec, modified),
		  known_time(id->ctime_sec, id->ctime_nsec, changed));
}

void html_custody(struct html *h)
{
	const struct report_custody *c = h->t.options->custody;

	if (!c)
		return;
	html_section(h, "custody", "Record of the run");
	html_facts(h);
	html_fact(h, "program", "program", "%s %s (%s)", h->t.program,
		  c->version, c->build);
	put_arguments(h, c);
	put_value(h, "user", c->user);
	put_value(h, "host", c->host);
	put_value(h, "start", c->start);
	put_value(h, "end", c->end);
	put_value(h, "sandbox", c->sandbox ? c->sandbox : "none");
	put_identity(h, "before", &c->before);
	put_identity(h, "after", &c->after);
	html_facts_end(h);
	html_section_end(h);
}
