/*
 * x12_answer_files.c - the answers to a file as files of their own: one of a kind for each interchange, under its ISA13.
 * An answer that was cut to nothing leaves no file. Writes no answer itself.
 */
#include "base/file.h"
#include "claimline/x12_words.h"
#include "x12/ack.h"

#include <time.h>

#define CONTROLS	999999999

struct kind {
	struct x12_answering	*all;
	struct x12_dest		 to;
	bool			 open;
	struct str		 path;		/* of the answer that is open; in the arena of its kind */
	struct arena		 a;
	size_t			 put, base;	/* bytes of all answers of this kind; of those before this one */
};
struct x12_answering {
	struct x12_words	*w;
	const char		*dir;
	struct x12_ack		*ack;
	struct x12_ack_spec	 spec;
	struct kind		 kinds[X12_ACK_KINDS];
	struct arena		 a;
	struct str		 first;		/* path of a 999 that has another number than 1 */
	struct str		 failed;	/* path of the first answer that could not be written */
	size_t			 number, moved;	/* 1: ISA13 alone; how many interchanges have another */
	bool			 numbered;	/* the interchange at hand has its number */
	int64_t			 control, now_ms;
	size_t			 made;
	int			 rc;
};

static const char *const ext[X12_ACK_KINDS] = { "ta1", "999", "277" };

static int
kept(struct kind *k, int rc)
{
	struct x12_answering *w = k->all;

	if (rc < 0 && w->rc == 0) {
		w->rc = rc;
		w->failed = arena_str(&w->w->c->a, k->path);
	}
	return rc;
}

static int
finish(struct kind *k)
{
	bool keep = k->open && k->to.at > 0;
	int rc = k->open ? x12_dest_close(&k->to, keep) : 0;

	k->all->made += keep && rc == 0;
	k->open = false;
	return kept(k, rc);
}

static int
put(void *self, struct str s)
{
	struct kind *k = self;

	k->put += s.n;
	return k->open ? kept(k, x12_dest_put(&k->to, s)) : E_IO;
}

static int
cut(void *self, size_t n)
{
	struct kind *k = self;

	k->put = n;
	if (!k->open)
		return 0;
	return kept(k, x12_dest_cut(&k->to, n > k->base ? n - k->base : 0));
}

bool
x12_is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || ((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z')))
			return false;
	return s.n > 0;
}

static struct str
path_of(const struct x12_answering *w, struct arena *a, struct str isa13, enum x12_ack_kind kind)
{
	return path_join(a, str_of(w->dir), w->number > 1 ? arena_fmt(a, STR_FMT ".%zu.%s", STR_ARG(isa13),
	    w->number, ext[kind]) : arena_fmt(a, STR_FMT ".%s", STR_ARG(isa13), ext[kind]));
}

static bool
is_taken(struct x12_answering *w, struct str isa13)
{
	bool taken = false;

	arena_reset(&w->a);
	for (enum x12_ack_kind kind = X12_ACK_TA1; kind < X12_ACK_KINDS && !taken; kind++) {
		struct str path = path_of(w, &w->a, isa13, kind);

		taken = path.p && file_exists(path.p);
	}
	return taken;
}

/* One number for all answers of an interchange; further numbers only grow in a run, so that none is looked for twice. */
static void
number(struct x12_answering *w, struct str isa13)
{
	if (w->numbered)
		return;
	w->numbered = true;
	for (int i = 0; i < X12_ACK_KINDS; i++)
		(void)finish(&w->kinds[i]);		/* of the interchange before: a file is there when it is closed */
	w->number = 1;
	if (!is_taken(w, isa13))
		return;
	do
		w->number = ++w->w->twins + 1;
	while (is_taken(w, isa13));
	if (w->moved++ == 0)
		w->first = path_of(w, &w->w->c->a, isa13, X12_ACK_999);
}

void
x12_answering_turn(struct x12_answering *w)
{
	w->numbered = false;
}

struct str
x12_answering_failed(const struct x12_answering *w)
{
	return w->failed;
}

static int
ends(void *self, enum x12_ack_kind kind, const struct x12_interchange *ic, const struct x12_group *g, struct x12_ends *out)
{
	struct x12_answering *w = self;
	struct kind *k = &w->kinds[kind];
	int rc = finish(k);

	(void)g;
	if (rc < 0)
		return rc;
	number(w, x12_is_name(ic->isa13) ? ic->isa13 : S(X12_NO_NAME));
	if (w->rc < 0)
		return w->rc;
	out->control = w->control = w->control % CONTROLS + 1;
	out->at = w->now_ms;
	arena_reset(&k->a);
	k->path = path_of(w, &k->a, x12_is_name(ic->isa13) ? ic->isa13 : S(X12_NO_NAME), kind);
	rc = k->path.p ? x12_dest_open(&k->to, k->path.p) : E_NOMEM;
	k->open = rc >= 0;
	if (rc < 0)
		(void)x12_dest_close(&k->to, false);
	k->base = k->put;
	return kept(k, rc);
}

struct x12_answering *
x12_answering_open(struct x12_words *words, const char *dir, const struct x12_file *f, const struct x12_watch *also)
{
	struct cli *c = words->c;
	struct x12_answering *w = arena_alloc(&c->a, sizeof *w);
	const char *payer = opt_text(&c->opts, "payer");
	struct timespec now;

	if (!w)
		return NULL;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	w->w = words;
	w->dir = dir;
	w->now_ms = (int64_t)now.tv_sec * 1000;
	w->control = now.tv_sec % CONTROLS;
	arena_init(&w->a, 0);
	w->spec = (struct x12_ack_spec){ .ends = ends, .self = w, .also = also, .payer_id = *f->isa08 ? str_of(f->isa08) :
	    S("UNKNOWN") };
	w->spec.payer = payer ? str_of(payer) : w->spec.payer_id;
	for (int i = 0; i < X12_ACK_KINDS; i++) {
		w->kinds[i].all = w;
		arena_init(&w->kinds[i].a, 0);
		w->spec.sink[i] = (struct x12_sink){ &w->kinds[i], put, cut };
	}
	return x12_ack_open(&c->a, &w->spec, &w->ack) < 0 ? NULL : w;
}

struct x12_watch
x12_answering_watch(struct x12_answering *w)
{
	return x12_ack_watch(w->ack);
}

int
x12_answering_close(struct x12_answering *w, const struct x12_reader *r, size_t *made)
{
	int rc = x12_ack_close(w->ack, r);

	for (int i = 0; i < X12_ACK_KINDS; i++)
		if ((rc < 0 || w->rc < 0) && w->kinds[i].open) {	/* it may not be whole */
			(void)x12_dest_close(&w->kinds[i].to, false);
			w->kinds[i].open = false;
		} else {
			(void)finish(&w->kinds[i]);
		}
	for (int i = 0; i < X12_ACK_KINDS; i++)
		arena_free(&w->kinds[i].a);
	arena_free(&w->a);
	*made = w->made;
	if (w->moved)
		(void)cli_fail(w->w->c, 0, "%s: no answer is replaced; those of %zu interchanges have a further number, "
		    "the first " STR_FMT, w->dir, w->moved, STR_ARG(w->first));
	return rc < 0 ? rc : w->rc;
}
