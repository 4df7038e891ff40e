/* test_store.c - the contract of store.h for encounters, the same cases for the memory store and for Redis. */
#include "contract.h"

#define LANES	4u
#define LEASE	600000

/* n fresh encounters in `to`, leased; works as their owner holds them */
static struct work *
admit(struct fixture *f, unsigned first, size_t n, enum state to, int64_t lease)
{
	struct admission *ad = arena_array(&f->a, n, sizeof *ad);
	struct work *w = arena_array(&f->a, n, sizeof *w);

	for (size_t i = 0; i < n; i++)
		ad[i] = fixture_admission(&f->a, first + (unsigned)i, LANES);
	need(f->s->ops->admit(f->s, &fixture_by, ad, n, to, lease) == 0);
	for (size_t i = 0; i < n; i++) {
		need(ad[i].result == ADMIT_NEW);
		w[i] = fixture_work(&ad[i]);
	}
	return w;
}

static int
advance1(struct fixture *f, struct work *w, enum state to, int64_t lease)
{
	w->to = to;
	return f->s->ops->advance(f->s, &fixture_by, &w, 1, lease);
}

static struct snapshot
get(struct fixture *f, const struct work *w)
{
	struct snapshot snap;

	need(f->s->ops->get(f->s, w->id, w->lane, &f->a, &snap) == 0);
	return snap;
}

static size_t
claim(struct fixture *f, enum state st, size_t max, int64_t lease, struct work **out)
{
	size_t n;

	need(f->s->ops->claim(f->s, &fixture_by, st, max, lease, &f->a, out, &n) == 0);
	return n;
}

/* ---- admit ---- */

static void
admits_new(struct fixture *f)
{
	struct admission ad[] = { fixture_admission(&f->a, 1, LANES), fixture_admission(&f->a, 2, LANES) };
	struct snapshot s;
	unsigned lane;

	need(f->s->ops->admit(f->s, &fixture_by, ad, 2, ST_RECEIVED, LEASE) == 0);
	for (int i = 0; i < 2; i++) {
		struct work w = fixture_work(&ad[i]);

		check(ad[i].result == ADMIT_NEW && ad[i].state == ST_RECEIVED && ad[i].token > 0);
		s = get(f, &w);
		check(s.w.state == ST_RECEIVED && s.w.token == ad[i].token && s.w.revision == 0 && s.w.attempts == 0);
		check(str_eq(s.w.part[PART_INGEST], ad[i].body) && s.w.part[PART_SUGGEST].n == 0);
		check(str_eq(s.hash, ad[i].hash) && str_eq(s.tenant, ad[i].tenant) && str_eq(s.account, ad[i].account));
		check(str_eq(s.pcn, ad[i].pcn) && s.charge == ad[i].charge && s.due == ad[i].due && s.w.t > 0);
		check(f->s->ops->find(f->s, ad[i].id, &lane) == 0 && lane == ad[i].lane);
	}
	check(f->s->ops->find(f->s, fixture_eid(99), &lane) == E_NOT_FOUND);
	check(f->s->ops->get(f->s, fixture_eid(99), 0, &f->a, &s) == E_NOT_FOUND);
}

static void
admits_ready(struct fixture *f)
{
	struct work *w = admit(f, 1, 1, ST_RECEIVED, 0), *got;

	check(w[0].token == 0);
	check(claim(f, ST_RECEIVED, 10, LEASE, &got) == 1);
}

