/*
 * test_x12_guides.c - the whole check on sample files whose truth is known. What imsweb asserts of its broken files is
 * found where it says. Of every other file with a guide we have, the findings are exactly those of x12_guides.def, each of
 * which was held against the file: a false finding more fails, as does a true one less.
 */
#include "support/claims.h"
#include "support/found.h"
#include "support/shared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct x12_rules rules = { .today = DAY_NONE };

static struct found
check_file(struct arena *a, struct str path, int *rc)
{
	struct found f;

	*rc = found_in(a, claims_guides(), &rules, shared_file(a, path), 0, &f);
	return f;
}

/* ---- what imsweb asserts ---- */

/*
 * One expected text of a file, and what it is with us: the finding, its segment, its loop, and its place in the set
 * (ST is 1). id NULL: any finding at that place. at 0: the file is refused, with these words.
 */
#define BAD(name)	"837_5010/x12_" name ".txt"
static const struct expected { const char *file, *text, *id, *segment, *loop; size_t at; } expected[] = {
	{ BAD("bad_first_line"), "Error getting separators", "width", "", "", 0 },
	{ BAD("no_isa_line"), "Error getting separators", "without ISA", "", "", 0 },
	{ BAD("bad_segment_identifier"), "Unable to find a matching segment format in loop 2010AA", "SEGMENT_UNKNOWN",
	    "Nd4", "2010AA", 9 },
	{ BAD("bad_segment_identifier"), "Unable to find a matching segment format in loop 2000B", "SEGMENT_UNKNOWN",
	    "NM31", "2000B", 18 },
	{ BAD("bad_segment_identifier"), "Unable to find a matching segment format in loop 1000A", "SEGMENT_UNKNOWN",
	    "", "1000A", 4 },
	{ BAD("bad_segment_identifier"), "N4 in loop 2010AA is required but not found", "SEGMENT_MISSING", "N4", "2010AA", 10 },
	{ BAD("bad_segment_identifier"), "PER in loop 1000A is required but not found", "SEGMENT_MISSING", "PER", "1000A", 5 },
	{ BAD("bad_segment_identifier"), "2010BA is required but not found in 2000B iteration #1", "LOOP_MISSING",
	    "NM1", "2010BA", 20 },
	/* NM1*117 opens no loop with them; with us it is the billing provider's by its place, with a wrong code */
	{ BAD("bad_valid_code"), "Unable to find a matching segment format in loop 2000A", "ELEMENT_CODE", "NM1", "2010AA", 7 },
	{ BAD("loop_errors1_exceeds_max_1_parent"), "2010AA appears too many times", "LOOP_TOO_MANY", "NM1", "2010AA", 13 },
	{ BAD("loop_errors2_exceeds_max_repeats_multiple_parents"), "2010AA appears too many times", "LOOP_TOO_MANY",
	    "NM1", "2010AA", 32 },
	{ BAD("loop_errors3_missing_loops"), "2010AA is required but not found in 2000A iteration #1", "LOOP_MISSING",
	    "NM1", "2010AA", 10 },
	{ BAD("missing_elements"), "NM1 in loop 1000B is missing a required element at 2", "ELEMENT_MISSING", "NM1", "1000B", 5 },
	{ BAD("missing_elements"), "CLM in loop 2300 is missing a required composite element at 5", "ELEMENT_MISSING",
	    "CLM", "2300", 29 },
	{ BAD("missing_required_loop_in_one_repeat"), "2010BA is required but not found in 2000B iteration #1",
	    "LOOP_MISSING", "NM1",
	    "2010BA", 19 },
	/* an SV1 without its LX is a line with us, whose LX is missing: said once, at the SV1 */
	{ BAD("missing_required_loops_mult_repeats"), "Unable to find a matching segment format in loop 2300", NULL,
	    "LX", "2400", 31 },
	{ BAD("missing_required_loops_mult_repeats"), "2400 is required but not found in 2300 iteration #2",
	    "SEGMENT_MISSING", "LX",
	    "2400", 31 },
	{ BAD("missing_required_loops_mult_repeats"), "2400 is required but not found in 2300 iteration #5",
	    "SEGMENT_MISSING", "LX",
	    "2400", 57 },
	{ BAD("segment_errors"), "N3 in loop 2010AA is required but not found", "SEGMENT_MISSING", "N3", "2010AA", 8 },
	{ BAD("segment_errors"), "HI in loop 2300 is required but not found", "SEGMENT_MISSING", "HI", "2300", 20 },
	{ BAD("segment_errors"), "REF in loop 2010AA appears too many times", "SEGMENT_TOO_MANY", "REF", "2010AA", 10 },
	{ BAD("segments_out_of_order"), "Segment N4 in loop 2010AA is not in the correct position.", "SEGMENT_ORDER",
	    "N4", "2010AA", 10 },
	{ BAD("segments_out_of_order"), "Segment N3 in loop 2010AB is not in the correct position.", "SEGMENT_ORDER",
	    "N3", "2010AB", 15 },
};

