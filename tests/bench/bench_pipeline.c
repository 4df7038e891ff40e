/*
 * bench_pipeline - encounters a second through all five stages, durable, next to yardsticks of the same run.
 *
 *	bench_pipeline [--n N] [--rounds R] [--no-null] [--no-real] [--no-peers] [--brief]
 *	    [--window W] [--lanes L] [--batch B] [--compress none|zstd] [--checkpoint own|ride]
 *
 * A round is null work (4 KB bodies, each stage adds 200 bytes), the real stages (encounters of config/demo, up to
 * claim files) and the yardsticks, one after the other; ratios are of the same round, and what counts is their
 * median. Then, unless --brief: half load, a killed stage, memory. Single figures say more of the machine.
 */
#include "yard.h"

#include "base/conf.h"
#include "pipe/bus.h"
#include "pipe/store.h"

#include <jansson.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BODY		4096
#define ADDED		200	/* bytes that each stage adds */
#define STAGES		5
#define MAX_ROUNDS	16

static const char *const stage_names[STAGES] = { "ingest", "suggest", "validate", "audit", "submit" };

struct opts {
	size_t		 n, rounds, window;
	bool		 null, real, peers, brief;
	const char	*lanes, *batch, *window_text, *compress, *checkpoint;
	double		 rate;			/* offers a second; 0 = as fast as answers come */
	int		 kill_stage;		/* -1, or the stage killed at a third of the way */
	bool		 only_ingest;		/* everything waits: what does that cost? */
};

struct site {
	char		 dir[128], sock[160], set[32][256];
	pid_t		 redis;
	struct child	 kid[STAGES];
	struct store	*store;
	struct arena	 mem;
	struct conf	 conf;
};

static void
setting(struct site *s, int i, const char *fmt, const char *value)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(s->set[i], sizeof s->set[i], fmt, value);
#pragma GCC diagnostic pop
}

static pid_t
stage_start(struct site *s, int stage)
{
	static const char *const fmt[] = { "--set=site.state_dir=%s", "--set=site.redis=unix:%s/redis.sock",
	    "--set=site.bus=ipc:%s/bus", "--set=ingest.front=ipc:%s/front", "--set=ingest.folder=%s/in",
	    "--set=audit.ledger=%s/ledger" };
	char *argv[40], bin[512], log[256];
	int n = 0;

	(void)snprintf(bin, sizeof bin, "%s/claimline-%s", CL_BIN_DIR, stage_names[stage]);
	(void)snprintf(log, sizeof log, "%s/%s.log", s->dir, stage_names[stage]);
	argv[n++] = bin;
	for (size_t i = 0; i < sizeof fmt / sizeof *fmt; i++) {
		setting(s, (int)i, fmt[i], s->dir);
		argv[n++] = s->set[i];
	}
	for (int i = 6; s->set[i][0]; i++)
		argv[n++] = s->set[i];
	argv[n] = NULL;
	return yard_spawn(argv, log);
}

static void
site_settings(struct site *s, const struct opts *o)
{
	int i = 6;

	(void)snprintf(s->set[i++], 256, "--set=site.lanes=%s", o->lanes);
	(void)snprintf(s->set[i++], 256, "--set=site.batch=%s", o->batch);
	(void)snprintf(s->set[i++], 256, "--set=site.window=%s", o->window_text);
	(void)snprintf(s->set[i++], 256, "--set=site.compress=%s", o->compress);
	(void)snprintf(s->set[i++], 256, "--set=suggest.checkpoint=%s", o->checkpoint);
	(void)snprintf(s->set[i++], 256, "--set=validate.checkpoint=%s", o->checkpoint);
	(void)snprintf(s->set[i++], 256, "--set=ingest.mllp=");
	(void)snprintf(s->set[i++], 256, "--set=submit.cutoff_ms=100");	/* else the last claims of a run wait a second */
	(void)snprintf(s->set[i++], 256, "--set=audit.archive=%s/archive", s->dir);
	(void)snprintf(s->set[i++], 256, "--set=site.config_dir=%s/config", CL_SOURCE_DIR);
	(void)snprintf(s->set[i++], 256, "--set=site.log_level=warn");
	(void)snprintf(s->set[i++], 256, "--set=site.today=2026-10-31");
	if (!o->real)
		(void)snprintf(s->set[i++], 256, "--set=bench.null_bytes=%d", ADDED);
	for (int k = 0; k < STAGES; k++)
		(void)snprintf(s->set[i++], 256, "--set=%s.http_port=0", stage_names[k]);
}

