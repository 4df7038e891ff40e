/*
 * test_cb_icdxml.c - the XML files of ICD-10-CM as NCHS published them, in ../shared: every record counted, what
 * they name held against the order files, and the rules of the Tabular List against the codes there are.
 */
#include "codebook/tabular.h"
#include "support/books.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define CM	"icd10cm/"
#define JAN_2021	day_of(2021, 1, 15)
#define YEAR_2017	day_of(2016, 10, 1)
#define YEAR_2026	day_of(2026, 4, 1)

TestSuite(icdxml, .init = open_arena, .fini = close_arena, .timeout = 120);

static const char *const both[] = { CM "icd10cm-order-Jan-2021.txt.zst", CM "icd10cm_tabular_2017.xml.zst",
    CM "icd10cm_tabular_2021.xml.zst", NULL };
static const char *const all[] = { CM "icd10cm-order-Jan-2021.txt.zst", CM "icd10cm_order_2025.txt.zst",
    CM "icd10cm_order_2026.txt.zst", CM "icd10cm_tabular_2017.xml.zst", CM "icd10cm_tabular_2021.xml.zst",
    CM "icd10cm_index_2017.xml.zst", CM "icd10cm-eindex-April-1-2026-XML.xml", CM "icd10cm-drug-April-1-2026-XML.xml",
    CM "icd10cm-neoplasm-April-1-2026-XML.xml", NULL };

Test(icdxml, every_record_is_counted)
{
	static const struct { const char *file; int records; } rows[] = {
		{ CM "icd10cm_tabular_2021.xml.zst", 45017 },
		{ CM "icd10cm_tabular_2017.xml.zst", 43910 },
		{ CM "icd10cm_index_2017.xml.zst", 7973 + 69226 },
		{ CM "icd10cm-eindex-April-1-2026-XML.xml", 314 + 7776 },
		{ CM "icd10cm-neoplasm-April-1-2026-XML.xml", 1 + 1939 },
		{ CM "icd10cm-drug-April-1-2026-XML.xml", 5179 + 2251 },
	};

	if (!books_official())
		return;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct faults f = { .a = &a };
		int n = books_count(rows[i].file, &f);

		cr_expect(n == rows[i].records && f.n == 0, "%s: %d records, %zu faults", rows[i].file, n, f.n);
	}
}

static size_t
in_force(const struct codebook *cb, enum code_set set, day_t day)
{
	size_t n = 0;

	for (row_t row = 0; row < codebook_count(cb, set); row++)
		n += codebook_in_force(cb, set, row, day);
	return n;
}

Test(icdxml, two_releases_stand_side_by_side)
{
	struct book b;

	if (!books_official())
		return;
	books_of_official(both, &b);
	cr_expect(in_force(b.cb, CS_CHAPTER, JAN_2021) == 22 && in_force(b.cb, CS_CHAPTER, YEAR_2017) == 21);
	cr_expect(in_force(b.cb, CS_SECTION, JAN_2021) == 296 && in_force(b.cb, CS_SECTION, YEAR_2017) == 295);
	cr_expect(in_force(b.cb, CS_TABULAR, JAN_2021) == 45017 && in_force(b.cb, CS_TABULAR, YEAR_2017) == 43910);
	cr_expect(in_force(b.cb, CS_NOTE, JAN_2021) == 11617 + 1015 + 5441 + 2253 + 681 + 1347 + 352 + 176 + 507);
	cr_expect(in_force(b.cb, CS_NOTE, YEAR_2017) == 11001 + 948 + 5426 + 2138 + 628 + 1279 + 213 + 174 + 505);
	cr_expect(in_force(b.cb, CS_SEVENTH, JAN_2021) == 1787 && in_force(b.cb, CS_SEVENTH, YEAR_2017) == 1781);
	cr_expect(str_is(tabular_chapter(b.cb, S("U071"), JAN_2021), "22"));
	cr_expect(str_is(tabular_section(b.cb, S("M1A00X0"), JAN_2021), "M05-M14"));
	cr_expect(tabular_chapter(b.cb, S("U071"), YEAR_2017).n == 0);
	for (row_t row = 0; row < codebook_count(b.cb, CS_TABULAR); row++) {
		struct str code = codebook_str(b.cb, CC_TABULAR_CODE, row);

		cr_expect(!codebook_in_force(b.cb, CS_TABULAR, row, JAN_2021) ||
		    codebook_find(b.cb, CS_ICD10CM, code, JAN_2021) != ROW_NONE, "%.*s", STR_ARG(code));
	}
	book_close(&b);
}

