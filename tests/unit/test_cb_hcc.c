/*
 * test_cb_hcc.c - risk-adjustment tables of CMS and HHS in their published layouts: a good file gives its rows, on
 * the days of service it judges; a bad one says where it is bad.
 */
#include "support/papers.h"

#include <criterion/criterion.h>

#define CASES(v)	(sizeof(v) / sizeof *(v))
#define MAP_2026	"2026 Initial ICD-10-CM Mappings.csv"
#define MAP_TITLES	"\"ICD-10-CM Codes, ESRD, CMS-HCC and RxHCC Models\",,,,,\nIncludes ICD-10 codes valid in FY2024,,,," \
			",\n,,,,,\n"
#define MAP_HEAD	MAP_TITLES "\"Diagnosis\nCode\",Description,\"CMS-HCC\nESRD\nModel\nCategory\nV24\",\"RxHCC\nModel\n" \
			"Category\nV08\"," \
			"\"CMS-HCC\nESRD Model\nCategory\nV24 for 2025\nPayment Year\",\"RxHCC\nModel\nCategory\nV08 for " \
			"2025\nPayment Year\"\n"

static const struct papers_good good[] = {
	{ "mapping: two categories, dashes, notes; payment year 2026 judges 2025", CS_HCC_MAP,
	  "B377|ESRDV24|2|1|2025-01-01|\n" "B377|ESRDV24|6|1|2025-01-01|\n" "B377|RXV08|5|1|2025-01-01|\n"
	      "I110|ESRDV24|85|0|2025-01-01|\n",
	  { { MAP_2026, MAP_HEAD "B377,Candidal sepsis,6,,Yes,--\nB377,\"Candidal \"\"sepsis\"\"\",2,5,Yes,Yes\nI110,Heart,"
	      "85,,No,No\n,,,,,\nNotes:,,,,,\n"
	      "\"1. If a code, then two\",,,,,\n", 0 } } },
	{ "format file of V28: service year 2025", CS_HCC_MAP,
	      "B377|V28|2|1|2025-01-01|\n" "B377|V28|6|1|2025-01-01|\n" "E1165|V28|38|1|2025-01-01|\n",
	  { { "F2825T1N.TXT", "B377\t2\t\r\nB377\t6\tD\r\nE1165\t38\t\r\n", 0 } } },
	{ "format file of V24: the ESRD model has the same", CS_HCC_MAP,
	      "E1165|ESRDV24|18|1|2022-01-01|\n" "E1165|V24|18|1|2022-01-01|\n",
	  { { "F2422P1M.TXT", "E1165\t18\t\n", 0 } } },
	{ "two years and the mapping side by side", CS_HCC_MAP,
	  "E1165|RXV08|30|1|2025-01-01|\n" "I110|ESRDV24|85|1|2022-01-01|\n" "I110|V24|85|1|2022-01-01|\n"
	  "Z992|ESRDV24|134|1|2022-01-01|2024-12-31\n" "Z992|V24|134|1|2022-01-01|\n",
	  { { "F2422P1M.TXT", "I110\t85\t\nZ992\t134\t\n", 0 }, { "F0825T1O.TXT", "E1165\t30\t\r\n", 0 },
	    { MAP_2026, MAP_HEAD "I110,Heart,85,,Yes,No\n", 0 } } },
	{ "a newer file of another model does not end one", CS_HCC_MAP,
	  "E1165|ESRDV24|18|1|2024-01-01|\n" "E1165|V24|18|1|2024-01-01|\n" "E1165|V28|37|1|2025-01-01|\n",
	  { { "F2424T1N.TXT", "E1165\t18\t\n", 0 }, { "F2825T1N.TXT", "E1165\t37\t\n", 0 } } },
	{ "a newer file of the same model ends it", CS_HCC_MAP,
	  "E1165|V28|37|1|2025-01-01|\n" "I110|V28|226|1|2024-01-01|2024-12-31\n",
	  { { "F2824T1N.TXT", "I110\t226\t\n", 0 }, { "F2825T1N.TXT", "E1165\t37\t\n", 0 } } },
	{ "each file is one source, whatever its models", CS_SOURCE, "F2424T1N.TXT|hcc_format|"
	  "daa9c0cb4e73062e2b282b692f063ef7a002cabf0aca0f9ea15cb143b0ba861e|1|0|2024-01-01|\n",
	  { { "F2424T1N.TXT", "E1165\t18\t\n", 0 } } },
	{ "factors: payment year 2024 judges 2023", CS_HCC_FACTOR,
	  "CNA_F65_69|V28|330|Female 65-69|2023-01-01|\n" "CNA_HCC37|V28|166|Diabetes\xe2\x80\x99s|2023-01-01|\n",
	  { { "C2824T2N.csv", "Name, Coeff, Label\r\nCNA_F65_69,0.330, Female 65-69\r\nCNA_HCC37,0.166, Diabetes\x92s\r\n",
	      0 } } },
	{ "factors: a newer file of another model does not end them", CS_HCC_FACTOR,
	  "A|V24|100|x|2022-01-01|\n" "A|V28|200|x|2023-01-01|2023-12-31\n" "A|V28|300|x|2024-01-01|\n",
	  { { "C2423T2N.csv", "Name, Coeff, Label\r\nA,0.1,x\r\n", 0 },
	      { "C2824T2N.csv", "Name, Coeff, Label\r\nA,0.2,x\r\n", 0 },
	    { "C2825T2N.csv", "Name, Coeff, Label\r\nA,0.3,x\r\n", 0 } } },
	{ "hierarchy", CS_HCC_HIERARCHY, "V28|17|18||\n" "V28|17|19||\n",
	  { { "V28_hierarchy.tsv", "HCC\tDROPPED_HCC\n17\t18\n17\t19\n", 0 } } },
	{ "hierarchy of V24", CS_HCC_HIERARCHY, "ESRDV24|8|9||\n" "V24|8|9||\n",
	  { { "V24_ESRD_hierarchy.tsv", "HCC\tDROPPED_HCC\n8\t9\n", 0 } } },
	{ "labels", CS_HCC_LABEL, "V28|1|HIV/AIDS||\n", { { "V28_labels.tsv", "HCC\tLABEL\n1\tHIV/AIDS\n", 0 } } },
	{ "HHS ages, of a benefit year: the oldest list judges the days before", CS_HHS_AGE,
	  "A34|2|9|64||\n" "C9150|3|15|||\n" "P000|0|0|0||\n" "P001|1|0|17||\n",
	  { { "CY21F07B_ICD10_MCE_AGE.TXT", "P000\t0 newborn (age 0)\nP001\t1 pediatric (age 0 -17)\nA34\t2 maternity (age "
	      "9 -64)\n"
	      "C9150\t3 adult (age 15+)\n", 0 } } },
	{ "HHS ages, of no year, then of one", CS_HHS_AGE, "A34|2|9|64||2020-12-31\n" "A34|2|12|55|2021-01-01|\n",
	  { { "icd10_mce_age.txt", "A34\t2 maternity (age 9 -64)\n", 0 }, { "CY21F07B_ICD10_MCE_AGE.TXT", "A34\t2 maternity "
	      "(age 12 -55)\n", 0 } } },
	{ "HHS sex", CS_HHS_SEX, "A34|2||\n" "N400|1||\n", { { "icd10_mce_sex.txt", "\xef\xbb\xbf" "A34\t2 female\r\nN400\t"
	      "1 male\r\n", 0 } } },
	{ "HHS categories have decimals and a second column", CS_HHS_CC,
	  "A0101|3||2021-01-01|\n" "B377|2||2021-01-01|\n" "B377|6|D|2021-01-01|\n" "E7401|35.1||2021-01-01|\n",
	  { { "CY21F07B_FY2022_ICD10.TXT", "A0101\t3\t\nB377\t2\t\nB377\t6\tD\nE7401\t35.1\t\n", 0 } } },
};

