/* io_thaw.c - bodies out of the archive: for a late answer that puts a claim into people's hands, and for a recovery. */
#include "submit/io_submit.h"

int
body_load(struct submit *s, struct arena *a, struct snapshot *snap)
{
	return cold_load(&s->shelf, runner_ctx(s->r)->conf->audit.archive, a, snap);
}

int
body_thaw(struct submit *s, struct arena *a, struct snapshot *snap)
{
	int rc = snap->cold ? body_load(s, a, snap) : 0;

	if (rc == E_AWAY)
		runner_condition(s->r, "archive", s->shelf.why);
	if (rc < 0 || !snap->cold)
		return rc;
	metric_add(runner_metrics(s->r), M_THAWED, 1);
	return cold_thaw(a, str_is(runner_ctx(s->r)->conf->site.compress, "zstd"), &snap->w);
}

void
body_is_read(struct submit *s)
{
	runner_condition(s->r, "archive", NULL);
}
