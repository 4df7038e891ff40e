/* test_cb_pcs.c - codes files, addenda, ICD-10-PCS, conversions and GEMs as published, where ../shared is beside the tree. */
#include "support/books.h"
#include "support/one_arena.h"

#include "base/file.h"
#include "codebook/pcs.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define CM	"icd10cm/"
#define OCT	"icd10pcs/fy2026-oct/"
#define APR	"icd10pcs/fy2026-apr/"
#define OCTOBER	day_of(2025, 10, 1)
#define APRIL	day_of(2026, 4, 1)

TestSuite(cb_pcs_official, .init = open_arena, .fini = close_arena);

/* Changes count a pair of revisions once. Their base is not in a book of one file: only whole files are without faults. */
static const struct { const char *path; int records; bool changes; } files[] = {
	{ CM "icd10cm_codes_2026.txt.zst", 74719, false },
	{ CM "icd10cm_order_addenda_2026.txt", 630 + 28 + 45, true },
	{ CM "icd10cm_codes_addenda_2026.txt", 487 + 28 + 38, true },
	{ CM "icd10cm_order_addenda_2025.txt", 324 + 36 + 14, true },
	{ CM "april-2026/icd10cm_order_addenda_2026.txt", 0, true },
	{ CM "april-2026/icd10cm_codes_addenda_2026.txt", 0, true },
	{ CM "POAexemptAddCodesFY26.txt", 209, true },
	{ CM "POAexemptDeleteCodesFY26.txt", 14, true },
	{ CM "POAexemptReviseCodesFY26.txt", 25, true },
	{ CM "conversion_table_fy2026.tsv", 5879, false },
	{ CM "ICD-10-CM-CONVERSION-TABLE-FY2026.xlsx", 5892, false },	/* the .tsv made of it lacks the 13 codes of QA0 */
	{ OCT "order_addenda_2026.txt", 160 + 27 + 1, true },
	{ OCT "icd10pcs_tables_2026.xml", 2733, false },
	{ OCT "icd10pcs_definitions_2026.xml", 954 + 60, false },
	{ "icd10pcs/fy2025-oct/icd10pcs_index_2025.xml", 3215 + 21269, false },
	{ APR "icd10pcs_codes_2026.txt.zst", 79193, false },
	{ APR "order_addenda_2026.txt", 83 + 2 + 1, true },
	{ APR "codes_addenda_2026.txt", 80 + 2, true },
	{ APR "tables_addenda_2026.txt", 4251, true },
	{ APR "index_addenda_2026.txt", 161, false },
	{ APR "definitions_addenda_2026.txt", 56, false },
	{ APR "icd10pcs_conversion_table.txt.zst", 17848, false },
	{ "gems/2018_I9gem.txt", 24860, false },
	{ "gems/2018_I10gem.txt", 81593, false },
};

Test(cb_pcs_official, every_record_is_read)
{
	if (!books_official())
		return;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct faults f = { .a = &a };
		int records = books_count(files[i].path, &f);

		cr_expect(records == files[i].records, "%s: %d", files[i].path, records);
		cr_expect(f.n == (files[i].changes ? 1 : 0) && (f.n == 0 || f.v[0].rc == E_INCOMPLETE), "%s: %zu faults, %.*s",
		    files[i].path, f.n, f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
	}
}

/* ---- changes make the release that was published ---- */

static bool
same_row(const struct codebook *x, row_t i, const struct codebook *y, row_t k, enum code_set set)
{
	for (size_t c = 0; c < code_set_cols(set); c++) {
		enum code_col col = (enum code_col)(code_sets[set].first + c);

		if (code_cols[col].kind == COL_INT ? codebook_int(x, col, i) != codebook_int(y, col, k) :
		    !str_eq(codebook_str(x, col, i), codebook_str(y, col, k)))
			return false;
	}
	return true;
}

/* Every row of y that is in force on the day is in x and says the same there, and x has no other: how many. */
static int
expect_same(const struct codebook *x, const struct codebook *y, enum code_set set, day_t day)
{
	int n = 0, others = 0;

	for (row_t r = 0; r < codebook_count(y, set); r++) {
		struct str code = codebook_str(y, code_sets[set].first, r);

		if (!codebook_in_force(y, set, r, day))
			continue;
		n++;
		cr_expect(same_row(x, codebook_find(x, set, code, day), y, r, set), "%.*s", STR_ARG(code));
	}
	for (row_t r = 0; r < codebook_count(x, set); r++)
		others += codebook_in_force(x, set, r, day);
	cr_expect(n == others, "%s: %d and %d", code_sets[set].name, n, others);
	return n;
}

