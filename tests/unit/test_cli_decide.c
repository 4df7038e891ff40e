/* People's decisions: queues, codes, order of work, what may be decided; parts of large inputs and answers to them. */
#include "claimline/decide.h"
#include "claimline/demo.h"
#include "claimline/find.h"
#include "claimline/level.h"
#include "claimline/send.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct arena mem;

Test(cli_decide, queues)
{
	static const struct { const char *name; enum state queue, to; } rows[] = {
		{ "coding", ST_HELD_CODING, ST_CODED }, { "held:coding", ST_HELD_CODING, ST_CODED },
		{ "query", ST_HELD_QUERY, ST_CODED }, { "billing", ST_HELD_BILLING, ST_CODED },
		{ "authorization", ST_HELD_AUTHORIZATION, ST_CODED }, { "compliance", ST_HELD_COMPLIANCE, ST_CLEARED },
		{ "denials", ST_HELD_DENIALS, ST_CODED }, { "held", ST_NONE, ST_NONE }, { "", ST_NONE, ST_NONE },
		{ "buried", ST_NONE, ST_NONE }, { "coded", ST_NONE, ST_NONE },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cr_expect(decide_queue(str_of(rows[i].name)) == rows[i].queue, "%s", rows[i].name);
		cr_expect(decide_release_to(rows[i].queue) == rows[i].to, "%s", rows[i].name);
	}
	/* every held queue can be released, by a move states.def has */
	for (int st = 0; st < ST_COUNT; st++)
		if (state_is_held((enum state)st))
			cr_expect(state_event((enum state)st, decide_release_to((enum state)st)), "%s",
			    state_name((enum state)st));
}

