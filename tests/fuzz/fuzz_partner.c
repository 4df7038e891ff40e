/* fuzz_partner.c - a partner file: taken whole with every value inside its bounds, or refused with a fault. */
#include "submit/submit.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct faults f = { .a = &a };
	struct partner p;
	int rc;

	arena_init(&a, 0);
	rc = partner_parse(&a, S("payer"), (struct str){ (const char *)data, size }, &p, &f);
	must(rc == 0 || f.n > 0 || a.spent);
	if (rc == 0) {
		must(p.v[PK_sender].n > 0 && p.v[PK_sender].n <= 15 && p.v[PK_receiver].n > 0 && p.v[PK_receiver].n <= 15);
		must(str_is(p.v[PK_usage], "T") || str_is(p.v[PK_usage], "P"));
		must(p.v[PK_phone].n || p.v[PK_email].n);
		for (int k = 0; k < PK_COUNT; k++)
			must(!str_has_ctl(p.v[k]));
	}
	arena_free(&a);
	return 0;
}
