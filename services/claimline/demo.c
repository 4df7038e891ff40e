/* demo.c - encounters as the table of the demonstration. */
#include "claimline/demo.h"
#include "claimline/decide.h"
#include "claimline/story.h"

#define PLAIN_WIDTH	150

bool
demo_is_settled(enum state st)
{
	return state_is_held(st) || st == ST_NEW || st == ST_ACCEPTED || st == ST_ADJUDICATED || st == ST_CLOSED ||
	    st == ST_BURIED || st == ST_VOID;
}

struct str
demo_disposition(struct arena *a, const struct seen *x)
{
	enum state st = x->s.w.state;
	const char *name = state_name(st);

	if (st == ST_NEW)
		return S("waits for more of its visit");
	if ((state_is_held(st) || st == ST_BURIED) && x->s.why.n)
		return arena_fmt(a, "%s: " STR_FMT, name, STR_ARG(x->s.why));
	return str_of(name);
}

struct str
demo_answer(struct arena *a, const struct encounter *e)
{
	const struct status *last = e->n_statuses ? &e->statuses[e->n_statuses - 1] : NULL;

	if (!last)
		return S("-");
	if (!str_is(last->verdict, "rejected"))
		return arena_fmt(a, STR_FMT " " STR_FMT, STR_ARG(last->kind), STR_ARG(last->verdict));
	return arena_fmt(a, STR_FMT " rejected " STR_FMT, STR_ARG(last->kind), STR_ARG(last->code));
}

static enum ui_tone
tone_of(enum state st)
{
	return st == ST_BURIED ? UI_BAD : state_is_held(st) ? UI_WARN : demo_is_settled(st) ? UI_GOOD : UI_PLAIN;
}

static struct str
type_of(const struct encounter *e)
{
	return e->visit_class.n ? e->visit_class : str_is(e->type, "I") ? S("institutional") : S("professional");
}

static struct str
evidence_of(struct arena *a, const struct encounter *e, const struct claim_view *v, size_t i)
{
	const struct candidate *c = story_evidence(e, v->diagnoses[i].code);

	if (c)
		return arena_fmt(a, "\"" STR_FMT "\"", STR_ARG(c->phrase));
	return v->coded_here ? S("-") : S("(came coded)");
}

/* An admitting diagnosis is often the principal one again. */
static bool
is_repeated(const struct claim_view *v, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(v->diagnoses[k].code, v->diagnoses[i].code))
			return true;
	return false;
}

static void
put_encounter(struct ui_table *t, const struct seen *x, const struct claim_view *v)
{
	struct arena *a = t->a;

	for (size_t i = 0; i < v->n_diagnoses || i == 0; i++) {
		bool first = i == 0, code = i < v->n_diagnoses;

		if (code && is_repeated(v, i))
			continue;
		ui_cell(t, !first ? S("") : x->e->pcn.n ? x->e->pcn : eid_short(a, x->s.w.id));
		ui_cell(t, first ? type_of(x->e) : S(""));
		ui_cell(t, code ? decide_code_dotted(a, v->diagnoses[i].code) : S("-"));
		ui_cell(t, code ? evidence_of(a, x->e, v, i) : S("-"));
		ui_cell_tone(t, tone_of(x->s.w.state), first ? demo_disposition(a, x) : S(""));
		ui_cell(t, !first ? S("") : x->e->file.n ? x->e->file : S("-"));
		ui_cell(t, first ? demo_answer(a, x->e) : S(""));
	}
}

void
demo_put(struct arena *a, const struct ui *ui, const struct seen *v, size_t n, struct buf *b)
{
	static const struct ui_col cols[] = {
		{ "encounter", false, false }, { "type", false, false }, { "code", false, false }, { "evidence", false, true },
		{ "disposition", false, true }, { "claim file", false, true }, { "payer answered", false, false },
	};
	struct ui fits = *ui;
	struct ui_table t;

	ui_table_init(&t, a, cols, sizeof cols / sizeof *cols);
	for (size_t i = 0; i < n; i++) {
		struct claim_view view;

		if (claim_view(a, v[i].e, &view) >= 0)
			put_encounter(&t, &v[i], &view);
	}
	if (fits.width == 0)
		fits.width = PLAIN_WIDTH;	/* reasons are sentences: without an end no row could be read */
	ui_table_put(&t, &fits, b);
}

json_t *
demo_json(struct arena *a, const struct seen *v, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *codes = json_array();
		struct claim_view view = { 0 };

		(void)claim_view(a, v[i].e, &view);
		for (size_t k = 0; k < view.n_diagnoses; k++)
			if (!is_repeated(&view, k))
				(void)json_array_append_new(codes, json_pack("{s:o, s:o}", "code",
				    cli_json_str(view.diagnoses[k].code), "evidence",
				    cli_json_str(evidence_of(a, v[i].e, &view, k))));
		(void)json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "id",
		    cli_json_str(eid_text(a, v[i].s.w.id)), "encounter", cli_json_str(v[i].e->pcn), "type",
		    cli_json_str(type_of(v[i].e)), "codes", codes, "state", state_name(v[i].s.w.state), "disposition",
		    cli_json_str(demo_disposition(a, &v[i])), "file", cli_json_str(v[i].e->file), "answer",
		    cli_json_str(demo_answer(a, v[i].e))));
	}
	return list;
}
