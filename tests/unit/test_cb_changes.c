/* test_cb_changes.c - codes files, addenda, the changes to the POA list, conversions and GEMs, on files made here. */
#include "support/books.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(cb_changes, .init = open_arena, .fini = close_arena);

/* ---- lines in their columns ---- */

static const char *
order(const char *code, char flag, const char *brief, const char *title)
{
	return arena_fmt(&a, "00001 %-7s %c %-60s %s\r\n", code, flag, brief, title).p;
}

static const char *
cm_change(const char *action, char flag, const char *code, const char *brief, const char *title)
{
	return arena_fmt(&a, "%-12s %c %-7s %-60s %s\r\n", action, flag, code, brief, title).p;
}

static const char *
pcs_change(const char *action, const char *code, const char *brief, const char *title)
{
	return arena_fmt(&a, "%-12s %-7s %-60s %s\r\n", action, code, brief, title).p;
}

static const char *
join(const char *const *v)
{
	struct buf b;

	buf_init(&b, &a);
	for (; *v; v++)
		buf_cstr(&b, *v);
	return arena_str(&a, buf_view(&b)).p;
}

#define JOIN(...)	join((const char *const[]){ __VA_ARGS__, NULL })

/* before, after, added, deleted, revised */
static const char *
counts(const char *what, const int n[5])
{
	return arena_fmt(&a, "\r\n%c%s\r\n  %d %s in old.txt\r\n  %d %s in new.txt\r\n  %d additions\r\n  %d deletions\r\n"
	    "  %d revisions\r\nof which\r\n  %d revisions to both long and short titles\r\n", what[0] - 32, what + 1,
	    n[0], what, n[1], what, n[2], n[3], n[4], n[4]).p;
}

#define COUNTS(what, ...)	counts(what, (const int[5]){ __VA_ARGS__ })

static const char *
base(void)
{
	return JOIN(order("A00", '0', "Cholera", "Cholera"), order("A001", '1', "Short one", "Long one"),
	    order("A002", '1', "Leaves", "Leaves"), order("A003", '1', "Becomes header", "Becomes a header"));
}

static const char *
changes(void)
{
	return JOIN(cm_change("Revise from:", '1', "A001", "Short one", "Long one"),
	    cm_change("Revise to:", '1', "A001", "New name", "New name"),
	    cm_change("Delete:", '1', "A002", "Leaves", "Leaves"),
	    cm_change("Delete:", '1', "A003", "Becomes header", "Becomes a header"),
	    cm_change("Add:", '0', "A003", "Becomes header", "Becomes a header"), cm_change("Add:", '1', "A0031", "New", "New"),
	    COUNTS("headers", 1, 2, 1, 0, 0), COUNTS("codes", 3, 2, 1, 2, 1));
}

#define ORDER_25	"icd10cm_order_2025.txt"
#define ADDENDA_26	"icd10cm_order_addenda_2026.txt"
#define CODES_26	"icd10cm_codes_2026.txt"

