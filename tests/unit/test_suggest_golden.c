/*
 * test_suggest_golden.c - whole notes against what was agreed to come of them (tests/golden/suggest). With
 * UPDATE_GOLDEN=1 the .ref files are written anew; a person reads the difference.
 */
#include "unit/test_suggest_book.h"

#include <stdio.h>
#include <stdlib.h>

#define FOLDER	CL_SOURCE_DIR "/tests/golden/suggest"

static void
render(struct buf *b, const struct encounter *e, int verdict, struct str why)
{
	buf_fmt(b, "%s%s%.*s\n\ncoded\n", verdict == SUGGEST_HOLD ? "hold" : "pass", why.n ? ": " : "", STR_ARG(why));
	for (size_t i = 0; i < e->n_coded; i++)
		buf_fmt(b, "  %.*s %.*s %.*s %.*s\n", STR_ARG(e->coded[i].code), STR_ARG(e->coded[i].role),
		    STR_ARG(e->coded[i].qual), STR_ARG(e->coded[i].poa));
	buf_cstr(b, "\ncandidates\n");
	for (size_t i = 0; i < e->n_candidates; i++) {
		const struct candidate *c = &e->candidates[i];

		buf_fmt(b, "%s %.*s %lld-%lld \"%.*s\" %.*s, %.*s, %.*s, %lld: %.*s\n", c->chosen ? "*" : " ", STR_ARG(c->code),
		    (long long)c->begin, (long long)c->end, STR_ARG(c->phrase), STR_ARG(c->section), STR_ARG(c->context),
		    STR_ARG(c->source), (long long)c->confidence, STR_ARG(c->reason));
	}
}

static void
compare(struct arena *a, const char *name, struct str got)
{
	const char *path = arena_fmt(a, FOLDER "/%s.ref", name).p;
	struct str want;

	if (getenv("UPDATE_GOLDEN")) {
		cr_assert(file_write_atomic(path, got, true) == 0, "%s", path);
		return;
	}
	cr_assert(file_read(a, path, LIMIT_INPUT, &want) == 0, "%s", path);
	for (size_t line = 1; want.n || got.n; line++) {
		struct str w = str_cut(&want, '\n'), g = str_cut(&got, '\n');

		cr_expect(str_eq(w, g), "%s.ref line %zu\n  want %.*s\n  got  %.*s", name, line, STR_ARG(w), STR_ARG(g));
	}
}

Test(suggest_golden, notes)
{
	static const struct { const char *name, *visit, *type; } rows[] = {
		{ "office_diabetes", "office", "P" }, { "office_nothing", "office", "P" }, { "office_shouting", "office", "P" },
		{ "office_unstructured", "office", "P" }, { "emergency_ankle", "emergency", "P" },
		    { "hospital_sepsis", "inpatient", "I" },
	};
	struct suggest_rules rules = { 600, 600 };
	struct suggest *s = NULL;
	struct arena a;
	struct book book;

	arena_init(&a, 0);
	books_starter(&book);
	cr_assert(suggest_open(book.cb, &s) == 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str text, why;
		struct encounter *e;
		struct buf b;
		int verdict;

		cr_assert(file_read(&a, arena_fmt(&a, FOLDER "/%s.txt", rows[i].name).p, LIMIT_INPUT, &text) == 0,
		    "%s", rows[i].name);
		e = encounter_of(&a, text.p);
		e->visit_class = str_of(rows[i].visit);
		e->type = str_of(rows[i].type);
		verdict = suggest_run(s, &rules, &a, e, &why);
		cr_assert(verdict >= 0, "%s", rows[i].name);
		spans_hold(e, rows[i].name);
		buf_init(&b, &a);
		render(&b, e, verdict, why);
		compare(&a, rows[i].name, buf_view(&b));
	}
	suggest_close(s);
	book_close(&book);
	arena_free(&a);
}
