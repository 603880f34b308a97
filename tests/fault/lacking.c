/* SPDX-License-Identifier: MIT */
/*
 * fault-lacking PARTS COMMAND...: run a command as if on a kernel that lacks some
 * of the sandbox. PARTS, with commas: landlock, seccomp, privileges; or
 * disabled-landlock, which is there and was not switched on.
 *
 * By a filter of its own, which tells what such a kernel would. Exit status 77
 * where it cannot be had.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int lack_landlock(scmp_filter_ctx filter)
{
	int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
				  SYS_landlock_create_ruleset, 0);

	return rc ? rc :
		    seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
				     SYS_landlock_restrict_self, 0);
}

/* Of the call that builds a filter, and of its older form. */
static int lack_seccomp(scmp_filter_ctx filter)
{
	int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
				  SCMP_SYS(seccomp), 0);

	return rc ? rc :
		    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL),
				     SCMP_SYS(prctl), 1,
				     SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0));
}

static int lack_privileges(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL),
				SCMP_SYS(prctl), 1,
				SCMP_A0(SCMP_CMP_EQ, PR_SET_NO_NEW_PRIVS, 0));
}

static int deny_landlock(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EOPNOTSUPP),
				SYS_landlock_create_ruleset, 0);
}

static const struct {
	const char *name;
	int (*lack)(scmp_filter_ctx filter);
} parts[] = {
	{ "landlock", lack_landlock },
	{ "disabled-landlock", deny_landlock },
	{ "seccomp", lack_seccomp },
	{ "privileges", lack_privileges },
};

/* 0, or 1 where a name is none. */
static int add(scmp_filter_ctx filter, char *names)
{
	char *name;

	while ((name = strsep(&names, ","))) {
		size_t i = 0;

		while (i < sizeof(parts) / sizeof(*parts) &&
		       strcmp(parts[i].name, name) != 0)
			i++;
		if (i == sizeof(parts) / sizeof(*parts) ||
		    parts[i].lack(filter) != 0)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	if (argc < 3 || !filter || add(filter, argv[1]) != 0) {
		fprintf(stderr, "usage: fault-lacking PARTS COMMAND...\n");
		return 2;
	}
	/* As root may: else the question for the privileges is decided here. */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, geteuid() != 0);
	if (seccomp_load(filter) != 0)
		return 77;
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 2;
}
