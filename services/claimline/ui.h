/*
 * ui - what people see: tables, bars, ages, money. Pure: text in, text out; whether there is a terminal, and how
 * wide, is told in struct ui. Text out of a record goes through ui_clean, so that a chart cannot
 * send control sequences to somebody's terminal.
 */
#ifndef CLAIMLINE_CLI_UI_H
#define CLAIMLINE_CLI_UI_H

#include "base/base.h"

struct ui {
	bool	is_tty, colour;
	int	width;				/* columns; 0 = unlimited */
};

enum ui_tone { UI_PLAIN, UI_DIM, UI_BOLD, UI_GOOD, UI_WARN, UI_BAD, UI_TONES };

size_t		ui_width(struct str);			/* columns it takes: wide characters 2, combining 0 */
struct str	ui_clean(struct arena *, struct str);	/* control bytes and bad UTF-8 become '?', line ends blanks */
struct str	ui_fit(struct arena *, struct str, size_t columns);	/* cut with an ellipsis at most columns wide */
struct str	ui_money(struct arena *, cents_t);	/* 1,234.50 */
struct str	ui_age(struct arena *, int64_t ms);	/* 12s 5m 3h 2d; - for 0 and below */
struct str	ui_when(struct arena *, int64_t ms);	/* 2026-03-01 13:05 UTC; - for 0 */
struct str	ui_tone_text(struct arena *, const struct ui *, enum ui_tone, struct str);
struct str	ui_bar(struct arena *, uint64_t done, uint64_t total, size_t columns);	/* [####....] */

/* ---- tables: cells row by row; the column marked `wide` is cut when a row would not fit ---- */
struct ui_col { const char *title; bool right, wide; };
struct ui_cell { struct str text; enum ui_tone tone; };
struct ui_table {
	struct arena		*a;
	const struct ui_col	*cols;
	size_t			 n_cols;
	struct ui_cell		*cells;
	size_t			 n_cells;
};

void	ui_table_init(struct ui_table *, struct arena *, const struct ui_col *cols, size_t n_cols);
void	ui_cell(struct ui_table *, struct str);			/* cleaned */
void	ui_cell_tone(struct ui_table *, enum ui_tone, struct str);
void	ui_cell_num(struct ui_table *, int64_t);
void	ui_table_put(const struct ui_table *, const struct ui *, struct buf *);

#endif
