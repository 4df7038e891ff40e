/* fuzz_part.c - a part from a stranger: opening it never reads past its end or trusts the size it claims. */
#include "pipe/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size }, raw, sealed, again;
	struct arena a;

	arena_init(&a, 0);
	if (part_open(&a, in, &raw) == 0) {
		must(raw.n <= LIMIT_BODY);
		must(part_seal(&a, raw, true, &sealed) == 0);
		must(part_open(&a, sealed, &again) == 0 && str_eq(raw, again));
	}
	arena_free(&a);
	return 0;
}
