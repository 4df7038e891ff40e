/*
 * scan - where the separators are in 64 bytes, as bits; inside common/x12 only. Sixteen bytes are compared at
 * once with the compiler's own vectors, so that there is one source for every machine.
 */
#ifndef CLAIMLINE_X12_SCAN_H
#define CLAIMLINE_X12_SCAN_H

#include "x12/stream.h"

#define SCAN_BLOCK	64

typedef unsigned char scan_vec __attribute__((vector_size(16)));
typedef signed char scan_signed __attribute__((vector_size(16)));
typedef uint64_t scan_two __attribute__((vector_size(16)));

struct scan_for { scan_vec elem, term, comp, rep; };
struct scan_bits { uint64_t ends, terms, comps, odd; };	/* bit i: byte i of the block; a terminator is an end too */

static inline scan_vec
scan_all(char c)
{
	scan_vec v;

	memset(&v, c, sizeof v);
	return v;
}

static inline scan_vec
scan_load(const char *p)
{
	scan_vec v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* Byte i of x, bit k, becomes byte k, bit i: three rounds of exchanging blocks, in both halves at once. */
static inline scan_two
scan_turn(scan_two x)
{
	scan_two t = (x ^ (x >> 7)) & UINT64_C(0x00aa00aa00aa00aa);

	x ^= t ^ (t << 7);
	t = (x ^ (x >> 14)) & UINT64_C(0x0000cccc0000cccc);
	x ^= t ^ (t << 14);
	t = (x ^ (x >> 28)) & UINT64_C(0x00000000f0f0f0f0);
	return x ^ t ^ (t << 28);
}

/* Two masks of 64 bytes that lie side by side in 16: four bits of a byte are the one's, four the other's. */
static inline scan_two
scan_masks(scan_vec x)
{
	scan_two t = scan_turn((scan_two)x);
	scan_vec low = (scan_vec)t, high = (scan_vec)__builtin_shufflevector(t, t, 1, 0);

	return (scan_two)__builtin_shufflevector(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/* Of 16 bytes, the bits of `one` that say an end, those of `other` that say a terminator. */
static inline scan_vec
scan_ends(scan_vec v, const struct scan_for *f, unsigned char one, unsigned char other)
{
	return ((scan_vec)(v == f->elem) & one) | ((scan_vec)(v == f->term) & (unsigned char)(one | other));
}

static inline scan_vec
scan_rest(scan_vec v, const struct scan_for *f, unsigned char one, unsigned char other)
{
	const scan_signed blank = (scan_signed)scan_all(' ');
	scan_vec comps = (scan_vec)(v == f->comp) | (scan_vec)(v == f->rep);
	scan_vec plain = (scan_vec)((scan_signed)(v + 1) > blank);	/* neither below blank, nor DEL, nor beyond ASCII */

	return (comps & one) | (plain & other);
}

static inline struct scan_bits
scan_block(const char *p, const struct scan_for *f)
{
	scan_vec a = scan_load(p), b = scan_load(p + 16), c = scan_load(p + 32), d = scan_load(p + 48);
	scan_two e = scan_masks(scan_ends(a, f, 1, 16) | scan_ends(b, f, 2, 32) | scan_ends(c, f, 4, 64) |
	    scan_ends(d, f, 8, 128));
	scan_two r = scan_masks(scan_rest(a, f, 1, 16) | scan_rest(b, f, 2, 32) | scan_rest(c, f, 4, 64) |
	    scan_rest(d, f, 8, 128));
	uint64_t comps = r[0] & ~e[0];

	return (struct scan_bits){ e[0], e[1], comps, ~(r[1] | e[0] | comps) };
}

static inline size_t
scan_count(uint64_t x)				/* bits set; the builtin is a call where no CPU is named */
{
	x -= (x >> 1) & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) + ((x >> 2) & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (size_t)((x * UINT64_C(0x0101010101010101)) >> 56);
}

#endif
