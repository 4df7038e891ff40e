/*
 * io_interchange.c - one interchange from reservation to file. A number is assigned once; a sealed
 * interchange is only ever written with the bytes it was sealed with, under the name it was sealed with.
 */
#include "submit/io_submit.h"

#include "base/file.h"
#include "base/log.h"

#include <stdio.h>
#include <string.h>

#define LEASES		4	/* an interchange is owned this many leases of a work */
#define MAX_BATCHED	10000	/* oldest ones looked at */

static struct store *
store_of(struct submit *s)
{
	return runner_store(s->r);
}

static int64_t
lease_of(struct submit *s)
{
	return runner_ctx(s->r)->conf->site.lease_ms * LEASES;
}

/* One commit: those of c from at on, at most LIMIT_COMMIT, that are in state from. */
static int
move_some(struct submit *s, struct claims *c, size_t at, enum state from, enum state to)
{
	struct work *v[LIMIT_COMMIT];
	size_t n = 0;

	for (size_t i = at; i < c->n && i < at + LIMIT_COMMIT; i++) {
		c->w[i]->moved = false;
		if (c->w[i]->state != from)
			continue;
		c->w[i]->to = to;
		c->w[i]->due = 0;
		v[n++] = c->w[i];
	}
	return n ? store_of(s)->ops->advance(store_of(s), runner_by(s->r), v, n, 0) : 0;
}

/*
 * Move those in state from to `to`; the ones that moved come first and are what remains. Others (of a recovered
 * interchange: sent or answered already) stay as they are.
 */
static int
move_all(struct submit *s, struct claims *c, enum state from, enum state to)
{
	size_t kept = 0;

	for (size_t at = 0; at < c->n; at += LIMIT_COMMIT) {
		int rc = move_some(s, c, at, from, to);

		if (rc < 0)
			return rc;
		for (size_t i = at; i < c->n && i < at + LIMIT_COMMIT; i++) {
			if (!c->w[i]->moved)
				continue;
			c->w[i]->state = to;
			c->w[i]->dirty = 0;
			c->w[kept] = c->w[i];
			c->e[kept++] = c->e[i];
		}
	}
	c->n = kept;
	return 0;
}

static void
stamp(struct arena *a, const struct interchange *ic, const struct x12_written *x, struct claims *c)
{
	struct str isa13 = digits_text(a, ic->number, 9), gs06 = digits_text(a, ic->number, 1);

	for (size_t i = 0; i < c->n; i++) {
		struct encounter *e = c->e[i];
		struct str raw;

		e->isa13 = isa13;
		e->gs06 = gs06;
		e->st02 = x->st02[i];
		e->file = ic->name;
		e->partner = ic->partner;
		if (rec_pack(a, e, PART_SUBMIT, &raw) >= 0 && part_seal(a, raw, false, &c->w[i]->part[PART_SUBMIT]) >= 0)
			c->w[i]->dirty |= 1u << PART_SUBMIT;
	}
}

static struct str
out_path(struct submit *s, struct arena *a, struct str partner, struct str name)
{
	struct str dir = arena_fmt(a, STR_FMT "/out/" STR_FMT, STR_ARG(runner_ctx(s->r)->conf->site.state_dir),
	    STR_ARG(partner));

	return path_join(a, dir, name);
}

/* 0 written or there already; E_CONFLICT: another file has the name. */
static int
write_file(struct submit *s, struct arena *a, const struct interchange *ic, struct str bytes)
{
	struct str path = out_path(s, a, ic->partner, ic->name), there;
	int rc = mkdir_p(out_path(s, a, ic->partner, STR_NONE).p);

	if (rc >= 0)
		rc = file_write_atomic(path.p, bytes, false);
	if (rc == E_DUPLICATE)
		rc = file_read(a, path.p, (size_t)1 << 30, &there) >= 0 && str_eq(sha256_hex(a, there), ic->sha) ?
		    0 : E_CONFLICT;
	runner_condition(s->r, "out folder", rc < 0 ? err_text(rc) : NULL);
	return rc;
}

static void
members_of(struct interchange *ic, const struct claims *c)
{
	ic->n = c->n;
	for (size_t i = 0; i < c->n; i++)
		ic->members[i] = (struct member){ c->w[i]->id, c->w[i]->lane, c->e[i]->pcn };
}

