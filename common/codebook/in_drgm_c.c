/*
 * in_drgm_c.c - appendix C of the Definitions Manual: CC and MCC codes, each with the collection of principal
 * diagnoses that cancels it; those collections; codes that are MCC only for patients discharged alive; codes that
 * do not count within certain DRGs. How many codes a collection has is said beside every code that names it, and
 * is held against the list: a manual that breaks off does not go into a book.
 */
#include "codebook/drg.h"

#define COLLECTIONS	10000		/* their numbers have four digits */

enum part { PART_NONE, PART_CODES, PART_COLLECTIONS, PART_ALIVE, PART_OFF };

struct collection { int64_t said; uint32_t members, line; bool listed; };

struct appendix {
	struct cb_in		*in;
	enum part		 part;
	bool			 has_hac;
	int64_t			 pdx;		/* the collection that is open */
	int64_t			 first, last;	/* the DRGs that are open */
	size_t			 from;		/* first row of DRGM_CC of this file */
	struct collection	*v;
	int			 n;
};

/* "1,010" */
static bool
count_of(struct str s, int64_t *out)
{
	return s.n && s.p[0] >= '0' && s.p[0] <= '9' && cb_decimal(s, 0, out) && *out > 0;
}

/* "0008:1,010 codes"; words in its place: nothing cancels the code. */
static int
exclusions_of(struct appendix *x, struct str rest, size_t no, int64_t *pdx)
{
	struct str word = cb_drg_word(&rest), number = str_cut(&word, ':'), noun = cb_drg_word(&rest);
	struct collection *c;
	int64_t said;

	*pdx = -1;
	if (number.n && (number.p[0] < '0' || number.p[0] > '9'))
		return 0;
	if (number.n != 4 || !str_to_int(number, pdx) || !count_of(word, &said) ||
	    !(str_is(noun, "codes") || str_is(noun, "code")))
		return E_MALFORMED;
	c = &x->v[*pdx];
	if (c->said && c->said != said)
		return E_CONFLICT;
	if (!c->said)
		c->line = (uint32_t)no;
	c->said = said;
	return 0;
}

static int
code_line(struct appendix *x, struct str line, size_t no)
{
	struct str rest = line, code = cb_drg_word(&rest), level = cb_drg_word(&rest), peek = rest, word = cb_drg_word(&peek);
	int64_t hac = CELL_NONE, pdx;
	struct cb_row *row;
	int rc;

	if (x->has_hac && word.n == 2 && str_to_int(word, &hac))
		rest = peek;
	rest = str_trim(rest);
	if (!cb_code_plain(code) || code.n < 3 || code.n > 7 || !cb_drg_level(level) || rest.n == 0)
		return cb_fault(x->in, E_MALFORMED, no, 2, "expected a code, CC or MCC, and what cancels it");
	rc = exclusions_of(x, rest, no, &pdx);
	if (rc < 0)
		return cb_fault(x->in, rc, no, (size_t)(rest.p - line.p) + 1, rc == E_CONFLICT ?
		    "another code says another count of the same collection" :
		    "expected a collection and its count, such as 0002:3 codes");
	row = cb_put(x->in, CS_DRGM_CC, no);
	if (!row)
		return E_NOMEM;
	CB_SET(row, DRGM_CC_CODE, cb_code_key(code));
	CB_SET(row, DRGM_CC_LEVEL, cb_drg_level(level));
	CB_SET(row, DRGM_CC_PDX, pdx);
	CB_SET(row, DRGM_CC_HAC, hac);
	x->n++;
	return 1;
}

static int
collection_head(struct appendix *x, struct str line, size_t no)
{
	struct str number = str_trim((struct str){ line.p + 15, line.n - 15 });
	int64_t pdx;

	x->part = PART_COLLECTIONS;
	x->pdx = 0;
	if (number.n != 4 || !str_to_int(number, &pdx) || pdx <= 0)
		return cb_fault(x->in, E_MALFORMED, no, 16, "expected the four digits of a collection");
	if (x->v[pdx].listed)
		return cb_fault(x->in, E_DUPLICATE, no, 16, "the collection comes twice");
	x->v[pdx].listed = true;
	x->pdx = pdx;
	return 0;
}

