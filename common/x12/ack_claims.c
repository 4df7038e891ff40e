/*
 * ack_claims.c - the claims of an 837 set for its 277CA: names are taken as they stream by, each claim becomes bytes at
 * once, and a set of them is written when there are enough. Keeps no claim.
 */
#include "x12/ack_parts.h"

#define BODY_MAX	(256u << 10)	/* bytes of one 277CA set, about */

/* ---- names ---- */

static struct str
copy(struct x12_ack_held *h, size_t *used, struct str v)
{
	char *to = h->room + *used;
	size_t left = sizeof h->room - *used;

	v.n = v.n < left ? v.n : left;
	if (v.n == 0)
		return STR_NONE;
	memcpy(to, v.p, v.n);
	*used += v.n;
	return (struct str){ to, v.n };
}

static void
hold(struct x12_ack_held *h, const struct x12_seg *s, const char *qual)
{
	size_t used = 0;

	h->name.last = copy(h, &used, x12_elem(s, 3));
	h->name.first = copy(h, &used, x12_elem(s, 4));
	h->name.middle = copy(h, &used, x12_elem(s, 5));
	h->name.suffix = copy(h, &used, x12_elem(s, 7));
	h->name.id = copy(h, &used, x12_elem(s, 9));
	h->name.person = str_is(x12_elem(s, 2), "1");
	h->name.qual = str_of(qual);
}

/* The patient has no number of its own: the subscriber's stands for it. */
static void
patient_is(struct x12_ack_claims *k, const struct x12_seg *s)
{
	hold(&k->patient, s, "MI");
	k->patient.name.person = true;
	k->patient.name.id = k->subscriber.name.id;
}

static void
name(struct x12_ack_claims *k, const struct x12_seg *s)
{
	struct str role = x12_elem(s, 1);

	k->at_provider = false;
	if (str_is(role, "41")) {
		hold(&k->submitter, s, "46");
	} else if (str_is(role, "85")) {
		hold(&k->provider, s, "XX");
		k->at_provider = k->provider.name.id.n == 0;
		k->provider_told = false;
	} else if (str_is(role, "IL")) {
		hold(&k->subscriber, s, "MI");
		patient_is(k, s);
	} else if (str_is(role, "QC")) {
		patient_is(k, s);
	}
}

/* A provider without an NPI is known by its tax number. */
static void
number(struct x12_ack_claims *k, const struct x12_seg *s)
{
	struct x12_ca_name *p = &k->provider.name;
	size_t used = p->last.n + p->first.n + p->middle.n + p->suffix.n;

	if (!str_is(x12_elem(s, 1), "EI") && !str_is(x12_elem(s, 1), "SY"))
		return;
	p->id = copy(&k->provider, &used, x12_elem(s, 2));
	p->qual = S("FI");
	k->at_provider = false;
}

static void
begin(struct x12_ack_claims *k, const struct x12_check *c)
{
	k->on = str_is(c->set.type, "837");
	k->set = x12_ack_mark(k->out);
	k->n = 0;
	k->body.b.n = k->body.n_segs = 0;
	k->submitter.name = k->provider.name = k->subscriber.name = k->patient.name = (struct x12_ca_name){ .qual = S("FI") };
	k->provider_told = k->at_provider = false;
	x12_ca_begin(&k->ca);
}

/* A segment outside of claims. */
void
x12_ack_claims_segment(struct x12_ack_claims *k, const struct x12_check *c, const struct x12_seg *s)
{
	if (c->at == 2)
		begin(k, c);
	if (!k->on)
		return;
	if (str_is(s->id, "NM1"))
		name(k, s);
	else if (k->at_provider && str_is(s->id, "REF"))
		number(k, s);
}

/* ---- claims ---- */

struct span { struct str from, to; };

static void
widen(struct span *d, struct str from, struct str to)
{
	if (day_parse(from) == DAY_NONE || day_parse(to) == DAY_NONE)
		return;
	if (!d->from.n || memcmp(from.p, d->from.p, 8) < 0)
		d->from = from;
	if (!d->to.n || memcmp(to.p, d->to.p, 8) > 0)
		d->to = to;
}

