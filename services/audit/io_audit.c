/*
 * io_audit.c - audit as a stage. Ledger and archive have their turn in every loop; a full disk there stops no
 * claim, it shows.
 */
#include "audit/io_audit.h"

#include "audit/io_cold.h"
#include "audit/io_ledger.h"
#include "audit/risk.h"
#include "audit/sample.h"
#include "base/file.h"
#include "base/log.h"

#include <stdlib.h>

#define LEDGER_MS	250	/* each turn costs an fsync here and one in Redis */
#define RIGHT_MS	10000
#define RETRY_MS	1000
#define LEDGER_FULL	1024	/* entries of a full turn: there is more */

struct audit {
	struct ledger_writer	*writer;
	struct cooler		*cooler;
	struct arena		 mem;
	int64_t			 next, cuts;
	bool			 mine;		/* the ledger, and with it the archive */
};

static int
writer_open(struct audit *au, const struct conf *conf, struct runner *r)
{
	struct ledger_options o = { .folder = conf->audit.ledger.p, .instance = runner_instance(r),
	    .segment_bytes = conf->audit.segment_mb << 20, .right_ms = RIGHT_MS };
	int rc;

	if (conf->audit.ledger.n == 0)
		return 0;
	rc = mkdir_p(o.folder);
	if (rc >= 0)
		rc = ledger_writer_open(&au->writer, &o);
	return rc < 0 ? rc : cooler_open(&au->cooler, conf, runner_store(r)->lanes);
}

int
audit_open(struct stage_ctx *ctx, struct runner *r)
{
	struct audit *au = ctx->self;

	if (au)
		return 0;			/* a reload: rules are read where they are used */
	ctx->self = au = calloc(1, sizeof *au);
	if (!au)
		return E_NOMEM;
	arena_init(&au->mem, 16 * (size_t)LIMIT_ARENA);
	return writer_open(au, ctx->conf, r);
}

void
audit_close(struct stage_ctx *ctx)
{
	struct audit *au = ctx->self;

	ledger_writer_close(au->writer);
	cooler_close(au->cooler);
	arena_free(&au->mem);
	free(au);
	ctx->self = NULL;
}

/* A person who released it from this queue has seen it: it is not held for the same again. */
static bool
is_released(const struct encounter *e)
{
	return e->n_decisions && str_is(e->decisions[e->n_decisions - 1].action, "release");
}

int
audit_process(const struct stage_ctx *ctx, struct encounter *e, struct hold *h)
{
	struct audit_rules rules = { ctx->today, ctx->book, ctx->conf->audit.seed, ctx->conf->audit.sample_ppm };
	int risk = audit_risk(ctx->arena, e, &rules);

	if (risk < 0)
		return risk;
	e->sampled = audit_sampled(rules.seed, rules.sample_ppm, rec_eid(e));
	if (is_released(e) || (!e->sampled && risk < ctx->conf->audit.hold_at))
		return STAGE_PASS;
	h->queue = ST_HELD_COMPLIANCE;
	h->why = e->sampled ? S("drawn for compliance review") :
	    arena_fmt(ctx->arena, "risk %d: " STR_FMT, risk, STR_ARG(e->n_risk_reasons ? e->risk_reasons[0] : STR_NONE));
	return STAGE_HOLD;
}

/* Up to a full second behind costs nothing: the journal is in Redis until the ledger has it. */
static void
ledger_turn(struct audit *au, struct runner *r, int64_t now_ms)
{
	struct ledger_status st;
	int rc;

	if (now_ms < au->next)
		return;
	rc = ledger_tick(au->writer, runner_store(r), &au->mem);
	arena_reset(&au->mem);
	if (rc > 0)
		metric_add(runner_metrics(r), M_LEDGER_LINES, rc);
	au->next = now_ms + (rc >= LEDGER_FULL ? 0 : rc < 0 ? RETRY_MS : LEDGER_MS);
	ledger_writer_status(au->writer, &st);
	metric_set(runner_metrics(r), M_LEDGER_SEQ, st.lines);
	if (st.cuts > au->cuts)
		log_line(LOG_WARN, "ledger", LOG_CSTR("note", st.note), LOG_NUM("cuts", st.cuts));
	au->cuts = st.cuts;
	if (rc < 0 && rc != E_BUSY && err_class(rc) != ERR_DROP)
		runner_condition(r, "ledger", st.note[0] ? st.note : err_text(rc));
	else
		runner_condition(r, "ledger", NULL);
	au->mine = st.writing && (rc >= 0 || rc == E_NO_SPACE || rc == E_IO);
}

static int
audit_tick(struct runner *r, void *self, int64_t now_ms)
{
	struct audit *au = self;

	if (!au->writer)
		return 0;
	ledger_turn(au, r, now_ms);
	cooler_turn(au->cooler, r, &au->mem, au->mine, now_ms);
	arena_reset(&au->mem);
	return 0;
}

const struct stage_io audit_io = { audit_tick, NULL, NULL, NULL };
