/*
 * test_x12_written.c - what we write is what we would take: claims read, written again and checked with every rule and the
 * code book, the acknowledgements written for them, and a payment. Nothing may be wrong with any.
 */
#include "support/claims.h"
#include "support/found.h"
#include "test_x12_book.h"
#include "x12/remit.h"
#include "x12gen/x12gen.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define EACH		250u			/* claims of one file */
#define RUNS		24u			/* half professional, half institutional */

static const struct x12_837_spec spec = {
	.ends = { { "ZZ", 2 }, { "CLAIMLINE", 9 }, { "ZZ", 2 }, { "PAYER", 5 }, { "CLAIMLINE", 9 }, { "PAYER", 5 }, 'T', 42,
	    INT64_C(1786320000000) },
	.submitter = { "OUR CLINIC", 10 }, .submitter_id = { "S9", 2 }, .contact = { "DESK", 4 }, .phone = { "5551230000", 10 },
	.receiver = { "TEST PAYER", 10 }, .receiver_id = { "R9", 2 }, .max_per_st = 100,
};

static struct arena a;
static struct book book;
static struct x12_rules rules;

static void
up(void)
{
	arena_init(&a, (size_t)1 << 30);
	x12_book(&book);
	rules = (struct x12_rules){ .today = X12_BOOK_DAY, .book = book.cb };
}

static void
down(void)
{
	book_close(&book);
	arena_free(&a);
}

/* How many errors and warnings there are, of so many claims; the first of each kind is told. */
static size_t
wrong(const char *what, struct str bytes, size_t claims)
{
	struct found f;
	size_t n = 0, told = 0;

	cr_expect(found_in(&a, claims_guides(), &rules, bytes, 0, &f) == 0 && f.faults.n == 0, "%s", what);
	cr_expect(f.claims == claims && f.sets_rejected == 0, "%s: %zu claims, want %zu", what, f.claims, claims);
	for (size_t i = 0; i < f.n; i++) {
		const struct found_one *x = &f.v[i];
		bool seen = false;

		if (x->severity == X12_NOTE)
			continue;
		n++;
		for (size_t k = 0; k < i && !seen; k++)
			seen = strcmp(f.v[k].id, x->id) == 0;
		cr_expect(seen || told++ > 8, "%s segment %zu: %s " STR_FMT " " STR_FMT "%02u-%u \"" STR_FMT "\"", what,
		    x->ordinal, x->id, STR_ARG(x->loop), STR_ARG(x->segment), x->el, x->comp, STR_ARG(x->value));
	}
	return n;
}

/* ---- claims and their acknowledgements ---- */

static int
keep(void *ctx, const char *bytes, size_t n)
{
	buf_put(ctx, bytes, n);
	return 0;
}

static struct str
generated(uint32_t run)
{
	struct x12gen_conf c = { .claims = EACH, .seed = 7000 + run * 31, .type = "PI"[run % 2], .control = run + 1,
	    .per_st = run % 3 ? 100 : 7, .defect = X12GEN_NONE, .day = X12_BOOK_DAY, .usage = 'T' };
	struct x12gen_totals t;
	struct buf b;

	buf_init(&b, &a);
	cr_assert(x12gen_run(&c, &(struct x12gen_out){ .put = keep, .ctx = &b }, &t) == 0);
	return buf_view(&b);
}

/* Every third is rejected. */
static size_t
acknowledged(const struct x12_intake *in)
{
	struct x12_277ca_spec how = { .ends = spec.ends, .payer = S("TEST PAYER"), .payer_id = S("P0001"), .receiver = S("US"),
		.receiver_id = S("S9"), .batch = S("000000042") };
	struct x12_verdict *v = arena_array(&a, in->n_claims, sizeof *v);
	struct str bytes;
	size_t n = 0;

	for (size_t i = 0; i < in->n_claims; i++)
		v[i] = i % 3 ? (struct x12_verdict){ in->claims[i].e, S("A2"), S("20"), S("PR"), S("ICN1"), true } :
		    (struct x12_verdict){ in->claims[i].e, S("A3"), S("562"), S("85"), STR_NONE, false };
	cr_assert(x12_write_277ca(&a, &how, v, in->n_claims, &bytes) == 0);
	n += wrong("277CA", bytes, in->n_claims);
	cr_assert(x12_write_999(&a, &spec.ends, &in->interchanges[0], &bytes) == 0);
	n += wrong("999", bytes, 0);
	cr_assert(x12_write_ta1(&a, &spec.ends, &in->interchanges[0], &bytes) == 0);
	return n + wrong("TA1", bytes, 0);
}

