/*
 * walk.c - finds the position of each segment in the guide, opens and closes loops, and tells what is missing,
 * too many, out of order or unknown. Never looks at an element but the one that tells positions apart, and HL.
 */
#include "x12/walk.h"

static const struct x12_gloop *
loop_at(const struct x12_walk *w, unsigned level)
{
	return &w->g->loops[w->lv[level].loop];
}

static void
tell(struct x12_check *c, const char *id, const char *ik304, struct x12_finding f)
{
	f.id = id;
	f.ik304 = ik304;
	x12_found(c, &f);
}

/* ---- what is missing ---- */

static bool
is_met(const struct x12_walk *w, unsigned level, uint16_t pos)
{
	const struct x12_pos *p = &w->g->pos[pos];

	return p->loop != w->lv[level].loop ? w->reps[p->loop] != 0 : w->seen[pos] != 0;
}

static void
missing(struct x12_check *c, const struct walk_gap *gap)
{
	const struct x12_guide *g = c->w.g;
	const struct x12_pos *p = &g->pos[gap->pos];
	bool loop = p->opens;

	tell(c, loop ? "LOOP_MISSING" : "SEGMENT_MISSING", "3", (struct x12_finding){ .segment = str_of(p->id),
	    .loop = str_of(g->loops[p->loop].id), .at = gap->at, .ordinal = gap->ordinal,
	    .subject = loop ? g->loops[p->loop].words : p->words });
}

/* Told when its loop ends, at the place where it was missed: until then it may still come, out of order. */
static void
gap_open(struct x12_check *c, unsigned level, uint16_t pos)
{
	struct x12_walk *w = &c->w;
	struct walk_gap gap = { pos, (uint16_t)level, c->at, c->seg.ordinal };

	if (w->n_gaps < WALK_GAPS)
		w->gaps[w->n_gaps++] = gap;
	else
		missing(c, &gap);
}

static void
gaps_close(struct x12_check *c, unsigned level)
{
	struct x12_walk *w = &c->w;
	unsigned kept = 0;

	for (unsigned i = 0; i < w->n_gaps; i++) {
		struct walk_gap gap = w->gaps[i];

		if (gap.level < level)
			w->gaps[kept++] = gap;
		else if (!is_met(w, level, gap.pos))
			missing(c, &gap);
	}
	w->n_gaps = kept;
}

/* What had to come in this loop before the order `ord`. */
static void
require(struct x12_check *c, unsigned level, uint16_t ord)
{
	struct x12_walk *w = &c->w;
	const struct x12_gloop *l = loop_at(w, level);

	for (; w->lv[level].req < l->n_req; w->lv[level].req++) {
		uint16_t at = w->g->reqs[l->req + w->lv[level].req];
		const struct x12_pos *p = &w->g->pos[at];

		if ((p->loop != w->lv[level].loop ? w->g->loops[p->loop].ord : p->ord) >= ord)
			return;
		if (!is_met(w, level, at))
			gap_open(c, level, at);
	}
}

static void
hl_child(struct x12_check *c, const struct walk_level *l)
{
	tell(c, "HL_CHILD", "8", (struct x12_finding){ .segment = S("HL"), .loop = str_of(c->w.g->loops[l->loop].id), .at = l->at,
	    .ordinal = l->ordinal, .element = 4, .number = 736, .ik403 = "7", .value = { &l->child, 1 } });
}

static void
close_to(struct x12_check *c, unsigned depth)
{
	while (c->w.depth > depth) {
		struct walk_level *l = &c->w.lv[c->w.depth - 1];

		if (l->req < c->w.g->loops[l->loop].n_req)
			require(c, c->w.depth - 1, UINT16_MAX);
		if (c->w.n_gaps)
			gaps_close(c, c->w.depth - 1);
		c->w.depth--;
		if (l->hl && l->child && (l->child == '1') != l->has_child)
			hl_child(c, l);
	}
}

/* ---- where it may stand ---- */

struct choice { uint16_t pos; unsigned level; bool first; };	/* level: of the loop it lies in directly, or that it repeats */

