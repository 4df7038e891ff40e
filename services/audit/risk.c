/*
 * risk.c - the checks that schemas/risk.def names, and the sum of its rows.
 *
 * A check counts hits and knows nothing of points. Reasons never name a diagnosis, a person or a date:
 * they are shown in work lists and the record calls them open.
 */
#include "audit/risk.h"

#include <string.h>

struct look {				/* what a check may look at */
	const struct encounter		*e;
	const struct audit_rules	*rules;
	struct claim_view		 claim;		/* diagnoses after people's decisions */
};

static const char *const high_em[] = {
#define HIGH_EM(code) code,
#include "schemas/risk.def"
};

/* ---- small questions ---- */
static bool
has_modifier(const struct line *l, const char *modifier)
{
	for (size_t i = 0; i < l->n_modifiers; i++)
		if (str_ieq(l->modifiers[i], str_of(modifier)))
			return true;
	return false;
}

static bool
has_any_modifier(const struct line *l, const char *const *modifiers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (has_modifier(l, modifiers[i]))
			return true;
	return false;
}

static bool
is_high_em(const struct line *l)
{
	for (size_t i = 0; i < sizeof high_em / sizeof *high_em; i++)
		if (str_is(l->code, high_em[i]))
			return true;
	return false;
}

/* Evaluation and management: 99202 to 99499. */
static bool
is_em(const struct line *l)
{
	int64_t code;

	return l->code.n == 5 && str_to_int(l->code, &code) && code >= 99202 && code <= 99499;
}

static const struct candidate *
candidate_of(const struct encounter *e, struct str code)
{
	for (size_t i = 0; i < e->n_candidates; i++)
		if (str_eq(e->candidates[i].code, code))
			return &e->candidates[i];
	return NULL;
}

static bool
engine_chose(const struct encounter *e, struct str code)
{
	for (size_t i = 0; i < e->n_candidates; i++)
		if (e->candidates[i].chosen && str_eq(e->candidates[i].code, code))
			return true;
	return false;
}

static bool
title_is_unspecified(struct str title)
{
	const struct str word = S("unspecified");

	for (size_t i = 0; i + word.n <= title.n; i++)
		if (str_ieq((struct str){ title.p + i, word.n }, word))
			return true;
	return false;
}

static struct str
title_of(const struct look *k, struct str code)
{
	const struct codebook *book = k->rules->book;
	const struct candidate *c;

	if (book && codebook_knows(book, CS_ICD10CM))
		return codebook_look(book, CS_ICD10CM, code, k->e->from).title;
	c = candidate_of(k->e, code);
	return c ? c->title : STR_NONE;
}

/* ---- checks: what the edits, the chart and the engine said ---- */
static int64_t
findings_of(const struct look *k, int64_t severity)
{
	int64_t n = 0;

	for (size_t i = 0; i < k->e->n_findings; i++)
		n += k->e->findings[i].severity == severity;
	return n;
}

static int64_t
findings_for_compliance(const struct look *k, int64_t unused)
{
	int64_t n = 0;

	(void)unused;
	for (size_t i = 0; i < k->e->n_findings; i++)
		n += str_is(k->e->findings[i].queue, "compliance");
	return n;
}

static int64_t
chart_missing(const struct look *k, int64_t unused)
{
	(void)unused;
	for (size_t i = 0; i < k->e->n_documents; i++)
		if (str_trim(k->e->documents[i].text).n)
			return 0;
	return 1;
}

static int64_t
compared_as(const struct look *k, const char *verdict)
{
	int64_t n = 0;

	for (size_t i = 0; i < k->e->n_compared; i++)
		n += str_is(k->e->compared[i].verdict, verdict);
	return n;
}

/* Without a chart nothing can be supported; that is CHART_MISSING, once, not one hit for each code. */
static int64_t
codes_not_in_chart(const struct look *k, int64_t unused)
{
	return chart_missing(k, unused) ? 0 : compared_as(k, "unsupported");
}

static int64_t
codes_not_billed(const struct look *k, int64_t unused)
{
	(void)unused;
	return compared_as(k, "missing");
}

