/*
 * slice - the bits of one block to elements and ends of segments, for stream.c only. Hardly a branch in it: what
 * branches there are go the same way nearly always.
 */
#ifndef CLAIMLINE_X12_SLICE_H
#define CLAIMLINE_X12_SLICE_H

#include "x12/reader.h"

#define SLICE_TOP	(UINT64_C(1) << 63)

struct slice_to {			/* where a block goes */
	struct str	*el;
	unsigned char	*place;		/* at the byte of an end: which of the elements of the block it is */
	const char	*blk;
};

/*
 * Element i of the block: it begins at `at`, counted from blk, and ends at the lowest bit of ends. The highest bit
 * stays set: when there are no others an element is written all the same, and never looked at.
 */
static inline ptrdiff_t
slice_one(const struct slice_to *to, ptrdiff_t at, uint64_t *ends, size_t i)
{
	ptrdiff_t end = __builtin_ctzll(*ends) & 63;

	*ends = (*ends & (*ends - 1)) | SLICE_TOP;
	to->el[i] = (struct str){ to->blk + at, (size_t)(end - at) };
	to->place[end] = (unsigned char)i;
	return end + 1;
}

static inline ptrdiff_t
slice_four(const struct slice_to *to, ptrdiff_t at, uint64_t *ends, size_t i)
{
	at = slice_one(to, at, ends, i);
	at = slice_one(to, at, ends, i + 1);
	at = slice_one(to, at, ends, i + 2);
	return slice_one(to, at, ends, i + 3);
}

/* How many there are is a branch nobody can foretell, so the usual number is written always. */
static inline void
slice_els(const struct slice_to *to, const char *from, uint64_t ends, size_t n)
{
	ptrdiff_t at = from - to->blk;

	ends |= SLICE_TOP;
	at = slice_four(to, at, &ends, 0);
	at = slice_four(to, at, &ends, 4);
	at = slice_four(to, at, &ends, 8);
	at = slice_four(to, at, &ends, 12);
	for (size_t i = 16; i < n; i += 4)
		at = slice_four(to, at, &ends, i);
	to->place[SCAN_BLOCK - 1] = (unsigned char)(n - 1);
}

static inline uint64_t
slice_seg(uint32_t *seg, const struct slice_to *to, size_t n_els, uint64_t terms, uint64_t comps)
{
	unsigned end = (unsigned)__builtin_ctzll(terms | SLICE_TOP);

	*seg = (uint32_t)((n_els + to->place[end]) << 2 | ((comps >> end) & X12_COMPS));
	return terms & (terms - 1);
}

/*
 * The terminators of those segments that hold one of the bits `what`: between terminators all is ones, so that what is
 * added there runs over into the terminator. `met` goes in and out for the segment that began before and goes on.
 */
static inline uint64_t
slice_terms(uint64_t terms, uint64_t what, bool *met)
{
	uint64_t within = ~terms, sum = within + what, all = sum + *met;

	*met = sum < within || all < sum;
	return all & terms;
}

/* Which of the odd bytes are. */
static inline uint64_t
slice_line_ends(const char *p, uint64_t odd)
{
	uint64_t lines = 0;

	for (; odd; odd &= odd - 1) {
		unsigned i = (unsigned)__builtin_ctzll(odd);

		lines |= (uint64_t)(p[i] == '\n' || p[i] == '\r') << i;
	}
	return lines;
}

/* Odd bytes are rare, but for line ends after a terminator: those belong to no segment. */
static inline void
slice_odd(uint32_t *seg, struct x12_ahead *h, const char *p, const struct scan_bits *b)
{
	uint64_t lines = slice_line_ends(p, b->odd), begin = lines & (b->terms << 1 | h->lead);
	uint64_t left = lines & (lines + begin), terms = b->terms, odd;

	h->lead = (b->terms | (lines & ~left)) >> 63;
	odd = slice_terms(terms, (b->odd & ~lines) | left, &h->odd);
	for (; terms; terms &= terms - 1, seg++)
		*seg |= odd & terms & -terms ? X12_ODD : 0;
}

static inline void
slice_block(const struct slice_to *to, uint32_t *seg, struct x12_ahead *h, const struct scan_bits *bits)
{
	const struct scan_bits b = *bits;
	uint64_t terms = b.terms, comps = slice_terms(b.terms, b.comps, &h->comps);
	size_t n = scan_count(b.ends);

	slice_els(to, h->from, b.ends, n);
	terms = slice_seg(seg, to, h->n_els, terms, comps);
	terms = slice_seg(seg + 1, to, h->n_els, terms, comps);
	terms = slice_seg(seg + 2, to, h->n_els, terms, comps);
	terms = slice_seg(seg + 3, to, h->n_els, terms, comps);
	for (size_t i = 4; terms; i++)
		terms = slice_seg(seg + i, to, h->n_els, terms, comps);
	if (b.odd | h->odd)
		slice_odd(seg, h, to->blk, &b);
	else
		h->lead = b.terms >> 63;
	h->n_segs += scan_count(b.terms);
	h->n_els += n;
	if (b.ends)
		h->from = to->blk + SCAN_BLOCK - __builtin_clzll(b.ends);
}

/* The bits of n bytes: whole blocks first, so that the machine has many in the works at once. */
static inline void
slice_scan(struct scan_bits *b, const char *p, size_t n, const struct scan_for *what)
{
	const struct scan_for f = *what;

	for (; n >= SCAN_BLOCK; n -= SCAN_BLOCK, p += SCAN_BLOCK)
		*b++ = scan_block(p, &f);
	if (n) {
		char tail[SCAN_BLOCK];

		memset(tail, '0', sizeof tail);		/* neither a separator nor odd */
		memcpy(tail, p, n);
		*b = scan_block(tail, &f);
	}
}

#endif
