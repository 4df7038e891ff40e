/*
 * lists.c - the segments that repeat into lists: REF, DTP, AMT, CAS, TOO; remit_lists.c has those of the 835 alone.
 * A segment whose shape the list cannot hold is left to `extras` by the caller. Never decides what a value means.
 */
#include "x12/plan.h"
#include "x12/remit_wire.h"

#include <string.h>

#define SURFACES	5
#define ADJUSTMENTS_PER_CAS	6

static const struct { const struct rec_object *in; uint16_t place, at, at_n, field; } lists[O_COUNT][HOW_COUNT] = {
#define INTO(owner, how, object, list) [O_##owner][HOW_##how] = { &rec_##object, AT_##object, \
	offsetof(struct object, list), offsetof(struct object, n_##list), IX_##object##_##list },
#include "schemas/x12_837_order.def"
#define INTO(owner, how, object, list) [O_##owner][HOW_##how] = { &rec_##object, AT_##object, \
	offsetof(struct object, list), offsetof(struct object, n_##list), IX_##object##_##list },
#include "schemas/x12_remit_order.def"
};

bool
x12_list_of(const struct x12_place *at, enum x12_how how, struct x12_list *out)
{
	enum x12_owner o = at->loop == L_2330B && how == HOW_DATES ? O_COVERAGE : x12_loop_owner(at->loop);
	const struct rec_field *f;
	char *object;

	if (!lists[o][how].in)
		return false;
	f = &lists[o][how].in->fields[lists[o][how].field];
	object = *(char *const *)(const void *)((const char *)at + lists[o][how].place);
	*out = (struct x12_list){ (void **)(void *)(object + lists[o][how].at), (size_t *)(void *)(object + lists[o][how].at_n),
	    f->of, (size_t)f->max };
	return true;
}

void *
x12_list_push(struct arena *a, const struct x12_list *l)
{
	return *l->n < l->max ? rec_push_to(a, l->arr, l->n, l->of) : NULL;
}

/* ---- reading ---- */

bool
x12_plain(struct x12_cx *cx, struct str v, size_t max)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == cx->s.comp || (cx->s.rep && v.p[i] == cx->s.rep))
			return false;
	return v.n <= max;
}

/* Where the id of a line in its claim goes, NULL outside of lines. */
static struct str *
control_of(const struct x12_place *at)
{
	return at->loop == L_2400 ? &at->l->control : at->loop == L_2110 ? &at->pl->control : NULL;
}

static int
ref_read(struct x12_cx *cx, const struct x12_seg *s, const struct x12_place *at, const struct x12_list *l)
{
	struct str *control = control_of(at);
	struct reference *r;

	if (s->n < 2 || s->n > 3 || !x12_plain(cx, s->el[1], 8) || !x12_plain(cx, s->el[2], 80) ||
	    !x12_plain(cx, x12_elem(s, 3), 80))
		return 0;
	if (control && s->n == 2 && str_is(s->el[1], "6R") && !control->n && s->el[2].n <= 50) {
		*control = str_trim(s->el[2]);
		return 1;
	}
	r = x12_list_push(cx->a, l);
	if (!r)
		return E_LIMIT;
	*r = (struct reference){ str_trim(s->el[1]), str_trim(s->el[2]), str_trim(x12_elem(s, 3)) };
	return 1;
}

static bool
span_of(struct str format, struct str v, day_t *from, day_t *to)
{
	*to = DAY_NONE;
	if (str_is(format, "D8"))
		*from = v.n == 8 ? day_parse(v) : DAY_NONE;
	else if (str_is(format, "RD8") && v.n == 17 && v.p[8] == '-') {
		*from = day_parse((struct str){ v.p, 8 });
		*to = day_parse((struct str){ v.p + 9, 8 });
		return *from != DAY_NONE && *to != DAY_NONE;
	} else
		return false;
	return *from != DAY_NONE;
}

static bool
is_hhmm(struct str v)
{
	int64_t t;

	return v.n == 4 && v.p[0] != '-' && v.p[0] != '+' && str_to_int(v, &t) && t < 2400 && t % 100 < 60;
}

