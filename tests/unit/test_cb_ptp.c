/* test_cb_ptp.c - pair edits: lines of the published file, windows of days, releases and parts. */
#include "support/books.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(cb_ptp, .init = open_arena, .fini = close_arena);

#define HEAD "CPT only copyright 2025.  All rights reserved.\r\nColumn1/Column2 Edits\r\n" \
	"Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n" \
	"\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n\t\t\t\t*=no data\t1=allowed\t\r\n\t\t\t\t\t9=not applicable\t\r\n"
#define PRA	"ccipra-v321r0-f1.txt"
#define ROW	"10001\t10002\t\t20200101\t*\t1\tWords\r\n"

/* day by day of one pair: the modifier that answers, - for none */
static const struct window {
	const char	*name, *text;
	struct { int day; char is; } at[6];
} windows[] = {
	{ "open", "10001\t10002\t\t20200101\t*\t1\tWords\r\n", { { 20191231, '-' }, { 20200101, '1' }, { 20991231, '1' } } },
	{ "ended, the last day is in force", "10001\t10002\t*\t20200101\t20201231\t0\tWords\r\n",
	    { { 20201231, '0' }, { 20210101, '-' } } },
	{ "three windows, newest first", "10001\t10002\t\t20220101\t*\t1\tC\r\n10001\t10002\t\t20200101\t20201231\t0\tB\r\n"
	    "10001\t10002\t*\t19960101\t19991231\t9\tA\r\n",
	    { { 19951231, '-' }, { 19991231, '9' }, { 20000101, '-' }, { 20200601, '0' }, { 20210601, '-' },
	    { 20220101, '1' } } },
	{ "deleted on its first day", "10001\t10002\t\t20200101\t20200101\t1\tWords\r\n",
	    { { 20200101, '-' }, { 20191231, '-' } } },
	{ "deleted before its first day", "10001\t10002\t\t20200101\t20190101\t1\tWords\r\n",
	    { { 20200101, '-' }, { 20190101, '-' } } },
	{ "deleted at once and issued again", "10001\t10002\t\t20200101\t20200101\t0\tx\r\n10001\t10002\t\t20200101\t*\t1\tx\r\n",
	    { { 20200101, '1' }, { 20200102, '1' } } },
	{ "no effective days", "10001\t10002\t\t\t20191231\t0\tx\r\n10001\t10002\t\t\t20201231\t9\tx\r\n"
	    "10001\t10002\t\t\t*\t1\tx\r\n",
	    { { 19000101, '0' }, { 20191231, '0' }, { 20200101, '9' }, { 20201231, '9' }, { 20210101, '1' } } },
	{ "where two hold, the one that began last",
	    "10001\t10002\t\t20000101\t*\t0\tx\r\n10001\t10002\t\t20200101\t20201231\t1\tx\r\n",
	    { { 20191231, '0' }, { 20200101, '1' }, { 20210101, '0' } } },
	{ "the other way round is another pair", "10002\t10001\t\t20200101\t*\t1\tx\r\n", { { 20210101, '-' } } },
	{ "no heading, blank lines, one column less", "\r\n10001\t10002\t\t20200101\t*\t1\r\n\r\n", { { 20210101, '1' } } },
	{ "a sheet", "\"10001\"\t\"10002\"\t\t\"20200101\"\t\"*\"\t\"1\"\t\"Words\"\n", { { 20210101, '1' } } },
};

static char
answer(const struct codebook *cb, enum ptp_setting s, int day, struct ptp *p)
{
	return codebook_ptp(cb, s, S("10001"), S("10002"), day_of(day / 10000, day / 100 % 100, day % 100), p) ?
	    (char)('0' + p->modifier) : '-';
}

