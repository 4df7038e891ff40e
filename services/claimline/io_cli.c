/*
 * io_cli.c - from the arguments to one verb: options, configuration file, terminal, store.
 * It never decides anything about an encounter.
 */
#include "claimline/cli.h"
#include "claimline/paths.h"

#include "base/file.h"
#include "base/log.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_CONFIG	"config/claimline.yaml"
#define CLI_ARENA	((size_t)1 << 30)	/* a listing of a large installation is kept whole */
#define BUS_NAME_MAX	24			/* "/validate." and an instance, or "/redis.sock" */

const struct opt cli_global_opts[] = {
	{ "config", 'c', "FILE", "settings; default config/claimline.yaml if it is there, else built-in" },
	{ "set", 0, "S.NAME=VALUE", "one setting, after the file; may be repeated" },
	{ "state", 0, "DIR", "state folder: moves redis socket, bus, doors and ledger there" },
	{ "json", 0, NULL, "answer in JSON" },
	{ "plain", 0, NULL, "no colours, bars or screen even on a terminal" },
	{ "help", 'h', NULL, "what this does, with an example" },
	{ "version", 'V', NULL, "print the version" },
	{ NULL, 0, NULL, NULL },
};

int
cli_fail(const struct cli *c, int code, const char *fmt, ...)
{
	va_list ap;

	(void)fflush(stdout);
	(void)fprintf(stderr, "claimline%s%s: ", c->verb ? " " : "", c->verb ? c->verb->name : "");
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return code;
}

int
cli_usage(const struct cli *c, const char *words)
{
	(void)cli_fail(c, CLI_USAGE, "%s", words);
	if (c->verb)
		(void)fprintf(stderr, "usage: claimline %s %s\ntry: claimline %s --help\n", c->verb->name,
		    c->verb->args, c->verb->name);
	else
		(void)fprintf(stderr, "try: claimline help\n");
	return CLI_USAGE;
}

bool
cli_is_listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = list; *p; p = strchr(p, ' ') + 1)
		if (strncmp(p, name, n) == 0 && p[n] == ' ')
			return true;
	return false;
}

/* An option that would be passed over is a mistake of whoever gave it: he believes in its effect. */
int
cli_word_opts(const struct cli *c, const char *word, const char *takes, const char *repeat)
{
	char why[120];

	for (const struct opt *o = c->verb->opts; o->name; o++) {
		size_t given = 0;

		for (size_t i = 0; i < c->opts.n; i++)
			given += strcmp(c->opts.v[i].name, o->name) == 0;
		if (given && !cli_is_listed(takes, o->name)) {
			(void)snprintf(why, sizeof why, "%s has no --%s", word, o->name);
			return cli_usage(c, why);
		}
		if (given > 1 && !cli_is_listed(repeat, o->name)) {
			(void)snprintf(why, sizeof why, "--%s is given twice", o->name);
			return cli_usage(c, why);
		}
	}
	return CLI_OK;
}

void
cli_put(const struct buf *b)
{
	struct str s = buf_view(b);

	if (s.n)
		(void)fwrite(s.p, 1, s.n, stdout);
	(void)fflush(stdout);
}

int
cli_put_json(json_t *v)
{
	int bad = !v || json_dumpf(v, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY) < 0 || putchar('\n') == EOF;

	json_decref(v);
	(void)fflush(stdout);
	return bad ? CLI_OS : CLI_OK;
}

bool
cli_wants_json(const struct cli *c)
{
	return opt_is_set(&c->opts, "json");
}

void
cli_faults(const struct cli *c, const char *where, const struct faults *f)
{
	struct arena a;			/* a place may be the name of a file, and that anything */

	arena_init(&a, 0);
	for (size_t i = 0; i < f->n; i++)
		(void)cli_fail(c, 0, "%s: " STR_FMT ": " STR_FMT "%s" STR_FMT, ui_clean(&a, str_of(where)).p,
		    STR_ARG(ui_clean(&a, f->v[i].place)), STR_ARG(ui_clean(&a, f->v[i].words)), f->v[i].fix.n ? ". Fix: " : "",
		    STR_ARG(ui_clean(&a, f->v[i].fix)));
	if (f->more)
		(void)cli_fail(c, 0, "there are more faults; these are the first %zu", f->n);
	arena_free(&a);
}

json_t *
cli_json_str(struct str s)
{
	json_t *v = json_stringn(s.p ? s.p : "", s.n);
	struct arena a;
	struct str clean;

	if (v)
		return v;
	arena_init(&a, 0);
	clean = ui_clean(&a, s);
	v = json_stringn(clean.p, clean.n);
	arena_free(&a);
	return v;
}

