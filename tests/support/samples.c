/* samples.c - the command line on a site, and where its encounters are. Starts no daemon. */
#include "support/samples.h"

#include "base/file.h"
#include "support/shared.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SETTLE_WAITS	3		/* of SITE_WAIT_MS each */
#define LIST_MAX	100000

bool
samples_here(void)
{
	return shared_has("samples");
}

/* ---- the command line ---- */

struct child { pid_t pid; int status; };

static bool
has_ended(void *arg)
{
	struct child *c = arg;

	return waitpid(c->pid, &c->status, WNOHANG) == c->pid;
}

static void
run_child(const char *const argv[], const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)dup2(fd, STDOUT_FILENO);
	(void)dup2(fd, STDERR_FILENO);
	(void)setenv("USER", "tester", 1);
	(void)execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

int
site_cli(struct site *s, struct str *out, const char *const *args)
{
	struct str path = site_path(s, "log/cli.out");
	struct child c = { 0, 0 };
	const char *argv[64];
	int n = 0;

	argv[n++] = CL_BIN_DIR "/claimline";
	for (size_t i = 0; args[i] && n < 40; i++)
		argv[n++] = args[i];
#define SET(...) argv[n++] = "--set", argv[n++] = arena_fmt(&s->mem, __VA_ARGS__).p
	SET("site.redis=%s", s->redis.address);
	SET("site.state_dir=%s", s->dir);
	SET("site.config_dir=%s/config", s->dir);
	SET("ingest.front=ipc:%s/front0", s->dir);
	SET("audit.ledger=%s/ledger", s->dir);
	SET("audit.archive=%s/archive", s->dir);
#undef SET
	argv[n] = NULL;
	*out = STR_NONE;
	c.pid = fork();
	if (c.pid == 0)
		run_child(argv, path.p);
	if (c.pid < 0)
		return -1;
	if (!wait_until(has_ended, &c, SETTLE_WAITS * SITE_WAIT_MS)) {
		(void)kill(c.pid, SIGKILL);
		(void)waitpid(c.pid, NULL, 0);
		return -1;
	}
	(void)file_read(&s->mem, path.p, LIMIT_INPUT, out);
	return WIFEXITED(c.status) ? WEXITSTATUS(c.status) : -1;
}

/* ---- states ---- */

static bool
has_work(enum state st)
{
	return st == ST_BATCHED || state_stage(st) != NULL;
}

static bool
is_settled(struct site *s, void *arg)
{
	struct depth d[ST_COUNT];
	size_t all = 0;

	if (s->store->ops->depths(s->store, d) < 0)
		return false;
	for (int st = 0; st < ST_COUNT; st++) {
		if (has_work((enum state)st) && d[st].n)
			return false;
		all += d[st].n;
	}
	return all == *(size_t *)arg;
}

static struct str
states_text(struct site *s)
{
	struct depth d[ST_COUNT];
	struct buf b;

	buf_init(&b, &s->mem);
	if (s->store->ops->depths(s->store, d) < 0)
		return S("no store");
	for (int st = 0; st < ST_COUNT; st++)
		if (d[st].n)
			buf_fmt(&b, "%s%s %llu", b.n ? ", " : "", state_name((enum state)st), (unsigned long long)d[st].n);
	return buf_view(&b);
}

bool
site_settle(struct site *s, size_t n)
{
	for (int i = 0; i < SETTLE_WAITS; i++)
		if (site_wait(s, is_settled, &n, "settled"))
			return true;
	(void)snprintf(s->why, sizeof s->why, "not settled, %zu wanted: " STR_FMT, n, STR_ARG(states_text(s)));
	return false;
}

static int
by_id(const void *x, const void *y)
{
	return memcmp(&((const struct site_at *)x)->id, &((const struct site_at *)y)->id, sizeof(struct eid));
}

int64_t
site_where(struct site *s, struct arena *a, struct site_at **out)
{
	size_t n = 0;

	*out = NULL;
	for (int st = 0; st < ST_COUNT; st++) {
		struct listing *l = NULL;
		size_t got = 0;

		if (s->store->ops->list(s->store, (enum state)st, LIST_MAX, a, &l, &got) < 0)
			return -1;
		for (size_t i = 0; i < got; i++) {
			struct site_at *at = arena_push(a, *out, n);

			if (!at)
				return -1;
			*at = (struct site_at){ l[i].id, l[i].lane, (enum state)st };
		}
	}
	if (n)
		qsort(*out, n, sizeof **out, by_id);
	for (size_t i = 1; i < n; i++)
		if (by_id(&(*out)[i - 1], &(*out)[i]) == 0)
			return -1;
	return (int64_t)n;
}

void
site_print_states(struct site *s, const char *what)
{
	(void)printf("%s: " STR_FMT "\n", what, STR_ARG(states_text(s)));
}
