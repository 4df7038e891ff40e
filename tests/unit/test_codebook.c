/* test_codebook.c - what releases mean on a day, and what files may say against each other; on small files made here. */
#include "unit/codebook_papers.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(codebook, .init = open_papers, .fini = close_arena);

#define OF(files, b) book_of((files), sizeof (files) / sizeof *(files), (b))

/* A row of a table of expectations; y 0: without a day, title NULL: not there. */
struct want { const char *name; enum code_set set; const char *code; int y, m, d; const char *title; };

static void
look(const struct book *b, const struct want *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct code_row row = codebook_look(b->cb, rows[i].set, str_of(rows[i].code),
		    rows[i].y ? day_of(rows[i].y, rows[i].m, rows[i].d) : DAY_NONE);

		cr_expect((row.code.n > 0) == (rows[i].title != NULL), "%s", rows[i].name);
		cr_expect(!rows[i].title || str_is(row.title, rows[i].title), "%s: " STR_FMT, rows[i].name, STR_ARG(row.title));
	}
}
#define LOOK(b, rows) look((b), (rows), sizeof (rows) / sizeof *(rows))

Test(codebook, order_files_are_dated)
{
	const struct paper files[] = {
		{ "codesets/icd10cm_order_2025.txt", join(order("A00", '0', "Cholera"), order("A001", '1', "Old title"),
		    order("A002", '1', "Leaves")), 0 },
		{ "icd10cm-order-2026.txt", join(order("A00", '0', "Cholera"), order("A001", '1', "New title"),
		    order("A003", '1', "Comes")), 0 },
		{ "icd10cm-order-Jan-2021.txt", order("A001", '1', "Oldest title"), 0 },
	};
	static const struct want rows[] = {
		{ "newest without a day", CS_ICD10CM, "A001", 0, 0, 0, "New title" },
		{ "first day of fiscal year 2026", CS_ICD10CM, "A001", 2025, 10, 1, "New title" },
		{ "last day of fiscal year 2025", CS_ICD10CM, "A001", 2025, 9, 30, "Old title" },
		{ "January release", CS_ICD10CM, "A001", 2021, 1, 1, "Oldest title" },
		{ "open at the end", CS_ICD10CM, "A001", 2031, 1, 1, "New title" },
		{ "before the oldest release the oldest counts", CS_ICD10CM, "A001", 2018, 5, 5, "Oldest title" },
		{ "first day of ICD-10", CS_ICD10CM, "A001", 2015, 10, 1, "Oldest title" },
		{ "before ICD-10", CS_ICD10CM, "A001", 2015, 9, 30, NULL },
		{ "left with 2026", CS_ICD10CM, "A002", 2025, 10, 1, NULL },
		{ "still there in 2025", CS_ICD10CM, "A002", 2025, 3, 3, "Leaves" },
		{ "without a day also what has left", CS_ICD10CM, "A002", 0, 0, 0, "Leaves" },
		{ "not yet there", CS_ICD10CM, "A003", 2025, 3, 3, NULL },
		{ "header", CS_ICD10CM, "A00", 2026, 1, 1, "Cholera" },
		{ "no such code", CS_ICD10CM, "A009", 2026, 1, 1, NULL },
		{ "empty", CS_ICD10CM, "", 2026, 1, 1, NULL },
		{ "too long", CS_ICD10CM, "A00100000000", 2026, 1, 1, NULL },
		{ "another table", CS_ICD10PCS, "A001", 2026, 1, 1, NULL },
	};
	struct book b;

	OF(files, &b);
	LOOK(&b, rows);
	cr_expect(codebook_find(b.cb, CS_ICD10CM, (struct str){ "\0A00", 4 }, DAY_NONE) == ROW_NONE);
	cr_expect(codebook_find(b.cb, CS_ICD10CM, (struct str){ "A00\0", 4 }, DAY_NONE) == ROW_NONE);
	cr_expect(!codebook_look(b.cb, CS_ICD10CM, S("A00"), day_of(2026, 1, 1)).billable);
	cr_expect(codebook_look(b.cb, CS_ICD10CM, S("A003"), day_of(2026, 1, 1)).billable);
	cr_expect(codebook_count(b.cb, CS_ICD10CM) == 6, "the header is the same in 2025 and 2026, one row: %d",
	    codebook_count(b.cb, CS_ICD10CM));
	cr_expect(str_starts(codebook_id(b.cb), S("icd10cm-2026+0/")), STR_FMT, STR_ARG(codebook_id(b.cb)));
	for (row_t i = 0; i < codebook_count(b.cb, CS_ICD10CM); i++)
		cr_expect(codebook_row(b.cb, CS_ICD10CM, i).row == i);
	book_close(&b);
}

