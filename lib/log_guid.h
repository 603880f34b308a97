/* SPDX-License-Identifier: MIT */
/* The case of a LogGuid that no header says: log_guid.c, and its evidence. */
#ifndef VL_LOG_GUID_H
#define VL_LOG_GUID_H

#include "scan.h"

#include "guess/log_damaged.h"
#include "guess/log_hints.h"
#include "guess/waits.h"
#include "view/order.h"

struct vl_guid_case {
	struct vhdxlog_scan *s;
	struct vhdxlog_scan *trial;
	struct vl_order order;
	struct vl_log_hint hints[2];
	size_t n_hints;

	const struct vhdxlog_session *session; /* that was looked at last */
	uint32_t first, head; /* its last whole sequence, indices */
	uint32_t torn; /* where it has none: its last sound entry, else VL_NONE */
	struct vl_waits waits;
	struct vl_damaged damaged; /* maybe newer than those that are sound */
	uint64_t passed; /* newer ones that the disk is ahead of */
};

/* The damaged entry that may be newer than those that are sound, or NULL. */
const struct vl_entry *vl_guid_damaged(const struct vl_guid_case *c);
/* Whether damaged headers say that nothing waits. */
bool vl_guid_hints_are_zero(const struct vl_guid_case *c);
uint32_t vl_guid_sector(const struct vl_guid_case *c, uint32_t entry);

/* Whether blocks of the disk would go or move, and others come: that what lies on
 * the disk and what the log writes are of one file is not to be seen then. */
bool vl_guid_is_contradicted(const struct vl_guid_case *c);

/* For the session's, for zero, and for that of the damaged entry. */
void vl_guid_say_waits(const struct vl_guid_case *c, struct vl_guess *g);
void vl_guid_say_clean(const struct vl_guid_case *c, struct vl_guess *g);
void vl_guid_say_follows(const struct vl_guid_case *c, struct vl_guess *g);
void vl_guid_say_torn(const struct vl_guid_case *c, struct vl_guess *g);

#endif
