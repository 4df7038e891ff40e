/*
 * cmd_demo.c - everything once, on charts that come with Claimline or on the user's own files: up, simulated payer, send, wait,
 * table, down. Its state folder stays, so that one can look further and run it again.
 */
#include "claimline/child.h"
#include "claimline/cli.h"
#include "claimline/demo.h"
#include "claimline/paths.h"
#include "claimline/send.h"

#include "base/file.h"
#include "base/log.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TURN_MS		20
#define START_S		60
#define END_MS		60000
#define FILES_MAX	1000
#define DEMO_STATE	"state/demo"
#define DEMO_TODAY	"site.today=2026-11-02"	/* config/demo/README.md: the day its charts are meant to be read */

struct demo {
	struct cli	*c;
	struct child	 up, payer;
	bool		 was_up;		/* somebody's `up` runs there: it stays */
	struct str	 log, ready;
	char		**paths;
	size_t		 n_paths;
	struct sent	 sent;
	struct seen	*seen;
	size_t		 n_seen, n_settled;
};

static void
say(const struct demo *d, const char *words)
{
	if (!cli_wants_json(d->c))
		(void)fprintf(stderr, "%s\n", words);
}

/* ---- processes ---- */

static char *
keep(struct demo *d, struct str s)
{
	return (char *)(uintptr_t)arena_str(&d->c->a, s).p;
}

static int
start_child(struct demo *d, struct child *ch, const char *verb, const char *const *more, size_t n_more)
{
	struct cli *c = d->c;
	size_t n_same, n = 0;
	char **same = cli_same_settings(c, &n_same);
	char **v = arena_array(&c->a, n_same + n_more + 3, sizeof *v);

	if (!same || !v)
		return E_NOMEM;
	v[n++] = keep(d, S("/proc/self/exe"));
	v[n++] = keep(d, str_of(verb));
	memcpy(v + n, same, n_same * sizeof *v);
	n += n_same;
	for (size_t i = 0; i < n_more; i++)
		v[n++] = keep(d, str_of(more[i]));
	*ch = (struct child){ .argv = v, .log = d->log.p, .dies_with_us = true, .out = -1 };
	(void)snprintf(ch->name, sizeof ch->name, "%s", verb);
	return child_start(ch);
}

static void
show_log(struct demo *d)
{
	struct str text, tail;

	if (file_read(&d->c->a, d->log.p, (size_t)1 << 26, &text) < 0)
		return;
	tail = text.n > 2000 ? (struct str){ text.p + text.n - 2000, 2000 } : text;
	(void)fprintf(stderr, "the end of " STR_FMT ":\n" STR_FMT, STR_ARG(d->log), STR_ARG(tail));
}

static int
start_up(struct demo *d)
{
	/* nobody else's ports: another installation may run here */
	const char *more[] = { "--set", "ingest.http_port=0", "--set", "suggest.http_port=0", "--set",
		"validate.http_port=0", "--set", "audit.http_port=0", "--set", "submit.http_port=0", "--set", "ingest.mllp=",
		"--quiet", "--ready-file", d->ready.p, "--set", DEMO_TODAY };
	/* the charts that come along are as old as they are; the user's own are judged as of today, or as the settings say */
	size_t n = sizeof more / sizeof *more - (opt_is_set(&d->c->opts, "file") || d->c->conf.site.today.n ? 2 : 0);
	int64_t until = mono_ms() + START_S * 1000;

	say(d, "starting Redis and five daemons");
	(void)unlink(d->ready.p);
	if (start_child(d, &d->up, "up", more, n) < 0)
		return cli_fail(d->c, CLI_OS, "cannot start `claimline up`");
	while (!file_exists(d->ready.p)) {
		if (child_reap(&d->up)) {
			show_log(d);
			return cli_fail(d->c, CLI_UNAVAILABLE, "`claimline up` ended (" STR_FMT ")",
			    STR_ARG(child_ended(&d->c->a, d->up.status)));
		}
		if (mono_ms() > until) {
			show_log(d);
			return cli_fail(d->c, CLI_UNAVAILABLE, "not ready after %d s", START_S);
		}
		(void)poll(NULL, 0, TURN_MS);
	}
	return CLI_OK;
}

