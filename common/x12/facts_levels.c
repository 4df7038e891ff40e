/*
 * facts_levels.c - copies of what stands above the claims: who bills, who is insured, who is ill, who pays; for an
 * 835 the payment and its sums. Judges nothing.
 */
#include "x12/facts.h"

enum slot {
	SLOT_NPI, SLOT_TAX, SLOT_EIN, SLOT_SSN, SLOT_NAME, SLOT_FIRST, SLOT_STATE, SLOT_ZIP, SLOT_ORDER, SLOT_RELATION,
	SLOT_SECONDARY, SLOT_FILING, SLOT_S_NAME, SLOT_S_FIRST, SLOT_MEMBER, SLOT_PAYER, SLOT_PAYER_NAME, SLOT_S_SEX, SLOT_REL,
	SLOT_P_NAME, SLOT_P_FIRST, SLOT_P_SEX, SLOT_COUNT
};

struct x12_facts *
x12_facts_new(struct arena *a)
{
	struct x12_facts *f = arena_alloc(a, sizeof *f);

	if (f)
		f->room = arena_array(a, SLOT_COUNT, FACT_ROOM);
	return f && f->room ? f : NULL;
}

static struct str
hold(struct x12_facts *f, enum slot slot, struct str s)
{
	char *to = f->room + slot * FACT_ROOM;

	s.n = s.n < FACT_ROOM ? s.n : FACT_ROOM;
	if (s.n)
		memcpy(to, s.p, s.n);
	return (struct str){ to, s.n };
}

