/* checks_party.c - who is on the claim: names, addresses, identifiers. Judges each party by its own fields. */
#include "validate/judge.h"

#define EACH_WHO(j, w) \
	for (const struct who *w = (j)->who; w < (j)->who + (j)->n_who; w++) \
		if (who_is(w, (j)->row->of))

void
party_required(struct judge *j)
{
	EACH_WHO(j, w)
		return;
	judge_raise(j, str_of(j->row->list), STR_NONE);		/* list holds the loop where it is missing */
}

void
party_named(struct judge *j)
{
	EACH_WHO(j, w)
		if (str_trim(w->p->last).n == 0)
			judge_raise_who(j, w, "NM103");
}

void
party_addressed(struct judge *j)
{
	EACH_WHO(j, w) {
		bool here = w->p->country.n == 0 || str_is(w->p->country, "US");

		if (w->p->line1.n == 0)
			judge_raise_who(j, w, "N301");
		else if (w->p->city.n == 0)
			judge_raise_who(j, w, "N401");
		else if (here && (w->p->state.n == 0 || w->p->zip.n == 0))
			judge_raise_who(j, w, w->p->state.n == 0 ? "N402" : "N403");
	}
}

/* "PO BOX 7", "P.O. Box 7", "P O BOX 7": letters only, compared in upper case. */
static bool
is_box(struct str s)
{
	static const char want[] = "POBOX";
	size_t k = 0;

	for (size_t i = 0; i < s.n && k < 5; i++) {
		char c = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 32) : s.p[i];

		if (c == ' ' || c == '.')
			continue;
		if (c != want[k])
			return false;
		k++;
	}
	return k == 5;
}

void
party_on_street(struct judge *j)
{
	EACH_WHO(j, w)
		if (is_box(w->p->line1) || is_box(w->p->line2))
			judge_raise_who(j, w, is_box(w->p->line1) ? "N301" : "N302");
}

/* arg 9: nine digits and nothing else. arg 5: five or nine. */
void
party_zip(struct judge *j)
{
	const char *shapes = j->row->arg == 9 ? "999999999" : "99999 999999999";

	EACH_WHO(j, w) {
		bool here = w->p->country.n == 0 || str_is(w->p->country, "US");

		if (here && w->p->zip.n && !shape_is(w->p->zip, shapes))
			judge_raise_who(j, w, "N403");
	}
}

void
party_state(struct judge *j)
{
	EACH_WHO(j, w) {
		bool here = w->p->country.n == 0 || str_is(w->p->country, "US");

		if (here && w->p->state.n && !shape_listed(w->p->state, str_of(j->row->list)))
			judge_raise_who(j, w, "N402");
	}
}

void
party_npi(struct judge *j)
{
	EACH_WHO(j, w)
		if (str_is(w->p->id_qual, "XX") && w->p->id.n && !str_is_npi(w->p->id))
			judge_raise_who(j, w, "NM109");
}

void
party_has_npi(struct judge *j)
{
	EACH_WHO(j, w)
		if (!str_is(w->p->id_qual, "XX") || w->p->id.n == 0)
			judge_raise_who(j, w, "NM109");
}

/* Every code of the NUCC set has ten characters and ends in X. */
void
party_taxonomy(struct judge *j)
{
	EACH_WHO(j, w)
		if (w->p->taxonomy.n && !shape_is(w->p->taxonomy, j->row->list))
			judge_raise_who(j, w, "PRV03");
}

static const struct reference *
tax_id(const struct party *p)
{
	for (size_t i = 0; i < p->n_refs; i++)
		if (str_is(p->refs[i].qual, "EI") || str_is(p->refs[i].qual, "SY"))
			return &p->refs[i];
	return NULL;
}

void
party_tax_id(struct judge *j)
{
	EACH_WHO(j, w)
		if (!tax_id(w->p))
			judge_raise_who(j, w, "REF*EI");
}

/* IRS never gave out an EIN with prefix 00; SSA no number with area 000, 666 or 9xx, group 00 or serial 0000. */
static bool
tax_id_ok(const struct reference *r)
{
	struct str s = r->value;

	if (s.n == 10 && s.p[2] == '-' && str_is(r->qual, "EI"))
		return shape_is(s, "99-9999999") && (s.p[0] != '0' || s.p[1] != '0');
	if (!shape_is(s, "999999999"))
		return false;
	if (str_is(r->qual, "EI"))
		return s.p[0] != '0' || s.p[1] != '0';
	return s.p[0] != '9' && !str_starts(s, S("000")) && !str_starts(s, S("666")) &&
	    !str_eq((struct str){ s.p + 3, 2 }, S("00")) && !str_eq((struct str){ s.p + 5, 4 }, S("0000"));
}

void
party_tax_id_shape(struct judge *j)
{
	EACH_WHO(j, w) {
		const struct reference *r = tax_id(w->p);

		if (r && !tax_id_ok(r))
			judge_raise_who(j, w, str_is(r->qual, "EI") ? "REF*EI" : "REF*SY");
	}
}

void
party_has_id(struct judge *j)
{
	EACH_WHO(j, w)
		if (str_trim(w->p->id).n == 0)
			judge_raise_who(j, w, "NM109");
}

void
party_is_person(struct judge *j)
{
	EACH_WHO(j, w)
		if (!w->p->person && str_trim(w->p->last).n)
			judge_raise_who(j, w, "NM102");
}

/* A patient who is the subscriber has one birth date and one sex. */
void
party_self_same(struct judge *j)
{
	const struct coverage *c = j->e->coverages;
	const struct party *s, *p = j->patient;

	if (j->e->n_coverages == 0 || !str_is(c->relation, "18") || p == &c->subscriber)
		return;
	s = &c->subscriber;
	if (s->dob != DAY_NONE && p->dob != DAY_NONE && s->dob != p->dob)
		judge_raise(j, S("2010BA DMG02"), STR_NONE);
	else if (s->sex.n && p->sex.n && !str_eq(s->sex, p->sex))
		judge_raise(j, S("2010BA DMG03"), STR_NONE);
}
