/* test_x12_ack.c - acknowledgements written while the check runs: what is in them, and what is taken back. */
#include "support/answered.h"
#include "x12/ack_parts.h"
#include "x12/rules.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define ISA(n, c)	"ISA*00*          *00*          *ZZ*THEM           *ZZ*US             " \
	"*260301*1200*^*00501*" n "*0*T*" c "~"
#define HEAD	"BHT*0019*00*B42*20260301*1200*CH~NM1*41*2*TEST CLINIC*****46*S9~PER*IC*DESK*TE*5551230000~" \
	"NM1*40*2*TEST PAYER*****46*R9~HL*1**20*1~NM1*85*2*TEST CLINIC*****XX*1234567893~N3*1 MAIN ST~N4*ALBANY*NY*122071234~" \
	"REF*EI*123456789~HL*2*1*22*0~SBR*P*18*GRP1******CI~NM1*IL*1*ROE*JANE*Q***MI*M001~N3*2 SIDE ST~N4*ALBANY*NY*12207~" \
	"DMG*D8*19700101*F~NM1*PR*2*TEST PAYER*****PI*P0001~"		/* 17 segments with ST */
#define CLAIM(pcn, amount, place, date) "CLM*" pcn "*" amount "***11:" place ":1*Y*A*Y*Y~HI*ABK:E119~LX*1~" \
	"SV1*HC:99213*" amount "*UN*1***1~DTP*472*D8*" date "~"
#define SET(n, claims, count)	"ST*837*" n "*005010X222A1~" HEAD claims "SE*" count "*" n "~"
#define GS	"GS*HC*THEM*US*20260301*1200*7*X*005010X222A1~"
#define GOOD(n)	SET(n, CLAIM("PCN-1", "100", "B", "20260201") CLAIM("PCN-2", "50.5", "B", "20260203"), "28")
#define BAD(n)	SET(n, CLAIM("PCN-1", "100", "Q", "20261399") CLAIM("PCN-2", "50.5", "B", "20260203"), "28")

/* Two claims, parted by | > and !. */
#define OTHER(pcn_1, pcn_2, place)	"ISA|00|          |00|          |ZZ|THEM           |ZZ|US             |260301|1200|!|00501|" \
	"000000001|0|T|>~GS|HC|THEM|US|20260301|1200|7|X|005010X222A1~ST|837|0001|005010X222A1~BHT|0019|00|B42|20260301|1200|CH~" \
	"NM1|41|2|TEST CLINIC|||||46|S9~PER|IC|DESK|TE|5551230000~NM1|40|2|TEST PAYER|||||46|R9~HL|1||20|1~" \
	"NM1|85|2|TEST CLINIC|||||XX|1234567893~N3|1 MAIN ST~N4|ALBANY|NY|122071234~REF|EI|123456789~HL|2|1|22|0~" \
	"SBR|P|18|GRP1||||||CI~NM1|IL|1|ROE|JANE|Q|||MI|M001~N3|2 SIDE ST~N4|ALBANY|NY|12207~DMG|D8|19700101|F~" \
	"NM1|PR|2|TEST PAYER|||||PI|P0001~" OTHER_CLAIM(pcn_1, "11>B>1") OTHER_CLAIM(pcn_2, place) "SE|28|0001~GE|1|7~IEA|1|000000001~"
#define OTHER_CLAIM(pcn, place)	"CLM|" pcn "|100|||" place "|Y|A|Y|Y~HI|ABK>E119~LX|1~SV1|HC>99213|100|UN|1|||1~DTP|472|D8|20260201~"

static struct arena mem;
static const struct x12_guides *guides;

static void
up(void)
{
	arena_init(&mem, 64u << 20);
	cr_assert(x12_guides_open(&mem, &guides) == 0);
}

static void
down(void)
{
	arena_free(&mem);
}

static size_t
count(struct str s, const char *what)
{
	size_t n = 0, len = strlen(what);

	for (size_t i = 0; i + len <= s.n; i++)
		n += memcmp(s.p + i, what, len) == 0;
	return n;
}

/* ---- what is in them ---- */

