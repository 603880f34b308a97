/* SPDX-License-Identifier: MIT */
#include "base/error.h"

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
