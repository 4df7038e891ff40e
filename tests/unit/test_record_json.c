/* test_record_json.c - the encounter as JSON: round trip, refusals with place and fix, redaction, schema; claim_view. */
#include "base/file.h"
#include "record_fill.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>

Test(record_json, every_field_survives, .init = open_arena, .fini = close_arena)
{
	for (size_t members = 0; members <= 3; members++) {
		struct encounter *e = fill_encounter(&a, members), *back = rec_new(&a);
		struct faults f = { .a = &a };
		struct str text, again;
		const char *diff;

		cr_assert(rec_to_json(&a, e, members % 2, &text) == 0);
		cr_assert(rec_from_json(&a, text, back, &f) == 0, "%zu faults, first at " STR_FMT, f.n,
		    STR_ARG(f.n ? f.v[0].place : S("")));
		diff = fill_differs(&rec_encounter, e, back);
		cr_expect(!diff, "%zu members: %s differs", members, diff);
		cr_assert(rec_to_json(&a, back, members % 2, &again) == 0);
		cr_expect(str_eq(text, again), "the same bytes again");
		arena_reset(&a);
	}
}

Test(record_json, refuses_with_place_and_fix, .init = open_arena, .fini = close_arena)
{
	static const struct { const char *text, *place, *words; int rc; } rows[] = {
		{ "", "line 1 column", "not JSON", E_MALFORMED },
		{ "{\"tenant\": \"a\"", "line 1 column", "not JSON", E_MALFORMED },
		{ "{} {}", "line 1 column", "not JSON", E_MALFORMED },
		{ "{\"tenant\": \"a\", \"tenant\": \"b\"}", "line 1 column", "not JSON", E_MALFORMED },
		{ "{\"tenant\": \"\xff\"}", "line 1 column", "not JSON", E_MALFORMED },
		{ "{\"tenant\": \"\\u0000\"}", "line 1 column", "not JSON", E_MALFORMED },
		{ "[]", "", "not an object", E_VALUE },
		{ "{\"Tenant\": \"a\"}", "/(unknown name)", "does not have", E_VALUE },
		{ "{\"tenant\": 5}", "/tenant", "not a string", E_VALUE },
		{ "{\"type\": \"PP\"}", "/type", "2 bytes, at most 1", E_LIMIT },
		{ "{\"charge\": 12.5}", "/charge", "not a string", E_VALUE },
		{ "{\"charge\": \"12.505\"}", "/charge", "at most two decimals", E_VALUE },
		{ "{\"from\": \"2026-02-30\"}", "/from", "not a calendar day", E_VALUE },
		{ "{\"revision\": -1}", "/revision", "not a whole number", E_VALUE },
		{ "{\"revision\": 1.0}", "/revision", "not a whole number", E_VALUE },
		{ "{\"revision\": 10000}", "/revision", "not a whole number", E_VALUE },
		{ "{\"sampled\": 1}", "/sampled", "not true or false", E_VALUE },
		{ "{\"patient\": []}", "/patient", "not an object", E_VALUE },
		{ "{\"lines\": {}}", "/lines", "not an array", E_VALUE },
		{ "{\"lines\": [{}, {\"units\": \"1.2345\"}]}", "/lines/1/units", "three decimals", E_VALUE },
		{ "{\"lines\": [{\"modifiers\": [\"25\", 7]}]}", "/lines/0/modifiers/1", "not a string", E_VALUE },
		{ "{\"causes\": [\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]}", "/causes", "6 members, at most 5", E_LIMIT },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct faults f = { .a = &a };
		int rc = rec_from_json(&a, str_of(rows[i].text), rec_new(&a), &f);

		cr_expect(rc == 1 && f.n == 1, "%s: %d, %zu faults", rows[i].text, rc, f.n);
		if (f.n == 0)
			continue;
		cr_expect(str_starts(f.v[0].place, str_of(rows[i].place)), "%s: place " STR_FMT, rows[i].text,
		    STR_ARG(f.v[0].place));
		cr_expect(strstr(f.v[0].words.p, rows[i].words) != NULL, "%s: words " STR_FMT, rows[i].text,
		    STR_ARG(f.v[0].words));
		cr_expect(f.v[0].rc == rows[i].rc && f.v[0].fix.n > 5, "%s", rows[i].text);
	}
}

