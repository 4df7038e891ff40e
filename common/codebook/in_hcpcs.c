/*
 * in_hcpcs.c - the HCPCS Level II contractor file: record kinds 3 and 7 begin a code or a modifier, 4 and 8 go
 * on with its long description. Columns are those of the record layout CMS publishes with it. Its sheet is not
 * read: it cuts long descriptions and leaves out dates, so the two would contradict each other.
 */
#include "codebook/ncci.h"

#include <string.h>

#define RECORD_MAX	320
#define RECORD_MIN	293		/* some quarters end with the action code */

/* Columns of the first record. Texts of several parts are joined by commas; a number of eight columns is a day. */
static const struct part { enum code_col col; uint16_t first, width, n; } parts[] = {
	{ CC_HCPCS_SHORT, 92, 28, 1 },
	{ CC_HCPCS_PRICING, 120, 2, 4 },
	{ CC_HCPCS_MULTIPLE, 128, 1, 1 },
	{ CC_HCPCS_CIM, 129, 6, 3 },
	{ CC_HCPCS_MCM, 147, 8, 3 },
	{ CC_HCPCS_STATUTE, 171, 10, 1 },
	{ CC_HCPCS_LAB, 181, 3, 8 },
	{ CC_HCPCS_XREF, 205, 5, 5 },
	{ CC_HCPCS_COVERAGE, 230, 1, 1 },
	{ CC_HCPCS_ASC, 231, 2, 1 },
	{ CC_HCPCS_ASC_FROM, 233, 8, 1 },
	{ CC_HCPCS_MOG, 241, 3, 1 },
	{ CC_HCPCS_MOG_POLICY, 244, 1, 1 },
	{ CC_HCPCS_MOG_FROM, 245, 8, 1 },
	{ CC_HCPCS_NOTE, 253, 4, 1 },
	{ CC_HCPCS_BETOS, 257, 3, 1 },
	{ CC_HCPCS_TOS, 261, 1, 5 },
	{ CC_HCPCS_ANESTHESIA, 266, 3, 1 },
	{ CC_HCPCS_CHANGED, 277, 8, 1 },
	{ CC_HCPCS_ACTION, 293, 1, 1 },
};

/* Modifiers have the same columns in the same places. */
_Static_assert(CC_MODIFIER_ACTION - CC_MODIFIER_CODE == CC_HCPCS_ACTION - CC_HCPCS_CODE, "columns of modifiers");

struct hcpcs {
	struct cb_in	*in;
	struct cb_row	*row;		/* of the open code; moves when rows are added, so it is closed first */
	char		 kind;		/* 3 or 7: the open one, 0: none yet */
	struct str	 code;
	int64_t		 number;	/* of the last record */
	size_t		 line;
	struct buf	 title, joined;
};

static int
fault(struct hcpcs *h, size_t column, const char *words)
{
	return cb_fault(h->in, E_MALFORMED, h->line, column, words);
}

static void
close_row(struct hcpcs *h)
{
	struct str title = cb_1252(&h->in->b->a, str_trim(buf_view(&h->title)));

	if (h->row)
		h->row->c[CB_CELL(CC_HCPCS_TITLE)] = cb_text(h->in->b, title);
	h->row = NULL;
	h->title.n = 0;
}

static int64_t
text_of(struct hcpcs *h, const struct part *p, struct str line)
{
	h->joined.n = 0;
	for (size_t i = 0; i < p->n; i++) {
		size_t first = p->first + i * p->width;
		struct str one = cb_cols(line, first, first + p->width - 1);

		if (h->joined.n && one.n)
			buf_ch(&h->joined, ',');
		buf_str(&h->joined, one);
	}
	return cb_text(h->in->b, cb_1252(&h->in->b->a, buf_view(&h->joined)));
}

static int
part_put(struct hcpcs *h, const struct part *p, struct str line)
{
	int64_t *c = &h->row->c[CB_CELL(p->col)];
	struct str s = cb_cols(line, p->first, p->first + p->width - 1);

	if (code_cols[p->col].kind == COL_TEXT) {
		*c = text_of(h, p, line);
	} else if (s.n == 0) {
		return 0;
	} else if (code_cols[p->col].kind == COL_CODE) {
		*c = cb_code_key(s);
		return *c ? 0 : fault(h, p->first, "expected a code without blanks");
	} else if (p->width == 8 && day_parse(s) == DAY_NONE) {
		return fault(h, p->first, "expected a day as CCYYMMDD");
	} else if (!str_to_int(s, c)) {
		return fault(h, p->first, "expected a number");
	}
	return 0;
}

