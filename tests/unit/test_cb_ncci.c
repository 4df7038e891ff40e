/* test_cb_ncci.c - MUE, add-on codes, coverage, HCPCS and licensed CPT words, on small files made here. */
#include "support/books.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(cb_ncci, .init = open_arena, .fini = close_arena);

#define NOTICE	"\"CPT codes are copyright\nof the AMA \xae. Nobody\x92s words.\",,,\r\n"
#define MUE_HEAD "\"HCPCS/\nCPT Code\",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\r\n"
#define MUE	"MCR_MUE_PractitionerServices_Eff_04-01-2026.csv"
#define AOC_HEAD "AOC_Edit_Type\tAdd-On_Code\tAOC_DelDT\tPrimary_Code\tPrimary_Code_DelDT\tAOC_Edit_EffDT\tAOC_Edit_DelDT\t" \
	"Special_Instruction_Notes\n"
#define AOC	"AOC_V2024Q2-MCR.tsv"
#define NCD_HEAD "NCD_NUMBER\tNCD_TITLE\tHCPCS\tHCPCS_EFF\tHCPCS_TERM\tICD10CM\tICD10_EFF\tICD10_TERM\tRESOLUTION_CODE\n"
#define NCD_SHEET "\"NCD\"\t\"NCD\"\t\"CPT/HCPCS \"\t\"CPT/HCPCS\"\t\"CPT/HCPCS\"\t\"ICD-10\"\t\"ICD-10 " \
	"EFF\"\t\"ICD-10 TERM\"\t" \
	"\"RESOLUTION\"\n\"Number\"\t\"DESCRIPTION\"\t\"CODES\"\t\"EFF DATE\"\t\"TERM DATE\"\t\"CODE\"\t\" " \
	"DATE\"\t\"DATE\"\t\"CODE 1/\"\n"
#define NCD	"ncd_icd10_2026-01.tsv"
#define INDEX	"NCD_ID\tVERSION\tNCD_MANUAL_SECTION\tTITLE\tCOVERAGE_LEVEL\tEFFECTIVE_DATE\tIMPLEMENTATION_DATE\tEND_DATE\t" \
	"TRANSMITTAL\tCHANGE_REQUEST\tLAB_NCD\n"
#define CPT	"Copyright 2025 American Medical Association. Invented for a test.\r\n\r\n"

