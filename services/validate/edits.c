/*
 * edits.c - applies the rows of edits.def to one encounter, in their order. Knows no rule itself and
 * changes nothing but findings and validate_by.
 */
#include "validate/judge.h"
#include "validate/code_lists.h"

#include <string.h>

#define NEVER	99991231

const struct edit edit_rows[EDIT_COUNT] = {
#define EDIT(id, sev, queue, types, check, of, arg, list, since, until, source, words, fix) \
	{ #id, SEV_##sev, #queue, FOR_##types, check, OF_##of, arg, list, since, until, source, words, fix },
#include "schemas/edits.def"
};

const char *
edit_name(enum edit_id id)
{
	return (unsigned)id < EDIT_COUNT ? edit_rows[id].id : "?";
}

enum edit_id
edit_find(struct str name)
{
	int i = 0;

	while (i < EDIT_COUNT && !str_is(name, edit_rows[i].id))
		i++;
	return (enum edit_id)i;
}

struct edit_facts
edit_facts(enum edit_id id)
{
	const struct edit *r;

	must((unsigned)id < EDIT_COUNT);
	r = &edit_rows[id];
	return (struct edit_facts){ r->id, r->queue, r->source, r->words, r->fix, r->severity, r->since, r->until };
}

/* ---- the set ---- */

static const struct overlay *
overlay_of(const struct edit_set *set, const struct encounter *e)
{
	if (e->n_coverages == 0 || e->coverages[0].payer.id.n == 0)
		return NULL;
	for (size_t i = 0; i < set->n; i++)
		for (size_t k = 0; k < set->overlays[i].n_payers; k++)
			if (str_eq(set->overlays[i].payers[k], e->coverages[0].payer.id))
				return &set->overlays[i];
	return NULL;
}

static bool
payer_seen(const struct overlay *v, size_t n, struct str payer)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].n_payers; k++)
			if (str_eq(v[i].payers[k], payer))
				return true;
	return false;
}

static int
payers_unique(const struct overlay *v, size_t n, struct faults *faults)
{
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].n_payers; k++)
			if (payer_seen(v, i, v[i].payers[k]))
				rc = fault_add(faults, E_DUPLICATE,
				    arena_fmt(faults->a, "payer " STR_FMT, STR_ARG(v[i].payers[k])),
				    S("two payer files name this payer"), S("keep it in one of them"));
	return rc;
}

int
edits_make(struct arena *a, const struct overlay *v, size_t n, struct edit_set *out, struct faults *faults)
{
	struct buf b;
	struct str parts[2];
	int rc = payers_unique(v, n, faults);

	if (rc < 0)
		return rc;
	buf_init(&b, a);
	for (size_t i = 0; i < EDIT_COUNT; i++) {
		const struct edit *r = &edit_rows[i];

		buf_fmt(&b, "%s %d %s %u %d %d %s %d %d\n", r->id, (int)r->severity, r->queue, r->types,
		    (int)r->of, r->arg, r->list ? r->list : "", r->since, r->until);
	}
	parts[0] = buf_view(&b);
	buf_init(&b, a);
	for (size_t i = 0; i < n; i++)
		buf_str(&b, v[i].hash);
	parts[1] = buf_view(&b);
	*out = (struct edit_set){ v, n, rec_hash16(a, parts, 2) };
	if (a->spent)
		return E_NOMEM;
	out->id.n = 16;
	return 0;
}

/* ---- reporting ---- */

void
judge_raise(struct judge *j, struct str place, struct str detail)
{
	struct encounter *e = j->out;
	struct finding *f;

	if (j->severity > j->worst)
		j->worst = j->severity;
	if (++j->raised > LIMIT_FINDINGS_EACH || e->n_findings >= LIMIT_FINDINGS)
		return;
	f = REC_PUSH(j->a, e, findings, finding);
	if (!f)
		return;
	f->edit = str_of(j->row->id);
	f->severity = j->severity;
	f->queue = str_of(j->row->queue);
	f->place = place;
	f->words = detail.n ? arena_fmt(j->a, "%s: " STR_FMT, j->row->words, STR_ARG(detail)) : str_of(j->row->words);
	f->fix = str_of(j->row->fix);
}

void
judge_raise_line(struct judge *j, size_t line, const char *element)
{
	judge_raise(j, arena_fmt(j->a, "line %zu %s", line + 1, element), STR_NONE);
}

void
judge_raise_dx(struct judge *j, size_t i)
{
	judge_raise(j, arena_fmt(j->a, "2300 HI diagnosis %zu", i + 1), STR_NONE);
}

