/*
 * reader - the insides of struct x12_reader, for stream.c and isa.c only.
 *
 * Bytes are sliced ahead of the reading, a few hundred at a time: elements straight into els, where the window
 * lies too, and of each segment the place of its last element. x12_next only takes the next one.
 *
 *	els:	[ ... | win: window | last: segment last read | first: the next ones ... | n_els )
 */
#ifndef CLAIMLINE_X12_READER_H
#define CLAIMLINE_X12_READER_H

#include "x12/scan.h"

#define AHEAD_BYTES	1024	/* sliced at a time */
#define AHEAD_SEGS	192	/* at most; and as many more as a block may end */
#define AHEAD_SPARE	32	/* what is written beyond the last, unused */

struct x12_ahead {		/* how far slicing has come */
	size_t	 to;		/* first byte not yet looked at */
	const char *from;	/* the element at hand */
	size_t	 n_els;
	size_t	 n_segs;
	bool	 comps, odd;	/* met in the segment at hand */
	bool	 lead;		/* nothing of it met but line ends */
};

struct x12_reader {
	const char	*p;		/* the bytes at hand */
	size_t		 at, len;	/* at: first byte not yet read, when stale; else see place() */
	struct str	*els;
	size_t		 win, last, first, cap_els;
	size_t		 i_seg;		/* the next one of segs */
	size_t		 ordinal;
	bool		 kept;		/* a window is open */
	bool		 stale;		/* nothing is sliced ahead */
	bool		 ended;		/* the source has no more */
	bool		 wrapped;	/* line ends every so many bytes: dropped on filling */
	bool		 open;		/* separators are known */
	struct x12_seps	 s;
	struct x12_ahead h;
	struct scan_for	 scan;
	unsigned char	 special[256];	/* bytes with which a segment is not taken at once: see x12_next */
	uint32_t	 segs[AHEAD_SEGS + SCAN_BLOCK + AHEAD_SPARE];	/* last element << 2 | marks */
	struct arena	*a;
	struct faults	*f;
	struct x12_src	 src;
	char		*own;		/* the same as p when the bytes are ours to move; NULL: lent */
	size_t		 cap;
};

static inline void
x12_forget(struct x12_reader *r)		/* what is sliced ahead: bytes, separators or r->at changed */
{
	r->i_seg = r->h.n_segs = 0;
	r->h.n_els = r->first;
	r->stale = true;
}

int	x12_reader_new(struct arena *, struct faults *, struct x12_reader **);
int	x12_refill(struct x12_reader *);		/* 1 more bytes (addresses may have changed), 0 none */
struct str *x12_seg_room(struct x12_reader *);		/* for one segment's elements; forgets what is ahead */
int	x12_seg_done(struct x12_reader *, struct x12_seg *, unsigned n);

/* isa.c */
int	x12_begin(struct x12_reader *);			/* what is this? 0, or refused by name */
bool	x12_is_isa(struct x12_reader *);		/* an ISA stands at r->at */
int	x12_isa_read(struct x12_reader *, struct x12_seg *);
int	x12_refuse(struct faults *, int rc, struct str place, struct str words);

#endif
