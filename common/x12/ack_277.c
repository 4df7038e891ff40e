/*
 * ack_277.c - the segments of one 277CA set: batch totals, billing providers, claims with their status. What is missing
 * for a required element is UNKNOWN, a missing date of service the date of the answer. Decides no status.
 */
#include "x12/ack_parts.h"

static void
hl(struct x12_ca *c, struct x12_put *w, int64_t parent, const char *level)
{
	x12_put_seg(w, "HL");
	x12_put_n(w, 1, ++c->n_hl);
	if (parent)
		x12_put_n(w, 2, parent);
	x12_put_c(w, 3, level);
	x12_put_c(w, 4, *level == 'P' ? "" : "1");
	x12_put_end(w, false);
}

static void
words(struct x12_put *w, unsigned el, struct str v, size_t max)
{
	x12_put_id(w, el, 0, x12_ack_text(w->a, &w->seps, v, max));
}

static void
nm1(struct x12_put *w, const char *role, const struct x12_ca_name *p)
{
	x12_put_seg(w, "NM1");
	x12_put_c(w, 1, role);
	x12_put_c(w, 2, p->person ? "1" : "2");
	words(w, 3, p->last.n ? p->last : S("UNKNOWN"), 60);
	if (p->person) {
		words(w, 4, p->first, 35);
		words(w, 5, p->middle, 25);
		words(w, 7, p->suffix, 10);
	}
	x12_put_id(w, 8, 0, p->qual);
	words(w, 9, p->id.n ? p->id : S("UNKNOWN"), 80);
	x12_put_end(w, false);
}

static void
pair(struct x12_put *w, const char *id, const char *qual, struct str v)
{
	x12_put_seg(w, id);
	x12_put_c(w, 1, qual);
	words(w, 2, v.n ? v : S("0"), 50);
	x12_put_end(w, false);
}

static void
dtp(struct x12_put *w, const char *qual, struct str v)
{
	x12_put_seg(w, "DTP");
	x12_put_c(w, 1, qual);
	x12_put_c(w, 2, v.n > 8 ? "RD8" : "D8");
	x12_put_id(w, 3, 0, v);
	x12_put_end(w, false);
}

static void
status(struct x12_put *w, unsigned el, struct str *rest)
{
	struct str one = str_cut(rest, '+');

	for (unsigned comp = 1; comp <= 3 && one.n; comp++)
		x12_put_id(w, el, comp, str_cut(&one, ':'));
}

/* Up to three statuses in one segment. */
static void
stc(const struct x12_ca *c, struct x12_put *w, struct str statuses, bool accepted, cents_t charge)
{
	x12_put_seg(w, "STC");
	status(w, 1, &statuses);
	x12_put_id(w, 2, 0, c->t.ccyymmdd);
	x12_put_c(w, 3, accepted ? "WQ" : "U");
	x12_put_id(w, 4, 0, cents_x12(w->a, charge));
	status(w, 10, &statuses);
	status(w, 11, &statuses);
	x12_put_end(w, false);
}

static void
totals(const struct x12_ca *c, struct x12_put *w)
{
	stc(c, w, S(STC_RECEIVED), true, c->sum[0] + c->sum[1]);
	if (c->count[1])
		pair(w, "QTY", "90", digits_text(w->a, c->count[1], 1));
	if (c->count[0])
		pair(w, "QTY", "AA", digits_text(w->a, c->count[0], 1));
	if (c->count[1])
		pair(w, "AMT", "YU", cents_x12(w->a, c->sum[1]));
	if (c->count[0])
		pair(w, "AMT", "YY", cents_x12(w->a, c->sum[0]));
}

void
x12_ca_begin(struct x12_ca *c)
{
	c->n_hl = 2;				/* those of the head */
	c->provider = 0;
	c->count[0] = c->count[1] = 0;
	c->sum[0] = c->sum[1] = 0;
}

void
x12_ca_head(struct x12_ca *c, struct x12_put *w)
{
	int64_t n_hl = c->n_hl;

	c->n_hl = 0;
	x12_put_seg(w, "BHT");
	x12_put_c(w, 1, "0085");
	x12_put_c(w, 2, "08");
	x12_put_id(w, 3, 0, c->own);
	x12_put_id(w, 4, 0, c->t.ccyymmdd);
	x12_put_id(w, 5, 0, c->t.hhmm);
	x12_put_c(w, 6, "TH");
	x12_put_end(w, false);
	hl(c, w, 0, "20");
	nm1(w, "PR", &c->payer);
	pair(w, "TRN", "1", c->own);
	dtp(w, "050", c->t.ccyymmdd);
	dtp(w, "009", c->t.ccyymmdd);
	hl(c, w, 1, "21");
	nm1(w, "41", &c->receiver);
	pair(w, "TRN", "2", c->batch);
	totals(c, w);
	c->n_hl = n_hl;
}

void
x12_ca_provider(struct x12_ca *c, struct x12_put *w, const struct x12_ca_name *p)
{
	hl(c, w, 2, "19");
	c->provider = c->n_hl;
	nm1(w, "85", p);
}

/* A sum beyond what an amount can hold stays at the last that did. */
static void
add(cents_t *sum, cents_t charge)
{
	if (charge > -CENTS_MAX && charge < CENTS_MAX && *sum + charge > -CENTS_MAX && *sum + charge < CENTS_MAX)
		*sum += charge;
}

void
x12_ca_claim(struct x12_ca *c, struct x12_put *w, const struct x12_ca_claim *v)
{
	c->count[v->accepted]++;
	add(&c->sum[v->accepted], v->charge);
	hl(c, w, c->provider, "PT");
	nm1(w, "QC", &v->patient);
	pair(w, "TRN", "2", v->pcn);
	for (unsigned i = 0; i < CLAIM_STCS && (i == 0 || v->stc[i].n); i++)
		stc(c, w, v->stc[i], v->accepted, v->charge);
	if (v->payer_control.n)
		pair(w, "REF", "1K", v->payer_control);
	if (v->tob.n)
		pair(w, "REF", "BLT", v->tob);
	dtp(w, "472", v->dates.n ? v->dates : c->t.ccyymmdd);
}
