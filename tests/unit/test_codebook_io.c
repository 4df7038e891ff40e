/*
 * test_codebook_io.c - files as they lie on disk: plain, in folders, .zst, .zip; books that are mapped. What is cut
 * anywhere, or claims more than it holds, is said and makes no book.
 */
#include "base/file.h"
#include "support/books.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>
#include <zstd.h>

extern void	__asan_init(void) __attribute__((weak));

#define ROWS	60000		/* of the large order file: more than 1 MiB, more than a zstd window holds back */

static struct arena a;
static struct faults f;
static struct book b;
static char dir[64];

static void
setup(void)
{
	arena_init(&a, (size_t)256 << 20);
	f = (struct faults){ .a = &a };
	(void)snprintf(dir, sizeof dir, "/tmp/cl_book_XXXXXX");
	cr_assert(mkdtemp(dir));
}

static void
teardown(void)
{
	char command[100];

	book_close(&b);
	(void)snprintf(command, sizeof command, "rm -r %s", dir);
	cr_expect(system(command) == 0);
	arena_free(&a);
}

TestSuite(codebook_io, .init = setup, .fini = teardown);

static const char *
path_of(const char *name)
{
	return arena_fmt(&a, "%s/%s", dir, name).p;
}

static void
put(const char *name, struct str bytes)
{
	struct str path = str_of(path_of(name)), folder = path;

	while (folder.p[folder.n - 1] != '/')
		folder.n--;
	cr_assert(mkdir_p(arena_fmt(&a, STR_FMT, STR_ARG(folder)).p) == 0);
	cr_assert(file_write_atomic(path.p, bytes, true) == 0, "%s", name);
}

static int
build(void)
{
	const char *folder = dir;

	book_close(&b);
	f = (struct faults){ .a = &a };
	return book_build(&folder, 1, &f, NULL, NULL, &b);
}

static struct str
order_file(size_t rows)
{
	struct buf out;

	buf_init(&out, &a);
	for (size_t i = 0; i < rows; i++)
		buf_fmt(&out, "%05zu A%05zu  1 %-60zu Words of the row %zu\n", i % 100000, i, i, i * 7919 % 104729);
	return buf_view(&out);
}

/* ---- .zst ---- */

static struct str
zst(struct str s, bool says_size)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t room = ZSTD_compressBound(s.n);
	ZSTD_outBuffer out = { arena_alloc(&a, room), room, 0 };
	ZSTD_inBuffer in = { s.p, s.n, 0 };

	cr_assert(c && out.dst);
	(void)ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	if (!says_size)
		cr_assert(!ZSTD_isError(ZSTD_compressStream2(c, &out, &in, ZSTD_e_flush)));	/* before it knows the end */
	cr_assert(ZSTD_compressStream2(c, &out, &in, ZSTD_e_end) == 0);
	(void)ZSTD_freeCCtx(c);
	return (struct str){ out.dst, out.pos };
}

static struct str
joined(struct str x, struct str y)
{
	struct buf out;

	buf_init(&out, &a);
	buf_str(&out, x);
	buf_str(&out, y);
	return buf_view(&out);
}

