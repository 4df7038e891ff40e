/*
 * test_faults_store.c - what PROTOCOL.md section 8 promises when Redis is gone or full, a disk is full, or a
 * process died in the middle of an interchange: it is shown, nothing is lost, nothing is sent twice.
 */
#include "support/one_site.h"

#include "base/file.h"
#include "base/log.h"
#include "submit/submit.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const quick[] = { "submit.cutoff_ms=100", "site.lease_ms=600", NULL };

/* ---- Redis gone, Redis full ---- */

struct until { int64_t ms; bool ok; };

/* All that time every daemon lives and none says it is ready. */
static bool
stays_red(struct site *s, void *arg)
{
	struct until *u = arg;
	struct str body;

	for (int st = 0; st < SITE_STAGES; st++)
		u->ok = u->ok && site_says(&site, (enum site_stage)st, "store: ") &&
		    site_http(s, (enum site_stage)st, 0, "GET /healthz", &body) == 200;
	return !u->ok || mono_ms() >= u->ms;
}

static void
offer_all(struct front *f, unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++)
		cr_assert(front_offer(f, i, S("x"), site_encounter(&mem, "E", i, 2000)) == 0);
}

/* Answers until n were taken; what was answered busy is offered again. Returns how many busy ones there were. */
static unsigned
settle(struct front *f, unsigned n)
{
	struct answer ans;
	unsigned busy = 0, taken = 0;

	while (taken < n) {
		cr_assert(front_answer(f, &mem, SITE_WAIT_MS, &ans) == 1, "%u of %u taken", taken, n);
		if (str_is(ans.verdict, "busy")) {
			busy++;
			cr_assert(front_offer(f, ans.seq, S("x"), site_encounter(&mem, "E", (unsigned)ans.seq, 2000)) == 0);
			continue;
		}
		cr_expect(str_is(ans.verdict, "accepted") || str_is(ans.verdict, "known"), STR_FMT, STR_ARG(ans.verdict));
		taken++;
	}
	return busy;
}

Test(faults_store, redis_gone_for_ten_seconds)
{
	struct until u = { 0, true };
	struct answer ans;
	struct front *f;

	begin(quick);
	cr_assert(front_open(&f, arena_fmt(&mem, "ipc:%s/front0", site.dir).p) == 0);
	offer_all(f, 0, 400);
	cr_assert(front_answer(f, &mem, SITE_WAIT_MS, &ans) == 1, "work flows");
	redis_kill(&site.redis);
	u.ms = mono_ms() + 10000;
	offer_all(f, 400, 200);
	for (int st = 0; st < SITE_STAGES; st++)
		cr_expect(site_wait_says(&site, (enum site_stage)st, "not ready: store: "), "%s: %s",
		    site_stage_names[st], site.why);
	cr_expect(site_wait(&site, stays_red, &u, "ten seconds") && u.ok, "alive, and red all the time");
	cr_assert(redis_restart(&site.redis), "redis-server starts again");
	for (int st = 0; st < SITE_STAGES; st++)
		cr_expect(site_wait_ready(&site, (enum site_stage)st, 0, true), "%s: %s", site_stage_names[st], site.why);
	(void)settle(f, 599);
	front_close(f);
	end_sent(600);
}

Test(faults_store, redis_full)
{
	struct front *f;
	unsigned busy;
	struct answer ans;

	begin(quick);
	cr_assert(site_feed(&site, 0, 20) && site_wait_count(&site, ST_SENT, 20), "%s", site.why);
	cr_assert(redis_do(&site.redis, "CONFIG SET maxmemory 1", NULL, 0));
	cr_assert(front_open(&f, arena_fmt(&mem, "ipc:%s/front0", site.dir).p) == 0);
	offer_all(f, 20, 60);
	cr_expect(site_wait_says(&site, SITE_INGEST, "OOM"), "%s", site.why);
	cr_assert(front_answer(f, &mem, SITE_WAIT_MS, &ans) == 1 && str_is(ans.verdict, "busy"), "told to come later");
	cr_assert(front_offer(f, ans.seq, S("x"), site_encounter(&mem, "E", (unsigned)ans.seq, 2000)) == 0);
	cr_expect(site_count(&site, ST_SENT) == 20 && site_count(&site, ST_RECEIVED) == 0, "nothing was half taken");
	cr_assert(redis_do(&site.redis, "CONFIG SET maxmemory 0", NULL, 0));
	busy = settle(f, 60);
	cr_expect(busy > 0, "%u more were busy", busy);
	cr_expect(site_wait_ready(&site, SITE_INGEST, 0, true), "%s", site.why);
	front_close(f);
	end_sent(80);
}

