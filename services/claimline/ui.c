/* ui.c - text, money and times as people read them. Never writes to anything but its arena. */
#include "claimline/ui.h"

#include <string.h>

/* One character of UTF-8. Returns its bytes; 0 when they are none. Overlong forms and surrogates are none. */
static size_t
decode(struct str s, uint32_t *out)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
	uint32_t c;

	if (n == 0 || n > s.n || p[0] >= 0xf5)
		return 0;
	c = n == 1 ? p[0] : p[0] & (0xffU >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*out = c;
	return n;
}

static size_t
columns_of(uint32_t c)
{
	static const struct { uint32_t from, to; size_t columns; } ranges[] = {
		{ 0x0300, 0x036f, 0 }, { 0x200b, 0x200f, 0 }, { 0x20d0, 0x20ff, 0 }, { 0xfe00, 0xfe0f, 0 },
		{ 0x1100, 0x115f, 2 }, { 0x2e80, 0xa4cf, 2 }, { 0xac00, 0xd7a3, 2 }, { 0xf900, 0xfaff, 2 },
		{ 0xfe30, 0xfe6f, 2 }, { 0xff00, 0xff60, 2 }, { 0xffe0, 0xffe6, 2 }, { 0x1f300, 0x1faff, 2 },
		{ 0x20000, 0x3fffd, 2 },
	};

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return ranges[i].columns;
	return 1;
}

/* Bytes that fit into `columns`; *used is how wide they are. */
static size_t
measure(struct str s, size_t columns, size_t *used)
{
	size_t i = 0, n, w;
	uint32_t c;

	*used = 0;
	while (i < s.n) {
		n = decode((struct str){ s.p + i, s.n - i }, &c);
		w = n ? columns_of(c) : 1;
		if (*used + w > columns)
			break;
		*used += w;
		i += n ? n : 1;
	}
	return i;
}

size_t
ui_width(struct str s)
{
	size_t used;

	(void)measure(s, SIZE_MAX, &used);
	return used;
}

/* C0, DEL, C1, and the characters that reorder or hide text. */
static bool
is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
	    c == 0x2028 || c == 0x2029;
}

struct str
ui_clean(struct arena *a, struct str s)
{
	struct buf b;
	size_t n;

	buf_init(&b, a);
	for (size_t i = 0; i < s.n; i += n ? n : 1) {
		uint32_t c = 0;

		n = decode((struct str){ s.p + i, s.n - i }, &c);
		if (n && !is_unsafe(c))
			buf_put(&b, s.p + i, n);
		else
			buf_ch(&b, n && (c == '\n' || c == '\t' || c == '\r') ? ' ' : '?');
	}
	return arena_str(a, buf_view(&b));
}

struct str
ui_fit(struct arena *a, struct str s, size_t columns)
{
	size_t used, n;

	if (ui_width(s) <= columns)
		return s;
	if (columns == 0)
		return S("");
	n = measure(s, columns - 1, &used);
	return arena_fmt(a, "%.*s\xe2\x80\xa6", (int)n, s.p);
}

struct str
ui_money(struct arena *a, cents_t c)
{
	struct str t = cents_text(a, c);
	size_t sign = t.n && t.p[0] == '-', whole = t.n >= 3 + sign ? t.n - 3 - sign : 0;
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < t.n; i++) {
		size_t at = i - sign;

		if (i > sign && at < whole && (whole - at) % 3 == 0)
			buf_ch(&b, ',');
		buf_ch(&b, t.p[i]);
	}
	return arena_str(a, buf_view(&b));
}

struct str
ui_age(struct arena *a, int64_t ms)
{
	static const struct { int64_t from, unit; char letter; } steps[] = {
		{ INT64_C(172800000), 86400000, 'd' }, { 7200000, 3600000, 'h' }, { 120000, 60000, 'm' }, { 1, 1000, 's' },
	};

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (ms >= steps[i].from)
			return arena_fmt(a, "%lld%c", (long long)(ms / steps[i].unit), steps[i].letter);
	return S("-");
}

struct str
ui_when(struct arena *a, int64_t ms)
{
	int64_t minute = ms / 60000;
	int64_t day = minute / 1440;

	if (ms <= 0 || day > INT32_MAX)
		return S("-");
	return arena_fmt(a, STR_FMT " %02d:%02d UTC", STR_ARG(day_iso(a, (day_t)day)), (int)(minute % 1440 / 60),
	    (int)(minute % 60));
}

