/* test_cb_icdxml.c - the XML formats of ICD-10-CM on small documents: what they give, and how bad ones are refused. */
#include "codebook/tabular.h"
#include "support/books.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(icdxml, .init = open_arena, .fini = close_arena);

#define TABULAR	"icd10cm_tabular_2021.xml"
#define DAY	day_of(2021, 6, 1)
#define HEAD	"<ICD10CM.tabular>\n<chapter><name>1</name><desc>Infections (A00-B99)</desc>\n" \
		"<excludes2><note>carriers (Z22.-)</note></excludes2>\n"
#define SECTION	"<section id=\"A00-A09\"><desc>Intestinal (A00-A09)</desc>\n"
#define TAIL	"</section></chapter></ICD10CM.tabular>\n"
#define DIAG(name, more)	"<diag><name>" name "</name><desc>x</desc>" more "</diag>"
#define CODE(name, more)	HEAD SECTION DIAG(name, more) TAIL

static const char good[] =
	HEAD "<section id=\"A00-B99\"><desc>All of them (A00-B99)</desc><excludes1><note>none</note></excludes1></section>\n"
	SECTION "<inclusionTerm><note>bowel</note></inclusionTerm><includes><note>gut</note></includes>\n"
	"<diag><desc>Cholera</desc><name>A00</name>\n"
	"<excludes1><note>food poisoning (A05.-, P35-P39)</note><note>other &amp; more</note></excludes1>\n"
	"<sevenChrNote><note>one of</note></sevenChrNote>\n"
	"<sevenChrDef><extension char=\"A\">initial</extension><note>and so on</note>"
	"<extension char=\"D\">later</extension></sevenChrDef>\n"
	DIAG("A00.0", "<inclusionTerm><note>Classical  cholera</note></inclusionTerm>")
	DIAG("A00.1", DIAG("A00.1X2", "")) "</diag>\n" DIAG("A01", "") TAIL;

struct row { enum code_set set; row_t row; const char *text; };

static void
rows_check(const struct codebook *cb, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str is = books_row(&a, cb, rows[i].set, rows[i].row);

		cr_expect(str_is(is, rows[i].text), "%s %d: %.*s", code_sets[rows[i].set].name, rows[i].row, STR_ARG(is));
	}
}
#define ROWS(cb, rows)	rows_check(cb, rows, sizeof(rows) / sizeof *(rows))

Test(icdxml, tabular_gives_places_notes_and_characters)
{
	static const struct row rows[] = {
		{ CS_CHAPTER, 0, "1|Infections|A00|B99|2015-10-01|" },
		{ CS_SECTION, 0, "A00-A09|Intestinal|1|A00|A09|2015-10-01|" },
		{ CS_TABULAR, 0, "A00|A00-A09|0|2015-10-01|" },
		{ CS_TABULAR, 1, "A000|A00-A09|1|2015-10-01|" },
		{ CS_TABULAR, 2, "A001|A00-A09|0|2015-10-01|" },
		{ CS_TABULAR, 3, "A001X2|A00-A09|1|2015-10-01|" },
		{ CS_SEVENTH, 0, "A00|A|initial|and so on|2015-10-01|" },
		{ CS_SEVENTH, 1, "A00|D|later||2015-10-01|" },
		{ CS_INDEX, 0, "Classical cholera|A000||1|0|0|2015-10-01|" },
		{ CS_NOTE_REF, 0, "1|3|1|Z22|Z22||||" "|2015-10-01|" },
		{ CS_NOTE_REF, 1, "A00|2|1|A05|A05||||" "|2015-10-01|" },
		{ CS_NOTE_REF, 2, "A00|2|1|P35|P39||||" "|2015-10-01|" },
	};
	const struct paper files[] = { { TABULAR, good, 0 } };
	struct faults f = { .a = &a };
	struct book b;

	cr_assert(books_of(files, 1, &f, &b) == 0 && f.n == 0);
	ROWS(b.cb, rows);
	cr_expect(codebook_count(b.cb, CS_INDEX) == 1, "the inclusion term of a section is no index entry");
	cr_expect(codebook_count(b.cb, CS_NOTE) == 8);
	book_close(&b);
}

