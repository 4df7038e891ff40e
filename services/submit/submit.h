/*
 * submit - encounters to claim files, and answers to what became of them. Pure: bytes and records only.
 *
 * One interchange goes to one partner and holds one type of claim. It is rendered only from what is
 * stored, so a second rendering after a crash gives the same bytes.
 */
#ifndef CLAIMLINE_SUBMIT_H
#define CLAIMLINE_SUBMIT_H

#include "record/record.h"
#include "record/state.h"
#include "x12/check.h"

enum partner_key {
#define PARTNER(key, def, max, words) PK_##key,
#include "schemas/partner.def"
	PK_COUNT
};

struct partner {
	struct str	id;			/* file name without .yaml */
	struct str	v[PK_COUNT];		/* by key; payer_id here is empty, see payers */
	struct str	*payers;
	size_t		n_payers;
};

struct partners { struct partner *v; size_t n; };

/* One partner file. E_CONF with faults that name line and column. */
int	partner_parse(struct arena *, struct str id, struct str yaml, struct partner *out, struct faults *);
/* All files together: E_CONF when two name one payer, or fallback (submit.partner) is not empty and none of them. */
int	partners_check(struct arena *, const struct partners *, struct str fallback, struct faults *);
const struct partner *partner_named(const struct partners *, struct str id);
/* By the payer id of the first coverage, else the one named fallback, else NULL. */
const struct partner *partner_for(const struct partners *, const struct encounter *, struct str fallback);

/*
 * Chooses the partner (e->partner) and checks that the claim can be written. 0, or E_VALUE with *why in
 * words for the billing queue (no patient data).
 */
int	submit_prepare(struct arena *, const struct partners *, struct str fallback, struct encounter *e, struct str *why);

/* The bytes of one interchange. at: ms, stored when the number was reserved. */
int	batch_render(struct arena *, const struct partner *, int64_t number, int64_t at, struct encounter *const *v,
	    size_t n, struct x12_written *out);
struct str batch_name(struct arena *, struct str partner, int64_t number);	/* <partner>-<ISA13>.837 */
struct str sha256_hex(struct arena *, struct str bytes);
bool	is_batch_name(struct str batch, struct str *partner, int64_t *number);	/* "partner/isa13" of the store */

/*
 * What one answer says about one claim: the state it moves to (ST_NONE: none), and the status to keep.
 * accept_on is the partner's.
 */
enum state answer_verdict(const struct x12_answer *, struct str accept_on, struct status *out);

#endif
