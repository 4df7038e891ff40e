/* gen_inst.c - loops 2300 and 2400 of the 837I, in the order of the guide, from the plan. It never decides what is on a claim. */
#include "x12gen/gen.h"

static bool
is_stay(const struct gen *g)
{
	return g->c.kind == K_INPT;
}

static void
clm_put(struct gen *g)
{
	claim_open(g);
	put(g, g->c.flags & F_REPL ? ":A:7**A*Y*Y" : ":A:1**A*Y*Y");
	seg_close(g);
}

static void
dates_put(struct gen *g)
{
	const struct claim *c = &g->c;

	if (is_stay(g)) {
		seg_open(g, "DTP*096*TM*");
		put_digits(g, 800 + g->member % 10 * 100 + g->member % 60, 4);
		seg_close(g);
	}
	seg_open(g, "DTP*434*RD8*");
	put_day(g, c->from);
	put_ch(g, '-');
	put_day(g, c->thru);
	seg_close(g);
	if (is_stay(g)) {
		seg_open(g, "DTP*435*DT*");
		put_day(g, c->from);
		put_digits(g, g->group % 24 * 100 + g->member % 60, 4);
		seg_close(g);
		seg(g, c->flags & F_DIED ? "CL1*1*1*20" : g->member % 4 == 0 ? "CL1*3*1*01" : g->member % 4 == 1 ? "CL1*1*1*06" :
		    g->member % 4 == 2 ? "CL1*2*2*03" : "CL1*1*1*01");
	} else {
		seg(g, g->member % 3 ? "CL1*3*1*01" : "CL1*2*1*01");
	}
}

static void
hi_dx(struct gen *g, const char *head, const char *code, bool poa)
{
	put(g, head);
	put(g, code);
	if (poa)
		put(g, ":::::::Y");
}

static void
hi_one(struct gen *g, const char *head, const char *code, bool poa)
{
	seg_open(g, "HI");
	hi_dx(g, head, code, poa);
	seg_close(g);
}

static void
hi_dx_put(struct gen *g)
{
	const struct claim *c = &g->c;
	bool injury = false;

	for (uint32_t i = 0; i < c->n_dx; i++)
		injury |= c->dx[i][0] == 'S';
	hi_one(g, "*ABK:", c->dx[0], is_stay(g));
	if (is_stay(g))
		hi_one(g, "*ABJ:", c->stay->adm, false);
	else if (c->kind != K_RHC)
		hi_one(g, "*APR:", dx_reason(&g->r), false);
	if (injury)
		hi_one(g, "*ABN:", "W19XXXA", is_stay(g));
	if (c->stay) {
		seg_open(g, "HI*DR:");
		put(g, c->stay->drg);
		seg_close(g);
	}
	if (c->n_dx < 2)
		return;
	seg_open(g, "HI");
	for (uint32_t i = 1; i < c->n_dx; i++)
		hi_dx(g, "*ABF:", c->dx[i], is_stay(g));
	seg_close(g);
}

static void
hi_day(struct gen *g, const char *head, day_t day)
{
	seg_open(g, head);
	put(g, ":D8:");
	put_day(g, day);
	seg_close(g);
}

static void
hi_stay_values(struct gen *g)
{
	const struct claim *c = &g->c;

	seg_open(g, "HI*BE:80:::");
	put_num(g, (uint64_t)(c->thru - c->from));
	put(g, "*BE:01:::");
	put_money(g, c->line[0].charge / c->line[0].units);
	seg_close(g);
}

/* Procedures, spans, occurrences, values, conditions: order of the guide. */
static void
hi_other_put(struct gen *g)
{
	const struct claim *c = &g->c;

	if (c->stay && c->stay->proc[0]) {
		seg_open(g, "HI*BBR:");
		put(g, c->stay->proc);
		put(g, ":D8:");
		put_day(g, c->from);
		seg_close(g);
		if (g->member % 3 == 0)
			hi_day(g, "HI*BBQ:02HV33Z", c->from);
	}
	if (is_stay(g) && g->member % 11 == 0) {
		seg_open(g, "HI*BI:71:RD8:");
		put_day(g, c->from - 30);
		put_ch(g, '-');
		put_day(g, c->from - 26);
		seg_close(g);
	}
	if (is_stay(g) && (c->flags & F_DIED))
		hi_day(g, "HI*BH:55", c->thru);
	else if (c->flags & F_ACC)
		hi_day(g, "HI*BH:05", c->from - 1);
	else if (is_stay(g) || g->member % 4 == 0)
		hi_day(g, "HI*BH:11", c->from - 3);
	if (is_stay(g))
		hi_stay_values(g);
	else if (g->member % 6 == 0)
		seg(g, "HI*BE:A3:::25");
	if (c->flags & F_REPL)
		seg(g, "HI*BG:D1");
	else if (is_stay(g))
		seg(g, "HI*BG:C1");
	else if (g->member % 7 == 0)
		seg(g, "HI*BG:09");
}

static void
parties(struct gen *g)
{
	const struct claim *c = &g->c;
	struct address a;

	who_put_npi(g, "NM1*71", true, "PRV*AT*PXC*", K_OFFICE);
	if (c->stay && c->stay->proc[0])
		who_put_npi(g, "NM1*72", true, NULL, K_OFFICE);
	if (g->member % 13 == 0)
		who_put_npi(g, "NM1*82", true, NULL, K_OFFICE);
	if (c->flags & F_FAC) {
		who_put_npi(g, "NM1*77", false, NULL, K_INPT);
		who_address(&g->r, &a);
		who_put_address(g, &a, true);
	}
	if (c->flags & F_REFER)
		who_put_npi(g, "NM1*DN", true, NULL, K_OFFICE);
}

static void
sv2_put(struct gen *g, const struct line *l, bool room)
{
	seg_open(g, "SV2*");
	put(g, l->drug ? "0636" : l->proc->rev);
	put_ch(g, '*');
	if (l->drug || l->proc->code[0])
		line_code(g, l);
	put_ch(g, '*');
	put_money(g, l->charge);
	put(g, room ? "*DA*" : "*UN*");
	put_num(g, l->units);
	seg_close(g);
}

static void
line_put(struct gen *g, uint32_t i)
{
	const struct line *l = &g->c.line[i];

	seg_open(g, "LX*");
	put_num(g, i + 1);
	seg_close(g);
	sv2_put(g, l, is_stay(g) && i == 0);
	if (!is_stay(g)) {
		seg_open(g, "DTP*472*D8*");
		put_day(g, l->day);
		seg_close(g);
	}
	seg_open(g, "REF*6R*");
	put_num(g, g->idx * 100 + i + 1);
	seg_close(g);
	if (l->drug)
		line_drug(g, l);
	cob_line_put(g, l);
}

void
inst_put(struct gen *g)
{
	clm_put(g);
	dates_put(g);
	claim_supplements(g, "AMT*F3*", "NTE*ADD*RECORDS ARE KEPT IN THE CHART ROOM");
	hi_dx_put(g);
	hi_other_put(g);
	parties(g);
	cob_put(g);
	for (uint32_t i = 0; i < g->c.n; i++)
		line_put(g, i);
}
