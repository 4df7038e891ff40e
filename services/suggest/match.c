/*
 * match.c - which keys stand in a sentence. A key fires when all its tokens stand close together, in
 * any order; the longest and tightest win, and a key whose words are all taken by better ones is dropped.
 */
#include "suggest/sentence.h"

#include <stdlib.h>
#include <string.h>

#define HITS_MAX	512	/* of one sentence; more is a word list, not a sentence */
#define HITS_FIRST	16
#define GAP_MAX		2
#define REACH		(KEY_TOKENS - 1 + GAP_MAX)
#define COST		24	/* in the units of idf */

static uint64_t
bit_of(uint32_t id)
{
	return UINT64_C(1) << (id & 63);
}

/* Most keys of an anchor lack a word here; the bits tell nearly all of them without looking at the items. */
static void
look_around(struct matcher *m, const struct sentence *sn, size_t i)
{
	size_t lo = i > REACH ? i - REACH : 0, hi = i + REACH < sn->n_items ? i + REACH : sn->n_items - 1;

	m->around = 0;
	for (size_t k = lo; k <= hi; k++)
		m->around |= bit_of(sn->items[k].id);
}

/* The place of the id nearest to `at`, of two as near the later one; SENTENCE_TOKENS when there is none. */
static size_t
nearest(const struct matcher *m, const struct sentence *sn, size_t at, uint32_t id)
{
	if (!(m->around & bit_of(id)))
		return SENTENCE_TOKENS;
	for (size_t d = 0; d <= REACH; d++) {
		if (at + d < sn->n_items && sn->items[at + d].id == id)
			return at + d;
		if (d <= at && sn->items[at - d].id == id)
			return at - d;
	}
	return SENTENCE_TOKENS;
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

static bool
has_room(struct matcher *m)
{
	if (m->n == m->room) {
		size_t room = m->room ? m->room * 2 : HITS_FIRST;
		struct hit *wider = arena_grow(m->a, m->hits, m->n, room, sizeof *wider);

		if (!wider)
			return false;
		m->hits = wider;
		m->room = room;
	}
	return true;
}

static void
key_try(struct matcher *m, const struct sentence *sn, uint32_t k, size_t at)
{
	const struct key *key = &m->s->keys[k];
	const uint32_t *toks = m->s->pool + key->toks;
	struct hit h = { .key = k };

	for (size_t i = 0; i < key->n; i++) {
		size_t pos = nearest(m, sn, at, toks[i]);

		if (pos == SENTENCE_TOKENS)
			return;
		h.pos[i] = (uint16_t)pos;
	}
	if (m->n == HITS_MAX || !cost_of(sn, key, &h) || !has_room(m))
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
		look_around(m, sn, i);
		for (uint32_t k = s->anchor_at[id]; k < s->anchor_at[id + 1]; k++)
			key_try(m, sn, s->anchors[k], i);
	}
	if (m->n == 0)
		return;
	qsort(m->hits, m->n, sizeof *m->hits, by_score);
	drop_covered(m);
}
