/* family_payment.c - the formats of OPPS, ASC, fee schedule and HCC tables and how they are told apart. */
#include "codebook/payment.h"

#include <string.h>

#define LOOK_AT	4096		/* titles and notices come before the heading */

static bool
begins_with(struct str b, const char *words)
{
	return cb_opens(b, strlen(words), words);
}

static bool
looks_opps(struct str b)
{
	return cb_opens(b, LOOK_AT, "\t") && (cb_opens(b, LOOK_AT, "hcpcs") || cb_opens(b, LOOK_AT, "apc") ||
	    cb_opens(b, LOOK_AT, "opps"));
}

static bool
looks_si_rate(struct str b)
{
	return begins_with(b, "hcpcs\tstatus_indicator\tpayment_rate");
}

static bool
looks_asc(struct str b)
{
	return cb_opens(b, LOOK_AT, "asc") && cb_opens(b, LOOK_AT, "hcpcs_code,");
}

static bool
looks_pprrvu(struct str b)
{
	return cb_opens(b, LOOK_AT, "hcpcs,mod,");
}

static bool
looks_pprrvu_txt(struct str b)
{
	return begins_with(b, "hdr ");
}

static bool
looks_gpci(struct str b)
{
	return cb_opens(b, LOOK_AT, "gpci");
}

static bool
looks_anes(struct str b)
{
	return cb_opens(b, LOOK_AT, "anes_cf");
}

static bool
looks_numbered(struct str b)
{
	size_t i = 0;

	while (i < b.n && b.p[i] >= '0' && b.p[i] <= '9')
		i++;
	return i == 5 && i < b.n && b.p[i] == ' ';
}

static bool
looks_locco(struct str b)
{
	return cb_opens(b, LOOK_AT, "locality_number,");
}

/* Ten columns of code, modifier, status, contractor: the formats without heading are told by their first line. */
static bool
looks_oppscap(struct str b)
{
	return b.n >= 20 && b.p[7] == ' ' && b.p[8] != ' ' && b.p[9] == ' ' && b.p[10] >= '0' && b.p[10] <= '9' && b.p[15] == ' ';
}

static bool
looks_mapping(struct str b)
{
	return cb_opens(b, LOOK_AT, "diagnosis") && cb_opens(b, LOOK_AT, "hcc");
}

static bool
looks_category(struct str b)
{
	struct str line = str_cut(&b, '\n'), code = str_cut(&line, '\t');
	struct str category = str_trim(str_cut(&line, '\t'));

	return cb_code_plain(code) && category.n && category.n < 6 && category.p[0] >= '0' && category.p[0] <= '9';
}

static bool
looks_factors(struct str b)
{
	return begins_with(b, "name, coeff, label") || begins_with(b, "name,coeff,label");
}

static bool
looks_hierarchy(struct str b)
{
	return begins_with(b, "hcc\tdropped_hcc");
}

static bool
looks_labels(struct str b)
{
	return begins_with(b, "hcc\tlabel");
}

/* A code, a tab, a digit, a blank and a word. */
static bool
looks_hhs(struct str b)
{
	struct str line = str_cut(&b, '\n'), code = str_cut(&line, '\t');

	return cb_code_plain(code) && line.n > 2 && line.p[0] >= '0' && line.p[0] <= '9' && line.p[1] == ' ';
}

#define YEARLY(id, name, looks, read, set)	{ id, name, looks, read, REL_CALENDAR, set, false, NULL }
#define STREAM(id, name, looks, read, set, s)	{ id, name, looks, read, REL_CALENDAR, set, false, s }
#define TOLD(id, name, looks, read, set, s)	{ id, name, looks, read, REL_CONTENT, set, false, s }
#define HCC_F(name)				TOLD("hcc_format", name, looks_category, cb_read_hcc_format, \
	CS_HCC_MAP, "hcc_map")

