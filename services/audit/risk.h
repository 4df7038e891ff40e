/*
 * risk - how much a claim asks for a second look, 0..1000, and why in words.
 *
 * Deterministic: the same record, book, rules and day give the same score and the same texts. Reads
 * everything that was added before; writes risk, risk_reasons and audit_by, nothing else. Pure.
 */
#ifndef CLAIMLINE_AUDIT_RISK_H
#define CLAIMLINE_AUDIT_RISK_H

#include "codebook/codebook.h"
#include "record/record.h"

struct audit_rules {
	day_t			 today;		/* DAY_NONE: lateness is not judged */
	const struct codebook	*book;		/* NULL: titles are those of the candidates */
	int64_t			 seed;		/* of the sample; named in audit_by so that a draw can be repeated */
	int64_t			 sample_ppm;
};

/* One row of schemas/risk.def, for documentation and tests. */
struct risk_row { const char *id; int weight, most; const char *words; };
size_t	audit_risk_rows(const struct risk_row **out);

/*
 * Scores *e from nothing: earlier reasons are replaced. Each reason reads "+240 ERROR_FINDINGS: words
 * (2)": points, row, words, hits. Returns the score, or E_NOMEM.
 */
int	audit_risk(struct arena *, struct encounter *e, const struct audit_rules *);

#endif