/* Somebody's `up` may be starting (wait for it) or draining (wait for its end). False: none runs. */
static bool
is_up(struct demo *d)
{
	struct arena *a = &d->c->a;
	struct str state = d->c->conf.site.state_dir, up = path_pid(a, state, S("up")), door = path_pid(a, state, S("ingest.1"));
	int64_t until = mono_ms() + START_S * 1000;

	while (up_running(up.p) && mono_ms() < until) {
		if (pid_read(door.p))
			return true;
		(void)poll(NULL, 0, TURN_MS);
	}
	return false;
}

static int
start_all(struct demo *d)
{
	const char *const payer[] = { "--quiet", "--poll-ms", "50", "--reject-every", "10" };
	struct cli *c = d->c;
	int rc = CLI_OK;

	if (mkdir_p(path_join(&c->a, c->conf.site.state_dir, S("run")).p) < 0)
		return cli_fail(c, CLI_CANNOT_CREATE, "cannot make " STR_FMT, STR_ARG(c->conf.site.state_dir));
	d->log = path_join(&c->a, c->conf.site.state_dir, S("demo.log"));
	d->ready = path_join(&c->a, c->conf.site.state_dir, S("run/ready"));
	d->was_up = is_up(d);
	if (d->was_up)
		say(d, "using the `claimline up` that runs in this state folder");
	else
		rc = start_up(d);
	if (rc == CLI_OK && start_child(d, &d->payer, "payer-sim", payer, sizeof payer / sizeof *payer) < 0)
		rc = cli_fail(c, CLI_OS, "cannot start `claimline payer-sim`");
	return rc;
}

static void
stop_child(struct demo *d, struct child *ch)
{
	if (ch->pid == 0)
		return;
	child_signal(ch, SIGTERM);
	if (!process_wait(ch->pid, END_MS)) {
		(void)cli_fail(d->c, 0, "%s does not end: killed", ch->name);
		child_signal(ch, SIGKILL);
		(void)process_wait(ch->pid, END_MS);
	}
	(void)child_reap(ch);
}

/* ---- what goes in ---- */

static int
add_path(struct demo *d, struct str path)
{
	char **one = arena_push(&d->c->a, d->paths, d->n_paths);

	if (!one)
		return cli_fail(d->c, CLI_OS, "%s", err_text(E_NOMEM));
	*one = keep(d, path);
	return CLI_OK;
}

/* Before anything is started. */
static int
add_file(struct demo *d, const char *path)
{
	if (access(path, R_OK) != 0)
		return cli_fail(d->c, CLI_NO_INPUT, "%s: there is no such file, or it may not be read", path);
	return add_path(d, str_of(path));
}

static int
find_files(struct demo *d)
{
	struct cli *c = d->c;
	struct str dir = path_join(&c->a, c->conf.site.config_dir, S("demo"));
	struct file_list files = { 0 };
	int rc = CLI_OK;

	for (size_t i = 0; i < c->opts.n && rc == CLI_OK; i++)
		if (strcmp(c->opts.v[i].name, "file") == 0)
			rc = add_file(d, c->opts.v[i].text);
	if (rc != CLI_OK || d->n_paths)
		return rc;
	(void)dir_list(&c->a, dir.p, FILES_MAX, &files);
	for (size_t i = 0; i < files.n && rc == CLI_OK; i++) {
		struct str n = files.v[i].name;

		if (send_is_ndjson(n) || (n.n > 5 && str_is((struct str){ n.p + n.n - 5, 5 }, ".json")))
			rc = add_path(d, path_join(&c->a, dir, n));
	}
	if (rc == CLI_OK && d->n_paths == 0)
		rc = cli_fail(c, CLI_NO_INPUT, "no charts in "
		    STR_FMT ". Fix: run it where Claimline's config folder is, or --file X",
		    STR_ARG(dir));
	return rc;
}

static void
tell_file(struct cli *c, const struct sent_file *f)
{
	if (!cli_wants_json(c))
		(void)fprintf(stderr, "  " STR_FMT "  %s, %zu encounters\n", STR_ARG(f->verdict), f->path, f->n_rows);
	for (size_t i = 0; i < f->n_faults; i++)
		(void)fprintf(stderr, "    at " STR_FMT ": " STR_FMT ". Fix: " STR_FMT "\n", STR_ARG(f->faults[i].place),
		    STR_ARG(f->faults[i].words), STR_ARG(f->faults[i].fix));
	if (f->rc < 0)
		(void)fprintf(stderr, "    %s\n", err_text(f->rc));
}

