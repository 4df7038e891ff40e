/*
 * in_pcs_tables.c - the tables of ICD-10-PCS: three characters name a table, its rows say which characters may
 * follow together. The XML says how many codes a row permits and how many values an axis has; both are counted.
 */
#include "codebook/pcs_in.h"

#include <string.h>

/* ---- a table, wherever it is read from ---- */

void
cb_pcs_table_begin(struct cb_pcs *p)
{
	*p = (struct cb_pcs){ .in = p->in, .action = p->action };
}

void
cb_pcs_row_begin(struct cb_pcs *p)
{
	p->row++;
	for (size_t i = 3; i < CB_PCS_PLACES; i++)
		p->n[i] = 0;
}

static int64_t
table_key(const struct cb_pcs *p)
{
	return p->have == 3 ? cb_code_key((struct str){ p->code, 3 }) : 0;
}

static struct cb_row *
put(struct cb_pcs *p, enum code_set set, size_t line)
{
	struct cb_row *row = cb_put(p->in, set, line);

	if (row) {
		row->action = (uint8_t)p->action;
		row->c[0] = table_key(p);
	}
	return row;
}

static bool
label_put(struct cb_pcs *p, size_t line, size_t place, struct str value, struct str label)
{
	struct cb_row *row = put(p, CS_PCS_LABEL, line);

	if (!row)
		return false;
	CB_SET(row, PCS_LABEL_ROW, p->row);
	CB_SET(row, PCS_LABEL_PLACE, (int64_t)place);
	CB_SET(row, PCS_LABEL_VALUE, cb_text(p->in->b, value));
	CB_SET(row, PCS_LABEL_AXIS, p->axis[place - 1]);
	CB_SET(row, PCS_LABEL_LABEL, cb_text(p->in->b, label));
	return true;
}

bool
cb_pcs_value(struct cb_pcs *p, size_t line, size_t place, struct str value, struct str label)
{
	size_t i = place - 1;

	if (value.n != 1 || !cb_code_plain(value) || value.p[0] == 'I' || value.p[0] == 'O' || !label.n || !str_is_utf8(label) ||
	    str_has_ctl(label))
		return cb_fault(p->in, E_MALFORMED, line, 1, "expected one character of ICD-10-PCS and its label") == 0;
	if (place <= 3 ? p->have != i : p->row == 0 || !table_key(p))
		return cb_fault(p->in, E_MALFORMED, line, 1,
		    "expected places in their order, one value in each of the first three") == 0;
	if (p->n[i] && memchr(p->value[i], value.p[0], p->n[i]))
		return cb_fault(p->in, E_DUPLICATE, line, 1, "the same value twice in one axis") == 0;
	must(p->n[i] < CB_PCS_VALUES);		/* as many as there are characters, none twice */
	p->value[i][p->n[i]++] = value.p[0];
	if (place > 3)
		return label_put(p, line, place, value, label);
	p->code[p->have++] = value.p[0];
	p->label[i] = cb_text(p->in->b, label);
	return true;
}

int64_t
cb_pcs_row_end(struct cb_pcs *p, size_t line)
{
	int64_t codes = (int64_t)p->n[3] * (int64_t)p->n[4] * (int64_t)p->n[5] * (int64_t)p->n[6], text[4];
	struct cb_row *row;

	if (!codes || !table_key(p)) {
		(void)cb_fault(p->in, E_INCOMPLETE, line, 1, "expected values in the places 4 to 7 of a row");
		return 0;
	}
	for (size_t i = 0; i < 4; i++)
		text[i] = cb_text(p->in->b, (struct str){ p->value[i + 3], p->n[i + 3] });
	row = put(p, CS_PCS_ROW, line);
	if (!row)
		return 0;
	CB_SET(row, PCS_ROW_ROW, p->row);
	CB_SET(row, PCS_ROW_VALUES4, text[0]);
	CB_SET(row, PCS_ROW_VALUES5, text[1]);
	CB_SET(row, PCS_ROW_VALUES6, text[2]);
	CB_SET(row, PCS_ROW_VALUES7, text[3]);
	return codes;
}

bool
cb_pcs_table_end(struct cb_pcs *p, size_t line)
{
	struct cb_row *row;

	if (!table_key(p) || p->row == 0)
		return cb_fault(p->in, E_INCOMPLETE, line, 1, "expected a table of three characters and at least one row") == 0;
	row = put(p, CS_PCS_TABLE, line);
	if (!row)
		return false;
	CB_SET(row, PCS_TABLE_AXIS1, p->axis[0]);
	CB_SET(row, PCS_TABLE_LABEL1, p->label[0]);
	CB_SET(row, PCS_TABLE_AXIS2, p->axis[1]);
	CB_SET(row, PCS_TABLE_LABEL2, p->label[1]);
	CB_SET(row, PCS_TABLE_AXIS3, p->axis[2]);
	CB_SET(row, PCS_TABLE_LABEL3, p->label[2]);
	CB_SET(row, PCS_TABLE_DEFINITION, p->definition);
	return true;
}

