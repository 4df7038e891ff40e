/* test_suggest.c - what the engine reads out of single sentences: words, context, sections, sides, spans. */
#include "unit/test_suggest_open.h"

TestSuite(suggest, .init = open_suggest, .fini = close_suggest);

static struct encounter *
run(const char *note)
{
	struct encounter *e = encounter_of(&a, note);
	struct suggest_rules rules = { 600, 600 };
	struct str why;
	int rc = suggest_run(s, &rules, &a, e, &why);

	cr_assert(rc >= 0, "%s: %s", note, err_name(rc));
	spans_hold(e, note);
	return e;
}

struct row { const char *note, *code, *phrase; };

/* phrase NULL: the code must not be proposed at all. */
static void
check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct encounter *e = run(rows[i].note);
		const struct candidate *c = candidate_of(e, rows[i].code);

		if (rows[i].phrase)
			cr_expect(c && str_is(c->phrase, rows[i].phrase), "%s: %s, got %.*s", rows[i].note, rows[i].code,
			    c ? (int)c->phrase.n : 4, c ? c->phrase.p : "none");
		else
			cr_expect(!c, "%s: %s", rows[i].note, rows[i].code);
	}
}

Test(suggest, words)
{
	static const struct row rows[] = {
		{ "Hypertension.", "I10", "Hypertension" },
		{ "She has high blood pressure.", "I10", "high blood pressure" },
		{ "Elevated blood pressure today", "R030", "Elevated blood pressure" },
		{ "Elevated blood pressure today", "I10", NULL },
		{ "Congestive heart failure", "I509", "Congestive heart failure" },
		{ "Heart failure, congestive", "I509", "Heart failure, congestive" },
		{ "failure of the heart", "I509", "failure of the heart" },
		{ "CHF exacerbation", "I509", "CHF" },
		{ "Heart attack yesterday", "I219", "Heart attack" },
		{ "Community-acquired pneumonia", "J189", "Community-acquired pneumonia" },
		{ "COPD with acute exacerbation", "J441", "COPD with acute exacerbation" },
		{ "COPD with acute exacerbation", "J449", NULL },
		{ "UTI", "N390", "UTI" },
		{ "urinary tract infection", "N390", "urinary tract infection" },
		{ "Oedema of the leg", "R600", "Oedema of the leg" },
		{ "anaemia", "D649", "anaemia" },
		{ "diarrhoea", "R197", "diarrhoea" },
		{ "nausea and vomiting", "R112", "nausea and vomiting" },
		{ "nausea, vomiting", "R112", NULL },
		{ "nausea, vomiting", "R110", "nausea" },
		{ "nausea, vomiting", "R1110", "vomiting" },
		{ "chest pain, shortness of breath", "R071", NULL },
		{ "pain in the chest", "R079", "pain in the chest" },
		{ "chest and abdominal pain", "R079", "chest and abdominal pain" },
		{ "chest and abdominal pain", "R109", "abdominal pain" },
		{ "chest tightness and back pain", "R079", NULL },
		{ "chest tightness and back pain", "R0789", "chest tightness" },
		{ "renal calculi", "N200", "renal calculi" },
		{ "kidney stones", "N200", "kidney stones" },
		{ "Type 2 diabetes", "E119", "Type 2 diabetes" },
		{ "Type II diabetes mellitus", "E119", "Type II diabetes mellitus" },
		{ "diabetes mellitus type 1", "E109", "diabetes mellitus type 1" },
		{ "T2DM", "E119", "T2DM" },
		{ "diabetes 2 years ago", "E109", NULL },
		{ "Type 2 diabetes with hyperglycemia", "E1165", "Type 2 diabetes with hyperglycemia" },
		{ "CKD stage 3a", "N1831", "CKD stage 3a" },
		{ "chronic kidney disease, stage IV", "N184", "chronic kidney disease, stage IV" },
		{ "chronic kidney disease stage 3", "N1830", "chronic kidney disease stage 3" },
		{ "acute on chronic systolic heart failure", "I5023", "acute on chronic systolic heart failure" },
		{ "the patient passed out", "R55", "passed out" },
		{ "Alzheimer\xe2\x80\x99s disease", "G309", "Alzheimer\xe2\x80\x99s disease" },
		{ "Crohn's disease", "K5090", "Crohn's disease" },
		{ "M\xc3\xa9ni\xc3\xa8re's disease", "H8109", "M\xc3\xa9ni\xc3\xa8re's disease" },
		{ "COVID-19", "U071", "COVID-19" },
		{ "Influenza A", "J101", "Influenza A" },
		{ "a flu a day", "J101", NULL },
		{ "She has a pacemaker", "Z950", "pacemaker" },
		{ "had the COVID-19 vaccine", "U071", NULL },
		{ "flu shot given", "J111", NULL },
		{ "heart rate 80, blood pressure cuff", "I10", NULL },
		{ "the chest, the abdomen, pain clinic", "R079", NULL },
		{ "breast", "C50919", NULL },
	};

	check(rows, sizeof rows / sizeof *rows);
}

