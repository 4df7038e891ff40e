/*
 * pcs - ICD-10-PCS composed character by character from its tables. Pure look-ups, as those of codebook.h. Without
 * tables in the book (codebook_knows(cb, CS_PCS_ROW) is false) they answer that nothing is permitted: judge nothing.
 * Places are 1 to 7.
 */
#ifndef CLAIMLINE_CODEBOOK_PCS_H
#define CLAIMLINE_CODEBOOK_PCS_H

#include "codebook/codebook.h"

#define PCS_LEN		7
#define PCS_NEXT_MAX	128			/* more than any prefix has of values that follow */

/*
 * Is it a code on the day: does one row of its table permit all of its last four characters? If not, *bad is the
 * first place that no code beginning with the characters before it can have; 1 + its length where it is too short,
 * 8 where it is too long. Letter case counts: codes are upper case.
 */
bool	pcs_check(const struct codebook *, struct str code, day_t, int *bad);	/* bad may be NULL */

/* A value of one place. Section X may use a character twice for two things that a later place tells apart. */
struct pcs_value {
	char		value;
	struct str	axis, label;		/* borrow the book */
};

/* The values that may follow 0 to 6 characters on the day, by character: how many, at most max of them in out. */
size_t	pcs_next(const struct codebook *, struct str prefix, day_t, struct pcs_value *out, size_t max);

/*
 * What stands in a place of a code, or of its beginning: of the rows that permit all of it. value 0: nothing, for the
 * characters up to the place lead to no code.
 */
struct pcs_value pcs_value_of(const struct codebook *, struct str code, size_t place, day_t);

#endif
