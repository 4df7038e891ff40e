/* test_cb_drg.c - grouper tables, relative weights and code editor tables: small files, good and bad. */
#include "support/books.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(cb_drg, .init = open_arena, .fini = close_arena);

#define VERSIONS	"ver\tname\tfrom_date\tto_date\n400\t40.0\t2022-10-01\t2023-03-31\n401\t40.1\t2023-04-01\t2023-09-30\n" \
			"410\t41.0\t2023-10-01\t2024-03-31\n"
#define DX_HEAD		"code\tfrom_ver\tto_ver\tmdc\tseverity\tpdx_excl_id\tattrs\tdxcats\thac_attrs\thac_nums\n"
#define EDIT_HEAD	"code\tfrom_date\tto_date\tflags\n"
#define TABLE_5_TITLE	"\"TABLE 5.\x97LIST OF MS-DRGS, RELATIVE WEIGHTING FACTORS,\nAND LENGTH OF STAY\"\t\t\t\t\t\t\t\t\t\r\n"
#define TABLE_5_HEAD	"MS-DRG \tFY 2026 Final Post-Acute DRG\tFY 2026 Final Special Pay DRG\tMDC\tTYPE\tMS-DRG Title\t" \
			"Weights - Before Cap\tWeights - 10% Cap Applied \tGeometric mean LOS\tArithmetic mean LOS\r\n"
#define SX_001		"001 289651 302       392       HEART TRANSPLANT OR IMPLAN\n"
#define SX_989		"989 011159 023       030  Y Y  NON-EXTENSIVE O.R. PROCEDU\n"

struct want { enum code_set set; row_t row; const char *text; };

