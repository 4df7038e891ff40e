/*
 * test_starter.c - the starter set in config/codesets against the official files: every row that claims to be
 * official is one of theirs, byte for byte, and what the rows say of each other holds. Needs ../shared (and the
 * zstd program) for the first; without it that is not checked, and it says so.
 */
#include "support/books.h"
#include "support/one_arena.h"
#include "support/shared.h"

#include "base/file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define OURS		CL_SOURCE_DIR "/config/codesets/"
#define STARTER_MAX	2000000		/* bytes: it is compiled at every start of a daemon */

#define STARTER(name)	Test(starter, name, .init = open_arena, .fini = close_arena)

static struct str
not_empty(const char *name, struct str text)
{
	cr_assert(text.n > 0, "%s", name);
	return text;
}

static struct str
ours_of(const char *name)
{
	return not_empty(name, repo_file(&a, arena_fmt(&a, "config/codesets/%s", name).p));
}

static struct str
theirs_of(const char *name)
{
	return not_empty(name, shared_unpacked(&a, arena_fmt(&a, "data/%s", name).p));
}

/* ---- lines ---- */

struct lines { struct str *v; size_t n; };

static int
by_text(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* Without their first skip bytes, line ends and blanks at the end; sorted. */
static struct lines
lines_of(struct str text, size_t skip)
{
	struct lines l = { NULL, 0 };

	while (text.n) {
		struct str line = str_cut(&text, '\n'), *one;

		while (line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\r'))
			line.n--;
		if (line.n <= skip)
			continue;
		one = arena_push(&a, l.v, l.n);
		cr_assert(one != NULL);
		*one = (struct str){ line.p + skip, line.n - skip };
	}
	if (l.n)
		qsort(l.v, l.n, sizeof *l.v, by_text);
	return l;
}

static bool
has(const struct lines *l, struct str line)
{
	return l->n && bsearch(&line, l->v, l->n, sizeof *l->v, by_text);
}

static struct str
cell(struct str line, size_t i)
{
	struct str s = STR_NONE;

	for (size_t k = 0; k <= i; k++)
		s = str_cut(&line, '\t');
	return s;
}

/* The i-th cell of every line of a table of tabs, sorted; the heading is among them. */
static struct lines
cells_of(struct str text, size_t i)
{
	struct lines l = lines_of(text, 0);

	for (size_t k = 0; k < l.n; k++)
		l.v[k] = cell(l.v[k], i);
	if (l.n)
		qsort(l.v, l.n, sizeof *l.v, by_text);
	return l;
}

/* ---- against the official files ---- */

STARTER(rows_are_official)
{
	/* skip: order numbers are ours */
	static const struct { const char *ours, *theirs; size_t skip; } files[] = {
		{ "icd10cm_order_2026.txt", "icd10cm/icd10cm_order_2026.txt.zst", 5 },
		{ "icd10pcs_order_2026.txt", "icd10pcs/fy2026-oct/icd10pcs_order_2026.txt.zst", 5 },
		{ "POAexemptCodesFY26.txt", "icd10cm/POAexemptCodesFY26.txt.zst", 0 },
		{ "HCPC2025_JAN_ANWEB.txt", "hcpcs/HCPC2025_JAN_ANWEB_12172024.txt.zst", 0 },
		{ "icd10_mce_age.txt", "mce/CY21F07B_ICD10_MCE_AGE.TXT", 0 },
		{ "icd10_mce_sex.txt", "mce/CY21F07B_ICD10_MCE_SEX.TXT", 0 },
		{ "mce/dx_edit.tsv", "mce/cms-2.0-43.1/dx_edit.tsv", 0 },
		{ "mce/px_edit.tsv", "mce/cms-2.0-43.1/px_edit.tsv", 0 },
		{ "mce/age_range.tsv", "mce/cms-2.0-43.1/age_range.tsv", 0 },
		{ "msdrg/version.tsv", "msdrg/cms-v40-43.1/version.tsv", 0 },
		{ "msdrg/drg_formula.tsv", "msdrg/cms-v40-43.1/drg_formula.tsv", 0 },
		{ "msdrg/diagnosis.tsv", "msdrg/cms-v40-43.1/diagnosis.tsv.zst", 0 },
		{ "msdrg/procedure.tsv", "msdrg/cms-v40-43.1/procedure.tsv.zst", 0 },
		{ "msdrg/exclusion_group.tsv", "msdrg/cms-v40-43.1/exclusion_group.tsv", 0 },
		{ "msdrg/cluster.tsv", "msdrg/cms-v40-43.1/cluster.tsv", 0 },
		{ "msdrg/gender_mdc.tsv", "msdrg/cms-v40-43.1/gender_mdc.tsv", 0 },
		{ "msdrg/hac_formula.tsv", "msdrg/cms-v40-43.1/hac_formula.tsv", 0 },
		{ "msdrg/description.tsv", "msdrg/cms-v40-43.1/description.tsv", 0 },
	};

	if (!books_official())
		return;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct lines ours = lines_of(ours_of(files[i].ours), files[i].skip);
		struct lines theirs = lines_of(theirs_of(files[i].theirs), files[i].skip);

		cr_expect(ours.n > 1 && ours.n < theirs.n, "%s: %zu of %zu rows", files[i].ours, ours.n, theirs.n);
		for (size_t k = 0; k < ours.n; k++)
			cr_expect(has(&theirs, ours.v[k]), "%s: \"" STR_FMT "\" is no row of the official file", files[i].ours,
			    STR_ARG(ours.v[k]));
		printf("%-30s %6zu of %zu lines\n", files[i].ours, ours.n, theirs.n);
	}
}

/* Order numbers count from 1 without gaps, and a code stands once. */
STARTER(order_files_are_well_formed)
{
	static const char *const names[] = { "icd10cm_order_2026.txt", "icd10pcs_order_2026.txt" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str text = ours_of(names[i]);
		struct lines codes = { NULL, 0 };
		int64_t no = 0, n;

		while (text.n) {
			struct str line = str_cut(&text, '\n'), *one = arena_push(&a, codes.v, codes.n);

			no++;
			cr_assert(one && line.n > 77 && str_to_int((struct str){ line.p, 5 }, &n) && n == no,
			    "%s line %lld", names[i], (long long)no);
			*one = str_trim((struct str){ line.p + 6, 7 });
		}
		qsort(codes.v, codes.n, sizeof *codes.v, by_text);
		for (size_t k = 1; k < codes.n; k++)
			cr_expect(!str_eq(codes.v[k - 1], codes.v[k]), "%s: " STR_FMT " twice", names[i], STR_ARG(codes.v[k]));
	}
}

/* Typographic apostrophes are the only thing that may differ from the official names. */
static struct str
plain(struct str s)
{
	struct buf b;

	buf_init(&b, &a);
	for (size_t i = 0; i < s.n; i++) {
		bool quote = s.n - i >= 3 && memcmp(s.p + i, "\xe2\x80\x99", 3) == 0;

		buf_ch(&b, quote ? '\'' : s.p[i]);
		i += quote ? 2 : 0;
	}
	return buf_view(&b);
}

STARTER(places_of_service_are_official)
{
	struct str ours, theirs;
	size_t n = 0;

	if (!books_official())
		return;
	theirs = theirs_of("codelists/place_of_service_2024.tsv");
	(void)str_cut(&theirs, '\n');
	ours = ours_of("place_of_service.tsv");
	(void)str_cut(&ours, '\n');
	while (theirs.n) {
		struct str line = str_cut(&theirs, '\n'), name = plain(cell(line, 2)), one;

		if (line.n == 0 || str_is(name, "Unassigned"))
			continue;
		n++;
		one = str_cut(&ours, '\n');
		cr_expect(str_eq(cell(one, 0), cell(line, 0)) && str_eq(cell(one, 1), name) && !cell(one, 2).n && !cell(one, 3).n,
		    "\"" STR_FMT "\" for \"" STR_FMT " " STR_FMT "\"", STR_ARG(one), STR_ARG(cell(line, 0)), STR_ARG(name));
	}
	cr_expect(n == 52 && !ours.n, "%zu places", n);
}

/* Words are ours there, codes and days are not. */
STARTER(codes_without_official_words_exist)
{
	struct lines rarc, ours;
	struct str mce, discharge;

	if (!books_official())
		return;
	rarc = cells_of(theirs_of("codelists/rarc_2024-03.tsv"), 0);
	ours = cells_of(ours_of("rarc.tsv"), 0);
	for (size_t i = 0; i < ours.n; i++)
		cr_expect(has(&rarc, ours.v[i]), "RARC " STR_FMT, STR_ARG(ours.v[i]));
	/* the code editor takes 9 from nobody: inpatient claims do not have it */
	mce = theirs_of("mce/cms-2.0-43.1/discharge_status.tsv");
	discharge = ours_of("discharge_status.tsv");
	(void)str_cut(&mce, '\n');
	while (mce.n) {
		struct str line = str_cut(&mce, '\n'), code = cell(line, 0), text = discharge;
		bool open = line.n && !str_trim(cell(line, 2)).n, found = false;
		int64_t want, have;

		while (open && text.n && !found) {
			struct str one = str_cut(&text, '\n');

			found = str_to_int(cell(one, 0), &have) && str_to_int(code, &want) && have == want &&
			    (!cell(one, 2).n || str_eq(cell(one, 2), cell(line, 1)));
		}
		cr_expect(!open || found, "discharge status " STR_FMT " from " STR_FMT, STR_ARG(code), STR_ARG(cell(line, 1)));
	}
}

/* ---- what the rows say of each other; needs no official file ---- */

/* Codes of an order file with this flag, sorted. */
static struct lines
codes_of(const char *name, char flag)
{
	struct str text = ours_of(name);
	struct lines l = { NULL, 0 };

	while (text.n) {
		struct str line = str_cut(&text, '\n'), *one = line.n > 15 && line.p[14] == flag ? arena_push(&a, l.v, l.n) :
		    NULL;

		if (one)
			*one = str_trim((struct str){ line.p + 6, 7 });
	}
	if (l.n)
		qsort(l.v, l.n, sizeof *l.v, by_text);	/* the order of the file is that of the book: M1A before M10 */
	return l;
}

STARTER(drg_and_mce_tables_are_closed)
{
	struct lines dx = cells_of(ours_of("msdrg/diagnosis.tsv"), 0), px = cells_of(ours_of("msdrg/procedure.tsv"), 0);
	struct lines groups = cells_of(ours_of("msdrg/exclusion_group.tsv"), 0);
	struct lines cm = codes_of("icd10cm_order_2026.txt", '1'), pcs = codes_of("icd10pcs_order_2026.txt", '1');
	struct lines mce_dx = cells_of(ours_of("mce/dx_edit.tsv"), 0), mce_px = cells_of(ours_of("mce/px_edit.tsv"), 0);
	struct str text = ours_of("msdrg/diagnosis.tsv"), titles = ours_of("msdrg/description.tsv");

	cr_assert(cm.n > 2000 && pcs.n > 100);
	for (size_t i = 0; i < cm.n; i++)
		cr_expect(has(&dx, cm.v[i]) && has(&mce_dx, cm.v[i]), "no DRG or MCE row of " STR_FMT, STR_ARG(cm.v[i]));
	for (size_t i = 0; i < pcs.n; i++)
		cr_expect(has(&px, pcs.v[i]) && has(&mce_px, pcs.v[i]), "no DRG or MCE row of " STR_FMT, STR_ARG(pcs.v[i]));
	(void)str_cut(&text, '\n');
	while (text.n) {
		struct str line = str_cut(&text, '\n'), group = cell(line, 5);

		cr_expect(has(&cm, cell(line, 0)), STR_FMT " is not in the order file", STR_ARG(cell(line, 0)));
		cr_expect(!group.n || has(&groups, group), "no exclusion group " STR_FMT, STR_ARG(group));
	}
	text = ours_of("msdrg/drg_formula.tsv");
	(void)str_cut(&text, '\n');
	while (text.n) {
		struct str line = str_cut(&text, '\n'), drg = arena_fmt(&a, "\nDRG\t" STR_FMT "\t", STR_ARG(cell(line, 5)));

		cr_expect(str_is(cell(line, 5), "0") || memmem(titles.p, titles.n, drg.p, drg.n), "no title:" STR_FMT,
		    STR_ARG(drg));
	}
}

/* The POA and MCE rows are about codes that are there. */
STARTER(marks_are_of_codes_that_are_there)
{
	static const struct { const char *name; size_t cell; } files[] = {
		{ "POAexemptCodesFY26.txt", 1 }, { "icd10_mce_age.txt", 0 }, { "icd10_mce_sex.txt", 0 },
	};
	struct lines cm = codes_of("icd10cm_order_2026.txt", '1');

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct lines l = cells_of(ours_of(files[i].name), files[i].cell);

		for (size_t k = 0; k < l.n; k++) {
			char bare[16];
			size_t n = 0;

			for (size_t c = 0; c < l.v[k].n && n < sizeof bare; c++)
				if (l.v[k].p[c] != '.')
					bare[n++] = l.v[k].p[c];
			cr_expect(has(&cm, (struct str){ bare, n }) || str_is(l.v[k], "POAexemptCode"),
			    "%s: " STR_FMT, files[i].name, STR_ARG(l.v[k]));
		}
	}
}

