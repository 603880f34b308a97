/* SPDX-License-Identifier: MIT */
#include "write/encode.h"

#include "base/bytes.h"

#include <string.h>

static size_t strings_at(const struct vhdxlog_locator *l)
{
	return VL_SIZE_locator_header + l->pair_count * VL_SIZE_locator_entry;
}

size_t vl_locator_length(const struct vhdxlog_locator *l)
{
	size_t len = strings_at(l);

	for (size_t i = 0; i < l->pair_count; i++)
		len += 2 * (l->pairs[i].key.units + l->pairs[i].value.units);
	return len;
}

static size_t put_string(struct vhdxlog_utf16 s, uint8_t *b, size_t at)
{
	memcpy(b + at, s.bytes, 2 * s.units);
	return at + 2 * s.units;
}

void vl_locator_encode(const struct vhdxlog_locator *l, uint8_t *b)
{
	uint8_t *e = b + VL_SIZE_locator_header;
	size_t at = strings_at(l);

	memset(b, 0, at);
	memcpy(b + VL_OFF_locator_header_locator_type, l->type.bytes, 16);
	vl_put_le16(b + VL_OFF_locator_header_key_value_count,
		    (uint16_t)l->pair_count);
	for (size_t i = 0; i < l->pair_count; i++) {
		const struct vhdxlog_locator_pair *p = &l->pairs[i];

		vl_put_le32(e + VL_OFF_locator_entry_key_offset, (uint32_t)at);
		vl_put_le16(e + VL_OFF_locator_entry_key_length,
			    (uint16_t)(2 * p->key.units));
		at = put_string(p->key, b, at);
		vl_put_le32(e + VL_OFF_locator_entry_value_offset,
			    (uint32_t)at);
		vl_put_le16(e + VL_OFF_locator_entry_value_length,
			    (uint16_t)(2 * p->value.units));
		at = put_string(p->value, b, at);
		e += VL_SIZE_locator_entry;
	}
}
