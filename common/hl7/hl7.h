/*
 * hl7 - HL7 v2 in its ER7 form (pipes): bytes to messages, messages to one encounter per visit, and
 * the acknowledgement that answers each. Pure: the time of an acknowledgement is passed in.
 *
 * Everything a message gives borrows the input or lives in the arena. What a sender wrote never
 * gets into a fault: faults name the place and what was expected.
 */
#ifndef CLAIMLINE_HL7_H
#define CLAIMLINE_HL7_H

#include "record/record.h"

/* ---- one message ---- */
struct hl7_msg {
	char		 field, comp, rep, esc, sub;	/* the five separators of MSH-1 and MSH-2 */
	struct str	*segs;				/* each from its id to before its end, as it came */
	size_t		 n;
};

/*
 * Reads one message: MSH first, then segments ended by CR, LF or CRLF. A byte-order mark is skipped;
 * text that is not UTF-8 is taken as ISO 8859-1 and recoded. Refuses, each with a fault: XML and
 * UTF-16 (E_UNSUPPORTED), separators that are missing, alike or letters, lines that are no segment
 * (E_MALFORMED), no MSH-9, MSH-10 or a processing id other than P, T, D (E_INCOMPLETE, E_VALUE),
 * more than LIMIT_HL7_SEGMENTS (E_LIMIT).
 */
int		hl7_parse(struct arena *, struct str bytes, struct hl7_msg *out, struct faults *);

bool		hl7_is(struct str seg, const char *id);			/* "PID" */
struct str	hl7_seg(const struct hl7_msg *, const char *id);	/* the first of that name, or STR_NONE */
struct str	hl7_field(const struct hl7_msg *, struct str seg, unsigned n);	/* raw, with its repeats; MSH-1 is 1 */
struct str	hl7_part(struct str raw, char sep, unsigned n);		/* n-th piece, 1-based, or STR_NONE */
struct str	hl7_text(struct arena *, const struct hl7_msg *, struct str raw);	/* escapes undone, byte for byte */

/* First repeat, one component, first subcomponent; escapes undone, trimmed. "" in quotes reads as absent. */
struct str	hl7_get(struct arena *, const struct hl7_msg *, struct str seg, unsigned field, unsigned comp);

/* ---- many messages ---- */

/*
 * Cuts a file into messages: bare messages one after another (blank lines between them are ignored),
 * or batches (FHS BHS BTS FTS). hl7_split_next gives 1 and a message, 0 at the end, or < 0 with a
 * fault: a segment before the first MSH, FHS or BHS where none may be, a count that is not the
 * number of messages. A file may fail after messages were given: read it to its end before using any.
 */
struct hl7_split {
	struct str	rest;
	unsigned	line;			/* of the next segment, from 1 */
	unsigned	messages, in_batch, batches;
	char		field;			/* separator of the header that is open */
	bool		in_file, batch_open, file_done;
};
void		hl7_split_init(struct hl7_split *, struct str bytes);
int		hl7_split_next(struct arena *, struct hl7_split *, struct str *msg, struct faults *);

/*
 * MLLP: 0x0B, message, 0x1C 0x0D. Give all bytes that came and are not used yet: 1 and a message
 * (*used is the frame's length), 0 more bytes are needed, E_MALFORMED bytes outside a frame or a frame
 * inside a frame, E_LIMIT no end within LIMIT_INPUT. After an error the connection cannot go on.
 */
struct hl7_mllp {
	size_t		seen;			/* bytes of this frame already looked at */
};
int		hl7_mllp_next(struct hl7_mllp *, struct str bytes, struct str *msg, size_t *used);
struct str	hl7_mllp_wrap(struct arena *, struct str msg);

/* ---- acknowledgement ---- */
struct hl7_head {				/* what an acknowledgement needs of the message it answers */
	char		seps[5];		/* field, comp, rep, esc, sub */
	struct str	app, facility, to_app, to_facility, trigger, id, processing, version;
};
void		hl7_head_of(struct arena *, struct str bytes, struct hl7_head *out);	/* never fails: gives what it can */

enum hl7_ack { HL7_AA, HL7_AE, HL7_AR };	/* accepted; wrong content; wrong type or place, or no room now */
enum hl7_ack	hl7_ack_for(int rc);		/* >= 0 AA; type, processing id, garbage, busy AR; all else AE */

/* MSH, MSA and, when why is not NULL, ERR (table 0357 by why->rc). now is CCYYMMDDHHMMSS. */
int		hl7_ack_write(struct arena *, const struct hl7_head *, enum hl7_ack, const struct fault *why,
		    struct str now, struct str *out);

/* ---- the visit ---- */
enum hl7_policy { HL7_ON_CHARGES, HL7_ON_DISCHARGE, HL7_ON_QUIET };	/* what ends the gathering of a visit */
enum hl7_event {
	HL7_NOTED,		/* nothing of a visit is in it: acknowledge only */
	HL7_AMEND,		/* the fragment joins the visit, which is made if it is new */
	HL7_RELEASE,		/* as amend, and the visit is complete */
	HL7_CANCEL,		/* the visit did not take place */
};
struct hl7_visit {
	struct encounter	*e;		/* fragment: source, sender, control, account and what the message says */
	enum hl7_event		 event;
	bool			 reopen;	/* the discharge known so far is void (A13): hl7_reopen before the merge */
	struct str		 patient;	/* MRN, whatever the event */
	const char		*note;		/* why a noted message changes nothing; NULL when that needs no words */
};

/* Message types and events taken: the rows of events.c. Others: E_UNSUPPORTED. No key to a visit: E_INCOMPLETE. */
int		hl7_map(struct arena *, const struct hl7_msg *, enum hl7_policy, struct hl7_visit *out, struct faults *);

/*
 * Adds a fragment to the visit, or to an earlier fragment: later values win where they are present;
 * lists are joined by natural key (coverage by order, party by role, diagnosis by code, line by
 * control, document by id ...). Doing it twice changes nothing. Lists are
 * changed in place: a shallow copy of *into sees that. E_NOMEM only.
 *
 * hl7_settle, on the visit only: a document without text was withdrawn and goes, a PR1 line whose
 * charge has come goes, and when nobody said which diagnosis is principal, the first is.
 */
int		hl7_merge(struct arena *, struct encounter *into, const struct encounter *fragment);
void		hl7_settle(struct encounter *e);
void		hl7_reopen(struct encounter *e);

#endif
