/* The simulated payer: what it answers to a claim file, and that its answers can be read. */
#include "support/claims.h"
#include "support/shared.h"
#include "claimline/payer.h"

#include "base/file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>


static size_t
count(const struct x12_answers *v, const char *kind, const char *verdict)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++)
		n += str_is(v->v[i].kind, kind) && str_is(v->v[i].verdict, verdict) &&
		    (v->v[i].scope == X12_CLAIM || !str_is(v->v[i].kind, "277CA"));
	return n;
}

/* Answers of one file under two rules: accept all, reject all. */
static void
check_file(struct arena *a, const char *path, struct str bytes)
{
	const struct payer_rules rules[] = { { .at = INT64_C(1772370300000), .ta1 = true, .x12 = claims_spec(1) },
	    { .reject_every = 1, .at = INT64_C(1772370300000), .x12 = claims_spec(1) } };

	for (int i = 0; i < 2; i++) {
		struct faults f = { .a = a };
		struct payer_answers ans, again;
		struct x12_answers in = { 0 };

		cr_assert(payer_answer(a, bytes, &rules[i], &ans, &f) == 0, "%s", path);
		cr_assert(payer_answer(a, bytes, &rules[i], &again, &f) == 0, "%s", path);
		cr_expect(str_eq(ans.f999, again.f999) && str_eq(ans.f277ca, again.f277ca), "%s: same input, same bytes", path);
		cr_expect(ans.f999.n && x12_read_answers(a, ans.f999, &in) > 0, "%s: 999", path);
		cr_expect(count(&in, "999", "rejected") == 0, "%s: a sound file", path);
		if (ans.ta1.n)
			cr_expect(x12_read_answers(a, ans.ta1, &in) > 0 && count(&in, "TA1", "accepted") == 1, "%s: TA1", path);
		cr_expect(i || ans.ta1.n, "%s: TA1 when told", path);
		cr_expect(x12_read_answers(a, ans.f277ca, &in) > 0, "%s: 277CA", path);
		cr_expect(count(&in, "277CA", i ? "rejected" : "accepted") == ans.accepted + ans.rejected,
		    "%s: every claim, row %d", path, i);
		cr_expect((i ? ans.accepted : ans.rejected) == 0, "%s", path);
	}
}

static bool
is_one_sound_set(struct arena *a, struct str bytes)
{
	struct x12_intake in = { 0 };

	return claims_read(a, bytes, &in) > 0 && in.n_interchanges == 1 && in.n_refused == 0 &&
	    in.interchanges[0].n_groups == 1 && in.interchanges[0].groups[0].n_sets == 1 &&
	    in.interchanges[0].groups[0].sets[0].ik501 == 'A';
}

static size_t
check_folder(struct arena *a, struct str dir, int depth)
{
	struct file_list files = { 0 };
	struct str bytes;
	size_t n = 0;

	if (depth > 4 || dir_list(a, dir.p, 10000, &files) < 0)
		return 0;
	for (size_t i = 0; i < files.n; i++) {
		struct str path = path_join(a, dir, files.v[i].name);

		if (files.v[i].is_folder) {
			n += check_folder(a, path, depth + 1);
		} else if (file_read(a, path.p, LIMIT_INPUT, &bytes) >= 0 && is_one_sound_set(a, bytes)) {
			check_file(a, path.p, bytes);
			n++;
		}
	}
	return n;
}

Test(cli_payer, samples)
{
	struct arena a;
	size_t n;

	if (shared_absent())
		return;
	arena_init(&a, (size_t)1 << 31);
	n = check_folder(&a, S(SHARED_X12), 0);
	cr_expect(n > 10, "some samples are one sound set: %zu", n);
	(void)printf("%zu claim files answered\n", n);
	arena_free(&a);
}

Test(cli_payer, refuses)
{
	static const char *const rows[] = { "", "garbage", "ISA*00", "{\"a\":1}" };
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct payer_answers ans;
		struct faults f = { .a = &a };

		cr_expect(payer_answer(&a, str_of(rows[i]), &(struct payer_rules){ .x12 = claims_spec(1) }, &ans, &f) < 0,
		    "%s", rows[i]);
		cr_expect(ans.f999.n == 0 && ans.f277ca.n == 0, "%s", rows[i]);
	}
	arena_free(&a);
}