Test(codebook_io, zst_frames)
{
	struct str small = order_file(10), large = order_file(ROWS), half = order_file(ROWS / 2);
	struct str rest = { large.p + half.n, large.n - half.n };
	const struct { const char *name; struct str bytes; row_t rows; } rows[] = {
		{ "small, size said", zst(small, true), 10 }, { "small, size not said", zst(small, false), 10 },
		{ "large, size said", zst(large, true), ROWS }, { "large, size not said", zst(large, false), ROWS },
		{ "two frames", joined(zst(half, true), zst(rest, true)), ROWS },
		{ "two frames, size not said", joined(zst(half, false), zst(rest, false)), ROWS },
		{ "an empty frame", joined(zst(STR_NONE, true), zst(small, true)), 10 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		put("icd10cm_order_2026.txt.zst", rows[i].bytes);
		cr_expect(build() == 0 && codebook_count(b.cb, CS_ICD10CM) == rows[i].rows, "%s: %s", rows[i].name,
		    f.n ? f.v[0].words.p : "");
	}
}

Test(codebook_io, zst_that_is_cut_or_damaged)
{
	struct str whole = zst(order_file(10), true);
	char *p = arena_alloc(&a, whole.n);

	for (size_t n = 0; n < whole.n; n++) {
		put("icd10cm_order_2026.txt.zst", (struct str){ whole.p, n });
		cr_expect(build() == E_MALFORMED && !b.cb && f.n == 1, "%zu bytes", n);
	}
	cr_expect(strstr(f.v[0].place.p, "icd10cm_order_2026.txt.zst") && strstr(f.v[0].words.p, "cut or damaged"));
	put("icd10cm_order_2026.txt.zst", joined(whole, S("more")));
	cr_expect(build() == E_MALFORMED && !b.cb, "bytes behind the frame");
	for (size_t i = 0; i < whole.n; i++) {
		memcpy(p, whole.p, whole.n);
		p[i] ^= 0x55;
		put("icd10cm_order_2026.txt.zst", (struct str){ p, whole.n });
		cr_expect(build() < 0 || codebook_count(b.cb, CS_ICD10CM) == 10, "byte %zu", i);
	}
}

/* The first and only fault. */
static void
expect_fault(const char *name, int rc, const char *place, const char *words, const char *fix)
{
	cr_expect(build() == rc && !b.cb, "%s", name);
	cr_assert(f.n == 1, "%s: %zu faults", name, f.n);
	cr_expect(strstr(f.v[0].place.p, place) && strstr(f.v[0].words.p, words) && strstr(f.v[0].fix.p, fix),
	    "%s: %s: %s: %s", name, f.v[0].place.p, f.v[0].words.p, f.v[0].fix.p);
}

/* The head of a frame that says how much it holds. */
static struct str
zst_head(unsigned long long size, int window)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_outBuffer out = { arena_alloc(&a, 1 << 20), 1 << 20, 0 };
	ZSTD_inBuffer in = { "00001", 5, 0 };

	cr_assert(c && out.dst);
	(void)ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, window);
	if (size)
		cr_assert(!ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(c, size)));
	cr_assert(!ZSTD_isError(ZSTD_compressStream2(c, &out, &in, ZSTD_e_flush)));
	(void)ZSTD_freeCCtx(c);
	return (struct str){ out.dst, out.pos };
}

Test(codebook_io, zst_with_a_large_window)
{
	put("x.txt.zst", zst_head(0, 28));
	expect_fault("window", E_UNSUPPORTED, "x.txt.zst", "window", "--long");
}

Test(codebook_io, zst_without_the_memory)
{
	const struct rlimit most = { (size_t)512 << 20, (size_t)512 << 20 };

	if (__asan_init)
		cr_skip_test("the sanitizer wants memory without bounds");
	put("x.txt.zst", zst_head((unsigned long long)900 << 20, 20));
	cr_assert(setrlimit(RLIMIT_AS, &most) == 0);
	expect_fault("memory", E_NOMEM, "x.txt.zst", "memory", "more memory");
}

/* ---- .zip ---- */

static struct str
zip_of(const char *name, struct str bytes)
{
	const char *path = arena_fmt(&a, "%s.zip", dir).p;
	zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
	struct str out;

	cr_assert(z && zip_file_add(z, name, zip_source_buffer(z, bytes.p, bytes.n, 0), 0) >= 0);
	cr_assert(zip_dir_add(z, "empty", 0) >= 0 && zip_close(z) == 0);
	cr_assert(file_read(&a, path, LIMIT_INPUT, &out) == 0);
	(void)unlink(path);
	return out;
}

Test(codebook_io, zip_archives)
{
	struct str order = order_file(10);
	const struct { const char *name; struct str bytes; int rc; } rows[] = {
		{ "a member", zip_of("icd10cm_order_2026.txt", order), 0 },
		{ "a member in a folder", zip_of("Code Descriptions/icd10cm_order_2026.txt", order), 0 },
		{ "a packed member", zip_of("icd10cm_order_2026.txt.zst", zst(order, true)), 0 },
		{ "an archive in an archive", zip_of("inner.zip", zip_of("icd10cm_order_2026.txt", order)), 0 },
		{ "an empty file", { order.p, 0 }, E_MALFORMED },
		{ "no archive", S("PK"), E_MALFORMED },
		{ "a member with a fault", zip_of("icd10cm_order_2026.txt", joined(order, S("nonsense\n"))), E_MALFORMED },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int rc;

		put("release.zip", rows[i].bytes);
		rc = build();
		cr_expect(rc == rows[i].rc && (rc < 0 || codebook_count(b.cb, CS_ICD10CM) == 10), "%s: %s",
		    rows[i].name, err_name(rc));
		cr_expect(rc == 0 || f.n == 1, "%s: %zu faults", rows[i].name, f.n);
	}
	cr_expect(strstr(f.v[0].place.p, "release.zip/icd10cm_order_2026.txt line 11"), "%s", f.v[0].place.p);
}

