/* test_base_file.c - whole files, atomic writes, folders; and the form of log lines. */
#include "base/file.h"
#include "base/log.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <jansson.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct arena a;
static char dir[64];

static const char *
in_dir(const char *name)
{
	return path_join(&a, str_of(dir), str_of(name)).p;
}

static void
open_all(void)
{
	arena_init(&a, 0);
	memcpy(dir, "/tmp/claimline-test-XXXXXX", sizeof "/tmp/claimline-test-XXXXXX");
	cr_assert(mkdtemp(dir) != NULL);
}

static void
remove_tree(struct str path)
{
	struct file_list l;

	if (dir_list(&a, path.p, 1000, &l) == 0)
		for (size_t i = 0; i < l.n; i++)
			remove_tree(path_join(&a, path, l.v[i].name));
	(void)remove(path.p);
}

static void
close_all(void)
{
	remove_tree(str_of(dir));
	arena_free(&a);
}

static size_t
entries(void)
{
	struct file_list l;

	cr_assert(dir_list_all(&a, dir, 100, &l) == 0);
	return l.n;
}

Test(file, write_read_and_never_over, .init = open_all, .fini = close_all)
{
	const char *path = in_dir("x");
	struct stat st;
	struct str s;

	cr_expect(file_read(&a, path, 100, &s) == E_NOT_FOUND);
	cr_expect(file_write_atomic(path, S("one\0two"), false) == 0);
	cr_expect(file_read(&a, path, 100, &s) == 0 && str_eq(s, S("one\0two")) && s.p[s.n] == '\0');
	cr_expect(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "for the owner only");
	cr_expect(file_write_atomic(path, S("three"), false) == E_DUPLICATE);
	cr_expect(file_read(&a, path, 100, &s) == 0 && s.n == 7, "untouched");
	cr_expect(file_write_atomic(path, S("three"), true) == 0);
	cr_expect(file_read(&a, path, 5, &s) == 0 && str_is(s, "three"), "exactly the limit");
	cr_expect(file_read(&a, path, 4, &s) == E_LIMIT);
	cr_expect(entries() == 1, "no .part is left");
	cr_expect(file_write_atomic(in_dir("no/such"), S(""), false) == E_NOT_FOUND);
	cr_expect(file_read(&a, dir, 100, &s) == E_IO, "a folder is not a file");
}

/* What a killed writer has left, or somebody laid there, is not written into and stops nobody. */
Test(file, stale_part_is_no_obstacle, .init = open_all, .fini = close_all)
{
	struct str s;
	FILE *f = fopen(in_dir("x.part"), "w");

	cr_assert(f != NULL);
	(void)fputs("half of something much longer than the whole", f);
	(void)fclose(f);
	cr_assert(file_write_atomic(in_dir("target"), S("mine"), false) == 0);
	cr_assert(symlink(in_dir("target"), in_dir("y.part")) == 0);
	cr_expect(file_write_atomic(in_dir("x"), S("whole"), false) == 0);
	cr_expect(file_read(&a, in_dir("x"), 100, &s) == 0 && str_is(s, "whole"));
	cr_expect(file_write_atomic(in_dir("y"), S("other"), false) == 0);
	cr_expect(file_read(&a, in_dir("target"), 100, &s) == 0 && str_is(s, "mine"), "a link is not followed");
	cr_expect(file_read(&a, in_dir("x.part"), 100, &s) == 0 && str_starts(s, S("half")));
	cr_expect(entries() == 5, "and nothing else is left");
}

#define ROUNDS	40
static char text[1 << 20];

static int
write_rounds(char c)
{
	memset(text, c, sizeof text);
	for (int i = 0; i < ROUNDS; i++)
		if (file_write_atomic(in_dir("x"), (struct str){ text, c == 'a' ? sizeof text : sizeof text / 2 }, true) != 0)
			return 1;
	return 0;
}

