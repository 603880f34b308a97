/* SPDX-License-Identifier: MIT */
/* A stranger's program, for install.sh: uses the library, prints its version. */
#include <stdio.h>
#include <vhdxlog.h>

int main(void)
{
	struct vhdxlog_source *src = NULL;
	struct vhdxlog_error err;

	if (vhdxlog_source_open("/nonexistent", 0, &src, &err) != VHDXLOG_E_IO)
		return 1;
	puts(vhdxlog_version());
	return 0;
}