const struct cb_kind cb_kinds_payment[] = {
	YEARLY("opps_a", "addendum_a.", looks_opps, cb_read_opps_a, CS_OPPS_APC),
	STREAM("opps_b", "addendum_b.", looks_opps, cb_read_opps_b, CS_OPPS_HCPCS, "opps_b"),
	STREAM("opps_si_rate", "addendum_b _si_rate", looks_si_rate, cb_read_opps_si_rate, CS_OPPS_HCPCS, "opps_b"),
	YEARLY("opps_c", "addendum_c.", looks_opps, cb_read_opps_c, CS_OPPS_APC_HCPCS),
	YEARLY("opps_d1", "addendum_d1", looks_opps, cb_read_opps_d1, CS_OPPS_SI),
	YEARLY("opps_d2", "addendum_d2", looks_opps, cb_read_opps_d2, CS_OPPS_CI),
	YEARLY("opps_e", "addendum_e.", looks_opps, cb_read_opps_e, CS_OPPS_INPATIENT_ONLY),
	YEARLY("opps_j_pairs", "addendum_j adjustment", looks_opps, cb_read_opps_j_pairs, CS_OPPS_COMPLEXITY),
	YEARLY("opps_j_ranks", "addendum_j rank", looks_opps, cb_read_opps_j_ranks, CS_OPPS_RANK),
	YEARLY("opps_m", "addendum_m.", looks_opps, cb_read_opps_m, CS_OPPS_COMPOSITE),
	YEARLY("opps_p", "addendum_p device", looks_opps, cb_read_opps_p, CS_OPPS_DEVICE),
	YEARLY("asc_aa", "addendum_aa", looks_asc, cb_read_asc_aa, CS_ASC_SURGICAL),
	YEARLY("asc_bb", "addendum_bb", looks_asc, cb_read_asc_bb, CS_ASC_ANCILLARY),
	YEARLY("asc_ee", "addendum_ee", looks_asc, cb_read_asc_ee, CS_ASC_EXCLUDED),
	STREAM("pprrvu_csv", "pprrvu .csv", looks_pprrvu, cb_read_pprrvu_csv, CS_PFS, "pprrvu"),
	STREAM("pprrvu_txt", "pprrvu .txt", looks_pprrvu_txt, cb_read_pprrvu_txt, CS_PFS, "pprrvu"),
	STREAM("gpci_csv", "gpci .csv", looks_gpci, cb_read_gpci_csv, CS_PFS_GPCI, "gpci"),
	STREAM("gpci_txt", "gpci .txt", looks_gpci, cb_read_gpci_txt, CS_PFS_GPCI, "gpci"),
	STREAM("anes_csv", "anes .csv", looks_anes, cb_read_anes_csv, CS_PFS_ANES, "anes"),
	STREAM("anes_txt", "anes .txt", looks_numbered, cb_read_anes_txt, CS_PFS_ANES, "anes"),
	YEARLY("locco", "locco .csv", looks_locco, cb_read_locco, CS_PFS_LOCALITY),
	{ "oppscap", "oppscap .txt", looks_oppscap, cb_read_oppscap, REL_FOLDER, CS_PFS_OPPSCAP, false, NULL },
	TOLD("hcc_mapping", "icd_10_cm_mappings .csv", looks_mapping, cb_read_hcc_mapping, CS_HCC_MAP, "hcc_map"),
	HCC_F("f28 .txt"), HCC_F("f24 .txt"), HCC_F("f22 .txt"), HCC_F("f21 .txt"), HCC_F("f08 .txt"), HCC_F("f05 .txt"),
	TOLD("hcc_factors", ".csv", looks_factors, cb_read_hcc_factors, CS_HCC_FACTOR, NULL),
	TOLD("hcc_hierarchy", ".tsv", looks_hierarchy, cb_read_hcc_hierarchy, CS_HCC_HIERARCHY, NULL),
	TOLD("hcc_labels", ".tsv", looks_labels, cb_read_hcc_labels, CS_HCC_LABEL, NULL),
	TOLD("hhs_age", "icd10_mce_age", looks_hhs, cb_read_hhs_age, CS_HHS_AGE, NULL),
	TOLD("hhs_sex", "icd10_mce_sex", looks_hhs, cb_read_hhs_sex, CS_HHS_SEX, NULL),
	TOLD("hhs_cc", "cy _fy _icd10.txt", looks_category, cb_read_hhs_cc, CS_HHS_CC, NULL),
	{ NULL, "", NULL, NULL, REL_NONE, CS_COUNT, false, NULL },
};
