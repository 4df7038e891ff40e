/*
 * read_837.c - the envelopes of a file of claims: which interchanges, groups and sets are sound, and which
 * claims are therefore taken. One wrong count rejects what it counts, and nothing around it.
 */
#include "x12/body.h"

#include <stdlib.h>
#include <string.h>

struct walk {
	struct arena		*a;
	struct x12_reader	*r;
	struct x12_intake	*out;
	struct x12_interchange	*ic;		/* open, or NULL */
	struct x12_group	*g;
	struct x12_set		*st;
	size_t			 ic_from, g_from, st_from;	/* first claim of each */
	int64_t			 n_groups, n_sets;
	struct x12_body		 body;
};

static struct str
where(struct walk *w, const struct x12_seg *s, const char *el)
{
	return s ? arena_fmt(w->a, "segment %zu, %s", s->ordinal, el) : arena_fmt(w->a, "end of the input, %s", el);
}

static void
complain(struct walk *w, int rc, struct str place, struct str words, const char *fix)
{
	(void)fault_add(&w->out->faults, rc, place, words, str_of(fix));
}

static void
note(struct walk *w, struct str place, const char *words, const char *fix)
{
	(void)fault_add(&w->out->notes, E_NONE, place, str_of(words), str_of(fix));
}

static void
drop_from(struct walk *w, size_t from)
{
	for (size_t i = from; i < w->out->n_claims; i++)
		w->out->claims[i].e = NULL;
}

static void
add_code(const char *codes[5], const char *code)
{
	for (int i = 0; i < 5; i++) {
		if (codes[i] && strcmp(codes[i], code) == 0)
			return;
		if (!codes[i]) {
			codes[i] = code;
			return;
		}
	}
}

/* ---- transaction set ---- */

static void
st_reject(struct walk *w, const char *ik502, int rc, struct str place, struct str words)
{
	w->st->ik501 = 'R';
	w->body.broken = true;
	add_code(w->st->ik502, ik502);
	complain(w, rc, place, words, "correct it and send this transaction set again");
}

static int64_t
number(struct str s)
{
	int64_t n;

	return str_to_int(s, &n) ? n : -1;
}

static void
st_close(struct walk *w, const struct x12_seg *s)
{
	struct x12_set *t = w->st;

	if (!s || !str_is(s->id, "SE")) {
		st_reject(w, "2", E_INCOMPLETE, where(w, s, "SE"), S("the transaction set has no SE"));
	} else {
		t->declared = number(x12_elem(s, 1));
		if (t->declared != t->found)
			st_reject(w, "4", E_VALUE, where(w, s, "SE01"), arena_fmt(w->a,
			    "says %lld segments, %lld were counted", (long long)t->declared, (long long)t->found));
		if (!str_eq(x12_elem(s, 2), t->st02))
			st_reject(w, "3", E_VALUE, where(w, s, "SE02"), S("is not the control number of ST02"));
	}
	x12_body_close(&w->body);
	if (t->ik501 == 'R')
		drop_from(w, w->st_from);
	else if (t->n_claims == 0)
		note(w, where(w, s, "SE"), "the transaction set holds no claim", "");
	w->st = NULL;
}

static void
st_open(struct walk *w, const struct x12_seg *s)
{
	struct x12_set *t = arena_push(w->a, w->g->sets, w->g->n_sets);
	struct str set = x12_elem(s, 1), guide = x12_elem(s, 3);
	const char *what, *fix;

	if (!t)
		return;
	w->n_sets++;
	*t = (struct x12_set){ .type = set, .st02 = x12_elem(s, 2), .found = 1, .ik501 = 'A' };
	t->version = guide.n ? guide : w->g->gs08;
	w->st = t;
	w->st_from = w->out->n_claims;
	w->body.ic = w->ic;
	w->body.set = t;
	w->body.at_seg = 1;
	w->body.claim = (struct x12_claim){ NULL, w->out->n_interchanges - 1, w->ic->n_groups - 1, w->g->n_sets - 1,
	    w->ic->isa13, w->g->gs06, t->st02, w->ic->isa06 };
	x12_body_open(&w->body, x12_seps(w->r));
	w->body.at.type = x12_guide_type(set, t->version);
	if (t->st02.n == 0 || t->st02.n > 9)
		st_reject(w, "7", E_VALUE, where(w, s, "ST02"), S("is not a control number of 1 to 9 characters"));
	if (w->body.at.type == 0) {
		x12_named(set, &what, &fix);
		st_reject(w, str_is(set, "837") ? "I6" : "1", E_UNSUPPORTED, where(w, s, "ST"),
		    arena_fmt(w->a, "%s (ST01 %.3s, guide %.12s) is not taken here: %s", what,
		    arena_str(w->a, set.n ? set : S("absent")).p, arena_str(w->a, t->version.n ? t->version : S("absent")).p, fix));
	} else if (!str_eq(guide, w->g->gs08) && guide.n) {
		note(w, where(w, s, "ST03"), "is another guide than GS08 names; ST03 is followed", "send the same in both");
	}
}

