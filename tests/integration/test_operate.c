/*
 * test_operate.c - what an operator meets: health, readiness and metrics of every daemon, its options,
 * SIGHUP with good and bad settings, SIGTERM while work flows.
 */
#include "support/one_site.h"

#include "base/file.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const quick[] = { "submit.cutoff_ms=200", NULL };

static void
promtool(enum site_stage st, struct str text)
{
	struct str path = site_path(&site, "metrics.%d", (int)st);
	int rc;

	if (system("command -v promtool >/dev/null 2>&1") != 0)
		return;
	cr_assert(file_write_atomic(path.p, text, true) == 0);
	rc = system(arena_fmt(&mem, "promtool check metrics <%s", path.p).p);
	cr_expect(WIFEXITED(rc) && WEXITSTATUS(rc) == 0, "promtool: %s", site_stage_names[st]);
}

Test(operate, every_daemon_answers)
{
	struct str body;

	begin(quick);
	cr_assert(site_feed(&site, 0, 5) && site_wait_count(&site, ST_SENT, 5), "%s", site.why);
	for (int i = 0; i < SITE_STAGES; i++) {
		enum site_stage st = (enum site_stage)i;
		const char *name = site_stage_names[i];

		cr_expect(site_http(&site, st, 0, "GET /healthz", &body) == 200 && str_is(body, "alive\n"), "%s", name);
		cr_expect(site_http(&site, st, 0, "GET /readyz", &body) == 200 && str_is(body, "ready\n"), "%s", name);
		cr_expect(site_http(&site, st, 0, "HEAD /readyz", &body) == 200, "%s", name);
		cr_expect(site_http(&site, st, 0, "GET /", &body) == 404, "%s", name);
		cr_expect(site_http(&site, st, 0, "POST /metrics", &body) == 405, "%s", name);
		cr_expect(site_http(&site, st, 0, "GET /metrics", &body) == 200 && body.n > 2000, "%s", name);
		promtool(st, body);
		cr_expect(site_metric(&site, st, 0, "claimline_ready") == 1, "%s", name);
		cr_expect(site_metric(&site, st, 0, "claimline_frames_refused_total") == 0, "%s", name);
	}
	cr_expect(site_metric(&site, SITE_INGEST, 0, "claimline_encounters_admitted_total") == 5);
	cr_expect(site_metric(&site, SITE_SUBMIT, 0, "claimline_claims_sent_total") == 5);
	cr_expect(site_metric(&site, SITE_SUBMIT, 0, "claimline_interchanges_sent_total") == 1);
	cr_expect(site_metric(&site, SITE_AUDIT, 0, "claimline_encounters_passed_total") +
	    site_metric(&site, SITE_AUDIT, 0, "claimline_encounters_parked_total") == 5, "handed on, or left for submit");
	end();
}

Test(operate, options)
{
	struct conf conf;
	struct faults f;
	struct str out;

	begin(quick);
	for (int i = 0; i < SITE_STAGES; i++) {
		enum site_stage st = (enum site_stage)i;
		const char *name = site_stage_names[i];

		cr_expect(site_run(&site, st, "--check-config", &out) == 0 && strstr(out.p, "fine"), "%s", name);
		cr_expect(site_run(&site, st, "--version", &out) == 0 && str_starts(out, S("claimline ")), "%s", name);
		cr_expect(site_run(&site, st, "--health", &out) == 0, "%s is ready", name);
		cr_expect(site_run(&site, st, "--set=site.lanes=257", &out) == 78 && strstr(out.p, "site.lanes"), "%s", name);
		cr_expect(site_run(&site, st, "--set=site.colour=red", &out) == 78, "%s", name);
		cr_expect(site_run(&site, st, "--set=site.today=2026-02-30", &out) == 78, "%s", name);
		cr_expect(site_run(&site, st, "--config=/nowhere/claimline.yaml", &out) == 78, "%s", name);
		cr_expect(site_run(&site, st, "--colour", &out) == 64, "%s", name);
		cr_expect(site_run(&site, st, "--print-config", &out) == 0, "%s", name);
		f = (struct faults){ .a = &mem };
		conf_defaults(&conf);
		cr_expect(conf_parse(&mem, out, &conf, &f) == 0 && str_is(conf.site.state_dir, site.dir),
		    "%s: what is printed can be read, and is in force", name);
	}
	cr_expect(site_stop(&site, SITE_AUDIT, 0) == 0);
	cr_expect(site_run(&site, SITE_AUDIT, "--health", &out) == 1, "one that is not there");
	end();
}

