/*
 * match.c - which keys stand in a sentence. A key fires when all its tokens stand close together, in
 * any order; the longest and tightest win, and a key whose words are all taken by better ones is dropped.
 */
#include "suggest/sentence.h"

#include <stdlib.h>
#include <string.h>

#define HITS_MAX	512	/* of one sentence; more is a word list, not a sentence */
#define GAP_MAX		2
#define REACH		(KEY_TOKENS - 1 + GAP_MAX)
#define COST		24	/* in the units of idf */

int
match_open(struct matcher *m, const struct suggest *s, struct arena *a)
{
	*m = (struct matcher){ .s = s };
	m->near = arena_array(a, s->n_tokens, sizeof *m->near);
	m->hits = arena_array(a, HITS_MAX, sizeof *m->hits);
	return m->near && m->hits ? 0 : E_NOMEM;
}

/* Marks the tokens around item i with their nearest place. */
static void
stamp(struct matcher *m, const struct sentence *sn, size_t i)
{
	size_t lo = i > REACH ? i - REACH : 0, hi = i + REACH < sn->n_items ? i + REACH : sn->n_items - 1;

	m->stamp++;
	for (size_t d = REACH; d <= REACH; d--) {
		if (i >= lo + d && sn->items[i - d].id)
			m->near[sn->items[i - d].id] = (struct near){ m->stamp, (uint16_t)(i - d) };
		if (i + d <= hi && sn->items[i + d].id)
			m->near[sn->items[i + d].id] = (struct near){ m->stamp, (uint16_t)(i + d) };
	}
}

/* Words between the tokens of a key, and commas crossed; too many of either and it does not stand. */
static bool
cost_of(const struct sentence *sn, const struct key *key, struct hit *h)
{
	uint16_t lo = h->pos[0], hi = h->pos[0];
	unsigned gap, breaks = 0;

	for (size_t i = 1; i < key->n; i++) {
		lo = h->pos[i] < lo ? h->pos[i] : lo;
		hi = h->pos[i] > hi ? h->pos[i] : hi;
	}
	gap = hi - lo + 1u - key->n;
	for (unsigned i = lo + 1u; i <= hi; i++)
		breaks += sn->items[i].breaks;
	if (gap > (key->number ? 0u : key->n == 2 ? 1u : GAP_MAX))
		return false;
	if (breaks && (key->n == 2 || gap || breaks > 2))
		return false;		/* "chest pain, shortness of breath": two statements */
	h->cost = (uint8_t)(gap + breaks);
	h->first = sn->items[lo].first;
	h->last = sn->items[hi].last;
	for (unsigned i = lo; i <= hi; i++) {		/* items may be out of order after spelling out */
		h->first = sn->items[i].first < h->first ? sn->items[i].first : h->first;
		h->last = sn->items[i].last > h->last ? sn->items[i].last : h->last;
	}
	return sn->toks[h->last].end - sn->toks[h->first].begin <= PHRASE_BYTES;
}

static void
key_try(struct matcher *m, const struct sentence *sn, uint32_t k, size_t at)
{
	const struct key *key = &m->s->keys[k];
	const uint32_t *toks = m->s->pool + key->toks;
	struct hit h = { .key = k };

	for (size_t i = 0; i < key->n; i++) {
		const struct near *near = &m->near[toks[i]];

		if (near->stamp != m->stamp)
			return;
		h.pos[i] = toks[i] == sn->items[at].id ? (uint16_t)at : near->pos;
	}
	if (m->n == HITS_MAX || !cost_of(sn, key, &h))
		return;
	h.score = (int32_t)key->idf - COST * h.cost;
	m->hits[m->n++] = h;
}

static int
by_score(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

/* A hit all of whose words are taken by better hits says nothing new. */
static void
drop_covered(struct matcher *m)
{
	bool taken[SENTENCE_TOKENS] = { false };

	for (size_t i = 0; i < m->n; i++) {
		struct hit *h = &m->hits[i];
		size_t n = m->s->keys[h->key].n, covered = 0;

		for (size_t k = 0; k < n; k++)
			covered += taken[h->pos[k]];
		h->dropped = covered == n;
		for (size_t k = 0; k < n && !h->dropped; k++)
			taken[h->pos[k]] = true;
	}
}

void
match_sentence(struct matcher *m, const struct sentence *sn)
{
	const struct suggest *s = m->s;

	m->n = 0;
	for (size_t i = 0; i < sn->n_items; i++) {
		uint32_t id = sn->items[i].id;

		if (!id || s->anchor_at[id] == s->anchor_at[id + 1])
			continue;
		stamp(m, sn, i);
		for (uint32_t k = s->anchor_at[id]; k < s->anchor_at[id + 1]; k++)
			key_try(m, sn, s->anchors[k], i);
	}
	if (m->n > 1)
		qsort(m->hits, m->n, sizeof *m->hits, by_score);
	drop_covered(m);
}
