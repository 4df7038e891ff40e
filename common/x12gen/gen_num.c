/* gen_num.c - random numbers and how numbers, money and days are written. It never reads a clock or another source of chance. */
#include "x12gen/gen.h"

uint64_t
rng_next(struct rng *r)
{
	uint64_t z = r->s += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t
rng_mix(uint64_t a, uint64_t b)
{
	struct rng r = { a };

	r.s = rng_next(&r) ^ b;
	return rng_next(&r);
}

uint32_t
rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)(((rng_next(r) >> 32) * n) >> 32);
}

bool
rng_pct(struct rng *r, uint32_t percent)
{
	return rng_below(r, 100) < percent;
}

uint32_t
rng_range(struct rng *r, uint32_t low, uint32_t high)
{
	return low + rng_below(r, high - low + 1);
}

void
rng_npi(struct rng *r, char npi[10])
{
	uint64_t v = rng_next(r) >> 16;
	unsigned sum = 24;		/* what 80840 adds */

	npi[0] = '1';
	for (int i = 1; i < 9; i++, v /= 10)
		npi[i] = (char)('0' + v % 10);
	for (int i = 0; i < 9; i++) {
		unsigned d = (unsigned)(npi[i] - '0') * (i % 2 ? 1 : 2);

		sum += d > 9 ? d - 9 : d;
	}
	npi[9] = (char)('0' + (10 - sum % 10) % 10);
}

void
put_num(struct gen *g, uint64_t v)
{
	char t[20];
	size_t n = sizeof t;

	do
		t[--n] = (char)('0' + v % 10);
	while (v /= 10);
	put_n(g, t + n, sizeof t - n);
}

void
put_digits(struct gen *g, uint64_t v, unsigned width)
{
	char *p = g->u.b + g->u.n;

	for (unsigned i = width; i--; v /= 10)
		p[i] = (char)('0' + v % 10);
	g->u.n += width;
}

/* Type R: no zeros at the end, no sign on nothing. */
void
put_money(struct gen *g, cents_t v)
{
	unsigned cents;

	if (v < 0) {
		put_ch(g, '-');
		v = -v;
	}
	cents = (unsigned)(v % 100);
	put_num(g, (uint64_t)(v / 100));
	if (cents == 0)
		return;
	put_ch(g, '.');
	put_ch(g, (char)('0' + cents / 10));
	if (cents % 10)
		put_ch(g, (char)('0' + cents % 10));
}

void
put_day(struct gen *g, day_t day)
{
	int y, m, d;

	day_parts(day, &y, &m, &d);
	put_digits(g, (uint64_t)(y * 10000 + m * 100 + d), 8);
}
