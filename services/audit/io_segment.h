/* io_segment - segment files: names, opening, reading in pieces, saving what is cut. For io_ledger*.c only. */
#ifndef CLAIMLINE_AUDIT_IO_SEGMENT_H
#define CLAIMLINE_AUDIT_IO_SEGMENT_H

#include "audit/ledger_line.h"
#include "base/file.h"

#define SEGMENT_NAME	32

int	segment_errno(void);			/* file_errno; a file in place of the folder is E_IO */
void	segment_name(int64_t number, char out[SEGMENT_NAME]);	/* "000001.cll" */
int	segment_list(struct arena *, const char *folder, struct file_numbers *out);
int	segment_open(int folder, int64_t number, int flags);	/* the descriptor, or an error */

/*
 * The bytes of a file from its start, in pieces. fn says how many it used; the rest comes again with more
 * behind it. After the last piece (last set) nothing comes. Returns what fn returned below 0, or an error.
 */
typedef int (*segment_fn)(void *me, struct str bytes, bool last, size_t *used);
int	segment_read(int fd, segment_fn fn, void *me);

/* Copies the bytes from..size to NUMBER.torn-N beside it, on disk before it returns, and gives their SHA-256. */
int	segment_save_torn(int folder, int fd, int64_t number, int64_t from, char sha[LEDGER_HEX + 1]);

/* The last whole line of a file, without its end, copied into the arena; E_CHAIN when it has none. */
int	segment_last_line(struct arena *, int fd, struct str *out);

#endif
