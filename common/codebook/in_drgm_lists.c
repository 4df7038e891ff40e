/*
 * in_drgm_lists.c - appendices A and B of the Definitions Manual, and lists of it that were put into tables of
 * tab-separated cells. A manual that ends before its last entry is cut, which nothing else in it would tell.
 */
#include "codebook/drg.h"

static int
list_line(struct cb_in *in, struct str line, size_t no, int64_t *drg)
{
	struct str type = cb_cols(line, 8, 10), title = cb_cols(line, 12, CB_TITLE_MAX);
	int64_t last, mdc;
	struct cb_row *row;

	if (!cb_drg_range(cb_cols(line, 1, 4), drg, &last) || last != *drg || !cb_drg_mdc(cb_cols(line, 5, 7), &mdc) ||
	    title.n == 0 || !(type.n == 0 || str_is(type, "M") || str_is(type, "P")))
		return cb_fault(in, E_MALFORMED, no, 1, "expected DRG (1-3), MDC (5-6), M or P (9) and a title (12-)");
	row = cb_put(in, CS_DRGM_LIST, no);
	if (!row)
		return E_NOMEM;
	CB_SET(row, DRGM_LIST_DRG, *drg);
	CB_SET(row, DRGM_LIST_MDC, mdc);
	CB_SET(row, DRGM_LIST_TYPE, cb_code_key(type));
	CB_SET(row, DRGM_LIST_TITLE, cb_text(in->b, cb_1252(&in->b->a, title)));
	return 1;
}

int
cb_read_drgm_a(struct cb_in *in)
{
	struct cb_lines l = cb_lines(in);
	struct str line;
	bool begun = false;
	int64_t drg = 0;
	int n = 0, rc = cb_drg_release(in, cb_drg_head(in->bytes));

	while (rc >= 0 && cb_line(&l, &line) && !in->b->a.spent && !in->faults->more) {
		if (!begun)
			begun = cb_drg_column(line, "DRG MDC MS") == 1;
		else if (str_trim(line).n && list_line(in, line, l.no, &drg) > 0)
			n++;
	}
	if (rc >= 0 && !begun)
		(void)cb_fault(in, E_UNSUPPORTED, l.no, 1, "no heading \"DRG MDC MS Description\"");
	if (rc >= 0 && begun && drg != 999)
		(void)cb_fault(in, E_INCOMPLETE, l.no, 1, "the list ends before DRG 999");
	return rc < 0 ? rc : n;
}

/* ---- appendix B: columns by their heading ---- */

struct index { size_t code, mdc, drg, title; int64_t key; char first; };

static bool
index_head(struct str line, struct index *x)
{
	x->code = cb_drg_column(line, "I10 Dx");
	x->mdc = cb_drg_column(line, "MDC");
	x->drg = cb_drg_column(line, "DRG(s)");
	x->title = cb_drg_column(line, "ICD-10-CM");
	return x->code && x->mdc > x->code && x->drg > x->mdc && x->title > x->drg;
}

/* "371-373", "794", "927,933": a row for each. */
static int
where_put(struct cb_in *in, int64_t code, struct str mdc, struct str drgs, size_t no)
{
	int64_t m, first, last;

	if (!code || mdc.n == 0 || !cb_drg_mdc(mdc, &m) || drgs.n == 0)
		return E_MALFORMED;
	while (drgs.n) {
		struct cb_row *row = cb_drg_range(str_cut(&drgs, ','), &first, &last) ? cb_put(in, CS_DRGM_DX_MDC, no) : NULL;

		if (!row)
			return E_MALFORMED;
		CB_SET(row, DRGM_DX_MDC_CODE, code);
		CB_SET(row, DRGM_DX_MDC_MDC, m);
		CB_SET(row, DRGM_DX_MDC_DRG, first);
		CB_SET(row, DRGM_DX_MDC_DRG_LAST, last);
	}
	return 1;
}

static int
index_line(struct cb_in *in, struct index *x, struct str line, size_t no)
{
	struct str code = cb_cols(line, x->code, x->mdc - 1);

	if (code.n)
		x->key = cb_code_plain(code) && code.n <= 7 ? cb_code_key(code) : 0;
	if (code.n)
		x->first = code.p[0];
	if (str_trim(cb_cols(line, 1, x->code - 1)).n || where_put(in, x->key, cb_cols(line, x->mdc, x->drg - 1),
	    cb_cols(line, x->drg, x->title - 1), no) < 0)
		return cb_fault(in, E_MALFORMED, no, x->code, "expected a code, its MDC and its DRGs below their headings");
	return 1;
}

int
cb_read_drgm_b(struct cb_in *in)
{
	struct cb_lines l = cb_lines(in);
	struct index x = { 0 };
	struct str line;
	bool begun = false;
	int n = 0, rc = cb_drg_release(in, cb_drg_head(in->bytes));

	while (rc >= 0 && cb_line(&l, &line) && !in->b->a.spent && !in->faults->more) {
		if (!begun)
			begun = index_head(line, &x);
		else if (str_trim(line).n && index_line(in, &x, line, l.no) > 0)
			n++;
	}
	if (rc >= 0 && !begun)
		(void)cb_fault(in, E_UNSUPPORTED, l.no, 1, "no heading \"I10 Dx  MDC DRG(s)  ICD-10-CM Description\"");
	if (rc >= 0 && begun && x.first != 'Z')
		(void)cb_fault(in, E_INCOMPLETE, l.no, 1, "the index ends before the codes that begin with Z");
	return rc < 0 ? rc : n;
}

/* ---- lists in tables ---- */

#define END		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL }
#define CODE(col, head)	{ CC_##col, head, AS_CODE, 0, 1, 0, 0, NULL }
#define TEXT(col, head)	{ CC_##col, head, AS_TEXT, 0, 1, 0, 0, NULL }

