/*
 * base - what every other folder stands on: strings, arena, days, cents, errors.
 * Pure: nothing here reads a clock, a file or a socket (see file.h, log.h for those).
 */
#ifndef CLAIMLINE_BASE_H
#define CLAIMLINE_BASE_H

#include "base/str.h"

/* ---- arena: one per message; reset wipes what was used and ends every lifetime ---- */
struct arena_block;
struct arena {
	struct arena_block	*head;
	size_t			 used, limit;	/* bytes handed out; limit 0 = LIMIT_ARENA */
	size_t			 want;		/* size of the next first block */
	bool			 spent;		/* an allocation was refused: results are incomplete */
};

void		 arena_init(struct arena *, size_t limit);
void		*arena_alloc(struct arena *, size_t n);		/* zeroed, 16-aligned; never NULL below the
								   limit. Beyond it: NULL and spent */
void		*arena_array(struct arena *, size_t n, size_t each);
void		*arena_grow(struct arena *, void *old, size_t n_old, size_t n_new, size_t each);
bool		 arena_extend(struct arena *, void *last, size_t n_old, size_t n_new);	/* bytes; only what was handed out
								   last, and only if its block has room */
struct str	 arena_str(struct arena *, struct str s);	/* copy, also NUL-terminated */
struct str	 arena_fmt(struct arena *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void		 arena_reset(struct arena *);			/* wipes; keeps one block */
void		 arena_free(struct arena *);

/*
 * Append one element to an arena array: room doubles when n reaches a power of two.
 * (arr, n) are the array and its count; evaluates to the new element, or NULL when spent.
 */
void		*arena_push_(struct arena *, void **arr, size_t *n, size_t each);
#define arena_push(a, arr, n)	\
	((__typeof__(arr))arena_push_((a), (void **)&(arr), &(n), sizeof *(arr)))

/* ---- buf: bytes being written into an arena ---- */
struct buf {
	struct arena	*a;
	char		*p;
	size_t		 n, cap;
};

void		 buf_init(struct buf *, struct arena *);
bool		 buf_room(struct buf *, size_t n);		/* for n more bytes; false: the arena is spent */
void		 buf_put(struct buf *, const void *p, size_t n);
void		 buf_str(struct buf *, struct str s);
void		 buf_cstr(struct buf *, const char *s);
void		 buf_hex(struct buf *, const void *p, size_t n);	/* lower case, two digits a byte */
void		 buf_utf8(struct buf *, uint32_t code_point);
static inline void
buf_ch(struct buf *b, char c)
{
	if (b->n < b->cap || buf_room(b, 1))
		b->p[b->n++] = c;
}
void		 buf_fmt(struct buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str	 buf_view(const struct buf *);

/* ---- day: days since 1970-01-01 in the proleptic Gregorian calendar; DAY_NONE = absent ---- */
typedef int32_t day_t;
#define DAY_NONE	INT32_MIN
#define DAY_MIN_YEAR	1800
#define DAY_MAX_YEAR	2199
#define DAY_MIN		(-62091)				/* 1 January of DAY_MIN_YEAR */
#define DAY_MAX		84005					/* 31 December of DAY_MAX_YEAR */

day_t		day_of(int year, int month, int dom);		/* DAY_NONE when not a calendar day */
void		day_parts(day_t, int *year, int *month, int *dom);
day_t		day_parse(struct str s);			/* CCYYMMDD or CCYY-MM-DD, else DAY_NONE */
struct str	day_ccyymmdd(struct arena *, day_t);
struct str	day_iso(struct arena *, day_t);
int		day_years_between(day_t from, day_t to);	/* completed years; -1 when unknown or reversed */

/* ---- cents: money. No floating point anywhere ---- */
typedef int64_t cents_t;
#define CENTS_MAX	INT64_C(99999999999999)			/* a million million dollars, less a cent */

bool		cents_parse(struct str s, cents_t *out);	/* 12, 12.5, 12.50, -3.00; at most two decimals */
struct str	cents_text(struct arena *, cents_t);		/* always two decimals: 12.50 */
struct str	cents_x12(struct arena *, cents_t);		/* no trailing zeros: 12.5, 12 (X12 type R) */

/* ---- quantities: thousandths of a unit, so that 2.5 units is 2500 ---- */
typedef int64_t milli_t;
bool		milli_parse(struct str s, milli_t *out);	/* at most three decimals */
struct str	milli_text(struct arena *, milli_t);		/* no trailing zeros */

struct str	digits_text(struct arena *, int64_t, int digits); /* 0 or more, zero filled to at least so many digits */

/* ---- errors: 0 or more is success, below 0 is -(enum err) from schemas/errors.def ---- */
enum err_class { ERR_TEMP, ERR_PERM, ERR_DROP };
enum err {
	E_NONE = 0,
#define ERROR(id, cls, text) E_##id##_,
#include "schemas/errors.def"
	E_COUNT
};
enum {
#define ERROR(id, cls, text) E_##id = -(int)E_##id##_,
#include "schemas/errors.def"
};

const char	*err_name(int rc);		/* "E_MALFORMED"; never NULL */
const char	*err_text(int rc);		/* words for an operator */
enum err_class	 err_class(int rc);

/* must: our own bugs only. Never compiled out, never on bytes from outside. */
#define must(cond)	((cond) ? (void)0 : bug_at(__FILE__, __LINE__, #cond))
_Noreturn void	bug_at(const char *file, int line, const char *what);

/* ---- fault: what is wrong with an input, in words for whoever sent it ---- */
struct fault {
	int		rc;		/* an error of errors.def */
	struct str	place;		/* "line 3 column 9", "2010AA NM109", "PID-5.1", "/patient/dob" */
	struct str	words;		/* what was found and what was expected; no patient data */
	struct str	fix;		/* what to do about it */
};

struct faults {
	struct arena	*a;
	struct fault	*v;
	size_t		 n;
	bool		 more;		/* over LIMIT_FAULTS: the rest was not kept */
};

int	fault_add(struct faults *, int rc, struct str place, struct str words, struct str fix); /* returns rc */

#include "limits.h"

#endif
