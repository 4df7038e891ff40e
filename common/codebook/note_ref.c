/*
 * note_ref.c - the codes a note of the Tabular List names: single ones, prefixes with a dash, ranges, lists of
 * them, and the condition in words that may follow. Words that are no code are passed over; whether a code
 * exists, refs.c asks the order files.
 */
#include "codebook/icd.h"

#include <string.h>

#define RUN_MAX		256	/* codes of one list; the longest published one has nine */
#define CHARS_MAX	256

struct token { struct str code; size_t begin, end; };	/* code with its dot; end: behind the last character */
struct run { struct str low[RUN_MAX], high[RUN_MAX]; size_t n, end; bool full; };
struct condition { struct str when; int64_t at, last; char chars[CHARS_MAX]; size_t n; };

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_code(char c)
{
	return is_upper(c) || is_digit(c);
}

static bool
is_word(char c)
{
	return is_code(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* A00, A00.1, A00.: a letter, a digit, a third; what follows a dot; then no more of a word. */
static bool
token_at(struct str s, size_t i, struct token *t)
{
	size_t end = i + 3;

	if (end > s.n || !is_upper(s.p[i]) || !is_digit(s.p[i + 1]) || !is_code(s.p[i + 2]) || (i && is_word(s.p[i - 1])))
		return false;
	if (i >= 8 && str_starts((struct str){ s.p + i - 8, 8 }, S("vitamin ")))
		return false;		/* B12 */
	if (end < s.n && s.p[end] == '.')
		for (end++; end < s.n && is_code(s.p[end]) && end - i < 8;)
			end++;
	if (end < s.n && is_word(s.p[end]))
		return false;
	while (s.p[end - 1] == '.')
		end--;
	*t = (struct token){ { s.p + i, end - i }, i, end };
	return true;
}

static bool
token_next(struct str s, size_t from, struct token *t)
{
	for (size_t i = from; i < s.n; i++)
		if (token_at(s, i, t))
			return true;
	return false;
}

/* ---- what stands between two codes ---- */

enum gap { GAP_LIST, GAP_RANGE, GAP_END };

static bool
gap_word(struct str *s, const char *word)
{
	struct str w = str_of(word);

	if (!str_starts(*s, w))
		return false;
	*s = str_trim((struct str){ s->p + w.n, s->n - w.n });
	return true;
}

/* "A05.- B05" lists two prefixes, "A05-B05" and "A05 - B05" are a range. */
static enum gap
gap_of(struct str s)
{
	bool dash = false;

	if (s.n && s.p[0] == '.')
		s = (struct str){ s.p + 1, s.n - 1 };
	if (str_is(s, "-") || str_is(s, "--") || str_is(s, " - ") || str_is(s, "- - ") || str_is(s, "\xe2\x80\x93"))
		return GAP_RANGE;
	if (s.n && s.p[0] == '-') {
		dash = true;
		s = (struct str){ s.p + 1, s.n - 1 };
	}
	s = str_trim(s);
	if (gap_word(&s, "to"))
		return s.n ? GAP_END : GAP_RANGE;
	if (!dash && s.n == 0)
		return GAP_END;
	while (s.n)
		if (!gap_word(&s, ",") && !gap_word(&s, ";") && !gap_word(&s, ".") && !gap_word(&s, "and") &&
		    !gap_word(&s, "or") && !gap_word(&s, "&"))
			return GAP_END;
	return GAP_LIST;
}

/* Codes from the token on that belong together. */
static void
run_take(struct arena *a, struct str s, struct token t, struct run *run)
{
	enum gap gap = GAP_LIST;

	run->n = 0;
	run->full = false;
	while (gap != GAP_END) {
		struct str bare = cb_code_bare(a, t.code);
		struct token next;

		run->full |= run->n == RUN_MAX;
		if (run->full)
			return;
		if (gap == GAP_RANGE && str_cmp(run->high[run->n - 1], bare) < 0) {
			run->high[run->n - 1] = bare;
		} else {
			run->low[run->n] = run->high[run->n] = bare;
			run->n++;
		}
		run->end = t.end;
		if (!token_next(s, t.end, &next))
			break;
		gap = gap_of((struct str){ s.p + t.end, next.begin - t.end });
		t = next;
	}
}

/* ---- the condition: "with fifth or sixth character 1-4 or 6", "with .51-.52", "with final characters -23" ---- */

static struct str
word_cut(struct str *s)
{
	struct str word = { s->p, 0 };
	size_t n = 0;

	while (n < s->n && s->p[n] != ' ' && s->p[n] != ',')
		n++;
	word.n = n;
	while (n < s->n && (s->p[n] == ' ' || s->p[n] == ','))
		n++;
	*s = (struct str){ s->p + n, s->n - n };
	return word;
}

/* A place in words; -1: none. 0 is the end of the code. */
static int64_t
ordinal_of(struct str word)
{
	static const struct { const char *word; int64_t at; } rows[] = {
		{ "final", 0 }, { "fourth", 4 }, { "4th", 4 }, { "fifth", 5 }, { "5th", 5 }, { "sixth", 6 }, { "six", 6 },
		{ "6th", 6 }, { "seventh", 7 }, { "7th", 7 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (str_is(word, rows[i].word))
			return rows[i].at;
	return -1;
}

static bool
is_place(struct str word)
{
	return str_is(word, "character") || str_is(word, "characters") || str_is(word, "digit") || str_is(word, "digits");
}

static bool
chars_add(struct condition *c, struct str one)
{
	if (c->n + one.n + 1 > CHARS_MAX)
		return false;
	if (c->n)
		c->chars[c->n++] = ',';
	memcpy(c->chars + c->n, one.p, one.n);
	c->n += one.n;
	return true;
}

static struct str
bare_end(struct str s)
{
	while (s.n && (s.p[0] == '.' || s.p[0] == '-'))
		s = (struct str){ s.p + 1, s.n - 1 };
	while (s.n && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == '-'))
		s.n--;
	return s;
}

/* 1-4 is 1, 2, 3, 4; .51-.52 likewise. False: it is neither characters nor a range of them, or too many. */
static bool
chars_range(struct condition *c, struct str word)
{
	struct str rest = bare_end(word), low = bare_end(str_cut(&rest, '-')), high = bare_end(rest);
	int64_t from, to;
	char room[8];

	for (size_t i = 0; i < low.n; i++)
		if (!is_code(low.p[i]))
			return false;
	if (low.n == 0 || low.n > 4)
		return false;
	if (high.n == 0)
		return chars_add(c, low);
	if (high.n != low.n || !str_to_int(low, &from) || !str_to_int(high, &to) || to < from || to - from > 99)
		return false;
	for (; from <= to; from++) {
		int64_t v = from;

		for (size_t i = low.n; i-- > 0; v /= 10)
			room[i] = (char)('0' + v % 10);
		if (!chars_add(c, (struct str){ room, low.n }))
			return false;
	}
	return true;
}

static bool
chars_take(struct condition *c, struct str s)
{
	while (s.n) {
		struct str word = word_cut(&s);

		if (word.n && !str_is(word, "or") && !str_is(word, "and") && !chars_range(c, word))
			return false;
	}
	return c->n > 0;
}

/* "fifth or sixth character", "fifth-character": where the characters stand; false when it does not say. */
static bool
places_take(struct condition *c, struct str *s)
{
	struct str word = word_cut(s), tail = word;
	int64_t at = ordinal_of(str_cut(&tail, '-')), second;

	c->at = c->last = at;
	if (at < 0)
		return false;
	if (tail.n)
		return is_place(tail);
	word = word_cut(s);
	if (is_place(word))
		return true;
	second = ordinal_of(word_cut(s));
	if (second < at || !is_place(word_cut(s)) || (!str_is(word, "or") && !str_is(word, "to")))
		return false;
	if (str_is(word, "or"))
		c->last = second;
	return true;
}

/* What follows the codes, up to the bracket that ends them. after: the place that follows the codes. */
static void
condition_take(struct str rest, int64_t after, struct condition *c)
{
	size_t n = 0;

	*c = (struct condition){ .at = CELL_NONE, .last = CELL_NONE };
	while (rest.n && (rest.p[0] == '.' || rest.p[0] == '-' || rest.p[0] == ',' || rest.p[0] == ' '))
		rest = (struct str){ rest.p + 1, rest.n - 1 };
	while (n < rest.n && rest.p[n] != ')' && rest.p[n] != '(' && rest.p[n] != ';')
		n++;
	rest = str_trim((struct str){ rest.p, n });
	if (!str_starts(rest, S("with ")))
		return;
	c->when = rest;
	rest = str_trim((struct str){ rest.p + 5, rest.n - 5 });
	if (rest.n && (rest.p[0] == '.' || (is_digit(rest.p[0]) && (rest.n == 1 || !is_word(rest.p[1])))))
		c->at = c->last = after;
	else if (!places_take(c, &rest))
		c->at = c->last = CELL_NONE;
	if (c->at == CELL_NONE || !chars_take(c, rest)) {
		c->at = c->last = CELL_NONE;
		c->n = 0;
	}
}

/* ---- rows ---- */

static void
ref_put(struct cb_in *in, const struct cb_note *note, const struct run *run, size_t i, struct str rest)
{
	struct str low = run->low[i], high = run->high[i];
	struct condition c;
	struct cb_row *row = cb_put(in, CS_NOTE_REF, note->line);

	if (!row)
		return;
	condition_take(rest, (int64_t)(low.n < high.n ? low.n : high.n) + 1, &c);
	CB_SET(row, NOTE_REF_OWNER, note->owner);
	CB_SET(row, NOTE_REF_KIND, note->kind);
	CB_SET(row, NOTE_REF_SEQ, note->seq);
	CB_SET(row, NOTE_REF_LOW, cb_code_key(low));
	CB_SET(row, NOTE_REF_HIGH, cb_code_key(high));
	CB_SET(row, NOTE_REF_WHEN, cb_text(in->b, c.when));
	CB_SET(row, NOTE_REF_AT, c.at);
	CB_SET(row, NOTE_REF_LAST, c.last);
	CB_SET(row, NOTE_REF_CHARS, cb_text(in->b, (struct str){ c.chars, c.n }));
}

/* Is the place inside parentheses? */
static bool
inside(struct str s, size_t at)
{
	int open = 0;

	for (size_t i = 0; i < at; i++)
		open += s.p[i] == '(' ? 1 : s.p[i] == ')' && open ? -1 : 0;
	return open > 0;
}

/* Where a note tells codes by its nature they count anywhere; in words of explanation only in parentheses. */
void
cb_note_refs(struct cb_in *in, const struct cb_note *note, struct str text)
{
	bool anywhere = note->kind >= NOTE_EXCLUDES1 && note->kind <= NOTE_CODE_ALSO;
	struct run run;
	struct token t;

	if (note->kind == NOTE_INCLUSION || note->kind == NOTE_SEVENTH)
		return;
	for (size_t at = 0; token_next(text, at, &t); at = run.end) {
		run_take(&in->b->a, text, t, &run);
		if (run.full) {
			(void)cb_fault(in, E_LIMIT, note->line, 1, "a note lists more than 256 codes");
			return;
		}
		for (size_t i = 0; i < run.n && (anywhere || inside(text, t.begin)); i++)
			ref_put(in, note, &run, i, (struct str){ text.p + run.end, text.n - run.end });
	}
}
