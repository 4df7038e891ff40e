/*
 * test_x12_partner.c - rules of a trading partner (SNIP 7): the file and what is wrong with it, and each rule tripped and
 * not tripped by a claim made up here.
 */
#include "base/file.h"
#include "support/found.h"
#include "x12/partner_rules.h"

#include <criterion/criterion.h>

static const char prof[] = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260115*1200*^*00501*000000001*0*T*:~"
	"GS*HC*GSEND*GRECV*20260115*1200*1*X*005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*1*20260115*1200*CH~"
	"NM1*41*2*SENDER*****46*S1~PER*IC*A*TE*5555550100~NM1*40*2*RECEIVER*****46*R1~HL*1**20*1~"
	"NM1*85*2*CLINIC*****XX*1234567893~N3*1 STREET~N4*DALLAS*TX*752010001~REF*EI*123456789~"
	"HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*DOE*JANE****MI*M1~N3*2 STREET~N4*DALLAS*TX*75201~DMG*D8*19800101*F~"
	"NM1*PR*2*PAYER*****PI*P1~REF*2U*OFFICE~"
	"CLM*1*100***11:B:1*Y*A*Y*Y~REF*G1*AUTH~HI*ABK:E1165*ABF:I10~NM1*82*1*ROE*ANN****XX*1234567893~"
	"LX*1~SV1*HC:99213*60*UN*1***1~DTP*472*D8*20260110~LX*2~SV1*HC:99214*40*UN*1***2~DTP*472*D8*20260110~REF*6R*L2~"
	"CLM*2*50***22:B:1*Y*A*Y*Y~HI*ABK:I10~LX*1~SV1*HC:99213*50*UN*1***1~DTP*472*D8*20260111~"
	"SE*34*0001~GE*1*1~IEA*1*000000001~";

static struct { struct arena a; const struct x12_guides *g; } w;

static void
setup(void)
{
	arena_init(&w.a, 0);
	cr_assert(x12_guides_open(&w.a, &w.g) == 0);
}

static void
teardown(void)
{
	arena_free(&w.a);
}

TestSuite(x12_partner, .init = setup, .fini = teardown);

struct row {
	const char	*yaml, *old, *now;
	const char	*ids;			/* what is found, "" nothing */
	unsigned	 el, comp;		/* of the first */
	const char	*ik304, *ik403, *stc;
};

