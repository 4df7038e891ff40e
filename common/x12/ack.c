/*
 * ack.c - the answers to a file while it is checked: opens their envelopes when there is something to say, hands bytes to
 * the sinks, takes back what turns out to be rejected. Keeps one set's findings and one buffer for each answer.
 */
#include "x12/ack_parts.h"

#define FLUSH		(32u << 10)
#define SCRATCH		(32u << 10)
#define PCN_ROOM	36

struct x12_ack {
	const struct x12_ack_spec *spec;
	struct arena	*a, scratch, kept;	/* kept: of one interchange */
	struct faults	 f;
	struct x12_ack_out out[X12_ACK_KINDS];
	struct x12_interchange ic;
	const struct x12_check *c;
	struct x12_ack_claims claims;
	struct x12_ack_unit units[LIMIT_FAULTS];	/* of the set at hand */
	char		(*pcns)[PCN_ROOM];
	size_t		 n_units, errors_seen;
	struct x12_ack_mark began;		/* of the 999, where its interchange began */
	struct x12_ack_mark claims_began;
	bool		 failed;
};

/* ---- one answer ---- */

struct x12_ack_mark
x12_ack_mark(const struct x12_ack_out *o)
{
	return (struct x12_ack_mark){ o->sent + o->w.b.n, o->n_sets, o->open };
}

int
x12_ack_flush(struct x12_ack_out *o, size_t more_than)
{
	int rc = 0;

	if (o->w.a->spent || o->w.b.a->spent)
		return E_NOMEM;
	if (o->w.rc < 0)
		return o->w.rc;
	if (o->w.b.n > more_than) {
		x12_ack_part(&o->w.seps, o->w.b.p, o->w.b.n);
		rc = o->sink->put(o->sink->self, buf_view(&o->w.b));
		o->sent += o->w.b.n;
		o->w.b.n = 0;
	}
	return rc < 0 ? rc : 0;
}

int
x12_ack_back(struct x12_ack_out *o, const struct x12_ack_mark *m)
{
	int rc = 0;

	o->n_sets = m->n_sets;
	o->open = m->open;
	if (m->pos >= o->sent) {
		o->w.b.n = m->pos - o->sent;
		return 0;
	}
	rc = o->sink->cut(o->sink->self, m->pos);
	o->sent = m->pos;
	o->w.b.n = 0;
	return rc < 0 ? rc : 0;
}

/* Texts of the answer so far lie in bytes; what they were made of can go. */
static void
tidy(struct x12_ack *k)
{
	if (k->scratch.used < SCRATCH)
		return;
	arena_reset(&k->scratch);
	k->f = (struct faults){ .a = &k->scratch };
}

struct x12_put *
x12_ack_put(struct x12_ack *k, enum x12_ack_kind kind)
{
	tidy(k);
	return &k->out[kind].w;
}

/* Parted as the file is, unless the caller's names hold one of its separators. */
static void
parts(struct x12_ack_out *o, const struct x12_interchange *ic)
{
	const struct x12_seps s = x12_ack_seps(ic->seps);
	const struct str names[] = { o->ends.isa05, o->ends.isa06, o->ends.isa07, o->ends.isa08, o->ends.gs02, o->ends.gs03 };
	const char v[] = { s.elem, s.comp, s.rep, s.term };

	o->w.seps = s;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t k = 0; s.elem && k < sizeof v; k++)
			if (memchr(names[i].p, v[k], names[i].n))
				o->w.seps = (struct x12_seps){ 0 };
}

/* Once for each answer: it takes a control number. */
static int
ends(struct x12_ack *k, enum x12_ack_kind kind, const struct x12_interchange *ic, const struct x12_group *g)
{
	struct x12_ack_out *o = &k->out[kind];
	int rc;

	x12_ack_turn(&k->kept, ic, g, &o->ends);
	rc = k->spec->ends(k->spec->self, kind, ic, g, &o->ends);
	if (rc >= 0)
		rc = x12_ends_check(&k->scratch, &o->ends, &k->f);
	if (rc >= 0)
		parts(o, ic);
	if (rc >= 0 && kind == X12_ACK_277CA) {
		k->claims.body.seps = o->w.seps;
		k->claims.ca.t = x12_when_of(&k->kept, o->ends.at);
		k->claims.ca.own = digits_text(&k->kept, o->ends.control, 9);
	}
	o->named = rc >= 0;
	return k->kept.spent ? E_NOMEM : rc;
}

static int
frame(struct x12_ack *k, enum x12_ack_kind kind, const struct x12_interchange *ic, const struct x12_group *g)
{
	static const struct { const char *gs01, *guide; } rows[X12_ACK_KINDS] = {
		{ NULL, NULL }, { "FA", X12_GUIDE_999 }, { "HN", X12_GUIDE_277CA } };
	struct x12_ack_out *o = &k->out[kind];
	int rc;

	if (o->open)
		return 0;
	tidy(k);
	rc = o->named ? 0 : ends(k, kind, ic, g);
	if (rc >= 0)
		rc = x12_frame_open(&o->w, &o->ends, rows[kind].gs01, rows[kind].guide);
	o->open = rc >= 0;
	o->n_sets = 0;
	return rc;
}

