/* SPDX-License-Identifier: MIT */
/*
 * A scan says that something was assumed. What it was is seen by comparing the
 * log that was looked at with what the header in use says of it.
 */
#include "reports/assumed.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "reports/facts.h"

static const struct vhdxlog_header *
header_in_use(const struct vhdxlog_scan *scan)
{
	unsigned slot = vhdxlog_image(scan)->current_header;

	return slot ? vhdxlog_header(scan, slot) : NULL;
}

/* 2.2.2 would have taken the other copy, or none. */
static bool is_believed(const struct vhdxlog_scan *scan,
			const struct vhdxlog_header *h)
{
	const struct vhdxlog_header *other = vhdxlog_header(scan, 3 - h->slot);

	if (!h->valid || !other->valid)
		return !h->valid;
	return other->sequence_number > h->sequence_number ||
	       (other->sequence_number == h->sequence_number && h->slot == 2);
}

static bool differs(const struct vhdxlog_guid *a, const struct vhdxlog_guid *b)
{
	return memcmp(a, b, sizeof(*a)) != 0;
}

const struct vhdxlog_guess *assumed_guess(const struct vhdxlog_scan *scan,
					  enum vhdxlog_guess_kind kind)
{
	for (size_t i = 0; i < vhdxlog_guess_count(scan); i++) {
		const struct vhdxlog_guess *g = vhdxlog_guess_at(scan, i);

		if (g->kind == kind && g->assumed)
			return g;
	}
	return NULL;
}

/* The header that counts by its number was found to be of another file. */
static bool is_foreign(struct vhdxlog_scan *scan)
{
	struct vhdxlog_verdict v;

	return facts_image_verdict(scan, "header-foreign", &v);
}

/* What no option says was inferred. */
static void find_guessed(const struct vhdxlog_scan *scan, struct assumed *a)
{
	const struct vhdxlog_options *o = vhdxlog_scan_options(scan);

	a->offset_guessed = a->offset && !o->has_log_offset &&
			    assumed_guess(scan, VHDXLOG_GUESS_LOG);
	a->length_guessed = a->length && !o->has_log_length &&
			    assumed_guess(scan, VHDXLOG_GUESS_LOG);
	a->guid_guessed = a->guid && !o->has_log_guid &&
			  assumed_guess(scan, VHDXLOG_GUESS_LOG_GUID);
}

struct assumed assumed_of(struct vhdxlog_scan *scan)
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);
	const struct vhdxlog_header *h = header_in_use(scan);
	struct assumed a = {.any = log->known && log->assumed};
	struct vhdxlog_verdict v;

	if (!a.any)
		return a;
	a.header = h && is_believed(scan, h);
	a.header_guessed = a.header && !vhdxlog_scan_options(scan)->header &&
			   is_foreign(scan);
	a.offset = !h || log->offset != h->log_offset;
	a.length = !h || log->length != h->log_length;
	a.guid = log->has_guid && (!h || differs(&log->guid, &h->log_guid));
	find_guessed(scan, &a);
	/* Two headers that cannot be told apart are no option. */
	if (!a.header && !a.offset && !a.length && !a.guid)
		a.any = !facts_image_verdict(
			scan, "header-sequence-equal-conflict", &v);
	return a;
}

bool assumed_nothing_waits(struct vhdxlog_scan *scan)
{
	return assumed_of(scan).guid_guessed &&
	       facts_guid_is_zero(&vhdxlog_log(scan)->guid);
}

bool assumed_session(struct vhdxlog_scan *scan)
{
	struct assumed a = assumed_of(scan);

	return a.guid || a.header;
}

/* One more thing that is assumed; returns the new length. */
static size_t put_part(char buf[ASSUMED_WORDS], size_t used, const char *format,
		       ...) __attribute__((format(printf, 3, 4)));

static size_t put_part(char buf[ASSUMED_WORDS], size_t used, const char *format,
		       ...)
{
	va_list ap;

	/* All parts at their longest take two thirds of the room. */
	used += (size_t)snprintf(buf + used, ASSUMED_WORDS - used, "%s",
				 used ? ", " : "With ");
	va_start(ap, format);
	used += (size_t)vsnprintf(buf + used, ASSUMED_WORDS - used, format, ap);
	va_end(ap);
	return used;
}

