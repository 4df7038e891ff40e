/*
 * facts_lines.c - what rules ask about the lines of a claim, and about a claim of an 835. Judges nothing.
 */
#include "x12/facts_pass.h"

/* ---- lines ---- */

static void
line_open(const struct pass *p)
{
	struct x12_line *l = MORE(p, line, n_line, cap_line);

	if (!l)
		return;
	*l = (struct x12_line){ .seg = p->seg, .lx = fact(p, 1), .from = DAY_NONE, .to = DAY_NONE, .number = -1 };
	l->sv = l->cr1 = l->cr3 = l->ctp = l->note = l->ps1 = l->ndc.seg = l->control.seg = FACT_NONE;
}

static void
number(struct x12_line *l)
{
	struct str v = l->code.v;
	int n = 0;

	l->number = -1;
	if (v.n != 5)
		return;
	l->letter = *v.p < '0' || *v.p > '9' ? *v.p : 0;
	for (size_t i = l->letter != 0; i < 5 && n >= 0; i++)
		n = v.p[i] < '0' || v.p[i] > '9' ? -1 : n * 10 + v.p[i] - '0';
	l->number = n;
}

/* C003 in one go: qualifier, code, modifiers, description. */
static void
line_code(const struct pass *p, struct x12_line *l, unsigned k)
{
	struct str at[7] = { STR_NONE };

	parts(p, k, at, 7);
	l->code = (struct x12_fact){ at[1], p->seg, (uint8_t)k, 2 };
	memcpy(l->mod, at + 2, sizeof l->mod);
	l->text = at[6];
	number(l);
}

static void
line_pointers(const struct pass *p, struct x12_line *l, unsigned k)
{
	struct str at[4] = { STR_NONE };

	parts(p, k, at, 4);
	l->n_ptr = 0;				/* a line may come with two SV1 */
	for (unsigned i = 0; i < 4; i++) {
		if (!at[i].n)
			continue;
		if (!str_to_int(at[i], &l->points_at[l->n_ptr]))
			l->points_at[l->n_ptr] = -1;
		l->ptr[l->n_ptr++] = (struct x12_fact){ at[i], p->seg, (uint8_t)k, (uint8_t)(i + 1) };
	}
}

static void
line_service(const struct pass *p, struct x12_line *l, uint16_t tag)
{
	unsigned at = tag == TAG_SV2 ? 3 : 2;		/* the charge */

	l->sv = p->seg;
	line_code(p, l, at - 1);
	l->charge = money(p, at);
	if (tag == TAG_SV3) {
		l->units = fact(p, 6);
		line_pointers(p, l, 11);
	} else {
		l->unit = fact(p, at + 1);
		l->units = fact(p, at + 2);
	}
	if (tag == TAG_SV2) {
		l->revenue = el(p, 1);
	} else if (tag == TAG_SV1) {
		line_pointers(p, l, 7);
	}
	if (l->units.v.n)
		milli_parse(l->units.v, &l->quantity);
}

static void
line_svd(const struct pass *p, struct x12_line *l)
{
	struct x12_svd *s = MORE(p, svd, n_svd, cap_svd);

	if (!s)
		return;
	*s = (struct x12_svd){ .payer = fact(p, 1), .paid = money(p, 2) };
	count(&l->svds, p->f->n_svd);
}

static void
line_decided(const struct pass *p)
{
	uint32_t n = 0;
	struct x12_svd *s = p->f->n_svd ? &p->f->svd[p->f->n_svd - 1] : NULL;

	if (s)
		sum_up(p, &s->cas, x12_pass_adjustments(p, &n));
}

static void
line_date(const struct pass *p, struct x12_line *l)
{
	const struct x12_date *d;

	x12_pass_date(p, &l->dates, false);
	d = p->f->n_date ? &p->f->date[p->f->n_date - 1] : NULL;
	if (d && d->qual == KEY("472")) {
		l->from = d->from;
		l->to = d->to;
	}
}

static void
line_ref(const struct pass *p, struct x12_line *l)
{
	x12_pass_ref(p, &l->refs);
	if (str_is(el(p, 1), "6R"))
		l->control = fact(p, 2);
}

void
x12_pass_line(const struct pass *p, uint16_t tag)
{
	struct x12_line *l = line(p);

	if (tag == TAG_LX) {
		line_open(p);
		return;
	}
	if (!l)
		return;
	switch (tag) {
	case TAG_SV1: case TAG_SV2: case TAG_SV3: line_service(p, l, tag); break;
	case TAG_LINE_DTP: line_date(p, l); break;
	case TAG_LINE_REF: line_ref(p, l); break;
	case TAG_LINE_CR1: l->cr1 = p->seg; break;
	case TAG_LINE_CR3: l->cr3 = p->seg; break;
	case TAG_LINE_CRC: x12_pass_crc(p); break;
	case TAG_LINE_NTE: l->note = p->seg; break;
	case TAG_LINE_PS1: l->ps1 = p->seg; break;
	case TAG_LIN: l->ndc = fact(p, 3); break;
	case TAG_CTP: l->ctp = p->seg; break;
	case TAG_SVD: line_svd(p, l); break;
	case TAG_SVD_CAS: line_decided(p); break;
	default: break;
	}
}

/* ---- a claim of an 835 ---- */

static void
svc(const struct pass *p)
{
	struct x12_line *l;

	line_open(p);
	l = line(p);
	if (!l)
		return;
	l->sv = p->seg;
	line_code(p, l, 1);
	l->charge = money(p, 2);
	l->paid = money(p, 3);
	l->revenue = el(p, 4);
	l->units = fact(p, 5);
	if (l->units.v.n)
		milli_parse(l->units.v, &l->quantity);
}

static void
clp(const struct pass *p)
{
	struct x12_facts *f = p->f;

	f->paid_status = fact(p, 2);
	f->charge_text = fact(p, 3);
	f->charge = money(p, 3);
	f->paid_text = fact(p, 4);
	f->paid = money(p, 4);
	f->place = fact(p, 8);
	f->frequency = fact(p, 9);
}

static void
svc_date(const struct pass *p, struct x12_line *l)
{
	const struct x12_date *d;

	x12_pass_date(p, &l->dates, true);
	d = p->f->n_date ? &p->f->date[p->f->n_date - 1] : NULL;
	if (d && (d->qual == KEY("472") || d->qual == KEY("150")))
		l->from = d->from;
	if (d && (d->qual == KEY("472") || d->qual == KEY("151")))
		l->to = d->from;
}

void
x12_pass_paid(const struct pass *p, uint16_t tag)
{
	struct x12_facts *f = p->f;
	struct x12_line *l = line(p);
	uint32_t n = 0;

	switch (tag) {
	case TAG_CLP: clp(p); break;
	case TAG_PAID_CAS: sum_up(p, &f->claim_cas, x12_pass_adjustments(p, &n)); break;
	case TAG_PAID_REF: x12_pass_ref(p, &f->refs); break;
	case TAG_PAID_DTM: x12_pass_date(p, &f->dates, true); break;
	case TAG_SVC: svc(p); break;
	default: break;
	}
	if (!l)
		return;
	if (tag == TAG_SVC_CAS)
		sum_up(p, &l->cas, x12_pass_adjustments(p, &n));
	else if (tag == TAG_SVC_DTM)
		svc_date(p, l);
	else if (tag == TAG_SVC_REF)
		x12_pass_ref(p, &l->refs);
}
