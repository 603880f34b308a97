/* SPDX-License-Identifier: MIT */
#include "reports/json_record.h"

#include "reports/report.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_NUMBER 20 /* digits of UINT64_MAX */
#define LONGEST_ESCAPE 6  /* \u001b */

static struct rj_record record(struct json_object *json, size_t bound)
{
	return (struct rj_record){ json, bound, !json };
}

struct rj_record rj_object(void)
{
	return record(json_object_new_object(), 2);
}

struct rj_record rj_list(void)
{
	return record(json_object_new_array(), 2);
}

static struct rj_record string(const char *text, size_t len)
{
	if (len > INT_MAX)
		return record(NULL, 0);
	return record(json_object_new_string_len(text, (int)len),
		      LONGEST_ESCAPE * len + 2);
}

struct rj_record rj_string(const char *words)
{
	return string(words, strlen(words));
}

void rj_drop(struct rj_record *r)
{
	json_object_put(r->json);
	*r = (struct rj_record){ 0 };
}

/* json may be NULL, which is JSON's null. Takes json over. */
static void attach(struct rj_record *r, const char *key,
		   struct json_object *json, size_t bound)
{
	int rc = -1;

	if (r->json && key)
		rc = json_object_object_add_ex(r->json, key, json,
					       JSON_C_OBJECT_ADD_KEY_IS_NEW |
					       JSON_C_OBJECT_KEY_IS_CONSTANT);
	else if (r->json)
		rc = json_object_array_add(r->json, json);
	if (rc != 0) {
		json_object_put(json);
		r->failed = true;
	}
	r->bound += bound + (key ? strlen(key) : 0) + strlen("\"\":,");
}

void rj_put(struct rj_record *r, const char *key, struct rj_record value)
{
	if (value.failed)
		r->failed = true;
	attach(r, key, value.json, value.bound);
}

void rj_null(struct rj_record *r, const char *key)
{
	attach(r, key, NULL, strlen("null"));
}

void rj_bool(struct rj_record *r, const char *key, bool value)
{
	rj_put(r, key,
	       record(json_object_new_boolean(value), strlen("false")));
}

void rj_number(struct rj_record *r, const char *key, uint64_t value)
{
	rj_put(r, key, record(json_object_new_uint64(value), LONGEST_NUMBER));
}

void rj_decimal(struct rj_record *r, const char *key, uint64_t value)
{
	char text[LONGEST_NUMBER + 1];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	rj_put(r, key, rj_string(text));
}

void rj_words(struct rj_record *r, const char *key, const char *words)
{
	if (words && *words)
		rj_put(r, key, rj_string(words));
	else
		rj_null(r, key);
}

/* text is owned and may be NULL: out of memory. */
static void put_owned(struct rj_record *r, const char *key, char *text)
{
	rj_put(r, key, text ? rj_string(text) : record(NULL, 0));
	free(text);
}

void rj_hex(struct rj_record *r, const char *key, const uint8_t *bytes,
	    size_t len)
{
	put_owned(r, key, report_hex(bytes, len));
}

void rj_guid(struct rj_record *r, const char *key,
	     const struct vhdxlog_guid *guid)
{
	char text[VHDXLOG_GUID_TEXT];

	rj_put(r, key, rj_string(vhdxlog_guid_format(guid, text)));
}

void rj_maybe_bool(struct rj_record *r, const char *key, bool known,
		   bool value)
{
	if (known)
		rj_bool(r, key, value);
	else
		rj_null(r, key);
}

void rj_maybe_number(struct rj_record *r, const char *key, bool known,
		     uint64_t value)
{
	if (known)
		rj_number(r, key, value);
	else
		rj_null(r, key);
}

void rj_maybe_decimal(struct rj_record *r, const char *key, bool known,
		      uint64_t value)
{
	if (known)
		rj_decimal(r, key, value);
	else
		rj_null(r, key);
}

void rj_maybe_guid(struct rj_record *r, const char *key, bool known,
		   const struct vhdxlog_guid *guid)
{
	if (known)
		rj_guid(r, key, guid);
	else
		rj_null(r, key);
}

void rj_id(struct rj_record *r, const char *key, char letter, uint32_t sector)
{
	char text[VHDXLOG_ID_TEXT] = "";

	if (sector != VHDXLOG_NO_SECTOR)
		snprintf(text, sizeof(text), "%c%" PRIu32, letter, sector);
	rj_words(r, key, text);
}

void rj_range(struct rj_record *r, const char *key, struct vhdxlog_range range)
{
	char text[VHDXLOG_ID_TEXT];

	snprintf(text, sizeof(text), "S%" PRIu32 "-%" PRIu32, range.first,
		 range.head);
	rj_words(r, key, text);
}

static void put_sum(struct rj_record *r, const char *key, bool known,
		    uint32_t sum)
{
	char text[sizeof("0x12345678")] = "";

	if (known)
		snprintf(text, sizeof(text), "0x%08" PRIx32, sum);
	rj_words(r, key, text);
}

void rj_checksum(struct rj_record *r, bool stored_known, uint32_t stored,
		 bool computed_known, uint32_t computed)
{
	struct rj_record sums = rj_object();

	put_sum(&sums, "stored", stored_known, stored);
	put_sum(&sums, "computed", computed_known, computed);
	rj_put(r, "checksum", sums);
}

void rj_text(struct rj_record *r, const char *key, const char *bytes)
{
	bool faithful;

	put_owned(r, key, report_escape_json(bytes, &faithful));
}

void rj_maybe_text(struct rj_record *r, const char *key, const char *bytes)
{
	if (bytes && *bytes)
		rj_text(r, key, bytes);
	else
		rj_null(r, key);
}

void rj_text_twin(struct rj_record *r, const char *key, const char *hex_key,
		  const char *bytes)
{
	bool faithful = false;

	put_owned(r, key, report_escape_json(bytes, &faithful));
	if (faithful)
		rj_null(r, hex_key);
	else
		rj_hex(r, hex_key, (const uint8_t *)bytes, strlen(bytes));
}

void rj_maybe_text_twin(struct rj_record *r, const char *key,
			const char *hex_key, const char *bytes)
{
	if (bytes) {
		rj_text_twin(r, key, hex_key, bytes);
		return;
	}
	rj_null(r, key);
	rj_null(r, hex_key);
}

void rj_utf16_twin(struct rj_record *r, const char *key, const char *hex_key,
		   struct vhdxlog_utf16 text)
{
	bool faithful = false;

	put_owned(r, key, vhdxlog_utf16_to_utf8(text, &faithful));
	if (faithful)
		rj_null(r, hex_key);
	else
		rj_hex(r, hex_key, text.bytes, 2 * text.units);
}
