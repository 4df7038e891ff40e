/*
 * claim.c - what is done with a claim once all its segments are in: lists take the order they are written
 * in, and fields that follow from others (dates, class, account, control) are filled. Reads no bytes.
 */
#include "x12/plan.h"

#include <string.h>

/* Stable, and linear when already in order. Lists sorted here have at most MOST members by encounter.def. */
#define MOST	256
#define ORDER(v, n, type, rank_expr) do {					\
	int64_t rank_[MOST];							\
										\
	must((n) <= MOST);							\
	for (size_t i_ = 0; (n) > 1 && i_ < (n); i_++) {			\
		const struct type *one = &(v)[i_];				\
		struct type moved_ = *one;					\
		int64_t r_ = (rank_expr);					\
		size_t k_ = i_;							\
										\
		for (; k_ > 0 && rank_[k_ - 1] > r_; k_--) {			\
			rank_[k_] = rank_[k_ - 1];				\
			(v)[k_] = (v)[k_ - 1];					\
		}								\
		rank_[k_] = r_;							\
		(v)[k_] = moved_;						\
	}									\
} while (0)

static int64_t
role_rank(const struct x12_plan *plan, enum x12_loop context, struct str role)
{
	for (size_t i = plan->contexts[context].first; i < plan->contexts[context].end; i++)
		if ((x12_enters[i].types & plan->type) && str_is(role, x12_enters[i].qual))
			return (int64_t)i;
	return INT64_MAX;
}

/* A rest ("2300+") stays before whole segments of its kind; the pairs of 2440 keep their order. */
static int64_t
extra_rank(const struct x12_plan *plan, const struct extra *x)
{
	struct str id = x->segment, loop = x->loop;
	bool rest = loop.n && loop.p[loop.n - 1] == '+';
	enum x12_loop l = x12_loop_named((struct str){ loop.p, loop.n - rest });
	const struct x12_step *r = x12_step_of(plan, l, str_cut(&id, '*'));

	return l == L_2440 || !r ? INT64_C(1000000) + l : (r - plan->steps) * 2 + !rest;
}

static void
order_extras(const struct x12_plan *plan, struct extra *v, size_t n)
{
	if (n > 1)
		ORDER(v, n, extra, extra_rank(plan, one));
}

static void
order_party(const struct x12_plan *plan, struct party *p)
{
	order_extras(plan, p->extras, p->n_extras);
}

static void
order_parties(const struct x12_plan *plan, enum x12_loop context, struct party *v, size_t n)
{
	ORDER(v, n, party, role_rank(plan, context, one->role));
	for (size_t i = 0; i < n; i++)
		order_party(plan, &v[i]);
}

static void
order_codes(const struct x12_plan *plan, struct encounter *e)
{
	int type = plan->type;
	int64_t set = 0, was = -1;

	if (type == T_I)
		ORDER(e->diagnoses, e->n_diagnoses, diagnosis, x12_hi_rank(type, one->qual));
	ORDER(e->procedures, e->n_procedures, procedure, x12_hi_rank(type, one->qual));
	ORDER(e->infos, e->n_infos, info, x12_hi_rank(type, one->qual) * 100 + one->set);
	for (size_t i = 0; i < e->n_infos; i++) {
		int64_t now = x12_hi_rank(type, e->infos[i].qual) * 100 + e->infos[i].set;

		set += now != was;
		was = now;
		e->infos[i].set = set < 99 ? set : 99;
	}
}

void
x12_claim_order(const struct x12_place *at)
{
	struct encounter *e = at->e;

	order_extras(at->plan, e->extras, e->n_extras);
	order_party(at->plan, &e->billing);
	order_party(at->plan, &e->pay_to);
	order_party(at->plan, &e->patient);
	order_parties(at->plan, L_2300, e->parties, e->n_parties);
	order_codes(at->plan, e);
	for (size_t i = 0; i < e->n_coverages; i++) {
		struct coverage *c = &e->coverages[i];

		order_extras(at->plan, c->extras, c->n_extras);
		order_party(at->plan, &c->payer);
		order_party(at->plan, &c->subscriber);
		order_parties(at->plan, L_2320, c->parties, c->n_parties);
	}
	for (size_t i = 0; i < e->n_lines; i++) {
		order_extras(at->plan, e->lines[i].extras, e->lines[i].n_extras);
		order_parties(at->plan, L_2400, e->lines[i].parties, e->lines[i].n_parties);
		for (size_t k = 0; k < e->lines[i].n_adjudications; k++)
			order_extras(at->plan, e->lines[i].adjudications[k].extras, e->lines[i].adjudications[k].n_extras);
	}
}

/* First and last day of the lines, where the claim itself does not say. */
static void
days_of_lines(struct encounter *e)
{
	day_t from = DAY_NONE, to = DAY_NONE;

	for (size_t i = 0; i < e->n_lines; i++) {
		const struct line *l = &e->lines[i];
		day_t end = l->to == DAY_NONE ? l->from : l->to;

		if (l->from != DAY_NONE && (from == DAY_NONE || l->from < from))
			from = l->from;
		if (end != DAY_NONE && (to == DAY_NONE || end > to))
			to = end;
	}
	if (e->from == DAY_NONE) {
		e->from = from;
		e->to = to;
	}
}

/* A dental claim has one date for its lines without; it stays in the list, where it is written from. */
static void
days_of_claim(struct encounter *e)
{
	for (size_t i = 0; i < e->n_dates && e->from == DAY_NONE; i++)
		if (str_is(e->dates[i].qual, "472") && e->dates[i].value.n >= 8) {
			e->from = day_parse((struct str){ e->dates[i].value.p, 8 });
			e->to = e->dates[i].value.n == 17 ? day_parse((struct str){ e->dates[i].value.p + 9, 8 }) : e->from;
		}
}

static bool
has_emergency_room(const struct encounter *e)
{
	for (size_t i = 0; i < e->n_lines; i++) {
		struct str rev = e->lines[i].revenue;

		if (str_starts(rev, S("045")) || (rev.n == 3 && str_starts(rev, S("45"))))
			return true;
	}
	return false;
}

static struct str
class_of(int type, const struct encounter *e)
{
	struct str class = str_of(x12_visit(type, type == T_I ? e->tob : e->pos));

	return type == T_I && str_is(class, "outpatient") && has_emergency_room(e) ? S("emergency") : class;
}

static struct str
account_of(const struct encounter *e)
{
	for (size_t i = 0; i < e->n_refs; i++)
		if (str_is(e->refs[i].qual, "EA") && e->refs[i].value.n)
			return e->refs[i].value;
	return e->pcn;
}

int
x12_claim_finish(struct arena *a, const struct x12_plan *plan, struct encounter *e)
{
	int type = plan->type;
	struct x12_place at = { .type = type, .plan = plan, .e = e };

	if (type == T_D)
		days_of_claim(e);
	days_of_lines(e);
	if (type == T_I && e->discharge_time.n)
		e->discharged = e->to;
	e->visit_class = class_of(type, e);
	e->account = account_of(e);
	e->source = S("x12");
	e->type = type == T_P ? S("P") : type == T_D ? S("D") : S("I");
	x12_claim_order(&at);
	return a->spent ? E_NOMEM : 0;
}
