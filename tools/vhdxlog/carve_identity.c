/* SPDX-License-Identifier: MIT */
#include "tools/vhdxlog/carve_identity.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/common/say.h"
#include "tools/vhdxlog/carve_item.h"

#define SAMPLE 4096

uint64_t carve_sum(uint64_t sum, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ p[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static uint64_t sample(struct vhdxlog_source *source, uint64_t at)
{
	uint64_t size = vhdxlog_source_size(source);
	uint8_t bytes[SAMPLE];
	size_t len = size - at < SAMPLE ? (size_t)(size - at) : SAMPLE;

	if (vhdxlog_source_read(source, at, bytes, len, NULL) != 0)
		return 0;
	return carve_sum(CARVE_SUM, bytes, len);
}

struct carve_identity carve_identity_of(struct vhdxlog_source *source)
{
	uint64_t size = vhdxlog_source_size(source);
	struct carve_identity id = {
		.file = *vhdxlog_source_identity(source),
		.offset = vhdxlog_source_offset(source),
	};

	/* Of a device's node the time tells nothing. */
	if (vhdxlog_source_kind(source) != VHDXLOG_SOURCE_FILE)
		id.file.mtime_sec = id.file.mtime_nsec = 0;
	for (unsigned i = 0; i < CARVE_SAMPLES; i++)
		id.samples[i] = sample(
			source, size / CARVE_SAMPLES / SAMPLE * SAMPLE * i);
	return id;
}

char *carve_identity_lines(const struct carve_identity *id)
{
	const struct vhdxlog_identity *f = &id->file;
	char *text = tool_format(
		"file %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
		" %" PRIu32 "\nsamples",
		f->size, id->offset, f->device, f->inode,
		(uint64_t)f->mtime_sec, f->mtime_nsec);

	for (int i = 0; i < CARVE_SAMPLES; i++) {
		char *longer = tool_format("%s 0x%016" PRIx64 "%s", text,
					   id->samples[i],
					   i == CARVE_SAMPLES - 1 ? "\n" : "");

		free(text);
		text = longer;
	}
	return text;
}

static bool is_word(char **line, const char *want)
{
	const char *word = carve_word(line);

	return word && strcmp(word, want) == 0;
}

bool carve_identity_parse(char *file, char *samples, struct carve_identity *id)
{
	uint64_t sec, nsec;

	*id = (struct carve_identity){ .offset = 0 };
	if (!is_word(&file, "file") || !carve_number(&file, &id->file.size) ||
	    !carve_number(&file, &id->offset) ||
	    !carve_number(&file, &id->file.device) ||
	    !carve_number(&file, &id->file.inode) ||
	    !carve_number(&file, &sec) || !carve_number(&file, &nsec) ||
	    nsec > UINT32_MAX || !is_word(&samples, "samples"))
		return false;
	id->file.mtime_sec = (int64_t)sec;
	id->file.mtime_nsec = (uint32_t)nsec;
	for (int i = 0; i < CARVE_SAMPLES; i++) {
		if (!carve_number(&samples, &id->samples[i]))
			return false;
	}
	return true;
}

static bool is_same_file(const struct vhdxlog_identity *a,
			 const struct vhdxlog_identity *b)
{
	return a->device == b->device && a->inode == b->inode;
}

static bool is_rewritten(const struct vhdxlog_identity *a,
			 const struct vhdxlog_identity *b)
{
	return a->mtime_sec != b->mtime_sec || a->mtime_nsec != b->mtime_nsec;
}

static bool is_other_content(const struct carve_identity *a,
			     const struct carve_identity *b)
{
	for (int i = 0; i < CARVE_SAMPLES; i++) {
		if (a->samples[i] && b->samples[i] &&
		    a->samples[i] != b->samples[i])
			return true;
	}
	return false;
}

char *carve_identity_objection(const struct carve_identity *then,
			       const struct carve_identity *now)
{
	if (then->file.size != now->file.size)
		return tool_format("a file of %" PRIu64
				   " bytes, and this one has %" PRIu64,
				   then->file.size, now->file.size);
	if (then->offset != now->offset)
		return tool_format("a pass from offset %" PRIu64
				   " on (--offset), and this one begins at "
				   "%" PRIu64,
				   then->offset, now->offset);
	if (is_other_content(then, now))
		return tool_format("a file that holds something else");
	if (is_same_file(&then->file, &now->file) &&
	    is_rewritten(&then->file, &now->file))
		return tool_format("this file, which was written to since");
	return NULL;
}