/* Full while encounters are under way: commits wait, and go on when there is room. */
Test(faults_store, redis_full_under_way)
{
	begin(quick);
	cr_assert(site_feed(&site, 0, 1000), "%s", site.why);
	cr_assert(redis_do(&site.redis, "CONFIG SET maxmemory 1", NULL, 0));
	cr_expect(site_wait_says(&site, SITE_SUGGEST, "OOM") && site_wait_says(&site, SITE_AUDIT, "OOM") &&
	    site_wait_says(&site, SITE_SUBMIT, "OOM"), "%s", site.why);
	cr_assert(redis_do(&site.redis, "CONFIG SET maxmemory 0", NULL, 0));
	end_sent(1000);
}

/* ---- disk full ---- */

static void
lift_limit(enum site_stage st)
{
	const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };

	cr_assert(prlimit(site.d[st][0].pid, RLIMIT_FSIZE, &none, NULL) == 0);
}

Test(faults_store, disk_full_under_the_ledger)
{
	int64_t waits;

	begin_only(&(struct site_spec){ .sets = quick });
	site.d[SITE_AUDIT][0].file_limit = 16384;
	cr_assert(site_up(&site), "%s", site.why);
	cr_assert(site_feed(&site, 0, 1000), "%s", site.why);
	cr_expect(site_wait_says(&site, SITE_AUDIT, "ledger: "), "%s", site.why);
	cr_expect(site_wait_count(&site, ST_SENT, 1000), "claims go on: %s", site.why);
	waits = site_journal(&site);
	cr_expect(waits > 0, "the journal stays in Redis: %lld entries", (long long)waits);
	cr_expect(site_says(&site, SITE_AUDIT, "ledger: "), "and it is still shown");
	cr_expect(site_ledger_verifies(&site), "what is on disk is whole");
	lift_limit(SITE_AUDIT);
	cr_expect(site_wait_journal(&site), "%s", site.why);
	cr_expect(site_wait_ready(&site, SITE_AUDIT, 0, true), "%s", site.why);
	cr_expect(site_ledger_verifies(&site));
	end_sent(1000);
}

struct sealed { struct interchange ic; };

static bool
is_sealed(struct site *s, void *arg)
{
	struct sealed *x = arg;

	return s->store->ops->ic_get(s->store, S("payer"), 1, &mem, &x->ic) >= 0 && x->ic.state == IC_SEALED;
}

static bool
is_ic_sent(struct site *s, void *arg)
{
	struct interchange ic = { 0 };

	(void)arg;
	return s->store->ops->ic_get(s->store, S("payer"), 1, &mem, &ic) >= 0 && ic.state == IC_SENT;
}

/* The interchange that could not be written is written later: same number, same name, the bytes that were sealed. */
static void
expect_as_sealed(const struct interchange *was, unsigned claims)
{
	struct interchange now = { 0 };
	struct str bytes;

	cr_expect(site_wait_count(&site, ST_SENT, claims) && site_wait(&site, is_ic_sent, NULL, "interchange sent"),
	    "%s", site.why);
	cr_assert(site.store->ops->ic_get(site.store, S("payer"), 1, &mem, &now) == 0);
	cr_expect(now.state == IC_SENT && str_eq(now.sha, was->sha) && str_eq(now.name, was->name) && now.n == was->n, "%s",
	    ic_state_name(now.state));
	cr_assert(file_read(&mem, site_path(&site, "out/payer/" STR_FMT, STR_ARG(was->name)).p, LIMIT_INPUT, &bytes) == 0);
	cr_expect(str_eq(sha256_hex(&mem, bytes), was->sha), "the bytes that were sealed");
}

