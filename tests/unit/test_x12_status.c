/*
 * test_x12_status.c - claim statuses: every row that can reject a claim tells by a code that says enough what is wrong with
 * it. A status that speaks of a party names it, one that says nothing alone does not stand alone, all are known.
 */
#include "base/file.h"
#include "x12/rules_run.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define STATUSES	3			/* STC01, STC10, STC11 */

/* Code sets that no 837 has, or that another rule judges there. */
#define IN_837(shape)	(SHAPE_##shape != SHAPE_category && SHAPE_##shape != SHAPE_status && SHAPE_##shape != SHAPE_state)

/* rejects: an error that an 837 can have */
static const struct row { const char *id, *ik304, *ik403, *stc; bool rejects; } rows[] = {
#define RULE(id, snip, severity, forms, moment, fn, ik304, ik403, stc, words, fix) \
	{ #id, ik304, ik403, stc, X12_##severity == X12_ERROR && ((forms) & ON_C) },
#include "schemas/x12_rules.def"
#define CODE(id, shape, quals, forms, table, probe, since, until, severity, stc, words, fix) \
	{ #id, "8", "7", stc, X12_##severity == X12_ERROR && IN_837(shape) },
#include "schemas/x12_codes.def"
#define PARTNER_FINDING(id, severity, ik304, ik403, ik502, stc, words, fix) { #id, ik304, ik403, stc, (ik304) != NULL },
#include "schemas/x12_partner.def"
	{ "CLAIM_TOO_LARGE", NULL, NULL, STC_TOO_LARGE, true },
	{ "errors without a status", NULL, NULL, STC_OTHERWISE, true },
	{ "a sound claim", NULL, NULL, STC_ACCEPTED, false },
	{ "a batch", NULL, NULL, STC_RECEIVED, false },
};

static const struct known { const char *code; enum x12_status_needs needs; } statuses[] = {
#define STATUS(code, needs, words) { code, STATUS_##needs },
#include "schemas/x12_status.def"
};

#define PARTY(nm101, entity) { nm101, entity, { STC_FORMS("@") } },
static const struct { const char *nm101, *entity, *form[9]; } parties[] = {
#include "schemas/x12_status.def"
};
#define N_FORMS		(sizeof parties[0].form / sizeof *parties[0].form)

static const struct { const char *name, *codes; } lists[] = {
#define LIST(name, codes, words) { #name, codes },
#include "schemas/x12_277ca.def"
};

static const struct known *
status_of(struct str code)
{
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		if (str_is(code, statuses[i].code))
			return &statuses[i];
	return NULL;
}

static bool
among(struct str words, struct str one)
{
	while (words.n)
		if (str_eq(str_cut(&words, ' '), one))
			return true;
	return false;
}

/* Whom a status of a 277CA may be about. */
static bool
is_entity(struct str entity, const char *list)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (strcmp(lists[i].name, list) == 0)
			return among(str_of(lists[i].codes), entity);
	return false;
}

static bool
is_form(const char *stc)
{
	for (size_t i = 0; i < N_FORMS; i++)
		if (strcmp(parties[0].form[i], stc) == 0)
			return true;
	return false;
}

/* What is not right with one status, NULL when all is; *alone: it says enough. */
static const char *
one_wrong(struct str one, const char *categories, bool *alone)
{
	struct str category = str_cut(&one, ':'), code = str_cut(&one, ':'), entity = str_cut(&one, ':');
	const struct known *s = status_of(code);

	if (!among(str_of(categories), category))
		return "has no category of its kind";
	if (!s)
		return "has a status that x12_status.def does not have";
	if (s->needs == STATUS_ENTITY && !entity.n)
		return "does not say whose it is";
	if (entity.n && !str_is(entity, "@") && !is_entity(entity, "ca_about"))
		return "is about a party no 277CA can name";
	if (one.n)
		return "has more than three parts";
	*alone = *alone || s->needs != STATUS_OTHER;
	return NULL;
}

static const char *
row_wrong(const struct row *r, const char *categories)
{
	struct str rest = str_of(r->stc);
	const char *wrong = NULL;
	bool alone = false;
	size_t n = 0;

	for (; rest.n && !wrong; n++)
		wrong = one_wrong(str_cut(&rest, '+'), categories, &alone);
	if (wrong)
		return wrong;
	if (n > STATUSES)
		return "has more statuses than an STC";
	if (!alone)
		return "needs another status with it";
	if (strchr(r->stc, '@') && !is_form(r->stc))
		return "ends in @, but is not among STC_FORMS";
	return NULL;
}

/* What is missing is A6, and nothing else is. */
static const char *
categories_of(const struct row *r)
{
	bool missing = r->ik403 ? strcmp(r->ik403, "I9") == 0 :
	    r->ik304 && (strcmp(r->ik304, "I6") == 0 || strcmp(r->ik304, "I7") == 0);

	return !r->rejects && !r->ik304 && !r->ik403 ? "A1 A2 A3 A6 A7 A8" : missing ? "A6" : "A3 A7 A8";
}

Test(x12_status, every_row_says_enough)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		const char *wrong = r->stc ? row_wrong(r, categories_of(r)) : r->rejects ? "is missing" : NULL;

		cr_expect(!wrong, "%s: \"%s\" %s", r->id, r->stc ? r->stc : "", wrong);
		n += r->stc != NULL;
	}
	cr_expect(n > 130, "%zu statuses", n);
}

