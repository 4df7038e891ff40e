/*
 * test_x12_envelope.c - the envelope of every sample file against what an independent script counted: each wrong count,
 * control number, missing trailer and unbalanced payment is found as often as it is there, and in sound files none.
 */
#include "support/claims.h"
#include "support/found.h"
#include "support/shared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct x12_rules rules = { .today = DAY_NONE };

/* ---- facts and findings in one notation ---- */

/* The facts name these; with the numbers where one is said and another counted. */
static const struct { const char *id, *fact; bool counts; } kinds[] = {
	{ "SET_COUNT", "SE01", true }, { "GROUP_COUNT", "GE01", true }, { "ISA_COUNT", "IEA01", true },
	{ "SET_CONTROL", "SE02", false }, { "GROUP_CONTROL", "GE02", false }, { "ISA_CONTROL", "IEA02", false },
	{ "ISA_NO_IEA", "no IEA", false }, { "PAID_TOTAL", "835 unbalanced", false },
};
/* The facts are silent on these. */
static const char *const others[] = {
	"SET_ST01", "SET_ST02", "SET_TWICE", "SET_NO_SE", "GROUP_NO_GE", "GROUP_GS06", "GROUP_TWICE", "ISA_VALUE", "ISA_TWICE",
	"ENVELOPE_ORDER", "OUTSIDE", "UNREADABLE", "CUT_SHORT",
};
static const struct { const char *file, *id; size_t n; const char *why; } besides[] = {
	{ "edi-lens/837I.test.0001.edi", "GROUP_TWICE", 1, "both groups are number 1" },
	{ "imsweb/837_5010/x12_multiple_gs.txt", "GROUP_TWICE", 2, "all three groups are number 1" },
	{ "imsweb/837_5010/x12_multiple_st.txt", "SET_TWICE", 1, "both sets have the same ST02" },
	{ "imsweb/837_5010/x12_multiple_transactions.txt", "ISA_TWICE", 311, "312 interchanges of the same ISA13" },
	{ "pyx12/837miss.x12", "SET_NO_SE", 1, "the file stops inside its set" },
	{ "pyx12/837miss.x12", "GROUP_NO_GE", 1, "the same" },
	{ "pyx12/ele.x12", "ISA_VALUE", 1, "33:39 is no time of day: pyx12 answers TA1 015" },
};

struct one { const char *id; int64_t said, counted; };

static struct one
fact_of(struct str fact)
{
	struct str rest = fact;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct one one = { kinds[i].id, 0, 0 };

		if (!str_starts(fact, str_of(kinds[i].fact)))
			continue;
		if (!kinds[i].counts)
			return one;
		(void)str_cut(&rest, ' ');
		cr_assert(str_to_int(str_cut(&rest, '!'), &one.said) &&
		    str_to_int((struct str){ rest.p + 1, rest.n - 1 }, &one.counted));
		return one;
	}
	cr_expect(false, "unknown fact: " STR_FMT, STR_ARG(fact));
	return (struct one){ "", 0, 0 };
}

static bool
is_told(const char *id)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].id, id) == 0)
			return true;
	return false;
}

static bool
take(struct found *f, struct one want)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].id && strcmp(f->v[i].id, want.id) == 0 && (!want.counted || (f->v[i].said == want.said &&
		    f->v[i].counted == want.counted))) {
			f->v[i].id = NULL;
			return true;
		}
	return false;
}

static size_t
count(const struct found *f, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->v[i].id && strcmp(f->v[i].id, id) == 0;
	return n;
}

/* ---- a file ---- */

struct told { size_t agree, sound, facts, refused; };

