/*
 * store_redis_read.c - claim, and everything that only looks: get, list, depths, find, now.
 *
 * Claiming is three steps: how much is due per lane (no writes), one MULTI that takes it, and plain
 * pipelined reads of the bodies. Never returns a body through a function.
 */
#include "pipe/store_redis.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

int
rs_now(struct store *s, int64_t *ms)
{
	struct redis_store *rs = (struct redis_store *)s;
	int64_t sec, us;
	int rc = rs_begin(rs);

	if (rc < 0)
		return rc;
	rs_cmd(rs, "TIME");
	rs_put(rs);
	rc = rs_run(rs);
	if (rc == 0 && !(rs_array(rs->reply[0], 2) && rs_int(rs->reply[0]->element[0], &sec) &&
	    rs_int(rs->reply[0]->element[1], &us)))
		rc = rs_bad_reply(rs, "TIME");
	if (rc == 0)
		*ms = sec * 1000 + us / 1000;
	return rs_end(rs, rc);
}

static struct str
copy(struct arena *a, const redisReply *r)
{
	struct str s = rs_text(r);

	return s.n ? arena_str(a, s) : STR_NONE;
}

/* ---- claim ---- */

struct claiming {
	const struct commit_by	*by;
	enum state		 state;
	size_t			 max;
	int64_t			 lease_ms;
	struct arena		*a;
	struct work		*v;
	size_t			 n;
	unsigned		 lanes[256];	/* those asked, in order */
	size_t			 n_lanes;
};

static int
claim_look(struct redis_store *rs, const struct claiming *c, int64_t due[])
{
	int rc;

	for (unsigned lane = 0; lane < rs->s.lanes; lane++) {
		rs_cmd(rs, "FCALL_RO");
		rs_arg(rs, S("cl_due"));
		rs_arg(rs, S("1"));
		rs_arg(rs, rs_key_queue(rs, lane, c->state));
		rs_arg_int(rs, store_horizon(c->state, c->lease_ms));
		rs_put(rs);
	}
	rc = rs_run(rs);
	for (unsigned lane = 0; rc == 0 && lane < rs->s.lanes; lane++)
		if (!rs_int(rs->reply[lane], &due[lane]))
			rc = rs_bad_reply(rs, "cl_due");
	return rc;
}

static void
claim_call(struct redis_store *rs, const struct claiming *c, unsigned lane, int64_t max)
{
	rs_cmd(rs, "FCALL");
	rs_arg(rs, S("cl_claim"));
	rs_arg(rs, S("4"));
	rs_arg(rs, rs_key_queue(rs, lane, c->state));
	rs_arg(rs, rs_key_queue(rs, lane, ST_BURIED));
	rs_arg(rs, rs_key_lane(rs, lane, "journal"));
	rs_arg(rs, rs_key_lane(rs, lane, "e:"));
	rs_arg(rs, str_of(state_name(c->state)));
	rs_arg_int(rs, max);
	rs_arg_int(rs, c->lease_ms > 0 ? c->lease_ms : 1);
	rs_arg_int(rs, c->state == ST_NEW ? 0 : LIMIT_ATTEMPTS);
	rs_arg(rs, store_header(&rs->scratch, c->by, rs->version, state_name(c->state), state_name(ST_BURIED)));
	rs_arg_int(rs, store_horizon(c->state, c->lease_ms));
	rs_put(rs);
}

/* What no program of ours wrote: said by its key, and passed by. */
static void
tell_junk(struct redis_store *rs, unsigned lane, enum state st, const redisReply *member, const char *what)
{
	log_line(LOG_WARN, what, LOG_STR("queue", rs_key_queue(rs, lane, st)), LOG_STR("member", rs_text(member)));
}

