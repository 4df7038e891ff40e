/*
 * store_redis_ic.c - interchanges, journals, peers and rights.
 * Never decides what a move of an interchange means: store_ic_legal does, compiled into the library.
 */
#include "pipe/store_redis.h"

#include <stdlib.h>
#include <string.h>

static void
put_call(struct redis_store *rs, const char *fn, const struct str *keys, size_t n)
{
	rs_cmd(rs, "FCALL");
	rs_arg(rs, str_of(fn));
	rs_arg_int(rs, (int64_t)n);
	for (size_t i = 0; i < n; i++)
		rs_arg(rs, keys[i]);
}

static struct str
ic_key(struct redis_store *rs, struct str partner, int64_t number)
{
	return arena_fmt(&rs->scratch, "cl:{tp:" STR_FMT "}:b:%lld", STR_ARG(partner), (long long)number);
}

static int
begin_for(struct redis_store *rs, struct str partner)
{
	if (!store_partner_ok(partner))
		return rs_fail(rs, E_VALUE, "a partner id is 1 to 64 letters, digits, '_', '.' or '-'", STR_NONE);
	return rs_begin(rs);
}

static struct str
ic_header(struct redis_store *rs, const struct commit_by *by, enum ic_state st)
{
	return store_header(&rs->scratch, by, rs->version, "ic", ic_state_name(st));
}

int
rs_ic_reserve(struct store *s, const struct commit_by *by, struct interchange *ic, int64_t lease_ms)
{
	struct redis_store *rs = (struct redis_store *)s;
	const redisReply *r;
	int rc = begin_for(rs, ic->partner);

	if (rc < 0)
		return rc;
	/* known as a partner first: a number whose journal nobody reads would be a gap unexplained */
	rs_cmd(rs, "SADD");
	rs_arg(rs, S("cl:partners"));
	rs_arg(rs, ic->partner);
	rs_put(rs);
	put_call(rs, "cl_reserve", (struct str[]){ rs_key_partner(rs, ic->partner, "ctl"),
	    rs_key_partner(rs, ic->partner, "open"), rs_key_partner(rs, ic->partner, "journal"),
	    rs_key_partner(rs, ic->partner, "b:") }, 4);
	rs_arg(rs, ic->partner);
	rs_arg_int(rs, lease_ms);
	rs_arg(rs, ic_header(rs, by, IC_RESERVED));
	rs_arg_int(rs, (int64_t)ic->n);
	rs_arg(rs, store_members_pack(&rs->scratch, ic->members, ic->n));
	rs_put(rs);
	rc = rs_run(rs);
	r = rc == 0 ? rs->reply[1] : NULL;
	if (rc == 0 && !(rs_array(r, 3) && rs_int(r->element[0], &ic->number) && rs_int(r->element[1], &ic->made) &&
	    rs_int(r->element[2], &ic->token)))
		rc = rs_bad_reply(rs, "cl_reserve");
	if (rc == 0) {
		ic->state = IC_RESERVED;
		ic->sha = ic->name = STR_NONE;
	}
	return rs_end(rs, rc);
}

int
rs_ic_update(struct store *s, const struct commit_by *by, struct interchange *ic)
{
	static const int answers[] = { E_MOVED, 0, E_CONFLICT, E_NOT_FOUND };
	struct redis_store *rs = (struct redis_store *)s;
	int64_t answer = 0;
	int rc = begin_for(rs, ic->partner);

	if (rc < 0)
		return rc;
	put_call(rs, "cl_ic", (struct str[]){ ic_key(rs, ic->partner, ic->number),
	    rs_key_partner(rs, ic->partner, "open"), rs_key_partner(rs, ic->partner, "journal") }, 3);
	rs_arg_int(rs, ic->number);
	rs_arg(rs, str_of(ic_state_name(ic->state)));
	rs_arg_int(rs, ic->token);
	rs_arg(rs, ic_header(rs, by, ic->state));
	rs_arg(rs, store_ic_row(&rs->scratch, ic));
	rs_arg_int(rs, (int64_t)ic->n);
	rs_arg(rs, store_members_pack(&rs->scratch, ic->members, ic->n));
	rs_arg(rs, ic->sha);
	rs_arg(rs, ic->name);
	rs_arg(rs, ic->state == IC_RESERVED || ic->state == IC_SEALED ? S("1") : S(""));
	rs_put(rs);
	rc = rs_run(rs);
	if (rc == 0 && (!rs_int(rs->reply[0], &answer) || answer < 0 || answer > 3))
		rc = rs_bad_reply(rs, "cl_ic");
	return rs_end(rs, rc < 0 ? rc : answers[answer]);
}

