/*
 * test_x12_texts.c - texts that a sender chose: those that meet under one seed cost much with it and little with another;
 * and each of thousands of other payers of a claim is looked up once. Steps are counted, never seconds.
 */
#include "x12/names.h"
#include "x12/rules_run.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define SEED	UINT64_C(0x5eed)
#define MANY	512

static struct arena a;

/* MANY names whose hashes under SEED are alike in these bits. */
static void
plant(struct str v[MANY], unsigned shift, uint64_t bits)
{
	char text[16];

	for (unsigned i = 0, n = 0; n < MANY; i++) {
		struct str one = { text, (size_t)snprintf(text, sizeof text, "%09u", i) };

		if ((x12_hash(SEED, one) >> shift & bits) == 0)
			v[n++] = arena_str(&a, one);
	}
	cr_assert(!a.spent);
}

static size_t
same_steps(const struct str v[MANY], uint64_t seed)
{
	struct x12_same t = { .a = &a, .seed = seed };

	cr_assert(x12_same_begin(&t, MANY));
	for (uint32_t i = 0; i < 2 * MANY; i++)
		cr_assert(x12_same_at(&t, v[i % MANY], 0) == i % MANY && t.n == (i < MANY ? i + 1 : MANY), "new once, then known");
	return t.steps;
}

static size_t
names_steps(const struct str v[MANY], uint64_t seed)
{
	struct x12_names *t = x12_names_new(&a, seed);

	cr_assert(t != NULL);
	for (uint32_t i = 0; i < 2 * MANY; i++)
		cr_assert(x12_names_met(t, v[i % MANY]) == (i >= MANY), "new once, then known");
	return x12_names_steps(t);
}

Test(x12_texts, planted_collisions)
{
	static const struct { size_t (*steps)(const struct str *, uint64_t); unsigned shift; uint64_t bits; } cases[] = {
		{ same_steps, 0, 1023 }, { names_steps, 0, 1023 },
	};

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str v[MANY];

		plant(v, cases[i].shift, cases[i].bits);
		cr_expect(cases[i].steps(v, SEED) > (size_t)MANY * MANY / 4, "case %zu: who knows the seed makes it slow", i);
		for (uint64_t seed = 0; seed < 16; seed++)
			cr_expect(cases[i].steps(v, seed) < (size_t)MANY * 16, "case %zu, seed %d", i, (int)seed);
	}
	arena_free(&a);
}

/* The same text beside another number is another. */
Test(x12_texts, also)
{
	struct x12_same t = { .a = &a };

	arena_init(&a, 0);
	for (uint32_t most = 4; most <= 400; most += 396) {
		cr_assert(x12_same_begin(&t, most));
		for (uint32_t i = 0; i < 2 * most; i++)
			cr_expect(x12_same_at(&t, S("11"), i % most) == i % most, "%u of %u", i, most);
	}
	arena_free(&a);
}

/* ---- other payers ---- */

static int
on_claim(void *self, const struct x12_check *c)
{
	*(size_t *)self = c->rules->f->same.steps;
	return 0;
}

static size_t
payer_steps(const struct x12_guides *g, unsigned n)
{
	struct x12_rules rules = { .today = DAY_NONE };
	size_t steps = 0;
	struct x12_check_spec spec = { .guides = g, .rules = &rules, .seed = SEED, .watch = { .self = &steps, .claim = on_claim } };
	struct faults f = { .a = &a };
	struct x12_totals t;
	struct x12_reader *r;
	struct buf b;

	buf_init(&b, &a);
	buf_cstr(&b, "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260115*0915*^*00501*000000001*0*T*:~"
	    "GS*HC*A*B*20260115*0915*1*X*005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*1*20260301*1200*CH~HL*1**20*1~"
	    "NM1*85*2*CLINIC*****XX*1234567893~HL*2*1*22*0~SBR*P*18*G1******MB~CLM*A1*100***11:B:1*Y*A*Y*Y~");
	for (unsigned i = 0; i < n; i++)
		buf_fmt(&b, "SBR*%u*18*******CI~AMT*D*50~NM1*PR*2*OTHER*****PI*O%u~", i, i);
	buf_cstr(&b, "LX*1~SV1*HC:99213*60*UN*1***1~");
	for (unsigned i = 0; i < n; i++)
		buf_fmt(&b, "SVD*O%u*30*HC:99213**1~", i);
	buf_cstr(&b, "SE*1*0001~GE*1*1~IEA*1*000000001~");
	cr_assert(x12_open(&a, buf_view(&b), &f, &r) >= 0 && x12_check_run(&a, r, &spec, &t) >= 0 && t.claims == 1);
	return steps;
}

Test(x12_texts, other_payers_are_looked_up_once)
{
	const struct x12_guides *g;
	size_t few, many;

	arena_init(&a, SIZE_MAX / 2);
	cr_assert(x12_guides_open(&a, &g) >= 0);
	few = payer_steps(g, 500);
	many = payer_steps(g, 4000);
	cr_expect(few >= 500 && many < few * 12, "eight times the payers: %zu steps, then %zu", few, many);
	arena_free(&a);
}
