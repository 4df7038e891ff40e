/*
 * check - what is wrong with an X12 file, found while it streams by, with the code an acknowledgement carries
 * for it. Guides come from schemas/x12_*.def, rules from schemas/x12_rules.def. Pure; constant memory.
 *
 * Sources: X12 005010 (element and segment dictionary, 999 TR3 X231A1: IK304, IK403, IK502, AK905; TA1: I18),
 * the guides named in each .def; SNIP types as WEDI numbers them.
 */
#ifndef CLAIMLINE_X12_CHECK_H
#define CLAIMLINE_X12_CHECK_H

#include "x12/x12.h"

enum x12_snip { X12_SNIP_NONE, X12_SYNTAX, X12_GUIDE, X12_BALANCE, X12_SITUATION, X12_CODES, X12_CLAIM_TYPE, X12_PARTNER };
/*
 * An error of SNIP 1 or 2 rejects its set (999); one of SNIP 3 to 7 rejects its claim (277CA) and the set is accepted
 * with errors. A warning accepts with errors; a note changes no verdict.
 */
enum x12_severity { X12_NOTE, X12_WARNING, X12_ERROR };

/* One thing that is wrong. Texts borrow: valid during the call that hands it over. */
struct x12_finding {
	const char	*id;			/* of schemas/x12_findings.def or x12_rules.def: "ELEMENT_MISSING" */
	enum x12_snip	 snip;
	enum x12_severity severity;
	const char	*ik304, *ik403, *ik502, *ak905, *ta105;	/* NULL where it has none */
	const char	*stc;			/* of SNIP 3 to 7: 277CA category:status[:entity], up to three: "A7:400+A7:178" */
	struct str	 segment, loop;		/* id of the segment, or of the one that is missing; id of the loop */
	size_t		 at, ordinal;		/* place in the set (ST is 1), in the file (from 1) */
	size_t		 claim, claim_of_file;	/* in which claim, or what stands for one: of its set, of the file; 0 = none */
	struct str	 st02, pcn;		/* of its set; CLM01 or CLP01 of its claim: a patient's; "" = none */
	unsigned	 element, component, repeat;	/* from 1; 0 = none */
	unsigned	 number;		/* of the data element, 0 = none */
	struct str	 value;			/* as it came: may hold patient data */
	int64_t		 said, counted;		/* of a wrong count or sum: what the file says, and what is so; both 0: none */
	bool		 money;			/* they are cents: patient data, but for their difference */
	const char	*subject;		/* what the element, segment or loop is, in our words */
	const char	*words, *fix;		/* what is wrong and what to do; no patient data */
};
/* The value with letters as A and digits as 9: for logs and metrics. */
struct str x12_finding_shape(struct arena *, const struct x12_finding *);
/* What is wrong, of what, and by how much; no patient data. */
struct str x12_finding_words(struct arena *, const struct x12_finding *);
/* "segment 23, loop 2300, CLM05-1": for people. */
struct str x12_finding_place(struct arena *, const struct x12_finding *);

struct x12_guides;
int	x12_guides_open(struct arena *, const struct x12_guides **out);	/* E_NOMEM, or 0 */

/* What is seen while it streams by. Every member may be NULL; below 0 stops the check with that error. */
struct x12_check;
struct x12_watch {
	void	*self;
	int	(*found)(void *self, const struct x12_finding *);
	int	(*interchange)(void *self, const struct x12_interchange *);	/* its ISA is read */
	int	(*group)(void *self, const struct x12_group *);		/* its GS is read */
	int	(*set_open)(void *self, const struct x12_set *);	/* its ST is read */
	void	(*set_closing)(void *self, const struct x12_check *);	/* it was read; the last moment for x12_check_tell */
	int	(*set)(void *self, const struct x12_set *);		/* ended, with its verdict and errors; 1 = reject it all
									   the same */
	int	(*group_end)(void *self, const struct x12_group *);	/* with its verdict; sets is NULL, n_sets the count */
	int	(*interchange_end)(void *self, const struct x12_interchange *);	/* groups is NULL, n_groups the count */
	int	(*segment)(void *self, const struct x12_check *, const struct x12_seg *);	/* of a set, after its check */
	/* a claim, or what stands for one, is complete: x12_units.def */
	int	(*claim)(void *self, const struct x12_check *);
};

struct x12_rules;				/* SNIP 3 to 7, see rules.h; NULL = none */
struct x12_check_spec {
	const struct x12_guides	*guides;
	unsigned		 snip;		/* bit n: type n is judged; 0 = all */
	unsigned		 rejects;	/* bit n: an error of type n rejects its set; 0 = types 1 and 2 */
	const struct x12_rules	*rules;
	char			 usage;		/* T or P: an interchange of the other kind is rejected; 0 = both are taken */
	struct x12_watch	 watch;
	uint64_t		 seed;		/* random, a secret of the caller: texts.h */
};
/* What a watcher found in the set at hand; words, fix, snip and severity are its own. Counts as if the check had found it. */
void	x12_check_tell(const struct x12_check *, struct x12_finding *);
/* sets_rejected: by their own verdict, or with their group or interchange. */
struct x12_totals { size_t interchanges, groups, sets, sets_rejected, segments, claims, errors, warnings, notes; };

/*
 * Reads to the end and returns 0 (whatever was found), or below 0: no X12 (f says what it is), a watcher's
 * error, or E_NOMEM. What could not be read is also a finding, and the open set, group and interchange are ended
 * with their verdicts, so that every input that has an ISA gets its acknowledgement.
 */
int	x12_check_run(struct arena *, struct x12_reader *, const struct x12_check_spec *, struct x12_totals *out);

/*
 * What x12_write_837 wrote, checked as its receiver will: 0, or E_VALUE with a fault for each error of a type up to the
 * level, its place beginning with "claim N" (N from 1) when it lies in a claim.
 */
int	x12_verify(struct arena *, const struct x12_intake_spec *, struct x12_written *);

#endif
