/* SPDX-License-Identifier: MIT */
/*
 * A pass that is interrupted, as a text of lines:
 *
 *	vhdxlog-carve 1
 *	source SIZE OFFSET FINGERPRINT
 *	pass ..., run ...
 *	item ...		told next, with its detail at the end of the line
 *	image ...		open
 *	lone ...		open, with its entries behind it
 *	seen ...
 *	loose ...
 *	end
 *
 * Each line is a word and the fields of a struct, in the order below: N a number,
 * of any unsigned type or an enum, in decimal; G a GUID, in its usual form.
 */
#ifndef VL_CARVE_SAVED_H
#define VL_CARVE_SAVED_H

#define VL_SAVED_TITLE "vhdxlog-carve 1"

#define VL_SAVED_PASS(N, G)                                                  \
	N(position) N(number) N(wrap_bytes) N(limits) N(no_bat)              \
	N(owned[0]) N(owned[1]) N(owned[2]) N(owned[3]) N(owned[4])          \
	N(owned[5]) N(owned[6]) N(owned[7])                                  \
	N(run.kind) N(run.from) N(run.to) N(run.count) N(run.sequence_number) \
	N(run.located) N(run.bits)

#define VL_SAVED_ITEM(N, G)                                                \
	N(number) N(kind) N(offset) N(length) N(sound) N(count)            \
	N(sequence_number) G(guid) N(has_base) N(base) N(has_log)          \
	N(log_offset) N(log_length) N(image) N(has_header)

#define VL_SAVED_RING(N, G)                                            \
	N(ring.from) N(ring.to) N(ring.entries) N(ring.sound)          \
	N(ring.data) N(ring.fits) N(ring.sequence_number) G(ring.guid)

#define VL_SAVED_COPY(N, G, n)                                          \
	N(header[n].sequence_number) N(header[n].log_offset)            \
	N(header[n].log_length) G(header[n].log_guid)                   \
	N(table[n].bat_offset) N(table[n].bat_length)                   \
	N(table[n].metadata_offset) N(table[n].metadata_length)

#define VL_SAVED_IMAGE(N, G)                                            \
	N(base) N(found) N(sound) VL_SAVED_COPY(N, G, 0)                \
	VL_SAVED_COPY(N, G, 1) N(metadata_at) VL_SAVED_RING(N, G)       \
	N(assumed_log) N(log_base) N(tied) N(close_at)

#define VL_SAVED_LONE(N, G) VL_SAVED_RING(N, G) N(last_damaged)
#define VL_SAVED_SEEN(N, G) N(offset) N(sequence_number) N(tail) G(guid)
#define VL_SAVED_LOOSE(N, G) N(offset) N(sound)

#endif
