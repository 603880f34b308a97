/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/sparse.h"

#include <criterion/criterion.h>

#include "base/bytes.h"
#include "source/source.h"

#define HEAD 8u
#define RECORD 8u
#define REPEATED 0x8000u
#define FLAGS_SHIFT 48

/* ------------------------------------------------------------------- pages */

/* The first that is not below it. */
static uint32_t place_of(const struct sparse *s, uint64_t page)
{
	uint32_t low = 0, high = s->count;

	while (low < high) {
		uint32_t mid = (low + high) / 2;

		if (s->page[mid] < page)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint8_t *sparse_find(const struct sparse *s, uint64_t page)
{
	uint32_t at = place_of(s, page);

	return at < s->count && s->page[at] == page ? s->bytes[at] : NULL;
}

uint8_t *sparse_make(struct sparse *s, uint64_t page)
{
	uint32_t at = place_of(s, page), n = s->count;
	uint8_t *bytes;

	if (at < n && s->page[at] == page)
		return s->bytes[at];
	if (n == SPARSE_PAGES || page >= SPARSE_SIZE / SPARSE_PAGE)
		return NULL;
	/* Behind the last are those of the pool that nobody has. */
	bytes = s->bytes[n];
	memmove(s->page + at + 1, s->page + at, (n - at) * sizeof(*s->page));
	memmove(s->bytes + at + 1, s->bytes + at, (n - at) * sizeof(*s->bytes));
	s->page[at] = (uint32_t)page;
	s->bytes[at] = bytes;
	s->count++;
	memset(bytes, 0, SPARSE_PAGE);
	return bytes;
}

void sparse_drop(struct sparse *s, uint64_t page)
{
	uint32_t at = place_of(s, page), n = s->count;
	uint8_t *bytes;

	if (at >= n || s->page[at] != page)
		return;
	bytes = s->bytes[at];
	memmove(s->page + at, s->page + at + 1,
		(n - at - 1) * sizeof(*s->page));
	memmove(s->bytes + at, s->bytes + at + 1,
		(n - at - 1) * sizeof(*s->bytes));
	s->bytes[n - 1] = bytes;
	s->count--;
}

static void clear(struct sparse *s)
{
	s->size = s->count = s->flags = 0;
	for (uint32_t i = 0; i < SPARSE_PAGES; i++)
		s->bytes[i] = s->pool[i];
}

void sparse_copy(struct sparse *to, const struct sparse *from)
{
	clear(to);
	to->size = from->size;
	to->flags = from->flags;
	to->count = from->count;
	for (uint32_t i = 0; i < from->count; i++) {
		to->page[i] = from->page[i];
		memcpy(to->bytes[i], from->bytes[i], SPARSE_PAGE);
	}
}

void sparse_get(const struct sparse *s, uint64_t off, void *buf, size_t len)
{
	uint8_t *to = buf;

	memset(to, 0, len);
	for (uint32_t i = place_of(s, off / SPARSE_PAGE); i < s->count; i++) {
		uint64_t from = (uint64_t)s->page[i] * SPARSE_PAGE;
		uint64_t first = vl_max64(from, off);
		uint64_t end = vl_min64(from + SPARSE_PAGE, off + len);

		if (from >= off + len)
			break;
		memcpy(to + (first - off), s->bytes[i] + (first - from),
		       end - first);
	}
}

void sparse_put(struct sparse *s, uint64_t off, const void *buf, size_t len)
{
	const uint8_t *from = buf;

	while (len) {
		uint64_t in = off % SPARSE_PAGE;
		size_t n = vl_min64(len, SPARSE_PAGE - in);
		uint8_t *page = sparse_make(s, off / SPARSE_PAGE);

		if (page)
			memcpy(page + in, from, n);
		off += n;
		from += n;
		len -= n;
	}
}

/* ------------------------------------------------------------------ decode */

/* One record; how many bytes it has. */
static size_t decode_record(struct sparse *s, const uint8_t *p, size_t left)
{
	uint8_t *page = sparse_make(s, vl_le32(p));
	uint32_t off = vl_le16(p + 4) % SPARSE_PAGE;
	bool repeated = vl_le16(p + 6) & REPEATED;
	size_t has = left - RECORD;
	size_t len = vl_min64(vl_le16(p + 6) & ~REPEATED, SPARSE_PAGE - off);

	if (repeated) {
		if (page && has)
			memset(page + off, p[RECORD], len);
		return RECORD + (has ? 1 : 0);
	}
	len = vl_min64(len, has);
	if (page)
		memcpy(page + off, p + RECORD, len);
	return RECORD + len;
}

void sparse_decode(struct sparse *s, const uint8_t *data, size_t len)
{
	size_t at = HEAD;

	clear(s);
	if (len < HEAD)
		return;
	s->flags = (unsigned)(vl_le64(data) >> FLAGS_SHIFT);
	s->size = vl_le64(data) & ((UINT64_C(1) << FLAGS_SHIFT) - 1);
	s->size = vl_min64(s->size, SPARSE_SIZE);
	while (len - at > RECORD)
		at += decode_record(s, data + at, len - at);
}

/* ------------------------------------------------------------------ encode */

#define WORTH 12u /* so many that are the same are a record of their own */

static uint32_t same_from(const uint8_t *page, uint32_t at)
{
	uint32_t n = 1;

	while (at + n < SPARSE_PAGE && page[at + n] == page[at])
		n++;
	return n;
}

static size_t put_record(uint8_t *to, size_t room, uint32_t page, uint32_t off,
			 uint32_t len, const uint8_t *bytes, bool repeated)
{
	size_t n = repeated ? 1 : len;

	if (room < RECORD + n)
		return 0;
	vl_put_le32(to, page);
	vl_put_le16(to + 4, (uint16_t)off);
	vl_put_le16(to + 6, (uint16_t)(len | (repeated ? REPEATED : 0)));
	memcpy(to + RECORD, bytes, n);
	return RECORD + n;
}

/* Where the stretch ends that is no long run of one byte. */
static uint32_t plain_end(const uint8_t *page, uint32_t at)
{
	while (at < SPARSE_PAGE) {
		uint32_t n = same_from(page, at);

		if (n >= WORTH || (at + n == SPARSE_PAGE && !page[at]))
			break;
		at += n;
	}
	return at;
}

static size_t encode_page(uint32_t number, const uint8_t *page, uint8_t *to,
			  size_t room)
{
	size_t used = 0, n;

	for (uint32_t at = 0, end; at < SPARSE_PAGE; at = end) {
		end = plain_end(page, at);
		if (end > at) {
			n = put_record(to + used, room - used, number, at,
				       end - at, page + at, false);
		} else {
			end = at + same_from(page, at);
			if (!page[at])
				continue;
			n = put_record(to + used, room - used, number, at,
				       end - at, page + at, true);
		}
		if (!n)
			return 0;
		used += n;
	}
	return used;
}

size_t sparse_encode(const struct sparse *s, uint8_t *data, size_t room)
{
	size_t used = HEAD;
	static const uint8_t zeroes[SPARSE_PAGE];

	if (room < HEAD)
		return 0;
	vl_put_le64(data, s->size | (uint64_t)s->flags << FLAGS_SHIFT);
	for (uint32_t i = 0; i < s->count; i++) {
		size_t n;

		if (memcmp(s->bytes[i], zeroes, SPARSE_PAGE) == 0)
			continue;
		n = encode_page(s->page[i], s->bytes[i], data + used,
				room - used);
		if (!n)
			return 0;
		used += n;
	}
	return used;
}

/* ---------------------------------------------------------------- evidence */

static int64_t read_sparse(void *ctx, void *buf, size_t len, uint64_t off)
{
	sparse_get(ctx, off, buf, len);
	return (int64_t)len;
}

static int identify(void *ctx, struct vhdxlog_identity *id)
{
	*id = (struct vhdxlog_identity){
		.size = ((const struct sparse *)ctx)->size
	};
	return 0;
}

static bool next_data(const struct vl_view *view, uint64_t off, uint64_t end,
		      uint64_t *from, uint64_t *to)
{
	const struct sparse *s = ((const struct vhdxlog_source *)view)->ctx;
	uint32_t at = place_of(s, off / SPARSE_PAGE);
	uint64_t begin;

	if (at == s->count)
		return false;
	begin = (uint64_t)s->page[at] * SPARSE_PAGE;
	if (begin >= end)
		return false;
	*from = vl_max64(begin, off);
	*to = vl_min64(begin + SPARSE_PAGE, end);
	return true;
}

struct vhdxlog_source *sparse_open(const struct sparse *s)
{
	static const struct vhdxlog_source_ops ops = {
		.read = read_sparse,
		.identify = identify,
	};
	struct vhdxlog_source *source;

	cr_assert_eq(vhdxlog_source_custom(&ops, (void *)s, s->size, &source,
					   NULL),
		     0);
	source->view.next_data = next_data;
	return source;
}
