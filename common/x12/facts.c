/*
 * facts.c - one pass over a claim that collects what rules ask about it, by the tag of each position; and copies of
 * the levels above it as they pass. Judges nothing, and never refuses: what cannot be read is absent.
 */
#include "x12/facts_pass.h"

/* A claim of more than the guides allow is told by the walk; here it must only not take all memory. */
#define MORE_BYTES	(size_t)(2 << 20)

bool
x12_pass_room(const struct pass *p, void *v, uint32_t n, uint32_t *cap, size_t each)
{
	void **at = v;
	uint32_t to = *cap ? *cap * 4 : 32;
	void *now = to * each > MORE_BYTES ? NULL : arena_grow(p->c->a, *at, n, to, each);

	if (now) {
		*at = now;
		*cap = to;
	}
	p->f->crowded |= !now;
	return now != NULL;
}

/* ---- what claim and line have alike ---- */

void
x12_pass_date(const struct pass *p, struct x12_range *r, bool dtm)
{
	struct x12_date *d = MORE(p, date, n_date, cap_date);

	if (!d)
		return;
	d->qual = x12_key(el(p, 1));
	d->seg = p->seg;
	days(p->f, dtm ? S("D8") : el(p, 2), el(p, dtm ? 2 : 3), &d->from, &d->to);
	count(r, p->f->n_date);
}

void
x12_pass_ref(const struct pass *p, struct x12_range *r)
{
	struct x12_ref *x = MORE(p, ref, n_ref, cap_ref);

	if (!x)
		return;
	*x = (struct x12_ref){ x12_key(el(p, 1)), p->seg };
	count(r, p->f->n_ref);
}

cents_t
x12_pass_adjustments(const struct pass *p, uint32_t *n)
{
	cents_t sum = 0;

	for (unsigned k = 2; k <= p->n && k <= 17; k += 3) {
		struct x12_cas *x = p->f->form == FORM_835 && el(p, k).n ? MORE(p, cas, n_cas, cap_cas) : NULL;
		cents_t one = money(p, k + 1);

		sum += one;
		*n += el(p, k).n > 0;
		if (x)
			*x = (struct x12_cas){ el(p, 1), fact(p, k), one };
	}
	return sum;
}

static void
party(const struct pass *p)
{
	struct x12_party *x = MORE(p, party, n_party, cap_party);

	if (!x)
		return;
	*x = (struct x12_party){ x12_key(el(p, 1)), p->seg, el(p, 8), el(p, 9) };
	if (line(p))
		count(&line(p)->parties, p->f->n_party);
	else if (!other(p))
		count(&p->f->parties, p->f->n_party);
}

/* ---- the claim of an 837 ---- */

static void
clm(const struct pass *p)
{
	struct str bill[3] = { STR_NONE }, cause[4] = { STR_NONE };
	struct x12_facts *f = p->f;

	f->charge_text = fact(p, 2);
	f->charge = money(p, 2);
	parts(p, 5, bill, 3);
	f->place = (struct x12_fact){ bill[0], p->seg, 5, 1 };
	f->frequency = (struct x12_fact){ bill[2], p->seg, 5, 3 };
	parts(p, 11, cause, 4);
	for (uint8_t i = 0; i < 3; i++)
		f->cause[i] = (struct x12_fact){ cause[i], p->seg, 11, (uint8_t)(i + 1) };
	f->accident_state = (struct x12_fact){ cause[3], p->seg, 11, 4 };
}

void
x12_pass_crc(const struct pass *p)
{
	uint32_t *at = MORE(p, crc, n_crc, cap_crc);

	if (at)
		*at = p->seg;
}

