/*
 * word.c - one word: folded to lower case without accents, then taken back to its stem. The same
 * function serves lexicon and note, so a stem need not be a word, only the same on both sides.
 */
#include "suggest/lexicon.h"

#include <string.h>

/* Latin-1 letters, U+00C0 to U+00FF, as plain ones; 0 = no letter. */
static const char latin[] =
    "aaaaaaaceeeeiiii" "dnooooo\0ouuuuyts" "aaaaaaaceeeeiiii" "dnooooo\0ouuuuyty";

size_t
word_fold(struct str raw, char out[WORD_BYTES])
{
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		unsigned char c = (unsigned char)raw.p[i];

		if (n == WORD_BYTES)
			return 0;
		if (c >= 'A' && c <= 'Z') {
			out[n++] = (char)(c + 32);
		} else if (c == 0xc3 && i + 1 < raw.n) {
			c = (unsigned char)raw.p[++i];
			if (c >= 0x80 && c < 0xc0 && latin[c - 0x80])
				out[n++] = latin[c - 0x80];
		} else if (c == 0xe2 && i + 2 < raw.n) {
			i += 2;					/* a curly apostrophe */
			out[n++] = '\'';
		} else {
			out[n++] = (char)c;
		}
	}
	if (n > 2 && out[n - 2] == '\'' && out[n - 1] == 's')
		n -= 2;
	while (n && out[n - 1] == '\'')
		n--;
	return n;
}

#define PIECE(from, to)	{ from, to, sizeof(from) - 1, sizeof(to) - 1 }
static const struct piece { const char *from, *to; size_t n_from, n_to; } british[] = {
#define BRITISH(from, to) PIECE(from, to),
#include "suggest/words.def"
};

/* Every row becomes shorter or stays as long, so it is done in place. */
static size_t
to_american(char *w, size_t n)
{
	for (size_t k = 0; k < sizeof british / sizeof *british; k++) {
		size_t from = british[k].n_from, to = british[k].n_to;

		for (size_t i = 0; i + from <= n; i++) {
			if (w[i] != british[k].from[0] || w[i + 1] != british[k].from[1] ||
			    memcmp(w + i, british[k].from, from) != 0)
				continue;
			memcpy(w + i, british[k].to, to);
			memmove(w + i + to, w + i + from, n - i - from);
			n -= from - to;
		}
	}
	return n;
}

static bool
ends(const char *w, size_t n, const char *end)
{
	size_t k = strlen(end);

	return n >= k && memcmp(w + n - k, end, k) == 0;
}

static size_t
to_singular(char *w, size_t n)
{
	if (n <= 3)
		return n;
	if (ends(w, n, "ies") && n > 4) {
		w[n - 3] = 'y';
		return n - 2;
	}
	if (ends(w, n, "oses") || ends(w, n, "stases")) {
		w[n - 2] = 'i';
		return n;
	}
	if (ends(w, n, "xes") || ends(w, n, "ches") || ends(w, n, "shes") || ends(w, n, "sses"))
		return n - 2;
	if (ends(w, n, "ae"))
		return n - 1;
	if (ends(w, n, "ss") || ends(w, n, "us") || ends(w, n, "is") || ends(w, n, "as") || ends(w, n, "os"))
		return n;
	return w[n - 1] == 's' ? n - 1 : n;
}

/* First row that fits wins. "*" keeps the word; a stem has at least four letters. */
static const struct piece endings[] = {
	PIECE("osis", "*"), PIECE("itis", "*"), PIECE("emia", "*"), PIECE("oma", "*"), PIECE("asis", "*"), PIECE("uria", "*"),
	    PIECE("algia", "*"),
	PIECE("pathy", "*"), PIECE("trophy", "*"), PIECE("plasia", "*"), PIECE("otic", "osis"), PIECE("itic", "itis"),
	    PIECE("emic", "emia"),
	PIECE("pathic", "pathy"), PIECE("trophic", "trophy"), PIECE("plastic", "plasia"),
	PIECE("ation", ""), PIECE("ating", ""), PIECE("ated", ""), PIECE("ical", ""), PIECE("tion", "t"), PIECE("sion", "s"),
	    PIECE("ive", ""),
	PIECE("ing", ""), PIECE("ed", ""), PIECE("ary", ""), PIECE("ous", ""), PIECE("al", ""), PIECE("ar", ""), PIECE("ic", ""),
	    PIECE("e", ""),
};

