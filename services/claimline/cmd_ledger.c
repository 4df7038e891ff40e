/* cmd_ledger.c - ledger: verify the chain, explain one encounter, account for every control number. Reads only. */
#include "claimline/cli.h"
#include "claimline/find.h"

#include "audit/io_ledger.h"

#include <stdio.h>
#include <string.h>

static void
show(void *me, int64_t done, int64_t total)
{
	struct cli *c = me;
	struct arena a;

	arena_init(&a, 0);
	(void)fprintf(stderr, "\r" STR_FMT " %lld of %lld MB", STR_ARG(ui_bar(&a, (uint64_t)done, (uint64_t)total, 40)),
	    (long long)(done >> 20), (long long)(total >> 20));
	if (done >= total)
		(void)fprintf(stderr, "\r\033[K");
	arena_free(&a);
	(void)c;
}

/* "N:SHA", as verify prints it */
static int
anchor_of(struct cli *c, int64_t *n, char sha[LEDGER_HEX + 1])
{
	struct str hex = str_of(opt_text(&c->opts, "anchor")), number = str_cut(&hex, ':');

	*n = 0;
	sha[0] = '\0';
	if (!opt_text(&c->opts, "anchor"))
		return CLI_OK;
	if (!str_to_int(number, n) || *n < 1 || hex.n != LEDGER_HEX || !ledger_is_hex(hex, LEDGER_HEX))
		return cli_usage(c, "--anchor wants LINE:SHA256 as `ledger verify` printed it");
	memcpy(sha, hex.p, LEDGER_HEX);
	sha[LEDGER_HEX] = '\0';
	return CLI_OK;
}

static int
tell_break(const struct cli *c, int rc, const struct ledger_verify *v)
{
	if (rc == E_NOT_FOUND)
		return cli_fail(c, CLI_NO_INPUT, "there is no ledger at " STR_FMT, STR_ARG(c->conf.audit.ledger));
	if (rc == E_CHAIN)
		return cli_fail(c, CLI_NO, "BROKEN at segment %lld line %lld: %s (expected %s, found %s). Fix: "
		    "nothing here may be "
		    "changed; compare with a copy", (long long)v->why.segment, (long long)v->why.line, v->why.what,
		    v->why.expected, v->why.found);
	if (rc == E_INCOMPLETE)
		return cli_fail(c, CLI_NO, "the last line of segment %lld is not whole: the writer is at it now, "
		    "or died there. Fix: "
		    "once audit runs it cuts the line off and says so", (long long)v->segment);
	return cli_fail(c, cli_exit_of(rc), "%s", err_text(rc));
}

static int
verify_json(const struct ledger_verify *v, int rc)
{
	return cli_put_json(json_pack("{s:b, s:I, s:I, s:I, s:I, s:s, s:s}", "sound", rc >= 0, "lines",
	    (json_int_t)v->chain.n, "segment", (json_int_t)v->segment, "bytes", (json_int_t)v->bytes, "cuts",
	    (json_int_t)v->cuts, "sha", v->chain.sha, "why", rc >= 0 ? "" : rc == E_CHAIN ? v->why.what : err_text(rc)));
}

static int
verify(struct cli *c, struct ledger_verify *v, const struct ledger_progress *p)
{
	int rc = ledger_folder_walk(c->conf.audit.ledger.p, v, NULL, NULL, p);

	if (cli_wants_json(c) && rc != E_NOT_FOUND)
		return verify_json(v, rc) == CLI_OK && rc >= 0 ? CLI_OK : CLI_NO;
	if (rc < 0)
		return tell_break(c, rc, v);
	(void)printf("sound: lines %lld, segments %lld, bytes %lld, torn writes recorded %lld\n"
	    "anchor to keep elsewhere: %lld:%s\n", (long long)v->chain.n, (long long)v->segment, (long long)v->bytes,
	    (long long)v->cuts, (long long)v->chain.n, v->chain.sha);
	return CLI_OK;
}

static int
put_text(struct cli *c, int rc, struct str text, const struct ledger_verify *v)
{
	struct buf b;

	buf_init(&b, &c->a);
	buf_str(&b, text);
	cli_put(&b);
	return rc < 0 ? tell_break(c, rc, v) : CLI_OK;
}

static int
explain(struct cli *c, struct ledger_verify *v, const struct ledger_progress *p)
{
	struct eid id;
	struct seen x;
	struct str text = STR_NONE;
	int rc;

	if (c->argc != 2)
		return cli_usage(c, "explain wants one id");
	if (!eid_parse(str_of(c->argv[1]), &id)) {	/* the ledger knows whole ids only: ask the store */
		rc = find_one(c, &c->a, c->argv[1], &x);
		if (rc != CLI_OK)
			return rc;
		id = x.s.w.id;
	}
	rc = ledger_folder_explain(c->conf.audit.ledger.p, eid_text(&c->a, id), &c->a, v, p, &text);
	if (rc == 0)
		return cli_fail(c, CLI_NO, "the ledger has nothing about this id (yet: "
		    "audit writes it some time after the commit)");
	return put_text(c, rc, text, v);
}

static int
gaps(struct cli *c, struct ledger_verify *v, const struct ledger_progress *p)
{
	struct str text = STR_NONE;
	int rc = ledger_folder_gaps(c->conf.audit.ledger.p, opt_is_set(&c->opts, "every"), &c->a, v, p, &text);
	int code = put_text(c, rc, text, v);

	if (rc > 0)
		return cli_fail(c, CLI_NO, "%d control numbers cannot be explained", rc);
	if (rc == 0 && text.n == 0)
		(void)puts("no control number was given out yet");
	return code;
}

static int
ledger_run(struct cli *c)
{
	static const struct {
		const char *name;
		int (*run)(struct cli *, struct ledger_verify *, const struct ledger_progress *);
	} rows[] = { { "verify", verify }, { "explain", explain }, { "gaps", gaps } };
	struct ledger_progress p = { show, c };
	char sha[LEDGER_HEX + 1];
	struct ledger_verify v;
	int64_t n;
	int rc = CLI_USAGE;
	size_t i = 0;

	while (c->argc && i < 3 && strcmp(c->argv[0], rows[i].name) != 0)
		i++;
	if (c->argc == 0 || i == 3)
		return cli_usage(c, "what? verify, explain ID or gaps");
	if (c->conf.audit.ledger.n == 0)
		return cli_usage(c, "audit.ledger is empty: no ledger is kept here");
	if (anchor_of(c, &n, sha) != CLI_OK)
		return CLI_USAGE;
	ledger_verify_init(&v, &c->a, n, n ? sha : NULL);
	rc = rows[i].run(c, &v, c->ui.is_tty ? &p : NULL);
	ledger_verify_free(&v);
	return rc;
}

static const struct opt ledger_opts[] = {
	{ "anchor", 0, "LINE:SHA", "verify: the ledger must still contain this line, as an earlier verify printed it" },
	{ "every", 0, NULL, "gaps: a line for every control number" },
	{ NULL, 0, NULL, NULL },
};

const struct verb verb_ledger = {
	.name = "ledger", .args = "verify | explain ID | gaps [--every]", .words = "check the ledger, and ask it",
	.text = "verify checks the hash chain over all segments and prints an anchor; keep that elsewhere, "
	    "it shows later whether the\n"
	    "end was cut off. explain tells the life of one encounter. gaps accounts for every interchange control number.\n"
	    "No Redis is needed, but for explain with less than a whole id.\n\n"
	    "  claimline ledger verify\n  claimline ledger explain 3f2a9c\n  claimline ledger gaps\n",
	.opts = ledger_opts, .run = ledger_run,
};
