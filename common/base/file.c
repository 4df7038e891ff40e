/*
 * file.c - files and folders with the promises delivery needs: whole or absent, on disk before we say so,
 * never over what is there. Never interprets what it reads.
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART	".part"		/* ends the names of files that are not whole yet */

int
file_errno(void)
{
	switch (errno) {
	case ENOENT: case ENOTDIR:
		return E_NOT_FOUND;
	case ENOSPC: case EDQUOT: case EFBIG:
		return E_NO_SPACE;
	case EEXIST:
		return E_DUPLICATE;
	case ENOMEM:
		return E_NOMEM;
	default:
		return E_IO;
	}
}

/* Open, and refuse folders and devices: reading /dev/zero as a claim file helps nobody. */
static int
open_to_read(const char *path, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return file_errno();
	if (fstat(fd, st) < 0 || !(S_ISREG(st->st_mode) || S_ISFIFO(st->st_mode))) {
		(void)close(fd);
		return E_IO;
	}
	return fd;
}

int
file_read(struct arena *a, const char *path, size_t limit, struct str *out)
{
	struct stat st;
	int fd = open_to_read(path, &st), rc = 0;
	struct buf b;

	if (fd < 0)
		return fd;
	buf_init(&b, a);
	while (rc == 0 && !a->spent) {
		char chunk[65536];
		ssize_t n = read(fd, chunk, sizeof chunk);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = E_IO;
		else if (n == 0)
			break;
		else if ((size_t)n > limit - b.n)
			rc = E_LIMIT;
		else
			buf_put(&b, chunk, (size_t)n);
	}
	(void)close(fd);
	if (rc < 0)
		return rc;
	buf_ch(&b, '\0');
	if (a->spent)
		return E_NOMEM;
	*out = (struct str){ b.p, b.n - 1 };
	return 0;
}

static int
write_all(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return file_errno();
		s.p += n;
		s.n -= (size_t)n;
	}
	return 0;
}

static int
sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1, rc = 0;

	if (fd < 0 || fsync(fd) < 0)
		rc = file_errno();
	if (fd >= 0)
		(void)close(fd);
	free(folder);
	return rc;
}

/* Some file systems cannot promise "not over an existing file" in a rename; a hard link can. */
static int
rename_onto_nothing(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return file_errno();
	if (link(from, to) < 0)
		return file_errno();
	return unlink(from) < 0 ? file_errno() : 0;
}

/* path.XXXXXX.part: no two writers share one, or one would write into what the other has renamed. Cut to what a name may be. */
static char *
part_of(const char *path)
{
	static const char end[] = ".XXXXXX" PART;
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t n = strlen(path), room = (size_t)(name - path) + NAME_MAX - (sizeof end - 1);
	char *part;

	if (n > room)
		n = room;
	part = malloc(n + sizeof end);
	if (part) {
		memcpy(part, path, n);
		memcpy(part + n, end, sizeof end);
	}
	return part;
}

/* part: as part_of gave it, then the name of the file. */
static int
write_part(char *part, struct str bytes)
{
	int fd = mkostemps(part, sizeof PART - 1, O_CLOEXEC), rc;

	if (fd < 0)
		return file_errno();
	rc = write_all(fd, bytes);
	if (rc == 0 && fsync(fd) < 0)
		rc = file_errno();
	if (close(fd) < 0 && rc == 0)
		rc = file_errno();
	if (rc < 0)
		(void)unlink(part);
	return rc;
}

int
file_write_atomic(const char *path, struct str bytes, bool replace)
{
	char *part;
	int rc;

	if (!replace && file_exists(path))
		return E_DUPLICATE;
	part = part_of(path);
	if (!part)
		return E_NOMEM;
	rc = write_part(part, bytes);
	if (rc == 0) {
		rc = !replace ? rename_onto_nothing(part, path) : rename(part, path) < 0 ? file_errno() : 0;
		if (rc < 0)
			(void)unlink(part);
	}
	free(part);
	return rc < 0 ? rc : sync_folder_of(path);
}

int
file_move(const char *from, const char *to)
{
	int rc = rename_onto_nothing(from, to);

	if (rc == 0)
		rc = sync_folder_of(to);
	return rc < 0 ? rc : sync_folder_of(from);
}

bool
file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp(((const struct file_item *)a)->name, ((const struct file_item *)b)->name);
}

static void
odd_note(struct arena *a, const char *name, struct file_list *out)
{
	struct str one = str_of(name);

	if (!out->odd++ || str_cmp(one, out->odd_name) < 0)
		out->odd_name = arena_str(a, one);
}

