/*
 * suggest - from chart text to ICD-10-CM codes, each with the words that support it. Pure: no I/O.
 *
 * The lexicon is built once from a finished code book and never changes; any number of threads may run
 * on it. The same encounter, book and rules give the same result, byte for byte.
 */
#ifndef CLAIMLINE_SUGGEST_H
#define CLAIMLINE_SUGGEST_H

#include "codebook/codebook.h"
#include "record/record.h"

enum { SUGGEST_PASS, SUGGEST_HOLD };

struct suggest_rules {
	int	release_at;	/* per mille of confidence from which a code is chosen */
	int	hold_below;	/* hold when the principal diagnosis is less certain than this */
};

struct suggest;

/* Builds the lexicon. The book must outlive it. E_NOMEM, or E_INCOMPLETE without ICD-10-CM in the book. */
int	suggest_open(const struct codebook *, struct suggest **out);
void	suggest_close(struct suggest *);		/* NULL is fine */
size_t	suggest_size(const struct suggest *);		/* keys in the lexicon */

/*
 * Fills the suggest part of the encounter: candidates always, coded when it came without diagnoses,
 * compared when it came with them. What it came with is never changed, and an encounter that came coded is
 * never held. Returns SUGGEST_PASS, SUGGEST_HOLD with *why in words for a coder (no patient data), or an error.
 */
int	suggest_run(const struct suggest *, const struct suggest_rules *, struct arena *, struct encounter *,
	    struct str *why);

#endif