/* What tells positions of this id apart: HL03, HI01-1, else element 1; 0 when nothing does. */
static uint64_t
mark_of(const struct x12_check *c, const struct x12_seg *s, int k)
{
	unsigned el = c->w.g->marks[k];
	struct str v;

	if (!el || el > s->n)
		return 0;
	v = s->el[el];
	if (s->marks & X12_COMPS && s->id.n == 2 && s->id.p[0] == 'H')
		v = x12_comp(v, c->s.comp, 1);
	return x12_code(v);
}

/* Its order among what lies directly in the loop of this level. */
static uint16_t
ord_in(const struct x12_walk *w, unsigned level, const struct x12_pos *p)
{
	return p->loop == w->lv[level].loop ? p->ord : w->g->loops[p->loop].ord;
}

/* It begins the open loop anew, unless its first segment may itself repeat (PLB). */
static bool
repeats(const struct x12_walk *w, unsigned level, const struct x12_pos *p)
{
	return p->loop == w->lv[level].loop && p->opens && p->max == 1;
}

enum fit { FIT_NONE, FIT_EARLY, FIT_FULL, FIT_CLEAN };

static enum fit
fit(const struct x12_walk *w, unsigned level, uint16_t at)
{
	const struct x12_pos *p = &w->g->pos[at];

	if (repeats(w, level, p))
		return FIT_CLEAN;
	if (ord_in(w, level, p) < w->lv[level].ord)
		return FIT_EARLY;
	if (p->loop == w->lv[level].loop && p->max && w->seen[at] >= p->max)
		return FIT_FULL;
	return FIT_CLEAN;
}

/* The best of one loop's positions for the segment, by the element that tells them apart. */
static enum fit
best_in(const struct x12_check *c, uint64_t mark, size_t key, struct choice *out)
{
	const struct x12_walk *w = &c->w;
	const uint16_t *at = &w->g->cand_at[w->lv[out->level].loop * w->g->n_keys + key];
	enum fit best = FIT_NONE;

	for (size_t i = at[0]; i < at[1]; i++) {
		uint16_t pos = w->g->cands[i];
		enum fit is = fit(w, out->level, pos);

		if (is > best && (!w->g->pos[pos].by_el || x12_code_holds(&w->g->all->codes[w->g->pos[pos].by_list], mark))) {
			out->first = out->first && best == FIT_NONE;
			best = is;
			out->pos = pos;
			if (is == FIT_CLEAN)
				break;
		}
	}
	return best;
}

/* No code fits: the one position that may be meant, so that the code is at fault and not the segment. */
static bool
meant(const struct x12_check *c, size_t key, struct choice *out)
{
	const struct x12_walk *w = &c->w;
	const uint16_t *at = &w->g->cand_at[w->lv[out->level].loop * w->g->n_keys + key];
	size_t n = 0, need = 0;
	uint16_t only = NO_POS, needed = NO_POS;

	for (size_t i = at[0]; i < at[1]; i++) {
		uint16_t pos = w->g->cands[i];
		const struct x12_pos *p = &w->g->pos[pos];
		bool child = p->loop != w->lv[out->level].loop;

		if (fit(w, out->level, pos) != FIT_CLEAN || repeats(w, out->level, p))
			continue;
		n++;
		only = pos;
		if ((child ? w->g->loops[p->loop].use : p->use) == USE_R && !(child ? w->reps[p->loop] : w->seen[pos])) {
			need++;
			needed = pos;
		}
	}
	out->pos = need == 1 ? needed : only;
	return need == 1 || n == 1;
}

/* No segment out of order reaches out of its claim, or of its level: it would tear the claim apart. */
static unsigned
reach(const struct x12_walk *w)
{
	unsigned level = w->depth - 1;

	while (level > 0 && !w->lv[level].hl && !loop_at(w, level)->unit)
		level--;
	return level;
}

