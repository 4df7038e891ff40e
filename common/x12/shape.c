/*
 * shape.c - the shapes a value may have to have: dates, times, numbers, identifiers. Shapes of external code sets
 * are judged with the code book (SNIP 5), not here; those that depend on more than the segment are rules.
 */
#include "x12/walk.h"

static bool
digits(struct str v, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++)
		if (i >= v.n || v.p[i] < '0' || v.p[i] > '9')
			return false;
	return true;
}

static int
two(struct str v, size_t at)
{
	return (v.p[at] - '0') * 10 + v.p[at + 1] - '0';
}

static bool
is_day(struct str v)
{
	return v.n == 8 && day_parse(v) != DAY_NONE;
}

static bool
is_time(struct str v)
{
	if (v.n < 4 || v.n > 8 || v.n == 5 || !digits(v, 0, v.n))
		return false;
	return two(v, 0) < 24 && two(v, 2) < 60 && (v.n < 6 || two(v, 4) < 60);
}

static bool
is_day6(struct str v)
{
	char full[8] = { '2', '0' };

	if (v.n != 6 || !digits(v, 0, 6))
		return false;
	memcpy(full + 2, v.p, 6);
	return is_day((struct str){ full, 8 });
}

/* A date-time: CCYYMMDD and HHMM or HHMMSS. */
static bool
is_stamp(struct str v)
{
	return (v.n == 12 || v.n == 14) && is_day((struct str){ v.p, 8 }) && is_time((struct str){ v.p + 8, v.n - 8 });
}

static bool
is_range(struct str v, bool (*is)(struct str), size_t each)
{
	return v.n == 2 * each + 1 && v.p[each] == '-' && is((struct str){ v.p, each }) && is((struct str){ v.p + each + 1, each }) &&
	    memcmp(v.p, v.p + each + 1, each) <= 0;
}

static bool
is_formatted(struct str format, struct str v)
{
	if (str_is(format, "D8"))
		return is_day(v);
	if (str_is(format, "RD8"))
		return is_range(v, is_day, 8);
	if (str_is(format, "DT"))
		return is_stamp(v);
	if (str_is(format, "RDT"))
		return is_range(v, is_stamp, (v.n - 1) / 2);
	if (str_is(format, "TM") || str_is(format, "TS"))
		return is_time(v);
	if (str_is(format, "RTM"))
		return is_range(v, is_time, (v.n - 1) / 2);
	if (str_is(format, "D6"))
		return is_day6(v);
	return true;
}

/* Of an address in the United States; elsewhere (the element after it says so) postal codes have other shapes. */
static bool
is_zip(const struct x12_seg *s, unsigned el, struct str v)
{
	struct str country = s ? x12_elem(s, el + 1) : STR_NONE;

	return (country.n && !str_is(country, "US")) || ((v.n == 5 || v.n == 9) && digits(v, 0, v.n));
}

/* The IK403 code of what is wrong with the value, NULL when nothing is. */
const char *
x12_shape_wrong(enum x12_shape shape, const struct x12_seg *s, unsigned el, struct str v)
{
	switch (shape) {
	case SHAPE_date:
		return is_day(v) ? NULL : "8";
	case SHAPE_date6:
		return is_day6(v) ? NULL : "8";
	case SHAPE_time:
		return is_time(v) ? NULL : "9";
	case SHAPE_dtp:
		if (is_formatted(x12_elem(s, el - 1), v))
			return NULL;
		return str_is(x12_elem(s, el - 1), "TM") ? "9" : "8";
	case SHAPE_count:
		return digits(v, 0, v.n) ? NULL : "6";
	case SHAPE_zip:
		return is_zip(s, el, v) ? NULL : "7";
	default:
		return NULL;
	}
}
