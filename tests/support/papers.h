/*
 * papers - tables of cases for the importers of the code book: small files, and what comes of them.
 */
#ifndef CLAIMLINE_TEST_PAPERS_H
#define CLAIMLINE_TEST_PAPERS_H

#include "support/books.h"

#define PAPERS_MAX	3			/* files of a case; the first without a path ends them */

struct papers_good {
	const char	*name;
	enum code_set	 set;
	const char	*rows;			/* all of the table, books_row and a line end each */
	struct paper	 files[PAPERS_MAX];
};

struct papers_bad {
	const char	*name;
	int		 rc;
	const char	*place, *words;		/* a part of those of the first fault */
	struct paper	 files[PAPERS_MAX];
};

void	papers_good(const struct papers_good *, size_t n);
void	papers_bad(const struct papers_bad *, size_t n);
void	papers_cut(const struct papers_good *, size_t n);	/* every truncation of each first file: no crash, no half book */

#endif
