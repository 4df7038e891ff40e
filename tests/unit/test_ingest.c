/* test_ingest.c - what came is recognised, read, completed, or refused with a place and a way out. */
#include "support/claims.h"
#include "ingest/io_intake.h"

#include <criterion/criterion.h>
#include <string.h>

static int
read_as(struct arena *a, const char *bytes, char usage, const char *hint, struct intake *out)
{
	struct ingest_rules rules = { S("main"), usage, HL7_ON_CHARGES, INT64_C(1772366400000), claims_spec(1) };	/* 2026-03-01 12:00 UTC */

	return ingest_read(a, &rules, str_of(bytes), str_of(hint), out);
}

/* ---- kinds, and refusals ---- */

#define HL7(type, id, more) "MSH|^~\\&|A|FAC|B|C|20260301||" type "|" id "|T|2.5\rPID|||M1||Doe^Jane\r" more
static const struct kind_row { const char *name, *bytes; enum intake_kind kind; int rc; const char *place; } kinds[] = {
	{ "json", "{\"control\":\"1\"}", INTAKE_JSON, 1, NULL },
	{ "json list", " [ {\"control\":\"1\"} ,\n{\"control\":\"2\"} ] ", INTAKE_JSON, 2, NULL },
	{ "json lines", "{\"control\":\"1\"}\n{\"control\":\"2\"}\r\n\n{\"control\":\"3\"}\n", INTAKE_JSON, 3, NULL },
	{ "json with a mark", "\xef\xbb\xbf{\"pcn\":\"1\"}", INTAKE_JSON, 1, NULL },
	{ "fhir", "{\"id\":\"1\",\"resourceType\" : \"Encounter\",\"status\":\"finished\"}", INTAKE_FHIR, 1, NULL },
	{ "not fhir", "{\"control\":\"resourceType\",\"pcn\":\"\\\"resourceType\\\":\"}", INTAKE_JSON, 1, NULL },
	{ "hl7", HL7("ADT^A01", "1", "PV1||I\r"), INTAKE_HL7, 1, NULL },
	{ "hl7 noted", HL7("ADT^A40", "1", "MRG|M2\r"), INTAKE_HL7, 0, NULL },
	{ "empty", "", INTAKE_UNKNOWN, E_INCOMPLETE, "first byte" },
	{ "blank", " \r\n", INTAKE_UNKNOWN, E_INCOMPLETE, "first byte" },
	{ "xml", "<ClinicalDocument/>", INTAKE_UNKNOWN, E_UNSUPPORTED, "first byte" },
	{ "pdf", "%PDF-1.7", INTAKE_UNKNOWN, E_UNSUPPORTED, "first byte" },
	{ "text", "hello", INTAKE_UNKNOWN, E_UNSUPPORTED, "first byte" },
	{ "no control", "{\"type\":\"P\"}", INTAKE_JSON, E_INCOMPLETE, "line 1 /control" },
	{ "unknown name", "\n{\"control\":\"1\",\"colour\":\"red\"}", INTAKE_JSON, E_VALUE, "line 1 /(unknown name)" },
	{ "other stages", "{\"control\":\"1\",\"risk\":5}", INTAKE_JSON, E_VALUE, "line 1 /risk" },
	{ "suggested codes", "{\"control\":\"1\",\"coded\":[{\"code\":\"I10\"}]}", INTAKE_JSON, E_VALUE, "line 1 /coded" },
	{ "decisions", "{\"control\":\"1\",\"decisions\":[{\"actor\":\"me\"}]}", INTAKE_JSON, E_VALUE, "line 1 /decisions" },
	{ "other tenant", "{\"control\":\"1\",\"tenant\":\"x\"}", INTAKE_JSON, E_VALUE, "line 1 /tenant" },
	{ "production", "{\"control\":\"1\",\"usage\":\"P\"}", INTAKE_JSON, E_VALUE, "line 1 /usage" },
	{ "same twice", "{\"control\":\"1\"}\n{\"control\":\"1\"}", INTAKE_JSON, 1, "line 2" },
	{ "one bad of two", "{\"control\":\"1\"}\n{\"control\":\"2\",\"dob\":1}", INTAKE_JSON, 1, "line 2 /(unknown name)" },
	{ "torn", "{\"control\":\"1\"", INTAKE_JSON, E_MALFORMED, "line 1 column 1" },
	{ "torn list", "[{\"control\":\"1\"},", INTAKE_JSON, E_MALFORMED, "encounter 2, line 1 column 18" },
	{ "torn in a list", "[{\"control\":\"1\"},\n {\"control\":\"2\"]", INTAKE_JSON, E_MALFORMED, "encounter 2, line 2 column 2" },
	{ "something after", "[{\"control\":\"1\"}]x", INTAKE_JSON, E_MALFORMED, "encounter 2, line 1 column 18" },
	{ "numbers", "[1,2]", INTAKE_JSON, E_MALFORMED, "encounter 1, line 1 column 2" },
	{ "empty list", "[]", INTAKE_JSON, E_INCOMPLETE, "line 1" },
	{ "bad inside", "{\"control\":tru}", INTAKE_JSON, E_MALFORMED, "line 1 column 14" },
	{ "same name twice", "{\"control\":\"1\"}\n{\"control\":\"2\",\"pcn\":\"3\",\"pcn\":\"4\"}", INTAKE_JSON, 1, "line 2 column 31" },
	{ "bad in a list", "[{\"control\":\"1\"},\n{\"control\":\"2\",\"patient\":{\"dob\":\"x\"}}]", INTAKE_JSON, 1, "encounter 2, line 2 /patient/dob" },
	{ "a line of words", "{\"control\":\"1\"}\nwords\n{\"control\":\"3\"}\n", INTAKE_JSON, 2, "line 2 column 1" },
	{ "a line without end", "{\"control\":\"1\"\n{\"control\":\"2\"}\n{\"control\":\"3\"}\n", INTAKE_JSON, 2, "line 1 column 14" },
	{ "a quote without end", "{\"control\":\"1}\n{\"control\":\"2\"}\n{\"control\":\"3}\n", INTAKE_JSON, 1, "line 1 column 14" },
	{ "more on a line", "{\"control\":\"1\"}\n{\"control\":\"2\"}}\n", INTAKE_JSON, 1, "line 2 column 16" },
	{ "torn over lines", "{\n \"control\":\"1\",\n \"patient\":\n {\"id\":\"1\"}\n", INTAKE_JSON, E_MALFORMED, "line 1 column 1" },
	{ "hl7 production", "MSH|^~\\&|A|F|||1||ADT^A01|1|P|2.5\rPID|||M1\r", INTAKE_HL7, E_VALUE, "MSH-11" },
	{ "hl7 type", HL7("SIU^S12", "1", ""), INTAKE_HL7, E_UNSUPPORTED, "MSH-9" },
	{ "hl7 batch torn", "BHS|^~\\&\r" HL7("ADT^A01", "1", "") "BTS|2\r", INTAKE_HL7, E_MALFORMED, "line 4" },
	{ "hl7 no message", "FHS|^~\\&\rFTS\r", INTAKE_HL7, E_INCOMPLETE, "MSH" },
};

