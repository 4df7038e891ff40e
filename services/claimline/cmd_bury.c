/* cmd_bury.c - kick: what was buried goes back to where it was; bury: a person takes work out of the machine's hands. */
#include "claimline/cli.h"
#include "claimline/find.h"

/* Appends a note to the record and moves it; *moved tells whether it was ours to move. */
static int
move(struct cli *c, struct arena *a, struct seen *x, enum state to, struct str words)
{
	struct decision *d;
	struct commit_by by = { S("person"), STR_NONE, S("") };
	struct work *w = &x->s.w;
	struct str raw;
	int rc = cli_actor(c, &by.actor);

	if (rc != CLI_OK)
		return rc;
	d = REC_PUSH(a, x->e, decisions, decision);
	if (!d)
		return cli_fail(c, CLI_OS, "%s", err_text(E_NOMEM));
	d->actor = by.actor;
	d->action = S("note");
	d->reason = words;
	rc = c->store->ops->now(c->store, &d->at);
	if (rc >= 0)
		rc = rec_pack(a, x->e, PART_PEOPLE, &raw);
	if (rc >= 0)
		rc = part_seal(a, raw, str_is(c->conf.site.compress, "zstd"), &w->part[PART_PEOPLE]);
	if (rc >= 0) {
		w->dirty = 1U << PART_PEOPLE;
		w->to = to;
		w->why = to == ST_BURIED ? words : STR_NONE;
		w->due = 0;
		w->check_revision = true;
		rc = c->store->ops->advance(c->store, &by, &w, 1, 0);
	}
	if (rc < 0)
		return cli_fail(c, cli_exit_of(rc), "%s", err_text(rc));
	return w->moved ? CLI_OK : CLI_TEMP;
}

static int
tell(struct cli *c, const struct seen *x, enum state to)
{
	struct buf b;

	buf_init(&b, &c->a);
	buf_fmt(&b, STR_FMT "  %s\n", STR_ARG(eid_text(&c->a, x->s.w.id)), state_name(to));
	cli_put(&b);
	return CLI_OK;
}

static int
kick(struct cli *c, struct arena *a, struct seen *x)
{
	const char *reason = opt_text(&c->opts, "reason");
	enum state to = x->s.before == ST_NONE ? ST_RECEIVED : x->s.before;

	if (x->s.w.state != ST_BURIED)
		return cli_fail(c, CLI_NO, "it is %s, not buried", state_name(x->s.w.state));
	return move(c, a, x, to, reason ? str_of(reason) : S("kicked"));
}

static int
kick_one(struct cli *c)
{
	struct seen x;
	int rc = find_one(c, &c->a, c->argv[0], &x);

	if (rc == CLI_OK)
		rc = kick(c, &c->a, &x);
	if (rc == CLI_TEMP)
		return cli_fail(c, rc, "somebody else moved it meanwhile");
	return rc == CLI_OK ? tell(c, &x, x.s.w.to) : rc;
}

static int
kick_all(struct cli *c)
{
	struct listing *v = NULL;
	size_t n = 0, done = 0;
	struct buf b;
	int rc = cli_store(c);

	if (rc != CLI_OK)
		return rc;
	if (c->store->ops->list(c->store, ST_BURIED, FIND_STATE_MAX, &c->a, &v, &n) < 0)
		return cli_fail(c, CLI_UNAVAILABLE, "Redis does not answer");
	for (size_t i = 0; i < n && (rc == CLI_OK || rc == CLI_TEMP || rc == CLI_NO); i++) {
		struct arena a;
		struct seen x;

		arena_init(&a, 0);
		rc = seen_get(c, &a, v[i].id, v[i].lane, &x);
		if (rc == E_STORE_DOWN)
			rc = seen_fail(c, &x, rc);
		else if (rc < 0) {
			(void)seen_fail(c, &x, rc);
			rc = cli_fail(c, CLI_NO, "the one above cannot be read and stays buried");
		} else {
			rc = kick(c, &a, &x);
		}
		done += rc == CLI_OK;
		arena_free(&a);
	}
	buf_init(&b, &c->a);
	buf_fmt(&b, "%zu of %zu back at work\n", done, n);
	cli_put(&b);
	return done == n ? CLI_OK : rc == CLI_OK ? CLI_NO : rc;
}

static int
kick_run(struct cli *c)
{
	if (opt_is_set(&c->opts, "all"))
		return c->argc == 0 ? kick_all(c) : cli_usage(c, "either an id or --all");
	return c->argc == 1 ? kick_one(c) : cli_usage(c, "one id, or --all");
}

static int
bury_run(struct cli *c)
{
	const char *reason = opt_text(&c->opts, "reason");
	struct seen x;
	int rc;

	if (c->argc != 1 || !reason || !*reason || str_of(reason).n > 160 || str_has_ctl(str_of(reason)))
		return cli_usage(c, "one id, and a --reason of at most 160 bytes (without patient data: lists show it)");
	rc = find_one(c, &c->a, c->argv[0], &x);
	if (rc != CLI_OK)
		return rc;
	if (!state_event(x.s.w.state, ST_BURIED))
		return cli_fail(c, CLI_NO, "it is %s; only what a machine works on can be buried", state_name(x.s.w.state));
	rc = move(c, &c->a, &x, ST_BURIED, str_of(reason));
	if (rc == CLI_TEMP)
		return cli_fail(c, rc, "it moved on meanwhile; look again with `claimline status`");
	return rc == CLI_OK ? tell(c, &x, ST_BURIED) : rc;
}

static const struct opt kick_opts[] = {
	{ "all", 0, NULL, "everything that is buried" },
	{ "reason", 'r', "TEXT", "what was mended" },
	{ "actor", 'a', "NAME", "who; default $USER" },
	{ NULL, 0, NULL, NULL },
};

const struct verb verb_kick = {
	.name = "kick", .args = "ID | --all", .words = "put what was buried back to work",
	.text = "Back to the state it was buried from, with its attempts counted anew. Mend the cause first: "
	    "`claimline show ID`\n"
	    "tells it.\n\n  claimline kick 3f2a9c --reason \"code book loaded\"\n  claimline kick --all\n",
	.opts = kick_opts, .run = kick_run,
};

static const struct opt bury_opts[] = {
	{ "reason", 'r', "TEXT", "why; work lists show it, so no patient data" },
	{ "actor", 'a', "NAME", "who; default $USER" },
	{ NULL, 0, NULL, NULL },
};

const struct verb verb_bury = {
	.name = "bury", .args = "ID --reason TEXT", .words = "take an encounter out of the daemons' hands",
	.text = "It stays in the store with the reason, until somebody kicks or voids it.\n\n"
	    "  claimline bury 3f2a9c --reason \"stops suggest\"\n",
	.opts = bury_opts, .run = bury_run,
};
