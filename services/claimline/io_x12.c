/*
 * io_x12.c - files of any length in and out for `claimline x12`: read as they come, written beside their name and
 * renamed when they are whole. Never looks at what is in them, but for the line end behind an ISA.
 */
#include "claimline/x12_words.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM		((size_t)256 << 10)
#define ISA_BYTES	106

/* ---- in ---- */

/* A line end belongs to the file as a whole; the first one shows it. */
static void
look_at_isa(struct x12_file *f, const char *p, size_t n)
{
	size_t at = n > 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, k = 0;
	struct str isa08;

	f->is_begun = true;
	while (at < n && (p[at] == ' ' || p[at] == '\r' || p[at] == '\n'))
		at++;
	if (at + ISA_BYTES <= n) {
		isa08 = str_trim((struct str){ p + at + 54, 15 });
		if (isa08.n && !str_has_ctl(isa08))
			memcpy(f->isa08, isa08.p, isa08.n);
	}
	for (at += ISA_BYTES; at < n && k < 2 && (p[at] == '\r' || p[at] == '\n'); at++)
		f->line_end[k++] = p[at];
	if (k == 2 && f->line_end[0] == '\n')
		f->line_end[1] = 0;
}

int64_t
x12_file_fill(void *file, char *p, size_t n)
{
	struct x12_file *f = file;
	size_t got = 0;

	while (got < n) {		/* a pipe gives little at a time: the first bytes are looked at together */
		ssize_t k = read(f->fd, p + got, n - got);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return E_IO;
		if (k == 0)
			break;
		got += (size_t)k;
		if (f->is_begun)
			break;
	}
	if (!f->is_begun)
		look_at_isa(f, p, got);
	return (int64_t)got;
}

int
x12_file_raw(struct cli *c, const char *name, struct x12_file *f)
{
	bool is_stdin = strcmp(name, "-") == 0;
	struct stat st;

	*f = (struct x12_file){ .name = is_stdin ? "standard input" : name, .fd = is_stdin ? STDIN_FILENO : -1 };
	arena_init(&f->a, 0);
	f->f.a = &f->a;
	if (!is_stdin)
		f->fd = open(name, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return cli_fail(c, errno == ENOENT ? CLI_NO_INPUT : CLI_UNREACHED, "%s: %s", name, err_text(file_errno()));
	if (fstat(f->fd, &st) == 0 && S_ISDIR(st.st_mode))
		return cli_fail(c, CLI_UNREACHED, "%s: is a folder. Fix: name the files in it", name);
	return CLI_OK;
}

int
x12_file_open(struct cli *c, const char *name, struct x12_file *f)
{
	int rc = x12_file_raw(c, name, f);

	if (rc != CLI_OK)
		return rc;
	rc = x12_open_source(&f->a, (struct x12_src){ x12_file_fill, f }, &f->f, &f->r);
	return rc < 0 ? x12_file_fail(c, f, rc) : CLI_OK;
}

void
x12_file_close(struct x12_file *f)
{
	if (f->fd > STDIN_FILENO)
		(void)close(f->fd);
	f->fd = -1;
	arena_free(&f->a);
}

int
x12_file_fail(struct cli *c, const struct x12_file *f, int rc)
{
	cli_faults(c, f->name, &f->f);
	if (f->f.n == 0 && rc < 0)
		(void)cli_fail(c, 0, "%s: %s", f->name, err_text(rc));
	return x12_bad(rc);
}

/* ---- out ---- */

/* 1: what is there is written to itself, for to replace it by a file would break it (a device, a FIFO); 0; below 0. */
static int
is_special(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || S_ISREG(st.st_mode))
		return 0;
	return S_ISDIR(st.st_mode) ? E_CONFLICT : 1;
}

