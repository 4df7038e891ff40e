/*
 * runner.c - the only main loop. Takes works from the bus or claims them from the store, runs the stage over
 * them, tells upstream how much more it can take, and lets the stage's own doors have their turn.
 */
#include "pipe/runner_int.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#define TURN_MS		50
#define PEERS_MS	500
#define BEAT_MS		2000		/* a beat is a write, and so an fsync of Redis */
#define CLAIM_MS	250
#define PEER_STALE_MS	10000
#define TURN_BATCHES	8		/* before the doors get their turn */
#define TURN_SUSPECTS	16		/* claims of one work each in one turn */
#define TURN_FRAMES	(2 * LIMIT_BATCH)
#define ROOM_MS		500		/* what an interchange takes in submit, and not a dead one's lease */

struct store *
runner_store(struct runner *r)
{
	return r->store;
}

const struct stage_ctx *
runner_ctx(const struct runner *r)
{
	return &r->ctx;
}

const struct commit_by *
runner_by(const struct runner *r)
{
	return &r->by;
}

struct metrics *
runner_metrics(struct runner *r)
{
	return &r->metrics;
}

bool
runner_is_draining(const struct runner *r)
{
	return r->is_draining;
}

int64_t
runner_now(const struct runner *r)
{
	return mono_ms() + r->clock_offset;
}

struct str
runner_instance(const struct runner *r)
{
	return r->instance;
}

static int
watch_put(struct runner *r, struct watch w)
{
	for (size_t i = 0; i < r->n_watch; i++) {
		if (r->watch[i].fd != w.fd || r->watch[i].zmq != w.zmq)
			continue;
		if (w.events)
			r->watch[i] = w;
		else
			r->watch[i] = r->watch[--r->n_watch];
		return 0;
	}
	if (w.events == 0)
		return 0;
	if (r->n_watch == MAX_WATCH)
		return E_LIMIT;
	r->watch[r->n_watch++] = w;
	return 0;
}

int
runner_watch(struct runner *r, int fd, short events, runner_cb *cb, void *arg)
{
	short z = (short)((events & POLLIN ? ZMQ_POLLIN : 0) | (events & POLLOUT ? ZMQ_POLLOUT : 0));

	return watch_put(r, (struct watch){ fd, NULL, z, cb, arg });
}

int
runner_watch_zmq(struct runner *r, void *socket, runner_cb *cb, void *arg)
{
	return watch_put(r, (struct watch){ -1, socket, cb ? ZMQ_POLLIN : 0, cb, arg });
}

void
runner_condition(struct runner *r, const char *name, const char *why)
{
	size_t i = 0, slot = MAX_CONDITIONS;
	int ready = 1;

	(void)pthread_mutex_lock(&r->lock);
	for (; i < MAX_CONDITIONS; i++)
		if (r->condition[i].name && strcmp(r->condition[i].name, name) == 0)
			slot = i;
	for (i = 0; slot == MAX_CONDITIONS && why && i < MAX_CONDITIONS; i++)
		if (!r->condition[i].name)
			slot = i;
	if (slot < MAX_CONDITIONS) {
		if (why && !r->condition[slot].name)
			log_line(LOG_WARN, "not ready", LOG_CSTR("condition", name), LOG_CSTR("why", why));
		else if (!why && r->condition[slot].name)
			log_line(LOG_INFO, "condition over", LOG_CSTR("condition", name));
		r->condition[slot].name = why ? name : NULL;
		if (why) {
			size_t n = strnlen(why, sizeof r->condition[slot].why - 1);

			memcpy(r->condition[slot].why, why, n);
			r->condition[slot].why[n] = '\0';
		}
	}
	for (i = 0; i < MAX_CONDITIONS; i++)
		ready &= r->condition[i].name == NULL;
	(void)pthread_mutex_unlock(&r->lock);
	metric_set(&r->metrics, M_READY, ready);
}

static void
turned(struct runner *r)
{
	(void)pthread_mutex_lock(&r->lock);
	r->last_turn = mono_ms();
	(void)pthread_mutex_unlock(&r->lock);
}