static int
list_item(struct arena *a, int dir, const char *name, size_t max, struct file_list *out)
{
	struct file_item *one;
	struct stat st;

	if (fstatat(dir, name, &st, 0) < 0) {
		bool is_gone = errno == ENOENT;
		int rc = is_gone ? 0 : file_errno();

		if (!is_gone || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			odd_note(a, name, out);		/* else gone since readdir */
		return rc;
	}
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		odd_note(a, name, out);
		return 0;
	}
	if (out->n == max) {
		out->more = true;
		return 0;
	}
	one = arena_push(a, out->v, out->n);
	if (!one)
		return E_NOMEM;
	one->name = arena_str(a, str_of(name));
	one->size = st.st_size;
	one->mtime_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
	one->is_folder = S_ISDIR(st.st_mode);
	return one->name.p ? 0 : E_NOMEM;
}

static int
list(struct arena *a, const char *path, size_t max, bool all, struct file_list *out)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	int rc = 0;

	*out = (struct file_list){ .v = NULL };
	if (!d)
		return file_errno();
	while (rc == 0 && !out->more && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		rc = list_item(a, dirfd(d), e->d_name, max, out);
		if (rc != E_NOMEM && !all)
			rc = 0;			/* one odd entry stops no folder */
	}
	(void)closedir(d);
	if (rc == 0 && out->n)
		qsort(out->v, out->n, sizeof *out->v, by_name);
	return rc;
}

int
dir_list(struct arena *a, const char *path, size_t max, struct file_list *out)
{
	return list(a, path, max, false, out);
}

int
dir_list_all(struct arena *a, const char *path, size_t max, struct file_list *out)
{
	int rc = list(a, path, max, true, out);

	return rc == 0 && out->more ? E_LIMIT : rc;
}

/* "00000007.cla"; their names are of one length, so their order is that of the numbers. */
static bool
is_numbered(struct str name, size_t digits, const char *end, int64_t *number)
{
	return name.n == digits + strlen(end) && str_is((struct str){ name.p + digits, name.n - digits }, end) &&
	    name.p[0] >= '0' && name.p[0] <= '9' && str_to_int((struct str){ name.p, digits }, number) && *number > 0;
}

int
dir_list_numbered(struct arena *a, const char *path, size_t max, size_t digits, const char *end, struct file_numbers *out)
{
	struct file_list all;
	int rc = dir_list_all(a, path, max, &all);

	*out = (struct file_numbers){ NULL, 0 };
	for (size_t i = 0; rc >= 0 && i < all.n; i++) {
		struct file_number *one;
		int64_t number;

		if (all.v[i].is_folder || !is_numbered(all.v[i].name, digits, end, &number))
			continue;
		one = arena_push(a, out->v, out->n);
		if (!one)
			return E_NOMEM;
		*one = (struct file_number){ number, all.v[i].size };
	}
	return rc < 0 ? rc : 0;
}

static int
mkdir_one(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return 0;
	if (errno != EEXIST)
		return file_errno();
	if (stat(path, &st) < 0)
		return file_errno();
	return S_ISDIR(st.st_mode) ? 0 : E_DUPLICATE;
}

int
mkdir_p(const char *path)
{
	char *p = strdup(path), *at = p;
	int rc = 0;

	if (!p)
		return E_NOMEM;
	while (rc == 0 && at && *at) {
		at = strchr(at + 1, '/');
		if (at)
			*at = '\0';
		rc = mkdir_one(p);
		if (at)
			*at = '/';
	}
	free(p);
	return rc;
}

/* dir/name.ITAIL, with room for the ".part" that a writer of it may add. */
static struct str
path_fit(struct arena *a, struct str dir, struct str name, int i, const char *tail)
{
	struct str end = i ? arena_fmt(a, ".%d%s", i, tail) : str_of(tail);
	size_t room = NAME_MAX - (end.n ? sizeof PART - 1 : 0) - end.n;

	if (name.n > room)
		for (name.n = room; name.n && ((unsigned char)name.p[name.n] & 0xc0) == 0x80;)
			name.n--;
	return path_join(a, dir, arena_fmt(a, STR_FMT STR_FMT, STR_ARG(name), STR_ARG(end)));
}

struct str
path_free(struct arena *a, struct str dir, struct str name, const char *beside, struct str *side)
{
	struct str to;
	int i = 0;

	do {
		to = path_fit(a, dir, name, i, "");
		if (beside)
			*side = path_fit(a, dir, name, i, beside);
	} while (!a->spent && ++i < 10000 && (file_exists(to.p) || (beside && file_exists(side->p))));
	return to;
}

struct str
path_join(struct arena *a, struct str left, struct str right)
{
	if (right.n == 0 || left.n == 0)
		return arena_str(a, right.n ? right : left);
	return arena_fmt(a, STR_FMT "%s" STR_FMT, STR_ARG(left), left.p[left.n - 1] == '/' ? "" : "/", STR_ARG(right));
}
