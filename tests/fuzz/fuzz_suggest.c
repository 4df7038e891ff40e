/*
 * fuzz_suggest.c - the suggest engine on any bytes as a note. Every span must lie in the note and be its phrase;
 * a second run must say the same.
 */
#include "codebook/build.h"
#include "suggest/suggest.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char order[] =
    "00001 I10     1 x                                                            Essential (primary) hypertension\n"
    "00002 I50     0 x                                                            Heart failure\n"
    "00003 I509    1 x                                                            Heart failure, unspecified\n"
    "00004 M2556   0 x                                                            Pain in knee\n"
    "00005 M25561  1 x                                                            Pain in right knee\n"
    "00006 M25562  1 x                                                            Pain in left knee\n"
    "00007 M25569  1 x                                                            Pain in unspecified knee\n"
    "00008 S934    0 x                                                            Sprain of ankle\n"
    "00009 S93401  0 x                                                            Sprain of unspecified ligament of right ankle\n"
    "00010 S93401A 1 x                                                            Sprain of right ankle, initial encounter\n"
    "00011 S93401D 1 x                                                            Sprain of right ankle, subsequent encounter\n";

static const char index_xml[] =
    "<ICD10CM.index><letter><mainTerm><title>Hypertension</title><code>I10</code></mainTerm>"
    "<mainTerm><title>Failure</title><term><title>heart</title><code>I50.9</code></term></mainTerm></letter></ICD10CM.index>";

static struct suggest *
engine(void)
{
	static struct suggest *s;		/* one for all inputs: it never changes */
	static struct cb_build *b;		/* holds the bytes of its book */
	struct codebook *cb = NULL;
	struct arena a;
	struct faults f = { .a = &a };
	struct str bytes;
	const char *why;

	if (s)
		return s;
	arena_init(&a, 0);
	must(cb_build_new(&b) == 0);
	must(cb_build_add(b, S("icd10cm_order_2026.txt"), S(order), &f) == 11);
	must(cb_build_add(b, S("icd10cm_index_2026.xml"), S(index_xml), &f) > 0);
	must(cb_build_finish(b, &f, &bytes) == 0 && codebook_open(bytes, &cb, &why) == 0 && suggest_open(cb, &s) == 0);
	arena_free(&a);
	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct suggest_rules rules = { 600, 600 };
	struct str why, one, two;
	struct encounter *e;
	struct document *d;
	struct arena a;

	arena_init(&a, 0);
	e = rec_new(&a);
	d = REC_PUSH(&a, e, documents, document);
	d->text = (struct str){ (const char *)data, size };
	must(suggest_run(engine(), &rules, &a, e, &why) >= 0);
	for (size_t i = 0; i < e->n_candidates; i++) {
		const struct candidate *c = &e->candidates[i];

		must(c->begin >= 0 && c->begin < c->end && (size_t)c->end <= size);
		must(str_eq(c->phrase, (struct str){ (const char *)data + c->begin, (size_t)(c->end - c->begin) }));
	}
	must(rec_pack(&a, e, PART_SUGGEST, &one) >= 0);
	must(suggest_run(engine(), &rules, &a, e, &why) >= 0);
	must(rec_pack(&a, e, PART_SUGGEST, &two) >= 0 && str_eq(one, two));
	arena_free(&a);
	return 0;
}