static bool
is_whole(void)
{
	struct str s;
	size_t want;

	if (file_read(&a, in_dir("x"), sizeof text, &s) < 0 || s.n == 0)
		return false;
	want = s.p[0] == 'a' ? sizeof text : sizeof text / 2;
	return s.n == want && memchr(s.p, s.p[0] ^ 'a' ^ 'b', s.n) == NULL;
}

/* Two writers of one path, one file: always that of one of them, whole, and neither fails. */
Test(file, two_writers, .init = open_all, .fini = close_all)
{
	pid_t child[2];
	int status, running = 2;

	cr_assert(file_write_atomic(in_dir("x"), S("first"), false) == 0);
	cr_assert(file_write_atomic(in_dir("x"), (struct str){ memset(text, 'a', sizeof text), sizeof text }, true) == 0);
	for (int i = 0; i < 2; i++) {
		child[i] = fork();
		if (child[i] == 0)
			_exit(write_rounds("ab"[i]));
	}
	while (running) {
		cr_assert(is_whole());
		arena_reset(&a);
		while (running && waitpid(-1, &status, WNOHANG) > 0) {
			cr_expect(status == 0, "a writer failed");
			running--;
		}
	}
	cr_expect(is_whole() && entries() == 1, "no .part is left");
}

/* The names parts get still fit a folder, whatever the file is called. */
Test(file, long_names, .init = open_all, .fini = close_all)
{
	static char name[256];

	memset(name, 'n', 255);
	for (size_t n = 255; n > 235; n--) {
		name[n] = '\0';
		cr_expect(file_write_atomic(in_dir(name), S("x"), false) == 0 && file_exists(in_dir(name)), "%zu", n);
	}
	cr_expect(entries() == 20);
}

/* A disk of 64 kB, in a mount namespace of this test process only. */
Test(file, full_disk, .init = open_all, .fini = close_all)
{
	static char big[1 << 20];
	struct str s;

	if (unshare(CLONE_NEWNS | (geteuid() ? CLONE_NEWUSER : 0)) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || mount("none", dir, "tmpfs", 0, "size=64k") != 0) {
		(void)fprintf(stderr, "skipped: no mount namespaces here\n");
		return;
	}
	cr_expect(file_write_atomic(in_dir("x"), (struct str){ big, sizeof big }, false) == E_NO_SPACE);
	cr_expect(entries() == 0, "the room is given back");
	cr_expect(file_write_atomic(in_dir("x"), S("small"), false) == 0, "and used again");
	cr_expect(file_write_atomic(in_dir("x"), (struct str){ big, sizeof big }, true) == E_NO_SPACE);
	cr_expect(file_read(&a, in_dir("x"), 100, &s) == 0 && str_is(s, "small"), "the old file is whole");
	(void)umount(dir);
}

Test(file, move_list_mkdir, .init = open_all, .fini = close_all)
{
	struct file_list l;

	cr_expect(mkdir_p(in_dir("a/b/c")) == 0 && mkdir_p(in_dir("a/b/c/")) == 0, "twice is fine");
	cr_expect(file_write_atomic(in_dir("a/2"), S("22"), false) == 0);
	cr_expect(file_write_atomic(in_dir("a/10"), S("x"), false) == 0);
	cr_expect(file_write_atomic(in_dir("a/.hidden"), S("x"), false) == 0);
	cr_expect(mkdir_p(in_dir("a/2/x")) < 0, "a file is in the way");
	cr_expect(dir_list(&a, in_dir("a"), 3, &l) == 0 && l.n == 3);
	cr_expect(str_is(l.v[0].name, "10") && str_is(l.v[1].name, "2") && str_is(l.v[2].name, "b"), "by name");
	cr_expect(l.v[1].size == 2 && !l.v[1].is_folder && l.v[2].is_folder && l.v[1].mtime_ms > 0);
	cr_expect(dir_list(&a, in_dir("a"), 3, &l) == 0 && !l.more && dir_list_all(&a, in_dir("a"), 3, &l) == 0);
	cr_expect(dir_list(&a, in_dir("a"), 2, &l) == 0 && l.n == 2 && l.more, "work goes on with those");
	cr_expect(dir_list_all(&a, in_dir("a"), 2, &l) == E_LIMIT);
	cr_expect(dir_list(&a, in_dir("none"), 2, &l) == E_NOT_FOUND);
	cr_expect(file_move(in_dir("a/2"), in_dir("a/10")) == E_DUPLICATE, "never over a file");
	cr_expect(file_move(in_dir("a/2"), in_dir("a/b/2")) == 0 && file_exists(in_dir("a/b/2")));
	cr_expect(file_move(in_dir("a/2"), in_dir("a/b/3")) == E_NOT_FOUND);
	(void)unlink(in_dir("a/.hidden"));
}

