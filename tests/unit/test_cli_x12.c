/* test_cli_x12.c - what `claimline x12` stands on: files written beside their name, bytes set and cut afterwards, counts. */
#include "base/file.h"
#include "claimline/x12_words.h"
#include "x12/stats.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

static struct arena a;
static char dir[] = "/tmp/claimline-cli-x12-XXXXXX";

static void
setup(void)
{
	arena_init(&a, (size_t)1 << 28);
	cr_assert(mkdtemp(dir) != NULL);
}

static void
teardown(void)
{
	struct file_list l;

	cr_assert(dir_list(&a, dir, 100, &l) == 0);
	for (size_t i = 0; i < l.n; i++)
		(void)unlink(path_join(&a, str_of(dir), l.v[i].name).p);
	cr_expect(rmdir(dir) == 0);
	arena_free(&a);
}

TestSuite(cli_x12, .init = setup, .fini = teardown);

static const char *
path(const char *name)
{
	return path_join(&a, str_of(dir), str_of(name)).p;
}

static struct str
content(const char *name)
{
	struct str s = STR_NONE;

	cr_expect(file_read(&a, path(name), (size_t)1 << 24, &s) == 0, "%s", name);
	return s;
}

Test(cli_x12, a_file_is_whole_or_not_there)
{
	struct x12_dest d;
	struct file_list l;

	cr_assert(x12_dest_open(&d, path("a")) == 0 && x12_dest_put(&d, S("hello world")) == 0);
	cr_expect(!file_exists(path("a")));
	cr_expect(x12_dest_patch(&d, 4, '0') == 0 && x12_dest_close(&d, true) == 0);
	cr_expect(str_is(content("a"), "hell0 world"));
	cr_assert(x12_dest_open(&d, path("b")) == 0 && x12_dest_put(&d, S("x")) == 0 && x12_dest_close(&d, false) == 0);
	cr_expect(dir_list(&a, dir, 10, &l) == 0 && l.n == 1);
	cr_expect(x12_dest_open(&d, path("none/c")) == E_NOT_FOUND);
	(void)x12_dest_close(&d, false);
}

/* More than the room before a write: bytes that are on disk already are set and cut as those that are not. */
Test(cli_x12, long_files_are_patched_and_cut)
{
	struct x12_dest d;
	struct str s;

	cr_assert(x12_dest_open(&d, path("a")) == 0);
	for (int i = 0; i < 100000; i++)
		cr_assert(x12_dest_put(&d, S("0123456789")) == 0);
	cr_expect(d.at == 1000000);
	cr_expect(x12_dest_patch(&d, 3, 'x') == 0 && x12_dest_patch(&d, 999999, 'y') == 0);
	cr_expect(x12_dest_cut(&d, 999995) == 0 && x12_dest_put(&d, S("end")) == 0 && x12_dest_close(&d, true) == 0);
	s = content("a");
	cr_expect(s.n == 999998 && str_starts(s, S("012x456")) && memcmp(s.p + s.n - 8, "01234end", 8) == 0);
}

Test(cli_x12, exit_codes)
{
	struct x12_words w = { .code = 0 };

	x12_worse(&w, CLI_NO);
	x12_worse(&w, CLI_OK);
	cr_expect(w.code == CLI_NO);
	x12_worse(&w, CLI_UNREACHED);
	x12_worse(&w, CLI_NO);
	cr_expect(w.code == 2);
	cr_expect(x12_bad(E_MALFORMED) == 2 && x12_bad(0) == 0 && x12_bad(E_NO_SPACE) == CLI_CANNOT_CREATE);
}

Test(cli_x12, the_most_frequent_names)
{
	struct x12_stats *s = x12_stats_open(&a);
	struct x12_watch w = x12_stats_watch(s);
	struct x12_stat_row *v;
	static const char *const ids[] = { "B", "A", "B", "C", "C", "B", "A" };

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		cr_assert(w.found(w.self, &(struct x12_finding){ .id = ids[i] }) == 0);
	cr_expect(x12_stats_top(&a, s, X12_STAT_FINDING, 2, &v) == 2 && str_is(v[0].name, "B") && v[0].n == 3);
	cr_expect(str_is(v[1].name, "A") && v[1].n == 2);
	cr_expect(x12_stats_top(&a, s, X12_STAT_PAYER, 9, &v) == 0);
	for (int i = 0; i < X12_STATS_NAMES + 5; i++)
		(void)w.found(w.self, &(struct x12_finding){ .id = arena_fmt(&a, "F%d", i).p });
	cr_expect(x12_stats_sum(s)->unnamed == 8);
}
