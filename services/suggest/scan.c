/*
 * scan.c - a note, one sentence at a time: headings, sentence ends, tokens with their byte offsets.
 * Reads each byte once and keeps nothing; a heading is never part of a sentence.
 */
#include "suggest/sentence.h"

#include <string.h>

#define HEADING_BYTES	45
#define LONGEST_TITLE	6
#define WRAPPED		55	/* a line this long that goes on in lower case is one sentence */

static const struct { const char *name; int rank, weight; enum context context; } sections[] = {
#define SECTION(id, name, rank, weight, context) { name, rank, weight, context },
#include "suggest/sections.def"
};

static const struct { const char *words; size_t n; enum section id; } headings[] = {
#define HEADING(words, id) { words, sizeof(words) - 1, SECT_##id },
#include "suggest/sections.def"
};

const char *
section_name(enum section id)
{
	return sections[id].name;
}

int
section_rank(enum section id)
{
	return sections[id].rank;
}

int
section_weight(enum section id)
{
	return sections[id].weight;
}

enum context
section_context(enum section id)
{
	return sections[id].context;
}

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* ---- headings ---- */

/* Lower case, everything that is no letter or digit as one blank. */
static size_t
heading_fold(struct str s, char out[HEADING_BYTES])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < HEADING_BYTES; i++) {
		char c = s.p[i];

		if (is_alnum(c))
			out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
		else if (n && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	while (n && out[n - 1] == ' ')
		n--;
	return n;
}

static bool
heading_find(struct str s, enum section *out)
{
	char text[HEADING_BYTES];
	size_t n = s.n <= HEADING_BYTES ? heading_fold(s, text) : 0;

	if (n < 2)
		return false;
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
		if (headings[i].n == n && headings[i].words[0] == text[0] &&
		    memcmp(headings[i].words, text, n) == 0) {
			*out = headings[i].id;
			return true;
		}
	return false;
}

/* At the start of a line: steps over a heading, and over its colon. */
static bool
heading_skip(struct scan *sc)
{
	struct str rest = { sc->text.p + sc->at, sc->text.n - sc->at }, line = rest, head;
	const char *end = memchr(line.p, '\n', line.n), *colon;

	if (end)
		line.n = (size_t)(end - line.p);
	colon = line.n ? memchr(line.p, ':', line.n < HEADING_BYTES ? line.n : HEADING_BYTES) : NULL;
	head = (struct str){ line.p, colon ? (size_t)(colon - line.p) : line.n };
	if (!heading_find(head, &sc->section))
		return false;
	sc->at += colon ? head.n + 1 : line.n;
	return true;
}

/* ---- tokens ---- */

struct reader {
	struct scan	*sc;
	struct sentence	*out;
	uint8_t		 flags;		/* for the next token */
};

/* Letters beyond ASCII belong to words: two-byte ones, and the apostrophe U+2019. */
static size_t
letter_at(struct str t, size_t i)
{
	unsigned char c = (unsigned char)t.p[i];

	if (is_alnum(t.p[i]))
		return 1;
	if (c == 0xc3 && i + 1 < t.n)
		return 2;
	return 0;
}

static bool
apostrophe_at(struct str t, size_t i, size_t *n)
{
	*n = t.p[i] == '\'' ? 1 : t.p[i] == '\xe2' && i + 2 < t.n && memcmp(t.p + i, "\xe2\x80\x99", 3) == 0 ? 3 : 0;
	return *n && i + *n < t.n && letter_at(t, i + *n);
}

static bool
one_letter(struct str t, size_t i)	/* a letter that stands alone after a slash */
{
	return i < t.n && is_alnum(t.p[i]) && !is_digit(t.p[i]) && (i + 1 == t.n || !letter_at(t, i + 1));
}

/*
 * The end of the word that begins at i. A hyphen joins after "non", and in x-ray, x-linked and a-fib; a slash
 * joins single letters, as in h/o and n/v.
 */
static size_t
word_end(struct str t, size_t i)
{
	size_t begin = i, n;

	while (i < t.n) {
		if ((n = letter_at(t, i)) > 0 || apostrophe_at(t, i, &n)) {
			i += n;
		} else if (t.p[i] == '-' && i + 1 < t.n && letter_at(t, i + 1) && ((i - begin == 3 &&
		    (t.p[begin] | 32) == 'n' && (t.p[begin + 1] | 32) == 'o' && (t.p[begin + 2] | 32) == 'n') ||
		    (i - begin == 1 && ((t.p[begin] | 32) == 'x' || ((t.p[begin] | 32) == 'a' && (t.p[i + 1] | 32) == 'f'))))) {
			i++;
		} else if (t.p[i] == '/' && i - begin == 1 && !is_digit(t.p[begin]) && one_letter(t, i + 1)) {
			i += 2;
		} else {
			break;
		}
	}
	return i;
}

/* "non-smoker" is read as "nonsmoker": the hyphen drops out, the offsets stay. */
static size_t
without_hyphen(char *w, size_t n)
{
	if (n > 4 && w[3] == '-' && memcmp(w, "non", 3) == 0) {
		memmove(w + 3, w + 4, n - 4);
		n--;
	}
	return n;
}

static void
token_look_up(const struct scan *sc, char *w, size_t n, struct tok *t)
{
	const struct suggest *s = sc->s;
	const struct word *known = words_find(&s->words, w, n);

	if (sc->learn && (!known || (!known->id && !(known->flags & WORD_STOP)))) {
		(void)lexicon_intern(sc->learn, w, n);
		known = words_find(&s->words, w, n);
	}
	if (known) {
		t->id = known->id;
		t->cue = known->cue;
		t->abbr = known->abbr;
		t->flags |= known->flags & WORD_STOP ? TOK_STOP : 0;
		return;
	}
	n = word_stem(w, n);
	known = words_find(&s->stems, w, n);
	t->id = known ? known->id : 0;
}

static bool
all_caps(struct str raw)
{
	bool letter = false;

	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] >= 'a' && raw.p[i] <= 'z' && !(i + 1 == raw.n && raw.p[i] == 's' && i >= 3))
			return false;
		letter |= raw.p[i] >= 'A' && raw.p[i] <= 'Z';
	}
	return letter;
}