/* What the leaf gives: itself, or one code for each 7th character. Returns those that are no valid code. */
static size_t
derive(const struct codebook *cb, struct str leaf, size_t *valid)
{
	char code[8] = "XXXXXXX";
	row_t end, row = leaf.n < 7 ? tabular_seventh(cb, leaf, JAN_2021, &end) : ROW_NONE;
	size_t surplus = 0;

	if (row == ROW_NONE) {
		*valid += codebook_look(cb, CS_ICD10CM, leaf, JAN_2021).billable;
		return !codebook_look(cb, CS_ICD10CM, leaf, JAN_2021).billable;
	}
	memcpy(code, leaf.p, leaf.n);
	for (; row < end; row++) {
		struct code_row at;

		if (!codebook_in_force(cb, CS_SEVENTH, row, JAN_2021))
			continue;
		code[6] = codebook_str(cb, CC_SEVENTH_CHARACTER, row).p[0];
		at = codebook_look(cb, CS_ICD10CM, str_of(code), JAN_2021);
		cr_expect(tabular_derives(cb, str_of(code), JAN_2021), "%s", code);
		cr_expect(at.billable || strncmp(code, "S06", 3) == 0, "%s", code);
		*valid += at.billable;
		surplus += !at.billable;
	}
	return surplus;
}

Test(icdxml, seventh_characters_give_every_code_of_2021)
{
	struct book b;
	size_t valid = 0, surplus = 0;

	if (!books_official())
		return;
	books_of_official(both, &b);
	for (row_t row = 0; row < codebook_count(b.cb, CS_TABULAR); row++)
		if (codebook_in_force(b.cb, CS_TABULAR, row, JAN_2021) && codebook_int(b.cb, CC_TABULAR_LEAF, row) == 1)
			surplus += derive(b.cb, codebook_str(b.cb, CC_TABULAR_CODE, row), &valid);
	cr_expect(valid == 72621 && surplus == 72, "%zu codes, %zu that are none", valid, surplus);
	book_close(&b);
}

/*
 * The loaded list is of 2021: a code is derived from the nearest definition above it. Those that are not derived
 * stand in a category or below a code the list does not have, with no definition above: the newer list has them
 * (W44, QA0 and what was split since in G71.03, J34.82, K63.82, L98.A, Z86.010, Z91.011, Z91.012).
 */
Test(icdxml, seven_characters_of_2026_are_derived)
{
	struct book b;
	size_t seven = 0, billable = 0, missing = 0;

	if (!books_official())
		return;
	books_of_official(all, &b);
	for (row_t row = 0; row < codebook_count(b.cb, CS_ICD10CM); row++) {
		struct code_row c = codebook_row(b.cb, CS_ICD10CM, row);

		if (!c.billable || !codebook_in_force(b.cb, CS_ICD10CM, row, YEAR_2026))
			continue;
		billable++;
		seven += c.code.n == 7;
		if (c.code.n == 7 && !tabular_derives(b.cb, c.code, YEAR_2026)) {
			row_t end;

			printf("not derived: %.*s %.*s\n", STR_ARG(c.code), STR_ARG(c.title));
			missing++;
			cr_expect(tabular_seventh(b.cb, c.code, YEAR_2026, &end) == ROW_NONE, "%.*s", STR_ARG(c.code));
			cr_expect(codebook_find(b.cb, CS_ICD10CM, c.code, JAN_2021) == ROW_NONE, "%.*s", STR_ARG(c.code));
		}
	}
	printf("%zu codes, %zu of seven characters, %zu not derived\n", billable, seven, missing);
	cr_expect(billable == 74719);
	cr_expect(missing == 231);
	book_close(&b);
}

static size_t
cells_check(const struct codebook *cb, enum code_set set)
{
	size_t codes = 0, cols = code_set_cols(set);

	for (row_t row = 0; row < codebook_count(cb, set); row++)
		for (size_t c = 0; c < cols; c++) {
			enum code_col col = (enum code_col)(code_sets[set].first + c);
			struct str code = code_cols[col].kind == COL_CODE ? codebook_str(cb, col, row) : STR_NONE;

			codes += code.n > 0;
			cr_expect(!code.n || codebook_find(cb, CS_ICD10CM, code, YEAR_2026) != ROW_NONE, "%s %.*s",
			    code_sets[set].name, STR_ARG(code));
		}
	return codes;
}

