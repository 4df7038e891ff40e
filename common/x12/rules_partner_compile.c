/*
 * rules_partner_compile.c - rules of a trading partner to positions of each guide: what happens where. A rule that fits
 * no guide is told with the part of its place that does not exist.
 */
#include "x12/rules_partner.h"

#include <stdlib.h>

enum reach { REACH_GUIDE, REACH_LOOP, REACH_SEGMENT, REACH_CODE, REACH_ELEMENT, REACH_ALL };

struct making {
	struct arena	*a;
	const struct x12_guide *g;
	const struct partner_rule *r;
	uint16_t	 rule;
	enum reach	 reach;			/* of this rule, in any guide */
	struct partner_action *v; size_t n;
	struct partner_slot *slots; size_t n_slots;
};

static void
reached(struct making *m, enum reach to)
{
	m->reach = m->reach < to ? to : m->reach;
}

static void
act(struct making *m, size_t pos, enum partner_act what, size_t slot)
{
	struct partner_action *one = arena_push(m->a, m->v, m->n);

	if (one)
		*one = (struct partner_action){ (uint16_t)pos, m->rule, (uint16_t)slot, (uint8_t)what };
}

/* Waits for something in each instance of the loop; returns the slot. */
static size_t
wait_in(struct making *m, uint16_t loop)
{
	const struct x12_gloop *loops = m->g->loops;
	struct partner_slot *one = arena_push(m->a, m->slots, m->n_slots);
	bool in_unit = false;

	for (uint16_t l = loop; l; l = loops[l].parent)
		in_unit = in_unit || loops[l].unit;
	if (one)
		*one = (struct partner_slot){ m->rule, loop, in_unit };
	if (loop)
		act(m, loops[loop].first, ACT_OPEN, m->n_slots - 1);
	return m->n_slots - 1;
}

/* The loop around one, past those that begin with the same segment and those that have none of their own to begin with. */
static uint16_t
around(const struct x12_guide *g, uint16_t loop)
{
	uint16_t up = g->loops[loop].parent;

	while (up && (g->loops[up].first == g->loops[loop].first || g->pos[g->loops[up].first].loop != up))
		up = g->loops[up].parent;
	return up;
}

static void
whole_loop(struct making *m, uint16_t loop)
{
	reached(m, REACH_ALL);
	if (m->r->key == PARTNER_require)
		act(m, m->g->loops[loop].first, ACT_MET, wait_in(m, around(m->g, loop)));
	else
		act(m, m->g->loops[loop].first, ACT_FORBID, 0);
}

static bool
has_code(const struct x12_guide *g, const struct x12_pos *p, struct str code)
{
	return !code.n || !p->by_list || x12_code_in(&g->all->codes[p->by_list], code);
}

static bool
has_element(const struct making *m, const struct x12_pos *p)
{
	const struct x12_item *it;

	if (!m->r->el)
		return true;
	if (m->r->el > p->n_items)
		return false;
	it = &m->g->items[p->items + m->r->el - 1];
	if (it->kind == KIND_COMPOSITE)
		return m->r->comp ? m->r->comp <= it->n_comps : m->r->key != PARTNER_allow;
	return m->r->comp == 0;
}

static void
position(struct making *m, size_t pos, size_t slot)
{
	switch (m->r->key) {
	case PARTNER_require:
		act(m, pos, m->r->el ? ACT_NEED : ACT_MET, slot);
		break;
	case PARTNER_forbid:
		act(m, pos, ACT_FORBID, 0);
		break;
	case PARTNER_allow:
		act(m, pos, ACT_ALLOW, 0);
		break;
	default:
		act(m, pos, ACT_PAIR, 0);
		break;
	}
}

static void
in_loop(struct making *m, uint16_t loop)
{
	const struct x12_gloop *l = &m->g->loops[loop];
	size_t slot = SIZE_MAX;

	for (size_t i = l->first; i < l->end; i++) {
		const struct x12_pos *p = &m->g->pos[i];

		if (p->loop != loop || !str_is(m->r->segment, p->id))
			continue;
		reached(m, REACH_SEGMENT);
		if (!has_code(m->g, p, m->r->code))
			continue;
		reached(m, REACH_CODE);
		if (!has_element(m, p))
			continue;
		reached(m, REACH_ALL);
		if (slot == SIZE_MAX && m->r->key == PARTNER_require && !m->r->el)
			slot = wait_in(m, loop);
		position(m, i, slot);
	}
}

