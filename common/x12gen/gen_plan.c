/*
 * gen_plan.c - what is on a claim: kind, dates, diagnoses, lines, charges and what earlier payers did with them. Sums
 * come from the lines, so that they balance by construction. It writes nothing.
 */
#include "x12gen/gen.h"

static enum kind
kind_choose(struct gen *g)
{
	static const enum kind visits[] = {
		K_OFFICE, K_OFFICE, K_OFFICE, K_OFFICE, K_OFFICE, K_OFFICE, K_HOSP, K_DRUG, K_THERAPY, K_MAMMO,
	};
	enum kind k = g->prov_kind;

	if (g->kind_on != K_ANY)
		return g->kind_on;
	if (k == K_INPT)
		return rng_pct(&g->r, 45) ? K_INPT : K_OUT;
	if (k != K_OFFICE)
		return k;
	k = visits[rng_below(&g->r, sizeof visits / sizeof *visits)];
	return k == K_MAMMO && (g->pat.sex != 'F' || g->conf.day - g->pat.born < 40 * 366) ? K_OFFICE : k;
}

static void
flags_choose(struct gen *g)
{
	static const struct { uint32_t flag, percent; } visit[] = {
		{ F_REPL, 4 }, { F_ACC, 4 }, { F_NOTE, 8 }, { F_AUTH, 12 }, { F_PWK, 4 }, { F_K3, 2 }, { F_REFER, 20 },
		{ F_FAC, 8 }, { F_EA, 20 }, { F_PAID, 15 }, { F_D9, 25 },
	};
	uint32_t f = g->sub_flags, cover = F_COBS | F_DEP | F_MEDICARE | F_MOA;

	for (size_t i = 0; i < sizeof visit / sizeof *visit; i++)
		f |= rng_pct(&g->r, visit[i].percent) ? visit[i].flag : 0;
	if (g->new_pat && rng_below(&g->r, 400) == 0)
		f |= F_DIED;
	f = (f | (g->flags_on & ~cover)) & ~(g->flags_off & ~cover);
	if (g->c.kind == K_INPT && (f & F_COB))
		f = (f & ~(uint32_t)F_COB) | F_COBCLAIM;	/* a stay is paid as a whole */
	if (g->c.kind == K_HOSP || g->c.kind == K_ANES)
		f |= F_FAC;			/* elsewhere than at the address of who bills */
	g->c.flags = f;
}

static bool
has_dx(const struct claim *c, const char *code)
{
	for (uint32_t i = 0; i < c->n_dx; i++)
		if (memcmp(c->dx[i], code, 3) == 0)	/* two of one category may exclude each other */
			return true;
	return false;
}

static void
dx_choose(struct gen *g)
{
	struct claim *c = &g->c;
	uint32_t want = c->kind == K_MAMMO ? 1 : 1 + rng_below(&g->r, rng_pct(&g->r, 85) ? 4 : MAX_DX);

	c->n_dx = 0;
	c->stay = c->kind == K_INPT ? stay_pick(&g->r) : NULL;
	while (c->stay && (g->flags_on & F_PROC) && !c->stay->proc[0])
		c->stay = stay_pick(&g->r);
	if (c->stay)
		c->dx[c->n_dx++] = c->stay->dx;
	if ((c->flags & F_DX2) && want < 2)
		want = 3;
	for (uint32_t tries = 0; c->n_dx < want && tries < 40; tries++) {
		const char *code = dx_pick(&g->r, c->kind);

		if (!has_dx(c, code))
			c->dx[c->n_dx++] = code;
	}
}

static uint32_t
lines_wanted(struct gen *g)
{
	static const uint8_t usual[] = { 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 8, 12 };
	uint32_t n = usual[rng_below(&g->r, sizeof usual)];

	switch (g->c.kind) {
	case K_ANES:
		return 1;
	case K_AMB:
	case K_MAMMO:
		return 2;
	case K_DME:
	case K_CHIRO:
		n = 1 + n % 2;
		break;
	case K_DRUG:
		n = 2 + n % 4;
		break;
	case K_INPT:
		n += 2;
		break;
	default:
		break;
	}
	if ((g->c.flags & F_LINES2) && n < 2)
		n = 2;
	return n < MAX_LINES ? n : MAX_LINES;
}

/* Claims lines of the same service that stand before line i: each is of another day. */
static int
same_before(const struct claim *c, uint32_t i, const struct proc *p)
{
	int n = 0;

	for (uint32_t k = 0; k < i; k++)
		n += c->line[k].proc == p || (c->type == 'P' && strcmp(c->line[k].proc->code, p->code) == 0);
	return n;
}

