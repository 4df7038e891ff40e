/*
 * in_pcs_addenda.c - changes to the tables, the index and the definitions of ICD-10-PCS, published as words. The
 * lines are kept to be cited. A table that changes is stated whole in the words of its addenda, so it takes the
 * place of the table before. Changes to index and definitions are not applied: "Main", "Lttr" and indents show a
 * place in the printed book, terms are named without their path or with a part of it, and brand names are written
 * (R) and (tm); what is looked for there is a help to find a code and never decides whether it is one.
 */
#include "codebook/pcs_in.h"

#include <string.h>

static bool
line_keep(struct cb_in *in, struct str line, size_t no)
{
	struct cb_row *row;

	while (line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'))
		line.n--;
	if (!line.n)
		return true;
	if (!str_is_utf8(line) || str_has_ctl(line) || line.n > CB_TITLE_MAX)
		return cb_fault(in, E_MALFORMED, no, 1, "expected text of UTF-8 without control characters") == 0;
	row = cb_put(in, CS_PCS_ADDENDA, no);
	if (!row)
		return false;
	CB_SET(row, PCS_ADDENDA_FILE, cb_text(in->b, in->path));
	CB_SET(row, PCS_ADDENDA_LINE, (int64_t)no);
	CB_SET(row, PCS_ADDENDA_TEXT, cb_text(in->b, line));
	return true;
}

static size_t
lines_keep(struct cb_in *in)
{
	struct cb_lines l = cb_lines(in);
	struct str line;

	while (cb_line(&l, &line) && (line_keep(in, line, l.no) || (!in->b->a.spent && !in->faults->more)))
		;
	return l.no;
}

int
cb_read_pcs_words_addenda(struct cb_in *in)
{
	return (int)lines_keep(in);
}

/* ---- tables ---- */

struct words {
	struct cb_pcs	p;
	bool		in_table, in_row;
	size_t		place;			/* of the list that is open; 0: none */
	int64_t		choices;		/* still to come in it */
	char		code[3];		/* as the heading says */
	size_t		no;
};

static int
fault(const struct words *w, const char *what)
{
	return cb_fault(w->p.in, E_MALFORMED, w->no, 1, what);
}

static bool
skip(struct str *s, const char *words)
{
	struct str want = str_of(words);

	if (!str_starts(*s, want))
		return false;
	*s = (struct str){ s->p + want.n, s->n - want.n };
	return true;
}

/* "value H: Insertion: Putting in ..." */
static bool
value_cut(struct str s, struct str *value, struct str *label)
{
	if (!skip(&s, "value ") || s.n < 4 || s.p[1] != ':' || s.p[2] != ' ')
		return false;
	*value = (struct str){ s.p, 1 };
	*label = (struct str){ s.p + 3, s.n - 3 };
	return true;
}

/* The operation is followed by its definition. */
static void
definition_cut(struct words *w, struct str *label)
{
	for (size_t i = 0; i + 2 < label->n; i++)
		if (label->p[i] == ':' && label->p[i + 1] == ' ') {
			w->p.definition = cb_text(w->p.in->b, (struct str){ label->p + i + 2, label->n - i - 2 });
			label->n = i;
			return;
		}
}

static int
value_take(struct words *w, size_t place, struct str text)
{
	struct str value, label;

	if (!value_cut(text, &value, &label))
		return fault(w, "expected \"value X: label\"");
	if (place == 3)
		definition_cut(w, &label);
	if (place <= 3 && value.p[0] != w->code[place - 1])
		return fault(w, "the value is not that of the table in the heading");
	return cb_pcs_value(&w->p, w->no, place, value, label) ? 0 : E_MALFORMED;
}

/* What is open must be whole before the next begins. */
static int
row_close(struct words *w)
{
	bool was = w->in_row;

	w->in_row = false;
	if (w->choices)
		return fault(w, "the list before has fewer choices than it says");
	return was && !cb_pcs_row_end(&w->p, w->no) ? E_MALFORMED : 0;
}

static int
table_close(struct words *w)
{
	bool was = w->in_table;
	int rc = row_close(w);

	w->in_table = false;
	w->choices = 0;
	return was && !cb_pcs_table_end(&w->p, w->no) ? E_MALFORMED : rc;
}

/* "No change: First panel of table 0 2 H", "FY2026: table 0 T X". Other beginnings would mean what we do not know. */
static int
heading_take(struct words *w, struct str line)
{
	struct str rest = line, head = str_cut(&rest, ':'), code;
	bool is_table = skip(&rest, " table ");
	int64_t year;
	int rc;

	if (!str_is(head, "No change") &&
	    !(head.n == 6 && str_starts(head, S("FY")) && str_to_int((struct str){ head.p + 2, 4 }, &year)))
		return fault(w, "expected \"No change:\" or \"FYnnnn:\" and a panel or a table");
	code = line.n > 5 ? (struct str){ line.p + line.n - 5, 5 } : STR_NONE;
	if (code.n != 5 || code.p[1] != ' ' || code.p[3] != ' ' || (!is_table && !cb_has(rest, " panel of table ")))
		return fault(w, "expected \"panel of table\" or \"table\" and three characters");
	if (is_table) {
		rc = table_close(w);
		cb_pcs_table_begin(&w->p);
		memcpy(w->code, (char[3]){ code.p[0], code.p[2], code.p[4] }, 3);
		w->in_table = true;
		return rc;
	}
	rc = row_close(w);
	if (!w->in_table || w->p.have != 3 || code.p[0] != w->code[0] || code.p[2] != w->code[1] || code.p[4] != w->code[2])
		return fault(w, "expected a panel of the table whose heading stands before");
	cb_pcs_row_begin(&w->p);
	w->in_row = true;
	return rc;
}

/* "  Fourth character (Body Part) has 4 choices." or "... is value M: Ventricular Septum" */
static int
character_take(struct words *w, struct str line)
{
	static const char *const ordinals[] = { "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh" };
	struct str rest = line, head = str_cut(&rest, ' '), axis;
	size_t place = 0, end;

	while (place < CB_PCS_PLACES && !str_is(head, ordinals[place]))
		place++;
	if (place++ == CB_PCS_PLACES || !skip(&rest, "character ("))
		return fault(w, "expected \"First character (title)\" to \"Seventh character (title)\"");
	if (w->choices)
		return fault(w, "the list before has fewer choices than it says");
	if (place > 3 ? !w->in_row || w->p.n[place - 1] || (place > 4 && !w->p.n[place - 2]) : !w->in_table || w->in_row)
		return fault(w, "the character stands out of its order");
	for (end = 0; end < rest.n && rest.p[end] != ')'; end++)
		;
	axis = (struct str){ rest.p, end };
	rest = end < rest.n ? (struct str){ rest.p + end + 1, rest.n - end - 1 } : STR_NONE;
	w->p.axis[place - 1] = str_is_utf8(axis) ? cb_text(w->p.in->b, axis) : 0;
	w->place = place;
	if (skip(&rest, " is "))
		return value_take(w, place, rest);
	if (place < 4 || !skip(&rest, " has ") || !str_to_int(str_cut(&rest, ' '), &w->choices) || w->choices < 2 ||
	    w->choices > CB_PCS_VALUES || !str_is(rest, "choices.")) {
		w->choices = 0;
		return fault(w, "expected \"is value X: label\" or \"has n choices.\"");
	}
	return 0;
}

/* "    First choice is value 0: Open" */
static int
choice_take(struct words *w, struct str line)
{
	for (size_t i = 0; i < line.n; i++) {
		struct str rest = { line.p + i, line.n - i };

		if (!skip(&rest, " choice is "))
			continue;
		if (!w->choices)
			return fault(w, "the list has more choices than it says");
		w->choices--;
		return value_take(w, w->place, rest);
	}
	return fault(w, "expected \"choice is value X: label\"");
}

static int
line_take(struct words *w, struct str line)
{
	size_t indent = 0;
	struct str text = str_trim(line);

	while (indent < line.n && line.p[indent] == ' ')
		indent++;
	return text.n == 0 ? 0 : indent == 0 ? heading_take(w, text) : indent == 2 ? character_take(w, text) :
	    indent == 4 ? choice_take(w, text) : fault(w, "expected an indent of 0, 2 or 4 blanks");
}

int
cb_read_pcs_tables_addenda(struct cb_in *in)
{
	struct words w = { .p = { .in = in, .action = CB_REPLACE } };
	struct cb_lines l = cb_lines(in);
	size_t lines = lines_keep(in);
	struct str line;

	while (cb_line(&l, &line)) {
		w.no = l.no;
		(void)line_take(&w, line);
		if (in->b->a.spent)
			return E_NOMEM;
		if (in->faults->more)
			return E_MALFORMED;
	}
	(void)table_close(&w);
	return (int)lines;
}
