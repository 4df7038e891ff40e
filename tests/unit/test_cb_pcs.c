/* test_cb_pcs.c - tables, index and definitions of ICD-10-PCS, and codes composed from them, on files made here. */
#include "support/books.h"
#include "support/one_arena.h"

#include "codebook/pcs.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(cb_pcs, .init = open_arena, .fini = close_arena);

#define AXIS(pos, n, title, labels)	"<axis pos=\"" pos "\" values=\"" n "\"><title>" title "</title>" labels "</axis>\n"
#define LABEL(code, text)		"<label code=\"" code "\">" text "</label>"
#define TOP(section, system, op, name)	\
	AXIS("1", "1", "Section", LABEL(section, "Sample section")) \
	AXIS("2", "1", "Body System", LABEL(system, "Sample system")) \
	AXIS("3", "1", "Operation", LABEL(op, name) "<definition>Doing &lt;it&gt;</definition>")
#define ROW(codes, n4, l4, n5, l5)	\
	"<pcsRow codes=\"" codes "\">" AXIS("4", n4, "Body Part", l4) AXIS("5", n5, "Approach", l5) \
	AXIS("6", "1", "Device", LABEL("Z", "No Device")) AXIS("7", "1", "Qualifier", LABEL("Z", "No Qualifier")) "</pcsRow>\n"
#define DOC(body)			"<ICD10PCS.tabular>\n<version>2026</version>\n" body "</ICD10PCS.tabular>\n"
#define TABLE_0DD	"<pcsTable>\n" TOP("0", "D", "D", "Extraction") \
	ROW("2", "1", LABEL("1", "Upper Part"), "2", LABEL("3", "Percutaneous") LABEL("4", "Endoscopic")) \
	ROW("2", "2", LABEL("1", "Upper Part") LABEL("2", "Lower Part"), "1", LABEL("8", "Via Opening")) "</pcsTable>\n"
#define TABLE_0FT	"<pcsTable>\n" TOP("0", "F", "T", "Resection") \
	ROW("1", "1", LABEL("0", "Liver"), "1", LABEL("0", "Open")) "</pcsTable>\n"

#define TABLES		"fy2026-oct/icd10pcs_tables_2026.xml"
#define WORDS		"fy2026-apr/tables_addenda_2026.txt"
#define OCTOBER		day_of(2025, 10, 1)
#define APRIL		day_of(2026, 4, 1)

#define WORDS_HEAD(fy, t, c1, c2, c3, name)	\
	"\r\n" fy ": table " t "\r\n  First character (Section) is value " c1 ": Sample section\r\n" \
	"  Second character (Body System) is value " c2 ": Sample system\r\n" \
	"  Third character (Operation) is value " c3 ": " name ": Doing <it>\r\n"
#define WORDS_END	"  Sixth character (Device) is value Z: No Device\r\n  Seventh character (Qualifier) is value Z: " \
	"No Qualifier\r\n"
#define WORDS_0DD	\
	WORDS_HEAD("No change", "0 D D", "0", "D", "D", "Extraction") \
	"\r\nNo change: First panel of table 0 D D\r\n  Fourth character (Body Part) is value 1: Upper Part\r\n" \
	"  Fifth character (Approach) has 2 choices.\r\n    First choice is value 3: Percutaneous\r\n" \
	"    Second choice is value 4: Endoscopic\r\n" WORDS_END \
	"\r\nFY2026: Second panel of table 0 D D\r\n  Fourth character (Body Part) is value 3: Whole Part\r\n" \
	"  Fifth character (Approach) is value 0: Open\r\n" WORDS_END
#define WORDS_XU7	\
	WORDS_HEAD("FY2026", "X U 7", "X", "U", "7", "Dilation") \
	"\r\nFY2026: First panel of table X U 7\r\n  Fourth character (Body Part) is value G: Vagina\r\n" \
	"  Fifth character (Approach) is value 7: Via Opening\r\n" WORDS_END

