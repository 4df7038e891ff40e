/*
 * test_store_redis.c - what only a real Redis can do to us: die with SIGKILL, be full, be set up wrongly, lose
 * its functions, hold garbage. Each case has a server of its own.
 */
#include "contract.h"
#include "pipe/store_impl.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define LANES	4u
#define LEASE	600000

static int
open_with(struct fixture *f, unsigned lanes, const char *durability, char why[160])
{
	struct conf c = fixture_conf(&f->server, lanes);

	c.site.durability = str_of(durability);
	if (f->s)
		f->s->ops->close(f->s);
	f->s = NULL;
	return store_redis_open(&f->s, &c, why);
}

static bool
begin(struct fixture *f, const char *const *options)
{
	*f = (struct fixture){ .kind = FIXTURE_REDIS };
	arena_init(&f->a, 0);
	return redis_start(&f->server, options);
}

static int
admit(struct fixture *f, unsigned first, size_t n, struct admission *ad)
{
	for (size_t i = 0; i < n; i++)
		ad[i] = fixture_admission(&f->a, first + (unsigned)i, LANES);
	return f->s->ops->admit(f->s, &fixture_by, ad, n, ST_RECEIVED, LEASE);
}

/* ---- death ---- */

static pid_t
kill_later(struct redis_server *r, int ms)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	(void)poll(NULL, 0, ms);		/* a random moment is the point here, not a state */
	(void)kill(r->pid, SIGKILL);
	_exit(0);
}

static bool
is_there(struct fixture *f, unsigned i, enum state st)
{
	struct snapshot s;
	int rc = f->s->ops->get(f->s, fixture_eid(i), i % LANES, &f->a, &s);

	return rc == 0 && s.w.state == st && s.w.part[PART_INGEST].n > 0;
}

/* Admit and move until the server dies under it; what was answered must be there when it is back. */
static void
one_death(struct fixture *f, unsigned round, unsigned *next)
{
	unsigned acked = *next;
	struct admission ad[16];
	pid_t killer = 0;			/* sent once something was answered, however slow the disk is */
	int rc = 0;

	while (rc == 0) {
		struct work w[16], *v[16];

		rc = admit(f, acked, 16, ad);
		for (unsigned i = 0; rc == 0 && i < 16; i++) {
			w[i] = fixture_work(&ad[i]);
			w[i].to = ST_CLEARED;
			v[i] = &w[i];
		}
		if (rc == 0 && (rc = f->s->ops->advance(f->s, &fixture_by, v, 16, 0)) == 0)
			acked += 16;
		if (acked > *next && killer == 0)
			killer = kill_later(&f->server, (int)(round * 37 % 90) + 1);
	}
	need(killer > 0);
	check(rc == E_STORE_DOWN && f->s->why[0]);
	(void)waitpid(killer, NULL, 0);
	check(f->s->ops->now(f->s, &(int64_t){ 0 }) == E_STORE_DOWN);
	need(redis_restart(&f->server));
	for (unsigned i = *next; i < acked; i++)
		check(is_there(f, i, ST_CLEARED));
	/* the batch without an answer is sent again: whatever of it was done is known, the rest is new */
	rc = admit(f, acked, 16, ad);
	check(rc == 0);
	for (unsigned i = 0; i < 16; i++)
		check(ad[i].result != ADMIT_CONFLICT && is_there(f, acked + i, ad[i].state));
	check(acked > *next);
	*next = acked + 16;
	arena_reset(&f->a);
}

static void
acked_survives_sigkill(struct fixture *f)
{
	char why[160];
	unsigned next = 0;
	struct depth d[ST_COUNT];

	need(begin(f, NULL) && open_with(f, LANES, "always", why) == 0);
	for (unsigned round = 0; round < 6; round++)
		one_death(f, round, &next);
	need(f->s->ops->depths(f->s, d) == 0);
	check(d[ST_CLEARED].n + d[ST_RECEIVED].n == next);
}

