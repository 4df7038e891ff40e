/* io_parts - the archive's own pieces: segment files and the index. For common/archive/io_*.c only. */
#ifndef CLAIMLINE_ARCHIVE_IO_PARTS_H
#define CLAIMLINE_ARCHIVE_IO_PARTS_H

#include "archive/io_archive.h"
#include "base/file.h"

#define BLOCK_ARENA	(2 * (size_t)LIMIT_ARENA)	/* the largest block, packed and unpacked */

/* ---- io_files.c: segments ---- */
int	seg_errno(void);					/* file_errno; a file in place of the folder is E_IO */
int	seg_list(struct arena *, const char *folder, struct file_numbers *out);
int	seg_open(int folder, int64_t number, int flags);	/* the descriptor, or an error */
bool	seg_is(int folder, int fd, struct file_number);			/* what is open still has that name and size */
int	seg_write(int fd, int64_t at, struct str bytes);	/* all of it, not yet on disk */

/*
 * The block at `at` of a segment of `size` bytes: the number of bodies, and where it ends. E_INCOMPLETE,
 * E_MALFORMED, E_DAMAGED ...: there is no block here.
 */
int	seg_block(struct arena *, int fd, struct file_number s, int64_t *at, struct archive_body **out);
/* Where the next block may begin, from `at` on; the size when nowhere. */
int64_t	seg_find(int fd, struct file_number s, int64_t at);

/* ---- io_id.c ---- */
int	id_read(int folder, char out[ARCHIVE_ID + 1]);		/* E_NOT_FOUND: none; E_MALFORMED: no id of ours */
int	id_make(const char *folder);				/* a new one */

/* ---- io_index.c ---- */
struct place { int64_t segment, offset, nth; };			/* nth body of the block */
struct index;

/* E_NOT_FOUND: there is none and it is not to be made; E_DAMAGED: it does not read as an index of this version. */
int	index_open(struct index **out, const char *folder, bool writable);
void	index_close(struct index *);				/* NULL is fine; what was not committed is gone */
void	index_remove(const char *folder);
bool	index_is_current(const struct index *, const char *folder);	/* nobody removed or replaced the file */
/* A piece of it as a reader sees it, another one each turn. E_DAMAGED; other errors say nothing of the index. */
int	index_look(const char *folder, uint64_t turn);

int	index_begin(struct index *);
int	index_put(struct index *, const struct archive_body *, struct place);
int	index_commit(struct index *, struct file_number upto);		/* and that it knows all up to there */
void	index_rollback(struct index *);

int	index_find(struct index *, struct eid, int64_t revision, int64_t *found, struct place *out);
int	index_upto(struct index *, struct file_number *out);		/* {0, 0}: nothing yet */
int	index_count(struct index *, int64_t *bodies);

#endif