/* A name that leads to a file: the file is replaced, the name stays. In *room, which the caller frees. */
static const char *
followed(const char *path, char **room)
{
	struct stat st;

	*room = lstat(path, &st) == 0 && S_ISLNK(st.st_mode) ? realpath(path, NULL) : NULL;
	return *room ? *room : path;
}

static int
file_open(struct x12_dest *o, const char *path)
{
	size_t n = strlen(path);
	int special = is_special(path);

	o->path = malloc(n + 1);
	o->part = special == 0 ? malloc(n + sizeof ".XXXXXX.part") : NULL;
	if (!o->path || (special == 0 && !o->part))
		return E_NOMEM;
	memcpy(o->path, path, n + 1);
	o->fd = -1;
	if (special < 0)
		return special;
	if (special) {
		o->fd = open(path, O_WRONLY | O_CLOEXEC);
	} else {
		memcpy(o->part, path, n);
		memcpy(o->part + n, ".XXXXXX.part", sizeof ".XXXXXX.part");
		o->fd = mkostemps(o->part, 5, O_CLOEXEC);
	}
	return o->fd < 0 ? file_errno() : 0;
}

const char *
x12_out_path(const struct cli *c)
{
	const char *path = opt_text(&c->opts, "out");

	return path && strcmp(path, "-") == 0 ? NULL : path;
}

int
x12_dest_open(struct x12_dest *o, const char *path)
{
	char *room;

	*o = (struct x12_dest){ .fd = STDOUT_FILENO, .p = malloc(ROOM) };
	if (!o->p)
		return o->rc = E_NOMEM;
	if (!path)
		return 0;
	o->rc = file_open(o, followed(path, &room));
	free(room);
	return o->rc;
}

int
x12_dest_flush(struct x12_dest *o)
{
	size_t done = 0;

	while (o->rc == 0 && done < o->n) {
		ssize_t n = write(o->fd, o->p + done, o->n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			o->gone = errno == EPIPE;
			o->rc = file_errno();
		} else {
			done += (size_t)n;
		}
	}
	o->n = 0;
	return o->rc;
}

int
x12_dest_put(struct x12_dest *o, struct str s)
{
	o->at += s.n;
	while (s.n && o->rc == 0) {
		size_t n = s.n < ROOM - o->n ? s.n : ROOM - o->n;

		memcpy(o->p + o->n, s.p, n);
		o->n += n;
		s = (struct str){ s.p + n, s.n - n };
		if (o->n == ROOM)
			(void)x12_dest_flush(o);
	}
	return o->rc;
}

int
x12_dest_patch(struct x12_dest *o, uint64_t at, char c)
{
	uint64_t first = o->at - o->n;

	must(o->path && at < o->at);
	if (at >= first)
		o->p[at - first] = c;
	else if (o->rc == 0 && pwrite(o->fd, &c, 1, (off_t)at) != 1)
		o->rc = file_errno();
	return o->rc;
}

int
x12_dest_cut(struct x12_dest *o, uint64_t n)
{
	must(o->path && n <= o->at);
	if (x12_dest_flush(o) == 0 && (ftruncate(o->fd, (off_t)n) < 0 || lseek(o->fd, (off_t)n, SEEK_SET) < 0))
		o->rc = file_errno();
	o->at = n;
	return o->rc;
}

int
x12_dest_close(struct x12_dest *o, bool keep)
{
	int rc = x12_dest_flush(o);

	if (o->path && o->fd >= 0) {
		if (rc == 0 && keep && o->part && fsync(o->fd) < 0)
			rc = file_errno();
		if (close(o->fd) < 0 && rc == 0)
			rc = file_errno();
		if (rc == 0 && keep && o->part && rename(o->part, o->path) < 0)
			rc = file_errno();
		if (o->part && (rc < 0 || !keep))
			(void)unlink(o->part);
	}
	free(o->p);
	free(o->path);
	free(o->part);
	*o = (struct x12_dest){ .fd = -1, .rc = rc, .gone = o->gone };
	return rc;
}
