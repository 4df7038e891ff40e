/*
 * found - what the check finds in a text, for tests of rules: the text is cut at ~ only, so it may have line ends.
 */
#ifndef CLAIMLINE_TEST_FOUND_H
#define CLAIMLINE_TEST_FOUND_H

#include "x12/check.h"
#include "x12/rules.h"

struct found_one {
	const char	*id, *stc, *ik304, *ik403;
	struct str	 segment, loop, value, subject;
	unsigned	 el, comp;
	size_t		 at, ordinal;
	enum x12_severity severity;
	enum x12_snip	 snip;
	int64_t		 said, counted;
};
struct found { struct arena *a; struct found_one *v; size_t n; size_t claims, sets_rejected; struct faults faults; };

/* All findings of SNIP `snip` (0: any), in the arena. Below 0: the check stopped. */
int	found_in(struct arena *, const struct x12_guides *, const struct x12_rules *, struct str text, enum x12_snip snip,
	    struct found *out);
struct str found_put(struct arena *, struct str text, const char *old, const char *now);	/* each old becomes now */
struct str found_ids(struct arena *, const struct found *);	/* "A B", for messages */

#endif
