/* ncci - the importers of HCPCS, NCCI edits and coverage: records read, or an error. */
#ifndef CLAIMLINE_CB_NCCI_H
#define CLAIMLINE_CB_NCCI_H

#include "codebook/cells.h"

int	cb_read_hcpcs(struct cb_in *);
int	cb_read_hcpcs_note(struct cb_in *);
int	cb_read_hcpcs_noc(struct cb_in *);
int	cb_read_cpt(struct cb_in *);
int	cb_read_cpt_table(struct cb_in *);
int	cb_read_mue_practitioner(struct cb_in *);
int	cb_read_mue_hospital(struct cb_in *);
int	cb_read_mue_dme(struct cb_in *);
int	cb_read_aoc(struct cb_in *);
int	cb_read_ncd(struct cb_in *);
int	cb_read_ncd_index(struct cb_in *);
int	cb_read_ptp_practitioner(struct cb_in *);
int	cb_read_ptp_hospital(struct cb_in *);

/*
 * The release of a quarterly file of CMS into in->release: v302r0 is version 30.2, third quarter of 2024; V2024Q3;
 * 2024300 begins the name; else a date or a year and month. E_INCOMPLETE with a fault when the path has none of them.
 */
int	cb_ncci_release(struct cb_in *);

#endif
