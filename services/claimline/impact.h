/* impact - which codes of an encounter two books judge differently on the day they are judged by. Pure. */
#ifndef CLAIMLINE_CLI_IMPACT_H
#define CLAIMLINE_CLI_IMPACT_H

#include "codebook/codebook.h"
#include "record/record.h"

struct impact {
	enum code_set	 set;
	struct str	 code;			/* borrows the encounter */
	day_t		 day;
	const char	*why;
};
struct impacts { struct impact *v; size_t n; };

/* Diagnoses and procedures by the last day of the encounter, as validate does; lines by their own first day. */
void	impact_of(const struct codebook *old, const struct codebook *now, struct arena *, const struct encounter *,
    struct impacts *);

#endif
