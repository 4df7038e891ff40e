/*
 * io_cold.c - walks through the settled queues by time of entry. Where it is in each is in memory only: after a
 * start, and once a day for what a step of the clock hid, it begins anew, and passes by what is cold already.
 */
#include "audit/io_cold.h"

#include "archive/io_archive.h"
#include "base/file.h"
#include "base/log.h"
#include "pipe/cold.h"

#include <stdlib.h>
#include <string.h>

#define IDLE_MS		1000
#define SWEEP_MS	86400000
#define LOOK_MS		5000		/* the index as readers see it */
#define MARGIN_MS	100		/* nothing enters a queue this long ago any more */
#define ROOM		(16 * (size_t)LIMIT_ARENA)
#define LOOKED_AT	1024		/* members in one turn, of all queues */

struct cooler {
	struct str		 folder;
	int64_t			 segment_bytes;
	struct archive_writer	*w;		/* NULL: not ours */
	struct warm		*asks, *before;
	size_t			 n;
	unsigned		 lanes;
	bool			 known;		/* Redis has the id of the archive */
	int64_t			 next, next_sweep, next_look;
};

int
cooler_open(struct cooler **out, const struct conf *conf, unsigned lanes)
{
	struct cooler *c;

	*out = NULL;
	if (conf->audit.archive.n == 0)
		return 0;
	c = calloc(1, sizeof *c);
	if (!c)
		return E_NOMEM;
	c->folder.p = strndup(conf->audit.archive.p, conf->audit.archive.n);
	c->folder.n = conf->audit.archive.n;
	c->segment_bytes = conf->audit.segment_mb << 20;
	c->lanes = lanes;
	c->asks = calloc((size_t)c->lanes * ST_COUNT, sizeof *c->asks);
	c->before = calloc((size_t)c->lanes * ST_COUNT, sizeof *c->before);
	if (!c->folder.p || !c->asks || !c->before) {
		cooler_close(c);
		return E_NOMEM;
	}
	for (int st = 0; st < ST_COUNT; st++)
		for (unsigned lane = 0; state_is_settled((enum state)st) && lane < c->lanes; lane++)
			c->asks[c->n++] = (struct warm){ .state = (enum state)st, .lane = lane };
	for (size_t i = 0; i < c->n; i++)
		c->asks[i].max = LOOKED_AT / c->n + 1;
	*out = c;
	return 0;
}

void
cooler_close(struct cooler *c)
{
	if (!c)
		return;
	archive_writer_close(c->w);
	free((char *)(uintptr_t)c->folder.p);
	free(c->asks);
	free(c->before);
	free(c);
}

static void
rewind_all(struct cooler *c)
{
	for (size_t i = 0; i < c->n; i++) {
		c->asks[i].from = 0;
		c->asks[i].skip = 0;
	}
}

/* ---- one turn ---- */

/* Each part as it is unpacked: the block compresses them together. What does not open is kept as it is. */
static int
body_of(struct arena *a, const struct work *w, struct archive_body *out)
{
	*out = (struct archive_body){ .id = w->id, .revision = w->revision };
	for (int p = 0; p < PART_COUNT; p++) {
		struct str raw;
		int rc = w->part[p].n ? part_open(a, w->part[p], &raw) : E_MALFORMED;

		out->part[p] = w->part[p];
		if (rc >= 0)
			rc = part_seal(a, raw, false, &out->part[p]);
		if (rc == E_NOMEM)
			return rc;
	}
	return 0;
}

static struct warm *
ask_of(struct cooler *c, const struct work *w)
{
	for (size_t i = w->lane; i < c->n; i += c->lanes)	/* all lanes of one state, then of the next */
		if (c->asks[i].state == w->state)
			return &c->asks[i];
	return NULL;
}

/*
 * Cooling moves a member's score, and with it the places of its neighbours: that queue is looked at again from
 * where this turn began. It is passed by when nothing in it can be cooled any more.
 */
static int
cool(struct cooler *c, struct runner *r, struct work **v, size_t n)
{
	struct store *s = runner_store(r);
	int64_t cooled = 0;
	int rc = s->ops->cool(s, v, n);

	for (size_t i = 0; rc >= 0 && i < n; i++) {
		struct warm *ask = v[i]->moved ? ask_of(c, v[i]) : NULL;

		if (ask)
			*ask = c->before[ask - c->asks];
		cooled += v[i]->moved;
	}
	metric_add(runner_metrics(r), M_ARCHIVED, cooled);
	return rc;
}

static int
store_some(struct cooler *c, struct runner *r, struct work *w, size_t n)
{
	struct archive_body b[LIMIT_BATCH];
	struct work *v[LIMIT_BATCH];
	struct arena a;
	size_t k = 0;
	int rc = 0;

	arena_init(&a, ROOM);
	for (size_t i = 0; i < n && rc >= 0; i++) {
		if (w[i].part[PART_INGEST].n == 0)
			continue;			/* a broken one: nothing to keep, and nothing to lose */
		v[k] = &w[i];
		rc = body_of(&a, v[k], &b[k]);
		k++;
	}
	if (rc >= 0)
		rc = archive_put(c->w, &a, b, k);
	if (rc >= 0)
		rc = cool(c, r, v, k);
	arena_free(&a);
	return rc;
}

