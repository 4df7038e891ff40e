/*
 * codes_diff.c - codes diff: what one book says that another does not. Keys are walked side by side; of a key in both
 * the newest rows are compared, and where these say the same, all of them with their days: "other days". Tables that may
 * hold a key twice are compared row by row.
 */
#include "claimline/codes.h"

#include <string.h>

enum change { ADDED, DELETED, REVISED, INVALID, OTHER_DAYS, CHANGES };
static const char *const change_names[] = { "added", "deleted", "revised", "newly invalid", "other days" };

#define DAYS_TOLD	3		/* rows of a key whose days are printed */

struct diff {
	struct cli		*c;
	const struct codebook	*old, *now;
	enum code_set		 set;
	size_t			 n[CHANGES];
	int64_t			 limit;
	struct buf		 lines;
	json_t			*list[CHANGES];
};

static int
cell_cmp(const struct diff *d, enum code_col col, row_t x, row_t y)
{
	int64_t a, b;

	if (code_cols[col].kind != COL_INT)
		return str_cmp(codebook_str(d->old, col, x), codebook_str(d->now, col, y));
	a = codebook_int(d->old, col, x);
	b = codebook_int(d->now, col, y);
	return a < b ? -1 : a > b;
}

static int
cells_cmp(const struct diff *d, size_t from, size_t to, row_t x, row_t y)
{
	int rc = 0;

	for (size_t i = from; i < to && rc == 0; i++)
		rc = cell_cmp(d, (enum code_col)(code_sets[d->set].first + i), x, y);
	return rc;
}

/* The order of the rows of a table: keys, first day, the rest. */
static int
row_cmp(const struct diff *d, row_t x, row_t y)
{
	size_t keys = code_set_keys(d->set);
	int rc = cells_cmp(d, 0, keys, x, y);
	day_t a = codebook_from(d->old, d->set, x), b = codebook_from(d->now, d->set, y);

	if (rc == 0 && a != b)
		rc = a < b ? -1 : 1;
	return rc ? rc : cells_cmp(d, keys, code_set_cols(d->set), x, y);
}

/* The row after those of the key of row. */
static row_t
key_end(const struct codebook *cb, enum code_set set, row_t row)
{
	size_t keys = code_set_keys(set);
	row_t end = row + 1;
	bool same = true;

	for (; end < codebook_count(cb, set); end++) {
		for (size_t i = 0; i < keys && same; i++) {
			enum code_col col = (enum code_col)(code_sets[set].first + i);

			same = code_cols[col].kind == COL_INT ? codebook_int(cb, col, row) == codebook_int(cb, col, end) :
			    str_eq(codebook_str(cb, col, row), codebook_str(cb, col, end));
		}
		if (!same)
			break;
	}
	return end;
}

static struct str
key_text(struct diff *d, const struct codebook *cb, row_t row)
{
	struct buf b;

	buf_init(&b, &d->c->a);
	for (size_t i = 0; i < code_set_keys(d->set); i++)
		buf_fmt(&b, "%s" STR_FMT, i ? " " : "",
		    STR_ARG(codes_cell(&d->c->a, cb, (enum code_col)(code_sets[d->set].first + i), row)));
	return buf_view(&b);
}

/* book: the one the row is of. */
static void
tell(struct diff *d, enum change what, const struct codebook *book, row_t row, struct str words)
{
	json_t *j;

	if ((int64_t)d->n[what]++ >= d->limit)
		return;
	buf_fmt(&d->lines, "  %-14s " STR_FMT "  " STR_FMT "\n", change_names[what], STR_ARG(key_text(d, book, row)),
	    STR_ARG(ui_clean(&d->c->a, words)));
	j = codes_row_json(book, d->set, row);
	(void)json_object_set_new(j, "words", cli_json_str(words));
	(void)json_array_append_new(d->list[what], j);
}

/* The title of a row of any table that has them, so that more than a number is told. */
static struct str
title_of(const struct codebook *cb, enum code_set set, row_t row)
{
	enum code_col first = code_sets[set].first;

	if (code_set_is_titled(set))
		return codebook_str(cb, first + 1, row);
	for (size_t i = code_set_keys(set); i < code_set_cols(set); i++)
		if (strcmp(code_cols[first + i].name, "title") == 0)
			return codebook_str(cb, (enum code_col)(first + i), row);
	return STR_NONE;
}

static struct str
days_text(struct diff *d, const struct codebook *cb, row_t from, row_t to)
{
	struct buf b;

	buf_init(&b, &d->c->a);
	for (row_t i = from; i < to && i < from + DAYS_TOLD; i++)
		buf_fmt(&b, "%s" STR_FMT, i > from ? ", " : "", STR_ARG(codes_days(&d->c->a, codebook_from(cb, d->set, i),
		    codebook_to(cb, d->set, i))));
	buf_cstr(&b, to - from > DAYS_TOLD ? ", ..." : "");
	return buf_view(&b);
}

