/* tables.c - encounter.def and remit.def as tables, and new objects with their days absent. */
#include "record/record.h"

#include <limits.h>
#include <string.h>

#define T_TEXT(o, n, of)	K_TEXT, offsetof(struct o, n), 0, NULL
#define T_DAY(o, n, of)		K_DAY, offsetof(struct o, n), 0, NULL
#define T_CENTS(o, n, of)	K_CENTS, offsetof(struct o, n), 0, NULL
#define T_MILLI(o, n, of)	K_MILLI, offsetof(struct o, n), 0, NULL
#define T_INT(o, n, of)		K_INT, offsetof(struct o, n), 0, NULL
#define T_BOOL(o, n, of)	K_BOOL, offsetof(struct o, n), 0, NULL
#define T_ONE(o, n, of)		K_ONE, offsetof(struct o, n), 0, &rec_##of
#define T_MANY(o, n, of)	K_MANY, offsetof(struct o, n), offsetof(struct o, n_##n), &rec_##of
#define T_STRS(o, n, of)	K_STRS, offsetof(struct o, n), offsetof(struct o, n_##n), NULL
#define T_PHI			true
#define T_OPEN			false

#define SET_TEXT(ix)
#define SET_DAY(ix)		ix,
#define SET_CENTS(ix)
#define SET_MILLI(ix)
#define SET_INT(ix)
#define SET_BOOL(ix)
#define SET_ONE(ix)		ix,
#define SET_MANY(ix)
#define SET_STRS(ix)

#define REC_DEF	"schemas/encounter.def"
#include "record/tables.def"
#define REC_DEF	"schemas/remit.def"
#include "record/tables.def"

/* Only days, and objects that may have some, are not zero when new. */
void
rec_init_zero(const struct rec_object *o, void *obj)
{
	for (size_t i = 0; i < o->n_set; i++) {
		const struct rec_field *f = &o->fields[o->set[i]];

		if (f->kind == K_DAY)
			*(day_t *)((char *)obj + f->at) = DAY_NONE;
		else
			rec_init_zero(f->of, (char *)obj + f->at);
	}
}

void
rec_init(const struct rec_object *o, void *obj)
{
	memset(obj, 0, o->size);
	rec_init_zero(o, obj);
}

struct encounter *
rec_new(struct arena *a)
{
	struct encounter *e = arena_alloc(a, sizeof *e);

	if (e)
		rec_init_zero(&rec_encounter, e);
	return e;
}

void *
rec_push_to(struct arena *a, void **arr, size_t *n, const struct rec_object *o)
{
	void *one = arena_push_(a, arr, n, o->size);

	if (one)
		rec_init_zero(o, one);
	return one;
}

void *
rec_push_(struct arena *a, void **arr, size_t *n, const struct rec_object *o)
{
	void *one = *n < LIMIT_ITEMS ? rec_push_to(a, arr, n, o) : NULL;

	if (!one)
		a->spent = true;	/* the caller sees one condition: the record is incomplete */
	return one;
}
