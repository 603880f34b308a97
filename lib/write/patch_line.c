/* SPDX-License-Identifier: MIT */
/*
 * The lines of a patch, every byte of which may be anything. A line is bounded
 * before it is parsed; parsed, it must have the members that it must have, each
 * of its type and once; the numbers in them are bounded before they are used.
 */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "write/patch_members.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <json-c/json_visit.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a later version may put into a member of the first line. */
#define MAX_DEPTH 8

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static int refuse(struct vhdxlog_error *err)
{
	return vl_error(err, VHDXLOG_E_MISUSE, 0, 0, "a patch that is damaged");
}

/* -------------------------------------------------------------------- lines */

static const char *why_no_line(int c)
{
	if (c == EOF)
		return "the patch ends here and is not whole";
	return c == '\0' ? "a byte that no text has" :
			   "longer than a line may be";
}

/* Ends: a line has no more bytes than fit. */
static int read_line(struct vl_patch_lines *l, struct vhdxlog_error *err)
{
	int c;

	l->number++;
	l->length = 0;
	while ((c = getc_unlocked(l->file)) != '\n') {
		if (c == EOF && ferror(l->file))
			return vl_error(err, VHDXLOG_E_IO, errno, 0,
					"reading the patch");
		if (c == EOF || c == '\0' || l->length == VL_PATCH_LINE) {
			WRONG(l, "%s", why_no_line(c));
			return refuse(err);
		}
		l->text[l->length++] = (char)c;
	}
	l->text[l->length] = '\0';
	return 0;
}

static int count_strings(struct json_object *json, int flags,
			 struct json_object *parent, const char *key,
			 size_t *index, void *count)
{
	(void)parent;
	(void)index;
	if (flags != JSON_C_VISIT_SECOND)
		*(size_t *)count += (key != NULL) +
				    json_object_is_type(json, json_type_string);
	return JSON_C_VISIT_RETURN_CONTINUE;
}

/* How many strings of JSON are in the line; 0 where there are others. */
static size_t strings_in(const struct vl_patch_lines *l)
{
	size_t quotes = 0;

	for (const char *p = l->text; *p; p++) {
		bool inside = quotes % 2;

		if (*p == '"')
			quotes++;
		else if (inside && *p == '\\' && p[1])
			p++;
		else if (!inside && *p == '\'')
			return 0;
	}
	return quotes / 2;
}

/*
 * Whether every string of the line has a place in what it was parsed into. Of
 * two members of one name json-c keeps the last, others may keep the first; it
 * takes 'names' for names, others do not. A patch must not be one thing to us
 * and another to them.
 */
static bool nothing_lost(const struct vl_patch_lines *l,
			 struct json_object *json)
{
	size_t strings = 0;

	json_c_visit(json, 0, count_strings, &strings);
	return strings == strings_in(l);
}

/*
 * json-c drops what it has no memory for and goes on; errno is what tells that
 * from a line that is wrong.
 */
static int parse(struct vl_patch_lines *l, struct json_object **json,
		 struct vhdxlog_error *err)
{
	enum json_tokener_error e;

	json_tokener_reset(l->tokener);
	errno = 0;
	*json = json_tokener_parse_ex(l->tokener, l->text, (int)l->length + 1);
	if (errno == ENOMEM)
		return vl_nomem(err);
	e = json_tokener_get_error(l->tokener);
	if (e || json_tokener_get_parse_end(l->tokener) != l->length) {
		WRONG(l, "not one JSON value (%s)", json_tokener_error_desc(e));
		return refuse(err);
	}
	if (!json_object_is_type(*json, json_type_object))
		WRONG(l, "not a JSON object");
	else if (!nothing_lost(l, *json))
		WRONG(l, "a member that is there twice, or a name in"
			 " wrong quotes");
	else
		return 0;
	return refuse(err);
}

/* A line and its object, which is to be put whatever the code says. */
static int read_object(struct vl_patch_lines *l, struct json_object **json,
		       struct vhdxlog_error *err)
{
	int rc = read_line(l, err);

	*json = NULL;
	return rc ? rc : parse(l, json, err);
}

static void digest_line(struct vl_patch_lines *l)
{
	vl_digest_update(l->digest, l->text, l->length);
	vl_digest_update(l->digest, "\n", 1);
}

/* --------------------------------------------------------------- first line */

