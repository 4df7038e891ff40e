/* test_audit.c - each row of risk.def fires on its case and only there; the sample draws at its rate. */
#include "audit/risk.h"
#include "audit/sample.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct audit_rules
rules(void)
{
	return (struct audit_rules){ .today = day_of(2026, 3, 20), .seed = 7, .sample_ppm = 50000 };
}

static struct line *
add_line(struct arena *a, struct encounter *e, const char *code)
{
	struct line *l = REC_PUSH(a, e, lines, line);

	l->code = str_of(code);
	l->unit = S("UN");
	l->units = 1000;
	l->charge = 15000;
	l->from = e->from;
	return l;
}

static void
add_modifier(struct arena *a, struct line *l, const char *m)
{
	*arena_push(a, l->modifiers, l->n_modifiers) = str_of(m);
}

static struct candidate *
add_candidate(struct arena *a, struct encounter *e, const char *code)
{
	struct candidate *c = REC_PUSH(a, e, candidates, candidate);

	*c = (struct candidate){ .code = str_of(code), .title = S("A plain title"), .confidence = 950,
	    .context = S("affirmed"), .chosen = true };
	return c;
}

static void
add_finding(struct arena *a, struct encounter *e, int severity, const char *queue)
{
	struct finding *f = REC_PUSH(a, e, findings, finding);

	f->severity = severity;
	f->queue = str_of(queue);
}

static void
add_decision(struct arena *a, struct encounter *e, const char *action, const char *code, const char *with)
{
	struct decision *d = REC_PUSH(a, e, decisions, decision);

	d->action = str_of(action);
	d->code = str_of(code);
	d->with = str_of(with);
}

static void
add_compared(struct arena *a, struct encounter *e, const char *verdict)
{
	struct comparison *c = REC_PUSH(a, e, compared, comparison);

	c->code = S("I10");
	c->verdict = str_of(verdict);
}

/* A Tuesday office visit with a note, two certain diagnoses and one modest line: nothing to say. */
static struct encounter *
quiet(struct arena *a)
{
	struct encounter *e = rec_new(a);
	struct document *d;

	e->type = S("P");
	e->visit_class = S("office");
	e->from = e->to = day_of(2026, 3, 10);
	d = REC_PUSH(a, e, documents, document);
	d->text = S("Seen for hypertension.");
	add_line(a, e, "99213");
	add_candidate(a, e, "I10");
	add_candidate(a, e, "E119");
	for (size_t i = 0; i < 2; i++)
		REC_PUSH(a, e, coded, diagnosis)->code = e->candidates[i].code;
	return e;
}

/* ---- one case for each row: what to change, the points it must give ---- */
static void fatal(struct arena *a, struct encounter *e) { add_finding(a, e, 3, "billing"); }
static void errors(struct arena *a, struct encounter *e)
{
	for (int i = 0; i < 2; i++)
		add_finding(a, e, 2, "billing");
}
static void notes(struct arena *a, struct encounter *e)
{
	for (int i = 0; i < 100; i++)
		add_finding(a, e, 1, "coding");
}
static void compliance(struct arena *a, struct encounter *e) { add_finding(a, e, 0, "compliance"); }
static void no_chart(struct arena *a, struct encounter *e) { (void)a; e->documents[0].text = S(" \n "); }
static void unsupported(struct arena *a, struct encounter *e)
{
	add_compared(a, e, "supported");
	add_compared(a, e, "related");
	add_compared(a, e, "unsupported");
}
static void unbilled(struct arena *a, struct encounter *e) { add_compared(a, e, "missing"); }
static void weak(struct arena *a, struct encounter *e) { (void)a; e->candidates[1].confidence = 749; }
static void negated(struct arena *a, struct encounter *e) { (void)a; e->candidates[0].context = S("negated"); }
static void high_em(struct arena *a, struct encounter *e) { (void)a; e->lines[0].code = S("99215"); e->n_coded = 1; }
static void high_share(struct arena *a, struct encounter *e)
{
	e->lines[0].code = S("99214");
	add_line(a, e, "99285");
}
static void mod25(struct arena *a, struct encounter *e) { add_modifier(a, &e->lines[0], "25"); }
static void mod59(struct arena *a, struct encounter *e)
{
	add_modifier(a, add_line(a, e, "11042"), "59");
	add_modifier(a, add_line(a, e, "97597"), "XS");
}
static void many_units(struct arena *a, struct encounter *e)
{
	add_line(a, e, "97110")->units = 12001;
	add_line(a, e, "J1100")->units = 50000;		/* a drug */
	add_line(a, e, "97140")->units = 12000;
}
static void dear(struct arena *a, struct encounter *e) { (void)a; e->lines[0].charge = 500001; }
static void unspecified(struct arena *a, struct encounter *e)
{
	(void)a;
	e->candidates[1].title = S("Asthma, UNSPECIFIED");
}
static void twice(struct arena *a, struct encounter *e)
{
	add_line(a, e, "99213");
	add_modifier(a, add_line(a, e, "71046"), "26");
	add_line(a, e, "71046");			/* another modifier: another service */
	add_line(a, e, "71046")->from++;		/* another day */
}
static void weekend(struct arena *a, struct encounter *e) { (void)a; e->from = e->to = day_of(2026, 3, 15); }
static void late(struct arena *a, struct encounter *e) { (void)a; e->from = e->to = day_of(2025, 12, 19); }
static void overridden(struct arena *a, struct encounter *e)
{
	add_decision(a, e, "replace", "E119", "I10");	/* counts */
	add_decision(a, e, "accept", "Z87891", "");	/* counts: never considered */
	add_decision(a, e, "accept", "E119", "");	/* what the engine said */
	add_decision(a, e, "reject", "Z87891", "");	/* not a choice of the engine */
	add_decision(a, e, "note", "", "");
}