static void
site_open(struct site *s, const struct opts *o)
{
	char text[256], why[160] = "";
	struct faults f = { 0 };

	memset(s, 0, sizeof *s);
	(void)snprintf(s->dir, sizeof s->dir, "/tmp/cl-bench.XXXXXX");
	if (!mkdtemp(s->dir))
		yard_fail("mkdtemp");
	arena_init(&s->mem, 0);
	f.a = &s->mem;
	s->redis = yard_redis(s->dir);
	site_settings(s, o);
	conf_defaults(&s->conf);
	(void)snprintf(text, sizeof text, "unix:%s/redis.sock", s->dir);
	if (conf_set(&s->mem, &s->conf, S("site.redis"), str_of(text), &f) < 0 ||
	    conf_set(&s->mem, &s->conf, S("site.lanes"), str_of(o->lanes), &f) < 0 ||
	    store_redis_open(&s->store, &s->conf, why) < 0)
		yard_fail(why[0] ? why : "store");
	for (int i = 0; i < (o->only_ingest ? 1 : STAGES); i++) {
		s->kid[i].name = stage_names[i];
		s->kid[i].pid = stage_start(s, i);
	}
}

static uint64_t
redis_memory(const struct site *s)
{
	char cmd[256], line[256];
	unsigned long long n = 0;
	FILE *p;

	(void)snprintf(cmd, sizeof cmd, "redis-cli -s %s/redis.sock info memory", s->dir);
	p = popen(cmd, "r");
	while (p && fgets(line, sizeof line, p))
		(void)sscanf(line, "used_memory:%llu", &n);
	if (p)
		(void)pclose(p);
	return n;
}

static void
site_close(struct site *s)
{
	char rm[200];

	for (int i = 0; i < STAGES; i++)
		yard_stop(s->kid[i].pid, SIGTERM);
	s->store->ops->close(s->store);
	yard_stop(s->redis, SIGTERM);
	arena_free(&s->mem);
	(void)snprintf(rm, sizeof rm, "rm -rf %s", s->dir);
	if (!getenv("KEEP") && system(rm) != 0)
		(void)fprintf(stderr, "cannot remove %s\n", s->dir);
}

static uint64_t
settled(struct site *s)
{
	static const enum state done[] = { ST_CLOSED, ST_SENT, ST_ACCEPTED, ST_HELD_CODING, ST_HELD_QUERY, ST_HELD_BILLING,
	    ST_HELD_AUTHORIZATION, ST_HELD_COMPLIANCE, ST_BURIED };
	struct depth d[ST_COUNT];
	uint64_t n = 0;

	if (s->store->ops->depths(s->store, d) < 0)
		return 0;
	for (size_t i = 0; i < sizeof done / sizeof *done; i++)
		n += d[done[i]].n;
	return n;
}

/* ---- inputs ---- */

struct inputs { struct str *v; size_t n; };

/* Words that compress about as clinical text does, not one repeated byte. */
static struct str
null_body(struct arena *a, unsigned seed)
{
	static const char *const words[] = { "patient ", "denies ", "chest ", "pain ", "with ", "no ", "history ", "of ",
	    "diabetes ", "hypertension ", "follow ", "up ", "in ", "two ", "weeks ", "exam ", "lungs ", "clear " };
	struct buf b;

	buf_init(&b, a);
	while (b.n < BODY) {
		seed = seed * 1664525u + 1013904223u;
		if (seed >> 28 == 0)
			buf_fmt(&b, "%u ", seed);
		buf_cstr(&b, words[(seed >> 16) % (sizeof words / sizeof *words)]);
	}
	return (struct str){ b.p, BODY };
}

static struct inputs
inputs_null(struct arena *a)
{
	struct inputs in = { arena_array(a, 64, sizeof *in.v), 64 };

	for (unsigned i = 0; i < 64; i++)
		in.v[i] = null_body(a, i);
	return in;
}

/* The encounters of one demo file that go all the way: not those that are there to be held. */
static size_t
demo_file(struct arena *a, const char *path, struct encounter **e, size_t n)
{
	static const char *const held[] = { "OFF10", "OFF11", "OFF12", "ED07", "HOS06", "HOS09" };
	json_t *list = json_load_file(path, 0, NULL), *one;
	size_t i;

	json_array_foreach(list, i, one) {
		struct faults f = { .a = a };
		char *text = json_dumps(one, JSON_COMPACT);
		bool keep = n < 64;

		e[n] = rec_new(a);
		if (rec_from_json(a, str_of(text), e[n], &f) != 0)
			yard_fail(path);
		for (size_t k = 0; k < sizeof held / sizeof *held; k++)
			keep &= !str_is(e[n]->pcn, held[k]);
		n += keep;
		free(text);
	}
	json_decref(list);
	return n;
}