static const struct good {
	const char	*name, *path, *text;
	struct want	 want[4];
} good[] = {
	{ "versions", "cms/version.tsv", VERSIONS, { { CS_DRG_VERSION, 1, "401|40.1|2023-04-01|2023-09-30" } } },
	{ "diagnoses have the days of their versions", "cms/diagnosis.tsv", DX_HEAD
	    "A000\t400\t401\t6\tCC\t1\t\tdxc0610\t\t\nA000\t410\t410\t6\tMCC\t1\tx|y\tdxc0610\tHAC01\t1|2\n"
	    "V0101XA\t400\t410\t0\tNCC\t\t\t\t\t\n",
	    { { CS_DRG_DX, 0, "A000|400|401|6|1|1||dxc0610|||2022-10-01|2023-09-30" },
	      { CS_DRG_DX, 1, "A000|410|410|6|2|1|x|y|dxc0610|HAC01|1|2|2023-10-01|2024-03-31" },
	      { CS_DRG_DX, 2, "V0101XA|400|410|0|0||||||2022-10-01|2024-03-31" } } },
	{ "procedures", "procedure.tsv", "code\tfrom_ver\tto_ver\tor_proc\tattrs\r\n0016070\t400\t410\tY\td468|vshunt\r\n"
	    "Z@0217\t400\t400\t\tnonor\r\n",
	    { { CS_DRG_PX, 0, "0016070|400|410|1|d468|vshunt|2022-10-01|2024-03-31" },
	      { CS_DRG_PX, 1, "Z@0217|400|400|0|nonor|2022-10-01|2023-03-31" } } },
	{ "formulas are in order of MDC, order and day", "drg_formula.tsv",
	    "mdc\tfrom_ver\tto_ver\torder\trank\tdrg\tbase_drg\tmed_surg\treroute_mdc\tdrg_severity\tsev_suppress\tformula\n"
	    "5\t400\t410\t10\t9\t291\t291\tM\t0\t1\ta|b\tPDX:chf & MCC\n5\t410\t410\t2\t1\t1\t1\tS\t0\t0\t\thtx & (MCC | ~CC)\n"
	    "5\t400\t401\t2\t1\t2\t1\tS\t0\t\t\thtx\n0\t400\t410\t1\t0\t0\t0\t-\t24\t0\t\tMULTST\n",
	    { { CS_DRG_FORMULA, 0, "0|1|400|410|0|0|0|-|24|0||MULTST|2022-10-01|2024-03-31" },
	      { CS_DRG_FORMULA, 1, "5|2|400|401|1|2|1|S|0|||htx|2022-10-01|2023-09-30" },
	      { CS_DRG_FORMULA, 3, "5|10|400|410|9|291|291|M|0|1|a|b|PDX:chf & MCC|2022-10-01|2024-03-31" } } },
	{ "a row a member of an exclusion collection", "exclusion_group.tsv", "excl_id\tn\tcodes\n2\t1\tA09\n1\t2\tA001 A000\n",
	    { { CS_DRG_EXCLUSION, 0, "1|A000||" }, { CS_DRG_EXCLUSION, 1, "1|A001||" }, { CS_DRG_EXCLUSION, 2, "2|A09||" } } },
	{ "clusters", "cluster.tsv", "cluster\tfrom_ver\tto_ver\tsuppress_mdcs\tn_choices\tchoices\n"
	    "Z@0217\t400\t410\t5|29\t2\t02HK0KZ 02HK3KZ;0JH609Z\n",
	    { { CS_DRG_CLUSTER, 0, "Z@0217|400|410|2|5|29|2022-10-01|2024-03-31" },
	      { CS_DRG_CLUSTER_CODE, 1, "02HK3KZ|Z@0217|1|400|410|2022-10-01|2024-03-31" },
	      { CS_DRG_CLUSTER_CODE, 2, "0JH609Z|Z@0217|2|400|410|2022-10-01|2024-03-31" } } },
	{ "HACs", "hac_formula.tsv", "hac\tfrom_ver\tto_ver\tformula\n8\t400\t410\tSDX:HAC08 & hac08_proc\n",
	    { { CS_DRG_HAC, 0, "8|400|410|SDX:HAC08 & hac08_proc|2022-10-01|2024-03-31" } } },
	{ "MDC by sex", "gender_mdc.tsv",
	    "code\tfrom_ver\tto_ver\tmale_mdc\tfemale_mdc\nA510\t400\t410\t12\t13\nN63\t400\t400\t\t9\n",
	    { { CS_DRG_GENDER, 0, "A510|400|410|12|13|2022-10-01|2024-03-31" },
	    { CS_DRG_GENDER, 1, "N63|400|400||9|2022-10-01|2023-03-31" } } },
	{ "titles", "description.tsv",
	    "kind\tnumber\tfrom_ver\tto_ver\ttext\nMDC\t5\t400\t410\tCirculatory\nDRG\t1\t400\t410\tHeart\n",
	    { { CS_DRG_TITLE, 0, "DRG|1|400|410|Heart|2022-10-01|2024-03-31" } } },
	{ "weights of the rule", "CMS-1833-F Table 5.txt", TABLE_5_TITLE TABLE_5_HEAD
	    "001\tNo\tYes\tPRE\tSURG\tHEART TRANSPLANT\t28.0239\t27.5\t25.8\t36\r\n998\tNo\tNo\t \t**\tINVALID\t.\t.\t.\t\r\n",
	    { { CS_DRG_WEIGHT, 0, "1|275000|280239|258|360|0|1|PRE|SURG|HEART TRANSPLANT|2025-10-01|" },
	      { CS_DRG_WEIGHT, 1, "998|||||0|0||**|INVALID|2025-10-01|" } } },
	{ "weights of a rule without a cap, year of the name", "FY 2021 Table 5.txt",
	    "MS-DRG\tPost-Acute DRG\tSpecial Pay DRG\tMDC\tTYPE\tMS-DRG Title\tWeights\tGeometric mean LOS\tArithmetic mean LOS\n"
	    "470\tYes\tNo\t08\tSURG\t\"HIP, KNEE\"\t1.9289\t1.9\t2.2\n",
	    { { CS_DRG_WEIGHT, 0, "470|19289||19|22|1|0|08|SURG|HIP, KNEE|2020-10-01|" } } },
	{ "weights of the pricer", "DRGSX211.txt", SX_001 SX_989,
	    { { CS_DRG_WEIGHT, 0, "1|289651||302|392|0|0|||HEART TRANSPLANT OR IMPLAN|2020-10-01|" },
	      { CS_DRG_WEIGHT, 1, "989|11159||23|30|1|1|||NON-EXTENSIVE O.R. PROCEDU|2020-10-01|" } } },
	{ "code editor, diagnoses", "dx_edit.tsv",
	    EDIT_HEAD "A34\t2015-10-01\t2019-09-30\tmaternity\nA34\t2019-10-01\t\tmaternity|female\n",
	    { { CS_MCE_DX, 0, "A34|maternity|2015-10-01|2019-09-30" }, { CS_MCE_DX, 1, "A34|maternity|female|2019-10-01|" } } },
	{ "code editor, procedures", "px_edit.tsv", EDIT_HEAD "0016070\t2015-10-01\t\t\n",
	    { { CS_MCE_PX, 0, "0016070||2015-10-01|" } } },
	{ "code editor, ages", "age_range.tsv",
	    "group\tmin_age\tmax_age\tfrom_date\tto_date\nMaternity\t12\t55\t1984-03-01\t2019-09-30\n"
	    "Maternity\t9\t64\t2019-10-01\t\n",
	    { { CS_MCE_AGE, 0, "Maternity|12|55|1984-03-01|2019-09-30" }, { CS_MCE_AGE, 1, "Maternity|9|64|2019-10-01|" } } },
	{ "code editor, statuses", "discharge_status.tsv",
	    "code\tfrom_date\tto_date\n10\t1993-10-01\t2003-09-30\n10\t2005-10-01\t2006-09-30\n",
	    { { CS_MCE_STATUS, 0, "10|1993-10-01|2003-09-30" }, { CS_MCE_STATUS, 1, "10|2005-10-01|2006-09-30" } } },
};

