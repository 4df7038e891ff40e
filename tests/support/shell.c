/* shell.c - runs command lines for tests and compares what they say. Knows no command. */
#include "support/shell.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define SAYS_MAX	(1 << 20)

int
shell_run(struct arena *a, const char *command, struct str *out)
{
	FILE *f = popen(command, "r");
	char *text = arena_alloc(a, SAYS_MAX);
	int rc;

	cr_assert(f && text);
	*out = (struct str){ text, fread(text, 1, SAYS_MAX - 1, f) };
	rc = pclose(f);
	return WIFEXITED(rc) ? WEXITSTATUS(rc) : -1;
}

void
shell_rows(int (*run)(const char *words, struct str *out), const struct shell_row *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str out;
		int rc = run(v[i].words, &out);

		cr_expect(rc == v[i].rc, "%s: %d: " STR_FMT, v[i].words, rc, STR_ARG(out));
		cr_expect(strstr(out.p, v[i].says) && (!v[i].also || strstr(out.p, v[i].also)), "%s says: " STR_FMT,
		    v[i].words, STR_ARG(out));
	}
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return (void)st, (void)type, (void)ftw, remove(path);
}

void
folder_remove(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
