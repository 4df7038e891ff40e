/* yard.c - processes, clocks and the peers the pipeline is measured against. */
#include "yard.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void
yard_fail(const char *what)
{
	(void)fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

double
yard_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double
yard_cpu_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double
yard_cpu(pid_t pid)
{
	char path[64], text[1024], *p;
	unsigned long user = 0, sys = 0;
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	n = f ? fread(text, 1, sizeof text - 1, f) : 0;
	if (f)
		(void)fclose(f);
	text[n] = '\0';
	p = strrchr(text, ')');
	if (!p || sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &sys) != 2)
		return 0;
	return (double)(user + sys) / (double)sysconf(_SC_CLK_TCK);
}

pid_t
yard_spawn(char *const argv[], const char *log)
{
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open(log, O_CREAT | O_WRONLY | O_APPEND, 0600);

		if (fd >= 0) {
			(void)dup2(fd, 1);
			(void)dup2(fd, 2);
		}
		(void)execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0)
		yard_fail("fork");
	return pid;
}

void
yard_stop(pid_t pid, int sig)
{
	if (pid > 0 && kill(pid, sig) == 0)
		(void)waitpid(pid, NULL, 0);
}

static int
by_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int
by_int(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

double
yard_median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, by_double);
	return v[n / 2];
}

int64_t
yard_percentile(int64_t *v, size_t n, int per_mille)
{
	qsort(v, n, sizeof *v, by_int);
	return v[n * (size_t)per_mille / 1000 < n ? n * (size_t)per_mille / 1000 : n - 1];
}

