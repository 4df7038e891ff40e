/*
 * bus.c - one ROUTER towards the next stage, one DEALER towards each instance of the stage before.
 *
 * Workers speak first: they grant credit as an absolute number, again and again, so that a restarted
 * peer learns it. High-water marks are off, because a full pipe under ROUTER would drop in silence; what
 * is under way is bounded by the credit alone. LINGER 0: nothing in a socket is worth waiting for.
 */
#include "pipe/bus.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_UP		(BUS_ITEMS - 2)
#define MAX_DOWN	256
#define ROUTE_MAX	32
#define RING		64
#define STALE_MS	2000		/* a worker that grants nothing for this long is gone */
#define MAX_BAD		256		/* bad frames read in one call: a flood of them may not keep the loop */
#define MAX_GRANTS	4096		/* frames from workers read in one call */

struct upstream {
	char		 endpoint[256];
	void		*sock;
	int64_t		 epoch, seq;	/* of the last frame taken */
	size_t		 granted;
};

struct downstream {
	unsigned char	 route[ROUTE_MAX];
	size_t		 route_n;
	int64_t		 free, most, seen;
	struct { int64_t seq; int64_t n; } ring[RING];	/* frames it had not seen when it granted */
	size_t		 ring_n;
};

struct bus {
	void		*ctx, *router;
	char		 endpoint[256];
	struct metrics	*metrics;
	struct log_gate	 gate;
	int64_t		 epoch, seq, granted_at;
	size_t		 granted_room, taken;	/* taken: works since the last grant */
	struct upstream	 up[MAX_UP];
	size_t		 n_up, next_up;
	struct downstream down[MAX_DOWN];
	size_t		 n_down;
	zmq_msg_t	*kept;
	size_t		 n_kept, cap_kept;
};

struct str
bus_address(struct arena *a, struct str s)
{
	if (str_starts(s, S("ipc:")))
		return arena_fmt(a, "ipc://" STR_FMT, (int)s.n - 4, s.p + 4);
	if (str_starts(s, S("tcp:")))
		return arena_fmt(a, "tcp://" STR_FMT, (int)s.n - 4, s.p + 4);
	return arena_str(a, s);
}

static void *
sock_open(void *ctx, int type)
{
	int zero = 0, one = 1;
	int64_t max = LIMIT_FRAME;
	void *s = zmq_socket(ctx, type);

	if (!s)
		return NULL;
	(void)zmq_setsockopt(s, ZMQ_LINGER, &zero, sizeof zero);
	(void)zmq_setsockopt(s, ZMQ_SNDHWM, &zero, sizeof zero);
	(void)zmq_setsockopt(s, ZMQ_RCVHWM, &zero, sizeof zero);
	(void)zmq_setsockopt(s, ZMQ_MAXMSGSIZE, &max, sizeof max);
	if (type == ZMQ_ROUTER)
		(void)zmq_setsockopt(s, ZMQ_ROUTER_MANDATORY, &one, sizeof one);
	return s;
}

static int
router_bind(struct bus *b, const struct bus_conf *c)
{
	struct arena a;
	struct str at;
	size_t n = sizeof b->endpoint;
	int rc = 0;

	arena_init(&a, 0);
	if (strncmp(c->where, "ipc:", 4) == 0) {
		(void)mkdir(c->where + 4, 0700);
		at = arena_fmt(&a, "ipc://%s/%s." STR_FMT, c->where + 4, c->stage, STR_ARG(c->instance));
		(void)unlink(at.p + 6);		/* left by a killed process; instance names are unique */
	} else {
		at = arena_fmt(&a, "tcp://%s:*", strncmp(c->where, "tcp:", 4) == 0 ? c->where + 4 : c->where);
	}
	b->router = sock_open(b->ctx, ZMQ_ROUTER);
	if (!b->router || zmq_bind(b->router, at.p) != 0 ||
	    zmq_getsockopt(b->router, ZMQ_LAST_ENDPOINT, b->endpoint, &n) != 0)
		rc = E_IO;
	arena_free(&a);
	return rc;
}

int
bus_open(struct bus **out, const struct bus_conf *c, struct metrics *metrics)
{
	struct bus *b = calloc(1, sizeof *b);
	struct timespec t;
	int rc = b ? 0 : E_NOMEM;

	if (rc < 0)
		return rc;
	(void)clock_gettime(CLOCK_REALTIME, &t);
	b->epoch = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
	b->metrics = metrics;
	b->ctx = zmq_ctx_new();
	if (!b->ctx)
		rc = E_IO;
	if (rc == 0 && c->down)
		rc = router_bind(b, c);
	if (rc < 0) {
		bus_close(b);
		return rc;
	}
	*out = b;
	return 0;
}

