/*
 * shell - command lines in a folder of the test: what they say on both streams and their exit codes, row by row; and
 * the end of such a folder.
 */
#ifndef CLAIMLINE_TEST_SHELL_H
#define CLAIMLINE_TEST_SHELL_H

#include "base/base.h"

struct shell_row { const char *words; int rc; const char *says, *also; };	/* also: NULL = nothing more */

int	shell_run(struct arena *, const char *command, struct str *out);	/* its exit code, -1 when it has none */
void	shell_rows(int (*run)(const char *words, struct str *out), const struct shell_row *, size_t n);
#define SHELL_ROWS(run, v) shell_rows(run, v, sizeof (v) / sizeof *(v))

void	folder_remove(const char *path);		/* with all that is in it */

#endif
