/*
 * drgm_chapter.c - the layout the MDC chapters and appendix F of the Definitions Manual share: a box with the
 * conditions of each DRG, the DRGs by title, then headings and lists of codes. Which lines are which the first
 * characters tell. Headings are kept as they are printed: what AND and OR bind, the tables of the grouper say.
 */
#include "codebook/drg.h"

#include <string.h>

#define HEADINGS_MAX	4000		/* bytes of what is joined; no manual comes near */

void
cb_chapter_begin(struct cb_chapter *c, struct cb_in *in)
{
	*c = (struct cb_chapter){ .in = in, .mdc = -1 };
	buf_init(&c->name, &in->b->a);
	buf_init(&c->lead, &in->b->a);
	buf_init(&c->drgs, &in->b->a);
	buf_init(&c->box, &in->b->a);
}

void
cb_drg_join(struct buf *b, const char *between, struct str more)
{
	if (more.n == 0 || b->n + strlen(between) + more.n > HEADINGS_MAX)
		return;
	if (b->n)
		buf_cstr(b, between);
	buf_str(b, more);
}

/* ---- rules ---- */

/* The headings above, as the name of one list. */
static int
rule_open(struct cb_chapter *c, size_t no)
{
	struct cb_row *row = c->name.n ? cb_put(c->in, CS_DRGM_RULE, no) : NULL;
	struct str name = buf_view(&c->name);
	size_t cut = 0;

	if (!row)
		return c->name.n ? E_NOMEM : 0;
	CB_SET(row, DRGM_RULE_MDC, c->mdc);
	CB_SET(row, DRGM_RULE_LIST, ++c->list);
	CB_SET(row, DRGM_RULE_DRGS, cb_text(c->in->b, buf_view(&c->drgs)));
	CB_SET(row, DRGM_RULE_NAME, cb_text(c->in->b, cb_1252(&c->in->b->a, name)));
	for (size_t i = 0; i + 2 <= name.n; i++)
		if (name.p[i] == ';' && name.p[i + 1] == ' ')
			cut = i;
	c->lead.n = 0;
	buf_str(&c->lead, (struct str){ name.p, cut });
	c->name.n = 0;
	c->cluster = 0;
	c->codes = true;
	return 1;
}

/* The non-O.R. procedures of a list come below a heading that does not repeat what the list is of. */
static void
heading(struct cb_chapter *c, struct str line)
{
	if (c->name.n == 0 && c->codes && c->lead.n && str_starts(line, S("NON-OPERATING ROOM")))
		buf_str(&c->name, buf_view(&c->lead));
	cb_drg_join(&c->name, "; ", str_trim(line));
	c->codes = false;
}

static int
code_put(struct cb_chapter *c, const struct cb_drg_line *l, size_t no)
{
	struct cb_table *t = &c->in->b->tables[CS_DRGM_RULE_CODE];
	struct cb_row *row;

	if (c->name.n == 0 && !c->codes)
		buf_str(&c->name, buf_view(&c->box));	/* no heading: the list is what the box is of */
	if (rule_open(c, no) < 0)
		return E_NOMEM;
	if (c->mdc < 0 || !c->list || !c->codes || (l->goes_on && (t->n == 0 || cb_row_at(t, t->n - 1)->source != c->in->source)))
		return cb_fault(c->in, E_MALFORMED, no, 1, "codes without a heading above them");
	if (l->goes_on) {
		int64_t *before = &cb_row_at(t, t->n - 1)->c[CB_CELL(CC_DRGM_RULE_CODE_CLUSTER)];

		if (*before == 0)
			*before = ++c->cluster;
	}
	row = cb_put(c->in, CS_DRGM_RULE_CODE, no);
	if (!row)
		return E_NOMEM;
	CB_SET(row, DRGM_RULE_CODE_CODE, cb_code_key(l->code));
	CB_SET(row, DRGM_RULE_CODE_MDC, c->mdc);
	CB_SET(row, DRGM_RULE_CODE_LIST, c->list);
	CB_SET(row, DRGM_RULE_CODE_CLUSTER, l->goes_on ? c->cluster : 0);
	CB_SET(row, DRGM_RULE_CODE_NONOR, l->nonor);
	c->records++;
	return 1;
}

/* ---- boxes ---- */

