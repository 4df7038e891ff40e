/*
 * test_pipeline.c - five real daemons and a private Redis: what goes in at each door comes out as claim
 * files, once; answers move claims; operators are told; nothing of a patient is in a log.
 */
#include "support/one_site.h"

#include "base/file.h"
#include "hl7/hl7.h"
#include "support/claims.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const quick[] = { "submit.cutoff_ms=200", "submit.answers_ms=20", "ingest.folder_ms=20", NULL };

/* ---- claims out, answers in ---- */

/* The one claim file there is, read. */
static void
read_claims(struct x12_intake *in)
{
	struct file_list files;
	struct str dir = site_path(&site, "out/payer"), bytes;

	cr_assert(dir_list(&mem, dir.p, 100, &files) == 0 && files.n == 1, "one claim file");
	cr_assert(file_read(&mem, path_join(&mem, dir, files.v[0].name).p, LIMIT_INPUT, &bytes) == 0);
	cr_assert(claims_read(&mem, bytes, in) > 0 && in->n_interchanges == 1);
}

static struct x12_ends
answer_ends(const struct x12_interchange *ic, int64_t control)
{
	return (struct x12_ends){ ic->isa07, ic->isa08, ic->isa05, ic->isa06, ic->groups[0].gs03, ic->groups[0].gs02,
		ic->usage, control, INT64_C(1793577600000) };
}

static void
put_answer(const char *name, struct str bytes)
{
	cr_assert(mkdir_p(site_path(&site, "answers/payer").p) == 0);
	cr_assert(file_write_atomic(site_path(&site, "answers/payer/%s", name).p, bytes, false) == 0);
}

static struct str
a_277ca(const struct x12_intake *in, int64_t control, const char *rejected)
{
	const struct x12_interchange *ic = in->interchanges;
	struct x12_277ca_spec spec = { answer_ends(ic, control), S("EXAMPLE PAYER"), S("EX001"), S("EXAMPLE HEALTH SYSTEM"),
		S("CLAIMLINE"), ic->groups[0].sets[0].bht03 };
	struct x12_verdict *v = arena_array(&mem, in->n_claims, sizeof *v);
	struct str out;

	for (size_t i = 0; i < in->n_claims; i++) {
		bool no = rejected && str_is(in->claims[i].e->pcn, rejected);

		v[i] = (struct x12_verdict){ .e = in->claims[i].e, .category = no ? S("A3") : S("A2"),
			.status = no ? S("33") : S("20"), .entity = no ? S("IL") : S("PR"), .accepted = !no,
			.payer_control = no ? STR_NONE : arena_fmt(&mem, "PAYER%zu", i) };
	}
	cr_assert(x12_write_277ca(&mem, &spec, v, in->n_claims, &out) == 0);
	return out;
}

static bool
is_put_away(struct site *s, void *arg)
{
	return file_exists(site_path(s, "%s", (const char *)arg).p);
}

static void
stored(struct eid id, struct encounter **e, struct snapshot *snap)
{
	unsigned lane;

	*e = rec_new(&mem);
	cr_assert(site.store->ops->find(site.store, id, &lane) == 0 &&
	    site.store->ops->get(site.store, id, lane, &mem, snap) == 0);
	for (int p = 0; p < PART_COUNT; p++) {
		struct str raw;

		if (snap->w.part[p].n)
			cr_assert(part_open(&mem, snap->w.part[p], &raw) == 0 &&
			    rec_unpack(&mem, raw, (enum rec_part)p, *e) == 0);
	}
}

static char answer_999[] = "answers/payer/done/a.999", answer_277[] = "answers/payer/done/a.277";