static enum fit
choose(const struct x12_check *c, uint64_t mark, size_t key, struct choice *out)
{
	struct choice one = { NO_POS, 0, true };
	enum fit best = FIT_NONE;
	unsigned floor = reach(&c->w);

	for (unsigned level = c->w.depth; level-- > 0;) {
		enum fit is;

		one.level = level;
		one.first = best == FIT_NONE;
		is = best_in(c, mark, key, &one);
		if (is > best && (is == FIT_CLEAN || level >= floor)) {
			best = is;
			*out = one;
		}
		if (is == FIT_CLEAN)
			return is;
	}
	if (best != FIT_NONE || c->w.g->keys[key] == x12_key(S("HL")))
		return best;
	for (unsigned level = c->w.depth; level-- > 0;) {
		one.level = level;
		if (meant(c, key, &one)) {
			*out = one;
			out->first = false;
			return FIT_CLEAN;
		}
	}
	return FIT_NONE;
}

/* ---- taking it ---- */

static void
hl_wrong(struct x12_check *c, const struct x12_seg *s, unsigned el, const char *id)
{
	struct x12_finding f = { .segment = s->id, .loop = str_of(loop_at(&c->w, c->w.depth - 1)->id), .at = c->at, .element = el,
	    .number = el == 1 ? 628 : 734, .value = x12_elem(s, el), .ik403 = "7" };

	tell(c, id, "8", f);
}

/* A number is right when it counts the levels, or counts on from the one before: one wrong number is told once. */
static __attribute__((noinline)) void
hl(struct x12_check *c, const struct x12_seg *s)
{
	struct x12_walk *w = &c->w;
	struct walk_level *own = &w->lv[w->depth - 1], *up = NULL;
	struct str child = x12_elem(s, 4);
	int64_t id = -1, parent = -1;

	w->n_hl++;
	if (!str_to_int(x12_elem(s, 1), &id) || (id != w->n_hl && id != w->last_hl + 1))
		hl_wrong(c, s, 1, "HL_NUMBER");
	w->last_hl = id;
	for (unsigned level = w->depth - 1; level-- > 0 && !up;)
		up = w->lv[level].hl ? &w->lv[level] : NULL;
	own->hl = w->n_hl;
	own->said = id;
	own->child = child.n == 1 && (*child.p == '0' || *child.p == '1') ? *child.p : 0;
	own->at = c->at;
	own->ordinal = s->ordinal;
	if (!up)
		return;
	up->has_child = true;
	if (!str_to_int(x12_elem(s, 2), &parent) || (parent != up->hl && parent != up->said))
		hl_wrong(c, s, 2, "HL_PARENT");
}

static void
enter(struct x12_check *c, uint16_t pos, unsigned parent)
{
	struct x12_walk *w = &c->w;
	const struct x12_pos *p = &w->g->pos[pos];
	const struct x12_gloop *l = &w->g->loops[p->loop];

	memset(w->seen + l->first, 0, (size_t)(l->end - l->first) * sizeof *w->seen);
	memset(w->reps + p->loop + 1, 0, (size_t)(l->end_loop - p->loop - 1) * sizeof *w->reps);
	w->depth = parent + 1;
	must(w->depth < WALK_DEPTH);
	w->lv[w->depth++] = (struct walk_level){ .loop = p->loop };
	w->lv[w->depth - 1].ord = p->ord;
	w->seen[pos] = 1;
	if (w->reps[p->loop] < UINT16_MAX)
		w->reps[p->loop]++;
	if (l->max && w->reps[p->loop] > l->max)
		tell(c, "LOOP_TOO_MANY", "4", (struct x12_finding){ .segment = str_of(p->id), .loop = str_of(l->id), .at = c->at,
		    .subject = l->words });
}

static void
tell_position(struct x12_check *c, uint16_t pos, const char *id, const char *ik304)
{
	const struct x12_pos *p = x12_pos_of(c, pos);

	tell(c, id, ik304, (struct x12_finding){ .segment = str_of(p->id), .loop = str_of(c->w.g->loops[p->loop].id),
	    .at = c->at, .subject = p->words });
}

