/* test_codebook_files.c - files that are none of ours, rows that do not fit, and what the importers make of small ones. */
#include "unit/codebook_papers.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(codebook_files, .init = open_papers, .fini = close_arena);

#define LEN(v)	(sizeof (v) / sizeof *(v))
#define TABULAR "<ICD10CM.tabular><chapter><name>18</name><desc>Symptoms (R00-R99)</desc><section id=\"R10-R19\">" \
	"<desc>x (R10-R19)</desc>"

/* One file by itself. */
static int
add(const char *path, const char *text)
{
	struct cb_build *b = NULL;
	int rc;

	f = (struct faults){ .a = &a };
	cr_assert(cb_build_new(&b) == 0);
	rc = cb_build_add(b, str_of(path), str_of(text), &f);
	cb_build_free(b);
	return rc;
}

Test(codebook_files, rows_that_do_not_fit_are_faults)
{
	static const struct { const char *name, *line; int column; } bad[] = {
		{ "a flag that is none", "00001 A00     2 Short title                                                  Title",
		    1 },
		{ "no long title", "00001 A00     0 Short title", 1 },
		{ "no code", "00001         1 Short title                                                  No code", 7 },
		{ "lower case", "00001 a00     1 Short title                                                  Lower case", 1 },
		{ "a code with a dot", "00001 A00.1   1 Short title                                                  Dot", 1 },
		{ "shifted by one", "00001  A00     0 Short title                                                  Title", 1 },
		{ "no record", "nonsense", 1 },
		{ "Latin-1", "00001 A00     1 Meniere                                                      M\xe9ni\xe8re", 78 },
	};
	const char *good = order("A001", '0', "Cholera");

	for (size_t i = 0; i < LEN(bad); i++) {
		int rc = add("icd10cm_order_2026.txt", arena_fmt(&a, "%s%s\n%s", good, bad[i].line, order("A002", '1', "x")).p);

		cr_expect(rc < 0 && f.n == 1, "%s: %s, %zu faults", bad[i].name, err_name(rc), f.n);
		cr_expect(f.n == 1 && str_eq(f.v[0].place,
		    arena_fmt(&a, "icd10cm_order_2026.txt line 2 column %d", bad[i].column)),
		    "%s: %s", bad[i].name, f.n ? f.v[0].place.p : "");
	}
}

Test(codebook_files, files_it_refuses)
{
	static const struct { const char *name, *file, *text; int rc; } rows[] = {
		{ "unknown name", "notes.md", "# notes", E_UNSUPPORTED },
		{ "order file that is none", "icd10cm_order_2026.txt", "hello", E_MALFORMED },
		{ "list without a known heading", "x.tsv", "FOO\tTITLE\nA\tb\n", E_UNSUPPORTED },
		{ "list without titles", "x.tsv", "POS\tWORDS\n11\tOffice\n", E_UNSUPPORTED },
		{ "list without rows", "x.tsv", "POS\tTITLE\n", E_MALFORMED },
		{ "index that breaks off", "icd10cm_index_2026.xml", "<ICD10CM.index><letter><mainTerm><title>A", E_MALFORMED },
		{ "entity", "icd10cm_index_2026.xml",
		    "<!DOCTYPE x [<!ENTITY e 'boom'>]><ICD10CM.index><mainTerm><title>&e;</title></mainTerm></ICD10CM.index>",
		    E_UNSUPPORTED },
		{ "entities in entities", "icd10cm_index_2026.xml",
		    "<!DOCTYPE x [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>"
		    "<ICD10CM.index><mainTerm><title>&c;</title></mainTerm></ICD10CM.index>", E_UNSUPPORTED },
		{ "parameter entity", "icd10cm_tabular_2026.xml",
		    "<!DOCTYPE x [<!ENTITY % e 'boom'>]><ICD10CM.tabular/>", E_UNSUPPORTED },
		{ "outside entity", "icd10cm_tabular_2026.xml",
		    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><ICD10CM.tabular><diag><name>A00</name></diag>"
		    "</ICD10CM.tabular>", E_UNSUPPORTED },
		{ "empty", "icd10cm_index_2026.xml", "", E_MALFORMED },
		{ "UTF-16", "icd10cm_order_2026.txt", "\xff\xfe" "0\1", E_UNSUPPORTED },
		{ "zip under the name of a text", "icd10cm_order_2026.txt", "PK\3\4", E_UNSUPPORTED },
		{ "no year", "icd10cm_index.xml", "<ICD10CM.index><mainTerm><title>A</title></mainTerm></ICD10CM.index>",
		    E_INCOMPLETE },
	};

	for (size_t i = 0; i < LEN(rows); i++) {
		int rc = add(rows[i].file, rows[i].text);

		cr_expect(rc == rows[i].rc, "%s: %s", rows[i].name, err_name(rc));
		cr_expect(rc == E_UNSUPPORTED || f.n > 0, "%s says nothing", rows[i].name);
	}
}

