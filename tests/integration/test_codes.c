/* test_codes.c - `claimline codes` as a person meets it: what it prints, its exit codes, and that a bad file makes no book. */
#include "base/file.h"
#include "support/books.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena a;
static char dir[] = "/tmp/claimline-codes-XXXXXX";

/* A line of an order file. */
static const char *
order(const char *code, char flag, const char *title)
{
	return books_order_line(&a, code, flag, title);
}

static void
folder(const char *name)
{
	cr_assert(mkdir(path_join(&a, str_of(dir), str_of(name)).p, 0700) == 0, "%s", name);
}

static void
put(const char *name, const char *text)
{
	cr_assert(file_write_atomic(path_join(&a, str_of(dir), str_of(name)).p, str_of(text), true) == 0, "%s", name);
}

/* Numbers that need words, a title with accents, pair edits. */
static void
rich_setup(void)
{
	put("rich/icd10cm_order_2026.txt", arena_fmt(&a, "%s%s", order("H810", '0', "M\xc3\xa9ni\xc3\xa8re's disease"),
	    order("H8101", '1', "Meniere's disease, right ear")).p);
	put("rich/FY 2021 Table 5.txt",
	    "MS-DRG\tPost-Acute DRG\tSpecial Pay DRG\tMDC\tTYPE\tMS-DRG Title\tWeights\tGeometric mean LOS\t"
	    "Arithmetic mean LOS\n470\tYes\tNo\t08\tSURG\t\"HIP, KNEE\"\t1.9289\t1.9\t2.2\n");
	put("rich/version.tsv", "ver\tname\tfrom_date\tto_date\n400\t40.0\t2022-10-01\t\n");
	put("rich/description.tsv", "kind\tnumber\tfrom_ver\tto_ver\ttext\nMDC\t470\t400\t400\tNo DRG\n"
	    "DRG\t470\t400\t400\tMajor Joint\n");
	put("rich/ccipra-v321r0-f1.txt",
	    "Column1/Column2 Edits\r\nColumn 1\tColumn 2\t*\tEffective\tDeletion\tModifier\tRationale\r\n"
	    "10001\t10002\t\t20200101\t*\t1\tone\r\n10001\t10003\t\t20200101\t*\t0\ttwo\r\n"
	    "20001\t10001\t\t20200101\t*\t9\tthree\r\n");
}

/* The same newest words, on other days. */
static void
days_setup(void)
{
	put("days1/cc.tsv", "CONDITION\tTITLE\tFROM\tTO\n40\tgone and back\t2020-01-01\t2025-12-31\n"
	    "41\tonce\t2025-01-01\t2025-12-31\n"
	    "42\tnew alone\t2026-01-01\t\n43\tthe same\t2024-01-01\t\n");
	put("days2/cc.tsv", "CONDITION\tTITLE\tFROM\tTO\n40\tgone and back\t2020-01-01\t\n41\tonce\t2026-01-01\t2026-12-31\n"
	    "42\tof before\t2025-01-01\t2025-12-31\n42\tnew alone\t2026-01-01\t\n43\tthe same\t2024-01-01\t\n");
}

