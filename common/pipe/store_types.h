/*
 * store_types - the values that go in and out of the store (store.h has the calls, schemas/PROTOCOL.md the
 * meaning). Strings live in the arena of the batch they belong to.
 */
#ifndef CLAIMLINE_STORE_TYPES_H
#define CLAIMLINE_STORE_TYPES_H

#include "record/record.h"
#include "record/state.h"

/* One encounter in a worker's hands. Strings live in the arena of the batch. */
struct work {
	struct eid	id;
	unsigned	lane;
	enum state	state;			/* where the store has it */
	int64_t		token;			/* its score there: the right to commit it */
	int64_t		revision, attempts;
	int64_t		t;			/* arrival, ms since 1970 */
	struct str	part[PART_COUNT];	/* packed: codec byte, then msgpack; n 0 = absent */
	unsigned	dirty;			/* bit per part that the store does not have yet */
	/* what the commit should do */
	enum state	to;
	struct str	why;			/* reason of a hold, a burial, a retry; no patient data */
	int64_t		due;			/* score in a state nobody leases: ms, 0 = now */
	struct str	batch;			/* "partner/isa13" to store in b, or absent */
	bool		check_revision;		/* also refuse when the revision changed (people) */
	bool		moved;			/* out: the commit did move it; token and revision are new */
};

/* An encounter that comes in. */
struct admission {
	struct eid	id;
	unsigned	lane;
	struct str	body;			/* the ingest part, with codec byte */
	struct str	hash;			/* 32 hex digits over what was sent, before compression */
	struct str	tenant, account, pcn;	/* account is stored as given: pass a hash where it must not show */
	cents_t		charge;
	int64_t		due;			/* filing limit, ms; 0 unknown */
	int64_t		t;			/* arrival, ms since 1970; an amendment keeps the first */
	enum { ADMIT_NEW, ADMIT_KNOWN, ADMIT_CONFLICT } result;	/* out */
	enum state	state;			/* out: where a known one is */
	int64_t		token;			/* out: of a new one */
	bool		answered;		/* out of runner_admit: result, state and token are known */
};

/* What is journalled with a commit. */
struct commit_by {
	struct str	stage, actor, book;	/* actor: instance or person; no '|' or line ends */
};

struct snapshot {				/* all of one encounter */
	struct work	w;			/* token = its score, part = all parts */
	struct str	tenant, account, pcn, hash, why, batch;
	enum state	before;			/* state before a hold or burial */
	bool		cold;			/* the body is in the archive, under this revision */
	int64_t		archived;
	cents_t		charge;
	int64_t		due;
};

/* A settled queue of one lane being looked through, oldest first. from and skip go on with each call; 0, 0: all of it. */
struct warm {
	enum state	state;
	unsigned	lane;
	int64_t		upto;			/* highest score that counts */
	size_t		max;			/* members looked at in one call */
	int64_t		from;			/* scores from here, less the first skip members that have just this one */
	size_t		skip;
};
struct warm_list {
	struct work	*v;			/* those that still have their bodies: revision, token and parts as stored */
	size_t		 n;
	bool		 more;			/* a queue was not looked through: ask again */
};

struct listing { struct eid id; unsigned lane; int64_t score; };

struct depth {					/* one state, all lanes */
	uint64_t	n;
	int64_t		oldest_ms;		/* age of the longest waiting, ms; 0 = none */
	uint64_t	leased;			/* of n: in somebody's hands */
};

enum ic_state { IC_RESERVED, IC_SEALED, IC_SENT, IC_ACCEPTED, IC_REJECTED, IC_VOID };
const char *ic_state_name(enum ic_state);	/* "reserved" ... */

struct member { struct eid id; unsigned lane; struct str pcn; };
struct interchange {
	struct str	partner;
	int64_t		number;			/* ISA13, GS06 and BHT03 of the file */
	enum ic_state	state;
	struct member	*members;
	size_t		n;
	int64_t		made;			/* ms: the date and time it carries */
	struct str	sha;			/* SHA-256 of the bytes, 64 hex digits, once sealed */
	struct str	name;			/* file name, once sealed */
	int64_t		token;
};

struct journal_entry {
	struct str	stream;			/* key it came from */
	struct str	id;			/* stream id, "ms-seq" */
	struct str	header, rows, flags;	/* PROTOCOL.md section 9 */
};

struct peer { struct str instance, endpoint; int64_t seen; };

#endif
