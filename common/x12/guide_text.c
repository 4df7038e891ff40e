/*
 * guide_text.c - the elements of one SEG row to items: usage letter, ^repeats, =codes, @list, (components), each
 * joined with the data element of the dictionary. A row that does not hold is our own bug.
 */
#include "x12/guide_rows.h"

#define MAX_REPEAT	999

static const struct dict_row *
dict_find(const struct guide_make *m, struct str id)
{
	const struct dict *d[2] = { m->elder ? &guide_dict_4010 : &guide_dict_5010, &guide_dict_5010 };

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < d[k]->n_segments; i++)
			if (str_is(id, d[k]->segments[i].id))
				return &d[k]->segments[i];
	return NULL;
}

static const struct dict_row *
element_find(const struct guide_make *m, struct str id)
{
	const struct dict *d[2] = { m->elder ? &guide_dict_4010 : &guide_dict_5010, &guide_dict_5010 };

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < d[k]->n_elements; i++)
			if (str_is(id, d[k]->elements[i].id))
				return &d[k]->elements[i];
	return NULL;
}

/* ---- syntax notes: "P0809 C1110 L040506" ---- */

static uint16_t
notes_of(struct guide_make *m, const char *text, uint8_t *n)
{
	struct str rest = str_of(text);
	uint16_t first = (uint16_t)m->n_notes;

	while (rest.n) {
		struct str one = str_cut(&rest, ' ');
		struct x12_note *note = one.n ? arena_push(m->a, m->notes, m->n_notes) : NULL;

		if (!note)
			continue;
		*note = (struct x12_note){ .kind = one.p[0] };
		must(one.n % 2 == 1 && one.n > 4 && one.n <= 15);
		for (size_t i = 1; i < one.n; i += 2) {
			note->el[note->n] = (unsigned char)((one.p[i] - '0') * 10 + one.p[i + 1] - '0');
			must(note->el[note->n] < 64);
			note->all |= UINT64_C(1) << note->el[note->n++];
		}
		(*n)++;
	}
	return first;
}

/* ---- code lists ---- */

uint64_t
x12_code_long(struct str s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	return h | UINT64_C(1) << 63;
}

static void
sort_codes(uint64_t *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k && v[k - 1] > v[k]; k--) {
			uint64_t was = v[k];

			v[k] = v[k - 1];
			v[k - 1] = was;
		}
}

/* A list without a name that is there already is not made twice: few lists stay in the cache. */
uint16_t
guide_codes(struct guide_make *m, const char *name, struct str codes, char sep, const char *words)
{
	struct x12_codes *c;
	uint64_t *v = NULL;
	size_t n = 0;

	while (codes.n) {
		struct str one = str_cut(&codes, sep);
		uint64_t *at = one.n ? arena_push(m->a, v, n) : NULL;

		if (at)
			*at = x12_code(one);
	}
	sort_codes(v, n);
	for (size_t i = 1; !name && i < m->n_codes; i++)
		if (!m->codes[i].name && m->codes[i].n == n && memcmp(m->codes[i].v, v, n * sizeof *v) == 0)
			return (uint16_t)i;
	c = arena_push(m->a, m->codes, m->n_codes);
	if (c)
		*c = (struct x12_codes){ .name = name, .words = words, .v = v, .n = n };
	return (uint16_t)(m->n_codes - 1);
}

uint16_t
guide_list(const struct guide_make *m, struct str name)
{
	for (size_t i = m->n_codes; i-- > 1;)		/* a list with codes goes before a shape of its name */
		if (m->codes[i].name && str_is(name, m->codes[i].name))
			return (uint16_t)i;
	bug_at(__FILE__, __LINE__, "a list that a guide names");
}

/* ---- tokens ---- */

struct token { uint8_t use; uint16_t rep, list; struct str parts; };	/* parts: of a composite, without brackets */

static size_t
token_end(struct str s)
{
	size_t depth = 0, i = 0;

	for (; i < s.n && (depth || s.p[i] != ' '); i++)
		depth += (s.p[i] == '(') - (s.p[i] == ')');
	return i;
}

static bool
next_token(struct guide_make *m, struct str *rest, struct token *t)
{
	struct str s;
	size_t n;

	while (rest->n && *rest->p == ' ')
		*rest = (struct str){ rest->p + 1, rest->n - 1 };
	if (!rest->n)
		return false;
	n = token_end(*rest);
	s = (struct str){ rest->p + 1, n - 1 };
	must(strchr("RSN", *rest->p) != NULL);
	*t = (struct token){ .use = *rest->p == 'R' ? USE_R : *rest->p == 'S' ? USE_S : USE_N, .rep = 1 };
	*rest = (struct str){ rest->p + n, rest->n - n };
	if (s.n && *s.p == '^') {
		for (t->rep = 0, s.p++, s.n--; s.n && *s.p >= '0' && *s.p <= '9'; s.p++, s.n--)
			t->rep = (uint16_t)(t->rep * 10 + *s.p - '0');
		must(t->rep > 0 && t->rep <= MAX_REPEAT);
	}
	if (!s.n)
		return true;
	if (*s.p == '=') {
		t->list = guide_codes(m, NULL, (struct str){ s.p + 1, s.n - 1 }, ',', NULL);
	} else if (*s.p == '@') {
		t->list = guide_list(m, (struct str){ s.p + 1, s.n - 1 });
	} else {
		must(*s.p == '(' && s.p[s.n - 1] == ')');
		t->parts = (struct str){ s.p + 1, s.n - 2 };
	}
	return true;
}

