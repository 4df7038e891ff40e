/*
 * shared - files that tests read: the samples and tables, which lie beside this repository and are no part of it, and our own.
 * A file that is not there is STR_NONE.
 */
#ifndef CLAIMLINE_TEST_SHARED_H
#define CLAIMLINE_TEST_SHARED_H

#include "base/base.h"

#define SHARED		CL_SOURCE_DIR "/../shared/"
#define SHARED_X12	SHARED "samples/x12/"
#define SHARED_CELLS	8

bool	shared_has(const char *path);	/* below SHARED; false after saying so */
bool	shared_absent(void);		/* true, after saying so, where the X12 samples are not there */
struct str shared_file(struct arena *, struct str path);	/* below SHARED_X12 */
struct str shared_unpacked(struct arena *, const char *path);	/* below SHARED; what ends in .zst comes through zstd -dc */
struct str repo_file(struct arena *, const char *path);		/* below the root of the repository */

/* Each row of a table parted by tabs, but for its head; the arena is wiped after each. Returns how many. */
typedef void shared_row_fn(void *self, struct arena *, const struct str cells[SHARED_CELLS]);
size_t	shared_rows(const char *table, shared_row_fn *, void *self);

#endif