static void
book(const struct paper *files, size_t n, struct book *b)
{
	struct faults f = { .a = &a };
	int rc = books_of(files, n, &f, b);

	cr_assert(rc == 0 && f.n == 0, "%s: %s %.*s: %.*s", files[n - 1].path, err_name(rc), f.n ? (int)f.v[0].place.n : 0,
	    f.n ? f.v[0].place.p : "", f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
}

static void
expect_rows(const struct codebook *cb, enum code_set set, const char *want)
{
	cr_expect(strcmp(books_rows(&a, cb, set), want) == 0, "%s:\n%s", code_sets[set].name, books_rows(&a, cb, set));
}

Test(cb_pcs, tables)
{
	const struct paper file = { TABLES, DOC(TABLE_0DD TABLE_0FT), 0 };
	struct book b;

	book(&file, 1, &b);
	expect_rows(b.cb, CS_PCS_TABLE,
	    "0DD|Section|Sample section|Body System|Sample system|Operation|Extraction|Doing <it>|2015-10-01|\n"
	    "0FT|Section|Sample section|Body System|Sample system|Operation|Resection|Doing <it>|2015-10-01|\n");
	expect_rows(b.cb, CS_PCS_ROW, "0DD|1|1|34|Z|Z|2015-10-01|\n0DD|2|12|8|Z|Z|2015-10-01|\n0FT|1|0|0|Z|Z|2015-10-01|\n");
	cr_expect(codebook_count(b.cb, CS_PCS_LABEL) == 5 + 5 + 4, "%d", codebook_count(b.cb, CS_PCS_LABEL));
	book_close(&b);
}

Test(cb_pcs, addenda_in_words_take_the_place_of_their_tables)
{
	const struct paper files[] = { { TABLES, DOC(TABLE_0DD TABLE_0FT), 0 }, { WORDS, WORDS_0DD WORDS_XU7, 0 } };
	struct book b;

	book(files, 2, &b);
	expect_rows(b.cb, CS_PCS_TABLE,
	    "0DD|Section|Sample section|Body System|Sample system|Operation|Extraction|Doing <it>|2015-10-01|\n"
	    "0FT|Section|Sample section|Body System|Sample system|Operation|Resection|Doing <it>|2015-10-01|\n"
	    "XU7|Section|Sample section|Body System|Sample system|Operation|Dilation|Doing <it>|2026-04-01|\n");
	expect_rows(b.cb, CS_PCS_ROW, "0DD|1|1|34|Z|Z|2015-10-01|\n0DD|2|12|8|Z|Z|2015-10-01|2026-03-31\n"
	    "0DD|2|3|0|Z|Z|2026-04-01|\n"
	    "0FT|1|0|0|Z|Z|2015-10-01|\nXU7|1|G|7|Z|Z|2026-04-01|\n");
	cr_expect(pcs_check(b.cb, S("0DD28ZZ"), OCTOBER, NULL) && !pcs_check(b.cb, S("0DD28ZZ"), APRIL, NULL));
	cr_expect(!pcs_check(b.cb, S("XU7G7ZZ"), OCTOBER, NULL) && pcs_check(b.cb, S("XU7G7ZZ"), APRIL, NULL));
	cr_expect(codebook_count(b.cb, CS_PCS_ADDENDA) == 25, "%d", codebook_count(b.cb, CS_PCS_ADDENDA));
	cr_expect(str_is(books_row(&a, b.cb, CS_PCS_ADDENDA, 0), WORDS "|2|No change: table 0 D D||"));
	book_close(&b);
}

Test(cb_pcs, codes_are_composed)
{
	static const struct { const char *code; bool valid; int bad; } t[] = {
		{ "0DD13ZZ", true, 0 }, { "0DD18ZZ", true, 0 }, { "0DD28ZZ", true, 0 },
		{ "0DD23ZZ", false, 5 },		/* each value is in the table, but not in one row */
		{ "1DD13ZZ", false, 1 }, { "0XD13ZZ", false, 2 }, { "0DT13ZZ", false, 3 }, { "0DD93ZZ", false, 4 },
		{ "0DD130Z", false, 6 }, { "0DD13Z0", false, 7 }, { "0DD13Z", false, 7 }, { "0DD13ZZZ", false, 8 },
		    { "", false, 1 },
		{ "0dd13zz", false, 2 }, { "0", false, 2 },
	};
	const struct paper file = { TABLES, DOC(TABLE_0DD TABLE_0FT), 0 };
	struct pcs_value v[8], one;
	struct book b;
	int bad;

	book(&file, 1, &b);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		cr_expect(pcs_check(b.cb, str_of(t[i].code), OCTOBER, &bad) == t[i].valid, "%s", t[i].code);
		cr_expect(bad == t[i].bad, "%s: %d", t[i].code, bad);
	}
	cr_expect(pcs_next(b.cb, S(""), OCTOBER, v, 8) == 1 && v[0].value == '0' && str_is(v[0].label, "Sample section"));
	cr_expect(pcs_next(b.cb, S("0"), OCTOBER, v, 8) == 2 && v[0].value == 'D' && v[1].value == 'F');
	cr_expect(pcs_next(b.cb, S("0D"), OCTOBER, v, 8) == 1 && v[0].value == 'D' && str_is(v[0].label, "Extraction"));
	cr_expect(pcs_next(b.cb, S("0DD"), OCTOBER, v, 8) == 2 && v[1].value == '2' && str_is(v[1].axis, "Body Part"));
	cr_expect(pcs_next(b.cb, S("0DD1"), OCTOBER, v, 8) == 3 && v[2].value == '8');
	cr_expect(pcs_next(b.cb, S("0DD1"), OCTOBER, v, 1) == 3 && v[0].value == '3', "no more than there is room for");
	cr_expect(pcs_next(b.cb, S("0DD2"), OCTOBER, v, 8) == 1 && str_is(v[0].label, "Via Opening"));
	cr_expect(pcs_next(b.cb, S("0DD23"), OCTOBER, v, 8) == 0 && pcs_next(b.cb, S("0DD13ZZ"), OCTOBER, v, 8) == 0);
	one = pcs_value_of(b.cb, S("0DD18ZZ"), 5, OCTOBER);
	cr_expect(one.value == '8' && str_is(one.axis, "Approach") && str_is(one.label, "Via Opening"));
	one = pcs_value_of(b.cb, S("0FT"), 3, OCTOBER);
	cr_expect(one.value == 'T' && str_is(one.label, "Resection"));
	cr_expect(pcs_value_of(b.cb, S("0DD9"), 4, OCTOBER).value == 0 && pcs_value_of(b.cb, S("0DD"), 4, OCTOBER).value == 0);
	book_close(&b);
}

