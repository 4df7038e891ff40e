/*
 * test_x12_guides.c - the compiled guides hold: each is found by its ids, every position can be met and told from its
 * likes, lists have codes, words are there and short. What a guide says is not judged here, but that it says it once.
 */
#include "x12/guide.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define WORDS_MAX	60

static const struct { const char *set, *gs01; } sets[] = { { "270", "HS" }, { "271", "HB" }, { "275", "PI" }, { "276", "HR" },
	{ "277", "HN" }, { "278", "HI" }, { "820", "RA" }, { "834", "BE" }, { "835", "HP" }, { "837", "HC" }, { "999", "FA" } };

static struct arena a;
static const struct x12_guides *all;

static void
guides_open(void)
{
	arena_init(&a, 0);
	cr_assert(x12_guides_open(&a, &all) == 0 && all->n >= 20);
}

static void
guides_close(void)
{
	arena_free(&a);
}

#define GUIDES(name)	Test(x12_guides, name, .init = guides_open, .fini = guides_close)
#define EACH(g)		const struct x12_guide *g = all->v; g < all->v + all->n; g++

static const char *
loop_of(const struct x12_guide *g, const struct x12_pos *p)
{
	return g->loops[p->loop].id;
}

GUIDES(each_is_found_by_its_ids)
{
	for (EACH(g)) {
		struct str rest = str_of(g->ids), cond = str_of(strstr(g->ids, "BHT02=")), bht02 = STR_NONE;
		size_t known = 0, ids = 0;

		for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
			known += strcmp(sets[i].set, g->set) == 0 && strcmp(sets[i].gs01, g->gs01) == 0;
		cr_expect(known == 1, "%s %s", g->set, g->gs01);
		if (cond.n)
			bht02 = (struct str){ cond.p + 6, cond.n - 6 };
		bht02 = str_cut(&bht02, ',');
		while (rest.n) {
			struct str id = str_cut(&rest, ' ');

			if (str_starts(id, S("BHT02=")))
				continue;
			ids++;
			cr_expect(id.n >= 10 && id.n <= 12);
			cr_expect(x12_guide_for(all, str_of(g->set), id, bht02) == g, STR_FMT, STR_ARG(id));
			cr_expect(!x12_guide_for(all, S("111"), id, bht02));
		}
		cr_expect(ids > 0, "%s", g->ids);
	}
	cr_expect(!x12_guide_for(all, S("837"), S("005010X999"), STR_NONE));
	cr_expect(!x12_guide_for(all, S("837"), STR_NONE, STR_NONE));
	cr_expect(!x12_guide_for(all, S("278"), S("005010X217"), S("99")));
}

/* ---- lists ---- */

GUIDES(lists_have_codes_once)
{
	for (size_t i = 1; i < all->n_codes; i++) {
		const struct x12_codes *c = &all->codes[i];

		cr_expect(c->shape ? c->n == 0 : c->n > 0, "%s", c->name ? c->name : "a list without a name");
		for (size_t k = 1; k < c->n; k++)
			cr_expect(c->v[k - 1] < c->v[k], "%s has a code twice: %.8s", c->name ? c->name : "a list without a name",
			    (const char *)&c->v[k]);
		for (size_t k = 1; k < i && c->name; k++)
			cr_expect(!all->codes[k].name || strcmp(all->codes[k].name, c->name) != 0 || all->codes[k].shape,
			    "two lists are named %s", c->name);
		cr_expect(!c->name || (c->words && *c->words && strlen(c->words) <= WORDS_MAX), "%s", c->name);
	}
}

static void
use_of(const struct x12_guide *g, const struct x12_item *it, unsigned n, unsigned char *used)
{
	for (unsigned i = 0; i < n; i++) {
		cr_expect(it[i].list < all->n_codes && it[i].rep > 0 && it[i].use <= USE_N);
		used[it[i].list] = 1;
		if (it[i].kind == KIND_COMPOSITE)
			use_of(g, g->items + it[i].comps, it[i].n_comps, used);
	}
}

/* Of use to nobody yet. */
static bool
is_spare(const char *list)
{
	return list && (strcmp(list, "states") == 0 || strcmp(list, "provinces") == 0);
}

