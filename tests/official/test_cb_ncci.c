/*
 * test_cb_ncci.c - NCCI edits, coverage and HCPCS as CMS publishes them: every record is counted, and every pair
 * edit of the largest file is looked up on the days around its end. Needs ../shared.
 */
#include "support/books.h"

#include "base/file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <zstd.h>

#define DATA	CL_SOURCE_DIR "/../shared/data/"
#define PRA	"ncci/reconstructed/ccipra-v302r0.reconstructed.txt.zst"
#define OPH	"ncci/reconstructed/ccioph-v302r0.reconstructed.txt.zst"

static const struct { const char *path; int records; } files[] = {
	{ "ncci/MCR_MUE_PractitionerServices_Eff_04-01-2026.csv", 15095 },
	{ "ncci/MCR_MUE_OutpatientHospitalServices_Eff_04-01-2026.csv", 15045 },
	{ "ncci/MCR_MUE_DMESupplierServices_Eff_04-01-2026.csv", 3083 },
	{ "ncci/reconstructed/MCR_MUE_PractitionerServices_Eff_07-01-2024.csv", 14677 },
	{ "ncci/reconstructed/MCR_MUE_OutpatientHospitalServices_Eff_07-01-2024.csv", 14628 },
	{ "ncci/reconstructed/MCR_MUE_DMESupplierServices_Eff_07-01-2024.csv", 2928 },
	{ "excerpts/MCR_MUE_PractitionerServices_Eff_10-01-2026.excerpt.csv", 6 },
	{ "ncci/reconstructed/AOC_V2024Q2-MCR.reconstructed.tsv", 8186 },
	{ "ncd/ncd_icd10_2026-01.tsv", 66278 },
	{ "ncd/2026100-Initial-ICD10-NCD-Spreadsheet-20250721.xlsx", 66278 },
	{ "codelists/ncd_index_2024-03.tsv", 352 },
	{ "hcpcs/HCPC2025_JAN_ANWEB_12172024.txt.zst", 8259 + 383 },
	{ "hcpcs/proc_notes_JAN2025.txt", 234 },
	{ "hcpcs/NOC codes_JAN2025.xlsx", 161 },
	/* cuts long descriptions and leaves out dates the text file has */
	{ "hcpcs/HCPC2025_JAN_ANWEB_12172024.xlsx", E_UNSUPPORTED },
	/* sentences about rows, which the text file of that day has taken up */
	{ "hcpcs/HCPC2025_JAN_ANWEB_Corrections_12172024.xlsx", E_UNSUPPORTED },
	{ PRA, 2546017 },
	{ OPH, 1775818 },
};

Test(official_cb_ncci, every_published_record_is_read)
{
	struct arena a;

	if (!books_official())
		return;
	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct faults f = { .a = &a };
		int n = books_count(files[i].path, &f);

		cr_expect(n == files[i].records && f.n == 0, "%s: %d, %zu faults, %.*s", files[i].path, n, f.n,
		    f.n ? (int)f.v[0].words.n : 0, f.n ? f.v[0].words.p : "");
	}
	arena_free(&a);
}

