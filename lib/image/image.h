/* SPDX-License-Identifier: MIT */
/*
 * The structures outside the log: read, judged, chosen.
 *
 * Headers are never logged, so they are read from the disk and say where the
 * log is. Region tables, metadata and BAT may be in the log, so they are read
 * afterwards, from the view of the file as the replay would leave it.
 */
#ifndef VL_IMAGE_IMAGE_H
#define VL_IMAGE_IMAGE_H

#include "base/ranges.h"
#include "check/check.h"
#include "image/areas.h"
#include "image/breaches.h"
#include "image/claims.h"
#include "ondisk/bat.h"
#include "ondisk/header.h"
#include "ondisk/metadata.h"
#include "source/view.h"

/* Bytes of a region that should be zero. */
struct vl_slack {
	bool found;
	uint64_t offset; /* of the first that is not */
	bool incomplete; /* some could not be read, or there are too many */
};

/* The metadata table as read. */
struct vl_metadata {
	bool readable; /* false: no region, or its table could not be read */
	uint64_t base; /* of the region */
	uint32_t length;
	uint16_t reserved, entry_count;
	bool reserved2_nonzero;
	bool signature_ok;
	bool items_lost; /* the system could not read an item */
	uint8_t signature[8];
	struct vl_metadata_entry *entries; /* owned */
	size_t n;			   /* at most VL_MAX_TABLE_ENTRIES */
	/* Index of the first entry of each known item, or -1. */
	int known[VL_ITEM_KNOWN_COUNT];
	uint32_t file_params_flags;
	struct vhdxlog_locator locator; /* pairs owned */
	struct vl_locator_header locator_header;
	struct vl_locator_entry *locator_entries; /* owned, locator.pair_count */
	const struct vhdxlog_locator_pair **by_key; /* owned: pairs, sorted */
	uint8_t *locator_item;			  /* owned: the item's bytes */
	uint32_t locator_length;
	bool has_locator; /* the item could be read */
	struct vl_slack slack; /* what neither table nor items own */
};

/*
 * What stands in for structures that are gone, or do not fit the rest of the file;
 * guess/ finds it before they are needed. All zero: nothing does.
 */
struct vl_assumed {
	bool is_vhdx; /* without identifier and header, by what else is there */
	bool log;     /* vl_image.log is guessed, where no option says it */
	bool misplaced; /* as it is not where the current header says */
	bool doubted; /* nothing stands in for it: something spoke against the log
			 that the header names, and none was found elsewhere */
	unsigned foreign; /* slot of a header of another file, which would be
			     current; the other is followed. 0: none */
	bool regions; /* the two below are, whatever the tables say */
	struct vhdxlog_region bat, metadata; /* length 0: not known */
	bool tables_unsure; /* both are whole and disagree about these; nothing
			       tells which is right, and the first counts */
	bool geometry; /* no metadata: */
	struct vl_bat_geometry bat_geometry;
};

struct vl_image {
	struct vhdxlog_image pub;
	bool strict;	       /* what breaks a MUST makes a copy unusable */
	uint64_t disk_size;    /* of the file as it is */
	uint64_t replayed_size; /* as the replay would leave it */
	uint64_t durable_size; /* that the log says it had on disk; 0: unknown */
	bool io_error; /* the system could not read some structure */
	uint64_t io_error_offset;

	uint8_t identifier[VL_OFF_identifier_reserved]; /* zero where absent */
	bool identifier_readable;
	uint64_t reserved_nonzero; /* first such byte of the header section, or
				      UINT64_MAX */
	struct vhdxlog_header header[2];
	uint8_t header_bytes[2][VL_SIZE_header];

	struct vhdxlog_region_table table[2]; /* regions owned */
	const struct vhdxlog_region_table *chosen; /* of table, or NULL */
	bool tables_equal;
	/* In chosen, or in assumed. */
	const struct vhdxlog_region *bat, *metadata_region;

	struct vhdxlog_log log; /* where it is, as far as the headers tell */
	struct vl_assumed assumed;
	struct vl_areas areas;	/* header section, regions, log, blocks */

	struct vl_metadata metadata;
	bool geometry_known;
	struct vl_bat_geometry geometry;
	struct vl_claims claims; /* what the BAT says is used */
	struct vl_breaches breaches; /* entries of the BAT that break rules */

	bool parent_given; /* --parent */
	bool has_parent_guid;
	const char *parent_fault; /* why it has none: static, or NULL */
	struct vhdxlog_guid parent_guid;

	struct vl_judgement *judgement; /* owned; of the image */
	struct vl_judgement *header_judgement[2], *table_judgement[2];
};

int vl_image_init(struct vl_image *image, struct vhdxlog_error *err);
void vl_image_release(struct vl_image *image);

/* The header that is followed, or NULL. */
static inline const struct vhdxlog_header *
vl_header_current(const struct vl_image *image)
{
	unsigned slot = image->pub.current_header;

	return slot ? &image->header[slot - 1] : NULL;
}

/* The same for who knows that there is one: a check that header-none-valid blocks,
 * a repair that begins with a header. */
static inline const struct vhdxlog_header *
vl_header_followed(const struct vl_image *image)
{
	const struct vhdxlog_header *h = vl_header_current(image);

	if (!h)
		__builtin_trap();
	return h;
}

