/*
 * verify.c - looks at what was written as its receiver will: checked against the guide, each fault named by the claim
 * it lies in. Changes nothing.
 */
#include "x12/check.h"

struct verify { struct arena *a; struct x12_written *w; unsigned level; size_t *clm; size_t n_clm; bool bad; };

static int
on_segment(void *self, const struct x12_check *c, const struct x12_seg *s)
{
	struct verify *v = self;
	size_t *at = str_is(s->id, "CLM") ? arena_push(v->a, v->clm, v->n_clm) : NULL;

	(void)c;
	if (at)
		*at = s->ordinal;
	return 0;
}

static int
on_found(void *self, const struct x12_finding *f)
{
	struct verify *v = self;
	struct str place = x12_finding_place(v->a, f);
	size_t claim = v->n_clm + str_is(f->segment, "CLM");	/* its own segment is told before it is handed over */

	if (f->severity != X12_ERROR || f->snip > v->level)
		return 0;
	v->bad = true;
	if (claim)
		place = arena_fmt(v->a, "claim %zu, " STR_FMT, claim, STR_ARG(place));
	(void)fault_add(&v->w->faults, E_VALUE, place, x12_finding_words(v->a, f), str_of(f->fix));
	return 0;
}

int
x12_verify(struct arena *a, const struct x12_intake_spec *spec, struct x12_written *w)
{
	struct verify v = { .a = a, .w = w, .level = spec->level };
	struct x12_check_spec check = { .guides = spec->guides, .snip = 1u << X12_SYNTAX | 1u << X12_GUIDE,
	    .watch = { .self = &v, .found = on_found, .segment = on_segment }, .seed = spec->seed };
	struct x12_totals totals;
	struct x12_reader *r;
	int rc;

	w->faults.a = a;
	rc = x12_open(a, w->bytes, &w->faults, &r);
	if (rc >= 0)
		rc = x12_check_run(a, r, &check, &totals);
	return rc < 0 ? rc : v.bad ? E_VALUE : 0;
}
