/*
 * test_store_fault.c - a worker that dies at its Nth call to the store, for every N, before or after the store
 * did it. What follows is what any worker does: wait for the leases and begin again. In the end every encounter
 * is sent, in one file, under one number; nothing is done twice.
 */
#include "contract.h"
#include "pipe/store_impl.h"

#define LANES	2u
#define PEOPLE	5u
#define LEASE	40

struct file { int64_t number; size_t n; };
struct world {
	struct fixture	*f;
	struct store	*s;		/* the one that fails */
	struct file	 files[64];
	size_t		 n_files;
};

#define TRY(call)	do { int rc_ = (call); if (rc_ < 0) return rc_; } while (0)

/* ---- one life of a worker: any error ends it ---- */

static int
feed(struct world *w)
{
	struct admission ad[PEOPLE];

	for (unsigned i = 0; i < PEOPLE; i++)
		ad[i] = fixture_admission(&w->f->a, i, LANES);
	TRY(w->s->ops->admit(w->s, &fixture_by, ad, PEOPLE, ST_RECEIVED, 0));
	for (unsigned i = 0; i < PEOPLE; i++)
		if (ad[i].result == ADMIT_CONFLICT)
			return E_CONFLICT;
	return 0;
}

static int
clear(struct world *w)
{
	struct work *got, *v[PEOPLE];
	size_t n;

	TRY(w->s->ops->claim(w->s, &fixture_by, ST_RECEIVED, 9, LEASE, &w->f->a, &got, &n));
	for (size_t i = 0; i < n; i++) {
		v[i] = &got[i];
		got[i].to = ST_CLEARED;
		got[i].part[PART_AUDIT] = S("\0audited");
		got[i].dirty = 1u << PART_AUDIT;
	}
	TRY(w->s->ops->extend(w->s, v, n, LEASE));
	return w->s->ops->advance(w->s, &fixture_by, v, n, 0);
}

static struct str
render(struct world *w, const struct interchange *ic)
{
	struct str ids[PEOPLE + 1] = { S("x") };

	for (size_t i = 0; i < ic->n && i < PEOPLE; i++)
		ids[i] = eid_text(&w->f->a, ic->members[i].id);
	return rec_hash16(&w->f->a, ids, ic->n < PEOPLE ? ic->n : PEOPLE);
}

/* Writing a file that is there already must be writing the same bytes. */
static void
write_file(struct world *w, const struct interchange *ic, struct str sha)
{
	size_t i = 0;

	check(str_eq(sha, ic->sha));
	while (i < w->n_files && w->files[i].number != ic->number)
		i++;
	if (i < w->n_files) {
		check(w->files[i].n == ic->n);
		return;
	}
	need(w->n_files < 64);
	w->files[w->n_files++] = (struct file){ ic->number, ic->n };
}

static struct str
tag(struct world *w, const struct interchange *ic)
{
	return arena_fmt(&w->f->a, STR_FMT "/%lld", STR_ARG(ic->partner), (long long)ic->number);
}

/* The members that are where this interchange needs them. */
static int
members_in(struct world *w, const struct interchange *ic, struct work *v, struct member *m, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < ic->n; i++) {
		struct snapshot s;

		TRY(w->s->ops->get(w->s, ic->members[i].id, ic->members[i].lane, &w->f->a, &s));
		if (s.w.state != ST_BATCHED || !str_eq(s.batch, tag(w, ic)))
			continue;
		m[*n] = ic->members[i];
		v[(*n)++] = s.w;
	}
	return 0;
}

static int
seal(struct world *w, struct interchange *ic)
{
	struct work v[PEOPLE];
	struct member *m = arena_array(&w->f->a, PEOPLE, sizeof *m);
	size_t n;

	TRY(members_in(w, ic, v, m, &n));
	ic->members = m;
	ic->n = n;
	ic->state = n ? IC_SEALED : IC_VOID;
	ic->sha = n ? render(w, ic) : STR_NONE;
	ic->name = n ? tag(w, ic) : STR_NONE;
	return w->s->ops->ic_update(w->s, &fixture_by, ic);
}

static int
ship(struct world *w, struct interchange *ic)
{
	struct work held[PEOPLE], *v[PEOPLE];
	struct member m[PEOPLE];
	size_t n;

	write_file(w, ic, render(w, ic));
	TRY(members_in(w, ic, held, m, &n));
	for (size_t i = 0; i < n; i++) {
		v[i] = &held[i];
		held[i].to = ST_SENT;
	}
	TRY(w->s->ops->advance(w->s, &fixture_by, v, n, 0));
	ic->state = IC_SENT;
	return w->s->ops->ic_update(w->s, &fixture_by, ic);
}

static int
finish(struct world *w, struct interchange *ic)
{
	if (ic->state == IC_RESERVED)
		TRY(seal(w, ic));
	return ic->state == IC_SEALED ? ship(w, ic) : 0;
}