GUIDES(lists_are_used)
{
	unsigned char *used = arena_alloc(&a, all->n_codes);

	for (EACH(g))
		for (size_t i = 0; i < g->n_pos; i++)
			use_of(g, g->items + g->pos[i].items, g->pos[i].n_items, used);
	for (size_t i = 1; i < all->n_codes; i++)
		cr_expect(used[i] || all->codes[i].shape || is_spare(all->codes[i].name), "no guide uses the list %s",
		    all->codes[i].name);
}

/* ---- positions ---- */

/* The loop while which is open the position is met: its own, or the parent of the one it opens. */
static size_t
met_in(const struct x12_guide *g, const struct x12_pos *p)
{
	return p->opens ? g->loops[p->loop].parent : p->loop;
}

static bool
is_met(const struct x12_guide *g, size_t pos)
{
	int k = x12_key_index(g, g->pos[pos].key);
	const uint16_t *at = &g->cand_at[met_in(g, &g->pos[pos]) * g->n_keys + (size_t)k];

	for (size_t i = at[0]; k >= 0 && i < at[1]; i++)
		if (g->cands[i] == pos)
			return true;
	return false;
}

static bool
share_a_code(const struct x12_codes *x, const struct x12_codes *y)
{
	for (size_t i = 0; i < x->n; i++)
		if (x12_code_holds(y, x->v[i]))
			return true;
	return false;
}

/* Two of one id in one loop that stand next to each other, so that order does not tell them apart either. */
static bool
same(const struct x12_guide *g, const struct x12_pos *p, const struct x12_pos *q)
{
	if (p->key != q->key || met_in(g, p) != met_in(g, q))
		return false;
	return !p->by_el || !q->by_el || p->by_el != q->by_el || share_a_code(&all->codes[p->by_list], &all->codes[q->by_list]);
}

GUIDES(positions_are_met_and_told_apart)
{
	for (EACH(g))
		for (size_t i = 0; i < g->n_pos; i++) {
			const struct x12_pos *p = &g->pos[i];

			cr_expect(is_met(g, i), "%s: %s of %s is never met", g->ids, p->id, loop_of(g, p));
			for (size_t k = 0; k < i; k++)
				cr_expect(!same(g, &g->pos[k], p), "%s: two %s of %s are alike: %s, %s", g->ids, p->id,
				    loop_of(g, p), g->pos[k].words, p->words);
		}
}

static bool
has_likes(const struct x12_guide *g, const struct x12_pos *p)
{
	for (size_t i = 0; i < g->n_pos; i++)
		if (&g->pos[i] != p && g->pos[i].key == p->key && met_in(g, &g->pos[i]) == met_in(g, p))
			return true;
	return false;
}

/* What tells it from its likes must be there. */
GUIDES(marks_are_required)
{
	for (EACH(g))
		for (size_t i = 0; i < g->n_pos; i++) {
			const struct x12_pos *p = &g->pos[i];
			const struct x12_item *it = p->by_el ? &g->items[p->items + p->by_el - 1u] : NULL;

			cr_expect(!it || it->use == USE_R || !has_likes(g, p), "%s: %s of loop %s, %s", g->ids, p->id,
			    loop_of(g, p), p->words);
		}
}

static void
items_hold(const struct x12_guide *g, const struct x12_pos *p, const struct x12_item *it, unsigned n)
{
	bool part = it != g->items + p->items;

	for (unsigned i = 0; i < n; i++) {
		const struct x12_item *e = &it[i];

		cr_expect(e->words && *e->words && strlen(e->words) <= WORDS_MAX, "%s: %s%02u", g->ids, p->id, i + 1);
		cr_expect(e->kind == KIND_COMPOSITE ? e->n_comps > 0 && !part : e->min > 0 && e->min <= e->max, "%s: %s%02u",
		    g->ids, p->id, i + 1);
		cr_expect(e->use != USE_N || e->list == 0, "%s: %s%02u is not used, yet has codes", g->ids, p->id, i + 1);
		if (e->kind == KIND_COMPOSITE && e->use != USE_N)
			items_hold(g, p, g->items + e->comps, e->n_comps);
	}
}

