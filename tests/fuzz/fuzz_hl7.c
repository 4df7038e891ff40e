/* fuzz_hl7.c - any bytes as a file of HL7 messages, as frames, and each message as part of one visit. */
#include "hl7/hl7.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
one_message(struct arena *a, struct str msg, struct encounter *visit)
{
	struct faults f = { .a = a };
	struct hl7_head head;
	struct hl7_visit v;
	struct hl7_msg m;
	struct str ack;
	int rc = hl7_parse(a, msg, &m, &f);

	must(rc >= 0 || rc == E_NOMEM || f.n == 1);
	hl7_head_of(a, msg, &head);
	(void)hl7_ack_write(a, &head, hl7_ack_for(rc), f.n ? f.v : NULL, S("20260301000000"), &ack);
	if (rc < 0 || hl7_map(a, &m, HL7_ON_CHARGES, &v, &f) < 0 || v.event == HL7_NOTED || !visit)
		return;
	if (hl7_merge(a, visit, v.e) >= 0) {
		struct str once, twice;

		hl7_settle(visit);
		must(rec_pack(a, visit, PART_INGEST, &once) < 0 || hl7_merge(a, visit, v.e) < 0 ||
		    (hl7_settle(visit), rec_pack(a, visit, PART_INGEST, &twice)) < 0 || str_eq(once, twice));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size }, msg;
	struct hl7_mllp frames = { 0 };
	struct hl7_split split;
	struct encounter *visit;
	struct arena a;
	struct faults f;
	size_t used;

	arena_init(&a, 0);
	f = (struct faults){ .a = &a };
	visit = rec_new(&a);
	hl7_split_init(&split, bytes);
	while (hl7_split_next(&a, &split, &msg, &f) > 0)
		one_message(&a, msg, visit);
	one_message(&a, bytes, visit);
	while (hl7_mllp_next(&frames, bytes, &msg, &used) > 0) {
		must(used <= bytes.n && msg.n < used);
		bytes.p += used;
		bytes.n -= used;
	}
	arena_free(&a);
	return 0;
}
