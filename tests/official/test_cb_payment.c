/*
 * test_cb_payment.c - OPPS, ASC, fee schedule and risk-adjustment tables as published: every record is read, known
 * ones have the values we looked up by hand, and the files agree with each other where they must.
 */
#include "support/books.h"

#include <criterion/criterion.h>

#define CASES(v)	(sizeof(v) / sizeof *(v))

/* Records of each file, as PROVENANCE.md counts them; where it counts none (D1, D2, LOCCO, factors) by hand. */
static const struct { const char *file, *kind; int rows; } files[] = {
	{ "opps/2025 NFRM Addendum A.11122024.txt", "opps_a", 994 },
	/* PROVENANCE.md has 18,681: it leaves out A4341, which ends with a hard blank */
	{ "opps/2025 NFRM Addendum B.11122024.txt", "opps_b", 18682 },
	{ "opps/2025 NFRM Addendum C.11122024.txt", "opps_c", 7535 },
	{ "opps/2025 NFRM Addendum D1.10242024.txt", "opps_d1", 28 },
	{ "opps/2025 NFRM Addendum D2.10102024.txt", "opps_d2", 4 },
	{ "opps/2025 NFRM Addendum E.10102024.txt", "opps_e", 1731 },
	{ "opps/2025 NFRM Addendum J - Complxity Adjustments.11132024.txt", "opps_j_pairs", 432 },
	{ "opps/2025 NFRM Addendum J - Rank for Primary Assignment.11132024.txt", "opps_j_ranks", 3236 },
	{ "opps/2025 NFRM Addendum M.10102024.txt", "opps_m", 183 },
	{ "opps/2025 NFRM Addendum P - Device Intensive List.11142024.txt", "opps_p", 535 },
	{ "opps/reconstructed/addendum_b_2026-04_si_rate.tsv", "opps_si_rate", 19059 },
	{ "asc/2026-01_Addendum_AA.csv", "asc_aa", 4821 },
	{ "asc/2026-01_Addendum_BB.csv", "asc_bb", 2505 },
	{ "asc/2026-01_Addendum_EE.csv", "asc_ee", 1557 },
	{ "pfs/PPRRVU2025_Oct.csv", "pprrvu_csv", 19090 },
	{ "pfs/PPRRVU2025_Oct.txt", "pprrvu_txt", 19090 },
	{ "pfs/GPCI2025.csv", "gpci_csv", 109 },
	{ "pfs/GPCI2025.txt", "gpci_txt", 109 },
	{ "pfs/ANES2025.csv", "anes_csv", 109 },
	{ "pfs/ANES2025.txt", "anes_txt", 109 },
	{ "pfs/25LOCCO.csv", "locco", 110 },
	{ "pfs/OPPSCAP_Oct.txt", "oppscap", 16100 },
	{ "hcc/2026 Initial ICD-10-CM Mappings.csv", "hcc_mapping", 11725 },
	{ "hcc/F2825T1N.TXT", "hcc_format", 8183 },
	{ "hcc/F2225O1P.TXT", "hcc_format", 9979 },
	{ "hcc/F2425P1M.TXT", "hcc_format", 10211 },
	{ "hcc/F0825T1O.TXT", "hcc_format", 5399 },
	{ "hcc/F2422P1M.TXT", "hcc_format", 9875 },
	{ "hcc/C2824T2N.csv", "hcc_factors", 1237 },
	{ "hcc/V28_hierarchy.tsv", "hcc_hierarchy", 149 },
	{ "hcc/V28_labels.tsv", "hcc_labels", 115 },
	{ "hcc/V24_ESRD_hierarchy.tsv", "hcc_hierarchy", 72 },
	{ "hcc/V24_ESRD_labels.tsv", "hcc_labels", 86 },
	{ "mce/CY21F07B_ICD10_MCE_AGE.TXT", "hhs_age", 2547 },
	{ "mce/CY21F07B_ICD10_MCE_SEX.TXT", "hhs_sex", 2454 },
	{ "mce/CY21F07B_FY2022_ICD10.TXT", "hhs_cc", 11753 },
};

static const char *const all[] = { "opps", "asc", "pfs", "hcc", "mce/CY21F07B_ICD10_MCE_AGE.TXT",
	"mce/CY21F07B_ICD10_MCE_SEX.TXT", "mce/CY21F07B_FY2022_ICD10.TXT", NULL };

