/* visit.c - one Claim and the Encounter it is for, or an Encounter alone, as one encounter to be billed. */
#include "fhir/pool.h"

#include <ctype.h>
#include <string.h>

/* Encounter.class (v3 ActEncounterCode). An ambulatory visit on an institutional claim is an outpatient one. */
static const struct class_row {
	const char *code, *visit_class, *type, *tob, *pos;
} classes[] = {
	{ "AMB",    "office",	  "P", "",   "11" },
	{ "EMER",   "emergency",  "I", "13", "" },
	{ "IMP",    "inpatient",  "I", "11", "" },
	{ "ACUTE",  "inpatient",  "I", "11", "" },
	{ "NONAC",  "inpatient",  "I", "11", "" },
	{ "OBSENC", "outpatient", "I", "13", "" },
	{ "SS",	    "outpatient", "I", "13", "" },
	{ "PRENC",  "outpatient", "I", "13", "" },
	{ "HH",	    "home",	  "P", "",   "12" },
	{ "FLD",    "home",	  "P", "",   "15" },
	{ "VR",	    "telehealth", "P", "",   "02" },
}, ambulatory = { "AMB", "outpatient", "I", "13", "" };

/* Encounter.hospitalization.dischargeDisposition to UB-04 FL17; NUBC codes go as they are */
static const struct code_row dispositions[] = {
	{ "home", "01" }, { "hosp", "50" }, { "long", "63" }, { "aadvice", "07" }, { "exp", "20" }, { "psy", "65" },
	{ "rehab", "62" }, { "snf", "03" },
};
static const char *const hcpcs[] = { "http://www.ama-assn.org/go/cpt", "urn:oid:2.16.840.1.113883.6.12",
	"http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "urn:oid:2.16.840.1.113883.6.285",
	"https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "https://bluebutton.cms.gov/resources/codesystem/hcpcs",
	NULL };
static const char *const revenue[] = { "https://www.nubc.org/CodeSystem/RevenueCodes",
	"https://bluebutton.cms.gov/resources/variables/rev_cntr", NULL };

static int
refuse(struct pool *p, struct res *claim, const char *place, const char *words)
{
	return fault_add(p->faults, E_VALUE, arena_fmt(p->a, "Claim %zu %s", (size_t)(claim - p->v) + 1, place),
	    str_of(words), S("write dollars and cents, such as 125.00"));
}

/* ---- the visit ---- */

static void
put_class(struct pool *p, struct res *claim, struct res *visit, struct encounter *e)
{
	struct str code = visit ? text_at(p->a, visit->j, "class.code") : STR_NONE;
	struct str kind = claim ? text_at(p->a, claim->j, "type.coding.0.code") : STR_NONE;
	const struct class_row *c = &classes[0];

	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (str_is(code, classes[i].code))
			c = &classes[i];
	if (str_is(kind, "institutional") && c->type[0] == 'P')
		c = &ambulatory;
	e->visit_class = str_of(c->visit_class);
	e->type = str_of(c->type);
	e->tob = str_of(c->tob);
	e->pos = str_of(c->pos);
	if (str_is(kind, "oral"))
		e->type = S("D");
}

static struct str
disposition_of(struct pool *p, json_t *visit)
{
	struct str code = text_at(p->a, visit, "hospitalization.dischargeDisposition.coding.0.code");

	return code.n == 2 && str_all(code, isdigit) ? code : CODE_ROW(dispositions, code);
}

static int
put_visit(struct pool *p, struct res *visit, struct encounter *e)
{
	json_t *one;
	size_t i;

	e->from = day_at(visit->j, "period.start");
	e->to = day_at(visit->j, "period.end");
	e->disposition = disposition_of(p, visit->j);
	if (str_is(e->type, "I")) {
		e->admitted = e->from;
		e->admit_time = hhmm_at(p->a, visit->j, "period.start");
		e->discharged = e->to;
		e->discharge_time = hhmm_at(p->a, visit->j, "period.end");
	}
	json_array_foreach(json_object_get(visit->j, "participant"), i, one) {
		struct party who, *put;
		const char *role = str_is(text_at(p->a, one, "type.0.coding.0.code"), "REF") ? "DN" :
		    str_is(e->type, "I") ? "71" : "82";

		party_of(p, json_object_get(one, "individual"), role, &who);
		if (who.last.n == 0 || enc_party(e, role))
			continue;
		put = REC_PUSH(p->a, e, parties, party);
		if (!put)
			return E_NOMEM;
		*put = who;
		put->person = true;
	}
	return 0;
}

/* ---- diagnoses: of the claim in its order, then of the visit ---- */

static int
put_diagnoses(struct pool *p, struct res *claim, struct res *visit, struct encounter *e)
{
	json_t *one;
	size_t i;
	int rc = 0;

	json_array_foreach(claim ? json_object_get(claim->j, "diagnosis") : NULL, i, one) {
		struct res *r = pool_find(p, json_object_get(one, "diagnosisReference"));

		rc = chart_diagnosis(p, r ? json_object_get(r->j, "code") :
		    json_object_get(one, "diagnosisCodeableConcept"), e);
		if (rc < 0)
			return rc;
	}
	for (struct res *r = visit ? visit->conditions : NULL; r && rc >= 0; r = r->next)
		rc = chart_diagnosis(p, json_object_get(r->j, "code"), e);
	return rc;
}

static json_t *
diagnosis_concept(struct pool *p, struct res *claim, json_int_t sequence)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(claim->j, "diagnosis"), i, one) {
		struct res *r;

		if (json_integer_value(json_object_get(one, "sequence")) != sequence)
			continue;
		r = pool_find(p, json_object_get(one, "diagnosisReference"));
		return r ? json_object_get(r->j, "code") : json_object_get(one, "diagnosisCodeableConcept");
	}
	return NULL;
}