Test(cb_pcs, index)
{
	const struct paper file = { "icd10pcs_index_2025.xml",
	    "<ICD10PCS.index>\n<version>2025</version><letter><title>A</title>\n"
	    "<mainTerm><title>Abc</title><use>Liver</use></mainTerm>\n"
	    "<mainTerm><title>Bcd</title><term level=\"1\"><see>Repair, Wall<codes>0WQF</codes></see></term>\n"
	    "<term level=\"1\"><title>Open</title><code>0DD13ZZ</code><term level=\"2\"><title>More</title><tab>0DD</tab>"
	    "</term></term>\n"
	    "</mainTerm></letter></ICD10PCS.index>", 0 };
	struct book b;

	book(&file, 1, &b);
	expect_rows(b.cb, CS_PCS_INDEX, "Abc|use||Liver|2015-10-01|\nBcd|see|0WQF|Repair, Wall|2015-10-01|\n"
	    "Bcd; Open|code|0DD13ZZ||2015-10-01|\nBcd; Open; More|tab|0DD||2015-10-01|\n");
	book_close(&b);
}

Test(cb_pcs, definitions)
{
	const struct paper files[] = { { "icd10pcs_definitions_2026.xml",
	    "<ICD10PCS.definitions><section code=\"0\"><title>Sample</title>\n"
	    "<axis pos=\"4\"><title>Body Part</title><terms><title>Toe, Left</title><title>Toe, Right</title>"
	    "<includes>Hallux</includes>"
	    "</terms>\n<terms><title>Whole</title><definition>All of it</definition><explanation>Not a part</explanation>"
	    "</terms></axis>"
	    "</section>\n<deviceAggregation><aggregate><device>Lead, Pacing</device><operation>Insertion</operation>"
	    "<bodySys>Heart</bodySys><bodySys>Veins</bodySys><parent value=\"M\">Lead</parent></aggregate></deviceAggregation>\n"
	    "</ICD10PCS.definitions>", 0 },
	    { "fy2026-apr/definitions_addenda_2026.txt", "Section 0      Sample\r\nAxis 4    Body Part\r\n \r\nTerm   Toe\r\n",
	    0 },
	    { "fy2026-apr/index_addenda_2026.txt", "\r\n\r\nLttr     A\r\nMain Add   Abc use Liver\r\n", 0 } };
	struct book b;

	book(files, 3, &b);
	expect_rows(b.cb, CS_PCS_TERM, "Toe, Left|0|4|Body Part|||2015-10-01|\nToe, Right|0|4|Body Part|||2015-10-01|\n"
	    "Whole|0|4|Body Part|All of it|Not a part|2015-10-01|\n");
	expect_rows(b.cb, CS_PCS_SYNONYM, "Hallux|Toe, Left|0|4|2015-10-01|\nHallux|Toe, Right|0|4|2015-10-01|\n");
	expect_rows(b.cb, CS_PCS_DEVICE,
	    "Lead, Pacing|Heart|Insertion|M|Lead|2015-10-01|\nLead, Pacing|Veins|Insertion|M|Lead|2015-10-01|\n");
	expect_rows(b.cb, CS_PCS_ADDENDA, "fy2026-apr/definitions_addenda_2026.txt|1|Section 0      Sample||\n"
	    "fy2026-apr/definitions_addenda_2026.txt|2|Axis 4    Body Part||\n"
	    "fy2026-apr/definitions_addenda_2026.txt|4|Term   Toe||\n"
	    "fy2026-apr/index_addenda_2026.txt|3|Lttr     A||\nfy2026-apr/index_addenda_2026.txt|4|Main Add   Abc use Liver||\n");
	book_close(&b);
}

