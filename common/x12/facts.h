/*
 * facts - what rules ask about a claim (a unit of an 837 or 835), collected once when it is complete; inside
 * common/x12 only. Texts borrow the window: valid while the hook of the rules runs. The levels above the claim are
 * copied as they pass. Arrays grow once for the largest claim and are used again.
 */
#ifndef CLAIMLINE_X12_FACTS_H
#define CLAIMLINE_X12_FACTS_H

#include "x12/texts.h"
#include "x12/walk.h"

#define FACT_NONE	UINT32_MAX		/* no such segment */
#define FACT_ROOM	80			/* bytes of a text copied from a level */
#define FACT_DAYS	64

enum x12_form { FORM_OTHER, FORM_837P, FORM_837I, FORM_837D, FORM_835 };

struct x12_fact { struct str v; uint32_t seg; uint8_t el, comp; };	/* seg: in c->segs; a text that is absent: v.n 0 */
struct x12_range { uint32_t first, n; };

enum x12_hi_kind {
	HI_PRINCIPAL, HI_OTHER, HI_ADMITTING, HI_REASON, HI_CAUSE,	/* diagnoses */
	HI_PROCEDURE, HI_PROCEDURE_OTHER, HI_ANESTHESIA, HI_CONDITION, HI_OCCURRENCE, HI_SPAN, HI_VALUE, HI_DRG, HI_TREATMENT,
	HI_UNKNOWN,
};
struct x12_hi {
	struct x12_fact	code;
	uint8_t		kind;			/* enum x12_hi_kind */
	bool		icd10;
	day_t		from;			/* of a procedure, occurrence or span */
};
struct x12_date { uint32_t qual, seg; day_t from, to; };	/* qual: x12_key of DTP01; DAY_NONE: no such day */
struct x12_ref { uint32_t qual, seg; };
struct x12_party { uint32_t role, seg; struct str id_qual, id; };	/* an NM1; role: x12_key of NM101 */
struct x12_cas { struct str group; struct x12_fact reason; cents_t amount; };
struct x12_svd { struct x12_fact payer; uint32_t who; cents_t paid, cas; bool again; };
/* A payer that others or lines name. who: its place; again: it decided the line twice. */
struct x12_payer { uint32_t n_other, n_svd, last; cents_t paid; };	/* last: of its n_svd; paid: for lines */
struct x12_other {			/* loop 2320 */
	uint32_t	seg, paid_seg, mia_seg, moa_seg;	/* FACT_NONE: not there */
	uint32_t	who, n_cas;		/* n_cas: adjustments of the claim */
	struct str	order;
	struct x12_fact	id;			/* of 2330B */
	bool		dated;			/* DTP*573 in 2330B */
	cents_t		paid, cas;
};
struct x12_line {			/* 2400 of an 837, 2110 of an 835 */
	uint32_t	seg, sv;		/* LX and SV1, SV2, SV3; the SVC */
	struct x12_fact	lx, code, unit, units, ndc, control;	/* control: REF*6R */
	struct str	mod[4], text, revenue;	/* text: SV101-7 */
	char		letter;			/* of a code of a letter and four digits, or (0) of five digits: */
	int		number;			/* the digits; -1: another code */
	cents_t		charge, paid, cas;	/* paid, cas: of an 835 */
	milli_t		quantity;		/* 0: none */
	struct x12_fact	ptr[4]; unsigned n_ptr;	/* diagnosis pointers as they came, and as numbers; -1: none */
	int64_t		points_at[4];
	day_t		from, to;
	uint32_t	cr1, cr3, ctp, note, ps1;
	struct x12_range dates, refs, parties, svds;
};
struct x12_spot { size_t at; const struct x12_pos *pos; };	/* a segment above the claim; at 0: not there */
/* The levels a claim lies in. A text is empty where its segment was not there. */
struct x12_levels {
	struct x12_spot	sbr, subscriber, subscriber_dmg_at, patient_dmg_at;	/* subscriber: NM1 */
	struct str	billing_npi;
	struct str	order, relation, secondary, filing;		/* SBR01, SBR02, SBR05, SBR09 */
	struct str	member;
	char		subscriber_type;
	bool		childless;		/* HL04 of the subscriber says that no level is below */
	bool		subscriber_n3, subscriber_n4, subscriber_dmg, in_patient;	/* in_patient: the claim is in 2000C */
	day_t		subscriber_birth, patient_birth, subscriber_death, patient_death;
};
struct x12_facts {
	enum x12_form	form;
	struct x12_levels lv;			/* outlives the claim */
	const struct x12_unit_seg *segs; uint32_t n_segs;
	bool		unsound;		/* an amount could not be read: no balance */
	bool		crowded;		/* more than is kept of a claim: incomplete, not judged */
	struct x12_fact	charge_text, place, frequency;	/* CLM02, 05; CLP03, 08, 09 */
	cents_t		charge;
	struct x12_fact	cause[3], accident_state;
	struct x12_fact	adm_type, adm_source, status;	/* CL1 */
	uint32_t	cr1;
	day_t		from, to, birth, death;	/* of service; of the patient */
	bool		inpatient;		/* 837I: type of bill 11x, 18x, 21x ...: see facts.c */
	uint32_t	n_dx;			/* diagnoses a line may point at */
	struct x12_hi	*hi; uint32_t n_hi, cap_hi;
	struct x12_line	*line; uint32_t n_line, cap_line;
	struct x12_other *other; uint32_t n_other, cap_other;
	struct x12_svd	*svd; uint32_t n_svd, cap_svd;
	struct x12_cas	*cas; uint32_t n_cas, cap_cas;
	struct x12_date	*date; uint32_t n_date, cap_date;
	struct x12_ref	*ref; uint32_t n_ref, cap_ref;
	struct x12_party *party; uint32_t n_party, cap_party;
	struct x12_payer *payer; uint32_t n_payer, cap_payer;
	uint32_t	*crc; uint32_t n_crc, cap_crc;		/* CRC segments of claim and lines */
	struct x12_range dates, refs, parties;	/* those of the claim itself */
	/* 835, of the claim */
	struct x12_fact	paid_status, paid_text;	/* CLP02, CLP04 */
	cents_t		paid, claim_cas;
	/* 835, of the set */
	cents_t		set_amount, set_paid, set_plb;	/* BPR02, sum of CLP04, sum of PLB */
	struct x12_spot	bpr;
	bool		set_unsound, pays_none, debit;	/* BPR04 NON, BPR03 D */
	size_t		ordinal_0;		/* ordinal of a segment less its place in the set */
	struct x12_same	same;			/* for whoever looks for the same text twice */
	char		*room;			/* texts of lv */
	struct x12_spot	empty;			/* SBR of the level that just ended: a patient without a claim */
	size_t		claims_before;		/* of the set, when the level began */
	struct { uint64_t text; day_t day; } days[FACT_DAYS];	/* read before: by day of the month */
};

