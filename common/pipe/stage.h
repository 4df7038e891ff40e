/*
 * stage - the contract between the runner and a daemon. A daemon is a table and one pure function.
 *
 * process sees the settings, the code book, today's date and one encounter; it allocates only in
 * ctx->arena, which the runner resets after the batch. It never does I/O. Same encounter, same context: same bytes.
 */
#ifndef CLAIMLINE_STAGE_H
#define CLAIMLINE_STAGE_H

#include "base/conf.h"
#include "codebook/codebook.h"
#include "record/record.h"
#include "record/state.h"

struct stage_ctx {
	const struct conf	*conf;
	const struct codebook	*book;
	day_t			 today;
	struct arena		*arena;
	void			*self;		/* what open made */
};

enum { STAGE_PASS, STAGE_HOLD };

struct hold {
	enum state	queue;		/* ST_HELD_... */
	struct str	why;		/* words for the work list, no patient data */
	day_t		due;		/* DAY_NONE: the filing limit of the encounter */
};

struct runner;				/* for hooks with I/O: runner.h */

struct stage {
	const char	*name;		/* "suggest": also the settings section */
	enum state	 from, to;	/* ST_NONE: it has a source, not a queue */
	enum rec_part	 part;		/* what process may write */
	/* For --check-config: what open reads besides the settings. Faults name file, place and fix. May be NULL. */
	int		 (*check)(const struct conf *, struct faults *);
	/* At the start, and again after a reload with self as it was: take over settings and book. May be NULL. */
	int		 (*open)(struct stage_ctx *, struct runner *);
	int		 (*process)(const struct stage_ctx *, struct encounter *, struct hold *);
	const struct stage_io *io;	/* ingest, audit, submit; else NULL */
	void		 (*close)(struct stage_ctx *);
};

int	stage_main(int argc, char **argv, const struct stage *);

#endif
