/*
 * file - whole files and folders, for programs and io_ files only; domain code gets bytes.
 *
 * Paths are NUL-terminated. Errors: E_NOT_FOUND, E_LIMIT, E_NO_SPACE, E_NOMEM, E_DUPLICATE (it is there
 * already), E_IO for the rest.
 */
#ifndef CLAIMLINE_FILE_H
#define CLAIMLINE_FILE_H

#include "base/base.h"

int	file_errno(void);			/* errno as one of these */

/* A regular file (or what a pipe gives until its end), at most limit bytes; NUL-terminated in the arena. */
int	file_read(struct arena *, const char *path, size_t limit, struct str *out);

/*
 * path.XXXXXX.part, fsync, rename, fsync of the folder: after 0 the file is whole and on disk, after an error
 * there is no new file. Without replace an existing file is never touched (E_DUPLICATE). Mode 0600. Two writers
 * of one path do not meet: each has a part of its own, and the file is that of one of them. A writer that was
 * killed leaves its part behind.
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
struct file_list {
	struct file_item	*v;
	size_t			 n;
	size_t			 odd;	/* left out: pipes and devices, links to nothing, what cannot be looked at */
	struct str		 odd_name;	/* of those the first, NUL-terminated */
	bool			 more;	/* there are more than max */
};

/* Files and folders of path whose names do not begin with a dot: max of them, by name among those read. */
int	dir_list(struct arena *, const char *path, size_t max, struct file_list *out);
/* The same for folders that count only as a whole: E_LIMIT when there are more, an error of an entry is one. */
int	dir_list_all(struct arena *, const char *path, size_t max, struct file_list *out);

/* Of such a folder the files named by so many digits, not all 0, and an ending; in order of number. */
struct file_number { int64_t number, size; };
struct file_numbers { struct file_number *v; size_t n; };
int	dir_list_numbered(struct arena *, const char *path, size_t max, size_t digits, const char *end, struct file_numbers *out);

/* The folder with all its parents, mode 0700; fine when it is there already. */
int	mkdir_p(const char *path);

/*
 * Where name is put away: dir/name, or dir/name.N for the first N from 1 whose path is free, as is the path
 * of its side file when beside (".why.json", or NULL) is wanted: name, number and beside. Names are shortened
 * between characters where they would not fit a folder entry.
 */
struct str path_free(struct arena *, struct str dir, struct str name, const char *beside, struct str *side);

/* a/b in the arena, NUL-terminated; an empty b gives a. */
struct str path_join(struct arena *, struct str a, struct str b);

#endif
