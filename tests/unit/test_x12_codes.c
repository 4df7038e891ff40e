/*
 * test_x12_codes.c - external code sets by the code book (SNIP 5): for each kind a code that holds, one that does not,
 * one that is not in force on the day. Claims are made up here.
 */
#include "support/books.h"
#include "support/found.h"
#include "x12/rules_codes.h"

#include <criterion/criterion.h>

#define ENVELOPE(gs08)	"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       " \
	"*260115*1200*^*00501*000000001*0*T*:~" \
	"GS*HC*SENDER*RECEIVER*20260115*1200*1*X*" gs08 "~"
#define TOP(gs08)	"ST*837*0001*" gs08 "~BHT*0019*00*1*20260115*1200*CH~NM1*41*2*SENDER*****46*S1~PER*IC*A*TE*5555550100~" \
	"NM1*40*2*RECEIVER*****46*R1~HL*1**20*1~PRV*BI*PXC*207Q00000X~NM1*85*2*CLINIC*****XX*1234567893~N3*1 STREET~" \
	"N4*DALLAS*TX*752010001~REF*EI*123456789~HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*DOE*JANE****MI*M1~N3*2 STREET~" \
	"N4*DALLAS*TX*75201~DMG*D8*19800101*F~NM1*PR*2*PAYER*****PI*P1~"
#define BOTTOM(n)	"SE*" n "*0001~GE*1*1~IEA*1*000000001~"

static const char prof[] = ENVELOPE("005010X222A1") TOP("005010X222A1")
	"CLM*1*100***11:B:1*Y*A*Y*Y~HI*ABK:E1165*ABF:I10~"
	"LX*1~SV1*HC:J0120:25:LT*100*UN*1***1~DTP*472*D8*20260110~LIN**N4*12345678901~CTP****1*UN~" BOTTOM("26");
static const char inst[] = ENVELOPE("005010X223A2") TOP("005010X223A2")
	"CLM*1*100***11:A:1**A*Y*Y~DTP*434*RD8*20260101-20260105~DTP*435*D8*20260101~CL1*1*1*01~"
	"HI*ABK:E1165:::::::Y~HI*ABJ:I10~HI*DR:637~HI*ABF:I10:::::::N~HI*BBR:0SR9019:D8:20260102~HI*BI:70:RD8:20251201-20251205~"
	"HI*BH:11:D8:20260101~HI*BE:A1:::100~HI*BG:17~NM1*71*1*ROE*ANN****XX*1234567893~PRV*AT*PXC*207Q00000X~"
	"LX*1~SV2*0120*HC:J0120*100*UN*1~DTP*472*D8*20260102~" BOTTOM("37");

static struct {
	struct arena a;
	const struct x12_guides *g;
	struct book b;
	struct x12_rules rules;
} w;

#define LIST(name, codes)	{ "set/" name ".tsv", codes, 0 }

