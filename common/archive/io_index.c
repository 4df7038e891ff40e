/*
 * io_index.c - where each body is, in SQLite. Write-ahead log and synchronous = NORMAL: after a power cut the index
 * is whole but may lack its last commits; the writer then finds those blocks again behind the place it had reached,
 * because segments are on disk before the index is told. What it says is checked against the block it points to.
 */
#include "archive/io_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INDEX_VERSION	1
#define WAIT_MS		2000
#define PATH_ROOM	4200
#define LOOK_PIECE	(4 << 20)	/* about as much of it is looked at in one call of index_look */
#define LOOK_THROUGH	(256 << 20)	/* an index up to this size is checked whole when the writer opens it */

struct index {
	sqlite3		*db;
	sqlite3_stmt	*put, *mark, *find, *newest;
	dev_t		 dev;
	ino_t		 ino;
	off_t		 size;			/* when it was opened */
	bool		 open;			/* a transaction */
};

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS body (eid BLOB NOT NULL, revision INTEGER NOT NULL, segment INTEGER NOT NULL,"
    " offset INTEGER NOT NULL, nth INTEGER NOT NULL, PRIMARY KEY (eid, revision)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS upto (one INTEGER PRIMARY KEY CHECK (one = 1), segment INTEGER NOT NULL, size INTEGER NOT NULL);"
    "PRAGMA user_version = 1;";

static bool
path_of(char out[PATH_ROOM], const char *folder, const char *tail)
{
	return (size_t)snprintf(out, PATH_ROOM, "%s/index.db%s", folder, tail) < PATH_ROOM;
}

static int
error_of(const struct index *ix, int rc)
{
	int os = sqlite3_system_errno(ix->db);

	switch (rc & 0xff) {
	case SQLITE_OK: case SQLITE_ROW: case SQLITE_DONE: return 0;
	case SQLITE_FULL:	return E_NO_SPACE;
	case SQLITE_NOMEM:	return E_NOMEM;
	case SQLITE_BUSY: case SQLITE_LOCKED: return E_BUSY;
	case SQLITE_IOERR: case SQLITE_CANTOPEN:
		if (sqlite3_extended_errcode(ix->db) == SQLITE_IOERR_SHORT_READ)
			return E_DAMAGED;		/* a file that was cut */
		return os == ENOSPC || os == EDQUOT || os == EFBIG ? E_NO_SPACE : E_IO;
	case SQLITE_PERM: case SQLITE_READONLY: case SQLITE_AUTH: return E_IO;
	default:		return E_DAMAGED;	/* not a database, no such table, a page that makes no sense */
	}
}

static int
run(struct index *ix, const char *sql)
{
	return error_of(ix, sqlite3_exec(ix->db, sql, NULL, NULL, NULL));
}

static int
prepare(struct index *ix, const char *sql, sqlite3_stmt **out)
{
	return error_of(ix, sqlite3_prepare_v2(ix->db, sql, -1, out, NULL));
}

/* One integer, or def when there is no row. */
static int
ask(struct index *ix, const char *sql, int64_t def, int64_t *out)
{
	sqlite3_stmt *st = NULL;
	int rc = prepare(ix, sql, &st), step;

	*out = def;
	if (rc == 0) {
		step = sqlite3_step(st);
		rc = error_of(ix, step);
		if (step == SQLITE_ROW)
			*out = sqlite3_column_int64(st, 0);
	}
	(void)sqlite3_finalize(st);
	return rc;
}

/* The file is made by us: SQLite would give it, and the log beside it, the mode of the process. */
static int
make(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return seg_errno();
	(void)close(fd);
	return 0;
}

static int
look_through(struct index *ix)
{
	sqlite3_stmt *st = NULL;
	int rc = prepare(ix, "PRAGMA quick_check(1)", &st), step;

	if (rc == 0) {
		step = sqlite3_step(st);
		rc = error_of(ix, step);
		if (step == SQLITE_ROW && !str_is(str_of((const char *)sqlite3_column_text(st, 0)), "ok"))
			rc = E_DAMAGED;
	}
	(void)sqlite3_finalize(st);
	return rc;
}

static int
set_up(struct index *ix, bool writable)
{
	int64_t version;
	int rc;

	(void)sqlite3_busy_timeout(ix->db, WAIT_MS);
	(void)sqlite3_db_config(ix->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(ix->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	rc = run(ix, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;");
	if (rc == 0 && writable)
		rc = run(ix, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
	if (rc == 0)
		rc = ask(ix, "PRAGMA user_version", 0, &version);
	if (rc == 0 && version == 0 && writable) {
		rc = run(ix, schema);
		version = INDEX_VERSION;
	}
	if (rc == 0 && writable && ix->size <= LOOK_THROUGH)
		rc = look_through(ix);
	if (rc == 0 && version != INDEX_VERSION)
		rc = E_DAMAGED;
	if (rc == 0)
		rc = prepare(ix, "SELECT revision, segment, offset, nth FROM body WHERE eid = ? AND revision = ?", &ix->find);
	if (rc == 0)
		rc = prepare(ix, "SELECT revision, segment, offset, nth FROM body WHERE eid = ? ORDER BY revision DESC LIMIT 1",
		    &ix->newest);
	if (rc == 0 && writable)
		rc = prepare(ix, "INSERT OR REPLACE INTO body VALUES (?, ?, ?, ?, ?)", &ix->put);
	if (rc == 0 && writable)
		rc = prepare(ix, "INSERT OR REPLACE INTO upto VALUES (1, ?, ?)", &ix->mark);
	return rc;
}

int
index_open(struct index **out, const char *folder, bool writable)
{
	struct index *ix = calloc(1, sizeof *ix);
	char path[PATH_ROOM];
	struct stat st;
	int rc = 0;

	*out = NULL;
	if (!ix)
		return E_NOMEM;
	if (!path_of(path, folder, ""))
		rc = E_IO;
	if (rc == 0 && writable)
		rc = make(path);
	if (rc == 0 && stat(path, &st) < 0)
		rc = seg_errno();
	ix->size = rc == 0 ? st.st_size : 0;
	if (rc == 0)
		rc = sqlite3_open_v2(path, &ix->db, (writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY),
		    NULL) == SQLITE_OK ? set_up(ix, writable) : ix->db ? error_of(ix, sqlite3_errcode(ix->db)) : E_NOMEM;
	if (rc < 0) {
		index_close(ix);
		return rc;
	}
	ix->dev = st.st_dev;
	ix->ino = st.st_ino;
	*out = ix;
	return 0;
}

void
index_close(struct index *ix)
{
	if (!ix)
		return;
	(void)sqlite3_finalize(ix->put);
	(void)sqlite3_finalize(ix->mark);
	(void)sqlite3_finalize(ix->find);
	(void)sqlite3_finalize(ix->newest);
	(void)sqlite3_close_v2(ix->db);
	free(ix);
}

void
index_remove(const char *folder)
{
	static const char *const tails[] = { "", "-wal", "-shm" };
	char path[PATH_ROOM];

	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
		if (path_of(path, folder, tails[i]))
			(void)unlink(path);
}

bool
index_is_current(const struct index *ix, const char *folder)
{
	char path[PATH_ROOM];
	struct stat st;

	return path_of(path, folder, "") && stat(path, &st) == 0 && st.st_dev == ix->dev && st.st_ino == ix->ino;
}

/* ---- looking at it with other eyes: the writer works from its memory ---- */

/* Where slice i of n of all eids begins: they are hashes, and even. */
static void
slice_at(uint64_t i, uint64_t n, unsigned char out[17])
{
	uint64_t at = i * 65536 / n;

	memset(out, at > 65535 ? 0xff : 0, 17);
	if (at > 65535)
		return;
	out[0] = (unsigned char)(at >> 8);
	out[1] = (unsigned char)at;
}

static int
look_at_slice(struct index *ix, uint64_t i, uint64_t n)
{
	unsigned char from[17], upto[17];
	sqlite3_stmt *st = NULL;
	int rc = prepare(ix, "SELECT count(segment) FROM body WHERE eid >= ? AND eid < ?", &st);

	slice_at(i % n, n, from);
	slice_at(i % n + 1, n, upto);
	if (rc == 0) {
		(void)sqlite3_bind_blob(st, 1, from, 16, SQLITE_TRANSIENT);
		(void)sqlite3_bind_blob(st, 2, upto, sizeof upto, SQLITE_TRANSIENT);
		rc = error_of(ix, sqlite3_step(st));
	}
	(void)sqlite3_finalize(st);
	return rc;
}

int
index_look(const char *folder, uint64_t turn)
{
	struct index *ix;
	struct file_number upto;
	int rc = index_open(&ix, folder, false);

	if (rc < 0)
		return rc;
	rc = index_upto(ix, &upto);
	if (rc == 0)
		rc = ix->size <= LOOK_PIECE ? look_through(ix) :
		    look_at_slice(ix, turn, ix->size / LOOK_PIECE < 65536 ? (uint64_t)ix->size / LOOK_PIECE + 1 : 65536);
	index_close(ix);
	return rc;
}

/* ---- writing ---- */

int
index_begin(struct index *ix)
{
	int rc = run(ix, "BEGIN IMMEDIATE");

	ix->open = rc == 0;
	return rc;
}

void
index_rollback(struct index *ix)
{
	if (ix->open)
		(void)sqlite3_exec(ix->db, "ROLLBACK", NULL, NULL, NULL);
	ix->open = false;
}

static int
do_once(struct index *ix, sqlite3_stmt *st)
{
	int rc = error_of(ix, sqlite3_step(st));

	(void)sqlite3_reset(st);
	(void)sqlite3_clear_bindings(st);
	return rc;
}

int
index_put(struct index *ix, const struct archive_body *b, struct place at)
{
	(void)sqlite3_bind_blob(ix->put, 1, b->id.b, sizeof b->id.b, SQLITE_STATIC);
	(void)sqlite3_bind_int64(ix->put, 2, b->revision);
	(void)sqlite3_bind_int64(ix->put, 3, at.segment);
	(void)sqlite3_bind_int64(ix->put, 4, at.offset);
	(void)sqlite3_bind_int64(ix->put, 5, at.nth);
	return do_once(ix, ix->put);
}

int
index_commit(struct index *ix, struct file_number upto)
{
	int rc;

	(void)sqlite3_bind_int64(ix->mark, 1, upto.number);
	(void)sqlite3_bind_int64(ix->mark, 2, upto.size);
	rc = do_once(ix, ix->mark);
	if (rc == 0)
		rc = run(ix, "COMMIT");
	if (rc < 0)
		index_rollback(ix);
	ix->open = false;
	return rc;
}

/* ---- reading ---- */

int
index_find(struct index *ix, struct eid id, int64_t revision, int64_t *found, struct place *out)
{
	sqlite3_stmt *st = revision == ARCHIVE_NEWEST ? ix->newest : ix->find;
	int step, rc;

	(void)sqlite3_bind_blob(st, 1, id.b, sizeof id.b, SQLITE_TRANSIENT);
	if (st == ix->find)
		(void)sqlite3_bind_int64(st, 2, revision);
	step = sqlite3_step(st);
	rc = error_of(ix, step);
	if (step == SQLITE_ROW) {
		*found = sqlite3_column_int64(st, 0);
		*out = (struct place){ sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2), sqlite3_column_int64(st, 3) };
	} else if (rc == 0) {
		rc = E_NOT_FOUND;
	}
	(void)sqlite3_reset(st);
	(void)sqlite3_clear_bindings(st);
	return rc;
}

int
index_upto(struct index *ix, struct file_number *out)
{
	int rc = ask(ix, "SELECT segment FROM upto WHERE one = 1", 0, &out->number);

	return rc < 0 ? rc : ask(ix, "SELECT size FROM upto WHERE one = 1", 0, &out->size);
}

int
index_count(struct index *ix, int64_t *bodies)
{
	return ask(ix, "SELECT count(*) FROM body", 0, bodies);
}
