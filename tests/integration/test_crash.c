/*
 * test_crash.c - encounters through two of each daemon while every process, Redis too, is killed with SIGKILL
 * again and again. At the end each encounter is in the claim files exactly once, and the books agree.
 *
 *	CL_CRASH_N=20000 CL_CRASH_SEED=1 CL_CRASH_KILLS=48 integration_test_crash
 */
#include "support/site.h"

#include "audit/io_ledger.h"
#include "base/file.h"
#include "base/log.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_N		1000000
#define TARGETS		(SITE_STAGES * SITE_EACH + 1)
#define REDIS		(TARGETS - 1)
#define OPEN_MAX	256		/* offers without an answer, per front */
#define PATIENCE_MS	15000		/* then an offer is made again: its answer was lost */
#define DEADLINE_MS	280000
#define KILL_EVERY_MS	100		/* at least; a killed daemon needs longer to come back */

static struct site site;

enum offer { TO_OFFER, OFFERED, TAKEN };
struct crash {
	unsigned	 n, kills_wanted;
	uint64_t	 seed, random;
	unsigned char	*state;			/* enum offer, by encounter */
	unsigned char	*via;			/* front it was offered at */
	struct front	*front[SITE_EACH];
	unsigned	 open[SITE_EACH], next, taken, busy, again;
	int64_t		 heard[SITE_EACH], began, next_kill;
	unsigned	 kills, killed[TARGETS], order, kill_at;	/* kill_at: encounters taken */
	struct arena	 a;
};

/* xorshift64: the same seed makes the same choices */
static unsigned
roll(struct crash *c, unsigned n)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return (unsigned)(c->random >> 20) % n;
}

static unsigned
number_of(const char *name, unsigned def, unsigned max)
{
	int64_t v;

	return str_to_int(str_of(getenv(name)), &v) && v > 0 && v <= max ? (unsigned)v : def;
}

/* ---- the producer ---- */

/* What was offered there and not answered is offered again, at either front. */
static void
front_lost(struct crash *c, unsigned k)
{
	front_close(c->front[k]);
	c->front[k] = NULL;
	c->open[k] = 0;
	c->heard[k] = mono_ms();
	for (unsigned i = 0; i < c->n; i++)
		if (c->state[i] == OFFERED && c->via[i] == k) {
			c->state[i] = TO_OFFER;
			c->next = i < c->next ? i : c->next;
			c->again++;
		}
}

/* So much may be on its way by now: work lies ahead at every kill, and the last kill is before the end. */
static unsigned
allowed(const struct crash *c)
{
	uint64_t part = (uint64_t)c->n * (c->kills + 3) / (c->kills_wanted + 3);

	return c->kills >= c->kills_wanted ? c->n : (unsigned)part;
}

static void
plan_kill(struct crash *c)
{
	unsigned step = c->n / (c->kills_wanted + 3);

	c->kill_at = step * c->kills + roll(c, step + 1);
	c->next_kill = mono_ms() + KILL_EVERY_MS + roll(c, KILL_EVERY_MS);
}

static void
offer_some(struct crash *c, unsigned k)
{
	unsigned until = allowed(c);

	if (!c->front[k] && front_open(&c->front[k], arena_fmt(&c->a, "ipc:%s/front%u", site.dir, k).p) < 0)
		return;
	for (; c->next < until && c->open[k] < OPEN_MAX; c->next++) {
		unsigned i = c->next;

		if (c->state[i] != TO_OFFER)
			continue;
		if (front_offer(c->front[k], i, S("crash"), site_encounter(&c->a, "C", i, 2200)) < 0)
			return;
		c->state[i] = OFFERED;
		c->via[i] = (unsigned char)k;
		c->open[k]++;
		if (c->open[k] % 64 == 0)
			return;			/* the other front's turn */
	}
}