static const struct { const char *row; int points; void (*change)(struct arena *, struct encounter *); } cases[] = {
	{ "FATAL_FINDINGS", 400, fatal }, { "ERROR_FINDINGS", 240, errors }, { "NOTES", 90, notes },
	{ "COMPLIANCE_QUEUE", 150, compliance }, { "CHART_MISSING", 150, no_chart }, { "NOT_IN_CHART", 120, unsupported },
	{ "NOT_BILLED", 20, unbilled }, { "WEAK_CODES", 60, weak }, { "NOT_AFFIRMED", 200, negated },
	{ "HIGH_EM_FEW_DX", 120, high_em }, { "HIGH_EM_SHARE", 60, high_share }, { "MODIFIER_25", 60, mod25 },
	{ "MODIFIER_59", 120, mod59 }, { "MANY_UNITS", 80, many_units }, { "HIGH_CHARGE", 80, dear },
	{ "UNSPECIFIED", 30, unspecified }, { "SAME_LINE_TWICE", 150, twice }, { "WEEKEND_OFFICE", 30, weekend },
	{ "LATE", 80, late }, { "OVERRIDDEN", 80, overridden },
};
#define N_CASES (sizeof cases / sizeof *cases)

Test(audit, each_row_fires_alone)
{
	const struct risk_row *row;
	struct audit_rules r = rules();
	struct arena a;

	arena_init(&a, 0);
	cr_expect(audit_risk_rows(&row) == N_CASES, "a row without a case");
	for (size_t i = 0; i < N_CASES; i++) {
		struct encounter *e = quiet(&a);
		char want[64];
		int score;

		cr_expect(strcmp(row[i].id, cases[i].row) == 0, "%s", row[i].id);
		cases[i].change(&a, e);
		score = audit_risk(&a, e, &r);
		cr_expect(score == cases[i].points && e->risk == score, "%s gave %d", cases[i].row, score);
		(void)snprintf(want, sizeof want, "+%d %s: ", cases[i].points, cases[i].row);
		cr_expect(e->n_risk_reasons == 1 && str_starts(e->risk_reasons[0], str_of(want)), "%s: %zu reasons",
		    cases[i].row, e->n_risk_reasons);
		arena_reset(&a);
	}
	arena_free(&a);
}

Test(audit, quiet_claim_scores_nothing)
{
	struct audit_rules r = rules();
	struct encounter *e;
	struct arena a;

	arena_init(&a, 0);
	e = quiet(&a);
	cr_expect(audit_risk(&a, e, &r) == 0 && e->n_risk_reasons == 0);
	cr_expect(str_starts(e->audit_by, S("risk-")) && e->audit_by.n <= 60);
	cr_expect(memmem(e->audit_by.p, e->audit_by.n, "seed=7 ppm=50000", 16) != NULL);
	cr_expect(audit_risk(&a, rec_new(&a), &r) == 150, "an empty record lacks a chart and nothing else");
	arena_free(&a);
}

