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

static const struct vhdxlog_header *header_in_use(
	const struct vhdxlog_scan *scan)
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

struct assumed assumed_of(struct vhdxlog_scan *scan)
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);
	const struct vhdxlog_header *h = header_in_use(scan);
	struct assumed a = { .any = log->known && log->assumed };
	struct vhdxlog_verdict v;

	if (!a.any)
		return a;
	a.header = h && is_believed(scan, h);
	a.offset = !h || log->offset != h->log_offset;
	a.length = !h || log->length != h->log_length;
	a.guid = log->has_guid && (!h || differs(&log->guid, &h->log_guid));
	/* Two headers that cannot be told apart are no option. */
	if (!a.header && !a.offset && !a.length && !a.guid)
		a.any = !facts_image_verdict(
			scan, "header-sequence-equal-conflict", &v);
	return a;
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
		       const struct vhdxlog_scan *scan)
{
	static const struct vhdxlog_guid zero;
	bool is_zero = !differs(&vhdxlog_log(scan)->guid, &zero);

	return put_part(buf, used, "%s%s",
			is_zero ? "a LogGuid of zero (--log-guid)" :
				  "the LogGuid that --log-guid names",
			header_in_use(scan) ? ", not the header's" : "");
}

const char *assumed_words(struct vhdxlog_scan *scan, char buf[ASSUMED_WORDS])
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);
	const struct vhdxlog_header *h = header_in_use(scan);
	struct assumed a = assumed_of(scan);
	size_t n = 0;
	char size[32];

	*buf = '\0';
	if (!a.any || facts_is_raw_log(scan))
		return buf;
	if (a.header)
		n = put_part(buf, n, "header %u believed%s (--header)", h->slot,
			     h->valid ? "" : " although unusable");
	if (a.offset)
		n = put_part(buf, n,
			     "the log assumed at 0x%" PRIx64 " (--log-offset)",
			     log->offset);
	if (a.length)
		n = put_part(buf, n, "%s%s long (--log-length)",
			     a.offset ? "" : "the log assumed to be ",
			     report_size(log->length, size));
	if (a.guid)
		n = put_guid(buf, n, scan);
	snprintf(buf + n, ASSUMED_WORDS - n, "%s",
		 n ? ": " : "By options that agree with the header: ");
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
