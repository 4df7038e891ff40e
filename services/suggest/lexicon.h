/*
 * lexicon - the inside of the suggest engine: words and keys. Only the engine's files include it.
 *
 * A word becomes a token id; a key is a set of tokens that leads to a code. Built once, then only read.
 */
#ifndef CLAIMLINE_LEXICON_H
#define CLAIMLINE_LEXICON_H

#include "suggest/suggest.h"

#define WORD_BYTES	48	/* a longer word is unknown */
#define KEY_TOKENS	8
#define CUE_WORDS	6
#define NO_CODE		UINT32_MAX

enum source { SRC_INDEX, SRC_TITLE, SRC_INCLUSION };
enum abbr_kind { ABBR_ANY, ABBR_CAPS, ABBR_CUED };
enum cue_kind {		/* _AFTER: the cue stands after the mention; the rest is explained in cues.def */
	CUE_NEG, CUE_UNC, CUE_HIST, CUE_FAM, CUE_NEG_AFTER, CUE_UNC_AFTER, CUE_HIST_AFTER, CUE_FAM_AFTER,
	CUE_END, CUE_VERB, CUE_SAYS, CUE_NOTHING
};

/* ---- words ---- */
enum word_flag { WORD_STOP = 1, WORD_WEAK = 2, WORD_NUMBER = 4, WORD_REWRITE = 8, WORD_SITE = 16 };
struct token {
	uint32_t	n_keys;
	uint8_t		flags;
};
struct word {
	struct str	text;		/* folded; NULL = empty slot */
	uint32_t	id;		/* token, 0 = none */
	uint16_t	cue;		/* cue word, 0 = none */
	uint16_t	abbr;		/* 1 + row of the abbreviations, 0 = none */
	uint8_t		flags;
};
struct words {				/* open addressing; size a power of two, at most half full */
	struct word	*slots;
	size_t		 mask, n;
};

size_t	word_fold(struct str raw, char out[WORD_BYTES]);	/* lower case, no accents, no 's; 0 = not a word */
size_t	word_stem(char *word, size_t n);			/* in place; British, plural, endings */
bool	word_is_level(const char *word, size_t n, char out[4], size_t *out_n);	/* 2, ii, 3a, iv: as digits */

bool	text_has(struct str text, const char *part);		/* part in lower case; any case in the text */
bool	text_has_word(struct str text, const char *word);	/* as a whole word */

struct word *words_find(const struct words *, const char *p, size_t n);
struct word *words_put(struct arena *, struct words *, const char *p, size_t n);	/* NULL when spent */

/* ---- keys ---- */
struct key {
	uint32_t	toks;		/* place in lexicon.pool: token ids, ascending */
	uint32_t	code;		/* row of the ICD-10-CM set, NO_CODE = words that are no condition */
	uint16_t	idf;		/* 16 per halving of frequency, summed */
	uint16_t	weight;		/* per mille */
	uint8_t		n;
	uint8_t		source;
	bool		rivals;		/* another category has nearly the same claim to these words */
	bool		number;		/* has a bare number: must stand without gaps */
	bool		quiet;		/* wins over shorter keys but proposes nothing */
};

struct rewrite {
	uint32_t	from[4], to[4];
	uint8_t		n_from, n_to;
};
struct abbr {
	uint8_t		kind;
	uint32_t	to[KEY_TOKENS], cues[16];
	uint8_t		n_to, n_cues;
};
struct cue_row {
	uint16_t	words[CUE_WORDS];
	uint8_t		n, kind, scope;
};

struct suggest {
	const struct codebook	*book;
	struct arena		 a;
	struct words		 words, stems;
	uint16_t		 n_cue_words;
	uint32_t		*pool;
	size_t			 n_pool;
	struct key		*keys;
	size_t			 n_keys;
	uint32_t		*anchor_at;	/* by token: first of its keys in anchors; one more than tokens */
	uint32_t		*anchors;
	struct token		*tokens;	/* by id; the first is no token */
	size_t			 n_tokens;
	struct rewrite		*rewrites;	/* sorted by from[0], longest first */
	size_t			 n_rewrites;
	struct abbr		*abbrs;
	size_t			 n_abbrs;
	struct cue_row		*cues;		/* sorted by first word */
	size_t			 n_cues;
	uint16_t		*cue_at;	/* by cue word: first of its rows */
	uint32_t		 side[3], later[3];	/* right, left, bilateral; words of a follow-up */
	uint32_t		 implies[16][2];	/* a word of a note, and what it answers to in a title */
	size_t			 n_implies;
	struct str		 by;
};

/* ---- building ---- */

/*
 * Words of any text as tokens, the way a note is read; new words get ids. Returns their number; max + 1 when
 * there are more.
 */
size_t	lexicon_tokens(struct suggest *, struct str text, uint32_t *out, size_t max);
uint32_t lexicon_intern(struct suggest *, const char *folded, size_t n);	/* 0 when the arena is spent */
int	lexicon_tables(struct suggest *);		/* the rows of the .def files */
int	lexicon_keys(struct suggest *);			/* the rows of the book */

#endif
