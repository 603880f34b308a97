/* SPDX-License-Identifier: MIT */
/*
 * The error channel: we could not look. What we saw is a verdict, never this.
 *
 * Idiom: `return vl_error(err, VHDXLOG_E_IO, errno, off, "static text");`
 */
#ifndef VL_BASE_ERROR_H
#define VL_BASE_ERROR_H

#include "vhdxlog.h"

#include <errno.h>

/* Here, so that whoever compiles or analyses a caller sees that neither of these
 * comes back with 0. */

/* Fill *err (may be NULL) and return code. `what` must be static text. */
static inline int vl_error(struct vhdxlog_error *err, enum vhdxlog_code code,
			   int sys_errno, uint64_t offset, const char *what)
{
	if (err)
		*err = (struct vhdxlog_error){ code, sys_errno, offset, what };
	return code;
}

static inline int vl_nomem(struct vhdxlog_error *err)
{
	return vl_error(err, VHDXLOG_E_NOMEM, ENOMEM, 0, "out of memory");
}

#endif
