/* test_base.c - strings, arena, days, money, errors: tables and properties. */
#include "base/base.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>
#include <time.h>

Test(str, compare_and_find)
{
	static const struct { const char *a, *b; int cmp; bool same, isame, starts; } rows[] = {
		{ "", "", 0, true, true, true },
		{ "a", "", 1, false, false, true },
		{ "", "a", -1, false, false, false },
		{ "abc", "abd", -1, false, false, false },
		{ "abc", "ab", 1, false, false, true },
		{ "ABC", "abc", -1, false, true, false },
		{ "a[", "a{", -1, false, false, false },	/* 0x5b and 0x7b differ by 0x20 but are no letters */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str a = str_of(rows[i].a), b = str_of(rows[i].b);
		int cmp = str_cmp(a, b);

		cr_expect((cmp > 0) - (cmp < 0) == rows[i].cmp, "row %zu cmp", i);
		cr_expect(str_eq(a, b) == rows[i].same, "row %zu eq", i);
		cr_expect(str_ieq(a, b) == rows[i].isame, "row %zu ieq", i);
		cr_expect(str_starts(a, b) == rows[i].starts, "row %zu starts", i);
	}
	cr_expect(str_eq(STR_NONE, S("")), "absent and empty have the same bytes");
	cr_expect(str_of(NULL).p == NULL);
	cr_expect(str_eq(str_trim(S(" \t a b\r\n")), S("a b")));
	cr_expect(str_trim(S("  ")).n == 0);
	cr_expect(str_all(S("123"), isdigit) && !str_all(S("12a"), isdigit) && !str_all(S(""), isdigit));
	cr_expect(str_has_ctl(S("a\nb")) && str_has_ctl(S("\x7f")) && !str_has_ctl(S("\xc3\xa9 ~")));
}

Test(str, cut)
{
	struct str rest = S("a,,b");

	cr_expect(str_is(str_cut(&rest, ','), "a"));
	cr_expect(str_is(str_cut(&rest, ','), ""));
	cr_expect(str_is(str_cut(&rest, ','), "b") && rest.n == 0);
	cr_expect(str_cut(&rest, ',').n == 0, "nothing more, and no harm");
	rest = STR_NONE;
	cr_expect(str_cut(&rest, ',').n == 0);
}

