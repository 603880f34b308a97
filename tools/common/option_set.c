/* SPDX-License-Identifier: MIT */
/* What options of most commands are to do. */
#include "tools/common/option_set.h"

#include <string.h>

#include "tools/common/number.h"
#include "tools/common/option_table.h"

const char *const tool_format_names[TOOL_FORMAT_COUNT] = {
	[TOOL_TEXT] = "text",
	[TOOL_JSON] = "json",
	[TOOL_JSONL] = "jsonl",
	[TOOL_CSV] = "csv",
	[TOOL_MAP] = "map",
	[TOOL_HTML] = "html",
};

#define MIB 0x100000u
#define SECTOR 4096u

const char *tool_set_format(struct tool_options *o, const char *value)
{
	for (int f = 0; f < TOOL_FORMAT_COUNT; f++) {
		if (strcmp(value, tool_format_names[f]) == 0) {
			o->format = (enum tool_format)f;
			return NULL;
		}
	}
	return "is no format";
}

const char *tool_set_path(const char **path, const char *value)
{
	*path = value;
	return *value ? NULL : "is no file name";
}

const char *tool_set_output(struct tool_options *o, const char *value)
{
	return tool_set_path(&o->output, value);
}

const char *tool_set_quiet(struct tool_options *o, const char *value)
{
	(void)value;
	o->quiet = true;
	return NULL;
}

const char *tool_set_verbose(struct tool_options *o, const char *value)
{
	(void)value;
	o->verbose = true;
	return NULL;
}

const char *tool_set_no_sandbox(struct tool_options *o, const char *value)
{
	(void)value;
	o->no_sandbox = true;
	return NULL;
}

const char *tool_set_no_color(struct tool_options *o, const char *value)
{
	(void)value;
	o->no_color = true;
	return NULL;
}

const char *tool_set_all_checks(struct tool_options *o, const char *value)
{
	(void)value;
	o->all_checks = true;
	return NULL;
}

const char *tool_set_strict(struct tool_options *o, const char *value)
{
	(void)value;
	o->scan.strict = true;
	return NULL;
}

const char *tool_set_custody(struct tool_options *o, const char *value)
{
	(void)value;
	o->custody = true;
	return NULL;
}

const char *tool_set_no_hash(struct tool_options *o, const char *value)
{
	(void)value;
	o->scan.hash_structures = false;
	return NULL;
}

const char *tool_set_hash(struct tool_options *o, const char *value)
{
	o->scan.hash_image |= VHDXLOG_HASH_SHA256;
	while (value && *value) {
		size_t n = strcspn(value, ",");

		if (n == 3 && strncmp(value, "md5", n) == 0)
			o->scan.hash_image |= VHDXLOG_HASH_MD5;
		else if (n == 4 && strncmp(value, "sha1", n) == 0)
			o->scan.hash_image |= VHDXLOG_HASH_SHA1;
		else if (n != 6 || strncmp(value, "sha256", n) != 0)
			return "is no list of sha256, sha1, md5";
		value += n;
		value += *value == ',';
	}
	return NULL;
}

const char tool_no_policy[] = "is no policy";

bool tool_find_policy(const char *value, size_t *index)
{
	const char *name;

	for (size_t i = 0; (name = vhdxlog_policy_name(i)); i++) {
		if (strcmp(value, name) == 0) {
			*index = i;
			return true;
		}
	}
	return false;
}

const char *tool_add_policy(struct tool_options *o, const char *value)
{
	size_t i;

	if (!tool_find_policy(value, &i))
		return tool_no_policy;
	o->policies |= UINT64_C(1) << i;
	return NULL;
}

const char *tool_set_unreferenced(struct tool_options *o, const char *value)
{
	(void)value;
	o->scan.unreferenced = true;
	return NULL;
}

const char *tool_set_offset(struct tool_options *o, const char *value)
{
	return tool_parse_bytes(value, &o->offset) ? NULL : BYTES_WANTED;
}

const char *tool_set_log_offset(struct tool_options *o, const char *value)
{
	o->scan.has_log_offset = true;
	if (!tool_parse_bytes(value, &o->scan.log_offset))
		return BYTES_WANTED;
	/* [MS-VHDX] 2.2.2: LogOffset; what else was found is a piece of a file. */
	return o->scan.log_offset % MIB ?
		       "is no multiple of 1 MiB, where alone an image has its "
		       "log (0x100000 is); one that lies elsewhere in a file "
		       "is scanned with --offset and --raw-log" :
		       NULL;
}

const char *tool_set_log_length(struct tool_options *o, const char *value)
{
	uint64_t n;

	if (!tool_parse_bytes(value, &n))
		return BYTES_WANTED;
	if (n == 0 || n > UINT32_MAX)
		return "is no length that a log can have";
	if (n % SECTOR)
		return "is no multiple of 4096, of which a log's sectors are "
		       "(1M is)";
	o->scan.has_log_length = true;
	o->scan.log_length = (uint32_t)n;
	return NULL;
}

const char *tool_set_log_guid(struct tool_options *o, const char *value)
{
	o->scan.has_log_guid = true;
	return vhdxlog_guid_parse(value, &o->scan.log_guid) ?
		       NULL :
		       "is no GUID (e6fc743c-81ed-4fe8-bf54-698ed57ba0b8 is)";
}

const char *tool_set_header(struct tool_options *o, const char *value)
{
	if (strcmp(value, "1") != 0 && strcmp(value, "2") != 0)
		return "is neither 1 nor 2";
	o->scan.header = *value == '1' ? 1 : 2;
	return NULL;
}

const char *tool_set_raw_log(struct tool_options *o, const char *value)
{
	(void)value;
	o->scan.raw_log = true;
	return NULL;
}

const char *tool_set_parent(struct tool_options *o, const char *value)
{
	return tool_set_path(&o->parent, value);
}

const char *tool_set_manual(struct tool_options *o, const char *value)
{
	(void)value;
	o->manual = true;
	return NULL;
}