Test(ingest, kinds)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct kind_row *row = &kinds[i];
		struct intake in;
		struct arena a;
		int rc;

		arena_init(&a, 0);
		rc = read_as(&a, row->bytes, 'T', "", &in);
		cr_expect(rc == row->rc && in.kind == row->kind, "%s: %d %s", row->name, rc, intake_kind_name(in.kind));
		cr_expect((int)in.n_items == (rc < 0 ? 0 : rc), "%s", row->name);
		cr_expect((in.faults.n > 0) == (row->place != NULL), "%s: %zu faults", row->name, in.faults.n);
		if (row->place && in.faults.n) {
			cr_expect(str_is(in.faults.v[0].place, row->place), "%s: " STR_FMT, row->name, STR_ARG(in.faults.v[0].place));
			cr_expect(in.faults.v[0].words.n && in.faults.v[0].fix.n, "%s says what and what to do", row->name);
		}
		for (size_t k = 0; k < in.n_items; k++)
			cr_expect(str_is(in.items[k].e->tenant, "main") && in.items[k].e->account.n && in.items[k].e->sender.n &&
			    str_is(in.items[k].e->usage, "T") && in.items[k].e->pcn.n && in.items[k].e->revision == 0, "%s", row->name);
		arena_free(&a);
	}
}

Test(ingest, refused_are_counted)
{
	struct intake in;
	struct arena a;

	arena_init(&a, 0);
	cr_expect(read_as(&a, "{\"control\":\"1\"}\nx\n{\"control\":\"2\",\"dob\":1,\"sex\":2}\n{\"control\":\"1\"}\n{\"control\":\"5\"}\n",
	    'T', "", &in) == 2);
	cr_expect(in.n_refused == 3 && in.faults.n > 3, "%zu", in.n_refused);
	arena_free(&a);
}

