/* SPDX-License-Identifier: MIT */
/*
 * What each option is to do, for the table. Each returns NULL, or what is wrong
 * with the value. Flags get no value.
 */
#ifndef TOOLS_COMMON_OPTION_SET_H
#define TOOLS_COMMON_OPTION_SET_H

#include "tools/common/options.h"

#define BYTES_WANTED "is no number of bytes (4096, 0x1000, 4K and 4KiB are)"

/* For a path of any option. */
const char *tool_set_path(const char **path, const char *value);

/* The row of a policy in the selection. false: there is none of that name. */
bool tool_find_policy(const char *value, size_t *index);

const char *tool_set_output(struct tool_options *o, const char *value);
const char *tool_set_quiet(struct tool_options *o, const char *value);
const char *tool_set_verbose(struct tool_options *o, const char *value);
const char *tool_set_no_color(struct tool_options *o, const char *value);
const char *tool_set_all_checks(struct tool_options *o, const char *value);
const char *tool_set_strict(struct tool_options *o, const char *value);
const char *tool_set_custody(struct tool_options *o, const char *value);
const char *tool_set_no_hash(struct tool_options *o, const char *value);
const char *tool_set_hash(struct tool_options *o, const char *value);
const char *tool_add_policy(struct tool_options *o, const char *value);
const char *tool_set_unreferenced(struct tool_options *o, const char *value);
const char *tool_set_offset(struct tool_options *o, const char *value);
const char *tool_set_log_offset(struct tool_options *o, const char *value);
const char *tool_set_log_length(struct tool_options *o, const char *value);
const char *tool_set_log_guid(struct tool_options *o, const char *value);
const char *tool_set_header(struct tool_options *o, const char *value);
const char *tool_set_raw_log(struct tool_options *o, const char *value);
const char *tool_set_parent(struct tool_options *o, const char *value);
const char *tool_set_manual(struct tool_options *o, const char *value);
const char *tool_set_sequence(struct tool_options *o, const char *value);
const char *tool_set_policy(struct tool_options *o, const char *value);
const char *tool_set_fix(struct tool_options *o, const char *value);
const char *tool_set_dry_run(struct tool_options *o, const char *value);
const char *tool_set_overwrite(struct tool_options *o, const char *value);
const char *tool_set_force(struct tool_options *o, const char *value);
const char *tool_set_rearm(struct tool_options *o, const char *value);
const char *tool_set_salvage(struct tool_options *o, const char *value);
const char *tool_set_hash_both(struct tool_options *o, const char *value);
const char *tool_set_patch(struct tool_options *o, const char *value);
const char *tool_set_apply(struct tool_options *o, const char *value);
const char *tool_set_unapply(struct tool_options *o, const char *value);
const char *tool_refuse_raw_log(struct tool_options *o, const char *value);
const char *tool_set_session(struct tool_options *o, const char *value);
const char *tool_set_block(struct tool_options *o, const char *value);
const char *tool_set_virtual(struct tool_options *o, const char *value);
const char *tool_set_region(struct tool_options *o, const char *value);
const char *tool_set_as_of(struct tool_options *o, const char *value);
const char *tool_set_anchor(struct tool_options *o, const char *value);
const char *tool_set_state_a(struct tool_options *o, const char *value);
const char *tool_set_state_b(struct tool_options *o, const char *value);
const char *tool_set_bytes(struct tool_options *o, const char *value);
const char *tool_set_short(struct tool_options *o, const char *value);
const char *tool_set_keep(struct tool_options *o, const char *value);
const char *tool_set_period(struct tool_options *o, const char *value);
const char *tool_set_redact(struct tool_options *o, const char *value);
const char *tool_set_no_sandbox(struct tool_options *o, const char *value);
const char *tool_refuse_log_alone(struct tool_options *o, const char *value);
const char *tool_set_files_from(struct tool_options *o, const char *value);
const char *tool_set_recursive(struct tool_options *o, const char *value);
const char *tool_set_jobs(struct tool_options *o, const char *value);
const char *tool_set_max_read(struct tool_options *o, const char *value);
const char *tool_set_timeout(struct tool_options *o, const char *value);
const char *tool_add_rules(struct tool_options *o, const char *value);
const char *tool_add_define(struct tool_options *o, const char *value);
const char *tool_set_yara_timeout(struct tool_options *o, const char *value);
const char *tool_set_yara_scope(struct tool_options *o, const char *value);
const char *tool_set_yara_sequence(struct tool_options *o, const char *value);

#endif
