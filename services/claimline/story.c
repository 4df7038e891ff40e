/* story.c - an encounter in words. Every text out of the record is cleaned before it reaches a terminal. */
#include "claimline/story.h"
#include "claimline/decide.h"

#include <string.h>

struct teller {
	struct arena		*a;
	const struct ui		*ui;
	const struct story	*in;
	struct buf		*b;
};

static struct str
clean(struct teller *t, struct str s)
{
	return ui_clean(t->a, s);
}

static void
head(struct teller *t, const char *words)
{
	buf_ch(t->b, '\n');
	buf_str(t->b, ui_tone_text(t->a, t->ui, UI_BOLD, str_of(words)));
	buf_ch(t->b, '\n');
}

/* "  name        value", left out when there is no value */
static void
field(struct teller *t, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	buf_fmt(t->b, "  %-16s", name);
	buf_str(t->b, clean(t, value));
	buf_ch(t->b, '\n');
}

static struct str
type_words(const struct encounter *e)
{
	return str_is(e->type, "I") ? S("institutional") : str_is(e->type, "D") ? S("dental") : S("professional");
}

static struct str
span(struct arena *a, day_t from, day_t to)
{
	if (from == DAY_NONE)
		return STR_NONE;
	if (to == DAY_NONE || to == from)
		return day_iso(a, from);
	return arena_fmt(a, STR_FMT " to " STR_FMT, STR_ARG(day_iso(a, from)), STR_ARG(day_iso(a, to)));
}

static void
put_state(struct teller *t)
{
	const struct snapshot *s = t->in->s;
	enum ui_tone tone = s->w.state == ST_BURIED ? UI_BAD : state_is_held(s->w.state) ? UI_WARN : UI_GOOD;

	buf_str(t->b, ui_tone_text(t->a, t->ui, UI_BOLD, eid_text(t->a, s->w.id)));
	buf_ch(t->b, '\n');
	buf_fmt(t->b, "  %-16s", "state");
	buf_str(t->b, ui_tone_text(t->a, t->ui, tone, str_of(state_name(s->w.state))));
	buf_ch(t->b, '\n');
	field(t, "because", s->why);
	if (s->before != ST_NONE && (state_is_held(s->w.state) || s->w.state == ST_BURIED))
		field(t, "came from", str_of(state_name(s->before)));
	field(t, "arrived", ui_when(t->a, s->w.t));
	if (s->due > 0)
		field(t, "due", ui_when(t->a, s->due));
	field(t, "revision", arena_fmt(t->a, "%lld, attempts %lld, lane %u", (long long)s->w.revision,
	    (long long)s->w.attempts, s->w.lane));
	if (s->cold)
		field(t, "body", arena_fmt(t->a, "in the archive%s%s", t->in->away ? ", and cannot be read here: " : "",
		    t->in->away ? t->in->away : ""));
}

static struct str
person(struct teller *t, const struct party *p)
{
	struct buf b;

	buf_init(&b, t->a);
	buf_str(&b, p->last);
	if (p->first.n)
		buf_fmt(&b, "%s" STR_FMT, p->last.n ? ", " : "", STR_ARG(p->first));
	if (p->sex.n)
		buf_fmt(&b, ", " STR_FMT, STR_ARG(p->sex));
	if (p->dob != DAY_NONE)
		buf_fmt(&b, ", born " STR_FMT, STR_ARG(day_iso(t->a, p->dob)));
	return buf_view(&b);
}

static void
put_lines(struct teller *t)
{
	static const struct ui_col cols[] = {
		{ "  line", true, false }, { "revenue", false, false }, { "code", false, false }, { "modifiers", false, false },
		{ "units", true, false }, { "charge", true, false }, { "day", false, false },
	};
	const struct encounter *e = t->in->e;
	struct ui_table table;

	if (e->n_lines == 0)
		return;
	ui_table_init(&table, t->a, cols, sizeof cols / sizeof *cols);
	for (size_t i = 0; i < e->n_lines; i++) {
		const struct line *l = &e->lines[i];
		struct buf mods;

		buf_init(&mods, t->a);
		for (size_t m = 0; m < l->n_modifiers; m++)
			buf_fmt(&mods, "%s" STR_FMT, m ? " " : "", STR_ARG(l->modifiers[m]));
		ui_cell_num(&table, l->number ? l->number : (int64_t)i + 1);
		ui_cell(&table, l->revenue);
		ui_cell(&table, l->code);
		ui_cell(&table, buf_view(&mods));
		ui_cell(&table, milli_text(t->a, l->units));
		ui_cell(&table, ui_money(t->a, l->charge));
		ui_cell(&table, span(t->a, l->from, l->to));
	}
	ui_table_put(&table, t->ui, t->b);
}