void
runner_wait(struct runner *r, int ms)
{
	(void)poll(NULL, 0, ms);
	turned(r);
}

/* ---- store side of a turn ---- */

static const char *
upstream(const struct runner *r)
{
	return r->stage->from == ST_RECEIVED ? "ingest" : r->stage->from == ST_CODED ? "suggest" :
	    r->stage->from == ST_CHECKED ? "validate" : r->stage->from == ST_CLEARED ? "audit" : NULL;
}

/* Heartbeat, the store's clock, and who is upstream now. */
static void
meet_peers(struct runner *r)
{
	struct peer *v = NULL;
	size_t n = 0, live = 0;
	int64_t now;
	int rc = r->store->ops->now(r->store, &now);

	r->ctx.today = daemon_today(&r->conf);
	if (rc >= 0)
		r->clock_offset = now - mono_ms();
	if (rc >= 0 && r->now >= r->next_beat) {
		rc = r->store->ops->peer_put(r->store, r->stage->name, r->instance, bus_endpoint(r->bus).n ?
		    bus_endpoint(r->bus) : S("-"));
		r->next_beat = r->now + BEAT_MS;
	}
	if (rc >= 0 && upstream(r))
		rc = r->store->ops->peer_list(r->store, upstream(r), &r->note_mem, &v, &n);
	runner_condition(r, "store", rc < 0 ? (r->store->why[0] ? r->store->why : err_text(rc)) : NULL);
	if (rc >= 0 && upstream(r)) {
		for (size_t i = 0; i < n; i++)
			if (now - v[i].seen < PEER_STALE_MS && v[i].endpoint.n > 1)
				v[live++] = v[i];
		bus_connect(r->bus, v, live, r->now);
	}
	arena_reset(&r->note_mem);
}

/*
 * What was claimed once before may be what killed the process that had it. Such works run alone, one claim
 * each, so that a poisonous one takes no innocent ones with it: the others were not tried, and are not counted.
 */
static void
run_claimed(struct runner *r, struct work *v, size_t n)
{
	struct work *untried[LIMIT_BATCH];
	size_t fresh = 0, n_untried = 0;

	for (size_t i = 0; i < n; i++) {
		if (v[i].attempts <= 1) {
			struct work w = v[i];

			v[i] = v[fresh];
			v[fresh++] = w;
		}
	}
	for (size_t i = fresh + 1; i < n; i++)
		untried[n_untried++] = &v[i];
	if (n_untried)
		(void)r->store->ops->fail(r->store, untried, n_untried, -1);
	if (fresh)
		batch_run(r, v, fresh);
	if (fresh < n)
		batch_run(r, &v[fresh], 1);
	r->suspects = fresh < n;
}

static size_t
room_left(struct runner *r)
{
	size_t held = r->stage->io && r->stage->io->held ? r->stage->io->held(r->ctx.self) : 0;
	size_t window = (size_t)r->conf.site.window;

	metric_set(&r->metrics, M_IN_HAND, (int64_t)held);
	return r->is_draining || held >= window ? 0 : window - held;
}

static void
claim_once(struct runner *r)
{
	size_t max = room_left(r), n = 0;
	struct work *v = NULL;
	int rc;

	max = max < (size_t)r->conf.site.batch ? max : (size_t)r->conf.site.batch;
	max = r->suspects && max ? 1 : max;
	r->suspects = r->claim_full = false;
	if (r->stage->from == ST_NONE || max == 0)
		return;
	rc = r->store->ops->claim(r->store, &r->by, r->stage->from, max, r->conf.site.lease_ms, &r->batch_mem, &v, &n);
	r->claim_full = rc >= 0 && n == max;
	if (rc >= 0 && n) {
		metric_add(&r->metrics, M_CLAIMED, (int64_t)n);
		run_claimed(r, v, n);
	}
	arena_reset(&r->batch_mem);
}

static void
claim(struct runner *r)
{
	for (int i = 0; i == 0 || (r->suspects && i < TURN_SUSPECTS); i++)
		claim_once(r);
}

/* ---- bus side of a turn ---- */

