/*
 * claims.c - feeds body.c from a stream: each segment is copied into the arena of what it belongs to, and an arena is
 * emptied when what it held is over. Never judges an envelope, never keeps a claim.
 */
#include "x12/claims.h"
#include "x12/body.h"

#define LEVEL_ROOM	((size_t)256 << 20)	/* a subscriber with his dependents; a claim */
#define TEXT_ROOM	32

enum level { OF_SET, OF_BILLING, OF_SUBSCRIBER, OF_CLAIM, LEVELS };

struct x12_claims {
	struct arena		 at[LEVELS];
	enum level		 now;
	struct x12_body		 body;
	struct x12_intake	 out;
	struct x12_interchange	 ic;
	struct x12_set		 set;
	struct faults		*f;
	x12_claim_fn		*fn;
	void			*self;
	char			 isa13[TEXT_ROOM];	/* of the set before */
	bool			 is_other;		/* components are parted by another character than ISA16 says */
	size_t			 ordinal;		/* of the CLM that is open */
	int64_t			 n;
	int			 rc;
};

struct x12_claims *
x12_claims_open(struct arena *a, struct faults *f, x12_claim_fn *fn, void *self)
{
	struct x12_claims *c = arena_alloc(a, sizeof *c);

	if (!c)
		return NULL;
	for (int i = 0; i < LEVELS; i++)
		arena_init(&c->at[i], LEVEL_ROOM);
	c->f = f;
	c->fn = fn;
	c->self = self;
	return c;
}

void
x12_claims_close(struct x12_claims *c)
{
	for (int i = 0; i < LEVELS; i++)
		arena_free(&c->at[i]);
}

bool
x12_claims_begin(struct x12_claims *c, const struct x12_claims_set *s)
{
	int type = x12_guide_type(s->type, s->version);
	size_t met = str_is(s->isa13, c->isa13) ? c->body.n_in_interchange : 0;

	if (!type || !str_is(s->type, "837"))
		return false;
	for (int i = 0; i < LEVELS; i++)
		arena_reset(&c->at[i]);
	c->now = OF_SET;
	c->is_other = false;
	c->out = (struct x12_intake){ .faults.a = &c->at[OF_SET], .notes.a = &c->at[OF_CLAIM] };
	c->ic = (struct x12_interchange){ .isa06 = s->isa06, .isa13 = s->isa13, .usage = s->usage };
	c->set = (struct x12_set){ .type = s->type, .version = s->version, .st02 = s->st02, .ik501 = 'A' };
	memset(&c->body, 0, sizeof c->body);
	c->body.n_in_interchange = met;
	memset(c->isa13, 0, sizeof c->isa13);
	if (s->isa13.n < TEXT_ROOM)
		memcpy(c->isa13, s->isa13.p, s->isa13.n);
	c->body.cx.a = &c->at[OF_SET];
	c->body.out = &c->out;
	c->body.ic = &c->ic;
	c->body.set = &c->set;
	c->body.at_seg = 1;
	c->body.claim = (struct x12_claim){ .isa13 = s->isa13, .gs06 = s->gs06, .st02 = s->st02, .sender = s->isa06 };
	x12_body_open(&c->body, type, s->seps);
	return true;
}

/* ---- one claim goes out ---- */

/* A claim that broke a rule of its set is not handed over: what is in it may be wrong. */
static void
hand_over(struct x12_claims *c)
{
	struct x12_claim *one = c->out.claims;

	if (c->body.at.e)
		x12_body_claim_end(&c->body);
	if (!c->body.broken && c->out.n_claims && c->rc == 0) {
		c->n++;
		c->rc = c->fn(c->self, one, c->ordinal);
	}
	c->out.claims = NULL;
	c->out.n_claims = 0;
}

static void
settle(struct x12_claims *c, enum level level)
{
	hand_over(c);
	for (int i = level; i < LEVELS; i++)
		arena_reset(&c->at[i]);
	c->now = level;
	c->body.cx.a = &c->at[level];
}

static void
place(struct x12_claims *c, const struct x12_seg *s)
{
	struct str level = x12_elem(s, 3);

	if (str_is(s->id, "CLM")) {
		settle(c, OF_CLAIM);
		c->ordinal = s->ordinal;
	} else if (str_is(s->id, "HL")) {
		if (str_is(level, "23")) {	/* what it adds to the subscriber's coverage lives as long as that */
			settle(c, OF_CLAIM);
			c->now = OF_SUBSCRIBER;
			c->body.cx.a = &c->at[OF_SUBSCRIBER];
		} else {
			settle(c, str_is(level, "20") ? OF_BILLING : OF_SUBSCRIBER);
		}
	}
}

/* ---- segments that stay ---- */

/* One copy for all elements: they stand in one run of bytes, as who reads a segment may rely on. */
bool
x12_seg_copy(struct arena *a, const struct x12_seg *s, struct x12_seg *out)
{
	struct str *el = arena_array(a, s->n + 1, sizeof *el);
	size_t size = 0, at = 0;
	bool odd = s->marks & X12_ODD;
	char *p;

	for (unsigned i = 0; i <= s->n; i++)
		size += s->el[i].n * (odd ? 2 : 1);
	p = el ? arena_alloc(a, size + 1) : NULL;
	if (!p)
		return false;
	for (unsigned i = 0; i <= s->n; i++) {
		struct str v = s->el[i];

		el[i] = (struct str){ p + at, v.n };
		if (v.n && odd && !str_is_utf8(v))
			el[i].n = x12_latin1(p + at, v);
		else if (v.n)
			memcpy(p + at, v.p, v.n);
		at += el[i].n;
	}
	*out = *s;
	out->el = el;
	out->id = el[0];
	return !a->spent;
}

