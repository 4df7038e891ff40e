/*
 * test_x12_gen.c - invented claims: the same seed gives the same bytes, counts and sums are right when counted again
 * from the segments, and each kind of defect changes one place and says which.
 */
#include "x12gen/x12gen.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct made {
	char		*p;
	size_t		 n, cap;
	struct str	*seg;			/* without terminators */
	size_t		 n_seg;
	size_t		 planted;
	struct x12gen_planted last;
	char		 id[8], st02[16], clm01[48];
	struct x12gen_totals tot;
	int		 rc;
};

static int
keep_bytes(void *ctx, const char *bytes, size_t n)
{
	struct made *m = ctx;

	while (m->n + n > m->cap) {
		m->cap = m->cap ? m->cap * 2 : 1u << 16;
		m->p = realloc(m->p, m->cap);
		cr_assert(m->p != NULL);
	}
	memcpy(m->p + m->n, bytes, n);
	m->n += n;
	return 0;
}

static void
copy(char *to, size_t cap, struct str s)
{
	cr_assert(s.n < cap);
	if (s.n)
		memcpy(to, s.p, s.n);
	to[s.n] = 0;
}

static int
keep_planted(void *ctx, const struct x12gen_planted *p)
{
	struct made *m = ctx;

	m->planted++;
	m->last = *p;			/* its strings end with the call */
	copy(m->id, sizeof m->id, p->seg_id);
	copy(m->st02, sizeof m->st02, p->st02);
	copy(m->clm01, sizeof m->clm01, p->clm01);
	return 0;
}

static struct made
make(const struct x12gen_conf *c)
{
	struct made m = { 0 };
	size_t cap = 0;
	struct str rest;

	m.rc = x12gen_run(c, &(struct x12gen_out){ keep_bytes, keep_planted, &m }, &m.tot);
	rest = (struct str){ m.p, m.n };
	while (rest.n) {
		if (m.n_seg == cap) {
			cap = cap ? cap * 2 : 4096;
			m.seg = realloc(m.seg, cap * sizeof *m.seg);
			cr_assert(m.seg != NULL);
		}
		m.seg[m.n_seg++] = str_cut(&rest, '~');
		if (rest.n && rest.p[0] == '\n')
			rest = (struct str){ rest.p + 1, rest.n - 1 };
	}
	return m;
}

static void
drop(struct made *m)
{
	free(m->p);
	free(m->seg);
}

static struct str
el(struct str seg, int n)
{
	struct str e = str_cut(&seg, '*');

	for (; n > 0; n--)
		e = str_cut(&seg, '*');
	return e;
}

static bool
is(struct str seg, const char *id)
{
	return str_is(el(seg, 0), id);
}

static int64_t
num(struct str s)
{
	int64_t v = -1;

	(void)str_to_int(s, &v);
	return v;
}

static cents_t
money(struct str s)
{
	cents_t v = -1;

	cr_expect(cents_parse(s, &v), STR_FMT, STR_ARG(s));
	return v;
}

static struct x12gen_conf
conf(char type, uint64_t claims, uint64_t seed)
{
	return (struct x12gen_conf){ .claims = claims, .seed = seed, .type = type, .defect = X12GEN_NONE };
}

static const char types[] = "PIB";

Test(x12_gen, same_seed_same_bytes)
{
	for (const char *t = types; *t; t++) {
		struct x12gen_conf c = conf(*t, 300, 11), d = conf(*t, 300, 12);
		struct made a = make(&c), b = make(&c), other = make(&d);

		cr_expect(a.rc == 0 && a.n == b.n && memcmp(a.p, b.p, a.n) == 0, "%c", *t);
		cr_expect(a.n != other.n || memcmp(a.p, other.p, a.n) != 0, "%c", *t);
		c.lines = true;
		drop(&b);
		b = make(&c);
		cr_expect(b.n == a.n + a.n_seg, "%c: one line end for each segment", *t);
		drop(&a);
		drop(&b);
		drop(&other);
	}
}