void
judge_raise_who(struct judge *j, const struct who *w, const char *element)
{
	if (w->line)
		judge_raise(j, arena_fmt(j->a, "line %zu %s %s", w->line, w->loop, element), STR_NONE);
	else
		judge_raise(j, arena_fmt(j->a, "%s %s", w->loop, element), STR_NONE);
}

/* ---- running ---- */

static void
days_of(const struct encounter *e, day_t *from, day_t *to)
{
	*from = e->from;
	*to = e->to;
	for (size_t i = 0; i < e->n_lines; i++) {
		day_t first = e->lines[i].from, last = e->lines[i].to != DAY_NONE ? e->lines[i].to : first;

		if (e->from == DAY_NONE && first != DAY_NONE && (*from == DAY_NONE || first < *from))
			*from = first;
		if (e->to == DAY_NONE && e->from == DAY_NONE && last != DAY_NONE && last > *to)
			*to = last;
	}
	if (*to == DAY_NONE)
		*to = *from;
}

static unsigned
type_of(struct str type)
{
	return str_is(type, "P") ? FOR_P : str_is(type, "I") ? FOR_I : str_is(type, "D") ? FOR_D : 0;
}

/* Rows are in force by the last day of service; without one, by today: that day as CCYYMMDD. */
static int
day_judged(const struct judge *j)
{
	int y, m, d;

	day_parts(j->to != DAY_NONE ? j->to : j->today, &y, &m, &d);
	return y * 10000 + m * 100 + d;
}

static void
apply(struct judge *j, enum edit_id id)
{
	int8_t other = j->payer ? j->payer->severity[id] : OVERLAY_AS_IS;

	j->row = &edit_rows[id];
	j->severity = other == OVERLAY_AS_IS ? j->row->severity : (enum edit_severity)other;
	j->raised = 0;
	if (j->severity == SEV_NONE || j->day < j->row->since || j->day > j->row->until)
		return;
	if (j->type ? !(j->row->types & j->type) : j->row->types != FOR_ALL)
		return;
	j->row->check(j);
}

int
validate_run(const struct edit_set *set, const struct codebook *book, day_t today, struct arena *a,
    struct encounter *e)
{
	struct claim_view view;
	struct judge j = { .e = e, .out = e, .view = &view, .book = book, .today = today, .a = a };
	struct str by = book ? codebook_id(book) : S("none");
	int rc = claim_view(a, e, &view);

	if (rc < 0)
		return rc;
	e->findings = NULL;
	e->n_findings = 0;
	j.payer = overlay_of(set, e);
	j.patient = subject_patient(e);
	j.type = type_of(e->type);
	days_of(e, &j.from, &j.to);
	j.day = day_judged(&j);
	rc = subject_parties(&j);
	if (rc < 0)
		return rc;
	for (int i = 0; i < EDIT_COUNT; i++)
		apply(&j, (enum edit_id)i);
	by.n = by.n > 30 ? 30 : by.n;
	e->validate_by = arena_fmt(a, "edits " STR_FMT " book " STR_FMT, STR_ARG(set->id), STR_ARG(by));
	return a->spent ? E_NOMEM : (int)j.worst;
}

/* ---- what follows from it ---- */

static const struct { const char *queue; enum state state; } queues[] = {
	{ "coding",		ST_HELD_CODING },
	{ "billing",		ST_HELD_BILLING },
	{ "authorization",	ST_HELD_AUTHORIZATION },
	{ "compliance",		ST_HELD_COMPLIANCE },
};

enum state
validate_hold(struct arena *a, const struct encounter *e, struct str *why)
{
	const struct finding *worst = NULL;

	*why = STR_NONE;
	for (size_t i = 0; i < e->n_findings; i++)
		if (!worst || e->findings[i].severity > worst->severity)
			worst = &e->findings[i];
	if (!worst)
		return ST_NONE;
	*why = arena_fmt(a, STR_FMT " at " STR_FMT ": " STR_FMT, STR_ARG(worst->edit), STR_ARG(worst->place),
	    STR_ARG(worst->words));
	for (size_t i = 0; i < sizeof queues / sizeof *queues; i++)
		if (str_is(worst->queue, queues[i].queue))
			return queues[i].state;
	return ST_HELD_BILLING;
}

day_t
validate_filing_limit(const struct edit_set *set, const struct encounter *e)
{
	const struct overlay *o = overlay_of(set, e);
	day_t from, to;

	days_of(e, &from, &to);
	if (to == DAY_NONE)
		return DAY_NONE;
	return to + (o && o->timely_filing_days ? o->timely_filing_days : edit_rows[EDIT_TIMELY_FILING].arg);
}
