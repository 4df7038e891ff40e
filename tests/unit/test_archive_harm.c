/*
 * test_archive_harm.c - what happens to an archive while its writer is at it: another folder in its place, an index
 * or a segment changed by somebody else. Nothing is written where it would be lost, and nothing comes out wrong.
 */
#include "archive_disk.h"

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
Test(archive_harm, another_folder_is_not_written, .init = begin, .fini = end)
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
	cr_expect(put(w, 100, 10, 3) == E_FOREIGN && expecting(id) == E_FOREIGN && !file_exists(path("00000001.cla")) &&
	    !file_exists(path("id")));
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
	cr_expect(expecting("") == 1 && archive_id_of(folder, again) == 0 && strcmp(id, again) != 0,
	    "nobody relies on it: a new one");
}

/* ---- the index, while it is in use ---- */

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
Test(archive_harm, index_is_damaged_under_the_writer, .init = begin, .fini = end)
{
	static const struct { const char *name; void (*harm)(void); bool in_file; } rows[] = {
		{ "the file", noise_over_all, true }, { "its pages", noise_over_pages, true },
		    { "its log", noise_over_log, false },
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
		cr_assert(put(w, n + 300, rows[i].in_file ? 1 : 300, 3) == 0 && archive_look(w) == 1, "%s: all is well",
		    rows[i].name);
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
Test(archive_harm, large_index_is_looked_at_in_pieces, .init = begin, .fini = end)
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

/* ---- a segment, while it is written ---- */

static void cut_segment(void) { cr_assert(truncate(path("00000001.cla"), size_of("00000001.cla") / 3) == 0); }
static void cut_all(void) { cr_assert(truncate(path("00000001.cla"), 0) == 0); }
static void take_segment(void) { cr_assert(unlink(path("00000001.cla")) == 0); }
static void add_to_segment(void) { cr_assert(truncate(path("00000001.cla"), size_of("00000001.cla") + 100) == 0); }

static void
replace_segment(void)
{
	struct str bytes;

	cr_assert(file_read(&a, path("00000001.cla"), 1 << 20, &bytes) == 0 &&
	    file_write_atomic(path("00000001.cla"), bytes, true) == 0);
}

/* Nothing is written behind a hole, or into a file that has no name any more; what is still there stays readable. */
Test(archive_harm, segment_is_changed_under_the_writer, .init = begin, .fini = end)
{
	static const struct { const char *name; void (*harm)(void); unsigned lost; } rows[] = {
		{ "cut", cut_segment, 192 }, { "emptied", cut_all, 256 }, { "gone", take_segment, 256 },
		    { "grown", add_to_segment, 0 },
		{ "replaced", replace_segment, 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct archive_writer *w = writer(1 << 20);
		unsigned lost = 0;

		for (unsigned k = 0; k < 4; k++)
			cr_assert(put(w, k * 64, 64, 3) == 0);
		rows[i].harm();
		cr_expect(put(w, 1000, 64, 3) == E_MOVED, "%s", rows[i].name);
		cr_expect(strstr(archive_note(w), "is not as it was left") != NULL, "%s", rows[i].name);
		cr_assert(put(w, 1000, 64, 3) == 0, "%s: it goes on", rows[i].name);
		for (unsigned k = 0; k < 256; k++)
			lost += get(k, 3, 3, NULL) != 0;
		cr_expect(lost == rows[i].lost, "%s: %u lost", rows[i].name, lost);
		for (unsigned k = 1000; k < 1064; k++)
			cr_expect(get(k, 3, 3, NULL) == 0, "%s: %u", rows[i].name, k);
		archive_writer_close(w);
		(void)unlink(path("00000001.cla"));
		without_index();
	}
}

/* ---- lost, or only not to be read now ---- */

static bool
is_lost(unsigned i)
{
	struct archive_reader *r;
	struct archive_body b;
	bool lost;

	cr_assert(archive_reader_open(&r, folder) == 0);
	lost = archive_get(r, body(i, 3, 0).id, 3, &a, &b) < 0 && archive_is_lost(r);
	archive_reader_close(r);
	return lost;
}

Test(archive_harm, lost_is_said_of_a_whole_archive_only, .init = begin, .fini = end)
{
	struct archive_writer *w = writer(1 << 20);
	off_t second;

	cr_expect(!is_lost(0), "there is no archive");
	cr_assert(put(w, 0, 64, 3) == 0);
	second = size_of("00000001.cla");
	cr_assert(put(w, 64, 64, 3) == 0);
	archive_writer_close(w);
	cr_expect(is_lost(500) && !is_lost(0), "it never had it");
	change("00000001.cla", second + 100, "noise", 5);
	cr_expect(is_lost(64) && !is_lost(0), "its block is damaged");
	cr_assert(rename(path("index.db"), path("old")) == 0);
	cr_expect(!is_lost(64) && !is_lost(500), "no index");
	w = writer(1 << 20);
	cr_assert(archive_ready(w, &a) == 0, "made anew, not yet said to be so");
	cr_assert(put(w, 200, 1, 3) == 0);
	archive_writer_close(w);
	cr_expect(is_lost(64) && is_lost(500) && !is_lost(0) && !is_lost(200), "made anew without the damaged block");
	without_index();
	cr_assert(rename(path("old"), path("index.db")) == 0);
	cr_expect(!is_lost(500), "an index that is behind");
	cr_assert(rename(path("00000001.cla"), path("elsewhere")) == 0);
	cr_expect(!is_lost(0), "no segment at all is no archive that could be read");
	cr_assert(file_write_atomic(path("00000001.cla"), S(""), false) == 0);
	cr_expect(is_lost(0), "its segment was cut");
}