/* Redis dies with two batches under way: neither is taken for done, and both can be sent again. */
static void
two_posted_and_death(struct fixture *f)
{
	struct admission one[2], two[2];
	char why[160];

	need(begin(f, NULL) && open_with(f, LANES, "always", why) == 0);
	for (unsigned i = 0; i < 2; i++) {
		one[i] = fixture_admission(&f->a, i, LANES);
		two[i] = fixture_admission(&f->a, 2 + i, LANES);
	}
	need(f->s->ops->now(f->s, &(int64_t){ 0 }) == 0);
	redis_kill(&f->server);
	if (f->s->ops->admit_post(f->s, &fixture_by, one, 2, ST_RECEIVED, LEASE) == 0) {
		int rc = f->s->ops->admit_post(f->s, &fixture_by, two, 2, ST_RECEIVED, LEASE);

		check(f->s->ops->admit_wait(f->s) == E_STORE_DOWN);
		check(rc == E_STORE_DOWN || f->s->ops->admit_wait(f->s) == E_STORE_DOWN);
	}
	need(redis_restart(&f->server));
	need(f->s->ops->admit_post(f->s, &fixture_by, one, 2, ST_RECEIVED, LEASE) == 0);
	need(f->s->ops->admit_post(f->s, &fixture_by, two, 2, ST_RECEIVED, LEASE) == 0);
	check(f->s->ops->admit_wait(f->s) == 0 && f->s->ops->admit_wait(f->s) == 0);
	for (unsigned i = 0; i < 4; i++)
		check(is_there(f, i, ST_RECEIVED));
}

/* ---- full ---- */

static void
out_of_memory(struct fixture *f)
{
	char why[160];
	struct admission ad[2];
	struct work w, *v = &w, *got;
	size_t n;

	need(begin(f, NULL) && open_with(f, LANES, "always", why) == 0);
	need(admit(f, 0, 1, ad) == 0);
	w = fixture_work(&ad[0]);
	need(redis_do(&f->server, "CONFIG SET maxmemory 1", NULL, 0));
	check(admit(f, 1, 2, ad) == E_STORE_FULL && strstr(f->s->why, "OOM"));
	w.to = ST_CODED;
	check(f->s->ops->advance(f->s, &fixture_by, &v, 1, LEASE) == E_STORE_FULL && !w.moved);
	check(f->s->ops->extend(f->s, &v, 1, LEASE) == E_STORE_FULL && !w.moved);
	check(f->s->ops->claim(f->s, &fixture_by, ST_RECEIVED, 9, LEASE, &f->a, &got, &n) <= 0 && n == 0);
	check(is_there(f, 0, ST_RECEIVED));
	need(open_with(f, LANES, "always", why) == 0);		/* who starts now can at least read */
	check(is_there(f, 0, ST_RECEIVED) && !is_there(f, 1, ST_RECEIVED));
	need(redis_do(&f->server, "CONFIG SET maxmemory 0", NULL, 0));
	check(f->s->ops->advance(f->s, &fixture_by, &v, 1, LEASE) == 0 && w.moved);
	check(admit(f, 1, 2, ad) == 0 && ad[0].result == ADMIT_NEW);
}

static bool
snapshot_failed(void *arg)
{
	char out[4096];

	return redis_do(arg, "INFO persistence", out, sizeof out) && strstr(out, "rdb_last_bgsave_status:err");
}

static void
cannot_persist(struct fixture *f)
{
	/* a snapshot that must fail, and a Redis that refuses writes when it did */
	static const char *const options[] = { "--save", "3600 1000000", "--dbfilename", "appendonlydir", NULL };
	char why[160];
	struct admission ad[1];

	need(begin(f, options) && open_with(f, LANES, "always", why) == 0);
	need(admit(f, 0, 1, ad) == 0);
	need(redis_do(&f->server, "BGSAVE", NULL, 0) && wait_until(snapshot_failed, &f->server, 10000));
	check(admit(f, 1, 1, ad) == E_STORE_FULL && strstr(f->s->why, "MISCONF"));
	check(is_there(f, 0, ST_RECEIVED) && !is_there(f, 1, ST_RECEIVED));
	need(redis_do(&f->server, "CONFIG SET stop-writes-on-bgsave-error no", NULL, 0));
	check(admit(f, 1, 1, ad) == 0);
}

/* ---- set up wrongly ---- */