/* Below a header stand its codes, the rows of one code by their days. */
Test(codebook, rows_are_in_order)
{
	static const char *const want[] = {
		"A00|Cholera||0|2015-10-01|", "A001|First||1|2015-10-01|2025-09-30", "A001|Second||1|2025-10-01|",
		"A0011|Below||1|2025-10-01|", "A01|Typhoid||0|2025-10-01|",
	};
	const struct paper files[] = {
		{ "icd10cm_order_2026.txt", join(join(order("A01", '0', "Typhoid"), order("A0011", '1', "Below"), ""),
		    order("A001", '1', "Second"), order("A00", '0', "Cholera")), 0 },
		{ "icd10cm_order_2025.txt", join(order("A001", '1', "First"), order("A00", '0', "Cholera"), ""), 0 },
	};
	struct book b;
	row_t end;

	OF(files, &b);
	cr_assert(codebook_count(b.cb, CS_ICD10CM) == 5);
	for (row_t i = 0; i < 5; i++)
		cr_expect(str_is(books_row(&a, b.cb, CS_ICD10CM, i), want[i]), STR_FMT,
		    STR_ARG(books_row(&a, b.cb, CS_ICD10CM, i)));
	cr_expect(codebook_of(b.cb, CS_ICD10CM, S("A001"), &end) == 1 && end == 3, "both rows of the code, not that below");
	cr_expect(codebook_of(b.cb, CS_ICD10CM, S("A01"), &end) == 4 && end == 5);
	cr_expect(codebook_of(b.cb, CS_ICD10CM, S("A02"), &end) == ROW_NONE);
	cr_expect(codebook_of_int(b.cb, CS_ICD10CM, 1, &end) == ROW_NONE, "the key is no number");
	cr_expect(codebook_in_force(b.cb, CS_ICD10CM, 1, day_of(2025, 9, 30)) &&
	    !codebook_in_force(b.cb, CS_ICD10CM, 2, day_of(2025, 9, 30)));
	book_close(&b);
}