Test(ingest, depth_is_named)
{
	struct intake in;
	struct arena a;
	struct buf b;

	arena_init(&a, 0);
	buf_init(&b, &a);
	buf_cstr(&b, "{\"control\":");
	for (int i = 0; i < 3000; i++)
		buf_cstr(&b, "[");
	for (int i = 0; i < 3000; i++)
		buf_cstr(&b, "]");
	buf_cstr(&b, "}");
	cr_assert(read_as(&a, arena_str(&a, buf_view(&b)).p, 'T', "", &in) == E_MALFORMED && in.faults.n == 1);
	cr_expect(str_is(in.faults.v[0].words, "nested too deeply") && str_starts(in.faults.v[0].place, S("line 1 column ")),
	    STR_FMT, STR_ARG(in.faults.v[0].place));
	arena_free(&a);
}

/* ---- Claimline JSON ---- */

Test(ingest, json_is_completed)
{
	static const char text[] = "{\"pcn\":\"C1\",\"patient\":{\"id\":\"M7\"},\"lines\":[{\"charge\":\"10.50\",\"from\":\"2026-03-02\"},"
	    "{\"charge\":\"20\",\"from\":\"2026-03-01\",\"to\":\"2026-03-04\"}]}";
	struct encounter *e;
	struct intake in;
	struct arena a;

	arena_init(&a, 0);
	cr_assert(read_as(&a, text, 'T', "state/in/clinic-7/day.json", &in) == 1);
	e = in.items[0].e;
	cr_expect(in.items[0].event == INTAKE_NEW && in.items[0].messages == 1);
	cr_expect(str_is(e->control, "C1") && str_is(e->source, "json") && str_is(e->sender, "clinic-7") && str_is(e->account, "M7"));
	cr_expect(e->from == day_of(2026, 3, 1) && e->to == day_of(2026, 3, 4) && e->charge == 3050 && str_is(e->type, "P"));
	arena_free(&a);
}

static const struct hint_row { const char *hint, *sender; } hints[] = {
	{ "", "-" }, { "a.json", "-" }, { "/a.json", "-" }, { "x/a.json", "x" }, { "in/x/a.json", "x" }, { "../a.json", "-" }, { "//", "-" },
};

Test(ingest, sender_of_hint)
{
	for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
		struct intake in;
		struct arena a;

		arena_init(&a, 0);
		cr_assert(read_as(&a, "{\"control\":\"1\"}", 'T', hints[i].hint, &in) == 1);
		cr_expect(str_is(in.items[0].e->sender, hints[i].sender), "%s", hints[i].hint);
		arena_free(&a);
	}
}

/* ---- bounds ---- */

static struct str
long_field(struct arena *a, const char *before, size_t n, const char *after)
{
	struct buf b;

	buf_init(&b, a);
	buf_cstr(&b, before);
	for (size_t i = 0; i < n; i++)
		buf_cstr(&b, "\xc3\xa9");
	buf_cstr(&b, after);
	return buf_view(&b);
}

Test(ingest, bounds)
{
	struct ingest_rules rules = { S("main"), 'T', HL7_ON_CHARGES, 0, claims_spec(1) };
	struct intake in;
	struct arena a;

	arena_init(&a, 0);
	cr_assert(ingest_read(&a, &rules, long_field(&a, "MSH|^~\\&|A|F|||1||ADT^A01|1|T|2.5\rPID|||M1||", 61, "\r"), STR_NONE, &in) == 1);
	cr_expect(in.items[0].e->patient.last.n == 60, "a name is cut between characters: %zu", in.items[0].e->patient.last.n);
	cr_expect(ingest_read(&a, &rules, long_field(&a, "MSH|^~\\&|A|F|||1||MDM^T02|1|T|2.5\rPID|||M1\rOBX|1|TX|||", LIMIT_DOCUMENT / 2 + 1,
	    "\r"), STR_NONE, &in) == E_LIMIT, "a note is not");
	cr_expect(in.faults.n == 1 && str_is(in.faults.v[0].place, "text") && in.n_replies == 1);
	cr_expect(memmem(in.replies[0].bytes.p, in.replies[0].bytes.n, "MSA|AE|1", 8) != NULL);
	arena_free(&a);
}

/* ---- HL7 visits ---- */