static void
hear(struct crash *c, unsigned k, int wait_ms)
{
	struct answer ans;

	while (c->front[k] && front_answer(c->front[k], &c->a, wait_ms, &ans) > 0) {
		unsigned i = (unsigned)ans.seq;
		bool taken = str_is(ans.verdict, "accepted") || str_is(ans.verdict, "known");

		cr_assert(ans.seq >= 0 && i < c->n);
		cr_assert(taken || str_is(ans.verdict, "busy"), STR_FMT ": " STR_FMT, STR_ARG(ans.verdict), STR_ARG(ans.text));
		c->heard[k] = mono_ms();
		c->open[k] -= c->open[k] > 0;
		if (c->state[i] == OFFERED) {
			c->state[i] = taken ? TAKEN : TO_OFFER;
			c->taken += taken;
			c->busy += !taken;
			c->next = !taken && i < c->next ? i : c->next;
		}
		wait_ms = 0;
	}
	if (c->open[k] && mono_ms() - c->heard[k] > PATIENCE_MS)
		front_lost(c, k);
}

/* ---- the killer ---- */

/* Each target once in a round before any comes again, in random order; Redis twice. */
static unsigned
next_target(struct crash *c, unsigned round[TARGETS + 1])
{
	if (c->order == 0) {
		for (unsigned i = 0; i < TARGETS; i++)
			round[i] = i;
		round[TARGETS] = REDIS;
		for (unsigned i = TARGETS; i > 0; i--) {
			unsigned k = roll(c, i + 1), t = round[i];

			round[i] = round[k];
			round[k] = t;
		}
		c->order = TARGETS + 1;
	}
	return round[--c->order];
}

static void
kill_one(struct crash *c, unsigned target)
{
	enum site_stage st = (enum site_stage)(target / SITE_EACH);
	unsigned k = target % SITE_EACH;

	c->kills++;
	c->killed[target]++;
	if (target == REDIS) {
		cr_assert(redis_restart(&site.redis), "redis-server comes back");	/* kills it first */
		return;
	}
	cr_assert(waitpid(site.d[st][k].pid, NULL, WNOHANG) == 0, "%s-%u had ended by itself", site_stage_names[st], k);
	site_kill(&site, st, k);
	cr_assert(site_start(&site, st, k), "%s", site.why);
	if (st == SITE_INGEST)
		front_lost(c, k);
}

static void
flow(struct crash *c)
{
	static unsigned round[TARGETS + 1];

	plan_kill(c);
	while (c->taken < c->n) {
		cr_assert(mono_ms() - c->began < DEADLINE_MS, "only %u of %u were taken", c->taken, c->n);
		for (unsigned k = 0; k < SITE_EACH; k++) {
			offer_some(c, k);
			hear(c, k, 2);
		}
		arena_reset(&c->a);
		if (c->kills < c->kills_wanted && c->taken >= c->kill_at && mono_ms() >= c->next_kill) {
			kill_one(c, next_target(c, round));
			plan_kill(c);
		}
	}
}

/* ---- the books ---- */

static bool
all_settled(void *arg)
{
	const struct crash *c = arg;

	return site_count(&site, ST_SENT) == (int64_t)c->n;
}

static void
check_states(struct crash *c)
{
	struct depth d[ST_COUNT];
	uint64_t all = 0;

	cr_assert(site.store->ops->depths(site.store, d) >= 0);
	for (int st = 0; st < ST_COUNT; st++) {
		all += d[st].n;
		cr_expect(st == ST_SENT || d[st].n == 0, "%llu in %s", (unsigned long long)d[st].n, state_name((enum state)st));
	}
	cr_expect(all == c->n, "each encounter is in one queue: %llu places for %u", (unsigned long long)all, c->n);
	for (unsigned i = 0; i < c->n; i += 97) {
		struct snapshot s = { 0 };
		struct eid id = site_encounter_eid("C", i);
		unsigned lane;

		cr_expect(site.store->ops->find(site.store, id, &lane) >= 0 &&
		    site.store->ops->get(site.store, id, lane, &c->a, &s) >= 0 && s.w.state == ST_SENT, "encounter %u", i);
		arena_reset(&c->a);
	}
}

static int
by_number(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return a < b ? -1 : a > b;
}

