/*
 * ledger_story.c - tells in words what the lines say. It judges nothing but control numbers, where a number
 * that is missing, used twice or written with two contents is something a person must know.
 */
#include "audit/ledger_story.h"

#include <string.h>

static struct str
plain(struct arena *a, struct str s)
{
	struct str t = arena_str(a, s);

	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] < 0x20 || t.p[i] == 0x7f)
			((char *)t.p)[i] = '?';
	return t;
}

static struct str
when(struct arena *a, struct ledger_id id)
{
	uint64_t s = id.ms / 1000;
	int y, m, d;

	if (s / 86400 > (uint64_t)day_of(DAY_MAX_YEAR, 12, 31))
		return S("(no valid time)");
	day_parts((day_t)(s / 86400), &y, &m, &d);
	return arena_fmt(a, "%04d-%02d-%02d %02d:%02d:%02d", y, m, d, (int)(s / 3600 % 24), (int)(s / 60 % 60),
	    (int)(s % 60));
}

/* ---- one encounter ---- */
int
ledger_story_init(struct ledger_story *s, struct arena *a, struct str eid)
{
	*s = (struct ledger_story){ .a = a };
	if (eid.n != 32 || !ledger_is_hex(eid, 32))
		return E_VALUE;
	memcpy(s->eid, eid.p, 32);
	return 0;
}

static int
story_event(struct ledger_story *s, const struct ledger_line *l, const struct ledger_row *r)
{
	struct ledger_event *e;

	if (s->n >= LIMIT_ITEMS) {
		s->more = true;
		return 0;
	}
	e = arena_push(s->a, s->v, s->n);
	if (!e)
		return E_NOMEM;
	*e = (struct ledger_event){
		.at = l->id, .revision = r->revision, .moved = r->moved,
		.stage = plain(s->a, l->stage), .actor = plain(s->a, l->actor), .book = plain(s->a, l->book),
		.from = plain(s->a, l->from), .to = plain(s->a, l->to),
		.verdict = plain(s->a, r->verdict), .hash = plain(s->a, r->hash),
	};
	return s->a->spent ? E_NOMEM : 0;
}

int
ledger_story_add(struct ledger_story *s, struct arena *scratch, struct str line)
{
	struct str eid = { s->eid, 32 };
	struct ledger_line l;
	int rc, found = 0;

	if (!line.n || !memmem(line.p, line.n, s->eid, 32))	/* most lines are about others */
		return 0;
	rc = ledger_line_read(scratch, line, &l);
	for (size_t i = 0; rc >= 0 && i < l.n_rows; i++)
		if (str_eq(l.rows[i].eid, eid)) {
			rc = story_event(s, &l, &l.rows[i]);
			found = 1;
		}
	arena_reset(scratch);
	return rc < 0 ? rc : found;
}

static bool
is_nothing(struct str state)
{
	return state.n == 0 || str_is(state, "-") || str_is(state, "?");
}

static void
tell_event(struct arena *a, struct buf *b, const struct ledger_event *e)
{
	buf_str(b, when(a, e->at));
	buf_fmt(b, " " STR_FMT " " STR_FMT ": ", STR_ARG(e->stage), STR_ARG(e->actor));
	if (is_nothing(e->from))
		buf_fmt(b, "came in as " STR_FMT, STR_ARG(e->to));
	else
		buf_fmt(b, STR_FMT " -> " STR_FMT, STR_ARG(e->from), STR_ARG(e->to));
	if (!e->moved)
		buf_cstr(b, ", refused: known already, or moved on by somebody else");
	buf_fmt(b, " (" STR_FMT ", revision %lld", STR_ARG(e->verdict), (long long)e->revision);
	if (!is_nothing(e->book))
		buf_fmt(b, ", book " STR_FMT, STR_ARG(e->book));
	if (e->hash.n)
		buf_fmt(b, ", added " STR_FMT, STR_ARG(e->hash));
	buf_cstr(b, ")\n");
}

