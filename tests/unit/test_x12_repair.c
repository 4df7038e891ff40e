/* test_x12_repair.c - each repair on one segment of a sound claim: what it makes, what it says, and that it is done once. */
#include "support/segments.h"
#include "x12/claims.h"
#include "x12/repair.h"
#include "x12/split.h"

#include <criterion/criterion.h>

static struct arena a;
static const struct x12_guides *guides;

static const char *const claim[] = {
	"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260101*1200*^*00501*000000007*0*T*:",
	"GS*HC*SENDER*RECEIVER*20260101*1200*7*X*005010X222A1", "ST*837*0001*005010X222A1", "BHT*0019*00*B7*20260101*1200*CH",
	"NM1*41*2*CLINIC*****46*SENDER", "PER*IC*DESK*TE*5035550100", "NM1*40*2*PAYER*****46*RECEIVER",
	"HL*1**20*1", "NM1*85*2*CLINIC*****XX*1234567893", "N3*1 MAIN ST", "N4*SALEM*OR*973010000", "REF*EI*930000001",
	"HL*2*1*22*0", "SBR*P*18*******CI", "NM1*IL*1*DOE*JANE****MI*M1", "N3*2 OAK ST", "N4*SALEM*OR*97301", "DMG*D8*19800101*F",
	"NM1*PR*2*PAYER*****PI*P1", "CLM*A1*100***11:B:1*Y*A*Y*Y", "HI*ABK:E1165*ABF:I10", "LX*1",
	"SV1*HC:99213:25*100*UN*1***1:2", "DTP*472*D8*20260102", "LIN**N4*12345678901", "CTP****1*UN", "SE*25*0001", "GE*1*7",
	"IEA*1*000000007",
};
#define N_LINES	(sizeof claim / sizeof *claim)

static void
setup(void)
{
	arena_init(&a, (size_t)1 << 28);
	cr_assert(x12_guides_open(&a, &guides) == 0);
}

static void
teardown(void)
{
	arena_free(&a);
}

TestSuite(x12_repair, .init = setup, .fini = teardown);

struct told { char ids[512]; size_t n; };

static int
told(void *self, const struct x12_repaired *r)
{
	struct told *t = self;
	size_t n = strlen(r->id);

	t->n++;
	cr_expect(r->words && *r->words);
	if (strlen(t->ids) + n + 2 < sizeof t->ids) {
		memcpy(t->ids + strlen(t->ids), " ", 2);
		memcpy(t->ids + strlen(t->ids), r->id, n + 1);
	}
	return 0;
}

/* The claim with one line replaced, or with one more behind it (was NULL: as it is). */
static struct str
file_with(const char *was, const char *now)
{
	struct buf b;

	buf_init(&b, &a);
	for (size_t i = 0; i < N_LINES; i++)
		buf_fmt(&b, "%s~\n", was && strcmp(claim[i], was) == 0 ? now : claim[i]);
	return buf_view(&b);
}

static struct str
repaired(struct str in, bool zip_pad, struct told *t)
{
	struct x12_repair_spec spec = { .guides = guides, .zip_pad = zip_pad, .line_end = S("\n"), .told = told, .self = t };
	struct faults f = { .a = &a };
	struct x12_reader *r;
	struct x12_repair *fix;
	struct buf b;
	int rc;

	*t = (struct told){ .n = 0 };
	buf_init(&b, &a);
	cr_assert(x12_open(&a, in, &f, &r) == 0 && x12_repair_open(&a, r, &spec, &fix) == 0);
	while ((rc = x12_repair_next(fix, &b)) > 0)
		;
	cr_expect(rc == 0 && x12_repair_count(fix) == t->n);
	x12_repair_close(fix);
	return buf_view(&b);
}

Test(x12_repair, nothing_is_done_to_what_is_sound)
{
	struct str in = file_with(NULL, NULL);
	struct told t;

	cr_expect(str_eq(repaired(in, false, &t), in));
	cr_expect(t.n == 0, "%s", t.ids);
}

