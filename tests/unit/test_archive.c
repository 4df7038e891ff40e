/* test_archive.c - blocks of the archive: what is written reads back; anything cut, changed or added does not. */
#include "archive/block.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Body i of a made-up lot: parts come and go with i. */
static struct archive_body
body(unsigned i, size_t size)
{
	struct archive_body b = { .revision = (int64_t)i * 1000003 };

	for (size_t k = 0; k < sizeof b.id.b; k++)
		b.id.b[k] = (unsigned char)(i * 31 + k * 7);
	for (unsigned p = 0; p < PART_COUNT; p++) {
		struct buf t;

		if (p && (i >> p & 1))
			continue;
		buf_init(&t, &a);
		buf_ch(&t, '\0');
		while (t.n < size)
			buf_fmt(&t, "part %u of body %u, ", p, i);
		b.part[p] = (struct str){ t.p, t.n < size + 1 ? t.n : size + 1 };
	}
	return b;
}

static bool
same(const struct archive_body *x, const struct archive_body *y)
{
	bool is = memcmp(x->id.b, y->id.b, sizeof x->id.b) == 0 && x->revision == y->revision;

	for (int p = 0; p < PART_COUNT; p++)
		is = is && str_eq(x->part[p], y->part[p]);
	return is;
}

Test(archive, reads_what_it_wrote, .init = open_arena, .fini = close_arena)
{
	static const struct { size_t n, size; int first; } rows[] = {
		{ 1, 1, 1 }, { 2, 300, 2 }, { 64, 200, 64 }, { 65, 200, 64 }, { 64, 5000, 50 }, { 3, 900000, 1 },
		    { 1, LIMIT_BODY, 1 },
	};

	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
		struct archive_body *v = arena_array(&a, rows[r].n, sizeof *v), *got;
		struct block_head h;
		struct str out;
		size_t at = 0;

		for (size_t i = 0; i < rows[r].n; i++)
			v[i] = body((unsigned)i, rows[r].size);
		while (at < rows[r].n) {
			int k = block_write(&a, v + at, rows[r].n - at, &out);

			cr_assert(k > 0 && block_head(out, &h) == 0 && h.n == (size_t)k && h.packed + BLOCK_HEAD == out.n,
			    "row %zu", r);
			cr_expect(at || k >= rows[r].first || rows[r].size > 3000, "row %zu: %d in the first block", r, k);
			cr_assert(block_read(&a, out, &got) == k, "row %zu", r);
			for (int i = 0; i < k; i++)
				cr_expect(same(&v[at + (size_t)i], &got[i]), "row %zu body %zu", r, at + (size_t)i);
			at += (size_t)k;
		}
		arena_reset(&a);
	}
}

Test(archive, refuses_to_write_what_it_would_not_read, .init = open_arena, .fini = close_arena)
{
	struct archive_body v[2] = { body(1, 10), body(2, 10) }, *got;
	struct str out;

	cr_expect(block_write(&a, v, 0, &out) == E_LIMIT);
	v[1].part[0].n = LIMIT_BODY + 2;
	cr_expect(block_write(&a, v + 1, 1, &out) == E_LIMIT);
	cr_expect(block_write(&a, v, 2, &out) == 1 && block_read(&a, out, &got) == 1, "the one before goes alone");
	v[0].revision = -1;
	cr_expect(block_write(&a, v, 1, &out) == E_LIMIT);
}

static struct str
sample(void)
{
	struct archive_body v[3] = { body(1, 40), body(2, 3), body(12, 90) };
	struct str out;

	cr_assert(block_write(&a, v, 3, &out) == 3);
	return out;
}

/* A copy of exactly n bytes, so that a sanitizer sees a read past them. */
static int
read_exactly(const char *p, size_t n)
{
	char *copy = malloc(n ? n : 1);
	struct archive_body *got;
	struct arena own;
	int rc;

	memcpy(copy, p, n);
	arena_init(&own, 0);
	rc = block_read(&own, (struct str){ copy, n }, &got);
	arena_free(&own);
	free(copy);
	return rc;
}

Test(archive, every_truncation, .init = open_arena, .fini = close_arena)
{
	struct str whole = sample();
	char *more = arena_alloc(&a, whole.n + 1);

	for (size_t n = 0; n < whole.n; n++)
		cr_expect(read_exactly(whole.p, n) == E_INCOMPLETE, "%zu of %zu bytes", n, whole.n);
	cr_expect(read_exactly(whole.p, whole.n) == 3);
	memcpy(more, whole.p, whole.n);
	cr_expect(read_exactly(more, whole.n + 1) < 0, "a byte more");
}

Test(archive, every_changed_byte, .init = open_arena, .fini = close_arena)
{
	struct str whole = sample();
	char *p = arena_alloc(&a, whole.n);

	memcpy(p, whole.p, whole.n);
	for (size_t i = 0; i < whole.n; i++)
		for (int bit = 0; bit < 8; bit++) {
			int rc;

			p[i] = (char)(whole.p[i] ^ (1 << bit));
			rc = read_exactly(p, whole.n);
			cr_expect(rc == E_DAMAGED || (i < 16 && rc < 0), "byte %zu bit %d: %s", i, bit, err_name(rc));
			p[i] = whole.p[i];
		}
}

Test(archive, heads_that_lie, .init = open_arena, .fini = close_arena)
{
	static const struct { const char *name; size_t at; const char *bytes; size_t n; int rc; } rows[] = {
		{ "magic", 0, "CLAC", 4, E_MALFORMED }, { "version 2", 4, "\2", 1, E_VERSION },
		    { "no bodies", 6, "\0", 1, E_MALFORMED },
		{ "65 bodies", 6, "\x41", 1, E_LIMIT }, { "4 GB", 8, "\xff\xff\xff\xff", 4, E_LIMIT },
		{ "too few bytes for a body", 8, "\x18\0\0\0", 4, E_MALFORMED },
		    { "nothing packed", 12, "\0\0\0\0", 4, E_MALFORMED },
		{ "4 GB packed", 12, "\xff\xff\xff\xff", 4, E_LIMIT },
	};
	struct str whole = sample();

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char p[BLOCK_HEAD];
		struct block_head h;

		memcpy(p, whole.p, sizeof p);
		memset(p + 8, rows[i].at == 6 && rows[i].n == 1 && rows[i].rc == E_LIMIT ? 1 : p[8], 1);
		memcpy(p + 9, rows[i].rc == E_LIMIT && rows[i].at == 6 ? "\xff\0\0" : p + 9, 3);
		memcpy(p + rows[i].at, rows[i].bytes, rows[i].n);
		cr_expect(block_head((struct str){ p, sizeof p }, &h) == rows[i].rc, "%s: %s", rows[i].name,
		    err_name(block_head((struct str){ p, sizeof p }, &h)));
	}
}
