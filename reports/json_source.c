/* SPDX-License-Identifier: MIT */
#include "reports/json_parts.h"

#include "reports/facts.h"

static struct rj_record hashes(const struct vhdxlog_hashes *h,
			       const char *image)
{
	struct rj_record r = rj_object();

	rj_words(&r, "headers", h->headers);
	rj_words(&r, "region_tables", h->region_tables);
	rj_words(&r, "log", h->log);
	rj_words(&r, "metadata", h->metadata);
	rj_words(&r, "bat", h->bat);
	rj_words(&r, "image", image ? image : h->image);
	return r;
}

void rj_source(struct rj_out *out, const struct rj_view *view)
{
	static const struct vhdxlog_hashes none;
	const struct report_subject *s = view->subject;
	const struct vhdxlog_source *src = s ? s->source : NULL;
	const struct vhdxlog_scan *scan = rj_scan(view);
	const struct vhdxlog_hashes *h = scan ? vhdxlog_hashes(scan) : &none;
	struct rj_record r = rj_object(), member = rj_object();

	rj_text_twin(&r, "path", "path_hex", view->options->path);
	rj_maybe_decimal(&r, "offset", s, s ? vhdxlog_source_offset(src) : 0);
	rj_maybe_decimal(&r, "size", s, s ? vhdxlog_source_size(src) : 0);
	rj_words(&r, "kind",
		 s ? vhdxlog_source_kind_name(vhdxlog_source_kind(src)) : NULL);
	rj_maybe_bool(&r, "unchanged", scan,
		      scan && vhdxlog_verdict(scan)->unchanged);
	rj_put(&r, "sha256", hashes(h, view->image_sha256));
	rj_words(&r, "image_sha1", h->image_sha1);
	rj_words(&r, "image_md5", h->image_md5);
	rj_put(&member, "source", r);
	rj_members(out, member);
}

/* Null where the image could not be opened. */
static void put_identity(struct rj_record *list, const char *key,
			 const struct vhdxlog_identity *id)
{
	struct rj_record r;
	char time[FACTS_TIME];

	if (!facts_identity_known(id)) {
		rj_null(list, key);
		return;
	}
	r = rj_object();
	rj_decimal(&r, "size", id->size);
	rj_decimal(&r, "device", id->device);
	rj_decimal(&r, "inode", id->inode);
	rj_words(&r, "mtime", facts_time(id->mtime_sec, id->mtime_nsec, time));
	rj_words(&r, "ctime", facts_time(id->ctime_sec, id->ctime_nsec, time));
	rj_put(list, key, r);
}

static struct rj_record arguments(int argc, char *const *argv)
{
	struct rj_record list = rj_list();

	for (int i = 0; i < argc; i++) {
		struct rj_record r = rj_object();

		rj_text_twin(&r, "text", "hex", argv[i]);
		rj_put(&list, NULL, r);
	}
	return list;
}

void rj_custody(struct rj_out *out, const struct rj_view *view)
{
	const struct report_custody *c = view->options->custody;
	struct rj_record member = rj_object(), r;

	if (!c) {
		rj_null(&member, "custody");
		rj_members(out, member);
		return;
	}
	r = rj_object();
	rj_text(&r, "version", c->version);
	rj_text(&r, "build", c->build);
	rj_put(&r, "arguments", arguments(c->argc, c->argv));
	rj_text(&r, "user", c->user);
	rj_text(&r, "host", c->host);
	rj_words(&r, "start", c->start);
	rj_words(&r, "end", c->end);
	rj_words(&r, "sandbox", c->sandbox ? c->sandbox : "none");
	put_identity(&r, "before", &c->before);
	put_identity(&r, "after", &c->after);
	rj_put(&member, "custody", r);
	rj_members(out, member);
}
