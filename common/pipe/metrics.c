/* metrics.c - numbers for operators. Ids and counts only, never patient data. */
#include "pipe/metrics.h"

static const struct { const char *type, *name, *words; } rows[M_COUNT] = {
#define METRIC(id, type, name, words) { #type, name, words },
#include "schemas/metrics.def"
};

void
metric_add(struct metrics *m, enum metric id, int64_t by)
{
	(void)atomic_fetch_add_explicit(&m->v[id], by, memory_order_relaxed);
}

void
metric_set(struct metrics *m, enum metric id, int64_t to)
{
	atomic_store_explicit(&m->v[id], to, memory_order_relaxed);
}

int64_t
metric_get(struct metrics *m, enum metric id)
{
	return atomic_load_explicit(&m->v[id], memory_order_relaxed);
}

void
metric_observe_us(struct metrics *m, int64_t us)
{
	int i = 0;

	while (i < METRIC_BUCKETS - 1 && us > (INT64_C(100) << i))
		i++;
	(void)atomic_fetch_add_explicit(&m->bucket[i], 1, memory_order_relaxed);
	(void)atomic_fetch_add_explicit(&m->sum_us, us, memory_order_relaxed);
}

/* Microseconds as decimal seconds, without floating point. */
static void
put_seconds(struct buf *b, int64_t us)
{
	buf_fmt(b, "%lld.%06lld", (long long)(us / 1000000), (long long)(us % 1000000));
}

static void
put_histogram(struct buf *b, struct metrics *m, const char *stage)
{
	int64_t total = 0;

	buf_cstr(b, "# HELP claimline_batch_seconds Time of one batch in this stage, commit included\n"
	    "# TYPE claimline_batch_seconds histogram\n");
	for (int i = 0; i < METRIC_BUCKETS; i++) {
		total += atomic_load_explicit(&m->bucket[i], memory_order_relaxed);
		buf_fmt(b, "claimline_batch_seconds_bucket{stage=\"%s\",le=\"", stage);
		if (i == METRIC_BUCKETS - 1)
			buf_cstr(b, "+Inf");
		else
			put_seconds(b, INT64_C(100) << i);
		buf_fmt(b, "\"} %lld\n", (long long)total);
	}
	buf_fmt(b, "claimline_batch_seconds_sum{stage=\"%s\"} ", stage);
	put_seconds(b, atomic_load_explicit(&m->sum_us, memory_order_relaxed));
	buf_fmt(b, "\nclaimline_batch_seconds_count{stage=\"%s\"} %lld\n", stage, (long long)total);
}

struct str
metrics_text(struct arena *a, struct metrics *m, const char *stage, const char *version)
{
	struct buf b;

	buf_init(&b, a);
	for (int i = 0; i < M_COUNT; i++)
		buf_fmt(&b, "# HELP %s %s\n# TYPE %s %s\n%s{stage=\"%s\"} %lld\n", rows[i].name, rows[i].words,
		    rows[i].name, rows[i].type, rows[i].name, stage, (long long)metric_get(m, (enum metric)i));
	put_histogram(&b, m, stage);
	buf_fmt(&b, "# HELP claimline_build_info Version of this program\n# TYPE claimline_build_info gauge\n"
	    "claimline_build_info{stage=\"%s\",version=\"%s\"} 1\n", stage, version);
	return buf_view(&b);
}