Test(faults_store, disk_full_under_the_out_folder)
{
	struct sealed x;

	begin_only(&(struct site_spec){ .sets = quick });
	site.d[SITE_SUBMIT][0].file_limit = 4096;
	cr_assert(site_up(&site), "%s", site.why);
	cr_assert(site_feed(&site, 0, 60), "%s", site.why);
	cr_expect(site_wait_says(&site, SITE_SUBMIT, "out folder: "), "%s", site.why);
	cr_assert(site_wait(&site, is_sealed, &x, "sealed"), "%s", site.why);
	cr_expect(site_count(&site, ST_BATCHED) > 0 && site_count(&site, ST_SENT) == 0);
	lift_limit(SITE_SUBMIT);
	expect_as_sealed(&x.ic, 60);
	cr_expect(site_wait_ready(&site, SITE_SUBMIT, 0, true), "%s", site.why);
	end_sent(60);
}

Test(faults_store, disk_full_and_then_killed)
{
	struct sealed x;

	begin_only(&(struct site_spec){ .sets = quick });
	site.d[SITE_SUBMIT][0].file_limit = 4096;
	cr_assert(site_up(&site), "%s", site.why);
	cr_assert(site_feed(&site, 0, 60), "%s", site.why);
	cr_assert(site_wait(&site, is_sealed, &x, "sealed"), "%s", site.why);
	site_kill(&site, SITE_SUBMIT, 0);
	site.d[SITE_SUBMIT][0].file_limit = 0;
	start_ready(SITE_SUBMIT);
	expect_as_sealed(&x.ic, 60);
	end_sent(60);
}

/* A real full file system, where we may mount one. */
Test(faults_store, out_folder_on_a_full_disk)
{
	struct sealed x;
	const char *out;

	begin_only(&(struct site_spec){ .sets = quick });
	out = site_path(&site, "out").p;
	cr_assert(mkdir_p(out) == 0);
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", out, "tmpfs", 0, "size=8k") != 0) {
		(void)printf("skipped: a tmpfs cannot be mounted here\n");
		site_close(&site);
		cr_skip_test("no mount");
	}
	cr_assert(site_up(&site), "%s", site.why);
	cr_assert(site_feed(&site, 0, 60), "%s", site.why);
	cr_expect(site_wait_says(&site, SITE_SUBMIT, "out folder: no space left"), "%s", site.why);
	cr_assert(site_wait(&site, is_sealed, &x, "sealed"), "%s", site.why);
	cr_assert(mount("tmpfs", out, "tmpfs", MS_REMOUNT, "size=8m") == 0);
	expect_as_sealed(&x.ic, 60);
	cr_expect(site_wait_count(&site, ST_SENT, 60), "%s", site.why);
	cr_expect(site_sent_once(&site, 60), "%s", site.why);
	site_close(&site);
	(void)umount2(out, MNT_DETACH);
}

/* ---- two of each, and what a crash in the middle of an interchange leaves ---- */

Test(faults_store, two_submits_for_one_partner)
{
	begin_with(&(struct site_spec){ .each = 2, .sets = quick });
	for (unsigned i = 0; i < 10; i++)
		cr_assert(site_feed(&site, i * 100, 100), "%s", site.why);
	cr_expect(site_wait_count(&site, ST_SENT, 1000), "%s", site.why);
	cr_expect(site_metric(&site, SITE_SUBMIT, 0, "claimline_claims_sent_total") +
	    site_metric(&site, SITE_SUBMIT, 1, "claimline_claims_sent_total") == 1000, "each claim was sent by one of them");
	end_sent(1000);
}

static void
redis_ok(struct str command)
{
	char out[128] = "";

	cr_assert(redis_do(&site.redis, command.p, out, sizeof out), "%s: %s", command.p, out);
}

