/* history - what the ledger and the journal say about one encounter, oldest first. Reads only. */
#ifndef CLAIMLINE_CLI_HISTORY_H
#define CLAIMLINE_CLI_HISTORY_H

#include "claimline/cli.h"
#include "claimline/story.h"

/* Best effort: what cannot be read is left out, and *incomplete says so. 0, or E_NOMEM. */
int	history_of(struct cli *, struct arena *, struct eid, struct hop **out, size_t *n, bool *incomplete);

#endif
