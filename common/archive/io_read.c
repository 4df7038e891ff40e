/*
 * io_read.c - one body out of an archive, and whether all of it is sound. Reads while the writer writes, changes
 * nothing, and believes neither index nor segments: what comes out has the id and revision that were asked for.
 */
#include "archive/io_parts.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct archive_reader {
	char		*folder;
	int		 dir;
	struct index	*ix;
	bool		 lost;
	char		 why[ARCHIVE_WORDS];
};

static int __attribute__((format(printf, 3, 4)))
say(struct archive_reader *r, int rc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(r->why, sizeof r->why, fmt, ap);
	va_end(ap);
	return rc;
}

int
archive_reader_open(struct archive_reader **out, const char *folder)
{
	struct archive_reader *r = calloc(1, sizeof *r);

	*out = NULL;
	if (!r)
		return E_NOMEM;
	r->dir = -1;
	r->folder = strdup(folder);
	if (!r->folder) {
		free(r);
		return E_NOMEM;
	}
	*out = r;
	return 0;
}

static void
let_go(struct archive_reader *r)
{
	index_close(r->ix);
	r->ix = NULL;
	if (r->dir >= 0)
		(void)close(r->dir);
	r->dir = -1;
}

void
archive_reader_close(struct archive_reader *r)
{
	if (!r)
		return;
	let_go(r);
	free(r->folder);
	free(r);
}

const char *
archive_why(const struct archive_reader *r)
{
	return r->why;
}

bool
archive_is_lost(const struct archive_reader *r)
{
	return r->lost;
}

/* The folder may have come, gone or been made anew since the last body. */
static int
be_open(struct archive_reader *r)
{
	int rc;

	if (r->ix && index_is_current(r->ix, r->folder))
		return 0;
	let_go(r);
	r->dir = open(r->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->dir < 0)
		return say(r, seg_errno(), "the archive folder %.120s cannot be opened", r->folder);
	rc = index_open(&r->ix, r->folder, false);
	if (rc < 0)
		return say(r, rc, "the index of the archive cannot be read (%s); audit makes it anew", err_text(rc));
	return 0;
}

/* The body alone: its neighbours in the block are of no use to the caller's arena. */
static int
copy_body(const struct archive_body *b, struct arena *a, struct archive_body *out)
{
	*out = *b;
	for (int p = 0; p < PART_COUNT; p++)
		out->part[p] = b->part[p].n ? arena_str(a, b->part[p]) : STR_NONE;
	return a->spent ? E_NOMEM : 0;
}

static int
read_place(struct archive_reader *r, struct place at, struct arena *a, struct archive_body *out)
{
	int fd = at.segment > 0 ? seg_open(r->dir, at.segment, O_RDONLY) : E_NOT_FOUND, n;
	struct archive_body *v = NULL;
	int64_t offset = at.offset;
	struct arena block;
	struct stat st;

	if (fd < 0)
		return fd;
	arena_init(&block, BLOCK_ARENA);
	n = fstat(fd, &st) < 0 ? seg_errno() : seg_block(&block, fd, (struct file_number){ at.segment, st.st_size }, &offset, &v);
	(void)close(fd);
	if (n >= 0)
		n = at.nth < 0 || at.nth >= n ? E_DAMAGED : copy_body(&v[at.nth], a, out);
	arena_free(&block);
	return n;
}

/* The index reaches the end of the segments: it is not behind, nor being made anew. */
static bool
is_complete(struct archive_reader *r)
{
	struct arena a;
	struct file_numbers all;
	struct file_number upto, last = { 0, 0 };
	bool yes;

	arena_init(&a, (size_t)1 << 30);
	yes = seg_list(&a, r->folder, &all) == 0 && all.n > 0 && index_upto(r->ix, &upto) == 0;
	if (yes)
		last = all.v[all.n - 1];
	arena_free(&a);
	return yes && (upto.number > last.number || (upto.number == last.number && upto.size >= last.size));
}

static bool
is_no_block(int rc)
{
	return rc == E_DAMAGED || rc == E_MALFORMED || rc == E_INCOMPLETE || rc == E_LIMIT || rc == E_NOT_FOUND;
}

int
archive_get(struct archive_reader *r, struct eid id, int64_t revision, struct arena *a, struct archive_body *out)
{
	int64_t found = 0;
	struct place at;
	int rc = be_open(r);

	r->lost = false;
	r->why[0] = rc < 0 ? r->why[0] : 0;
	if (rc < 0)
		return rc;
	rc = index_find(r->ix, id, revision, &found, &at);
	if (rc == E_NOT_FOUND) {
		/* asked once more, since it may just have been completed */
		r->lost = is_complete(r) && index_find(r->ix, id, revision, &found, &at) == E_NOT_FOUND;
		return say(r, rc, "the archive does not have this body");
	}
	if (rc < 0) {
		let_go(r);
		return say(r, rc, "the index of the archive cannot be read: %s", err_text(rc));
	}
	rc = read_place(r, at, a, out);
	r->lost = is_no_block(rc) && is_complete(r);
	if (rc == 0 && (memcmp(out->id.b, id.b, sizeof id.b) != 0 || out->revision != found))
		rc = E_DAMAGED;
	if (rc == E_NOT_FOUND)
		rc = E_DAMAGED;			/* the index has it, the segments do not */
	if (rc < 0)
		return say(r, rc, "segment %08lld at %lld cannot be read: %s", (long long)at.segment, (long long)at.offset,
		    err_text(rc));
	return 0;
}

