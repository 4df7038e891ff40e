/* Options, tables, widths, ages, money, names in a state folder: the pure side of the command line. */
#include "claimline/ask.h"
#include "claimline/crew.h"
#include "claimline/opt.h"
#include "claimline/paths.h"
#include "claimline/ui.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena mem;

static bool
is(struct str got, const char *want)
{
	return str_is(got, want);
}

TestSuite(cli_text);

Test(cli_text, options)
{
	static const struct opt global[] = { { "set", 's', "A=B", "w" }, { "json", 0, NULL, "w" }, { NULL, 0, NULL, NULL } };
	static const struct opt verb[] = { { "limit", 'n', "N", "w" }, { NULL, 0, NULL, NULL } };
	static const struct {
		const char *argv[8];
		bool stop;
		int rc, first;
		const char *set, *limit;
		bool json;
	} rows[] = {
		{ { "x", "--set", "a=1", "list", "--json" }, true, 0, 3, "a=1", NULL, false },
		{ { "x", "list", "--json", "-n", "5" }, false, 0, 4, NULL, "5", true },
		{ { "x", "-sa=1", "--set=b=2" }, false, 0, 3, "b=2", NULL, false },
		{ { "x", "--limit" }, false, E_VALUE, 0, NULL, NULL, false },
		{ { "x", "--nonsense" }, false, E_VALUE, 0, NULL, NULL, false },
		{ { "x", "-q" }, false, E_VALUE, 0, NULL, NULL, false },
		{ { "x", "--json=1" }, false, E_VALUE, 0, NULL, NULL, false },
		{ { "x", "--", "--json" }, false, 0, 2, NULL, NULL, false },
		{ { "x" }, false, 0, 1, NULL, NULL, false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct opt *const tables[2] = { global, verb };
		char *argv[9] = { NULL }, why[160] = "";
		struct opts o = { .n = 0 };
		int argc = 0, first = 0, rc;

		for (; rows[i].argv[argc]; argc++)
			argv[argc] = (char *)(uintptr_t)rows[i].argv[argc];
		rc = opt_read(argc, argv, tables, rows[i].stop, &o, &first, why);
		cr_expect(rc == rows[i].rc, "row %zu: rc %d %s", i, rc, why);
		cr_expect((rc < 0) == (why[0] != '\0'), "row %zu says why", i);
		if (rc < 0)
			continue;
		cr_expect(first == rows[i].first, "row %zu: first %d", i, first);
		cr_expect(str_eq(str_of(opt_text(&o, "set")), str_of(rows[i].set)), "row %zu: set", i);
		cr_expect(str_eq(str_of(opt_text(&o, "limit")), str_of(rows[i].limit)), "row %zu: limit", i);
		cr_expect(opt_is_set(&o, "json") == rows[i].json, "row %zu: json", i);
	}
}

Test(cli_text, option_numbers)
{
	static const struct { const char *text; int rc; int64_t want; } rows[] = {
		{ NULL, 0, 7 }, { "1", 0, 1 }, { "10", 0, 10 }, { "0", E_VALUE, 0 }, { "11", E_VALUE, 0 }, { "", E_VALUE, 0 },
		{ "1x", E_VALUE, 0 }, { "99999999999999999999", E_VALUE, 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct opts o = { .v = { { "n", rows[i].text } }, .n = rows[i].text != NULL };
		int64_t got = -1;
		int rc = opt_int(&o, "n", 7, (int64_t[]){ 1, 10 }, &got);

		cr_expect(rc == rows[i].rc && (rc < 0 || got == rows[i].want), "row %zu: %d %lld", i, rc, (long long)got);
	}
}

Test(cli_text, man_escapes)
{
	static const struct { const char *in, *want; } rows[] = {
		{ "a-b\n", "a\\-b\n" },
		{ ".TH x\n", "\\&.TH x\n" },
		{ "back\\slash", "back\\eslash\n" },
		{ "see\n\n  code\n", "see\n.PP\n.nf\n  code\n.fi\n" },
		{ "see\n\n  code\nmore\n", "see\n.PP\n.nf\n  code\n.fi\nmore\n" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf b;

		buf_init(&b, &mem);
		man_text(&b, rows[i].in);
		cr_expect(is(buf_view(&b), rows[i].want), "row %zu: " STR_FMT, i, STR_ARG(buf_view(&b)));
	}
	arena_free(&mem);
}

Test(cli_text, widths_and_cleaning)
{
	static const struct { const char *in; size_t width; const char *clean, *fit4; } rows[] = {
		{ "", 0, "", "" },
		{ "abc", 3, "abc", "abc" },
		{ "abcdef", 6, "abcdef", "abc\xe2\x80\xa6" },
		{ "M\xc3\xbcller", 6, "M\xc3\xbcller", "M\xc3\xbcl\xe2\x80\xa6" },
		{ "e\xcc\x81" "a", 2, "e\xcc\x81" "a", "e\xcc\x81" "a" },
		{ "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 6, "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", "\xe6\x97\xa5\xe2\x80\xa6" },
		{ "a\033[2Jb", 6, "a?[2Jb", "a?[\xe2\x80\xa6" },
		{ "a\nb\tc", 5, "a b c", "a b\xe2\x80\xa6" },
		{ "\xff\xc0\x80", 3, "???", "???" },		/* not UTF-8, overlong */
		{ "\xed\xa0\x80", 3, "???", "???" },		/* a surrogate */
		{ "\xc2\x9b" "31m", 4, "?31m", "?31m" },	/* C1 CSI */
		{ "x\xe2\x80\xaey", 3, "x?y", "x?y" },		/* right-to-left override */
		{ "a\xe2", 2, "a?", "a?" },			/* cut in the middle */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str c = ui_clean(&mem, str_of(rows[i].in));

		cr_expect(ui_width(str_of(rows[i].in)) == rows[i].width, "row %zu width %zu", i, ui_width(str_of(rows[i].in)));
		cr_expect(is(c, rows[i].clean), "row %zu clean " STR_FMT, i, STR_ARG(c));
		cr_expect(is(ui_fit(&mem, c, 4), rows[i].fit4), "row %zu fit " STR_FMT, i, STR_ARG(ui_fit(&mem, c, 4)));
	}
	arena_free(&mem);
}

Test(cli_text, money_ages_times)
{
	static const struct { cents_t in; const char *want; } money[] = {
		{ 0, "0.00" }, { 5, "0.05" }, { 99999, "999.99" }, { 100000, "1,000.00" }, { 123456789, "1,234,567.89" },
		{ -100000, "-1,000.00" }, { -99999, "-999.99" }, { CENTS_MAX, "999,999,999,999.99" },
	};
	static const struct { int64_t in; const char *want; } ages[] = {
		{ 0, "-" }, { -5, "-" }, { 900, "0s" }, { 1000, "1s" }, { 119999, "119s" }, { 120000, "2m" }, { 7200000, "2h" },
		{ 172800000, "2d" }, { 864000000, "10d" },
	};
	static const struct { int64_t in; const char *want; } times[] = {
		{ 0, "-" }, { -1, "-" }, { INT64_C(1772370300000), "2026-03-01 13:05 UTC" }, { INT64_MAX, "-" },
	};

	for (size_t i = 0; i < sizeof money / sizeof *money; i++)
		cr_expect(is(ui_money(&mem, money[i].in), money[i].want), "money %s", money[i].want);
	for (size_t i = 0; i < sizeof ages / sizeof *ages; i++)
		cr_expect(is(ui_age(&mem, ages[i].in), ages[i].want), "age %s", ages[i].want);
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		cr_expect(is(ui_when(&mem, times[i].in), times[i].want), "time %s", times[i].want);
	cr_expect(is(ui_bar(&mem, 1, 2, 4), "[##..]"));
	cr_expect(is(ui_bar(&mem, 9, 2, 4), "[####]"));
	cr_expect(is(ui_bar(&mem, 0, 0, 4), "[....]"));
	arena_free(&mem);
}

Test(cli_text, tables)
{
	static const struct ui_col cols[] = { { "id", false, false }, { "n", true, false }, { "words", false, true } };
	static const struct { struct ui ui; const char *want; } rows[] = {
		{ { false, false, 0 }, "id    n  words\nab    7  M\xc3\xbcller is long\nc   100  x\n" },
		{ { true, false, 20 }, "id    n  words\nab    7  M\xc3\xbcller is \xe2\x80\xa6\nc   100  x\n" },
		{ { true, false, 5 }, "id    n  words\nab    7  M\xc3\xbcller \xe2\x80\xa6\nc   100  x\n" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ui_table t;
		struct buf b;

		ui_table_init(&t, &mem, cols, 3);
		ui_cell(&t, S("ab"));
		ui_cell_num(&t, 7);
		ui_cell(&t, S("M\xc3\xbcller is long"));
		ui_cell(&t, S("c"));
		ui_cell_num(&t, 100);
		ui_cell_tone(&t, UI_BAD, S("x"));
		buf_init(&b, &mem);
		ui_table_put(&t, &rows[i].ui, &b);
		cr_expect(is(buf_view(&b), rows[i].want), "row %zu:\n" STR_FMT, i, STR_ARG(buf_view(&b)));
	}
	cr_expect(is(ui_tone_text(&mem, &(struct ui){ .colour = true }, UI_BAD, S("x")), "\033[31mx\033[0m"));
	cr_expect(is(ui_tone_text(&mem, &(struct ui){ .colour = false }, UI_BAD, S("x")), "x"));
	arena_free(&mem);
}

Test(cli_text, state_folder)
{
	static const struct { const char *path, *value; } want[PATH_SETTINGS] = {
		{ "site.state_dir", "/v/s" }, { "site.redis", "unix:/v/s/redis.sock" }, { "site.bus", "ipc:/v/s/bus" },
		{ "ingest.front", "ipc:/v/s/bus/front" }, { "ingest.folder", "/v/s/in" }, { "audit.ledger", "/v/s/ledger" },
		{ "audit.archive", "/v/s/archive" },
	};
	static const struct { const char *place; size_t more; bool fits; } sockets[] = {
		{ "ipc:/short", 20, true }, { "tcp:127.0.0.1:5000", 1000, true },
		{ "unix:12345678901234567890123456789012345678901234567890123456789012345678901234567890", 27, true },
		{ "unix:12345678901234567890123456789012345678901234567890123456789012345678901234567890", 28, false },
	};
	static const struct { const char *name, *stage, *instance; } pids[] = {
		{ "suggest.1.pid", "suggest", "1" }, { "suggest.host-12.pid", "suggest", "host-12" },
		    { "suggest.pid", "suggest", NULL },
		{ "submit.1.pid", "suggest", NULL }, { "suggest.1.pid.part", "suggest", NULL },
		    { "suggest..pid", "suggest", NULL },
		{ "suggestx.1.pid", "suggest", NULL }, { "up.pid", "suggest", NULL },
	};
	static const struct { const char *name; bool is; } names[] = {
		{ "payer", true }, { "a.b-c_1", true }, { "", false }, { "..", false }, { ".x", false }, { "a/b", false },
		    { "a b", false },
	};
	struct path_setting got[PATH_SETTINGS];

	paths_of_state(&mem, S("/v/s//"), got);
	for (size_t i = 0; i < PATH_SETTINGS; i++)
		cr_expect(is(got[i].path, want[i].path) && is(got[i].value, want[i].value), "%s", want[i].path);
	for (size_t i = 0; i < sizeof sockets / sizeof *sockets; i++)
		cr_expect(path_fits_socket(str_of(sockets[i].place), sockets[i].more) == sockets[i].fits, "socket %zu", i);
	for (size_t i = 0; i < sizeof pids / sizeof *pids; i++)
		cr_expect(str_eq(path_pid_instance(str_of(pids[i].name), str_of(pids[i].stage)), str_of(pids[i].instance)), "%s",
		    pids[i].name);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		cr_expect(path_is_name(str_of(names[i].name)) == names[i].is, "%s", names[i].name);
	arena_free(&mem);
}

Test(cli_text, crew)
{
	static const struct { const char *text; int rc; int64_t want[STAGES]; } counts[] = {
		{ "", 0, { 1, 1, 1, 1, 1 } }, { "suggest=2", 0, { 1, 2, 1, 1, 1 } },
		{ "suggest=2, submit=0 ,ingest=12", 0, { 12, 2, 1, 1, 0 } }, { "suggest=13", E_VALUE, { 0 } },
		{ "suggest=-1", E_VALUE, { 0 } }, { "suggest", E_VALUE, { 0 } }, { "redis=2", E_VALUE, { 0 } },
		{ "suggest=2x", E_VALUE, { 0 } },
	};
	static const struct { unsigned deaths; int64_t ms; } waits[] = {
		{ 0, 200 }, { 1, 200 }, { 2, 400 }, { 3, 800 }, { 7, 10000 }, { 4000000000u, 10000 },
	};
	static const struct { const char *line; bool loud; } lines[] = {
		{ "2026-11-21T23:40:38.014Z info  validate[1] running", false },
		{ "2026-11-21T23:40:38.014Z warn  validate[1] not ready", true },
		{ "{\"time\":\"x\",\"level\":\"info\",\"program\":\"audit\"}", false },
		{ "{\"time\":\"x\",\"level\":\"error\",\"program\":\"audit\"}", true },
		{ "==1== ERROR: AddressSanitizer", true }, { "", true },
	};

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		int64_t got[STAGES] = { 1, 1, 1, 1, 1 };
		const char *why = NULL;
		int rc = crew_counts(str_of(counts[i].text), got, &why);

		cr_expect(rc == counts[i].rc && (rc < 0) == (why != NULL), "%s", counts[i].text);
		cr_expect(rc < 0 || memcmp(got, counts[i].want, sizeof got) == 0, "%s", counts[i].text);
	}
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
		cr_expect(crew_backoff(waits[i].deaths) == waits[i].ms, "%u deaths", waits[i].deaths);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		cr_expect(crew_line_is_loud(str_of(lines[i].line)) == lines[i].loud, "%s", lines[i].line);
}

Test(cli_text, metrics)
{
	static const char text[] = "# TYPE a_total counter\na_total{stage=\"x\"} 5\na_total{stage=\"y\"} 7\n"
	    "a_total_more 100\nb 3\nc x\n";
	static const struct { const char *name; int64_t want; } rows[] = {
		{ "a_total", 12 }, { "b", 3 }, { "c", 0 }, { "d", 0 }, { "a_total_more", 100 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(ask_metric(str_of(text), rows[i].name) == rows[i].want, "%s", rows[i].name);
}
