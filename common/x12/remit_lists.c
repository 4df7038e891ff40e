/*
 * remit_lists.c - the lists of a payment: DTM, QTY, LQ and PLB both ways; REF, AMT and CAS are those of lists.c. Never
 * decides what a value means.
 */
#include "x12/remit_wire.h"

#include <string.h>

#define PER_PLB		6

/* ---- DTM: dates that have a field of their own ---- */

static const struct { enum x12_loop loop; const char *qual; size_t at; } days[] = {
	{ L_HEADER, "405", offsetof(struct payment, produced) },
	{ L_2100, "232", offsetof(struct paid_claim, from) },
	{ L_2100, "233", offsetof(struct paid_claim, to) },
	{ L_2100, "036", offsetof(struct paid_claim, expired) },
	{ L_2100, "050", offsetof(struct paid_claim, received) },
	{ L_2110, "472", offsetof(struct paid_line, day) },
	{ L_2110, "150", offsetof(struct paid_line, from) },
	{ L_2110, "151", offsetof(struct paid_line, to) },
};

static day_t *
day_at(const struct x12_place *at, size_t i)
{
	char *obj = at->loop == L_2100 ? (char *)at->pc : at->loop == L_2110 ? (char *)at->pl : (char *)at->pay;

	return (day_t *)(void *)(obj + days[i].at);
}

static bool
day_read(const struct x12_seg *s, const struct x12_place *at)
{
	day_t day = s->el[2].n == 8 ? day_parse(s->el[2]) : DAY_NONE;

	for (size_t i = 0; i < sizeof days / sizeof *days && day != DAY_NONE; i++)
		if (days[i].loop == at->loop && str_is(s->el[1], days[i].qual) && *day_at(at, i) == DAY_NONE) {
			*day_at(at, i) = day;
			return true;
		}
	return false;
}

static int
dtm_read(struct x12_cx *cx, const struct x12_seg *s, const struct x12_place *at, const struct x12_list *l)
{
	struct dated *d;

	if (s->n != 2 || !x12_plain(cx, s->el[1], 3) || !x12_plain(cx, s->el[2], 35))
		return 0;
	if (day_read(s, at))
		return 1;
	d = x12_list_push(cx->a, l);
	if (!d)
		return E_LIMIT;
	*d = (struct dated){ .qual = s->el[1], .value = str_trim(s->el[2]) };
	return 1;
}

static void
dtm_put(struct x12_put *w, struct str qual, struct str value)
{
	x12_put_seg(w, "DTM");
	x12_put_id(w, 1, 0, qual);
	x12_put_id(w, 2, 0, value);
	x12_put_end(w, false);
}

static void
dates_put(struct x12_put *w, const struct x12_place *at, const struct x12_list *l)
{
	const struct dated *d = *l->arr;

	for (size_t i = 0; i < sizeof days / sizeof *days; i++)
		if (days[i].loop == at->loop && *day_at(at, i) != DAY_NONE)
			dtm_put(w, str_of(days[i].qual), day_ccyymmdd(w->a, *day_at(at, i)));
	for (size_t i = 0; i < *l->n; i++)
		dtm_put(w, d[i].qual, d[i].value);
}

/* ---- QTY and LQ ---- */

static int
qty_read(struct x12_cx *cx, const struct x12_seg *s, const struct x12_list *l)
{
	struct quantity *q;
	milli_t units;

	if (s->n != 2 || !x12_plain(cx, s->el[1], 2) || !milli_parse(s->el[2], &units))
		return 0;
	q = x12_list_push(cx->a, l);
	if (!q)
		return E_LIMIT;
	*q = (struct quantity){ s->el[1], units };
	return 1;
}

static int
lq_read(struct x12_cx *cx, const struct x12_seg *s, const struct x12_list *l)
{
	struct remark *r;

	if (s->n != 2 || !x12_plain(cx, s->el[1], 3) || !x12_plain(cx, s->el[2], 30))
		return 0;
	r = x12_list_push(cx->a, l);
	if (!r)
		return E_LIMIT;
	*r = (struct remark){ s->el[1], str_trim(s->el[2]) };
	return 1;
}

static void
quantities_put(struct x12_put *w, const struct x12_list *l)
{
	const struct quantity *q = *l->arr;

	for (size_t i = 0; i < *l->n; i++) {
		x12_put_seg(w, "QTY");
		x12_put_id(w, 1, 0, q[i].qual);
		x12_put_id(w, 2, 0, milli_text(w->a, q[i].units));
		x12_put_end(w, false);
	}
}

static void
remarks_put(struct x12_put *w, const struct x12_list *l)
{
	const struct remark *r = *l->arr;

	for (size_t i = 0; i < *l->n; i++) {
		x12_put_seg(w, "LQ");
		x12_put_id(w, 1, 0, r[i].list);
		x12_put_id(w, 2, 0, r[i].code);
		x12_put_end(w, false);
	}
}

/* ---- PLB ---- */

