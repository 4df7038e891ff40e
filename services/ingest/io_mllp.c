/*
 * io_mllp.c - the HL7 door: MLLP over TCP. A connection sends one message after the other and gets AA only
 * after the commit; what does not begin as a frame is answered by closing the connection, what is no HL7 in a frame
 * by AR before. A sender that ends its side at once still gets every acknowledgement.
 */
#include "ingest/io_intake.h"
#include "base/log.h"

#include <errno.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNS	256
#define IDLE_MS		600000
#define FIRST_ROOM	16384

struct bytes { char *p; size_t n, cap; };

struct conn {
	struct mllp		*m;
	int			 fd;
	struct hl7_mllp		 framer;
	struct bytes		 in, out;
	bool			 waits;		/* an offer is not answered yet */
	bool			 closing;
	bool			 eof;		/* it sends nothing more */
	int64_t			 last;
};

struct mllp {
	struct door	*d;
	int		 fd;
	struct conn	*conns[MAX_CONNS];
	size_t		 n;
	int64_t		 now;
	struct log_gate	 gate_full, gate_broken;	/* what a peer may repeat as often as it likes */
};

static bool
bytes_add(struct bytes *b, const char *p, size_t n)
{
	if (b->cap - b->n < n) {
		size_t cap = b->cap ? b->cap : FIRST_ROOM;
		char *more;

		while (cap - b->n < n)
			cap *= 2;
		more = realloc(b->p, cap);
		if (!more)
			return false;
		b->p = more;
		b->cap = cap;
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
	return true;
}

static void
bytes_drop(struct bytes *b, size_t n)
{
	memmove(b->p, b->p + n, b->n - n);
	memset(b->p + b->n - n, 0, n);
	b->n -= n;
}

static void readiness(void *arg, int fd, short events);

static void
watch(struct conn *c)
{
	bool read = !c->waits && !c->closing && !c->eof && !intake_is_full(c->m->d->core);
	short events = (short)((read ? POLLIN : 0) | (c->out.n ? POLLOUT : 0));

	/* nothing to wait for: not watched, so that a peer that hung up does not spin the loop */
	(void)runner_watch(c->m->d->runner, c->fd, events, readiness, c);
}

static void
conn_free(struct conn *c)
{
	struct mllp *m = c->m;

	(void)runner_watch(m->d->runner, c->fd, 0, readiness, c);
	(void)close(c->fd);
	for (size_t i = 0; i < m->n; i++)
		if (m->conns[i] == c)
			m->conns[i] = m->conns[--m->n];
	if (c->in.p)
		memset(c->in.p, 0, c->in.cap);
	free(c->in.p);
	free(c->out.p);
	free(c);
}

/* A connection whose offer is under way lives until the answer came. */
static void
conn_end(struct conn *c)
{
	c->closing = true;
	if (c->waits)
		watch(c);
	else
		conn_free(c);
}

static void
flush(struct conn *c)
{
	while (c->out.n) {
		ssize_t n = send(c->fd, c->out.p, c->out.n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n < 0) {
			conn_end(c);
			return;
		}
		bytes_drop(&c->out, (size_t)n);
	}
	watch(c);
}

static void next_message(struct conn *);

/* AR, and no more of this connection. */
static void
refuse(struct conn *c, struct arena *a, const char *words, int rc)
{
	struct intake_reply none = { .item = INTAKE_NO_ITEM };
	struct mllp *m = c->m;
	struct str text;

	if (log_gate_open(&m->gate_broken))
		log_line(LOG_WARN, words, LOG_ERR(rc), LOG_NUM("held_back", m->gate_broken.held));
	hl7_head_of(a, STR_NONE, &none.head);
	if (intake_nak(a, &none, rc, runner_now(m->d->runner), &text) < 0 ||
	    (text = hl7_mllp_wrap(a, text)).n == 0 || !bytes_add(&c->out, text.p, text.n)) {
		conn_end(c);
		return;
	}
	bytes_drop(&c->in, c->in.n);
	c->eof = true;			/* ends when the answer is out */
	flush(c);
}

static void
answered(void *arg, int64_t seq, const struct intake_job *j)
{
	struct conn *c = arg;

	(void)seq;
	c->waits = false;
	if (c->closing) {
		conn_free(c);
		return;
	}
	for (size_t i = 0; i < j->in.n_replies; i++) {
		struct str text;

		if (intake_reply_now(j, i, &text) < 0 || !text.n)
			continue;
		text = hl7_mllp_wrap(j->arena, text);
		if (!bytes_add(&c->out, text.p, text.n))
			c->closing = true;
	}
	if (c->closing)
		conn_end(c);
	else if (j->in.n_replies == 0)
		refuse(c, j->arena, "a message is refused without being read", j->rc < 0 ? j->rc : E_UNSUPPORTED);
	else
		flush(c);
}

/* Some senders end a frame with CR LF; these may not pile up. */
static void
skip_line_ends(struct conn *c)
{
	size_t n = 0;

	while (n < c->in.n && (c->in.p[n] == '\r' || c->in.p[n] == '\n'))
		n++;
	if (n == 0)
		return;
	bytes_drop(&c->in, n);
	c->framer = (struct hl7_mllp){ 0 };
}

static void
next_message(struct conn *c)
{
	struct str msg;
	size_t used;
	int rc;

	if (c->waits || c->closing || intake_is_full(c->m->d->core)) {
		watch(c);			/* what it sends stays in its socket meanwhile */
		return;
	}
	skip_line_ends(c);
	if (c->in.n == 0)
		return;
	rc = hl7_mllp_next(&c->framer, (struct str){ c->in.p, c->in.n }, &msg, &used);
	if (rc < 0) {
		if (log_gate_open(&c->m->gate_broken))
			log_line(LOG_WARN, "an MLLP connection is closed", LOG_ERR(rc), LOG_NUM("held_back", c->m->gate_broken.held));
		conn_end(c);
		return;
	}
	if (rc == 0)
		return;
	if (intake_recognise(msg) != INTAKE_HL7) {
		struct arena a;

		arena_init(&a, 0);
		refuse(c, &a, "a framed message is not HL7", E_UNSUPPORTED);
		arena_free(&a);
		return;
	}
	c->waits = true;
	c->framer = (struct hl7_mllp){ 0 };
	intake_offer(c->m->d->core, msg, S("mllp"), answered, c, 0);
	bytes_drop(&c->in, used);
	watch(c);
}

static void
readiness(void *arg, int fd, short events)
{
	struct conn *c = arg;
	char chunk[65536];
	ssize_t n;

	c->last = c->m->now;
	if ((events & POLLERR) && !(events & POLLIN)) {
		conn_end(c);
		return;
	}
	if (events & POLLOUT) {
		flush(c);
		return;
	}
	n = recv(fd, chunk, sizeof chunk, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0 || (n > 0 && !bytes_add(&c->in, chunk, (size_t)n))) {
		conn_end(c);
		return;
	}
	c->eof = n == 0;
	if (c->eof)
		watch(c);			/* the next tick takes what is left, and ends it */
	else
		next_message(c);
}

static void
accept_one(void *arg, int fd, short events)
{
	struct mllp *m = arg;
	int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct conn *c;

	(void)events;
	if (peer < 0)
		return;
	c = m->n < MAX_CONNS ? calloc(1, sizeof *c) : NULL;
	if (!c || runner_watch(m->d->runner, peer, POLLIN, readiness, c) < 0) {
		if (log_gate_open(&m->gate_full))
			log_line(LOG_WARN, "an MLLP connection is refused: too many", LOG_NUM("held_back", m->gate_full.held));
		(void)close(peer);
		free(c);
		return;
	}
	c->m = m;
	c->fd = peer;
	c->last = m->now;
	m->conns[m->n++] = c;
}

/* "ADDRESS:PORT" */
static bool
address_of(struct str s, struct sockaddr_in *out)
{
	char host[64] = "";
	int64_t port;
	struct str rest = s, name = str_cut(&rest, ':');

	memset(out, 0, sizeof *out);
	if (name.n >= sizeof host || !str_to_int(rest, &port) || port < 1 || port > 65535)
		return false;
	memcpy(host, name.p, name.n);
	out->sin_family = AF_INET;
	out->sin_port = htons((uint16_t)port);
	return inet_pton(AF_INET, host, &out->sin_addr) == 1;
}

static int
mllp_open(struct door *d, struct runner *r, struct intake_core *core)
{
	struct str where = runner_ctx(r)->conf->ingest.mllp;
	struct sockaddr_in at;
	struct mllp *m;
	int one = 1;

	(void)core;
	if (where.n == 0)
		return 0;
	if (!address_of(where, &at)) {
		log_text(LOG_ERROR, "ingest.mllp: write ADDRESS:PORT with an IPv4 address");
		return E_CONF;
	}
	d->self = m = calloc(1, sizeof *m);
	if (!m)
		return E_NOMEM;
	m->d = d;
	m->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	(void)setsockopt(m->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (m->fd < 0 || bind(m->fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(m->fd, 64) != 0) {
		log_line(LOG_ERROR, "cannot listen for MLLP", LOG_STR("address", where));
		return E_IO;
	}
	return runner_watch(r, m->fd, POLLIN, accept_one, m);
}

/* Nothing more comes, everything was answered, and what is left is no whole message. */
static bool
is_over(const struct conn *c)
{
	return c->eof && !c->waits && c->out.n == 0 && !intake_is_full(c->m->d->core);
}

static int
mllp_tick(struct door *d, int64_t now_ms)
{
	struct mllp *m = d->self;

	if (!m)
		return 0;
	m->now = now_ms;
	for (size_t i = m->n; i-- > 0;) {
		struct conn *c = m->conns[i];

		c->last = c->last ? c->last : now_ms;		/* it came before the first tick */
		if (!c->waits && now_ms - c->last > IDLE_MS)
			conn_free(c);
		else if (!c->waits) {
			watch(c);
			next_message(c);	/* what came together with the one before */
			if (i < m->n && m->conns[i] == c && is_over(c))
				conn_free(c);
		}
	}
	return 0;
}

static void
mllp_close(struct door *d)
{
	struct mllp *m = d->self;

	if (!m)
		return;
	while (m->n) {
		m->conns[0]->waits = false;
		conn_free(m->conns[0]);
	}
	(void)close(m->fd);
	free(m);
	d->self = NULL;
}

const struct door_ops door_mllp = { "mllp", mllp_open, mllp_tick, mllp_close };
