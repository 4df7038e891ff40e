/*
 * refs.c - what notes, tables and index name, held against the order files: codes are cut to the longest that
 * exists, and what is in force on no day of the release is put down as an exception of the official files.
 * Without a whole order file nothing is judged.
 */
#include "codebook/icd.h"

#include <string.h>

/* The first day a release speaks of; ICD-10 goes back to 2015-10-01 and no further. */
static day_t
day_of_source(const struct cb_build *b, uint16_t source)
{
	day_t first = day_of(2015, 10, 1), release = b->sources[source].release;

	return release < first ? first : release;
}

static bool
has_orders(const struct cb_build *b)
{
	for (size_t i = 0; i < b->n_sources; i++)
		if (b->sources[i].fills[CS_ICD10CM] && !b->sources[i].selection[CS_ICD10CM])
			return b->tables[CS_ICD10CM].n > 0;
	return false;
}

static bool
holds_on(const struct cb_row *row, day_t day)
{
	return (row->from == DAY_NONE || row->from <= day) && (row->to == DAY_NONE || row->to >= day);
}

static bool
exists_on(const struct cb_build *b, struct str code, day_t day)
{
	const struct cb_table *t = &b->tables[CS_ICD10CM];
	int64_t key = cb_code_key(code);
	row_t row = key ? cb_first_row(t, key) : ROW_NONE;

	for (; row != ROW_NONE && (size_t)row < t->n && cb_row_at(t, (size_t)row)->c[0] == key; row++)
		if (holds_on(cb_row_at(t, (size_t)row), day))
			return true;
	return false;
}

struct str
cb_code_cut(const struct cb_build *b, struct str code)
{
	const struct cb_table *codes = &b->tables[CS_ICD10CM];

	if (!cb_code_plain(code))
		return STR_NONE;
	if (codes->n == 0)
		return code;
	while (code.n >= 3 && cb_first_row(codes, cb_code_key(code)) == ROW_NONE)
		code.n--;
	return code.n >= 3 ? code : STR_NONE;
}

static int
exception(struct cb_build *b, uint16_t source, size_t line, struct str words)
{
	return cb_exception(b, b->sources[source].path, arena_fmt(&b->a, "line %zu", line), words);
}

int
cb_code_judge(struct cb_build *b, uint16_t source, size_t line, struct str code)
{
	day_t day = day_of_source(b, source);

	if (!code.n || !has_orders(b) || exists_on(b, code, day))
		return 0;
	return exception(b, source, line, arena_fmt(&b->a, "names %.*s, which is no code on %.*s", STR_ARG(code),
	    STR_ARG(day_iso(&b->a, day))));
}

/* ---- tables of six columns ---- */

static int
cell_resolve(struct cb_build *b, const struct cb_row *row, int64_t *cell)
{
	day_t day = day_of_source(b, row->source);
	char room[CODE_MAX];
	struct str code = cb_code_text(*cell, room);
	int rc = cb_code_judge(b, row->source, row->line, code);

	if (has_orders(b))
		while (code.n >= 3 && !exists_on(b, code, day))
			code.n--;
	else
		code = cb_code_cut(b, code);
	*cell = code.n >= 3 ? cb_code_key(code) : 0;
	return rc;
}

static int
columns_resolve(struct cb_build *b, enum code_set set)
{
	const struct cb_table *t = &b->tables[set];
	int rc = 0;

	for (size_t i = 0; i < t->n && rc >= 0; i++) {
		struct cb_row *row = cb_row_at(t, i);

		for (size_t c = 0; c < t->n_cols && rc >= 0; c++)
			if (code_cols[code_sets[set].first + c].kind == COL_CODE && row->c[c])
				rc = cell_resolve(b, row, &row->c[c]);
	}
	return rc;
}

/* ---- references of notes ---- */

static bool
names_a_code(const struct cb_build *b, const struct tabular_ref *r, day_t day)
{
	const struct cb_table *t = &b->tables[CS_ICD10CM];

	for (size_t i = cb_row_from(t, cb_code_key(r->low)); i < t->n; i++) {
		const struct cb_row *row = cb_row_at(t, i);
		char room[CODE_MAX];
		struct str code = cb_code_text(row->c[0], room);
		struct str begin = { code.p, code.n < r->high.n ? code.n : r->high.n };

		if (str_cmp(begin, r->high) > 0)
			return false;
		if (holds_on(row, day) && tabular_ref_holds(r, code))
			return true;
	}
	return false;
}

static int
ref_judge(struct cb_build *b, const struct cb_row *row)
{
	char low[CODE_MAX], high[CODE_MAX];
	int64_t when = row->c[CB_CELL(CC_NOTE_REF_WHEN)], chars = row->c[CB_CELL(CC_NOTE_REF_CHARS)];
	struct tabular_ref r = { cb_code_text(row->c[CB_CELL(CC_NOTE_REF_LOW)], low),
	    cb_code_text(row->c[CB_CELL(CC_NOTE_REF_HIGH)], high), STR_NONE, row->c[CB_CELL(CC_NOTE_REF_AT)],
	    row->c[CB_CELL(CC_NOTE_REF_LAST)], STR_NONE };
	struct str words;

	if (chars)
		r.chars = cb_text_of(b, chars);
	if (names_a_code(b, &r, day_of_source(b, row->source)))
		return 0;
	words = str_eq(r.low, r.high) ? arena_str(&b->a, r.low) :
	    arena_fmt(&b->a, "%.*s to %.*s", STR_ARG(r.low), STR_ARG(r.high));
	words = arena_fmt(&b->a, "a note names %.*s%s%.*s, and there is no such code", STR_ARG(words), when ? " " : "",
	    STR_ARG(cb_text_of(b, when)));
	return exception(b, row->source, row->line, words);
}

static int
refs_judge(struct cb_build *b)
{
	int rc = 0;

	for (size_t i = 0; i < b->tables[CS_NOTE_REF].n && rc >= 0 && has_orders(b); i++)
		rc = ref_judge(b, cb_row_at(&b->tables[CS_NOTE_REF], i));
	return rc;
}

int
cb_refs_resolve(struct cb_build *b)
{
	int rc = columns_resolve(b, CS_NEOPLASM);

	if (rc >= 0)
		rc = columns_resolve(b, CS_DRUG);
	return rc < 0 ? rc : refs_judge(b);
}