/* Dates of the claim that have fields of their own. */
static bool
claim_date(const struct x12_place *at, struct str qual, struct str format, struct str v)
{
	struct encounter *e = at->e;
	day_t from, to;

	if (at->type == T_D)
		return false;
	if (str_is(qual, "434") && at->type == T_I && e->from == DAY_NONE && span_of(format, v, &from, &to)) {
		e->from = from;
		e->to = to == DAY_NONE ? from : to;
		return true;
	}
	if (str_is(qual, "435") && e->admitted == DAY_NONE && str_is(format, "D8"))
		return span_of(format, v, &e->admitted, &to);
	if (str_is(qual, "435") && e->admitted == DAY_NONE && str_is(format, "DT") && v.n == 12 &&
	    is_hhmm((struct str){ v.p + 8, 4 }) && span_of(S("D8"), (struct str){ v.p, 8 }, &e->admitted, &to)) {
		e->admit_time = (struct str){ v.p + 8, 4 };
		return true;
	}
	if (str_is(qual, "096") && at->type == T_P && e->discharged == DAY_NONE && str_is(format, "D8"))
		return span_of(format, v, &e->discharged, &to);
	if (str_is(qual, "096") && at->type == T_I && !e->discharge_time.n && str_is(format, "TM") && is_hhmm(v)) {
		e->discharge_time = v;
		return true;
	}
	return false;
}

static int
dtp_read(struct x12_cx *cx, const struct x12_seg *s, const struct x12_place *at, const struct x12_list *l)
{
	struct dated *d;

	if (s->n != 3 || !x12_plain(cx, s->el[1], 3) || !x12_plain(cx, s->el[2], 3) || !x12_plain(cx, s->el[3], 35))
		return 0;
	if (at->loop == L_2300 && claim_date(at, s->el[1], s->el[2], s->el[3]))
		return 1;
	if (at->loop == L_2400 && str_is(s->el[1], "472") && at->l->from == DAY_NONE &&
	    span_of(s->el[2], s->el[3], &at->l->from, &at->l->to))
		return 1;
	d = x12_list_push(cx->a, l);
	if (!d)
		return E_LIMIT;
	*d = (struct dated){ s->el[1], s->el[2], str_trim(s->el[3]) };
	return 1;
}

static int
amt_read(struct x12_cx *cx, const struct x12_seg *s, const struct x12_list *l)
{
	struct amount *m;
	cents_t cents;

	if (s->n != 2 || !x12_plain(cx, s->el[1], 3) || !cents_parse(s->el[2], &cents))
		return 0;
	m = x12_list_push(cx->a, l);
	if (!m)
		return E_LIMIT;
	*m = (struct amount){ s->el[1], cents };
	return 1;
}

/* A quantity of 0 is none; a claim that says it is kept as it came, a payment is read all the same. */
static bool
cas_fits(struct x12_cx *cx, const struct x12_seg *s, bool zero)
{
	cents_t c;
	milli_t m;

	if (s->n < 3 || s->n > 19 || !s->el[1].n || !x12_plain(cx, s->el[1], 2))
		return false;
	for (unsigned i = 2; i <= s->n; i += 3) {
		struct str units = x12_elem(s, i + 2);

		if (!s->el[i].n || !x12_plain(cx, s->el[i], 5) || !cents_parse(x12_elem(s, i + 1), &c) ||
		    (units.n && (!milli_parse(units, &m) || (m == 0 && !zero))))
			return false;
	}
	return true;
}

/* The set of the next CAS: another one only where it would be joined to the last when written. */
static int64_t
cas_set(const struct x12_list *l, struct str group)
{
	const struct adjustment *v = *l->arr;
	size_t n = *l->n, same = 0;

	while (same < n && str_eq(v[n - 1 - same].group, group) && v[n - 1 - same].set == v[n - 1].set)
		same++;
	return same % ADJUSTMENTS_PER_CAS && v[n - 1].set < 999 ? v[n - 1].set + 1 : same ? v[n - 1].set : 0;
}

