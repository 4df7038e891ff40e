/*
 * acks.c - answers from a tree: TA1 and 999 from what x12_read_837 found, 277CA from verdicts on claims. Their segments
 * are written in ack_999.c and ack_277.c. Decides no verdict.
 */
#include "x12/ack_parts.h"

static struct x12_put *
open_put(struct arena *a, const struct x12_ends *x, int *rc)
{
	struct x12_put *w = arena_alloc(a, sizeof *w);
	struct faults *f = arena_alloc(a, sizeof *f);

	*rc = E_NOMEM;
	if (!w || !f)
		return NULL;
	f->a = a;
	x12_put_open(w, a, f);
	*rc = x12_ends_check(a, x, f);
	return *rc < 0 ? NULL : w;
}

static int
close_put(struct x12_put *w, const struct x12_ends *x, size_t n_sets, struct str *out)
{
	x12_frame_close(w, x, n_sets);
	if (w->a->spent)
		return E_NOMEM;
	if (w->rc < 0)
		return w->rc;
	*out = buf_view(&w->b);
	return 0;
}

int
x12_write_ta1(struct arena *a, const struct x12_ends *x, const struct x12_interchange *ic, struct str *out)
{
	int rc;
	struct x12_put *w = open_put(a, x, &rc);

	if (!w)
		return rc;
	rc = x12_frame_open(w, x, NULL, NULL);
	if (rc < 0)
		return rc;
	x12_ta1_put(w, ic);
	return close_put(w, x, 0, out);
}

int
x12_write_999(struct arena *a, const struct x12_ends *x, const struct x12_interchange *ic, struct str *out)
{
	int rc;
	struct x12_put *w = open_put(a, x, &rc);

	if (!w)
		return rc;
	if (ic->n_groups == 0)
		return E_INCOMPLETE;
	rc = x12_frame_open(w, x, "FA", X12_GUIDE_999);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < ic->n_groups; i++) {
		const struct x12_group *g = &ic->groups[i];
		struct str st02 = arena_fmt(a, "%04zu", i + 1);

		x12_999_group(w, g, st02);
		for (size_t k = 0; k < g->n_sets; k++)
			x12_999_set(w, &g->sets[k], NULL, 0);
		x12_999_group_end(w, g, st02);
	}
	return close_put(w, x, ic->n_groups, out);
}

/* ---- 277CA ---- */

static bool
same_provider(const struct party *a, const struct party *b)
{
	return str_eq(a->id, b->id) && str_eq(a->last, b->last) && str_eq(a->first, b->first);
}

static struct x12_ca_name
name_of(const struct party *p, const char *qual)
{
	return (struct x12_ca_name){ p->last, p->first, p->middle, p->suffix, str_of(qual), p->id, p->person };
}

static struct str
dates_of(struct arena *a, const struct encounter *e)
{
	day_t to = e->to == DAY_NONE ? e->from : e->to;

	if (e->from == DAY_NONE)
		return STR_NONE;
	return arena_fmt(a, STR_FMT "-" STR_FMT, STR_ARG(day_ccyymmdd(a, e->from)), STR_ARG(day_ccyymmdd(a, to)));
}

static struct x12_ca_claim
claim_of(struct arena *a, const struct x12_verdict *v)
{
	const struct encounter *e = v->e;
	struct x12_ca_claim out = { .patient = name_of(&e->patient, "MI"), .pcn = e->pcn, .charge = e->charge,
		.stc = { arena_fmt(a, STR_FMT ":" STR_FMT ":" STR_FMT, STR_ARG(v->category), STR_ARG(v->status), STR_ARG(v->entity)) },
		.payer_control = v->payer_control, .dates = dates_of(a, e),
		.accepted = v->accepted };

	out.patient.person = true;
	if (e->n_coverages && !out.patient.id.n)
		out.patient.id = e->coverages[0].subscriber.id;
	if (str_is(e->type, "I") && e->tob.n)
		out.tob = arena_fmt(a, STR_FMT STR_FMT, STR_ARG(e->tob), STR_ARG(e->frequency));
	return out;
}

static void
claims_put(struct x12_ca *c, struct x12_put *w, const struct x12_verdict *v, size_t n)
{
	x12_ca_begin(c);
	for (size_t i = 0; i < n && !w->a->spent; i++) {
		struct x12_ca_name provider = name_of(&v[i].e->billing, "XX");
		struct x12_ca_claim claim = claim_of(w->a, &v[i]);

		if (i == 0 || !same_provider(&v[i].e->billing, &v[i - 1].e->billing))
			x12_ca_provider(c, w, &provider);
		x12_ca_claim(c, w, &claim);
	}
}

int
x12_write_277ca(struct arena *a, const struct x12_277ca_spec *s, const struct x12_verdict *v, size_t n, struct str *out)
{
	struct x12_ca c = { .batch = s->batch, .payer = { .last = s->payer, .id = s->payer_id, .qual = S("PI") },
		.receiver = { .last = s->receiver, .id = s->receiver_id, .qual = S("46") } };
	struct x12_put *w, *body;
	int rc;

	w = open_put(a, &s->ends, &rc);
	body = w ? open_put(a, &s->ends, &rc) : NULL;
	if (!body)
		return rc;
	if (n == 0)
		return E_INCOMPLETE;
	c.t = x12_when_of(a, s->ends.at);
	c.own = digits_text(a, s->ends.control, 9);
	rc = x12_frame_open(w, &s->ends, "HN", X12_GUIDE_277CA);
	if (rc < 0)
		return rc;
	x12_st_open(w, "277", S("0001"), X12_GUIDE_277CA);
	claims_put(&c, body, v, n);
	x12_ca_head(&c, w);
	buf_str(&w->b, buf_view(&body->b));
	w->n_segs += body->n_segs;
	w->rc = w->rc < 0 ? w->rc : body->rc;
	x12_st_close(w, S("0001"));
	return close_put(w, &s->ends, 1, out);
}
