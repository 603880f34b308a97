/* SPDX-License-Identifier: MIT */
/*
 * Calls that have a safer form are compile errors. Included on the command line
 * of every file of the project (GNUmakefile), so that none can forget it.
 */
#ifndef VL_BASE_BANNED_H
#define VL_BASE_BANNED_H

#ifndef __cplusplus
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Macros under FORTIFY in some headers; clang will not poison a macro. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok
#pragma GCC poison atoi atol atoll localtime gmtime ctime asctime
#endif

#endif
