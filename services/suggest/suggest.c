/*
 * suggest.c - the stage: opens the lexicon, and writes the suggest part of an encounter. Never touches
 * what the encounter came with.
 */
#include "suggest/mentions.h"

#include <stdlib.h>
#include <string.h>

#define ENGINE		"starter-lexicon/1"
#define MEMORY		((size_t)1 << 30)
#define ROOM_PROFESSIONAL 12	/* diagnoses an 837P holds */
#define ROOM_INSTITUTIONAL 25
#define COMPARED_MAX	200

int
suggest_open(const struct codebook *book, struct suggest **out)
{
	struct suggest *s;
	int rc;

	if (!codebook_knows(book, CS_ICD10CM))
		return E_INCOMPLETE;
	s = calloc(1, sizeof *s);
	if (!s)
		return E_NOMEM;
	arena_init(&s->a, MEMORY);
	s->book = book;
	s->by = arena_fmt(&s->a, "%s %.*s", ENGINE, STR_ARG(codebook_id(book)));
	rc = lexicon_tables(s);
	rc = rc < 0 ? rc : lexicon_keys(s);
	if (rc < 0 || s->a.spent) {
		suggest_close(s);
		return rc < 0 ? rc : E_NOMEM;
	}
	*out = s;
	return 0;
}

void
suggest_close(struct suggest *s)
{
	if (!s)
		return;
	arena_free(&s->a);
	free(s);
}

size_t
suggest_size(const struct suggest *s)
{
	return s->n_keys;
}

bool
encounter_is_inpatient(const struct encounter *e)
{
	return str_is(e->visit_class, "inpatient") || str_is(e->tob, "11") || str_is(e->tob, "12");
}

/* At most max bytes, and no half character at the end. */
static struct str
cut(struct str s, size_t max)
{
	if (s.n <= max)
		return s;
	for (s.n = max; s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80; s.n--)
		;
	return s;
}

static int
candidate_write(struct arena *a, struct encounter *e, const struct cand *c)
{
	static const char *const contexts[] = { "affirmed", "negated", "family", "history", "uncertain" };
	static const char *const sources[] = { "index", "title", "inclusion" };
	struct candidate *out = REC_PUSH(a, e, candidates, candidate);
	struct str text = e->documents[c->document].text;

	if (!out)
		return E_NOMEM;
	out->code = arena_str(a, c->row.code);
	out->title = arena_str(a, cut(c->row.title, 255));
	out->confidence = c->confidence;
	out->document = (int64_t)c->document;
	out->begin = c->begin;
	out->end = c->end;
	out->phrase = arena_str(a, (struct str){ text.p + c->begin, c->end - c->begin });
	out->section = str_of(section_name(c->section));
	out->context = str_of(contexts[c->context]);
	out->source = str_of(sources[c->source]);
	out->chosen = c->chosen;
	out->reason = c->reason;
	return 0;
}

/* ---- an encounter to be coded ---- */

static int
coded_write(const struct codebook *book, struct arena *a, struct encounter *e, struct cands *cs)
{
	size_t room = str_is(e->type, "I") ? ROOM_INSTITUTIONAL : ROOM_PROFESSIONAL;
	bool inpatient = encounter_is_inpatient(e);
	day_t day = suggest_day(e);

	for (size_t i = 0; i < cs->n; i++) {
		struct cand *c = &cs->v[i];
		struct diagnosis *d;

		if (!c->chosen)
			continue;
		if (e->n_coded == room) {
			c->chosen = false;
			c->reason = arena_fmt(a, "the claim has room for %zu", room);
			continue;
		}
		d = REC_PUSH(a, e, coded, diagnosis);
		if (!d)
			return E_NOMEM;
		d->code = arena_str(a, c->row.code);
		d->role = e->n_coded == 1 ? S("principal") : S("other");
		d->qual = e->n_coded == 1 ? S("ABK") : S("ABF");
		d->poa = inpatient && !codebook_poa_exempt(book, c->row.code, day) ? S("Y") : STR_NONE;
	}
	return 0;
}

static int
best_confidence(const struct cands *cs)
{
	int best = 0;

	for (size_t i = 0; i < cs->n; i++)
		if (cs->v[i].active && cs->v[i].confidence > best)
			best = cs->v[i].confidence;
	return best;
}

/* A person who chose, or let the claim go, is not asked again. */
static bool
is_decided(const struct encounter *e)
{
	for (size_t i = 0; i < e->n_decisions; i++)
		if (str_is(e->decisions[i].action, "accept") || str_is(e->decisions[i].action, "replace") ||
		    str_is(e->decisions[i].action, "release"))
			return true;
	return false;
}

