/* test_hl7_map.c - messages to fragments, and fragments to one visit. */
#include "hl7/hl7.h"

#include <criterion/criterion.h>
#include <string.h>

#define MSH(event, id) "MSH|^~\\&|APP|GENERAL|US|HERE|20260301120000||" event "|" id "|T|2.5\rEVN||20260301\r"
#define PID "PID|1||M100^^^HOSP^MR~SSN1^^^SSA^SS||Doe^Jane^Q^Jr||19800102|F|||1 Main St^Apt 2^Town^IL^60601-1234^USA||" \
	"555-0100|||||A77\r"
#define PV1(class) "PV1|1|" class "|ER^^^^^D|E|||1234567893^Grey^Meredith^^^^MD|1^House^Gregory||||||4|||||V55|||||||||||||||||" \
	"1||||||||202603010830|202603021700\r"

static struct hl7_visit
visit(struct arena *a, struct str bytes, enum hl7_policy policy)
{
	struct faults f = { .a = a };
	struct hl7_visit v;
	struct hl7_msg m;

	cr_assert(hl7_parse(a, bytes, &m, &f) == 0, "parse");
	cr_assert(hl7_map(a, &m, policy, &v, &f) == 0, "map: " STR_FMT, STR_ARG(f.n ? f.v[0].words : STR_NONE));
	return v;
}

Test(hl7_map, adt)
{
	struct arena a;
	struct encounter *e;
	struct hl7_visit v;

	arena_init(&a, 0);
	v = visit(&a, S(MSH("ADT^A01", "1") PID PV1("E") "DG1|1||E11.9^Type 2 diabetes^I10||20260301|F|||||||||1|||||||||||\r"
	    "DG1|2||I10^Hypertension^I10||20260301|F|||||||||2|||||||||||Y\rDG1|3||R07.9^Chest pain^I10||20260301|A\r"
	    "DG1|4||44054006^Diabetes^SCT||20260301|W\rDG1|5|I9|250.00|OLD WORDS||W\r"
	    "PR1|1||0DTJ4ZZ^Appendectomy^ICD10PCS||20260301\rPR1|2||99284^ED visit^C4||20260301\r"
	    "IN1|1|PLAN|PAY1|Acme Health|9 Road^^City^TX^75001|||GRP7|Works||||||HMO|Doe^John|SPO|19790101|||||||"
	    "|||||||||||POL9\r"
	    "IN1|2|P2|PAY2|Second|||||||||||||SEL\r"), HL7_ON_CHARGES);
	e = v.e;
	cr_expect(v.event == HL7_AMEND && str_is(v.patient, "M100"));
	cr_expect(str_is(e->source, "hl7") && str_is(e->sender, "GENERAL") && str_is(e->control, "V55") && str_is(e->usage, "T"));
	cr_expect(str_is(e->account, "M100") && str_is(e->pcn, "V55") && e->n_refs == 1 && str_is(e->refs[0].qual, "EA"));
	cr_expect(str_is(e->patient.last, "Doe") && str_is(e->patient.suffix, "Jr") && str_is(e->patient.sex, "F") &&
	    e->patient.dob == day_of(1980, 1, 2) && str_is(e->patient.zip, "606011234") && e->patient.country.n == 0);
	cr_expect(str_is(e->visit_class, "emergency") && str_is(e->type, "I") && str_is(e->tob, "13"));
	cr_expect(e->admitted == day_of(2026, 3, 1) && str_is(e->admit_time, "0830") && e->discharged == day_of(2026, 3, 2) &&
	    str_is(e->discharge_time, "1700") && str_is(e->disposition, "01"));
	cr_expect(str_is(e->admit_type, "1") && str_is(e->admit_source, "4"));
	cr_expect(e->n_parties == 2 && str_is(enc_party(e, "71")->id, "1234567893"), "an NPI is kept");
	cr_expect(str_is(enc_party(e, "DN")->last, "House") && enc_party(e, "DN")->id.n == 0, "a house number is not");
	cr_expect(e->n_diagnoses == 3 && str_is(e->diagnoses[0].code, "E119") && str_is(e->diagnoses[0].role, "principal"));
	cr_expect(str_is(e->diagnoses[1].code, "I10") && str_is(e->diagnoses[1].poa, "Y") &&
	    str_is(e->diagnoses[1].role, "other"));
	cr_expect(str_is(e->diagnoses[2].role, "admitting") && str_is(e->diagnoses[2].qual, "ABJ"));
	cr_expect(e->n_documents == 1 && str_is(e->documents[0].text, "Assessment:\nDiabetes\nOLD WORDS\n"), "words stay words");
	cr_expect(e->n_procedures == 1 && str_is(e->procedures[0].code, "0DTJ4ZZ") && e->procedures[0].day == day_of(2026, 3, 1));
	cr_expect(e->n_lines == 1 && str_is(e->lines[0].code, "99284") && e->lines[0].charge == 0);
	cr_expect(e->n_coverages == 2 && str_is(e->coverages[0].order, "P") &&
	    str_is(e->coverages[0].payer.last, "Acme Health") &&
	    str_is(e->coverages[0].subscriber.id, "POL9") && str_is(e->coverages[0].relation, "01") &&
	    str_is(e->coverages[0].filing, "HM") && str_is(e->coverages[0].group_number, "GRP7"));
	cr_expect(str_is(e->coverages[1].order, "S") && str_is(e->coverages[1].subscriber.last, "Doe"), "self is the patient");
	arena_free(&a);
}

