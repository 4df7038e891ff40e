/*
 * checks_code.c - diagnoses and procedure codes: there, shaped, in force and billable on the day, fitting the
 * patient. What the code book does not have loaded is not judged.
 */
#include "validate/judge.h"

void
dx_present(struct judge *j)
{
	if (j->view->n_diagnoses == 0 || j->view->diagnoses[0].code.n == 0)
		judge_raise(j, S("2300 HI"), STR_NONE);
}

void
dx_shaped(struct judge *j)
{
	for (size_t i = 0; i < j->view->n_diagnoses; i++) {
		const struct diagnosis *d = &j->view->diagnoses[i];

		if (shape_is_icd10(d) && !shape_is(d->code, j->row->list))
			judge_raise_dx(j, i);
	}
}

/* arg is the version that is wrong on these dates: 9 or 10. */
void
dx_version(struct judge *j)
{
	for (size_t i = 0; i < j->view->n_diagnoses; i++)
		if (j->view->diagnoses[i].code.n &&
		    shape_is_icd10(&j->view->diagnoses[i]) == (j->row->arg == 10))
			judge_raise_dx(j, i);
}

/* ---- against the code book ---- */

enum standing { DX_NOT_JUDGED, DX_GOOD, DX_OTHER_DAYS, DX_HEADER, DX_UNKNOWN };

/* A diagnosis is judged on the day of discharge, else the last day of service. */
static enum standing
standing(const struct judge *j, const struct diagnosis *d)
{
	day_t day = j->e->discharged != DAY_NONE ? j->e->discharged : j->to;
	struct code_row row;

	if (!j->book || !codebook_knows(j->book, CS_ICD10CM) || !shape_is_icd10(d) || d->code.n == 0)
		return DX_NOT_JUDGED;
	row = codebook_look(j->book, CS_ICD10CM, d->code, day);
	if (row.code.n)
		return row.billable ? DX_GOOD : DX_HEADER;
	return codebook_find(j->book, CS_ICD10CM, d->code, DAY_NONE) == ROW_NONE ? DX_UNKNOWN : DX_OTHER_DAYS;
}

static void
each_standing(struct judge *j, enum standing bad)
{
	for (size_t i = 0; i < j->view->n_diagnoses; i++)
		if (standing(j, &j->view->diagnoses[i]) == bad)
			judge_raise_dx(j, i);
}

void
dx_in_force(struct judge *j)
{
	each_standing(j, DX_OTHER_DAYS);
}

void
dx_billable(struct judge *j)
{
	each_standing(j, DX_HEADER);
}

void
dx_unknown(struct judge *j)
{
	if (j->book && codebook_is_whole(j->book, CS_ICD10CM))
		each_standing(j, DX_UNKNOWN);
}

void
dx_partial(struct judge *j)
{
	if (j->book && !codebook_is_whole(j->book, CS_ICD10CM))
		each_standing(j, DX_UNKNOWN);
}

/* Level II codes are public and in the book; CPT numbers are judged by shape only. */
void
hcpcs_known(struct judge *j)
{
	if (!j->book || !codebook_knows(j->book, CS_HCPCS) || !codebook_is_whole(j->book, CS_HCPCS))
		return;
	for (size_t i = 0; i < j->e->n_lines; i++) {
		const struct line *l = &j->e->lines[i];
		day_t day = l->from != DAY_NONE ? l->from : j->from;

		if (shape_is_hcpcs(l) && shape_is(l->code, "A9999") && l->code.p[0] != 'D' &&
		    codebook_find(j->book, CS_HCPCS, l->code, day) == ROW_NONE)
			judge_raise_line(j, i, "procedure code");
	}
}

/* ---- the list of diagnoses ---- */

/* Reasons for the visit, the admitting diagnosis and the rest are lists of their own. */
static char
list_of(const struct diagnosis *d)
{
	return str_is(d->role, "admitting") ? 'A' : str_is(d->role, "reason") ? 'R' :
	    str_is(d->role, "external") ? 'E' : 'D';
}

