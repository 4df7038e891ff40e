/* test_ledger_full.c - the ledger when the disk is full, and when two processes want to write it. */
#include "audit/io_segment.h"
#include "base/file.h"
#include "support/ledger_fake.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- full disk ---- */
static void
full_then_free(struct fake *f, const char *how, void (*set)(bool full))
{
	struct ledger_writer *w = writer(folder, 1 << 20, 8);
	struct ledger_status st;
	struct seen s;

	make(f, 2);
	drain(w, f);
	for (int round = 0; round < 3; round++) {
		int rc;

		set(true);
		do {
			make(f, 5);
			rc = tick(w, f);
		} while (rc > 0);
		cr_expect(rc == E_NO_SPACE, "%s: %s", how, err_name(rc));
		cr_expect(tick(w, f) == E_NO_SPACE, "%s: still full", how);
		ledger_writer_status(w, &st);
		cr_expect(st.writing && st.note[0], "%s: nobody is told", how);
		cr_expect(look(&s, NULL) == 0, "%s: half a batch was left", how);
		for (size_t i = 0; i < STREAMS; i++)
			cr_expect(f->shared->trimmed[i] <= s.next[i], "%s: trimmed what is not on disk", how);
		set(false);
		drain(w, f);
		ledger_writer_status(w, &st);
		cr_expect(st.note[0] == 0 && st.cuts == 0, "%s: %s", how, st.note);
		expect_all(f, how);
	}
	ledger_writer_close(w);
}

static int64_t
largest(void)
{
	struct file_numbers v;
	struct arena a;
	int64_t size = 0;

	arena_init(&a, 0);
	if (segment_list(&a, folder, &v) == 0)
		for (size_t i = 0; i < v.n; i++)
			size = v.v[i].size > size ? v.v[i].size : size;
	arena_free(&a);
	return size;
}

static void
limit_file_size(bool full)
{
	struct rlimit r;

	cr_assert(getrlimit(RLIMIT_FSIZE, &r) == 0);
	r.rlim_cur = full ? (rlim_t)largest() + 2500 : r.rlim_max;
	cr_assert(setrlimit(RLIMIT_FSIZE, &r) == 0);
}

Test(ledger_full, file_size_limit_loses_nothing, .init = folder_make, .fini = folder_drop)
{
	struct fake f = fake_new();

	(void)signal(SIGXFSZ, SIG_IGN);
	full_then_free(&f, "file size limit", limit_file_size);
}

static void
fill_disk(bool full)
{
	static const char zero[4096];
	char path[4200];
	int fd;

	cr_assert((size_t)snprintf(path, sizeof path, "%.4000s/ballast", folder) < sizeof path);
	if (!full) {
		cr_assert(unlink(path) == 0);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	cr_assert(fd >= 0);
	while (write(fd, zero, sizeof zero) > 0)
		;
	cr_assert(errno == ENOSPC && ftruncate(fd, lseek(fd, 0, SEEK_END) - 8192) == 0 && close(fd) == 0);
}

Test(ledger_full, full_disk_loses_nothing, .init = folder_make, .fini = folder_drop)
{
	struct fake f = fake_new();

	cr_assert(mkdir_p(folder) == 0);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", folder, "tmpfs", 0, "size=2m,mode=0700") < 0) {
		(void)printf("skipped: no small file system can be mounted here\n");
		cr_skip_test("no mount");
		return;
	}
	full_then_free(&f, "full disk", fill_disk);
	cr_expect(umount2(folder, MNT_DETACH) == 0);
}

/* ---- two writers ---- */
Test(ledger_full, two_writers_one_writes, .init = folder_make, .fini = folder_drop)
{
	struct fake f = fake_new();
	struct ledger_writer *w = writer(folder, 1 << 20, 0);
	struct ledger_status st;
	int status;
	pid_t pid;

	make(&f, 3);
	cr_expect(tick(w, &f) == 30);
	pid = fork();
	cr_assert(pid >= 0);
	if (pid == 0) {					/* no right; then the right, but not the folder */
		struct ledger_writer *other = writer(folder, 1 << 20, 0);
		int ok = tick(other, &f) == E_BUSY;

		f.shared->holder = -1;
		ok = ok && tick(other, &f) == E_BUSY;
		ledger_writer_status(other, &st);
		_exit(ok && !st.writing ? 0 : 1);
	}
	cr_expect(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	f.shared->holder = getpid();
	make(&f, 3);
	cr_expect(tick(w, &f) == 30);
	expect_all(&f, "two writers");

	/* whoever loses the right lets the folder go, and the other one goes on where it stopped */
	f.shared->holder = 1;
	make(&f, 1);
	cr_expect(tick(w, &f) == E_BUSY);
	ledger_writer_status(w, &st);
	cr_expect(!st.writing);
	pid = fork();
	cr_assert(pid >= 0);
	if (pid == 0) {
		f.shared->holder = getpid();
		_exit(tick(writer(folder, 1 << 20, 0), &f) == 10 ? 0 : 1);
	}
	cr_expect(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	f.shared->holder = 0;
	make(&f, 1);
	cr_expect(tick(w, &f) == 10, "and back again");
	expect_all(&f, "after the change of writers");
	ledger_writer_close(w);
}

/* Two processes race for every tick, the right given to both: the lock alone must keep them apart. */
Test(ledger_full, the_lock_alone_keeps_two_apart, .init = folder_make, .fini = folder_drop)
{
	struct fake f = fake_new();
	uint64_t until = now_us() + 60000000;
	pid_t pid[2];

	f.shared->holder = -1;
	for (int i = 0; i < 2; i++) {
		pid[i] = fork();
		cr_assert(pid[i] >= 0);
		if (pid[i] == 0)
			child_writes(&f, 30000);
	}
	for (int round = 0; round < 200; round++) {
		uint64_t head = f.shared->head[0] + 1;

		make(&f, 1);
		while (f.shared->trimmed[0] < head) {
			cr_assert(now_us() < until, "nobody writes");
			(void)sched_yield();
		}
	}
	for (int i = 0; i < 2; i++)
		cr_assert(kill(pid[i], SIGKILL) == 0 && waitpid(pid[i], NULL, 0) == pid[i]);
	for (struct ledger_writer *w = writer(folder, 30000, 0); w; w = NULL) {
		drain(w, &f);
		ledger_writer_close(w);
	}
	expect_all(&f, "a race");
}
