/* in_conversion.c - what a code was before: conversion tables of ICD-10-CM and ICD-10-PCS, tab-delimited or .xlsx. */
#include "codebook/pcs_in.h"

#define SERIAL_MIN	36526		/* 2000-01-01 in the 1900 system of spreadsheets */
#define SERIAL_MAX	109575		/* 2200 */

static int
year_check(int64_t year)
{
	return year >= 2000 && year < 2200 ? 0 : E_VALUE;
}

/* A year means October 1 of it. Codes that came at another day have the day as a spreadsheet counts it. */
static int
cm_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	int64_t *year = &row->c[CB_CELL(CC_ICD10CM_CONVERSION_YEAR)];
	int y, m = 10, d = 1;

	(void)in, (void)r;
	if (*year > SERIAL_MIN && *year < SERIAL_MAX) {
		day_parts(day_of(1899, 12, 30) + (day_t)*year, &y, &m, &d);
		*year = y;
	}
	CB_SET(row, ICD10CM_CONVERSION_MONTH_DAY, m * 100 + d);
	return year_check(*year);
}

int
cb_read_icd10cm_conversion(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_ICD10CM_CONVERSION_CODE, "CURRENT_CODE|Current code assignment", AS_DOTTED, 0, 1, 0, 0, NULL },
		{ CC_ICD10CM_CONVERSION_YEAR, "EFFECTIVE", AS_DECIMAL, 0, 1, 0, 0, NULL },
		{ CC_ICD10CM_CONVERSION_PREVIOUS, "PREVIOUS_CODES|Previous Code(s) Assignment", AS_TEXT, 0, 1, 0, 0, NULL },
		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL },
	};
	static const struct cb_layout lay = { .set = CS_ICD10CM_CONVERSION, .sep = '\t', .quoted = true, .fields = fields,
	    .more = cm_more };

	return cb_read_layout(in, &lay);
}

/* Where there is no comment its cell is left out, and the month and day stand in its place. */
static int
pcs_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	int64_t *day = &row->c[CB_CELL(CC_ICD10PCS_CONVERSION_MONTH_DAY)];
	int64_t *comment = &row->c[CB_CELL(CC_ICD10PCS_CONVERSION_COMMENT)];

	if (*day == CELL_NONE) {
		if (!cb_decimal(cb_text_of(in->b, *comment), 2, day) || *day == CELL_NONE)
			return E_MALFORMED;
		*comment = 0;
	}
	(void)r;
	return *day / 100 < 1 || *day / 100 > 12 || *day % 100 < 1 || *day % 100 > 31 ? E_VALUE :
	    year_check(row->c[CB_CELL(CC_ICD10PCS_CONVERSION_YEAR)]);
}

int
cb_read_icd10pcs_conversion(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_ICD10PCS_CONVERSION_CODE, "Current code(s) assignment", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_ICD10PCS_CONVERSION_TITLE, "Code title", AS_TEXT, 0, 0, 0, 0, NULL },
		{ CC_ICD10PCS_CONVERSION_YEAR, "Effective year", AS_DECIMAL, 0, 1, 0, 0, NULL },
		{ CC_ICD10PCS_CONVERSION_PREVIOUS, "Previous code(s) assignment", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_ICD10PCS_CONVERSION_PREVIOUS_TITLE, "Predecessor code title", AS_TEXT, 0, 0, 0, 0, NULL },
		{ CC_ICD10PCS_CONVERSION_CHANGE, "Change type", AS_TEXT, 0, 1, 0, 0, NULL },
		{ CC_ICD10PCS_CONVERSION_COMMENT, "Comment", AS_TEXT, 0, 0, 0, 0, NULL },
		{ CC_ICD10PCS_CONVERSION_MONTH_DAY, "Effective month/day [MM.DD]", AS_DECIMAL, 2, 0, 0, 0, NULL },
		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL },
	};
	static const struct cb_layout lay = { .set = CS_ICD10PCS_CONVERSION, .sep = '\t', .quoted = true, .fields = fields,
	    .more = pcs_more };

	return cb_read_layout(in, &lay);
}