/* "MDC 25 DRGs 974-976 title" or "DRGs 974-976 title" */
static bool
off_head(struct appendix *x, struct str line)
{
	struct str rest = line, word = cb_drg_word(&rest);

	if (str_is(word, "MDC")) {
		(void)cb_drg_word(&rest);
		word = cb_drg_word(&rest);
	}
	return (str_is(word, "DRG") || str_is(word, "DRGs")) && cb_drg_range(cb_drg_word(&rest), &x->first, &x->last);
}

static int
member_line(struct appendix *x, struct str line, size_t no)
{
	struct cb_drg_line c;
	enum code_set set = x->part == PART_COLLECTIONS ? CS_DRGM_PDX : CS_DRGM_CC_OFF;
	struct cb_row *row;

	if (!cb_drg_code_line(line, &c) || c.goes_on || c.nonor ||
	    (x->part == PART_COLLECTIONS ? !x->pdx : x->part == PART_OFF && !x->first))
		return cb_fault(x->in, E_MALFORMED, no, 3, "expected a code and its title, below the heading of its list");
	x->n++;
	if (x->part == PART_ALIVE)
		return cb_drg_alive(x->in, x->from, cb_code_key(c.code), no);
	row = cb_put(x->in, set, no);
	if (!row)
		return E_NOMEM;
	if (set == CS_DRGM_PDX) {
		CB_SET(row, DRGM_PDX_PDX, x->pdx);
		CB_SET(row, DRGM_PDX_CODE, cb_code_key(c.code));
		x->v[x->pdx].members++;
	} else {
		CB_SET(row, DRGM_CC_OFF_CODE, cb_code_key(c.code));
		CB_SET(row, DRGM_CC_OFF_DRG, x->first);
		CB_SET(row, DRGM_CC_OFF_DRG_LAST, x->last);
	}
	return 1;
}

static int
line_read(struct appendix *x, struct str line, size_t no)
{
	if (str_trim(line).n == 0)
		return 0;
	if (str_starts(line, S("PDX collection ")))
		return collection_head(x, line, no);
	if (cb_drg_column(line, "Appendix C Part 2"))
		x->part = PART_ALIVE;
	else if (cb_drg_column(line, "Appendix C Part 3") || cb_drg_column(line, "CC/MCC Severity Exclusions in Select MS-DRGs"))
		x->part = PART_OFF;
	else if (cb_drg_column(line, "I10 Dx") && cb_drg_column(line, " Lev ")) {
		x->part = PART_CODES;
		x->has_hac = cb_drg_column(line, " HAC ") > 0;
	} else if (line.p[0] != ' ')
		(void)(x->part == PART_OFF && off_head(x, line));	/* prose and headings are not indented */
	else if (x->part == PART_CODES)
		return code_line(x, line, no);
	else if (x->part != PART_NONE)
		return member_line(x, line, no);
	return 0;
}

static void
collections_check(const struct appendix *x)
{
	for (size_t i = 0; i < COLLECTIONS && !x->in->faults->more; i++)
		if (x->v[i].said && (int64_t)x->v[i].members != x->v[i].said)
			(void)cb_fault_str(x->in, E_INCOMPLETE, x->v[i].line, 2, arena_fmt(x->in->faults->a,
			    "collection %04zu should have %lld codes, its list has %u", i, (long long)x->v[i].said,
			    (unsigned)x->v[i].members));
}

int
cb_read_drgm_c(struct cb_in *in)
{
	struct arena a;
	struct appendix x = { .in = in, .from = in->b->tables[CS_DRGM_CC].n };
	struct cb_lines l = cb_lines(in);
	struct str line;
	int rc = cb_drg_release(in, cb_drg_head(in->bytes));

	arena_init(&a, 0);
	x.v = arena_array(&a, COLLECTIONS, sizeof *x.v);
	if (!x.v)
		rc = E_NOMEM;
	while (rc >= 0 && cb_line(&l, &line) && !in->b->a.spent && !in->faults->more)
		(void)line_read(&x, line, l.no);
	if (rc >= 0)
		collections_check(&x);
	arena_free(&a);
	return rc < 0 ? rc : x.n;
}
