/* io_front.c - the ZeroMQ door: producers offer inputs and get one answer each, after the commit. */
#include "ingest/io_intake.h"
#include "pipe/bus.h"
#include "base/file.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUTE_MAX	32
#define ANSWERS		16
#define BATCH_OFFERS	1024		/* read in one turn */

struct front_door {
	struct door	*d;
	struct log_gate	 gate;
	void		*ctx, *sock;
	bool		 is_paused;
};

struct route { unsigned char b[ROUTE_MAX]; size_t n; struct front_door *f; };

static bool
send_last(void *sock, struct str s, int flags)
{
	return zmq_send(sock, s.p ? s.p : "", s.n, flags | ZMQ_DONTWAIT) >= 0;
}

static void
answer(void *arg, int64_t seq, const struct intake_job *j)
{
	struct route *to = arg;
	struct frame_head h = { .kind = FRAME_ANSWER, .seq = seq };

	/* a producer that went away gets no answer, and offers again */
	if (send_last(to->f->sock, (struct str){ (char *)to->b, to->n }, ZMQ_SNDMORE) &&
	    send_last(to->f->sock, frame_head_write(j->arena, &h), ZMQ_SNDMORE) &&
	    send_last(to->f->sock, str_of(intake_verdict(j)), ZMQ_SNDMORE))
		(void)send_last(to->f->sock, intake_answer_json(j), 0);
	free(to);
}

static bool
next_part(void *sock, zmq_msg_t *m, bool last)
{
	return zmq_msg_recv(m, sock, ZMQ_DONTWAIT) >= 0 && (bool)zmq_msg_more(m) != last;
}

static struct str
view(zmq_msg_t *m)
{
	return (struct str){ zmq_msg_data(m), zmq_msg_size(m) };
}

static void
drop_rest(void *sock, zmq_msg_t *m)
{
	while (zmq_msg_more(m) && zmq_msg_recv(m, sock, ZMQ_DONTWAIT) >= 0)
		;
}

/* route, header, name, bytes. False: nothing waits. */
static bool
read_one(struct front_door *f)
{
	zmq_msg_t m[4];
	struct frame_head h;
	struct route *to;
	int got = 0;

	for (int i = 0; i < 4; i++)
		(void)zmq_msg_init(&m[i]);
	if (zmq_msg_recv(&m[0], f->sock, ZMQ_DONTWAIT) < 0) {
		got = -1;
	} else if (zmq_msg_more(&m[0]) && next_part(f->sock, &m[got = 1], false) &&
	    next_part(f->sock, &m[got = 2], false) && next_part(f->sock, &m[got = 3], true) &&
	    frame_head_read(view(&m[1]), &h) && h.kind == FRAME_OFFER && zmq_msg_size(&m[0]) <= ROUTE_MAX &&
	    zmq_msg_size(&m[2]) <= 255 && (to = calloc(1, sizeof *to))) {
		to->n = zmq_msg_size(&m[0]);
		memcpy(to->b, zmq_msg_data(&m[0]), to->n);
		to->f = f;
		intake_offer(f->d->core, view(&m[3]), view(&m[2]), answer, to, h.seq);
	} else {
		drop_rest(f->sock, &m[got]);
		metric_add(runner_metrics(f->d->runner), M_FRAMES_BAD, 1);
		if (log_gate_open(&f->gate))
			log_line(LOG_WARN, "offers are refused: another version, or not ours", LOG_NUM("more", f->gate.held));
	}
	for (int i = 0; i < 4; i++)
		(void)zmq_msg_close(&m[i]);
	return got >= 0;
}

/* While no more can be taken the socket is not watched: producers wait, and the loop does not spin. */
static void
readable(void *arg, int fd, short events)
{
	struct front_door *f = arg;

	(void)fd, (void)events;
	if (runner_is_draining(f->d->runner)) {		/* what was not taken is offered again, to whoever comes after */
		f->is_paused = true;
		(void)runner_watch_zmq(f->d->runner, f->sock, NULL, f);
		return;
	}
	for (int i = 0; i < BATCH_OFFERS && intake_has_room(f->d->core) && read_one(f); i++)
		;
	if (intake_is_full(f->d->core) && !f->is_paused) {
		f->is_paused = true;
		(void)runner_watch_zmq(f->d->runner, f->sock, NULL, f);
	}
}

/* The store is at work: answer, then read on, until it wants us. */
static void
meanwhile(void *arg, bool (*is_wanted)(struct store *), struct store *st)
{
	struct front_door *f = arg;

	while (!is_wanted(st) && intake_answer(f->d->core, ANSWERS))
		;
	while (intake_has_room(f->d->core) && !runner_is_draining(f->d->runner) && !is_wanted(st) && read_one(f))
		;
}

static int
front_door_tick(struct door *d, int64_t now_ms)
{
	struct front_door *f = d->self;

	(void)now_ms;
	if (!f->is_paused || intake_is_full(d->core) || runner_is_draining(d->runner))
		return 0;
	f->is_paused = false;
	return runner_watch_zmq(d->runner, f->sock, readable, f);
}

static int
front_door_open(struct door *d, struct runner *r, struct intake_core *core)
{
	struct front_door *f = calloc(1, sizeof *f);
	const struct conf *conf = runner_ctx(r)->conf;
	int zero = 0, one = 1;
	int64_t max = (int64_t)LIMIT_INPUT + 4096;
	struct arena a;
	struct str at;

	(void)core;
	d->self = f;
	if (!f)
		return E_NOMEM;
	f->d = d;
	arena_init(&a, 0);
	at = bus_address(&a, conf->ingest.front);
	f->ctx = zmq_ctx_new();
	f->sock = f->ctx ? zmq_socket(f->ctx, ZMQ_ROUTER) : NULL;
	if (!f->sock || zmq_setsockopt(f->sock, ZMQ_LINGER, &zero, sizeof zero) != 0 ||
	    zmq_setsockopt(f->sock, ZMQ_SNDHWM, &zero, sizeof zero) != 0 ||
	    zmq_setsockopt(f->sock, ZMQ_MAXMSGSIZE, &max, sizeof max) != 0 ||
	    zmq_setsockopt(f->sock, ZMQ_ROUTER_MANDATORY, &one, sizeof one) != 0 || zmq_bind(f->sock, at.p) != 0) {
		log_line(LOG_ERROR, "cannot open the front: is another ingest using ingest.front?", LOG_STR("address", at));
		arena_free(&a);
		return E_IO;
	}
	arena_free(&a);
	runner_meanwhile(r, meanwhile, f);
	return runner_watch_zmq(r, f->sock, readable, f);
}

static void
front_door_close(struct door *d)
{
	struct front_door *f = d->self;

	runner_meanwhile(d->runner, NULL, NULL);
	if (f && f->sock)
		(void)zmq_close(f->sock);
	if (f && f->ctx)
		(void)zmq_ctx_term(f->ctx);
	free(f);
	d->self = NULL;
}

const struct door_ops door_front = { "front", front_door_open, front_door_tick, front_door_close };
