/* SPDX-License-Identifier: MIT */
#include "helpers.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/image.h"
#include "walk.h"

#ifdef __SANITIZE_ADDRESS__
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif

#ifdef HAS_ASAN
#include <criterion/hooks.h>
#include <sanitizer/lsan_interface.h>

/*
 * Criterion 2.4 loses 48 bytes of its own where several tests run at a time. This
 * hook runs in the process that starts the tests, not in theirs.
 */
ReportHook(PRE_ALL)(__attribute__((unused)) struct criterion_test_set *set)
{
	__lsan_disable();
}
#endif

/* ---------------------------------------------------------------- numbers */

struct rng rng_seed(uint64_t seed)
{
	struct rng r = { seed };

	rng_next(&r);
	return r;
}

uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
	return rng_next(r) % n;
}

bool rng_chance(struct rng *r, unsigned percent)
{
	return rng_below(r, 100) < percent;
}

void rng_fill(struct rng *r, void *buf, size_t len)
{
	uint8_t *p = buf;

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)rng_next(r);
}

unsigned rounds(unsigned plain)
{
	const char *checker = getenv("VHDXLOG_CHECKER");
	const char *times = getenv("VHDXLOG_ROUNDS");
	unsigned n = plain;

	if (times)
		return plain * (unsigned)strtoul(times, NULL, 10);
	if (checker && strcmp(checker, "valgrind") == 0)
		n = plain / 60;
	else if (checker && *checker)
		n = plain / 5;
	return n ? n : 1;
}

/* ----------------------------------------------------------------- images */

void buffer_free(struct buffer *b)
{
	free(b->at);
	*b = (struct buffer){ NULL, 0 };
}

struct buffer build_recipe(const char *text)
{
	struct recipe r;
	struct vl_medium m;
	struct buffer b;
	uint8_t *bytes;
	uint64_t size;

	cr_assert_eq(vl_medium_memory(0, &m, NULL), 0);
	recipe_parse(text, "a test's recipe", &r);
	corpus_build(&r, &m);
	bytes = vl_medium_bytes(&m, &size);
	b = (struct buffer){ malloc(size ? size : 1), size };
	cr_assert(b.at);
	memcpy(b.at, bytes, size);
	recipe_release(&r);
	vl_medium_close(&m);
	return b;
}

/* ------------------------------------------------------------------ scans */

struct scanned scan_memory(const void *bytes, size_t len,
			   const struct vhdxlog_options *options)
{
	struct vhdxlog_error err = { .what = "" };
	struct scanned s;

	cr_assert_eq(vhdxlog_source_memory(bytes, len, &s.source, &err), 0,
		     "%s", err.what);
	cr_assert_eq(vhdxlog_scan(s.source, options, &s.scan, &err), 0, "%s",
		     err.what);
	return s;
}

void scan_release(struct scanned *s)
{
	vhdxlog_scan_close(s->scan);
	vhdxlog_source_close(s->source);
	*s = (struct scanned){ NULL, NULL };
}

enum vhdxlog_state scan_and_walk(const void *bytes, size_t len,
				 const struct vhdxlog_options *options)
{
	struct scanned s = scan_memory(bytes, len, options);
	enum vhdxlog_state state = vhdxlog_verdict(s.scan)->state;

	walk_everything(s.scan, WALK_ALL);
	scan_release(&s);
	return state;
}

enum vhdxlog_status status_of(struct vhdxlog_scan *scan, const char *check,
			      size_t which)
{
	const struct vhdxlog_check *c = vhdxlog_check_find(check);
	static struct vhdxlog_verdict v[VHDXLOG_MAX_VERDICTS];
	int n;

	cr_assert(c, "there is no check %s", check);
	n = vhdxlog_verdicts(scan, c->object, which, v, NULL);
	cr_assert_geq(n, 0);
	for (int i = 0; i < n; i++) {
		if (v[i].check == c)
			return v[i].status;
	}
	cr_assert_fail("%s is not judged", check);
	return VHDXLOG_BLOCKED;
}

bool has_finding(const struct vhdxlog_scan *scan, const char *id)
{
	for (size_t i = 0; i < vhdxlog_finding_count(scan); i++) {
		if (strcmp(vhdxlog_finding_at(scan, i)->id, id) == 0)
			return true;
	}
	return false;
}
