/* test_suggest_run.c - what the stage writes and decides: coded, compared, held, and never what came. */
#include "unit/test_suggest_open.h"

TestSuite(suggest_run, .init = open_suggest, .fini = close_suggest);

static int
run(struct encounter *e, int release_at, int hold_below, struct str *why)
{
	struct suggest_rules rules = { release_at, hold_below };

	return suggest_run(s, &rules, &a, e, why);
}

static struct diagnosis *
diagnosis_add(struct encounter *e, const char *code, const char *qual)
{
	struct diagnosis *d = REC_PUSH(&a, e, diagnoses, diagnosis);

	d->code = str_of(code);
	d->qual = str_of(qual);
	return d;
}

Test(suggest_run, codes_in_order)
{
	struct encounter *e = encounter_of(&a,
	    "HPI: former smoker, hypertension.\nPMH: gout\nASSESSMENT:\n1. Pneumonia\n2. Asthma\n");
	static const char *const codes[] = { "J189", "J45909", "I10", "M109", "Z87891" };
	struct str why;

	cr_assert(run(e, 600, 600, &why) == SUGGEST_PASS && why.n == 0);
	cr_assert(e->n_coded == sizeof codes / sizeof *codes, "%zu", e->n_coded);
	for (size_t i = 0; i < e->n_coded; i++) {
		const struct diagnosis *d = &e->coded[i];

		cr_expect(str_is(d->code, codes[i]), "%zu: %.*s", i, STR_ARG(d->code));
		cr_expect(str_is(d->role, i ? "other" : "principal") && str_is(d->qual, i ? "ABF" : "ABK") &&
		    d->poa.n == 0, "%zu", i);
	}
	cr_expect(str_starts(e->suggest_by, S("starter-lexicon/1 icd10cm-2026")) && e->suggest_by.n <= 60);
	cr_expect(e->n_compared == 0);
}

Test(suggest_run, discharge_diagnoses_come_first)
{
	struct encounter *e = encounter_of(&a, "ASSESSMENT: gout\nDISCHARGE DIAGNOSES: sepsis\n");
	struct str why;

	cr_assert(run(e, 600, 600, &why) == SUGGEST_PASS && e->n_coded == 2);
	cr_expect(str_is(e->coded[0].code, "A419") && str_is(e->coded[1].code, "M109"));
}

Test(suggest_run, status_is_never_principal)
{
	struct encounter *e = encounter_of(&a, "ASSESSMENT: Former smoker. Gout.");
	struct str why;

	cr_assert(run(e, 600, 600, &why) == SUGGEST_PASS && e->n_coded == 2);
	cr_expect(str_is(e->coded[0].code, "M109"));
}

