/*
 * in_opps.c - addenda of the OPPS rule, tab-delimited in Windows-1252 below lines of titles. Short descriptors are
 * not read: those of CPT and CDT codes are not the government's to give.
 */
#include "codebook/payment.h"

#include <string.h>

#define END	{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL }
#define OPPS(s)	.set = s, .sep = '\t', .quoted = true, .windows_1252 = true, .even = true

/* What addenda A, B and C say of the payment, under one set of headings. */
#define PAYMENT(set) \
	{ CC_##set##_SI, "SI", AS_CODE, 0, 0, 0, 0, NULL }, \
	{ CC_##set##_WEIGHT, "Relative Weight", AS_DECIMAL, 4, 0, 0, 0, NULL }, \
	{ CC_##set##_RATE, "Payment Rate", AS_DECIMAL, 3, 0, 0, 0, NULL }, \
	{ CC_##set##_COPAY, "National Unadjusted Copayment", AS_DECIMAL, 3, 0, 0, 0, NULL }, \
	{ CC_##set##_COPAY_MIN, "Minimum Unadjusted Copayment", AS_DECIMAL, 3, 0, 0, 0, NULL }, \
	{ CC_##set##_IRA, "IRA Coinsurance percentage", AS_DECIMAL, 3, 2, 0, 0, NULL }, \
	{ CC_##set##_COPAY_IRA, "Adjusted Beneficiary Copayment", AS_DECIMAL, 3, 2, 0, 0, NULL }, \
	{ CC_##set##_EXPIRES, "Drug and Device Pass-Through Expiration*", AS_FLAG, 0, 2, 0, 0, "*" }, \
	{ CC_##set##_NOTE, "Note", AS_TEXT, 0, 2, 0, 0, NULL }, \
	END

int
cb_read_opps_a(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_OPPS_APC_APC, "APC", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_APC_TITLE, "Group Title", AS_TEXT, 0, 0, 0, 0, NULL },
		PAYMENT(OPPS_APC)
	};
	static const struct cb_layout lay = { OPPS(CS_OPPS_APC), .fields = fields };

	return cb_read_layout(in, &lay);
}

/* The status indicator is what an addendum B is for. */
static int
has_status(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	(void)in;
	(void)r;
	return row->c[CB_CELL(CC_OPPS_HCPCS_SI)] ? 0 : E_MALFORMED;
}

int
cb_read_opps_b(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_OPPS_HCPCS_CODE, "HCPCS Code", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_HCPCS_CI, "CI", AS_CODE, 0, 2, 0, 0, NULL },
		{ CC_OPPS_HCPCS_APC, "APC", AS_CODE, 0, 0, 0, 0, NULL },
		PAYMENT(OPPS_HCPCS)
	};
	static const struct cb_layout lay = { OPPS(CS_OPPS_HCPCS), .fields = fields, .more = has_status };

	return cb_read_layout(in, &lay);
}

/* Status and rate of an addendum B without anything else; its APCs are absent. */
int
cb_read_opps_si_rate(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_OPPS_HCPCS_CODE, "HCPCS", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_HCPCS_SI, "STATUS_INDICATOR", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_HCPCS_RATE, "PAYMENT_RATE", AS_DECIMAL, 3, 0, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { OPPS(CS_OPPS_HCPCS), .fields = fields };

	return cb_read_layout(in, &lay);
}

int
cb_read_opps_c(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_OPPS_APC_HCPCS_APC, "APC", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_APC_HCPCS_CODE, "HCPCS", AS_CODE, 0, 0, 0, 0, NULL },
		{ CC_OPPS_APC_HCPCS_TITLE, "Group Title", AS_TEXT, 0, 0, 0, 0, NULL },
		PAYMENT(OPPS_APC_HCPCS)
	};
	static const struct cb_layout lay = { OPPS(CS_OPPS_APC_HCPCS), .fields = fields };

	return cb_read_layout(in, &lay);
}

/* ---- D1: an indicator's texts go on in the rows below it, which have no indicator ---- */

static int
is_not_footnote(const struct cb_records *r)
{
	return !(r->n > 1 && r->cell[0].n == 0 && r->cell[1].n && r->cell[1].p[0] == '*');
}

static int
status_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	static const enum code_col texts[] = { CC_OPPS_SI_ITEM, CC_OPPS_SI_STATUS };
	const struct cb_table *t = &in->b->tables[CS_OPPS_SI];
	struct cb_row *above;

	(void)r;
	if (row->c[CB_CELL(CC_OPPS_SI_SI)])
		return 0;
	above = t->n > 1 ? cb_row_at(t, t->n - 2) : row;
	if (above == row || above->source != row->source)
		return E_MALFORMED;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		int64_t *to = &above->c[CB_CELL(texts[i])];
		struct str was = cb_text_of(in->b, *to), more = cb_text_of(in->b, row->c[CB_CELL(texts[i])]);

		if (was.n + more.n >= CB_TITLE_MAX)
			return E_MALFORMED;
		if (more.n)
			*to = cb_text(in->b, arena_fmt(&in->b->a, "%.*s%s%.*s", STR_ARG(was), was.n ? " " : "", STR_ARG(more)));
	}
	return 1;
}

int
cb_read_opps_d1(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_OPPS_SI_SI, "Status Indicator", AS_CODE, 0, 0, 0, 0, NULL },
		{ CC_OPPS_SI_ITEM, "Item/Code/Service", AS_TEXT, 0, 0, 0, 0, NULL },
		{ CC_OPPS_SI_STATUS, "OPPS Payment Status", AS_TEXT, 0, 0, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { OPPS(CS_OPPS_SI), .fields = fields, .is_record = is_not_footnote,
	    .more = status_more };

	return cb_read_layout(in, &lay);
}

int
cb_read_opps_d2(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_OPPS_CI_CI, "Comment Indicator", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_CI_TITLE, "Descriptor", AS_TEXT, 0, 1, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { OPPS(CS_OPPS_CI), .fields = fields };

	return cb_read_layout(in, &lay);
}

int
cb_read_opps_e(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_OPPS_INPATIENT_ONLY_CODE, "HCPCS Code", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_INPATIENT_ONLY_CI, "CI", AS_CODE, 0, 2, 0, 0, NULL },
		{ CC_OPPS_INPATIENT_ONLY_SI, "SI", AS_CODE, 0, 1, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { OPPS(CS_OPPS_INPATIENT_ONLY), .fields = fields };

	return cb_read_layout(in, &lay);
}

int
cb_read_opps_j_pairs(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_OPPS_COMPLEXITY_CODE, "Primary HCPCS Code", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_COMPLEXITY_SI, "Primary SI", AS_CODE, 0, 0, 0, 0, NULL },
		{ CC_OPPS_COMPLEXITY_APC, "Primary APC Assignment", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_COMPLEXITY_WITH, "Secondary J1 or Add-on HCPCS Code", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_COMPLEXITY_WITH_SI, "Secondary SI", AS_CODE, 0, 0, 0, 0, NULL },
		{ CC_OPPS_COMPLEXITY_WITH_APC, "Secondary APC Assignment", AS_CODE, 0, 0, 0, 0, NULL },
		{ CC_OPPS_COMPLEXITY_ADJUSTED, "Complexity Adjusted HCPCS Assignment", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_COMPLEXITY_ADJUSTED_APC, "Complexity Adjusted APC Assignment", AS_CODE, 0, 1, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { OPPS(CS_OPPS_COMPLEXITY), .fields = fields };

	return cb_read_layout(in, &lay);
}

int
cb_read_opps_j_ranks(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_OPPS_RANK_CODE, "HCPCS Code", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_RANK_SI, "SI", AS_CODE, 0, 0, 0, 0, NULL },
		{ CC_OPPS_RANK_APC, "APC Assignment", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_RANK_APC_COST, "APC Geometric Mean Cost of Single J1 Unit Claims", AS_DECIMAL, 3, 0, 0, 0, NULL },
		{ CC_OPPS_RANK_CLAIMS, "Full Claim Population Service Frequency", AS_DECIMAL, 0, 0, 0, 0, NULL },
		{ CC_OPPS_RANK_SINGLE, "Single J1 Unit Claim Service Frequency", AS_DECIMAL, 0, 0, 0, 0, NULL },
		{ CC_OPPS_RANK_COST, "Geometric Mean Cost of Single J1 Unit Claims", AS_DECIMAL, 3, 0, 0, 0, NULL },
		{ CC_OPPS_RANK_RANK, "Rank Used for Primary Assignment", AS_DECIMAL, 0, 1, 0, 0, NULL },
		{ CC_OPPS_RANK_DELETED, "Deleted Code", AS_FLAG, 0, 2, 0, 0, "Yy" },
		END
	};
	static const struct cb_layout lay = { OPPS(CS_OPPS_RANK), .fields = fields };

	return cb_read_layout(in, &lay);
}

