/* test_store_cold.c - the contract of store.h for bodies that go to the archive and come back, for both stores. */
#include "contract.h"

#define LANES	3u
#define ALL	INT64_MAX

/* n encounters that were sent, each commit at a time of its own unless together */
static struct work *
sent(struct fixture *f, unsigned first, size_t n, bool together)
{
	static const enum state way[] = { ST_CLEARED, ST_BATCHED, ST_SENT };
	struct admission *ad = arena_array(&f->a, n, sizeof *ad);
	struct work *w = arena_array(&f->a, n, sizeof *w), **v = arena_array(&f->a, n, sizeof *v);

	for (size_t i = 0; i < n; i++)
		ad[i] = fixture_admission(&f->a, first + (unsigned)i, LANES);
	need(f->s->ops->admit(f->s, &fixture_by, ad, n, ST_RECEIVED, 600000) == 0);
	for (size_t i = 0; i < n; i++) {
		w[i] = fixture_work(&ad[i]);
		v[i] = &w[i];
		for (unsigned p = PART_SUGGEST; p <= PART_PEOPLE; p++)
			w[i].part[p] = arena_fmt(&f->a, "%cpart %u of %zu", 0, p, i);
		w[i].dirty = 0x3e;
		w[i].batch = S("payer/7");
	}
	for (size_t step = 0; step < 3; step++) {
		for (size_t i = 0; i < n; i++)
			w[i].to = way[step];
		for (size_t i = 0; i < n && !together; i++) {
			need(f->s->ops->advance(f->s, &fixture_by, v + i, 1, 600000) == 0 && w[i].moved);
			need(step < 2 || fixture_pass(f, 3));
		}
		need(!together || (f->s->ops->advance(f->s, &fixture_by, v, n, 600000) == 0 && w[0].moved));
	}
	return w;
}

static struct snapshot
get(struct fixture *f, const struct work *w)
{
	struct snapshot s;

	need(f->s->ops->get(f->s, w->id, w->lane, &f->a, &s) == 0);
	return s;
}

static bool
cool1(struct fixture *f, struct work w)
{
	struct work *v = &w;

	need(f->s->ops->cool(f->s, &v, 1) == 0);
	return w.moved;
}

static size_t
journalled(struct fixture *f)
{
	struct journal_entry *e;
	size_t n;

	need(f->s->ops->journal_read(f->s, NULL, 0, 1000, &f->a, &e, &n) == 0);
	return n;
}

static void
expect_cold(struct snapshot s, int64_t revision)
{
	check(s.cold && s.archived == revision && s.w.part[PART_SUBMIT].n);
	for (unsigned p = 0; p < PART_COUNT; p++)
		check(p == PART_SUBMIT || s.w.part[p].n == 0);
}

static void
body_goes(struct fixture *f)
{
	struct work *w = sent(f, 1, 1, true), stale, *v = &stale;
	size_t entries = journalled(f);
	struct snapshot s = get(f, w), before = s;

	stale = s.w;
	check(!s.cold && s.w.part[PART_INGEST].n && s.w.part[PART_PEOPLE].n);
	check(cool1(f, *w));
	s = get(f, w);
	expect_cold(s, w->revision);
	check(str_eq(s.w.part[PART_SUBMIT], before.w.part[PART_SUBMIT]) && s.w.state == ST_SENT && s.w.revision == w->revision);
	check(str_eq(s.hash, before.hash) && str_eq(s.pcn, before.pcn) && str_eq(s.batch, before.batch) && s.w.t == before.w.t);
	check(s.w.token == before.w.token + 1 && s.charge == before.charge && s.due == before.due);
	check(journalled(f) == entries);		/* nobody decided anything */
	check(cool1(f, *w) && get(f, w).w.token == s.w.token);	/* again is harmless */
	/* whoever read the body before it went would leave an encounter without one in people's hands */
	stale.to = ST_HELD_BILLING;
	check(f->s->ops->advance(f->s, &fixture_by, &v, 1, 0) == 0 && !stale.moved);
	/* an acceptance needs no body, and the archive's revision stays */
	s.w.to = ST_ACCEPTED;
	s.w.part[PART_SUBMIT] = S("\0accepted");
	s.w.dirty = 1u << PART_SUBMIT;
	v = &s.w;
	check(f->s->ops->advance(f->s, &fixture_by, &v, 1, 0) == 0 && s.w.moved);
	expect_cold(get(f, w), w->revision);
	check(str_eq(get(f, w).w.part[PART_SUBMIT], S("\0accepted")) && get(f, w).w.revision == w->revision + 1);
	check(cool1(f, get(f, w).w));
	expect_cold(get(f, w), w->revision);
}

