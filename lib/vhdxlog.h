/* SPDX-License-Identifier: MIT */
/*
 * libvhdxlog: what the metadata log of a VHDX image holds.
 *
 * Open a source, scan it, look at the result, close both:
 *
 *	struct vhdxlog_source *src;
 *	struct vhdxlog_scan *scan;
 *	struct vhdxlog_error err;
 *
 *	if (vhdxlog_source_open("disk.vhdx", 0, &src, &err) == 0 &&
 *	    vhdxlog_scan(src, NULL, &scan, &err) == 0)
 *		puts(vhdxlog_state_name(vhdxlog_verdict(scan)->state));
 *
 * Two channels are never mixed. An error (a negative enum vhdxlog_code) says
 * that we could not look: no memory, no such file, wrong use. A verdict says
 * what was seen: each rule of the catalogue has a name and a status for each
 * object that it speaks of. A damaged image is a result, not an error.
 *
 * Nothing here writes, locks or trusts an image. The library prints nothing,
 * never exits, keeps no global state, and each source, with all scans of it, may
 * be used by one thread at a time. Strings returned are owned by the scan, or static, unless said
 * otherwise. Offsets are bytes from the start of the image unless said
 * otherwise; "sector" is a 4096-byte sector of the log, counted from the start
 * of its ring. Clauses are those of [MS-VHDX] v8.0.
 */
#ifndef VHDXLOG_H
#define VHDXLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VHDXLOG_VERSION "0.1.0"
#define VHDXLOG_API __attribute__((visibility("default")))

/* ------------------------------------------------------------------ errors */

enum vhdxlog_code {
	VHDXLOG_OK = 0,
	VHDXLOG_E_IO = -1,	  /* the system could not read; sys_errno */
	VHDXLOG_E_NOMEM = -2,	  /* out of memory */
	VHDXLOG_E_MISUSE = -3,	  /* an argument that makes no sense */
	VHDXLOG_E_NOT_FILE = -4,  /* neither regular file nor block device */
	VHDXLOG_E_RANGE = -5,	  /* an offset outside the file */
	VHDXLOG_E_NOT_FOUND = -6, /* no entry, check, ... of that name */
	VHDXLOG_E_LIMIT = -7,	  /* struct vhdxlog_limits let no more be read */
};

/* Caller-owned; holds no memory. Every function that takes one accepts NULL. */
struct vhdxlog_error {
	enum vhdxlog_code code;
	int sys_errno;	   /* errno of the failed call, or 0 */
	uint64_t offset;   /* where, in the image */
	const char *what;  /* static text: what was being done */
};

/* A few static words for a code. */
VHDXLOG_API const char *vhdxlog_strerror(enum vhdxlog_code code);

/* The version of the library that is linked: "major.minor.patch". */
VHDXLOG_API const char *vhdxlog_version(void);

/* ------------------------------------------------------------------- GUIDs */

#define VHDXLOG_GUID_TEXT 37 /* canonical text and its NUL */

/* As on disk: three little-endian integers and eight bytes. [MS-DTYP] 2.3.4 */
struct vhdxlog_guid {
	uint8_t bytes[16];
};

/* Write the canonical lower-case text without braces; returns text. */
VHDXLOG_API char *vhdxlog_guid_format(const struct vhdxlog_guid *guid,
				      char text[VHDXLOG_GUID_TEXT]);

/* Read canonical text, with or without braces, any case; false if it is not. */
VHDXLOG_API bool vhdxlog_guid_parse(const char *text,
				    struct vhdxlog_guid *guid);

/* ------------------------------------------------------------------- sizes */

#define VHDXLOG_SIZE_TEXT 32

/* Exact, in the largest unit that leaves no rest: "36 MiB", "512 bytes". Returns
 * text. */
VHDXLOG_API char *vhdxlog_size_format(uint64_t bytes,
				      char text[VHDXLOG_SIZE_TEXT]);

/* ------------------------------------------------------------------ source */

/*
 * Evidence: bytes of known number that can only be read. A file or block device
 * is opened O_RDONLY, never locked, never mapped; every read is bounded by the
 * size found when it was opened.
 */
struct vhdxlog_source;

enum vhdxlog_source_kind {
	VHDXLOG_SOURCE_FILE,
	VHDXLOG_SOURCE_BLOCK_DEVICE,
	VHDXLOG_SOURCE_MEMORY,
	VHDXLOG_SOURCE_CUSTOM,
};

/* What tells one state of a file from another; zero where not known. */
struct vhdxlog_identity {
	uint64_t size; /* of the whole file, --offset not subtracted */
	uint64_t device, inode;
	int64_t mtime_sec, ctime_sec;
	uint32_t mtime_nsec, ctime_nsec;
};

/* For evidence that is neither file nor memory: an archive, a network disk. */
struct vhdxlog_source_ops {
	/*
	 * Read up to len bytes at off. Returns how many (fewer only at the
	 * end), or a negative errno.
	 */
	int64_t (*read)(void *ctx, void *buf, size_t len, uint64_t off);
	/* Fill *id; 0 or a negative errno. May be NULL. */
	int (*identify)(void *ctx, struct vhdxlog_identity *id);
	/* Release ctx. May be NULL. */
	void (*close)(void *ctx);
};

/*
 * Open the image that begins `offset` bytes into the file at path and ends with
 * it. VHDXLOG_E_IO, _NOT_FILE, _RANGE (offset past the end) or _NOMEM.
 */
VHDXLOG_API int vhdxlog_source_open(const char *path, uint64_t offset,
				    struct vhdxlog_source **source,
				    struct vhdxlog_error *err);

/* The len bytes at buf, borrowed until the source is closed. */
VHDXLOG_API int vhdxlog_source_memory(const void *buf, size_t len,
				      struct vhdxlog_source **source,
				      struct vhdxlog_error *err);

/*
 * size bytes behind ops. ctx is handed over, also on failure: ops->close is
 * called exactly once.
 */
VHDXLOG_API int vhdxlog_source_custom(const struct vhdxlog_source_ops *ops,
				      void *ctx, uint64_t size,
				      struct vhdxlog_source **source,
				      struct vhdxlog_error *err);

/* Accepts NULL. Keeps errno. */
VHDXLOG_API void vhdxlog_source_close(struct vhdxlog_source *source);

VHDXLOG_API uint64_t vhdxlog_source_size(const struct vhdxlog_source *source);
VHDXLOG_API uint64_t vhdxlog_source_offset(const struct vhdxlog_source *source);
VHDXLOG_API enum vhdxlog_source_kind
vhdxlog_source_kind(const struct vhdxlog_source *source);
VHDXLOG_API const char *
vhdxlog_source_kind_name(enum vhdxlog_source_kind kind);

/* What the file looked like when it was opened. */
VHDXLOG_API const struct vhdxlog_identity *
vhdxlog_source_identity(const struct vhdxlog_source *source);

/*
 * Whether it still looks so. False also where the system cannot say any more;
 * of what has no times, as a block device, only the length can tell.
 */
VHDXLOG_API bool vhdxlog_source_unchanged(struct vhdxlog_source *source);

/*
 * Read exactly len bytes at off. VHDXLOG_E_RANGE where they are not all inside
 * the image; VHDXLOG_E_IO, with the offset, where the system cannot read them.
 */
VHDXLOG_API int vhdxlog_source_read(struct vhdxlog_source *source,
				    uint64_t off, void *buf, size_t len,
				    struct vhdxlog_error *err);

/* What may be spent on a source. Zeroed: anything. */
struct vhdxlog_limits {
	uint64_t max_read; /* bytes; 0: any number */
	/* Asked before each read; true: no more is read. May be NULL. */
	bool (*stop)(void *ctx);
	void *stop_ctx;
	/* Set by reads. */
	uint64_t bytes_read; /* so many so far; never more than max_read */
	bool reached;	     /* a read was refused */
};

/*
 * From now on what is read of a source is counted in limits, and a read that goes
 * beyond them fails with VHDXLOG_E_LIMIT, as do all that follow it. So does a scan
 * that such a read was refused: nothing is judged by what was not looked at. What
 * is asked of a scan later reads as well. limits is borrowed until the source is
 * closed or is given others; NULL: none.
 */
VHDXLOG_API void vhdxlog_source_limit(struct vhdxlog_source *source,
				      struct vhdxlog_limits *limits);

/* ------------------------------------------------------------------ checks */

/* What a failing check does; the classes of the catalogue. */
enum vhdxlog_class {
	VHDXLOG_CLASS_F, /* the file must be refused */
	VHDXLOG_CLASS_C, /* this copy of a header or region table is unusable */
	VHDXLOG_CLASS_E, /* the entry is invalid */
	VHDXLOG_CLASS_Q, /* the sequence is invalid */
	VHDXLOG_CLASS_M, /* breaks a MUST, but stops nobody unless strict */
	VHDXLOG_CLASS_W, /* unusual, or of interest to an investigation */
};

enum vhdxlog_severity {
	VHDXLOG_ERROR,	 /* needs a decision */
	VHDXLOG_WARNING,
	VHDXLOG_INFO,
};

/* The kind of object that a check speaks of. */
enum vhdxlog_object {
	VHDXLOG_OBJECT_IMAGE, /* identifier, current header, tables, BAT */
	VHDXLOG_OBJECT_HEADER,	     /* one of the two copies */
	VHDXLOG_OBJECT_REGION_TABLE, /* one of the two copies */
	VHDXLOG_OBJECT_LOG,
	VHDXLOG_OBJECT_ENTRY,
	VHDXLOG_OBJECT_SEQUENCE,
	VHDXLOG_OBJECT_READER, /* what some reader would do */
	VHDXLOG_OBJECT_REPLAY, /* what is about to be applied to a copy */
};

enum vhdxlog_status {
	VHDXLOG_PASS,
	VHDXLOG_FAIL,
	VHDXLOG_BLOCKED,	/* a prerequisite failed: cannot be judged */
	VHDXLOG_NOT_APPLICABLE, /* nothing here that the rule speaks of */
};

