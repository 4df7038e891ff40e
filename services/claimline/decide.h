/* decide - what a person's decision does: which stage it goes back to, and in what order work is shown. Pure. */
#ifndef CLAIMLINE_CLI_DECIDE_H
#define CLAIMLINE_CLI_DECIDE_H

#include "record/record.h"
#include "record/state.h"

/* Where `work release` sends an encounter of this queue; ST_NONE when it is not held. */
enum state	decide_release_to(enum state held);

/* "coding" or "held:coding" to the state; ST_NONE when there is no such queue. */
enum state	decide_queue(struct str name);

/* A diagnosis code as a person types it ("e11.9") to the stored form (E119). Absent when it cannot be one. */
struct str	decide_code(struct arena *, struct str typed);
struct str	decide_code_dotted(struct arena *, struct str code);	/* E119 to E11.9 */

/*
 * Checks a decision against what would go on the claim now, and appends it to e->decisions. action: accept,
 * replace, reject, release, query, route, note, void. E_VALUE, E_DUPLICATE, E_LIMIT or E_NOMEM with words in *why.
 */
int		decide_add(struct arena *, struct encounter *e, const struct decision *d, const char **why);

/* Order of a work list: due first (0 = no due time, last), then dollars, then id. */
struct work_item { struct eid id; unsigned lane; enum state state; int64_t due; cents_t charge; };
int		decide_order(const void *a, const void *b);	/* for qsort, of struct work_item */

#endif
