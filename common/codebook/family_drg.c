/* family_drg.c - the formats of MS-DRG grouper, its manual and weights, and code editor, and how they are told apart. */
#include "codebook/drg.h"

#define LOOK_AT	1500

#define LOOKS_HEAD(name, head)	\
	static bool looks_##name(struct str b) { return str_starts(b, S(head)); }

LOOKS_HEAD(version, "ver\tname\tfrom_date\tto_date")
LOOKS_HEAD(dx, "code\tfrom_ver\tto_ver\tmdc\tseverity\t")
LOOKS_HEAD(px, "code\tfrom_ver\tto_ver\tor_proc\tattrs")
LOOKS_HEAD(formula, "mdc\tfrom_ver\tto_ver\torder\t")
LOOKS_HEAD(exclusion, "excl_id\tn\tcodes")
LOOKS_HEAD(cluster, "cluster\tfrom_ver\tto_ver\tsuppress_mdcs\tn_choices\tchoices")
LOOKS_HEAD(hac, "hac\tfrom_ver\tto_ver\tformula")
LOOKS_HEAD(gender, "code\tfrom_ver\tto_ver\tmale_mdc\tfemale_mdc")
LOOKS_HEAD(title, "kind\tnumber\tfrom_ver\tto_ver\ttext")
LOOKS_HEAD(a_tsv, "MS_DRG\tMDC\tTYPE_M_P\tTITLE")
LOOKS_HEAD(b_tsv, "ICD10CM_CODE\tMDC\tMS_DRG_RANGE")
LOOKS_HEAD(c_tsv, "ICD10CM_CODE\tLEVEL\tPDX_COLLECTION\tHOW")
LOOKS_HEAD(pdx_tsv, "PDX_COLLECTION\tICD10CM_PDX_CODE")
LOOKS_HEAD(d_tsv, "MDC\tMDC_TITLE\tMS_DRG\tSURGICAL_CLASS")
LOOKS_HEAD(level_tsv, "ICD10CM_CODE\tTITLE\tLEVEL")
LOOKS_HEAD(edits, "code\tfrom_date\tto_date\tflags")
LOOKS_HEAD(age, "group\tmin_age\tmax_age\tfrom_date")
LOOKS_HEAD(status, "code\tfrom_date\tto_date")
LOOKS_HEAD(rules, "EDIT_GROUP\tEDIT_RULE\tICD10CM_CODE")
LOOKS_HEAD(simple, "MCE_Version\tICD_Version\tMCE_Section\tMCE_Subsection\tMCE_Edit_Type\tICD_Code_Type\tICD_Code\t")
LOOKS_HEAD(box, ":=")

static bool
looks_table_5(struct str b)
{
	return cb_opens(b, LOOK_AT, "ms_drg") && cb_opens(b, LOOK_AT, "geometric mean los");
}

static bool
looks_drgsx(struct str b)
{
	return b.n >= 20 && b.p[0] >= '0' && b.p[0] <= '9' && b.p[3] == ' ' && b.p[10] == ' ' && b.p[14] == ' ';
}

static bool
looks_mce_text(struct str b)
{
	return cb_opens(b, LOOK_AT, "definitions of medicare code edits");
}

/*
 * Openings of manuals that somebody cut and named "excerpt" are left alone: the readers refuse what is cut, and a
 * version of a few lines would end the whole one before it.
 */
