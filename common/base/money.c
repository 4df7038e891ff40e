/* money.c - decimal text to scaled integers and back. No floating point, nothing rounded. */
#include "base/base.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
scaled_parse(struct str s, int places, int64_t *out)
{
	int64_t whole = 0;
	bool neg = s.n && s.p[0] == '-', dot = false;
	size_t i = neg;

	for (; i < s.n && is_digit(s.p[i]) && whole <= CENTS_MAX / 10; i++)
		whole = whole * 10 + (s.p[i] - '0');
	dot = i < s.n && s.p[i] == '.';
	for (i += dot; places > 0 && whole <= CENTS_MAX / 10; places--) {
		bool more = dot && i < s.n && is_digit(s.p[i]);

		whole = whole * 10 + (more ? s.p[i] - '0' : 0);
		i += more;
	}
	if (i < s.n || places > 0)
		return false;
	*out = neg ? -whole : whole;
	return s.n > (size_t)neg + dot && whole <= CENTS_MAX;
}

/* From the last digit to the first. */
static struct str
scaled_text(struct arena *a, int64_t v, int places, bool trim)
{
	uint64_t u = v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v;
	char text[32], *end = text + sizeof text, *p = end;
	int at = 0;

	do {
		char digit = (char)('0' + u % 10);

		if (at == places && p < end)
			*--p = '.';
		if (at >= places || !trim || p < end || digit != '0')
			*--p = digit;
		u /= 10;
		at++;
	} while (u || at <= places);
	if (v < 0)
		*--p = '-';
	return arena_str(a, (struct str){ p, (size_t)(end - p) });
}

struct str
digits_text(struct arena *a, int64_t v, int digits)
{
	char text[32], *end = text + sizeof text, *p = end;

	must(v >= 0 && digits <= 20);
	for (uint64_t u = (uint64_t)v; u || end - p < digits; u /= 10)
		*--p = (char)('0' + u % 10);
	return arena_str(a, (struct str){ p, (size_t)(end - p) });
}

bool
cents_parse(struct str s, cents_t *out)
{
	return scaled_parse(s, 2, out);
}

struct str
cents_text(struct arena *a, cents_t v)
{
	return scaled_text(a, v, 2, false);
}

struct str
cents_x12(struct arena *a, cents_t v)
{
	return scaled_text(a, v, 2, true);
}

bool
milli_parse(struct str s, milli_t *out)
{
	return scaled_parse(s, 3, out);
}

struct str
milli_text(struct arena *a, milli_t v)
{
	return scaled_text(a, v, 3, true);
}
