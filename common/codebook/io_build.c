/*
 * io_build.c - folders of published files into a book: walks them, unpacks .zst, .zip and .xlsx, and hands the
 * bytes to the builder. What an archive claims is held against limits.def before it is believed.
 */
#include "codebook/io_book.h"

#include "base/file.h"
#include "codebook/xlsx.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>
#include <zstd.h>
#include <zstd_errors.h>

struct build {
	struct cb_build	*b;
	struct faults	*f;
	book_seen	 seen;
	void		*arg;
	struct arena	 names;
	size_t		 files;		/* entries of folders and archives so far */
	uint64_t	 unpacked;	/* bytes of the archive at hand */
};

/* A folder that is being read, and those it lies in. */
struct level { const struct level *up; dev_t dev; ino_t ino; };

static bool
ends_with(struct str s, const char *end)
{
	size_t n = strlen(end);

	return s.n >= n && str_ieq((struct str){ s.p + s.n - n, n }, str_of(end));
}

static int
fault(struct build *k, struct str path, int rc, const char *words, const char *fix)
{
	return fault_add(k->f, rc, path, str_of(words), str_of(fix));
}

/* A file that could not be read or unpacked; damage: how it looks when its bytes are wrong. */
static int
file_fault(struct build *k, struct str path, int rc, const char *damage)
{
	switch (rc) {
	case E_NOMEM:
		return fault(k, path, rc, "there is not enough memory for the file",
		    "end other programs, or use a machine with more memory");
	case E_LIMIT:
		return fault(k, path, rc, "the file is larger than 1 GB unpacked",
		    "no published table is: take it out of the folder");
	case E_UNSUPPORTED:
		return fault(k, path, rc, "the file is packed with a larger window than 128 MB",
		    "pack it without --long and --ultra");
	case E_NOT_FOUND:
		return fault(k, path, rc, "the file is no longer there", "start again when nobody changes the folder");
	case E_IO:
		return fault(k, path, rc, "the file cannot be read",
		    "see that this user may read it and enter its folders, and that the disk is sound");
	default:
		return fault(k, path, rc, damage, "take the file from its publisher again");
	}
}

/* Counts what an archive is about to give; true: more than any that is published. */
static bool
is_too_much(struct build *k, uint64_t bytes)
{
	const uint64_t most = (uint64_t)LIMIT_CODE_ARCHIVE_MB << 20;

	k->unpacked = bytes > most || k->unpacked + bytes > most ? most + 1 : k->unpacked + bytes;
	return k->unpacked > most;
}

static int
archive_fault(struct build *k, struct str path)
{
	return fault(k, path, E_LIMIT, "the archive is larger than 4 GB unpacked",
	    "no published archive is: take it out of the folder");
}

static int
too_many(struct build *k, struct str path)
{
	k->files = LIMIT_CODE_FILES;		/* whatever comes: no more */
	return fault(k, path, E_LIMIT, "more files or deeper folders than all published tables have",
	    "build from a folder that has nothing else");
}

static int	bytes_add(struct build *, struct str path, struct str bytes, int depth);

/* ---- .zst ---- */

static int
zst_error(size_t code)
{
	switch (ZSTD_isError(code) ? ZSTD_getErrorCode(code) : ZSTD_error_no_error) {
	case ZSTD_error_no_error:			return 0;
	case ZSTD_error_memory_allocation:		return E_NOMEM;
	case ZSTD_error_frameParameter_windowTooLarge:	return E_UNSUPPORTED;
	default:					return E_MALFORMED;
	}
}

