/* SPDX-License-Identifier: MIT */
/*
 * The parts of the JSON reports. Each writes its members into the object that
 * is open, and returns 0 or the library's negative code; that memory was short
 * is known to the stream (json_out.h).
 */
#ifndef REPORTS_JSON_PARTS_H
#define REPORTS_JSON_PARTS_H

#include "reports/json_out.h"
#include "reports/report.h"

/* What a report is about. */
struct rj_view {
	const struct report_subject *subject; /* NULL: could not be examined, */
	const char *message;		      /* and why */
	const struct report_options *options;
	bool all_checks, all_bytes;
	unsigned entry_checks; /* how many there are for an entry */
	const char *image_sha256; /* made beside the scan; NULL: the scan's */
	struct vhdxlog_error *err;
	struct vhdxlog_verdict verdicts[VHDXLOG_MAX_VERDICTS]; /* scratch */
};

/* NULL where the image could not be examined. */
static inline struct vhdxlog_scan *rj_scan(const struct rj_view *view)
{
	return view->subject ? view->subject->scan : NULL;
}

/* json_checks.c: a list for an element, lines for an array of the document. */
int rj_checks(struct rj_view *view, enum vhdxlog_object object, size_t which,
	      struct rj_record *list);
struct rj_record rj_check_list(const struct vhdxlog_verdict *v, int n,
			       bool all);
int rj_check_lines(struct rj_out *out, struct rj_view *view,
		   enum vhdxlog_object object, const char *type);

/* json_verdict.c: "tool" and "verdict" */
void rj_tool(struct rj_out *out);
void rj_verdict(struct rj_out *out, const struct rj_view *view);

/* json_source.c: "source" and "custody" */
void rj_source(struct rj_out *out, const struct rj_view *view);
void rj_custody(struct rj_out *out, const struct rj_view *view);

/* json_image.c: "image" */
int rj_image(struct rj_out *out, struct rj_view *view);
void rj_metadata(struct rj_out *out, const struct vhdxlog_image *image);
struct rj_record rj_header_fields(const struct vhdxlog_header *header);
int rj_header_members(struct rj_out *out, struct rj_view *view,
		      const struct vhdxlog_header *header);

/* json_log.c: "log" and "orphans" */
int rj_log(struct rj_out *out, struct rj_view *view);
struct rj_record rj_log_fields(const struct vhdxlog_scan *scan);
int rj_orphans(struct rj_out *out, struct rj_view *view);
struct rj_record rj_orphan(const struct vhdxlog_orphan *orphan);

/* json_entry.c: "entries" */
int rj_entries(struct rj_out *out, struct rj_view *view);
int rj_entry_members(struct rj_out *out, struct rj_view *view,
		     const struct vhdxlog_entry *entry);

/* json_sequence.c: "sequences" and "selection" */
int rj_sequences(struct rj_out *out, struct rj_view *view);
int rj_sequence_members(struct rj_out *out, struct rj_view *view,
			const struct vhdxlog_sequence *sequence);
void rj_selection(struct rj_out *out, const struct rj_view *view);
void rj_selection_members(struct rj_out *out,
			  const struct vhdxlog_selection *row);
void rj_entry_ids(struct rj_out *out, const char *key, const uint32_t *sectors,
		  uint64_t n);

/* json_guesses.c: "guesses" */
void rj_guesses(struct rj_out *out, const struct rj_view *view);

/* json_yara.c: "yara", and what of "limitations" is about it */
void rj_yara(struct rj_out *out, const struct rj_view *view);
void rj_yara_limitations(struct rj_out *out, const struct rj_view *view);

/* json_findings.c: "findings" and "limitations" */
void rj_findings(struct rj_out *out, const struct rj_view *view);
void rj_limitations(struct rj_out *out, const struct rj_view *view);

/* json_fields.c: the fields of a structure with their bytes. */
struct rj_record rj_fields(enum vhdxlog_structure structure,
			   const uint8_t *bytes);

#endif
