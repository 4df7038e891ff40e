/* test_metrics.c - what /metrics says is Prometheus text: by our own reading, and by promtool when it is there. */
#include "pipe/metrics.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
fill(struct metrics *m)
{
	memset(m, 0, sizeof *m);
	for (int i = 0; i < M_COUNT; i++)
		metric_add(m, (enum metric)i, 10 + i);
	metric_set(m, M_CREDIT, -3);
	metric_observe_us(m, 0);
	metric_observe_us(m, 100);		/* the first bucket has its bound in it */
	metric_observe_us(m, 101);
	metric_observe_us(m, 2500000);
	metric_observe_us(m, INT64_C(3600000000));	/* an hour: beyond the last bound */
}

static int64_t
value_of(struct str text, const char *line)
{
	struct str one;
	int64_t n = -1;

	while (text.n) {
		one = str_cut(&text, '\n');
		if (str_starts(one, str_of(line)) && str_to_int((struct str){ one.p + strlen(line), one.n - strlen(line) }, &n))
			return n;
	}
	return INT64_MIN;
}

Test(metrics, values)
{
	static struct metrics m;
	struct arena a;
	struct str text;

	arena_init(&a, 0);
	fill(&m);
	text = metrics_text(&a, &m, "audit", "1.2.3");
	cr_expect(value_of(text, "claimline_encounters_received_total{stage=\"audit\"} ") == 10 + M_IN);
	cr_expect(value_of(text, "claimline_credit{stage=\"audit\"} ") == -3);
	cr_expect(metric_get(&m, M_CREDIT) == -3 && metric_get(&m, M_READY) == 10 + M_READY);
	cr_expect(value_of(text, "claimline_build_info{stage=\"audit\",version=\"1.2.3\"} ") == 1);
	cr_expect(value_of(text, "claimline_batch_seconds_bucket{stage=\"audit\",le=\"0.000100\"} ") == 2);
	cr_expect(value_of(text, "claimline_batch_seconds_bucket{stage=\"audit\",le=\"0.000200\"} ") == 3);
	cr_expect(value_of(text, "claimline_batch_seconds_bucket{stage=\"audit\",le=\"+Inf\"} ") == 5);
	cr_expect(value_of(text, "claimline_batch_seconds_count{stage=\"audit\"} ") == 5);
	cr_expect(strstr(text.p, "claimline_batch_seconds_sum{stage=\"audit\"} 3602.500201\n") != NULL);
	arena_free(&a);
}

/* Every bucket holds at least what the one before it holds, and bounds rise. */
Test(metrics, histogram_is_cumulative)
{
	static struct metrics m;
	struct arena a;
	struct str text, line, n;
	int64_t last = 0, now;
	int buckets = 0;

	arena_init(&a, 0);
	fill(&m);
	text = metrics_text(&a, &m, "suggest", "1");
	while (text.n) {
		line = str_cut(&text, '\n');
		if (!str_starts(line, S("claimline_batch_seconds_bucket{")))
			continue;
		n = line;
		(void)str_cut(&n, ' ');
		cr_expect(str_to_int(n, &now) && now >= last, STR_FMT, STR_ARG(line));
		last = now;
		buckets++;
	}
	cr_expect(buckets == METRIC_BUCKETS);
	arena_free(&a);
}

/* Each sample has its HELP and TYPE before it, once, and a name that begins with ours. */
Test(metrics, every_name_is_explained)
{
	static struct metrics m;
	struct arena a;
	struct str text, line;
	int helps = 0, types = 0;

	arena_init(&a, 0);
	fill(&m);
	text = metrics_text(&a, &m, "submit", "1");
	while (text.n) {
		line = str_cut(&text, '\n');
		helps += str_starts(line, S("# HELP claimline_"));
		types += str_starts(line, S("# TYPE claimline_"));
		cr_expect(str_starts(line, S("# ")) || str_starts(line, S("claimline_")), STR_FMT, STR_ARG(line));
	}
	cr_expect(helps == M_COUNT + 2 && types == helps, "%d %d", helps, types);
	arena_free(&a);
}

Test(metrics, promtool)
{
	char path[] = "/tmp/claimline-metrics.XXXXXX", command[128];
	static struct metrics m;
	struct arena a;
	struct str text;
	int fd, rc;

	if (system("command -v promtool >/dev/null 2>&1") != 0) {
		(void)printf("skipped: promtool is not here\n");
		cr_skip_test("promtool is not here");
	}
	arena_init(&a, 0);
	fill(&m);
	text = metrics_text(&a, &m, "ingest", "0.1.0");
	fd = mkstemp(path);
	cr_assert(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n);
	(void)close(fd);
	(void)snprintf(command, sizeof command, "promtool check metrics <%s", path);
	rc = system(command);
	cr_expect(WIFEXITED(rc) && WEXITSTATUS(rc) == 0, "promtool: see above");
	(void)unlink(path);
	arena_free(&a);
}
