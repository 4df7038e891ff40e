/*
 * daemon.c - what is around the loop: arguments, configuration, code book, signals, pid file.
 * Foreground only; a supervisor daemonizes. SIGTERM drains, a second one ends at once, SIGHUP reloads.
 */
#include "pipe/runner_int.h"
#include "base/file.h"

#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

volatile int daemon_stop, daemon_reload;

enum mode { RUN, CHECK, PRINT, HEALTH };

struct options {
	const char	*conf_path, *instance;
	const char	*sets[64];
	size_t		 n_sets;
	enum mode	 mode;
};

static const struct argp_option rows[] = {
	{ "config", 'c', "FILE", 0, "read settings from FILE (default: config/claimline.yaml when it is there)", 0 },
	{ "set", 's', "SECTION.NAME=VALUE", 0, "one setting, over the file; may be repeated", 0 },
	{ "instance", 'i', "NAME", 0, "name of this process among its kind (default: host and pid)", 0 },
	{ "check-config", 'C', NULL, 0, "say what is wrong with the settings and exit: 0 fine, 78 not", 0 },
	{ "print-config", 'P', NULL, 0, "print the settings in force as commented YAML and exit", 0 },
	{ "health", 'H', NULL, 0, "ask the running daemon's /readyz: exit 0 ready, 1 not ready or not there", 0 },
	{ 0 }
};