Test(str, to_int)
{
	static const struct { const char *s; bool ok; int64_t v; } rows[] = {
		{ "0", true, 0 }, { "-1", true, -1 }, { "+7", true, 7 }, { "007", true, 7 },
		{ "9223372036854775807", true, INT64_MAX }, { "-9223372036854775807", true, -INT64_MAX },
		{ "9223372036854775808", false, 0 }, { "99999999999999999999", false, 0 },
		{ "", false, 0 }, { "-", false, 0 }, { "+", false, 0 }, { "1 ", false, 0 }, { " 1", false, 0 },
		{ "1.0", false, 0 }, { "0x10", false, 0 }, { "--1", false, 0 }, { "1e3", false, 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t v = 0;
		bool ok = str_to_int(str_of(rows[i].s), &v);

		cr_expect(ok == rows[i].ok && (!ok || v == rows[i].v), "\"%s\"", rows[i].s);
	}
}

Test(arena, reset_wipes_what_it_keeps)
{
	struct arena a;
	char *p[64];

	arena_init(&a, 0);
	for (int i = 0; i < 64; i++) {
		p[i] = arena_alloc(&a, 1000);
		memset(p[i], 'P', 1000);
	}
	arena_reset(&a);
	for (int i = 0; i < 64; i++)	/* 64 kB is one block, which reset keeps: it may still be read */
		for (int j = 0; j < 1000; j++)
			cr_assert(p[i][j] == 0, "byte %d of allocation %d survived", j, i);
	cr_expect(a.used == 0 && !a.spent);
	arena_free(&a);
	cr_expect(a.head == NULL);
}

Test(arena, limit_and_alignment)
{
	struct arena a;
	size_t sum = 0;

	arena_init(&a, 100000);
	for (size_t n = 1; arena_alloc(&a, n); n += 7)
		sum += n;
	cr_expect(a.spent, "the arena says that it refused");
	cr_expect(sum > 90000 && sum <= 100000, "%zu bytes", sum);
	cr_expect(!arena_alloc(&a, SIZE_MAX) && !arena_array(&a, SIZE_MAX / 2, 4), "no overflow");
	arena_reset(&a);
	for (size_t n = 1; n < 300; n++) {
		char *p = arena_alloc(&a, n);

		cr_expect((uintptr_t)p % 16 == 0, "size %zu", n);
		for (size_t i = 0; i < n; i++)
			cr_assert(p[i] == 0, "zeroed, also after a reset");
		memset(p, 1, n);
	}
	arena_free(&a);
}

Test(arena, strings_lists_and_buf)
{
	struct arena a;
	int *v = NULL;
	size_t n = 0;
	struct buf b;

	arena_init(&a, 0);
	for (int i = 0; i < 1000; i++)
		*arena_push(&a, v, n) = i;
	for (int i = 0; i < 1000; i++)
		cr_assert(v[i] == i, "member %d", i);
	cr_expect(n == 1000);
	cr_expect(strcmp(arena_str(&a, S("abc")).p, "abc") == 0, "NUL-terminated");
	cr_expect(arena_str(&a, STR_NONE).p == NULL, "absent stays absent");
	cr_expect(arena_str(&a, S("")).p != NULL, "empty stays empty");
	cr_expect(str_is(arena_fmt(&a, "%d-%s", 7, "x"), "7-x"));
	buf_init(&b, &a);
	cr_expect(buf_view(&b).p && buf_view(&b).n == 0);
	for (int i = 0; i < 3000; i++)
		buf_fmt(&b, "%c", 'a' + i % 26), buf_ch(&b, '.');
	cr_expect(buf_view(&b).n == 6000 && memcmp(b.p + 5998, "j.", 2) == 0);
	arena_free(&a);
}

/* timegm is an independent oracle for the calendar. */
/* What stands last grows in its place, nothing else does, and what it grows by is zero and counted. */
Test(arena, the_last_one_grows_where_it_stands)
{
	struct arena a;
	char *first, *last;
	size_t used;

	arena_init(&a, 4096);
	first = arena_alloc(&a, 20);
	last = arena_alloc(&a, 33);
	used = a.used;
	cr_expect(!arena_extend(&a, first, 20, 40), "another stands after it");
	cr_expect(arena_extend(&a, last, 33, 100) && a.used == used + 64);
	for (size_t i = 33; i < 100; i++)
		cr_expect(last[i] == 0);
	cr_expect((char *)arena_alloc(&a, 1) == last + 112);
	cr_expect(!arena_extend(&a, last + 112, 1, 4096) && !a.spent, "over the limit: the caller may copy less");
	arena_free(&a);
}

Test(day, every_day_of_four_centuries)
{
	struct arena a;
	day_t want = day_of(DAY_MIN_YEAR, 1, 1);

	cr_assert(want == DAY_MIN && day_of(DAY_MAX_YEAR, 12, 31) == DAY_MAX);
	int days = 0;

	arena_init(&a, 0);
	for (int y = DAY_MIN_YEAR; y <= DAY_MAX_YEAR; y++) {
		for (int m = 1; m <= 12; m++) {
			for (int d = 1; d <= 31; d++) {
				struct tm tm = { .tm_year = y - 1900, .tm_mon = m - 1, .tm_mday = d };
				int64_t secs = (int64_t)timegm(&tm);
				day_t day = day_of(y, m, d);
				int y2, m2, d2;

				if (tm.tm_mday != d) {
					cr_assert(day == DAY_NONE, "%d-%d-%d does not exist", y, m, d);
					continue;
				}
				cr_assert(day == want++ && (int64_t)day * 86400 == secs, "%d-%d-%d", y, m, d);
				day_parts(day, &y2, &m2, &d2);
				cr_assert(y2 == y && m2 == m && d2 == d, "parts of %d-%d-%d", y, m, d);
				cr_assert(day_parse(day_iso(&a, day)) == day, "ISO of %d-%d-%d", y, m, d);
				cr_assert(day_parse(day_ccyymmdd(&a, day)) == day, "CCYYMMDD of %d-%d-%d", y, m, d);
				days++;
			}
		}
		arena_reset(&a);
	}
	cr_expect(days == 146097, "%d days in 400 years", days);
	arena_free(&a);
}

Test(day, refuses_what_is_no_day)
{
	static const char *const bad[] = {
		"", "2026", "20260229", "20261301", "20260001", "20260100", "20260132", "17991231", "22000101",
		"2026-0101", "202601-01", "2026/01/01", "2026010a", "2026-01-1", " 20260101", "2026-01-01T", "+2260101",
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect(day_parse(str_of(bad[i])) == DAY_NONE, "\"%s\"", bad[i]);
	cr_expect(day_parse(STR_NONE) == DAY_NONE);
	cr_expect(day_parse(S("20240229")) == day_of(2024, 2, 29));
}

Test(day, years_between)
{
	static const struct { const char *from, *to; int years; } rows[] = {
		{ "20000229", "20010228", 0 }, { "20000229", "20010301", 1 }, { "19700615", "20260614", 55 },
		{ "19700615", "20260615", 56 }, { "20260101", "20260101", 0 }, { "20260102", "20260101", -1 },
		{ "", "20260101", -1 }, { "20260101", "", -1 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(day_years_between(day_parse(str_of(rows[i].from)), day_parse(str_of(rows[i].to))) ==
		    rows[i].years, "%s to %s", rows[i].from, rows[i].to);
}

Test(money, table)
{
	static const struct { const char *s; bool ok; int64_t cents; const char *text, *x12; } rows[] = {
		{ "0", true, 0, "0.00", "0" }, { "12", true, 1200, "12.00", "12" }, { "12.5", true, 1250, "12.50", "12.5" },
		{ "12.50", true, 1250, "12.50", "12.5" }, { "-3.05", true, -305, "-3.05", "-3.05" },
		{ ".5", true, 50, "0.50", "0.5" }, { "0.01", true, 1, "0.01", "0.01" },
		{ "999999999999.99", true, CENTS_MAX, "999999999999.99", "999999999999.99" },
		{ "1000000000000.00", false, 0, "", "" }, { "1000000000000", false, 0, "", "" },
		{ "12.505", false, 0, "", "" }, { "1,200", false, 0, "", "" }, { "", false, 0, "", "" },
		{ ".", false, 0, "", "" }, { "-", false, 0, "", "" }, { "1.2.3", false, 0, "", "" },
		{ "$5", false, 0, "", "" }, { "1e3", false, 0, "", "" }, { "99999999999999999999", false, 0, "", "" },
		{ "nan", false, 0, "", "" }, { " 1", false, 0, "", "" },
	};
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cents_t c = 0;
		bool ok = cents_parse(str_of(rows[i].s), &c);

		cr_expect(ok == rows[i].ok, "\"%s\"", rows[i].s);
		if (!ok || !rows[i].ok)
			continue;
		cr_expect(c == rows[i].cents, "\"%s\" is %lld", rows[i].s, (long long)c);
		cr_expect(str_is(cents_text(&a, c), rows[i].text), "text of \"%s\"", rows[i].s);
		cr_expect(str_is(cents_x12(&a, c), rows[i].x12), "X12 of \"%s\"", rows[i].s);
	}
	arena_free(&a);
}

Test(money, digits)
{
	struct arena a;

	arena_init(&a, 0);
	cr_expect(str_is(digits_text(&a, 0, 1), "0") && str_is(digits_text(&a, 7, 9), "000000007"));
	cr_expect(str_is(digits_text(&a, 12345, 4), "12345") && str_is(digits_text(&a, INT64_MAX, 1), "9223372036854775807"));
	arena_free(&a);
}

/* What is printed reads back as the same number: near every power of ten, and along a stride. */
Test(money, print_then_parse)
{
	struct arena a;
	int64_t base[400], back;
	size_t n = 0;

	for (int64_t p = 1; p <= CENTS_MAX; p *= 10)
		for (int64_t d = -2; d <= 2; d++)
			base[n++] = p + d;
	for (int64_t k = 1; n < 400; k++)
		base[n++] = (k * INT64_C(982451653)) % CENTS_MAX;
	arena_init(&a, 0);
	for (size_t i = 0; i < n; i++) {
		for (int sign = -1; sign <= 1; sign += 2) {
			int64_t v = base[i] * sign;

			cr_expect(cents_parse(cents_text(&a, v), &back) && back == v, "cents %lld", (long long)v);
			cr_expect(cents_parse(cents_x12(&a, v), &back) && back == v, "X12 %lld", (long long)v);
			cr_expect(milli_parse(milli_text(&a, v), &back) && back == v, "milli %lld", (long long)v);
		}
	}
	cr_expect(str_is(milli_text(&a, 2500), "2.5") && str_is(milli_text(&a, 1000), "1"));
	cr_expect(!milli_parse(S("1.2345"), &back));
	arena_free(&a);
}

Test(err, names_and_faults)
{
	struct arena a;
	struct faults f = { &a, NULL, 0, false };

	cr_expect(strcmp(err_name(E_MALFORMED), "E_MALFORMED") == 0);
	cr_expect(strcmp(err_name(-9999), "E_NONE") == 0 && strcmp(err_name(INT32_MIN), "E_NONE") == 0);
	cr_expect(err_class(E_STORE_DOWN) == ERR_TEMP && err_class(E_MOVED) == ERR_DROP && err_class(E_CONF) == ERR_PERM);
	for (int rc = -1; rc > -E_COUNT; rc--)
		cr_expect(strncmp(err_name(rc), "E_", 2) == 0 && strlen(err_text(rc)) > 10, "%d", rc);
	arena_init(&a, 0);
	for (int i = 0; i < LIMIT_FAULTS + 5; i++)
		cr_expect(fault_add(&f, E_VALUE, S("p"), S("w"), S("x")) == E_VALUE);
	cr_expect(f.n == LIMIT_FAULTS && f.more, "faults are bounded, and say so");
	arena_free(&a);
}
