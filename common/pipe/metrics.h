/*
 * metrics - counters, gauges and one latency histogram per daemon, and their Prometheus text.
 * Rows are in schemas/metrics.def. Written by the loop, read by the HTTP thread; no locks.
 */
#ifndef CLAIMLINE_METRICS_H
#define CLAIMLINE_METRICS_H

#include "base/base.h"

#include <stdatomic.h>

enum metric {
#define METRIC(id, type, name, words) M_##id,
#include "schemas/metrics.def"
	M_COUNT
};

#define METRIC_BUCKETS	24		/* upper bounds 2^i * 0.1 ms, i = 0..22, then +Inf */

struct metrics {
	atomic_int_fast64_t	v[M_COUNT];
	atomic_int_fast64_t	bucket[METRIC_BUCKETS], sum_us;
};

void		metric_add(struct metrics *, enum metric, int64_t by);
void		metric_set(struct metrics *, enum metric, int64_t to);
int64_t		metric_get(struct metrics *, enum metric);
void		metric_observe_us(struct metrics *, int64_t us);	/* time of one batch in this stage */
struct str	metrics_text(struct arena *, struct metrics *, const char *stage, const char *version);

#endif
