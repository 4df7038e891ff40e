/*
 * read_837.c - claims out of a checked file: the check says which interchanges, groups and sets are sound, the body
 * makes encounters of the sets that are. What the body cannot take, for the record has no room for it, rejects its
 * set too. Judges nothing itself.
 */
#include "x12/body.h"
#include "x12/check.h"

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

static int
on_segment(void *self, const struct x12_check *c, const struct x12_seg *s)
{
	struct take *t = self;

	(void)c;
	t->body.at_seg++;
	if (t->taking) {
		t->body.cx.s = x12_seps(t->r);
		x12_body_seg(&t->body, s);
	}
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

/* What the body found and the check did not: the record cannot hold it. */
static bool
body_errors(struct take *t, struct x12_set *st)
{
	bool broken = false;

	for (size_t i = 0; i < t->body.n_pending; i++) {
		const struct x12_pending *p = &t->body.pending[i];
		struct x12_error *e;

		bool told = is_told(st, &p->error);

		if (told && (!p->hard || st->ik501 == 'R'))
			continue;
		broken = broken || p->hard;
		(void)fault_add(p->hard ? &t->out->faults : &t->out->notes, p->hard ? E_VALUE : E_NONE, p->place, p->words, p->fix);
		if (!told && st->n_errors < LIMIT_FAULTS && (e = arena_push(t->a, st->errors, st->n_errors)))
			*e = p->error;
	}
	return broken || (t->body.broken && t->body.n_pending == LIMIT_FAULTS);
}

static int
on_set(void *self, const struct x12_set *from)
{
	struct take *t = self;
	struct x12_set *st = t->body.set;
	bool broken = false;

	if (t->taking)
		x12_body_close(&t->body);
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
	if (t->taking)
		broken = body_errors(t, st);
	if (st->ik501 == 'R' || broken || t->body.broken)
		drop_from(t, t->st_from);
	else if (t->out->n_claims == t->st_from && t->taking)
		(void)fault_add(&t->out->notes, E_NONE, arena_fmt(t->a, "ST02 " STR_FMT, STR_ARG(st->st02)),
		    S("the transaction set holds no claim"), STR_NONE);
	if (broken || (t->body.broken && st->ik501 != 'R')) {
		st->ik501 = 'R';
		st->ik502[0] = st->ik502[0] ? st->ik502[0] : "5";
		return 1;
	}
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

int
x12_read_837(struct arena *a, const struct x12_intake_spec *spec, struct str bytes, struct x12_intake *out)
{
	struct take *t = arena_alloc(a, sizeof *t);
	struct x12_check_spec check = { .guides = spec->guides, .snip = 1u << X12_SYNTAX | 1u << X12_GUIDE,
	    .rejects = spec->level >= X12_GUIDE ? 0 : 1u << X12_SYNTAX,
	    .watch = { t, on_found, on_interchange, on_group, on_set_open, on_set, on_group_end, on_interchange_end, on_segment,
		NULL } };
	struct x12_totals totals;
	int rc;

	*out = (struct x12_intake){ .faults.a = a, .notes.a = a };
	if (!t)
		return E_NOMEM;
	t->a = t->body.cx.a = a;
	t->spec = spec;
	t->out = t->body.out = out;
	rc = x12_open(a, bytes, &out->faults, &t->r);
	if (rc < 0)
		return rc;
	rc = x12_check_run(a, t->r, &check, &totals);
	compact(out);
	if (a->spent)
		return E_NOMEM;
	if (rc < 0 && out->n_interchanges == 0)
		return rc;
	return (int)out->n_claims;
}