static int
claim_reply(struct redis_store *rs, struct claiming *c, unsigned lane, const redisReply *r)
{
	int64_t token;

	if (!rs_array(r, 1) || r->elements % 2 == 0 || !rs_int(r->element[0], &token))
		return rs_bad_reply(rs, "claim");
	for (size_t i = 1; i < r->elements; i += 2) {
		struct work *w;
		int64_t tries;

		if (rs_int(r->element[i + 1], &tries) && tries < 0) {
			tell_junk(rs, lane, c->state, r->element[i], "a member without an encounter was taken out of its queue");
			continue;
		}
		if (c->n == c->max)
			return rs_bad_reply(rs, "claim");
		w = &c->v[c->n++];
		*w = (struct work){ .lane = lane, .state = c->state, .to = c->state, .token = token };
		if (!eid_parse(rs_text(r->element[i]), &w->id) || !rs_int(r->element[i + 1], &w->attempts))
			return rs_bad_reply(rs, "claim");
	}
	return 0;
}

static int
claim_take(struct redis_store *rs, struct claiming *c, const int64_t due[])
{
	int64_t left = (int64_t)c->max;
	int rc = 0;

	rs_multi(rs);
	for (unsigned i = 0; i < rs->s.lanes && left > 0; i++) {
		unsigned lane = (rs->lane + i) % rs->s.lanes;
		int64_t n = due[lane] < left ? due[lane] : left;

		if (n <= 0)
			continue;
		claim_call(rs, c, lane, n);
		c->lanes[c->n_lanes++] = lane;
		left -= n;
	}
	rc = rs_exec(rs);
	for (size_t i = 0; rc == 0 && i < c->n_lanes; i++)
		rc = claim_reply(rs, c, c->lanes[i], rs->reply[i]);
	return rc;
}

static const enum store_field body_fields[] = {
	F_S, F_O, F_M, F_PARTS, F_PARTS + 1, F_PARTS + 2, F_PARTS + 3, F_PARTS + 4, F_PARTS + 5,
};
#define BODY_FIELDS	(sizeof body_fields / sizeof *body_fields)

/* False when the arena should not take more: half of it is for whoever works on the batch. */
static bool
has_room(const struct arena *a, const redisReply *r)
{
	size_t limit = (a->limit ? a->limit : LIMIT_ARENA) / 2, need = a->used;

	for (size_t i = 0; i < BODY_FIELDS; i++)
		need += rs_text(r->element[i]).n + 32;
	return need <= limit;
}

/* E_MOVED: it went on between the two steps. */
static int
body_reply(struct redis_store *rs, const struct claiming *c, struct work *w, const redisReply *r)
{
	struct str v[F_COUNT] = { STR_NONE };
	struct snapshot snap = { 0 };

	for (size_t f = 0; f < BODY_FIELDS; f++)
		v[body_fields[f]] = rs_text(r->element[f]);
	if (store_snapshot(v, &snap) < 0)
		return rs_bad_reply(rs, "HMGET");
	if (snap.w.state != c->state)
		return E_MOVED;
	w->revision = snap.w.revision;
	w->t = snap.w.t;
	for (unsigned p = 0; p < PART_COUNT; p++)
		w->part[p] = snap.w.part[p].n ? arena_str(c->a, snap.w.part[p]) : STR_NONE;
	return 0;
}

/* Those whose bodies fit stay, in order; the others go to rest[]. One always stays. */
static int
bodies_keep(struct redis_store *rs, struct claiming *c, struct work **rest, size_t *n_rest)
{
	size_t kept = 0, n = c->n;

	for (size_t i = 0; i < n; i++) {
		const redisReply *r = rs->reply[i];
		struct work *w = &c->v[i];
		int rc;

		if (!rs_array(r, BODY_FIELDS))
			return rs_bad_reply(rs, "HMGET");
		if (kept && !has_room(c->a, r)) {
			rest[*n_rest] = arena_alloc(&rs->scratch, sizeof *w);
			if (!rest[*n_rest])
				return E_NOMEM;
			*rest[(*n_rest)++] = *w;
			continue;
		}
		rc = body_reply(rs, c, w, r);
		if (rc == 0)
			c->v[kept++] = *w;
		else if (rc != E_MOVED)			/* its attempts run out, and it is buried */
			log_line(LOG_WARN, "an encounter has no state or head that can be read",
			    LOG_STR("key", rs_key_eid(rs, w->lane, w->id)));
	}
	c->n = kept;
	return 0;
}

