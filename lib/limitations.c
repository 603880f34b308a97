/* SPDX-License-Identifier: MIT */
/* What a scan cannot tell, of any image and of this one. */
#include "scan.h"

static void limit(struct vhdxlog_scan *s, bool holds, const char *text)
{
	if (holds)
		s->limitations[s->n_limitations++] = text;
}

void vl_limitations_gather(struct vhdxlog_scan *s)
{
	const struct vhdxlog_options *o = &s->options;

	limit(s, true, "log entries carry no time; order only");
	limit(s, true,
	      "a valid sequence says what a writer meant to write, not that "
	      "its content is right");
	limit(s, o->skip_log, "the log was not looked at");
	limit(s, o->raw_log,
	      "only the log region was given; targets, file length and headers "
	      "are not known");
	limit(s, o->raw_log && vl_scan_disk(s)->size > s->image.log.length,
	      "the file is longer than the log, or no whole number of sectors; "
	      "the rest was not looked at");
	limit(s, s->image.log.assumed,
	      "where the log is, or its GUID, was assumed");
	limit(s, s->image.assumed.regions,
	      "where BAT and metadata are was assumed");
	limit(s, s->image.assumed.geometry,
	      "the sizes of blocks and disk were assumed");
	limit(s, o->header && !o->raw_log &&
			 s->image.pub.current_header != o->header,
	      "the header that was to be believed cannot be read");
	limit(s, s->log.ring.n_holes,
	      "some sectors of the log could not be read");
	limit(s, s->hashes_lost,
	      "a digest is missing: not all that it covers could be read, or "
	      "it is over 128 MiB");
}

const char *vhdxlog_limitation(const struct vhdxlog_scan *scan, size_t index)
{
	size_t n = sizeof(scan->limitations) / sizeof(*scan->limitations);

	return index < n ? scan->limitations[index] : NULL;
}