/* One pair: the composite of reason and reference, and the amount after it. */
static bool
pair_read(struct x12_cx *cx, const struct x12_seg *s, unsigned el, struct provider_adjustment *out)
{
	struct str v = x12_elem(s, el);

	if (x12_comp(v, cx->s.comp, 3).n || (cx->s.rep && v.n && memchr(v.p, cx->s.rep, v.n)))
		return false;
	out->reason = str_trim(x12_comp(v, cx->s.comp, 1));
	out->reference = str_trim(x12_comp(v, cx->s.comp, 2));
	return out->reason.n && out->reason.n <= 2 && out->reference.n <= 50 && cents_parse(x12_elem(s, el + 1), &out->cents);
}

static int
plb_read(struct x12_cx *cx, const struct x12_seg *s, const struct x12_list *l)
{
	const struct provider_adjustment *was = *l->arr;
	int64_t set = *l->n ? was[*l->n - 1].set + 1 : 1;
	struct provider_adjustment one = { .provider = str_trim(x12_elem(s, 1)), .set = set };

	one.period = x12_elem(s, 2).n == 8 ? day_parse(s->el[2]) : DAY_NONE;
	if (s->n < 4 || s->n > 2 + 2 * PER_PLB || s->n % 2 || one.period == DAY_NONE || !x12_plain(cx, one.provider, 50))
		return 0;
	for (unsigned el = 3; el <= s->n; el += 2)
		if (!pair_read(cx, s, el, &one))
			return 0;
	for (unsigned el = 3; el <= s->n; el += 2) {
		struct provider_adjustment *to = x12_list_push(cx->a, l);

		if (!to)
			return E_LIMIT;
		(void)pair_read(cx, s, el, &one);
		*to = one;
	}
	return 1;
}

/* Neighbours of one set, provider and period share a segment, six at most. */
static void
plb_put(struct x12_put *w, const struct x12_list *l)
{
	const struct provider_adjustment *j = *l->arr;

	for (size_t i = 0, from = 0; i < *l->n; from = i) {
		x12_put_seg(w, "PLB");
		x12_put_id(w, 1, 0, j[i].provider);
		if (j[i].period != DAY_NONE)
			x12_put_id(w, 2, 0, day_ccyymmdd(w->a, j[i].period));
		for (; i < *l->n && i - from < PER_PLB && j[i].set == j[from].set && j[i].period == j[from].period &&
		    str_eq(j[i].provider, j[from].provider); i++) {
			unsigned el = 3 + 2 * (unsigned)(i - from);

			x12_put_id(w, el, 1, j[i].reason);
			x12_put_id(w, el, 2, j[i].reference);
			x12_put_id(w, el + 1, 0, cents_x12(w->a, j[i].cents));
		}
		x12_put_end(w, false);
	}
}

/* ---- REF of a line: the guide puts its own id between those of the service and those of the provider ---- */

static bool
is_after_control(struct str qual)
{
	static const char *const after[] = { "0B", "1A", "1B", "1C", "1D", "1G", "1H", "1J", "D3", "G2", "HPI",
	    "SY", "TJ", "0K" };

	for (size_t i = 0; i < sizeof after / sizeof *after; i++)
		if (str_is(qual, after[i]))
			return true;
	return false;
}

static void
line_refs_put(struct x12_put *w, const struct paid_line *l)
{
	bool said = l->control.n == 0;

	for (size_t i = 0; i < l->n_refs; i++) {
		if (!said && is_after_control(l->refs[i].qual)) {
			x12_ref_put(w, &(struct reference){ S("6R"), l->control, STR_NONE });
			said = true;
		}
		x12_ref_put(w, &l->refs[i]);
	}
	if (!said)
		x12_ref_put(w, &(struct reference){ S("6R"), l->control, STR_NONE });
}

int
x12_remit_list_read(struct x12_cx *cx, const struct x12_seg *s, enum x12_how how, const struct x12_place *at)
{
	struct x12_list l;

	must(x12_list_of(at, how, &l));
	switch (how) {
	case HOW_DATES:		return dtm_read(cx, s, at, &l);
	case HOW_QUANTITIES:	return qty_read(cx, s, &l);
	case HOW_REMARKS:	return lq_read(cx, s, &l);
	case HOW_PLB:		return plb_read(cx, s, &l);
	default:		return 0;
	}
}

bool
x12_remit_list_write(struct x12_put *w, enum x12_how how, const struct x12_place *at)
{
	struct x12_list l;

	must(x12_list_of(at, how, &l));
	if (how == HOW_DATES)
		dates_put(w, at, &l);
	else if (how == HOW_QUANTITIES)
		quantities_put(w, &l);
	else if (how == HOW_REMARKS)
		remarks_put(w, &l);
	else if (how == HOW_PLB)
		plb_put(w, &l);
	else if (how == HOW_REFS && at->loop == L_2110)
		line_refs_put(w, at->pl);
	else
		return false;
	return true;
}
