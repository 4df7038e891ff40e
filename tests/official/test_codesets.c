/*
 * test_codesets.c - the readers on the full official files, and every row of the starter set against them.
 * Needs ../shared (and the zstd program); without it nothing is checked, and it says so.
 */
#include "base/file.h"
#include "support/books.h"
#include "support/one_arena.h"
#include "support/shared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The bytes of a file below shared/data. */
static struct str
bytes_of(const char *name)
{
	struct str text = shared_unpacked(&a, arena_fmt(&a, "data/%s", name).p);

	cr_assert(text.n > 0, "%s", name);
	return text;
}

/* Records as the provenance of the files counts them. */
static const struct { const char *name; int rows; } files[] = {
	{ "icd10cm/icd10cm_order_2026.txt.zst", 98186 }, { "icd10cm/icd10cm_order_2025.txt.zst", 97584 },
	{ "icd10cm/icd10cm-order-Jan-2021.txt.zst", 95358 }, { "icd10cm/icd10cm_index_2017.xml.zst", 7973 + 69226 },
	{ "icd10cm/icd10cm-eindex-April-1-2026-XML.xml", 314 + 7776 }, { "icd10cm/icd10cm_tabular_2021.xml.zst", -1 },
	{ "icd10cm/POAexemptCodesFY26.txt.zst", 38349 }, { "icd10pcs/fy2026-oct/icd10pcs_order_2026.txt.zst", 80029 },
	{ "hcpcs/HCPC2025_JAN_ANWEB_12172024.txt.zst", 8259 + 383 }, { "codelists/rarc_2024-03.tsv", 1171 },
	{ "codelists/place_of_service_2024.tsv", 52 },
};
#define N_FILES	(sizeof files / sizeof *files)

static void
official_book(struct book *b)
{
	const char *paths[N_FILES + 1] = { NULL };

	for (size_t i = 0; i < N_FILES; i++)
		paths[i] = files[i].name;
	books_of_official(paths, b);
}

Test(codesets, official_files_are_read)
{
	if (!books_official())
		return;
	open_arena();
	for (size_t i = 0; i < N_FILES; i++) {
		struct faults f = { .a = &a };
		int rc = books_count(files[i].name, &f);

		cr_expect(files[i].rows < 0 ? rc > 0 : rc == files[i].rows, "%s: %d", files[i].name, rc);
		cr_expect(f.n == 0, "%s: %s", f.n ? f.v[0].place.p : "", f.n ? f.v[0].words.p : "");
		printf("%-50s %d rows\n", files[i].name, rc);
	}
	close_arena();
}

Test(codesets, official_book)
{
	static const struct { const char *name; enum code_set set; const char *code; int y, m, d; bool found,
	    billable; } rows[] = {
		{ "diagnosis", CS_ICD10CM, "E1165", 2026, 1, 1, true, true },
		{ "header", CS_ICD10CM, "E116", 2026, 1, 1, true, false },
		{ "new in fiscal year 2026", CS_ICD10CM, "R10A0", 2025, 10, 1, true, true },
		{ "the day before", CS_ICD10CM, "R10A0", 2025, 9, 30, false, false },
		{ "ended with fiscal year 2025", CS_ICD10CM, "G35", 2025, 9, 30, true, true },
		{ "a header since", CS_ICD10CM, "G35", 2025, 10, 1, true, false },
		{ "procedure", CS_ICD10PCS, "0016070", 2026, 1, 1, true, true },
		{ "procedure table", CS_ICD10PCS, "001", 2026, 1, 1, true, false },
		{ "supply", CS_HCPCS, "A0425", 2026, 1, 1, true, true },
		{ "discontinued supply", CS_HCPCS, "A4466", 2017, 1, 1, false, false },
		{ "on its last day", CS_HCPCS, "A4466", 2016, 12, 31, true, true },
		{ "modifier", CS_MODIFIER, "LT", 2026, 1, 1, true, true },
		{ "place of service", CS_POS, "11", 2026, 1, 1, true, true },
	};
	struct book b;

	if (!books_official())
		return;
	official_book(&b);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct code_row row = codebook_look(b.cb, rows[i].set, str_of(rows[i].code),
		    day_of(rows[i].y, rows[i].m, rows[i].d));

		cr_expect((row.code.n > 0) == rows[i].found && (!row.code.n || row.billable == rows[i].billable),
		    "%s", rows[i].name);
	}
	cr_expect(codebook_poa_exempt(b.cb, S("Z7982"), day_of(2026, 1, 1)) &&
	    !codebook_poa_exempt(b.cb, S("E1165"), day_of(2026, 1, 1)));
	/* every entry of the index leads to a code of the order files */
	cr_expect(codebook_count(b.cb, CS_INDEX) > 100000);
	for (row_t i = 0; i < codebook_count(b.cb, CS_INDEX); i++) {
		struct str words = codebook_str(b.cb, CC_INDEX_WORDS, i), code = codebook_str(b.cb, CC_INDEX_CODE, i);

		cr_expect(words.n && (!code.n || codebook_find(b.cb, CS_ICD10CM, code, DAY_NONE) != ROW_NONE), STR_FMT,
		    STR_ARG(words));
	}
	printf("%d index entries, book " STR_FMT ", %zu bytes\n", codebook_count(b.cb, CS_INDEX), STR_ARG(codebook_id(b.cb)),
	    codebook_size(b.cb));
	book_close(&b);
}