static void
setup(void)
{
	const char *order25, *order26;
	struct faults f = { .a = &w.a };

	arena_init(&w.a, 0);
	cr_assert(x12_guides_open(&w.a, &w.g) == 0);
	order25 = arena_fmt(&w.a, "%s%s%s%s", books_order_line(&w.a, "E11", '0', "heading"),
	    books_order_line(&w.a, "E1165", '1', "one"), books_order_line(&w.a, "I10", '1', "two"),
	    books_order_line(&w.a, "Z9989", '1', "ends")).p;
	order26 = arena_fmt(&w.a, "%s%s%s%s", books_order_line(&w.a, "E11", '0', "heading"),
	    books_order_line(&w.a, "E1165", '1', "one"), books_order_line(&w.a, "I10", '1', "two"),
	    books_order_line(&w.a, "M5459", '1', "begins")).p;
	{
		struct paper files[] = {
			{ "dx25/icd10cm_order_2025.txt", order25, 0 }, { "dx26/icd10cm_order_2026.txt", order26, 0 },
			{ "pcs/icd10pcs_order_2026.txt", arena_fmt(&w.a, "%s%s", books_order_line(&w.a, "0SR", '0', "table"),
			    books_order_line(&w.a, "0SR9019", '1', "hip")).p, 0 },
			LIST("a", "POS\tTITLE\tFROM\tTO\n11\toffice\t\t\n21\thospital\t\t\n"),
			LIST("b", "REVENUE\tTITLE\tFROM\tTO\n0120\troom\t\t\n"),
			LIST("c", "TOB\tTITLE\tFROM\tTO\n11\tinpatient\t\t\n13\toutpatient\t\t\n"),
			LIST("d", "DISCHARGE\tTITLE\tFROM\tTO\n01\thome\t\t\n20\tdied\t\t\n10\tended\t\t20200101\n"),
			LIST("e", "CONDITION\tTITLE\tFROM\tTO\n17\thomeless\t\t\n"),
			LIST("f", "OCCURRENCE\tTITLE\tFROM\tTO\n11\tonset\t\t\n"),
			LIST("g", "SPAN\tTITLE\tFROM\tTO\n70\tstay\t\t\n"),
			LIST("h", "VALUE\tTITLE\tFROM\tTO\nA1\tdeductible\t\t\n"),
			LIST("i", "TAXONOMY\tTITLE\tFROM\tTO\n207Q00000X\tfamily\t\t\n207R00000X\tended\t\t20200101\n"),
			LIST("j", "MODIFIER\tTITLE\tFROM\tTO\n25\tnumber\t\t\nLT\tleft\t\t\nQZ\tended\t\t20200101\n"),
			LIST("k", "HCPCS\tTITLE\tFROM\tTO\nJ0120\tdrug\t\t\nJ0130\tended\t\t20200101\n"),
			LIST("l", "CARC\tTITLE\tFROM\tTO\n1\tdeductible\t\t\n"),
			LIST("m", "RARC\tTITLE\tFROM\tTO\nM15\tone payment\t\t\n"),
		};

		cr_assert(books_of(files, sizeof files / sizeof *files, &f, &w.b) == 0, "%s %s", f.n ? f.v[0].place.p : "",
		    f.n ? f.v[0].words.p : "");
	}
	w.rules = (struct x12_rules){ .today = DAY_NONE, .book = w.b.cb };
}

static void
teardown(void)
{
	book_close(&w.b);
	arena_free(&w.a);
}

TestSuite(x12_codes, .init = setup, .fini = teardown);

struct change { const char *old, *now; };
struct row {
	char		 type;
	struct change	 v[3];
	const char	*id, *stc;		/* NULL: nothing is found */
	unsigned	 el, comp;
};