/* Lists of a code and our words: each code once, in order, and no words where they are licensed. */
STARTER(lists_are_well_formed)
{
	static const struct { const char *name, *head; bool words; size_t min; } files[] = {
		{ "cagc.tsv", "CAGC", true, 4 }, { "carc.tsv", "CARC", true, 200 }, { "rarc.tsv", "RARC", true, 90 },
		{ "claim_status_categories.tsv", "CLAIM_CATEGORY", true, 30 },
		    { "claim_status_codes.tsv", "CLAIM_STATUS", true, 100 },
		{ "condition_codes.tsv", "CONDITION", true, 100 }, { "occurrence_codes.tsv", "OCCURRENCE", true, 50 },
		{ "span_codes.tsv", "SPAN", true, 15 }, { "value_codes.tsv", "VALUE", true, 50 },
		{ "taxonomy.tsv", "TAXONOMY", true, 60 }, { "type_of_bill.tsv", "TOB", true, 30 },
		{ "discharge_status.tsv", "DISCHARGE", true, 40 }, { "revenue_codes.tsv", "REVENUE", true, 300 },
		{ "cpt_codes.tsv", "HCPCS", false, 1000 }, { "modifiers.tsv", "MODIFIER", false, 40 },
	};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct str text = ours_of(files[i].name), head = str_cut(&text, '\n');
		struct lines codes = cells_of(text, 0);

		cr_expect(str_is(head, arena_fmt(&a, "%s\tTITLE\tFROM\tTO", files[i].head).p), "%s", files[i].name);
		cr_expect(codes.n >= files[i].min, "%s: %zu", files[i].name, codes.n);
		for (size_t k = 1; k < codes.n; k++)
			cr_expect(!str_eq(codes.v[k - 1], codes.v[k]), "%s: " STR_FMT " twice", files[i].name,
			    STR_ARG(codes.v[k]));
		while (text.n) {
			struct str line = str_cut(&text, '\n'), words = cell(line, 1);

			cr_expect(files[i].words ? words.n > 0 && words.n < 100 : words.n == 0, "%s: " STR_FMT, files[i].name,
			    STR_ARG(line));
			cr_expect(strcmp(files[i].head, "TAXONOMY") != 0 || (cell(line, 0).n == 10 && cell(line, 0).p[9] == 'X'),
			    STR_FMT, STR_ARG(line));
		}
	}
}

