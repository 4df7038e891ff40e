/*
 * test_validate_lists - the code lists of services/validate against the CMS tables they were made from, for
 * every ICD-10-CM code since 2015 that the Medicare Code Editor knows.
 */
#include "validate/code_lists.h"
#include "validate/judge.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define TABLE CL_SOURCE_DIR "/../shared/data/mce/cms-2.0-43.1/dx_edit.tsv"

static const struct { const char *flag, *not, *to, *list; } rows[] = {
	{ "newborn", NULL, "", list_newborn }, { "pediatric", NULL, "", list_pediatric },
	{ "maternity", NULL, "", list_maternity }, { "adult", NULL, "", list_adult },
	{ "manifestation", NULL, "", list_manifestation }, { "unacceptable", "reqsdx", "", list_unacceptable },
	{ "male", NULL, "2024-09-30", list_male }, { "female", NULL, "2024-09-30", list_female },
};
#define N_ROWS (sizeof rows / sizeof *rows)

static bool
has_flag(struct str flags, const char *flag)
{
	while (flag && flags.n)
		if (str_is(str_cut(&flags, '|'), flag))
			return true;
	return false;
}

Test(validate_lists, as_the_medicare_code_editor)
{
	FILE *f = fopen(TABLE, "rb");
	char text[256];
	size_t in[N_ROWS] = { 0 }, seen = 0;

	if (!f) {
		(void)printf("skipped: ../shared is not here\n");
		return;
	}
	while (fgets(text, sizeof text, f)) {
		struct str rest = str_of(text), code = str_cut(&rest, '\t'), to;

		(void)str_cut(&rest, '\t');
		to = str_cut(&rest, '\t');
		rest = str_trim(rest);
		for (size_t i = 0; i < N_ROWS; i++) {
			bool want = has_flag(rest, rows[i].flag) && !has_flag(rest, rows[i].not);

			if (!str_is(to, rows[i].to))
				continue;
			in[i] += want;
			cr_expect(shape_in_ranges(code, str_of(rows[i].list)) == want, "%s: " STR_FMT, rows[i].flag,
			    STR_ARG(code));
		}
		seen++;
	}
	(void)fclose(f);
	cr_expect(seen > 80000, "%zu rows", seen);
	for (size_t i = 0; i < N_ROWS; i++)
		cr_expect(in[i] > 20, "%s: %zu codes", rows[i].flag, in[i]);
}
