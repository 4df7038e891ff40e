/* io_ledger_read.c - reading a ledger: verify, explain, gaps. Never writes, takes no lock. */
#include "audit/io_ledger.h"
#include "audit/io_segment.h"

#include <fcntl.h>
#include <unistd.h>

struct walk {
	struct ledger_verify		*v;
	ledger_line_fn			 fn;
	void				*me;
	const struct ledger_progress	*progress;
	int64_t				 total;
	bool				 is_last;	/* segment */
};

static int
walk_some(void *me, struct str bytes, bool last, size_t *used)
{
	struct walk *w = me;
	int rc = ledger_verify_some(w->v, bytes, last, used, w->fn, w->me);

	if (w->progress && w->progress->show) {
		int64_t total = w->total > w->v->bytes ? w->total : w->v->bytes;

		w->progress->show(w->progress->me, w->v->bytes, total);
	}
	return rc == E_INCOMPLETE && !w->is_last ? E_CHAIN : rc;	/* only the last segment may be written to */
}

int
ledger_folder_walk(const char *folder, struct ledger_verify *v, ledger_line_fn fn, void *me,
    const struct ledger_progress *progress)
{
	struct walk w = { .v = v, .fn = fn, .me = me, .progress = progress };
	struct file_numbers s = { NULL, 0 };
	struct arena a;
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = dir < 0 ? segment_errno() : 0;

	arena_init(&a, 0);
	if (rc >= 0)
		rc = segment_list(&a, folder, &s);
	if (rc >= 0 && !s.n)
		rc = E_NOT_FOUND;
	for (size_t i = 0; i < s.n; i++)
		w.total += s.v[i].size;
	for (size_t i = 0; rc >= 0 && i < s.n; i++) {
		int fd;

		w.is_last = i + 1 == s.n;
		rc = ledger_verify_segment(v, s.v[i].number);
		fd = rc < 0 ? rc : segment_open(dir, s.v[i].number, O_RDONLY);
		if (fd < 0) {
			rc = fd;
			break;
		}
		rc = segment_read(fd, walk_some, &w);
		(void)close(fd);
	}
	if (dir >= 0)
		(void)close(dir);
	arena_free(&a);
	return rc < 0 ? rc : ledger_verify_end(v);
}

struct explain { struct ledger_story story; struct ledger_gaps gaps; struct arena scratch; };

static int
explain_line(void *me, struct str line)
{
	struct explain *x = me;

	return ledger_story_add(&x->story, &x->scratch, line);
}

int
ledger_folder_explain(const char *folder, struct str eid, struct arena *a, struct ledger_verify *v,
    const struct ledger_progress *progress, struct str *out)
{
	struct explain x;
	int rc = ledger_story_init(&x.story, a, eid), told;

	*out = STR_NONE;
	if (rc < 0)
		return rc;
	arena_init(&x.scratch, 0);
	rc = ledger_folder_walk(folder, v, explain_line, &x, progress);
	arena_free(&x.scratch);
	told = ledger_story_tell(a, &x.story, out);
	return rc < 0 ? rc : told < 0 ? told : (int)x.story.n;
}

static int
gaps_line(void *me, struct str line)
{
	struct explain *x = me;

	return ledger_gaps_add(&x->gaps, &x->scratch, line);
}

int
ledger_folder_gaps(const char *folder, bool every, struct arena *a, struct ledger_verify *v,
    const struct ledger_progress *progress, struct str *out)
{
	struct explain x;
	int rc, told;

	ledger_gaps_init(&x.gaps, a);
	arena_init(&x.scratch, 0);
	rc = ledger_folder_walk(folder, v, gaps_line, &x, progress);
	arena_free(&x.scratch);
	told = ledger_gaps_tell(a, &x.gaps, every, out);
	return rc < 0 ? rc : told;
}