static const struct row rows[] = {
	/* diagnoses */
	{ 'P', { { "ABF:I10", "ABF:E1165" } }, NULL, NULL, 0, 0 },
	{ 'P', { { "ABF:I10", "ABF:I11" } }, "DIAGNOSIS_UNKNOWN", "A7:255", 2, 2 },
	{ 'P', { { "ABK:E1165", "ABK:I11" } }, "DIAGNOSIS_PRINCIPAL_UNKNOWN", "A7:254", 1, 2 },
	/* before the first release */
	{ 'P', { { "ABF:I10", "ABF:I11" }, { "D8*20260110", "D8*20230110" } }, NULL, NULL, 0, 0 },
	{ 'P', { { "ABF:I10", "ABF:E11" } }, "DIAGNOSIS_HEADER", "A7:255", 2, 2 },
	{ 'P', { { "ABF:I10", "ABF:E11.65" } }, "DIAGNOSIS_FORM", "A7:255", 2, 2 },
	{ 'P', { { "ABF:I10", "ABF:i10" } }, "DIAGNOSIS_FORM", "A7:255", 2, 2 },
	{ 'P', { { "ABF:I10", "ABF:Z9989" } }, "DIAGNOSIS_DAY", "A7:255", 2, 2 },
	{ 'P', { { "ABF:I10", "ABF:Z9989" }, { "D8*20260110", "D8*20250930" } }, NULL, NULL, 0, 0 },
	/* one of its days */
	{ 'P', { { "ABF:I10", "ABF:Z9989" }, { "D8*20260110", "RD8*20250930-20251001" } }, NULL, NULL, 0, 0 },
	{ 'P', { { "ABF:I10", "ABF:M5459" }, { "D8*20260110", "D8*20250930" } }, "DIAGNOSIS_DAY", "A7:255", 2, 2 },
	{ 'P', { { "ABF:I10", "ABF:M5459" } }, NULL, NULL, 0, 0 },
	{ 'P', { { "ABF:I10", "BF:4019" } }, "DIAGNOSIS_ICD9_SYSTEM", "A7:255", 2, 2 },
	{ 'P', { { "ABF:I10", "BF:4019" }, { "ABK:E1165", "BK:25000" }, { "D8*20260110", "D8*20150930" } }, NULL, NULL, 0, 0 },
	{ 'P', { { "ABK:E1165*ABF:I10", "BK:2500X" }, { "D8*20260110", "D8*20150930" } }, "DIAGNOSIS_ICD9_FORM", "A7:255", 1, 2 },
	{ 'P', { { "*ABF:I10", "" }, { "D8*20260110", "D8*20150930" } }, "DIAGNOSIS_PRINCIPAL_SYSTEM", "A7:254", 1, 2 },
	{ 'I', { { "ABJ:I10", "ABJ:I11" } }, "DIAGNOSIS_ADMITTING_UNKNOWN", "A7:232", 1, 2 },
	{ 'I', { { "ABJ:I10", "ABJ:Z9989" }, { "20260101-20260105", "20250928-20251002" } }, "DIAGNOSIS_ADMITTING_DAY",
	    "A7:232", 1, 2 },
	{ 'I', { { "HI*DR:637~", "HI*DR:637~HI*ABN:W1111~" } }, "DIAGNOSIS_CAUSE_UNKNOWN", "A7:509", 1, 2 },
	{ 'I', { { "HI*DR:637~", "HI*APR:R11~HI*DR:637~" } }, "DIAGNOSIS_REASON_UNKNOWN", "A7:673", 1, 2 },
	/* procedures of a stay */
	{ 'I', { { "0SR9019", "0SR901Z" } }, "PROCEDURE_PRINCIPAL_UNKNOWN", "A7:465", 1, 2 },
	{ 'I', { { "0SR9019", "0SR90" } }, "PROCEDURE_PRINCIPAL_FORM", "A7:465", 1, 2 },
	{ 'I', { { "HI*BI:70", "HI*BBQ:0SR901A:D8:20260102~HI*BI:70" } }, "PROCEDURE_OTHER_UNKNOWN", "A7:490", 1, 2 },
	{ 'I', { { "BBR:0SR9019", "BR:8151" } }, "PROCEDURE_ICD9_SYSTEM", "A7:490", 1, 2 },
	/* HCPCS, CPT */
	{ 'P', { { "HC:J0120", "HC:99213" } }, NULL, NULL, 0, 0 },		/* CPT is licensed */
	{ 'P', { { "HC:J0120", "HC:9921" } }, "PROCEDURE_FORM", "A7:454", 1, 2 },
	{ 'P', { { "HC:J0120", "HC:D0120" } }, NULL, NULL, 0, 0 },
	{ 'P', { { "HC:J0120", "HC:J0130" } }, "HCPCS_DAY", "A7:507", 1, 2 },
	{ 'P', { { "HC:J0120", "HC:J0130" }, { "D8*20260110", "D8*20191231" } }, NULL, NULL, 0, 0 },
	{ 'P', { { "HC:J0120", "HC:J9999" } }, NULL, NULL, 0, 0 },	/* no release of HCPCS speaks for the day */
	{ 'I', { { "HC:J0120", "HP:1AA01" } }, NULL, NULL, 0, 0 },
	{ 'I', { { "HC:J0120", "HP:1AA0" } }, "HIPPS_FORM", "A7:513", 2, 2 },
	/* modifiers */
	{ 'P', { { ":25:LT", ":RH:P3" } }, NULL, NULL, 0, 0 },
	{ 'P', { { ":25:LT", ":25:QZ" } }, "MODIFIER_DAY", "A7:453", 1, 4 },
	{ 'P', { { ":25:LT", ":25:QZ" }, { "D8*20260110", "D8*20191231" } }, NULL, NULL, 0, 0 },
	{ 'P', { { ":25:LT", ":25:l2" } }, "MODIFIER_FORM", "A7:453", 1, 4 },
	/* places, revenue, bill type, stay */
	{ 'P', { { "***11:B", "***12:B" } }, "PLACE_OF_SERVICE_UNKNOWN", "A7:249", 5, 1 },
	{ 'P', { { "***11:B", "***98:B" } }, NULL, NULL, 0, 0 },		/* told as a code of the guide's own list */
	{ 'P', { { "UN*1***1", "UN*1*12**1" } }, "PLACE_OF_SERVICE_UNKNOWN", "A7:249", 5, 0 },
	{ 'I', { { "SV2*0120", "SV2*0130" } }, "REVENUE_UNKNOWN", "A7:455", 1, 0 },
	{ 'I', { { "SV2*0120", "SV2*120" } }, "REVENUE_FORM", "A7:455", 1, 0 },
	{ 'I', { { "***11:A", "***19:A" } }, "BILL_TYPE_UNKNOWN", "A7:228", 5, 1 },
	{ 'I', { { ":::::::Y", ":::::::X" } }, "PRESENT_ON_ADMISSION_FORM", "A7:688", 1, 9 },
	{ 'I', { { "CL1*1*1*01", "CL1*1*1*99" } }, "DISCHARGE_STATUS_UNKNOWN", "A7:234", 3, 0 },
	{ 'I', { { "CL1*1*1*01", "CL1*1*1*10" } }, "DISCHARGE_STATUS_DAY", "A7:234", 3, 0 },
	{ 'I', { { "CL1*1*1*01", "CL1*7*1*01" } }, "ADMISSION_TYPE_FORM", "A7:231", 1, 0 },
	{ 'I', { { "CL1*1*1*01", "CL1*1*H*01" } }, "ADMISSION_SOURCE_FORM", "A7:229", 2, 0 },
	{ 'I', { { "CL1*1*1*01", "CL1*1*7*01" } }, "ADMISSION_SOURCE_OLD_SYSTEM", "A7:229", 2, 0 },
	{ 'I', { { "BG:17", "BG:18" } }, "CONDITION_UNKNOWN", "A7:460", 1, 2 },
	{ 'I', { { "BH:11", "BH:12" } }, "OCCURRENCE_UNKNOWN", "A7:719", 1, 2 },
	{ 'I', { { "BI:70", "BI:71" } }, "SPAN_UNKNOWN", "A7:721", 1, 2 },
	{ 'I', { { "BE:A1", "BE:A2" } }, "VALUE_UNKNOWN", "A7:725", 1, 2 },
	{ 'I', { { "DR:637", "DR:65" } }, "DRG_FORM", "A7:256", 1, 2 },
	/* providers */
	{ 'P', { { "207Q00000X", "208D00000X" } }, "TAXONOMY_BILLING_UNKNOWN", "A7:145:85", 3, 0 },
	{ 'P', { { "207Q00000X", "207Q" } }, "TAXONOMY_BILLING_FORM", "A7:145:85", 3, 0 },
	{ 'I', { { "PRV*AT*PXC*207Q00000X", "PRV*AT*PXC*208D00000X" } }, "TAXONOMY_ATTENDING_UNKNOWN", "A7:145:71", 3, 0 },
};

