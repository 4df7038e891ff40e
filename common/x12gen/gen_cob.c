/*
 * gen_cob.c - loops 2320 to 2330B and 2430: what other payers know and did. Amounts come from the plan, where they
 * balance; it never makes one up.
 */
#include "x12gen/gen.h"

static const struct payer *
other_payer(const struct gen *g, uint32_t p)
{
	return payer_at((g->payer + 3 + 2 * p) % (PAYERS_MEDICARE - 1));
}

static void
adjust(struct gen *g, const char *head, unsigned reason, cents_t amount)
{
	if (amount == 0)
		return;
	seg_open(g, head);
	put_num(g, reason);
	put_ch(g, '*');
	put_money(g, amount);
	seg_close(g);
}

/* The first payer writes off what it does not allow; the second leaves out what the first has dealt with. */
static void
adjustments(struct gen *g, const struct line *l, uint32_t p)
{
	if (p == 0)
		adjust(g, "CAS*CO*", 45, l->charge - l->paid[0] - l->resp[0]);
	else
		adjust(g, "CAS*OA*", 23, l->charge - l->resp[0]);
	adjust(g, "CAS*PR*", p == 0 ? l->reason : 2, l->resp[p]);
}

static day_t
paid_on(const struct gen *g, uint32_t p)
{
	return g->c.thru + 12 + (day_t)(g->member % 9) + 9 * (day_t)p;
}

static void
paid_on_put(struct gen *g, uint32_t p)
{
	seg_open(g, "DTP*573*D8*");
	put_day(g, paid_on(g, p));
	seg_close(g);
}

static void
amount(struct gen *g, const char *head, cents_t v)
{
	seg_open(g, head);
	put_money(g, v);
	seg_close(g);
}

static void
amounts_put(struct gen *g, uint32_t p)
{
	const struct claim *c = &g->c;
	cents_t paid = c->whole.paid[p], resp = c->whole.resp[p];

	if (c->flags & F_COB) {
		paid = resp = 0;
		for (uint32_t i = 0; i < c->n; i++) {
			paid += c->line[i].paid[p];
			resp += c->line[i].resp[p];
		}
	}
	amount(g, "AMT*D*", paid);
	if (!(c->flags & F_COB) && resp)
		amount(g, "AMT*EAF*", resp);
}

/* level: P, S or T; p: which earlier payer, or MAX_PRIOR for one that comes after us and has done nothing yet */
static void
other_put(struct gen *g, char level, uint32_t p)
{
	const struct payer *payer = other_payer(g, p % MAX_PRIOR);
	bool prior = p < MAX_PRIOR, stay = g->c.kind == K_INPT;

	seg_open(g, "SBR*");
	put_ch(g, level);
	put(g, !(g->sub_flags & F_DEP) ? "*18*" : g->relation == 19 ? "*19*" : "*01*");
	put_num(g, g->group + 411 + p);
	put(g, "******");
	put(g, payer->filing);
	seg_close(g);
	if (prior && (g->c.flags & F_COBCLAIM))
		adjustments(g, &g->c.whole, p);
	if (prior)
		amounts_put(g, p);
	seg(g, g->c.type == 'P' ? "OI***Y*P**Y" : "OI***Y***Y");
	if (prior && (g->c.flags & F_MOA))
		seg(g, stay ? "MIA*0****MA01" : "MOA***MA01");
	who_put_other(g, &g->sub);
	seg_open(g, "NM1*PR*2*");
	put(g, payer->name);
	put(g, "*****PI*");
	put(g, payer->id);
	seg_close(g);
	if (prior && (g->c.flags & F_COBCLAIM))
		paid_on_put(g, p);
	if (prior && g->member % 2) {
		seg_open(g, "REF*F8*OP");
		put_digits(g, g->idx * 17 + p + 1, 11);
		seg_close(g);
	}
}

void
cob_put(struct gen *g)
{
	uint32_t f = g->c.flags;

	if (f & (F_COB | F_COBCLAIM)) {
		other_put(g, 'P', 0);
		if (f & F_TWO)
			other_put(g, 'S', 1);
	} else if (f & F_LATER) {
		other_put(g, 'S', MAX_PRIOR);
	}
}

void
cob_line_put(struct gen *g, const struct line *l)
{
	uint32_t n = g->c.flags & F_TWO ? 2 : 1;

	for (uint32_t p = 0; p < n && (g->c.flags & F_COB); p++) {
		seg_open(g, "SVD*");
		put(g, other_payer(g, p)->id);
		put_ch(g, '*');
		put_money(g, l->paid[p]);
		put_ch(g, '*');
		line_code(g, l);
		put_ch(g, '*');
		if (g->c.type == 'I')
			put(g, l->drug ? "0636" : l->proc->rev);
		put_ch(g, '*');
		put_num(g, l->units);
		seg_close(g);
		adjustments(g, l, p);
		paid_on_put(g, p);
		if (p == n - 1 && l->resp[p])
			amount(g, "AMT*EAF*", l->resp[p]);
	}
}
