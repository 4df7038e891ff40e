/*
 * repair_how.c - the right form of one value. Knows no segment but the one the value stands in; never decides whether
 * a repair applies, and never makes a value that nobody sent, but for the ZIP code that is asked for.
 */
#include "x12/repair_how.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
all_digits(struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!is_digit(v.p[i]))
			return false;
	return v.n > 0;
}

/* The bytes that keep(c) is true of. */
static struct str
only(struct arena *a, struct str v, bool (*keep)(char))
{
	char *p = arena_alloc(a, v.n + 1);
	size_t n = 0;

	for (size_t i = 0; p && i < v.n; i++)
		if (keep(v.p[i]))
			p[n++] = v.p[i];
	return (struct str){ p, n };
}

static bool
is_printable(char c)
{
	return (unsigned char)c >= 0x20 && c != 0x7f;
}

/* Without control characters. Where they parted two words a blank does. */
static struct str
spaced(struct arena *a, struct str v)
{
	char *p = arena_alloc(a, v.n + 1);
	size_t n = 0;
	bool parted = false;

	for (size_t i = 0; p && i < v.n; i++) {
		if (!is_printable(v.p[i])) {
			parted = true;
			continue;
		}
		if (parted && n && p[n - 1] != ' ' && v.p[i] != ' ')
			p[n++] = ' ';
		parted = false;
		p[n++] = v.p[i];
	}
	return (struct str){ p, n };
}

bool
repair_printable(const struct repair_part *p, struct str in, struct str *out)
{
	if (!(p->s->marks & X12_ODD) || !str_has_ctl(in))
		return false;
	*out = spaced(p->a, in);
	return true;
}

bool
repair_trim(const struct repair_part *p, struct str in, struct str *out)
{
	(void)p;
	if (in.n == 0 || (*in.p != ' ' && in.p[in.n - 1] != ' '))
		return false;
	*out = in;
	while (out->n && *out->p == ' ')
		*out = (struct str){ out->p + 1, out->n - 1 };
	while (out->n && out->p[out->n - 1] == ' ')
		out->n--;
	return true;
}

bool
repair_upper(const struct repair_part *p, struct str in, struct str *out)
{
	size_t i = 0;
	char *to;

	while (i < in.n && !is_lower(in.p[i]))
		i++;
	to = i < in.n ? arena_alloc(p->a, in.n) : NULL;
	if (!to)
		return false;
	for (i = 0; i < in.n; i++)
		to[i] = is_lower(in.p[i]) ? (char)(in.p[i] - 32) : in.p[i];
	*out = (struct str){ to, in.n };
	return true;
}

bool
repair_code(const struct repair_part *p, struct str in, struct str *out)
{
	*out = str_of(p->arg);
	return !str_eq(in, *out);
}

/* CCYY-MM-DD or CCYY/MM/DD. */
bool
repair_date(const struct repair_part *p, struct str in, struct str *out)
{
	if (in.n != 10 || (in.p[4] != '-' && in.p[4] != '/') || in.p[7] != in.p[4])
		return false;
	*out = only(p->a, in, is_digit);
	return out->n == 8;
}

/* A DTP02 among D8, RD8 and DT that DTP03 does not have. */
bool
repair_format(const struct repair_part *p, struct str in, struct str *out)
{
	struct str said = x12_elem(p->s, 3), v = repair_date(p, said, &v) ? v : said;
	bool range = v.n == 17 && v.p[8] == '-' && all_digits((struct str){ v.p, 8 }) && all_digits((struct str){ v.p + 9, 8 });

	if (!str_is(in, "D8") && !str_is(in, "RD8") && !str_is(in, "DT"))
		return false;
	*out = range ? S("RD8") : !all_digits(v) ? in : v.n == 8 ? S("D8") : v.n == 12 ? S("DT") : in;
	return !str_eq(*out, in);
}

/* Lists that are a shape, and whose values are codes. */
static bool
is_code_shape(enum x12_shape shape)
{
	switch (shape) {
	case SHAPE_state: case SHAPE_country: case SHAPE_tax: case SHAPE_dx: case SHAPE_pcs: case SHAPE_proc: case SHAPE_mod:
	case SHAPE_pos: case SHAPE_rev: case SHAPE_tob: case SHAPE_carc: case SHAPE_rarc: case SHAPE_poa: case SHAPE_status:
	case SHAPE_category:
		return true;
	default:
		return false;
	}
}