/* rows: the table as it must come out, a row a line; NULL: the fault and its place. */
static const struct try {
	const char	*name, *path, *text;
	enum code_set	 set;
	const char	*rows;
	int		 rc;
	const char	*place;
} tries[] = {
	{ "mue", MUE, NOTICE MUE_HEAD "A4221,4,3 Date of Service Edit: Clinical,Clinical: Data\r\n"
	    "0001U,0,1 Line Edit,Nature\x92s\r\n", CS_MUE_PRACTITIONER,
	    "0001U|0|1|Nature\xe2\x80\x99s|2026-04-01|\nA4221|4|3|Clinical: Data|2026-04-01|\n", 0, NULL },
	{ "mue of a sheet", "MCR_MUE_PractitionerServices_Eff_04-01-2026.xlsx",
	    "\"notice\"\n\"HCPCS/ CPT Code\"\t\"Practitioner Services MUE Values\"\t\"MUE Adjudication Indicator\"\t\"MUE "
	    "Rationale\"\n"
	    "\"A4221\"\t\"4\"\t\"2 Date of Service Edit: Policy\"\t\"CMS Policy\"\n",
	    CS_MUE_PRACTITIONER, "A4221|4|2|CMS Policy|2026-04-01|\n", 0, NULL },
	{ "mue with a byte order mark", MUE, "\xef\xbb\xbf" NOTICE MUE_HEAD "A4221,4,1 Line Edit,x\r\n", CS_MUE_PRACTITIONER,
	    "A4221|4|1|x|2026-04-01|\n", 0, NULL },
	{ "mue: another setting", MUE,
	    NOTICE "HCPCS/CPT Code,DME Supplier Services MUE Values,MUE Adjudication Indicator,MUE Rationale\r\n"
	    "A4221,4,1 Line Edit,x\r\n", CS_COUNT, NULL, E_UNSUPPORTED, "line 1 column 1" },
	{ "mue: words for units", MUE, NOTICE MUE_HEAD "A4221,4x,1 Line Edit,x\r\n", CS_COUNT, NULL, E_MALFORMED,
	    "line 5 column 2" },
	{ "mue: minus", MUE, NOTICE MUE_HEAD "A4221,-4,1 Line Edit,x\r\n", CS_COUNT, NULL, E_MALFORMED, "line 5 column 1" },
	{ "mue: no units", MUE, NOTICE MUE_HEAD "A4221,,1 Line Edit,x\r\n", CS_COUNT, NULL, E_MALFORMED, "line 5 column 2" },
	{ "mue: no MAI", MUE, NOTICE MUE_HEAD "A4221,4,4 Other,x\r\n", CS_COUNT, NULL, E_MALFORMED, "line 5 column 3" },
	{ "mue: cut", MUE, NOTICE MUE_HEAD "A4221,4,1 Line Edit,x\r\nA422", CS_COUNT, NULL, E_MALFORMED, "line 6 column 2" },
	{ "mue: cut in quotes", MUE, NOTICE MUE_HEAD "A4221,4,1 Line Edit,\"x", CS_COUNT, NULL, E_MALFORMED, "line 5 column 1" },
	{ "mue: twice", MUE, NOTICE MUE_HEAD "A4221,4,1 Line Edit,x\r\nA4221,5,1 Line Edit,x\r\n", CS_COUNT, NULL, E_DUPLICATE,
	    "line 6 column 1" },
	{ "mue: no date", "MCR_MUE_PractitionerServices.csv", NOTICE MUE_HEAD "A4221,4,1 Line Edit,x\r\n", CS_COUNT,
	    NULL, E_INCOMPLETE,
	    "Services.csv" },
	{ "mue: other content", MUE, "hello\r\n", CS_COUNT, NULL, E_MALFORMED, "line 1 column 1" },
	{ "mue lists codes", MUE, NOTICE MUE_HEAD "A4221,4,1 Line Edit,x\r\n", CS_HCPCS,
	    "A4221|||||||||||||||||||||||2026-04-01|\n", 0, NULL },

	{ "aoc", AOC, AOC_HEAD "1\t0079T\t2013\t0078T\t2013\t2013\t2013365\t\n3\t20701\t\tCCCCC\t\t2020\t2024060\tOnly a test\n",
	    CS_AOC, "0079T|0078T|1|20131231|20131231||2013-01-01|2013-12-31\n20701|CCCCC|3|||Only a test|2020-01-01|2024-02-29\n",
	    0, NULL },
	{ "aoc as published", "AOC_V2024Q2-MCR.xlsx", "\"CPT codes are of the AMA\"\n" AOC_HEAD
	    "\"1\"\t\"0079T\"\t\"2013365\"\t\"0078T\"\t\t\"2013001\"\t\"2013365\"\t\n", CS_AOC,
	    "0079T|0078T|1|20131231|||2013-01-01|2013-12-31\n", 0, NULL },
	{ "aoc: day 366 of 2023", AOC, AOC_HEAD "1\t0079T\t\t0078T\t\t2013\t2023366\t\n", CS_COUNT, NULL, E_MALFORMED,
	    "line 2 column 7" },
	{ "aoc: type", AOC, AOC_HEAD "4\t0079T\t\t0078T\t\t2013\t\t\n", CS_COUNT, NULL, E_MALFORMED, "line 2 column 1" },
	{ "aoc: code", AOC, AOC_HEAD "1\t0079T\t\t078T\t\t2013\t\t\n", CS_COUNT, NULL, E_MALFORMED, "line 2 column 1" },
	{ "aoc: ends before it begins", AOC, AOC_HEAD "1\t0079T\t\t0078T\t\t2013\t2012001\t\n", CS_COUNT, NULL, E_VALUE,
	    "line 2 column 1" },
	{ "aoc: cut", AOC, AOC_HEAD "1\t0079T\t\t00", CS_COUNT, NULL, E_MALFORMED, "line 2 column 1" },

	{ "ncd", NCD, NCD_HEAD "190.20A\tTesting\t82948\t2003-07-01\t\tA150\t2015-10-01\t\t1\n"
	    "190.20A\t\t\t\t\t@@@@@@@\t2015-10-01\t2020-01-01\t3\n",
	    CS_NCD_DX, "@@@@@@@|190.20A|3|2015-10-01|2020-01-01\nA150|190.20A|1|2015-10-01|\n", 0, NULL },
	{ "ncd tests", NCD, NCD_HEAD "190.20A\tTesting\t82948\t2003-07-01\t\tA150\t2015-10-01\t\t1\n", CS_NCD_CODE,
	    "82948|190.20A|2003-07-01|\n", 0, NULL },
	{ "ncd policies", NCD, NCD_HEAD "190.20A\tTesting\t82948\t\t\tA150\t2015-10-01\t\t1\n", CS_NCD_POLICY,
	    "190.20A|Testing||\n", 0, NULL },
	{ "ncd of a sheet", "2026100-Initial-ICD10-NCD-Spreadsheet-20250721.xlsx",
	    "\t\t\t\"MEDICARE NATIONAL COVERAGE\"\n"
	    NCD_SHEET "\"190.12\"\t\"Culture\"\t\"87086\"\t\t\t\"A021\"\t\"42278\"\t\t\"1\"\n",
	    CS_NCD_DX, "A021|190.12|1|2015-10-01|\n", 0, NULL },
	{ "ncd: resolution", NCD, NCD_HEAD "190.12\t\t\t\t\tA150\t2015-10-01\t\t4\n", CS_COUNT, NULL, E_MALFORMED,
	    "line 2 column 9" },
	{ "ncd: dotted", NCD, NCD_HEAD "190.12\t\t\t\t\tA15.0\t2015-10-01\t\t1\n", CS_COUNT, NULL, E_MALFORMED,
	    "line 2 column 6" },
	{ "ncd: day", NCD, NCD_HEAD "190.12\t\t\t\t\tA150\t2015-13-01\t\t1\n", CS_COUNT, NULL, E_MALFORMED, "line 2 column 7" },
	{ "ncd: test", NCD, NCD_HEAD "190.12\t\t8294\t\t\tA150\t2015-10-01\t\t1\n", CS_COUNT, NULL, E_MALFORMED,
	    "line 2 column 3" },
	{ "ncd: policy", NCD, NCD_HEAD "\t\t\t\t\tA150\t2015-10-01\t\t1\n", CS_COUNT, NULL, E_MALFORMED, "line 2 column 1" },
	{ "ncd: cut", NCD, NCD_HEAD "190.12\t\t\t\t\tA15", CS_COUNT, NULL, E_MALFORMED, "line 2 column 9" },
	{ "ncd: twice", NCD, NCD_HEAD "190.12\t\t\t\t\tA150\t2015-10-01\t\t1\n190.12\t\t\t\t\tA150\t2016-10-01\t\t2\n",
	    CS_COUNT, NULL, E_DUPLICATE, "line 3 column 1" },
	{ "ncd: another heading", NCD, "NCD_NUMBER\tTITLE\tICD10CM\tRESOLUTION_CODE\n190.12\tx\tA150\t1\n", CS_COUNT,
	    NULL, E_UNSUPPORTED,
	    "line 1 column 1" },
	{ "ncd index", "ncd_index_2024-03.tsv", INDEX "279\t1\t160.24\t\tFull\t2023-04-10\t\t2014-12-18\t167\t\t1\n",
	    CS_NCD_INDEX,
	    "160.24||279|1|Full|20230410||20141218|167||1||\n", 0, NULL },
	{ "ncd index: day", "ncd_index_2024-03.tsv", INDEX "279\t1\t160.24\tx\tFull\t10.4.2023\t\t\t167\t\t1\n", CS_COUNT,
	    NULL, E_MALFORMED,
	    "line 2 column 6" },

	{ "notes", "proc_notes_JAN2025.txt",
	    "  PROCESSING NOTES\r\n ____\r\n   0001--THIS NOTE IS        *\r\n         A TEST.       *\r\n"
	    "                *\r\n\t  0002--TABS\tTOO.\t*\t\r\n", CS_HCPCS_NOTE,
	    "0001|THIS NOTE IS A TEST.|2025-01-01|\n0002|TABS TOO.|2025-01-01|\n",
	    0, NULL },
	{ "notes: twice", "proc_notes_JAN2025.txt", "PROCESSING NOTES\n0001--A\n0001--B\n", CS_COUNT, NULL, E_DUPLICATE,
	    "line 3 column 1" },
	{ "notes: cut", "proc_notes_JAN2025.txt", "PROCESSING NOTES\n0001--A\n0002--", CS_COUNT, NULL, E_MALFORMED,
	    "line 3 column 1" },
	{ "noc", "NOC codes_JAN2025.xlsx", "\t\"NOC CODES\"\n\n\"HCPCS\"\t\"LONG DESCRIPTION\"\t\"ADD DATE\"\t\"TERM DATE\"\n\n"
	    "\"A0999\"\t\"Unlisted\"\t\"19870101\"\n\"A9599\"\t\"x\"\t\"20140101\"\t\"20171231\"\n"
	    "A9600\tx\t1/1/2014\t12/31/2017\n", CS_HCPCS_NOC,
	    "A0999|1987-01-01|\nA9599|2014-01-01|2017-12-31\nA9600|2014-01-01|2017-12-31\n", 0, NULL },
	{ "noc: day", "NOC codes_JAN2025.xlsx", "HCPCS\tLONG DESCRIPTION\tADD DATE\tTERM DATE\nA0999\tx\t19871301\n",
	    CS_COUNT, NULL, E_MALFORMED, "line 2 column 3" },

	{ "cpt long", "cpt2026/LONGULT.txt", CPT "00001 Invented long words\r\n0002T\tMore of them\r\n", CS_HCPCS,
	    "00001|Invented long words|||||||||||||||||||||1||\n0002T|More of them|||||||||||||||||||||1||\n", 0, NULL },
	{ "cpt short", "cpt2026/SHORTU.txt", CPT "00001 Inv words\r\n", CS_HCPCS, "00001||Inv words||||||||||||||||||||1||\n",
	    0, NULL },
	{ "cpt table", "cpt_2026.txt", CPT "CPT code\tLong\tMedium\tShort\n00001\tInvented\tInv.\tI\xae\n", CS_HCPCS,
	    "00001|Invented|I\xc2\xae||||||||||||||||||||1||\n", 0, NULL },
	{ "cpt: no words", "cpt2026/LONGULT.txt", CPT "00001 Invented\r\n00002 \r\n", CS_COUNT, NULL, E_MALFORMED,
	    "line 4 column 1" },
	{ "cpt: shifted", "cpt2026/LONGULT.txt", CPT "00001 Invented\r\n 00002 words\r\n", CS_COUNT, NULL, E_MALFORMED,
	    "line 4 column 1" },
	{ "cpt: twice", "cpt2026/LONGULT.txt", CPT "00001 Invented\r\n00001 Other\r\n", CS_COUNT, NULL, E_DUPLICATE,
	    "line 4 column 1" },
	{ "cpt: no code", "cpt_2026.txt", CPT "CPT code\tLong\tMedium\tShort\nA0001\tInvented\t\t\n", CS_COUNT, NULL, E_MALFORMED,
	    "line 4 column 1" },
};

