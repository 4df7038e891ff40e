/*
 * test_x12_findings.c - each finding of schemas/x12_findings.def: a small sound claim trips none, and one edit of it is
 * told by that name at its place, and nothing else is told but what follows from it. A finding without a case fails.
 */
#include "support/claims.h"
#include "support/found.h"
#include "support/one_837.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <string.h>

#define SET_1	ONE_SET("@")
#define GE_1	"GE*1*1~"
#define IEA_1	"IEA*1*000000001~"
#define MORE	"**********"

/* ids: all that is told, in its order; then the codes and the place of the first. */
static const struct row { const char *from, *to, *ids, *ik304, *ik403, *segment; unsigned el, comp; } rows[] = {
	{ "N3*1", "QQQ*1~N3*1", "SEGMENT_UNKNOWN", "1", NULL, "QQQ", 0, 0 },
	{ "N3*1", "BPR*I~N3*1", "SEGMENT_FOREIGN", "6", NULL, "BPR", 0, 0 },
	{ "HI*A", "CL1*1*1*01~HI*A", "SEGMENT_NOT_USED", "I4", NULL, "CL1", 0, 0 },
	{ "HI*A", "REF*QQ*1~HI*A", "SEGMENT_PLACE", "2", NULL, "REF", 0, 0 },
	{ "N3*1 MAIN ST~", "", "SEGMENT_MISSING", "3", NULL, "N3", 0, 0 },
	{ "NM1*40*2*PAYER*****46*R1~", "", "LOOP_MISSING", "3", NULL, "NM1", 0, 0 },
	{ "N3*1", "N3*0~N3*1", "SEGMENT_TOO_MANY", "5", NULL, "N3", 0, 0 },
	{ "NM1*40", "NM1*40*2*OTHER*****46*R2~NM1*40", "LOOP_TOO_MANY", "4", NULL, "NM1", 0, 0 },
	{ "N3*1 MAIN ST~N4*BOSTON*MA*021081234~", "N4*BOSTON*MA*021081234~N3*1 MAIN ST~", "SEGMENT_ORDER",
	    "7", NULL, "N3", 0, 0 },
	{ "HL*2*1", "HL*3*1", "HL_NUMBER", "8", "7", "HL", 1, 0 },
	{ "HL*2*1", "HL*2*2", "HL_PARENT", "8", "7", "HL", 2, 0 },
	{ "HL*2*1*22*0", "HL*2*1*22*1", "HL_CHILD", "8", "7", "HL", 4, 0 },
	{ "*SENDER*", "**", "ELEMENT_MISSING", "8", "1", "NM1", 3, 0 },
	{ "11:B:1", "11:B", "COMPONENT_MISSING", "8", "1", "CLM", 5, 3 },
	{ "HL*1**", "HL*1*1*", "ELEMENT_NOT_USED", "8", "I10", "HL", 2, 0 },
	{ "1 MAIN ST", "1 MAIN ST*2*3", "ELEMENTS_TOO_MANY", "8", "3", "N3", 3, 0 },
	{ "1 MAIN ST", "1:MAIN ST", "ELEMENT_COMPONENTS", "8", "13", "N3", 1, 0 },
	{ "ABK:E119", "ABK:E119:::::::::::", "ELEMENT_COMPONENTS", "8", "13", "HI", 1, 10 },
	{ "*F~", "*F^M~", "ELEMENT_REPEATS", "8", "12", "DMG", 3, 0 },
	{ "SALEM", "S", "ELEMENT_SHORT", "8", "4", "N4", 1, 0 },
	{ "LX*1", "LX*1000001", "ELEMENT_LONG", "8", "5", "LX", 1, 0 },
	{ "99213*100", "99213*1O0", "ELEMENT_CHARACTER", "8", "6", "SV1", 2, 0 },
	{ "1 MAIN ST", "1 MAIN\001ST", "ELEMENT_CHARACTER", "8", "6", "N3", 1, 0 },
	{ "1 MAIN ST", "1 M\xc1IN ST", "ELEMENT_LATIN", "8", "6", "N3", 1, 0 },
	{ "1 MAIN ST", "1 M\xe2\x80\xae IN ST", "ELEMENT_HIDDEN", "8", "6", "N3", 1, 0 },
	{ "99213*100", "99213*123456789.01", "ELEMENT_DIGITS", "8", "5", "SV1", 2, 0 },
	{ "UN*1*", "UN*123456789*", "ELEMENT_DIGITS", "8", "5", "SV1", 4, 0 },
	{ "BHT*0019*00*1*", "BHT*0019*00*1234567890123456789012345678901*", "BATCH_LONG", "8", "5", "BHT", 3, 0 },
	{ "SBR*P*18", "SBR*P*19", "ELEMENT_CODE", "8", "7", "SBR", 2, 0 },
	{ "LX*1", "LX*1.0", "ELEMENT_DECIMAL", "8", "6", "LX", 1, 0 },
	{ "99213*100", "99213*100.005", "ELEMENT_AMOUNT", "8", "6", "SV1", 2, 0 },
	{ "UN*1*", "UN*1.2345*", "ELEMENT_QUANTITY", "8", "6", "SV1", 4, 0 },
	{ "UN*1*", "UN*100000000000*", "ELEMENT_QUANTITY", "8", "6", "SV1", 4, 0 },
	{ "CLM*A1", "CLM*  ", "ELEMENT_MISSING", "8", "1", "CLM", 1, 0 },
	{ "19800101", "19800230", "ELEMENT_DATE", "8", "8", "DMG", 2, 0 },
	{ "*1200*CH", "*2500*CH", "ELEMENT_TIME", "8", "9", "BHT", 5, 0 },
	{ "5551230000", "5551230000*EM", "SYNTAX_REQUIRES", "8", "2", "PER", 6, 0 },
	{ "021081234", "021081234*US***MA", "SYNTAX_EXCLUDES", "8", "10", "N4", 7, 0 },
	{ "*T*:~", "*T*>~", "SEPARATOR_OTHER", NULL, NULL, "CLM", 5, 0 },
	{ "SE*@*0001~" GE_1 IEA_1, "K3*A", "CUT_SHORT SET_NO_SE GROUP_NO_GE ISA_NO_IEA", "8", "6", "K3", 0, 0 },
	{ "0001*005010X222A1", "0001*005010X999", "SET_VERSION", NULL, NULL, "ST", 3, 0 },
	{ "0001*005010X222A1", "0001*005010X222A2", "SET_GUIDE", "8", "7", "ST", 3, 0 },
	{ "ST*837", "ST*850", "SET_UNSUPPORTED", NULL, NULL, "ST", 1, 0 },
	{ "ST*837", "ST*83A", "SET_ST01", NULL, NULL, "ST", 1, 0 },
	{ "SE*@*0001~", "", "SET_NO_SE", NULL, NULL, "SE", 0, 0 },
	{ "SE*@", "SE*7", "SET_COUNT", NULL, NULL, "SE", 1, 0 },
	{ "SE*@*0001", "SE*@*0002", "SET_CONTROL", NULL, NULL, "SE", 2, 0 },
	{ "837*0001*", "837*001*", "SET_ST02 SET_CONTROL", NULL, NULL, "ST", 2, 0 },
	{ GE_1, SET_1 "GE*2*1~", "SET_TWICE", NULL, NULL, "ST", 2, 0 },
	{ "GS*HC", "GS*HP", "GROUP_CODE", NULL, NULL, "GS", 0, 0 },
	{ "GS*HC*S*R*20260115", "GS*HC*S*R*20260230", "GROUP_VALUE", NULL, NULL, "GS", 4, 0 },
	{ "GS*HC", "GS*QQ", "GROUP_KIND", NULL, NULL, "GS", 1, 0 },
	{ "*1*X*005010X222A1", "*1*X*004010X098A1", "GROUP_VERSION", NULL, NULL, "GS", 8, 0 },
	{ GE_1, "", "GROUP_NO_GE", NULL, NULL, "GE", 0, 0 },
	{ "GE*1", "GE*2", "GROUP_COUNT", NULL, NULL, "GE", 1, 0 },
	{ "GE*1*1", "GE*1*2", "GROUP_CONTROL", NULL, NULL, "GE", 2, 0 },
	{ "*1*X*", "**X*", "GROUP_GS06 GROUP_CONTROL", NULL, NULL, "GS", 6, 0 },
	{ IEA_1, GS_1 SET_1 GE_1 "IEA*2*000000001~", "GROUP_TWICE", NULL, NULL, "GS", 6, 0 },
	{ "*0*T*", "*0*Q*", "ISA_VALUE", NULL, NULL, "ISA", 15, 0 },
	{ "*0*T*", "*0*I*", "ISA_VALUE", NULL, NULL, "ISA", 15, 0 },
	{ "*1200*^*", "*1200*U*", "ISA_REPETITION", NULL, NULL, "ISA", 11, 0 },
	{ "*1200*^*", "*1200* *", "ISA_REPETITION", NULL, NULL, "ISA", 11, 0 },
	{ SET_1 "GE*1", "GE*0", "GROUP_EMPTY", NULL, NULL, "GE", 0, 0 },
	{ "*1200*^*", "*1200*:*", "ISA_SEPARATORS", NULL, NULL, "ISA", 11, 0 },
	{ IEA_1, IEA_1 ISA_1 GS_1 SET_1 GE_1 IEA_1, "ISA_TWICE", NULL, NULL, "ISA", 13, 0 },
	{ GS_1 SET_1 GE_1 "IEA*1", "IEA*0", "ISA_EMPTY", NULL, NULL, "IEA", 0, 0 },
	{ IEA_1, "", "ISA_NO_IEA", NULL, NULL, "IEA", 0, 0 },
	{ "IEA*1", "IEA*2", "ISA_COUNT", NULL, NULL, "IEA", 1, 0 },
	{ "IEA*1*000000001", "IEA*1*000000002", "ISA_CONTROL", NULL, NULL, "IEA", 2, 0 },
	{ GE_1, "REF*EI*1~" GE_1, "ENVELOPE_ORDER", NULL, NULL, "REF", 0, 0 },
	{ IEA_1, IEA_1 "REF*EI*1~", "OUTSIDE", NULL, NULL, "REF", 0, 0 },
	{ "1 MAIN ST", "1" MORE MORE MORE MORE MORE MORE MORE, "UNREADABLE SET_NO_SE GROUP_NO_GE ISA_NO_IEA", NULL,
	    NULL, "NM1", 0, 0 },
};