void
dx_duplicate(struct judge *j)
{
	for (size_t i = 1; i < j->view->n_diagnoses; i++)
		for (size_t k = 0; k < i; k++) {
			const struct diagnosis *a = &j->view->diagnoses[i], *b = &j->view->diagnoses[k];

			if (a->code.n && str_eq(a->code, b->code) && list_of(a) == list_of(b)) {
				judge_raise_dx(j, i);
				break;
			}
		}
}

void
dx_at_most(struct judge *j)
{
	int n = 0;

	for (size_t i = 0; i < j->view->n_diagnoses; i++)
		if (list_of(&j->view->diagnoses[i]) == 'D' && ++n == j->row->arg + 1)
			judge_raise_dx(j, i);
}

/* arg 11: only on inpatient hospital bills. */
void
dx_first_not(struct judge *j)
{
	const struct diagnosis *d = j->view->diagnoses;

	if (j->row->arg == 11 && !str_is(j->e->tob, "11"))
		return;
	if (j->view->n_diagnoses && shape_is_icd10(d) && shape_in_sorted(d->code, str_of(j->row->list)))
		judge_raise_dx(j, 0);
}

/*
 * Condition code 45 (institutional) and modifier KX (professional) tell the payer that the conflict is
 * meant (CMS Claims Processing Manual, chapter 32, section 240).
 */
static bool
conflict_is_meant(const struct encounter *e)
{
	for (size_t i = 0; i < e->n_infos; i++)
		if (str_is(e->infos[i].qual, "BG") && str_is(e->infos[i].code, "45"))
			return true;
	for (size_t i = 0; i < e->n_lines; i++)
		for (size_t k = 0; k < e->lines[i].n_modifiers; k++)
			if (str_is(e->lines[i].modifiers[k], "KX"))
				return true;
	return false;
}

static void
raise_listed(struct judge *j)
{
	struct str list = str_of(j->row->list);

	for (size_t i = 0; i < j->view->n_diagnoses; i++)
		if (shape_is_icd10(&j->view->diagnoses[i]) && shape_in_sorted(j->view->diagnoses[i].code, list))
			judge_raise_dx(j, i);
}

/* arg is the sex of the patient that does not go with the codes of the list. */
void
dx_sex(struct judge *j)
{
	struct str sex = j->patient->sex;

	if (sex.n != 1 || sex.p[0] != j->row->arg || conflict_is_meant(j->e))
		return;
	raise_listed(j);
}

/* arg is AGES(min, max) in completed years on the first day of service. */
void
dx_age(struct judge *j)
{
	int age = j->patient->dob == DAY_NONE || j->from == DAY_NONE ? -1 :
	    day_years_between(j->patient->dob, j->from);

	if (age < 0 || (age >= j->row->arg / 1000 && age <= j->row->arg % 1000))
		return;
	raise_listed(j);
}

/*
 * Hospitals report for each principal and other diagnosis whether it was present on admission; categories
 * with exempt codes (the list) are passed over, because there blank is right.
 */
void
dx_poa(struct judge *j)
{
	if (!str_is(j->e->tob, "11"))
		return;
	for (size_t i = 0; i < j->view->n_diagnoses; i++) {
		const struct diagnosis *d = &j->view->diagnoses[i];

		if (list_of(d) == 'D' && shape_is_icd10(d) && d->poa.n == 0 &&
		    !shape_in_sorted(d->code, str_of(j->row->list)))
			judge_raise_dx(j, i);
	}
}

/* list: bill types that need a diagnosis of the role whose letter is arg. */
void
dx_role(struct judge *j)
{
	if (!shape_listed(j->e->tob, str_of(j->row->list)))
		return;
	for (size_t i = 0; i < j->view->n_diagnoses; i++)
		if (list_of(&j->view->diagnoses[i]) == j->row->arg)
			return;
	judge_raise(j, S("2300 HI"), STR_NONE);
}
