/*
 * status.c - claim statuses as a 277CA has them: whose a status is that a rule leaves open, what may not stand alone, which
 * of them a claim keeps. Decides none: they are in the rows of the rules.
 */
#include "x12/walk.h"

#define PARTY(nm101, entity) { nm101, { STC_FORMS(entity) } },
static const struct { const char *nm101, *stc[9]; } parties[] = {
#include "schemas/x12_status.def"
};
#define N_PARTIES	(sizeof parties / sizeof *parties)
#define N_FORMS		(sizeof parties[0].stc / sizeof *parties[0].stc)

static const struct { enum x12_status_needs needs; const char *codes, *words; } statuses[] = {
#define STATUS(code, needs, words) { STATUS_##needs, code, words },
#define NEEDED(needs, codes) { STATUS_##needs, codes, NULL },
#include "schemas/x12_status.def"
};

enum x12_status_needs
x12_status_needs(struct str code)
{
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		for (struct str rest = str_of(statuses[i].codes); rest.n;)
			if (str_eq(str_cut(&rest, ' '), code))
				return statuses[i].needs;
	return STATUS_NONE;
}

const char *
x12_status_words(struct str code)
{
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		if (str_is(code, statuses[i].codes))
			return statuses[i].words;
	return NULL;
}

/* The codes of the element that begins the loop of p: NM101. */
static const struct x12_codes *
roles(const struct x12_check *c, const struct x12_pos *p)
{
	const struct x12_pos *first = &c->w.g->pos[c->w.g->loops[p->loop].first];

	return &c->w.g->all->codes[first->n_items ? c->w.g->items[first->items].list : 0];
}

const char *
x12_stc_at(const struct x12_check *c, const struct x12_pos *p, const char *stc)
{
	size_t form = 0, i = 1;

	if (!stc || !p || stc[strlen(stc) - 1] != '@')
		return stc;
	while (form < N_FORMS && strcmp(parties[0].stc[form], stc) != 0)
		form++;
	while (i + 1 < N_PARTIES && !x12_code_in(roles(c, p), str_of(parties[i].nm101)))
		i++;
	must(form < N_FORMS);
	return parties[i].stc[form];
}

void
x12_stc_add(struct x12_stcs *to, const char *stc)
{
	for (unsigned i = 0; stc && i < CLAIM_STCS; i++) {
		if (to->v[i] && strcmp(to->v[i], stc) != 0)
			continue;
		to->v[i] = stc;
		return;
	}
}