Test(cb_ptp, windows_of_days)
{
	for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
		const struct paper paper = { PRA, arena_fmt(&a, "%s%s", HEAD, windows[i].text).p, 0 };
		struct faults f = { .a = &a };
		struct book b;
		struct ptp p;

		cr_assert(books_of(&paper, 1, &f, &b) == 0, "%s", windows[i].name);
		for (size_t k = 0; k < 6 && windows[i].at[k].day; k++)
			cr_expect(answer(b.cb, PTP_PRACTITIONER, windows[i].at[k].day, &p) == windows[i].at[k].is, "%s: %d",
			    windows[i].name, windows[i].at[k].day);
		cr_expect(answer(b.cb, PTP_HOSPITAL, 20210101, &p) == '-', "%s", windows[i].name);
		book_close(&b);
	}
}

static const struct bad {
	const char	*name, *path, *text;
	int		 rc;
	const char	*place;
} bads[] = {
	{ "column 1", PRA, HEAD ROW "1000\t10002\t\t20200101\t*\t1\tx\r\n", E_MALFORMED, "line 8 column 1" },
	{ "column 2", PRA, HEAD ROW "10001\t1000é\t\t20200101\t*\t1\tx\r\n", E_MALFORMED, "line 8 column 2" },
	{ "prior to 1996", PRA, HEAD ROW "10001\t10003\tx\t20200101\t*\t1\tx\r\n", E_MALFORMED, "line 8 column 3" },
	{ "effective", PRA, HEAD ROW "10001\t10003\t\t20201301\t*\t1\tx\r\n", E_MALFORMED, "line 8 column 4" },
	{ "deletion", PRA, HEAD ROW "10001\t10003\t\t20200101\t\t1\tx\r\n", E_MALFORMED, "line 8 column 5" },
	{ "deletion of six digits", PRA, HEAD ROW "10001\t10003\t\t20200101\t202001\t1\tx\r\n", E_MALFORMED, "line 8 column 5" },
	{ "modifier", PRA, HEAD ROW "10001\t10003\t\t20200101\t*\t2\tx\r\n", E_MALFORMED, "line 8 column 6" },
	{ "cut", PRA, HEAD ROW "10001\t10003\t\t2020", E_MALFORMED, "line 8 column 4" },
	{ "cut in a code", PRA, HEAD ROW "100", E_MALFORMED, "line 8 column 1" },
	{ "a heading again", PRA, HEAD ROW HEAD, E_MALFORMED, "line 8 column 1" },
	{ "nothing but a heading", PRA, HEAD, E_MALFORMED, PRA },
	{ "another file", PRA, "10001 10002\r\n", E_MALFORMED, "line 1 column 1" },
	{ "release", "ccipra-vx.txt", HEAD ROW, E_INCOMPLETE, "ccipra-vx.txt" },
	{ "quarter 5", "ccipra-v324r0.txt", HEAD ROW, E_INCOMPLETE, "ccipra-v324r0.txt" },
	{ "two modifiers on the same days", PRA, HEAD ROW "10001\t10002\t\t20200101\t*\t0\tx\r\n", E_DUPLICATE, PRA },
	{ "two rationales on the same days", PRA, HEAD ROW "10001\t10002\t\t20200101\t*\t1\tOther\r\n", E_DUPLICATE, PRA },
	{ "before 1996 and not", PRA, HEAD ROW "10001\t10002\t*\t20200101\t*\t1\tWords\r\n", E_DUPLICATE, PRA },
	{ "cut within the rationale", PRA, HEAD ROW "10001\t10003\t\t20200101\t*\t1\tWor", E_MALFORMED, "line 8 column 30" },
};

Test(cb_ptp, what_does_not_fit_is_told_with_its_place)
{
	for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
		const struct paper paper = { bads[i].path, bads[i].text, 0 };
		struct faults f = { .a = &a };
		struct book b;
		int rc = books_of(&paper, 1, &f, &b);
		size_t n = strlen(bads[i].place);

		cr_expect(rc == bads[i].rc && f.n && f.v[0].place.n >= n &&
		    memcmp(f.v[0].place.p + f.v[0].place.n - n, bads[i].place, n) == 0, "%s: %s %.*s", bads[i].name, err_name(rc),
		    f.n ? (int)f.v[0].place.n : 0, f.n ? f.v[0].place.p : "");
		book_close(&b);
	}
}

