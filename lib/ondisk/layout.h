/* SPDX-License-Identifier: MIT */
/*
 * Where every field of every structure lies: the one place that knows.
 *
 * A row is F(structure, field, offset, size, KIND). From the rows come the
 * offsets that the decoders and encoders use (VL_OFF_header_log_guid), the
 * compile-time proof that the fields tile the structure, the tables by which
 * `vhdxlog show` labels bytes, and the names by which recipes do damage.
 */
#ifndef VL_ONDISK_LAYOUT_H
#define VL_ONDISK_LAYOUT_H

#include "vhdxlog.h"

#define VL_KIB UINT64_C(1024)
#define VL_MIB (1024 * VL_KIB)
#define VL_GIB (1024 * VL_MIB)
#define VL_TIB (1024 * VL_GIB)

#define VL_SECTOR 4096u /* of the log, and a page of metadata */

/* The header section. [MS-VHDX] 2.1, 2.2 */
#define VL_SLOT_SIZE (64 * VL_KIB)
#define VL_HEADER_OFFSET(slot) ((slot) * VL_SLOT_SIZE)	      /* 1, 2 */
#define VL_TABLE_OFFSET(number) ((2 + (number)) * VL_SLOT_SIZE) /* 1, 2 */
#define VL_RESERVED_OFFSET 0x50000u
#define VL_HEADER_SECTION VL_MIB

#define VL_MAX_TABLE_ENTRIES 2047u /* region and metadata tables */
#define VL_METADATA_TABLE_SIZE (64 * VL_KIB)

/* 2.2.1 */
#define VL_CREATOR_UNITS 256u /* UTF-16 */
#define VL_IDENTIFIER_FIELDS(F)                     \
	F(identifier, signature, 0, 8, BYTES)       \
	F(identifier, creator, 8, 512, BYTES)       \
	F(identifier, reserved, 520, 65016, RESERVED)

/* 2.2.2 */
#define VL_HEADER_FIELDS(F)                         \
	F(header, signature, 0, 4, BYTES)           \
	F(header, checksum, 4, 4, HEX)              \
	F(header, sequence_number, 8, 8, NUMBER)    \
	F(header, file_write_guid, 16, 16, GUID)    \
	F(header, data_write_guid, 32, 16, GUID)    \
	F(header, log_guid, 48, 16, GUID)           \
	F(header, log_version, 64, 2, NUMBER)       \
	F(header, version, 66, 2, NUMBER)           \
	F(header, log_length, 68, 4, NUMBER)        \
	F(header, log_offset, 72, 8, NUMBER)        \
	F(header, reserved, 80, 4016, RESERVED)

/* 2.2.3.1 */
#define VL_REGION_HEADER_FIELDS(F)                  \
	F(region_header, signature, 0, 4, BYTES)    \
	F(region_header, checksum, 4, 4, HEX)       \
	F(region_header, entry_count, 8, 4, NUMBER) \
	F(region_header, reserved, 12, 4, RESERVED)

/* 2.2.3.2 */
#define VL_REGION_ENTRY_FIELDS(F)                   \
	F(region_entry, guid, 0, 16, GUID)          \
	F(region_entry, file_offset, 16, 8, NUMBER) \
	F(region_entry, length, 24, 4, NUMBER)      \
	F(region_entry, required, 28, 4, HEX)

/* 2.6.1.1 */
#define VL_METADATA_HEADER_FIELDS(F)                  \
	F(metadata_header, signature, 0, 8, BYTES)    \
	F(metadata_header, reserved, 8, 2, RESERVED)  \
	F(metadata_header, entry_count, 10, 2, NUMBER) \
	F(metadata_header, reserved2, 12, 20, RESERVED)

/* 2.6.1.2 */
#define VL_METADATA_ENTRY_FIELDS(F)                 \
	F(metadata_entry, item_id, 0, 16, GUID)     \
	F(metadata_entry, offset, 16, 4, NUMBER)    \
	F(metadata_entry, length, 20, 4, NUMBER)    \
	F(metadata_entry, flags, 24, 4, HEX)        \
	F(metadata_entry, reserved2, 28, 4, RESERVED)

/* 2.6.2.1 */
#define VL_FILE_PARAMETERS_FIELDS(F)                  \
	F(file_parameters, block_size, 0, 4, NUMBER)  \
	F(file_parameters, flags, 4, 4, HEX)

/* 2.6.2.6.1 */
#define VL_LOCATOR_HEADER_FIELDS(F)                   \
	F(locator_header, locator_type, 0, 16, GUID)  \
	F(locator_header, reserved, 16, 2, RESERVED)  \
	F(locator_header, key_value_count, 18, 2, NUMBER)