static const struct { const char *name, *bytes; enum x12_ack_kind kind; const char *holds; size_t times; } rows[] = {
	{ "accepted", ISA("000000001", ":") GS GOOD("0001") "GE*1*7~IEA*1*000000001~", X12_ACK_999,
	    "AK1*HC*7*005010X222A1~\nAK2*837*0001*005010X222A1~\nIK5*A~\nAK9*A*1*1*1~\n", 1 },
	{ "claims accepted", ISA("000000001", ":") GS GOOD("0001") "GE*1*7~IEA*1*000000001~", X12_ACK_277CA,
	    "TRN*2*B42~\nSTC*A1:19:PR*20260301*WQ*150.5~\nQTY*90*2~\nAMT*YU*150.5~\nHL*3*2*19*1~\n"
	    "NM1*85*2*TEST CLINIC*****XX*1234567893~\nHL*4*3*PT~\nNM1*QC*1*ROE*JANE*Q***MI*M001~\nTRN*2*PCN-1~\n"
	    "STC*A2:20*20260301*WQ*100~\nDTP*472*D8*20260201~\nHL*5*3*PT~\n", 1 },
	{ "errors of one claim", ISA("000000001", ":") GS BAD("0001") "GE*1*7~IEA*1*000000001~", X12_ACK_999,
	    "IK3*CLM*18**8~\nCTX*CLM01:PCN-1~\nIK4*5:2*1332*7*Q~\nIK3*DTP*22**8~\nCTX*CLM01:PCN-1~\n"
	    "IK4*3*1251*8*20261399~\nIK5*R*5~\n"
	    "AK9*R*1*1*0~\n", 1 },
	{ "no claims of a rejected set", ISA("000000001", ":") GS BAD("0001") "GE*1*7~IEA*1*000000001~", X12_ACK_277CA, "", 0 },
	{ "the rejected one of three", ISA("000000001", ":") GS GOOD("0001") BAD("0002") GOOD("0003") "GE*3*7~IEA*1*000000001~",
	    X12_ACK_999, "AK9*P*3*3*2~\n", 1 },
	{ "claims of the other two", ISA("000000001", ":") GS GOOD("0001") BAD("0002") GOOD("0003") "GE*3*7~IEA*1*000000001~",
	    X12_ACK_277CA, "ST*277*000", 2 },
	{ "and their group", ISA("000000001", ":") GS GOOD("0001") BAD("0002") GOOD("0003") "GE*3*7~IEA*1*000000001~",
	    X12_ACK_277CA,
	    "SE*26*0002~\nGE*2*2~\nIEA*1*000000002~\n", 1 },
	{ "a group that is rejected", ISA("000000001", ":") GS GOOD("0001") "GE*2*7~IEA*1*000000001~", X12_ACK_999,
	    "AK9*R*2*1*0*5~\n", 1 },
	{ "has no claims", ISA("000000001", ":") GS GOOD("0001") "GE*2*7~IEA*1*000000001~", X12_ACK_277CA, "", 0 },
	{ "an interchange that is rejected", ISA("000000001", ":") GS GOOD("0001") "GE*1*7~", X12_ACK_TA1,
	    "TA1*000000001*260301*1200*R*023~\n", 1 },
	{ "has no 999", ISA("000000001", ":") GS GOOD("0001") "GE*1*7~", X12_ACK_999, "", 0 },
	{ "nor claims", ISA("000000001", ":") GS GOOD("0001") "GE*1*7~", X12_ACK_277CA, "", 0 },
	{ "the next one has", ISA("000000001", ":") GS GOOD("0001") "GE*1*7~" ISA("000000002", ":") GS GOOD("0001")
	    "GE*1*7~IEA*1*000000002~", X12_ACK_999, "ISA", 1 },
	{ "our separators in a text", "ISA|00|          |00|          |ZZ|TH*EM          |ZZ|US             |260301|1200|"
	    "!|00501|000000001|"
	    "0|T|>~GS|HC|TH*EM|US|20260301|1200|7|X|005010X222A1~ST|837|0001|005010X222A1~BHT|0019|0*:\x01|B|20260301|"
	    "1200|CH~SE|3|0001~"
	    "GE|1|7~IEA|1|000000001~", X12_ACK_999, "IK4|2|353|7|0*:<0x01?~\n", 1 },
	{ "and in an id", "ISA|00|          |00|          |ZZ|TH*EM          |ZZ|US             |260301|1200|!|00501|"
	    "000000001|0|T|>~"
	    "IEA|0|000000001~", X12_ACK_TA1, "|ZZ|US             |ZZ|TH EM          |", 1 },
	{ "a number with our separators", OTHER("A*1", "A:1", "11>B>1"), X12_ACK_277CA, "TRN|2|A*1~\n", 1 },
	{ "and another with others of them", OTHER("A*1", "A:1", "11>B>1"), X12_ACK_277CA, "TRN|2|A:1~\n", 1 },
	{ "and where it is told", OTHER("A*1", "A^1", "11>Q>1"), X12_ACK_999, "CTX|CLM01>A^1~\n", 1 },
};

