/*
 * fuzz_x12_837.c - any bytes as claims: read them, write what was taken, and read that again. What is taken is what the check
 * accepts, but for what no record can hold.
 */
#include "support/answered.h"
#include "support/claims.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct x12_837_spec spec = {
	.ends = { { "ZZ", 2 }, { "US", 2 }, { "ZZ", 2 }, { "THEM", 4 }, { "US", 2 }, { "THEM", 4 }, 'T', 1, 0 },
	.submitter = { "US", 2 }, .submitter_id = { "1", 1 }, .contact = { "DESK", 4 }, .phone = { "5551230000", 10 },
	.receiver = { "THEM", 4 }, .receiver_id = { "2", 1 },
};

/* What was taken can be written or is refused with a fault; what was written is taken again, whole. */
static void
one(struct arena *a, const struct encounter *e)
{
	struct claim_view view;
	struct x12_out out = { e, &view };
	struct x12_written w;
	struct x12_intake again;
	struct x12_intake_spec verify = claims_spec(1);
	int rc;

	if (claim_view(a, e, &view) < 0)
		return;
	rc = x12_write_837(a, &spec, &out, 1, &w);
	if (rc == E_NOMEM)
		return;
	if (rc < 0 && w.faults.n == 0)
		abort();
	if (rc >= 0 && x12_verify(a, &verify, &w) == 0 && claims_read(a, w.bytes, &again) != 1 && !a->spent)
		abort();
}

static void
as_checked(struct arena *a, struct str bytes)
{
	struct answer_how how = { .guides = claims_guides(), .snip = 1u << X12_SYNTAX | 1u << X12_GUIDE };
	struct answered v = { .rc = 0 };
	struct x12_intake in;
	int n = claims_read_strict(a, bytes, &in);
	size_t accepted = 0;

	answered_run(&v, &how, bytes);
	for (size_t i = 0; i < in.n_interchanges; i++)
		for (size_t g = 0; in.interchanges[i].ta104 != 'R' && g < in.interchanges[i].n_groups; g++)
			accepted += in.interchanges[i].groups[g].n_accepted;
	if (n != E_NOMEM && v.rc != E_NOMEM)
		must(in.n_interchanges == v.t.interchanges && accepted <= v.t.sets - v.t.sets_rejected);
	answered_free(&v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct x12_intake in;
	struct str out;
	int n;

	arena_init(&a, 0);
	n = claims_read(&a, (struct str){ (const char *)data, size }, &in);
	if (n < 0 && n != E_NOMEM && in.faults.n == 0)
		abort();
	for (int i = 0; i < n && i < 4; i++)
		one(&a, in.claims[i].e);
	for (size_t i = 0; i < in.n_interchanges && i < 4; i++) {
		(void)x12_write_ta1(&a, &spec.ends, &in.interchanges[i], &out);
		(void)x12_write_999(&a, &spec.ends, &in.interchanges[i], &out);
	}
	as_checked(&a, (struct str){ (const char *)data, size });
	arena_free(&a);
	return 0;
}