static void
admits_known_and_conflict(struct fixture *f)
{
	struct admission ad[3] = { fixture_admission(&f->a, 1, LANES) };
	struct work w;

	need(f->s->ops->admit(f->s, &fixture_by, ad, 1, ST_RECEIVED, LEASE) == 0);
	w = fixture_work(&ad[0]);
	need(advance1(f, &w, ST_CODED, LEASE) == 0 && w.moved);
	ad[1] = ad[0];
	ad[1].hash = S("ffffffffffffffffffffffffffffffff");
	ad[1].body = S("\0other");
	ad[2] = fixture_admission(&f->a, 2, LANES);
	need(f->s->ops->admit(f->s, &fixture_by, ad, 3, ST_RECEIVED, LEASE) == 0);
	check(ad[0].result == ADMIT_KNOWN && ad[0].state == ST_CODED && ad[0].token == 0);
	check(ad[1].result == ADMIT_CONFLICT && ad[1].state == ST_CODED);
	check(ad[2].result == ADMIT_NEW && ad[2].state == ST_RECEIVED);
	check(get(f, &w).w.state == ST_CODED && get(f, &w).w.token == w.token);
	check(str_eq(get(f, &w).w.part[PART_INGEST], ad[0].body));
}

static void
admits_twice_in_one_batch(struct fixture *f)
{
	struct admission ad[2] = { fixture_admission(&f->a, 1, LANES), fixture_admission(&f->a, 1, LANES) };
	struct depth d[ST_COUNT];

	need(f->s->ops->admit(f->s, &fixture_by, ad, 2, ST_RECEIVED, LEASE) == 0);
	check(ad[0].result == ADMIT_NEW && ad[1].result == ADMIT_KNOWN && ad[1].state == ST_RECEIVED);
	check(f->s->ops->depths(f->s, d) == 0 && d[ST_RECEIVED].n == 1);
}

/* Two batches under way; what is in both is new in the first and known in the second. */
static void
admits_two_at_once(struct fixture *f)
{
	struct admission one[3], two[3];
	struct depth d[ST_COUNT];

	for (unsigned i = 0; i < 3; i++) {
		one[i] = fixture_admission(&f->a, 1 + i, LANES);
		two[i] = fixture_admission(&f->a, 3 + i, LANES);
	}
	two[1].hash = S("0123456789abcdef0123456789abcdef");
	need(f->s->ops->admit_post(f->s, &fixture_by, one, 3, ST_RECEIVED, LEASE) == 0);
	need(f->s->ops->admit_post(f->s, &fixture_by, two, 3, ST_RECEIVED, 0) == 0);
	need(f->s->ops->admit_wait(f->s) == 0);
	for (int i = 0; i < 3; i++)
		check(one[i].result == ADMIT_NEW && one[i].state == ST_RECEIVED && one[i].token > 0);
	need(f->s->ops->admit_wait(f->s) == 0);
	check(two[0].result == ADMIT_KNOWN && two[1].result == ADMIT_NEW && two[2].result == ADMIT_NEW && two[1].token == 0);
	check(f->s->ops->depths(f->s, d) == 0 && d[ST_RECEIVED].n == 5 && d[ST_RECEIVED].leased == 3);
	need(f->s->ops->admit(f->s, &fixture_by, &one[1], 1, ST_RECEIVED, LEASE) == 0 && one[1].result == ADMIT_KNOWN);
}

/* ---- claim and leases ---- */

static void
lease_ends(struct fixture *f)
{
	struct work *w = admit(f, 1, 1, ST_RECEIVED, 60), *got;
	size_t n;

	check(claim(f, ST_RECEIVED, 10, LEASE, &got) == 0);
	need(fixture_pass(f, 61));
	n = claim(f, ST_RECEIVED, 10, LEASE, &got);
	need(n == 1);
	check(memcmp(got->id.b, w->id.b, 16) == 0 && got->lane == w->lane && got->token > w->token);
	check(got->attempts == 1 && got->revision == 0 && got->state == ST_RECEIVED && got->t > 0 && got->dirty == 0);
	check(got->part[PART_INGEST].n && claim(f, ST_RECEIVED, 10, LEASE, &got) == 0);
}

