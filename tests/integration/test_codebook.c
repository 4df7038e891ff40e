/*
 * test_codebook.c - a code book under running daemons: which one judged is in the ledger, a good new one is taken on
 * SIGHUP, a damaged one is refused with the reason and the old one stays; what a new book would change for the
 * encounters that are in the pipeline.
 */
#include "base/file.h"
#include "support/books.h"
#include "support/one_site.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/claimline-book-XXXXXX", path[64];

/* Two books: the starter set, and that with a list more. Their ids differ. */
static struct book first, second;

static void
books_make(void)
{
	const char *folders[] = { CL_SOURCE_DIR "/config/codesets", NULL };
	struct faults f = { .a = &mem };

	cr_assert(mkdtemp(dir) != NULL);
	(void)snprintf(path, sizeof path, "%s/live.clb", dir);
	books_starter(&first);
	folders[1] = path_join(&mem, str_of(dir), S("more.tsv")).p;
	cr_assert(file_write_atomic(folders[1], S("RARC\tTITLE\tFROM\tTO\nZZ99\tfor the test\t\t\n"), true) == 0);
	cr_assert(book_build(folders, 2, &f, NULL, NULL, &second) == 0 && !str_eq(codebook_id(first.cb), codebook_id(second.cb)));
}

static void
begin_books(void)
{
	static const char *sets[3];

	arena_init(&mem, (size_t)1 << 30);
	books_make();
	cr_assert(file_write_atomic(path, first.bytes, true) == 0);
	sets[0] = "submit.cutoff_ms=200";
	sets[1] = arena_fmt(&mem, "site.code_book=%s", path).p;
	cr_assert(site_open(&site, &(struct site_spec){ .sets = sets }) && site_up(&site), "%s", site.why);
}

static void
end_books(void)
{
	book_close(&first);
	book_close(&second);
	folder_remove(dir);
	end();
}

static void
hup_all(void)
{
	for (int i = 0; i < SITE_STAGES; i++)
		cr_assert(kill(site.d[i][0].pid, SIGHUP) == 0);
}

static bool
ledger_names(const struct book *b)
{
	char where[256];

	cr_assert(site_wait_journal(&site), "%s", site.why);
	return site_find_in_tree(site_path(&site, "ledger").p, codebook_id(b->cb).p, where, sizeof where);
}

/* A sound book without diagnoses is refused by all, not by suggest alone: no two books in one crew. */
static void
no_diagnoses(void)
{
	static const struct paper list = { "x.tsv", "POS\tTITLE\n11\toffice\n", 0 };
	struct faults f = { .a = &mem };
	struct book b;

	cr_assert(books_of(&list, 1, &f, &b) == 0 && file_write_atomic(path, b.bytes, true) == 0);
	book_close(&b);
	hup_all();
	for (int i = 0; i < SITE_STAGES; i++)
		cr_expect(site_wait_log(&site, (enum site_stage)i, 0, "no table icd10cm"), "%s: %s",
		    site_stage_names[i], site.why);
}

Test(codebook, a_new_book_is_taken_and_a_damaged_one_refused)
{
	static const struct { const char *name; size_t cut, flip; const char *why; } bad[] = {
		{ "cut", 1000, 0, "cut or has grown" }, { "empty", SIZE_MAX, 0, "not a code book" },
		{ "a byte of a table", 0, 500000, "checksum" }, { "a byte of the header", 0, 20, "header of the code book" },
		{ "the magic", 0, 1, "not a code book" },
	};
	unsigned fed = 0;

	begin_books();
	cr_assert(site_feed(&site, fed++, 1) && site_wait_count(&site, ST_SENT, fed), "%s", site.why);
	cr_expect(ledger_names(&first) && !ledger_names(&second));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct str bytes = arena_str(&mem, first.bytes);

		if (bad[i].flip)
			((char *)(uintptr_t)bytes.p)[bad[i].flip] ^= 0x55;
		bytes.n = bad[i].cut > bytes.n ? 0 : bytes.n - bad[i].cut;
		cr_assert(file_write_atomic(path, bytes, true) == 0);
		hup_all();
		for (int k = 0; k < SITE_STAGES; k++)
			cr_expect(site_wait_log(&site, (enum site_stage)k, 0, bad[i].why), "%s: %s: %s", bad[i].name,
			    site_stage_names[k], site.why);
		cr_assert(site_feed(&site, fed++, 1) && site_wait_count(&site, ST_SENT, fed), "%s: %s", bad[i].name, site.why);
	}
	no_diagnoses();
	for (int i = 0; i < SITE_STAGES; i++)
		cr_expect(site_metric(&site, (enum site_stage)i, 0, "claimline_reloads_total") == 0, "%s", site_stage_names[i]);
	cr_expect(ledger_names(&first) && !ledger_names(&second));

	cr_assert(file_write_atomic(path, second.bytes, true) == 0);
	hup_all();
	for (int i = 0; i < SITE_STAGES; i++) {
		struct reloads one = { (enum site_stage)i, 1 };

		cr_expect(site_wait(&site, has_reloaded, &one, "the new book"), "%s: %s", site_stage_names[i], site.why);
	}
	cr_assert(site_feed(&site, fed++, 1) && site_wait_count(&site, ST_SENT, fed), "%s", site.why);
	cr_expect(ledger_names(&second));
	end_books();
}

