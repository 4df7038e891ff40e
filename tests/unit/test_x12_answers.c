/* test_x12_answers.c - TA1, 999 and 277CA: what others send, and that we read what we write. */
#include "support/claims.h"
#include "support/shared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define ISA	"ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLAIMLINE      *260301*1200*^*00501*000000077*0*T*:~\n"

static struct arena a;

static const struct x12_ends ends = { { "ZZ", 2 }, { "PAYER", 5 }, { "ZZ", 2 }, { "CLAIMLINE", 9 }, { "PAYER", 5 },
	{ "CLAIMLINE", 9 }, 'T', 77, INT64_C(1772366400000) };

struct want { enum x12_scope scope; const char *key, *verdict, *code, *words; };

static struct str
key_of(const struct x12_answer *x)
{
	switch (x->scope) {
	case X12_INTERCHANGE:	return x->isa13;
	case X12_GROUP:		return x->gs06;
	case X12_SET:		return x->st02;
	case X12_BATCH:		return x->batch;
	case X12_CLAIM:		return x->pcn;
	case X12_LINE:		break;
	}
	return x->line;
}

static void
expect(const struct x12_answers *got, const struct want *want, size_t n)
{
	cr_expect_eq(got->n, n, "%zu answers", got->n);
	for (size_t i = 0; i < n && i < got->n; i++) {
		const struct x12_answer *x = &got->v[i];

		cr_expect(x->scope == want[i].scope && str_is(key_of(x), want[i].key), "%zu: %.*s", i, STR_ARG(key_of(x)));
		cr_expect(str_is(x->verdict, want[i].verdict) && str_is(x->code, want[i].code), "%zu: %.*s %.*s", i,
		    STR_ARG(x->verdict), STR_ARG(x->code));
		cr_expect(strstr(arena_str(&a, x->words).p, want[i].words), "%zu: %.*s", i, STR_ARG(x->words));
	}
}

Test(x12_answers, ta1_and_999)
{
	static const struct want want[] = {
		{ X12_INTERCHANGE, "000000101", "accepted", "000", "no error" },
		{ X12_SET, "0001", "accepted", "A", "accepted" },
		{ X12_SET, "0002", "rejected", "5 4", "in error; CLM at segment 22: an element in error (element 2, code 1)" },
		{ X12_GROUP, "101", "accepted", "P", "in part" },
	};
	struct x12_answers got;

	arena_init(&a, 0);
	cr_expect_eq(x12_read_answers(&a, repo_file(&a, "tests/fuzz/corpus/x12_answers/999.x12"), &got), 4);
	expect(&got, want, 4);
	cr_expect(got.faults.n == 0 && str_is(got.v[0].kind, "TA1") && str_is(got.v[2].kind, "999") &&
	    str_is(got.v[2].gs06, "101") && str_is(got.v[2].from, "SENDER") && str_is(got.v[2].own, "000000101"));
	arena_free(&a);
}

Test(x12_answers, claims_of_a_277ca)
{
	static const struct want want[] = {
		{ X12_BATCH, "000000101", "pending", "A1:19:PR", "received" },
		{ X12_CLAIM, "PCN-1", "accepted", "A2:20:PR", "claim status 20 (accepted for processing), entity PR" },
		{ X12_CLAIM, "PCN-2", "rejected", "A7:562:85", "not valid; claim status 562 (NPI), entity 85" },
		{ X12_LINE, "LINE1", "rejected", "A7:122", "not valid; claim status 122" },
	};
	struct x12_answers got;

	arena_init(&a, 0);
	cr_expect_eq(x12_read_answers(&a, repo_file(&a, "tests/fuzz/corpus/x12_answers/277ca.x12"), &got), 4);
	expect(&got, want, 4);
	cr_expect(str_is(got.v[1].payer_control, "ICN0001") && str_is(got.v[1].batch, "000000101") &&
	    !got.v[2].payer_control.n && str_is(got.v[2].text, "NO SUCH PROVIDER") && str_is(got.v[3].pcn, "PCN-2"));
	arena_free(&a);
}

