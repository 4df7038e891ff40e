/*
 * element.c - the elements of one segment against its position: there or not, type, length, characters, codes,
 * shapes, repeats, components, syntax notes. Never looks at another segment.
 */
#include "x12/walk.h"

#define AMOUNT	782			/* the data element of monetary amounts */
#define QUANTITY	380

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

/* Type R and Nn: a sign, digits, for R one point. The number of digits is what the length bounds; 0: no number. */
static size_t
number_digits(struct str v, bool point)
{
	size_t i = v.n && *v.p == '-', n = 0;

	for (; i < v.n; i++) {
		if (v.p[i] >= '0' && v.p[i] <= '9')
			n++;
		else if (v.p[i] == '.' && point)
			point = false;
		else
			return 0;
	}
	return n;
}

/* 1.00 where a whole number stands: wrong, but nobody is misled. */
static bool
is_whole(struct str v)
{
	const char *point = memchr(v.p, '.', v.n);

	if (!point || !number_digits(v, true) || !number_digits((struct str){ v.p, (size_t)(point - v.p) }, false))
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
	case KIND_N0:
	case KIND_N2:
		*length = number_digits(v, it->kind == KIND_R);
		return *length ? NULL : "6";
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

/* U+200E, 200F, 202A to 202E, 2066 to 2069: what stands there is shown in another order than it is read. */
bool
x12_turns_at(struct str v, size_t i)
{
	unsigned char b, d;

	if (v.n < i + 3 || (unsigned char)v.p[i] != 0xe2)
		return false;
	b = (unsigned char)v.p[i + 1];
	d = (unsigned char)v.p[i + 2];
	return b == 0x80 ? d == 0x8e || d == 0x8f || (d >= 0xaa && d <= 0xae) : b == 0x81 && d >= 0xa6 && d <= 0xa9;
}

static bool
turns(struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (x12_turns_at(v, i))
			return true;
	return false;
}

static void
characters(struct x12_check *c, const struct at *at, struct str v)
{
	struct str odd = odd_character(v);

	if (odd.n)
		tell(c, at, "ELEMENT_CHARACTER", "6", odd);
	else if (!str_is_utf8(v))
		tell(c, at, "ELEMENT_LATIN", "6", STR_NONE);
	else if (turns(v))
		tell(c, at, "ELEMENT_HIDDEN", "6", STR_NONE);
}

/* An 837 has 10 digits for an amount, 8 before the point of a quantity of a line; the standard has more. */
static void
digits(struct x12_check *c, const struct at *at, struct str v)
{
	size_t n = number_digits(v, true);
	const char *point = memchr(v.p, '.', v.n);
	bool amount = at->it->number == AMOUNT;

	if (!amount)
		n -= point ? (size_t)(v.p + v.n - point) - 1 : 0;
	if (n > (amount ? 10 : 8) && str_is(c->set.type, "837") && !c->examine)
		tell(c, at, "ELEMENT_DIGITS", "5", v);
}

static const char *
listed(struct x12_check *c, const struct at *at, struct str v)
{
	const struct x12_codes *list = &c->w.g->all->codes[at->it->list];

	if (list->n)
		return x12_code_in(list, v) ? NULL : "7";
	return x12_shape_wrong(list->shape, at->s, at->el, v);
}

/* Of a service line: SV1, SV2, SV3 of an 837, and what another payer decided about it (SVD). */
static bool
is_line(const struct at *at)
{
	return at->s->id.n == 3 && at->s->id.p[0] == 'S' && at->s->id.p[1] == 'V';
}

static void
value(struct x12_check *c, const struct at *at, struct str v)
{
	const struct x12_item *it = at->it;
	size_t length = v.n;
	cents_t cents;
	milli_t milli;
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
	if (!wrong && it->number == QUANTITY && is_line(at) && !c->examine && !milli_parse(v, &milli))
		tell(c, at, "ELEMENT_QUANTITY", "6", v);
	else if (!wrong && (it->number == AMOUNT || (it->number == QUANTITY && is_line(at))))
		digits(c, at, v);
	if (!wrong && *v.p == ' ' && it->use == USE_R && !it->list && str_trim(v).n == 0)
		tell(c, at, "ELEMENT_MISSING", "1", STR_NONE);
	if (wrong)
		tell(c, at, it->kind >= KIND_N0 && is_whole(v) ? "ELEMENT_DECIMAL" : id_of(wrong), wrong, v);
}

/* Digits, at most two behind a point and eight bytes in all: a number, and surely an amount and a quantity. */
static bool
is_short_number(struct str v)
{
	size_t point = v.n;

	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == '.' && point == v.n)
			point = i;
		else if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	return v.n <= 8 && v.n - point <= 3 && point;
}

