/*
 * codebook - dated look-ups in official code sets. Pure: the caller reads the files and hands over bytes.
 *
 * A book is filled once with codebook_add, closed with codebook_finish, and never changes after that;
 * look-ups do not allocate. Every row is dated: a code is looked up on the date of service.
 */
#ifndef CLAIMLINE_CODEBOOK_H
#define CLAIMLINE_CODEBOOK_H

#include "base/base.h"

enum code_set {
	CS_ICD10CM, CS_ICD10PCS, CS_HCPCS,		/* HCPCS Level II, and CPT numbers without words */
	CS_POS, CS_REVENUE, CS_TOB, CS_DISCHARGE, CS_MODIFIER,
	CS_CARC, CS_RARC, CS_COUNT
};

struct code_row {
	struct str	code;			/* without dots */
	struct str	title;			/* official long title; absent where a licence forbids it */
	day_t		from, to;		/* first and last day in force; DAY_NONE = open */
	bool		billable;		/* false: a header, more characters are needed */
	bool		poa_exempt;		/* a present-on-admission indicator is not reported for it */
	char		sex;			/* 'F', 'M', or 0 */
	int16_t		age_min, age_max;	/* completed years; -1 = open */
	uint32_t	order;			/* place in its set: a book's rows are sorted by (code, from) */
};

/*
 * An entry of the Alphabetic Index, or an inclusion term: words that lead to a code. Its words are the
 * whole path, titles parted by "; ": "Diabetes, diabetic (mellitus); type 2; with; nephropathy". A main
 * term the index only explains by "see condition" (an adjective or a site) has no code.
 */
struct index_row {
	struct str	words;
	struct str	code;			/* without dots, cut to the longest code that exists */
	bool		inclusion;		/* from the tabular list, not from the index */
	bool		see;			/* reached by a "see" or "see also" of the index */
	uint8_t		depth;			/* 0 = main term */
};

struct codebook;

int	codebook_new(struct codebook **out);
void	codebook_free(struct codebook *);			/* NULL is fine */

/*
 * Read one file in its published format, recognised by name and content (common/codebook/README.md lists
 * them). Faults name line and column. Returns rows added, E_UNSUPPORTED for a file it does not know,
 * or another error when nothing of the file may be used.
 */
int	codebook_add(struct codebook *, struct str file_name, struct str bytes, struct faults *);
int	codebook_finish(struct codebook *);			/* sorts, checks, resolves, computes the id */

struct str codebook_id(const struct codebook *);		/* short and stable: names and SHA-256 of the sources */
size_t	codebook_count(const struct codebook *, enum code_set);
const struct code_row *codebook_row(const struct codebook *, enum code_set, size_t i);	/* by (code, from): below a header stand its codes */

/*
 * The row in force on the day (the newest row of the code when day is DAY_NONE), or NULL. A day before
 * the oldest ICD-10 release that was loaded is judged by that release, back to 2015-10-01 and no further.
 */
const struct code_row *codebook_find(const struct codebook *, enum code_set, struct str code, day_t);
bool	codebook_knows(const struct codebook *, enum code_set);	/* false: the set is not loaded, so judge nothing by it */
bool	codebook_is_whole(const struct codebook *, enum code_set); /* false: a selection; a code it lacks may be valid */

size_t	codebook_index_count(const struct codebook *);
const struct index_row *codebook_index(const struct codebook *, size_t i);

#endif