/* Each line of the order file is the row that is found by its code, word for word. */
Test(codesets, every_order_line_is_found)
{
	struct str rest;
	struct book b;
	size_t n = 0;

	if (!books_official())
		return;
	open_arena();
	official_book(&b);
	rest = bytes_of("icd10cm/icd10cm_order_2026.txt.zst");
	for (; rest.n; n++) {
		struct str line = str_cut(&rest, '\n'), code, title, shorter;
		struct code_row row;

		cr_assert(line.n > 77);
		code = str_trim((struct str){ line.p + 6, 7 });
		shorter = str_trim((struct str){ line.p + 16, 60 });
		title = str_trim((struct str){ line.p + 77, line.n - 77 });
		row = codebook_look(b.cb, CS_ICD10CM, code, day_of(2026, 1, 15));
		cr_expect(str_eq(row.code, code) && str_eq(row.title, title) && row.billable == (line.p[14] == '1'),
		    STR_FMT, STR_ARG(code));
		if (!str_eq(shorter, title))
			cr_expect(str_eq(codebook_str(b.cb, CC_ICD10CM_SHORT, row.row), shorter), STR_FMT, STR_ARG(code));
	}
	cr_expect(n == 98186, "%zu lines", n);
	book_close(&b);
	close_arena();
}

/* What follows the order number of a line of an order file. */
static int
by_line(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static struct str *
lines_of(struct str text, size_t *n)
{
	struct str *v = NULL;

	*n = 0;
	while (text.n) {
		struct str line = str_cut(&text, '\n'), *one;

		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n < 7)
			continue;
		one = arena_push(&a, v, *n);
		*one = (struct str){ line.p + 5, line.n - 5 };
	}
	if (*n)
		qsort(v, *n, sizeof *v, by_line);
	return v;
}

/* Code, flag, short and long title of each starter row, byte for byte. */
Test(codesets, starter_rows_are_official)
{
	struct str *ours, *theirs;
	size_t n, m, billable = 0;

	if (!books_official())
		return;
	open_arena();
	ours = lines_of(repo_file(&a, "config/codesets/icd10cm_order_2026.txt"), &n);
	theirs = lines_of(bytes_of("icd10cm/icd10cm_order_2026.txt.zst"), &m);
	cr_assert(n > 0);
	for (size_t i = 0; i < n; i++) {
		cr_expect(bsearch(&ours[i], theirs, m, sizeof *theirs, by_line) != NULL, "%.*s", STR_ARG(ours[i]));
		billable += ours[i].n > 9 && ours[i].p[9] == '1';
	}
	cr_expect(billable >= 400 && m > 90000);
	printf("%zu starter rows, %zu of them billable\n", n, billable);
	close_arena();
}

/* The other starter tables that are selections of federal files. */
Test(codesets, starter_selections_are_official)
{
	static const struct { const char *ours, *theirs; } rows[] = {
		{ "HCPC2025_JAN_ANWEB.txt", "hcpcs/HCPC2025_JAN_ANWEB_12172024.txt.zst" },
		{ "POAexemptCodesFY26.txt", "icd10cm/POAexemptCodesFY26.txt.zst" },
		{ "icd10_mce_sex.txt", "mce/CY21F07B_ICD10_MCE_SEX.TXT" },
		    { "icd10_mce_age.txt", "mce/CY21F07B_ICD10_MCE_AGE.TXT" },
	};

	if (!books_official())
		return;
	open_arena();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str text = repo_file(&a, arena_fmt(&a, "config/codesets/%s", rows[i].ours).p),
		    all = bytes_of(rows[i].theirs);

		cr_expect(text.n > 500, "%s", rows[i].ours);
		while (text.n) {
			struct str line = str_trim(str_cut(&text, '\n'));

			cr_expect(!line.n || memmem(all.p, all.n, line.p, line.n), "%s: %.*s", rows[i].ours, STR_ARG(line));
		}
	}
	close_arena();
}

/* CPT and CDT travel as numbers alone: their words are licensed. */
static size_t
numbers_of(const struct book *b)
{
	size_t n = 0;

	for (row_t i = 0; i < codebook_count(b->cb, CS_HCPCS); i++) {
		struct code_row row = codebook_row(b->cb, CS_HCPCS, i);

		if (row.code.p[0] > '9' && row.code.p[0] != 'D')
			continue;
		n++;
		cr_expect(row.title.n == 0 && codebook_str(b->cb, CC_HCPCS_SHORT, i).n == 0, STR_FMT, STR_ARG(row.code));
	}
	return n;
}

Test(codesets, cpt_has_no_words)
{
	struct book b;

	books_starter(&b);
	cr_expect(numbers_of(&b) > 100);
	book_close(&b);
	if (!books_official())
		return;
	official_book(&b);
	(void)numbers_of(&b);
	book_close(&b);
}