Test(pipeline, claims_out_and_answers_in)
{
	struct x12_intake in;
	struct encounter *e;
	struct snapshot snap;
	struct str text;
	struct x12_ends ends;

	begin(quick);
	cr_assert(site_feed(&site, 0, 30) && site_wait_count(&site, ST_SENT, 30), "%s", site.why);
	read_claims(&in);
	cr_expect(in.n_claims == 30 && in.n_refused == 0);
	cr_expect(str_is(in.interchanges[0].isa13, "000000001") && in.interchanges[0].usage == 'T');

	ends = answer_ends(in.interchanges, 501);
	cr_assert(x12_write_999(&mem, &ends, in.interchanges, &text) == 0);
	put_answer("a.999", text);
	cr_expect(site_wait(&site, is_put_away, answer_999, "the 999 in done/"), "%s", site.why);
	cr_expect(site_count(&site, ST_SENT) == 30, "a 999 alone accepts nothing when the partner sends 277CA");
	put_answer("a.277", a_277ca(&in, 502, "E7"));
	cr_expect(site_wait_count(&site, ST_ACCEPTED, 29), "%s", site.why);
	cr_expect(site_wait_count(&site, ST_HELD_BILLING, 1), "%s", site.why);
	cr_expect(site_wait(&site, is_put_away, answer_277, "the 277CA in done/"), "%s", site.why);
	stored(site_encounter_eid("E", 7), &e, &snap);
	cr_expect(snap.w.state == ST_HELD_BILLING && snap.why.n && strstr(snap.why.p, "277CA rejected"), STR_FMT,
	    STR_ARG(snap.why));
	stored(site_encounter_eid("E", 8), &e, &snap);
	cr_expect(e->n_statuses == 1 && str_starts(e->statuses[0].payer_control, S("PAYER")) && str_is(e->isa13, "000000001"));
	cr_expect(e->n_compared > 0 && e->suggest_by.n && e->validate_by.n && e->audit_by.n && e->st02.n,
	    "every stage left its part");
	/* the same answer once more under another name changes nothing */
	put_answer("again.277", a_277ca(&in, 502, "E7"));
	cr_expect(site_wait(&site, is_put_away, (char[]){ "answers/payer/done/again.277" }, "read again"), "%s", site.why);
	stored(site_encounter_eid("E", 8), &e, &snap);
	cr_expect(e->n_statuses == 1 && site_count(&site, ST_ACCEPTED) == 29);
	end();
}

Test(pipeline, answers_that_are_not)
{
	struct x12_intake in;
	struct str text;

	begin(quick);
	cr_assert(site_feed(&site, 0, 3) && site_wait_count(&site, ST_SENT, 3), "%s", site.why);
	read_claims(&in);
	text = a_277ca(&in, 9, NULL);
	put_answer("garbage", S("\x00\x01\x02 not an answer"));
	put_answer("cut", (struct str){ text.p, text.n / 2 });
	put_answer("whole.part", text);
	cr_expect(site_wait(&site, is_put_away, (char[]){ "answers/payer/refused/garbage" }, "garbage refused"), "%s", site.why);
	cr_expect(file_exists(site_path(&site, "answers/payer/refused/garbage.why.json").p), "and why");
	cr_expect(site_wait(&site, is_put_away, (char[]){ "answers/payer/refused/cut" }, "half an answer refused"),
	    "%s", site.why);
	in.interchanges[0].groups[0].sets[0].bht03 = S("000004711");
	put_answer("stranger", a_277ca(&in, 10, NULL));
	cr_expect(site_wait(&site, is_put_away, (char[]){ "answers/payer/refused/stranger" }, "another site's answer"),
	    "%s", site.why);
	cr_expect(site_wait_log(&site, SITE_SUBMIT, 0, "answers to claims this site did not send"));
	cr_expect(site_count(&site, ST_SENT) == 3, "nothing moved");
	cr_expect(file_exists(site_path(&site, "answers/payer/whole.part").p), "a file being written is left alone");
	end();
}

