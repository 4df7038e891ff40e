/* cmd_list.c - list: encounters by state. Ids, counts, dollars and reasons; never patient data. */
#include "claimline/cli.h"
#include "claimline/decide.h"
#include "claimline/find.h"

#include <string.h>

struct row { struct work_item w; int64_t arrived; struct str why; };

struct rows { struct row *v; size_t n, left_out; };

static int
load_row(struct cli *c, const struct listing *l, struct rows *r)
{
	struct arena a;
	struct snapshot s;
	struct row *row;
	int rc;

	arena_init(&a, 0);
	rc = listed_get(c, &a, l, &s);
	if (rc > 0) {
		row = arena_push(&c->a, r->v, r->n);
		if (row)
			*row = (struct row){ { l->id, l->lane, s.w.state, s.due, s.charge }, s.w.t, arena_str(&c->a, s.why) };
		else
			rc = E_NOMEM;
	}
	arena_free(&a);
	return rc;
}

static int
load_state(struct cli *c, enum state st, size_t limit, struct rows *r)
{
	struct listing *v = NULL;
	size_t n = 0;
	int rc = c->store->ops->list(c->store, st, FIND_STATE_MAX, &c->a, &v, &n);

	for (size_t i = 0; rc >= 0 && i < n; i++) {
		if (r->n >= limit) {
			r->left_out += n - i;
			break;
		}
		rc = load_row(c, &v[i], r);
	}
	return rc;
}

static json_t *
rows_json(struct arena *a, const struct rows *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->n; i++)
		(void)json_array_append_new(list, json_pack("{s:o, s:s, s:I, s:I, s:I, s:o}", "id",
		    cli_json_str(eid_text(a, r->v[i].w.id)), "state", state_name(r->v[i].w.state), "arrived_ms",
		    (json_int_t)r->v[i].arrived, "due_ms", (json_int_t)r->v[i].w.due, "charge_cents",
		    (json_int_t)r->v[i].w.charge, "why", cli_json_str(r->v[i].why)));
	return json_pack("{s:o, s:I}", "encounters", list, "left_out", (json_int_t)r->left_out);
}

static void
rows_put(struct cli *c, const struct rows *r)
{
	static const struct ui_col cols[] = {
		{ "id", false, false }, { "state", false, false }, { "arrived", false, false }, { "dollars", true, false },
		{ "due", false, false }, { "because", false, true },
	};
	struct ui_table t;
	struct buf b;

	ui_table_init(&t, &c->a, cols, sizeof cols / sizeof *cols);
	for (size_t i = 0; i < r->n; i++) {
		const struct row *row = &r->v[i];

		ui_cell(&t, eid_short(&c->a, row->w.id));
		ui_cell_tone(&t, row->w.state == ST_BURIED ? UI_BAD : state_is_held(row->w.state) ? UI_WARN : UI_PLAIN,
		    str_of(state_name(row->w.state)));
		ui_cell(&t, ui_when(&c->a, row->arrived));
		ui_cell(&t, ui_money(&c->a, row->w.charge));
		ui_cell(&t, ui_when(&c->a, row->w.due));
		ui_cell(&t, row->why);
	}
	buf_init(&b, &c->a);
	ui_table_put(&t, &c->ui, &b);
	cli_put(&b);
	if (r->left_out)
		(void)cli_fail(c, 0, "%zu more; --limit shows them", r->left_out);
}

/* --state is the state folder everywhere; here it may name a state as well. */
static const char *
state_option(const struct cli *c)
{
	const char *name = NULL;

	for (size_t i = 0; i < c->opts.n; i++)
		if (strcmp(c->opts.v[i].name, "state") == 0 && state_of(str_of(c->opts.v[i].text)) != ST_NONE)
			name = c->opts.v[i].text;
	return name;
}

static int
list_states(struct cli *c, bool want[ST_COUNT])
{
	const char *state = state_option(c), *queue = opt_text(&c->opts, "queue");
	enum state st = ST_NONE;

	if (c->argc > 1 || (c->argc == 1 && state))
		return cli_usage(c, "one state at most");
	state = c->argc == 1 ? c->argv[0] : state;
	if (state && (st = state_of(str_of(state))) == ST_NONE)
		return cli_usage(c, "there is no such state; `claimline queues` lists them");
	if (queue && (st = decide_queue(str_of(queue))) == ST_NONE)
		return cli_usage(c, "queues are coding, query, billing, authorization, compliance, denials");
	for (int i = 0; i < ST_COUNT; i++)
		want[i] = st == ST_NONE || st == (enum state)i;
	return CLI_OK;
}

static int
list_run(struct cli *c)
{
	bool want[ST_COUNT];
	struct rows r = { 0 };
	int64_t limit;
	int rc = list_states(c, want);

	if (rc != CLI_OK)
		return rc;
	if (opt_int(&c->opts, "limit", 50, (int64_t[]){ 1, FIND_STATE_MAX }, &limit) < 0)
		return cli_usage(c, "--limit wants a number from 1");
	rc = cli_store(c);
	if (rc != CLI_OK)
		return rc;
	for (int st = 0; st < ST_COUNT && rc >= 0; st++)
		if (want[st])
			rc = load_state(c, (enum state)st, (size_t)limit, &r);
	if (rc < 0)
		return cli_fail(c, cli_exit_of(rc), "%s", err_text(rc));
	if (cli_wants_json(c))
		return cli_put_json(rows_json(&c->a, &r));
	rows_put(c, &r);
	return CLI_OK;
}

static const struct opt list_opts[] = {
	{ "queue", 'q', "QUEUE", "only this work list: coding, query, billing, authorization, compliance, denials" },
	{ "limit", 'n', "N", "at most so many; default 50" },
	{ NULL, 0, NULL, NULL },
};

const struct verb verb_list = {
	.name = "list", .args = "[STATE | --state STATE | --queue QUEUE] [--limit N] [--json]", .words = "encounters, by state",
	.text = "One line each: id, state, arrival, dollars, due time, and why it waits. No patient data. STATE is a name such\n"
	    "as held:coding, sent or buried; --state takes a state here as well as the state folder.\n\n"
	    "  claimline list buried\n  claimline list --queue coding --limit 20\n",
	.opts = list_opts, .run = list_run,
};