static void
take(struct x12_check *c, uint16_t pos, unsigned level, enum fit is)
{
	struct x12_walk *w = &c->w;
	const struct x12_pos *p = &w->g->pos[pos];
	bool again = repeats(w, level, p);

	close_to(c, again ? level : level + 1);
	if (is == FIT_CLEAN && !again) {
		uint16_t ord = ord_in(w, level, p);

		if (w->lv[level].req < p->before)
			require(c, level, ord);
		w->lv[level].ord = ord;
		if (w->lv[level].req + 1u == p->turn && !(p->opens && p->loop == w->lv[level].loop))
			w->lv[level].req++;
	}
	if (is == FIT_EARLY)
		tell_position(c, pos, "SEGMENT_ORDER", "7");
	if (p->opens && (again || p->loop != w->lv[level].loop)) {
		enter(c, pos, again ? level - 1 : level);
		return;
	}
	if (w->seen[pos] < UINT16_MAX)
		w->seen[pos]++;
	if (is == FIT_FULL || (is == FIT_EARLY && p->max && w->seen[pos] > p->max))
		tell_position(c, pos, "SEGMENT_TOO_MANY", "5");
}

static bool
is_known(const struct x12_guides *all, uint32_t key)
{
	for (size_t i = 0; i < all->n_known; i++)
		if (all->known[i] == key)
			return true;
	return false;
}

/* Whether another guide of the same set has it: CL1 in a professional claim. */
static bool
is_of_set(const struct x12_guide *g, uint32_t key)
{
	for (size_t i = 0; i < g->all->n; i++)
		if (strcmp(g->all->v[i].set, g->set) == 0 && x12_key_index(&g->all->v[i], key) >= 0)
			return true;
	return false;
}

static uint16_t
no_place(struct x12_check *c, const struct x12_seg *s, uint32_t key, int k)
{
	struct x12_walk *w = &c->w;
	struct x12_finding f = { .segment = s->id, .loop = str_of(loop_at(w, w->depth - 1)->id), .at = c->at };

	if (k >= 0) {
		f.value = x12_elem(s, key == x12_key(S("HL")) ? 3 : 1);
		tell(c, "SEGMENT_PLACE", "2", f);
	} else if (key && is_of_set(w->g, key)) {
		tell(c, "SEGMENT_NOT_USED", "I4", f);
	} else if (is_known(w->g->all, key)) {
		tell(c, "SEGMENT_FOREIGN", "6", f);
	} else {
		tell(c, "SEGMENT_UNKNOWN", "1", f);
	}
	return NO_POS;
}

/*
 * The first segment of a loop (BHT, LX ...) is missing: told once, and the loop is read as if it were there. Only of
 * the tables of a set and of loops that no code of their first segment tells apart, for else any stray segment would
 * seem to begin one.
 */
static bool
headless_in(struct x12_check *c, uint64_t mark, size_t key, struct choice *out)
{
	struct x12_walk *w = &c->w;
	const struct x12_gloop *loops = w->g->loops, *here = &loops[w->lv[out->level].loop];

	for (uint16_t l = (uint16_t)(here - loops + 1); l < here->end_loop; l = loops[l].end_loop) {
		const struct x12_pos *first = &w->g->pos[loops[l].first];
		struct choice ch = { NO_POS, out->level + 1, false };

		if ((out->level > 0 ? first->by_el != 0 : w->reps[l] != 0) || loops[l].ord < w->lv[out->level].ord)
			continue;
		w->lv[ch.level] = (struct walk_level){ .loop = l };
		if (best_in(c, mark, key, &ch) != FIT_CLEAN || ch.pos == loops[l].first)
			continue;
		close_to(c, out->level + 1);
		require(c, out->level, loops[l].ord);
		w->lv[out->level].ord = loops[l].ord;
		tell_position(c, loops[l].first, "SEGMENT_MISSING", "3");
		enter(c, loops[l].first, out->level);
		*out = ch;
		return true;
	}
	return false;
}

static bool
headless(struct x12_check *c, uint64_t mark, size_t key, struct choice *out)
{
	struct walk_level was = c->w.lv[c->w.depth];

	for (unsigned level = c->w.depth; level-- > 0;) {
		struct walk_level next = level + 1 < c->w.depth ? c->w.lv[level + 1] : was;

		out->level = level;
		if (headless_in(c, mark, key, out))
			return true;
		c->w.lv[level + 1] = next;
	}
	return false;
}

/*
 * Claims of one sender are alike: what followed this position last time, under the same id and mark, follows it
 * again. A memo is of a first choice, taken while the loops had got as far as the position says; it holds when
 * that is so again and the position still has room.
 */