Test(x12_ack, holds, .init = up, .fini = down)
{
	struct answer_how how = { .guides = guides };
	struct answered v = { .rc = 0 };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str got;

		answered_run(&v, &how, str_of(rows[i].bytes));
		got = v.out[rows[i].kind];
		cr_expect(v.rc == 0 && v.ack_rc == 0, "%s: %d %d", rows[i].name, v.rc, v.ack_rc);
		cr_expect(*rows[i].holds ? count(got, rows[i].holds) == rows[i].times : got.n == 0, "%s: " STR_FMT, rows[i].name,
		    STR_ARG(got));
	}
	answered_free(&v);
}

Test(x12_ack, claims_in_sets_of_one, .init = up, .fini = down)
{
	struct answer_how how = { .guides = guides, .claims_per_st = 1 };
	struct answered v = { .rc = 0 };
	struct str got;

	answered_run(&v, &how, S(ISA("000000001", ":") GS GOOD("0001") BAD("0002") "GE*2*7~IEA*1*000000001~"));
	got = v.out[X12_ACK_277CA];
	cr_expect(count(got, "ST*277*") == 2 && count(got, "QTY*90*1~") == 2 && count(got, "NM1*85*") == 2 && count(got, "GE*2*"),
	    STR_FMT, STR_ARG(got));
	cr_expect(count(got, "STC*A1:19:PR*20260301*WQ*100~") == 1 && count(got, "STC*A1:19:PR*20260301*WQ*50.5~") == 1);
	answered_free(&v);
}

/* As a rule would: the second claim is wrong. */
static int
spoil(void *self, const struct x12_check *c, const struct x12_seg *s)
{
	struct x12_check *mine = (struct x12_check *)(uintptr_t)c;

	(void)self;
	if (str_is(s->id, "CLM") && str_is(x12_elem(s, 1), "PCN-2")) {
		mine->claim_errors = 2;
		x12_stc_add(&mine->claim_stcs, "A7:562:85");
		x12_stc_add(&mine->claim_stcs, "A7:400+A7:178");
	}
	return 0;
}

Test(x12_ack, claim_rejected, .init = up, .fini = down)
{
	struct x12_watch also = { .segment = spoil };
	struct answer_how how = { .guides = guides, .also = &also };
	struct answered v = { .rc = 0 };
	struct str got;

	answered_run(&v, &how, S(ISA("000000001", ":") GS GOOD("0001") "GE*1*7~IEA*1*000000001~"));
	got = v.out[X12_ACK_277CA];
	cr_expect(count(got, "QTY*90*1~\nQTY*AA*1~\nAMT*YU*100~\nAMT*YY*50.5~\n") == 1, STR_FMT, STR_ARG(got));
	cr_expect(count(got, "TRN*2*PCN-2~\nSTC*A7:562:85*20260301*U*50.5~\nSTC*A7:400*20260301*U*50.5******A7:178~\nDTP*") == 1, STR_FMT, STR_ARG(got));
	answered_free(&v);
}

static int
refuse(void *self, const struct x12_set *t)
{
	(void)self;
	return str_is(t->st02, "0002");
}

Test(x12_ack, set_refused_by_the_caller, .init = up, .fini = down)
{
	struct x12_watch also = { .set = refuse };
	struct answer_how how = { .guides = guides, .also = &also };
	struct answered v = { .rc = 0 };

	answered_run(&v, &how, S(ISA("000000001", ":") GS GOOD("0001") GOOD("0002") "GE*2*7~IEA*1*000000001~"));
	cr_expect(count(v.out[X12_ACK_999], "IK5*A~\nAK2*837*0002*005010X222A1~\nIK5*R~\nAK9*P*2*2*1~") == 1, STR_FMT,
	    STR_ARG(v.out[X12_ACK_999]));
	cr_expect(count(v.out[X12_ACK_277CA], "ST*277*") == 1);
	answered_free(&v);
}

