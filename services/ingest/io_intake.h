/*
 * io_intake - between the doors and the store: what a door offers is read at once, committed in batches
 * with whatever else waits, and only then answered.
 */
#ifndef CLAIMLINE_IO_INTAKE_H
#define CLAIMLINE_IO_INTAKE_H

#include "ingest/ingest.h"
#include "pipe/runner.h"

struct intake_row {			/* what became of one item */
	struct eid	id;
	int		rc;		/* 0, or why not */
	const char	*result;	/* accepted, known, amended, released, voided, conflict, refused */
	enum state	state;
};

struct intake_job {
	struct intake	 in;
	struct intake_row *rows;	/* one per item */
	struct str	 name;
	int		 rc;		/* of the whole: 0, E_BUSY, or what ingest_read said */
	int64_t		 at;		/* when it was offered, ms since 1970 */
	struct arena	*arena;		/* ends when done returns */
};

/* Answer the source. Called once per offer, after the commit, in the order of the offers. */
typedef void intake_done(void *arg, int64_t seq, const struct intake_job *);

struct intake_core;
int	intake_core_open(struct intake_core **out, struct runner *);
void	intake_core_close(struct intake_core *);
/* bytes and name may go after the call. Nothing may be offered while intake_is_full. */
void	intake_offer(struct intake_core *, struct str bytes, struct str name, intake_done *, void *arg, int64_t seq);
bool	intake_is_full(const struct intake_core *);
bool	intake_has_room(const struct intake_core *);	/* so much that one door may fill on, and leave some to the others */
bool	intake_is_idle(const struct intake_core *);
/* Commits what was offered. It is answered then, or, when more was offered meanwhile, during the next commit. */
int	intake_flush(struct intake_core *, int64_t now_ms);
bool	intake_answer(struct intake_core *, size_t max);	/* up to max of what is committed; true: more waits */

bool	intake_is_store_trouble(int rc);
const char *intake_verdict(const struct intake_job *);		/* accepted, known, conflict, refused, busy */
/*
 * Reply i as it stands after the commit. HL7: refused when its item is not stored. X12: when nothing of its interchange is; ""
 * when the one before says it; E_BUSY while the store is: nothing may be said yet.
 */
int	intake_reply_now(const struct intake_job *, size_t i, struct str *out);
struct str intake_answer_json(const struct intake_job *);	/* ids, faults, notes; in the job's arena */

/* ---- doors: each owns its sockets, all call intake_offer ---- */
struct door;
struct door_ops {
	const char	*name;
	int		 (*open)(struct door *, struct runner *, struct intake_core *);
	int		 (*tick)(struct door *, int64_t now_ms);	/* may be NULL */
	void		 (*close)(struct door *);
};
struct door {
	const struct door_ops	*ops;
	struct runner		*runner;
	struct intake_core	*core;
	void			*self;
};
extern const struct door_ops door_front, door_mllp, door_folder;

/* The table of ingest's main.c. */
int	ingest_open(struct stage_ctx *, struct runner *);
void	ingest_close(struct stage_ctx *);
extern const struct stage_io ingest_io;

#endif
