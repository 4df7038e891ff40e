/*
 * partner_rules - what one trading partner asks for beyond the guides (SNIP 7), from the text of its file. Pure: the
 * caller reads the file. Keys: schemas/x12_partner.def and schemas/partner.def.
 */
#ifndef CLAIMLINE_X12_PARTNER_RULES_H
#define CLAIMLINE_X12_PARTNER_RULES_H

#include "x12/check.h"

struct x12_partner_rules;

/*
 * Reads the YAML and compiles its rules against the guides. E_CONF with faults that name file, line, column and what
 * to write instead, other errors of the YAML reader, or E_NOMEM; *out is then NULL. name: of the file, for the faults.
 */
int	x12_partner_load(struct arena *, const struct x12_guides *, struct str name, struct str yaml,
	    struct x12_partner_rules **out, struct faults *);

/* of one file; 0: any. For who knows the size beforehand */
int64_t	x12_partner_max_bytes(const struct x12_partner_rules *);

#endif