/* Where it is put away: free, together with its side file, and never longer than a name may be. */
static const struct free_row { const char *name; size_t n; const char *to, *side; } frees[] = {
	{ "plain", 1, "n", "n.why.json" },
	{ "taken", 2, "nn.1", "nn.1.why.json" },
	{ "side taken", 3, "nnn.1", "nnn.1.why.json" },
};

Test(file, free_paths, .init = open_all, .fini = close_all)
{
	static char name[255];
	struct str to, side;

	memset(name, 'n', sizeof name);
	cr_assert(file_write_atomic(in_dir("nn"), S("x"), false) == 0);
	cr_assert(file_write_atomic(in_dir("nnn.why.json"), S("x"), false) == 0);
	for (size_t i = 0; i < sizeof frees / sizeof *frees; i++) {
		to = path_free(&a, str_of(dir), (struct str){ name, frees[i].n }, ".why.json", &side);
		cr_expect(str_is(to, in_dir(frees[i].to)) && str_is(side, in_dir(frees[i].side)), "%s", frees[i].name);
	}
	memcpy(name + 239, "\xc3\xa9\xc3\xa9", 4);
	for (int i = 0; i < 2; i++) {
		to = path_free(&a, str_of(dir), (struct str){ name, sizeof name }, ".why.json", &side);
		cr_expect(file_write_atomic(side.p, S("x"), false) == 0 && mkdir_p(to.p) == 0, "long, %d", i);
		cr_expect(str_is((struct str){ side.p + side.n - 9, 9 }, ".why.json") &&
		    (unsigned char)side.p[side.n - 10] != 0xc3);
	}
}

Test(file, odd_entries_stop_no_list, .init = open_all, .fini = close_all)
{
	static const char *const odd[] = { "loop", "nowhere", "pipe" };
	struct file_list l;

	cr_assert(symlink("loop", in_dir("loop")) == 0 && symlink("gone", in_dir("nowhere")) == 0);
	cr_assert(mkfifo(in_dir("pipe"), 0600) == 0 && file_write_atomic(in_dir("x"), S("x"), false) == 0);
	cr_expect(dir_list(&a, dir, 1, &l) == 0 && l.n == 1 && l.odd == 3 && !l.more, "%zu, %zu odd", l.n, l.odd);
	cr_expect(str_is(l.odd_name, "loop"), "the first of them");
	cr_expect(l.n == 1 && str_is(l.v[0].name, "x"));
	cr_expect(dir_list_all(&a, dir, 1, &l) == E_IO, "a loop is an error where all counts");
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		(void)unlink(in_dir(odd[i]));
}

/* ---- log ---- */

static struct str
logged(enum log_level least, enum log_form form, void (*say)(void))
{
	int fd = open(in_dir("log"), O_RDWR | O_CREAT | O_TRUNC, 0600), old = dup(STDERR_FILENO);
	struct str s = STR_NONE;

	cr_assert(fd >= 0 && old >= 0);
	(void)dup2(fd, STDERR_FILENO);
	log_open(least, form, "unit", "7");
	say();
	(void)dup2(old, STDERR_FILENO);
	(void)close(old);
	(void)close(fd);
	cr_assert(file_read(&a, in_dir("log"), 1 << 20, &s) == 0);
	return s;
}