static bool
is_formed(const struct x12_codes *lists, const struct x12_seg *s, const struct x12_item *it, unsigned el, struct str v)
{
	switch (it->quick) {
	case QUICK_SHAPE:
		return !x12_shape_wrong(lists[it->list].shape, s, el, v);
	case QUICK_NUMBER:
		return is_short_number(v);
	case QUICK_DIGITS:
		return all_digits(v);
	default:
		return false;
	}
}

/* The one test that was chosen when the guide was compiled. A value that fails it is looked at closely. */
static __attribute__((always_inline)) inline bool
is_sound(const struct x12_codes *lists, const struct x12_seg *s, const struct x12_item *it, unsigned el, struct str v)
{
	if (v.n < it->min || v.n > it->max)
		return false;
	if (it->quick == QUICK_TEXT)
		return *v.p != ' ';
	if (it->quick == QUICK_CODE)
		return v.n <= 8 && x12_code_in(&lists[it->list], v);
	return is_formed(lists, s, it, el, v);
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
	if (at->s->marks & X12_ODD)
		characters(c, at, v);
	return true;
}

static bool
note_holds(const struct x12_note *v, uint64_t have)
{
	uint64_t in = have & v->all;

	switch (v->kind) {
	case 'P':
		return !in || in == v->all;
	case 'R':
		return in;
	case 'C':
		return !(in >> v->el[0] & 1) || in == v->all;
	case 'L':
		return !(in >> v->el[0] & 1) || in & (in - 1);
	default:
		return !(in & (in - 1));
	}
}

/* have: bit n says that element n is there, or component n when at has an element. */
static __attribute__((noinline)) void
note_broken(struct x12_check *c, struct at at, unsigned n, uint64_t have)
{
	const struct x12_note *v = &c->w.g->notes[n];
	unsigned i = 1, el;

	if (v->kind != 'E' && v->kind != 'L')
		for (i = 0; have >> v->el[i] & 1;)
			i++;
	el = v->el[i];
	at.it = c->w.g->items + (at.el ? at.it->comps : at.p->items) + el - 1;
	if (at.el)
		at.comp = el;
	else
		at.el = el;
	if (v->kind == 'E')
		tell(c, &at, "SYNTAX_EXCLUDES", "10", STR_NONE);
	else if (at.it->use != USE_R)			/* else told as missing already */
		tell(c, &at, "SYNTAX_REQUIRES", "2", STR_NONE);
}

/* ---- composites ---- */

/* Some senders part components by another character than ISA16 says: the first component shows which. */
static bool
sniff(struct x12_check *c, const struct at *at, struct str v)
{
	const struct x12_item *first = c->w.g->items + at->it->comps;
	const struct x12_codes *list = &c->w.g->all->codes[first->list];
	size_t n = 0;

	if (memchr(v.p, c->s.comp, v.n))
		return false;
	while (n < v.n && ((v.p[n] >= '0' && v.p[n] <= '9') || ((v.p[n] | 0x20) >= 'a' && (v.p[n] | 0x20) <= 'z')))
		n++;
	if (n == 0 || n == v.n || !strchr(":>^|<&\\!+", v.p[n]))
		return false;
	if (list->n && !x12_code_in(list, (struct str){ v.p, n }))
		return false;
	tell(c, at, "SEPARATOR_OTHER", NULL, STR_NONE);
	x12_part_by(c->r, v.p[n]);
	c->s = x12_seps(c->r);
	return true;
}

