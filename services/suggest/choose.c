/*
 * choose.c - which candidates go on the claim and in which order, each with the reason in words.
 * Never invents: a candidate is only taken, left out, or put together by a row of combine.def.
 */
#include "suggest/mentions.h"

#include <stdlib.h>
#include <string.h>

static const struct { const char *have, *with, *instead, *why; } combinations[] = {
#define COMBINE(have, with, instead, why) { have, with, instead, why },
#include "suggest/combine.def"
};

/* How little a code says: 2 "unspecified", 1 only that nothing else is there, 0 something definite. */
static int
vagueness(const struct code_row *row)
{
	char last = row->code.p[row->code.n - 1];
	struct str end = row->title.n < 11 ? row->title : (struct str){ row->title.p + row->title.n - 11, 11 };
	bool stands = row->code.n == 7 || last == '9' || last == '0' || last == 'A' || text_has(end, "unspecified");

	if (text_has(row->title, "unspecified") &&
	    (stands || (str_starts(row->title, S("Unspecified")) && !text_has_word(row->title, "with"))))
		return 2;
	return text_has(row->title, "without complication") || text_has(row->title, "uncomplicated");
}

/*
 * What a vague code is vague about: I48.91 about I48, M25.569 about M25.56, S62.109A about S62.1. Cut off are
 * the 7th character, the last one, and the nines and noughts before it.
 */
static struct str
vague_about(struct str code)
{
	code.n -= code.n == 7 ? 2 : 1;
	while (code.n > 3 && (code.p[code.n - 1] == '9' || code.p[code.n - 1] == '0'))
		code.n--;
	if (code.n < 3)
		code.n = 3;
	return code;
}

/* b says what a says, and more. */
static bool
says_more(const struct code_row *b, const struct code_row *a)
{
	if (str_starts(b->code, a->code) && b->code.n > a->code.n)
		return true;
	if (a->code.n < 3 || !vagueness(a) || !str_starts(b->code, vague_about(a->code)))
		return false;
	return vagueness(b) < vagueness(a) || (vagueness(b) == vagueness(a) && b->code.n > a->code.n);
}

static bool
is_symptom(const struct cand *c)
{
	return code_in_range(RANGE_SYMPTOM, c->row.code);
}

static void
leave_out(struct cand *c, struct str reason)
{
	c->chosen = false;
	c->reason = reason;
}

static struct str
inactive_reason(const struct cand *c, bool inpatient)
{
	switch (c->context) {
	case NEGATED:
		return S("the note says that it is not there");
	case FAMILY:
		return S("said of the family");
	case HISTORY:
		return S("past, and no lasting condition");
	default:
		return inpatient ? S("uncertain: a coder decides if it still was so at discharge") :
		    S("uncertain: not coded for an outpatient");
	}
}

static struct str
active_reason(struct arena *a, const struct cand *c)
{
	static const char *const detail[] = { "", ", detail from the sentence", ", side or detail not stated", "" };
	const char *section = section_name(c->section);

	return arena_fmt(a, "stated%s%s%s%s", section[0] ? " under " : "", section,
	    c->context == HISTORY ? ", lasting" : "", detail[c->detail]);
}

/* First look: each candidate by itself. */
static void
judge_alone(const struct suggest_rules *rules, struct cands *cs, bool inpatient)
{
	for (size_t i = 0; i < cs->n; i++) {
		struct cand *c = &cs->v[i];
		int more = -1;

		for (uint32_t bits = c->sections; bits; bits &= bits - 1)
			more++;

		if (c->active && c->detail != OPEN)
			c->confidence += more > 2 ? 40 : 20 * more;
		c->confidence = c->confidence > 990 ? 990 : c->confidence;
		c->chosen = c->active && c->detail != OPEN && c->confidence >= rules->release_at;
		if (!c->active)
			c->reason = inactive_reason(c, inpatient);
		else if (c->detail == OPEN)
			c->reason = S("a header: the note does not say which code below it");
		else if (!c->chosen)
			c->reason = arena_fmt(cs->a, "less certain than %d per mille", rules->release_at);
		else
			c->reason = active_reason(cs->a, c);
	}
}

/* Two codes of one category out of the same words, and only one of them had to say "unspecified". */
static bool
reads_less(const struct cand *a, const struct cand *b)
{
	return a->document == b->document && a->begin < b->end && b->begin < a->end && a->row.code.n >= 3 &&
	    str_starts(b->row.code, (struct str){ a->row.code.p, 3 }) && text_has(a->row.title, "unspecified") &&
	    !text_has(b->row.title, "unspecified");
}

