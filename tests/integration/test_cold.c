/*
 * test_cold.c - bodies of claims that have left go to the archive and come back: what is in Redis meanwhile, late
 * rejections, an archive that is not there, visits that go on.
 */
#include "integration/cold_answers.h"

/* ---- out and back ---- */

static void
expect_tracker(unsigned n)
{
	static const char *const gone[] = { "p", "o", "os", "ov", "oa", "od" };

	for (unsigned i = 0; i < n; i++) {
		for (size_t k = 0; k < sizeof gone / sizeof *gone; k++)
			cr_expect(redis_int(arena_fmt(&mem, "HEXISTS %%.*s %s", gone[k]).p, key_of(i)) == 0,
			    "E%u has %s", i, gone[k]);
		cr_expect(redis_int("HEXISTS " STR_FMT " ob", key_of(i)) == 1, "E%u has ob", i);
		cr_expect(is_whole(i), "E%u comes out whole", i);
	}
}

static void
known_and_conflict(void)
{
	struct site_answer ans;

	cr_assert(site_offer(&site, 0, site_encounter(&mem, "E", 1, 2000), SITE_WAIT_MS, &ans));
	cr_expect(strcmp(ans.verdict, "known") == 0, "%s", ans.verdict);
	cr_assert(site_offer(&site, 0, site_encounter(&mem, "E", 1, 3000), SITE_WAIT_MS, &ans));
	cr_expect(strcmp(ans.verdict, "conflict") == 0, "%s", ans.verdict);
}

static void
shown_from_the_archive(void)
{
	struct str out = CLI(0, "show", "E2");

	cr_expect(has(out, "in the archive") && has(out, "TESTER, AVERY") && has(out, "99213"), STR_FMT, STR_ARG(out));
	cr_expect(has(CLI(0, "show", "E2", "--raw"), "\"pcn\": \"E2\"") || has(CLI(0, "show", "E2", "--raw"), "E2"));
	cr_expect(has(CLI(0, "show", "E2", "--json"), "\"body\": \"archive\""));
	cr_expect(has(CLI(0, "status", "E2"), "body in the archive"));
	cr_expect(has(CLI(0, "list", "sent", "--json"), "left_out"));
	cr_expect(has(CLI(0, "archive", "verify"), "sound: bodies 30"));
	cr_expect(has(CLI(0, "ledger", "explain", "E2"), "sent"));
	cr_expect(has(CLI(0, "doctor"), "30 bodies in 1 segments"));
}

Test(cold, out_and_back)
{
	int64_t warm, cold;

	begin();
	site_kill(&site, SITE_AUDIT, 0);	/* so that nothing is archived before it was weighed */
	cr_assert(site_feed(&site, 0, 30), "%s", site.why);
	cr_assert(site_start(&site, SITE_AUDIT, 0), "%s", site.why);
	warm = bytes_each(30);
	cr_assert(site_wait_count(&site, ST_SENT, 30), "%s", site.why);
	wait_cold(0, 30);
	cold = bytes_each(30);
	(void)printf("an encounter in Redis: %lld bytes when it came, "
	    "%lld once its body is in the archive (%lld of them part ob)\n",
	    (long long)warm, (long long)cold, (long long)redis_int("HSTRLEN " STR_FMT " ob", key_of(1)));
	cr_expect(cold < 1000 && cold < warm, "%lld, then %lld bytes", (long long)warm, (long long)cold);
	cr_expect(site_metric(&site, SITE_AUDIT, 0, "claimline_bodies_archived_total") == 30);
	expect_tracker(30);
	known_and_conflict();
	expect_tracker(3);
	shown_from_the_archive();

	/* a rejection brings the body back; acceptances need none */
	refused_pcn = "E7";
	answer(1, "a.277", true);
	cr_expect(site_wait_count(&site, ST_HELD_BILLING, 1) && site_wait_count(&site, ST_ACCEPTED, 29), "%s", site.why);
	wait_file("answers/payer/done/a.277");
	cr_expect(!snap(7).cold && is_whole(7) && redis_int("HEXISTS " STR_FMT " p", key_of(7)) == 1);
	cr_expect(snap(8).cold && is_whole(8) && redis_int("HEXISTS " STR_FMT " p", key_of(8)) == 0);
	cr_expect(site_metric(&site, SITE_SUBMIT, 0, "claimline_bodies_thawed_total") == 1);
	cr_expect(has(CLI(0, "work", "next"), "E7"));
	(void)CLI(0, "work", "release", "E7", "--reason", "member number corrected");
	cr_assert(site_wait_count(&site, ST_SENT, 1), "%s", site.why);
	wait_cold(7, 1);
	cr_expect(is_whole(7) && file_exists(site_path(&site, "out/payer/payer-000000002.837").p));
	cr_expect(has(CLI(0, "archive", "verify"), "sound: bodies 31"));
	end();
}

/* ---- the archive is not there ---- */

