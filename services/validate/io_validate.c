/* io_validate.c - reads config/payers and hands every encounter to the edits. Judges nothing itself. */
#include "validate/io_validate.h"

#include "base/file.h"
#include "base/log.h"
#include "validate/edits.h"

#include <stdlib.h>

#define MAX_PAYERS	100000

struct validator {
	struct arena	 mem;
	struct overlay	*overlays;
	size_t		 n;
	struct edit_set	 edits;
};

/* One file; its faults say which. */
static int
load_one(struct validator *v, struct str dir, struct str name, struct faults *f)
{
	size_t before = f->n;
	struct overlay *one = arena_push(&v->mem, v->overlays, v->n);
	struct str text;
	int rc = one ? file_read(&v->mem, path_join(&v->mem, dir, name).p, LIMIT_CONF, &text) : E_NOMEM;

	if (rc < 0)
		(void)fault_add(f, rc, S("file"), str_of(err_text(rc)), S("give a file that can be read"));
	else
		rc = edits_overlay(&v->mem, text, one, f);
	for (size_t i = before; i < f->n; i++)
		f->v[i].place = arena_fmt(f->a, "payers/" STR_FMT " " STR_FMT, STR_ARG(name), STR_ARG(f->v[i].place));
	return rc;
}

/* Every file is looked at, so that all faults are told at once. */
static int
load(struct validator *v, const struct conf *conf, struct faults *f)
{
	struct str dir = path_join(&v->mem, conf->site.config_dir, S("payers"));
	struct file_list files = { 0 };
	int rc = dir_list_all(&v->mem, dir.p, MAX_PAYERS, &files);

	if (rc == E_NOT_FOUND)
		rc = 0;				/* no payer differs */
	for (size_t i = 0; i < files.n; i++) {
		struct str name = files.v[i].name;
		int one = 0;

		if (!files.v[i].is_folder && name.n > 5 && str_is((struct str){ name.p + name.n - 5, 5 }, ".yaml"))
			one = load_one(v, dir, name, f);
		rc = rc < 0 ? rc : one;
	}
	return rc < 0 ? rc : edits_make(&v->mem, v->overlays, v->n, &v->edits, f);
}

int
validate_check(const struct conf *conf, struct faults *f)
{
	struct validator v = { 0 };
	int rc;

	arena_init(&v.mem, 16 * (size_t)LIMIT_ARENA);
	rc = load(&v, conf, f);
	arena_free(&v.mem);
	return rc;
}

int
validate_open(struct stage_ctx *ctx, struct runner *r)
{
	struct validator *v = calloc(1, sizeof *v);
	struct faults f = { 0 };
	int rc;

	(void)r;
	if (!v)
		return E_NOMEM;
	arena_init(&v->mem, 16 * (size_t)LIMIT_ARENA);
	f.a = &v->mem;
	rc = load(v, ctx->conf, &f);
	for (size_t i = 0; i < f.n; i++)
		log_line(LOG_ERROR, "payer files", LOG_STR("place", f.v[i].place), LOG_STR("words", f.v[i].words),
		    LOG_STR("fix", f.v[i].fix));
	if (rc < 0) {				/* a reload goes on with what there is */
		arena_free(&v->mem);
		free(v);
		return rc;
	}
	if (ctx->self)
		validate_close(ctx);
	ctx->self = v;
	return 0;
}

void
validate_close(struct stage_ctx *ctx)
{
	struct validator *v = ctx->self;

	arena_free(&v->mem);
	free(v);
	ctx->self = NULL;
}

int
validate_process(const struct stage_ctx *ctx, struct encounter *e, struct hold *h)
{
	const struct validator *v = ctx->self;
	int worst = validate_run(&v->edits, ctx->book, ctx->today, ctx->arena, e);

	if (worst < 0)
		return worst;			/* the machine failed: the runner decides */
	if (worst < ctx->conf->validate.hold_at)
		return STAGE_PASS;
	h->queue = validate_hold(ctx->arena, e, &h->why);
	h->due = validate_filing_limit(&v->edits, e);
	return STAGE_HOLD;
}
