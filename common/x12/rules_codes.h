/*
 * rules_codes - external code sets (SNIP 5) by the rows of schemas/x12_codes.def and the code book. A table that the
 * book lacks, or has a selection of, judges nothing: x12_codes_gaps says which.
 */
#ifndef CLAIMLINE_X12_RULES_CODES_H
#define CLAIMLINE_X12_RULES_CODES_H

#include "codebook/codebook.h"

struct x12_check;
struct x12_facts;
struct x12_codes_judge;

/* Once a check: rows, releases, room for the answers that are remembered. cb NULL: forms only. 0 or E_NOMEM. */
int	x12_codes_begin(struct x12_check *, const struct codebook *cb, struct x12_codes_judge **out);
void	x12_codes_set(struct x12_codes_judge *, struct x12_check *);	/* a set with a guide begins */
bool	x12_codes_at(const struct x12_codes_judge *, uint16_t pos, bool later);	/* may a code stand there; later: one with a day */
void	x12_codes_segment(struct x12_codes_judge *, struct x12_check *);	/* codes that have no day */

/* A claim is complete: the codes that have one. */
void	x12_codes_unit(struct x12_codes_judge *, struct x12_check *, const struct x12_facts *);

struct x12_codes_gap { const char *title; bool absent; };	/* absent: not in the book; else a selection of the table */
size_t	x12_codes_gaps(const struct codebook *, struct x12_codes_gap *v, size_t max);	/* how many there are */

#endif