static void
other_lanes(struct fixture *f)
{
	char why[160];
	struct conf c;

	need(begin(f, NULL) && open_with(f, 0, "always", why) == 0 && f->s->lanes == LANES);	/* new data, left open */
	need(open_with(f, LANES, "always", why) == 0);
	check(open_with(f, 8, "always", why) == E_STORE_SETUP && strstr(why, "site.lanes 4") && strstr(why, "8"));
	need(redis_do(&f->server, "HSET cl:meta lanes 7", NULL, 0));
	check(open_with(f, 0, "always", why) == 0 && f->s->lanes == 7);
	need(redis_do(&f->server, "HSET cl:meta lanes 0x", NULL, 0));
	check(open_with(f, 0, "always", why) == E_STORE_SETUP && strstr(why, "site.lanes 0x"));
	need(redis_do(&f->server, "HSET cl:meta lanes 4", NULL, 0));
	c = fixture_conf(&f->server, LANES);
	c.site.tenant = S("other");
	check(store_redis_open(&f->s, &c, why) == E_STORE_SETUP && strstr(why, "site.tenant"));
	need(redis_do(&f->server, "HSET cl:meta version 999", NULL, 0));
	check(open_with(f, LANES, "always", why) == E_STORE_SETUP && strstr(why, "protocol version"));
	c.site.redis = S("nonsense");
	check(store_redis_open(&f->s, &c, why) == E_STORE_SETUP && strstr(why, "site.redis"));
	c.site.redis = S("unix:/nonexistent/redis.sock");
	check(store_redis_open(&f->s, &c, why) == E_STORE_DOWN && why[0]);
	c.site.redis = S("tcp:127.0.0.1:1");
	check(store_redis_open(&f->s, &c, why) == E_STORE_DOWN && why[0]);
}

static void
weak_durability(struct fixture *f)
{
	static const struct { const char *set, *word; bool weaker_helps; } rows[] = {
		{ "CONFIG SET appendfsync everysec",		"appendfsync",		true },
		{ "CONFIG SET no-appendfsync-on-rewrite yes",	"no-appendfsync",	true },
		{ "CONFIG SET appendonly no",			"appendonly",		true },
		{ "CONFIG SET maxmemory-policy allkeys-lru",	"noeviction",		false },
	};
	static const char *const back[] = { "CONFIG SET appendfsync always", "CONFIG SET no-appendfsync-on-rewrite no",
		"CONFIG SET appendonly yes", "CONFIG SET maxmemory-policy noeviction" };
	char why[160];

	need(begin(f, NULL));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		need(redis_do(&f->server, rows[i].set, NULL, 0));
		cr_expect(open_with(f, LANES, "always", why) == E_STORE_SETUP && strstr(why, rows[i].word), "%s: %s",
		    rows[i].set, why);
		cr_expect((open_with(f, LANES, "weaker", why) == 0) == rows[i].weaker_helps, "weaker: %s: %s",
		    rows[i].set, why);
		need(redis_do(&f->server, back[i], NULL, 0));
	}
	check(open_with(f, LANES, "always", why) == 0);
	/* a server that turns weak while we are away is noticed when we come back */
	redis_kill(&f->server);
	f->server.options = (const char *const[]){ "--appendfsync", "everysec", NULL };
	need(redis_restart(&f->server));
	check(f->s->ops->now(f->s, &(int64_t){ 0 }) == E_STORE_DOWN);	/* notices the dead connection */
	check(f->s->ops->now(f->s, &(int64_t){ 0 }) == E_STORE_SETUP && strstr(f->s->why, "appendfsync"));
}

