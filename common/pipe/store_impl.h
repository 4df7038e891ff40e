/*
 * store_impl - what the two stores share: names of fields, what a commit changes, journal text, members
 * of an interchange as bytes. Only store_*.c includes this.
 */
#ifndef CLAIMLINE_STORE_IMPL_H
#define CLAIMLINE_STORE_IMPL_H

#include "pipe/store.h"

#define STORE_PROTOCOL	"2"		/* of cl:meta; PROTOCOL.md describes it */

/* ---- the hash of one encounter ---- */
enum store_field {
	F_S, F_A, F_M, F_WHY, F_BF, F_B, F_O, F_C,
	F_PARTS, F_COUNT = F_PARTS + PART_COUNT
};
extern const char *const store_field_names[F_COUNT];
enum store_field store_field_of(struct str name);	/* F_COUNT: none of ours */

struct change { enum store_field f; struct str v; };
#define CHANGES_MAX	(F_COUNT)

#define STORE_LOST	"-"		/* instead of a revision in F_C: the archive has lost it */

/* The parts a cold encounter has in the archive only; what stands before the part in the field p, or nothing. */
bool	store_is_archived(enum rec_part);
struct str store_head(struct str p);

/* What an advance writes besides state and revision; the field p of an admission or amendment that arrived at t. */
size_t	store_changes(struct arena *, const struct work *, struct change out[CHANGES_MAX]);
struct str store_head_write(struct arena *, const struct admission *, int64_t t);
struct str store_body(struct arena *, const struct admission *, int64_t t);	/* head and part */
struct str store_state(struct arena *, enum state, int64_t revision);	/* the field s */

/* All fields of one encounter, as read, into a snapshot. E_STORE_REPLY when they make no sense. */
int	store_snapshot(const struct str v[F_COUNT], struct snapshot *out);

/* ---- scores ---- */
enum score_mode { SCORE_READY, SCORE_LEASED, SCORE_QUIET, SCORE_DUE };
enum score_mode	store_mode(enum state to, int64_t lease_ms);
int64_t		store_horizon(enum state, int64_t lease_ms);	/* ms from now beyond which no score can be right; 0: none */
int64_t		store_score(enum score_mode, int64_t now, int64_t lease_ms, int64_t token, int64_t due);

/* E_BAD_MOVE when states.def does not have every state -> to of the batch. */
int	store_check_moves(struct work *const *v, size_t n);

/* A member with this score was looked at: the next call goes on behind it. */
void		store_warm_next(struct warm *, int64_t score);

/* ---- journal ---- */
struct str store_header(struct arena *, const struct commit_by *, struct str library, const char *from, const char *to);
void	store_row(struct buf *, struct eid, int64_t revision, const char *verdict, struct str hash);
struct str store_parts_hash(struct arena *, const struct work *);	/* "-" when no part is new */
struct str store_ic_row(struct arena *, const struct interchange *);

/* ---- interchanges ---- */
bool	store_partner_ok(struct str partner);		/* letters, digits, "_.-"; 1..64 */
bool	store_ic_legal(enum ic_state from, enum ic_state to);
enum ic_state store_ic_state(struct str name, bool *ok);
struct str store_members_pack(struct arena *, const struct member *v, size_t n);
int	store_members_unpack(struct arena *, struct str bytes, struct member **out, size_t *n);	/* E_STORE_REPLY */
enum ic_field { IC_F_ST, IC_F_M, IC_F_TM, IC_F_N, IC_F_SHA, IC_F_NAME, IC_F_COUNT };
extern const char *const store_ic_fields[IC_F_COUNT];
int	store_interchange(struct arena *, const struct str v[IC_F_COUNT], struct interchange *out);

/* ---- admit_post and admit_wait for stores that do at the wait what was posted ---- */
struct store_posted {
	struct { const struct commit_by *by; struct admission *v; size_t n; enum state to; int64_t lease_ms; } a[STORE_POSTED];
	size_t	n;
};
void	store_posted_put(struct store_posted *, const struct commit_by *, struct admission *, size_t n, enum state,
    int64_t lease_ms);
int	store_posted_do(struct store_posted *, struct store *);		/* the oldest, by ops->admit */

/* ---- the rest ---- */
void	store_why(struct store *, const char *words, struct str detail);
int	store_id_cmp(struct str a, struct str b);	/* stream ids "ms-seq" by age */
struct str store_id_next(struct arena *, struct str id);

#endif