/* ---- charges ---- */

static const struct ft1_row { const char *name, *ft1; int64_t charge, units; const char *code; } ft1s[] = {
	{ "extended amount", "FT1|1|T1||20260301||CG|X|||2|100.50|50.25|||||||||||||99213^Visit^C4|25~59", 10050, 2000, "99213" },
	{ "unit amount", "FT1|1|T1||20260301||CG|X|||3||10|||||||||||||J1885", 3000, 3000, "J1885" },
	{ "composite price", "FT1|1|T1||20260301||CG|71045^Chest^C4|||1|1,250.00&USD", 125000, 1000, "71045" },
	{ "no code", "FT1|1|T1||20260301||CG|ROOM^Room and board|||1|900", 90000, 1000, "" },
	{ "credit", "FT1|1|T1||20260301||CD|71045|||1|12.00", -1200, -1000, "71045" },
	{ "no quantity", "FT1|1|T1||20260301|||99213||||7.1000", 710, 1000, "99213" },
};

Test(hl7_map, charges)
{
	for (size_t i = 0; i < sizeof ft1s / sizeof *ft1s; i++) {
		const struct ft1_row *row = &ft1s[i];
		struct arena a;
		struct hl7_visit v;
		struct line *l;

		arena_init(&a, 0);
		v = visit(&a, arena_fmt(&a, "%s%s%s%s\r", MSH("DFT^P03", "2"), PID, PV1("O"), row->ft1), HL7_ON_CHARGES);
		cr_assert(v.event == HL7_RELEASE && v.e->n_lines == 1, "%s", row->name);
		l = &v.e->lines[0];
		cr_expect(l->charge == row->charge && l->units == row->units, "%s: %lld %lld", row->name, (long long)l->charge,
		    (long long)l->units);
		cr_expect(str_is(l->code, row->code) || (l->code.n == 0 && !row->code[0]), "%s", row->name);
		cr_expect(l->from == day_of(2026, 3, 1) && str_is(l->control, "T1"), "%s", row->name);
		cr_expect(i != 0 || (l->n_modifiers == 2 && str_is(l->modifiers[1], "59")), "%s", row->name);
		arena_free(&a);
	}
}

Test(hl7_map, payments_are_no_charges)
{
	struct arena a;
	struct hl7_visit v;

	arena_init(&a, 0);
	v = visit(&a, S(MSH("DFT^P03", "2") PID PV1("O") "FT1|1|T1||20260301||PY|X|||1|5\rFT1|2|T2||20260301||AJ|X|||1|5\r"),
	    HL7_ON_QUIET);
	cr_expect(v.e->n_lines == 0 && v.event == HL7_AMEND);
	arena_free(&a);
}

/* ---- notes ---- */

