/*
 * support - what tests share: a private redis-server, and stores with works to move through them.
 * Nothing here sleeps for a state: it asks again until the state is there or a deadline passes.
 */
#ifndef CLAIMLINE_TEST_SUPPORT_H
#define CLAIMLINE_TEST_SUPPORT_H

#include "base/conf.h"
#include "pipe/store.h"

#include <sys/types.h>

/* ---- a private redis-server with config/redis.conf, on a Unix socket in its own folder ---- */
struct redis_server {
	char	dir[64], socket[96], address[112];	/* address as site.redis wants it */
	const char *const *options;			/* "--name", "value", ..., NULL; kept for a restart */
	pid_t	pid;					/* 0: not running */
};

bool	redis_start(struct redis_server *, const char *const *options);	/* options may be NULL */
void	redis_kill(struct redis_server *);		/* SIGKILL, as a power cut would */
bool	redis_restart(struct redis_server *);		/* on the same files; waits until it answers PING */
void	redis_stop(struct redis_server *);		/* kills and removes the folder */
/* One command; blanks separate its words. False for an error reply or none. The text of the reply goes to out. */
bool	redis_do(struct redis_server *, const char *command, char *out, size_t n);
/* HSET of one field, of any bytes. */
bool	redis_put(struct redis_server *, struct str key, const char *field, struct str value);

/* Waits without sleeping blindly: true as soon as ready() is, false after ms. */
bool	wait_until(bool (*ready)(void *), void *arg, int64_t ms);

/* ---- stores under test ---- */
enum fixture_kind { FIXTURE_MEM, FIXTURE_REDIS };
struct fixture {
	enum fixture_kind	 kind;
	struct redis_server	 server;
	struct store		*s;
	struct arena		 a;
};

extern const struct commit_by fixture_by;
struct conf fixture_conf(const struct redis_server *, unsigned lanes);	/* only section site */
bool	fixture_open(struct fixture *, enum fixture_kind, unsigned lanes);
bool	fixture_clear(struct fixture *, unsigned lanes);		/* an empty store again, same server */
void	fixture_close(struct fixture *);
bool	fixture_pass(struct fixture *, int64_t ms);	/* until the store's clock is ms further */

struct eid fixture_eid(unsigned i);
struct admission fixture_admission(struct arena *, unsigned i, unsigned lanes);
struct work fixture_work(const struct admission *);	/* of a new one, as its owner holds it */

#endif