/* The word before, folded; its length, 0 when a sign stands between. */
static size_t
word_before(const struct reader *r, char out[WORD_BYTES])
{
	const struct tok *last = r->out->n ? &r->out->toks[r->out->n - 1] : NULL;

	if (!last || r->flags)
		return 0;
	return word_fold((struct str){ r->sc->text.p + last->begin, last->end - last->begin }, out);
}

static bool
is_one_of(const char *w, size_t n, const char *const *words, size_t n_words)
{
	for (size_t i = 0; i < n_words; i++)
		if (str_is((struct str){ w, n }, words[i]))
			return true;
	return false;
}

/* "Influenza A": elsewhere the letter is an article. */
static size_t
strain_name(const struct reader *r, char *w, size_t n, struct str raw)
{
	static const char *const viruses[] = { "influenza", "flu" };
	char before[WORD_BYTES];

	if (n != 1 || (raw.p[0] != 'A' && raw.p[0] != 'B') || !is_one_of(before, word_before(r, before), viruses, 2))
		return n;
	w[1] = w[0];
	w[0] = '~';
	return 2;
}

/* "type 2", "stage IIIa": one token "type2", "stage3a" with the span of both words. */
static bool
level_join(struct reader *r, const char *w, size_t n, size_t end)
{
	static const char *const heads[] = { "type", "stage", "grade", "class" };
	struct tok *last = r->out->n ? &r->out->toks[r->out->n - 1] : NULL;
	char level[4], joined[WORD_BYTES];
	size_t level_n, k;

	if (!word_is_level(w, n, level, &level_n))
		return false;
	k = word_before(r, joined);
	if (!is_one_of(joined, k, heads, sizeof heads / sizeof *heads))
		return false;
	memcpy(joined + k, level, level_n);
	*last = (struct tok){ .begin = last->begin, .end = (uint32_t)end, .flags = last->flags & TOK_BREAK };
	token_look_up(r->sc, joined, k + level_n, last);
	return true;
}

static void
token_put(struct reader *r, size_t begin, size_t end)
{
	struct str raw = { r->sc->text.p + begin, end - begin };
	struct tok *t = &r->out->toks[r->out->n];
	char w[WORD_BYTES];
	size_t n = strain_name(r, w, without_hyphen(w, word_fold(raw, w)), raw);

	if (n && level_join(r, w, n, end)) {
		r->flags = 0;
		return;
	}
	*t = (struct tok){ .begin = (uint32_t)begin, .end = (uint32_t)end, .flags = r->flags };
	t->flags |= all_caps(raw) ? TOK_CAPS : 0;
	if (n)
		token_look_up(r->sc, w, n, t);
	r->out->n++;
	r->flags = 0;
}