static void
put_documents(struct teller *t)
{
	const struct encounter *e = t->in->e;

	for (size_t i = 0; i < e->n_documents; i++) {
		const struct document *d = &e->documents[i];

		buf_fmt(t->b, "  note %-11zu" STR_FMT ", %zu bytes" "%s" STR_FMT "\n", i + 1,
		    STR_ARG(clean(t, d->type.n ? d->type : S("note"))), d->text.n, d->day != DAY_NONE ? ", written " : "",
		    STR_ARG(d->day != DAY_NONE ? day_iso(t->a, d->day) : S("")));
	}
}

static void
put_came(struct teller *t)
{
	const struct encounter *e = t->in->e;
	const struct party *payer = e->n_coverages ? &e->coverages[0].payer : NULL;

	head(t, "What came");
	field(t, "from", arena_fmt(t->a, STR_FMT " (" STR_FMT "), %s", STR_ARG(e->source), STR_ARG(e->sender),
	    str_is(e->usage, "P") ? "production" : "test"));
	field(t, "control number", e->pcn);
	field(t, "claim", arena_fmt(t->a, STR_FMT "%s" STR_FMT ", $" STR_FMT, STR_ARG(type_words(e)),
	    e->visit_class.n ? ", " : "", STR_ARG(e->visit_class), STR_ARG(ui_money(t->a, e->charge))));
	field(t, "service", span(t->a, e->from, e->to));
	field(t, "stay", span(t->a, e->admitted, e->discharged));
	field(t, "patient", person(t, &e->patient));
	field(t, "payer", payer ? payer->last : STR_NONE);
	field(t, "billed by", e->billing.last);
	put_documents(t);
	put_lines(t);
}

const struct candidate *
story_evidence(const struct encounter *e, struct str code)
{
	const struct candidate *best = NULL;

	for (size_t i = 0; i < e->n_candidates; i++) {
		const struct candidate *c = &e->candidates[i];

		if (str_eq(c->code, code) && (!best || (c->chosen && !best->chosen) ||
		    (c->chosen == best->chosen && c->confidence > best->confidence)))
			best = c;
	}
	return best;
}

static void
put_evidence(struct teller *t, const struct candidate *c)
{
	buf_fmt(t->b, "           \"" STR_FMT "\"", STR_ARG(clean(t, c->phrase)));
	if (c->section.n)
		buf_fmt(t->b, " under " STR_FMT, STR_ARG(clean(t, c->section)));
	buf_fmt(t->b, ", note %lld, " STR_FMT ", certainty %lld.%lld%%%s" STR_FMT "\n", (long long)c->document + 1,
	    STR_ARG(c->context.n ? c->context : S("affirmed")), (long long)c->confidence / 10,
	    (long long)c->confidence % 10, c->reason.n ? "; " : "", STR_ARG(clean(t, c->reason)));
}

static const struct comparison *
compared(const struct encounter *e, struct str code)
{
	for (size_t i = 0; i < e->n_compared; i++)
		if (str_eq(e->compared[i].code, code))
			return &e->compared[i];
	return NULL;
}

static void
put_code(struct teller *t, const struct diagnosis *d, bool coded_here)
{
	const struct candidate *c = story_evidence(t->in->e, d->code);
	const struct comparison *cmp = compared(t->in->e, d->code);

	buf_fmt(t->b, "  %-9.*s%-11.*s", STR_ARG(decide_code_dotted(t->a, clean(t, d->code))),
	    STR_ARG(clean(t, d->role)));
	buf_str(t->b, clean(t, c && c->title.n ? c->title : d->words));
	if (!coded_here && cmp)
		buf_fmt(t->b, "  (came coded; the chart: " STR_FMT ")", STR_ARG(cmp->verdict));
	buf_ch(t->b, '\n');
	if (c)
		put_evidence(t, c);
}