Test(cb_hcc, good_files)
{
	papers_good(good, CASES(good));
}

Test(cb_hcc, every_truncation)
{
	papers_cut(good, CASES(good));
}

static const struct papers_bad bad[] = {
	{ "mapping cut within a record", E_MALFORMED, "line 21 column 1", "a cell under each heading", { { MAP_2026,
	      MAP_HEAD "B377,Candidal,6,,Y", 0 } } },
	{ "mapping cut within quotes", E_MALFORMED, "line 21 column 1", "quoted cell", { { MAP_2026, MAP_HEAD "B377,\"Cand",
	      0 } } },
	{ "mapping: a code with a dot", E_MALFORMED, "line 21 column 1", "without dots", { { MAP_2026, MAP_HEAD "B37.7,x,6,,"
	      "Yes,No\n", 0 } } },
	{ "mapping: a category that is no number", E_MALFORMED, "line 21 column 3", "number of a category", { { MAP_2026,
	      MAP_HEAD "B377,x,6a,,Yes,No\n", 0 } } },
	{ "mapping: neither yes nor no", E_MALFORMED, "line 21 column 5", "Yes, No or --", { { MAP_2026, MAP_HEAD "B377,x,6,"
	      ",Maybe,No\n", 0 } } },
	{ "mapping without headings", E_UNSUPPORTED, "line 1 column 1", "Diagnosis Code", { { MAP_2026,
	      MAP_TITLES "Diagnosis,HCC,,,,\n", 0 } } },
	{ "mapping: a model lacks its payment column", E_UNSUPPORTED, "line 1 column 1", "payment column",
	  { { MAP_2026, "Diagnosis Code,Description,CMS-HCC Model Category V28,x\nB377,Candidal sepsis,6,Yes\n", 0 } } },
	{ "mapping without a payment year", E_INCOMPLETE, "ICD-10-CM Mappings.csv", "payment year", { { "ICD-10-CM "
	      "Mappings.csv", MAP_HEAD, 0 } } },
	{ "mapping: a line twice", E_DUPLICATE, "line 22 column 1", "the key of line 21",
	  { { MAP_2026, MAP_HEAD "B377,x,6,,Yes,No\nB377,x,6,,Yes,No\n", 0 } } },
	{ "mapping against the format file", E_CONFLICT, "F0825T1O.TXT line 1 column 1", "says otherwise",
	  { { MAP_2026, MAP_HEAD "B377,x,,5,No,No\n", 0 }, { "F0825T1O.TXT", "B377\t5\t\r\n", 0 } } },
	{ "format file: a code in lower case", E_MALFORMED, "line 2 column 1", "does not fit", { { "F2825T1N.TXT", "B377\t2\t"
	      "\nb378\t2\t\n", 0 } } },
	{ "format file: cut", E_MALFORMED, "line 2 column 2", "a number", { { "F2825T1N.TXT", "B377\t2\t\nB3", 0 } } },
	{ "format file: cut within its last number", E_MALFORMED, "line 2 column 8", "no end", { { "F2825T1N.TXT", "B377\t2\t\n"
	      "E1165\t3", 0 } } },
	{ "format file: twice", E_DUPLICATE, "line 2 column 1", "the key of line 1", { { "F2825T1N.TXT", "B377\t2\t\nB377\t"
	      "2\tD\n", 0 } } },
	{ "format file: no year in the name", E_INCOMPLETE, "F28map.TXT", "model and year", { { "F28map.TXT", "B377\t2\t\n",
	      0 } } },
	{ "factors: a name of no model", E_INCOMPLETE, "factors.csv", "model and year", { { "factors.csv", "Name, Coeff, "
	      "Label\r\nA,0.1,x\r\n", 0 } } },
	{ "factors: four decimals", E_MALFORMED, "line 2 column 2", "a number", { { "C2824T2N.csv", "Name, Coeff, Label\r\n"
	      "A,0.1234,x\r\n", 0 } } },
	{ "factors: cut", E_MALFORMED, "line 2 column 3", "column \"Label\"", { { "C2824T2N.csv", "Name, Coeff, Label\r\nA,"
	      "0.123", 0 } } },
	{ "hierarchy of no model", E_INCOMPLETE, "our_hierarchy.tsv", "model", { { "our_hierarchy.tsv", "HCC\tDROPPED_HCC\n"
	      "17\t18\n", 0 } } },
	{ "labels: Latin-1", E_MALFORMED, "line 2 column 2", "text of UTF-8", { { "V28_labels.tsv", "HCC\tLABEL\n1\t"
	      "HIV\xe9\n", 0 } } },
	{ "HHS ages: words it does not know", E_MALFORMED, "line 2 column 2", "one of its words",
	  { { "icd10_mce_age.txt", "A34\t2 maternity (age 9 -64)\nA35\t4 senior (age 65+)\n", 0 } } },
	{ "HHS ages: no age", E_MALFORMED, "line 1 column 1", "does not fit", { { "icd10_mce_age.txt", "A34\t2 maternity "
	      "(age 9 -)\n", 0 } } },
	{ "HHS sex: cut", E_MALFORMED, "line 2 column 2", "one of its words", { { "icd10_mce_sex.txt", "A34\t2 female\nN40\t"
	      "1 m", 0 } } },
	{ "HHS sex: of other content", E_MALFORMED, "line 1 column 1", "not of that format", { { "icd10_mce_sex.txt", "CODE\t"
	      "SEX\n", 0 } } },
	{ "HHS categories: no benefit year", E_INCOMPLETE, "CYF07B_FY2022_ICD10.TXT", "benefit year",
	      { { "CYF07B_FY2022_ICD10.TXT", "A01\t3\t\n", 0 } } },
};

Test(cb_hcc, bad_files)
{
	papers_bad(bad, CASES(bad));
}