static void
body_stays(struct fixture *f)
{
	struct work *w = sent(f, 1, 2, true), other = w[0], *v[2] = { &w[0], &other };
	struct admission ad[ST_COUNT];
	struct work unknown = w[0];

	other.revision--;
	check(!cool1(f, other));
	other.revision += 2;
	check(!cool1(f, other));
	other.revision--;
	other.state = ST_ACCEPTED;
	check(!cool1(f, other));
	unknown.id = fixture_eid(99);
	check(!cool1(f, unknown));
	check(!get(f, w).cold && get(f, w).w.part[PART_INGEST].n);
	for (int st = 0; st < ST_COUNT; st++) {
		struct work z;

		if (!state_event(ST_RECEIVED, (enum state)st))
			continue;
		ad[st] = fixture_admission(&f->a, 100 + (unsigned)st, LANES);
		need(f->s->ops->admit(f->s, &fixture_by, &ad[st], 1, ST_RECEIVED, 600000) == 0);
		z = fixture_work(&ad[st]);
		v[0] = &z;
		z.to = (enum state)st;
		need(f->s->ops->advance(f->s, &fixture_by, v, 1, 600000) == 0 && z.moved);
		cr_expect(cool1(f, z) == state_is_settled(z.state), "%s: %s", contract_now, state_name(z.state));
		cr_expect(get(f, &z).cold == state_is_settled(z.state), "%s: %s", contract_now, state_name(z.state));
	}
	/* part of a batch: who moved meanwhile is left alone */
	other = w[1];
	other.revision--;
	v[0] = &w[0];
	v[1] = &other;
	check(f->s->ops->cool(f->s, v, 2) == 0 && w[0].moved && !other.moved);
	check(get(f, w).cold && !get(f, w + 1).cold);
	check(f->s->ops->cool(f->s, v, 0) == 0);
}

static void
body_comes_back(struct fixture *f)
{
	struct work *w = sent(f, 1, 1, true), *v;
	struct admission ad = fixture_admission(&f->a, 1, LANES);
	struct snapshot s, full = get(f, w);

	need(cool1(f, *w));
	/* the same thing sent again is known, other content a conflict; neither leaves a body behind */
	need(f->s->ops->admit(f->s, &fixture_by, &ad, 1, ST_RECEIVED, 600000) == 0);
	check(ad.result == ADMIT_KNOWN && ad.state == ST_SENT);
	ad.hash = S("ffffffffffffffffffffffffffffffff");
	ad.body = S("\0other");
	need(f->s->ops->admit(f->s, &fixture_by, &ad, 1, ST_RECEIVED, 600000) == 0);
	check(ad.result == ADMIT_CONFLICT && ad.state == ST_SENT);
	expect_cold(get(f, w), w->revision);
	s = get(f, w);
	for (unsigned p = 0; p < PART_COUNT; p++)
		s.w.part[p] = full.w.part[p];
	s.w.dirty = 0x3f;
	s.w.to = ST_HELD_BILLING;
	s.w.why = S("rejected");
	v = &s.w;
	need(f->s->ops->advance(f->s, &fixture_by, &v, 1, 0) == 0 && s.w.moved);
	s = get(f, w);
	check(!s.cold && s.w.state == ST_HELD_BILLING && s.w.revision == w->revision + 1);
	check(str_eq(s.hash, full.hash) && str_eq(s.pcn, full.pcn) && s.due == full.due && s.w.t == full.w.t);
	for (unsigned p = 0; p < PART_COUNT; p++)
		check(str_eq(s.w.part[p], full.w.part[p]));
	check(!cool1(f, s.w));
	/* sent again, it is archived again, under its new revision */
	s.w.to = ST_CLEARED;
	need(f->s->ops->advance(f->s, &fixture_by, &v, 1, 600000) == 0 && s.w.moved);
	s.w.to = ST_BATCHED;
	need(f->s->ops->advance(f->s, &fixture_by, &v, 1, 600000) == 0 && s.w.moved);
	s.w.to = ST_SENT;
	need(f->s->ops->advance(f->s, &fixture_by, &v, 1, 600000) == 0 && s.w.moved);
	check(!get(f, w).cold && cool1(f, get(f, w).w));
	expect_cold(get(f, w), w->revision + 4);
	/* with the body here again nothing takes it out that only saw it was away */
	ad = fixture_admission(&f->a, 1, LANES);
	need(f->s->ops->admit(f->s, &fixture_by, &ad, 1, ST_RECEIVED, 600000) == 0);
	expect_cold(get(f, w), w->revision + 4);
}

