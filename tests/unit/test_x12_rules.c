/*
 * test_x12_rules.c - each rule of schemas/x12_rules.def: a small sound claim trips none, and one edit of it trips
 * that rule alone, at the place named. A rule without a case fails.
 */
#include "x12/rules.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define P_BEGIN \
	"BHT*0019*00*1*20260301*1200*CH~NM1*41*2*SENDER*****46*S1~PER*IC*DESK*TE*5551230000*EM*A@B.C~" \
	"NM1*40*2*PAYER*****46*R1~HL*1**20*1~PRV*BI*PXC*207Q00000X~NM1*85*2*CLINIC*****XX*1234567893~N3*1 MAIN ST~" \
	"N4*BOSTON*MA*021081234~REF*EI*123456789~"
#define PERSON(lead, id)	lead "DOE*JO" id "~N3*2 ELM ST~N4*BOSTON*MA*02108~DMG*D8*19800101*F~"
#define PAYER	"NM1*PR*2*PAYER*****PI*P1~"
#define SELF(sbr)	P_BEGIN "HL*2*1*22*0~" sbr PERSON("NM1*IL*1*", "****MI*M1") PAYER
#define CLAIM	"CLM*A1*100***11:B:1*Y*A*Y*Y~HI*ABK:E119*ABF:I10~NM1*82*1*SMITH*ANN****XX*1003814971~PRV*PE*PXC*207Q00000X~"
#define SUM(svd1, svd2) \
	"LX*1~SV1*HC:99213*60*UN*1***1:2~DTP*472*D8*20260110~REF*6R*L1~" svd1 \
	"LX*2~SV1*HC:99214*40*UN*1***1~DTP*472*D8*20260111~REF*6R*L2~" svd2
#define OTHER(claim, payer) \
	"SBR*P*18*G2******CI~" claim "OI***Y***Y~NM1*IL*1*DOE*JO****MI*M2~NM1*PR*2*OTHER*****PI*O1~" payer
#define DAY2	"DTP*573*D8*20260201~"
#define I_CLAIM \
	"CLM*B1*100***11:A:1**A*Y*Y~DTP*096*TM*1000~DTP*434*RD8*20260110-20260112~DTP*435*DT*202601100900~CL1*1*1*01~" \
	"HI*ABK:I10~HI*ABJ:I10~HI*BBR:0DTJ4ZZ:D8:20260111~NM1*71*1*SMITH*ANN****XX*1003814971~" \
	"LX*1~SV2*0120**60*UN*2~DTP*472*D8*20260110~LX*2~SV2*0250**40*UN*1~DTP*472*D8*20260111~"
#define PLACE	"N3*3 OAK ST~N4*BOSTON*MA*02109~"

enum base { P, DEPENDENT, LINES, WHOLE, AMBULANCE, I, D, R };