void
bus_close(struct bus *b)
{
	if (!b)
		return;
	bus_release(b);
	free(b->kept);
	for (size_t i = 0; i < b->n_up; i++)
		(void)zmq_close(b->up[i].sock);
	if (b->router)
		(void)zmq_close(b->router);
	if (b->ctx)
		(void)zmq_ctx_term(b->ctx);
	free(b);
}

struct str
bus_endpoint(const struct bus *b)
{
	return b->endpoint[0] ? str_of(b->endpoint) : STR_NONE;
}

/* ---- upstream ---- */

static bool
is_listed(const struct upstream *u, const struct peer *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(v[i].endpoint, u->endpoint))
			return true;
	return false;
}

static bool
is_connected(const struct bus *b, struct str endpoint)
{
	for (size_t i = 0; i < b->n_up; i++)
		if (str_is(endpoint, b->up[i].endpoint))
			return true;
	return false;
}

void
bus_connect(struct bus *b, const struct peer *v, size_t n, int64_t now_ms)
{
	for (size_t i = 0; i < b->n_up;) {
		if (is_listed(&b->up[i], v, n)) {
			i++;
			continue;
		}
		(void)zmq_close(b->up[i].sock);
		b->up[i] = b->up[--b->n_up];
	}
	for (size_t i = 0; i < n && b->n_up < MAX_UP; i++) {
		struct upstream *u = &b->up[b->n_up];

		if (is_connected(b, v[i].endpoint) || v[i].endpoint.n >= sizeof u->endpoint)
			continue;
		memset(u, 0, sizeof *u);
		memcpy(u->endpoint, v[i].endpoint.p, v[i].endpoint.n);
		u->sock = sock_open(b->ctx, ZMQ_DEALER);
		if (u->sock && zmq_connect(u->sock, u->endpoint) == 0)
			b->n_up++;
		else if (u->sock)
			(void)zmq_close(u->sock);
		b->granted_at = now_ms - 1000;		/* greet it at once */
	}
	metric_set(b->metrics, M_PEERS_UP, (int64_t)b->n_up);
}

size_t
bus_items(struct bus *b, zmq_pollitem_t out[BUS_ITEMS])
{
	size_t n = 0;

	for (size_t i = 0; i < b->n_up; i++)
		out[n++] = (zmq_pollitem_t){ .socket = b->up[i].sock, .events = ZMQ_POLLIN };
	if (b->router)
		out[n++] = (zmq_pollitem_t){ .socket = b->router, .events = ZMQ_POLLIN };
	return n;
}

static void
say(struct upstream *u, int kind, size_t credit)
{
	char mem[128];
	struct arena a;
	struct str h;

	arena_init(&a, 0);
	h = frame_head_write(&a, &(struct frame_head){ .kind = kind, .epoch = u->epoch, .seq = u->seq,
	    .credit = (int64_t)credit });
	if (h.n <= sizeof mem)
		(void)zmq_send(u->sock, h.p, h.n, ZMQ_DONTWAIT);
	arena_free(&a);
}

void
bus_grant(struct bus *b, size_t room, int64_t now_ms)
{
	size_t change = room > b->granted_room ? room - b->granted_room : b->granted_room - room,
	    quarter = b->granted_room / 4 + 1;

	if (b->n_up == 0 || (now_ms - b->granted_at < 200 && change < quarter && b->taken < quarter))
		return;
	for (size_t i = 0; i < b->n_up; i++)
		say(&b->up[i], FRAME_CREDIT, room / b->n_up);
	b->granted_at = now_ms;
	b->granted_room = room;
	b->taken = 0;
}

void
bus_bye(struct bus *b)
{
	for (size_t i = 0; i < b->n_up; i++)
		say(&b->up[i], FRAME_BYE, 0);
}

static zmq_msg_t *
keep(struct bus *b)
{
	zmq_msg_t *m;

	if (b->n_kept == b->cap_kept) {
		size_t cap = b->cap_kept ? b->cap_kept * 2 : 64;
		zmq_msg_t *more = realloc(b->kept, cap * sizeof *more);

		if (!more)
			return NULL;
		b->kept = more;
		b->cap_kept = cap;
	}
	m = &b->kept[b->n_kept];
	(void)zmq_msg_init(m);
	return m;
}

void
bus_release(struct bus *b)
{
	while (b->n_kept)
		(void)zmq_msg_close(&b->kept[--b->n_kept]);
}

