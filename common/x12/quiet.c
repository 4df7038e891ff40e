/* quiet.c - walks a guide for repair and JSON. Tells nobody what it finds, and judges nothing. */
#include "x12/quiet.h"

int
x12_quiet_open(struct arena *a, struct x12_reader *r, const struct x12_guides *g, struct x12_quiet *q)
{
	*q = (struct x12_quiet){ .spec.guides = g };
	q->c.spec = &q->spec;
	q->c.a = a;
	q->c.r = r;
	q->c.w.seen = arena_array(a, g->max_pos + 1, sizeof *q->c.w.seen);
	q->c.w.memo = arena_array(a, WALK_MEMO_ROWS, sizeof *q->c.w.memo);
	q->c.w.reps = arena_array(a, g->max_loops + 1, sizeof *q->c.w.reps);
	return a->spent ? E_NOMEM : 0;
}

void
x12_quiet_isa(struct x12_quiet *q)
{
	q->c.s = x12_seps(q->c.r);
	q->has_guide = false;
}

void
x12_quiet_set(struct x12_quiet *q, const struct x12_seg *st, struct str gs08)
{
	struct str version = x12_elem(st, 3);
	const struct x12_guide *g = x12_guide_for(q->spec.guides, x12_elem(st, 1), version.n ? version : gs08, STR_NONE);

	q->has_guide = g != NULL;
	q->c.at = 1;
	if (g)
		x12_walk_open(&q->c, g);
}

void
x12_quiet_set_end(struct x12_quiet *q)
{
	q->has_guide = false;
}

/* Some guides share set and version; BHT02 tells them apart. */
static void
bht(struct x12_quiet *q, const struct x12_seg *s)
{
	const struct x12_guide *g = q->c.w.g;
	struct str ids = str_of(g->ids);

	if (strstr(g->ids, "BHT02="))
		g = x12_guide_for(q->spec.guides, str_of(g->set), str_cut(&ids, ' '), x12_elem(s, 2));
	if (g && g != q->c.w.g)
		x12_walk_open(&q->c, g);
}

const struct x12_pos *
x12_quiet_step(struct x12_quiet *q, const struct x12_seg *s)
{
	uint16_t pos;

	q->c.at++;
	if (!q->has_guide)
		return NULL;
	if (q->c.at == 2 && str_is(s->id, "BHT"))
		bht(q, s);
	q->c.seg = *s;
	pos = x12_walk_step(&q->c, s);
	return pos == NO_POS ? NULL : x12_pos_of(&q->c, pos);
}

struct str
x12_quiet_loop(const struct x12_quiet *q)
{
	const struct x12_walk *w = &q->c.w;

	return q->has_guide ? str_of(w->g->loops[w->lv[w->depth - 1].loop].id) : STR_NONE;
}
