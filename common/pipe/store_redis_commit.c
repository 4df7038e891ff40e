/*
 * store_redis_commit.c - amend, advance, extend, fail: one MULTI per batch, in it one function call per lane
 * and move.
 *
 * Never reads a body, and never believes that something was done unless EXEC and every reply in it said so.
 */
#include "pipe/store_redis.h"

#include <stdlib.h>
#include <string.h>

static void
put_changes(struct redis_store *rs, const struct change *v, size_t n)
{
	rs_arg_int(rs, (int64_t)n * 2);
	for (size_t i = 0; i < n; i++) {
		rs_arg(rs, str_of(store_field_names[v[i].f]));
		rs_arg(rs, v[i].v);
	}
}

/* ---- advance, amend ---- */

struct moving {
	const struct commit_by	*by;
	struct work		**v;
	int64_t			 lease_ms;
	const struct admission	*body;		/* amend: what replaces the ingest part */
	struct change		(*changes)[CHANGES_MAX];	/* of each work */
	size_t			*n_changes;
	struct groups		 g;
};

/* Due times and revision checks are rare, and each argument of a function costs: a call has them or not. */
static bool
is_wide(const struct moving *m, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		if (m->v[m->g.v[i].i]->due || m->v[m->g.v[i].i]->check_revision)
			return true;
	return m->body;
}

/* One revision, the same fields: said once for all. */
static bool
is_same(const struct moving *m, size_t first, size_t end)
{
	uint32_t i0 = m->g.v[first].i;
	const struct work *w0 = m->v[i0];

	for (size_t k = first + 1; k < end; k++) {
		uint32_t i = m->g.v[k].i;

		if (m->v[i]->revision != w0->revision || m->n_changes[i] != m->n_changes[i0])
			return false;
		for (size_t c = 0; c < m->n_changes[i]; c++)
			if (m->changes[i][c].f != m->changes[i0][c].f)
				return false;
	}
	return true;
}

static void
put_same(struct redis_store *rs, const struct moving *m, size_t first, size_t end)
{
	uint32_t i0 = m->g.v[first].i;
	size_t n = m->n_changes[i0];
	bool one_token = true;

	for (size_t k = first + 1; k < end; k++)
		one_token = one_token && m->v[m->g.v[k].i]->token == m->v[i0]->token;
	if (one_token)
		rs_arg_int(rs, m->v[i0]->token);
	else
		rs_arg(rs, S(""));
	rs_arg_int(rs, m->v[i0]->revision + 1);
	rs_arg_int(rs, (int64_t)n);
	for (size_t c = 0; c < n; c++)
		rs_arg(rs, str_of(store_field_names[m->changes[i0][c].f]));
	for (size_t k = first; k < end; k++) {
		if (!one_token)
			rs_arg_int(rs, m->v[m->g.v[k].i]->token);
		for (size_t c = 0; c < n; c++)
			rs_arg(rs, m->changes[m->g.v[k].i][c].v);
	}
}

static struct str
row_hash(struct redis_store *rs, const struct moving *m, const struct work *w)
{
	return m->body ? rec_hash16(&rs->scratch, &m->body->body, 1) : store_parts_hash(&rs->scratch, w);
}

static void
move_work(struct redis_store *rs, const struct moving *m, uint32_t i, bool wide)
{
	const struct work *w = m->v[i];

	rs_arg_int(rs, w->token);
	rs_arg_int(rs, w->revision + 1);
	put_changes(rs, m->changes[i], m->n_changes[i]);
	if (!wide)
		return;
	rs_arg_int(rs, w->due);
	if (w->check_revision || m->body)
		rs_arg_int(rs, w->revision);
	else
		rs_arg(rs, S(""));
}