static int
read_tsv(struct cb_in *in, enum code_set set, const struct cb_field *fields,
    int (*more)(struct cb_in *, struct cb_row *, const struct cb_records *))
{
	const struct cb_layout lay = { .set = set, .sep = '\t', .fields = fields, .more = more };
	int rc = cb_drg_release(in, STR_NONE);

	return rc < 0 ? rc : cb_read_layout(in, &lay);
}

int
cb_read_drgm_a_tsv(struct cb_in *in)
{
	static const struct cb_field fields[] = { { CC_DRGM_LIST_DRG, "MS_DRG", AS_DECIMAL, 0, 1, 0, 0, NULL },
	    { CC_DRGM_LIST_MDC, "MDC", AS_DECIMAL, 0, 0, 0, 0, NULL },
	    { CC_DRGM_LIST_TYPE, "TYPE_M_P", AS_CODE, 0, 0, 0, 0, NULL },
	    TEXT(DRGM_LIST_TITLE, "TITLE"), END };

	return read_tsv(in, CS_DRGM_LIST, fields, NULL);
}

/* The heading the kind looked for has the three columns in this order. The row the layout made gives way to those. */
static int
where_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	int64_t code = row->c[CB_CELL(CC_DRGM_DX_MDC_CODE)];

	in->b->tables[CS_DRGM_DX_MDC].n--;
	return r->n == 3 && where_put(in, code, r->cell[1], r->cell[2], r->line) > 0 ? 0 : E_MALFORMED;
}

int
cb_read_drgm_b_tsv(struct cb_in *in)
{
	static const struct cb_field fields[] = { CODE(DRGM_DX_MDC_CODE, "ICD10CM_CODE"),
	    { -1, "MDC", AS_NOTHING, 0, 1, 0, 0, NULL }, { -1, "MS_DRG_RANGE", AS_NOTHING, 0, 1, 0, 0, NULL }, END };

	return read_tsv(in, CS_DRGM_DX_MDC, fields, where_more);
}

#define LEVELS		"MCC=2|CC=1"

/* NONE: nothing cancels the code; empty: the source lost which collection does. */
static int
level_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	int64_t *pdx = &row->c[CB_CELL(CC_DRGM_CC_PDX)];

	(void)in;
	if (str_is(r->cell[2], "NONE"))
		*pdx = -1;
	return r->n >= 3 && (*pdx == -1 || r->cell[2].n == 0 || (str_to_int(r->cell[2], pdx) && *pdx > 0)) ? 0 : E_MALFORMED;
}

int
cb_read_drgm_c_tsv(struct cb_in *in)
{
	static const struct cb_field fields[] = { CODE(DRGM_CC_CODE, "ICD10CM_CODE"),
	    { CC_DRGM_CC_LEVEL, "LEVEL", AS_WORD, 0, 1, 0, 0, LEVELS },
	    { -1, "PDX_COLLECTION", AS_NOTHING, 0, 1, 0, 0, NULL }, { -1, "HOW", AS_NOTHING, 0, 1, 0, 0, NULL },
	    { CC_DRGM_CC_CANDIDATES, "CANDIDATES", AS_TEXT, 0, 0, 0, 0, NULL }, END };

	return read_tsv(in, CS_DRGM_CC, fields, level_more);
}

int
cb_read_drgm_pdx_tsv(struct cb_in *in)
{
	static const struct cb_field fields[] = { { CC_DRGM_PDX_PDX, "PDX_COLLECTION", AS_DECIMAL, 0, 1, 0, 0, NULL },
	    CODE(DRGM_PDX_CODE, "ICD10CM_PDX_CODE"), END };

	return read_tsv(in, CS_DRGM_PDX, fields, NULL);
}

int
cb_read_drgm_level_tsv(struct cb_in *in)
{
	static const struct cb_field fields[] = { CODE(DRGM_CC_CODE, "ICD10CM_CODE"),
	    { -1, "TITLE", AS_NOTHING, 0, 1, 0, 0, NULL },
	    { CC_DRGM_CC_LEVEL, "LEVEL", AS_WORD, 0, 1, 0, 0, LEVELS }, END };

	return read_tsv(in, CS_DRGM_CC, fields, NULL);
}

/* The order of the rows is the hierarchy. */
static int
rank_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	const struct cb_table *t = &in->b->tables[CS_DRGM_SURGICAL];
	const struct cb_row *before = t->n > 1 ? cb_row_at(t, t->n - 2) : NULL;
	bool goes_on = before && before->source == row->source && before->c[CB_CELL(CC_DRGM_SURGICAL_MDC)] ==
	    row->c[CB_CELL(CC_DRGM_SURGICAL_MDC)];

	(void)r;
	CB_SET(row, DRGM_SURGICAL_RANK, goes_on ? before->c[CB_CELL(CC_DRGM_SURGICAL_RANK)] + 1 : 1);
	CB_SET(row, DRGM_SURGICAL_DRG_LAST, row->c[CB_CELL(CC_DRGM_SURGICAL_DRG)]);
	return 0;
}

int
cb_read_drgm_d_tsv(struct cb_in *in)
{
	static const struct cb_field fields[] = { { CC_DRGM_SURGICAL_MDC, "MDC", AS_DECIMAL, 0, 1, 0, 0, NULL },
	    TEXT(DRGM_SURGICAL_MDC_TITLE, "MDC_TITLE"), { CC_DRGM_SURGICAL_DRG, "MS_DRG", AS_DECIMAL, 0, 1, 0, 0, NULL },
	    TEXT(DRGM_SURGICAL_CLASS, "SURGICAL_CLASS"), END };

	return read_tsv(in, CS_DRGM_SURGICAL, fields, rank_more);
}