/* Whether the service may be line i of this claim. */
static bool
fits(const struct claim *c, uint32_t i, const struct proc *p)
{
	bool visit = p->code[0] == '9' && p->code[1] == '9';

	if (c->kind == K_OFFICE && visit != (i == 0))
		return false;			/* one visit, then what was done in it */
	if ((c->flags & F_COB) && !p->code[0])
		return false;			/* a payer that answers by line names the service */
	if (c->kind == K_AMB)
		return (strcmp(p->code, "A0425") == 0) == (i == 1);	/* the ride, then its miles */
	if (c->kind == K_MAMMO)
		return (strcmp(p->code, "77067") == 0) == (i == 0);
	return c->kind == K_HOSP || c->kind == K_THERAPY || c->kind == K_CHIRO || same_before(c, i, p) == 0;
}

static bool
line_choose(struct gen *g, uint32_t i)
{
	struct claim *c = &g->c;
	struct line *l = &c->line[i];
	const struct proc *p = NULL;

	for (uint32_t tries = 0; tries < 60 && !p; tries++) {
		p = c->kind == K_INPT && i == 0 ? proc_room(&g->r) : proc_pick(&g->r, c->kind);
		if (!fits(c, i, p))
			p = NULL;
	}
	if (!p)
		return false;
	l->drug = NULL;
	if ((c->kind == K_DRUG && i > 0) || (c->kind == K_OUT && i > 0 && rng_pct(&g->r, 10)))
		l->drug = drug_pick(&g->r);
	for (uint32_t k = 0; k < i && l->drug; k++)
		if (c->line[k].drug == l->drug)
			return false;
	l->proc = p;
	l->day = c->from + (l->drug ? 0 : 2 * same_before(c, i, p));
	l->units = p->units;
	if (c->kind == K_ANES)
		l->units += rng_below(&g->r, 40);
	else if (p->units > 1)
		l->units = 1 + rng_below(&g->r, p->units * 2u);
	else if (c->kind == K_INPT && i == 0)
		l->units = (uint32_t)(c->thru - c->from);
	else if (l->drug)
		l->units = 1 + rng_below(&g->r, 4);
	return true;
}

static void
charge_choose(struct gen *g, struct line *l)
{
	cents_t each = l->drug ? (cents_t)l->drug->charge * 100 : 100 * (cents_t)rng_range(&g->r, l->proc->low, l->proc->high);

	if (rng_pct(&g->r, 35))
		each += rng_below(&g->r, 100);
	l->charge = each * l->units;
	l->n_ptr = (uint8_t)(1 + rng_below(&g->r, g->c.n_dx < 4 ? g->c.n_dx : 4));
}

/* What the payers before us did with a charge: allowed = paid + patient's share, the rest is contractual. */
static void
payers_before(struct gen *g, struct line *l)
{
	cents_t allowed = l->charge * rng_range(&g->r, 40, 85) / 100;

	l->reason = (uint8_t)rng_range(&g->r, 1, 3);
	l->resp[0] = l->reason == 2 ? allowed / 5 : l->reason == 3 && allowed > 2500 ? 2500 :
	    l->reason == 1 && rng_pct(&g->r, 50) ? allowed : allowed / 4;
	if (rng_pct(&g->r, 5)) {
		l->reason = 96;
		l->resp[0] = allowed = l->charge;
	}
	l->paid[0] = allowed - l->resp[0];
	l->paid[1] = l->resp[0] * rng_range(&g->r, 0, 90) / 100;
	l->resp[1] = l->resp[0] - l->paid[1];
}

static void
lines_choose(struct gen *g)
{
	struct claim *c = &g->c;
	uint32_t want = lines_wanted(g);

	c->total = 0;
	c->n = 0;
	for (uint32_t i = 0; i < want && line_choose(g, i); i++) {
		struct line *l = &c->line[i];

		c->n++;
		charge_choose(g, l);
		if (c->flags & F_COB)
			payers_before(g, l);
		c->total += l->charge;
		if (l->day > c->thru)
			c->thru = l->day;
	}
	must(c->n > 0);
	c->whole.charge = c->total;
	if (c->flags & F_COBCLAIM)
		payers_before(g, &c->whole);
}

void
plan_claim(struct gen *g)
{
	static const char *const pos[K_PROF] = {
		[K_OFFICE] = "11", [K_HOSP] = "21", [K_AMB] = "41", [K_ANES] = "22", [K_DME] = "12", [K_CHIRO] = "11",
		[K_DRUG] = "11", 		[K_LAB] = "81", [K_MAMMO] = "11", [K_THERAPY] = "11",
	};
	static const char *const bill[] = { "11", "13", "85", "71" };
	struct claim *c = &g->c;

	c->kind = kind_choose(g);
	flags_choose(g);
	c->from = g->conf.day - (day_t)rng_range(&g->r, 40, 300);
	c->thru = c->from + (c->kind == K_INPT ? (day_t)rng_range(&g->r, 1, 9) : 0);
	c->pos = c->type == 'P' ? pos[c->kind] : bill[c->kind - K_INPT];
	dx_choose(g);
	lines_choose(g);
}
