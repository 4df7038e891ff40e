/*
 * sentence - a note as sentences, and which keys stand in one. Only the engine's files include it.
 *
 * A token has byte offsets into the original text: taken once, while reading, and never searched for again.
 */
#ifndef CLAIMLINE_SENTENCE_H
#define CLAIMLINE_SENTENCE_H

#include "suggest/lexicon.h"

#define SENTENCE_TOKENS	256	/* a longer sentence is cut */
#define PHRASE_BYTES	120	/* of encounter.def: a longer span is no evidence */

enum section {
#define SECTION(id, name, rank, weight, context) SECT_##id,
#include "suggest/sections.def"
	SECT_COUNT
};
enum context { AFFIRMED, NEGATED, FAMILY, HISTORY, UNCERTAIN };

/* ---- a sentence ---- */
enum tok_flag { TOK_BREAK = 1, TOK_COLON = 2, TOK_CAPS = 4, TOK_STOP = 8 };
struct tok {
	uint32_t	begin, end;	/* bytes of the document */
	uint32_t	id;
	uint16_t	cue, abbr;
	uint8_t		flags;		/* BREAK: a comma, dash or bracket stands before it */
};
struct item {				/* what matching sees: no stop words, synonyms and abbreviations put in */
	uint32_t	id;
	uint16_t	first, last;	/* toks it was made of */
	bool		breaks;
};
struct occurrence {			/* of a cue */
	uint16_t	first, last;
	uint8_t		kind, scope;
};
struct sentence {
	struct tok	 toks[SENTENCE_TOKENS];
	size_t		 n;
	struct item	 items[SENTENCE_TOKENS];
	size_t		 n_items;
	struct occurrence cues[SENTENCE_TOKENS];
	size_t		 n_cues;
	enum section	 section;
};

struct scan {
	const struct suggest	*s;
	struct suggest		*learn;		/* not NULL: the lexicon itself is read, new words get ids */
	struct str		 text;
	size_t			 at;
	bool			 line_start, shouts;	/* shouts: the note is written in capitals */
	enum section		 section;
};

void	scan_open(struct scan *, const struct suggest *, struct str text);
bool	scan_sentence(struct scan *, struct sentence *);	/* false at the end of the text */
const char *section_name(enum section);
int	section_rank(enum section);		/* 0 = where diagnoses are stated */
int	section_weight(enum section);		/* per mille, added to confidence */
enum context section_context(enum section);

void	sentence_items(const struct suggest *, struct sentence *, bool shouts);
void	sentence_cues(const struct suggest *, struct sentence *);

/* ---- matching ---- */
struct hit {
	uint32_t	key;
	int32_t		score;
	uint16_t	pos[KEY_TOKENS];	/* items */
	uint16_t	first, last;		/* toks */
	uint8_t		cost;
	bool		dropped;
};
struct matcher {
	const struct suggest	*s;
	struct arena		*a;
	uint64_t		 around;	/* a bit for each id near the item looked at */
	struct hit		*hits;		/* of the last sentence, best first */
	size_t			 n, room;
};
/* Hits that are not dropped stand. When the arena is spent some are missing. */
void	match_sentence(struct matcher *, const struct sentence *);
enum context context_of(const struct suggest *, const struct sentence *, const struct hit *);

#endif
