/*
 * texts.c - texts as numbers, so that the same is found again at once: a few are compared one by one, many by a table
 * of hashes. Never takes a hash for the text, and never looks at what a text means.
 */
#include "x12/texts.h"

#define FEW	12
#define PRIME	((UINT64_C(1) << 61) - 1)

__extension__ typedef unsigned __int128 wide;

static uint64_t
times(uint64_t a, uint64_t b)
{
	wide w = (wide)a * b;
	uint64_t v = (uint64_t)(w & PRIME) + (uint64_t)(w >> 61);

	return v >= PRIME ? v - PRIME : v;
}

/* The polynomial with these bytes, at a point nobody knows. */
uint64_t
x12_hash(uint64_t seed, struct str s)
{
	uint64_t x = (seed ^ UINT64_C(0x9e3779b97f4a7c15)) % (PRIME - 1) + 1, h = s.n;

	for (size_t i = 0; i < s.n; i++)
		h = times(h, x) + (unsigned char)s.p[i];
	return times(h, x);
}

static size_t
slot_of(const struct x12_same *t, const struct x12_text *x)
{
	return x12_hash(t->seed ^ (uint64_t)x->also, x->v) & t->mask;
}

bool
x12_same_begin(struct x12_same *t, size_t most)
{
	if (most > t->cap) {
		size_t cap = 64;

		while (cap < most)
			cap *= 2;
		t->v = arena_array(t->a, cap, sizeof *t->v);
		t->slot = arena_array(t->a, 2 * cap, sizeof *t->slot);
		t->cap = t->v && t->slot ? cap : 0;
	}
	t->n = 0;
	if (most <= FEW || most > t->cap)
		return most <= t->cap;
	for (t->mask = 31; t->mask + 1 < 2 * most; t->mask = t->mask * 2 + 1)
		;
	memset(t->slot, 0, (t->mask + 1) * sizeof *t->slot);
	return true;
}

static bool
is_it(struct x12_same *t, size_t i, const struct x12_text *x)
{
	t->steps++;
	return t->v[i].also == x->also && str_eq(t->v[i].v, x->v);
}

static uint32_t
look(struct x12_same *t, const struct x12_text *x)
{
	size_t s = slot_of(t, x);

	for (; t->slot[s]; s = (s + 1) & t->mask)
		if (is_it(t, t->slot[s] - 1, x))
			return t->slot[s] - 1;
	t->slot[s] = (uint32_t)++t->n;
	t->v[t->n - 1] = *x;
	return (uint32_t)(t->n - 1);
}

uint32_t
x12_same_at(struct x12_same *t, struct str v, int64_t also)
{
	struct x12_text x = { v, also };
	size_t n = t->n;

	if (n > FEW)
		return look(t, &x);
	for (uint32_t i = 0; i < n; i++)
		if (t->v[i].v.n == v.n && is_it(t, i, &x))
			return i;
	t->v[t->n++] = x;
	if (n < FEW)
		return (uint32_t)n;
	for (t->n = 0; t->n <= n;)			/* too many to go through: all into the table */
		(void)look(t, &(struct x12_text){ t->v[t->n].v, t->v[t->n].also });
	return (uint32_t)n;
}
