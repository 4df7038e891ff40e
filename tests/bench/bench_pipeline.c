/*
 * bench_pipeline - encounters a second through all five stages, durable, next to yardsticks of the same run.
 *
 *	bench_pipeline [--n N] [--rounds R] [--real] [--no-peers] [--window W] [--lanes L] [--batch B]
 *
 * Null work by default: 4 KB bodies, each stage adds 200 bytes. --real: encounters of config/demo, all five
 * stages doing their work up to claim files. Trust ratios inside one run, not single figures.
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
#define ADDED		"200"
#define STAGES		5

static const char *const stage_names[STAGES] = { "ingest", "suggest", "validate", "audit", "submit" };

struct opts {
	size_t		 n, rounds, window;
	bool		 real, peers;
	const char	*lanes, *batch, *window_text, *compress, *checkpoint;
	double		 rate;			/* offers a second; 0 = as fast as answers come */
	int		 kill_stage;		/* -1, or the stage killed at a third of the way */
	bool		 only_ingest;		/* everything waits: what does that cost? */
};

struct site {
	char		 dir[128], sock[160], set[24][256];
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
	(void)snprintf(s->set[i++], 256, "--set=audit.archive=%s/archive", s->dir);
	(void)snprintf(s->set[i++], 256, "--set=site.config_dir=%s/config", CL_SOURCE_DIR);
	(void)snprintf(s->set[i++], 256, "--set=site.log_level=warn");
	(void)snprintf(s->set[i++], 256, "--set=site.today=2026-10-31");
	if (!o->real)
		(void)snprintf(s->set[i++], 256, "--set=bench.null_bytes=" ADDED);
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

		while (next < o->n && next - answered < o->window && (o->rate == 0 || (double)next < (yard_now() - begin) * o->rate)) {
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
	(void)printf("%-22s %8.0f enc/s  CPU us/enc: redis %.0f ingest %.0f suggest %.0f validate %.0f audit %.0f submit %.0f, all %.0f\n",
	    what, r->per_s, r->redis_ms, r->cpu_ms[0], r->cpu_ms[1], r->cpu_ms[2], r->cpu_ms[3], r->cpu_ms[4], all);
	(void)printf("%-22s end to end p50 %lld p99 %lld ms; acknowledged p50 %.1f p99 %.1f ms\n", "",
	    (long long)r->p50, (long long)r->p99, (double)r->ack50 / 1e3, (double)r->ack99 / 1e3);
	(void)fflush(stdout);
}

static void
peers_round(const struct opts *o, double ours, double ratio[3][16], size_t k)
{
	char dir[] = "/tmp/cl-yard.XXXXXX", rm[64];
	double b50, b0, set;
	pid_t redis;

	if (!mkdtemp(dir))
		yard_fail("mkdtemp");
	b50 = yard_beanstalkd(dir, "50", o->n / 4, BODY, STAGES);
	b0 = yard_beanstalkd(dir, "0", o->n / 20, BODY, STAGES);
	redis = yard_redis(dir);
	set = yard_redis_set(dir, o->n, BODY);
	yard_stop(redis, SIGTERM);
	(void)printf("  yardsticks: beanstalkd -f50 %.0f, -f0 %.0f job/s through %d hops; redis-benchmark SET %d B always %.0f/s\n",
	    b50, b0, STAGES, BODY, set);
	ratio[0][k] = b50 > 0 ? ours / b50 : 0;
	ratio[1][k] = b0 > 0 ? ours / b0 : 0;
	ratio[2][k] = set > 0 ? ours / set : 0;
	(void)printf("  ratios: %.1f x beanstalkd -f50, %.1f x -f0, %.2f of redis-benchmark\n", ratio[0][k], ratio[1][k], ratio[2][k]);
	(void)fflush(stdout);
	(void)snprintf(rm, sizeof rm, "rm -rf %s", dir);
	if (system(rm) != 0)
		(void)fprintf(stderr, "cannot remove %s\n", dir);
}

static void
more(const struct opts *base, double top)
{
	struct opts o = *base;
	struct run r;

	o.rate = top / 2;
	o.n = base->n / 2;
	run_once(&o, &r);
	show("half load", &r);
	o = *base;
	o.kill_stage = 2;
	run_once(&o, &r);
	(void)printf("%-22s all done %.1f s after the kill, %.0f enc/s overall\n", "validate killed", r.after_kill, r.per_s);
	o = *base;
	o.only_ingest = true;
	o.n = base->n / 2;
	run_once(&o, &r);
	(void)printf("%-22s %llu bytes of Redis each\n", "waiting", (unsigned long long)(r.memory / o.n));
	o.compress = "zstd";
	run_once(&o, &r);
	(void)printf("%-22s %llu bytes of Redis each\n", "waiting, zstd", (unsigned long long)(r.memory / o.n));
	(void)fflush(stdout);
}

int
main(int argc, char **argv)
{
	struct opts o = { .n = 40000, .rounds = 3, .window = 2048, .peers = true, .lanes = "16", .batch = "256",
	    .window_text = "2048", .compress = "none", .checkpoint = "ride", .kill_stage = -1 };
	double ratio[3][16] = { { 0 } }, rate[16];
	struct run r;

	for (int i = 1; i < argc; i++) {
		const char *v = i + 1 < argc ? argv[i + 1] : "";
		int64_t num = 0;

		(void)str_to_int(str_of(v), &num);
		if (strcmp(argv[i], "--n") == 0)
			o.n = (size_t)num, i++;
		else if (strcmp(argv[i], "--rounds") == 0)
			o.rounds = num > 0 && num <= 16 ? (size_t)num : 3, i++;
		else if (strcmp(argv[i], "--window") == 0)
			o.window = (size_t)num, o.window_text = v, i++;
		else if (strcmp(argv[i], "--lanes") == 0)
			o.lanes = v, i++;
		else if (strcmp(argv[i], "--batch") == 0)
			o.batch = v, i++;
		else if (strcmp(argv[i], "--compress") == 0)
			o.compress = v, i++;
		else if (strcmp(argv[i], "--checkpoint") == 0)
			o.checkpoint = v, i++;
		else if (strcmp(argv[i], "--real") == 0)
			o.real = true;
		else if (strcmp(argv[i], "--no-peers") == 0)
			o.peers = false;
		else
			yard_fail("see the head of tests/bench/bench_pipeline.c for the options");
	}
	(void)printf("%zu encounters of %d bytes, appendfsync always, lanes %s, batch %s, window %s, %s work\n", o.n, BODY,
	    o.lanes, o.batch, o.window_text, o.real ? "real" : "null");
	for (size_t k = 0; k < o.rounds; k++) {
		run_once(&o, &r);
		show(o.real ? "real stages" : "null stages", &r);
		rate[k] = r.per_s;
		if (o.peers)
			peers_round(&o, r.per_s, ratio, k);
	}
	(void)printf("median %.0f enc/s", yard_median(rate, o.rounds));
	if (o.peers)
		(void)printf("; %.1f x beanstalkd -f50, %.1f x -f0, %.2f of redis-benchmark", yard_median(ratio[0], o.rounds),
		    yard_median(ratio[1], o.rounds), yard_median(ratio[2], o.rounds));
	(void)printf("\n");
	more(&o, yard_median(rate, o.rounds));
	return 0;
}