/* What the body cannot take lives in an arena that will be emptied. */
static void
faults_move(struct x12_claims *c)
{
	for (size_t i = 0; i < c->body.n_pending; i++) {
		const struct x12_pending *p = &c->body.pending[i];

		if (p->hard)
			(void)fault_add(c->f, E_VALUE, p->place, str_of(p->words), str_of(p->fix));
	}
	c->body.pending = NULL;
	c->body.n_pending = 0;
}

/* Some senders write composites with another separator than ISA16 says; CLM05 shows which. */
static void
sniff(struct x12_claims *c, const struct x12_seg *s)
{
	struct str v = x12_elem(s, 5);
	char sep = v.n > 2 ? v.p[2] : 0;

	if (!str_is(s->id, "CLM") || v.n < 4 || v.n > 6 || memchr(v.p, c->body.cx.s.comp, v.n) || !sep ||
	    !memchr(":>^|<&\\!+", sep, 9) || !memchr(v.p + 3, sep, v.n - 3))
		return;
	c->body.cx.s.comp = sep;
	if (c->body.cx.s.rep == sep)
		c->body.cx.s.rep = 0;
	c->is_other = true;
}

int
x12_claims_seg(struct x12_claims *c, const struct x12_seg *s)
{
	struct x12_seg own;

	c->body.at_seg++;
	if (c->body.broken)
		return c->rc;
	place(c, s);
	if (!x12_seg_copy(&c->at[c->now], s, &own))
		return E_NOMEM;
	sniff(c, &own);
	own.marks |= c->is_other ? X12_COMPS : 0;
	x12_body_seg(&c->body, &own);
	if (c->body.n_pending)
		faults_move(c);
	return c->rc ? c->rc : c->at[c->now].spent ? E_NOMEM : 0;
}

bool
x12_claims_end(struct x12_claims *c, int *rc)
{
	hand_over(c);
	*rc = c->rc;
	return c->body.broken;
}

/* ---- a whole file ---- */

void
x12_claims_envelope(struct x12_claims_set *t, const struct x12_seg *s, struct x12_seps seps)
{
#define HELD(slot, el)	x12_held(t->room[slot], sizeof t->room[slot], x12_elem(s, el))
	t->seps = seps;
	if (str_is(s->id, "ISA")) {
		t->isa06 = HELD(0, 6);
		t->isa13 = HELD(1, 13);
		t->usage = str_is(x12_elem(s, 15), "P") ? 'P' : 'T';
		t->gs06 = t->gs08 = STR_NONE;
	} else if (str_is(s->id, "GS")) {
		t->gs06 = HELD(2, 6);
		t->gs08 = HELD(3, 8);
	} else if (str_is(s->id, "ST")) {
		t->type = HELD(4, 1);
		t->st02 = HELD(5, 2);
		t->version = x12_elem(s, 3).n ? HELD(6, 3) : t->gs08;
	}
#undef HELD
}

struct file { struct x12_claims_set set; bool open; };

static int
set_end(struct x12_claims *c, struct file *w)
{
	int rc = 0;

	if (w->open)
		(void)x12_claims_end(c, &rc);
	w->open = false;
	return rc;
}

static void
set_begin(struct x12_claims *c, struct file *w, size_t ordinal)
{
	const char *what, *fix;

	w->open = x12_claims_begin(c, &w->set);
	if (w->open)
		return;
	x12_named(w->set.type, &what, &fix);
	(void)fault_add(c->f, E_UNSUPPORTED, arena_fmt(c->f->a, "segment %zu, ST", ordinal), str_of(what), str_of(fix));
}

static int
step(struct x12_claims *c, struct file *w, struct x12_reader *r, const struct x12_seg *s)
{
	bool set = str_is(s->id, "ST");
	int rc;

	if (!set && !str_is(s->id, "SE") && !str_is(s->id, "GS") && !str_is(s->id, "ISA"))
		return w->open ? x12_claims_seg(c, s) : 0;
	rc = set_end(c, w);
	x12_claims_envelope(&w->set, s, x12_seps(r));
	if (set)
		set_begin(c, w, s->ordinal);
	return rc;
}

int64_t
x12_claims_run(struct arena *a, struct x12_reader *r, struct faults *f, x12_claim_fn *fn, void *self)
{
	struct x12_claims *c = x12_claims_open(a, f, fn, self);
	struct file *w = arena_alloc(a, sizeof *w);
	struct x12_seg s;
	int rc = 1, end;
	int64_t n;

	if (!c || !w)
		return E_NOMEM;
	while (rc > 0 && (rc = x12_next(r, &s)) > 0) {
		end = step(c, w, r, &s);
		rc = end < 0 ? end : rc;
	}
	end = set_end(c, w);
	n = c->n;
	x12_claims_close(c);
	return rc < 0 ? rc : end < 0 ? end : n;
}