GUIDES(elements_fit_and_have_words)
{
	for (EACH(g)) {
		cr_expect(*g->words && strlen(g->words) <= WORDS_MAX && g->n_pos > 3 && g->n_loops > 1, "%s", g->ids);
		for (size_t i = 0; i < g->n_pos; i++) {
			const struct x12_pos *p = &g->pos[i];

			cr_expect(p->words && *p->words && strlen(p->words) <= WORDS_MAX, "%s: %s of loop %s", g->ids, p->id,
			    loop_of(g, p));
			cr_expect(p->use != USE_N && p->n_items > 0 && p->last_r <= p->n_items);
			items_hold(g, p, g->items + p->items, p->n_items);
		}
	}
}

/* A code fits its element: no longer than it may be. */
GUIDES(codes_fit_their_elements)
{
	for (EACH(g))
		for (size_t i = 0; i < g->n_pos; i++)
			for (unsigned k = 0; k < g->pos[i].n_items; k++) {
				const struct x12_item *it = &g->items[g->pos[i].items + k];
				const struct x12_codes *c = &all->codes[it->list];

				for (size_t m = 0; m < c->n && it->max < 8; m++)
					cr_expect(c->v[m] >> 8 * it->max == 0, "%s: %s%02u: %.8s is too long", g->ids,
					    g->pos[i].id, k + 1, (const char *)&c->v[m]);
			}
}

/* ---- loops ---- */

/* Tables of the standard are loops that need not begin with a segment of their own. */
static bool
is_table(const struct x12_gloop *l)
{
	return l->parent == 0 && (strcmp(l->id, "DETAIL") == 0 || strcmp(l->id, "SUMMARY") == 0);
}

/* Each first segment begins the loop anew, but for the table that has several PLB. */
static bool
comes_once(const struct x12_guide *g, const struct x12_gloop *l)
{
	bool several = strcmp(g->set, "835") == 0 && strcmp(l->id, "SUMMARY") == 0;

	return g->pos[l->first].max == 1 || g->pos[l->first].loop != l - g->loops || several;
}

GUIDES(loops_hold)
{
	for (EACH(g))
		for (size_t i = 1; i < g->n_loops; i++) {
			const struct x12_gloop *l = &g->loops[i], *up = &g->loops[l->parent];

			cr_expect(l->words && *l->words && strlen(l->words) <= WORDS_MAX && *l->id, "%s: loop %s", g->ids, l->id);
			cr_expect(l->first < l->end && l->parent < i && up->first <= l->first && l->end <= up->end, "%s: loop %s",
			    g->ids, l->id);
			cr_expect(g->pos[l->first].opens && (g->pos[l->first].loop == i || is_table(l)), "%s: %s", g->ids, l->id);
			cr_expect(comes_once(g, l), "%s: the first segment of loop %s comes once", g->ids, l->id);
			for (size_t k = 1; k < i; k++)
				cr_expect(strcmp(g->loops[k].id, l->id) != 0 || g->loops[k].parent != l->parent,
				    "%s: two loops %s", g->ids, l->id);
		}
}

/* ---- what rules ask for ---- */

GUIDES(tags_and_units_are_of_guides)
{
	static const char *const tags[] = { "",
#define TAG(name, set, loop, segment, code) #name,
#include "schemas/x12_tags.def"
	};
	static const struct { const char *set, *loop; } units[] = {
#define UNIT(set, loop) { set, loop },
#include "schemas/x12_units.def"
	};
	size_t tagged[TAG_COUNT] = { 0 }, n_units[sizeof units / sizeof *units] = { 0 };

	for (EACH(g)) {
		for (size_t i = 0; i < g->n_pos; i++)
			tagged[g->pos[i].tag]++;
		for (size_t i = 0; i < g->n_loops; i++)
			for (size_t u = 0; u < sizeof units / sizeof *units; u++)
				n_units[u] += g->loops[i].unit && strcmp(g->set, units[u].set) == 0 &&
				    strcmp(g->loops[i].id, units[u].loop) == 0;
	}
	for (size_t i = 1; i < TAG_COUNT; i++)
		cr_expect(tagged[i] > 0, "no guide has the position of %s", tags[i]);
	for (size_t u = 0; u < sizeof units / sizeof *units; u++)
		cr_expect(n_units[u] > 0, "no guide has the loop %s of %s", units[u].loop, units[u].set);
}
