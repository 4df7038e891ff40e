/*
 * io_ledger.c - the one writer of a ledger. What is not known to be on disk is taken back: after an error
 * the segment is cut to the last fsync and the chain with it, so that the next try starts from the truth.
 */
#include "audit/io_ledger.h"
#include "audit/io_segment.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_ENTRIES	1024

struct ledger_writer {
	struct ledger_options	 opt;
	char			*folder, *instance;
	struct arena		 a;			/* the chain's */
	struct ledger_chain	 chain;
	int			 dir, fd;		/* -1 when not open; the lock is on dir */
	bool			 active;		/* locked, resumed, ready to append */
	bool			 damaged;		/* found so: not read again and again */
	bool			 dirty;			/* bytes behind `size` that must go before anything is written */
	int64_t			 segment, size;		/* size: bytes on disk */
	int64_t			 cut;			/* bytes of a torn write, to be recorded; 0 none */
	char			 cut_sha[LEDGER_HEX + 1];
	bool			 untrimmed[LIMIT_LEDGER_STREAMS];	/* by index of chain.marks */
	size_t			 max;
	struct ledger_status	 status;
};

static int __attribute__((format(printf, 3, 4)))
note(struct ledger_writer *w, int rc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(w->status.note, sizeof w->status.note, fmt, ap);
	va_end(ap);
	return rc;
}

/* ---- opening and closing ---- */
int
ledger_writer_open(struct ledger_writer **out, const struct ledger_options *o)
{
	struct ledger_writer *w = calloc(1, sizeof *w);
	int rc;

	*out = NULL;
	if (!w)
		return E_NOMEM;
	w->opt = *o;
	w->dir = w->fd = -1;
	w->max = o->max_entries ? o->max_entries : MAX_ENTRIES;
	w->folder = strdup(o->folder);
	w->instance = strndup(o->instance.p ? o->instance.p : "", o->instance.n);
	arena_init(&w->a, 0);
	rc = w->folder && w->instance ? mkdir_p(w->folder) : E_NOMEM;
	if (rc < 0) {
		ledger_writer_close(w);
		return rc;
	}
	w->opt.folder = w->folder;
	w->opt.instance = str_of(w->instance);
	*out = w;
	return 0;
}

/*
 * After a failed fsync the kernel may call pages clean that never reached the disk; cutting them off and
 * writing them anew is the only way to know. So nothing else happens until the cut has worked.
 */
static int
clean(struct ledger_writer *w)
{
	if (w->dirty && ftruncate(w->fd, w->size) < 0)
		return note(w, segment_errno(), "cannot take a failed write back");
	w->dirty = false;
	return 0;
}

/* Closing the folder gives its lock up. */
static void
let_go(struct ledger_writer *w)
{
	(void)clean(w);
	if (w->fd >= 0)
		(void)close(w->fd);
	if (w->dir >= 0)
		(void)close(w->dir);
	w->dir = w->fd = -1;
	w->active = w->dirty = false;
	w->cut = 0;
	arena_reset(&w->a);
}

void
ledger_writer_close(struct ledger_writer *w)
{
	if (!w)
		return;
	let_go(w);
	arena_free(&w->a);
	free(w->folder);
	free(w->instance);
	free(w);
}

void
ledger_writer_status(const struct ledger_writer *w, struct ledger_status *out)
{
	*out = w->status;
	out->writing = w->active;
	if (!w->active)
		return;
	out->segment = w->segment;
	out->lines = w->chain.n;
	out->bytes = w->size;
	memcpy(out->sha, w->chain.sha, sizeof out->sha);
}

