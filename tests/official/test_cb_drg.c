/*
 * test_cb_drg.c - the official files of MS-DRG grouper, its manual and weights, and code editor: every published
 * record is read, and what the files say of each other holds.
 */
#include "support/books.h"
#include "support/one_arena.h"

#include "base/file.h"

#include <criterion/criterion.h>
#include <string.h>

#define DATA	CL_SOURCE_DIR "/../shared/data/"

static struct book all;			/* msdrg and mce */

TestSuite(official_drg, .init = open_arena, .fini = close_arena);

Test(official_drg, every_record_is_read)
{
	static const struct { const char *path; int rows; } files[] = {
		{ "msdrg/cms-v40-43.1/version.tsv", 8 }, { "msdrg/cms-v40-43.1/diagnosis.tsv.zst", 80889 },
		{ "msdrg/cms-v40-43.1/procedure.tsv.zst", 86599 }, { "msdrg/cms-v40-43.1/drg_formula.tsv", 2472 },
		{ "msdrg/cms-v40-43.1/exclusion_group.tsv", 2857 }, { "msdrg/cms-v40-43.1/cluster.tsv", 4046 },
		{ "msdrg/cms-v40-43.1/hac_formula.tsv", 14 }, { "msdrg/cms-v40-43.1/gender_mdc.tsv", 74 },
		{ "msdrg/cms-v40-43.1/description.tsv", 2291 }, { "msdrg/v40/appendix_A.txt", 767 },
		/* unrelated 10,385, CC 14,814, MCC 3,315 and again 8 of them, HAC 5,210 */
		{ "msdrg/v40/appendix_F_J.txt.zst", 10385 + 14814 + 3315 + 8 + 5210 }, { "msdrg/DRGSX211.txt", 767 },
		{ "msdrg/v41.1-reconstructed/appendix_A.tsv", 766 },
		{ "msdrg/v41.1-reconstructed/appendix_B_codes_up_to_5_chars.tsv", 18220 },
		{ "msdrg/v41.1-reconstructed/appendix_C_cc_mcc.tsv", 18215 },
		{ "msdrg/v41.1-reconstructed/appendix_C_pdx_collections.tsv", 171391 },
		{ "msdrg/v41.1-reconstructed/appendix_C.rebuilt.txt.zst", 17885 + 171391 },
		{ "msdrg/v41.1-reconstructed/appendix_D_surgical_hierarchy.tsv", 280 },
		{ "msdrg/v41.1-reconstructed/appendix_G_cc.tsv", 14885 },
		    { "msdrg/v41.1-reconstructed/appendix_H_mcc.tsv", 3330 },
		{ "mce/cms-2.0-43.1/dx_edit.tsv", 84932 }, { "mce/cms-2.0-43.1/px_edit.tsv", 86809 },
		{ "mce/cms-2.0-43.1/age_range.tsv", 5 }, { "mce/cms-2.0-43.1/discharge_status.tsv", 45 },
		{ "mce/Definitions of Medicare Code Edits_v_43_1.txt", 10499 },
		{ "mce/reconstructed/mce_v41.1_diagnosis_edits.tsv", 7946 },
		{ "mce/reconstructed/MCE_Simple_Code_Edits_v37.txt", 14153 },
		{ "excerpts/CMS-1833-F Table 5.excerpt.txt", 6 }, { "excerpts/CMS-1849-CN Table 5.excerpt.txt", 6 },
	};

	if (!books_official())
		return;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct faults f = { .a = &a };
		int rows = books_count(files[i].path, &f);

		/* alone, a table of versions lacks version.tsv: that is said when the book is finished */
		cr_expect(rows == files[i].rows, "%s: %d, not %d", files[i].path, rows, files[i].rows);
	}
}

