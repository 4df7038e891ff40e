/*
 * stream_json_generic.c - a set as lines of loops and segments, each value under its position and the guide's words for
 * it. Knows no set by name, and judges nothing.
 */
#include "x12/stream_json_parts.h"

#define LINE_MOST	((size_t)4 << 20)	/* a longer line is ended, and the next goes on */

int
json_generic_open(struct json_generic *g, struct arena *a, struct x12_reader *r, const struct x12_json_spec *spec)
{
	g->spec = spec;
	arena_init(&g->a, (size_t)256 << 20);
	return x12_quiet_open(a, r, spec->guides, &g->q);
}

void
json_generic_close(struct json_generic *g)
{
	arena_free(&g->a);
}

static int
line_out(struct json_generic *g)
{
	int rc = g->a.spent ? E_NOMEM : g->spec->line(g->spec->self, buf_view(&g->b));

	g->n_lines++;
	g->open = false;
	arena_reset(&g->a);
	return rc;
}

/* ---- envelope ---- */

static void
texts(struct buf *b, const struct str *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (i)
			buf_ch(b, ',');
		x12_json_str(b, v[i]);
	}
}

int
json_generic_head(struct json_generic *g, const char *what, struct str segment)
{
	struct str v[17] = { STR_NONE };
	bool isa = *what == 'i';
	const char seps[] = { g->q.c.s.elem, g->q.c.s.comp, g->q.c.s.rep ? g->q.c.s.rep : ' ', g->q.c.s.term };
	unsigned n = 0;

	(void)str_cut(&segment, g->q.c.s.elem);
	while (segment.n && n < 16)
		v[n++] = str_cut(&segment, g->q.c.s.elem);
	buf_init(&g->b, &g->a);
	buf_fmt(&g->b, "{\"%s\":[", what);
	texts(&g->b, v, n);
	buf_ch(&g->b, ']');
	if (isa) {
		buf_cstr(&g->b, ",\"separators\":");
		x12_json_str(&g->b, (struct str){ seps, 4 });
	}
	buf_ch(&g->b, '}');
	return line_out(g);
}

int
json_generic_set(struct json_generic *g, const struct x12_seg *st, struct str gs08)
{
	x12_quiet_set(&g->q, st, gs08);
	buf_init(&g->b, &g->a);
	buf_cstr(&g->b, "{\"set\":[");
	texts(&g->b, st->el + 1, st->n);
	buf_ch(&g->b, ']');
	if (g->q.has_guide)
		x12_json_put(&g->b, "words", str_of(g->q.c.w.g->words));
	buf_ch(&g->b, '}');
	return line_out(g);
}

/* ---- values ---- */

static void
components(struct buf *b, struct str v, char comp)
{
	bool more = v.n && memchr(v.p, comp, v.n);

	if (!more) {
		x12_json_str(b, v);
		return;
	}
	buf_ch(b, '[');
	while (more) {
		struct str one;

		more = memchr(v.p, comp, v.n) != NULL;
		one = str_cut(&v, comp);
		x12_json_str(b, one);
		if (more)
			buf_ch(b, ',');
	}
	buf_ch(b, ']');
}

static void
value(struct buf *b, const struct x12_seg *s, struct str v, struct x12_seps seps)
{
	bool more = s->marks & X12_COMPS && seps.rep && memchr(v.p, seps.rep, v.n), many = more;

	if (!(s->marks & X12_COMPS)) {
		x12_json_str(b, v);
		return;
	}
	if (!many) {
		components(b, v, seps.comp);
		return;
	}
	buf_cstr(b, "{\"repeat\":[");
	while (more) {
		more = v.n && memchr(v.p, seps.rep, v.n);
		components(b, str_cut(&v, seps.rep), seps.comp);
		if (more)
			buf_ch(b, ',');
	}
	buf_cstr(b, "]}");
}

static void
body(struct buf *b, const struct x12_seg *s, struct str v)
{
	if (s->marks & X12_SKIPPED) {
		buf_fmt(b, "{\"skipped\":%zu}", s->body);
		return;
	}
	buf_cstr(b, "{\"hex\":\"");
	buf_hex(b, v.p, v.n);
	buf_cstr(b, "\"}");
}