static row_t
source_of(const struct codebook *cb, const char *file)
{
	for (row_t r = 0; r < codebook_count(cb, CS_SOURCE); r++) {
		struct str path = codebook_str(cb, CC_SOURCE_FILE, r), want = str_of(file);

		if (path.n >= want.n && str_eq((struct str){ path.p + path.n - want.n, want.n }, want))
			return r;
	}
	return ROW_NONE;
}

Test(cb_payment_official, every_record_is_read)
{
	struct book b;

	if (!books_official())
		return;
	books_of_official(all, &b);
	for (size_t i = 0; i < CASES(files); i++) {
		row_t r = source_of(b.cb, files[i].file);

		cr_expect(r >= 0 && codebook_int(b.cb, CC_SOURCE_ROWS, r) == files[i].rows &&
		    str_is(codebook_str(b.cb, CC_SOURCE_KIND, r), files[i].kind), "%s: %lld", files[i].file,
		    (long long)codebook_int(b.cb, CC_SOURCE_ROWS, r));
	}
	cr_expect(codebook_count(b.cb, CS_SOURCE) == (row_t)CASES(files));
	book_close(&b);
}

/* Rows that hold on the day, found by hand in the files. */
static const struct { enum code_set set; const char *key; int year, month; const char *row; } known[] = {
	{ CS_OPPS_APC, "0701", 2025, 1, "0701|Sr89 strontium|K||1740720||348150|20000|348150|0||2025-01-01|" },
	{ CS_OPPS_HCPCS, "71046", 2025, 7, "71046||Q3|5521|9874|88050||17610|||0||2025-01-01|2026-03-31" },
	{ CS_OPPS_HCPCS, "71046", 2026, 4, "71046||Q3|||88910|||||||2026-04-01|" },
	{ CS_OPPS_HCPCS, "A4341", 2025, 1, "A4341||N||||||||0||2025-01-01|2026-03-31" },
	{ CS_OPPS_APC_HCPCS, "0701", 2025, 1, "0701||Sr89 strontium|K||1740720||348150|20000|348150|0||2025-01-01|" },
	{ CS_OPPS_SI, "V", 2025, 1, "V|Clinic or Emergency Department Visit|Paid under OPPS; separate APC payment.|2025-01-01|" },
	{ CS_OPPS_INPATIENT_ONLY, "G0412", 2025, 1, "G0412||C|2025-01-01|" },
	{ CS_OPPS_COMPLEXITY, "38525", 2025, 1, "38525|11406|J1|5091|J1|5072|3852E|5092|2025-01-01|" },
	{ CS_OPPS_RANK, "38240", 2025, 1, "38240|J1|5244|63470810|62|62|63470810|1|0|2025-01-01|" },
	{ CS_OPPS_COMPOSITE, "71045", 2025, 1, "71045|5041||Q3|5521|5041, 5045|2025-01-01|" },
	{ CS_OPPS_DEVICE, "0335T", 2025, 1, "0335T|J1|5114|2507|7143730|4416|3154670|2025-01-01|" },
	{ CS_ASC_SURGICAL, "66984", 2026, 1, "66984||1|A2|222955|1255730|2026-01-01|" },
	{ CS_ASC_ANCILLARY, "90684", 2026, 1, "90684||0|L1||||2026-01-01|" },
	{ CS_ASC_EXCLUDED, "G0343", 2026, 1, "G0343|2026-01-01|" },
	{ CS_PFS, "99213", 2025, 10, "99213||0|A||130|135|0|57|0|10|275|197|0|XXX|0|0|0|0|0|0|0|0|||323465|09|0|99|0|"
	    "0|0|2025-10-01|" },
	{ CS_PFS, "43239", 2025, 12, "43239||0|A||239|836|0|142|0|29|1104|410|0|000|0|0|0|3|0|1|0|0||43235|323465|09|0|99|0|"
	    "0|0|2025-10-01|" },
	{ CS_PFS_GPCI, "02102", 2025, 1, "02102|01|AK|ALASKA*|1500|1081|592|2025-01-01|" },
	{ CS_PFS_ANES, "02102", 2025, 1, "02102|01|2786|2025-01-01|" },
	{ CS_PFS_LOCALITY, "10112", 2025, 1, "10112|00|ALABAMA|STATEWIDE|ALL COUNTIES|2025-01-01|" },
	{ CS_PFS_OPPSCAP, "0633T", 2025, 10, "0633T|TC|01112|05|C|150690|150690|2025-10-01|" },
	{ CS_HHS_AGE, "A34", 2021, 1, "A34|2|9|64||" },
	{ CS_HHS_SEX, "A34", 2021, 1, "A34|2||" },
	{ CS_HHS_CC, "A0101", 2021, 1, "A0101|3||2021-01-01|" },
};

