/* SPDX-License-Identifier: MIT */
#include "reports/json_parts.h"

#include <inttypes.h>
#include <string.h>

static uint64_t little_endian(const uint8_t *bytes, size_t len)
{
	uint64_t value = 0;

	while (len-- > 0)
		value = value << 8 | bytes[len];
	return value;
}

/* A signature is worth reading; other bytes have no value but themselves. */
static void put_signature(struct rj_record *r, const uint8_t *bytes, size_t len)
{
	char text[9] = "";

	if (len < sizeof(text))
		memcpy(text, bytes, len);
	for (size_t i = 0; i < len && i < sizeof(text); i++) {
		if (bytes[i] < 0x20 || bytes[i] > 0x7e)
			text[0] = '\0';
	}
	rj_words(r, "value", text);
}

static void put_value(struct rj_record *r, const struct vhdxlog_field *field,
		      const uint8_t *bytes)
{
	struct vhdxlog_guid guid;
	char text[sizeof("0x0123456789abcdef")];

	switch (field->kind) {
	case VHDXLOG_FIELD_BYTES:
		put_signature(r, bytes, field->size);
		break;
	case VHDXLOG_FIELD_NUMBER:
		rj_decimal(r, "value", little_endian(bytes, field->size));
		break;
	case VHDXLOG_FIELD_HEX:
		snprintf(text, sizeof(text), "0x%0*" PRIx64,
			 (int)(2 * field->size),
			 little_endian(bytes, field->size));
		rj_words(r, "value", text);
		break;
	case VHDXLOG_FIELD_GUID:
		memcpy(guid.bytes, bytes, sizeof(guid.bytes));
		rj_guid(r, "value", &guid);
		break;
	case VHDXLOG_FIELD_RESERVED:
		rj_null(r, "value");
		break;
	}
}

struct rj_record rj_fields(enum vhdxlog_structure structure,
			   const uint8_t *bytes)
{
	struct rj_record list = rj_list();
	const struct vhdxlog_field *fields;
	size_t n;

	fields = vhdxlog_layout(structure, &n);
	for (size_t i = 0; i < n; i++) {
		const uint8_t *at = bytes + fields[i].offset;
		struct rj_record r = rj_object();

		rj_words(&r, "name", fields[i].name);
		rj_number(&r, "offset", fields[i].offset);
		rj_number(&r, "size", fields[i].size);
		rj_hex(&r, "hex", at, fields[i].size);
		put_value(&r, &fields[i], at);
		rj_put(&list, NULL, r);
	}
	return list;
}
