/*
 * rules_claim.c - situations of a claim (SNIP 4): who is the patient, which payers, which dates and diagnoses must be
 * there. Looks at no code book: what a code means is not judged here, but for the place and kind of bill.
 */
#include "x12/rules_run.h"


/* ---- patient, subscriber, payers ---- */

static bool
is_patient(const struct x12_facts *f)			/* the subscriber, a person */
{
	return !f->lv.in_patient && f->lv.sbr.at && f->lv.subscriber_type != '2';
}

void
rule_subscriber_empty(struct x12_rule_run *r)
{
	if (r->f->empty.at)
		x12_rule_spot(r, r->f->empty, 0, "CLM");
}

void
rule_relation_self(struct x12_rule_run *r)
{
	if (is_patient(r->f) && !r->f->lv.relation.n)
		x12_rule_spot(r, r->f->lv.sbr, 2, NULL);
}

void
rule_relation_other(struct x12_rule_run *r)
{
	if (r->f->lv.in_patient && str_is(r->f->lv.relation, "18"))
		x12_rule_spot(r, r->f->lv.sbr, 2, NULL);
}

void
rule_subscriber_address(struct x12_rule_run *r)
{
	const struct x12_levels *v = &r->f->lv;

	if (is_patient(r->f) && (!v->subscriber_n3 || !v->subscriber_n4))
		x12_rule_spot(r, v->subscriber, 0, v->subscriber_n3 ? "N4" : "N3");
}

void
rule_subscriber_birth(struct x12_rule_run *r)
{
	if (is_patient(r->f) && !r->f->lv.subscriber_dmg)
		x12_rule_spot(r, r->f->lv.subscriber, 0, "DMG");
}

void
rule_member(struct x12_rule_run *r)
{
	if (r->f->lv.subscriber_type == '1' && !r->f->lv.member.n)
		x12_rule_spot(r, r->f->lv.subscriber, 9, NULL);
}

void
rule_payer_order(struct x12_rule_run *r)
{
	struct x12_facts *f = r->f;

	if (!f->n_other || !x12_same_begin(&f->same, f->n_other + 1))
		return;
	(void)x12_same_at(&f->same, f->lv.order, 0);
	for (uint32_t i = 0; i < f->n_other; i++) {
		struct str order = f->other[i].order;
		size_t n = f->same.n;

		if (x12_same_at(&f->same, order, 0) < n && order.n && !str_is(order, "U"))
			x12_rule_seg(r, f->other[i].seg, 1);
	}
}

void
rule_payer_primary(struct x12_rule_run *r)
{
	struct str order = r->f->lv.order;

	if (!r->f->n_other && (str_is(order, "S") || str_is(order, "T")))
		x12_rule_missing(r, 0, "SBR");
}

void
rule_medicare_secondary(struct x12_rule_run *r)
{
	const struct x12_levels *v = &r->f->lv;

	if (str_is(v->filing, "MB") && v->order.n && !str_is(v->order, "P") && !str_is(v->order, "U") && !v->secondary.n)
		x12_rule_spot(r, v->sbr, 5, NULL);
}

void
rule_in_and_out(struct x12_rule_run *r)
{
	if (r->other->mia_seg != FACT_NONE && r->other->moa_seg != FACT_NONE)
		x12_rule_seg(r, r->other->moa_seg, 0);
}

void
rule_rendering_same(struct x12_rule_run *r)
{
	const struct x12_party *p = x12_fact_party(r->f, r->f->parties, KEY("82"));

	if (p && p->id.n && str_is(p->id_qual, "XX") && str_eq(p->id, r->f->lv.billing_npi))
		x12_rule_seg(r, p->seg, 0);
}

/* ---- the claim ---- */

void
rule_frequency(struct x12_rule_run *r)
{
	struct str v = r->f->frequency.v;

	if ((str_is(v, "7") || str_is(v, "8")) && !x12_fact_ref(r->f, r->f->refs, KEY("F8")))
		x12_rule_missing(r, 0, "REF");
}