/* Read and forget whatever else belongs to this message. */
static void
drop_rest(void *sock, zmq_msg_t *m)
{
	while (zmq_msg_more(m)) {
		if (zmq_msg_recv(m, sock, ZMQ_DONTWAIT) < 0)
			return;
	}
}

static struct str
view(zmq_msg_t *m)
{
	return (struct str){ zmq_msg_data(m), zmq_msg_size(m) };
}

static void
refuse(struct bus *b, const char *from)
{
	metric_add(b->metrics, M_FRAMES_BAD, 1);
	if (log_gate_open(&b->gate))
		log_line(LOG_WARN, "frames are refused: another version, or not ours", LOG_CSTR("from", from),
		    LOG_NUM("more", b->gate.held));
}

/* One frame of one upstream: works, 0 for a bad or empty one, E_NOT_FOUND when nothing waits. */
static int
recv_one(struct bus *b, struct upstream *u, struct arena *a, struct work **out)
{
	struct frame_head h;
	zmq_msg_t *m = keep(b);
	struct work *w;
	bool ok, more;

	if (!m || zmq_msg_recv(m, u->sock, ZMQ_DONTWAIT) < 0) {
		if (m)
			(void)zmq_msg_close(m);
		return E_NOT_FOUND;
	}
	ok = frame_head_read(view(m), &h) && h.kind == FRAME_DATA && h.n > 0;
	more = zmq_msg_more(m);
	if (ok && more && zmq_msg_recv(m, u->sock, ZMQ_DONTWAIT) >= 0 && !zmq_msg_more(m)) {
		w = arena_array(a, (size_t)h.n, sizeof *w);
		if (w && frame_works_read(view(m), &h, w) == 0) {
			u->epoch = h.epoch;
			u->seq = h.seq;
			b->taken += (size_t)h.n;
			b->n_kept++;
			*out = w;
			return (int)h.n;
		}
	} else {
		drop_rest(u->sock, m);
	}
	(void)zmq_msg_close(m);
	refuse(b, "upstream");
	return 0;
}

int
bus_recv(struct bus *b, struct arena *a, struct work **out)
{
	for (size_t tried = 0, bad = 0; tried < b->n_up && bad < MAX_BAD;) {
		struct upstream *u = &b->up[b->next_up % b->n_up];
		int rc = recv_one(b, u, a, out);

		if (rc > 0) {
			b->next_up++;		/* the next frame from the next upstream */
			return rc;
		}
		if (rc == E_NOT_FOUND) {
			b->next_up++;
			tried++;
		} else {
			bad++;
		}
	}
	return 0;
}

/* ---- downstream ---- */

static void
forget(struct bus *b, size_t i)
{
	b->down[i] = b->down[--b->n_down];
	metric_set(b->metrics, M_PEERS_DOWN, (int64_t)b->n_down);
}

static int64_t
room_of(const struct downstream *d)
{
	int64_t room = d->ring_n == RING ? 0 : d->free;

	for (size_t i = 0; i < d->ring_n; i++)
		room -= d->ring[i].n;
	return room;
}

static struct downstream *
worker(struct bus *b, struct str route)
{
	for (size_t i = 0; i < b->n_down; i++)
		if (b->down[i].route_n == route.n && memcmp(b->down[i].route, route.p, route.n) == 0)
			return &b->down[i];
	if (b->n_down == MAX_DOWN || route.n > ROUTE_MAX)
		return NULL;
	memset(&b->down[b->n_down], 0, sizeof b->down[0]);
	memcpy(b->down[b->n_down].route, route.p, route.n);
	b->down[b->n_down].route_n = route.n;
	metric_set(b->metrics, M_PEERS_DOWN, (int64_t)b->n_down + 1);
	return &b->down[b->n_down++];
}

static void
grant_in(struct bus *b, struct str route, const struct frame_head *h, int64_t now_ms)
{
	struct downstream *d = worker(b, route);
	size_t keep_n = 0;

	if (!d)
		return;
	d->seen = now_ms;
	d->most = h->credit > d->most ? h->credit : d->most;
	d->free = h->kind == FRAME_BYE ? 0 : h->credit < 1 << 20 ? h->credit : 1 << 20;
	for (size_t i = 0; i < d->ring_n; i++)	/* frames it has seen are in its number already */
		if (h->epoch != b->epoch || d->ring[i].seq > h->seq)
			d->ring[keep_n++] = d->ring[i];
	d->ring_n = keep_n;
}