Test(icdxml, notes_come_from_all_that_stands_above)
{
	static const char *const want[] = { "A00|0|other & more", "A00|1|food poisoning (A05.-, P35-P39)", "A00-A09|1|gut",
	    "A00-B99|1|none", "1|1|carriers (Z22.-)" };
	const struct paper files[] = { { TABULAR, good, 0 } };
	struct faults f = { .a = &a };
	struct tabular_notes it;
	struct tabular_note note;
	struct book b;
	size_t n = 0, found = 0;

	cr_assert(books_of(files, 1, &f, &b) == 0);
	tabular_notes(&it, b.cb, S("A000"), DAY);
	for (; tabular_notes_next(&it, &note); n++)
		for (size_t i = 0; i < sizeof want / sizeof *want; i++)
			found += str_is(arena_fmt(&a, "%.*s|%d|%.*s", STR_ARG(note.owner), note.seq == 1, STR_ARG(note.text)),
			    want[i]) && note.inherited;
	/* and its own term, and sevenChrNote */
	cr_expect(n == 7 && found == 5, "%zu notes, %zu of them as expected", n, found);
	tabular_notes(&it, b.cb, S("A000"), day_of(2010, 1, 1));
	cr_expect(!tabular_notes_next(&it, &note));
	tabular_notes(&it, b.cb, S(""), DAY);
	cr_expect(!tabular_notes_next(&it, &note));
	cr_expect(str_is(tabular_section(b.cb, S("A0000"), DAY), "A00-A09") && str_is(tabular_chapter(b.cb, S("A00"), DAY), "1"));
	cr_expect(str_is(tabular_section(b.cb, S("A051"), DAY), "A00-A09"), "the narrowest range has a new category");
	cr_expect(str_is(tabular_section(b.cb, S("B051"), DAY), "A00-B99") && tabular_chapter(b.cb, S("C00"), DAY).n == 0);
	book_close(&b);
}