Test(x12_repair, each_repair)
{
	static const struct { const char *was, *sent, *made, *ids; } rows[] = {
		{ "NM1*IL*1*DOE*JANE****MI*M1", "NM1*IL*1* DOE *JANE****MI*M1", NULL, " BLANKS" },
		{ "NM1*IL*1*DOE*JANE****MI*M1", "NM1*il*1*DOE*JANE****MI*M1", NULL, " QUALIFIER_CASE" },
		{ "NM1*IL*1*DOE*JANE****MI*M1", "nm1*IL*1*DOE*JANE****mi*M1", NULL, " SEGMENT_CASE CODE_CASE" },
		{ "NM1*IL*1*DOE*JANE****MI*M1", "NM1*IL*1*DOE*JANE****MI*M1***", NULL, " TRAILING_SEPARATORS" },
		{ "NM1*IL*1*DOE*JANE****MI*M1", "NM1*IL*1*\rDOE\n*JANE****MI*M1", NULL, " CONTROL_CHARACTER" },
		{ "N3*1 MAIN ST", "N3*1\r\nMAIN\t ST\n", NULL, " CONTROL_CHARACTER" },
		{ "NM1*IL*1*DOE*JANE****MI*M1", "NM1*IL*1*doe*jane****MI*m1", "NM1*IL*1*doe*jane****MI*m1", "" },
		{ "REF*EI*930000001", "REF*TJ*930000001", NULL, " TAX_ID_QUALIFIER" },
		{ "REF*EI*930000001", "REF*tj* 93-0000001 *", NULL,
		    " TRAILING_SEPARATORS QUALIFIER_CASE BLANKS TAX_ID_QUALIFIER EIN_HYPHEN" },
		{ "REF*EI*930000001", "REF*EI*93-00001", "REF*EI*93-00001", "" },
		{ "PER*IC*DESK*TE*5035550100", "PER*IC*DESK*TE*(503) 555-0100", NULL, " PHONE_FORM" },
		{ "PER*IC*DESK*TE*5035550100", "PER*IC*DESK*TE*503-555-0100 X4", "PER*IC*DESK*TE*503-555-0100 X4", "" },
		{ "N4*SALEM*OR*97301", "N4*SALEM*or*97301", NULL, " CODE_CASE" },
		{ "N4*SALEM*OR*973010000", "N4*SALEM*OR*97301-0000", NULL, " ZIP_FORM" },
		{ "DMG*D8*19800101*F", "DMG*D8*1980-01-01*f", NULL, " DATE_HYPHENS CODE_CASE" },
		{ "DTP*472*D8*20260102", "DTP*472*RD8*2026/01/02", NULL, " DATE_FORMAT DATE_HYPHENS" },
		{ "DTP*472*D8*20260102", "DTP*472*D8*20260102-20260103", "DTP*472*RD8*20260102-20260103", " DATE_FORMAT" },
		{ "CLM*A1*100***11:B:1*Y*A*Y*Y", "CLM*A1*0100.00***11:B:1*Y*A*Y*Y", NULL, " AMOUNT_FORM" },
		{ "CLM*A1*100***11:B:1*Y*A*Y*Y", "CLM*A1*00232.460***11:B:1*Y*A*Y*Y", "CLM*A1*232.46***11:B:1*Y*A*Y*Y", " AMOUNT_FORM" },
		{ "CLM*A1*100***11:B:1*Y*A*Y*Y", "CLM*A1*232.400***11:B:1*Y*A*Y*Y", "CLM*A1*232.40***11:B:1*Y*A*Y*Y", " AMOUNT_FORM" },
		{ "CLM*A1*100***11:B:1*Y*A*Y*Y", "CLM*A1*100***11>B>1*Y*A*Y*Y", NULL, " COMPONENT_SEPARATOR" },
		{ "CLM*A1*100***11:B:1*Y*A*Y*Y", "CLM*A1*100.50***11:B:1::*Y*A*y*Y", "CLM*A1*100.50***11:B:1*Y*A*Y*Y",
		    " TRAILING_SEPARATORS CODE_CASE" },
		{ "HI*ABK:E1165*ABF:I10", "HI*ABK:e11.65*ABF:I10", NULL, " CODE_CASE ICD_DOT" },
		{ "HI*ABK:E1165*ABF:I10", "HI*abk:E11.65* ABF:I10 ", NULL, " QUALIFIER_CASE BLANKS BLANKS ICD_DOT" },
		{ "SV1*HC:99213:25*100*UN*1***1:2", "SV1*hc:99213:25*100.*un*01***1:2", NULL,
		    " CODE_CASE AMOUNT_FORM CODE_CASE AMOUNT_FORM" },
		{ "LIN**N4*12345678901", "LIN**N4*12345-6789-01", NULL, " NDC_FORM" },
		{ "LIN**N4*12345678901", "LIN**N4*1234-5678-90", "LIN**N4*01234567890", " NDC_FORM" },
		{ "LIN**N4*12345678901", "LIN**N4*12345-678-90", "LIN**N4*12345067890", " NDC_FORM" },
		{ "LIN**N4*12345678901", "LIN**N4*12345-6789-0", "LIN**N4*12345678900", " NDC_FORM" },
		{ "LIN**N4*12345678901", "LIN**N4*1234-567-89", "LIN**N4*1234-567-89", "" },
		{ "SE*25*0001", "SE*7*0002", NULL, " SEGMENT_COUNT SET_CONTROL" },
		    { "SE*25*0001", "SE*025*0001", "SE*025*0001", "" },
		{ "GE*1*7", "GE*2*8", NULL, " SET_COUNT GROUP_CONTROL" },
		{ "IEA*1*000000007", "IEA**7", NULL, " GROUP_COUNT INTERCHANGE_CONTROL" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct told t, again;
		struct str out = repaired(file_with(rows[i].was, rows[i].sent), false, &t);
		struct str want = file_with(rows[i].was, rows[i].made ? rows[i].made : rows[i].was);

		cr_expect(str_eq(out, want), "%s gives " STR_FMT, rows[i].sent, STR_ARG(out));
		cr_expect(strcmp(t.ids, rows[i].ids) == 0, "%s: %s", rows[i].sent, t.ids);
		cr_expect(str_eq(repaired(out, false, &again), out) && again.n == 0, "%s again: %s", rows[i].sent, again.ids);
	}
}

/* Once CLM05 has shown the separator, what comes after is read by it, up to the next interchange. */
Test(x12_repair, components_of_a_claim_parted_otherwise)
{
	struct str in = file_with(NULL, NULL);
	char *p = (char *)(uintptr_t)in.p;
	struct told t;
	struct str out;

	for (size_t i = 110; i < in.n; i++)
		p[i] = p[i] == ':' ? '>' : p[i];
	out = repaired(in, false, &t);
	cr_expect(str_eq(out, file_with(NULL, NULL)), STR_FMT, STR_ARG(out));
	cr_expect(t.n == 5, "%s", t.ids);
}

Test(x12_repair, a_guess_only_when_asked_for)
{
	struct str in = file_with("N4*SALEM*OR*973010000", "N4*SALEM*OR*97301");
	struct told t;

	cr_expect(str_eq(repaired(in, false, &t), in) && t.n == 0);
	cr_expect(str_eq(repaired(in, true, &t), file_with("N4*SALEM*OR*973010000", "N4*SALEM*OR*973019998")));
	cr_expect(strcmp(t.ids, " ZIP_PAD") == 0, "%s", t.ids);	/* the subscriber's stays as it is */
}

/* ---- split ---- */

struct parts { struct buf v[8]; size_t n, closed, claims; };

static int
part_begin(void *self, struct str isa13, size_t part)
{
	struct parts *p = self;

	cr_expect(str_is(isa13, "000000007") && part == p->n + 1 && p->n < 8);
	buf_init(&p->v[p->n++], &a);
	return 0;
}

static int
part_bytes(void *self, struct str s)
{
	struct parts *p = self;

	buf_str(&p->v[p->n - 1], s);
	return 0;
}

static int
part_byte(void *self, uint64_t at, char c)
{
	struct parts *p = self;

	cr_expect(at < p->v[p->n - 1].n && p->v[p->n - 1].p[at] == '0');
	p->v[p->n - 1].p[at] = c;
	return 0;
}

static int
part_done(void *self, size_t claims)
{
	struct parts *p = self;

	p->closed++;
	p->claims += claims;
	return 0;
}

/* A subscriber with a claim of his own and two children with one each. */
static struct str
family(void)
{
	struct buf b;
	int hl = 2;

	buf_init(&b, &a);
	for (size_t i = 0; i < N_LINES; i++) {
		if (strcmp(claim[i], "HL*2*1*22*0") == 0)
			buf_cstr(&b, "HL*2*1*22*1~");
		else if (strcmp(claim[i], "SE*25*0001") == 0)
			buf_cstr(&b, "SE*47*0001~");
		else
			buf_fmt(&b, "%s~", claim[i]);
		if (strcmp(claim[i], "CTP****1*UN") != 0 || hl != 2)
			continue;
		for (; hl < 4; hl++)
			buf_fmt(&b, "HL*%d*2*23*0~PAT*19~NM1*QC*1*DOE*CHILD%d~N3*2 OAK ST~N4*SALEM*OR*97301~DMG*D8*20100101*F~"
			    "CLM*C%d*50***11:B:1*Y*A*Y*Y~HI*ABK:I10~LX*1~SV1*HC:99213*50*UN*1***1~DTP*472*D8*20260102~",
			    hl + 1, hl, hl);
	}
	return buf_view(&b);
}

static int
count_errors(void *self, const struct x12_finding *f)
{
	cr_expect(false, "%s at %zu", f->id, f->at);
	++*(int *)self;
	return 0;
}

static void
check_is_clean(struct str bytes)
{
	struct faults f = { .a = &a };
	struct x12_reader *r;
	struct x12_totals t;
	int n = 0;
	struct x12_check_spec spec = { .guides = guides, .watch = { .self = &n, .found = count_errors } };

	cr_assert(x12_open(&a, bytes, &f, &r) == 0);
	cr_expect(x12_check_run(&a, r, &spec, &t) == 0 && n == 0, STR_FMT, STR_ARG(bytes));
}

static int
split(struct str in, size_t claims, struct parts *p)
{
	struct x12_split_spec spec = { .claims = claims, .self = p, .open = part_begin, .put = part_bytes, .patch = part_byte,
	    .close = part_done };
	struct faults f = { .a = &a };
	struct x12_split_done done;
	struct x12_reader *r;
	int rc;

	*p = (struct parts){ .n = 0 };
	cr_assert(x12_open(&a, in, &f, &r) == 0);
	rc = x12_split_run(&a, r, &f, &spec, &done);
	cr_expect((rc < 0) == (f.n > 0));
	return rc;
}

Test(x12_repair, parts_have_what_their_claims_need)
{
	static const char *const levels[] = { "HL*1**20*1~", "HL*2*1*22*0~", NULL, "HL*1**20*1~", "HL*2*1*22*1~",
	    "HL*3*2*23*0~" };
	struct parts p;

	cr_assert(split(family(), 1, &p) == 0);
	cr_expect(p.n == 3 && p.closed == 3 && p.claims == 3);
	for (size_t i = 0; i < p.n; i++) {
		const char *const *want = &levels[i ? 3 : 0];

		buf_ch(&p.v[i], 0);
		p.v[i].n--;
		check_is_clean(buf_view(&p.v[i]));
		for (size_t k = 0; k < 3 && want[k]; k++)
			cr_expect(strstr(p.v[i].p, want[k]) != NULL, "part %zu has no %s", i, want[k]);
	}
	cr_expect(strstr(p.v[0].p, "HL*3") == NULL && strstr(p.v[0].p, "*B7*") && strstr(p.v[2].p, "*B7-3*"));
	cr_expect(strstr(p.v[2].p, "*000000009*0*T*:~") && strstr(p.v[2].p, "IEA*1*000000009~"));
	cr_expect(strstr(p.v[2].p, "~CLM*C3*50***11:B:1*Y*A*Y*Y~HI*ABK:I10~LX*1~SV1*HC:99213*50*UN*1***1~"
	    "DTP*472*D8*20260102~SE*"));
	cr_assert(split(family(), 2, &p) == 0);
	cr_expect(p.n == 2 && p.claims == 3);
	cr_assert(split(family(), 9, &p) == 0);
	check_is_clean(buf_view(&p.v[0]));
	cr_expect(p.n == 1);
}

Test(x12_repair, what_cannot_be_split)
{
	static const char *const rows[][2] = {
		{ "ST*837*0001*005010X222A1", "ST*835*0001" }, { "HL*2*1*22*0", "HL*2*1*23*0" }, { "HL*1**20*1", "HL*1**19*1" },
		{ "SE*25*0001", "NTE*ADD*X" },
	};
	struct parts p;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(split(file_with(rows[i][0], rows[i][1]), 5, &p) == E_VALUE, "%s", rows[i][1]);
}

/* ---- JSON ---- */

static struct str
as_json(struct str in, bool generic)
{
	struct faults f = { .a = &a };
	struct str lines;

	cr_expect(segments_json(&a, guides, in, generic, &f, &lines) > 0 && f.n == 0, STR_FMT,
	    STR_ARG(f.n ? f.v[0].words : S("")));
	return lines;
}

static int
from_json(struct str lines, struct str *out)
{
	struct faults f = { .a = &a };
	int rc = segments_of_json(&a, lines, &f, out);

	cr_expect((rc < 0) == (f.n > 0));
	return rc;
}

Test(x12_repair, json_and_back)
{
	struct str in = file_with("HI*ABK:E1165*ABF:I10", "HI*ABK:E1165:::\"x\\*ABF:I10^ABF:I11"), out;

	cr_expect(from_json(as_json(in, true), &out) == 0);
	cr_expect(str_eq(out, in), STR_FMT, STR_ARG(out));
	out = as_json(family(), false);
	cr_expect(str_starts(out,
	    S("{\"from\":{\"isa13\":\"000000007\",\"gs06\":\"7\",\"st02\":\"0001\",\"sender\":\"SENDER\",\"segment\":20},"
	    "\"encounter\":{")), STR_FMT, STR_ARG(out));
}

Test(x12_repair, lines_that_are_refused)
{
	static const char head[] = "{\"interchange\":[\"00\",\"\",\"00\",\"\",\"ZZ\",\"A\",\"ZZ\",\"B\",\"260101\",\"1200\","
	    "\"^\",\"00501\",\"000000001\","
	    "\"0\",\"T\",\":\"],\"separators\":\"*:^~\"}\n"
	    "{\"group\":[\"HC\",\"A\",\"B\",\"20260101\",\"1200\",\"1\",\"X\",\"V\"]}\n"
	    "{\"set\":[\"837\",\"0001\"]}\n";
	static const char *const rows[] = {
		"{", "[]", "{\"x\":1}", "{\"content\":[{\"segment\":\"NM1\",\"NM101\":\"A*B\"}]}",
		    "{\"content\":[{\"segment\":\"NM1\",\"NM101\":5}]}",
		"{\"content\":[{\"segment\":\"NM1\",\"NM101\":{\"skipped\":9}}]}", "{\"content\":{}}", "{\"group\":[\"HC\"]}",
		    "{\"set\":[]}",
		"{\"interchange\":[],\"separators\":\"*:^~\"}",
		    "{\"content\":[{\"segment\":\"BIN\",\"BIN02\":{\"hex\":\"zz\"}}]}",
	};
	struct str out;

	cr_expect(from_json(str_of(head), &out) == 0);
	cr_expect(str_is(out, "ISA*00*          *00*          *ZZ*A              *ZZ*B              "
	    "*260101*1200*^*00501*000000001*0*T*:~\n"
	    "GS*HC*A*B*20260101*1200*1*X*V~\nST*837*0001~\nSE*2*0001~\nGE*1*1~\nIEA*1*000000001~\n"), STR_FMT, STR_ARG(out));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(from_json(arena_fmt(&a, "%s%s\n", head, rows[i]), &out) == E_VALUE, "%s", rows[i]);
	cr_expect(from_json(S("{\"set\":[\"837\",\"0001\"]}"), &out) == E_VALUE);
}

/* ---- claims that stream ---- */

struct same { struct x12_intake all; size_t n; };

static int
same_claim(void *self, const struct x12_claim *c, size_t ordinal)
{
	struct same *s = self;
	struct str one = STR_NONE, other = STR_NONE;

	cr_assert(s->n < s->all.n_claims && ordinal > 0);
	cr_expect(rec_to_json(&a, c->e, false, &one) == 0 && rec_to_json(&a, s->all.claims[s->n].e, false, &other) == 0);
	cr_expect(str_eq(one, other), STR_FMT "\n" STR_FMT, STR_ARG(one), STR_ARG(other));
	cr_expect(str_eq(c->isa13, s->all.claims[s->n].isa13) && str_eq(c->st02, s->all.claims[s->n].st02));
	s->n++;
	return 0;
}

static int64_t
tiny_fill(void *self, char *p, size_t n)
{
	struct str *rest = self;
	size_t k = rest->n < 7 ? rest->n : 7;

	k = k < n ? k : n;
	memcpy(p, rest->p, k);
	*rest = (struct str){ rest->p + k, rest->n - k };
	return (int64_t)k;
}

/* Claim by claim from a source that gives seven bytes at a time: the same encounters as from the whole file. */
Test(x12_repair, claims_that_stream)
{
	struct str in = family(), rest = in;
	struct faults f = { .a = &a };
	struct same s = { .n = 0 };
	struct x12_reader *r;

	cr_assert(x12_read_837(&a, &(struct x12_intake_spec){ .guides = guides, .level = 2 }, in, &s.all) == 3,
	    STR_FMT " " STR_FMT, STR_ARG(s.all.faults.n ? s.all.faults.v[0].place : S("?")),
	    STR_ARG(s.all.faults.n ? s.all.faults.v[0].words : S("?")));
	cr_assert(x12_open_source(&a, (struct x12_src){ tiny_fill, &rest }, &f, &r) == 0);
	cr_expect(x12_claims_run(&a, r, &f, same_claim, &s) == 3 && s.n == 3 && f.n == 0);
}

static int
tell_isa13(void *self, const struct x12_claim *c, size_t ordinal)
{
	(void)ordinal;
	buf_fmt(self, STR_FMT " ", STR_ARG(c->isa13));
	return 0;
}

/* A set without SE is over when the next interchange begins; its claim is still of the one it came in. */
Test(x12_repair, claim_of_a_set_that_does_not_end)
{
	struct str in = file_with(NULL, NULL), cut = { in.p, (size_t)(strstr(in.p, "SE*25") - in.p) };
	struct faults f = { .a = &a };
	struct x12_reader *r;
	struct buf b;

	buf_init(&b, &a);
	in = arena_fmt(&a, STR_FMT STR_FMT, STR_ARG(cut), STR_ARG(in));
	memcpy((char *)(uintptr_t)in.p + cut.n + 90, "000000008", 9);
	cr_assert(x12_open(&a, in, &f, &r) == 0);
	cr_expect(x12_claims_run(&a, r, &f, tell_isa13, &b) == 2 && f.n == 0);
	cr_expect(str_is(buf_view(&b), "000000007 000000008 "), STR_FMT, STR_ARG(buf_view(&b)));
}

/* What breaks a set ends it, and what was sound before it is told. */
Test(x12_repair, claims_before_a_fault)
{
	struct str in = family();
	struct faults f = { .a = &a };
	struct same s = { .n = 0 };
	struct x12_reader *r;

	cr_assert(x12_read_837(&a, &(struct x12_intake_spec){ .guides = guides, .level = 2 }, in, &s.all) == 3);
	memcpy((char *)(uintptr_t)strstr(in.p, "HL*4*2"), "HL*9*2", 6);
	cr_assert(x12_open(&a, in, &f, &r) == 0);
	cr_expect(x12_claims_run(&a, r, &f, same_claim, &s) == 2 && f.n == 1);
	f.n = 0;
	cr_assert(x12_open(&a, file_with("ST*837*0001*005010X222A1", "ST*835*0001"), &f, &r) == 0);
	cr_expect(x12_claims_run(&a, r, &f, same_claim, &s) == 0 && f.n == 1 && f.v[0].rc == E_UNSUPPORTED);
}
