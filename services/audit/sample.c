/*
 * sample.c - a seeded draw. SHA-256 of seed and eid as a number, against the rate: no state, no random
 * source, and nobody can steer a chart into or out of the sample without knowing the seed.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "audit/sample.h"

#include <openssl/sha.h>
#include <string.h>

#define MILLION		1000000

bool
audit_sampled(int64_t seed, int64_t ppm, struct eid id)
{
	static const char label[] = "claimline sample 1";
	unsigned char d[SHA256_DIGEST_LENGTH], key[8];
	SHA256_CTX c;
	uint64_t x = 0;

	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (unsigned char)((uint64_t)seed >> (56 - 8 * i));
	(void)SHA256_Init(&c);
	(void)SHA256_Update(&c, label, sizeof label);
	(void)SHA256_Update(&c, key, sizeof key);
	(void)SHA256_Update(&c, id.b, sizeof id.b);
	(void)SHA256_Final(d, &c);
	for (size_t i = 0; i < 8; i++)
		x = x << 8 | d[i];
	return (int64_t)(x / (UINT64_MAX / MILLION + 1)) < ppm;
}
