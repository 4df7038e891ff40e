/*
 * record - the encounter in memory, as msgpack, as JSON, and with patient data hidden. And the payment.
 *
 * Structs, tables and both codecs come from schemas/encounter.def and remit.def. Everything reachable from a
 * record lives in the arena it was made with. Pure: no I/O.
 */
#ifndef CLAIMLINE_RECORD_H
#define CLAIMLINE_RECORD_H

#include "base/base.h"

#define REC_VERSION	2		/* highest `since` of encounter.def and remit.def */

/* ---- the structs ---- */
#define REC_TEXT(name, of)	struct str name;
#define REC_DAY(name, of)	day_t name;
#define REC_CENTS(name, of)	cents_t name;
#define REC_MILLI(name, of)	milli_t name;
#define REC_INT(name, of)	int64_t name;
#define REC_BOOL(name, of)	bool name;
#define REC_ONE(name, of)	struct of name;
#define REC_MANY(name, of)	struct of *name; size_t n_##name;
#define REC_STRS(name, of)	struct str *name; size_t n_##name;
#define BEGIN(object, words)	struct object {
#define FIELD(object, name, kind, of, max, phi, since, words) REC_##kind(name, of)
#define END(object)		};
#include "schemas/encounter.def"
#define BEGIN(object, words)	struct object {
#define FIELD(object, name, kind, of, max, phi, since, words) REC_##kind(name, of)
#define END(object)		};
#include "schemas/remit.def"

/* ---- the tables ---- */
enum rec_kind { K_TEXT, K_DAY, K_CENTS, K_MILLI, K_INT, K_BOOL, K_ONE, K_MANY, K_STRS, K_PART };
enum rec_part { PART_INGEST, PART_SUGGEST, PART_VALIDATE, PART_AUDIT, PART_SUBMIT, PART_PEOPLE, PART_COUNT };

struct rec_object;
struct rec_field {
	const char		*name;
	enum rec_kind		 kind;
	size_t			 at, at_n;	/* offsets of the member and of its count */
	const struct rec_object	*of;
	int64_t			 max;
	bool			 phi;
	int			 since;
	const char		*words;
};
struct rec_object {
	const char		*name, *words;
	size_t			 size;
	const struct rec_field	*fields;	/* a K_PART row has its part in max */
	size_t			 n;
	const unsigned char	*set;		/* fields that a new object has not zero */
	size_t			 n_set;
};
extern const struct rec_object rec_encounter;

/* Every DAY of a new object is DAY_NONE: objects made by arena_push need rec_init first. */
void	rec_init(const struct rec_object *, void *obj);
void	rec_init_zero(const struct rec_object *, void *obj);	/* when all of it is zero already */
struct encounter *rec_new(struct arena *);			/* NULL when the arena is spent */

#define REC_PUSH(a, owner, list, type)	((struct type *)rec_push_((a), (void **)&(owner)->list, &(owner)->n_##list, &rec_##type))
void	*rec_push_(struct arena *, void **arr, size_t *n, const struct rec_object *);
void	*rec_push_to(struct arena *, void **arr, size_t *n, const struct rec_object *);	/* the caller knows the bound */
#define BEGIN(object, words) extern const struct rec_object rec_##object;
#include "schemas/encounter.def"
#define BEGIN(object, words) extern const struct rec_object rec_##object;
#include "schemas/remit.def"

/*
 * msgpack. One part packs into one map {1: version, key: value ...}; what is absent or empty takes no
 * bytes. Unpacking copies into the arena, merges into *e, skips unknown keys, and refuses other
 * shapes with E_MALFORMED, values over their bounds with E_LIMIT, another major with E_VERSION.
 */
int	rec_pack(struct arena *, const struct encounter *e, enum rec_part, struct str *out);
int	rec_unpack(struct arena *, struct str bytes, enum rec_part, struct encounter *e);
int	rec_borrow(struct arena *, struct str bytes, enum rec_part, struct encounter *e);	/* texts stay in bytes, and
								   have no NUL: bytes must outlive *e */

/*
 * JSON, one object per encounter. Money and quantities are strings ("125.00"), days "2026-03-01".
 * Reading refuses unknown names, wrong kinds and values out of bounds, each as a fault that names
 * the place as a JSON pointer. Returns the number of faults, or E_NOMEM.
 */
int	rec_to_json(struct arena *, const struct encounter *e, bool indent, struct str *out);
int	rec_to_json_redacted(struct arena *, const struct encounter *e, struct str *out);
int	rec_from_json(struct arena *, struct str text, struct encounter *e, struct faults *);

/* JSON Schema (2020-12) of the encounter, and of the payment. */
int	rec_schema(struct arena *, struct str *out);
int	rec_payment_schema(struct arena *, struct str *out);

/* The same of any object that has no parts, such as a payment: rec_init first, then fill from bytes or text. */
int	rec_object_pack(struct arena *, const struct rec_object *, const void *obj, struct str *out);
int	rec_object_unpack(struct arena *, struct str bytes, const struct rec_object *, void *obj);
int	rec_object_to_json(struct arena *, const struct rec_object *, const void *obj, bool indent, struct str *out);
int	rec_object_to_json_redacted(struct arena *, const struct rec_object *, const void *obj, struct str *out);
int	rec_object_from_json(struct arena *, struct str text, const struct rec_object *, void *obj, struct faults *);

/* ---- what is derived ---- */
struct eid { unsigned char b[16]; };

/* SHA-256(tenant, source, sender, control, revision), first 16 bytes. */
struct eid rec_eid(const struct encounter *e);
struct str eid_text(struct arena *, struct eid);		/* 32 hex digits */
bool	eid_parse(struct str s, struct eid *out);		/* 32 hex digits */
struct str rec_hash16(struct arena *, const struct str *parts, size_t n);	/* 16 bytes of SHA-256, as hex */

/* The lane of an account, 0..lanes-1. Changing lanes needs an empty store. */
unsigned rec_lane(struct str tenant, struct str account, unsigned lanes);

/*
 * claim_view - what goes on the claim: diagnoses as they came (or as suggest coded them), then the
 * decisions of people applied in order (accept adds, replace swaps, reject removes). Everything
 * else is the ingest part. Never changes *e.
 */
struct claim_view {
	struct diagnosis	*diagnoses;
	size_t			 n_diagnoses;
	bool			 coded_here;	/* the codes are ours, not the source's */
};
int	claim_view(struct arena *, const struct encounter *e, struct claim_view *out);

/* Last day + 365 (Medicare, 42 CFR 424.44) as ms since 1970; 0 without a day of service. Payers may be stricter. */
int64_t	enc_filing_limit(const struct encounter *e);

struct party *enc_party(const struct encounter *e, const char *role);	/* first of parties with this NM101, or NULL */

#endif