Test(codebook_io, zip_that_is_cut)
{
	struct str whole = zip_of("icd10cm_order_2026.txt", order_file(10));

	for (size_t n = 0; n < whole.n; n += 1 + n % 3) {
		put("release.zip", (struct str){ whole.p, n });
		cr_expect(build() == E_MALFORMED && !b.cb && f.n == 1, "%zu bytes", n);
	}
}

static void
u32_put(char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (char)(unsigned char)(v >> 8 * i);
}

/* An archive whose members claim more together than is ever unpacked is refused before the first is. */
Test(codebook_io, zip_that_claims_too_much)
{
	const char *path = path_of("x.zip");
	zip_t *z = zip_open(path, ZIP_CREATE, NULL);
	struct str text = order_file(10), bytes;
	char *p;

	cr_assert(z != NULL);
	for (int i = 0; i < 5; i++)
		cr_assert(zip_file_add(z, arena_fmt(&a, "%d/icd10cm_order_2026.txt", i).p,
		    zip_source_buffer(z, text.p, text.n, 0), 0) >= 0);
	cr_assert(zip_close(z) == 0 && file_read(&a, path, LIMIT_INPUT, &bytes) == 0);
	p = (char *)(uintptr_t)bytes.p;
	for (size_t i = 0; i + 30 < bytes.n; i++) {
		if (memcmp(p + i, "PK\1\2", 4) == 0)
			u32_put(p + i + 24, LIMIT_CODE_FILE);
		if (memcmp(p + i, "PK\3\4", 4) == 0)
			u32_put(p + i + 22, LIMIT_CODE_FILE);
	}
	put("x.zip", bytes);
	expect_fault("5 GB", E_LIMIT, "x.zip", "larger than 4 GB", "take it out");
}

/* ---- folders ---- */

static int	unknown;

static void
seen(void *arg, struct str path, int rows)
{
	(void)arg;
	(void)path;
	unknown += rows == E_UNSUPPORTED;
}

/* A file that has a fault is not also one of no table. */
Test(codebook_io, unknown_or_at_fault)
{
	const char *folder = dir;

	put("README.md", S("# not a table"));
	put("icd10cm_order_2026.txt", S("\xff\xfe" "0\1"));
	cr_expect(book_build(&folder, 1, &f, seen, NULL, &b) == E_UNSUPPORTED && f.n == 1 && unknown == 1, "%d unknown", unknown);
}

/* Nothing is left out without a word. */
Test(codebook_io, odd_entries)
{
	static const struct { const char *name, *to, *place, *words; } rows[] = {
		{ "a pipe", NULL, "/x", "neither a file nor a folder" },
		{ "a device", "/dev/null", "/x", "neither a file nor a folder" },
		{ "a link to nothing", "nothing", "/x", "neither a file nor a folder" },
		{ "a link to itself", "x", "/x", "neither a file nor a folder" },
		{ "a link to its folder", ".", "/x", "a link to a folder it lies in" },
		{ "a link to the folder above", "..", "/x", "a link to a folder it lies in" },
	};
	struct stat st;

	put("sub/icd10cm_order_2026.txt", order_file(10));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cr_assert((rows[i].to ? symlink(rows[i].to, path_of("sub/x")) : mkfifo(path_of("sub/x"), 0600)) == 0);
		expect_fault(rows[i].name, E_UNSUPPORTED, rows[i].place, rows[i].words, "take");
		cr_assert(unlink(path_of("sub/x")) == 0);
	}
	cr_assert(mkfifo(path_of("sub/z"), 0600) == 0 && symlink("nothing", path_of("sub/y")) == 0);
	expect_fault("two", E_UNSUPPORTED, "sub/y", "2 such entries", "take");
	cr_expect(lstat(path_of("sub/z"), &st) == 0);
}

/* Links that are no loops, and still more paths than anybody has files. */
Test(codebook_io, a_farm_of_links)
{
	for (int i = 0; i < 6; i++) {
		cr_assert(mkdir_p(path_of(arena_fmt(&a, "d%d", i).p)) == 0);
		for (int k = 0; k < 8; k++)
			cr_assert(symlink(arena_fmt(&a, "../d%d", i + 1).p, path_of(arena_fmt(&a, "d%d/l%d", i, k).p)) == 0);
	}
	put("d6/icd10cm_order_2026.txt", order_file(1));
	expect_fault("a farm", E_LIMIT, "/d0/", "more files", "nothing else");
}

/* Pipes are not waited for, wherever one is named. */
Test(codebook_io, pipes)
{
	const char *pipe = path_of("pipe");
	struct book m;
	const char *why;

	cr_assert(mkfifo(pipe, 0600) == 0);
	(void)alarm(20);
	cr_expect(book_build(&pipe, 1, &f, NULL, NULL, &b) == E_UNSUPPORTED && !b.cb && f.n == 1);
	cr_expect(book_map(pipe, true, &m, &why) == E_MALFORMED && !m.cb && why);
	(void)alarm(0);
}

