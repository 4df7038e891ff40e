/*
 * fuzz_ingest.c - any bytes at the door. What is taken has an id and fits the record's own bounds: it
 * packs and unpacks. What is refused says why.
 */
#include "support/claims.h"
#include "ingest/ingest.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_item(struct arena *a, const struct intake_item *it)
{
	struct encounter *whole = rec_new(a), *again = rec_new(a);
	struct faults f = { .a = a };
	struct str bytes;

	must(it->e->control.n && it->e->sender.n && it->e->source.n && it->e->tenant.n);
	if (!whole || !again)
		return;
	if (it->event == INTAKE_NEW)
		*whole = *it->e;
	else if (intake_apply(a, whole, it, &f) < 0)
		return;
	if (rec_pack(a, whole, PART_INGEST, &bytes) < 0)
		return;
	must(rec_unpack(a, bytes, PART_INGEST, again) == 0 || a->spent);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ingest_rules rules = { S("main"), 'T', HL7_ON_CHARGES, INT64_C(1772366400000), claims_spec(1) };
	struct intake in;
	struct arena a;
	int rc;

	arena_init(&a, 0);
	rc = ingest_read(&a, &rules, (struct str){ (const char *)data, size }, S("in/x/y"), &in);
	must(rc >= 0 || rc == E_NOMEM || in.faults.n > 0);
	must(rc < 0 || (size_t)rc == in.n_items);
	for (size_t i = 0; rc > 0 && i < in.n_items; i++)
		check_item(&a, &in.items[i]);
	for (size_t i = 0; rc >= 0 && i < in.faults.n && in.kind == INTAKE_X12; i++)	/* what a 999 accepted is an item */
		must(!str_starts(in.faults.v[i].place, S("claim ")));
	for (size_t i = 0; rc >= 0 && i < in.n_replies; i++)
		must(in.replies[i].bytes.n && (in.replies[i].item == INTAKE_NO_ITEM || in.replies[i].item < in.n_items));
	arena_free(&a);
	return 0;
}
