/* test_codebook.c - the readers of published formats and the dated look-ups, on small files made here. */
#include "codebook/codebook.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct arena a;

static void
setup(void)
{
	arena_init(&a, 0);
}

static void
teardown(void)
{
	arena_free(&a);
}

TestSuite(codebook, .init = setup, .fini = teardown);

struct file { const char *name, *text; };

static struct codebook *
book_of(const struct file *files, size_t n, struct faults *f)
{
	struct codebook *cb = NULL;

	*f = (struct faults){ .a = &a };
	cr_assert(codebook_new(&cb) == 0);
	for (size_t i = 0; i < n; i++) {
		int rc = codebook_add(cb, str_of(files[i].name), str_of(files[i].text), f);

		cr_assert(rc > 0, "%s: %s", files[i].name, err_name(rc));
	}
	cr_assert(codebook_finish(cb) == 0);
	return cb;
}

/* One line of an order file. */
static const char *
order(const char *code, char flag, const char *title)
{
	return arena_fmt(&a, "00001 %-7s %c %-60.60s %s\r\n", code, flag, title, title).p;
}

static const char *
join(const char *x, const char *y, const char *z)
{
	return arena_fmt(&a, "%s%s%s", x, y, z).p;
}

Test(codebook, order_files_are_dated)
{
	const struct file files[] = {
		{ "codesets/icd10cm_order_2025.txt", join(order("A00", '0', "Cholera"), order("A001", '1', "Old title"),
		    order("A002", '1', "Leaves")) },
		{ "icd10cm-order-2026.txt", join(order("A00", '0', "Cholera"), order("A001", '1', "New title"),
		    order("A003", '1', "Comes")) },
		{ "icd10cm-order-Jan-2021.txt", order("A001", '1', "Oldest title") },
	};
	static const struct { const char *name, *code; int y, m, d; const char *title; } rows[] = {
		{ "newest without a day", "A001", 0, 0, 0, "New title" },
		{ "first day of fiscal year 2026", "A001", 2025, 10, 1, "New title" },
		{ "last day of fiscal year 2025", "A001", 2025, 9, 30, "Old title" },
		{ "January release", "A001", 2021, 1, 1, "Oldest title" },
		{ "open at the end", "A001", 2031, 1, 1, "New title" },
		{ "before the oldest release the oldest counts", "A001", 2018, 5, 5, "Oldest title" },
		{ "first day of ICD-10", "A001", 2015, 10, 1, "Oldest title" },
		{ "before ICD-10", "A001", 2015, 9, 30, NULL },
		{ "left with 2026", "A002", 2025, 10, 1, NULL },
		{ "still there in 2025", "A002", 2025, 3, 3, "Leaves" },
		{ "not yet there", "A003", 2025, 3, 3, NULL },
		{ "header", "A00", 2026, 1, 1, "Cholera" },
		{ "no such code", "A009", 2026, 1, 1, NULL },
		{ "empty", "", 2026, 1, 1, NULL },
		{ "too long", "A00100000000", 2026, 1, 1, NULL },
	};
	struct faults f;
	struct codebook *cb = book_of(files, 3, &f);

	cr_expect(f.n == 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct code_row *row = codebook_find(cb, CS_ICD10CM, str_of(rows[i].code),
		    rows[i].y ? day_of(rows[i].y, rows[i].m, rows[i].d) : DAY_NONE);

		cr_expect(rows[i].title ? row && str_is(row->title, rows[i].title) : !row, "%s", rows[i].name);
	}
	cr_expect(codebook_find(cb, CS_ICD10CM, (struct str){ "\0A00", 4 }, DAY_NONE) == NULL);
	cr_expect(!codebook_find(cb, CS_ICD10CM, S("A00"), day_of(2026, 1, 1))->billable);
	cr_expect(codebook_find(cb, CS_ICD10CM, S("A003"), day_of(2026, 1, 1))->billable);
	/* the header is the same in 2025 and 2026: one row */
	cr_expect(codebook_count(cb, CS_ICD10CM) == 6, "%zu", codebook_count(cb, CS_ICD10CM));
	cr_expect(str_starts(codebook_id(cb), S("icd10cm-2026+0/")), "%s", codebook_id(cb).p);
	for (size_t i = 0; i < codebook_count(cb, CS_ICD10CM); i++)
		cr_expect(codebook_row(cb, CS_ICD10CM, i)->order == i);
	codebook_free(cb);
}