static void
say_one(void)
{
	log_line(LOG_DEBUG, "not written", LOG_NUM("n", 1));
	log_line(LOG_WARN, "it happened", LOG_STR("id", S("a b")), LOG_NUM("n", -5), LOG_CSTR("x", "plain"),
	    LOG_ERR(E_BUSY), LOG_STR("raw", S("\n\"\\\xff\xc3\xa9\x01")), LOG_STR("none", STR_NONE));
	log_text(LOG_INFO, "done");
}

Test(log, text_form, .init = open_all, .fini = close_all)
{
	struct str s = logged(LOG_INFO, LOG_AS_TEXT, say_one), line = str_cut(&s, '\n');

	cr_expect(line.n > 24 && line.p[23] == 'Z' && line.p[10] == 'T');
	cr_expect(str_starts((struct str){ line.p + 24, line.n - 24 },
	    S(" warn  unit[7] it happened id=\"a b\" n=-5 x=plain error=E_BUSY means=")), STR_FMT, STR_ARG(line));
	cr_expect(memmem(line.p, line.n, " raw=\"\\u000a\\\"\\\\\\ufffd\xc3\xa9\\u0001\" none=\"\"", 37) != NULL,
	    STR_FMT, STR_ARG(line));
	line = str_cut(&s, '\n');
	cr_expect(line.n > 4 && memcmp(line.p + line.n - 4, "done", 4) == 0);
	cr_expect(s.n == 0, "two lines");
}

Test(log, json_form_is_json, .init = open_all, .fini = close_all)
{
	struct str s = logged(LOG_DEBUG, LOG_AS_JSON, say_one);
	int lines = 0;

	while (s.n) {
		struct str line = str_cut(&s, '\n');
		json_t *j = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);

		cr_assert(j != NULL, STR_FMT, STR_ARG(line));
		cr_expect(json_is_string(json_object_get(j, "time")) && json_is_string(json_object_get(j, "message")));
		if (lines == 1)
			cr_expect(json_integer_value(json_object_get(j, "n")) == -5 &&
			    strcmp(json_string_value(json_object_get(j, "level")), "warn") == 0);
		json_decref(j);
		lines++;
	}
	cr_expect(lines == 3, "%d lines", lines);
}

static char big[100000];

static void
say_too_much(void)
{
	struct str s = { big, sizeof big };

	memset(big, '\n', sizeof big);
	log_line(LOG_ERROR, "big", LOG_STR("a", s), LOG_STR("b", s), LOG_STR("c", s), LOG_NUM("n", 1), LOG_STR("d", s));
}

Test(log, a_line_is_bounded_and_stays_json, .init = open_all, .fini = close_all)
{
	struct str s = logged(LOG_INFO, LOG_AS_JSON, say_too_much);
	json_t *j = json_loadb(s.p, s.n, 0, NULL);

	cr_expect(s.n <= 4096 && s.p[s.n - 1] == '\n');
	cr_expect(j && json_is_true(json_object_get(j, "cut")));
	json_decref(j);
}

Test(log, level_names_and_gate)
{
	struct log_gate g = { 0, 0, 0 };
	int open = 0;

	cr_expect(log_level_of(S("debug")) == LOG_DEBUG && log_level_of(S("error")) == LOG_ERROR);
	cr_expect(log_level_of(S("loud")) == LOG_INFO);
	for (int i = 0; i < 1000; i++)
		open += log_gate_open(&g);
	cr_expect(open >= 1 && g.shut + (uint64_t)open <= 1000 && g.shut + g.held + (uint64_t)open >= 1000 - 1,
	    "open %d, shut %llu", open, (unsigned long long)g.shut);
	g.next_ms = 0;
	g.shut = 3;
	cr_expect(log_gate_open(&g) && g.held == 3 && g.shut == 0, "what was held back is counted");
}
