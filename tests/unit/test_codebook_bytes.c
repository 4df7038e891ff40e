/*
 * test_codebook_bytes.c - a book that is cut, or of which a byte is another: it is refused or says so when verified,
 * and whatever it says, no look-up reads outside of it (the sanitizer watches).
 */
#include "codebook/clb.h"
#include "support/books.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static struct arena a;
static struct book b;

static void
setup(void)
{
	static const struct paper files[] = {
		{ "icd10cm_order_2026.txt",
		    "00001 A00     0 Cholera                                                      Cholera\n"
		    "00002 A000    1 Cholera due to Vibrio cholerae 01, "
		    "biovar cholerae           Cholera due to Vibrio cholerae 01\n"
		    "00003 A01     0 Typhoid                                                      Typhoid and "
		    "paratyphoid fevers\n", 0 },
		{ "icd10cm_order_2025.txt",
		    "00001 A00     0 Cholera                                                      Cholera, older\n", 0 },
		{ "icd10cm_index_2026.xml",
		    "<ICD10CM.index><mainTerm><title>Cholera</title><code>A00.0</code><term><title>classical</title>"
		    "<code>A00.0</code></term>"
		    "</mainTerm><mainTerm><title>Typhoid</title><code>A01</code></mainTerm></ICD10CM.index>", 0 },
		{ "POAexemptCodesFY26.txt", "Order\tPOAexemptCode\tDescription\n1\tA01\tx\n", 0 },
		{ "pos.tsv", "POS\tTITLE\n11\tOffice\n12\tHome\n", 0 },
		{ "ccipra-v321r0-f1.txt", "Column 1\tColumn 2\t*\tEffective\tDeletion\tModifier\tRationale\n"
		    "11042\t97597\t\t20200101\t20201231\t1\tWords\n11042\t97597\t\t20220101\t*\t0\tWords\n", 0 },
	};
	struct faults f = { .a = &a };

	arena_init(&a, 0);
	cr_assert(books_of(files, sizeof files / sizeof *files, &f, &b) == 0 && f.n == 0);
}

static void
teardown(void)
{
	book_close(&b);
	arena_free(&a);
}

TestSuite(codebook_bytes, .init = setup, .fini = teardown);

/* The first n bytes in memory of their own: one byte more is a fault. */
static unsigned char *
copy_of(size_t n)
{
	unsigned char *p = malloc(n ? n : 1);

	cr_assert(p);
	memcpy(p, b.bytes.p, n);
	return p;
}

static struct str
view(const unsigned char *p, size_t n)
{
	return (struct str){ (const char *)p, n };
}

static size_t
directory(void)
{
	return clb_64((const unsigned char *)b.bytes.p + H_DIR);
}

/* The sums of the header once more, as somebody would do who means harm. */
static void
sums_forge(unsigned char *p, size_t n)
{
	size_t dir = clb_64(p + H_DIR);
	uint64_t sum = dir <= n ? XXH3_64bits(p + dir, n - dir) : 0;

	for (size_t i = 0; i < 8; i++)
		p[H_SUM_DIR + i] = (unsigned char)(sum >> (8 * i));
	sum = XXH3_64bits(p, H_SUM_HEAD);
	for (size_t i = 0; i < 8; i++)
		p[H_SUM_HEAD + i] = (unsigned char)(sum >> (8 * i));
}

static unsigned
touch(struct str s)
{
	unsigned sum = 0;

	for (size_t i = 0; i < s.n; i++)
		sum += (unsigned char)s.p[i];
	return sum;
}

static unsigned
look_up_table(const struct codebook *cb, enum code_set set)
{
	enum code_col first = code_sets[set].first;
	unsigned sum = 0;
	row_t end = 0;

	for (row_t row = -1; row <= codebook_count(cb, set) && row < 50; row++) {
		struct code_row value = codebook_row(cb, set, row);

		sum += touch(value.code) + touch(value.title) + codebook_in_force(cb, set, row, 0);
		for (size_t c = 0; c < code_set_cols(set); c++)
			sum += touch(codebook_str(cb, (enum code_col)(first + c), row)) +
			    (unsigned)codebook_int(cb, (enum code_col)(first + c), row);
		sum += (unsigned)codebook_find(cb, set, codebook_str(cb, first, row), 20000);
		sum += (unsigned)codebook_of(cb, set, codebook_str(cb, first, row), &end);
		cr_assert(end >= 0 && end <= codebook_count(cb, set));
		sum += (unsigned)codebook_of_int(cb, set, codebook_int(cb, first, row), &end);
		cr_assert(end >= 0 && end <= codebook_count(cb, set));
	}
	return sum;
}

