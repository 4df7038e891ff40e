/*
 * test_archive_io.c - the archive on disk: what was put comes out, whatever was cut, deleted, changed or filled up
 * meanwhile; what cannot come out says why, and never comes out wrong.
 */
#include "archive_disk.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void
put_and_close(unsigned first, unsigned n, int64_t revision)
{
	struct archive_writer *w = writer(1 << 20);

	cr_assert(put(w, first, n, revision) == 0);
	archive_writer_close(w);
}

/* ---- what is put comes out ---- */

Test(archive_io, put_and_get, .init = begin, .fini = end)
{
	struct archive_writer *w = writer(200000);
	struct archive_check c;
	char why[ARCHIVE_WORDS];
	struct stat st;

	cr_expect(get(1, 3, 3, why) == E_NOT_FOUND && strstr(why, "cannot be opened"), "%s", why);
	cr_expect(verify(true, &c) == E_NOT_FOUND);
	for (unsigned i = 0; i < 10; i++)
		cr_assert(put(w, i * 100, 100, 3) == 0);
	expect_all(1000, "while the writer is there");
	cr_expect(get(1000, 3, 3, why) == E_NOT_FOUND && strstr(why, "does not have"), "%s", why);
	cr_expect(get(7, 2, 2, NULL) == E_NOT_FOUND, "another revision is another body");
	cr_assert(put(w, 7, 1, 9) == 0 && put(w, 7, 1, 5) == 0);
	cr_expect(get(7, ARCHIVE_NEWEST, 9, NULL) == 0 && get(7, 5, 5, NULL) == 0 && get(7, 3, 3, NULL) == 0);
	cr_assert(put(w, 7, 1, 9) == 0, "the same again is fine");
	cr_expect(get(7, 9, 9, NULL) == 0);
	cr_expect(archive_note(w)[0] == 0, "%s", archive_note(w));
	cr_expect(verify(true, &c) == 0 && c.segments > 3 && c.bodies == 1002 && c.blocks > 15 && c.damaged == 0, "%s", c.why);
	archive_writer_close(w);
	cr_expect(verify(false, &c) == 0 && c.bodies == 1002 && c.blocks == 0, "%s", c.why);
	expect_all(1000, "after it");
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = { "00000001.cla", "00000002.cla", "index.db" };

		cr_expect(stat(path(names[i]), &st) == 0 && (st.st_mode & 077) == 0, "%s is for its owner only", names[i]);
	}
	cr_expect(stat(folder, &st) == 0 && (st.st_mode & 0777) == 0700);
}

Test(archive_io, one_writer, .init = begin, .fini = end)
{
	struct archive_writer *w = writer(1 << 20), *other = writer(1 << 20);

	cr_assert(put(w, 0, 10, 3) == 0);
	cr_expect(archive_ready(other, &a) == E_BUSY);
	archive_writer_close(w);
	cr_expect(put(other, 10, 10, 3) == 0);
	archive_writer_close(other);
	expect_all(20, "after both");
}

/* ---- the index is made from the segments ---- */

static void
garbage_index(void)
{
	without_index();
	cr_assert(file_write_atomic(path("index.db"),
	    S("this is no database, and long enough for a header of one, or so it may seem"), true) == 0);
}

static void
empty_index(void)
{
	without_index();
	cr_assert(file_write_atomic(path("index.db"), S(""), true) == 0);
}

static void
damaged_page(void)
{
	char noise[2000];

	memset(noise, 0x5a, sizeof noise);
	for (off_t at = 4096; at < size_of("index.db"); at += 4096)
		change("index.db", at, noise, sizeof noise);
}

static void
other_version(void)
{
	change("index.db", 60, "\0\0\0\7", 4);		/* user_version, in the header of the file */
}