static int
cas_read(struct x12_cx *cx, const struct x12_seg *s, const struct x12_list *l, bool zero)
{
	int64_t set = cas_set(l, s->n ? s->el[1] : STR_NONE);

	if (!cas_fits(cx, s, zero))
		return 0;
	for (unsigned i = 2; i <= s->n; i += 3) {
		struct adjustment *j = x12_list_push(cx->a, l);

		if (!j)
			return E_LIMIT;
		j->group = s->el[1];
		j->set = set;
		j->reason = s->el[i];
		(void)cents_parse(x12_elem(s, i + 1), &j->cents);
		(void)milli_parse(x12_elem(s, i + 2), &j->units);
	}
	return 1;
}

static int
too_read(struct x12_cx *cx, const struct x12_seg *s, const struct x12_list *l)
{
	struct str surfaces = x12_elem(s, 3);
	struct tooth *t;

	if (s->n < 2 || s->n > 3 || !x12_plain(cx, s->el[1], 3) || !x12_plain(cx, s->el[2], 30) ||
	    x12_comp(surfaces, cx->s.comp, SURFACES + 1).n ||
	    (cx->s.rep && memchr(surfaces.p ? surfaces.p : "", cx->s.rep, surfaces.n)))
		return 0;
	t = x12_list_push(cx->a, l);
	if (!t)
		return E_LIMIT;
	t->qual = s->el[1];
	t->number = str_trim(s->el[2]);
	for (unsigned i = 1; i <= SURFACES; i++) {
		struct str v = str_trim(x12_comp(surfaces, cx->s.comp, i)), *one;

		one = v.n ? arena_push(cx->a, t->surfaces, t->n_surfaces) : NULL;
		if (one)
			*one = v;
	}
	return 1;
}

int
x12_list_read(struct x12_cx *cx, const struct x12_seg *s, enum x12_how how, const struct x12_place *at)
{
	struct x12_list l;

	must(x12_list_of(at, how, &l));
	switch (how) {
	case HOW_REFS:		return ref_read(cx, s, at, &l);
	case HOW_DATES:		return at->type == T_R ? x12_remit_list_read(cx, s, how, at) : dtp_read(cx, s, at, &l);
	case HOW_AMOUNTS:	return amt_read(cx, s, &l);
	case HOW_CAS:		return cas_read(cx, s, &l, at->type == T_R);
	case HOW_TEETH:		return too_read(cx, s, &l);
	default:		return at->type == T_R ? x12_remit_list_read(cx, s, how, at) : 0;
	}
}

/* ---- writing ---- */

void
x12_ref_put(struct x12_put *w, const struct reference *r)
{
	x12_put_seg(w, "REF");
	x12_put_id(w, 1, 0, r->qual);
	x12_put_id(w, 2, 0, r->value);
	x12_put_words(w, 3, 0, r->words);
	x12_put_end(w, false);
}

/* to DAY_NONE: one day, not a range. */
static void
dtp_put(struct x12_put *w, const char *qual, day_t from, day_t to)
{
	x12_put_seg(w, "DTP");
	x12_put_c(w, 1, qual);
	x12_put_c(w, 2, to == DAY_NONE ? "D8" : "RD8");
	x12_put_days(w, 3, 0, from, to);
	x12_put_end(w, false);
}

static void
dated_put(struct x12_put *w, const struct dated *d)
{
	x12_put_seg(w, "DTP");
	x12_put_id(w, 1, 0, d->qual);
	x12_put_id(w, 2, 0, d->format);
	x12_put_id(w, 3, 0, d->value);
	x12_put_end(w, false);
}

static void
moment_put(struct x12_put *w, const char *qual, day_t day, struct str time)
{
	x12_put_seg(w, "DTP");
	x12_put_c(w, 1, qual);
	x12_put_c(w, 2, "DT");
	x12_put_moment(w, 3, day, time);
	x12_put_end(w, false);
}

/* The date of a dental claim, where it is not in the list already and a line needs it. */
static void
dental_date_put(struct x12_put *w, const struct encounter *e)
{
	bool bare = false;

	for (size_t i = 0; i < e->n_lines; i++)
		bare |= e->lines[i].from == DAY_NONE;
	for (size_t i = 0; i < e->n_dates; i++)
		if (str_is(e->dates[i].qual, "472"))
			return;
	if (!bare || e->from == DAY_NONE)
		return;
	dtp_put(w, "472", e->from, e->to == e->from ? DAY_NONE : e->to);
}

