/*
 * test_cold_harm.c - the archive comes to harm: damaged, cut, lost, written to by a process that dies, full. Claims
 * go on, nothing comes out wrong, and what is lost is said.
 */
#include "integration/cold_answers.h"

/* ---- index or segment damaged while audit is at it ---- */

static void
overwrite(const char *path)
{
	int fd = open(path, O_WRONLY);
	char noise[4096];

	memset(noise, 0xa5, sizeof noise);
	cr_assert(fd >= 0);
	for (off_t at = 0, size = lseek(fd, 0, SEEK_END); at < size; at += (off_t)sizeof noise)
		cr_assert(pwrite(fd, noise, size - at < (off_t)sizeof noise ? (size_t)(size - at) : sizeof noise, at) > 0);
	(void)close(fd);
}

static bool
is_sound(struct site *s, void *arg)
{
	struct archive_check k;

	(void)arg;
	return archive_verify(site_path(s, "archive").p, true, &k) == 0 && k.bodies == 10;
}

Test(cold, index_damaged_meanwhile)
{
	begin();
	cr_assert(site_feed(&site, 0, 10) && site_wait_count(&site, ST_SENT, 10), "%s", site.why);
	wait_cold(0, 10);
	cr_assert(site_wait(&site, is_sound, NULL, "sound"), "%s", site.why);
	overwrite(site_path(&site, "archive/index.db").p);
	overwrite(site_path(&site, "archive/index.db-wal").p);
	cr_expect(!is_sound(&site, NULL));
	cr_expect(site_wait(&site, is_sound, NULL, "made anew"), "%s", site.why);
	for (unsigned i = 0; i < 10; i++)
		cr_expect(is_whole(i), "E%u", i);
	cr_expect(site_wait_log(&site, SITE_AUDIT, 0, "index.db was damaged while in use"), "%s", site.why);
	end();
}

Test(cold, segment_cut_meanwhile)
{
	unsigned whole = 0;

	begin();
	cr_assert(site_feed(&site, 0, 10) && site_wait_count(&site, ST_SENT, 10), "%s", site.why);
	wait_cold(0, 10);
	cr_assert(truncate(site_path(&site, "archive/00000001.cla").p, 0) == 0);
	cr_assert(site_feed(&site, 10, 10) && site_wait_count(&site, ST_SENT, 20), "%s", site.why);
	wait_cold(10, 10);
	for (unsigned i = 10; i < 20; i++)
		whole += is_whole(i);
	cr_expect(whole == 10, "%u of what came later", whole);
	cr_expect(site_wait_log(&site, SITE_AUDIT, 0, "is not as it was left"), "%s", site.why);
	cr_expect(site_wait(&site, is_sound, NULL, "sound, without what was cut"), "%s", site.why);
	end();
}

/* ---- a body that is lost for good ---- */

static bool
is_buried(struct site *s, void *arg)
{
	(void)arg;
	return site_count(s, ST_BURIED) == 1 && site_count(s, ST_VOID) == 1;
}

/* Its claim does not wait for what never comes: people have it, and can end it. */
Test(cold, lost_in_the_archive)
{
	struct range later = { 10, 10, true };

	begin();
	cr_assert(site_feed(&site, 0, 10) && site_wait_count(&site, ST_SENT, 10), "%s", site.why);
	wait_cold(0, 10);
	overwrite(site_path(&site, "archive/00000001.cla").p);
	refused_pcn = "E4";
	answer(1, "a.277", true);
	cr_expect(site_wait_count(&site, ST_HELD_BILLING, 1) && site_wait_count(&site, ST_ACCEPTED, 9), "%s", site.why);
	wait_file("answers/payer/done/a.277");
	cr_expect(has(arena_str(&mem, snap(4).why), "its body is lost in the archive; 277CA"), STR_FMT, STR_ARG(snap(4).why));
	cr_expect(!snap(4).cold && snap(5).cold);
	cr_expect(site_wait_log(&site, SITE_SUBMIT, 0, "a body is lost in the archive") &&
	    site_wait_ready(&site, SITE_SUBMIT, 0, true), "%s", site.why);
	refused_pcn = "E5";
	answer(1, "b.277", false);
	cr_expect(site_wait_count(&site, ST_HELD_BILLING, 2), "%s", site.why);
	cr_expect(has(CLI(0, "show", "E4"), "its body is lost in the archive"));
	(void)CLI(0, "work", "release", "E4", "--reason", "let us see");
	(void)CLI(0, "work", "void", "E5", "--reason", "sent anew");
	cr_expect(site_wait(&site, is_buried, NULL, "one buried, one void"), "%s", site.why);
	cr_expect(has(arena_str(&mem, snap(4).why), "part p: something required is missing"), STR_FMT, STR_ARG(snap(4).why));
	cr_assert(site_feed(&site, 10, 10) && site_wait_count(&site, ST_SENT, 10), "%s", site.why);
	cr_expect(site_wait(&site, all_are, &later, "the archive goes on"), "%s", site.why);
	cr_expect(is_whole(11) && site_wait_ready(&site, SITE_AUDIT, 0, true), "%s", site.why);
	end();
}