Test(pipeline, the_same_again)
{
	struct site_answer ans;
	struct site_claims c;
	struct encounter *e;
	struct snapshot snap;
	struct str first, other;

	begin(quick);
	first = site_encounter(&mem, "E", 1, 2000);
	other = site_encounter(&mem, "E", 1, 3000);
	cr_assert(!str_eq(first, other));
	cr_assert(site_offer(&site, 0, first, SITE_WAIT_MS, &ans));
	cr_expect(strcmp(ans.verdict, "accepted") == 0, "%s", ans.verdict);
	cr_assert(site_offer(&site, 0, first, SITE_WAIT_MS, &ans));
	cr_expect(strcmp(ans.verdict, "known") == 0, "on its way: %s", ans.verdict);
	cr_assert(site_wait_count(&site, ST_SENT, 1), "%s", site.why);
	cr_assert(site_offer(&site, 0, first, SITE_WAIT_MS, &ans));
	cr_expect(strcmp(ans.verdict, "known") == 0, "and after it was sent: %s", ans.verdict);
	cr_assert(site_offer(&site, 0, other, SITE_WAIT_MS, &ans));
	cr_expect(strcmp(ans.verdict, "conflict") == 0, "the same id with other content: %s", ans.verdict);
	stored(site_encounter_eid("E", 1), &e, &snap);
	cr_expect(e->n_documents == 1 && e->documents[0].text.n < 1000, "the first content stays");
	cr_assert(site_feed(&site, 2, 1) && site_wait_count(&site, ST_SENT, 2), "%s", site.why);
	cr_assert(site_read_out(&site, &mem, &c) == 0);
	cr_expect(c.n == 2, "no second claim: %zu", c.n);
	end();
}

/* Offers of one turn share a commit: the same id in it twice, with other content, must not mix. */
Test(pipeline, the_same_at_once)
{
	struct front *f;
	struct answer ans;
	struct encounter *e;
	struct snapshot snap;
	size_t n[3] = { 0 };

	begin(quick);
	cr_assert(front_open(&f, arena_fmt(&mem, "ipc:%s/front0", site.dir).p) == 0);
	for (int i = 0; i < 40; i++)
		cr_assert(front_offer(f, i, S("x"), site_encounter(&mem, "E", 1, i == 0 ? 2000 : 3000)) == 0);
	for (int i = 0; i < 40; i++) {
		cr_assert(front_answer(f, &mem, SITE_WAIT_MS, &ans) == 1);
		n[0] += str_is(ans.verdict, "accepted");
		n[1] += str_is(ans.verdict, "conflict");
		n[2] += str_is(ans.verdict, "known");
	}
	cr_expect(n[0] == 1 && n[1] == 39, "%zu accepted, %zu conflict, %zu known", n[0], n[1], n[2]);
	front_close(f);
	cr_assert(site_wait_count(&site, ST_SENT, 1), "%s", site.why);
	stored(site_encounter_eid("E", 1), &e, &snap);
	cr_expect(e->documents[0].text.n < 1000, "the first content stays");
	end();
}

/* ---- HL7 ---- */

static int
mllp_dial(void)
{
	int fd = site_dial(&site, site.mllp[0]);

	cr_assert(fd >= 0, "MLLP port");
	return fd;
}

/* The next acknowledgement, without its frame. */
static struct str
mllp_read(int fd)
{
	char *p = arena_alloc(&mem, 65536);
	size_t n = 0;

	while (n < 65535 && recv(fd, p + n, 1, 0) == 1 && !(n > 0 && p[n - 1] == 0x1c && p[n] == '\r'))
		n++;
	return n > 2 && p[0] == 0x0b ? (struct str){ p + 1, n - 2 } : STR_NONE;
}

static struct str
mllp_ask(int fd, struct str msg)
{
	struct str framed = hl7_mllp_wrap(&mem, msg);

	cr_assert(send(fd, framed.p, framed.n, MSG_NOSIGNAL) == (ssize_t)framed.n);
	return mllp_read(fd);
}

