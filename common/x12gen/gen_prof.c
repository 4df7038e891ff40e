/* gen_prof.c - loops 2300 and 2400 of the 837P, in the order of the guide, from the plan. It never decides what is on a claim. */
#include "x12gen/gen.h"

static void
date(struct gen *g, const char *head, day_t day)
{
	seg_open(g, head);
	put_day(g, day);
	seg_close(g);
}

/* Accidents: on the road (always where a defect wants one), at work, others. */
static bool
is_auto(const struct gen *g)
{
	return (g->c.flags & F_ACC) && ((g->flags_on & F_ACC) || g->member % 4 < 2);
}

static bool
is_work(const struct gen *g)
{
	return (g->c.flags & F_ACC) && !is_auto(g) && g->member % 4 == 2;
}

void
claim_open(struct gen *g)
{
	seg_open(g, "CLM*");
	put(g, g->clm01);
	put_ch(g, '*');
	put_money(g, g->c.total);
	put(g, "***");
	put(g, g->c.pos);
}

static void
clm_put(struct gen *g)
{
	const struct claim *c = &g->c;

	claim_open(g);
	put(g, c->flags & F_REPL ? ":B:7*Y*A*Y*Y*" : ":B:1*Y*A*Y*Y*");
	if (g->member % 3 == 0)
		put_ch(g, 'P');
	put_ch(g, '*');
	if (is_auto(g)) {
		put(g, "AA:::");
		put(g, g->home.place->state);
	} else if (c->flags & F_ACC) {
		put(g, is_work(g) ? "EM" : "OA");
	}
	seg_close(g);
}

static void
dates_put(struct gen *g)
{
	const struct claim *c = &g->c;

	if (c->kind == K_THERAPY || (c->kind == K_OFFICE && g->member % 5 == 0))
		date(g, "DTP*431*D8*", c->from - 6);
	if (c->kind == K_CHIRO)
		date(g, "DTP*454*D8*", c->from - 15);
	if (c->kind == K_THERAPY && g->member % 2)
		date(g, "DTP*304*D8*", c->from - 20);
	if (c->kind == K_CHIRO)
		date(g, "DTP*453*D8*", c->from - 16);
	if (c->flags & F_ACC)
		date(g, "DTP*439*D8*", c->from - 2);
	if (c->kind == K_CHIRO)
		date(g, "DTP*455*D8*", c->from - 14);
	if (is_work(g)) {
		seg_open(g, "DTP*314*RD8*");
		put_day(g, c->from - 1);
		put_ch(g, '-');
		put_day(g, c->from + 20);
		seg_close(g);
		date(g, "DTP*297*D8*", c->from - 2);
		date(g, "DTP*296*D8*", c->from + 21);
	}
	if (c->kind == K_HOSP) {
		date(g, "DTP*435*D8*", c->from - 1);
		if (g->member % 2)
			date(g, "DTP*096*D8*", c->thru + 1);
	}
}

/* Order of the guide: EW, G1, F8, X4, D9, EA. */
static void
refs(struct gen *g)
{
	const struct claim *c = &g->c;
	bool lab = false;

	for (uint32_t i = 0; i < c->n; i++)
		lab |= c->line[i].proc->lab && !c->line[i].drug;
	if (c->kind == K_MAMMO) {
		seg_open(g, "REF*EW*");
		put_num(g, 100000 + g->prov.ein % 99999);
		seg_close(g);
	}
	if (c->flags & F_AUTH) {
		seg_open(g, "REF*G1*AUTH");
		put_num(g, g->idx % 900000 + 100000);
		seg_close(g);
	}
	if (c->flags & F_REPL) {
		seg_open(g, "REF*F8*ICN");
		put_digits(g, g->idx * 31 + 1000, 10);
		seg_close(g);
	}
	if (c->type == 'P' && lab) {
		seg_open(g, "REF*X4*");
		put_digits(g, g->prov.ein % 90 + 10, 2);
		put_ch(g, 'D');
		put_digits(g, g->prov.ein / 7 % 10000000, 7);
		seg_close(g);
	}
	if (c->flags & F_D9) {
		seg_open(g, "REF*D9*");
		put_digits(g, g->idx + 1, 14);
		seg_close(g);
	}
	if (c->flags & F_EA) {
		seg_open(g, "REF*EA*MR");
		put_digits(g, g->member % 10000000, 7);
		seg_close(g);
	}
	if (c->flags & F_K3)
		seg(g, "K3*STATE DATA 01");
}

void
claim_supplements(struct gen *g, const char *paid, const char *note)
{
	const struct claim *c = &g->c;

	if (c->flags & F_PWK) {
		seg_open(g, "PWK*OZ*EL***AC*ATT");
		put_num(g, g->idx + 1);
		seg_close(g);
	}
	if (c->flags & F_PAID) {
		seg_open(g, paid);
		put_money(g, c->total / 10 + 1);
		seg_close(g);
	}
	refs(g);
	if (c->flags & F_NOTE)
		seg(g, note);
}

static void
supplements(struct gen *g)
{
	const struct claim *c = &g->c;

	claim_supplements(g, "AMT*F5*", "NTE*ADD*RECORDS ARE KEPT AT THE OFFICE");
	if (c->kind == K_AMB) {
		seg_open(g, "CR1*LB*");
		put_num(g, 110 + g->member % 160);
		put(g, "**A*DH*");
		put_num(g, c->line[1].units);
		seg_close(g);
		seg(g, "CRC*07*Y*04*06*09");
	}
	if (c->kind == K_CHIRO)
		seg(g, g->member % 2 ? "CR2********A" : "CR2********C**LOW BACK PAIN");
}