void
rule_frequency_original(struct x12_rule_run *r)
{
	const struct x12_ref *ref = str_is(r->f->frequency.v, "1") ? x12_fact_ref(r->f, r->f->refs, KEY("F8")) : NULL;

	if (ref)
		x12_rule_seg(r, ref->seg, 0);
}

static bool
has_cause(const struct x12_facts *f, const char *code)
{
	return str_is(f->cause[0].v, code) || str_is(f->cause[1].v, code) || str_is(f->cause[2].v, code);
}

void
rule_accident_date(struct x12_rule_run *r)
{
	if ((has_cause(r->f, "AA") || has_cause(r->f, "OA")) && !x12_fact_date(r->f, r->f->dates, KEY("439")))
		x12_rule_missing(r, 0, "DTP");
}

void
rule_accident_state(struct x12_rule_run *r)
{
	struct str abroad = STR_NONE;

	if (!has_cause(r->f, "AA") || r->f->accident_state.v.n)
		return;
	if (r->f->segs[0].marks & X12_COMPS)
		abroad = x12_comp(x12_fact_el(r->f, r->c, 0, 11), r->c->s.comp, 5);
	if (!abroad.n)
		x12_rule_fact(r, &r->f->accident_state);
}

void
rule_accident_cause(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;

	if (!f->cause[0].v.n && !f->cause[1].v.n && !f->cause[2].v.n && x12_fact_date(f, f->dates, KEY("439")))
		x12_rule_seg(r, 0, 11);
}

void
rule_epsdt(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;

	for (uint32_t i = 0; i < f->n_crc; i++) {
		struct str given = x12_fact_el(f, r->c, f->crc[i], 2), code = x12_fact_el(f, r->c, f->crc[i], 3);

		if (str_is(x12_fact_el(f, r->c, f->crc[i], 1), "ZZ") && given.n && code.n &&
		    str_is(given, "N") != str_is(code, "NU"))
			x12_rule_seg(r, f->crc[i], 3);
	}
}

void
rule_admission_office(struct x12_rule_run *r)
{
	struct str place = r->f->place.v;

	if ((str_is(place, "21") || str_is(place, "51")) && !x12_fact_date(r->f, r->f->dates, KEY("435")))
		x12_rule_missing(r, 0, "DTP");
}

/* ---- diagnoses ---- */

void
rule_dx_cause(struct x12_rule_run *r)
{
	for (uint32_t i = 0; i < r->f->n_hi; i++) {
		const struct x12_hi *h = &r->f->hi[i];

		if (h->kind == HI_PRINCIPAL && h->icd10 && h->code.v.n && *h->code.v.p >= 'V' && *h->code.v.p <= 'Y')
			x12_rule_fact(r, &h->code);
	}
}

/* The same code, and of occurrences the same day, among those of the kinds from..to. */
static void
twice(struct x12_rule_run *r, enum x12_hi_kind from, enum x12_hi_kind to)
{
	struct x12_facts *f = r->f;

	if (f->n_hi < 2 || !x12_same_begin(&f->same, f->n_hi))
		return;
	for (uint32_t i = 0; i < f->n_hi; i++) {
		const struct x12_hi *h = &f->hi[i];
		size_t n = f->same.n;

		if (h->kind >= from && h->kind <= to && (h->code.v.n || from == HI_OCCURRENCE) &&
		    x12_same_at(&f->same, h->code.v, from == HI_OCCURRENCE ? h->from : 0) < n)
			x12_rule_fact(r, &h->code);
	}
}

void
rule_dx_twice(struct x12_rule_run *r)
{
	twice(r, HI_PRINCIPAL, HI_OTHER);
}

/* ---- days ---- */

static const struct x12_date *
statement(const struct x12_facts *f)
{
	return f->form == FORM_837I ? x12_fact_date(f, f->dates, KEY("434")) : NULL;
}

static void
line_date(struct x12_rule_run *r, const struct x12_line *l)
{
	const struct x12_date *d = x12_fact_date(r->f, l->dates, KEY("472"));

	if (d)
		x12_rule_seg(r, d->seg, 3);
}

