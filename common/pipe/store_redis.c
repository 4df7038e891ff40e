/*
 * store_redis.c - opening the Redis store: connection, login, function library, and the checks without
 * which we do not run. Never sets anything up on the Redis side but the library and cl:meta.
 */
#include "base/conf.h"
#include "pipe/store_redis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define CONNECT_MS	1000
#define COMMAND_MS	10000
#define MAX_PASSWORD	512
#define NEW_LANES	4u		/* of new data, when site.lanes leaves it open */

/* ---- connection ---- */

static redisContext *
dial(struct str address)
{
	const struct timeval tv = { CONNECT_MS / 1000, CONNECT_MS % 1000 * 1000 };
	struct str rest = address, scheme = str_cut(&rest, ':');
	int64_t port = 0;
	char host[256];
	size_t cut;

	if (str_is(scheme, "unix") && rest.n)
		return redisConnectUnixWithTimeout(rest.p, tv);
	for (cut = rest.n; cut > 0 && rest.p[cut - 1] != ':'; cut--)
		;
	if (!str_is(scheme, "tcp") || cut < 2 || cut > sizeof host ||
	    !str_to_int((struct str){ rest.p + cut, rest.n - cut }, &port) || port < 1 || port > 65535)
		return NULL;
	memcpy(host, rest.p, cut - 1);
	host[cut - 1] = 0;
	return redisConnectWithTimeout(host, (int)port, tv);
}

static int
connect_now(struct redis_store *rs)
{
	const struct timeval tv = { COMMAND_MS / 1000, COMMAND_MS % 1000 * 1000 };

	rs->c = dial(rs->address);
	if (!rs->c)
		return rs_fail(rs, E_STORE_SETUP, "site.redis must be unix:PATH or tcp:HOST:PORT", STR_NONE);
	if (rs->c->err || redisSetTimeout(rs->c, tv) != REDIS_OK) {
		int rc = rs_fail(rs, E_STORE_DOWN, "cannot connect to Redis: ", str_of(rs->c->errstr));

		rs_disconnect(rs);
		return rc;
	}
	return 0;
}

static int
login(struct redis_store *rs)
{
	if (rs->password.n == 0)
		return 0;
	rs_cmd(rs, "AUTH");
	if (rs->user.n)
		rs_arg(rs, rs->user);
	rs_arg(rs, rs->password);
	rs_put(rs);
	return rs_run(rs);
}

/* ---- function library ---- */

static int
library(struct redis_store *rs)
{
	int rc;

	rs_cmd(rs, "FCALL_RO");
	rs_arg(rs, S("cl_version"));
	rs_arg(rs, S("0"));
	rs_put(rs);
	rc = rs_run(rs);
	if (rc == 0 && str_eq(rs_text(rs->reply[0]), rs->version))
		return 0;
	if (rc < 0 && !rs->stale)
		return rc;
	rs->stale = false;
	rs_cmd(rs, "FUNCTION");
	rs_arg(rs, S("LOAD"));
	rs_arg(rs, S("REPLACE"));
	rs_arg(rs, rs->lua);
	rs_put(rs);
	return rs_run(rs);
}

/* ---- durability ---- */

struct need { const char *name, *value; bool always; };	/* always: also for the weaker class */

static const struct need needs[] = {
	{ "maxmemory-policy",		"noeviction",	true },
	{ "appendonly",			"yes",		false },
	{ "appendfsync",		"always",	false },
	{ "no-appendfsync-on-rewrite",	"no",		false },
};
#define NEEDS	(sizeof needs / sizeof *needs)

/* CONFIG is forbidden: say what is known to be wrong, else that we cannot know. */
static int
blind(struct redis_store *rs)
{
	int rc;

	rs_cmd(rs, "INFO");
	rs_arg(rs, S("persistence"));
	rs_put(rs);
	rc = rs_run(rs);
	if (rc < 0)
		return rc;
	if (rs_text(rs->reply[0]).n && strstr(rs_text(rs->reply[0]).p, "aof_enabled:0"))
		return rs_fail(rs, E_STORE_SETUP,
		    "appendonly is no: Redis may lose what it acknowledged; set appendonly yes",
		    STR_NONE);
	return rs_fail(rs, E_STORE_SETUP, "this Redis user may not run CONFIG GET, so durability cannot be checked; "
	    "grant +config|get", STR_NONE);
}