static const struct visit_row { const char *name, *bytes; enum intake_event event; size_t messages; bool reopen; } visits[] = {
	{ "admitted", HL7("ADT^A01", "1", "PV1||I\r"), INTAKE_AMEND, 1, false },
	{ "charged", HL7("ADT^A01", "1", "PV1||I\r") HL7("DFT^P03", "2", "FT1|1|T1||20260301||CG|X|||1|5\r"), INTAKE_RELEASE, 2, false },
	{ "late note", HL7("DFT^P03", "1", "FT1|1|T1||20260301||CG|X|||1|5\r") HL7("MDM^T02", "2", "OBX|1|TX|||Hi\r"), INTAKE_RELEASE, 2, false },
	{ "cancelled", HL7("ADT^A01", "1", "PV1||I\r") HL7("ADT^A11", "2", ""), INTAKE_CANCEL, 2, false },
	{ "came after all", HL7("ADT^A11", "1", "") HL7("ADT^A01", "2", "PV1||I\r"), INTAKE_AMEND, 2, false },
	{ "discharge undone", HL7("ADT^A13", "1", "PV1||I\r"), INTAKE_AMEND, 1, true },
};

Test(ingest, visits)
{
	for (size_t i = 0; i < sizeof visits / sizeof *visits; i++) {
		const struct visit_row *row = &visits[i];
		struct intake in;
		struct arena a;

		arena_init(&a, 0);
		cr_assert(read_as(&a, row->bytes, 'T', "", &in) == 1, "%s", row->name);
		cr_expect(in.items[0].event == row->event && in.items[0].messages == row->messages && in.items[0].reopen == row->reopen,
		    "%s", row->name);
		cr_expect(in.n_replies == row->messages && in.replies[0].item == 0, "%s", row->name);
		for (size_t k = 0; k < in.n_replies; k++)
			cr_expect(str_starts(in.replies[k].bytes, S("MSH|^~\\&|B|C|A|FAC|20260301120000||ACK^")) &&
			    memmem(in.replies[k].bytes.p, in.replies[k].bytes.n, "\rMSA|AA|", 8), "%s", row->name);
		arena_free(&a);
	}
}

Test(ingest, apply)
{
	static const char *const parts[] = {
		("MSH|^~\\&|A|FAC|||1||ADT^A03|1|T|2.5\rPID|||M1||Doe\rPV1||O|||||||||||||||||V1|||||||||||||||||03|||||||||20260305\r"
		    "DG1|1||I10^Hypertension^I10\r"),
		"MSH|^~\\&|A|FAC|||1||ADT^A13|2|T|2.5\rPID|||M1||Doe\rPV1||O|||||||||||||||||V1\r",
		"MSH|^~\\&|A|FAC|||1||DFT^P03|3|T|2.5\rPID|||M1||Doe\rPV1||O|||||||||||||||||V1\rFT1|1|T1||20260301||CG|99213|||1|5\r",
		"MSH|^~\\&|A|FAC|||1||DFT^P03|4|T|2.5\rPID|||M1||Doe\rPV1||O|||||||||||||||||V1\rFT1|1|T2||20260303||CG|99214|||1|7\r",
	};
	struct encounter *e;
	struct faults f;
	struct arena a;

	arena_init(&a, 0);
	f = (struct faults){ .a = &a };
	e = rec_new(&a);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct str once, twice;
		struct intake in;

		cr_assert(read_as(&a, parts[i], 'T', "", &in) == 1, "part %zu", i);
		cr_assert(intake_apply(&a, e, &in.items[0], &f) == 0 && rec_pack(&a, e, PART_INGEST, &once) == 0);
		cr_assert(intake_apply(&a, e, &in.items[0], &f) == 0 && rec_pack(&a, e, PART_INGEST, &twice) == 0);
		cr_expect(str_eq(once, twice), "part %zu is idempotent", i);
		if (i == 0)
			cr_expect(e->discharged == day_of(2026, 3, 5) && str_is(e->disposition, "03") && e->from == e->discharged);
	}
	cr_expect(e->discharged == DAY_NONE && e->disposition.n == 0, "the discharge was undone");
	cr_expect(e->from == day_of(2026, 3, 1) && e->to == day_of(2026, 3, 3) && e->charge == 1200, "derived anew each time");
	cr_expect(e->n_diagnoses == 1 && str_is(e->diagnoses[0].role, "principal") && str_is(e->type, "P"));
	arena_free(&a);
}

