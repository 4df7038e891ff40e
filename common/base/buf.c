/* buf.c - bytes growing in an arena. When the arena is spent, writes are dropped and arena.spent says so. */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
buf_init(struct buf *b, struct arena *a)
{
	*b = (struct buf){ .a = a };
}

bool
buf_room(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 512;
	char *p = b->p;

	if (b->cap - b->n >= n)
		return true;
	while (cap - b->n < n)
		cap *= 2;
	if (!b->cap || !arena_extend(b->a, b->p, b->cap, cap))
		p = arena_grow(b->a, b->p, b->n, cap, 1);
	if (!p)
		return false;
	b->p = p;
	b->cap = cap;
	return true;
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n && buf_room(b, n)) {
		memcpy(b->p + b->n, p, n);
		b->n += n;
	}
}

void
buf_str(struct buf *b, struct str s)
{
	buf_put(b, s.p, s.n);
}

void
buf_cstr(struct buf *b, const char *s)
{
	buf_str(b, str_of(s));
}

void
buf_hex(struct buf *b, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = p;

	for (size_t i = 0; i < n; i++) {
		buf_ch(b, digits[bytes[i] >> 4]);
		buf_ch(b, digits[bytes[i] & 15]);
	}
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(b->p ? b->p + b->n : NULL, b->cap - b->n, fmt, ap);
	va_end(ap);
	must(n >= 0);
	if ((size_t)n >= b->cap - b->n) {
		if (!buf_room(b, (size_t)n + 1))
			return;
		va_start(ap, fmt);
		(void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	b->n += (size_t)n;
}

void
buf_utf8(struct buf *b, uint32_t c)
{
	if (c >= 0x10000) {
		buf_ch(b, (char)(0xf0 | c >> 18));
		buf_ch(b, (char)(0x80 | (c >> 12 & 0x3f)));
	} else if (c >= 0x800) {
		buf_ch(b, (char)(0xe0 | c >> 12));
	}
	if (c >= 0x800)
		buf_ch(b, (char)(0x80 | (c >> 6 & 0x3f)));
	else if (c >= 0x80)
		buf_ch(b, (char)(0xc0 | c >> 6));
	buf_ch(b, (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c));
}

struct str
buf_view(const struct buf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}
