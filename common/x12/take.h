/*
 * take - 837 files to encounters and their answers in one reading: what is accepted is what the answers say, for both come of
 * the same check. x12_read_837 (x12.h) is the same without answers.
 */
#ifndef CLAIMLINE_X12_TAKE_H
#define CLAIMLINE_X12_TAKE_H

#include "x12/ack.h"

struct x12_taking {
	struct x12_intake_spec	 spec;
	char			 usage;		/* T or P: an interchange of the other kind is rejected; 0 = both are taken */
	const struct x12_ack_spec *answers;	/* NULL: none; its `also` is not asked */
};
/* As x12_read_837. An error of the sinks or ends of the answers ends the reading; what was taken before is in out. */
int	x12_take_837(struct arena *, const struct x12_taking *, struct str bytes, struct x12_intake *out);

#endif
