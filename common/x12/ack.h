/*
 * ack - the answers to a file, written while x12_check_run reads it: for each interchange one TA1, one 999 (005010X231A1)
 * and one 277CA (005010X214). Constant memory; each answer goes to its sink in pieces. Pure.
 *
 * TA1    where ISA14 asks, ta1_always says so, or the interchange is rejected; then its 999 and 277CA are cut away.
 * 999    one ST a group; IK3, CTX (the claim, in an 837), IK4 for the first LIMIT_FAULTS findings of a set that have a code.
 * 277CA  the claims of accepted 837 sets: A2:20, or an STC for each status that its SNIP 3 to 7 errors have, up to four.
 *        Sets of at most claims_per_st claims, each with the totals of its own claims.
 *
 * A file without a readable ISA has no interchange to answer: x12_open or x12_check_run refuse it by name. When it does
 * begin with ISA and an ISA13 can still be seen (elements of a wrong width), x12_ack_close answers by a TA1 022 with the
 * control number, date and ids that are there. What cannot be echoed in our characters and widths is: ids with blanks for
 * * : ^ ~, or UNKNOWN; numbers with their digits only. An answer is parted by the separators of the file it answers.
 */
#ifndef CLAIMLINE_X12_ACK_H
#define CLAIMLINE_X12_ACK_H

#include "x12/check.h"

enum x12_ack_kind { X12_ACK_TA1, X12_ACK_999, X12_ACK_277CA, X12_ACK_KINDS };

/*
 * put takes the next bytes; cut keeps only the first n of all bytes put so far (0 to all of them): a set or an interchange
 * turned out to be rejected. Below 0 ends the check with that error. put NULL: this answer is not wanted.
 */
struct x12_sink { void *self; int (*put)(void *self, struct str bytes); int (*cut)(void *self, size_t n); };

struct x12_ack_spec {
	/*
	 * The envelope of one answer. It comes filled with the received one turned round (g: its first group, NULL for a TA1);
	 * the caller gives control and at, and may change the rest. Below 0 ends the check.
	 */
	int		(*ends)(void *self, enum x12_ack_kind, const struct x12_interchange *, const struct x12_group *g,
			    struct x12_ends *);
	void		*self;
	struct x12_sink	 sink[X12_ACK_KINDS];
	struct str	 payer, payer_id;	/* 2100A of the 277CA */
	bool		 ta1_always;
	size_t		 claims_per_st;		/* 0 = 1000 */
	const struct x12_watch *also;		/* told the same; its `set` may reject a set. NULL = nobody */
};

struct x12_ack;
int	x12_ack_open(struct arena *, const struct x12_ack_spec *, struct x12_ack **out);	/* spec must stay */
struct x12_watch x12_ack_watch(struct x12_ack *);	/* for the check */
/* After the check, whatever its result; r may be NULL. 0, or below 0: a sink's or ends' error, E_NOMEM. Frees what it held. */
int	x12_ack_close(struct x12_ack *, const struct x12_reader *r);

#endif