static struct str
hl7_message(const char *type, const char *id, const char *visit, const char *more)
{
	return arena_fmt(&mem, "MSH|^~\\&|REG|CLINIC|CLAIMLINE|HOSP|20261005080000||%s|%s|T|2.5.1\r"
	    "EVN||20261005080000\rPID|1||MRN7^^^CLINIC^MR||TESTER^AVERY||19700505|F|||1 SAMPLE WAY^^SPRINGFIELD^IL^62701\r"
	    "PV1|1|O|CLINIC||||1234567893^RENDER^JO^^^^^^NPI^^^^NPI||||||||||||%s\r%s", type, id, visit, more);
}

#define CHARGE \
	"IN1|1|PPO|EX001|EXAMPLE PAYER|||||||||||||TESTER^AVERY|SEL|19700505|1 SAMPLE WAY^^SPRINGFIELD^IL^62701||||" \
	"|||||||||||||M1\r" \
	"DG1|1||J06.9^ACUTE UPPER RESPIRATORY INFECTION^I10|||F\r" \
	"FT1|1|T1||20261005|20261005|CG|99213^OFFICE VISIT^CPT||||1|150.00|||||||J06.9^^I10|1234567893^RENDER^JO\r"

static struct eid
visit_eid(const char *visit)
{
	struct encounter *e = rec_new(&mem);

	e->tenant = S("main");
	e->source = S("hl7");
	e->sender = S("CLINIC");
	e->control = str_of(visit);
	return rec_eid(e);
}

static int64_t
in_all(void)
{
	int64_t n = 0;

	for (int st = 0; st < ST_COUNT; st++)
		n += site_count(&site, (enum state)st);
	return n;
}

Test(pipeline, hl7_over_mllp)
{
	struct snapshot snap;
	struct encounter *e;
	struct str ack;
	int fd;

	begin(quick);
	fd = mllp_dial();
	ack = mllp_ask(fd, hl7_message("ADT^A01", "M1", "V100", ""));
	cr_assert(ack.n && strstr(ack.p, "MSA|AA|M1"), "ack of %zu bytes: " STR_FMT, ack.n, STR_ARG(ack));
	stored(visit_eid("V100"), &e, &snap);
	cr_expect(snap.w.state == ST_NEW && str_is(e->patient.last, "TESTER"), "it is committed when AA is here: %s",
	    state_name(snap.w.state));
	ack = mllp_ask(fd, hl7_message("DFT^P03", "M2", "V100", CHARGE));
	cr_assert(ack.n && strstr(ack.p, "MSA|AA|M2"), STR_FMT, STR_ARG(ack));
	stored(visit_eid("V100"), &e, &snap);
	cr_expect(snap.w.state != ST_NEW && e->n_lines == 1, "charges release the visit: %s", state_name(snap.w.state));
	cr_expect(in_all() == 1, "one visit, one encounter");
	ack = mllp_ask(fd, hl7_message("DFT^P03", "M2", "V100", CHARGE));
	cr_expect(ack.n && strstr(ack.p, "MSA|AA|M2"), "sent again, acknowledged again");
	ack = mllp_ask(fd, hl7_message("ADT^A01", "M3", "V200", ""));
	cr_expect(ack.n && strstr(ack.p, "MSA|AA|M3"));
	cr_expect(in_all() == 2, "%lld", (long long)in_all());
	ack = mllp_ask(fd, S("MSH|^~\\&|REG|CLINIC|X|Y|20261005||ZZZ^Z99|M4|T|2.5.1\rPID|1\r"));
	cr_expect(ack.n && strstr(ack.p, "MSA|AR|M4"), "a type that is not taken: " STR_FMT, STR_ARG(ack));
	ack = mllp_ask(fd, S("MSH|^~\\&|REG|CLINIC|X|Y|20261005||ADT^A01|M5|P|2.5.1\rPID|1||9\rPV1|1|O\r"));
	cr_expect(ack.n && !strstr(ack.p, "MSA|AA|M5"), "production into test: " STR_FMT, STR_ARG(ack));
	(void)close(fd);
	cr_expect(in_all() == 2);
	end();
}

