/* SPDX-License-Identifier: MIT */
/* Values of fields and items, spelt for vl_difference. */
#ifndef VL_VIEW_DIFF_TEXT_H
#define VL_VIEW_DIFF_TEXT_H

#include "ondisk/metadata.h"

/* Pairs of hex digits; of more than fit the first, and "..". */
void vl_text_hex(const uint8_t *bytes, size_t n, char text[VHDXLOG_EVENT_TEXT]);

/* A field by its kind; b points at it. */
void vl_text_field(const struct vhdxlog_field *field, const uint8_t *b,
		   char text[VHDXLOG_EVENT_TEXT]);

/* An entry of a region table: "bat@3145728+1048576 required". */
void vl_text_region(const uint8_t *b, char text[VHDXLOG_EVENT_TEXT]);

/* One of the metadata table: "virtual disk size@65544+8 flags=0x6". */
void vl_text_table_entry(const uint8_t *b, char text[VHDXLOG_EVENT_TEXT]);

/*
 * The content of a known item: "block_size=1048576, has_parent", numbers, a GUID.
 * false, and nothing written, for items that have no such form.
 */
bool vl_text_item(enum vl_item item, const uint8_t *b,
		  char text[VHDXLOG_EVENT_TEXT]);

#endif
