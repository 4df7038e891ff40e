/*
 * io_archive - bodies of settled encounters on disk: one writer, any number of readers.
 *
 * A folder (mode 0700) holds segments 00000001.cla, 00000002.cla ... (mode 0600; block.h has the format) and
 * index.db, which says where each (eid, revision) is and can be made from the segments at any time; and the file id,
 * which says which archive this is. Segments are only appended to. Nothing counts as archived before its block is on
 * disk and the index has it.
 */
#ifndef CLAIMLINE_IO_ARCHIVE_H
#define CLAIMLINE_IO_ARCHIVE_H

#include "archive/block.h"

#define ARCHIVE_NEWEST	(-1)		/* instead of a revision */
#define ARCHIVE_WORDS	200
#define ARCHIVE_ID	32		/* hex digits of an archive's identity, in its file `id` */

/* ---- the writer ---- */
struct archive_writer;

/* Nothing is made, read or locked yet. E_NOMEM. A segment is closed once it has segment_bytes. */
int	archive_writer_open(struct archive_writer **out, const char *folder, int64_t segment_bytes);
void	archive_writer_close(struct archive_writer *);			/* NULL is fine */

/*
 * Only the archive with this id is written from now on: where it is not, nothing is made (E_FOREIGN). Empty, as at
 * first: whatever archive is in the folder, or a new one; which one it is stays fixed from the first archive_ready on.
 */
void	archive_expect(struct archive_writer *, struct str id);
const char *archive_id(const struct archive_writer *);			/* "": none yet */
int	archive_id_of(const char *folder, char out[ARCHIVE_ID + 1]);	/* E_NOT_FOUND, E_MALFORMED, E_IO */

/*
 * Makes ready to write: locks the folder, brings the index up to the end of the segments, a piece with each call.
 * 1: ready; 0: there is more to do, call again; E_BUSY: another process writes; E_FOREIGN, E_NO_SPACE, E_IO;
 * E_DUPLICATE: a file stands in place of the folder. The arena is scratch: reset it after each call.
 */
int	archive_ready(struct archive_writer *, struct arena *);

/*
 * Whether readers can read the index: the writer itself would not notice. Every few seconds, after archive_ready said
 * 1. 1: yes, or nothing is known; 0: it is being made anew, call archive_ready; an error of archive_ready.
 */
int	archive_look(struct archive_writer *);

/*
 * All of v, or none that counts. Only after archive_ready said 1. E_MOVED: somebody else cut, took away or put a
 * segment, nothing is written before archive_ready has looked again; E_NO_SPACE, E_IO, E_LIMIT, E_NOMEM.
 */
int	archive_put(struct archive_writer *, struct arena *, const struct archive_body *v, size_t n);

/* What an operator should know: damage passed by, an index made anew. Empty when all is well; said once, then cleared. */
const char *archive_note(struct archive_writer *);

/* ---- readers ---- */
struct archive_reader;

int	archive_reader_open(struct archive_reader **out, const char *folder);	/* touches nothing yet. E_NOMEM */
void	archive_reader_close(struct archive_reader *);			/* NULL is fine */

/*
 * One body, in the arena. E_NOT_FOUND: the archive has no such body (or there is no archive); E_DAMAGED and other
 * errors: it cannot be read now. archive_why has the words: no patient data.
 */
int	archive_get(struct archive_reader *, struct eid, int64_t revision, struct arena *, struct archive_body *out);
const char *archive_why(const struct archive_reader *);
/* After an error of archive_get: all of the archive is there to be read, and this body is not, or its block is damaged. */
bool	archive_is_lost(const struct archive_reader *);

struct archive_check {
	int64_t	segments, blocks, bodies, bytes;
	int64_t	damaged;		/* bytes that are no block */
	int64_t	missing, extra;		/* bodies the index does not have; rows of the index without a body */
	char	why[ARCHIVE_WORDS];	/* the first thing that is wrong */
};

/*
 * 0: sound; E_DAMAGED: see why; E_NOT_FOUND: no archive here. whole: every block is read and compared with the
 * index; else only what the index says of itself, and whether it reaches the end of the segments (blocks stays 0).
 */
int	archive_verify(const char *folder, bool whole, struct archive_check *out);

#endif
