/* cmd_help.c - help, man page and version, all from the table of verbs. */
#include "claimline/cli.h"

#include <string.h>

static const char intro[] =
    "Claimline takes patients' charts in and puts insurance claims out: five daemons (ingest, suggest, validate, audit,\n"
    "submit) and this command, with which one runs them, feeds them, looks at them and decides what they could not.\n";

static const char start[] =
    "A first minute:\n\n"
    "  claimline demo                            everything once, on charts that come with it\n"
    "  claimline up                              run it here; Ctrl-C ends it\n"
    "  claimline send visit.json                 (in another terminal) one encounter in\n"
    "  claimline status PCN                      where it is\n"
    "  claimline work next                       what a person has to decide\n\n"
    "`claimline VERB --help` teaches each verb with an example.\n";

static const struct { int code; const char *words; } codes[] = {
	{ CLI_OK, "done" },
	{ CLI_NO, "it worked and the answer is no: refused, not found, unhealthy" },
	{ CLI_UNREACHED, "send: ingest did not answer; x12: a file cannot be read as what it should be" },
	{ CLI_USAGE, "wrong arguments" },
	{ CLI_DATA, "the input is not what it should be" },
	{ CLI_NO_INPUT, "no such file" },
	{ CLI_UNAVAILABLE, "Redis or a daemon cannot be reached" },
	{ CLI_BUG, "a bug of ours" },
	{ CLI_OS, "the operating system refused something" },
	{ CLI_CANNOT_CREATE, "a file cannot be created" },
	{ CLI_TEMP, "somebody else was faster: look again" },
	{ CLI_CONFIG, "the configuration is not valid" },
};

void
help_all(const struct cli *c, struct buf *b)
{
	buf_cstr(b, intro);
	buf_cstr(b, "\nusage: claimline [OPTIONS] VERB [OPTIONS] [ARGUMENTS]\n\nverbs:\n");
	for (const struct verb *const *v = c->verbs; *v; v++)
		buf_fmt(b, "  %-14s %s\n", (*v)->name, (*v)->words);
	buf_cstr(b, "\noptions of every verb:\n");
	opt_help(b, cli_global_opts);
	buf_cstr(b, "\nexit codes:\n");
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		buf_fmt(b, "  %-3d %s\n", codes[i].code, codes[i].words);
	buf_fmt(b, "\n%s", start);
}

/* The examples of the verb that are of this word, and the options it takes. */
static void
help_part(const struct verb *v, const struct verb_part *part, struct buf *b)
{
	struct str rest = str_of(v->text);
	const char *word = arena_fmt(b->a, " %s %s ", v->name, part->name).p;

	buf_fmt(b, "claimline %s %s\n\nusage: claimline %s %s %s\n\n", v->name, part->name, v->name, part->name, part->args);
	while (word && rest.n) {
		struct str line = str_cut(&rest, '\n');

		if (line.n && *line.p == ' ' && strstr(arena_str(b->a, line).p, word))
			buf_fmt(b, STR_FMT "\n", STR_ARG(line));
	}
	buf_cstr(b, "\noptions:\n");
	for (const struct opt *o = v->opts; o && o->name; o++)
		if (cli_is_listed(part->takes, o->name))
			opt_help(b, (const struct opt[2]){ *o, { NULL, 0, NULL, NULL } });
}

void
help_verb(const struct verb *v, const char *part, struct buf *b)
{
	const struct verb_part *p = v->parts;

	while (p && p->name && (!part || strcmp(p->name, part) != 0))
		p++;
	if (p && p->name) {
		help_part(v, p, b);
	} else {
		buf_fmt(b, "claimline %s - %s\n\nusage: claimline %s %s\n\n%s", v->name, v->words, v->name, v->args, v->text);
		if (v->opts) {
			buf_cstr(b, "\noptions:\n");
			opt_help(b, v->opts);
		}
	}
	buf_cstr(b, "\noptions of every verb:\n");
	opt_help(b, cli_global_opts);
}

void
help_man_page(const struct cli *c, struct buf *b)
{
	buf_cstr(b, ".\\\" made by `claimline help --man`\n.TH CLAIMLINE 1 \"\" \"claimline " CL_VERSION "\"\n"
	    ".SH NAME\nclaimline \\- from chart to claim line\n"
	    ".SH SYNOPSIS\n.B claimline\n[OPTIONS] VERB [OPTIONS] [ARGUMENTS]\n.SH DESCRIPTION\n");
	man_text(b, intro);
	buf_cstr(b, ".PP\n");
	man_text(b, start);
	buf_cstr(b, ".SH OPTIONS OF EVERY VERB\n");
	opt_man(b, cli_global_opts);
	buf_cstr(b, ".SH VERBS\n");
	for (const struct verb *const *v = c->verbs; *v; v++) {
		buf_fmt(b, ".SS claimline %s %s\n", (*v)->name, (*v)->args);
		man_text(b, (*v)->words);
		buf_cstr(b, ".PP\n");
		man_text(b, (*v)->text);
		opt_man(b, (*v)->opts);
	}
	buf_cstr(b, ".SH EXIT STATUS\n");
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		buf_fmt(b, ".TP\n%d\n", codes[i].code);
		man_text(b, codes[i].words);
	}
	buf_cstr(b, ".SH FILES\n.TP\nconfig/claimline.yaml\nsettings of all programs\n.TP\nstate/\nsockets, Redis, in and "
	    "out folders, ledger (\\-\\-state moves it)\n");
}

static int
help_run(struct cli *c)
{
	struct buf b;

	buf_init(&b, &c->a);
	if (opt_is_set(&c->opts, "man")) {
		help_man_page(c, &b);
	} else if (c->argc == 0) {
		help_all(c, &b);
	} else {
		const struct verb *const *v = c->verbs;

		while (*v && strcmp((*v)->name, c->argv[0]) != 0)
			v++;
		if (!*v)
			return cli_usage(c, "there is no such verb");
		help_verb(*v, c->argc > 1 ? c->argv[1] : NULL, &b);
	}
	cli_put(&b);
	return CLI_OK;
}

static const struct opt help_opts[] = {
	{ "man", 0, NULL, "the man page, in roff" },
	{ NULL, 0, NULL, NULL },
};

const struct verb verb_help = {
	.name = "help", .args = "[VERB] [--man]", .words = "what there is, or about one verb",
	.text = "Lists the verbs, or teaches one.\n\n  claimline help send\n  claimline help --man | man -l -\n",
	.opts = help_opts, .run = help_run,
};

static int
version_run(struct cli *c)
{
	struct buf b;

	buf_init(&b, &c->a);
	buf_cstr(&b, "claimline " CL_VERSION "\n");
	cli_put(&b);
	return CLI_OK;
}

const struct verb verb_version = {
	.name = "version", .args = "", .words = "print the version",
	.text = "Prints name and version.\n\n  claimline version\n", .run = version_run,
};
