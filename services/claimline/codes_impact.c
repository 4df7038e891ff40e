/*
 * codes_impact.c - codes diff --impact: which encounters now in the pipeline use a code that the new book judges
 * differently on their day. Ids, states and codes; never patient data. Settled ones (closed, void) are left out.
 */
#include "claimline/codes.h"
#include "claimline/find.h"
#include "claimline/impact.h"

struct report {
	struct cli		*c;
	const struct codebook	*old, *now;
	struct ui_table		 t;
	json_t			*list;
	size_t			 looked, hit, away;
};

static void
tell(struct report *r, const struct listing *l, enum state st, const struct impact *one)
{
	struct arena *a = &r->c->a;

	(void)json_array_append_new(r->list,
	    json_pack("{s:o, s:s, s:s, s:o, s:o, s:s}", "id", cli_json_str(eid_text(a, l->id)), "state",
	    state_name(st), "table", code_sets[one->set].name, "code", cli_json_str(one->code),
	    "date", codes_day_json(one->day), "why", one->why));
	ui_cell(&r->t, eid_short(a, l->id));
	ui_cell(&r->t, str_of(state_name(st)));
	ui_cell(&r->t, arena_str(a, one->code));
	ui_cell(&r->t, day_iso(a, one->day));
	ui_cell(&r->t, str_of(one->why));
}

static int
look(struct report *r, const struct listing *l, enum state st)
{
	struct arena a;
	struct impacts v;
	struct seen x;
	int rc;

	arena_init(&a, 0);
	rc = seen_get(r->c, &a, l->id, l->lane, &x);
	if (rc >= 0) {
		r->looked++;
		r->away += x.away != NULL;
		impact_of(r->old, r->now, &a, x.e, &v);
		for (size_t i = 0; i < v.n; i++)
			tell(r, l, st, &v.v[i]);
		r->hit += v.n > 0;
	}
	arena_free(&a);
	return rc == E_NOT_FOUND ? 0 : rc;		/* it moved on meanwhile */
}

static int
look_all(struct report *r)
{
	int rc = 0;

	for (int st = 0; st < ST_COUNT && rc >= 0; st++) {
		struct listing *v = NULL;
		size_t n = 0;

		if (st == ST_NONE || st == ST_CLOSED || st == ST_VOID)
			continue;
		rc = r->c->store->ops->list(r->c->store, (enum state)st, FIND_STATE_MAX, &r->c->a, &v, &n);
		for (size_t i = 0; i < n && rc >= 0; i++)
			rc = look(r, &v[i], (enum state)st);
	}
	return rc;
}

int
codes_impact(struct cli *c, const struct book *old, const struct book *now)
{
	static const struct ui_col cols[] = { { "id", false, false }, { "state", false, false }, { "code", false, false },
	    { "date", false, false }, { "what changes", false, true } };
	struct report r = { .c = c, .old = old->cb, .now = now->cb };
	struct buf b;
	int rc = cli_store(c);

	if (rc != CLI_OK)
		return rc;
	r.list = json_array();
	ui_table_init(&r.t, &c->a, cols, sizeof cols / sizeof *cols);
	rc = look_all(&r);
	if (rc < 0) {
		json_decref(r.list);
		return cli_fail(c, cli_exit_of(rc), "%s", err_text(rc));
	}
	if (cli_wants_json(c))
		return cli_put_json(json_pack("{s:I, s:I, s:I, s:o}", "looked_at", (json_int_t)r.looked,
		    "affected", (json_int_t)r.hit,
		    "bodies_away", (json_int_t)r.away, "codes", r.list));
	json_decref(r.list);
	buf_init(&b, &c->a);
	if (r.hit)
		ui_table_put(&r.t, &c->ui, &b);
	buf_fmt(&b, "%zu of %zu encounters use a code that changes on their date", r.hit, r.looked);
	if (r.away)
		buf_fmt(&b, "; %zu could not be read whole, their bodies are away", r.away);
	buf_ch(&b, '\n');
	cli_put(&b);
	return CLI_OK;
}