static int
made_and_published(const char *const *made, const char *const *published, enum code_set set, day_t day)
{
	struct book x, y;
	int n;

	books_of_official(made, &x);
	books_of_official(published, &y);
	n = expect_same(x.cb, y.cb, set, day);
	book_close(&x);
	book_close(&y);
	return n;
}

Test(cb_pcs_official, order_2025_and_addenda_are_order_2026)
{
	static const char *const made[] = { CM "icd10cm_order_2025.txt.zst", CM "icd10cm_order_addenda_2026.txt",
	    CM "icd10cm_codes_addenda_2026.txt", CM "april-2026", NULL };
	static const char *const published[] = { CM "icd10cm_order_2026.txt.zst", NULL };

	if (!books_official())
		return;
	cr_expect(made_and_published(made, published, CS_ICD10CM, OCTOBER) == 98186);
	cr_expect(made_and_published(made, published, CS_ICD10CM, APRIL) == 98186);
}

Test(cb_pcs_official, procedures_of_october_and_addenda_are_those_of_april)
{
	static const char *const made[] = { OCT "icd10pcs_order_2026.txt.zst", APR "order_addenda_2026.txt", NULL };
	static const char *const with_codes[] = { OCT "icd10pcs_order_2026.txt.zst", APR "order_addenda_2026.txt",
	    APR "codes_addenda_2026.txt", APR "icd10pcs_codes_2026.txt.zst", NULL };
	static const char *const published[] = { APR "icd10pcs_order_2026.txt.zst", NULL };

	if (!books_official())
		return;
	cr_expect(made_and_published(made, published, CS_ICD10PCS, APRIL) == 80110);
	cr_expect(made_and_published(with_codes, published, CS_ICD10PCS, APRIL) == 80110);
}

Test(cb_pcs_official, poa_changes_lead_to_the_list)
{
	static const char *const paths[] = { CM, "icd10pcs", "gems", NULL };
	struct book b;

	if (!books_official())
		return;
	books_of_official(paths, &b);		/* every file together: none contradicts another */
	cr_expect(codebook_count(b.cb, CS_POA_EXEMPT) == 38349);
	cr_expect(codebook_poa_exempt(b.cb, S("Q8787"), OCTOBER) && !codebook_poa_exempt(b.cb, S("Q898"), OCTOBER));
	cr_expect(codebook_count(b.cb, CS_ICD10PCS) == 80110 + 2 + 1, "April added 83, deleted 2, revised 1");
	cr_expect(codebook_look(b.cb, CS_ICD10PCS, S("30233AZ"), OCTOBER).billable);
	cr_expect(codebook_find(b.cb, CS_ICD10PCS, S("30233AZ"), APRIL) == ROW_NONE);
	cr_expect(codebook_count(b.cb, CS_ICD10CM_CONVERSION) == 5892 - 8, "8 rows stand in the file twice");
	book_close(&b);
}