static int
claim_bodies(struct redis_store *rs, struct claiming *c)
{
	struct work *rest[LIMIT_BATCH];
	size_t n_rest = 0;
	int rc;

	for (size_t i = 0; i < c->n; i++) {
		rs_cmd(rs, "HMGET");
		rs_arg(rs, rs_key_eid(rs, c->v[i].lane, c->v[i].id));
		for (size_t f = 0; f < BODY_FIELDS; f++)
			rs_arg(rs, str_of(store_field_names[body_fields[f]]));
		rs_put(rs);
	}
	rc = rs_run(rs);
	if (rc == 0)
		rc = bodies_keep(rs, c, rest, &n_rest);
	if (rc == 0 && c->a->spent)
		rc = E_NOMEM;
	if (rc == 0 && n_rest)
		rc = rs_uncount(rs, rest, n_rest);
	return rc;
}

int
rs_claim(struct store *s, const struct commit_by *by, enum state st, size_t max, int64_t lease_ms, struct arena *a,
    struct work **out, size_t *n)
{
	struct redis_store *rs = (struct redis_store *)s;
	struct claiming c = { .by = by, .state = st, .max = max < LIMIT_BATCH ? max : LIMIT_BATCH,
	    .lease_ms = lease_ms, .a = a };
	int64_t due[256], sum = 0;
	int rc;

	must(state_stage(st) && s->lanes <= 256);
	*out = NULL;
	*n = 0;
	if ((rc = rs_begin(rs)) < 0)
		return rc;
	rc = claim_look(rs, &c, due);
	for (unsigned lane = 0; rc == 0 && lane < s->lanes; lane++)
		sum += due[lane];
	if (rc < 0 || sum == 0 || c.max == 0)
		return rs_end(rs, rc);
	c.v = arena_array(a, (size_t)(sum < (int64_t)c.max ? sum : (int64_t)c.max), sizeof *c.v);
	if (!c.v)
		return rs_end(rs, E_NOMEM);
	if (sum < (int64_t)c.max)
		c.max = (size_t)sum;
	rc = claim_take(rs, &c, due);
	if (rc == 0 && c.n)
		rc = claim_bodies(rs, &c);
	if (rc == 0) {
		rs->lane = (rs->lane + 1) % s->lanes;
		*out = c.v;
		*n = c.n;
	}
	return rs_end(rs, rc);
}

/* ---- looking ---- */

static void
put_one(struct redis_store *rs, const char *cmd, struct str key, struct str arg)
{
	rs_cmd(rs, cmd);
	rs_arg(rs, key);
	if (arg.p)
		rs_arg(rs, arg);
	rs_put(rs);
}

static int
hash_fields(struct arena *a, const redisReply *r, struct str v[F_COUNT])
{
	for (int f = 0; f < F_COUNT; f++)
		v[f] = STR_NONE;
	for (size_t i = 0; i + 1 < r->elements; i += 2) {
		enum store_field f = store_field_of(rs_text(r->element[i]));

		if (f != F_COUNT)
			v[f] = copy(a, r->element[i + 1]);
	}
	return a->spent ? E_NOMEM : 0;
}

