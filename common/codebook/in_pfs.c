/*
 * in_pfs.c - physician fee schedule: relative values as CSV and in fixed columns, indices, anesthesia factors,
 * localities and OPPS caps. Descriptions are not read: those of CPT and CDT codes are not the government's to give.
 */
#include "codebook/payment.h"

#include <string.h>

#define END	{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL }
#define CSV	.sep = ',', .quoted = true, .windows_1252 = true, .even = true

static int
is_hdr(const struct cb_records *r)
{
	return !str_starts(r->cell[0], S("HDR"));
}

/* From 2026 there are two files, with one conversion factor each. */
static int
pfs_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	(void)r;
	CB_SET(row, PFS_QP, cb_has(in->name, "qp") && !cb_has(in->name, "nonqp"));
	return 0;
}

/* PFS(column, CSV heading: the words above each other; how, digits, need; columns of the fixed file) */
#define ALL_PFS \
	PFS(CODE, "HCPCS", AS_CODE, 0, 1, 1, 5) \
	PFS(MOD, "MOD", AS_CODE, 0, 0, 6, 7) \
	PFS(STATUS, "STATUS CODE", AS_CODE, 0, 1, 58, 58) \
	PFS(NOT_USED, "NOT USED FOR MEDICARE PAYMENT", AS_CODE, 0, 0, 59, 59) \
	PFS(WORK, "WORK RVU", AS_DECIMAL, 2, 1, 60, 65) \
	PFS(NONFAC_PE, "NON-FAC PE RVU", AS_DECIMAL, 2, 1, 66, 72) \
	PFS(NONFAC_NA, "NON-FAC NA INDICATOR", AS_FLAG, 0, 0, 73, 74) \
	PFS(FAC_PE, "FACILITY PE RVU", AS_DECIMAL, 2, 1, 75, 81) \
	PFS(FAC_NA, "FACILITY NA INDICATOR", AS_FLAG, 0, 0, 82, 83) \
	PFS(MP, "MP RVU", AS_DECIMAL, 2, 1, 84, 89) \
	PFS(NONFAC_TOTAL, "NON-FACILITY TOTAL", AS_DECIMAL, 2, 1, 91, 96) \
	PFS(FAC_TOTAL, "FACILITY TOTAL", AS_DECIMAL, 2, 1, 97, 102) \
	PFS(PCTC, "PCTC IND", AS_DECIMAL, 0, 1, 103, 103) \
	PFS(GLOBAL, "GLOB DAYS", AS_CODE, 0, 1, 104, 106) \
	PFS(PRE, "PRE OP", AS_DECIMAL, 2, 1, 107, 109) \
	PFS(INTRA, "INTRA OP", AS_DECIMAL, 2, 1, 110, 112) \
	PFS(POST, "POST OP", AS_DECIMAL, 2, 1, 113, 115) \
	PFS(MULTIPLE, "MULT PROC", AS_DECIMAL, 0, 1, 116, 116) \
	PFS(BILATERAL, "BILAT SURG", AS_DECIMAL, 0, 1, 117, 117) \
	PFS(ASSISTANT, "ASST SURG", AS_DECIMAL, 0, 1, 118, 118) \
	PFS(COSURGEON, "CO- SURG", AS_DECIMAL, 0, 1, 119, 119) \
	PFS(TEAM, "TEAM SURG", AS_DECIMAL, 0, 1, 120, 120) \
	PFS(ENDO_BASE, "ENDO BASE", AS_CODE, 0, 0, 128, 132) \
	PFS(FACTOR, "CONV FACTOR", AS_DECIMAL, 4, 1, 134, 140) \
	PFS(SUPERVISION, "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES", AS_CODE, 0, 0, 142, 143) \
	PFS(CALCULATION, "CALCULATION FLAG", AS_CODE, 0, 0, 144, 144) \
	PFS(IMAGING, "DIAGNOSTIC IMAGING FAMILY INDICATOR", AS_CODE, 0, 0, 146, 147) \
	PFS(OPPS_NONFAC, "NON-FACILITY PE USED FOR OPPS PAYMENT AMOUNT", AS_DECIMAL, 2, 1, 152, 157) \
	PFS(OPPS_FAC, "FACILITY PE USED FOR OPPS PAYMENT AMOUNT", AS_DECIMAL, 2, 1, 159, 165) \
	PFS(OPPS_MP, "MP USED FOR OPPS PAYMENT AMOUNT", AS_DECIMAL, 2, 1, 168, 171)