Test(suggest, abbreviations)
{
	static const struct row rows[] = {
		{ "GERD", "K219", "GERD" }, { "gerd", "K219", "gerd" },
		{ "HTN, HLD", "I10", "HTN" }, { "htn, hld", "E785", "hld" },
		{ "IBS", "K589", "IBS" }, { "ibs of mail", "K589", NULL },
		{ "MS with relapsing course", "G35D", "MS" }, { "Ms. Smith is well", "G35D", NULL },
		    { "MS 4 mg IV given", "G35D", NULL },
		{ "PE with saddle clot", "I2699", "PE" }, { "PE: lungs clear", "I2699", NULL },
		{ "ED visit for cough", "N529", NULL }, { "ED, takes sildenafil", "N529", "ED" },
		{ "A-fib", "I4891", "A-fib" }, { "N/V since noon", "R112", "N/V" },
		{ "SOB", "R0602", "SOB" },
	};

	check(rows, sizeof rows / sizeof *rows);
}

Test(suggest, sides_and_detail)
{
	static const struct row rows[] = {
		{ "Right knee pain", "M25561", "Right knee pain" },
		{ "Pain in the knee, left", "M25562", "Pain in the knee, left" },
		{ "Knee pain", "M25569", "Knee pain" },
		{ "bilateral hip pain", "M25551", "hip pain" },
		{ "bilateral hip pain", "M25552", "hip pain" },
		{ "Fracture of the left wrist", "S62102A", "Fracture of the left wrist" },
		{ "Here for follow-up of right ankle sprain", "S93401D", "ankle sprain" },
		{ "Right ankle sprain, follow up with orthopedics", "S93401A", "ankle sprain" },
		{ "acute otitis media of the right ear", "H6691", "acute otitis media" },
		{ "left otitis media, right knee pain", "H6692", "otitis media" },
		{ "left otitis media, right knee pain", "M25561", "right knee pain" },
		{ "cellulitis of left lower leg", "L03116", "cellulitis of left lower leg" },
		{ "cellulitis of the right leg", "L03115", "cellulitis of the right leg" },
		{ "cellulitis of the right hand", "L03113", NULL },
		{ "osteoarthritis of both knees", "M170", "osteoarthritis of both knees" },
	};

	check(rows, sizeof rows / sizeof *rows);
}

