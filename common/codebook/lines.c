/* lines.c - bytes into lines, columns, records of cells and values: what every importer of text needs. */
#include "codebook/cells.h"

#include <string.h>

struct cb_lines
cb_lines(const struct cb_in *in)
{
	return (struct cb_lines){ in->bytes, 0 };
}

bool
cb_line(struct cb_lines *l, struct str *line)
{
	if (l->rest.n == 0 || (l->rest.n <= 3 && l->rest.p[0] == 0x1a))
		return false;
	*line = str_cut(&l->rest, '\n');
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	l->no++;
	return true;
}

struct str
cb_cols(struct str line, size_t first, size_t last)
{
	if (line.n < first)
		return STR_NONE;
	return str_trim((struct str){ line.p + first - 1, (line.n < last ? line.n : last) - first + 1 });
}

/* 0x80..0x9f of Windows-1252; 0 where it has none. */
static const uint16_t high[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

static void
put_1252(struct buf *b, unsigned char c)
{
	unsigned u = c >= 0x80 && c < 0xa0 ? high[c - 0x80] : c;

	if (u < 0x20 || u == 0x7f || u == 0xa0)
		buf_ch(b, ' ');
	else
		buf_utf8(b, u);
}

struct str
cb_1252(struct arena *a, struct str s)
{
	struct buf b;

	if (str_plain_run(s) == s.n || (str_is_utf8(s) && !str_has_ctl(s)))
		return s;
	buf_init(&b, a);
	if (str_is_utf8(s)) {
		for (size_t i = 0; i < s.n; i++)
			buf_ch(&b, (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f ? ' ' : s.p[i]);
	} else {
		for (size_t i = 0; i < s.n; i++)
			put_1252(&b, (unsigned char)s.p[i]);
	}
	return buf_view(&b);
}

bool
cb_decimal(struct str s, int digits, int64_t *out)
{
	int64_t v = 0;
	int after = -1;
	bool minus;

	s = str_trim(s);
	*out = CELL_NONE;
	if (s.n == 0 || str_is(s, "."))
		return true;
	minus = s.p[0] == '-';
	if (minus)
		s = str_trim((struct str){ s.p + 1, s.n - 1 });
	if (s.n && s.p[0] == '$')
		s = str_trim((struct str){ s.p + 1, s.n - 1 });
	if (s.n && s.p[s.n - 1] == '%')
		s = str_trim((struct str){ s.p, s.n - 1 });
	if (s.n == 0 || s.n > 24)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ',' && after < 0 && i)
			continue;
		if (s.p[i] == '.' && after < 0) {
			after = 0;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9' || v > INT64_MAX / 100)
			return false;
		if (after >= digits) {
			if (s.p[i] != '0')
				return false;		/* more decimals than the column keeps */
			continue;
		}
		v = v * 10 + (s.p[i] - '0');
		after += after >= 0;
	}
	for (int i = after < 0 ? 0 : after; i < digits; i++) {
		if (v > INT64_MAX / 100)
			return false;
		v *= 10;
	}
	*out = minus ? -v : v;
	return true;
}

bool
cb_has(struct str s, const char *part)
{
	size_t n = strlen(part);

	for (size_t i = 0; i + n <= s.n; i++) {
		size_t k = 0;

		while (k < n) {
			char c = s.p[i + k], want = part[k];

			if (c >= 'A' && c <= 'Z')
				c = (char)(c + 32);
			if (c != want && !(want == '_' && (c == '-' || c == ' ')))
				break;
			k++;
		}
		if (k == n)
			return true;
	}
	return false;
}

bool
cb_opens(struct str b, size_t n, const char *lower)
{
	return cb_has((struct str){ b.p, b.n < n ? b.n : n }, lower);
}

day_t
cb_day_us(struct str s)
{
	int64_t m, d, y;
	struct str month = str_cut(&s, '/'), day = str_cut(&s, '/');

	if (!str_to_int(month, &m) || !str_to_int(day, &d) || !str_to_int(s, &y) || s.n != 4)
		return DAY_NONE;
	return y < DAY_MIN_YEAR || y > DAY_MAX_YEAR || m < 1 || m > 12 || d < 1 || d > 31 ? DAY_NONE :
	    day_of((int)y, (int)m, (int)d);
}

/* 45000 is 2023-03-15. Before March 1900 the sheet counts a day that never was, so nothing is read from there. */
day_t
cb_day_any(struct str s, bool last)
{
	int64_t n;
	day_t day;

	if (memchr(s.p ? s.p : "", '/', s.n))
		return cb_day_us(s);
	if (s.n == 8 || s.n == 10)
		return day_parse(s);
	if (s.n != 4 && s.n != 5 && s.n != 7)
		return DAY_NONE;
	if (!str_to_int(s, &n) || s.p[0] < '0' || s.p[0] > '9')
		return DAY_NONE;
	if (s.n == 5)
		return n < 61 || n > 73050 ? DAY_NONE : (day_t)(n - 25569);
	if (s.n == 4)
		return n < DAY_MIN_YEAR || n > DAY_MAX_YEAR ? DAY_NONE : last ? day_of((int)n, 12, 31) : day_of((int)n, 1, 1);
	day = n / 1000 < DAY_MIN_YEAR || n / 1000 > DAY_MAX_YEAR ? DAY_NONE : day_of((int)(n / 1000), 1, 1);
	return day == DAY_NONE || n % 1000 < 1 || day + n % 1000 > day_of((int)(n / 1000), 12, 31) + 1 ? DAY_NONE :
	    (day_t)(day + n % 1000 - 1);
}

/* ---- records ---- */

/* A quoted cell: what is between the quotes, "" as one. False: the bytes end before the second quote. */
static bool
quoted_cell(struct cb_records *r, size_t *at, struct str *out)
{
	struct buf b;
	size_t i = *at + 1;

	buf_init(&b, r->a);
	for (; i < r->rest.n; i++) {
		char c = r->rest.p[i];

		if (c == '"' && i + 1 < r->rest.n && r->rest.p[i + 1] == '"')
			i++;
		else if (c == '"')
			break;
		else if (c == '\n')
			r->next_line++;
		buf_ch(&b, c == '\n' || c == '\r' ? ' ' : c);
	}
	*at = i + 1;
	*out = buf_view(&b);
	return i < r->rest.n;
}

bool
cb_record_is_blank(const struct cb_records *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->cell[i].n)
			return false;
	return true;
}

bool
cb_record(struct cb_records *r)
{
	size_t i = 0;

	r->n = 0;
	if (!r->next_line)
		r->next_line = 1;
	r->line = r->next_line;
	if (r->rest.n == 0 || (r->rest.n <= 3 && r->rest.p[0] == 0x1a))
		return false;
	for (;;) {
		struct str cell = STR_NONE;
		size_t begin = i;

		if (r->quoted && i < r->rest.n && r->rest.p[i] == '"') {
			r->open_quote |= !quoted_cell(r, &i, &cell);
			begin = i = i < r->rest.n ? i : r->rest.n;
		}
		while (i < r->rest.n && r->rest.p[i] != r->sep && r->rest.p[i] != '\n')
			i++;
		if (!cell.p)
			cell = (struct str){ r->rest.p + begin, i - begin };
		if (r->n < CB_CELLS_MAX)
			r->cell[r->n++] = str_trim(cell);
		if (i >= r->rest.n || r->rest.p[i] == '\n')
			break;
		i++;
	}
	r->next_line += i < r->rest.n;
	i += i < r->rest.n;
	r->rest.p += i;
	r->rest.n -= i;
	return true;
}
