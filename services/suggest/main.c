/*
 * claimline-suggest - proposes codes from the chart, each with the words that support it.
 *
 * Adds candidates and, when the encounter came uncoded, chosen codes; what came is never overwritten. Not
 * certain enough: held for a coder.
 */
#include "pipe/stage.h"
#include "suggest/suggest.h"

static int
suggest_stage_open(struct stage_ctx *ctx, struct runner *r)
{
	struct suggest *fresh = NULL;
	int rc = suggest_open(ctx->book, &fresh);

	(void)r;
	if (rc < 0)
		return rc;
	suggest_close(ctx->self);
	ctx->self = fresh;
	return 0;
}

static int
suggest_process(const struct stage_ctx *ctx, struct encounter *e, struct hold *h)
{
	struct suggest_rules rules = { (int)ctx->conf->suggest.release_at, (int)ctx->conf->suggest.hold_below };

	int rc = suggest_run(ctx->self, &rules, ctx->arena, e, &h->why);

	h->queue = ST_HELD_CODING;
	return rc == SUGGEST_HOLD ? STAGE_HOLD : rc < 0 ? rc : STAGE_PASS;
}

static void
suggest_stage_close(struct stage_ctx *ctx)
{
	suggest_close(ctx->self);
}

static const struct stage suggest = {
	.name = "suggest", .from = ST_RECEIVED, .to = ST_CODED, .part = PART_SUGGEST,
	.open = suggest_stage_open, .process = suggest_process, .close = suggest_stage_close,
};

int
main(int argc, char **argv)
{
	return stage_main(argc, argv, &suggest);
}