static void
move_call(struct redis_store *rs, const struct moving *m, size_t first, size_t end)
{
	const struct work *w0 = m->v[m->g.v[first].i];
	bool wide = is_wide(m, first, end), same = !wide && is_same(m, first, end);
	struct buf rows;

	rs_put_call(rs, m->body ? "cl_amend" : "cl_advance", end - first + 3);
	rs_arg(rs, rs_key_queue(rs, w0->lane, w0->state));
	rs_arg(rs, rs_key_queue(rs, w0->lane, w0->to));
	rs_arg(rs, rs_key_lane(rs, w0->lane, "journal"));
	buf_init(&rows, &rs->scratch);
	for (size_t i = first; i < end; i++) {
		const struct work *w = m->v[m->g.v[i].i];

		rs_arg(rs, rs_key_eid(rs, w->lane, w->id));
		store_row(&rows, w->id, w->revision + 1, state_event(w->state, w->to), row_hash(rs, m, w));
	}
	rs_arg(rs, str_of(state_name(w0->state)));
	rs_arg(rs, str_of(state_name(w0->to)));
	rs_arg(rs, rs_mode_text(store_mode(w0->to, m->lease_ms)));
	rs_arg_int(rs, m->lease_ms);
	rs_arg(rs, store_header(&rs->scratch, m->by, rs->version, state_name(w0->state), state_name(w0->to)));
	rs_arg(rs, buf_view(&rows));
	rs_arg(rs, wide ? S("wide") : same ? S("same") : S(""));
	if (same)
		put_same(rs, m, first, end);
	for (size_t i = first; !same && i < end; i++)
		move_work(rs, m, m->g.v[i].i, wide);
	rs_put(rs);
}

static int
move_result(struct redis_store *rs, struct moving *m, size_t first, size_t end, const redisReply *r)
{
	struct str flags;
	int64_t now;
	int rc = rs_group_reply(rs, r, end - first, &now, &flags);

	for (size_t i = first; rc == 0 && i < end; i++) {
		struct work *w = m->v[m->g.v[i].i];

		if (flags.p[i - first] != '1')
			continue;
		w->token = store_score(store_mode(w->to, m->lease_ms), now, m->lease_ms, w->token, w->due);
		w->state = w->to;
		w->revision++;
		w->attempts = 0;
		w->dirty = 0;
		w->moved = true;
	}
	return rc;
}

static int
move_all(struct redis_store *rs, struct moving *m, size_t n)
{
	size_t ends[LIMIT_COMMIT], calls = 0;
	int rc = store_check_moves(m->v, n);

	for (size_t i = 0; i < n; i++)
		m->v[i]->moved = false;
	if (rc < 0)
		return rs_fail(rs, rc, "states.def has no such move", STR_NONE);
	if (n == 0 || (rc = rs_begin(rs)) < 0)
		return rc;
	m->changes = arena_array(&rs->scratch, n, sizeof *m->changes);
	m->n_changes = arena_array(&rs->scratch, n, sizeof *m->n_changes);
	if (!m->changes || !m->n_changes)
		return rs_fail(rs, E_NOMEM, "no memory for the commands of one batch", STR_NONE);
	for (size_t i = 0; i < n; i++) {
		m->n_changes[i] = store_changes(&rs->scratch, m->v[i], m->changes[i]);
		rs_groups_add(&m->g, m->v[i]->lane, m->v[i]->state, m->v[i]->to);
	}
	rs_groups_sort(&m->g);
	rs_multi(rs);
	for (size_t at = 0; at < n; at = ends[calls++])
		move_call(rs, m, at, ends[calls] = rs_group_end(&m->g, at));
	if (m->body)
		rs_put_body(rs, m->body, m->v[0]->t);
	rc = rs_exec(rs);
	for (size_t k = 0; rc == 0 && k < calls; k++)
		rc = move_result(rs, m, k ? ends[k - 1] : 0, ends[k], rs->reply[k]);
	return rc;
}

int
rs_advance(struct store *s, const struct commit_by *by, struct work **v, size_t n, int64_t lease_ms)
{
	struct redis_store *rs = (struct redis_store *)s;
	struct moving m = { .by = by, .v = v, .lease_ms = lease_ms };

	return rs_end(rs, move_all(rs, &m, n));
}