/* All that is wrong with a claim, while there is room. */
Test(x12_answers, several_statuses)
{
	static const struct { const char *stc; size_t segments; const char *code, *words; } rows[] = {
		{ "STC*A7:400*20260301*U*1******A7:178", 1, "A7:400",
		    "information is not valid; claim status 400 (out of balance); also 178 (submitted charges)" },
		{ "STC*A8:562:85*20260301*U*1******A8:128:85~STC*A6:999*20260301*U*1", 2, "A8:562:85", "fields that depend on each other "
		    "do not agree; claim status 562 (NPI), entity 85; also 128 (tax number), entity 85; also 999" },
		{ "STC*A2:20*20260301*WQ*1******A1:19:PR", 1, "A2:20",
		    "accepted into the payer's system; claim status 20 (accepted for processing)" },
		{ "STC*A7:148:IL*20260301*U*1******A7:148:QC*A7:148:85~STC*A7:148:82*20260301*U*1******A7:148:77*A7:148:DN", 2,
		    "A7:148:IL", "information is not valid; claim status 148 (social security number), entity IL; also 148 (social security "
		    "number), entity QC; also 148 (social security number), entity 85" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct x12_answers got;
		struct str in;

		arena_init(&a, 0);
		in = arena_fmt(&a, ISA "GS*HN*A*B*20260301*1200*1*X*005010X214~ST*277*0001*005010X214~HL*1**PT~TRN*2*P~%s~SE*%zu*0001~"
		    "GE*1*1~IEA*1*000000077~", rows[i].stc, rows[i].segments + 4);
		cr_assert_eq(x12_read_answers(&a, in, &got), 1, "%s", rows[i].stc);
		cr_expect_str_eq(arena_str(&a, got.v[0].code).p, rows[i].code);
		cr_expect_str_eq(arena_str(&a, got.v[0].words).p, rows[i].words);
		arena_free(&a);
	}
}

/* STC of a claim alone: its category, status and action, and the verdict they make. */
Test(x12_answers, verdicts)
{
	static const struct { const char *stc, *verdict; } rows[] = {
		{ "A0:16*20260301*WQ", "pending" }, { "A1:19*20260301*WQ", "pending" }, { "A1:20*20260301*WQ", "accepted" },
		{ "A2:20*20260301*WQ", "accepted" }, { "A3:21*20260301*U", "rejected" }, { "A4:35*20260301*WQ", "rejected" },
		{ "A5:20*20260301*WQ", "accepted" }, { "A6:21*20260301*U", "rejected" }, { "A7:21*20260301*WQ", "rejected" },
		{ "A8:21*20260301*U", "rejected" }, { "A2:20*20260301*U", "rejected" }, { "P1:1*20260301*WQ", "pending" },
		{ "A2:20*20260301*WQ*1******A3:21", "rejected" }, { "A2:20*20260301*WQ~STC*A7:1*20260301*U", "rejected" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct x12_answers got;
		struct str in;
		bool two = strstr(rows[i].stc, "~STC") != NULL;

		arena_init(&a, 0);
		in = arena_fmt(&a, ISA "GS*HN*A*B*20260301*1200*1*X*005010X214~ST*277*0001*005010X214~HL*1**PT~TRN*2*P~"
		    "STC*%s~SE*%d*0001~"
		    "GE*1*1~IEA*1*000000077~", rows[i].stc, two ? 6 : 5);
		cr_expect_eq(x12_read_answers(&a, in, &got), 1, "%s", rows[i].stc);
		cr_expect(got.n == 1 && str_is(got.v[0].verdict, rows[i].verdict), "%s", rows[i].stc);
		arena_free(&a);
	}
}

/* An answer that may be cut or altered says nothing. */
Test(x12_answers, unsound_sets_are_not_taken)
{
	static const struct { const char *name, *body; } rows[] = {
		{ "wrong count", "ST*999*0001~AK1*HC*1~AK9*A*1*1*1~SE*9*0001~GE*1*1~IEA*1*000000077~" },
		{ "wrong number", "ST*999*0001~AK1*HC*1~AK9*A*1*1*1~SE*4*0002~GE*1*1~IEA*1*000000077~" },
		{ "no SE", "ST*999*0001~AK1*HC*1~AK9*A*1*1*1~GE*1*1~IEA*1*000000077~" },
		{ "cut", "ST*999*0001~AK1*HC*1~AK9*A*1*1*1~" },
		{ "status answer of another guide", "ST*277*0001*005010X212~SE*2*0001~GE*1*1~IEA*1*000000077~" },
		{ "remittance", "ST*835*0001~SE*2*0001~GE*1*1~IEA*1*000000077~" },
		{ "no verdict", "ST*999*0001~AK1*HC*1~AK9*Q*1*1*1~SE*4*0001~GE*1*1~IEA*1*000000077~" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct x12_answers got;

		arena_init(&a, 0);
		cr_expect_eq(x12_read_answers(&a, arena_fmt(&a, ISA "GS*FA*A*B*20260301*1200*1*X*005010X231A1~%s", rows[i].body),
		    &got), 0, "%s", rows[i].name);
		cr_expect(got.faults.n > 0, "%s", rows[i].name);
		arena_free(&a);
	}
}

/* ---- what we write is what we read ---- */

Test(x12_answers, acknowledgements_written)
{
	static const struct want want[] = {
		{ X12_SET, "0001", "accepted", "5", "accepted with errors; PWK at segment" },
		{ X12_GROUP, "101", "accepted", "E", "accepted with errors" },
	};
	static const struct want ta1 = { X12_INTERCHANGE, "000000101", "accepted", "000", "no error" };
	struct x12_answers got;
	struct x12_intake in;
	struct str bytes, file;
	char *bad;

	arena_init(&a, 0);
	file = repo_file(&a, "tests/golden/x12/p_full.in");
	bad = strstr(file.p, "PWK*OZ");
	cr_assert(bad != NULL);
	memcpy(bad, "PWK*QQ", 6);
	cr_assert_eq(claims_read(&a, file, &in), 2);
	cr_assert_eq(x12_write_999(&a, &ends, &in.interchanges[0], &bytes), 0);
	cr_expect_eq(x12_read_answers(&a, bytes, &got), 2, "%.*s", STR_ARG(bytes));
	expect(&got, want, 2);
	cr_assert_eq(x12_write_ta1(&a, &ends, &in.interchanges[0], &bytes), 0);
	cr_expect_eq(x12_read_answers(&a, bytes, &got), 1);
	expect(&got, &ta1, 1);
	bad = strstr(file.p, "IEA*1*");
	cr_assert(bad != NULL);
	bad[4] = '3';
	(void)claims_read(&a, file, &in);
	cr_assert_eq(x12_write_ta1(&a, &ends, &in.interchanges[0], &bytes), 0);
	cr_expect(x12_read_answers(&a, bytes, &got) == 1 && str_is(got.v[0].verdict, "rejected") && str_is(got.v[0].code, "021"));
	arena_free(&a);
}

Test(x12_answers, verdicts_written)
{
	struct x12_277ca_spec spec = { .ends = ends, .payer = S("TEST PAYER"), .payer_id = S("P0001"), .receiver = S("US"),
		.receiver_id = S("S9"), .batch = S("000000042") };
	static const struct want want[] = {
		{ X12_BATCH, "000000042", "pending", "A1:19:PR", "received" },
		{ X12_CLAIM, "PCN-1", "accepted", "A2:20:PR", "accepted" },
		{ X12_CLAIM, "PCN-2", "rejected", "A3:562:85", "returned" },
	};
	struct x12_verdict v[2];
	struct x12_answers got;
	struct x12_intake in;
	struct str bytes;

	arena_init(&a, 0);
	cr_assert_eq(claims_read(&a, repo_file(&a, "tests/golden/x12/p_full.in"), &in), 2);
	v[0] = (struct x12_verdict){ in.claims[0].e, S("A2"), S("20"), S("PR"), S("ICN1"), true };
	v[1] = (struct x12_verdict){ in.claims[1].e, S("A3"), S("562"), S("85"), STR_NONE, false };
	cr_assert_eq(x12_write_277ca(&a, &spec, v, 2, &bytes), 0);
	cr_expect_eq(x12_read_answers(&a, bytes, &got), 3);
	expect(&got, want, 3);
	cr_expect(got.faults.n == 0 && str_is(got.v[1].payer_control, "ICN1") && !got.v[2].payer_control.n);
	cr_expect(strstr(bytes.p, "QTY*90*1~\nQTY*AA*1~\nAMT*YU*300~\nAMT*YY*50~"));
	cr_expect_eq(x12_write_277ca(&a, &spec, v, 0, &bytes), E_INCOMPLETE);
	spec.ends.control = 0;
	cr_expect_eq(x12_write_277ca(&a, &spec, v, 2, &bytes), E_VALUE);
	arena_free(&a);
}

Test(x12_answers, every_truncation)
{
	static const char *const names[] = { "999.x12", "277ca.x12" };

	for (size_t i = 0; i < 2; i++) {
		struct arena keep;
		struct str file;
		size_t se;

		arena_init(&a, 0);
		file = repo_file(&a, arena_fmt(&a, "tests/fuzz/corpus/x12_answers/%s", names[i]).p);
		keep = a;
		se = (size_t)(strstr(file.p, "\nSE*") - file.p);
		for (size_t n = 0; n < file.n; n++) {
			struct x12_answers got;
			int rc;

			arena_init(&a, 0);
			rc = x12_read_answers(&a, (struct str){ file.p, n }, &got);
			cr_expect(rc <= (n < se ? 1 : 4) && (rc >= 0 || got.faults.n > 0), "%s cut at %zu: %d", names[i], n, rc);
			arena_free(&a);
		}
		arena_free(&keep);
	}
}