static int
start(struct world *w)
{
	struct interchange ic = { .partner = S("payer") };
	struct work *got, *v[PEOPLE];
	size_t n;

	TRY(w->s->ops->claim(w->s, &fixture_by, ST_CLEARED, 9, LEASE, &w->f->a, &got, &n));
	if (n == 0)
		return 0;
	ic.members = arena_array(&w->f->a, n, sizeof *ic.members);
	ic.n = n;
	for (size_t i = 0; i < n; i++)
		ic.members[i] = (struct member){ got[i].id, got[i].lane, S("pcn") };
	TRY(w->s->ops->ic_reserve(w->s, &fixture_by, &ic, LEASE));
	for (size_t i = 0; i < n; i++) {
		v[i] = &got[i];
		got[i].to = ST_BATCHED;
		got[i].batch = tag(w, &ic);
	}
	TRY(w->s->ops->advance(w->s, &fixture_by, v, n, 0));
	return finish(w, &ic);
}

/* What is sent long enough loses its body. */
static int
chill(struct world *w)
{
	struct warm asks[LANES];
	struct work *v[PEOPLE];
	struct warm_list l;

	for (unsigned i = 0; i < LANES; i++)
		asks[i] = (struct warm){ .state = ST_SENT, .lane = i, .upto = INT64_MAX, .max = PEOPLE };
	TRY(w->s->ops->warm(w->s, asks, LANES, &w->f->a, &l));
	for (size_t i = 0; i < l.n; i++)
		v[i] = &l.v[i];
	TRY(w->s->ops->cool(w->s, v, l.n));
	for (size_t i = 0; i < l.n; i++)
		check(l.v[i].moved);
	return 0;
}

static int
life(struct world *w)
{
	struct interchange ic;
	int rc;

	TRY(feed(w));
	TRY(clear(w));
	while ((rc = w->s->ops->ic_claim(w->s, S("payer"), LEASE, &w->f->a, &ic)) == 0)
		TRY(finish(w, &ic));
	if (rc != E_NOT_FOUND)
		return rc;
	TRY(start(w));
	return chill(w);
}

/* ---- what must hold in the end ---- */

static void
all_is_well(struct world *w)
{
	struct journal_entry *e;
	size_t n, claims = 0, moves = 0;

	for (unsigned i = 0; i < PEOPLE; i++) {
		struct snapshot s;

		need(w->f->s->ops->get(w->f->s, fixture_eid(i), i % LANES, &w->f->a, &s) == 0);
		check(s.w.state == ST_SENT && s.w.revision == 3 && s.cold && s.archived == 3 && s.w.part[PART_AUDIT].n == 0);
	}
	for (size_t i = 0; i < w->n_files; i++) {
		struct interchange ic;

		claims += w->files[i].n;
		need(w->f->s->ops->ic_get(w->f->s, S("payer"), w->files[i].number, &w->f->a, &ic) == 0);
		check(ic.state == IC_SENT && ic.n == w->files[i].n);
	}
	check(claims == PEOPLE);
	need(w->f->s->ops->journal_read(w->f->s, NULL, 0, 10000, &w->f->a, &e, &n) == 0);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < e[i].flags.n && str_starts(e[i].stream, S("cl:{")) &&
		    !str_starts(e[i].stream, S("cl:{tp:")); k++)
			moves += e[i].flags.p[k] == '1';
	check(moves == 4 * PEOPLE);		/* admitted, cleared, batched, sent: each once */
}

/* Returns whether the fault came at all. */
static bool
one_death(struct fixture *f, unsigned at, bool late)
{
	struct world w = { .f = f };
	bool died = false;
	int rc;

	need(fixture_clear(f, LANES));
	need(store_fault_open(&w.s, f->s, at, E_STORE_DOWN, late) == 0);
	for (int lives = 0; lives < 4; lives++) {
		rc = life(&w);
		check(rc == 0 || rc == E_STORE_DOWN);
		died = died || rc < 0;
		need(fixture_pass(f, LEASE + 2));
	}
	all_is_well(&w);
	w.s->ops->close(w.s);
	return died;
}

Test(store, every_fault, .timeout = 300)
{
	static const char *const kinds[] = { "mem", "redis" };
	static char name[64];

	for (int kind = FIXTURE_MEM; kind <= FIXTURE_REDIS; kind++)
		for (int late = 0; late <= 1; late++) {
			struct fixture f;
			unsigned at = 1;

			cr_assert(fixture_open(&f, (enum fixture_kind)kind, LANES));
			do {
				(void)snprintf(name, sizeof name, "%s: dies %s call %u", kinds[kind],
				    late ? "after" : "before", at);
				contract_now = name;
			} while (one_death(&f, at++, late) && at < 100);
			cr_expect(at > 20 && at < 100, "%s: %u calls seen", kinds[kind], at);
			fixture_close(&f);
		}
}