static void
write_conf(const char *text)
{
	cr_assert(file_write_atomic(site_path(&site, "claimline.yaml").p, str_of(text), true) == 0);
}

static void
hup(enum site_stage st)
{
	cr_assert(kill(site.d[st][0].pid, SIGHUP) == 0);
}

Test(operate, reload)
{
	struct reloads one;
	unsigned fed = 0;

	begin(quick);
	write_conf("site:\n  log: json\n");
	for (int i = 0; i < SITE_STAGES; i++) {
		one = (struct reloads){ (enum site_stage)i, 1 };
		hup(one.st);
		cr_expect(site_wait(&site, has_reloaded, &one, "a good configuration"), "%s: %s", site_stage_names[i], site.why);
		cr_expect(site_wait_log(&site, one.st, 0, "\"message\":\"reloaded\""), "%s writes JSON now", site_stage_names[i]);
	}
	cr_assert(site_feed(&site, fed++, 1) && site_wait_count(&site, ST_SENT, fed), "%s", site.why);

	static const char *const bad[] = { "site:\n  lease_ms: soon\n", "site: [", "site:\n  lanes: 8\n",
	    "site:\n  tenant: other\n" };

	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
		write_conf(bad[k]);
		for (int i = 0; i < SITE_STAGES; i++)
			hup((enum site_stage)i);
		for (int i = 0; i < SITE_STAGES; i++)
			cr_expect(site_wait_log(&site, (enum site_stage)i, 0, "reload refused, going on as before"),
			    "%s", site.why);
		cr_assert(site_feed(&site, fed++, 1) && site_wait_count(&site, ST_SENT, fed), "with %s: %s", bad[k], site.why);
	}
	for (int i = 0; i < SITE_STAGES; i++)
		cr_expect(site_metric(&site, (enum site_stage)i, 0, "claimline_reloads_total") == 1, "%s", site_stage_names[i]);
	end();
}

/* What a stage makes of its own files is all or nothing too. */
Test(operate, reload_of_bad_stage_files)
{
	struct reloads submit = { SITE_SUBMIT, 1 }, validate = { SITE_VALIDATE, 1 };

	begin(quick);
	cr_assert(file_write_atomic(site_path(&site, "config/partners/broken.yaml").p, S("name: [\n"), true) == 0);
	hup(SITE_SUBMIT);
	cr_expect(site_wait_log(&site, SITE_SUBMIT, 0, "reload refused"), "%s", site.why);
	cr_assert(unlink(site_path(&site, "config/payers").p) == 0, "a link of our own");
	cr_assert(mkdir_p(site_path(&site, "config/payers").p) == 0);
	cr_assert(file_write_atomic(site_path(&site, "config/payers/broken.yaml").p, S("colour: red\n"), true) == 0);
	hup(SITE_VALIDATE);
	cr_expect(site_wait_log(&site, SITE_VALIDATE, 0, "reload refused"), "%s", site.why);
	cr_assert(site_feed(&site, 0, 3) && site_wait_count(&site, ST_SENT, 3), "%s", site.why);
	cr_assert(unlink(site_path(&site, "config/partners/broken.yaml").p) == 0 &&
	    unlink(site_path(&site, "config/payers/broken.yaml").p) == 0);
	hup(SITE_SUBMIT);
	hup(SITE_VALIDATE);
	cr_expect(site_wait(&site, has_reloaded, &submit, "submit") && site_wait(&site, has_reloaded, &validate, "validate"),
	    "%s", site.why);
	cr_assert(site_feed(&site, 3, 3) && site_wait_count(&site, ST_SENT, 6), "%s", site.why);
	end();
}

/* Every daemon is stopped and started while work flows: it drains, exits 0, and nothing is lost. */
Test(operate, drain)
{
	unsigned fed = 0;

	begin(quick);
	for (int i = 0; i < SITE_STAGES; i++) {
		enum site_stage st = (enum site_stage)i;

		cr_assert(site_feed(&site, fed, 200), "%s", site.why);
		fed += 200;
		cr_expect(site_stop(&site, st, 0) == 0, "%s exits 0", site_stage_names[i]);
		cr_expect(strstr(site_log(&site, st, 0).p, "drained") != NULL, "%s", site_stage_names[i]);
		cr_assert(site_start(&site, st, 0) && site_wait_ready(&site, st, 0, true), "%s", site.why);
	}
	cr_expect(site_wait_count(&site, ST_SENT, fed), "%s", site.why);
	cr_expect(site_sent_once(&site, fed), "%s", site.why);
	end();
}
