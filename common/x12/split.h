/*
 * split - an 837 in parts of at most N claims: each part an interchange with one set that has the headers, providers
 * and subscribers its claims need, HL numbered anew and counts right. The claims are the bytes that came.
 */
#ifndef CLAIMLINE_X12_SPLIT_H
#define CLAIMLINE_X12_SPLIT_H

#include "x12/stream.h"

struct x12_split_spec {
	size_t		 claims;		/* of a part, at most; 1 or more */
	int64_t		 control;		/* ISA13 of the first part; 0: that of the input; each part counts on */
	struct str	 line_end;		/* after each segment */
	void		*self;
	/* Below 0 stops. isa13: of the interchange the part is of; part: from 1, over the whole input. */
	int		(*open)(void *self, struct str isa13, size_t part);
	int		(*put)(void *self, struct str bytes);
	int		(*patch)(void *self, uint64_t at, char c);	/* a byte of the part that was put already */
	int		(*close)(void *self, size_t claims);
};
struct x12_split_done { size_t parts, claims; bool anew; };	/* anew: ISA13 went from 999999999 to 000000001 */

/* What is no 837, or breaks the levels 20, 22 and 23, is a fault and E_VALUE. Counts that are wrong, and an
   envelope that is cut short, are faults only: the parts are whole. */
int	x12_split_run(struct arena *, struct x12_reader *, struct faults *, const struct x12_split_spec *,
    struct x12_split_done *out);

#endif