static const struct note_row { const char *name, *bytes, *id, *type, *text; } notes[] = {
	{ "MDM", MSH("MDM^T02", "3") PID PV1("O") "TXA|1|DS||20260301||||||||DOC1\rOBX|1|TX|a||Line one~Line two\rOBX|"
	    "2|TX|a||Three\r",
	    "DOC1", "discharge summary", "Line one\nLine two\nThree\n" },
	{ "replacement", MSH("MDM^T10", "4") PID PV1("O") "TXA|1|PR||20260301||||||||DOC2|DOC1\rOBX|1|FT|a||New\\.br\\text\r",
	    "DOC1", "progress", "New\ntext\n" },
	{ "withdrawn", MSH("MDM^T11", "5") PID PV1("O") "TXA|1|PR||20260301||||||||DOC1\rOBX|1|TX|a||Old\r", "DOC1",
	    "progress", "" },
	{ "result", MSH("ORU^R01", "6") PID PV1("O") "OBR|1||F9|GLU^Glucose panel|||20260228\rOBX|1|NM|1^Glucose||182|mg/dl||H\r"
	    "NTE|1||fasting\rOBX|2|CE|2^Colour||Y^Yellow\rOBX|3|SN|3^Ratio||^182\rOBX|4|ED|4||^^^Base64^AAAA\rOBX|5|NM|"
	    "5^Gone||1||||||W\r",
	    "F9/GLU", "result", "Glucose panel\nGlucose: 182 mg/dl (H)\nfasting\nColour: Yellow\nRatio: 182\n" },
	{ "report", MSH("ORU^R01", "7") PID PV1("O") "OBR|1||F9|XR\rOBX|1|TX|I^Impression||Pneumonia\rOBX|2|TX|"
	    "I^Impression||Left\r",
	    "F9/XR", "result", "Impression:\nPneumonia\nLeft\n" },
	{ "note of a visit", MSH("ADT^A08", "N8") PID PV1("O") "NTE|1||Patient has asthma\r", "N8", "note",
	    "Patient has asthma\n" },
};

Test(hl7_map, notes)
{
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
		struct arena a;
		struct document *d;
		struct hl7_visit v;

		arena_init(&a, 0);
		v = visit(&a, str_of(notes[i].bytes), HL7_ON_CHARGES);
		cr_assert(v.e->n_documents == 1, "%s", notes[i].name);
		d = v.e->documents;
		cr_expect(str_is(d->id, notes[i].id) && str_is(d->type, notes[i].type), "%s: " STR_FMT, notes[i].name,
		    STR_ARG(d->id));
		cr_expect(str_is(d->text, notes[i].text) || (d->text.n == 0 && !notes[i].text[0]), "%s: " STR_FMT, notes[i].name,
		    STR_ARG(d->text));
		cr_expect(d->day != DAY_NONE, "%s", notes[i].name);
		arena_free(&a);
	}
}

/* ---- events and keys ---- */

static const struct event_row { const char *type; enum hl7_policy policy; enum hl7_event want; bool reopen, note; } events[] = {
	{ "ADT^A01", HL7_ON_CHARGES, HL7_AMEND, false, false }, { "ADT^A03", HL7_ON_CHARGES, HL7_AMEND, false, false },
	{ "ADT^A03", HL7_ON_DISCHARGE, HL7_RELEASE, false, false }, { "DFT^P03", HL7_ON_CHARGES, HL7_RELEASE, false, false },
	{ "DFT^P03", HL7_ON_DISCHARGE, HL7_AMEND, false, false }, { "DFT^P03", HL7_ON_QUIET, HL7_AMEND, false, false },
	{ "ADT^A11", HL7_ON_CHARGES, HL7_CANCEL, false, false }, { "ADT^A13", HL7_ON_CHARGES, HL7_AMEND, true, false },
	{ "ADT^A34", HL7_ON_CHARGES, HL7_NOTED, false, true }, { "ADT^A40", HL7_ON_CHARGES, HL7_NOTED, false, true },
	{ "ADT^A28", HL7_ON_CHARGES, HL7_NOTED, false, false }, { "MDM^T01", HL7_ON_CHARGES, HL7_NOTED, false, false },
	{ "BAR^P01", HL7_ON_CHARGES, HL7_AMEND, false, false },
};

Test(hl7_map, events)
{
	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		struct arena a;
		struct hl7_visit v;

		arena_init(&a, 0);
		v = visit(&a, arena_fmt(&a, "MSH|^~\\&|A|F|||20260301||%s|1|T|2.5\r%s", events[i].type, PID), events[i].policy);
		cr_expect(v.event == events[i].want && v.reopen == events[i].reopen && (v.note != NULL) == events[i].note, "%s",
		    events[i].type);
		arena_free(&a);
	}
}