static void
dx_put(struct gen *g)
{
	const struct claim *c = &g->c;

	seg_open(g, "HI");
	for (uint32_t i = 0; i < c->n_dx; i++) {
		put(g, i ? "*ABF:" : "*ABK:");
		put(g, c->dx[i]);
	}
	seg_close(g);
	if (c->kind == K_ANES) {
		seg_open(g, "HI*BP:");
		put(g, c->line[0].proc->rev);
		seg_close(g);
	}
}

static void
parties(struct gen *g)
{
	const struct claim *c = &g->c;
	struct address a;

	if (c->flags & F_REFER)
		who_put_npi(g, "NM1*DN", true, NULL, c->kind);
	if (c->kind != K_AMB && c->kind != K_DME && c->kind != K_LAB)
		who_put_npi(g, "NM1*82", true, "PRV*PE*PXC*", c->kind);
	if ((c->flags & F_FAC) && c->kind != K_AMB && c->kind != K_DME) {
		who_put_npi(g, "NM1*77", false, NULL, K_INPT);
		who_address(&g->r, &a);
		who_put_address(g, &a, true);
	}
	if (c->kind == K_OFFICE && g->member % 29 == 0)
		who_put_npi(g, "NM1*DQ", true, NULL, K_OFFICE);
	if (c->kind == K_AMB) {
		seg(g, "NM1*PW*2");
		who_put_address(g, &g->home, true);
		seg_open(g, "NM1*45*2*");
		put(g, word_pick(&g->r, W_HOSPITAL));
		put(g, " MEDICAL CENTER");
		seg_close(g);
		who_address(&g->r, &a);
		who_put_address(g, &a, true);
	}
}

static void
sv1_put(struct gen *g, const struct line *l, uint32_t i)
{
	seg_open(g, "SV1*");
	line_code(g, l);
	put_ch(g, '*');
	put_money(g, l->charge);
	put(g, g->c.kind == K_ANES ? "*MJ*" : "*UN*");
	put_num(g, l->units);
	put(g, "***");
	for (uint32_t k = 0; k < l->n_ptr; k++) {
		if (k)
			put_ch(g, ':');
		put_num(g, (i + k) % g->c.n_dx + 1);
	}
	seg_close(g);
}

/* Equipment: price of a month and of the whole, certificate and its duration, condition. */
static void
equipment(struct gen *g, const struct line *l)
{
	seg_open(g, "SV5*HC:");
	put(g, l->proc->code);
	put(g, "*DA*30*");
	put_money(g, l->charge);
	put_ch(g, '*');
	put_money(g, l->charge * 11);
	put(g, "*4");
	seg_close(g);
	seg(g, "PWK*CT*AB");
	seg(g, "CR3*I*MO*12");
	seg(g, "CRC*09*Y*ZV");
}

static void
ordering(struct gen *g)
{
	struct address a;

	who_put_npi(g, "NM1*DK", true, NULL, K_OFFICE);
	who_address(&g->r, &a);
	who_put_address(g, &a, true);
	seg_open(g, "PER*IC*FRONT DESK*TE*");
	put_digits(g, g->prov.phone, 3);
	put(g, "5550177");
	seg_close(g);
}

void
line_code(struct gen *g, const struct line *l)
{
	put(g, "HC:");
	put(g, l->drug ? l->drug->code : l->proc->code);
	if (!l->drug && l->proc->mod[0]) {
		put_ch(g, ':');
		put(g, l->proc->mod);
	}
}

void
line_drug(struct gen *g, const struct line *l)
{
	seg_open(g, "LIN**N4*");
	put(g, l->drug->ndc);
	seg_close(g);
	seg_open(g, "CTP****");
	put_num(g, l->units);
	put_ch(g, '*');
	put(g, l->drug->unit);
	seg_close(g);
	if (g->member % 3)
		return;
	seg_open(g, "REF*XZ*RX");
	put_digits(g, g->idx * 13 + l->units, 9);
	seg_close(g);
}

static void
line_put(struct gen *g, uint32_t i)
{
	const struct line *l = &g->c.line[i];
	bool dme = g->c.kind == K_DME;

	seg_open(g, "LX*");
	put_num(g, i + 1);
	seg_close(g);
	sv1_put(g, l, i);
	if (dme)
		equipment(g, l);
	seg_open(g, dme ? "DTP*472*RD8*" : "DTP*472*D8*");
	put_day(g, l->day);
	if (dme) {
		put_ch(g, '-');
		put_day(g, l->day + 29);
	}
	seg_close(g);
	if (dme)
		date(g, "DTP*463*D8*", l->day - 20);
	seg_open(g, "REF*6R*");
	put_num(g, g->idx * 100 + i + 1);
	seg_close(g);
	if ((g->c.flags & F_NOTE) && i == 0)
		seg(g, "NTE*ADD*SEE CLAIM NOTE");
	if (l->drug)
		line_drug(g, l);
	if (g->c.kind == K_OFFICE && i == 1 && g->member % 17 == 0)	/* another than the claim's */
		who_put_npi(g, "NM1*82", true, "PRV*PE*PXC*", K_OFFICE);
	if (dme)
		ordering(g);
	cob_line_put(g, l);
	if (dme && strcmp(l->proc->code, "E1390") == 0) {
		seg(g, "LQ*UT*484.03");
		seg(g, "FRM*1A**56");
		seg(g, "FRM*4*Y");
	}
}

void
prof_put(struct gen *g)
{
	clm_put(g);
	dates_put(g);
	supplements(g);
	dx_put(g);
	parties(g);
	cob_put(g);
	for (uint32_t i = 0; i < g->c.n; i++)
		line_put(g, i);
}