static void
put_codes(struct teller *t)
{
	const struct encounter *e = t->in->e;
	struct claim_view v;

	if (claim_view(t->a, e, &v) < 0)
		return;
	head(t, v.coded_here ? "Codes, from the chart" : "Codes, as they came");
	if (v.n_diagnoses == 0)
		buf_cstr(t->b, "  none yet\n");
	for (size_t i = 0; i < v.n_diagnoses; i++)
		put_code(t, &v.diagnoses[i], v.coded_here);
	for (size_t i = 0; i < e->n_compared; i++)
		if (str_is(e->compared[i].verdict, "missing"))
			buf_fmt(t->b, "  " STR_FMT "  is in the chart and not on the claim\n",
			    STR_ARG(decide_code_dotted(t->a, clean(t, e->compared[i].code))));
	field(t, "judged by", e->suggest_by);
}

static bool
is_view(const struct claim_view *v, struct str code)
{
	for (size_t i = 0; i < v->n_diagnoses; i++)
		if (str_eq(v->diagnoses[i].code, code))
			return true;
	return false;
}

static void
put_others(struct teller *t)
{
	const struct encounter *e = t->in->e;
	struct claim_view v;
	bool any = false;

	if (claim_view(t->a, e, &v) < 0)
		return;
	for (size_t i = 0; i < e->n_candidates; i++) {
		const struct candidate *c = &e->candidates[i];

		if (is_view(&v, c->code) || story_evidence(e, c->code) != c)
			continue;
		if (!any)
			head(t, "Also read in the chart, not on the claim");
		any = true;
		buf_fmt(t->b, "  %-9.*s", STR_ARG(decide_code_dotted(t->a, clean(t, c->code))));
		buf_str(t->b, clean(t, c->title));
		buf_ch(t->b, '\n');
		put_evidence(t, c);
	}
}

const char *
story_severity(int64_t severity)
{
	return severity >= 3 ? "fatal" : severity == 2 ? "error" : "note";
}

static void
put_findings(struct teller *t)
{
	const struct encounter *e = t->in->e;

	if (e->validate_by.n == 0 && e->n_findings == 0)
		return;
	head(t, "What the edits found");
	if (e->n_findings == 0)
		buf_cstr(t->b, "  nothing\n");
	for (size_t i = 0; i < e->n_findings; i++) {
		const struct finding *f = &e->findings[i];
		enum ui_tone tone = f->severity >= 3 ? UI_BAD : f->severity == 2 ? UI_WARN : UI_DIM;

		buf_cstr(t->b, "  ");
		buf_str(t->b, ui_tone_text(t->a, t->ui, tone, str_of(story_severity(f->severity))));
		buf_fmt(t->b, " " STR_FMT " at " STR_FMT ": " STR_FMT "\n", STR_ARG(clean(t, f->edit)),
		    STR_ARG(clean(t, f->place)), STR_ARG(clean(t, f->words)));
		if (f->fix.n)
			buf_fmt(t->b, "        fix: " STR_FMT "\n", STR_ARG(clean(t, f->fix)));
	}
	field(t, "judged by", e->validate_by);
}

static void
put_risk(struct teller *t)
{
	const struct encounter *e = t->in->e;

	if (e->audit_by.n == 0)
		return;
	head(t, "Risk");
	field(t, "score", arena_fmt(t->a, "%lld of 1000%s", (long long)e->risk, e->sampled ? ", drawn for review" : ""));
	for (size_t i = 0; i < e->n_risk_reasons; i++)
		field(t, i ? "" : "because", e->risk_reasons[i]);
	field(t, "judged by", e->audit_by);
}