Test(suggest_run, present_on_admission)
{
	static const struct { const char *visit, *tob, *poa; } rows[] = {
		{ "inpatient", "11", "Y" }, { "inpatient", "", "Y" }, { "", "11", "Y" }, { "outpatient", "13", "" },
		    { "office", "", "" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct encounter *e = encounter_of(&a, "ASSESSMENT: Pneumonia. Former smoker.");
		struct str why;

		e->visit_class = str_of(rows[i].visit);
		e->tob = str_of(rows[i].tob);
		cr_assert(run(e, 600, 600, &why) == SUGGEST_PASS && e->n_coded == 2);
		cr_expect(str_eq(e->coded[0].poa, str_of(rows[i].poa)), "%s %s", rows[i].visit, rows[i].tob);
		cr_expect(e->coded[1].poa.n == 0, "exempt");
	}
}

Test(suggest_run, presumed_relations)
{
	static const struct { const char *note, *first, *second; } rows[] = {
		{ "ASSESSMENT: hypertension, heart failure", "I110", "I509" },
		{ "ASSESSMENT: heart failure; hypertension", "I110", "I509" },
		{ "ASSESSMENT: hypertension; CKD stage 4", "I129", "N184" },
		{ "ASSESSMENT: hypertension; ESRD", "I120", "N186" },
		{ "ASSESSMENT: type 2 diabetes; CKD stage 3b", "E1122", "N1832" },
		{ "ASSESSMENT: hypertension; gout", "I10", "M109" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct encounter *e = encounter_of(&a, rows[i].note);
		struct str why;

		cr_assert(run(e, 600, 600, &why) == SUGGEST_PASS && e->n_coded == 2, "%s: %zu", rows[i].note, e->n_coded);
		cr_expect(str_is(e->coded[0].code, rows[i].first) && str_is(e->coded[1].code, rows[i].second), "%s: %.*s %.*s",
		    rows[i].note, STR_ARG(e->coded[0].code), STR_ARG(e->coded[1].code));
		spans_hold(e, rows[i].note);
	}
}

Test(suggest_run, holds)
{
	static const struct { const char *name, *note; int hold_below; const char *why; } rows[] = {
		{ "no note", NULL, 600, "nothing to code from" },
		{ "no words", "The weather is fine.", 600, "no codable words found in 1 note" },
		{ "only denied", "Denies cough.", 600, "1 condition named, all of them denied" },
		{ "only uncertain", "Possible gout and possible asthma.", 600, "2 conditions named, all of them denied" },
		{ "only below the threshold", "ROS: cough", 600,
		    "1 candidate, none certain enough to choose (best 510 of 600 per mille)" },
		{ "principal too uncertain", "Gout.", 950, "the principal diagnosis is certain to" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct encounter *e = encounter_of(&a, rows[i].note);
		struct str why;

		cr_expect(run(e, 600, rows[i].hold_below, &why) == SUGGEST_HOLD, "%s", rows[i].name);
		cr_expect(str_starts(why, str_of(rows[i].why)), "%s: %.*s", rows[i].name, STR_ARG(why));
	}
}

Test(suggest_run, a_person_who_decided_is_not_asked_again)
{
	static const struct { const char *action; int verdict; } rows[] = {
		{ "accept", SUGGEST_PASS }, { "replace", SUGGEST_PASS }, { "release", SUGGEST_PASS }, { "note", SUGGEST_HOLD },
		{ "reject", SUGGEST_HOLD },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct encounter *e = encounter_of(&a, "Possible gout.");
		struct decision *d = REC_PUSH(&a, e, decisions, decision);
		struct str why;

		d->action = str_of(rows[i].action);
		d->code = S("M109");
		cr_expect(run(e, 600, 600, &why) == rows[i].verdict, "%s", rows[i].action);
	}
}

Test(suggest_run, came_coded)
{
	struct encounter *e = encounter_of(&a, "ASSESSMENT: Gout. Right knee pain. Asthma. Denies cough.");
	static const struct { const char *code, *verdict; } rows[] = {
		{ "M109", "supported" }, { "M25569", "related" }, { "R059", "unsupported" }, { "J45909", "missing" },
	};
	struct str why;

	for (size_t i = 0; i < 3; i++)
		diagnosis_add(e, rows[i].code, i ? "ABF" : "ABK");
	diagnosis_add(e, "4019", "BF");
	cr_assert(run(e, 600, 990, &why) == SUGGEST_PASS && why.n == 0);
	cr_expect(e->n_coded == 0 && e->n_diagnoses == 4 && str_is(e->diagnoses[0].code, "M109"));
	cr_assert(e->n_compared == 4, "%zu", e->n_compared);
	for (size_t i = 0; i < 4; i++) {
		const struct comparison *c = &e->compared[i];

		cr_expect(str_is(c->code, rows[i].code) && str_is(c->verdict, rows[i].verdict), "%.*s %.*s", STR_ARG(c->code),
		    STR_ARG(c->verdict));
		cr_expect((c->candidate == 0) == (i == 2) && c->candidate <= (int64_t)e->n_candidates, "%zu", i);
	}
	cr_expect(str_is(e->candidates[e->compared[0].candidate - 1].code, "M109"));
	for (size_t i = 0; i < e->n_candidates; i++)
		cr_expect(!e->candidates[i].chosen, "%zu", i);
}

Test(suggest_run, came_coded_without_notes)
{
	struct encounter *e = encounter_of(&a, NULL);
	struct str why;

	diagnosis_add(e, "M109", "ABK");
	cr_expect(run(e, 600, 600, &why) == SUGGEST_PASS && e->n_compared == 0 && e->n_candidates == 0 && e->n_coded == 0);
}

Test(suggest_run, room_on_the_claim)
{
	static const char note[] = "ASSESSMENT: Gout. Asthma. Pneumonia. Hypertension. Migraine. Hypothyroidism. "
	    "Sciatica. Psoriasis. "
	    "Depression. Insomnia. Obesity. GERD. Fibromyalgia. Vertigo. Shingles. Acne. Hyperlipidemia. Constipation. "
	    "Gastritis. Rosacea. "
	    "Anemia. Osteoporosis. Scabies. Tonsillitis. Influenza. Cholelithiasis. Cirrhosis.";
	static const struct { const char *type; size_t room; } rows[] = { { "P", 12 }, { "I", 25 } };

	for (size_t i = 0; i < 2; i++) {
		struct encounter *e = encounter_of(&a, note);
		size_t chosen = 0;
		struct str why;

		e->type = str_of(rows[i].type);
		cr_assert(run(e, 600, 600, &why) == SUGGEST_PASS);
		cr_expect(e->n_coded == rows[i].room, "%s: %zu", rows[i].type, e->n_coded);
		for (size_t k = 0; k < e->n_candidates; k++)
			chosen += e->candidates[k].chosen;
		cr_expect(chosen == e->n_coded, "%s: %zu", rows[i].type, chosen);
	}
}

Test(suggest_run, same_in_same_out)
{
	struct encounter *e = encounter_of(&a,
	    "HPI: cough, fever, no chills\nASSESSMENT: pneumonia; T2DM; CKD stage 3a; right hip pain");
	struct str first, second, why;

	cr_assert(run(e, 600, 600, &why) == SUGGEST_PASS);
	cr_assert(rec_pack(&a, e, PART_SUGGEST, &first) >= 0);
	cr_assert(run(e, 600, 600, &why) == SUGGEST_PASS);
	cr_assert(rec_pack(&a, e, PART_SUGGEST, &second) >= 0);
	cr_expect(first.n > 100 && str_eq(first, second));
}

Test(suggest_run, what_was_written_packs)
{
	struct encounter *e = encounter_of(&a, "ASSESSMENT: pneumonia, possible gout. Mother had asthma."), *back = rec_new(&a);
	struct str bytes, why;

	cr_assert(run(e, 600, 600, &why) == SUGGEST_PASS);
	cr_assert(rec_pack(&a, e, PART_SUGGEST, &bytes) >= 0);
	cr_assert(rec_unpack(&a, bytes, PART_SUGGEST, back) >= 0, "every text is within its bounds");
	cr_expect(back->n_candidates == e->n_candidates && back->n_coded == e->n_coded);
}

Test(suggest_run, an_arena_too_small_is_an_error)
{
	struct arena small;
	struct encounter *e;
	struct suggest_rules rules = { 600, 600 };
	struct str why;

	arena_init(&small, 20000);
	e = encounter_of(&small, "ASSESSMENT: gout");
	small.limit = small.used + 200;
	cr_expect(suggest_run(s, &rules, &small, e, &why) == E_NOMEM);
	arena_free(&small);
}

Test(suggest_run, a_book_without_diagnoses)
{
	struct faults f = { .a = &a };
	struct book empty;
	struct suggest *none = NULL;

	cr_assert(books_of(NULL, 0, &f, &empty) == 0);
	cr_expect(suggest_open(empty.cb, &none) == E_INCOMPLETE && !none);
	book_close(&empty);
	suggest_close(NULL);
}

/* The same words may lead to one code from the index, by "see", and from the tabular list. */
Test(suggest_run, the_most_direct_way_counts)
{
	const struct paper files[] = {
		{ "icd10cm_order_2026.txt",
		    "00001 A009    1 Cholera                                                      Cholera, unspecified\n", 0 },
		{ "icd10cm_index_2026.xml",
		    "<ICD10CM.index><mainTerm><title>Zorblitis</title><code>A00.9</code></mainTerm>"
		    "<mainTerm><title>Flumpitis</title><see>Zorblitis</see></mainTerm></ICD10CM.index>", 0 },
		{ "icd10cm_tabular_2026.xml",
		    "<ICD10CM.tabular><chapter><name>1</name><desc>x</desc><section id=\"A00-A09\"><desc>x</desc><diag>"
		    "<name>A00.9</name>"
		    "<inclusionTerm><note>Zorblitis</note><note>Flumpitis</note></inclusionTerm></diag></section></chapter>"
		    "</ICD10CM.tabular>", 0 },
	};
	static const struct { const char *note, *source; } rows[] = {
		{ "ASSESSMENT: zorblitis", "index" }, { "ASSESSMENT: flumpitis", "inclusion" },
	};
	struct faults f = { .a = &a };
	struct suggest *small = NULL;
	struct book of;

	cr_assert(books_of(files, 3, &f, &of) == 0 && suggest_open(of.cb, &small) == 0);
	cr_expect(codebook_count(of.cb, CS_INDEX) == 4);
	for (size_t i = 0; i < 2; i++) {
		struct suggest_rules rules = { 600, 600 };
		struct encounter *e = encounter_of(&a, rows[i].note);
		struct str why;

		cr_assert(suggest_run(small, &rules, &a, e, &why) >= 0 && e->n_candidates == 1, "%s", rows[i].note);
		cr_expect(str_is(e->candidates[0].source, rows[i].source), "%s: " STR_FMT, rows[i].note,
		    STR_ARG(e->candidates[0].source));
	}
	suggest_close(small);
	book_close(&of);
}