/* ---- what does not fit ---- */

static void
expect_fault(const char *name, const struct paper *files, size_t n, int want, const char *place)
{
	struct faults f = { .a = &a };
	struct book b;
	int rc = books_of(files, n, &f, &b);

	cr_expect(rc == want, "%s: %s", name, err_name(rc));
	cr_expect(f.n > 0 && str_starts(f.v[0].place, str_of(place)), "%s: %.*s %.*s", name, f.n ? (int)f.v[0].place.n : 0,
	    f.n ? f.v[0].place.p : "", f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
	book_close(&b);
}

#define INDEX	"icd10pcs_index_2025.xml"
#define PCS_I(body)	"<ICD10PCS.index>\n<mainTerm><title>x</title>\n" body "</mainTerm></ICD10PCS.index>"

static const struct { const char *name, *path, *text; int rc; const char *place; } misfits[] = {
	{ "codes", TABLES, DOC("<pcsTable>\n" TOP("0", "F", "T", "x") ROW("9", "1", LABEL("0", "a"),
	    "1", LABEL("0", "b")) "</pcsTable>"), E_VALUE, TABLES " line 11 column 1" },
	{ "values", TABLES, DOC("<pcsTable>\n" TOP("0", "F", "T", "x") ROW("1", "2", LABEL("0", "a"),
	    "1", LABEL("0", "b")) "</pcsTable>"), E_VALUE, TABLES " line 7 column 1" },
	{ "same value", TABLES, DOC("<pcsTable>\n" TOP("0", "F", "T", "x")
	    ROW("2", "2", LABEL("0", "a") LABEL("0", "b"), "1", LABEL("0", "c")) "</pcsTable>"), E_DUPLICATE,
	    TABLES " line 7 column 1" },
	{ "letter O", TABLES, DOC("<pcsTable>\n" TOP("0", "F", "T", "x") ROW("1", "1", LABEL("O", "a"), "1", LABEL("0", "b"))
	    "</pcsTable>"), E_MALFORMED, TABLES " line 7 column 1" },
	{ "no rows", TABLES, DOC("<pcsTable>\n" TOP("0", "F", "T", "x") "</pcsTable>"), E_INCOMPLETE, TABLES " line 7 column 1" },
	{ "place", TABLES, DOC("<pcsTable>\n" AXIS("4", "1", "x", LABEL("0", "y")) "</pcsTable>"), E_MALFORMED,
	    TABLES " line 4 column " },
	{ "cut", TABLES, "<ICD10PCS.tabular>\n" TABLE_0FT, E_MALFORMED, TABLES " line 12 column " },
	{ "Latin-1", TABLES, DOC("<pcsTable>\n" TOP("0", "F", "T", "M\xe9ni") "</pcsTable>"), E_MALFORMED,
	    TABLES " line 6 column " },
	{ "other document", TABLES, "<ICD10CM.tabular></ICD10CM.tabular>", E_MALFORMED, TABLES " line 1 column 1" },
	{ "code of index", INDEX, PCS_I("<code>0DD</code>"), E_MALFORMED, INDEX " line 3 column 1" },
	{ "empty reference", INDEX, PCS_I("<see> </see>"), E_MALFORMED, INDEX " line 3 column 1" },
	{ "nothing in index", INDEX, "<ICD10PCS.index></ICD10PCS.index>", E_MALFORMED, INDEX },
	{ "section", "icd10pcs_definitions_2026.xml", "<ICD10PCS.definitions>\n<section code=\"00\"/></ICD10PCS.definitions>",
	    E_MALFORMED,
	    "icd10pcs_definitions_2026.xml line 2 column " },
	{ "no title", "icd10pcs_definitions_2026.xml",
	    "<ICD10PCS.definitions>\n<section code=\"0\"><axis pos=\"3\"><terms/></axis></section>"
	    "</ICD10PCS.definitions>", E_INCOMPLETE, "icd10pcs_definitions_2026.xml line 2 column 1" },
	{ "words: unknown change", WORDS, WORDS_0DD "Deleted: First panel of table 0 F T\r\n", E_MALFORMED,
	    WORDS " line 20 column 1" },
	{ "words: other table", WORDS, WORDS_0DD "FY2026: First panel of table 0 F T\r\n", E_MALFORMED,
	    WORDS " line 20 column 1" },
	{ "words: list too short", WORDS,
	    WORDS_HEAD("FY2026", "0 D D", "0", "D", "D", "x") "FY2026: First panel of table 0 D D\r\n"
	    "  Fourth character (Body Part) has 3 choices.\r\n    First choice is value 1: a\r\n"
	    "    Second choice is value 2: b\r\n"
	    "  Fifth character (Approach) is value 0: Open\r\n", E_MALFORMED, WORDS " line 10 column 1" },
	{ "words: list too long", WORDS,
	    WORDS_HEAD("FY2026", "0 D D", "0", "D", "D", "x") "FY2026: First panel of table 0 D D\r\n"
	    "  Fourth character (Body Part) is value 1: a\r\n    Second choice is value 2: b\r\n", E_MALFORMED,
	    WORDS " line 8 column 1" },
	{ "words: order of places", WORDS,
	    WORDS_HEAD("FY2026", "0 D D", "0", "D", "D", "x") "FY2026: First panel of table 0 D D\r\n"
	    "  Fifth character (Approach) is value 1: a\r\n", E_MALFORMED, WORDS " line 7 column 1" },
	{ "words: value of heading", WORDS, WORDS_HEAD("FY2026", "0 D D", "0", "F", "D", "x"), E_MALFORMED,
	    WORDS " line 4 column 1" },
};

Test(cb_pcs, files_that_do_not_fit)
{
	const struct paper base = { TABLES, DOC(TABLE_0DD TABLE_0FT), 0 };

	for (size_t i = 0; i < sizeof misfits / sizeof *misfits; i++) {
		const struct paper files[] = { { misfits[i].path, misfits[i].text, 0 }, base };
		bool words = strcmp(misfits[i].path, WORDS) == 0;

		expect_fault(misfits[i].name, files, words ? 2 : 1, misfits[i].rc, misfits[i].place);
	}
	expect_fault("words without tables", &(struct paper){ WORDS, WORDS_0DD, 0 }, 1, E_INCOMPLETE, WORDS);
}

Test(cb_pcs, no_cut_file_is_harmful)
{
	const struct paper whole[] = { { TABLES, DOC(TABLE_0FT), 0 }, { WORDS, WORDS_XU7, 0 },
	    { INDEX, PCS_I("<code>0DD13ZZ</code>"), 0 } };

	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		for (size_t n = 1; n < strlen(whole[i].text) - 1; n++) {
			const struct paper files[] = { { "icd10pcs_tables_2025.xml", DOC(TABLE_0DD), 0 },
			    { whole[i].path, whole[i].text, n } };
			struct faults f = { .a = &a };
			struct book b;
			int rc = books_of(files, 2, &f, &b);

			/* words cut at the end of a label are whole words */
			cr_expect(i == 1 || rc < 0, "%s cut to %zu", whole[i].path, n);
			book_close(&b);
		}
}
