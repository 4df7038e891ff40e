/*
 * element.c - the elements of one segment against its position: there or not, type, length, characters, codes,
 * shapes, repeats, components, syntax notes. Never looks at another segment.
 */
#include "x12/walk.h"

#define AMOUNT	782			/* the data element of monetary amounts */

struct at { const struct x12_seg *s; const struct x12_pos *p; unsigned el, comp, rep; const struct x12_item *it; };

static void
tell(struct x12_check *c, const struct at *at, const char *id, const char *ik403, struct str value)
{
	struct x12_finding f = { .id = id, .ik304 = ik403 ? "8" : NULL, .ik403 = ik403,
	    .segment = at->s->id, .loop = str_of(c->w.g->loops[at->p->loop].id), .at = c->at, .element = at->el,
	    .component = at->comp, .repeat = at->rep, .value = value, .number = at->it ? at->it->number : 0,
	    .subject = at->it ? at->it->words : at->p->words };

	x12_found(c, &f);
}

/* ---- one value ---- */

static bool
all_digits(struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	return v.n > 0;
}

/* Type R and Nn: a sign, digits, for R one point. The number of digits is what the length bounds. */
static bool
is_number(struct str v, bool point, size_t *digits)
{
	size_t i = v.n && *v.p == '-', n = 0;
	bool seen = false;

	for (; i < v.n; i++) {
		if (v.p[i] >= '0' && v.p[i] <= '9')
			n++;
		else if (v.p[i] == '.' && point && !seen)
			seen = true;
		else
			return false;
	}
	*digits = n;
	return n > 0;
}

/* 1.00 where a whole number stands: wrong, but nobody is misled. */
static bool
is_whole(struct str v)
{
	const char *point = memchr(v.p, '.', v.n);
	struct str head = { v.p, point ? (size_t)(point - v.p) : 0 };
	size_t n;

	if (!point || !is_number(v, true, &n) || !is_number(head, false, &n))
		return false;
	for (const char *p = point + 1; p < v.p + v.n; p++)
		if (*p != '0')
			return false;
	return true;
}

static const char *
kind_wrong(const struct x12_item *it, struct str v, size_t *length)
{
	switch (it->kind) {
	case KIND_R:
		return is_number(v, true, length) ? NULL : "6";
	case KIND_N0:
	case KIND_N2:
		return is_number(v, false, length) ? NULL : "6";
	case KIND_DT:
		return all_digits(v) ? NULL : "8";
	case KIND_TM:
		return all_digits(v) ? NULL : "9";
	default:
		return NULL;
	}
}

static const char *
id_of(const char *ik403)
{
	static const struct { const char *ik403, *id; } rows[] = {
		{ "4", "ELEMENT_SHORT" }, { "5", "ELEMENT_LONG" }, { "6", "ELEMENT_CHARACTER" }, { "7", "ELEMENT_CODE" },
		{ "8", "ELEMENT_DATE" }, { "9", "ELEMENT_TIME" }, { "12", "ELEMENT_REPEATS" }, { "13", "ELEMENT_COMPONENTS" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].ik403, ik403) == 0)
			return rows[i].id;
	bug_at(__FILE__, __LINE__, "an IK403 code without a finding");
}

/* The character that may not be there, as a text: <LF>, <0x01> are said by the acknowledgement. */
static struct str
odd_character(struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] < 0x20 || v.p[i] == 0x7f)
			return (struct str){ v.p + i, 1 };
	return STR_NONE;
}

static void
characters(struct x12_check *c, const struct at *at, struct str v)
{
	struct str odd = odd_character(v);

	if (odd.n)
		tell(c, at, "ELEMENT_CHARACTER", "6", odd);
	else if (!str_is_utf8(v))
		tell(c, at, "ELEMENT_CHARACTER", "6", STR_NONE);
}