/* As a step back of the clock leaves it: a lease that ends long after any lease of now could. */
static void
lease_beyond_reach_is_claimed(struct fixture *f)
{
	struct work *far = admit(f, 1, 1, ST_RECEIVED, 5 * LEASE), *near = admit(f, 2, 1, ST_RECEIVED, 3 * LEASE), *got;
	struct work *visit = admit(f, 3, 1, ST_NEW, 50 * (int64_t)LEASE);

	need(claim(f, ST_RECEIVED, 10, LEASE, &got) == 1);
	check(memcmp(got->id.b, far->id.b, 16) == 0 && got->token < far->token && got->attempts == 1);
	check(advance1(f, far, ST_CODED, LEASE) == 0 && !far->moved);
	check(advance1(f, near, ST_CODED, LEASE) == 0 && near->moved);
	check(advance1(f, got, ST_CODED, LEASE) == 0 && got->moved);
	check(claim(f, ST_NEW, 10, LEASE, &got) == 0 && get(f, visit).w.state == ST_NEW);
}

static void
zombie_is_refused(struct fixture *f)
{
	struct work *w = admit(f, 1, 1, ST_RECEIVED, 60), *got, *z = w;

	need(fixture_pass(f, 61));
	need(claim(f, ST_RECEIVED, 10, LEASE, &got) == 1);
	check(advance1(f, w, ST_CODED, LEASE) == 0 && !w->moved && w->state == ST_RECEIVED);
	check(f->s->ops->extend(f->s, &z, 1, LEASE) == 0 && !w->moved);
	check(f->s->ops->fail(f->s, &z, 1, 0) == 0 && !w->moved);
	check(get(f, got).w.token == got->token);
	check(advance1(f, got, ST_CODED, LEASE) == 0 && got->moved && got->attempts == 0 && got->revision == 1);
	check(get(f, got).w.attempts == 0 && get(f, got).w.state == ST_CODED);
}

static void
claim_takes_oldest_of_all_lanes(struct fixture *f)
{
	struct work *got;
	bool seen[41] = { false };
	size_t total = 0, n;

	(void)admit(f, 0, 40, ST_RECEIVED, 0);
	while ((n = claim(f, ST_RECEIVED, 7, LEASE, &got)) > 0) {
		check(n <= 7);
		for (size_t i = 0; i < n; i++)
			for (unsigned k = 0; k < 40; k++)
				if (memcmp(got[i].id.b, fixture_eid(k).b, 16) == 0) {
					check(!seen[k] && got[i].lane == k % LANES);
					seen[k] = true;
				}
		total += n;
	}
	check(total == 40);
	check(claim(f, ST_RECEIVED, 0, LEASE, &got) == 0);
}

static void
attempts_run_out(struct fixture *f)
{
	struct work *w = admit(f, 1, 1, ST_RECEIVED, 0), *got = w;
	struct listing *l;
	struct snapshot s;
	size_t n;

	for (int i = 1; i <= LIMIT_ATTEMPTS; i++) {
		need(claim(f, ST_RECEIVED, 10, LEASE, &got) == 1 && got->attempts == i);
		got->why = S("E_MALFORMED");
		need(f->s->ops->fail(f->s, &got, 1, 0) == 0 && got->moved);
		need(fixture_pass(f, 2));
	}
	check(claim(f, ST_RECEIVED, 10, LEASE, &got) == 0);
	s = get(f, w);
	check(s.w.state == ST_BURIED && s.before == ST_RECEIVED && s.w.revision == 1 && str_starts(s.why,
	    S("E_ATTEMPTS")));
	check(str_eq(s.why, S("E_ATTEMPTS, last: E_MALFORMED")));
	check(f->s->ops->list(f->s, ST_BURIED, 10, &f->a, &l, &n) == 0 && n == 1);
	/* kick: back to where it was, attempts forgotten */
	need(advance1(f, &s.w, ST_RECEIVED, 0) == 0 && s.w.moved);
	need(claim(f, ST_RECEIVED, 10, LEASE, &got) == 1);
	check(got->attempts == 1 && get(f, got).why.n == 0);
}

