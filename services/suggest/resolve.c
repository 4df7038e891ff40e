/*
 * resolve.c - from the code a mention names to one that may be billed on the date of service: side,
 * detail from the other words of the sentence, else the "unspecified" code. Never makes detail up.
 */
#include "suggest/mentions.h"

#include <string.h>

#define SIDE_REACH	5	/* tokens between a side word and the mention it belongs to */
#define STEPS		5	/* levels below a category */

enum side { NO_SIDE, RIGHT, LEFT, BOTH };

static const struct { const char *first, *last; size_t n; int set; } ranges[] = {
#define RANGE(set, first, last) { first, last, sizeof(first) - 1, RANGE_##set },
#include "suggest/code_ranges.def"
};

bool
code_in_range(int set, struct str code)
{
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		size_t n = ranges[i].n;

		if (ranges[i].set == set && code.n >= n && code.p[0] >= ranges[i].first[0] && code.p[0] <= ranges[i].last[0] &&
		    memcmp(code.p, ranges[i].first, n) >= 0 && memcmp(code.p, ranges[i].last, n) <= 0)
			return true;
	}
	return false;
}

static enum side
side_of_title(struct str title)
{
	if (text_has(title, "bilateral"))
		return BOTH;
	if (text_has_word(title, "right"))
		return RIGHT;
	return text_has_word(title, "left") ? LEFT : NO_SIDE;
}

/* The side word nearest to the mention, no further than SIDE_REACH tokens. */
static enum side
side_in_sentence(const struct suggest *s, const struct sentence *sn, const struct hit *h)
{
	enum side best = NO_SIDE;
	size_t nearest = SIDE_REACH + 1;

	for (size_t i = 0; i < sn->n; i++) {
		uint32_t id = sn->toks[i].id;
		enum side side = id == 0 ? NO_SIDE : id == s->side[0] ? RIGHT : id == s->side[1] ? LEFT :
		    id == s->side[2] ? BOTH : NO_SIDE;
		size_t away = i < h->first ? h->first - i : i > h->last ? i - h->last : 0;

		if (side != NO_SIDE && away < nearest) {
			nearest = away;
			best = side;
		}
	}
	return best;
}

/* What the sentence says about the code that is needed. */
struct need {
	const struct suggest	*s;
	const struct sentence	*sn;
	enum side		 side;
	size_t			 before;	/* tokens before the mention */
	day_t			 day;
};

/* ---- children of a header, as they stand in the book ---- */

struct child {
	struct code_row	row;
	enum side	side;
	bool		unspecified;
};
struct children {
	struct child	v[64];
	size_t		n;
};

/* The next level below a header: codes that have no shorter header between. */
static void
children_of(const struct suggest *s, const struct code_row *header, day_t day, struct children *out)
{
	const struct codebook *book = s->book;
	row_t n = codebook_count(book, CS_ICD10CM);
	struct str above = STR_NONE;

	out->n = 0;
	for (row_t i = header->row; i < n && out->n < sizeof out->v / sizeof *out->v; i++) {
		struct str code = codebook_str(book, CC_ICD10CM_CODE, i);
		struct code_row row;

		if (!str_starts(code, header->code))
			break;
		if (code.n == header->code.n || (above.n && str_starts(code, above)) ||
		    codebook_find(book, CS_ICD10CM, code, day) != i)
			continue;
		above = code;
		row = codebook_row(book, CS_ICD10CM, i);
		out->v[out->n++] = (struct child){ row, side_of_title(row.title), text_has(row.title, "unspecified") };
	}
}

/* The tokens of a title; words the lexicon does not know have none. */
struct title_words {
	uint32_t	v[KEY_TOKENS * 3];
	size_t		n;
};

static void
title_read(const struct suggest *s, struct str title, struct title_words *out)
{
	struct sentence sn;
	struct scan sc;

	scan_open(&sc, s, title);
	sc.line_start = false;
	out->n = 0;
	while (scan_sentence(&sc, &sn)) {
		sentence_items(s, &sn, false);
		for (size_t i = 0; i < sn.n_items && out->n < sizeof out->v / sizeof *out->v; i++)
			out->v[out->n++] = sn.items[i].id;
	}
}

