/* SPDX-License-Identifier: MIT */
/*
 * The text of a recipe: it is read, or it ends the program with the status that
 * says so. What would end it comes back here.
 */
#include <criterion/criterion.h>

#include <setjmp.h>
#include <stdlib.h>

#include "corpus/recipe.h"
#include "tests/fuzz/fuzz.h"

/* What was made by then, and would have gone with the program. */
static struct json_tokener *tokener;
static jmp_buf ended;
static bool reading;

_Noreturn void __wrap_exit(int status);
_Noreturn void __real_exit(int status);
struct json_tokener *__wrap_json_tokener_new(void);
struct json_tokener *__real_json_tokener_new(void);
void __wrap_json_tokener_free(struct json_tokener *t);
void __real_json_tokener_free(struct json_tokener *t);

_Noreturn void __wrap_exit(int status)
{
	if (!reading)
		__real_exit(status);
	reading = false;
	longjmp(ended, status);
}

struct json_tokener *__wrap_json_tokener_new(void)
{
	return tokener = __real_json_tokener_new();
}

void __wrap_json_tokener_free(struct json_tokener *t)
{
	__real_json_tokener_free(t);
	tokener = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct recipe r;
	char *volatile text = malloc(size + 1);
	int status;

	cr_assert(text);
	memcpy(text, data, size);
	text[size] = '\0';
	r = (struct recipe){ 0 };
	reading = true;
	status = setjmp(ended);
	if (status == 0)
		recipe_parse(text, "x.json", &r);
	cr_assert(status == 0 || status == 2, "status %d", status);
	cr_assert_eq(reading, status == 0);
	reading = false;
	if (tokener)
		__wrap_json_tokener_free(tokener);
	recipe_release(&r);
	free(text);
	return 0;
}
