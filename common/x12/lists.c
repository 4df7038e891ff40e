/*
 * lists.c - the segments that repeat into lists: REF, DTP, AMT, CAS. A segment whose shape the list cannot
 * hold is left to `extras` by the caller. Never decides what a value means.
 */
#include "x12/wire.h"

#define LIST(ptr, object, field) (struct x12_list){ (void **)&(ptr)->field, &(ptr)->n_##field, \
	rec_##object.fields[IX_##object##_##field].of, (size_t)rec_##object.fields[IX_##object##_##field].max }
#define ADJUSTMENTS_PER_CAS	6

static struct x12_list
extras_of(const struct x12_place *at, enum x12_owner o)
{
	switch (o) {
	case O_PARTY:		return LIST(at->p, party, extras);
	case O_COVERAGE:	return LIST(at->c, coverage, extras);
	case O_ENCOUNTER:	return LIST(at->e, encounter, extras);
	case O_LINE:		return LIST(at->l, line, extras);
	case O_ADJUDICATION:	break;
	}
	return LIST(at->j, adjudication, extras);
}

bool
x12_list_of(const struct x12_place *at, enum x12_how how, struct x12_list *out)
{
	enum x12_owner o = at->loop == L_2330B && how == HOW_DATES ? O_COVERAGE : x12_loop_owner(at->loop);

	*out = (struct x12_list){ 0 };
	if (how == HOW_RAW)
		*out = extras_of(at, o);
	else if (how == HOW_REFS)
		*out = o == O_PARTY ? LIST(at->p, party, refs) : o == O_LINE ? LIST(at->l, line, refs) :
		    LIST(at->e, encounter, refs);
	else if (how == HOW_AMOUNTS)
		*out = o == O_COVERAGE ? LIST(at->c, coverage, amounts) : o == O_LINE ? LIST(at->l, line, amounts) :
		    LIST(at->e, encounter, amounts);
	else if (how == HOW_DATES)
		*out = o == O_COVERAGE ? LIST(at->c, coverage, dates) : o == O_LINE ? LIST(at->l, line, dates) :
		    o == O_ADJUDICATION ? LIST(at->j, adjudication, dates) : LIST(at->e, encounter, dates);
	else if (how == HOW_CAS)
		*out = o == O_COVERAGE ? LIST(at->c, coverage, adjustments) : LIST(at->j, adjudication, adjustments);
	return out->arr != NULL;
}

void *
x12_list_push(struct arena *a, const struct x12_list *l)
{
	return *l->n < l->max ? rec_push_(a, l->arr, l->n, l->of) : NULL;
}

/* ---- reading ---- */

static bool
plain(struct x12_cx *cx, struct str v, size_t max)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == cx->s.comp || (cx->s.rep && v.p[i] == cx->s.rep))
			return false;
	return v.n <= max;
}