Test(codebook, rows_that_do_not_fit_are_faults)
{
	static const char *const bad[] = {
		"00001 A00     2 Short title                                                  Title\n",
		"00001 A00     0 Short title\n",
		"00001         1 Short title                                                  No code\n",
		"00001 a00     1 Short title                                                  Lower case\n",
		"nonsense\n",
	};
	const char *good = order("A00", '0', "Cholera");

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct faults f = { .a = &a };
		struct codebook *cb = NULL;
		int rc;

		cr_assert(codebook_new(&cb) == 0);
		rc = codebook_add(cb, S("icd10cm_order_2026.txt"), str_of(join(good, bad[i], "")), &f);
		cr_expect(rc == 1 && f.n == 1 && f.v[0].rc == E_MALFORMED, "%s", bad[i]);
		cr_expect(f.n == 1 && str_is(f.v[0].place, "icd10cm_order_2026.txt line 2 column 7"), "%s", bad[i]);
		codebook_free(cb);
	}
}

Test(codebook, files_it_refuses)
{
	static const struct { const char *name, *file, *text; int rc; } rows[] = {
		{ "unknown name", "notes.md", "# notes", E_UNSUPPORTED },
		{ "addenda are no order file", "icd10cm_order_addenda_2026.txt", "Add:         1 A00", E_UNSUPPORTED },
		{ "order file that is none", "icd10cm_order_2026.txt", "hello", E_UNSUPPORTED },
		{ "list without a known heading", "x.tsv", "FOO\tTITLE\nA\tb\n", E_UNSUPPORTED },
		{ "list without titles", "x.tsv", "POS\tWORDS\n11\tOffice\n", E_UNSUPPORTED },
		{ "list without rows", "x.tsv", "POS\tTITLE\n", E_MALFORMED },
		{ "index that breaks off", "icd10cm_index_2026.xml", "<ICD10CM.index><letter><mainTerm><title>A", E_MALFORMED },
		{ "entity", "icd10cm_index_2026.xml",
		    "<!DOCTYPE x [<!ENTITY e 'boom'>]><ICD10CM.index><mainTerm><title>&e;</title></mainTerm></ICD10CM.index>",
		    E_UNSUPPORTED },
		{ "parameter entity", "icd10cm_tabular_2026.xml",
		    "<!DOCTYPE x [<!ENTITY % e 'boom'>]><ICD10CM.tabular/>", E_UNSUPPORTED },
		{ "empty", "icd10cm_index_2026.xml", "", E_UNSUPPORTED },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct faults f = { .a = &a };
		struct codebook *cb = NULL;
		int rc;

		cr_assert(codebook_new(&cb) == 0);
		rc = codebook_add(cb, str_of(rows[i].file), str_of(rows[i].text), &f);
		cr_expect(rc == rows[i].rc, "%s: %s", rows[i].name, err_name(rc));
		cr_expect(codebook_finish(cb) == 0, "%s", rows[i].name);
		codebook_free(cb);
	}
}

Test(codebook, same_release_twice_and_no_year)
{
	struct faults f = { .a = &a };
	struct codebook *cb = NULL;
	struct str text = str_of(order("A00", '0', "Cholera"));

	cr_assert(codebook_new(&cb) == 0);
	cr_expect(codebook_add(cb, S("icd10cm_order_2026.txt"), text, &f) == 1);
	cr_expect(codebook_add(cb, S("icd10cm-order-2026.txt"), text, &f) == E_DUPLICATE);
	cr_expect(codebook_add(cb, S("icd10cm_order.txt"), text, &f) == E_INCOMPLETE);
	cr_expect(f.n == 2);
	codebook_free(cb);
}

Test(codebook, deep_nesting_is_refused)
{
	struct faults f = { .a = &a };
	struct codebook *cb = NULL;
	struct buf b;

	buf_init(&b, &a);
	buf_cstr(&b, "<ICD10CM.index><letter><mainTerm><title>A</title>");
	for (int i = 0; i < 20; i++)
		buf_cstr(&b, "<term level=\"1\"><title>b</title>");
	cr_assert(codebook_new(&cb) == 0);
	cr_expect(codebook_add(cb, S("icd10cm_index.xml"), buf_view(&b), &f) == E_LIMIT);
	codebook_free(cb);
}

/* One record of the HCPCS contractor layout: 320 columns. */
static const char *
hcpcs(const char *code, char kind, const char *words, const char *added, const char *ended)
{
	return arena_fmt(&a, "%s%s00100%c%-80s%177s%-8s%8s%-8sN%27s\r\n", kind > '6' ? "   " : "", code, kind, words, "", added,
	    "", ended, "").p;
}