/* Members that are not known are left for later versions. */
static bool read_first(struct vl_patch_lines *l, struct json_object *json)
{
	static const struct vl_patch_member members[] = {
		{ "made_by", VL_PATCH_WORD, 0 },
		{ "mode", VL_PATCH_WORD, 0 },
		{ "sequence", VL_PATCH_WORD, 0 },
		{ "policy", VL_PATCH_WORD, 0 },
		{ "size_before", VL_PATCH_DECIMAL,
		  offsetof(struct vl_patch_lines, size_before) },
		{ "size_after", VL_PATCH_DECIMAL,
		  offsetof(struct vl_patch_lines, size_after) },
		{ "sha256", VL_PATCH_HASHES, 0 },
	};
	struct json_object *schema, *type;

	if (!vl_patch_member(l, json, "schema", &schema) ||
	    !vl_patch_member(l, json, "type", &type))
		return false;
	if (!vl_patch_is_word(schema, VL_PATCH_SCHEMA) ||
	    !vl_patch_is_word(type, "patch"))
		return WRONG(l, "not the first line of a " VL_PATCH_SCHEMA);
	return vl_patch_members(l, json, members, COUNT(members), l);
}

int vl_patch_lines_begin(struct vl_patch_lines *l, struct vhdxlog_error *err)
{
	struct json_object *json;
	int rc;

	if (fseeko(l->file, 0, SEEK_SET) < 0)
		return vl_error(err, VHDXLOG_E_IO, errno, 0,
				"reading the patch");
	vl_digest_free(l->digest);
	l->digest = vl_digest_new("SHA256");
	if (!l->digest)
		return vl_nomem(err);
	l->number = 0;
	l->end = 0;
	l->tally = (struct vl_patch_tally){ 0 };
	l->finished = false;
	rc = read_object(l, &json, err);
	if (!rc && !read_first(l, json))
		rc = refuse(err);
	digest_line(l);
	json_object_put(json);
	return rc;
}

/* ------------------------------------------------------------------- pieces */

static bool check_place(struct vl_patch_lines *l)
{
	const struct vl_patch_piece *p = &l->piece;
	const uint64_t ends[2] = { l->size_before, l->size_after };

	if (p->length == 0 || p->length > VL_PATCH_PIECE)
		return WRONG(l, "\"length\" is %" PRIu64 ", not 1 to %u",
			     p->length, VL_PATCH_PIECE);
	if (p->offset < l->end)
		return WRONG(l,
			     "a piece at 0x%" PRIx64
			     ", where the one before ends at 0x%" PRIx64,
			     p->offset, l->end);
	l->end = p->offset + p->length;
	if (l->end > vl_max64(ends[0], ends[1]))
		return WRONG(l, "a piece to 0x%" PRIx64 ", beyond the file",
			     l->end);
	for (unsigned i = 0; i < 2; i++) {
		if (p->offset < ends[i] && l->end > ends[i])
			return WRONG(l,
				     "a piece at 0x%" PRIx64
				     " across the file's end at 0x%" PRIx64,
				     p->offset, ends[i]);
	}
	return true;
}

/* size: of the file on that side. */
static bool check_side(struct vl_patch_lines *l, const char *key,
		       const struct vl_patch_side *side, uint64_t size)
{
	char sha256[VHDXLOG_SHA256_TEXT] = "";

	if (side->there != (l->piece.offset < size))
		return WRONG(l,
			     "\"%s\" is %s at 0x%" PRIx64
			     ", where the file ends at 0x%" PRIx64,
			     key, side->there ? "there" : "null",
			     l->piece.offset, size);
	if (side->given > l->piece.length)
		return WRONG(
			l,
			"\"%s\" has %u bytes, more than \"length\", %" PRIu64,
			key, side->given, l->piece.length);
	if (side->there)
		vl_sha256(side->bytes, l->piece.length, sha256);
	return strcmp(sha256, side->sha256) == 0 ||
	       WRONG(l, "\"%s_sha256\" is not that of \"%s\"", key, key);
}

static bool read_piece(struct vl_patch_lines *l, struct json_object *json)
{
#define AT(field) offsetof(struct vl_patch_piece, field)
	static const struct vl_patch_member members[] = {
		{ "offset", VL_PATCH_DECIMAL, AT(offset) },
		{ "length", VL_PATCH_COUNT, AT(length) },
		{ "entry", VL_PATCH_ENTRY, AT(entry) },
		{ "old_sha256", VL_PATCH_SHA256, AT(old.sha256) },
		{ "new_sha256", VL_PATCH_SHA256, AT(new.sha256) },
		{ "old", VL_PATCH_SIDE, AT(old) },
		{ "new", VL_PATCH_SIDE, AT(new) },
	};
#undef AT
	struct vl_patch_piece *p = &l->piece;

	if (!vl_patch_members(l, json, members, COUNT(members), p) ||
	    !vl_patch_no_others(l, json, COUNT(members) + 1) ||
	    !check_place(l) || !check_side(l, "old", &p->old, l->size_before) ||
	    !check_side(l, "new", &p->new, l->size_after))
		return false;
	l->tally.pieces++;
	l->tally.bytes +=
		vl_patch_differing(p->old.bytes, p->new.bytes, p->length);
	return true;
}

/* ---------------------------------------------------------------- last line */

