/*
 * pcs.c - ICD-10-PCS composed character by character. A thousand tables and three thousand rows are few enough to
 * look through for the first three places; from the fourth on one table is looked at, found by its code.
 */
#include "codebook/pcs.h"

#include <string.h>

static const enum code_col axis_cols[3] = { CC_PCS_TABLE_AXIS1, CC_PCS_TABLE_AXIS2, CC_PCS_TABLE_AXIS3 };
static const enum code_col label_cols[3] = { CC_PCS_TABLE_LABEL1, CC_PCS_TABLE_LABEL2, CC_PCS_TABLE_LABEL3 };
static const enum code_col value_cols[4] = { CC_PCS_ROW_VALUES4, CC_PCS_ROW_VALUES5, CC_PCS_ROW_VALUES6, CC_PCS_ROW_VALUES7 };

static struct str
head_of(struct str code, size_t n)
{
	return (struct str){ code.p, code.n < n ? code.n : n };
}

/* Permits the row all characters of the code from the fourth to the one before place? */
static bool
row_permits(const struct codebook *cb, row_t row, struct str code, size_t place)
{
	for (size_t i = 4; i < place && i <= code.n; i++) {
		struct str values = codebook_str(cb, value_cols[i - 4], row);

		if (!values.n || !memchr(values.p, code.p[i - 1], values.n))
			return false;
	}
	return true;
}

/* The label of a value in a row: its rows of pcs_label are in the order row, place, value. */
static struct pcs_value
label_of(const struct codebook *cb, row_t row, size_t place, char value, day_t day)
{
	struct pcs_value v = { .value = value };
	int64_t number = codebook_int(cb, CC_PCS_ROW_ROW, row);
	row_t end, at = codebook_of(cb, CS_PCS_LABEL, codebook_str(cb, CC_PCS_ROW_CODE, row), &end), hi = end;

	if (at == ROW_NONE)
		return v;
	while (at < hi) {
		row_t mid = at + (hi - at) / 2;

		if (codebook_int(cb, CC_PCS_LABEL_ROW, mid) < number)
			at = mid + 1;
		else
			hi = mid;
	}
	for (; at < end && codebook_int(cb, CC_PCS_LABEL_ROW, at) == number; at++)
		if (codebook_int(cb, CC_PCS_LABEL_PLACE, at) == (int64_t)place && codebook_in_force(cb, CS_PCS_LABEL, at, day) &&
		    str_eq(codebook_str(cb, CC_PCS_LABEL_VALUE, at), (struct str){ &value, 1 })) {
			v.axis = codebook_str(cb, CC_PCS_LABEL_AXIS, at);
			v.label = codebook_str(cb, CC_PCS_LABEL_LABEL, at);
			return v;
		}
	return v;
}

/* ---- the values of a place ---- */

struct list {
	struct pcs_value	*out;
	size_t			 max, n;
};

static void
list_add(struct list *l, struct pcs_value v)
{
	size_t at = l->n < l->max ? l->n : l->max;

	for (size_t i = 0; i < at; i++)
		if (l->out[i].value == v.value && str_eq(l->out[i].label, v.label))
			return;
	l->n++;
	if (at == l->max)
		return;
	while (at && (l->out[at - 1].value > v.value ||
	    (l->out[at - 1].value == v.value && str_cmp(l->out[at - 1].label, v.label) > 0))) {
		l->out[at] = l->out[at - 1];
		at--;
	}
	l->out[at] = v;
}

static void
tables_list(const struct codebook *cb, struct str prefix, day_t day, struct list *l)
{
	for (row_t r = 0; r < codebook_count(cb, CS_PCS_TABLE); r++) {
		struct str code = codebook_str(cb, CC_PCS_TABLE_CODE, r);

		if (code.n == 3 && str_starts(code, prefix) && codebook_in_force(cb, CS_PCS_TABLE, r, day))
			list_add(l, (struct pcs_value){ code.p[prefix.n], codebook_str(cb, axis_cols[prefix.n], r),
			    codebook_str(cb, label_cols[prefix.n], r) });
	}
}

size_t
pcs_next(const struct codebook *cb, struct str prefix, day_t day, struct pcs_value *out, size_t max)
{
	struct list l = { out, max, 0 };
	row_t end, row;

	if (prefix.n >= PCS_LEN)
		return 0;
	if (prefix.n < 3) {
		tables_list(cb, prefix, day, &l);
		return l.n;
	}
	row = codebook_of(cb, CS_PCS_ROW, head_of(prefix, 3), &end);
	for (; row != ROW_NONE && row < end; row++) {
		struct str values = codebook_str(cb, value_cols[prefix.n - 3], row);

		if (codebook_in_force(cb, CS_PCS_ROW, row, day) && row_permits(cb, row, prefix, prefix.n + 1))
			for (size_t i = 0; i < values.n; i++)
				list_add(&l, label_of(cb, row, prefix.n + 1, values.p[i], day));
	}
	return l.n;
}

/* ---- codes ---- */

/* The first row in force that permits the code up to the place, or ROW_NONE. */
static row_t
row_of(const struct codebook *cb, struct str code, size_t place, day_t day)
{
	row_t end, row = codebook_of(cb, CS_PCS_ROW, head_of(code, 3), &end);

	for (; row != ROW_NONE && row < end; row++)
		if (codebook_in_force(cb, CS_PCS_ROW, row, day) && row_permits(cb, row, code, place + 1))
			return row;
	return ROW_NONE;
}

static row_t
table_of(const struct codebook *cb, struct str prefix, day_t day)
{
	for (row_t r = 0; r < codebook_count(cb, CS_PCS_TABLE); r++)
		if (str_starts(codebook_str(cb, CC_PCS_TABLE_CODE, r), prefix) && codebook_in_force(cb, CS_PCS_TABLE, r, day))
			return r;
	return ROW_NONE;
}

/* Does any code begin so? */
static bool
leads_on(const struct codebook *cb, struct str code, size_t place, day_t day)
{
	return place < 3 ? table_of(cb, head_of(code, place), day) != ROW_NONE : row_of(cb, code, place, day) != ROW_NONE;
}

bool
pcs_check(const struct codebook *cb, struct str code, day_t day, int *bad)
{
	int none, place = 1;

	bad = bad ? bad : &none;
	*bad = 0;
	if (code.n == PCS_LEN && row_of(cb, code, PCS_LEN, day) != ROW_NONE)
		return true;
	while (place <= PCS_LEN && (size_t)place <= code.n && leads_on(cb, code, (size_t)place, day))
		place++;
	*bad = place;
	return false;
}

struct pcs_value
pcs_value_of(const struct codebook *cb, struct str code, size_t place, day_t day)
{
	struct pcs_value v = { 0 };
	row_t row;

	if (place < 1 || place > PCS_LEN || place > code.n || code.n > PCS_LEN)
		return v;
	if (place > 3) {
		row = row_of(cb, code, code.n, day);
		if (row == ROW_NONE)
			row = row_of(cb, code, place, day);
		return row == ROW_NONE ? v : label_of(cb, row, place, code.p[place - 1], day);
	}
	row = table_of(cb, head_of(code, 3), day);
	if (row == ROW_NONE)
		row = table_of(cb, head_of(code, place), day);
	if (row != ROW_NONE)
		v = (struct pcs_value){ code.p[place - 1], codebook_str(cb, axis_cols[place - 1], row),
		    codebook_str(cb, label_cols[place - 1], row) };
	return v;
}
