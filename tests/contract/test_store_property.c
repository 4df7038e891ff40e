/*
 * test_store_property.c - thousands of random operations on both stores at once: every answer and, again and
 * again, everything that can be seen must be equal, and every encounter stands in exactly one queue.
 */
#include "contract.h"

#include <stdlib.h>

#define LANES		3u
#define PEOPLE		70u		/* encounters that may exist */
#define STEPS		1500
#define LEASE		600000

struct pair {
	struct fixture	f[2];
	uint64_t	seed;
	bool		known[PEOPLE];
	int		step;
};

static unsigned
dice(struct pair *p, unsigned sides)
{
	p->seed = p->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(p->seed >> 33) % sides;
}

#define same(p, cond)	cr_assert((cond), "seed run, step %d: %s", (p)->step, #cond)

/* The same works in both stores, as someone sees them who has just looked; some are stale on purpose. */
struct hand { struct work w[2][8]; struct work *v[2][8]; size_t n; };

static void
look(struct pair *p, struct hand *h)
{
	bool taken[PEOPLE] = { false };		/* of one encounter twice, who wins is open */

	h->n = 0;
	for (unsigned tries = dice(p, 8) + 1; tries; tries--) {
		unsigned i = dice(p, PEOPLE), stale = dice(p, 8);

		if (!p->known[i] || taken[i])
			continue;
		taken[i] = true;
		for (int k = 0; k < 2; k++) {
			struct snapshot s;

			same(p, p->f[k].s->ops->get(p->f[k].s, fixture_eid(i), i % LANES, &p->f[k].a, &s) == 0);
			h->w[k][h->n] = s.w;
			h->v[k][h->n] = &h->w[k][h->n];
			if (stale == 0)
				h->w[k][h->n].token++;
			if (stale <= 1) {
				h->w[k][h->n].check_revision = true;
				h->w[k][h->n].revision -= stale;
			}
		}
		same(p, h->w[0][h->n].state == h->w[1][h->n].state);
		h->n++;
	}
}

static void
compare(struct pair *p, const struct hand *h)
{
	for (size_t i = 0; i < h->n; i++)
		same(p, h->w[0][i].moved == h->w[1][i].moved && h->w[0][i].state == h->w[1][i].state &&
		    h->w[0][i].revision == h->w[1][i].revision && (h->w[0][i].token == 0) == (h->w[1][i].token == 0));
}

static void
op_admit(struct pair *p)
{
	struct admission ad[2][6];
	unsigned n = dice(p, 6) + 1, id[6];
	enum state to = dice(p, 3) ? ST_RECEIVED : ST_NEW;
	int64_t lease = dice(p, 2) ? LEASE : to == ST_NEW;

	for (unsigned i = 0; i < n; i++) {
		bool other = dice(p, 6) == 0;

		id[i] = dice(p, PEOPLE);
		for (int k = 0; k < 2; k++) {
			ad[k][i] = fixture_admission(&p->f[k].a, id[i], LANES);
			if (other)
				ad[k][i].hash = S("00000000000000000000000000000000");
		}
		p->known[id[i]] = true;
	}
	for (int k = 0; k < 2; k++)
		same(p, p->f[k].s->ops->admit(p->f[k].s, &fixture_by, ad[k], n, to, lease) == 0);
	for (unsigned i = 0; i < n; i++)
		same(p, ad[0][i].result == ad[1][i].result && ad[0][i].state == ad[1][i].state &&
		    (ad[0][i].token == 0) == (ad[1][i].token == 0));
}

static enum state
legal(struct pair *p, enum state from)
{
	for (int tries = 0; tries < 60; tries++) {
		enum state to = (enum state)dice(p, ST_COUNT);

		if (state_event(from, to))
			return to;
	}
	return from;
}

static void
op_advance(struct pair *p)
{
	struct hand h;
	int64_t lease = dice(p, 2) ? LEASE : 0;
	int rc[2];

	look(p, &h);
	for (size_t i = 0; i < h.n; i++) {
		enum state to = legal(p, h.w[0][i].state);
		unsigned part = dice(p, PART_COUNT), why = dice(p, 3), batch = dice(p, 3), due = dice(p, 2);

		for (int k = 0; k < 2; k++) {
			struct work *w = &h.w[k][i];

			w->to = to;
			w->dirty = 1u << part;
			w->part[part] = arena_fmt(&p->f[k].a, "%cstep %d", 0, p->step);
			w->why = why ? STR_NONE : arena_fmt(&p->f[k].a, "why %d", p->step);
			w->batch = batch ? STR_NONE : arena_fmt(&p->f[k].a, "payer/%d", p->step);
			w->due = due ? 0 : INT64_C(1900000000000) + p->step;
		}
	}
	for (int k = 0; k < 2; k++)
		rc[k] = p->f[k].s->ops->advance(p->f[k].s, &fixture_by, h.v[k], h.n, lease);
	same(p, rc[0] == rc[1]);
	compare(p, &h);
}