/* ---- items ---- */

/* By type, codes and shape. A date or time is sound by its shape alone; what is not used is never sound. */
static enum x12_quick
quick_of(const struct x12_codes *list, const struct x12_item *it)
{
	bool text = it->kind == KIND_AN || it->kind == KIND_ID, number = it->kind >= KIND_R && it->kind <= KIND_N2;

	if (it->use == USE_N || it->kind == KIND_B)
		return QUICK_NONE;
	if (list->n)
		return text ? QUICK_CODE : QUICK_NONE;
	switch (list->shape) {
	case SHAPE_count:
		return QUICK_DIGITS;
	case SHAPE_date:
	case SHAPE_date6:
	case SHAPE_time:
		return number ? QUICK_NONE : QUICK_SHAPE;
	case SHAPE_dtp:
	case SHAPE_zip:
		return text ? QUICK_SHAPE : QUICK_NONE;
	default:
		return text ? QUICK_TEXT : it->kind == KIND_R && it->min == 1 ? QUICK_NUMBER : number ? QUICK_DIGITS : QUICK_NONE;
	}
}

static void
simple(const struct guide_make *m, struct str id, const struct token *t, struct x12_item *it)
{
	const struct dict_row *e;
	int64_t number = 0;

	id = str_cut(&id, '^');
	e = element_find(m, id);
	must(e != NULL);
	if (!str_to_int(id, &number))		/* I01: of the envelope */
		number = 0;
	*it = (struct x12_item){ .number = (uint16_t)number, .min = e->min, .max = e->max, .list = t->list, .rep = t->rep,
	    .kind = (uint8_t)e->kind, .use = t->use, .words = e->words };
	it->quick = (uint8_t)(m->a->spent ? QUICK_NONE : quick_of(&m->codes[it->list], it));
}

static bool
is_composite(struct str id)
{
	return id.n && (*id.p == 'C' || *id.p == 'S');
}

static void
components(struct guide_make *m, const struct dict_row *c, struct str parts, size_t at)
{
	struct str ids = str_of(c->text);
	struct token t;
	uint16_t first = (uint16_t)m->n_items;
	uint8_t n = 0;

	for (; ids.n; n++) {
		struct str id = str_cut(&ids, ' ');
		struct x12_item it, *to;

		if (!next_token(m, &parts, &t))
			t = (struct token){ .use = USE_N, .rep = 1 };
		simple(m, id, &t, &it);
		to = arena_push(m->a, m->items, m->n_items);
		if (to)
			*to = it;
		if (t.use == USE_R)
			m->items[at].last_r = (uint8_t)(n + 1);
	}
	must(!next_token(m, &parts, &t));
	m->items[at].comps = first;
	m->items[at].n_comps = n;
	m->items[at].notes = notes_of(m, c->notes, &m->items[at].n_notes);
}

/* The elements of the segment first, so that they stand together; then the components of each. */
void
guide_segment(struct guide_make *m, const struct guide_row *r, struct x12_pos *p)
{
	const struct dict_row *s = dict_find(m, str_of(r->id));
	struct str ids, rest = str_of(r->text);
	struct token *t;
	size_t n = 0, first = m->n_items;

	must(s != NULL);
	t = arena_array(m->a, LIMIT_ELEMENTS, sizeof *t);
	if (!t)
		return;
	for (ids = str_of(s->text); ids.n; n++) {
		struct str id = str_cut(&ids, ' ');
		struct x12_item *it = arena_push(m->a, m->items, m->n_items);

		must(n < LIMIT_ELEMENTS);
		if (!next_token(m, &rest, &t[n]))
			t[n] = (struct token){ .use = USE_N, .rep = 1 };
		if (it && is_composite(id))
			*it = (struct x12_item){ .kind = KIND_COMPOSITE, .use = t[n].use, .rep = t[n].rep };
		else if (it)
			simple(m, id, &t[n], it);
	}
	must(!next_token(m, &rest, &t[n]));
	p->items = (uint16_t)first;
	p->n_items = (uint8_t)n;
	p->notes = notes_of(m, s->notes, &p->n_notes);
	ids = str_of(s->text);
	for (size_t i = 0; i < n && !m->a->spent; i++) {
		struct str id = str_cut(&ids, ' ');
		const struct dict_row *c;

		if (!is_composite(id))
			continue;
		id = str_cut(&id, '^');
		c = dict_find(m, id);
		must(c != NULL);
		m->items[first + i].words = c->words;
		components(m, c, t[i].parts, first + i);
	}
}
