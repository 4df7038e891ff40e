/* state - the life of an encounter as tables (schemas/states.def). Pure. */
#ifndef CLAIMLINE_STATE_H
#define CLAIMLINE_STATE_H

#include "base/base.h"

enum state {
	ST_NONE = -1,
#define STATE(id, name, stage) ST_##id,
#include "schemas/states.def"
	ST_COUNT
};

const char	*state_name(enum state);		/* "held:coding"; "?" for ST_NONE */
enum state	 state_of(struct str name);		/* ST_NONE when there is no such state */
const char	*state_stage(enum state);		/* the stage that works its queue, or NULL */
bool		 state_is_held(enum state);
bool		 state_is_settled(enum state);		/* sent and after, or void: nobody works on its body */
const char	*state_event(enum state from, enum state to);	/* NULL: no such move. Composite PASS moves count */

struct state_move { enum state from; const char *event; enum state to; };
size_t		 state_moves(const struct state_move **out);	/* the rows of states.def */

#endif
