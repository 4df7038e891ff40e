/*
 * runner - what a stage with I/O may ask of the main loop (stage.h has the pure side).
 *
 * The loop is single-threaded: hooks are called one after the other, never during process. A hook must
 * return soon; what waits is a watched descriptor or the next tick.
 */
#ifndef CLAIMLINE_RUNNER_H
#define CLAIMLINE_RUNNER_H

#include "pipe/metrics.h"
#include "pipe/stage.h"
#include "pipe/store.h"

struct stage_io {
	/*
	 * Called every turn, at least every 50 ms. now_ms is monotonic. < 0 is logged and shown by /readyz; > 0: again at once.
	 */
	int	(*tick)(struct runner *, void *self, int64_t now_ms);
	/*
	 * Instead of a commit by the runner: the stage takes these passed works over, commits and gives
	 * them back itself. Works and parts die with the batch: copy what must live. Their lease is the store's.
	 */
	int	(*take)(struct runner *, void *self, struct work **v, struct encounter **e, size_t n);
	/* Draining: true when nothing is left in hand. Called after tick until it says so. */
	bool	(*is_done)(struct runner *, void *self);
	/* How many encounters the stage holds beyond the batch, so that credit shrinks; may be NULL. */
	size_t	(*held)(void *self);
};

struct store		*runner_store(struct runner *);
const struct stage_ctx	*runner_ctx(const struct runner *);
const struct commit_by	*runner_by(const struct runner *);
struct metrics		*runner_metrics(struct runner *);
bool			 runner_is_draining(const struct runner *);
int64_t			 runner_now(const struct runner *);	/* store clock, ms since 1970, as of this turn */
struct str		 runner_instance(const struct runner *);

/* Watch a descriptor: cb(arg, fd, events) when POLLIN/POLLOUT/POLLERR is set. events 0 stops watching. */
typedef void runner_cb(void *arg, int fd, short events);
int			 runner_watch(struct runner *, int fd, short events, runner_cb *, void *arg);
/* The same for a ZeroMQ socket; cb NULL stops watching. */
int			 runner_watch_zmq(struct runner *, void *socket, runner_cb *, void *arg);

/*
 * Admit encounters, LIMIT_BATCH a commit, and hand the new ones to the next stage. Blocks until committed;
 * E_STORE_* when the store cannot take them now: those it answered are `answered`, the others may be sent
 * again. Each a->body is the sealed ingest part. to is ST_NEW or ST_RECEIVED.
 */
int			 runner_admit(struct runner *, struct admission *v, size_t n, enum state to);
/* What to do while runner_admit waits for the store (store.h). NULL: nothing. */
void			 runner_meanwhile(struct runner *, store_idle *, void *arg);
/* Hand works the stage committed itself (state and token are current) to the next stage, as far as there is credit. */
void			 runner_forward(struct runner *, struct work **v, size_t n);

/* Do nothing for this long; health answers go on, a signal ends it. */
void			 runner_wait(struct runner *, int ms);
/* A named condition that makes /readyz say no, with words; why NULL clears it. At most 8 names, static strings. */
void			 runner_condition(struct runner *, const char *name, const char *why);

#endif
