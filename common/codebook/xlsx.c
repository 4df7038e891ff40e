/*
 * xlsx.c - a sheet of a spreadsheet as tab-delimited text, so that it is read as its text twin is: one record a
 * row, cells quoted. Dates stay what the sheet has, numbers of days. The archive around the sheet is unpacked by io.
 */
#include "codebook/xlsx.h"

#include "codebook/icd.h"

#include <expat.h>
#include <string.h>

#define COLS_MAX	CB_CELLS_MAX
#define ROWS_MAX	2000000
#define STRINGS_MAX	2000000

struct sheet {
	struct arena	*a;
	XML_Parser	 p;
	struct buf	*out;
	struct str	*strings;		/* shared */
	size_t		 n_strings;
	struct str	 cell[COLS_MAX];
	size_t		 n_cells, at, row;
	size_t		 longest;		/* cells of the longest row so far */
	bool		 is_shared, is_number, taking, failed, is_table;
	struct buf	 text;
};

static void
stop(struct sheet *s)
{
	s->failed = true;
	(void)XML_StopParser(s->p, XML_FALSE);
}

static void
on_entity(void *self, const XML_Char *name, int is_param, const XML_Char *value, int n, const XML_Char *base,
    const XML_Char *system, const XML_Char *public, const XML_Char *notation)
{
	(void)name, (void)is_param, (void)value, (void)n, (void)base, (void)system, (void)public, (void)notation;
	stop(self);
}

static void
on_text(void *self, const XML_Char *p, int n)
{
	struct sheet *s = self;

	if (!s->taking)
		return;
	if (s->text.n + (size_t)n > CB_TITLE_MAX || s->a->spent)
		stop(s);
	else
		buf_put(&s->text, p, (size_t)n);
}

/* ---- shared strings: <si> of one or more <t> ---- */

static void
strings_start(void *self, const XML_Char *name, const XML_Char **attrs)
{
	struct sheet *s = self;

	(void)attrs;
	if (strcmp(name, "si") == 0)
		s->text.n = 0;
	s->taking = strcmp(name, "t") == 0;
}

static void
strings_end(void *self, const XML_Char *name)
{
	struct sheet *s = self;
	struct str *one;

	s->taking = false;
	if (strcmp(name, "si") != 0)
		return;
	one = s->n_strings < STRINGS_MAX ? arena_push(s->a, s->strings, s->n_strings) : NULL;
	if (!one)
		stop(s);
	else
		*one = arena_str(s->a, buf_view(&s->text));
}

/* ---- the sheet: <row r=""><c r="B7" t="s"><v>12</v></c> ---- */

static size_t
column_of(const char *ref)
{
	size_t n = 0;

	for (; *ref >= 'A' && *ref <= 'Z' && n < COLS_MAX * 26; ref++)
		n = n * 26 + (size_t)(*ref - 'A' + 1);
	return n;
}

/* Empty cells at the end of a row are not stored, and its text twin has them. */
static void
row_put(struct sheet *s)
{
	while (s->n_cells && s->n_cells < s->longest)
		s->cell[s->n_cells++] = STR_NONE;
	s->longest = s->n_cells > s->longest ? s->n_cells : s->longest;
	for (size_t i = 0; i < s->n_cells; i++) {
		struct str c = s->cell[i];

		if (i)
			buf_ch(s->out, '\t');
		if (c.n)
			buf_ch(s->out, '"');
		for (size_t k = 0; k < c.n; k++) {
			if (c.p[k] == '"')
				buf_ch(s->out, '"');
			buf_ch(s->out, c.p[k] == '\n' || c.p[k] == '\r' || c.p[k] == '\t' ? ' ' : c.p[k]);
		}
		if (c.n)
			buf_ch(s->out, '"');
	}
	buf_ch(s->out, '\n');
}

/* ---- numbers: a sheet has the nearest fraction of two to what it shows, 1.1000000000000001 for 1.1 ---- */

#define SHOWN	15		/* significant digits a spreadsheet shows */
#define DIGITS_MAX	40

struct decimal { char digit[DIGITS_MAX]; size_t n; int64_t point; bool minus, has_exponent; };	/* 0.digits x 10^point */