/* Not in a MULTI: a full Redis queues nothing, and who looks must be able to look then. */
static int
get_once(struct redis_store *rs, struct eid id, unsigned lane, struct arena *a, struct snapshot *out)
{
	struct str key = rs_key_eid(rs, lane, id), hex = { key.p + key.n - 32, 32 }, v[F_COUNT];
	int rc;

	put_one(rs, "HGETALL", key, STR_NONE);
	for (int st = 0; st < ST_COUNT; st++)
		put_one(rs, "ZSCORE", rs_key_queue(rs, lane, (enum state)st), hex);
	rc = rs_run(rs);
	if (rc < 0)
		return rc;
	if (!rs_array(rs->reply[0], 0))
		return rs_bad_reply(rs, "HGETALL");
	if (rs->reply[0]->elements == 0)
		return E_NOT_FOUND;
	rc = hash_fields(a, rs->reply[0], v);
	if (rc < 0)
		return rc;
	if (store_snapshot(v, out) < 0)
		return rs_bad_reply(rs, "HGETALL");
	return rs_int(rs->reply[1 + out->w.state], &out->w.token) ? 0 : E_MOVED;
}

int
rs_get(struct store *s, struct eid id, unsigned lane, struct arena *a, struct snapshot *out)
{
	struct redis_store *rs = (struct redis_store *)s;
	int rc = rs_begin(rs);

	/*
	 * E_MOVED: it changed queues between the commands. Ten times in a row would be a broken store, or a body
	 * that was never admitted (store.lua, known_as), which is in no queue and has not moved.
	 */
	for (int tries = 0; rc == 0 && tries < 10; tries++) {
		memset(out, 0, sizeof *out);
		rc = get_once(rs, id, lane, a, out);
		if (rc != E_MOVED)
			break;
		rc = tries < 9 ? 0 : out->w.state == ST_RECEIVED && out->w.revision == 0 ? E_NOT_FOUND :
		    rs_bad_reply(rs, "ZSCORE: no queue has the encounter");
	}
	out->w.id = id;
	out->w.lane = lane;
	return rs_end(rs, rc);
}

static int
listing_cmp(const void *a, const void *b)
{
	const struct listing *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? -1 : 1;
	return memcmp(x->id.b, y->id.b, sizeof x->id.b);
}

int
rs_list(struct store *s, enum state st, size_t max, struct arena *a, struct listing **out, size_t *n)
{
	struct redis_store *rs = (struct redis_store *)s;
	int rc = rs_begin(rs);

	*out = NULL;
	*n = 0;
	if (rc < 0 || max == 0)
		return rc;
	for (unsigned lane = 0; lane < s->lanes; lane++) {
		rs_cmd(rs, "ZRANGE");
		rs_arg(rs, rs_key_queue(rs, lane, st));
		rs_arg(rs, S("0"));
		rs_arg_int(rs, (int64_t)max - 1);
		rs_arg(rs, S("WITHSCORES"));
		rs_put(rs);
	}
	rc = rs_run(rs);
	for (unsigned lane = 0; rc == 0 && lane < s->lanes; lane++) {
		const redisReply *r = rs->reply[lane];

		for (size_t i = 0; rc == 0 && i + 1 < r->elements; i += 2) {
			struct listing *l, one = { .lane = lane };

			if (!eid_parse(rs_text(r->element[i]), &one.id) || !rs_int(r->element[i + 1], &one.score)) {
				tell_junk(rs, lane, st, r->element[i],
				    "a member of a queue is not an encounter, or its score no time");
				continue;
			}
			l = arena_push(a, *out, *n);
			if (l)
				*l = one;
			rc = l ? 0 : E_NOMEM;
		}
	}
	if (rc == 0 && *n)
		qsort(*out, *n, sizeof **out, listing_cmp);
	if (*n > max)
		*n = max;
	return rs_end(rs, rc);
}

/* ---- depths ---- */

static bool
is_leased(enum state st)
{
	return state_stage(st) && st != ST_NEW;
}