Test(cli_decide, codes)
{
	static const struct { const char *typed, *code, *dotted; } rows[] = {
		{ "e11.9", "E119", "E11.9" }, { "E119", "E119", "E11.9" }, { "I10", "I10", "I10" },
		    { "S72.001A", "S72001A", "S72.001A" },
		{ "I1", NULL, NULL }, { "", NULL, NULL }, { "E1.19", NULL, NULL }, { "E11.9.1", NULL, NULL },
		    { "E11-9", NULL, NULL },
		{ "S72001AB", NULL, NULL }, { "E11 9", NULL, NULL }, { "\xc3\x89" "119", NULL, NULL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str got = decide_code(&mem, str_of(rows[i].typed));

		cr_expect(str_eq(got, str_of(rows[i].code)), "%s", rows[i].typed);
		if (got.n)
			cr_expect(str_is(decide_code_dotted(&mem, got), rows[i].dotted), "%s", rows[i].typed);
	}
	arena_free(&mem);
}

Test(cli_decide, decisions)
{
	static const struct { const char *action, *code, *with; int rc; const char *claim; } rows[] = {
		{ "accept", "I10", NULL, 0, "E119 Z794 I10" }, { "accept", "E119", NULL, E_DUPLICATE, "E119 Z794" },
		{ "replace", "E119", "E1121", 0, "E1121 Z794" }, { "replace", "I10", "E1121", E_VALUE, "E119 Z794" },
		{ "reject", "Z794", NULL, 0, "E119" }, { "reject", "I10", NULL, E_VALUE, "E119 Z794" },
		{ "release", NULL, NULL, 0, "E119 Z794" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct encounter *e = rec_new(&mem);
		static const char *const codes[] = { "E119", "Z794" };
		struct decision d;
		struct claim_view v;
		const char *why;
		struct buf b;

		for (int k = 0; k < 2; k++)
			REC_PUSH(&mem, e, coded, diagnosis)->code = str_of(codes[k]);
		rec_init(&rec_decision, &d);
		d.action = str_of(rows[i].action);
		d.code = str_of(rows[i].code);
		d.with = str_of(rows[i].with);
		cr_expect(decide_add(&mem, e, &d, &why) == rows[i].rc, "row %zu", i);
		cr_expect((rows[i].rc < 0) == (*why != '\0') && e->n_decisions == (rows[i].rc == 0), "row %zu", i);
		cr_assert(claim_view(&mem, e, &v) == 0);
		buf_init(&b, &mem);
		for (size_t k = 0; k < v.n_diagnoses; k++)
			buf_fmt(&b, "%s" STR_FMT, k ? " " : "", STR_ARG(v.diagnoses[k].code));
		cr_expect(str_is(buf_view(&b), rows[i].claim), "row %zu: " STR_FMT, i, STR_ARG(buf_view(&b)));
	}
	arena_free(&mem);
}

Test(cli_decide, no_more_than_the_record_keeps)
{
	struct encounter *e = rec_new(&mem);
	struct decision d;
	const char *why;
	struct str packed;
	size_t n = 0;

	rec_init(&rec_decision, &d);
	d.action = S("note");
	while (decide_add(&mem, e, &d, &why) == 0 && n < 100000)
		n++;
	cr_expect(n == e->n_decisions && *why);
	cr_expect(rec_pack(&mem, e, PART_PEOPLE, &packed) >= 0, "what was let in can be packed");
	cr_expect(rec_unpack(&mem, packed, PART_PEOPLE, rec_new(&mem)) >= 0);
	arena_free(&mem);
}

Test(cli_decide, order)
{
	struct work_item v[] = {
		{ { { 1 } }, 0, ST_HELD_CODING, 0, 900000 },
		{ { { 2 } }, 0, ST_HELD_CODING, 2000, 100 },
		{ { { 3 } }, 0, ST_HELD_CODING, 1000, 100 },
		{ { { 4 } }, 0, ST_HELD_CODING, 2000, 5000 },
		{ { { 0 } }, 0, ST_HELD_CODING, 2000, 100 },
	};
	static const unsigned char want[] = { 3, 4, 0, 2, 1 };

	qsort(v, 5, sizeof *v, decide_order);
	for (size_t i = 0; i < 5; i++)
		cr_expect(v[i].id.b[0] == want[i], "place %zu is %u", i, v[i].id.b[0]);
}

Test(cli_decide, prefixes)
{
	static const struct { const char *prefix; bool is; } rows[] = {
		{ "3", true }, { "3f", true }, { "3f2a9c", true }, { "3f2a9d", false }, { "", false }, { "3F", false },
		{ "3f2a9c00000000000000000000000000", true }, { "3f2a9c000000000000000000000000000", false },
	};
	struct eid id = { { 0x3f, 0x2a, 0x9c } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(eid_has_prefix(id, str_of(rows[i].prefix)) == rows[i].is, "%s", rows[i].prefix);
}

Test(cli_decide, parts)
{
	static const struct { const char *in; size_t bytes, lines; const char *want; } rows[] = {
		{ "", 10, 10, "1:" }, { "a\n", 10, 10, "1:a\n" }, { "a\nb\nc", 10, 2, "1:a\nb\n|3:c" },
		{ "a\nb\nc\n", 10, 1, "1:a\n|2:b\n|3:c\n" }, { "aaaa\nbb\ncc\n", 6, 10, "1:aaaa\n|2:bb\ncc\n" },
		{ "aaaaaaaaaaaaaa\nb\n", 6, 10, "1:aaaaaaaaaaaaaa\n|2:b\n" }, { "a\n\n\nb\n", 100, 2, "1:a\n\n|3:\nb\n" },
		{ "no end", SIZE_MAX, SIZE_MAX, "1:no end" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct send_part *v;
		size_t n;
		struct buf b;

		cr_assert(send_split(&mem, str_of(rows[i].in), rows[i].bytes, rows[i].lines, &v, &n) == 0);
		buf_init(&b, &mem);
		for (size_t k = 0; k < n; k++)
			buf_fmt(&b, "%s%zu:" STR_FMT, k ? "|" : "", v[k].first_line, STR_ARG(v[k].bytes));
		cr_expect(str_is(buf_view(&b), rows[i].want), "row %zu: " STR_FMT, i, STR_ARG(buf_view(&b)));
	}
	cr_expect(send_is_ndjson(S("a/b.ndjson")) && send_is_ndjson(S("b.jsonl")));
	cr_expect(!send_is_ndjson(S("b.json")) && !send_is_ndjson(S(".ndjson")) && !send_is_ndjson(S("")));
	arena_free(&mem);
}

Test(cli_decide, answers)
{
	static const struct { const char *verdict, *text; bool ok; size_t rows, faults; const char *then; } steps[] = {
		{ "known", "{\"encounters\":[{\"id\":\"aa\",\"result\":\"known\",\"state\":\"sent\",\"error\":\"\"}],"
		    "\"faults\":[]}", true, 1, 0, "known" },
		{ "accepted", "{\"encounters\":[{\"id\":\"bb\",\"result\":\"accepted\"}],\"faults\":[]}", true,
		    2, 0, "accepted" },
		{ "refused", "{\"encounters\":[],\"faults\":[{\"place\":\"line 2\",\"words\":\"w\",\"fix\":\"f\"}],"
		    "\"error\":\"e\"}", true, 2, 1, "refused" },
		{ "accepted", "{\"encounters\":[],\"faults\":[]}", true, 2, 1, "refused" },
		{ "accepted", "not json", false, 2, 1, "refused" }, { "accepted", "[]", false, 2, 1, "refused" },
		{ "accepted", "", false, 2, 1, "refused" },
		{ "refused", "{\"encounters\":7,\"faults\":{\"x\":1}}", true, 2, 1, "refused" },
	};
	struct sent_file f = { .path = "x" };

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		bool ok = send_read_answer(&mem, str_of(steps[i].verdict), str_of(steps[i].text), 11, &f);

		cr_expect(ok == steps[i].ok && f.n_rows == steps[i].rows && f.n_faults == steps[i].faults, "step %zu", i);
		cr_expect(str_is(f.verdict, steps[i].then), "step %zu: " STR_FMT, i, STR_ARG(f.verdict));
	}
	cr_expect(str_is(f.faults[0].place, "line 2 (counted from line 11)"));
	cr_expect(str_is(f.faults[0].fix, "f"));
	arena_free(&mem);
}

Test(cli_decide, settled_and_rates)
{
	static const enum state open[] = { ST_RECEIVED, ST_CODED, ST_CHECKED, ST_CLEARED, ST_BATCHED, ST_SENT };
	struct level a = { .at = 1000 }, b = { .at = 3000 };
	size_t n = 0;

	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		cr_expect(!demo_is_settled(open[i]), "%s", state_name(open[i]));
	for (int st = 0; st < ST_COUNT; st++)
		n += demo_is_settled((enum state)st);
	cr_expect(n == ST_COUNT - sizeof open / sizeof *open);
	a.stage[0] = (struct level_stage){ .answers = true, .through = 10 };
	b.stage[0] = (struct level_stage){ .answers = true, .through = 15 };
	a.stage[1] = (struct level_stage){ .answers = true, .through = 10 };
	b.stage[1] = (struct level_stage){ .answers = true, .through = 3 };
	b.stage[2] = (struct level_stage){ .answers = true, .through = 3 };
	level_rates(&a, &b);
	cr_expect(b.stage[0].rate_milli == 2500, "5 in 2 s");
	cr_expect(b.stage[1].rate_milli == -1, "started anew");
	cr_expect(b.stage[2].rate_milli == -1, "not asked before");
}