static void
users(struct fixture *f)
{
	static const char *const options[] = { "--aclfile", CL_SOURCE_DIR "/config/redis.acl", NULL };
	static const char add[] = "ACL SETUSER blind on >secret ~cl:* +@all -config";
	char why[160], path[128];
	struct admission ad[4];
	struct journal_entry *e;
	struct interchange ic = { .partner = S("payer") };
	struct conf c;
	size_t n;
	FILE *pw;

	need(begin(f, options) && open_with(f, LANES, "always", why) == 0);
	check(admit(f, 0, 4, ad) == 0 && ad[0].result == ADMIT_NEW);
	check(f->s->ops->ic_reserve(f->s, &fixture_by, &ic, LEASE) == 0);
	check(f->s->ops->journal_read(f->s, NULL, 0, 100, &f->a, &e, &n) == 0 && n == 5);
	check(f->s->ops->journal_trim(f->s, e[0].stream, e[0].id) == 0);
	check(f->s->ops->right(f->s, "ledger", S("one"), LEASE) == 0);
	check(!redis_do(&f->server, "FLUSHALL", NULL, 0) && !redis_do(&f->server, "GET other", NULL, 0));
	check(!redis_do(&f->server, "CONFIG SET appendfsync no", NULL, 0) && !redis_do(&f->server, add, NULL, 0));
	f->s->ops->close(f->s);
	f->s = NULL;
	redis_stop(&f->server);
	/* logging in, and a user who may not look at the configuration */
	need(redis_start(&f->server, NULL) && redis_do(&f->server, add, NULL, 0));
	c = fixture_conf(&f->server, LANES);
	c.site.redis_user = S("blind");
	(void)snprintf(path, sizeof path, "%s/password", f->server.dir);
	c.site.redis_password_file = str_of(path);
	check(store_redis_open(&f->s, &c, why) == E_STORE_SETUP && strstr(why, "redis_password_file"));
	need((pw = fopen(path, "w")) && fputs("wrong\n", pw) > 0 && fclose(pw) == 0);
	check(store_redis_open(&f->s, &c, why) == E_STORE_SETUP && strstr(why, "WRONGPASS"));
	need((pw = fopen(path, "w")) && fputs("secret\n", pw) > 0 && fclose(pw) == 0);
	check(store_redis_open(&f->s, &c, why) == E_STORE_SETUP && strstr(why, "CONFIG GET"));
	c.site.durability = S("weaker");
	check(store_redis_open(&f->s, &c, why) == 0);
}

/* ---- surprises ---- */

static void
library_is_flushed(struct fixture *f)
{
	char why[160], out[64];
	struct admission ad[1];

	need(begin(f, NULL) && open_with(f, LANES, "always", why) == 0);
	need(redis_do(&f->server, "FUNCTION FLUSH", NULL, 0));
	check(admit(f, 0, 1, ad) == E_STORE_DOWN);
	check(admit(f, 0, 1, ad) == 0 && is_there(f, 0, ST_RECEIVED));
	/* a library of another version is replaced */
	need(redis_do(&f->server, "FUNCTION DELETE claimline", NULL, 0));
	need(open_with(f, LANES, "always", why) == 0);
	check(redis_do(&f->server, "FCALL_RO cl_version 0", out, sizeof out) && strlen(out) == 12);
}

static void
garbage_in_redis(struct fixture *f)
{
	char why[160], cmd[256];
	struct admission ad[2];
	struct snapshot s;
	struct interchange ic;
	struct peer *p;
	size_t n;

	need(begin(f, NULL) && open_with(f, LANES, "always", why) == 0);
	(void)snprintf(cmd, sizeof cmd, "SET cl:{1}:e:" STR_FMT " x", STR_ARG(eid_text(&f->a, fixture_eid(1))));
	need(redis_do(&f->server, cmd, NULL, 0));
	check(admit(f, 1, 1, ad) == E_STORE_REPLY);
	check(f->s->ops->get(f->s, fixture_eid(1), 1, &f->a, &s) == E_STORE_REPLY);
	need(admit(f, 2, 1, ad) == 0);
	(void)snprintf(cmd, sizeof cmd, "HSET cl:{2}:e:" STR_FMT " s nonsense", STR_ARG(eid_text(&f->a,
	    fixture_eid(2))));
	need(redis_do(&f->server, cmd, NULL, 0));
	check(f->s->ops->get(f->s, fixture_eid(2), 2, &f->a, &s) == E_STORE_REPLY);
	check(admit(f, 2, 1, ad) == E_STORE_REPLY);
	need(redis_do(&f->server, "HSET cl:{tp:payer}:b:7 st sealed tm 5 m garbage", NULL, 0));
	check(f->s->ops->ic_get(f->s, S("payer"), 7, &f->a, &ic) == E_STORE_REPLY);
	need(redis_do(&f->server, "HSET cl:peers:suggest one no-bar", NULL, 0));
	check(f->s->ops->peer_list(f->s, "suggest", &f->a, &p, &n) == E_STORE_REPLY);
	check(admit(f, 3, 1, ad) == 0 && is_there(f, 3, ST_RECEIVED));
}