static enum x12_form
form_of(const struct x12_guide *g)
{
	static const struct { const char *id; enum x12_form form; } rows[] = {
		{ "005010X222", FORM_837P }, { "005010X223", FORM_837I }, { "005010X224", FORM_837D }, { "005010X221", FORM_835 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strncmp(g->ids, rows[i].id, 10) == 0)
			return rows[i].form;
	return FORM_OTHER;
}

static void
clear_patient(struct x12_levels *v)
{
	v->in_patient = false;
	v->pat = v->patient = v->patient_dmg_at = (struct x12_spot){ 0, NULL };
	v->patient_relation = v->patient_name = v->patient_first = v->patient_sex = STR_NONE;
	v->patient_birth = v->patient_death = DAY_NONE;
}

static void
clear_subscriber(struct x12_levels *v)
{
	clear_patient(v);
	v->sbr = v->subscriber = v->payer = v->subscriber_dmg_at = (struct x12_spot){ 0, NULL };
	v->order = v->relation = v->secondary = v->filing = v->subscriber_name = v->subscriber_first = v->member = v->payer_id =
	    v->payer_name = v->subscriber_sex = STR_NONE;
	v->subscriber_type = 0;
	v->subscriber_n3 = v->subscriber_n4 = v->subscriber_dmg = v->pregnant = false;
	v->subscriber_birth = v->subscriber_death = DAY_NONE;
}

static void
clear_billing(struct x12_levels *v)
{
	clear_subscriber(v);
	v->billing = (struct x12_spot){ 0, NULL };
	v->billing_npi = v->billing_tax = v->billing_ein = v->billing_ssn = v->billing_name = v->billing_first = v->billing_state =
	    v->billing_zip = STR_NONE;
}

void
x12_facts_set(struct x12_facts *f, struct x12_check *c)
{
	f->form = form_of(c->w.g);
	f->set_amount = f->set_paid = f->set_plb = 0;
	f->set_unsound = f->crowded = false;
	f->bpr = (struct x12_spot){ 0, NULL };
	f->ordinal_0 = c->seg.ordinal - c->at;
	clear_billing(&f->lv);
}

static void
billing(struct x12_facts *f, const struct x12_seg *s, const struct x12_pos *p, struct x12_spot spot)
{
	struct x12_levels *v = &f->lv;

	if (p->tag == TAG_HL_BILLING) {
		clear_billing(v);
	} else if (p->tag == TAG_BILLING_PRV) {
		v->billing_tax = hold(f, SLOT_TAX, x12_elem(s, 3));
	} else if (p->tag == TAG_BILLING_NM1) {
		v->billing = spot;
		v->billing_name = hold(f, SLOT_NAME, x12_elem(s, 3));
		v->billing_first = hold(f, SLOT_FIRST, x12_elem(s, 4));
		v->billing_npi = hold(f, SLOT_NPI, str_is(x12_elem(s, 8), "XX") ? x12_elem(s, 9) : STR_NONE);
	} else if (p->tag == TAG_BILLING_N4) {
		v->billing_state = hold(f, SLOT_STATE, x12_elem(s, 2));
		v->billing_zip = hold(f, SLOT_ZIP, x12_elem(s, 3));
	} else if (str_is(x12_elem(s, 1), "EI")) {
		v->billing_ein = hold(f, SLOT_EIN, x12_elem(s, 2));
	} else if (str_is(x12_elem(s, 1), "SY")) {
		v->billing_ssn = hold(f, SLOT_SSN, x12_elem(s, 2));
	}
}

static void
pat(struct x12_levels *v, const struct x12_seg *s, day_t *death)
{
	*death = day_parse(x12_elem(s, 6));
	v->pregnant = str_is(x12_elem(s, 9), "Y");
}

static void
subscriber(struct x12_facts *f, const struct x12_seg *s, const struct x12_pos *p, struct x12_spot spot)
{
	struct x12_levels *v = &f->lv;

	switch (p->tag) {
	case TAG_HL_SUBSCRIBER:
		clear_subscriber(v);
		break;
	case TAG_SBR:
		v->sbr = spot;
		v->order = hold(f, SLOT_ORDER, x12_elem(s, 1));
		v->relation = hold(f, SLOT_RELATION, x12_elem(s, 2));
		v->secondary = hold(f, SLOT_SECONDARY, x12_elem(s, 5));
		v->filing = hold(f, SLOT_FILING, x12_elem(s, 9));
		break;
	case TAG_SUBSCRIBER_PAT:
		pat(v, s, &v->subscriber_death);
		break;
	case TAG_SUBSCRIBER_NM1:
		v->subscriber = spot;
		v->subscriber_type = x12_elem(s, 2).n ? *x12_elem(s, 2).p : 0;
		v->subscriber_name = hold(f, SLOT_S_NAME, x12_elem(s, 3));
		v->subscriber_first = hold(f, SLOT_S_FIRST, x12_elem(s, 4));
		v->member = hold(f, SLOT_MEMBER, x12_elem(s, 9));
		break;
	case TAG_SUBSCRIBER_N3: v->subscriber_n3 = true; break;
	case TAG_SUBSCRIBER_N4: v->subscriber_n4 = true; break;
	case TAG_SUBSCRIBER_DMG:
		v->subscriber_dmg = true;
		v->subscriber_dmg_at = spot;
		v->subscriber_birth = day_parse(x12_elem(s, 2));
		v->subscriber_sex = hold(f, SLOT_S_SEX, x12_elem(s, 3));
		break;
	case TAG_PAYER_NM1:
		v->payer = spot;
		v->payer_name = hold(f, SLOT_PAYER_NAME, x12_elem(s, 3));
		v->payer_id = hold(f, SLOT_PAYER, x12_elem(s, 9));
		break;
	default: break;
	}
}

static void
patient(struct x12_facts *f, const struct x12_seg *s, const struct x12_pos *p, struct x12_spot spot)
{
	struct x12_levels *v = &f->lv;

	switch (p->tag) {
	case TAG_HL_PATIENT:
		clear_patient(v);
		v->in_patient = true;
		break;
	case TAG_PAT:
		v->pat = spot;
		v->patient_relation = hold(f, SLOT_REL, x12_elem(s, 1));
		pat(v, s, &v->patient_death);
		break;
	case TAG_PATIENT_NM1:
		v->patient = spot;
		v->patient_name = hold(f, SLOT_P_NAME, x12_elem(s, 3));
		v->patient_first = hold(f, SLOT_P_FIRST, x12_elem(s, 4));
		break;
	case TAG_PATIENT_DMG:
		v->patient_dmg_at = spot;
		v->patient_birth = day_parse(x12_elem(s, 2));
		v->patient_sex = hold(f, SLOT_P_SEX, x12_elem(s, 3));
		break;
	default: break;
	}
}

static void
add(struct x12_facts *f, struct str v, cents_t *sum)
{
	cents_t n = 0;

	if (v.n && !cents_parse(v, &n))
		f->set_unsound = true;
	if (*sum > INT64_MAX / 2 || *sum < INT64_MIN / 2)
		f->set_unsound = true;
	else
		*sum += n;
}

static void
payment(struct x12_facts *f, const struct x12_seg *s, const struct x12_pos *p, struct x12_spot spot)
{
	if (p->tag == TAG_BPR) {
		f->bpr = spot;
		f->debit = str_is(x12_elem(s, 3), "D");
		f->pays_none = str_is(x12_elem(s, 4), "NON");
		add(f, x12_elem(s, 2), &f->set_amount);
	} else if (p->tag == TAG_PLB) {
		for (unsigned k = 4; k <= 14; k += 2)
			add(f, x12_elem(s, k), &f->set_plb);
	} else if (p->tag == TAG_CLP) {
		add(f, x12_elem(s, 4), &f->set_paid);
	}
}

void
x12_facts_segment(struct x12_facts *f, struct x12_check *c)
{
	const struct x12_pos *p = c->pos == NO_POS ? NULL : x12_pos_of(c, c->pos);
	struct x12_spot spot = { c->at, p };

	if (!p && f->form == FORM_835 && (str_is(c->seg.id, "CLP") || str_is(c->seg.id, "PLB")))
		f->set_unsound = true;			/* it is told as misplaced: its amount is in no sum */
	if (!p || p->tag == TAG_NONE)
		return;
	if (p->tag < TAG_HL_SUBSCRIBER)
		billing(f, &c->seg, p, spot);
	else if (p->tag < TAG_HL_PATIENT)
		subscriber(f, &c->seg, p, spot);
	else if (p->tag < TAG_CLM)
		patient(f, &c->seg, p, spot);
	else if (p->tag >= TAG_BPR)
		payment(f, &c->seg, p, spot);
}
