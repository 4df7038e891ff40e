/*
 * test_faults.c - what PROTOCOL.md section 8 promises against strangers, damaged and poisonous records and a
 * clock that jumps: the daemons survive, lose nothing, send nothing twice, and bury only what is bad.
 */
#include "support/one_site.h"

#include "base/file.h"

#include <criterion/criterion.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const quick[] = { "submit.cutoff_ms=100", "site.lease_ms=600", NULL };

/* ---- strangers at the sockets ---- */

struct bytes { size_t n; struct { const char *p; size_t n; } v[3]; };
#define B(lit)	{ lit, sizeof(lit) - 1 }

static const struct bytes nonsense[] = {
	{ 1, { B("") } }, { 1, { B("GET / HTTP/1.1\r\n\r\n") } }, { 1, { B("\xff\xff\xff\xff\xff\xff\xff\xff") } },
	{ 1, { B("\x97\x02\x01\x00\x00\x00\x00\x7f") } },				/* version 2 */
	{ 2, { B("\x97\x02\x02\x00\x01\x01\x01\x00"), B("\x90") } },
	{ 3, { B("\x97\x09\x03\x00\x01\x00\x00\x00"), B("name"), B("{}") } },
	{ 2, { B("\x97\x01\x02\x00\x01\x03\x01\x00"), B("\x9d") } },			/* three works, it says */
	{ 2, { B("\x97\x01\x02\x00\x01\xcd\x01\x00\x01\x00"), B("\xdd\xff\xff\xff\xff") } },	/* 256, it says */
	{ 2, { B("\x97\x01\x02\x00\x01\xce\xff\xff\xff\xff\x01\x00"), B("") } },
	{ 3, { B("\x97\x01\x02\x00\x01\x01\x01\x00"), B("\x9d"), B("more") } },
	{ 1, { B("\x97\x01\x01\x00\x00\x00\x00\xff") } },				/* negative credit */
	{ 2, { B("\x97\x01\x04\x00\x01\x00\x00\x00"), B("accepted") } },		/* an answer, to us */
};
#define N_NONSENSE	(sizeof nonsense / sizeof *nonsense)

static void
say(void *sock, const struct bytes *b)
{
	for (size_t i = 0; i < b->n; i++)
		cr_assert(zmq_send(sock, b->v[i].p, b->v[i].n, i + 1 < b->n ? ZMQ_SNDMORE : 0) >= 0);
}

static void *
stranger(void *ctx, int type, struct str at, bool connect)
{
	void *sock = zmq_socket(ctx, type);
	int zero = 0;

	(void)zmq_setsockopt(sock, ZMQ_LINGER, &zero, sizeof zero);
	(void)zmq_setsockopt(sock, ZMQ_SNDHWM, &zero, sizeof zero);
	cr_assert((connect ? zmq_connect(sock, at.p) : zmq_bind(sock, at.p)) == 0);
	return sock;
}

static struct str
socket_of(int target)		/* SITE_STAGES: the front */
{
	return target == SITE_STAGES ? arena_fmt(&mem, "%s/front0", site.dir) :
	    arena_fmt(&mem, "%s/bus/%s.%s-0", site.dir, site_stage_names[target], site_stage_names[target]);
}

struct refusals { enum site_stage st; int64_t n; };

static bool
has_refused(struct site *s, void *arg)
{
	const struct refusals *r = arg;

	return site_metric(s, r->st, 0, "claimline_frames_refused_total") >= r->n;
}

Test(faults, garbage_at_every_socket)
{
	/* submit binds no socket of its own, and the front is ingest's second one */
	static const int targets[] = { SITE_INGEST, SITE_SUGGEST, SITE_VALIDATE, SITE_AUDIT, SITE_STAGES };
	void *ctx = zmq_ctx_new(), *sock[5];
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	begin(quick);
	for (int t = 0; t < 5; t++) {
		struct str path = socket_of(targets[t]);
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);

		/* bytes that are not even ZeroMQ's */
		(void)snprintf(un.sun_path, sizeof un.sun_path, "%s", path.p);
		cr_assert(fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof un) == 0, "%s", path.p);
		cr_expect(send(fd, "\x00\x01 not ZMTP at all", 18, MSG_NOSIGNAL) == 18);
		(void)close(fd);
		sock[t] = stranger(ctx, ZMQ_DEALER, arena_fmt(&mem, "ipc://%s", path.p), true);
		for (int times = 0; times < 50; times++)
			for (size_t i = 0; i < N_NONSENSE; i++)
				say(sock[t], &nonsense[i]);
	}
	for (int t = 0; t < 4; t++) {
		struct refusals r = { (enum site_stage)targets[t], 50 * N_NONSENSE * (targets[t] == SITE_INGEST ? 2 : 1) };

		cr_expect(site_wait(&site, has_refused, &r, "all counted"), "%s: %lld", site_stage_names[t],
		    (long long)site_metric(&site, r.st, 0, "claimline_frames_refused_total"));
		cr_expect(site_wait_log(&site, r.st, 0, "refused"), "%s says so", site_stage_names[t]);
	}
	cr_assert(site_feed(&site, 0, 100), "%s", site.why);
	for (int t = 0; t < 5; t++)
		(void)zmq_close(sock[t]);
	(void)zmq_ctx_term(ctx);
	end_sent(100);
}

