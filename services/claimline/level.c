/* level.c - a look as tables and as JSON. */
#include "claimline/level.h"

#include "record/state.h"

void
level_rates(const struct level *before, struct level *now)
{
	int64_t ms = now->at - before->at;

	for (int i = 0; i < STAGES; i++) {
		const struct level_stage *b = &before->stage[i];
		struct level_stage *n = &now->stage[i];

		/* a daemon that started anew counts from 0 */
		n->rate_milli = ms > 0 && b->answers && n->answers && n->through >= b->through ?
		    (n->through - b->through) * 1000000 / ms : -1;
	}
}

static struct str
rate_text(struct arena *a, int64_t milli)
{
	return milli < 0 ? S("-") : arena_fmt(a, "%lld.%lld/s", (long long)(milli / 1000), (long long)(milli % 1000 / 100));
}

static void
cell_count(struct ui_table *t, int64_t n, enum ui_tone tone)
{
	ui_cell_tone(t, n ? tone : UI_DIM, arena_fmt(t->a, "%lld", (long long)n));
}

/* The state whose queue a stage works. */
static enum state
state_of_stage(int stage)
{
	for (int st = 0; st < ST_COUNT; st++) {
		const char *name = state_stage((enum state)st);

		if (name && str_is(str_of(name), crew_stages[stage]))
			return (enum state)st;
	}
	return ST_NONE;
}

static void
put_stages(struct arena *a, const struct ui *ui, const struct level *l, struct buf *b)
{
	static const struct ui_col cols[] = {
		{ "stage", false, false }, { "daemons", true, false }, { "state", false, false }, { "waiting", true, false },
		{ "oldest", true, false }, { "in flight", true, false }, { "rate", true, false }, { "in hand", true, false },
		{ "retried", true, false }, { "buried", true, false },
	};
	struct ui_table t;

	ui_table_init(&t, a, cols, sizeof cols / sizeof *cols);
	for (int i = 0; i < STAGES; i++) {
		const struct level_stage *s = &l->stage[i];
		enum state st = state_of_stage(i);
		const struct depth *d = &l->depth[st];

		ui_cell(&t, str_of(crew_stages[i]));
		ui_cell_tone(&t, s->alive ? UI_GOOD : UI_BAD, arena_fmt(a, "%zu", s->alive));
		ui_cell(&t, str_of(state_name(st)));
		cell_count(&t, (int64_t)d->n, UI_PLAIN);
		ui_cell(&t, ui_age(a, d->oldest_ms));
		cell_count(&t, (int64_t)d->leased, UI_PLAIN);
		ui_cell(&t, rate_text(a, s->rate_milli));
		ui_cell(&t, s->answers ? arena_fmt(a, "%lld", (long long)s->in_hand) : S("-"));
		ui_cell(&t, s->answers ? arena_fmt(a, "%lld", (long long)s->retried) : S("-"));
		ui_cell(&t, s->answers ? arena_fmt(a, "%lld", (long long)s->buried) : S("-"));
	}
	ui_table_put(&t, ui, b);
}

static void
put_held(struct arena *a, const struct ui *ui, const struct level *l, struct buf *b)
{
	static const struct ui_col cols[] = {
		{ "waits for people", false, false }, { "count", true, false }, { "dollars", true, false },
		{ "nearest deadline", false, false },
	};
	struct ui_table t;

	ui_table_init(&t, a, cols, sizeof cols / sizeof *cols);
	for (int st = 0; st < ST_COUNT; st++) {
		const struct level_held *h = &l->held[st];
		bool late = h->due > 0 && h->due < l->at;

		if (!state_is_held((enum state)st))
			continue;
		ui_cell(&t, str_of(state_name((enum state)st)));
		cell_count(&t, (int64_t)l->depth[st].n, UI_WARN);
		ui_cell(&t, arena_fmt(a, "%s" STR_FMT, h->partial ? "over " : "", STR_ARG(ui_money(a, h->cents))));
		ui_cell_tone(&t, late ? UI_BAD : UI_PLAIN, h->due > 0 && late ? arena_fmt(a, STR_FMT " (past)",
		    STR_ARG(ui_when(a, h->due))) : ui_when(a, h->due));
	}
	ui_table_put(&t, ui, b);
}

static void
put_rest(struct arena *a, const struct ui *ui, const struct level *l, struct buf *b)
{
	static const struct ui_col cols[] = { { "state", false, false }, { "count", true, false }, { "oldest", true, false } };
	struct ui_table t;

	ui_table_init(&t, a, cols, sizeof cols / sizeof *cols);
	for (int st = 0; st < ST_COUNT; st++) {
		if (state_stage((enum state)st) || state_is_held((enum state)st))
			continue;
		ui_cell(&t, str_of(state_name((enum state)st)));
		cell_count(&t, (int64_t)l->depth[st].n, st == ST_BURIED ? UI_BAD : UI_PLAIN);
		ui_cell(&t, ui_age(a, l->depth[st].oldest_ms));
	}
	ui_table_put(&t, ui, b);
}

void
level_put(struct arena *a, const struct ui *ui, const struct level *l, struct buf *b)
{
	put_stages(a, ui, l, b);
	buf_ch(b, '\n');
	put_held(a, ui, l, b);
	buf_ch(b, '\n');
	put_rest(a, ui, l, b);
}

static json_t *
stage_json(const struct level *l, int i)
{
	const struct level_stage *s = &l->stage[i];
	json_t *o = json_pack("{s:s, s:I}", "stage", crew_stages[i], "daemons", (json_int_t)s->alive);

	if (s->answers) {
		(void)json_object_set_new(o, "in_hand", json_integer(s->in_hand));
		(void)json_object_set_new(o, "retried", json_integer(s->retried));
		(void)json_object_set_new(o, "buried", json_integer(s->buried));
	}
	if (s->rate_milli >= 0)
		(void)json_object_set_new(o, "per_1000_s", json_integer(s->rate_milli));
	return o;
}

json_t *
level_json(const struct level *l)
{
	json_t *stages = json_array(), *states = json_object();

	for (int i = 0; i < STAGES; i++)
		(void)json_array_append_new(stages, stage_json(l, i));
	for (int st = 0; st < ST_COUNT; st++) {
		const struct depth *d = &l->depth[st];
		json_t *o = json_pack("{s:I, s:I, s:I}", "count", (json_int_t)d->n, "oldest_ms", (json_int_t)d->oldest_ms,
		    "in_flight", (json_int_t)d->leased);

		if (state_is_held((enum state)st)) {
			(void)json_object_set_new(o, "charge_cents", json_integer(l->held[st].cents));
			(void)json_object_set_new(o, "nearest_due_ms", json_integer(l->held[st].due));
			(void)json_object_set_new(o, "partial", json_boolean(l->held[st].partial));
		}
		(void)json_object_set_new(states, state_name((enum state)st), o);
	}
	return json_pack("{s:I, s:o, s:o}", "at_ms", (json_int_t)l->at, "stages", stages, "states", states);
}