/* A list without the changes, and the changes: the codes of the list. */
Test(cb_pcs_official, poa_list_is_made_of_the_one_before)
{
	static const char *const list[] = { CM "POAexemptCodesFY26.txt.zst", NULL };
	static const char *const changes[] = { "POAexemptAddCodesFY26.txt", "POAexemptDeleteCodesFY26.txt",
	    "POAexemptReviseCodesFY26.txt" };
	struct paper papers[4];
	struct book whole, added, made;
	struct faults f = { .a = &a };
	struct buf before;

	if (!books_official())
		return;
	books_of_official(list, &whole);
	for (size_t i = 0; i < 3; i++) {
		struct str text;

		cr_assert(file_read(&a, arena_fmt(&a, CL_SOURCE_DIR "/../shared/data/" CM "%s", changes[i]).p,
		    1 << 20, &text) == 0);
		papers[i + 1] = (struct paper){ changes[i], text.p, text.n };
	}
	/* the list of FY2025 = that of FY2026 without what was added, with what was deleted */
	cr_assert(books_of(&(struct paper){ "POAexemptCodesFY26.txt", papers[1].text, papers[1].n }, 1, &f, &added) == 0);
	buf_init(&before, &a);
	buf_cstr(&before, "Order25\tPOAexemptCode\tDescription\r\n");
	for (row_t r = 0; r < codebook_count(whole.cb, CS_POA_EXEMPT); r++) {
		struct str code = codebook_str(whole.cb, CC_POA_EXEMPT_CODE, r);

		if (codebook_find(added.cb, CS_POA_EXEMPT, code, OCTOBER) == ROW_NONE)
			buf_fmt(&before, "1\t%.*s\tx\r\n", STR_ARG(code));
	}
	for (struct str rest = { papers[2].text, papers[2].n }; rest.n;) {
		struct str line = str_cut(&rest, '\n'), code = str_cut(&line, '\t');

		if (!str_is(code, "POAexemptCode"))
			buf_fmt(&before, "1\t%.*s\tx\r\n", STR_ARG(code));
	}
	papers[0] = (struct paper){ "POAexemptCodesFY25.txt", before.p, before.n };
	cr_assert(books_of(papers, 4, &f, &made) == 0 && f.n == 0);
	cr_expect(expect_same(made.cb, whole.cb, CS_POA_EXEMPT, OCTOBER) == 38349);
	book_close(&whole);
	book_close(&added);
	book_close(&made);
}

/* ---- tables ---- */

/* Goes through every code the tables permit, one place after the other. */
static int
expand(const struct codebook *cb, char code[PCS_LEN], size_t n, day_t day)
{
	struct pcs_value v[PCS_NEXT_MAX];
	size_t count = pcs_next(cb, (struct str){ code, n }, day, v, PCS_NEXT_MAX);
	char last = 0;
	int codes = 0;

	cr_assert(count > 0 && count <= PCS_NEXT_MAX, "%.*s", (int)n, code);
	for (size_t i = 0; i < count; i++) {
		cr_expect(v[i].label.n && v[i].axis.n, "%.*s%c", (int)n, code, v[i].value);
		if (v[i].value == last)
			continue;		/* section X: one character, two labels */
		last = code[n] = v[i].value;
		if (n + 1 < PCS_LEN) {
			codes += expand(cb, code, n + 1, day);
			continue;
		}
		codes++;
		if (!codebook_look(cb, CS_ICD10PCS, (struct str){ code, PCS_LEN }, day).billable)
			cr_expect(false, "%.7s is permitted by a table, but is no code", code);
	}
	return codes;
}

static void
expect_tables_are_codes(const struct codebook *cb, day_t day, int codes, int tables)
{
	char code[PCS_LEN];
	int billable = 0, headers = 0, bad;

	cr_expect(expand(cb, code, 0, day) == codes);
	for (row_t r = 0; r < codebook_count(cb, CS_ICD10PCS); r++) {
		struct code_row row = codebook_row(cb, CS_ICD10PCS, r);

		if (!codebook_in_force(cb, CS_ICD10PCS, r, day))
			continue;
		billable += row.billable;
		headers += !row.billable;
		if (row.billable ? !pcs_check(cb, row.code, day, &bad) :
		    codebook_find(cb, CS_PCS_TABLE, row.code, day) == ROW_NONE)
			cr_expect(false, "%.*s is in the order file, but no table permits it", STR_ARG(row.code));
	}
	cr_expect(billable == codes && headers == tables, "%d codes, %d headers", billable, headers);
}

Test(cb_pcs_official, tables_expand_to_the_codes)
{
	static const char *const paths[] = { OCT "icd10pcs_order_2026.txt.zst", OCT "icd10pcs_tables_2026.xml",
	    APR "icd10pcs_order_2026.txt.zst", APR "tables_addenda_2026.txt", NULL };
	struct pcs_value v;
	struct book b;
	int bad;

	if (!books_official())
		return;
	books_of_official(paths, &b);
	expect_tables_are_codes(b.cb, OCTOBER, 79115, 914);
	expect_tables_are_codes(b.cb, APRIL, 79193, 917);
	cr_expect(!pcs_check(b.cb, S("0DB60ZY"), OCTOBER, &bad) && bad == 7);
	cr_expect(!pcs_check(b.cb, S("02HM3JZ"), OCTOBER, &bad) && bad == 4 && pcs_check(b.cb, S("02HM3JZ"), APRIL, &bad));
	v = pcs_value_of(b.cb, S("02HM3JZ"), 6, APRIL);
	cr_expect(str_is(v.label, "Cardiac Lead, Pacemaker") && str_is(v.axis, "Device"));
	v = pcs_value_of(b.cb, S("02HM3JZ"), 3, APRIL);
	cr_expect(str_is(v.label, "Insertion"));
	/* all tables the words do not change are those of the XML, and go on */
	for (row_t r = 0; r < codebook_count(b.cb, CS_PCS_TABLE); r++)
		cr_expect(codebook_to(b.cb, CS_PCS_TABLE, r) == DAY_NONE, "%d", r);
	book_close(&b);
}