static const struct { const char *guide, *gs, *body; } bases[] = {
	[P] = { "837*0001*005010X222A1", "HC*S1*R1*20260301*1200*1*X*005010X222A1",
	    SELF("SBR*P*18*G1******MB~") CLAIM SUM("", "") },
	[DEPENDENT] = { "837*0001*005010X222A1", "HC*S1*R1*20260301*1200*1*X*005010X222A1",
		P_BEGIN "HL*2*1*22*1~SBR*P**G1******CI~NM1*IL*1*DOE*AL****MI*M1~" PAYER "HL*3*2*23*0~PAT*19~"
		PERSON("NM1*QC*1*", "") CLAIM SUM("", "") },
	[LINES] = { "837*0001*005010X222A1", "HC*S1*R1*20260301*1200*1*X*005010X222A1",
		SELF("SBR*S*18*G1**12****MB~") CLAIM OTHER("AMT*D*50~", "") SUM("SVD*O1*30*HC:99213**1~CAS*PR*1*30~" DAY2,
		"SVD*O1*20*HC:99214**1~CAS*PR*1*20~" DAY2) },
	[WHOLE] = { "837*0001*005010X222A1", "HC*S1*R1*20260301*1200*1*X*005010X222A1",
		SELF("SBR*S*18*G1**12****MB~") CLAIM OTHER("CAS*PR*1*50~AMT*D*50~", DAY2) SUM("", "") },
	[AMBULANCE] = { "837*0001*005010X222A1", "HC*S1*R1*20260301*1200*1*X*005010X222A1",
		SELF("SBR*P*18*G1******MB~") "CLM*A1*60***41:B:1*Y*A*Y*Y~CR1*LB*140**A*DH*12~CRC*07*Y*01~HI*ABK:E119~NM1*PW*2~"
		    PLACE
		"NM1*45*2~" PLACE "LX*1~SV1*HC:A0428*60*UN*1***1~DTP*472*D8*20260110~" },
	[I] = { "837*0001*005010X223A2", "HC*S1*R1*20260301*1200*1*X*005010X223A2", SELF("SBR*P*18*G1******MA~") I_CLAIM },
	[D] = { "837*0001*005010X224A2", "HC*S1*R1*20260301*1200*1*X*005010X224A2", SELF("SBR*P*18*G1******CI~")
		"CLM*C1*100***11:B:1*Y*A*Y*Y~LX*1~SV3*AD:D0120*100~DTP*472*D8*20260110~" },
	[R] = { "835*0001", "HP*S1*R1*20260301*1200*1*X*005010X221A1",
		"BPR*I*90*C*CHK************20260301~TRN*1*1*1999999999~DTM*405*20260301~N1*PR*PAYER~N3*1 ST~N4*BOSTON*MA*02108~"
		"PER*BL*DESK*TE*5551230000~N1*PE*CLINIC*XX*1234567893~LX*1~CLP*A1*1*100*90*10*MB*C1*11*1~"
		    "NM1*QC*1*DOE*JO****MI*M1~"
		"NM1*82*1*SMITH*ANN****XX*1003814971~SVC*HC:99213*100*90**1~DTM*472*20260110~CAS*PR*1*10~" },
};