static void
tables_have_the_rows(void)
{
	static const struct { enum code_set set; row_t rows; } tables[] = { { CS_DRG_DX, 80889 }, { CS_DRG_PX, 86599 },
	    { CS_DRG_FORMULA, 2472 }, { CS_DRG_EXCLUSION, 247461 }, { CS_DRG_CLUSTER, 4046 }, { CS_DRG_CLUSTER_CODE, 8232 },
	    { CS_DRG_HAC, 14 }, { CS_DRG_GENDER, 74 }, { CS_DRG_TITLE, 2291 }, { CS_DRG_VERSION, 8 }, { CS_DRGM_PDX, 171391 },
	    { CS_MCE_DX, 84932 }, { CS_MCE_PX, 86809 }, { CS_MCE_AGE, 5 }, { CS_MCE_STATUS, 45 } };
	/* by hand out of the files */
	static const struct { enum code_set set; const char *key; int y; const char *row; } rows[] = {
		{ CS_DRG_DX, "A000", 2026, "A000|400|431|6|1|1||dxc0610|||2022-10-01|2026-09-30" },
		{ CS_DRG_PX, "Z@0217", 2026, "Z@0217|400|431|1|cardefib|d468|defib|or_allowed_in_768|2022-10-01|2026-09-30" },
		{ CS_DRG_GENDER, "A510", 2026, "A510|400|431|12|13|2022-10-01|2026-09-30" },
		{ CS_DRG_CLUSTER, "Z@0217", 2026, "Z@0217|400|431|2|5|29|2022-10-01|2026-09-30" },
		{ CS_DRG_CLUSTER_CODE, "02HK0KZ", 2026, "02HK0KZ|Z@0217|1|400|431|2022-10-01|2026-09-30" },
		{ CS_DRGM_CC, "I462", 2023, "I462|2|||1||2022-10-01|2024-03-31" },
		{ CS_DRGM_CC, "A000", 2026, "A000|1|2||||2024-04-01|" },
		{ CS_DRGM_CC, "M800AXA", 2026, "M800AXA|1||||1266,1267,1268|2024-04-01|" },
		{ CS_DRGM_CC, "J1282", 2026, "J1282|2|-1||||2024-04-01|" },
	};

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		cr_expect(codebook_count(all.cb, tables[i].set) == tables[i].rows, "%s: %d", code_sets[tables[i].set].name,
		    codebook_count(all.cb, tables[i].set));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		row_t row = codebook_find(all.cb, rows[i].set, str_of(rows[i].key), day_of(rows[i].y, 5, 1));
		struct str is = row == ROW_NONE ? STR_NONE : books_row(&a, all.cb, rows[i].set, row);

		cr_expect(str_is(is, rows[i].row), "%.*s", STR_ARG(is));
	}
}

static row_t
row_of_int(enum code_set set, int64_t key, day_t day)
{
	row_t end, row = codebook_of_int(all.cb, set, key, &end);

	while (row != ROW_NONE && row < end && !codebook_in_force(all.cb, set, row, day))
		row++;
	return row == ROW_NONE || row == end ? ROW_NONE : row;
}

static void
weights_of_three_years(void)
{
	static const struct { int drg, y, m, d; const char *row; } rows[] = {
		{ 1, 2021, 1, 1, "1|289651||302|392|0|0|||HEART TRANSPLANT OR IMPLAN|2020-10-01|2025-09-30" },
		{ 291, 2026, 1, 1, "291|12838|12838|38|50|1|0|05|MED|HEART FAILURE AND SHOCK WITH MCC|2025-10-01|2026-09-30" },
		{ 871, 2026, 10, 1,
		    "871|19320|19320|48|63|1|0|18|MED|SEPTICEMIA OR SEVERE SEPSIS WITHOUT MV >96 HOURS WITH MCC|2026-10-01|" },
		{ 998, 2027, 1, 1, "998|||||0|0||**|PRINCIPAL DIAGNOSIS INVALID AS DISCHARGE DIAGNOSIS|2025-10-01|" },
	};
	static const struct { int y; row_t rows; } years[] = { { 2021, 767 }, { 2026, 6 }, { 2027, 6 } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		row_t row = row_of_int(CS_DRG_WEIGHT, rows[i].drg, day_of(rows[i].y, rows[i].m, rows[i].d));
		struct str is = row == ROW_NONE ? STR_NONE : books_row(&a, all.cb, CS_DRG_WEIGHT, row);

		cr_expect(str_is(is, rows[i].row), "%.*s", STR_ARG(is));
	}
	for (size_t i = 0; i < 3; i++) {
		row_t n = 0;

		for (row_t row = 0; row < codebook_count(all.cb, CS_DRG_WEIGHT); row++)
			n += codebook_in_force(all.cb, CS_DRG_WEIGHT, row, day_of(years[i].y, 1, 1));
		cr_expect(n == years[i].rows, "%d: %d", years[i].y, n);
	}
}

