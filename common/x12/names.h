/*
 * names - control numbers met before, in a file of any length: up to 786,432 of them, then it stops and says "not met".
 * Another number is taken for one of them once in 2^61 comparisons. The seed is a secret of the caller: who knows it can
 * choose numbers that make it stop, or are taken for another.
 */
#ifndef CLAIMLINE_X12_NAMES_H
#define CLAIMLINE_X12_NAMES_H

#include "x12/texts.h"

struct x12_names;
struct x12_names *x12_names_new(struct arena *, uint64_t seed);	/* NULL when memory ran out */
void	x12_names_clear(struct x12_names *);
bool	x12_names_met(struct x12_names *, struct str name);	/* whether it was; from now on it is */
bool	x12_names_stopped(struct x12_names *);			/* no longer looks; true once, until it is cleared */
size_t	x12_names_steps(const struct x12_names *);		/* slots looked at, ever: tests count them */

#endif