/* Several messages in one write, one message byte by byte, bytes that are no frame. */
Test(pipeline, mllp_framing)
{
	struct buf b;
	struct str one, ack;
	int fd;

	begin(quick);
	buf_init(&b, &mem);
	for (int i = 0; i < 20; i++)
		buf_str(&b, hl7_mllp_wrap(&mem,
		    hl7_message("ADT^A01", arena_fmt(&mem, "Q%d", i).p, arena_fmt(&mem, "W%d", i).p, "")));
	fd = mllp_dial();
	cr_assert(send(fd, b.p, b.n, MSG_NOSIGNAL) == (ssize_t)b.n);
	for (int i = 0; i < 20; i++) {
		ack = mllp_read(fd);
		cr_expect(ack.n && strstr(ack.p, arena_fmt(&mem, "MSA|AA|Q%d\r", i).p), "in order: %d", i);
	}
	one = hl7_mllp_wrap(&mem, hl7_message("ADT^A01", "B1", "X1", ""));
	for (size_t i = 0; i < one.n; i++)
		cr_assert(send(fd, one.p + i, 1, MSG_NOSIGNAL) == 1);
	ack = mllp_read(fd);
	cr_expect(ack.n && strstr(ack.p, "MSA|AA|B1"));
	(void)close(fd);
	fd = mllp_dial();
	cr_assert(send(fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL) == 18);
	cr_expect(recv(fd, (char[8]){ 0 }, 8, 0) <= 0, "what is no frame is not answered");
	(void)close(fd);
	cr_expect(site_count(&site, ST_NEW) == 21, "%lld", (long long)site_count(&site, ST_NEW));
	end();
}

/* ---- the watched folder ---- */

static void
drop(const char *name, struct str bytes)
{
	cr_assert(file_write_atomic(site_path(&site, "in0/%s", name).p, bytes, false) == 0);
}

Test(pipeline, watched_folder)
{
	struct str why, bad;

	begin(quick);
	drop("good.json", site_encounter(&mem, "F", 1, 2000));
	cr_expect(site_wait(&site, is_put_away, (char[]){ "in0/done/good.json" }, "done/"), "%s", site.why);
	bad = site_encounter(&mem, "F", 2, 2000);
	drop("bad.json", arena_fmt(&mem, STR_FMT ",\"colour\":1}", (int)bad.n - 1, bad.p));
	cr_expect(site_wait(&site, is_put_away, (char[]){ "in0/refused/bad.json" }, "refused/"), "%s", site.why);
	cr_assert(file_read(&mem, site_path(&site, "in0/refused/bad.json.why.json").p, LIMIT_INPUT, &why) == 0, "says why");
	cr_expect(strstr(why.p, "refused") && strstr(why.p, "unknown name") && strstr(why.p, "line 1"), STR_FMT, STR_ARG(why));
	drop("garbage", S("\x7f" "ELF\x02\x01\x01"));
	cr_expect(site_wait(&site, is_put_away, (char[]){ "in0/refused/garbage.why.json" }, "garbage refused"), "%s", site.why);
	drop("empty", S(""));
	cr_expect(site_wait(&site, is_put_away, (char[]){ "in0/refused/empty" }, "nothing refused"), "%s", site.why);
	drop("half.json.part", S("{"));
	drop("good.json", site_encounter(&mem, "F", 1, 2000));
	cr_expect(site_wait(&site, is_put_away, (char[]){ "in0/done/good.json.1" }, "the name is taken, the file is known"),
	    "%s", site.why);
	cr_expect(file_exists(site_path(&site, "in0/half.json.part").p), "a file being written is left alone");
	cr_expect(site_wait_count(&site, ST_SENT, 1), "%s", site.why);
	cr_expect(in_all() == 1);
	end();
}

