/*
 * test_suggest_rules.c - which of the codes of a whole chart go on the claim, one row for each rule that a wrong choice
 * taught us: where a diagnosis stands, what is only a sign of it, what says more, what is denied.
 */
#include "unit/test_suggest_book.h"

struct row {
	const char	*rule, *visit, *note;
	const char	*chosen[4];		/* in this order; the first is principal */
	const char	*left[4];		/* proposed or not, but not on the claim */
};

static const struct row rows[] = {
	{ "a symptom that the diagnoses themselves list is one", "emergency",
	    "CHIEF COMPLAINT: Belly pain.\n\nHPI: Two days of pain, no fever.\n\nED DIAGNOSES:\n1. Abdominal pain, unspecified.\n"
	    "2. Hypertension.\n", { "R109", "I10" }, { "R509" } },
	{ "and so does an impression", "emergency",
	    "IMPRESSION:\n1. Dizziness.\n2. Type 2 diabetes mellitus.\n", { "R42", "E119" }, { NULL } },
	{ "signs of what the assessment names are not coded beside it", "office",
	    "HPI: Cough, fever and shortness of breath for four days.\n\nASSESSMENT:\n1. Pneumonia.\n", { "J189" },
	    { "R059", "R509", "R0602" } },
	{ "also outside of the chapter of symptoms", "office",
	    "CHIEF COMPLAINT: Knee pain.\n\nHPI: Pain in the right knee, it itches.\n\nASSESSMENT:\n"
	    "Primary osteoarthritis of right knee.\n",
	    { "M1711" }, { "M25561", "M25569", "L299" } },
	{ "without a diagnosis the sign is what there is to code", "office",
	    "HPI: Cough for four days.\n\nPLAN: Rest, fluids.\n", { "R059" }, { NULL } },
	{ "a complaint is not coded beside what it turned out to be", "office",
	    "CHIEF COMPLAINT: Sinus infection.\n\nASSESSMENT:\nAllergic rhinitis.\n", { "J309" }, { "J329", "J0190" } },
	{ "a denied family history is none", "outpatient",
	    "HPI: Here for her blood pressure. No family history of breast cancer.\n\nASSESSMENT:\nEssential hypertension.\n",
	    { "I10" },
	    { "Z803" } },
	{ "a family history that is there may be coded", "outpatient",
	    "HPI: Family history of breast cancer.\n\nASSESSMENT:\nEssential hypertension.\n", { "I10", "Z803" }, { NULL } },
	{ "what the surgeon found counts under its heading", "outpatient",
	    "INDICATION: Abdominal pain.\n\nFINDINGS: Small internal hemorrhoids.\n\nPOSTOPERATIVE DIAGNOSES:\n1. Hemorrhoids.\n",
	    { "K649" }, { "R109" } },
	{ "and where findings name the part, the part is coded", "outpatient",
	    "POSTOPERATIVE DIAGNOSES:\n1. Diverticulosis of the large intestine.\n", { "K5730" }, { "K5790" } },
	{ "an unspecified code gives way to one of its category that says more", "office",
	    "HPI: He smokes.\n\nASSESSMENT:\n1. COPD.\n2. Nicotine dependence, cigarettes.\n", { "J449", "F17210" },
	    { "F17200" } },
	{ "wherever the one that says more stands", "office",
	    "ASSESSMENT:\n1. Gout.\n2. Atrial fibrillation.\n\nHPI: Known persistent atrial fibrillation.\n", { "M109", "I4819" },
	    { "I4891" } },
	{ "back pain that goes down the leg is one condition", "office",
	    "HPI: Low back pain and sciatica.\n\nASSESSMENT:\nLumbago with sciatica, right side.\n", { "M5441" },
	    { "M5450", "M5430", "M5431" } },
	{ "acute and suppurative is a code of its own", "office",
	    "CHIEF COMPLAINT: Ear pain.\n\nASSESSMENT:\nAcute suppurative otitis media, left ear.\n", { "H66002" },
	    { "H6692", "H9209", "H9202" } },
	{ "a side decides between codes of which one adds what was not said", "office",
	    "ASSESSMENT:\nLeft acute serous otitis media.\n", { "H6502" }, { "H6505", "H6500" } },
	{ "unless it was said", "office",
	    "ASSESSMENT:\nAcute recurrent suppurative otitis media, right ear.\n", { "H66004" }, { "H66001", "H6641" } },
	{ "a clot explains the leg", "inpatient",
	    "HOSPITAL COURSE: Right leg swelling and pain. Ultrasound with clot.\n\nDISCHARGE DIAGNOSES:\n"
	    "1. Acute deep vein thrombosis of right lower extremity.\n", { "I82401" }, { "M79604", "M7989", "R600" } },
};

