/* cmd_queues.c - queues: one look at what waits where; top: the same every second on a terminal. */
#include "claimline/cli.h"
#include "claimline/find.h"
#include "claimline/level.h"

#include <poll.h>
#include <stdio.h>

#define TOP_SUM		1000		/* held encounters summed for top: it looks every second */
#define TOP_MS		1000

static int
read_pair(struct cli *c, size_t sum_max, int64_t sample_ms, struct level *now)
{
	struct level *before = arena_alloc(&c->a, sizeof *before);
	int rc = before ? 0 : E_NOMEM;

	if (rc >= 0 && sample_ms) {
		rc = level_read(c, 1, before);
		(void)poll(NULL, 0, (int)sample_ms);
	}
	if (rc >= 0)
		rc = level_read(c, sum_max, now);
	if (rc >= 0 && sample_ms)
		level_rates(before, now);
	return rc;
}

static int
look_once(struct cli *c)
{
	struct level *now = arena_alloc(&c->a, sizeof *now);
	int64_t sample_ms;
	struct buf b;
	int rc;

	if (opt_int(&c->opts, "sample-ms", 500, (int64_t[]){ 0, 60000 }, &sample_ms) < 0)
		return cli_usage(c, "--sample-ms wants 0 to 60000");
	rc = cli_store(c);
	if (rc != CLI_OK)
		return rc;
	rc = now ? read_pair(c, FIND_STATE_MAX, sample_ms, now) : E_NOMEM;
	if (rc < 0)
		return cli_fail(c, cli_exit_of(rc), "%s", err_text(rc));
	if (cli_wants_json(c))
		return cli_put_json(level_json(now));
	buf_init(&b, &c->a);
	level_put(&c->a, &c->ui, now, &b);
	cli_put(&b);
	return CLI_OK;
}

static int
queues_run(struct cli *c)
{
	return c->argc ? cli_usage(c, "queues takes options only") : look_once(c);
}

static const struct opt queues_opts[] = {
	{ "sample-ms", 0, "N", "time between the two looks that give rates; default 500, 0 = no rates" },
	{ NULL, 0, NULL, NULL },
};

#define ABOUT \
	"Per stage: how many daemons are alive, how many encounters wait and for how long, how many are in flight (owned by a\n" \
	"daemon), encounters per second and retries (of the instance that has the HTTP port). Per held queue: count, dollars\n" \
	"and nearest deadline. Then the settled states, and what was buried.\n\n"

const struct verb verb_queues = {
	.name = "queues", .args = "[--json]", .words = "what waits where",
	.text = ABOUT "  claimline queues\n  claimline queues --json | jq '.states.buried.count'\n",
	.opts = queues_opts, .run = queues_run,
};

static void
put_screen(struct cli *c, const struct level *now)
{
	struct arena a;
	struct buf b;

	arena_init(&a, 0);
	buf_init(&b, &a);
	buf_fmt(&b, "\033[H\033[Jclaimline " STR_FMT "  " STR_FMT "  Ctrl-C ends\n\n", STR_ARG(c->conf.site.tenant),
	    STR_ARG(ui_when(&a, now->at)));
	level_put(&a, &c->ui, now, &b);
	cli_put(&b);
	arena_free(&a);
}

static int
top_run(struct cli *c)
{
	struct level *v = arena_array(&c->a, 2, sizeof *v);
	int turn = 0, rc;

	if (c->argc)
		return cli_usage(c, "top takes options only");
	if (!c->ui.is_tty || cli_wants_json(c))
		return look_once(c);
	rc = cli_store(c);
	if (rc != CLI_OK)
		return rc;
	for (; v; turn++) {
		struct level *now = &v[turn % 2];

		*now = (struct level){ 0 };
		rc = level_read(c, TOP_SUM, now);
		if (rc < 0)
			return cli_fail(c, cli_exit_of(rc), "%s", err_text(rc));
		if (turn)
			level_rates(&v[(turn + 1) % 2], now);
		put_screen(c, now);
		(void)poll(NULL, 0, TOP_MS);
	}
	return cli_fail(c, CLI_OS, "%s", err_text(E_NOMEM));
}

const struct verb verb_top = {
	.name = "top", .args = "[--json]", .words = "what waits where, every second",
	.text = ABOUT "On a terminal it refreshes until Ctrl-C; in a pipe it prints once, as `claimline queues` does.\n\n"
	    "  claimline top\n",
	.opts = queues_opts, .run = top_run,
};