/* ---- M: "5041, 5045" and "8007 or 8008" are two composites, a row for each ---- */

static int
composite_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	const struct cb_table *t = &in->b->tables[CS_OPPS_COMPOSITE];
	struct str rest = cb_text_of(in->b, row->c[CB_CELL(CC_OPPS_COMPOSITE_PUBLISHED)]);
	size_t first = t->n - 1, n = 0;

	while (rest.n) {
		size_t k = 0;

		while (k < rest.n && rest.p[k] >= '0' && rest.p[k] <= '9')
			k++;
		if (k && n++ > 0) {
			row = cb_put(in, CS_OPPS_COMPOSITE, r->line);
			if (!row)
				return E_NOMEM;
			memcpy(row->c, cb_row_at(t, first)->c, t->n_cols * sizeof *row->c);
		}
		if (k && !(row->c[CB_CELL(CC_OPPS_COMPOSITE_COMPOSITE)] = cb_code_key((struct str){ rest.p, k })))
			return E_MALFORMED;
		k += k == 0;
		rest = (struct str){ rest.p + k, rest.n - k };
	}
	return n ? 0 : E_MALFORMED;
}

int
cb_read_opps_m(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_OPPS_COMPOSITE_CODE, "HCPCS Code", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_COMPOSITE_CI, "CI", AS_CODE, 0, 2, 0, 0, NULL },
		{ CC_OPPS_COMPOSITE_SI, "SI", AS_CODE, 0, 0, 0, 0, NULL },
		{ CC_OPPS_COMPOSITE_APC, "Single Code APC Assignment", AS_CODE, 0, 0, 0, 0, NULL },
		{ CC_OPPS_COMPOSITE_PUBLISHED, "Composite APC Assignment", AS_TEXT, 0, 1, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { OPPS(CS_OPPS_COMPOSITE), .fields = fields, .more = composite_more };

	return cb_read_layout(in, &lay);
}

int
cb_read_opps_p(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_OPPS_DEVICE_CODE, "HCPCS", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_DEVICE_SI, "SI", AS_CODE, 0, 0, 0, 0, NULL },
		{ CC_OPPS_DEVICE_APC, "APC", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_OPPS_DEVICE_APC_OFFSET, "APC Device Offset Percentage", AS_DECIMAL, 2, 0, 0, 0, NULL },
		{ CC_OPPS_DEVICE_RATE, "*APC Payment Rate", AS_DECIMAL, 3, 0, 0, 0, NULL },
		{ CC_OPPS_DEVICE_OFFSET, "Device Offset Percentage", AS_DECIMAL, 2, 0, 0, 0, NULL },
		{ CC_OPPS_DEVICE_AMOUNT, "Device Offset Amount", AS_DECIMAL, 3, 1, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { OPPS(CS_OPPS_DEVICE), .fields = fields };

	return cb_read_layout(in, &lay);
}
