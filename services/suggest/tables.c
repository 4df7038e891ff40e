/*
 * tables.c - the engine's own rows (words.def, abbrev.def, cues.def) read into token ids. What they mean
 * is decided in items.c and context.c; here is only the reading.
 */
#include "suggest/lexicon.h"

#include <stdlib.h>
#include <string.h>

static const char *const stops[] = {
#define STOP(word) word,
#include "suggest/words.def"
};
static const char *const weak[] = {
#define WEAK(word) word,
#include "suggest/words.def"
};
static const struct { const char *from, *to; } synonyms[] = {
#define SYN(from, to) { from, to },
#include "suggest/words.def"
};
static const struct { const char *from, *to; } phrases[] = {
#define PHRASE(from, to) { from, to },
#include "suggest/words.def"
};
static const struct { const char *word; enum abbr_kind kind; const char *words, *near; } abbreviations[] = {
#define ABBR(word, kind, words, near) { word, ABBR_##kind, words, near },
#include "suggest/abbrev.def"
};
static const struct { enum cue_kind kind; uint8_t scope; const char *words; } cues[] = {
#define CUE(kind, scope, words) { CUE_##kind, scope, words },
#include "suggest/cues.def"
};

static const struct { const char *from, *to; } implied[] = {
#define IMPLIES(word, detail) { word, detail },
#include "suggest/words.def"
};

#define COUNT(table)	(sizeof (table) / sizeof *(table))

/* A new word gets the token of its stem; a new stem gets a token of its own. */
uint32_t
lexicon_intern(struct suggest *s, const char *folded, size_t n)
{
	char stem[WORD_BYTES];
	struct word *w, *st;
	size_t stem_n;

	if (n > WORD_BYTES)
		return 0;
	memcpy(stem, folded, n);
	stem_n = word_stem(stem, n);
	st = words_put(&s->a, &s->stems, stem, stem_n);
	if (!st)
		return 0;
	if (!st->id) {
		struct token *t = arena_push(&s->a, s->tokens, s->n_tokens);

		if (!t)
			return 0;
		st->id = (uint32_t)s->n_tokens - 1;
		t->flags = strspn(stem, "0123456789") >= stem_n ? WORD_NUMBER : 0;
	}
	w = words_put(&s->a, &s->words, folded, n);
	if (!w)
		return 0;
	return w->id = st->id;
}

static uint32_t
intern(struct suggest *s, const char *word)
{
	return lexicon_intern(s, word, strlen(word));
}

static int
stops_add(struct suggest *s)
{
	for (size_t i = 0; i < COUNT(stops); i++) {
		struct word *w = words_put(&s->a, &s->words, stops[i], strlen(stops[i]));

		if (!w)
			return E_NOMEM;
		w->flags |= WORD_STOP;
	}
	return 0;
}

static int
synonyms_add(struct suggest *s)
{
	for (size_t i = 0; i < COUNT(synonyms); i++) {
		uint32_t to = intern(s, synonyms[i].to);
		size_t n = strlen(synonyms[i].from);
		char stem[WORD_BYTES];
		struct word *w, *st;

		must(n <= WORD_BYTES);
		memcpy(stem, synonyms[i].from, n);
		st = words_put(&s->a, &s->stems, stem, word_stem(stem, n));
		if (!to || !st)
			return E_NOMEM;
		if (!st->id)
			st->id = to;		/* else the stem has a meaning already: only the word itself moves */
		w = words_put(&s->a, &s->words, synonyms[i].from, n);
		if (!w)
			return E_NOMEM;
		w->id = to;
	}
	return 0;
}

static int
by_first(const void *a, const void *b)
{
	const struct rewrite *x = a, *y = b;

	if (x->from[0] != y->from[0])
		return x->from[0] < y->from[0] ? -1 : 1;
	if (x->n_from != y->n_from)
		return x->n_from > y->n_from ? -1 : 1;
	return memcmp(x->from, y->from, sizeof x->from);
}

static int
phrases_add(struct suggest *s)
{
	struct rewrite *v = arena_array(&s->a, COUNT(phrases), sizeof *v);
	size_t n = 0;

	for (size_t i = 0; v && i < COUNT(phrases); i++) {
		struct rewrite *rw = &v[n];

		*rw = (struct rewrite){ .n_from = 0 };
		rw->n_from = (uint8_t)lexicon_tokens(s, str_of(phrases[i].from), rw->from, COUNT(rw->from));
		rw->n_to = (uint8_t)lexicon_tokens(s, str_of(phrases[i].to), rw->to, COUNT(rw->to));
		must(rw->n_from <= COUNT(rw->from) && rw->n_to <= COUNT(rw->to));
		if (rw->n_from != rw->n_to || memcmp(rw->from, rw->to, sizeof rw->from) != 0)
			n++;
	}
	if (s->a.spent)
		return E_NOMEM;
	qsort(v, n, sizeof *v, by_first);
	s->rewrites = v;
	s->n_rewrites = n;
	for (size_t i = 0; i < n; i++)
		s->tokens[v[i].from[0]].flags |= WORD_REWRITE;
	return 0;
}