struct last {
	uint64_t pieces;
	char sha256[VHDXLOG_SHA256_TEXT];
};

static bool read_last(struct vl_patch_lines *l, struct json_object *json)
{
	static const struct vl_patch_member members[] = {
		{ "pieces", VL_PATCH_COUNT, offsetof(struct last, pieces) },
		{ "sha256", VL_PATCH_SHA256, offsetof(struct last, sha256) },
	};
	struct last last;

	if (!vl_patch_members(l, json, members, COUNT(members), &last) ||
	    !vl_patch_no_others(l, json, COUNT(members) + 1))
		return false;
	vl_digest_finish(l->digest, l->sha256, sizeof(l->sha256));
	l->digest = NULL;
	if (last.pieces != l->tally.pieces)
		return WRONG(l,
			     "%" PRIu64 " pieces, but \"pieces\" is %" PRIu64,
			     l->tally.pieces, last.pieces);
	if (strcmp(last.sha256, l->sha256) != 0)
		return WRONG(l, "the lines before have not this SHA-256 but %s",
			     l->sha256);
	l->finished = true;
	return true;
}

static int expect_end(struct vl_patch_lines *l, struct vhdxlog_error *err)
{
	if (getc_unlocked(l->file) != EOF) {
		WRONG(l, "something stands behind the last line");
		return refuse(err);
	}
	if (ferror(l->file))
		return vl_error(err, VHDXLOG_E_IO, errno, 0,
				"reading the patch");
	return 1;
}

/* 0: a piece, 1: the end, or a negative code. */
static int read_next(struct vl_patch_lines *l, struct json_object *json,
		     struct vhdxlog_error *err)
{
	struct json_object *type;

	if (!vl_patch_member(l, json, "type", &type))
		return refuse(err);
	if (vl_patch_is_word(type, "end"))
		return read_last(l, json) ? expect_end(l, err) : refuse(err);
	if (!vl_patch_is_word(type, "piece")) {
		WRONG(l, "\"type\" is neither \"piece\" nor \"end\"");
		return refuse(err);
	}
	digest_line(l);
	return read_piece(l, json) ? 0 : refuse(err);
}

int vl_patch_lines_next(struct vl_patch_lines *l, struct vhdxlog_error *err)
{
	struct json_object *json;
	int rc;

	if (l->finished)
		return 1;
	rc = read_object(l, &json, err);
	if (!rc)
		rc = read_next(l, json, err);
	json_object_put(json);
	return rc;
}

/* ------------------------------------------------------------ open, release */

/*
 * Make the tokener's buffer hold the longest string there can be: where it
 * could not grow under one, json-c would leave the end of that out and not say
 * so.
 */
static bool make_room(struct vl_patch_lines *l)
{
	struct json_object *json;
	bool done;

	memset(l->text, ' ', VL_PATCH_LINE);
	l->text[0] = l->text[VL_PATCH_LINE - 1] = '"';
	l->text[VL_PATCH_LINE] = '\0';
	json = json_tokener_parse_ex(l->tokener, l->text, VL_PATCH_LINE + 1);
	done = json && json_object_get_string_len(json) == VL_PATCH_LINE - 2;
	json_object_put(json);
	return done;
}

static int open_stream(struct vl_patch_lines *l, int fd,
		       struct vhdxlog_error *err)
{
	struct stat st;
	int saved;

	if (fstat(fd, &st) != 0) {
		saved = errno == EBADF ? 0 : errno;
	} else if (!S_ISREG(st.st_mode)) {
		saved = 0;
	} else {
		l->file = fdopen(fd, "r");
		saved = errno;
	}
	if (l->file)
		return 0;
	close(fd);
	return saved ? vl_error(err, VHDXLOG_E_IO, saved, 0,
				"opening the patch") :
		       vl_error(err, VHDXLOG_E_NOT_FILE, 0, 0,
				"the patch is not a regular file");
}

int vl_patch_lines_open(struct vl_patch_lines *l, int fd,
			struct vhdxlog_error *err)
{
	int rc = open_stream(l, fd, err);

	if (rc)
		return rc;
	l->text = vl_calloc(VL_PATCH_LINE + 1, 1);
	l->tokener = json_tokener_new_ex(MAX_DEPTH);
	if (!l->text || !l->tokener)
		return vl_nomem(err);
	if (!make_room(l))
		return vl_nomem(err);
	json_tokener_set_flags(l->tokener, JSON_TOKENER_STRICT |
						   JSON_TOKENER_VALIDATE_UTF8);
	return 0;
}

void vl_patch_lines_release(struct vl_patch_lines *l)
{
	int saved = errno;

	if (l->file)
		fclose(l->file);
	if (l->tokener)
		json_tokener_free(l->tokener);
	vl_digest_free(l->digest);
	free(l->text);
	*l = (struct vl_patch_lines){ 0 };
	errno = saved;
}
