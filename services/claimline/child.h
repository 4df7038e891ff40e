/*
 * child - a process of ours: started in its own group, its output read line by line. And the lock that
 * says that `claimline up` runs.
 */
#ifndef CLAIMLINE_CLI_CHILD_H
#define CLAIMLINE_CLI_CHILD_H

#include "base/base.h"

#include <sys/types.h>

#define CHILD_LINE	8192

struct child {
	char		 name[64];		/* "suggest.1", "redis" */
	char		**argv;			/* argv[0] is a path, or a name to be found in PATH */
	const char	*folder;		/* where it starts; NULL: here */
	const char	*log;			/* file its output goes to; NULL: to us, by child_read */
	bool		 dies_with_us;		/* SIGTERM to it when we are killed */
	pid_t		 pid;			/* 0: not running */
	int		 out;			/* its stdout and stderr; -1 when at its end */
	int		 status;		/* of wait, once it ended */
	char		 line[CHILD_LINE];
	size_t		 n;
};

typedef void child_line(void *me, const struct child *, struct str line);

int	child_start(struct child *);				/* E_IO */
void	child_read(struct child *, child_line *, void *me);	/* what is there now; whole lines are told */
bool	child_reap(struct child *);				/* true once, when it has ended */
void	child_signal(const struct child *, int sig);
/* "exit 78" or "signal 9" */
struct str child_ended(struct arena *, int status);

/* Waits for a process that need not be ours. True: it is gone. */
bool	process_wait(pid_t, int timeout_ms);

/* The lock of `up`. Returns a descriptor, or E_BUSY and who has it, or E_IO. */
int	up_lock(const char *path, pid_t *who);
pid_t	up_running(const char *path);				/* 0: nobody */

/* A Redis that outlived an `up` which was killed, by its pid file; 0 when there is none. */
pid_t	redis_orphan(const char *pid_path);
pid_t	pid_read(const char *path);				/* 0: none, or that process is gone */

#endif
