/* test_x12_scan.c - the bits of a block are those a plain loop over its bytes finds. */
#include "x12/scan.h"

#include <criterion/criterion.h>

#define BLOCKS	2000

/* Bytes of a claim mostly, now and then any; always the same. */
static void
fill(char block[SCAN_BLOCK], uint64_t *dice)
{
	static const char usual[] = "**~:^AZ09 .-\r\n\x7f\x80\xff\x1f ";

	for (size_t i = 0; i < SCAN_BLOCK; i++) {
		*dice = *dice * UINT64_C(6364136223846793005) + 1442695040888963407u;
		block[i] = *dice >> 60 ? usual[(*dice >> 33) % (sizeof usual - 1)] : (char)(*dice >> 40);
	}
}

static struct scan_bits
plainly(const char *p)
{
	struct scan_bits b = { 0 };

	for (size_t i = 0; i < SCAN_BLOCK; i++) {
		unsigned char c = (unsigned char)p[i];
		uint64_t bit = UINT64_C(1) << i;

		b.terms |= c == '~' ? bit : 0;
		b.ends |= c == '~' || c == '*' ? bit : 0;
		b.comps |= c == ':' || c == '^' ? bit : 0;
		b.odd |= c < 0x20 || c >= 0x7f ? bit : 0;
	}
	return b;
}

Test(x12_scan, as_a_plain_loop_finds)
{
	const struct scan_for f = { scan_all('*'), scan_all('~'), scan_all(':'), scan_all('^') };
	uint64_t dice = 1;

	for (unsigned n = 0; n < BLOCKS; n++) {
		char block[SCAN_BLOCK];
		struct scan_bits want, got;

		fill(block, &dice);
		want = plainly(block);
		got = scan_block(block, &f);
		cr_assert(memcmp(&got, &want, sizeof got) == 0, "block %u", n);
	}
}
