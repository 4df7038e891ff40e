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

#endif