/* ---- sentences ---- */

/* A dot inside "E. coli", "Dr. Smith", "2.5" or "e.g." ends nothing. */
static bool
dot_ends(const struct scan *sc, const struct sentence *out, size_t i)
{
	static const char *const titles[] = { "dr", "mr", "mrs", "ms", "vs", "st", "approx", "pt" };
	const struct tok *last = out->n ? &out->toks[out->n - 1] : NULL;
	struct str t = sc->text, w;

	if (i + 1 < t.n && (letter_at(t, i + 1) || t.p[i + 1] == ','))
		return false;
	if (!last || last->end != i)
		return true;
	w = (struct str){ t.p + last->begin, last->end - last->begin };
	if (w.n == 1 && !is_digit(w.p[0]) && i + 2 < t.n && t.p[i + 1] == ' ' && t.p[i + 2] >= 'a' && t.p[i + 2] <= 'z')
		return false;
	for (size_t k = 0; w.n <= LONGEST_TITLE && k < sizeof titles / sizeof *titles; k++)
		if (str_ieq(w, str_of(titles[k])))
			return false;
	return true;
}

/* A line end is a sentence end, unless the line was wrapped. */
static bool
line_ends(const struct scan *sc, size_t i)
{
	struct str t = sc->text;
	size_t begin = i;

	while (begin && t.p[begin - 1] != '\n' && i - begin < WRAPPED)
		begin--;
	for (i++; i < t.n && is_blank(t.p[i]); i++)
		;
	return i - begin < WRAPPED || i == t.n || t.p[i] < 'a' || t.p[i] > 'z';
}

/* What stands at `at` and is no word. True: the sentence ends here. */
static bool
sign_read(struct reader *r, size_t at)
{
	struct scan *sc = r->sc;
	struct str t = sc->text;

	switch (t.p[at]) {
	case '.':
		return dot_ends(sc, r->out, at);
	case '?':
		if (at + 1 == t.n || !letter_at(t, at + 1))
			return true;
		token_put(r, at, at + 1);
		return false;
	case ';':
	case '!':
		return true;
	case '\n':
		if (!line_ends(sc, at))
			return false;
		sc->line_start = true;
		return true;
	case ':':
		r->flags |= TOK_COLON | TOK_BREAK;
		return false;
	case ',':
	case '(':
	case ')':
	case '[':
	case ']':
		r->flags |= TOK_BREAK;
		return false;
	case '-':
		if (at && is_blank(t.p[at - 1]))
			r->flags |= TOK_BREAK;
		return false;
	default:
		return false;
	}
}

/* Written in capitals throughout: then capitals say nothing about abbreviations. */
static bool
is_shouting(struct str text)
{
	size_t upper = 0, lower = 0;

	for (size_t i = 0; i < text.n && i < 4096; i++) {
		upper += text.p[i] >= 'A' && text.p[i] <= 'Z';
		lower += text.p[i] >= 'a' && text.p[i] <= 'z';
	}
	return upper > 40 && lower < upper / 4;
}

void
scan_open(struct scan *sc, const struct suggest *s, struct str text)
{
	*sc = (struct scan){ .s = s, .text = text, .line_start = true, .shouts = is_shouting(text) };
}

static void
line_begin(struct scan *sc)
{
	struct str t = sc->text;

	while (sc->at < t.n && (is_blank(t.p[sc->at]) || t.p[sc->at] == '\n' || t.p[sc->at] == '#' || t.p[sc->at] == '*'))
		sc->at++;
	sc->line_start = false;
	if (sc->at < t.n)
		(void)heading_skip(sc);
}

bool
scan_sentence(struct scan *sc, struct sentence *out)
{
	struct reader r = { sc, out, 0 };

	out->n = 0;
	while (sc->at < sc->text.n) {
		size_t at, n;

		if (sc->line_start && out->n == 0)
			line_begin(sc);
		if ((at = sc->at) >= sc->text.n)
			break;
		n = letter_at(sc->text, at);
		sc->at += n ? 0 : 1;
		if (n)
			token_put(&r, at, sc->at = word_end(sc->text, at));
		else if (sign_read(&r, at) && out->n)
			break;
		if (out->n == SENTENCE_TOKENS)
			break;
	}
	out->section = sc->section;
	return out->n > 0;
}
