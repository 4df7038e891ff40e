/*
 * stats - what is in X12 files, counted while the check reads them: sets, claims, lines, charges, payers, codes, days,
 * findings. Constant memory: of names and codes at most X12_STATS_NAMES, the rest only as a number.
 */
#ifndef CLAIMLINE_X12_STATS_H
#define CLAIMLINE_X12_STATS_H

#include "x12/check.h"

#define X12_STATS_NAMES	65536

enum x12_stat { X12_STAT_SET, X12_STAT_PAYER, X12_STAT_PROCEDURE, X12_STAT_REVENUE, X12_STAT_DIAGNOSIS,
    X12_STAT_FINDING, X12_STATS };

struct x12_stat_row { struct str name; int64_t n; cents_t cents; };	/* cents: charges of its claims or lines */
struct x12_stats_sum {
	int64_t	claims, lines;
	cents_t	charges, paid;			/* paid: of an 835 */
	day_t	first, last;			/* of service; DAY_NONE: none */
	int64_t	unnamed;			/* names beyond those that are kept */
};

struct x12_stats;
struct x12_stats *x12_stats_open(struct arena *);		/* NULL when the arena is spent */
void	x12_stats_raw(struct x12_stats *);		/* names of persons and what looks like no code are not told by shape */
struct x12_watch x12_stats_watch(struct x12_stats *);		/* for the check of each file */
const struct x12_stats_sum *x12_stats_sum(const struct x12_stats *);
/* The most frequent of a kind, at most `most`, ties by name. Returns how many; below 0 E_NOMEM. */
int	x12_stats_top(struct arena *, const struct x12_stats *, enum x12_stat, size_t most, struct x12_stat_row **out);

#endif
