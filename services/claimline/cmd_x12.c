/*
 * cmd_x12.c - x12: files of claims and answers checked, read, written, repaired, split and counted. Each word has a file x12_*.c.
 */
#include "claimline/x12_words.h"

#include <signal.h>
#include <sys/random.h>
#include <time.h>

day_t
x12_today(const struct cli *c)
{
	return c->conf.site.today.n ? day_parse(c->conf.site.today) : (day_t)(time(NULL) / 86400);
}

void
x12_worse(struct x12_words *w, int code)
{
	w->code = code > w->code ? code : w->code;
}

int
x12_bad(int rc)
{
	return rc == E_NOMEM ? CLI_OS : rc == E_NO_SPACE ? CLI_CANNOT_CREATE : rc < 0 ? CLI_UNREACHED : CLI_OK;
}

struct str
x12_segment_shown(struct x12_words *w, struct str id)
{
	bool ok = id.n >= 2 && id.n <= 3 && *id.p >= 'A' && *id.p <= 'Z';

	for (size_t i = 1; i < id.n; i++)
		ok = ok && ((id.p[i] >= 'A' && id.p[i] <= 'Z') || (id.p[i] >= '0' && id.p[i] <= '9'));
	return ok || !id.n || w->show ? id :
	    x12_finding_shape(&w->line, &(struct x12_finding){ .value = { id.p, id.n < 15 ? id.n : 15 } });
}

int
x12_line(struct x12_words *w, struct buf *b)
{
	int rc;

	buf_ch(b, '\n');
	rc = w->line.spent ? E_NOMEM : x12_dest_put(&w->out, buf_view(b));
	arena_reset(&w->line);
	return rc;
}

static const struct opt opts[] = {
	{ "ack", 'a', "DIR", "check: write TA1, 999 and 277CA there, each by the ISA13 it answers" },
	{ "partner", 'p', "NAME", "check: rules of this partner: a file, or its name in partners/rules or partners of "
	    "site.config_dir" },
	{ "payer", 0, "NAME", "check: who the 277CA is from; default ISA08 of the file" },
	{ "snip", 's', "N-M", "check: only these types, such as 1-2 or 1,2,5; default 1-7; with --ack 1 and 2 among them" },
	{ "book", 'b', "FILE", "check: the code book; default site.code_book, else the starter set: codesets of site.config_dir" },
	{ "limit", 'n', "N", "check: at most so many findings of a file are printed; default 100, 0 is none. stats: "
	    "codes of a kind; default 10" },
	{ "show-values", 0, NULL, "check, repair, stats: values as they came, patient data and all" },
	{ "out", 'o', "FILE", "to-json, from-json, repair, generate: the file to write, - and default: standard output; "
	    "split: the folder" },
	{ "list", 'l', NULL, "repair: only say what would be done" },
	{ "zip-pad", 0, NULL, "repair: fill the ZIP code of billing providers to nine digits with 9998, which is a guess" },
	{ "claims", 0, "N", "split: at most so many claims a part. generate: how many; default 100" },
	{ "as", 0, "277CA", "from-json: the answer of a payer to claims of to-json that have a verdict" },
	{ "generic", 'g', NULL, "to-json: loops and segments even of sets that have a record" },
	{ "sender", 0, "ID", "from-json: ISA06 and GS02, as ID or ZZ:ID" },
	{ "receiver", 0, "ID", "from-json: ISA08, GS03 and 1000B, as ID or ZZ:ID" },
	{ "submitter", 0, "NAME", "from-json: name of 1000A, of a 277CA the payer; default the sender's id" },
	{ "receiver-name", 0, "NAME", "from-json: name of 1000B, of a 277CA 2100B; default the receiver's id" },
	{ "phone", 0, "NUMBER", "from-json: telephone of 1000A, of claims: ten digits" },
	{ "control", 0, "N", "from-json, split: ISA13 of the first interchange; each further one counts on" },
	{ "usage", 0, "T|P", "from-json: test or production for all; default of claims their own usage, of payments T. "
	    "generate: default T" },
	{ "per-st", 0, "N", "from-json, generate: claims of one transaction set; default 5000 and 1000" },
	{ "seed", 0, "S", "generate: the same number gives the same bytes; default 1" },
	{ "type", 0, "T", "generate: P professional, I institutional, B both; default P" },
	{ "defect", 0, "KIND", "generate: plant this defect in one claim; all: each planted claim has the next; list: "
	    "print the kinds" },
	{ "every", 0, "K", "generate: plant in every Kth claim instead of one" },
	{ "clean", 0, NULL, "generate: make the claims --defect needs, without the defect" },
	{ "lines", 0, NULL, "generate: a line end after each segment" },
	{ "truth", 0, "FILE", "generate: where to tell of planted defects, tab-separated; default standard error" },
	{ NULL, 0, NULL, NULL },
};