/* *out: from malloc, as large as the frame says, or growing where it does not say. */
static int
zst_read(struct str bytes, char **out, size_t *n)
{
	unsigned long long claim = ZSTD_getFrameContentSize(bytes.p, bytes.n);
	size_t cap = claim && claim < LIMIT_CODE_FILE ? (size_t)claim : (size_t)1 << 20, left = 1;
	ZSTD_DCtx *d = ZSTD_createDCtx();
	ZSTD_inBuffer in = { bytes.p, bytes.n, 0 };
	bool full = true;		/* there may be more of the frame than there was room for */
	int rc = 0;

	*out = malloc(cap);
	*n = 0;
	while (rc == 0 && d && *out && (in.pos < in.size || full)) {
		ZSTD_outBuffer o = { *out, cap, *n };
		size_t before = in.pos;
		char *more;

		left = ZSTD_decompressStream(d, &o, &in);
		rc = o.pos > LIMIT_CODE_FILE ? E_LIMIT : zst_error(left);
		if (rc < 0 || (o.pos == *n && in.pos == before))
			break;
		*n = o.pos;
		full = left && *n == cap;
		if (!full)
			continue;
		more = realloc(*out, cap *= 2);
		rc = more ? 0 : E_NOMEM;
		*out = more ? more : *out;
	}
	rc = !d || !*out ? E_NOMEM : rc;
	(void)ZSTD_freeDCtx(d);
	return rc < 0 ? rc : left ? E_MALFORMED : 0;	/* left: the last frame is cut */
}

static int
zst_add(struct build *k, struct str path, struct str bytes, int depth)
{
	char *p;
	size_t n;
	int rc = zst_read(bytes, &p, &n);

	if (rc < 0)
		rc = file_fault(k, path, rc, "the zstd frame is cut or damaged");
	else if (is_too_much(k, n))
		rc = archive_fault(k, path);
	else
		rc = bytes_add(k, (struct str){ path.p, path.n - 4 }, (struct str){ p, n }, depth + 1);
	free(p);
	return rc;
}

/* ---- .zip ---- */

static int
member_read(zip_t *z, zip_uint64_t i, struct arena *a, struct str *out)
{
	zip_stat_t st;
	zip_file_t *f;
	char *p;
	zip_int64_t n = 0;

	if (zip_stat_index(z, i, 0, &st) != 0 || !(st.valid & ZIP_STAT_SIZE))
		return E_MALFORMED;
	if (st.size > LIMIT_CODE_FILE)
		return E_LIMIT;
	f = zip_fopen_index(z, i, 0);
	p = arena_alloc(a, st.size + 1);
	if (f && p)
		n = zip_fread(f, p, st.size + 1);	/* one more, so that the checksum is compared */
	if (f)
		(void)zip_fclose(f);
	*out = (struct str){ p, st.size };
	return !p ? E_NOMEM : !f || n < 0 || (zip_uint64_t)n != st.size ? E_MALFORMED : 0;
}

static zip_t *
zip_of(struct str bytes)
{
	zip_error_t e;
	/* none would be an empty archive */
	zip_source_t *src = bytes.n ? zip_source_buffer_create(bytes.p, bytes.n, 0, &e) : NULL;
	zip_t *z = src ? zip_open_from_source(src, ZIP_RDONLY | ZIP_CHECKCONS, &e) : NULL;

	if (src && !z)
		zip_source_free(src);
	return z;
}

static int
member_add(struct build *k, struct str path, zip_t *z, zip_uint64_t i, int depth)
{
	const char *name = zip_get_name(z, i, 0);
	struct str bytes, inner;
	struct arena a;
	int rc;

	if (!name || !*name || name[strlen(name) - 1] == '/' || strstr(name, "__MACOSX"))
		return 0;
	arena_init(&a, (size_t)LIMIT_CODE_FILE + LIMIT_ARENA);
	inner = arena_fmt(&a, "%.*s/%s", STR_ARG(path), name);
	rc = inner.p ? member_read(z, i, &a, &bytes) : E_NOMEM;
	if (rc < 0)
		rc = file_fault(k, inner, rc, "the archive member is damaged");
	else
		rc = bytes_add(k, inner, bytes, depth + 1);
	arena_free(&a);
	return rc;
}

/* What the members claim: one that gives more or less is damaged. */
static uint64_t
claim_of(zip_t *z, zip_int64_t i)
{
	zip_stat_t st;

	return i < 0 || zip_stat_index(z, (zip_uint64_t)i, 0, &st) != 0 || !(st.valid & ZIP_STAT_SIZE) ? 0 : st.size;
}

static int
archive_check(struct build *k, struct str path, zip_t *z, zip_int64_t n)
{
	if ((size_t)n > LIMIT_CODE_FILES - k->files)
		return too_many(k, path);
	k->files += (size_t)n;
	for (zip_int64_t i = 0; i < n; i++)
		if (is_too_much(k, claim_of(z, i)))
			return archive_fault(k, path);
	return 0;
}