/* Letters and single blanks; the reconstructed list has double ones and cut the title of DRG 023. 0: they differ. */
static int
title_agrees(struct str manual, struct str table)
{
	size_t i = 0, k = 0;

	while (i < manual.n && k < table.n) {
		if (manual.p[i] == ' ' && i + 1 < manual.n && manual.p[i + 1] == ' ') {
			i++;
			continue;
		}
		if (!str_ieq((struct str){ manual.p + i, 1 }, (struct str){ table.p + k, 1 }))
			return 0;
		i++;
		k++;
	}
	return i < manual.n || manual.n == 0 ? 0 : k == table.n ? 1 : 2;
}

/* The DRG list of the manual is that of the tables, and so are the CC and MCC lists. */
static void
manual_and_tables_agree(void)
{
	static const struct { int y, m; int drgs, cc, mcc; } versions[] = { { 2022, 10, 767, 14814, 3315 },
	    { 2024, 4, 766, 14885, 3330 } };

	for (size_t v = 0; v < 2; v++) {
		day_t day = day_of(versions[v].y, versions[v].m, 1);
		row_t end, first = codebook_of(all.cb, CS_DRG_TITLE, S("DRG"), &end);
		int listed = 0, titled = 0, cut = 0, levels[3] = { 0 }, severities[3] = { 0 };

		for (row_t row = first; row < end; row++)
			if (codebook_in_force(all.cb, CS_DRG_TITLE, row, day)) {
				row_t is = row_of_int(CS_DRGM_LIST, codebook_int(all.cb, CC_DRG_TITLE_NUMBER, row), day);

				int same = title_agrees(codebook_str(all.cb, CC_DRGM_LIST_TITLE, is),
				    codebook_str(all.cb, CC_DRG_TITLE_TITLE, row));

				titled++;
				cut += same == 2;
				cr_expect(same, "%.*s", STR_ARG(codebook_str(all.cb, CC_DRG_TITLE_TITLE, row)));
			}
		for (row_t row = 0; row < codebook_count(all.cb, CS_DRGM_LIST); row++)
			listed += codebook_in_force(all.cb, CS_DRGM_LIST, row, day);
		for (row_t row = 0; row < codebook_count(all.cb, CS_DRGM_CC); row++)
			if (codebook_in_force(all.cb, CS_DRGM_CC, row, day)) {
				row_t is = codebook_find(all.cb, CS_DRG_DX, codebook_str(all.cb, CC_DRGM_CC_CODE, row), day);

				levels[codebook_int(all.cb, CC_DRGM_CC_LEVEL, row)]++;
				cr_expect(codebook_int(all.cb, CC_DRG_DX_SEVERITY, is) ==
				    codebook_int(all.cb, CC_DRGM_CC_LEVEL, row));
			}
		for (row_t row = 0; row < codebook_count(all.cb, CS_DRG_DX); row++)
			if (codebook_in_force(all.cb, CS_DRG_DX, row, day))
				severities[codebook_int(all.cb, CC_DRG_DX_SEVERITY, row)]++;
		cr_expect(cut == (int)v, "%d titles are cut", cut);
		cr_expect(listed == versions[v].drgs && titled == versions[v].drgs, "%d %d", listed, titled);
		cr_expect(levels[1] == versions[v].cc && severities[1] == versions[v].cc, "%d %d", levels[1], severities[1]);
		cr_expect(levels[2] == versions[v].mcc && severities[2] == versions[v].mcc, "%d %d", levels[2], severities[2]);
	}
}

