/*
 * guide.c - compiles the rows of schemas/ into struct x12_guide: positions, loops, what must be there, and which
 * positions a segment id can mean while a loop is open. A table that does not hold is our own bug.
 */
#include "x12/guide_rows.h"

#include <stdlib.h>

#define ROOT_WORDS	"transaction set"

static uint16_t
open_loop(struct guide_make *m, const struct guide_row *r, size_t parent)
{
	struct x12_gloop *l = arena_push(m->a, m->loops, m->n_loops);

	must(m->n_loops < UINT16_MAX && m->n_pos < UINT16_MAX);
	if (l)
		*l = (struct x12_gloop){ .id = r->id, .words = r->words, .parent = (uint16_t)parent, .max = r->max,
		    .use = (uint8_t)r->use, .first = (uint16_t)m->n_pos };
	return (uint16_t)(m->n_loops - 1);
}

static void
discriminator(const struct guide_make *m, struct x12_pos *p)
{
	const struct x12_item *it = m->items + p->items;
	unsigned el = strcmp(p->id, "HL") == 0 ? 3 : 1;

	if (p->n_items < el)
		return;
	it += el - 1;
	if (it->kind == KIND_COMPOSITE && strcmp(p->id, "HI") == 0) {
		p->by_comp = 1;
		it = m->items + it->comps;
	}
	if (!it->list || m->codes[it->list].n == 0) {
		p->by_comp = 0;
		return;
	}
	p->by_el = (uint8_t)el;
	p->by_list = it->list;
}

static void
add_segment(struct guide_make *m, const struct guide_row *r, uint16_t loop)
{
	struct x12_pos p = { .key = x12_key(str_of(r->id)), .id = r->id, .words = r->words, .loop = loop, .max = r->max,
	    .use = (uint8_t)r->use, .opens = m->n_pos == m->loops[loop].first && loop != 0 };
	struct x12_pos *to;

	guide_segment(m, r, &p);
	for (unsigned i = 0; i < p.n_items; i++)
		if (m->items[p.items + i].use == USE_R)
			p.last_r = (uint8_t)(i + 1);
	discriminator(m, &p);
	to = arena_push(m->a, m->pos, m->n_pos);
	if (to)
		*to = p;
}

/* Rows of one guide up to the next; returns the row after. */
static size_t
read_rows(struct guide_make *m, size_t at)
{
	static const struct guide_row root = { ROW_LOOP, "", NULL, USE_R, 1, NULL, ROOT_WORDS };
	uint16_t here = open_loop(m, &root, 0);

	for (; at < n_guide_rows && guide_rows[at].kind != ROW_GUIDE && !m->a->spent; at++) {
		const struct guide_row *r = &guide_rows[at];

		if (r->kind == ROW_LOOP) {
			here = open_loop(m, r, here);
		} else if (r->kind == ROW_SEG) {
			add_segment(m, r, here);
		} else if (r->kind == ROW_END) {
			must(strcmp(m->loops[here].id, r->id) == 0 && m->n_pos > m->loops[here].first);
			m->loops[here].end = (uint16_t)m->n_pos;
			m->loops[here].end_loop = (uint16_t)m->n_loops;
			here = m->loops[here].parent;
		}
	}
	must(m->a->spent || here == 0);
	m->loops[0].end = (uint16_t)m->n_pos;
	m->loops[0].end_loop = (uint16_t)m->n_loops;
	return at;
}

/* ---- order, and what must be there ---- */

/* Walks what lies directly in loop l: for each, its first position, the loop it opens (0 none). */
static size_t
next_in(const struct guide_make *m, size_t l, size_t at, size_t *child)
{
	const struct x12_pos *p = &m->pos[at];

	*child = p->loop;
	if (p->loop == l) {
		*child = 0;
		return at + 1;
	}
	while (m->loops[*child].parent != l)
		*child = m->loops[*child].parent;
	return m->loops[*child].end;
}

