/*
 * codebook_papers - what the tests of the code book on files made in a test share: an arena, faults, a book of the files.
 */
#ifndef CLAIMLINE_TEST_CODEBOOK_PAPERS_H
#define CLAIMLINE_TEST_CODEBOOK_PAPERS_H

#include "support/books.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>

static struct faults f;

static inline void
open_papers(void)
{
	open_arena();
	f = (struct faults){ .a = &a };
}

static inline void
book_of(const struct paper *files, size_t n, struct book *b)
{
	int rc = books_of(files, n, &f, b);

	cr_assert(rc == 0 && f.n == 0, "%s: %s %s", files[0].path, err_name(rc), f.n ? f.v[0].place.p : "");
}

/* One line of an order file. */
static inline const char *
order(const char *code, char flag, const char *title)
{
	return books_order_line(&a, code, flag, title);
}

static inline const char *
join(const char *x, const char *y, const char *z)
{
	return arena_fmt(&a, "%s%s%s", x, y, z).p;
}

#endif
