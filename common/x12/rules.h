/*
 * rules - what several segments must say together (SNIP 3 to 7): balances, situations, code sets, claim types,
 * partners; and identifiers (SNIP 1, 2). Rows are in schemas/x12_rules.def. Called by the check; inside common/x12
 * only, but for struct x12_rules.
 */
#ifndef CLAIMLINE_X12_RULES_H
#define CLAIMLINE_X12_RULES_H

#include "x12/check.h"

struct codebook;
struct x12_partner_rules;

struct x12_rules {
	day_t	today;				/* services after it are told; DAY_NONE: not judged */
	const struct codebook *book;
	const struct x12_partner_rules *partner;
};

int	x12_rules_begin(struct x12_check *);	/* once a file; 0 or E_NOMEM */
void	x12_rules_set(struct x12_check *);	/* a set with a guide begins */
void	x12_rules_segment(struct x12_check *);	/* each of its segments, after its own check */
void	x12_rules_unit(struct x12_check *);	/* a claim is complete: c->segs, elements in the window */
void	x12_rules_set_end(struct x12_check *);

#endif
