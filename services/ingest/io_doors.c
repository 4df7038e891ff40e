/* io_doors.c - ingest as a stage: all doors around one intake core. */
#include "ingest/io_intake.h"

#include <stdlib.h>

#define N_DOORS	3

struct ingest {
	struct intake_core	*core;
	struct door		 doors[N_DOORS];
};

int
ingest_open(struct stage_ctx *ctx, struct runner *r)
{
	static const struct door_ops *const all[N_DOORS] = { &door_front, &door_mllp, &door_folder };
	struct ingest *in = ctx->self;
	int rc;

	if (in)
		return 0;		/* a reload: doors stay open, settings are read where they are used */
	ctx->self = in = calloc(1, sizeof *in);
	rc = in ? intake_core_open(&in->core, r) : E_NOMEM;
	for (int i = 0; i < N_DOORS && rc >= 0; i++) {
		in->doors[i] = (struct door){ all[i], r, in->core, NULL };
		rc = all[i]->open(&in->doors[i], r, in->core);
	}
	return rc;
}

void
ingest_close(struct stage_ctx *ctx)
{
	struct ingest *in = ctx->self;

	for (int i = 0; i < N_DOORS; i++)
		if (in->doors[i].ops)
			in->doors[i].ops->close(&in->doors[i]);
	intake_core_close(in->core);
	free(in);
	ctx->self = NULL;
}

static int
ingest_tick(struct runner *r, void *self, int64_t now_ms)
{
	struct ingest *in = self;
	int rc;

	(void)r;
	for (int i = 0; i < N_DOORS; i++)
		if (in->doors[i].ops->tick)
			(void)in->doors[i].ops->tick(&in->doors[i], now_ms);
	rc = intake_flush(in->core, now_ms);
	if (rc < 0)
		return err_class(rc) == ERR_TEMP ? rc : 0;
	return !intake_is_idle(in->core);
}

static bool
ingest_is_done(struct runner *r, void *self)
{
	(void)r;
	return intake_is_idle(((struct ingest *)self)->core);
}

const struct stage_io ingest_io = { ingest_tick, NULL, ingest_is_done, NULL };