struct x12_facts *x12_facts_new(struct arena *, uint64_t seed);	/* NULL: E_NOMEM */
void	x12_facts_set(struct x12_facts *, struct x12_check *);		/* a set with a guide begins */
void	x12_facts_segment(struct x12_facts *, struct x12_check *);	/* each segment: the levels above claims */
void	x12_facts_level_end(struct x12_facts *, const struct x12_check *);	/* the set ends */
void	x12_facts_unit(struct x12_facts *, struct x12_check *);		/* a claim is complete */

/* The first of a range with this qualifier, or NULL. qual: x12_key(S("439")). */
const struct x12_date *x12_fact_date(const struct x12_facts *, struct x12_range, uint32_t qual);
const struct x12_ref *x12_fact_ref(const struct x12_facts *, struct x12_range, uint32_t qual);
const struct x12_party *x12_fact_party(const struct x12_facts *, struct x12_range, uint32_t role);

/* Element k of a segment of the claim, STR_NONE when it is not there. */
static inline struct str
x12_fact_el(const struct x12_facts *f, const struct x12_check *c, uint32_t seg, unsigned k)
{
	const struct x12_unit_seg *u = &f->segs[seg];

	return k <= u->n ? *x12_kept(c->r, u->el + k) : STR_NONE;
}

#define KEY(lit)	x12_key(S(lit))
#define K2(a, b)	((uint32_t)(a) | (uint32_t)(b) << 8)	/* the same where a constant is asked for */
#define K3(a, b, c)	(K2(a, b) | (uint32_t)(c) << 16)

#endif