Test(codebook, hcpcs_contractor_file)
{
	const char *text = join(join(hcpcs("J0001", '3', "Injection of a thing,", "20200101", ""),
	    hcpcs("J0001", '4', "1 mg", "", ""), hcpcs("G0002", '3', "Gone", "19990101", "20191231")),
	    hcpcs("LT", '7', "Left side", "19900101", ""), hcpcs("G0009", '4', "stray", "", ""));
	struct faults f;
	struct codebook *cb = book_of(&(struct file){ "HCPC2026_JAN_ANWEB.txt", text }, 1, &f);
	const struct code_row *row = codebook_find(cb, CS_HCPCS, S("J0001"), day_of(2026, 1, 1));

	cr_expect(f.n == 1 && f.v[0].rc == E_MALFORMED, "the stray continuation");
	cr_expect(row && str_is(row->title, "Injection of a thing, 1 mg"), "%s", row ? row->title.p : "none");
	cr_expect(!codebook_find(cb, CS_HCPCS, S("J0001"), day_of(2019, 12, 31)));
	cr_expect(codebook_find(cb, CS_HCPCS, S("G0002"), day_of(2019, 12, 31)) != NULL);
	cr_expect(!codebook_find(cb, CS_HCPCS, S("G0002"), day_of(2020, 1, 1)));
	cr_expect(codebook_find(cb, CS_MODIFIER, S("LT"), day_of(2020, 1, 1)) != NULL);
	cr_expect(codebook_count(cb, CS_HCPCS) == 2 && codebook_count(cb, CS_MODIFIER) == 1);
	codebook_free(cb);
}

Test(codebook, lists)
{
	const struct file files[] = {
		{ "pos.tsv", "POS\tPAYMENT_SETTING\tNAME\tDESCRIPTION\r\n11\tx\tOffice\twords\r\n29\tx\tUnassigned\t\r\n" },
		{ "a.tsv", "REVENUE\tTITLE\tFROM\tTO\n0450\temergency\t\t\n0999\tshort\t2020-01-01\t2020-12-31\n" },
		{ "b.tsv", "HCPCS\tTITLE\tFROM\tTO\n99213\t\t\t\n" },
		{ "c.tsv", "RARC\tDESCRIPTION\tNOTES\tSTART_DATE\tLAST_MODIFIED\nM1\tX-ray\t\t1997-01-01\t\n" },
		{ "partial_sets.tsv", "PARTIAL\tTITLE\nHCPCS\tsome\nREVENUE\tsome\n" },
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
	struct faults f;
	struct codebook *cb = book_of(files, sizeof files / sizeof *files, &f);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct code_row *row = codebook_find(cb, rows[i].set, str_of(rows[i].code), day_of(rows[i].year, 6, 1));

		cr_expect(rows[i].title ? row && str_is(row->title, rows[i].title) : !row, "%s", rows[i].name);
	}
	cr_expect(codebook_knows(cb, CS_POS) && !codebook_knows(cb, CS_CARC) && !codebook_knows(cb, CS_ICD10CM));
	cr_expect(codebook_is_whole(cb, CS_POS) && !codebook_is_whole(cb, CS_HCPCS) && !codebook_is_whole(cb, CS_CARC));
	cr_expect(f.n == 0);
	codebook_free(cb);
}

Test(codebook, bad_list_rows)
{
	static const char *const bad[] = { "11\tx\tyesterday\t", "11\tx\t\t2020-02-30", "toolongcode\tx", "a\tx", "\tx", "1-2\tx" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct faults f = { .a = &a };
		struct codebook *cb = NULL;
		int rc;

		cr_assert(codebook_new(&cb) == 0);
		rc = codebook_add(cb, S("x.tsv"), arena_fmt(&a, "CARC\tTITLE\tFROM\tTO\n%s\n1\tgood\n", bad[i]), &f);
		cr_expect(rc == 1 && f.n == 1, "%s: %d", bad[i], rc);
		codebook_free(cb);
	}
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
    "<ICD10CM.tabular><chapter><section><diag><name>R10</name><desc>x</desc><includes><note>not this</note></includes>"
    "<diag><name>R10.9</name><inclusionTerm><note>Belly\n   ache</note><note>Second</note></inclusionTerm>"
    "<excludes1><note>nor this</note></excludes1></diag></diag>"
    "<diag><name>Z99.9</name><inclusionTerm><note>Of no code</note></inclusionTerm></diag></section></chapter></ICD10CM.tabular>";

Test(codebook, index_and_inclusion_terms)
{
	static const struct { const char *words, *code; bool see, inclusion; int depth; } rows[] = {
		{ "Abdomen, abdominal", "", false, false, 0 },
		{ "Abdominalgia", "R109", true, false, 0 },
		{ "Abdominalgia; lower", "R1030", true, false, 1 },
		{ "Ache, aching", "R52", true, false, 0 },
		{ "Belly ache", "R109", false, true, 0 },
		{ "Knee pain", "M2556", false, false, 0 },
		{ "Pain (see also Ache)", "R52", false, false, 0 },
		{ "Pain (see also Ache); abdominal", "R109", false, false, 1 },
		{ "Pain (see also Ache); abdominal; lower", "R1030", false, false, 2 },
		{ "Pain (see also Ache); with; fever & chills", "R50", false, false, 2 },
		{ "Second", "R109", false, true, 0 },
	};
	const struct file files[] = {
		{ "icd10cm_tabular_2026.xml", tabular_xml },
		{ "icd10cm_index_2026.xml", index_xml },
		{ "icd10cm_order_2026.txt", join(join(order("R52", '1', "Pain"), order("R109", '1', "Abdominal pain"),
		    order("R1030", '1', "Lower abdominal pain")), order("M2556", '0', "Pain in knee"), order("R50", '0', "Fever")) },
	};
	struct faults f;
	struct codebook *cb = book_of(files, 3, &f);

	cr_assert(codebook_index_count(cb) == sizeof rows / sizeof *rows, "%zu", codebook_index_count(cb));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct index_row *row = codebook_index(cb, i);

		cr_expect(str_is(row->words, rows[i].words) && str_eq(row->code, str_of(rows[i].code)) && row->see == rows[i].see &&
		    row->inclusion == rows[i].inclusion && row->depth == rows[i].depth, "%s: %s %s", rows[i].words, row->words.p,
		    row->code.p ? row->code.p : "");
	}
	codebook_free(cb);
}

