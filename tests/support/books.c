/* books.c - code books for tests. */
#include "support/books.h"

#include "base/file.h"
#include "support/shared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define DATA	SHARED "data"

int
books_of(const struct paper *files, size_t n, struct faults *f, struct book *b)
{
	const char *why;
	int rc;

	*b = (struct book){ 0 };
	rc = cb_build_new(&b->build);
	for (size_t i = 0; i < n && rc >= 0; i++)
		rc = cb_build_add(b->build, str_of(files[i].path),
		    (struct str){ files[i].text, files[i].n ? files[i].n : strlen(files[i].text) }, f);
	if (rc >= 0)
		rc = cb_build_finish(b->build, f, &b->bytes);
	if (rc >= 0)
		rc = codebook_open(b->bytes, &b->cb, &why);
	return rc < 0 ? rc : 0;
}

const char *
books_order_line(struct arena *a, const char *code, char flag, const char *title)
{
	return arena_fmt(a, "00001 %-7s %c %-60.60s %s\r\n", code, flag, title, title).p;
}

bool
books_official(void)
{
	return shared_has("data/FORMATS.md");
}

static void
build(const char *const *paths, size_t n, struct book *b)
{
	struct arena a;
	struct faults f = { .a = &a };
	int rc;

	arena_init(&a, 0);
	rc = book_build(paths, n, &f, NULL, NULL, b);
	cr_assert(rc >= 0 && f.n == 0, "%s: %s %.*s: %.*s", paths[0], err_name(rc), f.n ? (int)f.v[0].place.n : 0,
	    f.n ? f.v[0].place.p : "", f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
	arena_free(&a);
}

void
books_of_official(const char *const *paths, struct book *b)
{
	struct arena a;
	const char *full[64];
	size_t n = 0;

	arena_init(&a, 0);
	for (; paths[n]; n++)
		full[n] = path_join(&a, S(DATA), str_of(paths[n])).p;
	build(full, n, b);
	arena_free(&a);
}

void
books_starter(struct book *b)
{
	const char *path = CL_SOURCE_DIR "/config/codesets";

	build(&path, 1, b);
}

static void
seen(void *arg, struct str path, int rows)
{
	int *all = arg;

	(void)path;
	*all = *all < 0 ? *all : rows < 0 ? rows : *all + rows;
}

int
books_count(const char *path, struct faults *f)
{
	struct arena a;
	struct book b;
	const char *full;
	int rows = 0;

	arena_init(&a, 0);
	full = path_join(&a, S(DATA), str_of(path)).p;
	(void)book_build(&full, 1, f, seen, &rows, &b);
	book_close(&b);
	arena_free(&a);
	return rows;
}

struct str
books_row(struct arena *a, const struct codebook *cb, enum code_set set, row_t row)
{
	struct buf b;
	day_t from = codebook_from(cb, set, row), to = codebook_to(cb, set, row);

	buf_init(&b, a);
	for (size_t i = 0; i < code_set_cols(set); i++) {
		enum code_col col = (enum code_col)(code_sets[set].first + i);
		int64_t v;

		if (code_cols[col].kind != COL_INT)
			buf_str(&b, codebook_str(cb, col, row));
		else if ((v = codebook_int(cb, col, row)) != CELL_NONE)
			buf_fmt(&b, "%lld", (long long)v);
		buf_ch(&b, '|');
	}
	buf_str(&b, from == DAY_NONE ? STR_NONE : day_iso(a, from));
	buf_ch(&b, '|');
	buf_str(&b, to == DAY_NONE ? STR_NONE : day_iso(a, to));
	return buf_view(&b);
}

const char *
books_rows(struct arena *a, const struct codebook *cb, enum code_set set)
{
	struct buf b;

	buf_init(&b, a);
	for (row_t r = 0; cb && r < codebook_count(cb, set); r++)
		buf_fmt(&b, STR_FMT "\n", STR_ARG(books_row(a, cb, set, r)));
	return arena_str(a, buf_view(&b)).p;
}
