/*
 * io_crew.c - the loop of `claimline up`: signals, output, restarts, readiness, drain. One thread, one poll.
 * It never touches an encounter; what daemons left undone stays in Redis.
 */
#include "claimline/ask.h"
#include "claimline/crew.h"
#include "claimline/paths.h"

#include "base/file.h"
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TURN_MS		50
#define LOOK_MS		100		/* between two looks at who is ready */
#define FRESH_MS	5000		/* a heartbeat older than this is none */
#define STEADY_MS	30000		/* alive so long: its deaths are forgotten */
#define GIVE_UP		5		/* deaths in a row before anything was ever ready */
#define EXIT_CONFIG	78
#define EXIT_USAGE	64

static void __attribute__((format(printf, 2, 3)))
say(const struct crew *w, const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, w->json_log ? "{\"program\":\"up\",\"message\":\"" : "%-10s | ", "up");
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fprintf(stderr, w->json_log ? "\"}\n" : "\n");
}

static void
tell_line(void *me, const struct child *ch, struct str line)
{
	const struct crew *w = me;
	bool is_redis = strcmp(ch->name, "redis") == 0;

	if (w->quiet && (is_redis || !crew_line_is_loud(line)))
		return;
	if (w->json_log && line.n && line.p[0] == '{')
		(void)fprintf(stderr, STR_FMT "\n", STR_ARG(line));
	else
		(void)fprintf(stderr, "%-10s | " STR_FMT "\n", ch->name, STR_ARG(line));
}

static void
start(struct crew *w, struct member_of_crew *m)
{
	m->started = mono_ms();
	m->kill_at = 0;
	m->state = child_start(&m->child) < 0 ? MEMBER_DOWN : MEMBER_UP;
	if (m->state == MEMBER_DOWN) {
		m->restart_at = m->started + crew_backoff(++m->deaths);
		say(w, "%s cannot be started: %s", m->child.name, strerror(errno));
	}
}

static void
drain(struct crew *w, int code)
{
	if (w->phase >= CREW_DRAIN)
		return;
	w->exit = w->exit ? w->exit : code;
	w->phase = CREW_DRAIN;
	w->draining = 0;
	if (code == CLI_OK)
		say(w, "draining; once more ends it at once");
}

static void
give_up(struct crew *w, const struct member_of_crew *m, const char *words, int code)
{
	say(w, "%s %s: giving up", m->child.name, words);
	drain(w, code);
}

static void
died(struct crew *w, struct member_of_crew *m)
{
	int code = WIFEXITED(m->child.status) ? WEXITSTATUS(m->child.status) : -1;
	struct str how = child_ended(&w->scratch, m->child.status);

	m->state = w->phase >= CREW_DRAIN ? MEMBER_OFF : MEMBER_DOWN;
	if (w->phase >= CREW_DRAIN && w->stops < 2 && code != 0)
		say(w, "%s did not end in peace (" STR_FMT "); what it had comes back by its lease", m->child.name, STR_ARG(how));
	if (m->state == MEMBER_OFF)
		return;
	if (code == 0 && m->stage != STAGE_REDIS) {
		m->state = MEMBER_OFF;
		say(w, "%s has drained; `claimline drain %s --resume` starts it again", m->child.name, crew_stages[m->stage]);
		return;
	}
	m->deaths = mono_ms() - m->started > STEADY_MS ? 1 : m->deaths + 1;
	m->restart_at = mono_ms() + crew_backoff(m->deaths);
	if (!w->ready && (code == EXIT_CONFIG || code == EXIT_USAGE))
		give_up(w, m, "refuses its settings", CLI_CONFIG);
	else if (!w->ready && code == 127)
		give_up(w, m, "cannot be run", CLI_UNAVAILABLE);
	else if (!w->ready && m->deaths >= GIVE_UP)
		give_up(w, m, "does not stay up", CLI_UNAVAILABLE);
	else
		say(w, "%s died (" STR_FMT "), starts again in %lld ms", m->child.name, STR_ARG(how),
		    (long long)crew_backoff(m->deaths));
}

static void
reload(struct crew *w)
{
	say(w, "reloading");
	for (size_t i = 0; i < w->n; i++) {
		struct member_of_crew *m = &w->v[i];

		if (m->stage != STAGE_REDIS)
			child_signal(&m->child, SIGHUP);
		if (m->state == MEMBER_OFF && w->phase == CREW_RUN) {
			m->state = MEMBER_DOWN;
			m->deaths = 0;
			m->restart_at = 0;
		}
	}
}

static void
stop(struct crew *w)
{
	w->stops++;
	drain(w, CLI_OK);
	if (w->stops < 2)
		return;
	for (size_t i = 0; i < w->n; i++)
		child_signal(&w->v[i].child, w->v[i].stage == STAGE_REDIS && w->stops < 3 ? SIGTERM : SIGKILL);
}

static void
take_signals(struct crew *w)
{
	struct signalfd_siginfo s;

	while (read(w->signals, &s, sizeof s) == (ssize_t)sizeof s) {
		if (s.ssi_signo == SIGHUP)
			reload(w);
		else if (s.ssi_signo != SIGCHLD)
			stop(w);
	}
}

