/*
 * body - inside common/x12 only: one 837 transaction set between ST and SE. It is fed segments that were checked
 * (read_837.c, claims.c); it adds claims to the intake, and tells of what the record cannot hold.
 */
#ifndef CLAIMLINE_X12_BODY_H
#define CLAIMLINE_X12_BODY_H

#include "x12/wire.h"

/* What the body cannot take: an error of the set if the check has not told it. Not hard: it is kept, but not as it should be. */
struct x12_pending { struct x12_error error; struct str place; size_t ordinal; const char *words, *fix; bool hard; };
struct x12_body {
	struct x12_cx		 cx;
	struct x12_intake	*out;
	struct x12_interchange	*ic;
	struct x12_set		*set;
	struct x12_claim	 claim;		/* what every claim of this set has in common */
	struct x12_place	 at;
	enum x12_loop		 context;	/* the loop at.loop belongs to */
	uint32_t		 seen[L_COUNT];	/* segments with fields, met in this turn of the loop */
	uint32_t		 entered;	/* single loops met in this context */
	struct party		 billing, pay_to, patient, plan;
	bool			 has_plan, dependent, broken;
	struct coverage		 cover;
	struct str		 bht06, hl20, hl22;
	int64_t			 n_hl, hi_set;
	size_t			 at_seg;	/* place in the set */
	size_t			 n_in_interchange;
	struct x12_pending	*pending;
	size_t			 n_pending;
};

void	x12_body_open(struct x12_body *, int type, struct x12_seps);	/* broken when the arena is spent */
void	x12_body_seg(struct x12_body *, const struct x12_seg *);
void	x12_body_claim_end(struct x12_body *);	/* finishes the claim that is open, if one is */
void	x12_body_close(struct x12_body *);	/* finishes the last claim */

/* Pending for the set: hard rejects it, else it is accepted with errors. */
void	x12_body_error(struct x12_body *, const struct x12_seg *, bool hard, struct x12_error, const char *words);

#endif