static int
unix_connect(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static int
wait_for(const char *path)
{
	double until = yard_now() + 10;
	int fd;

	while ((fd = unix_connect(path)) < 0 && yard_now() < until)
		(void)usleep(5000);
	if (fd < 0)
		yard_fail("a server did not come up");
	return fd;
}

pid_t
yard_redis(const char *dir)
{
	char sock[256], log[256];
	char *argv[] = { "redis-server", CL_SOURCE_DIR "/config/redis.conf", "--port", "0", "--unixsocket", sock, "--dir",
	    (char *)dir, NULL };
	pid_t pid;

	(void)snprintf(sock, sizeof sock, "%s/redis.sock", dir);
	(void)snprintf(log, sizeof log, "%s/redis.log", dir);
	pid = yard_spawn(argv, log);
	(void)close(wait_for(sock));
	return pid;
}

double
yard_redis_set(const char *dir, size_t n, size_t bytes)
{
	char cmd[512], line[512];
	double best = 0, v;
	FILE *p;

	(void)snprintf(cmd, sizeof cmd, "redis-benchmark -s %s/redis.sock -t set -d %zu -n %zu -r %zu -c 50 -P 16 -q 2>/dev/null",
	    dir, bytes, n, n);
	p = popen(cmd, "r");
	while (p && fgets(line, sizeof line, p)) {
		char *at = strrchr(line, '\r');

		at = strstr(at ? at : line, "SET: ");
		if (at && sscanf(at, "SET: %lf", &v) == 1)
			best = v;
	}
	if (p)
		(void)pclose(p);
	return best;
}

/* ---- beanstalkd: one worker process for each hop, DEPTH commands under way, put into the next tube, then delete ---- */

#define DEPTH	64

/* One command of beanstalkd; the buffers have 128 bytes for each. */
static size_t put(char *to, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static size_t
put(char *to, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(to, 128, fmt, ap);
	va_end(ap);
	return (size_t)n;
}

static void
say(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t w = write(fd, p, n);

		if (w <= 0)
			_exit(1);
		p += w;
		n -= (size_t)w;
	}
}

static void
hear(FILE *in, char *line, size_t cap)
{
	if (!fgets(line, (int)cap, in))
		_exit(1);
}

/*
 * Takes DEPTH jobs, puts them on with what this stage adds (unless it is the last), waits for all INSERTED, deletes
 * them: never before the copy is down.
 */
static void
hop(const char *sock, int tube, bool last, size_t n, size_t bytes, size_t added)
{
	int fd = unix_connect(sock);
	FILE *in = fdopen(fd, "r");
	size_t more = bytes + added;
	char line[256], *body = malloc(DEPTH * (bytes + 2)), *out = malloc(DEPTH * (more + 128));
	unsigned long id[DEPTH];

	(void)snprintf(line, sizeof line, "watch t%d\r\nignore default\r\nuse t%d\r\n", tube, tube + 1);
	say(fd, line, strlen(line));
	for (int i = 0; i < 3; i++)
		hear(in, line, sizeof line);
	while (n) {
		size_t k = n < DEPTH ? n : DEPTH, m = 0;

		for (size_t i = 0; i < k; i++)
			m += put(out + m, "reserve\r\n");
		say(fd, out, m);
		for (size_t i = 0; i < k; i++) {
			hear(in, line, sizeof line);
			if (sscanf(line, "RESERVED %lu", &id[i]) != 1 ||
			    fread(body + i * (bytes + 2), 1, bytes + 2, in) != bytes + 2)
				_exit(1);
		}
		m = 0;
		for (size_t i = 0; i < k && !last; i++) {
			m += put(out + m, "put 1 0 600 %zu\r\n", more);
			memset(out + m, 'y', added);
			memcpy(out + m + added, body + i * (bytes + 2), bytes + 2);
			m += more + 2;
		}
		say(fd, out, m);
		for (size_t i = 0; i < k && !last; i++)
			hear(in, line, sizeof line);
		m = 0;
		for (size_t i = 0; i < k; i++)
			m += put(out + m, "delete %lu\r\n", id[i]);
		say(fd, out, m);
		for (size_t i = 0; i < k; i++)
			hear(in, line, sizeof line);
		n -= k;
	}
	_exit(0);
}

static void
feed(const char *sock, size_t n, size_t bytes)
{
	int fd = unix_connect(sock);
	FILE *in = fdopen(fd, "r");
	char line[256], *out = malloc(DEPTH * (bytes + 128));

	say(fd, "use t0\r\n", 8);
	hear(in, line, sizeof line);
	while (n) {
		size_t k = n < DEPTH ? n : DEPTH, m = 0;

		for (size_t i = 0; i < k; i++) {
			m += put(out + m, "put 1 0 600 %zu\r\n", bytes);
			memset(out + m, 'x', bytes);
			m += bytes;
			out[m++] = '\r';
			out[m++] = '\n';
		}
		say(fd, out, m);
		for (size_t i = 0; i < k; i++)
			hear(in, line, sizeof line);
		n -= k;
	}
	_exit(0);
}

double
yard_beanstalkd(const char *dir, const char *fsync_ms, size_t n, size_t bytes, size_t added, int hops)
{
	char sock[256], at[280], log[256], wal[256], flag[16];
	char *argv[] = { "beanstalkd", "-l", at, "-b", wal, flag, NULL };
	double begin, took;
	bool ok = true;
	pid_t server, kid[16];

	if (system("command -v beanstalkd >/dev/null 2>&1") != 0)
		return 0;
	(void)snprintf(sock, sizeof sock, "%s/bean%s.sock", dir, fsync_ms);
	(void)snprintf(at, sizeof at, "unix:%s", sock);
	(void)snprintf(log, sizeof log, "%s/bean.log", dir);
	(void)snprintf(wal, sizeof wal, "%s/walXXXXXX", dir);
	(void)snprintf(flag, sizeof flag, "-f%s", fsync_ms);
	if (!mkdtemp(wal))
		return 0;
	server = yard_spawn(argv, log);
	(void)close(wait_for(sock));
	begin = yard_now();
	for (int i = 0; i <= hops; i++) {	/* a producer and a worker for each stage */
		kid[i] = fork();
		if (kid[i] == 0) {
			if (i == 0)
				feed(sock, n, bytes);
			hop(sock, i - 1, i == hops, n, bytes + added * (size_t)(i - 1), added);
		}
	}
	for (int i = 0; i <= hops; i++) {
		int status = 0;

		(void)waitpid(kid[i], &status, 0);
		ok &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	took = yard_now() - begin;
	yard_stop(server, SIGTERM);
	return ok ? (double)n / took : 0;
}

/* ---- parsers of X12: each prints its seconds ---- */

static const char perl_x12[] =
    "use X12::Parser; my ($cf, $file) = @ARGV; my $dir = $INC{'X12/Parser.pm'}; $dir =~ s/\\.pm$//;"
    "my ($u, $s) = times; my $n = 0; my $p = X12::Parser->new; $p->parsefile(file => $file, conf => \"$dir/cf/$cf\");"
    "while (defined $p->get_next_loop) { $n += scalar $p->get_loop_segments; }"
    "my ($v, $w) = times; printf '%.6f', $n ? $v + $w - $u - $s : -1;";

static const char node_x12[] =
    "const { X12Parser } = require('node-x12'), fs = require('fs');"
    "const text = fs.readFileSync(process.argv[2], 'latin1'), t = process.cpuUsage();"
    "const ic = new X12Parser(false).parse(text), u = process.cpuUsage(t);"
    "console.log(ic ? (u.user + u.system) / 1e6 : -1);";

static const char node_x12_parser[] =
    "const m = require('x12-parser'), X = m.X12parser || m, fs = require('fs'), t = process.cpuUsage(); let n = 0;"
    "fs.createReadStream(process.argv[2]).pipe(new X()).on('data', () => n++).on('end', () => {"
    "const u = process.cpuUsage(t); console.log(n ? (u.user + u.system) / 1e6 : -1); });";

static double
seconds_of(const char *program, const char *flag, const char *script, const char *arg1, const char *arg2)
{
	char out[64] = { 0 };
	double v = -1;
	int fd[2], st = 0;
	ssize_t n = 0, got;
	pid_t pid;

	if (pipe(fd) != 0)
		yard_fail("no pipes");
	pid = fork();
	if (pid == 0) {
		(void)dup2(fd[1], 1);
		(void)close(fd[0]);
		(void)execlp(program, program, flag, script, arg1, arg2, (char *)NULL);
		_exit(127);
	}
	(void)close(fd[1]);
	while (pid > 0 && n < (ssize_t)sizeof out - 1 && (got = read(fd[0], out + n, sizeof out - 1 - (size_t)n)) > 0)
		n += got;
	(void)close(fd[0]);
	if (pid < 0 || waitpid(pid, &st, 0) != pid || st != 0 || sscanf(out, "%lf", &v) != 1)
		return -1;
	return v;
}

double
yard_x12(const char *parser, const char *cf, const char *file)
{
	char look[256];
	bool perl = strcmp(parser, "perl") == 0;

	(void)snprintf(look, sizeof look, "%s%s%s", perl ? "perl -MX12::Parser -e1" : "node -e 'require(\"", perl ? "" : parser,
	    perl ? " 2>/dev/null" : "\")' 2>/dev/null");
	if (system(look) != 0)
		return 0;
	if (perl)
		return seconds_of("perl", "-e", perl_x12, cf, file);
	/* a word before the file, so that it is argv[2] */
	return seconds_of("node", "-e", strcmp(parser, "node-x12") == 0 ? node_x12 : node_x12_parser, "yard", file);
}
