/* demo - the table that `claimline demo` prints: one encounter, its codes with a phrase each, and what became of it. Pure. */
#ifndef CLAIMLINE_CLI_DEMO_H
#define CLAIMLINE_CLI_DEMO_H

#include "claimline/find.h"

/* Nothing will happen to it any more without a person (or more messages of its visit). */
bool		demo_is_settled(enum state);

/* "accepted by the payer", "held:coding: words" ... */
struct str	demo_disposition(struct arena *, const struct seen *);
struct str	demo_answer(struct arena *, const struct encounter *);	/* the last one: "277CA rejected A3:21" */
void		demo_put(struct arena *, const struct ui *, const struct seen *v, size_t n, struct buf *);
json_t		*demo_json(struct arena *, const struct seen *v, size_t n);

#endif
