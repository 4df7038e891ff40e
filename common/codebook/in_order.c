/*
 * in_order.c - ICD-10-CM and ICD-10-PCS order files: order number, code, billable or header, short and long
 * title in fixed columns (layout of the icd10OrderFiles.pdf CMS publishes with them).
 */
#include "codebook/icd.h"

#include <string.h>

#define ORDER_FIELDS(set) { \
	{ CC_##set##_CODE, "code (7-13)", AS_CODE, 0, 1, 7, 13, NULL }, \
	{ CC_##set##_BILLABLE, "flag (15)", AS_DECIMAL, 0, 1, 15, 15, NULL }, \
	{ CC_##set##_SHORT, "short title (17-76)", AS_TEXT, 0, 0, 17, 76, NULL }, \
	{ CC_##set##_TITLE, "long title (78-)", AS_TEXT, 0, 1, 78, CB_TITLE_MAX, NULL }, \
	{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL } }

static const struct cb_field cm_fields[] = ORDER_FIELDS(ICD10CM);
static const struct cb_field pcs_fields[] = ORDER_FIELDS(ICD10PCS);

/* Columns 6, 14, 16 and 77 are blank: anything else is shifted. */
static int
is_order(const struct cb_records *r)
{
	struct str line = r->cell[0];
	int64_t number;

	return line.n > 77 && str_to_int((struct str){ line.p, 5 }, &number) && line.p[5] == ' ' && line.p[13] == ' ' &&
	    (line.p[14] == '0' || line.p[14] == '1') && line.p[15] == ' ' && line.p[76] == ' ' ? 1 : -1;
}

/* Codes are plain; a short title that is the long one is not kept twice. */
static int
order_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	(void)in;
	if (!cb_code_plain(cb_cols(r->cell[0], 7, 13)))
		return E_MALFORMED;
	if (row->c[CB_CELL(CC_ICD10CM_SHORT)] == row->c[CB_CELL(CC_ICD10CM_TITLE)])
		row->c[CB_CELL(CC_ICD10CM_SHORT)] = 0;
	return 0;
}

int
cb_read_icd10cm_order(struct cb_in *in)
{
	static const struct cb_layout lay = { .set = CS_ICD10CM, .fields = cm_fields, .is_record = is_order, .more = order_more,
	    .width = 78 };

	return cb_read_layout(in, &lay);
}

int
cb_read_icd10pcs_order(struct cb_in *in)
{
	static const struct cb_layout lay = { .set = CS_ICD10PCS, .fields = pcs_fields, .is_record = is_order, .more = order_more,
	    .width = 78 };

	return cb_read_layout(in, &lay);
}
