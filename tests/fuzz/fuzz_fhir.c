/* fuzz_fhir.c - any bytes as FHIR JSON, one value or one per line. What comes out must pack. */
#include "fhir/fhir.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_values(struct arena *a, const struct str *v, size_t n)
{
	struct faults f = { .a = a };
	struct fhir_out got;
	int rc = fhir_read(a, v, n, &got, &f);

	must(rc > 0 ? (size_t)rc == got.n : rc < 0);
	must(rc > 0 || f.n > 0 || rc == E_NOMEM);
	for (size_t i = 0; rc > 0 && i < got.n; i++) {
		struct str bytes;

		must(rec_pack(a, got.v[i], PART_INGEST, &bytes) >= 0 || a->spent);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = { (const char *)data, size }, rest = all, *v = NULL;
	struct arena a;
	size_t n = 0;

	arena_init(&a, 0);
	read_values(&a, &all, 1);
	while (rest.n && n < 1000) {
		struct str *one = arena_push(&a, v, n);

		if (!one)
			break;
		*one = str_cut(&rest, '\n');
	}
	read_values(&a, v, n);
	arena_free(&a);
	return 0;
}
