/* io_child.c - starts, reads and waits for processes. Decides nothing about them. */
#include "claimline/child.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void
become(const struct child *c, int out, pid_t parent)
{
	sigset_t none;
	int null = open("/dev/null", O_RDONLY);

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setpgid(0, 0);			/* Ctrl-C is ours to hand on */
	if (c->dies_with_us && (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent))
		_exit(71);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0)
		_exit(71);
	if (c->folder && chdir(c->folder) != 0)
		_exit(71);
	(void)execvp(c->argv[0], c->argv);
	(void)dprintf(STDERR_FILENO, "cannot start %s: %s\n", c->argv[0], strerror(errno));
	_exit(127);
}

/* fd[0] is ours to read, or -1; fd[1] is its output. */
static int
open_output(const struct child *c, int fd[2])
{
	if (c->log) {
		fd[0] = -1;
		fd[1] = open(c->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		return fd[1] < 0 ? E_IO : 0;
	}
	if (pipe2(fd, O_CLOEXEC) != 0)
		return E_IO;
	(void)fcntl(fd[0], F_SETFL, O_NONBLOCK);
	return 0;
}

int
child_start(struct child *c)
{
	pid_t parent = getpid();
	int fd[2];

	if (open_output(c, fd) < 0)
		return E_IO;
	(void)fflush(NULL);
	c->pid = fork();
	if (c->pid == 0)
		become(c, fd[1], parent);
	(void)close(fd[1]);
	if (c->pid < 0) {
		c->pid = 0;
		if (fd[0] >= 0)
			(void)close(fd[0]);
		return E_IO;
	}
	if (c->out > 0)
		(void)close(c->out);
	c->out = fd[0];
	c->n = 0;
	c->status = 0;
	return 0;
}

static void
tell_lines(struct child *c, child_line *tell, void *me)
{
	struct str rest = { c->line, c->n };
	char *end;

	while ((end = memchr(rest.p, '\n', rest.n))) {
		tell(me, c, str_cut(&rest, '\n'));
		if (rest.n == 0)
			break;
	}
	if (rest.n == sizeof c->line) {
		tell(me, c, rest);
		rest.n = 0;
	}
	if (rest.n)
		memmove(c->line, rest.p, rest.n);
	c->n = rest.n;
}

void
child_read(struct child *c, child_line *tell, void *me)
{
	ssize_t n;

	while (c->out >= 0) {
		n = read(c->out, c->line + c->n, sizeof c->line - c->n);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			if (c->n)
				tell(me, c, (struct str){ c->line, c->n });
			c->n = 0;
			(void)close(c->out);
			c->out = -1;
			return;
		}
		c->n += (size_t)n;
		tell_lines(c, tell, me);
	}
}

bool
child_reap(struct child *c)
{
	if (c->pid == 0 || waitpid(c->pid, &c->status, WNOHANG) != c->pid)
		return false;
	c->pid = 0;
	return true;
}

void
child_signal(const struct child *c, int sig)
{
	if (c->pid > 0)
		(void)kill(c->pid, sig);
}

struct str
child_ended(struct arena *a, int status)
{
	if (WIFSIGNALED(status))
		return arena_fmt(a, "signal %d", WTERMSIG(status));
	return arena_fmt(a, "exit %d", WEXITSTATUS(status));
}

bool
process_wait(pid_t pid, int timeout_ms)
{
	int fd = pidfd_open(pid, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int rc;

	if (fd < 0)
		return errno == ESRCH;
	rc = poll(&p, 1, timeout_ms);
	(void)close(fd);
	return rc > 0;
}

pid_t
pid_read(const char *path)
{
	struct arena a;
	struct str s;
	int64_t n = 0;

	arena_init(&a, 0);
	if (file_read(&a, path, 64, &s) < 0 || !str_to_int(str_trim(s), &n) || n <= 1 || n > INT32_MAX)
		n = 0;
	arena_free(&a);
	return n && (kill((pid_t)n, 0) == 0 || errno == EPERM) ? (pid_t)n : 0;
}

int
up_lock(const char *path, pid_t *who)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	*who = 0;
	if (fd < 0)
		return E_IO;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		*who = pid_read(path);
		(void)close(fd);
		return E_BUSY;
	}
	if (ftruncate(fd, 0) != 0 || dprintf(fd, "%d\n", (int)getpid()) < 0) {
		(void)close(fd);
		return E_IO;
	}
	return fd;
}

pid_t
up_running(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	pid_t who = 0;

	if (fd < 0)
		return 0;
	if (flock(fd, LOCK_SH | LOCK_NB) != 0)
		who = pid_read(path);
	(void)close(fd);
	return who;
}

pid_t
redis_orphan(const char *pid_path)
{
	pid_t pid = pid_read(pid_path);
	struct arena a;
	struct str name;

	if (pid == 0)
		return 0;
	arena_init(&a, 0);
	if (file_read(&a, arena_fmt(&a, "/proc/%d/comm", (int)pid).p, 64, &name) < 0 ||
	    !str_starts(name, S("redis-server")))
		pid = 0;
	arena_free(&a);
	return pid;
}
