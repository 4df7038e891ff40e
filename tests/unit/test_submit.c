/* test_submit.c - partner files, names, what an answer means, and that rendering again gives the same bytes. */
#include "support/claims.h"
#include "submit/submit.h"
#include "support/site.h"

#include "base/file.h"

#include <criterion/criterion.h>
#include <string.h>

/* ---- partner files ---- */

#define GOOD \
	"name: EXAMPLE CLEARINGHOUSE\nsender: CLAIMLINE\nreceiver: EXAMPLECH\nsubmitter: EXAMPLE HEALTH\n" \
	"submitter_id: CLAIMLINE\nreceiver_id: EXAMPLECH\ncontact: BILLING OFFICE\nphone: \"5555550100\"\n"

static const struct { const char *name, *id, *yaml, *place; } files[] = {
	{ "the least", "payer", GOOD, NULL },
	{ "a list of payers", "payer", GOOD "payer_id: [A1, B2]\n", NULL },
	{ "production", "a-B_9", GOOD "usage: P\naccept_on: \"999\"\n", NULL },
	{ "an e-mail instead of a phone", "x", "name: N\nsender: S\nreceiver: R\nsubmitter: S\nsubmitter_id: I\n"
	    "receiver_id: J\ncontact: C\nemail: a@example.org\n", NULL },
	{ "an empty file", "x", "", "file" },
	{ "not YAML", "x", "name: [", "line " },
	{ "a list", "x", "- name\n- sender\n", "line 1 column 1" },
	{ "an unknown key", "x", GOOD "colour: red\n", "line 9 column " },
	{ "the same key twice", "x", GOOD "phone: \"1\"\n", "line 9 column 1" },
	{ "a nested value", "x", GOOD "payer_id: {a: b}\n", "line 9 column " },
	{ "an ISA id of 16 letters", "x", "name: N\nsender: ABCDEFGHIJKLMNOP\nreceiver: R\nsubmitter: S\nsubmitter_id: I\n"
	    "receiver_id: J\ncontact: C\nphone: \"1\"\n", "line 2 column " },
	{ "a control byte", "x", GOOD "app_sender: \"A\\tB\"\n", "line 9 column " },
	{ "separators in an ISA id", "x", GOOD "app_receiver: \"A*B~ISA\"\n", "line 9 column " },
	{ "separators in the receiver", "x", "name: N\nsender: S\nreceiver: \"../x*~\"\nsubmitter: S\nsubmitter_id: I\n"
	    "receiver_id: J\ncontact: C\nphone: \"1\"\n", "line 3 column " },
	{ "separators in a name", "x", "name: \"N:M\"\nsender: S\nreceiver: R\nsubmitter: S\nsubmitter_id: I\n"
	    "receiver_id: J\ncontact: C\nphone: \"1\"\n", "line 1 column " },
	{ "a separator in a payer id", "x", GOOD "payer_id: [A1, \"B^2\"]\n", "line 9 column " },
	{ "an ISA id beyond ASCII", "x", GOOD "app_sender: \"\xc3\x89\"\n", "line 9 column " },
	{ "qualifiers with a list of their own", "x", GOOD "sender_qual: \"30\"\nreceiver_qual: ZZ\n", NULL },
	{ "a qualifier of one letter", "x", GOOD "sender_qual: Z\n", "line 9 column " },
	{ "a qualifier in small letters", "x", GOOD "receiver_qual: zz\n", "line 9 column " },
	{ "neither T nor P", "x", GOOD "usage: X\n", "usage" },
	{ "an answer we do not know", "x", GOOD "accept_on: 835\n", "accept_on" },
	{ "nobody to call", "x", "name: N\nsender: S\nreceiver: R\nsubmitter: S\nsubmitter_id: I\nreceiver_id: J\ncontact: C\n",
	    "file" },
	{ "no receiver", "x", "name: N\nsender: S\nsubmitter: S\nsubmitter_id: I\nreceiver_id: J\ncontact: C\nphone: \"1\"\n",
	    "file" },
	{ "an id that leaves its folder", "../x", GOOD, "file name" },
	{ "an id of nothing", "", GOOD, "file name" },
	{ "an id of 33 letters", "abcdefghijklmnopqrstuvwxyzabcdefg", GOOD, "file name" },
	{ "an id with a blank", "a b", GOOD, "file name" },
};

