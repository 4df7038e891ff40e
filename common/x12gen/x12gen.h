/*
 * x12gen - invented 005010 claims of any number: whole 837P and 837I interchanges that satisfy their guides, and on
 * request one planted defect in a claim, with the place and code an acknowledgment should give.
 *
 * The same settings give the same bytes. Memory is constant: bytes leave through x12gen_out as they are made.
 * Everything is made up: names, numbers and addresses belong to nobody.
 */
#ifndef CLAIMLINE_X12GEN_H
#define CLAIMLINE_X12GEN_H

#include "base/base.h"

#define X12GEN_NONE	(-1)		/* no defect */
#define X12GEN_ALL	(-2)		/* each planted claim has the next claim-level defect of schemas/x12_defects.def */
#define X12GEN_PER_ST	5000		/* claims in one transaction set at most */

/* One row of schemas/x12_defects.def */
struct x12gen_defect {
	const char	*id;
	int		 snip;		/* 1 syntax, 2 guide, 3 sums, 4 situation, 5 code sets, 6 kind of claim */
	char		 type;		/* 'P', 'I', or 'B' for both */
	const char	*code;		/* "IK304 3", "IK403 7", "IK502 4", "AK905 5", "TA105 018"; "STC A7:400" if none */
	const char	*where;		/* a segment as gen_edit.c finds it, then element and component: "CLM 05-3" */
	const char	*words;
};

size_t				 x12gen_defects(void);
const struct x12gen_defect	*x12gen_defect(size_t i);
int				 x12gen_find(struct str id);	/* index, or E_NOT_FOUND */

struct x12gen_conf {
	uint64_t	claims, seed;
	char		type;		/* 'P', 'I' or 'B': professional claims first, then institutional */
	char		usage;		/* ISA15: 'T' or 'P'; 0 is 'T' */
	uint32_t	per_st;		/* claims in one set, at most X12GEN_PER_ST; 0 is 1000 */
	uint32_t	per_gs;		/* sets in one group; 0 is no bound */
	day_t		day;		/* of the interchange; 0 is 2026-01-15. Services lie in the 300 days before. All
					   codes are good from 2024-10-01 to 2026-09-30 */
	uint32_t	control;	/* ISA13, and the first GS06; 0 is 1 */
	bool		lines;		/* a line end after each segment */
	int		defect;		/* index, X12GEN_NONE or X12GEN_ALL */
	uint64_t	every;		/* plant in every so-maniest claim (or set); 0 is one, chosen by the seed */
	bool		clean;		/* make the very claims that a defect would need, and do not plant it */
};

/* Where a defect was planted. For a missing segment: its id, and the last segment before the place. */
struct x12gen_planted {
	const struct x12gen_defect	*defect;
	uint64_t	claim;		/* from 1; 0 when not in a claim */
	uint64_t	set;		/* transaction set, from 1 in the file; 0 outside of any */
	struct str	st02;		/* of that set as written, or absent */
	uint32_t	seg;		/* ordinal in the set, ST is 1; 0 outside of any */
	struct str	seg_id;
	unsigned	element, component;	/* from 1; 0 none */
	struct str	clm01;		/* absent when not in a claim */
};

/* Either may return less than 0, which stops the work and is returned. planted may be NULL. */
struct x12gen_out {
	int	 (*put)(void *ctx, const char *bytes, size_t n);
	int	 (*planted)(void *ctx, const struct x12gen_planted *);
	void	*ctx;
};

struct x12gen_totals { uint64_t claims, lines, sets, groups, segments, bytes, planted; cents_t charges; };

/* E_VALUE: settings out of range, or a defect for the other type of claim. */
int	x12gen_run(const struct x12gen_conf *, const struct x12gen_out *, struct x12gen_totals *);

#endif