Test(codebook, sex_age_and_poa)
{
	const struct file files[] = {
		{ "icd10_mce_sex.txt", "N400\t1 male\nO80\t2 female\n" },
		{ "CY21F07B_ICD10_MCE_AGE.TXT", "O80\t2 maternity (age 9 -64)\r\nP590\t0 newborn (age 0)\r\n" },
		{ "POAexemptCodesFY26.txt", "Order26\tPOAexemptCode\tDescription\r\n00001\tO80\tDelivery\r\n\r\n" },
		{ "icd10cm_order_2026.txt", join(order("N400", '1', "Prostate"), order("O80", '1', "Delivery"), order("P590", '1', "Jaundice")) },
	};
	struct faults f;
	struct codebook *cb = book_of(files, 4, &f);
	const struct code_row *n = codebook_find(cb, CS_ICD10CM, S("N400"), DAY_NONE), *o = codebook_find(cb, CS_ICD10CM, S("O80"), DAY_NONE),
	    *p = codebook_find(cb, CS_ICD10CM, S("P590"), DAY_NONE);

	cr_assert(n && o && p);
	cr_expect(n->sex == 'M' && n->age_min == -1 && n->age_max == -1 && !n->poa_exempt);
	cr_expect(o->sex == 'F' && o->age_min == 9 && o->age_max == 64 && o->poa_exempt);
	cr_expect(p->sex == 0 && p->age_min == 0 && p->age_max == 0 && !p->poa_exempt);
	codebook_free(cb);
}

Test(codebook, same_files_same_book)
{
	const struct file x[] = { { "pos.tsv", "POS\tTITLE\n11\tOffice\n" }, { "icd10cm_order_2026.txt", order("A00", '0', "Cholera") } };
	const struct file y[] = { x[1], x[0] }, z[] = { { "pos.tsv", "POS\tTITLE\n11\tOffices\n" }, x[1] };
	struct faults f;
	struct codebook *p = book_of(x, 2, &f), *q = book_of(y, 2, &f), *r = book_of(z, 2, &f);

	cr_expect(str_eq(codebook_id(p), codebook_id(q)));
	cr_expect(!str_eq(codebook_id(p), codebook_id(r)));
	cr_expect(codebook_id(p).n < 42, "it goes into suggest_by");
	codebook_free(p);
	codebook_free(q);
	codebook_free(r);
}

Test(codebook, every_truncation_is_survived)
{
	const struct file files[] = {
		{ "icd10cm_order_2026.txt", join(order("A00", '0', "Cholera"), order("A001", '1', "x"), "") },
		{ "icd10cm_index.xml", index_xml }, { "icd10cm_tabular.xml", tabular_xml },
		{ "HCPC.txt", hcpcs("J0001", '3', "Injection", "20200101", "") }, { "x.tsv", "CARC\tTITLE\n1\tx\n" },
		{ "icd10_mce_sex.txt", "N400\t1 male\n" }, { "POAexemptCodesFY26.txt", "a\tb\tc\n1\tO80\tx\n" },
	};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		for (size_t n = 0; n <= strlen(files[i].text); n++) {
			struct faults f = { .a = &a };
			struct codebook *cb = NULL;
			int rc;

			cr_assert(codebook_new(&cb) == 0);
			rc = codebook_add(cb, str_of(files[i].name), (struct str){ files[i].text, n }, &f);
			cr_expect(rc != 0, "%s %zu", files[i].name, n);
			cr_expect(n < strlen(files[i].text) || rc > 0, "%s whole: %s", files[i].name, err_name(rc));
			cr_expect(codebook_finish(cb) == 0, "%s %zu", files[i].name, n);
			codebook_free(cb);
		}
}