static int
durable(struct redis_store *rs)
{
	int rc;

	for (size_t i = 0; i < NEEDS; i++) {
		rs_cmd(rs, "CONFIG");
		rs_arg(rs, S("GET"));
		rs_arg(rs, str_of(needs[i].name));
		rs_put(rs);
	}
	rc = rs_run(rs);
	if (rc == E_STORE_SETUP)
		return rs->weaker ? 0 : blind(rs);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < NEEDS; i++) {
		struct str got = rs_array(rs->reply[i], 2) ? rs_text(rs->reply[i]->element[1]) : STR_NONE;

		if ((needs[i].always || !rs->weaker) && !str_is(got, needs[i].value))
			return rs_fail(rs, E_STORE_SETUP, "", arena_fmt(&rs->scratch, "%s is " STR_FMT
			    ": acknowledged work could be lost; set it to %s%s", needs[i].name, STR_ARG(got),
			    needs[i].value,
			    needs[i].always ? "" : ", or site.durability: weaker"));
	}
	return 0;
}

/* ---- what the data were made with ---- */

struct fact { const char *name, *words; struct str value; };

static int
facts_read(struct redis_store *rs, const struct fact *v, size_t n, const redisReply **out)
{
	int rc;

	rs_cmd(rs, "HMGET");
	rs_arg(rs, S("cl:meta"));
	for (size_t i = 0; i < n; i++)
		rs_arg(rs, str_of(v[i].name));
	rs_put(rs);
	rc = rs_run(rs);
	if (rc == 0 && !rs_array(rs->reply[0], n))
		return rs_bad_reply(rs, "HMGET");
	*out = rc == 0 ? rs->reply[0] : NULL;
	return rc;
}

/* Only what is absent is written, so that a full Redis can still be read. */
static int
facts_write(struct redis_store *rs, const struct fact *v, size_t n)
{
	rs_multi(rs);
	for (size_t i = 0; i < n; i++) {
		rs_cmd(rs, "HSETNX");
		rs_arg(rs, S("cl:meta"));
		rs_arg(rs, str_of(v[i].name));
		rs_arg(rs, v[i].value);
		rs_put(rs);
	}
	return rs_exec(rs);
}

/* site.lanes 0: what the data have. False: nothing that can be lanes. */
static bool
lanes_taken(struct redis_store *rs, struct str got)
{
	int64_t n;

	if (!str_to_int(got, &n) || n < 1 || n > 256)
		return false;
	rs->s.lanes = (unsigned)n;
	return true;
}

static int
meta(struct redis_store *rs)
{
	const struct fact v[] = {
		{ "version", "protocol version", S(STORE_PROTOCOL) },
		{ "lanes", "site.lanes", arena_fmt(&rs->scratch, "%u", rs->s.lanes ? rs->s.lanes : NEW_LANES) },
		{ "tenant", "site.tenant", rs->tenant },
	};
	size_t n = sizeof v / sizeof *v;
	const redisReply *r = NULL;
	bool absent = false;
	int rc = facts_read(rs, v, n, &r);

	for (size_t i = 0; r && i < n; i++)
		absent = absent || rs_is_nil(r->element[i]);
	if (rc == 0 && absent && (rc = facts_write(rs, v, n)) == 0)
		rc = facts_read(rs, v, n, &r);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct str got = rs_text(r->element[i]);

		if (rs->s.lanes == 0 && strcmp(v[i].name, "lanes") == 0 && lanes_taken(rs, got))
			continue;
		if (!str_eq(got, v[i].value))
			rc = rs_fail(rs, E_STORE_SETUP, "", arena_fmt(&rs->scratch,
			    "the data in this Redis have %s " STR_FMT
			    ", this program " STR_FMT, v[i].words, STR_ARG(got), STR_ARG(v[i].value)));
	}
	return rc;
}

