/*
 * test_x12_roundtrip.c - what is read of a sound sample file and written again has the same segments: every guide by way
 * of the generic JSON, envelope and all; claims by way of their encounters, but for the envelope, the submitter and the
 * receiver, which are the writer's own. What differs is in a table, with the reason.
 */
#include "support/claims.h"
#include "support/segments.h"
#include "support/shared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct sums { size_t files, segments, claims, differ, same; };

static struct str
text_of(struct arena *a, const struct x12_seg *s)
{
	struct buf b;

	buf_init(&b, a);
	for (unsigned i = 0; i <= s->n; i++)
		buf_fmt(&b, "%s" STR_FMT, i ? "*" : "", STR_ARG(s->el[i]));
	return buf_view(&b);
}

/* ---- generic JSON ---- */

static bool
by_json(struct arena *a, struct str in, struct str *out)
{
	struct faults f = { .a = a };
	struct str lines;
	bool good = segments_json(a, claims_guides(), in, true, &f, &lines) > 0 && f.n == 0 &&
	    segments_of_json(a, lines, &f, out) >= 0 && f.n == 0;

	if (f.n)
		*out = f.v[0].words;
	return good;
}

static void
one_generic(void *self, struct arena *a, const struct str cells[SHARED_CELLS])
{
	struct sums *t = self;
	struct str in = shared_file(a, cells[0]), out;
	struct segments x, y;
	size_t n = 0;

	if (!str_is(cells[1], "ok"))
		return;
	cr_assert(by_json(a, in, &out), STR_FMT ": " STR_FMT, STR_ARG(cells[0]), STR_ARG(out));
	x = segments_of(a, in);
	y = segments_of(a, out);
	while (x12_next(x.r, &x.s) > 0) {
		cr_assert(x12_next(y.r, &y.s) > 0, STR_FMT ": segment %zu is lost", STR_ARG(cells[0]), x.s.ordinal);
		cr_expect(segments_same(&x.s, &y.s), STR_FMT " segment %zu: " STR_FMT " became " STR_FMT, STR_ARG(cells[0]),
		    x.s.ordinal, STR_ARG(text_of(a, &x.s)), STR_ARG(text_of(a, &y.s)));
		n++;
	}
	cr_expect(x12_next(y.r, &y.s) == 0, STR_FMT ": more segments than came", STR_ARG(cells[0]));
	t->files++;
	t->segments += n;
}

Test(x12_roundtrip, every_guide_by_json, .timeout = 120)
{
	struct sums t = { 0, 0, 0, 0, 0 };

	if (shared_absent())
		return;
	(void)shared_rows("envelope-facts.tsv", one_generic, &t);
	(void)printf("x12 round trip: %zu sound files of every guide, %zu segments to JSON and back\n",
	    t.files, t.segments);
	cr_expect(t.files == 188);
}

/* ---- claims ---- */

/* What is not written as it came (-), and what is written instead (+), by file. */
#define LEVEL	"-HL -SBR -NM1 -N3 -N4 -DMG -NM1 -N3 -N4 "
#define GUIDES	"x12parser-dotnet/INS/_837"
static const struct { const char *file, *what, *why; } differences[] = {
	{ "linuxforhealth/837_005010X222A2/demo.ambulance.example5.837", "-CLM +CLM ",
	    "CLM05 is 41::1; the qualifier B is put in" },
	{ "linuxforhealth/837_005010X223A3/institutional-claim.837i", "-DTP +DTP ",
	    "DTP*434 as one day becomes the range it must be" },
	{ "linuxforhealth/demo-file/demo.837i", "-DTP +DTP ", "the same" },
	{ "moov-x12/example_5010_837p/sample.txt", LEVEL LEVEL, "the same subscriber three times: claims of one level now" },
	{ GUIDES "I/_5010/Spec_3.1.1.txt", "-DTP +DTP -DMG ", "DTP*434; a DMG in 2320, which 5010 does not have" },
	{ GUIDES "I/_5010/Spec_3.1.3_PPORepricedClaim.txt", "-DMG ", "a DMG in 2320" },
	{ GUIDES "P/_5010/Example1_2_And_3_Combined.txt", "-DMG ", "a DMG in 2320" },
	{ GUIDES "P/_5010/Example3_COB.txt", "-DMG ", "a DMG in 2320" },
};

static bool
by_encounters(struct arena *a, struct str in, struct str *out, size_t *n_claims)
{
	struct x12_intake all;
	struct x12_written w;

	if (claims_read(a, in, &all) <= 0)
		return false;
	if (claims_write(a, &all, &w) < 0) {
		cr_expect(false, "%s: %s", w.faults.n ? w.faults.v[0].place.p : "", w.faults.n ? w.faults.v[0].words.p : "");
		return false;
	}
	*out = w.bytes;
	*n_claims += all.n_claims;
	return true;
}