Test(ingest, apply_leaves_a_shallow_copy_alone)
{
	struct encounter *e, before;
	struct str was, still;
	struct intake in, next;
	struct faults f;
	struct arena a;

	arena_init(&a, 0);
	f = (struct faults){ .a = &a };
	e = rec_new(&a);
	cr_assert(read_as(&a, HL7("DFT^P03", "1", "DG1|1||I10^H^I10\rFT1|1|T1||20260301||CG|X|||1|5\r"), 'T', "", &in) == 1);
	cr_assert(read_as(&a, HL7("DFT^P03", "2", "DG1|1||J18.9^P^I10|||||||||||||1\rFT1|1|T1||20260301||CG|X|||1|9\r"), 'T', "", &next) == 1);
	cr_assert(intake_apply(&a, e, &in.items[0], &f) == 0);
	before = *e;
	cr_assert(rec_pack(&a, &before, PART_INGEST, &was) == 0);
	cr_assert(intake_apply(&a, e, &next.items[0], &f) == 0);
	cr_assert(rec_pack(&a, &before, PART_INGEST, &still) == 0);
	cr_expect(str_eq(was, still) && e->lines[0].charge == 900 && before.lines[0].charge == 500);
	arena_free(&a);
}

Test(ingest, nak)
{
	struct intake in;
	struct arena a;
	struct str out;

	arena_init(&a, 0);
	cr_assert(read_as(&a, HL7("ADT^A01", "77", "PV1||I\r"), 'T', "", &in) == 1);
	cr_assert(intake_nak(&a, &in.replies[0], E_BUSY, INT64_C(1772366400000), &out) == 0);
	cr_expect(memmem(out.p, out.n, "\rMSA|AR|77|", 11) && memmem(out.p, out.n, "|207^", 5), STR_FMT, STR_ARG(out));
	arena_free(&a);
}

/* ---- X12 ---- */

#define ISA(usage) "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260301*1200*^*00501*000000007*1*" usage "*:~" \
	"GS*HC*SND*RCV*20260301*1200*7*X*005010X222A1~"
#define CLAIM837 "ST*837*0001*005010X222A1~BHT*0019*00*7*20260301*1200*CH~NM1*41*2*SUB*****46*S1~PER*IC*Ann*TE*5550100~" \
	"NM1*40*2*REC*****46*R1~HL*1**20*1~NM1*85*2*CLINIC*****XX*1234567893~N3*1 MAIN~N4*TOWN*IL*606010001~REF*EI*123456789~" \
	"HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*DOE*JANE****MI*M1~N3*1 MAIN~N4*TOWN*IL*60601~DMG*D8*19800102*F~" \
	"NM1*PR*2*ACME*****PI*P1~CLM*C1*100***11:B:1*Y*A*Y*Y~HI*ABK:I10~LX*1~SV1*HC:99213*100*UN*1***1~DTP*472*D8*20260301~" \
	"SE*23*0001~GE*1*7~IEA*1*000000007~"

Test(ingest, x12)
{
	struct intake in, again;
	struct arena a;

	arena_init(&a, 0);
	cr_assert(read_as(&a, ISA("T") CLAIM837, 'T', "", &in) == 1, STR_FMT, STR_ARG(in.faults.n ? in.faults.v[0].words : S("-")));
	cr_expect(in.kind == INTAKE_X12 && in.items[0].event == INTAKE_NEW);
	cr_expect(str_is(in.items[0].e->tenant, "main") && str_is(in.items[0].e->source, "x12") && str_is(in.items[0].e->usage, "T"));
	cr_assert(in.n_replies == 2 && in.replies[0].rc == 0 && in.replies[1].rc == 0, "TA1 was asked for, 999 always");
	cr_expect(memmem(in.replies[0].bytes.p, in.replies[0].bytes.n, "TA1*000000007*260301*1200*A*000", 31) != NULL);
	cr_expect(memmem(in.replies[1].bytes.p, in.replies[1].bytes.n, "AK9*A*1*1*1", 11) != NULL);
	cr_assert(read_as(&a, ISA("T") CLAIM837, 'T', "", &again) == 1);
	cr_expect(str_eq(in.replies[1].bytes, again.replies[1].bytes), "the same file again gets the same answer");
	arena_free(&a);
}

