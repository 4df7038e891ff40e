/*
 * io_ledger - the ledger on disk: one writer, any number of readers.
 *
 * A folder (mode 0700) holds segments 000001.cll, 000002.cll ... (mode 0600; content: ledger_line.h). Only
 * the process that holds the store's right "ledger" and the lock on the folder writes. The journal is
 * trimmed only up to what is on disk; until then the store keeps it.
 */
#ifndef CLAIMLINE_AUDIT_IO_LEDGER_H
#define CLAIMLINE_AUDIT_IO_LEDGER_H

#include "audit/ledger.h"
#include "audit/ledger_story.h"
#include "pipe/store.h"

struct ledger_options {
	const char	*folder;
	struct str	 instance;		/* who holds the right: unique per process */
	int64_t		 segment_bytes;		/* a segment is closed once it is this large */
	int64_t		 right_ms;		/* how long the right outlives its holder */
	size_t		 max_entries;		/* journal entries in one write; 0 = 1024 */
};

struct ledger_status {
	bool		writing;		/* the right and the folder are ours */
	int64_t		segment, lines, bytes;	/* present segment, lines of the whole ledger, bytes of the segment */
	char		sha[LEDGER_HEX + 1];	/* of the last line: the anchor to keep elsewhere */
	int64_t		cuts;			/* torn writes this process cut off */
	char		note[240];		/* last thing an operator should know; empty when all is well */
};

struct ledger_writer;

/* Makes the folder. E_NO_SPACE, E_IO, E_NOMEM. Nothing is read or locked before the first tick. */
int	ledger_writer_open(struct ledger_writer **out, const struct ledger_options *);
void	ledger_writer_close(struct ledger_writer *);		/* NULL is fine */
void	ledger_writer_status(const struct ledger_writer *, struct ledger_status *out);

/*
 * Takes what the journals hold, writes it with one write and one fsync, trims. Returns the entries written
 * (0: nothing new; call again at once while it is above 0). The arena is scratch; reset it after each call.
 * E_BUSY: another process writes, which is fine. E_NO_SPACE, E_IO: nothing was trimmed, try later.
 * E_CHAIN: what is on disk was damaged; nothing is written until a person has looked. Others: the store's.
 * The process must ignore SIGXFSZ.
 */
int	ledger_tick(struct ledger_writer *, struct store *, struct arena *);

/* ---- reading: also while a writer writes ---- */
struct ledger_progress {
	void	(*show)(void *me, int64_t done, int64_t total);	/* bytes */
	void	*me;
};

/*
 * All segments in order, each line verified, then given to fn (may be NULL). v was made by
 * ledger_verify_init. E_NOT_FOUND: no ledger here. E_CHAIN, E_INCOMPLETE (a torn last line): see v->why.
 */
int	ledger_folder_walk(const char *folder, struct ledger_verify *v, ledger_line_fn fn, void *me,
	    const struct ledger_progress *);

/* The story of one encounter; returns its events. On E_CHAIN *out has what came before the break. */
int	ledger_folder_explain(const char *folder, struct str eid, struct arena *, struct ledger_verify *v,
	    const struct ledger_progress *, struct str *out);

/* Control numbers; returns how many cannot be explained. As above. */
int	ledger_folder_gaps(const char *folder, bool every, struct arena *, struct ledger_verify *v,
	    const struct ledger_progress *, struct str *out);

#endif