struct edit { const char *from, *to; };
static const struct row { const char *id; enum base base; struct edit e[2]; const char *place; } rows[] = {
	{ "NPI", P, { { "XX*1234567893", "XX*1234567890" } }, "2010AA NM1 9" },
	{ "NPI_OTHER", R, { { "XX*1003814971", "XX*1003814970" } }, "2100 NM1 9" },
	{ "NPI_PAYEE", R, { { "XX*1234567893", "XX*1234567890" } }, "1000B N1 4" },
	{ "EIN", P, { { "EI*123456789", "EI*12345" } }, "2010AA REF 2" },
	{ "EIN_HYPHEN", P, { { "EI*123456789", "EI*12-3456789" } }, "2010AA REF 2" },
	{ "SSN", P, { { "EI*123456789", "SY*123-45-6789" } }, "2010AA REF 2" },
	{ "ZIP_BILLING", P, { { "021081234", "02108" } }, "2010AA N4 3" },
	{ "ZIP_FACILITY", P, { { "LX*1~", "NM1*77*2*HOSPITAL~" PLACE "LX*1~" } }, "2310C N4 3" },
	{ "ZIP_ZEROS", P, { { "021081234", "021080000" } }, "2010AA N4 3" },
	{ "ADDRESS_STATE", P, { { "MA*02108~", "ZZ*02108~" } }, "2010BA N4 2" },
	{ "ADDRESS_STATE_MISSING", P, { { "MA*02108~", "*02108~" } }, "2010BA N4 2" },
	{ "ADDRESS_ZIP_MISSING", P, { { "MA*02108~", "MA~" } }, "2010BA N4 3" },
	{ "ZIP_NONE", P, { { "MA*02108~", "MA*00000~" } }, "2010BA N4 3" },
	{ "EIN_NONE", P, { { "EI*123456789", "EI*000000000" } }, "2010AA REF 2" },
	{ "PHONE_NONE", P, { { "5551230000", "0000000000" } }, "1000A PER 4" },
	{ "BILLING_BOX", P, { { "N3*1 MAIN ST", "N3*SUITE 1*P.O. Box 7" } }, "2010AA N3 2" },
	{ "PHONE", P, { { "5551230000", "555-1230" } }, "1000A PER 4" },
	{ "EMAIL", P, { { "A@B.C", "DESK" } }, "1000A PER 6" },
	{ "NAME_FIRST", P, { { "DOE*JO*", "DOE**" } }, "2010BA NM1 4" },
	{ "ATTACHMENT_CONTROL", P, { { "HI*ABK", "PWK*OZ*FX~HI*ABK" } }, "2300 PWK 6" },
	{ "CHARGE_LINES", P, { { "A1*100*", "A1*101*" } }, "2300 CLM 2" },
	{ "COB_PAID", LINES, { { "AMT*D*50", "AMT*D*51" } }, "2320 AMT 2" },
	{ "COB_CLAIM", WHOLE, { { "CAS*PR*1*50", "CAS*PR*1*49" } }, "2320 AMT 2" },
	{ "COB_LINE", LINES, { { "SVD*O1*30", "SVD*O1*31" }, { "AMT*D*50", "AMT*D*51" } }, "2430 SVD 2" },
	{ "COB_PAYER", LINES, { { "SVD*O1*20", "SVD*O9*20" }, { "AMT*D*50", "AMT*D*30" } }, "2430 SVD 1" },
	{ "COB_DATE", WHOLE, { { DAY2, "" } }, "2330B DTP 0" },
	{ "COB_NEGATIVE", WHOLE, { { "CAS*PR*1*50~AMT*D*50", "CAS*PR*1*110~AMT*D*-10" } }, "2320 AMT 2" },
	{ "PAID_TOTAL", R, { { "BPR*I*90", "BPR*I*91" } }, "HEADER BPR 2" },
	{ "PAID_CLAIM", R, { { "*100*90*10", "*100*80*10" }, { "BPR*I*90", "BPR*I*80" } }, "2100 CLP 4" },
	{ "PAID_LINE", R, { { "99213*100*90", "99213*100*95" } }, "2110 SVC 3" },
	{ "PAID_LINES_CHARGE", R, { { "99213*100*90", "99213*110*100" } }, "2100 CLP 3" },
	{ "PAID_PATIENT", R, { { "*100*90*10", "*100*90*5" } }, "2100 CLP 5" },
	{ "PAID_NEGATIVE", R, { { "BPR*I*90", "BPR*I*-10" }, { "CAS*PR*1*10~", "CAS*PR*1*10~PLB*1234567893*20261231*FB*100~" } },
		"HEADER BPR 2" },
	{ "PAID_NO_METHOD", R, { { "CHK", "NON" } }, "HEADER BPR 4" },
	{ "PAID_ZERO", R, { { "CAS*PR*1*10", "CAS*PR*1*10**2*0" } }, "2110 CAS 6" },
	{ "PAID_DATE", R, { { "DTM*472*20260110~", "" } }, "2100 DTM 0" },
	{ "PAID_DATE_ORDER", R, { { "DTM*472*20260110~", "DTM*150*20260110~DTM*151*20260109~" } }, "2110 DTM 2" },
	{ "RELATION_SELF", P, { { "SBR*P*18*", "SBR*P**" } }, "2000B SBR 2" },
	{ "RELATION_OTHER", DEPENDENT, { { "SBR*P**", "SBR*P*18*" } }, "2000B SBR 2" },
	{ "SUBSCRIBER_NO_CLAIM", P, { { CLAIM SUM("", ""), "" } }, "2000B CLM 0" },
	{ "SUBSCRIBER_ADDRESS", P, { { "N3*2 ELM ST~N4*BOSTON*MA*02108~", "" } }, "2010BA N3 0" },
	{ "SUBSCRIBER_BIRTH", P, { { "DMG*D8*19800101*F~", "" } }, "2010BA DMG 0" },
	{ "MEMBER_ID", P, { { "****MI*M1", "" } }, "2010BA NM1 9" },
	{ "PAYER_ORDER_TWICE", WHOLE, { { "SBR*P*18*G2", "SBR*S*18*G2" } }, "2320 SBR 1" },
	{ "PAYER_PRIMARY_MISSING", P, { { "SBR*P*18*G1**", "SBR*S*18*G1**12" } }, "2300 SBR 0" },
	{ "MEDICARE_SECONDARY", WHOLE, { { "**12****MB", "******MB" } }, "2000B SBR 5" },
	{ "OTHER_IN_AND_OUT", I, { { "LX*1~", "SBR*S*18*G2******CI~OI***Y***Y~MIA*1~MOA***N1~NM1*IL*1*DOE*JO****MI*M2~"
		"NM1*PR*2*OTHER*****PI*O1~LX*1~" } }, "2320 MOA 0" },
	{ "RENDERING_SAME", P, { { "1003814971", "1234567893" } }, "2310B NM1 0" },
	{ "FREQUENCY_CONTROL", P, { { "11:B:1", "11:B:7" } }, "2300 REF 0" },
	{ "FREQUENCY_ORIGINAL", P, { { "HI*ABK", "REF*F8*X1~HI*ABK" } }, "2300 REF 0" },
	{ "ACCIDENT_DATE", P, { { "A*Y*Y~", "A*Y*Y**OA~" } }, "2300 DTP 0" },
	{ "ACCIDENT_STATE", P, { { "A*Y*Y~", "A*Y*Y**AA~DTP*439*D8*20260109~" } }, "2300 CLM 11-4" },
	{ "ACCIDENT_CAUSE", P, { { "A*Y*Y~", "A*Y*Y~DTP*439*D8*20260109~" } }, "2300 CLM 11" },
	{ "CHARGE_NEGATIVE", P, { { "A1*100*", "A1*-20*" }, { "*60*UN", "*-60*UN" } }, "2300 CLM 2" },
	{ "CLAIM_TWICE", P, { { CLAIM SUM("", ""), CLAIM SUM("", "") CLAIM SUM("", "") } }, "2300 CLM 1" },
	{ "CLAIM_NUMBER_TWICE", D, { { "CLM*C1*100***11:B:1*Y*A*Y*Y~LX*1~SV3*AD:D0120*100~DTP*472*D8*20260110~",
		"CLM*C1*100***11:B:1*Y*A*Y*Y~LX*1~SV3*AD:D0120*100~DTP*472*D8*20260110~"
		"CLM*C1*100***11:B:1*Y*A*Y*Y~LX*1~SV3*AD:D0120*100~DTP*472*D8*20260111~" } }, "2300 CLM 1" },
	{ "DX_CAUSE_FIRST", P, { { "ABK:E119", "ABK:W1830XA" } }, "2300 HI 1-2" },
	{ "DX_TWICE", P, { { "ABF:I10", "ABF:E119" } }, "2300 HI 2-2" },
	{ "SERVICE_FUTURE", P, { { "20260111", "20270111" } }, "2400 DTP 3" },
	{ "SERVICE_END_FUTURE", P, { { "D8*20260111", "RD8*20260111-20270111" } }, "2400 DTP 3" },
	{ "SERVICE_BEFORE_BIRTH", P, { { "19800101", "20260111" } }, "2400 DTP 3" },
	{ "SERVICE_AFTER_DEATH", P, { { "NM1*IL", "PAT*****D8*20260110~NM1*IL" } }, "2400 DTP 3" },
	{ "BIRTH_FUTURE", P, { { "19800101", "20270101" } }, "2010BA DMG 2" },
	{ "EPSDT_REFERRAL", P, { { "HI*ABK", "CRC*ZZ*N*AV~HI*ABK" } }, "2300 CRC 3" },
	{ "ADMISSION_OFFICE", P, { { "11:B:1", "21:B:1" } }, "2300 DTP 0" },
	{ "ADMISSION_DATE", I, { { "DTP*435*DT*202601100900~", "" } }, "2300 DTP 0" },
	{ "ADMISSION_AFTER", I, { { "202601100900", "202601130900" } }, "2300 DTP 3" },
	{ "ADMITTING_DX", I, { { "HI*ABJ:I10~", "" } }, "2300 HI 0" },
	{ "ADMISSION_SOURCE", I, { { "CL1*1*1*", "CL1*1**" } }, "2300 CL1 2" },
	{ "DISCHARGE_HOUR", I, { { "DTP*096*TM*1000~", "" } }, "2300 DTP 0" },
	{ "DISCHARGE_INTERIM", I, { { "11:A:1", "11:A:2" }, { "CL1*1*1*01", "CL1*1*1*30" } }, "2300 DTP 0" },
	{ "STATUS_INTERIM", I, { { "11:A:1", "11:A:2" }, { "DTP*096*TM*1000~", "" } }, "2300 CL1 3" },
	{ "REASON_DX", I, { { "11:A:1", "13:A:1" }, { "SV2*0120", "SV2*0450" } }, "2300 HI 0" },
	{ "OCCURRENCE_TWICE", I, { { "NM1*71", "HI*BH:11:D8:20260101*BH:11:D8:20260101~NM1*71" } }, "2300 HI 2-2" },
	{ "LINE_OUTSIDE", I, { { "D8*20260111", "D8*20260113" } }, "2400 DTP 3" },
	{ "LINE_DATE_MISSING", I, { { "11:A:1", "13:A:1" }, { "SV2*0250**40*UN*1~DTP*472*D8*20260111~",
		"SV2*0250*HC:99213*40*UN*1~" } }, "2400 DTP 0" },
	{ "PROCEDURE_AFTER", I, { { "D8:20260111", "D8:20260114" } }, "2300 HI 1-4" },
	{ "LINE_NUMBER", P, { { "LX*2", "LX*3" } }, "2400 LX 1" },
	{ "LINE_CONTROL_TWICE", P, { { "6R*L2", "6R*L1" } }, "2400 REF 2" },
	{ "POINTER", P, { { "*1:2~", "*1:3~" } }, "2400 SV1 7-2" },
	{ "POINTER_TWICE", P, { { "*1:2~", "*1:1~" } }, "2400 SV1 7-2" },
	{ "UNITS_ZERO", P, { { "60*UN*1", "60*UN*0" } }, "2400 SV1 4" },
	{ "LINE_NEGATIVE", P, { { "99213*60*", "99213*-10*" }, { "A1*100*", "A1*30*" } }, "2400 SV1 2" },
	{ "DENTAL_DATE", D, { { "DTP*472*D8*20260110~", "" } }, "2400 DTP 0" },
	{ "NDC_DIGITS", P, { { "REF*6R*L2~", "REF*6R*L2~LIN**N4*0093-0051-05~CTP****1*UN~" } }, "2410 LIN 3" },
	{ "DRUG_UNITS", P, { { "REF*6R*L2~", "REF*6R*L2~LIN**N4*00093005105~CTP****0*UN~" } }, "2410 CTP 4" },
	{ "PURCHASED_PROVIDER", P, { { "REF*6R*L2~", "REF*6R*L2~PS1*X*5~" } }, "2400 NM1 0" },
	{ "CMN_BEGIN", P, { { "40*UN*1***1~", "40*UN*1***1~CR3*I*MO*12~" } }, "2400 DTP 0" },
	{ "CMN_REVISED", P, { { "40*UN*1***1~", "40*UN*1***1~CR3*R*MO*12~" }, { "20260111~", "20260111~DTP*463*D8*20250101~" } },
		"2400 DTP 0" },
	{ "AMBULANCE_CR1", AMBULANCE, { { "CR1*LB*140**A*DH*12~", "" } }, "2400 CR1 0" },
	{ "AMBULANCE_CRC", AMBULANCE, { { "CRC*07*Y*01~", "" } }, "2400 CRC 0" },
	{ "AMBULANCE_PICKUP", AMBULANCE, { { "NM1*PW*2~" PLACE, "" } }, "2400 NM1 0" },
	{ "AMBULANCE_DROPOFF", AMBULANCE, { { "NM1*45*2~" PLACE, "" } }, "2400 NM1 0" },
	{ "ANESTHESIA_MINUTES", P, { { "HC:99213", "HC:00100" } }, "2400 SV1 3" },
	{ "MINUTES_OTHER", P, { { "60*UN", "60*MJ" } }, "2400 SV1 3" },
	{ "CHIROPRACTIC_DATE", P, { { "HC:99213", "HC:98940" } }, "2400 DTP 0" },
	{ "MAMMOGRAPHY", P, { { "HC:99213", "HC:77067" } }, "2400 REF 0" },
	{ "CLIA", P, { { "HC:99213", "HC:80053" } }, "2400 REF 0" },
	{ "DRUG_CODE", P, { { "HC:99213", "HC:J1100" } }, "2400 LIN 0" },
	{ "UNLISTED", P, { { "HC:99213", "HC:E1399" } }, "2400 SV1 1-7" },
	{ "CLINICAL_TRIAL", P, { { "HC:99213", "HC:99213:Q1" } }, "2400 REF 0" },
	{ "HOME_HEALTH", I, { { "11:A:1", "32:A:1" } }, "2300 SV2 0" },
};

