/*
 * names.c - which control numbers were met before: a growing table of hashes, bounded. Beyond the bound it says no.
 * A slot has the whole hash, and beside it the turn it is of; those of turns before are free, so that to clear, which
 * every group asks for, costs the same however large the table once became.
 */
#include "x12/names.h"

struct x12_names {
	struct arena	*a;
	uint64_t	*v, seed;
	uint16_t	*turns, turn;			/* of each slot, and now */
	size_t		 n, cap, steps;
	bool		 full, told;
};

#define MAX_NAMES	(1u << 20)
#define PROBES		1024		/* slots looked at for one name: far more than chance ever asks for */

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
	t->turns = arena_array(a, t->cap, sizeof *t->turns);
	return t->v && t->turns ? t : NULL;
}

void
x12_names_clear(struct x12_names *t)
{
	if (t->n && ++t->turn == 0) {
		memset(t->turns, 0, t->cap * sizeof *t->turns);
		t->turn = 1;
	}
	t->n = 0;
	t->full = t->told = false;
}

static bool
put(struct x12_names *t, uint64_t h)
{
	size_t i = h & (t->cap - 1), left = PROBES;

	for (; t->steps++, t->turns[i] == t->turn; i = (i + 1) & (t->cap - 1)) {
		if (t->v[i] == h)
			return true;
		if (--left == 0) {
			t->full = true;
			return false;
		}
	}
	t->v[i] = h;
	t->turns[i] = t->turn;
	t->n++;
	return false;
}

static bool
grow(struct x12_names *t)
{
	struct x12_names was = *t;

	t->v = arena_array(t->a, was.cap * 4, sizeof *t->v);
	t->turns = arena_array(t->a, was.cap * 4, sizeof *t->turns);
	if (!t->v || !t->turns) {
		*t = was;
		return false;
	}
	t->cap = was.cap * 4;
	t->n = 0;
	for (size_t i = 0; i < was.cap; i++)
		if (was.turns[i] == was.turn)
			(void)put(t, was.v[i]);
	return true;
}

bool
x12_names_met(struct x12_names *t, struct str name)
{
	if (t->n * 2 >= t->cap && t->cap < MAX_NAMES && !grow(t))
		return false;
	t->full = t->full || t->n * 4 >= t->cap * 3;
	return !t->full && put(t, x12_hash(t->seed, name));
}

bool
x12_names_stopped(struct x12_names *t)
{
	bool first = t->full && !t->told;

	t->told = t->full;
	return first;
}

size_t
x12_names_steps(const struct x12_names *t)
{
	return t->steps;
}
