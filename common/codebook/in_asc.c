/* in_asc.c - addenda AA, BB and EE of the ASC payment system: CSV below lines of titles, notes at the end. */
#include "codebook/payment.h"

#define END	{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL }
#define ASC(s)	.set = s, .sep = ',', .quoted = true, .windows_1252 = true, .even = true, .is_record = is_no_note

/* Notes stand alone in the first cell, and have blanks in them as no code has. */
static int
is_no_note(const struct cb_records *r)
{
	for (size_t i = 1; i < r->n; i++)
		if (r->cell[i].n)
			return 1;
	return cb_code_plain(r->cell[0]) || !cb_has(r->cell[0], "_");
}

/* The asterisks of the second column, which has no heading. */
static int
mark_put(struct cb_row *row, enum code_col col, const struct cb_records *r)
{
	int64_t key = r->n > 1 ? cb_code_key(r->cell[1]) : 0;

	row->c[CB_CELL(col)] = key;
	return key || r->n < 2 || r->cell[1].n == 0 ? 0 : E_MALFORMED;
}

static int
surgical_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	(void)in;
	return mark_put(row, CC_ASC_SURGICAL_MARK, r);
}

static int
ancillary_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	(void)in;
	return mark_put(row, CC_ASC_ANCILLARY_MARK, r);
}

int
cb_read_asc_aa(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_ASC_SURGICAL_CODE, "HCPCS Code", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_ASC_SURGICAL_MULTIPLE, "Subject to Multiple Procedure Discounting", AS_FLAG, 0, 1, 0, 0, "Yy" },
		{ CC_ASC_SURGICAL_INDICATOR, "*Payment Indicator", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_ASC_SURGICAL_WEIGHT, "*Payment Weight", AS_DECIMAL, 4, 0, 0, 0, NULL },
		{ CC_ASC_SURGICAL_RATE, "*Payment Rate", AS_DECIMAL, 3, 0, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { ASC(CS_ASC_SURGICAL), .fields = fields, .more = surgical_more };

	return cb_read_layout(in, &lay);
}

int
cb_read_asc_bb(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_ASC_ANCILLARY_CODE, "HCPCS Code", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_ASC_ANCILLARY_EXPIRES, "Drug and Device Pass-Through Expiration*", AS_FLAG, 0, 2, 0, 0, "*" },
		{ CC_ASC_ANCILLARY_INDICATOR, "*Payment Indicator", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_ASC_ANCILLARY_WEIGHT, "*Payment Weight", AS_DECIMAL, 4, 0, 0, 0, NULL },
		{ CC_ASC_ANCILLARY_RATE, "*Payment Rate", AS_DECIMAL, 3, 0, 0, 0, NULL },
		{ CC_ASC_ANCILLARY_COPAY_IRA, "*Adjusted Copayment*", AS_DECIMAL, 3, 2, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { ASC(CS_ASC_ANCILLARY), .fields = fields, .more = ancillary_more };

	return cb_read_layout(in, &lay);
}

int
cb_read_asc_ee(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_ASC_EXCLUDED_CODE, "HCPCS Code", AS_CODE, 0, 1, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { ASC(CS_ASC_EXCLUDED), .fields = fields };

	return cb_read_layout(in, &lay);
}
