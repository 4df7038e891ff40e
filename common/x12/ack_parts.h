/*
 * ack_parts - inside common/x12 only: the segments of TA1, 999 and 277CA, for answers from a tree (acks.c) and
 * for those written while a check runs (ack.c).
 */
#ifndef CLAIMLINE_X12_ACK_PARTS_H
#define CLAIMLINE_X12_ACK_PARTS_H

#include "x12/ack.h"
#include "x12/walk.h"
#include "x12/wire.h"

#define X12_GUIDE_999	"005010X231A1"
#define X12_GUIDE_277CA	"005010X214"

/* ---- ack_text.c: what came, so that it fits an answer ---- */
/* The separators of the answer, NULL or 0: ours; what is data of * : ^ ~ comes back masked, for x12_ack_part. */
struct x12_seps x12_ack_seps(struct x12_seps of_file);
void	x12_ack_part(const struct x12_seps *, char *, size_t);		/* bytes that leave */
struct str x12_ack_text(struct arena *, const struct x12_seps *, struct str, size_t max);	/* what parts, as blanks */
struct str x12_ack_copy(struct arena *, const struct x12_seps *, struct str);	/* IK404: <LF>, <0x01> ..., at most 99 bytes */
struct str x12_ack_id(struct arena *, const struct x12_seps *, struct str, size_t min, size_t max);	/* filled up with ? */
struct str x12_ack_number(struct arena *, struct str, size_t width);	/* its last digits, zero filled */
void	x12_ack_turn(struct arena *, const struct x12_interchange *, const struct x12_group *, struct x12_ends *out);
bool	x12_ack_salvage(struct str head, struct x12_interchange *out);	/* an ISA of wrong widths; false: no ISA13 seen */

/* ---- ack_999.c ---- */
struct x12_ack_unit { size_t first, last; struct str pcn; };	/* a claim with findings: its segments in the set */
void	x12_ta1_put(struct x12_put *, const struct x12_interchange *);
void	x12_999_group(struct x12_put *, const struct x12_group *, struct str st02);
void	x12_999_set(struct x12_put *, const struct x12_set *, const struct x12_ack_unit *, size_t n);
void	x12_999_group_end(struct x12_put *, const struct x12_group *, struct str st02);

/* ---- ack_277.c ---- */
struct x12_ca_name { struct str last, first, middle, suffix, qual, id; bool person; };
struct x12_ca_claim {
	struct x12_ca_name patient;
	struct str	pcn, payer_control, tob, dates;	/* dates: D8 or RD8 */
	struct str	stc[CLAIM_STCS];	/* as in a finding; one STC each */
	cents_t		charge;
	bool		accepted;
};
struct x12_ca {					/* one ST */
	struct x12_when	t;
	struct str	own, batch;		/* our number; BHT03 of what is answered */
	struct x12_ca_name payer, receiver;
	int64_t		n_hl, provider, count[2];	/* of rejected, accepted claims */
	cents_t		sum[2];
};
/* Providers and claims stand after the head, which has the totals: write the head into another put. */
void	x12_ca_begin(struct x12_ca *);
void	x12_ca_provider(struct x12_ca *, struct x12_put *, const struct x12_ca_name *);
void	x12_ca_claim(struct x12_ca *, struct x12_put *, const struct x12_ca_claim *);
void	x12_ca_head(struct x12_ca *, struct x12_put *);

/* ---- ack.c: one answer on its way to its sink ---- */
struct x12_ack_mark { size_t pos, n_sets; bool open; };	/* a place to go back to */
struct x12_ack_out {
	struct x12_put	 w;			/* its bytes lie in the arena of the caller, all else in one that is reset */
	const struct x12_sink *sink;
	struct x12_ends	 ends;
	size_t		 sent, n_sets;
	bool		 named, open;		/* ends are known; the envelope is begun */
};
struct x12_ack_mark x12_ack_mark(const struct x12_ack_out *);
int	x12_ack_back(struct x12_ack_out *, const struct x12_ack_mark *);
int	x12_ack_flush(struct x12_ack_out *, size_t more_than);
int	x12_ack_frame(struct x12_ack *, enum x12_ack_kind, const struct x12_check *);	/* opens the envelope, once */
struct x12_put *x12_ack_put(struct x12_ack *, enum x12_ack_kind);

/* ---- ack_claims.c: the 277CA of a set ---- */
struct x12_ack_held { struct x12_ca_name name; char room[256]; };
struct x12_ack_claims {
	struct x12_ca	 ca;
	struct x12_put	 body;
	struct x12_ack_out *out;
	struct x12_ack_mark set, group;
	struct x12_ack_held submitter, provider, subscriber, patient;
	size_t		 n, max;		/* claims in the body */
	bool		 on, provider_told, at_provider;
};
void	x12_ack_claims_segment(struct x12_ack_claims *, const struct x12_check *, const struct x12_seg *);
int	x12_ack_claims_claim(struct x12_ack *, struct x12_ack_claims *, const struct x12_check *);
int	x12_ack_claims_end(struct x12_ack *, struct x12_ack_claims *, const struct x12_check *, const struct x12_set *);

#endif
