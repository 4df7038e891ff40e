/*
 * names.c - which control numbers were met before: a growing table of hashes, bounded. Beyond the bound it says no.
 * A slot holds the hash above and the turn below it; those of turns before are free, so that to clear, which every
 * group asks for, costs the same however large the table once became.
 */
#include "x12/names.h"

struct x12_names { struct arena *a; uint64_t *v; size_t n, cap, steps; uint64_t turn, seed; };

#define MAX_NAMES	(1u << 20)
#define TURNS		UINT64_C(0xffff)

struct x12_names *
x12_names_new(struct arena *a, uint64_t seed)
{
	struct x12_names *t = arena_alloc(a, sizeof *t);

	if (!t)
		return NULL;
	t->a = a;
	t->seed = seed;
	t->cap = 64;
	t->turn = 1;			/* slots are zero at first, and free */
	t->v = arena_array(a, t->cap, sizeof *t->v);
	return t->v ? t : NULL;
}

void
x12_names_clear(struct x12_names *t)
{
	if (t->n && t->turn++ == TURNS) {
		memset(t->v, 0, t->cap * sizeof *t->v);
		t->turn = 1;
	}
	t->n = 0;
}

static bool
put(struct x12_names *t, uint64_t h)
{
	size_t i = h >> 16 & (t->cap - 1);

	for (h |= t->turn; t->steps++, (t->v[i] & TURNS) == t->turn; i = (i + 1) & (t->cap - 1))
		if (t->v[i] == h)
			return true;
	t->v[i] = h;
	t->n++;
	return false;
}

bool
x12_names_met(struct x12_names *t, struct str name)
{
	if (t->n * 2 >= t->cap && t->cap < MAX_NAMES) {
		uint64_t *old = t->v;
		size_t cap = t->cap;
		uint64_t *v = arena_array(t->a, cap * 4, sizeof *v);

		if (!v)
			return false;
		t->v = v;
		t->cap = cap * 4;
		t->n = 0;
		for (size_t i = 0; i < cap; i++)
			if ((old[i] & TURNS) == t->turn)
				(void)put(t, old[i] & ~TURNS);
	}
	return t->n * 4 < t->cap * 3 && put(t, x12_hash(t->seed, name) << 3 & ~TURNS);
}

size_t
x12_names_steps(const struct x12_names *t)
{
	return t->steps;
}