/* All at once: capped at 1000, the same twice, a second run replaces the first, and the record holds it. */
Test(audit, sum_is_bounded_and_repeatable)
{
	struct str packed[2], json;
	struct audit_rules r = rules();
	struct arena a;

	arena_init(&a, 0);
	for (int run = 0; run < 2; run++) {
		struct encounter *e = quiet(&a), *back = rec_new(&a);

		for (size_t i = 0; i < N_CASES; i++)
			cases[i].change(&a, e);
		for (int again = 0; again <= run; again++)
			cr_expect(audit_risk(&a, e, &r) == 1000);
		cr_expect(rec_pack(&a, e, PART_AUDIT, &packed[run]) == 0);
		cr_expect(rec_unpack(&a, packed[run], PART_AUDIT, back) == 0, "more than the record takes");
		cr_expect(back->n_risk_reasons == e->n_risk_reasons && back->n_risk_reasons >= 15, "%zu",
			    back->n_risk_reasons);
		cr_expect(rec_to_json(&a, back, false, &json) == 0);
		for (size_t i = 0; i < e->n_risk_reasons; i++)
			cr_expect(!memmem(e->risk_reasons[i].p, e->risk_reasons[i].n, "E119", 4) &&
			    !memmem(e->risk_reasons[i].p, e->risk_reasons[i].n, "2026", 4),
			    "reason %zu names patient data", i);
	}
	cr_expect(str_eq(packed[0], packed[1]));
	arena_free(&a);
}

Test(audit, spent_arena_is_an_error)
{
	struct audit_rules r = rules();
	struct arena a, small;
	struct encounter *e;

	arena_init(&a, 0);
	e = quiet(&a);
	fatal(&a, e);
	for (size_t limit = 16; limit < 256; limit += 16) {
		arena_init(&small, limit);
		cr_expect(audit_risk(&small, e, &r) == E_NOMEM, "limit %zu", limit);
		arena_free(&small);
	}
	arena_free(&a);
}

/* ---- sample ---- */
static struct eid
nth(uint64_t n)
{
	struct eid id = { { 0 } };

	for (size_t i = 0; i < 8; i++)
		id.b[i] = (unsigned char)(n >> 8 * i);
	return id;
}

/* Of 100,000 ids the count must lie within five standard deviations: a wrong rate cannot hide there. */
Test(sample, rate_is_as_asked)
{
	const int64_t ppm[] = { 100, 1000, 10000, 50000, 250000, 500000, 900000 }, n = 100000;
	const int64_t seeds[] = { 0, 1, 42, INT64_MAX, -1 };

	for (size_t s = 0; s < sizeof seeds / sizeof *seeds; s++)
		for (size_t i = 0; i < sizeof ppm / sizeof *ppm; i++) {
			int64_t hits = 0, off, variance;

			for (int64_t k = 0; k < n; k++)
				hits += audit_sampled(seeds[s], ppm[i], nth((uint64_t)k));
			off = hits - n * ppm[i] / 1000000;
			variance = n * ppm[i] / 1000000 * (1000000 - ppm[i]) / 1000000 + 1;
			cr_expect(off * off <= 25 * variance, "seed %lld ppm %lld: %lld of %lld", (long long)seeds[s],
			    (long long)ppm[i], (long long)hits, (long long)n);
		}
}

Test(sample, repeatable_nested_and_keyed)
{
	int64_t same = 0, drawn = 0;

	for (uint64_t k = 0; k < 20000; k++) {
		bool at_10 = audit_sampled(1, 100000, nth(k)), at_20 = audit_sampled(1, 200000, nth(k));

		cr_expect(at_10 == audit_sampled(1, 100000, nth(k)));
		cr_expect(!at_10 || at_20, "drawn at a low rate, not at a higher one");
		cr_expect(!audit_sampled(1, 0, nth(k)) && !audit_sampled(1, -5, nth(k)) && audit_sampled(1, 1000000, nth(k)));
		drawn += at_10;
		same += at_10 && audit_sampled(2, 100000, nth(k));
	}
	cr_expect(same * 5 < drawn, "another seed must draw others: %lld of %lld are the same", (long long)same,
	    (long long)drawn);
}

/* A sample named in an old audit_by must be drawn again by every later version. */
Test(sample, draw_is_fixed_for_ever)
{
	char drawn[41] = { 0 };

	for (uint64_t k = 0; k < 40; k++)
		drawn[k] = audit_sampled(1, 300000, nth(k)) ? '1' : '0';
	cr_expect_str_eq(drawn, "1110110110110001000000101001000000100000");
}