/* Everything that can be asked. */
static void
look_up(const struct codebook *cb)
{
	static const char *const codes[] = { "A00", "A000", "A01", "11", "99", "" };
	unsigned sum = touch(codebook_id(cb));
	struct ptp p, w[4];
	struct str c1, c2;
	size_t at;

	for (int i = 0; i < CS_COUNT; i++) {
		enum code_set set = (enum code_set)i;

		sum += look_up_table(cb, set) + codebook_knows(cb, set) + codebook_is_whole(cb, set);
		for (size_t c = 0; c < sizeof codes / sizeof *codes; c++)
			sum += (unsigned)codebook_find(cb, set, str_of(codes[c]), c % 2 ? DAY_NONE : 20000);
	}
	for (int i = 0; i < PTP_COUNT; i++) {
		sum += (unsigned)codebook_ptp_count(cb, (enum ptp_setting)i);
		if (codebook_ptp(cb, (enum ptp_setting)i, S("11042"), S("97597"), 20000, &p))
			sum += touch(p.rationale);
		cr_assert(codebook_ptp_windows(cb, (enum ptp_setting)i, S("11042"), S("97597"), w, 4) < 1000);
		at = 0;
		for (size_t k = 0; k < 4 && codebook_ptp_next(cb, (enum ptp_setting)i, &at, &c1, &c2); k++)
			sum += touch(c1) + touch(c2);
	}
	cr_assert(sum != 1, "the sum keeps the work");
}

Test(codebook_bytes, whole)
{
	struct codebook *cb = NULL;
	const char *why;
	unsigned char *p = copy_of(b.bytes.n);

	cr_assert(codebook_open(view(p, b.bytes.n), &cb, &why) == 0);
	cr_expect(codebook_verify(cb, &why) == 0 && codebook_size(cb) == b.bytes.n);
	look_up(cb);
	codebook_close(cb);
	codebook_close(NULL);
	free(p);
}

Test(codebook_bytes, every_truncation_is_refused)
{
	for (size_t n = 0; n < b.bytes.n; n++) {
		struct codebook *cb = (struct codebook *)&a;
		const char *why = NULL;
		unsigned char *p = copy_of(n);
		int rc = codebook_open(view(p, n), &cb, &why);

		cr_expect(rc == (n < HEAD_SIZE ? E_MALFORMED : E_DAMAGED) && !cb && why, "%zu bytes: %s", n, err_name(rc));
		free(p);
	}
}

Test(codebook_bytes, and_so_is_one_that_has_grown)
{
	unsigned char *p = malloc(b.bytes.n + 8);
	struct codebook *cb = NULL;
	const char *why;

	cr_assert(p);
	memset(p, 0, b.bytes.n + 8);
	memcpy(p, b.bytes.p, b.bytes.n);
	cr_expect(codebook_open(view(p, b.bytes.n + 8), &cb, &why) == E_DAMAGED && !cb);
	free(p);
}

Test(codebook_bytes, a_flipped_byte_of_header_or_directory_is_refused)
{
	unsigned char *p = copy_of(b.bytes.n);

	for (size_t i = 0; i < b.bytes.n; i = i + 1 == HEAD_SIZE ? directory() : i + 1)
		for (int bit = 0; bit < 8; bit++) {
			struct codebook *cb = NULL;
			const char *why = NULL;
			int want = i < H_VERSION ? E_MALFORMED : i < H_SIZE ? E_VERSION : E_DAMAGED, rc;

			p[i] ^= (unsigned char)(1u << bit);
			rc = codebook_open(view(p, b.bytes.n), &cb, &why);
			cr_expect(rc == want && !cb && why, "byte %zu bit %d: %s", i, bit, err_name(rc));
			p[i] ^= (unsigned char)(1u << bit);
		}
	free(p);
}

/* The section of pairs has a head of its own, which is held against the section when the book is opened. */
Test(codebook_bytes, a_flipped_byte_of_a_section_is_found)
{
	static const unsigned char flips[] = { 0x01, 0x80, 0xff };
	unsigned char *p = copy_of(b.bytes.n);
	size_t pairs = clb_64(p + H_PTP);

	for (size_t i = HEAD_SIZE; i < directory(); i++)
		for (size_t k = 0; k < sizeof flips; k++) {
			struct codebook *cb = NULL;
			const char *why = NULL;

			p[i] ^= flips[k];
			if (codebook_open(view(p, b.bytes.n), &cb, &why) == 0) {
				cr_expect(codebook_verify(cb, &why) == E_DAMAGED && why, "byte %zu", i);
				look_up(cb);
			} else {
				cr_assert(i >= pairs && i < pairs + P_HEAD, "byte %zu: %s", i, why);
			}
			codebook_close(cb);
			p[i] ^= flips[k];
		}
	free(p);
}

/* Sums protect from accidents, not from a person: the bounds hold without them. */
Test(codebook_bytes, forged_headers_and_directories_do_no_harm)
{
	static const unsigned char flips[] = { 0x01, 0x10, 0x80, 0xff };
	unsigned char *p = copy_of(b.bytes.n);
	size_t opened = 0, refused = 0;

	for (size_t i = H_TABLES; i < b.bytes.n; i = i + 1 == H_ID ? directory() : i + 1)
		for (size_t k = 0; k < sizeof flips; k++) {
			struct codebook *cb = NULL;
			const char *why;

			p[i] ^= flips[k];
			sums_forge(p, b.bytes.n);
			if (codebook_open(view(p, b.bytes.n), &cb, &why) == 0) {
				opened++;
				look_up(cb);
			} else {
				refused++;
			}
			codebook_close(cb);
			p[i] ^= flips[k];
		}
	cr_expect(opened > 0 && refused > 0, "%zu opened, %zu refused", opened, refused);
	free(p);
}