static void
segment(struct json_generic *g, const struct x12_seg *s, const struct x12_pos *p)
{
	struct buf *b = &g->b;

	buf_cstr(b, g->first ? "{\"segment\":" : ",{\"segment\":");
	x12_json_str(b, s->id);
	if (p)
		x12_json_put(b, "words", str_of(p->words));
	for (unsigned i = 1; i <= s->n; i++) {
		const char *words = p && i <= p->n_items ? g->q.c.w.g->items[p->items + i - 1].words : NULL;

		if (!s->el[i].n && !(s->body && i == s->n))
			continue;
		buf_ch(b, ',');
		x12_json_str(b, arena_fmt(&g->a, STR_FMT "%02u%s%s", STR_ARG(s->id), i, words ? " " : "", words ? words : ""));
		buf_ch(b, ':');
		if (s->body && i == s->n)
			body(b, s, s->el[i]);
		else
			value(b, s, s->el[i], g->q.c.s);
	}
	buf_ch(b, '}');
	g->first = false;
}

/* ---- loops ---- */

static void
loops_close(struct json_generic *g, unsigned depth)
{
	for (; g->depth > depth; g->depth--) {
		buf_cstr(&g->b, "]}");
		g->first = false;
	}
}

static void
loop_open(struct json_generic *g, uint16_t loop)
{
	const struct x12_gloop *l = &g->q.c.w.g->loops[loop];

	must(g->depth < WALK_DEPTH);
	buf_cstr(&g->b, g->first ? "{\"loop\":" : ",{\"loop\":");
	x12_json_str(&g->b, str_of(l->id));
	x12_json_put(&g->b, "words", str_of(l->words));
	buf_cstr(&g->b, ",\"content\":[");
	g->loops[g->depth++] = loop;
	g->first = true;
}

/* The loops from below the unit down to that of the segment; outside of units it alone, or levels would nest too deep. */
static void
loops_to(struct json_generic *g, const struct x12_pos *p)
{
	const struct x12_gloop *loops = g->q.c.w.g->loops;
	uint16_t chain[WALK_DEPTH];
	unsigned n = 0, same = 0;

	for (uint16_t l = p->loop; l && l != g->unit && n < WALK_DEPTH; l = loops[l].parent)
		chain[n++] = l;
	n = !g->unit && n ? 1 : n;
	while (same < n && same < g->depth && g->loops[same] == chain[n - 1 - same])
		same++;
	if (p->opens && same == n && n)
		same--;			/* the same loop once more */
	loops_close(g, same);
	for (; same < n; same++)
		loop_open(g, chain[n - 1 - same]);
}

static void
line_begin(struct json_generic *g, const struct x12_seg *s, bool goes_on)
{
	const struct x12_gloop *l = g->unit ? &g->q.c.w.g->loops[g->unit] : NULL;

	buf_init(&g->b, &g->a);
	buf_ch(&g->b, '{');
	if (l) {
		buf_fmt(&g->b, "\"unit\":\"%s\"", l->id);
		x12_json_put(&g->b, "words", str_of(l->words));
		buf_ch(&g->b, ',');
	}
	json_from(&g->b, &g->from, s->ordinal);
	if (goes_on)
		buf_cstr(&g->b, ",\"goes_on\":true");
	buf_cstr(&g->b, ",\"content\":[");
	g->depth = 0;
	g->open = g->first = true;
}

int
json_generic_end(struct json_generic *g)
{
	if (!g->open) {
		g->unit = 0;
		return 0;
	}
	loops_close(g, 0);
	buf_cstr(&g->b, "]}");
	g->unit = 0;
	return line_out(g);
}

static uint16_t
unit_of(const struct json_generic *g, const struct x12_pos *p)
{
	const struct x12_gloop *loops = g->q.c.w.g->loops;

	for (uint16_t l = p ? p->loop : 0; l; l = loops[l].parent)
		if (loops[l].unit)
			return l;
	return 0;
}

int
json_generic_seg(struct json_generic *g, const struct x12_seg *s)
{
	const struct x12_pos *p = x12_quiet_step(&g->q, s);
	uint16_t unit = p ? unit_of(g, p) : g->unit;
	bool begins = p && p->opens && unit == p->loop && unit, goes_on = g->open && g->b.n > LINE_MOST;
	int rc = 0;

	if (begins || unit != g->unit || goes_on)
		rc = json_generic_end(g);
	g->unit = unit;
	if (!g->open)
		line_begin(g, s, goes_on && !begins);
	if (p)
		loops_to(g, p);
	segment(g, s, p);
	return rc;
}
