/*
 * ledger_fake - for the tests of the ledger on disk: a store in memory shared between processes, a folder
 * of its own, and the check of what must always hold.
 *
 * Its journals are a rule, not data: entry k of stream s is always the same text, so a test knows what
 * every line must say and nothing can hide.
 */
#ifndef CLAIMLINE_TEST_LEDGER_FAKE_H
#define CLAIMLINE_TEST_LEDGER_FAKE_H

#include "audit/io_ledger.h"

#include <stdatomic.h>

#define STREAMS	4			/* the last is a partner's */

struct shared {
	_Atomic uint64_t	head[STREAMS], trimmed[STREAMS];	/* entries made, entries trimmed */
	_Atomic uint64_t	reads;
	_Atomic int		trim_rc, right_rc, read_rc;
	_Atomic long		holder;	/* pid with the right; 0 none, -1 everybody */
};

struct fake {
	struct store	 store;
	struct shared	*shared;
};

struct fake	fake_new(void);

/* The folder of this test, ROOT/state/ledger: made (the root only) and dropped around each test. */
extern char	folder[4096], root[4096];
void		folder_make(void);
void		folder_drop(void);

struct ledger_writer *writer(const char *path, int64_t segment_bytes, size_t max);
int		tick(struct ledger_writer *, struct fake *);
void		drain(struct ledger_writer *, struct fake *);	/* until nothing is left; asserts */

void		make(struct fake *, uint64_t n);		/* n entries of the first stream, 2n of the next ... */
void		feed(struct fake *);				/* as fast as the writer can take it, and no faster */

/* What must hold: the chain, and entries 1..k of each stream, once, in order. */
struct seen { uint64_t next[STREAMS]; struct arena a; int64_t cuts; };
int		look(struct seen *, struct ledger_verify *out);	/* out may be NULL */
void		expect_all(struct fake *, const char *when);	/* and all that was made is there */

_Noreturn void	child_writes(struct fake *, int64_t segment_bytes);	/* until it is killed */
uint64_t	now_us(void);

#endif