int
x12_ack_frame(struct x12_ack *k, enum x12_ack_kind kind, const struct x12_check *c)
{
	return frame(k, kind, &c->ic, &c->g);
}

static int
finish(struct x12_ack *k, enum x12_ack_kind kind)
{
	struct x12_ack_out *o = &k->out[kind];

	if (!o->open)
		return 0;
	x12_frame_close(&o->w, &o->ends, o->n_sets);
	o->open = false;
	return x12_ack_flush(o, 0);
}

static bool
wanted(const struct x12_ack *k, enum x12_ack_kind kind)
{
	return k->spec->sink[kind].put != NULL;
}

static int
kept(struct x12_ack *k, int rc)
{
	k->failed = k->failed || rc < 0;
	return rc;
}

/* ---- what is seen ---- */

#define ALSO(k, what, ...) \
	((k)->spec->also && (k)->spec->also->what ? kept(k, (k)->spec->also->what((k)->spec->also->self, __VA_ARGS__)) : 0)

static int
on_found(void *self, const struct x12_finding *f)
{
	struct x12_ack *k = self;

	return ALSO(k, found, f);
}

static int
on_interchange(void *self, const struct x12_interchange *ic)
{
	struct x12_ack *k = self;

	arena_reset(&k->kept);
	k->ic = *ic;
	for (enum x12_ack_kind kind = X12_ACK_TA1; kind < X12_ACK_KINDS; kind++)
		k->out[kind].named = false;
	k->began = x12_ack_mark(&k->out[X12_ACK_999]);
	k->claims_began = x12_ack_mark(&k->out[X12_ACK_277CA]);
	return ALSO(k, interchange, ic);
}

static struct str
st02(struct x12_ack *k, const struct x12_ack_out *o)
{
	return digits_text(&k->scratch, (int64_t)o->n_sets, 4);
}

static int
on_group(void *self, const struct x12_group *g)
{
	struct x12_ack *k = self;
	struct x12_ack_out *o = &k->out[X12_ACK_999];
	int rc;

	k->claims.group = x12_ack_mark(&k->out[X12_ACK_277CA]);
	if (wanted(k, X12_ACK_999)) {
		rc = frame(k, X12_ACK_999, &k->ic, g);
		if (rc < 0)
			return kept(k, rc);
		o->n_sets++;
		tidy(k);
		x12_999_group(&o->w, g, st02(k, o));
	}
	return ALSO(k, group, g);
}

static int
on_segment(void *self, const struct x12_check *c, const struct x12_seg *s)
{
	struct x12_ack *k = self;

	k->c = c;
	if (!c->unit_open && wanted(k, X12_ACK_277CA))
		x12_ack_claims_segment(&k->claims, c, s);
	return ALSO(k, segment, c, s);
}

/* A claim that has findings of its own: its number stands in their CTX. */
static void
note_unit(struct x12_ack *k, const struct x12_check *c)
{
	const struct str *el = x12_kept(c->r, c->segs[0].el);
	struct x12_ack_unit *u = &k->units[k->n_units];
	struct str pcn;

	if (k->errors_seen == c->set.n_errors || k->n_units == LIMIT_FAULTS)
		return;
	k->errors_seen = c->set.n_errors;
	if (!str_is(el[0], "CLM") || c->segs[0].n < 1)
		return;
	pcn = x12_ack_text(&k->scratch, &k->out[X12_ACK_999].w.seps, el[1], PCN_ROOM - 1);
	if (pcn.n)
		memcpy(k->pcns[k->n_units], pcn.p, pcn.n);
	*u = (struct x12_ack_unit){ c->segs[0].at, c->segs[c->n_segs - 1].at, { k->pcns[k->n_units], pcn.n } };
	k->n_units++;
}

static int
on_claim(void *self, const struct x12_check *c)
{
	struct x12_ack *k = self;
	int rc;

	if (c->a->spent)			/* the claim may not be whole, nor be there at all */
		return kept(k, E_NOMEM);
	tidy(k);
	note_unit(k, c);
	rc = k->claims.on ? kept(k, x12_ack_claims_claim(k, &k->claims, c)) : 0;
	return rc < 0 ? rc : ALSO(k, claim, c);
}

static int
on_set_open(void *self, const struct x12_set *t)
{
	struct x12_ack *k = self;

	return ALSO(k, set_open, t);
}

static void
on_set_closing(void *self, const struct x12_check *c)
{
	struct x12_ack *k = self;

	if (k->spec->also && k->spec->also->set_closing)
		k->spec->also->set_closing(k->spec->also->self, c);
}