static int
archive_add(struct build *k, struct str path, struct str bytes, int depth)
{
	zip_t *z = zip_of(bytes);
	zip_int64_t n = z ? zip_get_num_entries(z, 0) : 0;
	int rc;

	if (!z)
		return file_fault(k, path, E_MALFORMED, "the zip archive is cut or damaged");
	rc = archive_check(k, path, z, n);
	for (zip_int64_t i = 0; i < n && rc >= 0; i++) {
		int one = member_add(k, path, z, (zip_uint64_t)i, depth);

		rc = one == E_NOMEM || k->files == LIMIT_CODE_FILES || is_too_much(k, 0) ? one : rc;
	}
	zip_discard(z);
	return rc;
}

/* ---- .xlsx: the first sheet ---- */

static int
xlsx_add(struct build *k, struct str path, struct str bytes, int depth)
{
	zip_t *z = zip_of(bytes);
	zip_int64_t sheet = z ? zip_name_locate(z, "xl/worksheets/sheet1.xml", 0) : -1;
	zip_int64_t strings = z ? zip_name_locate(z, "xl/sharedStrings.xml", 0) : -1;
	struct str words = STR_NONE, cells = STR_NONE;
	struct arena a;
	struct buf out;
	int rc = sheet < 0 ? E_MALFORMED : 0;

	arena_init(&a, (size_t)LIMIT_CODE_FILE);
	buf_init(&out, &a);
	if (rc == 0 && is_too_much(k, claim_of(z, sheet) + claim_of(z, strings)))
		rc = E_LIMIT;
	if (rc == 0 && strings >= 0)
		rc = member_read(z, (zip_uint64_t)strings, &a, &words);
	if (rc == 0)
		rc = member_read(z, (zip_uint64_t)sheet, &a, &cells);
	if (rc == 0)
		rc = cb_xlsx_text(&a, words, cells, &out);
	if (rc < 0)
		rc = file_fault(k, path, rc, "the spreadsheet is cut or damaged, or has no first sheet");
	else
		rc = bytes_add(k, path, buf_view(&out), depth + 2);
	if (z)
		zip_discard(z);
	arena_free(&a);
	return rc;
}

/* ---- a file ---- */

static int
bytes_add(struct build *k, struct str path, struct str bytes, int depth)
{
	size_t before = k->f->n;
	bool more = k->f->more, is_unknown;
	int rc;

	if (depth < 2 && ends_with(path, ".zst"))
		return zst_add(k, path, bytes, depth);
	if (depth < 2 && ends_with(path, ".zip"))
		return archive_add(k, path, bytes, depth);
	if (depth < 2 && ends_with(path, ".xlsx"))
		return xlsx_add(k, path, bytes, depth);
	k->f->more = false;
	rc = cb_build_add(k->b, path, bytes, k->f);
	is_unknown = rc == E_UNSUPPORTED && k->f->n == before && !k->f->more;	/* else a fault says what it is */
	k->f->more |= more;
	if (k->seen && (rc >= 0 || is_unknown))
		k->seen(k->arg, path, rc);
	return rc;
}

static int
file_add(struct build *k, const char *disk, struct str path)
{
	struct arena a;
	struct str bytes;
	int rc;

	k->unpacked = 0;
	arena_init(&a, (size_t)LIMIT_CODE_FILE + LIMIT_ARENA);
	rc = file_read(&a, disk, LIMIT_CODE_FILE, &bytes);
	if (rc < 0)
		rc = file_fault(k, path, rc, "the file cannot be read");
	else
		rc = bytes_add(k, path, bytes, 0);
	arena_free(&a);
	return rc;
}

/* ---- a folder ---- */

/* Nothing may be left out without a word: a book without a file of its folder would look whole. */
static int
odd_fault(struct build *k, struct str path, const struct file_list *list)
{
	const char *one = "neither a file nor a folder: a pipe, a device, a link to nothing, or out of this user's reach";
	struct arena *a = &k->names;

	if (list->odd > 1)
		one = arena_fmt(a, "%s; the folder has %zu such entries", one, list->odd).p;
	return fault(k, path_join(a, path, list->odd_name), E_UNSUPPORTED, one ? one : "neither a file nor a folder",
	    "take it out of the folder, or mend the link");
}

