/* test_x12_names.c - control numbers met before: told once they were, forgotten when cleared, whatever the table grew to. */
#include "x12/names.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct arena a;

static size_t
met(struct x12_names *t, size_t from, size_t n)
{
	size_t hits = 0;
	char text[16];

	for (size_t i = from; i < from + n; i++) {
		int len = snprintf(text, sizeof text, "%09zu", i);

		hits += x12_names_met(t, (struct str){ text, (size_t)len });
	}
	return hits;
}

Test(x12_names, met_and_cleared)
{
	struct x12_names *t;

	arena_init(&a, 0);
	t = x12_names_new(&a, 1);
	cr_assert(t != NULL);
	cr_expect(met(t, 1, 300000) == 0 && met(t, 1, 300000) == 300000 && met(t, 300001, 1) == 0, "all, and no other");
	for (size_t turn = 0; turn < 140000; turn++) {		/* more turns than a slot can tell apart */
		x12_names_clear(t);
		cr_assert(met(t, 1, 2) == 0 && met(t, 1, 2) == 2 && met(t, turn + 3, 1) == 0, "turn %zu", turn);
	}
	arena_free(&a);
}

Test(x12_names, bounded)
{
	struct x12_names *t;

	arena_init(&a, 0);
	t = x12_names_new(&a, 1);
	cr_expect(met(t, 0, 786431) == 0 && met(t, 0, 786431) == 786431 && met(t, 800000, 1000) == 0 && met(t, 0, 1000) == 0 && !a.spent,
	    "beyond the bound nothing was met");
	x12_names_clear(t);
	cr_expect(met(t, 0, 10) == 0 && met(t, 0, 10) == 10);
	arena_free(&a);
}