/* The claim of this interchange that "claim 3 2300 CLM01" names, and the rest of the place; NULL: none. */
static struct work *
claim_named(const struct claims *c, struct str *place)
{
	struct str rest = *place, word = str_cut(&rest, ' ');
	int64_t i;

	if (!str_is(word, "claim") || !str_to_int(str_cut(&rest, ' '), &i) || i < 1 || (size_t)i > c->n)
		return NULL;
	*place = rest;
	return c->w[i - 1];
}

/* Gives the claims the writer refused its words as their reason; every claim a reason when it names none. */
static void
name_refused(struct arena *a, const struct x12_written *x, struct claims *c)
{
	bool any = false;

	for (size_t i = 0; i < c->n; i++)
		c->w[i]->why = STR_NONE;
	for (size_t k = x->faults.n; k-- > 0;) {	/* the first fault of a claim stays */
		struct str place = x->faults.v[k].place;
		struct work *w = claim_named(c, &place);

		if (w)
			w->why = arena_fmt(a, "cannot be written as an 837: " STR_FMT ": " STR_FMT, STR_ARG(place),
			    STR_ARG(x->faults.v[k].words));
		any = any || w;
	}
	for (size_t i = 0; i < c->n && !any; i++)	/* of the envelope, say: the partner file is at fault */
		c->w[i]->why = x->faults.n == 0 ? S("cannot be written as an 837") :
		    arena_fmt(a, "cannot be written as an 837: " STR_FMT ": " STR_FMT, STR_ARG(x->faults.v[0].place),
		    STR_ARG(x->faults.v[0].words));
}

/* Those of c with a reason go to *bad, the others stay, both in order. */
static int
part_refused(struct arena *a, struct claims *c, struct claims *bad)
{
	size_t kept = 0;

	*bad = (struct claims){ arena_array(a, c->n, sizeof *bad->w), arena_array(a, c->n, sizeof *bad->e), 0 };
	if (!bad->w || !bad->e)
		return E_NOMEM;
	for (size_t i = 0; i < c->n; i++) {
		struct claims *to = c->w[i]->why.n ? bad : c;
		size_t at = to == bad ? bad->n++ : kept++;

		to->e[at] = c->e[i];
		to->w[at] = c->w[i];
	}
	c->n = kept;
	return 0;
}

/*
 * What the writer refuses is held for a person to mend, and the others go without it. Only a whole interchange
 * tells: writing each claim alone before costs as much as writing it.
 */
static int
leave_out(struct submit *s, struct arena *a, struct interchange *ic, struct claims *c, const struct x12_written *x)
{
	struct claims bad;
	int rc;

	name_refused(a, x, c);
	rc = part_refused(a, c, &bad);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < bad.n; i++)
		bad.w[i]->batch = S("-");
	log_line(LOG_ERROR, "claims cannot be written as an 837", LOG_STR("partner", ic->partner), LOG_NUM("isa13", ic->number),
	    LOG_NUM("held", bad.n), LOG_NUM("go", c->n));
	metric_add(runner_metrics(s->r), M_HELD, (int64_t)bad.n);
	rc = move_all(s, &bad, ST_BATCHED, ST_HELD_BILLING);
	if (rc < 0)
		return rc;
	members_of(ic, c);
	return 0;
}

/*
 * A sealed interchange may have reached the partner already, so it is never given up: what hinders it is
 * shown until somebody has put it right, and its claims stay batched.
 */
static int
hindered(struct submit *s, const struct interchange *ic, const char *why)
{
	char words[320];

	(void)snprintf(words, sizeof words, STR_FMT " %lld: %s", STR_ARG(ic->partner), (long long)ic->number, why);
	runner_condition(s->r, "interchange", words);
	return E_CONFLICT;
}

/* The bytes that were sealed are in the out folder already: they need not be made again. */
static bool
is_written(struct submit *s, struct arena *a, const struct interchange *ic)
{
	struct str there;

	return ic->name.n && file_read(a, out_path(s, a, ic->partner, ic->name).p, (size_t)1 << 30, &there) >= 0 &&
	    str_eq(sha256_hex(a, there), ic->sha);
}

