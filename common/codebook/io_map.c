/* io_map.c - maps a code book, or holds one that was just built. */
#include "codebook/io_book.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int
book_map(const char *path, bool verify, struct book *out, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = E_IO;	/* a pipe is refused below, not waited for */
	struct stat st;

	*out = (struct book){ 0 };
	*why = fd < 0 && errno == ENOENT ? "no such file: build one with claimline codes build" : "the file cannot be read";
	if (fd < 0)
		return errno == ENOENT ? E_NOT_FOUND : E_IO;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);

		if (p != MAP_FAILED) {
			out->map = p;
			out->size = (size_t)st.st_size;
			out->bytes = (struct str){ p, out->size };
			rc = codebook_open(out->bytes, &out->cb, why);
		}
	} else {
		*why = "this is not a code book (.clb): build one with claimline codes build";
		rc = E_MALFORMED;
	}
	(void)close(fd);
	if (rc >= 0 && verify)
		rc = codebook_verify(out->cb, why);
	if (rc < 0)
		book_close(out);
	return rc;
}

void
book_close(struct book *b)
{
	codebook_close(b->cb);
	if (b->map)
		(void)munmap(b->map, b->size);
	cb_build_free(b->build);
	*b = (struct book){ 0 };
}
