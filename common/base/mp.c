/* mp.c - msgpack. Floats, ext types and integers over 63 bits are refused: we never write them. */
#include "base/mp.h"

#include <string.h>

struct mp
mp_of(struct str s)
{
	const unsigned char *p = (const unsigned char *)(s.p ? s.p : "");

	return (struct mp){ p, p + s.n, false };
}

static bool
bad(struct mp *m)
{
	m->bad = true;
	m->p = m->end;
	return false;
}

static bool
uint_be(struct mp *m, int width, uint64_t *out)
{
	if ((size_t)(m->end - m->p) < (size_t)width)
		return bad(m);
	*out = 0;
	for (int i = 0; i < width; i++)
		*out = *out << 8 | *m->p++;
	return true;
}

static bool
run(struct mp *m, struct mp_val *v, enum mp_type t, uint64_t n)
{
	if (n > (uint64_t)(m->end - m->p))
		return bad(m);
	*v = (struct mp_val){ t, 0, { (const char *)m->p, (size_t)n } };
	m->p += n;
	return true;
}

/* Each member takes a byte at least, so a count above the bytes left is a lie. */
static bool
group(struct mp *m, struct mp_val *v, enum mp_type t, uint64_t n)
{
	if (n * (t == MP_MAP ? 2 : 1) > (uint64_t)(m->end - m->p))
		return bad(m);
	*v = (struct mp_val){ t, (int64_t)n, STR_NONE };
	return true;
}

static bool
number(struct mp *m, struct mp_val *v, int width, bool is_signed)
{
	uint64_t u;

	if (!uint_be(m, width, &u))
		return false;
	if (is_signed && width < 8 && u >> (width * 8 - 1))
		u |= ~UINT64_C(0) << (width * 8);
	if (!is_signed && u > (uint64_t)INT64_MAX)
		return bad(m);
	*v = (struct mp_val){ MP_INT, (int64_t)u, STR_NONE };
	return true;
}

static bool
sized(struct mp *m, struct mp_val *v, enum mp_type t, int width)
{
	uint64_t n;

	if (!uint_be(m, width, &n))
		return false;
	return t == MP_STR || t == MP_BIN ? run(m, v, t, n) : group(m, v, t, n);
}

bool
mp_next(struct mp *m, struct mp_val *v)
{
	unsigned c;

	if (m->bad || m->p == m->end)
		return bad(m);
	c = *m->p++;
	if (c < 0x80 || c >= 0xe0) {
		*v = (struct mp_val){ MP_INT, c < 0x80 ? (int64_t)c : (int64_t)c - 256, STR_NONE };
		return true;
	}
	if (c < 0x90)
		return group(m, v, MP_MAP, c & 15);
	if (c < 0xa0)
		return group(m, v, MP_ARRAY, c & 15);
	if (c < 0xc0)
		return run(m, v, MP_STR, c & 31);
	switch (c) {
	case 0xc0:
		*v = (struct mp_val){ MP_NIL, 0, STR_NONE };
		return true;
	case 0xc2: case 0xc3:
		*v = (struct mp_val){ MP_BOOL, c & 1, STR_NONE };
		return true;
	case 0xc4: case 0xc5: case 0xc6:
		return sized(m, v, MP_BIN, 1 << (c - 0xc4));
	case 0xcc: case 0xcd: case 0xce: case 0xcf:
		return number(m, v, 1 << (c - 0xcc), false);
	case 0xd0: case 0xd1: case 0xd2: case 0xd3:
		return number(m, v, 1 << (c - 0xd0), true);
	case 0xd9: case 0xda: case 0xdb:
		return sized(m, v, MP_STR, 1 << (c - 0xd9));
	case 0xdc: case 0xdd:
		return sized(m, v, MP_ARRAY, 2 << (c - 0xdc));
	case 0xde: case 0xdf:
		return sized(m, v, MP_MAP, 2 << (c - 0xde));
	default:
		return bad(m);
	}
}

/* Counts what is still owed instead of recursing: nesting cannot exhaust our stack. */
bool
mp_skip(struct mp *m)
{
	struct mp_val v;
	uint64_t owed = 1;

	while (owed--) {
		if (!mp_next(m, &v))
			return false;
		if (v.type == MP_ARRAY || v.type == MP_MAP)
			owed += (uint64_t)v.i * (v.type == MP_MAP ? 2 : 1);
	}
	return true;
}

bool
mp_int_any(struct mp *m, int64_t *out)
{
	struct mp_val v;

	if (!mp_next(m, &v) || v.type != MP_INT)
		return bad(m);
	*out = v.i;
	return true;
}

bool
mp_bytes_any(struct mp *m, struct str *out)
{
	struct mp_val v;

	if (!mp_next(m, &v) || (v.type != MP_STR && v.type != MP_BIN))
		return bad(m);
	*out = v.s;
	return true;
}

bool
mp_array(struct mp *m, size_t *members)
{
	struct mp_val v;

	if (!mp_next(m, &v) || v.type != MP_ARRAY)
		return bad(m);
	*members = (size_t)v.i;
	return true;
}

bool
mp_done(const struct mp *m)
{
	return !m->bad && m->p == m->end;
}

/* ---- writing ---- */

/* A type byte and width bytes of v. */
static void
put_head(struct buf *b, unsigned type, int width, uint64_t v)
{
	if (!buf_room(b, 9))
		return;
	b->p[b->n++] = (char)type;
	while (width-- > 0)
		b->p[b->n++] = (char)(v >> 8 * width);
}

/* A length: in the type byte when it is below fits, else after one of the types that follow each other. */
static void
put_size(struct buf *b, unsigned fixed, size_t fits, unsigned type16, size_t n)
{
	if (n < fits)
		put_head(b, fixed | (unsigned)n, 0, 0);
	else
		put_head(b, n <= UINT16_MAX ? type16 : type16 + 1, n <= UINT16_MAX ? 2 : 4, n);
}

void
mp_put_int(struct buf *b, int64_t v)
{
	uint64_t u = (uint64_t)v;

	if (v >= -32 && v < 128)
		put_head(b, (unsigned)v & 0xff, 0, 0);
	else if (v >= 0)
		put_head(b, u <= UINT8_MAX ? 0xcc : u <= UINT16_MAX ? 0xcd : u <= UINT32_MAX ? 0xce : 0xcf,
		    u <= UINT8_MAX ? 1 : u <= UINT16_MAX ? 2 : u <= UINT32_MAX ? 4 : 8, u);
	else
		put_head(b, v >= INT8_MIN ? 0xd0 : v >= INT16_MIN ? 0xd1 : v >= INT32_MIN ? 0xd2 : 0xd3,
		    v >= INT8_MIN ? 1 : v >= INT16_MIN ? 2 : v >= INT32_MIN ? 4 : 8, u);
}

void
mp_put_str(struct buf *b, struct str s)
{
	if (s.n >= 32 && s.n <= UINT8_MAX)
		put_head(b, 0xd9, 1, s.n);
	else
		put_size(b, 0xa0, 32, 0xda, s.n);
	buf_str(b, s);
}

void
mp_put_array(struct buf *b, size_t members)
{
	put_size(b, 0x90, 16, 0xdc, members);
}

void
mp_put_map(struct buf *b, size_t pairs)
{
	put_size(b, 0x80, 16, 0xde, pairs);
}

int
mp_to_buf(void *b, const char *p, size_t n)
{
	buf_put(b, p, n);
	return 0;
}