/* The test itself: rows that must not pass. */
Test(x12_status, rows_that_say_too_little)
{
	static const struct { const char *stc; bool ok; } bad[] = {
		{ "A7:400", true }, { "A7:21", false }, { "A7:21+A7:187", true }, { "A7:510+A7:21", false }, { "A7:562", false },
		{ "A7:562:85", true }, { "A7:562:@", true }, { "A7:157:@", false }, { "A7:562:XX", false }, { "A7:9999", false },
		{ "A2:20", false }, { "F1:187", false }, { "A7", false }, { "A7:187+A7:188+A7:189+A7:218", false },
		{ "A7:400:85:1", false },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct row r = { bad[i].stc, "8", "7", bad[i].stc, true };

		cr_expect((row_wrong(&r, categories_of(&r)) == NULL) == bad[i].ok, "%s", bad[i].stc);
	}
}

/* 21 is there for what it needs: no rule has it. */
static bool
is_used(const struct known *s)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (struct str rest = str_of(rows[i].stc ? rows[i].stc : ""); rest.n;) {
			struct str one = str_cut(&rest, '+');

			(void)str_cut(&one, ':');
			if (str_is(str_cut(&one, ':'), s->code))
				return true;
		}
	return strcmp(s->code, "21") == 0;
}

Test(x12_status, each_is_of_our_code_list_once)
{
	struct arena a;
	struct str text;

	arena_init(&a, 0);
	cr_assert(file_read(&a, CL_SOURCE_DIR "/config/codesets/claim_status_codes.tsv", LIMIT_INPUT, &text) == 0);
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		cr_expect(strstr(text.p, arena_fmt(&a, "\n%s\t", statuses[i].code).p), "%s is not of the list", statuses[i].code);
		cr_expect(is_used(&statuses[i]), "%s is not used", statuses[i].code);
		cr_expect(x12_status_needs(str_of(statuses[i].code)) == statuses[i].needs, "%s stands twice", statuses[i].code);
	}
	cr_expect(x12_status_needs(S("505")) == STATUS_ENTITY && x12_status_needs(S("732")) == STATUS_OTHER);
	cr_expect_str_eq(x12_status_words(S("562")), "NPI");
	cr_expect(!x12_status_words(S("505")) && !x12_status_words(S("9999")) && !x12_status_words(STR_NONE));
	cr_expect(x12_status_needs(S("9999")) == STATUS_NONE && x12_status_needs(STR_NONE) == STATUS_NONE);
	arena_free(&a);
}

/* ---- whose a status is ---- */

