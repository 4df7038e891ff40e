/*
 * items.c - from the tokens of a sentence to what is matched: stop words out, abbreviations spelled
 * out, phrases rewritten. Each item remembers which tokens it was made of, and so which bytes.
 */
#include "suggest/sentence.h"

#include <string.h>

struct list {
	struct item	*v;
	size_t		 n;
};

static void
list_add(struct list *l, uint32_t id, size_t first, size_t last, bool breaks)
{
	if (l->n < SENTENCE_TOKENS)
		l->v[l->n++] = (struct item){ id, (uint16_t)first, (uint16_t)last, breaks };
}

static bool
has_any(const struct sentence *sn, const uint32_t *ids, size_t n)
{
	for (size_t i = 0; i < sn->n; i++)
		for (size_t k = 0; k < n; k++)
			if (sn->toks[i].id == ids[k])
				return true;
	return false;
}

static bool
abbr_counts(const struct abbr *ab, const struct sentence *sn, const struct tok *t, bool shouts)
{
	bool caps = t->flags & TOK_CAPS && !(shouts && t->end - t->begin < 3);

	switch (ab->kind) {
	case ABBR_ANY:
		return true;
	case ABBR_CAPS:
		return caps;
	default:
		return caps && has_any(sn, ab->cues, ab->n_cues);
	}
}

static void
tokens_to_items(const struct suggest *s, const struct sentence *sn, bool shouts, struct list *out)
{
	bool breaks = false;

	for (size_t i = 0; i < sn->n; i++) {
		const struct tok *t = &sn->toks[i];
		const struct abbr *ab = t->abbr ? &s->abbrs[t->abbr - 1] : NULL;

		breaks |= t->flags & TOK_BREAK;
		if (ab && abbr_counts(ab, sn, t, shouts)) {
			for (size_t k = 0; k < ab->n_to; k++)
				list_add(out, ab->to[k], i, i, breaks && k == 0);
		} else if (t->flags & TOK_STOP) {
			continue;
		} else {
			list_add(out, t->id, i, i, breaks);
		}
		breaks = false;
	}
}

/* The longest rewriting that begins at items[i], or NULL. */
static const struct rewrite *
rewrite_at(const struct suggest *s, const struct list *l, size_t i)
{
	uint32_t id = l->v[i].id;
	size_t lo = 0, hi = s->n_rewrites;

	if (!id || !(s->tokens[id].flags & WORD_REWRITE))
		return NULL;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->rewrites[mid].from[0] < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < s->n_rewrites && s->rewrites[lo].from[0] == id; lo++) {
		const struct rewrite *rw = &s->rewrites[lo];
		size_t k = 1;

		while (k < rw->n_from && i + k < l->n && l->v[i + k].id == rw->from[k] && !l->v[i + k].breaks)
			k++;
		if (k == rw->n_from)
			return rw;
	}
	return NULL;
}

void
sentence_items(const struct suggest *s, struct sentence *sn, bool shouts)
{
	struct item room[SENTENCE_TOKENS];
	struct list raw = { room, 0 }, out = { sn->items, 0 };

	tokens_to_items(s, sn, shouts, &raw);
	for (size_t i = 0; i < raw.n;) {
		const struct rewrite *rw = rewrite_at(s, &raw, i);
		size_t last = i + (rw ? rw->n_from : 1u) - 1;

		if (!rw) {
			list_add(&out, raw.v[i].id, raw.v[i].first, raw.v[i].last, raw.v[i].breaks);
		} else {
			for (size_t k = 0; k < rw->n_to; k++)
				list_add(&out, rw->to[k], raw.v[i].first, raw.v[last].last, raw.v[i].breaks && k == 0);
		}
		i = last + 1;
	}
	sn->n_items = out.n;
}

/* The longest cue that begins at toks[i], or NULL. */
static const struct cue_row *
cue_at(const struct suggest *s, const struct sentence *sn, size_t i)
{
	const struct cue_row *best = NULL;

	for (size_t c = s->cue_at[sn->toks[i].cue]; c < s->cue_at[sn->toks[i].cue + 1u]; c++) {
		const struct cue_row *row = &s->cues[c];
		size_t k = 1;

		while (k < row->n && i + k < sn->n && sn->toks[i + k].cue == row->words[k] &&
		    !(sn->toks[i + k].flags & TOK_BREAK))
			k++;
		if (k == row->n && (!best || row->n > best->n))
			best = row;
	}
	return best;
}

void
sentence_cues(const struct suggest *s, struct sentence *sn)
{
	sn->n_cues = 0;
	for (size_t i = 0; i < sn->n;) {
		const struct cue_row *row = sn->toks[i].cue ? cue_at(s, sn, i) : NULL;
		size_t n = row ? row->n : 1;

		/* "denied" works on both sides: rows of the same words stand together */
		for (const struct cue_row *c = row; c && c < s->cues + s->n_cues && sn->n_cues < SENTENCE_TOKENS; c++) {
			if (memcmp(c->words, row->words, sizeof c->words) != 0)
				break;
			sn->cues[sn->n_cues++] = (struct occurrence){ (uint16_t)i, (uint16_t)(i + n - 1u), c->kind, c->scope };
		}
		i += n;
	}
}

size_t
lexicon_tokens(struct suggest *s, struct str text, uint32_t *out, size_t max)
{
	struct sentence sn;
	struct scan sc;
	size_t n = 0;

	scan_open(&sc, s, text);
	sc.learn = s;
	sc.line_start = false;
	while (scan_sentence(&sc, &sn)) {
		sentence_items(s, &sn, false);
		for (size_t i = 0; i < sn.n_items; i++) {
			if (n == max)
				return max + 1;
			if (sn.items[i].id)
				out[n++] = sn.items[i].id;
		}
		sc.line_start = false;
	}
	return n;
}
