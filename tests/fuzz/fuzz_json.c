/* fuzz_json.c - encounters as JSON. What reads without a fault is written and read to the same text. */
#include "record/record.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size }, once, twice;
	struct faults f = { 0 };
	struct encounter *e, *back;
	struct arena a;
	int rc;

	arena_init(&a, 0);
	f.a = &a;
	e = rec_new(&a);
	back = rec_new(&a);
	rc = rec_from_json(&a, in, e, &f);
	must(rc != 0 || f.n == 0);
	if (rc == 0 && rec_to_json(&a, e, true, &once) == 0) {
		must(rec_from_json(&a, once, back, &f) == 0 || a.spent);
		must(rec_to_json(&a, back, true, &twice) < 0 || str_eq(once, twice));
	}
	arena_free(&a);
	return 0;
}