/* Encounters of the demo, each with its own control, account and patient control number. */
static struct inputs
inputs_real(struct arena *a, size_t n)
{
	struct inputs in = { arena_array(a, n, sizeof *in.v), n };
	struct encounter *e[65];
	size_t n_e = 0;

	n_e = demo_file(a, CL_SOURCE_DIR "/config/demo/office.json", e, n_e);
	n_e = demo_file(a, CL_SOURCE_DIR "/config/demo/emergency.json", e, n_e);
	n_e = demo_file(a, CL_SOURCE_DIR "/config/demo/hospital.json", e, n_e);
	if (n_e == 0)
		yard_fail("config/demo has no encounters");
	for (size_t i = 0; i < n; i++) {
		struct encounter one = *e[i % n_e];
		struct str body;

		one.control = one.account = one.pcn = arena_fmt(a, "B%09zu", i);
		if (rec_to_json(a, &one, false, &body) < 0)
			yard_fail("rec_to_json");
		in.v[i] = body;
	}
	return in;
}

/* ---- one run ---- */

struct run {
	double		 seconds, per_s, cpu_ms[STAGES], redis_ms;	/* CPU ms per 1,000 encounters */
	int64_t		*ack_us;
	size_t		 n;
	int64_t		 p50, p99, ack50, ack99;
	double		 after_kill;
	uint64_t	 memory;
};

static void
cpu_mark(struct site *s, double *redis)
{
	for (int i = 0; i < STAGES; i++)
		s->kid[i].cpu_before = yard_cpu(s->kid[i].pid);
	*redis = yard_cpu(s->redis);
}

static void
latencies(struct site *s, struct run *r)
{
	static const enum state ends[] = { ST_CLOSED, ST_SENT };
	struct arena a;
	int64_t *ms = malloc((r->n + 1) * sizeof *ms);
	size_t n = 0;

	for (size_t k = 0; k < 2; k++) {
		struct listing *v = NULL;
		size_t got = 0;

		arena_init(&a, (size_t)1 << 30);
		if (s->store->ops->list(s->store, ends[k], r->n, &a, &v, &got) < 0)
			got = 0;
		for (size_t i = 0; i < got && i < 4000; i++) {
			struct snapshot snap;

			if (s->store->ops->get(s->store, v[i].id, v[i].lane, &a, &snap) >= 0)
				ms[n++] = v[i].score - snap.w.t;
		}
		arena_free(&a);
	}
	r->p50 = n ? yard_percentile(ms, n, 500) : 0;
	r->p99 = n ? yard_percentile(ms, n, 990) : 0;
	free(ms);
}

static void
push(struct site *s, const struct opts *o, const struct inputs *in, struct run *r)
{
	char at[200], name[32];
	double *sent = malloc(o->n * sizeof *sent), begin = yard_now();
	size_t next = 0, answered = 0;
	struct front *f;
	struct arena a;
	bool killed = false;
	double killed_at = 0;

	arena_init(&a, 0);
	(void)snprintf(at, sizeof at, "ipc:%s/front", s->dir);
	if (front_open(&f, at) < 0)
		yard_fail("front");
	while (answered < o->n) {
		struct answer ans;

		while (next < o->n && next - answered < o->window &&
		    (o->rate == 0 || (double)next < (yard_now() - begin) * o->rate)) {
			(void)snprintf(name, sizeof name, "B%09zu", next);
			sent[next] = yard_now();
			if (front_offer(f, (int64_t)next, str_of(name), in->v[next % in->n]) < 0)
				break;
			next++;
		}
		if (front_answer(f, &a, o->rate > 0 ? 1 : 20, &ans) > 0) {
			if (!str_is(ans.verdict, "accepted") && !str_is(ans.verdict, "known")) {
				(void)fprintf(stderr, STR_FMT ": " STR_FMT "\n", STR_ARG(ans.verdict), STR_ARG(ans.text));
				yard_fail("an input was not accepted");
			}
			r->ack_us[answered++] = (int64_t)((yard_now() - sent[ans.seq]) * 1e6);
		}
		arena_reset(&a);
		if (o->kill_stage >= 0 && !killed && answered > o->n / 3) {
			killed = true;
			killed_at = yard_now();
			yard_stop(s->kid[o->kill_stage].pid, SIGKILL);
			s->kid[o->kill_stage].pid = stage_start(s, o->kill_stage);
		}
	}
	front_close(f);
	arena_free(&a);
	free(sent);
	while (!o->only_ingest && settled(s) < o->n)
		(void)usleep(20000);
	r->seconds = yard_now() - begin;
	r->after_kill = killed ? yard_now() - killed_at : 0;
}

