/*
 * site - a whole installation in a temporary folder: a private redis-server and one or two of each daemon,
 * with real sockets. Nothing sleeps for a state: every wait has a condition and a deadline, and says in
 * site->why what was not reached. Children die with the test that started them.
 */
#ifndef CLAIMLINE_TEST_SITE_H
#define CLAIMLINE_TEST_SITE_H

#include "pipe/bus.h"
#include "support/support.h"

#include <sys/resource.h>

#define SITE_EACH	2
#define SITE_WAIT_MS	60000
#define SITE_TODAY	"2026-10-31"

enum site_stage { SITE_INGEST, SITE_SUGGEST, SITE_VALIDATE, SITE_AUDIT, SITE_SUBMIT, SITE_STAGES };
extern const char *const site_stage_names[SITE_STAGES];

struct site_daemon {
	pid_t	pid;			/* 0: not running */
	int	port;			/* HTTP */
	rlim_t	file_limit;		/* RLIMIT_FSIZE it is started with; 0 none */
};

struct site {
	char			 dir[64];		/* state folder: in0, in1, out, answers, ledger, log */
	unsigned		 each;			/* 1 or 2 of each daemon */
	struct redis_server	 redis;
	struct site_daemon	 d[SITE_STAGES][SITE_EACH];
	char			 address[16];		/* where HTTP and MLLP listen */
	int			 mllp[SITE_EACH];
	const char *const	*sets;			/* "section.name=value", NULL at the end: for all daemons */
	const char		*preload;		/* LD_PRELOAD of the daemons, or NULL */
	struct arena		 mem;			/* lives as long as the site */
	struct conf		 conf;
	struct store		*store;			/* the test's own connection */
	struct front		*front[SITE_EACH];	/* of site_offer */
	int64_t			 seq;
	char			 why[256];
};

struct site_spec {
	unsigned		 each;			/* 0 = 1 */
	const char *const	*sets, *const *redis;	/* may be NULL */
	const char		*preload;		/* may be NULL */
};

/* Makes folder, configuration, Redis and the store; starts no daemon. False: why says what failed. */
bool	site_open(struct site *, const struct site_spec *);
void	site_close(struct site *);			/* kills everything and removes the folder */
bool	site_up(struct site *);				/* starts all daemons and waits until they are ready */

/* ---- one daemon ---- */
bool	site_start(struct site *, enum site_stage, unsigned k);
void	site_kill(struct site *, enum site_stage, unsigned k);		/* SIGKILL */
int	site_stop(struct site *, enum site_stage, unsigned k);		/* SIGTERM: its exit code, -1 on time-out or a signal */
bool	site_wait_ready(struct site *, enum site_stage, unsigned k, bool ready);
int	site_run(struct site *, enum site_stage, const char *option, struct str *out);	/* with one option more; its exit code */
void	site_argv(struct site *, enum site_stage, unsigned k, const char *argv[64]);

/* ---- looking ---- */
int	site_dial(struct site *, int port);				/* a connected socket, -1 */
int	site_http(struct site *, enum site_stage, unsigned k, const char *request_line, struct str *body);	/* status, -1 */
int64_t	site_metric(struct site *, enum site_stage, unsigned k, const char *name);	/* -1: not there */
int64_t	site_count(struct site *, enum state);				/* -1: Redis does not answer */
bool	site_wait_count(struct site *, enum state, int64_t n);
bool	site_wait_log(struct site *, enum site_stage, unsigned k, const char *words);
struct str site_log(struct site *, enum site_stage, unsigned k);
bool	site_wait(struct site *, bool (*ready)(struct site *, void *), void *arg, const char *what);
/* /readyz of the first one: not ready, with these words */
bool	site_wait_says(struct site *, enum site_stage, const char *words);
bool	site_says(struct site *, enum site_stage, const char *words);
bool	site_all_live(struct site *);
struct str site_path(struct site *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- inputs ---- */
struct site_answer { char verdict[16]; struct str text; };
/* One offer through front k, waiting for its answer; false when none came in ms. */
bool	site_offer(struct site *, unsigned k, struct str bytes, int64_t ms, struct site_answer *out);
/* n encounters, numbers first.., as one input of lines; all must be accepted. */
bool	site_feed(struct site *, unsigned first, unsigned n);
/* A clean professional claim that arrives coded, with a note of about size bytes: control and pcn "<prefix><i>". */
struct str site_encounter(struct arena *, const char *prefix, unsigned i, size_t size);
struct eid site_encounter_eid(const char *prefix, unsigned i);

/* ---- what came out ---- */
struct site_claims { struct str *pcn; size_t n; int64_t *isa13; size_t files; };
/* Every file of out/<partner>, read with x12_read_837; -1 when one cannot be read. */
int	site_read_out(struct site *, struct arena *, struct site_claims *out);
bool	site_sent_once(struct site *, size_t n);	/* n claims, each in one file once, under numbers used once */
int64_t	site_journal(struct site *);			/* entries the ledger has not taken; -1 */
bool	site_wait_journal(struct site *);		/* until it has all */
bool	site_ledger_verifies(struct site *);
/* A shared object for LD_PRELOAD, made with the compiler that is here; NULL without one. */
const char *site_preload(struct site *, const char *source);
bool	site_find_in_tree(const char *dir, const char *needle, char *where, size_t n);	/* in a file or a file name */

#endif
