/*
 * cmd_work.c - what people decide about held encounters: next, accept, replace, reject, release, query, route,
 * note, void. Each decision is appended to the record and committed with a revision check, so that of two
 * coders only one wins. It never decides for them.
 */
#include "claimline/cli.h"
#include "claimline/decide.h"
#include "claimline/find.h"
#include "claimline/story.h"

#include <stdlib.h>
#include <string.h>

struct act {
	const char	*name;
	int		 operands;		/* after ID */
	bool		 wants_reason;
	int		 (*prepare)(struct cli *, const struct act *, struct seen *, struct decision *, enum state *to);
};

static int
load_queue(struct cli *c, enum state st, struct work_item **v, size_t *n)
{
	struct listing *l = NULL;
	size_t count = 0;
	struct arena a;
	int rc = c->store->ops->list(c->store, st, FIND_STATE_MAX, &c->a, &l, &count);

	arena_init(&a, 0);
	for (size_t i = 0; rc >= 0 && i < count; i++) {
		struct snapshot s;
		struct work_item *w;

		rc = listed_get(c, &a, &l[i], &s);
		if (rc > 0 && s.w.state == st) {
			w = arena_push(&c->a, *v, *n);
			if (w)
				*w = (struct work_item){ l[i].id, l[i].lane, st, s.due ? s.due : l[i].score, s.charge };
		}
		arena_reset(&a);
	}
	arena_free(&a);
	return rc;
}

static json_t *
item_json(struct cli *c, const struct seen *x, size_t waiting)
{
	struct str text;
	json_error_t err;

	if (rec_to_json(&c->a, x->e, false, &text) < 0)
		return NULL;
	return json_pack("{s:o, s:s, s:o, s:I, s:I, s:I, s:I, s:o}", "id", cli_json_str(eid_text(&c->a, x->s.w.id)), "queue",
	    state_name(x->s.w.state), "why", cli_json_str(x->s.why), "due_ms", (json_int_t)x->s.due, "charge_cents",
	    (json_int_t)x->s.charge, "revision", (json_int_t)x->s.w.revision, "waiting", (json_int_t)waiting, "encounter",
	    json_loadb(text.p, text.n, 0, &err));
}

static void
put_next(struct cli *c, const struct seen *x, size_t waiting)
{
	static const struct { const char *verb, *args, *words; } hints[] = {
		{ "accept", "CODE", "put a code on the claim" }, { "replace", "CODE WITH", "another code in its place" },
		{ "reject", "CODE --reason TEXT", "take a code off the claim" }, { "query", "\"TEXT\"", "ask the clinician" },
		{ "void", "--reason TEXT", "it is not to be billed at all" },
	};
	struct story in = { .s = &x->s, .e = x->e };
	const char *dir = cli_state_dir(c);
	struct str id = eid_short(&c->a, x->s.w.id);
	struct buf b;

	buf_init(&b, &c->a);
	story_put_work(&c->a, &c->ui, &in, &b);
	buf_fmt(&b, "\n%zu waiting. What to do with this one:\n", waiting);
	for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
		buf_fmt(&b, "  claimline work%s%s %-7s " STR_FMT " %-17s  %s\n", dir ? " --state " : "", dir ? dir :
		    "", hints[i].verb, STR_ARG(id), hints[i].args, hints[i].words);
	buf_fmt(&b, "  claimline work%s%s release " STR_FMT " --reason TEXT      done: on to %s\n", dir ? " --state " :
	    "", dir ? dir : "", STR_ARG(id), state_name(decide_release_to(x->s.w.state)));
	cli_put(&b);
}

static int
work_next(struct cli *c)
{
	const char *queue = opt_text(&c->opts, "queue");
	enum state only = queue ? decide_queue(str_of(queue)) : ST_NONE;
	struct work_item *v = NULL;
	struct seen x;
	size_t n = 0;
	int rc = cli_store(c), code = CLI_OK;

	if (rc != CLI_OK)
		return rc;
	if (queue && only == ST_NONE)
		return cli_usage(c, "queues are coding, query, billing, authorization, compliance, denials");
	for (int st = 0; st < ST_COUNT && rc >= 0; st++)
		if (only == ST_NONE ? state_is_held((enum state)st) : only == (enum state)st)
			rc = load_queue(c, (enum state)st, &v, &n);
	if (rc < 0)
		return cli_fail(c, cli_exit_of(rc), "%s", err_text(rc));
	if (n == 0)
		return cli_fail(c, CLI_NO, "nothing waits for a person%s%s", queue ? " in " : "", queue ? queue : "");
	qsort(v, n, sizeof *v, decide_order);
	for (size_t i = 0; i < n; i++) {	/* what cannot be read is said, and does not stop the others */
		rc = seen_get(c, &c->a, v[i].id, v[i].lane, &x);
		code = rc < 0 ? seen_fail(c, &x, rc) : CLI_OK;
		if (rc >= 0 || rc == E_STORE_DOWN)
			break;
	}
	if (code != CLI_OK)
		return code;
	if (cli_wants_json(c))
		return cli_put_json(item_json(c, &x, n));
	put_next(c, &x, n);
	return CLI_OK;
}