/* What trailers say, counted anew. */
static void
count_again(const struct made *m, char type)
{
	int64_t segs = 0, sets = 0, groups = 0, claims = 0, lines = 0;
	struct str st = STR_NONE, gs = STR_NONE, isa = STR_NONE;

	for (size_t i = 0; i < m->n_seg; i++) {
		struct str s = m->seg[i];

		segs++;
		isa = is(s, "ISA") ? el(s, 13) : isa;
		gs = is(s, "GS") ? groups++, sets = 0, el(s, 6) : gs;
		st = is(s, "ST") ? sets++, segs = 1, el(s, 2) : st;
		claims += is(s, "CLM");
		lines += is(s, "LX");
		if (is(s, "SE"))
			cr_expect(num(el(s, 1)) == segs && str_eq(el(s, 2), st), "%c " STR_FMT, type, STR_ARG(s));
		if (is(s, "GE"))
			cr_expect(num(el(s, 1)) == sets && str_eq(el(s, 2), gs), "%c " STR_FMT, type, STR_ARG(s));
		if (is(s, "IEA"))
			cr_expect(num(el(s, 1)) == groups && str_eq(el(s, 2), isa), "%c " STR_FMT, type, STR_ARG(s));
	}
	cr_expect(claims == (int64_t)m->tot.claims && lines == (int64_t)m->tot.lines && m->tot.segments == m->n_seg &&
	    m->tot.bytes == m->n && groups == (type == 'B' ? 2 : 1), "%c", type);
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void
control_numbers_differ(const struct made *m)
{
	struct str *v = calloc(m->n_seg, sizeof *v);
	size_t n = 0;

	cr_assert(v != NULL);
	for (size_t i = 0; i < m->n_seg; i++)
		if (is(m->seg[i], "CLM"))
			v[n++] = el(m->seg[i], 1);
	qsort(v, n, sizeof *v, by_text);
	for (size_t i = 1; i < n; i++)
		cr_expect(!str_eq(v[i - 1], v[i]) && v[i].n <= 20, STR_FMT, STR_ARG(v[i]));
	free(v);
}

Test(x12_gen, counts_and_numbers)
{
	for (const char *t = types; *t; t++) {
		struct x12gen_conf c = conf(*t, 503, 5);
		struct made m;

		c.per_st = 50;
		m = make(&c);
		cr_assert(m.rc == 0 && m.tot.sets == (*t == 'B' ? 12 : 11), "%c", *t);
		count_again(&m, *t);
		control_numbers_differ(&m);
		drop(&m);
	}
}

/* The check digit as CMS describes it, counted the long way. */
static bool
npi_ok(struct str s)
{
	const char *prefix = "80840";
	int sum = 0, place = 0;

	if (s.n != 10)
		return false;
	for (int i = 14; i >= 0; i--, place++) {
		int d = (i < 5 ? prefix[i] : s.p[i - 5]) - '0';

		d *= place % 2 ? 2 : 1;
		sum += d / 10 + d % 10;
	}
	return sum % 10 == 0;
}

Test(x12_gen, npis)
{
	struct x12gen_conf c = conf('B', 1000, 3);
	struct made m = make(&c);
	size_t n = 0;

	for (size_t i = 0; i < m.n_seg; i++)
		if (is(m.seg[i], "NM1") && str_is(el(m.seg[i], 8), "XX")) {
			cr_expect(npi_ok(el(m.seg[i], 9)), STR_FMT, STR_ARG(m.seg[i]));
			n++;
		}
	cr_expect(n > 1000);
	drop(&m);
}

/* ---- levels ---- */

Test(x12_gen, levels)
{
	struct x12gen_conf c = conf('B', 2000, 9);
	struct made m = make(&c);
	int64_t hl = 0, prov = 0, sub = 0;
	bool self = false, dependents = false, may_claim = false;

	for (size_t i = 0; i < m.n_seg; i++) {
		struct str s = m.seg[i];
		int64_t level = is(s, "HL") ? num(el(s, 3)) : 0;

		if (is(s, "ST"))
			hl = 0;
		if (level) {
			cr_expect(num(el(s, 1)) == ++hl, STR_FMT, STR_ARG(s));
			cr_expect(level == 20 ? el(s, 2).n == 0 : num(el(s, 2)) == (level == 22 ? prov : sub), STR_FMT,
			    STR_ARG(s));
			prov = level == 20 ? hl : prov;
			sub = level == 22 ? hl : sub;
			cr_expect(level != 23 || dependents);
			may_claim = level == 23;
		}
		if (level == 22) {
			dependents = str_is(el(s, 4), "1");
			self = str_is(el(m.seg[i + 1], 2), "18");
			cr_expect(is(m.seg[i + 1], "SBR") && self != dependents && (self || el(m.seg[i + 1], 2).n == 0));
			may_claim = self;
		}
		cr_expect(!is(s, "CLM") || may_claim, STR_FMT, STR_ARG(s));
	}
	drop(&m);
}

/* ---- situations: of each claim, what its CLM says and what must follow from it ---- */

struct seen { struct str clm; bool f8, accident, admission, cr1, miles, minutes, ndc, drug; };

static void
situation_holds(const struct seen *s)
{
	struct str place = el(s->clm, 5), freq = place, cause = el(s->clm, 11), bill = str_cut(&freq, ':');

	(void)str_cut(&freq, ':');
	cr_expect(str_is(freq, "7") == s->f8, STR_FMT, STR_ARG(s->clm));
	cr_expect((cause.n > 0 && el(s->clm, 6).n > 0) == s->accident, STR_FMT, STR_ARG(s->clm));
	cr_expect((str_is(bill, "11") && el(s->clm, 6).n == 0) <= s->admission, STR_FMT, STR_ARG(s->clm));
	cr_expect(str_is(bill, "21") <= s->admission, STR_FMT, STR_ARG(s->clm));
	cr_expect(s->cr1 == s->miles && s->drug == s->ndc, STR_FMT, STR_ARG(s->clm));
}

static void
situation_take(struct seen *s, struct str g)
{
	struct str code = el(g, is(g, "SV1") ? 1 : 2), first = el(g, 1);

	s->f8 |= is(g, "REF") && str_is(first, "F8") && str_starts(el(g, 2), S("ICN"));
	s->accident |= is(g, "DTP") && str_is(first, "439");
	s->admission |= is(g, "DTP") && str_is(first, "435");
	s->cr1 |= is(g, "CR1");
	s->ndc |= is(g, "LIN");
	s->drug |= (is(g, "SV1") || is(g, "SV2")) && str_starts(code, S("HC:J"));
	s->miles |= is(g, "SV1") && str_starts(code, S("HC:A0425"));
	if (is(g, "SV1"))
		cr_expect(str_starts(code, S("HC:0")) == str_is(el(g, 3), "MJ"), STR_FMT, STR_ARG(g));
}

Test(x12_gen, situations)
{
	struct x12gen_conf c = conf('B', 6000, 31);
	struct made m = make(&c);
	struct seen s = { 0 };

	for (size_t i = 0; i < m.n_seg; i++) {
		struct str g = m.seg[i];

		if ((is(g, "CLM") || is(g, "SE")) && s.clm.n)
			situation_holds(&s);
		if (is(g, "CLM") || is(g, "SE"))
			s = (struct seen){ .clm = is(g, "CLM") ? g : STR_NONE };
		else if (s.clm.n)
			situation_take(&s, g);
	}
	drop(&m);
}

/* ---- sums ---- */

struct sums {
	cents_t	claim, lines, line, left;	/* left: of the line, not yet paid or adjusted */
	struct { struct str id; cents_t amt, svd, cas; } payer[4];
	size_t	n;
	bool	by_line;
};

static cents_t
cas_sum(struct str s)
{
	cents_t v = 0;

	for (int e = 3; el(s, e).n; e += 3)
		v += money(el(s, e));
	return v;
}

/* One claim is over: everything it said must agree. */
static void
sums_agree(const struct sums *s, struct str clm01)
{
	cr_expect(s->claim == s->lines, STR_FMT ": lines", STR_ARG(clm01));
	for (size_t i = 0; i < s->n; i++) {
		cr_expect(s->by_line ? s->payer[i].amt == s->payer[i].svd - s->payer[i].cas :
		    s->payer[i].amt == 0 || s->payer[i].amt + s->payer[i].cas == s->claim, STR_FMT ": payer %zu",
		    STR_ARG(clm01), i);
	}
}

static void
sums_take(struct sums *s, struct str seg, bool in_line)
{
	if (is(seg, "SV1") || is(seg, "SV2"))
		s->lines += s->line = money(el(seg, is(seg, "SV1") ? 2 : 3));
	if (is(seg, "SBR") && s->n < 4)
		s->n++;
	if (is(seg, "AMT") && str_is(el(seg, 1), "D"))
		s->payer[s->n - 1].amt = money(el(seg, 2));
	if (is(seg, "NM1") && str_is(el(seg, 1), "PR") && s->n)
		s->payer[s->n - 1].id = el(seg, 9);
	if (is(seg, "CAS") && !in_line)
		s->payer[s->n - 1].cas += cas_sum(seg);
	if (is(seg, "CAS") && in_line)
		s->left -= cas_sum(seg);
	if (is(seg, "SVD")) {
		size_t i = 0;

		cr_expect(s->left == 0);
		while (i < s->n && !str_eq(s->payer[i].id, el(seg, 1)))
			i++;
		cr_assert(i < s->n, "a payer that the claim names");
		s->by_line = true;
		s->payer[i].svd += money(el(seg, 2));
		s->left = s->line - money(el(seg, 2));
	}
}

Test(x12_gen, sums_balance)
{
	struct x12gen_conf c = conf('B', 4000, 21);
	struct made m = make(&c);
	struct sums s = { 0 };
	struct str clm01 = STR_NONE;
	bool in_line = false;
	size_t paid = 0;

	for (size_t i = 0; i < m.n_seg; i++) {
		struct str g = m.seg[i];

		if (is(g, "CLM") || is(g, "HL") || is(g, "SE")) {
			if (clm01.n)
				sums_agree(&s, clm01);
			cr_expect(s.left == 0, STR_FMT, STR_ARG(clm01));
			s = (struct sums){ .claim = is(g, "CLM") ? money(el(g, 2)) : 0 };
			clm01 = is(g, "CLM") ? el(g, 1) : STR_NONE;
			in_line = false;
		}
		if (is(g, "LX")) {
			cr_expect(s.left == 0, STR_FMT, STR_ARG(clm01));
			in_line = true;
		}
		if (clm01.n)
			sums_take(&s, g, in_line);
		paid += is(g, "SVD");
	}
	cr_expect(paid > 500);
	drop(&m);
}

/* ---- defects ---- */

Test(x12_gen, rows)
{
	size_t n = x12gen_defects();

	cr_expect(n >= 80, "%zu kinds", n);
	for (size_t i = 0; i < n; i++) {
		const struct x12gen_defect *d = x12gen_defect(i);

		cr_expect(x12gen_find(str_of(d->id)) == (int)i, "%s is there twice", d->id);
		cr_expect(d->snip >= 1 && d->snip <= 6 && strchr(types, d->type) && strlen(d->words) <= 60, "%s", d->id);
		cr_expect(strchr(d->code, ' ') && (strncmp(d->code, "IK", 2) == 0 || strncmp(d->code, "AK905", 5) == 0 ||
		    strncmp(d->code, "TA105", 5) == 0 || strncmp(d->code, "STC", 3) == 0), "%s", d->id);
	}
	cr_expect(x12gen_defect(n) == NULL && x12gen_find(S("no such")) == E_NOT_FOUND);
}

/* SE01, GE01 follow what is planted; the defects that are these numbers are looked at by the place they report. */
static bool
same_but_count(struct str a, struct str b)
{
	return str_eq(a, b) || (is(a, "SE") && is(b, "SE") && str_eq(el(a, 2), el(b, 2)));
}

static void
one_place(const struct x12gen_defect *d, const struct made *clean, const struct made *m)
{
	size_t head = 0, tail = 0, st = 0, least = clean->n_seg < m->n_seg ? clean->n_seg : m->n_seg, at;
	bool header = strncmp(d->where, "ISA", 3) == 0 || strncmp(d->where, "GS", 2) == 0 || strncmp(d->where, "ST", 2) == 0;

	while (head < least && str_eq(clean->seg[head], m->seg[head]))
		head++;
	while (tail < least - head && same_but_count(clean->seg[clean->n_seg - 1 - tail], m->seg[m->n_seg - 1 - tail]))
		tail++;
	for (size_t i = 0, sets = 0; i < m->n_seg && sets < m->last.set; i++)
		if (is(m->seg[i], "ST")) {
			sets++;
			st = i;
		}
	if (m->last.set == 0)
		return;
	at = st + m->last.seg - 1;
	cr_assert(at < m->n_seg, "%s", d->id);
	if (m->n_seg < clean->n_seg) {		/* missing: the place before it is as it was */
		cr_expect(at + 1 == head || str_is(el(m->seg[at], 0), m->id), "%s at %zu, differs at %zu", d->id, at, head);
		cr_expect(str_starts(clean->seg[head], str_of(m->id)), "%s", d->id);
		return;
	}
	cr_expect(is(m->seg[at], m->id), "%s: " STR_FMT, d->id, STR_ARG(m->seg[at]));
	if (m->n_seg == clean->n_seg && !header && !strstr(d->id, "order_"))
		cr_expect(head == at && m->n_seg - tail <= at + 1, "%s: segments %zu to %zu changed, not only %zu", d->id, head,
		    m->n_seg - tail, at);
}

static void
plant_once(size_t i, char type, uint64_t seed)
{
	const struct x12gen_defect *d = x12gen_defect(i);
	struct x12gen_conf c = conf(type, 12, seed);
	struct made clean, m;
	int64_t segs = 0;

	c.defect = (int)i;
	c.per_st = 6;
	m = make(&c);
	c.clean = true;
	clean = make(&c);
	cr_assert(m.rc == 0 && clean.rc == 0, "%s %c", d->id, type);
	cr_expect(m.planted == 1 && m.tot.planted == 1 && clean.planted == 0, "%s %c seed %d: %zu planted", d->id, type,
	    (int)seed, m.planted);
	cr_expect(m.n != clean.n || memcmp(m.p, clean.p, m.n) != 0, "%s %c seed %d: nothing differs", d->id, type, (int)seed);
	count_again(&clean, strcmp(d->id, "gs06_twice") == 0 ? 'B' : type);
	if (m.planted == 1) {
		cr_expect(m.last.defect == d);
		one_place(d, &clean, &m);
	}
	for (size_t k = 0; k < m.n_seg; k++) {
		segs = is(m.seg[k], "ST") ? 1 : segs + 1;
		if (is(m.seg[k], "SE") && strncmp(d->id, "se01", 4) != 0)
			cr_expect(num(el(m.seg[k], 1)) == segs, "%s %c: SE01", d->id, type);
	}
	drop(&m);
	drop(&clean);
}

Test(x12_gen, each_defect_is_one_place)
{
	for (size_t i = 0; i < x12gen_defects(); i++)
		for (uint64_t seed = 1; seed <= 6; seed++) {
			char type = x12gen_defect(i)->type;

			if (type != 'I')
				plant_once(i, 'P', seed);
			if (type != 'P')
				plant_once(i, 'I', seed);
		}
}

Test(x12_gen, every_and_all)
{
	struct x12gen_conf c = conf('P', 1000, 4);
	struct made m;

	c.every = 10;
	c.defect = x12gen_find(S("npi_billing"));
	m = make(&c);
	cr_expect(m.rc == 0 && m.planted == 100, "%zu", m.planted);
	drop(&m);
	c.defect = X12GEN_ALL;
	c.every = 3;
	c.type = 'B';
	m = make(&c);
	cr_expect(m.rc == 0 && m.planted == 333, "%zu", m.planted);
	drop(&m);
}

/* ---- refusals ---- */

static int
refuse(void *ctx, const char *bytes, size_t n)
{
	(void)ctx;
	(void)bytes;
	(void)n;
	return E_NO_SPACE;
}

Test(x12_gen, refusals)
{
	struct x12gen_conf good = conf('P', 10, 1), bad[7];
	struct x12gen_out full = { refuse, NULL, NULL };

	cr_expect(x12gen_run(&good, &full, NULL) == E_NO_SPACE);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		bad[i] = good;
	bad[0].claims = 0;
	bad[1].type = 'D';
	bad[2].per_st = X12GEN_PER_ST + 1;
	bad[3].usage = 'X';
	bad[4].defect = (int)x12gen_defects();
	bad[5].defect = x12gen_find(S("miss_cl1"));	/* no institutional claim to spoil */
	bad[6].claims = 1;
	bad[6].defect = x12gen_find(S("st02_twice"));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect(x12gen_run(&bad[i], &full, NULL) == E_VALUE, "%zu", i);
}