static const struct row rows[] = {
	/* envelope, by the keys of the partner's own file */
	{ "sender: SENDER", NULL, NULL, "PARTNER_ENVELOPE", 2, 0, NULL, NULL, NULL },	/* GS02 is the sender as well */
	{ "sender: SENDER\napp_sender: GSEND", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "sender: OTHER\napp_sender: GSEND", NULL, NULL, "PARTNER_ENVELOPE", 6, 0, NULL, NULL, NULL },
	{ "sender_qual: ZZ\nreceiver_qual: ZZ", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "sender_qual: 30", NULL, NULL, "PARTNER_ENVELOPE", 5, 0, NULL, NULL, NULL },
	{ "receiver_qual: 30", NULL, NULL, "PARTNER_ENVELOPE", 7, 0, NULL, NULL, NULL },
	{ "receiver: RECEIVER\napp_receiver: GRECV", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "receiver: OTHER\napp_receiver: OTHER", NULL, NULL, "PARTNER_ENVELOPE PARTNER_ENVELOPE", 8, 0, NULL, NULL, NULL },
	{ "usage: T", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "usage: P", NULL, NULL, "PARTNER_ENVELOPE", 15, 0, NULL, NULL, NULL },
	/* an answer: both ends have changed places */
	{ "sender: RECEIVER\nreceiver: SENDER\napp_sender: GRECV\napp_receiver: GSEND", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "submitter_id: S1\nreceiver_id: R1\npayer_id: [P1, P2]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "submitter_id: S2", NULL, NULL, "PARTNER_VALUE", 9, 0, "8", "I12", "A7:684" },
	{ "receiver_id: R2", NULL, NULL, "PARTNER_VALUE", 9, 0, "8", "I12", "A7:684" },
	{ "payer_id: [P2, P3]", NULL, NULL, "PARTNER_VALUE", 9, 0, "8", "I12", "A7:684" },
	{ "name: X\ncontact: Y\nphone: \"5\"\naccept_on: \"999\"", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	/* what it takes */
	{ "takes: [837I, 837P]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "takes: 837I", NULL, NULL, "PARTNER_TRANSACTION", 1, 0, NULL, NULL, "A3:96:41" },
	{ "versions: [005010X222A1]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "versions: [005010X222A2]", NULL, NULL, "PARTNER_VERSION", 3, 0, NULL, NULL, "A3:493" },
	{ "max_claims: 2", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "max_claims: 1", NULL, NULL, "PARTNER_CLAIMS", 0, 0, NULL, NULL, "A3:481" },
	{ "max_sets: 1", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "max_sets: 1", "SE*34*0001~", "SE*34*0001~ST*837*0002*005010X222A1~SE*2*0002~", "PARTNER_SETS", 2, 0, NULL, NULL, NULL },
	{ "max_bytes: 2000", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "max_bytes: 300", NULL, NULL, "PARTNER_BYTES", 0, 0, NULL, NULL, NULL },
	/* separators and characters */
	{ "separators: \"*:^~\"", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "separators: \"*>^~\"", NULL, NULL, "PARTNER_SEPARATOR", 0, 0, NULL, NULL, NULL },
	{ "characters: basic", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "characters: basic", "DALLAS*TX*75201~", "DAL#AS*TX*75201~", "PARTNER_CHARACTER", 1, 0, "8", "6", "A7:511+A7:684" },
	{ "characters: extended", "DALLAS*TX*75201~", "Dal#as*TX*75201~", "", 0, 0, NULL, NULL, NULL },
	{ "characters: extended", "DALLAS*TX*75201~", "DALL\xc3\x81S*TX*75201~", "PARTNER_CHARACTER", 1, 0, "8", "6", "A7:511+A7:684" },
	{ "characters: extended\nupper_case: yes", "DALLAS*TX*75201~", "Dallas*TX*75201~", "PARTNER_CHARACTER", 1, 0, "8", "6", "A7:511+A7:684" },
	{ "upper_case: no", "DALLAS*TX*75201~", "Dallas*TX*75201~", "", 0, 0, NULL, NULL, NULL },
	/* required */
	{ "require: [2310B]", NULL, NULL, "PARTNER_LOOP_MISSING", 0, 0, "I6", NULL, "A6:684" },	/* in the second claim */
	{ "require: [2400, 1000A, 2010AA, 2000A]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "require: [2010BB REF]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "require: [\"2010BB REF*2U\"]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "require: [\"2010BB REF*FY\"]", NULL, NULL, "PARTNER_SEGMENT_MISSING", 0, 0, "I6", NULL, "A6:684" },
	{ "require: [\"2400 REF*6R\"]", NULL, NULL, "PARTNER_SEGMENT_MISSING PARTNER_SEGMENT_MISSING", 0, 0, "I6", NULL, "A6:684" },
	{ "require: [\"2000A PRV\"]", NULL, NULL, "PARTNER_SEGMENT_MISSING", 0, 0, "I6", NULL, "A6:684" },
	{ "require: [2010BA NM109, 2300 CLM05-1, 2300 HI02-2]", NULL, NULL, "PARTNER_ELEMENT_MISSING", 2, 2, "8", "I9", "A6:684" },
	{ "require: [2010BA NM107]", NULL, NULL, "PARTNER_ELEMENT_MISSING", 7, 0, "8", "I9", "A6:684" },
	{ "require: [\"2010BB REF02*2U\"]", "REF*2U*OFFICE", "REF*2U", "PARTNER_ELEMENT_MISSING", 2, 0, "8", "I9", "A6:684" },
	{ "require: [837I 2310A]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "require: [005010X222A1 2310A]", NULL, NULL, NULL, 0, 0, NULL, NULL, NULL },
	/* forbidden */
	{ "forbid: [2410, 2320]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "forbid: [837P 2310B]", NULL, NULL, "PARTNER_LOOP", 0, 0, "I9", NULL, "A7:684" },
	{ "forbid: [\"2300 REF*G1\"]", NULL, NULL, "PARTNER_SEGMENT", 0, 0, "I9", NULL, "A7:684" },
	{ "forbid: [\"2300 REF*9F\"]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "forbid: [\"2010BB REF*FY\"]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },	/* the same position, another code */
	{ "forbid: [2300 CLM20, 2300 HI02-2]", NULL, NULL, "PARTNER_ELEMENT", 2, 2, "8", "I13", "A7:684" },
	/* codes and names */
	{ "allow: [\"2300 CLM05-1: 11 22\"]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "allow: [\"2300 CLM05-1: 11 12 21\"]", NULL, NULL, "PARTNER_VALUE", 5, 1, "8", "I12", "A7:684" },
	{ "allow: [\"2010BA N401: DALLAS|FORT WORTH\"]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "allow: [\"2010BA N401: AUSTIN|FORT WORTH\"]", NULL, NULL, "PARTNER_VALUE", 1, 0, "8", "I12", "A7:684" },
	{ "names: [\"2010BB NM1: P1 = PAYER\"]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "names: [\"2010BB NM1: P9 = OTHER\"]", NULL, NULL, "", 0, 0, NULL, NULL, NULL },
	{ "names: [\"2010BB NM1: P1 = THE PAYER\"]", NULL, NULL, "PARTNER_NAME", 3, 0, "8", "I12", "A7:125:PR" },
};

static int
load(const char *yaml, struct x12_partner_rules **p, struct faults *f)
{
	*f = (struct faults){ .a = &w.a };
	return x12_partner_load(&w.a, w.g, S("p.yaml"), str_of(yaml), p, f);
}

static bool
same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

Test(x12_partner, each_rule)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		struct str text = r->old ? found_put(&w.a, S(prof), r->old, r->now) : S(prof);
		struct x12_partner_rules *p;
		struct x12_rules rules = { .today = DAY_NONE };
		struct faults f;
		struct found out;
		int rc = load(r->yaml, &p, &f);

		if (!r->ids) {
			cr_expect(rc == E_CONF && f.n, "%s is taken", r->yaml);
			continue;
		}
		cr_assert(rc == 0, "%s: %s", r->yaml, f.n ? f.v[0].words.p : err_name(rc));
		rules.partner = p;
		cr_assert(found_in(&w.a, w.g, &rules, text, X12_PARTNER, &out) >= 0);
		cr_expect_str_eq(out.n ? found_ids(&w.a, &out).p : "", r->ids, "%s: %s", r->yaml, found_ids(&w.a, &out).p);
		if (!out.n)
			continue;
		cr_expect(out.v[0].el == r->el && out.v[0].comp == r->comp, "%s: %u-%u", r->yaml, out.v[0].el, out.v[0].comp);
		cr_expect(same(out.v[0].ik304, r->ik304) && same(out.v[0].ik403, r->ik403) && same(out.v[0].stc, r->stc), "%s", r->yaml);
	}
}

/* What is missing is told where its loop begins, what is wrong where it stands; severity is the rule's. */
Test(x12_partner, place_and_severity)
{
	static const struct { const char *yaml; size_t at; const char *loop, *subject; enum x12_severity is; size_t ordinal; } some[] = {
		{ "sender: OTHER\napp_sender: GSEND", 0, NULL, "identifier of the sender", X12_ERROR, 1 },
		{ "receiver: OTHER\napp_receiver: GRECV", 0, NULL, "identifier of the receiver", X12_ERROR, 1 },
		{ "usage: P", 0, NULL, "test or production", X12_ERROR, 1 },
		{ "app_sender: OTHER", 0, NULL, "sender of the group", X12_ERROR, 2 },
		{ "separators: \"*>^~\"", 0, NULL, "separators", X12_ERROR, 1 },
		{ "takes: 837I", 1, NULL, "transaction set", X12_ERROR, 3 },
		{ "max_claims: 1", 30, "2300", "claims of the set", X12_ERROR, 32 },
		{ "max_bytes: 300", 0, NULL, "size of the file", X12_ERROR, 1 },
		{ "require: [\"warning 837P 2310B\"]", 30, "2310B", "2310B", X12_WARNING, 0 },
		{ "require: [\"note 2010BB REF*FY\"]", 17, "2010BB", "2010BB REF*FY", X12_NOTE, 0 },
		{ "require: [\"2400 REF*6R\"]", 23, "2400", "2400 REF*6R", X12_ERROR, 0 },
		{ "forbid: [\"error 2300 REF*G1\"]", 20, "2300", "2300 REF*G1", X12_ERROR, 0 },
		{ "allow: [\"warning 2300 CLM05-1: 11\"]", 30, "2300", "2300 CLM05-1", X12_WARNING, 0 },
	};

	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		struct x12_partner_rules *p;
		struct x12_rules rules = { .today = DAY_NONE };
		struct faults f;
		struct found out;

		cr_assert(load(some[i].yaml, &p, &f) == 0, "%s: %s", some[i].yaml, f.n ? f.v[0].words.p : "");
		rules.partner = p;
		cr_assert(found_in(&w.a, w.g, &rules, S(prof), X12_PARTNER, &out) >= 0 && out.n);
		cr_expect(out.v[0].at == some[i].at && out.v[0].ordinal == (some[i].ordinal ? some[i].ordinal : some[i].at + 2), "%s: %zu, %zu", some[i].yaml, out.v[0].at,
		    out.v[0].ordinal);
		cr_expect_str_eq(out.v[0].loop.n ? out.v[0].loop.p : "", some[i].loop ? some[i].loop : "");
		cr_expect_str_eq(out.v[0].subject.p, some[i].subject);
		cr_expect(out.v[0].severity == some[i].is && out.v[0].snip == X12_PARTNER, "%s", some[i].yaml);
	}
}

/* Each is refused with the place and what to write. */
Test(x12_partner, wrong_files)
{
	static const struct { const char *yaml, *place, *words; } wrong[] = {
		{ "requires: [2310B]", "p.yaml line 1 column 12", "a key that partner rules do not have" },
		{ "require: [2310Z]", "p.yaml line 1 column 11", "2310Z: no guide that is taken has this loop" },
		{ "takes: 835\nrequire: [2310B]", "p.yaml line 2 column 11", "2310B: no guide that is taken has this loop" },
		{ "require: [2310B SV1]", "p.yaml line 1 column 11", "2310B SV1: the loop has no such segment" },
		{ "require: [2310B XX9]", "p.yaml line 1 column 11", "2310B XX9: no segment that X12 has" },
		{ "require: [\"2010BB REF*9Z\"]", "p.yaml line 1 column 11", "2010BB REF*9Z: the segment has no such qualifier here" },
		{ "require: [2300 CLM21]", "p.yaml line 1 column 11", "2300 CLM21: the segment has no such element here" },
		{ "require: [2300 CLM05-9]", "p.yaml line 1 column 11", "2300 CLM05-9: the segment has no such element here" },
		{ "require: [2300 CLMxx]", "p.yaml line 1 column 11", "2300 CLMxx: no number of an element or component" },
		{ "require: [2300 CLM05-]", "p.yaml line 1 column 11", "2300 CLM05-: no number of an element or component" },
		{ "require: [2300 CLM CLM]", "p.yaml line 1 column 11", "2300 CLM CLM: more words than a place has" },
		{ "require: [\"\"]", "p.yaml line 1 column 11", "no loop is named" },
		{ "require: [warning]", "p.yaml line 1 column 11", "no loop is named" },
		{ "require: {a: b}", "p.yaml line 1 column 10", NULL },
		{ "allow: [2300 CLM05-1]", "p.yaml line 1 column 9", "2300 CLM05-1: no code is given" },
		{ "allow: [\"2300 CLM05: 11\"]", "p.yaml line 1 column 9", "2300 CLM05: the segment has no such element here" },
		{ "allow: [\"2300 CLM: 11\"]", "p.yaml line 1 column 9", "2300 CLM: no element is named" },
		{ "allow: [\"2310B: 11\"]", "p.yaml line 1 column 9", "2310B: no element is named" },
		{ "names: [\"2010BB NM1: P1\"]", "p.yaml line 1 column 9", "2010BB NM1: not an identifier and a name" },
		{ "names: [\"2010BB REF: P1 = X\"]", "p.yaml line 1 column 9", "2010BB REF: not an identifier and a name" },
		{ "takes: 850", "p.yaml line 1 column 8", "a transaction that is not known" },
		{ "max_claims: 0", "p.yaml line 1 column 13", "max_claims is not a number above 0" },
		{ "max_sets: many", "p.yaml line 1 column 11", "max_sets is not a number above 0" },
		{ "max_bytes: -1", "p.yaml line 1 column 12", "max_bytes is not a number above 0" },
		{ "characters: all", "p.yaml line 1 column 13", "characters are neither basic nor extended" },
		{ "upper_case: maybe", "p.yaml line 1 column 13", "upper_case is neither yes nor no" },
		{ "separators: \"*:^\"", "p.yaml line 1 column 13", "separators are not four different characters" },
		{ "separators: \"**^~\"", "p.yaml line 1 column 13", "separators are not four different characters" },
		{ "usage: &a T", "p.yaml line 1 column 8", "an anchor" },
		{ "usage: [", NULL, NULL }, { "- a", NULL, NULL }, { "a: \"\\0\"", NULL, NULL }, { "\xff\xfe", NULL, NULL },
		{ "usage: T\nusage: P", NULL, NULL },
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct x12_partner_rules *p;
		struct faults f;
		int rc = load(wrong[i].yaml, &p, &f);

		cr_expect(rc < 0 && f.n && !p, "%s is taken", wrong[i].yaml);
		if (!f.n)
			continue;
		if (wrong[i].place)
			cr_expect_str_eq(f.v[0].place.p, wrong[i].place, "%s: %s", wrong[i].yaml, f.v[0].place.p);
		if (wrong[i].words)
			cr_expect_str_eq(f.v[0].words.p, wrong[i].words, "%s: %s", wrong[i].yaml, f.v[0].words.p);
		cr_expect(f.v[0].fix.n, "%s: nothing to do about it", wrong[i].yaml);
	}
}

Test(x12_partner, shipped_files)
{
	static const char *const paths[] = { "rules/example.yaml", "payer.yaml" };

	for (size_t i = 0; i < 2; i++) {
		struct x12_partner_rules *p;
		struct faults f;
		struct str text;

		cr_assert(file_read(&w.a, path_join(&w.a, S(CL_SOURCE_DIR "/config/partners"), str_of(paths[i])).p, LIMIT_CONF, &text) == 0);
		cr_expect(load(text.p, &p, &f) == 0, "%s: %s %s", paths[i], f.n ? f.v[0].place.p : "", f.n ? f.v[0].words.p : "");
		cr_expect(i || x12_partner_max_bytes(p) == 50000000);
	}
}

/* More rules than a file may have, and one rule of a very long text, are refused or bounded, never followed. */
Test(x12_partner, bounds)
{
	struct x12_partner_rules *p;
	struct faults f;
	struct buf b;

	buf_init(&b, &w.a);
	buf_cstr(&b, "forbid:\n");
	for (int i = 0; i < 600; i++)
		buf_cstr(&b, "  - 2410\n");
	buf_ch(&b, '\0');
	cr_expect(load(b.p, &p, &f) == E_CONF);
	cr_expect_str_eq(f.v[0].words.p, "more rules than a file may have");
	buf_init(&b, &w.a);
	buf_cstr(&b, "forbid: [\"");
	for (int i = 0; i < 5000; i++)
		buf_ch(&b, 'A');
	buf_cstr(&b, "\"]");
	buf_ch(&b, '\0');
	cr_expect(load(b.p, &p, &f) == E_CONF);
}