/* What stands in a queue and is no encounter leaves it; what is half one does not stop the others. */
static void
junk_in_a_queue(struct fixture *f)
{
	char why[160], cmd[256], out[64];
	struct admission ad[1];
	struct listing *l;
	struct work *w;
	size_t n;

	need(begin(f, NULL) && open_with(f, LANES, "always", why) == 0);
	need(admit(f, 1, 1, ad) == 0 && admit(f, 2, 1, ad) == 0);
	(void)snprintf(cmd, sizeof cmd, "HSET cl:{2}:e:" STR_FMT " p 0123456789", STR_ARG(eid_text(&f->a, fixture_eid(2))));
	need(redis_do(&f->server, cmd, NULL, 0));
	for (unsigned i = 1; i <= 2; i++) {	/* admitted under a lease: due now */
		(void)snprintf(cmd, sizeof cmd, "ZADD cl:{%u}:q:received 0 " STR_FMT, i,
		    STR_ARG(eid_text(&f->a, fixture_eid(i))));
		need(redis_do(&f->server, cmd, NULL, 0));
	}
	need(redis_do(&f->server, "ZADD cl:{1}:q:received 0 00000000000000000000000000000000 0 not-an-id", NULL, 0));
	check(f->s->ops->list(f->s, ST_RECEIVED, 10, &f->a, &l, &n) == 0 && n == 3);
	check(f->s->ops->claim(f->s, &fixture_by, ST_RECEIVED, 10, LEASE, &f->a, &w, &n) == 0);
	check(n == 1 && memcmp(w[0].id.b, fixture_eid(1).b, sizeof w[0].id.b) == 0);
	check(redis_do(&f->server, "ZCARD cl:{1}:q:received", out, sizeof out) && strcmp(out, "1") == 0);
	check(redis_do(&f->server, "EXISTS cl:{1}:e:00000000000000000000000000000000", out, sizeof out) &&
	    strcmp(out, "0") == 0);
}

static void
purged_body_stays_purged(struct fixture *f)
{
	char why[160], cmd[256];
	struct admission ad[1];
	struct snapshot s;
	struct str key, head;

	need(begin(f, NULL) && open_with(f, LANES, "always", why) == 0);
	need(admit(f, 1, 1, ad) == 0);
	key = arena_fmt(&f->a, "cl:{1}:e:" STR_FMT, STR_ARG(eid_text(&f->a, fixture_eid(1))));
	head = store_body(&f->a, &ad[0], ad[0].t);
	head.n -= ad[0].body.n;
	need(redis_put(&f->server, key, "m", head));
	(void)snprintf(cmd, sizeof cmd, "HDEL cl:{1}:e:" STR_FMT " p", STR_ARG(eid_text(&f->a, fixture_eid(1))));
	need(redis_do(&f->server, cmd, NULL, 0));
	check(admit(f, 1, 1, ad) == 0 && ad[0].result == ADMIT_KNOWN);
	need(f->s->ops->get(f->s, fixture_eid(1), 1, &f->a, &s) == 0);
	check(s.w.part[PART_INGEST].n == 0 && str_eq(s.hash, ad[0].hash) && str_eq(s.pcn, ad[0].pcn) && s.w.t == ad[0].t);
}

static void
numbers_wrap(struct fixture *f)
{
	char why[160];
	struct interchange ic = { .partner = S("payer") };

	need(begin(f, NULL) && open_with(f, LANES, "always", why) == 0);
	need(f->s->ops->ic_reserve(f->s, &fixture_by, &ic, LEASE) == 0 && ic.number == 1);
	need(redis_do(&f->server, "HSET cl:{tp:payer}:ctl isa 999999998", NULL, 0));
	check(f->s->ops->ic_reserve(f->s, &fixture_by, &ic, LEASE) == 0 && ic.number == 999999999);
	check(f->s->ops->ic_reserve(f->s, &fixture_by, &ic, LEASE) == 0 && ic.number == 2);	/* 1 is still kept */
}

Test(store, redis, .timeout = 300)
{
	static const struct contract_case cases[] = {
		{ "what was acknowledged survives SIGKILL", acked_survives_sigkill },
		{ "Redis dies under two batches", two_posted_and_death },
		{ "out of memory", out_of_memory },
		{ "cannot persist", cannot_persist },
		{ "other lanes, tenant, version, address", other_lanes },
		{ "weak durability", weak_durability },
		{ "users", users },
		{ "the library is flushed", library_is_flushed },
		{ "garbage in Redis", garbage_in_redis },
		{ "junk in a queue", junk_in_a_queue },
		{ "a purged body stays purged", purged_body_stays_purged },
		{ "control numbers wrap", numbers_wrap },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fixture f;

		contract_now = cases[i].name;
		cases[i].run(&f);
		fixture_close(&f);
	}
}