/* ---- killed, and without its index ---- */

Test(cold, killed_again_and_again)
{
	struct archive_check k;
	unsigned fed = 0;

	begin();
	for (int round = 0; round < 6; round++) {
		cr_assert(site_feed(&site, fed, 100), "%s", site.why);
		fed += 100;
		/* killed while it is at it, at another place each time */
		while (site_metric(&site, SITE_AUDIT, 0, "claimline_bodies_archived_total") < round * 7 &&
		    site_count(&site, ST_SENT) < fed)
			;
		site_kill(&site, SITE_AUDIT, 0);
		if (round % 2) {
			(void)unlink(site_path(&site, "archive/index.db").p);
			(void)unlink(site_path(&site, "archive/index.db-wal").p);
			(void)unlink(site_path(&site, "archive/index.db-shm").p);
		}
		cr_assert(site_start(&site, SITE_AUDIT, 0) && site_wait_ready(&site, SITE_AUDIT, 0, true), "%s", site.why);
	}
	cr_assert(site_wait_count(&site, ST_SENT, fed), "%s", site.why);
	wait_cold(0, fed);
	for (unsigned i = 0; i < fed; i++) {
		cr_expect(is_whole(i), "E%u", i);
		arena_reset(&mem);
	}
	cr_expect(archive_verify(site_path(&site, "archive").p, true, &k) == 0 || k.damaged > 0, "%s", k.why);
	cr_expect(k.bodies >= fed && k.missing == 0 && k.extra == 0, "%s", k.why);
	cr_expect(site_sent_once(&site, fed), "%s", site.why);
	end();
}

/* ---- full ---- */

static void
fill(const char *path)
{
	static const char zero[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	cr_assert(fd >= 0);
	while (write(fd, zero, sizeof zero) > 0)
		;
	cr_assert(errno == ENOSPC && close(fd) == 0);
}

Test(cold, full_disk)
{
	const char *folder;
	struct range warm = { 0, 40, false };

	open_only();
	folder = site_path(&site, "archive").p;
	cr_assert(mkdir_p(folder) == 0);
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", folder, "tmpfs", 0, "size=300k") != 0) {
		(void)printf("skipped: a tmpfs cannot be mounted here\n");
		site_close(&site);
		cr_skip_test("no mount");
	}
	cr_assert(site_up(&site), "%s", site.why);
	fill(site_path(&site, "archive/ballast").p);
	cr_assert(site_feed(&site, 0, 40) && site_wait_count(&site, ST_SENT, 40), "%s", site.why);
	cr_expect(site_wait_says(&site, SITE_AUDIT, "archive: the disk under the archive is full"), "%s", site.why);
	cr_expect(all_are(&site, &warm) && is_whole(3), "bodies stay in Redis");
	cr_assert(site_feed(&site, 40, 10) && site_wait_count(&site, ST_SENT, 50), "no claim waits for the archive: %s",
	    site.why);
	cr_assert(mount("tmpfs", folder, "tmpfs", MS_REMOUNT, "size=8m") == 0);
	wait_cold(0, 50);
	cr_expect(site_wait_ready(&site, SITE_AUDIT, 0, true), "%s", site.why);
	for (unsigned i = 0; i < 50; i++)
		cr_expect(is_whole(i), "E%u", i);
	end();
	(void)umount2(folder, MNT_DETACH);
}