/* The entries of the folder, in out, and which one it is, in here. path: as messages name it. */
static int
folder_open(struct build *k, struct str disk, struct str path, struct level *here, struct file_list *out)
{
	struct stat st;
	int depth = 0, rc;

	if (stat(disk.p, &st) != 0)
		return fault(k, path, E_NOT_FOUND, "the folder is no longer there", "start again when nobody changes the folder");
	for (const struct level *l = here->up; l; l = l->up, depth++)
		if (l->dev == st.st_dev && l->ino == st.st_ino)
			return fault(k, path, E_UNSUPPORTED, "a link to a folder it lies in", "take the link out of the folder");
	here->dev = st.st_dev;
	here->ino = st.st_ino;
	*out = (struct file_list){ .v = NULL };
	rc = depth > 8 ? E_LIMIT : dir_list_all(&k->names, disk.p, LIMIT_CODE_FILES - k->files, out);
	if (rc == E_LIMIT)
		return too_many(k, path);
	if (rc == E_NOMEM)
		return fault(k, path, rc, "there is not enough memory for the names of the folder",
		    "build from a folder with fewer files");
	if (out->odd)
		return odd_fault(k, path, out);
	k->files += out->n;
	return rc >= 0 ? rc : fault(k, path, rc, "the folder cannot be read", "see that this user may read and enter it");
}

static int
folder_add(struct build *k, struct str disk, struct str path, const struct level *up)
{
	struct level here = { .up = up };
	struct file_list list;
	int rc = folder_open(k, disk, path.n ? path : disk, &here, &list);

	for (size_t i = 0; rc >= 0 && i < list.n; i++) {
		struct str at = path_join(&k->names, disk, list.v[i].name), name = path_join(&k->names, path, list.v[i].name);
		int one = !at.p || !name.p ? E_NOMEM : list.v[i].is_folder ? folder_add(k, at, name, &here) :
		    file_add(k, at.p, name);

		rc = one == E_NOMEM || k->files == LIMIT_CODE_FILES ? one : rc;
	}
	return rc;
}

static struct str
last_part(struct str path)
{
	size_t at;

	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	for (at = path.n; at && path.p[at - 1] != '/'; at--)
		;
	path = (struct str){ path.p + at, path.n - at };
	return str_is(path, ".") || str_is(path, "..") ? STR_NONE : path;
}

/* A folder goes by its last part, a single file by that of its folder and its own: they tell the release. */
static int
root_add(struct build *k, struct str disk)
{
	struct str name = last_part(disk), folder;
	struct stat st;

	if (stat(disk.p, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return fault(k, disk, E_NOT_FOUND, "there is no such file or folder", "see how it is spelled");
	if (stat(disk.p, &st) != 0)
		return file_fault(k, disk, E_IO, NULL);
	if (S_ISDIR(st.st_mode))
		return folder_add(k, disk, arena_str(&k->names, name), NULL);
	if (!S_ISREG(st.st_mode))
		return fault(k, disk, E_UNSUPPORTED, "neither a file nor a folder, but a pipe or a device",
		    "name a file or a folder");
	folder = name.n < disk.n ? last_part((struct str){ disk.p, disk.n - name.n }) : STR_NONE;
	return file_add(k, disk.p, path_join(&k->names, folder, name));
}

int
book_build(const char *const *folders, size_t n, struct faults *f, book_seen seen, void *arg, struct book *out)
{
	struct build k = { .f = f, .seen = seen, .arg = arg };
	size_t before = f->n;
	const char *why;
	int rc = cb_build_new(&k.b);

	*out = (struct book){ 0 };
	arena_init(&k.names, 0);
	for (size_t i = 0; i < n && rc >= 0; i++) {
		int one = root_add(&k, str_of(folders[i]));

		rc = one == E_NOMEM || k.files == LIMIT_CODE_FILES ? one : rc;
	}
	arena_free(&k.names);
	if (rc >= 0 && f->n > before)
		rc = f->v[before].rc;
	if (rc >= 0)
		rc = cb_build_finish(k.b, f, &out->bytes);
	if (rc >= 0)
		rc = codebook_open(out->bytes, &out->cb, &why);
	out->build = k.b;
	if (rc < 0)
		book_close(out);
	return rc;
}
