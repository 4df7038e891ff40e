/* fuzz_record.c - first byte chooses the part. What unpacks must pack again to bytes that mean the same. */
#include "record/record.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum rec_part part = size ? (enum rec_part)(data[0] % PART_COUNT) : PART_INGEST;
	struct str in = { (const char *)data + (size > 0), size - (size > 0) }, once, twice;
	struct encounter *e, *back;
	struct arena a;

	arena_init(&a, 0);
	e = rec_new(&a);
	back = rec_new(&a);
	if (rec_unpack(&a, in, part, e) == 0 && rec_pack(&a, e, part, &once) == 0) {
		must(rec_unpack(&a, once, part, back) == 0 || a.spent);
		must(rec_pack(&a, back, part, &twice) < 0 || str_eq(once, twice));
		must(rec_to_json_redacted(&a, e, &twice) == 0 || a.spent);
	}
	arena_free(&a);
	return 0;
}
