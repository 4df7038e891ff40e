/* drg - the importers of MS-DRG grouper, its manual and weights, and code editor: records read, or an error. */
#ifndef CLAIMLINE_CB_DRG_H
#define CLAIMLINE_CB_DRG_H

#include "codebook/cells.h"

/* The grouper as tables. */
int	cb_read_drg_version(struct cb_in *);
int	cb_read_drg_dx(struct cb_in *);
int	cb_read_drg_px(struct cb_in *);
int	cb_read_drg_formula(struct cb_in *);
int	cb_read_drg_exclusion(struct cb_in *);
int	cb_read_drg_cluster(struct cb_in *);
int	cb_read_drg_hac(struct cb_in *);
int	cb_read_drg_gender(struct cb_in *);
int	cb_read_drg_title(struct cb_in *);

/* Relative weights. */
int	cb_read_table_5(struct cb_in *);
int	cb_read_drgsx(struct cb_in *);

/* The Definitions Manual: as text, and its lists as tables. */
int	cb_read_drgm_a(struct cb_in *);
int	cb_read_drgm_b(struct cb_in *);
int	cb_read_drgm_c(struct cb_in *);
int	cb_read_drgm_d_e(struct cb_in *);
int	cb_read_drgm_f_j(struct cb_in *);
int	cb_read_drgm_mdcs(struct cb_in *);
int	cb_read_drgm_a_tsv(struct cb_in *);
int	cb_read_drgm_b_tsv(struct cb_in *);
int	cb_read_drgm_c_tsv(struct cb_in *);
int	cb_read_drgm_pdx_tsv(struct cb_in *);
int	cb_read_drgm_d_tsv(struct cb_in *);
int	cb_read_drgm_level_tsv(struct cb_in *);

/* The code editor. */
int	cb_read_mce_dx(struct cb_in *);
int	cb_read_mce_px(struct cb_in *);
int	cb_read_mce_age(struct cb_in *);
int	cb_read_mce_status(struct cb_in *);
int	cb_read_mce_text(struct cb_in *);
int	cb_read_mce_rules(struct cb_in *);
int	cb_read_mce_simple(struct cb_in *);

/* ---- what the manuals share (drgm.c) ---- */
day_t	 cb_drg_version_day(int version);		/* DAY_NONE: not a version of October or April */
int	 cb_drg_release(struct cb_in *, struct str head);	/* sets in->release by head, else by name and folders */
struct str cb_drg_head(struct str bytes);		/* the boxed title a chapter begins with, and what is before */
bool	 cb_drg_range(struct str s, int64_t *first, int64_t *last);	/* "371-373", "794" */
bool	 cb_drg_mdc(struct str s, int64_t *mdc);	/* "06", "Pre"; blank: CELL_NONE */
size_t	 cb_drg_column(struct str line, const char *word);	/* 1-based place of a word of a heading; 0 none */
struct str cb_drg_word(struct str *rest);		/* the next run without blanks */
int	 cb_drg_level(struct str word);			/* 2 MCC, 1 CC, 0 neither */
/* Part 2 of appendices C and H: marks the row that part 1 has in DRGM_CC, from row from on. A fault when there is none. */
int	 cb_drg_alive(struct cb_in *, size_t from, int64_t code, size_t line);
void	 cb_drg_join(struct buf *, const char *between, struct str more);	/* bounded; what is too long is left out */

/* A line of a list of codes: "  02RK0JZ* title", "  T81500A CC  title", "   and 02RL0JZ  title". */
struct cb_drg_line {
	struct str	code, title;
	bool		nonor, goes_on;		/* goes_on: together with the code before it */
};
bool	 cb_drg_code_line(struct str line, struct cb_drg_line *out);

/* A chapter: boxes with their grids, headings, lists of codes (drgm_chapter.c). */
struct cb_chapter {
	struct cb_in	*in;
	int64_t		 mdc;
	int64_t		 list;			/* of the rule that is open; 0 none yet */
	int64_t		 cluster;
	int		 records;
	bool		 codes;			/* the open rule has some */
	bool		 in_drgs, in_box;
	size_t		 part;			/* of the box: 0 title, 1 heads, 2.. rows */
	struct buf	 name, lead;		/* headings of the open rule; of the one before, without the last */
	struct buf	 drgs, box;
	struct str	 cells[16], heads[16];
	size_t		 n_cells, n_heads;
};
void	 cb_chapter_begin(struct cb_chapter *, struct cb_in *);
void	 cb_chapter_mdc(struct cb_chapter *, int64_t mdc, size_t line);	/* ends what is open */
int	 cb_chapter_line(struct cb_chapter *, struct str line, size_t no);
void	 cb_chapter_end(struct cb_chapter *, size_t line);

#endif
