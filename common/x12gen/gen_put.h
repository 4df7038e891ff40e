/*
 * gen_put - segments written into the unit in hand, and the writers of each part of a set. Not for others.
 *
 * The caller opens a segment, adds to it, closes it; closing drops separators nothing follows. Room for the longest
 * segment is made sure of when one is opened, so what adds to it need not look.
 */
#ifndef CLAIMLINE_X12GEN_PUT_H
#define CLAIMLINE_X12GEN_PUT_H

static inline void
put_n(struct gen *g, const char *p, size_t n)
{
	memcpy(g->u.b + g->u.n, p, n);
	g->u.n += n;
}

/* Inline, so that the length of a literal is known. */
static inline void
put(struct gen *g, const char *s)
{
	put_n(g, s, strlen(s));
}

static inline void
put_ch(struct gen *g, char c)
{
	g->u.b[g->u.n++] = c;
}

static inline void
seg_open(struct gen *g, const char *s)
{
	must(g->u.n + SEG_ROOM < UNIT_BYTES && g->u.n_segs < UNIT_SEGS);
	g->u.at[g->u.n_segs++] = (uint32_t)g->u.n;
	put(g, s);
}

static inline void
seg_close(struct gen *g)
{
	while (g->u.b[g->u.n - 1] == '*' || g->u.b[g->u.n - 1] == ':')
		g->u.n--;
	put_ch(g, '~');
	if (g->conf.lines)
		put_ch(g, '\n');
	g->u.at[g->u.n_segs] = (uint32_t)g->u.n;
}

static inline void
seg(struct gen *g, const char *s)
{
	seg_open(g, s);
	seg_close(g);
}

void	put_num(struct gen *, uint64_t);
void	put_digits(struct gen *, uint64_t, unsigned width);
void	put_money(struct gen *, cents_t);
void	put_day(struct gen *, day_t);

/* ---- who (gen_who.c) ---- */
void	who_person(struct rng *, struct person *, day_t on, uint32_t age_low, uint32_t age_high);
void	who_address(struct rng *, struct address *);
void	who_org(struct gen *, struct org *, enum kind);
void	who_put_address(struct gen *, const struct address *, bool zip4);
void	who_put_npi(struct gen *, const char *head, bool person, const char *taxonomy_head, enum kind);
void	who_put_other(struct gen *, const struct person *);		/* the subscriber as others know him */

/* ---- the levels (gen_level.c): provider, subscriber, patient, as many as the claim needs new ---- */
void	level_choose(struct gen *, bool first);
void	gen_level_put(struct gen *);

/* ---- plan (gen_plan.c): what is on the claim, before a byte of it is written ---- */
void	plan_claim(struct gen *);

/* ---- claims ---- */
void	prof_put(struct gen *);
void	inst_put(struct gen *);
void	cob_put(struct gen *);
void	cob_line_put(struct gen *, const struct line *);
void	claim_open(struct gen *);				/* CLM as far as CLM05-1 */
/* PWK, AMT, REF (G1, F8, D9, EA), K3, NTE as flagged */
void	claim_supplements(struct gen *, const char *paid, const char *note);
void	line_code(struct gen *, const struct line *);		/* as SV101 and its like have it */
void	line_drug(struct gen *, const struct line *);

/* ---- defects (gen_defect.c over gen_edit.c) ---- */
struct plant { enum unit_kind unit; enum kind kind; uint32_t on, off; int op; const char *value; };
const struct plant *defect_plant(size_t i);
bool	defect_wants(size_t i, char type);	/* it is one of claim level for this type of claim */
bool	defect_apply(struct gen *, size_t i, struct x12gen_planted *);

/* ---- edits of a unit; positions are of segments, -1 is none ---- */
struct spot { int seg; unsigned element, component; };
int	gen_edit_find(const struct unit *, struct str pattern, int from);
bool	edit_spot(const struct unit *, const char *where, struct spot *);
struct str edit_get(const struct unit *, int seg, unsigned element, unsigned component);
struct str edit_id(const struct unit *, int seg);
void	edit_set(struct unit *, const struct spot *, struct str text);
void	edit_insert(struct unit *, int after, struct str text);	/* text without its terminator */
void	edit_remove(struct unit *, int seg, int n);
struct str edit_text(const struct unit *, int seg);		/* without its terminator */

#endif
