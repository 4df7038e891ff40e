/* test_base_mp.c - the msgpack reader against hostile bytes: no read past the end, no memory, no recursion. */
#include "base/mp.h"

#include <criterion/criterion.h>
#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#define B(lit)	{ (lit), sizeof(lit) - 1 }

/* A heap copy of exactly these bytes, so that a read past the end is seen by ASan. */
static char *
exact(struct str s)
{
	char *p = malloc(s.n ? s.n : 1);

	cr_assert(p != NULL);
	memcpy(p, s.p, s.n);
	return p;
}

Test(mp, one_value)
{
	static const struct { const char *name; struct str in; bool ok; enum mp_type type; int64_t i; } rows[] = {
		{ "fixint", B("\x7f"), true, MP_INT, 127 },
		{ "negative fixint", B("\xff"), true, MP_INT, -1 },
		{ "smallest fixint", B("\xe0"), true, MP_INT, -32 },
		{ "int8", B("\xd0\x80"), true, MP_INT, -128 },
		{ "int16", B("\xd1\x80\x00"), true, MP_INT, -32768 },
		{ "int32", B("\xd2\x80\x00\x00\x00"), true, MP_INT, INT32_MIN },
		{ "int64", B("\xd3\x80\x00\x00\x00\x00\x00\x00\x00"), true, MP_INT, INT64_MIN },
		{ "uint8", B("\xcc\xff"), true, MP_INT, 255 },
		{ "uint32", B("\xce\xff\xff\xff\xff"), true, MP_INT, 4294967295 },
		{ "uint64 that fits", B("\xcf\x7f\xff\xff\xff\xff\xff\xff\xff"), true, MP_INT, INT64_MAX },
		{ "uint64 over 63 bits", B("\xcf\x80\x00\x00\x00\x00\x00\x00\x00"), false, MP_NIL, 0 },
		{ "nil", B("\xc0"), true, MP_NIL, 0 },
		{ "true", B("\xc3"), true, MP_BOOL, 1 },
		{ "never used", B("\xc1"), false, MP_NIL, 0 },
		{ "float32", B("\xca\x00\x00\x00\x00"), false, MP_NIL, 0 },
		{ "float64", B("\xcb\x00\x00\x00\x00\x00\x00\x00\x00"), false, MP_NIL, 0 },
		{ "fixext1", B("\xd4\x00\x00"), false, MP_NIL, 0 },
		{ "ext8", B("\xc7\x00\x00"), false, MP_NIL, 0 },
		{ "fixstr", B("\xa1x"), true, MP_STR, 0 },
		{ "fixstr cut", B("\xa2x"), false, MP_NIL, 0 },
		{ "str32 that claims 4 GB", B("\xdb\xff\xff\xff\xff"), false, MP_NIL, 0 },
		{ "bin32 that claims 2 GB", B("\xc6\x7f\xff\xff\xff"), false, MP_NIL, 0 },
		{ "array32 that claims 2^28", B("\xdd\x10\x00\x00\x00"), false, MP_NIL, 0 },
		{ "map32 that claims 2^32 - 1", B("\xdf\xff\xff\xff\xff"), false, MP_NIL, 0 },
		{ "fixmap of one with one byte left", B("\x81\x01"), false, MP_NIL, 0 },
		{ "fixarray of one", B("\x91\x01"), true, MP_ARRAY, 1 },
		{ "length cut", B("\xda\x00"), false, MP_NIL, 0 },
		{ "nothing", { "", 0 }, false, MP_NIL, 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *p = exact(rows[i].in);
		struct mp m = mp_of((struct str){ p, rows[i].in.n });
		struct mp_val v = { MP_NIL, 0, STR_NONE };
		bool ok = mp_next(&m, &v);

		cr_expect(ok == rows[i].ok, "%s", rows[i].name);
		cr_expect(!ok || (v.type == rows[i].type && v.i == rows[i].i), "%s: value", rows[i].name);
		cr_expect(ok || (m.bad && !mp_next(&m, &v) && !mp_done(&m)), "%s: bad stays bad", rows[i].name);
		free(p);
	}
}

Test(mp, deep_nesting_needs_no_stack)
{
	size_t n = 1000000;
	char *p = malloc(n);
	struct mp m;

	cr_assert(p != NULL);
	memset(p, 0x91, n);
	p[n - 1] = 1;
	m = mp_of((struct str){ p, n });
	cr_expect(mp_skip(&m) && mp_done(&m));
	m = mp_of((struct str){ p, n - 1 });
	cr_expect(!mp_skip(&m), "the innermost member is missing");
	free(p);
}

Test(mp, many_members_owed_to_one_byte)
{
	/* each array claims as many members as bytes are left: the sum must not overflow into "done" */
	char b[64];
	struct mp m;

	for (size_t i = 0; i < sizeof b; i++)
		b[i] = (char)0x9f;
	m = mp_of((struct str){ b, sizeof b });
	cr_expect(!mp_skip(&m));
}

Test(mp, wrong_type_is_bad)
{
	struct mp m = mp_of(S("\xa1x"));
	int64_t i;
	struct str s;
	size_t n;

	cr_expect(!mp_int(&m, &i) && m.bad);
	m = mp_of(S("\x05"));
	cr_expect(!mp_bytes(&m, &s) && m.bad);
	m = mp_of(S("\x81\x01\x01"));
	cr_expect(!mp_array(&m, &n) && m.bad);
	m = mp_of(S("\xc4\x01x"));
	cr_expect(mp_bytes(&m, &s) && str_is(s, "x") && mp_done(&m), "bin is bytes too");
}

/* Around every change of form, the bytes of msgpack-c. */
Test(mp, writes_sizes_as_msgpack_does)
{
	static const size_t sizes[] = { 0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536 };
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct str text = { arena_alloc(&a, sizes[i] + 1), sizes[i] };
		struct buf theirs, ours;
		msgpack_packer pk;

		buf_init(&theirs, &a);
		msgpack_packer_init(&pk, &theirs, mp_to_buf);
		(void)msgpack_pack_array(&pk, sizes[i]);
		(void)msgpack_pack_map(&pk, sizes[i]);
		(void)msgpack_pack_str(&pk, sizes[i]);
		(void)msgpack_pack_str_body(&pk, text.p, text.n);
		buf_init(&ours, &a);
		mp_put_array(&ours, sizes[i]);
		mp_put_map(&ours, sizes[i]);
		mp_put_str(&ours, text);
		cr_expect(str_eq(buf_view(&theirs), buf_view(&ours)), "%zu", sizes[i]);
	}
	arena_free(&a);
}

/* What msgpack-c writes, we read and write: integers around every width. */
Test(mp, reads_and_writes_what_msgpack_writes)
{
	struct arena a;

	arena_init(&a, 0);
	for (int bits = 0; bits < 63; bits++) {
		for (int64_t d = -1; d <= 1; d++) {
			for (int sign = -1; sign <= 1; sign += 2) {
				int64_t v = ((INT64_C(1) << bits) + d) * sign, back = 0;
				struct buf b, ours;
				msgpack_packer pk;
				struct mp m;

				buf_init(&b, &a);
				msgpack_packer_init(&pk, &b, mp_to_buf);
				(void)msgpack_pack_int64(&pk, v);
				m = mp_of(buf_view(&b));
				cr_expect(mp_int(&m, &back) && back == v && mp_done(&m), "%lld", (long long)v);
				buf_init(&ours, &a);
				mp_put_int(&ours, v);
				cr_expect(str_eq(buf_view(&b), buf_view(&ours)), "%lld", (long long)v);
			}
		}
	}
	arena_free(&a);
}
