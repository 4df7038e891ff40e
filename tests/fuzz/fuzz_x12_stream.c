/*
 * fuzz_x12_stream.c - any bytes through the reader, in pieces of odd sizes that the input itself chooses: the same segments
 * come as from the whole, with and without a window that is kept.
 */
#include "x12/stream.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source { struct str left; uint64_t dice; unsigned most; };

static int64_t
fill(void *self, char *p, size_t n)
{
	struct source *s = self;
	size_t want;

	s->dice = s->dice * UINT64_C(6364136223846793005) + 1442695040888963407u;
	want = 1 + (s->dice >> 40) % s->most;
	want = want < n ? want : n;
	want = want < s->left.n ? want : s->left.n;
	if (want)
		memcpy(p, s->left.p, want);
	s->left = (struct str){ s->left.p + want, s->left.n - want };
	return (int64_t)want;
}

static void
mix(uint64_t *sum, const void *p, size_t n)
{
	*sum = (*sum ^ n) * UINT64_C(1099511628211);
	for (size_t i = 0; i < n; i++)
		*sum = (*sum ^ ((const unsigned char *)p)[i]) * UINT64_C(1099511628211);
}

static void
mix_segment(uint64_t *sum, const struct x12_seg *s)
{
	uint64_t about[] = { s->n, s->marks, s->ordinal, s->body };

	mix(sum, about, sizeof about);
	for (unsigned i = 0; i <= s->n; i++)
		mix(sum, s->el[i].p, s->el[i].n);
}

/* Elements of the window must be what they were when they were read. An empty segment may leave an empty one. */
static uint64_t
window_sum(const struct x12_reader *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < x12_n_kept(r); i++)
		if (x12_kept(r, i)->n)
			mix(&sum, x12_kept(r, i)->p, x12_kept(r, i)->n);
	return sum;
}

struct ended { uint64_t sum, windows; size_t n; int rc; };

static struct ended
read_all(struct x12_reader *r, int rc, bool keep)
{
	struct ended e = { .rc = rc };
	struct x12_seg s;

	while (e.rc >= 0 && (e.rc = x12_next(r, &s)) > 0) {
		mix_segment(&e.sum, &s);
		if (keep && e.n++ % 5 == 4) {
			uint64_t sum = window_sum(r);

			mix(&e.windows, &sum, sizeof sum);
			x12_keep(r, &s);
		}
		if (s.n > LIMIT_ELEMENTS)
			abort();
	}
	return e;
}

static struct ended
run(struct str in, unsigned most, bool keep, bool whole)
{
	struct source src = { in, in.n, most };
	struct arena a;
	struct faults f = { .a = &a };
	struct x12_reader *r = NULL;
	struct ended e;
	int rc;

	arena_init(&a, 0);
	rc = whole ? x12_open(&a, in, &f, &r) : x12_open_source(&a, (struct x12_src){ fill, &src }, &f, &r);
	e = read_all(r, rc, keep);
	if (e.rc < 0 && e.rc != E_NOMEM && f.n == 0)
		abort();
	arena_free(&a);
	return e;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data + (size > 0), size - (size > 0) };
	unsigned most = size ? 1 + data[0] % 200u : 1;
	struct ended all = run(in, 1u << 20, false, false), some = run(in, most, false, false);
	struct ended kept = run(in, 1u << 20, true, false), pieces = run(in, most, true, false);

	if (all.sum != some.sum || all.rc != some.rc || all.sum != kept.sum || kept.sum != pieces.sum ||
	    kept.windows != pieces.windows)
		abort();
	if (str_is_utf8(in)) {
		struct ended whole = run(in, 1, true, true);

		if (whole.rc != E_LIMIT && (whole.sum != all.sum || whole.windows != kept.windows))
			abort();
	}
	return 0;
}
