/*
 * build - compiles published files into the bytes of a code book (schemas/codebook.md). Pure: the caller reads
 * files and writes the result. Used once, front to back: new, add..., finish, free.
 */
#ifndef CLAIMLINE_CODEBOOK_BUILD_H
#define CLAIMLINE_CODEBOOK_BUILD_H

#include "codebook/codebook.h"

struct cb_build;

int	cb_build_new(struct cb_build **out);
void	cb_build_free(struct cb_build *);		/* NULL is fine; ends what finish gave */

/*
 * Read one file in its published format, recognised by content and name; codebook.md lists them. path has the
 * folder or archive it lay in: a release is told by name and folder together. Returns the records read,
 * E_UNSUPPORTED for a file it does not know, or another error when the file may not be used; every fault names
 * file, line, column and fix. A file with faults must not go into a book: the caller stops when any were added.
 */
int	cb_build_add(struct cb_build *, struct str path, struct str bytes, struct faults *);

/* The book, in memory of the builder. Faults: what the files say against each other. */
int	cb_build_finish(struct cb_build *, struct faults *, struct str *out);

#endif
