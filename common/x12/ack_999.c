/*
 * ack_999.c - the segments of TA1 and 999 from what a check found: the verdict and the errors of each set, in the
 * order of its segments. IK303 stays empty: it is for loops bounded by LS and LE. Decides no verdict.
 */
#include "x12/ack_parts.h"

void
x12_ta1_put(struct x12_put *w, const struct x12_interchange *ic)
{
	char verdict[2] = { ic->ta104, 0 };

	x12_put_seg(w, "TA1");
	x12_put_id(w, 1, 0, x12_ack_number(w->a, ic->isa13, 9));
	x12_put_id(w, 2, 0, x12_ack_number(w->a, ic->isa09, 6));
	x12_put_id(w, 3, 0, x12_ack_number(w->a, ic->isa10, 4));
	x12_put_c(w, 4, verdict);
	x12_put_c(w, 5, ic->ta105);
	x12_put_end(w, false);
}

static void
codes_put(struct x12_put *w, unsigned el, const char *const codes[5])
{
	for (unsigned i = 0; i < 5 && codes[i]; i++)
		x12_put_c(w, el + i, codes[i]);
}

static void
count_put(struct x12_put *w, unsigned el, int64_t n)
{
	x12_put_n(w, el, n < 0 ? 0 : n > 999999 ? 999999 : n);
}

/* ---- one segment in error ---- */

static bool
same_segment(const struct x12_error *a, const struct x12_error *b)
{
	return a->at == b->at && a->ik304 == b->ik304 && str_eq(a->segment, b->segment);
}

static void
element_put(struct x12_put *w, const struct x12_error *e)
{
	if (!e->element || !e->ik403)
		return;
	x12_put_seg(w, "IK4");
	x12_put_id(w, 1, 1, digits_text(w->a, e->element, 1));
	if (e->component)
		x12_put_id(w, 1, 2, digits_text(w->a, e->component, 1));
	if (e->repeat)
		x12_put_id(w, 1, 3, digits_text(w->a, e->repeat, 1));
	if (e->number)
		x12_put_n(w, 2, e->number);
	x12_put_c(w, 3, e->ik403);
	x12_put_id(w, 4, 0, x12_ack_copy(w->a, &w->seps, e->value));
	x12_put_end(w, false);
}

static void
unit_put(struct x12_put *w, size_t at, const struct x12_ack_unit *u, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at >= u[i].first && at <= u[i].last && u[i].pcn.n) {
			x12_put_seg(w, "CTX");
			x12_put_id(w, 1, 1, S("CLM01"));
			x12_put_id(w, 1, 2, u[i].pcn);
			x12_put_end(w, false);
			return;
		}
}

/* Errors at one place: an IK3 for each segment that is missing, one for all elements of the segment that is there. */
static void
place_put(struct x12_put *w, const struct x12_error *v, size_t n, const struct x12_ack_unit *u, size_t n_units)
{
	for (size_t i = 0; i < n; i++) {
		bool told = false;

		for (size_t k = 0; k < i && v[i].ik403 && !told; k++)
			told = v[k].ik403 && same_segment(&v[k], &v[i]);
		if (told)
			continue;
		x12_put_seg(w, "IK3");
		x12_put_id(w, 1, 0, x12_ack_id(w->a, &w->seps, v[i].segment, 2, 3));
		x12_put_n(w, 2, (int64_t)v[i].at);
		x12_put_c(w, 4, v[i].ik304);
		x12_put_end(w, false);
		unit_put(w, v[i].at, u, n_units);
		for (size_t k = i; k < n && v[i].ik403; k++)
			if (v[k].ik403 && same_segment(&v[k], &v[i]))
				element_put(w, &v[k]);
	}
}

/* ---- sets and groups ---- */

static struct str
st02_of(struct x12_put *w, struct str v)
{
	v = x12_ack_text(w->a, &w->seps, v, 9);
	return v.n >= 4 ? v : arena_fmt(w->a, "%.*s" STR_FMT, (int)(4 - v.n), "0000", STR_ARG(v));
}

void
x12_999_set(struct x12_put *w, const struct x12_set *t, const struct x12_ack_unit *u, size_t n_units)
{
	char verdict[2] = { t->ik501, 0 };
	size_t end;

	x12_put_seg(w, "AK2");
	x12_put_id(w, 1, 0, t->type.n ? x12_ack_id(w->a, &w->seps, t->type, 3, 3) : S("837"));
	x12_put_id(w, 2, 0, st02_of(w, t->st02));
	x12_put_id(w, 3, 0, x12_ack_text(w->a, &w->seps, t->version, 35));
	x12_put_end(w, false);
	for (size_t i = 0; i < t->n_errors; i = end) {
		for (end = i + 1; end < t->n_errors && t->errors[end].at == t->errors[i].at;)
			end++;
		place_put(w, t->errors + i, end - i, u, n_units);
	}
	x12_put_seg(w, "IK5");
	x12_put_c(w, 1, verdict);
	codes_put(w, 2, t->ik502);
	x12_put_end(w, false);
}

static struct str
gs06_of(struct arena *a, struct str v)
{
	struct str n = x12_ack_number(a, v, 9);

	while (n.n > 1 && *n.p == '0')
		n = (struct str){ n.p + 1, n.n - 1 };
	return n;
}

void
x12_999_group(struct x12_put *w, const struct x12_group *g, struct str st02)
{
	x12_st_open(w, "999", st02, X12_GUIDE_999);
	x12_put_seg(w, "AK1");
	x12_put_id(w, 1, 0, g->gs01.n ? x12_ack_id(w->a, &w->seps, g->gs01, 2, 2) : S("HC"));
	x12_put_id(w, 2, 0, gs06_of(w->a, g->gs06));
	x12_put_id(w, 3, 0, x12_ack_id(w->a, &w->seps, g->gs08, 1, 12));
	x12_put_end(w, false);
}

void
x12_999_group_end(struct x12_put *w, const struct x12_group *g, struct str st02)
{
	char verdict[2] = { g->ak901, 0 };

	x12_put_seg(w, "AK9");
	x12_put_c(w, 1, verdict);
	count_put(w, 2, g->declared > 0 ? g->declared : (int64_t)g->n_sets);
	count_put(w, 3, (int64_t)g->n_sets);
	count_put(w, 4, (int64_t)g->n_accepted);
	codes_put(w, 5, g->ak905);
	x12_put_end(w, false);
	x12_st_close(w, st02);
}