bool
repair_code_case(const struct repair_part *p, struct str in, struct str *out)
{
	const struct x12_codes *list;

	if (!p->item || !p->item->list)
		return false;
	list = &p->guides->codes[p->item->list];
	if (list->n ? x12_code_in(list, in) : !is_code_shape(list->shape))
		return false;
	return repair_upper(p, in, out) && (!list->n || x12_code_in(list, *out));
}

/* -007.00 is -7, 00232.460 is 232.46: digits, at most one point; what else there is, is no number and stays. */
bool
repair_number(const struct repair_part *p, struct str in, struct str *out)
{
	bool minus = in.n && *in.p == '-';
	struct str v = { in.p + minus, in.n - minus }, whole, rest = v;
	bool point = memchr(v.p ? v.p : "", '.', v.n) != NULL, long_tail;

	if (!p->item || p->item->kind != KIND_R || v.n < 2)
		return false;
	whole = str_cut(&rest, '.');
	if ((whole.n && !all_digits(whole)) || (rest.n && !all_digits(rest)) || whole.n + rest.n == 0)
		return false;
	while (whole.n > 1 && *whole.p == '0')
		whole = (struct str){ whole.p + 1, whole.n - 1 };
	long_tail = rest.n > 2 && rest.p[rest.n - 1] == '0';
	while (rest.n > 2 && rest.p[rest.n - 1] == '0')
		rest.n--;
	for (size_t i = 0; i < rest.n; i++)
		if (rest.p[i] != '0') {
			if (whole.p == v.p && !long_tail)
				return false;
			*out = arena_fmt(p->a, "%s" STR_FMT "." STR_FMT, minus ? "-" : "", STR_ARG(whole), STR_ARG(rest));
			return true;
		}
	if (whole.p == v.p && !point)
		return false;
	minus = minus && !(whole.n <= 1 && (!whole.n || *whole.p == '0'));
	*out = whole.n ? arena_fmt(p->a, "%s" STR_FMT, minus ? "-" : "", STR_ARG(whole)) : S("0");
	return true;
}

static bool
no_dot(char c)
{
	return c != '.';
}

bool
repair_bare(const struct repair_part *p, struct str in, struct str *out)
{
	if (!in.n || !memchr(in.p, '.', in.n))
		return false;
	*out = only(p->a, in, no_dot);
	return out->n > 0;
}

/* As many digits as arg says, once hyphens, blanks, points and parentheses are away; else it stays as it came. */
bool
repair_digits(const struct repair_part *p, struct str in, struct str *out)
{
	int64_t want = 0;

	if (all_digits(in))
		return false;
	for (size_t i = 0; i < in.n; i++)
		if (!is_digit(in.p[i]) && !memchr("-. ()/", in.p[i], 6))
			return false;
	*out = only(p->a, in, is_digit);
	return str_to_int(str_of(p->arg), &want) && out->n == (size_t)want;
}

/* Ten digits with hyphens say where the eleventh, a zero, belongs: 4-4-2, 5-3-2, 5-4-1. */
bool
repair_ndc(const struct repair_part *p, struct str in, struct str *out)
{
	static const size_t want[] = { 5, 4, 2 };
	struct str rest = in, one;
	char *to = arena_alloc(p->a, 12);
	size_t n = 0, zeros = 0;

	if (!to || !in.n || !memchr(in.p, '-', in.n))
		return false;
	for (unsigned i = 0; i < 3; i++) {
		one = str_cut(&rest, '-');
		if (!all_digits(one) || one.n > want[i] || one.n + 1 < want[i])
			return false;
		for (size_t k = one.n; k < want[i]; k++, zeros++)
			to[n++] = '0';
		memcpy(to + n, one.p, one.n);
		n += one.n;
	}
	*out = (struct str){ to, n };
	return n == 11 && zeros <= 1 && rest.n == 0;
}

bool
repair_zip(const struct repair_part *p, struct str in, struct str *out)
{
	if (in.n != 10 || in.p[5] != '-')
		return false;
	*out = only(p->a, in, is_digit);
	return out->n == 9;
}

bool
repair_zip_pad(const struct repair_part *p, struct str in, struct str *out)
{
	struct str country = x12_elem(p->s, 4);

	if (!p->zip_pad || in.n != 5 || !all_digits(in) || (country.n && !str_is(country, "US")))
		return false;
	*out = arena_fmt(p->a, STR_FMT "9998", STR_ARG(in));
	return true;
}
