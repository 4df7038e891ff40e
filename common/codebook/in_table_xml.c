/*
 * in_table_xml.c - the Table of Neoplasms and the Table of Drugs and Chemicals: terms below main terms with a
 * code in each of six columns. The words of the heading tell which column is which. Of a document that breaks
 * off nothing is kept.
 */
#include "codebook/icd.h"

#include <string.h>

#define DEPTH_MAX	12
#define COLUMNS		6
#define NUMBERS		10	/* of columns: col="1" to col="9" */

struct column { const char *words; enum code_col col; };
static const struct column neoplasm_columns[COLUMNS] = {
	{ "primary", CC_NEOPLASM_PRIMARY }, { "secondary", CC_NEOPLASM_SECONDARY }, { "in situ", CC_NEOPLASM_IN_SITU },
	{ "benign", CC_NEOPLASM_BENIGN }, { "uncertain", CC_NEOPLASM_UNCERTAIN }, { "unspecified", CC_NEOPLASM_UNSPECIFIED },
};
static const struct column drug_columns[COLUMNS] = {
	{ "accidental", CC_DRUG_ACCIDENTAL }, { "self-harm", CC_DRUG_SELF_HARM }, { "assault", CC_DRUG_ASSAULT },
	{ "undetermined", CC_DRUG_UNDETERMINED }, { "adverse", CC_DRUG_ADVERSE }, { "underdosing", CC_DRUG_UNDERDOSING },
};

/* Words, see and depth have the same places in both tables. */
_Static_assert(CC_NEOPLASM_SEE - CC_NEOPLASM_WORDS == CC_DRUG_SEE - CC_DRUG_WORDS &&
    CC_NEOPLASM_DEPTH - CC_NEOPLASM_WORDS == CC_DRUG_DEPTH - CC_DRUG_WORDS, "rows are filled through the names of one");

struct term { struct str path; size_t row; };	/* row: from 1 */
struct table_xml {
	enum code_set		 set;
	const struct column	*columns;
	const struct column	*of[NUMBERS];	/* by the number of the heading */
	struct term		 open[DEPTH_MAX];
	size_t			 depth, number;
	bool			 headed;	/* all six columns have been named */
};

static bool
is_term(const char *name)
{
	return strcmp(name, "term") == 0 || strcmp(name, "mainTerm") == 0;
}

static struct cb_row *
row_of(struct cb_xml *x, struct table_xml *t)
{
	size_t row = t->depth ? t->open[t->depth - 1].row : 0;

	return row ? cb_row_at(&x->in->b->tables[t->set], row - 1) : NULL;
}

/* ---- heading ---- */

static void
head_end(struct cb_xml *x, struct table_xml *t, struct str text)
{
	size_t named = 0;

	for (size_t i = 0; i < COLUMNS; i++)
		if (cb_has(text, t->columns[i].words))
			t->of[t->number] = &t->columns[i];
	for (size_t i = 0; i < COLUMNS; i++)
		for (size_t k = 0; k < NUMBERS; k++)
			if (t->of[k] == &t->columns[i]) {
				named++;
				break;
			}
	t->headed = named == COLUMNS;
	x->taking = false;
}

/* The number of a column, 1 to 9; 0: the attribute is wrong. */
static size_t
number_of(const char **attrs)
{
	const char *col = cb_xml_attr(attrs, "col");

	return col && col[0] >= '1' && col[0] <= '9' && col[1] == 0 ? (size_t)(col[0] - '0') : 0;
}

/* ---- terms ---- */

static void
term_open(struct cb_xml *x, struct table_xml *t)
{
	struct cb_row *row;

	if (!t->headed) {
		cb_xml_stop(x, E_MALFORMED, t->set == CS_DRUG ?
		    "expected a heading of Accidental, Self-harm, Assault, Undetermined, Adverse effect, Underdosing" :
		    "expected a heading of Primary, Secondary, Ca in situ, Benign, Uncertain, Unspecified");
		return;
	}
	if (t->depth == DEPTH_MAX) {
		cb_xml_stop(x, E_LIMIT, "terms are nested too deep");
		return;
	}
	row = cb_put(x->in, t->set, cb_xml_line(x));
	if (!row)
		return;
	row->c[CB_CELL(CC_NEOPLASM_DEPTH)] = (int64_t)t->depth;
	t->open[t->depth++] = (struct term){ .row = x->in->b->tables[t->set].n };
	x->rows++;
}