static void
cells_read(struct cb_chapter *c, struct str line)
{
	struct str *cells = c->part == 1 ? c->heads : c->cells;
	size_t *n = c->part == 1 ? &c->n_heads : &c->n_cells, i = 0;

	(void)str_cut(&line, '|');
	while (line.n && i < sizeof c->cells / sizeof *c->cells) {
		struct str cell = str_trim(str_cut(&line, '|'));

		if (i >= *n)
			cells[(*n)++] = cell;
		else if (cell.n)
			cells[i] = cells[i].n ? arena_fmt(&c->in->b->a, "%.*s %.*s", STR_ARG(cells[i]), STR_ARG(cell)) : cell;
		i++;
	}
}

/* "| title |" */
static struct str
between_bars(struct str line)
{
	(void)str_cut(&line, '|');
	return str_trim(str_cut(&line, '|'));
}

/* A row of the grid is whole when the line below it comes. */
static int
grid_row(struct cb_chapter *c, size_t no)
{
	int64_t first, last;
	struct cb_row *row;
	struct buf when;

	if (c->part < 2 || c->n_cells == 0 || c->n_cells != c->n_heads || !str_is(c->heads[c->n_heads - 1], "DRG") ||
	    !cb_drg_range(c->cells[c->n_cells - 1], &first, &last))
		return 0;
	buf_init(&when, &c->in->b->a);
	for (size_t i = 0; i + 1 < c->n_cells; i++) {
		cb_drg_join(&when, "; ", c->heads[i]);
		cb_drg_join(&when, " ", c->cells[i]);
	}
	row = cb_put(c->in, CS_DRGM_GRID, no);
	if (!row)
		return E_NOMEM;
	CB_SET(row, DRGM_GRID_DRG, first);
	CB_SET(row, DRGM_GRID_BOX, cb_text(c->in->b, cb_1252(&c->in->b->a, buf_view(&c->box))));
	CB_SET(row, DRGM_GRID_WHEN, cb_text(c->in->b, cb_1252(&c->in->b->a, buf_view(&when))));
	return 1;
}

static int
box_edge(struct cb_chapter *c, size_t no)
{
	int rc = 0;

	if (!c->in_box) {
		rc = rule_open(c, no);			/* headings without a list say something too */
		c->in_box = true;
		c->part = 0;
		c->box.n = c->drgs.n = c->lead.n = 0;
		c->n_heads = c->n_cells = 0;
		c->codes = false;
		return rc;
	}
	rc = grid_row(c, no);
	c->part++;
	c->n_cells = 0;
	return rc;
}

/* ---- lines ---- */

static int
drg_line(struct cb_chapter *c, struct str line, size_t no)
{
	if (!c->in_drgs) {
		if (rule_open(c, no) < 0)
			return E_NOMEM;
		c->drgs.n = c->lead.n = 0;
		c->codes = false;
	}
	c->in_drgs = true;
	cb_drg_join(&c->drgs, " ", (struct str){ line.p + 4, 3 });
	return 0;
}

static bool
is_drg_line(struct str line)
{
	int64_t first, last;

	return str_starts(line, S("DRG ")) && line.n > 8 && line.p[7] == ' ' &&
	    cb_drg_range((struct str){ line.p + 4, 3 }, &first, &last);
}

int
cb_chapter_line(struct cb_chapter *c, struct str line, size_t no)
{
	struct cb_drg_line code;

	if (str_trim(line).n == 0)
		return 0;
	if (str_starts(line, S("+-")))
		return box_edge(c, no);
	if (c->in_box && line.p[0] == '|') {
		if (c->part == 0)
			cb_drg_join(&c->box, " ", between_bars(line));
		else
			cells_read(c, line);
		return 0;
	}
	c->in_box = false;
	if (is_drg_line(line))
		return drg_line(c, line, no);
	c->in_drgs = false;
	if (cb_drg_code_line(line, &code))
		return code_put(c, &code, no);
	if (line.p[0] == ' ')
		return cb_fault(c->in, E_MALFORMED, no, 3,
		    "expected a code, with * when it is not an O.R. procedure, or \"and\" and a code");
	heading(c, line);
	return 0;
}

void
cb_chapter_mdc(struct cb_chapter *c, int64_t mdc, size_t line)
{
	cb_chapter_end(c, line);
	c->mdc = mdc;
	c->list = 0;
	c->drgs.n = c->lead.n = 0;
	c->codes = c->in_box = c->in_drgs = false;
}

void
cb_chapter_end(struct cb_chapter *c, size_t line)
{
	if (c->mdc >= 0)
		(void)rule_open(c, line);
	c->name.n = 0;
}
