/*
 * story - one encounter told to a person: what came, which codes and why, what was found, what was sent, who did
 * what when. Holds patient data: only for verbs that are asked to show it. Pure.
 */
#ifndef CLAIMLINE_CLI_STORY_H
#define CLAIMLINE_CLI_STORY_H

#include "claimline/ui.h"
#include "pipe/store.h"

struct hop {				/* one journal or ledger entry about it */
	int64_t		at, revision;
	struct str	stage, actor, from, to, verdict;
	bool		in_ledger;	/* else still in the journal */
};

struct story {
	const struct snapshot	*s;
	const struct encounter	*e;
	const struct interchange *ic;	/* NULL: none, or unknown */
	const char		*away;	/* NULL, or why the body cannot be had from the archive */
	const struct hop	*hops;
	size_t			 n_hops;
};

void	story_put(struct arena *, const struct ui *, const struct story *, struct buf *);

/* The parts a coder needs to decide: head, evidence, findings, decisions. */
void	story_put_work(struct arena *, const struct ui *, const struct story *, struct buf *);

/* The candidate that best supports a code, or NULL. */
const struct candidate *story_evidence(const struct encounter *, struct str code);

const char *story_severity(int64_t severity);	/* note, error, fatal */

#endif
