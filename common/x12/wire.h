/* wire - inside common/x12 only: the tables of schemas/x12_*.def, the map interpreter, the segment writer. */
#ifndef CLAIMLINE_X12_WIRE_H
#define CLAIMLINE_X12_WIRE_H

#include "x12/x12.h"

#define X12_PARTS	12			/* components of an element that is written, at most */

/* ---- tables (tables.c) ---- */
enum x12_type { T_P = 1, T_I = 2, T_D = 4, T_R = 8, T_B = T_P | T_I, T_G = T_P | T_D, T_A = T_B | T_D, T_X = T_A | T_R };
enum x12_loop {
	L_NONE,
#define LOOP(id, owner) L_##id,
#include "schemas/x12_837_order.def"
#define LOOP(id, owner) L_##id,
#include "schemas/x12_remit_order.def"
	L_COUNT
};
enum x12_owner { O_PARTY, O_COVERAGE, O_ENCOUNTER, O_LINE, O_ADJUDICATION, O_PAYMENT, O_SECTION, O_PAID_CLAIM, O_PAID_LINE,
	O_COUNT };
enum x12_how { HOW_MAPPED, HOW_MUST, HOW_REFS, HOW_DATES, HOW_AMOUNTS, HOW_CAS, HOW_HI, HOW_TEETH, HOW_QUANTITIES,
	HOW_REMARKS, HOW_NAMES, HOW_PLB, HOW_RAW, HOW_OLD, HOW_CODE, HOW_COUNT };
enum x12_scope_id { SC_NONE, SC_PARTY, SC_PAT_SUB, SC_PAT_DEP, SC_COVERAGE, SC_CLAIM, SC_LINE, SC_ADJUDICATION,
	SC_PAYMENT, SC_SECTION, SC_PAID_CLAIM, SC_PAID_LINE, SC_COUNT };

struct x12_enter { int types; enum x12_loop context; const char *id, *qual; enum x12_loop loop; };
struct x12_hi { int types; const char *qual; char kind; const char *word; unsigned per; };	/* kind D P I */

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
const char	*x12_loop_rest(enum x12_loop);			/* the same with a + */
enum x12_loop	 x12_loop_named(struct str);			/* L_NONE when there is none */
enum x12_owner	 x12_loop_owner(enum x12_loop);
int		 x12_hi_rank(int type, struct str qual);	/* place in x12_his, -1 when unknown */
const char	*x12_visit(int type, struct str place);
int		 x12_guide_type(struct str set, struct str guide);	/* T_P, T_I, T_D, T_R, or 0 */
const char	*x12_guide_out(int type);
void		 x12_named(struct str set, const char **what, const char **where);

/* IX_party_last: the place of a field in its object's table, for its bounds. */
#define BEGIN(object, words)	enum {
#define PART(object, part)	IX_##object##_part_##part,
#define FIELD(object, name, kind, of, max, phi, since, words) IX_##object##_##name,
#define END(object)		IX_##object##_count };
#include "schemas/encounter.def"

struct x12_plan; struct x12_step;		/* plan.h */

/* ---- where in the record a loop reads and writes ---- */
struct x12_place {
	int			 type;
	const struct x12_plan	*plan;		/* of the type */
	enum x12_loop		 loop;
	struct encounter	*e;
	struct coverage		*c;
	struct party		*p;
	struct line		*l;
	struct adjudication	*j;
	struct payment		*pay;		/* the last four: of an 835 */
	struct paid_section	*sec;
	struct paid_claim	*pc;
	struct paid_line	*pl;
};
struct x12_list { void **arr; size_t *n; const struct rec_object *of; size_t max; };
bool	x12_list_of(const struct x12_place *, enum x12_how, struct x12_list *out);	/* HOW_RAW: extras */
void	*x12_list_push(struct arena *, const struct x12_list *);		/* NULL when full or spent */

/* ---- reading (map.c, lists.c, codes.c) ---- */
struct x12_misfit {
	unsigned	 element, component;	/* of the first */
	const char	*ik403;			/* NULL: all fits */
	unsigned	 number;		/* the first that is to be a number and is none; 0 when there is no such */
};
struct x12_cx {
	struct arena		*a;
	struct x12_seps		 s;
	bool			 parts;		/* the segment being read has components or repeats */
	bool			 cleaned;	/* a separator of ours was data and became a blank */
};
struct str x12_normal(struct x12_cx *, const struct x12_seg *);		/* as text with * : ^ */
struct str x12_normal_el(struct x12_cx *, struct str el);
void	x12_map_read(struct x12_cx *, const struct x12_seg *, const struct x12_step *, const struct x12_place *,
	    struct str *rest, struct x12_misfit *);
/* 1 taken, 0 no room in the record for its shape (keep it raw), E_LIMIT the list is full. */
int	x12_list_read(struct x12_cx *, const struct x12_seg *, enum x12_how, const struct x12_place *);
int	x12_hi_read(struct x12_cx *, const struct x12_seg *, const struct x12_place *, int64_t set);
void	x12_claim_order(const struct x12_place *);		/* lists of the claim in the order they are written */
int	x12_claim_finish(struct arena *, const struct x12_plan *, struct encounter *);

/* ---- writing (put.c) ---- */
struct x12_put {
	struct arena	*a;
	struct buf	 b;
	struct faults	*f;
	const struct x12_plan *plan;		/* of payments (write_835.c) */
	size_t		 claim;			/* from 1; 0 = none */
	const char	*loop;
	int		 rc;			/* first refusal */
	size_t		 n_segs, n_blanked;	/* n_blanked: texts in which a separator became a blank */
	const char	*id;			/* segment being built */
	size_t		 at;			/* where it begins in b */
	unsigned	 el, comp;		/* the last that stands there, el 0: none */
	struct x12_seps	 seps;			/* of an answer: see ack_text.c */
};
void	x12_put_open(struct x12_put *, struct arena *, struct faults *);
void	x12_put_seg(struct x12_put *, const char *id);
void	x12_put_id(struct x12_put *, unsigned el, unsigned comp, struct str);	/* refused when it holds a separator */
void	x12_put_words(struct x12_put *, unsigned el, unsigned comp, struct str);	/* separators become blanks */
void	x12_put_whole(struct x12_put *, unsigned el, struct str);	/* may hold : and ^ */
static inline void
x12_put_c(struct x12_put *w, unsigned el, const char *s)
{
	x12_put_id(w, el, 0, str_of(s));
}
void	x12_put_n(struct x12_put *, unsigned el, int64_t);
void	x12_put_scaled(struct x12_put *, unsigned el, unsigned comp, int64_t, int places);	/* money 2, quantities 3 */
void	x12_put_moment(struct x12_put *, unsigned el, day_t, struct str time);	/* CCYYMMDDHHMM; time up to 8 bytes */
void	x12_put_days(struct x12_put *, unsigned el, unsigned comp, day_t from, day_t to);	/* to DAY_NONE: one day */
bool	x12_put_has(const struct x12_put *, unsigned el, unsigned comp);
void	x12_put_merge(struct x12_put *, struct str rest);		/* fills what is still empty */
void	x12_put_end(struct x12_put *, bool even_empty);
void	x12_put_raw(struct x12_put *, struct str segment);
int	x12_put_refuse(struct x12_put *, int rc, unsigned el, const char *words, const char *fix);
void	x12_put_need(struct x12_put *, bool there, const char *loop, const char *id, unsigned el);

void	x12_map_write(struct x12_put *, const struct x12_step *, const struct x12_place *);
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
