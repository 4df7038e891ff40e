/*
 * gen - what the files of x12gen share: the segments in hand (unit), the random numbers, the plan of a claim and
 * the people it is about. Not for others.
 */
#ifndef CLAIMLINE_X12GEN_GEN_H
#define CLAIMLINE_X12GEN_GEN_H

#include "x12gen/x12gen.h"

#define UNIT_BYTES	(512u << 10)		/* the largest claim: a thousand service lines, planted */
#define UNIT_SEGS	8192u
#define SEG_ROOM	2048u			/* no segment of ours is longer */
#define MAX_LINES	12
#define MAX_DX		12
#define MAX_PRIOR	2

/* ---- unit: segments that leave together, and can be changed before they do ---- */
enum unit_kind { U_ISA, U_GS, U_ST, U_CLAIM, U_SE, U_GE, U_IEA };
struct unit {
	size_t		n, n_segs;
	uint32_t	at[UNIT_SEGS + 1];	/* where each segment begins */
	char		b[UNIT_BYTES];
};

/* ---- random numbers: splitmix64, begun anew for each claim so that one claim does not move the next ---- */
struct rng { uint64_t s; };
uint64_t	rng_mix(uint64_t a, uint64_t b);
uint64_t	rng_next(struct rng *);
uint32_t	rng_below(struct rng *, uint32_t n);		/* 0..n-1 */
bool		rng_pct(struct rng *, uint32_t percent);
uint32_t	rng_range(struct rng *, uint32_t low, uint32_t high);	/* both included */
void		rng_npi(struct rng *, char npi[10]);		/* check digit right for prefix 80840 */

/* ---- tables (gen_words.c, gen_codes.c): invented words, published codes ---- */
enum kind { K_ANY, K_OFFICE, K_HOSP, K_AMB, K_ANES, K_DME, K_CHIRO, K_DRUG, K_LAB, K_MAMMO, K_THERAPY, K_PROF,
	K_INPT = K_PROF, K_OUT, K_CAH, K_RHC, K_KINDS };
enum {	/* what a claim shows besides its kind */
	F_DEP = 1, F_COB = 2, F_COBCLAIM = 4, F_TWO = 8, F_LATER = 16, F_REPL = 32, F_ACC = 64, F_LINES2 = 128, F_DX2 = 256,
	F_NOTE = 512, F_AUTH = 1024, F_PWK = 2048, F_K3 = 4096, F_DIED = 8192, F_REFER = 16384, F_FAC = 32768, F_EA = 65536,
	F_PAID = 1 << 17, F_D9 = 1 << 18, F_PROC = 1 << 19, F_MOA = 1 << 20, F_PAYTO = 1 << 21,
	F_MEDICARE = 1 << 22, F_COBS = F_COB | F_COBCLAIM | F_TWO | F_LATER,
};
struct proc { const char *code, *mod, *rev; uint32_t low, high; uint16_t units; bool lab; };	/* low, high: dollars a unit */
struct drug { const char *code, *ndc, *unit; uint32_t charge; };
struct place { const char *city, *state, *zip3; };
struct payer { const char *name, *id, *filing; };
struct stay { const char *dx, *drg, *proc, *adm; };

enum word_list { W_LAST, W_FEMALE, W_MALE, W_STREET, W_PRACTICE, W_HOSPITAL, W_COUNT };
const char		*word_pick(struct rng *, enum word_list);
const struct place	*place_pick(struct rng *);
const struct payer	*payer_at(uint32_t i);			/* PAYERS_MEDICARE is Medicare part B, the next part A */
#define PAYERS		12u
#define PAYERS_MEDICARE	10u
const char		*dx_pick(struct rng *, enum kind);
const char		*dx_reason(struct rng *);		/* a symptom, for admission and visit */
const struct proc	*proc_pick(struct rng *, enum kind);
const struct proc	*proc_room(struct rng *);
const struct drug	*drug_pick(struct rng *);
const struct stay	*stay_pick(struct rng *);
const char		*taxonomy_of(struct rng *, enum kind);

/* ---- people and places ---- */
struct person { const char *last, *first; char middle, sex; day_t born; };
struct address { const struct place *place; const char *street; uint32_t number, zip2, zip4; };
struct org { const char *name, *tail; char npi[10]; uint32_t ein, phone; const char *taxonomy; struct address at; };

struct line {
	const struct proc *proc;
	const struct drug *drug;
	cents_t		charge, paid[MAX_PRIOR], resp[MAX_PRIOR];	/* what each prior payer paid, and left to the patient */
	uint32_t	units;
	uint8_t		n_ptr, reason;
	day_t		day;
};

struct claim {
	char		type;
	enum kind	kind;
	uint32_t	flags, n, n_dx, serial;
	cents_t		total;
	day_t		from, thru;
	const char	*dx[MAX_DX], *pos;
	const struct stay *stay;
	struct line	line[MAX_LINES], whole;	/* whole: the sums, as other payers see the claim at once */
};

struct gen {
	struct x12gen_conf	conf;
	const struct x12gen_out	*out;
	struct x12gen_totals	 tot;
	struct rng		 r;
	struct claim		 c;
	uint32_t		 flags_on, flags_off;	/* what a defect needs in this claim */
	enum kind		 kind_on;
	/* the levels open now */
	uint32_t		 hl, hl_prov, hl_sub, sub_flags;
	bool			 fresh;			/* the next claim may not be of the same patient */
	enum kind		 prov_kind;
	bool			 new_prov, new_sub, new_pat;
	struct org		 prov;
	struct person		 sub, pat;
	struct address		 home;
	uint32_t		 member, group, payer, relation;
	/* counts and control numbers */
	uint64_t		 idx, end;		/* claim in hand, and where its part (P or I) ends */
	uint32_t		 set_segs, sets, groups;
	char			 icn[16], gcn[16], scn[16], was_gcn[16], was_scn[16], clm01[48];
	/* the defect */
	uint64_t		 target;
	bool			 armed;
	size_t			 n_out;
	char			 outb[1u << 16];
	struct unit		 u;
};

#include "x12gen/gen_put.h"

#endif