Test(cb_ptp, every_cut_is_survived)
{
	const char *text = HEAD ROW "10001\t10003\t\t20200101\t*\t1\tW\xae\r\n";

	for (size_t n = 1; n < strlen(text); n++) {
		const struct paper paper = { PRA, text, n };
		struct faults f = { .a = &a };
		struct book b;

		(void)books_of(&paper, 1, &f, &b);
		book_close(&b);
		arena_reset(&a);
	}
}

/* ---- releases and parts ---- */

static const struct release { const char *name; int y, m; } releases[] = {
	{ "ccipra-v302r0.txt", 2024, 7 }, { "ccipra-v321r0-f1.TXT", 2026, 4 }, { "ccipra-v320r0-f1.txt", 2026, 1 },
	{ "ccipra-v30.2.txt", 2024, 7 }, { "ccipra-v2024Q4.txt", 2024, 10 }, { "ccipra-v1-Eff_04-01-2025.txt", 2025, 4 },
	{ "2025/ccipra-vx.txt", 2025, 1 },
};

Test(cb_ptp, the_release_is_in_the_name)
{
	for (size_t i = 0; i < sizeof releases / sizeof *releases; i++) {
		const struct paper paper = { releases[i].name, HEAD ROW, 0 };
		struct faults f = { .a = &a };
		struct book b;

		cr_assert(books_of(&paper, 1, &f, &b) == 0, "%s", releases[i].name);
		cr_expect(codebook_from(b.cb, CS_SOURCE, 0) == day_of(releases[i].y, releases[i].m, 1), "%s", releases[i].name);
		book_close(&b);
	}
}

/* The newest release that names a pair tells all of it, whatever order the files come in. */
Test(cb_ptp, releases_and_parts)
{
	static const struct paper papers[] = {
		{ "ccipra-v302r0-f1.txt", HEAD "10001\t10002\t\t20200101\t*\t1\tx\r\n10001\t10003\t\t20200101\t*\t1\tx\r\n"
		    "10001\t10004\t\t\t*\t1\tx\r\n", 0 },
		{ "ccipra-v302r0-f2.txt", HEAD "20001\t10002\t\t20200101\t*\t0\tx\r\n10001\t10003\t\t20200101\t*\t1\tx\r\n", 0 },
		{ "ccipra-v321r0-f1.txt", HEAD "10001\t10002\t\t20200101\t20231231\t1\tx\r\n10001\t10002\t\t20250101\t*\t0\tx\r\n"
		    "10001\t10004\t\t20200101\t20200101\t1\tx\r\n", 0 },
		{ "ccioph-v321r0-f1.txt", HEAD "10001\t10002\t\t20200101\t*\t9\tx\r\n", 0 },
	};
	day_t day = day_of(2024, 6, 1);

	for (int turn = 0; turn < 4; turn++) {
		struct paper v[4];
		struct faults f = { .a = &a };
		struct book b;
		struct ptp p;

		for (int i = 0; i < 4; i++)
			v[i] = papers[(i + turn) % 4];
		cr_assert(books_of(v, 4, &f, &b) == 0);
		cr_expect(answer(b.cb, PTP_PRACTITIONER, 20231231, &p) == '1' && p.from == day_of(2020, 1, 1) &&
		    p.to == day_of(2023, 12, 31));
		cr_expect(answer(b.cb, PTP_PRACTITIONER, 20240601, &p) == '-');
		cr_expect(answer(b.cb, PTP_PRACTITIONER, 20250601, &p) == '0' && p.to == DAY_NONE && str_is(p.rationale, "x"));
		cr_expect(answer(b.cb, PTP_HOSPITAL, 20240601, &p) == '9' && !p.before_1996);
		cr_expect(codebook_ptp(b.cb, PTP_PRACTITIONER, S("10001"), S("10003"), day, &p), "said by two parts");
		cr_expect(codebook_ptp(b.cb, PTP_PRACTITIONER, S("20001"), S("10002"), day, &p), "of the second part");
		cr_expect(!codebook_ptp(b.cb, PTP_PRACTITIONER, S("10001"), S("10004"), day, &p),
		    "taken back by the newer release");
		cr_expect(codebook_ptp_count(b.cb, PTP_PRACTITIONER) == 4 && codebook_ptp_count(b.cb, PTP_HOSPITAL) == 1);
		book_close(&b);
	}
}

