/*
 * facts.c - one pass over a claim that collects what rules ask about it, by the tag of each position; and copies of
 * the levels above it as they pass. Judges nothing, and never refuses: what cannot be read is absent.
 */
#include "x12/facts_pass.h"

/* A claim of more than the guides allow is told by the walk; here it must only not take all memory. */
#define MORE_BYTES	(size_t)(2 << 20)

void *
x12_pass_more(const struct pass *p, void *v, uint32_t *n, uint32_t *cap, size_t each)
{
	void **at = v;

	if (*n == *cap) {
		uint32_t to = *cap ? *cap * 4 : 32;
		void *now = to * each > MORE_BYTES ? NULL : arena_grow(p->c->a, *at, *n, to, each);

		if (!now) {
			p->f->crowded = true;
			return NULL;
		}
		*at = now;
		*cap = to;
	}
	return memset((char *)*at + (*n)++ * each, 0, each);
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
	d->v = el(p, dtm ? 2 : 3);
	days(dtm ? S("D8") : el(p, 2), d->v, &d->from, &d->to);
	count(r, p->f->n_date);
}

void
x12_pass_ref(const struct pass *p, struct x12_range *r)
{
	struct x12_ref *x = MORE(p, ref, n_ref, cap_ref);

	if (!x)
		return;
	*x = (struct x12_ref){ x12_key(el(p, 1)), p->seg, el(p, 2) };
	count(r, p->f->n_ref);
}

cents_t
x12_pass_adjustments(const struct pass *p, struct x12_range *r)
{
	cents_t sum = 0;

	for (unsigned k = 2; k <= p->n && k <= 17; k += 3) {
		struct x12_cas *x = el(p, k).n ? MORE(p, cas, n_cas, cap_cas) : NULL;
		cents_t one = money(p, k + 1);

		sum += one;
		if (!x)
			continue;
		*x = (struct x12_cas){ el(p, 1), fact(p, k), one };
		count(r, p->f->n_cas);
	}
	return sum;
}

static void
party(const struct pass *p, const char *loop)
{
	struct x12_party *x = MORE(p, party, n_party, cap_party);

	if (!x)
		return;
	*x = (struct x12_party){ .role = x12_key(el(p, 1)), .seg = p->seg, .loop = loop, .type = el(p, 2).n ? *el(p, 2).p : 0,
	    .last = el(p, 3), .first = el(p, 4), .id_qual = el(p, 8), .id = fact(p, 9) };
	if (line(p))
		count(&line(p)->parties, p->f->n_party);
	else if (other(p))
		count(&other(p)->parties, p->f->n_party);
	else
		count(&p->f->parties, p->f->n_party);
}

/* What follows an NM1 that has no name among the tags. */
static void
rest(const struct pass *p, const struct x12_pos *pos)
{
	struct x12_party *x = p->f->n_party ? &p->f->party[p->f->n_party - 1] : NULL;
	const char *loop = p->c->w.g->loops[pos->loop].id;

	if (pos->key == KEY("NM1")) {
		party(p, loop);
	} else if (x && x->loop == loop && pos->key == KEY("PRV")) {
		x->tax = fact(p, 3);
	} else if (x && x->loop == loop && pos->key == KEY("N4")) {
		x->state = fact(p, 2);
		x->zip = fact(p, 3);
		x->country = fact(p, 4);
	}
}

/* ---- the claim of an 837 ---- */

static void
clm(const struct pass *p)
{
	struct x12_facts *f = p->f;

	f->id = fact(p, 1);
	f->charge_text = fact(p, 2);
	f->charge = money(p, 2);
	f->place = part(p, 5, 1);
	f->facility_qual = part(p, 5, 2);
	f->frequency = part(p, 5, 3);
	f->assignment = fact(p, 7);
	for (unsigned i = 0; i < 3; i++)
		f->cause[i] = part(p, 11, i + 1);
	f->accident_state = part(p, 11, 4);
	f->delay = fact(p, 20);
}

void
x12_pass_crc(const struct pass *p)
{
	uint32_t *at = MORE(p, crc, n_crc, cap_crc);

	if (at)
		*at = p->seg;
	if (line(p) && line(p)->crc == FACT_NONE)
		line(p)->crc = p->seg;
}