Test(icdxml, codes_of_seven_are_derived)
{
	static const struct { const char *code; bool derives; } rows[] = {
		{ "A000XXA", true }, { "A000XXD", true }, { "A000XXS", false }, { "A000XX", false }, { "A001XXA", false },
		{ "A001X2A", true }, { "A00XXXA", false }, { "A000X1A", false }, { "A01XXXA", false }, { "", false },
	};
	const struct paper files[] = { { TABULAR, good, 0 } };
	struct faults f = { .a = &a };
	struct book b;

	cr_assert(books_of(files, 1, &f, &b) == 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(tabular_derives(b.cb, str_of(rows[i].code), DAY) == rows[i].derives, "%s", rows[i].code);
	book_close(&b);
}

#define HEAD_OF_REFS	"<ICD10CM.tabular><chapter><name>1</name><desc>x (A00-B99)</desc>"

/* A note and the rows of NOTE_REF it gives: low-high[at-last:chars], parted by blanks. */
Test(icdxml, references_are_read)
{
	static const struct { const char *note, *refs; } rows[] = {
		{ "one (A04.71)", "A0471-A0471" },
		{ "prefix (G93-)", "G93-G93" },
		{ "prefix (A04.7-)", "A047-A047" },
		{ "list (A05.-, A04.0-A04.4, P35-P39)", "A040-A044 A05-A05 P35-P39" },
		{ "ends with dashes (S00.- to S09.-)", "S00-S09" },
		{ "two prefixes (I82.62-. I82.72-)", "I8262-I8262 I8272-I8272" },
		{ "no code (G6PD), vitamin B12", "" },
		{ "bare R68.84", "R6884-R6884" },
		{ "drug (T36-T50 with fifth or sixth character 5), if any", "T36-T50[5-6:5]" },
		{ "(T36-T65 with fifth or sixth character 1-4 or 6)", "T36-T65[5-6:1,2,3,4,6]" },
		{ "(V01-V09 with 5th character 9)", "V01-V09[5-5:9]" },
		{ "(E08-E13 with .51-.52)", "E08-E13[4-4:51,52]" },
		{ "(I69. with final characters -23)", "I69-I69[0-0:23]" },
		{ "(S02.- with 7th character B or C)", "S02-S02[7-7:B,C]" },
		{ "(S32.1--S32.9 with 7th character B)", "S321-S329[7-7:B]" },
		{ "(F10, F13 with .26, .96)", "F10-F10[4-4:26,96] F13-F13[4-4:26,96]" },
		{ "(A37 with fifth-character 1)", "A37-A37[5-5:1]" },
		{ "(B27.0-B27.9 with 1)", "B270-B279[5-5:1]" },
		{ "(T51-T65 with fifth or sixth character to indicate intent)", "T51-T65[words]" },
		{ "(A00-R94 and T80-T88.6, T88.8)", "A00-R94 T80-T886 T888-T888" },
		{ "back (A09-A00)", "A00-A00 A09-A09" },
		{ "(A00", "A00-A00" },
		{ "A00.-", "A00-A00" },
		{ "-. with", "" },
		{ "(E08 with ", "E08-E08" },
		{ "(E08 with .)", "E08-E08[words]" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct paper file = { TABULAR, arena_fmt(&a, HEAD_OF_REFS "<excludes1><note>%s</note></excludes1>"
		    SECTION DIAG("A00", "") TAIL, rows[i].note).p, 0 };
		struct faults f = { .a = &a };
		struct book b;
		struct buf is;
		row_t end, row;

		buf_init(&is, &a);
		cr_assert(books_of(&file, 1, &f, &b) == 0, "%s", rows[i].note);
		row = codebook_of(b.cb, CS_NOTE_REF, S("1"), &end);
		for (; row != ROW_NONE && row < end; row++) {
			int64_t at = codebook_int(b.cb, CC_NOTE_REF_AT, row);

			buf_fmt(&is, "%s%.*s-%.*s", is.n ? " " : "", STR_ARG(codebook_str(b.cb, CC_NOTE_REF_LOW, row)),
			    STR_ARG(codebook_str(b.cb, CC_NOTE_REF_HIGH, row)));
			if (at != CELL_NONE)
				buf_fmt(&is, "[%d-%d:%.*s]", (int)at, (int)codebook_int(b.cb, CC_NOTE_REF_LAST, row),
				    STR_ARG(codebook_str(b.cb, CC_NOTE_REF_CHARS, row)));
			else if (codebook_str(b.cb, CC_NOTE_REF_WHEN, row).n)
				buf_cstr(&is, "[words]");
		}
		cr_expect(str_is(buf_view(&is), rows[i].refs), "%s: %.*s", rows[i].note, STR_ARG(buf_view(&is)));
		book_close(&b);
	}
}

Test(icdxml, conditions_hold)
{
	static const struct { const char *low, *high, *when, *chars; int64_t at, last; const char *code; bool holds; } rows[] = {
		{ "A04", "A04", "", "", CELL_NONE, CELL_NONE, "A0471", true },
		{ "A0471", "A0471", "", "", CELL_NONE, CELL_NONE, "A047", false },
		{ "P35", "P39", "", "", CELL_NONE, CELL_NONE, "P399", true },
		{ "P35", "P39", "", "", CELL_NONE, CELL_NONE, "P40", false },
		{ "T36", "T50", "x", "5", 5, 6, "T365X5A", true },
		{ "T36", "T50", "x", "5", 5, 6, "T3695XA", true },
		{ "T36", "T50", "x", "5", 5, 6, "T43651A", false },
		{ "T36", "T50", "x", "5", 5, 6, "T36", false },
		{ "I69", "I69", "x", "20", 0, 0, "I69320", true },
		{ "I69", "I69", "x", "20", 0, 0, "I69", false },
		{ "E08", "E13", "x", "51,52", 4, 4, "E1152", true },
		{ "E08", "E13", "x", "51,52", 4, 4, "E115", false },
		{ "E08", "E13", "x", "", CELL_NONE, CELL_NONE, "E1152", false },
		{ "E08", "E13", "x", "5", 9, 9, "E1152", false },
		{ "", "", "", "", CELL_NONE, CELL_NONE, "", false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct tabular_ref r = { str_of(rows[i].low), str_of(rows[i].high), str_of(rows[i].when), rows[i].at,
		    rows[i].last, str_of(rows[i].chars) };

		cr_expect(tabular_ref_holds(&r, str_of(rows[i].code)) == rows[i].holds, "row %zu %s", i, rows[i].code);
	}
}

/* ---- index and tables ---- */

#define COLUMN(n, words)	"<head col=\"" n "\">" words "</head>"
#define DRUG_HEAD "<ICD10CM.index><version>2026</version>\n<indexHeading>" COLUMN("1", "Substance") \
	COLUMN("3", "Poisoning Accidental (unintentional)") COLUMN("2", "Poisoning Intentional self-harm") \
	COLUMN("4", "Poisoning Assault") COLUMN("5", "Poisoning Undetermined") COLUMN("6", "Adverse effect") \
	COLUMN("7", "Underdosing") "</indexHeading>\n<letter><title>A</title>"
#define LETTER_END "</letter></ICD10CM.index>\n"

static const char drugs[] = DRUG_HEAD
	"<mainTerm><title>Acid<nemod>(any)</nemod> NEC</title><cell col=\"3\">A00.0X-</cell><cell col=\"2\">--</cell>\n"
	"<term level=\"1\"><title>weak</title><see>Acid, other</see></term></mainTerm>" LETTER_END;
static const char neoplasms[] = "<ICD10CM.index><indexHeading>"
	COLUMN("2", "Malignant Primary") COLUMN("3", "Malignant Secondary")
	COLUMN("4", "Ca in situ") COLUMN("5", "Benign") COLUMN("6", "Uncertain Behavior") COLUMN("7", "Unspecified Behavior")
	"</indexHeading>\n<letter><mainTerm><title>Neoplasm</title><cell col=\"2\">A00.0</cell><cell col=\"7\">A00.1</cell>"
	"<manif>words</manif></mainTerm>" LETTER_END;
static const char entries[] = "<ICD10CM.index><letter><mainTerm><title>Abuse<nemod>(adult)</nemod> NEC</title><code>A00.9-</code>"
	"<manif>A00.0</manif>\n<term level=\"1\"><title>noise</title><subcat>A00.0</subcat></term>"
	"<term level=\"1\"><title>all</title><seecat>A00.-</seecat></term></mainTerm>" LETTER_END;
static const char orders[] =
	"00001 A00     0 Cholera                                                      Cholera\n"
	"00002 A000    1 Classical                                                    Classical\n";

Test(icdxml, tables_have_their_own_columns)
{
	static const struct row rows[] = {
		{ CS_DRUG, 0, "Acid (any) NEC|A000||||||" "|0|2015-10-01|" },
		{ CS_DRUG, 1, "Acid (any) NEC; weak|||||||Acid, other|1|2015-10-01|" },
		{ CS_NEOPLASM, 0, "Neoplasm|A000|||||A00||0|2015-10-01|" },
		{ CS_INDEX, 0, "Abuse (adult) NEC|A00|A000|0|0|0|2015-10-01|" },
		{ CS_INDEX_CATEGORY, 0, "Abuse (adult) NEC; all|A00|0|2015-10-01|" },
		{ CS_INDEX_CATEGORY, 1, "Abuse (adult) NEC; noise|A000|0|2015-10-01|" },
		{ CS_EXCEPTION, 0, "icd10cm_drug_2026.xml|line 3|names A000X, which is no code on 2025-10-01||" },
		{ CS_EXCEPTION, 1, "icd10cm_index_2026.xml|line 1|names A009, which is no code on 2025-10-01||" },
		{ CS_EXCEPTION, 2, "icd10cm_neoplasm_2026.xml|line 2|a manifestation among columns of codes: words||" },
		{ CS_EXCEPTION, 3, "icd10cm_neoplasm_2026.xml|line 2|names A001, which is no code on 2025-10-01||" },
	};
	const struct paper files[] = { { "icd10cm_drug_2026.xml", drugs, 0 }, { "icd10cm_neoplasm_2026.xml", neoplasms, 0 },
	    { "icd10cm_index_2026.xml", entries, 0 }, { "icd10cm_order_2026.txt", orders, 0 } };
	struct faults f = { .a = &a };
	struct book b;

	cr_assert(books_of(files, 4, &f, &b) == 0 && f.n == 0);
	ROWS(b.cb, rows);
	cr_expect(codebook_count(b.cb, CS_INDEX) == 1 && codebook_count(b.cb, CS_EXCEPTION) == 4);
	book_close(&b);
}

Test(icdxml, what_does_not_fit_is_said_with_its_place)
{
	static const struct { const char *name, *path, *text; int rc; const char *place; } rows[] = {
		{ "cut", TABULAR, HEAD SECTION, E_MALFORMED, TABULAR " line 5 column 1" },
		{ "code", TABULAR, CODE("A0", ""), E_VALUE, TABULAR " line 5 column 15" },
		{ "words", TABULAR, CODE("A0 or", ""), E_VALUE, NULL },
		{ "long code", TABULAR, CODE("A00.12345", ""), E_VALUE, NULL },
		{ "no name", TABULAR, HEAD SECTION "<diag><desc>x</desc></diag>" TAIL, E_INCOMPLETE, NULL },
		{ "two names", TABULAR, CODE("A00", "<name>A01</name>"), E_MALFORMED, NULL },
		{ "note first", TABULAR, HEAD SECTION "<diag><includes><note>x</note></includes></diag>" TAIL,
		    E_MALFORMED, NULL },
		{ "character", TABULAR, CODE("A00", "<sevenChrDef><extension char=\"AB\">x</extension></sevenChrDef>"),
		    E_VALUE, NULL },
		{ "no character", TABULAR, CODE("A00", "<sevenChrDef><extension>x</extension></sevenChrDef>"), E_VALUE, NULL },
		{ "same code", TABULAR, HEAD SECTION DIAG("A00", "") "\n" DIAG("A00", "") TAIL, E_DUPLICATE,
		    TABULAR " line 6 column 1" },
		{ "section", TABULAR, HEAD "<section id=\"A00-A09-A10\"><desc>x (A00-A09)</desc></section></chapter>"
		    "</ICD10CM.tabular>", E_VALUE, TABULAR " line 4 column 1" },
		{ "range", TABULAR, HEAD "<section id=\"A00-A09\"><desc>x (A09-A00)</desc></section></chapter></ICD10CM.tabular>",
		    E_VALUE, NULL },
		{ "no range", TABULAR, HEAD "<section id=\"A00\"><desc>x (of all)</desc></section></chapter></ICD10CM.tabular>",
		    E_VALUE, NULL },
		{ "no range at all", TABULAR, HEAD "<section id=\"1\"><desc>x</desc></section></chapter></ICD10CM.tabular>",
		    E_VALUE, NULL },
		{ "no title", TABULAR, HEAD "<section id=\"A00-A09\"></section></chapter></ICD10CM.tabular>",
		    E_INCOMPLETE, NULL },
		{ "diag in chapter", TABULAR, HEAD "<diag><name>A00</name></diag></chapter></ICD10CM.tabular>",
		    E_MALFORMED, NULL },
		{ "Latin-1", TABULAR, CODE("A00", "<includes><note>Charc\xf4t</note></includes>"), E_MALFORMED, NULL },
		{ "no codes", TABULAR, HEAD "</chapter></ICD10CM.tabular>", E_MALFORMED, TABULAR },
		{ "no heading", "icd10cm_drug_2026.xml", "<ICD10CM.index><letter><mainTerm><title>x</title></mainTerm>"
		    LETTER_END, E_MALFORMED, "icd10cm_drug_2026.xml line 1 column 24" },
		{ "other heading", "icd10cm_neoplasm_2026.xml", drugs, E_MALFORMED, NULL },
		{ "column", "icd10cm_drug_2026.xml", DRUG_HEAD "<mainTerm><title>x</title><cell col=\"8\">A00</cell></mainTerm>"
		    LETTER_END, E_VALUE, NULL },
		{ "cell", "icd10cm_drug_2026.xml",
		    DRUG_HEAD "<mainTerm><title>x</title><cell col=\"2\">A00 or so</cell></mainTerm>"
		    LETTER_END, E_VALUE, "icd10cm_drug_2026.xml line 3 column 74" },
		{ "no term", "icd10cm_drug_2026.xml", DRUG_HEAD "<mainTerm><cell col=\"2\">A00</cell></mainTerm>" LETTER_END,
		    E_INCOMPLETE, NULL },
		{ "cut table", "icd10cm_drug_2026.xml", DRUG_HEAD "<mainTerm>", E_MALFORMED, NULL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct paper file = { rows[i].path, rows[i].text, 0 };
		struct faults f = { .a = &a };
		struct book b;
		int rc = books_of(&file, 1, &f, &b);

		cr_expect(rc == rows[i].rc && f.n && (!rows[i].place || str_is(f.v[0].place, rows[i].place)), "%s: %s %.*s %.*s",
		    rows[i].name, err_name(rc), f.n ? (int)f.v[0].place.n : 0, f.n ? f.v[0].place.p : "",
		    f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
		book_close(&b);
	}
}

/* Codes of a list, n of them from A00.00 on, then what follows. */
static const char *
list_of(int n, const char *more)
{
	struct buf b;

	buf_init(&b, &a);
	buf_cstr(&b, HEAD SECTION "<diag><name>A00</name><desc>x</desc>\n<excludes1><note>those (");
	for (int i = 0; i < n; i++)
		buf_fmt(&b, "%sA%02d.%02d", i ? ", " : "", i / 100, i % 100);
	buf_fmt(&b, "%s)</note></excludes1></diag>\n" TAIL, more);
	return arena_str(&a, buf_view(&b)).p;
}

Test(icdxml, long_lists_of_codes)
{
	static const struct { int n; const char *more; int rc; row_t refs; } rows[] = { { 33, "", 0, 33 },
	    { 40, ", B00-B09", 0, 41 },
	    { 256, "", 0, 256 }, { 257, "", E_LIMIT, 0 } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct paper file = { TABULAR, list_of(rows[i].n, rows[i].more), 0 };
		struct faults f = { .a = &a };
		struct book b;
		row_t n = 0;
		int rc = books_of(&file, 1, &f, &b);

		cr_assert(rc == rows[i].rc && f.n == (rc < 0), "%d: %s", rows[i].n, err_name(rc));
		cr_expect(rc == 0 || str_is(f.v[0].place, TABULAR " line 6 column 1"), "%.*s", rc ? (int)f.v[0].place.n : 0,
		    f.v ? f.v[0].place.p : "");
		for (row_t r = 0; b.cb && r < codebook_count(b.cb, CS_NOTE_REF); r++)
			n += str_is(codebook_str(b.cb, CC_NOTE_REF_OWNER, r), "A00");
		cr_expect(n == rows[i].refs, "%d: %d", rows[i].n, n);
		for (row_t r = 0; b.cb && r < codebook_count(b.cb, CS_NOTE_REF); r++)
			cr_expect(str_eq(codebook_str(b.cb, CC_NOTE_REF_LOW, r), codebook_str(b.cb, CC_NOTE_REF_HIGH, r)) ||
			    (str_is(codebook_str(b.cb, CC_NOTE_REF_LOW, r), "B00") &&
			    str_is(codebook_str(b.cb, CC_NOTE_REF_HIGH, r), "B09")));
		book_close(&b);
	}
}

/* References are followed in a bounded number of steps, whoever wrote the file. */
Test(icdxml, references_without_end)
{
	const struct paper file = { "icd10cm_index_2026.xml", NULL, 0 };
	struct paper one = file;
	struct faults f = { .a = &a };
	struct book b;
	struct buf text;

	buf_init(&text, &a);
	buf_cstr(&text, "<ICD10CM.index>\n<letter><title>B</title><mainTerm><title>Base</title>\n");
	for (int i = 0; i < 20000; i++)
		buf_fmt(&text, "<term level=\"1\"><title>t%d</title><see>Base, zzz</see></term>\n", i);
	buf_cstr(&text, "</mainTerm></letter></ICD10CM.index>\n");
	one.text = text.p;
	one.n = text.n;
	cr_expect(books_of(&one, 1, &f, &b) == E_LIMIT && f.n == 1 &&
	    str_starts(f.v[0].place, S("icd10cm_index_2026.xml line ")));
	book_close(&b);
}

Test(icdxml, every_cut_is_survived)
{
	static const struct { const char *path, *text; } rows[] = { { TABULAR, good }, { "icd10cm_drug_2026.xml", drugs },
	    { "icd10cm_neoplasm_2026.xml", neoplasms }, { "icd10cm_index_2026.xml", entries } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t n = 1; n + 1 < strlen(rows[i].text); n++) {
			char *part = malloc(n);
			const struct paper file = { rows[i].path, part, n };
			struct faults f = { .a = &a };
			struct book b;

			cr_assert(part != NULL);
			memcpy(part, rows[i].text, n);
			cr_expect(books_of(&file, 1, &f, &b) < 0, "%s cut at %zu", rows[i].path, n);
			book_close(&b);
			free(part);
		}
}
