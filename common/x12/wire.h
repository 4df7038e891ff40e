/*
 * wire - inside common/x12 only: the tables of schemas/x12_*.def, the map interpreter, the segment writer.
 */
#ifndef CLAIMLINE_X12_WIRE_H
#define CLAIMLINE_X12_WIRE_H

#include "x12/x12.h"

#define X12_COMPS	12

/* ---- tables (tables.c) ---- */
enum x12_type { T_P = 1, T_I = 2, T_B = 3 };
enum x12_loop {
	L_NONE,
#define LOOP(id, owner) L_##id,
#include "schemas/x12_837_order.def"
	L_COUNT
};
enum x12_owner { O_PARTY, O_COVERAGE, O_ENCOUNTER, O_LINE, O_ADJUDICATION };
enum x12_how { HOW_MAPPED, HOW_MUST, HOW_REFS, HOW_DATES, HOW_AMOUNTS, HOW_CAS, HOW_HI, HOW_RAW, HOW_OLD,
	HOW_CODE };
enum x12_scope_id { SC_NONE, SC_PARTY, SC_PAT_SUB, SC_PAT_DEP, SC_COVERAGE, SC_CLAIM, SC_LINE, SC_ADJUDICATION,
	SC_COUNT };

struct x12_row { int types; enum x12_loop loop; const char *id; enum x12_how how; enum x12_scope_id scope; };
struct x12_enter { int types; enum x12_loop context; const char *id, *qual; enum x12_loop loop; };
struct x12_hi { int types; const char *qual; char kind; const char *word; unsigned per; };	/* kind D P I */

extern const struct x12_row x12_rows[];
extern const size_t x12_n_rows;
extern const struct x12_enter x12_enters[];
extern const size_t x12_n_enters;
extern const struct x12_hi x12_his[];
extern const size_t x12_n_his;

/* A segment id against one of a table: the hottest comparison there is. */
static inline bool
x12_id_is(struct str id, const char *row)
{
	return id.n && id.p[0] == row[0] && str_is(id, row);
}

const char	*x12_loop_name(enum x12_loop);
enum x12_loop	 x12_loop_named(struct str);			/* L_NONE when there is none */
enum x12_owner	 x12_loop_owner(enum x12_loop);
const struct x12_row *x12_row_of(int type, enum x12_loop, struct str id);	/* NULL when it has no place there */
bool		 x12_is_segment(int type, struct str id);	/* has a place in some loop */
const struct x12_enter *x12_enter_of(int type, enum x12_loop context, struct str id, struct str qual);
int		 x12_hi_rank(int type, struct str qual);	/* place in x12_his, -1 when unknown */
const char	*x12_visit(int type, struct str place);
int		 x12_guide_type(struct str set, struct str guide);	/* T_P, T_I, or 0 */
const char	*x12_guide_out(int type);
void		 x12_named(struct str set, const char **what, const char **where);

/* IX_party_last: the place of a field in its object's table, for its bounds. */
#define BEGIN(object, words)	enum {
#define PART(object, part)	IX_##object##_part_##part,
#define FIELD(object, name, kind, of, max, phi, since, words) IX_##object##_##name,
#define END(object)		IX_##object##_count };
#include "schemas/encounter.def"

/* ---- where in the record a loop reads and writes ---- */
struct x12_place {
	int			 type;
	enum x12_loop		 loop;
	struct encounter	*e;
	struct coverage		*c;
	struct party		*p;
	struct line		*l;
	struct adjudication	*j;
};
struct x12_list { void **arr; size_t *n; const struct rec_object *of; size_t max; };
bool	x12_list_of(const struct x12_place *, enum x12_how, struct x12_list *out);	/* HOW_RAW: extras */
void	*x12_list_push(struct arena *, const struct x12_list *);		/* NULL when full or spent */

