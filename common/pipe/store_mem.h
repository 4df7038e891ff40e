/* store_mem.h - the parts of the memory store among themselves. Fields are kept as Redis would: as text. */
#ifndef CLAIMLINE_STORE_MEM_H
#define CLAIMLINE_STORE_MEM_H

#include "pipe/store_impl.h"

struct mem_enc {
	struct eid	id;
	unsigned	lane;
	enum state	state;
	int64_t		score;
	struct str	f[F_COUNT];	/* malloc'ed */
};

struct mem_entry { struct str id, header, rows, flags; };
struct mem_stream {
	struct str		 name;
	struct mem_entry	*v;
	size_t			 n, cap;
	int64_t			 last_ms, last_seq;
};

struct mem_ic {
	struct str	partner;
	int64_t		number, score;
	bool		open;
	struct str	f[IC_F_COUNT];
};

struct mem_pair { struct str name, key, value; int64_t ms; };	/* peers and rights */

struct mem_store {
	struct store		 s;
	int64_t			 clock;
	struct mem_enc		*enc;
	size_t			 n_enc, cap_enc;
	size_t			*slot;			/* open addressing over enc: index + 1 */
	size_t			 n_slot;
	struct mem_stream	*stream;
	size_t			 n_stream, cap_stream;
	struct mem_ic		*ic;
	size_t			 n_ic, cap_ic;
	struct mem_pair		*pair;
	size_t			 n_pair, cap_pair;
	unsigned		 lane;
	struct arena		 scratch;
	struct store_posted	 posted;
};

void	mem_set(struct str *to, struct str from);	/* copies; frees what was there */
void	mem_set_int(struct str *to, int64_t);
void	*mem_more(void *arr, size_t n, size_t *cap, size_t each);	/* room for one more, zeroed */
struct mem_enc *mem_enc_find(struct mem_store *, unsigned lane, struct eid);
void	mem_journal(struct mem_store *, struct str name, struct str header, struct str rows, struct str flags);
void	mem_entry_drop(struct mem_entry *);

int	mem_ic_reserve(struct store *, const struct commit_by *, struct interchange *, int64_t);
int	mem_ic_update(struct store *, const struct commit_by *, struct interchange *);
int	mem_ic_get(struct store *, struct str, int64_t, struct arena *, struct interchange *);
int	mem_ic_claim(struct store *, struct str, int64_t, struct arena *, struct interchange *);
int	mem_journal_read(struct store *, const struct journal_entry *, size_t, size_t, struct arena *,
	    struct journal_entry **, size_t *);
int	mem_journal_trim(struct store *, struct str, struct str);
int	mem_peer_put(struct store *, const char *, struct str, struct str);
int	mem_peer_list(struct store *, const char *, struct arena *, struct peer **, size_t *);
int	mem_right(struct store *, const char *, struct str, int64_t);
int	mem_fact(struct store *, const char *, struct str, struct arena *, struct str *);

int	mem_claim(struct store *, const struct commit_by *, enum state, size_t, int64_t, struct arena *,
	    struct work **, size_t *);
int	mem_cool(struct store *, struct work **, size_t);
int	mem_warm(struct store *, struct warm *, size_t, struct arena *, struct warm_list *);
/* Those of one state and lane (or any, below 0) with a score up to `until`, in order. Free it. */
struct mem_enc **mem_queue(struct mem_store *, enum state, int lane, int64_t until, size_t *n);
int	mem_snapshot(const struct mem_enc *, struct arena *, struct snapshot *out);
int	mem_get(struct store *, struct eid, unsigned, struct arena *, struct snapshot *);
int	mem_list(struct store *, enum state, size_t, struct arena *, struct listing **, size_t *);
int	mem_depths(struct store *, struct depth[ST_COUNT]);
int	mem_find(struct store *, struct eid, unsigned *);

#endif
