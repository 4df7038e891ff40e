/*
 * io_write.c - the one writer of an archive. Bytes first, then the index: what the index has is on disk. After an
 * error what was appended is taken back, and everything begins again from what the index knows.
 */
#include "archive/io_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE	(16 << 20)		/* bytes of segments indexed in one call */

struct archive_writer {
	char		*folder;
	int64_t		 segment_bytes;
	int		 dir, fd;		/* -1: not open; the lock is on dir */
	struct index	*ix;
	struct file_number	 last;			/* what is appended to; number 0: none yet */
	bool		 ready, told;
	uint64_t	 looks;
	char		 id[ARCHIVE_ID + 1];	/* the only archive that is written; empty: any */
	char		 note[ARCHIVE_WORDS];
};

static void __attribute__((format(printf, 2, 3)))
note(struct archive_writer *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(w->note, sizeof w->note, fmt, ap);
	va_end(ap);
	w->told = false;
}

const char *
archive_note(struct archive_writer *w)
{
	const char *words = w->told ? "" : w->note;

	w->told = true;
	return words;
}

int
archive_writer_open(struct archive_writer **out, const char *folder, int64_t segment_bytes)
{
	struct archive_writer *w = calloc(1, sizeof *w);

	*out = w;
	if (!w)
		return E_NOMEM;
	w->dir = w->fd = -1;
	w->segment_bytes = segment_bytes;
	w->folder = strdup(folder);
	if (w->folder)
		return 0;
	free(w);
	*out = NULL;
	return E_NOMEM;
}

/* Closing the folder gives its lock up. */
static void
let_go(struct archive_writer *w)
{
	index_close(w->ix);
	w->ix = NULL;
	if (w->fd >= 0)
		(void)close(w->fd);
	if (w->dir >= 0)
		(void)close(w->dir);
	w->dir = w->fd = -1;
	w->ready = false;
}

void
archive_writer_close(struct archive_writer *w)
{
	if (!w)
		return;
	let_go(w);
	free(w->folder);
	free(w);
}

/* ---- becoming ready ---- */

void
archive_expect(struct archive_writer *w, struct str id)
{
	if (str_is(id, w->id))
		return;
	let_go(w);
	(void)snprintf(w->id, sizeof w->id, STR_FMT, STR_ARG(id));
}

const char *
archive_id(const struct archive_writer *w)
{
	return w->id;
}

/* The folder is ours by now. Reading the id again shows whether it was written into the folder that is locked. */
static int
identify(struct archive_writer *w)
{
	char id[ARCHIVE_ID + 1];
	int rc = id_read(w->dir, id);

	if (!w->id[0] && (rc == E_NOT_FOUND || rc == E_MALFORMED)) {
		rc = id_make(w->folder);
		if (rc >= 0)
			rc = id_read(w->dir, id);
	}
	if (w->id[0] && (rc == E_NOT_FOUND || rc == E_MALFORMED || (rc == 0 && strcmp(id, w->id) != 0)))
		return E_FOREIGN;
	if (rc == 0)
		memcpy(w->id, id, sizeof id);
	return rc;
}