static uint8_t
hi_kind(uint32_t qual, bool *icd10)
{
	static const struct { uint32_t qual; uint8_t kind; bool icd10; } rows[] = {
		{ K3('A', 'B', 'K'), HI_PRINCIPAL, true }, { K3('A', 'B', 'F'), HI_OTHER, true },
		{ K3('A', 'B', 'J'), HI_ADMITTING, true }, { K3('A', 'P', 'R'), HI_REASON, true },
		{ K3('A', 'B', 'N'), HI_CAUSE, true },
		{ K3('B', 'B', 'R'), HI_PROCEDURE, true }, { K3('B', 'B', 'Q'), HI_PROCEDURE_OTHER, true },
		{ K2('B', 'G'), HI_CONDITION, false }, { K2('B', 'H'), HI_OCCURRENCE, false }, { K2('B', 'I'), HI_SPAN, false },
		{ K2('B', 'E'), HI_VALUE, false }, { K2('D', 'R'), HI_DRG, false }, { K2('B', 'P'), HI_ANESTHESIA, false },
		{ K2('B', 'O'), HI_ANESTHESIA, false }, { K2('B', 'K'), HI_PRINCIPAL, false }, { K2('B', 'F'), HI_OTHER, false },
		{ K2('B', 'J'), HI_ADMITTING, false }, { K2('P', 'R'), HI_REASON, false }, { K2('B', 'N'), HI_CAUSE, false },
		{ K2('B', 'R'), HI_PROCEDURE, false }, { K3('C', 'A', 'H'), HI_PROCEDURE, false },
		{ K2('B', 'Q'), HI_PROCEDURE_OTHER, false }, { K2('T', 'C'), HI_TREATMENT, false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (qual == rows[i].qual) {
			*icd10 = rows[i].icd10;
			return rows[i].kind;
		}
	return HI_UNKNOWN;
}

/* C022: qualifier, code, format, date. */
static void
hi(const struct pass *p)
{
	for (unsigned k = 1; k <= p->n && k <= 12; k++) {
		struct str at[4] = { STR_NONE };
		day_t to;
		struct x12_hi *h = p->el[k].n ? MORE(p, hi, n_hi, cap_hi) : NULL;

		if (!h)
			continue;
		parts(p, k, at, 4);
		*h = (struct x12_hi){ .code = { at[1], p->seg, (uint8_t)k, 2 }, .from = DAY_NONE };
		h->kind = hi_kind(x12_key(at[0]), &h->icd10);
		if (at[3].n)
			days(p->f, at[2], at[3], &h->from, &to);
	}
}

/* ---- other payers ---- */

static void
other_open(const struct pass *p)
{
	struct x12_other *o = MORE(p, other, n_other, cap_other);

	if (o)
		*o = (struct x12_other){ .seg = p->seg, .paid_seg = FACT_NONE, .mia_seg = FACT_NONE, .moa_seg = FACT_NONE,
		    .order = el(p, 1), .id.seg = FACT_NONE };
}

static void
other_amount(const struct pass *p, struct x12_other *o)
{
	if (str_is(el(p, 1), "D")) {
		o->paid_seg = p->seg;
		o->paid = money(p, 2);
	} else if (str_is(el(p, 1), "A8") || str_is(el(p, 1), "EAF")) {
		(void)money(p, 2);			/* in no sum, but it must be one */
	}
}

static void
other_tag(const struct pass *p, uint16_t tag)
{
	struct x12_other *o = other(p);

	if (tag == TAG_OTHER_SBR)
		other_open(p);
	else if (!o)
		return;
	else if (tag == TAG_OTHER_CAS)
		sum_up(p, &o->cas, x12_pass_adjustments(p, &o->n_cas));
	else if (tag == TAG_OTHER_AMT)
		other_amount(p, o);
	else if (tag == TAG_OTHER_MIA)
		o->mia_seg = p->seg;
	else if (tag == TAG_OTHER_MOA)
		o->moa_seg = p->seg;
	else if (tag == TAG_OTHER_PAYER)
		o->id = fact(p, 9);
	else if (tag == TAG_OTHER_DTP)
		o->dated = true;
}

/* ---- the pass ---- */

static void
claim_tag(const struct pass *p, uint16_t tag)
{
	struct x12_facts *f = p->f;

	switch (tag) {
	case TAG_CLM: clm(p); break;
	case TAG_CLAIM_DTP: x12_pass_date(p, &f->dates, false); break;
	case TAG_CLAIM_REF: x12_pass_ref(p, &f->refs); break;
	case TAG_CLAIM_CR1: f->cr1 = p->seg; break;
	case TAG_CLAIM_CRC: x12_pass_crc(p); break;
	case TAG_HI: hi(p); break;
	case TAG_CL1:
		f->adm_type = fact(p, 1);
		f->adm_source = fact(p, 2);
		f->status = fact(p, 3);
		break;
	default: break;
	}
}

static void
begin(struct x12_facts *f, struct x12_check *c)
{
	f->segs = c->segs;
	f->n_segs = (uint32_t)c->n_segs;
	f->n_hi = f->n_line = f->n_other = f->n_svd = f->n_cas = f->n_date = f->n_ref = f->n_party = f->n_crc = f->n_payer = 0;
	f->dates = f->refs = f->parties = (struct x12_range){ 0, 0 };
	f->charge_text = f->place = f->frequency = f->accident_state = f->adm_type = f->adm_source = f->status = f->paid_status =
	    f->paid_text = f->cause[0] = f->cause[1] = f->cause[2] = (struct x12_fact){ .seg = FACT_NONE };
	f->charge = f->paid = f->claim_cas = 0;
	f->cr1 = FACT_NONE;
	f->unsound = f->crowded = f->inpatient = false;
}

/* The days of service: the statement, else the lines, else the claim's own date of service or admission. */
static void
service_days(struct x12_facts *f)
{
	static const char quals[][4] = { "434", "", "472", "435", "232" };

	f->from = f->to = DAY_NONE;
	for (size_t i = 0; i < sizeof quals / sizeof *quals && f->from == DAY_NONE; i++) {
		const struct x12_date *d = *quals[i] ? x12_fact_date(f, f->dates, x12_key(str_of(quals[i]))) : NULL;

		if (d) {
			f->from = d->from;
			f->to = d->to;
		}
		for (uint32_t k = 0; !*quals[i] && k < f->n_line; k++) {
			const struct x12_line *l = &f->line[k];

			if (l->from != DAY_NONE && (f->from == DAY_NONE || l->from < f->from))
				f->from = l->from;
			if (l->to != DAY_NONE && (f->to == DAY_NONE || l->to > f->to))
				f->to = l->to;
		}
	}
}

static struct x12_payer *
payer_of(const struct pass *p, struct str id, uint32_t *who)
{
	struct x12_payer *w;

	*who = x12_same_at(&p->f->same, id, 0);
	if (*who < p->f->n_payer)
		return &p->f->payer[*who];
	w = MORE(p, payer, n_payer, cap_payer);
	if (w)
		*w = (struct x12_payer){ 0 };
	return w;
}

/* Who decided what: each payer once, however often it is named. */
static void
payers(const struct pass *p)
{
	struct x12_facts *f = p->f;
	const struct x12_line *l = f->line;
	struct x12_payer *w = NULL;

	if ((!f->n_other && !f->n_svd) || !x12_same_begin(&f->same, f->n_other + f->n_svd))
		return;
	for (uint32_t i = 0; i < f->n_other && (w = payer_of(p, f->other[i].id.v, &f->other[i].who)) != NULL; i++)
		w->n_other++;
	for (uint32_t i = 0; i < f->n_svd && (w = payer_of(p, f->svd[i].payer.v, &f->svd[i].who)) != NULL; i++) {
		while (i >= l->svds.first + l->svds.n)
			l++;
		f->svd[i].again = w->n_svd && w->last >= l->svds.first;
		f->svd[w->last].again |= f->svd[i].again;
		w->last = i;
		w->n_svd++;
		w->paid += f->svd[i].paid;
	}
}

static void
finish(const struct pass *p)
{
	struct x12_facts *f = p->f;
	const struct x12_levels *v = &f->lv;
	struct str tob = f->place.v;

	service_days(f);
	payers(p);
	f->n_dx = 0;
	for (uint32_t i = 0; i < f->n_hi; i++)
		f->n_dx += f->hi[i].kind <= HI_OTHER || (f->form == FORM_837D && f->hi[i].kind == HI_UNKNOWN);
	f->birth = v->in_patient ? v->patient_birth : v->subscriber_birth;
	f->death = v->in_patient ? v->patient_death : v->subscriber_death;
	f->inpatient = f->form == FORM_837I && (str_is(tob, "11") || str_is(tob, "18") || str_is(tob, "21") || str_is(tob, "41"));
}

void
x12_facts_unit(struct x12_facts *f, struct x12_check *c)
{
	struct pass p = { .f = f, .c = c };
	const struct str *els = x12_kept(c->r, 0);

	begin(f, c);
	for (p.seg = 0; p.seg < f->n_segs; p.seg++) {
		const struct x12_unit_seg *u = &f->segs[p.seg];
		const struct x12_pos *pos = u->pos == NO_POS ? NULL : x12_pos_of(c, u->pos);

		if (!pos)
			continue;
		p.el = els + u->el;
		p.n = u->n;
		if (pos->key == KEY("NM1") && pos->tag == TAG_NONE)
			party(&p);
		else if (pos->tag < TAG_OTHER_SBR)
			claim_tag(&p, pos->tag);
		else if (pos->tag < TAG_LX)
			other_tag(&p, pos->tag);
		else if (pos->tag < TAG_BPR)
			x12_pass_line(&p, pos->tag);
		else
			x12_pass_paid(&p, pos->tag);
	}
	finish(&p);
}

const struct x12_date *
x12_fact_date(const struct x12_facts *f, struct x12_range r, uint32_t qual)
{
	for (uint32_t i = 0; i < r.n; i++)
		if (f->date[r.first + i].qual == qual)
			return &f->date[r.first + i];
	return NULL;
}

const struct x12_ref *
x12_fact_ref(const struct x12_facts *f, struct x12_range r, uint32_t qual)
{
	for (uint32_t i = 0; i < r.n; i++)
		if (f->ref[r.first + i].qual == qual)
			return &f->ref[r.first + i];
	return NULL;
}

const struct x12_party *
x12_fact_party(const struct x12_facts *f, struct x12_range r, uint32_t role)
{
	for (uint32_t i = 0; i < r.n; i++)
		if (f->party[r.first + i].role == role)
			return &f->party[r.first + i];
	return NULL;
}
