/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <errno.h>

int vl_error(struct vhdxlog_error *err, enum vhdxlog_code code, int sys_errno,
	     uint64_t offset, const char *what)
{
	if (err)
		*err = (struct vhdxlog_error){ code, sys_errno, offset, what };
	return code;
}

int vl_nomem(struct vhdxlog_error *err)
{
	return vl_error(err, VHDXLOG_E_NOMEM, ENOMEM, 0, "out of memory");
}

const char *vhdxlog_strerror(enum vhdxlog_code code)
{
	switch (code) {
	case VHDXLOG_OK: return "success";
	case VHDXLOG_E_IO: return "input/output error";
	case VHDXLOG_E_NOMEM: return "out of memory";
	case VHDXLOG_E_MISUSE: return "wrong use of the library";
	case VHDXLOG_E_NOT_FILE: return "not a regular file or block device";
	case VHDXLOG_E_RANGE: return "outside the file";
	case VHDXLOG_E_NOT_FOUND: return "no such thing in this image";
	case VHDXLOG_E_LIMIT: return "a limit that was set is reached";
	}
	return "unknown error";
}