static int
seal(struct submit *s, struct arena *a, struct interchange *ic, struct str bytes)
{
	ic->sha = sha256_hex(a, bytes);
	ic->name = batch_name(a, ic->partner, ic->number);
	ic->state = IC_SEALED;
	return store_of(s)->ops->ic_update(store_of(s), runner_by(s->r), ic);
}

static int
sent(struct submit *s, struct interchange *ic, struct claims *c)
{
	int rc;

	metric_add(runner_metrics(s->r), M_FILES_SENT, 1);
	metric_add(runner_metrics(s->r), M_CLAIMS_SENT, (int64_t)c->n);
	log_line(LOG_INFO, "interchange written", LOG_STR("partner", ic->partner), LOG_NUM("isa13", ic->number),
	    LOG_NUM("claims", c->n));
	rc = move_all(s, c, ST_BATCHED, ST_SENT);
	if (rc < 0)
		return rc;
	ic->state = IC_SENT;
	return store_of(s)->ops->ic_update(store_of(s), runner_by(s->r), ic);
}

/* The bytes, looked at as the receiver will before they are sealed: one bad claim would have all refused. */
static int
render(struct submit *s, struct arena *a, const struct partner *p, const struct interchange *ic, const struct claims *c,
    struct x12_written *x)
{
	struct x12_intake_spec spec = { .guides = s->guides, .level = (unsigned)runner_ctx(s->r)->conf->submit.x12_level };
	int rc = c->n ? batch_render(a, p, ic->number, ic->made, c->e, c->n, x) : 0;

	return rc < 0 || c->n == 0 || ic->state == IC_SEALED ? rc : x12_verify(a, &spec, x);
}

/* From joined members to sent: seals unless it is sealed, writes, records. Every step may be done again. */
static int
finish(struct submit *s, struct arena *a, const struct partner *p, struct interchange *ic, struct claims *c)
{
	struct x12_written x = { 0 };
	bool was_sealed = ic->state == IC_SEALED, same = true;
	int rc = render(s, a, p, ic, c, &x);

	while (rc < 0 && err_class(rc) == ERR_PERM && !was_sealed && c->n) {
		rc = leave_out(s, a, ic, c, &x);
		if (rc < 0)
			return rc;		/* the store's trouble: recovered when the lease ends */
		rc = render(s, a, p, ic, c, &x);
	}
	if (c->n == 0 && !was_sealed) {
		ic->state = IC_VOID;		/* nobody joined: the gap is in the journal */
		return store_of(s)->ops->ic_update(store_of(s), runner_by(s->r), ic);
	}
	if (rc < 0 && (!was_sealed || err_class(rc) != ERR_PERM))
		return rc;
	if (was_sealed)
		same = rc == 0 && str_eq(sha256_hex(a, x.bytes), ic->sha);
	if (!same && !is_written(s, a, ic))
		return hindered(s, ic, "cannot be made again as it was sealed: was the partner file changed?");
	rc = was_sealed ? 0 : seal(s, a, ic, x.bytes);
	if (rc >= 0 && same)
		rc = write_file(s, a, ic, x.bytes);
	if (rc == E_CONFLICT && ic->state == IC_SEALED && same)
		return hindered(s, ic, "another file has its name in the out folder");
	if (rc < 0)
		return rc;			/* still in `open`: recovered when its lease ends */
	runner_condition(s->r, "interchange", NULL);
	if (same)
		stamp(a, ic, &x, c);
	return sent(s, ic, c);
}

int
interchange_send(struct submit *s, struct arena *a, const struct partner *p, struct claims *c)
{
	struct interchange ic = { .partner = p->id, .members = arena_array(a, c->n, sizeof *ic.members) };
	struct str batch;
	int rc;

	if (!ic.members)
		return E_NOMEM;
	members_of(&ic, c);
	rc = store_of(s)->ops->ic_reserve(store_of(s), runner_by(s->r), &ic, lease_of(s));
	if (rc < 0)
		return rc;
	batch = arena_fmt(a, STR_FMT "/%lld", STR_ARG(p->id), (long long)ic.number);
	for (size_t i = 0; i < c->n; i++)
		c->w[i]->batch = batch;
	rc = move_all(s, c, ST_CLEARED, ST_BATCHED);
	if (rc < 0)
		return rc;
	members_of(&ic, c);
	return finish(s, a, p, &ic, c);
}