static void
expect_rows(const struct paper *files, size_t n, enum code_set set, const char *want)
{
	struct faults f = { .a = &a };
	struct book b;
	int rc = books_of(files, n, &f, &b);

	cr_expect(rc == 0 && f.n == 0, "%s: %s %.*s: %.*s", files[n - 1].path, err_name(rc), f.n ? (int)f.v[0].place.n : 0,
	    f.n ? f.v[0].place.p : "", f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
	if (rc == 0)
		cr_expect(strcmp(books_rows(&a, b.cb, set), want) == 0, "%s:\n%s", files[n - 1].path, books_rows(&a, b.cb, set));
	book_close(&b);
}

static void
expect_fault(const char *name, const struct paper *files, size_t n, int want, const char *place)
{
	struct faults f = { .a = &a };
	struct book b;
	int rc = books_of(files, n, &f, &b);

	cr_expect(rc == want, "%s: %s", name, err_name(rc));
	cr_expect(f.n > 0 && str_eq(f.v[0].place, str_of(place)), "%s: %.*s %.*s", name, f.n ? (int)f.v[0].place.n : 0,
	    f.n ? f.v[0].place.p : "", f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
	book_close(&b);
}

Test(cb_changes, order_addenda_make_the_release)
{
	const struct paper files[] = { { ORDER_25, base(), 0 }, { ADDENDA_26, changes(), 0 } };

	expect_rows(files, 2, CS_ICD10CM,
	    "A00|Cholera||0|2015-10-01|\n"
	    "A001|Long one|Short one|1|2015-10-01|2025-09-30\nA001|New name||1|2025-10-01|\n"
	    "A002|Leaves||1|2015-10-01|2025-09-30\n"
	    "A003|Becomes a header|Becomes header|1|2015-10-01|2025-09-30\nA003|Becomes a header|Becomes header|0|2025-10-01|\n"
	    "A0031|New||1|2025-10-01|\n");
}

/* Two files of a day that say the same, or each a part, are one base: its codes are counted once. */
Test(cb_changes, a_base_of_two_files)
{
	const char *turned = JOIN(order("A003", '1', "Becomes header", "Becomes a header"),
	    order("A002", '1', "Leaves", "Leaves"), order("A001", '1', "Short one", "Long one"),
	    order("A00", '0', "Cholera", "Cholera"));
	const struct paper files[] = { { "one/" ORDER_25, base(), 0 }, { "two/" ORDER_25, turned, 0 },
	    { ADDENDA_26, changes(), 0 } };

	expect_rows(files, 3, CS_ICD10CM,
	    "A00|Cholera||0|2015-10-01|\n"
	    "A001|Long one|Short one|1|2015-10-01|2025-09-30\nA001|New name||1|2025-10-01|\n"
	    "A002|Leaves||1|2015-10-01|2025-09-30\n"
	    "A003|Becomes a header|Becomes header|1|2015-10-01|2025-09-30\nA003|Becomes a header|Becomes header|0|2025-10-01|\n"
	    "A0031|New||1|2025-10-01|\n");
}

/* Selections that change one day together are one group, though the whole file of that day lies between their folders. */
Test(cb_changes, selections_on_both_sides_of_the_whole)
{
	const char *add = JOIN(cm_change("Add:", '1', "B001", "New", "New"), COUNTS("headers", 1, 1, 0, 0, 0),
	    COUNTS("codes", 3, 4, 1, 0, 0));
	const struct paper files[] = {
		{ "a/" ORDER_25, base(), 0 }, { "a/" ADDENDA_26, add, 0 },
		    { "a/partial_sets.tsv", "PARTIAL\tTITLE\nICD10CM\tsome\n", 0 },
		{ "b/" ORDER_25, base(), 0 }, { "b/" ADDENDA_26, changes(), 0 },
		{ "c/" ADDENDA_26, add, 0 }, { "c/partial_sets.tsv", "PARTIAL\tTITLE\nICD10CM\tsome\n", 0 },
	};

	expect_fault("changed twice", files, 7, E_DUPLICATE, "c/" ADDENDA_26 " line 1 column 1");
}

Test(cb_changes, two_addenda_follow_each_other)
{
	const char *none = JOIN(COUNTS("headers", 2, 2, 0, 0, 0), COUNTS("codes", 2, 2, 0, 0, 0));
	const char *second = JOIN(cm_change("Add:", '1', "A0032", "Later", "Later"), COUNTS("headers", 2, 2, 0, 0, 0),
	    COUNTS("codes", 2, 3, 1, 0, 0));
	const struct paper files[] = { { ORDER_25, base(), 0 }, { "april-2026/" ADDENDA_26, none, 0 },
	    { ADDENDA_26, changes(), 0 },
	    { "icd10cm_order_addenda_2027.txt", second, 0 } };

	expect_rows(files, 4, CS_ICD10CM,
	    "A00|Cholera||0|2015-10-01|\n"
	    "A001|Long one|Short one|1|2015-10-01|2025-09-30\nA001|New name||1|2025-10-01|\n"
	    "A002|Leaves||1|2015-10-01|2025-09-30\n"
	    "A003|Becomes a header|Becomes header|1|2015-10-01|2025-09-30\nA003|Becomes a header|Becomes header|0|2025-10-01|\n"
	    "A0031|New||1|2025-10-01|\nA0032|Later||1|2026-10-01|\n");
}

/* The codes file and its addenda say less: titles may be cut there, and headers are not in them. */
Test(cb_changes, a_brief_file_does_not_replace_a_whole_one)
{
	const char *cut = JOIN("Revise from: A001    Long one\r\nRevise to:   A001    New\r\nDelete:      A002    Leaves\r\n"
	    "Delete:      A003    Becomes a header\r\nAdd:         A0031   New\r\n", COUNTS("codes", 3, 2, 1, 2, 1));
	const struct paper with_order[] = { { ORDER_25, base(), 0 }, { "icd10cm_codes_addenda_2026.txt", cut, 0 },
	    { CODES_26, "A001    New name\r\nA0031   New\r\n", 0 }, { ADDENDA_26, changes(), 0 } };
	const struct paper alone[] = { { ORDER_25, base(), 0 }, { "icd10cm_codes_addenda_2026.txt", cut, 0 } };

	expect_rows(with_order, 4, CS_ICD10CM,
	    "A00|Cholera||0|2015-10-01|\n"
	    "A001|Long one|Short one|1|2015-10-01|2025-09-30\nA001|New name||1|2025-10-01|\n"
	    "A002|Leaves||1|2015-10-01|2025-09-30\n"
	    "A003|Becomes a header|Becomes header|1|2015-10-01|2025-09-30\nA003|Becomes a header|Becomes header|0|2025-10-01|\n"
	    "A0031|New||1|2025-10-01|\n");
	expect_rows(alone, 2, CS_ICD10CM,
	    "A00|Cholera||0|2015-10-01|\n"
	    "A001|Long one|Short one|1|2015-10-01|2025-09-30\nA001|New|Short one|1|2025-10-01|\n"
	    "A002|Leaves||1|2015-10-01|2025-09-30\nA003|Becomes a header|Becomes header|1|2015-10-01|2025-09-30\n"
	    "A0031|New||1|2025-10-01|\n");
}

Test(cb_changes, procedures_have_no_flag)
{
	const char *pcs = JOIN(order("0DD", '0', "Extraction", "Extraction"),
	    order("0DDU0ZZ", '1', "Ext", "Extraction of Omentum"));
	const char *change = JOIN(pcs_change("Add:", "0TX", "Transfer", "Transfer"),
	    pcs_change("Delete:", "0DDU0ZZ", "Ext", "Extr."),
	    pcs_change("Add:", "0TX60ZZ", "Tr", "Transfer of Ureter"), COUNTS("headers", 1, 2, 1, 0, 0),
	    COUNTS("codes", 1, 1, 1, 1, 0));
	const struct paper files[] = { { "oct/icd10pcs_order_2026.txt", pcs, 0 },
	    { "fy2026-apr/order_addenda_2026.txt", change, 0 } };

	expect_rows(files, 2, CS_ICD10PCS,
	    "0DD|Extraction||0|2015-10-01|\n0DDU0ZZ|Extraction of Omentum|Ext|1|2015-10-01|2026-03-31\n"
	    "0TX|Transfer||0|2026-04-01|\n0TX60ZZ|Transfer of Ureter|Tr|1|2026-04-01|\n");
}

#define POA_HEAD(year)	"Order" year "\tPOAexemptCode\tDescription\r\n"

Test(cb_changes, poa_files_change_the_list_together)
{
	const struct paper files[] = {
		{ "POAexemptCodesFY25.txt", POA_HEAD("25") "1\tA00.1\tOne\r\n2\tA00.2\t\"Two, of it\"\r\n\r\n", 0 },
		{ "POAexemptAddCodesFY26.txt", POA_HEAD("26") "1\tB00.1\tNew\r\n", 0 },
		{ "POAexemptDeleteCodesFY26.txt", "POAexemptCode\tDescription\r\nA00.2\t\"Two, of it\"\r\n", 0 },
		{ "POAexemptReviseCodesFY26.txt", "Order26\tAction\tPOAexemptCode\tDescription\r\n"
		    "1\tRevise from:\tA00.1\tOne\r\n1\tRevise to:\tA00.1\tUna\r\n", 0 },
	};

	expect_rows(files, 4, CS_POA_EXEMPT, "A001|2015-10-01|\nA002|2015-10-01|2025-09-30\nB001|2025-10-01|\n");
}

Test(cb_changes, conversions_and_gems)
{
	const struct paper cm = { "conversion_table_fy2026.tsv", "CURRENT_CODE\tEFFECTIVE\tPREVIOUS_CODES\n"
	    "A04.71\t2017\tA04.7\nJ12.82\t44197\tJ12.89\nE11.11\t2017\tE11.69 and R40.20\n", 0 };
	const struct paper pcs = { "fy2026-apr/icd10pcs_conversion_table.txt",
	    "Current code(s) assignment\tCode title\tEffective year\t"
	    "Previous code(s) assignment\tPredecessor code title\tChange type\tComment\tEffective month/day [MM.DD]\r\n"
	    "001607A\t\"Bypass, Open\"\t2019\t00H60YZ\t\"Insertion, Open\"\tNew\t10.01\r\n"
	    "NoPCS\t\"No description\"\t2026\t30233AZ\tOld\tDeleted\t\"gone, all of it\"\t04.01\r\n", 0 };
	const struct paper nine = { "2018_I9gem.txt", "0010  A000    00000\r\n36570 NoDx    11000\r\n", 0 };
	const struct paper ten = { "2018_I10gem.txt", "A000    0010  00000\r\nE0800   24980 10112\r\n", 0 };

	expect_rows(&cm, 1, CS_ICD10CM_CONVERSION,
	    "A0471|2017|1001|A04.7|2015-10-01|\nE1111|2017|1001|E11.69 and R40.20|2015-10-01|\n"
	    "J1282|2021|101|J12.89|2015-10-01|\n");
	expect_rows(&pcs, 1, CS_ICD10PCS_CONVERSION,
	    "001607A|2019|1001|00H60YZ|New|Bypass, Open|Insertion, Open||2015-10-01|\n"
	    "NoPCS|2026|401|30233AZ|Deleted|No description|Old|gone, all of it|2015-10-01|\n");
	expect_rows(&nine, 1, CS_GEM_9, "0010|0|0|A000|0|0|0|2015-10-01|\n36570|0|0|NoDx|1|1|0|2015-10-01|\n");
	expect_rows(&ten, 1, CS_GEM_10, "A000|0|0|0010|0|0|0|2015-10-01|\nE0800|1|2|24980|1|0|1|2015-10-01|\n");
}

/* ---- what does not fit ---- */

Test(cb_changes, files_that_do_not_fit)
{
	const char *add = cm_change("Add:", '1', "B001", "New", "New");
	const char *heads = COUNTS("headers", 1, 1, 0, 0, 0), *codes = COUNTS("codes", 3, 4, 1, 0, 0);
	const struct { const char *name, *path, *text; int rc; const char *place; } t[] = {
		{ "count differs", ADDENDA_26, JOIN(add, heads, COUNTS("codes", 3, 5, 2, 0, 0)), E_VALUE, " line 15 column 1" },
		{ "no counts", ADDENDA_26, add, E_INCOMPLETE, " line 1 column 1" },
		{ "counts of codes only", ADDENDA_26, JOIN(add, codes), E_INCOMPLETE, " line 10 column 1" },
		{ "sums", ADDENDA_26, JOIN(add, heads, COUNTS("codes", 3, 5, 1, 0, 0)), E_VALUE, " line 19 column 1" },
		{ "change after counts", ADDENDA_26, JOIN(add, heads, codes, add), E_MALFORMED, " line 20 column 1" },
		{ "half a pair", ADDENDA_26, JOIN(cm_change("Revise to:", '1', "A001", "x", "x"), heads, codes), E_MALFORMED,
		    " line 1 column 1" },
		{ "open pair", ADDENDA_26, JOIN(cm_change("Revise from:", '1', "A001", "x", "x"), add, heads, codes), E_MALFORMED,
		    " line 2 column 1" },
		{ "flag", ADDENDA_26, JOIN(cm_change("Add:", '2', "B001", "New", "New"), heads, codes), E_MALFORMED,
		    " line 1 column 14" },
		{ "Latin-1", ADDENDA_26, JOIN(cm_change("Add:", '1', "B001", "M\xe9ni", "New"), heads, codes), E_MALFORMED,
		    " line 1 column 24" },
		{ "short line", ADDENDA_26, JOIN("Add:         1 B001    New\r\n", heads, codes), E_MALFORMED,
		    " line 1 column 1" },
		{ "other words", ADDENDA_26, JOIN(add, "Chang:       1 B002\r\n", heads, codes), E_MALFORMED,
		    " line 2 column 1" },
		{ "not addenda", ADDENDA_26, "Something else\r\n", E_MALFORMED, " line 1 column 1" },
		{ "codes shifted", CODES_26, "A001    Title\r\nA0012     Title\r\n", E_MALFORMED, " line 2 column 1" },
		{ "codes Latin-1", CODES_26, "A001    M\xe9ni\r\n", E_MALFORMED, " line 1 column 9" },
		{ "codes of six", "icd10pcs_codes_2026.txt", "0DDU0Z  Title\r\n", E_MALFORMED, " line 1 column 1" },
		{ "gem flag", "2018_I9gem.txt", "0010  A000    00000\r\n0011  A001    20000\r\n", E_MALFORMED,
		    " line 2 column 1" },
		{ "gem cut", "2018_I9gem.txt", "0010  A000    00000\r\n0011  A001    000\r\n", E_MALFORMED, " line 2 column 1" },
		{ "gem target", "2018_I10gem.txt", "A000    NoDx  00000\r\n", E_MALFORMED, " line 1 column 1" },
		{ "gem twice", "2018_I10gem.txt", "A000    0010  00000\r\nA000    0010  10000\r\n", E_DUPLICATE,
		    " line 2 column 1" },
		{ "conversion year", "conversion_table_fy2026.tsv",
		    "CURRENT_CODE\tEFFECTIVE\tPREVIOUS_CODES\nA04.71\t17\tA04.7\n", E_MALFORMED,
		    " line 2 column 1" },
		{ "conversion head", "conversion_table_fy2026.tsv", "CURRENT\tEFFECTIVE\tPREVIOUS_CODES\nA04.71\t2017\tA04.7\n",
		    E_UNSUPPORTED, " line 1 column 1" },
		{ "POA pair", "POAexemptReviseCodesFY26.txt",
		    "Order26\tAction\tPOAexemptCode\tDescription\r\n1\tRevise from:\tA00.1\tx\r\n",
		    E_MALFORMED, " line 2 column 1" },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const struct paper file = { t[i].path, t[i].text, 0 };

		expect_fault(t[i].name, &file, 1, t[i].rc, arena_fmt(&a, "%s%s", t[i].path, t[i].place).p);
	}
}

Test(cb_changes, changes_that_do_not_fit_their_base)
{
	const char *head = COUNTS("headers", 1, 1, 0, 0, 0);
	const char *twice = cm_change("Add:", '1', "B001", "New", "New");
	const struct { const char *name, *text; int rc; const char *place; } t[] = {
		{ "deletes nothing", JOIN(cm_change("Delete:", '1', "B001", "x", "x"), head, COUNTS("codes", 3, 2, 0, 1, 0)),
		    E_CONFLICT, ADDENDA_26 " line 1 column 1" },
		{ "adds what is there", JOIN(cm_change("Add:", '1', "A001", "x", "x"), head, COUNTS("codes", 3, 4, 1, 0, 0)),
		    E_CONFLICT, ADDENDA_26 " line 1 column 1" },
		{ "other base", JOIN(cm_change("Add:", '1', "B001", "x", "x"), head, COUNTS("codes", 7, 8, 1, 0, 0)),
		    E_CONFLICT, ADDENDA_26 },
		{ "twice", JOIN(twice, twice, head, COUNTS("codes", 3, 5, 2, 0, 0)), E_DUPLICATE, ADDENDA_26 " line 2 column 1" },
	};
	const struct paper alone = { ADDENDA_26, changes(), 0 };

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const struct paper files[] = { { ORDER_25, base(), 0 }, { ADDENDA_26, t[i].text, 0 } };

		expect_fault(t[i].name, files, 2, t[i].rc, t[i].place);
	}
	expect_fault("without its base", &alone, 1, E_INCOMPLETE, ADDENDA_26);
}

Test(cb_changes, codes_and_order_contradict_each_other)
{
	static const struct { const char *name, *codes, *place; } t[] = {
		{ "title", "A001    Long two\r\nA002    Leaves\r\nA003    Becomes a header\r\n", CODES_26 " line 1 column 1" },
		{ "a code too few", "A001    Long one\r\nA003    Becomes a header\r\n",
		    "icd10cm_order_2026.txt line 3 column 1" },
		{ "a code too many", "A001    Long one\r\nA002    Leaves\r\nA0022   New\r\nA003    Becomes a header\r\n",
		    CODES_26 " line 3 column 1" },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const struct paper files[] = { { "icd10cm_order_2026.txt", base(), 0 }, { CODES_26, t[i].codes, 0 } };

		expect_fault(t[i].name, files, 2, E_CONFLICT, t[i].place);
	}
}

Test(cb_changes, no_cut_file_is_harmful)
{
	const struct paper whole[] = { { ADDENDA_26, changes(), 0 }, { CODES_26, "A001    New name\r\nA0031   New\r\n", 0 },
	    { "2018_I9gem.txt", "0010  A000    00000\r\n36570 NoDx    11000\r\n", 0 } };

	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		for (size_t n = 1; n < strlen(whole[i].text); n++) {
			const struct paper files[] = { { ORDER_25, base(), 0 }, { whole[i].path, whole[i].text, n } };
			struct faults f = { .a = &a };
			struct book b;
			int rc = books_of(files, 2, &f, &b);

			cr_expect(rc == 0 || f.n > 0 || rc == E_UNSUPPORTED, "%s cut to %zu: %s", whole[i].path, n, err_name(rc));
			book_close(&b);
		}
}