static int
prepare_code(struct cli *c, const struct act *act, struct seen *x, struct decision *d, enum state *to)
{
	d->code = decide_code(&c->a, str_of(c->argv[2]));
	if (act->operands > 1)
		d->with = decide_code(&c->a, str_of(c->argv[3]));
	if (d->code.n == 0 || (act->operands > 1 && d->with.n == 0))
		return cli_usage(c, "a code is 3 to 7 letters and digits, such as E11.9");
	*to = opt_is_set(&c->opts, "release") ? decide_release_to(x->s.w.state) : x->s.w.state;
	return CLI_OK;
}

static int
prepare_release(struct cli *c, const struct act *act, struct seen *x, struct decision *d, enum state *to)
{
	const char *name = opt_text(&c->opts, "to");

	(void)act;
	(void)d;
	*to = name ? state_of(str_of(name)) : decide_release_to(x->s.w.state);
	if (*to != ST_RECEIVED && *to != ST_CODED && *to != ST_CHECKED && *to != ST_CLEARED)
		return cli_usage(c, "--to wants received, coded, checked or cleared");
	return CLI_OK;
}

static int
prepare_query(struct cli *c, const struct act *act, struct seen *x, struct decision *d, enum state *to)
{
	(void)act;
	(void)x;
	d->reason = str_of(c->argv[2]);
	*to = ST_HELD_QUERY;
	return CLI_OK;
}

static int
prepare_route(struct cli *c, const struct act *act, struct seen *x, struct decision *d, enum state *to)
{
	(void)act;
	(void)x;
	(void)d;
	*to = decide_queue(str_of(c->argv[2]));
	if (*to == ST_NONE)
		return cli_usage(c, "queues are coding, query, billing, authorization, compliance, denials");
	return CLI_OK;
}

static int
prepare_note(struct cli *c, const struct act *act, struct seen *x, struct decision *d, enum state *to)
{
	(void)act;
	d->reason = str_of(c->argv[2]);
	*to = x->s.w.state;
	return CLI_OK;
}

static int
prepare_void(struct cli *c, const struct act *act, struct seen *x, struct decision *d, enum state *to)
{
	(void)c;
	(void)act;
	(void)x;
	(void)d;
	*to = ST_VOID;
	return CLI_OK;
}

static const struct act acts[] = {
	{ "accept",	1, false, prepare_code },
	{ "replace",	2, false, prepare_code },
	{ "reject",	1, true,  prepare_code },
	{ "release",	0, true,  prepare_release },
	{ "query",	1, false, prepare_query },
	{ "route",	1, false, prepare_route },
	{ "note",	1, false, prepare_note },
	{ "void",	0, true,  prepare_void },
};

/* The reason of the new state: a query carries no text of the person, which may name the patient. */
static struct str
why_of(struct cli *c, const struct seen *x, const struct decision *d, enum state to)
{
	if (to == ST_HELD_QUERY && x->s.w.state != ST_HELD_QUERY)
		return arena_fmt(&c->a, "asked by " STR_FMT, STR_ARG(d->actor));
	if (to == ST_VOID)
		return arena_fmt(&c->a, "voided by " STR_FMT, STR_ARG(d->actor));
	return state_is_held(to) ? x->s.why : STR_NONE;
}

static int
commit(struct cli *c, struct seen *x, const struct decision *d, enum state to)
{
	struct commit_by by = { S("person"), d->actor, S("") };
	struct work *w = &x->s.w;
	struct str raw;
	int rc = rec_pack(&c->a, x->e, PART_PEOPLE, &raw);

	if (rc >= 0)
		rc = part_seal(&c->a, raw, str_is(c->conf.site.compress, "zstd"), &w->part[PART_PEOPLE]);
	if (rc < 0)
		return cli_fail(c, cli_exit_of(rc), "%s", err_text(rc));
	w->dirty = 1U << PART_PEOPLE;
	w->to = to;
	w->why = why_of(c, x, d, to);
	w->due = state_is_held(to) ? (x->s.due ? x->s.due : w->token) : 0;
	w->check_revision = true;
	rc = c->store->ops->advance(c->store, &by, &w, 1, 0);
	if (rc < 0)
		return cli_fail(c, cli_exit_of(rc), "%s%s", err_text(rc), rc == E_STORE_DOWN ? "; it is safe to try again" : "");
	if (!w->moved)
		return cli_fail(c, CLI_TEMP, "the encounter has moved on meanwhile: somebody else decided, or it was amended. "
		    "Look again with `claimline show`");
	return CLI_OK;
}

static int
tell(struct cli *c, const struct seen *x, const struct decision *d)
{
	struct buf b;

	if (cli_wants_json(c))
		return cli_put_json(json_pack("{s:o, s:o, s:s, s:I}", "id", cli_json_str(eid_text(&c->a, x->s.w.id)), "action",
		    cli_json_str(d->action), "state", state_name(x->s.w.to), "revision", (json_int_t)x->s.w.revision));
	buf_init(&b, &c->a);
	buf_fmt(&b, STR_FMT "  " STR_FMT ", now %s, revision %lld\n", STR_ARG(eid_text(&c->a, x->s.w.id)), STR_ARG(d->action),
	    state_name(x->s.w.to), (long long)x->s.w.revision);
	cli_put(&b);
	return CLI_OK;
}