static uint8_t
hi_kind(uint32_t qual, bool *icd10)
{
	static const struct { char qual[4]; uint8_t kind; bool icd10; } rows[] = {
		{ "ABK", HI_PRINCIPAL, true }, { "ABF", HI_OTHER, true }, { "ABJ", HI_ADMITTING, true }, { "APR", HI_REASON, true },
		{ "ABN", HI_CAUSE, true }, { "BBR", HI_PROCEDURE, true }, { "BBQ", HI_PROCEDURE_OTHER, true },
		{ "BG", HI_CONDITION, false }, { "BH", HI_OCCURRENCE, false }, { "BI", HI_SPAN, false }, { "BE", HI_VALUE, false },
		{ "DR", HI_DRG, false }, { "BP", HI_ANESTHESIA, false }, { "BO", HI_ANESTHESIA, false }, { "BK", HI_PRINCIPAL, false },
		{ "BF", HI_OTHER, false }, { "BJ", HI_ADMITTING, false }, { "PR", HI_REASON, false }, { "BN", HI_CAUSE, false },
		{ "BR", HI_PROCEDURE, false }, { "CAH", HI_PROCEDURE, false }, { "BQ", HI_PROCEDURE_OTHER, false },
		{ "TC", HI_TREATMENT, false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (qual == x12_key((struct str){ rows[i].qual, rows[i].qual[2] ? 3 : 2 })) {
			*icd10 = rows[i].icd10;
			return rows[i].kind;
		}
	return HI_UNKNOWN;
}

/* C022 in one go: qualifier, code, format, date, amount ... present on admission. */
static void
hi(const struct pass *p)
{
	char sep = p->f->segs[p->seg].marks & X12_COMPS ? p->c->s.comp : 0;

	for (unsigned k = 1; k <= p->n && k <= 12; k++) {
		struct str v = el(p, k), at[9];
		struct x12_hi *h = v.n ? MORE(p, hi, n_hi, cap_hi) : NULL;

		if (!h)
			continue;
		for (unsigned i = 0; i < 9; i++)
			at[i] = sep ? str_cut(&v, sep) : i ? STR_NONE : v;
		*h = (struct x12_hi){ .code = { at[1], p->seg, (uint8_t)k, 2 }, .poa = { at[8], p->seg, (uint8_t)k, 9 }, .qual = at[0],
		    .from = DAY_NONE, .to = DAY_NONE };
		h->kind = hi_kind(x12_key(at[0]), &h->icd10);
		if (at[3].n)
			days(at[2], at[3], &h->from, &h->to);
		if (at[4].n && !cents_parse(at[4], &h->amount))
			h->amount = 0;
	}
}

/* ---- other payers ---- */

static void
other_open(const struct pass *p)
{
	struct x12_other *o = MORE(p, other, n_other, cap_other);

	if (o)
		*o = (struct x12_other){ .seg = p->seg, .paid_seg = FACT_NONE, .oi_seg = FACT_NONE, .mia_seg = FACT_NONE,
		    .moa_seg = FACT_NONE, .order = el(p, 1), .relation = el(p, 2), .filing = el(p, 9), .id.seg = FACT_NONE };
}

static void
other_amount(const struct pass *p, struct x12_other *o)
{
	if (str_is(el(p, 1), "D")) {
		o->paid_seg = p->seg;
		o->paid = money(p, 2);
	} else if (str_is(el(p, 1), "A8")) {
		o->not_covered = money(p, 2);
	} else if (str_is(el(p, 1), "EAF")) {
		o->left = money(p, 2);
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
		o->cas += x12_pass_adjustments(p, &o->adj);
	else if (tag == TAG_OTHER_AMT)
		other_amount(p, o);
	else if (tag == TAG_OTHER_OI)
		o->oi_seg = p->seg;
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
	case TAG_CLAIM_CR2: f->cr2 = p->seg; break;
	case TAG_CLAIM_CRC: x12_pass_crc(p); break;
	case TAG_CLAIM_NTE: f->note = p->seg; break;
	case TAG_DN1: f->dn1 = p->seg; break;
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
	f->n_hi = f->n_line = f->n_other = f->n_svd = f->n_cas = f->n_date = f->n_ref = f->n_party = f->n_crc = 0;
	f->dates = f->refs = f->parties = (struct x12_range){ 0, 0 };
	f->id = f->charge_text = f->place = f->facility_qual = f->frequency = f->assignment = f->delay = f->accident_state =
	    f->adm_type = f->adm_source = f->status = f->paid_status = f->paid_text = (struct x12_fact){ .seg = FACT_NONE };
	f->cause[0] = f->cause[1] = f->cause[2] = f->id;
	f->charge = f->paid = f->claim_cas = 0;
	f->cr1 = f->cr2 = f->dn1 = f->note = FACT_NONE;
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

static void
finish(struct x12_facts *f)
{
	const struct x12_levels *v = &f->lv;
	struct str tob = f->place.v;

	service_days(f);
	f->n_dx = 0;
	for (uint32_t i = 0; i < f->n_hi; i++)
		f->n_dx += f->hi[i].kind <= HI_OTHER || (f->form == FORM_837D && f->hi[i].kind == HI_UNKNOWN);
	f->birth = v->in_patient ? v->patient_birth : v->subscriber_birth;
	f->death = v->in_patient ? v->patient_death : v->subscriber_death;
	f->sex = v->in_patient ? v->patient_sex : v->subscriber_sex;
	f->inpatient = f->form == FORM_837I && (str_is(tob, "11") || str_is(tob, "18") || str_is(tob, "21") || str_is(tob, "41"));
}

void
x12_facts_unit(struct x12_facts *f, struct x12_check *c)
{
	struct pass p = { .f = f, .c = c };

	begin(f, c);
	for (p.seg = 0; p.seg < f->n_segs; p.seg++) {
		const struct x12_unit_seg *u = &f->segs[p.seg];
		const struct x12_pos *pos = u->pos == NO_POS ? NULL : x12_pos_of(c, u->pos);

		if (!pos)
			continue;
		p.el = x12_kept(c->r, u->el);
		p.n = u->n;
		if (pos->tag == TAG_NONE)
			rest(&p, pos);
		else if (pos->tag < TAG_OTHER_SBR)
			claim_tag(&p, pos->tag);
		else if (pos->tag < TAG_LX)
			other_tag(&p, pos->tag);
		else if (pos->tag < TAG_BPR)
			x12_pass_line(&p, pos->tag);
		else
			x12_pass_paid(&p, pos->tag);
	}
	finish(f);
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
