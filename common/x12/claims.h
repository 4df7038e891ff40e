/*
 * claims - the claims of 837 files of any length, one after another in constant memory: what a claim has in common with
 * the next (billing provider, subscriber) is kept while it holds, the claim itself until it was handed over. Judges no
 * envelope: that is the check's.
 */
#ifndef CLAIMLINE_X12_CLAIMS_H
#define CLAIMLINE_X12_CLAIMS_H

#include "x12/x12.h"

/* One claim: its encounter is valid during the call. ordinal: of its CLM in the file. Below 0 stops. */
typedef int x12_claim_fn(void *self, const struct x12_claim *, size_t ordinal);

struct x12_claims;
/* The faults and self must outlive it. NULL when the arena is spent. */
struct x12_claims *x12_claims_open(struct arena *, struct faults *, x12_claim_fn *, void *self);
void	x12_claims_close(struct x12_claims *);

/* A set and the envelope around it, made of each ISA, GS and ST, in room of its own; it must not change before x12_claims_end. */
struct x12_claims_set {
	struct str	type, version, st02, gs06, gs08, isa06, isa13;
	char		usage, room[7][32];
	struct x12_seps	seps;
};
void	x12_claims_envelope(struct x12_claims_set *, const struct x12_seg *, struct x12_seps);
bool	x12_claims_begin(struct x12_claims *, const struct x12_claims_set *);	/* false: no claims this program reads */
int	x12_claims_seg(struct x12_claims *, const struct x12_seg *);	/* from after ST to before SE; 0, or what fn said */
/* True when a fault kept the rest of the set from being read. */
bool	x12_claims_end(struct x12_claims *, int *rc);

/* A segment whose texts live in the arena, as UTF-8. False: it is spent. */
bool	x12_seg_copy(struct arena *, const struct x12_seg *, struct x12_seg *out);

/* All claims of a file. Returns how many, or below 0. Sets of another kind are faults. */
int64_t	x12_claims_run(struct arena *, struct x12_reader *, struct faults *, x12_claim_fn *, void *self);

#endif