#define ISA_2(n, ta1)	"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260301*1200*^*00501*00000000" n "*" ta1 "*T*:~"
#define GS_2(n)		"GS*HC*SND*RCV*20260301*1200*" n "*X*005010X222A1~"
#define HEAD_2		"ST*837*0001*005010X222A1~BHT*0019*00*7*20260301*1200*CH~NM1*41*2*SUB*****46*S1~PER*IC*Ann*TE*5550100~" \
	"NM1*40*2*REC*****46*R1~HL*1**20*1~NM1*85*2*CLINIC*****XX*1234567893~N3*1 MAIN~N4*TOWN*IL*606010001~REF*EI*123456789~" \
	"HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*DOE*JANE****MI*M1~N3*1 MAIN~N4*TOWN*IL*60601~DMG*D8*19800102*F~NM1*PR*2*ACME*****PI*P1~"
#define CLM_2(n)	"CLM*C" n "*100***11:B:1*Y*A*Y*Y~HI*ABK:I10~LX*1~SV1*HC:99213*100*UN*1***1~DTP*472*D8*20260301~"
#define TWO_CLAIMS	HEAD_2 CLM_2("1") CLM_2("2") "SE*28*0001~"
#define CUT_ISA		"ISA*00*  *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260301*1200*^*00501*000000009*0*T*:~"
#define ONE_FILE	ISA_2("7", "0") GS_2("7") TWO_CLAIMS "GE*1*7~IEA*1*000000007~"
#define ASKED		ISA_2("7", "1") GS_2("7") TWO_CLAIMS "GE*1*7~IEA*1*000000007~"
#define HALF_BAD	ISA_2("7", "0") GS_2("6") HEAD_2 CLM_2("0") "SE*9*0001~GE*1*6~" GS_2("7") TWO_CLAIMS "GE*1*7~IEA*2*000000007~"
#define TWO_FILES	ISA_2("6", "0") GS_2("6") HEAD_2 CLM_2("1") "SE*23*0001~GE*1*6~IEA*1*000000006~" \
	ISA_2("7", "0") GS_2("7") HEAD_2 CLM_2("1") "SE*23*0001~GE*1*7~IEA*1*000000007~"

/* What became of two claims: stored, known, conflict, too large, not tried. */
static const struct intake_row *
row_of(char what)
{
	static const struct { char what; struct intake_row row; } all[] = {
		{ 's', { .result = "accepted" } }, { 'k', { .result = "known" } }, { 'c', { .rc = E_CONFLICT, .result = "conflict" } },
		{ 'l', { .rc = E_LIMIT, .result = "refused" } }, { '-', { .result = NULL } },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].what == what)
			return &all[i].row;
	return NULL;
}

#define BUSY	"busy"
#define R_025	"*000000015*0*T*:~\nTA1*000000007*260301*1200*R*025~"	/* the number that a TA1 asked for would have */
#define R_024	"*000000015*0*T*:~\nTA1*000000007*260301*1200*R*024~"
#define F_A	"AK9*A*1*1*1~"
static const struct back_row { const char *name, *bytes, *rows; int rc, lost; const char *replies[3], *verdict; } backs[] = {
	{ "all stored", ONE_FILE, "ss", 0, 0, { F_A }, "accepted" },
	{ "asked for", ASKED, "ss", 0, 0, { "*A*000~", F_A }, "accepted" },
	{ "all in conflict", ONE_FILE, "cc", 0, 0, { R_025 }, "conflict" },
	{ "asked for, in conflict", ASKED, "cc", 0, 0, { R_025, "" }, "conflict" },
	{ "all too large", ONE_FILE, "ll", 0, 0, { R_024 }, "refused" },
	{ "one in conflict", ONE_FILE, "sc", 0, 0, { F_A }, "conflict" },
	{ "the first in conflict", ONE_FILE, "cs", 0, 0, { F_A }, "conflict" },
	{ "one known, one in conflict", ASKED, "kc", 0, 0, { "*A*000~", F_A }, "conflict" },
	{ "one too large", ONE_FILE, "sl", 0, 0, { F_A }, "refused" },
	{ "a group rejected", HALF_BAD, "ss", 0, 0, { "AK9*R*1*1*0~" }, "accepted" },
	{ "a group rejected, the other in conflict", HALF_BAD, "cc", 0, 0, { R_025 }, "conflict" },
	{ "a group rejected, of the other one is stored", HALF_BAD, "sc", 0, 0, { F_A }, "conflict" },
	{ "an ISA that is cut after it", ONE_FILE CUT_ISA, "ss", 0, 0, { F_A, "TA1*000000009*260301*1200*R*022~" }, "accepted" },
	{ "the same, in conflict", ONE_FILE CUT_ISA, "cc", 0, 0, { R_025, "TA1*000000009*260301*1200*R*022~" }, "conflict" },
	{ "the same, asked for", ASKED CUT_ISA, "cc", 0, 0, { R_025, "", "TA1*000000009*260301*1200*R*022~" }, "conflict" },
	{ "the second in conflict", TWO_FILES, "sc", 0, 0, { "AK1*HC*6*", R_025 }, "conflict" },
	{ "the whole too large", ONE_FILE, "--", E_LIMIT, 0, { R_024 }, "refused" },
	{ "no store", ONE_FILE, "--", E_BUSY, 0, { BUSY }, "busy" },
	{ "no store, some of it stored", ASKED, "s-", E_STORE_DOWN, 0, { BUSY, BUSY }, "busy" },
	{ "no store, a TA1 that rejects", ONE_FILE CUT_ISA, "--", E_BUSY, 0, { BUSY, BUSY }, "busy" },
	{ "claims lost", ONE_FILE, "", 0, E_LIMIT, { R_024 }, "refused" },
	{ "claims lost beside one that is stored", ONE_FILE, "s", 0, E_LIMIT, { F_A }, "accepted" },
};

