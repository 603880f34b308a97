/* SPDX-License-Identifier: MIT */
#include "guess/guess.h"
#include "base/bytes.h"
#include "guess/log_blocks.h"
#include "guess/log_find.h"

/* Follow the best of the guesses of a kind, if it is worth anything. */
static const struct vl_guess *take_best(struct vl_guesses *g)
{
	struct vl_guess *best = vl_guess_best(g, VHDXLOG_GUESS_LOG);

	if (!best || !best->pub.score)
		return NULL;
	best->pub.assumed = true;
	return best;
}

int vl_guess_log(struct vl_guesses *g, struct vl_image *image,
		 const struct vl_view *disk,
		 const struct vhdxlog_options *options,
		 struct vhdxlog_error *err)
{
	struct vl_log_wanted wanted = {
		.has_offset = options->has_log_offset,
		.offset = options->log_offset,
	};
	const struct vl_guess *best;
	int rc;

	if (image->pub.current_header || image->log.known || options->skip_log)
		return 0;
	wanted.n_hints = vl_log_hints(image, wanted.hints);
	rc = vl_log_find(g, image, disk, &wanted, err);
	best = rc ? NULL : take_best(g);
	if (!best)
		return rc;
	image->assumed.log = true;
	vl_log_assume(image, best->pub.offset,
		      options->has_log_length ? options->log_length :
						(uint32_t)best->pub.length);
	return 0;
}

int vl_guess_confirm_log(struct vl_guesses *g, const struct vl_image *image,
			 const struct vl_view *disk, struct vhdxlog_error *err)
{
	struct vl_guess *log = vl_guess_best(g, VHDXLOG_GUESS_LOG);
	struct vl_blocks blocks;
	int rc;

	if (!log || !log->pub.assumed || log->contradicted ||
	    !image->assumed.regions || !image->bat || !image->geometry_known)
		return 0;
	rc = vl_blocks_map(&blocks, disk, image->bat, &image->geometry, err);
	if (!rc && ((log->apart && blocks.broken) ||
		    vl_blocks_have(&blocks, log->pub.offset,
				   vl_min64(log->pub.length, VL_MIB)))) {
		log->contradicted = true;
		log->pub.certain = false;
		vl_guess_say(log, -10, "against it: the BAT, as it was guessed, "
				       "has a block there, or is damaged");
	}
	vl_blocks_release(&blocks);
	return rc;
}