static const char *
listed(struct x12_check *c, const struct at *at, struct str v)
{
	const struct x12_codes *list = &c->w.g->all->codes[at->it->list];

	if (list->n)
		return x12_code_in(list, v) ? NULL : "7";
	return x12_shape_wrong(list->shape, at->s, at->el, v);
}

static void
value(struct x12_check *c, const struct at *at, struct str v)
{
	const struct x12_item *it = at->it;
	size_t length = v.n;
	cents_t cents;
	const char *wrong = it->kind <= KIND_ID ? NULL : kind_wrong(it, v, &length);

	if (at->s->marks & X12_ODD)
		characters(c, at, v);
	if (!wrong && length < it->min)
		tell(c, at, id_of("4"), "4", v);
	else if (!wrong && length > it->max)
		tell(c, at, id_of("5"), "5", v);
	if (!wrong && it->list)
		wrong = listed(c, at, v);
	else if (!wrong && it->kind == KIND_DT)
		wrong = x12_shape_wrong(v.n == 6 ? SHAPE_date6 : SHAPE_date, at->s, at->el, v);
	else if (!wrong && it->kind == KIND_TM)
		wrong = x12_shape_wrong(SHAPE_time, at->s, at->el, v);
	if (!wrong && it->number == AMOUNT && !c->examine && !cents_parse(v, &cents))
		tell(c, at, "ELEMENT_AMOUNT", "6", v);
	if (!wrong && *v.p == ' ' && it->use == USE_R && !it->list && str_trim(v).n == 0)
		tell(c, at, "ELEMENT_MISSING", "1", STR_NONE);
	if (wrong)
		tell(c, at, it->kind >= KIND_N0 && is_whole(v) ? "ELEMENT_DECIMAL" : id_of(wrong), wrong, v);
}

/* ---- usage ---- */

static inline void
absent(struct x12_check *c, const struct at *at)
{
	if (at->it->use == USE_R)
		tell(c, at, at->comp ? "COMPONENT_MISSING" : "ELEMENT_MISSING", "1", STR_NONE);
}

static bool
is_unused(struct x12_check *c, const struct at *at, struct str v)
{
	if (at->it->use != USE_N)
		return false;
	tell(c, at, "ELEMENT_NOT_USED", "I10", v);
	return true;
}

static void
notes(struct x12_check *c, const struct at *at, const struct str *have, unsigned n_have)
{
	const struct x12_note *v = c->w.g->notes + (at->el ? at->it->notes : at->p->notes);

	for (size_t n = at->el ? at->it->n_notes : at->p->n_notes; n; n--, v++) {
		unsigned there = 0, first = 0, gone = 0;

		for (unsigned i = 0; i < v->n; i++) {
			bool is = v->el[i] <= n_have && have[v->el[i]].n > 0;

			there += is;
			first |= i == 0 && is;
			if (!is && !gone)
				gone = v->el[i];
		}
		if ((v->kind == 'P' && there && there < v->n) || (v->kind == 'R' && !there) || (v->kind == 'C' && first && there < v->n) ||
		    (v->kind == 'L' && first && there < 2) || (v->kind == 'E' && there > 1)) {
			struct at one = *at;
			bool inside = at->el != 0;

			if (v->kind == 'E' || (v->kind == 'L' && !gone))
				gone = v->el[1];
			if (v->kind == 'R' || v->kind == 'L')
				gone = v->el[v->kind == 'L'];
			one.it = c->w.g->items + (inside ? at->it->comps : at->p->items) + gone - 1;
			one.el = inside ? at->el : gone;
			one.comp = inside ? gone : 0;
			if (v->kind != 'E' && one.it->use == USE_R)
				continue;		/* told as missing already */
			tell(c, &one, v->kind == 'E' ? "SYNTAX_EXCLUDES" : "SYNTAX_REQUIRES", v->kind == 'E' ? "10" : "2", STR_NONE);
		}
	}
}

/* ---- composites ---- */