static void
setup(void)
{
	arena_init(&a, (size_t)1 << 28);
	static const char *const folders[] = { "old", "new", "bad", "none", "clash", "rich", "days1", "days2",
	    "odd", "esc\033[2J" };

	cr_assert(mkdtemp(dir) != NULL);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		folder(folders[i]);
	put("clash/icd10cm_order_2025.txt", order("A001", '1', "Cholera of nobody"));
	put("old/icd10cm_order_2025.txt", arena_fmt(&a, "%s%s%s", order("A00", '0', "Cholera"),
	    order("A001", '1', "Cholera of old"), order("A009", '1', "Cholera, unspecified")).p);
	put("old/cc.tsv", "CONDITION\tTITLE\tFROM\tTO\n40\tsame day\t\t\n");
	put("new/icd10cm_order_2025.txt", arena_fmt(&a, "%s%s%s", order("A00", '0', "Cholera"),
	    order("A001", '1', "Cholera of old"), order("A009", '1', "Cholera, unspecified")).p);
	put("new/icd10cm_order_2026.txt", arena_fmt(&a, "%s%s%s%s", order("A00", '0', "Cholera"),
	    order("A001", '1', "Cholera of today"), order("A009", '0', "Cholera, unspecified"),
	    order("A0091", '1', "Cholera in detail")).p);
	put("new/cc.tsv", "CONDITION\tTITLE\tFROM\tTO\n40\tsame day\t\t2025-12-31\n41\tlater\t\t\n");
	put("odd/icd10cm_index_2026.xml", "<ICD10CM.index><letter><mainTerm><title>Nothing</title><code>Z98.7</code></mainTerm>"
	    "</letter></ICD10CM.index>");
	put("bad/icd10cm_order_2026.txt", arena_fmt(&a, "%s00002 A001    1 cut", order("A00", '0', "Cholera")).p);
	put("none/readme.txt", "nothing of interest\n");
	put("esc\033[2J/icd10cm_order_2026.txt", "00002 A001    1 cut");
	rich_setup();
	days_setup();
}

static void
teardown(void)
{
	folder_remove(dir);
	arena_free(&a);
}

TestSuite(codes, .init = setup, .fini = teardown);

/* The program in the folder; what it says on both streams. */
static int
run(const char *words, struct str *out)
{
	return shell_run(&a, arena_fmt(&a, "cd '%s' && " CL_BIN_DIR "/claimline codes %s 2>&1", dir, words).p, out);
}

#define ROWS(v)	SHELL_ROWS(run, v)

Test(codes, asked_wrongly)
{
	static const struct shell_row rows[] = {
		{ "", 64, "build, fetch, list, show", NULL }, { "sing", 64, "build, fetch, list", NULL },
		{ "build --out x.clb", 64, "--from DIR", NULL }, { "build --from old", 64, "--out FILE", NULL },
		{ "build --from nowhere --out x.clb", 66, "nowhere: no such folder", NULL },
		{ "show --book nowhere.clb A001", 66, "nowhere.clb", "no such file" },
		{ "show --book old/cc.tsv A001", 65, "not a code book", NULL }, { "show", 64, "one code", NULL },
		{ "search", 64, "words", NULL }, { "diff one.clb", 64, "old and the new", NULL },
		{ "list one two", 64, "at most one", NULL }, { "list one --book two", 64, "at most one", NULL },
		{ "show ''", 64, "wants a code", NULL }, { "show .", 64, "wants a code", NULL },
		{ "show A001 --table sing", 64, "name of a table", NULL },
		    { "search a --table sing", 64, "name of a table", NULL },
		{ "diff a b --table sing", 64, "name of a table", NULL }, { "search a --table note", 64, "no titles", NULL },
		{ "list --table icd10cm", 64, "list has no --table", NULL },
		    { "diff a b --date 2026-01-01", 64, "diff has no --date", NULL },
		{ "show A001 --out x", 64, "show has no --out", NULL },
		    { "build --from old --out a --out b", 64, "--out is given twice", NULL },
		{ "diff a b --impact --limit 3", 64, "no --limit", NULL },
	};

	ROWS(rows);
}

