/*
 * list.c - tab-separated lists. The heading line names the set and the columns; extra columns are
 * passed over. Also the two lists that say something about ICD-10-CM codes: sex and age, and POA exemption.
 */
#include "codebook/cb.h"

#include <string.h>

#define COLUMNS_MAX	16

/* The first heading names the set. */
static const struct { const char *head; enum code_set set; } heads[] = {
	{ "POS", CS_POS }, { "REVENUE", CS_REVENUE }, { "TOB", CS_TOB }, { "DISCHARGE", CS_DISCHARGE },
	{ "MODIFIER", CS_MODIFIER }, { "CARC", CS_CARC }, { "RARC", CS_RARC }, { "HCPCS", CS_HCPCS },
};

/* A list headed PARTIAL names the sets of which only a selection is loaded. */
static const struct { const char *name; enum code_set set; } set_names[] = {
	{ "ICD10CM", CS_ICD10CM }, { "ICD10PCS", CS_ICD10PCS }, { "HCPCS", CS_HCPCS }, { "POS", CS_POS },
	{ "REVENUE", CS_REVENUE }, { "TOB", CS_TOB }, { "DISCHARGE", CS_DISCHARGE }, { "MODIFIER", CS_MODIFIER },
	{ "CARC", CS_CARC }, { "RARC", CS_RARC },
};

/* Of several columns for one meaning the first of this table that is there counts. */
enum meaning { M_TITLE, M_FROM, M_TO, M_COUNT };
static const struct { const char *head; enum meaning meaning; } columns[] = {
	{ "TITLE", M_TITLE }, { "NAME", M_TITLE }, { "DESCRIPTION", M_TITLE },
	{ "FROM", M_FROM }, { "START_DATE", M_FROM }, { "TO", M_TO }, { "END_DATE", M_TO },
};

struct layout {
	enum code_set	set;
	size_t		at[M_COUNT];		/* column of a meaning, 0 = not there */
};

static size_t
split(struct str line, struct str cell[COLUMNS_MAX])
{
	size_t n = 0;

	while (n < COLUMNS_MAX) {
		bool last = !line.n || !memchr(line.p, '\t', line.n);

		cell[n++] = str_trim(str_cut(&line, '\t'));
		if (last)
			break;
	}
	return n;
}

static bool
layout_read(struct str line, struct layout *out)
{
	struct str cell[COLUMNS_MAX];
	size_t n = split(line, cell);

	*out = (struct layout){ .set = CS_COUNT };
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (str_is(cell[0], heads[i].head))
			out->set = heads[i].set;
	for (size_t i = sizeof columns / sizeof *columns; i-- > 0;)
		for (size_t c = 1; c < n; c++)
			if (str_is(cell[c], columns[i].head))
				out->at[columns[i].meaning] = c;
	return out->set != CS_COUNT && out->at[M_TITLE];
}

static bool
day_read(struct str s, day_t *out)
{
	*out = day_parse(s);
	return s.n == 0 || *out != DAY_NONE;
}

/* 1 added, 0 passed over, -1 does not fit. */
static int
list_line(struct cb_in *in, const struct layout *lay, struct str line)
{
	struct str cell[COLUMNS_MAX] = { STR_NONE };
	size_t n = split(line, cell);
	struct str title = lay->at[M_TITLE] < n ? cell[lay->at[M_TITLE]] : STR_NONE;
	day_t from, to;
	struct code_row *row;

	if (str_is(title, "Unassigned"))
		return 0;
	if (!cb_code_ok(cell[0]) || title.n > CB_TITLE_MAX || str_has_ctl(title) ||
	    !day_read(lay->at[M_FROM] ? cell[lay->at[M_FROM]] : STR_NONE, &from) ||
	    !day_read(lay->at[M_TO] ? cell[lay->at[M_TO]] : STR_NONE, &to))
		return -1;
	row = cb_row_add(in->cb, lay->set);
	if (!row)
		return -1;
	row->code = arena_str(&in->cb->a, cell[0]);
	row->title = title.n ? arena_str(&in->cb->a, title) : STR_NONE;
	row->from = from;
	row->to = to;
	return 1;
}

