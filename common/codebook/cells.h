/*
 * cells - bytes into lines, records and cells, and plain tables by rows of struct cb_field: what importers of
 * text stand on. Nobody outside common/codebook includes this.
 */
#ifndef CLAIMLINE_CB_CELLS_H
#define CLAIMLINE_CB_CELLS_H

#include "codebook/cb.h"

/* ---- bytes ---- */
struct cb_lines { struct str rest; size_t no; };
struct cb_lines cb_lines(const struct cb_in *);
bool	 cb_line(struct cb_lines *, struct str *line);	/* without LF or CRLF; ends at a lone 0x1a */
struct str cb_cols(struct str line, size_t first, size_t last);	/* 1-based, inclusive, trimmed */
struct str cb_1252(struct arena *, struct str);		/* Windows-1252 to UTF-8 where it is not UTF-8 already */
bool	 cb_decimal(struct str s, int digits, int64_t *out); /* $1,234.5 and 20 % too; times 10^digits; "." and "": CELL_NONE */
bool	 cb_opens(struct str bytes, size_t n, const char *lower);	/* cb_has in the first n bytes */
day_t	 cb_day_us(struct str s);			/* MM/DD/CCYY */
day_t	 cb_day_any(struct str s, bool last);		/* day_parse, MM/DD/CCYY, CCYYDDD, CCYY (its first or last day), and
							   the day numbers of a spreadsheet, 1900 system */

/* ---- records of cells ---- */
#define CB_CELLS_MAX	64
struct cb_records {
	struct str	rest;
	char		sep;			/* tab or comma */
	bool		quoted;			/* "a ""b""" is one cell, line ends within */
	size_t		line, next_line;	/* where the record began */
	struct str	cell[CB_CELLS_MAX];	/* trimmed; n of them */
	size_t		n;
	struct arena	*a;
	bool		open_quote;		/* the last record ends inside quotes */
};
bool	 cb_record(struct cb_records *);
bool	 cb_record_is_blank(const struct cb_records *);

/* How a cell of a file becomes a cell of a row. */
enum cb_how { AS_CODE, AS_DOTTED, AS_TEXT, AS_DECIMAL, AS_FLAG, AS_WORD, AS_FROM, AS_TO, AS_FROM_US, AS_TO_US, AS_NOTHING,
    AS_FROM_ANY, AS_TO_ANY,		/* cb_day_any */
    AS_DAY, AS_LAST };			/* the same into a cell, as the number CCYYMMDD */
struct cb_field {
	int		 col;			/* enum code_col; -1 for days */
	const char	*head;			/* delimited: its heading, case and blanks do not matter; * at an end: anything,
						   | between alternatives; NULL ends */
	enum cb_how	 how;
	int		 digits;		/* AS_DECIMAL; AS_FLAG and AS_WORD: unused */
	unsigned	 need;			/* 1: a record without it does not fit; 2: the column may be missing */
	uint16_t	 first, last;		/* fixed: columns; headless: first is the number of the cell */
	const char	*words;			/* AS_FLAG: what counts as 1, first letters; AS_WORD: "a=1|b=2" first letters */
};
struct cb_layout {
	enum code_set		 set;
	char			 sep;		/* tab, comma; 0: fixed columns */
	bool			 quoted, windows_1252;
	bool			 headless;	/* delimited without a heading line */
	bool			 even;		/* a record has a cell under every heading: with fewer it was cut */
	bool			 stacked;	/* a heading goes over several lines: those above each other are one */
	const struct cb_field	*fields;
	/* is it a record? 1 read it, 0 pass over, -1 it does not fit. NULL: all are, but blank ones */
	int			(*is_record)(const struct cb_records *);
	int			(*more)(struct cb_in *, struct cb_row *, const struct cb_records *);	/* < 0: it does not fit;
						   1: it went into another row, this one is not kept */
	size_t			 width;		/* fixed: shortest whole line, 0 any */
};
int	 cb_read_layout(struct cb_in *, const struct cb_layout *);
int	 cb_read_tsv(struct cb_in *, enum code_set, const struct cb_field *);	/* tabs, no quotes, UTF-8 */

#endif
