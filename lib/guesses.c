/* SPDX-License-Identifier: MIT */
/* What was inferred, as the public interface shows it. */
#include "scan.h"

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