Test(submit, partner_files)
{
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct faults f = { .a = &a };
		struct partner p;
		int rc = partner_parse(&a, str_of(files[i].id), str_of(files[i].yaml), &p, &f);
		bool found = false;

		if (!files[i].place) {
			cr_expect(rc == 0 && f.n == 0, "%s", files[i].name);
			continue;
		}
		for (size_t k = 0; k < f.n; k++)
			found = found || str_starts(f.v[k].place, str_of(files[i].place));
		cr_expect(rc < 0 && f.n > 0 && found, "%s: %d at " STR_FMT, files[i].name, rc, STR_ARG(f.v[0].place));
		for (size_t k = 0; k < f.n; k++)
			cr_expect(f.v[k].words.n && f.v[k].fix.n, "%s says what and what to do", files[i].name);
	}
	arena_free(&a);
}

static struct partner
partner_of(struct arena *a, const char *id, const char *more)
{
	struct faults f = { .a = a };
	struct partner p;

	cr_assert(partner_parse(a, str_of(id), arena_fmt(a, GOOD "%s", more), &p, &f) == 0);
	return p;
}

Test(submit, partner_of_a_claim)
{
	struct arena a;
	struct partners all = { 0 };
	struct encounter *e;

	arena_init(&a, 0);
	all.v = arena_array(&a, 2, sizeof *all.v);
	all.n = 2;
	all.v[0] = partner_of(&a, "one", "payer_id: [P1, P2]\n");
	all.v[1] = partner_of(&a, "two", "payer_id: P3\naccept_on: \"999\"\n");
	cr_expect(str_is(all.v[0].v[PK_usage], "T") && str_is(all.v[0].v[PK_accept_on], "277CA"), "defaults");
	cr_expect(str_is(all.v[0].v[PK_app_sender], "CLAIMLINE") && str_is(all.v[0].v[PK_app_receiver], "EXAMPLECH"));
	e = rec_new(&a);
	cr_expect(!partner_for(&all, e, STR_NONE), "no coverage, no fallback");
	cr_expect(partner_for(&all, e, S("two")) == &all.v[1], "no coverage");
	cr_expect(!partner_for(&all, e, S("three")));
	e->coverages = arena_array(&a, 1, sizeof *e->coverages);
	e->n_coverages = 1;
	e->coverages[0].payer.id = S("P2");
	cr_expect(partner_for(&all, e, S("two")) == &all.v[0], "by payer id");
	e->coverages[0].payer.id = S("P3");
	cr_expect(partner_for(&all, e, STR_NONE) == &all.v[1]);
	e->coverages[0].payer.id = S("P");
	cr_expect(!partner_for(&all, e, STR_NONE), "whole ids only");
	cr_expect(partner_named(&all, S("one")) == &all.v[0] && !partner_named(&all, S("on")));
	arena_free(&a);
}

Test(submit, partners_together)
{
	static const struct { const char *name, *payer, *fallback, *place; } rows[] = {
		{ "each its own", "payer_id: P3\n", "two", NULL },
		{ "no fallback", "", "", NULL },
		{ "one payer twice", "payer_id: [P3, P2]\n", "two", "partners/two.yaml" },
		{ "a fallback that is not there", "", "three", "submit.partner" },
	};
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct partner v[2] = { partner_of(&a, "one", "payer_id: [P1, P2]\n"), partner_of(&a, "two", rows[i].payer) };
		struct faults f = { .a = &a };
		int rc = partners_check(&a, &(struct partners){ v, 2 }, str_of(rows[i].fallback), &f);

		cr_expect(rows[i].place ? rc == E_CONF && f.n == 1 && str_is(f.v[0].place, rows[i].place) : rc == 0 && f.n == 0,
		    "%s", rows[i].name);
	}
	arena_free(&a);
}

