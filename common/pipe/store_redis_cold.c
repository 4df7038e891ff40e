/*
 * store_redis_cold.c - warm: which settled encounters have their bodies here still; cool: the body goes.
 * Reads with plain pipelined commands, never through a function, and fetches no body that is away already.
 */
#include "pipe/store_redis.h"

#include "base/log.h"

/* ---- warm ---- */

struct pick { size_t ask; struct eid id; int64_t score; };
struct picks { struct pick *v; size_t n; };

static void
put_ranges(struct redis_store *rs, const struct warm *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		rs_cmd(rs, "ZRANGEBYSCORE");
		rs_arg(rs, rs_key_queue(rs, v[i].lane, v[i].state));
		rs_arg_int(rs, v[i].from);
		rs_arg_int(rs, v[i].upto);
		rs_arg(rs, S("WITHSCORES"));
		rs_arg(rs, S("LIMIT"));
		rs_arg(rs, S("0"));
		rs_arg_int(rs, (int64_t)(v[i].skip + v[i].max));
		rs_put(rs);
	}
}

/* Those of the first score that were looked at before are passed by here: they may have left meanwhile, others not. */
static int
read_ranges(struct redis_store *rs, const struct warm *v, size_t n, struct picks *out, bool *more)
{
	for (size_t i = 0; i < n; i++) {
		const redisReply *r = rs->reply[i];
		size_t seen = 0, taken = 0;

		if (!rs_array(r, 0) || r->elements % 2)
			return rs_bad_reply(rs, "ZRANGEBYSCORE");
		*more = *more || r->elements / 2 >= v[i].skip + v[i].max;
		for (size_t k = 0; k < r->elements && taken < v[i].max; k += 2) {
			struct pick *p;
			int64_t score = v[i].from;	/* no time of ours: passed by with its neighbours */

			(void)rs_int(r->element[k + 1], &score);
			if (score == v[i].from && seen++ < v[i].skip)
				continue;
			p = arena_push(&rs->scratch, out->v, out->n);
			if (!p)
				return E_NOMEM;
			*p = (struct pick){ .ask = i, .score = score };
			taken++;
			if (!eid_parse(rs_text(r->element[k]), &p->id))
				log_line(LOG_WARN, "a member of a queue is not an encounter",
				    LOG_STR("queue", rs_key_queue(rs, v[i].lane, v[i].state)));
		}
	}
	return 0;
}

static const enum store_field fields[] = {
	F_S, F_C, F_M, F_O, F_PARTS, F_PARTS + 1, F_PARTS + 2, F_PARTS + 3, F_PARTS + 4, F_PARTS + 5,
};
#define HEAD_FIELDS	2
#define ALL_FIELDS	(sizeof fields / sizeof *fields)

static void
put_fields(struct redis_store *rs, unsigned lane, struct eid id, size_t n)
{
	rs_cmd(rs, "HMGET");
	rs_arg(rs, rs_key_eid(rs, lane, id));
	for (size_t f = 0; f < n; f++)
		rs_arg(rs, str_of(store_field_names[fields[f]]));
	rs_put(rs);
}

/* It is where its queue says, and has its body. */
static bool
is_warm(const redisReply *r, size_t n, enum state st, struct snapshot *out)
{
	struct str v[F_COUNT] = { STR_NONE };

	for (size_t f = 0; rs_array(r, n) && f < n; f++)
		v[fields[f]] = rs_text(r->element[f]);
	*out = (struct snapshot){ .cold = false };
	return store_snapshot(v, out) == 0 && out->w.state == st && !out->cold;
}

/* Leaves those whose bodies are here; index has their places among all. */
static int
look_at_heads(struct redis_store *rs, const struct warm *v, const struct picks *all, struct picks *some, size_t *index)
{
	int rc;

	for (size_t i = 0; i < all->n; i++)
		put_fields(rs, v[all->v[i].ask].lane, all->v[i].id, HEAD_FIELDS);
	rc = rs_run(rs);
	for (size_t i = 0; rc == 0 && i < all->n; i++) {
		struct snapshot snap;

		if (!is_warm(rs->reply[i], HEAD_FIELDS, v[all->v[i].ask].state, &snap))
			continue;
		some->v[some->n] = all->v[i];
		index[some->n++] = i;
	}
	return rc;
}

/* Half of the arena is for whoever works on them; one always fits. */
static bool
has_room(const struct arena *a, const redisReply *r, size_t n)
{
	size_t limit = (a->limit ? a->limit : LIMIT_ARENA) / 2, need = a->used;

	for (size_t f = 0; rs_array(r, ALL_FIELDS) && f < ALL_FIELDS; f++)
		need += rs_text(r->element[f]).n + 32;
	return n == 0 || need <= limit;
}