static int64_t
codes_below(const struct look *k, int64_t per_mille)
{
	int64_t n = 0;

	for (size_t i = 0; i < k->e->n_candidates; i++)
		n += k->e->candidates[i].chosen && k->e->candidates[i].confidence < per_mille;
	return n;
}

static int64_t
codes_not_affirmed(const struct look *k, int64_t unused)
{
	int64_t n = 0;

	(void)unused;
	for (size_t i = 0; i < k->e->n_candidates; i++) {
		const struct candidate *c = &k->e->candidates[i];

		n += c->chosen && c->context.n && !str_is(c->context, "affirmed");
	}
	return n;
}

static int64_t
codes_unspecified(const struct look *k, int64_t unused)
{
	int64_t n = 0;

	(void)unused;
	for (size_t i = 0; i < k->claim.n_diagnoses; i++)
		n += title_is_unspecified(title_of(k, k->claim.diagnoses[i].code));
	return n;
}

/* Against the engine: its choice taken away or swapped, or a code put on that it did not even consider. */
static int64_t
decisions_against(const struct look *k, int64_t unused)
{
	int64_t n = 0;

	(void)unused;
	for (size_t i = 0; i < k->e->n_decisions; i++) {
		const struct decision *d = &k->e->decisions[i];

		if (str_is(d->action, "reject") || str_is(d->action, "replace"))
			n += engine_chose(k->e, d->code);
		else if (str_is(d->action, "accept"))
			n += d->code.n && !candidate_of(k->e, d->code);
	}
	return n;
}

/* ---- checks: what is billed ---- */
static int64_t
high_em_few_dx(const struct look *k, int64_t most)
{
	int64_t n = 0;

	if ((int64_t)k->claim.n_diagnoses > most)
		return 0;
	for (size_t i = 0; i < k->e->n_lines; i++)
		n += is_high_em(&k->e->lines[i]);
	return n;
}

static int64_t
high_em_only(const struct look *k, int64_t least)
{
	int64_t visits = 0, high = 0;

	for (size_t i = 0; i < k->e->n_lines; i++) {
		visits += is_em(&k->e->lines[i]);
		high += is_high_em(&k->e->lines[i]);
	}
	return visits >= least && visits == high;
}

static int64_t
modifier_25(const struct look *k, int64_t unused)
{
	int64_t n = 0;

	(void)unused;
	for (size_t i = 0; i < k->e->n_lines; i++)
		n += has_modifier(&k->e->lines[i], "25");
	return n;
}

static int64_t
modifier_59(const struct look *k, int64_t unused)
{
	static const char *const distinct[] = { "59", "XE", "XP", "XS", "XU" };
	int64_t n = 0;

	(void)unused;
	for (size_t i = 0; i < k->e->n_lines; i++)
		n += has_any_modifier(&k->e->lines[i], distinct, sizeof distinct / sizeof *distinct);
	return n;
}

/* Drugs and supplies (a letter first) are counted in small units; minutes and days are no procedures. */
static int64_t
units_over(const struct look *k, int64_t most)
{
	int64_t n = 0;

	for (size_t i = 0; i < k->e->n_lines; i++) {
		const struct line *l = &k->e->lines[i];

		n += l->code.n == 5 && l->code.p[0] >= '0' && l->code.p[0] <= '9' &&
		    (l->unit.n == 0 || str_is(l->unit, "UN")) && l->units > most * 1000;
	}
	return n;
}

static int64_t
charge_over(const struct look *k, int64_t cents)
{
	int64_t most = str_is(k->e->type, "I") ? cents * 10 : cents, n = 0;

	for (size_t i = 0; i < k->e->n_lines; i++)
		n += k->e->lines[i].charge > most;
	return n;
}

static bool
is_same_service(const struct line *a, const struct line *b)
{
	if (!a->code.n || !str_eq(a->code, b->code) || !str_eq(a->revenue, b->revenue) ||
	    a->from != b->from || a->n_modifiers != b->n_modifiers)
		return false;
	for (size_t i = 0; i < a->n_modifiers; i++)
		if (!str_ieq(a->modifiers[i], b->modifiers[i]))
			return false;
	return true;
}

