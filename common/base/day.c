/* day.c - calendar days as integers. No time zone, no clock: a date of service is a day on paper. */
#include "base/base.h"

static bool
is_leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

day_t
day_of(int y, int m, int d)
{
	static const int len[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int era, yoe, doy;

	if (y < DAY_MIN_YEAR || y > DAY_MAX_YEAR || m < 1 || m > 12 || d < 1)
		return DAY_NONE;
	if (d > len[m - 1] + (m == 2 && is_leap(y)))
		return DAY_NONE;
	y -= m <= 2;			/* years start in March, so a leap day is the last one */
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

void
day_parts(day_t day, int *y, int *m, int *d)
{
	int z = day + 719468, era = z / 146097, doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = yoe + era * 400 + (*m <= 2);
}

static int
digits(const char *p, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

day_t
day_parse(struct str s)
{
	int y, m, d, at = 4;

	if (s.n == 10 && s.p[4] == '-' && s.p[7] == '-')
		at = 5;
	else if (s.n != 8)
		return DAY_NONE;
	y = digits(s.p, 4);
	m = digits(s.p + at, 2);
	d = digits(s.p + at + (at == 5 ? 3 : 2), 2);
	return y < 0 || m < 0 || d < 0 ? DAY_NONE : day_of(y, m, d);
}

static char *
put(char *p, int v, int n)
{
	for (int i = n; i-- > 0; v /= 10)
		p[i] = (char)('0' + v % 10);
	return p + n;
}

static struct str
text(struct arena *a, day_t day, bool dashes)
{
	char t[12], *p;
	int y, m, d;

	if (day == DAY_NONE)
		return STR_NONE;
	day_parts(day, &y, &m, &d);
	if (y < 0 || y > 9999)		/* never a day that was read */
		return arena_fmt(a, dashes ? "%04d-%02d-%02d" : "%04d%02d%02d", y, m, d);
	p = put(t, y, 4);
	if (dashes)
		*p++ = '-';
	p = put(p, m, 2);
	if (dashes)
		*p++ = '-';
	p = put(p, d, 2);
	return arena_str(a, (struct str){ t, (size_t)(p - t) });
}

struct str
day_ccyymmdd(struct arena *a, day_t day)
{
	return text(a, day, false);
}

struct str
day_iso(struct arena *a, day_t day)
{
	return text(a, day, true);
}

int
day_years_between(day_t from, day_t to)
{
	int y0, m0, d0, y1, m1, d1;

	if (from == DAY_NONE || to == DAY_NONE || to < from)
		return -1;
	day_parts(from, &y0, &m0, &d0);
	day_parts(to, &y1, &m1, &d1);
	return y1 - y0 - (m1 < m0 || (m1 == m0 && d1 < d0));
}