/* The tables of versions need version.tsv beside them. */
static int
book_with_versions(const char *path, struct str text, struct faults *f, struct book *b)
{
	const struct paper files[] = { { path, text.p, text.n }, { "versions/version.tsv", VERSIONS, 0 } };

	*f = (struct faults){ .a = &a };
	return books_of(files, str_is(text, VERSIONS) ? 1 : 2, f, b);
}

Test(cb_drg, good_files)
{
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct faults f;
		struct book b;
		int rc = book_with_versions(good[i].path, str_of(good[i].text), &f, &b);

		cr_expect(rc == 0 && f.n == 0, "%s: %s %.*s", good[i].name, err_name(rc), f.n ? (int)f.v[0].words.n : 0,
		    f.n ? f.v[0].words.p : "");
		for (size_t k = 0; rc == 0 && k < 4 && good[i].want[k].text; k++) {
			const struct want *w = &good[i].want[k];
			struct str is = books_row(&a, b.cb, w->set, w->row);

			cr_expect(str_is(is, w->text), "%s: %.*s", good[i].name, STR_ARG(is));
		}
		book_close(&b);
	}
}

static const struct { const char *name, *path, *text; int rc; const char *place; } bad[] = {
	{ "wrong heading", "cms/diagnosis.tsv", "code\tfrom\tto\tmdc\nA000\t400\t400\t6\n", E_MALFORMED,
	    "cms/diagnosis.tsv line 1 column 1" },
	{ "a column is missing", "diagnosis.tsv", "code\tfrom_ver\tto_ver\tmdc\tseverity\tattrs\nA000\t400\t400\t6\tCC\t\n",
	    E_UNSUPPORTED,
	    "diagnosis.tsv line 1 column 1" },
	{ "severity", "diagnosis.tsv", DX_HEAD "A000\t400\t401\t6\tXX\t1\t\t\t\t\n", E_MALFORMED,
	    "diagnosis.tsv line 2 column 5" },
	{ "cut in a record", "diagnosis.tsv", DX_HEAD "A000\t400\t401\t6\tCC\t1\t\t\t\t\nA001\t400\t4", E_MALFORMED,
	    "diagnosis.tsv line 3 column 4" },
	{ "Latin-1", "description.tsv", "kind\tnumber\tfrom_ver\tto_ver\ttext\nDRG\t1\t400\t410\tM\xe9ni\xe8re\n", E_MALFORMED,
	    "description.tsv line 2 column 5" },
	{ "a version that is none", "diagnosis.tsv", DX_HEAD "A000\t400\t405\t6\tCC\t1\t\t\t\t\n", E_VALUE,
	    "diagnosis.tsv line 2 column 1" },
	{ "versions the wrong way round", "diagnosis.tsv", DX_HEAD "A000\t410\t400\t6\tCC\t1\t\t\t\t\n", E_VALUE,
	    "diagnosis.tsv line 2 column 1" },
	{ "a code twice in one version", "diagnosis.tsv",
	    DX_HEAD "A000\t400\t410\t6\tCC\t1\t\t\t\t\nA000\t410\t410\t7\tCC\t1\t\t\t\t\n",
	    E_DUPLICATE, "diagnosis.tsv line 3 column 1" },
	{ "an order twice", "drg_formula.tsv",
	    "mdc\tfrom_ver\tto_ver\torder\trank\tdrg\tbase_drg\tmed_surg\treroute_mdc\tdrg_severity\tsev_suppress\tformula\n"
	    "5\t400\t410\t1\t9\t291\t291\tM\t0\t1\t\tMCC\n5\t400\t410\t1\t9\t292\t291\tM\t0\t1\t\tCC\n", E_DUPLICATE,
	    "drg_formula.tsv line 3 column 1" },
	{ "fewer members than said", "exclusion_group.tsv", "excl_id\tn\tcodes\n1\t3\tA000 A001\n", E_MALFORMED,
	    "exclusion_group.tsv line 2 column 3" },
	{ "a member twice", "exclusion_group.tsv", "excl_id\tn\tcodes\n1\t2\tA000 A000\n", E_DUPLICATE,
	    "exclusion_group.tsv line 2 column 1" },
	{ "a member that is no code", "exclusion_group.tsv", "excl_id\tn\tcodes\n1\t1\tA00.0\n", E_MALFORMED,
	    "exclusion_group.tsv line 2 column 3" },
	{ "cut after an id", "exclusion_group.tsv", "excl_id\tn\tcodes\n1\t1\tA000\n2\t", E_MALFORMED,
	    "exclusion_group.tsv line 3 column 1" },
	{ "fewer choices than said", "cluster.tsv", "cluster\tfrom_ver\tto_ver\tsuppress_mdcs\tn_choices\tchoices\n"
	    "Z@0217\t400\t410\t5\t2\t02HK0KZ\n", E_MALFORMED, "cluster.tsv line 2 column 6" },
	{ "an empty choice", "cluster.tsv", "cluster\tfrom_ver\tto_ver\tsuppress_mdcs\tn_choices\tchoices\n"
	    "Z@0217\t400\t410\t5\t3\t02HK0KZ;;0JH609Z\n", E_MALFORMED, "cluster.tsv line 2 column 6" },
	{ "day", "version.tsv", "ver\tname\tfrom_date\tto_date\n400\t40.0\t2022-13-01\t\n", E_MALFORMED,
	    "version.tsv line 2 column 3" },
	{ "no formula", "hac_formula.tsv", "hac\tfrom_ver\tto_ver\tformula\n1\t400\t410\t\n", E_MALFORMED,
	    "hac_formula.tsv line 2 column 4" },
	{ "weight", "Table 5.txt", TABLE_5_TITLE TABLE_5_HEAD "001\tNo\tNo\tPRE\tSURG\tHEART\t28.0239\t28.02391\t1\t1\n",
	    E_MALFORMED,
	    "Table 5.txt line 4 column 8" },
	{ "a quoted title that does not end", "Table 5.txt",
	    TABLE_5_TITLE TABLE_5_HEAD "001\tNo\tNo\tPRE\tSURG\t\"HEART\t1\t1\t1\t1\n",
	    E_MALFORMED, "Table 5.txt line 4 column 1" },
	{ "a DRG twice", "Table 5.txt",
	    TABLE_5_TITLE TABLE_5_HEAD "001\tNo\tNo\tPRE\tSURG\tA\t1\t1\t1\t1\n001\tNo\tNo\tPRE\tSURG\tA\t2\t2\t1\t1\n",
	    E_DUPLICATE, "Table 5.txt line 5 column 1" },
	{ "no fiscal year", "Table 5.txt",
	    "MS-DRG\tPost-Acute DRG\tSpecial Pay DRG\tMDC\tTYPE\tMS-DRG Title\tWeights\tGeometric mean LOS\t"
	    "Arithmetic mean LOS\n001\tNo\tNo\tPRE\tSURG\tA\t1\t1\t1\n", E_INCOMPLETE, "Table 5.txt line 1 column 1" },
	{ "another table", "Table 5.txt", "A\tB\nFY 2026\t1\n", E_MALFORMED, "Table 5.txt line 1 column 1" },
	{ "short record", "DRGSX211.txt", SX_001 "002 159310 164       191       HEART\n", E_MALFORMED,
	    "DRGSX211.txt line 2 column 37" },
	{ "shifted record", "DRGSX211.txt", SX_001 " 002 159310 164       191       HEART TRANSPLANT OR IMPLA\n", E_MALFORMED,
	    "DRGSX211.txt line 2 column 1" },
	{ "a DRG twice", "DRGSX211.txt", SX_001 SX_001, E_DUPLICATE, "DRGSX211.txt line 2 column 1" },
	{ "no year in the name", "DRGSX.txt", SX_001, E_INCOMPLETE, "DRGSX.txt" },
	{ "the last day before the first", "dx_edit.tsv", EDIT_HEAD "A34\t2019-10-01\t2015-10-01\tx\n", E_VALUE,
	    "dx_edit.tsv line 2 column 1" },
	{ "days that overlap", "px_edit.tsv", EDIT_HEAD "0016070\t2015-10-01\t\tx\n0016070\t2019-10-01\t\ty\n", E_DUPLICATE,
	    "px_edit.tsv line 3 column 1" },
	{ "no first day", "dx_edit.tsv", EDIT_HEAD "A34\t\t\tx\n", E_MALFORMED, "dx_edit.tsv line 2 column 2" },
	{ "age", "age_range.tsv", "group\tmin_age\tmax_age\tfrom_date\tto_date\nAdult\tx\t124\t1984-03-01\t\n", E_MALFORMED,
	    "age_range.tsv line 2 column 2" },
	{ "a byte order mark of UTF-16", "dx_edit.tsv", "\xff\xfe" "c\0o\0", E_UNSUPPORTED, "dx_edit.tsv line 1 column 1" },
};

