/*
 * map - inside of the HL7 mapping: one message being turned into a fragment. Only for this folder.
 */
#ifndef CLAIMLINE_HL7_MAP_H
#define CLAIMLINE_HL7_MAP_H

#include "hl7/hl7.h"

struct map {
	struct arena		*a;
	const struct hl7_msg	*m;
	struct encounter	*e;
	struct str		 id;		/* MSH-10 */
	day_t			 day;		/* of the message: EVN-2, else MSH-7 */
	struct buf		 problems;	/* diagnoses given in words only */
	struct buf		 notes;		/* NTE outside results */
};

/* what.c: what a value means. All give STR_NONE, DAY_NONE, false for what does not fit. */
struct str	map_get(struct map *, struct str seg, unsigned field, unsigned comp);
struct str	map_short(struct str s, size_t max);		/* absent when longer: a code is never cut */
struct str	map_key(struct arena *, struct str s, size_t max);	/* hashed when longer: an id stays distinct */
day_t		map_day(struct str ts);
struct str	map_hhmm(struct arena *, struct str ts);
bool		map_cents(struct str s, cents_t *out);		/* 1,250.00 and 100.0000 too */
bool		map_icd10(struct arena *, struct str code, struct str *out);	/* without the dot */
bool		map_pcs(struct str code);
bool		map_hcpcs(struct str code);
struct map_row { const char *from, *to; };
struct str	map_row(const struct map_row *, size_t n, struct str from);
#define MAP_ROW(rows, from) map_row((rows), sizeof (rows) / sizeof *(rows), (from))

/* people.c: PID, providers, PV1, IN1 */
bool		map_provider(struct map *, struct str seg, unsigned field, const char *role, struct party *out);
int		map_patient(struct map *);
int		map_visit(struct map *);
int		map_insurance(struct map *);

/* codes.c: DG1, PR1, FT1 */
int		map_diagnoses(struct map *);
int		map_procedures(struct map *);
int		map_charges(struct map *);

/* notes.c: TXA, OBX, NTE */
int		map_documents(struct map *, struct str type, struct str trigger);

/* events.c */
struct map_event {
	const char	*type, *trigger;		/* trigger "" stands for any */
	enum { V_AMEND, V_DISCHARGE, V_CHARGES, V_CANCEL, V_REOPEN, V_NOTED, V_MERGE } what;
};
const struct map_event *map_event(struct str type, struct str trigger);	/* NULL: not taken */

#endif