/* One rule of the catalogue. Static. */
struct vhdxlog_check {
	unsigned number;  /* stable, never reused */
	const char *name; /* "entry-tail-unaligned"; stable, never reused */
	const char *area; /* where the manual lists it: "header", "entry", .. */
	enum vhdxlog_class class_;
	enum vhdxlog_severity severity; /* of the finding, where nothing in
					   the image raises or lowers it */
	enum vhdxlog_object object;
	const char *clause;   /* "2.3.1.1"; "" where no clause says it */
	const char *sentence; /* what is wrong where it fails */
	const char *advice;   /* what it means for the user, what to do next */
};

/* Longest got or want text, its NUL included. */
#define VHDXLOG_VALUE_TEXT 64

/* What one check found about one object. */
struct vhdxlog_verdict {
	const struct vhdxlog_check *check;
	enum vhdxlog_status status;
	bool has_offset;
	uint64_t offset; /* of the field or structure that was judged */
	char got[VHDXLOG_VALUE_TEXT];  /* "" unless it failed or is blocked */
	char want[VHDXLOG_VALUE_TEXT]; /* "" unless it failed */
};

/* The most verdicts that one object can have. */
#define VHDXLOG_MAX_VERDICTS 128

VHDXLOG_API size_t vhdxlog_check_count(void);

/* The i-th check in the order of the catalogue; i < vhdxlog_check_count(). */
VHDXLOG_API const struct vhdxlog_check *vhdxlog_check_at(size_t i);

/* The check of that name, or NULL. */
VHDXLOG_API const struct vhdxlog_check *vhdxlog_check_find(const char *name);

/* The i-th check that must pass before this one is judged, or NULL. */
VHDXLOG_API const struct vhdxlog_check *
vhdxlog_check_prerequisite(const struct vhdxlog_check *check, size_t i);

VHDXLOG_API char vhdxlog_class_letter(enum vhdxlog_class class_);
VHDXLOG_API const char *vhdxlog_severity_name(enum vhdxlog_severity severity);
VHDXLOG_API const char *vhdxlog_object_name(enum vhdxlog_object object);
VHDXLOG_API const char *vhdxlog_status_name(enum vhdxlog_status status);

/* ------------------------------------------------------------------ layout */

/* The structures whose bytes can be shown field by field. */
enum vhdxlog_structure {
	VHDXLOG_STRUCT_IDENTIFIER,
	VHDXLOG_STRUCT_HEADER,
	VHDXLOG_STRUCT_REGION_HEADER,
	VHDXLOG_STRUCT_REGION_ENTRY,
	VHDXLOG_STRUCT_METADATA_HEADER,
	VHDXLOG_STRUCT_METADATA_ENTRY,
	VHDXLOG_STRUCT_FILE_PARAMETERS,
	VHDXLOG_STRUCT_LOCATOR_HEADER,
	VHDXLOG_STRUCT_LOCATOR_ENTRY,
	VHDXLOG_STRUCT_ENTRY_HEADER,
	VHDXLOG_STRUCT_ZERO_DESCRIPTOR,
	VHDXLOG_STRUCT_DATA_DESCRIPTOR,
	VHDXLOG_STRUCT_DATA_SECTOR,
	VHDXLOG_STRUCT_COUNT,
};

enum vhdxlog_field_kind {
	VHDXLOG_FIELD_BYTES,  /* shown as they are: signatures, page bytes */
	VHDXLOG_FIELD_NUMBER, /* little-endian, 2, 4 or 8 bytes */
	VHDXLOG_FIELD_HEX,    /* a number that is a checksum or flags */
	VHDXLOG_FIELD_GUID,
	VHDXLOG_FIELD_RESERVED,
};

struct vhdxlog_field {
	const char *name;
	uint32_t offset; /* in the structure */
	uint32_t size;	 /* bytes */
	enum vhdxlog_field_kind kind;
};

/* The fields of a structure in order, tiling it; *count gets their number. */
VHDXLOG_API const struct vhdxlog_field *
vhdxlog_layout(enum vhdxlog_structure structure, size_t *count);
VHDXLOG_API const char *
vhdxlog_structure_name(enum vhdxlog_structure structure);

/* -------------------------------------------------------------------- scan */

struct vhdxlog_scan;

/* Which digests of the whole file to make. */
enum {
	VHDXLOG_HASH_SHA256 = 1,
	VHDXLOG_HASH_SHA1 = 2,
	VHDXLOG_HASH_MD5 = 4,
};

struct vhdxlog_options {
	/* Set by VHDXLOG_OPTIONS_INIT, so that later fields can be added. */
	size_t size;
	/* Make class M checks invalidate, as E and Q do. */
	bool strict;
	/* SHA-256 of headers, region tables, log, metadata and BAT. */
	bool hash_structures;
	/* Digests of the whole image: a sum of VHDXLOG_HASH_*, 0 for none. */
	unsigned hash_image;
	/* Look for data that no structure owns: reads the whole file. */
	bool unreferenced;
	/* The source is the log region alone. */
	bool raw_log;
	/* Do not look at what the log holds, as for an image that was just
	 * made; what readers would do with it is not told then. */
	bool skip_log;
	/*
	 * A second thread may read the log while the first looks at it, where the
	 * source was opened by vhdxlog_source_open(). It is gone when the scan is
	 * done, and makes no difference to what is found.
	 */
	bool read_ahead;
	/* Believe this copy: 1 or 2; 0 to choose as 2.2.2 says. */
	unsigned header;
	/* Override what the current header says; each is reported as assumed. */
	bool has_log_offset, has_log_length, has_log_guid;
	uint64_t log_offset; /* bytes */
	uint32_t log_length; /* bytes */
	struct vhdxlog_guid log_guid;
	/* The parent to check the linkage against, or NULL. Borrowed. */
	struct vhdxlog_source *parent;
	/*
	 * Called from time to time during the walk, and again from the start
	 * for each other pass over the whole file; may be NULL. Bytes.
	 */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
};

#define VHDXLOG_OPTIONS_INIT                                  \
	{                                                     \
		.size = sizeof(struct vhdxlog_options),       \
		.hash_structures = true                       \
	}

/*
 * Walk every sector of the log, judge every structure, follow every sequence.
 * options may be NULL for the defaults. source is borrowed until the scan is
 * closed: what is asked of the scan later may read it again.
 *
 * Anything that the image holds is a result. VHDXLOG_E_NOMEM, VHDXLOG_E_MISUSE,
 * VHDXLOG_E_LIMIT (see vhdxlog_source_limit()) or VHDXLOG_E_IO (nothing at all
 * could be read) are errors. Unreadable sectors
 * of the log are holes in its map and do not end the walk.
 *
 * Time is linear in the length of the log, memory is a fixed number of bytes for
 * each of its sectors and each descriptor of a sound entry.
 */
VHDXLOG_API int vhdxlog_scan(struct vhdxlog_source *source,
			     const struct vhdxlog_options *options,
			     struct vhdxlog_scan **scan,
			     struct vhdxlog_error *err);

/* What it was asked for with; the scan's. */
VHDXLOG_API const struct vhdxlog_options *
vhdxlog_scan_options(const struct vhdxlog_scan *scan);

/* Accepts NULL. Does not close the source. */
VHDXLOG_API void vhdxlog_scan_close(struct vhdxlog_scan *scan);

/* What the walk cost; for tests of the cost class and for the curious. */
struct vhdxlog_cost {
	uint64_t log_bytes_read;   /* from the log region */
	uint64_t crc_bytes;	   /* through CRC-32C */
	uint64_t descriptors;	   /* descriptors looked at */
	uint64_t link_steps;	   /* steps in following links */
	uint64_t target_bytes_read; /* compared with the disk */
	uint64_t policy_steps; /* of all searches of readers together */
	uint64_t results; /* of readers: different ones, each hashed once */
	uint64_t sweep_steps; /* targets passed in putting the disk together */
	uint64_t event_pages; /* pages read to tell events, and of the disk */
};

VHDXLOG_API const struct vhdxlog_cost *
vhdxlog_cost(const struct vhdxlog_scan *scan);

/* ----------------------------------------------------------------- verdict */

/* In the order in which the first that holds is chosen. */
enum vhdxlog_state {
	VHDXLOG_NOT_VHDX,
	VHDXLOG_UNREADABLE,
	VHDXLOG_UNSTABLE, /* changed while it was being read */
	VHDXLOG_HEADERS_LOST,
	VHDXLOG_TRUNCATED, /* shorter than the active head's FlushedFileOffset */
	VHDXLOG_DAMAGED, /* a class F check of the image fails, after replay */
	VHDXLOG_DIRTY_UNREPLAYABLE, /* a LogGuid, and nothing to replay */
	VHDXLOG_DIRTY_AMBIGUOUS, /* readers end with different disks */
	VHDXLOG_DIRTY_NOOP,	 /* replaying would change no byte */
	VHDXLOG_DIRTY,
	VHDXLOG_CLEAN,
};

struct vhdxlog_outcome {
	enum vhdxlog_state state;
	/* The first check that led to this state, or NULL. */
	const struct vhdxlog_check *because;
	/* Some finding is of class error, or the state is not clean. */
	bool needs_decision;
	/*
	 * Same size, times and headers at the end as at the beginning. Where
	 * times differ, or the source is a device or another that they tell
	 * nothing of, the log is read once more; state is VHDXLOG_UNSTABLE if
	 * headers or log differ.
	 */
	bool unchanged;
};

VHDXLOG_API const struct vhdxlog_outcome *
vhdxlog_verdict(const struct vhdxlog_scan *scan);
VHDXLOG_API const char *vhdxlog_state_name(enum vhdxlog_state state);

/* ------------------------------------------------------------------- image */

#define VHDXLOG_SHA256_TEXT 65

