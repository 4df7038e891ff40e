/* shared.c - see shared.h. Copies nothing of them anywhere. */
#include "support/shared.h"

#include "base/file.h"

#include <stdio.h>

bool
shared_absent(void)
{
	FILE *f = fopen(SHARED_X12 "envelope-facts.tsv", "rb");

	if (f)
		(void)fclose(f);
	else
		(void)printf("skipped: ../shared is not here\n");
	return !f;
}

struct str
shared_file(struct arena *a, struct str path)
{
	struct str out = STR_NONE;

	return file_read(a, arena_fmt(a, SHARED_X12 STR_FMT, STR_ARG(path)).p, LIMIT_INPUT, &out) < 0 ? STR_NONE : out;
}

size_t
shared_rows(const char *table, shared_row_fn *fn, void *self)
{
	struct arena keep, a;
	struct str text;
	size_t n = 0;

	arena_init(&keep, 0);
	arena_init(&a, (size_t)512 << 20);
	text = shared_file(&keep, str_of(table));
	(void)str_cut(&text, '\n');
	while (text.n) {
		struct str line = str_trim(str_cut(&text, '\n')), cells[SHARED_CELLS] = { STR_NONE };

		for (size_t i = 0; i < SHARED_CELLS && line.n; i++)
			cells[i] = str_cut(&line, '\t');
		if (!cells[0].n)
			continue;
		fn(self, &a, cells);
		n++;
		arena_reset(&a);
	}
	arena_free(&a);
	arena_free(&keep);
	return n;
}
