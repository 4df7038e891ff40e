/* cmd_up.c - up: everything on this machine, in the foreground; down: ends that; drain: ends one stage. */
#include "claimline/ask.h"
#include "claimline/cli.h"
#include "claimline/crew.h"
#include "claimline/paths.h"

#include "base/file.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct str
up_pid(struct cli *c)
{
	return path_pid(&c->a, c->conf.site.state_dir, S("up"));
}

static int
make_folders(struct cli *c)
{
	static const char *const names[] = { "run", "redis", "in", "out", "answers" };
	struct str bus = c->conf.site.bus, kind = str_cut(&bus, ':');

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (mkdir_p(path_join(&c->a, c->conf.site.state_dir, str_of(names[i])).p) < 0)
			return cli_fail(c, CLI_CANNOT_CREATE, "cannot make the folder %s in " STR_FMT, names[i],
			    STR_ARG(c->conf.site.state_dir));
	if (str_is(kind, "ipc") && mkdir_p(arena_str(&c->a, bus).p) < 0)
		return cli_fail(c, CLI_CANNOT_CREATE, "cannot make the folder of site.bus");
	return CLI_OK;
}

/* A port that somebody has would only show as a daemon that keeps dying. */
static int
check_ports(const struct cli *c)
{
	const struct conf *k = &c->conf;
	const struct { const char *name; int64_t port; } rows[] = {
		{ "ingest", k->ingest.http_port }, { "suggest", k->suggest.http_port }, { "validate", k->validate.http_port },
		{ "audit", k->audit.http_port }, { "submit", k->submit.http_port },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].port && ask_port_is_taken(k->site.http_address.p, rows[i].port))
			return cli_fail(c, CLI_UNAVAILABLE, "port %lld of %s is taken. Fix: --set %s.http_port=N, or 0 for none",
			    (long long)rows[i].port, rows[i].name, rows[i].name);
	return CLI_OK;
}

static int
run_crew(struct cli *c, struct crew *w)
{
	int64_t counts[STAGES] = { 1, 1, 1, 1, 1 };
	const char *stages = opt_text(&c->opts, "stages"), *why = "";
	int64_t drain_s;
	int rc;

	if (opt_int(&c->opts, "drain-s", 10, (int64_t[]){ 1, 3600 }, &drain_s) < 0)
		return cli_usage(c, "--drain-s wants 1 to 3600");
	if (stages && crew_counts(str_of(stages), counts, &why) < 0)
		return cli_usage(c, why);
	w->c = c;
	w->quiet = opt_is_set(&c->opts, "quiet");
	w->json_log = str_is(c->conf.site.log, "json");
	w->ready_file = opt_text(&c->opts, "ready-file");
	w->drain_ms = drain_s * 1000;
	if (w->ready_file)
		(void)unlink(w->ready_file);
	rc = check_ports(c);
	if (rc == CLI_OK)
		rc = crew_fill(w, counts);
	return rc == CLI_OK ? crew_run(w) : rc;
}

static int
up_run(struct cli *c)
{
	struct crew *w;
	pid_t who;
	int lock, rc;

	if (c->argc)
		return cli_usage(c, "up takes options only");
	rc = make_folders(c);
	if (rc != CLI_OK)
		return rc;
	lock = up_lock(up_pid(c).p, &who);
	if (lock == E_BUSY)
		return cli_fail(c, CLI_UNAVAILABLE, "it runs already in " STR_FMT " (pid %d). `claimline down` ends it, "
		    "`claimline queues` looks at it, another --state runs a second one", STR_ARG(c->conf.site.state_dir),
		    (int)who);
	if (lock < 0)
		return cli_fail(c, CLI_CANNOT_CREATE, "cannot write %s", up_pid(c).p);
	w = arena_alloc(&c->a, sizeof *w);
	rc = w ? run_crew(c, w) : cli_fail(c, CLI_OS, "%s", err_text(E_NOMEM));
	if (ftruncate(lock, 0) != 0)
		(void)cli_fail(c, 0, "cannot empty %s", up_pid(c).p);
	(void)close(lock);
	return rc;
}

static const struct opt up_opts[] = {
	{ "stages", 0, "LIST", "how many of each daemon, as in suggest=2,validate=3; default one each, 0 = not here" },
	{ "quiet", 'q', NULL, "show warnings and errors only" },
	{ "ready-file", 0, "PATH", "write this file once everything is ready" },
	{ "drain-s", 0, "N", "seconds a daemon has to end before it is killed; default 10" },
	{ NULL, 0, NULL, NULL },
};

const struct verb verb_up = {
	.name = "up", .args = "[--stages LIST] [--quiet] [--ready-file PATH]",
	.words = "run Redis and all daemons here, in the foreground",
	.text = "Starts a private Redis (a Unix socket and an append-only file in the state folder; "
	    "every acknowledged write is on\n"
	    "disk) and the five daemons that stand beside this program. All log lines come out here, each with the name of its\n"
	    "process. Prints \"ready\" when every daemon is. A daemon that dies is started again.\n"
	    "Ctrl-C drains: each stage finishes what it has, in order, then Redis ends. A second Ctrl-C ends at once; even then\n"
	    "nothing that was acknowledged is lost.\n"
	    "With site.redis set to tcp:HOST:PORT no Redis is started: that one is used.\n\n"
	    "  claimline up\n  claimline up --stages suggest=2,validate=2\n"
	    "  claimline up --state /tmp/try --set ingest.mllp= --quiet\n",
	.opts = up_opts, .run = up_run,
};

