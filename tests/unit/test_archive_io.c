/*
 * test_archive_io.c - the archive on disk: what was put comes out, whatever was cut, deleted, changed or filled up
 * meanwhile; what cannot come out says why, and never comes out wrong.
 */
#include "archive/io_archive.h"
#include "base/file.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[64], folder[80];
static struct arena a;

static void
begin(void)
{
	arena_init(&a, (size_t)1 << 30);
	(void)snprintf(root, sizeof root, "/tmp/claimline-archive.XXXXXX");
	cr_assert(mkdtemp(root) != NULL);
	(void)snprintf(folder, sizeof folder, "%s/archive", root);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void
end(void)
{
	(void)nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	arena_free(&a);
}

/* ---- bodies ---- */

/* Body i at a revision: noise, so that it does not compress to nothing. */
static struct archive_body
body(unsigned i, int64_t revision, size_t size)
{
	struct archive_body b = { .revision = revision };
	uint64_t x = i * 7919u + (uint64_t)revision + 1;
	char *p = arena_alloc(&a, size + 1);

	(void)snprintf((char *)b.id.b, sizeof b.id.b, "id %u", i);
	for (size_t k = 0; k < size; k++) {
		x = x * UINT64_C(6364136223846793005) + 1;
		p[k + 1] = (char)(x >> 56);
	}
	b.part[PART_INGEST] = (struct str){ p, size + 1 };
	b.part[PART_SUBMIT] = arena_fmt(&a, "%csubmit %u %lld", 0, i, (long long)revision);
	return b;
}

static struct archive_writer *
writer(int64_t segment_bytes)
{
	struct archive_writer *w;

	cr_assert(archive_writer_open(&w, folder, segment_bytes) == 0);
	return w;
}

/* Ready, however many pieces that takes; the last error otherwise. */
static int
ready(struct archive_writer *w)
{
	int rc;

	while ((rc = archive_ready(w, &a)) == 0)
		;
	return rc;
}

static int
put(struct archive_writer *w, unsigned first, unsigned n, int64_t revision)
{
	struct archive_body *v = arena_array(&a, n, sizeof *v);
	int rc = ready(w);

	for (unsigned i = 0; i < n; i++)
		v[i] = body(first + i, revision, 1000);
	return rc < 0 ? rc : archive_put(w, &a, v, n);
}

static void
put_and_close(unsigned first, unsigned n, int64_t revision)
{
	struct archive_writer *w = writer(1 << 20);

	cr_assert(put(w, first, n, revision) == 0);
	archive_writer_close(w);
}

static int
get(unsigned i, int64_t revision, int64_t expect, char why[ARCHIVE_WORDS])
{
	struct archive_body b, want = body(i, expect, 1000);
	struct archive_reader *r;
	int rc;

	cr_assert(archive_reader_open(&r, folder) == 0);
	rc = archive_get(r, want.id, revision, &a, &b);
	if (why)
		memcpy(why, archive_why(r), ARCHIVE_WORDS);
	if (rc == 0)
		cr_expect(b.revision == expect && memcmp(b.id.b, want.id.b, 16) == 0 && str_eq(b.part[PART_INGEST], want.part[PART_INGEST]) &&
		    str_eq(b.part[PART_SUBMIT], want.part[PART_SUBMIT]) && b.part[PART_AUDIT].n == 0, "body %u is another", i);
	else
		cr_expect(archive_why(r)[0] != 0, "no words for %s", err_name(rc));
	archive_reader_close(r);
	return rc;
}

static void
expect_all(unsigned n, const char *when)
{
	unsigned bad = 0;

	for (unsigned i = 0; i < n; i++)
		bad += get(i, 3, 3, NULL) != 0;
	cr_expect(bad == 0, "%s: %u of %u cannot be read", when, bad, n);
}

static int
verify(bool whole, struct archive_check *c)
{
	return archive_verify(folder, whole, c);
}

static const char *
path(const char *name)
{
	return arena_fmt(&a, "%s/%s", folder, name).p;
}

static void
change(const char *name, off_t at, const char *bytes, size_t n)
{
	int fd = open(path(name), O_WRONLY);

	cr_assert(fd >= 0 && pwrite(fd, bytes, n, at) == (ssize_t)n && close(fd) == 0, "%s", name);
}

static off_t
size_of(const char *name)
{
	struct stat st;

	return stat(path(name), &st) == 0 ? st.st_size : -1;
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

/* ---- which archive it is ---- */

static int
expecting(const char *id)
{
	struct archive_writer *w = writer(1 << 20);
	int rc;

	archive_expect(w, str_of(id));
	rc = ready(w);
	archive_writer_close(w);
	return rc;
}

/* An unmounted disk leaves nothing, or an empty folder: neither is written, also by a writer that was at it. */
Test(archive_io, another_folder_is_not_written, .init = begin, .fini = end)
{
	struct archive_writer *w = writer(1 << 20);
	char id[ARCHIVE_ID + 1], again[ARCHIVE_ID + 1];
	const char *away = arena_fmt(&a, "%s/elsewhere", root).p;

	cr_expect(archive_id_of(folder, id) == E_NOT_FOUND && archive_id(w)[0] == 0);
	cr_assert(put(w, 0, 100, 3) == 0 && archive_id_of(folder, id) == 0);
	cr_expect(strcmp(archive_id(w), id) == 0 && strlen(id) == ARCHIVE_ID);
	cr_assert(rename(folder, away) == 0);
	cr_expect(put(w, 100, 10, 3) == E_FOREIGN && !file_exists(folder), "nothing is made");
	cr_expect(expecting(id) == E_FOREIGN && !file_exists(folder), "nor by a writer that was told");
	cr_assert(mkdir(folder, 0700) == 0);
	cr_expect(put(w, 100, 10, 3) == E_FOREIGN && expecting(id) == E_FOREIGN && !file_exists(path("00000001.cla")) && !file_exists(path("id")));
	cr_assert(rmdir(folder) == 0 && file_write_atomic(folder, S("a file"), false) == 0);
	cr_expect(put(w, 100, 10, 3) == E_DUPLICATE && expecting("") == E_DUPLICATE);
	cr_assert(unlink(folder) == 0 && rename(away, folder) == 0);
	cr_assert(put(w, 100, 100, 3) == 0, "it is back");
	expect_all(200, "when it is back");
	archive_writer_close(w);
	cr_expect(expecting(id) == 1 && expecting("") == 1 && expecting("0123456789abcdef0123456789abcdef") == E_FOREIGN);
	cr_expect(archive_id_of(folder, again) == 0 && strcmp(id, again) == 0, "for good");
	cr_assert(file_write_atomic(path("id"), S("what is this"), true) == 0);
	cr_expect(expecting(id) == E_FOREIGN && archive_id_of(folder, again) == E_MALFORMED);
	cr_expect(expecting("") == 1 && archive_id_of(folder, again) == 0 && strcmp(id, again) != 0, "nobody relies on it: a new one");
}

/* ---- the index is made from the segments ---- */

static void
without_index(void)
{
	(void)unlink(path("index.db"));
	(void)unlink(path("index.db-wal"));
	(void)unlink(path("index.db-shm"));
}

static void
garbage_index(void)
{
	without_index();
	cr_assert(file_write_atomic(path("index.db"), S("this is no database, and long enough for a header of one, or so it may seem"), true) == 0);
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

static void
noise_over(const char *name, off_t at)
{
	char noise[512];

	memset(noise, 0xa5, sizeof noise);
	for (off_t size = size_of(name); at < size; at += (off_t)sizeof noise)
		change(name, at, noise, sizeof noise);
}

static void
cut_log(void)
{
	cr_assert(truncate(path("index.db-wal"), 0) == 0);
}

static void noise_over_all(void) { noise_over("index.db", 0); }
static void noise_over_pages(void) { noise_over("index.db", 4096); }
static void noise_over_log(void) { noise_over("index.db-wal", 32); }

/* Its pages are in the writer's memory: only others see it, until the writer looks with their eyes. */
Test(archive_io, index_is_damaged_under_the_writer, .init = begin, .fini = end)
{
	static const struct { const char *name; void (*harm)(void); bool in_file; } rows[] = {
		{ "the file", noise_over_all, true }, { "its pages", noise_over_pages, true }, { "its log", noise_over_log, false },
		{ "its log cut", cut_log, false },
	};
	unsigned n = 0;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct archive_writer *w = writer(1 << 20);
		struct archive_check c;

		cr_assert(put(w, n, 300, 3) == 0);
		if (rows[i].in_file) {
			archive_writer_close(w);
			w = writer(1 << 20);
		}
		cr_assert(put(w, n + 300, rows[i].in_file ? 1 : 300, 3) == 0 && archive_look(w) == 1, "%s: all is well", rows[i].name);
		n += rows[i].in_file ? 301 : 600;
		rows[i].harm();
		cr_expect(verify(true, &c) < 0 || c.bodies < n, "%s: others see it", rows[i].name);
		cr_expect(archive_look(w) == 0 && ready(w) == 1, "%s: so does the writer", rows[i].name);
		cr_expect(strstr(archive_note(w), "made anew") != NULL, "%s", rows[i].name);
		expect_all(n, rows[i].name);
		cr_assert(put(w, n++, 1, 3) == 0 && archive_look(w) == 1, "%s: and goes on", rows[i].name);
		cr_expect(verify(true, &c) == 0 && c.bodies == n, "%s: %s", rows[i].name, c.why);
		archive_writer_close(w);
	}
}

/* One that is too large to be looked at whole is looked at in pieces, all of them in turn. */
Test(archive_io, large_index_is_looked_at_in_pieces, .init = begin, .fini = end)
{
	struct archive_writer *w = writer(1 << 30);
	struct archive_body *v = arena_array(&a, 25600, sizeof *v);
	int looks = 0;

	for (unsigned k = 0; k < 6; k++) {
		for (unsigned i = 0; i < 25600; i++) {
			v[i] = body(i, k, 8);
			for (int b = 0; b < 4; b++)		/* as hashes are */
				v[i].id.b[b] = (uint8_t)((k * 25600 + i) * 2654435761u >> 8 * b);
		}
		cr_assert(ready(w) == 1 && archive_put(w, &a, v, 25600) == 0);
	}
	archive_writer_close(w);
	w = writer(1 << 30);
	cr_assert(ready(w) == 1 && size_of("index.db") > 4 << 20, "%lld", (long long)size_of("index.db"));
	for (int i = 0; i < 10; i++)
		cr_assert(archive_look(w) == 1);
	noise_over("index.db", size_of("index.db") / 4096 / 3 * 4096);
	while (looks < 10 && archive_look(w) == 1)
		looks++;
	cr_expect(looks < 10 && ready(w) == 1 && strstr(archive_note(w), "made anew"), "%d looks", looks);
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
		cr_expect(verify(true, &c) == E_DAMAGED && c.damaged > 0 && c.extra == (round ? 0 : 64) && strstr(c.why, "00000001"), "%s", c.why);
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