Test(record_json, faults_never_quote_the_input, .init = open_arena, .fini = close_arena)
{
	static const char *const texts[] = {
		"{\"" FILL_PHI "\": 1}", "{\"from\": \"" FILL_PHI "\"}", "{\"charge\": \"" FILL_PHI "\"}", "{" FILL_PHI "}",
		"{\"type\": \"" FILL_PHI "\"}", "{\"" FILL_PHI "\": 1, \"" FILL_PHI "\": 1}",
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct faults f = { .a = &a };

		cr_assert(rec_from_json(&a, str_of(texts[i]), rec_new(&a), &f) > 0 && f.n > 0, "%s", texts[i]);
		for (size_t j = 0; j < f.n; j++)
			cr_expect(!strstr(f.v[j].place.p, FILL_PHI) && !strstr(f.v[j].words.p, FILL_PHI) &&
			    !strstr(f.v[j].fix.p, FILL_PHI), "%s", texts[i]);
	}
}

/* ---- redaction ---- */

/* Every PHI field of the table is "(hidden)" in the dump, whatever its kind. */
static void
check_hidden(const struct rec_object *o, const json_t *j)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct rec_field *f = &o->fields[i];
		const json_t *v = f->kind == K_PART ? NULL : json_object_get(j, f->name);
		size_t at;
		json_t *one;

		if (f->kind == K_PART)
			continue;
		cr_assert(v != NULL, "%s.%s is in the dump", o->name, f->name);
		cr_expect(f->phi == (json_is_string(v) && strcmp(json_string_value(v), "(hidden)") == 0), "%s.%s",
		    o->name, f->name);
		if (f->kind == K_ONE && !f->phi)
			check_hidden(f->of, v);
		if (f->kind == K_MANY && !f->phi)
			json_array_foreach(v, at, one)
				check_hidden(f->of, one);
	}
}

Test(record_json, redacted_dump_has_no_patient_data, .init = open_arena, .fini = close_arena)
{
	struct encounter *e = fill_encounter(&a, 2);
	struct str plain, dump;
	json_t *j;

	cr_assert(rec_to_json(&a, e, false, &plain) == 0 && rec_to_json_redacted(&a, e, &dump) == 0);
	cr_expect(strstr(plain.p, FILL_PHI) != NULL, "the sentinel is planted");
	cr_expect(memmem(dump.p, dump.n, FILL_PHI, strlen(FILL_PHI)) == NULL, "and not in the redacted dump");
	cr_expect(strstr(plain.p, "\"180") != NULL && memmem(dump.p, dump.n, "\"180", 4) == NULL, "nor any day of the patient");
	j = json_loadb(dump.p, dump.n, 0, NULL);
	cr_assert(j != NULL);
	check_hidden(&rec_encounter, j);
	json_decref(j);
}

/* ---- schema ---- */

Test(record_json, schema_file_is_the_table, .init = open_arena, .fini = close_arena)
{
	const char *path = CL_SOURCE_DIR "/schemas/json/encounter.schema.json";
	struct str is = STR_NONE, want;
	json_t *j;

	cr_assert(rec_schema(&a, &want) == 0);
	want = arena_fmt(&a, STR_FMT "\n", STR_ARG(want));
	if (getenv("UPDATE_GOLDEN"))
		cr_assert(file_write_atomic(path, want, true) == 0);
	cr_assert(file_read(&a, path, LIMIT_INPUT, &is) == 0, "no %s", path);
	cr_expect(str_eq(is, want), "schemas/json/encounter.schema.json is not `claimline schema`; UPDATE_GOLDEN=1 rewrites it");
	j = json_loadb(is.p, is.n, JSON_REJECT_DUPLICATES, NULL);
	cr_assert(j != NULL);
	for (size_t i = 0; i < rec_encounter.n; i++)
		cr_expect(rec_encounter.fields[i].kind == K_PART ||
		    json_object_get(json_object_get(j, "properties"), rec_encounter.fields[i].name), "%s",
		    rec_encounter.fields[i].name);
	json_decref(j);
}

/* ---- claim_view ---- */

