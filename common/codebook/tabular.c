/*
 * tabular.c - the Tabular List looked up in a code book. What stands above a code is what it begins with, so
 * that a code newer than the loaded list finds the notes and characters of its category. Decides nothing: whether
 * a code exists, its order file tells.
 */
#include "codebook/tabular.h"

#include <string.h>

static struct str
head(struct str s, size_t n)
{
	return (struct str){ s.p, s.n < n ? s.n : n };
}

/* ---- ranges ---- */

/* low <= code <= high; all that begins like high belongs to it, a code shorter than either does not. */
static bool
lies_between(struct str code, struct str low, struct str high)
{
	return low.n && code.n >= low.n && code.n >= high.n && str_cmp(head(code, low.n), low) >= 0 &&
	    str_cmp(head(code, high.n), high) <= 0;
}

/* The place of at..last that counts: the last that is there and is no filler. 0: none. */
static size_t
place_of(const struct tabular_ref *r, struct str code)
{
	if (r->at == r->last)
		return (int64_t)code.n >= r->at ? (size_t)r->at : 0;
	for (int64_t p = r->last; p >= r->at; p--)
		if ((int64_t)code.n >= p && code.p[p - 1] != 'X')
			return (size_t)p;
	return 0;
}

bool
tabular_ref_holds(const struct tabular_ref *r, struct str code)
{
	struct str rest = r->chars;
	size_t place = 0;

	if (!lies_between(code, r->low, r->high))
		return false;
	if (rest.n == 0)
		return r->when.n == 0;
	if (r->at < 0 || r->last < r->at || r->last > CODE_MAX)
		return false;
	if (r->at > 0 && (place = place_of(r, code)) == 0)
		return false;
	while (rest.n) {
		struct str one = str_cut(&rest, ',');
		size_t at = r->at ? place - 1 : code.n >= one.n ? code.n - one.n : code.n;

		if (one.n && str_starts((struct str){ code.p + at, code.n - at }, one))
			return true;
	}
	return false;
}

/* ---- chapter and section ---- */

static bool
section_has(const struct codebook *cb, row_t row, struct str low, struct str high)
{
	struct str from = codebook_str(cb, CC_SECTION_LOW, row), to = codebook_str(cb, CC_SECTION_HIGH, row);

	return str_cmp(from, low) <= 0 && str_cmp(to, high) >= 0;
}

/* A category the list does not have: the narrowest section whose range has it. */
static struct str
section_around(const struct codebook *cb, struct str category, day_t day)
{
	row_t best = ROW_NONE;

	for (row_t row = 0; row < codebook_count(cb, CS_SECTION); row++)
		if (codebook_in_force(cb, CS_SECTION, row, day) && section_has(cb, row, category, category) &&
		    (best == ROW_NONE || section_has(cb, best, codebook_str(cb, CC_SECTION_LOW, row),
		    codebook_str(cb, CC_SECTION_HIGH, row))))
			best = row;
	return codebook_str(cb, CC_SECTION_ID, best);
}

struct str
tabular_section(const struct codebook *cb, struct str code, day_t day)
{
	struct str category = head(code, 3);
	row_t row = codebook_find(cb, CS_TABULAR, category, day);

	if (category.n < 3)
		return STR_NONE;
	return row == ROW_NONE ? section_around(cb, category, day) : codebook_str(cb, CC_TABULAR_SECTION, row);
}

struct str
tabular_chapter(const struct codebook *cb, struct str code, day_t day)
{
	struct str category = head(code, 3), section = tabular_section(cb, code, day);

	if (section.n)
		return codebook_str(cb, CC_SECTION_CHAPTER, codebook_find(cb, CS_SECTION, section, day));
	for (row_t row = 0; row < codebook_count(cb, CS_CHAPTER) && category.n == 3; row++)
		if (codebook_in_force(cb, CS_CHAPTER, row, day) && lies_between(category,
		    codebook_str(cb, CC_CHAPTER_LOW, row), codebook_str(cb, CC_CHAPTER_HIGH, row)))
			return codebook_str(cb, CC_CHAPTER_NUMBER, row);
	return STR_NONE;
}

/* ---- notes ---- */

void
tabular_notes(struct tabular_notes *it, const struct codebook *cb, struct str code, day_t day)
{
	*it = (struct tabular_notes){ .cb = cb, .code = code, .owner = code, .day = day, .left = code.n,
	    .section = tabular_section(cb, code, day) };
	it->at = codebook_of(cb, CS_NOTE, code, &it->end);
}

/* Around the section of the code: one that has all of its range. */
static struct str
around_next(struct tabular_notes *it)
{
	row_t own = codebook_find(it->cb, CS_SECTION, it->section, it->day);
	struct str low = codebook_str(it->cb, CC_SECTION_LOW, own), high = codebook_str(it->cb, CC_SECTION_HIGH, own);

	for (; own != ROW_NONE && it->around < codebook_count(it->cb, CS_SECTION); it->around++)
		if (it->around != own && codebook_in_force(it->cb, CS_SECTION, it->around, it->day) &&
		    section_has(it->cb, it->around, low, high))
			return codebook_str(it->cb, CC_SECTION_ID, it->around++);
	return STR_NONE;
}

