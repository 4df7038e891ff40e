/*
 * layout.c - one interpreter for all tables of plain columns, delimited or fixed: a format is the rows of its
 * struct cb_field. Heading lines of the publishers come before the heading that names the columns; those are
 * passed over. A record that does not fit is a fault that says which column.
 */
#include "codebook/cells.h"

#include <string.h>

#define FIELDS_MAX	CB_CELLS_MAX
#define HEAD_LINES	40		/* the heading must come before */

struct reader {
	struct cb_in		*in;
	const struct cb_layout	*lay;
	size_t			 at[FIELDS_MAX];	/* 1 + cell of a field, 0: not there */
	struct arena		 scratch;
	struct cb_records	 stack;			/* headings above each other, so far */
	size_t			 heads;			/* cells of the heading */
};

/* Headings are compared without blanks, line ends and case. */
static bool
head_is(struct str cell, const char *head)
{
	size_t i = 0;

	for (; *head; head++) {
		char want = *head >= 'A' && *head <= 'Z' ? (char)(*head + 32) : *head;

		if (want == ' ')
			continue;
		while (i < cell.n && (cell.p[i] == ' ' || cell.p[i] == '\t'))
			i++;
		if (i == cell.n || (cell.p[i] >= 'A' && cell.p[i] <= 'Z' ? cell.p[i] + 32 : cell.p[i]) != want)
			return false;
		i++;
	}
	while (i < cell.n && cell.p[i] == ' ')
		i++;
	return i == cell.n;
}

/* With * at an end of the heading, what the cell has there does not matter. */
static bool
head_like(struct str cell, const char *head, size_t n)
{
	char one[96];
	bool before = n && head[0] == '*', after = n > 1 && head[n - 1] == '*';

	if (n >= sizeof one)
		return false;
	memcpy(one, head + before, n - before - after);
	one[n - before - after] = 0;
	for (size_t at = 0; at <= (before ? cell.n : 0); at++)
		for (size_t k = after ? at + 1 : cell.n; k <= cell.n; k++)
			if (head_is((struct str){ cell.p + at, k - at }, one))
				return true;
	return false;
}

/* 1 + the cell that has the heading; alternatives are parted by |. */
static size_t
head_find(const struct cb_records *r, const char *head)
{
	while (*head) {
		size_t n = strcspn(head, "|");

		for (size_t i = 0; i < r->n; i++)
			if (head_like(r->cell[i], head, n))
				return i + 1;
		head += n + (head[n] == '|');
	}
	return 0;
}

/* Publishers write a heading over several lines, a word in each: put the line below those we had. */
static const struct cb_records *
heading_stack(struct reader *rd, const struct cb_records *r)
{
	struct cb_records *s = &rd->stack;

	for (size_t i = 0; i < r->n; i++) {
		struct str above = i < s->n ? s->cell[i] : STR_NONE, below = r->cell[i];

		s->cell[i] = arena_fmt(&rd->scratch, "%.*s %.*s", STR_ARG(above), STR_ARG(below));
	}
	s->n = r->n > s->n ? r->n : s->n;
	return s;
}

static bool
heading_read(struct reader *rd, const struct cb_records *r)
{
	if (rd->lay->stacked)
		r = heading_stack(rd, r);
	for (size_t i = 0; rd->lay->fields[i].head; i++) {
		rd->at[i] = head_find(r, rd->lay->fields[i].head);
		if (!rd->at[i] && rd->lay->fields[i].need != 2 && rd->lay->fields[i].how != AS_NOTHING)
			return false;
	}
	rd->heads = r->n;
	return true;
}

static bool
word_of(const char *words, struct str cell, int64_t *out)	/* "a=1|b=2" */
{
	while (*words) {
		size_t n = strcspn(words, "|"), eq = strcspn(words, "=");

		if (eq < n && eq <= cell.n && str_ieq((struct str){ cell.p, eq }, (struct str){ words, eq }))
			return str_to_int((struct str){ words + eq + 1, n - eq - 1 }, out);
		words += n + (words[n] == '|');
	}
	return false;
}

static bool
code_put(struct reader *rd, struct cb_row *row, const struct cb_field *f, struct str cell)
{
	int64_t key;

	if (f->how == AS_DOTTED)
		cell = cb_code_bare(&rd->scratch, cell);
	key = cb_code_key(cell);
	row->c[CB_CELL(f->col)] = key;
	return key || !cell.n;
}

static bool
day_put(day_t *day, struct str cell, bool us)
{
	if (cell.n == 0 || str_is(cell, "*") || str_is(cell, "99999999") || str_is(cell, "12/31/9999"))
		return true;
	*day = us ? cb_day_us(cell) : day_parse(cell);
	return *day != DAY_NONE;
}

