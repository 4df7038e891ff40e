/*
 * quiet - inside common/x12 only: the walk of the check without its findings, for those who want to know where in its
 * guide a segment stands.
 */
#ifndef CLAIMLINE_X12_QUIET_H
#define CLAIMLINE_X12_QUIET_H

#include "x12/walk.h"

struct x12_quiet {
	struct x12_check	c;
	struct x12_check_spec	spec;
	bool			has_guide;
};
int	x12_quiet_open(struct arena *, struct x12_reader *, const struct x12_guides *, struct x12_quiet *);
void	x12_quiet_isa(struct x12_quiet *);					/* the separators are those of an ISA just read */
void	x12_quiet_set(struct x12_quiet *, const struct x12_seg *st, struct str gs08);
void	x12_quiet_set_end(struct x12_quiet *);
/* Of a segment after ST and before SE: its position, NULL when the guide has none for it or there is no guide. */
const struct x12_pos *x12_quiet_step(struct x12_quiet *, const struct x12_seg *);
struct str x12_quiet_loop(const struct x12_quiet *);			/* the loop that is open */

#endif
