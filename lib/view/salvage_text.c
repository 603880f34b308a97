/* SPDX-License-Identifier: MIT */
/* What proves a page, in sentences. */
#include "view/salvage.h"

static const char *say_row(bool behind_sequence)
{
	return behind_sequence ?
		       "the entry begins where the one before ends, has the next "
		       "number and the LogGuid of the session" :
		       "the newest entry's Tail begins a row that leads up to it "
		       "without a gap, and this entry is in it";
}

static const char *say_proof(const struct vl_salvaged *page)
{
	switch ((enum vl_salvage_proof)page->proof) {
	case VL_SALVAGE_SOUND:
		return "the entry is sound: all its checks pass";
	case VL_SALVAGE_CHECKSUM:
		return "the entry's checksum is right once bytes that are to be "
		       "zero are zero, or differs in one byte itself: the rest "
		       "is as it was written";
	case VL_SALVAGE_TORN:
		return "other parts of the entry are not whole, which is why its "
		       "checksum is wrong";
	case VL_SALVAGE_BYTE:
		return "one byte elsewhere in the entry, changed, would make its "
		       "checksum right";
	case VL_SALVAGE_UNEXPLAINED: break;
	}
	return "why the entry's checksum is wrong was not found: that it is not "
	       "for this page follows from what the page says alone";
}

static const char *say_content(const struct vl_salvaged *page)
{
	if (page->same)
		return "the page is what is there before";
	switch ((enum vhdxlog_area)page->area) {
	case VHDXLOG_AREA_BAT:
		return "as a page of the BAT it is legal, and what it changes is "
		       "what writers change: new blocks have places in the file "
		       "that no block had before nor gets from another entry of "
		       "the row up to this one, none is moved";
	case VHDXLOG_AREA_REGION_TABLES:
		return "the region table is sound with it, checksum included";
	case VHDXLOG_AREA_METADATA:
		return "the metadata keeps its rules with it; the disk's size, "
		       "what never changes, and what belongs to no item are as "
		       "they were";
	case VHDXLOG_AREA_SECTOR_BITMAP:
		return "it only adds sectors to the bitmap";
	default: return NULL;
	}
}

void vl_salvage_evidence(const struct vl_salvaged *page, bool behind_sequence,
			 const char *evidence[8])
{
	bool sound = page->proof == VL_SALVAGE_SOUND;
	/* Then the checksum has the last word. */
	bool sealed = sound || page->proof == VL_SALVAGE_CHECKSUM;
	unsigned n = 0;

	for (unsigned i = 0; i < 8; i++)
		evidence[i] = NULL;
	evidence[n++] = say_row(behind_sequence);
	evidence[n++] = say_proof(page);
	if (sound)
		return;
	evidence[n++] = "its descriptor has a signature and the number of the "
			"entry, and a target that no other descriptor has";
	if (!page->zero)
		evidence[n++] = "its data sector begins and ends with the number "
				"of the entry";
	if (!sealed || page->same)
		evidence[n++] = say_content(page);
}
