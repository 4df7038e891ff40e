/*
 * test_suggest_open - the engine over the starter set, open as long as a test, and an arena beside it.
 */
#ifndef CLAIMLINE_TEST_SUGGEST_OPEN_H
#define CLAIMLINE_TEST_SUGGEST_OPEN_H

#include "unit/test_suggest_book.h"
#include "support/one_arena.h"	/* last: its `a` would hide behind those of others */

static struct book book;
static struct suggest *s;

static inline void
open_suggest(void)
{
	open_arena();
	books_starter(&book);
	cr_assert(suggest_open(book.cb, &s) == 0);
}

static inline void
close_suggest(void)
{
	suggest_close(s);
	book_close(&book);
	close_arena();
}

#endif