/* Lower-case hex SHA-256 of bytes of the evidence, "" where not made. */
struct vhdxlog_hashes {
	char headers[VHDXLOG_SHA256_TEXT];	 /* 0x10000..0x2ffff */
	char region_tables[VHDXLOG_SHA256_TEXT]; /* 0x30000..0x4ffff */
	char log[VHDXLOG_SHA256_TEXT];
	char metadata[VHDXLOG_SHA256_TEXT];
	char bat[VHDXLOG_SHA256_TEXT];
	char image[VHDXLOG_SHA256_TEXT];
	char image_sha1[41];
	char image_md5[33];
};

VHDXLOG_API const struct vhdxlog_hashes *
vhdxlog_hashes(const struct vhdxlog_scan *scan);

/* UTF-16LE text of the evidence, units not converted, not terminated. */
struct vhdxlog_utf16 {
	const uint8_t *bytes; /* owned by the scan */
	size_t units;
};

/*
 * Convert to UTF-8 in a new NUL-terminated string, free() it. Lone surrogates
 * and control characters become U+FFFD; *faithful says that none did. NULL:
 * out of memory.
 */
VHDXLOG_API char *vhdxlog_utf16_to_utf8(struct vhdxlog_utf16 text,
					bool *faithful);

/* One copy of the header. [MS-VHDX] 2.2.2 */
struct vhdxlog_header {
	unsigned slot; /* 1 or 2 */
	uint64_t offset;
	bool readable; /* false: inside the file but not to be read, or not
			  wholly inside; the other fields are zero */
	bool valid;    /* no check of class C failed */
	bool current;
	uint32_t checksum_stored, checksum_computed;
	uint64_t sequence_number;
	struct vhdxlog_guid file_write_guid, data_write_guid, log_guid;
	uint16_t log_version, version;
	uint32_t log_length;
	uint64_t log_offset;
};

/* slot 1 or 2. */
VHDXLOG_API const struct vhdxlog_header *
vhdxlog_header(const struct vhdxlog_scan *scan, unsigned slot);

/* One entry of a region table. [MS-VHDX] 2.2.3.2 */
struct vhdxlog_region {
	struct vhdxlog_guid guid;
	const char *name; /* "bat", "metadata", or NULL: unknown. Static */
	uint64_t offset;
	uint32_t length;
	uint32_t required; /* raw: bit 0 is Required */
};

/* One copy of the region table, as it would be after the replay. 2.2.3 */
struct vhdxlog_region_table {
	unsigned number; /* 1 or 2 */
	uint64_t offset;
	bool readable, valid, chosen;
	uint32_t checksum_stored, checksum_computed;
	uint32_t entry_count;		      /* as stored */
	const struct vhdxlog_region *regions; /* owned by the scan */
	size_t region_count; /* at most 2047, whatever entry_count says */
};

VHDXLOG_API const struct vhdxlog_region_table *
vhdxlog_region_table(const struct vhdxlog_scan *scan, unsigned number);

/* A key and its value in the parent locator. [MS-VHDX] 2.6.2.6.2 */
struct vhdxlog_locator_pair {
	struct vhdxlog_utf16 key, value;
};

struct vhdxlog_locator {
	struct vhdxlog_guid type;
	const struct vhdxlog_locator_pair *pairs; /* owned by the scan */
	size_t pair_count;
};

/* The known metadata items, as they would be after the replay. 2.6.2 */
struct vhdxlog_metadata {
	bool has_file_parameters, has_disk_size, has_disk_id;
	bool has_logical_sector, has_physical_sector;
	uint32_t block_size; /* bytes */
	bool fixed;	     /* LeaveBlockAllocated */
	bool has_parent;
	uint64_t virtual_disk_size; /* bytes */
	struct vhdxlog_guid virtual_disk_id;
	uint32_t logical_sector_size, physical_sector_size; /* bytes */
	const struct vhdxlog_locator *locator; /* or NULL */
};

/* How many BAT entries are in each state, after the replay. 2.5.1 */
struct vhdxlog_bat {
	bool known; /* geometry and region are sound enough to read it */
	uint64_t entries; /* that the disk needs, bitmap entries included */
	uint64_t present, partial, zero, not_present;
	uint64_t other; /* undefined, unmapped, bitmap entries, reserved */
	/* Blocks and bitmaps that lie beyond the end of the file, in whole and
	 * in part, and how many bytes of them are missing there. */
	uint64_t lost, cut, missing;
	uint64_t end; /* of the one that ends last; 0: there is none */
	uint64_t unowned; /* bytes of the file that belong to nothing: set aside,
			     given up, or of blocks that the BAT lost */
};

struct vhdxlog_image {
	struct vhdxlog_utf16 creator; /* 2.2.1; empty where not readable */
	unsigned current_header; /* 1, 2, or 0: none */
	bool metadata_known;	 /* the region was found and could be read */
	struct vhdxlog_metadata metadata;
	struct vhdxlog_bat bat;
};

VHDXLOG_API const struct vhdxlog_image *
vhdxlog_image(const struct vhdxlog_scan *scan);

/* What a byte of the file belongs to. */
enum vhdxlog_area {
	VHDXLOG_AREA_UNKNOWN, /* geometry is not known */
	VHDXLOG_AREA_IDENTIFIER,
	VHDXLOG_AREA_HEADERS,
	VHDXLOG_AREA_REGION_TABLES,
	VHDXLOG_AREA_RESERVED, /* 0x50000..0xfffff */
	VHDXLOG_AREA_LOG,
	VHDXLOG_AREA_BAT,
	VHDXLOG_AREA_METADATA,
	VHDXLOG_AREA_OTHER_REGION,
	VHDXLOG_AREA_PAYLOAD,
	VHDXLOG_AREA_SECTOR_BITMAP,
	VHDXLOG_AREA_UNOWNED,
	VHDXLOG_AREA_COUNT,
};

VHDXLOG_API const char *vhdxlog_area_name(enum vhdxlog_area area);

/* One BAT entry, decoded. [MS-VHDX] 2.5.1 */
struct vhdxlog_bat_entry {
	uint64_t index;
	uint64_t offset; /* of the entry itself */
	uint64_t raw;
	unsigned state; /* 0..7 */
	const char *state_name; /* static; "present", "not-present", ... */
	bool is_bitmap;	 /* a sector bitmap entry */
	uint64_t block;	 /* payload block, or chunk for a bitmap entry */
	uint64_t file_offset;
	uint64_t virtual_offset, virtual_length; /* bytes of the guest's disk */
};

/* VHDXLOG_E_RANGE for an index that the disk does not need, unless a block was
 * shifted there. */
VHDXLOG_API int vhdxlog_bat_entry(struct vhdxlog_scan *scan, uint64_t index,
				  struct vhdxlog_bat_entry *entry,
				  struct vhdxlog_error *err);

/* ----------------------------------------------------------------- guesses */

/*
 * Where headers or region tables are gone, or do not fit the rest of the file,
 * what they would say is inferred from what is left. The scan goes on with the
 * best guess of each kind; options override it.
 */
enum vhdxlog_guess_kind {
	VHDXLOG_GUESS_LOG,	  /* offset and length of the ring */
	VHDXLOG_GUESS_LOG_GUID,	  /* zero: nothing waits to be applied */
	VHDXLOG_GUESS_BAT,	  /* offset and length of the region */
	VHDXLOG_GUESS_METADATA,	  /* likewise */
	VHDXLOG_GUESS_BLOCK_SIZE, /* length */
	VHDXLOG_GUESS_DISK_SIZE,  /* length: the least that it can be */
	VHDXLOG_GUESS_KINDS,
};

/* One candidate. */
struct vhdxlog_guess {
	enum vhdxlog_guess_kind kind;
	bool assumed; /* the scan went on with it */
	bool certain; /* no other value fits what was found */
	/* 0..100, the sum of what its evidence is worth; ranks those of one kind,
	 * and is no probability. */
	unsigned score;
	uint64_t offset, length; /* bytes */
	struct vhdxlog_guid guid;
	size_t evidence_count;
};

/* "log", "log-guid", "bat", "metadata", "block-size", "disk-size". */
VHDXLOG_API const char *
vhdxlog_guess_kind_name(enum vhdxlog_guess_kind kind);

/* By kind, and of one kind the best first. None where nothing had to be guessed. */
VHDXLOG_API size_t vhdxlog_guess_count(const struct vhdxlog_scan *scan);
VHDXLOG_API const struct vhdxlog_guess *
vhdxlog_guess_at(const struct vhdxlog_scan *scan, size_t index);

/* A sentence on what speaks for or against it; k < evidence_count. Owned by the
 * scan. */
VHDXLOG_API const char *
vhdxlog_guess_evidence(const struct vhdxlog_scan *scan, size_t index, size_t k);

/*
 * Whether a repair may be built upon it as it is; else vhdxlog-replay --fix wants
 * --force, as hardly more speaks for it than that it is the usual one.
 */
VHDXLOG_API bool vhdxlog_guess_suffices(const struct vhdxlog_scan *scan,
					size_t index);

/*
 * Where no region table says where BAT and metadata are, no rule of them is judged.
 * The first of class F that they break all the same, if they are where they are
 * guessed to be, so that the image would be refused; or NULL. Static.
 */
VHDXLOG_API const struct vhdxlog_check *
vhdxlog_assumed_breach(struct vhdxlog_scan *scan);

/* --------------------------------------------------------------------- log */

struct vhdxlog_log {
	bool known;	 /* there is a place to look at */
	bool assumed;	 /* an option or a guess, not the header that counts, says
			    where or which GUID */
	uint64_t offset; /* of the ring in the image */
	uint32_t length; /* bytes, as the header has it */
	bool has_guid;	 /* false: no header, option or guess says it */
	struct vhdxlog_guid guid;
	uint32_t sectors; /* of the ring: length / 4096 */
	uint32_t present; /* how many of them lie inside the file */
	uint64_t descriptor_count; /* of sound entries, kept in memory */
};

VHDXLOG_API const struct vhdxlog_log *
vhdxlog_log(const struct vhdxlog_scan *scan);