/* ---- XML ---- */

struct tables {
	struct cb_pcs	p;
	bool		in_table, in_row;
	size_t		place;			/* of the open axis, 0: none */
	int64_t		values, codes;		/* as the attributes say */
	char		value[8];		/* of the open label */
};

static int64_t
number(const char *attr)
{
	int64_t n;

	return str_to_int(str_of(attr), &n) && n >= 0 ? n : -1;
}

static void
axis_open(struct cb_xml *x, struct tables *t, const char **attrs)
{
	int64_t place = number(cb_xml_attr(attrs, "pos"));

	t->values = number(cb_xml_attr(attrs, "values"));
	if (place < (t->in_row ? 4 : 1) || place > (t->in_row ? 7 : 3) || t->p.n[place - 1]) {
		cb_xml_stop(x, E_MALFORMED, "expected pos 1 to 3 in a table and 4 to 7 in a row, each once");
		return;
	}
	t->place = (size_t)place;
	t->p.axis[place - 1] = 0;
}

static void
on_start(struct cb_xml *x, const char *name, const char **attrs)
{
	struct tables *t = x->self;
	const char *code;

	if (strcmp(name, "pcsTable") == 0) {
		cb_pcs_table_begin(&t->p);
		t->in_table = true;
		t->in_row = false;
		t->place = 0;
	} else if (strcmp(name, "pcsRow") == 0 && t->in_table) {
		cb_pcs_row_begin(&t->p);
		t->codes = number(cb_xml_attr(attrs, "codes"));
		t->in_row = true;
	} else if (strcmp(name, "axis") == 0 && t->in_table) {
		axis_open(x, t, attrs);
	} else if (t->place && strcmp(name, "label") == 0) {
		code = cb_xml_attr(attrs, "code");
		t->value[0] = 0;
		if (code && strlen(code) < sizeof t->value)
			memcpy(t->value, code, strlen(code) + 1);
		cb_xml_take(x);
	} else if (t->place && (strcmp(name, "title") == 0 || strcmp(name, "definition") == 0)) {
		cb_xml_take(x);
	}
}

static void
row_close(struct cb_xml *x, struct tables *t)
{
	int64_t codes = cb_pcs_row_end(&t->p, cb_xml_line(x));

	t->in_row = false;
	if (codes && codes != t->codes)
		(void)cb_fault_str(x->in, E_VALUE, cb_xml_line(x), 1, arena_fmt(x->in->faults->a,
		    "the row says %lld codes, but its labels give %lld", (long long)t->codes, (long long)codes));
	x->rows += codes > 0;
}

static void
axis_close(struct cb_xml *x, struct tables *t)
{
	if ((int64_t)t->p.n[t->place - 1] != t->values)
		(void)cb_fault_str(x->in, E_VALUE, cb_xml_line(x), 1, arena_fmt(x->in->faults->a,
		    "the axis says %lld values, but %zu were read", (long long)t->values, t->p.n[t->place - 1]));
	if (!t->p.axis[t->place - 1])
		(void)cb_fault(x->in, E_INCOMPLETE, cb_xml_line(x), 1, "the axis has no title");
	t->place = 0;
}

static void
on_end(struct cb_xml *x, const char *name, struct str text)
{
	struct tables *t = x->self;

	if (strcmp(name, "pcsTable") == 0 && t->in_table) {
		(void)cb_pcs_table_end(&t->p, cb_xml_line(x));
		t->in_table = false;
	} else if (strcmp(name, "pcsRow") == 0 && t->in_row) {
		row_close(x, t);
	} else if (t->place && strcmp(name, "axis") == 0) {
		axis_close(x, t);
	} else if (t->place && x->taking) {
		if (strcmp(name, "label") == 0)
			(void)cb_pcs_value(&t->p, cb_xml_line(x), t->place, str_of(t->value), text);
		else if (strcmp(name, "title") == 0)
			t->p.axis[t->place - 1] = cb_text(x->in->b, text);
		else if (strcmp(name, "definition") == 0 && t->place == 3)
			t->p.definition = cb_text(x->in->b, text);
	}
	x->taking = false;
	if (x->in->faults->more)
		cb_xml_stop(x, E_MALFORMED, "too much of the file does not fit");
}

int
cb_read_pcs_tables(struct cb_in *in)
{
	struct tables t = { .p = { .in = in, .action = CB_FULL } };
	struct cb_xml x = { .in = in, .self = &t, .start = on_start, .end = on_end };

	return cb_xml_read(&x);
}