/* ---- a file of one set ---- */

static struct arena a;
static const struct x12_guides *guides;

static struct str
replaced(struct str text, struct edit e, bool *there)
{
	const char *at = e.from ? memmem(text.p, text.n, e.from, strlen(e.from)) : NULL;
	struct buf b;

	*there = at || !e.from;
	if (!at)
		return text;
	buf_init(&b, &a);
	buf_put(&b, text.p, (size_t)(at - text.p));
	buf_cstr(&b, e.to);
	at += strlen(e.from);
	buf_put(&b, at, (size_t)(text.p + text.n - at));
	return buf_view(&b);
}

static struct str
file_of(enum base base, struct str body)
{
	struct buf b;
	size_t n = 2;

	for (size_t i = 0; i < body.n; i++)
		n += body.p[i] == '~';
	buf_init(&b, &a);
	buf_fmt(&b, "ISA*00*          *00*          *ZZ*S1             *ZZ*R1             *260301*1200*^*00501*000000001*0*T*:~"
	    "GS*%s~ST*%s~" STR_FMT "SE*%zu*0001~GE*1*1~IEA*1*000000001~", bases[base].gs, bases[base].guide, STR_ARG(body), n);
	return buf_view(&b);
}

/* ---- what is found ---- */

struct seen { size_t n, errors; char all[400], place[80], ik501; bool placed; const char *id; };