/* ---- what is shipped ---- */

static bool
nothing_moves(struct site *s, void *arg)
{
	static const enum state moving[] = { ST_RECEIVED, ST_CODED, ST_CHECKED, ST_CLEARED, ST_BATCHED };
	int64_t n = 0;

	(void)arg;
	for (size_t i = 0; i < sizeof moving / sizeof *moving; i++)
		n += site_count(s, moving[i]);
	return n == 0;
}

/* The encounters of the demo: all are taken, none is too hard for the machine, some go out, some wait for a person. */
Test(pipeline, demo_encounters)
{
	struct file_list files = { 0 };
	struct site_answer ans;
	struct str text;
	int inputs = 0;

	begin(quick);
	cr_assert(dir_list(&mem, CL_SOURCE_DIR "/config/demo", 100, &files) == 0);
	for (size_t i = 0; i < files.n; i++) {
		if (files.v[i].is_folder || str_is(files.v[i].name, "README.md"))
			continue;
		cr_assert(file_read(&mem, arena_fmt(&mem, CL_SOURCE_DIR "/config/demo/%s", files.v[i].name.p).p,
		    LIMIT_INPUT, &text) >= 0);
		cr_assert(site_offer(&site, 0, text, SITE_WAIT_MS, &ans), "%s", files.v[i].name.p);
		cr_expect(strcmp(ans.verdict, "accepted") == 0, "%s: %s: " STR_FMT, files.v[i].name.p, ans.verdict,
		    STR_ARG(ans.text));
		inputs++;
	}
	cr_expect(inputs > 0 && site_wait(&site, nothing_moves, NULL, "all settled"), "%s", site.why);
	cr_expect(site_count(&site, ST_BURIED) == 0 && site_count(&site, ST_SENT) > 0, "%lld sent of %lld",
	    (long long)site_count(&site, ST_SENT), (long long)in_all());
	cr_expect(in_all() > site_count(&site, ST_SENT), "some wait for a person");
	end();
}

/* ---- nothing of a patient where it does not belong ---- */

static const char *const sentinels[] = {
	"ZYXWVUTLAST", "QQFIRSTQQ", "77SECRETSTREET", "SECRETCITYNAME", "MEMBER88776655", "PCN99887766", "1931-07-09", "19310709",
	"zznoteword", "ACCT55443322", "5557654321", "ZZFREETEXT",
};

static struct str
with_sentinels(const char *json_more)
{
	struct str e = site_encounter(&mem, "PCN9988776", 6, 2000);
	static const char *const swaps[][2] = {
		{ "TESTER", "ZYXWVUTLAST" }, { "AVERY", "QQFIRSTQQ" }, { "1 SAMPLE WAY", "77SECRETSTREET" },
		{ "\"city\":\"SPRINGFIELD\",\"state\":\"IL\",\"zip\":\"627010001\"",
		    "\"city\":\"SECRETCITYNAME\",\"state\":\"IL\",\"zip\":\"627010001\",\"phone\":\"5557654321\"" },
		{ "1970-05-07", "1931-07-09" }, { "HISTORY OF PRESENT", "zznoteword HISTORY OF PRESENT" },
	};
	struct buf b;

	for (size_t k = 0; k < sizeof swaps / sizeof *swaps; k++) {
		struct str rest = e;
		char *hit;

		buf_init(&b, &mem);
		while (rest.n && (hit = memmem(rest.p, rest.n, swaps[k][0], strlen(swaps[k][0])))) {
			buf_put(&b, rest.p, (size_t)(hit - rest.p));
			buf_cstr(&b, swaps[k][1]);
			rest.n -= (size_t)(hit - rest.p) + strlen(swaps[k][0]);
			rest.p = hit + strlen(swaps[k][0]);
		}
		buf_str(&b, rest);
		e = arena_str(&mem, buf_view(&b));
	}
	return arena_fmt(&mem, STR_FMT "%s}", (int)e.n - 1, e.p, json_more);
}