Test(codebook, files_of_one_release)
{
	const char *good = order("A00", '0', "Cholera"), *other = order("A00", '0', "Gastroenteritis"),
	    *more = order("A01", '0', "Typhoid");
	const struct { const char *name; struct paper files[2]; int rc; row_t rows; } rows[] = {
		{ "that agree are one", { { "icd10cm_order_2026.txt", good, 0 }, { "icd10cm-order-2026.txt", good, 0 } }, 0, 1 },
		{ "that add to each other", { { "icd10cm_order_2026.txt", good, 0 }, { "icd10cm-order-2026.txt", more, 0 } },
		    0, 2 },
		{ "that do not agree", { { "icd10cm_order_2026.txt", good, 0 }, { "icd10cm-order-2026.txt", other, 0 } },
		    E_CONFLICT, 0 },
		{ "the same twice", { { "icd10cm_order_2026.txt", good, 0 }, { "icd10cm_order_2026.txt", good, 0 } }, 0, 1 },
		{ "two under one path", { { "icd10cm_order_2026.txt", good, 0 }, { "icd10cm_order_2026.txt", more, 0 } },
		    E_DUPLICATE, 0 },
		{ "a code twice in one", { { "icd10cm_order_2026.txt", join(good, other, ""), 0 },
		    { "pos.tsv", "POS\tTITLE\n11\tx\n", 0 } }, E_DUPLICATE, 0 },
		{ "lists that do not agree", { { "x.tsv", "POS\tTITLE\n11\tOffice\n", 0 },
		    { "y.tsv", "POS\tTITLE\n11\tHome\n", 0 } }, E_CONFLICT, 0 },
		{ "without a year", { { "icd10cm_order.txt", good, 0 }, { "icd10cm-order-2026.txt", good, 0 } },
		    E_INCOMPLETE, 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct book b;
		int rc;

		f = (struct faults){ .a = &a };
		rc = books_of(rows[i].files, 2, &f, &b);
		cr_expect(rc == rows[i].rc, "%s: %s", rows[i].name, err_name(rc));
		cr_expect(f.n == (rc < 0) && (rc < 0 || codebook_count(b.cb, CS_ICD10CM) == rows[i].rows), "%s: %zu faults",
		    rows[i].name, f.n);
		book_close(&b);
	}
}

Test(codebook, a_conflict_names_both_places)
{
	const struct paper files[] = {
		{ "one/icd10cm_order_2026.txt", order("A00", '0', "Cholera"), 0 },
		{ "two/icd10cm_order_2026.txt", join(order("A01", '0', "Typhoid"), order("A00", '0', "Other"), ""), 0 },
	};
	struct book b;

	cr_expect(books_of(files, 2, &f, &b) == E_CONFLICT && !b.cb);
	cr_assert(f.n == 1);
	cr_expect(str_is(f.v[0].place, "two/icd10cm_order_2026.txt line 2 column 1"), STR_FMT, STR_ARG(f.v[0].place));
	cr_expect(memmem(f.v[0].words.p, f.v[0].words.n, "one/icd10cm_order_2026.txt line 1", 33), STR_FMT,
	    STR_ARG(f.v[0].words));
	book_close(&b);
}

/* A list is whole: the newer one holds from its release on, and what it lacks has ended. */
Test(codebook, lists_of_two_releases)
{
	const struct paper files[] = {
		{ "pos_2025-03.tsv", "POS\tTITLE\tFROM\tTO\n11\tOffice or clinic\t\t\n12\tHome\t\t\n13\tComes\t2025-06-01\t\n",
		    0 },
		{ "pos_2024.tsv", "POS\tTITLE\tFROM\tTO\n11\tOffice\t\t\n12\tHome\t\t\n14\tLeaves\t\t\n"
		    "15\tEnds\t2020-01-01\t2020-12-31\n", 0 },
	};
	static const struct want rows[] = {
		{ "the older words", CS_POS, "11", 2025, 2, 28, "Office" },
		{ "the newer words", CS_POS, "11", 2025, 3, 1, "Office or clinic" },
		{ "before the oldest list", CS_POS, "11", 1999, 1, 1, "Office" },
		{ "the newest without a day", CS_POS, "11", 0, 0, 0, "Office or clinic" },
		{ "unchanged", CS_POS, "12", 2025, 3, 1, "Home" },
		{ "its own first day", CS_POS, "13", 2025, 5, 31, NULL },
		{ "from its own first day", CS_POS, "13", 2025, 6, 1, "Comes" },
		{ "to the day before the newer list", CS_POS, "14", 2025, 2, 28, "Leaves" },
		{ "not in the newer list", CS_POS, "14", 2025, 3, 1, NULL },
		{ "on its own last day", CS_POS, "15", 2020, 12, 31, "Ends" },
		{ "after it", CS_POS, "15", 2021, 1, 1, NULL },
	};
	struct book b;

	OF(files, &b);
	LOOK(&b, rows);
	cr_expect(codebook_count(b.cb, CS_POS) == 6, "12 is one row: %d", codebook_count(b.cb, CS_POS));
	book_close(&b);
}

/* partial_sets.tsv speaks for its folder. The whole of the same release puts the selection aside. */
Test(codebook, a_selection_and_the_whole)
{
	const struct paper files[] = {
		{ "starter/icd10cm_order_2026.txt", join(order("A00", '0', "Starter"), order("A009", '1', "Only here"), ""), 0 },
		{ "starter/pos.tsv", "POS\tTITLE\n11\tOffice\n", 0 },
		{ "starter/partial_sets.tsv", "PARTIAL\tTITLE\nICD10CM\tsome\n", 0 },
		{ "full/icd10cm_order_2026.txt", join(order("A00", '0', "Cholera"), order("A001", '1', "Classical"), ""), 0 },
		{ "full/icd10cm_order_2025.txt", join(order("A00", '0', "Cholera"), order("A001", '1', "Classical"), ""), 0 },
	};
	static const struct want whole[] = {
		{ "the words of the whole", CS_ICD10CM, "A00", 2026, 1, 1, "Cholera" },
		{ "only in the selection", CS_ICD10CM, "A009", 2026, 1, 1, NULL },
		{ "only in the whole", CS_ICD10CM, "A001", 2026, 1, 1, "Classical" },
	};
	static const struct want both[] = {
		{ "the older whole goes on", CS_ICD10CM, "A00", 2026, 1, 1, "Cholera" },
		{ "a newer selection adds to it", CS_ICD10CM, "A009", 2026, 1, 1, "Only here" },
	};
	struct book b;

	book_of(files, 3, &b);
	cr_expect(!codebook_is_whole(b.cb, CS_ICD10CM) && codebook_knows(b.cb, CS_ICD10CM) && codebook_is_whole(b.cb, CS_POS));
	cr_expect(codebook_is_whole(b.cb, CS_SOURCE), "what the book says of itself");
	book_close(&b);
	book_of(files, 4, &b);
	cr_expect(codebook_is_whole(b.cb, CS_ICD10CM));
	LOOK(&b, whole);
	book_close(&b);
	book_of((const struct paper[]){ files[0], files[2], files[4] }, 3, &b);
	cr_expect(codebook_is_whole(b.cb, CS_ICD10CM));
	LOOK(&b, both);
	book_close(&b);
}

/* A selection that is newer than the whole adds to it from its release on, and no day before. */
Test(codebook, a_newer_selection_has_its_day)
{
	const struct paper files[] = {
		{ "full/pos_2025.tsv", "POS\tTITLE\n11\tOffice\n", 0 },
		    { "some/pos_2026.tsv", "POS\tTITLE\n11\tClinic\n12\tHome\n", 0 },
		{ "some/partial_sets.tsv", "PARTIAL\tTITLE\nPOS\tsome\nICD10CM\tsome\n", 0 },
		{ "full/icd10cm_order_2025.txt", order("A00", '0', "Cholera"), 0 },
		{ "some/icd10cm_order_2026.txt", order("A01", '0', "Typhoid"), 0 },
	};
	static const struct want rows[] = {
		{ "the day before", CS_POS, "12", 2025, 12, 31, NULL }, { "its day", CS_POS, "12", 2026, 1, 1, "Home" },
		{ "what the whole says", CS_POS, "11", 2026, 1, 1, "Office" },
		    { "for all days", CS_POS, "11", 1999, 1, 1, "Office" },
		{ "a snapshot: the day before", CS_ICD10CM, "A01", 2025, 9, 30, NULL },
		    { "its day", CS_ICD10CM, "A01", 2025, 10, 1, "Typhoid" },
	};
	struct book b;

	OF(files, &b);
	LOOK(&b, rows);
	book_close(&b);
}

#define CPT	"Copyright American Medical Association. Invented for a test.\r\n\r\n"

/* Files that each know a part of a code, on days of their own: whole where both speak, and no contradiction. */
Test(codebook, files_complete_each_other_on_the_days_they_share)
{
	const struct paper files[] = {
		{ "cpt2025/LONGULT.txt", CPT "00001 Long words\r\n00002 Old words\r\n00003 Leaves\r\n", 0 },
		{ "cpt2026/LONGULT.txt", CPT "00001 Other words\r\n00002 New words\r\n", 0 },
		{ "cpt2026/SHORTU.txt", CPT "00001 Short\r\n00002 Brief\r\n00003 Left\r\n", 0 },
		{ "hcpcs.tsv", "HCPCS\tTITLE\tFROM\tTO\n00003\t\t2025-06-01\t2025-06-30\n", 0 },
	};
	static const char *const want[] = {
		"00001|Long words|Short|2025-12-31", "00001|Other words|Short|", "00002|Old words|Brief|2025-12-31",
		"00002|New words|Brief|", "00003|Leaves|Left|2025-12-31", "00003||Left|",
	};
	const struct paper harm[] = { files[0], files[1], files[2],
		{ "hcpcs_2025.tsv", "HCPCS\tTITLE\tFROM\tTO\n00001\tContrary\t2025-06-01\t2025-06-30\n", 0 } };
	struct book b;

	OF(files, &b);
	cr_expect(codebook_count(b.cb, CS_HCPCS) == 6);
	for (row_t i = 0; i < 6; i++) {
		day_t to = codebook_to(b.cb, CS_HCPCS, i);
		struct str is = arena_fmt(&a, "%.*s|%.*s|%.*s|%.*s", STR_ARG(codebook_str(b.cb, CC_HCPCS_CODE, i)),
		    STR_ARG(codebook_str(b.cb, CC_HCPCS_TITLE, i)), STR_ARG(codebook_str(b.cb, CC_HCPCS_SHORT, i)),
		    STR_ARG(to == DAY_NONE ? STR_NONE : day_iso(&a, to)));

		cr_expect(str_is(is, want[i]), "%d: " STR_FMT, i, STR_ARG(is));
	}
	book_close(&b);
	cr_expect(books_of(harm, 4, &f, &b) == E_CONFLICT && f.n == 1, "%zu faults", f.n);
	book_close(&b);
}

/* Days that are in no calendar, as forged books have them, are open. */
Test(codebook, forged_days_are_open)
{
	const struct paper file = { "pos.tsv", "POS\tTITLE\tFROM\tTO\n11\tOffice\t2020-01-01\t2021-01-01\n", 0 };
	static const int32_t forged[] = { DAY_MIN - 1, DAY_MAX + 1, INT32_MAX - 1, INT32_MIN + 1 };
	const int32_t was[2] = { day_of(2020, 1, 1), day_of(2021, 1, 1) };
	const char *why;

	for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
		const int32_t now[2] = { forged[i], forged[i] };
		struct codebook *cb;
		struct book b;
		char *copy, *days;

		book_of(&file, 1, &b);
		copy = arena_alloc(&a, b.bytes.n);
		memcpy(copy, b.bytes.p, b.bytes.n);
		/* a number of the host is one of the file on little-endian machines */
		days = memmem(copy, b.bytes.n, was, sizeof was);
		cr_assert(days);
		memcpy(days, now, sizeof now);
		cr_assert(codebook_open((struct str){ copy, b.bytes.n }, &cb, &why) == 0);
		cr_expect(codebook_from(cb, CS_POS, 0) == DAY_NONE && codebook_to(cb, CS_POS, 0) == DAY_NONE, "%d", forged[i]);
		codebook_close(cb);
		book_close(&b);
	}
}