/* Returns how many of them there was room for. */
static int
take_bodies(struct redis_store *rs, const struct warm *v, const struct picks *some, struct arena *a, struct warm_list *out)
{
	int rc = 0, i = 0;

	out->v = arena_array(a, some->n, sizeof *out->v);
	if (!out->v)
		return E_NOMEM;
	for (size_t k = 0; k < some->n; k++)
		put_fields(rs, v[some->v[k].ask].lane, some->v[k].id, ALL_FIELDS);
	rc = rs_run(rs);
	for (; rc == 0 && (size_t)i < some->n && has_room(a, rs->reply[i], out->n); i++) {
		const struct warm *ask = &v[some->v[i].ask];
		struct snapshot snap;
		struct work *w = &out->v[out->n];

		if (!is_warm(rs->reply[i], ALL_FIELDS, ask->state, &snap))
			continue;		/* went on between the two steps */
		*w = snap.w;
		w->id = some->v[i].id;
		w->lane = ask->lane;
		w->token = some->v[i].score;
		for (unsigned p = 0; p < PART_COUNT; p++)
			w->part[p] = w->part[p].n ? arena_str(a, w->part[p]) : STR_NONE;
		out->n++;
	}
	return rc < 0 ? rc : a->spent ? E_NOMEM : i;
}

static int
warm_all(struct redis_store *rs, struct warm *v, size_t n, struct arena *a, struct warm_list *out)
{
	struct picks all = { 0 }, some = { 0 };
	size_t done, *index;
	int rc;

	put_ranges(rs, v, n);
	rc = rs_run(rs);
	if (rc == 0)
		rc = read_ranges(rs, v, n, &all, &out->more);
	if (rc < 0 || all.n == 0)
		return rc;
	some.v = arena_array(&rs->scratch, all.n, sizeof *some.v);
	index = arena_array(&rs->scratch, all.n, sizeof *index);
	if (!some.v || !index)
		return E_NOMEM;
	rc = look_at_heads(rs, v, &all, &some, index);
	if (rc == 0 && some.n)
		rc = take_bodies(rs, v, &some, a, out);
	if (rc < 0)
		return rc;
	done = (size_t)rc < some.n ? index[rc] : all.n;
	out->more = out->more || done < all.n;
	for (size_t i = 0; i < done; i++)
		store_warm_next(&v[all.v[i].ask], all.v[i].score);
	return 0;
}

int
rs_warm(struct store *s, struct warm *v, size_t n, struct arena *a, struct warm_list *out)
{
	struct redis_store *rs = (struct redis_store *)s;
	int rc = 0;

	*out = (struct warm_list){ 0 };
	if (n && (rc = rs_begin(rs)) == 0)
		rc = warm_all(rs, v, n, a, out);
	return rs_end(rs, rc);
}

/* ---- cool ---- */

/* Works from i on that share lane and state: one call. */
static size_t
run_end(struct work *const *v, size_t i, size_t n)
{
	size_t end = i + 1;

	while (end < n && v[end]->lane == v[i]->lane && v[end]->state == v[i]->state)
		end++;
	return end;
}

static void
cool_call(struct redis_store *rs, struct work *const *v, size_t n)
{
	size_t parts = 1;		/* and the bundle of the first ones */

	for (int p = 0; p < PART_COUNT; p++)
		parts += store_is_archived((enum rec_part)p);
	rs_cmd(rs, "FCALL");
	rs_arg(rs, S("cl_cool"));
	rs_arg_int(rs, (int64_t)n + 1);
	rs_arg(rs, rs_key_queue(rs, v[0]->lane, v[0]->state));
	for (size_t i = 0; i < n; i++)
		rs_arg(rs, rs_key_eid(rs, v[i]->lane, v[i]->id));
	rs_arg(rs, str_of(state_name(v[0]->state)));
	rs_arg_int(rs, (int64_t)parts);
	rs_arg(rs, str_of(store_field_names[F_O]));
	for (int p = 0; p < PART_COUNT; p++)
		if (store_is_archived((enum rec_part)p))
			rs_arg(rs, str_of(part_name((enum rec_part)p)));
	for (size_t i = 0; i < n; i++)
		rs_arg_int(rs, v[i]->revision);
	rs_put(rs);
}

/* No MULTI: each call is whole, and a full Redis takes none. */
int
rs_cool(struct store *s, struct work **v, size_t n)
{
	struct redis_store *rs = (struct redis_store *)s;
	struct work *ok[LIMIT_BATCH];
	size_t n_ok = 0, at = 0;
	int rc = 0;

	must(n <= LIMIT_BATCH);
	for (size_t i = 0; i < n; i++) {
		v[i]->moved = false;
		if (state_is_settled(v[i]->state))
			ok[n_ok++] = v[i];
	}
	if (n_ok == 0 || (rc = rs_begin(rs)) < 0)
		return rc;
	for (size_t i = 0, end; i < n_ok; i = end)
		cool_call(rs, ok + i, (end = run_end(ok, i, n_ok)) - i);
	rc = rs_run(rs);
	for (size_t call = 0; rc == 0 && at < n_ok; call++) {
		size_t end = run_end(ok, at, n_ok);
		struct str flags = rs_text(rs->reply[call]);

		if (flags.n != end - at)
			rc = rs_bad_reply(rs, "cl_cool");
		for (size_t i = at; rc == 0 && i < end; i++)
			ok[i]->moved = flags.p[i - at] == '1';
		at = end;
	}
	return rs_end(rs, rc);
}

void
rs_put_stray(struct redis_store *rs, unsigned lane, struct eid id)
{
	rs_cmd(rs, "FCALL");
	rs_arg(rs, S("cl_stray"));
	rs_arg(rs, S("1"));
	rs_arg(rs, rs_key_eid(rs, lane, id));
	rs_put(rs);
}