/* Per lane and state: ZCARD, the head of the queue, and how many scores lie in the future. */
static void
depth_ask(struct redis_store *rs, unsigned lane, enum state st, int64_t now)
{
	struct str key = rs_key_queue(rs, lane, st);

	put_one(rs, "ZCARD", key, STR_NONE);
	rs_cmd(rs, "ZRANGE");
	rs_arg(rs, key);
	rs_arg(rs, S("0"));
	rs_arg(rs, S("0"));
	rs_put(rs);
	rs_cmd(rs, "ZCOUNT");
	rs_arg(rs, key);
	rs_arg_int(rs, now + 1);
	rs_arg(rs, S("+inf"));
	rs_put(rs);
}

struct head { unsigned lane; enum state st; struct eid id; };

static int
depth_read(struct redis_store *rs, struct depth *out, struct head *heads, size_t *n_heads)
{
	size_t at = 0;

	for (unsigned lane = 0; lane < rs->s.lanes; lane++)
		for (int st = 0; st < ST_COUNT; st++, at += 3) {
			const redisReply *first = rs->reply[at + 1];
			int64_t card, leased;

			if (!rs_int(rs->reply[at], &card) || !rs_int(rs->reply[at + 2], &leased) || !rs_array(first, 0))
				return rs_bad_reply(rs, "ZCARD");
			out[st].n += (uint64_t)card;
			if (is_leased((enum state)st))
				out[st].leased += (uint64_t)leased;
			if (first->elements && eid_parse(rs_text(first->element[0]), &heads[*n_heads].id)) {
				heads[*n_heads].lane = lane;
				heads[(*n_heads)++].st = (enum state)st;
			}
		}
	return 0;
}

/* The age of the head of a queue since its arrival stands for the queue. */
static int
depth_ages(struct redis_store *rs, struct depth *out, const struct head *heads, size_t n, int64_t now)
{
	int rc;

	for (size_t i = 0; i < n; i++) {
		rs_cmd(rs, "FCALL_RO");
		rs_arg(rs, S("cl_arrival"));
		rs_arg(rs, S("1"));
		rs_arg(rs, rs_key_eid(rs, heads[i].lane, heads[i].id));
		rs_put(rs);
	}
	rc = rs_run(rs);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct depth *d = &out[heads[i].st];
		int64_t t;

		if (rs_int(rs->reply[i], &t) && now - t > d->oldest_ms)
			d->oldest_ms = now - t;
	}
	return rc;
}

int
rs_depths(struct store *s, struct depth out[ST_COUNT])
{
	struct redis_store *rs = (struct redis_store *)s;
	struct head *heads;
	size_t n_heads = 0;
	int64_t now;
	int rc = rs_now(s, &now);

	memset(out, 0, ST_COUNT * sizeof *out);
	if (rc < 0 || (rc = rs_begin(rs)) < 0)
		return rc;
	heads = arena_array(&rs->scratch, (size_t)s->lanes * ST_COUNT, sizeof *heads);
	if (!heads)
		return rs_end(rs, E_NOMEM);
	for (unsigned lane = 0; lane < s->lanes; lane++)
		for (int st = 0; st < ST_COUNT; st++)
			depth_ask(rs, lane, (enum state)st, now);
	rc = rs_run(rs);
	if (rc == 0)
		rc = depth_read(rs, out, heads, &n_heads);
	if (rc == 0 && n_heads)
		rc = depth_ages(rs, out, heads, n_heads, now);
	return rs_end(rs, rc);
}

int
rs_find(struct store *s, struct eid id, unsigned *lane)
{
	struct redis_store *rs = (struct redis_store *)s;
	int rc = rs_begin(rs);
	int64_t has;

	if (rc < 0)
		return rc;
	for (unsigned i = 0; i < s->lanes; i++)
		put_one(rs, "EXISTS", rs_key_eid(rs, i, id), STR_NONE);
	rc = rs_run(rs);
	for (*lane = 0; rc == 0 && *lane < s->lanes; ++*lane)
		if (rs_int(rs->reply[*lane], &has) && has)
			return rs_end(rs, 0);
	return rs_end(rs, rc == 0 ? E_NOT_FOUND : rc);
}
