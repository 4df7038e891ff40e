/*
 * plan - inside common/x12 only: what the tables say of one type of claim, found once, so that a segment asks only the
 * rows it may mean. Reading and writing go by the same plan.
 */
#ifndef CLAIMLINE_X12_PLAN_H
#define CLAIMLINE_X12_PLAN_H

#include "x12/wire.h"

enum x12_map { MAP_ID, MAP_WORDS, MAP_WHOLE, MAP_NUM, MAP_ALWAYS, MAP_PERSON, MAP_PACKED, MAP_PLACED, MAP_SAID, MAP_SPREAD };

/* Of the objects a loop reads and writes. */
enum { AT_party = offsetof(struct x12_place, p), AT_coverage = offsetof(struct x12_place, c),
	AT_encounter = offsetof(struct x12_place, e), AT_line = offsetof(struct x12_place, l),
	AT_adjudication = offsetof(struct x12_place, j), AT_payment = offsetof(struct x12_place, pay),
	AT_paid_section = offsetof(struct x12_place, sec), AT_paid_claim = offsetof(struct x12_place, pc),
	AT_paid_line = offsetof(struct x12_place, pl) };

struct x12_leaf {				/* a row of x12_837.def or x12_remit.def */
	uint8_t		 el, comp, how, kind;	/* enum x12_map, enum rec_kind */
	uint16_t	 place;			/* in struct x12_place, of the object */
	/* in the object; at_n: the count of a list; of MAP_SAID whether it was not said */
	uint16_t	 at, at_n;
	int32_t		 max;
	struct str	 qual;
};
struct x12_step {				/* a row of x12_837_order.def or x12_remit_order.def */
	enum x12_loop		 loop;
	const char		*id;
	enum x12_how		 how;
	bool			 kept;		/* nothing of it but what the record keeps as it came */
	uint32_t		 bit;		/* its own in its loop */
	const struct x12_leaf	*leaf, *leaf_end;
};
struct x12_span { uint32_t first, end; };
struct x12_plan {
	int			 type;
	struct x12_step		*steps;
	struct x12_span		 loops[L_COUNT];	/* steps of a loop, in the order they are written */
	struct x12_span		 contexts[L_COUNT];	/* x12_enters of a context; of other types too */
	uint32_t		 letters[L_COUNT];	/* as bits, those the ids of its x12_enters begin with */
};
const struct x12_plan *x12_plan_open(struct arena *, int type);	/* NULL: the arena is spent */
const struct x12_step *x12_step_of(const struct x12_plan *, enum x12_loop, struct str id);	/* NULL: no place there */
bool	x12_is_segment(const struct x12_plan *, struct str id);	/* has a place in some loop */
const struct x12_enter *x12_enter_of(const struct x12_plan *, enum x12_loop context, struct str id, struct str qual);

#endif
