/*
 * fuzz_codebook.c - every importer of the code book: the first line of the input is the path of a file, the rest
 * its bytes. Whatever comes in, the builder says what is wrong or makes a book that opens, verifies and answers.
 */
#include "codebook/build.h"
#include "codebook/tabular.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is given out must be readable to its last byte. */
static void
notes_look_up(const struct codebook *cb, struct str code, day_t day)
{
	struct tabular_notes it;
	struct tabular_note note;
	struct tabular_ref ref;
	row_t end;

	tabular_notes(&it, cb, code, day);
	while (tabular_notes_next(&it, &note))
		for (row_t at = ROW_NONE; tabular_refs_next(cb, &note, day, &at, &ref);)
			(void)tabular_ref_holds(&ref, code);
	(void)tabular_seventh(cb, code, day, &end);
	(void)tabular_derives(cb, code, day);
	(void)tabular_section(cb, code, day);
	(void)tabular_chapter(cb, code, day);
}

static void
look_up(const struct codebook *cb)
{
	for (int i = 0; i < CS_COUNT; i++) {
		enum code_set set = (enum code_set)i;
		enum code_col first = code_sets[set].first;
		row_t end;

		for (row_t row = 0; row < codebook_count(cb, set); row++) {
			for (size_t c = 0; c < code_set_cols(set); c++) {
				(void)codebook_str(cb, (enum code_col)(first + c), row);
				(void)codebook_int(cb, (enum code_col)(first + c), row);
			}
			if (code_cols[first].kind == COL_CODE && codebook_str(cb, first, row).n)
				must(codebook_of(cb, set, codebook_str(cb, first, row), &end) <= row && end > row);
		}
	}
	for (row_t row = 0; row < codebook_count(cb, CS_TABULAR); row++)
		notes_look_up(cb, codebook_str(cb, CC_TABULAR_CODE, row), codebook_from(cb, CS_TABULAR, row));
	notes_look_up(cb, S("A00XXXA"), day_of(2026, 1, 1));
	must(codebook_id(cb).n > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, path = str_cut(&rest, '\n'), bytes;
	struct cb_build *b = NULL;
	struct codebook *cb = NULL;
	struct arena a;
	struct faults f = { .a = &a };
	const char *why;

	if (cb_build_new(&b) < 0)
		return 0;
	arena_init(&a, 0);
	(void)cb_build_add(b, path, rest, &f);
	if (cb_build_finish(b, &f, &bytes) == 0) {
		must(codebook_open(bytes, &cb, &why) == 0 && codebook_verify(cb, &why) == 0);
		look_up(cb);
		codebook_close(cb);
	}
	cb_build_free(b);
	arena_free(&a);
	return 0;
}