static bool
is_coded(const struct encounter *e, const char *code)
{
	for (size_t i = 0; i < e->n_coded; i++)
		if (str_is(e->coded[i].code, code))
			return true;
	return false;
}

static struct str
coded_text(struct arena *a, const struct encounter *e)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < e->n_coded; i++)
		buf_fmt(&b, " " STR_FMT, STR_ARG(e->coded[i].code));
	buf_ch(&b, '\0');
	return buf_view(&b);
}

static void
check(const struct suggest *s, struct arena *a, const struct row *r)
{
	struct suggest_rules rules = { 600, 600 };
	struct encounter *e = encounter_of(a, r->note);
	struct str why;
	size_t n = 0;

	e->visit_class = str_of(r->visit);
	e->type = str_is(e->visit_class, "inpatient") ? S("I") : S("P");
	cr_assert(suggest_run(s, &rules, a, e, &why) >= 0, "%s", r->rule);
	spans_hold(e, r->rule);
	for (; n < 4 && r->chosen[n]; n++)
		cr_expect(n < e->n_coded && str_is(e->coded[n].code, r->chosen[n]), "%s: %s in place %zu of%s",
		    r->rule, r->chosen[n], n + 1, coded_text(a, e).p);
	cr_expect(e->n_coded == n, "%s: %zu codes, not%s", r->rule, n, coded_text(a, e).p);
	for (size_t i = 0; i < 4 && r->left[i]; i++)
		cr_expect(!is_coded(e, r->left[i]), "%s: %s", r->rule, r->left[i]);
}

Test(suggest_rules, chosen)
{
	struct suggest *s = NULL;
	struct book book;
	struct arena a;

	arena_init(&a, 0);
	books_starter(&book);
	cr_assert(suggest_open(book.cb, &s) == 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(s, &a, &rows[i]);
	suggest_close(s);
	book_close(&book);
	arena_free(&a);
}

/* Principal and admitting diagnosis are often the same code: it is compared once. */
Test(suggest_rules, compared_once)
{
	static const char *const roles[] = { "principal", "admitting", "other" };
	struct suggest_rules rules = { 600, 600 };
	struct suggest *s = NULL;
	struct book book;
	struct encounter *e;
	struct arena a;
	struct str why;

	arena_init(&a, 0);
	books_starter(&book);
	cr_assert(suggest_open(book.cb, &s) == 0);
	e = encounter_of(&a, "DISCHARGE DIAGNOSES:\n1. Pneumonia.\n2. Gout.\n");
	for (size_t i = 0; i < 3; i++) {
		struct diagnosis *d = REC_PUSH(&a, e, diagnoses, diagnosis);

		cr_assert(d);
		d->code = i < 2 ? S("J189") : S("M109");
		d->role = str_of(roles[i]);
	}
	cr_assert(suggest_run(s, &rules, &a, e, &why) == SUGGEST_PASS);
	cr_expect(e->n_compared == 2 && str_is(e->compared[0].code, "J189") && str_is(e->compared[1].code, "M109"), "%zu",
	    e->n_compared);
	suggest_close(s);
	book_close(&book);
	arena_free(&a);
}