Test(cb_ptp, pairs_one_by_one)
{
	const struct paper paper = { PRA, HEAD "10001\t10004\t\t20200101\t20201231\t1\tx\r\n10001\t10004\t\t20220101\t*\t0\tx\r\n"
	    "10001\t10002\t\t20200101\t*\t1\tx\r\n", 0 };
	struct faults f = { .a = &a };
	struct str c1, c2;
	struct ptp w[2];
	struct book b;
	size_t at = 0;
	int seen = 0;

	cr_assert(books_of(&paper, 1, &f, &b) == 0);
	cr_assert(codebook_ptp_pairs(b.cb, PTP_PRACTITIONER) == 2 && codebook_ptp_pairs(b.cb, PTP_HOSPITAL) == 0);
	for (size_t n = 0; n < 2; n++) {
		cr_assert(codebook_ptp_next(b.cb, PTP_PRACTITIONER, &at, &c1, &c2));
		seen |= str_is(c1, "10001") && str_is(c2, "10002") ? 1 : str_is(c1, "10001") && str_is(c2, "10004") ? 2 : 0;
	}
	cr_expect(seen == 3 && !codebook_ptp_next(b.cb, PTP_PRACTITIONER, &at, &c1, &c2));
	at = 0;
	cr_expect(!codebook_ptp_next(b.cb, PTP_HOSPITAL, &at, &c1, &c2));
	cr_expect(str_is(codebook_ptp_code(b.cb, PTP_PRACTITIONER, 2), "10004") &&
	    !codebook_ptp_code(b.cb, PTP_PRACTITIONER, 3).n);
	cr_expect(codebook_ptp_windows(b.cb, PTP_PRACTITIONER, S("10001"), S("10004"), w, 2) == 2);
	cr_expect(w[0].from == day_of(2020, 1, 1) && w[0].to == day_of(2020, 12, 31) && w[1].modifier == 0 &&
	    w[1].to == DAY_NONE);
	cr_expect(codebook_ptp_windows(b.cb, PTP_PRACTITIONER, S("10002"), S("10001"), w, 2) == 0);
	book_close(&b);
}

/*
 * Rationales are numbered by their words, not as they come; of two for one window that was never in force (indicator 9),
 * one is kept whichever file is first.
 */
Test(cb_ptp, same_files_same_bytes)
{
	static const struct paper papers[] = {
		{ "ccipra-v321r0-f1.txt", HEAD "10001\t10002\t\t20200101\t*\t1\tB\r\n10001\t10003\t\t20200101\t*\t9\tC\r\n", 0 },
		{ "ccipra-v321r0-f2.txt", HEAD "20001\t10002\t\t20200101\t*\t0\tA\r\n10001\t10003\t*\t20200101\t*\t9\tD\r\n", 0 },
	};
	const struct paper turned[] = { papers[1], papers[0] };
	struct faults f = { .a = &a };
	struct book x, y;
	struct ptp p;

	cr_assert(books_of(papers, 2, &f, &x) == 0 && books_of(turned, 2, &f, &y) == 0);
	cr_expect(str_eq(x.bytes, y.bytes));
	cr_expect(codebook_ptp(x.cb, PTP_PRACTITIONER, S("10001"), S("10002"), day_of(2024, 6, 1), &p) &&
	    str_is(p.rationale, "B"));
	cr_expect(codebook_ptp(x.cb, PTP_PRACTITIONER, S("20001"), S("10002"), day_of(2024, 6, 1), &p) &&
	    str_is(p.rationale, "A"));
	book_close(&x);
	book_close(&y);
}

