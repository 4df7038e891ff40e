/* papers.c - tables of cases for the importers of the code book. */
#include "support/papers.h"

#include <criterion/criterion.h>
#include <string.h>

static int
build(const struct paper files[PAPERS_MAX], struct faults *f, struct book *b)
{
	size_t n = 0;

	while (n < PAPERS_MAX && files[n].path)
		n++;
	return books_of(files, n, f, b);
}

/* "place: words" of the first fault. */
static const char *
first_fault(const struct faults *f)
{
	return f->n ? arena_fmt(f->a, "%.*s : %.*s", STR_ARG(f->v[0].place), STR_ARG(f->v[0].words)).p : "no fault";
}

void
papers_good(const struct papers_good *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a;
		struct faults f = { .a = &a };
		struct book b;
		const char *rows;
		int rc;

		arena_init(&a, 0);
		rc = build(v[i].files, &f, &b);
		cr_expect(rc == 0 && f.n == 0, "%s: %s, %s", v[i].name, err_name(rc), first_fault(&f));
		rows = books_rows(&a, b.cb, v[i].set);
		cr_expect(strcmp(rows, v[i].rows) == 0, "%s:\n%s", v[i].name, rows);
		book_close(&b);
		arena_free(&a);
	}
}

void
papers_bad(const struct papers_bad *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a;
		struct faults f = { .a = &a };
		struct book b;
		const char *said;
		int rc;

		arena_init(&a, 0);
		rc = build(v[i].files, &f, &b);
		said = first_fault(&f);
		cr_expect(rc == v[i].rc && f.n == 1 && strstr(said, v[i].place) && strstr(said, v[i].words),
		    "%s: %s, %zu faults, %s", v[i].name, err_name(rc), f.n, said);
		book_close(&b);
		arena_free(&a);
	}
}

void
papers_cut(const struct papers_good *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct paper *whole = &v[i].files[0];
		size_t end = whole->n ? whole->n : strlen(whole->text);

		for (size_t cut = 1; cut < end; cut++) {
			struct arena a;
			struct faults f = { .a = &a };
			struct book b;
			const struct paper one = { whole->path, whole->text, cut };
			int rc;

			arena_init(&a, 0);
			rc = books_of(&one, 1, &f, &b);
			cr_expect((rc < 0) == (b.cb == NULL), "%s cut to %zu", v[i].name, cut);
			book_close(&b);
			arena_free(&a);
		}
	}
}