static bool
meets(const struct found *f, int rc, const struct expected *e)
{
	size_t n = 0;

	if (e->at == 0)
		return rc < 0 && f->faults.n == 1 && memmem(f->faults.v[0].words.p, f->faults.v[0].words.n, e->id, strlen(e->id));
	for (size_t i = 0; i < f->n; i++)
		n += f->v[i].at == e->at && str_is(f->v[i].segment, e->segment) && str_is(f->v[i].loop, e->loop) &&
		    f->v[i].severity == X12_ERROR && (!e->id || strcmp(f->v[i].id, e->id) == 0);
	return n == 1;
}

/* A set that says it is of another guide is told what of that guide it is not. */
static bool
meets_other_guide(struct arena *a, struct str text)
{
	struct found f;

	cr_assert(found_in(a, claims_guides(), &rules, found_put(a, text, "005010X222A1", "005010X223A2"), 0, &f) == 0);
	for (size_t i = 0; i < f.n; i++)
		if (strcmp(f.v[i].id, "SEGMENT_NOT_USED") == 0 && str_is(f.v[i].segment, "SV1") && f.v[i].at == 23)
			return f.sets_rejected == 1;
	return false;
}

struct asserted { size_t files, texts, found; };

static void
one_asserted(void *self, struct arena *a, const struct str cells[SHARED_CELLS])
{
	struct asserted *t = self;
	struct str path = arena_fmt(a, "imsweb/" STR_FMT, STR_ARG(cells[0])), texts = cells[4];
	int rc;
	struct found f = check_file(a, path, &rc);

	t->files++;
	while (texts.n) {
		struct str text = str_trim(str_cut(&texts, '|'));
		bool ok = false;

		if (str_is(cells[1], "ANSI837_5010_X223"))
			ok = meets_other_guide(a, shared_file(a, path));
		for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
			if (str_is(cells[0], expected[i].file) && str_is(text, expected[i].text))
				ok = meets(&f, rc, &expected[i]);
		cr_expect(ok, STR_FMT ": " STR_FMT, STR_ARG(path), STR_ARG(text));
		t->texts++;
		t->found += ok;
	}
}

Test(x12_guides, what_imsweb_asserts)
{
	struct asserted t = { 0, 0, 0 };

	if (shared_absent())
		return;
	(void)shared_rows("imsweb/expected-errors.tsv", one_asserted, &t);
	(void)printf("x12 guides: %zu files of imsweb, %zu errors asserted, %zu found\n", t.files, t.texts, t.found);
	cr_expect(t.files == 17 && t.texts == 24 && t.found == t.texts);
}

/* ---- exactly these findings ---- */

/* FOUND(file, findings, why): "NPI NM109*3" is one at NM109, three times. */
static const struct { const char *file, *findings; } table[] = {
#define FOUND(file, findings, why) { file, findings },
#include "x12_guides.def"
};

static bool
same_place(const struct found_one *x, const struct found_one *y)
{
	return strcmp(x->id, y->id) == 0 && str_eq(x->segment, y->segment) && x->el == y->el && x->comp == y->comp;
}

