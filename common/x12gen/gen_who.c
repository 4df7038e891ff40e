/* gen_who.c - people, practices and addresses, chosen and written. It never takes a name from anywhere but gen_words.c. */
#include "x12gen/gen.h"

void
who_person(struct rng *r, struct person *p, day_t on, uint32_t age_low, uint32_t age_high)
{
	p->sex = rng_pct(r, 52) ? 'F' : 'M';
	p->last = word_pick(r, W_LAST);
	p->first = word_pick(r, p->sex == 'F' ? W_FEMALE : W_MALE);
	p->middle = rng_pct(r, 40) ? (char)('A' + rng_below(r, 26)) : 0;
	p->born = on - (day_t)(rng_range(r, age_low, age_high) * 365 + age_high / 4 + rng_below(r, 365));
}

void
who_address(struct rng *r, struct address *a)
{
	a->place = place_pick(r);
	a->street = word_pick(r, W_STREET);
	a->number = rng_range(r, 1, 9899);
	a->zip2 = rng_range(r, 1, 98);
	a->zip4 = rng_range(r, 1000, 9998);
}

void
who_org(struct gen *g, struct org *o, enum kind k)
{
	static const char *const tails[K_KINDS] = {
		[K_OFFICE] = " MEDICAL GROUP", [K_AMB] = " AMBULANCE SERVICE", [K_ANES] = " ANESTHESIA ASSOCIATES",
		[K_DME] = " HOME MEDICAL EQUIPMENT", [K_CHIRO] = " CHIROPRACTIC", [K_LAB] = " CLINICAL LABORATORY",
		[K_INPT] = " HOSPITAL", [K_CAH] = " COMMUNITY HOSPITAL", [K_RHC] = " RURAL HEALTH CLINIC",
	};

	o->name = word_pick(&g->r, k == K_INPT || k == K_CAH ? W_HOSPITAL : W_PRACTICE);
	o->tail = tails[k] ? tails[k] : " MEDICAL GROUP";
	o->taxonomy = taxonomy_of(&g->r, k);
	rng_npi(&g->r, o->npi);
	o->ein = rng_range(&g->r, 100000000, 989999999);
	o->phone = rng_range(&g->r, 201, 979);
	who_address(&g->r, &o->at);
}

void
who_put_address(struct gen *g, const struct address *a, bool zip4)
{
	seg_open(g, "N3*");
	put_num(g, a->number);
	put_ch(g, ' ');
	put(g, a->street);
	if (a->number % 8 == 0) {
		put(g, "*SUITE ");
		put_num(g, a->number % 400 + 1);
	}
	seg_close(g);
	seg_open(g, "N4*");
	put(g, a->place->city);
	put_ch(g, '*');
	put(g, a->place->state);
	put_ch(g, '*');
	put(g, a->place->zip3);
	put_digits(g, a->zip2, 2);
	if (zip4)
		put_digits(g, a->zip4, 4);
	seg_close(g);
}

/* A person or place with an NPI; taxonomy_head such as "PRV*PE*PXC*", or NULL for none. */
void
who_put_npi(struct gen *g, const char *head, bool person, const char *taxonomy_head, enum kind k)
{
	char npi[10];

	rng_npi(&g->r, npi);
	seg_open(g, head);
	if (person) {
		put(g, "*1*");
		put(g, word_pick(&g->r, W_LAST));
		put_ch(g, '*');
		put(g, word_pick(&g->r, npi[3] % 2 ? W_FEMALE : W_MALE));
		put(g, "****XX*");
	} else {
		put(g, "*2*");
		put(g, word_pick(&g->r, W_HOSPITAL));
		put(g, " MEDICAL CENTER*****XX*");
	}
	put_n(g, npi, sizeof npi);
	seg_close(g);
	if (!taxonomy_head)
		return;
	seg_open(g, taxonomy_head);
	put(g, taxonomy_of(&g->r, k));
	seg_close(g);
}

/* Loop 2330A: in another payer's books the same person has another number. */
void
who_put_other(struct gen *g, const struct person *p)
{
	seg_open(g, "NM1*IL*1*");
	put(g, p->last);
	put_ch(g, '*');
	put(g, p->first);
	put(g, "****MI*XQ");
	put_digits(g, g->member * 7u % 1000000000u, 9);
	seg_close(g);
	who_put_address(g, &g->home, false);
}
