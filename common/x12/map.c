/*
 * map.c - the interpreter of schemas/x12_837.def: leaf elements to fields and back. What no row takes is
 * handed back as the rest of the segment, so that nothing is lost. Never knows a loop by name.
 */
#include "x12/wire.h"

#include <string.h>

enum how { MAP_ID, MAP_WORDS, MAP_WHOLE, MAP_NUM, MAP_ALWAYS, MAP_PERSON, MAP_PACKED, MAP_PLACED };

struct row {
	int			 types;
	enum x12_scope_id	 scope;
	char			 id[4];		/* zero filled: compared as a whole */
	unsigned		 el, comp;
	const struct rec_object	*of;
	unsigned		 field;
	const char		*qual;
	enum how		 how;
};

static const struct row rows[] = {
#define MAP(type, scope, segment, element, component, object, field, qual, how) \
	{ T_##type, SC_##scope, segment, element, component, &rec_##object, IX_##object##_##field, qual, MAP_##how },
#include "schemas/x12_837.def"
};
#define N_ROWS	(sizeof rows / sizeof *rows)

static void *
object_of(const struct x12_place *at, const struct rec_object *of)
{
	if (of == &rec_party)
		return at->p;
	if (of == &rec_coverage)
		return at->c;
	if (of == &rec_encounter)
		return at->e;
	return of == &rec_line ? (void *)at->l : (void *)at->j;
}

static const struct rec_field *
field_of(const struct row *r)
{
	return &r->of->fields[r->field];
}

/* ---- reading ---- */

static void
normal_into(struct x12_cx *cx, struct buf *b, struct str el)
{
	for (size_t i = 0; i < el.n; i++) {
		char c = el.p[i];

		if (c == cx->s.comp) {
			c = ':';
		} else if (cx->s.rep && c == cx->s.rep) {
			c = '^';
		} else if (c == '*' || c == ':' || c == '^' || c == '~') {
			c = ' ';
			cx->cleaned = true;
		}
		buf_ch(b, c);
	}
}

/* Normal text is never longer than what came, so one allocation of that size does. */
static struct buf
buf_of_size(struct arena *a, size_t n)
{
	struct buf b = { .a = a, .p = arena_alloc(a, n), .cap = n };

	if (!b.p)
		b.cap = 0;
	return b;
}

struct str
x12_normal_el(struct x12_cx *cx, struct str el)
{
	struct buf b = buf_of_size(cx->a, el.n);

	normal_into(cx, &b, el);
	return buf_view(&b);
}

/* Components of one element, those in `used` left out (bit 0: the whole element). */
static void
rest_el(struct x12_cx *cx, struct buf *b, struct str el, unsigned used)
{
	unsigned gap = 0;

	if (used & 1 || el.n == 0)
		return;
	if (!used) {
		normal_into(cx, b, el);
		return;
	}
	for (unsigned c = 1; el.n; c++) {
		const char *hit = memchr(el.p, cx->s.comp, el.n);
		struct str one = { el.p, hit ? (size_t)(hit - el.p) : el.n };

		el = (struct str){ el.p + one.n + (hit != NULL), el.n - one.n - (hit != NULL) };
		if (one.n && (c > 31 || !(used >> c & 1))) {
			for (; gap; gap--)
				buf_ch(b, ':');
			normal_into(cx, b, one);
		}
		gap++;
	}
}

static struct str
rest_of(struct x12_cx *cx, const struct x12_seg *s, const unsigned *used)
{
	size_t size = s->id.n, end;
	struct buf b;

	for (unsigned i = 1; i <= s->n; i++)
		size += s->el[i].n + 1;
	b = buf_of_size(cx->a, size);
	buf_str(&b, s->id);
	end = b.n;
	for (unsigned i = 1; i <= s->n; i++) {
		size_t before;

		buf_ch(&b, '*');
		before = b.n;
		rest_el(cx, &b, s->el[i], used ? used[i] : 0);
		if (b.n > before)
			end = b.n;
	}
	b.n = end;
	return buf_view(&b);
}

struct str
x12_normal(struct x12_cx *cx, const struct x12_seg *s)
{
	return rest_of(cx, s, NULL);
}

/* Whether any component of any element was not taken. */
static bool
has_rest(const struct x12_seg *s, const unsigned *used, char comp)
{
	for (unsigned i = 1; i <= s->n; i++) {
		struct str el = s->el[i];

		if (el.n == 0 || used[i] & 1)
			continue;
		if (!used[i])
			return true;
		for (unsigned c = 1; el.n; c++) {
			const char *hit = memchr(el.p, comp, el.n);
			size_t n = hit ? (size_t)(hit - el.p) : el.n;

			if (n && (c > 31 || !(used[i] >> c & 1)))
				return true;
			el = (struct str){ el.p + n + (hit != NULL), el.n - n - (hit != NULL) };
		}
	}
	return false;
}

static const char *
put_text(const struct rec_field *f, struct str v, struct str *to)
{
	if ((int64_t)v.n > f->max)
		return "5";
	*to = v;
	return NULL;
}

/* One value into one field: NULL, or the IK403 code of what is wrong with it. */
static const char *
put_value(const struct row *r, struct str v, char *to)
{
	const struct rec_field *f = field_of(r);

	switch (f->kind) {
	case K_TEXT:
		return put_text(f, v, (struct str *)(void *)to);
	case K_DAY:
		*(day_t *)(void *)to = v.n == 8 ? day_parse(v) : DAY_NONE;
		return *(day_t *)(void *)to == DAY_NONE ? "8" : NULL;
	case K_CENTS:
		return cents_parse(v, (cents_t *)(void *)to) ? NULL : "6";
	case K_MILLI:
		return milli_parse(v, (milli_t *)(void *)to) ? NULL : "6";
	case K_BOOL:
		*(bool *)to = str_is(v, "1");
		return str_is(v, "1") || str_is(v, "2") ? NULL : "7";
	default:
		return "7";
	}
}

static const char *
read_one(struct x12_cx *cx, const struct row *r, struct str v, char *obj)
{
	if (r->how == MAP_WHOLE)
		v = x12_normal_el(cx, v);
	else if (memchr(v.p, cx->s.comp, v.n))
		return "13";
	else if (cx->s.rep && memchr(v.p, cx->s.rep, v.n))
		return "12";
	return put_value(r, str_trim(v), obj + field_of(r)->at);
}

/* Neighbouring components into a list; used bits come back. */
static const char *
read_list(struct x12_cx *cx, const struct row *r, struct str el, char *obj, unsigned *used)
{
	const struct rec_field *f = field_of(r);
	struct str **arr = (struct str **)(void *)(obj + f->at);
	size_t *n = (size_t *)(void *)(obj + f->at_n), last = 0;

	for (unsigned i = 0; i < (unsigned)f->max; i++) {
		struct str v = str_trim(x12_comp(el, cx->s.comp, r->comp + i)), *one;

		if (v.n == 0 && r->how == MAP_PACKED)
			continue;
		one = arena_push(cx->a, *arr, *n);
		if (one)
			*one = v.n ? v : S("");
		*used |= 1u << (r->comp + i);
		if (v.n)
			last = *n;
	}
	*n = last;
	return NULL;
}

static bool
qual_fits(const struct row *r, const struct x12_seg *s, char comp)
{
	struct str q = r->comp ? x12_comp(s->el[r->el], comp, r->comp - 1) : x12_elem(s, r->el - 1);

	return !*r->qual || q.n == 0 || str_is(q, r->qual);
}

static void
map_one(struct x12_cx *cx, const struct row *r, const struct x12_seg *s, char *obj, unsigned *used,
    struct x12_misfit *bad)
{
	struct str el = x12_elem(s, r->el);
	struct str v = r->comp ? x12_comp(el, cx->s.comp, r->comp) : el;
	const char *wrong;

	if (r->how == MAP_PACKED || r->how == MAP_PLACED) {
		if (el.n)
			(void)read_list(cx, r, el, obj, &used[r->el]);
		return;
	}
	if (v.n == 0 || !qual_fits(r, s, cx->s.comp))
		return;
	wrong = read_one(cx, r, v, obj);
	if (wrong) {
		if (!bad->ik403)
			*bad = (struct x12_misfit){ r->el, r->comp, wrong };
		return;
	}
	used[r->el] |= 1u << r->comp;
	if (*r->qual && r->comp)
		used[r->el] |= 1u << (r->comp - 1);
	else if (*r->qual)
		used[r->el - 1] |= 1;
}

void
x12_map_read(struct x12_cx *cx, const struct x12_seg *s, enum x12_scope_id scope, const struct x12_place *at,
    struct str *rest, struct x12_misfit *bad)
{
	unsigned used[LIMIT_ELEMENTS + 1] = { 0 };

	*bad = (struct x12_misfit){ 0 };
	for (size_t i = 0; i < N_ROWS; i++)
		if (rows[i].scope == scope && (rows[i].types & at->type) && x12_id_is(s->id, rows[i].id))
			map_one(cx, &rows[i], s, object_of(at, rows[i].of), used, bad);
	*rest = has_rest(s, used, cx->s.comp) ? rest_of(cx, s, used) : STR_NONE;
}

/* ---- writing ---- */

static struct str
text_of(struct arena *a, const struct row *r, const char *p)
{
	switch (field_of(r)->kind) {
	case K_TEXT:
		return *(const struct str *)(const void *)p;
	case K_DAY:
		return *(const day_t *)(const void *)p == DAY_NONE ? STR_NONE :
		    day_ccyymmdd(a, *(const day_t *)(const void *)p);
	case K_CENTS:
		return r->how == MAP_NUM && *(const cents_t *)(const void *)p == 0 ? STR_NONE :
		    cents_x12(a, *(const cents_t *)(const void *)p);
	case K_MILLI:
		return r->how == MAP_NUM && *(const milli_t *)(const void *)p == 0 ? STR_NONE :
		    milli_text(a, *(const milli_t *)(const void *)p);
	case K_BOOL:
		return *(const bool *)p ? S("1") : S("2");
	default:
		return STR_NONE;
	}
}

static void
write_list(struct x12_put *w, const struct row *r, const char *obj)
{
	const struct rec_field *f = field_of(r);
	struct str *v = *(struct str *const *)(const void *)(obj + f->at);
	size_t n = *(const size_t *)(const void *)(obj + f->at_n);

	for (size_t i = 0; i < n && i < (size_t)f->max; i++)
		x12_put_id(w, r->el, r->comp + (unsigned)i, v[i]);
}

static void
write_one(struct x12_put *w, const struct row *r, const char *obj)
{
	struct str v;

	if (r->how == MAP_PACKED || r->how == MAP_PLACED) {
		write_list(w, r, obj);
		return;
	}
	v = text_of(w->a, r, obj + field_of(r)->at);
	if (v.n == 0)
		return;
	if (r->how == MAP_WHOLE)
		x12_put_whole(w, r->el, v);
	else if (r->how == MAP_WORDS)
		x12_put_words(w, r->el, r->comp, v);
	else
		x12_put_id(w, r->el, r->comp, v);
	if (*r->qual && r->comp)
		x12_put_id(w, r->el, r->comp - 1, str_of(r->qual));
	else if (*r->qual)
		x12_put_id(w, r->el - 1, 0, str_of(r->qual));
}

void
x12_scope_spans(struct x12_span out[SC_COUNT])
{
	for (size_t i = 0; i < N_ROWS; i++)
		must(x12_span_add(&out[rows[i].scope], i));
}

void
x12_map_write(struct x12_put *w, enum x12_scope_id scope, const struct x12_place *at)
{
	char id[sizeof rows->id] = { 0 };

	for (size_t i = 0; i < sizeof id && w->id[i]; i++)
		id[i] = w->id[i];
	for (size_t i = w->scopes[scope].first; i < w->scopes[scope].end; i++)
		if ((rows[i].types & at->type) && memcmp(id, rows[i].id, sizeof id) == 0)
			write_one(w, &rows[i], object_of(at, rows[i].of));
}
