/* io_crew_fill.c - which processes `claimline up` starts, with which arguments. Starts none. */
#include "claimline/crew.h"
#include "claimline/paths.h"

#include "base/file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXTRA_ARGS	16

static char *
arg(struct cli *c, struct str s)
{
	return (char *)(uintptr_t)arena_str(&c->a, s).p;
}

/* The folder this very program stands in, where its sisters are. */
static int
own_folder(struct cli *c, struct str *out)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	char *slash;

	if (n <= 0)
		return E_IO;
	path[n] = '\0';
	slash = strrchr(path, '/');
	*out = arena_str(&c->a, (struct str){ path, (size_t)(slash - path) });
	return 0;
}

static struct member_of_crew *
add(struct crew *w, int stage, const char *name)
{
	struct member_of_crew *m = &w->v[w->n++];

	*m = (struct member_of_crew){ .stage = stage, .state = MEMBER_DOWN };
	m->child.out = -1;
	(void)snprintf(m->child.name, sizeof m->child.name, "%s", name);
	return m;
}

static int64_t
port_of(const struct conf *c, int stage)
{
	const int64_t ports[STAGES] = { c->ingest.http_port, c->suggest.http_port, c->validate.http_port,
	    c->audit.http_port, c->submit.http_port };

	return ports[stage];
}

/* What a second instance must not have twice: the port, and for ingest its doors. */
static void
add_differences(struct crew *w, struct member_of_crew *m, char **v, size_t *n, int instance)
{
	struct cli *c = w->c;

	m->port = instance == 1 ? port_of(&c->conf, m->stage) : 0;
	if (instance == 1)
		return;
	v[(*n)++] = arg(c, S("--set"));
	v[(*n)++] = arg(c, arena_fmt(&c->a, "%s.http_port=0", crew_stages[m->stage]));
	if (m->stage != 0)
		return;
	v[(*n)++] = arg(c, S("--set"));
	v[(*n)++] = arg(c, S("ingest.mllp="));
	v[(*n)++] = arg(c, S("--set"));
	v[(*n)++] = arg(c, S("ingest.folder="));
	v[(*n)++] = arg(c, S("--set"));
	v[(*n)++] = arg(c, arena_fmt(&c->a, "ingest.front=" STR_FMT ".%d", STR_ARG(c->conf.ingest.front), instance));
}

static int
add_daemon(struct crew *w, struct str folder, int stage, int instance)
{
	struct cli *c = w->c;
	struct str path = arena_fmt(&c->a, STR_FMT "/claimline-%s", STR_ARG(folder), crew_stages[stage]);
	char **same, **v, name[64];
	size_t n_same, n = 0;
	struct member_of_crew *m;

	if (access(path.p, X_OK) != 0)
		return cli_fail(c, CLI_UNAVAILABLE, "%s is not there. Fix: build it, or install it beside claimline", path.p);
	(void)snprintf(name, sizeof name, "%s.%d", crew_stages[stage], instance);
	m = add(w, stage, name);
	same = cli_same_settings(c, &n_same);
	v = arena_array(&c->a, n_same + EXTRA_ARGS, sizeof *v);
	if (!same || !v)
		return cli_fail(c, CLI_OS, "%s", err_text(E_NOMEM));
	v[n++] = arg(c, path);
	memcpy(v + n, same, n_same * sizeof *v);
	n += n_same;
	m->instance = arena_fmt(&c->a, "%d", instance);
	v[n++] = arg(c, S("--instance"));
	v[n++] = arg(c, m->instance);
	add_differences(w, m, v, &n, instance);
	v[n] = NULL;
	m->child.argv = v;
	m->child.dies_with_us = true;
	return CLI_OK;
}

/*
 * Its own file comes first, what our promises stand on (schemas/PROTOCOL.md section 8) comes after and wins.
 */
static int
add_redis(struct crew *w, const char *socket)
{
	struct cli *c = w->c;
	struct str folder = path_join(&c->a, c->conf.site.state_dir, S("redis"));
	struct str file = path_join(&c->a, c->conf.site.config_dir, S("redis.conf"));
	struct str pid = path_pid(&c->a, c->conf.site.state_dir, S("redis"));
	char state[PATH_MAX], conf[PATH_MAX], *slash;
	char **v = arena_array(&c->a, 40, sizeof *v);
	struct member_of_crew *m = add(w, STAGE_REDIS, "redis");
	size_t n = 0;

	if (!v || mkdir_p(folder.p) < 0 || !realpath(c->conf.site.state_dir.p, state))
		return cli_fail(c, CLI_CANNOT_CREATE, "cannot make %s", folder.p);
	v[n++] = arg(c, S("redis-server"));
	if (file_exists(file.p) && realpath(file.p, conf))
		v[n++] = arg(c, str_of(conf));
	slash = strrchr(socket, '/');
	/* Redis starts in its own folder, so that its paths need no more room than ours */
	const char *const rows[][2] = {
		{ "--port", "0" },
		{ "--unixsocket", *socket == '/' ? socket : arena_fmt(&c->a, "%s/%s", state, slash ? slash + 1 : socket).p },
		{ "--unixsocketperm", "700" }, { "--dir", arena_fmt(&c->a, "%s/redis", state).p },
		{ "--pidfile", *pid.p == '/' ? pid.p : arena_fmt(&c->a, "%s/run/redis.pid", state).p },
		{ "--daemonize", "no" }, { "--logfile", "" }, { "--loglevel", "warning" }, { "--save", "" },
		{ "--appendonly", "yes" }, { "--appendfsync", "always" }, { "--no-appendfsync-on-rewrite", "no" },
		{ "--maxmemory-policy", "noeviction" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		v[n++] = arg(c, str_of(rows[i][0]));
		v[n++] = arg(c, str_of(rows[i][1]));
	}
	v[n] = NULL;
	m->child.argv = v;
	w->has_redis = true;
	return CLI_OK;
}

static int
fill_redis(struct crew *w)
{
	struct cli *c = w->c;
	struct str path = c->conf.site.redis, kind = str_cut(&path, ':');
	struct store *s = NULL;
	char why[160];
	int rc;

	if (!str_is(kind, "unix"))
		return CLI_OK;			/* somebody else's */
	rc = store_redis_open(&s, &c->conf, why);
	if (s)
		s->ops->close(s);
	if (rc == E_STORE_DOWN)
		return add_redis(w, arena_str(&c->a, path).p);
	if (rc < 0)
		return cli_fail(c, CLI_CONFIG, "the Redis that runs at " STR_FMT " cannot be used: %s",
		    STR_ARG(c->conf.site.redis), *why ? why : err_text(rc));
	w->adopted_redis = redis_orphan(path_pid(&c->a, c->conf.site.state_dir, S("redis")).p);
	(void)cli_fail(c, 0, "a Redis runs here already%s: it is used as it is", w->adopted_redis ?
	    ", left over from an earlier run" : "");
	return CLI_OK;
}

int
crew_fill(struct crew *w, const int64_t counts[STAGES])
{
	struct str folder;
	int rc = fill_redis(w);

	if (rc != CLI_OK)
		return rc;
	if (own_folder(w->c, &folder) < 0)
		return cli_fail(w->c, CLI_OS, "cannot tell where this program is");
	for (int stage = 0; stage < STAGES; stage++)
		for (int64_t i = 1; i <= counts[stage] && rc == CLI_OK; i++)
			rc = w->n == CREW_MAX ? cli_usage(w->c, "at most 63 daemons") :
			    add_daemon(w, folder, stage, (int)i);
	return rc;
}
