/*
 * claims - X12 in tests: the guides, compiled once a process, and 837 files read with them.
 */
#ifndef CLAIMLINE_TEST_CLAIMS_H
#define CLAIMLINE_TEST_CLAIMS_H

#include "x12/x12.h"

const struct x12_guides *claims_guides(void);
struct x12_intake_spec claims_spec(unsigned level);
int	claims_read(struct arena *, struct str bytes, struct x12_intake *out);		/* level 1 */
int	claims_read_strict(struct arena *, struct str bytes, struct x12_intake *out);	/* level 2 */

extern const struct x12_837_spec claims_out;	/* an envelope of ours, interchange 42 */
int	claims_write(struct arena *, const struct x12_intake *, struct x12_written *out);	/* with claims_out */

void	claims_drop_old(struct encounter *);	/* what a guide older than 5010 put there: kept, but never written on */

#endif