static size_t put_guid(char buf[ASSUMED_WORDS], size_t used,
		       const struct vhdxlog_scan *scan, bool guessed)
{
	const struct vhdxlog_guid *guid = &vhdxlog_log(scan)->guid;
	bool is_zero = facts_guid_is_zero(guid);
	char text[VHDXLOG_GUID_TEXT];

	if (guessed)
		used = put_part(buf, used, "the LogGuid guessed to be %s",
				is_zero ? "zero"
					: vhdxlog_guid_format(guid, text));
	else
		used = put_part(buf, used, "%s",
				is_zero ? "a LogGuid of zero (--log-guid)"
					: "the LogGuid that --log-guid names");
	if (header_in_use(scan))
		used += (size_t)snprintf(buf + used, ASSUMED_WORDS - used,
					 ", not the header's");
	return used;
}

static size_t put_place(char buf[ASSUMED_WORDS], size_t used,
			const struct vhdxlog_log *log, const struct assumed *a)
{
	char size[32];

	if (a->offset)
		used = put_part(buf, used, "the log %s at 0x%" PRIx64 "%s",
				a->offset_guessed ? "guessed" : "assumed",
				log->offset,
				a->offset_guessed ? "" : " (--log-offset)");
	if (!a->length)
		return used;
	report_size(log->length, size);
	if (!a->offset)
		return put_part(buf, used, "the log %s to be %s long%s",
				a->length_guessed ? "guessed" : "assumed", size,
				a->length_guessed ? "" : " (--log-length)");
	return put_part(buf, used, "%s long%s", size,
			!a->length_guessed  ? " (--log-length)"
			: a->offset_guessed ? ""
					    : " by a guess");
}

static size_t put_regions(char buf[ASSUMED_WORDS], size_t used,
			  const struct vhdxlog_scan *scan)
{
	bool bat = assumed_guess(scan, VHDXLOG_GUESS_BAT);
	bool metadata = assumed_guess(scan, VHDXLOG_GUESS_METADATA);
	bool geometry = assumed_guess(scan, VHDXLOG_GUESS_BLOCK_SIZE);

	if (bat || metadata)
		used = put_part(buf, used, "the place of %s%s%s guessed",
				bat ? "BAT" : "",
				bat && metadata ? " and " : "",
				metadata ? "metadata" : "");
	if (geometry)
		used = put_part(buf, used, "the block size guessed");
	return used;
}

const char *assumed_words(struct vhdxlog_scan *scan, char buf[ASSUMED_WORDS])
{
	const struct vhdxlog_header *h = header_in_use(scan);
	struct assumed a = assumed_of(scan);
	size_t n = 0;

	*buf = '\0';
	if (facts_is_raw_log(scan))
		return buf;
	if (a.any && a.header_guessed)
		n = put_part(buf, n,
			     "header %u followed, as header %u is of another "
			     "file",
			     h->slot, 3 - h->slot);
	else if (a.any && a.header)
		n = put_part(buf, n, "header %u believed%s (--header)", h->slot,
			     h->valid ? "" : " although unusable");
	if (a.any)
		n = put_place(buf, n, vhdxlog_log(scan), &a);
	if (a.any && a.guid)
		n = put_guid(buf, n, scan, a.guid_guessed);
	n = put_regions(buf, n, scan);
	if (n)
		snprintf(buf + n, ASSUMED_WORDS - n, ": ");
	else if (a.any)
		snprintf(buf, ASSUMED_WORDS,
			 "By options that agree with the header: ");
	return buf;
}

/* An offset of 0 cannot be told from none, a length is never 0. */
const char *assumed_in_vain(const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);

	if (log->known || !log->assumed || header_in_use(scan))
		return NULL;
	if (log->length)
		return "--log-length was not used, as it needs --log-offset "
		       "as well";
	if (log->offset)
		return "--log-offset was not used, as it needs --log-length "
		       "as well";
	if (log->has_guid)
		return "--log-guid was not used, as it needs --log-offset and "
		       "--log-length as well";
	return NULL;
}
