/*
 * str - borrowed strings (str.c). Nothing here allocates; base.h includes it.
 */
#ifndef CLAIMLINE_STR_H
#define CLAIMLINE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* ---- str: a borrowed run of bytes, not NUL-terminated; {NULL, 0} is "absent" ---- */
struct str {
	const char	*p;
	size_t		 n;
};

#define S(lit)		((struct str){ (lit), sizeof(lit) - 1 })
#define STR_NONE	((struct str){ NULL, 0 })
#define STR_FMT		"%.*s"
#define STR_ARG(s)	(int)(s).n, (s).p ? (s).p : ""

/* These three here, so that the length of a literal is known where it is compared. */
static inline struct str
str_of(const char *cstr)					/* NULL gives STR_NONE */
{
	return cstr ? (struct str){ cstr, strlen(cstr) } : STR_NONE;
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
str_is(struct str a, const char *cstr)
{
	size_t i = 0;

	if (!cstr || __builtin_constant_p(strlen(cstr)))
		return str_eq(a, str_of(cstr));
	while (i < a.n && cstr[i] && a.p[i] == cstr[i])
		i++;
	return i == a.n && !cstr[i];
}

bool		str_ieq(struct str a, struct str b);		/* ASCII case folded */
int		str_cmp(struct str a, struct str b);		/* bytewise, shorter first on a tie */
bool		str_starts(struct str s, struct str prefix);
struct str	str_trim(struct str s);				/* blanks and line ends on both sides */
struct str	str_cut(struct str *rest, char sep);		/* head up to sep; rest moves past it */
bool		str_to_int(struct str s, int64_t *out);		/* whole string, decimal, optional sign */
bool		str_all(struct str s, int (*is)(int));		/* false for an empty string */
bool		str_has_ctl(struct str s);			/* any byte below 0x20 or 0x7f */
size_t		str_plain_run(struct str s);			/* printable ASCII without quote and backslash that s begins
								   with: what most of a text is, eight bytes at a time */
size_t		str_utf8_at(const unsigned char *p, size_t n);	/* length of the UTF-8 sequence that begins at p; 0: none
								   does. n at least 1 */
bool		str_is_utf8(struct str s);
bool		str_is_npi(struct str s);			/* ten digits, the first 1 or 2, CMS check digit right */

#endif