/* ---- lines ---- */

/* Some writers list each diagnosis as an item too: same concept, no price. That is no service. */
static bool
restates_diagnosis(struct pool *p, struct res *claim, json_t *item)
{
	json_t *concept = diagnosis_concept(p, claim, json_integer_value(at(item, "diagnosisSequence.0")));
	struct str code = text_at(p->a, item, "productOrService.coding.0.code");

	return concept && !json_object_get(item, "net") && code.n &&
	    str_eq(code, text_at(p->a, concept, "coding.0.code")) &&
	    str_eq(text_at(p->a, item, "productOrService.coding.0.system"), text_at(p->a, concept, "coding.0.system"));
}

static int
put_pointers(struct pool *p, struct res *claim, json_t *item, struct encounter *e, struct line *l)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(item, "diagnosisSequence"), i, one) {
		int place = chart_diagnosis(p, diagnosis_concept(p, claim, json_integer_value(one)), e);
		struct str *put = place > 0 && l->n_pointers < 4 ? arena_push(p->a, l->pointers, l->n_pointers) : NULL;

		if (place < 0)
			return place;
		if (put)
			*put = arena_fmt(p->a, "%d", place);
	}
	return 0;
}

static int
put_modifiers(struct pool *p, json_t *item, struct line *l)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(item, "modifier"), i, one) {
		struct str code = text_at(p->a, one, "coding.0.code");
		struct str *put = code.n == 2 && l->n_modifiers < 4 ? arena_push(p->a, l->modifiers, l->n_modifiers) : NULL;

		if (put)
			*put = code;
	}
	return p->a->spent ? E_NOMEM : 0;
}

static int
add_line(struct pool *p, struct res *claim, json_t *item, struct encounter *e)
{
	struct line *l = REC_PUSH(p->a, e, lines, line);
	json_t *concept = json_object_get(item, "productOrService");
	int rc;

	if (!l)
		return E_NOMEM;
	l->number = (int64_t)e->n_lines;
	l->code = concept_code(p->a, concept, hcpcs);
	l->code_qual = l->code.n ? S("HC") : STR_NONE;
	l->revenue = concept_code(p->a, json_object_get(item, "revenue"), revenue);
	l->words = concept_text(p->a, concept);
	l->unit = S("UN");
	l->units = 1000;
	if (!cents_at(item, "net.value", &l->charge) || !milli_at(item, "quantity.value", &l->units))
		return refuse(p, claim, "item.net", "an amount or quantity with too many decimals");
	l->from = day_at(item, "servicedDate");
	if (l->from == DAY_NONE)
		l->from = day_at(item, "servicedPeriod.start");
	l->to = day_at(item, "servicedPeriod.end");
	rc = put_modifiers(p, item, l);
	return rc < 0 ? rc : put_pointers(p, claim, item, e, l);
}

static int
put_claim(struct pool *p, struct res *claim, struct encounter *e)
{
	json_t *item;
	size_t i;
	int rc = 0;

	party_of(p, json_object_get(claim->j, "provider"), "85", &e->billing);
	if (day_at(claim->j, "billablePeriod.start") != DAY_NONE) {
		e->from = day_at(claim->j, "billablePeriod.start");
		e->to = day_at(claim->j, "billablePeriod.end");
	}
	json_array_foreach(json_object_get(claim->j, "item"), i, item) {
		if (!restates_diagnosis(p, claim, item))
			rc = add_line(p, claim, item, e);
		if (rc < 0)
			return rc;
	}
	if (!cents_at(claim->j, "total.value", &e->charge))
		return refuse(p, claim, "total", "an amount with too many decimals");
	return 0;
}

/* ---- all of it ---- */

static void
put_identity(struct pool *p, struct res *claim, struct res *visit, struct encounter *e)
{
	struct str id = claim ? claim->id : visit->id;
	struct str from = e->billing.last;

	for (struct res *r = visit ? visit->notes : NULL; r && from.n == 0; r = r->next) {
		struct party who;

		party_of(p, json_object_get(r->j, "custodian"), "85", &who);
		from = who.last;
	}
	e->source = S("fhir");
	e->sender = from.n ? key_of(p->a, from, 60) : S("-");
	e->control = key_of(p->a, arena_str(p->a, id), 80);
	e->pcn = key_of(p->a, e->control, 38);
	e->frequency = S("1");
	if (e->account.n == 0)
		e->account = e->control;
}

int
visit_build(struct pool *p, struct res *claim, struct res *visit, struct encounter **out)
{
	struct encounter *e = *out = rec_new(p->a);
	struct res *patient = pool_find(p, json_object_get(claim ? claim->j : visit->j, claim ? "patient" : "subject"));
	int rc = 0;

	if (!e)
		return E_NOMEM;
	if (patient && strcmp(patient->type, "Patient") == 0)
		rc = party_patient(p, patient, e);
	put_class(p, claim, visit, e);
	if (rc >= 0 && visit)
		rc = put_visit(p, visit, e);
	if (rc >= 0)
		rc = put_diagnoses(p, claim, visit, e);
	if (rc >= 0 && claim)
		rc = put_claim(p, claim, e);
	if (e->billing.last.n == 0 && visit && json_object_get(visit->j, "serviceProvider"))
		party_of(p, json_object_get(visit->j, "serviceProvider"), "85", &e->billing);
	if (rc >= 0)
		rc = party_coverages(p, claim, patient, e);
	if (rc >= 0 && visit)
		rc = chart_problems(p, visit, e);
	if (rc >= 0 && visit)
		rc = chart_documents(p, visit, e);
	if (rc >= 0)
		put_identity(p, claim, visit, e);
	return rc < 0 ? rc : p->a->spent ? E_NOMEM : 0;
}
