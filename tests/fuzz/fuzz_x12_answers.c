/* fuzz_x12_answers.c - any bytes as TA1, 999 or 277CA. Every answer has a kind and a verdict. */
#include "x12/x12.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct x12_answers out;
	int n;

	arena_init(&a, 0);
	n = x12_read_answers(&a, (struct str){ (const char *)data, size }, &out);
	if (n < 0 && n != E_NOMEM && out.faults.n == 0)
		abort();
	for (int i = 0; i < n; i++)
		if (!out.v[i].kind.n || !out.v[i].verdict.n)
			abort();
	arena_free(&a);
	return 0;
}