static int
lock_folder(struct ledger_writer *w)
{
	int up;

	w->dir = open(w->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->dir < 0)
		return note(w, segment_errno(), "cannot open the ledger folder");
	if (flock(w->dir, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? E_BUSY : segment_errno();
	if (fchmod(w->dir, 0700) < 0)
		return note(w, segment_errno(), "the ledger folder belongs to somebody else");
	up = openat(w->dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (up >= 0) {
		(void)fsync(up);		/* the folder's own name; where that is not ours to sync, it is old */
		(void)close(up);
	}
	return 0;
}

/* ---- resuming ---- */
static int
resume_some(void *me, struct str bytes, bool last, size_t *used)
{
	struct ledger_resume *r = me;
	const char *end;
	int rc = 0;

	*used = 0;
	while (rc >= 0 && (end = memchr(bytes.p + *used, '\n', bytes.n - *used))) {
		struct str line = { bytes.p + *used, (size_t)(end - bytes.p) - *used };

		rc = ledger_resume_line(r, line);
		*used += line.n + 1;
	}
	if (rc >= 0 && bytes.n - *used > LIMIT_LEDGER_LINE) {
		rc = ledger_resume_line(r, (struct str){ bytes.p + *used, bytes.n - *used });
		*used = bytes.n;
	}
	(void)last;			/* what has no end is torn: it is beyond r->good */
	return rc;
}

static int
scan(struct ledger_writer *w, int64_t number, struct ledger_resume *r, int64_t *size)
{
	struct stat st;
	int fd = segment_open(w->dir, number, O_RDONLY), rc;

	if (fd < 0)
		return fd;
	rc = segment_read(fd, resume_some, r);
	if (rc >= 0 && fstat(fd, &st) < 0)
		rc = segment_errno();
	*size = rc < 0 ? 0 : st.st_size;
	(void)close(fd);
	return rc < 0 ? rc : 0;
}

/* The segment before must be whole, and end with what the first line of this one says. */
static int
check_before(struct ledger_writer *w, struct ledger_resume *r, struct arena *a)
{
	struct ledger_line l;
	struct str line;
	int fd, rc;

	if (w->segment == 1)
		return r->before_n == 0 ? 0 : E_CHAIN;
	fd = segment_open(w->dir, w->segment - 1, O_RDONLY);
	if (fd < 0)
		return fd == E_NOT_FOUND ? E_CHAIN : fd;
	rc = segment_last_line(a, fd, &line);
	(void)close(fd);
	if (rc < 0)
		return rc;
	return ledger_holds(a, line, &l) && l.n == r->before_n && str_is(l.sha, r->before_sha) ? 0 : E_CHAIN;
}

static int
cut_torn(struct ledger_writer *w, int64_t good, int64_t size)
{
	int rc = segment_save_torn(w->dir, w->fd, w->segment, good, w->cut_sha);

	if (rc < 0)
		return note(w, rc, "cannot keep a copy of the torn end of segment %06lld", (long long)w->segment);
	if (ftruncate(w->fd, good) < 0)
		return segment_errno();
	w->cut = size - good;
	w->status.cuts++;
	return note(w, 0, "%lld bytes of a torn write were cut off the end of segment %06lld and kept beside it",
	    (long long)w->cut, (long long)w->segment);
}

/* The last segment may hold nothing that verifies: then the chain ends in the one before. */
static int
resume_chain(struct ledger_writer *w, struct ledger_resume *r, struct arena *a, int64_t *size)
{
	struct ledger_resume before;
	int64_t before_size;
	int rc = scan(w, w->segment, r, size);

	if (rc < 0 || r->good > 0)
		return rc < 0 ? rc : check_before(w, r, a);
	ledger_chain_init(&w->chain, &w->a);
	if (w->segment == 1)
		return 0;
	ledger_resume_init(&before, &w->chain);
	rc = scan(w, w->segment - 1, &before, &before_size);
	if (rc >= 0 && (before.torn || before.good != before_size || before_size == 0))
		rc = E_CHAIN;
	if (rc == E_CHAIN)
		r->why = before.why;
	ledger_resume_free(&before);
	return rc == E_NOT_FOUND ? E_CHAIN : rc;
}

static int
resume_last(struct ledger_writer *w, struct arena *a)
{
	struct ledger_resume r;
	int64_t size = 0;
	int rc;

	ledger_resume_init(&r, &w->chain);
	rc = resume_chain(w, &r, a, &size);
	if (rc == E_CHAIN)
		(void)note(w, rc, "the ledger is damaged near line %lld (%s): nothing is written until a person has "
		    "looked (ledger verify) and restarted this program", (long long)w->chain.n + 1,
		    r.why.what ? r.why.what : "segments do not join");
	w->fd = rc < 0 ? -1 : segment_open(w->dir, w->segment, O_RDWR);
	if (rc >= 0 && w->fd < 0)
		rc = w->fd;
	if (rc >= 0 && r.good < size)
		rc = cut_torn(w, r.good, size);
	if (rc >= 0 && (fchmod(w->fd, 0600) < 0 || fsync(w->fd) < 0 || fsync(w->dir) < 0))
		rc = segment_errno();
	w->size = r.good;
	ledger_resume_free(&r);
	return rc;
}

static int
resume(struct ledger_writer *w, struct arena *a)
{
	struct file_numbers s;
	int rc = lock_folder(w);

	if (rc < 0)
		return rc;
	w->status.note[0] = 0;
	ledger_chain_init(&w->chain, &w->a);
	w->segment = w->size = 0;
	rc = segment_list(a, w->folder, &s);
	if (rc >= 0 && s.n) {
		w->segment = s.v[s.n - 1].number;
		rc = resume_last(w, a);
	}
	if (rc < 0)
		return rc;
	w->chain.synced = w->chain.n;
	memset(w->untrimmed, true, sizeof w->untrimmed);	/* on disk, perhaps not trimmed before the crash */
	w->active = true;
	return 0;
}

/* ---- writing ---- */
static int
next_segment(struct ledger_writer *w)
{
	int fd;

	if (w->segment && w->size < w->opt.segment_bytes)
		return 0;
	if (w->segment >= LIMIT_LEDGER_SEGMENTS)
		return note(w, E_LIMIT, "the ledger has all the segments it may have");
	fd = segment_open(w->dir, w->segment + 1, O_RDWR | O_CREAT | O_EXCL);
	if (fd < 0)
		return fd;
	if (fsync(fd) < 0 || fsync(w->dir) < 0) {
		char name[SEGMENT_NAME];
		int rc = segment_errno();

		segment_name(w->segment + 1, name);
		(void)unlinkat(w->dir, name, 0);
		(void)close(fd);
		return rc;
	}
	if (w->fd >= 0)
		(void)close(w->fd);
	w->fd = fd;
	w->segment++;
	w->size = 0;
	return 0;
}

static int
put(struct ledger_writer *w, struct str bytes)
{
	size_t done = 0;

	while (done < bytes.n) {
		ssize_t n = pwrite(w->fd, bytes.p + done, bytes.n - done, w->size + (off_t)done);

		if (n < 0 && errno != EINTR)
			return segment_errno();
		done += n > 0 ? (size_t)n : 0;
	}
	return fdatasync(w->fd) < 0 ? segment_errno() : 0;
}

static int
append(struct ledger_writer *w, struct buf *b, const struct journal_entry *e, size_t n)
{
	int lines = 0, rc = 0;

	if (w->size == 0)
		rc = ledger_append_open(&w->chain, b);
	if (rc >= 0 && w->cut)
		rc = ledger_append_cut(&w->chain, w->cut, w->cut_sha, b);
	for (size_t i = 0; rc >= 0 && i < n; i++) {
		struct ledger_source s = { e[i].stream, e[i].id, e[i].header, e[i].rows, e[i].flags };

		rc = ledger_append(&w->chain, &s, b);
		lines += rc > 0;
	}
	return rc < 0 ? rc : lines;
}

/* One write, one fsync. The arena holds the lines until then. */
static int
write_batch(struct ledger_writer *w, struct arena *a, const struct journal_entry *e, size_t n)
{
	struct ledger_back back;
	struct buf b;
	int lines, rc = clean(w);

	if (rc >= 0)
		rc = next_segment(w);
	if (rc >= 0)
		rc = ledger_remember(&w->chain, a, &back);
	if (rc < 0)
		return rc;
	buf_init(&b, a);
	lines = append(w, &b, e, n);
	rc = lines < 0 ? lines : 0;
	if (rc >= 0 && b.n) {
		rc = put(w, buf_view(&b));
		w->dirty = rc < 0;
	}
	if (rc < 0) {
		ledger_forget(&w->chain, &back);
		(void)clean(w);
		return rc;
	}
	w->size += (int64_t)b.n;
	w->cut = 0;
	w->chain.synced = w->chain.n;
	return lines;
}

/* ---- the journal ---- */
static int
trim(struct ledger_writer *w, struct store *s, struct arena *a)
{
	for (size_t i = 0; i < w->chain.n_marks; i++) {
		const struct ledger_mark *m = &w->chain.marks[i];
		struct str id;
		int rc;

		if (!w->untrimmed[i] || (m->id.ms == 0 && m->id.seq == 0))
			continue;
		id = ledger_id_text(a, m->id);
		rc = id.p ? s->ops->journal_trim(s, m->stream, id) : E_NOMEM;
		if (rc < 0)
			return rc;
		w->untrimmed[i] = false;
	}
	return 0;
}

static int
read_journal(struct ledger_writer *w, struct store *s, struct arena *a, struct journal_entry **out, size_t *n)
{
	const struct ledger_chain *c = &w->chain;
	struct journal_entry *after = arena_array(a, c->n_marks + 1, sizeof *after);
	size_t known = 0;

	if (!after)
		return E_NOMEM;
	for (size_t i = 0; i < c->n_marks; i++)
		if (c->marks[i].id.ms || c->marks[i].id.seq)
			after[known++] = (struct journal_entry){
				.stream = c->marks[i].stream, .id = ledger_id_text(a, c->marks[i].id),
			};
	*out = NULL;
	*n = 0;
	return a->spent ? E_NOMEM : s->ops->journal_read(s, after, known, w->max, a, out, n);
}

static void
mark_untrimmed(struct ledger_writer *w, const struct journal_entry *e, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t m = 0; m < w->chain.n_marks; m++)
			if (str_eq(w->chain.marks[m].stream, e[i].stream))
				w->untrimmed[m] = true;
}

static int
copy_journal(struct ledger_writer *w, struct store *s, struct arena *a)
{
	struct journal_entry *e;
	size_t n;
	int lines, rc = trim(w, s, a);

	if (rc >= 0)
		rc = read_journal(w, s, a, &e, &n);
	if (rc < 0)
		return rc;
	lines = n || w->cut ? write_batch(w, a, e, n) : 0;
	if (lines < 0)
		return lines;
	mark_untrimmed(w, e, n);
	(void)trim(w, s, a);		/* not reached now: the next tick trims first */
	return lines;
}

/* An old note stays until writing works again; a cut is worth telling until the process ends. */
static void
explain_error(struct ledger_writer *w, int rc)
{
	if (rc == E_NO_SPACE)
		(void)note(w, rc, "the disk under the ledger is full: the journal waits in the store");
	else if (rc == E_IO)
		(void)note(w, rc, "the disk under the ledger does not answer: the journal waits in the store");
	else if (rc < 0 && rc != E_CHAIN)
		(void)note(w, rc, "the ledger waits: %s", err_text(rc));
	else if (rc >= 0 && !w->status.cuts)
		w->status.note[0] = 0;
}

int
ledger_tick(struct ledger_writer *w, struct store *s, struct arena *a)
{
	int rc = s->ops->right(s, "ledger", w->opt.instance, w->opt.right_ms);

	if (rc == E_BUSY)
		let_go(w);
	if (rc < 0)
		return rc;
	if (w->damaged)
		return E_CHAIN;
	if (!w->active) {
		rc = resume(w, a);
		w->damaged = rc == E_CHAIN;
		if (rc < 0)
			let_go(w);
	}
	if (rc >= 0)
		rc = copy_journal(w, s, a);
	if (rc == E_NOMEM && w->max > 1)
		w->max /= 2;		/* entries larger than we thought: fewer at once */
	explain_error(w, rc);
	return rc;
}
