/* yard - what the benches share: child processes, their CPU time, clocks, medians. */
#ifndef CLAIMLINE_YARD_H
#define CLAIMLINE_YARD_H

#include "base/base.h"

#include <sys/types.h>

struct child { const char *name; pid_t pid; double cpu_before; };

double	yard_now(void);				/* seconds, monotonic */
double	yard_cpu_now(void);			/* seconds this process has worked */
double	yard_cpu(pid_t);			/* user + system seconds of a running process */
pid_t	yard_spawn(char *const argv[], const char *log);	/* stdout and stderr to the file */
void	yard_stop(pid_t, int sig);		/* and wait for it */
double	yard_median(double *v, size_t n);	/* sorts v */
int64_t	yard_percentile(int64_t *v, size_t n, int per_mille);	/* sorts v */
void	yard_fail(const char *what) __attribute__((noreturn));

/* A private Redis with appendfsync always in dir/redis.sock. */
pid_t	yard_redis(const char *dir);

/* The same job elsewhere: n bodies through `hops` durable hand-overs. Encounters a second; 0 = not installed. */
double	yard_beanstalkd(const char *dir, const char *fsync_ms, size_t n, size_t bytes, size_t added, int hops);
/*
 * An 837 read by another X12 parser, in a program of its own: CPU seconds without its start. 0: not installed, below 0: it
 * failed. "perl": libx12-parser-perl of Debian with its guide cf; "node-x12", "x12-parser": of npm, where NODE_PATH says.
 */
double	yard_x12(const char *parser, const char *cf, const char *file);

double	yard_redis_set(const char *dir, size_t n, size_t bytes);	/* redis-benchmark -c 50 -P 16 */

#endif
