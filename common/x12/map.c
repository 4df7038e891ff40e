/*
 * map.c - the interpreter of schemas/x12_837.def and x12_remit.def: leaf elements to fields and back. What no row
 * takes is handed back as the rest of the segment, so that nothing is lost. Never knows a loop by name.
 */
#include "x12/plan.h"

#include <string.h>

static char *
object_of(const struct x12_place *at, const struct x12_leaf *r)
{
	return *(char *const *)(const void *)((const char *)at + r->place);
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
has_rest(const struct x12_cx *cx, const struct x12_seg *s, const unsigned *used)
{
	for (unsigned i = 1; i <= s->n; i++) {
		struct str el = s->el[i];

		if (el.n == 0 || used[i] & 1)
			continue;
		if (!used[i])
			return true;
		for (unsigned c = 1; el.n; c++) {
			const char *hit = cx->parts ? memchr(el.p, cx->s.comp, el.n) : NULL;
			size_t n = hit ? (size_t)(hit - el.p) : el.n;

			if (n && (c > 31 || !(used[i] >> c & 1)))
				return true;
			el = (struct str){ el.p + n + (hit != NULL), el.n - n - (hit != NULL) };
		}
	}
	return false;
}

static const char *
put_text(const struct x12_leaf *r, struct str v, struct str *to)
{
	if ((int64_t)v.n > r->max)
		return "5";
	*to = v;
	return NULL;
}

static const char *
put_int(const struct x12_leaf *r, struct str v, int64_t *to)
{
	int64_t n;

	if (!str_to_int(v, &n) || n < 0 || n > r->max)
		return "6";
	*to = n;
	return NULL;
}

/* One value into one field: NULL, or the IK403 code of what is wrong with it. */
static const char *
put_value(const struct x12_leaf *r, struct str v, char *to)
{
	switch (r->kind) {
	case K_TEXT:
		return put_text(r, v, (struct str *)(void *)to);
	case K_DAY:
		*(day_t *)(void *)to = v.n == 8 ? day_parse(v) : DAY_NONE;
		return *(day_t *)(void *)to == DAY_NONE ? "8" : NULL;
	case K_CENTS:
		return cents_parse(v, (cents_t *)(void *)to) ? NULL : "6";
	case K_MILLI:
		return milli_parse(v, (milli_t *)(void *)to) ? NULL : "6";
	case K_INT:
		return put_int(r, v, (int64_t *)(void *)to);
	case K_BOOL:
		*(bool *)to = str_is(v, "1");
		return str_is(v, "1") || str_is(v, "2") ? NULL : "7";
	default:
		return "7";
	}
}

static const char *
read_one(struct x12_cx *cx, const struct x12_leaf *r, struct str v, char *obj)
{
	if (r->how == MAP_WHOLE)
		v = x12_normal_el(cx, v);
	else if (cx->parts && memchr(v.p, cx->s.comp, v.n))
		return "13";
	else if (cx->parts && cx->s.rep && memchr(v.p, cx->s.rep, v.n))
		return "12";
	return put_value(r, str_trim(v), obj + r->at);
}

/* Neighbouring components into a list; used bits come back. */
static const char *
read_list(struct x12_cx *cx, const struct x12_leaf *r, struct str el, char *obj, unsigned *used)
{
	struct str **arr = (struct str **)(void *)(obj + r->at);
	size_t *n = (size_t *)(void *)(obj + r->at_n), last = 0;

	for (unsigned i = 0; i < (unsigned)r->max; i++) {
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

/* Neighbouring elements into a list that keeps its gaps. */
static void
spread_read(struct x12_cx *cx, const struct x12_leaf *r, const struct x12_seg *s, char *obj, unsigned *used)
{
	struct str **arr = (struct str **)(void *)(obj + r->at);
	size_t *n = (size_t *)(void *)(obj + r->at_n), last = 0;

	for (unsigned i = 0; i < (unsigned)r->max && r->el + i <= s->n; i++) {
		struct str v = str_trim(x12_elem(s, r->el + i)), *one;

		if (memchr(v.p ? v.p : "", cx->s.comp, v.n))
			break;
		one = arena_push(cx->a, *arr, *n);
		if (one)
			*one = v.n ? v : S("");
		used[r->el + i] |= 1;
		if (v.n)
			last = *n;
	}
	*n = last;
}

static bool
qual_fits(const struct x12_leaf *r, const struct x12_seg *s, char comp)
{
	struct str q = r->comp ? x12_comp(s->el[r->el], comp, r->comp - 1) : x12_elem(s, r->el - 1);

	return r->qual.n == 0 || q.n == 0 || str_eq(q, r->qual);
}

static void
misfit(struct x12_misfit *bad, const struct x12_leaf *r, const char *wrong)
{
	if (!bad->ik403) {
		bad->element = r->el;
		bad->component = r->comp;
		bad->ik403 = wrong;
	}
	if (!bad->number && (r->kind == K_CENTS || r->kind == K_MILLI || r->kind == K_INT))
		bad->number = r->el;
}

static void
map_one(struct x12_cx *cx, const struct x12_leaf *r, const struct x12_seg *s, char *obj, unsigned *used,
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
	if (r->how == MAP_SPREAD) {
		spread_read(cx, r, s, obj, used);
		return;
	}
	wrong = v.n && qual_fits(r, s, cx->s.comp) ? read_one(cx, r, v, obj) : "";
	if (wrong && r->how == MAP_SAID)
		*(bool *)(obj + r->at_n) = true;
	if (wrong) {
		if (*wrong)
			misfit(bad, r, wrong);
		return;
	}
	if (r->how == MAP_NUM && *(const int64_t *)(void *)(obj + r->at) == 0)
		return;			/* a 0 that was sent is not nothing: it stays in the rest */
	used[r->el] |= 1u << r->comp;
	if (r->qual.n && r->comp)
		used[r->el] |= 1u << (r->comp - 1);
	else if (r->qual.n)
		used[r->el - 1] |= 1;
}

/* Asked of the whole segment, for its elements stand in one run of bytes: most have no components. */
static bool
has_parts(const struct x12_cx *cx, const struct x12_seg *s)
{
	const char *p = s->el[0].p;
	size_t n = (size_t)(s->el[s->n].p - p) + s->el[s->n].n;

	return memchr(p, cx->s.comp, n) || (cx->s.rep && memchr(p, cx->s.rep, n));
}

void
x12_map_read(struct x12_cx *cx, const struct x12_seg *s, const struct x12_step *step, const struct x12_place *at,
    struct str *rest, struct x12_misfit *bad)
{
	unsigned used[LIMIT_ELEMENTS + 1];

	cx->parts = has_parts(cx, s);
	memset(used, 0, (s->n + 1) * sizeof *used);
	*bad = (struct x12_misfit){ 0 };
	for (const struct x12_leaf *r = step->leaf; r < step->leaf_end; r++)
		if (r->el <= s->n || r->how == MAP_SAID)
			map_one(cx, r, s, object_of(at, r), used, bad);
	*rest = has_rest(cx, s, used) ? rest_of(cx, s, used) : STR_NONE;
}

/* ---- writing ---- */

static void
write_list(struct x12_put *w, const struct x12_leaf *r, const char *obj)
{
	struct str *v = *(struct str *const *)(const void *)(obj + r->at);
	size_t n = *(const size_t *)(const void *)(obj + r->at_n);

	for (size_t i = 0; i < n && i < (size_t)r->max; i++)
		if (r->how == MAP_SPREAD)
			x12_put_id(w, r->el + (unsigned)i, 0, v[i]);
		else
			x12_put_id(w, r->el, r->comp + (unsigned)i, v[i]);
}

static void
qual_put(struct x12_put *w, const struct x12_leaf *r)
{
	if (r->qual.n && r->comp)
		x12_put_id(w, r->el, r->comp - 1, r->qual);
	else if (r->qual.n)
		x12_put_id(w, r->el - 1, 0, r->qual);
}

static void
text_put(struct x12_put *w, const struct x12_leaf *r, struct str v)
{
	qual_put(w, r);
	if (r->how == MAP_WHOLE)
		x12_put_whole(w, r->el, v);
	else if (r->how == MAP_WORDS)
		x12_put_words(w, r->el, r->comp, v);
	else
		x12_put_id(w, r->el, r->comp, v);
}

/* A number that is 0 is written if it is always said. */
static void
number_put(struct x12_put *w, const struct x12_leaf *r, const char *obj, int places)
{
	int64_t v = *(const int64_t *)(const void *)(obj + r->at);

	if (v == 0 && (r->how == MAP_NUM || r->kind == K_INT))
		return;
	if (r->how == MAP_SAID && *(const bool *)(obj + r->at_n))
		return;
	qual_put(w, r);
	x12_put_scaled(w, r->el, r->comp, v, places);
}

static void
day_put(struct x12_put *w, const struct x12_leaf *r, day_t day)
{
	if (day == DAY_NONE)
		return;
	qual_put(w, r);
	x12_put_days(w, r->el, r->comp, day, DAY_NONE);
}

void
x12_map_write(struct x12_put *w, const struct x12_step *s, const struct x12_place *at)
{
	for (const struct x12_leaf *r = s->leaf; r < s->leaf_end; r++) {
		const char *obj = object_of(at, r);
		const void *p = obj + r->at;

		switch (r->kind) {
		case K_TEXT:
			if (((const struct str *)p)->n)		/* most are empty */
				text_put(w, r, *(const struct str *)p);
			break;
		case K_DAY:	day_put(w, r, *(const day_t *)p); break;
		case K_CENTS:	number_put(w, r, obj, 2); break;
		case K_MILLI:	number_put(w, r, obj, 3); break;
		case K_INT:	number_put(w, r, obj, 0); break;
		case K_STRS:	write_list(w, r, obj); break;
		default:
			qual_put(w, r);
			x12_put_id(w, r->el, r->comp, *(const bool *)p ? S("1") : S("2"));
		}
	}
}