/* States a frame may bring: our own queue, and what a riding stage before us did not commit. */
static bool
is_for_us(struct runner *r, const struct work *v, size_t n)
{
	enum state from = r->stage->from;
	bool ok = v[0].state == from || (r->stage->part != PART_SUBMIT && v[0].state >= ST_RECEIVED && v[0].state < from);

	for (size_t i = 0; i < n; i++)
		ok = ok && v[i].lane < r->store->lanes;
	if (!ok)
		metric_add(&r->metrics, M_FRAMES_BAD, 1);
	return ok;
}

/* Frames that wait, as one batch as long as their works are in the same state. */
static bool
run_frames(struct runner *r)
{
	struct work *all = arena_array(&r->batch_mem, 2 * LIMIT_BATCH, sizeof *all), *v;
	size_t n = 0;
	int got = 0;

	for (int frames = 0; all && frames < TURN_FRAMES && n < (size_t)r->conf.site.batch &&
	    (got = bus_recv(r->bus, &r->batch_mem, &v)) > 0; frames++) {
		if (!is_for_us(r, v, (size_t)got))
			continue;
		if (n && (v[0].state != all[0].state || n + (size_t)got > LIMIT_BATCH)) {
			batch_run(r, all, n);
			n = 0;
		}
		memcpy(all + n, v, (size_t)got * sizeof *v);
		n += (size_t)got;
		metric_add(&r->metrics, M_IN, got);
	}
	if (n)
		batch_run(r, all, n);
	arena_reset(&r->batch_mem);
	bus_release(r->bus);
	return n > 0;
}

/* ZeroMQ's bits are not poll's: its error bit is poll's POLLOUT. */
static short
poll_events(short z)
{
	return (short)((z & ZMQ_POLLIN ? POLLIN : 0) | (z & ZMQ_POLLOUT ? POLLOUT : 0) | (z & ZMQ_POLLERR ? POLLERR : 0));
}

static void
wait_and_dispatch(struct runner *r, int timeout)
{
	zmq_pollitem_t *items = r->items;
	struct watch due[MAX_WATCH];
	size_t n_bus = bus_items(r->bus, items), n_due = 0;

	for (size_t i = 0; i < r->n_watch; i++)
		items[n_bus + i] = (zmq_pollitem_t){ .socket = r->watch[i].zmq, .fd = r->watch[i].fd,
		    .events = r->watch[i].events };
	if (zmq_poll(items, (int)(n_bus + r->n_watch), timeout) <= 0)
		return;
	for (size_t i = 0; i < r->n_watch; i++) {
		if (!items[n_bus + i].revents)
			continue;
		due[n_due] = r->watch[i];
		due[n_due++].events = poll_events(items[n_bus + i].revents);
	}
	for (size_t i = 0; i < n_due; i++)
		due[i].cb(due[i].arg, due[i].fd, due[i].events);
}

/* What peers, the store or open sockets were told at the start cannot change under them. */
static const char *
is_fixed(const struct conf *was, const struct conf *now)
{
	return !str_eq(was->site.tenant, now->site.tenant) ? "site.tenant" :
	    was->site.lanes != now->site.lanes ? "site.lanes" :
	    !str_eq(was->site.redis, now->site.redis) ? "site.redis" :
	    !str_eq(was->site.bus, now->site.bus) ? "site.bus" :
	    !str_eq(was->site.state_dir, now->site.state_dir) ? "site.state_dir" :
	    !str_eq(was->ingest.front, now->ingest.front) ? "ingest.front" :
	    !str_eq(was->ingest.mllp, now->ingest.mllp) ? "ingest.mllp" :
	    !str_eq(was->audit.archive, now->audit.archive) ? "audit.archive" :
	    !str_eq(was->audit.ledger, now->audit.ledger) ? "audit.ledger" : NULL;
}

struct loaded { struct conf conf; struct arena mem; struct book book; };