static int
days_put(struct hcpcs *h, struct str line)
{
	struct str from = cb_cols(line, 269, 276), to = cb_cols(line, 285, 292);

	h->row->from = day_parse(from);
	h->row->to = day_parse(to);
	if (from.n && h->row->from == DAY_NONE)
		return fault(h, 269, "expected the day it was added as CCYYMMDD");
	if (to.n && h->row->to == DAY_NONE)
		return fault(h, 285, "expected its last day as CCYYMMDD");
	return from.n && to.n && h->row->to < h->row->from ? fault(h, 285, "the last day is before the first") : 0;
}

static int
open_row(struct hcpcs *h, struct str line)
{
	int rc;

	close_row(h);
	h->kind = line.p[10];
	h->code = h->kind == '3' ? cb_cols(line, 1, 5) : cb_cols(line, 4, 5);
	if (!cb_code_plain(h->code) || h->code.n != (h->kind == '3' ? 5u : 2u) || (h->kind == '7' && cb_cols(line, 1, 3).n))
		return fault(h, 1, "expected a code in columns 1 to 5, or a modifier in 4 and 5");
	if (h->number != 100)
		return fault(h, 6, "expected sequence number 00100 on the first record of a code");
	h->row = cb_put(h->in, h->kind == '3' ? CS_HCPCS : CS_MODIFIER, h->line);
	if (!h->row)
		return E_NOMEM;
	h->row->c[CB_CELL(CC_HCPCS_CODE)] = cb_code_key(h->code);
	rc = days_put(h, line);
	for (size_t i = 0; i < sizeof parts / sizeof *parts && rc >= 0; i++)
		rc = part_put(h, &parts[i], line);
	return rc;
}

/* After a first record that did not fit the row is not there: what goes on with it is not told of again. */
static int
go_on(struct hcpcs *h, struct str line, int64_t before)
{
	char kind = line.p[10];

	if (!h->kind || kind != h->kind + 1 || !str_eq(kind == '4' ? cb_cols(line, 1, 5) : cb_cols(line, 4, 5), h->code))
		return fault(h, 1, "this record goes on with a code that the record before it is not of");
	return h->number == before + 100 ? 0 : fault(h, 6, "expected the next sequence number, 100 above the one before");
}

/* Blanks at the end of a line are often lost; a record that goes on has nothing else behind its words. */
static bool
is_whole(const struct hcpcs *h, struct str line)
{
	const char *end = h->in->bytes.p + h->in->bytes.n;
	bool goes_on = line.n > 11 && (line.p[10] == '4' || line.p[10] == '8');

	return line.n <= RECORD_MAX && (line.n >= RECORD_MIN || (goes_on && end[-1] == '\n') ||
	    (goes_on && line.p + line.n + 1 < end));
}

static int
read_line(struct hcpcs *h, struct str line)
{
	struct str words = cb_cols(line, 12, 91);
	int64_t before = h->number;
	int rc;

	if (!is_whole(h, line))
		return fault(h, line.n < RECORD_MIN ? line.n + 1 : RECORD_MAX + 1,
		    "the record ends here, expected 320 columns, or 293 where the last are left out");
	if (!strchr("3478", line.p[10]) || !line.p[10])
		return fault(h, 11, "expected the kind of record: 3, 4, 7 or 8");
	if (!str_to_int((struct str){ line.p + 5, 5 }, &h->number))
		return fault(h, 6, "expected a sequence number of five digits");
	rc = line.p[10] == '3' || line.p[10] == '7' ? open_row(h, line) : go_on(h, line, before);
	if (rc < 0)
		return rc;
	if (h->title.n + words.n + 1 > CB_TITLE_MAX)
		return fault(h, 12, "the description is longer than any published one");
	if (h->title.n && words.n)
		buf_ch(&h->title, ' ');
	buf_str(&h->title, words);
	return 0;
}

int
cb_read_hcpcs(struct cb_in *in)
{
	struct hcpcs h = { .in = in };
	struct cb_lines l = cb_lines(in);
	struct str line;
	size_t before = in->b->tables[CS_HCPCS].n + in->b->tables[CS_MODIFIER].n;

	buf_init(&h.title, &in->b->a);
	buf_init(&h.joined, &in->b->a);
	while (cb_line(&l, &line) && !in->b->a.spent && !in->faults->more) {
		h.line = l.no;
		if (str_trim(line).n)
			(void)read_line(&h, line);
	}
	close_row(&h);
	return (int)(in->b->tables[CS_HCPCS].n + in->b->tables[CS_MODIFIER].n - before);
}