enum vhdxlog_sector_kind {
	VHDXLOG_SECTOR_ENTRY,	    /* begins with "loge" */
	VHDXLOG_SECTOR_DESCRIPTORS, /* continued: "desc" or "zero" */
	VHDXLOG_SECTOR_DATA,
	VHDXLOG_SECTOR_ZERO,	   /* all 4096 bytes are 0 */
	VHDXLOG_SECTOR_PADDING,	   /* in a sound entry, beyond what it needs */
	VHDXLOG_SECTOR_FOREIGN,	   /* anything else */
	VHDXLOG_SECTOR_UNREADABLE, /* or beyond the end of the file */
};

VHDXLOG_API const char *
vhdxlog_sector_kind_name(enum vhdxlog_sector_kind kind);

#define VHDXLOG_NO_SECTOR UINT32_MAX

/* Neighbouring sectors of one kind and owner. */
struct vhdxlog_map_run {
	uint32_t first, count;
	enum vhdxlog_sector_kind kind;
	uint32_t owner; /* sector of the owning sound entry, or NO_SECTOR */
};

/*
 * The run that begins at *cursor (start with 0), which is moved behind it.
 * false at the end of the ring.
 */
VHDXLOG_API bool vhdxlog_map_next(const struct vhdxlog_scan *scan,
				  uint32_t *cursor,
				  struct vhdxlog_map_run *run);

/* The 4096 bytes of a log sector. VHDXLOG_E_RANGE, VHDXLOG_E_IO. */
VHDXLOG_API int vhdxlog_log_sector(struct vhdxlog_scan *scan, uint32_t sector,
				   uint8_t bytes[4096],
				   struct vhdxlog_error *err);

/* ----------------------------------------------------------------- entries */

enum vhdxlog_soundness {
	VHDXLOG_VALID,	 /* sound, and of the current LogGuid */
	VHDXLOG_STALE,	 /* sound, of another */
	VHDXLOG_INVALID, /* a check of class E fails or is blocked */
};

VHDXLOG_API const char *
vhdxlog_soundness_name(enum vhdxlog_soundness soundness);

/* The longest identifier: "S1048575-1048575" and its NUL. */
#define VHDXLOG_ID_TEXT 24

/* The entries from the one at sector `first` to the one at sector `head`. */
struct vhdxlog_range {
	uint32_t first, head;
};

/* One sector that begins with "loge", read as an entry. 2.3.1.1 */
struct vhdxlog_entry {
	size_t index;	 /* 0.. in order of sectors */
	uint32_t sector; /* names it: E<sector> */
	uint32_t sectors; /* entry_length in sectors, as far as that is sane */
	bool wraps;
	enum vhdxlog_soundness verdict;
	bool active; /* part of what the specification replays */
	uint64_t offset; /* of the entry in the image */
	uint32_t checksum_stored;
	bool checksum_known; /* false: length not sane, or unreadable parts */
	uint32_t checksum_computed;
	uint32_t entry_length, tail; /* bytes */
	uint64_t sequence_number;
	uint32_t descriptor_count; /* as stored */
	struct vhdxlog_guid log_guid;
	uint64_t flushed_file_offset, last_file_offset;
	unsigned checks_passed, checks_not_applicable;
	bool is_head; /* sound: head of the sequence that `as_head` names */
	struct vhdxlog_range as_head;
};

VHDXLOG_API size_t vhdxlog_entry_count(const struct vhdxlog_scan *scan);

/* How many entries have this verdict. */
VHDXLOG_API size_t vhdxlog_entry_tally(const struct vhdxlog_scan *scan,
				       enum vhdxlog_soundness verdict);

/* Entry number index; reads its sector again. VHDXLOG_E_RANGE, _IO. */
VHDXLOG_API int vhdxlog_entry_at(struct vhdxlog_scan *scan, size_t index,
				 struct vhdxlog_entry *entry,
				 struct vhdxlog_error *err);

/* The index of the entry at a sector, or SIZE_MAX. */
VHDXLOG_API size_t vhdxlog_entry_find(const struct vhdxlog_scan *scan,
				      uint32_t sector);

enum vhdxlog_descriptor_kind {
	VHDXLOG_DESCRIPTOR_DATA,
	VHDXLOG_DESCRIPTOR_ZERO,
	VHDXLOG_DESCRIPTOR_UNKNOWN, /* neither signature */
};

VHDXLOG_API const char *
vhdxlog_descriptor_kind_name(enum vhdxlog_descriptor_kind kind);

enum vhdxlog_applied {
	VHDXLOG_APPLIED_UNKNOWN, /* not read: beyond the file, unreadable, or
				    over the reading budget */
	VHDXLOG_APPLIED_YES,	 /* the target holds these bytes */
	VHDXLOG_APPLIED_OVERWRITTEN, /* it holds what another entry wrote */
	VHDXLOG_APPLIED_TORN, /* in part: the rest is another version's, and
				 the log shows that none was between the two */
	VHDXLOG_APPLIED_NO,
};

VHDXLOG_API const char *vhdxlog_applied_name(enum vhdxlog_applied applied);

/* 2.3.1.2, 2.3.1.3 */
struct vhdxlog_descriptor {
	uint32_t index;
	uint64_t offset; /* of the descriptor itself, in the image */
	enum vhdxlog_descriptor_kind kind;
	uint64_t sequence_number;
	uint64_t file_offset; /* target */
	uint64_t length;      /* of the target, bytes */
	uint32_t data_sector; /* or VHDXLOG_NO_SECTOR */
	enum vhdxlog_area area;
	enum vhdxlog_applied applied;
	/* The sector of an entry, or NO_SECTOR. With TORN: of the later entry
	 * that the rest is from; none where the rest is from before. */
	uint32_t overwritten_by;
	/* TORN: in which 512-byte pieces of the page the disk has what this one
	 * writes and the other version does not, bit 0 the first. Of a zero
	 * range, 0: a part of its pages. */
	uint8_t pieces;
	uint8_t bytes[32];
};

/*
 * The descriptors of an entry, one at a time. Ends at the first sector that
 * cannot belong to the entry, whatever descriptor_count says.
 *
 *	vhdxlog_descriptors_open(scan, index, &it, &err);
 *	while (vhdxlog_descriptors_next(it, &d, &err) == 0)
 *		...
 *	vhdxlog_descriptors_close(it);
 */
struct vhdxlog_descriptors;

VHDXLOG_API int vhdxlog_descriptors_open(struct vhdxlog_scan *scan,
					 size_t index,
					 struct vhdxlog_descriptors **it,
					 struct vhdxlog_error *err);
/* 0: *descriptor is filled; 1: no more; negative: an error. */
VHDXLOG_API int vhdxlog_descriptors_next(struct vhdxlog_descriptors *it,
					 struct vhdxlog_descriptor *descriptor,
					 struct vhdxlog_error *err);
VHDXLOG_API void vhdxlog_descriptors_close(struct vhdxlog_descriptors *it);

/*
 * The 4096 bytes that a data descriptor of a sound entry writes, put together
 * from the descriptor and its data sector. 2.3.1.4
 */
VHDXLOG_API int vhdxlog_descriptor_page(struct vhdxlog_scan *scan,
					const struct vhdxlog_descriptor *d,
					uint8_t page[4096],
					struct vhdxlog_error *err);

/* --------------------------------------------------------------- sequences */

enum vhdxlog_sequence_verdict {
	VHDXLOG_SEQUENCE_VALID,
	VHDXLOG_SEQUENCE_INCOMPLETE, /* the head's Tail names no entry of it */
	VHDXLOG_SEQUENCE_RUN, /* no Tail names it, but some reader applies it */
};

VHDXLOG_API const char *
vhdxlog_sequence_verdict_name(enum vhdxlog_sequence_verdict verdict);

/* [MS-VHDX] 2.3.2 */
struct vhdxlog_sequence {
	size_t index;
	struct vhdxlog_range id;
	uint64_t entries;
	bool maximal; /* nothing follows its head */
	enum vhdxlog_sequence_verdict verdict;
	bool active;  /* the specification replays it */
	bool current; /* its LogGuid is the header's */
	struct vhdxlog_guid log_guid;
	uint64_t first_sequence_number, last_sequence_number;
};

VHDXLOG_API size_t vhdxlog_sequence_count(const struct vhdxlog_scan *scan);
VHDXLOG_API int vhdxlog_sequence_at(struct vhdxlog_scan *scan, size_t index,
				    struct vhdxlog_sequence *sequence,
				    struct vhdxlog_error *err);
/*
 * The index of the sequence with these ends, or SIZE_MAX where no head's Tail
 * names it.
 */
VHDXLOG_API size_t vhdxlog_sequence_find(const struct vhdxlog_scan *scan,
					 struct vhdxlog_range id);

/*
 * Any contiguous run of entries as a sequence, whether or not a Tail names it:
 * index is SIZE_MAX then. VHDXLOG_E_NOT_FOUND where the entry at id.head cannot
 * be reached from the one at id.first.
 */
VHDXLOG_API int vhdxlog_sequence_from(struct vhdxlog_scan *scan,
				      struct vhdxlog_range id,
				      struct vhdxlog_sequence *sequence,
				      struct vhdxlog_error *err);

/* The index of the entry that follows in the run, or SIZE_MAX. */
VHDXLOG_API size_t vhdxlog_entry_next(const struct vhdxlog_scan *scan,
				      size_t index);

/* What applying a sequence would do. */
struct vhdxlog_effect {
	uint64_t pages;	 /* 4 KiB pages written with data, each counted once */
	uint64_t zeroed; /* bytes written as zeroes */
	/* Pages and zeroed pages by the area of their first byte. */
	uint64_t area_pages[VHDXLOG_AREA_COUNT];
	bool grows;
	uint64_t grows_to;
	bool changes_known; /* false: over the reading budget */
	bool changes_bytes;
};

/*
 * Of sequence number index; *filled is false for one that is neither maximal
 * nor picked by a policy, so that all of them together stay linear.
 */