/* The statement's days, or else each line's: those that begin in the future, or those that only end there. */
static void
future(struct x12_rule_run *r, bool end)
{
	const struct x12_facts *f = r->f;
	const struct x12_date *d = statement(f);

	if (r->today == DAY_NONE)
		return;
	if (d && (end ? d->to : d->from) > r->today) {
		if (!end || d->from <= r->today)
			x12_rule_seg(r, d->seg, 3);
		return;
	}
	for (uint32_t i = 0; i < f->n_line; i++) {
		const struct x12_line *l = &f->line[i];

		if (end ? l->from != DAY_NONE && l->from <= r->today && l->to > r->today : l->from > r->today)
			line_date(r, l);
	}
}

void
rule_future(struct x12_rule_run *r)
{
	future(r, false);
}

/* Not an error: supplies are sent for days to come. */
void
rule_future_end(struct x12_rule_run *r)
{
	future(r, true);
}

/* ---- the same again ---- */

/* Eight bytes at a time: which claims it takes for one matters to nobody but their sender. */
static uint64_t
sum_of(uint64_t h, const char *p, size_t n)
{
	uint64_t w;

	for (; n >= sizeof w; p += sizeof w, n -= sizeof w) {
		memcpy(&w, p, sizeof w);
		h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	w = n;
	if (n)
		memcpy(&w, p, n);
	h = (h ^ w ^ (uint64_t)n << 56) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

/* From CLM to the last element, and whose it is. */
void
rule_claim_twice(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;
	const struct x12_unit_seg *last = &f->segs[f->n_segs - 1];
	struct str clm = *x12_kept(r->c->r, f->segs[0].el), end = *x12_kept(r->c->r, last->el + last->n);
	uint64_t key = r->c->spec->seed ^ (uint64_t)f->birth;

	r->again = false;
	if (!x12_fact_el(f, r->c, 0, 1).n)
		return;
	key = sum_of(key, f->lv.member.p, f->lv.member.n);
	key = sum_of(key, clm.p, (size_t)(end.p + end.n - clm.p));
	r->again = x12_names_met(r->claims, (struct str){ (const char *)&key, sizeof key });
	if (r->again)
		x12_rule_seg(r, 0, 1);
}

/* Asked after rule_claim_twice, which says more. */
void
rule_claim_number(struct x12_rule_run *r)
{
	struct str v = x12_fact_el(r->f, r->c, 0, 1);

	if (v.n && x12_names_met(r->claims, v) && !r->again)
		x12_rule_seg(r, 0, 1);
}

void
rule_before_birth(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;
	const struct x12_date *d = statement(f);

	if (f->birth == DAY_NONE || (r->today != DAY_NONE && f->birth > r->today))
		return;
	if (d && d->to != DAY_NONE && d->to < f->birth) {
		x12_rule_seg(r, d->seg, 3);
		return;
	}
	for (uint32_t i = 0; !d && i < f->n_line; i++)
		if (f->line[i].from != DAY_NONE && f->line[i].from < f->birth)
			line_date(r, &f->line[i]);
}

void
rule_after_death(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;

	for (uint32_t i = 0; f->death != DAY_NONE && i < f->n_line; i++)
		if (f->line[i].from != DAY_NONE && f->line[i].from > f->death)
			line_date(r, &f->line[i]);
}

void
rule_birth_future(struct x12_rule_run *r)
{
	const struct x12_levels *v = &r->f->lv;

	if (r->today != DAY_NONE && r->f->birth != DAY_NONE && r->f->birth > r->today)
		x12_rule_spot(r, v->in_patient ? v->patient_dmg_at : v->subscriber_dmg_at, 2, NULL);
}

/* ---- institutional ---- */

static const struct x12_date *
claim_date(const struct x12_rule_run *r, const char *qual)
{
	return x12_fact_date(r->f, r->f->dates, x12_key(str_of(qual)));
}

static bool
has_hi(const struct x12_facts *f, enum x12_hi_kind kind)
{
	for (uint32_t i = 0; i < f->n_hi; i++)
		if (f->hi[i].kind == kind)
			return true;
	return false;
}

static bool
is_hospital_stay(const struct x12_facts *f)
{
	return str_is(f->place.v, "11");
}

static bool
is_interim(const struct x12_facts *f)			/* first or continuing */
{
	return str_is(f->frequency.v, "2") || str_is(f->frequency.v, "3");
}

void
rule_admission_date(struct x12_rule_run *r)
{
	if (r->f->inpatient && !claim_date(r, "435"))
		x12_rule_missing(r, 0, "DTP");
}

void
rule_admission_after(struct x12_rule_run *r)
{
	const struct x12_date *in = claim_date(r, "435"), *d = statement(r->f);

	if (in && d && in->from != DAY_NONE && d->to != DAY_NONE && in->from > d->to)
		x12_rule_seg(r, in->seg, 3);
}

void
rule_admitting_dx(struct x12_rule_run *r)
{
	if (is_hospital_stay(r->f) && !has_hi(r->f, HI_ADMITTING))
		x12_rule_missing(r, 0, "HI");
}

void
rule_admission_source(struct x12_rule_run *r)
{
	if (is_hospital_stay(r->f) && r->f->adm_type.v.n && !r->f->adm_source.v.n)
		x12_rule_fact(r, &r->f->adm_source);
}

void
rule_discharge_hour(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;

	if (is_hospital_stay(f) && (str_is(f->frequency.v, "1") || str_is(f->frequency.v, "4")) && f->status.v.n &&
	    !str_is(f->status.v, "30") && !claim_date(r, "096"))
		x12_rule_missing(r, 0, "DTP");
}

void
rule_discharge_interim(struct x12_rule_run *r)
{
	const struct x12_date *d = claim_date(r, "096");

	if (d && is_interim(r->f))
		x12_rule_seg(r, d->seg, 0);
}

void
rule_status_interim(struct x12_rule_run *r)
{
	if (is_hospital_stay(r->f) && is_interim(r->f) && r->f->status.v.n && !str_is(r->f->status.v, "30"))
		x12_rule_fact(r, &r->f->status);
}

/* NUBC: 13x, 78x and 85x, type 1, 2 or 5, with revenue codes of emergency, urgent care or observation. */
void
rule_reason_dx(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;
	bool urgent = str_is(f->adm_type.v, "1") || str_is(f->adm_type.v, "2") || str_is(f->adm_type.v, "5");

	if (!urgent || (!str_is(f->place.v, "13") && !str_is(f->place.v, "78") && !str_is(f->place.v, "85")) ||
	    has_hi(f, HI_REASON))
		return;
	for (uint32_t i = 0; i < f->n_line; i++) {
		struct str rev = f->line[i].revenue;

		if (str_starts(rev, S("045")) || str_is(rev, "0516") || str_is(rev, "0762")) {
			x12_rule_missing(r, 0, "HI");
			return;
		}
	}
}

void
rule_occurrence_twice(struct x12_rule_run *r)
{
	twice(r, HI_OCCURRENCE, HI_OCCURRENCE);
}

void
rule_procedure_after(struct x12_rule_run *r)
{
	const struct x12_date *d = statement(r->f);

	for (uint32_t i = 0; d && d->to != DAY_NONE && i < r->f->n_hi; i++) {
		const struct x12_hi *h = &r->f->hi[i];

		if ((h->kind == HI_PROCEDURE || h->kind == HI_PROCEDURE_OTHER) && h->from != DAY_NONE && h->from > d->to)
			x12_rule_fact(r, &(struct x12_fact){ h->code.v, h->code.seg, h->code.el, 4 });
	}
}

void
rule_home_health(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;

	if (!str_is(f->place.v, "32") || !str_is(f->lv.filing, "MA") || str_is(f->frequency.v, "A") || str_is(f->frequency.v, "8"))
		return;
	for (uint32_t i = 0; i < f->n_line; i++)
		if (str_is(f->line[i].revenue, "0023"))
			return;
	x12_rule_missing(r, 0, "SV2");
}
