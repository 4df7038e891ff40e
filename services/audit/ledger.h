/*
 * ledger - the hash chain: adding lines to it, checking it, and finding where to go on after a crash. Pure.
 *
 * A ledger is a row of segments, each a row of lines (ledger_line.h). Changing, adding, dropping or moving
 * any byte breaks the chain at that line. Two things no chain can show by itself: lines cut off the very
 * end, and a chain rewritten from some line on. Against both, keep n and sha of a last line elsewhere and
 * hand them to ledger_verify_init as the anchor.
 */
#ifndef CLAIMLINE_AUDIT_LEDGER_H
#define CLAIMLINE_AUDIT_LEDGER_H

#include "audit/ledger_line.h"

struct ledger_chain {
	struct arena		*a;		/* keeps the stream names */
	int64_t			 n, synced;	/* last line, and last line known to be on disk */
	char			 sha[LEDGER_HEX + 1];	/* of line n */
	struct ledger_mark	*marks;		/* last entry of each stream in the chain */
	size_t			 n_marks;
};

void	ledger_chain_init(struct ledger_chain *, struct arena *);

/*
 * Each appends one line to *out and steps the chain on. ledger_append answers 1, or 0 for an entry at or
 * before the mark of its stream: it is in the chain already. E_STORE_REPLY: stream or id is not one;
 * E_LIMIT: too many streams; E_NOMEM. After an error neither chain nor out has changed.
 */
int	ledger_append(struct ledger_chain *, const struct ledger_source *, struct buf *out);
int	ledger_append_open(struct ledger_chain *, struct buf *out);	/* first line of a segment */
int	ledger_append_cut(struct ledger_chain *, int64_t bytes, const char *sha, struct buf *out);

/* A write that failed takes its lines back: remember before, forget after. The copy lives in the arena. */
struct ledger_back { int64_t n, synced; char sha[LEDGER_HEX + 1]; struct ledger_id *ids; size_t n_ids; };
int	ledger_remember(const struct ledger_chain *, struct arena *, struct ledger_back *out);
void	ledger_forget(struct ledger_chain *, const struct ledger_back *);

/* ---- checking ---- */
struct ledger_break {
	int64_t		segment, line;		/* where; line counts in the segment from 1 */
	const char	*what;			/* static words */
	char		expected[80], found[80];
};

struct ledger_verify {
	struct ledger_chain	chain;
	struct arena		scratch;
	int64_t			segment, line, bytes;	/* what was read last; bytes of all segments */
	int64_t			cuts;			/* torn writes that the writer cut off and recorded */
	int64_t			anchor_n;		/* 0 none */
	char			anchor_sha[LEDGER_HEX + 1];
	struct ledger_break	why;
};

/* Called with each line that verified; below 0 stops. */
typedef int (*ledger_line_fn)(void *me, struct str line);

void	ledger_verify_init(struct ledger_verify *, struct arena *, int64_t anchor_n, const char *anchor_sha);
void	ledger_verify_free(struct ledger_verify *);
int	ledger_verify_segment(struct ledger_verify *, int64_t number);	/* the next segment begins */
/*
 * Bytes of the present segment. *used says how many were whole lines: hand the rest in again with more
 * behind it. With last set, bytes without an end are E_INCOMPLETE. E_CHAIN: v->why has the first broken line.
 */
int	ledger_verify_some(struct ledger_verify *, struct str bytes, bool last, size_t *used,
	    ledger_line_fn, void *me);
int	ledger_verify_end(struct ledger_verify *);	/* E_CHAIN when the anchor was never reached */

/* ---- going on after a crash: the last segment, line by line ---- */
struct ledger_resume {
	struct ledger_chain	*chain;
	struct arena		 scratch;
	int64_t			 good;		/* bytes that verify, from the start of the segment */
	bool			 torn;		/* lines after that do not */
	int64_t			 before_n;	/* what its first line says stands before it: the caller */
	char			 before_sha[LEDGER_HEX + 1];	/* compares it with the segment before */
	struct ledger_break	 why;
};

/*
 * The first line of a segment sets the chain. 0: verifies, or belongs to a torn write. E_CHAIN: not a
 * torn write but damage to what was safely on disk; nothing may be cut.
 */
void	ledger_resume_init(struct ledger_resume *, struct ledger_chain *);
void	ledger_resume_free(struct ledger_resume *);
int	ledger_resume_line(struct ledger_resume *, struct str line);

/* Whether a line's own hash is right, whatever stands before it. */
bool	ledger_holds(struct arena *, struct str line, struct ledger_line *head);

#endif