/*
 * CMS's old text files end some codes with the blank that does not break: 0xFF in the code pages of DOS, which are
 * in these files too, and U+FFFD where somebody made UTF-8 of it. Windows' 0xA0 goes with the conversion.
 */
static struct str
hard_blank_cut(struct str cell)
{
	static const struct str blanks[] = { { "\xff", 1 }, { "\xef\xbf\xbd", 3 }, { "\xc2\xa0", 2 } };

	for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
		if (cell.n >= blanks[i].n && str_eq((struct str){ cell.p + cell.n - blanks[i].n, blanks[i].n }, blanks[i]))
			return str_trim((struct str){ cell.p, cell.n - blanks[i].n });
	return cell;
}

/* Days in any of the published forms: of the row, or a number CCYYMMDD in a cell. */
static bool
any_day_put(struct cb_row *row, int64_t *c, enum cb_how how, struct str cell)
{
	day_t day = cb_day_any(cell, how == AS_TO_ANY || how == AS_LAST);
	int y, m, d;

	if (cell.n == 0 || str_is(cell, "*"))
		return true;
	if (day == DAY_NONE)
		return false;
	if (how == AS_FROM_ANY) {
		row->from = day;
	} else if (how == AS_TO_ANY) {
		row->to = day;
	} else {
		day_parts(day, &y, &m, &d);
		*c = y * 10000 + m * 100 + d;
	}
	return true;
}

static bool
cell_put(struct reader *rd, struct cb_row *row, const struct cb_field *f, struct str cell)
{
	int64_t *c = f->col >= 0 ? &row->c[CB_CELL(f->col)] : NULL;

	if (rd->lay->windows_1252 && f->how == AS_CODE)
		cell = hard_blank_cut(cell);
	if (rd->lay->windows_1252)
		cell = str_trim(cb_1252(&rd->scratch, cell));
	if (cell.n > CB_TITLE_MAX || (f->need == 1 && cell.n == 0))
		return false;
	switch (f->how) {
	case AS_CODE:
	case AS_DOTTED:
		return code_put(rd, row, f, cell);
	case AS_TEXT:
		*c = cb_text(rd->in->b, cell);
		return str_is_utf8(cell) && !str_has_ctl(cell);
	case AS_DECIMAL:
		return cb_decimal(cell, f->digits, c);
	case AS_FLAG:
		*c = cell.n && f->words && strchr(f->words, cell.p[0]);
		return true;
	case AS_WORD:
		return cell.n == 0 || word_of(f->words, cell, c);
	case AS_FROM:
	case AS_FROM_US:
		return day_put(&row->from, cell, f->how == AS_FROM_US);
	case AS_TO:
	case AS_TO_US:
		return day_put(&row->to, cell, f->how == AS_TO_US);
	case AS_FROM_ANY:
	case AS_TO_ANY:
	case AS_DAY:
	case AS_LAST:
		return any_day_put(row, c, f->how, cell);
	case AS_NOTHING:
		break;
	}
	return true;
}

static int
field_fault(struct reader *rd, const struct cb_field *f, size_t line, size_t column)
{
	static const char *const what[] = { "a code of at most eight characters", "a code",
	    "text of UTF-8 without control characters",
	    "a number", "a flag", "one of its words", "a day as CCYYMMDD or CCYY-MM-DD", "a day as CCYYMMDD or CCYY-MM-DD",
	    "a day as MM/DD/CCYY", "a day as MM/DD/CCYY", "", "a day", "a day", "a day", "a day" };

	return cb_fault_str(rd->in, E_MALFORMED, line, column, arena_fmt(rd->in->faults->a, "expected %s in column \"%s\"",
	    what[f->how], f->head));
}

static int
record_put(struct reader *rd, const struct cb_records *r)
{
	const struct cb_layout *lay = rd->lay;
	struct cb_row *row = cb_put(rd->in, lay->set, r->line);
	int rc;

	if (!row)
		return E_NOMEM;
	for (size_t i = 0; lay->fields[i].head; i++) {
		const struct cb_field *f = &lay->fields[i];
		size_t at = lay->sep ? rd->at[i] : f->first;
		struct str cell = !at ? STR_NONE : !lay->sep ? cb_cols(r->cell[0], f->first, f->last) :
		    at <= r->n ? r->cell[at - 1] : STR_NONE;

		if (f->how != AS_NOTHING && !cell_put(rd, row, f, cell)) {
			rd->in->b->tables[lay->set].n--;
			return field_fault(rd, f, r->line, at ? at : 1);
		}
	}
	if (row->from != DAY_NONE && row->to != DAY_NONE && row->to < row->from)
		return cb_fault(rd->in, E_VALUE, r->line, 1, "the last day is before the first");
	rc = lay->more ? lay->more(rd->in, row, r) : 0;
	arena_reset(&rd->scratch);
	if (rc < 0)
		return cb_fault(rd->in, E_MALFORMED, r->line, 1, "the record does not fit its table");
	rd->in->b->tables[lay->set].n -= rc > 0;
	return rc == 0;
}

