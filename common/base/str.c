/* str.c - borrowed strings. Never allocates, never needs a NUL. */
#include "base/base.h"

#include <string.h>

static int
fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool
str_ieq(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (fold(a.p[i]) != fold(b.p[i]))
			return false;
	return true;
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int rc = n ? memcmp(a.p, b.p, n) : 0;

	if (rc)
		return rc;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.n && is_blank(s.p[0]))
		s.p++, s.n--;
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str
str_cut(struct str *rest, char sep)
{
	struct str head = *rest;
	const char *hit = rest->n ? memchr(rest->p, sep, rest->n) : NULL;

	if (!hit) {
		rest->p = rest->p ? rest->p + rest->n : NULL;
		rest->n = 0;
		return head;
	}
	head.n = (size_t)(hit - head.p);
	rest->p = hit + 1;
	rest->n -= head.n + 1;
	return head;
}

bool
str_to_int(struct str s, int64_t *out)
{
	uint64_t v = 0;
	bool neg = s.n && s.p[0] == '-';
	size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+');

	if (i == s.n)
		return false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || v > (uint64_t)INT64_MAX / 10)
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	if (v > (uint64_t)INT64_MAX)
		return false;
	*out = neg ? -(int64_t)v : (int64_t)v;
	return true;
}

bool
str_all(struct str s, int (*is)(int))
{
	for (size_t i = 0; i < s.n; i++)
		if (!is((unsigned char)s.p[i]))
			return false;
	return s.n > 0;
}

bool
str_has_ctl(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

/* The check digit is Luhn's, as if the card issuer prefix 80840 stood before the number: it adds 24 (45 CFR 162.406). */
bool
str_is_npi(struct str s)
{
	int sum = 24;

	if (s.n != 10 || (s.p[0] != '1' && s.p[0] != '2'))
		return false;
	for (int i = 0; i < 10; i++) {
		int d = (s.p[i] - '0') * (i % 2 == 0 ? 2 : 1);

		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		sum += d > 9 ? d - 9 : d;
	}
	return sum % 10 == 0;
}

size_t
str_utf8_at(const unsigned char *p, size_t n)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : p[0] >= 0xe0 ? 3 : 2;

	if (len == 1)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4 || n < len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

#define ONES	UINT64_C(0x0101010101010101)
#define HIGH	UINT64_C(0x8080808080808080)

bool
str_is_utf8(struct str s)
{
	uint64_t w;

	for (size_t i = 0, len; i < s.n; i += len) {
		for (; s.n - i >= sizeof w; i += sizeof w) {	/* most of a text is ASCII */
			memcpy(&w, s.p + i, sizeof w);
			if (w & HIGH)
				break;
		}
		if (i == s.n)
			break;
		len = str_utf8_at((const unsigned char *)s.p + i, s.n - i);
		if (len == 0)
			return false;
	}
	return true;
}

#define PLAIN(c)	((c) >= 0x20 && (c) < 0x7f && (c) != '"' && (c) != '\\')

/* In x - ONES the high bit of a byte is set where that byte was 0, and maybe above it: the lowest is right. */
size_t
str_plain_run(struct str s)
{
	size_t i = 0;
	uint64_t w, odd;

	for (; s.n - i >= sizeof w; i += sizeof w) {
		memcpy(&w, s.p + i, sizeof w);
		odd = (w | (w - ONES * 0x20) | ((w ^ ONES * '"') - ONES) | ((w ^ ONES * '\\') - ONES) |
		    ((w ^ ONES * 0x7f) - ONES)) & HIGH;
		if (odd && PLAIN((unsigned char)s.p[i]))
			break;
		if (odd)
			return i;
	}
	while (i < s.n && PLAIN((unsigned char)s.p[i]))
		i++;
	return i;
}