static const struct row { enum code_set set; const char *key; int y, m, d; const char *text; } rows[] = {
	{ CS_HCPCS, "E0110", 2025, 1, 1,
	    "E0110|Crutches, forearm, includes crutches of various materials, adjustable or fixed, pair, complete "
	    "with tips and handgrips|Crutch forearm pair|32|A|60-9|2100.1||||D|||||||D1E|A,P,R|0|19960101|N||1986-01-01|" },
	{ CS_HCPCS, "J1885", 2025, 1, 1,
	    "J1885|Injection, ketorolac tromethamine, per 15 mg|Ketorolac tromethamine inj|51|A||2049||||D|||||||O1E|"
	    "1,P|0|19970101|N||1993-01-01|" },
	{ CS_HCPCS, "99213", 2025, 1, 1, "99213|||||||||||||||||||||||2024-07-01|" },
	{ CS_MODIFIER, "AA", 2025, 1, 1,
	    "AA|Anesthesia services performed personally by anesthesiologist|Anesthesia perf by anesgst||||3350.5||||D"
	    "||||||||||20010101|N|1984-01-01|" },
	{ CS_HCPCS_NOTE, "0133", 2025, 1, 1, "0133|SEE ONLINE MANUAL 100-02.9.|2025-01-01|" },
	{ CS_HCPCS_NOC, "A9599", 2017, 1, 1, "A9599|2014-01-01|2017-12-31" },
	{ CS_MUE_PRACTITIONER, "J1885", 2026, 4, 1, "J1885|8|3|Prescribing Information|2024-07-01|" },
	{ CS_MUE_DME, "A4226", 2026, 4, 1, "A4226|0|3|CMS Policy|2024-07-01|" },
	{ CS_MUE_HOSPITAL, "0008U", 2024, 7, 1, "0008U|1|3|Nature of Analyte|2024-07-01|" },
	{ CS_AOC, "20701", 2022, 12, 31, "20701|11010|1||||2020-01-01|2022-12-31" },
	{ CS_AOC, "0079T", 2013, 6, 1, "0079T|0078T|1|20131231|20131231||2013-01-01|2013-12-31" },
	{ CS_NCD_POLICY, "190.20A", 2026, 1, 1, "190.20A|Blood Glucose Testing||" },
	{ CS_NCD_CODE, "82947", 2026, 1, 1, "82947|190.20B||" },
	{ CS_NCD_CODE, "85004", 2026, 1, 1, "85004|190.15|2003-07-01|" },
	{ CS_NCD_DX, "@@@@@@@", 2026, 1, 1, "@@@@@@@|190.12|3|2015-10-01|" },
	{ CS_NCD_INDEX, "310.1", 2026, 1, 1,
	    "310.1|Routine Costs in Clinical Trials|1|2|Restricted|20070709|20071009||74|5719|0||" },
};

static int
rows_of(const struct codebook *cb, enum code_set set, const char *key)
{
	row_t end, row = codebook_of(cb, set, str_of(key), &end);

	return row == ROW_NONE ? 0 : (int)(end - row);
}

Test(official_cb_ncci, values_are_as_published)
{
	static const char *const paths[] = { "hcpcs", "ncd", "codelists/ncd_index_2024-03.tsv",
	    "ncci/MCR_MUE_PractitionerServices_Eff_04-01-2026.csv", "ncci/MCR_MUE_OutpatientHospitalServices_Eff_04-01-2026.csv",
	    "ncci/MCR_MUE_DMESupplierServices_Eff_04-01-2026.csv",
	    "ncci/reconstructed/MCR_MUE_PractitionerServices_Eff_07-01-2024.csv",
	    "ncci/reconstructed/MCR_MUE_OutpatientHospitalServices_Eff_07-01-2024.csv",
	    "ncci/reconstructed/MCR_MUE_DMESupplierServices_Eff_07-01-2024.csv",
	    "ncci/reconstructed/AOC_V2024Q2-MCR.reconstructed.tsv", NULL };
	struct arena a;
	struct book b;

	if (!books_official())
		return;
	arena_init(&a, 0);
	books_of_official(paths, &b);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		row_t row = codebook_find(b.cb, rows[i].set, str_of(rows[i].key), day_of(rows[i].y, rows[i].m, rows[i].d));
		struct str got = books_row(&a, b.cb, rows[i].set, row);

		cr_expect(row != ROW_NONE && str_is(got, rows[i].text), "%.*s", STR_ARG(got));
	}
	/* the sheet and its text twin say the same, so there is one row of each */
	cr_expect(codebook_count(b.cb, CS_NCD_DX) == 66278);
	cr_expect(codebook_count(b.cb, CS_NCD_POLICY) == 26 && codebook_count(b.cb, CS_NCD_CODE) == 60);
	cr_expect(rows_of(b.cb, CS_NCD_DX, "@@@@@@@") == 26, "each policy has a default");
	/* what the files say of each other */
	for (row_t row = 0; row < codebook_count(b.cb, CS_HCPCS); row++) {
		struct str note = codebook_str(b.cb, CC_HCPCS_NOTE, row);

		cr_expect(!note.n || codebook_find(b.cb, CS_HCPCS_NOTE, note, DAY_NONE) != ROW_NONE, "%.*s", STR_ARG(note));
	}
	for (row_t row = 0; row < codebook_count(b.cb, CS_HCPCS_NOC); row++) {
		struct str code = codebook_str(b.cb, CC_HCPCS_NOC_CODE, row);

		cr_expect(codebook_find(b.cb, CS_HCPCS, code, DAY_NONE) != ROW_NONE, "%.*s", STR_ARG(code));
	}
	for (row_t row = 0; row < codebook_count(b.cb, CS_MUE_HOSPITAL); row++) {
		struct str code = codebook_str(b.cb, CC_MUE_HOSPITAL_CODE, row);

		cr_expect(codebook_find(b.cb, CS_HCPCS, code, DAY_NONE) != ROW_NONE, "%.*s", STR_ARG(code));
	}
	book_close(&b);
	arena_free(&a);
}

