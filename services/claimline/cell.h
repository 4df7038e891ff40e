/* cell - a number of the code book as a person reads it, by the words codebook.def has for its column. Pure. */
#ifndef CLAIMLINE_CLI_CELL_H
#define CLAIMLINE_CLI_CELL_H

#include "base/base.h"

size_t	   cell_decimals(const char *words);		/* "work RVU x 100": 2; 0: the number is as published */
struct str cell_meaning(const char *words, int64_t v);	/* "2 MCC, 1 CC" of 1: "CC"; borrows words; STR_NONE: they say nothing */
struct str cell_text(struct arena *, const char *words, int64_t v);	/* "1.30", "1 (CC)", "7" */

#endif