Test(codes, a_bad_file_makes_no_book_and_the_old_one_stays)
{
	static const struct shell_row rows[] = {
		{ "build --from old --out b.clb", 0, "icd10cm", "condition" },
		{ "build --from bad --out b.clb", 65, "bad/icd10cm_order_2026.txt line 2 column", "b.clb is as it was" },
		{ "build --from none --out b.clb", 65, "none of the files", NULL },
		{ "build --from old --from clash --out b.clb", 65, "says otherwise than", NULL },
		{ "build --from new --out /nowhere/b.clb", 73, "/nowhere/b.clb", NULL },
		{ "build --from esc* --out b.clb", 65, "esc?[2J/icd10cm_order_2026.txt", "b.clb is as it was" },
		{ "build --from new --out old", 73, "old: is a folder", NULL },
		{ "show --book b.clb A001 --date 2025-01-01", 0, "Cholera of old", NULL },
	};
	struct file_list left;
	struct stat st;

	ROWS(rows);
	cr_assert(dir_list(&a, dir, 100, &left) == 0);
	for (size_t i = 0; i < left.n; i++)
		cr_expect(!strstr(left.v[i].name.p, ".part"), "nothing half written is left");
	cr_expect(stat(path_join(&a, str_of(dir), S("b.clb")).p, &st) == 0 && (st.st_mode & 0777) == 0644,
	    "for daemons of other users");
}

Test(codes, looking)
{
	static const struct shell_row rows[] = {
		{ "build --from new --out b.clb", 0, "book icd10cm-2026+1/", NULL },
		{ "list b.clb", 0, "icd10cm", "new/icd10cm_order_2025.txt" },
		{ "list --book b.clb", 0, "condition", NULL },
		{ "build --from new --from odd --out o.clb", 0, "exception in", "Z98" },
		{ "show --book b.clb a00.1 --date 2025-09-30", 0, "billable", "Cholera of old" },
		{ "show --book b.clb A00.1 --date 2025-10-01", 0, "in force   2025-10-01 ..   Cholera of today",
		    "above      A00" },
		{ "show --book b.clb A00.9 --date 2026-01-01", 0, "not billable: a header", "below      A00.91" },
		{ "show --book b.clb A00.91 --date 2025-01-01", 0, "not in force yet", "later      2025-10-01" },
		{ "show --book b.clb 40 --date 2026-03-01", 0, "condition", "once" },
		{ "show --book b.clb Z99", 1, "is in no table", NULL },
		{ "search --book b.clb --date 2026-01-01 CHOLERA det", 0, "A0091", NULL },
		{ "search --book b.clb pneumonia", 1, "no title", NULL },
	};
	static const char *const json[] = { "list b.clb --json", "show --book b.clb A001 --json",
	    "search --book b.clb cholera --json",
	    "build --from old --out c.clb --json", "diff c.clb b.clb --json" };

	ROWS(rows);
	for (size_t i = 0; i < sizeof json / sizeof *json; i++) {
		struct str out;
		json_error_t e;
		int rc = run(json[i], &out);
		json_t *j = json_loadb(out.p, out.n, 0, &e);

		cr_expect(rc == 0 && j && json_object_get(j, i == 4 ? "new" : "book"), "%s: %s", json[i], e.text);
		json_decref(j);
	}
}

/* The answer in JSON, of a run that ends so. */
static json_t *
answer(const char *words, int want)
{
	struct str out;
	json_error_t e;
	int rc = run(words, &out);
	json_t *j = json_loadb(out.p, out.n, 0, &e);

	cr_assert(rc == want && j, "%s: %d %s", words, rc, e.text);
	return j;
}

