/*
 * in_codes.c - codes files of ICD-10-CM and ICD-10-PCS: code and long title of every code that may be billed. They
 * say less than the order file of their day, and what they say must agree with it.
 */
#include "codebook/pcs_in.h"

#define CODES_FIELDS(set) { \
	{ CC_##set##_CODE, "code (1-7)", AS_CODE, 0, 1, 1, 7, NULL }, \
	{ CC_##set##_TITLE, "title (9-)", AS_TEXT, 0, 1, 9, CB_TITLE_MAX, NULL }, \
	{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL } }

static const struct cb_field cm_fields[] = CODES_FIELDS(ICD10CM);
static const struct cb_field pcs_fields[] = CODES_FIELDS(ICD10PCS);

static int
is_codes(const struct cb_records *r)
{
	struct str line = r->cell[0];

	return line.n > 8 && line.p[7] == ' ' && line.p[8] != ' ' && cb_code_plain(cb_cols(line, 1, 7)) ? 1 : -1;
}

static int
cm_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	(void)in;
	CB_SET(row, ICD10CM_BILLABLE, 1);
	return cb_cols(r->cell[0], 1, 7).n < 3 ? E_MALFORMED : 0;
}

static int
pcs_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	(void)in;
	CB_SET(row, ICD10PCS_BILLABLE, 1);
	return cb_cols(r->cell[0], 1, 7).n != 7 ? E_MALFORMED : 0;
}

int
cb_read_icd10cm_codes(struct cb_in *in)
{
	static const struct cb_layout lay = { .set = CS_ICD10CM, .fields = cm_fields, .is_record = is_codes,
	    .more = cm_more, .width = 9 };

	in->b->sources[in->source].brief = true;
	return cb_read_layout(in, &lay);
}

int
cb_read_icd10pcs_codes(struct cb_in *in)
{
	static const struct cb_layout lay = { .set = CS_ICD10PCS, .fields = pcs_fields, .is_record = is_codes, .more = pcs_more,
	    .width = 9 };

	in->b->sources[in->source].brief = true;
	return cb_read_layout(in, &lay);
}