Test(cb_drg, bad_files_are_refused_with_the_place)
{
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct faults f;
		struct book b;
		int rc = book_with_versions(bad[i].path, str_of(bad[i].text), &f, &b);

		cr_expect(rc == bad[i].rc, "%s: %s", bad[i].name, err_name(rc));
		cr_expect(f.n && f.v[0].rc == bad[i].rc && str_is(f.v[0].place, bad[i].place), "%s: %.*s: %.*s", bad[i].name,
		    f.n ? (int)f.v[0].place.n : 0, f.n ? f.v[0].place.p : "", f.n ? (int)f.v[0].words.n :
		    0, f.n ? f.v[0].words.p : "");
		book_close(&b);
	}
}

Test(cb_drg, versions_must_be_there)
{
	const struct paper file = { "diagnosis.tsv", DX_HEAD "A000\t400\t401\t6\tCC\t1\t\t\t\t\n", 0 };
	struct faults f = { .a = &a };
	struct book b;

	cr_expect(books_of(&file, 1, &f, &b) == E_VALUE && f.n == 1);
	book_close(&b);
}

/* A byte order mark is fine, and what an exact join of two days says is kept apart by version. */
Test(cb_drg, what_the_grouper_asks)
{
	const struct paper files[] = { { "version.tsv", "\xef\xbb\xbf" VERSIONS, 0 },
	    { "diagnosis.tsv", DX_HEAD "A000\t400\t401\t6\tCC\t1\t\t\t\t\nA000\t410\t410\t7\tCC\t1\t\t\t\t\n", 0 },
	    { "exclusion_group.tsv", "excl_id\tn\tcodes\n1\t2\tA000 A001\n3\t1\tB20\n", 0 } };
	struct faults f = { .a = &a };
	struct book b;
	row_t row, end;

	cr_assert(books_of(files, 3, &f, &b) == 0, "%.*s", f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
	row = codebook_find(b.cb, CS_DRG_DX, S("A000"), day_of(2023, 9, 30));
	cr_expect(codebook_int(b.cb, CC_DRG_DX_MDC, row) == 6);
	row = codebook_find(b.cb, CS_DRG_DX, S("A000"), day_of(2023, 10, 1));
	cr_expect(codebook_int(b.cb, CC_DRG_DX_MDC, row) == 7);
	cr_expect(codebook_find(b.cb, CS_DRG_DX, S("A000"), day_of(2022, 9, 30)) == ROW_NONE);
	cr_expect(codebook_find(b.cb, CS_DRG_DX, S("A000"), day_of(2024, 4, 1)) == ROW_NONE);
	row = codebook_of_int(b.cb, CS_DRG_EXCLUSION, 1, &end);
	cr_expect(row == 0 && end == 2);
	cr_expect(codebook_of_int(b.cb, CS_DRG_EXCLUSION, 2, &end) == ROW_NONE);
	book_close(&b);
}

Test(cb_drg, weights_answer_for_their_year)
{
	const struct paper files[] = { { "DRGSX211.txt", SX_001, 0 },
	    { "a Table 5.txt", TABLE_5_TITLE TABLE_5_HEAD "001\tNo\tNo\tPRE\tSURG\tHEART\t28\t28\t25\t36\n", 0 } };
	static const struct { int y, m, d; int64_t weight; } rows[] = { { 2020, 9, 30, CELL_NONE }, { 2020, 10, 1, 289651 },
	    { 2025, 9, 30, 289651 }, { 2025, 10, 1, 280000 } };
	struct faults f = { .a = &a };
	struct book b;
	row_t end;

	cr_assert(books_of(files, 2, &f, &b) == 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		row_t row = codebook_of_int(b.cb, CS_DRG_WEIGHT, 1, &end);

		while (row < end && !codebook_in_force(b.cb, CS_DRG_WEIGHT, row, day_of(rows[i].y, rows[i].m, rows[i].d)))
			row++;
		cr_expect(codebook_int(b.cb, CC_DRG_WEIGHT_WEIGHT, row < end ? row : ROW_NONE) == rows[i].weight, "%zu", i);
	}
	book_close(&b);
}

Test(cb_drg, no_truncation_breaks_it)
{
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		for (size_t n = 1; n < strlen(good[i].text); n++) {
			char *exact = malloc(n);	/* so that a read behind the end is seen */
			struct faults f;
			struct book b;

			cr_assert(exact != NULL);
			memcpy(exact, good[i].text, n);
			(void)book_with_versions(good[i].path, (struct str){ exact, n }, &f, &b);
			book_close(&b);
			free(exact);
			arena_reset(&a);
		}
}