static void
run(const struct row *r, struct found *f)
{
	struct str text = str_of(r->type == 'P' ? prof : inst);

	for (size_t i = 0; i < 3 && r->v[i].old; i++) {
		struct str was = text;

		text = found_put(&w.a, text, r->v[i].old, r->v[i].now);
		cr_assert(!str_eq(was, text), "%s is not in the text", r->v[i].old);
	}
	cr_assert(found_in(&w.a, w.g, &w.rules, text, X12_CODES, f) >= 0);
}

Test(x12_codes, each_kind)
{
	struct found f;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		struct found_one one;

		run(r, &f);
		cr_expect((f.n > 0) == (r->id != NULL), "%c %s: found %s", r->type, r->v[0].now, found_ids(&w.a, &f).p);
		if (!r->id || !f.n)
			continue;
		one = f.v[0];
		cr_expect_str_eq(one.id, r->id, "%s: %s", r->v[0].now, one.id);
		cr_expect_str_eq(one.stc, r->stc, "%s: %s", r->v[0].now, one.stc);
		cr_expect(one.el == r->el && one.comp == r->comp, "%s: %u-%u", r->v[0].now, one.el, one.comp);
		cr_expect(one.at + 2 == one.ordinal, "%s: segment %zu of the set is %zu of the file", r->v[0].now,
		    one.at, one.ordinal);
	}
}

