/*
 * test_bus.c - credit and frames over real ipc sockets. Time is what the test says it is; what travels is
 * waited for with a deadline.
 */
#include "pipe/bus.h"
#include "support/shell.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MS	20000

struct rig {
	char		 dir[64], where[80];
	struct metrics	 m_up[2], m_down[2];
	struct bus	*up[2], *down[2];
	struct arena	 a;
	int64_t		 now;
	struct work	 w[LIMIT_BATCH], *v[LIMIT_BATCH];
};
static struct rig *rig;

static struct bus *
bus_of(struct rig *r, const char *stage, const char *instance, bool up, struct metrics *m)
{
	struct bus_conf c = { .where = r->where, .stage = stage, .instance = str_of(instance), .up = up, .down = !up };
	struct bus *b = NULL;

	cr_assert(bus_open(&b, &c, m) == 0);
	return b;
}

static void
rig_open(void)
{
	rig = calloc(1, sizeof *rig);
	arena_init(&rig->a, 0);
	rig->now = 1000000;
	(void)snprintf(rig->dir, sizeof rig->dir, "/tmp/claimline-bus.XXXXXX");
	cr_assert(mkdtemp(rig->dir));
	(void)snprintf(rig->where, sizeof rig->where, "ipc:%s", rig->dir);
	for (unsigned i = 0; i < LIMIT_BATCH; i++) {
		rig->w[i] = (struct work){ .state = ST_RECEIVED, .token = 1 + i };
		memcpy(rig->w[i].id.b, &i, sizeof i);
		rig->w[i].part[PART_INGEST] = S("\0body");
		rig->v[i] = &rig->w[i];
	}
	rig->up[0] = bus_of(rig, "ingest", "u0", false, &rig->m_up[0]);
	rig->down[0] = bus_of(rig, "suggest", "d0", true, &rig->m_down[0]);
}

static void
rig_close(void)
{
	for (int i = 0; i < 2; i++) {
		bus_close(rig->up[i]);
		bus_close(rig->down[i]);
	}
	folder_remove(rig->dir);
	arena_free(&rig->a);
	free(rig);
}

TestSuite(bus, .init = rig_open, .fini = rig_close);

/* Worker d follows the first n upstreams. */
static void
follow(int d, size_t n)
{
	struct peer p[2] = { { .instance = S("u0") }, { .instance = S("u1") } };

	for (size_t i = 0; i < n; i++)
		p[i].endpoint = bus_endpoint(rig->up[i]);
	bus_connect(rig->down[d], p, n, rig->now);
}

struct room { int up, d; size_t grant, room; };

/* Repeats the grant as the loop of a daemon does, a second of the bus's time later each. */
static bool
has_room(void *arg)
{
	struct room *r = arg;

	rig->now += 250;
	if (r->d >= 0)
		bus_grant(rig->down[r->d], r->grant, rig->now);
	bus_credits(rig->up[r->up], rig->now);
	return bus_room(rig->up[r->up]) == r->room;
}

static bool
room_becomes(int up, int d, size_t grant, size_t room)
{
	struct room r = { up, d, grant, room };
	bool ok = wait_until(has_room, &r, WAIT_MS);

	if (!ok)
		cr_log_warn("room of upstream %d is %zu, not %zu", up, bus_room(rig->up[up]), room);
	return ok;
}

struct coming { int d; size_t n; struct work *w; };

static bool
has_come(void *arg)
{
	struct coming *c = arg;
	int n = bus_recv(rig->down[c->d], &rig->a, &c->w);

	c->n += n > 0 ? (size_t)n : 0;
	return n > 0;
}

static size_t
receive(int d)
{
	struct coming c = { d, 0, NULL };

	(void)wait_until(has_come, &c, WAIT_MS);
	return c.n;
}

static int
give(int up, size_t n)
{
	return bus_send(rig->up[up], &rig->a, rig->v, n);
}

/* ---- credit ---- */

Test(bus, credit_is_counted)
{
	follow(0, 1);
	cr_expect(bus_room(rig->up[0]) == 0 && give(0, 1) == E_BUSY, "no worker, no room");
	cr_assert(room_becomes(0, 0, 100, 100));
	cr_expect(give(0, 60) == 0);
	cr_expect(bus_room(rig->up[0]) == 40, "what was sent counts at once: %zu", bus_room(rig->up[0]));
	cr_expect(give(0, 41) == E_BUSY, "never more than was granted");
	cr_expect(bus_room(rig->up[0]) == 40, "a refusal costs nothing");
	cr_expect(give(0, 40) == 0 && give(0, 1) == E_BUSY);
	cr_expect(receive(0) == 60 && receive(0) == 40, "both frames, in order");
	bus_release(rig->down[0]);
	cr_expect(room_becomes(0, 0, 100, 100), "a grant after they were taken is for new ones");
}