/* ---- reading (map.c, lists.c, codes.c) ---- */
struct x12_misfit { unsigned element, component; const char *ik403; };		/* ik403 NULL: all fits */
struct x12_cx {
	struct arena		*a;
	struct x12_seps		 s;
	bool			 cleaned;	/* a separator of ours was data and became a blank */
};
struct str x12_normal(struct x12_cx *, const struct x12_seg *);		/* as text with * : ^ */
struct str x12_normal_el(struct x12_cx *, struct str el);
void	x12_map_read(struct x12_cx *, const struct x12_seg *, enum x12_scope_id, const struct x12_place *,
	    struct str *rest, struct x12_misfit *);
/* 1 taken, 0 no room in the record for its shape (keep it raw), E_LIMIT the list is full. */
int	x12_list_read(struct x12_cx *, const struct x12_seg *, enum x12_how, const struct x12_place *);
int	x12_hi_read(struct x12_cx *, const struct x12_seg *, const struct x12_place *, int64_t set);
void	x12_claim_order(const struct x12_place *);		/* lists of the claim in the order they are written */
int	x12_claim_finish(struct arena *, int type, struct encounter *, struct str control);

/* ---- writing (put.c) ---- */
struct x12_span { size_t first, end; };		/* rows of a table that stand together */
void	x12_scope_spans(struct x12_span out[SC_COUNT]);	/* of x12_837.def */
void	x12_loop_spans(struct x12_span out[L_COUNT]);	/* of x12_837_order.def */
bool	x12_span_add(struct x12_span *, size_t i);	/* false: the rows do not stand together */

struct x12_put {
	struct arena	*a;
	struct buf	 b;
	struct faults	*f;
	size_t		 claim;			/* from 1; 0 = none */
	const char	*loop;
	int		 rc;			/* first refusal */
	size_t		 n_segs;
	const char	*id;			/* segment being built */
	unsigned char	 n_comp[LIMIT_ELEMENTS + 1];
	unsigned	 n;			/* no element above it has components */
	struct x12_span	 scopes[SC_COUNT], loops[L_COUNT];	/* found once: a claim asks for each a hundred times */
	struct str	 cell[LIMIT_ELEMENTS + 1][X12_COMPS];
};
void	x12_put_open(struct x12_put *, struct arena *, struct faults *);
void	x12_put_seg(struct x12_put *, const char *id);
void	x12_put_id(struct x12_put *, unsigned el, unsigned comp, struct str);	/* refused when it holds a separator */
void	x12_put_words(struct x12_put *, unsigned el, unsigned comp, struct str);	/* separators become blanks */
void	x12_put_whole(struct x12_put *, unsigned el, struct str);	/* may hold : and ^ */
void	x12_put_c(struct x12_put *, unsigned el, const char *);
void	x12_put_n(struct x12_put *, unsigned el, int64_t);
bool	x12_put_has(const struct x12_put *, unsigned el, unsigned comp);
void	x12_put_merge(struct x12_put *, struct str rest);		/* fills what is still empty */
void	x12_put_end(struct x12_put *, bool even_empty);
void	x12_put_raw(struct x12_put *, struct str segment);
int	x12_put_refuse(struct x12_put *, int rc, unsigned el, const char *words, const char *fix);

void	x12_map_write(struct x12_put *, enum x12_scope_id, const struct x12_place *);
void	x12_list_write(struct x12_put *, enum x12_how, const struct x12_place *);
void	x12_hi_write(struct x12_put *, const struct x12_place *, const struct claim_view *);
void	x12_loop_write(struct x12_put *, const struct x12_place *, const struct claim_view *);

/* ---- envelope (frame.c) ---- */
struct x12_when { struct str yymmdd, ccyymmdd, hhmm; };
struct x12_when x12_when_of(struct arena *, int64_t ms);
int	x12_frame_open(struct x12_put *, const struct x12_ends *, const char *gs01, const char *guide);
void	x12_frame_close(struct x12_put *, const struct x12_ends *, size_t n_sets);
void	x12_st_open(struct x12_put *, const char *set, struct str st02, const char *guide);
void	x12_st_close(struct x12_put *, struct str st02);
int	x12_ends_check(struct arena *, const struct x12_ends *, struct faults *);

#endif
