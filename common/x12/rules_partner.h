/*
 * rules_partner - inside common/x12 only: rules of a trading partner, compiled to positions, and their moments.
 */
#ifndef CLAIMLINE_X12_RULES_PARTNER_H
#define CLAIMLINE_X12_RULES_PARTNER_H

#include "x12/partner_rules.h"
#include "x12/walk.h"

#define PARTNER_RULES	500			/* rules of one file */

enum partner_key {
#define RULE(key, kind, words) PARTNER_##key,
#include "schemas/x12_partner.def"
	PARTNER_KEYS
};
enum { PARTNER_ENDS = 0
#define ENVELOPE(key, or, segment, element, ta105, words) + 1
#include "schemas/x12_partner.def"
};

/* One rule as written, with its place taken apart. */
struct partner_rule {
	enum partner_key key;
	enum x12_severity severity;
	const char	*text;			/* of the place: "2010BB REF*2U" */
	struct str	 guide, loop, segment, code;	/* "" = any, none */
	unsigned	 el, comp;
	const struct str *values; size_t n_values;	/* allowed codes; of a pair: identifier, name */
	int		 line, column;
	const char	*fix;			/* NULL: that of the finding */
	bool		 implied;		/* by a key of partner.def: where it fits */
};

enum partner_act { ACT_OPEN, ACT_MET, ACT_NEED, ACT_FORBID, ACT_ALLOW, ACT_PAIR };
/* What happens at a position: act on the rule; slot: of a loop or segment that is waited for in a loop. */
struct partner_action { uint16_t pos, rule, slot; uint8_t act; };
struct partner_slot { uint16_t rule, loop; bool in_unit; };		/* loop: in which it must come; 0 the set */
struct partner_plan {				/* of one guide */
	const uint16_t	*at;			/* of position p: actions at[p] .. at[p + 1] */
	const struct partner_action *v;
	const struct partner_slot *slots;
	size_t		 n_slots, n;
	bool		 taken;			/* the partner takes this guide */
};

struct x12_partner_rules {
	struct partner_rule *v; size_t n;
	struct partner_plan *plans;		/* by guide */
	size_t		 max_slots;
	struct str	 ends[PARTNER_ENDS];	/* by row of ENVELOPE; "" any */
	const char	*end_fix[PARTNER_ENDS];
	struct str	 seps;			/* "" any, else four */
	struct str	*versions; size_t n_versions;
	struct str	*takes; size_t n_takes;
	int64_t		 max_claims, max_sets, max_bytes;	/* 0 any */
	bool		 checks_chars;
	uint8_t		 chars[256];		/* 1: may stand */
};

/* What is open in the check at hand. */
struct partner_wait { size_t at, ordinal; bool open, met; };
struct x12_partner_state {
	const struct x12_partner_rules *p;
	const struct x12_guide *guide;		/* of the set at hand, NULL outside */
	const struct partner_plan *plan;
	struct partner_wait *wait;		/* by slot */
	uint16_t	 loop;			/* of the segment before */
	size_t		 interchanges, groups;	/* looked at */
	size_t		 bytes;
	bool		 told_bytes;
};

/* rules_partner_load.c, rules_partner_compile.c */
bool	partner_names_guide(struct str name, const struct x12_guide *);
void	partner_compile(struct arena *, const struct x12_guides *, struct x12_partner_rules *, struct str file, struct faults *);

int	x12_partner_begin(struct x12_check *, const struct x12_partner_rules *, struct x12_partner_state **out);
void	x12_partner_set(struct x12_partner_state *, struct x12_check *);
void	x12_partner_segment(struct x12_partner_state *, struct x12_check *);
void	x12_partner_unit(struct x12_partner_state *, struct x12_check *);	/* before the verdict of the claim */
void	x12_partner_set_end(struct x12_partner_state *, struct x12_check *);

#endif