static void
put_decisions(struct teller *t)
{
	const struct encounter *e = t->in->e;

	if (e->n_decisions)
		head(t, "What people decided");
	for (size_t i = 0; i < e->n_decisions; i++) {
		const struct decision *d = &e->decisions[i];

		buf_fmt(t->b, "  " STR_FMT "  " STR_FMT " " STR_FMT, STR_ARG(ui_when(t->a, d->at)),
		    STR_ARG(clean(t, d->actor)), STR_ARG(clean(t, d->action)));
		if (d->code.n)
			buf_fmt(t->b, " " STR_FMT, STR_ARG(decide_code_dotted(t->a, clean(t, d->code))));
		if (d->with.n)
			buf_fmt(t->b, " with " STR_FMT, STR_ARG(decide_code_dotted(t->a, clean(t, d->with))));
		if (d->reason.n)
			buf_fmt(t->b, ": " STR_FMT, STR_ARG(clean(t, d->reason)));
		buf_ch(t->b, '\n');
	}
}

static void
put_sent(struct teller *t)
{
	const struct encounter *e = t->in->e;
	const struct interchange *ic = t->in->ic;

	if (e->partner.n == 0 && t->in->s->batch.n == 0)
		return;
	head(t, "What was sent");
	field(t, "partner", e->partner);
	field(t, "interchange", e->isa13.n ? arena_fmt(t->a, STR_FMT ", group " STR_FMT ", set " STR_FMT, STR_ARG(e->isa13),
	    STR_ARG(e->gs06), STR_ARG(e->st02)) : t->in->s->batch);
	field(t, "file", e->file);
	if (ic)
		field(t, "it is", arena_fmt(t->a, "%s, %zu claims%s" STR_FMT, ic_state_name(ic->state), ic->n,
		    ic->sha.n ? ", SHA-256 " : "", STR_ARG(ic->sha)));
	for (size_t i = 0; i < e->n_statuses; i++) {
		const struct status *s = &e->statuses[i];

		buf_fmt(t->b, "  answer %-9.*s" STR_FMT, STR_ARG(clean(t, s->kind)), STR_ARG(clean(t, s->verdict)));
		if (s->code.n)
			buf_fmt(t->b, " (" STR_FMT ")", STR_ARG(clean(t, s->code)));
		if (s->words.n)
			buf_fmt(t->b, ": " STR_FMT, STR_ARG(clean(t, s->words)));
		if (s->payer_control.n)
			buf_fmt(t->b, "; payer control " STR_FMT, STR_ARG(clean(t, s->payer_control)));
		buf_ch(t->b, '\n');
	}
}

static void
put_hops(struct teller *t)
{
	static const struct ui_col cols[] = {
		{ "  when", false, false }, { "stage", false, false }, { "who", false, false }, { "from", false, false },
		{ "to", false, false }, { "revision", true, false }, { "kept in", false, false },
	};
	struct ui_table table;

	if (t->in->n_hops == 0)
		return;
	head(t, "Who did what");
	ui_table_init(&table, t->a, cols, sizeof cols / sizeof *cols);
	for (size_t i = 0; i < t->in->n_hops; i++) {
		const struct hop *h = &t->in->hops[i];

		ui_cell(&table, arena_fmt(t->a, "  " STR_FMT, STR_ARG(ui_when(t->a, h->at))));
		ui_cell(&table, h->stage);
		ui_cell(&table, h->actor);
		ui_cell(&table, h->from);
		ui_cell(&table, h->to.n ? h->to : h->verdict);
		ui_cell_num(&table, h->revision);
		ui_cell(&table, h->in_ledger ? S("ledger") : S("journal"));
	}
	ui_table_put(&table, t->ui, t->b);
}

typedef void put_part(struct teller *);

static void
put_all(struct arena *a, const struct ui *ui, const struct story *s, struct buf *b, put_part *const *parts)
{
	struct teller t = { a, ui, s, b };

	for (; *parts; parts++)
		(*parts)(&t);
}

void
story_put(struct arena *a, const struct ui *ui, const struct story *s, struct buf *b)
{
	static put_part *const parts[] = {
		put_state, put_came, put_codes, put_others, put_findings, put_risk, put_decisions, put_sent, put_hops, NULL,
	};
	static put_part *const tracker[] = { put_state, put_sent, put_hops, NULL };

	put_all(a, ui, s, b, s->away ? tracker : parts);
}

void
story_put_work(struct arena *a, const struct ui *ui, const struct story *s, struct buf *b)
{
	static put_part *const parts[] = { put_state, put_came, put_codes, put_others, put_findings, put_decisions, NULL };

	put_all(a, ui, s, b, parts);
}