static error_t
parse(int key, char *arg, struct argp_state *st)
{
	struct options *o = st->input;

	switch (key) {
	case 'c':
		o->conf_path = arg;
		break;
	case 's':
		if (o->n_sets == sizeof o->sets / sizeof *o->sets)
			argp_error(st, "more than 64 --set");
		o->sets[o->n_sets++] = arg;
		break;
	case 'i':
		if (strlen(arg) > 40 || strpbrk(arg, "/|\n "))
			argp_error(st, "an instance name has at most 40 letters, digits, dots and dashes");
		o->instance = arg;
		break;
	case 'C':
		o->mode = CHECK;
		break;
	case 'P':
		o->mode = PRINT;
		break;
	case 'H':
		o->mode = HEALTH;
		break;
	case ARGP_KEY_ARG:
		argp_error(st, "no argument is expected: %s", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void
tell(const struct faults *f, const char *path)
{
	for (size_t i = 0; i < f->n; i++)
		log_line(LOG_ERROR, "configuration", LOG_CSTR("file", path ? path : "--set"),
		    LOG_STR("place", f->v[i].place), LOG_STR("words", f->v[i].words), LOG_STR("fix", f->v[i].fix));
}

/* --check-config: what the settings alone do not show. */
static int
check(struct runner *r)
{
	struct faults own = { .a = &r->conf_mem }, others = { .a = &r->conf_mem };
	int rc = conf_check(&r->conf_mem, &r->conf, &own), one = r->stage->check ? r->stage->check(&r->conf, &others) : 0;

	tell(&own, r->conf_path);
	tell(&others, r->conf.site.config_dir.p);
	return rc < 0 ? rc : one;
}

int
daemon_load(struct runner *r, struct conf *c, struct arena *mem)
{
	struct faults f = { .a = mem };
	struct str text;
	int rc = 0;

	conf_defaults(c);
	if (r->conf_path) {
		rc = file_read(mem, r->conf_path, LIMIT_CONF, &text);
		if (rc < 0) {
			log_line(LOG_ERROR, "cannot read the configuration", LOG_CSTR("file", r->conf_path), LOG_ERR(rc));
			return rc;
		}
		rc = conf_parse(mem, text, c, &f);
	}
	for (size_t i = 0; i < r->n_sets; i++) {
		struct str value = str_of(r->sets[i]), path = str_cut(&value, '=');
		int one = conf_set(mem, c, path, value, &f);

		rc = rc < 0 ? rc : one;
	}
	if (rc >= 0 && c->site.today.n && day_parse(c->site.today) == DAY_NONE)
		rc = fault_add(&f, E_CONF, S("site.today"), S("not a calendar day"), S("write CCYY-MM-DD, or nothing"));
	if (rc < 0)
		tell(&f, r->conf_path);
	return rc;
}

/* codesets of the settings folder, compiled in memory. */
static int
book_compile(const struct conf *c, struct book *out)
{
	struct arena a;
	struct faults f = { .a = &a };
	const char *dir;
	int rc;

	arena_init(&a, 0);
	dir = path_join(&a, c->site.config_dir, S("codesets")).p;
	rc = book_build(&dir, 1, &f, NULL, NULL, out);
	if (rc < 0)
		tell(&f, dir);
	arena_free(&a);
	return rc;
}

int
daemon_book(const struct conf *c, struct book *out)
{
	const char *why;
	int rc;

	if (c->site.code_book.n == 0)
		return book_compile(c, out);
	rc = book_map(c->site.code_book.p, true, out, &why);
	if (rc >= 0 && !codebook_knows(out->cb, CS_ICD10CM)) {	/* no stage may go on with what another refuses */
		why = "it has no table icd10cm: build it of an order file too";
		book_close(out);
		rc = E_INCOMPLETE;
	}
	if (rc < 0)
		log_line(LOG_ERROR, "the code book cannot be used", LOG_STR("file", c->site.code_book), LOG_CSTR("words", why),
		    LOG_ERR(rc));
	return rc;
}

static void
on_signal(int sig)
{
	if (sig == SIGHUP)
		daemon_reload = 1;
	else
		daemon_stop++;
}

static void
signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	(void)sigaction(SIGTERM, &sa, NULL);
	(void)sigaction(SIGINT, &sa, NULL);
	(void)sigaction(SIGHUP, &sa, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
}

struct stage_conf
runner_stage_conf(const struct runner *r)
{
	const char *name = r->stage->name;

#define SECTION_OF(s) if (strcmp(name, #s) == 0) return (struct stage_conf){ r->conf.s.checkpoint, r->conf.s.http_port }
	SECTION_OF(ingest);
	SECTION_OF(suggest);
	SECTION_OF(validate);
	SECTION_OF(audit);
	SECTION_OF(submit);
	return (struct stage_conf){ S("own"), 0 };
}

/* Waits for a store that is down or loading; a store that is set up wrongly ends the program. */
static int
store_wait(struct runner *r)
{
	char why[160] = "";
	struct log_gate gate = { 0 };
	int rc;

	while ((rc = store_redis_open(&r->store, &r->conf, why)) == E_STORE_DOWN && !daemon_stop) {
		runner_condition(r, "store", why);
		if (log_gate_open(&gate))
			log_line(LOG_WARN, "waiting for Redis", LOG_CSTR("why", why));
		runner_wait(r, 200);
	}
	if (rc < 0 && !daemon_stop)
		log_line(LOG_ERROR, "cannot use this Redis", LOG_ERR(rc), LOG_CSTR("why", why));
	runner_condition(r, "store", NULL);
	return rc;
}

static struct str
pid_path(struct runner *r, struct arena *a)
{
	return arena_fmt(a, STR_FMT "/run/%s." STR_FMT ".pid", STR_ARG(r->conf.site.state_dir), r->stage->name,
	    STR_ARG(r->instance));
}

static void
pid_file(struct runner *r, bool make)
{
	struct arena a;
	struct str path;

	arena_init(&a, 0);
	path = pid_path(r, &a);
	if (make) {
		(void)mkdir_p(arena_fmt(&a, STR_FMT "/run", STR_ARG(r->conf.site.state_dir)).p);
		(void)file_write_atomic(path.p, arena_fmt(&a, "%d\n", (int)getpid()), true);
	} else {
		(void)unlink(path.p);
	}
	arena_free(&a);
}

day_t
daemon_today(const struct conf *c)
{
	struct timespec t;

	if (c->site.today.n)
		return day_parse(c->site.today);
	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (day_t)(t.tv_sec / 86400);
}

static int
start(struct runner *r)
{
	struct stage_conf sc = runner_stage_conf(r);
	struct bus_conf bc = { .where = r->conf.site.bus.p, .stage = r->stage->name, .instance = r->instance,
	    .up = r->stage->from != ST_NONE, .down = r->stage->part != PART_SUBMIT };
	int rc = http_open(r, r->conf.site.http_address.p, (int)sc.http_port);

	if (rc < 0)
		log_line(LOG_ERROR, "cannot listen for /metrics: is the port taken?", LOG_NUM("port", sc.http_port));
	if (rc >= 0 && strncmp(bc.where, "ipc:", 4) == 0)
		rc = mkdir_p(bc.where + 4);
	if (rc >= 0)
		rc = daemon_book(&r->conf, &r->book);
	if (rc >= 0)
		rc = store_wait(r);
	if (rc < 0)
		return rc;
	rc = bus_open(&r->bus, &bc, &r->metrics);
	if (rc < 0) {
		log_line(LOG_ERROR, "cannot bind under site.bus: a socket's path has at most 107 bytes",
		    LOG_CSTR("bus", bc.where), LOG_ERR(rc));
		return rc;
	}
	r->ctx = (struct stage_ctx){ &r->conf, r->book.cb, daemon_today(&r->conf), &r->batch_mem, NULL };
	r->by = (struct commit_by){ str_of(r->stage->name), r->instance, codebook_id(r->book.cb) };
	return r->stage->open ? r->stage->open(&r->ctx, r) : 0;
}

void
daemon_log(struct runner *r)
{
	log_open(log_level_of(r->conf.site.log_level), str_is(r->conf.site.log, "json") ? LOG_AS_JSON : LOG_AS_TEXT,
	    r->stage->name, r->instance.p);
}

/* Every stage waits for the store, so it goes before them all where cores are few. Never takes back what was given up. */
static void
stand_back(const struct conf *conf)
{
	if (getpriority(PRIO_PROCESS, 0) < conf->site.nice)
		(void)setpriority(PRIO_PROCESS, 0, (int)conf->site.nice);
}

static int
run(struct runner *r)
{
	int rc;

	signals();
	stand_back(&r->conf);
	if (sandbox_enter() < 0)
		log_text(LOG_WARN, "the sandbox is not complete: core files or new privileges are possible");
	arena_init(&r->batch_mem, 16 * (size_t)LIMIT_ARENA);
	arena_init(&r->note_mem, 0);
	(void)pthread_mutex_init(&r->lock, NULL);
	r->last_turn = mono_ms();
	metric_set(&r->metrics, M_STARTED, (int64_t)time(NULL));
	r->condition[0].name = "start";		/* before the first request can ask */
	(void)snprintf(r->condition[0].why, sizeof r->condition[0].why, "starting");
	rc = start(r);
	if (rc >= 0) {
		pid_file(r, true);
		runner_condition(r, "start", NULL);
		log_line(LOG_INFO, "running", LOG_STR("book", r->by.book), LOG_NUM("pid", getpid()));
		rc = runner_loop(r);
		pid_file(r, false);
		(void)r->store->ops->peer_put(r->store, r->stage->name, r->instance, STR_NONE);
	}
	if (daemon_stop > 1)
		log_text(LOG_WARN, "ended at once: what was in hand comes back when its lease ends");
	else if (rc < 0 && !daemon_stop)
		log_line(LOG_ERROR, "stopped", LOG_ERR(rc));
	else
		log_text(LOG_INFO, "drained");
	if (r->stage->close && r->ctx.self)
		r->stage->close(&r->ctx);
	http_close(r);
	bus_close(r->bus);
	if (r->store)
		r->store->ops->close(r->store);
	book_close(&r->book);
	arena_free(&r->batch_mem);
	arena_free(&r->note_mem);
	return daemon_stop > 1 || (rc < 0 && !daemon_stop);
}

static struct str
instance_of(const struct options *o, struct arena *a)
{
	char host[65] = "";
	struct str whole;

	if (o->instance)
		return arena_str(a, str_of(o->instance));
	(void)gethostname(host, sizeof host - 1);
	whole = str_of(host);
	/* short, because a socket's path holds it; hashed, because names of hosts differ at their end */
	return arena_fmt(a, "%.8s-%.6s-%d", host[0] ? host : "host", rec_hash16(a, &whole, 1).p, (int)getpid());
}

int
stage_main(int argc, char **argv, const struct stage *stage)
{
	struct options o = { .conf_path = file_exists("config/claimline.yaml") ? "config/claimline.yaml" : NULL };
	struct runner *r = calloc(1, sizeof *r);
	int rc;

	argp_program_version = "claimline " CL_VERSION;
	if (!r || argp_parse(&(struct argp){ rows, parse, NULL,
	    "One stage of Claimline. Settings: --print-config. Signals: TERM drains, HUP reloads.", NULL, NULL, NULL },
	    argc, argv, 0, NULL, &o) != 0)
		return 64;
	r->stage = stage;
	r->conf_path = o.conf_path;
	r->sets = o.sets;
	r->n_sets = o.n_sets;
	arena_init(&r->conf_mem, 0);
	log_open(LOG_INFO, LOG_AS_TEXT, stage->name, "");
	rc = daemon_load(r, &r->conf, &r->conf_mem);
	if (rc < 0) {
		rc = 78;			/* EX_CONFIG */
	} else if (o.mode == CHECK) {
		rc = check(r) < 0 ? 78 : 0;
		(void)puts(rc ? "the settings are not fine" : "the settings are fine");
	} else if (o.mode == PRINT) {
		struct str text = conf_print(&r->conf_mem, &r->conf);

		(void)fwrite(text.p, 1, text.n, stdout);
	} else if (o.mode == HEALTH) {
		rc = http_health(r->conf.site.http_address.p, (int)runner_stage_conf(r).http_port) < 0;
	} else {
		r->instance = instance_of(&o, &r->own_mem);
		daemon_log(r);
		rc = run(r);
	}
	arena_free(&r->conf_mem);
	arena_free(&r->own_mem);
	free(r);
	return rc;
}