Test(codes, in_words)
{
	static const struct shell_row rows[] = {
		{ "build --from rich --out r.clb", 0, "ptp_practitioner", NULL },
		{ "show --book r.clb 470", 0, "weight 1.9289, gmlos 1.9, alos 2.2, "
		    "post_acute 1 (post-acute care transfer policy), special 0",
		    "kind DRG, number 470" },
		{ "show --book r.clb 470 --table drg_title", 0, "title Major Joint", NULL },
		{ "show --book r.clb 10001", 0, "10001 + 10003  modifier not allowed  two",
		    "in column 1 of 2 edits, in column 2 of 1\n" },
		{ "show --book r.clb 10001 --table ptp_practitioner", 0, "20001 + 10001  modifier not applicable  three", NULL },
		{ "show --book r.clb 10001 --table ptp_hospital", 1, "10001 is not in ptp_hospital", NULL },
		{ "search --book r.clb menieres", 1, "no title", NULL },
		{ "search --book r.clb meniere", 0, "(header) M\xc3\xa9ni\xc3\xa8re's disease", "H8101  Meniere" },
		{ "search --book r.clb M\xc3\x89ni\xc3\xa8re right", 0, "H8101", NULL },
		{ "search --book r.clb me\xcc\x81nie\xcc\x80re right", 0, "H8101", NULL },
		{ "search --book r.clb h81.01", 0, "H8101", NULL }, { "search --book r.clb h81.0", 0, "H810 ", "header" },
	};
	json_t *j, *edits;
	struct str out;

	ROWS(rows);
	(void)run("show --book r.clb 470 --table drg_title", &out);
	cr_expect(!strstr(out.p, "No DRG"), "the number of an MDC is none of a DRG");
	j = answer("show --book r.clb 10001 --limit 2 --json", 0);
	edits = json_object_get(json_array_get(json_object_get(j, "found"), 0), "edits");
	cr_expect(json_array_size(edits) == 2 && json_integer_value(json_object_get(json_array_get(edits, 0), "modifier")) == 1);
	json_decref(j);
	j = answer("show --book r.clb zzzz --json", 1);
	cr_expect(json_array_size(json_object_get(j, "found")) == 0 && json_object_get(j, "book"));
	json_decref(j);
	j = answer("search --book r.clb zzzz --json", 1);
	cr_expect(json_integer_value(json_object_get(j, "found")) == 0);
	json_decref(j);
}

/* More faults than are kept. */
Test(codes, many_faults)
{
	struct str out;
	struct buf b;

	buf_init(&b, &a);
	for (int i = 0; i < 300; i++)
		buf_cstr(&b, "00002 A001    1 cut\n");
	put("odd/icd10cm_index_2026.xml", "<ICD10CM.index><letter><mainTerm><title>Nothing</title><code>Z98.7</code></mainTerm>"
	    "</letter></ICD10CM.index>");
	put("bad/icd10cm_order_2026.txt", arena_str(&a, buf_view(&b)).p);
	cr_expect(run("build --from bad --out b.clb", &out) == 65);
	cr_expect(strstr(out.p, "more faults"), STR_FMT, STR_ARG(out));
}

Test(codes, comparing)
{
	static const struct shell_row rows[] = {
		{ "build --from old --out a.clb", 0, "icd10cm", NULL }, { "build --from new --out b.clb", 0, "icd10cm", NULL },
		{ "diff a.clb b.clb", 0, "icd10cm  added 1, deleted 0, revised 2, newly invalid 1, other days 0\n",
		    "condition  added 1, deleted 0, revised 0, newly invalid 1, other days 0\n" },
		{ "diff a.clb b.clb", 0, "newly invalid  A009  a header now", "title: Cholera of old -> Cholera of today" },
		{ "diff b.clb a.clb --table icd10cm", 0, "deleted        A0091  Cholera in detail", NULL },
		{ "diff a.clb a.clb", 0, "the books say the same\n", NULL },
		{ "diff a.clb b.clb --table ptp_hospital", 0, "the same of this table", NULL },
		{ "build --from days1 --out c.clb", 0, "condition", NULL },
		    { "build --from days2 --out d.clb", 0, "condition", NULL },
		{ "diff c.clb d.clb", 0, "condition  added 0, deleted 0, revised 0, newly invalid 0, other days 3\n",
		    "other days     40  2020-01-01 .. 2025-12-31 -> 2020-01-01 .. \n" },
		{ "diff c.clb d.clb", 0, "other days     41  2025-01-01 .. 2025-12-31 -> 2026-01-01 .. 2026-12-31\n",
		    "other days     42  2026-01-01 ..  -> 2025-01-01 .. 2025-12-31, 2026-01-01 .. \n" },
		{ "diff a.clb b.clb --impact --set site.redis=unix:/nowhere/redis.sock", 69, "Redis", NULL },
	};

	ROWS(rows);
}
