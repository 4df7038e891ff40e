/* cmd_send.c - send: files in, one line per file out. */
#include "claimline/send.h"

#include <stdio.h>
#include <string.h>

static size_t
count(const struct sent_file *f, const char *result)
{
	size_t n = strcmp(result, "refused") == 0 ? f->refused : 0;

	for (size_t i = 0; i < f->n_rows; i++)
		n += str_is(f->rows[i].result, result);
	return n;
}

static void
put_counts(struct buf *b, const struct sent_file *f)
{
	static const char *const results[] = { "accepted", "known", "amended", "released", "voided", "conflict", "refused" };

	if (f->n_rows == 1)
		buf_fmt(b, "  " STR_FMT, STR_ARG(f->rows[0].id));
	if (f->n_rows + f->refused < 2)
		return;
	buf_fmt(b, "  %zu encounters", f->n_rows + f->refused);
	for (size_t i = 0; i < sizeof results / sizeof *results; i++)
		if (count(f, results[i]))
			buf_fmt(b, ", %zu %s", count(f, results[i]), results[i]);
}

static void
put_rows(struct cli *c, struct buf *b, const struct sent_file *f)
{
	bool all = opt_is_set(&c->opts, "ids");

	for (size_t i = 0; i < f->n_rows; i++) {
		const struct sent_row *r = &f->rows[i];

		if ((all && f->n_rows > 1) || r->error.n)
			buf_fmt(b, "  " STR_FMT "  " STR_FMT "%s" STR_FMT "\n", STR_ARG(r->id), STR_ARG(r->result),
			    r->error.n ? ": " : "", STR_ARG(r->error));
	}
}

static void
tell(struct cli *c, const struct sent_file *f)
{
	bool good = send_is_good(f);
	struct str word = good || (!str_is(f->verdict, "accepted") && !str_is(f->verdict, "known")) ? f->verdict : S("partly");
	struct arena a;
	struct buf b;

	if (cli_wants_json(c))
		return;
	arena_init(&a, 0);
	buf_init(&b, &a);
	buf_str(&b, ui_tone_text(&a, &c->ui, good ? UI_GOOD : UI_BAD, arena_fmt(&a, "%-10.*s", STR_ARG(word))));
	buf_fmt(&b, " " STR_FMT, STR_ARG(ui_clean(&a, str_of(f->path))));
	if (f->rc < 0)
		buf_fmt(&b, "  %s", err_text(f->rc));
	else
		put_counts(&b, f);
	buf_ch(&b, '\n');
	put_rows(c, &b, f);
	for (size_t i = 0; i < f->n_faults; i++) {
		const struct fault *x = &f->faults[i];

		buf_fmt(&b, "  at " STR_FMT ": " STR_FMT "\n", STR_ARG(ui_clean(&a, x->place)), STR_ARG(ui_clean(&a, x->words)));
		if (x->fix.n)
			buf_fmt(&b, "    fix: " STR_FMT "\n", STR_ARG(ui_clean(&a, x->fix)));
	}
	cli_put(&b);
	arena_free(&a);
}

static json_t *
file_json(const struct sent_file *f)
{
	json_t *rows = json_array(), *faults = json_array();

	for (size_t i = 0; i < f->n_rows; i++)
		(void)json_array_append_new(rows, json_pack("{s:o, s:o, s:o, s:o}", "id", cli_json_str(f->rows[i].id), "result",
		    cli_json_str(f->rows[i].result), "state", cli_json_str(f->rows[i].state), "error",
		    cli_json_str(f->rows[i].error)));
	for (size_t i = 0; i < f->n_faults; i++)
		(void)json_array_append_new(faults, json_pack("{s:o, s:o, s:o}", "place", cli_json_str(f->faults[i].place),
		    "words", cli_json_str(f->faults[i].words), "fix", cli_json_str(f->faults[i].fix)));
	return json_pack("{s:o, s:o, s:o, s:I, s:o, s:s}", "file", cli_json_str(str_of(f->path)), "verdict",
	    cli_json_str(f->verdict.n ? f->verdict : S("unanswered")), "encounters", rows, "refused",
	    (json_int_t)f->refused, "faults", faults, "error", f->rc < 0 ? err_text(f->rc) : "");
}

static int
send_run(struct cli *c)
{
	struct sent out = { 0 };
	int64_t wait_s;
	int rc, put;

	if (c->argc == 0)
		return cli_usage(c, "which files? - is standard input");
	if (opt_int(&c->opts, "wait-s", 15, (int64_t[]){ 1, 86400 }, &wait_s) < 0)
		return cli_usage(c, "--wait-s wants seconds from 1");
	rc = send_files(c, c->argv, (size_t)c->argc, wait_s, tell, &out);
	if (cli_wants_json(c)) {
		json_t *list = json_array();

		for (size_t i = 0; i < out.n; i++)
			(void)json_array_append_new(list, file_json(&out.v[i]));
		put = cli_put_json(list);
		rc = rc == CLI_OK ? put : rc;
	}
	return rc;
}

static const struct opt send_opts[] = {
	{ "ids", 0, NULL, "print the id of every encounter" },
	{ "wait-s", 0, "N", "give up when nothing is answered for so long; default 15" },
	{ NULL, 0, NULL, NULL },
};

const struct verb verb_send = {
	.name = "send", .args = "FILE... | -", .words = "give files to ingest",
	.text = "Takes what ingest takes: 837P and 837I, Claimline JSON (an object, a list, or .ndjson), HL7 v2 messages, "
	    "FHIR Bundles.\n"
	    "One line per file, printed once it is safely on disk: accepted; known, when the very same was sent before; "
	    "partly; or\n"
	    "refused, with place, words and fix. Sending again is always safe.\n"
	    "Exit 0 all accepted or known, 1 some refused, 2 ingest did not answer, 66 a file could not be read.\n\n"
	    "  claimline send config/demo/*.json\n  jq -c '.[]' visits.json | claimline send -\n",
	.opts = send_opts, .run = send_run,
};