static void
new_is_gathered(struct fixture *f)
{
	struct work *w = admit(f, 1, 1, ST_NEW, 60), *got;
	struct depth d[ST_COUNT];

	check(w->token > 0);
	check(f->s->ops->depths(f->s, d) == 0 && d[ST_NEW].n == 1 && d[ST_NEW].leased == 0);
	for (int i = 0; i < LIMIT_ATTEMPTS + 2; i++) {
		need(fixture_pass(f, 62));
		need(claim(f, ST_NEW, 10, 60, &got) == 1);
		check(got->attempts == 0);
	}
	check(advance1(f, got, ST_RECEIVED, LEASE) == 0 && got->moved);
}

/* ---- advance ---- */

static void
batch_refused_in_part(struct fixture *f)
{
	struct work *w = admit(f, 0, 12, ST_RECEIVED, LEASE), *v[13], gone = w[3], twice = w[5];
	int moved = 0;

	need(advance1(f, &gone, ST_HELD_CODING, LEASE) == 0 && gone.moved);
	for (int i = 0; i < 12; i++) {
		v[i] = &w[i];
		w[i].to = i % 2 ? ST_CLEARED : ST_CODED;
	}
	twice.to = ST_CLEARED;
	v[12] = &twice;
	w[7].token++;
	need(f->s->ops->advance(f->s, &fixture_by, v, 13, LEASE) == 0);
	for (int i = 0; i < 12; i++) {
		check(w[i].moved == (i != 3 && i != 7));
		moved += w[i].moved;
		check(!w[i].moved || (w[i].state == w[i].to && w[i].token > 0 && get(f, &w[i]).w.token == w[i].token));
	}
	check(moved == 10 && !twice.moved);
	check(get(f, &gone).w.state == ST_HELD_CODING && get(f, &w[7]).w.state == ST_RECEIVED);
	check(f->s->ops->advance(f->s, &fixture_by, v, 0, LEASE) == 0);
}

static void
parts_are_stored(struct fixture *f)
{
	struct work *w = admit(f, 1, 1, ST_RECEIVED, LEASE), *got;
	struct snapshot s;

	for (unsigned p = PART_SUGGEST; p <= PART_AUDIT; p++) {
		w->part[p] = arena_fmt(&f->a, "%cpart %u", 0, p);
		w->dirty |= 1u << p;
	}
	w->part[PART_PEOPLE] = S("not dirty");
	need(advance1(f, w, ST_CLEARED, 0) == 0 && w->moved);
	check(w->dirty == 0 && w->token == 0 && w->revision == 1);
	need(claim(f, ST_CLEARED, 10, LEASE, &got) == 1);
	for (unsigned p = PART_SUGGEST; p <= PART_AUDIT; p++)
		check(str_eq(got->part[p], w->part[p]));
	check(got->part[PART_PEOPLE].n == 0 && got->part[PART_SUBMIT].n == 0 && got->part[PART_INGEST].n > 0);
	s = get(f, w);
	check(s.w.revision == 1 && s.w.part[PART_VALIDATE].n == 7);
}

static void
illegal_moves(struct fixture *f)
{
	struct work *w = admit(f, 1, 2, ST_RECEIVED, LEASE), *v[2] = { &w[0], &w[1] };

	w[0].to = ST_CODED;
	w[1].to = ST_SENT;
	check(f->s->ops->advance(f->s, &fixture_by, v, 2, LEASE) == E_BAD_MOVE);
	check(!w[0].moved && !w[1].moved && get(f, &w[0]).w.state == ST_RECEIVED);
	check(advance1(f, &w[0], ST_NONE, LEASE) == E_BAD_MOVE);
}

static void
extends(struct fixture *f)
{
	struct work *w = admit(f, 0, 3, ST_RECEIVED, 60), *v[3] = { &w[0], &w[1], &w[2] }, *got;
	int64_t was = w[0].token;

	w[2].token -= 1;
	need(f->s->ops->extend(f->s, v, 3, LEASE) == 0);
	check(w[0].moved && w[1].moved && !w[2].moved && w[0].token > was + LEASE / 2);
	check(f->s->ops->extend(f->s, v, 1, 60) == 0 && w[0].moved);
	check(get(f, &w[0]).w.token == w[0].token && w[0].token > was + LEASE / 2);	/* a token never shrinks */
	need(fixture_pass(f, 70));
	need(claim(f, ST_RECEIVED, 10, LEASE, &got) == 1);
	check(memcmp(got->id.b, w[2].id.b, 16) == 0);
	was = w[1].token;
	check(advance1(f, &w[1], ST_CODED, 60) == 0 && w[1].moved);
	check(w[1].token > was && get(f, &w[1]).w.token == w[1].token);			/* nor in the next queue */
}