static const struct key_row { const char *name, *body, *control; } key_rows[] = {
	{ "visit number", "PID|||M1|||||||||||||||A1\rPV1||I|||||||||||||||||V1|||||||||||||||||||||||||20260301\r", "V1" },
	{ "account", "PID|||M1|||||||||||||||A1\rPV1||I||||||||||||||||||||||||||||||||||||||||||20260301\r", "A1" },
	{ "admission", "PID|||M1\rPV1||I||||||||||||||||||||||||||||||||||||||||||202603010800\r", "M1-202603010800" },
	{ "patient", "PID|||M1\r", "M1" },
};

Test(hl7_map, keys)
{
	for (size_t i = 0; i < sizeof key_rows / sizeof *key_rows; i++) {
		struct arena a;
		struct hl7_visit v;

		arena_init(&a, 0);
		v = visit(&a, arena_fmt(&a, "MSH|^~\\&|A|F|||20260301||ADT^A01|1|T|2.5\r%s", key_rows[i].body), HL7_ON_CHARGES);
		cr_expect(str_is(v.e->control, key_rows[i].control), "%s: " STR_FMT, key_rows[i].name, STR_ARG(v.e->control));
		cr_expect(str_is(v.e->account, "M1"), "%s: the account is the same in every message", key_rows[i].name);
		arena_free(&a);
	}
}

static const struct no_row { const char *bytes; int rc; const char *place; } noes[] = {
	{ "MSH|^~\\&|A|F|||20260301||SIU^S12|1|T|2.5\rPID|||M1\r", E_UNSUPPORTED, "MSH-9" },
	{ "MSH|^~\\&|A|F|||20260301||DFT^P99|1|T|2.5\rPID|||M1\r", E_UNSUPPORTED, "MSH-9" },
	{ "MSH|^~\\&|A|F|||20260301||ADT^A01|1|T|2.5\rPV1||I\r", E_INCOMPLETE, "PID-3" },
};

Test(hl7_map, refused)
{
	for (size_t i = 0; i < sizeof noes / sizeof *noes; i++) {
		struct arena a;
		struct faults f;
		struct hl7_visit v;
		struct hl7_msg m;

		arena_init(&a, 0);
		f = (struct faults){ .a = &a };
		cr_assert(hl7_parse(&a, str_of(noes[i].bytes), &m, &f) == 0);
		cr_expect(hl7_map(&a, &m, HL7_ON_CHARGES, &v, &f) == noes[i].rc, "row %zu", i);
		cr_expect(f.n == 1 && str_is(f.v[0].place, noes[i].place), "row %zu", i);
		arena_free(&a);
	}
}

/* ---- merge ---- */

static struct str
packed(struct arena *a, const struct encounter *e)
{
	struct str s;

	cr_assert(rec_pack(a, e, PART_INGEST, &s) == 0);
	return s;
}

static const char *const story[] = {
	MSH("ADT^A01", "1") PID PV1("O") "DG1|1||R05.9^Cough^I10\r",
	MSH("ADT^A01", "1b") PID "PV1|1|I|||||||||||||||||V55|||||||||||||||||||||||||202603010830\r"
	    "DG1|1||J18.9^Pneumonia^I10||20260301|F|||||||||1|||||||||||\rPR1|1||71045^Chest^C4||20260301\r",
	MSH("ORU^R01", "2") PID PV1("I") "OBR|1||F1|CXR\rOBX|1|TX|I||First reading\r",
	MSH("ORU^R01", "3") PID PV1("I") "OBR|1||F1|CXR\rOBX|1|TX|I||Final reading\r",
	MSH("MDM^T02", "4") PID PV1("I") "TXA|1|PR||20260301||||||||D1\rOBX|1|TX|a||Progress\r",
	MSH("MDM^T02", "5") PID PV1("I") "TXA|1|PR||20260301||||||||D2\rOBX|1|TX|a||Mistake\r",
	MSH("MDM^T11", "6") PID PV1("I") "TXA|1|PR||20260301||||||||D2\r",
	MSH("DFT^P03", "7") PID PV1("I") "FT1|1|T1||20260301||CG|X|||1|10||||||||R05.9^Cough^I10~J18.9^Pn^I10||||||71045\r"
	    "FT1|2|T2||20260302||CG|X|||1|20||||||||J44.9^COPD^I10||||||99232\r",
	MSH("DFT^P03", "8") PID PV1("I") "FT1|1|T2||20260302||CG|X|||1|25||||||||J44.9^COPD^I10||||||99233\r",
	MSH("ADT^A08", "9") "PID|1||M100||Doe^Janet\r" PV1("I"),
};