static bool
has_text(struct str s, const char *part)
{
	return *part ? s.n && memmem(s.p, s.n, part, strlen(part)) != NULL : s.n == 0;
}

/* The answers stand when anything of their interchange is stored; when nothing is, one TA1 says so instead. */
Test(ingest, x12_taken_back)
{
	for (size_t i = 0; i < sizeof backs / sizeof *backs; i++) {
		const struct back_row *row = &backs[i];
		struct arena a;
		struct intake_row rows[2];
		struct intake_job j = { .rows = rows, .rc = row->rc, .arena = &a, .at = INT64_C(1772366400000) };
		size_t n = 0, kept = strlen(row->rows);

		arena_init(&a, 0);
		cr_assert(read_as(&a, row->bytes, 'T', "", &j.in) == 2, "%s", row->name);
		for (size_t k = 0; k < kept; k++)
			rows[k] = *row_of(row->rows[k]);
		j.in.n_items = kept;
		if (row->lost)
			(void)fault_add(&j.in.faults, row->lost, S("claim 2"), S("too large"), S("split it"));
		while (n < 3 && row->replies[n])
			n++;
		cr_assert(j.in.n_replies == n, "%s: %zu replies", row->name, j.in.n_replies);
		cr_expect(strcmp(intake_verdict(&j), row->verdict) == 0, "%s: %s", row->name, intake_verdict(&j));
		for (size_t k = 0; k < n; k++) {
			const char *want = row->replies[k];
			struct str out;
			int rc;

			j.in.replies[k].n_items = kept < j.in.replies[k].n_items ? kept : j.in.replies[k].n_items;
			j.in.replies[k].lost = row->lost;
			rc = intake_reply_now(&j, k, &out);
			cr_expect(rc == (strcmp(want, BUSY) == 0 ? E_BUSY : 0), "%s, reply %zu: %d", row->name, k, rc);
			cr_expect(has_text(out, rc < 0 ? "" : want), "%s, reply %zu: " STR_FMT, row->name, k, STR_ARG(out));
		}
		arena_free(&a);
	}
}

/* Claims with a segment of an older guide, of which each 999 only warns, then a segment that the record cannot hold. */
static struct str
soft_then(struct arena *a, size_t n, const char *last)
{
	static const char claim[] = "CLM*C%zu*100***11:B:1*Y*A*Y*Y~HI*ABK:I10~SBR*S*18*******CI~DMG*D8*19800102*F~OI***Y***Y~"
	    "NM1*IL*1*DOE*JANE****MI*M2~NM1*PR*2*OTHER*****PI*P2~LX*1~SV1*HC:99213*100*UN*1***1~DTP*472*D8*20260301~";
	struct buf b;

	buf_init(&b, a);
	buf_cstr(&b, ISA_2("7", "0") GS_2("7") HEAD_2);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, claim, i);
	buf_fmt(&b, "%sSE*%zu*0001~GE*1*7~IEA*1*000000007~", last, 18 + n * 10 + (*last != 0));
	return buf_view(&b);
}