/* A worker that has not read its frames yet grants what it can take in all: those under way are of it. */
Test(bus, unseen_frames_are_of_the_grant)
{
	follow(0, 1);
	cr_assert(room_becomes(0, 0, 100, 100));
	cr_expect(give(0, 70) == 0);
	cr_expect(room_becomes(0, 0, 90, 20), "90 granted, 70 of it under way");
	cr_expect(room_becomes(0, 0, 50, 0), "less granted than is under way");
	cr_expect(receive(0) == 70);
	bus_release(rig->down[0]);
	cr_expect(room_becomes(0, 0, 50, 50));
}

Test(bus, many_small_frames)
{
	int sent = 0;

	follow(0, 1);
	cr_assert(room_becomes(0, 0, 1000, 1000));
	while (sent < 1000 && give(0, 1) == 0)
		sent++;
	cr_expect(sent == 64, "frames that are not acknowledged are bounded: %d", sent);
	cr_expect(bus_room(rig->up[0]) == 0, "and then there is no room, so that works are parked with a commit");
	for (int i = 0; i < sent; i++)
		cr_assert(receive(0) == 1);
	bus_release(rig->down[0]);
	cr_expect(room_becomes(0, 0, 1000, 1000));
}

Test(bus, a_grant_is_shared)
{
	rig->up[1] = bus_of(rig, "ingest", "u1", false, &rig->m_up[1]);
	follow(0, 2);
	cr_expect(room_becomes(0, 0, 100, 50));
	cr_expect(room_becomes(1, 0, 100, 50));
	cr_expect(metric_get(&rig->m_down[0], M_PEERS_UP) == 2);
	cr_expect(give(0, 50) == 0 && give(1, 50) == 0);
	cr_expect(receive(0) == 50 && receive(0) == 50, "from both");
	follow(0, 1);
	cr_expect(metric_get(&rig->m_down[0], M_PEERS_UP) == 1, "one that is not listed any more is left");
	cr_expect(room_becomes(0, 0, 100, 100));
}

Test(bus, the_freest_gets_it)
{
	rig->down[1] = bus_of(rig, "suggest", "d1", true, &rig->m_down[1]);
	follow(0, 1);
	follow(1, 1);
	cr_assert(room_becomes(0, 0, 30, 30));
	cr_assert(room_becomes(0, 1, 200, 200));
	cr_expect(give(0, 150) == 0 && receive(1) == 150, "to the one with room for it");
	cr_expect(bus_room(rig->up[0]) == 50);
	cr_expect(metric_get(&rig->m_up[0], M_PEERS_DOWN) == 2);
}

/* ---- who comes and goes ---- */

Test(bus, upstream_starts_anew)
{
	struct str was = arena_str(&rig->a, bus_endpoint(rig->up[0]));

	follow(0, 1);
	cr_assert(room_becomes(0, 0, 100, 100));
	cr_assert(give(0, 10) == 0 && give(0, 10) == 0 && receive(0) == 10);
	bus_release(rig->down[0]);
	bus_close(rig->up[0]);		/* the second frame may be lost with it: that is the store's business */
	rig->up[0] = bus_of(rig, "ingest", "u0", false, &rig->m_up[0]);
	cr_assert(str_eq(was, bus_endpoint(rig->up[0])), "the same name, another epoch");
	cr_expect(room_becomes(0, 0, 100, 100), "sequence numbers of the dead one take nothing off");
	cr_expect(give(0, 25) == 0);
	cr_expect(room_becomes(0, 0, 100, 75), "and none of them seems seen");
	while (receive(0) != 25)
		;
	bus_release(rig->down[0]);
	cr_expect(room_becomes(0, 0, 100, 100));
}

static bool
is_noticed(void *arg)
{
	(void)arg;
	return give(0, 1) == E_BUSY && bus_room(rig->up[0]) == 0;
}

Test(bus, worker_dies)
{
	follow(0, 1);
	cr_assert(room_becomes(0, 0, 60, 60));
	bus_close(rig->down[0]);
	rig->down[0] = NULL;
	cr_expect(wait_until(is_noticed, NULL, WAIT_MS), "EHOSTUNREACH: it is forgotten");
	cr_expect(metric_get(&rig->m_up[0], M_PEERS_DOWN) == 0);
}

static bool
goes_to_the_other(void *arg)
{
	struct coming *c = arg;

	if (give(0, 5) < 0)
		return false;
	c->n = 0;
	return has_come(c);
}

