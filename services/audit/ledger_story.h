/*
 * ledger_story - what a ledger tells: the life of one encounter, and what became of every control number.
 *
 * Both are fed lines that have verified, in order, and tell in words at the end. Words go to a terminal:
 * control bytes are shown as ?. Times are UTC, those of the store when it took the commit. Pure.
 */
#ifndef CLAIMLINE_AUDIT_LEDGER_STORY_H
#define CLAIMLINE_AUDIT_LEDGER_STORY_H

#include "audit/ledger_line.h"

/* ---- one encounter ---- */
struct ledger_event {
	struct ledger_id	at;
	struct str		stage, actor, book, from, to, verdict, hash;
	int64_t			revision;
	bool			moved;
};

struct ledger_story {
	struct arena		*a;
	char			 eid[33];
	struct ledger_event	*v;
	size_t			 n;
	bool			 more;		/* over LIMIT_ITEMS: the latest were not kept */
};

int	ledger_story_init(struct ledger_story *, struct arena *, struct str eid);	/* E_VALUE: not 32 hex digits */
/* 1: the line is about it; 0: it is not; below 0 an error. Scratch is reset. */
int	ledger_story_add(struct ledger_story *, struct arena *scratch, struct str line);
/* One line of text for each event: "2026-09-03 10:02:11 suggest NAME: received -> coded (code, revision 2, ...)". */
int	ledger_story_tell(struct arena *, const struct ledger_story *, struct str *out);

/* ---- control numbers ---- */
struct ledger_number {
	int64_t			number, claims;
	struct str		state;		/* reserved, sealed, sent, accepted, rejected, void */
	struct str		sha, name, actor;
	struct ledger_id	at;		/* of its last move */
	bool			twice;		/* reserved again after it had been used */
	bool			changed;	/* sealed or sent with other bytes than before */
};

struct ledger_partner { struct str name; struct ledger_number *v; size_t n; };	/* in order of number */
struct ledger_gaps { struct arena *a; struct ledger_partner *v; size_t n; };

void	ledger_gaps_init(struct ledger_gaps *, struct arena *);
int	ledger_gaps_add(struct ledger_gaps *, struct arena *scratch, struct str line);	/* as ledger_story_add */

enum ledger_gap_kind {
	GAP_VOID,		/* reserved, never written: the words say why */
	GAP_OPEN,		/* reserved or sealed, not sent yet */
	GAP_MISSING,		/* between the first and the last, and the ledger has nothing of it */
	GAP_TWICE, GAP_CHANGED	/* must never be */
};
struct ledger_gap { struct str partner; int64_t from, to; enum ledger_gap_kind kind; struct str words; };

/* Every number that was not plainly sent, by partner and number. Returns how many cannot be explained. */
int	ledger_gaps(struct arena *, const struct ledger_gaps *, struct ledger_gap **out, size_t *n);
/* In words: a line for each partner with counts, then one for each gap; with every, for each number. */
int	ledger_gaps_tell(struct arena *, const struct ledger_gaps *, bool every, struct str *out);

#endif