VHDXLOG_API int vhdxlog_sequence_effect(struct vhdxlog_scan *scan,
					size_t index, bool *filled,
					struct vhdxlog_effect *effect,
					struct vhdxlog_error *err);

/* --------------------------------------------------------------- selection */

enum vhdxlog_outcome_kind {
	VHDXLOG_OUTCOME_CLEAN,
	VHDXLOG_OUTCOME_REPLAY,
	VHDXLOG_OUTCOME_PARTIAL,
	VHDXLOG_OUTCOME_REFUSE,
	VHDXLOG_OUTCOME_IGNORE,
	VHDXLOG_OUTCOME_HANG,
};

VHDXLOG_API const char *
vhdxlog_outcome_name(enum vhdxlog_outcome_kind outcome);

/*
 * What one reader would do with this image, if it were let loose on it. [MS-VHDX]
 * 2.3.3 says what one should do.
 */
struct vhdxlog_selection {
	const char *policy; /* static: "ms-vhdx" */
	const char *reader; /* static: which reader, which version */
	enum vhdxlog_outcome_kind outcome;
	bool known; /* false: how it ends, or what it applies, cannot be told;
		     * REFUSE stands for any end then */
	/* The entries that it chose, in its order, as a sequence, where they are
	 * sound and each starts where the one before ends. */
	bool has_sequence;
	struct vhdxlog_range sequence;
	uint64_t entry_count;
	const uint32_t *entries; /* sectors; owned by the scan */
	/* Those of which it applies anything: what it comes by may differ from
	 * what it chose. */
	uint64_t applied_count;
	const uint32_t *applied;
	bool aborts;	    /* it would crash */
	const char *reason; /* owned by the scan */
	/* Of the file afterwards, see vhdxlog(1); "" where nothing is applied, or
	 * that could not be told. */
	char result[VHDXLOG_SHA256_TEXT];
	bool length_known; /* something is applied, to a file that is at hand */
	uint64_t result_length; /* bytes */
	const char *remark; /* static: "warns"; NULL: there is none */
};

/* The readers, in a fixed order; the specification is the first. */
VHDXLOG_API size_t vhdxlog_selection_count(const struct vhdxlog_scan *scan);
VHDXLOG_API const struct vhdxlog_selection *
vhdxlog_selection_at(const struct vhdxlog_scan *scan, size_t index);

/* The names of all policies, also without a scan; NULL after the last. */
VHDXLOG_API const char *vhdxlog_policy_name(size_t index);

/* ---------------------------------------------------------------- overlays */

/*
 * The file as it would be: a sequence, or what a reader would apply, laid over
 * the disk. Nothing is written; whoever wants it written down reads it here. It
 * is closed before its scan.
 */
struct vhdxlog_overlay;

/* What was chosen, and what it comes to. Strings and lists are the overlay's. */
struct vhdxlog_replay {
	const char *policy; /* static; NULL: a sequence was named */
	enum vhdxlog_outcome_kind outcome; /* REPLAY for a sequence */
	const char *reason;		   /* of the policy, else "" */
	bool has_sequence; /* the entries applied, as one that can be named */
	struct vhdxlog_range sequence;
	uint64_t entry_count;
	const uint32_t *entries; /* sectors, in the order of replay */
	uint64_t salvaged; /* so many of them, the last, by salvaging */
	uint64_t size_before, size; /* of the file, bytes */
	uint64_t pages;	 /* 4 KiB pages written with data, each counted once */
	uint64_t zeroed; /* bytes written as zeroes */
	char result[VHDXLOG_SHA256_TEXT]; /* as in struct vhdxlog_selection */
};

/*
 * The entries from id.first to id.head, whether or not a Tail names them.
 * VHDXLOG_E_NOT_FOUND as vhdxlog_sequence_from(); VHDXLOG_E_MISUSE for a scan of
 * a log region alone.
 */
VHDXLOG_API int vhdxlog_overlay_sequence(struct vhdxlog_scan *scan,
					 struct vhdxlog_range id,
					 struct vhdxlog_overlay **overlay,
					 struct vhdxlog_error *err);

/*
 * What the policy of that index in the selection applies, which may be nothing.
 * VHDXLOG_E_RANGE where what it applies could not be told.
 */
VHDXLOG_API int vhdxlog_overlay_policy(struct vhdxlog_scan *scan, size_t index,
				       struct vhdxlog_overlay **overlay,
				       struct vhdxlog_error *err);

/* Accepts NULL. */
VHDXLOG_API void vhdxlog_overlay_close(struct vhdxlog_overlay *overlay);

VHDXLOG_API const struct vhdxlog_replay *
vhdxlog_overlay_about(const struct vhdxlog_overlay *overlay);

/* Bytes of the file as it would be. As vhdxlog_source_read(). */
VHDXLOG_API int vhdxlog_overlay_read(struct vhdxlog_overlay *overlay,
				     uint64_t off, void *buf, size_t len,
				     struct vhdxlog_error *err);

/* One stretch that is written: a page, part of one, or a range of zeroes. */
struct vhdxlog_segment {
	uint64_t offset, length; /* in the file, bytes */
	bool zero;
	uint32_t entry; /* sector of the entry it is seen from */
	/* Of its first byte, after the replay; UNKNOWN before verdicts on the
	 * overlay were asked for. */
	enum vhdxlog_area area;
};

/*
 * The next segment, from low offsets to high ones, apart from one another. 0, 1:
 * no more, or a negative code. What lies beyond the file's end is left out.
 */
VHDXLOG_API int vhdxlog_overlay_next(struct vhdxlog_overlay *overlay,
				     struct vhdxlog_segment *segment,
				     struct vhdxlog_error *err);

/* Begin again with the first segment. */
VHDXLOG_API void vhdxlog_overlay_rewind(struct vhdxlog_overlay *overlay);

/*
 * What stands against writing it down: the verdicts of object REPLAY, in the
 * order of the catalogue, all statuses. Returns their number, or a negative
 * code.
 */
VHDXLOG_API int
vhdxlog_overlay_verdicts(struct vhdxlog_overlay *overlay,
			 struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS],
			 struct vhdxlog_error *err);

/* ----------------------------------------------------------------- history */

/*
 * What the log says happened: its sound entries, those of earlier sessions
 * included, in the order in which they were written, and what each changed. The
 * log holds no clock, so all there is is an order; whether it follows from the
 * format or from how writers work is told of each session. It is closed before
 * its scan. Nothing is read again until something is asked for.
 *
 * VHDXLOG_E_NOMEM. Time and memory are linear in the log: 24 bytes for each data
 * descriptor of a sound entry, and a record for each session.
 */
struct vhdxlog_history;

VHDXLOG_API int vhdxlog_history_open(struct vhdxlog_scan *scan,
				     struct vhdxlog_history **history,
				     struct vhdxlog_error *err);

/* Accepts NULL. */
VHDXLOG_API void vhdxlog_history_close(struct vhdxlog_history *history);

enum vhdxlog_certainty {
	VHDXLOG_KNOWN,	  /* follows from the format, or from what lies where */
	VHDXLOG_INFERRED, /* from habits of writers, sizes, contents of pages */
};

VHDXLOG_API const char *
vhdxlog_certainty_name(enum vhdxlog_certainty certainty);

/* The sound entries of one LogGuid. 2.3.1.1 */
struct vhdxlog_session {
	size_t index; /* 0: the earliest */
	struct vhdxlog_guid log_guid;
	bool current;	  /* it is the LogGuid of the header */
	uint64_t entries; /* of them sound */
	uint32_t first, last; /* sectors: those of the lowest and highest number */
	uint64_t first_sequence_number, last_sequence_number;
	/* LastFileOffset of those two, bytes */
	uint64_t first_size, last_size;
	bool begins; /* the first is how sessions begin: nothing of it is lost */
	/* Data sectors without owner whose numbers are within those of this
	 * session, or no more than 4096 before them, and of no other's. Where it
	 * does not begin with a large random number, 0: its numbers say
	 * nothing. */
	uint64_t orphans;
	/* How sure its place is: that it comes after the one before it, of the
	 * first that it comes before the second. */
	enum vhdxlog_certainty order;
	const char *why; /* a clause that says why; owned by the history */
	/* Whose habits it shows: "QEMU"; NULL: nobody's. It is consistent with
	 * that writer, no more. Static, both. */
	const char *writer, *writer_why;
};

/* In the order in which they were written. */
VHDXLOG_API size_t
vhdxlog_session_count(const struct vhdxlog_history *history);
VHDXLOG_API const struct vhdxlog_session *
vhdxlog_session_at(const struct vhdxlog_history *history, size_t index);

/* The index of the session with that LogGuid, or SIZE_MAX. */
VHDXLOG_API size_t vhdxlog_session_find(const struct vhdxlog_history *history,
					const struct vhdxlog_guid *guid);

/*
 * The sectors of sound entries in the order in which they were written: by
 * session, then by number.
 */
VHDXLOG_API const uint32_t *
vhdxlog_history_entries(const struct vhdxlog_history *history, size_t *count);

/* Neighbouring sectors of the ring that were written by one session. */
struct vhdxlog_stratum {
	uint32_t first, count;
	size_t session; /* or SIZE_MAX */
	/* Data sectors of an entry that is gone. session: whose number it is. */
	bool orphan;
	uint64_t sequence_number; /* of such */
	bool empty;		  /* zeroes: never written, or cleared */
};

/*
 * The stratum that begins at *cursor (start with 0), which is moved behind it. 0,
 * 1: the end of the ring, or a negative code.
 */
VHDXLOG_API int vhdxlog_stratum_next(struct vhdxlog_history *history,
				     uint32_t *cursor,
				     struct vhdxlog_stratum *stratum,
				     struct vhdxlog_error *err);

/* How far what the current session logged has reached the disk. */
enum vhdxlog_reach_kind {
	VHDXLOG_REACH_NONE,    /* nothing must be replayed, or there is no disk */
	VHDXLOG_REACH_NOTHING, /* none of what waits is there */
	VHDXLOG_REACH_PART,    /* the writer, or a replay, was cut off */
	VHDXLOG_REACH_ALL,     /* though the header says that it waits */
	VHDXLOG_REACH_UNKNOWN, /* not all of it could be compared */
};

