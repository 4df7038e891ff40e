/*
 * pack.c - encounter parts to msgpack and back, by walking the tables of encounter.def.
 * The key of a field is its row number plus 2; key 1 is the record version.
 */
#include "record/record.h"
#include "base/mp.h"

#include <string.h>

#define KEY_VERSION	1
#define KEY_FIRST	2
#define PART_NESTED	(-1)
#define PART_WHOLE	(-2)
#define MAX_FIELDS	255		/* of one object: no object of encounter.def comes near */

static size_t
count_of(const struct rec_field *f, const void *obj)
{
	return *(const size_t *)((const char *)obj + f->at_n);
}

static const char *
member(const struct rec_field *f, const void *obj, size_t i)
{
	const char *arr = *(const char *const *)((const char *)obj + f->at);

	return arr + i * (f->of ? f->of->size : sizeof(struct str));
}

static bool is_empty(const struct rec_object *o, const void *obj);

static bool
is_absent(const struct rec_field *f, const void *obj)
{
	const char *at = (const char *)obj + f->at;

	switch (f->kind) {
	case K_TEXT:	return ((const struct str *)at)->n == 0;
	case K_DAY:	return *(const day_t *)at == DAY_NONE;
	case K_CENTS: case K_MILLI: case K_INT:
			return *(const int64_t *)at == 0;
	case K_BOOL:	return !*(const bool *)at;
	case K_ONE:	return is_empty(f->of, at);
	case K_MANY: case K_STRS:
			return count_of(f, obj) == 0;
	case K_PART:	break;
	}
	return true;
}

static bool
is_empty(const struct rec_object *o, const void *obj)
{
	for (size_t i = 0; i < o->n; i++)
		if (!is_absent(&o->fields[i], obj))
			return false;
	return true;
}

static void pack_object(struct buf *, const struct rec_object *, const void *obj, int part);

static void
pack_field(struct buf *b, const struct rec_field *f, const void *obj)
{
	const char *at = (const char *)obj + f->at;

	switch (f->kind) {
	case K_TEXT:
		mp_put_str(b, *(const struct str *)at);
		break;
	case K_DAY:
		mp_put_int(b, *(const day_t *)at);
		break;
	case K_CENTS: case K_MILLI: case K_INT:
		mp_put_int(b, *(const int64_t *)at);
		break;
	case K_BOOL:
		mp_put_int(b, 1);
		break;
	case K_ONE:
		pack_object(b, f->of, at, PART_NESTED);
		break;
	case K_MANY: case K_STRS:
		mp_put_array(b, count_of(f, obj));
		for (size_t i = 0; i < count_of(f, obj); i++)
			if (f->kind == K_MANY)
				pack_object(b, f->of, member(f, obj, i), PART_NESTED);
			else
				mp_put_str(b, *(const struct str *)member(f, obj, i));
		break;
	case K_PART:
		break;
	}
}

/* PART_NESTED: all fields of a nested object, and no version key. PART_WHOLE: all fields of a root. */
static void
pack_object(struct buf *b, const struct rec_object *o, const void *obj, int part)
{
	uint8_t present[MAX_FIELDS];
	size_t n = 0;
	bool in = part < 0;

	must(o->n <= MAX_FIELDS);
	for (size_t i = 0; i < o->n; i++) {
		const struct rec_field *f = &o->fields[i];

		if (f->kind == K_PART)
			in = part == (int)f->max;
		if (in && !is_absent(f, obj))
			present[n++] = (uint8_t)i;
	}
	mp_put_map(b, n + (part != PART_NESTED));
	if (part != PART_NESTED) {
		mp_put_int(b, KEY_VERSION);
		mp_put_int(b, REC_VERSION);
	}
	for (size_t i = 0; i < n; i++) {
		mp_put_int(b, present[i] + KEY_FIRST);
		pack_field(b, &o->fields[present[i]], obj);
	}
}

static int
pack_root(struct arena *a, const struct rec_object *o, const void *obj, int part, struct str *out)
{
	struct buf b;

	buf_init(&b, a);
	pack_object(&b, o, obj, part);
	*out = buf_view(&b);
	if (a->spent)
		return E_NOMEM;
	return out->n > LIMIT_BODY ? E_LIMIT : 0;
}

int
rec_pack(struct arena *a, const struct encounter *e, enum rec_part part, struct str *out)
{
	return pack_root(a, &rec_encounter, e, (int)part, out);
}

int
rec_object_pack(struct arena *a, const struct rec_object *o, const void *obj, struct str *out)
{
	return pack_root(a, o, obj, PART_WHOLE, out);
}

struct unpack {
	struct arena	*a;
	struct mp	 m;
	bool		 borrow;	/* the bytes outlive the encounter */
	int		 depth;
};
struct run { size_t first, end; bool is_ours; };	/* fields of an object that stand together */

static int unpack_one(struct unpack *, const struct rec_object *, void *obj);

static int
unpack_text(struct unpack *u, int64_t max, struct str *out)
{
	struct str s;

	if (!mp_bytes(&u->m, &s))
		return E_MALFORMED;
	if ((int64_t)s.n > max)
		return E_LIMIT;
	*out = u->borrow ? s : arena_str(u->a, s);
	return u->a->spent ? E_NOMEM : 0;
}

