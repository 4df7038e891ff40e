/*
 * test_x12_book - the code book for tests of invented claims: the starter set read as if it were whole, so that a code it
 * does not have is unknown, and the few codes x12gen uses beyond it. Good for services from 2025-10-01 on.
 */
#ifndef CLAIMLINE_TEST_X12_BOOK_H
#define CLAIMLINE_TEST_X12_BOOK_H

#include "base/file.h"
#include "support/books.h"

#include <criterion/criterion.h>

#define X12_BOOK_FILES	64
#define X12_BOOK_DAY	day_of(2026, 8, 10)	/* of the interchange: all services are in the book's days */

static inline struct paper
x12_book_more(struct arena *a, const char *name, const char *like, const char *lines)
{
	struct str text;

	cr_assert(file_read(a, path_join(a, S(CL_SOURCE_DIR "/config/codesets"), str_of(like)).p, LIMIT_INPUT, &text) == 0);
	text = arena_fmt(a, STR_FMT "%s", STR_ARG(text), lines);
	return (struct paper){ name, text.p, text.n };
}

static inline void
x12_book(struct book *b)
{
	struct arena a;
	struct faults f = { .a = &a };
	struct str dir = S(CL_SOURCE_DIR "/config/codesets");
	struct paper v[X12_BOOK_FILES];
	struct file_list l;
	size_t n = 0;
	int rc;

	arena_init(&a, 0);
	cr_assert(dir_list(&a, dir.p, X12_BOOK_FILES, &l) == 0);
	for (size_t i = 0; i < l.n; i++) {
		const char *name = l.v[i].name.p, *more = "";

		if (l.v[i].is_folder || str_is(l.v[i].name, "partial_sets.tsv") || str_is(l.v[i].name, "README.md") ||
		    str_is(l.v[i].name, "sources.yaml"))
			continue;
		if (str_is(l.v[i].name, "modifiers.tsv"))
			more = "KH\tfirst month of a rental\t\t\n";
		else if (str_is(l.v[i].name, "icd10cm_order_2026.txt"))
			more = arena_fmt(&a, "%s%s%s%s", books_order_line(&a, "M9903", '1', "Segmental dysfunction"),
			    books_order_line(&a, "M9904", '1', "Segmental dysfunction"),
			    books_order_line(&a, "M9905", '1', "Segmental dysfunction"),
			    books_order_line(&a, "S61401A", '1', "Open wound of hand")).p;
		else if (str_is(l.v[i].name, "icd10pcs_order_2026.txt"))
			more = books_order_line(&a, "0SRR0J9", '1', "Replacement of hip surface");
		v[n++] = x12_book_more(&a, name, name, more);
	}
	rc = books_of(v, n, &f, b);
	cr_assert(rc == 0 && f.n == 0, "%s %s: %s", err_name(rc), f.n ? f.v[0].place.p : "", f.n ? f.v[0].words.p : "");
	arena_free(&a);
}

#endif