int
ledger_story_tell(struct arena *a, const struct ledger_story *s, struct str *out)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < s->n; i++)
		tell_event(a, &b, &s->v[i]);
	if (s->more)
		buf_fmt(&b, "and more: only the first %d are shown\n", LIMIT_ITEMS);
	*out = buf_view(&b);
	return a->spent ? E_NOMEM : 0;
}

/* ---- control numbers: gathering ---- */
void
ledger_gaps_init(struct ledger_gaps *g, struct arena *a)
{
	*g = (struct ledger_gaps){ .a = a };
}

static struct ledger_partner *
partner(struct ledger_gaps *g, struct str name)
{
	struct ledger_partner *p;

	for (size_t i = 0; i < g->n; i++)
		if (str_eq(g->v[i].name, name))
			return &g->v[i];
	p = arena_push(g->a, g->v, g->n);
	if (p)
		p->name = plain(g->a, name);
	return p;
}

/* Its place in the order, found or made. Numbers nearly always come in order, so the end is tried first. */
static struct ledger_number *
number(struct ledger_gaps *g, struct ledger_partner *p, int64_t no, bool *is_new)
{
	size_t lo = 0, hi = p->n;

	if (p->n && p->v[p->n - 1].number < no)
		lo = hi;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (p->v[mid].number < no)
			lo = mid + 1;
		else
			hi = mid;
	}
	*is_new = lo == p->n || p->v[lo].number != no;
	if (*is_new) {
		if (!arena_push(g->a, p->v, p->n))
			return NULL;
		memmove(p->v + lo + 1, p->v + lo, (p->n - 1 - lo) * sizeof *p->v);
		p->v[lo] = (struct ledger_number){ .number = no };
	}
	return &p->v[lo];
}

static int
gaps_row(struct ledger_gaps *g, const struct ledger_line *l, const struct ledger_ic *r)
{
	struct ledger_partner *p = partner(g, r->partner);
	struct ledger_number *x;
	bool is_new = false;

	x = p ? number(g, p, r->number, &is_new) : NULL;
	if (!x)
		return E_NOMEM;
	x->twice |= !is_new && str_is(l->to, "reserved");
	x->changed |= x->sha.n && r->sha.n && !str_eq(x->sha, r->sha);
	if (!str_eq(x->state, l->to))
		x->state = plain(g->a, l->to);
	if (r->sha.n && !str_eq(x->sha, r->sha))
		x->sha = plain(g->a, r->sha);
	if (r->name.n && !str_eq(x->name, r->name))
		x->name = plain(g->a, r->name);
	if (!str_eq(x->actor, l->actor))
		x->actor = plain(g->a, l->actor);
	x->claims = r->claims;
	x->at = l->id;
	return g->a->spent ? E_NOMEM : 0;
}

int
ledger_gaps_add(struct ledger_gaps *g, struct arena *scratch, struct str line)
{
	static const char ic[] = "\"from\":\"ic\"";
	struct ledger_line l;
	int rc, found = 0;

	if (!line.n || !memmem(line.p, line.n, ic, sizeof ic - 1))
		return 0;
	rc = ledger_line_read(scratch, line, &l);
	for (size_t i = 0; rc >= 0 && i < l.n_ics; i++)
		if (l.ics[i].moved) {
			rc = gaps_row(g, &l, &l.ics[i]);
			found = 1;
		}
	arena_reset(scratch);
	return rc < 0 ? rc : found;
}

/* ---- control numbers: judging and telling ---- */
static bool
was_sent(const struct ledger_number *x)
{
	return str_is(x->state, "sent") || str_is(x->state, "accepted") || str_is(x->state, "rejected");
}

static void
gap(struct arena *a, struct ledger_gap **v, size_t *n, struct ledger_gap one)
{
	struct ledger_gap *g = arena_push(a, *v, *n);

	if (g)
		*g = one;
}

static struct str
void_words(struct arena *a, const struct ledger_number *x)
{
	if (x->claims == 0)
		return arena_fmt(a, "void since " STR_FMT ": reserved, no claim joined, nothing was written; by " STR_FMT,
		    STR_ARG(when(a, x->at)), STR_ARG(x->actor));
	return arena_fmt(a, "void since " STR_FMT ": its %lld claims were given back; by " STR_FMT,
	    STR_ARG(when(a, x->at)), (long long)x->claims, STR_ARG(x->actor));
}