static size_t
to_stem(char *w, size_t n)
{
	if (n <= 5)
		return n;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t from = endings[i].n_from, to = endings[i].n_to;

		if (n < from || w[n - 1] != endings[i].from[from - 1] || memcmp(w + n - from, endings[i].from, from) != 0)
			continue;
		if (endings[i].to[0] == '*')
			return n;
		if (n - from + to < 4)
			continue;
		memcpy(w + n - from, endings[i].to, to);
		return n - from + to;
	}
	return n;
}

size_t
word_stem(char *word, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (word[i] < 'a' || word[i] > 'z')
			return n;			/* numbers and mixed words have no endings */
	return to_stem(word, to_singular(word, to_american(word, n)));
}

bool
word_is_level(const char *word, size_t n, char out[4], size_t *out_n)
{
	static const struct piece roman[] = { PIECE("i", "1"), PIECE("ii", "2"), PIECE("iii", "3"), PIECE("iv", "4"),
	    PIECE("v", "5"), PIECE("iiia", "3a"), PIECE("iiib", "3b"), PIECE("one", "1"), PIECE("two", "2"), PIECE("three", "3"),
	    PIECE("four", "4"), PIECE("five", "5") };

	*out_n = 0;
	if (n && n <= 2 && word[0] >= '1' && word[0] <= '5' && (n == 1 || word[1] == 'a' || word[1] == 'b')) {
		memcpy(out, word, n);
		*out_n = n;
	}
	for (size_t i = 0; i < sizeof roman / sizeof *roman && !*out_n; i++)
		if (roman[i].n_from == n && roman[i].from[0] == word[0] && memcmp(roman[i].from, word, n) == 0) {
			*out_n = roman[i].n_to;
			memcpy(out, roman[i].to, *out_n);
		}
	return *out_n > 0;
}

bool
text_has(struct str text, const char *part)
{
	size_t n = strlen(part);

	for (size_t i = 0; i + n <= text.n; i++)
		if ((text.p[i] | 32) == part[0] && str_ieq((struct str){ text.p + i, n }, (struct str){ part, n }))
			return true;
	return false;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
text_has_word(struct str text, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= text.n; i++)
		if ((text.p[i] | 32) == word[0] && str_ieq((struct str){ text.p + i, n }, (struct str){ word, n }) &&
		    (i == 0 || !is_letter(text.p[i - 1])) && (i + n == text.n || !is_letter(text.p[i + n])))
			return true;
	return false;
}

/* ---- tables of words ---- */

static size_t
hash(const char *p, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 29);
}

struct word *
words_find(const struct words *t, const char *p, size_t n)
{
	if (!t->slots)
		return NULL;
	for (size_t i = hash(p, n) & t->mask; t->slots[i].text.p; i = (i + 1) & t->mask)
		if (t->slots[i].text.n == n && memcmp(t->slots[i].text.p, p, n) == 0)
			return &t->slots[i];
	return NULL;
}

static struct word *
slot_of(struct words *t, struct str text)
{
	size_t i = hash(text.p, text.n) & t->mask;

	while (t->slots[i].text.p)
		i = (i + 1) & t->mask;
	t->slots[i].text = text;
	t->n++;
	return &t->slots[i];
}

static bool
words_grow(struct arena *a, struct words *t)
{
	size_t size = t->slots ? (t->mask + 1) * 2 : 4096;
	struct words wider = { arena_array(a, size, sizeof *wider.slots), size - 1, 0 };

	if (!wider.slots)
		return false;
	for (size_t i = 0; t->slots && i <= t->mask; i++) {
		struct word *w;

		if (!t->slots[i].text.p)
			continue;
		w = slot_of(&wider, t->slots[i].text);
		*w = t->slots[i];
	}
	*t = wider;
	return true;
}

struct word *
words_put(struct arena *a, struct words *t, const char *p, size_t n)
{
	struct word *w = words_find(t, p, n);

	if (w)
		return w;
	if ((!t->slots || t->n * 2 >= t->mask) && !words_grow(a, t))
		return NULL;
	return slot_of(t, arena_str(a, (struct str){ p, n }));
}