/* The next owner above; false: that was the chapter. */
static bool
owner_up(struct tabular_notes *it)
{
	if (it->in_chapter)
		return false;
	if (it->left > 3) {
		it->left--;
		it->owner = head(it->code, it->left);
	} else if (it->left) {
		it->left = 0;
		it->owner = it->section;
	} else {
		it->owner = around_next(it);
		if (!it->owner.n) {
			it->in_chapter = true;
			it->owner = tabular_chapter(it->cb, it->code, it->day);
		}
	}
	it->at = codebook_of(it->cb, CS_NOTE, it->owner, &it->end);
	return true;
}

bool
tabular_notes_next(struct tabular_notes *it, struct tabular_note *out)
{
	do {
		for (; it->at != ROW_NONE && it->at < it->end; it->at++) {
			int64_t kind = codebook_int(it->cb, CC_NOTE_KIND, it->at);
			bool inherited = it->left != it->code.n;

			if (!codebook_in_force(it->cb, CS_NOTE, it->at, it->day) || kind < 0 || kind >= NOTE_KINDS ||
			    (inherited && kind == NOTE_INCLUSION))
				continue;
			*out = (struct tabular_note){ it->owner, (enum note_kind)kind,
			    (int)codebook_int(it->cb, CC_NOTE_SEQ, it->at),
			    codebook_str(it->cb, CC_NOTE_TEXT, it->at), inherited, it->at };
			it->at++;
			return true;
		}
	} while (owner_up(it));
	return false;
}

bool
tabular_refs_next(const struct codebook *cb, const struct tabular_note *note, day_t day, row_t *at, struct tabular_ref *out)
{
	row_t end, row = codebook_of(cb, CS_NOTE_REF, note->owner, &end);

	if (row != ROW_NONE && *at != ROW_NONE)
		row = *at + 1;
	for (; row != ROW_NONE && row < end; row++) {
		if (codebook_int(cb, CC_NOTE_REF_KIND, row) != (int64_t)note->kind ||
		    codebook_int(cb, CC_NOTE_REF_SEQ, row) != note->seq || !codebook_in_force(cb, CS_NOTE_REF, row, day))
			continue;
		*at = row;
		*out = (struct tabular_ref){ codebook_str(cb, CC_NOTE_REF_LOW, row), codebook_str(cb, CC_NOTE_REF_HIGH, row),
		    codebook_str(cb, CC_NOTE_REF_WHEN, row), codebook_int(cb, CC_NOTE_REF_AT, row),
		    codebook_int(cb, CC_NOTE_REF_LAST, row), codebook_str(cb, CC_NOTE_REF_CHARS, row) };
		return true;
	}
	return false;
}

/* ---- seventh characters ---- */

static bool
any_in_force(const struct codebook *cb, row_t row, row_t end, day_t day)
{
	for (; row != ROW_NONE && row < end; row++)
		if (codebook_in_force(cb, CS_SEVENTH, row, day))
			return true;
	return false;
}

row_t
tabular_seventh(const struct codebook *cb, struct str code, day_t day, row_t *end)
{
	*end = 0;
	for (size_t n = code.n; n >= 3; n--) {
		row_t row = codebook_of(cb, CS_SEVENTH, head(code, n), end);

		if (any_in_force(cb, row, *end, day))
			return row;
	}
	*end = 0;
	return ROW_NONE;
}

static bool
has_character(const struct codebook *cb, struct str code, day_t day)
{
	row_t end, row = tabular_seventh(cb, head(code, 6), day, &end);
	struct str want = { code.p + 6, 1 };

	for (; row != ROW_NONE && row < end; row++)
		if (codebook_in_force(cb, CS_SEVENTH, row, day) && str_eq(codebook_str(cb, CC_SEVENTH_CHARACTER, row), want))
			return true;
	return false;
}

/* Is there a beginning that, filled up with X to six, is that of the code, and is it one nothing stands below? */
static bool
stem_is_leaf(const struct codebook *cb, struct str code, day_t day)
{
	for (size_t n = 6; n >= 3; n--) {
		row_t row = codebook_find(cb, CS_TABULAR, head(code, n), day);

		if (row != ROW_NONE)
			return codebook_int(cb, CC_TABULAR_LEAF, row) == 1;
		row = codebook_find(cb, CS_ICD10CM, head(code, n), day);	/* newer than the list: a header */
		if (row != ROW_NONE)
			return codebook_int(cb, CC_ICD10CM_BILLABLE, row) == 0;
		if (code.p[n - 1] != 'X')
			return false;
	}
	return false;
}

bool
tabular_derives(const struct codebook *cb, struct str code, day_t day)
{
	row_t row;

	if (code.n != 7)
		return false;
	row = codebook_find(cb, CS_TABULAR, code, day);
	if (row != ROW_NONE)
		return codebook_int(cb, CC_TABULAR_LEAF, row) == 1;
	return stem_is_leaf(cb, code, day) && has_character(cb, code, day);
}