struct str
ui_tone_text(struct arena *a, const struct ui *ui, enum ui_tone tone, struct str s)
{
	static const char *const codes[UI_TONES] = {
		[UI_DIM] = "2", [UI_BOLD] = "1", [UI_GOOD] = "32", [UI_WARN] = "33", [UI_BAD] = "31",
	};

	if (!ui->colour || !codes[tone])
		return s;
	return arena_fmt(a, "\033[%sm" STR_FMT "\033[0m", codes[tone], STR_ARG(s));
}

struct str
ui_bar(struct arena *a, uint64_t done, uint64_t total, size_t columns)
{
	size_t full = total ? (size_t)((done < total ? done : total) * columns / total) : 0;
	struct buf b;

	buf_init(&b, a);
	buf_ch(&b, '[');
	for (size_t i = 0; i < columns; i++)
		buf_ch(&b, i < full ? '#' : '.');
	buf_ch(&b, ']');
	return arena_str(a, buf_view(&b));
}

void
ui_table_init(struct ui_table *t, struct arena *a, const struct ui_col *cols, size_t n_cols)
{
	*t = (struct ui_table){ .a = a, .cols = cols, .n_cols = n_cols };
}

void
ui_cell_tone(struct ui_table *t, enum ui_tone tone, struct str s)
{
	struct ui_cell *c = arena_push(t->a, t->cells, t->n_cells);

	if (c)
		*c = (struct ui_cell){ ui_clean(t->a, s), tone };
}

void
ui_cell(struct ui_table *t, struct str s)
{
	ui_cell_tone(t, UI_PLAIN, s);
}

void
ui_cell_num(struct ui_table *t, int64_t n)
{
	ui_cell(t, arena_fmt(t->a, "%lld", (long long)n));
}

#define GAP	2		/* columns between cells */
#define LEAST	8		/* no wide column gets narrower */

/* The column that gives way next: the widest of those that may. n_cols: none. */
static size_t
widest(const struct ui_table *t, const size_t *w)
{
	size_t best = t->n_cols;

	for (size_t i = 0; i < t->n_cols; i++)
		if (t->cols[i].wide && w[i] > LEAST && (best == t->n_cols || w[i] > w[best]))
			best = i;
	return best;
}

/* The widest cell of each column; then wide columns give way until a row fits. */
static void
table_widths(const struct ui_table *t, const struct ui *ui, size_t *w)
{
	size_t sum = 0, i;

	for (i = 0; i < t->n_cols; i++)
		w[i] = strlen(t->cols[i].title);
	for (i = 0; i < t->n_cells; i++) {
		size_t n = ui_width(t->cells[i].text);

		if (n > w[i % t->n_cols])
			w[i % t->n_cols] = n;
	}
	for (i = 0; i < t->n_cols; i++)
		sum += w[i] + GAP;
	for (; ui->width > 0 && sum > (size_t)ui->width + GAP && (i = widest(t, w)) < t->n_cols; sum--)
		w[i]--;
}

static void
put_blanks(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_ch(b, ' ');
}

static void
put_cell(const struct ui_table *t, const struct ui *ui, struct buf *b, size_t col, const size_t *w, struct ui_cell cell)
{
	struct str s = ui_fit(t->a, cell.text, w[col]);
	size_t pad = w[col] - ui_width(s);
	bool last = col + 1 == t->n_cols;

	if (t->cols[col].right)
		put_blanks(b, pad);
	buf_str(b, ui_tone_text(t->a, ui, cell.tone, s));
	if (!t->cols[col].right && !last)
		put_blanks(b, pad);
	if (last)
		buf_ch(b, '\n');
	else
		put_blanks(b, GAP);
}

void
ui_table_put(const struct ui_table *t, const struct ui *ui, struct buf *b)
{
	size_t *w = arena_array(t->a, t->n_cols, sizeof *w);

	if (!w)
		return;
	table_widths(t, ui, w);
	for (size_t i = 0; i < t->n_cols; i++)
		put_cell(t, ui, b, i, w, (struct ui_cell){ str_of(t->cols[i].title), UI_BOLD });
	for (size_t i = 0; i < t->n_cells; i++)
		put_cell(t, ui, b, i % t->n_cols, w, t->cells[i]);
}
