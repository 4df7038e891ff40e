/*
 * answered - for tests: a file checked and answered, all in memory.
 */
#ifndef CLAIMLINE_TEST_ANSWERED_H
#define CLAIMLINE_TEST_ANSWERED_H

#include "x12/ack.h"

struct answered {
	struct arena	 a;
	struct faults	 f;
	struct x12_totals t;
	struct str	 out[X12_ACK_KINDS];	/* the bytes of each answer */
	size_t		 n_found;
	uint64_t	 sum;			/* of all findings, in their order */
	char		 first[96];		/* the first that is an error: id and place */
	int		 rc, ack_rc;		/* of open or check, of the answers */
};
struct answer_how {
	const struct x12_guides *guides;
	size_t		 chunk;			/* bytes at a time; 0: the whole as one buffer */
	unsigned	 snip, rejects;		/* as in the check */
	bool		 ta1_asked;		/* a TA1 only where ISA14 asks for it or the interchange is rejected */
	const struct x12_rules *rules;		/* the same */
	const struct x12_watch *also;		/* its `segment` and `set` are told */
	size_t		 claims_per_st;
};

/* v is all zero at first; run again, it uses its memory again. */
void	answered_run(struct answered *, const struct answer_how *, struct str bytes);
void	answered_free(struct answered *);

#endif