/* ---- every pair edit ---- */

#define PAIR_MAX	64

struct edit { day_t to; int modifier; };
struct pair { struct str c1, c2; struct edit v[PAIR_MAX]; size_t n; };

static struct str
unpacked(struct arena *a, const char *name)
{
	struct str in;
	struct buf out;
	ZSTD_DCtx *d = ZSTD_createDCtx();
	ZSTD_inBuffer i;
	const size_t size = 1 << 17;
	char *chunk = arena_alloc(a, size);

	cr_assert(file_read(a, arena_fmt(a, DATA "%s", name).p, LIMIT_CODE_FILE, &in) >= 0);
	i = (ZSTD_inBuffer){ in.p, in.n, 0 };
	buf_init(&out, a);
	while (i.pos < i.size) {
		ZSTD_outBuffer o = { chunk, size, 0 };

		cr_assert(!ZSTD_isError(ZSTD_decompressStream(d, &o, &i)));
		buf_put(&out, chunk, o.pos);
	}
	ZSTD_freeDCtx(d);
	return buf_view(&out);
}

/* Without effective dates an edit holds until its deletion: of those not yet deleted the one that is deleted next. */
static bool
pair_is(const struct codebook *cb, const struct pair *p, day_t day)
{
	const struct edit *want = NULL;
	struct ptp got;
	bool found = codebook_ptp(cb, PTP_PRACTITIONER, p->c1, p->c2, day, &got);

	for (size_t i = 0; i < p->n; i++)
		if ((p->v[i].to == DAY_NONE || p->v[i].to >= day) && (!want || (p->v[i].to != DAY_NONE &&
		    (want->to == DAY_NONE || p->v[i].to < want->to))))
			want = &p->v[i];
	return want ? found && got.to == want->to && got.modifier == want->modifier && got.rationale.n > 0 : !found;
}

static size_t
pair_check(const struct codebook *cb, const struct pair *p)
{
	size_t wrong = 0;

	for (size_t i = 0; i < p->n; i++) {
		day_t to = p->v[i].to == DAY_NONE ? day_of(2026, 1, 1) : p->v[i].to;

		wrong += !pair_is(cb, p, to);
		wrong += !pair_is(cb, p, to + 1);
	}
	return wrong;
}

Test(official_cb_ncci, every_pair_edit_is_found_on_its_last_day_and_not_after)
{
	static const char *const paths[] = { PRA, NULL };
	struct arena a;
	struct book b;
	struct str text, line;
	struct pair p = { .n = 0 };
	size_t rows_seen = 0, wrong = 0;

	if (!books_official())
		return;
	books_of_official(paths, &b);
	arena_init(&a, (size_t)1 << 30);
	text = unpacked(&a, PRA);
	while (text.n) {
		struct str c[6];

		line = str_cut(&text, '\n');
		for (size_t i = 0; i < 6; i++)
			c[i] = str_cut(&line, '\t');
		if (c[0].n != 5 || c[1].n != 5 || c[5].n != 1)
			continue;				/* the heading */
		if (!str_eq(c[0], p.c1) || !str_eq(c[1], p.c2)) {
			wrong += pair_check(b.cb, &p);
			p = (struct pair){ .c1 = c[0], .c2 = c[1] };
		}
		cr_assert(p.n < PAIR_MAX);
		p.v[p.n++] = (struct edit){ str_is(c[4], "*") ? DAY_NONE : day_parse(c[4]), c[5].p[0] - '0' };
		rows_seen++;
	}
	wrong += pair_check(b.cb, &p);
	cr_expect(rows_seen == 2546017, "%zu", rows_seen);
	cr_expect(wrong == 0, "%zu look-ups are wrong", wrong);
	cr_expect(codebook_ptp_count(b.cb, PTP_PRACTITIONER) == 2546016, "one line is in the file twice");
	arena_free(&a);
	book_close(&b);
}