static void
cell_open(struct cb_xml *x, struct table_xml *t, const char **attrs)
{
	t->number = number_of(attrs);
	if (!t->of[t->number])
		cb_xml_stop(x, E_VALUE, "expected a cell of a column that the heading names, col=\"2\" to col=\"7\"");
	else
		cb_xml_take(x);
}

static void
on_start(struct cb_xml *x, const char *name, const char **attrs)
{
	struct table_xml *t = x->self;

	if (is_term(name)) {
		term_open(x, t);
	} else if (strcmp(name, "head") == 0) {
		t->number = number_of(attrs);
		if (!t->number)
			cb_xml_stop(x, E_VALUE, "expected the number of a column, col=\"1\" to col=\"9\"");
		else
			cb_xml_take(x);
	} else if (!t->depth) {
		return;
	} else if (strcmp(name, "cell") == 0) {
		cell_open(x, t, attrs);
	} else if (strcmp(name, "nemod") == 0) {
		cb_xml_blank(x);
	} else if (strcmp(name, "title") == 0 || strcmp(name, "see") == 0 || strcmp(name, "seeAlso") == 0 ||
	    strcmp(name, "manif") == 0) {
		cb_xml_take(x);
	}
}

static void
title_end(struct cb_xml *x, struct table_xml *t, struct str text)
{
	struct term *term = &t->open[t->depth - 1];
	struct cb_row *row = row_of(x, t);

	term->path = t->depth > 1 ? arena_fmt(&x->in->b->a, "%.*s; %.*s", STR_ARG(t->open[t->depth - 2].path), STR_ARG(text)) :
	    arena_str(&x->in->b->a, text);
	if (term->path.n > CB_TITLE_MAX)
		cb_xml_stop(x, E_LIMIT, "a text is longer than any text may be");
	row->c[CB_CELL(CC_NEOPLASM_WORDS)] = cb_text(x->in->b, term->path);
}

/* "--" and "-" stand for no code, a dash behind one for more characters to come. */
static void
cell_end(struct cb_xml *x, struct table_xml *t, struct str text)
{
	struct str bare = cb_code_bare(&x->in->b->a, text);
	struct cb_row *row = row_of(x, t);

	if (bare.n && (!cb_code_plain(bare) || bare.n < 3 || bare.n > 7 || memchr(text.p, ' ', text.n))) {
		cb_xml_stop(x, E_VALUE, "expected a code such as C44.50-, or dashes for none");
		return;
	}
	row->c[CB_CELL(t->of[t->number]->col)] = cb_code_key(bare);
}

static void
on_end(struct cb_xml *x, const char *name, struct str text)
{
	struct table_xml *t = x->self;

	if (strcmp(name, "head") == 0 && x->taking)
		head_end(x, t, text);
	if (!t->depth)
		return;
	if (is_term(name)) {
		if (!t->open[t->depth - 1].path.n)
			cb_xml_stop(x, E_INCOMPLETE, "expected the title of the term that ends here");
		t->depth--;
		return;
	}
	if (!x->taking || strcmp(name, "nemod") == 0)
		return;
	if (strcmp(name, "title") == 0)
		title_end(x, t, text);
	else if (strcmp(name, "cell") == 0)
		cell_end(x, t, text);
	else if (strcmp(name, "manif") == 0)	/* the tables have no such column */
		(void)cb_exception(x->in->b, x->in->path, arena_fmt(&x->in->b->a, "line %zu", cb_xml_line(x)),
		    arena_fmt(&x->in->b->a, "a manifestation among columns of codes: %.*s", STR_ARG(text)));
	else if (strcmp(name, "see") == 0 || strcmp(name, "seeAlso") == 0)
		row_of(x, t)->c[CB_CELL(CC_NEOPLASM_SEE)] = cb_text(x->in->b, text);
	x->taking = false;
}

static int
read_table(struct cb_in *in, enum code_set set, const struct column *columns)
{
	struct table_xml t = { .set = set, .columns = columns };
	struct cb_xml x = { .in = in, .self = &t, .start = on_start, .end = on_end };
	size_t before = in->b->tables[set].n;
	int rc = cb_xml_read(&x);

	if (rc < 0)
		in->b->tables[set].n = before;
	return rc;
}

int
cb_read_neoplasm(struct cb_in *in)
{
	return read_table(in, CS_NEOPLASM, neoplasm_columns);
}

int
cb_read_drug(struct cb_in *in)
{
	return read_table(in, CS_DRUG, drug_columns);
}
