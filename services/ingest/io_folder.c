/*
 * io_folder.c - the watched folder. A file is taken when it is whole (write it as NAME.part, then rename),
 * and moves to done/ after the commit or to refused/ with NAME.why.json beside it. An acknowledgement
 * that its format has (999, TA1, HL7 ACK) is written to replies/. A crash in between takes it again: known.
 */
#include "ingest/io_intake.h"
#include "base/file.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FILES	10000
#define TURN_FILES	16

struct folder {
	struct door	*d;
	struct arena	 mem;		/* of one look */
	int64_t		 next;
	bool		 busy;		/* an offer is not answered yet */
};

struct taken { struct folder *f; char *path, *name; };

static void
taken_free(struct taken *t)
{
	free(t->path);
	free(t->name);
	free(t);
}

/* folder/sub/name, made free by a number when it is taken. */
static void
put_away(struct folder *f, struct arena *a, const struct taken *t, const char *sub)
{
	struct str dir = path_join(a, runner_ctx(f->d->runner)->conf->ingest.folder, str_of(sub));
	struct str to = path_join(a, dir, str_of(t->name));

	(void)mkdir_p(dir.p);
	for (int i = 1; file_exists(to.p) && i < 10000; i++)
		to = arena_fmt(a, STR_FMT "/%s.%d", STR_ARG(dir), t->name, i);
	if (file_move(t->path, to.p) < 0)
		log_text(LOG_ERROR, "a file was committed but cannot be moved out of the watched folder");
}

static void
write_beside(struct folder *f, struct arena *a, const char *sub, const char *name, struct str bytes)
{
	struct str dir = path_join(a, runner_ctx(f->d->runner)->conf->ingest.folder, str_of(sub));

	(void)mkdir_p(dir.p);
	if (file_write_atomic(path_join(a, dir, str_of(name)).p, bytes, true) < 0)
		log_text(LOG_ERROR, "cannot write an answer beside the watched folder");
}

static void
answered(void *arg, int64_t seq, const struct intake_job *j)
{
	struct taken *t = arg;
	const char *verdict = intake_verdict(j);
	struct buf replies;

	(void)seq;
	t->f->busy = false;
	if (strcmp(verdict, "busy") == 0) {	/* stays where it is, next time again */
		taken_free(t);
		return;
	}
	buf_init(&replies, j->arena);
	for (size_t i = 0; i < j->in.n_replies; i++)
		buf_str(&replies, j->in.replies[i].bytes);
	if (replies.n)
		write_beside(t->f, j->arena, "replies", arena_fmt(j->arena, "%s.ack", t->name).p, buf_view(&replies));
	if (j->in.faults.n || j->rc < 0 || strcmp(verdict, "conflict") == 0)
		write_beside(t->f, j->arena, "refused", arena_fmt(j->arena, "%s.why.json", t->name).p,
		    intake_answer_json(j));
	put_away(t->f, j->arena, t, strcmp(verdict, "accepted") == 0 || strcmp(verdict, "known") == 0 ?
	    "done" : "refused");
	taken_free(t);
}

static bool
is_whole(const struct file_item *it)
{
	struct str n = it->name;

	return !it->is_folder && !(n.n > 5 && str_is((struct str){ n.p + n.n - 5, 5 }, ".part")) &&
	    !(n.n > 4 && str_is((struct str){ n.p + n.n - 4, 4 }, ".tmp"));
}

static void
take(struct folder *f, struct str dir, const struct file_item *it)
{
	struct taken *t = calloc(1, sizeof *t);
	struct str path = path_join(&f->mem, dir, it->name), bytes = STR_NONE;
	int rc;

	if (!t)
		return;
	t->f = f;
	t->path = strdup(path.p);
	t->name = strdup(it->name.p);
	rc = file_read(&f->mem, path.p, LIMIT_INPUT, &bytes);
	if (!t->path || !t->name || (rc < 0 && rc != E_LIMIT)) {
		taken_free(t);
		return;
	}
	if (rc == E_LIMIT) {
		put_away(f, &f->mem, t, "refused");
		write_beside(f, &f->mem, "refused", arena_fmt(&f->mem, "%s.why.json", t->name).p,
		    S("{\"error\": \"over the size limit: split it\"}\n"));
		taken_free(t);
		return;
	}
	f->busy = true;
	intake_offer(f->d->core, bytes, it->name, answered, t, 0);
}

static int
folder_tick(struct door *d, int64_t now_ms)
{
	struct folder *f = d->self;
	const struct conf *conf = runner_ctx(d->runner)->conf;
	struct file_list files = { 0 };

	if (!f || f->busy || now_ms < f->next || runner_is_draining(d->runner))
		return 0;
	f->next = now_ms + conf->ingest.folder_ms;
	if (dir_list(&f->mem, conf->ingest.folder.p, MAX_FILES, &files) >= 0) {
		int taken = 0;

		for (size_t i = 0; i < files.n && taken < TURN_FILES && !intake_is_full(d->core); i++) {
			if (!is_whole(&files.v[i]))
				continue;
			take(f, conf->ingest.folder, &files.v[i]);
			f->next = now_ms;
			taken++;
		}
	}
	arena_reset(&f->mem);
	return 0;
}

static int
folder_open(struct door *d, struct runner *r, struct intake_core *core)
{
	struct str where = runner_ctx(r)->conf->ingest.folder;
	struct folder *f;

	(void)core;
	if (where.n == 0)
		return 0;
	d->self = f = calloc(1, sizeof *f);
	if (!f)
		return E_NOMEM;
	f->d = d;
	arena_init(&f->mem, 16 * (size_t)LIMIT_ARENA);
	return mkdir_p(where.p);
}

static void
folder_close(struct door *d)
{
	struct folder *f = d->self;

	if (f)
		arena_free(&f->mem);
	free(f);
	d->self = NULL;
}

const struct door_ops door_folder = { "folder", folder_open, folder_tick, folder_close };
