/*
 * in_mue.c - NCCI medically unlikely edits of the three settings: comma-separated, the heading in cells of two
 * lines under the notice of the AMA; a sheet of the same columns is read as well.
 */
#include "codebook/ncci.h"

#include <string.h>

#define MUE_FIELDS(set, head) { \
	{ CC_##set##_CODE, "HCPCS/CPT Code", AS_CODE, 0, 1, 0, 0, NULL }, \
	{ CC_##set##_UNITS, head, AS_DECIMAL, 0, 1, 0, 0, NULL }, \
	{ CC_##set##_MAI, "MUE Adjudication Indicator", AS_WORD, 0, 1, 0, 0, "1 =1|2 =2|3 =3" }, \
	{ CC_##set##_RATIONALE, "MUE Rationale", AS_TEXT, 0, 0, 0, 0, NULL }, \
	{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL } }

static const struct cb_field practitioner[] = MUE_FIELDS(MUE_PRACTITIONER, "Practitioner Services MUE Values");
static const struct cb_field hospital[] = MUE_FIELDS(MUE_HOSPITAL, "Outpatient Hospital Services MUE Values");
static const struct cb_field dme[] = MUE_FIELDS(MUE_DME, "DME Supplier Services MUE Values");

static int
mue_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	char room[CODE_MAX];
	struct str code = cb_code_text(row->c[CB_CELL(CC_MUE_DME_CODE)], room);

	(void)in, (void)r;
	return code.n == 5 && cb_code_plain(code) && row->c[CB_CELL(CC_MUE_DME_UNITS)] >= 0 ? 0 : E_VALUE;
}

static int
read_mue(struct cb_in *in, enum code_set set, const struct cb_field *fields)
{
	const struct cb_layout lay = { .set = set, .sep = memchr(in->bytes.p, '\t', in->bytes.n) ? '\t' : ',', .quoted = true,
	    .windows_1252 = true, .fields = fields, .more = mue_more };

	return cb_read_layout(in, &lay);
}

int
cb_read_mue_practitioner(struct cb_in *in)
{
	return read_mue(in, CS_MUE_PRACTITIONER, practitioner);
}

int
cb_read_mue_hospital(struct cb_in *in)
{
	return read_mue(in, CS_MUE_HOSPITAL, hospital);
}

int
cb_read_mue_dme(struct cb_in *in)
{
	return read_mue(in, CS_MUE_DME, dme);
}