struct vhdxlog_reach {
	enum vhdxlog_reach_kind kind;
	/* Sectors of entries, or VHDXLOG_NO_SECTOR: the last that is all there
	 * (or was written over since), which may be of before what waits, and
	 * the first of what waits that is not. */
	uint32_t last_applied, first_missing;
	bool torn; /* a page of first_missing is there in part */
	char message[256]; /* a sentence, "" for VHDXLOG_REACH_NONE */
};

VHDXLOG_API const char *
vhdxlog_reach_name(enum vhdxlog_reach_kind kind);
VHDXLOG_API int vhdxlog_history_reach(struct vhdxlog_history *history,
				      struct vhdxlog_reach *reach,
				      struct vhdxlog_error *err);

/* ------------------------------------------------------------------ events */

enum vhdxlog_event_kind {
	VHDXLOG_EVENT_LOG_STARTED,
	VHDXLOG_EVENT_PAGE_FIRST_SEEN, /* no earlier version is known */
	VHDXLOG_EVENT_BLOCK_ALLOCATED,
	VHDXLOG_EVENT_BLOCK_STATE_CHANGED,
	VHDXLOG_EVENT_BLOCK_MOVED,
	VHDXLOG_EVENT_BITMAP_CHANGED,
	VHDXLOG_EVENT_METADATA_CHANGED,
	VHDXLOG_EVENT_REGION_TABLE_CHANGED,
	VHDXLOG_EVENT_PAGE_CHANGED, /* of no structure with a meaning */
	VHDXLOG_EVENT_ZEROED,
	VHDXLOG_EVENT_FILE_GREW,
	VHDXLOG_EVENT_FILE_SHRANK,
	VHDXLOG_EVENT_REWRITTEN, /* with the bytes that were there */
	VHDXLOG_EVENT_KINDS,
};

VHDXLOG_API const char *vhdxlog_event_name(enum vhdxlog_event_kind kind);

#define VHDXLOG_EVENT_TEXT 96

/* One thing that changed. */
struct vhdxlog_event {
	uint64_t ordinal; /* 1.. over all events, filtered out or not */
	enum vhdxlog_event_kind kind;
	size_t session;
	uint32_t entry; /* sector */
	uint64_t sequence_number;
	/* What it says of index, before or after: as entries may be gone that
	 * came between the version before and this one, as the disk may have a
	 * part of it already, or as it is a guess. The message says which. */
	bool inferred;
	/* What was written, bytes of the file: the page, the zero range, or the
	 * entry of the table in it. */
	bool has_target;
	uint64_t file_offset, length;
	enum vhdxlog_area area;
	bool has_index; /* of the entry in the BAT or region table */
	uint64_t index;
	bool has_block; /* payload block, or with is_bitmap the chunk */
	bool is_bitmap;
	uint64_t block;
	const char *item;  /* name of a metadata item; static, or NULL */
	bool has_moved_to; /* the BAT entry that has its place in the file now */
	uint64_t moved_to;
	/* "not-present", "present@4194304", hex; "": not known, or none */
	char before[VHDXLOG_EVENT_TEXT], after[VHDXLOG_EVENT_TEXT];
	bool has_virtual; /* the guest's bytes it is about */
	uint64_t virtual_offset, virtual_length;
	/* Whether the page or range it came with is on the disk. */
	bool has_applied;
	enum vhdxlog_applied applied;
	uint32_t overwritten_by; /* sector of an entry, or NO_SECTOR */
	char message[256];	 /* a sentence */
};

/* Which events are wanted; all conditions must hold. */
struct vhdxlog_event_filter {
	bool has_session;
	size_t session;
	/* What is about this payload block: its BAT entry, its sector bitmap,
	 * and pages and zero ranges that these lie in. */
	bool has_block;
	uint64_t block;
	bool has_area;
	enum vhdxlog_area area;
};

/*
 * Events in order, one at a time.
 *
 *	vhdxlog_events_open(history, NULL, &events, &err);
 *	while (vhdxlog_events_next(events, &event, &err) == 0)
 *		...
 *	vhdxlog_events_close(events);
 *
 * filter: NULL for all; copied. VHDXLOG_E_NOMEM; of next also VHDXLOG_E_IO. What
 * cannot be read of the evidence gives an event with less in it, not an error.
 */
struct vhdxlog_events;

VHDXLOG_API int vhdxlog_events_open(struct vhdxlog_history *history,
				    const struct vhdxlog_event_filter *filter,
				    struct vhdxlog_events **events,
				    struct vhdxlog_error *err);
/* 0: *event is filled; 1: no more; negative: an error. */
VHDXLOG_API int vhdxlog_events_next(struct vhdxlog_events *events,
				    struct vhdxlog_event *event,
				    struct vhdxlog_error *err);
VHDXLOG_API void vhdxlog_events_close(struct vhdxlog_events *events);

/* Static sentences on what was not followed; NULL after the last. After next
 * returned 1. */
VHDXLOG_API const char *
vhdxlog_events_limitation(const struct vhdxlog_events *events, size_t index);

/* ------------------------------------------------------------------ states */

/*
 * More states of a file than a sequence or a policy leaves, as overlays: the file
 * as it is, and as it stood once an entry had been written and applied. Of the
 * latter, what no entry up to then wrote is the disk's, as it is today, if no
 * later one wrote it either, or if the log waits and the disk has of that page
 * none of what waits. Else it is the first version that is known, without
 * the blocks that the file had no room for then: inferred. What a later entry
 * wiped with zeroes first is left as it is on the disk, inferred, too. Payload is
 * not logged: it is as it is today.
 *
 * KNOWN is said of content, given the order that entries were put in; how sure
 * that one is, each session says (struct vhdxlog_session). What an entry wrote, or
 * the disk has, is known to be what was there if no entry can be gone from the
 * ring that came in between: none is between neighbouring numbers of a session,
 * nor within a chain of QEMU's entries, each of which begins where the one before
 * ends. Between two sessions another one may have been, of which nothing is left.
 *
 * size of such a state is LastFileOffset of the entry, or where that tells nothing
 * of the file today, and no less than the ends of what was written by then. What
 * the file has beyond it today can be read all the same. pages counts what is
 * inferred, too; entries are all that were written by then; result is "".
 * VHDXLOG_E_NOT_FOUND where no sound entry is at the sector; VHDXLOG_E_MISUSE as
 * vhdxlog_overlay_sequence().
 */
VHDXLOG_API int vhdxlog_overlay_disk(struct vhdxlog_scan *scan,
				     struct vhdxlog_overlay **overlay,
				     struct vhdxlog_error *err);
VHDXLOG_API int vhdxlog_overlay_as_of(struct vhdxlog_history *history,
				      uint32_t sector,
				      struct vhdxlog_overlay **overlay,
				      struct vhdxlog_error *err);

/* How sure a byte of the state is: INFERRED only as of an entry, see above. */
VHDXLOG_API enum vhdxlog_certainty
vhdxlog_overlay_certainty(const struct vhdxlog_overlay *overlay, uint64_t off);

/* The sector of the entry that a byte is from, or NO_SECTOR: the disk. */
VHDXLOG_API int vhdxlog_overlay_from(struct vhdxlog_overlay *overlay,
				     uint64_t off, uint32_t *entry,
				     struct vhdxlog_error *err);

/* The structures as they are in that state; NULL: err says why. */
VHDXLOG_API const struct vhdxlog_image *
vhdxlog_overlay_image(struct vhdxlog_overlay *overlay,
		      struct vhdxlog_error *err);

/*
 * How sure the geometry in that state is: the region tables, the table of the
 * metadata and its items. 0, 1: there is no metadata, or VHDXLOG_E_NOMEM.
 */
VHDXLOG_API int
vhdxlog_overlay_image_certainty(struct vhdxlog_overlay *overlay,
				enum vhdxlog_certainty *certainty,
				struct vhdxlog_error *err);

/*
 * The BAT entries of that state that are not zero, in order, those behind the
 * last that the disk needs included, as far as they are looked at for checks:
 * start with *cursor 0, or with an index to look from. 0, 1: no more, or a
 * negative code; after VHDXLOG_E_IO it goes on behind what cannot be read.
 */
VHDXLOG_API int vhdxlog_overlay_bat_next(struct vhdxlog_overlay *overlay,
					 uint64_t *cursor,
					 struct vhdxlog_bat_entry *entry,
					 enum vhdxlog_certainty *certainty,
					 struct vhdxlog_error *err);

/* The BAT entry of a payload block. VHDXLOG_E_RANGE: there is no such block. */
VHDXLOG_API int vhdxlog_overlay_block(struct vhdxlog_overlay *overlay,
				      uint64_t block,
				      struct vhdxlog_bat_entry *entry,
				      enum vhdxlog_certainty *certainty,
				      struct vhdxlog_error *err);

/* A block that this state locates and the file's BAT, replayed, does not, or
 * elsewhere. */
struct vhdxlog_ghost {
	struct vhdxlog_bat_entry entry; /* in this state */
	enum vhdxlog_certainty certainty;
	uint64_t length;  /* bytes of the file that are its, as far as the disk
			     needs them */
	bool inside_file; /* all of them are still there */
	bool overlapped;  /* a structure or block of today lies on some */
	enum vhdxlog_area owner; /* of the first such byte, else UNOWNED */
};

/* As vhdxlog_overlay_bat_next(). */
VHDXLOG_API int vhdxlog_overlay_ghost_next(struct vhdxlog_overlay *overlay,
					   uint64_t *cursor,
					   struct vhdxlog_ghost *ghost,
					   struct vhdxlog_error *err);

/* ----------------------------------------------------------------- compare */