/* The daemons do not start on a damaged book: a claim judged by nothing would be worse. */
Test(codebook, no_start_on_a_damaged_book)
{
	struct str out;

	begin_books();
	cr_assert(file_write_atomic(path, (struct str){ first.bytes.p, first.bytes.n / 2 }, true) == 0);
	cr_assert(site_stop(&site, SITE_VALIDATE, 0) == 0);
	cr_expect(site_run(&site, SITE_VALIDATE, "--instance=other", &out) != 0);
	end_books();
}

static json_t *
impact(const char *old, const char *now)
{
	const char *command = arena_fmt(&mem, CL_BIN_DIR "/claimline codes diff %s %s --impact --json --set site.redis="
	    STR_FMT, old, now, STR_ARG(site.conf.site.redis)).p;
	FILE *f = popen(command, "r");
	json_error_t e;
	json_t *j;

	cr_assert(f != NULL);
	j = json_loadf(f, 0, &e);
	cr_expect(pclose(f) == 0 && j, "%s: %s", command, e.text);
	return j;
}

Test(codebook, what_a_new_book_would_change)
{
	static const struct paper one = { "icd10cm_order_2026.txt",
	    "00001 A009    1 Cholera                                                      Cholera, unspecified\n", 0 };
	struct faults f = { .a = &mem };
	const char *other, *same, *all;
	struct paper order = { "icd10cm_order_2026.txt", NULL, 0 };
	struct str text;
	struct book b;
	json_t *j;

	begin_books();
	cr_assert(site_feed(&site, 0, 3) && site_wait_count(&site, ST_SENT, 3), "%s", site.why);
	other = path_join(&mem, str_of(dir), S("other.clb")).p;
	same = path_join(&mem, str_of(dir), S("same.clb")).p;
	/* the codes of the starter set as if they were all that there are */
	all = path_join(&mem, str_of(dir), S("all.clb")).p;
	cr_assert(file_read(&mem, CL_SOURCE_DIR "/config/codesets/icd10cm_order_2026.txt", LIMIT_INPUT, &text) == 0);
	order.text = text.p;
	cr_assert(books_of(&order, 1, &f, &b) == 0 && file_write_atomic(all, b.bytes, true) == 0);
	book_close(&b);
	cr_assert(books_of(&one, 1, &f, &b) == 0);
	cr_assert(file_write_atomic(other, b.bytes, true) == 0 && file_write_atomic(same, second.bytes, true) == 0);
	book_close(&b);
	j = impact(all, other);
	cr_expect(json_integer_value(json_object_get(j, "looked_at")) == 3 &&
	    json_integer_value(json_object_get(j, "affected")) == 3);
	cr_expect(json_array_size(json_object_get(j, "codes")) >= 3);
	json_decref(j);
	j = impact(path, other);
	cr_expect(json_integer_value(json_object_get(j, "affected")) == 0, "by a selection nothing is judged");
	json_decref(j);
	j = impact(path, same);
	cr_expect(json_integer_value(json_object_get(j, "looked_at")) == 3 &&
	    json_integer_value(json_object_get(j, "affected")) == 0);
	json_decref(j);
	end_books();
}