/* No interchange at all, or an ISA whose widths are wrong: nothing behind it can be counted, and a fault says so. */
static const struct { const char *file, *words; } refused[] = {
	{ "edi-835-parser/test_edi_835_files/blue_cross_nc_sample.txt", "without ISA" },
	{ "edi-cli/simple-835.edi", "width" },
	{ "imsweb/837_5010/x12_bad_first_line.txt", "width" },
	{ "imsweb/837_5010/x12_no_isa_line.txt", "without ISA" },
	{ "x12parser-dotnet/INS/_837P/_5010/UnicodeExample.txt", "UTF-16" },
	{ "zx12/readme_sample.x12", "width" },
};
/* Payments of a version that is refused are not added up; with the version put right they are. */
static const struct { const char *file, *from, *to; } versions[] = {
	{ "pyx12/835id.x12", "*004010X091A1", "*005010X221A1" },
	{ "x12parser-dotnet/INS/_835/_5010/Example1.txt", "*X*5010", "*X*005010X221A1" },
};

static const char *
refused_words(struct str path)
{
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (str_is(path, refused[i].file))
			return refused[i].words;
	return NULL;
}

static struct str
bytes_of(struct arena *a, struct str path)
{
	struct str text = shared_file(a, path);

	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
		if (str_is(path, versions[i].file)) {
			struct found f;

			cr_assert(found_in(a, claims_guides(), &rules, text, 0, &f) == 0);
			cr_expect(count(&f, "GROUP_VERSION") == 1 && count(&f, "PAID_TOTAL") == 0, STR_FMT, STR_ARG(path));
			return found_put(a, text, versions[i].from, versions[i].to);
		}
	return text;
}

static bool
rest_is_known(struct found *f, struct str path)
{
	bool ok = true;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		size_t want = 0, got = count(f, others[i]);

		for (size_t k = 0; k < sizeof besides / sizeof *besides; k++)
			if (str_is(path, besides[k].file) && strcmp(others[i], besides[k].id) == 0)
				want = besides[k].n;
		cr_expect_eq(got, want, STR_FMT ": %s %zu times, want %zu", STR_ARG(path), others[i], got, want);
		ok = ok && got == want;
	}
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].id && is_told(f->v[i].id)) {
			cr_expect(false, STR_FMT ": %s at %zu is no fact", STR_ARG(path), f->v[i].id, f->v[i].ordinal);
			ok = false;
		}
	return ok;
}

static void
one_file(void *self, struct arena *a, const struct str cells[SHARED_CELLS])
{
	struct told *t = self;
	struct str path = cells[0], facts = cells[1];
	const char *words = refused_words(path);
	bool ok = true;
	struct found f;
	int rc = found_in(a, claims_guides(), &rules, bytes_of(a, path), 0, &f);

	if (words) {
		ok = rc < 0 && f.faults.n == 1 && memmem(f.faults.v[0].words.p, f.faults.v[0].words.n, words, strlen(words));
		cr_expect(ok && !str_is(facts, "ok"), STR_FMT ": %d", STR_ARG(path), rc);
		t->refused++;
		t->agree += ok;
		return;
	}
	cr_expect(rc == 0, STR_FMT ": %d", STR_ARG(path), rc);
	t->sound += str_is(facts, "ok");
	while (facts.n && !str_is(cells[1], "ok")) {
		struct str fact = str_trim(str_cut(&facts, ';'));

		if (!take(&f, fact_of(fact))) {
			cr_expect(false, STR_FMT ": not found: " STR_FMT, STR_ARG(path), STR_ARG(fact));
			ok = false;
		}
		t->facts++;
	}
	t->agree += rest_is_known(&f, path) && ok && rc == 0;
}

Test(x12_envelope, every_file_of_the_facts, .timeout = 120)
{
	struct told t = { 0, 0, 0, 0 };
	size_t n;

	if (shared_absent())
		return;
	n = shared_rows("envelope-facts.tsv", one_file, &t);
	(void)printf("x12 envelope: %zu of %zu files agree: %zu sound, %zu refused at their ISA, %zu facts found\n",
	    t.agree, n, t.sound, t.refused, t.facts);
	cr_expect(n == 240 && t.agree == n && t.sound == 188 && t.refused == 6, "%zu of %zu", t.agree, n);
}