/* What publishers issue ends with a line end: one without was cut. Lists anyone may write. */
Test(codebook, a_last_line_without_end)
{
	const char *one = order("A00", '0', "Cholera");
	const struct { struct paper file; int rc; } rows[] = {
		{ { "icd10cm_order_2026.txt", one, strlen(one) - 2 }, E_MALFORMED },
		    { { "icd10cm_order_2026.txt", join(one, "\x1a", ""), 0 }, 0 },
		{ { "POAexemptCodesFY26.txt", "Order26\tPOAexemptCode\tDescription\r\n1\tO80\tDeliv", 0 }, E_MALFORMED },
		{ { "pos.tsv", "POS\tTITLE\n11\tOffice", 0 }, 0 }, { { "icd10cm_order_2026.txt", join(one, "  ", ""), 0 }, 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct book b;
		int rc;

		f = (struct faults){ .a = &a };
		rc = books_of(&rows[i].file, 1, &f, &b);
		cr_expect(rc == rows[i].rc && f.n == (rc < 0), "%zu: %s", i, err_name(rc));
		book_close(&b);
	}
}

/* A code that the starter set lacks may be a good one, in every table but those it has all of. */
Test(codebook, the_starter_set_is_a_selection)
{
	static const enum code_set whole[] = { CS_POS, CS_TOB, CS_DISCHARGE, CS_CAGC, CS_CARC, CS_SOURCE, CS_EXCEPTION };
	struct book b;

	books_starter(&b);
	for (int set = 0; set < CS_COUNT; set++) {
		bool is_whole = false;

		for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
			is_whole |= (int)whole[i] == set;
		cr_expect(is_whole || codebook_count(b.cb, (enum code_set)set) == 0 ||
		    !codebook_is_whole(b.cb, (enum code_set)set), "%s",
		    code_sets[set].name);
	}
	book_close(&b);
}

Test(codebook, present_on_admission_has_its_day)
{
	const struct paper files[] = {
		{ "POAexemptCodesFY26.txt", "Order26\tPOAexemptCode\tDescription\r\n00001\tO80\tDelivery\r\n\r\n", 0 },
		{ "POAexemptCodesFY25.txt", "Order25\tPOAexemptCode\tDescription\r\n00001\tO80\tDelivery\r\n00002\tZ00.1\tx\r\n",
		    0 },
	};
	struct book b;

	OF(files, &b);
	cr_expect(codebook_poa_exempt(b.cb, S("O80"), day_of(2026, 1, 1)) && codebook_poa_exempt(b.cb, S("O80"), DAY_NONE));
	cr_expect(codebook_poa_exempt(b.cb, S("Z001"), day_of(2025, 1, 1)) &&
	    !codebook_poa_exempt(b.cb, S("Z001"), day_of(2026, 1, 1)));
	cr_expect(codebook_poa_exempt(b.cb, S("Z001"), day_of(2016, 1, 1)), "the oldest list judges what is before it");
	cr_expect(!codebook_poa_exempt(b.cb, S("O81"), day_of(2026, 1, 1)));
	book_close(&b);
}

Test(codebook, same_files_same_book)
{
	const struct paper x[] = {
		{ "pos.tsv", "POS\tTITLE\n11\tOffice\n12\tHome\n", 0 },
		    { "icd10cm_order_2026.txt", order("A00", '0', "Cholera"), 0 },
		{ "icd10cm_order_2025.txt", order("A00", '0', "Home"), 0 },
		{ "icd10cm_index_2026.xml", "<ICD10CM.index><mainTerm><title>Cholera</title><code>A00</code></mainTerm>"
		    "</ICD10CM.index>", 0 },
	};
	const struct paper y[] = { x[3], x[1], x[2], x[0] }, z[] = { { "pos.tsv", "POS\tTITLE\n11\tOffices\n12\tHome\n", 0 },
	    x[1], x[2], x[3] };
	struct book p, q, r;

	OF(x, &p);
	OF(y, &q);
	OF(z, &r);
	cr_expect(str_eq(codebook_id(p.cb), codebook_id(q.cb)) && !str_eq(codebook_id(p.cb), codebook_id(r.cb)));
	cr_expect(str_eq(p.bytes, q.bytes), "the bytes do not depend on the order of adding");
	cr_expect(codebook_id(p.cb).n < 42, "it goes into suggest_by");
	book_close(&p);
	book_close(&q);
	book_close(&r);
}

/* CMS issues a name twice, so name and folder tell the release together (codebook.md, "Dates"). */
Test(codebook, releases_are_told_by_name_and_folder)
{
	static const struct { const char *path; int day; } rows[] = {
		{ "icd10pcs_order_2026.txt", 20251001 }, { "Eff_04-01-2026/icd10pcs_order_2026.txt", 20260401 },
		{ "April-1-2026/icd10pcs_order_2026.txt", 20260401 }, { "2026-04/icd10pcs_order_2026.txt", 20260401 },
		{ "fy2026-apr/icd10pcs_order_2026.txt", 20260401 }, { "October-1-2025/icd10pcs_order.txt", 20251001 },
		{ "2026-11/icd10pcs_order_2026.txt", 20251001 }, { "2025-10/icd10pcs_order_2026.txt", 20251001 },
		{ "2024-04/icd10pcs_order_2026.txt", 20251001 }, { "icd10pcs-order-Sept-2026.txt", 20260901 },
		{ "marked/icd10pcs_order_2026.txt", 20251001 }, { "julia/icd10pcs_order_2026.txt", 20251001 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct paper file = { rows[i].path, order("0DD", '0', "Extraction"), 0 };
		struct book b;

		book_of(&file, 1, &b);
		cr_expect(codebook_from(b.cb, CS_SOURCE, 0) == day_of(rows[i].day / 10000, rows[i].day / 100 % 100,
		    rows[i].day % 100), "%s", rows[i].path);
		book_close(&b);
	}
}

/* A day in no calendar was meant to be another, so nothing is guessed; "v43" is a version and no year. */
Test(codebook, names_that_tell_no_release)
{
	static const struct { const char *path; int rc; } rows[] = {
		{ "Eff_02-30-2026/icd10pcs_order_2026.txt", E_VALUE }, { "icd10pcs_order_13-01-2026.txt", E_VALUE },
		{ "04-00-2026/icd10pcs_order_2026.txt", E_VALUE }, { "February-30-2026/icd10pcs_order_2026.txt", E_VALUE },
		{ "msdrgv43/icd10pcs_order.txt", E_INCOMPLETE },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct paper file = { rows[i].path, order("0DD", '0', "Extraction"), 0 };
		struct book b;

		f = (struct faults){ .a = &a };
		cr_expect(books_of(&file, 1, &f, &b) == rows[i].rc && f.n == 1 && str_is(f.v[0].place, rows[i].path),
		    "%s", rows[i].path);
		book_close(&b);
	}
}

/* The book says which files it was made of. */
Test(codebook, sources)
{
	const struct paper files[] = {
		{ "a/pos.tsv", "POS\tTITLE\n11\tOffice\n12\tHome\n", 0 },
		    { "a/icd10cm_order_2026.txt", order("A00", '0', "Cholera"), 0 },
		{ "a/partial_sets.tsv", "PARTIAL\tTITLE\nICD10CM\tsome\n", 0 },
	};
	struct book b;
	row_t end, row;

	OF(files, &b);
	row = codebook_of(b.cb, CS_SOURCE, S("a/icd10cm_order_2026.txt"), &end);
	cr_assert(row != ROW_NONE && end == row + 1);
	cr_expect(str_is(codebook_str(b.cb, CC_SOURCE_KIND, row), "icd10cm_order") &&
	    codebook_str(b.cb, CC_SOURCE_SHA256, row).n == 64);
	cr_expect(codebook_int(b.cb, CC_SOURCE_ROWS, row) == 1 && codebook_int(b.cb, CC_SOURCE_SELECTION, row) == 1);
	cr_expect(codebook_from(b.cb, CS_SOURCE, row) == day_of(2025, 10, 1));
	row = codebook_of(b.cb, CS_SOURCE, S("a/pos.tsv"), &end);
	cr_expect(codebook_int(b.cb, CC_SOURCE_ROWS, row) == 2 && codebook_int(b.cb, CC_SOURCE_SELECTION, row) == 0);
	book_close(&b);
}
