/* io_segment.c - segment files. Knows names and bytes, nothing of what the lines say. */
#include "audit/io_segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE	(1u << 20)

int
segment_errno(void)
{
	return errno == ENOTDIR ? E_IO : file_errno();
}

void
segment_name(int64_t number, char out[SEGMENT_NAME])
{
	(void)snprintf(out, SEGMENT_NAME, "%06lld.cll", (long long)number);
}

int
segment_list(struct arena *a, const char *folder, struct file_numbers *out)
{
	return dir_list_numbered(a, folder, LIMIT_LEDGER_SEGMENTS, 6, ".cll", out);
}

int
segment_open(int folder, int64_t number, int flags)
{
	char name[SEGMENT_NAME];
	int fd;

	segment_name(number, name);
	fd = openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? segment_errno() : fd;
}

static ssize_t
read_some(int fd, char *p, size_t n)
{
	ssize_t got;

	do
		got = read(fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

int
segment_read(int fd, segment_fn fn, void *me)
{
	const size_t cap = LIMIT_LEDGER_LINE + 2 * PIECE;
	char *p = malloc(cap);
	size_t have = 0, used = 0;
	int rc = p ? 0 : E_NOMEM;

	while (rc >= 0) {
		/* whoever leaves a whole line limit unused has said so below 0; room is never short of a piece */
		ssize_t got = have < cap ? read_some(fd, p + have, cap - have < PIECE ? cap - have : PIECE) : 0;

		if (got < 0) {
			rc = segment_errno();
			break;
		}
		have += (size_t)got;
		rc = fn(me, (struct str){ p, have }, got == 0, &used);
		if (rc < 0 || got == 0)
			break;
		have -= used;
		memmove(p, p + used, have);
	}
	free(p);
	return rc;
}

static int
write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno != EINTR)
			return segment_errno();
		if (put > 0) {
			p += put;
			n -= (size_t)put;
		}
	}
	return 0;
}

/* Never over an earlier one: each is evidence. */
static int
torn_open(int folder, int64_t number, char name[SEGMENT_NAME])
{
	int fd = -1;

	errno = EEXIST;
	for (int i = 1; fd < 0 && errno == EEXIST && i < 1000; i++) {
		(void)snprintf(name, SEGMENT_NAME, "%06lld.torn-%d", (long long)number, i);
		fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	return fd < 0 ? segment_errno() : fd;
}

static int
read_tail(int fd, int64_t from, struct str *out)
{
	struct stat st;
	size_t n, have = 0;
	char *p;

	if (fstat(fd, &st) < 0)
		return segment_errno();
	n = st.st_size > from ? (size_t)(st.st_size - from) : 0;
	p = malloc(n + 1);
	if (!p)
		return E_NOMEM;
	while (have < n) {
		ssize_t got = pread(fd, p + have, n - have, from + (off_t)have);

		if (got <= 0 && !(got < 0 && errno == EINTR)) {
			free(p);
			return E_IO;
		}
		have += got > 0 ? (size_t)got : 0;
	}
	*out = (struct str){ p, n };
	return 0;
}

int
segment_save_torn(int folder, int fd, int64_t number, int64_t from, char sha[LEDGER_HEX + 1])
{
	char name[SEGMENT_NAME];
	struct str tail;
	int to, rc = read_tail(fd, from, &tail);

	if (rc < 0)
		return rc;
	ledger_sha(tail, STR_NONE, sha);
	to = torn_open(folder, number, name);
	rc = to < 0 ? to : write_all(to, tail.p, tail.n);
	if (rc >= 0 && (fsync(to) < 0 || fsync(folder) < 0))
		rc = segment_errno();
	if (to >= 0)
		(void)close(to);
	if (rc < 0 && to >= 0)
		(void)unlinkat(folder, name, 0);	/* half a copy is no evidence; the segment still has the bytes */
	free((char *)tail.p);
	return rc;
}

int
segment_last_line(struct arena *a, int fd, struct str *out)
{
	struct stat st;
	struct str tail;
	const char *from;
	int rc;

	if (fstat(fd, &st) < 0)
		return segment_errno();
	rc = read_tail(fd, st.st_size > LIMIT_LEDGER_LINE + 2 ? st.st_size - LIMIT_LEDGER_LINE - 2 : 0, &tail);
	if (rc < 0)
		return rc;
	rc = E_CHAIN;
	if (tail.n && tail.p[tail.n - 1] == '\n') {
		from = memrchr(tail.p, '\n', tail.n - 1);
		from = from ? from + 1 : tail.p;
		*out = arena_str(a, (struct str){ from, (size_t)(tail.p + tail.n - 1 - from) });
		rc = out->p ? 0 : E_NOMEM;
	}
	free((char *)tail.p);
	return rc;
}
