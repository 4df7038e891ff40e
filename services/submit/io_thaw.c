/* io_thaw.c - bodies out of the archive: for a late answer that puts a claim into people's hands, and for a recovery. */
#include "submit/io_submit.h"

int
body_load(struct submit *s, struct arena *a, struct snapshot *snap)
{
	return cold_load(&s->shelf, runner_ctx(s->r)->conf->audit.archive, a, snap);
}

/* Only of the archive that bodies left for can be said that it lost one: elsewhere an older copy may be mounted. */
static bool
is_ours(struct submit *s, struct arena *a)
{
	struct store *st = runner_store(s->r);
	struct str known;

	return st->ops->fact(st, ARCHIVE_FACT, STR_NONE, a, &known) == 0 &&
	    cold_is_of(a, runner_ctx(s->r)->conf->audit.archive, known);
}

int
body_thaw(struct submit *s, struct arena *a, struct snapshot *snap)
{
	int rc = snap->cold ? body_load(s, a, snap) : 0;

	if (rc == E_AWAY && s->shelf.lost && is_ours(s, a)) {
		snap->w.dirty |= 1u << PART_INGEST;
		return E_NOT_FOUND;
	}
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
