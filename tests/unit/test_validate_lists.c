/*
 * test_validate_lists - the code lists of services/validate against the CMS tables they were made from, for
 * every ICD-10-CM code since 2015 that the Medicare Code Editor knows.
 */
#include "support/shared.h"
#include "validate/code_lists.h"
#include "validate/judge.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define TABLE "data/mce/cms-2.0-43.1/dx_edit.tsv"

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
	FILE *f = fopen(SHARED TABLE, "rb");
	char text[256];
	size_t in[N_ROWS] = { 0 }, seen = 0;

	if (!shared_has(TABLE))
		return;
	cr_assert(f);
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
			cr_expect(shape_in_sorted(code, str_of(rows[i].list)) == want, "%s: " STR_FMT, rows[i].flag,
			    STR_ARG(code));
		}
		seen++;
	}
	(void)fclose(f);
	cr_expect(seen > 80000, "%zu rows", seen);
	for (size_t i = 0; i < N_ROWS; i++)
		cr_expect(in[i] > 20, "%s: %zu codes", rows[i].flag, in[i]);
}

/* Ends of every range and what is next to them, looked up by halving and one range after the other: the same. */
static void
ends_agree(const char *list, struct str ends)
{
	while (ends.n) {
		struct str range = str_cut(&ends, ' '), end;

		while (range.n) {
			char near[16];

			end = str_cut(&range, '-');
			cr_assert(end.n > 0 && end.n <= 8);
			for (size_t n = end.n - 1; n <= end.n + 1; n++)
				for (const char *last = "0159AXZ"; *last; last++) {
					struct str code = { near, n };

					memcpy(near, end.p, end.n);
					near[n ? n - 1 : 0] = *last;
					cr_expect(shape_in_sorted(code, str_of(list)) == shape_in_ranges(code, str_of(list)),
					    STR_FMT " in %.20s", STR_ARG(code), list);
				}
			cr_expect(shape_in_sorted(end, str_of(list)) == shape_in_ranges(end, str_of(list)));
		}
	}
}

Test(validate_lists, halving_finds_what_reading_finds)
{
	size_t lists = 0;

	for (size_t i = 0; i < EDIT_COUNT; i++) {
		const struct edit *r = &edit_rows[i];
		struct str rest, last = STR_NONE;

		if (r->check != dx_sex && r->check != dx_age && r->check != dx_first_not && r->check != dx_poa)
			continue;
		lists++;
		for (rest = str_of(r->list); rest.n;) {
			struct str hi = str_cut(&rest, ' '), lo = str_cut(&hi, '-');

			cr_expect(!last.n || str_cmp(last, lo) < 0, "%s: " STR_FMT " does not ascend", r->id, STR_ARG(lo));
			last = hi.n ? hi : lo;
			cr_expect(!str_starts(rest, last), "%s: " STR_FMT " overlaps what follows", r->id, STR_ARG(last));
		}
		for (size_t k = 0; k < EDIT_COUNT; k++)
			if (edit_rows[k].check == r->check)
				ends_agree(r->list, str_of(edit_rows[k].list));
	}
	cr_expect(lists > 5, "%zu lists", lists);
}
