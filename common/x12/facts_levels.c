/*
 * facts_levels.c - copies of what stands above the claims: who bills, who is insured, who is ill, who pays; for an
 * 835 the payment and its sums. Judges nothing.
 */
#include "x12/facts.h"

enum slot { SLOT_NPI, SLOT_ORDER, SLOT_RELATION, SLOT_SECONDARY, SLOT_FILING, SLOT_MEMBER, SLOT_COUNT };

struct x12_facts *
x12_facts_new(struct arena *a, uint64_t seed)
{
	struct x12_facts *f = arena_alloc(a, sizeof *f);

	if (!f)
		return NULL;
	f->same = (struct x12_same){ .a = a, .seed = seed };
	for (size_t i = 0; i < FACT_DAYS; i++)
		f->days[i].day = DAY_NONE;		/* of no text */
	f->room = arena_array(a, SLOT_COUNT, FACT_ROOM);
	return f->room ? f : NULL;
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
	v->patient_dmg_at = (struct x12_spot){ 0, NULL };
	v->patient_birth = v->patient_death = DAY_NONE;
}

static void
clear_subscriber(struct x12_levels *v)
{
	clear_patient(v);
	v->sbr = v->subscriber = v->subscriber_dmg_at = (struct x12_spot){ 0, NULL };
	v->order = v->relation = v->secondary = v->filing = v->member = STR_NONE;
	v->subscriber_type = 0;
	v->childless = false;
	v->subscriber_n3 = v->subscriber_n4 = v->subscriber_dmg = false;
	v->subscriber_birth = v->subscriber_death = DAY_NONE;
}

static void
clear_billing(struct x12_levels *v)
{
	clear_subscriber(v);
	v->billing_npi = STR_NONE;
}

void
x12_facts_level_end(struct x12_facts *f, const struct x12_check *c)
{
	const struct x12_levels *v = &f->lv;
	bool empty = v->childless && str_is(v->relation, "18") && c->set.n_claims == f->claims_before;

	f->empty = empty ? v->sbr : (struct x12_spot){ 0, NULL };
	f->claims_before = c->set.n_claims;
}

void
x12_facts_set(struct x12_facts *f, struct x12_check *c)
{
	f->form = form_of(c->w.g);
	f->set_amount = f->set_paid = f->set_plb = 0;
	f->set_unsound = f->crowded = false;
	f->bpr = (struct x12_spot){ 0, NULL };
	f->ordinal_0 = c->seg.ordinal - c->at;
	f->empty = (struct x12_spot){ 0, NULL };
	f->claims_before = 0;
	clear_billing(&f->lv);
}

static void
billing(struct x12_facts *f, const struct x12_seg *s, const struct x12_pos *p)
{
	if (p->tag == TAG_HL_BILLING)
		clear_billing(&f->lv);
	else if (p->tag == TAG_BILLING_NM1)
		f->lv.billing_npi = hold(f, SLOT_NPI, str_is(x12_elem(s, 8), "XX") ? x12_elem(s, 9) : STR_NONE);
}

static void
subscriber(struct x12_facts *f, const struct x12_seg *s, const struct x12_pos *p, struct x12_spot spot)
{
	struct x12_levels *v = &f->lv;

	switch (p->tag) {
	case TAG_HL_SUBSCRIBER:
		clear_subscriber(v);
		v->childless = str_is(x12_elem(s, 4), "0");
		break;
	case TAG_SBR:
		v->sbr = spot;
		v->order = hold(f, SLOT_ORDER, x12_elem(s, 1));
		v->relation = hold(f, SLOT_RELATION, x12_elem(s, 2));
		v->secondary = hold(f, SLOT_SECONDARY, x12_elem(s, 5));
		v->filing = hold(f, SLOT_FILING, x12_elem(s, 9));
		break;
	case TAG_SUBSCRIBER_PAT:
		v->subscriber_death = day_parse(x12_elem(s, 6));
		break;
	case TAG_SUBSCRIBER_NM1:
		v->subscriber = spot;
		v->subscriber_type = x12_elem(s, 2).n ? *x12_elem(s, 2).p : 0;
		v->member = hold(f, SLOT_MEMBER, x12_elem(s, 9));
		break;
	case TAG_SUBSCRIBER_N3: v->subscriber_n3 = true; break;
	case TAG_SUBSCRIBER_N4: v->subscriber_n4 = true; break;
	case TAG_SUBSCRIBER_DMG:
		v->subscriber_dmg = true;
		v->subscriber_dmg_at = spot;
		v->subscriber_birth = day_parse(x12_elem(s, 2));
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
		v->patient_death = day_parse(x12_elem(s, 6));
		break;
	case TAG_PATIENT_DMG:
		v->patient_dmg_at = spot;
		v->patient_birth = day_parse(x12_elem(s, 2));
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
	if (p->tag == TAG_HL_BILLING || p->tag == TAG_HL_SUBSCRIBER || p->tag == TAG_HL_PATIENT)
		x12_facts_level_end(f, c);
	if (p->tag < TAG_HL_SUBSCRIBER)
		billing(f, &c->seg, p);
	else if (p->tag < TAG_HL_PATIENT)
		subscriber(f, &c->seg, p, spot);
	else if (p->tag < TAG_CLM)
		patient(f, &c->seg, p, spot);
	else if (p->tag >= TAG_BPR)
		payment(f, &c->seg, p, spot);
}
