/*
 * shared - the X12 samples, which lie beside this repository and are no part of it.
 */
#ifndef CLAIMLINE_TEST_SHARED_H
#define CLAIMLINE_TEST_SHARED_H

#include "base/base.h"

#define SHARED_X12	"../shared/samples/x12/"
#define SHARED_CELLS	8

bool	shared_absent(void);		/* true, after saying so, where they are not there */
struct str shared_file(struct arena *, struct str path);	/* below SHARED_X12; STR_NONE when it is not there */

/* Each row of a table parted by tabs, but for its head; the arena is wiped after each. Returns how many. */
typedef void shared_row_fn(void *self, struct arena *, const struct str cells[SHARED_CELLS]);
size_t	shared_rows(const char *table, shared_row_fn *, void *self);

#endif