/* Told elsewhere, or not by an edit of one claim. */
static const struct { const char *id, *where; } others[] = {
	{ "BODY_LENGTH", "test_x12_stream: bodies, by the mark it comes from" }, { "CLAIM_TOO_LARGE", "too_large, below" },
	{ "ISA_USAGE", "test_ingest: x12_of_the_other_usage" },
	{ "DATE_FUTURE", "test_x12_rules: days_to_come" },
	{ "NUMBERS_TOO_MANY", "test_x12_names: told_once" },
};

TestSuite(x12_findings, .init = open_arena, .fini = close_arena);

/* SE*@ becomes the count of segments from ST, which it then has. */
static struct str
counted(struct str text)
{
	struct buf b;
	size_t n = 0;

	buf_init(&b, &a);
	while (text.n) {
		struct str s = str_cut(&text, '~');
		bool cut = !text.n && s.p[s.n] != '~';

		n = str_starts(s, S("ST*")) ? 1 : n + 1;
		if (str_starts(s, S("SE*@")))
			buf_fmt(&b, "SE*%zu" STR_FMT, n, (int)(s.n - 4), s.p + 4);
		else
			buf_str(&b, s);
		if (!cut)
			buf_ch(&b, '~');
	}
	return buf_view(&b);
}

static struct str
file_with(const char *from, const char *to)
{
	static const char text[] = ISA_1 GS_1 SET_1 GE_1 IEA_1;
	const char *at = strstr(text, from);
	struct buf b;

	cr_assert(at != NULL, "%s is not in the file", from);
	buf_init(&b, &a);
	buf_put(&b, text, (size_t)(at - text));
	buf_cstr(&b, to);
	buf_cstr(&b, at + strlen(from));
	return counted(buf_view(&b));
}