static const struct verb_part words[] = {
	{ "check", "FILE...", "ack payer partner snip book limit show-values " },
	{ "to-json", "FILE...", "generic out " },
	{ "from-json", "FILE", "out as sender receiver submitter receiver-name phone control usage per-st " },
	{ "repair", "FILE", "out list zip-pad show-values " },
	{ "split", "FILE --claims N --out DIR", "claims out control " },
	{ "stats", "FILE...", "limit show-values " },
	{ "generate", "", "claims seed type per-st usage defect every clean lines truth out " },
	{ NULL, NULL, NULL },
};
/* by word; generate reads nothing, and runs without what the others share */
static int (*const runs[])(struct x12_words *) = { x12_word_check, x12_word_to_json, x12_word_from_json, x12_word_repair,
	x12_word_split, x12_word_stats, NULL };

/* What could not be written is said once, here; a reader that went away is no news to anybody. */
static int
run(struct cli *c, int (*word)(struct x12_words *))
{
	struct x12_words w = { .c = c, .json = cli_wants_json(c), .show = opt_is_set(&c->opts, "show-values") };
	int rc;

	(void)signal(SIGPIPE, SIG_IGN);
	arena_init(&w.line, 0);
	if (getrandom(&w.seed, sizeof w.seed, 0) < 0 || x12_guides_open(&c->a, &w.guides) < 0 || x12_dest_open(&w.out, NULL) < 0)
		return cli_fail(c, CLI_OS, "%s", err_text(E_NOMEM));
	rc = word(&w);
	x12_worse(&w, rc);
	rc = x12_dest_close(&w.out, true);
	arena_free(&w.line);
	if (rc < 0 && !w.out.gone)
		return cli_fail(c, CLI_OS, "standard output: %s", err_text(rc));
	return rc < 0 ? CLI_OS : w.code;
}

static int
x12_run(struct cli *c)
{
	size_t i = 0, n = sizeof runs / sizeof *runs;
	int rc;

	while (c->argc && i < n && strcmp(c->argv[0], words[i].name) != 0)
		i++;
	if (c->argc == 0 || i == n)
		return cli_usage(c, "what? check, to-json, from-json, repair, split, stats or generate");
	c->argc--;
	c->argv++;
	rc = cli_word_opts(c, words[i].name, words[i].takes, "");
	if (!runs[i])
		return rc == CLI_OK ? x12_generate(c) : rc;
	if (rc == CLI_OK && c->argc == 0)
		rc = cli_usage(c, arena_fmt(&c->a, "%s wants a file; - is standard input", words[i].name).p);
	return rc == CLI_OK ? run(c, runs[i]) : rc;
}

const struct verb verb_x12 = {
	.name = "x12", .args = "check FILE... | to-json FILE... | from-json FILE | repair FILE | split FILE | stats FILE... | generate",
	.words = "X12 files: checked, read, written, repaired, split, counted, invented",
	.text = "Files of any length stream by in little memory; - is standard input. check tells what is wrong, "
	    "where and what to do,\n"
	    "and writes acknowledgements; it exits 0 when all is well, 1 with findings, 2 when a file cannot be read, 66 when "
	    "there is none.\nto-json gives\n"
	    "a line for each claim, payment or answer, from-json makes X12 of claims and payments again, and a 277CA of claims\n"
	    "to which {\"verdict\":{\"category\",\"status\",\"entity\",\"payer_control\"}} was added. repair sets right what\n"
	    "has one right form and lists it; split parts an 837 by claims; stats counts; generate invents claims. "
	    "Values are shown\n"
	    "as shapes (AAA999) unless --show-values.\n\n"
	    "  claimline x12 check claims.837 --ack answers\n  claimline x12 repair claims.837 -o clean.837\n"
	    "  claimline x12 to-json claims.837 | claimline x12 from-json - --sender ME --receiver THEM --phone 5035550100\n"
	    "  claimline x12 from-json judged.json --as 277CA --sender PAYER --receiver ME -o claims.277\n"
	    "  claimline x12 split big.837 --claims 5000 -o parts\n  claimline x12 stats *.837 --json\n",
	.opts = opts, .run = x12_run, .parts = words,
};
