/*
 * guide_rows - the rows of the dictionary and of every guide, before they are compiled; for guide*.c only.
 */
#ifndef CLAIMLINE_X12_GUIDE_ROWS_H
#define CLAIMLINE_X12_GUIDE_ROWS_H

#include "x12/guide.h"

enum guide_row_kind { ROW_GUIDE, ROW_LIST, ROW_LOOP, ROW_SEG, ROW_END };
struct guide_row {
	enum guide_row_kind	 kind;
	const char		*id, *set;
	int			 use;
	uint16_t		 max;
	const char		*text;		/* elements, codes, GS01 */
	const char		*words;
};
extern const struct guide_row guide_rows[];
extern const size_t n_guide_rows;

struct dict_row { const char *id, *text, *notes, *words; uint32_t min, max; enum x12_kind kind; };
struct dict { const struct dict_row *elements, *segments; size_t n_elements, n_segments; };
extern const struct dict guide_dict_5010, guide_dict_4010;	/* the second holds what differs */

/* What is being built. Arrays grow in the arena; nothing is freed. */
struct guide_make {
	struct arena	*a;
	struct x12_codes *codes;  size_t n_codes;
	struct x12_item	*items;   size_t n_items;
	struct x12_note	*notes;   size_t n_notes;
	struct x12_pos	*pos;     size_t n_pos;
	struct x12_gloop *loops;  size_t n_loops;
	uint16_t	*reqs;    size_t n_reqs;
	bool		 elder;			/* the dictionary of 004010 goes first */
};

/* guide_text.c: one SEG row to a position with its items. */
void	guide_segment(struct guide_make *, const struct guide_row *, struct x12_pos *);
uint16_t guide_list(const struct guide_make *, struct str name);	/* must be there */
uint16_t guide_codes(struct guide_make *, const char *name, struct str codes, char sep, const char *words);

#endif
