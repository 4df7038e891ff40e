/* test_ledger.c - the ledger on a real disk: rotation, killed writers, torn writes, damage, reading. */
#include "support/ledger_fake.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- writing ---- */
static void
segment_path(char *out, size_t n, int64_t number)
{
	cr_assert((size_t)snprintf(out, n, "%.4000s/%06lld.cll", folder, (long long)number) < n);
}

Test(ledger_disk, writes_trims_rotates_and_goes_on, .init = folder_make, .fini = folder_drop)
{
	struct fake f = fake_new();
	struct ledger_status st;
	struct stat sb;
	struct ledger_writer *w;
	char path[4200];

	for (int round = 0; round < 5; round++) {
		w = writer(folder, 4000, round % 2 ? 0 : 7);
		cr_expect(f.shared->reads == 0 || tick(w, &f) == 0, "nothing new");
		make(&f, 10);
		drain(w, &f);
		expect_all(&f, "after a round");
		for (size_t i = 0; i < STREAMS; i++)
			cr_expect(f.shared->trimmed[i] == f.shared->head[i], "stream %zu is not trimmed", i);
		ledger_writer_status(w, &st);
		cr_expect(st.writing && st.note[0] == 0 && st.cuts == 0 && st.bytes > 0);
		ledger_writer_close(w);
	}
	cr_expect(st.segment > 5, "%lld segments", (long long)st.segment);
	cr_expect(stat(folder, &sb) == 0 && (sb.st_mode & 0777) == 0700);
	segment_path(path, sizeof path, 1);
	cr_expect(stat(path, &sb) == 0 && (sb.st_mode & 0777) == 0600);
}

/* The crash between write and trim: what is on disk must not be written again, and must be trimmed. */
Test(ledger_disk, written_but_not_trimmed, .init = folder_make, .fini = folder_drop)
{
	struct fake f = fake_new();
	struct ledger_writer *w = writer(folder, 1 << 20, 0);

	make(&f, 3);
	f.shared->trim_rc = E_STORE_DOWN;
	cr_expect(tick(w, &f) == 30, "written, though not trimmed");
	cr_expect(f.shared->trimmed[0] == 0 && tick(w, &f) == E_STORE_DOWN, "trimming comes before more is written");
	ledger_writer_close(w);
	w = writer(folder, 1 << 20, 0);
	f.shared->trim_rc = 0;
	cr_expect(tick(w, &f) == 0);
	for (size_t i = 0; i < STREAMS; i++)
		cr_expect(f.shared->trimmed[i] == f.shared->head[i]);
	expect_all(&f, "after the second writer");
	f.shared->read_rc = E_STORE_DOWN;
	cr_expect(tick(w, &f) == E_STORE_DOWN);
	f.shared->read_rc = 0;
	f.shared->right_rc = E_STORE_DOWN;
	cr_expect(tick(w, &f) == E_STORE_DOWN);
	f.shared->right_rc = 0;
	make(&f, 1);
	cr_expect(tick(w, &f) == 10);
	expect_all(&f, "after the store came back");
	ledger_writer_close(w);
}

/* ---- kill -9 ---- */
static uint32_t
random_of(uint32_t *seed)
{
	return *seed = *seed * 1664525u + 1013904223u;
}