static int
partial_read(struct cb_in *in, struct str rest)
{
	int rows = 0;

	for (size_t no = 2; rest.n; no++) {
		struct str line = cb_line(&rest), name = str_trim(str_cut(&line, '\t'));
		size_t i = 0;

		if (name.n == 0)
			continue;
		while (i < sizeof set_names / sizeof *set_names && !str_is(name, set_names[i].name))
			i++;
		if (i == sizeof set_names / sizeof *set_names) {
			(void)cb_fault(in, E_MALFORMED, no, 1, "expected the name of a code set");
			continue;
		}
		in->cb->partial[set_names[i].set] = true;
		rows++;
	}
	return rows;
}

int
cb_read_list(struct cb_in *in)
{
	struct str rest = in->bytes;
	struct layout lay;
	int rows = 0;

	if (str_starts(rest, S("PARTIAL\t"))) {
		(void)cb_line(&rest);
		return partial_read(in, rest);
	}
	if (!layout_read(cb_line(&rest), &lay))
		return cb_fault(in, E_UNSUPPORTED, 1, 1,
		    "the heading must begin with POS, REVENUE, TOB, DISCHARGE, MODIFIER, CARC, RARC or HCPCS, then TITLE");
	for (size_t no = 2; rest.n && !in->cb->a.spent; no++) {
		struct str line = cb_line(&rest);
		int one = str_trim(line).n ? list_line(in, &lay, line) : 0;

		if (one > 0)
			rows++;
		else if (one < 0)
			(void)cb_fault(in, E_MALFORMED, no, 1, "expected a code, a title and days as CCYY-MM-DD, parted by tabs");
	}
	return in->cb->a.spent ? E_NOMEM : rows;
}

/* ---- lists about ICD-10-CM codes ---- */

static bool
mark_add(struct codebook *cb, struct str code, enum cb_mark_kind kind, int16_t lo, int16_t hi)
{
	struct cb_mark *m;

	code = cb_code_bare(&cb->a, code);
	if (!cb_code_ok(code))
		return false;
	m = arena_push(&cb->a, cb->marks, cb->n_marks);
	if (!m)
		return false;
	*m = (struct cb_mark){ code, kind, lo, hi };
	return true;
}

/* The words of the two files: "1 male", "2 female"; "0 newborn", "1 pediatric", "2 maternity", "3 adult". */
static const struct { const char *words; enum cb_mark_kind kind; int16_t a, b; } mce[] = {
	{ "1 male", CB_SEX, 'M', 0 }, { "2 female", CB_SEX, 'F', 0 },
	{ "0 newborn", CB_AGE, 0, 0 }, { "1 pediatric", CB_AGE, 0, 17 },
	{ "2 maternity", CB_AGE, 9, 64 }, { "3 adult", CB_AGE, 15, 124 },
};

int
cb_read_mce(struct cb_in *in)
{
	struct str rest = in->bytes;
	int rows = 0;

	for (size_t no = 1; rest.n && !in->cb->a.spent; no++) {
		struct str line = cb_line(&rest), code = str_trim(str_cut(&line, '\t')), words = str_trim(line);
		size_t i = 0;

		if (code.n == 0 && words.n == 0)
			continue;
		while (i < sizeof mce / sizeof *mce && !str_starts(words, str_of(mce[i].words)))
			i++;
		if (i < sizeof mce / sizeof *mce && mark_add(in->cb, code, mce[i].kind, mce[i].a, mce[i].b))
			rows++;
		else
			(void)cb_fault(in, E_MALFORMED, no, 1, "expected a code, a tab, and a number with its words");
	}
	return in->cb->a.spent ? E_NOMEM : rows;
}

int
cb_read_poa(struct cb_in *in)
{
	struct str rest = in->bytes;
	int rows = 0;

	for (size_t no = 1; rest.n && !in->cb->a.spent; no++) {
		struct str line = cb_line(&rest), cell[COLUMNS_MAX] = { STR_NONE };

		if (str_trim(line).n == 0 || no == 1)
			continue;
		if (split(line, cell) >= 3 && mark_add(in->cb, cell[1], CB_POA, 0, 0))
			rows++;
		else
			(void)cb_fault(in, E_MALFORMED, no, 1, "expected order, code and description, parted by tabs");
	}
	return in->cb->a.spent ? E_NOMEM : rows;
}