Test(codebook_files, a_byte_order_mark_is_passed_over)
{
	cr_expect(add("icd10cm_order_2026.txt", join("\xef\xbb\xbf", order("A00", '0', "Cholera"), "")) == 1 && f.n == 0);
	cr_expect(add("x.tsv", "\xef\xbb\xbfPOS\tTITLE\n11\tOffice\n") == 1 && f.n == 0);
}

Test(codebook_files, deep_nesting_is_refused)
{
	static const struct { const char *name, *open, *each, *path; } rows[] = {
		{ "index", "<ICD10CM.index><letter><mainTerm><title>A</title>", "<term level=\"1\"><title>b</title>",
		    "icd10cm_index_2026.xml" },
		{ "tabular", TABULAR, "<diag><name>A00</name>", "icd10cm_tabular_2026.xml" },
		{ "anything", "<ICD10CM.index>", "<x>", "icd10cm_index_2026.xml" },
	};

	for (size_t i = 0; i < LEN(rows); i++) {
		struct buf b;

		buf_init(&b, &a);
		buf_cstr(&b, rows[i].open);
		for (int k = 0; k < 60; k++)
			buf_cstr(&b, rows[i].each);
		buf_ch(&b, '\0');
		cr_expect(add(rows[i].path, b.p) == E_LIMIT && f.n == 1, "%s", rows[i].name);
	}
}

/* One record of the HCPCS contractor layout: 320 columns. */
static const char *
hcpcs(const char *code, char kind, const char *words, const char *added, const char *ended)
{
	return arena_fmt(&a, "%s%s%s%c%-80s%177s%-8s%8s%-8sN%27s\r\n", kind > '6' ? "   " : "", code,
	    kind == '3' || kind == '7' ? "00100" : "00200", kind, words, "", added, "", ended, "").p;
}

