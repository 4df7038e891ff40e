/* shape.c - what identifiers and codes look like, and lists of them. Knows no encounter but one row of it. */
#include "validate/judge.h"

#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
one_shape(struct str s, struct str shape)
{
	if (s.n != shape.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char want = shape.p[i], c = s.p[i];
		bool ok = want == '9' ? is_digit(c) : want == 'A' ? is_upper(c) :
		    want == 'X' ? is_digit(c) || is_upper(c) : c == want;

		if (!ok)
			return false;
	}
	return true;
}

bool
shape_is(struct str s, const char *shapes)
{
	struct str rest = str_of(shapes);

	while (rest.n)
		if (one_shape(s, str_cut(&rest, ' ')))
			return true;
	return false;
}

bool
shape_listed(struct str s, struct str rest)
{
	while (rest.n)
		if (str_eq(s, str_cut(&rest, ' ')))
			return true;
	return false;
}

/* A code is in a range when its head, cut to the length of each end, is not before one nor after the other. */
static bool
in_range(struct str code, struct str lo, struct str hi)
{
	if (code.n < lo.n || code.n < hi.n || hi.n == 0)
		return false;
	return memcmp(code.p, lo.p, lo.n) >= 0 && memcmp(code.p, hi.p, hi.n) <= 0;
}

bool
shape_in_ranges(struct str code, struct str rest)
{
	while (rest.n) {
		struct str hi = str_cut(&rest, ' '), lo = str_cut(&hi, '-');

		if (lo.n && in_range(code, lo, hi.n ? hi : lo))
			return true;
	}
	return false;
}

bool
shape_is_icd10(const struct diagnosis *d)
{
	return d->qual.n == 0 || d->qual.p[0] == 'A';
}

bool
shape_is_hcpcs(const struct line *l)
{
	return l->code.n && (l->code_qual.n == 0 || str_is(l->code_qual, "HC"));
}