static int
verdict_of(struct arena *a, const struct suggest_rules *rules, const struct encounter *e, const struct cands *cs,
    struct str *why)
{
	if (is_decided(e))
		return SUGGEST_PASS;
	if (e->n_documents == 0)
		*why = S("nothing to code from: no diagnoses and no notes");
	else if (cs->n == 0)
		*why = arena_fmt(a, "no codable words found in %zu note%s", e->n_documents, e->n_documents == 1 ? "" : "s");
	else if (e->n_coded == 0 && !best_confidence(cs))
		*why = arena_fmt(a, "%zu condition%s named, all of them denied, uncertain, past or of the family", cs->n,
		    cs->n == 1 ? "" : "s");
	else if (e->n_coded == 0)
		*why = arena_fmt(a, "%zu candidate%s, none certain enough to choose (best %d of %d per mille)", cs->n,
		    cs->n == 1 ? "" : "s", best_confidence(cs), rules->release_at);
	else if (cs->v[0].confidence < rules->hold_below)
		*why = arena_fmt(a, "the principal diagnosis is certain to %d per mille, %d are asked for",
		    cs->v[0].confidence, rules->hold_below);
	else
		return SUGGEST_PASS;
	return SUGGEST_HOLD;
}

/* ---- an encounter that came coded ---- */

static bool
is_icd10(const struct diagnosis *d)
{
	return d->qual.n == 0 || d->qual.p[0] == 'A';
}

static bool
is_related(struct str a, struct str b)
{
	return a.n >= 3 && b.n >= 3 && memcmp(a.p, b.p, 3) == 0;
}

/* 1-based candidate that stands for the code, active ones first; 0 = none. */
static size_t
support_of(const struct cands *cs, struct str code, bool exact)
{
	for (size_t i = 0; i < cs->n; i++)
		if (cs->v[i].active && (exact ? str_eq(cs->v[i].row.code, code) : is_related(cs->v[i].row.code, code)))
			return i + 1;
	return 0;
}

static int
comparison_add(struct arena *a, struct encounter *e, struct str code, const char *verdict, size_t candidate)
{
	struct comparison *c;

	for (size_t i = 0; i < e->n_compared; i++)
		if (str_eq(e->compared[i].code, code))
			return 0;		/* principal and admitting may be the same */
	if (e->n_compared == COMPARED_MAX)
		return 0;
	c = REC_PUSH(a, e, compared, comparison);
	if (!c)
		return E_NOMEM;
	*c = (struct comparison){ arena_str(a, code), str_of(verdict), (int64_t)candidate };
	return 0;
}

static bool
is_on_claim(const struct encounter *e, struct str code)
{
	for (size_t i = 0; i < e->n_diagnoses; i++)
		if (is_related(e->diagnoses[i].code, code))
			return true;
	return false;
}

static int
compare(struct arena *a, struct encounter *e, struct cands *cs)
{
	int rc = 0;

	for (size_t i = 0; i < e->n_diagnoses && rc >= 0; i++) {
		const struct diagnosis *d = &e->diagnoses[i];
		size_t exact = support_of(cs, d->code, true), near = support_of(cs, d->code, false);

		if (is_icd10(d))
			rc = comparison_add(a, e, d->code, exact ? "supported" : near ? "related" : "unsupported",
			    exact ? exact : near);
	}
	for (size_t i = 0; i < cs->n && rc >= 0; i++) {
		struct cand *c = &cs->v[i];

		if (c->chosen && !is_on_claim(e, c->row.code))
			rc = comparison_add(a, e, c->row.code, "missing", i + 1);
		if (c->chosen)
			c->reason = S("the encounter came coded: compared, not changed");
		c->chosen = false;
	}
	return rc;
}

int
suggest_run(const struct suggest *s, const struct suggest_rules *rules, struct arena *a, struct encounter *e,
    struct str *why)
{
	struct cands cs;
	int rc, verdict = SUGGEST_PASS;

	e->candidates = NULL, e->n_candidates = 0;
	e->coded = NULL, e->n_coded = 0;
	e->compared = NULL, e->n_compared = 0;
	e->suggest_by = arena_str(a, cut(s->by, 60));
	*why = STR_NONE;
	rc = mentions_read(s, a, e, &cs);
	if (rc < 0)
		return rc;
	cands_choose(s, rules, &cs, e);
	if (e->n_diagnoses == 0) {
		rc = coded_write(s->book, a, e, &cs);
		verdict = verdict_of(a, rules, e, &cs, why);
	} else if (e->n_documents) {
		rc = compare(a, e, &cs);
	}
	for (size_t i = 0; i < cs.n && rc >= 0; i++)
		rc = candidate_write(a, e, &cs.v[i]);
	return rc < 0 ? rc : a->spent ? E_NOMEM : verdict;
}