/* However much was told before: what makes the set unfit is told, and the 999 rejects it. */
Test(ingest, x12_many_faults)
{
	static const struct { size_t soft; const char *last, *ak9; int items; } rows[] = {
		{ 5, "", "AK9*E*1*1*1~", 5 }, { 205, "", "AK9*E*1*1*1~", 205 }, { 5, "TOO*JP*8~", "AK9*R*1*1*0~", 0 },
		{ LIMIT_FAULTS - 1, "TOO*JP*8~", "AK9*R*1*1*0~", 0 }, { LIMIT_FAULTS, "TOO*JP*8~", "AK9*R*1*1*0~", 0 },
		{ 205, "TOO*JP*8~", "AK9*R*1*1*0~", 0 }, { 205, "CRC*07*Y*01~", "AK9*R*1*1*0~", 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct intake in;
		struct arena a;
		int rc;

		arena_init(&a, 0);
		rc = read_as(&a, soft_then(&a, rows[i].soft, rows[i].last).p, 'T', "", &in);
		cr_assert(in.n_replies == 1, "row %zu: %zu", i, in.n_replies);
		cr_expect(rows[i].items ? rc == rows[i].items : rc < 0 && in.faults.n, "row %zu: %d, %zu faults", i, rc, in.faults.n);
		cr_expect(has_text(in.replies[0].bytes, rows[i].ak9), "row %zu: " STR_FMT, i, STR_ARG(in.replies[0].bytes));
		arena_free(&a);
	}
}

/* The answer names every fault, whatever bytes its place was made of. */
Test(ingest, answer_names_every_fault)
{
	static const struct { const char *bytes, *place; const char *answer; } rows[] = {
		{ ISA_2("7", "0") GS_2("7") HEAD_2 CLM_2("1") "\xd6\xd7\xff*1~SE*24*0001~GE*1*7~IEA*1*000000007~", NULL, ", ???" },
		{ "hello", "\xd6", "\"faults\":[{\"error\":\"E_UNSUPPORTED\",\"place\":\"?\"" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a;
		struct intake_job j = { .arena = &a };

		arena_init(&a, 0);
		j.rc = read_as(&a, rows[i].bytes, 'T', "", &j.in);
		cr_assert(j.rc < 0 && j.in.faults.n, "row %zu", i);
		if (rows[i].place)
			j.in.faults.v[0].place = str_of(rows[i].place);
		cr_expect(has_text(intake_answer_json(&j), rows[i].answer), "row %zu: " STR_FMT, i, STR_ARG(intake_answer_json(&j)));
		arena_free(&a);
	}
}

Test(ingest, x12_of_the_other_usage)
{
	struct intake in;
	struct arena a;

	arena_init(&a, 0);
	cr_expect(read_as(&a, ISA("P") CLAIM837, 'T', "", &in) == E_VALUE && in.n_items == 0);
	cr_assert(in.n_replies == 1 && in.replies[0].rc < 0 && in.faults.n == 1);
	cr_expect(str_is(in.faults.v[0].place, "segment 1, ISA15"));
	cr_expect(memmem(in.replies[0].bytes.p, in.replies[0].bytes.n, "*R*020", 6) != NULL, STR_FMT, STR_ARG(in.replies[0].bytes));
	arena_free(&a);
}

/* ---- nothing of a patient in a fault ---- */

Test(ingest, faults_hold_no_patient_data)
{
	static const char *const inputs[] = {
		"{\"control\":\"SECRET\",\"patient\":{\"SECRET\":\"SECRET\",\"dob\":\"SECRET\"},\"usage\":\"SECRET\"}",
		"{\"control\":\"SECRET\",\"risk\":1}", "{\"SECRET",
		"MSH|^~\\&|SECRET|SECRET|||1||SECRET^SECRET|SECRET|T|2.5\rPID|||SECRET\r",
		"MSH|^~\\&|A|F|||1||ADT^A01|1|T|2.5\rSECRET IS NO SEGMENT\r", "SECRET",
		"{\"resourceType\":\"SECRET\",\"id\":\"SECRET\"}", "{\"resourceType\":\"Encounter\",\"SECRET\":",
	};

	for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
		struct intake in;
		struct arena a;

		arena_init(&a, 0);
		cr_assert(read_as(&a, inputs[i], 'T', "", &in) < 0, "input %zu", i);
		cr_assert(in.faults.n > 0);
		for (size_t k = 0; k < in.faults.n; k++) {
			struct str all = arena_fmt(&a, STR_FMT STR_FMT STR_FMT, STR_ARG(in.faults.v[k].place), STR_ARG(in.faults.v[k].words),
			    STR_ARG(in.faults.v[k].fix));

			cr_expect(!memmem(all.p, all.n, "SECRET", 6), "input %zu: " STR_FMT, i, STR_ARG(all));
		}
		arena_free(&a);
	}
}