/* Bodies that are too large together go one by one. */
static int
store_away(struct cooler *c, struct runner *r, const struct warm_list *l)
{
	size_t step = LIMIT_BATCH;
	int rc = 0;

	for (size_t at = 0; rc >= 0 && at < l->n;) {
		size_t n = l->n - at < step ? l->n - at : step;

		rc = store_some(c, r, l->v + at, n);
		if (rc == E_NOMEM && n > 1) {
			step = 1;
			rc = 0;
		} else {
			at += n;
		}
	}
	return rc;
}

/* Which archive bodies left for, if any did. */
static int
open_writer(struct cooler *c, struct runner *r, struct arena *a)
{
	struct store *s = runner_store(r);
	struct str id;
	int rc = s->ops->fact(s, ARCHIVE_FACT, STR_NONE, a, &id);

	if (rc >= 0)
		rc = archive_writer_open(&c->w, c->folder.p, c->segment_bytes);
	if (rc < 0)
		return rc;
	archive_expect(c->w, id);
	c->known = id.n > 0;
	return 0;
}

/* Said before the first body leaves; and again each time, since a Redis may have been set up anew. */
static int
claim_archive(struct cooler *c, struct runner *r, struct arena *a)
{
	struct store *s = runner_store(r);
	struct str mine = str_of(archive_id(c->w)), id;
	int rc = s->ops->fact(s, ARCHIVE_FACT, mine, a, &id);

	c->known = rc >= 0;
	if (rc < 0 || str_eq(id, mine))
		return rc;
	archive_expect(c->w, id);
	return E_FOREIGN;
}

static const char *
words_of(int rc)
{
	return rc == E_FOREIGN ? "this folder is not the archive bodies left for: mount that one (services/audit/README.md); "
	    "bodies stay in Redis" : rc == E_DUPLICATE ? "a file stands where the archive folder should be: "
	    "bodies stay in Redis" : rc == E_NO_SPACE ? "the disk under the archive is full: bodies stay in Redis" :
	    rc == E_BUSY ? "another process writes this archive: bodies stay in Redis" :
	    rc == E_IO || rc == E_NOT_FOUND ? "the archive folder cannot be written: bodies stay in Redis" : err_text(rc);
}

/* 1: there is more to do; 0: not now; E_MOVED: the archive is not ready yet. */
static int
turn(struct cooler *c, struct runner *r, struct arena *a, bool look)
{
	struct store *s = runner_store(r);
	struct warm_list l = { 0 };
	int rc = s->ops->warm(s, c->asks, c->n, a, &l);
	const char *note;

	/* an index that was lost is made anew also when there is nothing to write: others read it */
	if (rc >= 0 && (l.n || archive_id(c->w)[0] || file_exists(c->folder.p))) {
		rc = archive_ready(c->w, a);
		if (rc == 1 && look)
			rc = archive_look(c->w);
		if (rc == 0)
			rc = E_MOVED;		/* not yet: look again from where this turn began */
		if (rc == 1 && (l.n || !c->known))
			rc = claim_archive(c, r, a);
		if (rc >= 0 && l.n)
			rc = store_away(c, r, &l);
	}
	note = archive_note(c->w);
	if (note[0])
		log_line(LOG_WARN, "archive", LOG_CSTR("note", note));
	return rc < 0 ? rc : l.more || l.n;
}

static bool
is_of_store(int rc)
{
	return rc == E_STORE_DOWN || rc == E_STORE_FULL || rc == E_STORE_SETUP || rc == E_STORE_REPLY;
}

void
cooler_turn(struct cooler *c, struct runner *r, struct arena *a, bool mine, int64_t now_ms)
{
	int64_t upto = runner_now(r) - runner_ctx(r)->conf->audit.archive_after_s * 1000 - MARGIN_MS;
	int rc = 0;

	if (!c || now_ms < c->next)
		return;
	c->next = now_ms + IDLE_MS;
	if (!mine) {				/* whoever takes over finds the folder free */
		archive_writer_close(c->w);
		c->w = NULL;
		runner_condition(r, "archive", NULL);
		return;
	}
	if (!c->w) {
		rc = open_writer(c, r, a);
		c->next_sweep = now_ms;
	}
	if (now_ms >= c->next_sweep) {
		rewind_all(c);
		c->next_sweep = now_ms + SWEEP_MS;
	}
	for (size_t i = 0; i < c->n; i++)
		c->asks[i].upto = upto;
	memcpy(c->before, c->asks, c->n * sizeof *c->asks);
	if (rc >= 0)
		rc = turn(c, r, a, now_ms >= c->next_look);
	if (now_ms >= c->next_look)
		c->next_look = now_ms + LOOK_MS;
	if (rc < 0)
		memcpy(c->asks, c->before, c->n * sizeof *c->asks);
	if (rc > 0 || rc == E_MOVED)
		c->next = now_ms;
	if (!is_of_store(rc))			/* the runner tells of the store */
		runner_condition(r, "archive", rc < 0 && rc != E_MOVED ? words_of(rc) : NULL);
}