static void
run_once(const struct opts *o, struct run *r)
{
	struct site *s = malloc(sizeof *s);
	struct arena a;
	struct inputs in;
	double redis;

	memset(r, 0, sizeof *r);
	arena_init(&a, (size_t)4 << 30);
	in = o->real ? inputs_real(&a, o->n) : inputs_null(&a);
	r->n = o->n;
	r->ack_us = malloc(o->n * sizeof *r->ack_us);
	site_open(s, o);
	(void)usleep(1500000);		/* peers meet, so that the run measures work, not the start */
	cpu_mark(s, &redis);
	r->memory = redis_memory(s);
	push(s, o, &in, r);
	r->memory = redis_memory(s) - r->memory;
	for (int i = 0; i < STAGES; i++)
		r->cpu_ms[i] = (yard_cpu(s->kid[i].pid) - s->kid[i].cpu_before) * 1e6 / (double)o->n;
	r->redis_ms = (yard_cpu(s->redis) - redis) * 1e6 / (double)o->n;
	r->per_s = (double)o->n / r->seconds;
	r->ack50 = yard_percentile(r->ack_us, o->n, 500);
	r->ack99 = yard_percentile(r->ack_us, o->n, 990);
	latencies(s, r);
	site_close(s);
	free(r->ack_us);
	free(s);
	arena_free(&a);
}

static void
show(const char *what, const struct run *r)
{
	double all = r->redis_ms;

	for (int i = 0; i < STAGES; i++)
		all += r->cpu_ms[i];
	(void)printf("%-22s %8.0f enc/s  CPU us/enc: redis %.0f ingest %.0f suggest %.0f validate %.0f audit %.0f submit %.0f, "
	    "all %.0f\n", what, r->per_s, r->redis_ms, r->cpu_ms[0], r->cpu_ms[1], r->cpu_ms[2], r->cpu_ms[3], r->cpu_ms[4], all);
	(void)printf("%-22s end to end p50 %lld p99 %lld ms; acknowledged p50 %.1f p99 %.1f ms\n", "",
	    (long long)r->p50, (long long)r->p99, (double)r->ack50 / 1e3, (double)r->ack99 / 1e3);
	(void)fflush(stdout);
}

enum ratio { R_F50, R_F0, R_SET, R_REAL, R_NULL_RATE, R_REAL_RATE, R_COUNT };

static void
peers_round(const struct opts *o, double ours, double ratio[R_COUNT])
{
	char dir[] = "/tmp/cl-yard.XXXXXX", rm[64];
	double b50, b0, set;
	pid_t redis;

	if (!mkdtemp(dir))
		yard_fail("mkdtemp");
	b50 = yard_beanstalkd(dir, "50", o->n / 4, BODY, ADDED, STAGES);
	b0 = yard_beanstalkd(dir, "0", o->n / 20, BODY, ADDED, STAGES);
	redis = yard_redis(dir);
	set = yard_redis_set(dir, o->n, BODY);
	yard_stop(redis, SIGTERM);
	(void)printf("  yardsticks: beanstalkd -f50 %.0f, -f0 %.0f job/s through %d hops; "
	    "redis-benchmark SET %d B always %.0f/s\n", b50, b0, STAGES, BODY, set);
	ratio[R_F50] = b50 > 0 ? ours / b50 : 0;
	ratio[R_F0] = b0 > 0 ? ours / b0 : 0;
	ratio[R_SET] = set > 0 ? ours / set : 0;
	(void)printf("  ratios: %.1f x beanstalkd -f50, %.1f x -f0, %.2f of redis-benchmark\n", ratio[R_F50],
	    ratio[R_F0], ratio[R_SET]);
	(void)snprintf(rm, sizeof rm, "rm -rf %s", dir);
	if (system(rm) != 0)
		(void)fprintf(stderr, "cannot remove %s\n", dir);
}

static double
one_kind(const struct opts *base, bool real)
{
	struct opts o = *base;
	struct run r;

	o.real = real;
	run_once(&o, &r);
	show(real ? "real stages" : "null stages", &r);
	return r.per_s;
}

static void
round_of(const struct opts *o, double ratio[R_COUNT])
{
	ratio[R_NULL_RATE] = o->null ? one_kind(o, false) : 0;
	ratio[R_REAL_RATE] = o->real ? one_kind(o, true) : 0;
	ratio[R_REAL] = o->null ? ratio[R_REAL_RATE] / ratio[R_NULL_RATE] : 0;
	if (o->null && o->real)
		(void)printf("  real stages are %.2f of null\n", ratio[R_REAL]);
	if (o->null && o->peers)
		peers_round(o, ratio[R_NULL_RATE], ratio);
	(void)fflush(stdout);
}

