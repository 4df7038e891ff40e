/*
 * payer - what the simulated payer answers to a claim file. Pure and repeatable: the same file and rules give the same
 * answers. It judges nothing a payer would judge; it lets the circle close in demonstrations and tests.
 */
#ifndef CLAIMLINE_CLI_PAYER_H
#define CLAIMLINE_CLI_PAYER_H

#include "x12/x12.h"

struct payer_rules {
	int64_t	reject_every;		/* one claim in so many, chosen by its control number; 0 none */
	cents_t	reject_over;		/* claims above this charge; 0 none */
	bool	ta1;			/* answer with a TA1 even when ISA14 does not ask for it */
	int64_t	at;			/* ms: date and time the answers carry */
	struct x12_intake_spec x12;	/* guides, and what rejects a set */
};

struct payer_answers {
	struct str	ta1, f999, f277ca;	/* n 0: none */
	size_t		accepted, rejected;	/* claims */
};

/* One interchange in, its answers out. E_MALFORMED ... with faults when the file cannot be answered at all. */
int	payer_answer(struct arena *, struct str bytes, const struct payer_rules *, struct payer_answers *out, struct faults *);

#endif