Test(suggest, context)
{
	static const struct { const char *note, *code, *context; bool chosen; } rows[] = {
		{ "She has pneumonia.", "J189", "affirmed", true },
		{ "No pneumonia.", "J189", "negated", false },
		{ "Denies chest pain, shortness of breath, or leg swelling.", "R079", "negated", false },
		{ "Denies chest pain, shortness of breath, or leg swelling.", "M7989", "negated", false },
		{ "Denies fever, chills, night sweats, weight loss, chest pain, palpitations, nausea, vomiting, "
		    "diarrhea, constipation.",
		    "K5900", "negated", false },
		{ "Denies fever but has a cough.", "R059", "affirmed", true },
		{ "Denies fever but has a cough.", "R509", "negated", false },
		{ "No fever, hypertension is controlled.", "I10", "affirmed", true },
		{ "Pneumonia was ruled out.", "J189", "negated", false },
		{ "Ruled out for pneumonia.", "J189", "negated", false },
		{ "Chest x-ray negative for pneumonia.", "J189", "negated", false },
		{ "No evidence of deep vein thrombosis.", "I82409", "negated", false },
		{ "Headache without vomiting.", "R519", "affirmed", true },
		{ "Headache without vomiting.", "R1110", "negated", false },
		{ "Legs without swelling.", "M7989", "negated", false },
		{ "Migraine without aura.", "G43009", "affirmed", true },
		{ "Chest pain: no", "R079", "negated", false },
		{ "Fever: denies", "R509", "negated", false },
		{ "Hypertension not well controlled.", "I10", "affirmed", true },
		{ "No change in hypertension.", "I10", "affirmed", true },
		{ "The thyroid is large and not tender, with asthma.", "J45909", "affirmed", true },
		{ "Mother had breast cancer.", "C50919", "family", false },
		{ "Diabetes in her father.", "E119", "family", false },
		{ "Mother reports fever since Monday.", "R509", "affirmed", true },
		{ "He was brought in by his mother with fever.", "R509", "affirmed", true },
		{ "Family history of colon cancer.", "Z800", "affirmed", true },
		{ "No family history of colon cancer.", "Z800", "negated", false },
		{ "Possible pneumonia.", "J189", "uncertain", false },
		{ "Pneumonia is suspected.", "J189", "uncertain", false },
		{ "?pneumonia", "J189", "uncertain", false },
		{ "r/o pulmonary embolism", "I2699", "uncertain", false },
		{ "Cough consistent with bronchitis.", "J40", "uncertain", false },
		{ "Return if fever.", "R509", "uncertain", false },
		{ "History of pneumonia.", "Z8701", "affirmed", true },
		{ "Past medical history significant for hypertension, diabetes and COPD.", "J449", "history", true },
		{ "Past medical history of appendicitis.", "K37", "history", false },
		{ "History of hypertension presents with cough.", "R059", "affirmed", true },
		{ "History of stroke.", "Z8673", "affirmed", true },
		{ "Appendicitis 10 years ago.", "K37", "history", false },
		{ "Former smoker.", "Z87891", "affirmed", true },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct candidate *c = candidate_of(run(rows[i].note), rows[i].code);

		cr_expect(c && str_is(c->context, rows[i].context) && c->chosen == rows[i].chosen, "%s: %s, got %.*s %s",
		    rows[i].note, rows[i].code, c ? (int)c->context.n : 4, c ? c->context.p : "none", c && c->chosen ? "chosen" :
		    "not chosen");
	}
}

Test(suggest, sections)
{
	static const struct { const char *name, *note, *code, *section, *context; bool chosen; } rows[] = {
		{ "heading and colon", "ASSESSMENT: Gout", "M109", "assessment", "affirmed", true },
		{ "heading line", "Discharge Diagnoses\n1. Gout\n", "M109", "discharge diagnoses", "affirmed", true },
		{ "assessment/plan", "A/P:\n- gout", "M109", "assessment", "affirmed", true },
		{ "markdown", "## Impression\nGout", "M109", "assessment", "affirmed", true },
		{ "past medical history, lasting", "PMH: gout", "M109", "past medical history", "history", true },
		{ "past medical history, over", "PMH: pneumonia", "J189", "past medical history", "history", false },
		{ "family history", "FAMILY HISTORY:\nasthma, gout\n", "M109", "family history", "family", false },
		{ "the section ends at the next heading", "FAMILY HISTORY: asthma\nASSESSMENT: gout", "M109", "assessment",
		    "affirmed", true },
		{ "review of systems is not certain", "ROS: headache", "R519", "review of systems", "affirmed", false },
		{ "instructions", "INSTRUCTIONS: avoid gout", "M109", "instructions", "affirmed", false },
		{ "no heading", "Gout\nASSESSMENT", "M109", "", "affirmed", true },
		{ "best section wins", "HPI: gout for years\nASSESSMENT: gout", "M109", "assessment", "affirmed", true },
		{ "a denied mention does not hide a stated one", "ROS: no gout\nASSESSMENT: gout", "M109", "assessment",
		    "affirmed", true },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct candidate *c = candidate_of(run(rows[i].note), rows[i].code);

		cr_expect(c && str_is(c->section, rows[i].section) && str_is(c->context, rows[i].context) &&
		    c->chosen == rows[i].chosen, "%s: got %s %s %d", rows[i].name, c ? c->section.p : "none", c ? c->context.p :
		    "", c && c->chosen);
	}
}

