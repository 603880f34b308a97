/* SPDX-License-Identifier: MIT */
/* Memory behind a source that does not always give what it has. */
#ifndef TESTS_FAULTY_H
#define TESTS_FAULTY_H

#include "helpers.h"

#define FAULTY_RANGES 8u

struct faulty {
	const uint8_t *bytes; /* borrowed */
	uint64_t size;
	/* What cannot be read. */
	struct {
		uint64_t from, to;
	} bad[FAULTY_RANGES];
	unsigned n_bad;
	uint64_t reads;	     /* so far */
	uint64_t bad_after;  /* the ranges are good for so many reads */
	uint64_t most;	     /* bytes that one read gives; 0: all */
	bool every_second;   /* each read fails once, and then does not */
	unsigned percent;    /* of reads that fail, twice */
	struct rng rng;
	uint64_t shrinks_to; /* after shrinks_after reads; 0: never */
	uint64_t shrinks_after;
	uint64_t flips_after; /* so many reads every byte is another; 0: never */
	bool no_identity; /* cannot be asked for it */
	bool identity_changes;
	int identity_error;  /* a negative errno, or 0 */
	unsigned closed;
};

void faulty_init(struct faulty *f, const struct buffer *image);
void faulty_add(struct faulty *f, uint64_t from, uint64_t len);

/* f is borrowed until the source is closed. */
int faulty_open(struct faulty *f, struct vhdxlog_source **source);

/* Scan it; fails the test where that is an error. */
struct scanned faulty_scan(struct faulty *f,
			   const struct vhdxlog_options *options);

#endif