static bool
same(const char *x, const char *y)
{
	return x && y ? strcmp(x, y) == 0 : x == y;
}

Test(x12_findings, a_sound_claim_trips_none)
{
	struct found f;

	cr_assert(found_in(&a, claims_guides(), NULL, file_with("ST", "ST"), X12_SNIP_NONE, &f) == 0);
	cr_expect(f.n == 0 && f.claims == 1, "%s", found_ids(&a, &f).p);
}

Test(x12_findings, each_at_its_place)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		struct found f;

		(void)found_in(&a, claims_guides(), NULL, file_with(r->from, r->to), X12_SNIP_NONE, &f);
		cr_expect_str_eq(found_ids(&a, &f).p, r->ids, "%s for %s: %s", r->to, r->from, found_ids(&a, &f).p);
		if (!f.n)
			continue;
		cr_expect(same(f.v->ik304, r->ik304) && same(f.v->ik403, r->ik403), "%s: %s %s", r->ids, f.v->ik304, f.v->ik403);
		cr_expect(str_is(f.v->segment, r->segment) && f.v->el == r->el && f.v->comp == r->comp, "%s: " STR_FMT " %u %u",
		    r->ids, STR_ARG(f.v->segment), f.v->el, f.v->comp);
	}
}

/* More segments than are judged together: told once, and the set goes on. */
Test(x12_findings, too_large)
{
	static const struct x12_rules rules = { .today = DAY_NONE };
	struct found f;
	struct buf b;
	size_t told = 0;

	buf_init(&b, &a);
	buf_cstr(&b, "HI*ABK:E119~");
	for (size_t i = 0; i < 50001; i++)
		buf_cstr(&b, "K3*A~");
	cr_assert(found_in(&a, claims_guides(), &rules, file_with("HI*ABK:E119~", buf_view(&b).p), X12_SITUATION, &f) == 0);
	for (size_t i = 0; i < f.n; i++)
		told += strcmp(f.v[i].id, "CLAIM_TOO_LARGE") == 0;
	cr_expect(told == 1 && f.claims == 1, "%zu times", told);
}

Test(x12_findings, each_has_a_case)
{
	static const char *const ids[] = {
#define FINDING(id, snip, severity, words, fix) #id,
#include "schemas/x12_findings.def"
	};

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		bool has = false;

		for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
			for (struct str rest = str_of(rows[k].ids); rest.n;)
				has |= str_is(str_cut(&rest, ' '), ids[i]);
		for (size_t k = 0; k < sizeof others / sizeof *others; k++)
			has |= strcmp(others[k].id, ids[i]) == 0;
		cr_expect(has, "%s has no case", ids[i]);
	}
}