Test(archive_io, index_is_made_anew, .init = begin, .fini = end)
{
	static const struct { const char *name; void (*harm)(void); bool told; } rows[] = {
		{ "deleted", without_index, false }, { "garbage", garbage_index, true }, { "empty", empty_index, false },
		{ "damaged pages", damaged_page, true }, { "another version", other_version, true },
	};
	unsigned n = 0;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct archive_writer *w;
		struct archive_check c;
		const char *words;

		put_and_close(n, 200, 3);
		n += 200;
		rows[i].harm();
		cr_expect(get(0, 3, 3, NULL) < 0 || i == 3, "%s: nobody reads through it", rows[i].name);
		cr_expect(verify(false, &c) == E_DAMAGED || i == 3, "%s: doctor sees it", rows[i].name);
		w = writer(1 << 20);
		cr_assert(ready(w) == 1, "%s", rows[i].name);
		words = archive_note(w);
		cr_expect(!rows[i].told || strstr(words, "made anew"), "%s: %s", rows[i].name, words);
		expect_all(n, rows[i].name);
		cr_expect(verify(true, &c) == 0 && c.bodies == n, "%s: %s", rows[i].name, c.why);
		archive_writer_close(w);
	}
}

Test(archive_io, index_is_deleted_under_the_writer, .init = begin, .fini = end)
{
	struct archive_writer *w = writer(1 << 20);

	cr_assert(put(w, 0, 100, 3) == 0);
	without_index();
	cr_expect(get(0, 3, 3, NULL) < 0);
	cr_assert(put(w, 100, 100, 3) == 0);
	expect_all(200, "made anew by the next write");
	archive_writer_close(w);
}

/* ---- segments that are not whole ---- */

/* A crash after the bytes and before the index: the next writer finds them. */
Test(archive_io, index_is_behind, .init = begin, .fini = end)
{
	struct archive_writer *w;

	put_and_close(0, 100, 3);
	cr_assert(rename(path("index.db"), path("old")) == 0);
	put_and_close(100, 100, 3);
	without_index();
	cr_assert(rename(path("old"), path("index.db")) == 0);
	cr_expect(get(150, 3, 3, NULL) == E_NOT_FOUND, "not counted yet");
	w = writer(1 << 20);
	cr_assert(ready(w) == 1 && archive_note(w)[0] == 0);
	expect_all(200, "found again");
	archive_writer_close(w);
}

Test(archive_io, torn_tail, .init = begin, .fini = end)
{
	off_t whole, more;

	put_and_close(0, 64, 3);
	whole = size_of("00000001.cla");
	put_and_close(64, 64, 3);
	more = size_of("00000001.cla");
	cr_assert(more > whole + 60000);
	for (off_t keep = more - 1; keep > whole; keep -= 7919) {
		struct archive_writer *w;
		struct archive_check c;
		const char *words;

		/* as a power cut leaves it: half a block, which no index knows */
		cr_assert(truncate(path("00000001.cla"), keep) == 0);
		without_index();
		w = writer(1 << 20);
		cr_assert(ready(w) == 1);
		words = archive_note(w);
		cr_expect(strstr(words, "are no block"), "%s", words);
		cr_assert(put(w, 500, 1, 3) == 0);
		cr_expect(get(0, 3, 3, NULL) == 0 && get(500, 3, 3, NULL) == 0 && get(63, 3, 3, NULL) == 0);
		cr_expect(get(64, 3, 3, NULL) == E_NOT_FOUND, "what was cut is not there");
		cr_expect(verify(true, &c) == E_DAMAGED && c.damaged == keep - whole && c.missing == 0, "%s", c.why);
		archive_writer_close(w);
		cr_assert(truncate(path("00000001.cla"), whole) == 0);
		without_index();
		put_and_close(1000, 64, 3);
	}
}

/* A block that was changed costs its own bodies and no others, with the index and without. */
Test(archive_io, damaged_block, .init = begin, .fini = end)
{
	char why[ARCHIVE_WORDS];
	struct archive_check c;
	struct archive_writer *w;
	off_t second;

	put_and_close(0, 64, 3);
	second = size_of("00000001.cla");
	put_and_close(64, 64, 3);
	put_and_close(128, 64, 3);
	change("00000001.cla", second + 100, "\xa5\x5a\xa5", 3);
	for (int round = 0; round < 2; round++) {
		cr_expect(get(0, 3, 3, NULL) == 0 && get(128, 3, 3, NULL) == 0 && get(191, 3, 3, NULL) == 0, "round %d", round);
		cr_expect(get(64, 3, 3, why) < 0 && get(127, 3, 3, why) < 0, "round %d", round);
		cr_expect(strstr(why, round ? "does not have" : "checksum does not match"), "%s", why);
		cr_expect(verify(true, &c) == E_DAMAGED && c.damaged > 0 && c.extra == (round ? 0 : 64) &&
		    strstr(c.why, "00000001"), "%s", c.why);
		without_index();
		w = writer(1 << 20);
		cr_assert(ready(w) == 1);
		archive_writer_close(w);
	}
}

