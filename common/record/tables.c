/* tables.c - encounter.def as tables, and new objects with their days absent. */
#include "record/record.h"

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

#define BEGIN(object, words)	static const struct rec_field fields_##object[] = {
#define PART(object, part)	{ #part, K_PART, 0, 0, NULL, PART_##part, false, 0, "" },
#define FIELD(object, name, kind, of, max, phi, since, words) \
	{ #name, T_##kind(object, name, of), max, T_##phi, since, words },
#define END(object)		};
#include "schemas/encounter.def"

#define BEGIN(object, words) const struct rec_object rec_##object = { #object, words, sizeof(struct object), \
	fields_##object, sizeof fields_##object / sizeof *fields_##object };
#include "schemas/encounter.def"

void
rec_init(const struct rec_object *o, void *obj)
{
	memset(obj, 0, o->size);
	for (size_t i = 0; i < o->n; i++) {
		const struct rec_field *f = &o->fields[i];

		if (f->kind == K_DAY)
			*(day_t *)((char *)obj + f->at) = DAY_NONE;
		else if (f->kind == K_ONE)
			rec_init(f->of, (char *)obj + f->at);
	}
}

struct encounter *
rec_new(struct arena *a)
{
	struct encounter *e = arena_alloc(a, sizeof *e);

	if (e)
		rec_init(&rec_encounter, e);
	return e;
}

void *
rec_push_(struct arena *a, void **arr, size_t *n, const struct rec_object *o)
{
	void *one = *n < LIMIT_ITEMS ? arena_push_(a, arr, n, o->size) : NULL;

	if (one)
		rec_init(o, one);
	else
		a->spent = true;	/* the caller sees one condition: the record is incomplete */
	return one;
}