Test(submit, shipped_partner)
{
	struct arena a;
	struct faults f;
	struct partner p;
	struct str text;

	arena_init(&a, 0);
	f = (struct faults){ .a = &a };
	cr_assert(file_read(&a, CL_SOURCE_DIR "/config/partners/payer.yaml", LIMIT_CONF, &text) == 0);
	cr_expect(partner_parse(&a, S("payer"), text, &p, &f) == 0 && p.n_payers >= 1);
	arena_free(&a);
}

/* ---- names ---- */

Test(submit, batch_names)
{
	static const struct { const char *text, *partner; int64_t number; } rows[] = {
		{ "payer/1", "payer", 1 }, { "a-b_C/999999999", "a-b_C", 999999999 },
		{ "", NULL, 0 }, { "-", NULL, 0 }, { "payer", NULL, 0 }, { "payer/", NULL, 0 }, { "/7", NULL, 0 },
		{ "payer/0", NULL, 0 }, { "payer/-1", NULL, 0 }, { "payer/x", NULL, 0 }, { "payer/1/2", NULL, 0 },
		{ "payer/99999999999999999999", NULL, 0 },
	};
	struct arena a;
	struct str partner;
	int64_t number;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool ok = is_batch_name(str_of(rows[i].text), &partner, &number);

		cr_expect(ok == (rows[i].partner != NULL), "%s", rows[i].text);
		cr_expect(!ok || (str_is(partner, rows[i].partner) && number == rows[i].number), "%s", rows[i].text);
	}
	cr_expect(str_is(batch_name(&a, S("payer"), 42), "payer-000000042.837"));
	cr_expect(str_is(batch_name(&a, S("p"), 999999999), "p-999999999.837"));
	cr_expect(str_is(sha256_hex(&a, S("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
	    "FIPS 180-2, B.1");
	cr_expect(str_is(sha256_hex(&a, STR_NONE), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	arena_free(&a);
}

/* ---- answers ---- */

static const struct { enum x12_scope scope; const char *kind, *verdict, *accept_on; enum state to; } verdicts[] = {
	{ X12_CLAIM, "277CA", "accepted", "277CA", ST_ACCEPTED },
	{ X12_CLAIM, "277CA", "rejected", "277CA", ST_HELD_BILLING },
	{ X12_CLAIM, "277CA", "rejected", "999", ST_HELD_BILLING },
	{ X12_CLAIM, "277CA", "pending", "277CA", ST_NONE },
	{ X12_CLAIM, "277CA", "accepted", "999", ST_NONE },
	{ X12_SET, "999", "accepted", "999", ST_ACCEPTED },
	{ X12_SET, "999", "accepted", "277CA", ST_NONE },
	{ X12_SET, "999", "rejected", "277CA", ST_HELD_BILLING },
	{ X12_GROUP, "999", "accepted", "999", ST_NONE },
	{ X12_GROUP, "999", "rejected", "999", ST_HELD_BILLING },
	{ X12_INTERCHANGE, "TA1", "accepted", "999", ST_NONE },
	{ X12_INTERCHANGE, "TA1", "rejected", "277CA", ST_HELD_BILLING },
	{ X12_BATCH, "277CA", "accepted", "277CA", ST_NONE },
	{ X12_LINE, "277CA", "accepted", "277CA", ST_NONE },
	{ X12_CLAIM, "277CA", "", "277CA", ST_NONE },
	{ X12_CLAIM, "277CA", "ACCEPTED", "277CA", ST_NONE },
};

Test(submit, answer_verdicts)
{
	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
		struct x12_answer x = { .scope = verdicts[i].scope, .kind = str_of(verdicts[i].kind),
			.verdict = str_of(verdicts[i].verdict), .code = S("A2:20:PR"), .words = S("words"),
			.payer_control = S("PC1"), .text = S("free text of the sender") };
		struct status st;
		enum state to = answer_verdict(&x, str_of(verdicts[i].accept_on), &st);

		cr_expect(to == verdicts[i].to, "row %zu: %s", i, state_name(to));
		cr_expect(str_eq(st.kind, x.kind) && str_eq(st.verdict, x.verdict) && str_is(st.code, "A2:20:PR") &&
		    str_is(st.payer_control, "PC1"), "row %zu keeps what was said", i);
		cr_expect(str_is(st.words, "words"), "row %zu: our words, never the sender's", i);
	}
}

/* ---- rendering ---- */

static void
encounters(struct arena *a, struct encounter *v[2])
{
	for (unsigned i = 0; i < 2; i++) {
		struct faults f = { .a = a };

		v[i] = rec_new(a);
		cr_assert(rec_from_json(a, site_encounter(a, "R", i, 1500), v[i], &f) == 0 && f.n == 0);
	}
}

Test(submit, the_same_bytes_again)
{
	struct arena a, b;
	struct encounter *v[2], *w[2];
	struct partner p, q;
	struct x12_written x, y;
	struct x12_intake in;

	arena_init(&a, 0);
	arena_init(&b, 0);
	p = partner_of(&a, "payer", "");
	q = partner_of(&b, "payer", "");
	encounters(&a, v);
	encounters(&b, w);
	(void)arena_alloc(&b, 12345);		/* other addresses, other padding */
	cr_assert(batch_render(&a, &p, 17, INT64_C(1793577600000), v, 2, &x) == 0);
	cr_assert(batch_render(&b, &q, 17, INT64_C(1793577600000), w, 2, &y) == 0);
	cr_expect(str_eq(x.bytes, y.bytes) && x.bytes.n > 800);
	cr_expect(claims_read(&a, x.bytes, &in) == 2 && in.n_refused == 0, "and both claims can be read");
	cr_expect(str_is(in.interchanges[0].isa13, "000000017"));
	cr_assert(batch_render(&b, &q, 18, INT64_C(1793577600000), w, 2, &y) == 0);
	cr_expect(!str_eq(x.bytes, y.bytes), "another number, other bytes");
	cr_assert(batch_render(&b, &q, 17, INT64_C(1793577660000), w, 2, &y) == 0);
	cr_expect(!str_eq(x.bytes, y.bytes), "another minute, other bytes");
	arena_free(&a);
	arena_free(&b);
}

Test(submit, prepare)
{
	struct arena a;
	struct partners all = { 0 };
	struct encounter *v[2];
	struct str why = STR_NONE;

	arena_init(&a, 0);
	all.v = arena_array(&a, 1, sizeof *all.v);
	all.n = 1;
	all.v[0] = partner_of(&a, "payer", "payer_id: EX001\n");
	encounters(&a, v);
	cr_expect(submit_prepare(&a, &all, STR_NONE, v[0], &why) == 0 && str_is(v[0]->partner, "payer"), STR_FMT, STR_ARG(why));
	v[0]->usage = S("P");
	cr_expect(submit_prepare(&a, &all, STR_NONE, v[0], &why) == E_VALUE && strstr(why.p, "usage P"), "test and production");
	v[1]->coverages[0].payer.id = S("NOBODY");
	cr_expect(submit_prepare(&a, &all, STR_NONE, v[1], &why) == E_VALUE && strstr(why.p, "no trading partner"));
	cr_expect(submit_prepare(&a, &all, S("payer"), v[1], &why) == 0, "the fallback");
	v[1]->type = S("D");
	cr_expect(submit_prepare(&a, &all, S("payer"), v[1], &why) == 0, "dental");
	v[1]->type = S("X");
	cr_expect(submit_prepare(&a, &all, S("payer"), v[1], &why) == E_VALUE && strstr(why.p, "837"), STR_FMT, STR_ARG(why));
	cr_expect(!strstr(why.p, "TESTER") && !strstr(why.p, "AVERY"), "no patient data in the words");
	arena_free(&a);
}