Test(archive_io, segments_gone, .init = begin, .fini = end)
{
	struct archive_writer *w = writer(100000);
	struct archive_check c;
	char why[ARCHIVE_WORDS];

	for (unsigned i = 0; i < 4; i++)
		cr_assert(put(w, i * 100, 100, 3) == 0);
	archive_writer_close(w);
	cr_assert(unlink(path("00000002.cla")) == 0);
	cr_expect(get(150, 3, 3, why) == E_DAMAGED && strstr(why, "00000002"), "%s", why);
	cr_expect(get(0, 3, 3, NULL) == 0 && get(350, 3, 3, NULL) == 0);
	cr_expect(verify(true, &c) == E_DAMAGED && c.extra == 100, "%s", c.why);
	cr_assert(unlink(path("00000004.cla")) == 0);
	cr_expect(verify(false, &c) == E_DAMAGED && strstr(c.why, "is gone"), "%s", c.why);
	w = writer(100000);
	cr_assert(ready(w) == 1);
	cr_expect(strstr(archive_note(w), "a segment is gone") != NULL);
	cr_expect(verify(true, &c) == 0 && c.bodies == 200, "%s", c.why);
	archive_writer_close(w);
}

/* ---- full ---- */

static void
limit(rlim_t bytes)
{
	struct rlimit r;

	cr_assert(getrlimit(RLIMIT_FSIZE, &r) == 0);
	r.rlim_cur = bytes ? bytes : r.rlim_max;
	cr_assert(setrlimit(RLIMIT_FSIZE, &r) == 0);
}

Test(archive_io, full_disk_takes_nothing, .init = begin, .fini = end)
{
	struct archive_writer *w = writer(1 << 20);
	struct archive_check c;
	off_t before;

	(void)signal(SIGXFSZ, SIG_IGN);
	cr_assert(put(w, 0, 100, 3) == 0);
	before = size_of("00000001.cla");
	limit((rlim_t)before + 3000);
	for (int i = 0; i < 3; i++) {
		cr_expect(put(w, 100, 100, 3) == E_NO_SPACE);
		cr_expect(size_of("00000001.cla") == before, "what did not fit is taken back");
		cr_expect(get(100, 3, 3, NULL) == E_NOT_FOUND && get(5, 3, 3, NULL) == 0);
	}
	limit(0);
	cr_assert(put(w, 100, 100, 3) == 0);
	expect_all(200, "when there is room");
	cr_expect(verify(true, &c) == 0, "%s", c.why);
	archive_writer_close(w);
}

/* ---- killed ---- */

static _Noreturn void
write_until_killed(int tell)
{
	struct archive_writer *w = writer(300000);

	for (unsigned i = 0; i < 100000; i += 20) {
		cr_assert(put(w, i, 20, 3) == 0);
		if (write(tell, &i, sizeof i) != sizeof i)
			break;
		arena_reset(&a);
	}
	_exit(1);
}

/* What the writer said was done is there after SIGKILL, each time. */
Test(archive_io, killed_at_any_moment, .init = begin, .fini = end)
{
	for (int round = 0; round < 8; round++) {
		unsigned last = 0, said = 0, n = 0;
		struct archive_writer *w;
		struct archive_check c;
		int fd[2];
		pid_t pid;

		cr_assert(pipe(fd) == 0);
		pid = fork();
		if (pid == 0)
			write_until_killed(fd[1]);
		(void)close(fd[1]);
		while (n < 5 + (unsigned)round * 3 && read(fd[0], &said, sizeof said) == sizeof said) {
			last = said;
			n++;
		}
		cr_assert(n == 5 + (unsigned)round * 3 && kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
		while (read(fd[0], &said, sizeof said) == sizeof said)
			last = said;
		(void)close(fd[0]);
		if (round % 2)
			without_index();
		w = writer(300000);
		cr_assert(ready(w) == 1);
		expect_all(last + 20, "after SIGKILL");
		cr_expect(verify(true, &c) == 0 || c.damaged > 0, "%s", c.why);
		archive_writer_close(w);
		arena_reset(&a);
	}
}
