/* family_ncci.c - the formats of HCPCS, NCCI edits and coverage and how they are told apart. */
#include "codebook/ncci.h"

#define LOOK_AT	6000	/* headings come under notices of copyright of a thousand bytes and more */

static bool
looks_hcpcs(struct str b)
{
	return b.n > 12 && (b.p[10] == '3' || b.p[10] == '7') && b.p[5] == '0';
}

static bool
looks_ptp(struct str b)
{
	return cb_opens(b, LOOK_AT, "column 1") && cb_opens(b, LOOK_AT, "column 2");
}

static bool
looks_mue(struct str b)
{
	return cb_opens(b, LOOK_AT, "mue values");
}

static bool
looks_aoc(struct str b)
{
	return cb_opens(b, LOOK_AT, "aoc_edit_type") && cb_opens(b, LOOK_AT, "primary_code");
}

static bool
looks_ncd(struct str b)
{
	return cb_opens(b, LOOK_AT, "ncd") && cb_opens(b, LOOK_AT, "icd") && cb_opens(b, LOOK_AT, "resolution");
}

static bool
looks_ncd_index(struct str b)
{
	return cb_opens(b, LOOK_AT, "ncd_manual_section");
}

static bool
looks_note(struct str b)
{
	return cb_opens(b, LOOK_AT, "processing notes") && cb_opens(b, LOOK_AT, "0001--");
}

static bool
looks_noc(struct str b)
{
	return cb_opens(b, LOOK_AT, "add date") && cb_opens(b, LOOK_AT, "long description");
}

static bool
looks_cpt(struct str b)
{
	return cb_opens(b, LOOK_AT, "american medical association") && !cb_opens(b, LOOK_AT, "column 1");
}

static bool
looks_cpt_table(struct str b)
{
	return cb_opens(b, LOOK_AT, "cpt code") && cb_opens(b, LOOK_AT, "\tlong") && !cb_opens(b, LOOK_AT, "mue");
}

const struct cb_kind cb_kinds_ncci[] = {
	{ "hcpcs", "hcpc _anweb", looks_hcpcs, cb_read_hcpcs, REL_CALENDAR, CS_HCPCS, false, "hcpcs_anweb" },
	{ "hcpcs_note", "proc_notes", looks_note, cb_read_hcpcs_note, REL_CALENDAR, CS_HCPCS_NOTE, false, NULL },
	{ "hcpcs_noc", "noc_codes", looks_noc, cb_read_hcpcs_noc, REL_CALENDAR, CS_HCPCS_NOC, false, NULL },
	{ "ptp_practitioner", "ccipra_v", looks_ptp, cb_read_ptp_practitioner, REL_CONTENT, CS_COUNT, false, NULL },
	{ "ptp_hospital", "ccioph_v", looks_ptp, cb_read_ptp_hospital, REL_CONTENT, CS_COUNT, false, NULL },
	{ "mue_practitioner", "mue_practitioner", looks_mue, cb_read_mue_practitioner, REL_CALENDAR, CS_MUE_PRACTITIONER,
	    false, NULL },
	{ "mue_hospital", "mue_outpatient", looks_mue, cb_read_mue_hospital, REL_CALENDAR, CS_MUE_HOSPITAL, false, NULL },
	{ "mue_dme", "mue_dmesupplier", looks_mue, cb_read_mue_dme, REL_CALENDAR, CS_MUE_DME, false, NULL },
	{ "aoc", "aoc", looks_aoc, cb_read_aoc, REL_CONTENT, CS_AOC, false, NULL },
	{ "ncd_index", "ncd_index", looks_ncd_index, cb_read_ncd_index, REL_CONTENT, CS_NCD_INDEX, false, NULL },
	{ "ncd", "icd10 ncd", looks_ncd, cb_read_ncd, REL_CONTENT, CS_NCD_DX, false, NULL },
	{ "cpt_long", "longult", looks_cpt, cb_read_cpt, REL_CONTENT, CS_HCPCS, false, NULL },
	{ "cpt_short", "shortu", looks_cpt, cb_read_cpt, REL_CONTENT, CS_HCPCS, false, NULL },
	{ "cpt_table", "cpt", looks_cpt_table, cb_read_cpt_table, REL_CONTENT, CS_HCPCS, false, NULL },
	{ NULL, "", NULL, NULL, REL_NONE, CS_COUNT, false, NULL },
};
