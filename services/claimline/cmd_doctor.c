/*
 * cmd_doctor.c - what is wrong with this installation, in words, with what to do. One row per check; it
 * changes nothing but for a file it makes and removes to see whether a folder can be written.
 */
#include "claimline/ask.h"
#include "claimline/cli.h"
#include "claimline/crew.h"
#include "claimline/find.h"
#include "claimline/level.h"
#include "claimline/paths.h"

#include "archive/io_archive.h"
#include "base/file.h"
#include "codebook/io_book.h"
#include "submit/io_submit.h"
#include "validate/io_validate.h"

#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DISK_LOW_MB	500
#define DISK_EMPTY_MB	50
#define STUCK_MS	600000		/* parked so long although somebody is there to do it */

enum health { GOOD, WARN, BAD };
struct visit {
	struct cli	*c;
	struct level	*level;		/* NULL: the store cannot be asked */
	json_t		*list;
	struct buf	 out;
	size_t		 n[3];
};

static void
note(struct visit *v, enum health h, const char *what, struct str words, const char *fix)
{
	static const char *const names[] = { "ok", "warning", "BAD" };
	static const enum ui_tone tones[] = { UI_GOOD, UI_WARN, UI_BAD };
	struct arena *a = &v->c->a;

	v->n[h]++;
	buf_str(&v->out, ui_tone_text(a, &v->c->ui, tones[h], arena_fmt(a, "%-8s", names[h])));
	buf_fmt(&v->out, " %-14s " STR_FMT "\n", what, STR_ARG(words));
	if (fix && h != GOOD)
		buf_fmt(&v->out, "                        fix: %s\n", fix);
	(void)json_array_append_new(v->list, json_pack("{s:s, s:s, s:o, s:s}", "health", names[h], "what", what, "words",
	    cli_json_str(words), "fix", fix && h != GOOD ? fix : ""));
}

static void
check_config(struct visit *v)
{
	const struct conf *k = &v->c->conf;
	struct str words = v->c->conf_file ? arena_fmt(&v->c->a, "%s, tenant " STR_FMT, v->c->conf_file, STR_ARG(k->site.tenant))
	    : S("built-in settings, no file");

	note(v, GOOD, "settings", words, NULL);
	if (str_is(k->site.durability, "weaker"))
		note(v, WARN, "settings", S("site.durability is weaker: a crash of Redis may lose acknowledged encounters"),
		    "set it to always, but for tests");
	if (k->bench.null_bytes)
		note(v, BAD, "settings", S("bench.null_bytes is set: stages do no work"), "remove it");
	if (k->site.today.n)
		note(v, WARN, "settings", S("site.today is set: codes and filing limits are judged as on that day"),
		    "leave it empty, but for tests");
}

static void
check_store(struct visit *v)
{
	struct cli *c = v->c;
	char why[160] = "";
	int rc = store_redis_open(&c->store, &c->conf, why);

	if (rc >= 0) {
		note(v, GOOD, "redis", arena_fmt(&c->a, STR_FMT " answers, %u lanes, durability %s", STR_ARG(c->conf.site.redis),
		    c->store->lanes, c->conf.site.durability.p), NULL);
		v->level = arena_alloc(&c->a, sizeof *v->level);
		if (v->level && level_read(c, FIND_STATE_MAX, v->level) < 0)
			v->level = NULL;
		return;
	}
	note(v, BAD, "redis", arena_fmt(&c->a, STR_FMT ": %s%s%s", STR_ARG(c->conf.site.redis), err_text(rc),
	    *why ? ": " : "", why), rc == E_STORE_DOWN ? "start `claimline up`, or correct site.redis" :
	    rc == E_STORE_FULL ? "give it memory or disk; nothing is acknowledged until then" :
	    "set Redis up as config/redis.conf shows");
}

static void
check_up(struct visit *v)
{
	struct cli *c = v->c;
	pid_t pid = up_running(path_pid(&c->a, c->conf.site.state_dir, S("up")).p);

	if (pid)
		note(v, GOOD, "up", arena_fmt(&c->a, "`claimline up` runs here (pid %d)", (int)pid), NULL);
	else if (redis_orphan(path_pid(&c->a, c->conf.site.state_dir, S("redis")).p))
		note(v, WARN, "up", S("`claimline up` was killed; its Redis still runs"),
		    "`claimline up` takes it over, `claimline down` ends it");
}

static void
check_daemons(struct visit *v)
{
	struct cli *c = v->c;

	for (int i = 0; v->level && i < STAGES; i++) {
		size_t n = v->level->stage[i].alive;

		if (n)
			note(v, GOOD, crew_stages[i], arena_fmt(&c->a, "%zu alive", n), NULL);
		else
			note(v, BAD, crew_stages[i], S("no daemon gives a sign of life"), "`claimline up`, or start its unit");
	}
}

