/* archive_disk.h - an archive in a folder of its own, bodies to put there, and hands that damage it. */
#ifndef CLAIMLINE_ARCHIVE_DISK_H
#define CLAIMLINE_ARCHIVE_DISK_H

#include "archive/io_archive.h"
#include "base/file.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64], folder[80];
static struct arena a;
#define verify(whole, c)	archive_verify(folder, whole, c)

static inline void
begin(void)
{
	arena_init(&a, (size_t)1 << 30);
	(void)snprintf(root, sizeof root, "/tmp/claimline-archive.XXXXXX");
	cr_assert(mkdtemp(root) != NULL);
	(void)snprintf(folder, sizeof folder, "%s/archive", root);
}

static inline void
end(void)
{
	folder_remove(root);
	arena_free(&a);
}

/* Body i at a revision: noise, so that it does not compress to nothing. */
static inline struct archive_body
body(unsigned i, int64_t revision, size_t size)
{
	struct archive_body b = { .revision = revision };
	uint64_t x = i * 7919u + (uint64_t)revision + 1;
	char *p = arena_alloc(&a, size + 1);

	(void)snprintf((char *)b.id.b, sizeof b.id.b, "id %u", i);
	for (size_t k = 0; k < size; k++) {
		x = x * UINT64_C(6364136223846793005) + 1;
		p[k + 1] = (char)(x >> 56);
	}
	b.part[PART_INGEST] = (struct str){ p, size + 1 };
	b.part[PART_SUBMIT] = arena_fmt(&a, "%csubmit %u %lld", 0, i, (long long)revision);
	return b;
}

static inline struct archive_writer *
writer(int64_t segment_bytes)
{
	struct archive_writer *w;

	cr_assert(archive_writer_open(&w, folder, segment_bytes) == 0);
	return w;
}

/* Ready, however many pieces that takes; the last error otherwise. */
static inline int
ready(struct archive_writer *w)
{
	int rc;

	while ((rc = archive_ready(w, &a)) == 0)
		;
	return rc;
}

static inline int
put(struct archive_writer *w, unsigned first, unsigned n, int64_t revision)
{
	struct archive_body *v = arena_array(&a, n, sizeof *v);
	int rc = ready(w);

	for (unsigned i = 0; i < n; i++)
		v[i] = body(first + i, revision, 1000);
	return rc < 0 ? rc : archive_put(w, &a, v, n);
}

static inline int
get(unsigned i, int64_t revision, int64_t expect, char why[ARCHIVE_WORDS])
{
	struct archive_body b, want = body(i, expect, 1000);
	struct archive_reader *r;
	int rc;

	cr_assert(archive_reader_open(&r, folder) == 0);
	rc = archive_get(r, want.id, revision, &a, &b);
	if (why)
		memcpy(why, archive_why(r), ARCHIVE_WORDS);
	if (rc == 0)
		cr_expect(b.revision == expect && memcmp(b.id.b, want.id.b, 16) == 0 &&
		    str_eq(b.part[PART_INGEST], want.part[PART_INGEST]) &&
		    str_eq(b.part[PART_SUBMIT], want.part[PART_SUBMIT]) && b.part[PART_AUDIT].n == 0, "body %u is another", i);
	else
		cr_expect(archive_why(r)[0] != 0, "no words for %s", err_name(rc));
	archive_reader_close(r);
	return rc;
}

static inline void
expect_all(unsigned n, const char *when)
{
	unsigned bad = 0;

	for (unsigned i = 0; i < n; i++)
		bad += get(i, 3, 3, NULL) != 0;
	cr_expect(bad == 0, "%s: %u of %u cannot be read", when, bad, n);
}

static inline const char *
path(const char *name)
{
	return arena_fmt(&a, "%s/%s", folder, name).p;
}

static inline void
change(const char *name, off_t at, const char *bytes, size_t n)
{
	int fd = open(path(name), O_WRONLY);

	cr_assert(fd >= 0 && pwrite(fd, bytes, n, at) == (ssize_t)n && close(fd) == 0, "%s", name);
}

static inline off_t
size_of(const char *name)
{
	struct stat st;

	return stat(path(name), &st) == 0 ? st.st_size : -1;
}

static inline void
without_index(void)
{
	(void)(unlink(path("index.db")) + unlink(path("index.db-wal")) + unlink(path("index.db-shm")));
}

#endif
