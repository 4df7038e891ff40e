/*
 * x12 - claims and their answers as X12 bytes: 837P, 837I and 837D, TA1, 999 and 277CA, in and out.
 *
 * Pure. What is handed out lives in the arena it was made with; the input bytes may go. Ints: 0 or more is
 * success, below 0 an error of errors.def. Faults hold no patient data. Control numbers of what we write
 * come from the caller. Versions: schemas/x12_versions.def.
 */
#ifndef CLAIMLINE_X12_H
#define CLAIMLINE_X12_H

#include "record/record.h"
#include "x12/stream.h"

/* ---- what came: one tree of interchange, group, set, with the codes an acknowledgement carries ---- */
struct x12_error {				/* one IK3, with its IK4 when element > 0 */
	struct str	segment, loop;
	size_t		at;			/* place in the set, ST is 1 */
	unsigned	element, component, repeat;
	unsigned	number;			/* of the data element, 0 = none */
	struct str	value;			/* IK404, at most 99 bytes */
	const char	*ik304, *ik403;
};
struct x12_set {
	struct str	type, version, st02, bht03;	/* ST01, ST03 (or GS08), ST02, BHT03 */
	struct str	submitter, submitter_id;	/* NM1*41 */
	int64_t		declared, found;		/* SE01 and the segments counted */
	size_t		n_claims;
	char		ik501;				/* A accepted, E accepted with errors, R rejected */
	const char	*ik502[5];			/* why, NULL-ended unless full */
	struct x12_error *errors;
	size_t		n_errors;
};
struct x12_group {
	struct str	gs01, gs02, gs03, gs06, gs08;
	int64_t		declared;			/* GE01 */
	size_t		n_accepted;
	char		ak901;				/* A, E, P some rejected, R all rejected */
	const char	*ak905[5];
	struct x12_set	*sets;
	size_t		n_sets;
};
struct x12_interchange {
	struct str	isa05, isa06, isa07, isa08, isa09, isa10, isa13;	/* trimmed */
	bool		wants_ta1;			/* ISA14 */
	char		usage;				/* ISA15: T or P */
	int64_t		declared;			/* IEA01 */
	char		ta104;				/* A, E, R; 0: not read to its end */
	const char	*ta105;				/* "000" when sound */
	struct x12_group *groups; size_t n_groups;
	struct x12_seps	seps;				/* as they came; 0: not known */
};
struct x12_claim {
	struct encounter *e;
	size_t		interchange, group, set;	/* where in the tree */
	struct str	isa13, gs06, st02, sender;
};
struct x12_intake {
	struct x12_interchange *interchanges;
	size_t		n_interchanges;
	struct x12_claim *claims;		/* of accepted sets only, in file order */
	size_t		n_claims;
	size_t		n_refused;		/* CLM segments in what was rejected */
	struct faults	faults, notes;		/* not taken, and why; taken, but the sender should know */
};

/*
 * Reads 837P, 837I and 837D, checked against their guides (SNIP 1 and 2, see check.h). A set, group or interchange
 * that is not sound is rejected as a whole; what is around it is taken. What the record has no field for stays in
 * `extras`: a whole segment under its loop ("2300", "2310" for all of 2310A..), the elements left over of one that has
 * fields under the loop with a + ("2300+"). Returns the claims taken, or below 0 when no interchange could be read or
 * memory ran out.
 */
struct x12_guides;
struct x12_intake_spec {
	const struct x12_guides *guides;
	unsigned	level;		/* 2: what breaks the guide rejects its set; 1: only what breaks the syntax does */
	uint64_t	seed;		/* random, a secret of the caller: for bytes of others */
};
int	x12_read_837(struct arena *, const struct x12_intake_spec *, struct str bytes, struct x12_intake *out);

/* ---- 837 out ---- */
struct x12_ends {				/* the envelope of anything we send */
	struct str	isa05, isa06, isa07, isa08, gs02, gs03;
	char		usage;			/* T or P */
	int64_t		control;		/* 1..999999999: ISA13, GS06 and BHT03 (9 digits, zero filled; GS06 plain) */
	int64_t		at;			/* ms since 1970 UTC */
};
struct x12_837_spec {
	struct x12_ends	ends;
	struct str	submitter, submitter_id, contact, phone, email;	/* 1000A; phone or email is required */
	struct str	receiver, receiver_id;				/* 1000B */
	size_t		max_per_st;					/* 0 = 5000 */
};
struct x12_out { const struct encounter *e; const struct claim_view *view; };
struct x12_written {
	struct str	bytes, *st02;		/* separators * : ^ ~, a line end after each segment; one st02 per claim */
	size_t		n_sets, n_blanked;	/* n_blanked: texts in which one of * : ^ ~ became a blank */
	struct faults	faults;			/* place starts with "claim N", N from 1 */
};

/*
 * One interchange of one type (P, I or D, as the first claim says). Same input, same bytes. When any claim cannot
 * be written nothing is: E_VALUE, E_INCOMPLETE or E_LIMIT and faults.
 */
int	x12_write_837(struct arena *, const struct x12_837_spec *, const struct x12_out *v, size_t n, struct x12_written *out);

/* ---- answers in ---- */
enum x12_scope { X12_INTERCHANGE, X12_GROUP, X12_SET, X12_BATCH, X12_CLAIM, X12_LINE };
struct x12_answer {
	enum x12_scope	scope;
	struct str	kind;			/* "TA1", "999" (or its elder "997"), "277CA" */
	struct str	from, own;		/* ISA06 and ISA13 of the answer itself */
	struct str	isa13;			/* TA101 */
	struct str	gs06, st02, batch;	/* AK102, AK202; 2200B TRN02: our BHT03 */
	struct str	pcn, payer_control, line;	/* 2200D TRN02, REF*1K, REF*FJ */
	struct str	verdict;		/* "accepted", "rejected", "pending"; a group accepted in part: accepted */
	/* TA105; IK502 or AK905, blanks between, else IK501 or AK901; category:status:entity */
	struct str	code;
	struct str	words;			/* what the code means, in our words */
	struct str	text;			/* STC12: the sender's words, may hold patient data */
};
struct x12_answers {
	struct x12_answer *v;			/* in file order */
	size_t		n;
	struct faults	faults;
};
int	x12_read_answers(struct arena *, struct str bytes, struct x12_answers *out);	/* n, or below 0 */

/* ---- answers out ---- */
enum x12_status_needs { STATUS_NONE, STATUS_ENTITY, STATUS_OTHER };	/* what must stand with a claim status */
enum x12_status_needs x12_status_needs(struct str code);	/* schemas/x12_status.def; NONE of what it does not have */
const char *x12_status_words(struct str code);		/* NULL the same */
struct x12_verdict {
	const struct encounter *e;		/* provider, patient, pcn, charge, dates */
	struct str	category, status, entity, payer_control;	/* A2, 20, PR ...; the last two may be absent */
	bool		accepted;		/* STC03 WQ, else U */
};
struct x12_277ca_spec {
	struct x12_ends	ends;
	struct str	payer, payer_id, receiver, receiver_id, batch;	/* 2100A, 2100B, BHT03 of the 837 answered */
};
int	x12_write_ta1(struct arena *, const struct x12_ends *, const struct x12_interchange *, struct str *out);
int	x12_write_999(struct arena *, const struct x12_ends *, const struct x12_interchange *, struct str *out);
int	x12_write_277ca(struct arena *, const struct x12_277ca_spec *, const struct x12_verdict *v, size_t n, struct str *out);

#endif