/* 2.6.2.6.2 */
#define VL_LOCATOR_ENTRY_FIELDS(F)                   \
	F(locator_entry, key_offset, 0, 4, NUMBER)   \
	F(locator_entry, value_offset, 4, 4, NUMBER) \
	F(locator_entry, key_length, 8, 2, NUMBER)   \
	F(locator_entry, value_length, 10, 2, NUMBER)

/* 2.3.1.1 */
#define VL_ENTRY_HEADER_FIELDS(F)                            \
	F(entry_header, signature, 0, 4, BYTES)              \
	F(entry_header, checksum, 4, 4, HEX)                 \
	F(entry_header, entry_length, 8, 4, NUMBER)          \
	F(entry_header, tail, 12, 4, NUMBER)                 \
	F(entry_header, sequence_number, 16, 8, NUMBER)      \
	F(entry_header, descriptor_count, 24, 4, NUMBER)     \
	F(entry_header, reserved, 28, 4, RESERVED)           \
	F(entry_header, log_guid, 32, 16, GUID)              \
	F(entry_header, flushed_file_offset, 48, 8, NUMBER)  \
	F(entry_header, last_file_offset, 56, 8, NUMBER)

/* 2.3.1.2 */
#define VL_ZERO_DESCRIPTOR_FIELDS(F)                    \
	F(zero_descriptor, signature, 0, 4, BYTES)      \
	F(zero_descriptor, reserved, 4, 4, RESERVED)    \
	F(zero_descriptor, zero_length, 8, 8, NUMBER)   \
	F(zero_descriptor, file_offset, 16, 8, NUMBER)  \
	F(zero_descriptor, sequence_number, 24, 8, NUMBER)

/* 2.3.1.3 */
#define VL_DATA_DESCRIPTOR_FIELDS(F)                    \
	F(data_descriptor, signature, 0, 4, BYTES)      \
	F(data_descriptor, trailing_bytes, 4, 4, BYTES) \
	F(data_descriptor, leading_bytes, 8, 8, BYTES)  \
	F(data_descriptor, file_offset, 16, 8, NUMBER)  \
	F(data_descriptor, sequence_number, 24, 8, NUMBER)

/* 2.3.1.4 */
#define VL_DATA_SECTOR_FIELDS(F)                    \
	F(data_sector, signature, 0, 4, BYTES)      \
	F(data_sector, sequence_high, 4, 4, NUMBER) \
	F(data_sector, page, 8, 4084, BYTES)        \
	F(data_sector, sequence_low, 4092, 4, NUMBER)

/* Every structure: S(structure, ENUM, FIELDS, size). */
#define VL_STRUCTURES(S)                                                   \
	S(identifier, IDENTIFIER, VL_IDENTIFIER_FIELDS, 65536)             \
	S(header, HEADER, VL_HEADER_FIELDS, 4096)                          \
	S(region_header, REGION_HEADER, VL_REGION_HEADER_FIELDS, 16)       \
	S(region_entry, REGION_ENTRY, VL_REGION_ENTRY_FIELDS, 32)          \
	S(metadata_header, METADATA_HEADER, VL_METADATA_HEADER_FIELDS, 32) \
	S(metadata_entry, METADATA_ENTRY, VL_METADATA_ENTRY_FIELDS, 32)    \
	S(file_parameters, FILE_PARAMETERS, VL_FILE_PARAMETERS_FIELDS, 8)  \
	S(locator_header, LOCATOR_HEADER, VL_LOCATOR_HEADER_FIELDS, 20)    \
	S(locator_entry, LOCATOR_ENTRY, VL_LOCATOR_ENTRY_FIELDS, 12)       \
	S(entry_header, ENTRY_HEADER, VL_ENTRY_HEADER_FIELDS, 64)          \
	S(zero_descriptor, ZERO_DESCRIPTOR, VL_ZERO_DESCRIPTOR_FIELDS, 32) \
	S(data_descriptor, DATA_DESCRIPTOR, VL_DATA_DESCRIPTOR_FIELDS, 32) \
	S(data_sector, DATA_SECTOR, VL_DATA_SECTOR_FIELDS, 4096)

#define VL_OFFSET_ENUM(s, f, off, size, kind) VL_OFF_##s##_##f = (off),
#define VL_STRUCT_ENUM(s, e, fields, size) fields(VL_OFFSET_ENUM) VL_SIZE_##s = (size),
enum vl_layout { VL_STRUCTURES(VL_STRUCT_ENUM) };

#endif