static struct walk_memo *
memo_of(struct x12_walk *w, uint64_t what)
{
	const struct x12_pos *p = &w->g->pos[w->at];
	const struct walk_level *top = &w->lv[w->depth - 1];

	if (w->at == NO_POS || top->loop != p->loop || top->ord != p->ord || w->early)
		return NULL;
	return &w->memo[(w->at * WALK_MEMOS + (what * UINT64_C(0x9e3779b97f4a7c15) >> 61) % WALK_MEMOS) & (WALK_MEMO_ROWS - 1)];
}

static void
remember(const struct x12_walk *w, const struct choice *ch, uint64_t what, struct walk_memo *m)
{
	const struct x12_pos *p = &w->g->pos[ch->pos];
	bool any = p->loop != w->lv[ch->level].loop || repeats(w, ch->level, p);

	*m = (struct walk_memo){ what, w->at, ch->pos, (uint16_t)ch->level, any ? 0 : p->max };
}

static __attribute__((noinline)) uint16_t
search(struct x12_check *c, const struct x12_seg *s, int k, uint64_t mark, struct walk_memo *m)
{
	struct x12_walk *w = &c->w;
	struct choice ch = { NO_POS, 0, false };
	enum fit is = k < 0 ? FIT_NONE : choose(c, mark, (size_t)k, &ch);

	if (is == FIT_NONE && k >= 0 && headless(c, mark, (size_t)k, &ch))
		is = FIT_CLEAN;
	if (is == FIT_NONE)
		return no_place(c, s, x12_key(s->id), k);
	if (m && is == FIT_CLEAN && ch.first)
		remember(w, &ch, x12_key(s->id) | mark << 24, m);
	w->early = w->early || is == FIT_EARLY;
	take(c, ch.pos, ch.level, is);
	w->at = ch.pos;
	return ch.pos;
}

static void
follow(struct x12_check *c, const struct walk_memo *m)
{
	struct x12_walk *w = &c->w;
	const struct x12_pos *p = &w->g->pos[m->to];
	struct walk_level *top = &w->lv[m->level];

	w->at = m->to;
	if (p->opens || m->level + 1u != w->depth || top->req < p->before || w->seen[m->to] == UINT16_MAX) {
		take(c, m->to, m->level, FIT_CLEAN);
	} else {			/* the same, where no loop ends or begins and nothing is missing */
		top->ord = p->ord;
		if (top->req + 1u == p->turn)
			top->req++;
		w->seen[m->to]++;
	}
}

uint16_t
x12_walk_step(struct x12_check *c, const struct x12_seg *s)
{
	struct x12_walk *w = &c->w;
	uint32_t key = x12_key(s->id);
	int k = key ? x12_key_index(w->g, key) : -1;
	uint64_t mark = k < 0 ? 0 : mark_of(c, s, k), what = key | mark << 24;
	struct walk_memo *m = k >= 0 && mark < UINT64_C(1) << 40 ? memo_of(w, what) : NULL;
	uint16_t pos;

	if (m && m->what == what && m->from == w->at && (!m->max || w->seen[m->to] < m->max)) {
		pos = m->to;
		follow(c, m);
	} else {
		pos = search(c, s, k, mark, m);
	}
	if (pos != NO_POS && key == x12_key(S("HL")))
		hl(c, s);
	return pos;
}

void
x12_walk_open(struct x12_check *c, const struct x12_guide *g)
{
	struct x12_walk *w = &c->w;

	if (w->g != g)
		memset(w->memo, 0, WALK_MEMO_ROWS * sizeof *w->memo);
	w->g = g;
	memset(w->seen, 0, g->n_pos * sizeof *w->seen);
	memset(w->reps, 0, g->n_loops * sizeof *w->reps);
	w->lv[0] = (struct walk_level){ .loop = 0 };
	w->depth = 1;
	w->n_hl = w->last_hl = 0;
	w->n_gaps = 0;
	w->at = NO_POS;
	w->early = false;
}

/* What is missing at the end is told at the last segment before SE. */
void
x12_walk_close(struct x12_check *c)
{
	c->at--;
	c->seg.ordinal--;
	close_to(c, 0);
	c->at++;
	c->seg.ordinal++;
}