Test(bus, another_worker_takes_over)
{
	struct coming c = { .d = 1 };

	rig->down[1] = bus_of(rig, "suggest", "d1", true, &rig->m_down[1]);
	follow(0, 1);
	follow(1, 1);
	cr_assert(room_becomes(0, 1, 40, 40));
	cr_assert(room_becomes(0, 0, 200, 200));
	bus_close(rig->down[0]);
	rig->down[0] = NULL;
	cr_expect(wait_until(goes_to_the_other, &c, WAIT_MS) && c.n == 5);
}

Test(bus, bye)
{
	follow(0, 1);
	cr_assert(room_becomes(0, 0, 100, 100));
	bus_bye(rig->down[0]);
	cr_expect(room_becomes(0, -1, 0, 0), "nothing more is sent to one that drains");
	cr_expect(give(0, 1) == E_BUSY);
}

Test(bus, silence_is_death)
{
	follow(0, 1);
	cr_assert(room_becomes(0, 0, 100, 100));
	bus_credits(rig->up[0], rig->now + 1900);
	cr_expect(bus_room(rig->up[0]) == 100, "not yet");
	bus_credits(rig->up[0], rig->now + 2600);
	cr_expect(bus_room(rig->up[0]) == 0 && metric_get(&rig->m_up[0], M_PEERS_DOWN) == 0);
	rig->now += 3000;
	cr_expect(room_becomes(0, 0, 100, 100), "one that speaks again is back");
}

/* ---- bytes of a stranger ---- */

struct part { const char *p; size_t n; };

static void
say(void *sock, const struct part *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cr_assert(zmq_send(sock, v[i].p, v[i].n, i + 1 < n ? ZMQ_SNDMORE : 0) >= 0);
}

#define CREDIT_9	"\x97\x01\x01\x00\x00\x00\x00\x09"
#define DATA_0		"\x97\x01\x02\x00\x01\x00\x01\x00"
#define DATA_1		"\x97\x01\x02\x00\x01\x01\x01\x00"
#define P(lit)		{ lit, sizeof(lit) - 1 }

static bool
are_counted(void *arg)
{
	const int64_t *n = arg;

	bus_credits(rig->up[0], rig->now);
	return metric_get(&rig->m_up[0], M_FRAMES_BAD) == *n;
}

Test(bus, garbage_at_the_router)
{
	static const struct { size_t n; struct part v[3]; } rows[] = {
		{ 1, { P("") } }, { 1, { P("GET / HTTP/1.1") } }, { 1, { P("\x97\x02\x01\x00\x00\x00\x00\x09") } },
		{ 2, { P(CREDIT_9), P("more") } }, { 3, { P(CREDIT_9), P("more"), P("and more") } },
		{ 1, { P(DATA_1) } }, { 2, { P(DATA_1), P("\x90") } }, { 1, { P("\xdd\xff\xff\xff\xff") } },
	};
	int64_t n = sizeof rows / sizeof *rows;
	void *ctx = zmq_ctx_new(), *sock = zmq_socket(ctx, ZMQ_DEALER);
	int zero = 0;

	(void)zmq_setsockopt(sock, ZMQ_LINGER, &zero, sizeof zero);
	cr_assert(zmq_connect(sock, bus_endpoint(rig->up[0]).p) == 0);
	for (int64_t i = 0; i < n; i++)
		say(sock, rows[i].v, rows[i].n);
	cr_expect(wait_until(are_counted, &n, WAIT_MS), "%lld counted",
	    (long long)metric_get(&rig->m_up[0], M_FRAMES_BAD));
	cr_expect(bus_room(rig->up[0]) == 0, "none of it gave credit");
	follow(0, 1);
	cr_expect(room_becomes(0, 0, 100, 100), "and a worker is served");
	(void)zmq_close(sock);
	(void)zmq_ctx_term(ctx);
}

struct stranger { void *ctx, *router; zmq_msg_t route; };

static bool
greeted(void *arg)
{
	struct stranger *x = arg;
	zmq_msg_t rest;

	rig->now += 250;
	bus_grant(rig->down[0], 500, rig->now);
	if (zmq_msg_recv(&x->route, x->router, ZMQ_DONTWAIT) < 0)
		return false;
	(void)zmq_msg_init(&rest);
	(void)zmq_msg_recv(&rest, x->router, 0);
	(void)zmq_msg_close(&rest);
	return true;
}