static int
down_run(struct cli *c)
{
	struct str redis_pid = path_pid(&c->a, c->conf.site.state_dir, S("redis"));
	pid_t pid = up_running(up_pid(c).p), redis;
	int64_t wait_s;

	if (c->argc || opt_int(&c->opts, "wait-s", 120, (int64_t[]){ 1, 3600 }, &wait_s) < 0)
		return cli_usage(c, "down takes --wait-s N only");
	if (pid && (kill(pid, SIGTERM) != 0 || !process_wait(pid, (int)wait_s * 1000)))
		return cli_fail(c, CLI_NO, "pid %d does not end within %lld s; again ends it at once", (int)pid,
		    (long long)wait_s);
	redis = redis_orphan(redis_pid.p);
	if (redis && (kill(redis, SIGTERM) != 0 || !process_wait(redis, (int)wait_s * 1000)))
		return cli_fail(c, CLI_NO, "Redis (pid %d) does not end", (int)redis);
	(void)puts(pid ? "down" : redis ? "only Redis was left; it is down" : "nothing was running");
	return CLI_OK;
}

static const struct opt down_opts[] = {
	{ "wait-s", 0, "N", "seconds to wait; default 120" },
	{ NULL, 0, NULL, NULL },
};

const struct verb verb_down = {
	.name = "down", .args = "[--wait-s N]", .words = "end the `claimline up` of this state folder, and wait",
	.text = "The same as Ctrl-C there: drains, then ends.\n\n  claimline down\n  claimline down --state /tmp/try\n",
	.opts = down_opts, .run = down_run,
};

static int
resume(struct cli *c)
{
	pid_t pid = up_running(up_pid(c).p);

	if (!pid || kill(pid, SIGHUP) != 0)
		return cli_fail(c, CLI_UNAVAILABLE, "no `claimline up` runs in " STR_FMT, STR_ARG(c->conf.site.state_dir));
	(void)puts("asked `up` to start what has drained and to reload the rest");
	return CLI_OK;
}

struct drained { struct str name; pid_t pid; };

static int
wait_drained(struct cli *c, const struct drained *v, size_t n, int64_t wait_s)
{
	int rc = CLI_OK;

	for (size_t i = 0; i < n; i++) {
		if (process_wait(v[i].pid, (int)wait_s * 1000))
			(void)printf(STR_FMT " has drained\n", STR_ARG(v[i].name));
		else
			rc = cli_fail(c, CLI_NO, STR_FMT " (pid %d) is still at it", STR_ARG(v[i].name), (int)v[i].pid);
	}
	return rc;
}

static int
drain_stage(struct cli *c, const char *stage, int64_t wait_s)
{
	struct str run = path_join(&c->a, c->conf.site.state_dir, S("run"));
	struct file_list files = { 0 };
	struct drained *v = NULL;
	size_t n = 0;

	(void)dir_list(&c->a, run.p, 10000, &files);
	for (size_t i = 0; i < files.n; i++) {
		struct str instance = path_pid_instance(files.v[i].name, str_of(stage));
		pid_t pid = instance.n ? pid_read(path_join(&c->a, run, files.v[i].name).p) : 0;
		struct drained *d;

		if (!pid || kill(pid, SIGTERM) != 0)
			continue;
		d = arena_push(&c->a, v, n);
		if (d)
			*d = (struct drained){ arena_fmt(&c->a, "%s." STR_FMT, stage, STR_ARG(instance)), pid };
	}
	if (n == 0)
		return cli_fail(c, CLI_UNAVAILABLE, "no %s daemon runs in " STR_FMT, stage, STR_ARG(c->conf.site.state_dir));
	return wait_drained(c, v, n, wait_s);
}

static int
drain_run(struct cli *c)
{
	int64_t wait_s;
	int i = 0;

	if (opt_int(&c->opts, "wait-s", 60, (int64_t[]){ 1, 3600 }, &wait_s) < 0)
		return cli_usage(c, "--wait-s wants 1 to 3600");
	while (c->argc == 1 && i < STAGES && strcmp(c->argv[0], crew_stages[i]) != 0)
		i++;
	if (c->argc != 1 || i == STAGES)
		return cli_usage(c, "one stage: ingest, suggest, validate, audit or submit");
	return opt_is_set(&c->opts, "resume") ? resume(c) : drain_stage(c, crew_stages[i], wait_s);
}

static const struct opt drain_opts[] = {
	{ "resume", 0, NULL, "have `claimline up` start it again" },
	{ "wait-s", 0, "N", "seconds to wait; default 60" },
	{ NULL, 0, NULL, NULL },
};

const struct verb verb_drain = {
	.name = "drain", .args = "STAGE [--resume]", .words = "end the daemons of one stage on this machine in order",
	.text = "They finish what they have in hand and exit; work for the stage waits in Redis. `claimline up` does not start\n"
	    "them again before --resume, which also makes the other daemons reload their settings.\n\n"
	    "  claimline drain submit\n  claimline drain submit --resume\n",
	.opts = drain_opts, .run = drain_run,
};
