/* fuzz_x12_remit.c - any bytes as a remittance advice: read it, pack it, write what was taken, and read that again. */
#include "x12/remit.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct x12_ends ends = { { "ZZ", 2 }, { "THEM", 4 }, { "ZZ", 2 }, { "US", 2 }, { "THEM", 4 },
    { "US", 2 }, 'T', 1, 0 };

/* What was taken can be written or is refused with a fault; what was written is taken again, whole and the same. */
static void
one(struct arena *a, const struct payment *pay)
{
	struct payment back;
	struct x12_remits again;
	struct x12_written w;
	struct str bytes, twice;
	int rc = rec_object_pack(a, &rec_payment, pay, &bytes);

	rec_init(&rec_payment, &back);
	if (rc == 0 && (rec_object_unpack(a, bytes, &rec_payment, &back) < 0 ||
	    rec_object_pack(a, &rec_payment, &back, &twice) < 0 || !str_eq(bytes, twice)) && !a->spent)
		abort();
	rc = x12_write_835(a, &ends, &pay, 1, &w);
	if (rc == E_NOMEM)
		return;
	if (rc < 0 && w.faults.n == 0)
		abort();
	if (rc >= 0 && x12_read_remit(a, w.bytes, false, &again) != 1 && !a->spent)
		abort();
	if (rc < 0 || a->spent)
		return;
	if (again.v[0]->n_claims != pay->n_claims || again.v[0]->n_adjustments != pay->n_adjustments)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct x12_remits r;
	int n;

	arena_init(&a, 0);
	n = x12_read_remit(&a, (struct str){ (const char *)data, size }, true, &r);
	if (n < 0 && n != E_NOMEM && r.faults.n == 0)
		abort();
	for (int i = 0; i < n && i < 4; i++)
		one(&a, r.v[i]);
	arena_free(&a);
	return 0;
}