static int
check(struct cli *c, const struct act *act, const struct seen *x)
{
	int64_t revision;

	if (!state_is_held(x->s.w.state))
		return cli_fail(c, CLI_NO, "this encounter is %s: there is nothing to decide. "
		    "`claimline kick` is for what was buried", state_name(x->s.w.state));
	if (x->away)
		return cli_fail(c, CLI_UNAVAILABLE, "%s: %s", err_text(E_AWAY), x->away);
	if (opt_int(&c->opts, "revision", x->s.w.revision, (int64_t[]){ 0, INT64_MAX }, &revision) < 0)
		return cli_usage(c, "--revision wants a number");
	if (revision != x->s.w.revision)
		return cli_fail(c, CLI_TEMP, "it is at revision %lld now, not %lld: look again with `claimline show`",
		    (long long)x->s.w.revision, (long long)revision);
	if (act->wants_reason && !opt_text(&c->opts, "reason"))
		return cli_usage(c, "this needs a --reason");
	return CLI_OK;
}

static int
work_act(struct cli *c, const struct act *act)
{
	struct decision d;
	struct seen x;
	const char *why;
	enum state to = ST_NONE;
	int rc;

	if (c->argc != 2 + act->operands)
		return cli_usage(c, "wrong number of arguments");
	rec_init(&rec_decision, &d);
	rc = cli_actor(c, &d.actor);
	if (rc == CLI_OK)
		rc = find_one(c, &c->a, c->argv[1], &x);
	if (rc == CLI_OK)
		rc = check(c, act, &x);
	if (rc != CLI_OK)
		return rc;
	d.action = str_of(act->name);
	if (opt_text(&c->opts, "reason"))
		d.reason = str_of(opt_text(&c->opts, "reason"));
	rc = act->prepare(c, act, &x, &d, &to);
	if (rc != CLI_OK)
		return rc;
	if (d.reason.n > 200)
		return cli_usage(c, "at most 200 bytes of reason or text");
	if (c->store->ops->now(c->store, &d.at) < 0)
		return cli_fail(c, CLI_UNAVAILABLE, "Redis does not answer");
	rc = decide_add(&c->a, x.e, &d, &why);
	if (rc < 0)
		return cli_fail(c, cli_exit_of(rc) == CLI_OS ? CLI_NO : cli_exit_of(rc), "%s", *why ? why : err_text(rc));
	rc = commit(c, &x, &d, to);
	return rc == CLI_OK ? tell(c, &x, &d) : rc;
}

static int
work_run(struct cli *c)
{
	if (c->argc < 1)
		return cli_usage(c, "what? next, accept, replace, reject, release, query, route, note or void");
	if (strcmp(c->argv[0], "next") == 0)
		return c->argc == 1 ? work_next(c) : cli_usage(c, "next takes --queue only");
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (strcmp(c->argv[0], acts[i].name) == 0)
			return work_act(c, &acts[i]);
	return cli_usage(c, "there is no such decision: next, accept, replace, reject, release, query, route, note or void");
}

static const struct opt work_opts[] = {
	{ "queue", 'q', "QUEUE", "next: only of coding, query, billing, authorization, compliance or denials" },
	{ "actor", 'a', "NAME", "who decides; default $USER. The ledger keeps it" },
	{ "reason", 'r', "TEXT", "why; needed for reject, release and void" },
	{ "to", 0, "STATE", "release: received, coded, checked or cleared instead of what the queue says" },
	{ "release", 0, NULL, "accept, replace, reject: release in the same step" },
	{ "revision", 0, "N", "refuse when it is not at this revision any more" },
	{ NULL, 0, NULL, NULL },
};

const struct verb verb_work = {
	.name = "work", .args = "next | accept|replace|reject|release|query|route|note|void ID ...",
	.words = "decide about held encounters (shows patient data)",
	.text = "next shows the most urgent encounter that waits for a person: by due time, then dollars. Then:\n\n"
	    "  claimline work next --queue coding\n"
	    "  claimline work accept 3f2a9c E11.9 --actor ann\n"
	    "  claimline work replace 3f2a9c E11.9 E11.21 --reason \"nephropathy in the assessment\"\n"
	    "  claimline work reject 3f2a9c I10 --reason \"ruled out\"\n"
	    "  claimline work query 3f2a9c \"Type of heart failure?\"\n"
	    "  claimline work route 3f2a9c billing\n"
	    "  claimline work release 3f2a9c --reason \"coded\"\n"
	    "  claimline work void 3f2a9c --reason \"sent in error\"\n\n"
	    "release goes on at the stage the answer affects: coding, query, billing, authorization and denials to coded, so\n"
	    "that the edits run again; compliance to cleared. What the edits still find holds it again; --to goes elsewhere.\n"
	    "A decision is refused (exit 75) when the encounter moved since it was read.\n",
	.opts = work_opts, .run = work_run,
};
