/* test_x12_cascade.c - one fault is told once: what follows from it alone is no finding of its own. */
#include "support/claims.h"
#include "support/found.h"

#include <criterion/criterion.h>
#include <string.h>

#define HEAD(gs01, guide) \
	"ISA*00*          *00*          *ZZ*THEM           *ZZ*US             *260801*1200*^*00501*000000077*0*T*:~" \
	"GS*" gs01 "*THEM*US*20260801*1200*1*X*" guide "~"
#define TAIL	"GE*1*1~IEA*1*000000077~"
#define CLAIM_OF(hl01, hl02) \
	HEAD("HC", "005010X222A1") "ST*837*0001*005010X222A1~BHT*0019*00*1*20260301*1200*CH~NM1*41*2*SENDER*****46*S1~" \
	"PER*IC*DESK*TE*5551230000~NM1*40*2*PAYER*****46*R1~HL*" hl01 "**20*1~NM1*85*2*CLINIC*****XX*1234567893~" \
	"N3*1 MAIN ST~N4*BOSTON*MA*021081234~REF*EI*123456789~HL*2*" hl02 "*22*0~SBR*P*18*G1******CI~" \
	"NM1*IL*1*DOE*JO****MI*M1~N3*2 ELM ST~N4*BOSTON*MA*02108~DMG*D8*19800101*F~NM1*PR*2*PAYER*****PI*P1~" \
	"CLM*C1*100***11:B:1*Y*A*Y*Y~HI*ABK:E119~LX*1~SV1*HC:99213*100*UN*1***1~DTP*472*D8*20260110~SE*23*0001~" TAIL
#define PAYMENT_OF(lx, se) \
	HEAD("HP", "005010X221A1") "ST*835*0001~BPR*I*90*C*CHK************20260801~TRN*1*1*1999999999~DTM*405*20260801~" \
	"N1*PR*PAYER~N3*1 ST~N4*BOSTON*MA*02108~PER*BL*DESK*TE*5551230000~N1*PE*CLINIC*XX*1234567893~" lx \
	"CLP*A1*1*100*90*10*MB*C1*11*1~NM1*QC*1*DOE*JO****MI*M1~DTM*050*20260201~" \
	"SVC*HC:99213*100*90**1~DTM*472*20260110~CAS*PR*1*10~SE*" se "*0001~" TAIL

static const struct x12_rules rules = { .today = DAY_NONE };

static const struct { const char *name, *text, *ids; } cases[] = {
	{ "sound", CLAIM_OF("1", "1"), "" },
	{ "a child names its parent as that is written", CLAIM_OF("5", "5"), "HL_NUMBER" },
	{ "a child names its parent as that should be", CLAIM_OF("5", "1"), "HL_NUMBER" },
	{ "a child names nobody", CLAIM_OF("1", "3"), "HL_PARENT" },
	{ "a payment", PAYMENT_OF("LX*1~", "17"), "" },
	{ "no LX: what is misplaced is in no sum", PAYMENT_OF("", "16"),
	    "SEGMENT_PLACE SEGMENT_PLACE SEGMENT_PLACE SEGMENT_PLACE "
	    "SEGMENT_PLACE SEGMENT_PLACE" },
};

Test(x12_cascade, told_once)
{
	struct arena a;

	arena_init(&a, (size_t)64 << 20);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct found f;

		cr_assert(found_in(&a, claims_guides(), &rules, str_of(cases[i].text), 0, &f) == 0, "%s", cases[i].name);
		cr_expect(str_is(found_ids(&a, &f), cases[i].ids), "%s: " STR_FMT, cases[i].name, STR_ARG(found_ids(&a, &f)));
	}
	arena_free(&a);
}