static bool
is_member(const struct interchange *ic, struct eid id)
{
	for (size_t i = 0; i < ic->n; i++)
		if (memcmp(ic->members[i].id.b, id.b, sizeof id.b) == 0)
			return true;
	return false;
}

/* Batched under a number that will never carry it: whoever joined it lost the interchange meanwhile. */
static int
orphan(struct submit *s, struct arena *a, const struct listing *l)
{
	struct snapshot snap;
	struct interchange ic = { 0 };
	struct work *w = &snap.w;
	struct str partner;
	int64_t number;
	int rc = store_of(s)->ops->get(store_of(s), l->id, l->lane, a, &snap);

	if (rc < 0 || w->state != ST_BATCHED)
		return rc == E_NOT_FOUND ? 0 : rc;
	if (is_batch_name(snap.batch, &partner, &number)) {
		rc = store_of(s)->ops->ic_get(store_of(s), partner, number, a, &ic);
		if (rc < 0 && rc != E_NOT_FOUND)
			return rc;
		if (rc >= 0 && ic.state != IC_VOID && (ic.state == IC_RESERVED || is_member(&ic, l->id)))
			return 0;
	}
	w->to = ST_CLEARED;
	w->batch = S("-");
	rc = store_of(s)->ops->advance(store_of(s), runner_by(s->r), &w, 1, 0);
	if (rc >= 0 && w->moved)
		log_line(LOG_WARN, "a claim joined an interchange that went without it; it goes into another",
		    LOG_STR("encounter", eid_text(a, l->id)));
	return rc;
}

int
interchange_orphans(struct submit *s, struct arena *a)
{
	struct listing *v = NULL;
	size_t n = 0;
	int rc = store_of(s)->ops->list(store_of(s), ST_BATCHED, MAX_BATCHED, a, &v, &n);
	int64_t old = runner_now(s->r) - 2 * lease_of(s);

	for (size_t i = 0; i < n && rc >= 0 && v[i].score < old; i++)
		rc = orphan(s, a, &v[i]);
	return rc;
}

/*
 * The members that joined, as stored. A sealed interchange has exactly its recorded members, in order,
 * also those already sent; a reserved one those that are batched under its number.
 */
static int
members_load(struct submit *s, struct arena *a, const struct interchange *ic, struct claims *c)
{
	struct str mine = arena_fmt(a, STR_FMT "/%lld", STR_ARG(ic->partner), (long long)ic->number);

	c->w = arena_array(a, ic->n, sizeof *c->w);
	c->e = arena_array(a, ic->n, sizeof *c->e);
	if (!c->w || !c->e)
		return E_NOMEM;
	for (size_t i = 0; i < ic->n; i++) {
		struct snapshot *snap = arena_alloc(a, sizeof *snap);
		int rc = snap ? store_of(s)->ops->get(store_of(s), ic->members[i].id, ic->members[i].lane, a, snap) : E_NOMEM;

		if (rc < 0)
			return rc;
		if (!str_eq(snap->batch, mine) || (ic->state == IC_RESERVED && snap->w.state != ST_BATCHED))
			continue;
		rc = body_load(s, a, snap);	/* sent before the crash, and archived since */
		if (rc == E_AWAY)
			return hindered(s, ic, s->shelf.why);
		if (rc >= 0)
			rc = work_unpack(a, &snap->w, &c->e[c->n], NULL);
		if (rc < 0)
			return rc;
		c->w[c->n++] = &snap->w;
	}
	return 0;
}

int
interchange_recover(struct submit *s, struct arena *a, const struct partner *p)
{
	struct interchange ic = { 0 };
	struct claims c = { 0 };
	int rc = store_of(s)->ops->ic_claim(store_of(s), p->id, lease_of(s), a, &ic);

	if (rc < 0)
		return rc;
	log_line(LOG_WARN, "an unfinished interchange is taken up", LOG_STR("partner", ic.partner),
	    LOG_NUM("isa13", ic.number), LOG_CSTR("state", ic_state_name(ic.state)));
	rc = members_load(s, a, &ic, &c);
	if (rc >= 0 && ic.state == IC_RESERVED)
		members_of(&ic, &c);
	return rc < 0 ? rc : finish(s, a, p, &ic, &c);
}
