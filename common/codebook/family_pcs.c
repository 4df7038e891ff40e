/* family_pcs.c - ICD-10-PCS, codes files, addenda, conversions and GEMs, and how they are told apart. */
#include "codebook/pcs_in.h"

static bool
looks_codes(struct str b)
{
	return b.n > 9 && b.p[7] == ' ' && b.p[8] != ' ' && cb_code_plain(cb_cols(b, 1, 7));
}

/* A change, or, where nothing changed, the counts. */
static bool
looks_addenda(struct str b)
{
	struct str all = str_trim(b), line = str_cut(&all, '\n');

	line = str_trim(line);
	return cb_action_of(cb_cols(line, 1, 12)) != CB_FULL || str_is(line, "Headers") || str_is(line, "Codes");
}

static bool
looks_poa(struct str b)
{
	return cb_opens(b, 80, "poaexemptcode\tdescription");
}

static bool
looks_tables(struct str b)
{
	return cb_opens(b, 1000, "<icd10pcs.tabular");
}

static bool
looks_index(struct str b)
{
	return cb_opens(b, 1000, "<icd10pcs.index");
}

static bool
looks_definitions(struct str b)
{
	return cb_opens(b, 1000, "<icd10pcs.definitions");
}

static bool
looks_tables_addenda(struct str b)
{
	return cb_opens(b, 200, "table ") && cb_opens(b, 300, "first character (");
}

static bool
looks_index_addenda(struct str b)
{
	return cb_opens(b, 200, "lttr ") || cb_opens(b, 200, "main ");
}

static bool
looks_definitions_addenda(struct str b)
{
	return cb_opens(b, 200, "section ") && cb_opens(b, 200, "axis ");
}

static bool
looks_cm_conversion(struct str b)
{
	return cb_opens(b, 2000, "previous_code") && !cb_opens(b, 2000, "predecessor");
}

static bool
looks_pcs_conversion(struct str b)
{
	return cb_opens(b, 2000, "current code(s) assignment\tcode title");
}

static bool
looks_gem_9(struct str b)
{
	return b.n > 19 && b.p[5] == ' ' && b.p[13] == ' ' && cb_code_plain(cb_cols(b, 15, 19));
}

static bool
looks_gem_10(struct str b)
{
	return b.n > 19 && b.p[7] == ' ' && b.p[13] == ' ' && cb_code_plain(cb_cols(b, 15, 19));
}

#define FULL(id, name, looks, set, stream) \
	{ #id, name, looks, cb_read_##id, REL_FISCAL, CS_##set, false, stream }
#define CHANGES(id, name, looks, set, stream) \
	{ #id, name, looks, cb_read_##id, REL_FISCAL, CS_##set, true, stream }

const struct cb_kind cb_kinds_pcs[] = {
	FULL(icd10cm_codes, "icd10cm_codes !addenda", looks_codes, ICD10CM, "icd10cm"),
	FULL(icd10pcs_codes, "icd10pcs_codes !addenda", looks_codes, ICD10PCS, "icd10pcs"),
	CHANGES(icd10cm_order_addenda, "icd10cm_order addenda", looks_addenda, ICD10CM, "icd10cm"),
	CHANGES(icd10cm_codes_addenda, "icd10cm_codes addenda", looks_addenda, ICD10CM, "icd10cm"),
	CHANGES(icd10pcs_order_addenda, "order addenda !icd10cm", looks_addenda, ICD10PCS, "icd10pcs"),
	CHANGES(icd10pcs_codes_addenda, "codes addenda !icd10cm", looks_addenda, ICD10PCS, "icd10pcs"),
	CHANGES(poa_add, "poaexemptaddcodes", looks_poa, POA_EXEMPT, "poa_exempt"),
	CHANGES(poa_delete, "poaexemptdeletecodes", looks_poa, POA_EXEMPT, "poa_exempt"),
	CHANGES(poa_revise, "poaexemptrevisecodes", looks_poa, POA_EXEMPT, "poa_exempt"),
	FULL(pcs_tables, "icd10pcs_tables", looks_tables, PCS_TABLE, "icd10pcs_tables"),
	FULL(pcs_index, "icd10pcs_index", looks_index, PCS_INDEX, NULL),
	FULL(pcs_definitions, "icd10pcs_definitions", looks_definitions, PCS_TERM, NULL),
	CHANGES(pcs_tables_addenda, "tables_addenda", looks_tables_addenda, PCS_TABLE, "icd10pcs_tables"),
	{ "pcs_index_addenda", "index_addenda", looks_index_addenda, cb_read_pcs_words_addenda, REL_FISCAL,
	    CS_PCS_ADDENDA, false, NULL },
	{ "pcs_definitions_addenda", "definitions_addenda", looks_definitions_addenda, cb_read_pcs_words_addenda, REL_FISCAL,
	    CS_PCS_ADDENDA, false, NULL },
	FULL(icd10cm_conversion, "conversion_table", looks_cm_conversion, ICD10CM_CONVERSION, NULL),
	FULL(icd10pcs_conversion, "conversion_table", looks_pcs_conversion, ICD10PCS_CONVERSION, NULL),
	FULL(gem_9, "i9gem", looks_gem_9, GEM_9, NULL),
	FULL(gem_10, "i10gem", looks_gem_10, GEM_10, NULL),
	{ NULL, "", NULL, NULL, REL_NONE, CS_COUNT, false, NULL },
};
