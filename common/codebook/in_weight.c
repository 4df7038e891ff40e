/*
 * in_weight.c - relative weights of IPPS Table 5: the tab-separated text of the rule, whose headings change from
 * year to year, and the fixed columns of the pricer's file.
 */
#include "codebook/drg.h"

/* "FY 2026" in the title or in a heading. */
static int64_t
fiscal_year(struct str b)
{
	for (size_t i = 0; i + 6 <= b.n && i < 1500; i++) {
		size_t at = i + 2 + (b.p[i + 2] == ' ');
		int64_t year;

		if (b.p[i] == 'F' && b.p[i + 1] == 'Y' && at + 4 <= b.n && str_to_int((struct str){ b.p + at, 4 }, &year) &&
		    year > 1900)
			return year;
	}
	return 0;
}

int
cb_read_table_5(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_DRG_WEIGHT_DRG, "MS-DRG", AS_DECIMAL, 0, 1, 0, 0, NULL },
		{ CC_DRG_WEIGHT_POST_ACUTE, "*Post-Acute DRG", AS_FLAG, 0, 0, 0, 0, "Yy" },
		{ CC_DRG_WEIGHT_SPECIAL, "*Special Pay DRG", AS_FLAG, 0, 0, 0, 0, "Yy" },
		{ CC_DRG_WEIGHT_MDC, "MDC", AS_CODE, 0, 0, 0, 0, NULL },
		{ CC_DRG_WEIGHT_TYPE, "TYPE", AS_CODE, 0, 0, 0, 0, NULL },
		{ CC_DRG_WEIGHT_TITLE, "MS-DRG Title", AS_TEXT, 0, 1, 0, 0, NULL },
		{ CC_DRG_WEIGHT_WEIGHT, "Weights - 10% Cap Applied|Weights", AS_DECIMAL, 4, 0, 0, 0, NULL },
		{ CC_DRG_WEIGHT_UNCAPPED, "Weights - Before Cap", AS_DECIMAL, 4, 2, 0, 0, NULL },
		{ CC_DRG_WEIGHT_GMLOS, "Geometric mean LOS", AS_DECIMAL, 1, 0, 0, 0, NULL },
		{ CC_DRG_WEIGHT_ALOS, "Arithmetic mean LOS", AS_DECIMAL, 1, 0, 0, 0, NULL },
		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL },
	};
	static const struct cb_layout lay = { .set = CS_DRG_WEIGHT, .sep = '\t', .quoted = true, .windows_1252 = true,
	    .fields = fields };
	int64_t year = fiscal_year(in->bytes);

	in->release = year ? day_of((int)year - 1, 10, 1) : cb_release(REL_FISCAL, in->path);
	if (in->release == DAY_NONE)
		return cb_fault(in, E_INCOMPLETE, 1, 1, "neither title nor headings nor the name say of which fiscal year it is");
	return cb_read_layout(in, &lay);
}

/* A number of digits without a point; blank columns between. */
static int
is_drgsx(const struct cb_records *r)
{
	struct str line = r->cell[0];
	static const uint8_t blank[] = { 4, 11, 15, 21, 25, 28, 30 };

	if (line.n < 57)
		return 1;			/* the layout says how short it is */
	for (size_t i = 0; i < sizeof blank; i++)
		if (line.p[blank[i] - 1] != ' ')
			return -1;
	return cb_cols(line, 1, 3).n == 3 && cb_cols(line, 5, 10).n == 6 && cb_cols(line, 12, 14).n == 3 &&
	    cb_cols(line, 22, 24).n == 3 ? 1 : -1;
}

/* DRGSX211: fiscal year 2021, first edition. */
int
cb_read_drgsx(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_DRG_WEIGHT_DRG, "DRG (1-3)", AS_DECIMAL, 0, 1, 1, 3, NULL },
		{ CC_DRG_WEIGHT_WEIGHT, "weight (5-10)", AS_DECIMAL, 0, 1, 5, 10, NULL },
		{ CC_DRG_WEIGHT_GMLOS, "geometric mean (12-14)", AS_DECIMAL, 0, 1, 12, 14, NULL },
		{ CC_DRG_WEIGHT_ALOS, "arithmetic mean (22-24)", AS_DECIMAL, 0, 1, 22, 24, NULL },
		{ CC_DRG_WEIGHT_POST_ACUTE, "post-acute (27)", AS_FLAG, 0, 0, 27, 27, "Y" },
		{ CC_DRG_WEIGHT_SPECIAL, "special pay (29)", AS_FLAG, 0, 0, 29, 29, "Y" },
		{ CC_DRG_WEIGHT_TITLE, "title (32-57)", AS_TEXT, 0, 1, 32, 57, NULL },
		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL },
	};
	static const struct cb_layout lay = { .set = CS_DRG_WEIGHT, .fields = fields, .is_record = is_drgsx, .width = 57 };
	int64_t year = 0;

	for (size_t i = 0; i + 7 <= in->name.n && !year; i++)
		if (str_ieq((struct str){ in->name.p + i, 5 }, S("DRGSX")))
			(void)str_to_int((struct str){ in->name.p + i + 5, 2 }, &year);
	if (year < 10)
		return cb_fault(in, E_INCOMPLETE, 0, 0, "expected the fiscal year in two digits after DRGSX in the name");
	in->release = day_of(1999 + (int)year, 10, 1);
	return cb_read_layout(in, &lay);
}
