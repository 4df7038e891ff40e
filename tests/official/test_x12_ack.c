/*
 * test_x12_ack.c - what pyx12 answers to its own inputs, and we to them: the body of the 999 segment by segment for 005010,
 * the place of every error for 004010; and the batch of three sets of which one is rejected.
 */
#include "support/answered.h"
#include "support/shared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define LINES	400

static struct arena mem;
static const struct x12_guides *guides;

static void
up(void)
{
	arena_init(&mem, 256u << 20);
	cr_assert(x12_guides_open(&mem, &guides) == 0);
}

static void
down(void)
{
	arena_free(&mem);
}

static struct str
slurp(const char *name, const char *suffix)
{
	struct str text = shared_file(&mem, arena_fmt(&mem, "%s%s", name, suffix));

	cr_assert(text.n > 0, "%s", name);
	return text;
}

/* ---- lists of texts ---- */

struct lines { struct str v[LINES]; size_t n; };

static void
add(struct lines *l, struct str s)
{
	cr_assert(l->n < LINES);
	l->v[l->n++] = s;
}

static struct lines *
body_of(struct str bytes)
{
	static const char *const envelope[] = { "ISA", "GS", "ST", "SE", "GE", "IEA", "TA1" };
	struct lines *l = arena_alloc(&mem, sizeof *l);

	while (bytes.n) {
		struct str s = str_trim(str_cut(&bytes, '~')), id = s;
		bool skip = s.n == 0;

		id = str_cut(&id, '*');
		for (size_t i = 0; i < sizeof envelope / sizeof *envelope; i++)
			skip = skip || str_is(id, envelope[i]);
		if (!skip)
			add(l, s);
	}
	return l;
}

static bool
take(struct lines *l, struct str s)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->v[i], s)) {
			l->v[i] = l->v[--l->n];
			return true;
		}
	return false;
}

/* ---- 005010 ---- */

Test(x12_ack_official, body_of_the_999, .init = up, .fini = down)
{
	static const char *const names[] = { "pyx12/834_eol_in_element", "pyx12/834_ls_le_ls", "pyx12/834_lui_id_5010" };
	struct answer_how how = { .guides = guides };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct lines *want = body_of(slurp(names[i], ".expected.999")), *got;
		struct answered v = { .rc = 0 };

		answered_run(&v, &how, slurp(names[i], ".x12"));
		cr_expect(v.rc == 0 && v.ack_rc == 0, "%s", names[i]);
		got = body_of(v.out[X12_ACK_999]);
		cr_expect_eq(got->n, want->n, "%s: %zu segments, want %zu", names[i], got->n, want->n);
		for (size_t k = 0; k < got->n && k < want->n; k++)
			cr_expect(str_eq(got->v[k], want->v[k]), "%s: " STR_FMT ", want " STR_FMT, names[i], STR_ARG(got->v[k]),
			    STR_ARG(want->v[k]));
		answered_free(&v);
	}
}

Test(x12_ack_official, one_bad_set_of_three, .init = up, .fini = down)
{
	struct answer_how how = { .guides = guides };
	struct answered v = { .rc = 0 };
	struct lines *got;

	answered_run(&v, &how, slurp("x12-parser-encoder/batch_with_one_bad_transaction.x12", ""));
	got = body_of(v.out[X12_ACK_999]);
	cr_expect(v.t.sets == 3 && v.t.sets_rejected == 1);
	cr_expect(take(got, S("AK9*P*3*3*2")) && take(got, S("IK3*NM1*9**8")) && take(got, S("IK4*2*1065*7*9")));
	answered_free(&v);
}

/* ---- 004010: where the errors are ---- */

/* "NM1 15" and "NM1 15 8 5", "CLM 23 5:1 7": each AK3, each AK4 with its AK3. */
static struct lines *
places_of(struct str bytes)
{
	struct lines *l = arena_alloc(&mem, sizeof *l);
	struct str at = STR_NONE;

	while (bytes.n) {
		struct str s = str_trim(str_cut(&bytes, '~')), el[8] = { STR_NONE };

		for (size_t i = 0; i < 8 && s.n; i++)
			el[i] = str_cut(&s, '*');
		if (str_is(el[0], "AK3") || str_is(el[0], "IK3"))
			add(l, at = arena_fmt(&mem, STR_FMT " " STR_FMT, STR_ARG(el[1]), STR_ARG(el[2])));
		else if (str_is(el[0], "AK4") || str_is(el[0], "IK4"))
			add(l, arena_fmt(&mem, STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(at), STR_ARG(el[1]), STR_ARG(el[3])));
	}
	return l;
}

static int
on_set(void *self, const struct x12_set *t)
{
	struct lines *l = self;
	struct str was = STR_NONE;

	for (size_t i = 0; i < t->n_errors; i++) {
		const struct x12_error *e = &t->errors[i];
		struct str at = arena_fmt(&mem, STR_FMT " %zu", STR_ARG(e->segment), e->at),
		    el = arena_fmt(&mem, "%u", e->element);

		if (e->component)
			el = arena_fmt(&mem, "%u:%u", e->element, e->component);
		if (!str_eq(at, was) || !e->ik403)
			add(l, at);
		was = at;
		if (e->ik403)
			add(l, arena_fmt(&mem, STR_FMT " " STR_FMT " %s", STR_ARG(at), STR_ARG(el), e->ik403));
	}
	return 0;
}

static void
compare(const char *name, const struct lines *want, struct lines *got)
{
	for (size_t k = 0; k < want->n; k++)
		cr_expect(take(got, want->v[k]), "%s: - " STR_FMT, name, STR_ARG(want->v[k]));
	for (size_t k = 0; k < got->n; k++)
		cr_expect(false, "%s: + " STR_FMT, name, STR_ARG(got->v[k]));
}

/* The errors of every set; and the 999 itself, where the interchange as a whole is not rejected. */
Test(x12_ack_official, places_of_errors_in_004010, .init = up, .fini = down)
{
	static const char *const names[] = {
		"834_lui_id", "835id", "837miss", "bad_2010AA_bug", "bad_header_looping", "blank1", "ele",
		    "elements", "fail_no_IEA",
		"loop_counting", "loop_counting2", "mult_isa", "multiple_trn", "ordinal", "per_segment_repeat",
		    "repeat_init_segment",
		"simple1", "simple_837p", "trailer_errors", "trailing_terms",
	};
	size_t n = 0, n_answered = 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str path = arena_fmt(&mem, "pyx12/%s", names[i]), file = slurp(path.p, ".x12");
		struct lines *want = places_of(slurp(path.p, ".expected.997")), got = { .n = 0 };
		struct x12_check_spec spec = { .guides = guides, .watch = { .self = &got, .set = on_set } };
		struct answer_how how = { .guides = guides };
		struct faults f = { .a = &mem };
		struct x12_totals t;
		struct x12_reader *r;
		struct answered v = { .rc = 0 };

		cr_assert(x12_open(&mem, file, &f, &r) == 0);
		cr_assert(x12_check_run(&mem, r, &spec, &t) == 0);
		compare(names[i], want, &got);
		answered_run(&v, &how, file);
		if (v.out[X12_ACK_999].n)
			compare(names[i], want, places_of(v.out[X12_ACK_999]));
		n += want->n;
		n_answered += v.out[X12_ACK_999].n > 0;
		answered_free(&v);
	}
	cr_expect(n == 68 && n_answered == 16, "%zu places, %zu answers", n, n_answered);
}
