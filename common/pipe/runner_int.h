/* runner_int - the runner's own fields, shared by runner.c, batch.c, daemon.c and http.c only. */
#ifndef CLAIMLINE_RUNNER_INT_H
#define CLAIMLINE_RUNNER_INT_H

#include "base/log.h"
#include "codebook/io_book.h"
#include "pipe/bus.h"
#include "pipe/runner.h"

#include <pthread.h>

#define MAX_WATCH	1024
#define MAX_CONDITIONS	8

struct watch {
	int		 fd;
	void		*zmq;
	short		 events;
	runner_cb	*cb;
	void		*arg;
};

struct runner {
	const struct stage	*stage;
	struct stage_ctx	 ctx;
	struct conf		 conf;
	struct arena		 conf_mem, own_mem, batch_mem, note_mem;
	struct store		*store;
	struct bus		*bus;
	struct metrics		 metrics;
	struct commit_by	 by;
	struct str		 instance;
	struct watch		 watch[MAX_WATCH];
	size_t			 n_watch;
	zmq_pollitem_t		 items[BUS_ITEMS + MAX_WATCH];	/* of one turn */
	struct book		 book;
	store_idle		*idle;			/* see runner_meanwhile */
	void			*idle_arg;
	bool			 is_draining, claim_full, suspects;	/* suspects: works that may kill wait */
	bool			 is_posted;		/* an admission is under way: the store takes no other call */
	int64_t			 clock_offset;	/* store clock less monotonic clock */
	int64_t			 next_peers, next_beat, next_claim, now;
	int64_t			 patience;	/* ms that this turn may still wait for a busy neighbour */
	/* shared with the HTTP thread, under lock */
	pthread_mutex_t		 lock;
	struct { const char *name; char why[160]; } condition[MAX_CONDITIONS];
	int64_t			 last_turn;
	struct MHD_Daemon	*http;
	/* what daemon.c was started with */
	const char		*conf_path;
	const char		**sets;
	size_t			 n_sets;
};

/* The stage's own checkpoint, port etc. out of its settings section. */
struct stage_conf { struct str checkpoint; int64_t http_port; };
struct stage_conf runner_stage_conf(const struct runner *);

/* batch.c: process and commit, or hand on, what v holds (all in one state); claimed: from the store. */
void	batch_run(struct runner *, struct work *v, size_t n);
/* Moves v as their `to` says, waiting for the store as long as it takes; works that moved come first, count returned. */
size_t	batch_commit(struct runner *, struct work **v, size_t n, int64_t lease_ms);

/* runner.c: the credit of the next stage, after waiting for n as long as a busy worker may need to grant it */
size_t	runner_room(struct runner *, size_t n);

/* daemon.c */
extern volatile int daemon_stop, daemon_reload;
int	daemon_load(struct runner *, struct conf *out, struct arena *);	/* the file and the --set options; faults are logged */
int	daemon_book(const struct conf *, struct book *out);	/* verified; or logs why not */
day_t	daemon_today(const struct conf *);		/* site.today, or the day it is (UTC) */
void	daemon_log(struct runner *);			/* form and level as set */

/* runner.c */
int	runner_loop(struct runner *);

/* sandbox.c: once, before any input is read */
int	sandbox_enter(void);

/* http.c */
int	http_open(struct runner *, const char *address, int port);
void	http_close(struct runner *);
int	http_health(const char *address, int port);	/* 0 when a daemon answers ready there */

#endif
