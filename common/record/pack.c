/*
 * pack.c - encounter parts to msgpack and back, by walking the tables of encounter.def.
 * The key of a field is its row number plus 2; key 1 is the record version.
 */
#include "record/record.h"
#include "base/mp.h"

#include <msgpack.h>

#define KEY_VERSION	1
#define KEY_FIRST	2
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

static void
pack_text(msgpack_packer *pk, struct str s)
{
	(void)msgpack_pack_str(pk, s.n);
	(void)msgpack_pack_str_body(pk, s.p ? s.p : "", s.n);
}

static void pack_object(msgpack_packer *, const struct rec_object *, const void *obj, int part);

static void
pack_field(msgpack_packer *pk, const struct rec_field *f, const void *obj)
{
	const char *at = (const char *)obj + f->at;

	switch (f->kind) {
	case K_TEXT:
		pack_text(pk, *(const struct str *)at);
		break;
	case K_DAY:
		(void)msgpack_pack_int64(pk, *(const day_t *)at);
		break;
	case K_CENTS: case K_MILLI: case K_INT:
		(void)msgpack_pack_int64(pk, *(const int64_t *)at);
		break;
	case K_BOOL:
		(void)msgpack_pack_int64(pk, 1);
		break;
	case K_ONE:
		pack_object(pk, f->of, at, -1);
		break;
	case K_MANY: case K_STRS:
		(void)msgpack_pack_array(pk, count_of(f, obj));
		for (size_t i = 0; i < count_of(f, obj); i++)
			if (f->kind == K_MANY)
				pack_object(pk, f->of, member(f, obj, i), -1);
			else
				pack_text(pk, *(const struct str *)member(f, obj, i));
		break;
	case K_PART:
		break;
	}
}

/* part -1: all fields of a nested object, and no version key. */
static void
pack_object(msgpack_packer *pk, const struct rec_object *o, const void *obj, int part)
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
	(void)msgpack_pack_map(pk, n + (part >= 0));
	if (part >= 0) {
		(void)msgpack_pack_uint8(pk, KEY_VERSION);
		(void)msgpack_pack_uint8(pk, REC_VERSION);
	}
	for (size_t i = 0; i < n; i++) {
		(void)msgpack_pack_uint32(pk, (uint32_t)present[i] + KEY_FIRST);
		pack_field(pk, &o->fields[present[i]], obj);
	}
}

int
rec_pack(struct arena *a, const struct encounter *e, enum rec_part part, struct str *out)
{
	struct buf b;
	msgpack_packer pk;

	buf_init(&b, a);
	msgpack_packer_init(&pk, &b, mp_to_buf);
	pack_object(&pk, &rec_encounter, e, (int)part);
	*out = buf_view(&b);
	if (a->spent)
		return E_NOMEM;
	return out->n > LIMIT_BODY ? E_LIMIT : 0;
}

static int unpack_object(struct arena *, struct mp *, const struct rec_object *, void *obj, int part, int depth);

static int
unpack_text(struct arena *a, struct mp *m, int64_t max, struct str *out)
{
	struct str s;

	if (!mp_bytes(m, &s))
		return E_MALFORMED;
	if ((int64_t)s.n > max)
		return E_LIMIT;
	*out = arena_str(a, s);
	return a->spent ? E_NOMEM : 0;
}

static int
unpack_many(struct arena *a, struct mp *m, const struct rec_field *f, void *obj, int depth)
{
	size_t each = f->kind == K_STRS ? sizeof(struct str) : f->of->size, n;
	char *arr;

	if (!mp_array(m, &n))
		return E_MALFORMED;
	if ((int64_t)n > f->max || n > LIMIT_ITEMS)
		return E_LIMIT;
	/* a power of two of room, so that a later arena_push keeps its invariant */
	size_t room = 1;
	while (room < n)
		room *= 2;
	arr = arena_array(a, room, each);
	if (!arr)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		int rc = f->kind == K_STRS ?
		    unpack_text(a, m, LIMIT_SEGMENT, (struct str *)(void *)(arr + i * each)) :
		    unpack_object(a, m, f->of, arr + i * each, -1, depth + 1);

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
		if (v < day_of(DAY_MIN_YEAR, 1, 1) || v > day_of(DAY_MAX_YEAR, 12, 31))
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
unpack_field(struct arena *a, struct mp *m, const struct rec_field *f, void *obj, int depth)
{
	char *at = (char *)obj + f->at;

	switch (f->kind) {
	case K_TEXT:	return unpack_text(a, m, f->max, (struct str *)(void *)at);
	case K_ONE:	return unpack_object(a, m, f->of, at, -1, depth + 1);
	case K_MANY: case K_STRS:
			return unpack_many(a, m, f, obj, depth);
	default:	return unpack_int(m, f, at);
	}
}

/* A field of another part is skipped: no stage can overwrite what another stage added. */
static bool
is_in_part(const struct rec_object *o, size_t i, int part)
{
	if (o->fields[i].kind == K_PART)
		return false;
	if (part < 0)
		return true;
	while (i-- > 0)
		if (o->fields[i].kind == K_PART)
			return (int)o->fields[i].max == part;
	return false;
}

static int
unpack_object(struct arena *a, struct mp *m, const struct rec_object *o, void *obj, int part, int depth)
{
	struct mp_val v;
	bool versioned = part < 0;

	if (depth > LIMIT_DEPTH || !mp_next(m, &v) || v.type != MP_MAP)
		return E_MALFORMED;
	if (part < 0)
		rec_init(o, obj);
	for (int64_t pairs = v.i; pairs > 0; pairs--) {
		int64_t key, version;
		int rc;

		if (!mp_int(m, &key))
			return E_MALFORMED;
		if (key == KEY_VERSION && part >= 0) {
			if (!mp_int(m, &version))
				return E_MALFORMED;
			if (version < 1 || version > REC_VERSION)
				return E_VERSION;
			versioned = true;
			continue;
		}
		if (key < KEY_FIRST || key - KEY_FIRST >= (int64_t)o->n || !is_in_part(o, (size_t)(key - KEY_FIRST), part)) {
			if (!mp_skip(m))
				return E_MALFORMED;
			continue;
		}
		rc = unpack_field(a, m, &o->fields[key - KEY_FIRST], obj, depth);
		if (rc < 0)
			return rc;
	}
	return versioned ? 0 : E_MALFORMED;
}

int
rec_unpack(struct arena *a, struct str bytes, enum rec_part part, struct encounter *e)
{
	struct mp m = mp_of(bytes);
	int rc;

	if (bytes.n > LIMIT_BODY)
		return E_LIMIT;
	rc = unpack_object(a, &m, &rec_encounter, e, (int)part, 0);
	if (rc == 0 && !mp_done(&m))
		return E_MALFORMED;
	return rc;
}
