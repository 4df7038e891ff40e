/*
 * test_suggest_book - what the tests of the suggest engine share: an encounter with one note, and what must hold
 * of its candidates.
 */
#ifndef CLAIMLINE_TEST_SUGGEST_BOOK_H
#define CLAIMLINE_TEST_SUGGEST_BOOK_H

#include "base/file.h"
#include "suggest/suggest.h"
#include "support/books.h"

#include <criterion/criterion.h>
#include <string.h>

static inline struct encounter *
encounter_of(struct arena *a, const char *note)
{
	struct encounter *e = rec_new(a);
	struct document *d = note ? REC_PUSH(a, e, documents, document) : NULL;

	if (d)
		d->text = arena_str(a, str_of(note));
	e->type = S("P");
	e->from = day_of(2026, 3, 2);
	return e;
}

static inline struct candidate *
candidate_of(const struct encounter *e, const char *code)
{
	for (size_t i = 0; i < e->n_candidates; i++)
		if (str_is(e->candidates[i].code, code))
			return &e->candidates[i];
	return NULL;
}

/* Every span is the phrase, and every phrase lies in its note. */
static inline void
spans_hold(const struct encounter *e, const char *name)
{
	for (size_t i = 0; i < e->n_candidates; i++) {
		const struct candidate *c = &e->candidates[i];
		const struct str *text = &e->documents[c->document].text;

		cr_assert((size_t)c->document < e->n_documents && c->begin < c->end && (size_t)c->end <= text->n, "%s", name);
		cr_expect(str_eq(c->phrase, (struct str){ text->p + c->begin, (size_t)(c->end - c->begin) }), "%s: %.*s", name,
		    STR_ARG(c->code));
		cr_expect(c->phrase.n <= 120 && c->title.n <= 255 && c->reason.n <= 120 && c->reason.n > 0, "%s: %.*s", name,
		    STR_ARG(c->code));
	}
}

#endif