Test(suggest, heading_is_no_mention)
{
	static const char *const notes[] = { "FAMILY HISTORY\n", "Family History:\n", "ALLERGIES:\n", "PROBLEM LIST\n",
	    "PHYSICAL EXAMINATION\n" };

	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
		cr_expect(run(notes[i])->n_candidates == 0, "%s", notes[i]);
}

Test(suggest, sentences)
{
	static const struct row rows[] = {
		{ "Pain in the leg. Chest is clear.", "R079", NULL },
		{ "Pain\nChest clear", "R079", NULL },
		{ "The patient was seen in the clinic today for evaluation of severe chest\npain since yesterday.",
		    "R079", "chest\npain" },
		{ "Sepsis due to E. coli", "A419", "Sepsis" },
		{ "Dr. Heart. Failure", "I509", NULL },
		{ "\xef\xbf\xbd gout \xff", "M109", "gout" },
		{ "gout", "M109", "gout" },
		{ "  gout", "M109", "gout" },
	};

	check(rows, sizeof rows / sizeof *rows);
}

Test(suggest, says_more)
{
	static const struct { const char *note, *kept, *left; } rows[] = {
		{ "Atrial fibrillation. Paroxysmal atrial fibrillation.", "I480", "I4891" },
		{ "Diabetes. Type 2 diabetes with hyperglycemia.", "E1165", "E119" },
		{ "Knee pain. Right knee pain.", "M25561", "M25569" },
		{ "Asthma. Asthma exacerbation.", "J45901", "J45909" },
		{ "ASSESSMENT: pneumonia\nHPI: cough", "J189", "R059" },
		{ "HPI: chest pressure\nASSESSMENT: chest pain", "R079", "R0789" },
		{ "CHIEF COMPLAINT: skin infection\nASSESSMENT: cellulitis of left leg", "L03116", "L089" },
		{ "HPI: smokes\nASSESSMENT: nicotine dependence, cigarettes", "F17210", "F17200" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct encounter *e = run(rows[i].note);
		const struct candidate *kept = candidate_of(e, rows[i].kept), *left = candidate_of(e, rows[i].left);

		cr_expect(kept && kept->chosen && left && !left->chosen, "%s", rows[i].note);
	}
}

/* Long words, long sentences, nothing but signs, and a note at its limit. */
Test(suggest, odd_input)
{
	static const struct { const char *name, *piece; size_t times; } rows[] = {
		{ "empty", "", 0 }, { "signs", "?!;:,.()[]-/'\n", 500 }, { "one long word", "x", 100000 },
		{ "one long sentence", "gout and ", 20000 }, { "high bytes", "\xc3\xe2\x80\xff", 5000 },
		    { "nul bytes", "gout\n", 20000 },
		{ "slashes", "a/b/c/", 5000 }, { "apostrophes", "a'", 5000 }, { "colons", "HPI:", 5000 },
		    { "abbreviations", "CHF T2DM ", 5000 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf b;

		buf_init(&b, &a);
		buf_ch(&b, ' ');
		for (size_t k = 0; k < rows[i].times; k++)
			buf_cstr(&b, rows[i].piece);
		cr_expect(run(arena_str(&a, buf_view(&b)).p) != NULL, "%s", rows[i].name);
	}
}