/* What is known of a claim without a first day serves no other claim: told once, whichever comes first. */
Test(x12_codes, a_day_that_cannot_be_read)
{
	struct str out = found_put(&w.a, found_put(&w.a, str_of(inst), "***11:A", "***13:A"), "DTP*472*D8*20260102~", "");
	struct str text = found_put(&w.a, found_put(&w.a, out, "DTP*435*D8*20260101~", ""), "ABF:I10", "ABF:Z9989");
	const char *from = strstr(text.p, "CLM*1*"), *end = strstr(from, "SE*37*");
	int head = (int)(from - text.p);
	struct str sound = arena_str(&w.a, (struct str){ from, (size_t)(end - from) });
	struct str torn = found_put(&w.a, sound, "RD8*20260101-20260105", "RD8*20251399-20260105");

	for (int i = 0; i < 2; i++) {
		struct found f;

		cr_assert(found_in(&w.a, w.g, &w.rules, arena_fmt(&w.a, "%.*s%s%s%s", head, text.p, i ? torn.p : sound.p,
		    i ? sound.p : torn.p, end), X12_CODES, &f) >= 0);
		cr_expect_str_eq(found_ids(&w.a, &f).p, "DIAGNOSIS_DAY", "%d: %s", i, found_ids(&w.a, &f).p);
	}
}

/* Which code set holds on a day needs no book. */
Test(x12_codes, systems_without_a_book)
{
	static const struct row systems[] = {
		{ 'P', { { "ABK:E1165*ABF:I10", "BK:25000" } }, "DIAGNOSIS_ICD9_SYSTEM", "A7:255", 1, 2 },
		{ 'P', { { "ABK:E1165*ABF:I10", "BK:25000" }, { "D8*20260110", "D8*20150930" } }, NULL, NULL, 0, 0 },
		{ 'P', { { "*ABF:I10", "" }, { "D8*20260110", "D8*20150930" } }, "DIAGNOSIS_PRINCIPAL_SYSTEM", "A7:254", 1, 2 },
		{ 'P', { { "ABF:I10", "ABF:I11" } }, NULL, NULL, 0, 0 },
		{ 'I', { { "BBR:0SR9019", "BR:8151" } }, "PROCEDURE_ICD9_SYSTEM", "A7:490", 1, 2 },
	};

	w.rules.book = NULL;
	for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
		const struct row *r = &systems[i];
		struct found f;

		run(r, &f);
		cr_expect(f.n == (r->id != NULL) && (!f.n || strcmp(f.v[0].id, r->id) == 0), "%c %s: found %s", r->type, r->v[0].now,
		    found_ids(&w.a, &f).p);
	}
}

Test(x12_codes, sound_claims)
{
	struct found f;
	static const char *const texts[] = { prof, inst };

	for (size_t i = 0; i < 2; i++) {
		cr_assert(found_in(&w.a, w.g, &w.rules, str_of(texts[i]), X12_SYNTAX, &f) >= 0);
		cr_expect(f.n == 0 && f.claims == 1, "%zu: %s", i, found_ids(&w.a, &f).p);
		cr_assert(found_in(&w.a, w.g, &w.rules, str_of(texts[i]), X12_GUIDE, &f) >= 0);
		cr_expect(f.n == 0, "%zu: %s %s", i, found_ids(&w.a, &f).p, f.n ? f.v[0].segment.p : "");
	}
}

/* A remittance: reasons and remarks are judged as segments pass. */
Test(x12_codes, remittance)
{
	static const char text[] = "ISA*00*          *00*          *ZZ*P              *ZZ*R              "
	    "*260115*1200*^*00501*000000001*0*T*:~"
	    "GS*HP*P*R*20260115*1200*1*X*005010X221A1~ST*835*0001~BPR*I*0*C*NON************20260115~"
	    "TRN*1*1*1512345678~N1*PR*PAYER~"
	    "N3*1 STREET~N4*DALLAS*XX*75201~PER*BL*A*TE*5555550100~N1*PE*CLINIC*XX*1234567893~LX*1~CLP*1*1*100*0**12*1~"
	    "CAS*CO*1*50**999*50~"
	    "NM1*QC*1*DOE~MOA***M15*M16~SVC*N4:12345-678-90*0*0~DTM*472*20260110~SVC*HC:99213:x1*100*0~DTM*472*20260110~"
	    "CAS*CO*45*100~LQ*HE*M15~LQ*HE*N99999~"
	    "SE*22*0001~GE*1*1~IEA*1*000000001~";
	struct found f;

	cr_assert(found_in(&w.a, w.g, &w.rules, S(text), X12_CODES, &f) >= 0);
	cr_expect_str_eq(found_ids(&w.a, &f).p,
	    "STATE_FORM ADJUSTMENT_REASON_UNKNOWN REMARK_UNKNOWN NDC_SERVICE_FORM MODIFIER_FORM ADJUSTMENT_REASON_UNKNOWN "
	    "REMARK_FORM",
	    "%s", found_ids(&w.a, &f).p);
}