static void
wait_a_turn(struct crew *w)
{
	struct pollfd p[CREW_MAX + 1];

	p[0] = (struct pollfd){ .fd = w->signals, .events = POLLIN };
	for (size_t i = 0; i < w->n; i++)
		p[i + 1] = (struct pollfd){ .fd = w->v[i].child.out, .events = POLLIN };
	(void)poll(p, w->n + 1, TURN_MS);
	take_signals(w);
	for (size_t i = 0; i < w->n; i++) {
		bool ended = child_reap(&w->v[i].child);

		child_read(&w->v[i].child, tell_line, w);
		if (ended)
			died(w, &w->v[i]);
	}
	arena_reset(&w->scratch);
}

/* ---- phases ---- */

static void
turn_redis(struct crew *w)
{
	char why[160] = "";
	int rc;

	if (w->has_redis && w->v[0].state == MEMBER_DOWN && mono_ms() >= w->v[0].restart_at)
		start(w, &w->v[0]);
	rc = store_redis_open(&w->c->store, &w->c->conf, why);
	if (rc == E_STORE_DOWN)
		return;
	if (rc < 0) {
		say(w, "this Redis cannot be used: %s", *why ? why : err_text(rc));
		drain(w, CLI_CONFIG);
		return;
	}
	(void)w->c->store->ops->now(w->c->store, &w->since);
	w->phase = CREW_RUN;
}

static bool
has_heartbeat(struct crew *w, const struct member_of_crew *m)
{
	struct store *s = w->c->store;
	struct peer *v = NULL;
	int64_t now;
	size_t n = 0;

	if (s->ops->now(s, &now) < 0 || s->ops->peer_list(s, crew_stages[m->stage], &w->scratch, &v, &n) < 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i].instance, m->instance) && v[i].seen >= w->since && now - v[i].seen < FRESH_MS)
			return true;
	return false;
}

static bool
is_ready(struct crew *w, struct member_of_crew *m)
{
	struct str body;

	if (m->stage == STAGE_REDIS || m->state == MEMBER_OFF || m->ready)
		return true;
	m->ready = m->state == MEMBER_UP && has_heartbeat(w, m) && (m->port == 0 ||
	    ask_get(&w->scratch, w->c->conf.site.http_address.p, m->port, "/readyz", &body) == 0);
	return m->ready;
}

static void
look_who_is_ready(struct crew *w)
{
	bool all = true;

	if (w->ready || mono_ms() < w->next_look)
		return;
	for (size_t i = 0; i < w->n; i++)
		all = is_ready(w, &w->v[i]) && all;
	arena_reset(&w->scratch);
	w->next_look = mono_ms() + LOOK_MS;
	if (!all)
		return;
	w->ready = true;
	w->c->store->ops->close(w->c->store);	/* nothing to ask any more */
	w->c->store = NULL;
	if (w->ready_file && file_write_atomic(w->ready_file, S("ready\n"), true) < 0)
		say(w, "cannot write %s", w->ready_file);
	(void)puts("ready");
	(void)fflush(stdout);
}

static void
turn_run(struct crew *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].state == MEMBER_DOWN && mono_ms() >= w->v[i].restart_at)
			start(w, &w->v[i]);
	look_who_is_ready(w);
}

/* One stage at a time, so that what a stage hands on still finds the next one. Redis last. */
static void
turn_drain(struct crew *w)
{
	int stage = w->draining < STAGES ? w->draining : STAGE_REDIS;
	bool any = false;

	for (size_t i = 0; i < w->n; i++) {
		struct member_of_crew *m = &w->v[i];

		if (m->stage != stage || m->child.pid == 0)
			continue;
		any = true;
		if (m->kill_at == 0) {
			m->kill_at = mono_ms() + w->drain_ms;
			child_signal(&m->child, SIGTERM);
		} else if (mono_ms() >= m->kill_at && m->stage != STAGE_REDIS) {
			say(w, "%s does not end: killed; what it had comes back by its lease", m->child.name);
			child_signal(&m->child, SIGKILL);
			m->kill_at = INT64_MAX;
		}
	}
	if (any)
		return;
	if (stage == STAGE_REDIS)
		w->phase = CREW_DONE;
	else
		w->draining++;
}

static void
stop_adopted(struct crew *w)
{
	if (w->adopted_redis == 0 || kill(w->adopted_redis, SIGTERM) != 0)
		return;
	if (!process_wait(w->adopted_redis, (int)w->drain_ms))
		say(w, "Redis (pid %d) does not end", (int)w->adopted_redis);
}

int
crew_run(struct crew *w)
{
	static void (*const turns[])(struct crew *) = { turn_redis, turn_run, turn_drain };
	sigset_t set, before;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &set, &before);
	w->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (w->signals < 0)
		return cli_fail(w->c, CLI_OS, "signalfd: %s", strerror(errno));
	arena_init(&w->scratch, 0);
	while (w->phase != CREW_DONE) {
		turns[w->phase](w);
		if (w->phase != CREW_DONE)
			wait_a_turn(w);
	}
	stop_adopted(w);
	arena_free(&w->scratch);
	(void)close(w->signals);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	if (w->exit == CLI_OK)
		say(w, "all has ended in order");
	return w->exit;
}