static struct str
table(const struct codebook *cb, enum code_set set)
{
	struct buf b;

	buf_init(&b, &a);
	for (row_t row = 0; row < codebook_count(cb, set); row++) {
		buf_str(&b, books_row(&a, cb, set, row));
		buf_ch(&b, '\n');
	}
	return buf_view(&b);
}

static bool
ends_with(struct str s, const char *end)
{
	size_t n = strlen(end);

	return s.n >= n && memcmp(s.p + s.n - n, end, n) == 0;
}

Test(cb_ncci, files_give_rows_or_say_where_they_are_wrong)
{
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		const struct try *t = &tries[i];
		const struct paper paper = { t->path, t->text, 0 };
		struct faults f = { .a = &a };
		struct book b;
		int rc = books_of(&paper, 1, &f, &b);

		if (t->rows) {
			struct str got = rc == 0 ? table(b.cb, t->set) : STR_NONE;

			cr_expect(rc == 0 && f.n == 0 && str_is(got, t->rows), "%s: %s [%.*s] %.*s", t->name,
			    err_name(rc), STR_ARG(got), f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
		} else {
			cr_expect(rc == t->rc && f.n && ends_with(f.v[0].place, t->place), "%s: %s %.*s", t->name, err_name(rc),
			    f.n ? (int)f.v[0].place.n : 0, f.n ? f.v[0].place.p : "");
		}
		book_close(&b);
	}
}

