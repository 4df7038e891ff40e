/*
 * samples - what the tests that run ../shared/samples through a site share: the command line on that site, waiting until
 * the daemons have nothing left to do, and the encounters state by state.
 */
#ifndef CLAIMLINE_TEST_SAMPLES_H
#define CLAIMLINE_TEST_SAMPLES_H

#include "support/site.h"

#define SAMPLES	"../shared/samples"

/* False, after saying so, where the samples are absent. */
bool	samples_here(void);

/* `claimline ARGS` with the settings of the site: its exit code; out is what it printed. args end with NULL. */
int	site_cli(struct site *, struct str *out, const char *const *args);

/* Waits until no machine has work and n encounters are there, each in one state. False: site->why. */
bool	site_settle(struct site *, size_t n);

/* All encounters of all states, in the order of their ids; -1 when one is in two queues. */
struct site_at { struct eid id; unsigned lane; enum state state; };
int64_t	site_where(struct site *, struct arena *, struct site_at **out);

/* "WHAT: held:coding 12, sent 3" on stdout. */
void	site_print_states(struct site *, const char *what);

#endif
