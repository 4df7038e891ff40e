/*
 * cmd_payer.c - payer-sim: a payer that answers claim files, for demonstrations and tests. It reads the out folders of
 * partners and writes into their answers folders, never twice for one file: the names of its answers are its memory.
 */
#include "claimline/cli.h"
#include "claimline/paths.h"
#include "claimline/payer.h"
#include "x12/check.h"

#include "base/file.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#define FILES_MAX	100000

static volatile sig_atomic_t stop_asked;

struct sim {
	struct cli		*c;
	struct payer_rules	 rules;
	struct str		*given_up;	/* files that cannot be answered: said once */
	size_t			 n_given_up;
	size_t			 files, accepted, rejected;
};

static void
on_stop(int sig)
{
	(void)sig;
	stop_asked = 1;
}

static bool
ends_with(struct str s, const char *end)
{
	size_t n = strlen(end);

	return s.n > n && memcmp(s.p + s.n - n, end, n) == 0;
}

/* submit moves what it has read into a folder below. */
static bool
is_answered(struct arena *a, struct str dir, struct str name)
{
	static const char *const places[] = { "", "done/", "refused/" };

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (file_exists(arena_fmt(a, STR_FMT "/%s" STR_FMT, STR_ARG(dir), places[i], STR_ARG(name)).p))
			return true;
	return false;
}

/* E_DUPLICATE is fine: a second simulator was faster. */
static int
put_answer(struct arena *a, struct str dir, struct str stem, const char *end, struct str bytes)
{
	struct str name = arena_fmt(a, STR_FMT ".%s", STR_ARG(stem), end);
	int rc = bytes.n && !is_answered(a, dir, name) ? file_write_atomic(path_join(a, dir, name).p, bytes, false) : 0;

	return rc == E_DUPLICATE ? 0 : rc;
}

static int64_t
made_at(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (int64_t)st.st_mtim.tv_sec * 1000 : 0;
}

static void
give_up(struct sim *s, const char *path, struct str name, int rc, const struct faults *f)
{
	struct str *one;

	cli_faults(s->c, path, f);
	if (f->n == 0)
		(void)cli_fail(s->c, 0, "%s: %s", path, err_text(rc));
	one = arena_push(&s->c->a, s->given_up, s->n_given_up);
	if (one)
		*one = arena_str(&s->c->a, name);
}

static bool
is_given_up(const struct sim *s, struct str name)
{
	for (size_t i = 0; i < s->n_given_up; i++)
		if (str_eq(s->given_up[i], name))
			return true;
	return false;
}

/* The 277CA (or what comes instead) is written last: while it is missing the file is not answered. */
static int
answer_file(struct sim *s, struct str out_dir, struct str in_dir, struct str name)
{
	struct payer_rules rules = s->rules;
	struct payer_answers ans;
	struct str path, bytes, stem = { name.p, name.n - 4 };
	struct arena a;
	struct faults f = { .a = &a };
	int rc;

	arena_init(&a, 8 * (size_t)LIMIT_ARENA);
	path = path_join(&a, out_dir, name);
	rules.at = made_at(path.p);
	rc = file_read(&a, path.p, LIMIT_INPUT, &bytes);
	if (rc >= 0)
		rc = payer_answer(&a, bytes, &rules, &ans, &f);
	if (rc < 0) {
		give_up(s, path.p, name, rc, &f);
		arena_free(&a);
		return 0;
	}
	rc = mkdir_p(in_dir.p);
	if (rc >= 0)
		rc = put_answer(&a, in_dir, stem, "ta1", ans.ta1);
	if (rc >= 0)
		rc = put_answer(&a, in_dir, stem, "999", ans.f999);
	if (rc >= 0)
		rc = put_answer(&a, in_dir, stem, "277ca", ans.f277ca);
	if (rc >= 0) {
		s->files++;
		s->accepted += ans.accepted;
		s->rejected += ans.rejected;
		if (ans.f277ca.n == 0)
			give_up(s, path.p, name, 0, &(struct faults){ 0 });
		else if (!opt_is_set(&s->c->opts, "quiet"))
			(void)printf(STR_FMT ": %zu claims accepted, %zu rejected\n", STR_ARG(name), ans.accepted, ans.rejected);
		(void)fflush(stdout);
	}
	arena_free(&a);
	return rc;
}

static int
answer_partner(struct sim *s, struct str partner)
{
	struct file_list files = { 0 };
	struct str out_dir, in_dir, state = s->c->conf.site.state_dir;
	struct arena a;
	int rc = 0;

	arena_init(&a, 0);
	out_dir = path_partner(&a, state, "out", partner);
	in_dir = path_partner(&a, state, "answers", partner);
	if (dir_list(&a, out_dir.p, FILES_MAX, &files) < 0)
		files.n = 0;			/* nothing was sent to it yet */
	for (size_t i = 0; i < files.n && rc >= 0 && !stop_asked; i++) {
		struct str name = files.v[i].name;
		struct str last = arena_fmt(&a, "%.*s.277ca", (int)(name.n > 4 ? name.n - 4 : 0), name.p);

		if (!files.v[i].is_folder && ends_with(name, ".837") && !is_given_up(s, name) && !is_answered(&a, in_dir, last))
			rc = answer_file(s, out_dir, in_dir, name);
	}
	arena_free(&a);
	return rc;
}