/* As a SIGKILL between two commits leaves it: some members sent, some still batched, the interchange sealed. */
static void
back_to_sealed(unsigned members)
{
	for (unsigned i = 0; i < members; i++) {
		struct snapshot s = snapshot_of(i);
		struct str eid = eid_text(&mem, s.w.id);

		redis_ok(arena_fmt(&mem, "ZREM cl:{%u}:q:sent " STR_FMT, s.w.lane, STR_ARG(eid)));
		redis_ok(arena_fmt(&mem, "ZADD cl:{%u}:q:batched %lld " STR_FMT, s.w.lane, (long long)s.w.token, STR_ARG(eid)));
		redis_ok(arena_fmt(&mem, "HSET cl:{%u}:e:" STR_FMT " s batched/%lld", s.w.lane, STR_ARG(eid),
		    (long long)s.w.revision));
	}
	redis_ok(S("HSET cl:{tp:payer}:b:1 st sealed"));
	redis_ok(S("ZADD cl:{tp:payer}:open 1 1"));
}

Test(faults_store, half_sent)
{
	struct interchange ic = { 0 };
	struct stat before, after;
	struct str path;

	begin(quick);
	cr_assert(site_feed(&site, 0, 40) && site_wait_count(&site, ST_SENT, 40), "%s", site.why);
	path = site_path(&site, "out/payer/payer-000000001.837");
	cr_assert(stat(path.p, &before) == 0);
	cr_assert(site.store->ops->ic_get(site.store, S("payer"), 1, &mem, &ic) == 0 && ic.n == 40, "in one file: %zu", ic.n);
	site_kill(&site, SITE_SUBMIT, 0);
	back_to_sealed(15);
	start_ready(SITE_SUBMIT);
	cr_expect(site_wait_count(&site, ST_SENT, 40), "%s", site.why);
	cr_expect(site_wait_log(&site, SITE_SUBMIT, 0, "an unfinished interchange is taken up"));
	cr_assert(stat(path.p, &after) == 0);
	cr_expect(before.st_ino == after.st_ino && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec, "the file was not touched");
	end_sent(40);
}

/* Sealed, not on disk, and the partner file has changed meanwhile: shown, not guessed; and done when it is put right. */
Test(faults_store, sealed_and_cannot_be_made_again)
{
	struct str partner, was;

	begin(quick);
	cr_assert(site_feed(&site, 0, 10) && site_wait_count(&site, ST_SENT, 10), "%s", site.why);
	site_kill(&site, SITE_SUBMIT, 0);
	back_to_sealed(10);
	cr_assert(unlink(site_path(&site, "out/payer/payer-000000001.837").p) == 0);
	partner = site_path(&site, "config/partners/payer.yaml");
	cr_assert(file_read(&mem, partner.p, LIMIT_CONF, &was) == 0);
	cr_assert(file_write_atomic(partner.p, arena_fmt(&mem, STR_FMT "app_sender: OTHER\n", STR_ARG(was)), true) == 0);
	cr_assert(site_start(&site, SITE_SUBMIT, 0));
	cr_expect(site_wait_says(&site, SITE_SUBMIT, "interchange: payer 1: cannot be made again"), "%s", site.why);
	cr_expect(site_count(&site, ST_BATCHED) == 10 && !file_exists(site_path(&site, "out/payer/payer-000000001.837").p));
	cr_assert(site_feed(&site, 10, 10) && site_wait_count(&site, ST_SENT, 10), "others are not held up: %s", site.why);
	cr_assert(file_write_atomic(partner.p, was, true) == 0);
	cr_assert(kill(site.d[SITE_SUBMIT][0].pid, SIGHUP) == 0);
	cr_expect(site_wait(&site, is_ic_sent, NULL, "sent"), "%s", site.why);
	cr_expect(site_wait_ready(&site, SITE_SUBMIT, 0, true), "%s", site.why);
	end_sent(20);
}

