/*
 * in_drgm_d_e.c - appendices D and E of the Definitions Manual: the surgical hierarchy of each MDC, and the index
 * of procedures. What follows the index (clusters, MDC 14) repeats the MDC chapters and is passed over.
 */
#include "codebook/drg.h"

enum part { PART_D, PART_E, PART_INDEX, PART_REST };

struct index {
	struct cb_in	*in;
	enum part	 part;
	int64_t		 mdc, rank;
	struct str	 mdc_title;
	size_t		 at_mdc, at_drg, at_class;
	int64_t		 code;
	int		 n;
};

/* "MDC 00 Pre-MDC" */
static int
mdc_line(struct index *x, struct str line, size_t no)
{
	x->rank = 0;
	x->mdc_title = cb_cols(line, 8, CB_TITLE_MAX);
	if (cb_drg_mdc(cb_cols(line, 5, 6), &x->mdc) && x->mdc >= 0 && x->mdc_title.n)
		return 0;
	return cb_fault(x->in, E_MALFORMED, no, 5, "expected the two digits of an MDC and its title");
}

static int
class_line(struct index *x, struct str line, size_t no)
{
	int64_t first, last;
	struct str title = cb_cols(line, 11, CB_TITLE_MAX);
	struct cb_row *row;

	if (x->mdc < 0 || cb_cols(line, 1, 2).n || !cb_drg_range(cb_cols(line, 3, 10), &first, &last) || title.n == 0)
		return cb_fault(x->in, E_MALFORMED, no, 3, "expected DRGs (3-9) and a surgical class (11-) below an MDC");
	row = cb_put(x->in, CS_DRGM_SURGICAL, no);
	if (!row)
		return E_NOMEM;
	CB_SET(row, DRGM_SURGICAL_MDC, x->mdc);
	CB_SET(row, DRGM_SURGICAL_RANK, ++x->rank);
	CB_SET(row, DRGM_SURGICAL_DRG, first);
	CB_SET(row, DRGM_SURGICAL_DRG_LAST, last);
	CB_SET(row, DRGM_SURGICAL_CLASS, cb_text(x->in->b, cb_1252(&x->in->b->a, title)));
	CB_SET(row, DRGM_SURGICAL_MDC_TITLE, cb_text(x->in->b, cb_1252(&x->in->b->a, x->mdc_title)));
	x->n++;
	return 1;
}

static int
places_put(struct index *x, struct str mark, struct str line, size_t no)
{
	struct str drgs = cb_cols(line, x->at_drg, x->at_class - 1), mdc = cb_cols(line, x->at_mdc, x->at_drg - 1);
	int64_t m, first, last;

	if (mdc.n == 0 || !cb_drg_mdc(mdc, &m) || drgs.n == 0)
		return E_MALFORMED;
	while (drgs.n) {			/* "927,933": a row for each */
		struct cb_row *row = cb_drg_range(str_cut(&drgs, ','), &first, &last) ? cb_put(x->in, CS_DRGM_PX, no) : NULL;

		if (!row)
			return E_MALFORMED;
		CB_SET(row, DRGM_PX_CODE, x->code);
		CB_SET(row, DRGM_PX_MDC, m);
		CB_SET(row, DRGM_PX_DRG, first);
		CB_SET(row, DRGM_PX_DRG_LAST, last);
		CB_SET(row, DRGM_PX_MARK, cb_code_key(mark));
		CB_SET(row, DRGM_PX_CLASS, cb_text(x->in->b, cb_1252(&x->in->b->a, cb_cols(line, x->at_class, CB_TITLE_MAX))));
	}
	return 1;
}

static int
index_line(struct index *x, struct str line, size_t no)
{
	struct str code = cb_cols(line, 3, 9), mark = cb_cols(line, 10, x->at_mdc - 1);

	if (code.n)
		x->code = cb_code_plain(code) && code.n == 7 ? cb_code_key(code) : 0;
	if (!x->code || cb_cols(line, 1, 2).n || !(mark.n == 0 || str_is(mark, "*") || str_is(mark, "+")) ||
	    places_put(x, mark, line, no) < 0)
		return cb_fault(x->in, E_MALFORMED, no, 3, "expected a procedure (3-9), * or + (10), its MDC and its DRGs");
	x->n++;
	return 1;
}

static bool
index_head(struct index *x, struct str line)
{
	x->at_mdc = cb_drg_column(line, "MDC");
	x->at_drg = cb_drg_column(line, "MS-DRG ");
	x->at_class = cb_drg_column(line, "SURGICAL CATEGORY");
	return cb_drg_column(line, "CODE") && x->at_mdc > 10 && x->at_drg > x->at_mdc && x->at_class > x->at_drg;
}

static int
line_read(struct index *x, struct str line, size_t no)
{
	if (str_trim(line).n == 0)
		return 0;
	if (x->part < PART_INDEX && index_head(x, line))
		x->part = PART_INDEX;
	else if (x->part == PART_D && cb_drg_column(line, "Appendix E "))
		x->part = PART_E;
	else if (x->part == PART_INDEX && cb_drg_column(line, "Cluster/MS-DRG Index"))
		x->part = PART_REST;
	else if (x->part == PART_D && str_starts(line, S("MDC ")))
		return mdc_line(x, line, no);
	else if (x->part == PART_D && line.p[0] == ' ')
		return class_line(x, line, no);
	else if (x->part == PART_INDEX)
		return index_line(x, line, no);
	return 0;
}

int
cb_read_drgm_d_e(struct cb_in *in)
{
	struct index x = { .in = in, .mdc = -1 };
	struct cb_lines l = cb_lines(in);
	struct str line;
	int rc = cb_drg_release(in, cb_drg_head(in->bytes));

	while (rc >= 0 && cb_line(&l, &line) && !in->b->a.spent && !in->faults->more)
		(void)line_read(&x, line, l.no);
	if (rc >= 0 && x.part != PART_REST)
		(void)cb_fault(in, E_INCOMPLETE, l.no, 1,
		    "the file ends before the Procedure Cluster/MS-DRG Index of appendix E");
	return rc < 0 ? rc : x.n;
}
