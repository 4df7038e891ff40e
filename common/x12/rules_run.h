/*
 * rules_run - one rule at work and how it tells what it found; of rules*.c only. A rule is a row of x12_rules.def and
 * a function that sees the facts of a claim, or the segment at hand, and tells a place for each thing wrong.
 */
#ifndef CLAIMLINE_X12_RULES_RUN_H
#define CLAIMLINE_X12_RULES_RUN_H

#include "x12/facts.h"
#include "x12/rules.h"

#define RULE_ROWS	64			/* of one moment */

enum rule_moment { AT_NONE, AT_NM1, AT_N1, AT_N3, AT_N4, AT_HL, AT_REF, AT_PER, AT_PWK, AT_CLAIM, AT_LINE,
	AT_OTHER, AT_SET_END, AT_COUNT };
enum { ON_P = 1 << FORM_837P, ON_I = 1 << FORM_837I, ON_D = 1 << FORM_837D, ON_R = 1 << FORM_835, ON_PI = ON_P | ON_I,
	ON_PD = ON_P | ON_D, ON_C = ON_P | ON_I | ON_D, ON_O = 1 << FORM_OTHER };
/* What is done at a position: its moment; facts of a level; codes; what the partner wants; its guide is met first. */
enum { DO_RULES = 15, DO_LEVEL = 16, DO_CODES = 32, DO_PARTNER = 64, DO_MEET = 128 };
_Static_assert(AT_COUNT <= DO_RULES + 1, "a moment and its flags share a byte");

struct x12_rule_run;
struct x12_codes_judge;
struct x12_partner_state;
struct x12_rule {
	const char	*id;
	enum x12_snip	 snip;
	enum x12_severity severity;
	unsigned	 forms;			/* ON_ */
	enum rule_moment moment;
	void		(*run)(struct x12_rule_run *);
	const char	*ik304, *ik403, *stc, *words, *fix;
};
struct x12_rule_run {
	struct x12_check *c;
	struct x12_facts *f;
	day_t		 today;
	struct x12_codes_judge *codes;
	struct x12_partner_state *partner;	/* NULL: no partner */
	const struct x12_rule *rule;		/* the row at work */
	const struct x12_line *line;		/* AT_LINE */
	const struct x12_other *other;		/* AT_OTHER */
	const struct x12_seg *seg;		/* AT_NM1 .. AT_PWK: the segment at hand */
	const struct x12_rule *rows[AT_COUNT][RULE_ROWS + 1];	/* those of `form`, NULL after the last */
	enum x12_form	form;
	const struct x12_guide *guide;		/* of the segment at hand, and what is done at its positions */
	bool		again;			/* the claim at hand was there before */
	struct x12_names *claims;		/* of the set: their numbers, and what they are as a whole */
	const uint8_t	*at; uint8_t **plans;	/* enum rule_moment | DO_; plans by guide, made when it is first met */
	uint8_t		elsewhere;		/* outside of every position */
};

void	x12_rule_fact(struct x12_rule_run *, const struct x12_fact *);	/* the value is wrong */
/* the same, of a sum that is another than it says */
void	x12_rule_sums(struct x12_rule_run *, const struct x12_fact *, cents_t said, cents_t counted);
void	x12_rule_seg(struct x12_rule_run *, uint32_t seg, unsigned el);	/* an element of a segment of the claim; 0: all of it */
void	x12_rule_missing(struct x12_rule_run *, uint32_t after, const char *segment);	/* in the loop of the segment `after` */
void	x12_rule_spot(struct x12_rule_run *, struct x12_spot, unsigned el, const char *segment);	/* above the claim; segment:
								the one that is missing, or NULL */
void	x12_rule_here(struct x12_rule_run *, unsigned el);	/* the segment at hand */

/* The functions of x12_rules.def, one each. */
#define RULE(id, snip, severity, forms, moment, fn, ik304, ik403, stc, words, fix) void fn(struct x12_rule_run *);
#include "schemas/x12_rules.def"

#endif
