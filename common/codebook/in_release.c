/* in_release.c - the release of a quarterly file of CMS, told by the ways in which it names them. */
#include "codebook/ncci.h"

static int
digits(struct str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9')
		n++;
	return (int)n;
}

static int
value(struct str s, size_t at, size_t n)
{
	int v = 0;

	while (n-- && v < 100000)
		v = v * 10 + (s.p[at++] - '0');
	return v;
}

static day_t
quarter(int year, int q)
{
	return q < 1 || q > 4 || year < 1990 || year > 2199 ? DAY_NONE : day_of(year, 3 * q - 2, 1);
}

/* v302r0 and v30.2: the version is the year less 1994, and behind it quarters are counted from 0. */
static day_t
by_version(struct str s)
{
	for (size_t i = 0; i + 4 <= s.n; i++) {
		int n = digits(s, i + 1);

		if ((s.p[i] | 32) != 'v')
			continue;
		if (n == 3 && i + 4 < s.n && (s.p[i + 4] | 32) == 'r')
			return quarter(1994 + value(s, i + 1, 2), value(s, i + 3, 1) + 1);
		if (n == 2 && s.p[i + 3] == '.' && digits(s, i + 4) == 1)
			return quarter(1994 + value(s, i + 1, 2), value(s, i + 4, 1) + 1);
	}
	return DAY_NONE;
}

/* 2024Q2 and 2024-Q2; 2024200 at the head of the name, as the coverage tables have it. */
static day_t
by_quarter(struct str s)
{
	if (digits(s, 0) == 7 && value(s, 5, 2) == 0)
		return quarter(value(s, 0, 4), value(s, 4, 1));
	for (size_t i = 0; i + 6 <= s.n; i++) {
		size_t q = i + 4;

		if (digits(s, i) != 4 || (i && digits(s, i - 1)))
			continue;
		q += s.p[q] == '-' || s.p[q] == '_' || s.p[q] == ' ';
		if ((s.p[q] | 32) == 'q' && digits(s, q + 1) == 1)
			return quarter(value(s, i, 4), value(s, q + 1, 1));
	}
	return DAY_NONE;
}

int
cb_ncci_release(struct cb_in *in)
{
	in->release = by_version(in->name);
	if (in->release == DAY_NONE)
		in->release = by_quarter(in->name);
	if (in->release == DAY_NONE)
		in->release = cb_release(REL_CALENDAR, in->path);
	return in->release != DAY_NONE ? 0 : cb_fault(in, E_INCOMPLETE, 0, 0,
	    "neither name nor folder tells the quarter, such as v302r0, 2024Q3 or Eff_07-01-2024; put it into the name");
}