/* One frame of a worker. False: none waits. */
static bool
credit_in(struct bus *b, int64_t now_ms)
{
	struct frame_head h;
	zmq_msg_t route, body;
	bool some;

	(void)zmq_msg_init(&route);
	(void)zmq_msg_init(&body);
	some = zmq_msg_recv(&route, b->router, ZMQ_DONTWAIT) >= 0;
	if (some && zmq_msg_more(&route) && zmq_msg_recv(&body, b->router, ZMQ_DONTWAIT) >= 0 &&
	    !zmq_msg_more(&body) && frame_head_read(view(&body), &h) &&
	    (h.kind == FRAME_CREDIT || h.kind == FRAME_BYE)) {
		grant_in(b, view(&route), &h, now_ms);
	} else if (some) {
		drop_rest(b->router, &body);
		refuse(b, "downstream");
	}
	(void)zmq_msg_close(&route);
	(void)zmq_msg_close(&body);
	return some;
}

void
bus_credits(struct bus *b, int64_t now_ms)
{
	for (int i = 0; b->router && i < MAX_GRANTS && credit_in(b, now_ms); i++)
		;
	for (size_t i = 0; i < b->n_down;)
		if (now_ms - b->down[i].seen > STALE_MS)
			forget(b, i);
		else
			i++;
	metric_set(b->metrics, M_CREDIT, (int64_t)bus_room(b));
}

static size_t
freest(const struct bus *b)
{
	size_t best = 0;

	for (size_t i = 1; i < b->n_down; i++)
		if (room_of(&b->down[i]) > room_of(&b->down[best]))
			best = i;
	return best;
}

size_t
bus_room(const struct bus *b)
{
	int64_t room = b->n_down ? room_of(&b->down[freest(b)]) : 0;

	return room > 0 ? (size_t)room : 0;
}

size_t
bus_most(const struct bus *b)
{
	int64_t most = 0;

	for (size_t i = 0; i < b->n_down; i++)
		most = b->down[i].most > most ? b->down[i].most : most;
	return (size_t)most;
}

bool
bus_wait(struct bus *b, int ms, int64_t now_ms)
{
	zmq_pollitem_t item = { .socket = b->router, .events = ZMQ_POLLIN };
	bool under_way = false;

	for (size_t i = 0; i < b->n_down; i++)
		under_way |= b->down[i].ring_n > 0;
	if (!under_way || zmq_poll(&item, 1, ms) <= 0)
		return false;
	bus_credits(b, now_ms);
	return true;
}

static void
free_block(void *p, void *hint)
{
	(void)hint;
	free(p);
}

static bool
send_part(void *sock, struct str s, int flags)
{
	return zmq_send(sock, s.p, s.n, flags | ZMQ_DONTWAIT) >= 0;
}

/* The works are written once, into the block that ZeroMQ frees when it is done. */
static bool
works_message(zmq_msg_t *m, struct work *const *v, size_t n)
{
	msgpack_sbuffer out = { 0 };

	if (!frame_works_write(v, n, &out))
		return false;
	(void)zmq_msg_init_data(m, out.data, out.size, free_block, NULL);
	return true;
}

/* E_NOT_FOUND: the worker is gone. Once the first part is out nothing may fail for want of memory. */
static int
send_to(struct bus *b, const struct downstream *d, struct str head, zmq_msg_t *works)
{
	if (!send_part(b->router, (struct str){ (const char *)d->route, d->route_n }, ZMQ_SNDMORE))
		return E_NOT_FOUND;		/* EHOSTUNREACH */
	if (!send_part(b->router, head, ZMQ_SNDMORE) || zmq_msg_send(works, b->router, ZMQ_DONTWAIT) < 0)
		return E_BUSY;
	return 0;
}

int
bus_send(struct bus *b, struct arena *a, struct work *const *v, size_t n)
{
	struct frame_head h = { .kind = FRAME_DATA, .epoch = b->epoch, .seq = b->seq + 1, .n = (int64_t)n };
	zmq_msg_t works;
	struct str head;
	int rc = E_NOT_FOUND;

	if (n == 0 || bus_room(b) < n)
		return E_BUSY;
	h.state = v[0]->state;
	head = frame_head_write(a, &h);
	if (a->spent || !works_message(&works, v, n))
		return E_BUSY;
	while (rc == E_NOT_FOUND && bus_room(b) >= n) {
		size_t i = freest(b);
		struct downstream *d = &b->down[i];

		rc = send_to(b, d, head, &works);
		if (rc == E_NOT_FOUND) {
			forget(b, i);		/* try another */
		} else if (rc == 0) {
			b->seq++;
			d->ring[d->ring_n].seq = h.seq;
			d->ring[d->ring_n++].n = h.n;
			return 0;
		}
	}
	(void)zmq_msg_close(&works);
	return E_BUSY;
}