static int
abbreviations_add(struct suggest *s)
{
	struct abbr *v = arena_array(&s->a, COUNT(abbreviations), sizeof *v);

	for (size_t i = 0; v && i < COUNT(abbreviations); i++) {
		struct abbr *ab = &v[i];

		ab->kind = (uint8_t)abbreviations[i].kind;
		ab->n_to = (uint8_t)lexicon_tokens(s, str_of(abbreviations[i].words), ab->to, COUNT(ab->to));
		ab->n_cues = (uint8_t)lexicon_tokens(s, str_of(abbreviations[i].near), ab->cues, COUNT(ab->cues));
		must(ab->n_to && ab->n_to <= COUNT(ab->to) && ab->n_cues <= COUNT(ab->cues));
	}
	for (size_t i = 0; v && i < COUNT(abbreviations); i++) {
		struct word *w = words_put(&s->a, &s->words, abbreviations[i].word, strlen(abbreviations[i].word));

		if (!w)
			return E_NOMEM;
		must(!w->abbr);
		w->abbr = (uint16_t)(i + 1);
	}
	s->abbrs = v;
	s->n_abbrs = COUNT(abbreviations);
	return s->a.spent ? E_NOMEM : 0;
}

static int
by_first_word(const void *a, const void *b)
{
	const struct cue_row *x = a, *y = b;

	return x->words[0] != y->words[0] ? x->words[0] - y->words[0] : memcmp(x->words, y->words, sizeof x->words);
}

static uint16_t
cue_word(struct suggest *s, struct str raw)
{
	char folded[WORD_BYTES];
	size_t n = word_fold(raw, folded);
	struct word *w = words_put(&s->a, &s->words, folded, n);

	if (!w)
		return 0;
	if (!w->cue) {
		w->cue = ++s->n_cue_words;
		if (!w->id && !(w->flags & WORD_STOP))
			(void)lexicon_intern(s, folded, n);	/* it may move the slot */
	}
	w = words_find(&s->words, folded, n);
	return w->cue;
}

static int
cues_add(struct suggest *s)
{
	struct cue_row *v = arena_array(&s->a, COUNT(cues), sizeof *v);

	for (size_t i = 0; v && i < COUNT(cues); i++) {
		struct str rest = str_of(cues[i].words);

		v[i].kind = (uint8_t)cues[i].kind;
		v[i].scope = cues[i].scope;
		while (rest.n) {
			must(v[i].n < CUE_WORDS);
			v[i].words[v[i].n++] = cue_word(s, str_cut(&rest, ' '));
		}
	}
	s->cue_at = arena_array(&s->a, s->n_cue_words + 2u, sizeof *s->cue_at);
	if (s->a.spent)
		return E_NOMEM;
	qsort(v, COUNT(cues), sizeof *v, by_first_word);
	s->cues = v;
	s->n_cues = COUNT(cues);
	for (uint16_t w = 0, c = 0; w <= s->n_cue_words + 1; w++) {
		while (c < s->n_cues && v[c].words[0] < w)
			c++;
		s->cue_at[w] = c;
	}
	return 0;
}

static int
fixed_words(struct suggest *s)
{
	static const char *const side[] = { "right", "left", "bilateral" }, *const later[] = { "follow", "healing", "recheck" };

	for (size_t i = 0; i < COUNT(side); i++) {
		s->side[i] = intern(s, side[i]);
		s->later[i] = intern(s, later[i]);
	}
	must(COUNT(implied) <= COUNT(s->implies));
	for (; s->n_implies < COUNT(implied); s->n_implies++) {
		s->implies[s->n_implies][0] = intern(s, implied[s->n_implies].from);
		s->implies[s->n_implies][1] = intern(s, implied[s->n_implies].to);
	}
	return s->a.spent ? E_NOMEM : 0;
}

int
lexicon_tables(struct suggest *s)
{
	int rc = arena_push(&s->a, s->tokens, s->n_tokens) ? 0 : E_NOMEM;	/* id 0 is no token */

	rc = rc < 0 ? rc : stops_add(s);
	rc = rc < 0 ? rc : synonyms_add(s);
	rc = rc < 0 ? rc : phrases_add(s);
	rc = rc < 0 ? rc : abbreviations_add(s);
	rc = rc < 0 ? rc : cues_add(s);
	rc = rc < 0 ? rc : fixed_words(s);
	for (size_t i = 0; i < COUNT(weak) && rc >= 0; i++) {
		uint32_t id = intern(s, weak[i]);

		if (!id)
			return E_NOMEM;
		s->tokens[id].flags |= WORD_WEAK;
	}
	return rc;
}