static int
records_read(struct reader *rd, struct cb_records *r)
{
	const struct cb_layout *lay = rd->lay;
	int rows = 0;

	while (cb_record(r) && !r->open_quote) {
		int is = cb_record_is_blank(r) ? 0 : lay->is_record ? lay->is_record(r) : 1;

		if (lay->width && is > 0 && r->cell[0].n && r->cell[0].n < lay->width)
			is = -1;
		if (is > 0 && lay->even && r->n < rd->heads)
			(void)cb_fault_str(rd->in, E_MALFORMED, r->line, r->n, arena_fmt(rd->in->faults->a,
			    "expected %zu cells as in the heading, found %zu", rd->heads, r->n));
		else if (is < 0)
			(void)cb_fault_str(rd->in, E_MALFORMED, r->line, 1, lay->width ?
			    arena_fmt(rd->in->faults->a, "expected a record of at least %zu columns", lay->width) :
			    S("expected a record of this table"));
		else if (is > 0 && record_put(rd, r) > 0)
			rows++;
		if (rd->in->b->a.spent)
			return E_NOMEM;
		if (rd->in->faults->more)
			return E_MALFORMED;
	}
	if (r->open_quote)
		return cb_fault(rd->in, E_MALFORMED, r->line, 1, "a quoted cell does not end before the file does");
	return rows;
}

/* The records of a fixed layout are one cell, untrimmed at the left: columns are counted from it. */
static int
fixed_read(struct reader *rd)
{
	struct cb_lines l = cb_lines(rd->in);
	struct str line;
	int rows = 0;

	while (cb_line(&l, &line)) {
		struct cb_records r = { .line = l.no, .n = 1, .cell[0] = line };
		int is = str_trim(line).n == 0 ? 0 : rd->lay->is_record ? rd->lay->is_record(&r) : 1;

		if (is > 0 && line.n < rd->lay->width)
			is = cb_fault_str(rd->in, E_MALFORMED, l.no, line.n + 1, arena_fmt(rd->in->faults->a,
			    "the record ends after %zu columns, expected at least %zu", line.n, rd->lay->width));
		else if (is < 0)
			is = cb_fault(rd->in, E_MALFORMED, l.no, 1, "expected a record of this table");
		if (is > 0 && record_put(rd, &r) > 0)
			rows++;
		if (rd->in->b->a.spent)
			return E_NOMEM;
		if (rd->in->faults->more)
			return E_MALFORMED;
	}
	return rows;
}

static bool
heading_find(struct reader *rd, struct cb_records *r)
{
	bool found = rd->lay->headless;

	for (size_t i = 0; found && rd->lay->fields[i].head; i++)
		rd->at[i] = rd->lay->fields[i].first;
	while (!found && r->next_line <= HEAD_LINES + 1 && cb_record(r))
		found = heading_read(rd, r);
	return found;
}

int
cb_read_layout(struct cb_in *in, const struct cb_layout *lay)
{
	struct reader rd = { .in = in, .lay = lay };
	struct arena cells;
	struct cb_records r = { .rest = in->bytes, .sep = lay->sep, .quoted = lay->quoted, .a = &cells };
	int rc = 0;

	arena_init(&rd.scratch, 0);
	if (!lay->sep) {
		rc = fixed_read(&rd);
		arena_free(&rd.scratch);
		return rc;
	}
	arena_init(&cells, CB_MEMORY);
	if (!heading_find(&rd, &r))
		rc = cb_fault_str(in, E_UNSUPPORTED, 1, 1, arena_fmt(in->faults->a,
		    "no heading line with the columns of this table, such as \"%s\"", lay->fields[0].head));
	else
		rc = records_read(&rd, &r);
	arena_free(&cells);
	arena_free(&rd.scratch);
	return rc;
}

int
cb_read_tsv(struct cb_in *in, enum code_set set, const struct cb_field *fields)
{
	const struct cb_layout lay = { .set = set, .sep = '\t', .fields = fields };

	return cb_read_layout(in, &lay);
}