Test(codebook_files, hcpcs_contractor_file)
{
	const char *text = join(join(hcpcs("J0001", '3', "Injection of a thing,", "20200101", ""),
	    hcpcs("J0001", '4', "1 mg", "", ""), hcpcs("G0002", '3', "Gone", "19990101", "20191231")),
	    hcpcs("LT", '7', "Left side", "19900101", ""), "");
	static const struct { const char *name; enum code_set set; const char *code; int y, m, d; const char *title; } rows[] = {
		{ "its words go on", CS_HCPCS, "J0001", 2026, 1, 1, "Injection of a thing, 1 mg" },
		{ "before it was added", CS_HCPCS, "J0001", 2019, 12, 31, NULL },
		{ "on its last day", CS_HCPCS, "G0002", 2019, 12, 31, "Gone" },
		{ "after its last day", CS_HCPCS, "G0002", 2020, 1, 1, NULL },
		{ "modifier", CS_MODIFIER, "LT", 2020, 1, 1, "Left side" },
	};
	struct book b;

	book_of(&(struct paper){ "HCPC2026_JAN_ANWEB.txt", text, 0 }, 1, &b);
	for (size_t i = 0; i < LEN(rows); i++) {
		struct code_row row = codebook_look(b.cb, rows[i].set, str_of(rows[i].code),
		    day_of(rows[i].y, rows[i].m, rows[i].d));

		cr_expect(rows[i].title ? row.code.n && str_is(row.title, rows[i].title) : !row.code.n, "%s", rows[i].name);
	}
	cr_expect(codebook_count(b.cb, CS_HCPCS) == 2 && codebook_count(b.cb, CS_MODIFIER) == 1);
	book_close(&b);
	cr_expect(add("HCPC2026_JAN_ANWEB.txt", join(text, hcpcs("G0009", '4', "stray", "", ""), "")) == E_MALFORMED && f.n == 1);
	cr_expect(str_is(f.v[0].place, "HCPC2026_JAN_ANWEB.txt line 5 column 1"), "%s", f.v[0].place.p);
}

Test(codebook_files, lists)
{
	const struct paper files[] = {
		{ "pos.tsv", "POS\tPAYMENT_SETTING\tNAME\tDESCRIPTION\r\n11\tx\tOffice\twords\r\n29\tx\tUnassigned\t\r\n", 0 },
		{ "a.tsv", "REVENUE\tTITLE\tFROM\tTO\n0450\temergency\t\t\n0999\tshort\t2020-01-01\t2020-12-31\n", 0 },
		{ "b.tsv", "HCPCS\tTITLE\tFROM\tTO\n99213\t\t\t\n", 0 },
		{ "c.tsv", "RARC\tDESCRIPTION\tNOTES\tSTART_DATE\tLAST_MODIFIED\nM1\tX-ray\t\t1997-01-01\t\n", 0 },
		{ "partial_sets.tsv", "PARTIAL\tTITLE\nHCPCS\tsome\nREVENUE\tsome\n", 0 },
	};
	static const struct { const char *name; enum code_set set; const char *code; int year; const char *title; } rows[] = {
		{ "name before description", CS_POS, "11", 2026, "Office" },
		{ "unassigned is no code", CS_POS, "29", 2026, NULL },
		{ "open dates", CS_REVENUE, "0450", 2026, "emergency" },
		{ "within its dates", CS_REVENUE, "0999", 2020, "short" },
		{ "after its dates", CS_REVENUE, "0999", 2021, NULL },
		{ "a number without words", CS_HCPCS, "99213", 2026, "" },
		{ "start date", CS_RARC, "M1", 1996, NULL },
		{ "after the start date", CS_RARC, "M1", 1998, "X-ray" },
	};
	struct book b;

	book_of(files, LEN(files), &b);
	for (size_t i = 0; i < LEN(rows); i++) {
		struct code_row row = codebook_look(b.cb, rows[i].set, str_of(rows[i].code), day_of(rows[i].year, 6, 1));

		cr_expect(rows[i].title ? row.code.n && str_is(row.title, rows[i].title) : !row.code.n, "%s", rows[i].name);
		cr_expect(!row.code.n || row.billable, "%s: a list has no headers", rows[i].name);
	}
	cr_expect(codebook_knows(b.cb, CS_POS) && !codebook_knows(b.cb, CS_CARC) && !codebook_knows(b.cb, CS_ICD10CM));
	cr_expect(codebook_is_whole(b.cb, CS_POS) && !codebook_is_whole(b.cb, CS_HCPCS) && !codebook_is_whole(b.cb, CS_CARC));
	book_close(&b);
}