/* Frames that have the right shape, and lie: about whose work it is, its lane, its state, its token. */
static void
forge(void *router, const void *route, size_t route_n, enum state st, unsigned lane, struct eid id)
{
	struct frame_head h = { .kind = FRAME_DATA, .seq = 1, .n = 1, .state = st };
	struct work w = { .id = id, .lane = lane, .state = st, .token = 1, .dirty = 1 }, *v = &w;
	struct str head = frame_head_write(&mem, &h);
	msgpack_sbuffer out;

	w.part[PART_INGEST] = S("\0not a record");
	cr_assert(frame_works_write(&v, 1, &out));
	cr_assert(zmq_send(router, route, route_n, ZMQ_SNDMORE) >= 0 && zmq_send(router, head.p, head.n, ZMQ_SNDMORE) >= 0 &&
	    zmq_send(router, out.data, out.size, 0) >= 0);
	free(out.data);
}

static void
attack(void *router, enum site_stage st)
{
	char route[64], rest[256];
	int timeout = SITE_WAIT_MS, n;

	(void)zmq_setsockopt(router, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
	n = zmq_recv(router, route, sizeof route, 0);
	cr_assert(n > 0 && zmq_recv(router, rest, sizeof rest, 0) >= 0, "%s greets its new peer", site_stage_names[st]);
	for (size_t i = 0; i < N_NONSENSE; i++) {
		cr_assert(zmq_send(router, route, (size_t)n, ZMQ_SNDMORE) >= 0);
		say(router, &nonsense[i]);
	}
	for (int state = 0; state < ST_COUNT; state++) {
		forge(router, route, (size_t)n, (enum state)state, 3, site_encounter_eid("E", 1));
		forge(router, route, (size_t)n, (enum state)state, 999, site_encounter_eid("E", 1));
		forge(router, route, (size_t)n, (enum state)state, 0, site_encounter_eid("nobody", 1));
	}
}

Test(faults, a_false_upstream)
{
	static const char *const before[] = { NULL, "ingest", "suggest", "validate", "audit" };
	void *ctx = zmq_ctx_new(), *sock[SITE_STAGES];
	uint64_t all = 0;
	struct depth d[ST_COUNT];

	begin(quick);
	cr_assert(site_feed(&site, 0, 50) && site_wait_count(&site, ST_SENT, 50), "%s", site.why);
	for (int st = SITE_SUGGEST; st <= SITE_SUBMIT; st++) {
		struct str at = arena_fmt(&mem, "ipc://%s/bus/false-%d", site.dir, st);

		sock[st] = stranger(ctx, ZMQ_ROUTER, at, false);
		cr_assert(site.store->ops->peer_put(site.store, before[st], S("false"), at) == 0);
		attack(sock[st], (enum site_stage)st);
	}
	for (int st = SITE_SUGGEST; st <= SITE_SUBMIT; st++) {
		struct refusals r = { (enum site_stage)st, N_NONSENSE };

		cr_expect(site_wait(&site, has_refused, &r, "nonsense counted"), "%s", site_stage_names[st]);
	}
	cr_assert(site_feed(&site, 50, 50) && site_wait_count(&site, ST_SENT, 100), "%s", site.why);
	cr_assert(site.store->ops->depths(site.store, d) == 0);
	for (int st = 0; st < ST_COUNT; st++)
		all += d[st].n;
	cr_expect(all == 100, "no encounter was made up, none was buried: %llu", (unsigned long long)all);
	for (int st = SITE_SUGGEST; st <= SITE_SUBMIT; st++)
		(void)zmq_close(sock[st]);
	(void)zmq_ctx_term(ctx);
	end_sent(100);
}

/* ---- what lies in Redis is not what it should be ---- */

static struct str
key_of(unsigned i)
{
	struct eid id = site_encounter_eid("E", i);
	unsigned lane = 0;

	cr_assert(site.store->ops->find(site.store, id, &lane) == 0, "E%u is there", i);
	return arena_fmt(&mem, "cl:{%u}:e:" STR_FMT, lane, STR_ARG(eid_text(&mem, id)));
}

Test(faults, bodies_that_do_not_unpack)
{
	static const struct { const char *field, *bytes; size_t n; } rows[] = {
		{ "p", "\x07unknown codec", 14 }, { "p", "\x01not zstd", 9 }, { "p", "\0not msgpack", 12 }, { "p", "\0", 1 },
		{ "p", "\0\xdf\xff\xff\xff\xff", 6 }, { "p", "\0\x81\x01\x63", 4 }, { "os", "\0\xc1", 2 },
		{ "p", "\x01\x28\xb5\x2f\xfd\xe0\xff\xff\xff\xff\xff\xff\xff\x7f", 14 },	/* zstd that claims 8 EB */
	};
	size_t n = sizeof rows / sizeof *rows;

	begin_only(&(struct site_spec){ .sets = quick });
	for (int st = 0; st < SITE_STAGES; st++)
		if (st != SITE_SUGGEST)
			start_ready((enum site_stage)st);
	cr_assert(site_feed(&site, 0, 100), "%s", site.why);
	for (unsigned i = 0; i < n; i++)
		cr_assert(redis_put(&site.redis, key_of(10 * i), rows[i].field, (struct str){ rows[i].bytes, rows[i].n }));
	start_ready(SITE_SUGGEST);
	cr_expect(site_wait_count(&site, ST_SENT, (int64_t)(100 - n)), "%s", site.why);
	cr_expect(site_wait_count(&site, ST_BURIED, (int64_t)n), "%s", site.why);
	for (unsigned i = 0; i < n; i++) {
		struct snapshot s = snapshot_of(10 * i);

		cr_expect(s.w.state == ST_BURIED && s.before == ST_RECEIVED && s.why.n, "row %u: %s", i, state_name(s.w.state));
	}
	end_sent(100 - n);
}

/* ---- a body that kills whoever reads it ---- */

static const char poison_source[] =
    "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <signal.h>\n#include <string.h>\n#include <unistd.h>\n"
    "size_t ZSTD_decompressDCtx(void *ctx, void *to, size_t cap, const void *from, size_t n) {\n"
    "  size_t (*real)(void *, void *, size_t, const void *, size_t) = dlsym(RTLD_NEXT, \"ZSTD_decompressDCtx\");\n"
    "  size_t got = real(ctx, to, cap, from, n);\n"
    "  if (got <= cap && memmem(to, got, \"POISON\", 6)) kill(getpid(), SIGKILL);\n"
    "  return got; }\n";

struct deaths { enum site_stage st; int n; };

static bool
poison_is_buried(struct site *s, void *arg)
{
	struct deaths *d = arg;
	struct site_daemon *victim = &s->d[d->st][0];

	if (waitpid(victim->pid, NULL, WNOHANG) == victim->pid) {
		d->n++;
		cr_assert(site_start(s, d->st, 0));
	}
	return site_count(s, ST_BURIED) == 1 && site_count(s, ST_SENT) == 100;
}

/* The supervisor starts it again and again; in the end only the poison is buried, and everything else is sent. */
static void
a_body_kills(enum site_stage st)
{
	struct site_answer ans;
	struct deaths d = { st, 0 };
	struct snapshot snap;
	const char *so;

	begin_only(&(struct site_spec){ .sets = quick });
	so = site_preload(&site, poison_source);
	if (!so) {
		site_close(&site);
		cr_skip_test("no compiler");
	}
	for (int i = 0; i < SITE_STAGES; i++)
		if (i != (int)st)
			start_ready((enum site_stage)i);
	cr_assert(site_feed(&site, 0, 50), "%s", site.why);
	cr_assert(site_offer(&site, 0, site_encounter(&mem, "POISON", 1, 2000), SITE_WAIT_MS, &ans) &&
	    strcmp(ans.verdict, "accepted") == 0);
	cr_assert(site_feed(&site, 50, 50), "%s", site.why);
	site.preload = so;
	cr_assert(site_start(&site, st, 0));
	cr_expect(site_wait(&site, poison_is_buried, &d, "the others sent, the poison buried"),
	    "%s; %d deaths, %lld sent, %lld buried", site.why, d.n, (long long)site_count(&site, ST_SENT),
	    (long long)site_count(&site, ST_BURIED));
	cr_expect(d.n >= LIMIT_ATTEMPTS && d.n <= LIMIT_ATTEMPTS + 3, "%s died %d times", site_stage_names[st], d.n);
	cr_assert(site.store->ops->get(site.store, site_encounter_eid("POISON", 1), rec_lane(S("main"), S("POISON1"), 16),
	    &mem, &snap) == 0);
	cr_expect(snap.w.state == ST_BURIED && str_starts(snap.why, S("E_ATTEMPTS")), STR_FMT, STR_ARG(snap.why));
	end_sent(100);
}

Test(faults, a_body_that_kills_suggest)
{
	a_body_kills(SITE_SUGGEST);
}

Test(faults, a_body_that_kills_validate)
{
	a_body_kills(SITE_VALIDATE);
}

Test(faults, a_body_that_kills_audit)
{
	a_body_kills(SITE_AUDIT);
}

Test(faults, a_body_that_kills_submit)
{
	a_body_kills(SITE_SUBMIT);
}

/* Claims with one patient control number cannot share a file: they leave one after the other, and none is given up. */
Test(faults, many_claims_of_one_number)
{
	struct site_answer ans;
	struct site_claims c;

	begin(quick);
	for (unsigned i = 0; i < 9; i++) {
		struct str e = site_encounter(&mem, "N", i, 1500);

		e = arena_fmt(&mem, "{\"control\":\"other%u\"," STR_FMT, i, (int)(e.n - strlen("{\"control\":\"N0\",")),
		    e.p + strlen("{\"control\":\"N0\","));
		memcpy(strstr(e.p, "\"pcn\":\"N"), "\"pcn\":\"SX", 9);
		cr_assert(site_offer(&site, 0, e, SITE_WAIT_MS, &ans) && strcmp(ans.verdict, "accepted") == 0, STR_FMT,
		    STR_ARG(ans.text));
	}
	cr_expect(site_wait_count(&site, ST_SENT, 9), "%s", site.why);
	cr_assert(site_read_out(&site, &mem, &c) == 0);
	cr_expect(c.n == 9 && c.files == 9, "%zu claims in %zu files", c.n, c.files);
	site_close(&site);
}

/* ---- a clock that jumps ---- */

/* Redis and its functions take the time from these. The offset in seconds is in the file beside. */
static const char clock_source[] =
    "#define _GNU_SOURCE\n#include <fcntl.h>\n#include <stdlib.h>\n#include <sys/syscall.h>\n#include <sys/time.h>\n"
    "#include <time.h>\n#include <unistd.h>\n"
    "static long offset(void) { char b[32] = \"\"; const char *p = getenv(\"CL_TEST_CLOCK\");\n"
    "  int fd = p ? open(p, O_RDONLY | O_CLOEXEC) : -1; if (fd < 0) return 0;\n"
    "  if (read(fd, b, sizeof b - 1) < 0) b[0] = 0; close(fd); return strtol(b, 0, 10); }\n"
    "int clock_gettime(clockid_t c, struct timespec *t) { int rc = (int)syscall(SYS_clock_gettime, c, t);\n"
    "  if (rc == 0 && c == CLOCK_REALTIME) t->tv_sec += offset(); return rc; }\n"
    "int gettimeofday(struct timeval *restrict v, void *restrict z) { struct timespec t; (void)z;\n"
    "  clock_gettime(CLOCK_REALTIME, &t); v->tv_sec = t.tv_sec; v->tv_usec = t.tv_nsec / 1000; return 0; }\n"
    "time_t time(time_t *p) { struct timespec t; clock_gettime(CLOCK_REALTIME, &t); if (p) *p = t.tv_sec; return t.tv_sec; }\n";

static void
set_clock(const char *seconds)
{
	cr_assert(file_write_atomic(site_path(&site, "clock").p, str_of(seconds), true) == 0);
}

Test(faults, the_clock_jumps)
{
	static const char *const jumps[] = { "3600", "-3600", "86400000", "0", "-30", "7" };
	const char *so;
	unsigned fed = 0;
	int64_t before, after;

	begin_only(&(struct site_spec){ .sets = quick });
	so = site_preload(&site, clock_source);
	if (!so) {
		site_close(&site);
		cr_skip_test("no compiler");
	}
	set_clock("0");
	(void)setenv("CL_TEST_CLOCK", site_path(&site, "clock").p, 1);
	(void)setenv("LD_PRELOAD", so, 1);
	cr_assert(redis_restart(&site.redis), "Redis under the clock");
	site.preload = so;
	cr_assert(site_up(&site), "%s", site.why);
	cr_assert(site_feed(&site, fed, 100) && site_wait_count(&site, ST_SENT, 100), "%s", site.why);
	fed = 100;
	for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
		cr_assert(site_feed(&site, fed, 100), "%s", site.why);
		cr_assert(site.store->ops->now(site.store, &before) == 0);
		set_clock(jumps[i]);
		cr_assert(site.store->ops->now(site.store, &after) == 0);
		cr_expect(after - before > 5000 || before - after > 5000, "Redis sees it: %lld ms", (long long)(after - before));
		fed += 100;
		cr_expect(site_wait_count(&site, ST_SENT, fed), "after %s s: %s", jumps[i], site.why);
		cr_assert(site_feed(&site, fed, 50), "%s", site.why);
		fed += 50;
		cr_expect(site_wait_count(&site, ST_SENT, fed), "after %s s: %s", jumps[i], site.why);
	}
	(void)unsetenv("LD_PRELOAD");
	cr_expect(site_wait_journal(&site) && site_ledger_verifies(&site), "%s", site.why);
	end_sent(fed);
}
