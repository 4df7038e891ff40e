/* checks_date.c - days against each other and against today, which the context gives; no clock is read. */
#include "validate/judge.h"

void
day_present(struct judge *j)
{
	const char *place;

	if (subject_day(j, j->row->of, &place) == DAY_NONE)
		judge_raise(j, str_of(place), STR_NONE);
}

/* `of` must not be after `arg`, another day; an absent day is somebody else's row. */
void
day_order(struct judge *j)
{
	const char *place, *other;
	day_t first = subject_day(j, j->row->of, &place);
	day_t last = subject_day(j, (enum subject)j->row->arg, &other);

	if (first != DAY_NONE && last != DAY_NONE && first > last)
		judge_raise(j, str_of(j->row->of == OF_TODAY ? other : place), STR_NONE);
}

/* More than arg completed years between birth and service. */
void
day_age(struct judge *j)
{
	if (j->patient->dob != DAY_NONE && j->from != DAY_NONE &&
	    day_years_between(j->patient->dob, j->from) > j->row->arg)
		judge_raise(j, S("2010CA DMG02"), STR_NONE);
}

void
line_day_present(struct judge *j)
{
	for (size_t i = 0; i < j->e->n_lines; i++)
		if (j->e->lines[i].from == DAY_NONE && j->e->from == DAY_NONE)
			judge_raise_line(j, i, "DTP*472");
}

void
line_day_order(struct judge *j)
{
	for (size_t i = 0; i < j->e->n_lines; i++) {
		const struct line *l = &j->e->lines[i];

		if (l->from != DAY_NONE && l->to != DAY_NONE && l->from > l->to)
			judge_raise_line(j, i, "DTP*472");
	}
}

void
line_day_inside(struct judge *j)
{
	for (size_t i = 0; i < j->e->n_lines; i++) {
		const struct line *l = &j->e->lines[i];
		day_t last = l->to == DAY_NONE ? l->from : l->to;

		if (l->from == DAY_NONE || j->from == DAY_NONE)
			continue;
		if (l->from < j->from || last > j->to)
			judge_raise_line(j, i, "DTP*472");
	}
}

/* arg days before admission may belong to the stay (the payment window). */
void
procedure_day(struct judge *j)
{
	for (size_t i = 0; i < j->e->n_procedures; i++) {
		day_t day = j->e->procedures[i].day;
		struct str place = arena_fmt(j->a, "2300 HI procedure %zu", i + 1);

		if (day == DAY_NONE || j->from == DAY_NONE)
			continue;
		if (day < j->from - j->row->arg || day > j->to)
			judge_raise(j, place, STR_NONE);
	}
}

/* A delay reason (CLM20) says why it is late: that is for the payer to judge. */
void
timely_filing(struct judge *j)
{
	int days = j->payer && j->payer->timely_filing_days ? j->payer->timely_filing_days : j->row->arg;

	if (j->to == DAY_NONE || j->e->delay.n || j->today <= j->to || j->today - j->to <= days)
		return;
	judge_raise(j, S("2300 DTP*434"), arena_fmt(j->a, "%d days since the last service, %d are allowed",
	    (int)(j->today - j->to), days));
}

/* "Still a patient" (30) cannot stand on a bill that says the stay has ended: frequency 1 or 4. */
void
still_patient(struct judge *j)
{
	if (str_is(j->e->disposition, "30") && shape_listed(j->e->frequency, str_of(j->row->list)))
		judge_raise(j, S("2300 CL103"), STR_NONE);
}