/*
 * Two states side by side, of one image (of one scan) or of two. Each page that
 * differs, in order; neighbouring ones of payload, of the log, and of areas
 * without meaning as one stretch, where they are from the same entries. What only
 * one of the files is long enough to have (by the size of its overlay) is compared
 * with zeroes: files of different lengths can have no page that differs.
 *
 * Of states of one image what the log does not touch is not read. Where zeroes, or
 * nothing, are against the disk, no more is read than four times the log and 16
 * MiB: the rest is told as one stretch that may differ. Of two images all that
 * is not a hole in both is read. Both overlays are borrowed until it is closed.
 */
struct vhdxlog_comparison;

struct vhdxlog_difference {
	uint64_t offset, length;
	enum vhdxlog_area area; /* in b's state; a's where b has none */
	uint32_t a_from, b_from; /* sectors of entries, or NO_SECTOR: the disk */
	enum vhdxlog_certainty a_certainty, b_certainty;
	uint64_t differing; /* bytes */
	uint64_t first;	    /* offset of the first of them */
	/* Over the reading budget, or unreadable: it may differ; differing is 0. */
	bool unread;
};

/* One thing in a page that differs. */
struct vhdxlog_detail {
	enum vhdxlog_area area;
	uint64_t offset, length; /* of the thing */
	/* BAT: both decoded by their own geometry; index 0 of both where it is
	 * no BAT entry. */
	bool is_bat;
	struct vhdxlog_bat_entry a, b;
	const char *item; /* metadata, region tables: what; static, or NULL */
	char a_text[VHDXLOG_EVENT_TEXT], b_text[VHDXLOG_EVENT_TEXT];
};

/* Bytes of the guest's disk that read differently, or may. */
struct vhdxlog_virtual_range {
	uint64_t offset, length;
};

VHDXLOG_API int vhdxlog_compare_open(struct vhdxlog_overlay *a,
				     struct vhdxlog_overlay *b,
				     struct vhdxlog_comparison **comparison,
				     struct vhdxlog_error *err);
VHDXLOG_API void vhdxlog_compare_close(struct vhdxlog_comparison *comparison);

/*
 * Have progress called from time to time while pages are looked for, with how far
 * that is of the longer file, bytes; NULL: no more. ctx is borrowed.
 */
VHDXLOG_API void
vhdxlog_compare_progress(struct vhdxlog_comparison *comparison,
			 void (*progress)(void *ctx, uint64_t done,
					  uint64_t total),
			 void *ctx);

/* The next page; 0, 1: no more, or a negative code. */
VHDXLOG_API int vhdxlog_compare_next(struct vhdxlog_comparison *comparison,
				     struct vhdxlog_difference *difference,
				     struct vhdxlog_error *err);
/* The next thing of the page that was told last; likewise. */
VHDXLOG_API int vhdxlog_compare_detail(struct vhdxlog_comparison *comparison,
				       struct vhdxlog_detail *detail,
				       struct vhdxlog_error *err);
/*
 * When there are no more pages (VHDXLOG_E_MISUSE before): what a guest would see
 * change, in order, apart from one another; likewise. A block counts as a whole
 * where only one state locates it, or where its place in the one file is another;
 * in two files, where its content differs. All of the disk where the states have
 * another block size, sector size or parent. Of more than a million ranges
 * neighbours are told as one.
 */
VHDXLOG_API int
vhdxlog_compare_virtual(struct vhdxlog_comparison *comparison,
			struct vhdxlog_virtual_range *range,
			struct vhdxlog_error *err);

/* ------------------------------------------------------------- shifted BAT */

/* How it is known that a page of the BAT was shifted. */
enum vhdxlog_shift_source {
	VHDXLOG_SHIFT_LOG,	    /* from two versions in the log */
	VHDXLOG_SHIFT_LOG_AND_DISK, /* from one in the log, and the file's */
	VHDXLOG_SHIFT_DISK, /* from the file's alone: where nothing may be, a
			       block is */
};

VHDXLOG_API const char *
vhdxlog_shift_source_name(enum vhdxlog_shift_source source);

/*
 * A block that QEMU, before April 2023, moved in the BAT to the entry behind its
 * own (the check bat-shifted-page). It is as in the file after the replay. Where
 * the size of a block is a guess that check does not apply, and what is told here
 * rests on the guess.
 */
struct vhdxlog_shift {
	bool lost;	  /* no entry has its place in the file any more */
	uint64_t index;	  /* of the BAT entry that has it; where it is lost, of
			     the one that had it */
	uint64_t belongs; /* index of its own entry */
	uint64_t block;	  /* payload block, or with is_bitmap the chunk */
	bool is_bitmap;
	uint64_t file_offset; /* of its data */
	unsigned state; /* of the block, as its own entry had it before */
	uint64_t virtual_offset, virtual_length;
	bool taken; /* its own entry names another place, which is no other
		       entry's: the block was written anew since */
	enum vhdxlog_shift_source source;
	enum vhdxlog_certainty certainty; /* INFERRED: from offsets alone */
	uint32_t entry; /* sector of the entry that wrote it so, or NO_SECTOR */
};

/* The next, from low indices to high ones; *cursor starts with 0. 0: filled, 1:
 * no more, or a negative code. */
VHDXLOG_API int vhdxlog_shift_next(struct vhdxlog_scan *scan,
				   uint64_t *cursor,
				   struct vhdxlog_shift *shift,
				   struct vhdxlog_error *err);

/*
 * The block that the BAT entry of that index has and that belongs in another; and
 * the one that belongs in it and is not there. 0, 1: there is none, or a negative
 * code.
 */
VHDXLOG_API int vhdxlog_shift_at(struct vhdxlog_scan *scan, uint64_t index,
				 struct vhdxlog_shift *shift,
				 struct vhdxlog_error *err);
VHDXLOG_API int vhdxlog_shift_from(struct vhdxlog_scan *scan, uint64_t index,
				   struct vhdxlog_shift *shift,
				   struct vhdxlog_error *err);

/* ----------------------------------------------------------------- salvage */

/*
 * What can still be proven of entries that fail as a whole: their last sector torn,
 * a byte of them changed. Looked at is an unbroken row of entries of the LogGuid
 * that the header names (or that is assumed), each where the one before ends and
 * with the next number: behind the last entry of the choice, the first of them one
 * that fails; without a choice, the row that the newest entry's Tail begins. What
 * is between them and sound is applied as a whole. Of those that fail, a page is
 * proven where
 *
 * - EntryLength of the entry is just what its descriptors need;
 * - its descriptor has a signature and the number of the entry, and a target that
 *   an entry may have, in a structure, written by no other descriptor of the entry;
 * - its data sector has a signature, and the number of the entry at both ends;
 * - it makes sense where it goes: a region table has a right checksum with it;
 *   metadata keeps its rules, and what never changes; a page of the BAT has legal
 *   entries, and changes in the one before it what a writer does, so that new
 *   blocks lie inside the file (or LastFileOffset), on nothing else; a sector
 *   bitmap only gets more bits.
 *
 * The ends of a data sector say nothing of what is between them. So the checksum is
 * asked where the damage is. Where it is right once bytes that are to be zero are,
 * or differs in one byte itself, all the rest is as it was written, and pages need
 * not make sense; only then zeroes are applied, of which nothing else says where
 * they go, and LastFileOffset is believed. Where changing one byte would make it
 * right, what that byte is of is not proven. Where nothing of the entry is seen to
 * be damaged and no byte explains it, the damage may be in the page that is looked
 * at: metadata and bitmaps are not proven then, nor a BAT that gives up blocks.
 * What is not caught is damage of several bytes that makes one change of a writer
 * into another.
 */
struct vhdxlog_salvaged {
	uint32_t entry;	     /* sector */
	uint32_t descriptor; /* index */
	uint64_t file_offset, length; /* bytes; a page, or a range of zeroes */
	bool zero;
	enum vhdxlog_area area; /* of its first byte, before */
	/* Static sentences on what proves it, and NULL. */
	const char *evidence[8];
};

#define VHDXLOG_NO_DESCRIPTOR UINT32_MAX

/* Something of such an entry that is not proven, and why; static sentence. */
struct vhdxlog_unsalvaged {
	uint32_t entry; /* sector */
	uint32_t descriptor; /* index, or NO_DESCRIPTOR: the entry as a whole,
				and what follows it */
	const char *reason;
};

/*
 * Lay over a sequence, over what a policy applies to its end, or over the file as
 * it is, what can be salvaged; nothing that can be is no error, and stands against
 * writing it down (replay-nothing-to-salvage). The entries are appended to those of
 * the overlay, `salvaged` of them. VHDXLOG_E_MISUSE for a state as of an entry, and
 * for an overlay that was salvaged, or asked for its image or verdicts, before.
 * After any other error the overlay is to be closed.
 */
VHDXLOG_API int vhdxlog_overlay_salvage(struct vhdxlog_overlay *overlay,
					struct vhdxlog_error *err);

/*
 * How many pages and ranges of zeroes could be salvaged over the active sequence,
 * or where there is none over the file, and of how many that is; 0 also where no
 * damaged entry follows.
 */
VHDXLOG_API size_t vhdxlog_salvageable(const struct vhdxlog_scan *scan,
				       size_t *of);

/* What of such an overlay is salvaged, and what is not; false at the end. */
VHDXLOG_API bool
vhdxlog_overlay_salvaged(const struct vhdxlog_overlay *overlay, size_t index,
			 struct vhdxlog_salvaged *salvaged);
VHDXLOG_API bool
vhdxlog_overlay_unsalvaged(const struct vhdxlog_overlay *overlay, size_t index,
			   struct vhdxlog_unsalvaged *unsalvaged);

/* ------------------------------------------------------------ metadata alone */

