/*
 * io_book - code books on disk: made of folders of published files, written, mapped. For programs, not for
 * domain code.
 */
#ifndef CLAIMLINE_CODEBOOK_IO_H
#define CLAIMLINE_CODEBOOK_IO_H

#include "codebook/build.h"

/* A book that is open, and what holds its bytes. */
struct book {
	struct codebook	*cb;			/* NULL: none */
	void		*map;			/* mapped file, or */
	struct cb_build	*build;			/* the builder it was made in just now */
	size_t		 size;			/* of the map */
	struct str	 bytes;
};

/* Maps read-only and opens; verify also compares the checksum of every byte. The file must not be written in place
 * afterwards: replace it by rename, as book_write does. Errors of codebook.h, E_NOT_FOUND and E_IO. */
int	book_map(const char *path, bool verify, struct book *out, const char **why);
void	book_close(struct book *);		/* fine when zeroed */

/* What a build did with one file. rows < 0: E_UNSUPPORTED, it is none we know. */
typedef void (*book_seen)(void *arg, struct str path, int rows);

/*
 * Compiles every file below the folders (or single files): plain, .zst, in .zip, first sheet of .xlsx. Files
 * are read in order of their paths. Faults name file, line and column; with any the result is their first error
 * and there is no book. Memory: the largest file and the tables, within 1 GiB.
 */
int	book_build(const char *const *folders, size_t n, struct faults *, book_seen, void *arg, struct book *out);

#endif
