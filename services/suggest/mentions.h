/*
 * mentions - from what stands in a sentence to codes that may be billed, and which of them are chosen. Only the
 * engine's files include it.
 */
#ifndef CLAIMLINE_MENTIONS_H
#define CLAIMLINE_MENTIONS_H

#include "suggest/sentence.h"

/* ---- what a mention leads to ---- */
enum detail { EXACT, BY_WORDS, NOT_STATED, OPEN };
struct resolved {
	struct code_row		 row[2];	/* two when both sides are meant */
	size_t			 n;
	enum detail		 detail;	/* OPEN: a header, and nothing says which code below it */
};
bool	resolve_code(const struct suggest *, struct str code, day_t, const struct sentence *,
	    const struct hit *, struct resolved *);	/* false: no such code on that day */

enum { RANGE_CHRONIC, RANGE_SYMPTOM, RANGE_STATUS };
bool	code_in_range(int set, struct str code);

/* One code the chart supports, with its best mention. */
struct cand {
	struct code_row		 row;
	bool			 active;	/* affirmed, or of the past and lasting */
	bool			 chosen;
	int			 confidence;
	size_t			 document;
	uint32_t		 begin, end;
	uint32_t		 sections;	/* one bit for each section that has a mention */
	enum section		 section;
	enum context		 context;
	enum source		 source;
	enum detail		 detail;
	struct { int place; size_t document; uint32_t at; } order;	/* on the claim, the lower the earlier */
	int			 rank;		/* the order as one number */
	struct str		 reason;
};
struct cands {
	struct arena	*a;
	struct cand	*v;
	size_t		 n;
};

int	mentions_read(const struct suggest *, struct arena *, const struct encounter *, struct cands *out);
void	cands_choose(const struct suggest *, const struct suggest_rules *, struct cands *, const struct encounter *);
bool	encounter_is_inpatient(const struct encounter *);
day_t	suggest_day(const struct encounter *);		/* the day whose code set counts */

#endif
