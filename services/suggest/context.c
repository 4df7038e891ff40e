/*
 * context.c - what a mention means where it stands: affirmed, negated, of the family, of the past,
 * or uncertain. Decided by the cues of its own sentence, then by its section.
 */
#include "suggest/sentence.h"

#define SHORT	4	/* a cue of this reach ends at a comma: "not tender, with asthma" */

/* Words that end the reach of a cue stand between token a and token b. */
static bool
ended(const struct sentence *sn, size_t a, size_t b)
{
	for (size_t i = 0; i < sn->n_cues; i++)
		if (sn->cues[i].kind == CUE_END && sn->cues[i].first > a && sn->cues[i].last < b)
			return true;
	return false;
}

static bool
broken(const struct sentence *sn, size_t a, size_t b)	/* a comma between token a and token b */
{
	for (size_t i = a + 1; i <= b; i++)
		if (sn->toks[i].flags & TOK_BREAK)
			return true;
	return false;
}

/* "No fever, hypertension is controlled": after the comma another statement begins. */
static bool
starts_anew(const struct sentence *sn, const struct occurrence *cue, const struct hit *h)
{
	for (size_t i = 0; i < sn->n_cues; i++)
		if (sn->cues[i].kind == CUE_VERB && sn->cues[i].first == h->last + 1u)
			return broken(sn, cue->last, h->first);
	return false;
}

/* A relative who reports something is a witness: "mother states", "father says that". */
static bool
is_witness(const struct sentence *sn, const struct occurrence *cue)
{
	for (size_t i = 0; i < sn->n_cues; i++)
		if (sn->cues[i].kind == CUE_SAYS && sn->cues[i].first > cue->last && sn->cues[i].first <= cue->last + 2u)
			return true;
	return false;
}

/*
 * A cue inside the words of the key is part of them ("history of stroke" is a code of its own); one that
 * begins before them still counts ("no family history of ...").
 */
static bool
reaches(const struct sentence *sn, const struct occurrence *cue, const struct hit *h)
{
	if (cue->kind >= CUE_NEG_AFTER)
		return cue->first > h->last && cue->first - h->last <= cue->scope && !ended(sn, h->last, cue->first) &&
		    !(cue->kind == CUE_NEG_AFTER && cue->first == cue->last && broken(sn, h->last, cue->first) &&
		    !(sn->toks[cue->first].flags & TOK_COLON));
	if (cue->last < h->first && (h->first - cue->last > cue->scope || ended(sn, cue->last, h->first)))
		return false;
	if (cue->first >= h->first)
		return false;
	if (cue->kind == CUE_NEG)
		return !starts_anew(sn, cue, h) && !(cue->scope <= SHORT && broken(sn, cue->last, h->first));
	return cue->kind != CUE_FAM || !is_witness(sn, cue);
}

/* "Chest pain: no", "Fever: denies": the answer of a form stands after the colon. */
static bool
answered_no(const struct sentence *sn, const struct hit *h)
{
	for (size_t i = 0; i < sn->n_cues; i++)
		if (sn->cues[i].kind == CUE_NEG && sn->cues[i].first == h->last + 1u &&
		    sn->toks[sn->cues[i].first].flags & TOK_COLON && sn->cues[i].last + 1u == sn->n)
			return true;
	return false;
}

/* "Legs without swelling": a negation between the words of a key, and none of them. */
static bool
parted(const struct sentence *sn, const struct hit *h, size_t n)
{
	for (size_t i = 0; i < sn->n_cues; i++) {
		const struct occurrence *cue = &sn->cues[i];
		bool own = cue->kind != CUE_NEG || cue->first < h->first || cue->last > h->last;

		for (size_t k = 0; k < n && !own; k++)
			own = sn->items[h->pos[k]].first <= cue->last && sn->items[h->pos[k]].last >= cue->first;
		if (!own)
			return true;
	}
	return false;
}

enum context
context_of(const struct suggest *s, const struct sentence *sn, const struct hit *h)
{
	static const enum context of_kind[] = { NEGATED, UNCERTAIN, HISTORY, FAMILY };
	bool found[] = { false, false, false, false, false };
	enum context section = section_context(sn->section);

	for (size_t i = 0; i < sn->n_cues; i++) {
		const struct occurrence *cue = &sn->cues[i];

		if (cue->kind < CUE_END && reaches(sn, cue, h))
			found[of_kind[cue->kind % CUE_NEG_AFTER]] = true;
	}
	if (found[NEGATED] || answered_no(sn, h) || parted(sn, h, s->keys[h->key].n))
		return NEGATED;
	if (found[FAMILY] || section == FAMILY)
		return FAMILY;
	if (found[UNCERTAIN])
		return UNCERTAIN;
	return found[HISTORY] ? HISTORY : section;
}