/* One that claims to be an upstream of d0. */
static void
stranger_open(struct stranger *x)
{
	struct peer p = { .instance = S("x") };
	int zero = 0;

	x->ctx = zmq_ctx_new();
	x->router = zmq_socket(x->ctx, ZMQ_ROUTER);
	(void)zmq_setsockopt(x->router, ZMQ_LINGER, &zero, sizeof zero);
	(void)zmq_setsockopt(x->router, ZMQ_SNDHWM, &zero, sizeof zero);
	p.endpoint = arena_fmt(&rig->a, "ipc://%s/stranger", rig->dir);
	cr_assert(zmq_bind(x->router, p.endpoint.p) == 0);
	bus_connect(rig->down[0], &p, 1, rig->now);
	(void)zmq_msg_init(&x->route);
	cr_assert(wait_until(greeted, x, WAIT_MS));
}

static void
stranger_say(struct stranger *x, const struct part *v, size_t n)
{
	cr_assert(zmq_send(x->router, zmq_msg_data(&x->route), zmq_msg_size(&x->route), ZMQ_SNDMORE) >= 0);
	say(x->router, v, n);
}

static void
stranger_close(struct stranger *x)
{
	(void)zmq_msg_close(&x->route);
	(void)zmq_close(x->router);
	(void)zmq_ctx_term(x->ctx);
}

static void
say_good(struct stranger *x)
{
	struct frame_head h = { .kind = FRAME_DATA, .seq = 9, .n = 2, .state = ST_RECEIVED };
	struct str head = frame_head_write(&rig->a, &h);
	msgpack_sbuffer buf;

	cr_assert(frame_works_write(rig->v, 2, &buf));
	stranger_say(x, (struct part[]){ { head.p, head.n }, { buf.data, buf.size } }, 2);
	free(buf.data);
}

Test(bus, garbage_from_upstream)
{
	static const struct { size_t n; struct part v[3]; } rows[] = {
		{ 1, { P("") } }, { 1, { P("hello") } }, { 1, { P(DATA_1) } }, { 2, { P(DATA_0), P("") } },
		{ 2, { P(DATA_1), P("") } }, { 2, { P(DATA_1), P("\x90") } }, { 2, { P(CREDIT_9), P("") } },
		{ 3, { P(DATA_1), P("\x90"), P("x") } }, { 2, { P("\x97\x09\x02\x00\x01\x01\x01\x00"), P("") } },
		{ 2, { P(DATA_1), P("\xdd\xff\xff\xff\xff") } },
	};
	struct stranger x;

	stranger_open(&x);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		stranger_say(&x, rows[i].v, rows[i].n);
	say_good(&x);
	cr_expect(receive(0) == 2, "the good one behind it comes through");
	cr_expect(metric_get(&rig->m_down[0], M_FRAMES_BAD) == (int64_t)(sizeof rows / sizeof *rows), "%lld counted",
	    (long long)metric_get(&rig->m_down[0], M_FRAMES_BAD));
	stranger_close(&x);
}

/* A flood of bad frames does not keep a daemon in one call: its other doors get their turn. */
Test(bus, a_flood_is_read_in_pieces)
{
	static const struct part bad = P("\x97\x09");
	struct stranger x;
	int64_t last = 0, most = 0, n;
	struct work *w;

	stranger_open(&x);
	for (int i = 0; i < 3000; i++)
		stranger_say(&x, &bad, 1);
	say_good(&x);
	for (int turns = 0; turns < 1000000 && bus_recv(rig->down[0], &rig->a, &w) == 0; turns++) {
		n = metric_get(&rig->m_down[0], M_FRAMES_BAD);
		most = n - last > most ? n - last : most;
		last = n;
	}
	cr_expect(metric_get(&rig->m_down[0], M_FRAMES_BAD) == 3000);
	cr_expect(most <= 256, "%lld in one call", (long long)most);
	stranger_close(&x);
}

/* ---- addresses ---- */

Test(bus, addresses)
{
	static const struct { const char *in, *out; } rows[] = {
		{ "ipc:state/bus/front", "ipc://state/bus/front" }, { "ipc:/run/x", "ipc:///run/x" },
		{ "tcp:10.0.0.1:5555", "tcp://10.0.0.1:5555" }, { "inproc://x", "inproc://x" },
	};
	char deep[200] = "ipc:/tmp/";
	struct bus_conf c = { .where = deep, .stage = "ingest", .instance = S("x"), .down = true };
	struct bus *b = NULL;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(str_is(bus_address(&rig->a, str_of(rows[i].in)), rows[i].out), "%s", rows[i].in);
	memset(deep + 9, 'x', 150);
	cr_expect(bus_open(&b, &c, &rig->m_up[1]) == E_IO && !b, "a path that does not fit a socket's name");
}
