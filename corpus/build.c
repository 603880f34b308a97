/* SPDX-License-Identifier: MIT */
#include "corpus/image.h"

#include "corpus/value.h"

void corpus_build(struct recipe *r, const struct vl_medium *m)
{
	struct image image = { .recipe = r, .medium = m };

	/* Unless it says otherwise, a log that holds something is in use. */
	if (!r->log.has_guid && r->log.entry_count)
		r->log.guid = value_guid("current");
	plan_image(&image);
	write_structures(&image);
	write_log(&image);
	image_resize(&image, image.file_size);
	do_damage(&image);
}