static int
gaps_number(struct arena *a, struct str name, const struct ledger_number *x, struct ledger_gap **v, size_t *n)
{
	struct ledger_gap one = { .partner = name, .from = x->number, .to = x->number };

	if (str_is(x->state, "void")) {
		one.kind = GAP_VOID;
		one.words = void_words(a, x);
		gap(a, v, n, one);
	} else if (!was_sent(x)) {
		one.kind = GAP_OPEN;
		one.words = arena_fmt(a, STR_FMT " since " STR_FMT ", not sent yet; by " STR_FMT, STR_ARG(x->state),
		    STR_ARG(when(a, x->at)), STR_ARG(x->actor));
		gap(a, v, n, one);
	}
	if (x->twice) {
		one.kind = GAP_TWICE;
		one.words = S("reserved twice: two interchanges carry this number");
		gap(a, v, n, one);
	}
	if (x->changed) {
		one.kind = GAP_CHANGED;
		one.words = S("sealed with other bytes than before: the partner may have had both");
		gap(a, v, n, one);
	}
	return x->twice + x->changed;
}

int
ledger_gaps(struct arena *a, const struct ledger_gaps *g, struct ledger_gap **out, size_t *n)
{
	int unexplained = 0;

	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < g->n; i++) {
		const struct ledger_partner *p = &g->v[i];

		for (size_t j = 0; j < p->n; j++) {
			int64_t from = j ? p->v[j - 1].number + 1 : p->v[j].number, to = p->v[j].number - 1;

			if (from <= to) {
				gap(a, out, n, (struct ledger_gap){ p->name, from, to, GAP_MISSING,
				    S("missing: the ledger has no reservation of it") });
				unexplained++;
			}
			unexplained += gaps_number(a, p->name, &p->v[j], out, n);
		}
	}
	return a->spent ? E_NOMEM : unexplained;
}

static void
tell_partner(struct arena *a, struct buf *b, const struct ledger_partner *p, bool every)
{
	size_t sent = 0, voided = 0;
	int64_t first = p->v[0].number, last = p->v[p->n - 1].number;

	for (size_t i = 0; i < p->n; i++) {
		sent += was_sent(&p->v[i]);
		voided += str_is(p->v[i].state, "void");
	}
	buf_fmt(b, STR_FMT ": %09d to %09d, %zu sent, %zu void, %zu open, %lld missing\n", STR_ARG(p->name),
	    (int)first, (int)last, sent, voided, p->n - sent - voided, (long long)(last - first + 1 - (int64_t)p->n));
	for (size_t i = 0; every && i < p->n; i++) {
		const struct ledger_number *x = &p->v[i];

		buf_fmt(b, "  %09d " STR_FMT " " STR_FMT ", %lld claims " STR_FMT "\n", (int)x->number, STR_ARG(x->state),
		    STR_ARG(when(a, x->at)), (long long)x->claims, STR_ARG(x->name));
	}
}

int
ledger_gaps_tell(struct arena *a, const struct ledger_gaps *g, bool every, struct str *out)
{
	struct ledger_gap *v;
	size_t n, at = 0;
	struct buf b;
	int rc = ledger_gaps(a, g, &v, &n);

	if (rc < 0)
		return rc;
	buf_init(&b, a);
	for (size_t i = 0; i < g->n; i++) {
		tell_partner(a, &b, &g->v[i], every);
		for (; at < n && str_eq(v[at].partner, g->v[i].name); at++) {
			buf_fmt(&b, "  %09d", (int)v[at].from);
			if (v[at].to > v[at].from)
				buf_fmt(&b, " to %09d", (int)v[at].to);
			buf_fmt(&b, " " STR_FMT "\n", STR_ARG(v[at].words));
		}
	}
	*out = buf_view(&b);
	return a->spent ? E_NOMEM : rc;
}