/* ---- sinks ---- */

struct long_file { size_t left; const char *p; size_t n, sets; bool bad; };
struct tally { size_t bytes, cuts, most; int fail_after; };

static int64_t
fill(void *self, char *p, size_t n)
{
	static const char good[] = CLAIM("PCN-1", "100", "B", "20260201"), bad[] = CLAIM("PCN-1", "100", "Q", "20260201");
	struct long_file *f = self;

	if (!f->n) {
		if (!f->left)
			return 0;
		f->left--;
		f->p = f->bad && f->left == 0 ? bad : good;
		f->n = sizeof good - 1;
	}
	n = n < f->n ? n : f->n;
	memcpy(p, f->p, n);
	f->p += n;
	f->n -= n;
	return (int64_t)n;
}

static int
put(void *self, struct str bytes)
{
	struct tally *t = self;

	t->bytes += bytes.n;
	t->most = t->bytes > t->most ? t->bytes : t->most;
	return t->fail_after && t->bytes > (size_t)t->fail_after ? E_IO : 0;
}

static int
cut(void *self, size_t n)
{
	struct tally *t = self;

	cr_assert(n <= t->bytes);
	t->bytes = n;
	t->cuts++;
	return 0;
}

static int
ends(void *self, enum x12_ack_kind kind, const struct x12_interchange *ic, const struct x12_group *g, struct x12_ends *out)
{
	(void)self;
	(void)ic;
	(void)g;
	out->control = (int64_t)kind + 1;
	return 0;
}

/* A head, then as many claims as wanted, and no end: the set is not closed. Returns what the check returned. */
static int
long_run(struct long_file *file, struct tally t[X12_ACK_KINDS], size_t *used)
{
	static const char head[] = ISA("000000001", ":") GS "ST*837*0001*005010X222A1~" HEAD;
	struct x12_ack_spec spec = { .ends = ends };
	struct x12_check_spec check = { .guides = guides };
	struct faults f = { .a = &mem };
	struct x12_totals totals;
	struct x12_reader *r;
	struct x12_ack *ack;
	size_t before = mem.used;
	int rc;

	file->p = head;
	file->n = sizeof head - 1;
	for (enum x12_ack_kind k = X12_ACK_TA1; k < X12_ACK_KINDS; k++)
		spec.sink[k] = (struct x12_sink){ &t[k], put, cut };
	cr_assert(x12_ack_open(&mem, &spec, &ack) == 0);
	check.watch = x12_ack_watch(ack);
	cr_assert(x12_open_source(&mem, (struct x12_src){ fill, file }, &f, &r) == 0);
	rc = x12_check_run(&mem, r, &check, &totals);
	cr_expect_eq(x12_ack_close(ack, r), 0);
	*used = mem.used - before;
	return rc;
}

/* What was put for claims goes when the set, the group and the interchange turn out to be cut short. */
Test(x12_ack, constant_memory_and_taken_back, .init = up, .fini = down)
{
	struct tally few[X12_ACK_KINDS] = { { 0 } }, many[X12_ACK_KINDS] = { { 0 } };
	struct long_file small = { .left = 3000 }, large = { .left = 60000 };
	size_t used_few, used_many;

	cr_expect_eq(long_run(&small, few, &used_few), 0);
	cr_expect_eq(long_run(&large, many, &used_many), 0);
	cr_expect(used_few < 2000000 && used_many < 2000000, "%zu and %zu bytes", used_few, used_many);
	cr_expect(many[X12_ACK_277CA].most > 5000000 && many[X12_ACK_277CA].cuts > 0 && many[X12_ACK_277CA].bytes == 0);
	cr_expect(many[X12_ACK_999].bytes == 0 && many[X12_ACK_TA1].bytes > 0);
}

Test(x12_ack, sink_fails, .init = up, .fini = down)
{
	struct tally t[X12_ACK_KINDS] = { { 0 }, { 0 }, { .fail_after = 1000 } };
	struct long_file file = { .left = 5000 };
	size_t used;

	cr_expect_eq(long_run(&file, t, &used), E_IO);
	cr_expect_eq(t[X12_ACK_TA1].bytes, 0);
}