static int
answer_all(struct sim *s)
{
	struct cli *c = s->c;
	struct file_list dirs = { 0 };
	struct arena a;
	int rc = 0;

	for (int i = 0; i < c->argc && rc >= 0; i++)
		rc = answer_partner(s, str_of(c->argv[i]));
	if (c->argc)
		return rc;
	arena_init(&a, 0);
	if (dir_list(&a, path_join(&a, c->conf.site.state_dir, S("out")).p, FILES_MAX, &dirs) < 0)
		dirs.n = 0;
	for (size_t i = 0; i < dirs.n && rc >= 0; i++)
		if (dirs.v[i].is_folder && path_is_name(dirs.v[i].name))
			rc = answer_partner(s, dirs.v[i].name);
	arena_free(&a);
	return rc;
}

static int
rules_of(struct cli *c, struct payer_rules *r, int64_t *poll_ms)
{
	const char *over = opt_text(&c->opts, "reject-over");

	if (opt_int(&c->opts, "reject-every", 0, (int64_t[]){ 0, INT32_MAX }, &r->reject_every) < 0)
		return cli_usage(c, "--reject-every wants a number");
	if (over && (!cents_parse(str_of(over), &r->reject_over) || r->reject_over <= 0))
		return cli_usage(c, "--reject-over wants dollars, such as 5000.00");
	if (opt_int(&c->opts, "poll-ms", 200, (int64_t[]){ 10, 600000 }, poll_ms) < 0)
		return cli_usage(c, "--poll-ms wants 10 to 600000");
	r->ta1 = opt_is_set(&c->opts, "ta1");
	for (int i = 0; i < c->argc; i++)
		if (!path_is_name(str_of(c->argv[i])))
			return cli_usage(c, "that is no partner id");
	return CLI_OK;
}

static int
payer_run(struct cli *c)
{
	struct sim s = { .c = c };
	struct sigaction sa = { .sa_handler = on_stop };
	int64_t poll_ms;
	int rc = rules_of(c, &s.rules, &poll_ms);

	if (rc != CLI_OK)
		return rc;
	s.rules.x12.level = 1;
	rc = getrandom(&s.rules.x12.seed, sizeof s.rules.x12.seed, 0) < 0 ? E_IO : x12_guides_open(&c->a, &s.rules.x12.guides);
	if (rc < 0)
		return cli_fail(c, cli_exit_of(rc), "%s", err_text(rc));
	(void)sigaction(SIGTERM, &sa, NULL);
	(void)sigaction(SIGINT, &sa, NULL);
	do {
		rc = answer_all(&s);
		if (rc < 0 && err_class(rc) != ERR_TEMP)
			break;
		if (!opt_is_set(&c->opts, "once") && !stop_asked)
			(void)poll(NULL, 0, (int)poll_ms);
	} while (!opt_is_set(&c->opts, "once") && !stop_asked);
	if (rc < 0)
		return cli_fail(c, cli_exit_of(rc), "an answer cannot be written: %s", err_text(rc));
	if (cli_wants_json(c))
		return cli_put_json(json_pack("{s:I, s:I, s:I}", "files", (json_int_t)s.files, "accepted",
		    (json_int_t)s.accepted, "rejected", (json_int_t)s.rejected));
	(void)printf("%zu files answered: %zu claims accepted, %zu rejected\n", s.files, s.accepted, s.rejected);
	return CLI_OK;
}

static const struct opt payer_opts[] = {
	{ "once", 0, NULL, "answer what is there, then exit" },
	{ "reject-every", 0, "N", "reject one claim in N, chosen by its control number" },
	{ "reject-over", 0, "DOLLARS", "reject claims with a higher charge" },
	{ "ta1", 0, NULL, "send a TA1 too, even when ISA14 does not ask for it" },
	{ "poll-ms", 0, "N", "how often the folders are looked at; default 200" },
	{ "quiet", 'q', NULL, "print nothing per file" },
	{ NULL, 0, NULL, NULL },
};

const struct verb verb_payer_sim = {
	.name = "payer-sim", .args = "[PARTNER...] [--once]", .words = "a simulated payer that answers claim files",
	.text = "Reads STATE/out/PARTNER/*.837 and writes a 999 and a 277CA (and a TA1 when asked for) for each into\n"
	    "STATE/answers/PARTNER, where submit reads them. Accepts every claim but those the options reject. "
	    "A file that has its\n"
	    "answers is left alone, so running it again is safe. Runs until Ctrl-C, or with --once one time.\n\n"
	    "  claimline payer-sim payer --reject-every 10\n  claimline payer-sim --once --reject-over 5000\n",
	.opts = payer_opts, .run = payer_run,
};
