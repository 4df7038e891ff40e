/*
 * store_redis_call.c - one call to Redis: commands out in one write, replies in, and what an error means.
 *
 * Never retries: a call whose reply was lost answers E_STORE_DOWN, which says "not known to be committed",
 * and the caller sends it again. MSG_NOSIGNAL, because a dead Redis must not kill us with SIGPIPE.
 */
#include "pipe/store_redis.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int
rs_fail(struct redis_store *rs, int rc, const char *words, struct str detail)
{
	store_why(&rs->s, words, detail);
	return rc;
}

int
rs_bad_reply(struct redis_store *rs, const char *words)
{
	return rs_fail(rs, E_STORE_REPLY, "Redis gave an unexpected reply to ", str_of(words));
}

void
rs_disconnect(struct redis_store *rs)
{
	if (rs->c)
		redisFree(rs->c);
	rs->c = NULL;
	rs->stale = false;
}

int
rs_begin(struct redis_store *rs)
{
	int rc = 0;

	must(rs->n_posted == 0);		/* its reply would be taken for ours, and ours for its */
	if (rs->stale)
		rs_disconnect(rs);
	if (!rs->c)
		rc = rs_setup(rs);
	args_init(&rs->cmd, &rs->scratch);
	return rc;
}

static void
replies_free(struct redis_store *rs)
{
	for (size_t i = 0; i < rs->n_raw; i++)
		freeReplyObject(rs->raw[i]);
	rs->raw = rs->reply = NULL;
	rs->n_raw = rs->n_reply = 0;
}

int
rs_end(struct redis_store *rs, int rc)
{
	replies_free(rs);
	resp_clear(&rs->out);
	arena_reset(&rs->scratch);
	rs->pending = 0;
	rs->multi = false;
	return rc;
}

/* ---- commands ---- */

void
rs_cmd(struct redis_store *rs, const char *name)
{
	rs->cmd.n = rs->cmd.joined = 0;
	args_str(&rs->cmd, str_of(name));
}

void
rs_arg(struct redis_store *rs, struct str s)
{
	args_str(&rs->cmd, s);
}

void
rs_arg_int(struct redis_store *rs, int64_t i)
{
	args_int(&rs->cmd, i);
}

void
rs_put(struct redis_store *rs)
{
	resp_put(&rs->out, &rs->cmd);
	rs->pending++;
}

void
rs_multi(struct redis_store *rs)
{
	rs_cmd(rs, "MULTI");
	rs_put(rs);
	rs->multi = true;
}

/* ---- what an error reply means ---- */

static int
classify(struct str e)
{
	static const struct { const char *prefix; int rc; } rows[] = {
		{ "OOM",	E_STORE_FULL },
		{ "MISCONF",	E_STORE_FULL },
		{ "NOREPLICAS",	E_STORE_FULL },
		{ "LOADING",	E_STORE_DOWN },
		{ "READONLY",	E_STORE_DOWN },
		{ "MASTERDOWN",	E_STORE_DOWN },
		{ "BUSY",	E_STORE_DOWN },
		{ "UNKILLABLE",	E_STORE_DOWN },
		{ "TRYAGAIN",	E_STORE_DOWN },
		{ "CLUSTERDOWN", E_STORE_DOWN },
		{ "EXECABORT",	E_STORE_DOWN },		/* only when no queued command said why */
		{ "ERR Function not found", E_STORE_DOWN },	/* flushed: the next connection loads it again */
		{ "ERR max number of clients", E_STORE_DOWN },
		{ "NOPERM",	E_STORE_SETUP },
		{ "NOAUTH",	E_STORE_SETUP },
		{ "WRONGPASS",	E_STORE_SETUP },
		{ "BADMOVE",	E_BAD_MOVE },
		{ "NONUMBER",	E_BUSY },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (str_starts(e, str_of(rows[i].prefix)))
			return rows[i].rc;
	return E_STORE_REPLY;
}

static int
error_reply(struct redis_store *rs, const redisReply *r)
{
	struct str e = rs_text(r);

	if (str_starts(e, S("ERR Function not found")))
		rs->stale = true;
	return rs_fail(rs, classify(e), "Redis: ", e);
}

/* ---- out and in ---- */

static int
lost(struct redis_store *rs, const char *words)
{
	int rc = rs_fail(rs, E_STORE_DOWN, words,
	    str_of(rs->c && rs->c->err ? rs->c->errstr : errno ? strerror(errno) : ""));

	rs_disconnect(rs);
	return rc;
}

static bool
can_send(struct store *s)
{
	struct pollfd p = { .fd = ((struct redis_store *)s)->c->fd, .events = POLLOUT };

	return poll(&p, 1, 0) != 0;
}

/* More has come than the marks that commands are queued: the answer, or a refusal, which is longer than a mark. */
static bool
has_answer(struct store *s)
{
	struct redis_store *rs = (struct redis_store *)s;
	size_t marks = rs->queued ? strlen("+OK\r\n") + rs->queued * strlen("+QUEUED\r\n") : 0;
	struct pollfd p = { .fd = rs->c->fd, .events = POLLIN };
	int there = 0;

	return poll(&p, 1, 0) != 0 && (ioctl(rs->c->fd, FIONREAD, &there) != 0 || (size_t)there > marks ||
	    (p.revents & (POLLHUP | POLLERR)));
}

static void
idle(struct redis_store *rs, bool (*is_wanted)(struct store *))
{
	if (rs->s.idle)
		rs->s.idle(rs->s.idle_arg, is_wanted, &rs->s);
}

static int
send_all(struct redis_store *rs)
{
	const struct resp *o = &rs->out;
	int flags = MSG_NOSIGNAL | (rs->s.idle ? MSG_DONTWAIT : 0);

	if (o->failed)
		return rs_fail(rs, E_NOMEM, "no memory for the commands of one batch", STR_NONE);
	for (size_t at = 0; at < o->n;) {
		ssize_t n = send(rs->c->fd, o->p + at, o->n - at, flags);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN && (flags & MSG_DONTWAIT)) {
			idle(rs, can_send);
			flags &= can_send(&rs->s) ? ~0 : ~MSG_DONTWAIT;		/* nothing left to do meanwhile */
			continue;
		}
		if (n <= 0)
			return lost(rs, "connection to Redis lost while writing: ");
		at += (size_t)n;
	}
	return 0;
}

