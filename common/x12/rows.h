/* rows - the macros of one guide file, so that its rows become struct guide_row; included before each of them. */
#define GUIDE(guides, set, gs01, words)			{ ROW_GUIDE, guides, set, 0, 0, gs01, words },
#define LIST(name, codes, words)			{ ROW_LIST, #name, NULL, 0, 0, codes, words },
#define LOOP(id, usage, max, words)			{ ROW_LOOP, id, NULL, USE_##usage, max, NULL, words },
#define SEG(id, usage, max, elements, words)		{ ROW_SEG, id, NULL, USE_##usage, max, elements, words },
#define END(id)						{ ROW_END, id, NULL, 0, 0, NULL, NULL },