static size_t
written(const char *what, const struct x12_intake *in)
{
	struct x12_out *v = arena_array(&a, in->n_claims, sizeof *v);
	struct claim_view *views = arena_array(&a, in->n_claims, sizeof *views);
	struct x12_written w;

	for (size_t i = 0; i < in->n_claims; i++) {
		v[i] = (struct x12_out){ in->claims[i].e, &views[i] };
		(void)claim_view(&a, v[i].e, &views[i]);
	}
	cr_assert(x12_write_837(&a, &spec, v, in->n_claims, &w) >= 0, "%s: %s", what, w.faults.n ? w.faults.v[0].words.p : "");
	return wrong(what, w.bytes, in->n_claims);
}

Test(x12_written, claims_read_and_written, .init = up, .fini = down, .timeout = 120)
{
	size_t claims = 0, n_wrong = 0;

	for (uint32_t run = 0; run < RUNS; run++) {
		struct x12_intake in;

		cr_assert_eq(claims_read_strict(&a, generated(run), &in), (int)EACH, "run %u: %zu", run, in.n_claims);
		cr_expect(in.faults.n == 0 && in.notes.n == 0, "run %u", run);
		n_wrong += written(run % 2 ? "837I" : "837P", &in);
		n_wrong += acknowledged(&in);
		claims += in.n_claims;
		arena_reset(&a);
		if (n_wrong)
			break;
	}
	(void)printf("x12 written: %zu claims written and acknowledged, %zu wrong\n", claims, n_wrong);
	cr_expect(n_wrong == 0 && claims == RUNS * EACH);
}

/* ---- kept segments ---- */

static struct encounter *
one_claim(void)
{
	struct x12gen_conf c = { .claims = 1, .seed = 7000, .type = 'P', .control = 1, .per_st = 1, .defect = X12GEN_NONE,
		.day = X12_BOOK_DAY, .usage = 'T' };
	struct x12gen_totals t;
	struct x12_intake in;
	struct buf b;

	buf_init(&b, &a);
	cr_assert(x12gen_run(&c, &(struct x12gen_out){ .put = keep, .ctx = &b }, &t) == 0);
	cr_assert(claims_read_strict(&a, buf_view(&b), &in) == 1);
	return in.claims[0].e;
}