static double
median_of(double all[][R_COUNT], size_t rounds, enum ratio which)
{
	double v[MAX_ROUNDS];

	for (size_t k = 0; k < rounds; k++)
		v[k] = all[k][which];
	return yard_median(v, rounds);
}

static void
more(const struct opts *base, bool real, double top)
{
	struct opts o = *base;
	struct run r;

	(void)printf("%s work\n", real ? "real" : "null");
	o.real = real;
	o.rate = top / 2;
	o.n = base->n / 2;
	run_once(&o, &r);
	show("half load", &r);
	o.rate = 0;
	o.n = base->n;
	o.kill_stage = 2;
	run_once(&o, &r);
	(void)printf("%-22s all done %.1f s after the kill, %.0f enc/s overall\n", "validate killed", r.after_kill, r.per_s);
	o.kill_stage = -1;
	o.only_ingest = true;
	o.n = base->n / 2;
	run_once(&o, &r);
	(void)printf("%-22s %llu bytes of Redis each\n", "waiting", (unsigned long long)(r.memory / o.n));
	o.compress = "zstd";
	run_once(&o, &r);
	(void)printf("%-22s %llu bytes of Redis each\n", "waiting, zstd", (unsigned long long)(r.memory / o.n));
	(void)fflush(stdout);
}

static struct opts
options(int argc, char **argv)
{
	struct opts o = { .n = 60000, .rounds = 3, .window = 2048, .null = true, .real = true, .peers = true, .lanes = "4",
	    .batch = "256", .window_text = "2048", .compress = "none", .checkpoint = "ride", .kill_stage = -1 };
	const struct { const char *name; bool *off; } flags[] = {
		{ "--no-null", &o.null }, { "--no-real", &o.real }, { "--no-peers", &o.peers },
	};
	const struct { const char *name; size_t *num; const char **text; } values[] = {
		{ "--n", &o.n, NULL }, { "--rounds", &o.rounds, NULL }, { "--window", &o.window, &o.window_text },
		{ "--lanes", NULL, &o.lanes }, { "--batch", NULL, &o.batch }, { "--compress", NULL, &o.compress },
		{ "--checkpoint", NULL, &o.checkpoint },
	};

	for (int i = 1; i < argc; i++) {
		bool known = strcmp(argv[i], "--brief") == 0;
		int64_t num;

		o.brief |= known;
		for (size_t k = 0; k < sizeof flags / sizeof *flags; k++)
			if (strcmp(argv[i], flags[k].name) == 0)
				*flags[k].off = false, known = true;
		for (size_t k = 0; !known && i + 1 < argc && k < sizeof values / sizeof *values; k++) {
			if (strcmp(argv[i], values[k].name) != 0)
				continue;
			known = !values[k].num || (str_to_int(str_of(argv[i + 1]), &num) && num > 0);
			if (known && values[k].num)
				*values[k].num = (size_t)num;
			if (values[k].text)
				*values[k].text = argv[i + 1];
			i++;
			break;
		}
		if (!known || o.rounds > MAX_ROUNDS)
			yard_fail("see the head of tests/bench/bench_pipeline.c for the options");
	}
	return o;
}

int
main(int argc, char **argv)
{
	const struct opts o = options(argc, argv);
	double all[MAX_ROUNDS][R_COUNT] = { { 0 } };

	(void)printf("%zu encounters, null bodies of %d bytes, appendfsync always, lanes %s, batch %s, window %s\n", o.n, BODY,
	    o.lanes, o.batch, o.window_text);
	for (size_t k = 0; k < o.rounds; k++)
		round_of(&o, all[k]);
	(void)printf("medians of %zu rounds: null %.0f enc/s, real %.0f; %.2f of null; %.1f x beanstalkd -f50, %.1f x -f0, "
	    "%.2f of redis-benchmark\n", o.rounds, median_of(all, o.rounds, R_NULL_RATE), median_of(all, o.rounds, R_REAL_RATE),
	    median_of(all, o.rounds, R_REAL), median_of(all, o.rounds, R_F50), median_of(all, o.rounds, R_F0),
	    median_of(all, o.rounds, R_SET));
	if (o.null && !o.brief)
		more(&o, false, median_of(all, o.rounds, R_NULL_RATE));
	if (o.real && !o.brief)
		more(&o, true, median_of(all, o.rounds, R_REAL_RATE));
	return 0;
}