static bool
same_segment(const struct x12_seg *x, char sep, const struct x12_seg *y)
{
	bool ok = str_eq(x->id, y->id);

	for (unsigned i = 1; ok && (i <= x->n || i <= y->n); i++)
		ok = segments_same_element(x12_elem(x, i), sep, x12_elem(y, i));
	return ok;
}

struct inner { struct x12_seg *v; size_t n; char sep; };

/* All segments of the sets from their first HL to before their SE. */
static struct inner
inner_of(struct arena *a, struct str text)
{
	struct segments v = segments_of(a, text);
	struct inner out = { NULL, 0, 0 };
	bool in = false;

	while (x12_next(v.r, &v.s) > 0) {
		struct x12_seg *s;

		in = str_is(v.s.id, "HL") || (in && !str_is(v.s.id, "SE"));
		if (!in)
			continue;
		out.sep = x12_seps(v.r).comp;
		s = arena_push(a, out.v, out.n);
		*s = v.s;
		s->el = memcpy(arena_array(a, v.s.n + 1, sizeof *s->el), v.s.el, (v.s.n + 1) * sizeof *s->el);
	}
	return out;
}

#define LOOK	30			/* segments that may be missing or new at a time */

/* How many of x are skipped before both go on alike, when d are skipped in both together; d + 1: they do not. */
static size_t
alike_after(const struct inner *x, size_t i, const struct inner *y, size_t k, size_t d)
{
	for (size_t e = 0; e <= d; e++)
		if ((i + e == x->n && k + d - e == y->n) || (i + e < x->n && k + d - e < y->n &&
		    same_segment(&x->v[i + e], x->sep, &y->v[k + d - e])))
			return e;
	return d + 1;
}

/* "-CLM +CLM ": what is missing, what is new. */
static struct str
difference(struct arena *a, const struct inner *x, const struct inner *y, size_t *n_same)
{
	size_t i = 0, k = 0;
	struct buf b;

	buf_init(&b, a);
	while (i < x->n || k < y->n) {
		size_t d = 0, e;

		while ((e = alike_after(x, i, y, k, d)) > d && d < LOOK)
			d++;
		if (e > d)
			return S("nothing is alike");
		for (size_t q = 0; q < e; q++)
			buf_fmt(&b, "-" STR_FMT " ", STR_ARG(x->v[i + q].id));
		for (size_t q = 0; q < d - e; q++)
			buf_fmt(&b, "+" STR_FMT " ", STR_ARG(y->v[k + q].id));
		*n_same += i + e < x->n;
		i += e + 1;
		k += d - e + 1;
	}
	return buf_view(&b);
}

static void
one_claims(void *self, struct arena *a, const struct str cells[SHARED_CELLS])
{
	struct sums *t = self;
	struct str in = shared_file(a, cells[0]), out, got;
	struct inner x, y;
	const char *want = "";

	if (!str_is(cells[1], "ok") || !memmem(in.p, in.n, "ST*837*", 7) || !memmem(in.p, in.n, "*005010X22", 10) ||
	    str_is(cells[0], "zx12/simple_test.x12"))		/* it has no claim */
		return;
	cr_assert(by_encounters(a, in, &out, &t->claims), STR_FMT, STR_ARG(cells[0]));
	x = inner_of(a, in);
	y = inner_of(a, out);
	for (size_t i = 0; i < sizeof differences / sizeof *differences; i++)
		if (str_is(cells[0], differences[i].file))
			want = differences[i].what;
	got = difference(a, &x, &y, &t->same);
	cr_expect(str_is(got, want), STR_FMT ": " STR_FMT ", want %s", STR_ARG(cells[0]), STR_ARG(got), want);
	t->files++;
	t->segments += x.n;
	t->differ += *want != 0;
}

Test(x12_roundtrip, claims_by_encounters, .timeout = 120)
{
	struct sums t = { 0, 0, 0, 0, 0 };

	if (shared_absent())
		return;
	(void)shared_rows("envelope-facts.tsv", one_claims, &t);
	(void)printf("x12 round trip: %zu claims of %zu sound 837 files, %zu of %zu segments come back; "
	    "%zu files differ, as said\n", t.claims, t.files, t.same, t.segments, t.differ);
	cr_expect(t.files == 36 && t.claims == 49 && t.differ == sizeof differences / sizeof *differences);
}