static int
read_all(struct redis_store *rs)
{
	rs->raw = arena_array(&rs->scratch, rs->pending, sizeof *rs->raw);
	if (!rs->raw) {
		rs_disconnect(rs);	/* replies are on their way that nobody will read */
		return rs_fail(rs, E_NOMEM, "no memory for the replies of one batch", STR_NONE);
	}
	while (rs->n_raw < rs->pending) {
		void *r = NULL;

		errno = 0;
		if (redisGetReply(rs->c, &r) != REDIS_OK || !r)
			return lost(rs, "connection to Redis lost while reading: ");
		rs->raw[rs->n_raw++] = r;
	}
	rs->reply = rs->raw;
	rs->n_reply = rs->n_raw;
	return 0;
}

static int
first_error(struct redis_store *rs, redisReply **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i]->type == REDIS_REPLY_ERROR)
			return error_reply(rs, v[i]);
	return 0;
}

static int
send_now(struct redis_store *rs)
{
	int rc = rs->c ? send_all(rs) : E_STORE_DOWN;	/* lost since another batch was posted: why says so */

	resp_clear(&rs->out);
	return rc;
}

static int
read_now(struct redis_store *rs)
{
	int rc;

	if (!rs->c)
		return E_STORE_DOWN;
	replies_free(rs);
	idle(rs, has_answer);
	rc = read_all(rs);
	return rc == 0 ? first_error(rs, rs->raw, rs->n_raw) : rc;
}

int
rs_run(struct redis_store *rs)
{
	int rc = send_now(rs);

	if (rc == 0)
		rc = read_now(rs);
	rs->pending = 0;
	return rc;
}

int
rs_exec_post(struct redis_store *rs, size_t *pending)
{
	int rc;

	must(rs->multi);
	rs->multi = false;
	rs_cmd(rs, "EXEC");
	rs_put(rs);
	rc = send_now(rs);
	*pending = rs->pending;
	rs->pending = 0;
	return rc;
}

int
rs_exec_wait(struct redis_store *rs, size_t pending)
{
	redisReply *last;
	int rc;

	rs->pending = pending;
	rs->queued = pending - 2;
	rc = read_now(rs);
	rs->pending = rs->queued = 0;
	if (rc < 0)
		return rc;
	last = rs->raw[rs->n_raw - 1];
	if (last->type != REDIS_REPLY_ARRAY || last->elements != rs->n_raw - 2)
		return rs_bad_reply(rs, "EXEC");
	rs->reply = last->element;
	rs->n_reply = last->elements;
	return first_error(rs, rs->reply, rs->n_reply);
}

int
rs_exec(struct redis_store *rs)
{
	size_t pending;
	int rc = rs_exec_post(rs, &pending);

	return rc < 0 ? rc : rs_exec_wait(rs, pending);
}

/* ---- replies ---- */

struct str
rs_text(const redisReply *r)
{
	if (!r || (r->type != REDIS_REPLY_STRING && r->type != REDIS_REPLY_STATUS && r->type != REDIS_REPLY_ERROR))
		return STR_NONE;
	return (struct str){ r->str, r->len };
}

bool
rs_int(const redisReply *r, int64_t *out)
{
	if (r && r->type == REDIS_REPLY_INTEGER) {
		*out = r->integer;
		return true;
	}
	return str_to_int(rs_text(r), out);
}

bool
rs_array(const redisReply *r, size_t at_least)
{
	return r && r->type == REDIS_REPLY_ARRAY && r->elements >= at_least;
}

bool
rs_is_nil(const redisReply *r)
{
	return !r || r->type == REDIS_REPLY_NIL;
}

/* ---- keys ---- */

struct str
rs_key_lane(struct redis_store *rs, unsigned lane, const char *what)
{
	return arena_fmt(&rs->scratch, "cl:{%u}:%s", lane, what);
}

struct str
rs_key_queue(struct redis_store *rs, unsigned lane, enum state st)
{
	return arena_fmt(&rs->scratch, "cl:{%u}:q:%s", lane, state_name(st));
}

/* By hand: this runs for each encounter of each commit. */
struct str
rs_key_eid(struct redis_store *rs, unsigned lane, struct eid id)
{
	static const char digits[] = "0123456789abcdef";
	char *p = arena_alloc(&rs->scratch, 48);
	size_t n = 0;

	if (!p)
		return STR_NONE;
	memcpy(p, "cl:{", 4);
	n = 4;
	for (unsigned scale = lane > 99 ? 100 : lane > 9 ? 10 : 1; scale; scale /= 10)
		p[n++] = (char)('0' + lane / scale % 10);
	memcpy(p + n, "}:e:", 4);
	n += 4;
	for (size_t i = 0; i < sizeof id.b; i++) {
		p[n++] = digits[id.b[i] >> 4];
		p[n++] = digits[id.b[i] & 15];
	}
	return (struct str){ p, n };
}

struct str
rs_key_partner(struct redis_store *rs, struct str partner, const char *what)
{
	return arena_fmt(&rs->scratch, "cl:{tp:" STR_FMT "}:%s", STR_ARG(partner), what);
}
