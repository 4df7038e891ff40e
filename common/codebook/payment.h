/* payment - the importers of OPPS, ASC, fee schedule and HCC tables: records read, or an error. */
#ifndef CLAIMLINE_CB_PAYMENT_H
#define CLAIMLINE_CB_PAYMENT_H

#include "codebook/cells.h"

int	cb_read_opps_a(struct cb_in *);
int	cb_read_opps_b(struct cb_in *);
int	cb_read_opps_si_rate(struct cb_in *);
int	cb_read_opps_c(struct cb_in *);
int	cb_read_opps_d1(struct cb_in *);
int	cb_read_opps_d2(struct cb_in *);
int	cb_read_opps_e(struct cb_in *);
int	cb_read_opps_j_pairs(struct cb_in *);
int	cb_read_opps_j_ranks(struct cb_in *);
int	cb_read_opps_m(struct cb_in *);
int	cb_read_opps_p(struct cb_in *);
int	cb_read_asc_aa(struct cb_in *);
int	cb_read_asc_bb(struct cb_in *);
int	cb_read_asc_ee(struct cb_in *);
int	cb_read_pprrvu_csv(struct cb_in *);
int	cb_read_pprrvu_txt(struct cb_in *);
int	cb_read_gpci_csv(struct cb_in *);
int	cb_read_gpci_txt(struct cb_in *);
int	cb_read_anes_csv(struct cb_in *);
int	cb_read_anes_txt(struct cb_in *);
int	cb_read_locco(struct cb_in *);
int	cb_read_oppscap(struct cb_in *);
int	cb_read_hcc_mapping(struct cb_in *);
int	cb_read_hcc_format(struct cb_in *);
int	cb_read_hcc_factors(struct cb_in *);
int	cb_read_hcc_hierarchy(struct cb_in *);
int	cb_read_hcc_labels(struct cb_in *);
int	cb_read_hhs_age(struct cb_in *);
int	cb_read_hhs_sex(struct cb_in *);
int	cb_read_hhs_cc(struct cb_in *);

#endif