/* ---- what comes out ---- */

static int
collect_ids(struct demo *d, struct eid **out, size_t *n)
{
	for (size_t i = 0; i < d->sent.n; i++)
		for (size_t k = 0; k < d->sent.v[i].n_rows; k++) {
			struct eid id, *one;

			if (!eid_parse(d->sent.v[i].rows[k].id, &id) || str_is(d->sent.v[i].rows[k].result, "refused"))
				continue;
			one = arena_push(&d->c->a, *out, *n);
			if (!one)
				return E_NOMEM;
			*one = id;
		}
	return 0;
}

static bool
is_settled(struct cli *c, struct eid id)
{
	struct snapshot s;
	struct arena a;
	unsigned lane;
	bool is;

	arena_init(&a, 0);
	is = c->store->ops->find(c->store, id, &lane) >= 0 && c->store->ops->get(c->store, id, lane, &a, &s) >= 0 &&
	    demo_is_settled(s.w.state);
	arena_free(&a);
	return is;
}

static void
progress(const struct demo *d, size_t n)
{
	struct arena a;

	if (!d->c->ui.is_tty)
		return;
	arena_init(&a, 0);
	(void)fprintf(stderr, "\r" STR_FMT " %zu of %zu settled%s", STR_ARG(ui_bar(&a, d->n_settled, n, 40)), d->n_settled, n,
	    d->n_settled == n ? "\r\033[K" : "");
	arena_free(&a);
}

static void
wait_settled(struct demo *d, const struct eid *ids, size_t n, int64_t wait_s)
{
	int64_t until = mono_ms() + wait_s * 1000;

	/* in order: what has settled stays settled, so each is asked until it is and never again */
	while (d->n_settled < n && mono_ms() < until) {
		size_t before = d->n_settled;

		while (d->n_settled < n && is_settled(d->c, ids[d->n_settled]))
			d->n_settled++;
		progress(d, n);
		if (d->n_settled == before)
			(void)poll(NULL, 0, TURN_MS);
	}
}

static int
load_all(struct demo *d, const struct eid *ids, size_t n)
{
	struct cli *c = d->c;

	d->seen = arena_array(&c->a, n ? n : 1, sizeof *d->seen);
	for (size_t i = 0; d->seen && i < n; i++) {
		unsigned lane;

		if (c->store->ops->find(c->store, ids[i], &lane) >= 0 &&
		    seen_get(c, &c->a, ids[i], lane, &d->seen[d->n_seen]) >= 0)
			d->n_seen++;
	}
	return d->seen ? 0 : E_NOMEM;
}

static void
put_summary(struct demo *d, struct buf *b)
{
	size_t counts[ST_COUNT] = { 0 };
	bool any = false;

	for (size_t i = 0; i < d->n_seen; i++)
		counts[d->seen[i].s.w.state]++;
	buf_fmt(b, "\n%zu encounters:", d->n_seen);
	for (int st = 0; st < ST_COUNT; st++)
		if (counts[st]) {
			buf_fmt(b, "%s %zu %s", any ? "," : "", counts[st], state_name((enum state)st));
			any = true;
		}
	buf_ch(b, '\n');
}

