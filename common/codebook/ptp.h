/*
 * ptp - the pair edits of one setting inside a code book: a hash of pairs of code numbers, ten to a cache line, each
 * with the number of its set of windows. Millions of pairs share a few thousand sets.
 */
#ifndef CLAIMLINE_PTP_H
#define CLAIMLINE_PTP_H

#include "codebook/clb.h"

struct ptp_book {
	const unsigned char	*codes, *slots, *lines, *sets, *windows, *words;
	size_t			 n_codes, n_slots, n_lines, n_pairs, n_sets, n_windows, n_words, words_size, rows, probe;
};

int	ptp_open(struct ptp_book *, const unsigned char *p, size_t n);		/* E_DAMAGED */
bool	ptp_find(const struct ptp_book *, uint64_t c1, uint64_t c2, day_t, struct ptp *out);
#define PTP_TOGETHER	16u
/* n <= PTP_TOGETHER */
size_t	ptp_find_all(const struct ptp_book *, const struct ptp_query *, size_t n, struct ptp *out, bool *found);
size_t	ptp_windows(const struct ptp_book *, uint64_t c1, uint64_t c2, struct ptp *v, size_t max);
struct str ptp_code(const struct ptp_book *, size_t i);
bool	ptp_next(const struct ptp_book *, size_t *at, struct str *c1, struct str *c2);

#endif
