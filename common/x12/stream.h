/*
 * stream - bytes to segments: of one buffer, or of a source of any length in constant memory. Nothing is
 * copied: elements point into the bytes. The only bounds are LIMIT_SEGMENT, LIMIT_ELEMENTS, the window below
 * and, for the body of a BIN or BDS, LIMIT_BODY.
 */
#ifndef CLAIMLINE_X12_STREAM_H
#define CLAIMLINE_X12_STREAM_H

#include "base/base.h"

struct x12_seps { char elem, comp, rep, term; };	/* rep is 0 before 00501 */

enum x12_mark {				/* what a segment holds besides plain text */
	X12_COMPS = 1,			/* a component or repetition separator */
	X12_ODD = 2,			/* control characters, or bytes beyond ASCII */
	X12_CUT = 4,			/* the input ended before its terminator */
	X12_SKIPPED = 8,		/* the body of a BIN or BDS was longer than LIMIT_BODY: counted, not kept */
	X12_BODY_END = 16,		/* no terminator where the length of the body says */
};
struct x12_seg {			/* valid until the next x12_next */
	struct str	 id;
	const struct str *el;		/* el[1] is the first element; el[0] the id */
	unsigned	 n;		/* the last element that is there */
	unsigned	 marks;		/* enum x12_mark */
	size_t		 ordinal;	/* 1-based place in the file */
	size_t		 body;		/* bytes of the body of a BIN or BDS */
	bool		 ctl;		/* holds control characters */
};

/* Where bytes come from: fill puts at most n bytes at p and returns how many, 0 at the end, below 0 an error. */
struct x12_src { int64_t (*fill)(void *self, char *p, size_t n); void *self; };

struct x12_reader;

/*
 * All refuse, by the name of what it is: UTF-16, binary, a set without envelope, HL7, XML, JSON ... The first two
 * take a copy into the arena, so that what is sliced of it lives as long; the first reads what is not UTF-8 as Latin-1.
 */
int	x12_open(struct arena *, struct str bytes, struct faults *, struct x12_reader **out);
int	x12_open_as_is(struct arena *, struct str bytes, struct faults *, struct x12_reader **out);
size_t	x12_latin1(char *to, struct str);		/* as UTF-8: at most twice the bytes; how many */
int	x12_open_source(struct arena *, struct x12_src, struct faults *, struct x12_reader **out);
int	x12_next(struct x12_reader *, struct x12_seg *out);	/* 1 a segment, 0 the end, below 0 refused */
struct x12_seps x12_seps(const struct x12_reader *);		/* of the interchange being read */
struct str x12_rest(const struct x12_reader *);		/* what is at hand and not yet read */
void	x12_part_by(struct x12_reader *, char comp);		/* components of this interchange are parted by another */

/*
 * The window: from the segment last given to x12_keep on, elements stay where they are (their address may
 * change with x12_next: hold the place of a segment in the window, not its pointers). False: it outgrew
 * LIMIT_X12_WINDOW and begins anew at the segment last read.
 */
void	x12_keep(struct x12_reader *, struct x12_seg *);
bool	x12_is_kept(const struct x12_reader *);
const struct str *x12_kept(const struct x12_reader *, size_t i);	/* element i of the window */
size_t	x12_n_kept(const struct x12_reader *);			/* elements of the window, ids counted as one each */

static inline struct str					/* STR_NONE when it is not there */
x12_elem(const struct x12_seg *s, unsigned i)
{
	return i <= s->n && s->el[i].n ? s->el[i] : STR_NONE;
}

/* trimmed, and cut to n: a copy in the caller's room, for what must outlive its segment */
static inline struct str
x12_held(char *room, size_t n, struct str s)
{
	s = str_trim(s);
	s.n = s.n < n ? s.n : n;
	if (s.n)
		memcpy(room, s.p, s.n);
	return (struct str){ room, s.n };
}

struct str x12_comp(struct str element, char sep, unsigned i);	/* 1-based */

#endif