static void
check_ports(struct visit *v)
{
	const struct conf *k = &v->c->conf;
	const int64_t ports[STAGES] = { k->ingest.http_port, k->suggest.http_port, k->validate.http_port, k->audit.http_port,
	    k->submit.http_port };

	for (int i = 0; i < STAGES; i++) {
		struct str body;
		int rc;

		if (ports[i] == 0)
			continue;
		rc = ask_get(&v->c->a, k->site.http_address.p, ports[i], "/readyz", &body);
		if (rc == E_BUSY)
			note(v, BAD, crew_stages[i], ui_clean(&v->c->a, str_trim(body)), "see its log");
		else if (rc == E_NOT_FOUND && v->level && v->level->stage[i].alive)
			note(v, WARN, crew_stages[i], arena_fmt(&v->c->a, "alive, but nobody listens at port %lld",
			    (long long)ports[i]),
			    "run doctor with the settings the daemons have");
		else if (rc == E_IO)
			note(v, WARN, crew_stages[i], arena_fmt(&v->c->a, "somebody else answers at port %lld",
			    (long long)ports[i]),
			    "give the daemon another http_port");
	}
}

static void
check_folder(struct visit *v, const char *what, struct str path)
{
	struct arena *a = &v->c->a;
	struct str probe = path_join(a, path, arena_fmt(a, ".doctor-%d", (int)getpid()));
	struct statvfs fs;
	uint64_t mb;
	int rc;

	if (path.n == 0)
		return;
	if (!file_exists(path.p)) {
		note(v, v->level ? WARN : GOOD, what, arena_fmt(a, STR_FMT " is not there yet", STR_ARG(path)),
		    "daemons make it when they start");
		return;
	}
	rc = file_write_atomic(probe.p, S("x"), true);
	(void)unlink(probe.p);
	if (rc < 0) {
		note(v, BAD, what, arena_fmt(a, STR_FMT " cannot be written: %s", STR_ARG(path), err_text(rc)),
		    "check owner, mode and space");
		return;
	}
	if (statvfs(path.p, &fs) != 0)
		return;
	mb = (uint64_t)fs.f_bavail * fs.f_frsize >> 20;
	note(v, mb < DISK_EMPTY_MB ? BAD : mb < DISK_LOW_MB ? WARN : GOOD, what,
	    arena_fmt(a, STR_FMT " can be written, %llu MB free",
	    STR_ARG(path), (unsigned long long)mb), "make room");
}

static void
check_folders(struct visit *v)
{
	struct cli *c = v->c;
	const struct conf *k = &c->conf;

	check_folder(v, "state", k->site.state_dir);
	check_folder(v, "in", k->ingest.folder);
	check_folder(v, "out", path_join(&c->a, k->site.state_dir, S("out")));
	check_folder(v, "answers", path_join(&c->a, k->site.state_dir, S("answers")));
	check_folder(v, "ledger", k->audit.ledger);
}

/* The whole of it is for `claimline archive verify`: here only whether index and segments agree about the end. */
static void
check_archive(struct visit *v)
{
	struct arena *a = &v->c->a;
	struct str folder = v->c->conf.audit.archive;
	struct archive_check k;
	int rc;

	if (folder.n == 0 || !file_exists(folder.p)) {
		note(v, GOOD, "archive", folder.n ? S("no body has gone there yet") : S("none: bodies stay in Redis"), NULL);
		return;
	}
	check_folder(v, "archive", folder);
	rc = archive_verify(folder.p, false, &k);
	if (rc < 0)
		note(v, BAD, "archive", arena_fmt(a, "%s", k.why[0] ? k.why : err_text(rc)),
		    "audit makes the index anew within seconds; if "
		    "this stays, `claimline archive verify` tells more");
	else
		note(v, GOOD, "archive", arena_fmt(a, "%lld bodies in %lld segments, %lld MB", (long long)k.bodies,
		    (long long)k.segments, (long long)(k.bytes >> 20)), NULL);
}

/* As the daemons take it. */
static void
check_book(struct visit *v)
{
	const struct conf *conf = &v->c->conf;
	struct faults f = { .a = &v->c->a };
	const char *dir = path_join(&v->c->a, conf->site.config_dir, S("codesets")).p, *why = NULL;
	struct book b;
	int rc = conf->site.code_book.n ? book_map(conf->site.code_book.p, true, &b, &why) :
	    book_build(&dir, 1, &f, NULL, NULL, &b);

	if (rc < 0 && why)
		note(v, BAD, "code book", arena_fmt(&v->c->a, STR_FMT ": %s", STR_ARG(conf->site.code_book), why),
		    "set site.code_book to a book that `claimline codes build` made");
	else if (rc < 0)
		note(v, BAD, "code book", f.n ? arena_fmt(&v->c->a, STR_FMT ": " STR_FMT, STR_ARG(f.v[0].place),
		    STR_ARG(f.v[0].words)) : arena_fmt(&v->c->a, "cannot be made from %s: %s", dir, err_text(rc)),
		    "set site.config_dir to the folder that has codesets/");
	else if (codebook_count(b.cb, CS_ICD10CM) == 0)
		note(v, BAD, "code book", S("has no ICD-10-CM codes"), "put icd10cm files into codesets/");
	else
		note(v, GOOD, "code book", arena_fmt(&v->c->a, STR_FMT ", %d diagnosis codes", STR_ARG(codebook_id(b.cb)),
		    (int)codebook_count(b.cb, CS_ICD10CM)), NULL);
	if (rc >= 0)
		book_close(&b);
}

