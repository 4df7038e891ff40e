/* err.c - names and words of errors, faults, and the end of a program that found its own bug. */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char	*name, *text;
	enum err_class	 cls;
} table[] = {
	{ "E_NONE", "no error", ERR_PERM },
#define ERROR(id, cls, text) { "E_" #id, text, ERR_##cls },
#include "schemas/errors.def"
};

static size_t
row(int rc)
{
	size_t i = rc < 0 ? (size_t)-(int64_t)rc : 0;

	return i < sizeof table / sizeof *table ? i : 0;
}

const char *
err_name(int rc)
{
	return table[row(rc)].name;
}

const char *
err_text(int rc)
{
	return table[row(rc)].text;
}

enum err_class
err_class(int rc)
{
	return table[row(rc)].cls;
}

int
fault_add(struct faults *f, int rc, struct str place, struct str words, struct str fix)
{
	struct fault *one;

	if (f->n >= LIMIT_FAULTS) {
		f->more = true;
		return rc;
	}
	one = arena_push(f->a, f->v, f->n);
	if (one)
		*one = (struct fault){ rc, arena_str(f->a, place), arena_str(f->a, words),
		    arena_str(f->a, fix) };
	else
		f->more = true;
	return rc;
}

void
bug_at(const char *file, int line, const char *what)
{
	(void)fprintf(stderr, "claimline: bug at %s:%d: must(%s)\n", file, line, what);
	abort();
}
