/*
 * io_id.c - which archive a folder is: a random id in a small file. Bodies leave Redis for one archive, and an empty
 * folder in its place, as an unmounted disk leaves it, is another. Never changes an id that is there.
 */
#include "archive/io_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define NAME	"id"

static bool
is_id(const char *p, size_t n)
{
	for (size_t i = 0; i < ARCHIVE_ID && i < n; i++)
		if (!strchr("0123456789abcdef", p[i]) || p[i] == '\0')
			return false;
	return n == ARCHIVE_ID || (n == ARCHIVE_ID + 1 && p[ARCHIVE_ID] == '\n');
}

int
id_read(int folder, char out[ARCHIVE_ID + 1])
{
	int fd = openat(folder, NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char text[ARCHIVE_ID + 2];
	ssize_t n;
	int rc = 0;

	if (fd < 0)
		return seg_errno();
	n = read(fd, text, sizeof text);
	if (n < 0)
		rc = seg_errno();
	else if (!is_id(text, (size_t)n))
		rc = E_MALFORMED;
	(void)close(fd);
	if (rc < 0)
		return rc;
	memcpy(out, text, ARCHIVE_ID);
	out[ARCHIVE_ID] = '\0';
	return 0;
}

int
id_make(const char *folder)
{
	unsigned char noise[ARCHIVE_ID / 2];
	char text[ARCHIVE_ID + 2], path[4200];

	if (getrandom(noise, sizeof noise, 0) != (ssize_t)sizeof noise ||
	    (size_t)snprintf(path, sizeof path, "%s/" NAME, folder) >= sizeof path)
		return E_IO;
	for (size_t i = 0; i < sizeof noise; i++)
		(void)snprintf(text + 2 * i, sizeof text - 2 * i, "%02x\n", noise[i]);
	return file_write_atomic(path, (struct str){ text, ARCHIVE_ID + 1 }, true);
}

int
archive_id_of(const char *folder, char out[ARCHIVE_ID + 1])
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	out[0] = '\0';
	if (dir < 0)
		return seg_errno();
	rc = id_read(dir, out);
	(void)close(dir);
	return rc;
}