int
cli_exit_of(int rc)
{
	switch (rc) {
	case E_STORE_DOWN: case E_STORE_FULL: case E_BUSY: case E_AWAY: return CLI_UNAVAILABLE;
	case E_STORE_SETUP: case E_CONF: return CLI_CONFIG;
	case E_MOVED: return CLI_TEMP;
	case E_NOT_FOUND: case E_BAD_MOVE: return CLI_NO;
	case E_MALFORMED: case E_VERSION: case E_LIMIT: case E_VALUE: return CLI_DATA;
	case E_NO_SPACE: return CLI_CANNOT_CREATE;
	default: return rc < 0 ? CLI_OS : CLI_OK;
	}
}

int
cli_set(struct cli *c, struct str assignment)
{
	struct faults f = { .a = &c->a };
	struct str value = assignment, path = str_cut(&value, '=');

	if (path.n == assignment.n)
		return cli_usage(c, "--set wants section.name=value");
	if (conf_set(&c->a, &c->conf, path, value, &f) < 0) {
		cli_faults(c, "--set", &f);
		return CLI_USAGE;
	}
	return CLI_OK;
}

static int
conf_load(struct cli *c)
{
	struct faults f = { .a = &c->a };
	struct str text;
	int rc;

	conf_defaults(&c->conf);
	c->conf_file = opt_text(&c->opts, "config");
	if (!c->conf_file && file_exists(DEFAULT_CONFIG))
		c->conf_file = DEFAULT_CONFIG;
	if (!c->conf_file)
		return CLI_OK;
	rc = file_read(&c->a, c->conf_file, LIMIT_CONF, &text);
	if (rc < 0)
		return cli_fail(c, rc == E_NOT_FOUND ? CLI_NO_INPUT : CLI_CONFIG, "%s: %s", c->conf_file, err_text(rc));
	if (conf_parse(&c->a, text, &c->conf, &f) < 0) {
		cli_faults(c, c->conf_file, &f);
		return CLI_CONFIG;
	}
	return CLI_OK;
}

const char *
cli_state_dir(const struct cli *c)
{
	const char *dir = NULL;

	for (size_t i = 0; i < c->opts.n; i++)
		if (strcmp(c->opts.v[i].name, "state") == 0 &&
		    (c->verb != &verb_list || state_of(str_of(c->opts.v[i].text)) == ST_NONE))
			dir = c->opts.v[i].text;
	return dir;
}

static int
conf_state(struct cli *c)
{
	const char *dir = cli_state_dir(c);
	struct path_setting v[PATH_SETTINGS];
	struct faults f = { .a = &c->a };

	if (!dir)
		return CLI_OK;
	if (!*dir)
		return cli_usage(c, "--state wants a folder");
	paths_of_state(&c->a, str_of(dir), v);
	for (size_t i = 0; i < PATH_SETTINGS; i++)
		if (conf_set(&c->a, &c->conf, v[i].path, v[i].value, &f) < 0) {
			cli_faults(c, "--state", &f);
			return CLI_USAGE;
		}
	return CLI_OK;
}

static int
conf_ready(struct cli *c)
{
	int rc = conf_load(c);

	if (rc == CLI_OK)
		rc = conf_state(c);
	for (size_t i = 0; rc == CLI_OK && i < c->opts.n; i++)
		if (strcmp(c->opts.v[i].name, "set") == 0)
			rc = cli_set(c, str_of(c->opts.v[i].text));
	if (rc != CLI_OK)
		return rc;
	if (!path_fits_socket(c->conf.site.bus, BUS_NAME_MAX) || !path_fits_socket(c->conf.site.redis, 0) ||
	    !path_fits_socket(c->conf.ingest.front, 0))
		return cli_fail(c, CLI_CONFIG, "the path of the state folder is too long for a Unix socket "
		    "(107 bytes in all). Fix: a shorter --state");
	return CLI_OK;
}

char **
cli_same_settings(struct cli *c, size_t *n)
{
	char **v = arena_array(&c->a, 2 * OPT_MAX + 2 * PATH_SETTINGS + 4, sizeof *v);
	struct path_setting state[PATH_SETTINGS];
	const char *dir = cli_state_dir(c);
	size_t i;

	*n = 0;
	if (!v)
		return NULL;
	if (c->conf_file) {
		v[(*n)++] = (char *)(uintptr_t)"--config";
		v[(*n)++] = (char *)(uintptr_t)c->conf_file;
	}
	if (dir)
		paths_of_state(&c->a, str_of(dir), state);
	for (i = 0; dir && i < PATH_SETTINGS; i++) {
		v[(*n)++] = (char *)(uintptr_t)"--set";
		v[(*n)++] = (char *)(uintptr_t)arena_fmt(&c->a, STR_FMT "=" STR_FMT, STR_ARG(state[i].path),
		    STR_ARG(state[i].value)).p;
	}
	for (i = 0; i < c->opts.n; i++)
		if (strcmp(c->opts.v[i].name, "set") == 0) {
			v[(*n)++] = (char *)(uintptr_t)"--set";
			v[(*n)++] = (char *)(uintptr_t)c->opts.v[i].text;
		}
	v[*n] = NULL;
	return v;
}