static const struct {
	const char *name, *came, *coded;
	struct { const char *action, *code, *with; } d[3];
	const char *want;
	bool coded_here;
} view_rows[] = {
	{ "as it came", "J189 I10", "E119", { { 0 } }, "J189/principal/ABK I10/other/ABF ", false },
	{ "as coded here", "", "J189 I10", { { 0 } }, "J189/principal/ABK I10/other/ABF ", true },
	{ "nothing at all", "", "", { { 0 } }, "", true },
	{ "reject the principal", "J189 I10", "", { { "reject", "J189", "" } }, "I10/principal/ABK ", false },
	{ "reject what is not there", "I10", "", { { "reject", "J189", "" } }, "I10/principal/ABK ", false },
	{ "replace keeps the place", "J189 I10", "", { { "replace", "J189", "J181" } },
	    "J181/principal/ABK I10/other/ABF ", false },
	{ "replace by one that is there", "J189 I10", "", { { "replace", "J189", "I10" } }, "I10/principal/ABK ", false },
	{ "accept adds", "I10", "", { { "accept", "E119", "" } }, "I10/principal/ABK E119/other/ABF ", false },
	{ "accept the first", "", "", { { "accept", "E119", "" } }, "E119/principal/ABK ", true },
	{ "accept twice", "I10", "", { { "accept", "E119", "" }, { "accept", "E119", "" } },
	    "I10/principal/ABK E119/other/ABF ", false },
	{ "in the order made", "I10", "", { { "accept", "E119", "" }, { "reject", "E119", "" }, { "accept", "N179", "" } },
	    "I10/principal/ABK N179/other/ABF ", false },
	{ "reject then accept again", "I10 E119", "", { { "reject", "I10", "" }, { "accept", "I10", "" } },
	    "E119/principal/ABK I10/other/ABF ", false },
	{ "a note changes nothing", "I10", "", { { "note", "I10", "E119" }, { "release", "", "" } },
	    "I10/principal/ABK ", false },
	{ "accept of no code", "I10", "", { { "accept", "", "" } }, "I10/principal/ABK ", false },
};

static void
diagnoses(const char *codes, struct diagnosis **v, size_t *n)
{
	struct str rest = str_of(codes);

	while (rest.n) {
		struct diagnosis *d = rec_push_(&a, (void **)v, n, &rec_diagnosis);

		d->code = str_cut(&rest, ' ');
		d->role = *n == 1 ? S("principal") : S("other");
		d->qual = *n == 1 ? S("ABK") : S("ABF");
	}
}

Test(claim_view, table, .init = open_arena, .fini = close_arena)
{
	for (size_t i = 0; i < sizeof view_rows / sizeof *view_rows; i++) {
		struct encounter *e = rec_new(&a);
		struct claim_view v;
		struct str before, after;
		struct buf is;

		diagnoses(view_rows[i].came, &e->diagnoses, &e->n_diagnoses);
		diagnoses(view_rows[i].coded, &e->coded, &e->n_coded);
		for (size_t k = 0; k < 3 && view_rows[i].d[k].action; k++) {
			struct decision *d = REC_PUSH(&a, e, decisions, decision);

			d->action = str_of(view_rows[i].d[k].action);
			d->code = str_of(view_rows[i].d[k].code);
			d->with = str_of(view_rows[i].d[k].with);
		}
		cr_assert(rec_to_json(&a, e, false, &before) == 0);
		cr_assert(claim_view(&a, e, &v) == 0);
		cr_assert(rec_to_json(&a, e, false, &after) == 0);
		cr_expect(str_eq(before, after), "%s: the encounter is unchanged", view_rows[i].name);
		buf_init(&is, &a);
		for (size_t k = 0; k < v.n_diagnoses; k++)
			buf_fmt(&is, STR_FMT "/" STR_FMT "/" STR_FMT " ", STR_ARG(v.diagnoses[k].code),
			    STR_ARG(v.diagnoses[k].role), STR_ARG(v.diagnoses[k].qual));
		cr_expect(str_is(buf_view(&is), view_rows[i].want), "%s: " STR_FMT, view_rows[i].name, STR_ARG(buf_view(&is)));
		cr_expect(v.coded_here == view_rows[i].coded_here, "%s", view_rows[i].name);
		arena_reset(&a);
	}
}