/* What is kept as it came never begins another claim, line, level or party. */
Test(x12_written, kept_segments_open_nothing, .init = up, .fini = down)
{
	static const struct { enum { CLAIM, LINE, COVERAGE, BILLING } of; struct extra x; bool taken; } rows[] = {
		{ CLAIM, { { "2300", 4 }, { "NTE*ADD*TEXT", 12 } }, true }, { CLAIM, { { "2300", 4 }, { "K3*TEXT", 7 } }, true },
		{ CLAIM, { { "2300+", 5 }, { "CLM************P", 16 } }, true },
		{ CLAIM, { { "2300", 4 }, { "CLM*X*999***11:B:1*Y*A*Y*Y", 26 } }, false },
		{ LINE, { { "2400", 4 }, { "LX*2", 4 } }, false }, { LINE, { { "2400", 4 }, { "K3*TEXT", 7 } }, true },
		{ COVERAGE, { { "2000B", 5 }, { "HL*9*1*22*0", 11 } }, false },
		{ COVERAGE, { { "2000B", 5 }, { "SBR*P*18", 8 } }, false },
		{ BILLING, { { "2010AA", 6 }, { "NM1*85*2*OTHER", 14 } }, false },
		{ BILLING, { { "2000A", 5 }, { "HL*9**20*1", 10 } }, false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct encounter *e = one_claim();
		struct extra **to[] = { &e->extras, &e->lines[0].extras, &e->coverages[0].extras, &e->billing.extras };
		size_t *n[] = { &e->n_extras, &e->lines[0].n_extras, &e->coverages[0].n_extras, &e->billing.n_extras };
		struct extra one = rows[i].x;
		struct claim_view view;
		struct x12_out out = { e, &view };
		struct x12_written w;
		int rc;

		*to[rows[i].of] = &one;
		*n[rows[i].of] = 1;
		(void)claim_view(&a, e, &view);
		rc = x12_write_837(&a, &spec, &out, 1, &w);
		cr_expect(rows[i].taken ? rc >= 0 && w.faults.n == 0 : rc == E_VALUE && w.faults.n == 1, "%s: %d %zu %s",
		    one.segment.p, rc, w.faults.n, w.faults.n ? w.faults.v[0].words.p : "");
	}
}

/* ---- payments and dental claims ---- */

#define HEAD(gs01, guide) \
	"ISA*00*          *00*          *ZZ*THEM           *ZZ*US             *260801*1200*^*00501*000000077*0*T*:~" \
	"GS*" gs01 "*THEM*US*20260801*1200*1*X*" guide "~"
#define TAIL	"GE*1*1~IEA*1*000000077~"
static const char remittance[] = HEAD("HP", "005010X221A1")
	"ST*835*0001~BPR*I*165*C*CHK************20260801~TRN*1*1*1999999999~DTM*405*20260801~N1*PR*PAYER~N3*1 ST~"
	"N4*BOSTON*MA*02108~PER*BL*DESK*TE*5551230000~N1*PE*CLINIC*XX*1234567893~REF*TJ*123456789~LX*1~"
	"CLP*A1*1*100*90*10*MB*C1*11*1~NM1*QC*1*DOE*JO****MI*M1~NM1*82*1*SMITH*ANN****XX*1003814971~DTM*050*20260201~"
	"SVC*HC:99213*100*90**1~DTM*472*20260110~CAS*PR*1*10~REF*6R*L1~AMT*B6*100~"
	"CLP*A2*2*200*80*20*MB*C2*11*1~CAS*CO*45*100~CAS*PR*2*20~NM1*QC*1*ROE*AL****MI*M2~DTM*232*20260112~DTM*233*20260113~"
	"PLB*1234567893*20261231*L6:C1*5~SE*28*0001~" TAIL;
static const char dental[] = HEAD("HC", "005010X224A2")
	"ST*837*0001*005010X224A2~BHT*0019*00*1*20260301*1200*CH~NM1*41*2*SENDER*****46*S1~PER*IC*DESK*TE*5551230000~"
	"NM1*40*2*PAYER*****46*R1~HL*1**20*1~PRV*BI*PXC*122300000X~NM1*85*2*CLINIC*****XX*1234567893~N3*1 MAIN ST~"
	"N4*BOSTON*MA*021081234~REF*EI*123456789~HL*2*1*22*0~SBR*P*18*G1******CI~NM1*IL*1*DOE*JO****MI*M1~N3*2 ELM ST~"
	"N4*BOSTON*MA*02108~DMG*D8*19800101*F~NM1*PR*2*PAYER*****PI*P1~CLM*C1*100***11:B:1*Y*A*Y*Y~DTP*472*D8*20260110~"
	"NM1*82*1*SMITH*ANN****XX*1003814971~PRV*PE*PXC*122300000X~LX*1~SV3*AD:D0120*60****1~LX*2~SV3*AD:D2150*40***I*1~"
	    "TOO*JP*3*M:O~"
	"SE*28*0001~" TAIL;

Test(x12_written, a_payment, .init = up, .fini = down)
{
	struct x12_remits r;
	struct x12_written w;

	cr_expect_eq(wrong("835 as it came", S(remittance), 2), 0);
	cr_assert_eq(x12_read_remit(&a, S(remittance), false, &r), 1);
	cr_expect(r.faults.n == 0 && r.notes.n == 0);
	cr_assert(x12_write_835(&a, &spec.ends, (const struct payment *const *)r.v, r.n, &w) == 0);
	cr_expect_eq(wrong("835", w.bytes, 2), 0);
}

Test(x12_written, dental_claims, .init = up, .fini = down)
{
	struct x12_intake in;

	cr_expect_eq(wrong("837D as it came", S(dental), 1), 0);
	cr_assert_eq(claims_read_strict(&a, S(dental), &in), 1);
	cr_expect_eq(written("837D", &in) + acknowledged(&in), 0);
}