static int
load_anew(struct runner *r, struct loaded *fresh)
{
	const char *fixed;
	int rc;

	arena_init(&fresh->mem, 0);
	fresh->book = (struct book){ 0 };
	rc = daemon_load(r, &fresh->conf, &fresh->mem);
	fixed = rc >= 0 ? is_fixed(&r->conf, &fresh->conf) : NULL;
	if (fixed) {
		log_line(LOG_ERROR, "this setting needs a restart", LOG_CSTR("setting", fixed));
		rc = E_CONF;
	}
	return rc < 0 ? rc : daemon_book(&fresh->conf, &fresh->book);
}

static void
use(struct runner *r, const struct loaded *l)
{
	r->conf = l->conf;
	r->conf_mem = l->mem;
	r->book = l->book;
	r->ctx.book = r->book.cb;
	r->ctx.today = daemon_today(&r->conf);
	r->by.book = codebook_id(l->book.cb);
	daemon_log(r);
}

/* All or nothing: settings, code book and what the stage makes of them, or everything as before. */
static void
reload(struct runner *r)
{
	struct loaded was = { r->conf, r->conf_mem, r->book }, fresh;
	int rc;

	daemon_reload = 0;
	rc = load_anew(r, &fresh);
	if (rc >= 0) {
		use(r, &fresh);
		rc = r->stage->open ? r->stage->open(&r->ctx, r) : 0;
		if (rc < 0)
			use(r, &was);
	}
	if (rc < 0)
		log_line(LOG_ERROR, "reload refused, going on as before", LOG_ERR(rc));
	book_close(rc < 0 ? &fresh.book : &was.book);
	arena_free(rc < 0 ? &fresh.mem : &was.mem);
	if (rc < 0)
		return;
	metric_add(&r->metrics, M_RELOADS, 1);
	log_line(LOG_INFO, "reloaded", LOG_STR("book", r->by.book));
}

/* True: there is more to do at once. */
static bool
tick(struct runner *r)
{
	int rc;

	if (!r->stage->io || !r->stage->io->tick)
		return false;
	rc = r->stage->io->tick(r, r->ctx.self, r->now);
	arena_reset(&r->batch_mem);
	if (rc < 0 && err_class(rc) != ERR_DROP)
		runner_condition(r, "stage", err_text(rc));
	else
		runner_condition(r, "stage", NULL);
	return rc > 0;
}

static bool
is_drained(struct runner *r)
{
	if (!r->is_draining)
		return false;
	return !r->stage->io || !r->stage->io->is_done || r->stage->io->is_done(r, r->ctx.self);
}

int
runner_loop(struct runner *r)
{
	bool busy = false;

	for (;;) {
		r->now = mono_ms();
		r->patience = r->conf.site.lease_ms / 4 < ROOM_MS ? r->conf.site.lease_ms / 4 : ROOM_MS;
		turned(r);
		if (daemon_stop && !r->is_draining) {
			log_text(LOG_INFO, "draining");
			r->is_draining = true;
			bus_bye(r->bus);
		}
		if (daemon_reload)
			reload(r);
		if (r->now >= r->next_peers) {
			meet_peers(r);
			r->next_peers = r->now + PEERS_MS;
		}
		bus_grant(r->bus, room_left(r), r->now);
		wait_and_dispatch(r, busy || r->claim_full ? 0 : TURN_MS);
		r->now = mono_ms();
		bus_credits(r->bus, r->now);
		busy = false;
		for (int i = 0; i < TURN_BATCHES && run_frames(r); i++)
			busy = true;
		if (r->now >= r->next_claim || (r->claim_full && !busy)) {
			claim(r);
			r->next_claim = mono_ms() + CLAIM_MS;
		}
		busy |= tick(r);
		if (is_drained(r) && !busy)
			return 0;
		if (daemon_stop > 1)
			return E_OVERDUE;
	}
}

void
runner_meanwhile(struct runner *r, store_idle *cb, void *arg)
{
	r->idle = cb;
	r->idle_arg = arg;
}

/*
 * Parked work costs three times what forwarded work does: it is claimed, and its body read again. A neighbour that
 * is merely busy grants more in a moment, so we give it that: nobody waits for a dead one, and all the waits of a
 * turn together leave the leases of what is in hand good.
 */
