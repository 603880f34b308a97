/* SPDX-License-Identifier: MIT */
/*
 * One JSON object or list, written by the JSON rules of the interface:
 *
 *	number	 of 32 bits or less, or our own count	7
 *	decimal	 of 64 bits, from the evidence		"80117443871106390"
 *	words	 of our own; "" and NULL are null	"dirty-noop"
 *	text	 of the user or the evidence		made valid UTF-8
 *
 *	struct rj_record r = rj_object();
 *
 *	rj_number(&r, "sector", 5);
 *	rj_element(out, r);
 *
 * A record that runs out of memory stays so; whoever writes it (json_out.h)
 * finds that out, so nothing is checked while it is built. Keys are literals.
 */
#ifndef REPORTS_JSON_RECORD_H
#define REPORTS_JSON_RECORD_H

#include "vhdxlog.h"

enum rj_kind { RJ_VALUE, RJ_OBJECT, RJ_LIST };

struct rj_record {
	char *text;	/* owned: what stands between its brackets */
	size_t len, cap;
	enum rj_kind kind;
	bool failed; /* out of memory */
};

struct rj_record rj_object(void); /* {} */
struct rj_record rj_list(void);	  /* [] */
struct rj_record rj_string(const char *words);

/* Its brackets; a value has none. */
void rj_enclose(enum rj_kind kind, const char **open, const char **close);

/* For a record that will not be written. */
void rj_drop(struct rj_record *r);

/* All that follow add a member; to a list, with NULL as the key. */
void rj_null(struct rj_record *r, const char *key);
void rj_bool(struct rj_record *r, const char *key, bool value);
void rj_number(struct rj_record *r, const char *key, uint64_t value);
void rj_decimal(struct rj_record *r, const char *key, uint64_t value);
void rj_words(struct rj_record *r, const char *key, const char *words);
void rj_text(struct rj_record *r, const char *key, const char *bytes);
void rj_maybe_text(struct rj_record *r, const char *key, const char *bytes);
void rj_hex(struct rj_record *r, const char *key, const uint8_t *bytes,
	    size_t len);
void rj_guid(struct rj_record *r, const char *key,
	     const struct vhdxlog_guid *guid);

/* What does not apply is null. */
void rj_maybe_bool(struct rj_record *r, const char *key, bool known,
		   bool value);
void rj_maybe_number(struct rj_record *r, const char *key, bool known,
		     uint64_t value);
void rj_maybe_decimal(struct rj_record *r, const char *key, bool known,
		      uint64_t value);
void rj_maybe_guid(struct rj_record *r, const char *key, bool known,
		   const struct vhdxlog_guid *guid);

/* "E5", "D9"; null for VHDXLOG_NO_SECTOR. */
void rj_id(struct rj_record *r, const char *key, char letter, uint32_t sector);

/* "S5-7" */
void rj_range(struct rj_record *r, const char *key, struct vhdxlog_range range);

/* {"stored": "0x..", "computed": "0x.."}, null where not known. */
void rj_checksum(struct rj_record *r, bool stored_known, uint32_t stored,
		 bool computed_known, uint32_t computed);

/* Text and its twin: the bytes in hex where the text is not faithful. */
void rj_text_twin(struct rj_record *r, const char *key, const char *hex_key,
		  const char *bytes);
/* NULL for the bytes: both are null. */
void rj_maybe_text_twin(struct rj_record *r, const char *key,
			const char *hex_key, const char *bytes);
void rj_utf16_twin(struct rj_record *r, const char *key, const char *hex_key,
		   struct vhdxlog_utf16 text);

/* Another record; it is handed over. */
void rj_put(struct rj_record *r, const char *key, struct rj_record value);

#endif