Test(cb_ncci, every_cut_of_a_good_file_is_survived)
{
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
		for (size_t n = 1; tries[i].rows && n < strlen(tries[i].text); n++) {
			const struct paper paper = { tries[i].path, tries[i].text, n };
			struct faults f = { .a = &a };
			struct book b;

			(void)books_of(&paper, 1, &f, &b);
			book_close(&b);
			arena_reset(&a);
		}
}

/* ---- the contractor file ---- */

struct cell { size_t column; const char *text; };

static struct str
record(size_t n, const struct cell *cells)
{
	char *p = memset(arena_alloc(&a, n + 2), ' ', n);

	for (; cells->text; cells++)
		memcpy(p + cells->column - 1, cells->text, strlen(cells->text));
	memcpy(p + n, "\r\n", 2);
	return (struct str){ p, n + 2 };
}

#define FULL(code, seq, kind, words) { 1, code seq kind words }, { 92, "Short" }, { 120, "51  52" }, { 128, "A" }, \
	{ 129, "60-9  60-10" }, \
	{ 147, "2100.1" }, { 171, "1833(t)(2)" }, { 181, "140220" }, { 205, "A0425A0426" }, { 230, "D" }, { 231, "YY20080101" }, \
	{ 241, "102120090101" }, { 253, "0088" }, { 257, "D1E" }, { 261, "APR" }, { 266, "  5" }, { 269, "19860101" }, \
	    { 277, "20010101" }, \
	{ 285, "20241231" }, { 293, "D" }