/* How this program is called from here: relative when it stands below the present folder. */
static struct str
own_name(struct arena *a)
{
	char exe[PATH_MAX], here[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	size_t len;

	if (n <= 0 || !getcwd(here, sizeof here))
		return S("claimline");
	exe[n] = '\0';
	len = strlen(here);
	if ((size_t)n > len + 1 && strncmp(exe, here, len) == 0 && exe[len] == '/')
		return arena_str(a, str_of(exe + len + 1));
	return arena_str(a, str_of(exe));
}

static void
put_further(struct demo *d, struct buf *b)
{
	static const struct { const char *verb, *words; bool wants_id; } rows[] = {
		{ "up", "run it again; nothing is lost", false }, { "show", "the whole story of one encounter", true },
		{ "work next", "what a person has to decide", false }, { "queues", "what waits where", false },
		{ "ledger verify", "who did what, in a hash chain", false },
	};
	struct arena *a = &d->c->a;
	const char *dir = cli_state_dir(d->c);
	struct str id = d->n_seen ? eid_short(a, d->seen[0].s.w.id) : S("ID"), own = own_name(a);

	buf_fmt(b, "\nTo look further%s:\n", d->was_up ? "" : ", in two terminals");
	for (size_t i = d->was_up ? 1 : 0; i < sizeof rows / sizeof *rows; i++) {
		struct str args = rows[i].wants_id ? arena_fmt(a, "%s " STR_FMT, rows[i].verb, STR_ARG(id)) :
		    str_of(rows[i].verb);

		buf_fmt(b, "  " STR_FMT " --state %s %-20.*s  # %s\n", STR_ARG(own), dir, STR_ARG(args), rows[i].words);
	}
	buf_fmt(b, "  ls %s/out/*\n", dir);
}

static int
put_all(struct demo *d, size_t n)
{
	struct cli *c = d->c;
	struct buf b;

	if (cli_wants_json(c)) {
		(void)cli_put_json(demo_json(&c->a, d->seen, d->n_seen));
	} else {
		buf_init(&b, &c->a);
		buf_ch(&b, '\n');
		demo_put(&c->a, &c->ui, d->seen, d->n_seen, &b);
		put_summary(d, &b);
		put_further(d, &b);
		cli_put(&b);
	}
	if (d->n_settled < n)
		return cli_fail(c, CLI_NO, "%zu of %zu have not settled in time; " STR_FMT " may tell why", n - d->n_settled, n,
		    STR_ARG(d->log));
	return CLI_OK;
}

static int
run_through(struct demo *d, int64_t wait_s)
{
	struct eid *ids = NULL;
	size_t n = 0;
	int rc = start_all(d), sent;

	if (rc != CLI_OK)
		return rc;
	say(d, "sending:");
	sent = send_files(d->c, d->paths, d->n_paths, 15, tell_file, &d->sent);
	if (sent == CLI_UNREACHED)
		return sent;
	rc = cli_store(d->c);
	if (rc != CLI_OK)
		return rc;
	if (collect_ids(d, &ids, &n) < 0)
		return cli_fail(d->c, CLI_OS, "%s", err_text(E_NOMEM));
	wait_settled(d, ids, n, wait_s);
	if (load_all(d, ids, n) < 0)
		return cli_fail(d->c, CLI_OS, "%s", err_text(E_NOMEM));
	rc = put_all(d, n);
	return rc == CLI_OK ? sent : rc;
}

static int
demo_run(struct cli *c)
{
	struct demo d = { .c = c };
	int64_t wait_s;
	int rc;

	if (c->argc || opt_int(&c->opts, "wait-s", 60, (int64_t[]){ 1, 86400 }, &wait_s) < 0)
		return cli_usage(c, "demo takes --file X and --wait-s N");
	(void)signal(SIGPIPE, SIG_IGN);		/* a reader that goes away is no reason not to drain */
	rc = find_files(&d);
	if (rc == CLI_OK)
		rc = run_through(&d, wait_s);
	stop_child(&d, &d.payer);
	stop_child(&d, &d.up);
	return rc;
}

static const struct opt demo_opts[] = {
	{ "file", 'f', "X", "send this file instead of the charts in config/demo; may be repeated" },
	{ "wait-s", 0, "N", "seconds to wait until all have settled; default 60" },
	{ NULL, 0, NULL, NULL },
};

const struct verb verb_demo = {
	.name = "demo", .args = "[--file X]...", .words = "everything once: charts in, claims out, payer answers",
	.text = "Starts Redis and the daemons in ./state/demo, a simulated payer that rejects about one claim in ten, "
	    "sends the charts\n"
	    "of config/demo (or your file), waits until all have settled, "
	    "and prints for each encounter its codes with the words in\n"
	    "the chart that support them, what became of it, the claim file, and what the payer answered. Then it drains.\n"
	    "Running it again is safe: the charts are known, and the table is the same.\n\n"
	    "  claimline demo\n  claimline demo --file visit.json --state /tmp/mine\n",
	.opts = demo_opts, .run = demo_run, .state = DEMO_STATE,
};