static bool
has_id(const struct title_words *t, uint32_t id)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i] == id)
			return true;
	return false;
}

/* The word itself, or what it implies: "leg" answers to "lower limb". */
static bool
title_has(const struct suggest *s, const struct title_words *t, uint32_t id)
{
	bool found = has_id(t, id);

	for (size_t i = 0; i < s->n_implies && !found; i++)
		found = s->implies[i][0] == id && has_id(t, s->implies[i][1]);
	return found;
}

/* How many words of the sentence a child's title has that its header's title has not. */
static int
words_for(const struct suggest *s, const struct title_words *header, struct str title, const struct sentence *sn)
{
	struct title_words own;
	int found = 0;

	title_read(s, title, &own);
	for (size_t i = 0; i < sn->n_items; i++) {
		uint32_t id = sn->items[i].id;

		if (id && !(s->tokens[id].flags & WORD_NUMBER) && id != s->side[0] && id != s->side[1] && id != s->side[2] &&
		    title_has(s, &own, id) && !title_has(s, header, id))
			found++;
	}
	return found;
}

/* The one child of this side whose title has most words of the sentence; NULL when none or two are best. */
static const struct code_row *
child_by_words(const struct need *need, const struct code_row *header, const struct children *ch, enum side side)
{
	const struct code_row *best = NULL;
	struct title_words words;
	int most = 0;
	bool tie = false;

	title_read(need->s, header->title, &words);
	for (size_t i = 0; i < ch->n; i++) {
		const struct child *c = &ch->v[i];
		bool counts = c->side == side && !text_has_word(c->row.title, "other") && (side != NO_SIDE || !c->unspecified);
		int n = counts ? words_for(need->s, &words, c->row.title, need->sn) : 0;

		tie = n > most ? false : tie || (n == most && n > 0);
		if (n > most) {
			most = n;
			best = &c->row;
		}
	}
	return tie ? NULL : best;
}

/* The default: what says "unspecified", a single child, or the child that ends in 9, then in 0. */
static const struct code_row *
child_default(const struct children *ch)
{
	static const char ends[] = "90";

	if (ch->n == 1)
		return &ch->v[0].row;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < ch->n; i++)
			if (ch->v[i].unspecified && ch->v[i].row.code.p[ch->v[i].row.code.n - 1] == ends[k])
				return &ch->v[i].row;
	for (size_t i = 0; i < ch->n; i++)
		if (ch->v[i].unspecified)
			return &ch->v[i].row;
	return NULL;
}

/* 7th character of an injury: D when words of a follow-up stand before it, else A. Elsewhere 0 (pregnancy: one fetus). */
static const struct code_row *
child_seventh(const struct need *need, const struct children *ch)
{
	const uint32_t *later = need->s->later;
	bool injury = text_has(ch->v[0].row.title, "encounter"), is_later = false;
	char want;

	for (size_t i = 0; i < need->before; i++) {
		uint32_t id = need->sn->toks[i].id;

		is_later |= id && (id == later[0] || id == later[1] || id == later[2]);
	}
	want = injury ? (is_later ? 'D' : 'A') : '0';
	for (size_t i = 0; i < ch->n; i++)
		if (ch->v[i].row.code.p[6] == want)
			return &ch->v[i].row;
	return NULL;
}

static bool
has_sides(const struct children *ch)
{
	for (size_t i = 0; i < ch->n; i++)
		if (ch->v[i].side != NO_SIDE)
			return true;
	return false;
}

static size_t
count_side(const struct children *ch, enum side side, const struct code_row **out)
{
	size_t n = 0;

	for (size_t i = 0; i < ch->n; i++)
		if (ch->v[i].side == side) {
			*out = &ch->v[i].row;
			n++;
		}
	return n;
}

static bool
has_all(const struct title_words *t, const struct title_words *of)
{
	for (size_t i = 0; i < of->n; i++)
		if (!has_id(t, of->v[i]))
			return false;
	return true;
}

