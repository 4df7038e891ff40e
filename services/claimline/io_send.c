/*
 * io_send.c - offers parts of files, a window at a time, and matches answers. An offer without an answer is offered
 * again: the same bytes name the same encounters, so twice is harmless.
 */
#include "claimline/send.h"

#include "base/file.h"
#include "base/log.h"
#include "pipe/bus.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define WINDOW		64
#define AGAIN_MS	5000		/* without an answer so long: offered again */
#define BUSY_MS		200
#define FILE_MAX	((size_t)1 << 29)
#define NAME_MAX_BYTES	200

struct offer {
	struct sent_file	*file;		/* NULL: a free slot */
	struct send_part	 part;
	int64_t			 seq, at, not_before;
	bool			 is_out;
};

struct file_bytes { struct arena a; struct send_part *parts; size_t n, next; };

struct sender {
	struct cli		*c;
	struct front		*front;
	struct offer		 slots[WINDOW];
	struct file_bytes	*bytes;		/* one per file, freed with its last answer */
	struct sent		*out;
	size_t			 next_file, done;
	int64_t			 seq, heard;
	sent_tell		*tell;
};

static void
progress(struct sender *s, bool last)
{
	struct arena a;

	if (!s->c->ui.is_tty || s->out->n < 2)
		return;
	arena_init(&a, 0);
	(void)fprintf(stderr, last ? "\r\033[K" : "\r" STR_FMT " %zu of %zu files", STR_ARG(ui_bar(&a, s->done, s->out->n, 40)),
	    s->done, s->out->n);
	arena_free(&a);
}

static void
finish(struct sender *s, struct sent_file *f)
{
	if (!f->all_offered || f->waiting)
		return;
	arena_free(&s->bytes[f - s->out->v].a);
	s->done++;
	progress(s, true);
	s->tell(s->c, f);
	progress(s, false);
}

static void
load(struct sender *s, struct sent_file *f)
{
	struct file_bytes *b = &s->bytes[f - s->out->v];
	const char *path = strcmp(f->path, "-") == 0 ? "/dev/stdin" : f->path;
	bool splits = send_is_ndjson(str_of(f->path));
	struct str bytes;

	arena_init(&b->a, 2 * FILE_MAX);
	f->rc = file_read(&b->a, path, splits ? FILE_MAX : LIMIT_INPUT, &bytes);
	if (f->rc >= 0)
		f->rc = send_split(&b->a, bytes, splits ? LIMIT_INPUT : SIZE_MAX, splits ? LIMIT_RECORDS : SIZE_MAX,
		    &b->parts, &b->n);
	if (f->rc < 0) {
		f->verdict = S("unread");
		b->n = 0;
		f->all_offered = true;
		finish(s, f);
	}
}

/* The next part of the next file into a free slot. False: there is none. */
static bool
take_next(struct sender *s, struct offer *o)
{
	while (s->next_file < s->out->n) {
		struct sent_file *f = &s->out->v[s->next_file];
		struct file_bytes *b = &s->bytes[s->next_file];

		if (!b->parts && !f->all_offered)
			load(s, f);
		if (b->next < b->n) {
			*o = (struct offer){ .file = f, .part = b->parts[b->next++], .seq = ++s->seq };
			f->waiting++;
			f->all_offered = b->next == b->n;
			return true;
		}
		s->next_file++;
	}
	return false;
}

/*
 * Ingest takes the folder of the name for the sender of JSON without one: none here, wherever the file is, so that
 * it is the same encounter when it comes through the watched folder as well.
 */
static struct str
offer_name(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str base = str_of(strcmp(path, "-") == 0 ? "stdin" : slash ? slash + 1 : path);

	if (base.n > NAME_MAX_BYTES)
		base = (struct str){ base.p + base.n - NAME_MAX_BYTES, NAME_MAX_BYTES };
	return arena_str(a, base);
}

static void
offer_all(struct sender *s)
{
	int64_t now = mono_ms();
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < WINDOW; i++) {
		struct offer *o = &s->slots[i];

		if (!o->file && !take_next(s, o))
			break;
		if (now < o->not_before || (o->is_out && now - o->at < AGAIN_MS))
			continue;
		if (front_offer(s->front, o->seq, offer_name(&a, o->file->path), o->part.bytes) < 0)
			break;
		o->is_out = true;
		o->at = now;
	}
	arena_free(&a);
}

static void
answered(struct sender *s, const struct answer *ans)
{
	struct offer *o = NULL;

	for (size_t i = 0; i < WINDOW && !o; i++)
		if (s->slots[i].file && s->slots[i].seq == ans->seq)
			o = &s->slots[i];
	if (!o)
		return;			/* answered before, and offered twice */
	if (str_is(ans->verdict, "busy")) {
		o->is_out = false;
		o->not_before = mono_ms() + BUSY_MS;
		return;
	}
	if (!send_read_answer(&s->c->a, ans->verdict, ans->text, o->part.first_line, o->file))
		o->file->verdict = S("unanswered");
	s->heard = mono_ms();
	o->file->waiting--;
	finish(s, o->file);
	o->file = NULL;
}

static bool
any_open(const struct sender *s)
{
	for (size_t i = 0; i < WINDOW; i++)
		if (s->slots[i].file)
			return true;
	return s->next_file < s->out->n;
}

static int
exit_of(const struct sent *out)
{
	int rc = CLI_OK;

	for (size_t i = 0; i < out->n; i++) {
		struct str v = out->v[i].verdict;

		if (str_is(v, "unread"))
			return CLI_NO_INPUT;
		if (!send_is_good(&out->v[i]))
			rc = CLI_NO;
	}
	return rc;
}

static int
send_loop(struct sender *s, int64_t wait_s)
{
	struct answer ans;
	struct arena a;
	int rc = CLI_OK;

	arena_init(&a, 0);
	s->heard = mono_ms();
	offer_all(s);
	while (rc == CLI_OK && any_open(s)) {
		if (front_answer(s->front, &a, 50, &ans) > 0)
			answered(s, &ans);
		else if (mono_ms() - s->heard > wait_s * 1000)
			rc = cli_fail(s->c, CLI_UNREACHED, "ingest does not answer at "
			    STR_FMT ". Fix: is `claimline up` running, with the "
			    "same --state? `claimline doctor` knows more. What was sent may be sent again",
			    STR_ARG(s->c->conf.ingest.front));
		arena_reset(&a);
		offer_all(s);
	}
	progress(s, true);
	arena_free(&a);
	return rc;
}

int
send_files(struct cli *c, char *const *paths, size_t n, int64_t wait_s, sent_tell *tell, struct sent *out)
{
	struct sender *s = arena_alloc(&c->a, sizeof *s);
	int rc;

	out->v = arena_array(&c->a, n, sizeof *out->v);
	if (!s || !out->v || !(s->bytes = arena_array(&c->a, n, sizeof *s->bytes)))
		return cli_fail(c, CLI_OS, "%s", err_text(E_NOMEM));
	out->n = n;
	for (size_t i = 0; i < n; i++)
		out->v[i].path = paths[i];
	s->c = c;
	s->out = out;
	s->tell = tell;
	if (front_open(&s->front, c->conf.ingest.front.p) < 0)
		return cli_fail(c, CLI_UNREACHED, "cannot use the address " STR_FMT, STR_ARG(c->conf.ingest.front));
	rc = send_loop(s, wait_s);
	front_close(s->front);
	for (size_t i = 0; i < n; i++)		/* what was not answered; the others are empty */
		arena_free(&s->bytes[i].a);
	return rc == CLI_OK ? exit_of(out) : rc;
}
