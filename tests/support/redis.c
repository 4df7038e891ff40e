/* redis.c - a redis-server of our own: started with the shipped configuration, killed, restarted, removed. */
#include "support.h"
#include "base/log.h"
#include "support/shell.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

#define START_MS	20000
#define MAX_WORDS	32

bool
wait_until(bool (*ready)(void *), void *arg, int64_t ms)
{
	int64_t end = mono_ms() + ms;

	while (!ready(arg)) {
		if (mono_ms() >= end)
			return false;
		(void)poll(NULL, 0, 2);
	}
	return true;
}

static void
run_server(const struct redis_server *r)
{
	const char *argv[MAX_WORDS] = { "redis-server", CL_SOURCE_DIR "/config/redis.conf", "--port", "0",
		"--unixsocket", r->socket, "--dir", r->dir, "--daemonize", "no" };
	size_t n = 10;
	int log;

	for (size_t i = 0; r->options && r->options[i] && n + 1 < MAX_WORDS; i++)
		argv[n++] = r->options[i];
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);		/* a crashed test leaves no server behind */
	log = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (log >= 0) {
		(void)dup2(log, STDOUT_FILENO);
		(void)dup2(log, STDERR_FILENO);
	}
	(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static bool
answers(void *arg)
{
	char out[32];

	return redis_do(arg, "PING", out, sizeof out) && strcmp(out, "PONG") == 0;
}

bool
redis_restart(struct redis_server *r)
{
	redis_kill(r);
	(void)unlink(r->socket);
	r->pid = fork();
	if (r->pid == 0)
		run_server(r);
	if (r->pid < 0) {
		r->pid = 0;
		return false;
	}
	return wait_until(answers, r, START_MS);
}

bool
redis_start(struct redis_server *r, const char *const *options)
{
	*r = (struct redis_server){ .options = options };
	(void)snprintf(r->dir, sizeof r->dir, "/tmp/claimline-redis.XXXXXX");
	if (!mkdtemp(r->dir)) {
		r->dir[0] = 0;
		return false;
	}
	(void)snprintf(r->socket, sizeof r->socket, "%s/redis.sock", r->dir);
	(void)snprintf(r->address, sizeof r->address, "unix:%s", r->socket);
	return redis_restart(r);
}

void
redis_kill(struct redis_server *r)
{
	if (r->pid <= 0)
		return;
	(void)kill(r->pid, SIGKILL);
	(void)waitpid(r->pid, NULL, 0);
	r->pid = 0;
}

void
redis_stop(struct redis_server *r)
{
	redis_kill(r);
	if (r->dir[0])
		folder_remove(r->dir);
	r->dir[0] = 0;
}

static size_t
split(char *text, const char **v)
{
	size_t n = 0;

	for (char *p = text; *p && n < MAX_WORDS;) {
		v[n++] = p;
		while (*p && *p != ' ')
			p++;
		if (*p)
			*p++ = 0;
	}
	return n;
}

bool
redis_do(struct redis_server *r, const char *command, char *out, size_t n)
{
	const struct timeval tv = { 5, 0 };
	redisContext *c = redisConnectUnixWithTimeout(r->socket, tv);
	redisReply *reply = NULL;
	char text[1024];
	const char *argv[MAX_WORDS];
	bool ok;

	(void)snprintf(text, sizeof text, "%s", command);
	if (c && !c->err) {
		(void)redisSetTimeout(c, tv);
		reply = redisCommandArgv(c, (int)split(text, argv), argv, NULL);
	}
	ok = reply && reply->type != REDIS_REPLY_ERROR;
	if (out && n) {
		if (reply && reply->str)
			(void)snprintf(out, n, "%s", reply->str);
		else
			(void)snprintf(out, n, "%lld", reply ? reply->integer : -1);
	}
	if (reply)
		freeReplyObject(reply);
	if (c)
		redisFree(c);
	return ok;
}

bool
redis_put(struct redis_server *r, struct str key, const char *field, struct str value)
{
	redisContext *c = redisConnectUnix(r->socket);
	redisReply *reply = c && !c->err ? redisCommand(c, "HSET %b %s %b", key.p, key.n, field, value.p, value.n) : NULL;
	bool ok = reply && reply->type == REDIS_REPLY_INTEGER;

	if (reply)
		freeReplyObject(reply);
	if (c)
		redisFree(c);
	return ok;
}
