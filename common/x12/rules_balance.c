/*
 * rules_balance.c - sums that must agree (SNIP 3): of a claim, between payers, of a payment. Sums of what could not
 * be read are not judged. Formulas: 837 guides, coordination of benefits; 835 guide, balancing.
 */
#include "x12/rules_run.h"

void
rule_charge_lines(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;
	cents_t sum = 0;

	for (uint32_t i = 0; i < f->n_line; i++)
		sum += f->line[i].charge;
	if (!f->unsound && f->n_line && f->charge_text.v.n && sum != f->charge)
		x12_rule_sums(r, &f->charge_text, f->charge, sum);
}

void
rule_charge_negative(struct x12_rule_run *r)
{
	if (r->f->charge < 0)
		x12_rule_fact(r, &r->f->charge_text);
}

/* ---- other payers of an 837 ---- */

void
rule_cob_negative(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;

	for (uint32_t i = 0; i < f->n_other; i++)
		if (f->other[i].paid < 0)
			x12_rule_seg(r, f->other[i].paid_seg, 2);
	for (uint32_t i = 0; i < f->n_svd; i++)
		if (f->svd[i].paid < 0)
			x12_rule_seg(r, f->svd[i].payer.seg, 2);
}

static const struct x12_payer *
payer(const struct x12_rule_run *r)
{
	return &r->f->payer[r->other->who];
}

/* One payer twice on a claim: its lines cannot be told apart. */
static bool
is_judged(const struct x12_rule_run *r)
{
	const struct x12_other *o = r->other;

	return !r->f->unsound && o->paid_seg != FACT_NONE && o->id.v.n && payer(r)->n_other == 1;
}

void
rule_cob_paid(struct x12_rule_run *r)
{
	const struct x12_payer *d = payer(r);

	if (is_judged(r) && d->n_svd && r->other->paid != d->paid - r->other->cas)
		x12_rule_seg(r, r->other->paid_seg, 2);
}

/* Decided as a whole; with lines the sums of lines say it already. */
void
rule_cob_claim(struct x12_rule_run *r)
{
	const struct x12_other *o = r->other;

	if (is_judged(r) && o->n_cas && !payer(r)->n_svd && r->f->charge != o->paid + o->cas)
		x12_rule_seg(r, o->paid_seg, 2);
}

void
rule_cob_date(struct x12_rule_run *r)
{
	const struct x12_other *o = r->other;

	if (o->paid_seg != FACT_NONE && !o->dated && o->id.seg != FACT_NONE && !payer(r)->n_svd)
		x12_rule_missing(r, o->id.seg, "DTP");
}

/* Bundled lines (SVD06) and lines decided in parts are not judged. */
void
rule_cob_line(struct x12_rule_run *r)
{
	const struct x12_line *l = r->line;

	for (uint32_t i = 0; i < l->svds.n && !r->f->unsound; i++) {
		const struct x12_svd *s = &r->f->svd[l->svds.first + i];

		if (l->charge != s->paid + s->cas && !s->again && !x12_fact_el(r->f, r->c, s->payer.seg, 6).n)
			x12_rule_seg(r, s->payer.seg, 2);
	}
}

void
rule_cob_payer(struct x12_rule_run *r)
{
	for (uint32_t i = 0; i < r->line->svds.n; i++) {
		const struct x12_svd *s = &r->f->svd[r->line->svds.first + i];

		if (!r->f->payer[s->who].n_other)
			x12_rule_fact(r, &s->payer);
	}
}

/* ---- a payment ---- */

/* What a predetermination would pay is in no sum. */
static bool
is_paid(const struct x12_facts *f)
{
	return !f->unsound && !str_is(f->paid_status.v, "25");
}

void
rule_paid_total(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;

	if (!f->set_unsound && !f->debit && f->set_amount != f->set_paid - f->set_plb)
		x12_rule_spot(r, f->bpr, 2, NULL);
}

void
rule_paid_negative(struct x12_rule_run *r)
{
	if (r->f->set_amount < 0)
		x12_rule_spot(r, r->f->bpr, 2, NULL);
}

void
rule_paid_method(struct x12_rule_run *r)
{
	if (r->f->pays_none && r->f->set_amount > 0)
		x12_rule_spot(r, r->f->bpr, 4, NULL);
}

void
rule_paid_claim(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;
	cents_t cas = f->claim_cas;

	for (uint32_t i = 0; i < f->n_line; i++)
		cas += f->line[i].cas;
	if (is_paid(f) && f->charge - cas != f->paid)
		x12_rule_fact(r, &f->paid_text);
}

void
rule_paid_line(struct x12_rule_run *r)
{
	const struct x12_line *l = r->line;

	if (is_paid(r->f) && l->charge - l->cas != l->paid)
		x12_rule_seg(r, l->sv, 3);
}

void
rule_paid_lines_charge(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;
	cents_t sum = 0;

	for (uint32_t i = 0; i < f->n_line; i++)
		sum += f->line[i].charge;
	if (is_paid(f) && f->n_line && sum != f->charge)
		x12_rule_fact(r, &f->charge_text);
}

/* Only where both are given: payers differ in what they leave out. */
void
rule_paid_patient(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;
	cents_t share = 0, sum = 0;

	if (!is_paid(f) || str_is(f->paid_status.v, "22") || !cents_parse(x12_fact_el(f, r->c, 0, 5), &share))
		return;
	for (uint32_t i = 0; i < f->n_cas; i++)
		sum += str_is(f->cas[i].group, "PR") ? f->cas[i].amount : 0;
	if (share != sum)
		x12_rule_seg(r, 0, 5);
}

void
rule_paid_zero(struct x12_rule_run *r)
{
	for (uint32_t i = 0; i < r->f->n_cas && !r->f->unsound; i++)
		if (r->f->cas[i].amount == 0)
			x12_rule_seg(r, r->f->cas[i].reason.seg, r->f->cas[i].reason.el + 1u);
}

void
rule_paid_date(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;
	bool lines = f->n_line > 0;

	for (uint32_t i = 0; i < f->n_line; i++)
		lines = lines && f->line[i].dates.n > 0;
	if (!lines && !x12_fact_date(f, f->dates, KEY("232")))
		x12_rule_missing(r, 0, "DTM");
}

static void
order(struct x12_rule_run *r, struct x12_range dates, uint32_t begins, uint32_t ends)
{
	const struct x12_date *from = x12_fact_date(r->f, dates, begins), *to = x12_fact_date(r->f, dates, ends);

	if (from && to && from->from != DAY_NONE && to->from != DAY_NONE && from->from > to->from)
		x12_rule_seg(r, to->seg, 2);
}

void
rule_paid_order(struct x12_rule_run *r)
{
	order(r, r->f->dates, KEY("232"), KEY("233"));
	for (uint32_t i = 0; i < r->f->n_line; i++)
		order(r, r->f->line[i].dates, KEY("150"), KEY("151"));
}