/* Batched under a number that is void, or that nobody ever had: it goes into another interchange. */
Test(faults_store, joined_and_left_behind)
{
	struct interchange ic = { .partner = S("payer") };
	const struct commit_by by = { S("submit"), S("test"), S("-") };
	struct work *v = NULL;
	size_t n = 0;

	begin_only(&(struct site_spec){ .sets = quick });
	for (int st = 0; st < SITE_SUBMIT; st++)
		start_ready((enum site_stage)st);
	cr_assert(site_feed(&site, 0, 30) && site_wait_count(&site, ST_CLEARED, 30), "%s", site.why);
	cr_assert(site.store->ops->ic_reserve(site.store, &by, &ic, 60000) == 0);
	ic.state = IC_VOID;
	cr_assert(site.store->ops->ic_update(site.store, &by, &ic) == 0);
	while (n < 4)
		cr_assert(site.store->ops->claim(site.store, &by, ST_CLEARED, 4, 60000, &mem, &v, &n) == 0);
	for (size_t i = 0; i < n; i++) {
		struct work *w = &v[i];

		w->to = ST_BATCHED;
		w->due = 1;			/* long ago */
		w->batch = i % 2 ? arena_fmt(&mem, "payer/%lld", (long long)ic.number) : S("payer/777");
		cr_assert(site.store->ops->advance(site.store, &by, &w, 1, 0) == 0 && w->moved);
	}
	start_ready(SITE_SUBMIT);
	cr_expect(site_wait_count(&site, ST_SENT, 30), "%s", site.why);
	cr_expect(site_wait_log(&site, SITE_SUBMIT, 0, "joined an interchange that went without it"));
	end_sent(30);
}

/* A claim that no 837 can carry, past validate by whatever way. */
static void
spoil(struct work *w)
{
	const struct commit_by by = { S("submit"), S("test"), S("-") };
	struct encounter *e;
	struct str raw;

	cr_assert(work_unpack(&mem, w, &e, NULL) == 0);
	e->pcn = S("~");			/* a separator of the file */
	cr_assert(rec_pack(&mem, e, PART_INGEST, &raw) >= 0 && part_seal(&mem, raw, false, &w->part[PART_INGEST]) >= 0);
	for (int k = 0; k < 2; k++) {
		w->to = k ? ST_CLEARED : ST_HELD_BILLING;
		w->dirty = 1u << PART_INGEST;
		cr_assert(site.store->ops->advance(site.store, &by, &w, 1, 0) == 0 && w->moved);
	}
}

/* It is held with its words, the others go, under the same number. */
Test(faults_store, what_the_writer_refuses)
{
	const struct commit_by by = { S("submit"), S("test"), S("-") };
	struct interchange ic = { 0 };
	struct snapshot snap;
	struct work *v = NULL;
	size_t n = 0;

	begin_only(&(struct site_spec){ .sets = quick });
	for (int st = 0; st < SITE_SUBMIT; st++)
		start_ready((enum site_stage)st);
	cr_assert(site_feed(&site, 0, 6) && site_wait_count(&site, ST_CLEARED, 6), "%s", site.why);
	while (n < 1)
		cr_assert(site.store->ops->claim(site.store, &by, ST_CLEARED, 1, 60000, &mem, &v, &n) == 0);
	spoil(&v[0]);
	start_ready(SITE_SUBMIT);
	cr_expect(site_wait_count(&site, ST_HELD_BILLING, 1) && site_wait_count(&site, ST_SENT, 5), "%s", site.why);
	cr_assert(site.store->ops->get(site.store, v[0].id, v[0].lane, &mem, &snap) == 0);
	cr_expect(snap.why.n && strstr(snap.why.p, "cannot be written as an 837: 2300 CLM01"), STR_FMT, STR_ARG(snap.why));
	cr_expect(str_is(snap.batch, "-"), "of no interchange: " STR_FMT, STR_ARG(snap.batch));
	cr_expect(site.store->ops->ic_get(site.store, S("payer"), 1, &mem, &ic) == 0 && ic.state == IC_SENT && ic.n == 5,
	    "the first number is used: %zu", ic.n);
	end_sent(5);
}
