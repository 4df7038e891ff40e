/* cmd_show.c - status: where an encounter is, in a line; show: its whole story. They change nothing. */
#include "claimline/cli.h"
#include "claimline/find.h"
#include "claimline/history.h"
#include "claimline/story.h"

static json_t *
status_json(struct arena *a, const struct seen *x)
{
	const struct snapshot *s = &x->s;

	return json_pack("{s:o, s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:s, s:s}", "id", cli_json_str(eid_text(a, s->w.id)),
	    "state", state_name(s->w.state), "revision", (json_int_t)s->w.revision, "attempts", (json_int_t)s->w.attempts,
	    "arrived_ms", (json_int_t)s->w.t, "due_ms", (json_int_t)s->due, "charge_cents", (json_int_t)s->charge,
	    "why", cli_json_str(s->why), "file", cli_json_str(x->e->file), "interchange", cli_json_str(s->batch),
	    "body", s->cold ? "archive" : "redis", "away", x->away ? x->away : "");
}

static int
the_one(struct cli *c, struct seen *out)
{
	return c->argc == 1 ? find_one(c, &c->a, c->argv[0], out) : cli_usage(c, "one id or patient control number");
}

static int
status_run(struct cli *c)
{
	struct seen x;
	struct buf b;
	int rc = the_one(c, &x);

	if (rc != CLI_OK)
		return rc;
	if (cli_wants_json(c))
		return cli_put_json(status_json(&c->a, &x));
	buf_init(&b, &c->a);
	buf_fmt(&b, STR_FMT "  %s  revision %lld", STR_ARG(eid_text(&c->a, x.s.w.id)), state_name(x.s.w.state),
	    (long long)x.s.w.revision);
	if (x.s.why.n)
		buf_fmt(&b, "  " STR_FMT, STR_ARG(ui_clean(&c->a, x.s.why)));
	if (x.e->file.n)
		buf_fmt(&b, "  file " STR_FMT, STR_ARG(ui_clean(&c->a, x.e->file)));
	if (x.s.cold)
		buf_fmt(&b, "  body in the archive%s%s", x.away ? ", and cannot be read here: " : "", x.away ? x.away : "");
	buf_ch(&b, '\n');
	cli_put(&b);
	return CLI_OK;
}

const struct verb verb_status = {
	.name = "status", .args = "ID", .words = "where an encounter is, in one line",
	.text = "ID is the id that `claimline send` printed, the beginning of it (6 digits or more), or the patient control\n"
	    "number of the claim.\n\n  claimline status 3f2a9c\n  claimline status DEMO-017 --json\n",
	.run = status_run,
};

/* "payer/000000012" as the store names an interchange */
static const struct interchange *
interchange_of(struct cli *c, const struct seen *x)
{
	struct interchange *ic = arena_alloc(&c->a, sizeof *ic);
	struct str number = x->s.batch, partner = str_cut(&number, '/');
	int64_t n;

	if (!ic || !str_to_int(number, &n) || c->store->ops->ic_get(c->store, partner, n, &c->a, ic) < 0)
		return NULL;
	return ic;
}

static json_t *
hops_json(const struct hop *v, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:I, s:s}", "at_ms",
		    (json_int_t)v[i].at, "stage", cli_json_str(v[i].stage), "actor", cli_json_str(v[i].actor), "from",
		    cli_json_str(v[i].from), "to", cli_json_str(v[i].to), "verdict", cli_json_str(v[i].verdict),
		    "revision", (json_int_t)v[i].revision, "kept", v[i].in_ledger ? "ledger" : "journal"));
	return list;
}

static int
show_json(struct cli *c, const struct seen *x, const struct story *in)
{
	json_t *all = status_json(&c->a, x);
	struct str text;
	json_error_t err;
	int rc = rec_to_json(&c->a, x->e, false, &text);

	if (rc < 0) {
		json_decref(all);
		return cli_fail(c, CLI_OS, "%s", err_text(rc));
	}
	(void)json_object_set_new(all, "encounter", json_loadb(text.p, text.n, 0, &err));
	(void)json_object_set_new(all, "history", hops_json(in->hops, in->n_hops));
	return cli_put_json(all);
}

static int
show_raw(struct cli *c, const struct seen *x)
{
	struct str text;
	struct buf b;
	int rc = x->away ? E_AWAY : rec_to_json(&c->a, x->e, true, &text);

	if (rc < 0)
		return cli_fail(c, cli_exit_of(rc), "%s%s%s", err_text(rc), x->away ? ": " : "", x->away ? x->away : "");
	buf_init(&b, &c->a);
	buf_str(&b, text);
	buf_ch(&b, '\n');
	cli_put(&b);
	return CLI_OK;
}

static int
show_run(struct cli *c)
{
	struct story in = { 0 };
	struct seen x;
	struct hop *hops = NULL;
	bool incomplete = false;
	struct buf b;
	int rc = the_one(c, &x);

	if (rc != CLI_OK)
		return rc;
	if (opt_is_set(&c->opts, "raw"))
		return show_raw(c, &x);
	(void)history_of(c, &c->a, x.s.w.id, &hops, &in.n_hops, &incomplete);
	in.s = &x.s;
	in.e = x.e;
	in.away = x.away;
	in.ic = interchange_of(c, &x);
	in.hops = hops;
	if (cli_wants_json(c))
		return show_json(c, &x, &in);
	buf_init(&b, &c->a);
	story_put(&c->a, &c->ui, &in, &b);
	cli_put(&b);
	if (incomplete)
		(void)cli_fail(c, 0, "some of the history could not be read; `claimline ledger verify` tells why");
	return CLI_OK;
}

static const struct opt show_opts[] = {
	{ "raw", 0, NULL, "the record as JSON, nothing else" },
	{ NULL, 0, NULL, NULL },
};

const struct verb verb_show = {
	.name = "show", .args = "ID [--raw | --json]", .words = "the whole story of an encounter (shows patient data)",
	.text = "What came, which codes and the words in the chart that support them, what the edits found and how to mend it,\n"
	    "risk, decisions of people, what was sent and answered, and who did what when.\n\n"
	    "  claimline show 3f2a9c\n  claimline show DEMO-017 --raw | jq .candidates\n",
	.opts = show_opts, .run = show_run,
};