static int
ref_read(struct x12_cx *cx, const struct x12_seg *s, const struct x12_place *at, const struct x12_list *l)
{
	struct reference *r;

	if (s->n < 2 || s->n > 3 || !plain(cx, s->el[1], 8) || !plain(cx, s->el[2], 80) ||
	    !plain(cx, x12_elem(s, 3), 80))
		return 0;
	if (at->loop == L_2400 && s->n == 2 && str_is(s->el[1], "6R") && !at->l->control.n && s->el[2].n <= 50) {
		at->l->control = str_trim(s->el[2]);
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

	if (s->n != 3 || !plain(cx, s->el[1], 3) || !plain(cx, s->el[2], 3) || !plain(cx, s->el[3], 35))
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

	if (s->n != 2 || !plain(cx, s->el[1], 3) || !cents_parse(s->el[2], &cents))
		return 0;
	m = x12_list_push(cx->a, l);
	if (!m)
		return E_LIMIT;
	*m = (struct amount){ s->el[1], cents };
	return 1;
}

static bool
cas_fits(struct x12_cx *cx, const struct x12_seg *s)
{
	cents_t c;
	milli_t m;

	if (s->n < 3 || s->n > 19 || !s->el[1].n || !plain(cx, s->el[1], 2))
		return false;
	for (unsigned i = 2; i <= s->n; i += 3) {
		struct str units = x12_elem(s, i + 2);

		if (!s->el[i].n || !plain(cx, s->el[i], 5) || !cents_parse(x12_elem(s, i + 1), &c) ||
		    (units.n && (!milli_parse(units, &m) || m == 0)))
			return false;
	}
	return true;
}

static int
cas_read(struct x12_cx *cx, const struct x12_seg *s, const struct x12_list *l)
{
	if (!cas_fits(cx, s))
		return 0;
	for (unsigned i = 2; i <= s->n; i += 3) {
		struct adjustment *j = x12_list_push(cx->a, l);

		if (!j)
			return E_LIMIT;
		j->group = s->el[1];
		j->reason = s->el[i];
		(void)cents_parse(x12_elem(s, i + 1), &j->cents);
		(void)milli_parse(x12_elem(s, i + 2), &j->units);
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
	case HOW_DATES:		return dtp_read(cx, s, at, &l);
	case HOW_AMOUNTS:	return amt_read(cx, s, &l);
	case HOW_CAS:		return cas_read(cx, s, &l);
	default:		return 0;
	}
}

/* ---- writing ---- */

static void
ref_put(struct x12_put *w, const struct reference *r)
{
	x12_put_seg(w, "REF");
	x12_put_id(w, 1, 0, r->qual);
	x12_put_id(w, 2, 0, r->value);
	x12_put_words(w, 3, 0, r->words);
	x12_put_end(w, false);
}

static void
dtp_put(struct x12_put *w, const char *qual, const char *format, struct str v)
{
	if (v.n == 0)
		return;
	x12_put_seg(w, "DTP");
	x12_put_c(w, 1, qual);
	x12_put_c(w, 2, format);
	x12_put_id(w, 3, 0, v);
	x12_put_end(w, false);
}

static struct str
span_text(struct arena *a, day_t from, day_t to)
{
	return arena_fmt(a, STR_FMT "-" STR_FMT, STR_ARG(day_ccyymmdd(a, from)), STR_ARG(day_ccyymmdd(a, to)));
}

static void
claim_dates_put(struct x12_put *w, const struct x12_place *at)
{
	const struct encounter *e = at->e;

	if (at->type == T_I) {
		dtp_put(w, "096", "TM", e->discharge_time);
		if (e->from != DAY_NONE)
			dtp_put(w, "434", "RD8", span_text(w->a, e->from, e->to == DAY_NONE ? e->from : e->to));
	}
	if (e->admitted != DAY_NONE && e->admit_time.n)
		dtp_put(w, "435", "DT", arena_fmt(w->a, STR_FMT STR_FMT, STR_ARG(day_ccyymmdd(w->a, e->admitted)),
		    STR_ARG(e->admit_time)));
	else if (e->admitted != DAY_NONE)
		dtp_put(w, "435", "D8", day_ccyymmdd(w->a, e->admitted));
	if (at->type == T_P && e->discharged != DAY_NONE)
		dtp_put(w, "096", "D8", day_ccyymmdd(w->a, e->discharged));
}

static void
dates_put(struct x12_put *w, const struct x12_place *at, const struct x12_list *l)
{
	const struct dated *d = *l->arr;

	if (at->loop == L_2300)
		claim_dates_put(w, at);
	if (at->loop == L_2400 && at->l->from != DAY_NONE && at->l->to != DAY_NONE)
		dtp_put(w, "472", "RD8", span_text(w->a, at->l->from, at->l->to));
	else if (at->loop == L_2400 && at->l->from != DAY_NONE)
		dtp_put(w, "472", "D8", day_ccyymmdd(w->a, at->l->from));
	for (size_t i = 0; i < *l->n; i++) {
		x12_put_seg(w, "DTP");
		x12_put_id(w, 1, 0, d[i].qual);
		x12_put_id(w, 2, 0, d[i].format);
		x12_put_id(w, 3, 0, d[i].value);
		x12_put_end(w, false);
	}
}

static void
amounts_put(struct x12_put *w, const struct x12_list *l)
{
	const struct amount *m = *l->arr;

	for (size_t i = 0; i < *l->n; i++) {
		x12_put_seg(w, "AMT");
		x12_put_id(w, 1, 0, m[i].qual);
		x12_put_id(w, 2, 0, cents_x12(w->a, m[i].cents));
		x12_put_end(w, false);
	}
}

/* Neighbours of one group share a segment, six at most. */
static void
cas_put(struct x12_put *w, const struct x12_list *l)
{
	const struct adjustment *j = *l->arr;

	for (size_t i = 0; i < *l->n; ) {
		size_t from = i;

		x12_put_seg(w, "CAS");
		x12_put_id(w, 1, 0, j[i].group);
		for (; i < *l->n && i - from < ADJUSTMENTS_PER_CAS && str_eq(j[i].group, j[from].group); i++) {
			unsigned el = 2 + 3 * (unsigned)(i - from);

			x12_put_id(w, el, 0, j[i].reason);
			x12_put_id(w, el + 1, 0, cents_x12(w->a, j[i].cents));
			if (j[i].units)
				x12_put_id(w, el + 2, 0, milli_text(w->a, j[i].units));
		}
		x12_put_end(w, false);
	}
}

void
x12_list_write(struct x12_put *w, enum x12_how how, const struct x12_place *at)
{
	struct x12_list l;

	must(x12_list_of(at, how, &l));
	if (how == HOW_REFS && at->loop == L_2400 && at->l->control.n)
		ref_put(w, &(struct reference){ S("6R"), at->l->control, STR_NONE });
	if (how == HOW_REFS)
		for (size_t i = 0; i < *l.n; i++)
			ref_put(w, (const struct reference *)*l.arr + i);
	else if (how == HOW_DATES)
		dates_put(w, at, &l);
	else if (how == HOW_AMOUNTS)
		amounts_put(w, &l);
	else if (how == HOW_CAS)
		cas_put(w, &l);
}