int
cb_read_pprrvu_csv(struct cb_in *in)
{
#define PFS(col, head, how, digits, need, first, last)	{ CC_PFS_##col, head, how, digits, need, 0, 0, "N" },
	static const struct cb_field fields[] = {
		ALL_PFS
		{ CC_PFS_PRICING, "PRIC IND", AS_CODE, 0, 2, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { CSV, .set = CS_PFS, .stacked = true, .fields = fields, .more = pfs_more };
#undef PFS

	return cb_read_layout(in, &lay);
}

int
cb_read_pprrvu_txt(struct cb_in *in)
{
#define PFS(col, head, how, digits, need, first, last)	{ CC_PFS_##col, head, how, digits, need, first, last, "N" },
	static const struct cb_field fields[] = { ALL_PFS END };
	static const struct cb_layout lay = { .set = CS_PFS, .windows_1252 = true, .fields = fields, .is_record = is_hdr,
	    .more = pfs_more, .width = 171 };
#undef PFS

	return cb_read_layout(in, &lay);
}

/* ---- indices and factors: records begin with the number of the contractor, notes do not ---- */

static int
is_numbered(const struct cb_records *r)
{
	return r->cell[0].n && r->cell[0].p[0] >= '0' && r->cell[0].p[0] <= '9';
}

int
cb_read_gpci_csv(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_PFS_GPCI_MAC, "Medicare Administrative Contractor*", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_PFS_GPCI_STATE, "State", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_PFS_GPCI_LOCALITY, "Locality Number", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_PFS_GPCI_NAME, "Locality Name", AS_TEXT, 0, 1, 0, 0, NULL },
		{ CC_PFS_GPCI_WORK, "*PW GPCI*", AS_DECIMAL, 3, 1, 0, 0, NULL },
		{ CC_PFS_GPCI_PE, "*PE GPCI*", AS_DECIMAL, 3, 1, 0, 0, NULL },
		{ CC_PFS_GPCI_MP, "*MP GPCI*", AS_DECIMAL, 3, 1, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { CSV, .set = CS_PFS_GPCI, .fields = fields, .is_record = is_numbered };

	return cb_read_layout(in, &lay);
}

int
cb_read_gpci_txt(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_PFS_GPCI_MAC, "contractor (1-5)", AS_CODE, 0, 1, 1, 5, NULL },
		{ CC_PFS_GPCI_STATE, "state (17-18)", AS_CODE, 0, 1, 17, 18, NULL },
		{ CC_PFS_GPCI_LOCALITY, "locality (25-26)", AS_CODE, 0, 1, 25, 26, NULL },
		{ CC_PFS_GPCI_NAME, "name (30-121)", AS_TEXT, 0, 1, 30, 121, NULL },
		{ CC_PFS_GPCI_WORK, "work (122-126)", AS_DECIMAL, 3, 1, 122, 126, NULL },
		{ CC_PFS_GPCI_PE, "practice expense (134-138)", AS_DECIMAL, 3, 1, 134, 138, NULL },
		{ CC_PFS_GPCI_MP, "malpractice (146-150)", AS_DECIMAL, 3, 1, 146, 150, NULL },
		END
	};
	static const struct cb_layout lay = { .set = CS_PFS_GPCI, .windows_1252 = true, .fields = fields,
	    .is_record = is_numbered, .width = 150 };

	return cb_read_layout(in, &lay);
}