static struct str
next_part(struct str *rest, char sep, bool *more)
{
	struct str part = { rest->p, 0 };

	while (part.n < rest->n && part.p[part.n] != sep)
		part.n++;
	*more = part.n < rest->n;
	*rest = (struct str){ part.p + part.n + *more, rest->n - part.n - *more };
	return part;
}

static void
component(struct x12_check *c, struct at at, struct str v)
{
	if (!v.n)
		absent(c, &at);
	else if (!is_unused(c, &at, v))
		value(c, &at, v);
}

static void
composite(struct x12_check *c, const struct at *at, struct str v)
{
	const struct x12_item *first = c->w.g->items + at->it->comps - 1;
	const struct x12_codes *lists = c->w.g->all->codes;
	unsigned comp = 1, odd = at->s->marks & X12_ODD;
	uint64_t have = 0;
	bool more = true;

	for (; comp <= at->it->n_comps && (more || comp <= at->it->last_r); comp++) {
		struct str part = more ? next_part(&v, c->s.comp, &more) : STR_NONE;

		have |= (uint64_t)(part.n > 0) << comp;
		if (part.n ? odd || !is_sound(lists, at->s, first + comp, at->el, part) : first[comp].use == USE_R)
			component(c, (struct at){ at->s, at->p, at->el, comp, at->rep, first + comp }, part);
	}
	if (more)
		tell(c, &(struct at){ at->s, at->p, at->el, comp, at->rep, at->it }, id_of("13"), "13", v);
	for (unsigned n = at->it->notes; n < at->it->notes + at->it->n_notes; n++)
		if (!note_holds(&c->w.g->notes[n], have))
			note_broken(c, *at, n, have);
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

static __attribute__((noinline)) void
element(struct x12_check *c, const struct x12_seg *s, const struct x12_pos *p, unsigned el)
{
	struct at at = { .s = s, .p = p, .el = el, .it = c->w.g->items + p->items + el - 1 };
	struct str v = x12_elem(s, el);

	if (!v.n)
		absent(c, &at);
	else if (is_unused(c, &at, v))
		return;
	else if (s->marks & X12_COMPS && c->s.rep && at.it->kind != KIND_B && memchr(v.p, c->s.rep, v.n))
		repeated(c, &at, v);
	else
		whole(c, &at, v);
}

/* Neither parted nor with odd characters in it. */
static inline bool
is_plain(const struct x12_check *c, unsigned marks, struct str v)
{
	if (marks & X12_COMPS)
		for (size_t i = 0; i < v.n; i++)
			if (v.p[i] == c->s.comp || v.p[i] == c->s.rep)
				return false;
	return !(marks & X12_ODD);
}

static __attribute__((noinline)) void
too_many(struct x12_check *c, const struct x12_seg *s, const struct x12_pos *p)
{
	struct at at = { .s = s, .p = p, .el = p->n_items + 1u };

	tell(c, &at, "ELEMENTS_TOO_MANY", "3", s->el[at.el]);
}

/* What tells is kept out of it: of most segments there is nothing to tell. */
void
x12_elements_check(struct x12_check *c, const struct x12_seg *s, const struct x12_pos *p)
{
	const struct x12_item *it = c->w.g->items + p->items;
	const struct x12_codes *lists = c->w.g->all->codes;
	unsigned end = s->n > p->n_items ? p->n_items : s->n < p->last_r ? p->last_r : s->n;
	uint64_t have = 0, bit = 2;

	for (unsigned el = 1; el <= end; el++, it++, bit <<= 1) {
		struct str v = x12_elem(s, el);

		if (v.n)
			have |= bit;
		if (v.n ? !is_sound(lists, s, it, el, v) || !is_plain(c, s->marks, v) : it->use == USE_R)
			element(c, s, p, el);
	}
	if (s->n > p->n_items)
		too_many(c, s, p);
	for (unsigned n = p->notes; n < p->notes + p->n_notes; n++)
		if (!note_holds(&c->w.g->notes[n], have))
			note_broken(c, (struct at){ .s = s, .p = p }, n, have);
}
