/*
 * io_submit - cleared encounters to files in partners' out folders, once each (schemas/PROTOCOL.md section 7),
 * and answers from their in folders to the claims they are about.
 *
 *	<state_dir>/out/<partner>/<partner>-<ISA13>.837		ours, written whole, never overwritten
 *	<state_dir>/answers/<partner>/				theirs; read ones move to done/ or refused/
 */
#ifndef CLAIMLINE_IO_SUBMIT_H
#define CLAIMLINE_IO_SUBMIT_H

#include "pipe/cold.h"
#include "pipe/runner.h"
#include "submit/submit.h"

#define MAX_GROUPS	64		/* partner and type, with claims waiting for the cut-off; one more where numbers repeat */

struct claims {				/* encounters of one interchange, unpacked */
	struct work		**w;
	struct encounter	**e;
	size_t			 n;
};

struct group;
struct submit {
	struct runner		*r;
	struct arena		 conf_mem;		/* partners */
	struct partners		 partners;
	struct arena		 guides_mem;
	const struct x12_guides	*guides;
	struct group		*group[MAX_GROUPS];
	struct group		*idle;			/* one that left, for its memory; NULL: none */
	size_t			 n_groups, held;
	size_t			 answers_unread;	/* entries of the answers folders, in this round */
	size_t			 answers_away;		/* answers that wait for a body of the archive, in this round */
	size_t			 answers_from;		/* file of the folder to begin with, when some wait */
	struct cold_shelf	 shelf;
	int64_t			 now, next_sweep, next_orphans, next_answers;	/* monotonic ms: no clock step holds a claim up */
};

int	submit_open(struct stage_ctx *, struct runner *);
int	submit_check(const struct conf *, struct faults *);	/* partner files, as --check-config wants them */
void	submit_close(struct stage_ctx *);
int	submit_process(const struct stage_ctx *, struct encounter *, struct hold *);
extern const struct stage_io submit_io;

/* io_interchange.c: reserve, join, seal, write, sent for these works; what did not join stays as it was. */
int	interchange_send(struct submit *, struct arena *, const struct partner *, struct claims *);
/* One interchange that its owner left unfinished. E_NOT_FOUND: none. */
int	interchange_recover(struct submit *, struct arena *, const struct partner *);
/* Claims batched under a number that will not carry them go back to cleared. */
int	interchange_orphans(struct submit *, struct arena *);

/* io_thaw.c: the body of a cold encounter, for reading (E_AWAY: shelf.why) ... */
int	body_load(struct submit *, struct arena *, struct snapshot *);
/*
 * ... and for the commit that brings it into people's hands. E_AWAY: condition "archive" says why; E_NOT_FOUND: it is
 * lost in the archive (shelf.why), and the commit will say so.
 */
int	body_thaw(struct submit *, struct arena *, struct snapshot *);
void	body_is_read(struct submit *);			/* nothing waits for the archive any more */

/* io_answers.c: whatever lies in the partner's in folder. */
int	answers_read(struct submit *, struct arena *, const struct partner *);

#endif
