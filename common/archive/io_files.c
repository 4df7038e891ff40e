/* io_files.c - segment files of the archive: names, appending, and finding blocks in bytes that may be anything. */
#include "archive/io_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW		65536

int
seg_errno(void)
{
	return errno == ENOTDIR ? E_IO : file_errno();
}

int
seg_list(struct arena *a, const char *folder, struct file_numbers *out)
{
	return dir_list_numbered(a, folder, LIMIT_ARCHIVE_SEGMENTS, 8, ".cla", out);
}

static const char *
name_of(int64_t number, char out[32])
{
	(void)snprintf(out, 32, "%08lld.cla", (long long)number);
	return out;
}

int
seg_open(int folder, int64_t number, int flags)
{
	char name[32];
	int fd = openat(folder, name_of(number, name), flags | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd < 0 ? seg_errno() : fd;
}

bool
seg_is(int folder, int fd, struct file_number s)
{
	struct stat held, named;
	char name[32];

	return fstat(fd, &held) == 0 && fstatat(folder, name_of(s.number, name), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    held.st_dev == named.st_dev && held.st_ino == named.st_ino && held.st_size == s.size;
}

int
seg_write(int fd, int64_t at, struct str bytes)
{
	for (size_t done = 0; done < bytes.n;) {
		ssize_t n = pwrite(fd, bytes.p + done, bytes.n - done, at + (off_t)done);

		if (n < 0 && errno != EINTR)
			return seg_errno();
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Exactly n bytes. E_INCOMPLETE: the file is shorter. */
static int
read_at(int fd, int64_t at, char *p, size_t n)
{
	for (size_t have = 0; have < n;) {
		ssize_t got = pread(fd, p + have, n - have, at + (off_t)have);

		if (got == 0)
			return E_INCOMPLETE;
		if (got < 0 && errno != EINTR)
			return seg_errno();
		have += got > 0 ? (size_t)got : 0;
	}
	return 0;
}

int
seg_block(struct arena *a, int fd, struct file_number s, int64_t *at, struct archive_body **out)
{
	char head[BLOCK_HEAD], *p;
	struct block_head h;
	size_t n;
	int rc;

	if (*at < 0 || *at > s.size || s.size - *at < BLOCK_HEAD)
		return E_INCOMPLETE;
	rc = read_at(fd, *at, head, sizeof head);
	if (rc == 0)
		rc = block_head((struct str){ head, sizeof head }, &h);
	if (rc < 0)
		return rc;
	n = BLOCK_HEAD + h.packed;
	if ((int64_t)n > s.size - *at)
		return E_INCOMPLETE;
	p = arena_alloc(a, n);
	if (!p)
		return E_NOMEM;
	rc = read_at(fd, *at, p, n);
	if (rc == 0)
		rc = block_read(a, (struct str){ p, n }, out);
	if (rc >= 0)
		*at += (int64_t)n;
	return rc;
}

int64_t
seg_find(int fd, struct file_number s, int64_t at)
{
	char p[WINDOW];

	while (at < s.size) {
		size_t n = s.size - at < WINDOW ? (size_t)(s.size - at) : WINDOW;
		const char *hit;

		if (n < BLOCK_HEAD || read_at(fd, at, p, n) < 0)
			break;
		hit = memmem(p, n, BLOCK_MAGIC, 4);
		if (hit)
			return at + (hit - p);
		at += (int64_t)n - 3;		/* a magic may lie across two windows */
	}
	return s.size;
}