/* What says more takes the place of what says less, also its place on the claim. */
static void
drop_vague(struct cands *cs)
{
	for (size_t i = 0; i < cs->n; i++)
		for (size_t k = 0; k < cs->n && cs->v[i].chosen; k++) {
			struct cand *a = &cs->v[i], *b = &cs->v[k];

			if (k == i || !b->chosen || !(says_more(&b->row, &a->row) || reads_less(a, b)))
				continue;
			leave_out(a, arena_fmt(cs->a, "%.*s says more", STR_ARG(b->row.code)));
			if (a->order.place < b->order.place)
				b->order = a->order;
		}
}

/*
 * Signs and symptoms are for visits without a diagnosis, or for what the assessment itself lists; and what was
 * only complained of is not coded beside the diagnosis it turned out to be.
 */
static void
drop_symptoms(struct cands *cs)
{
	bool diagnosed = false;

	for (size_t i = 0; i < cs->n; i++)
		diagnosed |= cs->v[i].chosen && section_rank(cs->v[i].section) == 0 && cs->v[i].row.code.p[0] != 'Z';
	for (size_t i = 0; i < cs->n && diagnosed; i++) {
		struct cand *c = &cs->v[i];

		if (!c->chosen || section_rank(c->section) == 0)
			continue;
		if (is_symptom(c))
			leave_out(c, S("sign or symptom, and the assessment names a diagnosis"));
		else if (c->sections == 1u << SECT_CHIEF && !code_in_range(RANGE_CHRONIC, c->row.code))
			leave_out(c, S("only complained of, and the assessment names a diagnosis"));
	}
}

static struct cand *
chosen_with(const struct cands *cs, const char *prefix, bool whole)
{
	for (size_t i = 0; i < cs->n; i++)
		if (cs->v[i].chosen && str_starts(cs->v[i].row.code, str_of(prefix)) &&
		    (!whole || cs->v[i].row.code.n == strlen(prefix)))
			return &cs->v[i];
	return NULL;
}

/* Conventions of the classification: two conditions that together have a code of their own. */
static void
combine(const struct suggest *s, struct cands *cs, day_t day)
{
	for (size_t i = 0; i < sizeof combinations / sizeof *combinations; i++) {
		struct cand *have = chosen_with(cs, combinations[i].have, true);
		struct cand *with = chosen_with(cs, combinations[i].with, false);
		struct code_row row = codebook_look(s->book, CS_ICD10CM, str_of(combinations[i].instead), day);

		if (!have || !with || !row.billable)
			continue;
		if (chosen_with(cs, combinations[i].instead, true)) {
			leave_out(have, str_of(combinations[i].why));
			continue;
		}
		have->row = row;
		have->reason = str_of(combinations[i].why);
		if (with->rank <= have->rank)
			have->rank = with->rank - 1;		/* the pair is reported first */
	}
}

/* Diagnoses of the discharge, of the assessment, of this visit, known ones; what is only status comes last. */
static void
place(struct cand *c)
{
	int at = c->section == SECT_DISCHARGE_DX ? 0 : 1 + section_rank(c->section);

	if (at > 1 && is_symptom(c))
		at += 4;
	c->order.place = code_in_range(RANGE_STATUS, c->row.code) ? at + 10 : at;
	c->order.document = c->document;
	c->order.at = c->begin;
}

static int
by_place(const void *a, const void *b)
{
	const struct cand *x = a, *y = b;

	if (x->chosen != y->chosen)
		return x->chosen ? -1 : 1;
	if (x->active != y->active)
		return x->active ? -1 : 1;
	if (x->order.place != y->order.place)
		return x->order.place < y->order.place ? -1 : 1;
	if (x->order.document != y->order.document)
		return x->order.document < y->order.document ? -1 : 1;
	if (x->order.at != y->order.at)
		return x->order.at < y->order.at ? -1 : 1;
	return str_cmp(x->row.code, y->row.code);
}

static int
by_rank(const void *a, const void *b)
{
	const struct cand *x = a, *y = b;

	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

void
cands_choose(const struct suggest *s, const struct suggest_rules *rules, struct cands *cs, const struct encounter *e)
{
	judge_alone(rules, cs, encounter_is_inpatient(e));
	for (size_t i = 0; i < cs->n; i++)
		place(&cs->v[i]);
	drop_symptoms(cs);
	drop_vague(cs);
	if (!cs->n)
		return;
	qsort(cs->v, cs->n, sizeof *cs->v, by_place);
	for (size_t i = 0; i < cs->n; i++)
		cs->v[i].rank = (int)i * 16;
	combine(s, cs, suggest_day(e));
	qsort(cs->v, cs->n, sizeof *cs->v, by_rank);
}