Test(ledger_disk, killed_at_any_moment, .init = folder_make, .fini = folder_drop)
{
	struct fake f = fake_new();
	struct ledger_writer *w;
	uint32_t seed = 20260903;

	for (int kill_no = 0; kill_no < 60; kill_no++) {
		uint64_t reads = f.shared->reads, wanted = 1 + random_of(&seed) % 8, until = now_us() + 20000000;
		uint64_t extra = random_of(&seed) % 3000;
		struct seen s;
		int status, rc;
		pid_t pid = fork();

		cr_assert(pid >= 0);
		if (pid == 0)
			child_writes(&f, 30000);
		while (f.shared->reads < reads + wanted) {		/* it works: now anything may be under way */
			cr_assert(now_us() < until, "the writer does not get on");
			cr_assert(waitpid(pid, &status, WNOHANG) == 0, "the writer gave up with %x", (unsigned)status);
			feed(&f);
			(void)sched_yield();
		}
		for (until = now_us() + extra; now_us() < until;)
			feed(&f);
		cr_assert(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
		f.shared->holder = 0;					/* its right has run out */
		rc = look(&s, NULL);
		cr_assert(rc == 0 || rc == E_INCOMPLETE || rc == E_NOT_FOUND, "kill %d: %s", kill_no, err_name(rc));
		for (size_t i = 0; i < STREAMS; i++)
			cr_assert(s.next[i] >= f.shared->trimmed[i], "kill %d: trimmed before it was written", kill_no);
	}
	w = writer(folder, 30000, 0);
	drain(w, &f);
	ledger_writer_close(w);
	expect_all(&f, "after 60 kills");
}

/* ---- what a power cut leaves: any length of the last write ---- */
static size_t
count_torn(void)
{
	DIR *d = opendir(folder);
	size_t n = 0;

	for (struct dirent *e; d && (e = readdir(d));)
		n += strstr(e->d_name, ".torn-") != NULL;
	if (d)
		(void)closedir(d);
	return n;
}

Test(ledger_disk, torn_tail_is_cut_kept_and_recorded, .init = folder_make, .fini = folder_drop)
{
	struct fake f = fake_new();
	char path[4200];
	struct ledger_status st;
	struct ledger_writer *w;
	struct stat sb;
	size_t torn = 0;

	segment_path(path, sizeof path, 1);
	make(&f, 2);
	w = writer(folder, 1 << 20, 0);
	drain(w, &f);
	ledger_writer_close(w);
	for (int cut = 1; cut < 40; cut++) {
		uint64_t trimmed[STREAMS];
		struct seen s;

		for (size_t i = 0; i < STREAMS; i++)
			trimmed[i] = f.shared->trimmed[i];
		make(&f, 1);
		f.shared->trim_rc = 0;
		w = writer(folder, 1 << 20, 0);
		cr_assert(tick(w, &f) == 10);
		ledger_writer_close(w);
		for (size_t i = 0; i < STREAMS; i++)		/* the power went before the trim */
			f.shared->trimmed[i] = trimmed[i];
		cr_assert(stat(path, &sb) == 0 && truncate(path, sb.st_size - cut * 37) == 0);
		torn += look(&s, NULL) == E_INCOMPLETE;
		w = writer(folder, 1 << 20, 0);
		drain(w, &f);
		ledger_writer_status(w, &st);
		cr_expect((st.cuts == 1) == (st.note[0] != 0));
		ledger_writer_close(w);
		expect_all(&f, "after a cut");
		cr_expect(look(&s, NULL) == 0 && (size_t)s.cuts == torn && count_torn() == torn,
		    "%zu torn, %lld recorded, %zu kept", torn, (long long)s.cuts, count_torn());
	}
	cr_expect(torn > 30);
}

Test(ledger_disk, first_line_of_a_segment_torn, .init = folder_make, .fini = folder_drop)
{
	struct fake f = fake_new();
	char path[4200];
	struct ledger_writer *w = writer(folder, 1, 0);
	struct stat sb;

	make(&f, 1);
	drain(w, &f);
	ledger_writer_close(w);
	segment_path(path, sizeof path, 2);
	for (off_t n = 0; n < 60; n += 20) {			/* empty, then torn in its first line */
		int fd = open(path, O_RDWR | O_CREAT, 0600);

		cr_assert(fd >= 0 && pwrite(fd, "{\"n\":12,\"sync\":11,\"open\":[[\"cl:{0}:journal\",", 40, 0) == 40);
		cr_assert(ftruncate(fd, n) == 0 && close(fd) == 0);
		w = writer(folder, 1 << 20, 0);
		cr_expect(tick(w, &f) == 0);
		ledger_writer_close(w);
		cr_expect(stat(path, &sb) == 0 && (n ? sb.st_size > n : sb.st_size == 0));
		expect_all(&f, "after a torn first line");
		cr_assert(unlink(path) == 0);
	}
	make(&f, 1);
	w = writer(folder, 1 << 20, 0);
	drain(w, &f);
	ledger_writer_close(w);
	expect_all(&f, "at the end");
}

/* ---- damage: the writer must not paper over it ---- */
static void
flip(const char *path, off_t at)
{
	int fd = open(path, O_RDWR);
	char c;

	cr_assert(fd >= 0 && pread(fd, &c, 1, at) == 1);
	c = (char)(c ^ 4);
	cr_assert(pwrite(fd, &c, 1, at) == 1 && close(fd) == 0);
}

Test(ledger_disk, damage_stops_the_writer, .init = folder_make, .fini = folder_drop)
{
	struct fake f = fake_new();
	char path[4200], last[4200];
	struct ledger_status st;
	struct ledger_verify v;
	struct ledger_writer *w = writer(folder, 3000, 10);
	struct stat before, after;
	struct seen s;
	int64_t segment;

	make(&f, 6);
	drain(w, &f);
	make(&f, 1);
	drain(w, &f);
	ledger_writer_status(w, &st);
	ledger_writer_close(w);
	segment = st.segment;
	cr_assert(segment > 2);
	segment_path(last, sizeof last, segment);
	cr_assert(stat(last, &before) == 0);
	for (int what = 0; what < 3; what++) {
		static const char *const name[] = { "last segment", "end of the segment before", "segment before is gone" };
		off_t at = 40;

		segment_path(path, sizeof path, what ? segment - 1 : segment);
		if (what == 1) {
			cr_assert(stat(path, &after) == 0);
			at = after.st_size - 90;
		}
		if (what < 2)
			flip(path, at);
		else
			cr_assert(unlink(path) == 0);
		cr_expect(look(&s, &v) == E_CHAIN && v.why.what, "%s", name[what]);
		w = writer(folder, 3000, 10);
		make(&f, 1);
		for (int again = 0; again < 2; again++)
			cr_expect(tick(w, &f) == E_CHAIN, "%s", name[what]);
		ledger_writer_status(w, &st);
		cr_expect(!st.writing && st.note[0]);
		ledger_writer_close(w);
		cr_expect(stat(last, &after) == 0 && after.st_size == before.st_size && count_torn() == 0,
		    "%s: touched", name[what]);
		if (what < 2)
			flip(path, at);
	}
}

/* ---- reading ---- */
struct shown { int64_t last, total; int calls; };

static void
show(void *me, int64_t done, int64_t total)
{
	struct shown *s = me;

	cr_expect(done >= s->last && done <= total);
	*s = (struct shown){ done, total, s->calls + 1 };
}

Test(ledger_disk, explains_and_accounts_from_the_folder, .init = folder_make, .fini = folder_drop)
{
	struct fake f = fake_new();
	struct shown shown = { 0, 0, 0 };
	struct ledger_progress progress = { show, &shown };
	struct ledger_status st;
	struct ledger_verify v;
	struct arena a;
	struct str told;
	struct ledger_writer *w = writer(folder, 2000, 20);

	arena_init(&a, 0);
	ledger_verify_init(&v, &a, 0, NULL);
	cr_expect(ledger_folder_walk(folder, &v, NULL, NULL, NULL) == E_NOT_FOUND);
	cr_expect(ledger_folder_walk("/nowhere/at/all", &v, NULL, NULL, NULL) == E_NOT_FOUND);
	make(&f, 8);
	drain(w, &f);
	ledger_writer_status(w, &st);
	cr_expect(ledger_folder_explain(folder, S("00000001000000000000000000000005"), &a, &v, &progress, &told) == 1);
	cr_expect(str_starts(told, S("2026-09-03 10:22:09 audit a@h: checked -> cleared (pass, revision 3")), STR_FMT,
	    STR_ARG(told));
	cr_expect(shown.calls >= 2 && shown.last == shown.total && shown.last == v.bytes);
	ledger_verify_free(&v);
	ledger_verify_init(&v, &a, st.lines, st.sha);
	cr_expect(ledger_folder_gaps(folder, false, &a, &v, NULL, &told) == 0);
	cr_expect(str_eq(told, S("payer: 000000001 to 000000032, 32 sent, 0 void, 0 open, 0 missing\n")), STR_FMT,
	    STR_ARG(told));
	ledger_verify_free(&v);
	ledger_verify_init(&v, &a, st.lines + 1, st.sha);
	cr_expect(ledger_folder_walk(folder, &v, NULL, NULL, NULL) == E_CHAIN, "an anchor beyond the end");
	ledger_verify_free(&v);
	cr_expect(ledger_folder_explain(folder, S("nonsense"), &a, &v, NULL, &told) == E_VALUE);
	ledger_writer_close(w);
	arena_free(&a);
}
