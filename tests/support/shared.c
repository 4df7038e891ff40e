/* shared.c - see shared.h. Copies nothing of them anywhere. */
#include "support/shared.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>

bool
shared_has(const char *path)
{
	char full[512];
	int n = snprintf(full, sizeof full, SHARED "%s", path);

	if (n > 0 && (size_t)n < sizeof full && file_exists(full))
		return true;
	(void)printf("skipped: ../shared is not here\n");
	return false;
}

bool
shared_absent(void)
{
	return !shared_has("samples/x12/envelope-facts.tsv");
}

static struct str
bytes_of(struct arena *a, struct str path)
{
	struct str out = STR_NONE;

	return file_read(a, path.p, LIMIT_INPUT, &out) < 0 ? STR_NONE : out;
}

struct str
shared_file(struct arena *a, struct str path)
{
	return bytes_of(a, arena_fmt(a, SHARED_X12 STR_FMT, STR_ARG(path)));
}

struct str
repo_file(struct arena *a, const char *path)
{
	return bytes_of(a, arena_fmt(a, CL_SOURCE_DIR "/%s", path));
}

struct str
shared_unpacked(struct arena *a, const char *path)
{
	size_t n = strlen(path);
	FILE *p;
	char part[65536];
	struct buf b;

	if (n < 4 || strcmp(path + n - 4, ".zst") != 0)
		return bytes_of(a, arena_fmt(a, SHARED "%s", path));
	p = popen(arena_fmt(a, "zstd -dc '" SHARED "%s'", path).p, "r");
	buf_init(&b, a);
	while (p && (n = fread(part, 1, sizeof part, p)) > 0)
		buf_put(&b, part, n);
	return p && pclose(p) == 0 && !a->spent ? buf_view(&b) : STR_NONE;
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
