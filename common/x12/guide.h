/*
 * guide - the guides of schemas/x12_*.def as tables that can be walked; inside common/x12 only.
 *
 * Compiled once by x12_guides_open and never changed. A guide is a list of positions in the order of the
 * guide; loop l holds the positions first..end-1, those of its child loops among them.
 */
#ifndef CLAIMLINE_X12_GUIDE_H
#define CLAIMLINE_X12_GUIDE_H

#include "x12/check.h"
#include "x12/key.h"

enum x12_use { USE_R, USE_S, USE_N };
enum x12_kind { KIND_AN, KIND_ID, KIND_DT, KIND_TM, KIND_R, KIND_N0, KIND_N2, KIND_B, KIND_COMPOSITE };

/* Lists that are a shape or an external table instead of codes: schemas/x12_shapes.def. */
enum x12_shape {
	SHAPE_NONE,
#define SHAPE(name, words) SHAPE_##name,
#include "schemas/x12_shapes.def"
	SHAPE_COUNT
};

/* What rules look for: schemas/x12_tags.def. */
enum x12_tag {
	TAG_NONE,
#define TAG(name, set, loop, segment, code) TAG_##name,
#include "schemas/x12_tags.def"
	TAG_COUNT
};

struct x12_codes {			/* a code list; v sorted, each as x12_code has it */
	const char	*name, *words;
	enum x12_shape	 shape;
	const uint64_t	*v;
	size_t		 n;
};
struct x12_note { uint64_t all; char kind; unsigned char n, el[7]; };	/* P R E C L and the elements it speaks of; all: as bits */

/* What is enough to call a value of the right length sound. QUICK_NONE: it must be looked at closely. */
enum x12_quick { QUICK_NONE, QUICK_TEXT, QUICK_CODE, QUICK_SHAPE, QUICK_NUMBER, QUICK_DIGITS };
struct x12_item {			/* an element, or a component of one */
	uint32_t	 min, max;
	uint16_t	 number, list, rep;		/* number: of the data element, 0 for a composite; list 0: any value */
	uint8_t		 kind, use, n_comps, n_notes, quick;
	uint8_t		 last_r;			/* of a composite: the last component that is required */
	uint16_t	 comps, notes;			/* first of each in items, notes */
	const char	*words;
};
struct x12_pos {
	uint32_t	 key;			/* x12_key of the segment id */
	uint16_t	 by_list, turn;		/* turn: which of what its loop requires, from 1; 0: it is not required */
	const char	*id, *words;
	uint16_t	 loop, ord, max, items, notes, tag;	/* ord: neighbours of one id share it; max 0: any number */
	uint16_t	 before;		/* how much of what its loop requires stands before; as turn, of a first position:
						   the loop around */
	uint8_t		 use, n_items, n_notes;
	uint8_t		 last_r;		/* the last element that is required */
	uint8_t		 by_el, by_comp;	/* the element that tells it from its likes, 0 = none */
	bool		 opens;			/* the first of its loop */
};
struct x12_gloop {
	const char	*id, *words;
	uint16_t	 parent, ord, max, first, end, end_loop;	/* child loops: this one + 1 .. end_loop - 1 */
	uint8_t		 use;
	bool		 unit, in_unit;		/* a claim: schemas/x12_units.def; it, or inside of one */
	uint16_t	 req, n_req;		/* positions that must be there, by ord: in the guide's reqs */
};
struct x12_guide {
	const char	*ids, *set, *gs01, *words;
	const struct x12_pos *pos;
	const struct x12_gloop *loops;		/* 0 is the set itself */
	const struct x12_item *items;
	const struct x12_note *notes;
	const uint16_t	*reqs;
	size_t		 n_pos, n_loops;
	const uint32_t	*keys;			/* segment ids of the guide */
	const uint8_t	*marks;			/* by key: the element that tells its positions apart, 0 = none */
	size_t		 n_keys;
	uint8_t		 slot[256];		/* x12_slot of a key to its place in keys + 1; linear probing */
	const uint16_t	*cands, *cand_at;	/* cand_at[loop * n_keys + k] .. next: positions met while in that loop */
	const struct x12_guides *all;
};
struct x12_segdef { uint32_t key; uint8_t n_items, n_notes; uint16_t items, notes; };	/* of the base standard */
struct x12_guides {
	const struct x12_guide *v;
	size_t		 n, max_pos, max_loops;
	const struct x12_codes *codes;		/* 0 is none */
	size_t		 n_codes;
	const uint32_t	*known;			/* every segment id of the standard we know, sorted */
	size_t		 n_known;
};

static inline unsigned
x12_slot(uint32_t key)
{
	return key * UINT32_C(2654435761) >> 24;
}

static inline int
x12_key_index(const struct x12_guide *g, uint32_t key)	/* -1: not of this guide */
{
	for (unsigned s = x12_slot(key); g->slot[s & 255]; s++)
		if (g->keys[g->slot[s & 255] - 1] == key)
			return g->slot[s & 255] - 1;
	return -1;
}

bool	x12_code_search(const struct x12_codes *, uint64_t);

static inline bool
x12_code_holds(const struct x12_codes *c, uint64_t v)
{
	if (c->n > 6)
		return x12_code_search(c, v);
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i] == v)
			return v != 0;
	return false;
}

static inline bool
x12_code_in(const struct x12_codes *c, struct str s)
{
	return x12_code_holds(c, x12_code(s));
}

/* The guide a set follows: ST01, ST03 or GS08, and a condition such as BHT02; NULL when there is none. */
const struct x12_guide *x12_guide_for(const struct x12_guides *, struct str set, struct str version, struct str bht02);

#endif