static void
order(struct guide_make *m, size_t l)
{
	uint16_t ord = 0, before = 0, *req;
	uint32_t last = 0;
	size_t child;

	m->loops[l].req = (uint16_t)m->n_reqs;
	for (size_t at = m->loops[l].first, next; at < m->loops[l].end; at = next) {
		bool need;

		next = next_in(m, l, at, &child);
		must(m->pos[at].opens || child == 0);
		if (m->pos[at].key != last) {
			ord++;
			before = (uint16_t)(m->n_reqs - m->loops[l].req);
		}
		last = m->pos[at].key;
		if (child)
			m->loops[child].ord = ord;
		else
			m->pos[at].ord = ord;
		if (child || !m->pos[at].opens)
			m->pos[at].before = before;
		need = child ? m->loops[child].use == USE_R : m->pos[at].use == USE_R && !m->pos[at].opens;
		if (need && (req = arena_push(m->a, m->reqs, m->n_reqs))) {
			*req = (uint16_t)at;
			if (l == 0 || at > m->loops[l].first)		/* else l is never open: what it begins with is */
				m->pos[at].turn = (uint16_t)(m->n_reqs - m->loops[l].req);
		}
	}
	m->loops[l].n_req = (uint16_t)(m->n_reqs - m->loops[l].req);
}

/* ---- which positions a segment id can mean ---- */

static const uint8_t *
marks_of(struct guide_make *m, const uint32_t *keys, size_t n)
{
	uint8_t *marks = arena_alloc(m->a, n + 1);

	for (size_t i = 0; marks && i < m->n_pos; i++)
		for (size_t k = 0; k < n; k++)
			if (keys[k] == m->pos[i].key && m->pos[i].by_el)
				marks[k] = m->pos[i].by_el;
	return marks;
}

static void
keys(struct guide_make *m, struct x12_guide *g)
{
	uint32_t *v = NULL;
	size_t n = 0;

	for (size_t i = 0; i < m->n_pos; i++) {
		uint32_t *one;
		size_t k = 0;

		while (k < n && v[k] != m->pos[i].key)
			k++;
		if (k == n && (one = arena_push(m->a, v, n)))
			*one = m->pos[i].key;
	}
	must(n < 200);
	for (size_t i = 0; i < n; i++) {
		unsigned s = x12_slot(v[i]);

		while (g->slot[s & 255])
			s++;
		g->slot[s & 255] = (uint8_t)(i + 1);
	}
	g->keys = v;
	g->n_keys = n;
	g->marks = marks_of(m, v, n);
}

static void
candidates(struct guide_make *m, struct x12_guide *g)
{
	uint16_t *at = arena_array(m->a, m->n_loops * g->n_keys + 1, sizeof *at), *v = NULL, *one;
	size_t n = 0, child;

	for (size_t l = 0; at && l < m->n_loops; l++)
		for (size_t k = 0; k < g->n_keys; k++) {
			at[l * g->n_keys + k] = (uint16_t)n;
			for (size_t p = m->loops[l].first, next; p < m->loops[l].end; p = next) {
				next = next_in(m, l, p, &child);
				if (m->pos[p].key == g->keys[k] && (one = arena_push(m->a, v, n)))
					*one = (uint16_t)p;
			}
			at[l * g->n_keys + k + 1] = (uint16_t)n;
		}
	must(n < UINT16_MAX);
	g->cands = v;
	g->cand_at = at;
}

static uint16_t
tag_of(const struct x12_guide *g, const struct guide_make *m, const struct x12_pos *p)
{
	static const struct { const char *set, *loop, *segment, *code; } tags[] = {
		{ NULL, NULL, NULL, NULL },
#define TAG(name, set, loop, segment, code) { set, loop, segment, code },
#include "schemas/x12_tags.def"
	};

	for (size_t i = 1; i < sizeof tags / sizeof *tags; i++)
		if (strcmp(tags[i].set, g->set) == 0 && strcmp(tags[i].segment, p->id) == 0 &&
		    strcmp(tags[i].loop, m->loops[p->loop].id) == 0 &&
		    (!*tags[i].code || (p->by_list && x12_code_in(&m->codes[p->by_list], str_of(tags[i].code)))))
			return (uint16_t)i;
	return TAG_NONE;
}

static bool
is_unit(const struct x12_guide *g, const char *loop)
{
	static const struct { const char *set, *loop; } units[] = {
#define UNIT(set, loop) { set, loop },
#include "schemas/x12_units.def"
	};

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(units[i].set, g->set) == 0 && strcmp(units[i].loop, loop) == 0)
			return true;
	return false;
}