/*
 * The image without what it holds for the guest: identifier, headers, region
 * tables, metadata, BAT, sector bitmaps and log, as they lie, and holes for all
 * else. In order, apart from one another; the rest of its size is zero. It scans
 * to the same report, but for digests, and for readers that read what is left out,
 * behind the log (calebf) or in sectors of it: so pages outside of structures that
 * the log writes are in it where the log holds the same bytes, and a text stands in
 * the place of such as hold something else. Where a structure and a payload block
 * claim the same place, only what can be nothing but the structure is.
 *
 * Redacted, the report differs in names, GUIDs and checksums, and in that nothing
 * is told of slack and of sectors of no kind: vhdxlog-extract(1).
 *
 * VHDXLOG_E_MISUSE for a scan of a log region alone, or one that did not look at
 * the log; VHDXLOG_E_NOT_FOUND where the file is no VHDX image. Time and memory are
 * linear in the log, besides what is given out. Closed before the scan.
 */
struct vhdxlog_export;

struct vhdxlog_export_options {
	/* Parent paths, creator and GUIDs replaced by others, the same one by the
	 * same; what leaks between structures is blanked, checksums that were
	 * right are right again. */
	bool redact;
};

/* Not all zeroes; pages of zeroes are left out. */
struct vhdxlog_export_piece {
	uint64_t offset, length; /* at most 1 MiB */
	const uint8_t *bytes;	 /* valid until the next */
};

VHDXLOG_API int vhdxlog_export_open(struct vhdxlog_scan *scan,
				    const struct vhdxlog_export_options *options,
				    struct vhdxlog_export **export_,
				    struct vhdxlog_error *err);
/* The size that the file is to have. */
VHDXLOG_API uint64_t vhdxlog_export_size(const struct vhdxlog_export *export_);
/* 0, 1: no more, or a negative code. */
VHDXLOG_API int vhdxlog_export_next(struct vhdxlog_export *export_,
				    struct vhdxlog_export_piece *piece,
				    struct vhdxlog_error *err);
/* Static sentences on what was left out or could not be hidden; NULL after the
 * last. When there are no more pieces. */
VHDXLOG_API const char *
vhdxlog_export_limitation(const struct vhdxlog_export *export_, size_t index);
VHDXLOG_API void vhdxlog_export_close(struct vhdxlog_export *export_);

/* ------------------------------------------------------------------- carve */

/*
 * Structures of VHDX images in any file, in one pass over what is no hole: at
 * multiples of 512 bytes, as images lie in partitions. Each is checked by itself,
 * then gathered into logs and images.
 *
 *	vhdxlog_carve_open(source, NULL, &carve, &err);
 *	while (vhdxlog_carve_next(carve, &item, &err) == 0)
 *		...
 *	vhdxlog_carve_close(carve);
 */
struct vhdxlog_carve;

enum vhdxlog_carve_kind {
	VHDXLOG_CARVE_IDENTIFIER,
	VHDXLOG_CARVE_HEADER,
	VHDXLOG_CARVE_REGION_TABLE,
	VHDXLOG_CARVE_METADATA,
	VHDXLOG_CARVE_ENTRY,	  /* of a log */
	VHDXLOG_CARVE_DATA,	  /* neighbouring data sectors of no entry */
	VHDXLOG_CARVE_BAT,	  /* neighbouring pages like those of a BAT */
	VHDXLOG_CARVE_UNREADABLE, /* the system could not read it */
	VHDXLOG_CARVE_LOG,	  /* entries and data sectors of one ring */
	VHDXLOG_CARVE_IMAGE,	  /* what belongs to one file */
	VHDXLOG_CARVE_KINDS,
};

#define VHDXLOG_CARVE_TEXT 160

/*
 * What was found. Structures come in order of offset; a log, or an image, comes
 * when no more can belong to it, with the numbers of what it is made of.
 */
struct vhdxlog_carved {
	uint64_t number; /* 1.., in the order of this list */
	enum vhdxlog_carve_kind kind;
	uint64_t offset, length; /* in the source, bytes */
	bool sound; /* checksum right, or what there is to check holds */
	uint64_t count; /* DATA, BAT: pages; LOG: entries; IMAGE: structures */
	uint64_t sequence_number; /* HEADER, ENTRY, IMAGE; LOG: the highest */
	/* HEADER, ENTRY: LogGuid; IMAGE: its header's; LOG: that of the highest
	 * number, which says nothing of what waits. */
	struct vhdxlog_guid guid;
	/* LOG: where its ring begins, where entries tell; IMAGE: its start, to be
	 * given to --offset. Sums below the source's start wrap: then not known. */
	bool has_base;
	uint64_t base;
	bool has_log; /* HEADER, IMAGE: the log, from the image's start */
	uint64_t log_offset;
	uint32_t log_length; /* LOG: of its ring, where base is known */
	uint64_t image; /* LOG: number of its image, 0: of none that is known */
	bool has_header; /* IMAGE: a sound one says where the log is */
	char detail[VHDXLOG_CARVE_TEXT]; /* a sentence; "" for most */
};

struct vhdxlog_carve_options {
	size_t size; /* set by VHDXLOG_CARVE_OPTIONS_INIT */
	uint64_t from; /* where to begin, of a pass that is taken up again */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
	/* Asked before each read; true: next() gives 1 before the end, where it
	 * can be saved, and goes on when it is called again. May be NULL. */
	bool (*pause)(void *ctx);
	void *pause_ctx;
};

#define VHDXLOG_CARVE_OPTIONS_INIT                               \
	{                                                        \
		.size = sizeof(struct vhdxlog_carve_options)     \
	}

VHDXLOG_API const char *
vhdxlog_carve_kind_name(enum vhdxlog_carve_kind kind);

VHDXLOG_API int vhdxlog_carve_open(struct vhdxlog_source *source,
				   const struct vhdxlog_carve_options *options,
				   struct vhdxlog_carve **carve,
				   struct vhdxlog_error *err);
/* 0: *item is filled; 1: no more, or where the position is not yet the source's
 * size, a pause; VHDXLOG_E_NOMEM. What cannot be read is an item. */
VHDXLOG_API int vhdxlog_carve_next(struct vhdxlog_carve *carve,
				   struct vhdxlog_carved *item,
				   struct vhdxlog_error *err);
/* Everything below it has been looked at, and told but for logs and images that
 * are still open. */
VHDXLOG_API uint64_t vhdxlog_carve_position(const struct vhdxlog_carve *carve);
/* Bytes that were looked at so far, each counted once: holes are none of them,
 * what could not be read is. Of a pass that was restored, since its beginning. */
VHDXLOG_API uint64_t vhdxlog_carve_bytes_read(const struct vhdxlog_carve *carve);
VHDXLOG_API void vhdxlog_carve_close(struct vhdxlog_carve *carve);

/*
 * What is still open, to go on from later: a text of lines, which restore reads.
 * save: NULL: out of memory; free() it. restore: a fresh pass with the same
 * source. VHDXLOG_E_MISUSE: it is no such text, or of another source.
 */
VHDXLOG_API char *vhdxlog_carve_save(const struct vhdxlog_carve *carve);
VHDXLOG_API int vhdxlog_carve_restore(struct vhdxlog_carve *carve,
				      const char *saved,
				      struct vhdxlog_error *err);

/* Static sentences on what this pass cannot tell; NULL after the last. */
VHDXLOG_API const char *
vhdxlog_carve_limitation(const struct vhdxlog_carve *carve, size_t index);

/* ----------------------------------------------------------------- orphans */

/* A data sector that no sound entry owns. */
struct vhdxlog_orphan {
	uint32_t sector;	  /* names it: D<sector> */
	uint64_t sequence_number; /* high and low half put together */
	bool has_sha256;
	char sha256[VHDXLOG_SHA256_TEXT];
};

VHDXLOG_API size_t vhdxlog_orphan_count(const struct vhdxlog_scan *scan);

/*
 * 0: filled, and *cursor moved on; 1: no more; negative. The cursor is the sector
 * to look from: start with 0, or with a sector to ask for that one.
 */
VHDXLOG_API int vhdxlog_orphan_next(struct vhdxlog_scan *scan,
				    uint32_t *cursor,
				    struct vhdxlog_orphan *orphan,
				    struct vhdxlog_error *err);

/* ------------------------------------------------------- verdicts, findings */

/*
 * The verdicts on one object, in the order of the catalogue, all statuses:
 * `which` is the slot of a header, the number of a region table, the index of an
 * entry or of a sequence, else 0. Returns their number, or a negative code.
 */
VHDXLOG_API int vhdxlog_verdicts(struct vhdxlog_scan *scan,
				 enum vhdxlog_object object, size_t which,
				 struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS],
				 struct vhdxlog_error *err);

/* The verdicts on a sequence that vhdxlog_sequence_from() gave; their number. */
VHDXLOG_API int
vhdxlog_sequence_verdicts(struct vhdxlog_scan *scan,
			  const struct vhdxlog_sequence *sequence,
			  struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS]);

/* One thing worth a person's attention. */
struct vhdxlog_finding {
	const char *id; /* static; the name of a check where there is one */
	enum vhdxlog_severity severity;
	const char *message; /* owned by the scan; the detail ends it */
	/* What the rule and its verdict do not say: blocks, bytes that are
	 * missing, names; "" for most. Owned by the scan; may hold text of the
	 * evidence, as UTF-8. */
	const char *detail;
	/* That vhdxlog_finding_where() names. Of the BAT's entries it names
	 * 65,536 at most; the detail has their number. */
	uint64_t where_count;
};

VHDXLOG_API size_t vhdxlog_finding_count(const struct vhdxlog_scan *scan);
VHDXLOG_API const struct vhdxlog_finding *
vhdxlog_finding_at(const struct vhdxlog_scan *scan, size_t index);

/*
 * The next identifier in a finding's `where`: "header1", "E3", "S5-7", "log",
 * "bat:33".
 * *cursor starts with 0. false when there are no more.
 */
VHDXLOG_API bool vhdxlog_finding_where(const struct vhdxlog_scan *scan,
				       size_t index, size_t *cursor,
				       char id[VHDXLOG_ID_TEXT]);

/* Static sentences on what this report cannot tell; NULL after the last. */
VHDXLOG_API const char *vhdxlog_limitation(const struct vhdxlog_scan *scan,
					   size_t index);

#ifdef __cplusplus
}
#endif

#endif
