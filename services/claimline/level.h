/* level - one look at the whole installation: depths, held dollars, what each stage does. Ids, counts and dollars only. */
#ifndef CLAIMLINE_CLI_LEVEL_H
#define CLAIMLINE_CLI_LEVEL_H

#include "claimline/cli.h"
#include "claimline/crew.h"

struct level_held { uint64_t n; cents_t cents; int64_t due; bool partial; };	/* due 0: none has one */
struct level_stage {
	size_t		alive;		/* daemons with a fresh heartbeat */
	bool		answers;	/* the first one's metrics could be read */
	int64_t		through, in_hand, retried, buried;
	int64_t		rate_milli;	/* encounters per 1000 s; -1 unknown */
};
struct level {
	int64_t			at;	/* store time, ms */
	struct depth		depth[ST_COUNT];
	struct level_held	held[ST_COUNT];
	struct level_stage	stage[STAGES];
};

/* sum_max: how many held encounters are summed per queue. Error of errors.def. */
int	level_read(struct cli *, size_t sum_max, struct level *out);
/* Rates from an earlier look. Pure. */
void	level_rates(const struct level *before, struct level *now);
void	level_put(struct arena *, const struct ui *, const struct level *, struct buf *);	/* pure */
json_t	*level_json(const struct level *);

#endif