Test(codebook_files, bad_list_rows)
{
	static const char *const bad[] = { "11\tx\tyesterday\t", "11\tx\t\t2020-02-30", "toolongcode\tx\t\t",
	    "\tx\t\t", "1 2\tx\t\t",
	    "11\tx\t2020-02-02\t2020-02-01" };

	for (size_t i = 0; i < LEN(bad); i++) {
		int rc = add("x.tsv", arena_fmt(&a, "CARC\tTITLE\tFROM\tTO\n%s\n1\tgood\t\t\n", bad[i]).p);

		cr_expect(rc < 0 && f.n == 1, "%s: %d", bad[i], rc);
		cr_expect(f.n == 1 && str_starts(f.v[0].place, S("x.tsv line 2 column ")), "%s: %s", bad[i],
		    f.n ? f.v[0].place.p : "");
	}
	cr_expect(add("partial_sets.tsv", "PARTIAL\tTITLE\nNOSUCH\tx\n") == E_MALFORMED && f.n == 1);
}

static const char index_xml[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><ICD10CM.index><version>2026</version><title>x</title><letter><title>P</title>"
    "<mainTerm><title>Pain<nemod>(see also Ache)</nemod></title><code>R52</code>"
    "<term level=\"1\"><title>abdominal</title><code>R10.9</code>"
    "<term level=\"2\"><title>lower</title><code>R10.30</code></term></term>"
    "<term level=\"1\"><title>with</title><term level=\"2\"><title>fever &amp; chills</title><code>R50.99</code></term></term>"
    "<term level=\"1\"><title>nowhere</title><code>X99.9</code></term></mainTerm>"
    "<mainTerm><title>Abdominalgia</title><see>Pain, abdominal</see></mainTerm>"
    "<mainTerm><title>Ache, aching</title><seeAlso>Pain</seeAlso></mainTerm>"
    "<mainTerm><title>Abdomen, abdominal</title><see>condition</see></mainTerm>"
    "<mainTerm><title>Lost</title><see>Nothing, at all</see></mainTerm>"
    "<mainTerm><title>Knee pain</title><code>M25.56-</code></mainTerm></letter></ICD10CM.index>";

static const char tabular_xml[] =
    TABULAR "<diag><name>R10</name><desc>x</desc><includes><note>not this</note></includes>"
    "<diag><name>R10.9</name><inclusionTerm><note>Belly\n   ache</note><note>Second</note></inclusionTerm>"
    "<excludes1><note>nor this</note></excludes1></diag></diag>"
    "<diag><name>Z99.9</name><inclusionTerm><note>Of no code</note></inclusionTerm></diag></section></chapter></ICD10CM.tabular>";

static const char eindex_xml[] =
    "<ICD10CM.index><letter><mainTerm><title>Fall, falling</title><code>W19</code></mainTerm></letter></ICD10CM.index>";

Test(codebook_files, index_and_inclusion_terms)
{
	static const struct { const char *words, *code; bool see; enum index_origin origin; int depth; } rows[] = {
		{ "Abdomen, abdominal", "", false, ORIGIN_INDEX, 0 },
		{ "Abdominalgia", "R109", true, ORIGIN_INDEX, 0 },
		{ "Abdominalgia; lower", "R1030", true, ORIGIN_INDEX, 1 },
		{ "Ache, aching", "R52", true, ORIGIN_INDEX, 0 },
		{ "Belly ache", "R109", false, ORIGIN_INCLUSION, 0 },
		{ "Fall, falling", "W19", false, ORIGIN_EXTERNAL, 0 },
		{ "Knee pain", "M2556", false, ORIGIN_INDEX, 0 },
		{ "Pain (see also Ache)", "R52", false, ORIGIN_INDEX, 0 },
		{ "Pain (see also Ache); abdominal", "R109", false, ORIGIN_INDEX, 1 },
		{ "Pain (see also Ache); abdominal; lower", "R1030", false, ORIGIN_INDEX, 2 },
		{ "Pain (see also Ache); with; fever & chills", "R50", false, ORIGIN_INDEX, 2 },
		{ "Second", "R109", false, ORIGIN_INCLUSION, 0 },
	};
	const struct paper files[] = {
		{ "icd10cm_tabular_2026.xml", tabular_xml, 0 }, { "icd10cm_index_2026.xml", index_xml, 0 },
		{ "icd10cm_eindex_2026.xml", eindex_xml, 0 },
		{ "icd10cm_order_2026.txt", join(join(order("R52", '1', "Pain"), order("R109", '1', "Abdominal pain"),
		    order("R1030", '1', "Lower abdominal pain")), order("M2556", '0', "Pain in knee"),
		    join(order("R50", '0', "Fever"), order("W19", '0', "Fall"), "")), 0 },
	};
	struct book b;
	row_t end;

	book_of(files, LEN(files), &b);
	cr_assert(codebook_count(b.cb, CS_INDEX) == LEN(rows), "%d", codebook_count(b.cb, CS_INDEX));
	for (row_t i = 0; i < (row_t)LEN(rows); i++) {
		struct str words = codebook_str(b.cb, CC_INDEX_WORDS, i), code = codebook_str(b.cb, CC_INDEX_CODE, i);

		cr_expect(str_is(words, rows[i].words) && str_eq(code, str_of(rows[i].code)) &&
		    codebook_int(b.cb, CC_INDEX_SEE, i) == rows[i].see && codebook_int(b.cb, CC_INDEX_ORIGIN, i) ==
		    (int)rows[i].origin && codebook_int(b.cb, CC_INDEX_DEPTH, i) == rows[i].depth, "%s: " STR_FMT " " STR_FMT,
		    rows[i].words, STR_ARG(words), STR_ARG(code));
		cr_expect(codebook_of(b.cb, CS_INDEX, words, &end) == i && end == i + 1, "%s: by its words", rows[i].words);
	}
	cr_expect(codebook_of(b.cb, CS_INDEX, S("Pain"), &end) == ROW_NONE, "words are whole");
	book_close(&b);
}

/* Cut anywhere, a file is read as far as it goes or refused, and a book that is made of it is sound. */
Test(codebook_files, every_truncation_is_survived)
{
	const struct paper files[] = {
		{ "icd10cm_order_2026.txt", join(order("A00", '0', "Cholera"), order("A001", '1', "x"), ""), 0 },
		{ "icd10cm_index_2026.xml", index_xml, 0 }, { "icd10cm_tabular_2026.xml", tabular_xml, 0 },
		{ "HCPC2026_JAN_ANWEB.txt", hcpcs("J0001", '3', "Injection", "20200101", ""), 0 },
		    { "x.tsv", "CARC\tTITLE\n1\tx\n", 0 },
		{ "partial_sets.tsv", "PARTIAL\tTITLE\nHCPCS\tsome\n", 0 },
		{ "POAexemptCodesFY26.txt", "a\tPOAexemptCode\tDescription\n1\tO80\tx\n", 0 },
	};

	for (size_t i = 0; i < LEN(files); i++)
		for (size_t n = 0, whole = strlen(files[i].text); n <= whole; n++) {
			struct cb_build *b = NULL;
			struct codebook *cb = NULL;
			struct str bytes;
			const char *why;
			char *cut = malloc(n ? n : 1);	/* of its own, so that a read beyond it shows */
			int rc;

			f = (struct faults){ .a = &a };
			cr_assert(cut && cb_build_new(&b) == 0);
			memcpy(cut, files[i].text, n);
			rc = cb_build_add(b, str_of(files[i].path), (struct str){ cut, n }, &f);
			free(cut);
			cr_expect(n < whole || rc > 0, "%s whole: %s", files[i].path, err_name(rc));
			if (cb_build_finish(b, &f, &bytes) == 0) {
				rc = codebook_open(bytes, &cb, &why);
				cr_expect(rc == 0 && codebook_verify(cb, &why) == 0, "%s %zu: %s", files[i].path, n, why);
				codebook_close(cb);
			}
			cb_build_free(b);
		}
}
