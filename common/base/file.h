/*
 * file - whole files and folders, for programs and io_ files only; domain code gets bytes.
 *
 * Paths are NUL-terminated. Errors: E_NOT_FOUND, E_LIMIT, E_NO_SPACE, E_NOMEM, E_DUPLICATE (it is there
 * already), E_IO for the rest.
 */
#ifndef CLAIMLINE_FILE_H
#define CLAIMLINE_FILE_H

#include "base/base.h"

/* A regular file (or what a pipe gives until its end), at most limit bytes; NUL-terminated in the arena. */
int	file_read(struct arena *, const char *path, size_t limit, struct str *out);

/*
 * path.part, fsync, rename, fsync of the folder: after 0 the file is whole and on disk, after an error
 * there is no new file. Without replace an existing file is never touched (E_DUPLICATE). Mode 0600.
 */
int	file_write_atomic(const char *path, struct str bytes, bool replace);

/* Rename within a file system, never over an existing file; both folders are fsynced. */
int	file_move(const char *from, const char *to);

bool	file_exists(const char *path);

struct file_item {
	struct str	name;			/* NUL-terminated, without the folder */
	int64_t		size, mtime_ms;
	bool		is_folder;
};
struct file_list { struct file_item *v; size_t n; };

/* Files and folders of path whose names do not begin with a dot, by name, at most max (else E_LIMIT). */
int	dir_list(struct arena *, const char *path, size_t max, struct file_list *out);

/* The folder with all its parents, mode 0700; fine when it is there already. */
int	mkdir_p(const char *path);

/* a/b in the arena, NUL-terminated; an empty b gives a. */
struct str path_join(struct arena *, struct str a, struct str b);

#endif