static void
op_amend(struct pair *p)
{
	struct hand h;
	int rc[2];

	look(p, &h);
	if (h.n == 0)
		return;
	for (int k = 0; k < 2; k++) {
		struct admission ad = fixture_admission(&p->f[k].a, 0, LANES);

		ad.id = h.w[k][0].id;
		ad.lane = h.w[k][0].lane;
		ad.body = arena_fmt(&p->f[k].a, "%camended %d", 0, p->step);
		h.w[k][0].to = p->step % 2 ? ST_RECEIVED : ST_NEW;
		rc[k] = p->f[k].s->ops->amend(p->f[k].s, &fixture_by, &ad, &h.w[k][0], LEASE);
	}
	same(p, rc[0] == rc[1]);
	h.n = 1;
	compare(p, &h);
}

static void
op_touch(struct pair *p)
{
	struct hand h;
	bool fail = dice(p, 2);

	look(p, &h);
	for (size_t i = 0; i < h.n; i++)
		if (!state_stage(h.w[0][i].state))
			return;
	for (int k = 0; k < 2; k++) {
		for (size_t i = 0; i < h.n; i++)
			h.w[k][i].why = fail ? S("E_IO") : STR_NONE;
		same(p, (fail ? p->f[k].s->ops->fail : p->f[k].s->ops->extend)(p->f[k].s, h.v[k], h.n,
		    fail ? 0 : LEASE) == 0);
	}
	compare(p, &h);
}

static void
op_cool(struct pair *p)
{
	struct hand h;

	look(p, &h);
	for (int k = 0; k < 2; k++)
		same(p, p->f[k].s->ops->cool(p->f[k].s, h.v[k], h.n) == 0);
	compare(p, &h);
}

static int
work_cmp(const void *a, const void *b)
{
	return memcmp(((const struct work *)a)->id.b, ((const struct work *)b)->id.b, 16);
}

static void
op_claim(struct pair *p)
{
	static const enum state queues[] = { ST_NEW, ST_RECEIVED, ST_CODED, ST_CHECKED, ST_CLEARED };
	enum state st = queues[dice(p, 5)];
	int64_t lease = dice(p, 3) ? 1 : LEASE;
	struct work *v[2];
	size_t n[2];

	for (int k = 0; k < 2; k++) {
		same(p, p->f[k].s->ops->claim(p->f[k].s, &fixture_by, st, 256, lease, &p->f[k].a, &v[k], &n[k]) == 0);
		if (n[k])
			qsort(v[k], n[k], sizeof *v[k], work_cmp);
	}
	same(p, n[0] == n[1]);
	for (size_t i = 0; i < n[0]; i++) {
		same(p, work_cmp(&v[0][i], &v[1][i]) == 0 && v[0][i].attempts == v[1][i].attempts);
		same(p, v[0][i].revision == v[1][i].revision && v[0][i].lane == v[1][i].lane);
		for (int q = 0; q < PART_COUNT; q++)
			same(p, str_eq(v[0][i].part[q], v[1][i].part[q]));
	}
}

static void
equal_snapshots(struct pair *p, unsigned i)
{
	struct snapshot s[2];

	for (int k = 0; k < 2; k++)
		same(p, p->f[k].s->ops->get(p->f[k].s, fixture_eid(i), i % LANES, &p->f[k].a, &s[k]) == 0);
	same(p, s[0].w.state == s[1].w.state && s[0].w.revision == s[1].w.revision &&
	    s[0].w.attempts == s[1].w.attempts);
	same(p, s[0].before == s[1].before && s[0].charge == s[1].charge && s[0].due == s[1].due);
	same(p, str_eq(s[0].why, s[1].why) && str_eq(s[0].batch, s[1].batch) && str_eq(s[0].hash, s[1].hash));
	same(p, str_eq(s[0].tenant, s[1].tenant) && str_eq(s[0].account, s[1].account) && str_eq(s[0].pcn, s[1].pcn));
	same(p, s[0].cold == s[1].cold && s[0].archived == s[1].archived);
	for (int q = 0; q < PART_COUNT; q++)
		same(p, str_eq(s[0].w.part[q], s[1].w.part[q]));
}