static size_t
compile(struct guide_make *m, size_t at, struct x12_guide *g)
{
	const struct guide_row *r = &guide_rows[at];

	m->pos = NULL, m->loops = NULL, m->items = NULL, m->notes = NULL, m->reqs = NULL;
	m->n_pos = m->n_loops = m->n_items = m->n_notes = m->n_reqs = 0;
	m->elder = strncmp(r->id, "004010", 6) == 0;
	*g = (struct x12_guide){ .ids = r->id, .set = r->set, .gs01 = r->text, .words = r->words };
	at = read_rows(m, at + 1);
	for (size_t l = 0; l < m->n_loops; l++) {
		order(m, l);
		m->loops[l].unit = is_unit(g, m->loops[l].id);
		m->loops[l].in_unit = m->loops[l].unit || (l && m->loops[m->loops[l].parent].in_unit);
	}
	keys(m, g);
	candidates(m, g);
	for (size_t i = 0; i < m->n_pos; i++)
		m->pos[i].tag = tag_of(g, m, &m->pos[i]);
	must(m->n_items < UINT16_MAX && m->n_notes < UINT16_MAX);
	g->pos = m->pos;
	g->loops = m->loops;
	g->items = m->items;
	g->notes = m->notes;
	g->reqs = m->reqs;
	g->n_pos = m->n_pos;
	g->n_loops = m->n_loops;
	return at;
}

/* ---- all of them ---- */

static void
lists(struct guide_make *m)
{
	static const struct { const char *name, *words; } shapes[] = {
#define SHAPE(name, words) { #name, words },
#include "schemas/x12_shapes.def"
	};
	struct x12_codes *c = arena_push(m->a, m->codes, m->n_codes);

	if (c)
		*c = (struct x12_codes){ .name = NULL };
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		(void)guide_codes(m, shapes[i].name, STR_NONE, ' ', shapes[i].words);
		if (!m->a->spent)
			m->codes[m->n_codes - 1].shape = (enum x12_shape)(i + 1);
	}
	for (size_t i = 0; i < n_guide_rows; i++)
		if (guide_rows[i].kind == ROW_LIST)
			(void)guide_codes(m, guide_rows[i].id, str_of(guide_rows[i].text), ' ', guide_rows[i].words);
}

static int
by_key(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
known(struct guide_make *m, struct x12_guides *all)
{
	uint32_t *v = NULL, *one;
	size_t n = 0;

	for (size_t i = 0; i < guide_dict_5010.n_segments; i++)
		if (x12_key(str_of(guide_dict_5010.segments[i].id)) && (one = arena_push(m->a, v, n)))
			*one = x12_key(str_of(guide_dict_5010.segments[i].id));
	if (v)
		qsort(v, n, sizeof *v, by_key);
	all->known = v;
	all->n_known = n;
}

int
x12_guides_open(struct arena *a, const struct x12_guides **out)
{
	struct x12_guides *all = arena_alloc(a, sizeof *all);
	struct guide_make *m = arena_alloc(a, sizeof *m);
	struct x12_guide *v = NULL, *g;
	size_t at = 0;

	if (!all || !m)
		return E_NOMEM;
	m->a = a;
	lists(m);
	while (at < n_guide_rows && guide_rows[at].kind != ROW_GUIDE)
		at++;
	while (at < n_guide_rows && !a->spent) {
		g = arena_push(a, v, all->n);
		if (!g)
			break;
		at = compile(m, at, g);
		all->max_pos = g->n_pos > all->max_pos ? g->n_pos : all->max_pos;
		all->max_loops = g->n_loops > all->max_loops ? g->n_loops : all->max_loops;
	}
	known(m, all);
	all->v = v;
	all->codes = m->codes;
	all->n_codes = m->n_codes;
	for (size_t i = 0; i < all->n; i++)
		v[i].all = all;
	*out = all;
	return a->spent ? E_NOMEM : 0;
}

bool
x12_code_search(const struct x12_codes *c, uint64_t v)
{
	size_t lo = 0, hi = c->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (c->v[mid] < v)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < c->n && c->v[lo] == v && v;
}

static bool
holds(struct str codes, struct str code)
{
	while (codes.n)
		if (str_eq(str_cut(&codes, ','), code))
			return true;
	return false;
}

/* "005010X217 BHT02=01,13": ids of versions, then at most one condition. */
static bool
fits(const struct x12_guide *g, struct str version, struct str bht02)
{
	struct str rest = str_of(g->ids);
	bool named = false;

	while (rest.n) {
		struct str one = str_cut(&rest, ' ');

		if (str_starts(one, S("BHT02=")))
			return named && (!bht02.n || holds((struct str){ one.p + 6, one.n - 6 }, bht02));
		named = named || str_eq(one, version);
	}
	return named;
}

const struct x12_guide *
x12_guide_for(const struct x12_guides *all, struct str set, struct str version, struct str bht02)
{
	for (size_t i = 0; i < all->n; i++)
		if (str_is(set, all->v[i].set) && fits(&all->v[i], version, bht02))
			return &all->v[i];
	return NULL;
}