static void
expect_clean(const char *dir)
{
	char where[512] = "";

	for (size_t i = 0; i < sizeof sentinels / sizeof *sentinels; i++)
		cr_expect(!site_find_in_tree(site_path(&site, "%s", dir).p, sentinels[i], where, sizeof where), "%s is in %s",
		    sentinels[i], where);
}

Test(pipeline, nothing_of_a_patient_in_logs)
{
	static const char *const broken[] = {
		",\"pos\":\"ZZFREETEXT is far too long for this field\"", ",\"ZZFREETEXT\":1", ",\"usage\":\"P\"",
		",\"charge\":\"ZZFREETEXT\"", ",\"patient\":{\"last\":\"ZYXWVUTLAST\",\"dob\":\"1931-07-09x\"}",
		",\"findings\":[{\"edit\":\"ZZFREETEXT\"}]", ",\"account\":\"ACCT55443322\",\"account\":\"x\"",
	};
	struct site_answer ans;
	struct x12_intake in;
	struct str body, text, hl7;
	int fd;

	begin(quick);
	cr_assert(site_offer(&site, 0, with_sentinels(",\"account\":\"ACCT55443322\""), SITE_WAIT_MS, &ans));
	cr_expect(strcmp(ans.verdict, "accepted") == 0, STR_FMT, STR_ARG(ans.text));
	cr_expect(site_wait_count(&site, ST_SENT, 1), "%s", site.why);
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		cr_assert(site_offer(&site, 0, with_sentinels(broken[i]), SITE_WAIT_MS, &ans));
		cr_expect(strcmp(ans.verdict, "refused") == 0 || strcmp(ans.verdict, "conflict") == 0, "%s: %s",
		    broken[i], ans.verdict);
		drop(arena_fmt(&mem, "PCN99887766-%zu.json", i).p, with_sentinels(broken[i]));
	}
	cr_expect(site_wait(&site, is_put_away, (char[]){ "in0/refused/PCN99887766-6.json" }, "all refused"), "%s", site.why);
	fd = mllp_dial();
	hl7 = hl7_message("ADT^A01", "M1", "ACCT55443322", "NTE|1||ZZFREETEXT\rZZFREETEXT|ZYXWVUTLAST\r");
	cr_expect(mllp_ask(fd, hl7).n > 0 &&
	    mllp_ask(fd, S("MSH|^~\\&|ZZFREETEXT|C|X|Y|20261005||ADT^A01|M5|P|2.5.1\rPID|1||ACCT55443322\r")).n > 0);
	(void)close(fd);
	read_claims(&in);
	text = a_277ca(&in, 77, "PCN99887766");
	put_answer("PCN99887766.277", text);
	cr_expect(site_wait_count(&site, ST_HELD_BILLING, 1), "%s", site.why);
	put_answer("PCN99887766.bad", (struct str){ text.p, text.n - 40 });
	cr_expect(site_wait(&site, is_put_away, (char[]){ "answers/payer/refused/PCN99887766.bad" }, "refused"), "%s", site.why);
	for (int i = 0; i < SITE_STAGES; i++) {
		static const char *const pages[] = { "GET /metrics", "GET /readyz", "GET /healthz" };

		for (size_t k = 0; k < 3; k++) {
			cr_assert(site_http(&site, (enum site_stage)i, 0, pages[k], &body) > 0);
			for (size_t n = 0; n < sizeof sentinels / sizeof *sentinels; n++)
				cr_expect(!memmem(body.p, body.n, sentinels[n], strlen(sentinels[n])), "%s", sentinels[n]);
		}
		cr_expect(site_stop(&site, (enum site_stage)i, 0) == 0, "%s", site_stage_names[i]);
	}
	expect_clean("log");
	expect_clean("ledger");
	expect_clean("bus");
	end();
}