static bool
decimal_read(struct str s, struct decimal *d)
{
	bool fraction = false;
	int64_t e = 0;

	*d = (struct decimal){ .minus = s.n && s.p[0] == '-' };
	for (size_t i = d->minus; i < s.n; i++) {
		char c = s.p[i];

		if (c == 'e' || c == 'E') {
			size_t plus = i + 1 < s.n && s.p[i + 1] == '+';

			d->has_exponent = true;
			d->point += str_to_int((struct str){ s.p + i + 1 + plus, s.n - i - 1 - plus }, &e) && e > -99 &&
			    e < 99 ? e : 99;
			return d->point > -DIGITS_MAX && d->point < DIGITS_MAX;
		}
		if (c == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (c < '0' || c > '9' || d->n == DIGITS_MAX)
			return false;
		if (d->n || c != '0')
			d->digit[d->n++] = c;
		d->point += d->n ? !fraction : -fraction;
	}
	return true;
}

static void
decimal_round(struct decimal *d)
{
	bool up = d->n > SHOWN && d->digit[SHOWN] >= '5';

	d->n = d->n > SHOWN ? SHOWN : d->n;
	while (up && d->n && d->digit[d->n - 1] == '9')
		d->n--;
	if (up && d->n) {
		d->digit[d->n - 1]++;
	} else if (up) {
		d->digit[d->n++] = '1';
		d->point++;
	}
	while (d->n && d->digit[d->n - 1] == '0')
		d->n--;
}

/* What is no number of this kind, and what is short, stays as it is. */
static struct str
number_text(struct arena *a, struct str s)
{
	struct decimal d;
	struct buf b;

	if (!decimal_read(s, &d) || (d.n <= SHOWN && !d.has_exponent))
		return arena_str(a, s);
	decimal_round(&d);
	buf_init(&b, a);
	if (d.minus && d.n)
		buf_ch(&b, '-');
	if (d.n == 0 || d.point <= 0)
		buf_cstr(&b, d.n ? "0." : "0");
	for (int64_t i = d.point; d.n && i < 0; i++)
		buf_ch(&b, '0');
	for (size_t i = 0; i < d.n || (d.n && (int64_t)i < d.point); i++) {
		if (i && (int64_t)i == d.point)
			buf_ch(&b, '.');
		buf_ch(&b, i < d.n ? d.digit[i] : '0');
	}
	return buf_view(&b);
}

static void
cell_start(struct sheet *s, const XML_Char **attrs)
{
	const char *ref = cb_xml_attr(attrs, "r"), *type = cb_xml_attr(attrs, "t");

	s->at = ref ? column_of(ref) : s->n_cells + 1;
	s->is_shared = type && strcmp(type, "s") == 0;
	s->is_number = !type || strcmp(type, "n") == 0;
	s->text.n = 0;
	if (s->at == 0 || s->at > COLS_MAX)
		s->at = 0;			/* beyond any table we read: passed over */
	while (s->n_cells < s->at)
		s->cell[s->n_cells++] = STR_NONE;
}

static void
sheet_start(void *self, const XML_Char *name, const XML_Char **attrs)
{
	struct sheet *s = self;

	if (strcmp(name, "row") == 0) {
		const char *ref = cb_xml_attr(attrs, "r");
		int64_t at = 0;

		s->n_cells = 0;
		if (ref && str_to_int(str_of(ref), &at) && at > 0 && at <= ROWS_MAX)
			while (s->row + 1 < (size_t)at) {
				buf_ch(s->out, '\n');
				s->row++;
			}
		if (++s->row > ROWS_MAX || s->a->spent)
			stop(s);
		return;
	}
	if (strcmp(name, "c") == 0)
		cell_start(s, attrs);
	s->taking = strcmp(name, "v") == 0 || strcmp(name, "t") == 0;
}

static void
sheet_end(void *self, const XML_Char *name)
{
	struct sheet *s = self;
	int64_t i;

	s->taking = false;
	s->is_table |= strcmp(name, "sheetData") == 0;
	if (strcmp(name, "row") == 0)
		row_put(s);
	if (strcmp(name, "c") != 0 || !s->at)
		return;
	if (!s->is_shared)
		s->cell[s->at - 1] = s->is_number ? number_text(s->a, buf_view(&s->text)) : arena_str(s->a, buf_view(&s->text));
	else if (str_to_int(buf_view(&s->text), &i) && i >= 0 && (size_t)i < s->n_strings)
		s->cell[s->at - 1] = s->strings[i];
	else
		stop(s);
}

static bool
parse(struct sheet *s, struct str xml, XML_StartElementHandler start, XML_EndElementHandler end)
{
	bool good;

	s->p = XML_ParserCreate(NULL);
	if (!s->p || xml.n > INT32_MAX)
		return false;
	XML_SetUserData(s->p, s);
	XML_SetElementHandler(s->p, start, end);
	XML_SetCharacterDataHandler(s->p, on_text);
	XML_SetEntityDeclHandler(s->p, on_entity);
	good = XML_Parse(s->p, xml.p, (int)xml.n, XML_TRUE) == XML_STATUS_OK && !s->failed;
	XML_ParserFree(s->p);
	return good && !s->a->spent;
}

int
cb_xlsx_text(struct arena *a, struct str strings, struct str sheet, struct buf *out)
{
	struct sheet s = { .a = a, .out = out };

	buf_init(&s.text, a);
	if (strings.n && !parse(&s, strings, strings_start, strings_end))
		return a->spent ? E_NOMEM : E_MALFORMED;
	if (!parse(&s, sheet, sheet_start, sheet_end) || !s.is_table)
		return a->spent ? E_NOMEM : E_MALFORMED;
	return 0;
}