/* Returns the numbers between first and last that no file has. */
static int64_t
check_files(struct crash *c, size_t *files)
{
	struct site_claims out;
	struct arena a;
	unsigned char *seen = calloc(c->n, 1);
	unsigned missing = 0, twice = 0;
	int64_t gaps, i;

	arena_init(&a, (size_t)4 << 30);
	cr_assert(seen && site_read_out(&site, &a, &out) == 0, "every file can be read whole");
	for (size_t k = 0; k < out.n; k++) {
		struct str pcn = out.pcn[k];

		cr_assert(pcn.n > 1 && str_to_int((struct str){ pcn.p + 1, pcn.n - 1 }, &i) && i >= 0 && i < c->n);
		twice += seen[i];
		seen[i] = 1;
	}
	for (unsigned k = 0; k < c->n; k++)
		missing += !seen[k];
	cr_expect(missing == 0 && twice == 0 && out.n == c->n, "%zu claims: %u missing, %u twice", out.n, missing, twice);
	qsort(out.isa13, out.files, sizeof *out.isa13, by_number);
	for (size_t k = 1; k < out.files; k++)
		cr_expect(out.isa13[k] != out.isa13[k - 1], "number %lld twice", (long long)out.isa13[k]);
	gaps = out.isa13[out.files - 1] - (int64_t)out.files;
	*files = out.files;
	arena_free(&a);
	free(seen);
	return gaps;
}

static void
check_ledger(void)
{
	struct str folder = site_path(&site, "ledger"), words = STR_NONE;
	struct ledger_verify v;
	struct arena a;
	int rc;

	cr_expect(site_wait_journal(&site), "the ledger takes all of the journals");
	arena_init(&a, (size_t)1 << 30);
	ledger_verify_init(&v, &a, 0, NULL);
	rc = ledger_folder_walk(folder.p, &v, NULL, NULL, NULL);
	cr_expect(rc >= 0, "the ledger verifies: %s", err_text(rc));
	ledger_verify_free(&v);
	ledger_verify_init(&v, &a, 0, NULL);
	rc = ledger_folder_gaps(folder.p, false, &a, &v, NULL, &words);
	cr_expect(rc == 0, "every number is explained (%d): " STR_FMT, rc, STR_ARG(words));
	(void)printf("  ledger: " STR_FMT "\n", (int)(words.n > 600 ? 600 : words.n), words.p ? words.p : "");
	ledger_verify_free(&v);
	arena_free(&a);
}

static void
report(const struct crash *c, int64_t gaps, size_t files)
{
	(void)printf("  %u encounters, %u kills in %.1f s:", c->n, c->kills, (double)(mono_ms() - c->began) / 1000);
	for (unsigned i = 0; i < REDIS; i++)
		(void)printf(" %s-%u %u", site_stage_names[i / SITE_EACH], i % SITE_EACH, c->killed[i]);
	(void)printf(" redis %u\n  %u offers made again, %u answered busy; %zu files, %lld numbers without one\n",
	    c->killed[REDIS], c->again, c->busy, files, (long long)gaps);
	(void)fflush(stdout);
}

Test(crash, nothing_lost_nothing_twice, .timeout = 590)
{
	static const char *const sets[] = { "site.lease_ms=2000", "submit.cutoff_ms=300", "site.window=512", NULL };
	static struct crash c;
	int64_t gaps;
	size_t files = 0;

	c.n = number_of("CL_CRASH_N", 20000, MAX_N);
	c.kills_wanted = number_of("CL_CRASH_KILLS", 48, 10000);
	c.seed = c.random = number_of("CL_CRASH_SEED", (unsigned)time(NULL) & 0x7fffffff, 0x7fffffff);
	(void)printf("crash: CL_CRASH_SEED=%llu\n", (unsigned long long)c.seed);
	(void)fflush(stdout);
	c.state = calloc(c.n, 1);
	c.via = calloc(c.n, 1);
	cr_assert(c.state && c.via);
	arena_init(&c.a, (size_t)1 << 30);
	cr_assert(site_open(&site, &(struct site_spec){ .each = SITE_EACH, .sets = sets }) && site_up(&site), "%s", site.why);
	c.began = c.heard[0] = c.heard[1] = mono_ms();
	flow(&c);
	cr_expect(c.kills >= c.kills_wanted && (c.killed[REDIS] >= 5 || c.kills_wanted < 40));
	cr_expect(wait_until(all_settled, &c, DEADLINE_MS - (mono_ms() - c.began)), "%lld of %u are sent",
	    (long long)site_count(&site, ST_SENT), c.n);
	check_states(&c);
	gaps = check_files(&c, &files);
	check_ledger();
	report(&c, gaps, files);
	for (unsigned k = 0; k < SITE_EACH; k++)
		front_close(c.front[k]);
	site_close(&site);
	arena_free(&c.a);
	free(c.state);
	free(c.via);
}
