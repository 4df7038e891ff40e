/*
 * key - segment ids and codes as integers, so that they are compared at once; inside common/x12 only. Two codes of at
 * most eight bytes are equal when their integers are; longer ones when their hashes are.
 */
#ifndef CLAIMLINE_X12_KEY_H
#define CLAIMLINE_X12_KEY_H

#include "base/base.h"

static inline uint32_t
x12_key(struct str id)			/* 0: not 1 to 3 bytes */
{
	const unsigned char *p = (const unsigned char *)id.p;
	uint32_t two;

	if (id.n < 2 || id.n > 3)
		return id.n == 1 ? *p : 0;
	two = (uint32_t)(p[0] | p[1] << 8);
	return id.n == 2 ? two : two | (uint32_t)p[2] << 16;
}

uint64_t x12_code_long(struct str);	/* a hash, its top bit set, which no code of ASCII has */

static inline uint64_t
x12_code(struct str s)			/* up to 8 bytes as one integer of this machine; 0: empty */
{
	uint32_t lo = 0, hi = 0;
	uint16_t two;

	if (s.n > 8)
		return x12_code_long(s);
	if (s.n >= 4) {			/* two loads that overlap */
		memcpy(&lo, s.p, 4);
		memcpy(&hi, s.p + s.n - 4, 4);
		return lo | (uint64_t)hi << 8 * (s.n - 4);
	}
	if (s.n >= 2) {
		memcpy(&two, s.p, 2);
		return s.n == 2 ? two : two | (uint64_t)(unsigned char)s.p[2] << 16;
	}
	return s.n ? (unsigned char)*s.p : 0;
}

#endif
