/*
 * party.c - people, organizations and coverages. A provider keeps an NPI only when its check digit is
 * right; any other number of theirs means nothing to a payer.
 */
#include "fhir/pool.h"

#include <ctype.h>
#include <string.h>

static const char *const npi_systems[] = { "http://hl7.org/fhir/sid/us-npi", "NPI", NULL };
static const char *const mrn_types[] = { "MR", NULL };

static void
put_npi(struct pool *p, json_t *resource, struct party *out)
{
	struct str npi = identifier_of(p->a, resource, npi_systems);

	if (str_is_npi(npi)) {
		out->id_qual = S("XX");
		out->id = npi;
	}
}

static struct str
zip_of(struct arena *a, struct str s)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < s.n; i++)
		if (isalnum((unsigned char)s.p[i]))
			buf_ch(&b, s.p[i]);
	return b.n <= 15 ? buf_view(&b) : STR_NONE;
}

static void
put_address(struct pool *p, json_t *resource, struct party *out)
{
	struct str state = text_at(p->a, resource, "address.0.state");
	struct str country = text_at(p->a, resource, "address.0.country");

	out->line1 = text_at(p->a, resource, "address.0.line.0");
	out->line2 = text_at(p->a, resource, "address.0.line.1");
	out->city = text_at(p->a, resource, "address.0.city");
	out->state = state.n == 2 ? state : STR_NONE;
	out->zip = zip_of(p->a, text_at(p->a, resource, "address.0.postalCode"));
	if (country.n <= 3 && !str_is(country, "US") && !str_is(country, "USA"))
		out->country = country;
}

static struct str
phone_of(struct arena *a, json_t *resource)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(resource, "telecom"), i, one)
		if (str_is(text_at(a, one, "system"), "phone"))
			return text_at(a, one, "value");
	return STR_NONE;
}

void
party_person(struct pool *p, json_t *resource, const char *role, struct party *out)
{
	rec_init(&rec_party, out);
	out->role = str_of(role);
	out->person = true;
	out->last = text_at(p->a, resource, "name.0.family");
	out->first = text_at(p->a, resource, "name.0.given.0");
	out->middle = text_at(p->a, resource, "name.0.given.1");
	put_npi(p, resource, out);
	put_address(p, resource, out);
	out->phone = phone_of(p->a, resource);
}

void
party_organization(struct pool *p, json_t *resource, const char *role, struct party *out)
{
	rec_init(&rec_party, out);
	out->role = str_of(role);
	out->last = text_at(p->a, resource, "name");
	put_npi(p, resource, out);
	put_address(p, resource, out);
	out->phone = phone_of(p->a, resource);
}

void
party_of(struct pool *p, json_t *reference, const char *role, struct party *out)
{
	struct res *r = pool_find(p, reference);

	if (r && strcmp(r->type, "PractitionerRole") == 0)
		r = pool_find(p, json_object_get(r->j, "practitioner"));
	if (r && (strcmp(r->type, "Organization") == 0 || strcmp(r->type, "Location") == 0)) {
		party_organization(p, r->j, role, out);
		return;
	}
	if (r) {
		party_person(p, r->j, role, out);
		return;
	}
	rec_init(&rec_party, out);
	out->role = str_of(role);
	out->last = text_at(p->a, reference, "display");
}

/* ---- patient ---- */

static struct str
sex_of(struct str s)
{
	return str_is(s, "male") ? S("M") : str_is(s, "female") ? S("F") : s.n ? S("U") : STR_NONE;
}

int
party_patient(struct pool *p, struct res *patient, struct encounter *e)
{
	struct str mrn = identifier_of(p->a, patient->j, mrn_types);
	struct reference *ref;

	party_person(p, patient->j, "QC", &e->patient);
	e->patient.id = e->patient.id_qual = STR_NONE;
	e->patient.dob = day_at(patient->j, "birthDate");
	e->patient.sex = sex_of(text_at(p->a, patient->j, "gender"));
	e->patient.died = day_at(patient->j, "deceasedDateTime");
	e->account = key_of(p->a, arena_str(p->a, mrn.n ? mrn : patient->id), 80);
	if (mrn.n == 0)
		return 0;
	ref = REC_PUSH(p->a, e, refs, reference);
	if (!ref)
		return E_NOMEM;
	ref->qual = S("EA");	/* medical record number */
	ref->value = e->account;
	return 0;
}

/* ---- coverage ---- */

static const struct code_row relations[] = {
	{ "self", "18" }, { "spouse", "01" }, { "child", "19" }, { "common", "53" }, { "parent", "G8" }, { "other", "G8" },
};

static void
put_subscriber(struct pool *p, json_t *coverage, struct encounter *e, struct coverage *c)
{
	json_t *ref = json_object_get(coverage, "subscriber");
	struct res *who = pool_find(p, ref);

	if (who)
		party_person(p, who->j, "IL", &c->subscriber);
	else if (str_is(c->relation, "18"))
		c->subscriber = e->patient;
	c->subscriber.role = S("IL");
	c->subscriber.person = true;
	c->subscriber.id = text_at(p->a, coverage, "subscriberId");
	if (c->subscriber.id.n == 0)
		c->subscriber.id = text_at(p->a, coverage, "identifier.0.value");
	c->subscriber.id_qual = c->subscriber.id.n ? S("MI") : STR_NONE;
}

static int
add_coverage(struct pool *p, json_t *coverage, struct str name, struct encounter *e)
{
	static const char orders[] = "PSTABCDEFGH";
	struct coverage *c;

	if (e->n_coverages + 1 >= sizeof orders)
		return 0;
	c = REC_PUSH(p->a, e, coverages, coverage);
	if (!c)
		return E_NOMEM;
	c->order = (struct str){ orders + e->n_coverages - 1, 1 };
	c->payer.role = S("PR");
	c->payer.last = name;
	if (!coverage)
		return 0;
	party_of(p, at(coverage, "payor.0"), "PR", &c->payer);
	c->relation = CODE_ROW(relations, text_at(p->a, coverage, "relationship.coding.0.code"));
	c->group_number = text_at(p->a, coverage, "class.0.value");
	if (!str_is(text_at(p->a, coverage, "class.0.type.coding.0.code"), "group"))
		c->group_number = STR_NONE;
	put_subscriber(p, coverage, e, c);
	return 0;
}

int
party_coverages(struct pool *p, struct res *claim, struct res *patient, struct encounter *e)
{
	json_t *one;
	size_t i;
	int rc = 0;

	json_array_foreach(claim ? json_object_get(claim->j, "insurance") : NULL, i, one) {
		json_t *ref = json_object_get(one, "coverage");
		struct res *r = pool_find(p, ref);

		rc = add_coverage(p, r ? r->j : NULL, text_at(p->a, ref, "display"), e);
		if (rc < 0)
			return rc;
	}
	for (struct res *c = patient && e->n_coverages == 0 ? patient->coverages : NULL; c && rc >= 0; c = c->next)
		rc = add_coverage(p, c->j, STR_NONE, e);
	return rc;
}
