/*
 * test_x12_named.c - sample files whose name or folder says what they are: answers that accept or reject, TA1 of other
 * separators, a claim file with hard-wrapped lines, and a purchase order.
 */
#include "support/answered.h"
#include "support/claims.h"
#include "support/found.h"
#include "support/one_arena.h"
#include "support/shared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* ---- answers ---- */

#define HEROPHILUS(name)	"herophilus/" name ".txt"
#define IMSWEB(name)		"imsweb/" name ".txt"
#define DOTNET(name)		"x12parser-dotnet/Acknowledgments/TechnicalAcknowledgment_" name ".txt"
/* n: things answered; rejected: how many of them are; code: of the first of these, "" where all are accepted. */
static const struct { const char *file, *kind; size_t n, rejected; const char *code; } answers[] = {
	{ HEROPHILUS("999_Sample_(Accepted)"), "999", 2, 0, "" },
	{ HEROPHILUS("999_Sample_(Rejected)"), "999", 2, 2, "5" },
	{ HEROPHILUS("277CA_Sample_(Accepted)"), "277CA", 2, 0, "" },
	{ HEROPHILUS("277CA_Sample_(Rejected)"), "277CA", 2, 1, "A7:562:85" },
	{ IMSWEB("277_5010/x12_277CA_accepted"), "277CA", 2, 0, "" },
	{ IMSWEB("277_5010/x12_277CA_rejected"), "277CA", 2, 1, "A7:562:85" },
	{ IMSWEB("837_5010/x12_999_accepted"), "999", 2, 0, "" },
	{ IMSWEB("837_5010/x12_999_rejected"), "999", 2, 2, "5" },
	{ DOTNET("Sample1"), "TA1", 2, 0, "" },
	{ DOTNET("SampleFromJeffN825"), "TA1", 1, 1, "006" },
};

Test(x12_named, answers_say_what_their_names_say, .init = open_arena, .fini = close_arena)
{
	size_t n = sizeof answers / sizeof *answers;

	if (shared_absent())
		return;
	for (size_t i = 0; i < n; i++) {
		struct x12_answers got;
		struct str code = STR_NONE;
		size_t rejected = 0;

		cr_assert_eq(x12_read_answers(&a, shared_file(&a, str_of(answers[i].file)), &got), (int)answers[i].n, "%s",
		    answers[i].file);
		for (size_t k = 0; k < got.n; k++) {
			cr_expect(str_is(got.v[k].kind, answers[i].kind), "%s", answers[i].file);
			if (str_is(got.v[k].verdict, "accepted"))
				continue;
			code = rejected++ ? code : got.v[k].code;
			cr_expect(str_is(got.v[k].verdict, "rejected"), "%s", answers[i].file);
		}
		cr_expect(got.faults.n == 0 && rejected == answers[i].rejected && str_is(code, answers[i].code),
		    "%s: %zu, " STR_FMT, answers[i].file, rejected, STR_ARG(code));
	}
	(void)printf("x12 named: %zu answers read\n", n);
}

/* ---- wrapped lines ---- */

Test(x12_named, wrapped_lines_are_the_same_file, .init = open_arena, .fini = close_arena)
{
	struct x12_reader *x, *y;
	struct faults f = { .a = &a };
	struct x12_seg s, t;
	size_t n = 0;

	if (shared_absent())
		return;
	cr_assert(x12_open(&a, shared_file(&a, S("edi-lens/837p.test.0001.edi")), &f, &x) >= 0);
	cr_assert(x12_open(&a, shared_file(&a, S("edi-lens/837p.test.wrapped.edi")), &f, &y) >= 0);
	while (x12_next(x, &s) > 0) {
		cr_assert(x12_next(y, &t) > 0 && str_eq(s.id, t.id) && s.n == t.n, "segment %zu", s.ordinal);
		for (unsigned i = 1; i <= s.n; i++)
			cr_expect(str_eq(s.el[i], t.el[i]) || (i == 2 && (str_is(s.id, "ST") || str_is(s.id, "SE"))),
			    "segment %zu " STR_FMT "%02u: \"" STR_FMT "\", wrapped \"" STR_FMT "\"", s.ordinal, STR_ARG(s.id),
			    i, STR_ARG(s.el[i]), STR_ARG(t.el[i]));
		n++;
	}
	cr_expect(x12_next(y, &t) == 0 && n > 40);
	(void)printf("x12 named: %zu segments, wrapped and not\n", n);
}

/* ---- no health care ---- */

Test(x12_named, a_purchase_order_is_refused, .init = open_arena, .fini = close_arena)
{
	struct str text = shared_file(&a, S("edi-cli/sample-850.edi"));
	struct answer_how how = { .guides = claims_guides() };
	struct answered v = { .rc = 0 };
	struct found f;
	size_t n = 0;

	if (shared_absent())
		return;
	cr_assert(found_in(&a, claims_guides(), NULL, text, 0, &f) == 0);
	for (size_t i = 0; i < f.n; i++)
		n += strcmp(f.v[i].id, "SET_UNSUPPORTED") == 0 && str_is(f.v[i].value, "850");
	cr_expect(n == 1 && f.sets_rejected == 1 && f.claims == 0);
	answered_run(&v, &how, text);
	cr_expect(memmem(v.out[X12_ACK_999].p, v.out[X12_ACK_999].n, "\nAK2*850*", 9) &&
	    memmem(v.out[X12_ACK_999].p, v.out[X12_ACK_999].n, "\nAK9*R*", 7), STR_FMT, STR_ARG(v.out[X12_ACK_999]));
	cr_expect(v.out[X12_ACK_277CA].n == 0);
	answered_free(&v);
}