static void
check_partners(struct visit *v)
{
	struct arena *a = &v->c->a;
	struct str dir = path_join(a, v->c->conf.site.config_dir, S("partners"));
	struct file_list files = { 0 };
	struct faults f = { .a = a };
	size_t n = 0;

	(void)dir_list(a, dir.p, 10000, &files);
	for (size_t i = 0; i < files.n; i++)
		n += files.v[i].name.n > 5 && str_is((struct str){ files.v[i].name.p + files.v[i].name.n - 5, 5 }, ".yaml");
	(void)submit_check(&v->c->conf, &f);
	(void)validate_check(&v->c->conf, &f);
	for (size_t i = 0; i < f.n; i++)
		note(v, BAD, "partners", arena_fmt(a, STR_FMT ": " STR_FMT, STR_ARG(f.v[i].place), STR_ARG(f.v[i].words)),
		    arena_str(a, f.v[i].fix).p);
	note(v, n ? GOOD : WARN, "partners", arena_fmt(a, "%zu in " STR_FMT, n, STR_ARG(dir)),
	    "without a partner file every claim is held for billing");
}

static void
check_counts(struct visit *v)
{
	struct arena *a = &v->c->a;
	const struct level *l = v->level;
	uint64_t held = 0;

	if (!l)
		return;
	if (l->depth[ST_BURIED].n)
		note(v, WARN, "buried", arena_fmt(a, "%llu encounters no daemon could do",
		    (unsigned long long)l->depth[ST_BURIED].n),
		    "`claimline list buried` says why; mend it, then `claimline kick --all`");
	for (int st = 0; st < ST_COUNT; st++) {
		const char *stage = state_stage((enum state)st);

		held += state_is_held((enum state)st) ? l->depth[st].n : 0;
		if (l->held[st].due > 0 && l->held[st].due < l->at)
			note(v, WARN, state_name((enum state)st), arena_fmt(a, "work is past its deadline, since " STR_FMT,
			    STR_ARG(ui_when(a, l->held[st].due))), "`claimline work next` shows it first");
		for (int i = 0; stage && l->depth[st].n && i < STAGES; i++)
			if (str_is(str_of(stage), crew_stages[i]) && l->stage[i].alive == 0)
				note(v, BAD, state_name((enum state)st),
				    arena_fmt(a, "%llu encounters wait and no %s daemon is alive",
				    (unsigned long long)l->depth[st].n, stage), "start it");
		if (stage && st != ST_NEW && l->depth[st].n > l->depth[st].leased && l->depth[st].oldest_ms > STUCK_MS)
			note(v, WARN, state_name((enum state)st), arena_fmt(a, "the oldest waits for " STR_FMT,
			    STR_ARG(ui_age(a, l->depth[st].oldest_ms))), "more daemons of that stage, or see their log");
	}
	note(v, GOOD, "counts", arena_fmt(a, "%llu held for people, %llu accepted by payers", (unsigned long long)held,
	    (unsigned long long)l->depth[ST_ACCEPTED].n), NULL);
}

static int
doctor_run(struct cli *c)
{
	static void (*const checks[])(struct visit *) = { check_config, check_up, check_store, check_daemons, check_ports,
		check_folders, check_archive, check_book, check_partners, check_counts };
	struct visit v = { .c = c, .list = json_array() };
	int rc;

	if (c->argc)
		return cli_usage(c, "doctor takes options only");
	buf_init(&v.out, &c->a);
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		checks[i](&v);
	rc = v.n[BAD] ? CLI_NO : CLI_OK;
	if (cli_wants_json(c)) {
		(void)cli_put_json(v.list);
		return rc;
	}
	json_decref(v.list);
	buf_fmt(&v.out, "%s: %zu bad, %zu warning%s\n", v.n[BAD] ? "not well" : "well", v.n[BAD], v.n[WARN],
	    v.n[WARN] == 1 ? "" : "s");
	cli_put(&v.out);
	return rc;
}

const struct verb verb_doctor = {
	.name = "doctor", .args = "[--json]", .words = "what is wrong with this installation, and what to do",
	.text = "Looks at settings, Redis and its durability, the daemons, ports, folders, disk space, code book, "
	    "partners, and at what\n"
	    "waits that should not. Exit 1 when something is bad.\n\n  claimline doctor\n  claimline doctor --state /tmp/try\n",
	.run = doctor_run,
};