int
rs_amend(struct store *s, const struct commit_by *by, const struct admission *ad, struct work *w, int64_t lease_ms)
{
	struct redis_store *rs = (struct redis_store *)s;
	struct moving m = { .by = by, .v = &w, .lease_ms = lease_ms, .body = ad };
	int64_t put = 0;
	int rc = move_all(rs, &m, 1);

	/* refused, yet HSETNX found no body: it was purged, or the encounter never was */
	if (rc == 0 && !w->moved && rs_int(rs->reply[1], &put) && put) {
		rs_put_stray(rs, w->lane, w->id);
		rc = rs_run(rs);
	}
	if (rc == 0 && !w->moved)
		rc = E_MOVED;
	return rs_end(rs, rc);
}

/* ---- extend, fail: a new score in the same queue ---- */

struct touching {
	struct work	**v;
	bool		 extend, uncount;
	int64_t		 ms;		/* lease, or delay */
	struct groups	 g;
};

static void
touch_call(struct redis_store *rs, const struct touching *t, size_t first, size_t end)
{
	const struct work *w0 = t->v[t->g.v[first].i];

	rs_put_call(rs, t->extend ? "cl_extend" : "cl_fail", t->extend ? 1 : end - first + 1);
	rs_arg(rs, rs_key_queue(rs, w0->lane, w0->state));
	for (size_t i = first; !t->extend && i < end; i++)
		rs_arg(rs, rs_key_eid(rs, w0->lane, t->v[t->g.v[i].i]->id));
	rs_arg_int(rs, t->ms);
	if (!t->extend)
		rs_arg(rs, t->uncount ? S("1") : S(""));
	for (size_t i = first; i < end; i++) {
		const struct work *w = t->v[t->g.v[i].i];

		rs_arg_int(rs, w->token);
		rs_arg(rs, t->extend ? eid_text(&rs->scratch, w->id) : w->why.n ? w->why : S(""));
	}
	rs_put(rs);
}

static int
touch_all(struct redis_store *rs, struct touching *t, size_t n)
{
	size_t ends[LIMIT_BATCH], calls = 0;
	int rc = 0;

	must(n <= LIMIT_BATCH);
	for (size_t i = 0; i < n; i++) {
		t->v[i]->moved = false;
		rs_groups_add(&t->g, t->v[i]->lane, t->v[i]->state, 0);
	}
	rs_groups_sort(&t->g);
	rs_multi(rs);
	for (size_t at = 0; at < n; at = ends[calls++])
		touch_call(rs, t, at, ends[calls] = rs_group_end(&t->g, at));
	rc = rs_exec(rs);
	for (size_t k = 0, at = 0; rc == 0 && k < calls; at = ends[k++]) {
		struct str flags;
		int64_t now;

		rc = rs_group_reply(rs, rs->reply[k], ends[k] - at, &now, &flags);
		for (size_t i = at; rc == 0 && i < ends[k]; i++) {
			struct work *w = t->v[t->g.v[i].i];

			w->moved = flags.p[i - at] == '1';
			if (w->moved && t->extend)
				w->token = store_score(SCORE_LEASED, now, t->ms, w->token, 0);
		}
	}
	return rc;
}

int
rs_extend(struct store *s, struct work **v, size_t n, int64_t lease_ms)
{
	struct redis_store *rs = (struct redis_store *)s;
	struct touching t = { .v = v, .extend = true, .ms = lease_ms };
	int rc = 0;

	if (n && (rc = rs_begin(rs)) == 0)
		rc = touch_all(rs, &t, n);
	return rs_end(rs, rc);
}

int
rs_give_back(struct store *s, struct work **v, size_t n, int64_t delay_ms)
{
	struct redis_store *rs = (struct redis_store *)s;
	struct touching t = { .v = v, .ms = delay_ms < 0 ? -delay_ms : delay_ms, .uncount = delay_ms < 0 };
	int rc = 0;

	if (n && (rc = rs_begin(rs)) == 0)
		rc = touch_all(rs, &t, n);
	return rs_end(rs, rc);
}

int
rs_uncount(struct redis_store *rs, struct work **v, size_t n)
{
	struct touching t = { .v = v, .uncount = true };

	return touch_all(rs, &t, n);
}
