/* SPDX-License-Identifier: MIT */
/* What was inferred, as the public interface shows it. */
#include "scan.h"

#include "base/bytes.h"

const char *vhdxlog_guess_kind_name(enum vhdxlog_guess_kind kind)
{
	static const char *const names[VHDXLOG_GUESS_KINDS] = {
		"log", "log-guid", "bat", "metadata", "block-size",
		"disk-size",
	};

	return names[kind];
}

size_t vhdxlog_guess_count(const struct vhdxlog_scan *scan)
{
	return scan->guesses.n;
}

const struct vhdxlog_guess *vhdxlog_guess_at(const struct vhdxlog_scan *scan,
					     size_t index)
{
	return index < scan->guesses.n ? &scan->guesses.list[index].pub : NULL;
}

const char *vhdxlog_guess_evidence(const struct vhdxlog_scan *scan,
				   size_t index, size_t k)
{
	const struct vl_guess *g = &scan->guesses.list[index];

	return k < g->pub.evidence_count ? g->evidence[k] : NULL;
}

/* ------------------------------------------------- what may be built upon them */

/* Below these hardly more speaks for a place than that it is the usual one. */
#define LEAST_LOG_SCORE 15u
#define LEAST_BAT_SCORE 30u

/* That of an empty disk is never certain; but where no other place comes into
 * question, there is no block to lose. */
static bool is_only_bat(const struct vhdxlog_scan *scan)
{
	size_t n = 0;

	for (size_t i = 0; i < scan->guesses.n; i++)
		n += scan->guesses.list[i].pub.kind == VHDXLOG_GUESS_BAT;
	return n == 1;
}

/* More speaks for another one: a damaged entry may be newer than the sound ones. */
static bool is_outdone(const struct vhdxlog_scan *scan,
		       const struct vhdxlog_guess *g)
{
	for (size_t i = 0; i < scan->guesses.n; i++) {
		const struct vhdxlog_guess *other = &scan->guesses.list[i].pub;

		if (other->kind == g->kind && other->score > g->score)
			return true;
	}
	return false;
}

/* A log apart may lie in a block, where what says so is not certain: headers would
 * point into a guest's data. */
static bool may_be_guests(const struct vhdxlog_scan *scan,
			  const struct vl_guess *g)
{
	if (!g->apart)
		return false;
	for (size_t i = 0; i < scan->guesses.n; i++) {
		const struct vhdxlog_guess *other = &scan->guesses.list[i].pub;

		if (other->assumed && !other->certain &&
		    (other->kind == VHDXLOG_GUESS_BAT ||
		     other->kind == VHDXLOG_GUESS_METADATA ||
		     other->kind == VHDXLOG_GUESS_BLOCK_SIZE))
			return true;
	}
	return !scan->image.bat || !scan->image.geometry_known;
}

bool vhdxlog_guess_suffices(const struct vhdxlog_scan *scan, size_t index)
{
	const struct vhdxlog_guess *g = vhdxlog_guess_at(scan, index);

	if (!g || scan->guesses.list[index].contradicted ||
	    may_be_guests(scan, &scan->guesses.list[index]))
		return false;
	if (g->certain)
		return true;
	switch (g->kind) {
	case VHDXLOG_GUESS_LOG: return g->score >= LEAST_LOG_SCORE;
	case VHDXLOG_GUESS_BAT:
		return g->score >= LEAST_BAT_SCORE && is_only_bat(scan);
	case VHDXLOG_GUESS_METADATA:
	case VHDXLOG_GUESS_BLOCK_SIZE: return false;
	case VHDXLOG_GUESS_LOG_GUID: return !is_outdone(scan, g);
	case VHDXLOG_GUESS_DISK_SIZE:
	case VHDXLOG_GUESS_KINDS: break;
	}
	return true;
}

static bool reaches_out(const struct vhdxlog_scan *scan,
			const struct vhdxlog_region *r)
{
	return r && vl_end(r->offset, r->length) > scan->overlay.view.size;
}

static bool breaks(struct vhdxlog_scan *scan, enum vl_check_id id)
{
	struct vl_image *i = &scan->image;

	if (id == VLC_region_beyond_eof)
		return reaches_out(scan, i->bat) ||
		       reaches_out(scan, i->metadata_region);
	if (vl_is_bat_rule(id))
		return vl_breach_of(&i->breaches, id)->count;
	return i->metadata_region && vl_item_checks[id] &&
	       vl_item_checks[id](i, NULL) == VHDXLOG_FAIL;
}

const struct vhdxlog_check *vhdxlog_assumed_breach(struct vhdxlog_scan *scan)
{
	if (!scan->image.assumed.regions)
		return NULL;
	for (int id = 1; id < VLC_COUNT; id++) {
		const struct vhdxlog_check *c = vl_check((enum vl_check_id)id);

		if (c->class_ == VHDXLOG_CLASS_F &&
		    breaks(scan, (enum vl_check_id)id))
			return c;
	}
	return NULL;
}