static int
found(void *self, const struct x12_finding *f)
{
	struct seen *s = self;
	size_t n = strlen(s->all);

	s->n++;
	s->id = f->id;
	(void)snprintf(s->all + n, sizeof s->all - n, " %s", f->id);
	(void)snprintf(s->place, sizeof s->place, STR_FMT " " STR_FMT " %u", STR_ARG(f->loop), STR_ARG(f->segment), f->element);
	n = strlen(s->place);
	if (f->component)
		(void)snprintf(s->place + n, sizeof s->place - n, "-%u", f->component);
	s->placed = f->ordinal == f->at + 2 && f->at > 1;	/* after ISA and GS */
	return 0;
}

static int
ended(void *self, const struct x12_set *t)
{
	struct seen *s = self;

	s->ik501 = t->ik501;
	s->errors = t->n_errors;
	return 0;
}

static int
check(struct str text, struct seen *s)
{
	struct faults f = { .a = &a };
	struct x12_rules rules = { .today = day_of(2026, 6, 1) };
	struct x12_check_spec spec = { .guides = guides, .rules = &rules, .watch = { .self = s, .found = found, .set = ended } };
	struct x12_totals t;
	struct x12_reader *r;
	int rc;

	*s = (struct seen){ 0 };
	rc = x12_open(&a, text, &f, &r);
	return rc < 0 ? rc : x12_check_run(&a, r, &spec, &t);
}

