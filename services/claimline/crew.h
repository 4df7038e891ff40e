/*
 * crew - the processes of one `claimline up`: a private Redis and the daemons. Started in order, restarted when
 * they die, drained in pipeline order.
 */
#ifndef CLAIMLINE_CLI_CREW_H
#define CLAIMLINE_CLI_CREW_H

#include "claimline/child.h"
#include "claimline/cli.h"

#define CREW_MAX	64
#define STAGES		5
extern const char *const crew_stages[STAGES];	/* in pipeline order */
#define STAGE_REDIS	(-1)

enum member_state { MEMBER_DOWN, MEMBER_UP, MEMBER_OFF };
struct member_of_crew {
	struct child		 child;
	int			 stage;		/* place in crew_stages, or STAGE_REDIS */
	struct str		 instance;
	enum member_state	 state;		/* OFF: ended on request, or given up */
	int64_t			 port;		/* 0: none */
	int64_t			 started, restart_at, kill_at;	/* monotonic ms */
	unsigned		 deaths;	/* in a row */
	bool			 ready;
};

struct crew {
	struct cli		*c;
	struct member_of_crew	 v[CREW_MAX];
	size_t			 n;
	bool			 quiet, json_log;
	bool			 has_redis;	/* v[0] is ours */
	pid_t			 adopted_redis;	/* one that outlived an earlier `up` */
	const char		*ready_file;
	int64_t			 drain_ms;
	/* as it goes */
	enum { CREW_REDIS, CREW_RUN, CREW_DRAIN, CREW_DONE } phase;
	int			 draining;	/* place in crew_stages that ends now; STAGES: Redis */
	int			 stops;		/* SIGINT and SIGTERM so far */
	int			 exit;
	bool			 ready;
	int64_t			 since;		/* store time when the daemons were started */
	int64_t			 next_look;
	int			 signals;	/* signalfd */
	struct arena		 scratch;
};

/* counts[i] instances of stage i. Fills v; CLI_OK or said why not. */
int	crew_fill(struct crew *, const int64_t counts[STAGES]);

/* Runs until all has ended; an exit code. */
int	crew_run(struct crew *);

/*
 * Pure: "suggest=2,validate=3" into counts, which hold defaults. E_VALUE with words. 0 instances: not started.
 */
int	crew_counts(struct str text, int64_t counts[STAGES], const char **why);

/* Pure: how long to wait before the n-th restart in a row, ms. */
int64_t	crew_backoff(unsigned deaths);

/* Pure: is this log line worth showing when quiet? Text or JSON; what has no level is. */
bool	crew_line_is_loud(struct str line);

#endif