static void
fails_with_delay(struct fixture *f)
{
	struct work *w = admit(f, 1, 1, ST_RECEIVED, 0), *got;

	need(claim(f, ST_RECEIVED, 10, LEASE, &got) == 1);
	got->why = S("E_IO");
	need(f->s->ops->fail(f->s, &got, 1, 80) == 0 && got->moved);
	check(str_eq(get(f, w).why, S("E_IO")) && get(f, w).w.attempts == 1 && get(f, w).w.revision == 0);
	check(claim(f, ST_RECEIVED, 10, LEASE, &w) == 0);
	need(fixture_pass(f, 81));
	need(claim(f, ST_RECEIVED, 10, LEASE, &w) == 1);
	check(w->attempts == 2 && w->why.n == 0);
	need(advance1(f, w, ST_CODED, 0) == 0 && w->moved);
	check(get(f, w).why.n == 0);
}

/* ---- amend ---- */

static void
amends(struct fixture *f)
{
	struct work *w = admit(f, 1, 1, ST_NEW, LEASE);
	struct work second = w[0];
	struct admission ad = fixture_admission(&f->a, 1, LANES);
	struct snapshot s;

	ad.body = S("\0a longer body");
	ad.hash = S("0123456789abcdef0123456789abcdef");
	ad.charge = 777;
	w->to = second.to = ST_NEW;
	check(f->s->ops->amend(f->s, &fixture_by, &ad, w, LEASE) == 0 && w->moved && w->revision == 1);
	s = get(f, w);
	check(str_eq(s.w.part[PART_INGEST], ad.body) && str_eq(s.hash, ad.hash) && s.charge == 777 &&
	    s.w.state == ST_NEW);
	check(s.w.token == w->token && w->token > second.token);
	/* the one who read before loses, whatever it holds */
	ad.body = S("\0too late");
	check(f->s->ops->amend(f->s, &fixture_by, &ad, &second, LEASE) == E_MOVED && !second.moved);
	second.token = w->token;
	check(f->s->ops->amend(f->s, &fixture_by, &ad, &second, LEASE) == E_MOVED && !second.moved);
	check(str_eq(get(f, w).w.part[PART_INGEST], S("\0a longer body")));
	/* work that has gone on comes back to the start */
	need(advance1(f, w, ST_RECEIVED, LEASE) == 0 && advance1(f, w, ST_CHECKED, LEASE) == 0 && w->moved);
	w->to = ST_RECEIVED;
	ad.body = S("\0amended later");
	check(f->s->ops->amend(f->s, &fixture_by, &ad, w, 0) == 0 && w->moved && w->token == 0);
	check(get(f, w).w.state == ST_RECEIVED && str_eq(get(f, w).w.part[PART_INGEST], ad.body));
	w->to = ST_SENT;
	check(f->s->ops->amend(f->s, &fixture_by, &ad, w, 0) == E_BAD_MOVE);
	second = fixture_work(&ad);
	second.id = fixture_eid(1000);
	second.state = ST_NEW;
	second.to = ST_NEW;
	ad.id = second.id;
	check(f->s->ops->amend(f->s, &fixture_by, &ad, &second, LEASE) == E_MOVED);
	check(f->s->ops->get(f->s, second.id, second.lane, &f->a, &s) == E_NOT_FOUND);
}

/* ---- people ---- */