/* ---- functional group ---- */

struct set_at { struct str st02; size_t at; };

static int
by_st02(const void *x, const void *y)
{
	const struct set_at *a = x, *b = y;
	int c = str_cmp(a->st02, b->st02);

	return c ? c : a->at < b->at ? -1 : 1;
}

/* ST02 must be unique in its group, or an answer could not name the set. */
static void
refuse_twins(struct walk *w)
{
	size_t n = w->g->n_sets;
	struct set_at *v = n > 1 ? arena_array(w->a, n, sizeof *v) : NULL;

	if (!v)
		return;
	for (size_t i = 0; i < n; i++)
		v[i] = (struct set_at){ w->g->sets[i].st02, i };
	qsort(v, n, sizeof *v, by_st02);
	for (size_t i = 1; i < n; i++) {
		struct x12_set *t = &w->g->sets[v[i].at];

		if (!str_eq(v[i].st02, v[i - 1].st02))
			continue;
		t->ik501 = 'R';
		add_code(t->ik502, "23");
		complain(w, E_DUPLICATE, arena_fmt(w->a, "group %zu, set %zu, ST02", w->ic->n_groups, v[i].at + 1),
		    S("the same control number as another set of this group"), "number the sets 0001, 0002 ...");
	}
	for (size_t i = w->g_from; i < w->out->n_claims; i++) {
		struct x12_claim *c = &w->out->claims[i];

		if (c->e && w->g->sets[c->set].ik501 == 'R')
			c->e = NULL;
	}
}

static void
g_reject(struct walk *w, const char *ak905, int rc, struct str place, struct str words)
{
	w->g->ak901 = 'R';
	add_code(w->g->ak905, ak905);
	complain(w, rc, place, words, "correct it and send this group again");
}

static void
g_verdict(struct x12_group *g)
{
	size_t plain = 0;

	for (size_t i = 0; i < g->n_sets; i++) {
		g->n_accepted += g->sets[i].ik501 != 'R';
		plain += g->sets[i].ik501 == 'A';
	}
	if (g->ak901 == 'R')
		g->n_accepted = 0;
	else if (g->n_accepted == 0 && g->n_sets)
		g->ak901 = 'R';
	else if (g->n_accepted < g->n_sets)
		g->ak901 = 'P';
	else
		g->ak901 = plain == g->n_sets ? 'A' : 'E';
}

static void
g_close(struct walk *w, const struct x12_seg *s)
{
	if (w->st)
		st_close(w, s);
	if (!s || !str_is(s->id, "GE")) {
		g_reject(w, "3", E_INCOMPLETE, where(w, s, "GE"), S("the functional group has no GE"));
	} else {
		w->g->declared = number(x12_elem(s, 1));
		if (w->g->declared != w->n_sets)
			g_reject(w, "5", E_VALUE, where(w, s, "GE01"), arena_fmt(w->a, "says %lld sets, %lld were counted",
			    (long long)w->g->declared, (long long)w->n_sets));
		if (!str_eq(x12_elem(s, 2), w->g->gs06))
			g_reject(w, "4", E_VALUE, where(w, s, "GE02"), S("is not the control number of GS06"));
	}
	refuse_twins(w);
	g_verdict(w->g);
	if (w->g->ak901 == 'R')
		drop_from(w, w->g_from);
	w->g = NULL;
}

static void
g_open(struct walk *w, const struct x12_seg *s)
{
	struct x12_group *g = arena_push(w->a, w->ic->groups, w->ic->n_groups);

	if (!g)
		return;
	*g = (struct x12_group){ .gs01 = x12_elem(s, 1), .gs02 = x12_elem(s, 2), .gs03 = x12_elem(s, 3),
	    .gs06 = x12_elem(s, 6), .gs08 = x12_elem(s, 8), .ak901 = 'A' };
	w->g = g;
	w->g_from = w->out->n_claims;
	w->n_sets = 0;
	w->n_groups++;
	if (g->gs06.n == 0 || g->gs06.n > 9)
		g_reject(w, "6", E_VALUE, where(w, s, "GS06"), S("is not a control number of 1 to 9 digits"));
}

/* ---- interchange ---- */

static void
ic_reject(struct walk *w, const char *ta105, int rc, struct str place, struct str words)
{
	if (w->ic->ta104 != 'R') {
		w->ic->ta104 = 'R';
		w->ic->ta105 = ta105;
	}
	complain(w, rc, place, words, "correct it and send this interchange again");
}

