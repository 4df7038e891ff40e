/* test_fhir.c - small FHIR inputs: joins, codes, money, notes, what is left out and what is refused. */
#include "fhir/fhir.h"

#include <criterion/criterion.h>
#include <string.h>

#define PATIENT "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"identifier\":[{\"type\":{\"coding\":[{\"code\":\"MR\"}]}," \
	"\"value\":\"MRN7\"}],\"name\":[{\"family\":\"Doe\",\"given\":[\"Jane\",\"Q\"]}],\"gender\":\"female\"," \
	"\"birthDate\":\"1980-01-02\",\"address\":[{\"line\":[\"1 Main\"],\"city\":\"Town\",\"state\":\"IL\"," \
	"\"postalCode\":\"60601-1234\"}]}"
#define ORG "{\"resourceType\":\"Organization\",\"id\":\"o1\",\"name\":\"Clinic\",\"identifier\":[{\"system\":" \
	"\"http://hl7.org/fhir/sid/us-npi\",\"value\":\"1234567893\"}]}"
#define DOC "{\"resourceType\":\"Practitioner\",\"id\":\"d1\",\"name\":[{\"family\":\"Grey\",\"given\":[\"Meredith\"]}]," \
	"\"identifier\":[{\"system\":\"http://hl7.org/fhir/sid/us-npi\",\"value\":\"80\"}]}"
#define VISIT(class, status) "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"status\":\"" status "\"," \
	"\"class\":{\"code\":\"" class \
	"\"},\"subject\":{\"reference\":\"Patient/p1\"},\"period\":{\"start\":\"2026-03-01T08:30:00-05:00\",\"end\":" \
	"\"2026-03-02T17:00:00-05:00\"},\"serviceProvider\":{\"reference\":\"Organization/o1\"}," \
	"\"participant\":[{\"individual\":" \
	"{\"reference\":\"http://server/fhir/Practitioner/d1/_history/2\"}}],\"hospitalization\":{\"dischargeDisposition\":" \
	"{\"coding\":[{\"code\":\"home\"}]}}}"
#define COND(id, system, code, \
	words) "{\"resourceType\":\"Condition\",\"id\":\"" id "\",\"encounter\":{\"reference\":\"Encounter/e1\"}," \
	"\"code\":{\"coding\":[{\"system\":\"" system "\",\"code\":\"" code "\",\"display\":\"" words "\"}]}}"
#define ICD "http://hl7.org/fhir/sid/icd-10-cm"
#define SCT "http://snomed.info/sct"
#define NOTE(id, data, more) "{\"resourceType\":\"DocumentReference\",\"id\":\"" id "\",\"status\":\"current\"," \
	"\"date\":\"2026-03-01\"," \
	"\"type\":{\"coding\":[{\"code\":\"11506-3\"}]},\"context\":{\"encounter\":[{\"reference\":\"Encounter/e1\"}]}," \
	"\"content\":[{" \
	"\"attachment\":{\"contentType\":\"text/plain\",\"data\":\"" data "\"}}]" more "}"

static int
read_lines(struct arena *a, const char *const *lines, size_t n, struct fhir_out *out, struct faults *f)
{
	struct str v[16];

	for (size_t i = 0; i < n; i++)
		v[i] = str_of(lines[i]);
	return fhir_read(a, v, n, out, f);
}

Test(fhir, encounter_alone)
{
	static const char *const lines[] = { COND("c1", ICD, "E11.9", "Type 2 diabetes"),
	    COND("c2", SCT, "1", "Sepsis (disorder)"), VISIT("IMP", "finished"), NOTE("n1", "SGVsbG8gdGhlcmU=", ""),
	    DOC, ORG, PATIENT };
	struct fhir_out got;
	struct encounter *e;
	struct faults f;
	struct arena a;

	arena_init(&a, 0);
	f = (struct faults){ .a = &a };
	cr_assert(read_lines(&a, lines, 7, &got, &f) == 1 && f.n == 0);
	e = got.v[0];
	cr_expect(str_is(e->source, "fhir") && str_is(e->control, "e1") && str_is(e->sender, "Clinic") &&
	    str_is(e->account, "MRN7"));
	cr_expect(str_is(e->type, "I") && str_is(e->visit_class, "inpatient") && str_is(e->tob, "11") &&
	    str_is(e->disposition, "01"));
	cr_expect(e->admitted == day_of(2026, 3, 1) && str_is(e->admit_time, "0830") && e->discharged == day_of(2026, 3, 2));
	cr_expect(str_is(e->billing.id, "1234567893") && str_is(e->billing.id_qual, "XX"));
	cr_expect(e->n_parties == 1 && str_is(e->parties[0].role, "71") && str_is(e->parties[0].last, "Grey") &&
	    e->parties[0].id.n == 0, "80 is no NPI: a name only");
	cr_expect(str_is(e->patient.last, "Doe") && str_is(e->patient.sex, "F") && str_is(e->patient.zip, "606011234"));
	cr_expect(e->n_diagnoses == 1 && str_is(e->diagnoses[0].code, "E119") && str_is(e->diagnoses[0].qual, "ABK"));
	cr_assert(e->n_documents == 2);
	cr_expect(str_is(e->documents[0].text, "Assessment:\nType 2 diabetes\nSepsis\n") && e->documents[0].day == e->from);
	cr_expect(str_is(e->documents[1].text, "Hello there") && str_is(e->documents[1].type, "progress"));
	cr_expect(got.documents == 1 && got.dangling == 0 && got.resources == 7);
	arena_free(&a);
}