static const struct hcpcs_try {
	const char	*name;
	struct { size_t n; struct cell cells[24]; } record[3];
	enum code_set	 set;
	const char	*rows, *place;
} hcpcs[] = {
	{ "all fields", { { 320, { FULL("E0110", "00100", "3", "First") } }, { 320, { { 1, "E0110002004and second" } } } },
	    CS_HCPCS,
	    "E0110|First and second|Short|51,52|A|60-9,60-10|2100.1|1833(t)(2)|140,220|A0425,A0426|D|YY|20080101|102|1|"
	    "20090101|0088|D1E|"
	    "A,P,R|5|20010101|D||1986-01-01|2024-12-31\n", NULL },
	{ "293 columns", { { 293, { FULL("   A1", "00100", "7", "First") } }, { 293, { { 1, "   A1002008second\x92s" } } } },
	    CS_MODIFIER,
	    "A1|First second\xe2\x80\x99s|Short|51,52|A|60-9,60-10|2100.1|1833(t)(2)|140,220|A0425,A0426|D|YY|20080101|102|1|"
	    "20090101|0088|D1E|"
	    "A,P,R|5|20010101|D|1986-01-01|2024-12-31\n", NULL },
	{ "blanks at the end are lost", { { 293, { FULL("E0110", "00100", "3", "First") } },
	    { 22, { { 1, "E0110002004and second" } } },
	    { 320, { { 1, "   A1001007x" } } } }, CS_HCPCS,
	    "E0110|First and second|Short|51,52|A|60-9,60-10|2100.1|1833(t)(2)|140,220|A0425,A0426|D|YY|20080101|102|1|"
	    "20090101|0088|D1E|"
	    "A,P,R|5|20010101|D||1986-01-01|2024-12-31\n", NULL },
	{ "too short", { { 320, { { 1, "E0110001003x" } } }, { 292, { { 1, "E0111001003x" } } } }, CS_COUNT, NULL,
	    "line 2 column 293" },
	{ "too long", { { 321, { { 1, "E0110001003x" } } } }, CS_COUNT, NULL, "line 1 column 321" },
	{ "sequence", { { 320, { { 1, "E0110001003x" } } }, { 320, { { 1, "E0110003004x" } } } }, CS_COUNT, NULL,
	    "line 2 column 6" },
	{ "first sequence", { { 320, { { 1, "E0110001003x" } } }, { 320, { { 1, "E0111002003x" } } } }, CS_COUNT, NULL,
	    "line 2 column 6" },
	{ "no sequence", { { 320, { { 1, "E0110001003x" } } }, { 320, { { 1, "E0111 x   3x" } } } }, CS_COUNT, NULL,
	    "line 2 column 6" },
	{ "goes on with another", { { 320, { { 1, "E0110001003x" } } }, { 320, { { 1, "E0111002004x" } } } }, CS_COUNT, NULL,
	    "line 2 column 1" },
	{ "goes on as a modifier", { { 320, { { 1, "E0110001003x" } } }, { 320, { { 1, "   10002008x" } } } }, CS_COUNT, NULL,
	    "line 2 column 1" },
	{ "kind", { { 320, { { 1, "E0110001003x" } } }, { 320, { { 1, "E0111001005x" } } } }, CS_COUNT, NULL,
	    "line 2 column 11" },
	{ "code", { { 320, { { 1, "E011 001003x" } } } }, CS_COUNT, NULL, "line 1 column 1" },
	{ "added", { { 320, { { 1, "E0110001003x" }, { 269, "19861301" } } } }, CS_COUNT, NULL, "line 1 column 269" },
	{ "terminated", { { 320, { { 1, "E0110001003x" }, { 285, "1986" } } } }, CS_COUNT, NULL, "line 1 column 285" },
	{ "terminated before added", { { 320, { { 1, "E0110001003x" }, { 269, "20200101" }, { 285, "20191231" } } } },
	    CS_COUNT, NULL,
	    "line 1 column 285" },
	{ "group date", { { 320, { { 1, "E0110001003x" }, { 233, "2008" } } } }, CS_COUNT, NULL, "line 1 column 233" },
	{ "base units", { { 320, { { 1, "E0110001003x" }, { 266, "x" } } } }, CS_COUNT, NULL, "line 1 column 266" },
	{ "twice", { { 320, { { 1, "E0110001003x" } } }, { 320, { { 1, "E0110001003y" } } } }, CS_COUNT, NULL,
	    "line 2 column 1" },
};