static void
second_coder_loses(struct fixture *f)
{
	struct work *w = admit(f, 1, 1, ST_RECEIVED, LEASE), a, b;
	struct snapshot s;

	w->why = S("unsure of the principal diagnosis");
	w->due = INT64_C(1900000000000);
	need(advance1(f, w, ST_HELD_CODING, 0) == 0 && w->moved && w->token == w->due);
	s = get(f, w);
	check(s.before == ST_RECEIVED && str_eq(s.why, w->why) && s.w.token == w->due);
	a = b = s.w;
	a.check_revision = b.check_revision = true;
	a.part[PART_PEOPLE] = S("\0accepts");
	b.part[PART_PEOPLE] = S("\0rejects");
	a.dirty = b.dirty = 1u << PART_PEOPLE;
	check(advance1(f, &a, ST_CODED, 0) == 0 && a.moved);
	check(advance1(f, &b, ST_CODED, 0) == 0 && !b.moved);
	check(str_eq(get(f, w).w.part[PART_PEOPLE], S("\0accepts")) && get(f, w).why.n == 0);
	/* the same score, another revision: a route to the same due time */
	w[0] = get(f, w).w;
	w->due = INT64_C(1900000000000);
	need(advance1(f, w, ST_HELD_CODING, 0) == 0 && w->moved);
	b = *w;
	b.check_revision = true;
	b.revision--;
	b.to = ST_HELD_BILLING;
	check(advance1(f, &b, ST_HELD_BILLING, 0) == 0 && !b.moved);
	w->check_revision = true;
	w->due = 0;
	check(advance1(f, w, ST_HELD_BILLING, 0) == 0 && w->moved);
	check(get(f, w).before == ST_CODED && get(f, w).w.token > 0);
	check(advance1(f, w, ST_VOID, 0) == 0 && w->moved && get(f, w).w.state == ST_VOID);
	check(advance1(f, w, ST_RECEIVED, 0) == E_BAD_MOVE);
}

static void
joins_one_interchange(struct fixture *f)
{
	struct work *w = admit(f, 1, 1, ST_RECEIVED, LEASE), other;

	need(advance1(f, w, ST_CLEARED, LEASE) == 0 && w->moved);
	other = *w;
	w->batch = S("payer/7");
	other.batch = S("payer/8");
	check(advance1(f, w, ST_BATCHED, 0) == 0 && w->moved);
	check(advance1(f, &other, ST_BATCHED, 0) == 0 && !other.moved);
	check(str_eq(get(f, w).batch, S("payer/7")));
	w->batch = STR_NONE;
	check(advance1(f, w, ST_CLEARED, 0) == 0 && w->moved && get(f, w).batch.n == 0);
	w->batch = S("payer/9");
	check(advance1(f, w, ST_BATCHED, 0) == 0 && w->moved);
	w->batch = STR_NONE;
	check(advance1(f, w, ST_SENT, 0) == 0 && w->moved && str_eq(get(f, w).batch, S("payer/9")));
	check(advance1(f, w, ST_HELD_BILLING, 0) == 0 && w->moved && get(f, w).before == ST_SENT);
}

/* ---- looking ---- */

static void
lists_in_order(struct fixture *f)
{
	struct work *w = admit(f, 0, 9, ST_RECEIVED, LEASE), *v[9];
	struct listing *l;
	size_t n;

	for (unsigned i = 0; i < 9; i++) {
		v[i] = &w[i];
		w[i].to = ST_HELD_QUERY;
		w[i].due = INT64_C(1900000000000) + (i * 7) % 9;
	}
	need(f->s->ops->advance(f->s, &fixture_by, v, 9, 0) == 0);
	need(f->s->ops->list(f->s, ST_HELD_QUERY, 100, &f->a, &l, &n) == 0 && n == 9);
	for (size_t i = 0; i < n; i++)
		check(l[i].score == INT64_C(1900000000000) + (int64_t)i && l[i].lane < LANES);
	need(f->s->ops->list(f->s, ST_HELD_QUERY, 4, &f->a, &l, &n) == 0);
	check(n == 4 && l[3].score == INT64_C(1900000000003));
	need(f->s->ops->list(f->s, ST_SENT, 4, &f->a, &l, &n) == 0);
	check(n == 0);
}

