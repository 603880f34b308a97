/* SPDX-License-Identifier: MIT */
#include "guess/guess.h"

int vl_guess_regions(struct vl_guesses *g, struct vl_image *image,
		     const struct vl_view *view, const struct vl_log *log,
		     struct vhdxlog_error *err)
{
	(void)g, (void)image, (void)view, (void)log, (void)err;
	return 0;
}