/* 76, 77, 91 say "again, on purpose"; 59 and its kin say "another one". */
static int64_t
lines_twice(const struct look *k, int64_t unused)
{
	static const char *const again[] = { "76", "77", "91", "59", "XE", "XP", "XS", "XU" };
	int64_t n = 0;

	(void)unused;
	for (size_t i = 1; i < k->e->n_lines; i++) {
		const struct line *l = &k->e->lines[i];
		size_t j = 0;

		if (has_any_modifier(l, again, sizeof again / sizeof *again))
			continue;
		while (j < i && !is_same_service(&k->e->lines[j], l))
			j++;
		n += j < i;
	}
	return n;
}

static int64_t
office_on_weekend(const struct look *k, int64_t unused)
{
	int64_t day = k->e->from, weekday;

	(void)unused;
	if (k->e->from == DAY_NONE || !(str_is(k->e->visit_class, "office") || str_is(k->e->pos, "11")))
		return 0;
	weekday = ((day + 4) % 7 + 7) % 7;		/* 1970-01-01 was a Thursday, 4 */
	return weekday == 0 || weekday == 6;
}

static int64_t
days_late(const struct look *k, int64_t most)
{
	day_t last = k->e->to != DAY_NONE ? k->e->to : k->e->from;

	if (last == DAY_NONE || k->rules->today == DAY_NONE)
		return 0;
	return (int64_t)k->rules->today - last > most;
}

/* ---- the table and its sum ---- */
static const struct risk_row rows[] = {
#define RISK(id, weight, most, check, arg, words) { #id, weight, most, words },
#include "schemas/risk.def"
};

static const struct {
	int64_t	(*check)(const struct look *, int64_t arg);
	int64_t	arg;
} checks[] = {
#define RISK(id, weight, most, check, arg, words) { check, arg },
#include "schemas/risk.def"
};

#define N_ROWS (sizeof rows / sizeof *rows)
_Static_assert(N_ROWS <= 20, "risk_reasons of encounter.def has room for 20");

size_t
audit_risk_rows(const struct risk_row **out)
{
	*out = rows;
	return N_ROWS;
}

/* FNV-1a over the rows: a changed table shows in audit_by without anybody counting versions. */
static uint32_t
model_id(void)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < N_ROWS; i++) {
		const int64_t v[] = { rows[i].weight, rows[i].most, checks[i].arg };

		for (const char *p = rows[i].id; *p; p++)
			h = (h ^ (unsigned char)*p) * 16777619u;
		for (size_t j = 0; j < sizeof v / sizeof *v; j++)
			h = (h ^ (uint32_t)v[j]) * 16777619u;
	}
	return h;
}

int
audit_risk(struct arena *a, struct encounter *e, const struct audit_rules *rules)
{
	struct look look = { .e = e, .rules = rules };
	int64_t sum = 0;
	int rc = claim_view(a, e, &look.claim);

	if (rc < 0)
		return rc;
	e->risk_reasons = NULL;
	e->n_risk_reasons = 0;
	for (size_t i = 0; i < N_ROWS; i++) {
		int64_t hits = checks[i].check(&look, checks[i].arg);
		int64_t points = hits > rows[i].most / rows[i].weight ? rows[i].most : hits * rows[i].weight;
		struct str *reason = hits > 0 ? arena_push(a, e->risk_reasons, e->n_risk_reasons) : NULL;

		if (reason)
			*reason = arena_fmt(a, "+%d %s: %s (%d)", (int)points, rows[i].id, rows[i].words, (int)hits);
		sum += points;
	}
	e->risk = sum > 1000 ? 1000 : sum;
	e->audit_by = arena_fmt(a, "risk-%08x seed=%lld ppm=%lld", (unsigned)model_id(),
	    (long long)rules->seed, (long long)rules->sample_ppm);
	return a->spent ? E_NOMEM : (int)e->risk;
}
