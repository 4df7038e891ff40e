/* test_cb_docs.c - schemas/codebook.md names every format and every table there is. */
#include "base/file.h"
#include "codebook/cb.h"

#include <criterion/criterion.h>

Test(cb_docs, every_format_and_table_is_told)
{
	static const struct cb_kind *const families[] = { cb_kinds_pcs, cb_kinds_icd, cb_kinds_drg, cb_kinds_ncci,
	    cb_kinds_payment, cb_kinds_list };
	struct arena a;
	struct str text;

	arena_init(&a, 0);
	cr_assert(file_read(&a, CL_SOURCE_DIR "/schemas/codebook.md", LIMIT_INPUT, &text) == 0);
	for (size_t f = 0; f < sizeof families / sizeof *families; f++)
		for (const struct cb_kind *k = families[f]; k->read; k++)
			cr_expect(strstr(text.p, arena_fmt(&a, "`%s`", k->id).p), "format %s", k->id);
	for (int i = 0; i < CS_COUNT; i++)
		cr_expect(strstr(text.p, code_sets[i].name), "table %s", code_sets[i].name);
	arena_free(&a);
}
