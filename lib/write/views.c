/* SPDX-License-Identifier: MIT */
#include "write/views.h"

#include "source/source.h"

#include <errno.h>

const struct vl_view *vl_view_of(const struct vhdxlog_source *source)
{
	return vl_source_view(source);
}

static int64_t medium_read(void *ctx, void *buf, size_t len, uint64_t off)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };

	if (vl_medium_read(ctx, off, buf, len, &err))
		return err.sys_errno ? -err.sys_errno : -EIO;
	return (int64_t)len;
}

/* Nobody else writes to it: nothing tells one state from another. */
static int medium_identify(void *ctx, struct vhdxlog_identity *id)
{
	(void)ctx;
	(void)id;
	return 0;
}

int vl_source_of_medium(const struct vl_medium *m,
			struct vhdxlog_source **source,
			struct vhdxlog_error *err)
{
	static const struct vhdxlog_source_ops ops = {
		.read = medium_read,
		.identify = medium_identify,
	};
	uint64_t size;
	int rc = vl_medium_size(m, &size, err);

	*source = NULL;
	return rc ? rc :
		    vhdxlog_source_custom(&ops, (void *)m, size, source, err);
}
