/*
 * codes.c - DG1, PR1 and FT1. Only ICD-10-CM, ICD-10-PCS, HCPCS and CPT become codes; of other systems
 * the words are kept for the coder. Payments and adjustments in FT1 are not charges and are left out.
 */
#include "hl7/map.h"

#include <ctype.h>
#include <string.h>

/* ---- diagnoses ---- */

static bool
says_icd10(struct str system)
{
	static const char *const names[] = { "I10", "I10C", "I10-CM", "ICD10", "ICD-10", "ICD10CM", "ICD-10-CM", "10" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_ieq(system, str_of(names[i])))
			return true;
	return false;
}

/* The code's own system rules; DG1-2 only where that is silent. */
static bool
is_icd10(struct map *mp, struct str field, struct str method, struct str *code)
{
	struct str system = hl7_part(field, mp->m->comp, 3), text = str_trim(hl7_part(field, mp->m->comp, 1));

	if (system.n ? !says_icd10(system) : method.n && !says_icd10(method))
		return false;
	return map_icd10(mp->a, hl7_text(mp->a, mp->m, text), code);
}

static struct diagnosis *
find_diagnosis(const struct encounter *e, struct str code, bool admitting)
{
	for (size_t i = 0; i < e->n_diagnoses; i++)
		if (str_eq(e->diagnoses[i].code, code) && str_is(e->diagnoses[i].role, "admitting") == admitting)
			return &e->diagnoses[i];
	return NULL;
}

static bool
has_principal(const struct encounter *e)
{
	for (size_t i = 0; i < e->n_diagnoses; i++)
		if (str_is(e->diagnoses[i].role, "principal"))
			return true;
	return false;
}

/* Roles only as far as the message says them: which one is principal of the visit, merge.c decides. */
static struct diagnosis *
add_diagnosis(struct map *mp, struct str code, struct str words, const char *role)
{
	bool admitting = strcmp(role, "admitting") == 0;
	struct diagnosis *d = find_diagnosis(mp->e, code, admitting);
	bool principal = strcmp(role, "principal") == 0 && !has_principal(mp->e);

	if (!d) {
		d = REC_PUSH(mp->a, mp->e, diagnoses, diagnosis);
		if (!d)
			return NULL;
		d->code = code;
		d->words = words;
		d->role = admitting ? S("admitting") : S("other");
		d->qual = admitting ? S("ABJ") : S("ABF");
	}
	if (principal) {
		d->role = S("principal");
		d->qual = S("ABK");
	}
	return d;
}

static const char *
role_of(struct map *mp, struct str dg1)
{
	if (str_is(map_get(mp, dg1, 6, 1), "A"))
		return "admitting";
	return str_is(map_get(mp, dg1, 15, 1), "1") ? "principal" : "other";
}

static void
add_words(struct map *mp, struct str words)
{
	if (words.n)
		buf_fmt(&mp->problems, STR_FMT "\n", STR_ARG(words));
}

int
map_diagnoses(struct map *mp)
{
	for (size_t i = 0; i < mp->m->n; i++) {
		struct str dg1 = mp->m->segs[i], words, code, poa;
		struct diagnosis *d;

		if (!hl7_is(dg1, "DG1") || str_is(map_get(mp, dg1, 21, 1), "D"))
			continue;
		words = map_get(mp, dg1, 4, 1);
		if (words.n == 0)
			words = map_get(mp, dg1, 3, 2);
		if (!is_icd10(mp, hl7_field(mp->m, dg1, 3), map_get(mp, dg1, 2, 1), &code)) {
			add_words(mp, words);
			continue;
		}
		d = add_diagnosis(mp, code, words, role_of(mp, dg1));
		if (!d)
			return E_NOMEM;
		poa = map_short(map_get(mp, dg1, 26, 1), 1);
		if (poa.n)
			d->poa = poa;
	}
	return 0;
}

/* ---- procedures ---- */

static int
add_pcs(struct map *mp, struct str pr1, struct str code, struct str words)
{
	struct procedure *p = REC_PUSH(mp->a, mp->e, procedures, procedure);

	if (!p)
		return E_NOMEM;
	p->code = code;
	p->words = words;
	p->day = map_day(map_get(mp, pr1, 5, 1));
	p->qual = mp->e->n_procedures == 1 ? S("BBR") : S("BBQ");
	return 0;
}

/* A procedure without its charge: a line that a later FT1 of the same code replaces (merge.c). */
static int
add_uncharged(struct map *mp, struct str pr1, struct str code, struct str words)
{
	struct line *l = REC_PUSH(mp->a, mp->e, lines, line);

	if (!l)
		return E_NOMEM;
	l->number = (int64_t)mp->e->n_lines;
	l->code_qual = S("HC");
	l->code = code;
	l->words = words;
	l->unit = S("UN");
	l->units = 1000;
	l->from = map_day(map_get(mp, pr1, 5, 1));
	l->control = arena_fmt(mp->a, "PR1-" STR_FMT "-" STR_FMT, STR_ARG(code), STR_ARG(day_ccyymmdd(mp->a, l->from)));
	return 0;
}