/* From the statement or service dates of the claim and its lines. */
static struct str
dates(struct x12_ack_claims *k, const struct x12_check *c)
{
	struct span d = { STR_NONE, STR_NONE };

	for (size_t i = 0; i < c->n_segs; i++) {
		const struct str *el = x12_kept(c->r, c->segs[i].el);

		if (c->segs[i].n < 3 || !str_is(el[0], "DTP") || (!str_is(el[1], "472") && !str_is(el[1], "434")))
			continue;
		if (el[3].n == 17)
			widen(&d, (struct str){ el[3].p, 8 }, (struct str){ el[3].p + 9, 8 });
		else if (el[3].n >= 8)
			widen(&d, (struct str){ el[3].p, 8 }, (struct str){ el[3].p, 8 });
	}
	if (!d.from.n)
		return STR_NONE;
	return str_eq(d.from, d.to) ? d.from : arena_fmt(k->body.a, STR_FMT "-" STR_FMT, STR_ARG(d.from), STR_ARG(d.to));
}

static void
status(struct x12_ca_claim *out, const struct x12_check *c)
{
	out->accepted = c->claim_errors == 0;
	out->stc[0] = out->accepted ? S(STC_ACCEPTED) : S(STC_OTHERWISE);
	for (unsigned i = 0; !out->accepted && i < CLAIM_STCS && c->claim_stcs.v[i]; i++)
		out->stc[i] = str_of(c->claim_stcs.v[i]);
}

static int
set_put(struct x12_ack *ack, struct x12_ack_claims *k, const struct x12_check *c)
{
	struct x12_ack_out *o = k->out;
	struct str st02;
	struct x12_put *w;
	int rc;

	if (k->n == 0)
		return 0;
	rc = x12_ack_frame(ack, X12_ACK_277CA, c);
	if (rc < 0)
		return rc;
	w = x12_ack_put(ack, X12_ACK_277CA);
	st02 = digits_text(w->a, (int64_t)++o->n_sets, 4);
	k->ca.receiver = k->submitter.name;
	k->ca.batch = c->set.bht03;
	x12_st_open(w, "277", st02, X12_GUIDE_277CA);
	x12_ca_head(&k->ca, w);
	buf_str(&w->b, buf_view(&k->body.b));
	w->n_segs += k->body.n_segs;
	w->rc = w->rc < 0 ? w->rc : k->body.rc;
	x12_st_close(w, st02);
	k->n = 0;
	k->body.b.n = k->body.n_segs = 0;
	k->provider_told = false;
	x12_ca_begin(&k->ca);
	return x12_ack_flush(o, BODY_MAX / 2);
}

int
x12_ack_claims_claim(struct x12_ack *ack, struct x12_ack_claims *k, const struct x12_check *c)
{
	const struct str *el = x12_kept(c->r, c->segs[0].el);
	unsigned n = c->segs[0].n;
	struct x12_ca_claim out = { .patient = k->patient.name, .pcn = n >= 1 ? el[1] : STR_NONE };
	int rc = x12_ack_frame(ack, X12_ACK_277CA, c);

	if (rc < 0 || !str_is(el[0], "CLM"))
		return rc;
	if (n < 2 || !cents_parse(el[2], &out.charge))
		out.charge = 0;
	if (n >= 5 && str_is(x12_comp(el[5], c->s.comp, 2), "A"))
		out.tob = arena_fmt(k->body.a, STR_FMT STR_FMT, STR_ARG(x12_comp(el[5], c->s.comp, 1)),
		    STR_ARG(x12_comp(el[5], c->s.comp, 3)));
	out.dates = dates(k, c);
	status(&out, c);
	if (!k->provider_told)
		x12_ca_provider(&k->ca, &k->body, &k->provider.name);
	k->provider_told = true;
	x12_ca_claim(&k->ca, &k->body, &out);
	return ++k->n >= k->max || k->body.b.n >= BODY_MAX ? set_put(ack, k, c) : 0;
}

int
x12_ack_claims_end(struct x12_ack *ack, struct x12_ack_claims *k, const struct x12_check *c, const struct x12_set *t)
{
	return t->ik501 == 'R' ? x12_ack_back(k->out, &k->set) : set_put(ack, k, c);
}