static void
claim_dates_put(struct x12_put *w, const struct x12_place *at)
{
	const struct encounter *e = at->e;

	if (at->type == T_D) {
		dental_date_put(w, e);
		return;
	}
	if (at->type == T_I) {
		if (e->discharge_time.n)
			dated_put(w, &(struct dated){ S("096"), S("TM"), e->discharge_time });
		if (e->from != DAY_NONE)
			dtp_put(w, "434", e->from, e->to == DAY_NONE ? e->from : e->to);
	}
	if (e->admitted != DAY_NONE && e->admit_time.n)
		moment_put(w, "435", e->admitted, e->admit_time);
	else if (e->admitted != DAY_NONE)
		dtp_put(w, "435", e->admitted, DAY_NONE);
	if (at->type == T_P && e->discharged != DAY_NONE)
		dtp_put(w, "096", e->discharged, DAY_NONE);
}

static void
dates_put(struct x12_put *w, const struct x12_place *at, const struct x12_list *l)
{
	const struct dated *d = *l->arr;

	if (at->loop == L_2300)
		claim_dates_put(w, at);
	if (at->loop == L_2400 && at->l->from != DAY_NONE)
		dtp_put(w, "472", at->l->from, at->l->to);
	for (size_t i = 0; i < *l->n; i++)
		dated_put(w, &d[i]);
}

static void
amounts_put(struct x12_put *w, const struct x12_list *l)
{
	const struct amount *m = *l->arr;

	for (size_t i = 0; i < *l->n; i++) {
		x12_put_seg(w, "AMT");
		x12_put_id(w, 1, 0, m[i].qual);
		x12_put_scaled(w, 2, 0, m[i].cents, 2);
		x12_put_end(w, false);
	}
}

/* Neighbours of one group and set share a segment, six at most. */
static void
cas_put(struct x12_put *w, const struct x12_list *l)
{
	const struct adjustment *j = *l->arr;

	for (size_t i = 0; i < *l->n; ) {
		size_t from = i;

		x12_put_seg(w, "CAS");
		x12_put_id(w, 1, 0, j[i].group);
		for (; i < *l->n && i - from < ADJUSTMENTS_PER_CAS && str_eq(j[i].group, j[from].group) &&
		    j[i].set == j[from].set; i++) {
			unsigned el = 2 + 3 * (unsigned)(i - from);

			x12_put_id(w, el, 0, j[i].reason);
			x12_put_scaled(w, el + 1, 0, j[i].cents, 2);
			if (j[i].units)
				x12_put_scaled(w, el + 2, 0, j[i].units, 3);
		}
		x12_put_end(w, false);
	}
}

static void
teeth_put(struct x12_put *w, const struct x12_list *l)
{
	const struct tooth *t = *l->arr;

	for (size_t i = 0; i < *l->n; i++) {
		x12_put_seg(w, "TOO");
		x12_put_id(w, 1, 0, t[i].qual.n ? t[i].qual : S("JP"));
		x12_put_id(w, 2, 0, t[i].number);
		for (unsigned k = 0; k < t[i].n_surfaces && k < SURFACES; k++)
			x12_put_id(w, 3, k + 1, t[i].surfaces[k]);
		x12_put_end(w, false);
	}
}

void
x12_list_write(struct x12_put *w, enum x12_how how, const struct x12_place *at)
{
	struct x12_list l;

	must(x12_list_of(at, how, &l));
	if (at->type == T_R && x12_remit_list_write(w, how, at))
		return;
	if (how == HOW_REFS && at->loop == L_2400 && at->l->control.n)
		x12_ref_put(w, &(struct reference){ S("6R"), at->l->control, STR_NONE });
	if (how == HOW_REFS)
		for (size_t i = 0; i < *l.n; i++)
			x12_ref_put(w, (const struct reference *)*l.arr + i);
	else if (how == HOW_DATES)
		dates_put(w, at, &l);
	else if (how == HOW_AMOUNTS)
		amounts_put(w, &l);
	else if (how == HOW_CAS)
		cas_put(w, &l);
	else if (how == HOW_TEETH)
		teeth_put(w, &l);
}
