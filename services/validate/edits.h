/*
 * edits - compare an encounter with the edits in force on its dates. Pure.
 *
 * schemas/edits.def has one row per edit, config/payers one file per payer that differs. Adds findings
 * and validate_by, changes nothing else; what an earlier run found is replaced, so the same record, book,
 * overlays and day give the same bytes. No words of a finding hold patient data.
 */
#ifndef CLAIMLINE_VALIDATE_EDITS_H
#define CLAIMLINE_VALIDATE_EDITS_H

#include "base/base.h"
#include "codebook/codebook.h"
#include "record/record.h"
#include "record/state.h"

enum edit_severity { SEV_NONE, SEV_NOTE, SEV_ERROR, SEV_FATAL };

enum edit_id {
#define EDIT(id, sev, queue, types, check, of, arg, list, since, until, source, words, fix) EDIT_##id,
#include "schemas/edits.def"
	EDIT_COUNT
};

const char	*edit_name(enum edit_id);			/* "NPI_BILLING" */
enum edit_id	 edit_find(struct str name);			/* EDIT_COUNT when there is no such edit */

/* What a person can read about a row: `claimline` lists them, the README of this folder shows how. */
struct edit_facts {
	const char		*id, *queue, *source, *words, *fix;
	enum edit_severity	 severity;
	int			 since, until;			/* CCYYMMDD; 0 = always, 99991231 = never ends */
};
struct edit_facts edit_facts(enum edit_id);

/* One file of config/payers: how the edits differ for some payers. */
#define OVERLAY_AS_IS	(-1)
struct overlay {
	struct str	*payers;				/* ids of the first coverage it is for */
	size_t		 n_payers;
	int8_t		 severity[EDIT_COUNT];			/* OVERLAY_AS_IS, SEV_NONE = off, SEV_... */
	int		 timely_filing_days;			/* 0 = the row's own */
	struct str	 authorization;				/* HCPCS and revenue codes and ranges, blank between */
	struct str	 hash;					/* of the bytes it was read from */
};

/* Reads one file; E_CONF with faults naming line and column. Texts are copied into the arena. */
int	edits_overlay(struct arena *, struct str yaml, struct overlay *out, struct faults *);

struct edit_set {
	const struct overlay	*overlays;			/* borrowed: must outlive the set */
	size_t			 n;
	struct str		 id;				/* of rows and overlays: 16 hex digits */
};

/* E_DUPLICATE with faults when two overlays name one payer. */
int	edits_make(struct arena *, const struct overlay *, size_t n, struct edit_set *out, struct faults *);

/*
 * Fills e->findings (by row, at most LIMIT_FINDINGS, of one edit LIMIT_FINDINGS_EACH) and
 * e->validate_by. Returns the worst severity raised, kept or not, or E_NOMEM. book may be NULL:
 * nothing is then judged by code sets.
 */
int	validate_run(const struct edit_set *, const struct codebook *book, day_t today, struct arena *,
	    struct encounter *e);

/* Where an encounter with these findings waits, and why: the first of the worst decides. ST_NONE without findings. */
enum state	validate_hold(struct arena *, const struct encounter *e, struct str *why);

/* Last day the payer takes the claim, from the timely filing row or its overlay; DAY_NONE without a date of service. */
day_t		validate_filing_limit(const struct edit_set *, const struct encounter *e);

#endif