#define CLAIM(total, item) "{\"resourceType\":\"Claim\",\"id\":\"cl1\",\"status\":\"active\",\"use\":\"claim\"," \
	"\"type\":{\"coding\":" \
	"[{\"code\":\"professional\"}]},\"patient\":{\"reference\":\"Patient/p1\"}," \
	"\"provider\":{\"reference\":\"Organization/o1\"}," \
	"\"diagnosis\":[{\"sequence\":1,\"diagnosisReference\":{\"reference\":\"Condition/c1\"}},{\"sequence\":2," \
	"\"diagnosisReference\":{\"reference\":\"Condition/c2\"}}]," \
	"\"insurance\":[{\"coverage\":{\"reference\":\"Coverage/v1\"}}]," \
	"\"item\":[" item "],\"total\":{\"value\":" total "}}"
#define ITEM(system, code, more) "{\"sequence\":1,\"diagnosisSequence\":[2,1]," \
	"\"productOrService\":{\"coding\":[{\"system\":\"" system \
	"\",\"code\":\"" code "\"}],\"text\":\"Words\"},\"encounter\":[{\"reference\":\"Encounter/e1\"}]" more "}"
#define CPT "http://www.ama-assn.org/go/cpt"
#define COVER "{\"resourceType\":\"Coverage\",\"id\":\"v1\",\"status\":\"active\"," \
	"\"beneficiary\":{\"reference\":\"Patient/p1\"}," \
	"\"payor\":[{\"display\":\"Acme\"}],\"subscriberId\":\"POL9\",\"relationship\":{\"coding\":[{\"code\":\"self\"}]}}"

static const struct claim_row {
	const char *name, *claim;
	int rc;
	cents_t total, charge;
	const char *code;
	size_t lines;
} claims[] = {
	{ "CPT", CLAIM("125.5", ITEM(CPT, "99213",
	    ",\"net\":{\"value\":125.5},\"quantity\":{\"value\":2},\"modifier\":[{\"coding\":"
	    "[{\"code\":\"25\"}]}]")), 1, 12550, 12550, "99213", 1 },
	{ "SNOMED is words", CLAIM("140.52", ITEM(SCT, "185349003", "")), 1, 14052, 0, "", 1 },
	{ "whole dollars", CLAIM("255", ITEM(CPT, "99213", ",\"net\":{\"value\":255}")), 1, 25500, 25500, "99213", 1 },
	{ "a diagnosis is no service",
	    CLAIM("1", "{\"sequence\":2,\"diagnosisSequence\":[2],\"productOrService\":{\"coding\":[{\"system\":\"" SCT
	    "\",\"code\":\"1\"}]},\"encounter\":[{\"reference\":\"Encounter/e1\"}]}"), 1, 100, 0, "", 0 },
	{ "fractions of a cent", CLAIM("1.005", ITEM(CPT, "99213", "")), E_VALUE, 0, 0, "", 0 },
	{ "an amount in words", CLAIM("\"12\"", ITEM(CPT, "99213", "")), E_VALUE, 0, 0, "", 0 },
};

Test(fhir, claim)
{
	for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
		const struct claim_row *row = &claims[i];
		const char *const lines[] = { row->claim, PATIENT, ORG, DOC, VISIT("AMB", "finished"),
		    COND("c1", ICD, "I10", "Hypertension"), COND("c2", SCT, "1", "Cough (finding)"), COVER };
		struct fhir_out got;
		struct encounter *e;
		struct faults f;
		struct arena a;
		int rc;

		arena_init(&a, 0);
		f = (struct faults){ .a = &a };
		rc = read_lines(&a, lines, 8, &got, &f);
		cr_expect(rc == row->rc, "%s: %d", row->name, rc);
		cr_expect((row->rc < 0) == (f.n > 0), "%s", row->name);
		if (rc == 1) {
			e = got.v[0];
			cr_expect(str_is(e->control, "cl1") && e->charge == row->total && e->n_lines == row->lines,
			    "%s", row->name);
			cr_expect(str_is(e->type, "P") && str_is(e->visit_class, "office") && str_is(e->pos, "11"),
			    "%s", row->name);
			cr_expect(e->n_coverages == 1 && str_is(e->coverages[0].payer.last, "Acme") &&
			    str_is(e->coverages[0].subscriber.id, "POL9") && str_is(e->coverages[0].subscriber.last, "Doe"),
			    "%s", row->name);
			cr_expect(e->n_diagnoses == 1 && str_is(e->diagnoses[0].code, "I10"), "%s", row->name);
			if (e->n_lines)
				cr_expect(e->lines[0].charge == row->charge && e->lines[0].n_pointers == 1 &&
				    (str_is(e->lines[0].code, row->code) || (row->code[0] == '\0' && e->lines[0].code.n == 0)),
				    "%s", row->name);
		}
		arena_free(&a);
	}
}

