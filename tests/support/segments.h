/*
 * segments - X12 in tests: two texts segment by segment, and the generic JSON of one and back.
 */
#ifndef CLAIMLINE_TEST_SEGMENTS_H
#define CLAIMLINE_TEST_SEGMENTS_H

#include "x12/stream_json.h"

struct segments { struct x12_reader *r; struct x12_seg s; struct faults f; };
struct segments segments_of(struct arena *, struct str text);		/* asserts that it begins with an envelope */

bool	segments_same(const struct x12_seg *, const struct x12_seg *);	/* to the letter */
/*
 * Equal, or the same number written in another way, or padded. sep parts the components of x as its interchange says; some
 * files part by > or < and say otherwise. Those of y are parted by a colon.
 */
bool	segments_same_element(struct str x, char sep, struct str y);

/* The lines of x12_json_run; what it could not read is in the faults. */
int64_t	segments_json(struct arena *, const struct x12_guides *, struct str text, bool generic, struct faults *,
    struct str *lines);
int	segments_of_json(struct arena *, struct str lines, struct faults *, struct str *text);		/* of generic lines */

#endif