/* All rows of a key, with their days. */
static bool
same_rows(const struct diff *d, row_t x, row_t xe, row_t y, row_t ye)
{
	if (xe - x != ye - y)
		return false;
	for (; x < xe; x++, y++)
		if (row_cmp(d, x, y) != 0 || codebook_to(d->old, d->set, x) != codebook_to(d->now, d->set, y))
			return false;
	return true;
}

/* A key of both books, by its newest rows. False: they say the same. */
static bool
compare(struct diff *d, row_t x, row_t y)
{
	day_t was = codebook_to(d->old, d->set, x), is = codebook_to(d->now, d->set, y);
	size_t keys = code_set_keys(d->set), cols = code_set_cols(d->set);
	struct arena *a = &d->c->a;
	bool ended = was == DAY_NONE && is != DAY_NONE;
	bool header = (d->set == CS_ICD10CM || d->set == CS_ICD10PCS) && codebook_row(d->old, d->set, x).billable &&
	    !codebook_row(d->now, d->set, y).billable;
	struct buf b;

	if (ended || header)
		tell(d, INVALID, d->now, y, ended ? arena_fmt(a, "last day %.*s", STR_ARG(day_iso(a, is))) :
		    S("a header now: more characters are needed"));
	buf_init(&b, a);
	for (size_t i = keys; i < cols; i++) {
		enum code_col col = (enum code_col)(code_sets[d->set].first + i);

		if (cell_cmp(d, col, x, y) != 0)
			buf_fmt(&b, "%s%s: " STR_FMT " -> " STR_FMT, b.n ? "; " : "", code_cols[col].name,
			    STR_ARG(ui_fit(a, codes_cell(a, d->old, col, x), 120)),
			    STR_ARG(ui_fit(a, codes_cell(a, d->now, col, y), 120)));
	}
	if (b.n)
		tell(d, REVISED, d->now, y, buf_view(&b));
	return ended || header || b.n;
}

static void
keys_diff(struct diff *d)
{
	row_t x = 0, y = 0, n = codebook_count(d->old, d->set), m = codebook_count(d->now, d->set);

	while (x < n || y < m) {
		int rc = x == n ? 1 : y == m ? -1 : cells_cmp(d, 0, code_set_keys(d->set), x, y);
		row_t xe = rc <= 0 ? key_end(d->old, d->set, x) : x, ye = rc >= 0 ? key_end(d->now, d->set, y) : y;

		if (rc < 0)
			tell(d, DELETED, d->old, xe - 1, title_of(d->old, d->set, xe - 1));
		else if (rc > 0)
			tell(d, ADDED, d->now, ye - 1, title_of(d->now, d->set, ye - 1));
		else if (!compare(d, xe - 1, ye - 1) && !same_rows(d, x, xe, y, ye))
			tell(d, OTHER_DAYS, d->now, ye - 1, arena_fmt(&d->c->a, STR_FMT " -> " STR_FMT,
			    STR_ARG(days_text(d, d->old, x, xe)), STR_ARG(days_text(d, d->now, y, ye))));
		x = xe;
		y = ye;
	}
}

static void
rows_diff(struct diff *d)
{
	row_t x = 0, y = 0, n = codebook_count(d->old, d->set), m = codebook_count(d->now, d->set);

	while (x < n || y < m) {
		int rc = x == n ? 1 : y == m ? -1 : row_cmp(d, x, y);

		if (rc < 0)
			tell(d, DELETED, d->old, x, STR_NONE);
		else if (rc > 0)
			tell(d, ADDED, d->now, y, STR_NONE);
		else if (codebook_to(d->old, d->set, x) == DAY_NONE && codebook_to(d->now, d->set, y) != DAY_NONE)
			tell(d, INVALID, d->now, y, STR_NONE);
		else if (codebook_to(d->old, d->set, x) != codebook_to(d->now, d->set, y))
			tell(d, OTHER_DAYS, d->now, y,
			    arena_fmt(&d->c->a, STR_FMT " -> " STR_FMT, STR_ARG(days_text(d, d->old, x, x + 1)),
			    STR_ARG(days_text(d, d->now, y, y + 1))));
		x += rc <= 0;
		y += rc >= 0;
	}
}

/* ---- pair edits ---- */

#define WINDOWS_MAX	32