static void
open_guides(void)
{
	static struct arena ga;

	cr_assert(x12_guides_open(&ga, &guides) >= 0);
}

Test(x12_rules, a_sound_claim_trips_none, .init = open_guides)
{
	for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
		struct seen s;

		cr_expect(check(file_of((enum base)i, str_of(bases[i].body)), &s) == 0);
		cr_expect(s.n == 0, "base %zu:%s, last at %s", i, s.all, s.place);
		arena_reset(&a);
	}
}

Test(x12_rules, each_alone_and_at_its_place, .init = open_guides)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *row = &rows[i];
		struct str body = str_of(bases[row->base].body);
		bool there[2];
		struct seen s;

		body = replaced(body, row->e[0], &there[0]);
		body = replaced(body, row->e[1], &there[1]);
		cr_expect(there[0] && there[1], "%s: nothing to edit", row->id);
		cr_expect(check(file_of(row->base, body), &s) == 0);
		cr_expect(s.n == 1 && strcmp(s.id, row->id) == 0, "%s: found%s, last at %s", row->id, s.all, s.place);
		cr_expect(s.placed && strcmp(s.place, row->place) == 0, "%s: at %s, not %s", row->id, s.place, row->place);
		arena_reset(&a);
	}
}

/* Today is 2026-06-01; a clock may be a day ahead. */
Test(x12_rules, days_to_come, .init = open_guides)
{
	static const struct { const char *was, *now, *ids, *segment; unsigned el; } days[] = {
		{ "*260301*1200*^", "*260602*1200*^", "", "", 0 }, { "*260301*1200*^", "*260603*1200*^", " DATE_FUTURE", "ISA", 9 },
		{ "R1*20260301*", "R1*20260602*", "", "", 0 }, { "R1*20260301*", "R1*20260603*", " DATE_FUTURE", "GS", 4 },
		{ "00*1*20260301*", "00*1*20260602*", "", "", 0 }, { "00*1*20260301*", "00*1*20260603*", " DATE_FUTURE", "BHT", 4 },
	};

	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		char place[20];
		struct seen s;
		bool there;
		struct str text = replaced(file_of(P, str_of(bases[P].body)), (struct edit){ days[i].was, days[i].now }, &there);

		cr_assert(there && check(text, &s) == 0);
		(void)snprintf(place, sizeof place, " %s %u", days[i].segment, days[i].el);
		cr_expect_str_eq(s.all, days[i].ids, "%s:%s", days[i].now, s.all);
		cr_expect(!*days[i].ids || strcmp(s.place, place) == 0, "%s: at %s", days[i].now, s.place);
		arena_reset(&a);
	}
}

