/* checks_line.c - service lines: amounts, units, pointers, repeats, drugs, and authorization of what they bill. */
#include "validate/judge.h"

void
lines_present(struct judge *j)
{
	if (j->e->n_lines == 0)
		judge_raise(j, S("2400 LX"), STR_NONE);
}

void
lines_at_most(struct judge *j)
{
	if (j->e->n_lines > (size_t)j->row->arg)
		judge_raise_line(j, (size_t)j->row->arg, "LX");
}

static const char *
charge_element(const struct judge *j)
{
	return j->type == FOR_I ? "SV203" : "SV102";
}

void
line_charge(struct judge *j)
{
	for (size_t i = 0; i < j->e->n_lines; i++) {
		cents_t c = j->e->lines[i].charge;

		if (j->row->arg == CHARGE_NEGATIVE ? c < 0 : c == 0)
			judge_raise_line(j, i, charge_element(j));
	}
}

void
charge_positive(struct judge *j)
{
	if (j->e->charge <= 0)
		judge_raise(j, S("2300 CLM02"), STR_NONE);
}

/* False when a sum leaves the range money can have here. */
static bool
sum_of_lines(const struct encounter *e, cents_t *sum)
{
	*sum = 0;
	for (size_t i = 0; i < e->n_lines; i++)
		if (__builtin_add_overflow(*sum, e->lines[i].charge, sum) || *sum > CENTS_MAX || *sum < -CENTS_MAX)
			return false;
	return true;
}

void
charge_total(struct judge *j)
{
	cents_t sum;

	if (!sum_of_lines(j->e, &sum) || sum == j->e->charge || j->e->n_lines == 0)
		return;
	if (j->e->charge > CENTS_MAX || j->e->charge < -CENTS_MAX)
		return;				/* amount_bounds and charge_positive say so */
	judge_raise(j, S("2300 CLM02"), arena_fmt(j->a, "claim " STR_FMT ", lines " STR_FMT,
	    STR_ARG(cents_text(j->a, j->e->charge)), STR_ARG(cents_text(j->a, sum))));
}

/* At most eight digits of dollars (TR3 section B.1.1.3.1.2). */
#define DOLLARS8	INT64_C(9999999999)

void
amount_bounds(struct judge *j)
{
	cents_t sum;

	if (!sum_of_lines(j->e, &sum) || j->e->charge > DOLLARS8)
		judge_raise(j, S("2300 CLM02"), STR_NONE);
	for (size_t i = 0; i < j->e->n_lines; i++)
		if (j->e->lines[i].charge > DOLLARS8)
			judge_raise_line(j, i, charge_element(j));
}

void
line_units(struct judge *j)
{
	for (size_t i = 0; i < j->e->n_lines; i++)
		if (j->e->lines[i].units <= 0)
			judge_raise_line(j, i, j->type == FOR_I ? "SV205" : "SV104");
}

/* ---- pointers ---- */

/* Codes chosen from the chart have no pointers yet; only a claim that came coded must bring them. */
void
pointer_present(struct judge *j)
{
	if (j->view->coded_here || j->view->n_diagnoses == 0)
		return;
	for (size_t i = 0; i < j->e->n_lines; i++)
		if (j->e->lines[i].n_pointers == 0)
			judge_raise_line(j, i, "SV107");
}

void
pointer_range(struct judge *j)
{
	if (j->view->n_diagnoses == 0)
		return;				/* another row says so, once */
	for (size_t i = 0; i < j->e->n_lines; i++)
		for (size_t k = 0; k < j->e->lines[i].n_pointers; k++) {
			int64_t v;

			if (!str_to_int(j->e->lines[i].pointers[k], &v) || v < 1 || v > j->row->arg ||
			    (size_t)v > j->view->n_diagnoses)
				judge_raise_line(j, i, "SV107");
		}
}

static bool
repeats(const struct str *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (v[i].n && str_eq(v[i], v[k]))
				return true;
	return false;
}

void
pointer_unique(struct judge *j)
{
	for (size_t i = 0; i < j->e->n_lines; i++)
		if (repeats(j->e->lines[i].pointers, j->e->lines[i].n_pointers))
			judge_raise_line(j, i, "SV107");
}

void
modifier_unique(struct judge *j)
{
	for (size_t i = 0; i < j->e->n_lines; i++)
		if (repeats(j->e->lines[i].modifiers, j->e->lines[i].n_modifiers))
			judge_raise_line(j, i, "modifier");
}

/* ---- repeats ---- */

/* Modifiers that say a repeat is meant: 59 and its X forms, 76, 77, 91. */
static bool
repeat_is_meant(const struct line *l, struct str list)
{
	for (size_t i = 0; i < l->n_modifiers; i++)
		if (shape_listed(l->modifiers[i], list))
			return true;
	return false;
}

static bool
same_service(const struct line *a, const struct line *b)
{
	if (!str_eq(a->code, b->code) || !str_eq(a->revenue, b->revenue) || a->from != b->from || a->to != b->to ||
	    !str_eq(a->ndc, b->ndc) || a->n_modifiers != b->n_modifiers)
		return false;
	for (size_t i = 0; i < a->n_modifiers; i++)
		if (!str_eq(a->modifiers[i], b->modifiers[i]))
			return false;
	return true;
}

void
line_duplicate(struct judge *j)
{
	const struct line *l = j->e->lines;

	for (size_t i = 1; i < j->e->n_lines; i++) {
		if (l[i].code.n == 0 || repeat_is_meant(&l[i], str_of(j->row->list)))
			continue;
		for (size_t k = 0; k < i; k++)
			if (same_service(&l[i], &l[k])) {
				judge_raise(j, arena_fmt(j->a, "line %zu", i + 1),
				    arena_fmt(j->a, "same as line %zu", k + 1));
				break;
			}
	}
}

/* ---- drugs and revenue codes ---- */

void
ndc_quantity(struct judge *j)
{
	for (size_t i = 0; i < j->e->n_lines; i++) {
		const struct line *l = &j->e->lines[i];

		if (l->ndc.n && (l->ndc_units <= 0 || l->ndc_unit.n == 0))
			judge_raise_line(j, i, l->ndc_units <= 0 ? "CTP04" : "CTP05-1");
	}
}

void
line_not_listed(struct judge *j)
{
	for (size_t i = 0; i < j->e->n_lines; i++)
		if (shape_listed(j->e->lines[i].revenue, str_of(j->row->list)))
			judge_raise_line(j, i, "SV201");
}

/* ---- authorization ---- */

static bool
has_authorization(const struct reference *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(v[i].qual, "G1") && str_trim(v[i].value).n)
			return true;
	return false;
}

void
authorization_present(struct judge *j)
{
	if (!j->payer || j->payer->authorization.n == 0 || has_authorization(j->e->refs, j->e->n_refs))
		return;
	for (size_t i = 0; i < j->e->n_lines; i++) {
		const struct line *l = &j->e->lines[i];

		if ((shape_in_ranges(l->code, j->payer->authorization) ||
		    shape_in_ranges(l->revenue, j->payer->authorization)) && !has_authorization(l->refs, l->n_refs))
			judge_raise_line(j, i, "REF*G1");
	}
}
