/* find - one encounter by what a person calls it, and all of it unpacked. Asks the store, prints why not. */
#ifndef CLAIMLINE_CLI_FIND_H
#define CLAIMLINE_CLI_FIND_H

#include "claimline/cli.h"

struct seen {
	struct snapshot		 s;
	struct encounter	*e;		/* all parts together */
	const char		*bad_part;	/* NULL, or the one that cannot be read */
	const char		*away;		/* NULL, or why its body cannot be had from the archive: e has what is left */
};

#define FIND_STATE_MAX	200000			/* members of one state that are looked at */
#define EID_SHORT	12			/* digits shown in tables: enough to name one of millions */
#define EID_PREFIX_MIN	6

/*
 * name: 32 hex digits, the beginning of them (at least 6), or a patient control number. More than one match is an
 * error that lists the ids. CLI_OK, or said why not.
 */
int	find_one(struct cli *, struct arena *, const char *name, struct seen *out);

int	seen_get(struct cli *, struct arena *, struct eid, unsigned lane, struct seen *out);	/* error of errors.def */
int	seen_fail(const struct cli *, const struct seen *, int rc);	/* says what of it is broken; the exit code */
/* One of a listing. 1: here it is; 0: it is broken, and that was said with its key; below 0: the store fails. */
int	listed_get(struct cli *, struct arena *, const struct listing *, struct snapshot *);
struct str eid_short(struct arena *, struct eid);

/* Pure: does this text begin the 32 digits of the id? */
bool	eid_has_prefix(struct eid, struct str prefix);

#endif