/* Without a book forms are judged, and what it would have answered is known. */
Test(x12_codes, no_book)
{
	struct x12_rules none = { .today = DAY_NONE };
	struct x12_codes_gap v[64];
	struct found f;
	size_t n = x12_codes_gaps(NULL, v, 64), whole = x12_codes_gaps(w.b.cb, v, 64);
	struct str text = found_put(&w.a, str_of(prof), "ABF:I10", "ABF:I99");

	cr_assert(found_in(&w.a, w.g, &none, text, X12_CODES, &f) >= 0);
	cr_expect(f.n == 0, "%s", found_ids(&w.a, &f).p);
	cr_assert(found_in(&w.a, w.g, &none, found_put(&w.a, text, "ABF:I99", "ABF:I"), X12_CODES, &f) >= 0);
	cr_expect_str_eq(found_ids(&w.a, &f).p, "DIAGNOSIS_FORM");
	cr_expect(n >= 19 && n < 64 && whole < n && whole >= 1, "%zu and %zu gaps", n, whole);
	cr_expect(x12_codes_gaps(NULL, v, 2) == n && v[0].absent && v[0].title);
}

/* The starter set is a selection: what it lacks is not called wrong, what it says is. */
Test(x12_codes, starter)
{
	static const struct row some[] = {
		{ 'P', { { "ABF:I10", "ABF:Q9999" }, { "207Q00000X", "999Q00000X" } }, NULL, NULL, 0, 0 },
		{ 'P', { { "ABF:I10", "ABF:E11" } }, "DIAGNOSIS_HEADER", "A7:255", 2, 2 },
		{ 'I', { { "***11:A", "***19:A" } }, "BILL_TYPE_UNKNOWN", "A7:228", 5, 1 },
	};
	struct found f;

	book_close(&w.b);
	books_starter(&w.b);
	w.rules.book = w.b.cb;
	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		run(&some[i], &f);
		cr_expect_str_eq(found_ids(&w.a, &f).p ? found_ids(&w.a, &f).p : "", some[i].id ? some[i].id : "", "%s",
		    some[i].v[0].now);
	}
}

Test(x12_codes, official)
{
	static const char *const paths[] = { "icd10cm/icd10cm_order_2025.txt.zst", "icd10cm/icd10cm_order_2026.txt.zst",
		"hcpcs/HCPC2025_JAN_ANWEB_12172024.txt.zst", "codelists/rarc_2024-03.tsv", NULL };
	static const struct row some[] = {
		{ 'P', { { "ABF:I10", "ABF:E119" } }, NULL, NULL, 0, 0 },
		{ 'P', { { "ABF:I10", "ABF:E1199" } }, "DIAGNOSIS_UNKNOWN", "A7:255", 2, 2 },
		{ 'P', { { "HC:J0120", "HC:G0439" } }, NULL, NULL, 0, 0 },
		{ 'P', { { "HC:J0120", "HC:J9998" } }, "HCPCS_UNKNOWN", "A7:507", 1, 2 },
		{ 'P', { { "HC:J0120", "HC:J9998" }, { "D8*20260110", "D8*20200110" } }, NULL, NULL, 0, 0 },
		{ 'P', { { ":25:LT", ":25:0X" } }, NULL, NULL, 0, 0 },	/* a number of CPT */
		{ 'P', { { ":25:LT", ":25:ZZ" } }, "MODIFIER_UNKNOWN", "A7:453", 1, 4 },
	};
	struct found f;

	if (!books_official())
		return;
	book_close(&w.b);
	books_of_official(paths, &w.b);
	w.rules.book = w.b.cb;
	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		run(&some[i], &f);
		cr_expect_str_eq(found_ids(&w.a, &f).p ? found_ids(&w.a, &f).p : "", some[i].id ? some[i].id : "", "%s",
		    some[i].v[0].now);
	}
}
