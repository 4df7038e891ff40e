/*
 * store_redis_admit.c - admissions: one MULTI per batch, in it one call per lane and then the bodies as plain
 * commands. A second batch may be sent before the first is answered.
 *
 * Never reads a body, and never believes that something was done unless EXEC and every reply in it said so.
 */
#include "pipe/store_redis.h"

struct posted {
	const struct commit_by	*by;
	struct admission	*v;
	enum state		 to;
	int64_t			 lease_ms;
	struct groups		 g;
	size_t			 calls, pending;
};

static void
admit_call(struct redis_store *rs, const struct posted *ad, size_t first, size_t end)
{
	unsigned lane = ad->v[ad->g.v[first].i].lane;
	struct buf rows, hashes;

	rs_put_call(rs, "cl_admit", end - first + 2);
	rs_arg(rs, rs_key_queue(rs, lane, ad->to));
	rs_arg(rs, rs_key_lane(rs, lane, "journal"));
	buf_init(&rows, &rs->scratch);
	buf_init(&hashes, &rs->scratch);
	for (size_t i = first; i < end; i++) {
		const struct admission *one = &ad->v[ad->g.v[i].i];

		rs_arg(rs, rs_key_eid(rs, lane, one->id));
		store_row(&rows, one->id, 0, "admit", one->hash);
		buf_str(&hashes, one->hash);
	}
	rs_arg(rs, str_of(state_name(ad->to)));
	rs_arg(rs, rs_mode_text(store_mode(ad->to, ad->lease_ms)));
	rs_arg_int(rs, ad->lease_ms);
	rs_arg(rs, store_header(&rs->scratch, ad->by, rs->version, "-", state_name(ad->to)));
	rs_arg(rs, buf_view(&rows));
	rs_arg(rs, buf_view(&hashes));
	rs_put(rs);
}

static int
admit_result(struct redis_store *rs, struct posted *ad, size_t first, size_t end, const redisReply *r)
{
	struct str flags, states;
	int64_t now;
	int rc = rs_group_reply(rs, r, end - first, &now, &flags);

	if (rc < 0)
		return rc;
	if (!rs_array(r, 3))
		return rs_bad_reply(rs, "admit");
	states = rs_text(r->element[2]);
	for (size_t i = first; i < end; i++) {
		struct admission *one = &ad->v[ad->g.v[i].i];
		char f = flags.p[i - first];

		one->result = f == '1' ? ADMIT_NEW : f == 'k' ? ADMIT_KNOWN : ADMIT_CONFLICT;
		one->state = f == '1' ? ad->to : state_of(str_cut(&states, ' '));
		one->token = f == '1' ? store_score(store_mode(ad->to, ad->lease_ms), now, ad->lease_ms, 0, 0) : 0;
		if (one->state == ST_NONE)
			return rs_bad_reply(rs, "admit");
	}
	return 0;
}

/*
 * HSETNX put a body where one was known but its body had been purged: it is to come out again. Bodies were put
 * in the order of the groups, after the calls.
 */
static int
admit_strays(struct redis_store *rs, const struct posted *ad)
{
	const redisReply *const *body = (const redisReply *const *)rs->reply + ad->calls;

	for (size_t i = 0; i < ad->g.n; i++) {
		const struct admission *one = &ad->v[ad->g.v[i].i];
		int64_t put;

		if (!rs_int(body[i], &put))
			return rs_bad_reply(rs, "HSETNX");
		if (!put || one->result == ADMIT_NEW)
			continue;
		rs->stray[rs->n_stray].lane = one->lane;
		rs->stray[rs->n_stray++].id = one->id;
	}
	return 0;
}

static int
strays_out(struct redis_store *rs)
{
	size_t n = rs->n_stray;

	rs->n_stray = 0;
	for (size_t i = 0; i < n; i++)
		rs_put_stray(rs, rs->stray[i].lane, rs->stray[i].id);
	return n ? rs_run(rs) : 0;
}

int
rs_admit_post(struct store *s, const struct commit_by *by, struct admission *v, size_t n, enum state to, int64_t lease_ms)
{
	struct redis_store *rs = (struct redis_store *)s;
	struct posted *ad;
	int rc = rs->n_posted ? 0 : rs_begin(rs);

	must(n && n <= LIMIT_BATCH && (to == ST_NEW || to == ST_RECEIVED) && rs->n_posted < STORE_POSTED);
	if (rc < 0)
		return rs_end(rs, rc);
	args_init(&rs->cmd, &rs->scratch);
	ad = arena_alloc(&rs->scratch, sizeof *ad);
	if (!ad)
		return rs->n_posted ? E_NOMEM : rs_end(rs, E_NOMEM);
	*ad = (struct posted){ .by = by, .v = v, .to = to, .lease_ms = lease_ms };
	for (size_t i = 0; i < n; i++)
		rs_groups_add(&ad->g, v[i].lane, 0, (int)to);
	rs_groups_sort(&ad->g);
	rs_multi(rs);
	for (size_t at = 0, end; at < n; at = end, ad->calls++)
		admit_call(rs, ad, at, end = rs_group_end(&ad->g, at));
	for (size_t i = 0; i < n; i++)
		rs_put_body(rs, &v[ad->g.v[i].i], v[ad->g.v[i].i].t);
	rc = rs_exec_post(rs, &ad->pending);
	if (rc == 0)
		rs->posted[rs->n_posted++] = ad;
	return rc < 0 && rs->n_posted == 0 ? rs_end(rs, rc) : rc;
}

int
rs_admit_wait(struct store *s)
{
	struct redis_store *rs = (struct redis_store *)s;
	struct posted *ad = rs->posted[0];
	int rc;

	must(rs->n_posted > 0);
	rs->n_posted--;
	for (size_t i = 0; i < rs->n_posted; i++)
		rs->posted[i] = rs->posted[i + 1];
	rc = rs_exec_wait(rs, ad->pending);
	for (size_t at = 0, end, k = 0; rc == 0 && at < ad->g.n; at = end, k++)
		rc = admit_result(rs, ad, at, end = rs_group_end(&ad->g, at), rs->reply[k]);
	if (rc == 0)
		rc = admit_strays(rs, ad);
	if (rs->n_posted)
		return rc;
	if (rc == 0)
		rc = strays_out(rs);
	rs->n_stray = 0;
	return rs_end(rs, rc);
}

int
rs_admit(struct store *s, const struct commit_by *by, struct admission *v, size_t n, enum state to, int64_t lease_ms)
{
	int rc = n ? rs_admit_post(s, by, v, n, to, lease_ms) : 0;

	return rc < 0 || n == 0 ? rc : rs_admit_wait(s);
}
