/* front.c - a producer's side of the ingest front: offers out, answers in. An offer without an answer must be offered again. */
#include "pipe/bus.h"

#include <stdlib.h>
#include <string.h>

#define MAX_OPEN	4096		/* offers without an answer */

struct front {
	void		*ctx, *sock;
	size_t		 open;
	struct arena	 head;
};

int
front_open(struct front **out, const char *endpoint)
{
	struct front *f = calloc(1, sizeof *f);
	int zero = 0;
	struct arena a;
	int rc = f ? 0 : E_NOMEM;

	if (rc < 0)
		return rc;
	arena_init(&f->head, 0);
	arena_init(&a, 0);
	f->ctx = zmq_ctx_new();
	f->sock = f->ctx ? zmq_socket(f->ctx, ZMQ_DEALER) : NULL;
	if (!f->sock || zmq_setsockopt(f->sock, ZMQ_LINGER, &zero, sizeof zero) != 0 ||
	    zmq_setsockopt(f->sock, ZMQ_SNDHWM, &zero, sizeof zero) != 0 ||
	    zmq_setsockopt(f->sock, ZMQ_RCVHWM, &zero, sizeof zero) != 0 ||
	    zmq_connect(f->sock, bus_address(&a, str_of(endpoint)).p) != 0)
		rc = E_IO;
	arena_free(&a);
	if (rc < 0) {
		front_close(f);
		return rc;
	}
	*out = f;
	return 0;
}

void
front_close(struct front *f)
{
	if (!f)
		return;
	if (f->sock)
		(void)zmq_close(f->sock);
	if (f->ctx)
		(void)zmq_ctx_term(f->ctx);
	arena_free(&f->head);
	free(f);
}

int
front_offer(struct front *f, int64_t seq, struct str name, struct str bytes)
{
	struct str h;
	int rc = 0;

	if (f->open >= MAX_OPEN)
		return E_BUSY;
	h = frame_head_write(&f->head, &(struct frame_head){ .kind = FRAME_OFFER, .seq = seq });
	if (zmq_send(f->sock, h.p, h.n, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		rc = E_BUSY;
	else if (zmq_send(f->sock, name.p ? name.p : "", name.n, ZMQ_SNDMORE) < 0 ||
	    zmq_send(f->sock, bytes.p ? bytes.p : "", bytes.n, 0) < 0)
		rc = E_IO;
	arena_reset(&f->head);
	f->open += rc == 0;
	return rc;
}

static struct str
part_in(struct front *f, struct arena *a, bool *more)
{
	zmq_msg_t m;
	struct str s = STR_NONE;

	(void)zmq_msg_init(&m);
	*more = false;
	if (zmq_msg_recv(&m, f->sock, ZMQ_DONTWAIT) >= 0) {
		s = arena_str(a, (struct str){ zmq_msg_data(&m), zmq_msg_size(&m) });
		*more = zmq_msg_more(&m);
	}
	(void)zmq_msg_close(&m);
	return s;
}

int
front_answer(struct front *f, struct arena *a, int timeout_ms, struct answer *out)
{
	zmq_pollitem_t item = { .socket = f->sock, .events = ZMQ_POLLIN };
	struct frame_head h;
	struct str head;
	bool more;

	if (zmq_poll(&item, 1, timeout_ms) <= 0)
		return 0;
	head = part_in(f, a, &more);
	out->verdict = more ? part_in(f, a, &more) : STR_NONE;
	out->text = more ? part_in(f, a, &more) : STR_NONE;
	while (more)
		(void)part_in(f, a, &more);
	if (!frame_head_read(head, &h) || h.kind != FRAME_ANSWER)
		return 0;
	out->seq = h.seq;
	f->open -= f->open > 0;
	return 1;
}