/* What is wrong with an identifier rejects the set, what is wrong with a claim the claim; a note changes nothing. */
Test(x12_rules, verdicts, .init = open_guides)
{
	static const struct { const char *name; struct edit e; char ik501; size_t errors; } cases[] = {
		{ "sound", { NULL, NULL }, 'A', 0 },
		{ "an error of SNIP 2", { "NM1*PR*2*", "NM1*PR*9*" }, 'R', 1 },
		{ "an error of SNIP 5", { "XX*1234567893", "XX*1234567890" }, 'E', 1 },
		{ "an error of SNIP 3", { "A1*100*", "A1*101*" }, 'E', 1 },
		{ "an error of SNIP 4", { "DMG*D8*19800101*F~", "" }, 'E', 1 },
		{ "a warning", { "5551230000", "555-1230" }, 'E', 1 },
		{ "a note", { "DOE*JO*", "DOE**" }, 'A', 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct seen s;
		bool there;

		cr_expect(check(file_of(P, replaced(str_of(bases[P].body), cases[i].e, &there)), &s) == 0 && there);
		cr_expect(s.ik501 == cases[i].ik501 && s.errors == cases[i].errors, "%s: %c with %zu", cases[i].name, s.ik501,
		    s.errors);
		arena_reset(&a);
	}
}

/* Segments twice, or where they do not belong: told by the walk, and the facts stay within their bounds. */
Test(x12_rules, a_claim_out_of_order, .init = open_guides)
{
	static const struct { enum base base; struct edit e; } cases[] = {
		{ P, { "DTP*472*D8*20260110~",
		    "SV1*HC:99213*60*UN*1***1:2:3:4:5:6~SV1*HC:99213*60*UN*1***1:2:1:2~DTP*472*D8*20260110~" } },
		{ P, { "LX*1~", "" } }, { P, { "HI*ABK:E119*ABF:I10~", "HI*ABK:E119:::::::::::*:::*ABF~" } },
		{ P, { "SV1*HC:99213*60*UN*1***1:2~", "SV1*::::::::::*9999999999999999999***UN*-1***:::::~" } },
		{ LINES, { "SBR*P*18*G2******CI~", "" } }, { LINES, { "SVD*O1*30*HC:99213**1~", "" } },
		{ LINES, { "NM1*PR*2*OTHER*****PI*O1~", "" } }, { AMBULANCE, { "CLM*", "CRC*07~CRC~CLM*" } },
		{ I, { "HI*BBR:0DTJ4ZZ:D8:20260111~", "HI*BBR~HI*BH:11:RD8:1~HI*BE:80:::x~HI~" } },
		{ R, { "CLP*A1*1*100*90*10*MB*C1*11*1~", "" } },
		{ R, { "CAS*PR*1*10~", "CAS*PR*1*10*1*1*1*1*1*1*1*1*1*1*1*1*1*1*1*1*1~CAS~" } },
		{ R, { "SVC*HC:99213*100*90**1~", "" } }, { R, { "BPR*I*90*C*CHK************20260301~", "" } },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str body = str_of(bases[cases[i].base].body);
		struct seen s;
		bool there;

		cr_expect(check(file_of(cases[i].base, replaced(body, cases[i].e, &there)), &s) == 0 && there, "case %zu", i);
		cr_expect(s.n > 0, "case %zu: nothing found", i);
		arena_reset(&a);
	}
}

/* Amounts that no sum holds: there is no balance then. */
Test(x12_rules, sums_beyond_all_amounts, .init = open_guides)
{
	struct buf other;
	struct seen s;
	bool there;

	buf_init(&other, &a);
	buf_cstr(&other, "SBR*S*18*******CI~");
	for (size_t i = 0; i < 16000; i++)
		buf_cstr(&other, "CAS*CO*1*999999999999.99**1*999999999999.99**1*999999999999.99**1*999999999999.99**"
		    "1*999999999999.99**1*999999999999.99~");
	buf_cstr(&other, "AMT*D*50~OI***Y***Y~NM1*IL*1*DOE*JO****MI*1~NM1*PR*2*OTHER*****PI*O1~LX*1~");
	buf_ch(&other, '\0');
	cr_expect(check(file_of(P, replaced(str_of(bases[P].body), (struct edit){ "LX*1~", other.p }, &there)), &s) == 0 && there);
	cr_expect(!strstr(s.all, "COB_"), "%s", s.all);
}

Test(x12_rules, each_has_a_case)
{
	static const char *const ids[] = {
#define RULE(id, snip, severity, forms, moment, fn, ik304, ik403, stc, words, fix) #id,
#include "schemas/x12_rules.def"
	};

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		bool has = false;

		for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
			has = has || strcmp(rows[k].id, ids[i]) == 0;
		cr_expect(has, "%s has no case", ids[i]);
	}
}