static size_t
ask(struct fixture *f, struct warm *w, size_t n, struct warm_list *l)
{
	need(f->s->ops->warm(f->s, w, n, &f->a, l) == 0);
	return l->n;
}

static void
looks_through(struct fixture *f)
{
	struct warm w[LANES * 2] = { { .state = ST_SENT } };
	struct warm_list l;
	bool seen[30] = { false };
	size_t total = 0, rounds = 0;
	int64_t last[LANES] = { 0 };

	(void)sent(f, 0, 12, false);
	(void)sent(f, 12, 18, true);			/* six of one score in each lane */
	for (unsigned i = 0; i < LANES * 2; i++)
		w[i] = (struct warm){ .state = i < LANES ? ST_SENT : ST_ACCEPTED, .lane = i % LANES, .upto = ALL, .max = 4 };
	do {
		(void)ask(f, w, LANES * 2, &l);
		for (size_t i = 0; i < l.n; i++) {
			const struct work *x = &l.v[i];

			check(x->state == ST_SENT && x->revision == 3 && x->part[PART_INGEST].n && x->part[PART_SUBMIT].n);
			check(x->token >= last[x->lane] && get(f, x).w.token == x->token && x->t > 0);
			last[x->lane] = x->token;
			for (unsigned k = 0; k < 30; k++)
				if (memcmp(x->id.b, fixture_eid(k).b, 16) == 0) {
					check(!seen[k] && x->lane == k % LANES);
					seen[k] = true;
				}
		}
		total += l.n;
		check(l.n <= 4 * LANES);
	} while (l.more && rounds++ < 20);
	check(total == 30 && rounds > 0 && rounds < 20);
	check(ask(f, w, LANES * 2, &l) == 0 && !l.more && l.v == NULL);	/* nothing new */
	(void)sent(f, 30, 1, true);
	check(ask(f, w, LANES * 2, &l) == 1);
}

static void
looks_so_far_only(struct fixture *f)
{
	struct work *w = sent(f, 0, 4 * LANES, false), *v = w;
	struct warm one = { .state = ST_SENT, .lane = 0, .upto = w[LANES].token, .max = 10 };
	struct warm again;
	struct warm_list l;

	check(ask(f, &one, 1, &l) == 2 && l.v[0].token == w[0].token && l.v[1].token == w[LANES].token && !l.more);
	again = one;
	check(ask(f, &again, 1, &l) == 0);
	/* the cold ones are passed by, and are not read */
	need(f->s->ops->cool(f->s, &v, 1) == 0 && w[0].moved);
	again = (struct warm){ .state = ST_SENT, .lane = 0, .upto = ALL, .max = 10 };
	check(ask(f, &again, 1, &l) == 3 && !l.more && l.v[0].token == w[LANES].token);
	/* who goes on to the next queue is found there */
	v = &w[LANES];
	w[LANES].to = ST_ACCEPTED;
	need(f->s->ops->advance(f->s, &fixture_by, &v, 1, 0) == 0 && w[LANES].moved);
	again = (struct warm){ .state = ST_ACCEPTED, .lane = 0, .upto = ALL, .max = 10 };
	check(ask(f, &again, 1, &l) == 1 && l.v[0].revision == w[LANES].revision);
	/* who comes after those that were looked at have left is not passed by in their stead */
	v = &w[LANES];
	w[LANES].to = ST_HELD_BILLING;
	need(f->s->ops->advance(f->s, &fixture_by, &v, 1, 0) == 0 && w[LANES].moved && fixture_pass(f, 3));
	w[2 * LANES].to = ST_ACCEPTED;
	v = &w[2 * LANES];
	need(f->s->ops->advance(f->s, &fixture_by, &v, 1, 0) == 0 && w[2 * LANES].moved);
	check(ask(f, &again, 1, &l) == 1 && l.v[0].token == w[2 * LANES].token);
	check(ask(f, NULL, 0, &l) == 0);
}

