/*
 * ingest - bytes of any kind this program takes, to encounters, answers and faults. Pure: no door is
 * here, and the time that acknowledgements carry is passed in.
 */
#ifndef CLAIMLINE_INGEST_H
#define CLAIMLINE_INGEST_H

#include "record/record.h"
#include "hl7/hl7.h"
#include "x12/x12.h"

struct ingest_rules {
	struct str		tenant;		/* site.tenant */
	char			usage;		/* ingest.usage, 'T' or 'P': input of the other kind is refused */
	enum hl7_policy		release;	/* ingest.release */
	int64_t			 at;		/* ms since 1970 UTC, for the answers */
	struct x12_intake_spec	 x12;		/* guides, and ingest.x12_level */
};

enum intake_kind { INTAKE_UNKNOWN, INTAKE_X12, INTAKE_HL7, INTAKE_JSON, INTAKE_FHIR };
enum intake_event {
	INTAKE_NEW,		/* e is whole: admit it to received */
	INTAKE_AMEND,		/* e is a fragment: intake_apply it to the visit (made in new if unknown) */
	INTAKE_RELEASE,		/* as amend; then the visit goes from new to received */
	INTAKE_CANCEL,		/* the visit is void; nothing to do if it is unknown */
};

struct intake_item {
	struct encounter	*e;		/* tenant, source, sender, control, account, usage, revision are set:
						   rec_eid and rec_lane can be asked */
	enum intake_event	 event;
	bool			 reopen;	/* intake_apply undoes the discharge known before */
	size_t			 messages;	/* HL7: how many messages of this input it came from; else 1 */
};

#define INTAKE_NO_ITEM	SIZE_MAX

struct intake_reply {			/* HL7: one per message, in order. X12: TA1 and 999 */
	struct str		 bytes;		/* what to send back once the items are committed */
	int			 rc;		/* 0, or why it was refused */
	size_t			 item, n_items;	/* those it speaks for: the first, or INTAKE_NO_ITEM, and how many */
	struct hl7_head		 head;		/* HL7: so that intake_nak can answer otherwise */
	const struct x12_interchange *about;	/* X12: the same, with the envelope of the answer; NULL: nothing to take back */
	const struct x12_ends	*ends;
	int			 lost;		/* X12: 0, or why a claim it accepts became no item */
};

struct intake {
	enum intake_kind	 kind;
	struct intake_item	*items;		/* distinct eids */
	size_t			 n_items;
	struct intake_reply	*replies;
	size_t			 n_replies;
	size_t			 n_refused;	/* encounters among the faults, where they can be told apart */
	struct faults		 faults;	/* what was refused, and why */
	struct faults		 notes;		/* what was taken but not acted on, such as a patient merge */
};

/*
 * Recognises the input by its first bytes and reads it. hint is the name it came under, or "": its
 * folder is the default sender of Claimline JSON. Messages of one visit in one input become one item.
 * Returns the number of items (0 is possible: acknowledged, nothing to bill), E_NOMEM, or, when all of
 * it was refused, the error of the first fault. Some items and some faults: the others were refused.
 */
int	ingest_read(struct arena *, const struct ingest_rules *, struct str bytes, struct str hint, struct intake *out);

/* What ingest_read would take it for, by its first bytes; JSON may be FHIR. */
enum intake_kind intake_recognise(struct str bytes);
const char *intake_kind_name(enum intake_kind);	/* x12, hl7, json, fhir, unknown */

/*
 * An HL7 item joins its visit. *into is the visit as stored, or a rec_new one; afterwards it is whole:
 * type, days of service and charge are derived anew. Idempotent. 0, E_NOMEM, or E_LIMIT with a fault.
 */
int	intake_apply(struct arena *, struct encounter *into, const struct intake_item *, struct faults *);

/*
 * The answer to what was fine but could not be committed (rc: E_BUSY, E_STORE_DOWN, E_CONFLICT ...). X12: a TA1 that rejects the
 * interchange, in place of all its replies.
 */
int	intake_nak(struct arena *, const struct intake_reply *, int rc, int64_t at, struct str *out);

#endif