static size_t
size_of(const char *folder)
{
	struct file_list l;
	size_t n = 0;

	cr_assert(dir_list(&a, folder, 1000, &l) == 0, "%s", folder);
	for (size_t i = 0; i < l.n; i++)
		n += l.v[i].is_folder ? size_of(path_join(&a, str_of(folder), l.v[i].name).p) : (size_t)l.v[i].size;
	return n;
}

STARTER(it_is_small_and_makes_a_book)
{
	static const enum code_set filled[] = { CS_ICD10CM, CS_ICD10PCS, CS_HCPCS, CS_MODIFIER, CS_POS, CS_REVENUE,
	    CS_TOB, CS_DISCHARGE, CS_CONDITION, CS_OCCURRENCE, CS_SPAN, CS_VALUE, CS_CAGC, CS_CARC, CS_RARC, CS_CLAIM_CATEGORY,
	    CS_CLAIM_STATUS, CS_TAXONOMY, CS_POA_EXEMPT, CS_INDEX, CS_HHS_AGE, CS_HHS_SEX };
	static const enum code_set whole[] = { CS_POS, CS_TOB, CS_DISCHARGE, CS_CAGC, CS_CARC };
	size_t size = size_of(CL_SOURCE_DIR "/config/codesets");
	struct book b;

	cr_expect(size < STARTER_MAX, "%zu bytes", size);
	books_starter(&b);
	for (size_t i = 0; i < sizeof filled / sizeof *filled; i++) {
		bool is_whole = false;

		for (size_t k = 0; k < sizeof whole / sizeof *whole; k++)
			is_whole |= whole[k] == filled[i];
		cr_expect(codebook_count(b.cb, filled[i]) > 0, "%s", code_sets[filled[i]].name);
		cr_expect(codebook_is_whole(b.cb, filled[i]) == is_whole, "%s", code_sets[filled[i]].name);
	}
	book_close(&b);
}
