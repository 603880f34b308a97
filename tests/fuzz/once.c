/* SPDX-License-Identifier: MIT */
/*
 * In place of an engine, where the compiler has none: each file that is named is an
 * input once.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#define LONGEST (1u << 20)

static int try_file(const char *path)
{
	static uint8_t data[LONGEST];
	FILE *file = fopen(path, "rb");
	size_t size;
	int broken;

	if (!file) {
		perror(path);
		return 1;
	}
	size = fread(data, 1, sizeof(data), file);
	broken = ferror(file) || size == sizeof(data);
	fclose(file);
	if (broken) {
		fprintf(stderr, "%s: cannot be read, or is too long\n", path);
		return 1;
	}
	return LLVMFuzzerTestOneInput(data, size);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (try_file(argv[i]) != 0)
			return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
