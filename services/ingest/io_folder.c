/*
 * io_folder.c - the watched folder. A file is taken when it is whole (write it as NAME.part, then rename),
 * and moves to done/ after the commit or to refused/; what was refused of it is in NAME.why.json beside it.
 * An acknowledgement that its format has (999, TA1, HL7 ACK) is written to replies/. A crash in between takes
 * it again: known. What cannot be read is left alone for a while; readiness says how much that is.
 */
#include "ingest/io_intake.h"
#include "base/file.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FILES	10000
#define TURN_FILES	16
#define SKIP_SLOTS	256
#define SKIP_MS		30000

/* A file that could not be read, by a hash of its name; one that loses its slot is only tried earlier. */
struct skip { uint64_t name; int64_t until; };

struct folder {
	struct door	*d;
	struct arena	 mem;		/* of one look */
	int64_t		 next;
	bool		 busy;		/* an offer is not answered yet */
	size_t		 unread;	/* entries that cannot be read, as told */
	struct skip	 skips[SKIP_SLOTS];
};

struct taken { struct folder *f; char *path, *name; };

static void
taken_free(struct taken *t)
{
	free(t->path);
	free(t->name);
	free(t);
}

static struct str
make_sub(struct folder *f, struct arena *a, const char *sub)
{
	struct str dir = path_join(a, runner_ctx(f->d->runner)->conf->ingest.folder, str_of(sub));

	(void)mkdir_p(dir.p);
	return dir;
}

static void
write_answer(struct str path, struct str bytes)
{
	if (file_write_atomic(path.p, bytes, true) < 0)
		log_text(LOG_ERROR, "cannot write an answer beside the watched folder");
}

/* Into sub, and why, if there is anything to say, beside it under the same name. */
static void
put_away(struct folder *f, struct arena *a, const struct taken *t, const char *sub, struct str why)
{
	struct str side, to = path_free(a, make_sub(f, a, sub), str_of(t->name), why.n ? ".why.json" : NULL, &side);

	if (why.n)
		write_answer(side, why);
	if (file_move(t->path, to.p) < 0)
		log_text(LOG_ERROR, "a file was committed but cannot be moved out of the watched folder");
}

static void
write_replies(struct folder *f, const struct taken *t, const struct intake_job *j)
{
	struct str dir, to;
	struct buf b;

	buf_init(&b, j->arena);
	for (size_t i = 0; i < j->in.n_replies; i++)
		if (intake_reply_now(j, i, &to) >= 0)
			buf_str(&b, to);
	if (b.n == 0)
		return;
	dir = make_sub(f, j->arena, "replies");
	(void)path_free(j->arena, dir, str_of(t->name), ".ack", &to);
	write_answer(to, buf_view(&b));
}

static void
answered(void *arg, int64_t seq, const struct intake_job *j)
{
	struct taken *t = arg;
	const char *verdict = intake_verdict(j);
	bool is_done = strcmp(verdict, "accepted") == 0 || strcmp(verdict, "known") == 0;

	(void)seq;
	t->f->busy = false;
	if (strcmp(verdict, "busy") == 0) {	/* stays where it is, next time again */
		taken_free(t);
		return;
	}
	write_replies(t->f, t, j);
	put_away(t->f, j->arena, t, is_done ? "done" : "refused",
	    is_done && j->in.faults.n == 0 ? STR_NONE : intake_answer_json(j));
	taken_free(t);
}

static bool
is_whole(const struct file_item *it)
{
	struct str n = it->name;

	return !it->is_folder && !(n.n > 5 && str_is((struct str){ n.p + n.n - 5, 5 }, ".part")) &&
	    !(n.n > 4 && str_is((struct str){ n.p + n.n - 4, 4 }, ".tmp"));
}

static struct skip *
skip_of(struct folder *f, struct str name, uint64_t *hash)
{
	*hash = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < name.n; i++)
		*hash = (*hash ^ (unsigned char)name.p[i]) * UINT64_C(1099511628211);
	return &f->skips[*hash % SKIP_SLOTS];
}

static struct taken *
taken_new(struct folder *f, struct str path, struct str name)
{
	struct taken *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	*t = (struct taken){ f, strdup(path.p), strdup(name.p) };
	if (t->path && t->name)
		return t;
	taken_free(t);
	return NULL;
}

/* 0, E_IO when it cannot be read, or why there is nothing to do now. */
static int
take(struct folder *f, struct str dir, const struct file_item *it, int64_t now_ms)
{
	struct str path = path_join(&f->mem, dir, it->name), bytes = STR_NONE;
	struct taken *t;
	uint64_t hash;
	struct skip *skip = skip_of(f, it->name, &hash);
	int rc;

	if (skip->name == hash && now_ms < skip->until)
		return E_IO;
	rc = file_read(&f->mem, path.p, LIMIT_INPUT, &bytes);
	if (rc == E_IO)
		*skip = (struct skip){ hash, now_ms + SKIP_MS };
	if (rc < 0 && rc != E_LIMIT)
		return rc;
	t = taken_new(f, path, it->name);
	if (!t)
		return E_NOMEM;
	if (rc == E_LIMIT) {
		put_away(f, &f->mem, t, "refused", S("{\"error\": \"over the size limit: split it\"}\n"));
		taken_free(t);
		return 0;
	}
	f->busy = true;
	intake_offer(f->d->core, bytes, it->name, answered, t, 0);
	return 0;
}

/* No names: they may be of patients. What a look that ended early did not see may still be there. */
static void
tell_unread(struct folder *f, size_t unread, bool saw_all)
{
	if (!saw_all && unread < f->unread)
		return;
	f->unread = unread;
	runner_condition(f->d->runner, "folder", unread ?
	    arena_fmt(&f->mem, "%zu entries of the watched folder cannot be read", unread).p : NULL);
}

static void
look(struct folder *f, struct str dir, int64_t now_ms)
{
	struct file_list files = { 0 };
	size_t i, unread;
	int taken = 0, rc = dir_list(&f->mem, dir.p, MAX_FILES, &files);

	unread = rc < 0 ? 1 : files.odd;
	for (i = 0; i < files.n && taken < TURN_FILES && rc != E_NOMEM && !intake_is_full(f->d->core); i++) {
		if (!is_whole(&files.v[i]))
			continue;
		rc = take(f, dir, &files.v[i], now_ms);
		unread += rc == E_IO;
		taken += rc == 0;
	}
	if (taken)
		f->next = now_ms;
	tell_unread(f, unread, i == files.n && !files.more);
}

static int
folder_tick(struct door *d, int64_t now_ms)
{
	struct folder *f = d->self;
	const struct conf *conf = runner_ctx(d->runner)->conf;

	if (!f || f->busy || now_ms < f->next || runner_is_draining(d->runner))
		return 0;
	f->next = now_ms + conf->ingest.folder_ms;
	look(f, conf->ingest.folder, now_ms);
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