/* Bodies that do not fit half of the arena come with the next call. */
static void
large_bodies(struct fixture *f)
{
	struct work *w = sent(f, 0, 6 * LANES, true);
	char *big = arena_alloc(&f->a, 300000);
	struct warm one = { .state = ST_SENT, .lane = 0, .upto = ALL, .max = 10 };
	struct warm_list l = { 0 };
	struct arena small;
	size_t total = 0;

	memset(big, 'x', 300000);
	big[0] = 0;			/* a codec, so that it is not taken for a head */
	for (size_t i = 0; i < 6 * LANES; i++) {
		struct work *v = &w[i];

		w[i].to = ST_ACCEPTED;
		w[i].part[PART_INGEST] = (struct str){ big, 300000 };
		w[i].dirty = 1u << PART_INGEST;
		need(f->s->ops->advance(f->s, &fixture_by, &v, 1, 0) == 0 && w[i].moved);
	}
	if (f->kind == FIXTURE_MEM)
		return;			/* reads everything at once: tests give it room */
	one.state = ST_ACCEPTED;
	for (int i = 0; i < 20 && (i == 0 || l.more); i++) {
		arena_init(&small, 2000000);
		need(f->s->ops->warm(f->s, &one, 1, &small, &l) == 0);
		check(l.n <= 3);
		total += l.n;
		arena_free(&small);
	}
	check(total == 6);
}

Test(store, cold, .timeout = 120)
{
	static const struct contract_case cases[] = {
		{ "a body goes, and the tracker stays", body_goes },
		{ "a body stays", body_stays },
		{ "a body comes back", body_comes_back },
		{ "settled queues are looked through", looks_through },
		{ "as far as was asked", looks_so_far_only },
		{ "large bodies", large_bodies },
	};

	contract_run(cases, sizeof cases / sizeof *cases, LANES);
}

/* HSETNX put a body where there was none; before that is put right, the true one may have come back. */
Test(store, cold_and_stray)
{
	static const struct { const char *c; bool stays; } rows[] = { { "3", false }, { "", true }, { NULL, false } };
	struct fixture f;
	char out[16];

	cr_assert(fixture_open(&f, FIXTURE_REDIS, LANES));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *set = rows[i].c ? arena_fmt(&f.a, "HSET cl:{1}:e:%zu p body c %s", i, rows[i].c).p :
		    arena_fmt(&f.a, "HSET cl:{1}:e:%zu p body", i).p;

		if (rows[i].c && !rows[i].c[0])		/* redis_do has no empty words */
			set = arena_fmt(&f.a, "EVAL redis.call('HSET',KEYS[1],'p','body','c','') 1 cl:{1}:e:%zu", i).p;
		cr_assert(redis_do(&f.server, set, NULL, 0), "%s", set);
		cr_assert(redis_do(&f.server, arena_fmt(&f.a, "FCALL cl_stray 1 cl:{1}:e:%zu", i).p, NULL, 0));
		cr_assert(redis_do(&f.server, arena_fmt(&f.a, "HEXISTS cl:{1}:e:%zu p", i).p, out, sizeof out));
		cr_expect(out[0] == (rows[i].stays ? '1' : '0'), "row %zu: %s", i, out);
	}
	fixture_close(&f);
}

/* A full Redis is emptied by cooling. */
Test(store, cold_when_full)
{
	struct fixture f;
	struct work *w, *v;

	contract_now = "redis: full";
	cr_assert(fixture_open(&f, FIXTURE_REDIS, LANES));
	v = w = sent(&f, 0, 1, true);
	need(redis_do(&f.server, "CONFIG SET maxmemory 1", NULL, 0));
	check(f.s->ops->cool(f.s, &v, 1) == 0 && w->moved && get(&f, w).cold);
	fixture_close(&f);
}
