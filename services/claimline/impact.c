/* impact.c - which codes of an encounter two books judge differently on the day they are judged by. */
#include "claimline/impact.h"

struct both { const struct codebook *old, *now; };

static const char *
verdict(const struct both *k, enum code_set set, struct str code, day_t day)
{
	struct code_row was, is;

	/* what a book does not know, or has only some codes of, it cannot take away or bring */
	if (!codebook_is_whole(k->old, set) || !codebook_is_whole(k->now, set))
		return NULL;
	was = codebook_look(k->old, set, code, day);
	is = codebook_look(k->now, set, code, day);

	if (!was.code.n && !is.code.n)
		return NULL;
	if (!is.code.n)
		return "no longer valid on that day";
	if (!was.code.n)
		return "valid on that day now";
	if (was.billable != is.billable)
		return is.billable ? "billable now" : "a header now: more characters are needed";
	return str_eq(was.title, is.title) ? NULL : "another title";
}

static void
ask(const struct both *k, struct arena *a, enum code_set set, struct str code, day_t day, struct impacts *out)
{
	const char *why = code.n && day != DAY_NONE ? verdict(k, set, code, day) : NULL;
	struct impact *one = why ? arena_push(a, out->v, out->n) : NULL;

	if (one)
		*one = (struct impact){ set, code, day, why };
}

void
impact_of(const struct codebook *old, const struct codebook *now, struct arena *a, const struct encounter *e, struct impacts *out)
{
	struct both k = { old, now };
	day_t day = e->to != DAY_NONE ? e->to : e->from;

	*out = (struct impacts){ 0 };
	for (size_t i = 0; i < e->n_diagnoses; i++)
		ask(&k, a, CS_ICD10CM, e->diagnoses[i].code, day, out);
	for (size_t i = 0; i < e->n_procedures; i++)
		ask(&k, a, CS_ICD10PCS, e->procedures[i].code, day, out);
	for (size_t i = 0; i < e->n_lines; i++)
		ask(&k, a, CS_HCPCS, e->lines[i].code, e->lines[i].from != DAY_NONE ? e->lines[i].from : day, out);
}