/* Every encounter in exactly one queue of its own lane, the one its hash says. */
static void
one_queue_each(struct pair *p, struct fixture *f)
{
	size_t found = 0, known = 0;

	for (unsigned i = 0; i < PEOPLE; i++)
		known += p->known[i];
	for (int st = 0; st < ST_COUNT; st++) {
		struct listing *l;
		size_t n;

		same(p, f->s->ops->list(f->s, (enum state)st, 1000, &f->a, &l, &n) == 0);
		for (size_t i = 0; i < n; i++) {
			struct snapshot s;

			same(p, f->s->ops->get(f->s, l[i].id, l[i].lane, &f->a, &s) == 0);
			same(p, s.w.state == (enum state)st && s.w.token == l[i].score);
		}
		found += n;
	}
	same(p, found == known);
}

static void
look_at_all(struct pair *p)
{
	struct depth d[2][ST_COUNT];

	for (unsigned i = 0; i < PEOPLE; i++)
		if (p->known[i])
			equal_snapshots(p, i);
	for (int k = 0; k < 2; k++) {
		one_queue_each(p, &p->f[k]);
		same(p, p->f[k].s->ops->depths(p->f[k].s, d[k]) == 0);
	}
	for (int st = 0; st < ST_COUNT; st++)
		same(p, d[0][st].n == d[1][st].n && d[0][st].leased == d[1][st].leased);
	arena_reset(&p->f[0].a);
	arena_reset(&p->f[1].a);
}

static struct journal_entry *
journal(struct pair *p, int k, size_t *n)
{
	struct journal_entry *e;

	same(p, p->f[k].s->ops->journal_read(p->f[k].s, NULL, 0, 100000, &p->f[k].a, &e, n) == 0);
	return e;
}

static int
line_cmp(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Every row of a journal with its stream, move and flag, sorted. */
static struct str *
rows_of(struct pair *p, int k, size_t *n)
{
	struct arena *a = &p->f[k].a;
	size_t n_entries;
	struct journal_entry *e = journal(p, k, &n_entries);
	struct str *v = NULL;

	*n = 0;
	for (size_t i = 0; i < n_entries; i++) {
		struct str rest = e[i].rows, head = e[i].header;
		size_t at = 0;

		for (int bar = 0; bar < 4; bar++)
			(void)str_cut(&head, '|');		/* what is left: from|to */
		while (rest.n) {
			struct str row = str_cut(&rest, '\n'), *one = arena_push(a, v, *n);

			same(p, one && at < e[i].flags.n);
			*one = arena_fmt(a, STR_FMT " " STR_FMT " " STR_FMT " %c", STR_ARG(e[i].stream), STR_ARG(head),
			    STR_ARG(row), e[i].flags.p[at++]);
		}
		same(p, at == e[i].flags.n);
	}
	qsort(v, *n, sizeof *v, line_cmp);
	return v;
}

/* Both journals tell the same. */
static void
equal_journals(struct pair *p)
{
	size_t n[2];
	struct str *v[2] = { rows_of(p, 0, &n[0]), rows_of(p, 1, &n[1]) };

	same(p, n[0] == n[1] && n[0] > STEPS / 4);
	for (size_t i = 0; i < n[0]; i++)
		cr_assert(str_eq(v[0][i], v[1][i]), "journals differ: " STR_FMT " | " STR_FMT, STR_ARG(v[0][i]),
		    STR_ARG(v[1][i]));
}

Test(store, property, .timeout = 300)
{
	static void (*const ops[])(struct pair *) = {
		op_admit, op_advance, op_advance, op_advance, op_claim, op_touch, op_amend, op_cool,
	};
	static struct pair p;

	p.seed = 20260101;
	cr_assert(fixture_open(&p.f[0], FIXTURE_MEM, LANES) && fixture_open(&p.f[1], FIXTURE_REDIS, LANES));
	for (p.step = 0; p.step < STEPS; p.step++) {
		ops[dice(&p, sizeof ops / sizeof *ops)](&p);
		cr_assert(fixture_pass(&p.f[0], 3) && fixture_pass(&p.f[1], 3));
		if (p.step % 50 == 49)
			look_at_all(&p);
	}
	equal_journals(&p);
	fixture_close(&p.f[0]);
	fixture_close(&p.f[1]);
}
