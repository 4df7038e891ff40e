/*
 * test_x12_guide_facts.c - facts of guides that were once wrong in schemas/x12_*.def and were mended against public sources
 * (each file's head names them). A small set that is as its guide says trips nothing; with one edit it trips what is named.
 */
#include "support/claims.h"
#include "support/found.h"

#include <criterion/criterion.h>
#include <string.h>

#define TOP(gs01, version) \
	"ISA*00*          *00*          *ZZ*S              *ZZ*R              *260115*1200*^*00501*000000001*0*T*:~" \
	"GS*" gs01 "*S*R*20260115*1200*1*X*" version "~"
#define SET(set, version, body)	"ST*" set "*0001*" version "~" body "SE*@*0001~GE*1*1~IEA*1*000000001~"
#define LEVELS_278 \
	"HL*1**20*1~NM1*X3*2*PAYER*****PI*P1~HL*2*1*21*1~NM1*1P*2*CLINIC*****XX*1234567893~HL*3*2*22*1~NM1*IL*1*DOE*JO****MI*M1~"
#define BILLED(prv) \
	"BHT*0019*00*1*20260115*1200*CH~NM1*41*2*SENDER*****46*S1~PER*IC*DESK*TE*5551230000~NM1*40*2*PAYER*****46*R1~" \
	"HL*1**20*1~NM1*85*2*CLINIC*****XX*1234567893~N3*1 MAIN ST~N4*BOSTON*MA*021081234~REF*EI*123456789~HL*2*1*22*0~" \
	"SBR*P*18*******CI~NM1*IL*1*DOE*JO****MI*M1~N3*2 ELM ST~N4*SALEM*MA*01970~DMG*D8*19800101*F~NM1*PR*2*PAYER*****PI*P1~"

static const char text_278[] = TOP("HI", "005010X217") SET("278", "005010X217", "BHT*0007*13*1*20260115*1200~" LEVELS_278
	"HL*4*3*EV*0~UM*HS*I*1~NM1*R3*2*HOME~N4*BOSTON*MA*02108~NM1*00*2*OTHER~REF*ZZ*NO~");
static const char text_278r[] = TOP("HI", "005010X217") SET("278", "005010X217", "BHT*0007*11*1*20260115*1200~" LEVELS_278
	"HL*4*3*EV*1~UM*HS*I*1~NM1*L5*2*DESK~NM1*R3*2*HOME~N4*BOSTON*MA*02108~HL*5*4*SS*0~NM1*L5*2*LINE DESK~");
static const char text_837d[] = TOP("HC", "005010X224A2") SET("837", "005010X224A2", BILLED()
	"CLM*A1*100***11:B:1*Y*A*Y*Y~LX*1~SV3*AD:D2740*100~DTP*472*D8*20260110~DTP*441*D8*20200110~");
static const char text_837i[] = TOP("HC", "005010X223A2") SET("837", "005010X223A2", BILLED()
	"CLM*A1*100***11:A:1**A*Y*Y~DTP*434*RD8*20260110-20260112~DTP*435*D8*20260110~CL1*1*1*01~HI*ABK:E119~"
	"NM1*71*1*ROE*ANN****XX*1234567893~SBR*S*18*******CI~OI***Y***Y~MIA*1~NM1*IL*1*DOE*JO****MI*M2~NM1*PR*2*OTHER*****PI*P2~"
	"LX*1~SV2*0120**100*DA*2~");
static const char text_835[] = TOP("HP", "005010X221A1") SET("835", "005010X221A1",
	"BPR*I*80*C*CHK************20260115~TRN*1*77*1512345678~N1*PR*PAYER~N3*1 MAIN ST~N4*BOSTON*MA*02108~PER*BL*DESK~"
	"N1*PE*CLINIC*XX*1234567893~LX*1~CLP*A1*1*100*80**12*C1~CAS*CO*45*20~NM1*QC*1*DOE*JO~");
static const char text_277ca[] = TOP("HN", "005010X214") SET("277", "005010X214",
	"BHT*0085*08*1*20260115*1200*TH~HL*1**20*1~NM1*PR*2*PAYER*****PI*P1~TRN*1*7~DTP*050*D8*20260115~DTP*009*D8*20260115~"
	"HL*2*1*21*1~NM1*41*2*SENDER*****46*S1~TRN*2*8~STC*A1:19:PR*20260115*WQ*100~HL*3*2*19*0~"
	"NM1*85*2*CLINIC*****XX*1234567893~TRN*1*9~STC*A3:24:85**U*100~");
