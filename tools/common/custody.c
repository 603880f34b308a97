/* SPDX-License-Identifier: MIT */
#include "tools/common/custody.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tools/common/sandbox.h"
#include "tools/common/say.h"

/* What the build was made from, where whoever builds says so. */
#ifndef VHDXLOG_BUILD
#define VHDXLOG_BUILD "built from unnamed sources"
#endif

static void utc_now(char text[32])
{
	time_t now = time(NULL);
	struct tm tm;

	if (!gmtime_r(&now, &tm) ||
	    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		text[0] = '\0';
}

/* Who that is may be told by a network, so it is asked for while that may be. */
static char user[256];

void tool_custody_prepare(void)
{
	struct passwd entry, *found = NULL;
	char room[4096];

	if (getpwuid_r(getuid(), &entry, room, sizeof(room), &found) == 0 &&
	    found)
		snprintf(user, sizeof(user), "%s", found->pw_name);
}

static char *user_name(void)
{
	if (!*user)
		return tool_format("%lu", (unsigned long)getuid());
	return tool_format("%s", user);
}

static char *host_name(void)
{
	char name[256] = "";

	if (gethostname(name, sizeof(name) - 1) != 0)
		name[0] = '\0';
	return tool_format("%s", name);
}

void tool_custody_begin(struct tool_custody *c, const struct tool_options *o)
{
	*c = (struct tool_custody){
		.build = tool_format("%s, compiler %s", VHDXLOG_BUILD,
				     __VERSION__),
		.user = user_name(),
		.host = host_name(),
	};
	utc_now(c->start);
	c->record = (struct report_custody){
		.version = vhdxlog_version(),
		.build = c->build,
		.argc = o->argc,
		.argv = o->argv,
		.user = c->user,
		.host = c->host,
		.start = c->start,
		.end = c->end,
		.sandbox = tool_sandbox_parts(),
	};
}

/* Zero where it can no longer be opened: that it is gone is a fact as well. */
static struct vhdxlog_identity identity_of(const char *path)
{
	struct vhdxlog_identity id = { .size = 0 };
	struct vhdxlog_source *source = NULL;

	if (vhdxlog_source_open(path, 0, &source, NULL) == 0)
		id = *vhdxlog_source_identity(source);
	vhdxlog_source_close(source);
	return id;
}

void tool_custody_end(struct tool_custody *c,
		      const struct vhdxlog_identity *before, const char *path)
{
	if (before)
		c->record.before = *before;
	c->record.after = identity_of(path);
	utc_now(c->end);
}

void tool_custody_release(struct tool_custody *c)
{
	free(c->build);
	free(c->user);
	free(c->host);
	*c = (struct tool_custody){ .build = NULL };
}
