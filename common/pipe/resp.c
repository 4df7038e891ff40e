/* resp.c - Redis commands as bytes. Never reads a reply and never touches a socket. */
#include "pipe/resp.h"

#include <stdlib.h>
#include <string.h>

#define KEEP	(4u << 20)

/* Decimal text at the end of tmp; returns where it begins. */
static char *
decimal(char *end, uint64_t u, bool minus)
{
	do {
		*--end = (char)('0' + u % 10);
	} while (u /= 10);
	if (minus)
		*--end = '-';
	return end;
}

void
args_init(struct args *c, struct arena *a)
{
	*c = (struct args){ .a = a };
}

void
args_str(struct args *c, struct str s)
{
	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 256;
		struct str *v = arena_grow(c->a, c->v, c->n, cap, sizeof *v);

		if (!v)
			return;			/* the arena is spent: resp_put refuses */
		c->v = v;
		c->cap = cap;
	}
	c->v[c->n++] = s;
}

void
args_more(struct args *c, struct str s)
{
	must(c->n && c->joined == 0);
	c->joined = c->n;
	args_str(c, s);
}

void
args_int(struct args *c, int64_t i)
{
	static const char digits[] = "0123456789";
	char tmp[24], *end = tmp + sizeof tmp, *p;

	if (i >= 0 && i <= 9) {
		args_str(c, (struct str){ &digits[i], 1 });
		return;
	}
	p = decimal(end, i < 0 ? 0 - (uint64_t)i : (uint64_t)i, i < 0);
	args_str(c, arena_str(c->a, (struct str){ p, (size_t)(end - p) }));
}

static bool
room(struct resp *r, size_t more)
{
	size_t cap = r->cap ? r->cap : 65536;
	char *p;

	if (r->failed || more > SIZE_MAX / 4)
		return false;
	if (r->cap - r->n >= more)
		return true;
	while (cap - r->n < more)
		cap *= 2;
	p = realloc(r->p, cap);
	if (!p)
		return false;
	r->p = p;
	r->cap = cap;
	return true;
}

static void
head(struct resp *r, char mark, size_t n)
{
	char tmp[24], *end = tmp + sizeof tmp, *p = decimal(end, n, false);

	r->p[r->n++] = mark;
	memcpy(r->p + r->n, p, (size_t)(end - p));
	r->n += (size_t)(end - p);
	r->p[r->n++] = '\r';
	r->p[r->n++] = '\n';
}

static void
bytes(struct resp *r, struct str s)
{
	if (s.n)
		memcpy(r->p + r->n, s.p, s.n);
	r->n += s.n;
}

void
resp_put(struct resp *r, const struct args *c)
{
	size_t need = 32;

	for (size_t i = 0; i < c->n; i++)
		need += c->v[i].n + 32;
	if (c->a->spent || !room(r, need)) {
		r->failed = true;
		return;
	}
	head(r, '*', c->n - (c->joined > 0));
	for (size_t i = 0; i < c->n; i++) {
		bool more = i + 1 == c->joined;

		head(r, '$', c->v[i].n + (more ? c->v[i + 1].n : 0));
		bytes(r, c->v[i]);
		if (more)
			bytes(r, c->v[++i]);
		r->p[r->n++] = '\r';
		r->p[r->n++] = '\n';
	}
}

void
resp_clear(struct resp *r)
{
	if (r->p)
		memset(r->p, 0, r->n);
	__asm__ volatile("" : : "r"(r->p) : "memory");	/* keep the store: it was a patient's */
	if (r->cap > KEEP) {
		free(r->p);
		*r = (struct resp){ 0 };
	}
	r->n = 0;
	r->failed = false;
}

void
resp_free(struct resp *r)
{
	resp_clear(r);
	free(r->p);
	*r = (struct resp){ 0 };
}
