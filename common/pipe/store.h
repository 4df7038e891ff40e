/*
 * store - where every encounter is, and the only way to move it (schemas/PROTOCOL.md, sections 3 to 7).
 *
 * Two implementations, one contract (tests/contract): store_redis.c for work, store_mem.c for tests.
 * Every call blocks until the store has answered. Errors: E_STORE_DOWN and E_STORE_FULL are temporary and
 * mean "not known to be committed": calling again is always safe. Works that moved meanwhile are no error
 * of the call: their `moved` is false.
 */
#ifndef CLAIMLINE_STORE_H
#define CLAIMLINE_STORE_H

#include "pipe/store_types.h"

struct conf;
struct store;

struct store_ops {
	void	(*close)(struct store *);
	int	(*now)(struct store *, int64_t *ms);	/* the store's clock; also a ping */
	/*
	 * New ones enter `to` (NEW or RECEIVED) with a lease of lease_ms, or ready when 0 (for NEW: its score
	 * is now + lease_ms, the quiet-time deadline). n <= LIMIT_BATCH.
	 */
	int	(*admit)(struct store *, const struct commit_by *, struct admission *v, size_t n, enum state to,
	    int64_t lease_ms);
	/*
	 * admit in two steps, so that one batch is on its way while another is being stored: at most STORE_POSTED
	 * are posted before the oldest is waited for, and nothing else is called meanwhile. A post that fails has
	 * no wait; v and by must live until the wait, which fills in the results.
	 */
	int	(*admit_post)(struct store *, const struct commit_by *, struct admission *v, size_t n, enum state to,
	    int64_t lease_ms);
	int	(*admit_wait)(struct store *);
	/* Replace the body of one known encounter that is in state w->state with token w->token; moves to w->to. */
	int	(*amend)(struct store *, const struct commit_by *, const struct admission *, struct work *w, int64_t lease_ms);
	/*
	 * Each work moves state -> to, storing its dirty parts. Leased for lease_ms if `to` is worked, ready when 0.
	 * A cold one stays cold, unless its ingest part is dirty: then it is back, or (empty) lost for good.
	 * n <= LIMIT_COMMIT.
	 */
	int	(*advance)(struct store *, const struct commit_by *, struct work **v, size_t n, int64_t lease_ms);
	/*
	 * Up to max members of the state whose score is past. Attempts are counted; over LIMIT_ATTEMPTS they are
	 * buried and not returned. With bodies. For NEW: attempts are not counted.
	 */
	int	(*claim)(struct store *, const struct commit_by *, enum state, size_t max, int64_t lease_ms,
		    struct arena *, struct work **out, size_t *n);
	int	(*extend)(struct store *, struct work **v, size_t n, int64_t lease_ms);
	/*
	 * Give back: ready again after delay_ms, reason w->why kept. attempts untouched; delay_ms below 0: ready
	 * after -delay_ms, and the claim does not count (it was not tried, or only has to wait).
	 */
	int	(*fail)(struct store *, struct work **v, size_t n, int64_t delay_ms);

	/*
	 * For works in settled states: the parts go but for what submit added, when the stored revision is w->revision
	 * still. Say so only of what is safely in the archive. `moved`: it is cold now. The score grows by 1, so that
	 * whoever read the body before is refused. No journal entry: nobody decided anything. n <= LIMIT_BATCH.
	 */
	int	(*cool)(struct store *, struct work **v, size_t n);
	/* Goes through n settled queues at once; one round trip when there is nothing new in them. */
	int	(*warm)(struct store *, struct warm *v, size_t n, struct arena *, struct warm_list *out);

	int	(*get)(struct store *, struct eid, unsigned lane, struct arena *, struct snapshot *out);	/* E_NOT_FOUND */
	int	(*list)(struct store *, enum state, size_t max, struct arena *, struct listing **out, size_t *n); /* by score */
	int	(*depths)(struct store *, struct depth out[ST_COUNT]);
	/* Lowest lane whose encounter has this eid, any lane tried. */
	int	(*find)(struct store *, struct eid, unsigned *lane);

	/* in: partner, members; out: the rest */
	int	(*ic_reserve)(struct store *, const struct commit_by *, struct interchange *ic, int64_t lease_ms);
	/* stores state, members, sha, name; leaves `open` unless RESERVED or SEALED */
	int	(*ic_update)(struct store *, const struct commit_by *, struct interchange *ic);
	int	(*ic_get)(struct store *, struct str partner, int64_t number, struct arena *, struct interchange *out);
	/* one overdue, or E_NOT_FOUND */
	int	(*ic_claim)(struct store *, struct str partner, int64_t lease_ms, struct arena *, struct interchange *out);

	/* Oldest entries after the ids in `after` (one per stream, absent = from the start), all journals. */
	int	(*journal_read)(struct store *, const struct journal_entry *after, size_t n_after, size_t max,
		    struct arena *, struct journal_entry **out, size_t *n);
	int	(*journal_trim)(struct store *, struct str stream, struct str upto_id);	/* that id included */

	/* endpoint absent: leave */
	int	(*peer_put)(struct store *, const char *stage, struct str instance, struct str endpoint);
	int	(*peer_list)(struct store *, const char *stage, struct arena *, struct peer **out, size_t *n);
	/* Take or keep a named right (ledger writer) for ttl_ms. 0: it is ours. E_BUSY: somebody else's. */
	int	(*right)(struct store *, const char *name, struct str instance, int64_t ttl_ms);
	/* What is known of these data for good: set when absent and value is not, then what is stored (absent: nothing). */
	int	(*fact)(struct store *, const char *name, struct str value, struct arena *, struct str *out);
};

#define STORE_POSTED	2

/* May work until is_wanted(store), asking it every 100 us or so, and may not call the store. */
typedef void store_idle(void *arg, bool (*is_wanted)(struct store *), struct store *);

struct store {
	const struct store_ops	*ops;
	unsigned		 lanes;
	char			 why[160];	/* of the last failure, for /readyz: no patient data */
	store_idle		*idle;		/* called while the store is waited for; or NULL */
	void			*idle_arg;
};

/*
 * Connects, loads the function library, and checks what the durability class needs (appendonly yes,
 * appendfsync always, no-appendfsync-on-rewrite no, noeviction; lanes as in cl:meta). E_STORE_SETUP with words in *why otherwise.
 */
int	store_redis_open(struct store **out, const struct conf *, char why[160]);
int	store_mem_open(struct store **out, unsigned lanes);
void	store_mem_advance_clock(struct store *, int64_t ms);
/* Wraps another store: call number fail_at (1-based) answers rc without (or, when late, after) doing it. */
int	store_fault_open(struct store **out, struct store *inner, unsigned fail_at, int rc, bool late);

/* codec byte + bytes. Packing compresses when it pays; unpacking bounds the size it claims. */
int	part_seal(struct arena *, struct str raw, bool zstd, struct str *out);
int	part_open(struct arena *, struct str sealed, struct str *raw);
/*
 * All parts of a work, opened and unpacked; texts of plain parts borrow their bytes, which must outlive *out. On an
 * error *bad (may be NULL) is the part that cannot be read.
 */
int	work_unpack(struct arena *, const struct work *, struct encounter **out, enum rec_part *bad);
const char *part_name(enum rec_part);		/* "p", "os" ...: PROTOCOL.md section 1 */

#endif