size_t
runner_room(struct runner *r, size_t n)
{
	int64_t began = mono_ms(), now = began;

	n = n < bus_most(r->bus) ? n : bus_most(r->bus);
	while (bus_room(r->bus) < n && !daemon_stop && now - began < r->patience &&
	    bus_wait(r->bus, (int)(r->patience - (now - began)), now))
		now = mono_ms();
	r->patience -= mono_ms() - began;
	return bus_room(r->bus);
}

/* One commit of runner_admit. */
struct chunk { struct admission *v; size_t n, ahead; int64_t lease; };	/* ahead: stored, not yet forwarded */

static int
chunk_post(struct runner *r, struct chunk *c, enum state to)
{
	bool fits = to == ST_RECEIVED && runner_room(r, c->ahead + c->n) >= c->ahead + c->n;

	c->lease = to == ST_NEW ? r->conf.ingest.quiet_s * 1000 : fits ? r->conf.site.lease_ms : 0;
	for (size_t i = 0; i < c->n; i++)
		c->v[i].t = runner_now(r);
	return r->store->ops->admit_post(r->store, &r->by, c->v, c->n, to, c->lease);
}

static void
chunk_forward(struct runner *r, const struct chunk *c)
{
	struct work *w = arena_array(&r->batch_mem, c->n, sizeof *w);
	struct work **fresh = arena_array(&r->batch_mem, c->n, sizeof *fresh);
	size_t n = 0;

	for (size_t i = 0; w && fresh && i < c->n; i++) {
		if (c->v[i].result != ADMIT_NEW)
			continue;
		w[i] = (struct work){ .id = c->v[i].id, .lane = c->v[i].lane, .state = ST_RECEIVED, .token = c->v[i].token,
		    .t = c->v[i].t };
		w[i].part[PART_INGEST] = c->v[i].body;
		fresh[n++] = &w[i];
	}
	if (n)
		runner_forward(r, fresh, n);
}

static int
chunk_wait(struct runner *r, const struct chunk *c, enum state to)
{
	int rc = r->store->ops->admit_wait(r->store);

	runner_condition(r, "store", rc < 0 ? (r->store->why[0] ? r->store->why : err_text(rc)) : NULL);
	if (rc < 0)
		return rc;
	metric_add(&r->metrics, M_COMMITS, 1);
	for (size_t i = 0; i < c->n; i++) {
		c->v[i].answered = true;
		metric_add(&r->metrics, c->v[i].result == ADMIT_NEW ? M_ADMITTED : M_KNOWN, 1);
	}
	if (c->lease && to == ST_RECEIVED)
		chunk_forward(r, c);
	return 0;
}

/*
 * While one chunk is stored the next is on its way, so that the store never waits for us; unless there is no
 * credit for both, for then the one before must go on first.
 */
int
runner_admit(struct runner *r, struct admission *v, size_t n, enum state to)
{
	struct chunk was = { 0 }, is;
	int rc = 0, first = 0;

	for (size_t i = 0; i < n; i++)
		v[i].answered = false;
	r->store->idle = r->idle;
	r->store->idle_arg = r->idle_arg;
	for (; n && rc >= 0 && first >= 0; v += is.n, n -= is.n, was = is) {
		is = (struct chunk){ .v = v, .n = n < LIMIT_BATCH ? n : LIMIT_BATCH };
		if (was.n && bus_room(r->bus) < was.n + is.n) {
			first = chunk_wait(r, &was, to);
			was.n = 0;
		}
		is.ahead = was.n;
		rc = first < 0 ? first : chunk_post(r, &is, to);
		r->is_posted = rc >= 0;
		first = was.n ? chunk_wait(r, &was, to) : first;
		r->is_posted = false;
		is.n = rc < 0 ? 0 : is.n;
	}
	if (was.n && rc >= 0)
		rc = chunk_wait(r, &was, to);
	r->store->idle = NULL;
	rc = rc < 0 ? rc : first;
	if (rc < 0)
		runner_condition(r, "store", r->store->why[0] ? r->store->why : err_text(rc));
	return rc;
}