#define KIND(id, name, looks, read, release, set, stream) \
	{ id, name, looks_##looks, cb_read_##read, release, CS_##set, false, stream }

const struct cb_kind cb_kinds_drg[] = {
	KIND("drg_version", "version.tsv", version, drg_version, REL_NONE, DRG_VERSION, NULL),
	KIND("drg_dx", "diagnosis.tsv", dx, drg_dx, REL_NONE, DRG_DX, NULL),
	KIND("drg_px", "procedure.tsv", px, drg_px, REL_NONE, DRG_PX, NULL),
	KIND("drg_formula", "drg_formula.tsv", formula, drg_formula, REL_NONE, DRG_FORMULA, NULL),
	KIND("drg_exclusion", "exclusion_group.tsv", exclusion, drg_exclusion, REL_NONE, DRG_EXCLUSION, NULL),
	KIND("drg_cluster", "cluster.tsv", cluster, drg_cluster, REL_NONE, DRG_CLUSTER, NULL),
	KIND("drg_hac", "hac_formula.tsv", hac, drg_hac, REL_NONE, DRG_HAC, NULL),
	KIND("drg_gender", "gender_mdc.tsv", gender, drg_gender, REL_NONE, DRG_GENDER, NULL),
	KIND("drg_title", "description.tsv", title, drg_title, REL_NONE, DRG_TITLE, NULL),
	KIND("drg_weight", "table_5 .txt", table_5, table_5, REL_CONTENT, DRG_WEIGHT, "drg_weight"),
	KIND("drg_weight_pricer", "drgsx .txt", drgsx, drgsx, REL_CONTENT, DRG_WEIGHT, "drg_weight"),
	KIND("drgm_a", "appendix_a .txt !excerpt", box, drgm_a, REL_CONTENT, DRGM_LIST, "drgm"),
	KIND("drgm_b", "appendix_b .txt !excerpt", box, drgm_b, REL_CONTENT, DRGM_DX_MDC, "drgm"),
	KIND("drgm_c", "appendix_c .txt !excerpt", box, drgm_c, REL_CONTENT, DRGM_CC, "drgm"),
	KIND("drgm_d_e", "appendix_d_e .txt !excerpt", box, drgm_d_e, REL_CONTENT, DRGM_SURGICAL, "drgm"),
	KIND("drgm_f_j", "appendix_f_ .txt !excerpt", box, drgm_f_j, REL_CONTENT, DRGM_HAC, "drgm"),
	KIND("drgm_mdcs", "mdcs_ .txt !excerpt", box, drgm_mdcs, REL_CONTENT, DRGM_RULE, NULL),
	KIND("drgm_a_tsv", "appendix_a .tsv", a_tsv, drgm_a_tsv, REL_CONTENT, DRGM_LIST, "drgm"),
	KIND("drgm_b_tsv", "appendix_b .tsv", b_tsv, drgm_b_tsv, REL_CONTENT, DRGM_DX_MDC, "drgm"),
	KIND("drgm_c_tsv", "appendix_c_cc_mcc .tsv", c_tsv, drgm_c_tsv, REL_CONTENT, DRGM_CC, "drgm"),
	KIND("drgm_pdx_tsv", "appendix_c_pdx .tsv", pdx_tsv, drgm_pdx_tsv, REL_CONTENT, DRGM_PDX, "drgm"),
	KIND("drgm_d_tsv", "appendix_d .tsv", d_tsv, drgm_d_tsv, REL_CONTENT, DRGM_SURGICAL, "drgm"),
	KIND("drgm_g_tsv", "appendix_g .tsv", level_tsv, drgm_level_tsv, REL_CONTENT, DRGM_CC, "drgm"),
	KIND("drgm_h_tsv", "appendix_h .tsv", level_tsv, drgm_level_tsv, REL_CONTENT, DRGM_CC, "drgm"),
	KIND("mce_dx", "dx_edit.tsv", edits, mce_dx, REL_NONE, MCE_DX, NULL),
	KIND("mce_px", "px_edit.tsv", edits, mce_px, REL_NONE, MCE_PX, NULL),
	KIND("mce_age", "age_range.tsv", age, mce_age, REL_NONE, MCE_AGE, NULL),
	KIND("mce_status", "discharge_status.tsv", status, mce_status, REL_NONE, MCE_STATUS, NULL),
	KIND("mcem", "medicare_code_edits .txt", mce_text, mce_text, REL_CONTENT, MCEM_CODE, "mcem"),
	KIND("mcem_rules", "mce_ diagnosis_edits.tsv", rules, mce_rules, REL_CONTENT, MCEM_CODE, "mcem"),
	KIND("mcem_simple", "mce_simple_code_edits .txt", simple, mce_simple, REL_CONTENT, MCEM_CODE, "mcem"),
	{ NULL, "", NULL, NULL, REL_NONE, CS_COUNT, false, NULL },
};
