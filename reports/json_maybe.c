/* SPDX-License-Identifier: MIT */
/* Members of a record that may not apply, and are null then. */
#include "reports/json_record.h"

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

void rj_maybe_text(struct rj_record *r, const char *key, const char *bytes)
{
	if (bytes && *bytes)
		rj_text(r, key, bytes);
	else
		rj_null(r, key);
}