Test(cb_pcs_official, index_leads_to_codes)
{
	static const char *const paths[] = { "icd10pcs/fy2025-oct", OCT, NULL };
	struct book b;
	row_t row, end;
	int lost = 0;

	if (!books_official())
		return;
	books_of_official(paths, &b);
	cr_expect(codebook_count(b.cb, CS_PCS_INDEX) > 18000, "%d", codebook_count(b.cb, CS_PCS_INDEX));
	row = codebook_of(b.cb, CS_PCS_INDEX, S("Abdominohysterectomy"), &end);
	cr_expect(row != ROW_NONE && str_is(codebook_str(b.cb, CC_PCS_INDEX_CODE, row), "0UT9") &&
	    str_is(codebook_str(b.cb, CC_PCS_INDEX_TARGET, row), "Resection, Uterus"));
	for (row = 0; row < codebook_count(b.cb, CS_PCS_INDEX); row++) {
		struct str code = codebook_str(b.cb, CC_PCS_INDEX_CODE, row);
		struct pcs_value v;

		lost += code.n && code.n < PCS_LEN && pcs_next(b.cb, code, OCTOBER, &v, 1) == 0;
	}
	cr_expect(lost <= 1, "%d references of the index of FY2025 lead nowhere in the tables of FY2026", lost);
	row = codebook_of(b.cb, CS_PCS_SYNONYM, S("Hallux"), &end);
	cr_expect(row != ROW_NONE && str_is(codebook_str(b.cb, CC_PCS_SYNONYM_TITLE, row), "1st Toe, Left"));
	row = codebook_of(b.cb, CS_PCS_DEVICE, S("Cardiac Lead, Pacemaker"), &end);
	cr_expect(row != ROW_NONE && str_is(codebook_str(b.cb, CC_PCS_DEVICE_VALUE, row), "M"));
	printf("%d references of the index of FY2025 are not in FY2026\n", lost);
	book_close(&b);
}

/* ---- conversions ---- */

Test(cb_pcs_official, gems_and_conversions)
{
	static const char *const paths[] = { "gems", CM "ICD-10-CM-CONVERSION-TABLE-FY2026.xlsx",
	    APR "icd10pcs_conversion_table.txt.zst", NULL };
	struct book b;
	row_t row, end;
	int none = 0, combined = 0;

	if (!books_official())
		return;
	books_of_official(paths, &b);
	cr_expect(codebook_count(b.cb, CS_GEM_9) == 24860 && codebook_count(b.cb, CS_GEM_10) == 81593);
	for (row = 0; row < codebook_count(b.cb, CS_GEM_10); row++) {
		none += codebook_int(b.cb, CC_GEM_10_NO_MAP, row) == 1;
		combined += codebook_int(b.cb, CC_GEM_10_COMBINATION, row) == 1;
	}
	cr_expect(none == 731 && combined == 9033, "%d %d", none, combined);
	row = codebook_of(b.cb, CS_ICD10CM_CONVERSION, S("J1282"), &end);
	cr_expect(codebook_int(b.cb, CC_ICD10CM_CONVERSION_YEAR, row) == 2021 &&
	    codebook_int(b.cb, CC_ICD10CM_CONVERSION_MONTH_DAY, row) == 101);
	row = codebook_of(b.cb, CS_ICD10PCS_CONVERSION, S("001607A"), &end);
	cr_expect(str_is(codebook_str(b.cb, CC_ICD10PCS_CONVERSION_PREVIOUS, row), "00H60YZ") &&
	    codebook_int(b.cb, CC_ICD10PCS_CONVERSION_MONTH_DAY, row) == 1001);
	book_close(&b);
}
