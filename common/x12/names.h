/*
 * names - control numbers met before, in a file of any length: up to 786,432 of them, then it says "not met".
 */
#ifndef CLAIMLINE_X12_NAMES_H
#define CLAIMLINE_X12_NAMES_H

#include "base/base.h"

struct x12_names;
struct x12_names *x12_names_new(struct arena *);		/* NULL when memory ran out */
void	x12_names_clear(struct x12_names *);
bool	x12_names_met(struct x12_names *, struct str name);	/* whether it was; from now on it is */

#endif
