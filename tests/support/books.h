/*
 * books - code books for tests: of small files written in the test, of the starter set, of official files.
 */
#ifndef CLAIMLINE_TEST_BOOKS_H
#define CLAIMLINE_TEST_BOOKS_H

#include "codebook/io_book.h"

struct paper { const char *path, *text; size_t n; };	/* n 0: the text ends with NUL */

/* A book of the files, in b; b->cb NULL when the files make none. The result of the first step that failed, or 0. */
int	books_of(const struct paper *files, size_t n, struct faults *f, struct book *b);

/* One line of an order file: its short title is the long one cut. */
const char *books_order_line(struct arena *, const char *code, char flag, const char *title);

bool	books_official(void);				/* ../shared/data is here; false after it said so */
/* Of files and folders below ../shared/data, NULL ends; asserts that there are no faults. */
void	books_of_official(const char *const *paths, struct book *b);
/* Records read from the one file of ../shared/data, and what it says against itself. */
int	books_count(const char *path, struct faults *f);
void	books_starter(struct book *b);			/* config/codesets */

/* The table with the row as text, columns by |, for comparing: "E1165|Type 2 ...||1|2015-10-01|". */
struct str books_row(struct arena *, const struct codebook *, enum code_set, row_t);
const char *books_rows(struct arena *, const struct codebook *, enum code_set);	/* of all, a line each; no table: "" */

#endif
