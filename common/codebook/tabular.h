/*
 * tabular - the Tabular List of ICD-10-CM: notes in force for a code, the codes they name, seventh characters,
 * chapter and section. Pure look-ups over a code book; nothing allocates, what is given out borrows the book.
 * Codes are without dots. A code the loaded list does not have is answered by the codes it begins with.
 * The day is a day of service; a book without the tables of the list answers with nothing.
 */
#ifndef CLAIMLINE_TABULAR_H
#define CLAIMLINE_TABULAR_H

#include "codebook/codebook.h"

enum note_kind {
	NOTE_INCLUSION, NOTE_INCLUDES, NOTE_EXCLUDES1, NOTE_EXCLUDES2, NOTE_CODE_FIRST, NOTE_USE_ADDITIONAL,
	NOTE_CODE_ALSO, NOTE_NOTES, NOTE_SEVENTH, NOTE_KINDS
};

struct tabular_note {
	struct str	owner;			/* a code, the id of a section ("A00-A09") or the number of a chapter */
	enum note_kind	kind;
	int		seq;			/* from 1, of the owner and kind */
	struct str	text;
	bool		inherited;		/* stands above the code that was asked for */
	row_t		row;			/* of CS_NOTE */
};

/* Notes of the code, then of the codes above it, its section, the sections around that one, its chapter. */
struct tabular_notes {
	const struct codebook	*cb;
	struct str		 code, owner, section;
	day_t			 day;
	size_t			 left;		/* characters of the code that make the owner; 0: beyond the codes */
	row_t			 at, end, around;
	bool			 in_chapter;
};
void	tabular_notes(struct tabular_notes *, const struct codebook *, struct str code, day_t);
bool	tabular_notes_next(struct tabular_notes *, struct tabular_note *out);

/* Codes from low to high, with all that begin like high; where chars says so, only those that have the characters. */
struct tabular_ref {
	struct str	low, high;
	struct str	when;			/* the condition in words, or STR_NONE */
	int64_t		at, last;		/* places from 1, see codebook_icd.def; CELL_NONE: no characters */
	struct str	chars;			/* alternatives parted by commas */
};
/* The codes a note names, one after another: *at is ROW_NONE before the first. */
bool	tabular_refs_next(const struct codebook *, const struct tabular_note *, day_t, row_t *at, struct tabular_ref *out);
/* Is the code one of them? Never where the condition is only words: nobody can tell. */
bool	tabular_ref_holds(const struct tabular_ref *, struct str code);

/* The section and chapter a code stands in, as keys of CS_SECTION and CS_CHAPTER; STR_NONE: none. */
struct str tabular_section(const struct codebook *, struct str code, day_t);
struct str tabular_chapter(const struct codebook *, struct str code, day_t);

/*
 * The seventh characters that apply to a code: rows [return, *end) of CS_SEVENTH, of which those in force on the
 * day count; ROW_NONE when there are none. The nearest definition on the code or above it applies.
 */
row_t	tabular_seventh(const struct codebook *, struct str code, day_t, row_t *end);

/*
 * Do the rules give this code of seven characters: a code with nothing below it, filled up with X to six, and a
 * character that applies? They give some codes that do not exist; the order file decides which are valid.
 */
bool	tabular_derives(const struct codebook *, struct str code, day_t);

#endif
