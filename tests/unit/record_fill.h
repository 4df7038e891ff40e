/*
 * record_fill - an encounter with a value in every field of encounter.def, made by walking the tables,
 * and a comparison that walks them too. For test_record*.c only; a new field is covered by its row.
 */
#ifndef CLAIMLINE_TEST_RECORD_FILL_H
#define CLAIMLINE_TEST_RECORD_FILL_H

#include "record/record.h"

#include <stdio.h>
#include <string.h>

#define FILL_PHI	"ZQX"	/* begins every text that is patient data and has room for it */

struct fill {
	struct arena	*a;
	size_t		 members;	/* of each list, when its maximum allows */
	int64_t		 count;		/* of values so far; makes each one different */
};

static void fill_object(struct fill *, const struct rec_object *, void *obj);

static struct str
fill_text(struct fill *f, const struct rec_field *fd, int64_t max)
{
	struct str s = arena_fmt(f->a, "%s%s %lld%s", fd->phi ? FILL_PHI : "", fd->name, (long long)++f->count,
	    max >= 50 ? " \xc3\xa9 \"q\" \\ \n~*:^|" : "");

	if (max < 8)
		s = arena_fmt(f->a, "%lld", (long long)(f->count % 9 + 1));
	if ((int64_t)s.n > max)
		s.n = (size_t)max;
	return s;
}

static int64_t
fill_number(struct fill *f, const struct rec_field *fd)
{
	int64_t v = ++f->count * 101 + 1;

	if (fd->kind == K_INT)
		return v % fd->max + 1 > fd->max ? fd->max : v % fd->max + 1;
	return f->count % 2 ? v : -v;
}

static void
fill_list(struct fill *f, const struct rec_field *fd, void *obj)
{
	char *at = (char *)obj + fd->at;
	size_t *n = (size_t *)(void *)((char *)obj + fd->at_n);
	size_t want = (int64_t)f->members < fd->max ? f->members : (size_t)fd->max;

	while (*n < want && !f->a->spent) {
		if (fd->kind == K_MANY)
			fill_object(f, fd->of, rec_push_(f->a, (void **)(void *)at, n, fd->of));
		else
			*(struct str *)arena_push_(f->a, (void **)(void *)at, n, sizeof(struct str)) = fill_text(f, fd, 40);
	}
}

static void
fill_object(struct fill *f, const struct rec_object *o, void *obj)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct rec_field *fd = &o->fields[i];
		char *at = (char *)obj + fd->at;

		switch (fd->kind) {
		case K_TEXT:	*(struct str *)(void *)at = fill_text(f, fd, fd->max); break;
		case K_DAY:	*(day_t *)(void *)at = day_of(1801, 1, 1) + (day_t)++f->count; break;
		case K_CENTS: case K_MILLI: case K_INT:
				*(int64_t *)(void *)at = fill_number(f, fd); break;
		case K_BOOL:	*(bool *)at = true; break;
		case K_ONE:	fill_object(f, fd->of, at); break;
		case K_MANY: case K_STRS:
				fill_list(f, fd, obj); break;
		case K_PART:	break;
		}
	}
}

static struct encounter *
fill_encounter(struct arena *a, size_t members)
{
	struct fill f = { a, members, 0 };
	struct encounter *e = rec_new(a);

	fill_object(&f, &rec_encounter, e);
	must(!a->spent);
	return e;
}

/* NULL when equal, else the name of a field that differs. */
static const char *
fill_differs(const struct rec_object *o, const void *x, const void *y)
{
	const char *diff = NULL;

	for (size_t i = 0; i < o->n && !diff; i++) {
		const struct rec_field *fd = &o->fields[i];
		const char *px = (const char *)x + fd->at, *py = (const char *)y + fd->at;
		size_t n = 0;
		bool same = true;

		switch (fd->kind) {
		case K_TEXT:	same = str_eq(*(const struct str *)(const void *)px, *(const struct str *)(const void *)py);
		    break;
		case K_DAY:	same = memcmp(px, py, sizeof(day_t)) == 0; break;
		case K_CENTS: case K_MILLI: case K_INT:
				same = memcmp(px, py, sizeof(int64_t)) == 0; break;
		case K_BOOL:	same = *(const bool *)px == *(const bool *)py; break;
		case K_ONE:	diff = fill_differs(fd->of, px, py); break;
		case K_MANY: case K_STRS:
				n = *(const size_t *)(const void *)((const char *)x + fd->at_n);
				same = n == *(const size_t *)(const void *)((const char *)y + fd->at_n); break;
		case K_PART:	break;
		}
		for (size_t m = 0; same && !diff && m < n; m++) {
			const char *mx = *(const char *const *)(const void *)px, *my = *(const char *const *)(const void *)py;

			if (fd->kind == K_MANY)
				diff = fill_differs(fd->of, mx + m * fd->of->size, my + m * fd->of->size);
			else
				same = str_eq(((const struct str *)(const void *)mx)[m],
				    ((const struct str *)(const void *)my)[m]);
		}
		if (!same)
			diff = fd->name;
	}
	return diff;
}

#endif