Test(codebook_io, a_file_that_may_not_be_read)
{
	put("icd10cm_order_2026.txt", order_file(10));
	cr_assert(chmod(path_of("icd10cm_order_2026.txt"), 0) == 0 && chmod(dir, 0755) == 0);
	cr_assert(getuid() != 0 || seteuid(65534) == 0);	/* root may read everything */
	expect_fault("mode 0", E_IO, "icd10cm_order_2026.txt", "cannot be read", "may read it");
	cr_assert(seteuid(getuid()) == 0);
}

/* Folders of one name, and what is in them. */
Test(codebook_io, two_folders_of_one_name)
{
	static const struct { const char *name; size_t rows; int rc; } rows[] = { { "the same", 10, 0 },
	    { "another", 11, E_DUPLICATE } };
	const char *folders[] = { path_of("x/2026"), path_of("y/2026") };

	put("x/2026/icd10cm_order.txt", order_file(10));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		put("y/2026/icd10cm_order.txt", order_file(rows[i].rows));
		f = (struct faults){ .a = &a };
		cr_expect(book_build(folders, 2, &f, NULL, NULL, &b) == rows[i].rc && f.n == i, "%s: %zu faults",
		    rows[i].name, f.n);
		cr_expect(i == 1 || codebook_count(b.cb, CS_SOURCE) == 1, "%s", rows[i].name);
		book_close(&b);
	}
	cr_expect(f.n && strstr(f.v[0].words.p, "folder and name") && strstr(f.v[0].words.p, "rename"));
}

Test(codebook_io, folders)
{
	put("2026/icd10cm_order.txt", order_file(10));		/* the folder tells the release */
	put("2026/README.md", S("# not a table"));
	put("lists/pos.tsv", S("POS\tTITLE\n11\tOffice\n"));
	put(".hidden/icd10cm_order_2026.txt", S("nonsense"));
	cr_assert(build() == 0 && f.n == 0);
	cr_expect(codebook_count(b.cb, CS_ICD10CM) == 10 && codebook_count(b.cb, CS_POS) == 1);
	cr_expect(codebook_from(b.cb, CS_ICD10CM, 0) == day_of(2015, 10, 1));
	put("lists/carc.tsv", S("CARC\tTITLE\n\tno code\n"));
	cr_expect(build() < 0 && !b.cb && f.n == 1, "one bad file, and there is no book");
}

Test(codebook_io, a_folder_that_is_not_there)
{
	const char *none = "/nowhere/at/all";

	cr_expect(book_build(&none, 1, &f, NULL, NULL, &b) == E_NOT_FOUND && !b.cb && f.n == 1);
}

/* ---- maps ---- */

Test(codebook_io, maps)
{
	struct str bytes;
	struct book m;
	const char *why;
	char *p;

	put("codes/icd10cm_order_2026.txt", order_file(10));
	cr_assert(build() == 0);
	bytes = arena_str(&a, b.bytes);
	put("whole.clb", bytes);
	cr_assert(book_map(path_of("whole.clb"), true, &m, &why) == 0);
	cr_expect(codebook_count(m.cb, CS_ICD10CM) == 10 && str_eq(codebook_id(m.cb), codebook_id(b.cb)));
	put("whole.clb", S("replaced"));			/* by rename: the map keeps what it had */
	cr_expect(codebook_verify(m.cb, &why) == 0);
	book_close(&m);
	cr_expect(book_map(path_of("whole.clb"), false, &m, &why) == E_MALFORMED && !m.cb && why);
	cr_expect(book_map(path_of("none.clb"), false, &m, &why) == E_NOT_FOUND && !m.cb && why);
	cr_expect(book_map(dir, false, &m, &why) < 0 && !m.cb && why);
	put("empty.clb", STR_NONE);
	cr_expect(book_map(path_of("empty.clb"), false, &m, &why) == E_MALFORMED && !m.cb && why);
	put("cut.clb", (struct str){ bytes.p, bytes.n - 1 });
	cr_expect(book_map(path_of("cut.clb"), false, &m, &why) == E_DAMAGED && !m.cb && why);
	p = (char *)(uintptr_t)bytes.p;
	p[200] ^= 1;		/* a text */
	put("damaged.clb", bytes);
	cr_expect(book_map(path_of("damaged.clb"), false, &m, &why) == 0, "opening does not read all bytes");
	book_close(&m);
	cr_expect(book_map(path_of("damaged.clb"), true, &m, &why) == E_DAMAGED && !m.cb && why);
}