/* ---- verify ---- */

struct verify { struct archive_reader *r; struct archive_check *out; struct file_number upto; };

static void __attribute__((format(printf, 2, 3)))
wrong(struct archive_check *c, const char *fmt, ...)
{
	va_list ap;

	if (c->why[0])
		return;
	va_start(ap, fmt);
	(void)vsnprintf(c->why, sizeof c->why, fmt, ap);
	va_end(ap);
}

static bool
is_before(const struct file_number *upto, int64_t number, int64_t at)
{
	return number < upto->number || (number == upto->number && at < upto->size);
}

/* A body that stands twice is in the index once: at its later place, or where a crash left it. */
static int
check_block(struct verify *v, struct file_number s, int64_t at, const struct archive_body *b, int n)
{
	int rc = 0;

	v->out->blocks++;
	for (int i = 0; i < n && rc == 0; i++) {
		struct place p;
		int64_t found;

		rc = index_find(v->r->ix, b[i].id, b[i].revision, &found, &p);
		if (rc == 0 && p.segment == s.number && p.offset == at && p.nth == i)
			v->out->bodies++;
		if (rc != E_NOT_FOUND)
			continue;
		rc = 0;
		if (!is_before(&v->upto, s.number, at))
			continue;		/* being written now */
		v->out->missing++;
		wrong(v->out, "the index lacks a body of segment %08lld at %lld", (long long)s.number, (long long)at);
	}
	return rc;
}

static int
check_segment(struct verify *v, struct file_number s)
{
	int fd = seg_open(v->r->dir, s.number, O_RDONLY), rc = 0;

	if (fd < 0)
		return fd;
	for (int64_t at = 0; rc == 0 && at < s.size;) {
		int64_t here = at;
		struct archive_body *b;
		struct arena a;
		int n;

		arena_init(&a, BLOCK_ARENA);
		n = seg_block(&a, fd, s, &at, &b);
		if (n >= 0)
			rc = check_block(v, s, here, b, n);
		arena_free(&a);
		if (n >= 0)
			continue;
		if (n == E_IO || n == E_NOMEM) {
			rc = n;
			break;
		}
		at = seg_find(fd, s, here + 1);
		if (!is_before(&v->upto, s.number, here))
			continue;
		v->out->damaged += at - here;
		wrong(v->out, "segment %08lld at %lld: %s", (long long)s.number, (long long)here, err_text(n));
	}
	(void)close(fd);
	return rc;
}

static int
check_all(struct verify *v, const struct file_numbers *all, bool whole)
{
	int64_t rows = 0;
	int rc = index_upto(v->r->ix, &v->upto);

	if (rc == 0)
		rc = index_count(v->r->ix, &rows);
	for (size_t i = 0; rc == 0 && i < all->n; i++) {
		v->out->segments++;
		v->out->bytes += all->v[i].size;
		if (all->v[i].number == v->upto.number && all->v[i].size < v->upto.size)
			wrong(v->out, "segment %08lld is shorter than the index says", (long long)v->upto.number);
		if (whole)
			rc = check_segment(v, all->v[i]);
	}
	if (rc < 0)
		return rc;
	if (v->upto.number && (all->n == 0 || all->v[all->n - 1].number < v->upto.number))
		wrong(v->out, "segment %08lld is gone", (long long)v->upto.number);
	if (!whole)
		v->out->bodies = rows;
	else if (rows > v->out->bodies) {
		v->out->extra = rows - v->out->bodies;
		wrong(v->out, "the index has %lld bodies that no segment has", (long long)v->out->extra);
	}
	return v->out->why[0] ? E_DAMAGED : 0;
}

int
archive_verify(const char *folder, bool whole, struct archive_check *out)
{
	struct verify v = { .out = out };
	struct arena a;
	struct file_numbers all;
	int rc = archive_reader_open(&v.r, folder);

	memset(out, 0, sizeof *out);
	if (rc < 0)
		return rc;
	arena_init(&a, (size_t)1 << 30);
	rc = file_exists(folder) ? be_open(v.r) : E_NOT_FOUND;
	if (rc == 0)
		rc = seg_list(&a, folder, &all);	/* before the index: it may grow meanwhile, they do not shrink */
	if (rc == 0)
		rc = check_all(&v, &all, whole);
	else if (rc != E_NOT_FOUND || file_exists(folder))
		wrong(out, "%s", v.r->why[0] ? v.r->why : err_text(rc));
	if (rc == E_NOT_FOUND && file_exists(folder))
		rc = E_DAMAGED;
	archive_reader_close(v.r);
	arena_free(&a);
	return rc;
}