/* The first region that lies where the header that is followed has the log, also
 * behind the end of the file; or NULL. */
const struct vhdxlog_region *vl_region_under_log(const struct vl_image *image);

/* Whether an item lies inside the metadata region. */
static inline bool vl_item_is_inside(const struct vl_metadata *m,
				     const struct vl_metadata_entry *e)
{
	return (uint64_t)e->offset + e->length <= m->length;
}

/* The rules, each table in the file of that name; the subject is the image. */
extern const vl_check_fn vl_header_checks[VLC_COUNT];
extern const vl_check_fn vl_region_checks[VLC_COUNT];
extern const vl_check_fn vl_metadata_checks[VLC_COUNT];
extern const vl_check_fn vl_item_checks[VLC_COUNT];

/* Identifier and headers, and from them and the options the log's place. */
int vl_headers_read(struct vl_image *image, const struct vl_view *disk,
		    const struct vhdxlog_options *options,
		    struct vhdxlog_error *err);

/*
 * Follow the header in that slot, 0: none, and what options say; judges anew.
 * vl_headers_judge(): for what image->assumed says since.
 */
void vl_headers_follow(struct vl_image *image, unsigned slot,
		       const struct vhdxlog_options *options);
void vl_headers_judge(struct vl_image *image);

/* The log is there: what a guess says, and no header. Its LogGuid stays. */
void vl_log_assume(struct vl_image *image, uint64_t offset, uint32_t length);

/* For a source that is the log region alone. */
void vl_image_raw_log(struct vl_image *image, const struct vl_view *disk,
		      const struct vhdxlog_options *options);

/*
 * Region tables, metadata, BAT: vl_image_begin() and vl_image_finish(). Between
 * the two guess/ may find out what they do not tell, and make them count.
 */
int vl_image_examine(struct vl_image *image, const struct vl_view *replayed,
		     struct vhdxlog_error *err);

/* Region tables and metadata. */
int vl_image_begin(struct vl_image *image, const struct vl_view *replayed,
		   struct vhdxlog_error *err);
/* The same anew, by what image->assumed says by now; tables are not read again. */
int vl_image_assume(struct vl_image *image, const struct vl_view *replayed,
		    struct vhdxlog_error *err);
/* The BAT; what each byte belongs to. */
int vl_image_finish(struct vl_image *image, const struct vl_view *replayed,
		    struct vhdxlog_error *err);

/*
 * Another state of an image: its region tables, metadata and geometry are as in
 * view. Headers, and which blocks are claimed, are those of `of`, which is
 * borrowed for as long. Release also after a failure.
 */
int vl_image_reread(struct vl_image *image, const struct vl_image *of,
		    const struct vl_view *view, struct vhdxlog_error *err);

/*
 * The first rule that the image breaks and for which it is to be refused, in
 * strict mode those of class M too; or VLC_none.
 */
enum vl_check_id vl_image_refusal(const struct vl_image *image);

/* Parts of vl_image_examine(). */
int vl_regions_read(struct vl_image *image, const struct vl_view *view,
		    struct vhdxlog_error *err);
/* The first region of a table with that GUID, or NULL. */
const struct vhdxlog_region *
vl_region_first(const struct vhdxlog_region_table *table,
		const struct vhdxlog_guid *guid);
/* Which of the tables as read counts, and what is assumed instead. */
int vl_regions_settle(struct vl_image *image, struct vhdxlog_error *err);
int vl_metadata_read(struct vl_image *image, const struct vl_view *view,
		     struct vhdxlog_error *err);
void vl_metadata_release(struct vl_metadata *metadata);
int vl_locator_read(struct vl_image *image, const struct vl_view *view,
		    struct vhdxlog_error *err);
/* The first pair of the parent locator with that key, or NULL. */
const struct vhdxlog_locator_pair *vl_locator_pair(const struct vl_metadata *m,
						   const char *key);
void vl_geometry_find(struct vl_image *image);
int vl_bat_read(struct vl_image *image, const struct vl_view *view,
		struct vhdxlog_error *err);

/* Look for a byte in [off, end) of the view that is not zero; not on and on. */
int vl_slack_look(struct vl_image *image, const struct vl_view *view,
		  uint64_t off, uint64_t end, struct vl_slack *slack,
		  struct vhdxlog_error *err);

enum vhdxlog_status vl_slack_status(const struct vl_slack *slack,
				    struct vl_detail *d);

/* And where the metadata region has nothing, for metadata-slack-nonzero. */
int vl_metadata_slack_find(struct vl_image *image, const struct vl_view *view,
			   struct vhdxlog_error *err);

/* With what the first of the BAT's overlapping blocks shares its place. */
int vl_overlap_find(struct vl_image *image, const struct vl_view *view,
		    struct vhdxlog_error *err);

/* Look at everything that no structure owns, for block-unreferenced. */
int vl_unreferenced_find(struct vl_image *image, const struct vl_view *disk,
			 struct vhdxlog_error *err);

/*
 * Read a structure at off into buf. 0 with *present false where the file ends
 * before it or the system cannot read it (noted in image->io_error); negative
 * only where nothing more can be done.
 */
int vl_structure_read(struct vl_image *image, const struct vl_view *view,
		      uint64_t off, void *buf, size_t len, bool *present,
		      struct vhdxlog_error *err);

#endif
