/*
 * fuzz_codebook.c - every reader of the code book. The first byte chooses the kind of file, the rest is its
 * content; the book must finish and answer whatever came in.
 */
#include "codebook/codebook.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {
	"icd10cm_order_2026.txt", "icd10pcs_order_2026.txt", "icd10cm_index_2026.xml", "icd10cm_tabular_2026.xml",
	"HCPC2026.txt", "list.tsv", "icd10_mce_sex.txt", "POAexemptCodesFY26.txt",
};

static void
look_up(const struct codebook *cb)
{
	for (int set = 0; set < CS_COUNT; set++) {
		size_t n = codebook_count(cb, (enum code_set)set);

		for (size_t i = 0; i < n; i++) {
			const struct code_row *row = codebook_row(cb, (enum code_set)set, i);

			must(codebook_find(cb, (enum code_set)set, row->code, DAY_NONE) != NULL);
			(void)codebook_find(cb, (enum code_set)set, row->title, day_of(2026, 1, 1));
		}
	}
	for (size_t i = 0; i < codebook_index_count(cb); i++)
		must(codebook_index(cb, i)->words.n > 0);
	must(codebook_id(cb).n > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct codebook *cb = NULL;
	struct arena a;
	struct faults f = { .a = &a };
	int rc;

	if (size < 1 || codebook_new(&cb) < 0)
		return 0;
	arena_init(&a, 0);
	rc = codebook_add(cb, str_of(names[(data[0] & 0x7f) % (sizeof names / sizeof *names)]),
	    (struct str){ (const char *)data + 1, size - 1 }, &f);
	must(rc != 0);
	if (codebook_finish(cb) == 0)
		look_up(cb);
	codebook_free(cb);
	arena_free(&a);
	return 0;
}