static void
ic_close(struct walk *w, const struct x12_seg *s)
{
	if (w->g)
		g_close(w, s);
	if (!s || !str_is(s->id, "IEA")) {
		ic_reject(w, "023", E_INCOMPLETE, where(w, s, "IEA"), S("the interchange has no IEA: it is cut short"));
	} else {
		w->ic->declared = number(x12_elem(s, 1));
		if (w->ic->declared != w->n_groups)
			ic_reject(w, "021", E_VALUE, where(w, s, "IEA01"), arena_fmt(w->a,
			    "says %lld groups, %lld were counted", (long long)w->ic->declared, (long long)w->n_groups));
		if (!str_eq(x12_elem(s, 2), w->ic->isa13))
			ic_reject(w, "001", E_VALUE, where(w, s, "IEA02"), S("is not the control number of ISA13"));
	}
	if (w->ic->ta104 == 'R')
		drop_from(w, w->ic_from);
	w->ic = NULL;
}

static struct str
padded(const struct x12_seg *s, unsigned i)
{
	return str_trim(x12_elem(s, i));
}

static void
ic_open(struct walk *w, const struct x12_seg *s)
{
	struct x12_interchange *ic = arena_push(w->a, w->out->interchanges, w->out->n_interchanges);
	struct str usage = padded(s, 15);

	if (!ic)
		return;
	*ic = (struct x12_interchange){ padded(s, 5), padded(s, 6), padded(s, 7), padded(s, 8), padded(s, 9),
	    padded(s, 10), padded(s, 13), .wants_ta1 = str_is(padded(s, 14), "1"),
	    .usage = str_is(usage, "P") ? 'P' : 'T', .ta104 = 'A', .ta105 = "000" };
	w->ic = ic;
	w->ic_from = w->out->n_claims;
	w->n_groups = 0;
	w->body.n_in_interchange = 0;
	if (ic->isa13.n != 9 || number(ic->isa13) < 0)
		ic_reject(w, "018", E_VALUE, where(w, s, "ISA13"), S("is not a control number of 9 digits"));
	if (!str_is(usage, "P") && !str_is(usage, "T"))
		ic_reject(w, "020", E_VALUE, where(w, s, "ISA15"), S("is neither T (test) nor P (production)"));
	if (ic->isa06.n == 0)
		ic_reject(w, "006", E_INCOMPLETE, where(w, s, "ISA06"), S("names no sender"));
}

/* ---- the walk ---- */

static void
stray(struct walk *w, const struct x12_seg *s)
{
	if (!w->ic)
		complain(w, E_MALFORMED, where(w, s, "outside of any interchange"), S("a segment that belongs to nothing"),
		    "remove what stands between or after the interchanges");
	else
		ic_reject(w, "022", E_MALFORMED, where(w, s, "between the envelopes"),
		    S("a segment outside of a transaction set, or an envelope segment out of its order"));
}

static void
step(struct walk *w, const struct x12_seg *s)
{
	if (str_is(s->id, "ISA")) {
		if (w->ic)
			ic_close(w, s);
		ic_open(w, s);
	} else if (str_is(s->id, "IEA") && w->ic) {
		ic_close(w, s);
	} else if (str_is(s->id, "GS") && w->ic) {
		if (w->g)
			g_close(w, s);
		g_open(w, s);
	} else if (str_is(s->id, "GE") && w->g) {
		g_close(w, s);
	} else if (str_is(s->id, "ST") && w->g) {
		if (w->st)
			st_close(w, s);
		st_open(w, s);
	} else if (w->st) {
		w->st->found++;
		w->body.at_seg++;
		if (str_is(s->id, "SE"))
			st_close(w, s);
		else
			x12_body_seg(&w->body, s);
	} else if (!str_is(s->id, "TA1") || !w->ic) {
		stray(w, s);
	}
}

static void
compact(struct x12_intake *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < out->n_claims; i++)
		if (out->claims[i].e)
			out->claims[kept++] = out->claims[i];
	out->n_claims = kept;
	for (size_t i = 0; i < out->n_interchanges; i++)
		for (size_t g = 0; g < out->interchanges[i].n_groups; g++)
			for (size_t t = 0; t < out->interchanges[i].groups[g].n_sets; t++)
				out->n_refused += out->interchanges[i].groups[g].sets[t].n_claims;
	out->n_refused -= kept;
}

int
x12_read_837(struct arena *a, struct str bytes, struct x12_intake *out)
{
	struct walk *w = arena_alloc(a, sizeof *w);
	struct x12_seg *s = arena_alloc(a, sizeof *s);
	int rc;

	*out = (struct x12_intake){ .faults.a = a, .notes.a = a };
	if (!w || !s)
		return E_NOMEM;
	w->a = w->body.cx.a = a;
	w->out = w->body.out = out;
	rc = x12_open(a, bytes, &out->faults, &w->r);
	if (rc < 0)
		return rc;
	while ((rc = x12_next(w->r, s)) > 0 && !a->spent)
		step(w, s);
	if (w->ic)
		ic_close(w, NULL);
	compact(out);
	if (a->spent)
		return E_NOMEM;
	if (rc < 0 && out->n_interchanges == 0)
		return rc;
	return (int)out->n_claims;
}