static int
ic_read(struct redis_store *rs, struct str partner, int64_t number, struct arena *a, struct interchange *out)
{
	struct str v[IC_F_COUNT];
	const redisReply *r;
	int rc;

	rs_cmd(rs, "HMGET");
	rs_arg(rs, ic_key(rs, partner, number));
	for (int f = 0; f < IC_F_COUNT; f++)
		rs_arg(rs, str_of(store_ic_fields[f]));
	rs_put(rs);
	rs_cmd(rs, "ZSCORE");
	rs_arg(rs, rs_key_partner(rs, partner, "open"));
	rs_arg_int(rs, number);
	rs_put(rs);
	rc = rs_run(rs);
	if (rc < 0)
		return rc;
	r = rs->reply[0];
	if (!rs_array(r, IC_F_COUNT))
		return rs_bad_reply(rs, "HMGET");
	if (rs_is_nil(r->element[IC_F_ST]))
		return E_NOT_FOUND;
	for (int f = 0; f < IC_F_COUNT; f++)
		v[f] = rs_text(r->element[f]).n ? arena_str(a, rs_text(r->element[f])) : STR_NONE;
	*out = (struct interchange){ .partner = arena_str(a, partner), .number = number };
	rc = store_interchange(a, v, out);
	if (!rs_int(rs->reply[1], &out->token))
		out->token = 0;
	if (rc == E_STORE_REPLY)
		rc = rs_bad_reply(rs, "an interchange");
	return rc == 0 && a->spent ? E_NOMEM : rc;
}

int
rs_ic_get(struct store *s, struct str partner, int64_t number, struct arena *a, struct interchange *out)
{
	struct redis_store *rs = (struct redis_store *)s;
	int rc = begin_for(rs, partner);

	return rc < 0 ? rc : rs_end(rs, ic_read(rs, partner, number, a, out));
}

int
rs_ic_claim(struct store *s, struct str partner, int64_t lease_ms, struct arena *a, struct interchange *out)
{
	struct redis_store *rs = (struct redis_store *)s;
	int64_t number = 0;
	int rc = begin_for(rs, partner);

	if (rc < 0)
		return rc;
	put_call(rs, "cl_ic_claim", (struct str[]){ rs_key_partner(rs, partner, "open") }, 1);
	rs_arg_int(rs, lease_ms);
	rs_arg_int(rs, store_horizon(ST_CLEARED, lease_ms));
	rs_put(rs);
	rc = rs_run(rs);
	if (rc == 0 && rs_array(rs->reply[0], 0) && rs->reply[0]->elements == 0)
		rc = E_NOT_FOUND;
	if (rc == 0 && !(rs_array(rs->reply[0], 2) && rs_int(rs->reply[0]->element[0], &number)))
		rc = rs_bad_reply(rs, "cl_ic_claim");
	if (rc == 0)
		rc = ic_read(rs, partner, number, a, out);
	return rs_end(rs, rc);
}

/* ---- journals ---- */

