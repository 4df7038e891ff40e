/*
 * block - bodies of encounters as one compressed block of an archive segment. Pure: bytes in, values out.
 *
 *	at	bytes	little-endian
 *	0	4	"CLAB"
 *	4	2	version, 1
 *	6	2	bodies in the block, 1..LIMIT_ARCHIVE_BODIES
 *	8	4	bytes unpacked, at most LIMIT_ARCHIVE_BLOCK
 *	12	4	bytes packed, which follow the head
 *	16	32	SHA-256 of the 16 bytes before and the packed ones
 *	48	...	one zstd frame
 *
 * Unpacked, each body is: eid 16, revision 8, number of parts 1; for each part: which (enum rec_part) 1,
 * length 4, its bytes as Redis would have them (codec byte first). Parts stand in rising order, none is empty.
 */
#ifndef CLAIMLINE_ARCHIVE_BLOCK_H
#define CLAIMLINE_ARCHIVE_BLOCK_H

#include "record/record.h"

#define BLOCK_HEAD	48
#define BLOCK_MAGIC	"CLAB"
#define BLOCK_PACKED	(LIMIT_ARCHIVE_BLOCK + LIMIT_ARCHIVE_BLOCK / 128)	/* zstd never needs more */

struct archive_body {
	struct eid	id;
	int64_t		revision;
	struct str	part[PART_COUNT];	/* n 0 = absent */
};

struct block_head { size_t n, raw, packed; };

/*
 * As many of v as belong into one block: LIMIT_ARCHIVE_BODIES, or until it has about 1 MB; at least one. Returns
 * how many, E_LIMIT when the first alone is over a limit, E_NOMEM.
 */
int	block_write(struct arena *, const struct archive_body *v, size_t n, struct str *out);

/* The head of the block that bytes begin with. E_INCOMPLETE: fewer than a head; E_MALFORMED, E_VERSION, E_LIMIT. */
int	block_head(struct str bytes, struct block_head *out);

/*
 * One whole block, not a byte more or less. E_INCOMPLETE: cut; E_DAMAGED: the checksum does not match. The
 * bodies live in the arena. Returns how many.
 */
int	block_read(struct arena *, struct str bytes, struct archive_body **out);

#endif