static struct str
hcpcs_text(const struct hcpcs_try *t)
{
	struct buf all;

	buf_init(&all, &a);
	for (size_t k = 0; k < 3 && t->record[k].n; k++)
		buf_str(&all, record(t->record[k].n, t->record[k].cells));
	return buf_view(&all);
}

Test(cb_ncci, contractor_records)
{
	for (size_t i = 0; i < sizeof hcpcs / sizeof *hcpcs; i++) {
		const struct hcpcs_try *t = &hcpcs[i];
		struct str text = hcpcs_text(t);
		const struct paper paper = { "HCPC2025_JAN_ANWEB.txt", text.p, text.n };
		struct faults f = { .a = &a };
		struct book b;
		int rc = books_of(&paper, 1, &f, &b);

		if (t->rows) {
			struct str got = rc == 0 ? table(b.cb, t->set) : STR_NONE;

			cr_expect(rc == 0 && str_is(got, t->rows), "%s: %s %.*s", t->name, err_name(rc), STR_ARG(got));
		} else {
			cr_expect(rc < 0 && f.n == 1 && ends_with(f.v[0].place, t->place), "%s: %s %zu %.*s", t->name,
			    err_name(rc), f.n, f.n ? (int)f.v[0].place.n : 0, f.n ? f.v[0].place.p : "");
		}
		book_close(&b);
	}
}