static const char text_275[] = TOP("PI", "006020X314") SET("275", "006020X314",
	"BGN*02*1*20260115~NM1*PR*2*PAYER*****PI*P1~NM1*41*2*SENDER*****46*S1~NM1*1P*2*CLINIC*****XX*1234567893~"
	"NM1*QC*1*DOE*JO****MI*M1~REF*X1*A1~DTP*472*D8*20260110~LX*1~TRN*1*77~DTP*368*D8*20260115~CAT*AE*HL~"
	"OOI*1*47*ATTACHMENT~BDS*B64*4*QUJD~");
static const char text_rfai[] = TOP("HN", "006020X313") SET("277", "006020X313",
	"BHT*0085*48*1*20260115*1200*RQ~HL*1**20*1~NM1*PR*2*PAYER*****PI*P1~N3*1 MAIN ST~HL*2*1*21*1~NM1*41*2*SENDER*****46*S1~"
	"HL*3*2*19*1~NM1*1P*2*CLINIC*****XX*1234567893~HL*4*3*PT*0~NM1*QC*1*DOE*JO****MI*M1~TRN*1*77~STC*R4:18842-5::LOI*20260115~");

static const struct { const char *text, *from, *to, *ids; } rows[] = {
	{ text_278, "", "", "" }, { text_278r, "", "", "" }, { text_837d, "", "", "" }, { text_837i, "", "", "" },
	{ text_835, "", "", "" }, { text_277ca, "", "", "" }, { text_275, "", "", "" }, { text_rfai, "", "", "" },
	/* a place of transport need not name its city; a second reason to refuse stands in REF04 */
	{ text_278, "N4*BOSTON*MA*02108", "N4**MA*02108", "" },
	{ text_278, "REF*ZZ*NO", "REF*ZZ*NO**ZZ:AGAIN", "" },
	{ text_278, "REF*ZZ*NO", "REF*ZZ*NO**ZZ", "COMPONENT_MISSING" },
	{ text_278r, "N4*BOSTON*MA*02108", "N4**MA*02108", "" },
	/* whom to ask is L5, as it was not in 004010 */
	{ text_278r, "L5*2*DESK", "ABG*2*DESK", "SEGMENT_PLACE" },
	{ text_278r, "L5*2*LINE DESK", "X3*2*LINE DESK", "SEGMENT_PLACE" },
	/* the date of the placement before may be estimated */
	{ text_837d, "DTP*441", "DTP*139", "" },
	/* a payer of before: signature source, outlier amount */
	{ text_837i, "OI***Y***Y", "OI***Y*P**Y", "" },
	{ text_837i, "OI***Y***Y", "OI***Y*B**Y", "ELEMENT_CODE" },
	{ text_837i, "MIA*1", "MIA*1*50", "" },
	/* a reversal keeps the groups it had: CR went with 005010 */
	{ text_835, "CAS*CO", "CAS*CR", "ELEMENT_CODE" },
	{ text_277ca, "*U*100~", "*U~", "" },
	{ text_275, "BGN*02", "BGN*22", "" },
	{ text_rfai, "N3*1 MAIN ST", "N3*1 MAIN ST~N3*DOOR 2", "" },
};

static struct arena a;

static void
setup(void)
{
	arena_init(&a, 0);
}

static void
teardown(void)
{
	arena_free(&a);
}

/* SE*@ becomes the count of segments from ST. */
static struct str
counted(struct str text)
{
	struct str rest = text;
	size_t n = 0;

	while (rest.n) {
		struct str s = str_cut(&rest, '~');

		n = str_starts(s, S("ST*")) ? 1 : n + 1;
		if (str_starts(s, S("SE*@")))
			break;
	}
	return found_put(&a, text, "SE*@", arena_fmt(&a, "SE*%zu", n).p);
}

Test(x12_guide_facts, each, .init = setup, .fini = teardown)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct found f;

		cr_assert(strstr(rows[i].text, rows[i].from) != NULL, "%s", rows[i].from);
		cr_assert(found_in(&a, claims_guides(), NULL, counted(found_put(&a, str_of(rows[i].text), rows[i].from, rows[i].to)), 0,
		    &f) == 0);
		cr_expect(str_is(found_ids(&a, &f), rows[i].ids), "%zu, %s to %s: " STR_FMT, i, rows[i].from, rows[i].to,
		    STR_ARG(found_ids(&a, &f)));
	}
}