static void
ui_open(struct cli *c)
{
	struct winsize w;
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

	if (!isatty(STDOUT_FILENO) || opt_is_set(&c->opts, "plain") || (term && strcmp(term, "dumb") == 0))
		return;
	c->ui.is_tty = true;
	c->ui.colour = !(no_colour && *no_colour);
	c->ui.width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 20 ? w.ws_col : 80;
}

int
cli_store(struct cli *c)
{
	char why[160] = "";
	int rc;

	if (c->store)
		return CLI_OK;
	rc = store_redis_open(&c->store, &c->conf, why);
	if (rc < 0)
		return cli_fail(c, cli_exit_of(rc), "the store at " STR_FMT ": %s%s%s. Fix: is `claimline up` running, "
		    "with the same --state? `claimline doctor` knows more", STR_ARG(c->conf.site.redis), err_text(rc),
		    *why ? ": " : "", why);
	return CLI_OK;
}

int
cli_actor(struct cli *c, struct str *out)
{
	const char *actor = opt_text(&c->opts, "actor");
	const struct passwd *pw;

	if (!actor && !(actor = getenv("USER")))	/* cron, systemd and containers do not set it */
		actor = (pw = getpwuid(getuid())) ? arena_str(&c->a, str_of(pw->pw_name)).p : "";
	*out = str_trim(str_of(actor));
	if (out->n == 0 || out->n > 60 || str_has_ctl(*out) || memchr(out->p, '|', out->n))
		return cli_usage(c, "who decides? --actor NAME (at most 60 characters, no '|'); the default is $USER");
	return CLI_OK;
}

static const struct verb *
verb_find(const struct verb *const *verbs, const char *name)
{
	for (; *verbs; verbs++)
		if (strcmp((*verbs)->name, name) == 0)
			return *verbs;
	return NULL;
}

/* The verb with the longest common beginning, to help with a slip of the finger. */
static const char *
verb_near(const struct verb *const *verbs, const char *name)
{
	const char *best = NULL;
	size_t most = 1;

	for (; *verbs; verbs++) {
		size_t n = 0;

		while (name[n] && name[n] == (*verbs)->name[n])
			n++;
		if (n > most) {
			most = n;
			best = (*verbs)->name;
		}
	}
	return best;
}

static int
run_plain(struct cli *c, bool with_verb)
{
	struct buf b;

	buf_init(&b, &c->a);
	if (opt_is_set(&c->opts, "version"))
		buf_cstr(&b, "claimline " CL_VERSION "\n");
	else if (with_verb)
		help_verb(c->verb, c->argc ? c->argv[0] : NULL, &b);
	else
		help_all(c, &b);
	cli_put(&b);
	return CLI_OK;
}

static int
run(struct cli *c, int argc, char **argv)
{
	const struct opt *const before[2] = { cli_global_opts, NULL };
	char why[160];
	int first;

	if (opt_read(argc, argv, before, true, &c->opts, &first, why) < 0)
		return cli_usage(c, why);
	if (first < argc) {
		const struct opt *tables[2] = { cli_global_opts, NULL };
		const char *name = argv[first];
		int at;

		c->verb = verb_find(c->verbs, name);
		if (!c->verb) {
			const char *near = verb_near(c->verbs, name);

			(void)cli_fail(c, 0, "there is no verb %.40s%s%s", name, near ? ", did you mean " : "", near ? near : "");
			return cli_usage(c, "verbs are listed by `claimline help`");
		}
		tables[1] = c->verb->opts;
		if (opt_read(argc - first, argv + first, tables, false, &c->opts, &at, why) < 0)
			return cli_usage(c, why);
		c->argc = argc - first - at;
		c->argv = argv + first + at;
	}
	if (opt_is_set(&c->opts, "help") || opt_is_set(&c->opts, "version"))
		return run_plain(c, c->verb != NULL);
	if (!c->verb) {
		(void)run_plain(c, false);
		return CLI_USAGE;
	}
	ui_open(c);
	if (c->verb->state && !cli_state_dir(c) && c->opts.n < OPT_MAX)
		c->opts.v[c->opts.n++] = (struct opt_given){ "state", c->verb->state };
	first = conf_ready(c);
	return first == CLI_OK ? c->verb->run(c) : first;
}

int
cli_main(int argc, char **argv, const struct verb *const *verbs)
{
	static const char name[] = "claimline", instance[] = "cli";
	struct cli *c = calloc(1, sizeof *c);
	int rc;

	if (!c)
		return CLI_OS;
	log_open(LOG_WARN, LOG_AS_TEXT, name, instance);
	arena_init(&c->a, CLI_ARENA);
	c->verbs = verbs;
	rc = run(c, argc, argv);
	cold_close(&c->shelf);
	if (c->store)
		c->store->ops->close(c->store);
	arena_free(&c->a);
	free(c);
	return rc;
}