Test(cold, answers_wait_for_the_archive)
{
	struct str out;

	begin();
	cr_assert(site_feed(&site, 0, 10) && site_wait_count(&site, ST_SENT, 10), "%s", site.why);
	wait_cold(0, 10);
	cr_assert(rename(site_path(&site, "archive").p, site_path(&site, "elsewhere").p) == 0);
	refused_pcn = "E4";
	answer(1, "a.277", true);
	cr_expect(site_wait_says(&site, SITE_SUBMIT, "archive: the archive folder"), "%s", site.why);
	cr_expect(site_wait_count(&site, ST_ACCEPTED, 9), "%s", site.why);
	cr_expect(site_count(&site, ST_SENT) == 1 && site_count(&site, ST_HELD_BILLING) == 0,
	    "it moves with its body or not at all");
	cr_expect(file_exists(site_path(&site, "answers/payer/a.277").p), "the answer waits");
	out = CLI(0, "show", "E2");
	cr_expect(has(out, "in the archive, and cannot be read here") && has(out, "accepted") && !has(out, "AVERY"),
	    STR_FMT, STR_ARG(out));
	cr_expect(has(CLI(0, "status", "E2"), "cannot be read here"));
	cr_expect(has(CLI(69, "show", "E2", "--raw"), "the body is in the archive"));
	cr_expect(has(CLI(66, "archive", "verify"), "there is no archive"));
	cr_assert(rename(site_path(&site, "elsewhere").p, site_path(&site, "archive").p) == 0);
	cr_expect(site_wait_count(&site, ST_HELD_BILLING, 1), "%s", site.why);
	wait_file("answers/payer/done/a.277");
	cr_expect(is_whole(4) && !snap(4).cold && site_wait_ready(&site, SITE_SUBMIT, 0, true), "%s", site.why);
	end();
}

/* The disk is gone while audit runs, and when it starts: bodies go nowhere else, and go on when it is back. */
Test(cold, only_the_archive_it_left_for)
{
	static const char words[] = "archive: this folder is not the archive";
	struct range warm = { 10, 10, false };
	struct str folder, away;

	begin();
	folder = site_path(&site, "archive");
	away = site_path(&site, "elsewhere");
	cr_assert(site_feed(&site, 0, 10) && site_wait_count(&site, ST_SENT, 10), "%s", site.why);
	wait_cold(0, 10);
	cr_assert(rename(folder.p, away.p) == 0);
	cr_expect(site_wait_says(&site, SITE_AUDIT, words), "%s", site.why);
	cr_assert(site_feed(&site, 10, 10) && site_wait_count(&site, ST_SENT, 20), "no claim waits for it: %s", site.why);
	site_kill(&site, SITE_AUDIT, 0);
	cr_assert(site_start(&site, SITE_AUDIT, 0), "%s", site.why);
	cr_expect(site_wait_says(&site, SITE_AUDIT, words), "%s", site.why);
	cr_expect(!file_exists(folder.p) && all_are(&site, &warm), "nothing is made in its place, and bodies stay in Redis");
	cr_assert(mkdir_p(folder.p) == 0);
	cr_assert(site_feed(&site, 20, 10) && site_wait_count(&site, ST_SENT, 30), "%s", site.why);
	cr_expect(site_wait_says(&site, SITE_AUDIT, words), "%s", site.why);
	cr_expect(!file_exists(site_path(&site, "archive/id").p) && all_are(&site, &warm), "an empty folder is another");
	cr_assert(rmdir(folder.p) == 0 && file_write_atomic(folder.p, S("a file"), false) == 0);
	cr_expect(site_wait_says(&site, SITE_AUDIT, "archive: a file stands where the archive folder should be"), "%s", site.why);
	cr_assert(unlink(folder.p) == 0 && rename(away.p, folder.p) == 0);
	wait_cold(0, 30);
	cr_expect(site_wait_ready(&site, SITE_AUDIT, 0, true), "%s", site.why);
	cr_expect(has(CLI(0, "archive", "verify"), "sound: bodies 30"));
	end();
}

/* ---- a crash in the middle of an interchange, whose members have been archived ---- */

static bool
is_sent(struct site *s, void *arg)
{
	struct interchange ic;
	int rc = s->store->ops->ic_get(s->store, S("payer"), 1, &mem, &ic);

	(void)arg;
	return rc == 0 && ic.state == IC_SENT;
}