Test(cb_ncci, every_cut_of_contractor_records_is_survived)
{
	struct str text = hcpcs_text(&hcpcs[0]);
	char *copy = arena_str(&a, text).p ? (char *)arena_alloc(&a, text.n) : NULL;

	memcpy(copy, text.p, text.n);
	for (size_t n = 1; n < text.n; n++) {
		const struct paper paper = { "HCPC2025_JAN_ANWEB.txt", copy, n };
		struct faults f = { .a = &a };
		struct book b;
		int rc = books_of(&paper, 1, &f, &b);

		cr_expect((rc == 0) == (n == 322), "%zu: whole is only what ends with the line end of a record: %s",
		    n, err_name(rc));
		book_close(&b);
	}
}

/* ---- files together ---- */

Test(cb_ncci, quarters_lie_side_by_side_and_twins_agree)
{
	const struct paper papers[] = {
		{ "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv",
		    NOTICE MUE_HEAD "A4221,4,1 Line Edit,x\r\nA4222,1,1 Line Edit,x\r\n", 0 },
		{ MUE, NOTICE MUE_HEAD "A4221,5,1 Line Edit,x\r\n", 0 },
		{ "again/" MUE, NOTICE MUE_HEAD "A4221,5,1 Line Edit,x\r\n", 0 },
		{ NCD, NCD_HEAD "190.12\tCulture\t87086\t\t\tA021\t2015-10-01\t\t1\n", 0 },
		{ "2026100-Initial-ICD10-NCD-Spreadsheet-20250721.xlsx", NCD_SHEET
		    "\"190.12\"\t\"Culture\"\t\"87086\"\t\t\t\"A021\"\t\"42278\"\t\t\"1\"\n", 0 },
	};
	struct faults f = { .a = &a };
	struct book b;
	int rc = books_of(papers, sizeof papers / sizeof *papers, &f, &b);

	cr_assert(rc == 0, "%s %.*s", err_name(rc), f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
	cr_expect(str_is(table(b.cb, CS_MUE_PRACTITIONER), "A4221|4|1|x|2024-07-01|2026-03-31\nA4221|5|1|x|2026-04-01|\n"
	    "A4222|1|1|x|2024-07-01|2026-03-31\n"));
	cr_expect(str_is(table(b.cb, CS_NCD_DX), "A021|190.12|1|2015-10-01|\n"));
	cr_expect(str_is(table(b.cb, CS_NCD_CODE), "87086|190.12||\n"));
	cr_expect(str_is(table(b.cb, CS_NCD_POLICY), "190.12|Culture||\n"));
	/* codes MUE lists are dated by it; nothing gives the whole of them */
	cr_expect(str_is(table(b.cb, CS_HCPCS),
	    "A4221|||||||||||||||||||||||2024-07-01|\nA4222|||||||||||||||||||||||2024-07-01|2026-03-31\n"));
	cr_expect(!codebook_is_whole(b.cb, CS_HCPCS));
	book_close(&b);
}

Test(cb_ncci, words_of_the_licensed_file_stay_where_tables_list_the_code_too)
{
	const struct paper papers[] = {
		{ MUE, NOTICE MUE_HEAD "00001,4,1 Line Edit,x\r\n00002,4,1 Line Edit,x\r\n", 0 },
		{ "cpt2026/LONGULT.txt", CPT "00001 Invented\r\n", 0 },
		{ "cpt2026/SHORTU.txt", CPT "00001 Inv\r\n", 0 },
	};
	struct faults f = { .a = &a };
	struct book b;

	cr_assert(books_of(papers, 3, &f, &b) == 0);
	cr_expect(str_is(table(b.cb, CS_HCPCS),
	    "00001|Invented|Inv||||||||||||||||||||1||\n00002|||||||||||||||||||||||2026-04-01|\n"));
	book_close(&b);
}