/* Some senders part components by another character than ISA16 says: the first component shows which. */
static bool
sniff(struct x12_check *c, const struct at *at, struct str v)
{
	const struct x12_item *first = c->w.g->items + at->it->comps;
	const struct x12_codes *list = &c->w.g->all->codes[first->list];
	size_t n = 0;

	while (n < v.n && ((v.p[n] >= '0' && v.p[n] <= '9') || ((v.p[n] | 0x20) >= 'a' && (v.p[n] | 0x20) <= 'z')))
		n++;
	if (n == 0 || n == v.n || !strchr(":>^|<&\\!+", v.p[n]) || v.p[n] == c->s.comp || memchr(v.p, c->s.comp, v.n))
		return false;
	if (list->n && !x12_code_in(list, (struct str){ v.p, n }))
		return false;
	tell(c, at, "SEPARATOR_OTHER", NULL, STR_NONE);
	x12_part_by(c->r, v.p[n]);
	c->s = x12_seps(c->r);
	return true;
}

static void
composite(struct x12_check *c, const struct at *at, struct str v)
{
	const struct x12_item *first = c->w.g->items + at->it->comps;
	struct str have[32] = { STR_NONE };
	struct at one = *at;
	bool more = true;

	for (one.comp = 1; one.comp <= at->it->n_comps; one.comp++) {
		struct str part = STR_NONE;

		if (more) {
			more = memchr(v.p, c->s.comp, v.n) != NULL;
			part = str_cut(&v, c->s.comp);
		}
		have[one.comp] = part;
		one.it = first + one.comp - 1;
		if (!part.n)
			absent(c, &one);
		else if (!is_unused(c, &one, part))
			value(c, &one, part);
	}
	if (more) {
		one.it = at->it;
		tell(c, &one, id_of("13"), "13", v);
	}
	if (at->it->n_notes)
		notes(c, at, have, at->it->n_comps);
}

static void
whole(struct x12_check *c, const struct at *at, struct str v)
{
	if (at->it->kind == KIND_COMPOSITE && c->sniffing && at->it->n_comps > 1 && sniff(c, at, v))
		c->sniffing = false;
	if (at->it->kind == KIND_COMPOSITE)
		composite(c, at, v);
	else if (at->s->marks & X12_COMPS && c->s.comp && memchr(v.p, c->s.comp, v.n))
		tell(c, at, id_of("13"), "13", v);
	else
		value(c, at, v);
}

static void
repeated(struct x12_check *c, struct at *at, struct str v)
{
	for (at->rep = 1; v.n && at->rep <= at->it->rep; at->rep++) {
		struct str one = str_cut(&v, c->s.rep);

		if (one.n)
			whole(c, at, one);
	}
	if (v.n)
		tell(c, at, id_of("12"), "12", v);
	at->rep = 0;
}

void
x12_elements_check(struct x12_check *c, const struct x12_seg *s, const struct x12_pos *p)
{
	const struct x12_item *items = c->w.g->items + p->items;
	struct at at = { .s = s, .p = p };
	unsigned end = s->n > p->n_items ? p->n_items : s->n < p->last_r ? p->last_r : s->n;

	for (at.el = 1; at.el <= end; at.el++) {
		at.it = &items[at.el - 1];
		if (at.el > s->n || !s->el[at.el].n)
			absent(c, &at);
		else if (is_unused(c, &at, s->el[at.el]))
			continue;
		else if (s->marks & X12_COMPS && c->s.rep && at.it->kind != KIND_B && memchr(s->el[at.el].p, c->s.rep, s->el[at.el].n))
			repeated(c, &at, s->el[at.el]);
		else
			whole(c, &at, s->el[at.el]);
	}
	if (s->n > p->n_items) {
		at.it = NULL;
		at.el = p->n_items + 1u;
		tell(c, &at, "ELEMENTS_TOO_MANY", "3", s->el[at.el]);
	}
	at.el = 0;
	if (p->n_notes)
		notes(c, &at, s->el, s->n);
}