/* ---- what is left out, and what is refused ---- */

static const struct left_row { const char *name; const char *lines[6]; int rc; size_t documents, loose; } lefts[] = {
	{ "not finished", { VISIT("AMB", "in-progress"), PATIENT }, E_INCOMPLETE, 0, 0 },
	{ "no encounter at all", { PATIENT }, E_INCOMPLETE, 0, 0 },
	{ "not FHIR", { "{\"a\":1}" }, E_MALFORMED, 0, 0 },
	{ "not JSON", { "{\"resourceType\":" }, E_MALFORMED, 0, 0 },
	{ "no id", { "{\"resourceType\":\"Encounter\",\"status\":\"finished\"}" }, E_INCOMPLETE, 0, 0 },
	{ "only the Encounter", { "{\"resourceType\":\"Encounter\",\"id\":\"x\",\"status\":\"finished\"}" }, 1, 0, 0 },
	{ "note of another visit", { VISIT("AMB", "finished"),
	    "{\"resourceType\":\"DocumentReference\",\"id\":\"n\",\"context\":{\"encounter\":"
	    "[{\"reference\":\"Encounter/zz\"}]}}" }, 1, 0, 1 },
	{ "entered in error", { VISIT("AMB", "finished"),
	    "{\"resourceType\":\"DocumentReference\",\"id\":\"n\",\"status\":\"entered-in-error\"}" },
	    1, 0, 0 },
	{ "replaced note", { VISIT("AMB", "finished"), NOTE("n1", "QQ==", ""),
	    NOTE("n2", "Qg==", ",\"relatesTo\":[{\"code\":\"replaces\",\"target\":{\"reference\":\"DocumentReference/n1\"}}]") },
	    1, 1, 0 },
	{ "bad base64", { VISIT("AMB", "finished"), NOTE("n1", "!!!!", "") }, 1, 0, 0 },
	{ "bundle", { "{\"resourceType\":\"Bundle\",\"entry\":[{\"fullUrl\":\"urn:uuid:1\","
	    "\"resource\":{\"resourceType\":\"Encounter\",\"id\":\"e\","
	    "\"status\":\"finished\",\"subject\":{\"reference\":\"urn:uuid:2\"}}},{\"fullUrl\":\"urn:uuid:2\",\"resource\":"
	    PATIENT "}]}" }, 1, 0, 0 },
};

Test(fhir, left_out)
{
	for (size_t i = 0; i < sizeof lefts / sizeof *lefts; i++) {
		struct fhir_out got;
		struct faults f;
		struct arena a;
		size_t n = 0;
		int rc;

		while (n < 6 && lefts[i].lines[n])
			n++;
		arena_init(&a, 0);
		f = (struct faults){ .a = &a };
		rc = read_lines(&a, lefts[i].lines, n, &got, &f);
		cr_expect(rc == lefts[i].rc, "%s: %d", lefts[i].name, rc);
		cr_expect((rc < 0) == (f.n == 1), "%s: %zu faults", lefts[i].name, f.n);
		cr_expect(got.documents == lefts[i].documents && got.loose_notes == lefts[i].loose, "%s", lefts[i].name);
		arena_free(&a);
	}
}

Test(fhir, conditional_reference)
{
	static const char *const lines[] =
	    { "{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":\"finished\",\"class\":{\"code\":\"VR\"},"
	    "\"serviceProvider\":{\"reference\":\"Organization?identifier=http://hl7.org/fhir/sid/us-npi|1234567893\"}}", ORG };
	struct fhir_out got;
	struct faults f;
	struct arena a;

	arena_init(&a, 0);
	f = (struct faults){ .a = &a };
	cr_assert(read_lines(&a, lines, 2, &got, &f) == 1);
	cr_expect(str_is(got.v[0]->billing.last, "Clinic") && str_is(got.v[0]->visit_class, "telehealth") && got.dangling == 0);
	arena_free(&a);
}

Test(fhir, latin1_note)
{
	static const char *const lines[] = { VISIT("AMB", "finished"), NOTE("n1", "TfxsbGVyAAdY", "") };
	struct fhir_out got;
	struct faults f;
	struct arena a;

	arena_init(&a, 0);
	f = (struct faults){ .a = &a };
	cr_assert(read_lines(&a, lines, 2, &got, &f) == 1 && got.v[0]->n_documents == 1);
	cr_expect(str_is(got.v[0]->documents[0].text, "M\xc3\xbcllerX"), "recoded, control characters gone");
	arena_free(&a);
}