static bool
is_member(int64_t id, struct str code)
{
	row_t hi, lo = codebook_of_int(all.cb, CS_DRG_EXCLUSION, id, &hi);

	while (lo != ROW_NONE && lo < hi) {
		row_t mid = lo + (hi - lo) / 2;
		int rc = str_cmp(codebook_str(all.cb, CC_DRG_EXCLUSION_CODE, mid), code);

		if (rc == 0)
			return true;
		if (rc < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* What the manual prints for one code is in the tables. The pairs printed, or -1. */
static int64_t
pairs_of(row_t cc, bool look, day_t day)
{
	row_t end, first = codebook_of_int(all.cb, CS_DRGM_PDX, codebook_int(all.cb, CC_DRGM_CC_PDX, cc), &end);

	for (row_t member = first; look && member != ROW_NONE && member < end; member++) {
		row_t dx = codebook_find(all.cb, CS_DRG_DX, codebook_str(all.cb, CC_DRGM_PDX_CODE, member), day);
		int64_t id = codebook_int(all.cb, CC_DRG_DX_EXCLUSION, dx);

		if (id == CELL_NONE || !is_member(id, codebook_str(all.cb, CC_DRGM_CC_CODE, cc)))
			return -1;
	}
	return first == ROW_NONE ? -1 : end - first;
}

/* The principal diagnoses the manual prints for a code cancel it by the tables (of every twentieth code), and there
 * are as many pairs of the two in both. */
static void
exclusions_agree(void)
{
	static int64_t counted[10000];
	day_t day = day_of(2024, 4, 1);
	int64_t printed = 0, codes = 0, tables = 0;

	for (row_t row = 0; row < codebook_count(all.cb, CS_DRGM_CC); row++)
		if (codebook_in_force(all.cb, CS_DRGM_CC, row, day) && codebook_int(all.cb, CC_DRGM_CC_PDX, row) > 0) {
			int64_t n = pairs_of(row, codes++ % 20 == 0, day);

			cr_expect(n > 0, "%.*s", STR_ARG(codebook_str(all.cb, CC_DRGM_CC_CODE, row)));
			printed += n;
		}
	for (row_t row = 0; row < codebook_count(all.cb, CS_DRG_EXCLUSION); row++) {
		row_t cc = codebook_find(all.cb, CS_DRGM_CC, codebook_str(all.cb, CC_DRG_EXCLUSION_CODE, row), day);
		int64_t id = codebook_int(all.cb, CC_DRG_EXCLUSION_ID, row);

		cr_assert(id > 0 && id < 10000);
		counted[id] += cc != ROW_NONE && codebook_int(all.cb, CC_DRGM_CC_PDX, cc) > 0;
	}
	for (row_t dx = 0; dx < codebook_count(all.cb, CS_DRG_DX); dx++)
		if (codebook_in_force(all.cb, CS_DRG_DX, dx, day) && codebook_int(all.cb, CC_DRG_DX_EXCLUSION, dx) != CELL_NONE)
			tables += counted[codebook_int(all.cb, CC_DRG_DX_EXCLUSION, dx)];
	cr_expect(codes == 17851, "%lld", (long long)codes);
	cr_expect(printed == tables && printed > 0, "%lld printed, %lld in the tables", (long long)printed, (long long)tables);
}

static bool
has_flag(struct str flags, const char *flag)
{
	while (flags.n)
		if (str_is(str_cut(&flags, '|'), flag))
			return true;
	return false;
}

/* On 2026-05-01 every list of the manual of the code editor is the codes that have the flag. */
static void
code_editor_lists_agree(void)
{
	static const struct { const char *section, *flag; enum code_set set; enum code_col flags; int n; } lists[] = {
		{ "4.A", "newborn", CS_MCE_DX, CC_MCE_DX_FLAGS, 42 }, { "4.B", "pediatric", CS_MCE_DX, CC_MCE_DX_FLAGS, 125 },
		{ "4.C", "maternity", CS_MCE_DX, CC_MCE_DX_FLAGS, 2543 }, { "4.D", "adult", CS_MCE_DX, CC_MCE_DX_FLAGS, 856 },
		{ "6", "manifestation", CS_MCE_DX, CC_MCE_DX_FLAGS, 422 }, { "8.A", "qadm", CS_MCE_DX, CC_MCE_DX_FLAGS, 30 },
		{ "8.B.1", "csect", CS_MCE_PX, CC_MCE_PX_FLAGS, 3 }, { "8.B.2", "vagdel", CS_MCE_PX, CC_MCE_PX_FLAGS, 5 },
		{ "8.B.3", "delout", CS_MCE_DX, CC_MCE_DX_FLAGS, 19 }, { "9", "unacceptable", CS_MCE_DX, CC_MCE_DX_FLAGS, 2652 },
		{ "11.A", "noncovered", CS_MCE_PX, CC_MCE_PX_FLAGS, 95 }, { "17.A", "lcov", CS_MCE_PX, CC_MCE_PX_FLAGS, 49 },
		{ "18", "wrngproc", CS_MCE_DX, CC_MCE_DX_FLAGS, 3 }, { "19", "los", CS_MCE_PX, CC_MCE_PX_FLAGS, 1 },
		{ "20", "unspecified", CS_MCE_DX, CC_MCE_DX_FLAGS, 3465 },
	};
	day_t day = day_of(2026, 5, 1);

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		int printed = 0, flagged = 0, both = 0;

		for (row_t row = 0; row < codebook_count(all.cb, CS_MCEM_CODE); row++)
			if (codebook_in_force(all.cb, CS_MCEM_CODE, row, day) &&
			    str_is(codebook_str(all.cb, CC_MCEM_CODE_SECTION, row), lists[i].section)) {
				row_t is = codebook_find(all.cb, lists[i].set, codebook_str(all.cb, CC_MCEM_CODE_CODE, row), day);

				printed++;
				both += has_flag(codebook_str(all.cb, lists[i].flags, is), lists[i].flag);
			}
		for (row_t row = 0; row < codebook_count(all.cb, lists[i].set); row++)
			flagged += codebook_in_force(all.cb, lists[i].set, row, day) &&
			    has_flag(codebook_str(all.cb, lists[i].flags, row), lists[i].flag);
		cr_expect(printed == lists[i].n && flagged == printed && both == printed, "%s: %d printed, %d flagged, %d both",
		    lists[i].flag, printed, flagged, both);
	}
}

/* ---- openings of the manual: cut, so refused; what they show of the layout is read when the rest is put to it ---- */

static struct str
opening(const char *name, const char *rest)
{
	struct str bytes = STR_NONE;
	struct str path = arena_fmt(&a, DATA "msdrg/v43.1-excerpts/%s", name);

	cr_assert(file_read(&a, path.p, (size_t)1 << 20, &bytes) >= 0);
	return arena_fmt(&a, "%.*s%s", STR_ARG(bytes), rest);
}

Test(official_drg, openings_are_refused)
{
	static const struct { const char *file, *as; int rc; const char *place; } files[] = {
		{ "appendix_B.v42.1.excerpt.txt", "v42.1/appendix_B.txt", E_INCOMPLETE, "v42.1/appendix_B.txt line 25 column 1" },
		{ "appendix_C.excerpt.txt", "v43.1/appendix_C.txt", E_INCOMPLETE, "v43.1/appendix_C.txt line 7 column 2" },
		{ "appendix_D_E.excerpt.txt", "v43.1/appendix_D_E.txt", E_INCOMPLETE,
		    "v43.1/appendix_D_E.txt line 215 column 1" },
		{ "mdcs_00_07.excerpt.txt", "v43.1/mdcs_00_07.txt", E_INCOMPLETE, "v43.1/mdcs_00_07.txt line 56 column 1" },
		{ "mdcs_22_25.excerpt.txt", "v43.1/mdcs_22_25.txt", E_INCOMPLETE, "v43.1/mdcs_22_25.txt line 10 column 1" },
	};

	if (!books_official())
		return;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct str bytes = opening(files[i].file, "");
		const struct paper file = { files[i].as, bytes.p, bytes.n };
		struct faults f = { .a = &a };
		struct book b;
		int rc = books_of(&file, 1, &f, &b);

		cr_expect(rc == files[i].rc && f.n && str_is(f.v[0].place, files[i].place), "%s: %s %.*s",
		    files[i].file, err_name(rc), f.n ? (int)f.v[0].place.n : 0, f.n ? f.v[0].place.p : "");
		book_close(&b);
	}
}

#define MDC_BOX(n)	":==:\n| MDC " n " X |\n:==:\n"

Test(official_drg, chapters_are_read)
{
	static const struct { enum code_set set; row_t row; const char *text; } rows[] = {
		{ CS_DRGM_GRID, 1, "2|Heart Transplant or Implant of Heart Assist System|MCC No|2026-04-01|" },
		{ CS_DRGM_RULE, 0, "0|1|018|T-CELL IMMUNOTHERAPY; OPERATING ROOM PROCEDURES|2026-04-01|" },
		{ CS_DRGM_RULE, 1, "0|2|018|T-CELL IMMUNOTHERAPY; NON-OPERATING ROOM PROCEDURES|2026-04-01|" },
		{ CS_DRGM_RULE, 3, "0|4|001 002|IMPLANT OF HEART ASSIST SYSTEM|2026-04-01|" },
		{ CS_DRGM_RULE_CODE, 6, "02RK0JZ|0|3|1|0|2026-04-01|" },
		{ CS_DRGM_RULE_CODE, 7, "02RL0JZ|0|3|1|0|2026-04-01|" },
	};
	struct str bytes;
	struct faults f = { .a = &a };
	struct paper file = { .path = "v43.1/mdcs_00_07.txt" };
	struct book b;

	if (!books_official())
		return;
	bytes = opening("mdcs_00_07.excerpt.txt",
	    MDC_BOX("01") MDC_BOX("02") MDC_BOX("03") MDC_BOX("04") MDC_BOX("05") MDC_BOX("06") MDC_BOX("07"));
	file.text = bytes.p;
	file.n = bytes.n;
	cr_assert(books_of(&file, 1, &f, &b) == 0, "%.*s", f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str is = books_row(&a, b.cb, rows[i].set, rows[i].row);

		cr_expect(str_is(is, rows[i].text), "%.*s", STR_ARG(is));
	}
	book_close(&b);
}

/* The place in its MDC of the first formula that gives a DRG of the range on the day. */
static int64_t
order_of(int64_t mdc, int64_t drg, int64_t last, day_t day)
{
	row_t end, row = codebook_of_int(all.cb, CS_DRG_FORMULA, mdc, &end);

	for (; row != ROW_NONE && row < end; row++)
		if (codebook_in_force(all.cb, CS_DRG_FORMULA, row, day) && codebook_int(all.cb, CC_DRG_FORMULA_DRG, row) >= drg &&
		    codebook_int(all.cb, CC_DRG_FORMULA_DRG, row) <= last)
			return codebook_int(all.cb, CC_DRG_FORMULA_ORDER, row);
	return -1;
}

/* Appendix D of v43.1 is complete: its order is that of the formulas. */
static void
hierarchy_is_the_order_of_formulas(void)
{
	struct faults f = { .a = &a };
	struct paper file = { .path = "v43.1/appendix_D_E.txt" };
	struct str bytes;
	struct book b;

	bytes = opening("appendix_D_E.excerpt.txt", "\nProcedure Cluster/MS-DRG Index\n");
	file.text = bytes.p;
	file.n = bytes.n;
	cr_assert(books_of(&file, 1, &f, &b) == 0);
	cr_expect(codebook_count(b.cb, CS_DRGM_SURGICAL) > 130 && codebook_count(b.cb, CS_DRGM_PX) == 10);
	for (row_t row = 0; row < codebook_count(b.cb, CS_DRGM_SURGICAL); row++) {
		int64_t cell[2], order[2] = { -1, -1 };

		for (int k = 0; k < 2; k++) {
			cell[k] = codebook_int(b.cb, CC_DRGM_SURGICAL_MDC, row - k);
			order[k] = order_of(cell[k], codebook_int(b.cb, CC_DRGM_SURGICAL_DRG, row - k),
			    codebook_int(b.cb, CC_DRGM_SURGICAL_DRG_LAST, row - k), day_of(2026, 4, 1));
		}
		cr_expect(order[0] > 0 && (cell[0] != cell[1] || order[0] > order[1]), "%.*s",
		    STR_ARG(books_row(&a, b.cb, CS_DRGM_SURGICAL, row)));
	}
	book_close(&b);
}

/* The rule by which the manual's versions get their first day is that of the grouper's table. */
static void
days_of_versions(void)
{
	for (row_t row = 0; row < codebook_count(all.cb, CS_DRG_VERSION); row++) {
		int64_t ver = codebook_int(all.cb, CC_DRG_VERSION_VER, row);
		day_t rule = ver % 10 ? day_of((int)(ver / 10) + 1983, 4, 1) : day_of((int)(ver / 10) + 1982, 10, 1);

		cr_expect(codebook_from(all.cb, CS_DRG_VERSION, row) == rule);
	}
}

/* One book, made once: it takes longer than all that is asked of it. */
Test(official_drg, what_the_files_say_of_each_other_holds)
{
	static const char *const paths[] = { "msdrg", "mce/cms-2.0-43.1", "mce/Definitions of Medicare Code Edits_v_43_1.txt",
	    "mce/reconstructed", "excerpts/CMS-1833-F Table 5.excerpt.txt", "excerpts/CMS-1849-CN Table 5.excerpt.txt", NULL };

	if (!books_official())
		return;
	books_of_official(paths, &all);
	tables_have_the_rows();
	weights_of_three_years();
	manual_and_tables_agree();
	exclusions_agree();
	code_editor_lists_agree();
	hierarchy_is_the_order_of_formulas();
	days_of_versions();
	book_close(&all);
}