static bool
has_party(const struct x12_codes *roles)
{
	for (size_t i = 1; i < sizeof parties / sizeof *parties; i++)
		if (x12_code_in(roles, str_of(parties[i].nm101)))
			return true;
	return false;
}

static bool
is_claim_guide(const struct x12_guide *g)		/* one we take */
{
	return strcmp(g->set, "837") == 0 && strncmp(g->ids, "005010", 6) == 0;
}

/* Every party of every 837 has a row, and so its own status. */
Test(x12_status, parties_of_the_guides)
{
	const struct x12_guides *guides;
	struct arena a;
	size_t n = 0;

	arena_init(&a, 0);
	cr_assert(x12_guides_open(&a, &guides) == 0);
	for (size_t i = 0; i < guides->n; i++)
		for (size_t k = 1; is_claim_guide(&guides->v[i]) && k < guides->v[i].n_loops; k++) {
			const struct x12_guide *g = &guides->v[i];
			const struct x12_pos *p = &g->pos[g->loops[k].first];

			if (strcmp(p->id, "NM1") != 0)
				continue;
			n++;
			cr_expect(has_party(&guides->codes[g->items[p->items].list]), "%s loop %s", g->ids, g->loops[k].id);
		}
	cr_expect(n > 60, "%zu parties", n);
	for (size_t i = 1; i < sizeof parties / sizeof *parties; i++)
		cr_expect(is_entity(str_of(parties[i].entity), "ca_about"), "%s", parties[i].nm101);
	cr_expect(is_entity(S("PR"), "ca_receiver_about"));
	arena_free(&a);
}

Test(x12_status, found_at_a_party)
{
	static const struct { const char *guide, *loop, *stc, *told; } places[] = {
		{ "005010X222A1", "2010AA", "A7:562:@", "A7:562:85" }, { "005010X222A1", "2310B", "A7:562:@", "A7:562:82" },
		{ "005010X222A1", "2310A", "A7:562:@", "A7:562:DN" }, { "005010X223A2", "2310A", "A7:562:@", "A7:562:71" },
		{ "005010X223A2", "2310C", "A7:562:@", "A7:562:73" }, { "005010X222A1", "2010BA", "A6:501:@", "A6:501:IL" },
		{ "005010X222A1", "2010CA", "A6:500:@", "A6:500:QC" }, { "005010X222A1", "2330B", "A7:501:@", "A7:501:PR" },
		{ "005010X222A1", "2310E", "A7:500:@", "A7:500:77" }, { "005010X222A1", "2300", "A7:128:@", "A7:128:41" },
		{ "005010X222A1", "2310B", "A7:400+A7:178", "A7:400+A7:178" }, { "005010X222A1", "2310B", "A7:500:77", "A7:500:77" },
	};
	const struct x12_guides *guides;
	struct x12_check c = { .n_segs = 0 };
	struct arena a;

	arena_init(&a, 0);
	cr_assert(x12_guides_open(&a, &guides) == 0);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		const struct x12_guide *g = c.w.g = x12_guide_for(guides, S("837"), str_of(places[i].guide), STR_NONE);
		size_t loop = 1;

		cr_assert(g != NULL);
		while (loop < g->n_loops && strcmp(g->loops[loop].id, places[i].loop) != 0)
			loop++;
		cr_assert(loop < g->n_loops);
		cr_expect_str_eq(x12_stc_at(&c, &g->pos[g->loops[loop].first], places[i].stc), places[i].told);
	}
	cr_expect(!x12_stc_at(&c, NULL, NULL));
	arena_free(&a);
}

Test(x12_status, a_claim_keeps_some)
{
	static const char *const told[] = { "A7:400", NULL, "A7:562:85", "A7:400", "A6:727", "A7:476", "A7:562:85", "A7:218" };
	static const char *const kept[CLAIM_STCS] = { "A7:400", "A7:562:85", "A6:727", "A7:476" };
	struct x12_stcs s = { { NULL } };

	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		x12_stc_add(&s, told[i]);
	for (size_t i = 0; i < CLAIM_STCS; i++)
		cr_expect_str_eq(s.v[i], kept[i]);
}
