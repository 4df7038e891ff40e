/*
 * walk - inside common/x12 only: where in its guide a segment stands, and the state of one check.
 */
#ifndef CLAIMLINE_X12_WALK_H
#define CLAIMLINE_X12_WALK_H

#include "x12/guide.h"
#include "x12/names.h"

#define WALK_DEPTH	16
#define NO_POS		UINT16_MAX
/* Statuses that no rule has: of a batch; of a sound claim, one too large, one with errors of which none has a status. */
#define STC_RECEIVED	"A1:19:PR"
#define STC_ACCEPTED	"A2:20"
#define STC_TOO_LARGE	"A3:121"
#define STC_OTHERWISE	"A3:481"
#define CLAIM_STCS	4			/* different statuses that are kept of one claim, or of a level above claims */

struct x12_stcs { const char *v[CLAIM_STCS]; };	/* in the order found; NULL after the last */

struct walk_level {
	uint16_t	 loop, ord, req;
	uint32_t	 errors;		/* SNIP 3 to 7 at this level: every claim below has them */
	struct x12_stcs	 stcs;			/* of them */
	int64_t		 hl, said;		/* number of the level that begins here, 0: none does; its HL01 */
	char		 child;			/* its HL04, 0: not said */
	bool		 has_child;
	size_t		 at, ordinal;		/* of its HL */
};
#define WALK_MEMOS	8			/* segments that may follow a position */
#define WALK_MEMO_ROWS	4096
struct walk_memo { uint64_t what; uint16_t from, to, level, max; };	/* what: id and mark; from, to: positions; max: of to, 0 any */
#define WALK_GAPS	32
struct walk_gap { uint16_t pos, level; size_t at, ordinal; };	/* not met where it had to be; it may come out of order */
struct x12_walk {
	const struct x12_guide *g;
	uint16_t	*seen;			/* by position, in the loop that is open */
	uint16_t	*reps;			/* by loop, in its parent */
	struct walk_level lv[WALK_DEPTH];
	unsigned	 depth;
	int64_t		 n_hl, last_hl;		/* levels met; HL01 of the last */
	struct walk_gap	 gaps[WALK_GAPS];
	unsigned	 n_gaps;
	struct walk_memo *memo;			/* what followed a position before: WALK_MEMO_ROWS */
	uint16_t	 at;			/* the position last taken */
	bool		 early;			/* one was out of order: memos do not hold in this set */
};

struct x12_unit_seg { uint32_t el; uint16_t pos; uint8_t n, marks; uint32_t at; };	/* el: first element in the window */
struct x12_check {
	struct arena	*a;
	const struct x12_check_spec *spec;
	struct x12_reader *r;
	struct x12_seps	 s;
	struct x12_seg	 seg;			/* the segment at hand */
	struct x12_walk	 w;
	uint16_t	 pos;			/* of that segment, NO_POS outside of its guide */
	struct x12_interchange ic;
	struct x12_group g;
	struct x12_set	 set;
	bool		 in_ic, in_group, in_set, examine;	/* examine: a version we refuse, but say where it errs */
	bool		 has_ta1;		/* the interchange holds a TA1 */
	bool		 sniffing;		/* no composite of this interchange was sound yet */
	bool		 set_judged;		/* a guide was found */
	bool		 set_has_segments;	/* of an IK3: IK502 5 */
	char		*error_room;		/* texts of set.errors */
	struct x12_totals t;
	size_t		 at;			/* place in the set; ST is 1 */
	size_t		 g_plain;		/* sets of the group without an error */
	size_t		 ic_accepted;		/* sets of the interchange, of groups that were not rejected */
	size_t		 n_sets, n_groups;	/* counted for GE01 and IEA01 */
	size_t		 isa_at, gs_at;			/* ordinals of the envelope at hand */
	struct x12_names *st02s, *gs06s, *isa13s;	/* those met, to find the same twice */
	struct x12_unit_seg *segs; size_t n_segs, cap_segs;	/* of the claim that is open */
	size_t		 claim_errors;		/* SNIP 3 to 7, of the claim that is open */
	struct x12_stcs	 claim_stcs;		/* of them */
	bool		 unit_open, unit_lost;	/* lost: it outgrew the window */
	int		 rc;			/* a watcher said stop, or memory ran out */
	char		*room;			/* texts of the envelope, which must outlive their segment */
	struct x12_rule_run *rules;		/* NULL without rules */
};

/* walk.c */
void	x12_walk_open(struct x12_check *, const struct x12_guide *);
uint16_t x12_walk_step(struct x12_check *, const struct x12_seg *);	/* NO_POS when it has no place; told in findings */
void	x12_walk_close(struct x12_check *);		/* SE stands: the end of the set: what is missing */

/* element.c */
void	x12_elements_check(struct x12_check *, const struct x12_seg *, const struct x12_pos *);
const char *x12_shape_wrong(enum x12_shape, const struct x12_seg *, unsigned el, struct str v);

bool	x12_turns_at(struct str v, size_t i);		/* a character there that turns text around */

/* status.c: statuses of a claim, see schemas/x12_status.def. at: of one that ends in @ the party of that place is told */
const char *x12_stc_at(const struct x12_check *, const struct x12_pos *, const char *stc);
void	x12_stc_add(struct x12_stcs *, const char *stc);	/* once each; NULL and what is too many: nothing */

/* envelope.c */
int64_t	x12_whole(struct str);			/* -1: no number */
bool	x12_code_among(struct str v, const char *codes);	/* blank-parted */
/* A fault of the segment at hand; el 0: of all of it. */
void	x12_envelope(struct x12_check *, const char *id, struct x12_finding, unsigned el);
void	x12_number_seen(struct x12_check *, struct x12_names *, struct str v, unsigned el, struct x12_finding twice);
void	x12_date_check(struct x12_check *, struct str ccyymmdd, unsigned el, struct x12_finding);	/* after today */
void	x12_isa_check(struct x12_check *);

/* check.c */
void	x12_found(struct x12_check *, struct x12_finding *);
static inline const struct x12_pos *
x12_pos_of(const struct x12_check *c, uint16_t pos)
{
	return &c->w.g->pos[pos];
}

#endif