/* The columns of a first entry with few rows, then the same table with many and no columns. */
Test(codebook_bytes, a_table_that_comes_twice_is_refused)
{
	size_t n = b.bytes.n, dir = directory();
	unsigned char *p = copy_of(n), *q = malloc(n + T_SIZE);
	size_t tables = dir + (size_t)clb_32(p + H_TABLES) * T_SIZE;
	struct codebook *cb = NULL;
	const char *why;

	cr_assert(q);
	memcpy(q, p, tables);
	memcpy(q + tables, p + dir, T_SIZE);
	memset(q + tables + T_COLS, 0, 4);
	memcpy(q + tables + T_SIZE, p + tables, n - tables);
	q[H_TABLES]++;
	for (size_t i = 0; i < 8; i++)
		q[H_SIZE + i] = (unsigned char)((n + T_SIZE) >> (8 * i));
	sums_forge(q, n + T_SIZE);
	cr_expect(codebook_open(view(q, n + T_SIZE), &cb, &why) == E_DAMAGED);
	codebook_close(cb);
	free(p);
	free(q);
}

/* Cells read as what they are, and as absent where they are not. */
Test(codebook_bytes, cells)
{
	const struct codebook *cb = b.cb;
	row_t n = codebook_count(cb, CS_ICD10CM), end, row = codebook_find(cb, CS_ICD10CM, S("A000"), DAY_NONE);
	struct code_row none = codebook_row(cb, CS_ICD10CM, n), code = codebook_row(cb, CS_ICD10CM, row);

	cr_assert(n == 4 && row == 2);
	cr_expect(str_is(code.code, "A000") && str_is(code.title, "Cholera due to Vibrio cholerae 01") && code.billable &&
	    code.row == 2);
	cr_expect(code.from == day_of(2025, 10, 1) && code.to == DAY_NONE);
	cr_expect(str_is(codebook_str(cb, CC_ICD10CM_SHORT, row), "Cholera due to Vibrio cholerae 01, biovar cholerae"));
	cr_expect(codebook_str(cb, CC_ICD10CM_SHORT, 1).n == 0, "the short title is the long one");
	cr_expect(codebook_int(cb, CC_ICD10CM_BILLABLE, row) == 1 && codebook_int(cb, CC_ICD10CM_BILLABLE, 0) == 0);
	cr_expect(codebook_int(cb, CC_ICD10CM_CODE, row) == CELL_NONE && codebook_int(cb, CC_ICD10CM_TITLE, row) == CELL_NONE);
	cr_expect(codebook_str(cb, CC_ICD10CM_BILLABLE, row).p == NULL);
	cr_expect(none.code.n == 0 && none.row == ROW_NONE && none.from == DAY_NONE && !none.billable);
	cr_expect(codebook_str(cb, CC_ICD10CM_TITLE, n).p == NULL && codebook_str(cb, CC_ICD10CM_TITLE, ROW_NONE).p == NULL);
	cr_expect(codebook_int(cb, CC_ICD10CM_BILLABLE, n) == CELL_NONE &&
	    codebook_int(cb, CC_ICD10CM_BILLABLE, ROW_NONE) == CELL_NONE);
	cr_expect(codebook_from(cb, CS_ICD10CM, n) == DAY_NONE && codebook_to(cb, CS_ICD10CM, ROW_NONE) == DAY_NONE);
	cr_expect(!codebook_in_force(cb, CS_ICD10CM, n, 20000) && !codebook_in_force(cb, CS_ICD10CM, ROW_NONE, 20000));
	cr_expect(codebook_int(cb, CC_INDEX_DEPTH, 0) == 0 && codebook_int(cb, CC_INDEX_DEPTH, 1) == 1);
	cr_expect(codebook_str(cb, CC_INDEX_MANIFESTATION, 0).n == 0, "an absent code");
	cr_expect(codebook_of(cb, CS_INDEX, S("Cholera; classical"), &end) == 1 && end == 2);
	cr_expect(codebook_of(cb, CS_INDEX, S("Zoster"), &end) == ROW_NONE &&
	    codebook_of(cb, CS_INDEX, STR_NONE, &end) == ROW_NONE);
	cr_expect(!codebook_knows(cb, CS_CARC) && codebook_count(cb, CS_CARC) == 0 &&
	    codebook_str(cb, CC_CARC_TITLE, 0).p == NULL);
	cr_expect(codebook_ptp_count(cb, PTP_PRACTITIONER) == 2 && codebook_ptp_count(cb, PTP_HOSPITAL) == 0);
}