static void
check_story(const struct encounter *e)
{
	cr_expect(str_is(e->patient.first, "Janet") && str_is(e->patient.middle, "Q"), "later wins, absent does not");
	cr_expect(str_is(e->type, "I") && str_is(e->visit_class, "inpatient"));
	cr_expect(e->n_diagnoses == 3 && str_is(e->diagnoses[0].code, "J189") && str_is(e->diagnoses[0].role, "principal"));
	cr_expect(str_is(e->diagnoses[1].role, "other") && str_is(e->diagnoses[1].qual, "ABF"));
	cr_assert(e->n_lines == 2, "the PR1 line gave way to its charge: %zu", e->n_lines);
	cr_expect(str_is(e->lines[0].control, "T1") && e->lines[0].charge == 1000 && e->lines[0].n_pointers == 2);
	cr_expect(str_is(e->lines[0].pointers[0], "2") && str_is(e->lines[0].pointers[1], "1"), "pointers follow their codes");
	cr_expect(str_is(e->lines[1].code, "99233") && e->lines[1].charge == 2500 && str_is(e->lines[1].pointers[0], "3"));
	cr_assert(e->n_documents == 2, "%zu documents", e->n_documents);
	cr_expect(str_is(e->documents[0].text, "I:\nFinal reading\n") && str_is(e->documents[1].text, "Progress\n"));
}

Test(hl7_merge, one_visit)
{
	struct arena a;
	struct encounter *e;

	arena_init(&a, 0);
	e = rec_new(&a);
	for (size_t i = 0; i < sizeof story / sizeof *story; i++) {
		struct hl7_visit v = visit(&a, str_of(story[i]), HL7_ON_QUIET);
		struct str once;

		cr_assert(str_is(v.e->control, "V55"), "message %zu", i);
		cr_assert(hl7_merge(&a, e, v.e) == 0);
		hl7_settle(e);
		once = packed(&a, e);
		cr_assert(hl7_merge(&a, e, v.e) == 0);
		hl7_settle(e);
		cr_expect(str_eq(once, packed(&a, e)), "message %zu twice changes nothing", i);
	}
	check_story(e);
	arena_free(&a);
}

Test(hl7_merge, fragments_first)
{
	struct encounter *all, *e;
	struct arena a;

	arena_init(&a, 0);
	all = rec_new(&a);
	e = rec_new(&a);
	for (size_t i = 0; i < sizeof story / sizeof *story; i++)
		cr_assert(hl7_merge(&a, all, visit(&a, str_of(story[i]), HL7_ON_QUIET).e) == 0);
	cr_assert(hl7_merge(&a, e, all) == 0);
	hl7_settle(e);
	check_story(e);
	arena_free(&a);
}

Test(hl7_merge, unpacked_visit_grows)
{
	struct arena a;
	struct encounter *e;

	arena_init(&a, 0);
	e = rec_new(&a);
	for (size_t i = 0; i < sizeof story / sizeof *story; i++) {
		struct str bytes;

		cr_assert(hl7_merge(&a, e, visit(&a, str_of(story[i]), HL7_ON_QUIET).e) == 0);
		hl7_settle(e);
		bytes = packed(&a, e);
		e = rec_new(&a);
		cr_assert(rec_unpack(&a, bytes, PART_INGEST, e) == 0);
	}
	check_story(e);
	hl7_reopen(e);
	cr_expect(e->discharged == DAY_NONE && e->discharge_time.n == 0 && e->disposition.n == 0);
	arena_free(&a);
}

Test(hl7_merge, stages_keep_what_they_added)
{
	struct encounter *e, *f;
	struct arena a;

	arena_init(&a, 0);
	e = rec_new(&a);
	f = rec_new(&a);
	e->risk = 7;
	f->risk = 900;
	f->suggest_by = S("a sender cannot say this");
	cr_assert(hl7_merge(&a, e, f) == 0);
	cr_expect(e->risk == 7 && e->suggest_by.n == 0);
	arena_free(&a);
}