Test(cb_ptp, a_day_of_nuls_is_none)
{
	static const char text[] = HEAD "10001\t10002\t\t\0\0\0\0\0\0\0\0\t*\t1\tWords\r\n";
	const struct paper paper = { PRA, text, sizeof text - 1 };
	struct faults f = { .a = &a };
	struct book b;

	cr_expect(books_of(&paper, 1, &f, &b) == E_MALFORMED && f.n == 1);
	book_close(&b);
}

/* Many at once answer as one by one, codes that are in no pair among them. */
Test(cb_ptp, many_at_once)
{
	enum { N = 100 };
	const struct paper paper = { PRA, HEAD "10001\t10004\t\t20200101\t20201231\t1\tx\r\n10001\t10004\t\t20220101\t*\t0\tx\r\n"
	    "10001\t10002\t\t20200101\t*\t1\tx\r\n", 0 };
	static const char *const codes[] = { "10001", "10002", "10004", "99999" };
	struct faults f = { .a = &a };
	struct ptp_query q[N];
	struct ptp out[N], one;
	bool found[N];
	struct book b;
	size_t hits = 0;

	cr_assert(books_of(&paper, 1, &f, &b) == 0);
	for (size_t i = 0; i < N; i++)
		q[i] = (struct ptp_query){ str_of(codes[i % 4]), str_of(codes[i / 4 % 4]), day_of(2019 + (int)(i % 5), 6, 1) };
	cr_expect(codebook_ptp_all(b.cb, PTP_HOSPITAL, q, N, out, found) == 0, "an empty setting");
	for (size_t n = 0; n <= N; n += n < 20 ? 1 : 40) {
		size_t got = codebook_ptp_all(b.cb, PTP_PRACTITIONER, q, n, out, found);

		hits = 0;
		for (size_t i = 0; i < n; i++) {
			bool is = codebook_ptp(b.cb, PTP_PRACTITIONER, q[i].c1, q[i].c2, q[i].day, &one);

			hits += is;
			cr_expect(found[i] == is && (!is || (out[i].from == one.from && out[i].modifier == one.modifier)),
			    "%zu", i);
		}
		cr_expect(got == hits);
	}
	cr_expect(hits > 5);
	book_close(&b);
}

/* Rows in no order at all, many windows of one pair, many codes: the same answers as counting by hand. */
Test(cb_ptp, many_rows_in_no_order)
{
	enum { CODES = 300, YEARS = 20 };
	struct buf text;
	struct paper paper = { PRA, NULL, 0 };
	struct faults f = { .a = &a };
	struct book b;
	struct ptp p;
	uint32_t x = 1;
	bool has[CODES][YEARS] = { { false } };
	char code[16];

	buf_init(&text, &a);
	buf_cstr(&text, HEAD);
	for (int i = 0; i < 20000; i++) {
		int c, y;

		x = x * 1664525u + 1013904223u;
		c = (int)(x >> 8) % CODES;
		y = (int)(x >> 20) % YEARS;
		if (has[c][y])
			continue;
		has[c][y] = true;
		buf_fmt(&text, "90000\t%05d\t\t%d0101\t%d1231\t%d\tR%d\r\n", 10000 + c, 2000 + y, 2000 + y, y & 1, y % 7);
	}
	paper.text = text.p;
	paper.n = text.n;
	cr_assert(books_of(&paper, 1, &f, &b) == 0);
	for (int c = 0; c < CODES; c++)
		for (int y = 0; y < YEARS; y++) {
			bool found;

			snprintf(code, sizeof code, "%05d", 10000 + c);
			found = codebook_ptp(b.cb, PTP_PRACTITIONER, S("90000"), (struct str){ code, 5 },
			    day_of(2000 + y, 7, 1), &p);
			cr_expect(found == has[c][y] && (!found || p.modifier == (y & 1)), "%s %d", code, 2000 + y);
		}
	book_close(&b);
}
