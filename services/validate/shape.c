/* shape.c - what identifiers and codes look like, and lists of them. Knows no encounter but one row of it. */
#include "validate/judge.h"

#include <string.h>

#define FEW_BYTES	64

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
shape_listed(struct str s, struct str list)
{
	for (size_t at = 0, n; at < list.n; at += n + 1) {
		for (n = 0; at + n < list.n && list.p[at + n] != ' '; n++)
			;
		if (str_eq(s, (struct str){ list.p + at, n }))
			return true;
	}
	return false;
}

static bool
in_range(struct str code, struct str lo, struct str hi)
{
	if (lo.n == 0 || code.n < lo.n || code.n < hi.n)
		return false;
	return memcmp(code.p, lo.p, lo.n) >= 0 && memcmp(code.p, hi.p, hi.n) <= 0;
}

/*
 * "C51-C58 N70": a code is in a range when its head, cut to the length of each end, is not before one nor after
 * the other. Each list is read once for each code of each claim, so byte by byte, and by its first byte first.
 */
bool
shape_in_ranges(struct str code, struct str list)
{
	const char *p = list.p, *end = list.n ? list.p + list.n : list.p;

	while (p < end) {
		struct str lo = { p, 0 }, hi;

		while (p < end && *p != ' ' && *p != '-')
			p++;
		lo.n = (size_t)(p - lo.p);
		hi = lo;
		if (p < end && *p == '-') {
			hi.p = ++p;
			while (p < end && *p != ' ')
				p++;
			hi.n = (size_t)(p - hi.p);
		}
		p++;
		if (code.n && lo.n && hi.n && code.p[0] >= lo.p[0] && code.p[0] <= hi.p[0] && in_range(code, lo, hi))
			return true;
	}
	return false;
}

/* Halves the list until a few entries are left: a code can only be in the last one that begins at it or before. */
bool
shape_in_sorted(struct str code, struct str list)
{
	while (list.n > FEW_BYTES) {
		const char *mid = list.p + list.n / 2, *end = list.p + list.n;
		struct str first;

		while (mid > list.p && mid[-1] != ' ')
			mid--;
		if (mid == list.p)
			break;
		first = (struct str){ mid, 0 };
		while (mid + first.n < end && mid[first.n] != ' ' && mid[first.n] != '-')
			first.n++;
		if (str_cmp(first, code) > 0)
			list.n = (size_t)(mid - list.p) - 1;
		else
			list = (struct str){ mid, (size_t)(end - mid) };
	}
	return shape_in_ranges(code, list);
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
