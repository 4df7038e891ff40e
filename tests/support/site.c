/* site.c - the processes of a site: started, asked over HTTP, stopped, killed. */
#include "support/site.h"

#include "base/file.h"
#include "support/shell.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const site_stage_names[SITE_STAGES] = { "ingest", "suggest", "validate", "audit", "submit" };

static bool
fail(struct site *s, const char *what, const char *detail)
{
	(void)snprintf(s->why, sizeof s->why, "%s: %s", what, detail);
	return false;
}

struct str
site_path(struct site *s, const char *fmt, ...)
{
	char rest[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(rest, sizeof rest, fmt, ap);
	va_end(ap);
	return arena_fmt(&s->mem, "%s/%s", s->dir, rest);
}

/*
 * Tests run side by side, and a port that was free a moment ago may be another's now. So each test process
 * has a loopback address of its own, 127.X.Y.Z out of its pid, where all ports are its.
 */
static void
take_ports(struct site *s)
{
	unsigned pid = (unsigned)getpid();

	(void)snprintf(s->address, sizeof s->address, "127.%u.%u.%u", 1 + (pid >> 16 & 127), pid >> 8 & 255, pid & 255);
	for (unsigned k = 0; k < s->each; k++) {
		s->mllp[k] = 22575 + (int)k;
		for (int st = 0; st < SITE_STAGES; st++)
			s->d[st][k].port = 29101 + st + 10 * (int)k;
	}
}

int
site_dial(struct site *s, int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct timeval tv = { 30, 0 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || inet_pton(AF_INET, s->address, &at.sin_addr) != 1)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
	if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

/* ---- folder and configuration ---- */

/* Everything of config/ by link, partners as a copy that a test may change. */
static bool
make_config(struct site *s)
{
	struct file_list files;
	struct str text, dir = site_path(s, "config/partners");

	if (mkdir_p(dir.p) < 0 || dir_list(&s->mem, CL_SOURCE_DIR "/config", 100, &files) < 0)
		return fail(s, "config", "cannot make the folder");
	for (size_t i = 0; i < files.n; i++) {
		const char *name = files.v[i].name.p;

		if (strcmp(name, "partners") != 0 && symlink(arena_fmt(&s->mem, CL_SOURCE_DIR "/config/%s", name).p,
		    site_path(s, "config/%s", name).p) != 0)
			return fail(s, "config", name);
	}
	if (file_read(&s->mem, CL_SOURCE_DIR "/config/partners/payer.yaml", LIMIT_CONF, &text) < 0 ||
	    file_write_atomic(path_join(&s->mem, dir, S("payer.yaml")).p, text, true) < 0 ||
	    file_write_atomic(site_path(s, "claimline.yaml").p, S("site:\n  log_level: info\n"), true) < 0)
		return fail(s, "config", "cannot copy the partner");
	return true;
}

static bool
open_store(struct site *s)
{
	struct faults f = { .a = &s->mem };
	char why[160] = "";

	conf_defaults(&s->conf);
	for (size_t i = 0; s->sets && s->sets[i]; i++) {
		struct str value = str_of(s->sets[i]), path = str_cut(&value, '=');

		if (conf_set(&s->mem, &s->conf, path, value, &f) < 0)
			return fail(s, "setting", s->sets[i]);
	}
	s->conf.site.redis = str_of(s->redis.address);
	return store_redis_open(&s->store, &s->conf, why) >= 0 || fail(s, "store", why);
}

bool
site_open(struct site *s, const struct site_spec *spec)
{
	*s = (struct site){ .each = spec->each ? spec->each : 1, .sets = spec->sets, .preload = spec->preload };
	arena_init(&s->mem, 0);
	(void)snprintf(s->dir, sizeof s->dir, "/tmp/claimline-site.XXXXXX");
	if (!mkdtemp(s->dir))
		return fail(s, "mkdtemp", s->dir);
	take_ports(s);
	if (mkdir_p(site_path(s, "log").p) < 0 || !make_config(s))
		return false;
	if (!redis_start(&s->redis, spec->redis))
		return fail(s, "redis-server", "does not start");
	return open_store(s);
}

void
site_close(struct site *s)
{
	for (int st = 0; st < SITE_STAGES; st++)
		for (unsigned k = 0; k < s->each; k++)
			site_kill(s, (enum site_stage)st, k);
	for (unsigned k = 0; k < s->each; k++)
		front_close(s->front[k]);
	if (s->store)
		s->store->ops->close(s->store);
	redis_stop(&s->redis);
	if (s->dir[0] && !getenv("CL_KEEP"))
		folder_remove(s->dir);
	arena_free(&s->mem);
	*s = (struct site){ .each = 0 };
}

/* ---- processes ---- */

void
site_argv(struct site *s, enum site_stage st, unsigned k, const char *argv[64])
{
	const char *name = site_stage_names[st], *dir = s->dir;
	int n = 0;

#define ARG(...) argv[n++] = arena_fmt(&s->mem, __VA_ARGS__).p
	ARG(CL_BIN_DIR "/claimline-%s", name);
	ARG("--config=%s/claimline.yaml", dir);
	ARG("--instance=%s-%u", name, k);
	ARG("--set=site.state_dir=%s", dir);
	ARG("--set=site.redis=%s", s->redis.address);
	ARG("--set=site.bus=ipc:%s/bus", dir);
	ARG("--set=site.config_dir=%s/config", dir);
	ARG("--set=site.today=" SITE_TODAY);
	ARG("--set=ingest.front=ipc:%s/front%u", dir, k);
	ARG("--set=site.http_address=%s", s->address);
	ARG("--set=ingest.mllp=%s:%d", s->address, s->mllp[k]);
	ARG("--set=ingest.folder=%s/in%u", dir, k);
	ARG("--set=audit.ledger=%s/ledger", dir);
	ARG("--set=audit.archive=%s/archive", dir);
	for (int i = 0; i < SITE_STAGES; i++)
		ARG("--set=%s.http_port=%d", site_stage_names[i], s->d[i][k].port);
	for (size_t i = 0; s->sets && s->sets[i]; i++)
		ARG("--set=%s", s->sets[i]);
#undef ARG
	argv[n] = NULL;
}

static void
run_child(const struct site *s, const struct site_daemon *d, const char *const argv[], const char *log)
{
	int fd = open(log, O_CREAT | O_WRONLY | O_APPEND, 0600);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);		/* a crashed test leaves nothing behind */
	if (fd >= 0) {
		(void)dup2(fd, STDOUT_FILENO);
		(void)dup2(fd, STDERR_FILENO);
	}
	if (d && d->file_limit) {
		const struct rlimit lim = { d->file_limit, RLIM_INFINITY };

		(void)setrlimit(RLIMIT_FSIZE, &lim);
	}
	if (s->preload)
		(void)setenv("LD_PRELOAD", s->preload, 1);
	(void)execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

bool
site_start(struct site *s, enum site_stage st, unsigned k)
{
	const char *argv[64];
	struct str log = site_path(s, "log/%s-%u.log", site_stage_names[st], k);
	struct site_daemon *d = &s->d[st][k];

	site_argv(s, st, k, argv);
	d->pid = fork();
	if (d->pid == 0)
		run_child(s, d, argv, log.p);
	if (d->pid > 0)
		return true;
	d->pid = 0;
	return fail(s, "fork", site_stage_names[st]);
}

void
site_kill(struct site *s, enum site_stage st, unsigned k)
{
	struct site_daemon *d = &s->d[st][k];

	if (d->pid <= 0)
		return;
	(void)kill(d->pid, SIGKILL);
	(void)waitpid(d->pid, NULL, 0);
	d->pid = 0;
}

struct ended { pid_t pid; int status; };

static bool
has_ended(void *arg)
{
	struct ended *e = arg;

	return waitpid(e->pid, &e->status, WNOHANG) == e->pid;
}

int
site_stop(struct site *s, enum site_stage st, unsigned k)
{
	struct site_daemon *d = &s->d[st][k];
	struct ended e = { d->pid, 0 };

	if (d->pid <= 0)
		return -1;
	(void)kill(d->pid, SIGTERM);
	if (!wait_until(has_ended, &e, SITE_WAIT_MS)) {
		site_kill(s, st, k);
		return -1;
	}
	d->pid = 0;
	return WIFEXITED(e.status) ? WEXITSTATUS(e.status) : -1;
}

int
site_run(struct site *s, enum site_stage st, const char *option, struct str *out)
{
	struct str log = site_path(s, "log/run.out");
	struct ended e = { 0, 0 };
	const char *argv[64];
	int n = 0;

	(void)unlink(log.p);
	site_argv(s, st, 0, argv);
	while (argv[n])
		n++;
	argv[n] = option;
	argv[n + 1] = NULL;
	e.pid = fork();
	if (e.pid == 0)
		run_child(s, NULL, argv, log.p);
	if (e.pid < 0 || !wait_until(has_ended, &e, SITE_WAIT_MS))
		return -1;
	*out = STR_NONE;
	(void)file_read(&s->mem, log.p, LIMIT_INPUT, out);
	return WIFEXITED(e.status) ? WEXITSTATUS(e.status) : -1;
}

/* ---- HTTP ---- */

int
site_http(struct site *s, enum site_stage st, unsigned k, const char *request_line, struct str *body)
{
	char ask[256], *p = malloc(1u << 18), *head_end;
	int fd = site_dial(s, s->d[st][k].port), status = -1;
	ssize_t got;
	size_t n = 0;

	*body = STR_NONE;
	(void)snprintf(ask, sizeof ask, "%s HTTP/1.0\r\n\r\n", request_line);
	if (fd >= 0 && p && send(fd, ask, strlen(ask), MSG_NOSIGNAL) == (ssize_t)strlen(ask)) {
		while (n < (1u << 18) - 1 && (got = recv(fd, p + n, (1u << 18) - 1 - n, 0)) > 0)
			n += (size_t)got;
		p[n] = '\0';
		head_end = strstr(p, "\r\n\r\n");
		if (sscanf(p, "HTTP/%*s %d", &status) == 1 && head_end)
			*body = arena_str(&s->mem, str_of(head_end + 4));
	}
	if (fd >= 0)
		(void)close(fd);
	free(p);
	return status;
}

int64_t
site_metric(struct site *s, enum site_stage st, unsigned k, const char *name)
{
	struct str text, line, value;
	int64_t n;

	if (site_http(s, st, k, "GET /metrics", &text) != 200)
		return -1;
	while (text.n) {
		line = str_cut(&text, '\n');
		if (!str_starts(line, str_of(name)) || line.n <= strlen(name) || line.p[strlen(name)] != '{')
			continue;
		value = line;
		(void)str_cut(&value, ' ');
		if (str_to_int(value, &n))
			return n;
	}
	return -1;
}

/* ---- waiting ---- */

struct waiting { struct site *s; bool (*ready)(struct site *, void *); void *arg; };

static bool
is_ready(void *arg)
{
	struct waiting *w = arg;

	return w->ready(w->s, w->arg);
}

bool
site_wait(struct site *s, bool (*ready)(struct site *, void *), void *arg, const char *what)
{
	struct waiting w = { s, ready, arg };

	return wait_until(is_ready, &w, SITE_WAIT_MS) || fail(s, "not reached", what);
}

struct one { enum site_stage st; unsigned k; bool ready; enum state state; int64_t n; const char *words; };

static bool
readiness_is(struct site *s, void *arg)
{
	const struct one *o = arg;
	struct str body;
	int status = site_http(s, o->st, o->k, "GET /readyz", &body);

	return status == (o->ready ? 200 : 503);
}

bool
site_wait_ready(struct site *s, enum site_stage st, unsigned k, bool ready)
{
	struct one o = { .st = st, .k = k, .ready = ready };

	return site_wait(s, readiness_is, &o, site_stage_names[st]);
}

bool
site_up(struct site *s)
{
	for (int st = 0; st < SITE_STAGES; st++)
		for (unsigned k = 0; k < s->each; k++)
			if (!site_start(s, (enum site_stage)st, k))
				return false;
	for (int st = 0; st < SITE_STAGES; st++)
		for (unsigned k = 0; k < s->each; k++)
			if (!site_wait_ready(s, (enum site_stage)st, k, true))
				return false;
	return true;
}

int64_t
site_count(struct site *s, enum state st)
{
	struct depth d[ST_COUNT];

	return s->store->ops->depths(s->store, d) < 0 ? -1 : (int64_t)d[st].n;
}

static bool
count_is(struct site *s, void *arg)
{
	const struct one *o = arg;

	return site_count(s, o->state) == o->n;
}

bool
site_wait_count(struct site *s, enum state st, int64_t n)
{
	struct one o = { .state = st, .n = n };

	if (site_wait(s, count_is, &o, state_name(st)))
		return true;
	(void)snprintf(s->why, sizeof s->why, "%s: %lld, not %lld", state_name(st), (long long)site_count(s, st), (long long)n);
	return false;
}

struct str
site_log(struct site *s, enum site_stage st, unsigned k)
{
	struct str text = STR_NONE;

	(void)file_read(&s->mem, site_path(s, "log/%s-%u.log", site_stage_names[st], k).p, LIMIT_INPUT, &text);
	return text;
}

static bool
log_has(struct site *s, void *arg)
{
	const struct one *o = arg;
	struct str text = site_log(s, o->st, o->k);

	return text.n && strstr(text.p, o->words);
}

bool
site_wait_log(struct site *s, enum site_stage st, unsigned k, const char *words)
{
	struct one o = { .st = st, .k = k, .words = words };

	return site_wait(s, log_has, &o, words);
}

bool
site_says(struct site *s, enum site_stage st, const char *words)
{
	struct str body;

	return site_http(s, st, 0, "GET /readyz", &body) == 503 && body.n && strstr(body.p, words);
}

static bool
says(struct site *s, void *arg)
{
	const struct one *o = arg;

	return site_says(s, o->st, o->words);
}

bool
site_wait_says(struct site *s, enum site_stage st, const char *words)
{
	struct one o = { .st = st, .words = words };

	return site_wait(s, says, &o, words);
}

bool
site_all_live(struct site *s)
{
	for (int st = 0; st < SITE_STAGES; st++)
		for (unsigned k = 0; k < s->each; k++)
			if (s->d[st][k].pid <= 0 || waitpid(s->d[st][k].pid, NULL, WNOHANG) != 0)
				return fail(s, "has ended", site_stage_names[st]);
	return true;
}
