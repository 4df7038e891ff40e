/* test_x12_names.c - control numbers met before: told once they were, forgotten when cleared, whatever the table grew to. */
#include "x12/check.h"
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

/* Who knows the seed can make it stop, which is told; never slow, and never to take one number for another. */
Test(x12_names, planted)
{
	struct x12_names *t;

	arena_init(&a, 0);
	t = x12_names_new(&a, 1);
	for (size_t i = 0, n = 0; n < 2000; i++) {
		char text[16];
		struct str s = { text, (size_t)snprintf(text, sizeof text, "%09zu", i) };

		if (x12_hash(1, s) & 4095)
			continue;
		n++;
		cr_expect(!x12_names_met(t, s), "%s", text);
	}
	cr_expect(x12_names_steps(t) < 1024 * 1024 && x12_names_stopped(t), "%zu slots looked at", x12_names_steps(t));
	arena_free(&a);
}

Test(x12_names, bounded)
{
	struct x12_names *t;

	arena_init(&a, 0);
	t = x12_names_new(&a, 1);
	cr_expect(met(t, 0, 786431) == 0 && met(t, 0, 786431) == 786431 && met(t, 800000, 1000) == 0 && met(t, 0, 1000) == 0 && !a.spent,
	    "beyond the bound nothing was met");
	cr_expect(x12_names_stopped(t) && !x12_names_stopped(t), "told once");
	x12_names_clear(t);
	cr_expect(met(t, 0, 10) == 0 && met(t, 0, 10) == 10 && !x12_names_stopped(t));
	arena_free(&a);
}

/* ---- in a file ---- */

static int
on_found(void *self, const struct x12_finding *f)
{
	size_t *n = self;

	n[0] += strcmp(f->id, "SET_TWICE") == 0;
	n[1] += strcmp(f->id, "NUMBERS_TOO_MANY") == 0 && f->severity == X12_NOTE && f->ordinal > 2 * 786432;
	n[2] += strcmp(f->id, "NUMBERS_TOO_MANY") == 0;
	return 0;
}

/* The same number again is told up to the bound; then that it is no longer. */
Test(x12_names, told_once)
{
	size_t told[3] = { 0 };
	struct x12_check_spec spec = { .watch = { .self = told, .found = on_found }, .seed = 7 };
	struct x12_totals totals;
	struct x12_reader *r;
	struct faults f = { .a = &a };
	struct buf b;

	arena_init(&a, SIZE_MAX / 2);
	cr_assert(x12_guides_open(&a, &spec.guides) == 0);
	buf_init(&b, &a);
	buf_cstr(&b, "ISA*00*          *00*          *ZZ*S              *ZZ*R              *260115*1200*^*00501*000000001*0*T*:~"
	    "GS*HC*S*R*20260115*1200*1*X*005010X222A1~");
	for (size_t i = 0; i < 786432 + 3; i++)
		buf_fmt(&b, "ST*837*%09zu~SE~", i == 1 || i > 786432 ? 0 : i);
	buf_cstr(&b, "GE*1*1~IEA*1*000000001~");
	cr_assert(x12_open(&a, buf_view(&b), &f, &r) >= 0 && x12_check_run(&a, r, &spec, &totals) == 0);
	cr_expect(told[0] == 1 && told[1] == 1 && told[2] == 1, "%zu %zu %zu", told[0], told[1], told[2]);
	arena_free(&a);
}
