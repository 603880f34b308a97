/* SPDX-License-Identifier: MIT */
#include "view/diff_text.h"

#include "base/bytes.h"
#include "base/guid.h"
#include "base/hex.h"
#include "ondisk/header.h"
#include "view/diff.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HEX_MOST ((VHDXLOG_EVENT_TEXT - sizeof("..")) / 2) /* bytes */

void vl_text_hex(const uint8_t *bytes, size_t n, char text[VHDXLOG_EVENT_TEXT])
{
	size_t told = n < HEX_MOST ? n : HEX_MOST;

	for (size_t i = 0; i < told; i++)
		vl_hex_put(bytes[i], text + 2 * i);
	memcpy(text + 2 * told, told < n ? ".." : "", told < n ? 3 : 1);
}

static void put_guid(const uint8_t *b, char text[VHDXLOG_EVENT_TEXT])
{
	struct vhdxlog_guid guid = vl_guid_load(b);

	vhdxlog_guid_format(&guid, text);
}

static uint64_t number(const uint8_t *b, uint32_t size)
{
	if (size == 2)
		return vl_le16(b);
	return size == 4 ? vl_le32(b) : vl_le64(b);
}

void vl_text_field(const struct vhdxlog_field *field, const uint8_t *b,
		   char text[VHDXLOG_EVENT_TEXT])
{
	switch (field->kind) {
	case VHDXLOG_FIELD_NUMBER:
		snprintf(text, VHDXLOG_EVENT_TEXT, "%" PRIu64,
			 number(b, field->size));
		break;
	case VHDXLOG_FIELD_HEX:
		snprintf(text, VHDXLOG_EVENT_TEXT, "0x%0*" PRIx64,
			 (int)field->size * 2, number(b, field->size));
		break;
	case VHDXLOG_FIELD_GUID:
		put_guid(b, text);
		break;
	default:
		vl_text_hex(b, field->size, text);
	}
}

/* What is said of an entry of a table of which every byte is 0. */
static bool put_empty(const uint8_t *b, size_t n, char text[VHDXLOG_EVENT_TEXT])
{
	while (n && !b[n - 1])
		n--;
	if (!n)
		snprintf(text, VHDXLOG_EVENT_TEXT, "empty");
	return !n;
}

void vl_text_region(const uint8_t *b, char text[VHDXLOG_EVENT_TEXT])
{
	struct vhdxlog_region r;
	char guid[VHDXLOG_GUID_TEXT];

	if (put_empty(b, VL_SIZE_region_entry, text))
		return;
	vl_region_decode(b, &r);
	snprintf(text, VHDXLOG_EVENT_TEXT, "%s@%" PRIu64 "+%" PRIu32 "%s",
		 r.name ? r.name : vhdxlog_guid_format(&r.guid, guid), r.offset,
		 r.length, r.required & 1 ? " required" : "");
}

void vl_text_table_entry(const uint8_t *b, char text[VHDXLOG_EVENT_TEXT])
{
	struct vl_metadata_entry e;
	char guid[VHDXLOG_GUID_TEXT];
	enum vl_item item;

	if (put_empty(b, VL_SIZE_metadata_entry, text))
		return;
	vl_metadata_entry_decode(b, &e);
	item = vl_item_of(&e);
	snprintf(text, VHDXLOG_EVENT_TEXT,
		 "%s@%" PRIu32 "+%" PRIu32 " flags=0x%" PRIx32,
		 item == VL_ITEM_UNKNOWN ? vhdxlog_guid_format(&e.id, guid) :
					   vl_item_rules[item].name,
		 e.offset, e.length, e.flags);
}

static void put_parameters(const uint8_t *b, char text[VHDXLOG_EVENT_TEXT])
{
	uint32_t flags = vl_le32(b + VL_OFF_file_parameters_flags);
	char other[32] = "";

	if (flags & ~(uint32_t)VL_PARAM_FLAGS)
		snprintf(other, sizeof(other), ", flags=0x%" PRIx32, flags);
	snprintf(text, VHDXLOG_EVENT_TEXT, "block_size=%" PRIu32 "%s%s%s",
		 vl_le32(b + VL_OFF_file_parameters_block_size),
		 flags & VL_PARAM_FIXED ? ", fixed" : "",
		 flags & VL_PARAM_HAS_PARENT ? ", has_parent" : "", other);
}

bool vl_text_item(enum vl_item item, const uint8_t *b,
		  char text[VHDXLOG_EVENT_TEXT])
{
	switch (item) {
	case VL_ITEM_FILE_PARAMETERS:
		put_parameters(b, text);
		return true;
	case VL_ITEM_DISK_SIZE:
	case VL_ITEM_LOGICAL_SECTOR:
	case VL_ITEM_PHYSICAL_SECTOR:
		snprintf(text, VHDXLOG_EVENT_TEXT, "%" PRIu64,
			 number(b, vl_item_rules[item].length));
		return true;
	case VL_ITEM_DISK_ID:
		put_guid(b, text);
		return true;
	default:
		return false;
	}
}

void vl_bat_text(const struct vhdxlog_bat_entry *e,
		 char text[VHDXLOG_EVENT_TEXT])
{
	if (!vl_bat_may_hold(e->raw))
		snprintf(text, VHDXLOG_EVENT_TEXT, "0x%016" PRIx64, e->raw);
	else if (vl_bat_is_located(e) || e->file_offset)
		snprintf(text, VHDXLOG_EVENT_TEXT, "%s@%" PRIu64, e->state_name,
			 e->file_offset);
	else
		snprintf(text, VHDXLOG_EVENT_TEXT, "%s", e->state_name);
}