/* Categories of a diagnosis by model on a day of service; 0 = none. */
static const struct { const char *code, *model; int year; int hcc; } mapped[] = {
	{ "E1165", "V28", 2025, 38 }, { "E1165", "V24", 2025, 18 }, { "E1165", "RXV08", 2025, 30 }, { "I110", "V28", 2025, 226 },
	{ "I110", "V24", 2023, 85 }, { "I110", "V28", 2023, 0 }, { "I110", "ESRDV21", 2025, 85 }, { "Z992", "V28", 2025, 0 },
	{ "Z992", "ESRDV24", 2025, 134 },
};

static int
hcc_of(const struct codebook *cb, const char *code, const char *model, int year)
{
	row_t end, r = codebook_of(cb, CS_HCC_MAP, str_of(code), &end);

	for (; r >= 0 && r < end; r++)
		if (str_is(codebook_str(cb, CC_HCC_MAP_MODEL, r), model) && codebook_in_force(cb, CS_HCC_MAP, r,
	      day_of(year, 6, 1)))
			return (int)codebook_int(cb, CC_HCC_MAP_HCC, r);
	return 0;
}

Test(cb_payment_official, known_values)
{
	struct arena a;
	struct book b;

	if (!books_official())
		return;
	arena_init(&a, 0);
	books_of_official(all, &b);
	for (size_t i = 0; i < CASES(known); i++) {
		row_t r = codebook_find(b.cb, known[i].set, str_of(known[i].key), day_of(known[i].year, known[i].month, 1));
		struct str row = r < 0 ? S("none") : books_row(&a, b.cb, known[i].set, r);

		cr_expect(str_is(row, known[i].row), "%s: %.*s", known[i].key, STR_ARG(row));
	}
	for (size_t i = 0; i < CASES(mapped); i++)
		cr_expect(hcc_of(b.cb, mapped[i].code, mapped[i].model, mapped[i].year) == mapped[i].hcc, "%s %s %d: %d",
	      mapped[i].code,
		    mapped[i].model, mapped[i].year, hcc_of(b.cb, mapped[i].code, mapped[i].model, mapped[i].year));
	book_close(&b);
	arena_free(&a);
}

/* Addendum E is what addendum B gives status C, and addendum C has the APCs of addendum B. */
Test(cb_payment_official, addenda_agree)
{
	static const char *const opps[] = { "opps/2025 NFRM Addendum B.11122024.txt", "opps/2025 NFRM Addendum C.11122024.txt",
	    "opps/2025 NFRM Addendum E.10102024.txt", NULL };
	struct book b;
	int inpatient = 0, other = 0;

	if (!books_official())
		return;
	books_of_official(opps, &b);
	for (row_t r = 0; r < codebook_count(b.cb, CS_OPPS_HCPCS); r++)
		if (str_is(codebook_str(b.cb, CC_OPPS_HCPCS_SI, r), "C")) {
			inpatient++;
			cr_expect(codebook_find(b.cb, CS_OPPS_INPATIENT_ONLY, codebook_str(b.cb, CC_OPPS_HCPCS_CODE, r),
	      day_of(2025, 1, 1)) >= 0);
		}
	cr_expect(inpatient == codebook_count(b.cb, CS_OPPS_INPATIENT_ONLY), "%d", inpatient);
	for (row_t r = 0; r < codebook_count(b.cb, CS_OPPS_APC_HCPCS); r++) {
		struct str code = codebook_str(b.cb, CC_OPPS_APC_HCPCS_CODE, r);
		row_t of = codebook_find(b.cb, CS_OPPS_HCPCS, code, day_of(2025, 1, 1));

		if (code.n && (of < 0 || !str_eq(codebook_str(b.cb, CC_OPPS_HCPCS_APC, of), codebook_str(b.cb,
	      CC_OPPS_APC_HCPCS_APC, r))))
			other++;
	}
	cr_expect(other == 0, "%d codes have another APC in addendum B", other);
	book_close(&b);
}