static bool
same_windows(const struct diff *d, enum ptp_setting s, struct str c1, struct str c2)
{
	struct ptp x[WINDOWS_MAX], y[WINDOWS_MAX];
	size_t n = codebook_ptp_windows(d->old, s, c1, c2, x, WINDOWS_MAX),
	    m = codebook_ptp_windows(d->now, s, c1, c2, y, WINDOWS_MAX);

	if (n != m)
		return false;
	for (size_t i = 0; i < n && i < WINDOWS_MAX; i++)
		if (x[i].from != y[i].from || x[i].to != y[i].to || x[i].modifier != y[i].modifier ||
		    x[i].before_1996 != y[i].before_1996 || !str_eq(x[i].rationale, y[i].rationale))
			return false;
	return true;
}

static void
pairs_diff(struct diff *d, enum ptp_setting s)
{
	struct str c1, c2;
	size_t at = 0;

	while (codebook_ptp_next(d->old, s, &at, &c1, &c2))
		if (codebook_ptp_windows(d->now, s, c1, c2, NULL, 0) == 0)
			d->n[DELETED]++;
		else if (!same_windows(d, s, c1, c2))
			d->n[REVISED]++;
	at = 0;
	while (codebook_ptp_next(d->now, s, &at, &c1, &c2))
		d->n[ADDED] += codebook_ptp_windows(d->old, s, c1, c2, NULL, 0) == 0;
}

/* ---- speaking ---- */

static void
begin(struct diff *d)
{
	for (int i = 0; i < CHANGES; i++) {
		d->n[i] = 0;
		d->list[i] = json_array();
	}
}

static bool
end(struct diff *d, const char *name, struct buf *out, json_t *all)
{
	static const char *const keys[] = { "added", "deleted", "revised", "newly_invalid", "other_days" };
	json_t *j = json_object();
	bool any = false;

	for (int i = 0; i < CHANGES; i++)
		any |= d->n[i] > 0;
	(void)json_object_set_new(j, "table", json_string(name));
	for (int i = 0; i < CHANGES; i++)
		(void)json_object_set_new(j, keys[i], json_pack("{s:I, s:o}", "n", (json_int_t)d->n[i], "first", d->list[i]));
	if (!any) {
		json_decref(j);
		return false;
	}
	(void)json_array_append_new(all, j);
	buf_fmt(out, "%s  added %zu, deleted %zu, revised %zu, newly invalid %zu, other days %zu\n", name,
	    d->n[ADDED], d->n[DELETED], d->n[REVISED], d->n[INVALID], d->n[OTHER_DAYS]);
	buf_str(out, buf_view(&d->lines));
	d->lines.n = 0;
	return true;
}

static int
diff(struct diff *d, const char *table)
{
	json_t *all = json_array();
	struct buf out;
	bool any = false;

	buf_init(&out, &d->c->a);
	buf_init(&d->lines, &d->c->a);
	for (int i = 0; i < CS_COUNT; i++) {
		d->set = (enum code_set)i;
		if (i == CS_SOURCE || (table && strcmp(table, code_sets[i].name) != 0))
			continue;
		begin(d);
		if (code_sets[i].repeats)
			rows_diff(d);
		else
			keys_diff(d);
		any |= end(d, code_sets[i].name, &out, all);
	}
	for (int i = 0; i < PTP_COUNT; i++) {
		if (table && strcmp(table, codes_ptp_names[i]) != 0)
			continue;
		begin(d);
		pairs_diff(d, (enum ptp_setting)i);
		any |= end(d, codes_ptp_names[i], &out, all);
	}
	if (cli_wants_json(d->c))
		return cli_put_json(json_pack("{s:o, s:o, s:o}", "old", cli_json_str(codebook_id(d->old)), "new",
		    cli_json_str(codebook_id(d->now)), "tables", all));
	json_decref(all);
	buf_cstr(&out, any ? "" : table ? "the books say the same of this table\n" : "the books say the same\n");
	cli_put(&out);
	return CLI_OK;
}

int
codes_diff(struct cli *c)
{
	struct diff d = { .c = c };
	bool impact = opt_is_set(&c->opts, "impact");
	struct book old, now;
	const char *table;
	int rc;

	if (c->argc != 2)
		return cli_usage(c, "diff wants the old and the new book");
	if (opt_int(&c->opts, "limit", 20, (int64_t[]){ 1, 1000000 }, &d.limit) < 0)
		return cli_usage(c, "--limit wants a number from 1");
	if (impact && (opt_is_set(&c->opts, "limit") || opt_is_set(&c->opts, "table")))
		return cli_usage(c, "--impact tells all of them: it goes with no --table and no --limit");
	rc = codes_table(c, &table);
	if (rc == CLI_OK)
		rc = codes_map(c, c->argv[0], &old);
	if (rc != CLI_OK)
		return rc;
	rc = codes_map(c, c->argv[1], &now);
	d.old = old.cb;
	d.now = now.cb;
	if (rc == CLI_OK) {
		rc = impact ? codes_impact(c, &old, &now) : diff(&d, table);
		book_close(&now);
	}
	book_close(&old);
	return rc;
}