/* Each kind of finding once, in the order they come, with how many there are. */
static struct str
summary(struct arena *a, struct found *f)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < f->n; i++) {
		struct found_one one = f->v[i];
		size_t n = 0;

		for (size_t k = i; one.id && k < f->n; k++)
			if (f->v[k].id && same_place(&f->v[k], &one)) {
				f->v[k].id = NULL;
				n++;
			}
		if (!n)
			continue;
		buf_fmt(&b, "%s%s " STR_FMT, b.n ? "; " : "", one.id, STR_ARG(one.segment));
		if (one.el)
			buf_fmt(&b, "%02u", one.el);
		if (one.comp)
			buf_fmt(&b, "-%u", one.comp);
		if (n > 1)
			buf_fmt(&b, "*%zu", n);
	}
	return buf_view(&b);
}

/* ---- findings whose truth is in the value itself ---- */

/* Ten digits, the first 1 or 2, the last the check digit of 80840 and the nine before. */
static bool
is_npi(struct str s)
{
	unsigned sum = 24;

	if (s.n != 10 || (s.p[0] != '1' && s.p[0] != '2'))
		return false;
	for (size_t i = 0; i < 10; i++) {
		unsigned d = (unsigned)(s.p[i] - '0');

		if (d > 9)
			return false;
		sum += i % 2 ? d : d * 2 / 10 + d * 2 % 10;
	}
	return sum % 10 == 0;
}

static bool
is_true(const struct found_one *f)
{
	static const char *const npis[] = { "NPI", "NPI_OTHER", "NPI_PAYEE" };

	for (size_t i = 0; i < sizeof npis / sizeof *npis; i++)
		if (strcmp(f->id, npis[i]) == 0)
			return !is_npi(f->value);
	if (strcmp(f->id, "ZIP_BILLING") == 0 || strcmp(f->id, "ZIP_FACILITY") == 0)
		return f->value.n == 5;
	if (strcmp(f->id, "ZIP_ZEROS") == 0)
		return f->value.n == 9 && memcmp(f->value.p + 5, "0000", 4) == 0;
	return true;
}

struct exact { size_t files, clean, no_error, same, findings; };

static const char *
wanted(struct str path)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (str_is(path, table[i].file))
			return table[i].findings;
	return "";
}

static int
on_set(void *self, const struct x12_set *t)
{
	bool *known = self;

	*known = *known && str_starts(t->version, S("005010")) && !str_is(t->type, "820") && !str_is(t->type, "997");
	return 0;
}

/* 005010, of a guide we have. */
static bool
is_known(struct arena *a, struct str text)
{
	struct faults f = { .a = a };
	bool known = true;
	struct x12_check_spec spec = { .guides = claims_guides(), .watch = { .self = &known, .set = on_set } };
	struct x12_totals t;
	struct x12_reader *r;

	return x12_open(a, text, &f, &r) >= 0 && x12_check_run(a, r, &spec, &t) >= 0 && known;
}

static void
one_exact(void *self, struct arena *a, const struct str cells[SHARED_CELLS])
{
	struct exact *t = self;
	struct str path = cells[0], got;
	const char *want = wanted(path);
	size_t errors = 0;
	struct found f;
	int rc;

	if (!*want && (!str_is(cells[1], "ok") || !is_known(a, shared_file(a, path))))
		return;
	f = check_file(a, path, &rc);
	t->files++;
	t->clean += f.n == 0;
	t->findings += f.n;
	for (size_t i = 0; i < f.n; i++) {
		errors += f.v[i].severity == X12_ERROR;
		cr_expect(is_true(&f.v[i]), STR_FMT ": %s " STR_FMT, STR_ARG(path), f.v[i].id, STR_ARG(f.v[i].value));
	}
	t->no_error += errors == 0;
	got = summary(a, &f);
	t->same += str_is(got, want);
	cr_expect(str_is(got, want), STR_FMT "\n is " STR_FMT "\nnot %s", STR_ARG(path), STR_ARG(got), want);
}

Test(x12_guides, exactly_these_findings, .timeout = 120)
{
	struct exact t = { 0, 0, 0, 0, 0 };

	if (shared_absent())
		return;
	(void)shared_rows("envelope-facts.tsv", one_exact, &t);
	(void)printf("x12 guides: %zu files with exactly the findings known (%zu): %zu without any, %zu without an error\n",
	    t.files, t.findings, t.clean, t.no_error);
	cr_expect(t.same == t.files && t.files == 144, "%zu of %zu", t.same, t.files);
}
