/*
 * read_837.c - claims out of a checked file: the check says which interchanges, groups and sets are sound, the body
 * makes encounters of the sets that are. What the body cannot take, for the record has no room for it, rejects its
 * set too. Judges nothing itself.
 */
#include "x12/body.h"
#include "x12/claims.h"
#include "x12/take.h"
#include "x12/walk.h"

#include <string.h>

struct take {
	struct arena		*a;
	const struct x12_intake_spec *spec;
	struct x12_reader	*r;
	struct x12_intake	*out;
	struct x12_interchange	*ic;		/* open, or NULL */
	struct x12_group	*g;
	size_t			 ic_from, g_from, st_from;	/* first claim of each */
	bool			 taking;	/* the body is fed this set */
	struct x12_body		 body;
};

static void
drop_from(struct take *t, size_t from)
{
	for (size_t i = from; i < t->out->n_claims; i++)
		t->out->claims[i].e = NULL;
}

static struct str
own(struct take *t, struct str s)
{
	return s.n ? arena_str(t->a, s) : STR_NONE;
}

/* ---- findings ---- */

static int
on_found(void *self, const struct x12_finding *f)
{
	struct take *t = self;
	bool hard = f->severity == X12_ERROR && (!f->ik304 || f->snip <= t->spec->level);

	(void)fault_add(hard ? &t->out->faults : &t->out->notes, hard ? E_VALUE : E_NONE, x12_finding_place(t->a, f),
	    x12_finding_words(t->a, f), str_of(f->fix));
	return 0;
}

/* ---- the tree ---- */

static int
on_interchange(void *self, const struct x12_interchange *from)
{
	struct take *t = self;
	struct x12_interchange *ic = arena_push(t->a, t->out->interchanges, t->out->n_interchanges);

	if (!ic)
		return E_NOMEM;
	*ic = *from;
	ic->isa05 = own(t, from->isa05);
	ic->isa06 = own(t, from->isa06);
	ic->isa07 = own(t, from->isa07);
	ic->isa08 = own(t, from->isa08);
	ic->isa09 = own(t, from->isa09);
	ic->isa10 = own(t, from->isa10);
	ic->isa13 = own(t, from->isa13);
	ic->groups = NULL;
	ic->n_groups = 0;
	ic->ta104 = 0;
	t->ic = ic;
	t->ic_from = t->out->n_claims;
	t->body.n_in_interchange = 0;
	return 0;
}

static int
on_group(void *self, const struct x12_group *from)
{
	struct take *t = self;
	struct x12_group *g = arena_push(t->a, t->ic->groups, t->ic->n_groups);

	if (!g)
		return E_NOMEM;
	*g = (struct x12_group){ .gs01 = own(t, from->gs01), .gs02 = own(t, from->gs02), .gs03 = own(t, from->gs03),
	    .gs06 = own(t, from->gs06), .gs08 = own(t, from->gs08), .ak901 = 'A' };
	t->g = g;
	t->g_from = t->out->n_claims;
	return 0;
}

static int
on_set_open(void *self, const struct x12_set *from)
{
	struct take *t = self;
	struct x12_set *st = arena_push(t->a, t->g->sets, t->g->n_sets);
	int type;

	if (!st)
		return E_NOMEM;
	*st = (struct x12_set){ .type = own(t, from->type), .st02 = own(t, from->st02), .version = own(t, from->version),
	    .ik501 = 'A' };
	type = x12_guide_type(st->type, st->version) & T_A;
	t->st_from = t->out->n_claims;
	t->body.ic = t->ic;
	t->body.set = st;
	t->body.at_seg = 1;
	t->body.claim = (struct x12_claim){ NULL, t->out->n_interchanges - 1, t->ic->n_groups - 1, t->g->n_sets - 1,
	    t->ic->isa13, t->g->gs06, st->st02, t->ic->isa06 };
	x12_body_open(&t->body, type, x12_seps(t->r));
	t->taking = type != 0;
	return 0;
}

/* Text that is not UTF-8 was told by the check; the record holds it as such. */
static bool
is_text(const struct x12_seg *s)
{
	for (unsigned i = 0; i <= s->n; i++)
		if (!str_is_utf8(s->el[i]))
			return false;
	return true;
}

static int
on_segment(void *self, const struct x12_check *c, const struct x12_seg *s)
{
	struct take *t = self;
	struct x12_seg own;

	(void)c;
	t->body.at_seg++;
	if (!t->taking || t->body.broken)
		return 0;
	t->body.cx.s = x12_seps(t->r);
	if (s->marks & X12_ODD && !is_text(s)) {
		if (!x12_seg_copy(t->a, s, &own))
			return E_NOMEM;
		s = &own;
	}
	x12_body_seg(&t->body, s);
	return 0;
}

static bool
is_told(const struct x12_set *st, const struct x12_error *e)
{
	for (size_t i = 0; i < st->n_errors; i++)
		if (st->errors[i].at == e->at && (!e->element || !st->errors[i].element || st->errors[i].element == e->element))
			return true;
	return false;
}

/*
 * What the record cannot hold is an error of the set like any other, told through the check so that every answer has it.
 * A set that is rejected needs no more of them.
 */
