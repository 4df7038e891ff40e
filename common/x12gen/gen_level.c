/*
 * gen_level.c - loops 2000A to 2010CA: billing provider, subscriber, patient. A claim opens only the levels that
 * differ from the claim before it. It never looks at what the claim bills.
 */
#include "x12gen/gen.h"

/* A practice bills what it does; a group bills several kinds of visit. */
static enum kind
provider_kind(struct gen *g)
{
	static const enum kind prof[] = {
		K_OFFICE, K_OFFICE, K_OFFICE, K_OFFICE, K_OFFICE, K_OFFICE, K_AMB, K_ANES, K_DME, K_CHIRO, K_LAB, K_OFFICE,
	};
	static const enum kind inst[] = { K_INPT, K_INPT, K_INPT, K_INPT, K_CAH, K_RHC };

	if (g->kind_on == K_OUT)
		return K_INPT;
	if (g->kind_on == K_HOSP || g->kind_on == K_DRUG || g->kind_on == K_MAMMO || g->kind_on == K_THERAPY)
		return K_OFFICE;
	if (g->kind_on != K_ANY)
		return g->kind_on;
	return g->c.type == 'P' ? prof[rng_below(&g->r, sizeof prof / sizeof *prof)] :
	    inst[rng_below(&g->r, sizeof inst / sizeof *inst)];
}

/* What goes with a person's cover, not with one visit. */
static uint32_t
cover_flags(struct gen *g)
{
	static const struct { uint32_t flag, percent; } cover[] = {
		{ F_MEDICARE, 25 }, { F_DEP, 25 }, { F_COB, 12 }, { F_COBCLAIM, 4 }, { F_TWO, 10 }, { F_LATER, 4 }, { F_MOA, 30 },
	};
	uint32_t f = 0;

	for (size_t i = 0; i < sizeof cover / sizeof *cover; i++)
		f |= rng_pct(&g->r, cover[i].percent) ? cover[i].flag : 0;
	f = (f | g->flags_on) & ~g->flags_off;
	if (f & F_COB)
		f &= ~(uint32_t)(F_COBCLAIM | F_LATER);
	else if (f & F_COBCLAIM)
		f &= ~(uint32_t)F_LATER;
	else
		f &= ~(uint32_t)(F_TWO | F_MOA);
	if (f & F_DEP)
		f &= ~(uint32_t)F_MEDICARE;
	return f;
}

static void
subscriber_choose(struct gen *g)
{
	g->sub_flags = cover_flags(g);
	who_person(&g->r, &g->sub, g->conf.day, g->sub_flags & F_MEDICARE ? 66 : 22, g->sub_flags & F_MEDICARE ? 90 : 63);
	if (g->kind_on == K_MAMMO) {
		g->sub.sex = 'F';
		g->sub.first = word_pick(&g->r, W_FEMALE);
		g->sub.born = g->conf.day - 52 * 365;
	}
	who_address(&g->r, &g->home);
	g->member = (uint32_t)(rng_next(&g->r) >> 33);
	g->group = rng_range(&g->r, 10000, 98999);
	g->payer = g->sub_flags & F_MEDICARE ? PAYERS_MEDICARE + (g->c.type == 'I') :
	    rng_below(&g->r, PAYERS_MEDICARE - (g->sub_flags & (F_DEP | F_COBS) ? 1 : 0));
}

static void
patient_choose(struct gen *g)
{
	bool child = rng_pct(&g->r, 70);

	g->pat = g->sub;
	if (!(g->sub_flags & F_DEP))
		return;
	who_person(&g->r, &g->pat, g->conf.day, child ? 1 : 24, child ? 17 : 60);
	g->relation = child ? 19 : 1;
	if (child)
		g->pat.last = g->sub.last;
}

void
level_choose(struct gen *g, bool first)
{
	bool forced = first || g->armed;

	g->new_prov = forced | rng_pct(&g->r, 4);
	g->new_sub = g->new_prov | g->fresh | rng_pct(&g->r, 72);
	g->new_pat = g->new_sub | ((g->sub_flags & F_DEP) && rng_pct(&g->r, 40));
	g->fresh = g->armed;
	if (g->new_prov) {
		g->prov_kind = provider_kind(g);
		who_org(g, &g->prov, g->prov_kind);
	}
	if (g->new_sub)
		subscriber_choose(g);
	if (g->new_pat)
		patient_choose(g);
}

