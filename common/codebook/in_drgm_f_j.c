/*
 * in_drgm_f_j.c - appendices F to I of the Definitions Manual in one file (appendix_F_J, from v41 on appendix_F_I):
 * unrelated O.R. procedures, CC codes, MCC codes, codes that are MCC only when the patient was discharged alive,
 * hospital-acquired conditions.
 */
#include "codebook/drg.h"

struct appendices {
	struct cb_in		*in;
	struct cb_chapter	 f;
	char			 letter;	/* of the appendix that is open */
	bool			 boxed, alive, codes;
	bool			 seen[26];
	size_t			 from;		/* first row of DRGM_CC of this file */
	int64_t			 hac, list;
	struct buf		 name;		/* headings of a HAC since its last list */
	int64_t			 name_id;
	int			 n;
};

/* "|    Appendix G Diagnoses Defined as ...    |" */
static int
box_line(struct appendices *x, struct str line, size_t no)
{
	size_t at = cb_drg_column(line, "Appendix ");
	char letter = at && at + 9 <= line.n ? line.p[at + 8] : 0;

	if (letter < 'F' || letter > 'Z')
		return cb_fault(x->in, E_MALFORMED, no, 1, "expected the box of an appendix");
	if (x->letter == 'F')
		cb_chapter_end(&x->f, no);
	if (letter == 'F')
		cb_chapter_mdc(&x->f, 29, no);
	x->letter = letter;
	x->alive = false;
	x->seen[letter - 'A'] = true;
	return 0;
}

static int
level_line(struct appendices *x, struct str line, size_t no)
{
	struct cb_drg_line c;
	struct cb_row *row;

	if (line.p[0] != ' ') {			/* prose, or the heading of part 2 */
		x->alive |= cb_drg_column(line, "Appendix H Part 2") > 0;
		return 0;
	}
	if (!cb_drg_code_line(line, &c) || c.nonor || c.goes_on)
		return cb_fault(x->in, E_MALFORMED, no, 3, "expected a diagnosis and its title");
	x->n++;
	if (x->alive)
		return cb_drg_alive(x->in, x->from, cb_code_key(c.code), no);
	row = cb_put(x->in, CS_DRGM_CC, no);
	if (!row)
		return E_NOMEM;
	CB_SET(row, DRGM_CC_CODE, cb_code_key(c.code));
	CB_SET(row, DRGM_CC_LEVEL, x->letter == 'G' ? 1 : 2);
	return 1;
}

static int
hac_put(struct appendices *x, const struct cb_drg_line *c, size_t no)
{
	struct str title = c->title;
	int level = cb_drg_level(cb_drg_word(&title));
	struct cb_row *row;

	if (x->name.n) {
		x->list++;
		x->name_id = cb_text(x->in->b, cb_1252(&x->in->b->a, buf_view(&x->name)));
		x->name.n = 0;
	}
	row = cb_put(x->in, CS_DRGM_HAC, no);
	if (!row)
		return E_NOMEM;
	CB_SET(row, DRGM_HAC_HAC, x->hac);
	CB_SET(row, DRGM_HAC_LIST, x->list);
	CB_SET(row, DRGM_HAC_CODE, cb_code_key(c->code));
	if (level)
		CB_SET(row, DRGM_HAC_LEVEL, level);
	CB_SET(row, DRGM_HAC_NONOR, c->nonor);
	CB_SET(row, DRGM_HAC_NAME, x->name_id);
	x->n++;
	return 1;
}

static int
hac_line(struct appendices *x, struct str line, size_t no)
{
	struct cb_drg_line c;

	if (str_starts(line, S("HAC "))) {
		x->name.n = 0;
		x->list = 0;
		x->hac = 0;
		if (line.n > 7 && line.p[6] == ':' && str_to_int((struct str){ line.p + 4, 2 }, &x->hac) && x->hac > 0)
			return 0;
		return cb_fault(x->in, E_MALFORMED, no, 5, "expected the two digits of a HAC and a colon");
	}
	if (cb_drg_code_line(line, &c) && !c.goes_on && x->hac && (x->name.n || x->list))
		return hac_put(x, &c, no);
	if (line.p[0] == ' ')
		return cb_fault(x->in, E_MALFORMED, no, 3, "expected a code and its title, below the headings of a HAC");
	cb_drg_join(&x->name, "; ", str_trim(line));
	return 0;
}

static int
line_read(struct appendices *x, struct str line, size_t no)
{
	if (str_trim(line).n == 0)
		return 0;
	if (str_starts(line, S(":="))) {
		x->boxed = !x->boxed;
		return 0;
	}
	if (x->boxed)
		return box_line(x, line, no);
	switch (x->letter) {
	case 0:
		return cb_fault(x->in, E_MALFORMED, no, 1, "expected the box of an appendix first");
	case 'F':
		return cb_chapter_line(&x->f, line, no);
	case 'G':
	case 'H':
		return level_line(x, line, no);
	case 'I':
		return hac_line(x, line, no);
	default:
		return 0;
	}
}

int
cb_read_drgm_f_j(struct cb_in *in)
{
	struct appendices x = { .in = in, .from = in->b->tables[CS_DRGM_CC].n };
	struct cb_lines l = cb_lines(in);
	struct str line;
	int rc = cb_drg_release(in, cb_drg_head(in->bytes));

	cb_chapter_begin(&x.f, in);
	buf_init(&x.name, &in->b->a);
	while (rc >= 0 && cb_line(&l, &line) && !in->b->a.spent && !in->faults->more)
		(void)line_read(&x, line, l.no);
	if (rc < 0)
		return rc;
	for (char letter = 'F'; letter <= 'I'; letter++)
		if (!x.seen[letter - 'A'])
			(void)cb_fault_str(in, E_INCOMPLETE, l.no, 1,
			    arena_fmt(in->faults->a, "the file ends without appendix %c",
			    letter));
	return x.n + x.f.records;
}