/* Read first: a full Redis refuses even to write nothing. */
static int
rs_fact(struct store *s, const char *name, struct str value, struct arena *a, struct str *out)
{
	struct redis_store *rs = (struct redis_store *)s;
	const struct fact one = { .name = name, .value = value };
	const redisReply *r = NULL;
	int rc = rs_begin(rs);

	*out = STR_NONE;
	if (rc < 0)
		return rc;
	rc = facts_read(rs, &one, 1, &r);
	if (rc == 0 && rs_is_nil(r->element[0]) && value.n && (rc = facts_write(rs, &one, 1)) == 0)
		rc = facts_read(rs, &one, 1, &r);
	if (rc == 0 && !rs_is_nil(r->element[0])) {
		*out = arena_str(a, rs_text(r->element[0]));
		rc = a->spent ? E_NOMEM : 0;
	}
	return rs_end(rs, rc);
}

int
rs_setup(struct redis_store *rs)
{
	int (*const steps[])(struct redis_store *) = { connect_now, login, library, durable, meta };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof steps / sizeof *steps; i++) {
		args_init(&rs->cmd, &rs->scratch);
		rc = steps[i](rs);
	}
	if (rc < 0)
		rs_disconnect(rs);
	return rs_end(rs, rc);
}

/* ---- open and close ---- */

static void
rs_close(struct store *s)
{
	struct redis_store *rs = (struct redis_store *)s;

	(void)rs_end(rs, 0);
	rs_disconnect(rs);
	resp_free(&rs->out);
	arena_free(&rs->scratch);
	arena_free(&rs->forever);
	free(rs);
}

static const struct store_ops ops = {
	.close = rs_close, .now = rs_now,
	.admit = rs_admit, .admit_post = rs_admit_post, .admit_wait = rs_admit_wait,
	.amend = rs_amend, .advance = rs_advance, .claim = rs_claim,
	.extend = rs_extend, .fail = rs_give_back, .cool = rs_cool, .warm = rs_warm,
	.get = rs_get, .list = rs_list, .depths = rs_depths, .find = rs_find,
	.ic_reserve = rs_ic_reserve, .ic_update = rs_ic_update, .ic_get = rs_ic_get, .ic_claim = rs_ic_claim,
	.journal_read = rs_journal_read, .journal_trim = rs_journal_trim,
	.peer_put = rs_peer_put, .peer_list = rs_peer_list, .right = rs_right, .fact = rs_fact,
};

/* The first line of the file, without its line end. */
static int
read_password(struct redis_store *rs, struct str path)
{
	char line[MAX_PASSWORD];
	FILE *f;
	bool ok;

	if (path.n == 0)
		return 0;
	f = fopen(arena_str(&rs->forever, path).p, "re");
	ok = f && fgets(line, sizeof line, f);
	if (f)
		(void)fclose(f);
	if (!ok)
		return rs_fail(rs, E_STORE_SETUP, "site.redis_password_file cannot be read", STR_NONE);
	rs->password = arena_str(&rs->forever, str_trim(str_of(line)));
	memset(line, 0, sizeof line);
	return 0;
}

int
store_redis_open(struct store **out, const struct conf *conf, char why[160])
{
	struct redis_store *rs = calloc(1, sizeof *rs);
	int rc;

	*out = NULL;
	why[0] = 0;
	if (!rs)
		return E_NOMEM;
	arena_init(&rs->forever, 0);
	arena_init(&rs->scratch, 0);
	rs->s.ops = &ops;
	rs->s.lanes = (unsigned)conf->site.lanes;
	rs->address = arena_str(&rs->forever, conf->site.redis);
	rs->user = arena_str(&rs->forever, conf->site.redis_user);
	rs->tenant = arena_str(&rs->forever, conf->site.tenant);
	rs->weaker = str_is(conf->site.durability, "weaker");
	rc = read_password(rs, conf->site.redis_password_file);
	if (rc == 0)
		rc = store_lua_source(&rs->forever, &rs->lua, &rs->version);
	if (rc == 0)
		rc = rs_setup(rs);
	if (rc < 0) {
		memcpy(why, rs->s.why, sizeof rs->s.why);
		rs_close(&rs->s);
		return rc;
	}
	*out = &rs->s;
	return 0;
}