static bool
takes(const struct x12_partner_rules *p, const struct x12_guide *g)
{
	for (size_t i = 0; i < p->n_takes; i++)
		if (partner_names_guide(p->takes[i], g))
			return true;
	return p->n_takes == 0;
}

static int
by_pos(const void *a, const void *b)
{
	const struct partner_action *x = a, *y = b;

	return x->pos != y->pos ? (x->pos > y->pos) - (x->pos < y->pos) : x->act != y->act ? x->act - y->act :
	    (x->rule > y->rule) - (x->rule < y->rule);
}

static void
plan_close(struct making *m, struct partner_plan *plan)
{
	uint16_t *at = arena_array(m->a, m->g->n_pos + 1, sizeof *at);

	if (!at || m->n >= UINT16_MAX)
		return;
	if (m->n)
		qsort(m->v, m->n, sizeof *m->v, by_pos);
	for (size_t p = 0, i = 0; p <= m->g->n_pos; p++) {
		while (i < m->n && m->v[i].pos < p)
			i++;
		at[p] = (uint16_t)i;
	}
	plan->at = at;
	plan->v = m->v;
	plan->n = m->n;
	plan->slots = m->slots;
	plan->n_slots = m->n_slots;
}

static void
told(struct arena *a, const struct partner_rule *r, enum reach reach, struct str file, struct faults *f)
{
	static const char *const words[REACH_ALL][2] = {
		[REACH_GUIDE] = { "no guide that is taken has this loop",
		    "name a loop of the guide, and the guide before it: 837P 2310B" },
		[REACH_LOOP] = { "the loop has no such segment", "name a segment the guide has directly in this loop" },
		[REACH_SEGMENT] = { "the segment has no such qualifier here", "use a qualifier of the guide, or leave it out" },
		[REACH_CODE] = { "the segment has no such element here",
		    "count the elements of the guide; name a component of a composite" },
	};
	const char *const *w = words[reach == REACH_ELEMENT ? REACH_CODE : reach];

	(void)fault_add(f, E_CONF, arena_fmt(a, STR_FMT " line %d column %d", STR_ARG(file), r->line, r->column),
	    arena_fmt(a, "%s: %s", r->text, w[0]), str_of(w[1]));
}

static void
one_rule(struct making *m, bool taken)
{
	if (m->r->guide.n ? !partner_names_guide(m->r->guide, m->g) : !taken)
		return;
	for (size_t l = 1; l < m->g->n_loops; l++) {
		if (!str_is(m->r->loop, m->g->loops[l].id))
			continue;
		reached(m, REACH_LOOP);
		if (m->r->segment.n)
			in_loop(m, (uint16_t)l);
		else if (m->r->key == PARTNER_require || m->r->key == PARTNER_forbid)
			whole_loop(m, (uint16_t)l);
	}
}

void
partner_compile(struct arena *a, const struct x12_guides *all, struct x12_partner_rules *p, struct str file, struct faults *f)
{
	enum reach *reach = arena_array(a, p->n + 1, sizeof *reach);

	p->plans = arena_array(a, all->n, sizeof *p->plans);
	for (size_t i = 0; reach && p->plans && i < all->n; i++) {
		struct making m = { .a = a, .g = &all->v[i] };

		p->plans[i].taken = takes(p, m.g);
		for (size_t k = 0; k < p->n; k++) {
			m.r = &p->v[k];
			m.rule = (uint16_t)k;
			m.reach = reach[k];
			one_rule(&m, p->plans[i].taken);
			reach[k] = m.reach;
		}
		plan_close(&m, &p->plans[i]);
		p->max_slots = m.n_slots > p->max_slots ? m.n_slots : p->max_slots;
	}
	for (size_t k = 0; reach && !a->spent && k < p->n; k++)
		if (reach[k] != REACH_ALL && !p->v[k].implied)
			told(a, &p->v[k], reach[k], file, f);
}