static int
unpack_many(struct unpack *u, const struct rec_field *f, void *obj)
{
	size_t each = f->kind == K_STRS ? sizeof(struct str) : f->of->size, n;
	char *arr;

	if (!mp_array(&u->m, &n))
		return E_MALFORMED;
	if ((int64_t)n > f->max)
		return E_LIMIT;
	/* a power of two of room, so that a later arena_push keeps its invariant */
	size_t room = 1;
	while (room < n)
		room *= 2;
	arr = arena_array(u->a, room, each);
	if (!arr)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		int rc = f->kind == K_STRS ? unpack_text(u, LIMIT_SEGMENT, (struct str *)(void *)(arr + i * each)) :
		    unpack_one(u, f->of, arr + i * each);

		if (rc < 0)
			return rc;
	}
	*(void **)((char *)obj + f->at) = arr;
	*(size_t *)((char *)obj + f->at_n) = n;
	return 0;
}

static int
unpack_int(struct mp *m, const struct rec_field *f, void *at)
{
	int64_t v;

	if (!mp_int(m, &v))
		return E_MALFORMED;
	switch (f->kind) {
	case K_DAY:
		if (v < DAY_MIN || v > DAY_MAX)
			return E_LIMIT;
		*(day_t *)at = (day_t)v;
		return 0;
	case K_BOOL:
		*(bool *)at = v != 0;
		return 0;
	case K_INT:
		if (v < 0 || v > f->max)
			return E_LIMIT;
		break;
	default:
		if (v > CENTS_MAX || v < -CENTS_MAX)
			return E_LIMIT;
	}
	*(int64_t *)at = v;
	return 0;
}

static int
unpack_field(struct unpack *u, const struct rec_field *f, void *obj)
{
	char *at = (char *)obj + f->at;

	switch (f->kind) {
	case K_TEXT:	return unpack_text(u, f->max, (struct str *)(void *)at);
	case K_ONE:	memset(at, 0, f->of->size);	/* it may have come before */
			return unpack_one(u, f->of, at);
	case K_MANY: case K_STRS:
			return unpack_many(u, f, obj);
	default:	return unpack_int(&u->m, f, at);
	}
}

/* The run of fields around one: those of one part, or all of an object without parts (part below 0). */
static struct run
run_around(const struct rec_object *o, size_t i, int part)
{
	struct run r = { i, i + 1, false };

	if (o->fields[i].kind == K_PART)
		return r;
	while (r.first > 0 && o->fields[r.first - 1].kind != K_PART)
		r.first--;
	while (r.end < o->n && o->fields[r.end].kind != K_PART)
		r.end++;
	r.is_ours = part < 0 || (r.first > 0 && (int)o->fields[r.first - 1].max == part);
	return r;
}

/* The pairs of one map. A field of another part is skipped: no stage can overwrite what another stage added. */
static int
unpack_pairs(struct unpack *u, const struct rec_object *o, int part, void *obj, int64_t *version)
{
	struct run r = { 0, part < 0 ? o->n : 0, true };
	struct mp_val v;

	if (u->depth > LIMIT_DEPTH || !mp_next(&u->m, &v) || v.type != MP_MAP)
		return E_MALFORMED;
	for (int64_t pairs = v.i; pairs > 0; pairs--) {
		int64_t key;
		size_t i;
		int rc = 0;

		if (!mp_int(&u->m, &key))
			return E_MALFORMED;
		i = key < KEY_FIRST ? SIZE_MAX : (size_t)(key - KEY_FIRST);
		if (i < o->n && (i < r.first || i >= r.end))
			r = run_around(o, i, part);
		if (key == KEY_VERSION && version)
			rc = !mp_int(&u->m, version) ? E_MALFORMED : *version < 1 || *version > REC_VERSION ? E_VERSION : 0;
		else if (i < o->n && r.is_ours)
			rc = unpack_field(u, &o->fields[i], obj);
		else if (!mp_skip(&u->m))
			rc = E_MALFORMED;
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* obj is all zero. */
static int
unpack_one(struct unpack *u, const struct rec_object *o, void *obj)
{
	int rc;

	rec_init_zero(o, obj);
	u->depth++;
	rc = unpack_pairs(u, o, PART_NESTED, obj, NULL);
	u->depth--;
	return rc;
}

static int
unpack(struct unpack *u, const struct rec_object *o, int part, void *obj)
{
	int64_t version = 0;
	int rc;

	if (u->m.end - u->m.p > LIMIT_BODY)
		return E_LIMIT;
	rc = unpack_pairs(u, o, part, obj, &version);
	if (rc == 0 && (version == 0 || !mp_done(&u->m)))
		return E_MALFORMED;
	return rc;
}

int
rec_unpack(struct arena *a, struct str bytes, enum rec_part part, struct encounter *e)
{
	struct unpack u = { a, mp_of(bytes), false, 0 };

	return unpack(&u, &rec_encounter, (int)part, e);
}

int
rec_borrow(struct arena *a, struct str bytes, enum rec_part part, struct encounter *e)
{
	struct unpack u = { a, mp_of(bytes), true, 0 };

	return unpack(&u, &rec_encounter, (int)part, e);
}

int
rec_object_unpack(struct arena *a, struct str bytes, const struct rec_object *o, void *obj)
{
	struct unpack u = { a, mp_of(bytes), false, 0 };

	return unpack(&u, o, PART_WHOLE, obj);
}