static int
journal_names(struct redis_store *rs, struct str **out, size_t *n)
{
	int rc;

	rs_cmd(rs, "SMEMBERS");
	rs_arg(rs, S("cl:partners"));
	rs_put(rs);
	rc = rs_run(rs);
	if (rc == 0 && !rs_array(rs->reply[0], 0))
		rc = rs_bad_reply(rs, "SMEMBERS");
	for (unsigned lane = 0; rc == 0 && lane < rs->s.lanes; lane++) {
		struct str *one = arena_push(&rs->scratch, *out, *n);

		if (!one)
			return E_NOMEM;
		*one = rs_key_lane(rs, lane, "journal");
	}
	for (size_t i = 0; rc == 0 && i < rs->reply[0]->elements; i++) {
		struct str *one = arena_push(&rs->scratch, *out, *n);

		if (!one)
			return E_NOMEM;
		*one = rs_key_partner(rs, rs_text(rs->reply[0]->element[i]), "journal");
	}
	return rc;
}

static struct str
after_id(struct redis_store *rs, const struct journal_entry *after, size_t n, struct str stream)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(after[i].stream, stream) && after[i].id.n)
			return arena_fmt(&rs->scratch, "(" STR_FMT, STR_ARG(after[i].id));
	return S("-");
}

static bool
entry_read(struct arena *a, struct str stream, const redisReply *r, struct journal_entry *e)
{
	if (!rs_array(r, 2) || !rs_array(r->element[1], 0))
		return false;
	*e = (struct journal_entry){ .stream = stream, .id = arena_str(a, rs_text(r->element[0])) };
	for (size_t i = 0; i + 1 < r->element[1]->elements; i += 2) {
		struct str name = rs_text(r->element[1]->element[i]), v = rs_text(r->element[1]->element[i + 1]);
		struct str *to = str_is(name, "h") ? &e->header : str_is(name, "r") ? &e->rows :
		    str_is(name, "f") ? &e->flags : NULL;

		if (to)
			*to = arena_str(a, v);
	}
	return true;
}

static int
entry_cmp(const void *a, const void *b)
{
	const struct journal_entry *x = a, *y = b;
	int c = store_id_cmp(x->id, y->id);

	return c ? c : str_cmp(x->stream, y->stream);
}

/*
 * Each stream is asked for its share of max. One that answers a full share may hold more, so nothing
 * younger than its last entry is taken now: what is returned is the oldest of all, in order.
 */
static int
entries_read(struct redis_store *rs, const struct str *names, size_t n_names, size_t share, struct arena *a,
    struct journal_entry **out, size_t *n)
{
	struct str cut = STR_NONE;
	size_t keep = 0;

	for (size_t i = 0; i < n_names; i++) {
		const redisReply *r = rs->reply[i];
		struct str stream = rs_array(r, 1) ? arena_str(a, names[i]) : STR_NONE, last;

		for (size_t k = 0; rs_array(r, 0) && k < r->elements; k++) {
			struct journal_entry *e = arena_push(a, *out, *n);

			if (!e)
				return E_NOMEM;
			if (!entry_read(a, stream, r->element[k], e))
				return rs_bad_reply(rs, "XRANGE");
		}
		if (!rs_array(r, share))
			continue;
		last = (*out)[*n - 1].id;
		if (!cut.p || store_id_cmp(last, cut) < 0)
			cut = last;
	}
	if (*n)
		qsort(*out, *n, sizeof **out, entry_cmp);
	while (keep < *n && (!cut.p || store_id_cmp((*out)[keep].id, cut) <= 0))
		keep++;
	*n = keep;
	return a->spent ? E_NOMEM : 0;
}

int
rs_journal_read(struct store *s, const struct journal_entry *after, size_t n_after, size_t max, struct arena *a,
    struct journal_entry **out, size_t *n)
{
	struct redis_store *rs = (struct redis_store *)s;
	struct str *names = NULL;
	size_t n_names = 0, share;
	int rc = rs_begin(rs);