static void
counts_depths(struct fixture *f)
{
	struct depth d[ST_COUNT];
	struct work *got;

	(void)admit(f, 0, 5, ST_RECEIVED, 0);
	(void)admit(f, 10, 3, ST_RECEIVED, LEASE);
	need(claim(f, ST_RECEIVED, 1, LEASE, &got) == 1);
	need(fixture_pass(f, 30));
	need(f->s->ops->depths(f->s, d) == 0);
	check(d[ST_RECEIVED].n == 8 && d[ST_RECEIVED].leased == 4 && d[ST_RECEIVED].oldest_ms >= 30);
	check(d[ST_CODED].n == 0 && d[ST_CODED].oldest_ms == 0 && d[ST_HELD_QUERY].n == 0);
	need(advance1(f, got, ST_HELD_QUERY, 0) == 0 && f->s->ops->depths(f->s, d) == 0);
	check(d[ST_RECEIVED].n == 7 && d[ST_HELD_QUERY].n == 1 && d[ST_HELD_QUERY].leased == 0);
}

/* A claim never fills more than half of its arena; the others are given back, uncounted. */
static void
large_bodies(struct fixture *f)
{
	struct admission ad[6];
	char *big = arena_alloc(&f->a, 300000);
	struct arena small;
	struct work *got;
	size_t n, total = 0;

	memset(big, 'x', 300000);
	for (unsigned i = 0; i < 6; i++) {
		ad[i] = fixture_admission(&f->a, i, LANES);
		ad[i].body = (struct str){ big, 300000 };
	}
	need(f->s->ops->admit(f->s, &fixture_by, ad, 6, ST_RECEIVED, 0) == 0);
	if (f->kind == FIXTURE_MEM)
		return;			/* reads everything at once: tests give it room */
	for (int i = 0; i < 20 && total < 6; i++) {
		arena_init(&small, 2000000);
		need(f->s->ops->claim(f->s, &fixture_by, ST_RECEIVED, 100, LEASE, &small, &got, &n) == 0);
		check(n <= 3);
		for (size_t k = 0; k < n; k++)
			check(got[k].attempts == 1 && got[k].part[PART_INGEST].n == 300000);
		total += n;
		arena_free(&small);
		need(fixture_pass(f, 2));
	}
	check(total == 6);
}

static void
clock_moves_on(struct fixture *f)
{
	int64_t a, b;

	need(f->s->ops->now(f->s, &a) == 0 && fixture_pass(f, 5) && f->s->ops->now(f->s, &b) == 0);
	check(b >= a + 5 && a > INT64_C(1700000000000));
}

Test(store, encounters, .timeout = 120)
{
	static const struct contract_case cases[] = {
		{ "admits new ones", admits_new },
		{ "admits ready ones", admits_ready },
		{ "known is answered, conflict refused", admits_known_and_conflict },
		{ "the same one twice in a batch", admits_twice_in_one_batch },
		{ "two batches at once", admits_two_at_once },
		{ "a lease ends and is claimed", lease_ends },
		{ "a lease beyond reach is claimed", lease_beyond_reach_is_claimed },
		{ "a zombie is refused", zombie_is_refused },
		{ "claim takes from all lanes, each once", claim_takes_oldest_of_all_lanes },
		{ "attempts run out", attempts_run_out },
		{ "new is gathered without attempts", new_is_gathered },
		{ "a batch is refused in part", batch_refused_in_part },
		{ "parts are stored and come back", parts_are_stored },
		{ "illegal moves", illegal_moves },
		{ "extend", extends },
		{ "fail and back-off", fails_with_delay },
		{ "amend and its races", amends },
		{ "the second coder loses", second_coder_loses },
		{ "a member joins one interchange", joins_one_interchange },
		{ "lists are in order", lists_in_order },
		{ "depths", counts_depths },
		{ "large bodies do not starve each other", large_bodies },
		{ "the clock", clock_moves_on },
	};

	contract_run(cases, sizeof cases / sizeof *cases, LANES);
}