static int
lock_folder(struct archive_writer *w)
{
	int up, rc = w->id[0] ? 0 : mkdir_p(w->folder);

	if (rc < 0)
		return rc;
	w->dir = open(w->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->dir < 0 && errno == ENOTDIR)
		return E_DUPLICATE;
	if (w->dir < 0)
		return w->id[0] && errno == ENOENT ? E_FOREIGN : seg_errno();
	if (flock(w->dir, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? E_BUSY : seg_errno();
	if (fchmod(w->dir, 0700) < 0)
		return seg_errno();
	up = openat(w->dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (up >= 0) {
		(void)fsync(up);		/* the folder's own name; where that is not ours to sync, it is old */
		(void)close(up);
	}
	return identify(w);
}

static int
make_anew(struct archive_writer *w, const char *why)
{
	note(w, "%s: the index is made anew from the segments", why);
	index_close(w->ix);
	w->ix = NULL;
	index_remove(w->folder);
	return index_open(&w->ix, w->folder, true);
}

static int
open_index(struct archive_writer *w)
{
	int rc = index_open(&w->ix, w->folder, true);

	return rc == E_DAMAGED ? make_anew(w, "index.db cannot be read") : rc;
}

static const struct file_number *
segment_of(const struct file_numbers *all, int64_t number)
{
	for (size_t i = all->n; i > 0; i--)
		if (all->v[i - 1].number == number)
			return &all->v[i - 1];
	return NULL;
}

/* One piece of one segment from *at on; *at goes to where the next piece begins. */
static int
index_piece(struct archive_writer *w, int fd, struct file_number s, int64_t *at)
{
	int64_t begin = *at;
	int rc = 0;

	while (rc >= 0 && *at < s.size && *at - begin < PIECE) {
		int64_t here = *at;
		struct archive_body *v;
		struct arena block;
		int n;

		arena_init(&block, BLOCK_ARENA);
		n = seg_block(&block, fd, s, at, &v);
		for (int i = 0; i < n && rc >= 0; i++)
			rc = index_put(w->ix, &v[i], (struct place){ s.number, here, i });
		arena_free(&block);
		if (n == E_IO || n == E_NOMEM)
			return n;
		if (n < 0) {
			*at = seg_find(fd, s, here + 1);
			note(w, "%lld bytes at %lld of segment %08lld are no block (%s) and are passed by",
			    (long long)(*at - here), (long long)here, (long long)s.number, err_text(n));
		}
	}
	return rc;
}

static int
catch_up(struct archive_writer *w, struct file_number s, int64_t from)
{
	int fd = seg_open(w->dir, s.number, O_RDONLY), rc;

	if (fd < 0)
		return fd;
	rc = index_begin(w->ix);
	if (rc == 0)
		rc = index_piece(w, fd, s, &from);
	if (rc == 0)
		rc = index_commit(w->ix, (struct file_number){ s.number, from });
	else
		index_rollback(w->ix);
	(void)close(fd);
	return rc;
}

/* Where the index ends, and whether that is still there. */
static int
known_end(struct archive_writer *w, const struct file_numbers *all, struct file_number *upto)
{
	const struct file_number *s;
	int rc = index_upto(w->ix, upto);

	if (rc < 0 || upto->number == 0)
		return rc;
	s = segment_of(all, upto->number);
	if (s && upto->size >= 0 && s->size >= upto->size)
		return 0;
	*upto = (struct file_number){ 0, 0 };
	return make_anew(w, "a segment is gone, or shorter than it was");
}

/* 1: the index reaches the end of the last segment, which is w->last. */
static int
advance(struct archive_writer *w, struct arena *a)
{
	struct file_numbers all;
	struct file_number upto;
	int rc = seg_list(a, w->folder, &all);

	if (rc == 0)
		rc = known_end(w, &all, &upto);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < all.n; i++) {
		int64_t from = all.v[i].number == upto.number ? upto.size : 0;

		if (all.v[i].number >= upto.number && from < all.v[i].size)
			return catch_up(w, all.v[i], from);
	}
	w->last = all.n ? all.v[all.n - 1] : (struct file_number){ 0, 0 };
	return 1;
}

int
archive_ready(struct archive_writer *w, struct arena *a)
{
	int rc = 0;

	if (w->ready && index_is_current(w->ix, w->folder))
		return 1;
	if (w->ready)
		let_go(w);
	if (w->dir < 0)
		rc = lock_folder(w);
	if (rc >= 0 && !w->ix)
		rc = open_index(w);
	if (rc >= 0)
		rc = advance(w, a);
	if (rc == 1 && w->last.number)
		w->fd = seg_open(w->dir, w->last.number, O_WRONLY);
	if (rc == 1 && w->last.number && w->fd < 0)
		rc = w->fd;
	w->ready = rc == 1;
	if (rc == E_DAMAGED)
		rc = make_anew(w, "index.db cannot be read");
	if (rc < 0)
		let_go(w);
	return rc;
}

int
archive_look(struct archive_writer *w)
{
	int rc;

	must(w->ready);
	if (index_look(w->folder, w->looks++) != E_DAMAGED)
		return 1;
	w->ready = false;
	if (w->fd >= 0)
		(void)close(w->fd);
	w->fd = -1;
	rc = make_anew(w, "index.db was damaged while in use");
	if (rc < 0)
		let_go(w);
	return rc;
}

/* ---- writing ---- */

/* What is appended to a segment that was cut would stand behind a hole, and to one that is gone nowhere. */
static int
next_segment(struct archive_writer *w)
{
	int fd;

	if (w->fd >= 0 && !seg_is(w->dir, w->fd, w->last)) {
		note(w, "segment %08lld is not as it was left: somebody else changed it", (long long)w->last.number);
		return E_MOVED;
	}
	if (w->fd >= 0 && w->last.size < w->segment_bytes)
		return 0;
	fd = seg_open(w->dir, w->last.number + 1, O_WRONLY | O_CREAT | O_EXCL);
	if (fd < 0)
		return fd == E_DUPLICATE ? E_MOVED : fd;
	if (w->fd >= 0)
		(void)close(w->fd);
	w->fd = fd;
	w->last = (struct file_number){ w->last.number + 1, 0 };
	return fsync(w->dir) < 0 ? seg_errno() : 0;
}

/* *size grows by what was written. */
static int
put_blocks(struct archive_writer *w, struct arena *a, const struct archive_body *v, size_t n, int64_t *size)
{
	int rc = 0;

	for (size_t at = 0; rc >= 0 && at < n;) {
		struct str bytes;
		int k = block_write(a, v + at, n - at, &bytes);

		if (k < 0)
			return k;
		rc = seg_write(w->fd, *size, bytes);
		for (int i = 0; i < k && rc >= 0; i++)
			rc = index_put(w->ix, &v[at + (size_t)i], (struct place){ w->last.number, *size, i });
		*size += (int64_t)bytes.n;
		at += (size_t)k;
	}
	return rc;
}

int
archive_put(struct archive_writer *w, struct arena *a, const struct archive_body *v, size_t n)
{
	int64_t size;
	int rc;

	must(w->ready);
	if (n == 0)
		return 0;
	rc = next_segment(w);
	if (rc == E_MOVED) {
		let_go(w);
		return rc;
	}
	size = w->last.size;
	if (rc >= 0)
		rc = index_begin(w->ix);
	if (rc >= 0)
		rc = put_blocks(w, a, v, n, &size);
	if (rc >= 0 && fdatasync(w->fd) < 0)
		rc = seg_errno();
	if (rc >= 0)
		rc = index_commit(w->ix, (struct file_number){ w->last.number, size });
	if (rc >= 0) {
		w->last.size = size;
		return 0;
	}
	index_rollback(w->ix);
	if (rc == E_DAMAGED)
		(void)make_anew(w, "index.db cannot be written");
	if (w->fd >= 0)
		(void)ftruncate(w->fd, w->last.size);	/* what stays nevertheless is found again, and harmless */
	let_go(w);
	return rc;
}
