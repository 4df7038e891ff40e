/* test_validate - the engine of services/validate: shapes, ranges, overlays, bounds, holds, determinism. */
#include "support/shared.h"
#include "validate/edits.h"
#include "validate/judge.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct arena a;
static struct faults faults;

static void
setup(void)
{
	arena_init(&a, 0);
	faults = (struct faults){ .a = &a };
}

static void
teardown(void)
{
	arena_free(&a);
}

TestSuite(validate, .init = setup, .fini = teardown);

static struct encounter *
base(void)
{
	struct encounter *e = rec_new(&a);

	cr_assert(e && rec_from_json(&a, repo_file(&a, "tests/edits/base_p.json"), e, &faults) == 0);
	return e;
}

static int
run(struct encounter *e, const struct overlay *o)
{
	struct edit_set set;

	cr_assert(edits_make(&a, o, o ? 1 : 0, &set, &faults) == 0);
	return validate_run(&set, NULL, day_of(2026, 10, 15), &a, e);
}

static const struct finding *
finding(const struct encounter *e, const char *id)
{
	for (size_t i = 0; i < e->n_findings; i++)
		if (str_is(e->findings[i].edit, id))
			return &e->findings[i];
	return NULL;
}

Test(validate, npi)
{
	static const struct { const char *npi; bool ok; } rows[] = {
		{ "1234567893", true }, { "1999990017", true }, { "2000000002", true }, { "1234567890", false },
		{ "1243567893", false }, { "123456789", false }, { "12345678930", false }, { "3234567899", false },
		{ "123456789X", false }, { "", false }, { "1234 67893", false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(str_is_npi(str_of(rows[i].npi)) == rows[i].ok, "%s", rows[i].npi);
}

Test(validate, ranges_and_shapes)
{
	static const struct { const char *code, *list; bool in; } ranges[] = {
		{ "O80", "O00-O9A", true }, { "O9A111", "O00-O9A", true }, { "P00", "O00-O9A", false },
		{ "A34", "A33 A34", true }, { "A3", "A34", false }, { "A340", "A34", true },
		{ "N409", "N40-N53", true }, { "N53", "N40-N53", true }, { "N54", "N40-N53", false },
		{ "70552", "70551-70553", true }, { "70554", "70551-70553", false }, { "", "A34", false },
		{ "A34", "", false }, { "A34", "-", false }, { "A34", " - ", false },
	};
	static const struct { const char *s, *shapes; bool ok; } shapes[] = {
		{ "99213", "99999 9999A A9999", true }, { "0001F", "99999 9999A A9999", true },
		{ "J1885", "99999 9999A A9999", true }, { "9921", "99999 9999A A9999", false },
		{ "j1885", "99999 9999A A9999", false }, { "2359", "0999 1999 2099 2199 2299 2399", true },
		{ "2400", "0999 1999 2099 2199 2299 2399", false }, { "", "9", false }, { "1", "", false },
	};

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		cr_expect(shape_in_ranges(str_of(ranges[i].code), str_of(ranges[i].list)) == ranges[i].in, "%s in %s",
		    ranges[i].code, ranges[i].list);
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		cr_expect(shape_is(str_of(shapes[i].s), shapes[i].shapes) == shapes[i].ok, "%s as %s", shapes[i].s,
		    shapes[i].shapes);
}

Test(validate, rows_are_sound)
{
	for (int i = 0; i < EDIT_COUNT; i++) {
		struct edit_facts f = edit_facts((enum edit_id)i);
		struct str queue = str_of(f.queue);

		cr_expect(f.severity >= SEV_NOTE && f.severity <= SEV_FATAL, "%s", f.id);
		cr_expect(str_is(queue, "coding") || str_is(queue, "billing") || str_is(queue, "authorization") ||
		    str_is(queue, "compliance"), "%s: %s", f.id, f.queue);
		cr_expect(f.since <= f.until && strlen(f.source) > 3, "%s", f.id);
		cr_expect(strlen(f.id) <= 40 && strlen(f.words) <= 120 && strlen(f.fix) <= 200, "%s", f.id);
		cr_expect(edit_find(str_of(f.id)) == (enum edit_id)i, "%s is there twice", f.id);
	}
	cr_expect(EDIT_COUNT >= 50);
	cr_expect(edit_find(S("NO_SUCH")) == EDIT_COUNT);
}

Test(validate, same_input_same_bytes)
{
	struct encounter *e = base();
	struct str first, second;

	e->billing.id = S("1234567890");
	e->lines[0].units = 0;
	cr_assert(run(e, NULL) == SEV_FATAL);
	cr_assert(rec_pack(&a, e, PART_VALIDATE, &first) >= 0);
	cr_assert(run(e, NULL) == SEV_FATAL);
	cr_assert(rec_pack(&a, e, PART_VALIDATE, &second) >= 0);
	cr_expect(first.n > 0 && str_eq(first, second));
	cr_expect(e->validate_by.n > 0 && e->validate_by.n <= 60);
}

Test(validate, changes_nothing_but_its_part)
{
	struct encounter *e = base();
	struct str before, after;

	e->lines[0].pointers[0] = S("9");
	cr_assert(rec_pack(&a, e, PART_INGEST, &before) >= 0);
	cr_assert(run(e, NULL) == SEV_ERROR);
	cr_assert(rec_pack(&a, e, PART_INGEST, &after) >= 0);
	cr_expect(str_eq(before, after));
}

Test(validate, findings_are_bounded_and_the_worst_is_not_lost)
{
	struct encounter *e = base();

	while (e->n_lines < 999) {
		struct line *l = REC_PUSH(&a, e, lines, line);

		l->charge = -1;
		l->units = -1;
		l->code = S("!");
		l->unit = S("?");
		l->control = S("same");
		l->ndc = S("x");
	}
	e->billing.id = S("1234567890");
	cr_expect(run(e, NULL) == SEV_FATAL);
	cr_expect(e->n_findings <= LIMIT_FINDINGS);
	for (int i = 0; i < EDIT_COUNT; i++) {
		size_t n = 0;

		for (size_t k = 0; k < e->n_findings; k++)
			n += str_is(e->findings[k].edit, edit_name((enum edit_id)i));
		cr_expect(n <= LIMIT_FINDINGS_EACH, "%s %zu", edit_name((enum edit_id)i), n);
	}
	for (size_t k = 1; k < e->n_findings; k++)
		cr_expect(edit_find(e->findings[k - 1].edit) <= edit_find(e->findings[k].edit), "order at %zu", k);
}

/* What is in the record must not be in the words, wherever it is wrong. */
Test(validate, no_patient_data_in_words)
{
	struct encounter *e = base();
	struct str mark = S("ZZMARK\x01*\xff");
	struct party *all[] = { &e->patient, &e->billing, &e->coverages[0].subscriber, &e->coverages[0].payer,
	    &e->parties[0] };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		all[i]->last = all[i]->first = all[i]->id = all[i]->line1 = all[i]->zip = mark;
		all[i]->state = all[i]->sex = all[i]->taxonomy = mark;
	}
	e->pcn = e->lines[0].code = e->lines[0].words = e->diagnoses[0].code = e->diagnoses[1].poa = mark;
	e->billing.refs[0].value = e->frequency = e->pos = e->lines[1].ndc = e->lines[0].modifiers[0] = mark;
	cr_expect(run(e, NULL) == SEV_FATAL);
	cr_expect(e->n_findings > 20, "%zu", e->n_findings);
	for (size_t i = 0; i < e->n_findings; i++) {
		const struct finding *f = &e->findings[i];
		struct str all3 = arena_fmt(&a, STR_FMT STR_FMT STR_FMT, STR_ARG(f->place), STR_ARG(f->words),
		    STR_ARG(f->fix));

		cr_expect(strstr(all3.p, "ZZMARK") == NULL, STR_FMT, STR_ARG(f->edit));
	}
}

Test(validate, extreme_amounts)
{
	static const cents_t rows[][2] = {
		{ INT64_MAX, INT64_MAX }, { INT64_MIN, INT64_MIN }, { INT64_MIN, 1 }, { CENTS_MAX, CENTS_MAX }, { 0, 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct encounter *e = base();

		e->charge = rows[i][0];
		e->lines[0].charge = e->lines[1].charge = rows[i][1];
		cr_expect(run(e, NULL) >= SEV_ERROR, "row %zu", i);
	}
}

Test(validate, an_empty_encounter_has_findings)
{
	struct encounter *e = rec_new(&a);
	struct str why;

	cr_expect(run(e, NULL) == SEV_FATAL);
	cr_expect(finding(e, "TYPE_MISSING") && finding(e, "COVERAGE_MISSING") && finding(e, "LINES_MISSING"));
	cr_expect(validate_hold(&a, e, &why) == ST_HELD_BILLING && why.n > 0);
}

Test(validate, hold_follows_the_first_of_the_worst)
{
	static const struct { const char *id, *queue; int severity; enum state expect; } rows[] = {
		{ "A", "coding", SEV_ERROR, ST_HELD_CODING }, { "B", "billing", SEV_ERROR, ST_HELD_CODING },
		{ "C", "authorization", SEV_FATAL, ST_HELD_AUTHORIZATION },
		{ "D", "compliance", SEV_FATAL, ST_HELD_AUTHORIZATION },
	};
	struct encounter *e = rec_new(&a);
	struct str why;

	cr_expect(validate_hold(&a, e, &why) == ST_NONE && why.n == 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct finding *f = REC_PUSH(&a, e, findings, finding);

		f->edit = str_of(rows[i].id);
		f->queue = str_of(rows[i].queue);
		f->severity = rows[i].severity;
		f->place = S("here");
		f->words = S("words");
		cr_expect(validate_hold(&a, e, &why) == rows[i].expect, "row %zu", i);
	}
	cr_expect(str_is(why, "C at here: words"), STR_FMT, STR_ARG(why));
}

Test(validate, overlay_changes_severity_and_days)
{
	struct str yaml = S("name: Test plan\npayer: [OTHER, TEST1]\ntimely_filing_days: 10\nLINE_UNITS: note\n"
	    "POS_MISSING: off\nPCN_LENGTH: fatal\nauthorization_codes: [99213]\n");
	struct encounter *e = base();
	struct edit_set set;
	struct overlay o;

	cr_assert(edits_overlay(&a, yaml, &o, &faults) == 0, STR_FMT, STR_ARG(faults.v[0].words));
	e->lines[0].units = 0;
	e->pos = STR_NONE;
	e->pcn = S("123456789012345678901");
	cr_expect(run(e, &o) == SEV_FATAL);
	cr_expect(finding(e, "LINE_UNITS") && finding(e, "LINE_UNITS")->severity == SEV_NOTE);
	cr_expect(!finding(e, "POS_MISSING"));
	cr_expect(finding(e, "PCN_LENGTH") && finding(e, "PCN_LENGTH")->severity == SEV_FATAL);
	cr_expect(finding(e, "TIMELY_FILING") && finding(e, "AUTHORIZATION"));
	cr_assert(edits_make(&a, &o, 1, &set, &faults) == 0);
	cr_expect(validate_filing_limit(&set, e) == e->to + 10);
	e->coverages[0].payer.id = S("ANOTHER");
	cr_expect(run(e, &o) == SEV_ERROR);
	cr_expect(finding(e, "POS_MISSING") && !finding(e, "TIMELY_FILING") && !finding(e, "AUTHORIZATION"));
	cr_expect(validate_filing_limit(&set, e) == e->to + 365);
}

Test(validate, overlays_that_are_refused)
{
	static const struct { const char *yaml, *words; } rows[] = {
		{ "timely_filing_days: 10\n", "no payer is named" },
		{ "payer: X\nNO_SUCH_EDIT: off\n", "neither an edit id" },
		{ "payer: X\nPCN_LENGTH: sometimes\n", "not a severity" },
		{ "payer: X\ntimely_filing_days: 0\n", "not a number of days" },
		{ "payer: X\ntimely_filing_days: 9999\n", "not a number of days" },
		{ "payer: X\ntimely_filing_days: 1e3\n", "not a number of days" },
		{ "payer: ''\n", "an empty payer id" },
		{ "payer: X\nauthorization_codes: ['']\n", "an empty code" },
		{ "payer: [X\n", "" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct overlay o;
		size_t n = faults.n;

		cr_expect(edits_overlay(&a, str_of(rows[i].yaml), &o, &faults) == E_CONF, "row %zu", i);
		cr_expect(faults.n > n && strstr(arena_str(&a, faults.v[n].words).p, rows[i].words), "row %zu", i);
	}
}

Test(validate, two_overlays_for_one_payer)
{
	struct overlay o[2];
	struct edit_set set;

	cr_assert(edits_overlay(&a, S("payer: [A, B]\n"), &o[0], &faults) == 0);
	cr_assert(edits_overlay(&a, S("payer: [C, B]\n"), &o[1], &faults) == 0);
	cr_expect(edits_make(&a, o, 2, &set, &faults) == E_DUPLICATE && faults.n == 1);
	cr_expect(edits_make(&a, o, 1, &set, &faults) == 0 && set.id.n == 16);
}

Test(validate, files_of_the_repository)
{
	static const char *const names[] = { "medicare-sample.yaml", "harbor-health.yaml" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str text = repo_file(&a, arena_fmt(&a, "config/payers/%s", names[i]).p);
		struct overlay o;

		cr_expect(edits_overlay(&a, text, &o, &faults) == 0, "%s", names[i]);
		cr_expect(o.n_payers > 0, "%s", names[i]);
	}
}

/* Out of room half way is E_NOMEM at every limit, never a crash and never a clean answer. */
Test(validate, out_of_memory)
{
	struct encounter *e = base();
	struct edit_set set;
	int ok = 0;

	e->billing.id = S("1234567890");
	cr_assert(edits_make(&a, NULL, 0, &set, &faults) == 0);
	for (size_t limit = 64; limit < 65536 && ok < 3; limit += 64) {
		struct encounter copy = *e;
		struct arena small;
		int rc;

		arena_init(&small, limit);
		rc = validate_run(&set, NULL, day_of(2026, 10, 15), &small, &copy);
		cr_expect(rc == E_NOMEM || (rc == SEV_FATAL && !small.spent), "limit %zu", limit);
		ok += rc >= 0;
		arena_free(&small);
	}
	cr_expect(ok == 3);
}
