/* SPDX-License-Identifier: MIT */
#include "tools/common/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/common/lookup.h"
#include "tools/common/say.h"
#include "tools/common/suggest.h"

/* -------------------------------------------------------------------- names */

const char *tool_state_word(size_t i)
{
	static const char *const words[] = { "disk", "policy:ms-vhdx",
					     NULL };

	return words[i];
}

/* A policy is meant where its name stands alone. */
char *tool_state_suggest(const char *name)
{
	const char *policy;

	if (strncmp(name, "policy:", 7) == 0)
		return tool_policies(name + 7);

	for (size_t i = 0; (policy = vhdxlog_policy_name(i)); i++) {
		if (strcmp(name, policy) == 0)
			return tool_format("; did you mean \"policy:%s\"?",
					   policy);
	}
	return tool_suggest_start(name, tool_state_word);
}

int tool_state_parse(const struct tool_command *command, const char *name,
		     struct report_state *state)
{
	const bool is_policy = strncmp(name, "policy:", 7) == 0;
	char *escaped, *more;

	if (report_state_parse(name, state))
		return TOOL_DONE;
	escaped = tool_escape(name);
	more = tool_state_suggest(name);
	tool_say("%s: \"%s\" is no state%s", command->name, escaped, more);
	if (!is_policy)
		fprintf(stderr,
			"states are disk (the file as it is), S5-7 (with these "
			"entries applied), E7 (as of\n"
			"that entry) and policy:qemu (as that reader leaves "
			"it)\n");
	free(escaped);
	free(more);
	return TOOL_USAGE;
}

/* ------------------------------------------------------------------ looking */

/* Say it; NULL, so that a caller can return it. Takes why over. */
static struct vhdxlog_overlay *say(const struct tool_states *states, char *why)
{
	tool_say_path(states->path, "%s", why);
	free(why);
	return NULL;
}

static struct vhdxlog_overlay *say_error(const struct tool_states *states,
					 const struct vhdxlog_error *err)
{
	return say(states, tool_error_text(err));
}

/* NULL: there is such an entry, and it is sound. free() it. */
static char *why_not_sound(struct vhdxlog_scan *scan, uint32_t sector)
{
	char *why = tool_why_no_entry(scan, sector);
	struct vhdxlog_entry e;

	if (why || vhdxlog_entry_at(scan, vhdxlog_entry_find(scan, sector), &e,
				    NULL) != 0)
		return why;
	if (e.verdict != VHDXLOG_INVALID)
		return NULL;
	return tool_format("E%" PRIu32 " is invalid, so nothing tells what it "
			   "would have written; see: vhdxlog show",
			   sector);
}

static struct vhdxlog_overlay *open_disk(struct tool_states *states)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vhdxlog_overlay *overlay;

	return vhdxlog_overlay_disk(states->scan, &overlay, &err) == 0 ?
		       overlay :
		       say_error(states, &err);
}

static struct vhdxlog_overlay *open_sequence(struct tool_states *states,
					     struct vhdxlog_range range)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	char *why = tool_why_no_sequence(states->scan, range);
	struct vhdxlog_overlay *overlay;

	if (why)
		return say(states, why);
	return vhdxlog_overlay_sequence(states->scan, range, &overlay, &err) ==
			       0 ?
		       overlay :
		       say_error(states, &err);
}

static struct vhdxlog_overlay *open_as_of(struct tool_states *states,
					  uint32_t sector)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	char *why = why_not_sound(states->scan, sector);
	struct vhdxlog_overlay *overlay;
	int rc = 0;

	if (why)
		return say(states, why);
	if (!states->history)
		rc = vhdxlog_history_open(states->scan, &states->history, &err);
	if (rc == 0)
		rc = vhdxlog_overlay_as_of(states->history, sector, &overlay,
					   &err);
	return rc == 0 ? overlay : say_error(states, &err);
}

static struct vhdxlog_overlay *open_policy(struct tool_states *states,
					   size_t policy)
{
	struct vhdxlog_error err = { .code = VHDXLOG_OK };
	struct vhdxlog_overlay *overlay;
	int rc = vhdxlog_overlay_policy(states->scan, policy, &overlay, &err);

	if (rc == VHDXLOG_E_RANGE)
		return say(states, tool_format("what %s would apply could not "
					       "be told",
					       vhdxlog_policy_name(policy)));
	return rc == 0 ? overlay : say_error(states, &err);
}

struct vhdxlog_overlay *tool_state_open(struct tool_states *states,
					const struct report_state *state)
{
	struct vhdxlog_overlay *overlay = NULL;

	switch (state->kind) {
	case REPORT_STATE_DISK: overlay = open_disk(states); break;
	case REPORT_STATE_SEQUENCE:
		overlay = open_sequence(states, state->range);
		break;
	case REPORT_STATE_AS_OF:
		overlay = open_as_of(states, state->range.head);
		break;
	case REPORT_STATE_POLICY:
		overlay = open_policy(states, state->policy);
		break;
	}
	if (overlay)
		states->open[states->count++] = overlay;
	return overlay;
}

void tool_states_release(struct tool_states *states)
{
	while (states->count > 0)
		vhdxlog_overlay_close(states->open[--states->count]);
	vhdxlog_history_close(states->history);
	states->history = NULL;
}