/* Of the children of one side the one whose words all others have too: they add "recurrent" and the like. */
static const struct code_row *
child_plainest(const struct need *need, const struct children *ch, enum side side)
{
	const struct code_row *best = NULL;
	struct title_words least = { .n = 0 }, own;

	for (size_t i = 0; i < ch->n; i++) {
		if (ch->v[i].side != side)
			continue;
		title_read(need->s, ch->v[i].row.title, &own);
		if (!best || own.n < least.n) {
			best = &ch->v[i].row;
			least = own;
		}
	}
	for (size_t i = 0; i < ch->n && best; i++) {
		if (ch->v[i].side != side || &ch->v[i].row == best)
			continue;
		title_read(need->s, ch->v[i].row.title, &own);
		if (own.n == least.n || !has_all(&own, &least))
			return NULL;
	}
	return best;
}

/* The code of the side that is meant. Both sides without a code for both: one code for each. */
static size_t
child_by_side(const struct need *need, const struct code_row *header, const struct children *ch,
    const struct code_row *out[2])
{
	size_t n = need->side == NO_SIDE ? 0 : count_side(ch, need->side, &out[0]);

	if (n == 1)
		return 1;
	if (n > 1) {
		out[0] = child_by_words(need, header, ch, need->side);
		if (!out[0])
			out[0] = child_plainest(need, ch, need->side);
		return out[0] != NULL;
	}
	return need->side == BOTH && count_side(ch, RIGHT, &out[0]) == 1 && count_side(ch, LEFT, &out[1]) == 1 ? 2 : 0;
}

/* One level down. Returns how many codes are meant, 0 when nothing says which. */
static size_t
step(const struct need *need, const struct code_row *header, struct code_row out[2], enum detail *detail)
{
	const struct code_row *found[2] = { NULL, NULL };
	struct children ch;
	size_t n = 0;

	children_of(need->s, header, need->day, &ch);
	if (ch.n == 0)
		return 0;
	if (ch.v[0].row.code.n == 7) {
		found[0] = child_seventh(need, &ch);
	} else {
		n = has_sides(&ch) ? child_by_side(need, header, &ch, found) : 0;
		if (n == 0)
			found[0] = child_by_words(need, header, &ch, NO_SIDE);
		if (!found[0]) {
			found[0] = child_default(&ch);
			if (found[0] && ch.n > 1)
				*detail = NOT_STATED;
		}
	}
	n = n ? n : found[0] != NULL;
	for (size_t i = 0; i < n; i++)
		out[i] = *found[i];
	return n;
}

/* Down to a code that may be billed. */
static struct code_row
descend(const struct need *need, struct code_row row, enum detail *detail)
{
	for (int i = 0; i < STEPS && !row.billable; i++) {
		struct code_row next[2];

		if (!step(need, &row, next, detail))
			break;
		row = next[0];
	}
	return row;
}

bool
resolve_code(const struct suggest *s, struct str code, day_t day, const struct sentence *sn, const struct hit *h,
    struct resolved *out)
{
	struct need need = { s, sn, side_in_sentence(s, sn, h), h->first, day };
	struct code_row row = codebook_look(s->book, CS_ICD10CM, code, day);

	*out = (struct resolved){ .n = 1, .detail = EXACT };
	for (int i = 0; i < STEPS && row.code.n && !row.billable && out->n == 1; i++) {
		struct code_row next[2];
		size_t n = step(&need, &row, next, &out->detail);

		if (n == 0)
			break;
		if (out->detail == EXACT)
			out->detail = BY_WORDS;
		if (n == 2) {
			out->row[1] = descend(&need, next[1], &out->detail);
			out->n = 2;
		}
		row = next[0];
	}
	if (!row.code.n)
		return false;
	out->row[0] = out->n == 2 ? descend(&need, row, &out->detail) : row;
	if (!out->row[0].billable || (out->n == 2 && !out->row[1].billable))
		out->detail = OPEN;
	return true;
}