static void
hl(struct gen *g, uint32_t parent, const char *level, bool child)
{
	seg_open(g, "HL*");
	put_num(g, ++g->hl);
	put_ch(g, '*');
	if (parent)
		put_num(g, parent);
	put_ch(g, '*');
	put(g, level);
	put(g, child ? "*1" : "*0");
	seg_close(g);
}

static void
pay_to(struct gen *g)
{
	struct address a;

	seg(g, "NM1*87*2");
	who_address(&g->r, &a);
	who_put_address(g, &a, true);
}

static void
provider_put(struct gen *g)
{
	hl(g, 0, "20", true);
	g->hl_prov = g->hl;
	seg_open(g, "PRV*BI*PXC*");
	put(g, g->prov.taxonomy);
	seg_close(g);
	seg_open(g, "NM1*85*2*");
	put(g, g->prov.name);
	put(g, g->prov.tail);
	put(g, "*****XX*");
	put_n(g, g->prov.npi, sizeof g->prov.npi);
	seg_close(g);
	who_put_address(g, &g->prov.at, true);
	seg_open(g, "REF*EI*");
	put_digits(g, g->prov.ein, 9);
	seg_close(g);
	seg_open(g, "PER*IC*");
	put(g, word_pick(&g->r, W_FEMALE));
	put_ch(g, ' ');
	put(g, word_pick(&g->r, W_LAST));
	put(g, "*TE*");
	put_digits(g, g->prov.phone, 3);
	put(g, "5550142");
	seg_close(g);
	if (((rng_pct(&g->r, 15) ? (uint32_t)F_PAYTO : 0) | g->flags_on) & F_PAYTO)
		pay_to(g);
}

static void
person_put(struct gen *g, const char *head, const struct person *p, bool member)
{
	seg_open(g, head);
	put(g, p->last);
	put_ch(g, '*');
	put(g, p->first);
	put_ch(g, '*');
	if (p->middle)
		put_ch(g, p->middle);
	if (member) {
		put(g, "***MI*");
		put_ch(g, (char)('A' + g->member % 26));
		put_digits(g, g->member, 10);
	}
	seg_close(g);
}

static void
patient_facts(struct gen *g)
{
	who_put_address(g, &g->home, g->member % 3 == 0);
	seg_open(g, "DMG*D8*");
	put_day(g, g->pat.born);
	put_ch(g, '*');
	put_ch(g, g->pat.sex);
	seg_close(g);
}

static void
pat_put(struct gen *g, const char *head)
{
	seg_open(g, head);
	if ((g->c.flags & F_DIED) && g->c.type == 'P') {
		put(g, "****D8*");
		put_day(g, g->c.thru + 1);
	}
	seg_close(g);
}

static void
subscriber_put(struct gen *g)
{
	const struct payer *payer = payer_at(g->payer);
	bool self = !(g->sub_flags & F_DEP), later = g->sub_flags & (F_COB | F_COBCLAIM);

	hl(g, g->hl_prov, "22", !self);
	g->hl_sub = g->hl;
	seg_open(g, g->sub_flags & F_TWO ? "SBR*T*" : later ? "SBR*S*" : "SBR*P*");
	put(g, self ? "18*" : "*");
	if (g->payer < PAYERS_MEDICARE - 1)
		put_num(g, g->group);
	put(g, later && g->payer == PAYERS_MEDICARE ? "**12****" : "******");
	put(g, payer->filing);
	seg_close(g);
	if (self && (g->c.flags & F_DIED) && g->c.type == 'P')
		pat_put(g, "PAT*");
	person_put(g, "NM1*IL*1*", &g->sub, true);
	if (self)
		patient_facts(g);
	seg_open(g, "NM1*PR*2*");
	put(g, payer->name);
	put(g, "*****PI*");
	put(g, payer->id);
	seg_close(g);
	seg_open(g, "N3*PO BOX ");
	put_num(g, 100 + g->payer * 37);
	seg_close(g);
	seg(g, "N4*FALLOWDALE*PA*191010100");
}

void
gen_level_put(struct gen *g)
{
	g->fresh |= (g->c.flags & F_DIED) != 0;		/* nobody is seen after his death */
	if (g->new_prov)
		provider_put(g);
	if (g->new_sub)
		subscriber_put(g);
	if (!g->new_pat || !(g->sub_flags & F_DEP))
		return;
	hl(g, g->hl_sub, "23", false);
	pat_put(g, g->relation == 19 ? "PAT*19" : "PAT*01");
	person_put(g, "NM1*QC*1*", &g->pat, false);
	patient_facts(g);
}
