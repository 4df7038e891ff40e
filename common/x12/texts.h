/*
 * texts - short texts of a claim: their parts, and which were there before; inside common/x12 only. A sender who does
 * not know the seed cannot choose texts that meet in a table.
 */
#ifndef CLAIMLINE_X12_TEXTS_H
#define CLAIMLINE_X12_TEXTS_H

#include "base/base.h"

/* Parts of a text, n at most: how many there are. They are short: a loop beats memchr. */
static inline unsigned
x12_parts(struct str v, char sep, struct str *to, unsigned n)
{
	unsigned i = 0;

	for (size_t from = 0, at; from < v.n && i < n; from = at + 1) {
		for (at = from; at < v.n && v.p[at] != sep; at++)
			;
		to[i++] = (struct str){ v.p + from, at - from };
	}
	return i;
}

/* 61 bits. Two texts that were chosen without the seed have the same one time in 2^61, for each byte of the longer. */
uint64_t x12_hash(uint64_t seed, struct str);

/* Texts, each with a day or another number beside it, in the order in which they were first met. */
struct x12_text { struct str v; int64_t also; };
struct x12_same {
	struct arena	*a;
	uint64_t	 seed;
	struct x12_text	*v;
	uint32_t	*slot;			/* place in v + 1; asked when there are more than a few */
	size_t		 n, cap, mask;
	size_t		 steps;			/* texts compared, ever: tests count them */
};
bool	x12_same_begin(struct x12_same *, size_t most);		/* forgets all; false: the arena is spent */
uint32_t x12_same_at(struct x12_same *, struct str, int64_t also);	/* its place: n before the call when it is new */

#endif