/* The other watcher comes first: it may reject the set all the same. */
static int
on_set(void *self, const struct x12_set *told)
{
	struct x12_ack *k = self;
	struct x12_ack_out *o = &k->out[X12_ACK_999];
	struct x12_set t = *told;
	int verdict = ALSO(k, set, told), rc = verdict;

	if (verdict > 0)
		t.ik501 = 'R';
	if (rc >= 0 && wanted(k, X12_ACK_999)) {
		x12_999_set(x12_ack_put(k, X12_ACK_999), &t, k->units, k->n_units);
		rc = x12_ack_flush(o, FLUSH);
	}
	k->n_units = k->errors_seen = 0;
	if (rc >= 0 && k->claims.on)
		rc = x12_ack_claims_end(k, &k->claims, k->c, &t);
	k->claims.on = false;
	return kept(k, rc < 0 ? rc : verdict);
}

static int
on_group_end(void *self, const struct x12_group *g)
{
	struct x12_ack *k = self;
	struct x12_ack_out *o = &k->out[X12_ACK_999];
	int rc = 0;

	if (wanted(k, X12_ACK_277CA) && g->ak901 == 'R')
		rc = x12_ack_back(&k->out[X12_ACK_277CA], &k->claims.group);
	if (rc >= 0 && wanted(k, X12_ACK_999)) {
		tidy(k);
		x12_999_group_end(&o->w, g, st02(k, o));
		rc = x12_ack_flush(o, FLUSH);
	}
	return rc < 0 ? kept(k, rc) : ALSO(k, group_end, g);
}

static int
ta1(struct x12_ack *k, const struct x12_interchange *ic)
{
	int rc;

	if (!wanted(k, X12_ACK_TA1) || (ic->ta104 != 'R' && !ic->wants_ta1 && !k->spec->ta1_always))
		return 0;
	rc = frame(k, X12_ACK_TA1, ic, NULL);
	if (rc >= 0)
		x12_ta1_put(x12_ack_put(k, X12_ACK_TA1), ic);
	return rc < 0 ? rc : finish(k, X12_ACK_TA1);
}

static int
on_interchange_end(void *self, const struct x12_interchange *ic)
{
	struct x12_ack *k = self;
	int rc = ta1(k, ic);

	if (rc >= 0 && ic->ta104 == 'R') {
		rc = x12_ack_back(&k->out[X12_ACK_999], &k->began);
		if (rc >= 0)
			rc = x12_ack_back(&k->out[X12_ACK_277CA], &k->claims_began);
	}
	for (enum x12_ack_kind kind = X12_ACK_999; rc >= 0 && kind <= X12_ACK_277CA; kind++)
		rc = finish(k, kind);
	return rc < 0 ? kept(k, rc) : ALSO(k, interchange_end, ic);
}

/* ---- life ---- */

static void
out_open(struct x12_ack *k, enum x12_ack_kind kind)
{
	struct x12_ack_out *o = &k->out[kind];

	x12_put_open(&o->w, &k->scratch, &k->f);
	buf_init(&o->w.b, k->a);
	o->sink = &k->spec->sink[kind];
}

int
x12_ack_open(struct arena *a, const struct x12_ack_spec *spec, struct x12_ack **out)
{
	struct x12_ack *k = arena_alloc(a, sizeof *k);

	if (!k)
		return E_NOMEM;
	k->spec = spec;
	k->a = a;
	arena_init(&k->scratch, 0);
	arena_init(&k->kept, 0);
	k->f.a = &k->scratch;
	k->pcns = arena_array(a, LIMIT_FAULTS, sizeof *k->pcns);
	for (enum x12_ack_kind kind = X12_ACK_TA1; kind < X12_ACK_KINDS; kind++)
		out_open(k, kind);
	x12_put_open(&k->claims.body, &k->scratch, &k->f);
	buf_init(&k->claims.body.b, a);
	k->claims.out = &k->out[X12_ACK_277CA];
	k->claims.max = spec->claims_per_st ? spec->claims_per_st : 1000;
	k->claims.ca.payer = (struct x12_ca_name){ .last = spec->payer, .id = spec->payer_id, .qual = S("PI") };
	*out = k;
	return a->spent ? E_NOMEM : 0;
}

struct x12_watch
x12_ack_watch(struct x12_ack *k)
{
	return (struct x12_watch){ .self = k, .found = on_found, .interchange = on_interchange, .group = on_group,
	    .set_open = on_set_open, .set_closing = on_set_closing, .set = on_set, .group_end = on_group_end, .interchange_end = on_interchange_end,
	    .segment = on_segment, .claim = on_claim };
}

int
x12_ack_close(struct x12_ack *k, const struct x12_reader *r)
{
	struct x12_interchange ic;
	int rc = 0;

	if (r && !k->failed && x12_ack_salvage(x12_rest(r), &ic)) {
		for (enum x12_ack_kind kind = X12_ACK_TA1; kind < X12_ACK_KINDS; kind++)
			k->out[kind].named = false;
		rc = ta1(k, &ic);
	}
	arena_free(&k->scratch);
	arena_free(&k->kept);
	return rc < 0 ? rc : 0;
}
