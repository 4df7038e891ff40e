/*
 * store_redis.h - the parts of the Redis store among themselves: one connection, one call at a time.
 *
 * A call is: rs_begin, any number of commands (rs_cmd, rs_arg.., rs_put), rs_run or rs_exec, reading of
 * rs->reply[], rs_end. An error anywhere is kept in rs->s.why; after an I/O error the connection is
 * closed and the next rs_begin makes a new one.
 */
#ifndef CLAIMLINE_STORE_REDIS_H
#define CLAIMLINE_STORE_REDIS_H

#include "pipe/resp.h"
#include "pipe/store_impl.h"

#include <hiredis/hiredis.h>

struct posted;					/* store_redis_admit.c */

struct redis_store {
	struct store	 s;
	struct str	 address, user, password, tenant;	/* NUL-terminated */
	bool		 weaker;		/* do not insist on the durability class */
	redisContext	*c;			/* NULL: not connected */
	bool		 stale;			/* the library is gone: connect anew, which loads it */
	struct str	 lua, version;		/* the function library and the hash of its text */
	struct arena	 forever, scratch;	/* of the store; of one call */
	struct resp	 out;
	struct args	 cmd;
	size_t		 pending;		/* commands whose replies are to be read */
	bool		 multi;
	size_t		 queued;		/* commands between MULTI and EXEC of the call under way */
	redisReply	**raw;			/* as read; freed by rs_end */
	size_t		 n_raw;
	redisReply	**reply;		/* one per command, inside EXEC already unwrapped */
	size_t		 n_reply;
	unsigned	 lane;			/* where the next claim begins */
	struct posted	*posted[STORE_POSTED];	/* admissions under way, oldest first; in the scratch arena */
	size_t		 n_posted;
	struct { unsigned lane; struct eid id; } stray[STORE_POSTED * LIMIT_BATCH];	/* bodies to take out again */
	size_t		 n_stray;
};

/* ---- store_redis_call.c ---- */
int	rs_begin(struct redis_store *);
void	rs_multi(struct redis_store *);			/* what follows is one unit, until rs_exec */
void	rs_cmd(struct redis_store *, const char *name);
void	rs_arg(struct redis_store *, struct str);
void	rs_arg_int(struct redis_store *, int64_t);
void	rs_put(struct redis_store *);
int	rs_run(struct redis_store *);			/* sends, reads; 0 only when no reply is an error */
int	rs_exec(struct redis_store *);			/* EXEC, then as rs_run with the replies unwrapped */
int	rs_exec_post(struct redis_store *, size_t *pending);	/* the first half of rs_exec: sends */
int	rs_exec_wait(struct redis_store *, size_t pending);	/* the second, for the oldest that was posted */
int	rs_end(struct redis_store *, int rc);		/* returns rc */
int	rs_fail(struct redis_store *, int rc, const char *words, struct str detail);
int	rs_bad_reply(struct redis_store *, const char *words);
void	rs_disconnect(struct redis_store *);

/* Replies of the expected shape, or an empty value. */
struct str rs_text(const redisReply *);			/* STR_NONE unless a string */
bool	rs_int(const redisReply *, int64_t *out);	/* an integer, or a string that is one */
bool	rs_array(const redisReply *, size_t at_least);
bool	rs_is_nil(const redisReply *);

/* Keys, in the scratch arena. */
struct str rs_key_lane(struct redis_store *, unsigned lane, const char *what);	/* cl:{L}:what */
struct str rs_key_queue(struct redis_store *, unsigned lane, enum state);
struct str rs_key_eid(struct redis_store *, unsigned lane, struct eid);
struct str rs_key_partner(struct redis_store *, struct str partner, const char *what);

/* ---- store_redis_group.c: members of a batch with the same lane and move ---- */
struct slot { uint32_t key, i; };		/* i: index in the batch */
struct groups { struct slot v[LIMIT_COMMIT]; size_t n; };
void	rs_groups_add(struct groups *, unsigned lane, int from, int to);
void	rs_groups_sort(struct groups *);
size_t	rs_group_end(const struct groups *, size_t at);
/* a flag per member */
int	rs_group_reply(struct redis_store *, const redisReply *, size_t n, int64_t *now, struct str *flags);
struct str rs_mode_text(enum score_mode);
void	rs_put_call(struct redis_store *, const char *name, size_t keys);
void	rs_put_body(struct redis_store *, const struct admission *, int64_t t);	/* HSETNX: who was there keeps his */

/* ---- store_redis.c ---- */
int	rs_setup(struct redis_store *);			/* a fresh connection: login, library, checks */

/* ---- store_lua.c ---- */
int	store_lua_source(struct arena *, struct str *lua, struct str *version);

/* ---- the operations, by file ---- */
int	rs_admit(struct store *, const struct commit_by *, struct admission *, size_t, enum state, int64_t);
int	rs_admit_post(struct store *, const struct commit_by *, struct admission *, size_t, enum state, int64_t);
int	rs_admit_wait(struct store *);
int	rs_amend(struct store *, const struct commit_by *, const struct admission *, struct work *, int64_t);
int	rs_advance(struct store *, const struct commit_by *, struct work **, size_t, int64_t);
int	rs_extend(struct store *, struct work **, size_t, int64_t);
int	rs_give_back(struct store *, struct work **, size_t, int64_t);

int	rs_now(struct store *, int64_t *);
int	rs_claim(struct store *, const struct commit_by *, enum state, size_t, int64_t, struct arena *,
	    struct work **, size_t *);
int	rs_cool(struct store *, struct work **, size_t);
int	rs_warm(struct store *, struct warm *, size_t, struct arena *, struct warm_list *);
int	rs_get(struct store *, struct eid, unsigned, struct arena *, struct snapshot *);
int	rs_list(struct store *, enum state, size_t, struct arena *, struct listing **, size_t *);
int	rs_depths(struct store *, struct depth[ST_COUNT]);
int	rs_find(struct store *, struct eid, unsigned *);

int	rs_ic_reserve(struct store *, const struct commit_by *, struct interchange *, int64_t);
int	rs_ic_update(struct store *, const struct commit_by *, struct interchange *);
int	rs_ic_get(struct store *, struct str, int64_t, struct arena *, struct interchange *);
int	rs_ic_claim(struct store *, struct str, int64_t, struct arena *, struct interchange *);

int	rs_journal_read(struct store *, const struct journal_entry *, size_t, size_t, struct arena *,
	    struct journal_entry **, size_t *);
int	rs_journal_trim(struct store *, struct str, struct str);
int	rs_peer_put(struct store *, const char *, struct str, struct str);
int	rs_peer_list(struct store *, const char *, struct arena *, struct peer **, size_t *);
int	rs_right(struct store *, const char *, struct str, int64_t);

/* A body that HSETNX put where there was none: out again, unless it has come back from the archive meanwhile. */
void	rs_put_stray(struct redis_store *, unsigned lane, struct eid);
/* As fail with no delay, and the claim does not count as an attempt: what a batch has no room for. */
int	rs_uncount(struct redis_store *, struct work **v, size_t n);

#endif
