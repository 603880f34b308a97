/* SPDX-License-Identifier: MIT */
/*
 * A kernel with an older Landlock: LANDLOCK_ABI=N is what it says it has, and it
 * refuses what that one did not know.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/landlock.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Bits of the files' rights that each knows, from the first on. */
static const unsigned bits[] = { 13, 14, 15, 15, 16, 16, 16 };

static int abi(void)
{
	const char *text = getenv("LANDLOCK_ABI");
	int n = text ? atoi(text) : 0;

	if (n < 1 || n > 7)
		abort();
	return n;
}

/* Files, network, scopes: the latter two from the fourth and the sixth on. */
static int is_known(const void *attribute, size_t size)
{
	uint64_t rights[3] = { 0 };
	int n = abi();

	memcpy(rights, attribute, size < sizeof(rights) ? size : sizeof(rights));
	return !(rights[0] >> bits[n - 1]) && (n >= 4 || !rights[1]) &&
	       (n >= 6 || !rights[2]);
}

long syscall(long number, ...)
{
	long (*real)(long, ...);
	long a[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_landlock_create_ruleset) {
		if (a[2] & LANDLOCK_CREATE_RULESET_VERSION)
			return abi();
		if (!is_known((const void *)a[0], (size_t)a[1])) {
			errno = E2BIG;
			return -1;
		}
	}
	*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
