/* family_icd.c - the formats of ICD-10 and how they are told apart. */
#include "codebook/icd.h"

#define LOOK_AT	1000

static bool
looks_order(struct str b)
{
	return b.n > 17 && b.p[5] == ' ' && b.p[13] == ' ' && (b.p[14] == '0' || b.p[14] == '1') && b.p[15] == ' ';
}

static bool
looks_index(struct str b)
{
	return cb_opens(b, LOOK_AT, "<icd10cm.index");
}

static bool
looks_tabular(struct str b)
{
	return cb_opens(b, LOOK_AT, "<icd10cm.tabular");
}

static bool
looks_poa(struct str b)
{
	return cb_opens(b, 60, "poaexemptcode\tdescription");
}

const struct cb_kind cb_kinds_icd[] = {
	{ "icd10cm_order", "icd10cm_order !addenda", looks_order, cb_read_icd10cm_order, REL_FISCAL, CS_ICD10CM,
	    false, "icd10cm" },
	{ "icd10pcs_order", "icd10pcs_order !addenda", looks_order, cb_read_icd10pcs_order, REL_FISCAL, CS_ICD10PCS,
	    false, "icd10pcs" },
	{ "icd10cm_index", "icd10cm_index", looks_index, cb_read_index, REL_FISCAL, CS_INDEX, false, NULL },
	{ "icd10cm_eindex", "icd10cm_eindex", looks_index, cb_read_index, REL_FISCAL, CS_INDEX, false, NULL },
	{ "icd10cm_neoplasm", "icd10cm_neoplasm", looks_index, cb_read_neoplasm, REL_FISCAL, CS_NEOPLASM, false, NULL },
	{ "icd10cm_drug", "icd10cm_drug", looks_index, cb_read_drug, REL_FISCAL, CS_DRUG, false, NULL },
	{ "icd10cm_tabular", "icd10cm_tabular", looks_tabular, cb_read_tabular, REL_FISCAL, CS_INDEX, false, NULL },
	{ "poa_exempt", "poaexemptcodes", looks_poa, cb_read_poa, REL_FISCAL, CS_POA_EXEMPT, false, "poa_exempt" },
	{ NULL, "", NULL, NULL, REL_NONE, CS_COUNT, false, NULL },
};
