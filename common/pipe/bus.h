/*
 * bus - encounters from stage to stage over ZeroMQ (schemas/PROTOCOL.md section 5).
 *
 * A frame is a hint: any may vanish, and nothing is lost, because the works stay in the store under their
 * lease. Credit, not a high-water mark, bounds what is under way. Bytes from a peer are hostile: a frame
 * that does not fit is counted and dropped.
 */
#ifndef CLAIMLINE_BUS_H
#define CLAIMLINE_BUS_H

#include "pipe/metrics.h"
#include "pipe/store.h"

#include <msgpack.h>
#include <zmq.h>

#define FRAME_VERSION	1
enum frame_kind { FRAME_CREDIT = 1, FRAME_DATA, FRAME_OFFER, FRAME_ANSWER, FRAME_BYE };

struct frame_head {
	int64_t		kind, epoch, seq, n, state, credit;
};

/* Part 1 of every frame. False when it is not ours: wrong version, kind or shape. */
bool		frame_head_read(struct str bytes, struct frame_head *out);
struct str	frame_head_write(struct arena *, const struct frame_head *);

/* Part 2 of a data frame. Read works borrow from bytes: E_MALFORMED, E_LIMIT. Written bytes are the caller's to free. */
int		frame_works_read(struct str bytes, const struct frame_head *, struct work *out);
bool		frame_works_write(struct work *const *v, size_t n, struct msgpack_sbuffer *out);

struct bus;
struct bus_conf {
	const char	*where;		/* site.bus: ipc:FOLDER or tcp:ADDRESS */
	const char	*stage;
	struct str	 instance;
	bool		 up, down;	/* has an upstream, has a downstream */
};

int		bus_open(struct bus **out, const struct bus_conf *, struct metrics *);
void		bus_close(struct bus *);
struct str	bus_endpoint(const struct bus *);	/* where downstream workers connect; absent without one */
/* these upstream instances, no others */
void		bus_connect(struct bus *, const struct peer *v, size_t n, int64_t now_ms);

#define BUS_ITEMS	34
size_t		bus_items(struct bus *, zmq_pollitem_t out[BUS_ITEMS]);

/*
 * Tell every upstream how many more we can take in all, and so what we have seen: when it changed by a quarter,
 * when a quarter of it was used, and every 200 ms. Else a no-op.
 */
void		bus_grant(struct bus *, size_t room, int64_t now_ms);
void		bus_bye(struct bus *);

/*
 * Next waiting data frame: works borrow from a message that lives until bus_release. 0: none waits.
 * Bad frames are skipped. At most LIMIT_BATCH works a frame.
 */
int		bus_recv(struct bus *, struct arena *, struct work **out);
void		bus_release(struct bus *);		/* everything bus_recv gave */
void		bus_credits(struct bus *, int64_t now_ms);	/* read what workers grant */
size_t		bus_room(const struct bus *);		/* largest credit of one worker */
size_t		bus_most(const struct bus *);		/* what one worker granted at most: room never is more */
/* Waits up to ms for a grant. False: none came, or nothing is under way that could bring one. */
bool		bus_wait(struct bus *, int ms, int64_t now_ms);
int		bus_send(struct bus *, struct arena *, struct work *const *v, size_t n);	/* 0, or E_BUSY: park them */

/* ---- producers: claimline send, script/bench ---- */
struct front;					/* one producer's connection to ingest */
struct answer {
	int64_t		seq;
	struct str	verdict;		/* accepted, known, conflict, refused, busy */
	struct str	text;			/* JSON: {"encounters": [...], "faults": [...]}; lives in the arena */
};
int		front_open(struct front **out, const char *endpoint);	/* ingest.front, ipc:PATH or tcp:HOST:PORT */
void		front_close(struct front *);
/* E_BUSY: the peer takes no more now */
int		front_offer(struct front *, int64_t seq, struct str name, struct str bytes);
int		front_answer(struct front *, struct arena *, int timeout_ms, struct answer *out);	/* 1, or 0 on time-out */

/* "ipc:PATH" and "tcp:HOST:PORT" of the settings to ZeroMQ's ipc://PATH and tcp://HOST:PORT. */
struct str	bus_address(struct arena *, struct str setting);

#endif
