/* parts - inside of the reader: what its kinds share. Only for services/ingest/read*.c and fit.c. */
#ifndef CLAIMLINE_INGEST_PARTS_H
#define CLAIMLINE_INGEST_PARTS_H

#include "ingest/ingest.h"

struct reading {
	struct arena			*a;
	const struct ingest_rules	*rules;
	struct str			 hint;
	struct intake			*out;
	uint32_t			*slots;		/* items + 1 by control and sender; 0 is free */
	size_t				 n_slots;
};

int	read_x12(struct reading *, struct str bytes);
int	x12_nak(struct arena *, const struct intake_reply *, int rc, int64_t at, struct str *out);
int	read_hl7(struct reading *, struct str bytes);
int	read_json(struct reading *, struct str bytes);	/* Claimline and FHIR */

/*
 * cut_json.c: one value, an array of them, or one per line. A line that is no value is a fault of its own; only
 * when nothing tells where one value ends is all of it refused.
 */
struct json_value {
	struct str	text;
	struct str	place;		/* "line 3"; in an array "encounter 2, line 3" */
	unsigned	line;		/* where it starts, from 1 */
	const char	*line_start;	/* the line of that */
};
int	json_cut(struct reading *, struct str bytes, struct json_value **out, size_t *n);
/* A line and column of the value, in the input. */
struct str json_place(struct arena *, const struct json_value *, size_t line, size_t column);

/* A whole encounter becomes an item, unless it breaks a limit or its eid is there already: then a fault. */
int	reading_add(struct reading *, struct encounter *e, struct str place);

/* The item of this control, sender and eid, NULL when there is none; a new one under the name of e. NULL: the arena is spent. */
struct intake_item *reading_find(const struct reading *, const struct encounter *e);
struct intake_item *reading_push(struct reading *, const struct encounter *e);

/* A place inside one member of an input: "message 3" and "PID-3" */
struct str place_in(struct arena *, struct str outer, struct str inner);

/*
 * Text within encounter.def's bounds, valid UTF-8, no control characters where they have no business.
 * Names and words are shortened; anything else that is too long or too many is a fault. 0 or E_LIMIT.
 */
int	ingest_fit(struct arena *, struct encounter *e, struct str place, struct faults *);

/* What follows from the rest: type, pcn, days of service, charge. Only what is absent, unless again. */
void	ingest_derive(struct arena *, struct encounter *e, bool again);

struct str ingest_stamp(struct arena *, int64_t at);	/* ms since 1970 as CCYYMMDDHHMMSS, UTC */

#endif
