/*
 * mp - reading msgpack from hostile bytes, one value at a time, without allocating; writing it into a buf.
 *
 * msgpack-c writes what goes to others; it does not read here, because its object tree reserves memory for whatever count
 * an array header claims (five bytes can claim 2^28 members). Here a claimed count is checked against
 * the bytes that are left, and nothing is allocated at all.
 */
#ifndef CLAIMLINE_MP_H
#define CLAIMLINE_MP_H

#include "base/base.h"

enum mp_type { MP_NIL, MP_BOOL, MP_INT, MP_STR, MP_BIN, MP_ARRAY, MP_MAP };

struct mp {			/* a cursor; when bad, every call answers false */
	const unsigned char	*p, *end;
	bool			 bad;
};

struct mp_val {
	enum mp_type	type;
	int64_t		i;	/* MP_INT and MP_BOOL: value; MP_ARRAY: members; MP_MAP: pairs */
	struct str	s;	/* MP_STR, MP_BIN: borrowed from the input */
};

struct mp	mp_of(struct str bytes);
bool		mp_next(struct mp *, struct mp_val *out);	/* false at the end or when bad */
bool		mp_skip(struct mp *);				/* one value with all its members */
bool		mp_int_any(struct mp *, int64_t *out);
bool		mp_bytes_any(struct mp *, struct str *out);
bool		mp_array(struct mp *, size_t *members);
bool		mp_done(const struct mp *);			/* not bad, nothing left */

/* Nearly every number is below 128 and nearly every text below 32 bytes: their length is in their first byte. */
static inline bool
mp_int(struct mp *m, int64_t *out)				/* anything else makes it bad */
{
	if (m->p == m->end || *m->p >= 0x80)
		return mp_int_any(m, out);
	*out = *m->p++;
	return true;
}

static inline bool
mp_bytes(struct mp *m, struct str *out)				/* str or bin */
{
	size_t n = m->p == m->end ? SIZE_MAX : (size_t)(*m->p ^ 0xa0);

	if (n >= 32 || n >= (size_t)(m->end - m->p))
		return mp_bytes_any(m, out);
	*out = (struct str){ (const char *)m->p + 1, n };
	m->p += n + 1;
	return true;
}

/* Each in its shortest form, as msgpack-c has it. */
void		mp_put_int(struct buf *, int64_t);
void		mp_put_str(struct buf *, struct str);
void		mp_put_array(struct buf *, size_t members);
void		mp_put_map(struct buf *, size_t pairs);

/* msgpack-c's write callback for a struct buf. */
int		mp_to_buf(void *buf, const char *p, size_t n);

#endif
