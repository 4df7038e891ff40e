/*
 * trailers - inside common/x12 only: whether an envelope is whole, for those who read a file without the check. A file
 * that was cut short, or whose counts are wrong, has lost something; what was read of it is sound all the same.
 */
#ifndef CLAIMLINE_X12_TRAILERS_H
#define CLAIMLINE_X12_TRAILERS_H

#include "x12/stream.h"

struct x12_trailers {
	struct faults	*f;		/* what is wrong; set by whoever has it */
	int64_t		 n_segs, n_sets, n_groups;
	bool		 in_ic, in_group, in_set, is_cut;
	bool		 mends;		/* counts will be set right: not told; that SE is missing is */
};
void	x12_trailers_seg(struct x12_trailers *, const struct x12_seg *);
void	x12_trailers_end(struct x12_trailers *, size_t ordinal);	/* of the last segment; SE is its set's */

#endif
