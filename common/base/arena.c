/*
 * arena.c - one lifetime per message. Reset wipes, because what was in it was a patient's.
 * Blocks double in size, so a message costs a handful of malloc calls at most.
 */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK	65536
#define ALIGN		16
#define MOST_KEPT	(32u << 20)	/* a larger block is not kept for the next message */

struct arena_block {
	struct arena_block	*next;
	size_t			 used, cap;
	_Alignas(ALIGN) char	 mem[];
};

void
arena_init(struct arena *a, size_t limit)
{
	*a = (struct arena){ .limit = limit ? limit : LIMIT_ARENA };
}

/* Memory is zero when it is handed out: calloc makes it so, and reset wipes whatever was used. */
static struct arena_block *
block_new(struct arena *a, size_t need)
{
	size_t cap = a->head ? a->head->cap * 2 : a->want > FIRST_BLOCK ? a->want : FIRST_BLOCK;
	struct arena_block *b;

	if (cap > MOST_KEPT)
		cap = MOST_KEPT;
	if (cap < need)
		cap = need;
	b = calloc(1, sizeof *b + cap);
	if (!b)
		return NULL;
	b->cap = cap;
	b->next = a->head;
	return a->head = b;
}

static size_t
rounded(size_t n)
{
	return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct arena_block *b = a->head;
	size_t limit = a->limit ? a->limit : LIMIT_ARENA;
	void *p;

	if (n > limit - (a->used < limit ? a->used : limit)) {
		a->spent = true;
		return NULL;
	}
	n = rounded(n);
	if (!b || b->cap - b->used < n)
		b = block_new(a, n);
	if (!b) {
		a->spent = true;
		return NULL;
	}
	p = b->mem + b->used;
	b->used += n;
	a->used += n;
	return p;
}

void *
arena_array(struct arena *a, size_t n, size_t each)
{
	if (each && n > SIZE_MAX / each) {
		a->spent = true;
		return NULL;
	}
	return arena_alloc(a, n * each);
}

void *
arena_grow(struct arena *a, void *old, size_t n_old, size_t n_new, size_t each)
{
	void *p = arena_array(a, n_new, each);

	if (p && n_old)
		memcpy(p, old, n_old * each);
	return p;
}

bool
arena_extend(struct arena *a, void *last, size_t n_old, size_t n_new)
{
	struct arena_block *b = a->head;
	size_t more = rounded(n_new) - rounded(n_old), limit = a->limit ? a->limit : LIMIT_ARENA;

	if (!b || (char *)last + rounded(n_old) != b->mem + b->used || b->cap - b->used < more || a->used + more > limit)
		return false;
	b->used += more;
	a->used += more;
	return true;
}

void *
arena_push_(struct arena *a, void **arr, size_t *n, size_t each)
{
	if ((*n & (*n - 1)) == 0 && !(*n && arena_extend(a, *arr, *n * each, *n * 2 * each))) {
		void *p = arena_grow(a, *arr, *n, *n ? *n * 2 : 1, each);

		if (!p)
			return NULL;
		*arr = p;
	}
	return memset((char *)*arr + each * (*n)++, 0, each);
}

struct str
arena_str(struct arena *a, struct str s)
{
	char *p = s.p ? arena_alloc(a, s.n + 1) : NULL;

	if (!p)
		return STR_NONE;
	memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

/* Written where it will stand, if it fits there: formatting twice to learn the length is most of the cost. */
struct str
arena_fmt(struct arena *a, const char *fmt, ...)
{
	struct arena_block *b = a->head;
	size_t left = b ? b->cap - b->used : 0;
	char *here = b ? b->mem + b->used : NULL, *p;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(here, left, fmt, ap);
	va_end(ap);
	must(n >= 0);
	if ((size_t)n >= left && left)
		memset(here, 0, left);		/* what is handed out is zero */
	p = arena_alloc(a, (size_t)n + 1);
	if (!p) {
		if ((size_t)n < left)
			memset(here, 0, (size_t)n + 1);
		return STR_NONE;
	}
	if (p != here || (size_t)n >= left) {
		va_start(ap, fmt);
		(void)vsnprintf(p, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	return (struct str){ p, (size_t)n };
}

static void
wipe(struct arena_block *b)
{
	memset(b->mem, 0, b->used);
	__asm__ volatile("" : : "r"(b->mem) : "memory");	/* keep the store */
	b->used = 0;
}

/* A message that needed several blocks makes the next one start with a block that would have held it. */
void
arena_reset(struct arena *a)
{
	struct arena_block *keep = a->head, *next;

	if (keep && (keep->next || keep->cap > MOST_KEPT)) {
		for (struct arena_block *b = keep; b; b = next) {
			next = b->next;
			wipe(b);
			free(b);
		}
		a->head = NULL;
		a->want = a->used + a->used / 4;
	} else if (keep) {
		wipe(keep);
	}
	a->used = 0;
	a->spent = false;
}

void
arena_free(struct arena *a)
{
	arena_reset(a);
	free(a->head);
	a->head = NULL;
}
