/* test_impact.c - what two books judge differently, and numbers of a book as a person reads them. */
#include "claimline/cell.h"
#include "claimline/impact.h"
#include "support/books.h"

#include <criterion/criterion.h>
#include <string.h>

#define ORDER(code, flag, title)	"00001 " code " " flag " " title "\n"
#define A001	ORDER("A001   ", "1", "Cholera of one                                               Cholera of one")
#define A001_B	ORDER("A001   ", "1", "Cholera of two                                               Cholera of two")
#define A009	ORDER("A009   ", "1", "Cholera                                                      Cholera")
#define A009_H	ORDER("A009   ", "0", "Cholera                                                      Cholera")
#define PARTIAL	{ "partial_sets.tsv", "PARTIAL\nicd10cm\n", 0 }
#define ICD(text)	{ "icd10cm_order_2026.txt", text, 0 }

static const struct pair {
	const char	*name;
	struct paper	 old[2], now[2];
	const char	*why;			/* of A001, then of A009; NULL: nothing */
	const char	*why9;
} pairs[] = {
	{ "the same", { ICD(A001 A009) }, { ICD(A001 A009) }, NULL, NULL },
	{ "gone, and a header", { ICD(A001 A009) }, { ICD(A009_H) }, "no longer valid on that day",
	    "a header now: more characters are needed" },
	{ "came, and billable", { ICD(A009_H) }, { ICD(A001 A009) }, "valid on that day now", "billable now" },
	{ "words", { ICD(A001 A009) }, { ICD(A001_B A009) }, "another title", NULL },
	{ "the new book has no such table", { ICD(A001 A009) }, { { "pos.tsv", "POS\tTITLE\n11\tOffice\n", 0 } }, NULL, NULL },
	{ "the old book has no such table", { { "pos.tsv", "POS\tTITLE\n11\tOffice\n", 0 } }, { ICD(A001 A009) }, NULL, NULL },
	{ "the new book has a selection", { ICD(A001 A009) }, { PARTIAL, ICD(A009) }, NULL, NULL },
	{ "the old book has a selection", { PARTIAL, ICD(A009) }, { ICD(A001 A009) }, NULL, NULL },
};

static void
make(struct arena *a, const struct paper *files, struct book *b)
{
	struct faults f = { .a = a };
	int rc = books_of(files, files[1].path ? 2 : 1, &f, b);

	cr_assert(rc == 0, "%s: " STR_FMT, err_name(rc), STR_ARG(f.n ? f.v[0].words : STR_NONE));
}

static const char *
why_of(const struct impacts *v, const char *code)
{
	for (size_t i = 0; i < v->n; i++)
		if (str_is(v->v[i].code, code))
			return v->v[i].why;
	return NULL;
}

static bool
same(const char *x, const char *y)
{
	return x && y ? strcmp(x, y) == 0 : x == y;
}

Test(impact, verdicts)
{
	struct diagnosis dx[] = { { .code = S("A001") }, { .code = S("A009") } };
	struct encounter e = { .from = day_parse(S("2026-01-05")), .to = DAY_NONE, .diagnoses = dx, .n_diagnoses = 2 };
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct book old, now;
		struct impacts v;

		make(&a, pairs[i].old, &old);
		make(&a, pairs[i].now, &now);
		impact_of(old.cb, now.cb, &a, &e, &v);
		cr_expect(same(why_of(&v, "A001"), pairs[i].why), "%s: %s", pairs[i].name, why_of(&v, "A001"));
		cr_expect(same(why_of(&v, "A009"), pairs[i].why9), "%s: %s", pairs[i].name, why_of(&v, "A009"));
		book_close(&old);
		book_close(&now);
	}
	arena_free(&a);
}

Test(cell, numbers_as_people_read_them)
{
	static const struct { const char *words; int64_t v; const char *text; } rows[] = {
		{ "", 7, "7" }, { "years, included", 0, "0" }, { "x 1000", 1250, "1.250" }, { "work RVU x 100", 130, "1.30" },
		{ "relative weight x 10000", 5, "0.0005" }, { "payment rate, thousandths of a dollar", -1500, "-1.500" },
		{ "DECIMAL(4): ten-thousandths; the one that pays", 280239, "28.0239" },
		    { "DECIMAL(1): tenths of a day", 245, "24.5" },
		{ "preoperative part, hundredths", 10, "0.10" },
		    { "2 MCC, 1 CC; absent: not a secondary diagnosis", 1, "1 (CC)" },
		{ "as secondary diagnosis: 2 MCC, 1 CC, 0 neither", 2, "2 (MCC)" }, { "2 MCC, 1 CC", 0, "0" },
		{ "1: per claim line; 2: per day, absolute; 3: per day, may be overcome", 2, "2 (per day, absolute)" },
		{ "cancel it; -1: none; absent: not known", -1, "-1 (none)" }, { "1 goes first", 1, "1" },
		    { "of the axis, 3 to 7", 3, "3" },
		{ "MDC to go on with, 0: none; 0 with DRG 0: an error row", 0, "0 (none)" }, { "1, 2... of the owner", 1, "1" },
		{ "0 newborn, 1 pediatric, 2 maternity, 3 adult", 3, "3 (adult)" },
		    { "1001: October 1", 1001, "1001 (October 1)" },
		{ "x 1000", INT64_MIN + 1, "-9223372036854775.807" },
	};
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str got = cell_text(&a, rows[i].words, rows[i].v);

		cr_expect(str_is(got, rows[i].text), "%s: " STR_FMT, rows[i].words, STR_ARG(got));
	}
	arena_free(&a);
}

/* The publisher's decimals, where codebook.def says how many, are those its words are read as. */
Test(cell, decimals_of_every_column)
{
	for (int i = 0; i < CC_COUNT; i++) {
		const char *decimal = strstr(code_cols[i].words, "DECIMAL(");

		if (decimal)
			cr_expect(cell_decimals(code_cols[i].words) == (size_t)(decimal[8] - '0'), "%s.%s",
			    code_sets[code_cols[i].set].name, code_cols[i].name);
	}
}