/* Every row of a table is the same in both books. */
static void
same_table(const char *const *x_files, const char *const *y_files, enum code_set set)
{
	struct arena a;
	struct book x, y;
	row_t n;

	arena_init(&a, 0);
	books_of_official(x_files, &x);
	books_of_official(y_files, &y);
	n = codebook_count(x.cb, set);
	cr_expect(n > 0 && n == codebook_count(y.cb, set), "%s: %d and %d", x_files[0], n, codebook_count(y.cb, set));
	for (row_t r = 0; r < n; r++) {
		struct str one = books_row(&a, x.cb, set, r), other = books_row(&a, y.cb, set, r);

		cr_expect(str_eq(one, other), "%.*s is not %.*s", STR_ARG(one), STR_ARG(other));
		arena_reset(&a);
	}
	book_close(&x);
	book_close(&y);
	arena_free(&a);
}

Test(cb_payment_official, two_forms_of_one_file_are_the_same)
{
	static const char *const csv[][2] = { { "pfs/PPRRVU2025_Oct.csv", NULL }, { "pfs/GPCI2025.csv", NULL },
	      { "pfs/ANES2025.csv", NULL } };
	static const char *const txt[][2] = { { "pfs/PPRRVU2025_Oct.txt.zst", NULL }, { "pfs/GPCI2025.txt", NULL },
	      { "pfs/ANES2025.txt", NULL } };
	static const enum code_set set[] = { CS_PFS, CS_PFS_GPCI, CS_PFS_ANES };

	if (!books_official())
		return;
	for (size_t i = 0; i < CASES(set); i++)
		same_table(csv[i], txt[i], set[i]);
}

/* Of the mapping table the software has the columns V22, V24, ESRD V24, V28 and RxHCC V08; ESRD V21 is not here. */
Test(cb_payment_official, format_files_are_the_columns_of_the_mapping)
{
	static const char *const map[] = { "hcc/2026 Initial ICD-10-CM Mappings.csv", NULL };
	static const char *const formats[] = { "hcc/F2825T1N.TXT", "hcc/F2225O1P.TXT", "hcc/F2425P1M.TXT",
	      "hcc/F0825T1O.TXT", NULL };
	struct arena a;
	struct book x, y;
	row_t at = 0;

	if (!books_official())
		return;
	arena_init(&a, 0);
	books_of_official(map, &x);
	books_of_official(formats, &y);
	for (row_t r = 0; r < codebook_count(x.cb, CS_HCC_MAP); r++) {
		struct str row;

		if (str_is(codebook_str(x.cb, CC_HCC_MAP_MODEL, r), "ESRDV21"))
			continue;
		row = books_row(&a, x.cb, CS_HCC_MAP, r);
		cr_expect(str_eq(row, books_row(&a, y.cb, CS_HCC_MAP, at)), "%.*s", STR_ARG(row));
		at++;
		arena_reset(&a);
	}
	cr_expect(at == codebook_count(y.cb, CS_HCC_MAP) && at == 8183 + 9979 + 2 * 10211 + 5399, "%d", at);
	book_close(&x);
	book_close(&y);
	arena_free(&a);
}

/* The layout of 2026 has a column more; the excerpt is of the file for those who are not qualifying participants. */
Test(cb_payment_official, fee_schedule_of_2026)
{
	static const char *const excerpt[] = { "excerpts/PPRRVU2026_Oct_nonQPP.excerpt.csv", NULL };
	struct arena a;
	struct book b;
	struct str row;

	if (!books_official())
		return;
	arena_init(&a, 0);
	books_of_official(excerpt, &b);
	row = books_row(&a, b.cb, CS_PFS, codebook_find(b.cb, CS_PFS, S("27447"), day_of(2026, 10, 1)));
	cr_expect(str_is(row, "27447||0|A||1911|1158|1|1158|0|402|3471|3471|0|090|10|69|21|2|1|2|1|0|9||334009|09|0|99|0|"
	    "0|0|2026-10-01|"),
	    "%.*s", STR_ARG(row));
	cr_expect(codebook_count(b.cb, CS_PFS) == 11);
	book_close(&b);
	arena_free(&a);
}
