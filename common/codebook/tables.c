/* tables.c - schemas/codebook.def as data, for the builder, the look-ups and whoever lists tables. */
#include "codebook/codebook.h"

#include <string.h>

#define IS_KEY		true
#define IS_AND		false
#define IS_REPEATS	true
#define IS_UNIQUE	false

const struct code_set_def code_sets[CS_COUNT] = {
#define TABLE(id, name, how, repeats, title)		{ name, title, HOW_##how, IS_##repeats, CC_##id##__ },
#define COL(table, id, name, kind, key, words)
#include "schemas/codebook.def"
};

const struct code_col_def code_cols[CC_COUNT] = {
#define TABLE(id, name, how, repeats, title)
#define COL(table, id, name, kind, key, words)		{ name, words, CS_##table, COL_##kind, IS_##key },
#include "schemas/codebook.def"
};

size_t
code_set_cols(enum code_set set)
{
	return (size_t)((set + 1 < CS_COUNT ? code_sets[set + 1].first : CC_COUNT) - code_sets[set].first);
}

size_t
code_set_keys(enum code_set set)
{
	size_t n = 0, cols = code_set_cols(set);

	while (n < cols && code_cols[code_sets[set].first + n].is_key)
		n++;
	return n;
}

bool
code_set_is_titled(enum code_set set)
{
	enum code_col first = code_sets[set].first;

	return code_set_cols(set) >= 2 && strcmp(code_cols[first].name, "code") == 0 &&
	    strcmp(code_cols[first + 1].name, "title") == 0;
}