/* Whatever memory there is, the check ends: with what it found, or for want of memory. */
Test(x12_ack, any_arena, .init = up, .fini = down)
{
	static const char file[] = ISA("000000001", ":") GS GOOD("0001") "GE*1*7~IEA*1*000000001~";
	static const struct x12_rules rules = { .today = DAY_NONE };
	size_t spent = 0, done = 0;

	for (size_t limit = 40000; limit < 300000; limit += 304) {
		struct tally t[X12_ACK_KINDS] = { { 0 } };
		struct x12_ack_spec spec = { .ends = ends };
		struct x12_check_spec check = { .guides = guides, .rules = &rules };
		struct arena a;
		struct faults f = { .a = &a };
		struct x12_totals totals = { 0 };
		struct x12_reader *r = NULL;
		struct x12_ack *ack;
		int rc;

		arena_init(&a, limit);
		for (enum x12_ack_kind k = X12_ACK_TA1; k < X12_ACK_KINDS; k++)
			spec.sink[k] = (struct x12_sink){ &t[k], put, cut };
		if (x12_ack_open(&a, &spec, &ack) == 0) {
			check.watch = x12_ack_watch(ack);
			rc = x12_open(&a, S(file), &f, &r);
			rc = rc < 0 ? rc : x12_check_run(&a, r, &check, &totals);
			(void)x12_ack_close(ack, r);
			spent += rc == E_NOMEM;
			done += rc == 0 && totals.claims == 2 && totals.errors == 0;
			cr_expect(rc == 0 || rc == E_NOMEM, "%zu bytes: %d", limit, rc);
		}
		arena_free(&a);
	}
	cr_expect(spent > 100 && done > 50, "%zu times spent, %zu times done", spent, done);
}

/* ---- texts ---- */

Test(x12_ack, texts)
{
	static const struct { struct str in, text, copy; size_t max; } texts[] = {
		{ { "plain", 5 }, { "plain", 5 }, { "plain", 5 }, 10 },
		{ { "too long", 8 }, { "too", 3 }, { "too long", 8 }, 4 },
		{ { "a*b:c^d~e", 9 }, { "a b c d e", 9 }, { "a<0x2A>b<0x3A>c<0x5E>d<0x7E>e", 29 }, 20 },
		{ { "\n", 1 }, { "", 0 }, { "<LF>", 4 }, 5 },
		{ { "x\r\ty", 4 }, { "x  y", 4 }, { "x<CR><TAB>y", 11 }, 5 },
		{ { "Jos\xc3\xa9", 5 }, { "Jos\xc3\xa9", 5 }, { "Jos\xc3\xa9", 5 }, 5 },
		{ { "Jos\xc3\xa9", 5 }, { "Jos", 3 }, { "Jos\xc3\xa9", 5 }, 4 },
		{ { "Jos\xe9", 4 }, { "Jos?", 4 }, { "Jos<0xE9>", 9 }, 5 },
		{ { "a\xe2\x80\xae""b", 5 }, { "a???b", 5 }, { "a<0xE2><0x80><0xAE>b", 20 }, 9 },
		{ { "", 0 }, { "", 0 }, { "", 0 }, 5 },
	};
	struct x12_interchange ic;

	arena_init(&mem, 0);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct str text = x12_ack_text(&mem, NULL, texts[i].in, texts[i].max),
		    copy = x12_ack_copy(&mem, NULL, texts[i].in);

		cr_expect(str_eq(text, texts[i].text), "%zu: " STR_FMT, i, STR_ARG(text));
		cr_expect(str_eq(copy, texts[i].copy), "%zu: " STR_FMT, i, STR_ARG(copy));
	}
	cr_expect_eq(x12_ack_copy(&mem, NULL, arena_fmt(&mem, "%0200d", 1)).n, 99);
	cr_expect(str_is(x12_ack_number(&mem, S("77"), 9), "000000077") &&
	    str_is(x12_ack_number(&mem, S("A12-3456"), 4), "3456"));
	cr_expect(x12_ack_salvage(S("ISA*00**00**ZZ*THEM*ZZ*US*260301*1200*^*00501*77*0*P*:~"), &ic) && str_is(ic.isa13, "77"));
	cr_expect(!x12_ack_salvage(S("ISA*00**00**ZZ*THEM*ZZ*US*260301*1200*^*00501*77"), &ic));
	cr_expect(!x12_ack_salvage(S("ISA 00 "), &ic) && !x12_ack_salvage(S("ISA"), &ic) && !x12_ack_salvage(STR_NONE, &ic));
	arena_free(&mem);
}