int
cb_read_anes_csv(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_PFS_ANES_MAC, "Contractor", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_PFS_ANES_LOCALITY, "Locality", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_PFS_ANES_FACTOR, "National Anes CF*", AS_DECIMAL, 2, 1, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { CSV, .set = CS_PFS_ANES, .fields = fields, .is_record = is_numbered };

	return cb_read_layout(in, &lay);
}

int
cb_read_anes_txt(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_PFS_ANES_MAC, "contractor (1-5)", AS_CODE, 0, 1, 1, 5, NULL },
		{ CC_PFS_ANES_LOCALITY, "locality (13-14)", AS_CODE, 0, 1, 13, 14, NULL },
		{ CC_PFS_ANES_FACTOR, "factor (74-77)", AS_DECIMAL, 0, 1, 74, 77, NULL },
		END
	};
	static const struct cb_layout lay = { .set = CS_PFS_ANES, .fields = fields, .width = 77 };

	return cb_read_layout(in, &lay);
}

/* ---- counties: numbers lost their zeros to a spreadsheet, and a state is named once ---- */

static bool
zeros_put(struct cb_row *row, enum code_col col, size_t width)
{
	char room[CODE_MAX], full[CODE_MAX];
	struct str s = cb_code_text(row->c[CB_CELL(col)], room);

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	if (s.n == 0 || s.n > width)
		return false;
	memset(full, '0', sizeof full);
	memcpy(full + width - s.n, s.p, s.n);
	row->c[CB_CELL(col)] = cb_code_key((struct str){ full, width });
	return true;
}

static int
county_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	const struct cb_table *t = &in->b->tables[CS_PFS_LOCALITY];
	const struct cb_row *above = t->n > 1 ? cb_row_at(t, t->n - 2) : row;
	int64_t *state = &row->c[CB_CELL(CC_PFS_LOCALITY_STATE)];

	(void)r;
	if (!*state && above->source == row->source)
		*state = above->c[CB_CELL(CC_PFS_LOCALITY_STATE)];
	return *state && zeros_put(row, CC_PFS_LOCALITY_MAC, 5) && zeros_put(row, CC_PFS_LOCALITY_LOCALITY, 2) ? 0 : E_MALFORMED;
}

int
cb_read_locco(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_PFS_LOCALITY_MAC, "Medicare Admin*", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_PFS_LOCALITY_LOCALITY, "Locality Number", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_PFS_LOCALITY_STATE, "State", AS_TEXT, 0, 0, 0, 0, NULL },
		{ CC_PFS_LOCALITY_AREA, "Fee Schedule Area", AS_TEXT, 0, 1, 0, 0, NULL },
		{ CC_PFS_LOCALITY_COUNTIES, "Counties", AS_TEXT, 0, 1, 0, 0, NULL },
		END
	};
	static const struct cb_layout lay = { CSV, .set = CS_PFS_LOCALITY, .fields = fields, .is_record = is_numbered,
	    .more = county_more };

	return cb_read_layout(in, &lay);
}

int
cb_read_oppscap(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_PFS_OPPSCAP_CODE, "code (1-5)", AS_CODE, 0, 1, 1, 5, NULL },
		{ CC_PFS_OPPSCAP_MOD, "modifier (6-7)", AS_CODE, 0, 0, 6, 7, NULL },
		{ CC_PFS_OPPSCAP_STATUS, "status (9)", AS_CODE, 0, 1, 9, 9, NULL },
		{ CC_PFS_OPPSCAP_MAC, "contractor (11-15)", AS_CODE, 0, 1, 11, 15, NULL },
		{ CC_PFS_OPPSCAP_LOCALITY, "locality (18-19)", AS_CODE, 0, 1, 18, 19, NULL },
		{ CC_PFS_OPPSCAP_FACILITY, "facility (20-28)", AS_DECIMAL, 3, 1, 20, 28, NULL },
		{ CC_PFS_OPPSCAP_NONFACILITY, "non-facility (29-38)", AS_DECIMAL, 3, 1, 29, 38, NULL },
		END
	};
	static const struct cb_layout lay = { .set = CS_PFS_OPPSCAP, .fields = fields, .width = 38 };

	return cb_read_layout(in, &lay);
}