Test(cold, sealed_interchange_of_cold_members)
{
	struct str path, before, after;

	begin();
	cr_assert(site_feed(&site, 0, 10) && site_wait_count(&site, ST_SENT, 10), "%s", site.why);
	wait_cold(0, 10);
	path = site_path(&site, "out/payer/payer-000000001.837");
	cr_assert(site_wait(&site, is_sent, NULL, "recorded as sent") && file_read(&site.mem, path.p, LIMIT_INPUT, &before) == 0);
	/* as if submit had died before it wrote the file and said so */
	cr_assert(unlink(path.p) == 0 && redis_do(&site.redis, "HSET cl:{tp:payer}:b:1 st sealed", NULL, 0) &&
	    redis_do(&site.redis, "ZADD cl:{tp:payer}:open 1 1", NULL, 0));
	cr_expect(site_wait_log(&site, SITE_SUBMIT, 0, "an unfinished interchange is taken up"), "%s", site.why);
	cr_expect(site_wait(&site, is_sent, NULL, "sent again"), "%s", site.why);
	cr_assert(file_read(&mem, path.p, LIMIT_INPUT, &after) == 0);
	cr_expect(str_eq(before, after), "the same bytes under the same name");
	end();
}

/* ---- a visit goes on after its claim was sent ---- */

#define VISIT(type, id, more) \
	"MSH|^~\\&|REG|CLINIC|CLAIMLINE|HOSP|20261005080000||" type "|" id "|T|2.5.1\rEVN||20261005080000\r" \
	"PID|1||MRN7^^^CLINIC^MR||TESTER^AVERY||19700505|F|||1 SAMPLE WAY^^SPRINGFIELD^IL^62701||5555550101\r" \
	"PV1|1|O|CLINIC||||1234567893^RENDER^JO^^^^^^NPI^^^^NPI||||||||||||V7\r" more
#define CHARGES \
	"IN1|1|PPO|EX001|EXAMPLE PAYER|||||||||||||TESTER^AVERY|SEL|19700505|1 SAMPLE WAY^^SPRINGFIELD^IL^62701||||" \
	"|||||||||||||M1\r" \
	"DG1|1||J06.9^ACUTE UPPER RESPIRATORY INFECTION^I10|||F\r"
#define CHARGE(n, code, amount) \
	"FT1|" n "|T" n "||20261005|20261005|CG|" code "^OFFICE VISIT^CPT||||1|" amount "|||||||J06.9^^I10|1234567893^RENDER^JO\r"

static struct eid
visit_eid(int64_t revision)
{
	struct encounter *e = rec_new(&mem);

	e->tenant = S("main");
	e->source = S("hl7");
	e->sender = S("CLINIC");
	e->control = S("V7");
	e->revision = revision;
	return rec_eid(e);
}

static void
drop(const char *name, const char *text)
{
	cr_assert(file_write_atomic(site_path(&site, "in0/%s", name).p, str_of(text), false) == 0);
}

/* Whatever the edits say of it: it is put where a payer has it. */
static void
send_by_hand(struct eid id)
{
	static const enum state way[] = { ST_CLEARED, ST_BATCHED, ST_SENT };
	struct commit_by by = { S("test"), S("test"), S("") };
	struct snapshot s = snapshot_of(id);
	struct work *w = &s.w;

	for (size_t i = 0; s.w.state != ST_SENT && i < 3; i++) {
		w->to = way[i];
		cr_assert(site.store->ops->advance(site.store, &by, &w, 1, 600000) == 0 && w->moved, "%s", state_name(w->state));
	}
}

static bool
is_cold(struct site *s, void *arg)
{
	(void)s;
	return snapshot_of(*(struct eid *)arg).cold;
}

Test(cold, visit_goes_on)
{
	struct eid first, second;
	struct snapshot s;
	struct encounter *e;
	unsigned lane;

	begin();
	first = visit_eid(0);
	second = visit_eid(1);
	site_kill(&site, SITE_SUBMIT, 0);
	drop("one.hl7", VISIT("DFT^P03", "M1", CHARGES CHARGE("1", "99213", "150.00")));
	wait_file("in0/done/one.hl7");
	cr_assert(site_settle(&site, 1) || site_count(&site, ST_CLEARED) == 1, "%s", site.why);
	send_by_hand(first);
	cr_assert(site_wait(&site, is_cold, &first, "the visit in the archive"), "%s", site.why);
	drop("two.hl7", VISIT("DFT^P03", "M2", CHARGES CHARGE("2", "99214", "200.00")));
	wait_file("in0/done/two.hl7");
	cr_assert(site.store->ops->find(site.store, second, &lane) == 0, "the next revision of the visit");
	s = snapshot_of(second);
	e = record(&s);
	cr_expect(str_is(e->frequency, "7") && e->n_lines == 2, "a claim that replaces, with both charges: "
	    STR_FMT ", %zu lines", STR_ARG(e->frequency), e->n_lines);
	cr_assert(rename(site_path(&site, "archive").p, site_path(&site, "elsewhere").p) == 0);
	send_by_hand(second);
	drop("three.hl7", VISIT("DFT^P03", "M3", CHARGES CHARGE("3", "99215", "250.00")));
	wait_file("in0/refused/three.hl7");
	cr_expect(site_wait_log(&site, SITE_INGEST, 0, "a visit that was sent cannot be read"), "%s", site.why);
	site_close(&site);
	arena_free(&mem);
}