	*out = NULL;
	*n = 0;
	if (rc < 0 || max == 0)
		return rc;
	rc = journal_names(rs, &names, &n_names);
	share = n_names && max > n_names ? max / n_names : 1;
	for (size_t i = 0; rc == 0 && i < n_names; i++) {
		rs_cmd(rs, "XRANGE");
		rs_arg(rs, names[i]);
		rs_arg(rs, after_id(rs, after, n_after, names[i]));
		rs_arg(rs, S("+"));
		rs_arg(rs, S("COUNT"));
		rs_arg_int(rs, (int64_t)share);
		rs_put(rs);
	}
	if (rc == 0)
		rc = rs_run(rs);
	if (rc == 0)
		rc = entries_read(rs, names, n_names, share, a, out, n);
	if (*n > max)
		*n = max;
	return rs_end(rs, rc);
}

int
rs_journal_trim(struct store *s, struct str stream, struct str upto)
{
	struct redis_store *rs = (struct redis_store *)s;
	int rc = rs_begin(rs);
	struct str next;

	if (rc < 0)
		return rc;
	next = store_id_next(&rs->scratch, upto);
	if (!next.p)
		return rs_end(rs, rs_fail(rs, E_VALUE, "not a stream id", STR_NONE));
	rs_cmd(rs, "XTRIM");
	rs_arg(rs, stream);
	rs_arg(rs, S("MINID"));
	rs_arg(rs, next);
	rs_put(rs);
	return rs_end(rs, rs_run(rs));
}

/* ---- peers and rights ---- */

int
rs_peer_put(struct store *s, const char *stage, struct str instance, struct str endpoint)
{
	struct redis_store *rs = (struct redis_store *)s;
	int rc = rs_begin(rs);

	if (rc < 0)
		return rc;
	put_call(rs, "cl_peer", (struct str[]){ arena_fmt(&rs->scratch, "cl:peers:%s", stage) }, 1);
	rs_arg(rs, instance);
	rs_arg(rs, endpoint);
	rs_put(rs);
	return rs_end(rs, rs_run(rs));
}

static int
peer_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct peer *)a)->instance, ((const struct peer *)b)->instance);
}

int
rs_peer_list(struct store *s, const char *stage, struct arena *a, struct peer **out, size_t *n)
{
	struct redis_store *rs = (struct redis_store *)s;
	int rc = rs_begin(rs);

	*out = NULL;
	*n = 0;
	if (rc < 0)
		return rc;
	rs_cmd(rs, "HGETALL");
	rs_arg(rs, arena_fmt(&rs->scratch, "cl:peers:%s", stage));
	rs_put(rs);
	rc = rs_run(rs);
	for (size_t i = 0; rc == 0 && i + 1 < rs->reply[0]->elements; i += 2) {
		struct str v = rs_text(rs->reply[0]->element[i + 1]);
		struct peer *p = arena_push(a, *out, *n);
		size_t bar = v.n;

		while (bar > 0 && v.p[bar - 1] != '|')
			bar--;
		if (!p)
			rc = E_NOMEM;
		else if (bar == 0 || !str_to_int((struct str){ v.p + bar, v.n - bar }, &p->seen))
			rc = rs_bad_reply(rs, "cl:peers");
		else {
			p->instance = arena_str(a, rs_text(rs->reply[0]->element[i]));
			p->endpoint = arena_str(a, (struct str){ v.p, bar - 1 });
		}
	}
	if (rc == 0 && *n)
		qsort(*out, *n, sizeof **out, peer_cmp);
	return rs_end(rs, rc);
}

int
rs_right(struct store *s, const char *name, struct str instance, int64_t ttl_ms)
{
	struct redis_store *rs = (struct redis_store *)s;
	int64_t ours = 0;
	int rc = rs_begin(rs);

	if (rc < 0)
		return rc;
	put_call(rs, "cl_right", (struct str[]){ arena_fmt(&rs->scratch, "cl:right:%s", name) }, 1);
	rs_arg(rs, instance);
	rs_arg_int(rs, ttl_ms > 0 ? ttl_ms : 1);
	rs_put(rs);
	rc = rs_run(rs);
	if (rc == 0 && !rs_int(rs->reply[0], &ours))
		rc = rs_bad_reply(rs, "cl_right");
	return rs_end(rs, rc < 0 ? rc : ours ? 0 : E_BUSY);
}