static void
on_set_closing(void *self, const struct x12_check *c)
{
	struct take *t = self;

	if (t->taking)
		x12_body_close(&t->body);
	for (size_t i = 0; t->taking && i < t->body.n_pending; i++) {
		const struct x12_pending *p = &t->body.pending[i];
		bool told = is_told(&c->set, &p->error);
		struct x12_finding f = { .id = "NOT_HELD", .snip = X12_SYNTAX, .severity = X12_ERROR, .segment = p->error.segment,
		    .loop = p->error.loop, .at = p->error.at, .ordinal = p->ordinal, .element = p->error.element,
		    .component = p->error.component, .words = p->words, .fix = p->fix };

		if (!p->hard && !told)
			(void)fault_add(&t->out->notes, E_NONE, p->place, str_of(p->words), str_of(p->fix));
		if (!p->hard || c->set.ik501 == 'R')
			continue;
		f.ik304 = told ? NULL : p->error.ik304;
		f.ik403 = told ? NULL : p->error.ik403;
		f.ik502 = told ? "5" : NULL;
		x12_check_tell(c, &f);
	}
	if (t->taking && t->body.broken && c->set.ik501 != 'R')		/* its claims are dropped: no answer may accept it */
		x12_check_tell(c, &(struct x12_finding){ .id = "NOT_HELD", .snip = X12_SYNTAX, .severity = X12_ERROR, .ik502 = "5",
		    .words = "the record cannot hold this transaction set", .fix = "correct it and send it again" });
}

static int
on_set(void *self, const struct x12_set *from)
{
	struct take *t = self;
	struct x12_set *st = t->body.set;

	st->declared = from->declared;
	st->found = from->found;
	st->n_claims = from->n_claims;
	st->ik501 = from->ik501;
	memcpy(st->ik502, from->ik502, sizeof st->ik502);
	st->bht03 = own(t, from->bht03);
	st->submitter = own(t, from->submitter);
	st->submitter_id = own(t, from->submitter_id);
	for (size_t i = 0; i < from->n_errors; i++) {
		struct x12_error *e = arena_push(t->a, st->errors, st->n_errors);

		if (!e)
			return E_NOMEM;
		*e = from->errors[i];
		e->segment = own(t, e->segment);
		e->loop = own(t, e->loop);
		e->value = own(t, e->value);
	}
	if (st->ik501 == 'R' || t->body.broken)
		drop_from(t, t->st_from);
	else if (t->out->n_claims == t->st_from && t->taking)
		(void)fault_add(&t->out->notes, E_NONE, arena_fmt(t->a, "ST02 " STR_FMT, STR_ARG(st->st02)),
		    S("the transaction set holds no claim"), STR_NONE);
	return 0;
}

static int
on_group_end(void *self, const struct x12_group *from)
{
	struct take *t = self;

	t->g->declared = from->declared;
	t->g->n_accepted = from->n_accepted;
	t->g->ak901 = from->ak901;
	memcpy(t->g->ak905, from->ak905, sizeof t->g->ak905);
	if (from->ak901 == 'R')
		drop_from(t, t->g_from);
	return 0;
}

static int
on_interchange_end(void *self, const struct x12_interchange *from)
{
	struct take *t = self;

	t->ic->declared = from->declared;
	t->ic->ta104 = from->ta104;
	t->ic->ta105 = from->ta105;
	if (from->ta104 == 'R')
		drop_from(t, t->ic_from);
	t->ic = NULL;
	return 0;
}

/* ---- the whole ---- */

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
			for (size_t k = 0; k < out->interchanges[i].groups[g].n_sets; k++)
				out->n_refused += out->interchanges[i].groups[g].sets[k].n_claims;
	out->n_refused -= kept < out->n_refused ? kept : out->n_refused;
}

/* With answers they hear it first, and pass it on. */
static int
checked(struct take *t, const struct x12_taking *how, const struct x12_watch *watch)
{
	struct x12_check_spec check = { .guides = how->spec.guides, .snip = 1u << X12_SYNTAX | 1u << X12_GUIDE,
	    .rejects = how->spec.level >= X12_GUIDE ? 0 : 1u << X12_SYNTAX, .usage = how->usage, .watch = *watch,
	    .seed = how->spec.seed };
	struct x12_ack_spec answers = how->answers ? *how->answers : (struct x12_ack_spec){ .also = NULL };
	struct x12_ack *ack = NULL;
	struct x12_totals totals;
	int rc = 0, closed = 0;

	answers.also = watch;
	if (how->answers) {
		rc = x12_ack_open(t->a, &answers, &ack);
		if (rc < 0)
			return rc;
		check.watch = x12_ack_watch(ack);
	}
	rc = x12_check_run(t->a, t->r, &check, &totals);
	if (ack)
		closed = x12_ack_close(ack, t->r);
	return rc == E_NOMEM ? rc : closed < 0 ? closed : rc;
}

int
x12_take_837(struct arena *a, const struct x12_taking *how, struct str bytes, struct x12_intake *out)
{
	struct take *t = arena_alloc(a, sizeof *t);
	struct x12_watch watch = { t, on_found, on_interchange, on_group, on_set_open, on_set_closing, on_set, on_group_end,
	    on_interchange_end, on_segment, NULL };
	int rc;

	*out = (struct x12_intake){ .faults.a = a, .notes.a = a };
	if (!t)
		return E_NOMEM;
	t->a = t->body.cx.a = a;
	t->spec = &how->spec;
	t->out = t->body.out = out;
	rc = x12_open_as_is(a, bytes, &out->faults, &t->r);
	if (rc < 0)
		return rc;
	rc = checked(t, how, &watch);
	if (t->ic)				/* it was not read to its end, so it has no verdict */
		drop_from(t, t->ic_from);
	compact(out);
	if (a->spent)
		return E_NOMEM;
	if (rc < 0 && (out->n_interchanges == 0 || rc == E_NOMEM))
		return rc;
	return (int)out->n_claims;
}

int
x12_read_837(struct arena *a, const struct x12_intake_spec *spec, struct str bytes, struct x12_intake *out)
{
	return x12_take_837(a, &(struct x12_taking){ .spec = *spec }, bytes, out);
}
