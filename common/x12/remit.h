/*
 * remit - remittance advices (835, 005010X221A1) as payments of schemas/remit.def, in and out.
 *
 * Pure, as x12.h, whose rules on arenas, errors and faults hold here. What the payment has no field for stays in the
 * `extras` of the object it stands in: a whole segment under its loop (HEADER, 1000A, 1000B, 2000, 2100, 2110,
 * SUMMARY; 2100N for the names of a claim), the elements left over of one that has fields under the loop with a +.
 */
#ifndef CLAIMLINE_X12_REMIT_H
#define CLAIMLINE_X12_REMIT_H

#include "x12/x12.h"

/* ---- one set, from BPR to before SE, a segment at a time ---- */
struct x12_remit;

/* NULL when the arena is spent. Faults and *into must outlive it; segments need not. */
struct x12_remit *x12_remit_begin(struct arena *, struct x12_seps, struct payment *into, struct faults *, struct faults *notes);
void	x12_remit_seg(struct x12_remit *, const struct x12_seg *);
int	x12_remit_end(struct x12_remit *);	/* 0, or below: it is not to be used, and a fault says why */

/* ---- a whole file ---- */
struct x12_remits {
	struct payment	**v;			/* of sound sets only, in file order */
	size_t		 n;
	struct faults	 faults, notes;		/* not taken, and why; taken, but somebody should know */
};

/*
 * A set that is cut short, miscounted, or whose amounts cannot be read is not taken; those around it are. What no 835
 * has is kept in extras and noted. bare: also takes ST to SE without an envelope, whose separators are * : ~ then;
 * a wrong count in it is only noted.
 * Returns the payments taken, or below 0 when nothing could be read or memory ran out.
 */
int	x12_read_remit(struct arena *, struct str bytes, bool bare, struct x12_remits *out);

/* ---- what follows from a line and a claim ---- */
day_t	paid_line_from(const struct paid_line *);		/* DAY_NONE when it has no day */
day_t	paid_line_to(const struct paid_line *);
milli_t	paid_line_units(const struct paid_line *);		/* paid; 1 when it does not say */
milli_t	paid_line_billed(const struct paid_line *);		/* as many as were paid when it does not say */
const struct party *paid_claim_party(const struct paid_claim *, const char *role);	/* NULL when there is none */

/*
 * ---- out ----
 * One interchange, one set for each payment, ST02 counting from 0001. Same input, same bytes. That amounts add up is
 * the caller's affair. When any payment cannot be written nothing is: E_VALUE, E_INCOMPLETE or E_LIMIT and faults,
 * whose place starts with "claim N": payment N, from 1.
 */
int	x12_write_835(struct arena *, const struct x12_ends *, const struct payment *const *v, size_t n, struct x12_written *out);

#endif
