/* what.c - what a single HL7 value means: days, money, codes, ids. Never guesses: no match is absent. */
#include "hl7/map.h"

#include <ctype.h>
#include <string.h>

struct str
map_get(struct map *mp, struct str seg, unsigned field, unsigned comp)
{
	return hl7_get(mp->a, mp->m, seg, field, comp);
}

struct str
map_short(struct str s, size_t max)
{
	return s.n <= max ? s : STR_NONE;
}

struct str
map_key(struct arena *a, struct str s, size_t max)
{
	return s.n <= max ? s : rec_hash16(a, &s, 1);
}

day_t
map_day(struct str ts)
{
	return ts.n >= 8 ? day_parse((struct str){ ts.p, 8 }) : DAY_NONE;
}

struct str
map_hhmm(struct arena *a, struct str ts)
{
	struct str t = ts.n >= 12 ? (struct str){ ts.p + 8, 4 } : STR_NONE;
	int64_t v;

	if (!str_all(t, isdigit) || !str_to_int(t, &v) || v / 100 > 23 || v % 100 > 59)
		return STR_NONE;
	return arena_str(a, t);
}

bool
map_cents(struct str s, cents_t *out)
{
	char t[32];
	size_t n = 0, dot;

	if (s.n && s.p[0] == '$')
		s.p++, s.n--;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ',')
			continue;
		if (n == sizeof t)
			return false;
		t[n++] = s.p[i];
	}
	for (dot = 0; dot < n && t[dot] != '.';)
		dot++;
	while (n > dot + 3 && t[n - 1] == '0')
		n--;
	return cents_parse((struct str){ t, n }, out);
}

static bool
upper_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

bool
map_icd10(struct arena *a, struct str code, struct str *out)
{
	struct buf b;

	if (code.n < 3 || code.n > 8 || (code.n > 3 && code.p[3] != '.' && code.n > 7) ||
	    code.p[0] < 'A' || code.p[0] > 'Z' || !isdigit((unsigned char)code.p[1]))
		return false;
	buf_init(&b, a);
	for (size_t i = 0; i < code.n; i++) {
		if (code.p[i] == '.' && i == 3 && code.n > 4)
			continue;
		if (!upper_or_digit(code.p[i]))
			return false;
		buf_ch(&b, code.p[i]);
	}
	*out = buf_view(&b);
	return true;
}

bool
map_pcs(struct str code)
{
	if (code.n != 7)
		return false;
	for (size_t i = 0; i < 7; i++)
		if (!upper_or_digit(code.p[i]) || code.p[i] == 'I' || code.p[i] == 'O')
			return false;
	return true;
}

bool
map_hcpcs(struct str code)
{
	if (code.n != 5)
		return false;
	for (size_t i = 1; i < 4; i++)
		if (!isdigit((unsigned char)code.p[i]))
			return false;
	if (isdigit((unsigned char)code.p[0]))
		return isdigit((unsigned char)code.p[4]) || (code.p[4] && strchr("FTUMA", code.p[4]));
	return code.p[0] >= 'A' && code.p[0] <= 'V' && isdigit((unsigned char)code.p[4]);
}

struct str
map_row(const struct map_row *rows, size_t n, struct str from)
{
	for (size_t i = 0; i < n; i++)
		if (str_ieq(from, str_of(rows[i].from)))
			return str_of(rows[i].to);
	return STR_NONE;
}