int
map_procedures(struct map *mp)
{
	bool charged = hl7_seg(mp->m, "FT1").n > 0;
	int rc = 0;

	for (size_t i = 0; i < mp->m->n && rc >= 0; i++) {
		struct str pr1 = mp->m->segs[i], code, words;

		if (!hl7_is(pr1, "PR1"))
			continue;
		code = map_get(mp, pr1, 3, 1);
		words = map_get(mp, pr1, 4, 1);
		if (words.n == 0)
			words = map_get(mp, pr1, 3, 2);
		if (map_pcs(code))
			rc = add_pcs(mp, pr1, code, words);
		else if (map_hcpcs(code) && !charged)
			rc = add_uncharged(mp, pr1, code, words);
	}
	return rc;
}

/* ---- charges ---- */

static int
put_code(struct map *mp, struct str ft1, struct line *l)
{
	struct str code = map_get(mp, ft1, 25, 1), mods = hl7_field(mp->m, ft1, 26);

	l->words = map_get(mp, ft1, 25, 2);
	if (!map_hcpcs(code)) {
		code = map_get(mp, ft1, 7, 1);
		if (l->words.n == 0)
			l->words = map_get(mp, ft1, 7, 2);
	}
	if (l->words.n == 0)
		l->words = map_get(mp, ft1, 8, 1);
	if (map_hcpcs(code)) {
		l->code_qual = S("HC");
		l->code = code;
	}
	while (mods.n && l->n_modifiers < 4) {
		struct str rep = str_cut(&mods, mp->m->rep), *one;

		rep = str_trim(hl7_part(rep, mp->m->comp, 1));
		if (rep.n != 2)
			continue;
		one = arena_push(mp->a, l->modifiers, l->n_modifiers);
		if (!one)
			return E_NOMEM;
		*one = rep;
	}
	return 0;
}

static void
put_amounts(struct map *mp, struct str ft1, struct line *l)
{
	bool credit = str_is(map_get(mp, ft1, 6, 1), "CD");
	cents_t each;

	l->unit = S("UN");
	if (!milli_parse(map_get(mp, ft1, 10, 1), &l->units) || l->units == 0)
		l->units = 1000;
	if (!map_cents(map_get(mp, ft1, 11, 1), &l->charge) && map_cents(map_get(mp, ft1, 12, 1), &each) &&
	    l->units > 0 && each > 0 && each < CENTS_MAX / l->units)
		l->charge = each * l->units / 1000;
	if (credit && l->charge > 0) {		/* a credit takes its charge back: the total is right, an edit will ask */
		l->charge = -l->charge;
		l->units = -l->units;
	}
}

static int
put_pointers(struct map *mp, struct str ft1, struct line *l)
{
	struct str reps = hl7_field(mp->m, ft1, 19);

	while (reps.n) {
		struct str rep = str_cut(&reps, mp->m->rep), words = str_trim(hl7_part(rep, mp->m->comp, 2)), code, *one;
		struct diagnosis *d;

		words = hl7_text(mp->a, mp->m, words);
		if (!is_icd10(mp, rep, STR_NONE, &code)) {
			add_words(mp, words);
			continue;
		}
		d = add_diagnosis(mp, code, words, "other");
		if (!d)
			return E_NOMEM;
		if (l->n_pointers == 4)
			continue;
		one = arena_push(mp->a, l->pointers, l->n_pointers);
		if (!one)
			return E_NOMEM;
		*one = arena_fmt(mp->a, "%zu", (size_t)(d - mp->e->diagnoses) + 1);
	}
	return 0;
}

/* FT1-20, when it is not who PV1-7 says */
static int
put_performer(struct map *mp, struct str ft1, struct line *l)
{
	struct party p, *have = enc_party(mp->e, "82"), *one;

	if (!map_provider(mp, ft1, 20, "82", &p))
		return 0;
	if (have && str_eq(have->id, p.id) && str_eq(have->last, p.last) && str_eq(have->first, p.first))
		return 0;
	one = REC_PUSH(mp->a, l, parties, party);
	if (!one)
		return E_NOMEM;
	*one = p;
	return 0;
}

static int
add_charge(struct map *mp, struct str ft1)
{
	struct line *l = REC_PUSH(mp->a, mp->e, lines, line);
	struct str id = map_get(mp, ft1, 2, 1);
	int rc;

	if (!l)
		return E_NOMEM;
	l->number = (int64_t)mp->e->n_lines;
	l->control = id.n ? map_key(mp->a, id, 50) :
	    map_key(mp->a, arena_fmt(mp->a, STR_FMT "-%lld", STR_ARG(mp->id), (long long)l->number), 50);
	l->from = map_day(map_get(mp, ft1, 4, 1));
	l->to = map_day(map_get(mp, ft1, 4, 2));
	if (l->from == DAY_NONE)
		l->from = map_day(map_get(mp, ft1, 5, 1));
	rc = put_code(mp, ft1, l);
	put_amounts(mp, ft1, l);
	if (rc >= 0)
		rc = put_pointers(mp, ft1, l);
	return rc < 0 ? rc : put_performer(mp, ft1, l);
}

int
map_charges(struct map *mp)
{
	int rc = 0;

	for (size_t i = 0; i < mp->m->n && rc >= 0; i++) {
		struct str ft1 = mp->m->segs[i], type;

		if (!hl7_is(ft1, "FT1"))
			continue;
		type = map_get(mp, ft1, 6, 1);
		if (type.n == 0 || str_is(type, "CG") || str_is(type, "CD"))
			rc = add_charge(mp, ft1);
	}
	return rc;
}
