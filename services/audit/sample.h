/* sample - who is drawn for compliance review. Pure: a keyed hash, so a draw can be repeated and proved. */
#ifndef CLAIMLINE_AUDIT_SAMPLE_H
#define CLAIMLINE_AUDIT_SAMPLE_H

#include "record/record.h"

/*
 * The same seed always draws the same encounters, about ppm of every million; whoever is drawn at a
 * lower rate is drawn at every higher one. ppm <= 0 draws nobody, >= 1000000 everybody.
 */
bool	audit_sampled(int64_t seed, int64_t ppm, struct eid);

#endif
