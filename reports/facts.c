/* SPDX-License-Identifier: MIT */
#include "reports/facts.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "reports/readers.h"

bool facts_active_sequence(struct vhdxlog_scan *scan,
			   struct vhdxlog_sequence *sequence)
{
	const struct vhdxlog_selection *s = readers_find(scan, "ms-vhdx");

	if (!s || !s->has_sequence)
		return false;
	return vhdxlog_sequence_from(scan, s->sequence, sequence, NULL) == 0;
}

bool facts_active_head(struct vhdxlog_scan *scan, struct vhdxlog_entry *head)
{
	struct vhdxlog_sequence active;
	size_t index;

	if (!facts_active_sequence(scan, &active))
		return false;
	index = vhdxlog_entry_find(scan, active.id.head);
	return index != SIZE_MAX &&
	       vhdxlog_entry_at(scan, index, head, NULL) == 0;
}

const char *facts_state_word(enum vhdxlog_state state, char buf[FACTS_WORD])
{
	const char *name = vhdxlog_state_name(state);
	size_t i = 0;

	for (; i < FACTS_WORD - 1 && name[i]; i++)
		buf[i] = (char)toupper((unsigned char)name[i]);
	buf[i] = '\0';
	return buf;
}

bool facts_has_body(const struct vhdxlog_scan *scan)
{
	enum vhdxlog_state state = vhdxlog_verdict(scan)->state;

	return state != VHDXLOG_NOT_VHDX || vhdxlog_entry_count(scan) != 0;
}

const char *facts_range_id(struct vhdxlog_range range, char id[VHDXLOG_ID_TEXT])
{
	snprintf(id, VHDXLOG_ID_TEXT, "S%" PRIu32 "-%" PRIu32, range.first,
		 range.head);
	return id;
}

bool facts_log_has_holes(const struct vhdxlog_scan *scan)
{
	return facts_finding(scan, "log-sector-unreadable");
}

bool facts_guid_is_zero(const struct vhdxlog_guid *guid)
{
	static const struct vhdxlog_guid zero;

	return memcmp(guid, &zero, sizeof(zero)) == 0;
}

bool facts_is_raw_log(const struct vhdxlog_scan *scan)
{
	const struct vhdxlog_outcome *o = vhdxlog_verdict(scan);
	const struct vhdxlog_log *log = vhdxlog_log(scan);

	/* Where headers were looked for, a check is to blame for their lack. */
	if (o->state == VHDXLOG_HEADERS_LOST)
		return !o->because;
	/* --log-offset 0 on an image is something else: it has its headers. */
	return log->known && log->offset == 0 &&
	       !vhdxlog_header(scan, 1)->readable &&
	       !vhdxlog_header(scan, 2)->readable;
}

bool facts_is_too_short(struct vhdxlog_scan *scan)
{
	const struct vhdxlog_log *log = vhdxlog_log(scan);
	struct vhdxlog_verdict v;

	return vhdxlog_verdict(scan)->state == VHDXLOG_HEADERS_LOST &&
	       !log->present && facts_image_verdict(scan, "file-too-small", &v);
}

bool facts_image_verdict(struct vhdxlog_scan *scan, const char *check,
			 struct vhdxlog_verdict *verdict)
{
	struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n = vhdxlog_verdicts(scan, VHDXLOG_OBJECT_IMAGE, 0, v, NULL);

	for (int i = 0; i < n; i++) {
		if (v[i].status == VHDXLOG_FAIL &&
		    strcmp(v[i].check->name, check) == 0) {
			*verdict = v[i];
			return true;
		}
	}
	return false;
}

const struct vhdxlog_finding *facts_finding(const struct vhdxlog_scan *scan,
					    const char *id)
{
	for (size_t i = 0; i < vhdxlog_finding_count(scan); i++) {
		const struct vhdxlog_finding *f = vhdxlog_finding_at(scan, i);

		if (strcmp(f->id, id) == 0)
			return f;
	}
	return NULL;
}

bool facts_identity_known(const struct vhdxlog_identity *id)
{
	return id->device || id->inode;
}

const char *facts_time(int64_t sec, uint32_t nsec, char text[FACTS_TIME])
{
	const time_t when = (time_t)sec;
	char whole[32];
	struct tm tm;

	*text = '\0';
	if ((sec || nsec) && gmtime_r(&when, &tm) &&
	    strftime(whole, sizeof(whole), "%Y-%m-%dT%H:%M:%S", &tm))
		snprintf(text, FACTS_TIME, "%s.%09" PRIu32 "Z", whole, nsec);
	return text;
}

const char *facts_other_format(struct vhdxlog_source *source)
{
	static const struct {
		const char *magic;
		size_t length;
		const char *name;
	} formats[] = {
		{ "QFI\xfb", 4, "a qcow2 image" },
		{ "KDMV", 4, "a VMDK image" },
		{ "conectix", 8, "a VHD image (not VHDX)" },
		{ "<<< ", 4, "a VirtualBox VDI image" },
		{ "EVF\x09\x0d\x0a\xff\x00", 8,
		  "an EWF (E01) image, which must be mounted or exported "
		  "first" },
		{ "\x1f\x8b", 2, "a gzip file, which must be unpacked first" },
		{ "PK\x03\x04", 4, "a zip file, which must be unpacked first" },
		{ "7z\xbc\xaf\x27\x1c", 6,
		  "a 7z file, which must be unpacked first" },
		{ "\xfd"
		  "7zXZ",
		  6, "an xz file, which must be unpacked first" },
		{ "\x28\xb5\x2f\xfd", 4,
		  "a zstd file, which must be unpacked first" },
		{ "loge", 4, "an extracted VHDX log: see --raw-log" },
		{ "\0\0\0\0\0\0\0\0", 8, "zeroes: perhaps a hole" },
	};
	char begin[8];

	if (vhdxlog_source_read(source, 0, begin, sizeof(begin), NULL) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (memcmp(begin, formats[i].magic, formats[i].length) == 0)
			return formats[i].name;
	}
	return NULL;
}