static size_t
exceptions(const struct codebook *cb, const char *file, const char *words)
{
	size_t n = 0;

	for (row_t row = 0; row < codebook_count(cb, CS_EXCEPTION); row++) {
		struct str f = codebook_str(cb, CC_EXCEPTION_FILE, row), w = codebook_str(cb, CC_EXCEPTION_WORDS, row);

		n += strstr(arena_str(&a, f).p, file) && strstr(arena_str(&a, w).p, words);
	}
	return n;
}

Test(icdxml, what_is_named_exists)
{
	struct book b;

	if (!books_official())
		return;
	books_of_official(all, &b);
	cr_expect(cells_check(b.cb, CS_NEOPLASM) == 9020);
	cr_expect(cells_check(b.cb, CS_DRUG) == 40036);
	for (row_t row = 0; row < codebook_count(b.cb, CS_INDEX); row++)
		if (codebook_int(b.cb, CC_INDEX_ORIGIN, row) == ORIGIN_EXTERNAL && codebook_str(b.cb, CC_INDEX_CODE, row).n)
			cr_expect(codebook_find(b.cb, CS_ICD10CM, codebook_str(b.cb, CC_INDEX_CODE, row), YEAR_2026) != ROW_NONE);
	cr_expect(exceptions(b.cb, "index_2017", "which is no code") == 15);
	cr_expect(exceptions(b.cb, "eindex", "") == 0 && exceptions(b.cb, "drug", "") == 0);
	cr_expect(exceptions(b.cb, "neoplasm", "manifestation") == 1 && exceptions(b.cb, "neoplasm", "") == 1);
	cr_expect(exceptions(b.cb, "tabular_2017", "a note names") == 13);
	cr_expect(exceptions(b.cb, "tabular_2021", "a note names") == 3);
	cr_expect(exceptions(b.cb, "tabular_2021", "stands below") == 1);
	cr_expect(codebook_count(b.cb, CS_EXCEPTION) == 33);
	cr_expect(in_force(b.cb, CS_INDEX_CATEGORY, YEAR_2026) == 160);
	book_close(&b);
}

/* Does a note of the kind, on the code or above it, name the other code? */
static bool
note_names(const struct codebook *cb, const char *code, enum note_kind kind, const char *other, struct str *owner)
{
	struct tabular_notes it;
	struct tabular_note note;
	struct tabular_ref ref;

	tabular_notes(&it, cb, str_of(code), JAN_2021);
	while (tabular_notes_next(&it, &note))
		for (row_t at = ROW_NONE; note.kind == kind && tabular_refs_next(cb, &note, JAN_2021, &at, &ref);)
			if (tabular_ref_holds(&ref, str_of(other))) {
				*owner = note.owner;
				return true;
			}
	return false;
}

Test(icdxml, notes_reach_the_codes_they_name)
{
	static const struct { const char *code; enum note_kind kind; const char *other, *owner; } rows[] = {
		{ "E1165", NOTE_EXCLUDES1, "E1065", "E11" },
		{ "E1165", NOTE_USE_ADDITIONAL, "Z794", "E11" },
		{ "E1165", NOTE_EXCLUDES1, "E119", "" },
		{ "A009", NOTE_EXCLUDES2, "P369", "1" },		/* chapter 1: P35-P39 */
		{ "J189", NOTE_EXCLUDES2, "T3695XA", "10" },		/* chapter 10: S00-T88 */
		{ "J189", NOTE_CODE_ALSO, "T3695XA", "" },
		{ "K521", NOTE_USE_ADDITIONAL, "T365X5A", "K521" },	/* T36-T50 with fifth or sixth character 5 */
		{ "K521", NOTE_USE_ADDITIONAL, "T3695XA", "K521" },
		{ "K521", NOTE_USE_ADDITIONAL, "T365X1A", "" },
		{ "K521", NOTE_USE_ADDITIONAL, "T43651A", "" },		/* the fifth is 5, but the sixth says what it is */
		{ "R470", NOTE_EXCLUDES1, "I6920", "" },
		{ "R4701", NOTE_EXCLUDES1, "I69320", "R4701" },		/* I69. with final characters -20 */
		{ "R4701", NOTE_EXCLUDES1, "I69321", "" },
	};
	struct book b;

	if (!books_official())
		return;
	books_of_official(both, &b);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str owner = STR_NONE;
		bool found = note_names(b.cb, rows[i].code, rows[i].kind, rows[i].other, &owner);

		cr_expect(found == (rows[i].owner[0] != 0) && (!found || str_is(owner, rows[i].owner)), "%s %s: %.*s",
		    rows[i].code, rows[i].other, STR_ARG(owner));
	}
	book_close(&b);
}
